#include "server/core/sequencer.h"

#include <algorithm>

#include "server/base/assert.h"
#include "server/core/codec.h"
#include "server/core/rows.h"
#include "server/core/tiles.h"
#include "server/domain/apply.h"
#include "server/domain/decide.h"
#include "server/domain/instant.h"
#include "server/journal/checkpoint.h"
#include "server/journal/packed.h"

namespace eagle::core {
namespace {

size_t MembersOf(const domain::Command& command) {
  return std::visit(
      [](const auto& alternative) -> size_t {
        if constexpr (requires { alternative.members; }) {
          return alternative.members.size() + 1;
        } else {
          return 1;
        }
      },
      command);
}

// What may still come in while the store is short of room: answers and the clock's own work, which free it.
bool PassesWhenFull(const domain::Command& command) {
  return std::holds_alternative<domain::ReportReceipts>(command) || std::holds_alternative<domain::Tick>(command) ||
         std::holds_alternative<domain::AlarmClock>(command) ||
         std::holds_alternative<domain::SubmitAdministration>(command);
}

bool MovesProposals(const domain::Entry& entry) {
  return entry.type >= goldeneagle::v1::ENTRY_TYPE_PROPOSAL_MADE &&
         entry.type <= goldeneagle::v1::ENTRY_TYPE_CLOCK_ACCEPTED;
}

bool MovesCosigned(const domain::Entry& entry) { return entry.type == goldeneagle::v1::ENTRY_TYPE_CHECKPOINT_COSIGNED; }

}  // namespace

// One commit on its way: entries with their bytes, and who waits for it.
class Sequencer::Commit : public CommitView {
 public:
  Commit(const journal::Edge& edge, const std::string& checkpoint, const domain::State& state)
      : before_(edge.frontier()), checkpoint_(checkpoint), state_(state) {}

  uint64_t size() const override { return before_.size() + leaves.size(); }
  const std::string& checkpoint() const override { return checkpoint_; }
  bool Holds(uint64_t index) const override { return index >= before_.size() && index < size(); }
  const std::string& LeafOf(uint64_t index) const override { return leaves[index - before_.size()]; }
  std::vector<std::string> ProofOf(uint64_t index) const override {
    if (!tree_) tree_.emplace(before_, hashes);
    std::vector<std::string> out;
    for (const journal::Hash& hash : tree_->Inclusion(index)) out.emplace_back(journal::View(hash));
    return out;
  }
  const domain::State& state() const override { return state_; }

  std::vector<domain::Entry> entries;
  std::vector<std::string> leaves;
  std::vector<journal::Hash> hashes;
  journal::PackedWriter packed;
  std::vector<Answer> answers;

 private:
  journal::Frontier before_;
  const std::string& checkpoint_;  // the sequencer's: the new one once it is signed
  const domain::State& state_;
  mutable std::optional<journal::CommitTree> tree_;
};

Sequencer::Sequencer(Opened opened, SequencerPorts ports)
    : ports_(ports),
      state_(std::move(opened.state)),
      edge_(std::move(opened.edge)),
      checkpoint_(std::move(opened.checkpoint)),
      stream_(std::move(opened.stream)),
      digests_(std::move(opened.digests)) {
  keeper_.Start(state_.recorded, state_.clock_alarm != 0, ports_.clock.WallNow(), ports_.clock.MonotonicNow());
  alarm_seen_ = state_.clock_alarm;
  now_ = state_.recorded;
  last_tick_ = ports_.clock.MonotonicNow() - kTickEvery;
  Publish({true, true, true, true, true, true, true, true});
}

void Sequencer::SetHandout(Handout* handout) {
  handout_ = handout;
  if (handout_ != nullptr) handout_->Load(state_);
}

absl::Status Sequencer::Submit(domain::Command command, Done done) {
  const size_t members = MembersOf(command);
  const bool full = ports_.store.Full() && !PassesWhenFull(command);
  return Enqueue({.command = std::move(command), .done = std::move(done), .members = members}, full);
}

absl::Status Sequencer::SubmitDryRun(domain::Command command, DryDone done) {
  GATEWAY_ASSERT(done != nullptr, "somebody wants to know");
  const size_t members = MembersOf(command);
  return Enqueue({.command = std::move(command), .dry = std::move(done), .members = members}, false);
}

absl::Status Sequencer::Enqueue(Queued queued, bool full) {
  absl::MutexLock lock(&mu_);
  if (stopped_) return Fail(Reason::kDraining, "the gateway is stopping").RetryAfter(absl::Seconds(2));
  if (full || queue_.size() >= kQueuedCommandsMax || queued_members_ + queued.members > kQueuedMembersMax) {
    ++counters_.refused_busy;
    return Fail(Reason::kBusy, "more work is queued than can be taken").RetryAfter(absl::Milliseconds(200));
  }
  queued_members_ += queued.members;
  queue_.push_back(std::move(queued));
  return absl::OkStatus();
}

void Sequencer::WakeUp() {
  absl::MutexLock lock(&mu_);
  woken_ = true;
}

void Sequencer::Stop() {
  absl::MutexLock lock(&mu_);
  stopped_ = true;
}

void Sequencer::WaitForWork(absl::Duration longest) {
  absl::MutexLock lock(&mu_);
  const auto ready = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return woken_ || !queue_.empty(); };
  mu_.AwaitWithTimeout(absl::Condition(&ready), longest);
}

