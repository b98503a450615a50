#include "adapters/rest/rest_core.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::rest {
namespace {

constexpr absl::Duration kAwayFor = absl::Seconds(2);
constexpr size_t kLoggedCodeMax = 32;
constexpr absl::Duration kClocksPart = absl::Minutes(5);  // as far as two well-kept clocks may
constexpr char kCallUnknown[] = "ACTION_NOT_SUPPORTED", kValueMissing[] = "VALUE_MISSING",
               kCodeNotMapped[] = "CODE_NOT_MAPPED", kUnknownCode[] = "UNKNOWN";

std::string MessageOf(const absl::Status& status) { return FailureOf(status).message; }

sdk::Found Unknown(std::string why) {
  sdk::Found found{.kind = sdk::Found::Kind::kUnknown};
  found.note = std::move(why);
  return found;
}

// The order can't be put into the template's words: nothing was sent.
sdk::Answer NotSayable(const absl::Status& why) {
  return sdk::Returned(ReasonOf(why) == Reason::kFieldMissing ? kValueMissing : kCodeNotMapped, MessageOf(why));
}

bool IsSayable(const absl::Status& status) {
  return ReasonOf(status) != Reason::kFieldMissing && ReasonOf(status) != Reason::kFieldInvalid;
}

// For the log: a code as codes are. Anything else could be somebody's name.
std::string PlainCode(const std::string& code) {
  const bool plain =
      code.size() <= kLoggedCodeMax &&
      code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-") == std::string::npos;
  return plain ? "code " + code : "";
}

std::string UnknownWords(const Said& said) {
  return absl::StrCat("the server's code isn't in the table: ", RawWords(said.code, said.text));
}

}  // namespace

// What `find` said of one operation.
struct RestCore::Asked {
  int http_status = 0;
  std::string code, text;
  sdk::Found found;
  bool pending = false;
};

RestCore::RestCore(const Templates& templates, absl::TimeZone zone, Http& http, Clock& clock, OrderOf order_of,
                   Note note)
    : templates_(templates),
      zone_(zone),
      http_(http),
      clock_(clock),
      order_of_(std::move(order_of)),
      note_(std::move(note)),
      reader_(templates, zone) {}

Facts RestCore::FactsOf(const sdk::Request& request) const {
  Facts facts;
  facts.operation = &request.operation;
  facts.order = &request.order;
  facts.order_digest = std::string(journal::View(request.order_digest));
  facts.arrival = request.arrival;
  facts.freeze_operation = request.freeze_operation;
  facts.zone = zone_;
  return facts;
}

absl::StatusOr<HttpReply> RestCore::Send(Call call, const Facts& facts, bool& sent) {
  sent = false;
  const CallTemplate& with = *templates_.CallAt(call);
  EAGLE_ASSIGN_OR_RETURN(const std::optional<std::string> path, with.path.RenderEncoded(facts));
  HttpRequest request{.method = with.method, .path = path.value_or("")};
  if (with.body) {
    EAGLE_ASSIGN_OR_RETURN(request.body, with.body->Render(facts));
  }
  if ((call & kOrders) != 0) request.headers.emplace_back("Idempotency-Key", facts.operation->Text());
  if (clock_.MonotonicNow() < away_until_)
    return Fail(Reason::kUnavailable, "the agency's server was away a moment ago");
  Exchange exchange = http_.Send(request);
  sent = exchange.sent;
  if (!exchange.reply.ok()) {
    away_until_ = clock_.MonotonicNow() + kAwayFor;
    note_("core_away", call, MessageOf(exchange.reply.status()));
  }
  return std::move(exchange.reply);
}

absl::StatusOr<JsonValue> RestCore::DocumentOf(Call call, const HttpReply& reply) const {
  if (!templates_.CallAt(call)->Reads(reply.status)) {
    note_("core_status", call, absl::StrCat("HTTP ", reply.status));
    return Fail(Reason::kUnavailable, absl::StrCat("the agency's server answered HTTP ", reply.status));
  }
  absl::StatusOr<JsonValue> document = ParseJsonValue(reply.body);
  if (document.ok()) return document;
  note_("core_unreadable", call, MessageOf(document.status()));
  return Fail(Reason::kAnswerInvalid, "the server's answer can't be read: " + MessageOf(document.status()));
}

