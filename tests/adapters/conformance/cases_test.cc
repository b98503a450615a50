// The kit proves itself: every case lets the honest model adapter pass, and catches the defect that it is there for.
#include <algorithm>
#include <map>
#include <vector>

#include "adapters/conformance/run.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapters/conformance/memory_stage.h"
#include "tests/support/trust/seeded_entropy.h"

namespace eagle::conformance {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kOurAgency[] = "9900001", kPersons[] = R"(
asset_kind = "DEPOSIT"
step_clock = true
[person]
name = "林远舟"
id_number = "990101198503070017"
asset = "9900010000000001016"
balance = "61,350.27"
[namesake]
name = "林远舟"
id_number = "990101199112120034"
asset = "9900010000000002022"
[old_number]
name = "周敏"
id_number = "990101196001010015"
asset = "9900010000000003038"
[rare_name]
name = "𠮷田玥"
id_number = "990101198708150029"
asset = "9900010000000004044"
[dotted_name]
name = "阿依古丽·买买提"
id_number = "990101198402290029"
asset = "9900010000000007013"
[many]
name = "何沐"
id_number = "990101197806210027"
assets_least = 12
[empty_person]
name = "陈立"
id_number = "99010119920815006X"
asset = "9900010000000005017"
[prior]
name = "苏晴"
id_number = "990101199005050050"
asset = "9900010000000006015"
[product]
name = "白露"
id_number = "990101199102020021"
asset = "9900010000000008029"
[counter]
name = "顾清"
id_number = "990101199203030026"
asset = "counter/kit"
document = "（2026）辽9901执1号之一"
[earner]
name = "宋知行"
id_number = "990101199304040020"
asset = "9900010000000011015"
[exempt]
name = "陶然"
id_number = "990101199405050025"
asset = "9900010000000012013"
[court_account]
name = "松月区人民法院执行款专户"
bank = "9900001"
number = "9900010000000099010"
[hooks]
deposit = "deposit"
core_down = "down"
core_up = "up"
paper_freeze = "paper_freeze"
salary = "salary"
state = "state"
)";

// What lies in the registers of the demonstration, for cases that only things have.
constexpr char kVehicles[] = R"(
asset_kind = "VEHICLE"
money = false
blocked_act = "TRANSFER"
[person]
name = "林远舟"
id_number = "990101198503070017"
asset = "L99BL1A10RA000018"
[sold]
name = "北陵松岭仓储有限公司"
id_kind = "UNIFIED_CREDIT_CODE"
id_number = "919901019900002010"
asset = "L99CT4B54PB001204"
[hooks]
sighting = "sight L99BL1A10RA000018"
)";
constexpr char kEquity[] = R"(
asset_kind = "EQUITY"
money = false
counts_units = true
thing_limit = "1500000.00"
[person]
name = "林远舟"
id_number = "990101198503070017"
asset = "919901019900000178"
share_numerator = 30
share_denominator = 100
)";
constexpr char kLand[] = R"(
asset_kind = "LAND"
money = false
[person]
name = "林远舟"
id_number = "990101198503070017"
asset = "990101001002GB00123F00010012"
share_denominator = 2
[pre_registered]
name = "周柏川"
id_number = "990101197605210119"
asset = "990101001005GB00031F00020802"
)";

bool IsOfThings(const Case& one) { return std::find(one.needs.begin(), one.needs.end(), "thing") != one.needs.end(); }
// The register in which such a case is played; null for one of money.
const char* RegisterOf(const Case& one) {
  if (!IsOfThings(one)) return nullptr;
  return one.name == "quantity" ? "equity" : one.name == "pre-seal" ? "land" : "vehicle";
}

// A Tuesday in autumn, at nine in China.
absl::Time Start() { return absl::FromCivil(absl::CivilSecond(2026, 9, 29, 9, 0, 0), absl::FixedTimeZone(8 * 3600)); }

const char* FixturesOf(const std::string& kind) {
  return kind == "equity" ? kEquity : kind == "land" ? kLand : kind == "vehicle" ? kVehicles : kPersons;
}

