#include "client/duty/watch.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/duty/lines.h"
#include "client/duty/log_words.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::duty {
namespace {

constexpr absl::Duration kRosterEvery = absl::Seconds(10), kPauseMin = absl::Seconds(1), kPauseMax = absl::Seconds(30),
                         kBehindMax = absl::Minutes(2);
constexpr size_t kAtOnceMax = 8;
constexpr char kGateway[] = "GATEWAY";

// At most kAtOnceMax at a time: one channel that hangs doesn't hold up the others.
std::vector<absl::Status> TellAll(Notifier& notifier, const std::vector<Message>& messages) {
  std::vector<absl::Status> told(messages.size());
  for (size_t from = 0; from < messages.size(); from += kAtOnceMax) {
    std::vector<std::thread> threads;
    for (size_t i = from; i < std::min(messages.size(), from + kAtOnceMax); ++i)
      threads.emplace_back([&, i] { told[i] = notifier.Tell(messages[i]); });
    for (std::thread& thread : threads) thread.join();
  }
  return told;
}

News OfTheGateway(bool ended, absl::Time at, absl::Time since, const std::string& why) {
  Piece piece{.ended = ended};
  piece.alert.matter = kGateway, piece.alert.kind = Kind::kGatewaySilent, piece.alert.time = at;
  piece.alert.text =
      absl::StrCat("no sign of the gateway since ", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", since, absl::UTCTimeZone()),
                   why.empty() ? "" : ": ", why);
  return {{piece}, ""};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Watch>> Watch::Start(const std::string& folder, WatchPorts ports) {
  std::unique_ptr<Watch> watch(new Watch(std::move(ports)));
  EAGLE_ASSIGN_OR_RETURN(watch->running_, client::FolderGuard::Occupy(folder, ".run"));
  EAGLE_ASSIGN_OR_RETURN(watch->book_, Book::Open(folder));
  Clock& clock = watch->ports_.clock;
  watch->clock_ = std::make_unique<DutyClock>(clock, watch->book_->state().now);
  watch->sign_at_ = watch->clock_->Now();
  watch->source_at_ = watch->ports_.real_clock.MonotonicNow(), watch->pause_ = kPauseMin;
  EAGLE_RETURN_IF_ERROR(watch->TakeRoster());
  EAGLE_RETURN_IF_ERROR(watch->Write([](Pen& pen) { CutCalls(pen); }));
  return watch;
}

absl::Status Watch::Write(const std::function<void(Pen&)>& decide) {
  const absl::Time now = clock_->Now();
  if (clock_->parted() != clock_said_) {
    clock_said_ = clock_->parted();
    ports_.say(clock_said_ ? "the machine's clock jumped: the duty counts on from before; put it right, and start anew"
                           : "the machine's clock is right again");
  }
  std::vector<Record> written;
  EAGLE_RETURN_IF_ERROR(book_->Write(now, [&](Pen& pen) {
    decide(pen);
    written = pen.records();
  }));
  for (const Record& record : written) {
    if (!std::holds_alternative<Token>(record.what)) ports_.say(LineText(LogLineOf(record)));
  }
  return absl::OkStatus();
}

absl::Status Watch::TakeRoster() {
  roster_at_ = ports_.real_clock.MonotonicNow();
  absl::StatusOr<std::optional<Roster>> roster = ports_.roster();
  const bool first = channels_ == nullptr;
  if (roster.ok() && !roster->has_value()) return absl::OkStatus();
  absl::StatusOr<std::unique_ptr<Notifier>> channels =
      roster.ok() ? ports_.channels(**roster) : absl::StatusOr<std::unique_ptr<Notifier>>(roster.status());
  if (!channels.ok()) {
    if (first) return channels.status();
    const Failure failure = FailureOf(channels.status());
    ports_.say(absl::StrCat("the roster of before stays in force: ", failure.message));
    for (const Violation& wrong : failure.violations) ports_.say(wrong.description);
    return absl::OkStatus();
  }
  roster_ = **std::move(roster), channels_ = *std::move(channels);
  std::vector<std::string> persons;
  for (const Person& person : roster_.persons) persons.push_back(person.id);
  if (persons == state().persons) return absl::OkStatus();
  return Write([&](Pen& pen) { pen.Write(RosterSeen{persons}); });
}

absl::Status Watch::MindTheSource(const absl::Status& came) {
  const absl::Time now = clock_->Now();
  const bool silent = state().by_matter.contains(kGateway);
  if (came.ok()) {
    sign_at_ = now, pause_ = kPauseMin, heard_ = true, source_ = absl::OkStatus();
    if (!complaint_.empty()) ports_.say("the gateway is there again");
    complaint_.clear();
    if (!silent) return absl::OkStatus();
    return Write([&](Pen& pen) { TakeNews(OfTheGateway(true, now, sign_at_, ""), roster_, pen); });
  }
  const Failure failure = FailureOf(came);
  const std::string complaint = absl::StrCat(ToAbsl(RowOf(failure.reason).name), ": ", failure.message);
  if (complaint != complaint_) ports_.say(absl::StrCat("no news: ", complaint));
  complaint_ = complaint;
  if (!heard_) source_ = came;
  source_at_ = ports_.real_clock.MonotonicNow() + pause_;
  pause_ = std::min(2 * pause_, kPauseMax);
  return absl::OkStatus();
}

absl::Status Watch::ReadNews(absl::Duration wait) {
  busy_ = false;
  const absl::Duration rest = source_at_ - ports_.real_clock.MonotonicNow();
  if (rest > absl::ZeroDuration()) {
    ports_.wait(std::min(rest, wait));
  } else {
    const absl::StatusOr<News> news = ports_.source.Next(state().resume_token, wait);
    if (!news.ok() || !news->resume_token.empty()) EAGLE_RETURN_IF_ERROR(MindTheSource(news.status()));
    if (news.ok() && !news->resume_token.empty()) {
      busy_ = !news->pieces.empty();
      NoteBehind(!news->caught_up);
      EAGLE_RETURN_IF_ERROR(Write([&](Pen& pen) { TakeNews(*news, roster_, pen); }));
    }
  }
  const absl::Time now = clock_->Now();
  if (now - sign_at_ <= roster_.bounds.silent || state().by_matter.contains(kGateway)) return absl::OkStatus();
  return Write([&](Pen& pen) { TakeNews(OfTheGateway(false, now, sign_at_, complaint_), roster_, pen); });
}

void Watch::NoteBehind(bool behind) {
  if (behind && !behind_) behind_since_ = ports_.real_clock.MonotonicNow();
  if (!behind && behind_) look_now_ = true;
  behind_ = behind;
}

absl::Status Watch::LookWhatStands() {
  if (!complaint_.empty() || state().by_matter.empty()) return absl::OkStatus();
  const absl::StatusOr<std::vector<std::string>> settled =
      ports_.source.Settled(StandingOf(state()), std::exchange(look_now_, false));
  if (!settled.ok()) return MindTheSource(settled.status());
  if (settled->empty()) return absl::OkStatus();
  return Write([&](Pen& pen) { TakeSettled(*settled, pen); });
}

absl::Status Watch::MakeAllCalls() {
  for (;;) {
    std::vector<Calling> calls;
    EAGLE_RETURN_IF_ERROR(Write([&](Pen& pen) {
      Climb(roster_, pen);
      calls = MakeCalls(roster_, pen);
    }));
    if (calls.empty()) return absl::OkStatus();
    busy_ = true;
    std::vector<Message> messages;
    for (const Calling& calling : calls) messages.push_back(MessageOf(calling, state(), roster_));
    const std::vector<absl::Status> told = TellAll(*channels_, messages);
    EAGLE_RETURN_IF_ERROR(Write([&](Pen& pen) {
      for (size_t i = 0; i < calls.size(); ++i) JudgeCall(calls[i].number, told[i], roster_, pen);
    }));
  }
}

absl::Status Watch::Step(absl::Duration wait) {
  if (ports_.real_clock.MonotonicNow() - roster_at_ >= kRosterEvery) EAGLE_RETURN_IF_ERROR(TakeRoster());
  EAGLE_RETURN_IF_ERROR(ReadNews(wait));
  const bool hold = behind_ && complaint_.empty() && ports_.real_clock.MonotonicNow() - behind_since_ < kBehindMax;
  if (hold) return absl::OkStatus();
  EAGLE_RETURN_IF_ERROR(LookWhatStands());
  return MakeAllCalls();
}

}  // namespace eagle::duty