absl::StatusOr<sdk::Answer> RestCore::Inquire(const sdk::Request& request) {
  if (templates_.CallAt(kInquire) == nullptr)
    return sdk::Returned(kCallUnknown, "this agency's server has no such call");
  bool sent = false;
  const absl::StatusOr<HttpReply> reply = Send(kInquire, FactsOf(request), sent);
  if (!reply.ok()) {
    if (!IsSayable(reply.status())) return NotSayable(reply.status());
    return reply.status();
  }
  const absl::StatusOr<JsonValue> document = DocumentOf(kInquire, *reply);
  if (!document.ok()) {
    if (ReasonOf(document.status()) == Reason::kUnavailable) return document.status();
    return sdk::FailedAnswer("ANSWER_INVALID", MessageOf(document.status()));
  }
  absl::StatusOr<Said> said = reader_.Read(kInquire, request.order, request.operation, *document);
  if (!said.ok()) {
    note_("core_not_believed", kInquire, MessageOf(said.status()));
    return sdk::FailedAnswer("ANSWER_INVALID", MessageOf(said.status()));
  }
  if (said->meaning == Meaning::kUnknown) {
    note_("core_code_unknown", kInquire, PlainCode(said->code));
    return sdk::FailedAnswer(kUnknownCode, RawWords(said->code, said->text));
  }
  if (said->meaning == Meaning::kNotDone) return Fail(Reason::kUnavailable, "the server asks to be asked later");
  return std::move(said->answer);
}

absl::Status RestCore::CertainlyNotDone(const sdk::Operation& operation, absl::Status why) {
  not_done_ = operation;
  return why;
}

absl::StatusOr<sdk::Answer> RestCore::Apply(const sdk::Request& request) {
  not_done_.reset();
  const std::optional<Call> call = CallOf(request.order);
  const CallTemplate* with = call ? templates_.CallAt(*call) : nullptr;
  if (with == nullptr) return sdk::Returned(kCallUnknown, "this agency's server has no such call");
  Facts facts = FactsOf(request);
  if (with->Uses(kMeasureReference) && request.freeze_operation != nullptr) {
    absl::StatusOr<std::string> reference = ReferenceOf(*request.freeze_operation);
    if (!reference.ok()) return CertainlyNotDone(request.operation, reference.status());
    facts.measure_reference = *std::move(reference);
  }
  bool sent = false;
  const absl::StatusOr<HttpReply> reply = Send(*call, facts, sent);
  if (!reply.ok()) {
    if (!IsSayable(reply.status())) return NotSayable(reply.status());
    return sent ? reply.status() : CertainlyNotDone(request.operation, reply.status());
  }
  EAGLE_ASSIGN_OR_RETURN(const JsonValue document, DocumentOf(*call, *reply));
  absl::StatusOr<Said> said = reader_.Read(*call, request.order, request.operation, document);
  if (!said.ok()) {
    note_("core_not_believed", *call, MessageOf(said.status()));
    return said.status();
  }
  switch (said->meaning) {
    case Meaning::kOutcome:
    case Meaning::kReturned:
      return std::move(said->answer);
    case Meaning::kNotDone:
      return CertainlyNotDone(request.operation, Fail(Reason::kUnavailable, "the server says that it did nothing"));
    case Meaning::kPending:
      return Fail(Reason::kUnavailable, "the server is at work on it");
    default:
      note_("core_code_unknown", *call, PlainCode(said->code));
      return Fail(Reason::kAnswerInvalid, UnknownWords(*said));
  }
}

absl::StatusOr<RestCore::Asked> RestCore::Ask(const sdk::Operation& operation) {
  Asked asked;
  const std::optional<v1::Order> order = order_of_(operation);
  const std::optional<Call> call = order ? CallOf(*order) : std::nullopt;
  if (!call || templates_.CallAt(*call) == nullptr || templates_.CallAt(kFind) == nullptr) {
    asked.found = Unknown("the templates have no call that could tell");
    return asked;
  }
  Facts facts;
  facts.operation = &operation;
  facts.order = &*order;
  facts.zone = zone_;
  bool sent = false;
  EAGLE_ASSIGN_OR_RETURN(const HttpReply reply, Send(kFind, facts, sent));
  asked.http_status = reply.status;
  const CallTemplate& find = *templates_.CallAt(kFind);
  const CodeRow* row = find.Reads(reply.status) ? nullptr : templates_.codes.FindStatus(kFind, reply.status);
  JsonValue document;
  if (row == nullptr) {
    EAGLE_ASSIGN_OR_RETURN(document, DocumentOf(kFind, reply));
    Reader reader(find.answer, document, templates_.amounts, zone_);
    asked.code = reader.TextNeeded("code");
    asked.text = reader.Text("text").value_or("");
    if (reader.Has("operation") && reader.TextNeeded("operation") != operation.Text())
      reader.Fail("operation isn't the one that was asked about");
    if (!reader.wrong().empty()) {
      asked.found = Unknown("the server's answer can't be believed: " + reader.wrong());
      return asked;
    }
    row = templates_.codes.Find(kFind, asked.code);
  }
  if (row == nullptr) {
    note_("core_code_unknown", kFind, PlainCode(asked.code));
    asked.found = Unknown("the server's code isn't in the table: " + RawWords(asked.code, asked.text));
    return asked;
  }
  switch (row->word->meaning) {
    case Meaning::kNotDone:
      asked.found.kind = sdk::Found::Kind::kNotDone;
      return asked;
    case Meaning::kPending:
      asked.pending = true;
      return asked;
    case Meaning::kDone:
      break;
    default:
      asked.found = Unknown(
          absl::StrCat("the server doesn't know whether it was done: ",
                       asked.code.empty() ? absl::StrCat("HTTP ", reply.status) : RawWords(asked.code, asked.text)));
      return asked;
  }
  const JsonValue* first = find.answer.at("answer").Value(document);
  if (first == nullptr) {
    asked.found = Unknown("the server says that it was done, and not what came of it");
    return asked;
  }
  absl::StatusOr<Said> said = reader_.Read(*call, *order, operation, *first);
  if (!said.ok()) {
    note_("core_not_believed", *call, MessageOf(said.status()));
    asked.found = Unknown(MessageOf(said.status()));
    return asked;
  }
  asked.code = said->code, asked.text = said->text;
  if (said->meaning == Meaning::kOutcome || said->meaning == Meaning::kReturned) {
    asked.found.kind = sdk::Found::Kind::kDone;
    asked.found.answer = std::move(said->answer);
  } else if (said->meaning == Meaning::kPending) {
    asked.pending = true;
  } else if (said->meaning == Meaning::kNotDone) {
    asked.found.kind = sdk::Found::Kind::kNotDone;
  } else {
    note_("core_code_unknown", *call, PlainCode(said->code));
    asked.found = Unknown(UnknownWords(*said));
  }
  return asked;
}

