#include "client/duty/log_words.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/duty/lines.h"
#include "server/base/bytes.h"

namespace eagle::duty {
namespace {

std::string AlertText(const Alert& alert) {
  std::string out(KindWord(alert.kind));
  for (const std::string& part : {LevelText(alert.kind, alert.level), alert.order_id, alert.agency, alert.court}) {
    if (!part.empty()) absl::StrAppend(&out, " ", part);
  }
  return alert.text.empty() ? out : absl::StrCat(out, ": ", alert.text);
}

struct Teller {
  LogLine operator()(const RosterSeen& seen) const {
    return {.word = "ROSTER", .text = absl::StrJoin(seen.persons, " ")};
  }
  LogLine operator()(const Raised& raised) const {
    return {.word = "RAISED", .alerts = {raised.number}, .text = AlertText(raised.alert)};
  }
  LogLine operator()(const Noted& noted) const { return {.word = "NOTED", .text = AlertText(noted.alert)}; }
  LogLine operator()(const Ended& ended) const {
    return {.word = "ENDED", .alerts = {ended.number}, .text = ended.how};
  }
  LogLine operator()(const Token&) const { return {.word = "TOKEN"}; }
  LogLine operator()(const Reached& reached) const {
    return {.word = "REACHED",
            .alerts = reached.numbers,
            .text = absl::StrCat(reached.rung, " (", ToAbsl(WhyWord(reached.why)),
                                 "): ", absl::StrJoin(reached.calls, ", "))};
  }
  LogLine operator()(const Unreached& unreached) const {
    return {.word = "UNREACHED", .alerts = unreached.numbers, .text = absl::StrCat("nobody for ", unreached.call)};
  }
  LogLine operator()(const Calling& calling) const {
    LogLine line{
        .word = "CALLING", .call = CallName(calling.number), .person = calling.person, .channel = calling.channel};
    for (const auto& [call, numbers] : calling.lines) {
      line.alerts.insert(line.alerts.end(), numbers.begin(), numbers.end());
      absl::StrAppend(&line.text, line.text.empty() ? "as " : ", ", call);
    }
    line.alerts.insert(line.alerts.end(), calling.ended.begin(), calling.ended.end());
    if (!calling.ended.empty())
      absl::StrAppend(&line.text, line.text.empty() ? "" : "; ", "ended: ", AlertsText(calling.ended));
    std::sort(line.alerts.begin(), line.alerts.end());
    line.alerts.erase(std::unique(line.alerts.begin(), line.alerts.end()), line.alerts.end());
    return line;
  }
  LogLine operator()(const Called& called) const {
    LogLine line{.word = "CALLED", .call = CallName(called.number), .text = std::string(ResultWord(called.result))};
    if (!called.detail.empty()) absl::StrAppend(&line.text, ": ", called.detail);
    if (called.given_up) absl::StrAppend(&line.text, "; given up");
    return line;
  }
  LogLine operator()(const Acked& acked) const {
    return {
        .word = "ACKNOWLEDGED",
        .alerts = acked.numbers,
        .person = acked.by,
        .text = absl::StrCat(acked.done ? "settled" : "", acked.done && !acked.note.empty() ? ": " : "", acked.note)};
  }
  LogLine operator()(const Continued& from) const {
    return {.word = "CONTINUED",
            .text = absl::StrCat("an older file is in archive/; next ", AlertName(from.next_alert))};
  }
};

}  // namespace

std::string AlertsText(const std::vector<AlertNo>& numbers) {
  std::string out;
  for (size_t i = 0; i < numbers.size();) {
    size_t end = i + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    absl::StrAppend(&out, out.empty() ? "" : ", ", AlertName(numbers[i]));
    if (end - i > 1) absl::StrAppend(&out, "-", AlertName(numbers[end - 1]));
    i = end;
  }
  return out;
}

LogLine LogLineOf(const Record& record) { return std::visit(Teller(), record.what); }

std::string LineText(const LogLine& line) {
  std::string out = line.word;
  for (const std::string& part : {line.call, AlertsText(line.alerts), line.person, line.channel, line.text}) {
    if (!part.empty()) absl::StrAppend(&out, " ", part);
  }
  return out;
}

}  // namespace eagle::duty
