// A backup that a running gateway makes on request: whole, of one moment, found out when it is changed, and put back
// only under a new origin.
#include "server/backup.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/journal_folder.h"
#include "server/recover.h"
#include "tests/server/api_grpc/gateway_world.h"
#include "tests/support/recovery.h"

namespace eagle {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

constexpr char kMakeBackup[] = "/goldeneagle.v1.AdminService/MakeBackup";

std::string Content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

class BackupTest : public testing::Test {
 protected:
  goldeneagle::v1::MakeBackupResponse Make() {
    const Answer answer = Call(world_.AdminChannel(), kMakeBackup);
    EXPECT_EQ(answer.code, grpc::StatusCode::OK) << answer.message;
    return Parsed<goldeneagle::v1::MakeBackupResponse>(answer);
  }
  GatewayWorld world_;
};

TEST_F(BackupTest, ItHoldsOneMomentAndItsSignedHeadAndNoKeyInTheClear) {
  const auto made = Make();
  const auto facts = CheckBackup(made.folder());
  ASSERT_TRUE(facts.ok()) << facts.status();
  EXPECT_EQ(facts->size, made.size());
  EXPECT_EQ(facts->checkpoint, made.checkpoint());
  EXPECT_EQ(facts->bytes, made.bytes());
  trust::SystemEntropy entropy;
  auto folder =
      JournalFolder::Open({.data_folder = made.folder(), .master_key_file = world_.config().master_key}, entropy);
  ASSERT_TRUE(folder.ok()) << folder.status();
  const auto verified = (*folder)->Verify();
  EXPECT_THAT(verified->findings, IsEmpty());
  EXPECT_EQ(verified->entries, made.size());
  EXPECT_EQ(verified->payloads_erased, 0u);
  std::string log_key = Content(world_.config().log_key);
  log_key.erase(log_key.find_last_not_of("\r\n") + 1);
  for (const auto& entry : fs::directory_iterator(made.folder())) {
    EXPECT_EQ(Content(entry.path()).find(log_key), std::string::npos) << entry.path();
    EXPECT_NE(entry.path().filename(), "master.key");
  }
}

TEST_F(BackupTest, EveryChangedFileIsFoundOut) {
  const std::string folder = Make().folder();
  for (const char* const name : {"journal.db", "keys.db", "checkpoint", "manifest"}) {
    const std::string path = folder + "/" + name;
    const std::string good = Content(path);
    for (const size_t at : {size_t{0}, good.size() / 2, good.size() - 2}) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ 1);
      std::ofstream(path, std::ios::binary) << bad;
      EXPECT_EQ(ReasonOf(CheckBackup(folder).status()), Reason::kBackupInvalid) << path << " byte " << at;
    }
    std::ofstream(path, std::ios::binary) << good.substr(0, good.size() / 2);
    EXPECT_FALSE(CheckBackup(folder).ok()) << path;
    std::ofstream(path, std::ios::binary) << good;
  }
  EXPECT_TRUE(CheckBackup(folder).ok());
  fs::remove(folder + "/manifest");
  EXPECT_EQ(ReasonOf(CheckBackup(folder).status()), Reason::kStorageUnusable);
}

TEST_F(BackupTest, TwoWhoAskAtOnceGetTheSameOneAndNothingHalfIsLeft) {
  const std::string backups = world_.config().backup_folder;
  fs::create_directories(backups + "/part-4711");  // of a process that died
  std::vector<std::string> folders(4);
  {
    std::vector<std::thread> threads;
    for (std::string& folder : folders) threads.emplace_back([&] { folder = Make().folder(); });
    for (std::thread& thread : threads) thread.join();
  }
  size_t whole = 0;
  for (const auto& entry : fs::directory_iterator(backups)) {
    EXPECT_TRUE(CheckBackup(entry.path()).ok()) << entry.path();
    ++whole;
  }
  EXPECT_GE(whole, 1u);
  EXPECT_LE(whole, 4u);
  for (const std::string& folder : folders) EXPECT_TRUE(fs::exists(folder));
}

TEST_F(BackupTest, AFolderThatCannotBeWrittenIsAnErrorAndTheGatewayGoesOn) {
  fs::remove_all(world_.config().backup_folder);
  std::ofstream(world_.config().backup_folder) << "a file";
  EXPECT_EQ(Call(world_.AdminChannel(), kMakeBackup).reason, "STORAGE_UNUSABLE");
  fs::remove(world_.config().backup_folder);
  EXPECT_FALSE(Make().folder().empty());
}

TEST_F(BackupTest, PutBackItIsRefusedAndARecoveryNeedsItsOwnKey) {
  const auto made = Make();
  world_.RegisterCourt(world_.Issue(trust::SystemRole::kCourt, "辽9907"), "辽9907");  // past the backup
  world_.Close();
  const ops::Config config = world_.config();
  for (const char* const name : {"/journal.db", "/keys.db"}) {
    fs::copy_file(made.folder() + name, config.data_folder + name, fs::copy_options::overwrite_existing);
    for (const char* rest : {"-wal", "-shm"}) fs::remove(config.data_folder + name + rest);
  }
  EXPECT_EQ(ReasonOf(Gateway::Start(config, world_.ports()).status()), Reason::kJournalOlder);
  // Nobody's document: nothing changes.
  trust::SystemEntropy entropy;
  goldeneagle::v1::Envelope document;
  const RecoveryFolder folder{config.data_folder, config.last_signed, config.log_key, config.master_key};
  EXPECT_EQ(ReasonOf(ApplyRecovery(document, folder, entropy).status()), Reason::kRecoveryMalformed);
  EXPECT_EQ(ReasonOf(Gateway::Start(config, world_.ports()).status()), Reason::kJournalOlder);
}

}  // namespace
}  // namespace eagle
