// A case as its own payloads tell it: who may be touched, up to how much, and what came of every order. Folded from the
// case's own entries; no table holds any of it.
//
// Threads: a value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/case.pb.h"
#include "goldeneagle/v1/order.pb.h"
#include "goldeneagle/v1/receipt.pb.h"
#include "server/base/ids.h"
#include "server/domain/deadline.h"
#include "server/domain/ledger.h"

namespace eagle::domain {

// What one agency has said about one order.
struct TaskBook {
  uint64_t last_sequence = 0;     // the highest of those on file that are no conflict
  std::string final_digest;       // of the final receipt in force; empty before
  std::vector<std::string> seen;  // digests of all receipts taken, in order

  // An interim word or an event that a later word of the same agency has overtaken on its way: it is kept, it moves
  // nothing and contradicts nothing. A last word counts whenever it comes.
  bool Overtakes(const goldeneagle::v1::Receipt& receipt) const {
    return receipt.sequence() < last_sequence && (receipt.kind() == goldeneagle::v1::RECEIPT_KIND_ACKNOWLEDGED ||
                                                  receipt.kind() == goldeneagle::v1::RECEIPT_KIND_PROGRESS ||
                                                  receipt.kind() == goldeneagle::v1::RECEIPT_KIND_EVENT);
  }
};

// The policy's asset kind of what is frozen: money is DEPOSIT.
inline std::string_view AssetKindOf(const goldeneagle::v1::Freeze& freeze) {
  return freeze.has_asset() ? std::string_view(freeze.asset().asset_kind()) : std::string_view("DEPOSIT");
}

// One order of the case, as far as later decisions need it.
struct CaseOrder {
  goldeneagle::v1::Action action = goldeneagle::v1::ACTION_UNSPECIFIED;
  AgencyOrdinal agency;  // control orders: the only one
  uint32_t respondent = 0;
  int64_t amount = 0;                             // limit, part to release (0 = all) or amount to deduct
  OrderSeq freeze;                                // RENEW, RELEASE, DEDUCT
  absl::flat_hash_map<uint32_t, TaskBook> tasks;  // by agency ordinal
};

struct Case {
  // Public: one row of the cases table.
  CaseSeq seq;
  CourtOrdinal court;
  std::string key_id;
  std::string number_tag;
  goldeneagle::v1::CaseStage stage = goldeneagle::v1::CASE_STAGE_UNSPECIFIED;
  absl::Time opened_at;
  Deadline surplus;  // armed while there is a surplus to release

  // Private: folded from payloads. `open` holds the claim in force.
  bool readable = true;  // false once a payload couldn't be opened, and when the case was erased
  absl::Time closed_at = absl::InfiniteFuture();  // when it came into the stage CLOSED
  goldeneagle::v1::OpenCase open;
  CaseLedger ledger;
  absl::flat_hash_map<uint64_t, CaseOrder> orders;  // by OrderSeq
  int64_t surplus_amount = 0;

  bool erased() const { return stage == goldeneagle::v1::CASE_STAGE_ERASED; }
  // Whether nothing of the case is asked for, controlled or on its way any more; what was deducted stays so.
  bool AtRest() const;

  std::string Encode() const;
  static absl::StatusOr<Case> Decode(std::string_view row);
};

}  // namespace eagle::domain
