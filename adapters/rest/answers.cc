#include "adapters/rest/answers.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "server/base/bytes.h"
#include "server/base/money.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"

namespace eagle::rest {
namespace {

constexpr size_t kRemarkBytesMax = 2'000;  // free text of the contract
constexpr size_t kPriorsMax = 32;
constexpr size_t kNameBytesMax = 128;  // any other text of the contract

bool SpeaksOfMeasure(v1::Outcome outcome) {
  return outcome == v1::OUTCOME_CONTROLLED || outcome == v1::OUTCOME_PARTLY_CONTROLLED ||
         outcome == v1::OUTCOME_WAITLISTED || outcome == v1::OUTCOME_RENEWED || outcome == v1::OUTCOME_RELEASED;
}

bool IsPayment(v1::Outcome outcome) {
  return outcome == v1::OUTCOME_DEDUCTED || outcome == v1::OUTCOME_SENT_NOT_CONFIRMED;
}

// Whether the answer says that something was found, looked for in vain, or done.
bool Claims(const CodeWord& word) {
  return word.meaning == Meaning::kByAmounts || SpeaksOfMeasure(word.outcome) || IsPayment(word.outcome) ||
         word.outcome == v1::OUTCOME_FOUND || word.outcome == v1::OUTCOME_NIL;
}

absl::Status NotBelieved(std::string_view why, const std::string& code) {
  return Fail(Reason::kAnswerInvalid, absl::StrCat("the server's answer can't be believed: ", ToAbsl(why),
                                                   code.empty() ? "" : absl::StrCat(" (code ", code, ")")));
}

std::string WhyOf(const absl::Status& status) {
  const Failure failure = FailureOf(status);
  return failure.violations.empty() ? failure.message
                                    : failure.violations[0].field + ": " + failure.violations[0].description;
}

}  // namespace

std::string RawWords(const std::string& code, const std::string& text) {
  std::string out = text.empty() ? code : code + " " + text;
  if (out.size() <= kRemarkBytesMax) return out;
  size_t end = kRemarkBytesMax;
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0) == 0x80) --end;  // never within a character
  return out.substr(0, end);
}

// One object of an answer, with the template that reads it.
struct AnswerReader::View {
  const CallTemplate& call;
  Reader reader;

  // A text that must be what the order says, wherever the template names it. A refusal may leave it out; an answer that
  // something was found or done may not.
  void Echo(std::string_view name, const std::string& ordered, bool needed = true) {
    if (!reader.Has(name)) return;
    const std::string said = needed ? reader.TextNeeded(name) : reader.Text(name).value_or(ordered);
    if (reader.wrong().empty() && said != ordered) reader.Fail(absl::StrCat(ToAbsl(name), " isn't the order's"));
  }
  std::string Name(Reader& of, std::string_view name) {
    std::string text = of.Text(name).value_or("");
    if (text.size() > kNameBytesMax) of.Fail(absl::StrCat(ToAbsl(name), " is longer than 128 bytes"));
    return text;
  }
  std::string NameNeeded(Reader& of, std::string_view name) {
    std::string text = Name(of, name);
    if (text.empty()) of.Fail(absl::StrCat(ToAbsl(name), " is missing"));
    return text;
  }
};

void AnswerReader::ReadPriors(View& view, Reader& reader,
                              google::protobuf::RepeatedPtrField<v1::PriorMeasure>& out) const {
  const std::vector<JsonValue>* list = reader.List("prior");
  if (list == nullptr) return;
  for (const JsonValue& one : *list) {
    if (static_cast<size_t>(out.size()) == kPriorsMax) return;  // the rank tells how many there are
    Reader row(view.call.prior, one, templates_.amounts, zone_);
    v1::PriorMeasure& prior = *out.Add();
    prior.set_authority(view.NameNeeded(row, "authority"));
    prior.set_document_number(view.Name(row, "document"));
    prior.set_amount_minor_units(row.Amount("amount").value_or(0));
    if (const auto end = row.Time("ends_at")) *prior.mutable_ends_at() = trust::TimestampOf(*end);
    if (prior.amount_minor_units() < 0) row.Fail("amount is negative");
    if (!row.wrong().empty()) reader.Fail("prior: " + row.wrong());
  }
}

