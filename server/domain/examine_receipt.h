// The content of a receipt: does it answer what was ordered, and do its amounts square? Private to decide_receipt.cc.
#pragma once

#include "goldeneagle/v1/receipt.pb.h"
#include "server/base/reason.h"
#include "server/domain/case.h"
#include "server/domain/order.h"

namespace eagle::domain {

// What is wrong with `receipt` on `order`, all at once: FIELD_MISSING, FIELD_INVALID, TOO_LARGE, RECEIPT_INCONSISTENT.
// `book`: what the agency has said of the order so far; `ledger`: the case's, with what the same batch has done.
//
// Threads: pure.
void ExamineReceipt(const goldeneagle::v1::Receipt& receipt, const TaskBook& book, const Order& order,
                    const CaseOrder& kept, const CaseLedger& ledger, Violations& wrong);

}  // namespace eagle::domain
