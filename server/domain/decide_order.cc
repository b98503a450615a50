// Orders: members and groups of a batch, what the case's ledger bears, and the entry of an accepted one.
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "server/base/uuid.h"
#include "server/domain/draft.h"
#include "server/domain/examine_order.h"
#include "server/domain/instant.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using OrderProto = goldeneagle::v1::Order;

class OrderDecider {
 public:
  OrderDecider(Draft& draft, const SubmitOrders& command, HeadWriter& head)
      : draft_(draft), state_(draft.state()), command_(command), head_(head), policy_(*draft.state().policy) {}

  void Run() {
    auto& results = draft_.result().members;
    results.resize(command_.members.size());
    for (size_t i = 0; i < command_.members.size();) {
      const size_t end = GroupEnd(i);
      if (end - i == 1 && command_.members[i].parsed.group().empty()) {
        results[i] = DecideAlone(i);
      } else {
        DecideGroup(i, end);
      }
      i = end;
    }
  }

 private:
  // Members of a group stand side by side.
  size_t GroupEnd(size_t first) const {
    const std::string& group = command_.members[first].parsed.group();
    size_t end = first + 1;
    while (!group.empty() && end < command_.members.size() && command_.members[end].parsed.group() == group) ++end;
    return end;
  }

  const std::string& DigestOf(size_t i) const { return command_.signed_head.digests[i]; }

  // A member that stands twice in one batch has been decided a moment ago, under an index not yet in the state.
  std::optional<MemberResult> AlreadyDecided(size_t i) const {
    const std::string& id = command_.members[i].parsed.order_id();
    if (auto repeated = Repeated(state_, id, DigestOf(i), Reason::kOrderIdReused)) return repeated;
    for (size_t k = 0; k < i; ++k) {
      if (command_.members[k].parsed.order_id() != id) continue;
      MemberResult twin = draft_.result().members[k];
      if (DigestOf(k) != DigestOf(i))
        twin = {.id = id, .refusal = Fail(Reason::kOrderIdReused, "this id was used with other content").failure()};
      twin.repeated = true;
      return twin;
    }
    return std::nullopt;
  }

  // The case's ledger with what this batch has done so far: to look at, or to write on.
  const CaseLedger& LedgerOf(const Case& of) const {
    const auto it = scratch_.find(of.seq.value());
    return it != scratch_.end() ? it->second : of.ledger;
  }
  CaseLedger& ScratchOf(const Case& of) {
    const auto it = scratch_.find(of.seq.value());
    return it != scratch_.end() ? it->second : scratch_.emplace(of.seq.value(), of.ledger).first->second;
  }

  MemberResult DecideAlone(size_t i) {
    if (auto known = AlreadyDecided(i)) return *known;
    Trial trial = ExamineOrder(state_, command_, i, draft_.now());
    if (trial.wrong.empty()) CheckLedger(trial, LedgerOf(*trial.of));
    if (Waits(trial)) CheckRoom(trial);
    if (!trial.wrong.empty()) return RefuseTrial(trial);
    if (Waits(trial)) ++waiting_here_[trial.of->seq.value()];
    // Nobody looks at the scratch after the last member: a batch of one copies no ledger, however long the case.
    if (i + 1 < command_.members.size()) KeepOnLedger(trial, ScratchOf(*trial.of), draft_.next_index());
    return Accept(trial, 0);
  }

  void DecideGroup(size_t first, size_t end) {
    auto& results = draft_.result().members;
    size_t known = 0;
    for (size_t i = first; i < end; ++i) {
      const auto repeated = AlreadyDecided(i);
      if (repeated) results[i] = *repeated, ++known;
    }
    if (known == end - first) return;  // the same members again: the stored facts
    std::vector<Trial> trials;
    for (size_t i = first; i < end; ++i) trials.push_back(ExamineOrder(state_, command_, i, draft_.now()));
    const Case* of = trials[0].of;
    size_t bad = trials.size();
    CaseLedger ledger = of != nullptr ? ScratchOf(*of) : empty_ledger_;
    for (size_t k = 0; k < trials.size(); ++k) {
      Trial& trial = trials[k];
      if (known > 0 && (results[first + k].repeated))
        trial.wrong.Add("order_id", Reason::kOrderIdReused, "the id is known outside this group");
      if (trial.of != of) trial.wrong.Add("case_number", Reason::kFieldInvalid, "a group lies in one case");
      // Stand-ins, unique within the scratch ledger.
      if (trial.pair) trial.freeze = OrderSeq(draft_.next_index() + (*trial.pair - first) + 2);
      const bool has_its_freeze = !trial.pair || trials[*trial.pair - first].wrong.empty();
      if (trial.wrong.empty() && has_its_freeze) TryLedger(trial, ledger, draft_.next_index() + k + 2);
      if (!trial.wrong.empty() && bad == trials.size()) bad = k;
    }
    if (bad == trials.size()) {
      // Accepted again on the real scratch, with the indexes that the entries get.
      uint64_t group_first = 0;
      for (size_t k = 0; k < trials.size(); ++k) {
        head_.Index();
        if (group_first == 0) group_first = draft_.next_index();
        if (trials[k].pair) trials[k].freeze = OrderSeq(results[*trials[k].pair].index);
        TryLedger(trials[k], of != nullptr ? ScratchOf(*of) : empty_ledger_, draft_.next_index());
        results[first + k] = Accept(trials[k], group_first);
      }
      return;
    }
    for (size_t k = 0; k < trials.size(); ++k) {
      if (results[first + k].repeated && trials[k].wrong.list().back().reason == Reason::kOrderIdReused) {
        results[first + k].refusal = trials[k].wrong.ToFailure("the id is known outside this group");
        continue;
      }
      if (trials[k].wrong.empty()) {
        trials[k].wrong.Add(absl::StrCat("members[", first + bad, "]"), Reason::kGroupRefused,
                            "this member of the group was refused");
        trials[k].message = "the group is refused as a whole";
      }
      results[first + k] = RefuseTrial(trials[k]);
    }
  }

