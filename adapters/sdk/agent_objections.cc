// Objections: said by people, signed and kept before they are sent, sent until the gateway has recorded them; the
// court's words are fetched and believed when keys that this agency pinned bear them out.
#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "adapters/sdk/agent.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/trust/freeze_named.h"
#include "server/trust/make_batch.h"
#include "server/trust/objection_word.h"
#include "server/trust/timestamps.h"

namespace eagle::sdk {
namespace {

constexpr size_t kTextBytes = 8000, kGroundBytes = 63;

absl::Status CheckWord(std::string_view text) {
  if (!text.empty() && text.size() <= kTextBytes && IsValidUtf8(text)) return absl::OkStatus();
  return Fail(Reason::kTextInvalid, "what is said is text").At("text", "1 to 8,000 bytes of UTF-8");
}

ObjectionPhase PhaseAfter(v1::ObjectionDecision decision) {
  switch (decision) {
    case v1::OBJECTION_DECISION_UPHELD:
      return ObjectionPhase::kUpheld;
    case v1::OBJECTION_DECISION_AMENDED:
      return ObjectionPhase::kAmended;
    default:
      return ObjectionPhase::kRejected;
  }
}

ObjectionRow RowOfOrder(const v1::Order& order) {
  ObjectionRow row;
  row.order_id = order.order_id(), row.court = order.court();
  if (const std::string* named = trust::FreezeNamed(order)) {
    row.freeze_id = *named;
  } else if (order.has_freeze() || order.has_extract_income()) {
    row.freeze_id = order.order_id();
  }
  return row;
}

}  // namespace

// Signs and keeps one word; sent soon.
void Agent::SayWord(v1::ObjectionAct act, const std::string& objection_id, Unit& unit) {
  act.set_author(config_.agency);
  *act.mutable_written_at() = trust::TimestampOf(Wall());
  ObjectionTables tables(*unit.transaction);
  SaidRow said{.sequence = tables.TakeSequence(), .thread_id = objection_id};
  said.batch = trust::MakeBatch({v1::MEMBER_TYPE_OBJECTION, config_.environment, config_.agency, said.sequence, Wall()},
                                {act.SerializeAsString()}, {&ports_.signer});
  tables.AddSaid(said);
}

absl::StatusOr<std::string> Agent::RaiseObjection(const std::string& order_id, const std::string& ground,
                                                  const std::string& text, const Contact& contact) {
  EAGLE_RETURN_IF_ERROR(stopped_);
  EAGLE_RETURN_IF_ERROR(CheckWord(text));
  if (ground.empty() || ground.size() > kGroundBytes)
    return Fail(Reason::kFieldInvalid, "an objection has a ground").At("ground", "a code of the policy's list");
  Unit unit(ports_.inbox);
  const auto task = unit.tables.FindOperation({order_id, config_.agency, 0});
  v1::Order order;
  if (!task || !order.ParseFromString(task->member.member()) || order.order_id() != order_id)
    return Fail(Reason::kOrderUnknown, "no genuine order of this id is in the inbox");
  ObjectionTables tables(*unit.transaction);
  for (const ObjectionRow& before : tables.All()) {
    if (before.order_id == order_id && before.undecided())
      return Fail(Reason::kObjectionOpen, "an objection against this order is open")
          .With("objection_id", UuidText(before.id));
  }
  const std::string id = Object(*task, order, ground, text, contact, unit);
  if (!Commit(unit)) return stopped_;
  return id;
}

// Signs and keeps an objection; gives its id.
std::string Agent::Object(const TaskRow& task, const v1::Order& order, const std::string& ground,
                          const std::string& text, const Contact& contact, Unit& unit) {
  ObjectionRow row = RowOfOrder(order);
  row.id = NewUuidV7(Wall(), ports_.entropy);
  row.ground = ground, row.raised_at = Wall();
  v1::ObjectionAct act;
  act.set_request_id(row.id);
  v1::Objection* raise = act.mutable_raise();
  raise->set_order_id(order.order_id()), raise->set_order_digest(std::string(journal::View(task.digest)));
  raise->set_ground(ground), raise->set_text(text);
  raise->set_contact_name(contact.name.empty() ? config_.contact_name : contact.name);
  raise->set_contact_phone(contact.phone.empty() ? config_.contact_phone : contact.phone);
  ObjectionTables(*unit.transaction).Put(row);
  SayWord(std::move(act), row.id, unit);
  may_have_said_ = may_be_disputed_ = true;
  return row.id;
}

// Held because the account is exempt: the court has to say within its term whether it stands by the order.
void Agent::ObjectIfExempt(const TaskRow& task, const v1::Order& order, const v1::Receipt& receipt, Unit& unit) {
  if (config_.exempt_ground.empty() || receipt.items().empty() ||
      receipt.items(0).outcome() != v1::OUTCOME_EXEMPT_HELD) {
    return;
  }
  for (const ObjectionRow& before : ObjectionTables(*unit.transaction).All())
    if (before.order_id == order.order_id()) return;  // people were faster
  const v1::ItemResult& held = receipt.items(0);
  std::string text = absl::StrCat("协助事项涉及豁免账户，本单位未予办理，到达顺序已登记，请依法审查。豁免规则 ",
                                  held.reason(), "\nThe asset is exempt by the rule ", held.reason(),
                                  ": nothing was done, the arrival is on record.");
  if (text.size() + held.remark().size() < kTextBytes) absl::StrAppend(&text, " ", held.remark());
  Object(task, order, config_.exempt_ground, text, {}, unit);
}

absl::Status Agent::ReplyToObjection(const std::string& objection_id, const std::string& text, bool withdraws) {
  EAGLE_RETURN_IF_ERROR(stopped_);
  EAGLE_RETURN_IF_ERROR(CheckWord(text));
  Unit unit(ports_.inbox);
  const auto row = ObjectionTables(*unit.transaction).Find(objection_id);
  if (!row) return Fail(Reason::kObjectionUnknown, "no objection of this agency has this id");
  if (!row->undecided()) return Fail(Reason::kObjectionClosed, "the objection has been decided, or was never taken");
  v1::ObjectionAct act;
  act.set_request_id(NewUuidV7(Wall(), ports_.entropy));
  act.mutable_reply()->set_objection_id(objection_id), act.mutable_reply()->set_text(text);
  act.mutable_reply()->set_withdraws(withdraws);
  SayWord(std::move(act), objection_id, unit);
  if (!Commit(unit)) return stopped_;
  may_have_said_ = true;
  return absl::OkStatus();
}

std::vector<ObjectionRow> Agent::Objections() {
  Unit unit(ports_.inbox);
  return ObjectionTables(*unit.transaction).All();
}

std::vector<v1::ObjectionAct> Agent::WordsOf(const std::string& objection_id) {
  Unit unit(ports_.inbox);
  std::vector<v1::ObjectionAct> out;
  for (const v1::ObjectionWord& word : ObjectionTables(*unit.transaction).Words(objection_id))
    out.emplace_back().ParseFromString(word.word().member());
  return out;
}

Disputed Agent::DisputeOver(const v1::Order& order, Unit& unit) {
  if (!Takes(order.action())) return Disputed::kNo;
  const std::string* named = trust::FreezeNamed(order);
  const std::string& freeze = named != nullptr ? *named : order.order_id();  // a measure on income is its own
  Disputed disputed = Disputed::kNo;
  for (const ObjectionRow& row : ObjectionTables(*unit.transaction).All()) {
    if (row.freeze_id != freeze || row.court != order.court()) continue;
    if (row.undecided()) return Disputed::kOpen;
    const bool right = row.phase == ObjectionPhase::kUpheld || row.phase == ObjectionPhase::kAmended;
    if (right && row.order_id == order.order_id()) disputed = Disputed::kUpheld;
  }
  return disputed;
}

// Deductions and transfers are held back by their orders; what takes by itself, month by month, has to know.
void Agent::TellDisputes() {
  if (core_ == nullptr || !may_be_disputed_ || Monotonic() < next_dispute_) return;
  std::map<Operation, Disputed> measures;
  {
    Unit unit(ports_.inbox);
    for (const ObjectionRow& row : ObjectionTables(*unit.transaction).All()) {
      const Operation made{row.freeze_id, config_.agency, 0};
      v1::Order order;
      const auto task = row.freeze_id.empty() ? std::nullopt : unit.tables.FindOperation(made);
      if (task && order.ParseFromString(task->member.member()) && order.has_extract_income())
        measures[made] = DisputeOver(order, unit);
    }
  }
  for (const auto& [measure, disputed] : measures) {
    if (core_->Dispute(measure, disputed).ok()) continue;
    ++metrics_.register_errors;
    next_dispute_ = Monotonic() + config_.backoff_max;
    return;
  }
  may_be_disputed_ = false;
}

void Agent::SendWord() {
  v1::SubmitObjectionsRequest request;
  {
    Unit unit(ports_.inbox);
    const auto next = ObjectionTables(*unit.transaction).NextPending();
    may_have_said_ = next.has_value();
    if (!next) return;
    word_sent_ = next->sequence;
    *request.mutable_batch() = next->batch;
  }
  ports_.channel.RaiseObjection(Begin(kObject, config_.call_timeout), request);
}

void Agent::TakeSaid(const v1::SubmitObjectionsResponse& response) {
  Unit unit(ports_.inbox);
  ObjectionTables tables(*unit.transaction);
  const auto said = tables.NextPending();
  if (!said || said->sequence != word_sent_) return;
  if (response.results_size() != 1 || !(response.results(0).has_acceptance() || response.results(0).has_refusal()))
    return Malformed(kObject, "not one result for the one word");
  const v1::ObjectionResult& result = response.results(0);
  auto row = tables.Find(said->thread_id);
  if (row && result.has_refusal()) {
    row->why = result.refusal().reason() + ": " + result.refusal().message();
    // Also of one that an older log had recorded: after a loss the order may not have been handed out yet.
    v1::ObjectionAct act;
    if (row->undecided() && act.ParseFromString(said->batch.members(0)) && act.has_raise())
      row->phase = ObjectionPhase::kRefused;
    ++metrics_.objection_words_refused;
  } else if (row) {
    if (row->phase == ObjectionPhase::kSaid) row->phase = ObjectionPhase::kOpen;
    if (result.acceptance().has_deadline()) row->due_at = trust::TimeOf(result.acceptance().deadline().due_at());
    ++metrics_.objection_words;
  }
  if (row) tables.Put(*row);
  tables.SetRecorded(said->sequence);
  const bool more = tables.NextPending().has_value();
  if (Commit(unit)) may_have_said_ = more;
  may_be_disputed_ = true;
}

void Agent::SendThread() {
  v1::PullObjectionsRequest request;
  {
    Unit unit(ports_.inbox);
    request.set_after(ObjectionTables(*unit.transaction).Position());
  }
  if (request.after() >= newest_word_) {
    newest_word_ = 0;  // nothing to fetch until a poll says more
    return;
  }
  ports_.channel.PullObjections(Begin(kThread, config_.call_timeout), request);
}

// Whether the word is believed and kept.
bool Agent::TakeWord(const v1::ObjectionWord& word, Unit& unit) {
  ObjectionTables tables(*unit.transaction);
  auto row = tables.Find(word.objection_id());
  if (!row) {
    // Raised from an inbox that was lost since: the agency's own words come back from the gateway.
    v1::ObjectionAct act;
    if (!act.ParseFromString(word.word().member()) || !act.has_raise()) return false;
    const auto task = unit.tables.FindOperation({act.raise().order_id(), config_.agency, 0});
    v1::Order order;
    if (!task || !order.ParseFromString(task->member.member())) return false;
    row = RowOfOrder(order);
    row->id = word.objection_id(), row->ground = act.raise().ground();
    row->raised_at = trust::TimeOf(act.written_at()).value_or(absl::UnixEpoch());
  }
  v1::ObjectionAct act;
  bool by_officers = false;
  // Our own words we know; anybody else's, and our own of an inbox that was lost, are as good as their signatures.
  if (!tables.HasSaid(word.word().member()) || !act.ParseFromString(word.word().member())) {
    auto opened = trust::OpenWord(word.word(), row->court, config_.agency, book_, ports_.checker);
    if (!opened.ok()) return false;
    by_officers = !opened->officers.empty();
    act = std::move(opened->act);
  }
  const std::string& id = act.has_raise()   ? act.request_id()
                          : act.has_reply() ? act.reply().objection_id()
                                            : act.answer().objection_id();
  if (id != row->id || (act.has_answer() && !by_officers)) return false;
  if (act.has_raise()) {
    if (row->phase == ObjectionPhase::kSaid) row->phase = ObjectionPhase::kOpen;
    row->due_at = trust::TimeOf(word.due_at());
  } else if (act.has_answer()) {
    row->phase = PhaseAfter(act.answer().decision());
  } else if (act.reply().withdraws() && act.author() == config_.agency) {
    row->phase = ObjectionPhase::kWithdrawn;
  }
  tables.Put(*row);
  tables.AddWord(word);
  return true;
}

void Agent::TakeThread(const v1::PullObjectionsResponse& response) {
  Unit unit(ports_.inbox);
  ObjectionTables tables(*unit.transaction);
  uint64_t position = tables.Position();
  bool believed = true;
  for (const v1::ObjectionWord& word : response.words()) {
    if (word.journal_index() <= position) continue;
    believed = TakeWord(word, unit);
    if (!believed) {
      // The court's officer may be stated in a page of the directory that is still to come: asked again later.
      ++metrics_.objection_words_unverified;
      break;
    }
    position = word.journal_index();
  }
  if (believed && response.words().empty()) position = std::max(position, response.newest());
  tables.SetPosition(position);
  if (!Commit(unit)) return;
  may_be_disputed_ = true;
  if (!believed) not_before_[kThread] = Monotonic() + config_.backoff_max;
  if (position >= newest_word_) newest_word_ = 0;
}

absl::Status Agent::CorrectAnswer(const std::string& order_id, const Answer& answer) {
  EAGLE_RETURN_IF_ERROR(stopped_);
  Unit unit(ports_.inbox);
  auto row = unit.tables.FindOperation({order_id, config_.agency, 0});
  v1::Order order;
  if (!row || row->state != TaskState::kDone || !row->final_digest || !order.ParseFromString(row->member.member()))
    return Fail(Reason::kTaskNotWaiting, "the order has no final answer here that could be corrected");
  if (answer.kind != AnswerKind::kFinal) return Fail(Reason::kAnswerInvalid, "a correction is a last word");
  EAGLE_RETURN_IF_ERROR(CheckAnswer(order, answer));
  RegisterChange change{.operation = row->operation, .at = Wall()};
  change.answer = answer;
  if (!RecordCorrection(*row, change, unit)) return Fail(Reason::kAnswerInvalid, "it can't be signed");
  return Commit(unit) ? absl::OkStatus() : stopped_;
}

}  // namespace eagle::sdk
