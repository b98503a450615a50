// The clocks that run and the freezes that nothing was decided about, as rows that can be sorted, filtered and counted.
// From the sequencer's state to rows: pure functions; who keeps them is supervision_book.h.
//
// Threads: values and pure functions of a state that nobody changes meanwhile.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "goldeneagle/v1/supervision_service.pb.h"
#include "server/base/ids.h"
#include "server/domain/agency_set.h"
#include "server/domain/state.h"

namespace eagle::api {

// What a clock is about. `seq`: order (of a measure: its freeze), case, index of the objection, incident or
// supervision order, agency's ordinal: as domain::Timer has it.
struct ClockName {
  goldeneagle::v1::DueKind kind = goldeneagle::v1::DUE_KIND_UNSPECIFIED;
  uint64_t seq = 0;
  friend auto operator<=>(const ClockName&, const ClockName&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const ClockName& name) {
    return H::combine(std::move(state), static_cast<int>(name.kind), name.seq);
  }
};
// Clocks as they are listed: due first, then by name.
struct DueKey {
  int64_t due = 0;  // microseconds since 1970
  ClockName name;
  friend auto operator<=>(const DueKey&, const DueKey&) = default;
};

struct DueRow {
  DueKey key;
  goldeneagle::v1::DueState state = goldeneagle::v1::DUE_STATE_UNSPECIFIED;
  CourtOrdinal court;          // none: no court's case is concerned
  CaseSeq case_seq;            // the same
  OrderSeq order;              // the order, objected to, or that made the measure; none: none
  domain::AgencySet agencies;  // who has not answered, else the one concerned
  goldeneagle::v1::Action action = goldeneagle::v1::ACTION_UNSPECIFIED;
  bool urgent = false;
  uint32_t days_left = 0;  // MEASURE_END: as its newest mark says
  std::string day;         // STATEMENT: which
};

// The row of a clock; absent when it doesn't run (any more).
std::optional<DueRow> DueOf(const domain::State& state, const ClockName& name);

// A freeze in effect.
struct FreezeKey {
  int64_t since = 0;  // microseconds since 1970: in effect
  uint64_t freeze = 0;
  friend auto operator<=>(const FreezeKey&, const FreezeKey&) = default;
};
struct FreezeRow {
  FreezeKey key;
  CourtOrdinal court;
  CaseSeq case_seq;
  AgencyOrdinal agency;
  std::string asset_kind;
  goldeneagle::v1::Action action = goldeneagle::v1::ACTION_UNSPECIFIED;  // FREEZE, or what takes income
  absl::Time ends = absl::InfiniteFuture();
};

// What courts have ordered about one freeze.
struct Decided {
  bool taken = false;                         // by a deduction or a transfer of title
  absl::Time changed = absl::InfinitePast();  // the newest renewal or release
  void Hear(const domain::Order& order);      // pre: it names the freeze
  // Whether nothing more is to be decided of a measure in effect since then.
  bool IsSince(absl::Time effective) const { return taken || changed >= effective; }
};

// The measure that the order made, when it is in effect; absent otherwise.
std::optional<FreezeRow> EffectiveOf(const domain::State& state, OrderSeq freeze);

}  // namespace eagle::api
