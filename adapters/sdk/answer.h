// What a register answers to an order, and the rules that an answer must keep before it is signed.
//
//   Answer answer{.kind = AnswerKind::kFinal, .searched_scope = "deposits, wealth products"};
//   answer.items.emplace_back().set_outcome(v1::OUTCOME_NIL);
//   EAGLE_RETURN_IF_ERROR(CheckAnswer(order, answer));   // the agent does this before it signs
//
// Threads: values and pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/order.pb.h"
#include "goldeneagle/v1/receipt.pb.h"

namespace eagle::sdk {

namespace v1 = ::goldeneagle::v1;

inline constexpr size_t kItemsMax = 256;

enum class AnswerKind : uint8_t {
  kFinal = 1,        // the last word on this order
  kProgress = 2,     // something happened, the last word follows as a change (SENT_NOT_CONFIRMED)
  kUnderReview = 3,  // a clerk decides, the last word follows; rank is kept
  kReturned = 4,     // 回退: not done, with a reason
};

// A file that goes with the receipt, as the sealed receipt 协助执行回执: copied and hashed when the answer is recorded.
struct DocumentFile {
  std::string category = "SEALED_RECEIPT", title, media_type = "application/pdf", path;
};
inline constexpr int kDocumentsMax = 8;

struct Answer {
  AnswerKind kind = AnswerKind::kFinal;
  std::vector<v1::ItemResult>
      items;                   // at least one, but with kReturned. The first one speaks of the measure or payment
  std::string searched_scope;  // which systems were searched: required for whatever an inquiry found or didn't find
  std::optional<absl::Time> effect_at;  // when something changed
  std::string return_reason;            // a code, with kReturned
  std::string return_remark;
  std::vector<DocumentFile> documents = {};  // at most kDocumentsMax; one that can't be read is left out, and counted
};

inline Answer Returned(std::string reason, std::string remark) {
  Answer answer{.kind = AnswerKind::kReturned};
  answer.return_reason = std::move(reason), answer.return_remark = std::move(remark);
  return answer;
}
// The agency's own failure: says nothing about assets, and that nothing was done. `reason` is a code.
Answer FailedAnswer(const std::string& reason, const std::string& remark);

// Whether what such an order takes doesn't come back by a release: money, or a title. It begins only when the log's
// witnesses have seen it (where the log has some) and no objection of ours is open.
constexpr bool Takes(v1::Action action) {
  return action == v1::ACTION_DEDUCT || action == v1::ACTION_TRANSFER_TITLE || action == v1::ACTION_EXTRACT_INCOME;
}

// The outcome by which a register says that an order was not done, the facts being against it.
v1::Outcome NotDoneOutcome(v1::Action action);

// Law 8 of the house: nothing found is an answer, no answer is not.
//   - NIL only for an inquiry, alone, and with the scope that was searched; so are FOUND and AMBIGUOUS with that scope.
//   - Outcomes that fit the action and the kind; a reason where something was not done.
//   - Amounts that square: controlled + unfunded = requested <= the limit, the shares add up, one account at most is
//   unfunded;
//     a deduction is above zero and at most what was ordered.
// Error: ANSWER_INVALID with the field.
absl::Status CheckAnswer(const v1::Order& order, const Answer& answer);

// An event of a search 查找, not of a measure: it hangs on the LOCATE order.
inline bool IsSighting(v1::MeasureChange change) {
  return change == v1::MEASURE_CHANGE_SIGHTED || change == v1::MEASURE_CHANGE_SEIZED;
}
// The same for one event of a measure, or of a search: that says where, and what is held says until when. Error:
// ANSWER_INVALID.
absl::Status CheckEvent(v1::MeasureChange change, const v1::ItemResult& item);

// The person or company as the register knows it: the citizen number in its 15-digit form where it has one, so that
// both forms are one person; every other number as it is.
std::string PersonKey(const v1::Identity& identity);

}  // namespace eagle::sdk
