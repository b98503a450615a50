#include "server/domain/apply_supervision.h"

#include "goldeneagle/v1/supervision_entry.pb.h"
#include "server/domain/apply_parts.h"
#include "server/domain/deadline_form.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

SupervisionThread& SupervisionOf(State& state, uint64_t index) {
  const auto it = state.supervisions.find(index);
  GATEWAY_ASSERT(it != state.supervisions.end(), "an entry names a supervision order that was issued before");
  state.changes.supervisions.insert(index);
  return it->second;
}

void Disarm(State& state, const SupervisionThread& thread) {
  if (thread.owed() && thread.deadline.armed())
    state.timers.erase({thread.deadline.next(), thread.index, Timer::kOfSupervision});
}
void Arm(State& state, const SupervisionThread& thread) {
  if (thread.owed() && thread.deadline.armed())
    state.timers.insert({thread.deadline.next(), thread.index, Timer::kOfSupervision});
}

void Say(const Entry& entry, State& state, SupervisionThread& thread) {
  thread.words.push_back(entry.index);
  if (thread.to_agency) state.newest_supervision[thread.to_agency.value()] = entry.index;
}

void TakeIssue(const Entry& entry, State& state) {
  const auto body = Parse<SupervisionIssued>(entry.body);
  SupervisionThread thread{.index = entry.index,
                           .id = body.request_id(),
                           .digest = body.digest(),
                           .case_seq = entry.case_seq,
                           .order = entry.order,
                           .court = CaseOf(state, entry.case_seq).court,
                           .from = CourtOrdinal(entry.actor),
                           .to = CourtOrdinal(body.to_court()),
                           .to_agency = entry.agency,
                           .copied_to = CourtOrdinal(body.cc_court()),
                           .cause = body.cause(),
                           .commander = body.commander(),
                           .urgency = body.urgency(),
                           .issued_at = entry.time,
                           .turn_since = entry.time,
                           .deadline = DeadlineFrom(body),
                           .words = {entry.index}};
  Arm(state, thread);
  UseId(state, body.request_id(), {entry.index, body.digest(), ""});
  state.changes.supervisions.insert(entry.index);
  state.PutSupervision(std::move(thread));
}

void TakeWord(const Entry& entry, State& state) {
  const auto body = Parse<SupervisionSaid>(entry.body);
  SupervisionThread& thread = SupervisionOf(state, body.supervision());
  Say(entry, state, thread);
  Disarm(state, thread);
  thread.state = body.state();
  thread.late |= body.late();
  if (body.state() == SUPERVISION_STATE_RETURNED) {
    thread.deadline = DeadlineFrom(body);
    thread.turn_since = entry.time;
  }
  Arm(state, thread);
  UseId(state, body.request_id(), {entry.index, body.digest(), ""});
}

void TakeClose(const Entry& entry, State& state) {
  const auto body = Parse<SupervisionClosed>(entry.body);
  SupervisionThread& thread = SupervisionOf(state, body.supervision());
  Say(entry, state, thread);
  Disarm(state, thread);
  thread.state = SUPERVISION_STATE_CLOSED;
  thread.result = body.result();
  thread.closed_index = entry.index;
  thread.closed_at = entry.time;
  UseId(state, body.request_id(), {entry.index, body.digest(), ""});
}

void TakeMark(const Entry& entry, State& state) {
  SupervisionThread& thread = SupervisionOf(state, Parse<SupervisionMarked>(entry.body).supervision());
  Disarm(state, thread);
  thread.deadline.fired += 1;
  Arm(state, thread);
}

}  // namespace

bool ApplySupervision(const Entry& entry, State& state) {
  switch (entry.type) {
    case ENTRY_TYPE_SUPERVISION_ISSUED:
      TakeIssue(entry, state);
      return true;
    case ENTRY_TYPE_SUPERVISION_WORD:
      TakeWord(entry, state);
      return true;
    case ENTRY_TYPE_SUPERVISION_CLOSED:
      TakeClose(entry, state);
      return true;
    case ENTRY_TYPE_SUPERVISION_MARKED:
      TakeMark(entry, state);
      return true;
    default:
      return false;
  }
}

}  // namespace eagle::domain
