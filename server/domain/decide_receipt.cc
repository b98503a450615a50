// Receipts: does it answer this order of this agency, is it new, and do its amounts square?
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/money.h"
#include "server/domain/apply_receipt.h"
#include "server/domain/authority.h"
#include "server/domain/draft.h"
#include "server/domain/instant.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using OrderState_ = eagle::domain::Order;

bool IsFinal(ReceiptKind kind) {
  return kind == RECEIPT_KIND_FINAL || kind == RECEIPT_KIND_RETURNED || kind == RECEIPT_KIND_CORRECTION;
}

// The files themselves are no concern of the fold; what names them must be able to.
void CheckDocuments(const Receipt& receipt, Violations& wrong) {
  constexpr int kDocumentsMax = 8;
  if (receipt.documents_size() > kDocumentsMax)
    wrong.Add("documents", Reason::kTooLarge, absl::StrCat("at most ", kDocumentsMax));
  for (int i = 0; i < std::min(receipt.documents_size(), kDocumentsMax); ++i) {
    const Instrument& file = receipt.documents(i);
    if (file.category().empty() || file.digest().size() != 32 || file.size_bytes() == 0 || file.media_type().empty())
      wrong.Add(absl::StrCat("documents[", i, "]"), Reason::kFieldInvalid, "category, SHA-256, size and type");
  }
}

// requested = controlled + unfunded for money that is in effect, nothing negative, never more than the order's limit.
void CheckMeasureState(const MeasureState& state, int64_t limit, bool is_money, const std::string& path,
                       Violations& wrong) {
  const int64_t controlled = state.controlled_minor_units(), unfunded = state.unfunded_minor_units(),
                requested = state.requested_minor_units();
  if (controlled < 0 || unfunded < 0 || requested < 0 || requested > limit) {
    wrong.Add(path, Reason::kReceiptInconsistent, "negative, or more than the order's limit");
    return;
  }
  if (state.unit_reference().empty())
    wrong.Add(path + ".unit_reference", Reason::kReceiptInconsistent, "the unit's own number is required");
  if (!is_money || state.ended()) return;
  if (controlled + unfunded != requested)
    wrong.Add(path, Reason::kReceiptInconsistent, "requested = controlled + unfunded must hold");
  int64_t controlled_sum = 0, unfunded_sum = 0;
  for (const auto& share : state.shares()) {
    if (share.controlled_minor_units() < 0 || share.unfunded_minor_units() < 0 ||
        !(share.controlled_minor_units() <= kAmountBoundMinorUnits)) {
      wrong.Add(path + ".shares", Reason::kReceiptInconsistent, "negative or beyond the bound");
      return;
    }
    controlled_sum += share.controlled_minor_units(), unfunded_sum += share.unfunded_minor_units();
  }
  if (state.shares_size() > 0 && (controlled_sum != controlled || unfunded_sum != unfunded)) {
    wrong.Add(path + ".shares", Reason::kReceiptInconsistent, "the shares don't add up");
  }
}

void CheckDeductionState(const DeductionState& state, const CaseOrder& kept, const Measure* measure,
                         const std::string& path, Violations& wrong) {
  if (!IsAmount(state.amount_minor_units()) || state.amount_minor_units() > kept.amount) {
    wrong.Add(path + ".amount_minor_units", Reason::kReceiptInconsistent, "above zero and at most what was ordered");
  }
  if (!state.has_measure()) {
    wrong.Add(path + ".measure", Reason::kReceiptInconsistent, "the measure after the deduction is required");
  } else if (measure != nullptr) {
    CheckMeasureState(state.measure(), std::max(measure->limit, kept.amount + state.measure().requested_minor_units()),
                      true, path + ".measure", wrong);
  }
}

class ReceiptDecider {
 public:
  ReceiptDecider(Draft& draft, const ReportReceipts& command, HeadWriter& head)
      : draft_(draft), state_(draft.state()), command_(command), head_(head) {}

