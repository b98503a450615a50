// Founding a log, and the audit of a folder whose gateway has stopped.
#include "server/journal_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <filesystem>

#include "server/trust/tag_key_file.h"
#include "tests/server/api_grpc/gateway_world.h"

namespace eagle {
namespace {

using testing::HasSubstr;

namespace v1 = ::goldeneagle::v1;

class JournalFolderTest : public testing::Test {
 protected:
  JournalFolderTest() { world_.Close(); }
  std::string data() { return world_.config().data_folder; }
  JournalFolderOptions Opened() { return {.data_folder = data(), .master_key_file = world_.config().master_key}; }
  void Sql(const std::string& statement) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(JournalPath(data()).c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db, statement.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
    sqlite3_close(db);
  }

  GatewayWorld world_;
  trust::SystemEntropy entropy_;
};

TEST_F(JournalFolderTest, AnUntouchedFolderVerifiesAndReplays) {
  auto folder = JournalFolder::Open(Opened(), entropy_);
  ASSERT_TRUE(folder.ok()) << folder.status();
  const auto verified = (*folder)->Verify();
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_TRUE(verified->findings.empty());
  EXPECT_EQ(verified->origin, "eagle.test/log1");
  EXPECT_GT(verified->entries, 10u);
  EXPECT_GT(verified->payloads_opened, 4u);
  EXPECT_EQ(verified->payloads_sealed + verified->payloads_erased, 0u);
  EXPECT_GT(verified->checkpoints, 2u);
  EXPECT_THAT(verified->newest_checkpoint, HasSubstr("eagle.test/log1\n" + std::to_string(verified->entries) + "\n"));
  const auto replayed = (*folder)->Replay();
  ASSERT_TRUE(replayed.ok()) << replayed.status();
  EXPECT_TRUE(replayed->findings.empty());
  EXPECT_EQ(replayed->entries, verified->entries);
  EXPECT_EQ(replayed->tables.size(), std::count_if(storage::kTables.begin(), storage::kTables.end(),
                                                   [](const auto& table) { return !table.derived; }));
  for (const TableReplayed& table : replayed->tables)
    EXPECT_EQ(table.stored_digest, table.replayed_digest) << table.name;
}

TEST_F(JournalFolderTest, ThePublicAuditNeedsNoKey) {
  auto folder = JournalFolder::Open({.data_folder = data()}, entropy_);
  ASSERT_TRUE(folder.ok()) << folder.status();
  const auto verified = (*folder)->Verify();
  ASSERT_TRUE(verified.ok());
  EXPECT_TRUE(verified->findings.empty());
  EXPECT_EQ(verified->payloads_opened, 0u);
  EXPECT_GT(verified->payloads_sealed, 4u);
  EXPECT_EQ(ReasonOf((*folder)->Replay().status()), Reason::kKeyUnusable);
}

TEST_F(JournalFolderTest, TheFolderIsLockedWhileSomebodyHasIt) {
  auto folder = JournalFolder::Open(Opened(), entropy_);
  ASSERT_TRUE(folder.ok());
  EXPECT_EQ(ReasonOf(JournalFolder::Open(Opened(), entropy_).status()), Reason::kFolderLocked);
}

TEST_F(JournalFolderTest, AnotherKeyThanThePinnedOneIsFound) {
  JournalFolderOptions options = Opened();
  const auto key = journal::PrivateKey::FromSeed(std::string(32, 'z'));
  options.log_key = journal::VerifierKeyText("eagle.test/log1", journal::NoteKeyType::kEd25519, key->PublicKeyOf());
  const auto verified = (*JournalFolder::Open(options, entropy_))->Verify();
  ASSERT_TRUE(verified.ok());
  ASSERT_FALSE(verified->findings.empty());
  EXPECT_EQ(verified->findings[0].reason, Reason::kNoteUntrusted);
}

TEST_F(JournalFolderTest, AFlippedBitIsFoundAtItsEntryAndInTheNextHead) {
  // The last byte of the last commit but one belongs to a sealed payload or to a body; either way its entry is named,
  // or the head after it.
  Sql("UPDATE journal SET entries = CAST(substr(entries, 1, length(entries) - 1) || x'ff' AS BLOB) WHERE first_index = "
      "(SELECT first_index FROM journal ORDER BY first_index DESC LIMIT 1 OFFSET 1)");
  const auto verified = (*JournalFolder::Open(Opened(), entropy_))->Verify();
  ASSERT_TRUE(verified.ok());
  EXPECT_FALSE(verified->findings.empty());
}

TEST_F(JournalFolderTest, ARowThatTheJournalDoesNotGiveIsFoundByReplay) {
  Sql("INSERT INTO sequences (key, value) VALUES (x'00112233445566778899aabbccddeeff', x'00')");
  auto folder = *JournalFolder::Open(Opened(), entropy_);
  EXPECT_TRUE(folder->Verify()->findings.empty());
  const auto replayed = folder->Replay();
  ASSERT_TRUE(replayed.ok()) << replayed.status();
  ASSERT_EQ(replayed->findings.size(), 1u);
  EXPECT_EQ(replayed->findings[0].reason, Reason::kTablesDiffer);
  EXPECT_THAT(replayed->findings[0].message, HasSubstr("sequences"));
}

TEST_F(JournalFolderTest, AMissingEndIsFoundByTheLastSignedHead) {
  Sql("DELETE FROM journal WHERE first_index = (SELECT max(first_index) FROM journal)");
  const auto verified = (*JournalFolder::Open({.data_folder = data()}, entropy_))->Verify();
  ASSERT_TRUE(verified.ok());
  ASSERT_EQ(verified->findings.size(), 1u);
  EXPECT_EQ(verified->findings[0].reason, Reason::kJournalOlder);
}

// --- who looked at whom

TEST_F(JournalFolderTest, NobodyLookedWhereNothingWasAsked) {
  auto folder = *JournalFolder::Open(Opened(), entropy_);
  const auto reads = folder->Reads({.id_kind = "CITIZEN_ID", .id_number = "990101198503070017"});
  ASSERT_TRUE(reads.ok()) << reads.status();
  EXPECT_EQ(reads->entries, folder->Verify()->entries);
  EXPECT_TRUE(reads->looks.empty());
  EXPECT_TRUE(reads->findings.empty());
}

TEST_F(JournalFolderTest, APersonIsFoundByATagKeyOrTheMasterKeyOnly) {
  const std::string file = world_.folder() + "/tag.key";
  {
    auto opened = *JournalFolder::Open(Opened(), entropy_);
    const auto payload_keys = opened->WritePayloadKeys(file + ".payloads", {});
    ASSERT_TRUE(payload_keys.ok()) << payload_keys.status();
    EXPECT_GT(*payload_keys, 0u);
    EXPECT_EQ(ReasonOf(opened->WritePayloadKeys(file + ".payloads", {}).status()), Reason::kKeyUnusable)
        << "a key is never overwritten";
    ASSERT_TRUE(opened->WriteTagKey(file, "").ok());
    EXPECT_EQ(ReasonOf(opened->WriteTagKey(file, "")), Reason::kKeyUnusable) << "a key is never overwritten";
  }
  auto folder = *JournalFolder::Open({.data_folder = data()}, entropy_);
  EXPECT_TRUE(folder->Reads({}).ok());
  EXPECT_TRUE(folder->Reads({.tag_key_files = {file}, .id_kind = "CITIZEN_ID", .id_number = "1"}).ok());
  EXPECT_EQ(ReasonOf(folder->Reads({.id_kind = "CITIZEN_ID", .id_number = "1"}).status()), Reason::kKeyUnusable);
  EXPECT_EQ(ReasonOf(folder->Reads({.id_kind = "CITIZEN_ID"}).status()), Reason::kFieldMissing);
  EXPECT_EQ(ReasonOf(folder->WriteTagKey(file + "2", "")), Reason::kKeyUnusable);
  const std::string other = world_.config().master_key;
  EXPECT_EQ(ReasonOf(folder->Reads({.tag_key_files = {other}, .id_kind = "CITIZEN_ID", .id_number = "1"}).status()),
            Reason::kKeyUnusable)
      << "a file of another kind of key";
}

TEST_F(JournalFolderTest, ARotationMakesANewestKeyAndKeepsTheOthers) {
  const std::string file = world_.folder() + "/tag.key";
  std::string first, second;
  {
    auto opened = *JournalFolder::Open(Opened(), entropy_);
    const auto before = opened->TagKeys();
    ASSERT_TRUE(before.ok()) << before.status();
    ASSERT_EQ(before->size(), 1u);
    first = before->front();
    ASSERT_TRUE(opened->WriteTagKey(file + ".before", "").ok());
    const auto rotated = opened->RotateTagKey(entropy_);
    ASSERT_TRUE(rotated.ok()) << rotated.status();
    second = *rotated;
    EXPECT_NE(second, first);
    EXPECT_EQ(*opened->TagKeys(), (std::vector<std::string>{second, first}));
    // A new master key wraps both.
    ASSERT_TRUE(opened->RotateMasterKey(entropy_).ok());
    EXPECT_EQ(*opened->TagKeys(), (std::vector<std::string>{second, first}));
    EXPECT_TRUE(opened->Verify()->findings.empty());
    EXPECT_TRUE(opened->Replay()->findings.empty());
  }
  auto opened = *JournalFolder::Open(Opened(), entropy_);
  ASSERT_TRUE(opened->WriteTagKey(file, "").ok());
  ASSERT_TRUE(opened->WriteTagKey(file + ".old", first).ok());
  EXPECT_EQ(ReasonOf(opened->WriteTagKey(file + ".none", "none")), Reason::kKeyUnusable);
  EXPECT_EQ((*trust::ReadTagKeyFile(file))->id(), second);
  EXPECT_EQ((*trust::ReadTagKeyFile(file + ".old"))->id(), first);
  EXPECT_EQ((*trust::ReadTagKeyFile(file + ".before"))->TagOf("K", "1"),
            (*trust::ReadTagKeyFile(file + ".old"))->TagOf("K", "1"));
}

TEST_F(JournalFolderTest, WithoutTheMasterKeyNoTagKeyIsListedOrMade) {
  auto folder = *JournalFolder::Open({.data_folder = data()}, entropy_);
  EXPECT_EQ(ReasonOf(folder->TagKeys().status()), Reason::kKeyUnusable);
  EXPECT_EQ(ReasonOf(folder->RotateTagKey(entropy_).status()), Reason::kKeyUnusable);
}

TEST_F(JournalFolderTest, AListFromADamagedJournalSaysSo) {
  Sql("DELETE FROM journal WHERE first_index = (SELECT max(first_index) FROM journal)");
  const auto reads = (*JournalFolder::Open(Opened(), entropy_))->Reads({});
  ASSERT_TRUE(reads.ok());
  EXPECT_EQ(reads->findings.size(), 1u);
}

// --- founding

class Founding : public testing::Test {
 protected:
  Founding() {
    options_.data_folder = folder_ / "data";
    v1::LogFounded& founded = options_.founded;
    founded.set_origin("eagle.test/log2");
    founded.set_format_version(1);
    founded.set_environment(v1::ENVIRONMENT_TEST);
    founded.set_approvals(2);
    founded.set_registrar_threshold(1);
    for (const char seed : {'1', '2'}) AddKey(seed, founded.add_administrators());
    AddKey('3', founded.add_registrars());
  }
  static void AddKey(char seed, v1::FoundingKey* row) {
    row->set_algorithm(v1::KEY_ALGORITHM_ED25519);
    row->set_key(trust::Ed25519Signer::FromSeed(std::string(32, seed))->public_key());
  }
  absl::StatusOr<std::string> Found() { return FoundLog(options_, absl::FromUnixSeconds(1790555400), entropy_); }

