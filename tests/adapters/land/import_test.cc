// The old register comes in whole or not at all, and every mistake is named with its file and line.
#include "adapters/register/import.h"

#include <fstream>

#include "adapters/sdk/shell/csv.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "tests/adapters/land/land_office.h"

namespace eagle::land {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kUnitsHead[] = "unit_number,location,use,nature,area_square_metres,registered_on\n";
constexpr char kHoldersHead[] =
    "unit_number,holder,name,id_kind,id_number,share_numerator,share_denominator,co_ownership,certificate_number\n";
constexpr char kMortgagesHead[] = "unit_number,certificate_number,mortgagee,amount,registered_on,ends_on\n";
constexpr char kSealsHead[] = "unit_number,holder,authority,document_number,served_at,first_day,last_day,years\n";

// An empty register and a folder of files to import; right ones unless a test spoils them.
class LandImport : public testing::Test {
 protected:
  LandImport() {
    units = std::string(kUnitsHead) + "990101001002GB00123F00010012,柳岸路18号,住宅,出让,128.50,2019-06-18\n";
    holders = std::string(kHoldersHead) +
              "990101001002GB00123F00010012,1,林远舟,CITIZEN_ID,990101198503070017,1,2,BY_SHARES,A\n" +
              "990101001002GB00123F00010012,2,苏晴,CITIZEN_ID,990101198708150029,1,2,BY_SHARES,B\n";
    mortgages = kMortgagesHead;
    seals = kSealsHead;
    inbox = *sdk::SqliteInbox::Open(folder / "inbox.db");
    absl::LoadTimeZone("Asia/Shanghai", &zone);
    EXPECT_TRUE(registry::Register::Open(*inbox, Rules()).ok());
  }
  registry::OfficeRules Rules() const { return {.kind = kLand, .registry = "北陵", .zone = zone}; }
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder / name, std::ios::binary) << text;
  }

  absl::StatusOr<registry::ImportCounts> Import(v1::Environment environment = v1::ENVIRONMENT_TEST) {
    Write("units.csv", units), Write("holders.csv", holders), Write("mortgages.csv", mortgages),
        Write("seals.csv", seals);
    auto transaction = inbox->Begin();
    const absl::Time now = absl::FromCivil(absl::CivilDay(2026, 9, 28), zone);
    auto counts = registry::ImportRegister(folder.path(), {environment, Rules(), now}, *transaction);
    if (counts.ok()) {
      EXPECT_TRUE(transaction->Commit().ok());
    }
    return counts;
  }
  // "holders.csv:2 id_number IDENTITY_NUMBER_INVALID" of each violation.
  std::vector<std::string> Wrong(v1::Environment environment = v1::ENVIRONMENT_TEST) {
    const auto counts = Import(environment);
    std::vector<std::string> out;
    if (counts.ok()) return {"ok"};
    for (const Violation& violation : FailureOf(counts.status()).violations)
      out.push_back(violation.field + " " + std::string(RowOf(violation.reason).name));
    auto transaction = inbox->Begin();
    EXPECT_TRUE(LandTables(*transaction).IsEmpty()) << "nothing was written";
    return out;
  }

  TempFolder folder;
  std::string units, holders, mortgages, seals;
  std::unique_ptr<sdk::SqliteInbox> inbox;
  absl::TimeZone zone;
};

TEST_F(LandImport, TakesTheDemonstrationsRegister) {
  LandOffice office;
  auto transaction = office.inbox->Begin();
  LandTables tables(*transaction);
  EXPECT_EQ(tables.HoldersOf(kHouse).size(), 2u);
  EXPECT_EQ(tables.HoldersOf(kSharedShop)[1].share_numerator, 7u);
  EXPECT_EQ(tables.ChargesOf(kNamesakesFlat)[0].amount_minor_units, 620'000'00);
  const auto seals_there = tables.SealsOf(kJointShop, registry::Tables::Which::kLive);
  ASSERT_EQ(seals_there.size(), 2u);
  EXPECT_EQ(seals_there[0].row.phase, sdk::Phase::kEffective);
  EXPECT_EQ(seals_there[1].row.phase, sdk::Phase::kWaitlisted);
  EXPECT_FALSE(seals_there[0].IsOurs());
}

TEST_F(LandImport, CountsWhatItTook) {
  mortgages += "990101001002GB00123F00010012,M1,北陵商业银行,\"900,000.00\",2019-06-18,2049-06-17\n";
  seals += "990101001002GB00123F00010012,1,辽9902,（2025）1号,2025-10-15 09:00:00,2025-10-15,2028-10-14,\n";
  seals += "990101001002GB00123F00010012,1,辽9903,（2025）2号,2025-11-15 09:00:00,,,2\n";
  const auto counts = Import();
  ASSERT_TRUE(counts.ok()) << counts.status();
  EXPECT_EQ(counts->units, 1u);
  EXPECT_EQ(counts->holders, 2u);
  EXPECT_EQ(counts->charges, 1u);
  EXPECT_EQ(counts->seals, 2u);
}

