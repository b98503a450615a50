// Days of a duty in virtual time, with the process dying at every point: what is promised holds, and nothing is lost.
#include "tests/client/duty/play.h"

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "client/duty/record_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace eagle::duty {
namespace {

// An afternoon: two alerts, one is acknowledged, one climbs; a channel fails for a while; one ends, one is marked
// higher.
void Afternoon(Play& play) {
  play.Raise("a", Kind::kOrder, 1000);
  play.Raise("b", Kind::kIncident, 0);
  play.Pass(absl::Minutes(10));
  if (play.state.alerts.contains(2)) play.Acknowledge(2, "li");
  play.down = {"sms"};
  play.Pass(absl::Minutes(40));
  play.down.clear();
  play.Raise("a", Kind::kOrder, 1500);
  play.Pass(absl::Minutes(30));
  play.End("a");
  play.End("b");
  play.Pass(absl::Minutes(30));
}

// What reached people, whenever: "1 li contact".
std::string LineOf(const Said& one) {
  return absl::StrCat(one.alert, " ", one.person, " ", one.ended ? "ended" : one.rung);
}

TEST(DutyPlayTest, DyingAtAnyPointLosesNothingAndRepeatsOnlyWhatItSays) {
  Play whole;
  Afternoon(whole);
  std::set<std::string> wanted;
  for (const Said& one : whole.said) wanted.insert(LineOf(one));
  ASSERT_GE(wanted.size(), 6u);
  for (int point = 0; point < whole.things; ++point) {
    SCOPED_TRACE(absl::StrCat("dies before thing ", point));
    Play play;
    play.dies_in = point;
    Afternoon(play);
    std::set<std::string> reached, once;
    for (const Said& one : play.said) {
      reached.insert(LineOf(one));
      if (one.perhaps || one.ended) continue;  // that it ended says nothing of a repeat, and asks nobody to act
      EXPECT_TRUE(once.insert(LineOf(one)).second) << "twice: " << LineOf(one);
      EXPECT_TRUE(wanted.contains(LineOf(one))) << LineOf(one);
    }
    for (const std::string& line : wanted) EXPECT_TRUE(reached.contains(line)) << "lost: " << line;
    EXPECT_TRUE(play.state.alerts.empty());
  }
}

// A second, simpler judge over what was said: never early, never twice on a rung for one raise, never too often.
struct Judge {
  const Play& play;

  void Look() const {
    constexpr std::tuple<const char*, const char*, int> kWaits[] = {{"contact", "head", 30}, {"head", "president", 60}};
    std::map<std::tuple<AlertNo, std::string, std::string>, int> times;
    std::map<std::pair<AlertNo, std::string>, absl::Time> first;  // on a rung
    std::map<std::pair<std::string, int64_t>, std::set<CallNo>> in_minute;
    for (const Said& one : play.said) {
      in_minute[{one.person, absl::ToUnixSeconds(one.at) / 60}].insert(one.call);
      if (one.perhaps || one.ended) continue;
      EXPECT_LE((++times[{one.alert, one.person, one.rung}]), 1) << LineOf(one);
      for (const auto& [low, high, wait] : kWaits) {
        if (one.rung != high) continue;
        const auto before = first.find({one.alert, low});
        if (before == first.end()) continue;
        EXPECT_GE(one.at, before->second + absl::Minutes(wait)) << "early: " << LineOf(one);
      }
      first.try_emplace({one.alert, one.rung}, one.at);
    }
    for (const auto& [minute, calls] : in_minute) EXPECT_LE(calls.size(), 6u) << minute.first;
  }
};

TEST(DutyPlayTest, RandomDaysKeepThePromises) {
  for (uint64_t seed = 1; seed <= 25; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::mt19937_64 random(seed);
    Play play;
    int raised = 0;
    std::set<std::string> open;
    for (int step = 0; step < 400; ++step) {
      const uint64_t what = random() % 100;
      if (what < 25) {
        const std::string matter = absl::StrCat("m", raised++);
        play.Raise(matter, Kind::kIncident, 0, absl::StrCat("99000", random() % 3));
        open.insert(matter);
      } else if (what < 35 && !open.empty()) {
        play.End(*open.begin());
        open.erase(open.begin());
      } else if (what < 42 && !play.state.alerts.empty()) {
        const auto& alert = play.state.alerts.begin()->second;
        if (!alert.ended_at) play.Acknowledge(alert.number, "li");
      } else if (what < 46) {
        play.down = {"sms"};
      } else if (what < 50) {
        play.down = {"mail", "sms"};
      } else if (what < 60) {
        play.down.clear();
      } else if (what < 70) {
        play.dies_in = static_cast<int>(random() % 12);
      } else if (what < 73) {
        play.now -= absl::Minutes(static_cast<int64_t>(random() % 90));
      }
      play.Pass(absl::Minutes(static_cast<int64_t>(random() % 15)));
    }
    play.dies_in.reset();
    play.down.clear();
    play.now = std::max(play.now, play.state.now);
    play.Pass(absl::Hours(4));
    // Liveness: what is open was acknowledged, or somebody knows and it has reached the last rung.
    for (const auto& [number, alert] : play.state.alerts) {
      EXPECT_FALSE(alert.ended_at);
      if (alert.ack) continue;
      EXPECT_FALSE(alert.told.empty()) << number;
      EXPECT_EQ(alert.rung, "president") << number;
    }
    Judge{play}.Look();
    // The file gives the state that stands.
    const State stands = play.state;
    play.Restart();
    EXPECT_EQ(play.state.alerts.size(), stands.alerts.size());
    EXPECT_EQ(play.state.next_call, stands.next_call);
    EXPECT_EQ(play.state.resume_token, stands.resume_token);
  }
}

// What a file that goes on anew needs gives the same open alerts and the same next calls.
TEST(DutyPlayTest, GoingOnWithWhatIsNeededChangesNothingThatHappensNext) {
  for (const int until : {1, 11, 25, 55, 90}) {
    SCOPED_TRACE(until);
    Play whole;
    for (int i = 0; i < 8; ++i) whole.Raise(absl::StrCat("m", i), Kind::kIncident, 0);
    whole.Pass(absl::Minutes(until));
    whole.Acknowledge(2, "li");
    whole.End("m2");
    whole.End("m5");
    whole.down = {"sms"};
    whole.Raise("late", Kind::kIncident, 0);
    whole.Pass(absl::Minutes(3));
    Play part = whole;
    const auto records = ReadRecords([&] {
      std::string text;
      for (const std::string& line : part.file) text += line;
      return text;
    }());
    ASSERT_TRUE(records.ok());
    part.file.clear();
    for (const Record& record : Needed(*records, part.state)) part.file.push_back(RecordLine(record));
    EXPECT_LT(part.file.size(), whole.file.size());
    part.Restart(), whole.Restart();
    part.said.clear(), whole.said.clear();
    for (Play* play : {&part, &whole}) {
      play->down.clear();
      play->Pass(absl::Hours(3));
    }
    ASSERT_EQ(part.said.size(), whole.said.size());
    for (size_t i = 0; i < part.said.size(); ++i) {
      EXPECT_EQ(part.said[i].alert, whole.said[i].alert);
      EXPECT_EQ(part.said[i].person, whole.said[i].person);
      EXPECT_EQ(part.said[i].at, whole.said[i].at);
    }
    EXPECT_EQ(part.state.next_alert, whole.state.next_alert);
  }
}

}  // namespace
}  // namespace eagle::duty
