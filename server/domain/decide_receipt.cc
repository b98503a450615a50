// Receipts: does it answer this order of this agency, and is it new? Whether its content squares is
// examine_receipt.h's.
#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "server/domain/apply_receipt.h"
#include "server/domain/authority.h"
#include "server/domain/draft.h"
#include "server/domain/examine_receipt.h"
#include "server/domain/instant.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using OrderState_ = eagle::domain::Order;

bool IsFinal(ReceiptKind kind) {
  return kind == RECEIPT_KIND_FINAL || kind == RECEIPT_KIND_RETURNED || kind == RECEIPT_KIND_CORRECTION;
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
    ExamineReceipt(receipt, book, *order, kept->second, LedgerOf(of), wrong);
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
    if (!conflict && i + 1 < command_.members.size())
      ReceiptToLedger(receipt, order->seq, kept->second, book.Overtakes(receipt), ScratchOf(of));
    result.index = conflict ? RecordConflict(i, *order, of, book) : Record(i, *order, of);
    if (!conflict && of.stage == CASE_STAGE_CLOSED_NO_ASSETS) Flag(receipt, *order, of, result.index);
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

  // Something was found after the case was closed for want of assets 终结本次执行程序: told once, until people decide.
  void Flag(const Receipt& receipt, const OrderState_& order, const Case& of, uint64_t answer) {
    const bool found = IsFinal(receipt.kind()) && order.action == ACTION_INQUIRE &&
                       std::any_of(receipt.items().begin(), receipt.items().end(),
                                   [](const auto& item) { return item.outcome() == OUTCOME_FOUND; });
    if (!found || of.flagged != 0 || !flagged_.insert(of.seq.value()).second) return;
    ResumptionFlagged body;
    body.set_answer(answer);
    draft_.Append(
        {.type = ENTRY_TYPE_RESUMPTION_FLAGGED, .agency = command_.agency, .order = order.seq, .case_seq = of.seq},
        body);
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
    if (!conflict) next.Take(receipt, digest);
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
  absl::flat_hash_set<uint64_t> flagged_;              // by CaseSeq: in this batch
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
