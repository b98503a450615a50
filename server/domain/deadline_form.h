// A deadline as entries and rows spell it: one form for all clocks that are kept so.
//
// Threads: pure functions.
#pragma once

#include "server/base/bytes.h"
#include "server/domain/deadline.h"
#include "server/domain/instant.h"

namespace eagle::domain {

// Into a body with due, marks, marks_permille and deadline_row.
template <typename Body>
void SetDeadline(const Deadline& deadline, Body& body) {
  body.set_due(Micros(deadline.due));
  for (size_t i = 0; i < deadline.marks.size(); ++i) {
    body.add_marks(Micros(deadline.marks[i]));
    body.add_marks_permille(deadline.marks_permille[i]);
  }
  body.set_deadline_row(deadline.row);
}
// And back: no mark has fired yet.
template <typename Body>
Deadline DeadlineFrom(const Body& body) {
  Deadline deadline{.row = body.deadline_row(), .due = FromMicros(body.due())};
  for (int i = 0; i < body.marks_size(); ++i) {
    deadline.marks.push_back(FromMicros(body.marks(i)));
    deadline.marks_permille.push_back(body.marks_permille(i));
  }
  return deadline;
}

inline void PutDeadline(const Deadline& deadline, ByteWriter& out) {
  out.U16(static_cast<uint16_t>(deadline.row.size())).Bytes(deadline.row).I64(Micros(deadline.due));
  out.U8(static_cast<uint8_t>(deadline.marks.size())).U8(static_cast<uint8_t>(deadline.fired));
  for (size_t i = 0; i < deadline.marks.size(); ++i) out.I64(Micros(deadline.marks[i])).U32(deadline.marks_permille[i]);
}
inline Deadline TakeDeadline(ByteReader& in) {
  Deadline deadline;
  deadline.row = in.Bytes(in.U16());
  deadline.due = FromMicros(in.I64());
  const int marks = in.U8();
  deadline.fired = in.U8();
  for (int i = 0; i < marks; ++i) {
    deadline.marks.push_back(FromMicros(in.I64()));
    deadline.marks_permille.push_back(in.U32());
  }
  return deadline;
}

}  // namespace eagle::domain
