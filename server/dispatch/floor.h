// The dispatcher without its lock and its callbacks: who waits, who holds what, what goes to whom.
//
// Threads: under the dispatcher's lock. Answers that are due are put into an Outbox and sent after the lock was let go.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_map.h"
#include "server/dispatch/agency_queue.h"
#include "server/dispatch/dispatcher.h"
#include "server/dispatch/wide_lists.h"

namespace eagle::dispatch {

using PollDone = std::function<void(absl::StatusOr<PollAnswer>)>;
struct DueAnswer {
  PollDone done;
  PollAnswer answer;
};
using Outbox = std::vector<DueAnswer>;

// One Delivered entry on its way.
struct PlannedDelivery {
  AgencyOrdinal agency;
  std::string instance, short_instance;
  uint64_t plan = 0;
  std::vector<OrderSeq> orders;
  PollDone done;
};

class Floor {
 public:
  explicit Floor(const Options& options) : options_(options) {}

  // --- what the journal says
  void Load(const domain::State& state, absl::Duration now, Outbox& out);
  void Applied(const domain::Entry& entry, const domain::State& state);

  // --- handing out
  std::vector<PlannedDelivery> Plan(absl::Duration now);
  // The delivery is durable under `fence` (0: nothing of it was open any more). Gives the answer, in the order planned.
  PollAnswer Committed(const PlannedDelivery& planned, uint64_t fence);
  // A parked poll could be served now.
  bool ready() const { return !ready_.empty(); }

  // --- instances; see dispatcher.h
  absl::Status Hello(AgencyOrdinal agency, const std::string& instance, const std::string& inbox,
                     uint32_t most_in_flight, const domain::AdapterVersion& program, absl::Duration now);
  std::optional<domain::AdapterVersion> ProgramOf(AgencyOrdinal agency, const std::string& instance) const;
  absl::Status Park(AgencyOrdinal agency, const std::string& instance, size_t most, uint64_t last_delivery,
                    absl::Duration wait, uint64_t directory_position, PollDone done, absl::Duration now, Outbox& out);
  void Rouse(uint64_t position, absl::Duration now);
  // Whoever knows the statements up to `directory_position` need not be told anything at once.
  bool Knows(uint64_t directory_position) const { return directory_position >= roused_for_; }
  void CancelPolls(AgencyOrdinal agency, const std::string& instance);
  void Forget(AgencyOrdinal agency, const std::string& instance);
  void End(AgencyOrdinal agency, const std::string& instance, absl::Duration now);
  void GiveBack(AgencyOrdinal agency, const std::string& instance, uint64_t fence, const std::vector<OrderSeq>& orders);
  bool Holds(AgencyOrdinal agency, const std::string& instance, OrderSeq order) const;
  absl::StatusOr<LeaseAnswer> Renew(AgencyOrdinal agency, const std::string& instance, absl::Duration now);
  absl::Status Seen(AgencyOrdinal agency, const std::string& instance, absl::Duration now);

  // --- time
  void Expire(absl::Duration now, Outbox& out);
  std::vector<std::pair<AgencyOrdinal, absl::Duration>> NewlyAbsent(
      absl::Duration now);  // with when they were last seen
  void Drain(Outbox& out);

  AgencyLoad LoadOf(AgencyOrdinal agency) const;
  DispatchCounters counters() const;

 private:
  struct Delivery {
    uint64_t fence = 0;   // 0: not durable yet
    absl::Duration ends;  // of its lease
    bool arrived = false;
    absl::btree_set<uint64_t> tasks;
  };
  struct Told {  // an order id that an instance must hear of, for a while
    std::string order_id;
    absl::Duration until;
  };
  struct Instance {
    std::string id, short_id, inbox;
    domain::AdapterVersion program;
    uint32_t most_in_flight = 0;
    absl::Duration last_seen;
    size_t held = 0;
    std::map<uint64_t, Delivery> deliveries;  // by plan
    std::vector<Told> lost, withdrawn;
    size_t room() const { return most_in_flight > held ? most_in_flight - held : 0; }
  };
  struct Holder {
    Instance* instance = nullptr;
    uint64_t plan = 0;
  };
  struct Poll {
    uint64_t id = 0;
    Instance* instance = nullptr;
    size_t most = 0;
    absl::Duration until;
    uint64_t directory_position = 0;
    PollDone done;
  };
  struct Agency {
    AgencyOrdinal ordinal;
    AgencyQueue queue;
    WideLists::Cursors cursors;
    size_t wide_ahead = 0;            // open tasks in wide lists that the cursors have yet to come to
    uint32_t last_court[2] = {0, 0};  // whose turn it was, urgent and normal
    std::map<std::string, Instance> instances;
    absl::flat_hash_map<uint64_t, Holder> held;  // by order
    std::vector<Poll> parked;                    // oldest first
    bool presumed = false;                       // present by the journal, no Hello to this process yet
    std::string presumed_inbox;
    absl::Duration loaded_at;
    std::optional<absl::Duration> ended_at;  // when the session of its last instance was ended, not told yet
    bool has_work() const { return queue.ready() || wide_ahead > 0; }
  };

