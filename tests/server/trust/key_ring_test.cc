// Keys that seal payloads: where they lie, how they are wrapped, and that a destroyed one is gone.
#include "server/trust/key_ring.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <thread>

#include "server/base/bytes.h"
#include "server/journal/payload.h"
#include "server/trust/secret_file.h"
#include "server/trust/sqlite_key_store.h"
#include "server/trust/tag_key_file.h"
#include "tests/server/trust/support.h"
#include "tests/support/temp_folder.h"
#include "tests/support/trust/fake_key_store.h"
#include "tests/support/trust/seeded_entropy.h"

namespace eagle::trust {
namespace {

std::string Id(char c) { return std::string(16, c); }

std::string FileBytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
}

// One suite for every KeyStore.
class KeyStoreContract : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (std::string(GetParam()) == "fake") {
      store_ = std::make_unique<FakeKeyStore>();
    } else {
      auto opened = SqliteKeyStore::Open(folder_ / "keys.db");
      ASSERT_EQ(WhyNot(opened), "OK");
      store_ = *std::move(opened);
    }
  }
  TempFolder folder_;
  std::unique_ptr<KeyStore> store_;
};

TEST_P(KeyStoreContract, WhatIsPutIsGotUntilItIsDeleted) {
  EXPECT_EQ(WhyNot(store_->Get(Id('a'))), "NOT_FOUND");
  ASSERT_EQ(WhyNot(store_->Put({Id('a'), "case", std::string("wrapped\0a", 9)})), "OK");
  ASSERT_EQ(WhyNot(store_->Put({Id('b'), "log", "wrapped b"})), "OK");
  const auto got = store_->Get(Id('a'));
  ASSERT_EQ(WhyNot(got), "OK");
  EXPECT_EQ(got->key_id, Id('a'));
  EXPECT_EQ(got->scope, "case");
  EXPECT_EQ(got->wrapped, std::string("wrapped\0a", 9));
  EXPECT_EQ(WhyNot(store_->Delete(Id('a'))), "OK");
  EXPECT_EQ(WhyNot(store_->Get(Id('a'))), "NOT_FOUND");
  EXPECT_EQ(WhyNot(store_->Delete(Id('a'))), "OK");  // again
  EXPECT_EQ(store_->Get(Id('b'))->wrapped, "wrapped b");
}

TEST_P(KeyStoreContract, AnIdIsPutOnce) {
  ASSERT_EQ(WhyNot(store_->Put({Id('a'), "case", "first"})), "OK");
  EXPECT_EQ(WhyNot(store_->Put({Id('a'), "case", "second"})), "KEY_UNUSABLE");
  EXPECT_EQ(store_->Get(Id('a'))->wrapped, "first");
  EXPECT_EQ(WhyNot(store_->Put({Id('b'), "case", "third"})), "OK");  // and the store goes on
}

TEST_P(KeyStoreContract, SizesAreBounded) {
  EXPECT_EQ(WhyNot(store_->Put({"short", "case", "w"})), "KEY_UNUSABLE");
  EXPECT_EQ(WhyNot(store_->Put({Id('a'), "", "w"})), "KEY_UNUSABLE");
  EXPECT_EQ(WhyNot(store_->Put({Id('a'), "case", ""})), "KEY_UNUSABLE");
  EXPECT_EQ(WhyNot(store_->Put({Id('a'), std::string(257, 's'), "w"})), "KEY_UNUSABLE");
  EXPECT_EQ(WhyNot(store_->Put({Id('a'), "case", std::string(4097, 'w')})), "KEY_UNUSABLE");
  EXPECT_EQ(WhyNot(store_->Put({Id('a'), std::string(256, 's'), std::string(4096, 'w')})), "OK");
  EXPECT_EQ(WhyNot(store_->Get("")), "NOT_FOUND");
}

TEST_P(KeyStoreContract, AScopeIsListedInOrder) {
  for (char c : {'c', 'a', 'd', 'b'})
    ASSERT_EQ(WhyNot(store_->Put({Id(c), c == 'd' ? "log" : "court/辽9901", "w"})), "OK");
  EXPECT_EQ(*store_->List("court/辽9901"), (std::vector<std::string>{Id('a'), Id('b'), Id('c')}));
  EXPECT_EQ(*store_->List("log"), (std::vector<std::string>{Id('d')}));
  EXPECT_TRUE(store_->List("court")->empty());
}

