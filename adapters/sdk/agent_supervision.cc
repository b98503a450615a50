// Supervision orders 督办: fetched when a poll tells of them, believed when officers of the court that issued them
// signed, acknowledged and answered by people; what they say is signed and kept before it is sent, and sent until the
// gateway has recorded it.
#include <algorithm>

#include "adapters/sdk/agent.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/trust/make_batch.h"
#include "server/trust/supervision_word.h"
#include "server/trust/timestamps.h"

namespace eagle::sdk {
namespace {

constexpr size_t kAnswerBytes = 8000, kHandlerBytes = 128;

absl::Status CheckSaid(std::string_view text, size_t most, std::string_view field) {
  if (text.size() <= most && IsValidUtf8(text)) return absl::OkStatus();
  return Fail(Reason::kTextInvalid, "what is said is text").At(field, "UTF-8, not longer than the contract allows");
}

}  // namespace

// Signs and keeps one word about the very bytes that were issued; sent soon.
absl::Status Agent::SayInSupervision(const std::string& id, v1::SupervisionAct act) {
  EAGLE_RETURN_IF_ERROR(stopped_);
  Unit unit(ports_.inbox);
  SupervisionTables tables(*unit.transaction);
  const auto row = tables.Find(id);
  if (!row) return Fail(Reason::kSupervisionUnknown, "no supervision order to this agency has this id");
  if (row->state == v1::SUPERVISION_STATE_CLOSED) return Fail(Reason::kSupervisionClosed, "it was closed");
  const bool waits = tables.HasPending(id);
  if (waits || !row->owed() || (act.has_acknowledge() && row->state != v1::SUPERVISION_STATE_ISSUED))
    return Fail(Reason::kSupervisionOutOfTurn,
                waits ? "what was said before isn't recorded yet" : "it was said before, or the court has the word");
  act.set_request_id(NewUuidV7(Wall(), ports_.entropy));
  act.set_author(config_.agency);
  *act.mutable_written_at() = trust::TimestampOf(Wall());
  act.set_supervision_id(row->id), act.set_supervision_digest(row->digest);
  SaidRow said{.sequence = tables.TakeSequence(), .thread_id = id};
  said.batch =
      trust::MakeBatch({v1::MEMBER_TYPE_SUPERVISION, config_.environment, config_.agency, said.sequence, Wall()},
                       {act.SerializeAsString()}, {&ports_.signer});
  tables.AddSaid(said);
  if (!Commit(unit)) return stopped_;
  may_have_answers_ = true;
  return absl::OkStatus();
}

absl::Status Agent::AcknowledgeSupervision(const std::string& id, const std::string& handler) {
  EAGLE_RETURN_IF_ERROR(CheckSaid(handler, kHandlerBytes, "handler"));
  v1::SupervisionAct act;
  act.mutable_acknowledge()->set_handler(handler);
  return SayInSupervision(id, std::move(act));
}

absl::Status Agent::AnswerSupervision(const std::string& id, const std::string& text) {
  EAGLE_RETURN_IF_ERROR(CheckSaid(text, kAnswerBytes, "text"));
  if (text.empty()) return Fail(Reason::kTextInvalid, "an answer says something").At("text", "1 to 8,000 bytes");
  v1::SupervisionAct act;
  act.mutable_answer()->set_text(text);
  return SayInSupervision(id, std::move(act));
}

std::vector<SupervisionRow> Agent::SupervisionOrders() {
  Unit unit(ports_.inbox);
  return SupervisionTables(*unit.transaction).All();
}

std::vector<v1::SupervisionAct> Agent::WordsOfSupervision(const std::string& id) {
  Unit unit(ports_.inbox);
  std::vector<v1::SupervisionAct> out;
  for (const v1::SupervisionWord& word : SupervisionTables(*unit.transaction).Words(id))
    out.emplace_back().ParseFromString(word.word().member());
  return out;
}

void Agent::SendAnswer() {
  v1::SubmitSupervisionRequest request;
  {
    Unit unit(ports_.inbox);
    const auto next = SupervisionTables(*unit.transaction).NextPending();
    may_have_answers_ = next.has_value();
    if (!next) return;
    answer_sent_ = next->sequence;
    *request.mutable_batch() = next->batch;
  }
  ports_.channel.AnswerSupervision(Begin(kAnswer, config_.call_timeout), request);
}

void Agent::TakeAnswered(const v1::SubmitSupervisionResponse& response) {
  Unit unit(ports_.inbox);
  SupervisionTables tables(*unit.transaction);
  const auto said = tables.NextPending();
  if (!said || said->sequence != answer_sent_) return;
  if (response.results_size() != 1 || !(response.results(0).has_acceptance() || response.results(0).has_refusal()))
    return Malformed(kAnswer, "not one result for the one word");
  const v1::SupervisionOutcome& result = response.results(0);
  v1::SupervisionAct act;
  auto row = tables.Find(said->thread_id);
  if (row && act.ParseFromString(said->batch.members(0))) {
    if (result.has_refusal()) {
      row->why = result.refusal().reason() + ": " + result.refusal().message();
      ++metrics_.supervision_words_refused;
    } else {
      row->why.clear();
      // What was fetched of the thread past our word is newer: an answer that was sent back is owed again.
      if (row->owed() && result.acceptance().journal_index() > tables.Position())
        row->state = act.has_answer() ? v1::SUPERVISION_STATE_ANSWERED : v1::SUPERVISION_STATE_ACKNOWLEDGED;
      ++metrics_.supervision_words;
    }
    tables.Put(*row);
  }
  tables.SetRecorded(said->sequence);
  const bool more = tables.NextPending().has_value();
  if (Commit(unit)) may_have_answers_ = more;
}

void Agent::SendSupervised() {
  v1::PullSupervisionRequest request;
  {
    Unit unit(ports_.inbox);
    request.set_after(SupervisionTables(*unit.transaction).Position());
  }
  if (request.after() >= newest_supervision_) {
    newest_supervision_ = 0;  // nothing to fetch until a poll says more
    return;
  }
  ports_.channel.PullSupervision(Begin(kSupervised, config_.call_timeout), request);
}

// Whether the word is believed and kept.
bool Agent::TakeSupervisionWord(const v1::SupervisionWord& word, Unit& unit) {
  SupervisionTables tables(*unit.transaction);
  v1::SupervisionAct act;
  std::string digest;
  bool by_officers = false;
  // Our own words we know; anybody else's, and our own of an inbox that was lost, are as good as their signatures.
  if (!tables.HasSaid(word.word().member()) || !act.ParseFromString(word.word().member())) {
    auto opened = trust::OpenSupervision(word.word(), config_.agency, book_, ports_.checker);
    if (!opened.ok()) return false;
    by_officers = !opened->officers.empty();
    digest = std::string(journal::View(opened->digest));
    act = std::move(opened->act);
  }
  if (act.has_issue()) {
    if (!by_officers || act.issue().to_agency() != config_.agency || act.request_id() != word.supervision_id())
      return false;
    if (!tables.Find(act.request_id())) {
      tables.Put({.id = act.request_id(),
                  .digest = digest,
                  .order_id = act.issue().order_id(),
                  .from = act.author(),
                  .court = word.court(),
                  .number = act.issue().number(),
                  .commander = act.issue().commander(),
                  .issued_at = trust::TimeOf(word.time()).value_or(absl::UnixEpoch()),
                  .due_at = trust::TimeOf(word.due_at())});
      ++metrics_.supervision_orders;
    }
    tables.AddWord(word);
    return true;
  }
  auto row = tables.Find(word.supervision_id());
  const bool ours = act.has_acknowledge() || act.has_answer();
  if (!row || act.supervision_id() != row->id || act.supervision_digest() != row->digest || ours == by_officers ||
      act.author() != (ours ? config_.agency : row->from))
    return false;
  switch (act.act_case()) {
    case v1::SupervisionAct::kAcknowledge:
      if (row->state == v1::SUPERVISION_STATE_ISSUED) row->state = v1::SUPERVISION_STATE_ACKNOWLEDGED;
      break;
    case v1::SupervisionAct::kAnswer:
      row->state = v1::SUPERVISION_STATE_ANSWERED;
      break;
    case v1::SupervisionAct::kSendBack:
      row->state = v1::SUPERVISION_STATE_RETURNED;
      row->due_at = trust::TimeOf(word.due_at());
      break;
    default:
      row->state = v1::SUPERVISION_STATE_CLOSED;
      row->result = act.close().result();
      break;
  }
  tables.Put(*row);
  tables.AddWord(word);
  return true;
}

void Agent::TakeSupervised(const v1::PullSupervisionResponse& response) {
  Unit unit(ports_.inbox);
  SupervisionTables tables(*unit.transaction);
  uint64_t position = tables.Position();
  bool believed = true;
  for (const v1::SupervisionWord& word : response.words()) {
    if (word.journal_index() <= position) continue;
    believed = TakeSupervisionWord(word, unit);
    if (!believed) {
      // The court's officer may be stated in a page of the directory that is still to come: asked again later.
      ++metrics_.supervision_words_unverified;
      break;
    }
    position = word.journal_index();
  }
  if (believed && response.words().empty()) position = std::max(position, response.newest());
  tables.SetPosition(position);
  if (!Commit(unit)) return;
  if (!believed) not_before_[kSupervised] = Monotonic() + config_.backoff_max;
  if (position >= newest_supervision_) newest_supervision_ = 0;
}

}  // namespace eagle::sdk