  Agency& At(AgencyOrdinal agency);
  const Agency* Find(AgencyOrdinal agency) const;
  absl::StatusOr<Instance*> Known(AgencyOrdinal agency, const std::string& instance, absl::Duration now);

  void Accept(const domain::Order& order, size_t bytes, const domain::State& state);
  void Queue(Agency& agency, Task& task);
  void Close(OrderSeq order, AgencyOrdinal agency, bool withdrawn);
  // Takes the task out of the agency's queue and out of a hand-out under way. False: it isn't open there.
  bool Take(Task& task, AgencyOrdinal agency, bool withdrawn);
  // A key that signed was revoked, or its person left the case: not handed out there until the order is signed anew, or
  // he comes back.
  void Pause(OrderSeq order, AgencyOrdinal agency);
  void Resume(OrderSeq order, AgencyOrdinal agency);
  // Brings the task to stand still, or to go on, where the state says so (domain::StandsStillAt).
  void Restill(OrderSeq order, const domain::State& state);
  void RestillCase(CaseSeq of, const domain::State& state);
  void ReconsiderCase(CaseSeq of, const domain::State& state);
  // Witnesses have come or gone: deductions that they let, or no longer let.
  void ReconsiderWitnessed(const domain::State& state);
  void Reconsider(uint64_t seq, const domain::State& state);
  void MarkReady(Agency& agency);

  void Serve(Agency& agency, absl::Duration now, std::vector<PlannedDelivery>& planned);
  std::vector<const Task*> Pick(Agency& agency, size_t most);
  void PickClass(Agency& agency, bool urgent, size_t most, size_t& bytes, std::vector<const Task*>& taken);

  void ConfirmUpTo(Agency& agency, Instance& instance, uint64_t last_delivery);
  // Gives back what is left of one delivery, to the front of the queue by the queue's own rules. `why` may be null.
  void Return(Agency& agency, Instance& instance, std::map<uint64_t, Delivery>::iterator delivery,
              std::vector<Told>* told, absl::Duration until);
  void ReturnAll(Agency& agency, Instance& instance);
  void AbandonPolls(Agency& agency, const Instance& instance);
  void Unpark(Agency& agency, size_t place);
  static std::vector<std::string> Tell(std::vector<Told>& told, absl::Duration now);

  const Options options_;
  absl::node_hash_map<uint64_t, Task> tasks_;  // by order
  WideLists wide_;
  std::vector<std::unique_ptr<Agency>> agencies_;                          // ordinal n at n-1
  absl::btree_set<uint32_t> ready_;                                        // agencies with work and a parked poll
  absl::flat_hash_map<uint64_t, absl::btree_set<uint64_t>> conditional_;   // open ones of such tasks, by case
  absl::btree_set<std::tuple<absl::Duration, uint32_t, uint64_t>> waits_;  // until, agency, poll
  Outbox abandoned_;  // polls whose instance is gone: the next Expire answers them
  uint64_t next_plan_ = 1, next_poll_ = 1;
  uint32_t plan_from_ = 1;               // agency at which the next batch begins
  absl::btree_set<uint64_t> held_back_;  // of them, those that may not go out
  size_t parked_ = 0;
  uint64_t roused_for_ = 0;  // the newest position that everybody must know soon
  bool draining_ = false;
  DispatchCounters counts_;
};

}  // namespace eagle::dispatch