TEST_P(KeyStoreContract, KeysAreWrappedAnewAllOrNone) {
  for (char c : {'a', 'b', 'c'}) ASSERT_EQ(WhyNot(store_->Put({Id(c), "case", "old"})), "OK");
  EXPECT_EQ(WhyNot(store_->Rewrap({{Id('a'), "case", "new"}, {Id('x'), "case", "new"}})), "NOT_FOUND");
  EXPECT_EQ(store_->Get(Id('a'))->wrapped, "old");
  EXPECT_EQ(WhyNot(store_->Rewrap({{Id('a'), "case", "new"}, {Id('b'), "case", ""}})), "KEY_UNUSABLE");
  EXPECT_EQ(store_->Get(Id('a'))->wrapped, "old");
  EXPECT_EQ(WhyNot(store_->Rewrap({{Id('a'), "case", "new"}, {Id('c'), "case", "newer"}})), "OK");
  EXPECT_EQ(store_->Get(Id('a'))->wrapped, "new");
  EXPECT_EQ(store_->Get(Id('b'))->wrapped, "old");
  EXPECT_EQ(store_->Get(Id('c'))->wrapped, "newer");
}

TEST_P(KeyStoreContract, PagesHoldEveryKeyOnceInOrder) {
  for (char c : {'c', 'a', 'b'}) ASSERT_EQ(WhyNot(store_->Put({Id(c), "case", std::string(1, c)})), "OK");
  std::string after, seen;
  for (;;) {
    const auto page = store_->Page(after, 2);
    ASSERT_EQ(WhyNot(page), "OK");
    if (page->empty()) break;
    for (const StoredKey& key : *page) seen += key.wrapped;
    after = page->back().key_id;
  }
  EXPECT_EQ(seen, "abc");
}

