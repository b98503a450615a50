// A process that dies inside its transaction has done nothing, whichever statement was the last: a child process is
// ended before the n-th SQL statement, n = 1, 2, 3 ..., and its file is read again.
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "gtest/gtest.h"
#include "tests/adapters/land/land_office.h"

namespace eagle::land {
namespace {

constexpr int kDied = 41, kFinished = 42, kFailed = 43;

// Ends the process before the statement that would be the `left`-th.
int EndAt(unsigned, void* left, void*, void*) {
  if (--*static_cast<int*>(left) == 0) _exit(kDied);
  return 0;
}

// Runs `work` in a child that dies before its n-th statement; true when it got through.
bool RunInChild(LandOffice& office, int n, const std::function<bool()>& work) {
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

// What is on record: phases of the seals on the house, open reviews, first answers, changes.
std::string OnRecord(LandOffice& office) {
  std::string out;
  for (const Seal& seal : office.Seals(kHouse))
    out += seal.row.id + " " + std::string(sdk::PhaseName(seal.row.phase)) + "; ";
  auto transaction = office.inbox->Begin();
  LandTables tables(*transaction);
  out += std::to_string(tables.OpenReviews().size()) + " reviews; ";
  out += std::to_string(sdk::InboxTables(*transaction).Changes(0, SIZE_MAX).size()) + " changes; ";
  for (const Seal& seal : tables.SealsOf(kHouse, registry::Tables::Which::kAll)) {
    if (seal.IsOurs()) out += tables.FindAnswer(seal.operation) ? "answer; " : "no answer; ";
  }
  return out;
}

// Dies at every point in turn, until one run gets through: before that nothing may be on record, and then all of it.
int DieEverywhere(LandOffice& office, const std::function<bool()>& work) {
  const std::string before = OnRecord(office);
  for (int n = 1; n < 500; ++n) {
    office.kept.reset();
    office.inbox.reset();  // one process at a time
    const bool through = RunInChild(office, n, work);
    office.Restart();
    if (through) {
      EXPECT_NE(OnRecord(office), before);
      return n;
    }
    EXPECT_EQ(OnRecord(office), before) << "died before statement " << n;
  }
  ADD_FAILURE() << "the work never ends";
  return 0;
}

TEST(LandCrash, AnOrderIsEnteredWhollyOrNotAtAll) {
  LandOffice office;
  const v1::Order seal = office.Freeze(kHouse);
  office.Arrive(seal);
  const int points = DieEverywhere(office, [&] { return office.TryDo(seal).ok(); });
  EXPECT_GT(points, 8);
  EXPECT_EQ(OnRecord(office), LandOffice::OperationOf(seal).Text() + " PENDING; 1 reviews; 0 changes; answer; ");
}

TEST(LandCrash, AReleaseAndThePromotionBehindItAreOne) {
  LandOffice office;
  const v1::Order first = office.Freeze(kHouse);
  office.Do(first);
  ASSERT_TRUE(office.Approve().ok());
  v1::Order second = office.Freeze(kHouse);
  second.set_case_number("（2026）辽9901执1025号");
  office.Do(second);
  ASSERT_TRUE(office.Approve().ok());
  const v1::Order release = office.Release(first);
  office.Arrive(release);
  EXPECT_GT(DieEverywhere(office, [&] { return office.TryDo(release).ok(); }), 8);
  EXPECT_EQ(OnRecord(office), LandOffice::OperationOf(first).Text() + " RELEASED; " +
                                  LandOffice::OperationOf(second).Text() +
                                  " EFFECTIVE; 0 reviews; 1 changes; answer; answer; ");
}

TEST(LandCrash, TheClerksWordIsTakenOnce) {
  LandOffice office;
  const v1::Order seal = office.Freeze(kHouse);
  office.Do(seal);
  EXPECT_GT(DieEverywhere(office, [&] { return office.Decide(seal, {.approved = true, .clerk = "温雅"}).ok(); }), 5);
  EXPECT_EQ(OnRecord(office), LandOffice::OperationOf(seal).Text() + " EFFECTIVE; 0 reviews; 0 changes; answer; ");
}

TEST(LandCrash, ASealAtTheCounterIsEnteredOnce) {
  LandOffice office;
  const auto enter = [&] {
    return office
        .Counter("seal",
                 {{"unit", kHouse}, {"court", "辽9902"}, {"document", "（2026）辽9902执231号"}, {"holder", "1"}})
        .ok();
  };
  EXPECT_GT(DieEverywhere(office, enter), 8);
  EXPECT_EQ(office.Seals(kHouse).size(), 1u);
  EXPECT_EQ(office.Standing(kHouse, "（2026）辽9902执231号"), "EFFECTIVE rank 1");
}

}  // namespace
}  // namespace eagle::land
