// The duty while it runs: news in, calls out, over restarts, a silent gateway, a jumping clock, a changing roster.
#include "client/duty/watch.h"

#include <algorithm>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "tests/client/duty/play.h"
#include "tests/support/temp_folder.h"

namespace eagle::duty {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// Alerts in a row, each with a token that is its place.
class FakeSource : public AlertSource {
 public:
  explicit FakeSource(HandClock& clock) : clock_(clock) {}
  absl::StatusOr<News> Next(const std::string& resume_token, absl::Duration wait) override {
    if (!fails.ok()) return fails;
    const size_t from = resume_token.empty() ? 0 : std::stoul(resume_token);
    if (from >= pieces.size()) {
      clock_.now += wait, clock_.since += wait;
      return beats ? News{{}, absl::StrCat(pieces.size()), true} : News{};
    }
    const size_t to = std::min(from + at_once, pieces.size());
    return News{{pieces.begin() + static_cast<long>(from), pieces.begin() + static_cast<long>(to)},
                absl::StrCat(to),
                to == pieces.size()};
  }
  absl::StatusOr<std::vector<std::string>> Settled(const std::vector<Standing>& standing, bool now) override {
    ++looks;
    std::vector<std::string> out;
    for (const Standing& one : standing) {
      if (settled.contains(one.matter)) out.push_back(one.matter);
    }
    return now || look_always ? out : std::vector<std::string>();
  }
  void Raise(const std::string& matter) {
    Piece piece;
    piece.alert = {.matter = matter, .kind = Kind::kIncident, .journal_index = pieces.size() + 1, .time = clock_.now};
    pieces.push_back(std::move(piece));
  }

  std::vector<Piece> pieces;
  size_t at_once = 100;
  std::set<std::string> settled;
  bool look_always = true, beats = true;
  absl::Status fails;
  int looks = 0;

 private:
  HandClock& clock_;
};

class HeardNotifier : public Notifier {
 public:
  explicit HeardNotifier(std::vector<std::string>& heard, std::mutex& mutex) : heard_(heard), mutex_(mutex) {}
  absl::Status Tell(const Message& message) override {
    const std::lock_guard lock(mutex_);
    heard_.push_back(absl::StrCat(message.person, ": ", message.lines[0]));
    return absl::OkStatus();
  }

 private:
  std::vector<std::string>& heard_;
  std::mutex& mutex_;
};

class DutyWatchTest : public testing::Test {
 protected:
  absl::Status Start() {
    watch_.reset();
    auto started = Watch::Start(folder_ / "state",
                                {.source = source_,
                                 .clock = clock_,
                                 .real_clock = clock_,
                                 .roster = [this]() -> absl::StatusOr<std::optional<Roster>> {
                                   if (roster_ == read_) return std::optional<Roster>();
                                   read_ = roster_;
                                   EAGLE_ASSIGN_OR_RETURN(Roster roster, ParseRoster(roster_, "duty.toml"));
                                   return std::optional<Roster>(std::move(roster));
                                 },
                                 .channels = [this](const Roster&) -> absl::StatusOr<std::unique_ptr<Notifier>> {
                                   return std::make_unique<HeardNotifier>(heard_, mutex_);
                                 },
                                 .wait =
                                     [this](absl::Duration wait) {
                                       clock_.now += wait, clock_.since += wait;
                                       return true;
                                     },
                                 .say = [this](std::string_view line) { said_.emplace_back(line); }});
    if (!started.ok()) return started.status();
    watch_ = *std::move(started);
    return absl::OkStatus();
  }
  void Restart() {
    watch_.reset();
    read_.clear();
    ASSERT_TRUE(Start().ok());
  }
  void Pass(absl::Duration duration) {
    const absl::Time until = clock_.now + duration;
    do {
      const absl::Status step = watch_->Step(absl::Seconds(1));
      ASSERT_TRUE(step.ok()) << step;
    } while (clock_.now < until);
  }
  size_t HeardBy(const std::string& person) const {
    return static_cast<size_t>(std::count_if(
        heard_.begin(), heard_.end(), [&](const std::string& line) { return line.rfind(person + ":", 0) == 0; }));
  }