struct Examination {
  // With a `kind` the model keeps things.
  explicit Examination(Defect defect, const char* kind = nullptr)
      : clock(Start()),
        entropy(7),
        world(World::Make(kOurAgency, Start(), entropy)),
        fixtures(*ParseFixtures(FixturesOf(kind == nullptr ? "" : kind))),
        gateway(world, clock),
        stage(gateway, world, clock, core, defect) {
    if (kind != nullptr) {
      things.emplace(kind, Start());
      stage.things = &*things;
      return;
    }
    const auto account = [&](const std::string& person, int64_t balance) {
      const Person& one = *fixtures.Find(person);
      core.AddAccount(one.asset, balance, one.name, one.id_number);
    };
    account("person", 61'350'27);
    account("namesake", 2'000'000'00);
    account("rare_name", 5'00);
    account("dotted_name", 7'00);
    account("empty_person", 0);
    account("prior", 80'00);
    core.AddAccount(fixtures.Find("old_number")->asset, 95'00, "周敏", "990101600101001");
    for (int i = 0; i < 12; ++i)
      core.AddAccount("990001000000001" + std::to_string(1000 + i), 1'00, "何沐", fixtures.Find("many")->id_number);
    account("product", 80'00);
    core.accounts.at(fixtures.Find("product")->asset).asset.account_class = sdk::AccountClass::kProduct;
    core.AddAccount("9900010000000008011", 0, "白露", fixtures.Find("product")->id_number);
    core.AddAccount("9900010000000009019", 9'00, "顾清", fixtures.Find("counter")->id_number);
    account("earner", 0);
    account("exempt", 90'00);
    stage.exempt_account = fixtures.Find("exempt")->asset;
    stage.counter_account = "9900010000000009019", stage.wage_account = fixtures.Find("earner")->asset;
    sdk::CrashPlan never;
    sdk::FakeBank(core, clock, never).PlaceForeign("（2025）辽9903执1号", fixtures.Find("prior")->asset, 50'00);
    stage.empty_account = fixtures.Find("empty_person")->asset;
  }
  RunResult Play(const std::vector<const Case*>& cases) {
    auto run = Run({world, fixtures, gateway, stage, entropy, {}}, cases, [](const CaseResult&) {});
    EXPECT_TRUE(run.ok()) << run.status();
    return run.ok() ? *run : RunResult();
  }

  sdk::SetClock clock;
  SeededEntropy entropy;
  World world;
  Fixtures fixtures;
  sdk::FakeBankCore core;
  std::optional<ModelThings> things;
  FakeGateway gateway;
  MemoryStage stage;
};

std::vector<const Case*> Every() {
  std::vector<const Case*> cases;
  for (const Case& one : AllCases()) cases.push_back(&one);
  return cases;
}
std::vector<const Case*> EveryOfMoney() {
  std::vector<const Case*> cases = Every();
  std::erase_if(cases, [](const Case* one) { return IsOfThings(*one); });
  return cases;
}

// Which defects each case is there to catch.
const std::multimap<std::string_view, Defect>& Catches() {
  static const auto* const kCatches = new std::multimap<std::string_view, Defect>{
      {"hello", Defect::kShortInbox},
      {"gateway-restarts", Defect::kNoHelloAgain},
      {"greets-another-agency", Defect::kTrustsGreeting},
      {"greets-production", Defect::kTrustsEnvironment},
      {"gateway-away", Defect::kHammers},
      {"log-recovered", Defect::kForgetsOnRecovery},
      {"newer-gateway", Defect::kStopsAtUnknown},
      {"inquire-found", Defect::kWrongBalance},
      {"inquire-nil", Defect::kNilWithoutScope},
      {"wrong-name", Defect::kMatchesByNumber},
      {"wrong-name-freeze", Defect::kMatchesByNumber},
      {"namesake", Defect::kMatchesByName},
      {"id-15-18", Defect::kKnowsNo15Digits},
      {"rare-characters", Defect::kManglesNames},
      {"name-variants", Defect::kNoFolding},
      {"largest-list", Defect::kShortList},
      {"many-assets", Defect::kFirstAssetOnly},
      {"register-down", Defect::kNilOnError},
      {"forged-signature", Defect::kNoSignatures},
      {"altered-order", Defect::kNoRoot},
      {"one-signature", Defect::kOneSignature},
      {"same-officer-twice", Defect::kCountsTwice},
      {"other-courts-officers", Defect::kAnyCourt},
      {"unregistered-officer", Defect::kNoCredentials},
      {"re-addressed", Defect::kNoAudience},
      {"wrong-environment", Defect::kNoEnvironment},
      {"expired-order", Defect::kNoExpiry},
      {"unknown-fields", Defect::kIgnoresUnknown},
      {"revoked-key", Defect::kIgnoresRevocation},
      {"late-statement", Defect::kImpatient},
      {"anothers-measure", Defect::kAnyonesMeasure},
      {"strange-account", Defect::kAnyAccount},
      {"inquiry-repeated", Defect::kSignsAnew},
      {"control-repeated", Defect::kActsTwice},
      {"control-repeated", Defect::kSignsAnew},
      {"reply-lost", Defect::kForgetsReport},
      {"lease-ends", Defect::kIgnoresLease},
      {"stale-fence", Defect::kDropsLostReturn},
      {"withdrawn-before-start", Defect::kIgnoresWithdrawal},
      {"withdrawn-during-work", Defect::kUndoesOnWithdrawal},
      {"order-id-reused", Defect::kIdIsEnough},
      {"crash", Defect::kActsAfterCrash},
      {"restart", Defect::kNewInbox},
      {"freeze-release", Defect::kEndsLate},
      {"freeze-stranger", Defect::kControlsAnybody},
      {"partial-freeze", Defect::kClaimsAll},
      {"empty-account", Defect::kRefusesEmpty},
      {"inflow", Defect::kSilentInflow},
      {"waitlist", Defect::kSilentPromotion},
      {"rank-by-arrival", Defect::kNewestFirst},
      {"prior-measure", Defect::kHidesPrior},
      {"release-in-part", Defect::kReleasesWhole},
      {"renewal", Defect::kRenewsAnew},
      {"renewal-opens-no-window", Defect::kOpensWindow},
      {"product-and-return-account", Defect::kNoReturnAccount},
      {"counter-measure", Defect::kMakesSecond},
      {"extract-income", Defect::kKeepsNothing},
      {"term-at-midnight", Defect::kCountsDays},
      {"clock-skew", Defect::kGatewayTime},
      {"deduct", Defect::kPaysLess},
      {"deduct-too-much", Defect::kPaysTooMuch},
      {"deduct-repeated", Defect::kPaysTwice},
      {"release-behind-deduction", Defect::kNewestFirst},
      {"lapse-and-late-renewal", Defect::kRenewsEnded},
      {"lapse-and-late-renewal", Defect::kLapsesSilently},
      {"leap-day", Defect::kMarchFirst},
      {"transfer-out-of-turn", Defect::kSellsOutOfTurn},
      {"transfer-title", Defect::kKeepsOwner},
      {"transfer-title", Defect::kKeepsQueue},
      {"blocked-acts", Defect::kTakesAnyAct},
      {"blocked-acts", Defect::kBarsAll},
      {"quantity", Defect::kIgnoresQuantity},
      {"pre-seal", Defect::kHidesPreSeal},
      {"locate", Defect::kSilentSighting},
      {"locate", Defect::kLooksOn},
      {"daily-statement", Defect::kForgetsInStatement},
      {"daily-statement", Defect::kKeepsInStatement},
      {"statement-lost", Defect::kForgetsStatement},
      {"exempt-held", Defect::kHoldsSilently},
      {"exempt-held", Defect::kFreezesExempt},
  };
  return *kCatches;
}

TEST(ConformanceKit, AnHonestAdapterPassesEveryCase) {
  Examination examination(Defect::kNone);
  const RunResult run = examination.Play(EveryOfMoney());
  for (const CaseResult& result : run.results) {
    EXPECT_EQ(result.verdict, CaseVerdict::kPassed) << result.one->name << " " << result.missing;
    EXPECT_THAT(result.faults, IsEmpty()) << result.one->name;
  }
}

TEST(ConformanceKit, EveryCasePassesAlone) {
  for (const Case* one : Every()) {
    Examination examination(Defect::kNone, RegisterOf(*one));
    const CaseResult result = examination.Play({one}).results.front();
    EXPECT_EQ(result.verdict, CaseVerdict::kPassed) << one->name << " " << result.missing;
    EXPECT_THAT(result.faults, IsEmpty()) << one->name;
  }
}

TEST(ConformanceKit, EveryCaseCatchesItsBrokenAdapter) {
  for (const auto& [name, defect] : Catches()) {
    const Case* one = FindCase(name);
    ASSERT_NE(one, nullptr) << name;
    Examination examination(defect, RegisterOf(*one));
    const RunResult run = examination.Play({one});
    ASSERT_EQ(run.results.size(), 1u);
    EXPECT_EQ(run.results.front().verdict, CaseVerdict::kFailed)
        << name << " doesn't catch defect " << static_cast<int>(defect);
  }
}

TEST(ConformanceKit, EveryCaseHasABrokenAdapter) {
  for (const Case* one : Every()) EXPECT_EQ(Catches().count(one->name) > 0, true) << one->name;
}

TEST(ConformanceKit, ACaseThatLacksSomethingIsSkippedAndSaysWhat) {
  Examination examination(Defect::kNone);
  examination.fixtures.persons.erase("namesake");
  examination.fixtures.hooks.erase("deposit");
  examination.fixtures.asset_kind = "LAND";  // which the model doesn't declare
  const RunResult run = examination.Play({FindCase("namesake"), FindCase("inflow"), FindCase("waitlist")});
  for (const CaseResult& result : run.results) EXPECT_EQ(result.verdict, CaseVerdict::kSkipped) << result.one->name;
  EXPECT_THAT(run.results[0].missing, testing::HasSubstr("[namesake] in the fixtures"));
  EXPECT_THAT(run.results[1].missing, testing::HasSubstr("the hook deposit"));
  EXPECT_THAT(run.results[2].missing, testing::HasSubstr("keeps_waitlist, which Hello doesn't declare for LAND"));
}

TEST(ConformanceKit, EveryCaseExplainsItself) {
  std::set<std::string_view> names;
  for (const Case& one : AllCases()) {
    EXPECT_TRUE(names.insert(one.name).second) << one.name;
    EXPECT_THAT(std::vector<std::string_view>({one.chinese, one.does, one.must, one.source}),
                testing::Each(Not(IsEmpty())))
        << one.name;
  }
}

}  // namespace
}  // namespace eagle::conformance