  MemberResult DecideMember(size_t i) {
    const ReceiptMember& member = command_.members[i];
    const Receipt& receipt = member.parsed;
    const std::string& digest = command_.signed_head.digests[i];
    MemberResult result{.id = receipt.order_id(), .verdict = RECEIPT_VERDICT_REFUSED};
    const auto id = state_.ids.find(receipt.order_id());
    const OrderState_* order = id == state_.ids.end() ? nullptr : state_.FindOrder(OrderSeq(id->second.index));
    if (order == nullptr || !order->targets.Contains(command_.agency) || order->digest != receipt.order_digest() ||
        order->order_id != receipt.order_id() || receipt.agency() != command_.signed_head.head.signer()) {
      result.refusal =
          Fail(Reason::kReceiptForAnotherOrder, "the receipt fits no order addressed to this agency").failure();
      return result;
    }
    const Case& of = state_.cases.at(order->case_seq.value());
    const auto kept = of.orders.find(order->seq.value());
    if (!of.readable || kept == of.orders.end()) {
      result.refusal = Fail(Reason::kErased, "the case can't be read any more").failure();
      return result;
    }
    const TaskBook& book = BookOf(*order, kept->second);
    if (std::find(book.seen.begin(), book.seen.end(), digest) != book.seen.end()) {
      result.verdict = RECEIPT_VERDICT_DUPLICATE;
      result.repeated = true;
      return result;
    }
    if (member.lease_lost) {
      // The fence guards sessions, not facts: nothing to keep, the task goes out again.
      result.refusal = Fail(Reason::kLeaseLost, "this instance doesn't hold the task any more").failure();
      return result;
    }
    Violations wrong;
    CheckShape(receipt, book, *order, kept->second, LedgerOf(of), wrong);
    if (!wrong.empty()) {
      MemberResult refused = Refuse(draft_, head_, wrong.ToFailure("the receipt is refused"), "", digest,
                                    static_cast<uint32_t>(i), member.bytes, &of);
      refused.id = receipt.order_id();
      refused.verdict = RECEIPT_VERDICT_REFUSED;
      return refused;
    }
    const bool conflict = Conflicts(receipt, book);
    result.verdict = conflict ? RECEIPT_VERDICT_CONFLICT : RECEIPT_VERDICT_RECORDED;
    // Nobody looks at the scratch after the last member: a batch of one copies no ledger, however long the case.
    if (!conflict && !book.Overtakes(receipt) && i + 1 < command_.members.size())
      ReceiptToLedger(receipt, order->seq, kept->second, ScratchOf(of));
    result.index = conflict ? RecordConflict(i, *order, of, book) : Record(i, *order, of);
    Remember(*order, book, receipt, digest, conflict);
    return result;
  }

 private:
  // A second final word that isn't a correction, a correction of something else, another word under a number that is
  // taken, or an interim word that was said after the final one.
  static bool Conflicts(const Receipt& receipt, const TaskBook& book) {
    switch (receipt.kind()) {
      case RECEIPT_KIND_FINAL:
      case RECEIPT_KIND_RETURNED:
        return !book.final_digest.empty();
      case RECEIPT_KIND_CORRECTION:
        return book.final_digest.empty() || receipt.corrects() != book.final_digest;
      case RECEIPT_KIND_EVENT:
        return receipt.sequence() == book.last_sequence;
      default:
        return receipt.sequence() == book.last_sequence ||
               (!book.final_digest.empty() && receipt.sequence() > book.last_sequence);
    }
  }

