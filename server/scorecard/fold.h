// The scorecard as a fold over leaves: the same leaves give the same figures on every machine, for whoever holds the
// log, with no key of any payload.
//
// Its place: takes what was verified (an export whose leaves hash to a signed root), decides nothing, prints nothing.
// Life cycle: made for consecutive periods, takes every leaf of the log from entry 0, is finished once. Leaves from
// before the periods count towards what is open.
//
// Bounds: some 220 bytes for each open order and its bitmaps, 24 for each case, 80 for each open objection, incident
// and surplus, and for each period and agency its figures (figures.h); nothing that is over is kept. Time:   a leaf
// costs the same however long the log is; an accepted order costs by its targets, the end of a period by
//         the open tasks.
// Threads: one.
//
//   Scorecard card({Before(month, zone), month});
//   for (...) card.Take(leaf);
//   std::vector<PeriodFigures> figures = card.Finish();
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/domain/agency_set.h"
#include "server/journal/leaf.h"
#include "server/scorecard/figures.h"

namespace eagle::scorecard {

class Scorecard {
 public:
  // Pre: at least one, each starting where the one before it ends.
  explicit Scorecard(const std::vector<Period>& periods);

  // The leaf of the next index. Types that it doesn't know say nothing to it; a body that is no message of its type is
  // counted as unreadable. Recorded time never goes back: an earlier instant counts as the newest one.
  void Take(const journal::Leaf& leaf);
  // The figures of each period, in order. A period that the log hasn't passed is not complete, and is of its newest
  // entry. Once.
  std::vector<PeriodFigures> Finish();

 private:
  struct OpenOrder {
    uint32_t court = 0;
    goldeneagle::v1::Action action{};
    bool urgent = false, begun = false, fell_due = false;  // begun: handed out; kept of deductions only
    int64_t accepted = 0, due = 0;
    uint64_t freeze = 0;
    std::array<char, 16> order_id{};  // zeros: the leaf has none
    domain::AgencySet open, held;
  };
  struct OpenObjection {
    uint32_t court = 0, agency = 0;
    uint64_t measure = 0;
    int64_t due = 0;
  };
  struct OpenIncident {
    uint32_t agency = 0;
    goldeneagle::v1::IncidentKind kind{};
    std::string day;
    int64_t arisen = 0, due = 0;
  };
  struct Presence {
    int64_t registered = 0, since = 0;  // since: when it came, or went
    bool there = false;
  };
  using Orders = absl::flat_hash_map<uint64_t, OpenOrder>;

  // Everything that happens by itself before `instant`: tasks fall due, periods end.
  void Advance(int64_t instant);
  void FallDue(uint64_t seq);
  void Close(bool complete, int64_t as_of);
  // The figures in which `instant` counts; those of nowhere when it is in no period.
  PeriodFigures* In(int64_t instant);
  AgencyFigures& Agency(uint32_t ordinal);
  CourtFigures& Court(uint32_t ordinal);
  DayFigures& Day(int64_t instant);

  void TakeRegistered(const journal::Leaf& leaf);
  void TakeCase(const journal::Leaf& leaf);
  void TakeOrder(const journal::Leaf& leaf);
  void TakeDelivered(const journal::Leaf& leaf);
  void TakeAnswer(const journal::Leaf& leaf);
  void TakeConflict(const journal::Leaf& leaf);
  void TakeWithdrawn(const journal::Leaf& leaf);
  void TakePaused(const journal::Leaf& leaf);
  void TakeBegun(const journal::Leaf& leaf);
  void TakeObjection(const journal::Leaf& leaf);
  void TakeIncident(const journal::Leaf& leaf);
  void TakePresence(const journal::Leaf& leaf);
  void TakeSurplus(const journal::Leaf& leaf);
  template <typename Body>
  bool Read(const journal::Leaf& leaf, Body& body);
  static void Hold(OpenOrder& order, const domain::AgencySet& targets);
  // The order's tasks are the agencies' from now on.
  void Receive(uint64_t seq, OpenOrder order);
  void EndTask(Orders::iterator order, uint32_t agency);
  void Forget(Orders::iterator order);
  void EndObjection(std::map<uint64_t, OpenObjection>::iterator objection);
  // The adapter was there until `instant`: counts the part since the period's start.
  void Count(const Presence& presence, int64_t instant, AgencyFigures& figures) const;
  void Look(PeriodFigures& figures) const;  // what is open at the end

  std::vector<PeriodFigures> figures_;
  size_t at_ = 0;  // the first period that isn't closed
  int64_t now_;    // of the newest leaf
  uint64_t taken_ = 0, unreadable_ = 0;
  AgencyFigures no_agency_;
  CourtFigures no_court_;
  DayFigures no_day_;

  Orders orders_;                                       // with a target that has not answered
  Orders waiting_;                                      // that wait for their begin
  std::set<std::pair<int64_t, uint64_t>> to_fall_due_;  // (due, order)
  absl::flat_hash_map<uint64_t, uint32_t> cases_;       // -> court
  std::map<uint64_t, std::set<uint64_t>> deductions_;   // by freeze: those not handed out
  std::map<uint64_t, OpenObjection> objections_;
  std::map<uint64_t, uint32_t> objected_;  // by freeze: open objections
  std::map<uint64_t, OpenIncident> incidents_;
  std::map<uint64_t, int64_t> surpluses_;  // by case: due
  std::map<uint32_t, Presence> presence_;  // of all registered agencies
  std::set<uint32_t> courts_;              // registered
};

}  // namespace eagle::scorecard
