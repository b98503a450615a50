// A real register of any kind, in a real file, behind a real agent: orders are signed in the SDK's test world, receipts
// reach its gateway, the clerk stands at the counter, and the process may die at any commit.
//
// Threads: one.
//
//   BehindAgent office(vehicle::kVehicle, "adapters/vehicle/data/demo", "北陵市公安局车辆管理所");
//   v1::Order seal = office.world.Submit(office.Freeze("VEHICLE", kCar, 1, 1));
//   office.Run();
//   ASSERT_TRUE(office.Approve().ok());
//   ASSERT_TRUE(office.Settle());
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/register/counter.h"
#include "adapters/register/register.h"
#include "adapters/sdk/sqlite_inbox.h"
#include "tests/adapters/register/office.h"
#include "tests/adapters/sdk/sdk_world.h"
#include "tests/support/temp_folder.h"

namespace eagle::registry {

// An inbox on the disk whose process may die before or after any commit that writes, as FakeInbox's may.
class MortalInbox : public sdk::Inbox {
 public:
  MortalInbox(sdk::Inbox& inbox, sdk::CrashPlan& crash) : inbox_(inbox), crash_(crash) {}
  std::unique_ptr<sdk::InboxTransaction> Begin() override;

 private:
  sdk::Inbox& inbox_;
  sdk::CrashPlan& crash_;
};

class BehindAgent {
 public:
  BehindAgent(const Kind& kind, std::string data, const std::string& registry);

  // Steps, delivers replies, lets time pass; a dead process is started again.
  void Run(int rounds = 20);
  // Until every order is answered and nothing is left to send.
  bool Settle();
  void Restart();
  // world.FreezeThing of another kind: the debtor's share of one unit, of unknown value.
  v1::Order Freeze(const std::string& asset_kind, const std::string& unit, uint32_t numerator, uint32_t denominator);
  // Submits the freeze and approves it.
  v1::Order Seal(const v1::Order& freeze);

  absl::StatusOr<sdk::Json> Counter(const std::string& command, const std::map<std::string, std::string>& arguments);
  // The clerk's word on the review at this place of the list.
  absl::StatusOr<sdk::Json> Approve(int place = 0);
  absl::StatusOr<sdk::Json> Refuse(const std::string& reason);

  // Of one unit: "EFFECTIVE rank 1" of this document, "-" when there is none; all rows; the id of a row.
  std::string Standing(const std::string& unit, const std::string& document);
  std::vector<registry::Seal> Seals(const std::string& unit);
  std::string IdOf(const std::string& unit, const std::string& document);
  std::vector<const v1::Receipt*> Of(const v1::Order& order, v1::ReceiptKind kind) {
    return world.gateway.Of(order.order_id(), kind);
  }

  // Of the office; taken up by the next Restart.
  OfficeRules& rules() { return rules_; }

  sdk::SdkWorld world;
  int restarts = 0;
  bool states_days = false;  // the daily statement; taken up by the next Restart

 private:
  absl::StatusOr<std::string> ReviewAt(int place);
  void Start();

  TempFolder folder_;
  const std::string data_;
  OfficeRules rules_;
  std::unique_ptr<sdk::SqliteInbox> disk_;
  std::optional<MortalInbox> inbox_;
  std::optional<Register> kept_;
};

}  // namespace eagle::registry
