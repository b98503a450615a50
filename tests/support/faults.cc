#include "tests/support/faults.h"

#include <utility>

#include "server/base/reason.h"

namespace eagle::storage {
namespace {

// A call that gives a value, through the injector that knows only statuses.
template <typename Value, typename Effect>
absl::StatusOr<Value> CallFor(FaultInjector& faults, FaultPoint point, Effect effect) {
  absl::StatusOr<Value> value;
  EAGLE_RETURN_IF_ERROR(faults.Call(point, [&] {
    value = effect();
    return value.status();
  }));
  return value;
}

class FaultyReader : public Reader {
 public:
  FaultyReader(std::unique_ptr<Reader> reader, FaultInjector& faults) : reader_(std::move(reader)), faults_(faults) {}

  absl::StatusOr<std::optional<std::string>> Get(Table table, std::string_view key) override {
    return CallFor<std::optional<std::string>>(faults_, FaultPoint::kGet, [&] { return reader_->Get(table, key); });
  }
  absl::StatusOr<std::vector<Row>> Scan(Table table, std::string_view from_key, size_t limit) override {
    return CallFor<std::vector<Row>>(faults_, FaultPoint::kScan, [&] { return reader_->Scan(table, from_key, limit); });
  }
  absl::StatusOr<std::optional<CommitRow>> CommitAt(uint64_t index) override {
    return CallFor<std::optional<CommitRow>>(faults_, FaultPoint::kCommitAt, [&] { return reader_->CommitAt(index); });
  }
  absl::StatusOr<std::vector<CommitRow>> Commits(uint64_t first_index, size_t limit) override {
    return CallFor<std::vector<CommitRow>>(faults_, FaultPoint::kCommits,
                                           [&] { return reader_->Commits(first_index, limit); });
  }
  StoreHead Head() override { return reader_->Head(); }

 private:
  const std::unique_ptr<Reader> reader_;
  FaultInjector& faults_;
};

}  // namespace

void FaultInjector::Arm(const FaultPlan& plan) {
  Clear();
  plan_ = plan;
}

void FaultInjector::Clear() { *this = FaultInjector(); }

bool FaultInjector::Count(FaultPoint point) {
  const uint64_t call = ++calls_[static_cast<size_t>(point)];
  return plan_ && plan_->point == point && plan_->call == call;
}

absl::Status FaultInjector::Failed(FaultPoint point) {
  fired_ = true;
  crashed_ = IsWrite(point);
  return Fail(Reason::kStorageDamaged, IsWrite(point) ? "a write failed, the process ends" : "a read failed");
}

absl::Status FaultInjector::Dead() { return Fail(Reason::kStorageDamaged, "the process has ended"); }

absl::Status FaultyStore::Append(const Commit& commit) {
  return faults_.Call(FaultPoint::kAppend, [&] { return store_.Append(commit); });
}

absl::StatusOr<std::unique_ptr<Reader>> FaultyStore::NewReader() {
  EAGLE_ASSIGN_OR_RETURN(
      std::unique_ptr<Reader> reader,
      CallFor<std::unique_ptr<Reader>>(faults_, FaultPoint::kNewReader, [&] { return store_.NewReader(); }));
  return std::make_unique<FaultyReader>(std::move(reader), faults_);
}

absl::Status FaultyStore::Maintain(bool idle) {
  return faults_.Call(FaultPoint::kMaintain, [&] { return store_.Maintain(idle); });
}

absl::StatusOr<std::optional<SignedHead>> FaultyLastSigned::Read() {
  return CallFor<std::optional<SignedHead>>(faults_, FaultPoint::kLastSignedRead, [&] { return last_signed_.Read(); });
}

absl::Status FaultyLastSigned::Write(const SignedHead& head) {
  return faults_.Call(FaultPoint::kLastSignedWrite, [&] { return last_signed_.Write(head); });
}

absl::Status FaultyLastSigned::Restart(const SignedHead& head) {
  return faults_.Call(FaultPoint::kLastSignedWrite, [&] { return last_signed_.Restart(head); });
}

}  // namespace eagle::storage
