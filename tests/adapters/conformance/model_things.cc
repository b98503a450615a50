#include "tests/adapters/conformance/model_things.h"

#include <algorithm>
#include <map>

#include "adapters/equity/kind.h"
#include "adapters/ip/kind.h"
#include "adapters/land/kind.h"
#include "adapters/register/import.h"
#include "adapters/sdk/inbox_rows.h"
#include "adapters/vehicle/kind.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"
#include "tests/adapters/conformance/model_adapter.h"
#include "tests/support/paths.h"

namespace eagle::conformance {
namespace {

const registry::Kind& KindOf(const std::string& name) {
  for (const registry::Kind* kind : {&land::kLand, &vehicle::kVehicle, &equity::kEquity, &ip::kIp}) {
    if (name == kind->name) return *kind;
  }
  ADD_FAILURE() << name;
  return vehicle::kVehicle;
}

}  // namespace

ModelThings::ModelThings(const std::string& kind, absl::Time now)
    : rules_{.kind = KindOf(kind), .registry = "model", .zone = absl::FixedTimeZone(8 * 3600)} {
  rules_.freeze = rules_.renew = rules_.release = rules_.transfer = registry::Mode::kAutomatic;
  inbox_ = *sdk::SqliteInbox::Open(folder_ / "inbox.db");
  register_.emplace(*registry::Register::Open(*inbox_, rules_));
  auto transaction = inbox_->Begin();
  const auto counts = registry::ImportRegister(test::SourcePath("adapters/" + kind + "/data/demo"),
                                               {v1::ENVIRONMENT_TEST, rules_, now}, *transaction);
  EXPECT_TRUE(counts.ok()) << counts.status();
  EXPECT_TRUE(transaction->Commit().ok());
}

sdk::Answer ModelThings::Inquire(const sdk::Request& request) {
  auto transaction = inbox_->Begin();
  auto answer = register_->Inquire(request, *transaction);
  EXPECT_TRUE(answer.ok() && transaction->Commit().ok()) << answer.status();
  return answer.ok() ? *answer : sdk::FailedAnswer("INTERNAL", "");
}

sdk::Answer ModelThings::Apply(const sdk::Request& request) {
  auto transaction = inbox_->Begin();
  auto answer = register_->Apply(request, *transaction);
  EXPECT_TRUE(answer.ok() && transaction->Commit().ok()) << answer.status();
  return answer.ok() ? *answer : sdk::FailedAnswer("INTERNAL", "");
}

std::vector<sdk::RegisterChange> ModelThings::Changes(uint64_t after) {
  auto transaction = inbox_->Begin();
  return sdk::InboxTables(*transaction).Changes(after, SIZE_MAX);
}

void ModelThings::Advance(absl::Time now) {
  auto transaction = inbox_->Begin();
  EXPECT_TRUE(register_->Advance(now, *transaction).ok() && transaction->Commit().ok());
}

absl::Status ModelThings::Sight(const std::string& unit, absl::Time now) {
  const registry::Desk desk{nullptr, [this](const std::function<absl::Status(sdk::InboxTransaction&)>& work) {
                              auto transaction = inbox_->Begin();
                              EAGLE_RETURN_IF_ERROR(work(*transaction));
                              return transaction->Commit();
                            }};
  sdk::CounterRequest request{.command = "sighting"};
  sdk::Put(request.arguments, "unit", unit);
  sdk::Put(request.arguments, "place", "gate 3");
  sdk::Put(request.arguments, "by", "patrol");
  return registry::Counter(rules_, desk).Handle(request, now).status();
}

// ---- the model adapter's part: the engine's word, bent by the defect

sdk::Answer ModelAdapter::ControlThing(const sdk::Request& request) {
  v1::Order bent = request.order;
  if (bent.has_freeze()) {
    v1::Freeze& freeze = *bent.mutable_freeze();
    if (Has(Defect::kTakesAnyAct) || Has(Defect::kBarsAll)) {
      const auto known = registry::ActsOf(things_->kind(), freeze.asset().asset_kind());
      auto& acts = *freeze.mutable_blocked_acts();
      const auto unknown = [&](const std::string& act) {
        return std::find(known.begin(), known.end(), act) == known.end();
      };
      if (Has(Defect::kTakesAnyAct)) acts.erase(std::remove_if(acts.begin(), acts.end(), unknown), acts.end());
      if (Has(Defect::kBarsAll) && std::none_of(acts.begin(), acts.end(), unknown)) acts.Clear();
    }
    if (Has(Defect::kIgnoresQuantity)) freeze.mutable_asset()->clear_quantity_e4();
  }
  const auto transferred = [&] {
    sdk::Answer answer{.effect_at = request.now};
    v1::ItemResult& item = answer.items.emplace_back();
    item.set_outcome(v1::OUTCOME_TRANSFERRED);
    item.mutable_measure()->set_unit_reference(request.freeze_operation->Text());
    item.mutable_measure()->set_ended(true);
    return answer;
  };
  if (Has(Defect::kKeepsOwner) && bent.has_transfer_title()) return transferred();
  const sdk::Request asked{request.operation, bent,        request.order_digest,
                           request.arrival,   request.now, request.freeze_operation};
  sdk::Answer answer = things_->Apply(asked);
  v1::ItemResult& item = answer.items.empty() ? answer.items.emplace_back() : answer.items.front();
  if (Has(Defect::kSellsOutOfTurn) && item.outcome() == v1::OUTCOME_NOT_TRANSFERRED) return transferred();
  if (Has(Defect::kHidesPreSeal) && item.has_measure()) item.mutable_measure()->clear_pre_seal();
  if (Has(Defect::kLooksOn) && item.outcome() == v1::OUTCOME_NOT_LOCATING) {
    item.set_outcome(v1::OUTCOME_LOCATING);
    item.clear_reason();
  }
  return answer;
}

std::vector<sdk::RegisterChange> ModelAdapter::Changes() {
  if (things_ == nullptr) return *bank_.Changes(disk_.changes_told, 100);
  things_->Advance(clock_.WallNow());
  return things_->Changes(disk_.changes_told);
}

}  // namespace eagle::conformance