TEST_P(KeyStoreContract, ManyThreadsMayUseIt) {
  std::vector<std::thread> threads;
  std::vector<int> right(4, 0);
  for (size_t t = 0; t < right.size(); ++t) {
    threads.emplace_back([this, t, &right] {
      for (char i = 0; i < 10; ++i) {
        const std::string id = std::string(15, static_cast<char>('a' + t)) + i;
        if (!store_->Put({id, "case", id}).ok()) continue;
        if (store_->Get(id).ok() && store_->Get(id)->wrapped == id) ++right[t];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, std::vector<int>(4, 10));
  EXPECT_EQ(store_->List("case")->size(), 40u);
}

INSTANTIATE_TEST_SUITE_P(All, KeyStoreContract, ::testing::Values("fake", "sqlite"),
                         [](const auto& row) { return std::string(row.param); });

TEST(SqliteKeyStore, SurvivesReopeningAndIsItsOwnersOnly) {
  const TempFolder folder;
  const std::string path = folder / "keys.db";
  {
    auto store = *SqliteKeyStore::Open(path);
    ASSERT_EQ(WhyNot(store->Put({Id('a'), "case", "wrapped"})), "OK");
    EXPECT_EQ(WhyNot(SqliteKeyStore::Open(path)), "FOLDER_LOCKED");
  }
  struct stat facts {};
  ASSERT_EQ(::stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  EXPECT_EQ((*SqliteKeyStore::Open(path))->Get(Id('a'))->wrapped, "wrapped");
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  EXPECT_EQ(WhyNot(SqliteKeyStore::Open(path)), "KEY_UNUSABLE");
  EXPECT_EQ(WhyNot(SqliteKeyStore::Open(folder / "no/keys.db")), "UNAVAILABLE");
}

TEST(SqliteKeyStore, OtherFilesAreRefused) {
  const TempFolder folder;
  ASSERT_EQ(WhyNot(WriteSecretFile(folder / "text", std::string(5000, 'x'))), "OK");
  EXPECT_EQ(WhyNot(SqliteKeyStore::Open(folder / "text")), "KEY_UNUSABLE");
  { auto store = *SqliteKeyStore::Open(folder / "newer.db"); }
  std::fstream file(folder / "newer.db", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(63);  // the last byte of user_version in the header
  file.put(2);
  file.close();
  EXPECT_EQ(WhyNot(SqliteKeyStore::Open(folder / "newer.db")), "KEY_UNUSABLE");
}

TEST(SqliteKeyStore, DeletedBytesAreInNoFile) {
  const TempFolder folder;
  SeededEntropy entropy(1);
  const std::string wrapped = entropy.Bytes(61), other = entropy.Bytes(61);
  const auto occurs = [&folder](std::string_view bytes) {
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder.path())) {
      if (file.is_regular_file() && FileBytes(file.path().string()).find(bytes) != std::string::npos) return true;
    }
    return false;
  };
  auto store = *SqliteKeyStore::Open(folder / "keys.db");
  for (char c = 'a'; c < 'z'; ++c) ASSERT_EQ(WhyNot(store->Put({Id(c), "case", c == 'm' ? wrapped : other})), "OK");
  EXPECT_TRUE(occurs(wrapped));
  ASSERT_EQ(WhyNot(store->Delete(Id('m'))), "OK");
  EXPECT_FALSE(occurs(wrapped));
  EXPECT_FALSE(occurs(Id('m')));
  EXPECT_TRUE(occurs(other));
  store.reset();
  EXPECT_FALSE(occurs(wrapped));
}

// Files of this process can't grow beyond `bytes` while it lives.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit = {bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  void (*handler_)(int);
  rlimit before_{};
};

TEST(SqliteKeyStore, AFailedWriteStopsTheStoreAndLosesNothingThatWasAnswered) {
  const TempFolder folder;
  auto store = *SqliteKeyStore::Open(folder / "keys.db");
  std::vector<std::string> answered;
  std::string why = "OK";
  {
    const FullDisk full(64 * 1024);
    for (int i = 0; why == "OK" && i < 1000; ++i) {
      const std::string id = std::string(12, 'k') + std::to_string(1000 + i);
      why = WhyNot(store->Put({id, "case", std::string(4000, 'w')}));
      if (why == "OK") answered.push_back(id);
    }
  }
  EXPECT_EQ(why, "UNAVAILABLE");
  EXPECT_GT(answered.size(), 5u);
  // There is room again, but what the failed write did is known only after opening anew.
  EXPECT_EQ(WhyNot(store->Put({Id('a'), "case", "w"})), "UNAVAILABLE");
  EXPECT_EQ(WhyNot(store->Get(answered.front())), "UNAVAILABLE");
  EXPECT_EQ(WhyNot(store->Delete(answered.front())), "UNAVAILABLE");
  EXPECT_EQ(WhyNot(store->List("case")), "UNAVAILABLE");
  store.reset();
  store = *SqliteKeyStore::Open(folder / "keys.db");
  EXPECT_EQ(*store->List("case"), answered);
  EXPECT_EQ(WhyNot(store->Put({Id('a'), "case", "w"})), "OK");
}

class KeyRingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(WhyNot(FileKeyWrapper::MakeFile(folder_ / "master.key", entropy_)), "OK");
    wrapper_ = *FileKeyWrapper::Open(folder_ / "master.key", entropy_);
  }
  TempFolder folder_;
  SeededEntropy entropy_{5};
  std::unique_ptr<FileKeyWrapper> wrapper_;
  FakeKeyStore store_;
};

