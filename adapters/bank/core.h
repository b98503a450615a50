// BankCore: a small bank, or another kind of office that keeps money (kind.h). Customers, accounts, a double-entry
// ledger, measures, payments, in a database of its own (core.db).
//
// Every call is one transaction at one instant of the clock, never before the last one; it begins with the terms that
// have ended since. Apply writes the operation, its answer and its effect together, so after any crash Find tells what
// happened.
//
// Threads: any; a lock of its own, so the counter works while an order does. No call waits for anything but the disk.
//
//   EAGLE_ASSIGN_OR_RETURN(auto core, BankCore::Open(folder + "/core.db", "9900010", clock, shanghai));
//   EAGLE_ASSIGN_OR_RETURN(sdk::Answer answer, core->Apply(request));
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "adapters/bank/book.h"
#include "adapters/sdk/ports.h"
#include "server/base/clock.h"

namespace eagle::bank {

class BankCore {
 public:
  // `clock` and `kind` outlive it. Errors: as Database::Open.
  static absl::StatusOr<std::unique_ptr<BankCore>> Open(const std::string& path, std::string agency, Clock& clock,
                                                        absl::TimeZone zone, const Kind& kind = kBank);

  // Looks; changes nothing but what time has changed. Error: REGISTER_BROKEN.
  absl::StatusOr<sdk::Answer> Inquire(const sdk::Request& request);
  // FREEZE, RENEW, RELEASE, DEDUCT, EXTRACT_INCOME, once: the same operation again gives the stored answer. An order
  // that the bank can't carry out is answered too. Errors, after which nothing was done: ORDER_ID_REUSED (the operation
  // was another order's), REGISTER_BROKEN.
  absl::StatusOr<sdk::Answer> Apply(const sdk::Request& request);
  // DONE with the stored answer, or NOT_DONE: whoever sees NOT_DONE after a failed Apply may be sure, as no Apply is
  // under way.
  sdk::Found Find(const sdk::Operation& operation);
  // The outbox. Error: REGISTER_BROKEN.
  absl::StatusOr<std::vector<sdk::RegisterChange>> Changes(uint64_t after, size_t limit);

  // Whether the extraction of income that the operation made goes on: see sdk::CoreRegister. No such measure: nothing
  // happens. Error: REGISTER_BROKEN.
  absl::Status Dispute(const sdk::Operation& operation, sdk::Disputed disputed);

  // `work` in one transaction, committed when it gives OK: the counter's way in. Errors: what `work` gives,
  // REGISTER_BROKEN.
  absl::Status Do(const std::function<absl::Status(const Work&)>& work);
  // The same for work that only reads: no write to the disk unless a term has ended since.
  absl::Status Look(const std::function<absl::Status(const Work&)>& work);

  const std::string& agency() const { return agency_; }
  absl::TimeZone zone() const { return zone_; }
  const Kind& kind() const { return kind_; }

 private:
  BankCore(std::unique_ptr<Database> database, std::string agency, Clock& clock, absl::TimeZone zone, const Kind& kind);
  absl::StatusOr<sdk::Answer> Carry(const Work& work, const sdk::Request& request);
  absl::Status InTransaction(const std::function<absl::Status(const Work&)>& work, bool reads_only);

  const std::string agency_;
  const absl::TimeZone zone_;
  const Kind& kind_;
  Clock& clock_;
  absl::Mutex mu_;
  std::unique_ptr<Database> database_ ABSL_GUARDED_BY(mu_);
};

}  // namespace eagle::bank