absl::StatusOr<sdk::Found> RestCore::Find(const sdk::Operation& operation) {
  if (not_done_ == operation) {
    not_done_.reset();
    return sdk::Found{.kind = sdk::Found::Kind::kNotDone};
  }
  EAGLE_ASSIGN_OR_RETURN(Asked asked, Ask(operation));
  if (asked.pending) return Fail(Reason::kUnavailable, "the server is at work on it");
  return std::move(asked.found);
}

absl::StatusOr<std::string> RestCore::ReferenceOf(const sdk::Operation& freeze) {
  EAGLE_ASSIGN_OR_RETURN(const Asked asked, Ask(freeze));
  const bool known = asked.found.kind == sdk::Found::Kind::kDone && !asked.found.answer.items.empty();
  std::string reference = known ? asked.found.answer.items[0].measure().unit_reference() : "";
  if (reference.empty())
    return Fail(Reason::kUnavailable, "the server doesn't give its number of the measure that the order names");
  return reference;
}

absl::StatusOr<std::vector<sdk::RegisterChange>> RestCore::Changes(uint64_t after, size_t limit) {
  if (templates_.CallAt(kChanges) == nullptr) return std::vector<sdk::RegisterChange>();
  Facts facts;
  facts.changes_after = after;
  facts.changes_limit = limit;
  facts.zone = zone_;
  bool sent = false;
  EAGLE_ASSIGN_OR_RETURN(const HttpReply reply, Send(kChanges, facts, sent));
  EAGLE_ASSIGN_OR_RETURN(const JsonValue document, DocumentOf(kChanges, reply));
  auto changes = reader_.ReadChanges(document);
  if (!changes.ok()) note_("core_not_believed", kChanges, MessageOf(changes.status()));
  return changes;
}

absl::StatusOr<Standing> RestCore::Positions(const std::string& day) {
  Facts facts;
  facts.positions_day = day;
  facts.zone = zone_;
  const absl::Time asked_at = clock_.WallNow();  // what happens until the answer is told after the statement
  bool sent = false;
  EAGLE_ASSIGN_OR_RETURN(const HttpReply reply, Send(kPositions, facts, sent));
  EAGLE_ASSIGN_OR_RETURN(const JsonValue document, DocumentOf(kPositions, reply));
  auto standing = reader_.ReadPositions(document, asked_at);
  absl::CivilDay first;
  if (standing.ok() && (standing->as_of > clock_.WallNow() + kClocksPart || !absl::ParseCivilTime(day, &first) ||
                        standing->as_of < absl::FromCivil(first, zone_)))
    standing = Fail(Reason::kAnswerInvalid, "the server's answer can't be believed: as_of isn't of that day or later");
  if (!standing.ok()) note_("core_not_believed", kPositions, MessageOf(standing.status()));
  return standing;
}

absl::StatusOr<Look> RestCore::LookAt(const sdk::Operation& operation) {
  EAGLE_ASSIGN_OR_RETURN(const Asked asked, Ask(operation));
  Look look{.http_status = asked.http_status, .code = asked.code, .text = asked.text};
  look.why = asked.found.note;
  look.verdict = asked.pending                                    ? "PENDING"
                 : asked.found.kind == sdk::Found::Kind::kDone    ? "DONE"
                 : asked.found.kind == sdk::Found::Kind::kNotDone ? "NOT_DONE"
                                                                  : "UNKNOWN";
  return look;
}

}  // namespace eagle::rest
