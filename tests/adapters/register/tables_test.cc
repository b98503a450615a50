// Tables of kinds: what is on the disk has its kind's name and its version, and the tables of a kind are complete.
#include "adapters/register/query.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "tests/adapters/land/land_office.h"
#include "tests/adapters/register/kinds.h"

namespace eagle::registry {
namespace {

const Kind* const kKinds[] = {&land::kLand, &vehicle::kVehicle, &equity::kEquity, &ip::kIp};

TEST(RegisterTables, OfAnotherVersionAreRefused) {
  for (const Kind* kind : kKinds) {
    TempFolder folder;
    auto inbox = *sdk::SqliteInbox::Open(folder / "inbox.db");
    const OfficeRules rules = {.kind = *kind, .registry = "北陵", .zone = absl::UTCTimeZone()};
    ASSERT_TRUE(Register::Open(*inbox, rules).ok());
    ASSERT_TRUE(Register::Open(*inbox, rules).ok()) << "again";
    {
      auto transaction = inbox->Begin();
      Query(transaction->sqlite(),
            "UPDATE " + std::string(kind->name) + "_facts SET value = 1 WHERE name = 'schema_version'")
          .Run();
      ASSERT_TRUE(transaction->Commit().ok());
    }
    EXPECT_EQ(ReasonOf(Register::Open(*inbox, rules).status()), Reason::kSchemaVersion) << kind->name;
  }
}

// A file of eagle-land as it was before the engine opens: the same tables, column by column, and behind them what was
// added since.
TEST(RegisterTables, LandsAreWhatTheyWereBeforeTheEngine) {
  land::LandOffice office;
  auto transaction = office.inbox->Begin();
  const auto columns = [&](const std::string& table) {
    std::string out;
    Query query(transaction->sqlite(), "SELECT name FROM pragma_table_info(?) ORDER BY cid");
    query.Bind(table);
    while (query.Row()) out += (out.empty() ? "" : " ") + query.Text();
    return out;
  };
  EXPECT_EQ(columns("land_facts"), "name value");
  EXPECT_EQ(columns("land_units"), "unit location use nature area registered_on");
  EXPECT_EQ(columns("land_holders"),
            "unit holder name id_kind id_number person numerator denominator co_ownership certificate state");
  EXPECT_EQ(columns("land_mortgages"), "unit certificate mortgagee amount registered_on ends_on");
  EXPECT_EQ(columns("land_seals"),
            "seal unit holder authority document served_us served_sequence phase controls months years from_us to_us "
            "revision value order_id agency step acts");
  EXPECT_EQ(columns("land_reviews"), "review seal order_id agency step unit opened_us state clerk reason decided_us");
  EXPECT_EQ(columns("land_operations"), "operation order_digest answer");
}

// A register of version 2, with its seals, goes on: nobody types it in again.
TEST(RegisterTables, OfTheVersionBeforeAreTakenOn) {
  for (const bool quantities : {false, true}) {
    std::unique_ptr<Office> office;
    if (quantities) {
      office = std::make_unique<EquityOffice>();
    } else {
      office = std::make_unique<VehicleOffice>();
    }
    const std::string name = quantities ? "equity" : "vehicle";
    const std::string unit = quantities ? kSongling : kSusCar;
    const std::string before = sdk::JsonText(*office->Counter("show", {{"unit", unit}}));
    {
      auto transaction = office->inbox->Begin();
      for (const char* sql :
           {"DROP TABLE @_searches", "DROP INDEX @_seals_by_order", "ALTER TABLE @_seals DROP COLUMN acts",
            "ALTER TABLE @_holders DROP COLUMN state", "UPDATE @_facts SET value = 2 WHERE name = 'schema_version'"}) {
        std::string text(sql);
        text.replace(text.find('@'), 1, name);
        Query(transaction->sqlite(), text).Run();
      }
      ASSERT_TRUE(transaction->Commit().ok());
    }
    office->Restart();
    EXPECT_EQ(sdk::JsonText(*office->Counter("show", {{"unit", unit}})), before);
    const Person& person = quantities ? kQimingCompany : kLin;
    EXPECT_EQ(Said(office->Do(office->Inquiry(person))), "FOUND");
    office->Restart();
  }
}

TEST(RegisterKinds, AreComplete) {
  for (const Kind* kind : kKinds) {
    SCOPED_TRACE(kind->name);
    ASSERT_FALSE(kind->things.empty());
    EXPECT_FALSE(kind->fields.empty());
    for (const Thing& thing : kind->things) {
      EXPECT_GE(MonthsMax(thing, "（2026）辽9901执1号"), MonthsMax(thing, "（2026）辽9901执保1号"));
      EXPECT_GT(MonthsMax(thing, "（2026）辽9901执保1号"), 0u);
      EXPECT_FALSE(thing.is_number(""));
      for (const TermLimit& limit : thing.terms) EXPECT_FALSE(std::string_view(limit.source).empty());
    }
    for (const BlockedAct& act : kind->blocked_acts)
      EXPECT_TRUE(std::string_view(act.only).empty() || FindThing(*kind, act.only) != nullptr) << act.code;
    for (const Field& field : kind->fields) EXPECT_EQ(PlaceOf(*kind, field.name), &field - kind->fields.data());
    EXPECT_TRUE(kind->freeze != Mode::kSemiAutomatic || kind->clerk_needed != nullptr);
    if (kind->extent == Extent::kQuantity) {
      EXPECT_LT(PlaceOf(*kind, kind->whole_field), kind->fields.size());
    }
  }
}

}  // namespace
}  // namespace eagle::registry