TEST_F(KeyRingTest, SurvivesReopening) {
  std::string case_key_id, case_key, tag;
  {
    auto store = *SqliteKeyStore::Open(folder_ / "keys.db");
    auto ring = *KeyRing::Open(*store, *wrapper_, entropy_);
    case_key_id = *ring->NewKey("case");
    case_key = *ring->KeyOf(case_key_id);
    tag = ring->Tag("CITIZEN_ID", "990101198503070017");
    EXPECT_EQ(case_key_id.size(), 16u);
    EXPECT_EQ(case_key.size(), 32u);
    EXPECT_EQ(tag.size(), kTagSize);
    EXPECT_EQ(FileBytes(folder_ / "keys.db").find(case_key), std::string::npos);  // wrapped only
  }
  auto store = *SqliteKeyStore::Open(folder_ / "keys.db");
  auto wrapper = *FileKeyWrapper::Open(folder_ / "master.key", entropy_);
  auto ring = *KeyRing::Open(*store, *wrapper, entropy_);
  EXPECT_EQ(*ring->KeyOf(case_key_id), case_key);
  EXPECT_EQ(ring->Tag("CITIZEN_ID", "990101198503070017"), tag);
  EXPECT_EQ(*ring->KeysOf("case"), (std::vector<std::string>{case_key_id}));
}

TEST_F(KeyRingTest, EveryKeyIsAnother) {
  auto ring = *KeyRing::Open(store_, *wrapper_, entropy_);
  std::set<std::string> ids, keys;
  for (int i = 0; i < 100; ++i) {
    ids.insert(*ring->NewKey("case"));
    keys.insert(*ring->KeyOf(*ids.rbegin()));
  }
  for (const std::string& id : ids) keys.insert(*ring->KeyOf(id));
  EXPECT_EQ(ids.size(), 100u);
  EXPECT_EQ(keys.size(), 100u);
}

TEST_F(KeyRingTest, APayloadIsReadUntilItsKeyIsForgotten) {
  auto ring = *KeyRing::Open(store_, *wrapper_, entropy_);
  const std::string id = *ring->NewKey("case"), kept = *ring->NewKey("case");
  const std::string sealed = journal::SealPayload(*ring->KeyOf(id), id, entropy_.Bytes(12), entropy_.Bytes(32),
                                                  "林远舟", EntryIndex(9), 15, CaseSeq(3));
  EXPECT_EQ(
      journal::OpenPayload(*ring->KeyOf(*journal::KeyIdOf(sealed)), sealed, EntryIndex(9), 15, CaseSeq(3))->payload,
      "林远舟");
  ASSERT_EQ(WhyNot(ring->Forget(id)), "OK");
  EXPECT_EQ(WhyNot(ring->KeyOf(id)), "ERASED");
  EXPECT_EQ(WhyNot(ring->Forget(id)), "OK");
  EXPECT_EQ(WhyNot(ring->KeyOf(kept)), "OK");
  auto again = *KeyRing::Open(store_, *wrapper_, entropy_);
  EXPECT_EQ(WhyNot(again->KeyOf(id)), "ERASED");
}

TEST_F(KeyRingTest, AForgottenKeyIsInNoFile) {
  auto store = *SqliteKeyStore::Open(folder_ / "keys.db");
  auto ring = *KeyRing::Open(*store, *wrapper_, entropy_);
  const std::string id = *ring->NewKey("case");
  const std::string wrapped = store->Get(id)->wrapped;
  ASSERT_NE(FileBytes(folder_ / "keys.db").find(wrapped), std::string::npos);
  ASSERT_EQ(WhyNot(ring->Forget(id)), "OK");
  EXPECT_EQ(FileBytes(folder_ / "keys.db").find(wrapped), std::string::npos);
  EXPECT_EQ(FileBytes(folder_ / "keys.db-journal").find(wrapped), std::string::npos);
}

TEST_F(KeyRingTest, AnotherMasterKeyOpensNothing) {
  std::string id;
  {
    auto ring = *KeyRing::Open(store_, *wrapper_, entropy_);
    id = *ring->NewKey("case");
  }
  ASSERT_EQ(WhyNot(FileKeyWrapper::MakeFile(folder_ / "other.key", entropy_)), "OK");
  auto other = *FileKeyWrapper::Open(folder_ / "other.key", entropy_);
  EXPECT_EQ(WhyNot(KeyRing::Open(store_, *other, entropy_)), "KEY_UNUSABLE");
  // A new master key on top of the old one opens both.
  const std::string old_line = FileBytes(folder_ / "master.key").substr(27),
                    new_file = FileBytes(folder_ / "other.key");
  ASSERT_EQ(WhyNot(WriteSecretFile(folder_ / "both.key", new_file + old_line)), "OK");
  auto both = *FileKeyWrapper::Open(folder_ / "both.key", entropy_);
  auto ring = *KeyRing::Open(store_, *both, entropy_);
  EXPECT_EQ(WhyNot(ring->KeyOf(id)), "OK");
  EXPECT_EQ(WhyNot(other->Unwrap(store_.Get(*ring->NewKey("case"))->wrapped, "x")), "KEY_UNUSABLE");
}

