// What a clerk of a registry does at the counter: decides on orders, enters and releases seals of courts that aren't
// connected, asks whether an act may be registered, looks at a unit. Requests come over the counter socket
// (adapters/sdk/shell/counter_socket.h); README.md has the commands.
//
//   review list            what waits, oldest first
//   review approve         id [clerk] [remark]
//   review refuse          id reason [clerk] [remark]; reason: a code, UPPER_SNAKE
//   seal                   unit court document [holder] [years] [months] [share] [acts]: another court's seal; it
//                          arrives now. acts: what it bars, TRANSFER,PLEDGE; none: all. holder: number or id number,
//                          when there are several; share: n/d of the unit, for quantities (none: all that he holds)
//   release                id of a seal entered here; an order's seal is released by an order
//   dispose                id [part]: the unit was sold under this seal; part = true: only a part, the next one
//                          stands on the rest. Not for quantities
//   sighting               unit place by [held custody collect-by] [seen-at] [remark]: the movable was met; every court
//                          that looks for it is told. held = true: it is kept in `custody` until the end of
//                          `collect-by`
//   collected              unit: the court has taken it over, nobody looks any more
//   register-owner         unit certificate: who was registered in advance 预告登记 is the owner now; pre-seals against
//   him
//                          are seals, counted from when they were made
//   end-notice             unit: the advance notice ended otherwise, and with it what stood on it
//   check                  unit act [holder] [share], for kinds with blocked acts: may the office register this
//                          act now?
//   show                   unit
//
// Threads: the agent's one thread.
//
//   Counter counter(rules, {agent decides, agent's transaction});
//   absl::StatusOr<sdk::Json> shown = counter.Handle(request, now);
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/register/register.h"
#include "adapters/sdk/shell/counter_socket.h"

namespace eagle::registry {

// What the counter needs of the agent: Agent::DecideReview and Agent::InTransaction.
struct Desk {
  std::function<absl::Status(const sdk::Operation&, const sdk::Decision&)> decide;
  std::function<absl::Status(const std::function<absl::Status(sdk::InboxTransaction&)>&)> in_transaction;
};

class Counter {
 public:
  Counter(OfficeRules rules, Desk desk) : rules_(std::move(rules)), desk_(std::move(desk)) {}

  // Errors: FIELD_MISSING, FIELD_INVALID naming the argument; NOT_FOUND (unit, holder, seal, review); TASK_NOT_WAITING;
  // MEASURE_EXISTS (the document number again; a second seal where no waitlist is kept; check: a measure bars the act,
  // its number in the metadata `measure` and the message); MEASURE_NOT_EFFECTIVE; PERMISSION_DENIED (an order's seal at
  // the counter); BUSY (an order that arrived earlier on this unit isn't entered yet).
  absl::StatusOr<sdk::Json> Handle(const sdk::CounterRequest& request, absl::Time now);

 private:
  using Work = absl::StatusOr<sdk::Json> (Counter::*)(const sdk::CounterRequest&, absl::Time,
                                                      sdk::InboxTransaction&) const;
  absl::StatusOr<sdk::Json> ListReviews(const sdk::CounterRequest& request, absl::Time now,
                                        sdk::InboxTransaction& transaction) const;
  absl::StatusOr<sdk::Json> EnterSeal(const sdk::CounterRequest& request, absl::Time now,
                                      sdk::InboxTransaction& transaction) const;
  absl::StatusOr<sdk::Json> Release(const sdk::CounterRequest& request, absl::Time now,
                                    sdk::InboxTransaction& transaction) const;
  absl::StatusOr<sdk::Json> Dispose(const sdk::CounterRequest& request, absl::Time now,
                                    sdk::InboxTransaction& transaction) const;
  absl::StatusOr<sdk::Json> Check(const sdk::CounterRequest& request, absl::Time now,
                                  sdk::InboxTransaction& transaction) const;
  absl::StatusOr<sdk::Json> Sighting(const sdk::CounterRequest& request, absl::Time now,
                                     sdk::InboxTransaction& transaction) const;
  absl::StatusOr<sdk::Json> Collected(const sdk::CounterRequest& request, absl::Time now,
                                      sdk::InboxTransaction& transaction) const;
  absl::StatusOr<sdk::Json> RegisterOwner(const sdk::CounterRequest& request, absl::Time now,
                                          sdk::InboxTransaction& transaction) const;
  absl::StatusOr<sdk::Json> EndNotice(const sdk::CounterRequest& request, absl::Time now,
                                      sdk::InboxTransaction& transaction) const;
  absl::StatusOr<sdk::Json> Show(const sdk::CounterRequest& request, absl::Time now,
                                 sdk::InboxTransaction& transaction) const;
  absl::StatusOr<sdk::Json> Decide(const sdk::CounterRequest& request, bool approved, absl::Time now);

  // The term of the request, the longest allowed when it gives none.
  absl::StatusOr<sdk::MeasureTerm> TermOf(const sdk::CounterRequest& request, const std::string& unit,
                                          const std::string& document, bool pre_seal) const;
  // How much the argument `share` names, at most what the holder has; all of that when it is absent.
  absl::StatusOr<int64_t> QuantityFor(const sdk::CounterRequest& request, const Unit& unit, const Holder& holder) const;
  absl::StatusOr<const Holder*> HolderFor(const UnitBook& book, const std::string& wanted) const;
  absl::StatusOr<sdk::v1::Sighting> SightingOf(const sdk::CounterRequest& request, absl::Time now) const;
  void PutSearch(const Search& search, sdk::Json& out) const;
  void PutSeal(const Seal& seal, const UnitBook& book, Tables& tables, sdk::Json& out) const;
  std::string TimeText(absl::Time time) const;

  OfficeRules rules_;
  Desk desk_;
};

}  // namespace eagle::registry
