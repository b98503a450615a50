#include "server/domain/apply_objection.h"

#include "server/domain/apply_parts.h"
#include "server/domain/deadline_form.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

ObjectionThread& ThreadOf(State& state, uint64_t index) {
  const auto it = state.objections.find(index);
  GATEWAY_ASSERT(it != state.objections.end(), "an entry names an objection that was raised before");
  state.changes.objections.insert(index);
  return it->second;
}

void Disarm(State& state, const ObjectionThread& thread) {
  if (thread.deadline.armed()) state.timers.erase({thread.deadline.next(), thread.index, Timer::kOfObjection});
}
void Arm(State& state, const ObjectionThread& thread) {
  if (thread.deadline.armed()) state.timers.insert({thread.deadline.next(), thread.index, Timer::kOfObjection});
}

void Say(const Entry& entry, State& state, ObjectionThread& thread) {
  thread.words.push_back(entry.index);
  state.newest_word[thread.agency.value()] = entry.index;
}

void Close(const Entry& entry, ObjectionState to, State& state, ObjectionThread& thread) {
  Disarm(state, thread);
  thread.state = to;
  thread.closed_index = entry.index;
  thread.closed_at = entry.time;
}

void Raised(const Entry& entry, State& state) {
  const auto body = Parse<ObjectionRaised>(entry.body);
  ObjectionThread thread{.index = entry.index,
                         .id = body.request_id(),
                         .digest = body.digest(),
                         .order = entry.order,
                         .measure = OrderSeq(body.measure()),
                         .case_seq = entry.case_seq,
                         .court = CaseOf(state, entry.case_seq).court,
                         .agency = entry.agency,
                         .ground = body.ground(),
                         .raised_at = entry.time,
                         .words = {entry.index}};
  thread.deadline = DeadlineFrom(body);
  Arm(state, thread);
  UseId(state, body.request_id(), {entry.index, body.digest(), ""});
  state.changes.objections.insert(entry.index);
  state.PutObjection(std::move(thread));
}

void Replied(const Entry& entry, State& state) {
  const auto body = Parse<ObjectionReplied>(entry.body);
  ObjectionThread& thread = ThreadOf(state, body.objection());
  Say(entry, state, thread);
  if (body.withdraws()) Close(entry, OBJECTION_STATE_WITHDRAWN, state, thread);
  UseId(state, body.request_id(), {entry.index, body.digest(), ""});
}

ObjectionState StateAfter(ObjectionDecision decision) {
  switch (decision) {
    case OBJECTION_DECISION_UPHELD:
      return OBJECTION_STATE_UPHELD;
    case OBJECTION_DECISION_AMENDED:
      return OBJECTION_STATE_AMENDED;
    default:
      return OBJECTION_STATE_REJECTED;
  }
}

void Answered(const Entry& entry, State& state) {
  const auto body = Parse<ObjectionAnswered>(entry.body);
  ObjectionThread& thread = ThreadOf(state, body.objection());
  Say(entry, state, thread);
  thread.late = body.late();
  Close(entry, StateAfter(body.decision()), state, thread);
  UseId(state, body.request_id(), {entry.index, body.digest(), ""});
}

void Marked(const Entry& entry, State& state) {
  ObjectionThread& thread = ThreadOf(state, Parse<ObjectionMarked>(entry.body).objection());
  Disarm(state, thread);
  thread.deadline.fired += 1;
  Arm(state, thread);
}

}  // namespace

bool ApplyObjection(const Entry& entry, State& state) {
  switch (entry.type) {
    case ENTRY_TYPE_OBJECTION_RAISED:
      Raised(entry, state);
      return true;
    case ENTRY_TYPE_OBJECTION_REPLIED:
      Replied(entry, state);
      return true;
    case ENTRY_TYPE_OBJECTION_ANSWERED:
      Answered(entry, state);
      return true;
    case ENTRY_TYPE_OBJECTION_MARKED:
      Marked(entry, state);
      return true;
    default:
      return false;
  }
}

}  // namespace eagle::domain