TEST_F(KeyRingTest, AWrappedKeyBelongsToItsIdAndScope) {
  auto ring = *KeyRing::Open(store_, *wrapper_, entropy_);
  const StoredKey stored = *store_.Get(*ring->NewKey("case"));
  ASSERT_EQ(WhyNot(store_.Put({Id('x'), "case", stored.wrapped})), "OK");
  EXPECT_EQ(WhyNot(ring->KeyOf(Id('x'))), "KEY_UNUSABLE");
  ASSERT_EQ(WhyNot(store_.Delete(stored.key_id)), "OK");
  ASSERT_EQ(WhyNot(store_.Put({stored.key_id, "log", stored.wrapped})), "OK");
  EXPECT_EQ(WhyNot(ring->KeyOf(stored.key_id)), "KEY_UNUSABLE");
  for (size_t bit = 0; bit < stored.wrapped.size() * 8; ++bit) {
    std::string changed = stored.wrapped;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_EQ(WhyNot(wrapper_->Unwrap(changed, stored.key_id + "case")), "KEY_UNUSABLE") << bit;
  }
  for (size_t size = 0; size < stored.wrapped.size(); ++size) {
    EXPECT_EQ(WhyNot(wrapper_->Unwrap(stored.wrapped.substr(0, size), stored.key_id + "case")), "KEY_UNUSABLE");
  }
  EXPECT_EQ(WhyNot(wrapper_->Unwrap(stored.wrapped, stored.key_id + "case")), "OK");
}

TEST_F(KeyRingTest, ACachedKeyAsksNoStore) {
  auto ring = *KeyRing::Open(store_, *wrapper_, entropy_, /*cached_keys_max=*/2);
  const std::string a = *ring->NewKey("case"), b = *ring->NewKey("case"), c = *ring->NewKey("case");
  const int before = store_.gets();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(WhyNot(ring->KeyOf(a)), "OK");
  EXPECT_EQ(store_.gets(), before + 1);
  EXPECT_EQ(WhyNot(ring->KeyOf(b)), "OK");
  EXPECT_EQ(WhyNot(ring->KeyOf(c)), "OK");  // a gives way
  EXPECT_EQ(WhyNot(ring->KeyOf(a)), "OK");
  EXPECT_EQ(store_.gets(), before + 4);
}

TEST_F(KeyRingTest, AFailingStoreIsNotAnErasedCase) {
  auto ring = *KeyRing::Open(store_, *wrapper_, entropy_);
  const std::string cached = *ring->NewKey("case"), other = *ring->NewKey("case");
  EXPECT_EQ(WhyNot(ring->KeyOf(cached)), "OK");
  store_.SetFailing(true);
  EXPECT_EQ(WhyNot(ring->NewKey("case")), "UNAVAILABLE");
  EXPECT_EQ(WhyNot(ring->KeyOf(other)), "UNAVAILABLE");
  EXPECT_EQ(WhyNot(ring->KeyOf(cached)), "OK");
  EXPECT_EQ(WhyNot(ring->Forget(cached)), "UNAVAILABLE");
  EXPECT_EQ(WhyNot(KeyRing::Open(store_, *wrapper_, entropy_)), "UNAVAILABLE");  // and never a second tag key
  store_.SetFailing(false);
  EXPECT_EQ(WhyNot(ring->KeyOf(other)), "OK");
  EXPECT_EQ(WhyNot(ring->Forget(cached)), "OK");
  EXPECT_EQ(store_.List(KeyRing::kTagScope)->size(), 1u);
}

