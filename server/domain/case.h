// A case as its own payloads tell it: who may be touched, up to how much, and what came of every order. Folded from the
// case's own entries; no table holds any of it.
//
// Threads: a value.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/case.pb.h"
#include "goldeneagle/v1/order.pb.h"
#include "goldeneagle/v1/receipt.pb.h"
#include "server/base/ids.h"
#include "server/domain/act.h"
#include "server/domain/deadline.h"
#include "server/domain/ledger.h"

namespace eagle::domain {

// What one agency has said about one order.
struct TaskBook {
  uint64_t last_sequence = 0;  // the highest of those on file that are no conflict
  std::string final_digest;    // of the final receipt in force; empty before
  // Of its first item; unspecified before, and when the order came back undone.
  goldeneagle::v1::Outcome final_outcome = goldeneagle::v1::OUTCOME_UNSPECIFIED;
  std::vector<std::string> seen;  // digests of all receipts taken, in order

  // The receipt counts: it is no conflict and was not overtaken.
  void Take(const goldeneagle::v1::Receipt& receipt, const std::string& digest);

  // An interim word or an event that a later word of the same agency has overtaken on its way: it is kept, it moves
  // nothing and contradicts nothing. A last word counts whenever it comes.
  bool Overtakes(const goldeneagle::v1::Receipt& receipt) const {
    return receipt.sequence() < last_sequence && (receipt.kind() == goldeneagle::v1::RECEIPT_KIND_ACKNOWLEDGED ||
                                                  receipt.kind() == goldeneagle::v1::RECEIPT_KIND_PROGRESS ||
                                                  receipt.kind() == goldeneagle::v1::RECEIPT_KIND_EVENT);
  }
};

// What a transfer of title takes for the claim, as the ledger knows it.
inline Deduction TitleOf(const goldeneagle::v1::TransferTitle& title, OrderSeq order, OrderSeq freeze,
                         uint32_t respondent) {
  return {.order = order,
          .freeze = freeze,
          .respondent = respondent,
          .amount = title.proceeds_minor_units(),
          .of_thing = true,
          .share_numerator = title.share_numerator(),
          .share_denominator = title.share_denominator()};
}

// One order of the case, as far as later decisions need it.
struct CaseOrder {
  goldeneagle::v1::Action action = goldeneagle::v1::ACTION_UNSPECIFIED;
  AgencyOrdinal agency;  // control orders: the only one
  uint32_t respondent = 0;
  int64_t amount = 0;                             // limit, part to release (0 = all), amount to deduct, proceeds
  OrderSeq freeze;                                // the order that made the measure; none for one that makes it
  bool whole = false;                             // TRANSFER_TITLE: of all that the measure holds
  bool hold = false;                              // LOCATE: what is found is kept
  absl::flat_hash_map<uint32_t, TaskBook> tasks;  // by agency ordinal
  // As it was signed, while it waits for its begin (waiting.h); else null.
  std::shared_ptr<const goldeneagle::v1::Order> waiting;
};

// Whether a respondent is one still, and since when: since the opening, or his newest coming or going.
struct Standing {
  bool removed = false;
  absl::Time since;
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
  // Flagged for resumption 恢复执行: the RESUMPTION_FLAGGED entry that stands, 0: none; its time, and the inquiry.
  uint64_t flagged = 0;
  absl::Time flagged_at;
  OrderSeq flagged_by;

  // Private: folded from payloads. `open` holds the claim in force, and in its respondents all who came, by place
  // (examine_respondents.h), as they were signed last.
  bool readable = true;  // false once a payload couldn't be opened, and when the case was erased
  absl::Time closed_at = absl::InfiniteFuture();  // when it came into the stage CLOSED
  goldeneagle::v1::OpenCase open;
  std::vector<Standing> standings;  // by place
  CaseLedger ledger;
  absl::flat_hash_map<uint64_t, CaseOrder> orders;  // by OrderSeq
  int64_t surplus_amount = 0;
  std::vector<uint64_t> removed_measures;  // freezes on removed respondents, as the newest SURPLUS_ARISEN has them

  bool IsRemoved(uint32_t place) const { return place < standings.size() && standings[place].removed; }
  size_t RespondentsNow() const;
  bool erased() const { return stage == goldeneagle::v1::CASE_STAGE_ERASED; }
  // Whether nothing of the case is asked for, controlled or on its way any more; what was deducted stays so.
  bool AtRest() const;

  // Version 1 has no flag and is still written where there is none.
  std::string Encode() const;
  static absl::StatusOr<Case> Decode(std::string_view row);
};

}  // namespace eagle::domain
