#include "server/storage/folder_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>
#include <utility>

#include "server/base/reason.h"
#include "tests/support/temp_folder.h"

namespace eagle::storage {
namespace {

// A second process that tries for the folder: true when it got it.
bool AnotherProcessGets(const std::string& folder) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(2);  // refused means refused at once
    _exit(FolderLock::Acquire(folder).ok() ? 0 : 1);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status)) << "it waited";
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(FolderLockTest, ASecondProcessIsRefusedUntilTheFirstLetsGo) {
  TempFolder folder;
  auto lock = FolderLock::Acquire(folder.path());
  ASSERT_TRUE(lock.ok()) << lock.status();
  EXPECT_FALSE(AnotherProcessGets(folder.path()));
  std::optional<FolderLock> moved = *std::move(lock);
  EXPECT_FALSE(AnotherProcessGets(folder.path()));
  moved.reset();
  EXPECT_TRUE(AnotherProcessGets(folder.path()));
}

TEST(FolderLockTest, TheRefusalNamesTheOwner) {
  TempFolder folder;
  auto lock = FolderLock::Acquire(folder.path());
  ASSERT_TRUE(lock.ok());
  const absl::Status status = FolderLock::Acquire(folder.path()).status();
  EXPECT_EQ(ReasonOf(status), Reason::kFolderLocked);
  EXPECT_THAT(FailureOf(status).metadata, testing::Contains(testing::Pair("pid", std::to_string(getpid()))));
}

TEST(FolderLockTest, AKilledOwnerHoldsNothing) {
  TempFolder folder;
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    auto lock = FolderLock::Acquire(folder.path());
    if (!lock.ok() || write(ends[1], "+", 1) != 1) _exit(1);
    for (;;) pause();
  }
  char byte = 0;
  ASSERT_EQ(read(ends[0], &byte, 1), 1);
  EXPECT_EQ(ReasonOf(FolderLock::Acquire(folder.path()).status()), Reason::kFolderLocked);
  ASSERT_EQ(kill(child, SIGKILL), 0);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(FolderLock::Acquire(folder.path()).ok());
  close(ends[0]);
  close(ends[1]);
}

TEST(FolderLockTest, AFolderThatIsNotThereIsUnusable) {
  TempFolder folder;
  EXPECT_EQ(ReasonOf(FolderLock::Acquire(folder / "none").status()), Reason::kStorageUnusable);
}

}  // namespace
}  // namespace eagle::storage