TEST_F(KeyRingTest, TheTagKeyIsOneAndStays) {
  auto ring = *KeyRing::Open(store_, *wrapper_, entropy_);
  EXPECT_EQ(WhyNot(ring->NewKey("tag")), "KEY_UNUSABLE");
  EXPECT_EQ(WhyNot(ring->Forget(store_.List("tag")->front())), "KEY_UNUSABLE");
  const std::string tag = ring->Tag("CITIZEN_ID", "1");
  EXPECT_NE(ring->Tag("CITIZEN_ID", "2"), tag);
  EXPECT_NE(ring->Tag("PASSPORT", "1"), tag);
  EXPECT_EQ(ring->Tag("PASSPORT", "1").substr(0, 4), tag.substr(0, 4));
  const StoredKey stored = *store_.Get(store_.List("tag")->front());
  ASSERT_EQ(WhyNot(store_.Put({Id('t'), "tag", stored.wrapped})), "OK");
  EXPECT_EQ(WhyNot(KeyRing::Open(store_, *wrapper_, entropy_)), "KEY_UNUSABLE");
}

TEST_F(KeyRingTest, AfterARotationNewTagsAreOfTheNewKeyAndOldOnesAreFound) {
  const auto tags = [](KeyRing& ring) { return ring.Tags("CITIZEN_ID", "1"); };
  std::vector<std::string> before;
  {
    auto ring = *KeyRing::Open(store_, *wrapper_, entropy_);
    before = tags(*ring);
    EXPECT_EQ(before, std::vector<std::string>{ring->Tag("CITIZEN_ID", "1")});
    ASSERT_EQ(WhyNot(ring->RotateTagKey()), "OK");
    EXPECT_EQ(tags(*ring), before) << "who has the ring open goes on as it began";
    EXPECT_EQ(WhyNot(ring->RotateTagKey()), "KEY_UNUSABLE") << "two rotations of one ring would lose their order";
  }
  auto ring = *KeyRing::Open(store_, *wrapper_, entropy_);
  const auto after = tags(*ring);
  ASSERT_EQ(after.size(), 2u);
  EXPECT_EQ(after[0], ring->Tag("CITIZEN_ID", "1"));
  EXPECT_NE(after[0].substr(0, 4), before[0].substr(0, 4));
  EXPECT_EQ(after[1], before[0]);
  ASSERT_EQ(ring->tag_keys().size(), 2u);
  EXPECT_EQ(ring->tag_keys()[1].tag_id, before[0].substr(0, 4));
  EXPECT_EQ(TagKey(*ring->KeyOf(ring->tag_keys()[0].key_id)).TagOf("CITIZEN_ID", "1"), after[0]);
}

TEST_F(KeyRingTest, TheOrderOfTagKeysIsThatOfTheirMaking) {
  std::vector<std::string> newest;
  for (size_t made = 1; made <= kTagKeysMax; ++made) {
    auto ring = *KeyRing::Open(store_, *wrapper_, entropy_);
    newest.insert(newest.begin(), ring->Tag("CITIZEN_ID", "1"));
    EXPECT_EQ(ring->Tags("CITIZEN_ID", "1"), newest);
    EXPECT_EQ(WhyNot(ring->RotateTagKey()), made < kTagKeysMax ? "OK" : "KEY_UNUSABLE");
  }
}

TEST_F(KeyRingTest, NoErasureTakesAnOldTagKeyAndNobodyElseMakesOne) {
  ASSERT_EQ(WhyNot((*KeyRing::Open(store_, *wrapper_, entropy_))->RotateTagKey()), "OK");
  auto ring = *KeyRing::Open(store_, *wrapper_, entropy_);
  for (const auto& name : ring->tag_keys()) EXPECT_EQ(WhyNot(ring->Forget(name.key_id)), "KEY_UNUSABLE");
  for (const char* scope : {"tag", "tag/2", "tag/3"}) EXPECT_EQ(WhyNot(ring->NewKey(scope)), "KEY_UNUSABLE");
  EXPECT_EQ(ring->tag_keys().size(), 2u);
  // Another place is another key: a store whose keys changed places doesn't open.
  const StoredKey second = *store_.Get(ring->tag_keys()[0].key_id);
  ASSERT_EQ(WhyNot(store_.Put({Id('t'), "tag/3", second.wrapped})), "OK");
  EXPECT_EQ(WhyNot(KeyRing::Open(store_, *wrapper_, entropy_)), "KEY_UNUSABLE");
}

