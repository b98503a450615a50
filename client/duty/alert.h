// What somebody must act on, as the duty roster knows it, and the port through which it comes.
//
// An alert is about one matter 事项: an order that isn't answered, an incident, an adapter that is away. Later marks of
// the same matter raise the alert that is open; nothing here holds personal data of respondents.
//
// Threads: values; a source belongs to one thread.
//
//   EAGLE_ASSIGN_OR_RETURN(const News news, source.Next(absl::Seconds(1)));
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace eagle::duty {

enum class Kind : uint8_t {
  kOther = 0,  // of a newer gateway
  kOrder,
  kSurplus,
  kObjection,
  kIncident,
  kMeasureEnd,
  kAdapterAbsent,
  kWitnessesMissing,
  kClockAlarm,
  kReceiptConflict,
  kGatewaySilent,  // of our own: nothing came from the gateway, not even a heartbeat
};
inline constexpr Kind kKinds[] = {
    Kind::kOrder,         Kind::kSurplus,          Kind::kObjection,  Kind::kIncident,        Kind::kMeasureEnd,
    Kind::kAdapterAbsent, Kind::kWitnessesMissing, Kind::kClockAlarm, Kind::kReceiptConflict, Kind::kGatewaySilent,
    Kind::kOther};
// "ORDER", "MEASURE_END" ...
std::string_view KindWord(Kind kind);
std::optional<Kind> KindOfWord(std::string_view word);

// How far a matter has come, rising: the mark in permille; of the end of a measure 1,000 minus the civil days left, so
// that its end is 1,000; 0 for what has no marks.
using Level = uint32_t;
inline constexpr Level kLevelMax = 10'000;

struct Alert {
  std::string matter;  // names what it is about; the same for each of its marks
  Kind kind = Kind::kOther;
  Level level = 0;
  uint64_t journal_index = 0;     // of the entry
  std::string order_id;           // UUID as text; empty: none, or several
  std::string agency, court;      // codes; empty: none or several
  absl::Time time;                // of the entry
  std::optional<absl::Time> due;  // absent: it has none
  std::string text;               // one line
};

// What an entry of the journal says of a matter.
struct Piece {
  bool ended = false;  // nothing to do any more; then only `alert.matter` and `alert.time` count
  Alert alert;
};

struct News {
  std::vector<Piece> pieces;  // in journal order; empty: none came
  std::string resume_token;   // goes on behind them; empty: nothing came, not even a heartbeat
  bool caught_up = true;      // nothing was committed behind them when they were read
};

// A matter that is open here.
struct Standing {
  std::string matter;
  Kind kind = Kind::kOther;
  Level level = 0;
  uint64_t journal_index = 0;  // of its newest entry
  std::string order_id, agency, court;
  std::optional<absl::Time> due;
};

class AlertSource {
 public:
  virtual ~AlertSource() = default;
  // What came next behind `resume_token` (empty: nothing was read before), waiting at most `wait` of real time. At
  // least once: a repeat has the same journal index. After any error it may be asked again.
  virtual absl::StatusOr<News> Next(const std::string& resume_token, absl::Duration wait) = 0;
  // Which of `standing` stand no more although no entry said so (an order was answered), by matter. May be asked often:
  // it looks once a minute, and at once when there is a reason to or `now` says so, and answers what it is sure of.
  virtual absl::StatusOr<std::vector<std::string>> Settled(const std::vector<Standing>& standing, bool now) = 0;
};

}  // namespace eagle::duty
