// What stands around an Agent in tests and in the simulation: a clock that is set, an inbox in memory that forgets what
// was not committed, a bank with a core of its own and a land registry inside the inbox, and crashes at any point
// between two of them.
//
// A crash: CrashPlan counts the points at which a process may die. At the chosen one everything around the agent turns
// dead: inbox and bank take nothing more, the channel carries nothing more. The test then throws the agent away and
// makes a new one over what the disks hold (FakeDisk, FakeBankCore).
//
// Threads: one.
//
//   FakeDisk disk;  FakeBankCore core;  CrashPlan crash;
//   FakeInbox inbox(disk, crash);  FakeBank bank(core, clock, crash);
//   crash.DieAt(7);  ... agent.Step() ...;  if (crash.dead()) { crash.Revive();  ... a new FakeInbox, FakeBank, Agent
//   ... }
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/sdk/encumbrance/register.h"
#include "adapters/sdk/inbox.h"
#include "adapters/sdk/ports.h"
#include "server/base/clock.h"

namespace eagle::sdk {

class SetClock : public Clock {
 public:
  explicit SetClock(absl::Time wall) : wall_(wall) {}
  absl::Time WallNow() override { return wall_; }
  absl::Duration MonotonicNow() override { return monotonic_; }
  // Both parts together.
  void Advance(absl::Duration by) { wall_ += by, monotonic_ += by; }
  void SetWall(absl::Time wall) { wall_ = wall; }

 private:
  absl::Time wall_;
  absl::Duration monotonic_ = absl::Hours(1);
};

class CrashPlan {
 public:
  // Die at the `point`-th point from now on, counted from 1.
  void DieAt(uint64_t point) { die_at_ = points_ + point; }
  void Revive() { dead_ = false, die_at_ = 0; }
  bool dead() const { return dead_; }
  uint64_t points() const { return points_; }
  // One point: true when the process is dead there, or was before.
  bool Point() {
    if (!dead_ && ++points_ == die_at_) dead_ = true;
    return dead_;
  }

 private:
  uint64_t points_ = 0, die_at_ = 0;
  bool dead_ = false;
};

// What survives.
struct FakeDisk {
  std::map<std::string, std::string, std::less<>> rows;
};

// Two points a commit that writes: before it is durable, and after.
class FakeInbox : public Inbox {
 public:
  FakeInbox(FakeDisk& disk, CrashPlan& crash) : disk_(disk), crash_(crash) {}
  std::unique_ptr<InboxTransaction> Begin() override;
  // Called after each durable commit that wrote, e.g. to let time pass there.
  std::function<void()> after_commit;

 private:
  friend class FakeInboxTransaction;
  FakeDisk& disk_;
  CrashPlan& crash_;
  bool in_transaction_ = false;
};

// The bank's core: its database, which survives, and what it did.
struct FakeBankCore {
  struct Account {
    Asset asset;
    std::string holder_name;
    std::string holder_number;
  };
  std::map<std::string, Account> accounts;     // by number
  std::map<std::string, Encumbrance> rows;     // by id
  std::map<Operation, Answer> done;            // the core's log of operations
  std::map<Operation, std::vector<Cut>> sent;  // payments on their way
  std::map<Operation, int> effects;            // how often something was really done; never above 1
  std::vector<RegisterChange> changes;         // sequence = place + 1

  void AddAccount(const std::string& number, int64_t balance, const std::string& name, const std::string& id_number,
                  AccountClass account_class = AccountClass::kDemand, Standing standing = Standing::kUsable);
};

// A bank whose core is FakeBankCore: freezes over all accounts of a person, releases, deducts to its own or another
// bank. Two points an Apply: before the core's commit, and after it.
class FakeBank : public CoreRegister {
 public:
  FakeBank(FakeBankCore& core, Clock& clock, CrashPlan& crash) : core_(core), clock_(clock), crash_(crash) {}

  absl::StatusOr<Answer> Inquire(const Request& request) override;
  absl::StatusOr<Answer> Apply(const Request& request) override;
  absl::StatusOr<Found> Find(const Operation& operation) override;
  absl::StatusOr<std::vector<RegisterChange>> Changes(uint64_t after, size_t limit) override;

  // The counter, the customers, the payment system.
  void Credit(const std::string& account, int64_t amount);
  void PlaceForeign(const std::string& id, const std::string& account, int64_t amount);
  void ReleaseForeign(const std::string& id);
  void ConfirmPayment(const Operation& operation);
  void RejectPayment(const Operation& operation);
  void AdvanceTime();  // terms end

  // Misbehaviour, each for the next n calls.
  int fail_apply_before = 0;  // an error, nothing done
  int fail_apply_after = 0;   // an error, yet done
  int fail_inquiries = 0;
  int fail_finds = 0;
  bool find_knows_nothing = false;    // UNKNOWN for everything
  bool other_bank = false;            // deductions are sent, then confirmed
  std::optional<Answer> say_instead;  // whatever was done, this is the answer
  std::function<void()> on_apply;     // just before the effect
  int applies = 0;
  std::vector<DocumentFile> documents;  // go with every answer of Apply
  std::vector<PaperFile> papers_seen;   // of the last Apply

 private:
  EncumbranceRegister Load(const std::string& person);
  void Store(EncumbranceRegister& book);
  absl::StatusOr<Answer> Freeze(const Request& request);
  absl::StatusOr<Answer> Renew(const Request& request);
  absl::StatusOr<Answer> Release(const Request& request);
  absl::StatusOr<Answer> Deduct(const Request& request);
  std::string PersonOfRow(const std::string& id) const;

  FakeBankCore& core_;
  Clock& clock_;
  CrashPlan& crash_;
};

// A land registry that lives in the inbox: things under review, queues, release. Rows under "x/".
class FakeLand : public InboxRegister {
 public:
  absl::StatusOr<Answer> Inquire(const Request& request, InboxTransaction& transaction) override;
  absl::StatusOr<Answer> Apply(const Request& request, InboxTransaction& transaction) override;
  absl::StatusOr<Answer> Decide(const Request& request, const Decision& decision,
                                InboxTransaction& transaction) override;
  absl::Status Advance(absl::Time now, InboxTransaction& transaction) override;

  // Another authority's seal, entered at the counter.
  absl::Status Enter(InboxTransaction& transaction, const std::string& id, const std::string& unit, Rank rank,
                     absl::Time now);
  static std::map<std::string, Encumbrance> Rows(InboxTransaction& transaction);

  bool review = true;
  int fail_applies = 0;
  std::optional<Answer> say_instead;

 private:
  absl::StatusOr<EncumbranceRegister> Load(InboxTransaction& transaction, absl::Time now);
  void Store(EncumbranceRegister& book, InboxTransaction& transaction);
};

}  // namespace eagle::sdk