  TempFolder folder_;
  trust::SystemEntropy entropy_;
  FoundingOptions options_;
};

TEST_F(Founding, MakesALogOfOneEntryOnce) {
  const auto checkpoint = Found();
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  EXPECT_THAT(*checkpoint, HasSubstr("eagle.test/log2\n1\n"));
  const std::filesystem::path data = options_.data_folder;
  for (const char* file : {"journal.db", "keys.db", "last_signed", "log.key", "master.key"})
    EXPECT_TRUE(std::filesystem::exists(data / file)) << file;
  const auto again = Found();
  EXPECT_EQ(ReasonOf(again.status()), Reason::kStorageUnusable);
  EXPECT_TRUE((*JournalFolder::Open({.data_folder = options_.data_folder}, entropy_))->Verify()->findings.empty());
}

TEST_F(Founding, GoesOnWhereACrashLeftIt) {
  // Everything but the journal: as if the process had died before entry 0.
  ASSERT_TRUE(Found().ok());
  std::filesystem::rename(options_.data_folder + "/log.key", folder_ / "log.key");
  std::filesystem::rename(options_.data_folder + "/master.key", folder_ / "master.key");
  std::filesystem::remove_all(options_.data_folder);
  options_.log_key_file = folder_ / "log.key";
  options_.master_key_file = folder_ / "master.key";
  EXPECT_TRUE(Found().ok());
}

TEST_F(Founding, AnEmptyFolderOfALogThatHasSignedIsRefused) {
  options_.last_signed = folder_ / "last_signed";
  ASSERT_TRUE(Found().ok());
  std::filesystem::remove_all(options_.data_folder);
  EXPECT_EQ(ReasonOf(Found().status()), Reason::kJournalOlder);
}

TEST_F(Founding, WhatCannotWorkIsToldAtOnce) {
  options_.founded.set_origin("has space");
  options_.founded.set_environment(v1::ENVIRONMENT_UNSPECIFIED);
  options_.founded.set_approvals(1);
  options_.founded.mutable_administrators(1)->set_key(options_.founded.administrators(0).key());
  options_.founded.set_registrar_threshold(2);
  const auto found = Found();
  EXPECT_EQ(ReasonOf(found.status()), Reason::kConfigurationInvalid);
  EXPECT_EQ(FailureOf(found.status()).violations.size(), 5u);
  EXPECT_FALSE(std::filesystem::exists(options_.data_folder));
}

}  // namespace
}  // namespace eagle
