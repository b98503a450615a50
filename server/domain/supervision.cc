#include "server/domain/supervision.h"

#include "server/base/reason.h"
#include "server/domain/deadline_form.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: enumerators

constexpr unsigned StateBit(SupervisionState state) { return 1u << state; }

struct TurnStep {
  SupervisionAct::ActCase act;
  unsigned from;  // bits of states
  SupervisionState to;
};
constexpr unsigned kAnswerOwed = StateBit(SUPERVISION_STATE_ISSUED) | StateBit(SUPERVISION_STATE_ACKNOWLEDGED) |
                                 StateBit(SUPERVISION_STATE_RETURNED);
constexpr TurnStep kTurns[] = {
    {SupervisionAct::kAcknowledge, StateBit(SUPERVISION_STATE_ISSUED), SUPERVISION_STATE_ACKNOWLEDGED},
    {SupervisionAct::kAnswer, kAnswerOwed, SUPERVISION_STATE_ANSWERED},
    {SupervisionAct::kSendBack, StateBit(SUPERVISION_STATE_ANSWERED), SUPERVISION_STATE_RETURNED},
    {SupervisionAct::kClose, kAnswerOwed | StateBit(SUPERVISION_STATE_ANSWERED), SUPERVISION_STATE_CLOSED},
};

}  // namespace

bool SupervisionThread::owed() const { return (kAnswerOwed & StateBit(state)) != 0; }

std::optional<SupervisionState> StateAfter(const SupervisionAct& act, SupervisionState from, bool overdue) {
  for (const TurnStep& step : kTurns) {
    if (step.act != act.act_case() || (step.from & StateBit(from)) == 0) continue;
    if (act.has_close() && from != SUPERVISION_STATE_ANSWERED) {
      const SupervisionResult result = act.close().result();
      if (result == SUPERVISION_RESULT_DONE || (result == SUPERVISION_RESULT_NOT_DONE && !overdue)) return std::nullopt;
    }
    return step.to;
  }
  return std::nullopt;
}

bool IsOfAddressee(const SupervisionAct& act) { return act.has_acknowledge() || act.has_answer(); }

std::string SupervisionThread::Encode() const {
  ByteWriter out;
  out.U8(1).U64(index).Bytes(id).Bytes(digest).U64(case_seq.value()).U64(order.value());
  out.U32(court.value()).U32(from.value()).U32(to.value()).U32(to_agency.value()).U32(copied_to.value());
  out.U8(static_cast<uint8_t>(cause)).U8(commander ? 1 : 0).U8(static_cast<uint8_t>(urgency));
  out.I64(Micros(issued_at)).I64(Micros(turn_since));
  PutDeadline(deadline, out);
  out.U8(static_cast<uint8_t>(state)).U8(late ? 1 : 0).U8(static_cast<uint8_t>(result));
  out.U64(closed_index).I64(open() ? 0 : Micros(closed_at));
  out.U16(static_cast<uint16_t>(words.size()));
  for (uint64_t word : words) out.U64(word);
  return out.Take();
}

absl::StatusOr<SupervisionThread> SupervisionThread::Decode(std::string_view row) {
  ByteReader in(row);
  SupervisionThread out;
  const uint8_t version = in.U8();
  out.index = in.U64();
  out.id = in.Bytes(16);
  out.digest = in.Bytes(32);
  out.case_seq = CaseSeq(in.U64());
  out.order = OrderSeq(in.U64());
  out.court = CourtOrdinal(in.U32());
  out.from = CourtOrdinal(in.U32());
  out.to = CourtOrdinal(in.U32());
  out.to_agency = AgencyOrdinal(in.U32());
  out.copied_to = CourtOrdinal(in.U32());
  out.cause = static_cast<SupervisionCause>(in.U8());
  out.commander = in.U8() != 0;
  out.urgency = static_cast<Urgency>(in.U8());
  out.issued_at = FromMicros(in.I64());
  out.turn_since = FromMicros(in.I64());
  out.deadline = TakeDeadline(in);
  out.state = static_cast<SupervisionState>(in.U8());
  out.late = in.U8() != 0;
  out.result = static_cast<SupervisionResult>(in.U8());
  out.closed_index = in.U64();
  const int64_t closed_at = in.I64();
  if (!out.open()) out.closed_at = FromMicros(closed_at);
  for (int i = 0, count = in.U16(); i < count && in.ok(); ++i) out.words.push_back(in.U64());
  if (version != 1 || !in.Done() || out.words.empty())
    return Fail(Reason::kTablesDiffer, "a row of a supervision order can't be read");
  return out;
}

}  // namespace eagle::domain
