#include "adapters/bank/core.h"

#include <algorithm>
#include <utility>

#include "adapters/bank/acts.h"
#include "server/base/reason.h"

namespace eagle::bank {
namespace {

constexpr char kLastTime[] = "last_time_us";

}  // namespace

BankCore::BankCore(std::unique_ptr<Database> database, std::string agency, Clock& clock, absl::TimeZone zone,
                   const Kind& kind)
    : agency_(std::move(agency)), zone_(zone), kind_(kind), clock_(clock), database_(std::move(database)) {}

absl::StatusOr<std::unique_ptr<BankCore>> BankCore::Open(const std::string& path, std::string agency, Clock& clock,
                                                         absl::TimeZone zone, const Kind& kind) {
  EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<Database> database, Database::Open(path, kind));
  return std::unique_ptr<BankCore>(new BankCore(std::move(database), std::move(agency), clock, zone, kind));
}

absl::Status BankCore::InTransaction(const std::function<absl::Status(const Work&)>& work, bool reads_only) {
  absl::MutexLock lock(&mu_);
  Tables tables(*database_);
  Transaction transaction(*database_);
  const int64_t now_us = std::max(absl::ToUnixMicros(clock_.WallNow()), tables.Fact(kLastTime));
  const Work now{tables, absl::FromUnixMicros(now_us), zone_, agency_, kind_};
  const bool commit = !reads_only || IsBehind(now);
  EAGLE_RETURN_IF_ERROR(CatchUp(now));
  EAGLE_RETURN_IF_ERROR(work(now));
  if (!commit) return absl::OkStatus();
  tables.PutFact(kLastTime, now_us);
  transaction.Commit();
  return absl::OkStatus();
}

absl::Status BankCore::Do(const std::function<absl::Status(const Work&)>& work) { return InTransaction(work, false); }
absl::Status BankCore::Look(const std::function<absl::Status(const Work&)>& work) { return InTransaction(work, true); }

absl::StatusOr<sdk::Answer> BankCore::Inquire(const sdk::Request& request) {
  sdk::Answer answer;
  EAGLE_RETURN_IF_ERROR(Look([&](const Work& work) -> absl::Status {
    EAGLE_ASSIGN_OR_RETURN(answer, bank::Inquire(work, request.order));
    return absl::OkStatus();
  }));
  return answer;
}

absl::StatusOr<sdk::Answer> BankCore::Apply(const sdk::Request& request) {
  sdk::Answer answer;
  EAGLE_RETURN_IF_ERROR(Do([&](const Work& work) -> absl::Status {
    const std::string operation = request.operation.Text(), digest(journal::View(request.order_digest));
    if (std::optional<OperationRow> done = work.tables.Operation(operation)) {
      if (done->order_digest != digest)
        return Fail(Reason::kOrderIdReused, "the operation was done for another order").With("operation", operation);
      answer = std::move(done->answer);
      return absl::OkStatus();
    }
    EAGLE_ASSIGN_OR_RETURN(answer, Carry(work, request));
    work.tables.AddOperation({operation,
                              digest,
                              v1::Action_Name(request.order.action()).substr(7),
                              work.now,
                              {request.arrival.at, request.arrival.sequence},
                              answer});
    return absl::OkStatus();
  }));
  return answer;
}

absl::StatusOr<sdk::Answer> BankCore::Carry(const Work& work, const sdk::Request& request) {
  switch (request.order.action()) {
    case v1::ACTION_FREEZE:
      return Freeze(work, request);
    case v1::ACTION_RENEW:
      return Renew(work, request);
    case v1::ACTION_RELEASE:
      return Release(work, request);
    case v1::ACTION_DEDUCT:
      return Deduct(work, request);
    case v1::ACTION_EXTRACT_INCOME:
      return ExtractIncome(work, request);
    default:
      return sdk::Returned("ACTION_NOT_SUPPORTED", "the core freezes, renews, releases, deducts and extracts income");
  }
}

sdk::Found BankCore::Find(const sdk::Operation& operation) {
  absl::MutexLock lock(&mu_);
  std::optional<OperationRow> done = Tables(*database_).Operation(operation.Text());
  if (!done) return {.kind = sdk::Found::Kind::kNotDone, .answer = {}};
  return {.kind = sdk::Found::Kind::kDone, .answer = std::move(done->answer)};
}

absl::Status BankCore::Dispute(const sdk::Operation& operation, sdk::Disputed disputed) {
  return Do([&](const Work& work) { return DisputeExtraction(work, operation, disputed); });
}

absl::StatusOr<std::vector<sdk::RegisterChange>> BankCore::Changes(uint64_t after, size_t limit) {
  std::vector<sdk::RegisterChange> changes;
  EAGLE_RETURN_IF_ERROR(Look([&](const Work& work) {
    changes = work.tables.Changes(after, limit);
    return absl::OkStatus();
  }));
  return changes;
}

}  // namespace eagle::bank
