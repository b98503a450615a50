// The name of one piece of work for ever: (order, agency, step). What is done under it is done at most once.
//
// Threads: values and pure functions.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace eagle::sdk {

struct Operation {
  std::string order_id;  // 16 bytes
  std::string agency;    // code
  uint32_t step = 0;     // tells the legs of one order apart; 0 = the only one

  // "0192f0c4-...-7b21/9900001/0": an id for rows of a register and lines of a log.
  std::string Text() const;
  friend auto operator<=>(const Operation&, const Operation&) = default;
};

// From what Text gave; absent for anything else, such as the number of a measure that came in at a counter.
std::optional<Operation> ParseOperation(std::string_view text);

}  // namespace eagle::sdk