  void CheckShape(const Receipt& receipt, const TaskBook& book, const OrderState_& order, const CaseOrder& kept,
                  const CaseLedger& ledger, Violations& wrong) {
    if (receipt.kind() == RECEIPT_KIND_UNSPECIFIED) wrong.Add("kind", Reason::kFieldMissing, "the field is required");
    if (receipt.sequence() == 0) wrong.Add("sequence", Reason::kFieldMissing, "starts at 1");
    CheckDocuments(receipt, wrong);
    if (!receipt.has_arrived_at() || !receipt.has_answered_at())
      wrong.Add("arrived_at", Reason::kFieldMissing, "arrival and answer times are required");
    if (receipt.kind() == RECEIPT_KIND_RETURNED) {
      if (receipt.returned().reason().empty() || receipt.returned().contact_name().empty() ||
          receipt.returned().contact_phone().empty()) {
        wrong.Add("returned", Reason::kFieldMissing, "reason, contact name and phone are required");
      }
      return;
    }
    if (receipt.kind() == RECEIPT_KIND_ACKNOWLEDGED) return;
    if (receipt.items().empty()) {
      wrong.Add("items", Reason::kFieldMissing, "at least one result");
      return;
    }
    for (int i = 0; i < receipt.items_size(); ++i) {
      const std::string path = absl::StrCat("items[", i, "]");
      if (receipt.kind() == RECEIPT_KIND_EVENT) {
        CheckEvent(receipt, receipt.items(i), book, order, kept, ledger, path, wrong);
      } else {
        CheckItem(receipt, receipt.items(i), order, kept, ledger, path, wrong);
      }
    }
  }

  // One that was overtaken speaks of a measure that has changed since, or is over: what was asked for bounds it.
  void CheckEvent(const Receipt& receipt, const ItemResult& item, const TaskBook& book, const OrderState_& order,
                  const CaseOrder& kept, const CaseLedger& ledger, const std::string& path, Violations& wrong) {
    const Measure* measure = order.action == ACTION_FREEZE ? ledger.FindMeasure(order.seq) : nullptr;
    const bool overtaken = book.Overtakes(receipt);
    if (measure == nullptr || receipt.change() == MEASURE_CHANGE_UNSPECIFIED ||
        (!overtaken && measure->phase != MeasurePhase::kEffective && measure->phase != MeasurePhase::kWaitlisted)) {
      wrong.Add("change", Reason::kReceiptInconsistent, "an event names what changed on a measure that stands");
    } else {
      CheckMeasureState(item.measure(), overtaken ? kept.amount : measure->limit, measure->is_money, path + ".measure",
                        wrong);
    }
  }

