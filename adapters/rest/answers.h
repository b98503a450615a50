// From an answer of an agency's server to the words of the contract, or a refusal to believe it.
//
// Nothing is filled in that the server didn't say: a field that is missing, an amount that isn't exact, a time of
// another form make the whole answer unusable. So does one that contradicts the order: another account, another
// operation, more than the limit, a sum that isn't the one ordered.
//
// Threads: pure functions over constant values.
//
//   EAGLE_ASSIGN_OR_RETURN(Said said, AnswerReader(templates, shanghai).Read(kFreezePerson, order, operation,
//   document)); if (said.meaning == Meaning::kOutcome) return said.answer;
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/rest/templates.h"
#include "adapters/sdk/answer.h"
#include "adapters/sdk/changes.h"

namespace eagle::rest {

// What the server said.
struct Said {
  // kOutcome with `answer`, which could be signed (sdk::CheckAnswer took it); kReturned with it, too; kNotDone,
  // kPending; kUnknown: the code isn't in the table.
  Meaning meaning = Meaning::kUnknown;
  sdk::Answer answer;
  std::string code, text;  // as they came
};

// What an agency's server says that it holds.
struct Standing {
  absl::Time as_of;
  std::vector<std::pair<sdk::Operation, v1::MeasureState>> measures;
};

class AnswerReader {
 public:
  // `templates` outlives it.
  AnswerReader(const Templates& templates, absl::TimeZone zone) : templates_(templates), zone_(zone) {}

  // Error: ANSWER_INVALID; the message says what can't be believed, with the raw code and never with other values.
  // Pre: the templates have the call.
  absl::StatusOr<Said> Read(Call call, const v1::Order& order, const sdk::Operation& operation,
                            const JsonValue& document) const;

  // The changes in the order in which they lie there. Error: ANSWER_INVALID with the first that can't be believed; none
  // of them is taken then, so that none is lost. Pre: the templates have the call.
  absl::StatusOr<std::vector<sdk::RegisterChange>> ReadChanges(const JsonValue& document) const;

  // What stands 对账, in order of the order ids; measures that no order of ours made are passed over. Without an
  // instant of its own it is of `asked_at`. Error: ANSWER_INVALID with the first that can't be believed; nothing is
  // stated then, as a list without it would say that it isn't held. Pre: the templates have the call.
  absl::StatusOr<Standing> ReadPositions(const JsonValue& document, absl::Time asked_at) const;

 private:
  struct View;
  // What is known of a measure before its state is read.
  struct Expected {
    int64_t limit = 0;          // of the freeze that makes it
    bool stood_before = false;  // so it may have ended now
    bool waits = false;
    bool ended = false;  // for certain
  };
  void ReadMeasure(View& view, const Expected& expected, v1::MeasureState& out) const;
  void ReadPriors(View& view, Reader& reader, google::protobuf::RepeatedPtrField<v1::PriorMeasure>& out) const;
  void ReadDeduction(View& view, v1::DeductionState& out) const;
  void ReadFindings(View& view, sdk::Answer& answer) const;
  void ReadControl(View& view, Call call, const v1::Order& order, const CodeRow& row, sdk::Answer& answer) const;
  const Templates& templates_;
  const absl::TimeZone zone_;
};

// "2003 账户不存在": what is kept of the agency's own words, cut to the contract's length.
std::string RawWords(const std::string& code, const std::string& text);

}  // namespace eagle::rest
