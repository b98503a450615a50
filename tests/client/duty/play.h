// A duty played in virtual time: alerts come, minutes pass, persons hear or don't, and the process dies where a test
// wants it to. State lives as the lines that would be on disk, and each restart reads them.
//
// Threads: one.
//
//   Play play;
//   play.Raise("m1", Kind::kOrder, 1000);
//   play.Pass(absl::Minutes(30));
//   EXPECT_THAT(play.Heard("A1"), ElementsAre("li contact", "wang head"));
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/duty/decide.h"
#include "client/duty/roster_file.h"
#include "server/base/clock.h"

namespace eagle::duty {

// Persons li, wang, zhao, sun, zhou; channels sms (li, wang, zhao, zhou) and mail (li second, sun). Rungs contact (30
// min), head (60 min), president; contact is li, then wang. Marks below 1000 call nobody, 1000 contact, 1500 head.
// Monday, 28 September 2026, 09:00 in Shanghai.
inline constexpr char kPlayRoster[] = R"(
time_zone = "Asia/Shanghai"
otherwise = "contact"
[bounds]
pause_seconds = 60
[[channels]]
name = "sms"
command = ["/bin/true", "{address}"]
[[channels]]
name = "mail"
command = ["/bin/true", "{address}"]
[[persons]]
id = "li"
name = "李敏"
ways = [{channel = "sms", address = "1"}, {channel = "mail", address = "li@court.example"}]
[[persons]]
id = "wang"
name = "王强"
ways = [{channel = "sms", address = "2"}]
[[persons]]
id = "zhao"
name = "赵立"
ways = [{channel = "sms", address = "3"}]
[[persons]]
id = "sun"
name = "孙波"
ways = [{channel = "mail", address = "sun@court.example"}]
[[persons]]
id = "zhou"
name = "周涛"
ways = [{channel = "sms", address = "4"}]
[[duties]]
name = "officer"
[[duties.shifts]]
persons = ["li", "wang"]
[[rungs]]
name = "contact"
calls = ["officer"]
wait_minutes = 30
[[rungs]]
name = "head"
calls = ["zhao", "sun"]
wait_minutes = 60
[[rungs]]
name = "president"
calls = ["zhou"]
[[begins]]
kind = "ORDER"
mark = 0
nobody = true
[[begins]]
kind = "ORDER"
mark = 1000
rung = "contact"
[[begins]]
kind = "ORDER"
mark = 1500
rung = "head"
)";

inline absl::Time Monday() { return absl::FromUnixSeconds(1790557200); }

// Moves when a test moves it.
class HandClock : public Clock {
 public:
  absl::Time WallNow() override { return now; }
  absl::Duration MonotonicNow() override { return since; }
  absl::Time now = Monday();
  absl::Duration since;
};

// One line that reached a person.
struct Said {
  absl::Time at;
  AlertNo alert = 0;
  std::string person, rung;
  bool ended = false, perhaps = false;
  CallNo call = 0;
};

class Play {
 public:
  explicit Play(const std::string& roster = kPlayRoster);

  void Use(const std::string& roster);
  Alert AlertOf(const std::string& matter, Kind kind, Level level);
  void Raise(const std::string& matter, Kind kind, Level level, const std::string& agency = "9900010");
  void Raise(const Alert& alert);
  void End(const std::string& matter);
  void Acknowledge(AlertNo number, const std::string& by, bool done = false);
  // Everything that is due now.
  void Tick();
  // Minute by minute.
  void Pass(absl::Duration duration);
  // State as the file gives it, and calls cut.
  void Restart();

  // "li contact", "li ended", in order; "(perhaps) li contact" when it may be the second time.
  std::vector<std::string> Heard(AlertNo alert) const;
  size_t calls() const { return calls_; }

  Roster roster;
  State state;
  absl::Time now;
  std::set<std::string> down;  // channels
  std::vector<Said> said;
  std::vector<std::string> file;  // lines
  // Dies before the n-th thing that it does from now on (a line written, a message told); restarts at once.
  std::optional<int> dies_in;
  int things = 0;  // done so far

 private:
  bool Dies();
  void Take(const Piece& piece);
  // False: died.
  bool Keep(const Pen& pen);
  bool Round(bool& more);

  uint64_t index_ = 100;
  size_t calls_ = 0;
};

}  // namespace eagle::duty
