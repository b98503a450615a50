#include "adapters/rest/codes.h"

namespace eagle::rest {

const std::vector<CodeWord>& AllCodeWords() {
  constexpr uint32_t kPayments = kDeduct | kChanges;
  static const auto* const kWords = new std::vector<CodeWord>{
      {"FOUND", Meaning::kOutcome, kInquire | kPositions, v1::OUTCOME_FOUND},
      {"NIL", Meaning::kOutcome, kInquire | kPositions, v1::OUTCOME_NIL},
      {.word = "AMBIGUOUS",
       .meaning = Meaning::kOutcome,
       .calls = kInquire | kFreezes,
       .outcome = v1::OUTCOME_AMBIGUOUS,
       .needs_reason = true},
      {.word = "ERROR",
       .meaning = Meaning::kOutcome,
       .calls = kOrders,
       .outcome = v1::OUTCOME_ERROR,
       .needs_reason = true},
      {"BY_AMOUNTS", Meaning::kByAmounts, kFreezes},
      {"CONTROLLED", Meaning::kOutcome, kFreezes, v1::OUTCOME_CONTROLLED},
      {"PARTLY_CONTROLLED", Meaning::kOutcome, kFreezes, v1::OUTCOME_PARTLY_CONTROLLED},
      {"WAITLISTED", Meaning::kOutcome, kFreezes, v1::OUTCOME_WAITLISTED},
      {.word = "NOT_CONTROLLED",
       .meaning = Meaning::kOutcome,
       .calls = kFreezes | kRelease,
       .outcome = v1::OUTCOME_NOT_CONTROLLED,
       .needs_reason = true},
      {.word = "EXEMPT_HELD",
       .meaning = Meaning::kOutcome,
       .calls = kFreezes | kDeduct,
       .outcome = v1::OUTCOME_EXEMPT_HELD,
       .needs_reason = true},
      {"RENEWED", Meaning::kOutcome, kRenew, v1::OUTCOME_RENEWED},
      {.word = "NOT_RENEWED",
       .meaning = Meaning::kOutcome,
       .calls = kRenew,
       .outcome = v1::OUTCOME_NOT_RENEWED,
       .needs_reason = true},
      {"RELEASED", Meaning::kOutcome, kRelease, v1::OUTCOME_RELEASED},
      {"DEDUCTED", Meaning::kOutcome, kPayments, v1::OUTCOME_DEDUCTED},
      {.word = "NOT_DEDUCTED",
       .meaning = Meaning::kOutcome,
       .calls = kPayments,
       .outcome = v1::OUTCOME_NOT_DEDUCTED,
       .needs_reason = true},
      {.word = "SENT_NOT_CONFIRMED",
       .meaning = Meaning::kOutcome,
       .calls = kDeduct,
       .outcome = v1::OUTCOME_SENT_NOT_CONFIRMED,
       .needs_changes = true},
      {.word = "RETURNED", .meaning = Meaning::kReturned, .calls = kOrders, .needs_reason = true},
      {"NOT_DONE", Meaning::kNotDone, kOrders | kFind},
      {"PENDING", Meaning::kPending, kControls | kFind},
      {"UNKNOWN", Meaning::kUnknown, kFind},
      {"DONE", Meaning::kDone, kFind},
      {.word = "INFLOW", .meaning = Meaning::kEvent, .calls = kChanges, .change = v1::MEASURE_CHANGE_INFLOW},
      {.word = "PROMOTED", .meaning = Meaning::kEvent, .calls = kChanges, .change = v1::MEASURE_CHANGE_PROMOTED},
      {.word = "LAPSED", .meaning = Meaning::kEvent, .calls = kChanges, .change = v1::MEASURE_CHANGE_LAPSED},
      {.word = "REDUCED", .meaning = Meaning::kEvent, .calls = kChanges, .change = v1::MEASURE_CHANGE_REDUCED},
      {"IGNORED", Meaning::kIgnored, kChanges},
  };
  return *kWords;
}

const CodeWord* CodeWordNamed(std::string_view word) {
  for (const CodeWord& row : AllCodeWords()) {
    if (row.word == word) return &row;
  }
  return nullptr;
}

const CodeRow* CodeTable::Find(Call call, std::string_view code) const {
  for (const CodeRow& row : rows_) {
    if ((row.calls & call) != 0 && row.http_status == 0 && row.code == code) return &row;
  }
  return nullptr;
}

const CodeRow* CodeTable::FindStatus(Call call, int http_status) const {
  for (const CodeRow& row : rows_) {
    if ((row.calls & call) != 0 && row.http_status == http_status) return &row;
  }
  return nullptr;
}

bool CodeTable::Add(CodeRow row) {
  for (const CodeRow& other : rows_) {
    const bool same =
        row.http_status != 0 ? row.http_status == other.http_status : other.http_status == 0 && row.code == other.code;
    if ((other.calls & row.calls) != 0 && same) return false;
  }
  rows_.push_back(std::move(row));
  return true;
}

uint32_t CodeTable::calls() const {
  uint32_t out = 0;
  for (const CodeRow& row : rows_) out |= row.calls;
  return out;
}

}  // namespace eagle::rest