  MemberResult RefuseTrial(const Trial& trial) {
    return Refuse(draft_, head_, trial.wrong.ToFailure(trial.message), trial.member->parsed.order_id(), *trial.digest,
                  trial.index, trial.member->bytes, trial.of, trial.member);
  }

  // --- orders that wait; never in a group

  static bool Waits(const Trial& trial) { return trial.begins != absl::InfinitePast(); }

  void CheckRoom(Trial& trial) const {
    const StandingRow& row = policy_.table().standing();
    uint64_t of_court = 0;
    for (const auto& [seq, count] : waiting_here_) of_court += count;
    const auto before = [](const auto& counts, auto key) -> uint64_t {
      const auto it = counts.find(key);
      return it == counts.end() ? 0 : it->second;
    };
    of_court += before(state_.waiting_of_court, command_.court.value());
    if (of_court >= row.waiting_per_court_max())
      trial.wrong.Add("not_before", Reason::kTooManyWaiting,
                      absl::StrCat("at most ", row.waiting_per_court_max(), " of one court"));
    if (trial.of == nullptr) return;
    const uint64_t seq = trial.of->seq.value();
    if (before(state_.waiting_of_case, seq) + before(waiting_here_, seq) >= row.waiting_per_case_max())
      trial.wrong.Add("not_before", Reason::kTooManyWaiting,
                      absl::StrCat("at most ", row.waiting_per_case_max(), " of one case"));
  }

  // --- the ledger: a group is tried on a copy, which keeps what it accepts

  // Pre: nothing is wrong so far, so the case is known.
  void CheckLedger(Trial& trial, const CaseLedger& ledger) const {
    const OrderProto& order = trial.member->parsed;
    if (MakesMeasure(order.action()) && trial.reserved > 0) {
      if (const Reason reason = ledger.MayFreeze(trial.respondent, trial.reserved); reason != Reason::kNone) {
        trial.wrong.Add(order.has_freeze() ? "freeze.limit_minor_units" : "extract_income.limit_minor_units", reason,
                        "deducted, controlled and requested would exceed it");
      }
    } else if (order.has_renew()) {
      if (ledger.FindMeasure(trial.freeze)->renewal && !trial.may_be_done)
        trial.wrong.Add("renew.freeze_order_id", Reason::kOpenRenewal, "an earlier renewal of it has no answer yet");
    } else if (order.has_deduct()) {
      const int64_t amount = order.deduct().amount_minor_units();
      const Measure* measure = ledger.FindMeasure(trial.freeze);
      if (!measure->Has(amount) && !trial.may_be_done) {
        trial.wrong.Add("deduct.amount_minor_units", Reason::kAmountAboveMeasure, "more than the measure controls");
      }
      if (const Reason reason = ledger.MayDeduct(trial.respondent, amount); reason != Reason::kNone) {
        trial.wrong.Add("deduct.amount_minor_units", reason, "more would be taken than is owed");
      }
    } else if (order.has_transfer_title()) {
      const Deduction title = TitleOf(order.transfer_title(), OrderSeq(), trial.freeze, trial.respondent);
      const Reason reason =
          trial.may_be_done ? ledger.MayDeduct(title.respondent, title.amount) : ledger.MayTransfer(title);
      if (reason != Reason::kNone)
        trial.wrong.Add("transfer_title.proceeds_minor_units", reason, "more would be taken than is owed");
    }
  }