  void CheckItem(const Receipt& receipt, const ItemResult& item, const OrderState_& order, const CaseOrder& kept,
                 const CaseLedger& ledger, const std::string& path, Violations& wrong) {
    const Outcome outcome = item.outcome();
    const bool interim = receipt.kind() == RECEIPT_KIND_PROGRESS;
    // A last word that leaves the decision open would end the measure's reservation while a clerk may still place it.
    if (outcome == OUTCOME_UNDER_REVIEW && !interim)
      wrong.Add("kind", Reason::kReceiptInconsistent, "UNDER_REVIEW is PROGRESS");
    switch (order.action) {
      case ACTION_INQUIRE:
        if (outcome != OUTCOME_FOUND && outcome != OUTCOME_NIL && outcome != OUTCOME_AMBIGUOUS &&
            outcome != OUTCOME_ERROR && outcome != OUTCOME_UNDER_REVIEW) {
          wrong.Add(path + ".outcome", Reason::kReceiptInconsistent, "not an answer to an inquiry");
        }
        if (outcome == OUTCOME_NIL && receipt.searched_scope().empty())
          wrong.Add("searched_scope", Reason::kReceiptInconsistent, "NIL says what was searched");
        if (outcome == OUTCOME_FOUND && !item.has_finding())
          wrong.Add(path + ".finding", Reason::kReceiptInconsistent, "FOUND says what");
        break;
      case ACTION_FREEZE:
        if (outcome == OUTCOME_CONTROLLED || outcome == OUTCOME_PARTLY_CONTROLLED || outcome == OUTCOME_WAITLISTED) {
          const Measure* measure = ledger.FindMeasure(order.seq);
          CheckMeasureState(item.measure(), kept.amount, measure != nullptr && measure->is_money, path + ".measure",
                            wrong);
          if (interim) wrong.Add("kind", Reason::kReceiptInconsistent, "an effect is a FINAL receipt");
        } else if (outcome != OUTCOME_NOT_CONTROLLED && outcome != OUTCOME_EXEMPT_HELD &&
                   outcome != OUTCOME_AMBIGUOUS && outcome != OUTCOME_ERROR && outcome != OUTCOME_NIL &&
                   outcome != OUTCOME_UNDER_REVIEW) {
          wrong.Add(path + ".outcome", Reason::kReceiptInconsistent, "not an answer to a freeze");
        }
        break;
      case ACTION_RELEASE:
        if (outcome == OUTCOME_RELEASED) {
          const Measure* measure = ledger.FindMeasure(kept.freeze);
          if (measure != nullptr)
            CheckMeasureState(item.measure(), measure->limit, measure->is_money, path + ".measure", wrong);
          if (kept.amount == 0 && !item.measure().ended())
            wrong.Add(path + ".measure", Reason::kReceiptInconsistent, "what was released whole has ended");
        } else if (outcome != OUTCOME_ERROR && outcome != OUTCOME_UNDER_REVIEW && outcome != OUTCOME_NOT_CONTROLLED) {
          wrong.Add(path + ".outcome", Reason::kReceiptInconsistent, "not an answer to a release");
        } else if (receipt.kind() == RECEIPT_KIND_CORRECTION && item.has_measure()) {
          const Measure* measure = ledger.FindMeasure(kept.freeze);
          if (measure != nullptr)
            CheckMeasureState(item.measure(), kAmountBoundMinorUnits, measure->is_money, path + ".measure", wrong);
        }
        break;
      case ACTION_RENEW:
        if (outcome == OUTCOME_RENEWED) {
          const Measure* measure = ledger.FindMeasure(kept.freeze);
          if (measure != nullptr)
            CheckMeasureState(item.measure(), measure->limit, measure->is_money, path + ".measure", wrong);
          if (item.measure().ended() || !item.measure().has_effective_to())
            wrong.Add(path + ".measure", Reason::kReceiptInconsistent, "what was renewed stands, and has its new end");
          if (interim) wrong.Add("kind", Reason::kReceiptInconsistent, "an effect is a FINAL receipt");
        } else if (outcome != OUTCOME_ERROR && outcome != OUTCOME_UNDER_REVIEW && outcome != OUTCOME_NOT_RENEWED) {
          wrong.Add(path + ".outcome", Reason::kReceiptInconsistent, "not an answer to a renewal");
        }
        break;
      case ACTION_DEDUCT:
        if (outcome == OUTCOME_DEDUCTED || outcome == OUTCOME_SENT_NOT_CONFIRMED) {
          CheckDeductionState(item.deduction(), kept, ledger.FindMeasure(kept.freeze), path + ".deduction", wrong);
          if (interim != (outcome == OUTCOME_SENT_NOT_CONFIRMED))
            wrong.Add("kind", Reason::kReceiptInconsistent, "SENT_NOT_CONFIRMED is PROGRESS, DEDUCTED is FINAL");
        } else if (outcome != OUTCOME_NOT_DEDUCTED && outcome != OUTCOME_EXEMPT_HELD && outcome != OUTCOME_ERROR &&
                   outcome != OUTCOME_UNDER_REVIEW && outcome != OUTCOME_NOT_CONTROLLED) {
          wrong.Add(path + ".outcome", Reason::kReceiptInconsistent, "not an answer to a deduction");
        }
        break;
      default:
        break;
    }
  }

