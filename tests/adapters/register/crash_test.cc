// A process that dies inside its transaction has done nothing, whichever statement was the last, for every kind: a
// child process is ended before the n-th SQL statement, n = 1, 2, 3 ..., and its file is read again.
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "gtest/gtest.h"
#include "tests/adapters/register/kinds.h"

namespace eagle::registry {
namespace {

constexpr int kDied = 41, kFinished = 42, kFailed = 43;

int EndAt(unsigned, void* left, void*, void*) {
  if (--*static_cast<int*>(left) == 0) _exit(kDied);
  return 0;
}

bool RunInChild(Office& office, int n, const std::function<bool()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    office.Restart();  // a connection of its own
    int left = n;
    sqlite3_trace_v2(office.inbox->Begin()->sqlite(), SQLITE_TRACE_STMT, EndAt, &left);
    _exit(work() ? kFinished : kFailed);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_NE(WEXITSTATUS(status), kFailed);
  return WEXITSTATUS(status) != kDied;
}

std::string OnRecord(Office& office, const std::string& unit) {
  std::string out;
  const auto seals = office.Seals(unit);
  for (const Seal& seal : seals) {
    out += std::string(sdk::PhaseName(seal.row.phase)) + " " + std::to_string(seal.row.controlled()) + "/" +
           std::to_string(seal.row.requested) + " " + std::to_string(seal.value_minor_units) + "; ";
  }
  auto transaction = office.inbox->Begin();
  Tables tables = office.TablesIn(*transaction);
  out += std::to_string(tables.OpenReviews().size()) + " reviews; ";
  out += std::to_string(sdk::InboxTables(*transaction).Changes(0, SIZE_MAX).size()) + " changes; ";
  for (const Seal& seal : seals) {
    if (seal.IsOurs()) out += tables.FindAnswer(seal.operation) ? "answer; " : "no answer; ";
  }
  return out;
}

// Dies at every point in turn, until one run gets through: before that nothing may be on record, and then all of it.
void DieEverywhere(Office& office, const std::string& unit, const std::function<bool()>& work) {
  const std::string before = OnRecord(office, unit);
  for (int n = 1; n < 500; ++n) {
    office.kept.reset();
    office.inbox.reset();  // one process at a time
    const bool through = RunInChild(office, n, work);
    office.Restart();
    if (through) {
      EXPECT_NE(OnRecord(office, unit), before);
      EXPECT_GT(n, 8);
      return;
    }
    EXPECT_EQ(OnRecord(office, unit), before) << "died before statement " << n;
  }
  ADD_FAILURE() << "the work never ends";
}

TEST(RegisterCrash, ASealThatIsDoneWhenItComesIsEnteredWhollyOrNotAtAll) {
  VehicleOffice office;
  const v1::Order seal = office.Freeze();
  office.Arrive(seal);
  DieEverywhere(office, kLinsCar, [&] { return office.TryDo(seal).ok(); });
  EXPECT_EQ(OnRecord(office, kLinsCar), "EFFECTIVE 1/1 0; 0 reviews; 0 changes; answer; ");
}

TEST(RegisterCrash, APartialReleaseAndWhatItPromotesAreOne) {
  EquityOffice office;
  const v1::Order first = office.Freeze(30, 100, 900'000'00), second = office.Freeze(10, 100, 300'000'00);
  for (const v1::Order* order : {&first, &second}) {
    office.Do(*order);
    ASSERT_TRUE(office.Approve().ok());
  }
  v1::Order part = office.Release(first);
  part.mutable_release()->set_amount_minor_units(300'000'00);
  office.Arrive(part);
  DieEverywhere(office, kQiming, [&] { return office.TryDo(part).ok(); });
  EXPECT_EQ(OnRecord(office, kQiming),
            "EFFECTIVE 100000000/100000000 60000000; EFFECTIVE 50000000/50000000 30000000; 0 reviews; 1 changes; "
            "answer; answer; ");
}

TEST(RegisterCrash, ThePreservationOfARightIsEnteredOnce) {
  IpOffice office;
  const v1::Order order = office.Preserve();
  office.Arrive(order);
  DieEverywhere(office, kRotorPatent, [&] { return office.TryDo(order).ok(); });
  EXPECT_EQ(OnRecord(office, kRotorPatent), "EFFECTIVE 1/1 0; 0 reviews; 0 changes; answer; ");
}

}  // namespace
}  // namespace eagle::registry
