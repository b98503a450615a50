#include "adapters/conformance/receipt_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "adapters/sdk/answer.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/trust/timestamps.h"

namespace eagle::conformance {
namespace {

constexpr size_t kAdapterNameMax = 63;

// The rules of answers are those that the SDK keeps before it signs; a receipt of anybody is held against them here.
absl::Status CheckItems(const v1::Order& order, const v1::Receipt& receipt) {
  if (receipt.kind() == v1::RECEIPT_KIND_EVENT) {
    if (receipt.items_size() != 1)
      return Fail(Reason::kAnswerInvalid, "").At("items", "an event speaks of one measure");
    if (sdk::IsSighting(receipt.change()) != order.has_locate())
      return Fail(Reason::kAnswerInvalid, "").At("change", "SIGHTED and SEIZED are of an order that looks, others not");
    return sdk::CheckEvent(receipt.change(), receipt.items(0));
  }
  sdk::Answer answer;
  if (receipt.kind() == v1::RECEIPT_KIND_PROGRESS) {
    const bool review = receipt.items_size() > 0 && receipt.items(0).outcome() == v1::OUTCOME_UNDER_REVIEW;
    answer.kind = review ? sdk::AnswerKind::kUnderReview : sdk::AnswerKind::kProgress;
  }
  answer.items.assign(receipt.items().begin(), receipt.items().end());
  answer.searched_scope = receipt.searched_scope();
  return sdk::CheckAnswer(order, answer);
}

std::string WordsOf(const absl::Status& status) {
  std::string words;
  for (const Violation& violation : FailureOf(status).violations)
    absl::StrAppend(&words, words.empty() ? "" : "; ", violation.field, ": ", violation.description);
  return words.empty() ? FailureOf(status).message : words;
}

}  // namespace

std::vector<std::string> WrongInReceipt(const v1::Order& order, const v1::Receipt& receipt, const std::string& agency,
                                        absl::Time now) {
  std::vector<std::string> wrong;
  const auto insist = [&](bool held, std::string_view otherwise) {
    if (!held) wrong.emplace_back(otherwise);
  };
  insist(receipt.agency() == agency, "agency: not the code that the adapter speaks for");
  insist(receipt.order_id() == order.order_id(), "order_id: not that of the order whose digest it names");
  insist(receipt.sequence() > 0, "sequence: must be above 0");
  const auto arrived = trust::TimeOf(receipt.arrived_at()), answered = trust::TimeOf(receipt.answered_at());
  insist(receipt.has_arrived_at() && arrived, "arrived_at: missing");
  insist(receipt.has_answered_at() && answered, "answered_at: missing");
  if (receipt.has_arrived_at() && receipt.has_answered_at() && arrived && answered) {
    insist(*arrived <= *answered, "arrived_at: after answered_at");
    insist(absl::AbsDuration(*answered - now) < kClocksApart,
           absl::StrCat("answered_at: more than ", absl::FormatDuration(kClocksApart), " from this machine's clock"));
  }
  if (receipt.kind() == v1::RECEIPT_KIND_RETURNED) {
    insist(!receipt.returned().reason().empty(), "returned.reason: missing");
    insist(!receipt.returned().contact_name().empty(), "returned.contact_name: missing");
    insist(!receipt.returned().contact_phone().empty(), "returned.contact_phone: missing");
    return wrong;
  }
  if (receipt.kind() == v1::RECEIPT_KIND_ACKNOWLEDGED) return wrong;
  if (const absl::Status items = CheckItems(order, receipt); !items.ok()) wrong.push_back(WordsOf(items));
  // Of an order about a measure that stands, a clerk's review leaves that as it is.
  const bool makes = order.has_freeze() || order.has_extract_income();
  for (const v1::ItemResult& item : receipt.items()) {
    const bool waits =
        item.outcome() == v1::OUTCOME_WAITLISTED || (makes && item.outcome() == v1::OUTCOME_UNDER_REVIEW);
    const bool takes = item.outcome() == v1::OUTCOME_CONTROLLED || item.outcome() == v1::OUTCOME_PARTLY_CONTROLLED;
    if (item.has_measure() && waits)
      insist(!item.measure().has_effective_from(), "measure.effective_from: set, though it only waits");
    if (item.has_measure() && takes)
      insist(item.measure().has_effective_from(), "measure.effective_from: missing, so the measure counts as waiting");
  }
  return wrong;
}

std::vector<std::string> WrongInHello(const v1::HelloRequest& request) {
  std::vector<std::string> wrong;
  const auto insist = [&](bool held, std::string_view otherwise) {
    if (!held) wrong.emplace_back(otherwise);
  };
  const auto& versions = request.contract_versions();
  insist(std::find(versions.begin(), versions.end(), 1u) != versions.end(), "Hello.contract_versions: without 1");
  insist(!request.adapter().empty() && request.adapter().size() <= kAdapterNameMax &&
             request.adapter().find('.') != std::string::npos,
         "Hello.adapter: must be a reverse-domain name of at most 63 bytes");
  insist(!request.version().empty(), "Hello.version: missing");
  insist(!request.instance().empty(), "Hello.instance: missing");
  insist(request.inbox().size() == kUuidBytes, "Hello.inbox: must have 16 bytes");
  insist(request.most_in_flight() >= 1 && request.most_in_flight() <= 10'000, "Hello.most_in_flight: 1 to 10,000");
  insist(!request.capabilities().empty(), "Hello.capabilities: none declared");
  for (const v1::Capability& capability : request.capabilities())
    insist(!capability.asset_kind().empty() && capability.action() != v1::ACTION_UNSPECIFIED,
           "Hello.capabilities: a row without asset kind or action");
  return wrong;
}

std::vector<std::string> WrongInPosition(const v1::Position& part, const std::string& agency, absl::Time now) {
  constexpr int kLinesMax = 256;
  constexpr size_t kIdBytes = 16;
  std::vector<std::string> wrong;
  if (part.agency() != agency) wrong.emplace_back("agency isn't the signer");
  absl::CivilDay day;
  if (part.day().size() != 10 || !absl::ParseCivilTime(part.day(), &day)) wrong.emplace_back("day isn't YYYY-MM-DD");
  const auto as_of = trust::TimeOf(part.as_of());
  if (!part.has_as_of() || !as_of || *as_of > now + kClocksApart) wrong.emplace_back("as_of is missing, or to come");
  if (part.lines_size() > kLinesMax) wrong.emplace_back("more than 256 lines");
  std::string_view last = part.after();
  for (const v1::PositionLine& line : part.lines()) {
    if (line.order_id().size() != kIdBytes || line.order_id() <= last) wrong.emplace_back("order ids don't rise");
    last = line.order_id();
    if (line.measure().unit_reference().empty()) wrong.emplace_back("a measure without unit_reference");
  }
  if (!part.up_to().empty() && part.up_to() != last) wrong.emplace_back("up_to isn't the last line's order id");
  return wrong;
}

const v1::MeasureState* MeasureIn(const v1::Receipt& receipt) {
  if (receipt.items().empty()) return nullptr;
  const v1::ItemResult& item = receipt.items(0);
  if (item.has_measure()) return &item.measure();
  return item.deduction().has_measure() ? &item.deduction().measure() : nullptr;
}

}  // namespace eagle::conformance