TEST_F(LandImport, FillsAnEmptyRegisterOnly) {
  ASSERT_TRUE(Import().ok());
  EXPECT_EQ(ReasonOf(Import().status()), Reason::kNotEmpty);
}

TEST_F(LandImport, EveryMistakeOfEveryFileAtOnce) {
  units += "990101001002GB0012F00010012,,住宅,出让,12.345,2019-02-30\n";
  holders += "990101001002GB00123F00010013,1,甲,CITIZEN_ID,990101198503070018,0,1,ALONE,C\n";
  mortgages += "990101001002GB00123F00010012,M1,北陵商业银行,0,2019-06-18,2018-06-17\n";
  seals += "990101001002GB00123F00010012,9,辽9902,（2025）1号,yesterday,2025-10-15,2025-10-14,3\n";
  EXPECT_THAT(Wrong(),
              ElementsAre("units.csv:3 unit_number FIELD_INVALID", "units.csv:3 location FIELD_MISSING",
                          "units.csv:3 area_square_metres FIELD_INVALID", "units.csv:3 registered_on FIELD_INVALID",
                          "holders.csv:4 unit_number FIELD_INVALID", "holders.csv:4 id_number IDENTITY_NUMBER_INVALID",
                          "holders.csv:4 share_numerator FIELD_INVALID", "holders.csv:4 co_ownership FIELD_INVALID",
                          "units.csv:3 unit_number FIELD_INVALID", "mortgages.csv:2 amount AMOUNT_INVALID",
                          "mortgages.csv:2 ends_on FIELD_INVALID", "seals.csv:2 served_at FIELD_INVALID",
                          "seals.csv:2 last_day FIELD_INVALID", "seals.csv:2 years FIELD_INVALID",
                          "seals.csv:2 holder FIELD_INVALID"));
}

TEST_F(LandImport, SharesOfAUnitAddUpToOne) {
  holders = std::string(kHoldersHead) +
            "990101001002GB00123F00010012,1,林远舟,CITIZEN_ID,990101198503070017,1,3,BY_SHARES,A\n" +
            "990101001002GB00123F00010012,2,苏晴,CITIZEN_ID,990101198708150029,1,2,BY_SHARES,B\n";
  EXPECT_THAT(Wrong(), ElementsAre("units.csv:2 unit_number FIELD_INVALID"));
  holders = std::string(kHoldersHead) +
            "990101001002GB00123F00010012,1,林远舟,CITIZEN_ID,990101198503070017,1,1,SOLE,A\n" +
            "990101001002GB00123F00010012,2,苏晴,CITIZEN_ID,990101198708150029,1,1,SOLE,B\n";
  EXPECT_THAT(Wrong(), ElementsAre("holders.csv:2 co_ownership FIELD_INVALID"));
  holders = std::string(kHoldersHead) +
            "990101001002GB00123F00010012,1,林远舟,CITIZEN_ID,990101198503070017,1,2,JOINT,A\n" +
            "990101001002GB00123F00010012,2,苏晴,CITIZEN_ID,990101198708150029,1,1,JOINT,B\n";
  EXPECT_THAT(Wrong(), ElementsAre("holders.csv:2 share_numerator FIELD_INVALID"));
  holders = kHoldersHead;
  EXPECT_THAT(Wrong(), ElementsAre("units.csv:2 unit_number FIELD_INVALID"));
}

TEST_F(LandImport, NobodyIsThereTwice) {
  units += "990101001002GB00123F00010012,柳岸路18号,住宅,出让,128.50,2019-06-18\n";
  holders += "990101001002GB00123F00010012,2,单雨,CITIZEN_ID,990101650718005,1,2,BY_SHARES,C\n";
  holders += "990101001002GB00123F00010012,3,苏晴,CITIZEN_ID,990101198708150029,1,2,BY_SHARES,D\n";
  EXPECT_THAT(Wrong(), ElementsAre("units.csv:3 unit_number FIELD_INVALID", "holders.csv:4 holder FIELD_INVALID",
                                   "holders.csv:5 id_number FIELD_INVALID"));
}

