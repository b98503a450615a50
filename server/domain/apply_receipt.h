// Folds one signed receipt into its case: the task's book of receipts and the ledger.
#pragma once

#include "server/domain/case.h"
#include "server/domain/entry.h"

namespace eagle::domain {

// `entry` is TASK_REPORTED, TASK_ANSWERED, MEASURE_CHANGED or RECEIPT_CONFLICT. Total.
void ApplyReceipt(const Entry& entry, Case& of);

// What one receipt does to a ledger. Decide tries it on a scratch ledger, ApplyReceipt does it. `overtaken`: by a later
// word of the same agency on the same order (TaskBook); then nothing moves but income that was paid.
void ReceiptToLedger(const goldeneagle::v1::Receipt& receipt, OrderSeq order, const CaseOrder& kept, bool overtaken,
                     CaseLedger& ledger);

}  // namespace eagle::domain
