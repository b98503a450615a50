#include "server/domain/order.h"

#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/domain/instant.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: enumerators

constexpr uint8_t kRowWithoutSignatures = 1, kRowWithoutBegin = 2, kRowVersion = 3;

void PutText(ByteWriter& out, std::string_view text) { out.U16(static_cast<uint16_t>(text.size())).Bytes(text); }
std::string GetText(ByteReader& in) { return std::string(in.Bytes(in.U16())); }

void PutRoles(ByteWriter& out, const std::vector<OfficerRole>& roles) {
  out.U8(static_cast<uint8_t>(roles.size()));
  for (OfficerRole role : roles) out.U8(static_cast<uint8_t>(role));
}
std::vector<OfficerRole> GetRoles(ByteReader& in) {
  std::vector<OfficerRole> roles;
  for (int i = 0, count = in.U8(); i < count; ++i) roles.push_back(static_cast<OfficerRole>(in.U8()));
  return roles;
}

}  // namespace

AgencySet Order::Open() const {
  AgencySet open = targets;
  open.RemoveAll(done);
  open.RemoveAll(returned);
  open.RemoveAll(withdrawn);
  open.RemoveAll(conflict);
  return open;
}

OrderState Order::state() const {
  if (complete()) {
    // What was carried out before a loss of the log may be answered after its withdrawal.
    AgencySet nothing_done = withdrawn;
    nothing_done.RemoveAll(done);
    if (nothing_done != targets) return ORDER_STATE_COMPLETED;
    return ended == targets ? ORDER_STATE_ENDED : ORDER_STATE_WITHDRAWN;
  }
  if (waits) return ORDER_STATE_WAITING;
  return delivered.empty() ? ORDER_STATE_ACCEPTED : ORDER_STATE_IN_PROGRESS;
}

TaskState Order::TaskAt(AgencyOrdinal agency) const {
  // Later facts first.
  if (conflict.Contains(agency)) return TASK_STATE_CONFLICT;
  if (done.Contains(agency)) return TASK_STATE_DONE;
  if (returned.Contains(agency)) return TASK_STATE_RETURNED;
  if (withdrawn.Contains(agency)) return ended.Contains(agency) ? TASK_STATE_ENDED : TASK_STATE_WITHDRAWN;
  if (reported.Contains(agency)) return TASK_STATE_ACKNOWLEDGED;
  if (delivered.Contains(agency)) return TASK_STATE_DELIVERED;
  if (paused.Contains(agency)) return TASK_STATE_PAUSED;
  if (!targets.Contains(agency)) return TASK_STATE_UNSPECIFIED;
  return waits ? TASK_STATE_WAITING : TASK_STATE_QUEUED;
}

std::string Order::Encode() const {
  ByteWriter out;
  const bool at_once = begins == absl::InfinitePast(), plain = at_once && signatures.empty() && paused_index == 0;
  out.U8(plain     ? kRowWithoutSignatures
         : at_once ? kRowWithoutBegin
                   : kRowVersion)
      .U64(seq.value())
      .Bytes(order_id)
      .Bytes(digest)
      .U64(case_seq.value())
      .U32(court.value())
      .U64(head);
  out.U8(static_cast<uint8_t>(action)).U8(urgent ? 1 : 0).I64(Micros(accepted_at));
  PutText(out, deadline.row);
  out.I64(Micros(deadline.due)).U8(static_cast<uint8_t>(deadline.marks.size()));
  for (size_t i = 0; i < deadline.marks.size(); ++i) out.I64(Micros(deadline.marks[i])).U32(deadline.marks_permille[i]);
  out.U8(static_cast<uint8_t>(deadline.fired));
  PutText(out, subject_tag);
  out.U64(freeze.value());
  for (const AgencySet* set : {&targets, &delivered, &reported, &done, &returned, &withdrawn, &conflict})
    PutText(out, set->bytes());
  out.U64(last_index);
  if (plain) return out.Take();
  PutText(out, paused.bytes());
  out.U64(paused_index).U64(signed_index).I64(Micros(signed_at)).U32(exception_leader.value());
  PutRoles(out, roles);
  out.U8(static_cast<uint8_t>(signatures.size()));
  for (const OrderSignature& signature : signatures) {
    out.U32(signature.officer.value());
    PutRoles(out, signature.roles);
  }
  if (at_once) return out.Take();
  out.I64(Micros(begins)).U8(waits ? 1 : 0).U16(static_cast<uint16_t>(ended_for));
  PutText(out, ended.bytes());
  return out.Take();
}

absl::StatusOr<Order> Order::Decode(std::string_view row) {
  ByteReader in(row);
  Order order;
  const uint8_t version = in.U8();
  order.seq = OrderSeq(in.U64());
  order.order_id = in.Bytes(16);
  order.digest = in.Bytes(32);
  order.case_seq = CaseSeq(in.U64());
  order.court = CourtOrdinal(in.U32());
  order.head = in.U64();
  order.action = static_cast<Action>(in.U8());
  order.urgent = in.U8() != 0;
  order.accepted_at = FromMicros(in.I64());
  order.deadline.row = GetText(in);
  order.deadline.due = FromMicros(in.I64());
  for (int i = 0, count = in.U8(); i < count; ++i) {
    order.deadline.marks.push_back(FromMicros(in.I64()));
    order.deadline.marks_permille.push_back(in.U32());
  }
  order.deadline.fired = in.U8();
  order.subject_tag = GetText(in);
  order.freeze = OrderSeq(in.U64());
  for (AgencySet* set : {&order.targets, &order.delivered, &order.reported, &order.done, &order.returned,
                         &order.withdrawn, &order.conflict}) {
    *set = AgencySet::FromBytes(in.Bytes(in.U16()));
  }
  order.last_index = in.U64();
  order.signed_index = order.seq.value();
  order.signed_at = order.accepted_at;
  if (version == kRowVersion || version == kRowWithoutBegin) {
    order.paused = AgencySet::FromBytes(in.Bytes(in.U16()));
    order.paused_index = in.U64();
    order.signed_index = in.U64();
    order.signed_at = FromMicros(in.I64());
    order.exception_leader = OfficerOrdinal(in.U32());
    order.roles = GetRoles(in);
    for (int i = 0, count = in.U8(); i < count; ++i) {
      OrderSignature signature{.officer = OfficerOrdinal(in.U32())};
      signature.roles = GetRoles(in);
      order.signatures.push_back(std::move(signature));
    }
  }
  if (version == kRowVersion) {
    order.begins = FromMicros(in.I64());
    order.waits = in.U8() != 0;
    order.ended_for = static_cast<Reason>(in.U16());
    order.ended = AgencySet::FromBytes(in.Bytes(in.U16()));
  }
  if (version < kRowWithoutSignatures || version > kRowVersion || !in.Done())
    return Fail(Reason::kTablesDiffer, "a row of the orders table can't be read");
  return order;
}

}  // namespace eagle::domain