void AnswerReader::ReadMeasure(View& view, const Expected& expected, v1::MeasureState& out) const {
  Reader& reader = view.reader;
  out.set_unit_reference(view.NameNeeded(reader, "reference"));
  const int64_t controlled = reader.AmountNeeded("controlled");
  const int64_t requested = reader.Has("requested") ? reader.AmountNeeded("requested") : expected.limit;
  out.set_requested_minor_units(requested);
  out.set_controlled_minor_units(controlled);
  bool ended = expected.ended;
  if (expected.stood_before && !ended) {
    const std::optional<bool> said = reader.Flag("ended");
    ended = said.value_or(requested == 0);
    if (reader.Has("ended") && !said) reader.Fail("ended is missing");
  }
  out.set_ended(ended);
  const int64_t rest = out.ended() ? 0 : requested - controlled;
  out.set_unfunded_minor_units(reader.Has("unfunded") && !out.ended() ? reader.AmountNeeded("unfunded") : rest);
  out.set_rank(static_cast<uint32_t>(std::min<int64_t>(reader.Whole("rank").value_or(0), UINT32_MAX)));
  out.set_revision(static_cast<uint64_t>(reader.Whole("revision").value_or(0)));
  if (!expected.waits) {
    if (const auto from = reader.Time("effective_from")) *out.mutable_effective_from() = trust::TimestampOf(*from);
    if (const auto to = reader.Time("effective_to")) *out.mutable_effective_to() = trust::TimestampOf(*to);
  }
  ReadPriors(view, reader, *out.mutable_prior_measures());
  const std::vector<JsonValue>* shares = out.ended() ? nullptr : reader.List("shares");
  if (shares == nullptr) return;
  for (const JsonValue& one : *shares) {
    Reader row(view.call.share, one, templates_.amounts, zone_);
    v1::MeasureShare& share = *out.add_shares();
    share.set_asset_number(view.NameNeeded(row, "account"));
    share.set_controlled_minor_units(row.AmountNeeded("controlled"));
    share.set_unfunded_minor_units(row.Amount("unfunded").value_or(0));
    if (!row.wrong().empty()) return reader.Fail("shares: " + row.wrong());
  }
}

void AnswerReader::ReadDeduction(View& view, v1::DeductionState& out) const {
  Reader& reader = view.reader;
  out.set_amount_minor_units(reader.AmountNeeded("amount"));
  out.set_booking_reference(view.NameNeeded(reader, "booking"));
  out.set_payment_reference(view.Name(reader, "payment"));
  if (const auto at = reader.Time("booked_at")) *out.mutable_booked_at() = trust::TimestampOf(*at);
  if (const auto at = reader.Time("settled_at")) *out.mutable_settled_at() = trust::TimestampOf(*at);
}

