#include "server/domain/objection.h"

#include "server/base/reason.h"
#include "server/domain/deadline_form.h"

namespace eagle::domain {

bool ObjectionThread::Holds(const Order& taking) const {
  using namespace goldeneagle::v1;  // NOLINT: enumerators
  if (!Takes(taking.action) || !measure || taking.measure() != measure) return false;
  if (open()) return true;
  const bool right = state == OBJECTION_STATE_UPHELD || state == OBJECTION_STATE_AMENDED;
  return right && taking.seq.value() < closed_index && (order == taking.seq || order == measure);
}

std::string ObjectionThread::Encode() const {
  ByteWriter out;
  out.U8(1).U64(index).Bytes(id).Bytes(digest).U64(order.value()).U64(measure.value()).U64(case_seq.value());
  out.U32(court.value()).U32(agency.value()).I64(Micros(raised_at));
  out.U16(static_cast<uint16_t>(ground.size())).Bytes(ground);
  PutDeadline(deadline, out);
  out.U8(static_cast<uint8_t>(state)).U64(closed_index).I64(open() ? 0 : Micros(closed_at)).U8(late ? 1 : 0);
  out.U16(static_cast<uint16_t>(words.size()));
  for (uint64_t word : words) out.U64(word);
  return out.Take();
}

absl::StatusOr<ObjectionThread> ObjectionThread::Decode(std::string_view row) {
  ByteReader in(row);
  ObjectionThread out;
  const uint8_t version = in.U8();
  out.index = in.U64();
  out.id = in.Bytes(16);
  out.digest = in.Bytes(32);
  out.order = OrderSeq(in.U64());
  out.measure = OrderSeq(in.U64());
  out.case_seq = CaseSeq(in.U64());
  out.court = CourtOrdinal(in.U32());
  out.agency = AgencyOrdinal(in.U32());
  out.raised_at = FromMicros(in.I64());
  out.ground = in.Bytes(in.U16());
  out.deadline = TakeDeadline(in);
  out.state = static_cast<goldeneagle::v1::ObjectionState>(in.U8());
  out.closed_index = in.U64();
  const int64_t closed_at = in.I64();
  if (!out.open()) out.closed_at = FromMicros(closed_at);
  out.late = in.U8() != 0;
  for (int i = 0, count = in.U16(); i < count && in.ok(); ++i) out.words.push_back(in.U64());
  if (version != 1 || !in.Done() || out.words.empty())
    return Fail(Reason::kTablesDiffer, "a row of an objection can't be read");
  return out;
}

}  // namespace eagle::domain
