// From the agency's answer in a file to what is signed: tables B3 and B5 of the bank channel.
//
// What the file doesn't say plainly isn't said: NIL only where it says that it searched and names what; an error, a
// return, something not yet decided and a code that nobody knows are never NIL and never "done". What was controlled is
// read from the amounts, so that a success which left a part unfunded is PARTLY_CONTROLLED.
//
// Threads: pure functions.
#pragma once

#include <string>

#include "adapters/file/codes.h"
#include "adapters/file/fault.h"
#include "adapters/file/request.h"
#include "adapters/file/xml.h"
#include "adapters/sdk/answer.h"
#include "adapters/sdk/changes.h"

namespace eagle::file {

struct Feedback {
  sdk::Answer answer;
  std::string unit_reference;  // 冻结编号, of a freeze that stands
};

// Reads CXFKXX or KZFKXX as the answer to `order`. Faults: every one of this answer; with one, nothing of it is used.
Feedback ReadFeedback(const Element& row, const v1::Order& order, const Edge& edge, Faults& faults);

// Reads SJXX: what happened to a freeze that stands, told of the agency's own accord. The operation of the change is
// the caller's to fill in. Faults: every one of this event.
sdk::RegisterChange ReadEvent(const Element& row, const Edge& edge, Faults& faults);

// Reads DZFKXX: where a measure stands that the agency states 对账. Faults: every one of this line. Pre: CheckFields
// found none in it.
v1::MeasureState ReadPosition(const Element& row, const Edge& edge, Faults& faults);

}  // namespace eagle::file