  TempFolder folder_;
  HandClock clock_;
  FakeSource source_{clock_};
  std::string roster_ = kPlayRoster, read_;
  std::vector<std::string> heard_, said_;
  std::mutex mutex_;
  std::unique_ptr<Watch> watch_;
};

TEST_F(DutyWatchTest, AnAlertThatComesIsToldAndClimbsWhenNobodyAnswers) {
  ASSERT_TRUE(Start().ok());
  source_.Raise("a");
  Pass(absl::Minutes(1));
  EXPECT_THAT(heard_, ElementsAre(HasSubstr("li: A1 INCIDENT")));
  Pass(absl::Minutes(28));
  EXPECT_THAT(heard_, SizeIs(1));
  Pass(absl::Minutes(2));
  EXPECT_THAT(heard_, SizeIs(3));
}

TEST_F(DutyWatchTest, AfterARestartNothingIsToldTwiceAndNothingIsLost) {
  ASSERT_TRUE(Start().ok());
  source_.Raise("a");
  Pass(absl::Minutes(1));
  source_.Raise("b");  // while nobody runs
  for (int i = 0; i < 5; ++i) {
    Restart();
    Pass(absl::Seconds(10));
  }
  EXPECT_EQ(HeardBy("li"), 2u);
  EXPECT_EQ(watch_->state().resume_token, "2");
}

TEST_F(DutyWatchTest, WhoAcknowledgesFromAnotherProcessIsHeeded) {
  ASSERT_TRUE(Start().ok());
  source_.Raise("a");
  Pass(absl::Minutes(1));
  const auto person = Book::OpenExisting(folder_ / "state");
  ASSERT_TRUE((*person)->Write(clock_.now, [](Pen& pen) { pen.Write(Acked{{1}, "li", "", false}); }).ok());
  Pass(absl::Hours(2));
  EXPECT_THAT(heard_, SizeIs(1));
  EXPECT_TRUE(watch_->state().alerts.at(1).ack);
}

TEST_F(DutyWatchTest, WhatIsAnsweredWithoutAnEntryEndsAndIsToldOnce) {
  ASSERT_TRUE(Start().ok());
  source_.Raise("a");
  Pass(absl::Minutes(1));
  source_.settled = {"a"};
  Pass(absl::Minutes(5));
  EXPECT_THAT(heard_, ElementsAre(HasSubstr("li: A1 INCIDENT"), HasSubstr("li: A1 INCIDENT has ended")));
}

TEST_F(DutyWatchTest, WhileTheJournalIsCaughtUpWithNobodyIsCalledAboutWhatIsOver) {
  source_.at_once = 10;
  source_.look_always = false;
  for (int i = 0; i < 100; ++i) source_.Raise(absl::StrCat("m", i));
  for (int i = 0; i < 99; ++i) source_.settled.insert(absl::StrCat("m", i));
  ASSERT_TRUE(Start().ok());
  Pass(absl::Minutes(1));
  EXPECT_THAT(heard_, ElementsAre(HasSubstr("li: A100 INCIDENT")));
}

TEST_F(DutyWatchTest, AGatewayThatIsSilentIsAnAlertAndRungsGoOnMeanwhile) {
  ASSERT_TRUE(Start().ok());
  source_.Raise("a");
  Pass(absl::Minutes(1));
  source_.fails = Fail(Reason::kUnavailable, "no route");
  Pass(absl::Minutes(9));
  EXPECT_THAT(heard_, SizeIs(1));
  Pass(absl::Minutes(2));
  EXPECT_THAT(heard_, Contains(HasSubstr("li: A2 GATEWAY_SILENT")));
  Pass(absl::Minutes(20));
  EXPECT_THAT(heard_, Contains(HasSubstr("zhao: A1 INCIDENT"))) << "the rungs of what was open";
  source_.fails = absl::OkStatus();
  Pass(absl::Minutes(2));
  EXPECT_THAT(heard_, Contains(HasSubstr("li: A2 GATEWAY_SILENT has ended")));
  EXPECT_EQ(std::count(said_.begin(), said_.end(), "no news: UNAVAILABLE: no route"), 1);
}

TEST_F(DutyWatchTest, AStreamWithoutHeartbeatsIsSilenceToo) {
  ASSERT_TRUE(Start().ok());
  source_.beats = false;
  Pass(absl::Minutes(11));
  EXPECT_THAT(heard_, ElementsAre(HasSubstr("GATEWAY_SILENT")));
}

TEST_F(DutyWatchTest, WhateverIsWrongWithTheGatewayPeopleAreCalledAboutIt) {
  ASSERT_TRUE(Start().ok());
  source_.fails = Fail(Reason::kUnauthenticated, "our certificate has ended");
  Pass(absl::Minutes(11));
  EXPECT_THAT(heard_, ElementsAre(HasSubstr("UNAUTHENTICATED: our certificate has ended")));
  EXPECT_EQ(ReasonOf(watch_->source()), Reason::kUnauthenticated);
  source_.fails = absl::OkStatus();
  Pass(absl::Minutes(1));
  EXPECT_TRUE(watch_->source().ok());
}

TEST_F(DutyWatchTest, TwoDutiesOverOneFolderAreRefused) {
  ASSERT_TRUE(Start().ok());
  const auto kept = std::move(watch_);
  read_.clear();
  EXPECT_EQ(ReasonOf(Start()), Reason::kFolderLocked);
}

TEST_F(DutyWatchTest, AClockThatJumpsAWeekAheadFiresNothing) {
  ASSERT_TRUE(Start().ok());
  source_.Raise("a");
  Pass(absl::Minutes(1));
  clock_.now += absl::Hours(24 * 7);
  Pass(absl::Minutes(10));
  EXPECT_THAT(heard_, SizeIs(1));
  EXPECT_THAT(said_, Contains(HasSubstr("the machine's clock jumped")));
  clock_.now -= absl::Hours(24 * 7);
  Pass(absl::Minutes(21));
  EXPECT_THAT(heard_, SizeIs(3)) << "30 minutes by the clock that counts on";
  EXPECT_THAT(said_, Contains("the machine's clock is right again"));
}

TEST_F(DutyWatchTest, AClockThatIsBackAfterARestartHoldsTheRecordedTime) {
  ASSERT_TRUE(Start().ok());
  source_.Raise("a");
  Pass(absl::Minutes(20));
  clock_.now -= absl::Hours(5);
  Restart();
  Pass(absl::Minutes(8));
  EXPECT_THAT(heard_, SizeIs(1));
  Pass(absl::Minutes(25));
  EXPECT_THAT(heard_, SizeIs(3));
}

TEST_F(DutyWatchTest, ARosterThatChangedIsTakenAndAWrongOneIsNot) {
  ASSERT_TRUE(Start().ok());
  roster_ = absl::StrReplaceAll(kPlayRoster, {{"persons = [\"li\", \"wang\"]", "persons = [\"wang\"]"}});
  Pass(absl::Seconds(15));
  source_.Raise("a");
  Pass(absl::Seconds(5));
  EXPECT_THAT(heard_, ElementsAre(HasSubstr("wang: A1")));
  roster_ = "shout = true";
  Pass(absl::Seconds(15));
  EXPECT_THAT(said_, Contains(HasSubstr("the roster of before stays in force")));
  EXPECT_THAT(said_, Contains(HasSubstr("duty.toml:1: unknown key")));
  source_.Raise("b");
  Pass(absl::Seconds(5));
  EXPECT_EQ(HeardBy("wang"), 2u);
}

TEST_F(DutyWatchTest, AWrongRosterDoesNotStart) {
  roster_ = "shout = true";
  EXPECT_EQ(ReasonOf(Start()), Reason::kConfigurationInvalid);
}

}  // namespace
}  // namespace eagle::duty
