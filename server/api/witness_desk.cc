#include "server/api/witness_desk.h"

#include <algorithm>
#include <utility>

#include "goldeneagle/v1/entry.pb.h"
#include "server/base/assert.h"
#include "server/base/reason.h"
#include "server/domain/witnessing.h"
#include "server/journal/checkpoint.h"

namespace eagle::api {
namespace {

// The name that a signature line begins with; empty for what is none.
std::string_view SignerOf(std::string_view line) {
  constexpr std::string_view kDash = "\u2014 ";
  if (line.substr(0, kDash.size()) != kDash) return {};
  line.remove_prefix(kDash.size());
  return line.substr(0, line.find(' '));
}

}  // namespace

WitnessDesk::WitnessDesk(core::Sequencer& sequencer, Clock& clock, Clock& real)
    : sequencer_(sequencer), clock_(clock), real_(real) {
  absl::MutexLock lock(&mu_);
  Learn(sequencer.state());
}

void WitnessDesk::Learn(const domain::State& state) {
  const domain::Witnessing& from = state.witnessing;
  if (witnesses_ == nullptr || witnesses_->registered_at != from.registered_at) {
    auto fresh = std::make_shared<Witnesses>();
    fresh->registered_at = from.registered_at;
    fresh->quorum = from.registered.quorum();
    for (const auto& witness : from.registered.witnesses()) {
      // A key that can't be read was refused before it was registered (handlers_admin.cc).
      if (auto key = journal::ParseVerifierKey(witness.verifier_key()); key.ok())
        fresh->keys.push_back(*std::move(key));
    }
    known_.registered = from.registered;
    known_.registered_at = from.registered_at;
    witnesses_ = std::move(fresh);
    wanted_ = nullptr;
  }
  policy_ = state.policy;
  known_.size = from.size;
  known_.at = from.at;
  known_.missing_since = from.missing_since;
  known_.deductions_wait = from.deductions_wait;
  known_.waiting.clear();
  if (!from.waiting.empty()) known_.waiting.insert(*from.waiting.begin());
}

void WitnessDesk::Committed(const std::vector<domain::Entry>&, const core::CommitView& commit) {
  Due due;
  {
    absl::MutexLock lock(&mu_);
    Learn(commit.state());
    Want(commit.state().recorded, due);
  }
  for (auto& [done, wanted] : due) done(std::move(wanted));
}

void WitnessDesk::Want(absl::Time now, Due& due) {
  const absl::Duration since = real_.MonotonicNow() - wanted_since_;
  const bool cosigned = wanted_ != nullptr && wanted_->size <= known_.size;
  // Nobody has signed it yet, and it misses what waits: nothing is lost by asking for more.
  const bool outgrown =
      wanted_ != nullptr && lines_.empty() && !known_.waiting.empty() && known_.waiting.begin()->first >= wanted_->size;
  if (wanted_ != nullptr && !cosigned && !outgrown && (submitted_ || since < kOfferStands)) return Answer(due);
  const auto published = sequencer_.published();
  const uint64_t size = published->edge->size();
  if (!domain::WantsCosignature(known_, policy_.get(), size, now)) {
    if (cosigned) wanted_ = nullptr;
    return Answer(due);
  }
  if (wanted_ != nullptr && wanted_->size >= size) return Answer(due);
  const journal::Hash root = published->edge->Root();
  wanted_ = std::make_shared<const Wanted>(Wanted{size, std::string(journal::View(root)), published->checkpoint});
  wanted_since_ = real_.MonotonicNow();
  lines_.clear();
  submitted_ = false;
  Answer(due);
}

void WitnessDesk::Answer(Due& due) {
  const absl::Duration now = real_.MonotonicNow();
  for (auto wait = waits_.begin(); wait != waits_.end();) {
    const bool news = wanted_ != nullptr && wanted_->size > known_.size && wanted_->size >= wait->size &&
                      !lines_.contains(wait->witness);
    if (!news && !draining_ && wait->until > now) {
      ++wait;
      continue;
    }
    due.emplace_back(std::move(wait->done), news ? wanted_ : nullptr);
    wait = waits_.erase(wait);
  }
}

absl::Status WitnessDesk::Wait(const std::string& witness, uint64_t size, absl::Duration wait, WaitDone done) {
  Due due;
  {
    absl::MutexLock lock(&mu_);
    if (std::none_of(witnesses_->keys.begin(), witnesses_->keys.end(),
                     [&](const auto& key) { return key->name() == witness; }))
      return Fail(Reason::kWitnessUnknown, "no registered witness has this name");
    if (waits_.size() >= kWaitsMax)
      return Fail(Reason::kBusy, "too many witnesses wait already").RetryAfter(absl::Seconds(1));
    waits_.push_back({witness, size, real_.MonotonicNow() + wait, std::move(done)});
    Answer(due);
  }
  for (auto& [told, wanted] : due) told(std::move(wanted));
  return absl::OkStatus();
}

void WitnessDesk::Add(uint64_t size, std::string_view line, AddDone done) {
  std::shared_ptr<const Witnesses> witnesses;
  std::shared_ptr<const Wanted> wanted;
  bool cosigned = false;
  {
    absl::MutexLock lock(&mu_);
    witnesses = witnesses_;
    wanted = wanted_;
    cosigned = size != 0 && size == known_.size;
  }
  const std::string_view name = SignerOf(line);
  const auto witness = std::find_if(witnesses->keys.begin(), witnesses->keys.end(),
                                    [&](const auto& key) { return key->name() == name; });
  if (witness == witnesses->keys.end())
    return done(Fail(Reason::kWitnessUnknown, "no registered witness has this name"));
  if (cosigned) return done(true);
  if (wanted == nullptr || wanted->size != size)
    return done(Fail(Reason::kCheckpointNotWanted, "no checkpoint of this size is to be cosigned now")
                    .With("size", std::to_string(wanted == nullptr ? 0 : wanted->size)));
  const journal::NoteVerifier* const keys[] = {witness->get()};
  if (const auto note = journal::OpenNote(wanted->checkpoint + std::string(line), keys); !note.ok())
    return done(note.status());

  domain::RecordCosigned command{.size = size, .root = wanted->root, .registered_at = witnesses->registered_at};
  {
    absl::MutexLock lock(&mu_);
    if (wanted_ != wanted) return done(Fail(Reason::kCheckpointNotWanted, "another checkpoint is wanted since"));
    lines_[std::string(name)] = std::string(line);
    if (lines_.size() < witnesses->quorum) return done(false);
    if (submitted_) return done(true);
    submitted_ = true;
    command.checkpoint = wanted->checkpoint;
    size_t taken = 0;
    for (const auto& [who, said] : lines_) {
      if (taken++ < witnesses->quorum) command.checkpoint += said;
    }
  }
  const absl::Status taken = sequencer_.Submit(std::move(command), [done](const domain::Result& result, const auto&) {
    if (!result.status.ok()) return done(result.status);
    done(true);
  });
  if (taken.ok()) return;
  {
    absl::MutexLock lock(&mu_);
    submitted_ = false;
  }
  done(taken);
}

void WitnessDesk::Tick() {
  Due due;
  {
    absl::MutexLock lock(&mu_);
    Want(clock_.WallNow(), due);
  }
  for (auto& [done, wanted] : due) done(std::move(wanted));
}

WitnessDesk::Standing WitnessDesk::standing() {
  absl::MutexLock lock(&mu_);
  return {known_.missing(), known_.deductions_wait, waits_.size()};
}

void WitnessDesk::EndWaits() {
  std::vector<Waiting> ended;
  {
    absl::MutexLock lock(&mu_);
    ended.swap(waits_);
  }
  for (Waiting& wait : ended) wait.done(nullptr);
}

void WitnessDesk::Drain() {
  Due due;
  {
    absl::MutexLock lock(&mu_);
    draining_ = true;
    Answer(due);
  }
  for (auto& [done, wanted] : due) done(std::move(wanted));
}

}  // namespace eagle::api
