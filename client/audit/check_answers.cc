// What agencies report: reports, final words, corrections, conflicts, changes of a measure.
#include "absl/strings/str_cat.h"
#include "client/audit/acts.h"
#include "client/audit/picture.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

// Whether the agency may speak on this order at all. A receipt that came before a hand-out is a fact like others: a
// signed answer counts from wherever it comes.
void CheckSpeaker(const journal::Leaf& leaf, const OrderSeen& order, Rule rule, Picture& seen) {
  const uint64_t index = leaf.index.value();
  const uint32_t agency = leaf.agency.value();
  if (!order.targets.Has(agency)) {
    seen.findings.Add(rule, index, absl::StrCat("agency ", agency, " is no target of the order"), {leaf.order.value()});
  }
}

void CheckTask(const journal::Leaf& leaf, OrderSeen& order, Picture& seen) {
  const uint64_t index = leaf.index.value(), seq = leaf.order.value();
  TaskReport body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  CheckHead(leaf, body.head(), MEMBER_TYPE_RECEIPT, true, seen);
  CheckDigest(leaf, body.digest(), seen);
  CheckSpeaker(leaf, order, Rule::kAnswer, seen);
  const auto wrong = [&](std::string_view why) { seen.findings.Add(Rule::kAnswer, index, std::string(why), {seq}); };
  if (body.late() != (seen.now > order.clock.due)) wrong("it is told late or punctual against the clock");
  const std::pair<uint64_t, uint32_t> task{seq, leaf.agency.value()};
  const auto word = seen.final_words.find(task);
  const bool answered = word != seen.final_words.end();
  const bool correction = body.kind() == RECEIPT_KIND_CORRECTION;
  const bool last_word = body.kind() == RECEIPT_KIND_FINAL || body.kind() == RECEIPT_KIND_RETURNED || correction;
  const bool interim = body.kind() == RECEIPT_KIND_ACKNOWLEDGED || body.kind() == RECEIPT_KIND_PROGRESS;
  if (leaf.type == ENTRY_TYPE_TASK_ANSWERED ? !last_word : !interim) wrong("the receipt's kind makes no such entry");
  if (correction) {
    if (!answered || journal::View(word->second) != body.corrects()) wrong("it corrects no word in force");
  } else {
    // An interim word may be overtaken on its way; whether it was said before the final one, only the opened audit
    // sees.
    if (answered && !interim) wrong("the agency had said its final word on the order");
    if (!body.corrects().empty()) wrong("only a correction corrects");
  }
  if (leaf.type == ENTRY_TYPE_TASK_ANSWERED) order.answered = {index, leaf.agency.value()};
  bool completes = false;
  if (last_word) {
    if (const auto digest = journal::HashFrom(body.digest())) seen.final_words[task] = *digest;
    if (leaf.agency) order.open.Remove(AgencyBits::Of(leaf.agency.value()));
    completes = !correction && order.open.empty();
    if (order.open.empty()) seen.Complete(order, seq);
  }
  if (body.completes() != completes)
    seen.findings.Add(Rule::kCompletion, index,
                      body.completes() ? "it doesn't complete the order" : "it completes the order, and doesn't say so",
                      {seq});
}

void CheckMeasureChanged(const journal::Leaf& leaf, const OrderSeen& order, Picture& seen) {
  MeasureChanged body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  CheckHead(leaf, body.head(), MEMBER_TYPE_RECEIPT, true, seen);
  CheckDigest(leaf, body.digest(), seen);
  CheckSpeaker(leaf, order, Rule::kMeasure, seen);
  const MeasureChange change = body.change();
  const bool met = change == MEASURE_CHANGE_SIGHTED || change == MEASURE_CHANGE_SEIZED;
  const bool fits = order.action == ACTION_LOCATE ? met : MakesMeasure(order.action) && !met;
  if (!fits || change == MEASURE_CHANGE_UNSPECIFIED ||
      (change == MEASURE_CHANGE_EXTRACTED && order.action != ACTION_EXTRACT_INCOME))
    seen.findings.Add(Rule::kMeasure, leaf.index.value(), "a change is of a measure, and of one of the known kinds",
                      {leaf.order.value()});
}

void CheckConflict(const journal::Leaf& leaf, OrderSeen& order, Picture& seen) {
  ReceiptConflict body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  CheckHead(leaf, body.head(), MEMBER_TYPE_RECEIPT, true, seen);
  CheckDigest(leaf, body.digest(), seen);
  CheckSpeaker(leaf, order, Rule::kAnswer, seen);
  const auto word = seen.final_words.find({leaf.order.value(), leaf.agency.value()});
  const std::string_view first = word == seen.final_words.end() ? std::string_view() : journal::View(word->second);
  if (body.first_digest() != first)
    seen.findings.Add(Rule::kAnswer, leaf.index.value(), "the word that it conflicts with is not the one in force",
                      {leaf.order.value()});
  if (leaf.agency) order.open.Remove(AgencyBits::Of(leaf.agency.value()));
  if (order.open.empty()) seen.Complete(order, leaf.order.value());
}

}  // namespace

void CheckReceipt(const journal::Leaf& leaf, Picture& seen) {
  const auto of = seen.cases.find(leaf.case_seq.value());
  if (of != seen.cases.end() && leaf.type != ENTRY_TYPE_RECEIPT_CONFLICT) of->second.mover = leaf.index.value();
  const auto order = seen.orders.find(leaf.order.value());
  if (order == seen.orders.end()) return;  // the frame has found it
  if (leaf.type != ENTRY_TYPE_MEASURE_CHANGED) Arrived(leaf.order.value(), leaf.agency.value(), order->second, seen);
  switch (leaf.type) {
    case ENTRY_TYPE_MEASURE_CHANGED:
      return CheckMeasureChanged(leaf, order->second, seen);
    case ENTRY_TYPE_RECEIPT_CONFLICT:
      return CheckConflict(leaf, order->second, seen);
    default:
      return CheckTask(leaf, order->second, seen);
  }
}

}  // namespace eagle::audit
