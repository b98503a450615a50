// The data are lost amid the traffic, and an older backup is put in their place. The start refuses it; one
// administrator is too few, two let it go on under a new origin; the court sends again, in the old order, what it was
// answered past the backup: what had been refused is refused again, and a batch goes only when a dry run says that all
// that had been accepted would be (as client/lib/desk.h does). What is
// new is held back until then. The agencies' adapters find the new origin at Hello by themselves.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/audit/public_audit.h"
#include "server/base/assert.h"
#include "server/base/uuid.h"
#include "server/core/tiles.h"
#include "server/domain/instant.h"
#include "server/journal/checkpoint.h"
#include "tests/sim/sim_bank.h"
#include "tests/sim/sim_world.h"
#include "tests/support/recovery.h"

namespace eagle::sim {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

namespace {

constexpr int kPeopleNeedMinutes = 3;     // longer than any call is under way: what was sent before doesn't come after
constexpr int kPeopleDecideMinutes = 20;  // without progress
constexpr int kForEverMinutes = 120;

journal::Ed25519NoteSigner NextSigner() { return test::TestLogSigner("sim.example/log2"); }

}  // namespace

// --- the gateway's side

std::optional<SimGateway::Backup> SimGateway::MakeBackup() {
  if (!up()) return std::nullopt;
  const storage::SignedHead head = LastSigned();
  if (head.size != size()) return std::nullopt;  // between a commit and its signature
  Backup backup{
      .next_index = head.size, .checkpoint = head.note, .root = std::string(journal::View(head.root)), .key_ids = {}};
  const auto keys = key_disk_.Page("", 100'000);
  GATEWAY_ASSERT(keys.ok(), "keys in memory can be read");
  for (const trust::StoredKey& key : *keys) backup.key_ids.insert(key.key_id);
  return backup;
}

std::map<uint64_t, journal::Hash> SimGateway::LoseAllBut(const Backup& backup) {
  Crash();
  std::map<uint64_t, journal::Hash> roots;
  {
    const auto reader = Read();
    const auto edge = core::RebuildEdge(*reader);
    core::StoredTiles tiles(*reader);
    journal::EdgeSource source(*edge, tiles);
    for (uint64_t at = backup.next_index + 1; at <= edge->size(); ++at) roots[at] = *journal::RootOf(at, source);
  }
  disk_.RestoreOlder(backup.next_index);
  const auto keys = key_disk_.Page("", 100'000);
  for (const trust::StoredKey& key : *keys) {
    if (!backup.key_ids.contains(key.key_id)) (void)key_disk_.Delete(key.key_id);
  }
  return roots;
}

// --- the people's side

void World::Recovery() {
  if (loss_at_ == 0) return;
  if (recovered_in_ != 0) return SendAgain(0);
  if (lost_in_ != 0) {
    if (minute_ >= lost_in_ + kPeopleNeedMinutes) RecoverLog();
    return;
  }
  const int backup_at = loss_at_ - 1 - static_cast<int>(seed_ % 6);
  if (!backup_ && minute_ >= backup_at) backup_ = gateway_->MakeBackup();
  // Only what was signed is missed: without it the backup is simply the data.
  if (backup_ && minute_ >= loss_at_) calendar_.After(absl::Seconds(dice_.Between(0, 59)), [this] { LoseData(); });
}

void World::LoseData() {
  if (DataLost() || gateway_->LastSigned().size <= backup_->next_index) return;
  given_up_ = gateway_->LastSigned();
  lost_roots_ = gateway_->LoseAllBut(*backup_);
  lost_in_ = minute_;
  up_to_date_ = false;
}

void World::JudgeRefusedStart() {
  const absl::Status status = gateway_->Start(founding_);
  if (ReasonOf(status) != Reason::kJournalOlder) Blame(absl::StrCat("an older backup was started: ", status.message()));
}

void World::RecoverLog() {
  const journal::Ed25519NoteSigner next = NextSigner();
  goldeneagle::v1::Recovery recovery =
      test::RecoveryOf(backup_->next_index, backup_->root, backup_->checkpoint, given_up_.note, next);
  *recovery.mutable_proposed_at() = domain::ToProto(true_clock_.True());
  const uint64_t before = gateway_->size();
  for (const std::vector<size_t>& signers : {std::vector<size_t>{}, {seed_ % 3}}) {
    const Reason reason = ReasonOf(gateway_->Recover(test::Signed(recovery, signers), next, false));
    if (reason != Reason::kRecoveryNotApproved || gateway_->size() != before)
      Blame("fewer than two administrators let the log go on");
  }
  JudgeRefusedStart();
  const Envelope document = test::Signed(recovery, {seed_ % 3, (seed_ + 1) % 3});
  // It may die in any of its writes, and is done again.
  (void)gateway_->Recover(document, next, weather_.gateway_crash_one_in > 0);
  const absl::Status done = gateway_->Recover(document, next, false);
  if (!done.ok()) return Blame(absl::StrCat("the log can't be recovered: ", done.message()));
  if (gateway_->size() != before + 1) Blame("a recovery is not one entry");
  if (ReasonOf(gateway_->Start(founding_)) != Reason::kKeyUnusable) Blame("the old key starts a recovered log");
  gateway_->UseKey(NextSigner());
  recovered_in_ = minute_;
  ++numbers_.recoveries;
  ListLost();
  StartGateway();
}

// What the court was answered under the old origin, past the backup. Its other answers hold.
void World::ListLost() {
  std::vector<std::pair<uint64_t, std::shared_ptr<PendingBatch>>> lost;
  for (const auto& batch : pending_) {
    if (!batch->done) {
      batch->open_at_loss = true;
      // It may have been accepted, too: nobody knows, and its turn comes after what is known to be lost.
      for (const std::string& member : batch->request.batch().members()) {
        goldeneagle::v1::Order order;
        order.ParseFromString(member);
        sent_again_.insert(order.order_id());
      }
      continue;
    }
    uint64_t first = 0;
    for (const OrderResult& result : batch->answer.results()) {
      const uint64_t index = result.acceptance().order_seq();
      if (result.has_acceptance() && index >= backup_->next_index) first = first == 0 ? index : std::min(first, index);
    }
    if (first != 0) lost.emplace_back(first, batch);
  }
  std::sort(lost.begin(), lost.end());
  for (auto& [first, batch] : lost) {
    for (const OrderResult& result : batch->answer.results()) {
      if (result.has_refusal()) batch->request.add_refused_before(result.order_id());
      acknowledged_.erase(result.order_id()), refused_.erase(result.order_id());
      sent_again_.insert(result.order_id());
      ++numbers_.sent_again;
    }
    lost_.push_back(batch);
  }
}

// One round over what is lost, in its old order; goes on from each place when that one was answered.
void World::SendAgain(size_t from) {
  if (lost_.empty()) {
    up_to_date_ = true;
    return;
  }
  if (!gateway_->up()) return;
  if (from == 0 && round_ != minute_) {
    round_ = minute_;
    // Withdrawals give room, and nobody keeps their answers: they are all said again.
    for (const WithdrawOrderRequest& one : withdrawals_) Withdraw(one);
    const bool no_room =
        why_stuck_ == RowOf(Reason::kCapExceeded).name || why_stuck_ == RowOf(Reason::kLiabilityExceeded).name;
    if (++stuck_ % kPeopleDecideMinutes == 0 && no_room) MakeRoom();
    if (stuck_ == kForEverMinutes) Blame("what is lost can't be sent again: " + why_stuck_);
  }
  if (from >= lost_.size() || !lost_[from]->done) return;  // one at a time
  const auto batch = lost_[from];
  Travel([this, batch] {
    if (!gateway_->up()) return;
    gateway_->handlers().ValidateOrders(court_, batch->request,
                                        [this, batch](absl::StatusOr<ValidateOrdersResponse> dry) {
                                          Travel([this, batch, dry] {
                                            const auto place = std::find(lost_.begin(), lost_.end(), batch);
                                            if (dry.ok() && place != lost_.end())
                                              Decided(static_cast<size_t>(place - lost_.begin()), *dry);
                                          });
                                        });
    gateway_->Kick();
  });
}

// What waited when the lost freeze was accepted has moved up since, and the case stands above its claim, or the
// respondent above what it is liable for, with both.
// People let go of what stands and waits: of one alone, the next that waits would take the room.
void World::MakeRoom() {
  goldeneagle::v1::Order lost;
  lost.ParseFromString(lost_.front()->request.batch().members(0));
  const domain::State& state = gateway_->state();
  for (const auto& [seq, of] : state.cases) {
    if (of.open.case_number() != lost.case_number()) continue;
    for (const domain::Measure& measure : of.ledger.measures()) {
      const bool live =
          measure.phase == domain::MeasurePhase::kEffective || measure.phase == domain::MeasurePhase::kWaitlisted;
      if (!live || of.ledger.HasOpenDeduction(measure.freeze)) continue;
      const auto& made = sent_.at(state.FindOrder(measure.freeze)->order_id);
      const auto& in_hand = *std::find_if(cases_.begin(), cases_.end(),
                                          [&](const CaseInHand& one) { return one.number == lost.case_number(); });
      auto order = BaseOrder(in_hand, ACTION_RELEASE, made.subject().id_number(), made.agencies(0));
      order.mutable_release()->set_freeze_order_id(made.order_id()), order.mutable_release()->set_ground("DEBT_PAID");
      Submit({order}, true);
      pending_.back()->goes_first = true;
    }
  }
}

void World::Decided(size_t place, const ValidateOrdersResponse& dry) {
  const auto batch = lost_[place];
  const auto under_way = [](const auto& one) { return !one->done; };
  if (std::any_of(lost_.begin(), lost_.end(), under_way)) return;
  bool as_much = true;
  for (int i = 0; i < dry.results_size(); ++i) {
    if (!batch->answer.results(i).has_acceptance() || dry.results(i).has_acceptance()) continue;
    as_much = false;
    const std::string& reason = dry.results(i).refusal().reason();
    if (reason == RowOf(Reason::kGroupRefused).name) continue;  // another member of the group says why
    why_stuck_ = reason;
    // It names a freeze whose answer never came: what was signed before the loss is sent then, and nothing that is new.
    waits_for_open_ |= why_stuck_ == RowOf(Reason::kMeasureUnknown).name;
    // Revocation and new key came before what is now the first that is lost, so they are lost too, and go before it.
    waits_for_key_ |= place == 0 && why_stuck_ == RowOf(Reason::kSignaturesMissing).name;
  }
  if (!as_much) return SendAgain(place + 1);
  stuck_ = 0;
  batch->lost = true, batch->done = false;
  Send(batch);
}

// --- the auditor's side

void World::JudgeLostCheckpoint(const std::string& note) {
  const auto checkpoint = journal::OpenCheckpoint(note, *gateway_->VerifierOf(note));
  if (lost_roots_.at(checkpoint->size) != checkpoint->root)
    Blame("a checkpoint that left the process contradicts the journal that is lost");
  if (checkpoint->size > given_up_.size) Blame("more was signed than the administrators gave up");
}

void World::JudgeRecoveries(const audit::PublicAudit& audit) {
  const size_t expected = recovered_in_ != 0 ? 1 : 0;
  if (audit.recoveries().size() != expected) return Blame("the public audit doesn't tell what was lost");
  if (expected == 0) return;
  const audit::RecoverySeen& seen = audit.recoveries().front();
  if (seen.index != backup_->next_index || seen.last_signed.size != given_up_.size ||
      seen.last_signed.root != given_up_.root || journal::View(seen.restored_root) != backup_->root)
    Blame("the public audit tells another range than what was lost");
  if (seen.approvers.size() != 2 || audit.log_key().name() != gateway_->verifier().name())
    Blame("the public audit doesn't tell who let the log go on, and under which key");
}

}  // namespace eagle::sim