absl::Time Sequencer::NextTimer() const {
  const absl::Time armed = state_.timers.empty() ? absl::InfiniteFuture() : state_.timers.begin()->at;
  const auto mark = domain::NextWitnessMark(state_.witnessing, state_.policy.get());
  const auto head = domain::NextDirectoryHead(state_);
  return std::min({armed, mark ? mark->at : absl::InfiniteFuture(), head.value_or(absl::InfiniteFuture())});
}

bool Sequencer::HasWork() {
  const absl::Duration monotonic = ports_.clock.MonotonicNow();
  if (monotonic - last_tick_ >= kTickEvery) return true;
  absl::MutexLock lock(&mu_);
  return woken_ || !queue_.empty();
}

std::shared_ptr<const Published> Sequencer::published() const {
  absl::MutexLock lock(&mu_);
  return published_;
}

SequencerCounters Sequencer::counters() const {
  absl::MutexLock lock(&mu_);
  return counters_;
}

std::vector<Sequencer::Queued> Sequencer::TakeQueued() {
  std::vector<Queued> taken;
  size_t members = 0;
  absl::MutexLock lock(&mu_);
  woken_ = false;
  // A member makes one entry, now and then two; the head one more.
  while (!queue_.empty() && members < kEntriesPerCommit / 2) {
    members += queue_.front().members;
    queued_members_ -= queue_.front().members;
    taken.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  counters_.commands += taken.size();
  return taken;
}

absl::Time Sequencer::ObserveClock(Commit& commit) {
  if (alarm_seen_ != 0 && state_.clock_alarm == 0) keeper_.Accept();
  alarm_seen_ = state_.clock_alarm;
  const absl::Time wall = ports_.clock.WallNow();
  const TimeKeeper::Reading reading = keeper_.Observe(wall, ports_.clock.MonotonicNow());
  now_ = std::max(reading.now, state_.recorded);
  if (reading.alarm) Execute(domain::AlarmClock{wall, *reading.alarm}, nullptr, commit);
  alarm_seen_ = state_.clock_alarm;
  return now_;
}

absl::Status Sequencer::Step() {
  if (dead_) return Fail(Reason::kInternal, "this sequencer has ended");
  Commit commit(edge_, checkpoint_, state_);
  const absl::Duration began = ports_.clock.MonotonicNow();
  ObserveClock(commit);
  std::vector<Queued> queued = TakeQueued();
  for (Queued& next : queued) {
    if (next.dry) {
      ExecuteDry(next.command, std::move(next.dry), commit);
      continue;
    }
    Execute(std::move(next.command), std::move(next.done), commit);
    if (dead_) return Fail(Reason::kInternal, "a key could not be read");
  }
  if (began - last_tick_ >= kTickEvery || NextTimer() <= now_) {
    last_tick_ = began;
    if (NextTimer() <= now_) Execute(domain::Tick{stream_}, nullptr, commit);
  }
  std::vector<domain::Entry> surplus = domain::DecideSurplus(state_, commit.entries, now_);
  Add(surplus, commit);
  if (handout_ != nullptr) {
    for (Handout::Planned& planned : handout_->Plan(state_))
      Execute(std::move(planned.deliver), std::move(planned.done), commit);
  }
  const absl::Duration decided = ports_.clock.MonotonicNow();
  if (!commit.entries.empty()) {
    if (absl::Status status = Write(commit); !status.ok()) {
      dead_ = true;
      return status;
    }
  }
  const absl::Duration stored = ports_.clock.MonotonicNow();
  for (Answer& answer : commit.answers) {
    if (answer.done) answer.done(answer.result, commit);
  }
  if (!commit.entries.empty()) {
    for (Listener* listener : listeners_) listener->Committed(commit.entries, commit);
  }
  {
    absl::MutexLock lock(&mu_);
    counters_.commits += commit.entries.empty() ? 0 : 1;
    counters_.entries += commit.entries.size();
    counters_.deciding += decided - began;
    counters_.storing += stored - decided;
    counters_.answering += ports_.clock.MonotonicNow() - stored;
  }
  return ports_.store.Maintain(/*idle=*/queued.empty());
}

void Sequencer::Execute(domain::Command command, Done done, Commit& commit) {
  domain::Decision decision = domain::Decide(state_, command, now_);
  if (!Add(decision.entries, commit)) return;
  commit.answers.push_back({std::move(decision.result), std::move(done)});
}

void Sequencer::ExecuteDry(const domain::Command& command, DryDone done, Commit& commit) {
  domain::Decision decision = domain::Decide(state_, command, now_);
  decision.result.index = 0;
  for (domain::MemberResult& member : decision.result.members) member.index = 0;
  Done tell = [done = std::move(done), entries = std::move(decision.entries)](
                  const domain::Result& result, const CommitView&) { done(result, entries); };
  commit.answers.push_back({std::move(decision.result), std::move(tell)});
  absl::MutexLock lock(&mu_);
  ++counters_.dry_runs;
}

bool Sequencer::Add(std::vector<domain::Entry>& entries, Commit& commit) {
  if (entries.empty()) return true;
  std::vector<std::string> keys(entries.size());
  size_t sealed = 0;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (!entries[i].payload) continue;
    if (entries[i].key_id.empty()) entries[i].key_id = ports_.keys.log_key_id();
    auto key = ports_.keys.KeyOf(entries[i].key_id);
    if (!key.ok()) {
      // Without its key nothing of this command may be written, and what others of the batch rely on is in memory
      // already.
      dead_ = true;
      return false;
    }
    keys[i] = *std::move(key);
    ++sealed;
  }
  const std::string entropy = sealed > 0 ? ports_.entropy.Bytes(sealed * kSealingEntropyBytes) : std::string();
  size_t used = 0;
  for (size_t i = 0; i < entries.size(); ++i) {
    std::string_view share;
    if (entries[i].payload)
      share = std::string_view(entropy).substr(used++ * kSealingEntropyBytes, kSealingEntropyBytes);
    EncodedEntry encoded = EncodeEntry(entries[i], keys[i], share);
    domain::Apply(entries[i], state_);
    if (entries[i].type == goldeneagle::v1::ENTRY_TYPE_STATEMENT_ACCEPTED) AddToStream(entries[i], stream_, digests_);
    if (handout_ != nullptr) handout_->Applied(entries[i], state_);
    commit.packed.Add(encoded.leaf, encoded.sealed);
    commit.hashes.push_back(journal::LeafHash(encoded.leaf));
    commit.leaves.push_back(std::move(encoded.leaf));
    commit.entries.push_back(std::move(entries[i]));
  }
  return true;
}