TEST_F(LandImport, TheFirstSealHasDaysAndThoseBehindItHaveNone) {
  seals += "990101001002GB00123F00010012,1,辽9903,（2025）2号,2025-11-15 09:00:00,2025-11-15,2028-11-14,\n";
  seals += "990101001002GB00123F00010012,1,辽9902,（2025）1号,2025-10-15 09:00:00,,,3\n";
  EXPECT_THAT(Wrong(), ElementsAre("seals.csv:3 first_day FIELD_INVALID", "seals.csv:2 first_day FIELD_INVALID"))
      << "in the order of service";
  seals = std::string(kSealsHead) +
          "990101001002GB00123F00010012,1,辽9902,（2025）1号,2025-10-15 09:00:00,2025-10-15,2028-10-14,\n" +
          "990101001002GB00123F00010012,1,辽9902,（2025）1号,2025-11-15 09:00:00,,,3\n";
  EXPECT_THAT(Wrong(), ElementsAre("seals.csv:3 document_number FIELD_INVALID"));
}

TEST_F(LandImport, ProductionRefusesTheTestRange) {
  EXPECT_THAT(Wrong(v1::ENVIRONMENT_PRODUCTION),
              ElementsAre("units.csv:2 unit_number TEST_REGION", "holders.csv:2 id_number TEST_REGION",
                          "holders.csv:3 id_number TEST_REGION"));
}

TEST_F(LandImport, FilesAreRefusedByShapeToo) {
  units = "unit,location\n";
  holders += "990101001002GB00123F00010012,3\n";
  mortgages += "\"never closed";
  seals = "\xFF";
  EXPECT_THAT(Wrong(), ElementsAre("units.csv:1 FIELD_INVALID", "holders.csv:4 FIELD_INVALID",
                                   "mortgages.csv:2 FIELD_INVALID", "seals.csv FIELD_INVALID"));
  std::remove((folder / "units.csv").c_str());
  auto transaction = inbox->Begin();
  EXPECT_EQ(ReasonOf(registry::ImportRegister(folder / "nowhere", {v1::ENVIRONMENT_TEST, Rules(), absl::UnixEpoch()},
                                              *transaction)
                         .status()),
            Reason::kStorageUnusable);
}

TEST(LandUnitNumber, Has28CharactersOfItsForm) {
  EXPECT_TRUE(IsUnitNumber("990101001002GB00123F00010012"));
  EXPECT_TRUE(IsUnitNumber("990101001003GB00045W00000000"));
  EXPECT_FALSE(IsUnitNumber("990101001003GB00045W00000001")) << "nothing stands on it";
  EXPECT_FALSE(IsUnitNumber("990101001002GB00123F0001001"));
  EXPECT_FALSE(IsUnitNumber("990101001002GB00123X00010012"));
  EXPECT_FALSE(IsUnitNumber("990101001002gb00123F00010012"));
  EXPECT_FALSE(IsUnitNumber(""));
}

// ---- Files ----

std::vector<std::vector<std::string>> Fields(const std::string& text, const std::vector<std::string>& columns) {
  const auto table = sdk::ParseCsv(text, "t.csv", columns);
  EXPECT_TRUE(table.ok()) << table.status();
  std::vector<std::vector<std::string>> out;
  if (table.ok()) {
    for (const auto& row : table->rows) out.push_back(row.fields);
  }
  return out;
}

TEST(Csv, ReadsQuotesCommasAndLineBreaks) {
  EXPECT_THAT(Fields("a,b\n1,2\n", {"a", "b"}), ElementsAre(ElementsAre("1", "2")));
  EXPECT_THAT(Fields("\xEF\xBB\xBF"
                     "a,b\r\n\"x,\"\"y\"\"\",\"line\nbreak\"\r\n,\n\n",
                     {"a", "b"}),
              ElementsAre(ElementsAre("x,\"y\"", "line\nbreak"), ElementsAre("", "")));
  EXPECT_THAT(Fields("a\n", {"a"}), IsEmpty());
  EXPECT_THAT(Fields("a,b\n1,", {"a", "b"}), ElementsAre(ElementsAre("1", "")));
}

TEST(Csv, CountsLinesAcrossQuotedBreaks) {
  const auto table = sdk::ParseCsv("a\n\"one\ntwo\"\nthree\n", "t.csv", {"a"});
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(table->rows[0].Place("a"), "t.csv:2 a");
  EXPECT_EQ(table->rows[1].Place("a"), "t.csv:4 a");
  EXPECT_EQ(table->rows[1].At("a"), "three");
}

TEST(Csv, RefusesWhatIsNoTable) {
  for (const char* text : {"", "b\n", "a\nx\"y\n", "a\n\"x\"y\n", "a\n\"x", "a\n1,2\n", "a\n\n1\n"}) {
    EXPECT_FALSE(sdk::ParseCsv(text, "t.csv", {"a"}).ok()) << text;
  }
}

}  // namespace
}  // namespace eagle::land
