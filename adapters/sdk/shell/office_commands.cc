#include "adapters/sdk/shell/office_commands.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "google/protobuf/util/json_util.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"

namespace eagle::sdk {
namespace {

constexpr size_t kFileBytesMax = 256 * 1024;

std::string TimeText(absl::Time time, absl::TimeZone zone) { return absl::FormatTime(absl::RFC3339_sec, time, zone); }

absl::StatusOr<std::string> IdOf(const CounterRequest& request, std::string_view argument) {
  EAGLE_ASSIGN_OR_RETURN(const std::string text, request.Required(argument));
  const auto id = ParseUuid(text);
  if (!id) return Fail(Reason::kFieldInvalid, "an argument is wrong").At(argument, "an id as it is shown");
  return *id;
}

void PutObjection(const ObjectionRow& row, absl::TimeZone zone, Json& out) {
  Put(out, "id", UuidText(row.id));
  Put(out, "order_id", UuidText(row.order_id));
  Put(out, "court", row.court);
  Put(out, "ground", row.ground);
  Put(out, "state", ObjectionPhaseName(row.phase));
  Put(out, "raised_at", TimeText(row.raised_at, zone));
  if (row.due_at) Put(out, "due_at", TimeText(*row.due_at, zone));
  if (!row.why.empty()) Put(out, "why", row.why);
}

absl::StatusOr<Json> Raise(const CounterRequest& request, Agent& agent, absl::TimeZone) {
  EAGLE_ASSIGN_OR_RETURN(const std::string order_id, IdOf(request, "order"));
  EAGLE_ASSIGN_OR_RETURN(const std::string ground, request.Required("ground"));
  EAGLE_ASSIGN_OR_RETURN(const std::string text, request.Required("text"));
  EAGLE_ASSIGN_OR_RETURN(
      const std::string id,
      agent.RaiseObjection(order_id, ground, text, {request.Optional("contact"), request.Optional("phone")}));
  Json out;
  Put(out, "id", UuidText(id));
  Put(out, "state", ObjectionPhaseName(ObjectionPhase::kSaid));
  return out;
}

absl::StatusOr<Json> Speak(const CounterRequest& request, Agent& agent, bool withdraws) {
  EAGLE_ASSIGN_OR_RETURN(const std::string id, IdOf(request, "id"));
  EAGLE_ASSIGN_OR_RETURN(const std::string text, request.Required("text"));
  EAGLE_RETURN_IF_ERROR(agent.ReplyToObjection(id, text, withdraws));
  Json out;
  Put(out, "id", UuidText(id));
  return out;
}
absl::StatusOr<Json> SayMore(const CounterRequest& request, Agent& agent, absl::TimeZone) {
  return Speak(request, agent, false);
}
absl::StatusOr<Json> Withdraw(const CounterRequest& request, Agent& agent, absl::TimeZone) {
  return Speak(request, agent, true);
}

absl::StatusOr<Json> List(const CounterRequest&, Agent& agent, absl::TimeZone zone) {
  Json out;
  PutList(out, "objections");
  for (const ObjectionRow& row : agent.Objections()) PutObjection(row, zone, AddTo(out, "objections"));
  return out;
}

absl::StatusOr<Json> Show(const CounterRequest& request, Agent& agent, absl::TimeZone zone) {
  EAGLE_ASSIGN_OR_RETURN(const std::string id, IdOf(request, "id"));
  for (const ObjectionRow& row : agent.Objections()) {
    if (row.id != id) continue;
    Json out;
    PutObjection(row, zone, out);
    PutList(out, "words");
    for (const v1::ObjectionAct& act : agent.WordsOf(id)) {
      Json& word = AddTo(out, "words");
      Put(word, "author", act.author());
      if (act.has_answer()) {
        const std::string decision = v1::ObjectionDecision_Name(act.answer().decision());
        Put(word, "decision", decision.substr(std::string_view("OBJECTION_DECISION_").size()));
      }
      Put(word, "text",
          act.has_raise()   ? act.raise().text()
          : act.has_reply() ? act.reply().text()
                            : act.answer().text());
    }
    return out;
  }
  return Fail(Reason::kObjectionUnknown, "no objection of this agency has this id");
}

std::string Said(const v1::SupervisionAct& act) {
  switch (act.act_case()) {
    case v1::SupervisionAct::kIssue:
      return act.issue().required_action();
    case v1::SupervisionAct::kAnswer:
      return act.answer().text();
    case v1::SupervisionAct::kSendBack:
      return act.send_back().text();
    case v1::SupervisionAct::kClose:
      return act.close().text();
    default:
      return act.acknowledge().handler();
  }
}
// "ANSWERED" of SUPERVISION_STATE_ANSWERED.
template <typename E>
std::string WordOf(E value, std::string_view prefix) {
  return google::protobuf::GetEnumDescriptor<E>()->FindValueByNumber(value)->name().substr(prefix.size());
}

void PutSupervision(const SupervisionRow& row, absl::TimeZone zone, Json& out) {
  Put(out, "id", UuidText(row.id));
  Put(out, "number", row.number);
  Put(out, "from", row.from);
  Put(out, "commander", row.commander);
  Put(out, "court", row.court);
  Put(out, "order_id", UuidText(row.order_id));
  Put(out, "state", WordOf(row.state, "SUPERVISION_STATE_"));
  Put(out, "issued_at", TimeText(row.issued_at, zone));
  if (row.due_at) Put(out, "due_at", TimeText(*row.due_at, zone));
  if (row.state == v1::SUPERVISION_STATE_CLOSED) Put(out, "result", WordOf(row.result, "SUPERVISION_RESULT_"));
  if (!row.why.empty()) Put(out, "why", row.why);
}

absl::StatusOr<Json> ListSupervised(const CounterRequest&, Agent& agent, absl::TimeZone zone) {
  Json out;
  PutList(out, "supervision");
  for (const SupervisionRow& row : agent.SupervisionOrders()) PutSupervision(row, zone, AddTo(out, "supervision"));
  return out;
}

absl::StatusOr<Json> ShowSupervised(const CounterRequest& request, Agent& agent, absl::TimeZone zone) {
  EAGLE_ASSIGN_OR_RETURN(const std::string id, IdOf(request, "id"));
  for (const SupervisionRow& row : agent.SupervisionOrders()) {
    if (row.id != id) continue;
    Json out;
    PutSupervision(row, zone, out);
    PutList(out, "words");
    for (const v1::SupervisionAct& act : agent.WordsOfSupervision(id)) {
      Json& word = AddTo(out, "words");
      Put(word, "author", act.author());
      Put(word, "text", Said(act));
      if (!act.has_issue()) continue;
      Put(word, "contact", act.issue().contact_name());
      Put(word, "phone", act.issue().contact_phone());
    }
    return out;
  }
  return Fail(Reason::kSupervisionUnknown, "no supervision order to this agency has this id");
}

absl::StatusOr<Json> AcknowledgeSupervised(const CounterRequest& request, Agent& agent, absl::TimeZone) {
  EAGLE_ASSIGN_OR_RETURN(const std::string id, IdOf(request, "id"));
  EAGLE_RETURN_IF_ERROR(agent.AcknowledgeSupervision(id, request.Optional("handler")));
  Json out;
  Put(out, "id", UuidText(id));
  return out;
}

absl::StatusOr<Json> AnswerSupervised(const CounterRequest& request, Agent& agent, absl::TimeZone) {
  EAGLE_ASSIGN_OR_RETURN(const std::string id, IdOf(request, "id"));
  EAGLE_ASSIGN_OR_RETURN(const std::string text, request.Required("text"));
  EAGLE_RETURN_IF_ERROR(agent.AnswerSupervision(id, text));
  Json out;
  Put(out, "id", UuidText(id));
  return out;
}

absl::StatusOr<Json> Correct(const CounterRequest& request, Agent& agent, absl::TimeZone) {
  EAGLE_ASSIGN_OR_RETURN(const std::string order_id, IdOf(request, "order"));
  EAGLE_ASSIGN_OR_RETURN(const std::string text, request.Required("answer"));
  v1::Receipt said;
  if (const auto read = google::protobuf::util::JsonStringToMessage(text, &said); !read.ok()) {
    return Fail(Reason::kFieldInvalid, "the answer can't be read")
        .At("answer", "JSON of a Receipt: searched_scope and items, as receipt.proto has them");
  }
  Answer answer;
  answer.searched_scope = said.searched_scope();
  answer.items.assign(said.items().begin(), said.items().end());
  EAGLE_RETURN_IF_ERROR(agent.CorrectAnswer(order_id, answer));
  Json out;
  Put(out, "order", UuidText(order_id));
  Put(out, "items", static_cast<int64_t>(answer.items.size()));
  return out;
}

absl::StatusOr<Json> State(const CounterRequest&, Agent& agent, absl::TimeZone) {
  EAGLE_RETURN_IF_ERROR(agent.StateAgain());
  Json out;
  Put(out, "state", "AGAIN");
  return out;
}

struct Row {
  OfficeCommand command;
  absl::StatusOr<Json> (*serve)(const CounterRequest&, Agent&, absl::TimeZone);
};
const std::vector<Row>& Rows() {
  static const auto* const kRows = [] {
    const OfficeArgument order{"order", true, "id of the order"},
        id{"id", true, "of the objection, see objection list"},
        demand{"id", true, "of the supervision order, see supervision list"};
    const OfficeArgument text{"--text", true, "file with what is said, at most 8,000 bytes of UTF-8", true};
    return new std::vector<Row>{
        {{"objection",
          "raise",
          "objects to an order in writing; deductions under its measure wait",
          {order,
           {"--ground", true, "a code of the policy's list, as EXEMPT_ASSET"},
           text,
           {"--contact", false, "whom the court may ask; none: the configuration's"},
           {"--phone", false, "his telephone"}}},
         &Raise},
        {{"objection", "list", "all objections, with their state and the court's time", {}}, &List},
        {{"objection", "show", "one thread, every word of it verified", {id}}, &Show},
        {{"objection", "reply", "says more in a thread that is open", {id, text}}, &SayMore},
        {{"objection", "withdraw", "takes an objection back, which ends it", {id, text}}, &Withdraw},
        {{"supervision", "list", "all supervision orders to this agency, with their state and our time", {}},
         &ListSupervised},
        {{"supervision", "show", "one of them, every word of it verified", {demand}}, &ShowSupervised},
        {{"supervision",
          "ack",
          "says that we have it; our time to answer runs on",
          {demand, {"--handler", false, "who sees to it"}}},
         &AcknowledgeSupervised},
        {{"supervision", "answer", "says what was done, which stops our time", {demand, text}}, &AnswerSupervised},
        {{"",
          "correct",
          "replaces the final answer to an order that was wrong; the court keeps both",
          {order, {"--answer", true, "file with the right answer, JSON of a Receipt: searched_scope, items", true}}},
         &Correct},
        {{"", "state", "states the last day once more, with what stands now: after the books were put right", {}},
         &State}};
  }();
  return *kRows;
}

}  // namespace

const std::vector<OfficeCommand>& OfficeCommands() {
  static const auto* const kCommands = [] {
    auto* commands = new std::vector<OfficeCommand>;
    for (const Row& row : Rows()) commands->push_back(row.command);
    return commands;
  }();
  return *kCommands;
}

absl::StatusOr<CounterRequest> WithFiles(CounterRequest request) {
  for (const Row& row : Rows()) {
    if (row.command.name() != request.command) continue;
    for (const OfficeArgument& argument : row.command.arguments) {
      const std::string path = request.Optional(argument.key());
      if (!argument.is_file || path.empty()) continue;
      std::ifstream in(path, std::ios::binary);
      const std::string content((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
      if (!in.is_open() || in.bad()) return Fail(Reason::kStorageUnusable, "the file can't be read: " + path);
      if (content.size() > kFileBytesMax) return Fail(Reason::kTooLarge, "the file has more than 256 KiB: " + path);
      Put(request.arguments, argument.key(), content);
    }
  }
  return request;
}

std::optional<absl::StatusOr<Json>> ServeOffice(const CounterRequest& request, Agent& agent, absl::TimeZone zone) {
  for (const Row& row : Rows()) {
    if (row.command.name() == request.command) return row.serve(request, agent, zone);
  }
  return std::nullopt;
}

}  // namespace eagle::sdk