absl::Status Sequencer::Write(Commit& commit) {
  const uint64_t first = commit.entries.front().index;
  const Stale stale{.directory = std::exchange(state_.changes.directory, false),
                    .presence = !state_.changes.presence.empty(),
                    .proposals = std::any_of(commit.entries.begin(), commit.entries.end(), MovesProposals),
                    .cosigned = std::any_of(commit.entries.begin(), commit.entries.end(), MovesCosigned),
                    .words = !state_.changes.objections.empty(),
                    .supervised = !state_.changes.supervisions.empty(),
                    .adapters = !state_.changes.adapters.empty(),
                    .acknowledged = !state_.changes.acknowledged.empty()};
  storage::Commit row{.first_index = first,
                      .count = static_cast<uint32_t>(commit.entries.size()),
                      .time_us = domain::Micros(now_),
                      .decider_version = domain::kDeciderVersion,
                      .previous_checkpoint = checkpoint_,
                      .rows = TakeRows(state_, first)};
  const size_t bytes = commit.packed.bytes().size();
  row.entries = commit.packed.Take();
  for (const journal::Hash& hash : commit.hashes) edge_.Append(hash);
  for (journal::FullTile& tile : edge_.TakeFullTiles()) {
    row.rows.push_back({storage::Table::kTiles, TileKey(tile.level, tile.n), std::move(tile.bytes)});
  }
  EAGLE_RETURN_IF_ERROR(ports_.store.Append(row));
  const journal::Hash root = edge_.Root();
  EAGLE_ASSIGN_OR_RETURN(checkpoint_,
                         journal::SignCheckpoint({ports_.signer.name(), edge_.size(), root}, ports_.signer));
  EAGLE_RETURN_IF_ERROR(ports_.last_signed.Write({edge_.size(), root, checkpoint_}));
  Publish(stale);
  absl::MutexLock lock(&mu_);
  counters_.entry_bytes += bytes;
  return absl::OkStatus();
}

