#include "server/domain/incident.h"

#include "server/base/reason.h"
#include "server/domain/deadline_form.h"

namespace eagle::domain {

std::string Incident::Encode() const {
  ByteWriter out;
  out.U8(1).U64(index).U8(static_cast<uint8_t>(kind)).U32(agency.value()).U64(freeze.value()).U64(case_seq.value());
  out.U8(static_cast<uint8_t>(day.size())).Bytes(day).U64(statement).I64(Micros(arisen_at));
  PutDeadline(deadline, out);
  out.U64(cleared_index).I64(open() ? 0 : Micros(cleared_at)).U8(late ? 1 : 0);
  return out.Take();
}

absl::StatusOr<Incident> Incident::Decode(std::string_view row) {
  ByteReader in(row);
  Incident out;
  const uint8_t version = in.U8();
  out.index = in.U64();
  out.kind = static_cast<goldeneagle::v1::IncidentKind>(in.U8());
  out.agency = AgencyOrdinal(in.U32());
  out.freeze = OrderSeq(in.U64());
  out.case_seq = CaseSeq(in.U64());
  out.day = in.Bytes(in.U8());
  out.statement = in.U64();
  out.arisen_at = FromMicros(in.I64());
  out.deadline = TakeDeadline(in);
  out.cleared_index = in.U64();
  const int64_t cleared_at = in.I64();
  if (!out.open()) out.cleared_at = FromMicros(cleared_at);
  out.late = in.U8() != 0;
  if (version != 1 || !in.Done()) return Fail(Reason::kTablesDiffer, "a row of an incident can't be read");
  return out;
}

}  // namespace eagle::domain