  uint64_t Record(size_t i, const OrderState_& order, const Case& of) {
    const Receipt& receipt = command_.members[i].parsed;
    const bool late = draft_.now() > order.deadline.due;
    Entry entry = EntryFor(i, order, of);
    if (receipt.kind() == RECEIPT_KIND_EVENT) {
      MeasureChanged body;
      body.set_digest(command_.signed_head.digests[i]);
      body.set_head(head_.Index());
      body.set_change(receipt.change());
      entry.type = ENTRY_TYPE_MEASURE_CHANGED;
      return draft_.Append(std::move(entry), body);
    }
    TaskReport body;
    body.set_digest(command_.signed_head.digests[i]);
    body.set_head(head_.Index());
    body.set_kind(receipt.kind());
    body.set_arrived_at(Micros(FromProto(receipt.arrived_at())));
    body.set_late(late);
    body.set_corrects(receipt.corrects());
    entry.type = IsFinal(receipt.kind()) ? ENTRY_TYPE_TASK_ANSWERED : ENTRY_TYPE_TASK_REPORTED;
    if (entry.type == ENTRY_TYPE_TASK_ANSWERED && receipt.kind() != RECEIPT_KIND_CORRECTION) {
      AgencySet& open = open_.try_emplace(order.seq.value(), order.Open()).first->second;
      open.Remove(command_.agency);
      body.set_completes(open.empty());
    }
    return draft_.Append(std::move(entry), body);
  }

  uint64_t RecordConflict(size_t i, const OrderState_& order, const Case& of, const TaskBook& book) {
    ReceiptConflict body;
    body.set_digest(command_.signed_head.digests[i]);
    body.set_head(head_.Index());
    body.set_first_digest(book.final_digest);
    Entry entry = EntryFor(i, order, of);
    entry.type = ENTRY_TYPE_RECEIPT_CONFLICT;
    entry.outcome = Reason::kReceiptConflict;
    return draft_.Append(std::move(entry), body);
  }

  Entry EntryFor(size_t i, const OrderState_& order, const Case& of) {
    ReceiptPayload payload;
    payload.set_member(command_.members[i].bytes);
    payload.set_index(static_cast<uint32_t>(i));
    head_.Index();
    return Entry{.actor_kind = ACTOR_KIND_AGENCY,
                 .actor = command_.agency.value(),
                 .agency = command_.agency,
                 .order = order.seq,
                 .case_seq = of.seq,
                 .payload = payload.SerializeAsString(),
                 .key_id = of.key_id};
  }

  // What this batch has already taken counts for its later members.
  const TaskBook& BookOf(const OrderState_& order, const CaseOrder& kept) {
    const auto here = books_.find(order.seq.value());
    if (here != books_.end()) return here->second;
    static const TaskBook kEmpty;
    const auto it = kept.tasks.find(command_.agency.value());
    return it == kept.tasks.end() ? kEmpty : it->second;
  }
  void Remember(const OrderState_& order, const TaskBook& book, const Receipt& receipt, const std::string& digest,
                bool conflict) {
    TaskBook next = book;
    next.seen.push_back(digest);
    if (!conflict) {
      next.last_sequence = std::max(next.last_sequence, receipt.sequence());
      if (IsFinal(receipt.kind())) next.final_digest = digest;
    }
    books_[order.seq.value()] = std::move(next);
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

  Draft& draft_;
  const State& state_;
  const ReportReceipts& command_;
  HeadWriter& head_;
  absl::flat_hash_map<uint64_t, TaskBook> books_;      // by OrderSeq
  absl::flat_hash_map<uint64_t, AgencySet> open_;      // by OrderSeq
  absl::flat_hash_map<uint64_t, CaseLedger> scratch_;  // by CaseSeq
};

}  // namespace

void DecideCommand(Draft& draft, const ReportReceipts& command) {
  draft.result().status = CheckAgencySigned(draft.state(), command.agency, command.signed_head, draft.now());
  if (!draft.result().status.ok()) return;
  const Agency* agency = draft.state().directory.AgencyByOrdinal(command.agency);
  HeadWriter head(
      draft, command.signed_head,
      {ACTOR_KIND_AGENCY, command.agency.value(), absl::StrCat("agency/", command.agency.value()), agency->key_id});
  draft.result().status = head.CheckSequence();
  if (!draft.result().status.ok()) return;
  ReceiptDecider decider(draft, command, head);
  for (size_t i = 0; i < command.members.size(); ++i) draft.result().members.push_back(decider.DecideMember(i));
}

}  // namespace eagle::domain