void Sequencer::Publish(Stale stale) {
  auto next = std::make_shared<Published>();
  const std::shared_ptr<const Published> before = published();
  next->directory = stale.directory ? std::make_shared<const domain::Directory>(state_.directory) : before->directory;
  // They grow with the directory alone.
  next->statement_digests = before != nullptr && before->statement_digests->size() == digests_.size()
                                ? before->statement_digests
                                : std::make_shared<const std::vector<journal::Hash>>(digests_);
  next->adapters =
      stale.adapters ? std::make_shared<const domain::AdapterApprovals>(state_.adapters) : before->adapters;
  next->acknowledged =
      stale.acknowledged
          ? std::make_shared<const std::map<uint32_t, domain::DirectoryAcknowledged>>(state_.acknowledged)
          : before->acknowledged;
  next->presence =
      stale.presence ? std::make_shared<const std::vector<domain::PresenceState>>(state_.presence) : before->presence;
  next->proposals = stale.proposals
                        ? std::make_shared<const std::map<uint64_t, domain::ProposalState>>(state_.proposals)
                        : before->proposals;
  next->newest_word =
      stale.words ? std::make_shared<const std::map<uint32_t, uint64_t>>(state_.newest_word) : before->newest_word;
  next->newest_supervision = stale.supervised
                                 ? std::make_shared<const std::map<uint32_t, uint64_t>>(state_.newest_supervision)
                                 : before->newest_supervision;
  next->cosigned = before == nullptr ? nullptr : before->cosigned;
  if (stale.cosigned && state_.witnessing.size > 0) {
    next->cosigned = std::make_shared<const Published::Cosigned>(
        Published::Cosigned{state_.witnessing.size, state_.witnessing.checkpoint});
  }
  next->incidents_open = state_.incidents.size();
  next->directory_head = state_.directory_head;
  next->policy = state_.policy;
  next->policy_index = state_.policy_index;
  next->policy_since = state_.policy_since;
  next->edge = std::make_shared<const journal::Edge>(edge_);
  next->checkpoint = checkpoint_;
  next->recorded = state_.recorded;
  next->clock_alarm = state_.clock_alarm;
  absl::MutexLock lock(&mu_);
  published_ = std::move(next);
}

}  // namespace eagle::core