void AnswerReader::ReadFindings(View& view, sdk::Answer& answer) const {
  const std::vector<JsonValue>* list = view.reader.List("findings");
  if (list == nullptr || list->empty()) return view.reader.Fail("FOUND names nothing that was found");
  if (list->size() > sdk::kItemsMax) return view.reader.Fail("more than 256 findings");
  for (const JsonValue& one : *list) {
    Reader row(view.call.finding, one, templates_.amounts, zone_);
    v1::ItemResult& item = answer.items.emplace_back();
    item.set_outcome(v1::OUTCOME_FOUND);
    v1::Finding& finding = *item.mutable_finding();
    finding.set_asset_kind(view.NameNeeded(row, "asset_kind"));
    finding.set_asset_number(view.NameNeeded(row, "number"));
    finding.set_holder_name(view.Name(row, "holder_name"));
    finding.set_matched_by(view.Name(row, "matched_by"));
    finding.set_status(view.Name(row, "status"));
    finding.set_currency(view.Name(row, "currency"));
    if (!finding.currency().empty() && !IsCurrency(finding.currency())) row.Fail("currency is no code of ISO 4217");
    const auto balance = row.Amount("balance"), available = row.Amount("available");
    if (balance.has_value() != available.has_value()) row.Fail("balance and available go together");
    if (balance && available) {
      finding.set_balance_known(true);
      finding.set_balance_minor_units(*balance);
      finding.set_available_minor_units(*available);
    }
    const int64_t numerator = row.Whole("share_numerator").value_or(0),
                  denominator = row.Whole("share_denominator").value_or(0);
    if (numerator > denominator || denominator > UINT32_MAX || (numerator == 0) != (denominator == 0))
      row.Fail("the share is none");
    finding.set_share_numerator(static_cast<uint32_t>(numerator));
    finding.set_share_denominator(static_cast<uint32_t>(denominator));
    finding.set_co_ownership(view.Name(row, "co_ownership"));
    finding.set_description(row.Text("description").value_or(""));
    if (finding.description().size() > kRemarkBytesMax) row.Fail("description is longer than 2,000 bytes");
    if (const auto at = row.Time("as_of")) *finding.mutable_as_of() = trust::TimestampOf(*at);
    ReadPriors(view, row, *finding.mutable_prior_measures());
    if (!row.wrong().empty()) return view.reader.Fail(absl::StrCat("finding ", answer.items.size(), ": ", row.wrong()));
  }
}

void AnswerReader::ReadControl(View& view, Call call, const v1::Order& order, const CodeRow& row,
                               sdk::Answer& answer) const {
  Reader& reader = view.reader;
  v1::ItemResult& item = answer.items.emplace_back();
  item.set_outcome(row.word->outcome);
  item.set_reason(row.reason);
  if (row.word->meaning == Meaning::kByAmounts || SpeaksOfMeasure(item.outcome())) {
    v1::MeasureState& measure = *item.mutable_measure();
    const bool whole = order.has_release() && order.release().amount_minor_units() == 0;
    ReadMeasure(view,
                {.limit = order.freeze().limit_minor_units(),
                 .stood_before = !order.has_freeze(),
                 .waits = item.outcome() == v1::OUTCOME_WAITLISTED},
                measure);
    if (whole && !measure.ended()) reader.Fail("a whole release leaves a measure that stands");
    if (row.word->meaning == Meaning::kByAmounts) {
      item.set_outcome(measure.unfunded_minor_units() == 0 ? v1::OUTCOME_CONTROLLED : v1::OUTCOME_PARTLY_CONTROLLED);
    }
    if (call == kFreezeAccount) {
      view.Echo("account", order.freeze().account().account_number());
      for (const v1::MeasureShare& share : measure.shares()) {
        if (share.asset_number() != order.freeze().account().account_number())
          reader.Fail("a share lies on another account than the order's");
      }
    }
    if (call == kFreezeAsset) view.Echo("asset", order.freeze().asset().unit_number());
    if (order.has_freeze()) view.Echo("currency", order.freeze().currency());
  }
  if (IsPayment(item.outcome())) {
    v1::DeductionState& deduction = *item.mutable_deduction();
    ReadDeduction(view, deduction);
    ReadMeasure(view, {.stood_before = true}, *deduction.mutable_measure());
    view.Echo("to_account", order.deduct().account().account_number());
    view.Echo("currency", order.deduct().currency());
    if (!order.deduct().up_to() && deduction.amount_minor_units() != order.deduct().amount_minor_units())
      reader.Fail("amount isn't the one ordered");
  }
  if (item.outcome() == v1::OUTCOME_SENT_NOT_CONFIRMED) answer.kind = sdk::AnswerKind::kProgress;
  answer.effect_at = reader.Time("effect_at");
}

