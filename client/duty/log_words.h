// A record in words, for `eagle duty log` and for what the running duty says.
//
// Threads: pure functions.
#pragma once

#include <string>
#include <vector>

#include "client/duty/state.h"

namespace eagle::duty {

struct LogLine {
  std::string word;             // RAISED, CALLING ...
  std::vector<AlertNo> alerts;  // that it is about
  std::string call;             // "C42"; empty: none
  std::string person, channel;  // ids; empty: none
  std::string text;             // what else there is to say
};
LogLine LogLineOf(const Record& record);

// "A1-A3, A7".
std::string AlertsText(const std::vector<AlertNo>& numbers);
// All of it in one line.
std::string LineText(const LogLine& line);

}  // namespace eagle::duty