TEST_F(KeyRingTest, ARotationThatFailsLeavesAStoreThatOpens) {
  auto ring = *KeyRing::Open(store_, *wrapper_, entropy_);
  const std::string tag = ring->Tag("CITIZEN_ID", "1");
  store_.SetFailing(true);
  EXPECT_EQ(WhyNot(ring->RotateTagKey()), "UNAVAILABLE");
  store_.SetFailing(false);
  EXPECT_EQ((*KeyRing::Open(store_, *wrapper_, entropy_))->Tags("CITIZEN_ID", "1"), std::vector<std::string>{tag});
  EXPECT_EQ(WhyNot(ring->RotateTagKey()), "OK");
  EXPECT_EQ((*KeyRing::Open(store_, *wrapper_, entropy_))->Tags("CITIZEN_ID", "1").back(), tag);
}

TEST_F(KeyRingTest, ABackupHasEveryTagKey) {
  std::vector<std::string> tags;
  {
    auto store = *SqliteKeyStore::Open(folder_ / "keys.db");
    ASSERT_EQ(WhyNot((*KeyRing::Open(*store, *wrapper_, entropy_))->RotateTagKey()), "OK");
    tags = (*KeyRing::Open(*store, *wrapper_, entropy_))->Tags("CITIZEN_ID", "1");
    ASSERT_EQ(WhyNot(store->Copy(folder_ / "backup.db")), "OK");
  }
  auto backup = *SqliteKeyStore::Open(folder_ / "backup.db");
  EXPECT_EQ((*KeyRing::Open(*backup, *wrapper_, entropy_))->Tags("CITIZEN_ID", "1"), tags);
  EXPECT_EQ(tags.size(), 2u);
}

TEST_F(KeyRingTest, ANewMasterKeyWrapsEveryTagKey) {
  std::vector<std::string> tags;
  {
    auto store = *SqliteKeyStore::Open(folder_ / "keys.db");
    ASSERT_EQ(WhyNot((*KeyRing::Open(*store, *wrapper_, entropy_))->RotateTagKey()), "OK");
    tags = (*KeyRing::Open(*store, *wrapper_, entropy_))->Tags("CITIZEN_ID", "1");
    ASSERT_EQ(WhyNot(FileKeyWrapper::AddMaster(folder_ / "master.key", entropy_)), "OK");
    auto both = *FileKeyWrapper::Open(folder_ / "master.key", entropy_);
    ASSERT_EQ(WhyNot((*KeyRing::Open(*store, *both, entropy_))->Rewrap(*store->Page("", 100))), "OK");
    ASSERT_EQ(WhyNot(FileKeyWrapper::DropOldMasters(folder_ / "master.key")), "OK");
  }
  auto store = *SqliteKeyStore::Open(folder_ / "keys.db");
  auto wrapper = *FileKeyWrapper::Open(folder_ / "master.key", entropy_);
  EXPECT_EQ((*KeyRing::Open(*store, *wrapper, entropy_))->Tags("CITIZEN_ID", "1"), tags);
  EXPECT_EQ(WhyNot(KeyRing::Open(*store, *wrapper_, entropy_)), "KEY_UNUSABLE");
}

