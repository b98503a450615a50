#include "tests/adapters/register/behind_agent.h"

#include <sqlite3.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/register/import.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "tests/support/paths.h"

namespace eagle::registry {
namespace {

class MortalTransaction : public sdk::InboxTransaction {
 public:
  MortalTransaction(std::unique_ptr<sdk::InboxTransaction> transaction, sdk::CrashPlan& crash)
      : transaction_(std::move(transaction)), crash_(crash), changes_(sqlite3_total_changes(sqlite())) {}
  std::optional<std::string> Get(std::string_view key) override { return transaction_->Get(key); }
  std::vector<std::pair<std::string, std::string>> Scan(std::string_view from, std::string_view to,
                                                        size_t limit) override {
    return transaction_->Scan(from, to, limit);
  }
  void Put(std::string_view key, std::string_view value) override { transaction_->Put(key, value); }
  void Delete(std::string_view key) override { transaction_->Delete(key); }
  sqlite3* sqlite() override { return transaction_->sqlite(); }
  absl::Status Commit() override {
    const absl::Status dead = absl::UnavailableError("the process is dead");
    if (sqlite3_total_changes(sqlite()) == changes_) return crash_.dead() ? dead : transaction_->Commit();
    if (crash_.Point()) return dead;
    EAGLE_RETURN_IF_ERROR(transaction_->Commit());
    return crash_.Point() ? dead : absl::OkStatus();
  }

 private:
  std::unique_ptr<sdk::InboxTransaction> transaction_;
  sdk::CrashPlan& crash_;
  const int changes_;
};

}  // namespace

std::unique_ptr<sdk::InboxTransaction> MortalInbox::Begin() {
  return std::make_unique<MortalTransaction>(inbox_.Begin(), crash_);
}

BehindAgent::BehindAgent(const Kind& kind, std::string data, const std::string& registry)
    : world(sdk::SdkWorld::Way::kLand), data_(std::move(data)), rules_{.kind = kind, .registry = registry} {
  EXPECT_TRUE(absl::LoadTimeZone("Asia/Shanghai", &rules_.zone));
  world.config.capabilities.clear();
  for (const Thing& thing : kind.things)
    world.config.capabilities.emplace_back().set_asset_kind(std::string(thing.asset_kind));
  world.StopAgent();
  Start();
}

void BehindAgent::Start() {
  world.agent.reset();
  kept_.reset();
  inbox_.reset();
  disk_.reset();
  disk_ = *sdk::SqliteInbox::Open(folder_ / "inbox.db");
  kept_.emplace(*Register::Open(*disk_, rules_));
  {
    const auto transaction = disk_->Begin();
    if (Tables(*transaction, rules_.kind).IsEmpty()) {
      const auto counts =
          ImportRegister(test::SourcePath(data_), {v1::ENVIRONMENT_TEST, rules_, world.clock.WallNow()}, *transaction);
      EXPECT_TRUE(counts.ok()) << counts.status();
      EXPECT_TRUE(transaction->Commit().ok());
    }
  }
  inbox_.emplace(*disk_, world.crash);
  auto made = sdk::Agent::Make(world.config,
                               {world.gateway, *inbox_, world.agency_key, world.checker, world.clock, world.entropy,
                                nullptr, states_days ? &*kept_ : nullptr},
                               *kept_);
  EXPECT_TRUE(made.ok()) << made.status();
  world.agent = *std::move(made);
}

void BehindAgent::Restart() {
  world.gateway.ForgetReplies();
  Start();
}

void BehindAgent::Run(int rounds) {
  for (int i = 0; i < rounds; ++i) {
    world.agent->Step();
    if (world.crash.dead()) {
      ++restarts;
      world.crash.Revive();
      Restart();
    }
    world.gateway.Round(
        [&](sdk::CallId call, absl::StatusOr<sdk::Reply> reply) { world.agent->OnReply(call, std::move(reply)); });
    world.clock.Advance(absl::Milliseconds(500));
  }
}

bool BehindAgent::Settle() {
  for (int i = 0; i < 400; ++i) {
    Run(5);
    if (!world.gateway.AllAnswered()) continue;
    world.agent->Step();  // takes the replies that are here
    if (!world.crash.dead() && world.agent->Idle()) return true;
  }
  return false;
}

v1::Order BehindAgent::Freeze(const std::string& asset_kind, const std::string& unit, uint32_t numerator,
                              uint32_t denominator) {
  v1::Order order = world.FreezeThing(unit);
  auto& asset = *order.mutable_freeze()->mutable_asset();
  asset.set_asset_kind(asset_kind);
  asset.set_share_numerator(numerator);
  asset.set_share_denominator(denominator);
  return order;
}

v1::Order BehindAgent::Seal(const v1::Order& freeze) {
  world.Submit(freeze);
  Run(6);
  EXPECT_TRUE(Approve().ok());
  EXPECT_TRUE(Settle());
  return freeze;
}

absl::StatusOr<sdk::Json> BehindAgent::Counter(const std::string& command,
                                               const std::map<std::string, std::string>& arguments) {
  const Desk desk{[this](const sdk::Operation& operation, const sdk::Decision& decision) {
                    return world.agent->DecideReview(operation, decision);
                  },
                  [this](const std::function<absl::Status(sdk::InboxTransaction&)>& work) {
                    return world.agent->InTransaction(work);
                  }};
  sdk::CounterRequest request{.command = command};
  for (const auto& [key, value] : arguments) sdk::Put(request.arguments, key, value);
  return registry::Counter(rules_, desk).Handle(request, world.clock.WallNow());
}

absl::StatusOr<std::string> BehindAgent::ReviewAt(int place) {
  EAGLE_ASSIGN_OR_RETURN(const sdk::Json list, Counter("review list", {}));
  const auto& reviews = list.fields().at("reviews").list_value();
  if (place >= reviews.values_size()) return Fail(Reason::kNotFound, "no such review");
  return sdk::TextAt(reviews.values(place).struct_value(), "id");
}

absl::StatusOr<sdk::Json> BehindAgent::Approve(int place) {
  EAGLE_ASSIGN_OR_RETURN(const std::string id, ReviewAt(place));
  return Counter("review approve", {{"id", id}, {"clerk", "温雅"}});
}

absl::StatusOr<sdk::Json> BehindAgent::Refuse(const std::string& reason) {
  EAGLE_ASSIGN_OR_RETURN(const std::string id, ReviewAt(0));
  return Counter("review refuse", {{"id", id}, {"reason", reason}, {"clerk", "温雅"}});
}

std::vector<Seal> BehindAgent::Seals(const std::string& unit) {
  const auto transaction = disk_->Begin();
  return Tables(*transaction, rules_.kind).SealsOf(unit, Tables::Which::kAll);
}

std::string BehindAgent::IdOf(const std::string& unit, const std::string& document) {
  for (const registry::Seal& seal : Seals(unit)) {
    if (seal.row.document_number == document) return seal.row.id;
  }
  return "";
}

std::string BehindAgent::Standing(const std::string& unit, const std::string& document) {
  const auto shown = Counter("show", {{"unit", unit}});
  EXPECT_TRUE(shown.ok()) << shown.status();
  for (const auto& holder : shown->fields().at("holders").list_value().values()) {
    for (const auto& value : holder.struct_value().fields().at("seals").list_value().values()) {
      const sdk::Json& seal = value.struct_value();
      if (sdk::TextAt(seal, "document") == document)
        return absl::StrCat(sdk::TextAt(seal, "phase"), " rank ", sdk::NumberAt(seal, "rank"));
    }
  }
  return "-";
}

}  // namespace eagle::registry