  void KeepOnLedger(const Trial& trial, CaseLedger& ledger, uint64_t seq) const {
    const OrderProto& order = trial.member->parsed;
    if (order.has_freeze()) {
      ledger.FreezeAccepted({.freeze = OrderSeq(seq),
                             .respondent = trial.respondent,
                             .is_money = IsMoney(order.freeze()),
                             .asset_kind = trial.asset_kind,
                             .counted = trial.reserved > 0,
                             .limit = order.freeze().limit_minor_units()});
    } else if (order.has_renew()) {
      ledger.RenewalAccepted(OrderSeq(seq), trial.freeze);
    } else if (order.has_deduct()) {
      ledger.DeductionAccepted({.order = OrderSeq(seq),
                                .freeze = trial.freeze,
                                .respondent = trial.respondent,
                                .amount = order.deduct().amount_minor_units()});
    } else if (order.has_transfer_title()) {
      ledger.DeductionAccepted(TitleOf(order.transfer_title(), OrderSeq(seq), trial.freeze, trial.respondent));
    } else if (order.has_extract_income()) {
      ledger.FreezeAccepted({.freeze = OrderSeq(seq),
                             .respondent = trial.respondent,
                             .asset_kind = std::string(kIncomeKind),
                             .limit = order.extract_income().limit_minor_units()});
    }
  }

  void TryLedger(Trial& trial, CaseLedger& ledger, uint64_t seq) const {
    CheckLedger(trial, ledger);
    if (trial.wrong.empty()) KeepOnLedger(trial, ledger, seq);
  }

  MemberResult Accept(const Trial& trial, uint64_t group_first) {
    const OrderProto& order = trial.member->parsed;
    const uint64_t head = head_.Index();
    const Agency* only = state_.directory.OnlyAgencyOf(trial.targets);
    const RegisterAgency* agency = only != nullptr ? &only->row : nullptr;
    const Deadline deadline = ComputeDeadline(*policy_.DeadlineOfOrder(order.action(), order.urgency(), agency),
                                              Waits(trial) ? trial.begins : draft_.now(), policy_.TerritoryOf(agency));
    OrderAccepted body;
    body.set_order_id(order.order_id());
    body.set_digest(*trial.digest);
    body.set_head(head);
    body.set_action(order.action());
    body.set_urgency(order.urgency());
    body.set_targets(trial.targets.bytes());
    body.set_due(Micros(deadline.due));
    for (absl::Time mark : deadline.marks) body.add_marks(Micros(mark));
    for (uint32_t permille : deadline.marks_permille) body.add_marks_permille(permille);
    body.set_deadline_row(deadline.row);
    body.set_policy_version(policy_.version());
    body.set_subject_tag(trial.member->subject_tag);
    for (const std::string& tag : trial.member->officer_tags) body.add_officer_tags(tag);
    body.set_group_first(group_first);
    body.set_freeze_order(trial.freeze.value());
    for (OrderSigner& signer :
         SignersAmong(state_, command_.signed_head.head.signer(), command_.signed_head.keys, draft_.now()))
      *body.add_signers() = std::move(signer);
    for (OfficerRole role : RolesFor(policy_, order, AmountUnderHead(command_, trial.index))) body.add_roles(role);
    body.set_exception_leader(ExceptionLeader(state_, order));
    for (uint32_t reason : trial.confirmed) body.add_confirmed(reason);
    if (Waits(trial)) body.set_begins(Micros(trial.begins));
    OrderPayload payload;
    payload.set_member(trial.member->bytes);
    payload.set_index(trial.index);
    payload.set_reserved_minor_units(trial.reserved);
    payload.set_cap_minor_units(trial.of->ledger.cap());
    payload.set_respondent(trial.respondent);
    if (order.has_freeze() && trial.asset_kind != AssetKindOf(order.freeze())) payload.set_asset_kind(trial.asset_kind);
    Entry entry{.type = ENTRY_TYPE_ORDER_ACCEPTED,
                .actor_kind = ACTOR_KIND_COURT,
                .actor = command_.court.value(),
                .case_seq = trial.of->seq,
                .payload = payload.SerializeAsString(),
                .key_id = trial.of->key_id};
    return {.id = order.order_id(), .index = draft_.Append(std::move(entry), body)};
  }

  Draft& draft_;
  const State& state_;
  const SubmitOrders& command_;
  HeadWriter& head_;
  const Policy& policy_;
  absl::flat_hash_map<uint64_t, CaseLedger> scratch_;     // by case: what this batch has done so far
  absl::flat_hash_map<uint64_t, uint64_t> waiting_here_;  // by case: orders of this batch that wait
  CaseLedger empty_ledger_;
};

}  // namespace

void DecideCommand(Draft& draft, const SubmitOrders& command) {
  const Court* court = draft.state().directory.CourtByOrdinal(command.court);
  if (court == nullptr || draft.state().policy == nullptr) {
    draft.result().status = Fail(Reason::kCourtUnknown, "the court is not connected, or no policy is installed yet");
    return;
  }
  for (const OrderMember& member : command.members) {
    if (!IsUuidV7(member.parsed.order_id())) {
      draft.result().status = Fail(Reason::kFieldInvalid, "an order without a usable id can't be refused by id")
                                  .At("order_id", "UUIDv7, 16 bytes");
      return;
    }
  }
  HeadWriter head(
      draft, command.signed_head,
      {ACTOR_KIND_COURT, command.court.value(), absl::StrCat("court/", command.court.value()), court->key_id});
  draft.result().status = head.CheckSequence();
  if (draft.result().status.ok()) OrderDecider(draft, command, head).Run();
}

}  // namespace eagle::domain