TEST_F(KeyRingTest, ReadersAndForgettersMeet) {
  auto ring = *KeyRing::Open(store_, *wrapper_, entropy_);
  std::vector<std::string> ids;
  for (int i = 0; i < 50; ++i) ids.push_back(*ring->NewKey("case"));
  std::vector<std::thread> readers;
  for (int t = 0; t < 3; ++t) {
    readers.emplace_back([&] {
      for (int round = 0; round < 20; ++round) {
        for (const std::string& id : ids) {
          const std::string why = WhyNot(ring->KeyOf(id));
          EXPECT_TRUE(why == "OK" || why == "ERASED") << why;
        }
      }
    });
  }
  for (size_t i = 0; i < ids.size(); i += 2) {
    EXPECT_EQ(WhyNot(ring->Forget(ids[i])), "OK");
    EXPECT_EQ(WhyNot(ring->KeyOf(ids[i])), "ERASED");
  }
  for (std::thread& reader : readers) reader.join();
  for (size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(WhyNot(ring->KeyOf(ids[i])), i % 2 == 0 ? "ERASED" : "OK");
}

TEST(KeyWrapper, FilesOfAnotherFormAreRefused) {
  const TempFolder folder;
  SeededEntropy entropy(1);
  const std::string header = "golden-eagle-master-key-v1\n", key = Base64Encode(std::string(32, 'k')) + "\n";
  int number = 0;
  const auto why = [&](const std::string& content) {
    const std::string path = folder / std::to_string(++number);
    EXPECT_EQ(WhyNot(WriteSecretFile(path, content)), "OK");
    return WhyNot(FileKeyWrapper::Open(path, entropy));
  };
  EXPECT_EQ(why(header + key), "OK");
  EXPECT_EQ(why(header + key + key), "OK");
  EXPECT_EQ(why(header + Base64Encode(std::string(32, 'k'))), "OK");  // an editor took the last line break
  EXPECT_EQ(why(""), "KEY_UNUSABLE");
  EXPECT_EQ(why(header), "KEY_UNUSABLE");
  EXPECT_EQ(why(key), "KEY_UNUSABLE");
  EXPECT_EQ(why("golden-eagle-master-key-v2\n" + key), "KEY_UNUSABLE");
  EXPECT_EQ(why(header + "\n" + key), "KEY_UNUSABLE");
  EXPECT_EQ(why(header + Base64Encode(std::string(31, 'k')) + "\n"), "KEY_UNUSABLE");
  EXPECT_EQ(why(header + "not base64\n"), "KEY_UNUSABLE");
  std::string nine = header;
  for (int i = 0; i < 9; ++i) nine += key;
  EXPECT_EQ(why(nine), "KEY_UNUSABLE");
  ASSERT_EQ(::chmod((folder / "1").c_str(), 0644), 0);
  EXPECT_EQ(WhyNot(FileKeyWrapper::Open(folder / "1", entropy)), "KEY_UNUSABLE");
  EXPECT_EQ(WhyNot(FileKeyWrapper::MakeFile(folder / "1", entropy)), "KEY_UNUSABLE");  // never overwritten
}

TEST(TagKeyFile, GivesTheKeyBackAndIsItsOwnersOnly) {
  TempFolder folder;
  const std::string key(32, 't'), path = folder / "tag.key";
  ASSERT_TRUE(WriteTagKeyFile(path, key).ok());
  const auto read = ReadTagKeyFile(path);
  ASSERT_EQ(WhyNot(read), "OK");
  EXPECT_EQ((*read)->TagOf("CITIZEN_ID", "990101198503070017"), TagKey(key).TagOf("CITIZEN_ID", "990101198503070017"));
  EXPECT_EQ(WhyNot(WriteTagKeyFile(path, key)), "KEY_UNUSABLE");  // never overwritten
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  EXPECT_EQ(WhyNot(ReadTagKeyFile(path)), "KEY_UNUSABLE");
  EXPECT_EQ(WhyNot(ReadTagKeyFile(folder / "absent")), "KEY_UNUSABLE");
  int number = 0;
  for (const std::string& content :
       {std::string(), std::string("golden-eagle-tag-key-v1\n"), "golden-eagle-tag-key-v2\n" + Base64Encode(key) + "\n",
        "golden-eagle-tag-key-v1\n" + Base64Encode(std::string(31, 't')) + "\n",
        "golden-eagle-tag-key-v1\n" + Base64Encode(key) + "\nmore\n"}) {
    const std::string other = folder / std::to_string(number++);
    ASSERT_TRUE(WriteSecretFile(other, content).ok());
    EXPECT_EQ(WhyNot(ReadTagKeyFile(other)), "KEY_UNUSABLE") << content;
  }
}

}  // namespace
}  // namespace eagle::trust