absl::StatusOr<Said> AnswerReader::Read(Call call, const v1::Order& order, const sdk::Operation& operation,
                                        const JsonValue& document) const {
  const CallTemplate& with = *templates_.CallAt(call);
  View view{with, Reader(with.answer, document, templates_.amounts, zone_)};
  Said said;
  said.code = view.NameNeeded(view.reader, "code");
  said.text = view.reader.Text("text").value_or("");
  if (!view.reader.wrong().empty()) return NotBelieved(view.reader.wrong(), "");
  const CodeRow* row = templates_.codes.Find(call, said.code);
  if (row == nullptr) return said;
  said.meaning = row->word->meaning == Meaning::kByAmounts ? Meaning::kOutcome : row->word->meaning;
  const bool claims = said.meaning == Meaning::kOutcome && Claims(*row->word);
  view.Echo("operation", operation.Text(), claims);
  if (view.reader.Has("subject_number")) {
    v1::Identity named;
    named.set_id_number(claims ? view.reader.TextNeeded("subject_number")
                               : view.reader.Text("subject_number").value_or(order.subject().id_number()));
    if (sdk::PersonKey(named) != sdk::PersonKey(order.subject())) view.reader.Fail("subject_number isn't the order's");
  }
  const std::string words = RawWords(said.code, said.text);
  if (said.meaning == Meaning::kReturned) said.answer = sdk::Returned(row->reason, words);
  if (said.meaning == Meaning::kOutcome) {
    if (call == kInquire) {
      if (row->word->outcome == v1::OUTCOME_FOUND) {
        ReadFindings(view, said.answer);
      } else {
        const std::vector<JsonValue>* list = view.reader.List("findings");
        if (list != nullptr && !list->empty())
          view.reader.Fail(absl::StrCat(ToAbsl(row->word->word), ", and yet something was found"));
        v1::ItemResult& item = said.answer.items.emplace_back();
        item.set_outcome(row->word->outcome);
        item.set_reason(row->reason);
      }
      if (row->word->outcome != v1::OUTCOME_ERROR)
        said.answer.searched_scope = view.NameNeeded(view.reader, "searched_scope");
    } else {
      ReadControl(view, call, order, *row, said.answer);
    }
    if (!said.answer.items.empty()) said.answer.items[0].set_remark(words);
  }
  if (!view.reader.wrong().empty()) return NotBelieved(view.reader.wrong(), said.code);
  if (said.meaning == Meaning::kOutcome || said.meaning == Meaning::kReturned) {
    if (const absl::Status valid = sdk::CheckAnswer(order, said.answer); !valid.ok())
      return NotBelieved(WhyOf(valid), said.code);
  }
  return said;
}

absl::StatusOr<std::vector<sdk::RegisterChange>> AnswerReader::ReadChanges(const JsonValue& document) const {
  const CallTemplate& with = *templates_.CallAt(kChanges);
  Reader whole(with.answer, document, templates_.amounts, zone_);
  const std::vector<JsonValue>* list = whole.List("list");
  if (list == nullptr) return NotBelieved(whole.wrong().empty() ? "list is missing" : whole.wrong(), "");
  std::vector<sdk::RegisterChange> out;
  uint64_t last = 0;
  for (const JsonValue& one : *list) {
    View view{with, Reader(with.answer, one, templates_.amounts, zone_)};
    Reader& reader = view.reader;
    sdk::RegisterChange& change = out.emplace_back();
    change.sequence = static_cast<uint64_t>(reader.WholeNeeded("sequence"));
    const std::string which = absl::StrCat("change ", change.sequence, ": ");
    if (change.sequence <= last) reader.Fail("sequence doesn't grow");
    last = change.sequence;
    const std::string code = view.NameNeeded(reader, "code");
    // What no order of ours made has an id of another form; it is passed over.
    change.operation = sdk::ParseOperation(view.NameNeeded(reader, "operation")).value_or(sdk::Operation{});
    if (!reader.wrong().empty()) return NotBelieved(which + reader.wrong(), "");
    const CodeRow* row = templates_.codes.Find(kChanges, code);
    if (row == nullptr) return NotBelieved(which + "the code isn't in the table", code);
    if (row->word->meaning == Meaning::kIgnored || change.operation.order_id.empty()) {
      change.operation = {};
      continue;
    }
    change.at = reader.TimeNeeded("effect_at");
    v1::ItemResult item;
    item.set_reason(row->reason);
    item.set_remark(RawWords(code, reader.Text("text").value_or("")));
    if (row->word->meaning == Meaning::kEvent) {
      change.kind = sdk::RegisterChange::Kind::kEvent;
      change.change = row->word->change;
      const bool lapsed = change.change == v1::MEASURE_CHANGE_LAPSED;
      ReadMeasure(view, {.stood_before = true, .ended = lapsed}, *item.mutable_measure());
      item.set_outcome(lapsed                                       ? v1::OUTCOME_NOT_CONTROLLED
                       : item.measure().unfunded_minor_units() == 0 ? v1::OUTCOME_CONTROLLED
                                                                    : v1::OUTCOME_PARTLY_CONTROLLED);
      if (lapsed && item.reason().empty()) item.set_reason("LAPSED");
      if (reader.wrong().empty()) {
        if (const absl::Status valid = sdk::CheckEvent(change.change, item); !valid.ok()) reader.Fail(WhyOf(valid));
      }
      change.item = std::move(item);
    } else {
      item.set_outcome(row->word->outcome);
      if (IsPayment(item.outcome())) {
        ReadDeduction(view, *item.mutable_deduction());
        ReadMeasure(view, {.stood_before = true}, *item.mutable_deduction()->mutable_measure());
      }
      change.answer.effect_at = change.at;
      change.answer.items.push_back(std::move(item));
    }
    if (!reader.wrong().empty()) return NotBelieved(which + reader.wrong(), code);
  }
  return out;
}

