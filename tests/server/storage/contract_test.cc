// The ports' contract suites, over the fakes and over the real ones.
#include "server/storage/file_last_signed.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "tests/contract/last_signed_contract.h"
#include "tests/contract/store_contract.h"
#include "tests/support/fake_store.h"
#include "tests/support/temp_folder.h"

namespace eagle::storage {
namespace {

class FakeStoreHarness : public StoreHarness {
 public:
  Store& store() override { return disk_; }
  void Reopen() override {}

 private:
  FakeStore disk_;
};

class SqliteStoreHarness : public StoreHarness {
 public:
  SqliteStoreHarness() { Reopen(); }
  Store& store() override { return *store_; }
  void Reopen() override {
    store_.reset();
    // A small limit, so that the suite's few commits meet checkpoints.
    store_ = ValueOf(SqliteStore::Open(folder_ / "store.db", {.checkpoint_pages = 20}));
  }

 private:
  TempFolder folder_;
  std::unique_ptr<SqliteStore> store_;
};

class FakeLastSignedHarness : public LastSignedHarness {
 public:
  LastSigned& last_signed() override { return last_signed_; }
  void Reopen() override {}

 private:
  FakeLastSigned last_signed_;
};

class FileLastSignedHarness : public LastSignedHarness {
 public:
  FileLastSignedHarness() { Open(FileLastSigned::IfMissing::kCreate); }
  LastSigned& last_signed() override { return *file_; }
  void Reopen() override { Open(FileLastSigned::IfMissing::kRefuse); }

 private:
  void Open(FileLastSigned::IfMissing if_missing) {
    file_.reset();
    file_ = ValueOf(FileLastSigned::Open(folder_ / "last-signed", if_missing));
  }
  TempFolder folder_;
  std::unique_ptr<FileLastSigned> file_;
};

INSTANTIATE_TEST_SUITE_P(Fake, StoreContract,
                         testing::Values(StoreFactory([] { return std::make_unique<FakeStoreHarness>(); })));
INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract,
                         testing::Values(StoreFactory([] { return std::make_unique<SqliteStoreHarness>(); })));
INSTANTIATE_TEST_SUITE_P(Fake, LastSignedContract,
                         testing::Values(LastSignedFactory([] { return std::make_unique<FakeLastSignedHarness>(); })));
INSTANTIATE_TEST_SUITE_P(File, LastSignedContract,
                         testing::Values(LastSignedFactory([] { return std::make_unique<FileLastSignedHarness>(); })));

}  // namespace
}  // namespace eagle::storage
