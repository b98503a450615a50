// core.db over the versions of its schema: a core that was in use goes on, one that nobody can read is refused whole.
#include <sqlite3.h>

#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "adapters/bank/database.h"
#include "adapters/bank/tables.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "tests/support/paths.h"
#include "tests/support/temp_folder.h"

namespace eagle::bank {
namespace {

std::string Version3() {
  std::ifstream file(test::SourcePath("tests/adapters/bank/core_v3.sql"));
  return {std::istreambuf_iterator<char>(file), {}};
}

// A core as an older program made it.
void MakeOld(const std::string& path, int version, const std::string& rows) {
  sqlite3* old = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &old), SQLITE_OK);
  const std::string make = absl::StrCat(Version3(), rows, "PRAGMA application_id = ", kBank.application_id,
                                        "; PRAGMA user_version = ", version);
  ASSERT_EQ(sqlite3_exec(old, make.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(old);
  sqlite3_close(old);
}

TEST(CoreFile, OneOfTheVersionBeforeGoesOnWithItsExtractionsThatPay) {
  const TempFolder folder;
  const std::string path = folder / "core.db";
  MakeOld(path, 3,
          "INSERT INTO measures VALUES ('m', '辽9901', 'd', 'p', 1, 1, 500, 0, 2, 0, 3, 12, 0, 1, 2, 1, NULL, '', 0);"
          "INSERT INTO extractions VALUES ('m', 100, '9900010', 'n', 'a');");
  for (int i = 0; i < 2; ++i) {
    auto database = Database::Open(path);
    ASSERT_TRUE(database.ok()) << database.status();
    Tables tables(**database);
    const auto extraction = tables.Extraction("m");
    ASSERT_TRUE(extraction.has_value());
    EXPECT_EQ(extraction->kept, 100);
    EXPECT_EQ(extraction->flow, i == 0 ? kPays : kHolds);
    Transaction transaction(**database);
    tables.SetFlow("m", kHolds);
    transaction.Commit();
  }
}

TEST(CoreFile, OlderOnesAreRefusedAndLeftAsTheyWere) {
  const TempFolder folder;
  const std::string path = folder / "core.db";
  MakeOld(path, 2, "");
  EXPECT_EQ(ReasonOf(Database::Open(path).status()), Reason::kSchemaVersion);
  EXPECT_EQ(ReasonOf(Database::Open(path).status()), Reason::kSchemaVersion);
}

}  // namespace
}  // namespace eagle::bank