absl::StatusOr<Standing> AnswerReader::ReadPositions(const JsonValue& document, absl::Time asked_at) const {
  const CallTemplate& with = *templates_.CallAt(kPositions);
  View whole{with, Reader(with.answer, document, templates_.amounts, zone_)};
  const std::string code = whole.NameNeeded(whole.reader, "code");
  const std::vector<JsonValue>* list = whole.reader.List("list");
  Standing out{.as_of = whole.reader.Time("as_of").value_or(asked_at)};
  if (!whole.reader.wrong().empty()) return NotBelieved(whole.reader.wrong(), "");
  const CodeRow* row = templates_.codes.Find(kPositions, code);
  if (row == nullptr) return NotBelieved("the code isn't in the table", code);
  if (list == nullptr) return NotBelieved("list is missing", code);
  if ((row->word->outcome == v1::OUTCOME_NIL) != list->empty())
    return NotBelieved(list->empty() ? "something stands, and yet the list is empty" : "NIL, and yet something stands",
                       code);
  std::map<std::string, std::pair<sdk::Operation, v1::MeasureState>> by_order;
  for (size_t i = 0; i < list->size(); ++i) {
    View view{with, Reader(with.answer, (*list)[i], templates_.amounts, zone_)};
    Reader& reader = view.reader;
    const auto operation = sdk::ParseOperation(view.NameNeeded(reader, "operation"));
    if (reader.wrong().empty() && !operation) continue;  // no order of ours made it
    v1::ItemResult item;
    v1::MeasureState& measure = *item.mutable_measure();
    ReadMeasure(view, {.stood_before = true}, measure);
    const bool waits = reader.Has("effective_from") && !measure.has_effective_from();
    item.set_outcome(waits                                 ? v1::OUTCOME_WAITLISTED
                     : measure.unfunded_minor_units() == 0 ? v1::OUTCOME_CONTROLLED
                                                           : v1::OUTCOME_PARTLY_CONTROLLED);
    if (measure.ended()) reader.Fail("a measure that has ended is stated as one that stands");
    if (reader.wrong().empty()) {
      const auto change = waits ? v1::MEASURE_CHANGE_REDUCED : v1::MEASURE_CHANGE_INFLOW;
      if (const absl::Status squares = sdk::CheckEvent(change, item); !squares.ok()) reader.Fail(WhyOf(squares));
    }
    if (reader.wrong().empty() && !by_order.try_emplace(operation->order_id, *operation, measure).second)
      reader.Fail("it is named twice");
    if (!reader.wrong().empty()) return NotBelieved(absl::StrCat("measure ", i + 1, ": ", reader.wrong()), code);
  }
  for (auto& [order, measure] : by_order) out.measures.push_back(std::move(measure));
  return out;
}

}  // namespace eagle::rest
