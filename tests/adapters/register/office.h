// A registry in a folder of its own, with the demonstration's register of its kind imported, driven as the agent drives
// it: one transaction an order, arrivals counted, answers checked before they are kept.
//
// Threads: one.
//
//   Office office(vehicle::kVehicle, "adapters/vehicle/data/demo", "北陵市公安局车辆管理所");
//   office.At("09:10:00");                               // Monday 28 September 2026, 09:00 in Shanghai before
//   v1::Order seal = office.Freeze("VEHICLE", kCar, kLin, 1, 1);
//   EXPECT_EQ(Said(office.Do(seal)), "CONTROLLED");
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "adapters/register/counter.h"
#include "adapters/register/register.h"
#include "adapters/sdk/inbox_rows.h"
#include "adapters/sdk/sqlite_inbox.h"
#include "tests/support/temp_folder.h"

namespace eagle::registry {

namespace v1 = sdk::v1;

struct Person {
  std::string name, id_kind, id_number;
};
inline const Person kLin = {"林远舟", "CITIZEN_ID", "990101198503070017"};
inline const Person kSu = {"苏晴", "CITIZEN_ID", "990101198708150029"};
inline const Person kZhou = {"周柏川", "CITIZEN_ID", "990101197605210119"};
inline const Person kStorage = {"北陵松岭仓储有限公司", "UNIFIED_CREDIT_CODE", "919901019900002010"};

class Office {
 public:
  // `data`: the folder of the files to import, from the top of the tree.
  Office(const Kind& kind, const std::string& data, const std::string& registry);
  virtual ~Office() = default;

  // The clock: today at "09:10:00", or a day later in the same zone.
  void At(const std::string& time_of_day);
  void On(absl::CivilDay day, const std::string& time_of_day = "00:00:00");
  absl::Time now;

  // Orders of 辽9901 in （2026）辽9901执1024号 unless a test changes them.
  v1::Order Inquiry(const Person& person = kLin);
  v1::Order Freeze(const std::string& asset_kind, const std::string& unit, const Person& person, uint32_t numerator,
                   uint32_t denominator);
  v1::Order Renew(const v1::Order& freeze, uint32_t years = 3);
  v1::Order Release(const v1::Order& freeze);
  // Of all that the measure holds, sold by auction.
  v1::Order TransferTitle(const v1::Order& freeze, const Person& transferee);
  // For six months; whoever finds it holds it.
  v1::Order Locate(const v1::Order& freeze, bool hold = true);
  // Takes over what the counter entered under this number and document.
  v1::Order TakeOver(const std::string& asset_kind, const std::string& reference, const std::string& document,
                     const Person& person = kLin);

  // Arrival now, then Inquire or Apply, and what came of it; CheckAnswer must take it.
  sdk::Answer Do(const v1::Order& order);
  absl::StatusOr<sdk::Answer> TryDo(const v1::Order& order);
  // Arrival now; worked on when Do is called.
  void Arrive(const v1::Order& order);
  absl::StatusOr<sdk::Answer> Decide(const v1::Order& order, const sdk::Decision& decision);
  void Advance();

  absl::StatusOr<sdk::Json> Counter(const std::string& command,
                                    const std::map<std::string, std::string>& arguments = {});
  // The clerk's word on the only open review.
  absl::StatusOr<sdk::Json> Approve();
  absl::StatusOr<sdk::Json> Refuse(const std::string& reason);

  // What was told since the last call.
  std::vector<sdk::RegisterChange> TakeChanges();
  // "EFFECTIVE rank 1" of the seal of this document on this unit; "-" when there is none.
  std::string Standing(const std::string& unit, const std::string& document);
  std::optional<Seal> SealOf(const v1::Order& freeze);
  std::vector<Seal> Seals(const std::string& unit);
  // Everything about one holder as the counter shows it.
  std::string Shown(const std::string& unit, int64_t holder);

  Tables TablesIn(sdk::InboxTransaction& transaction) const { return {transaction, rules.kind}; }
  static sdk::Operation OperationOf(const v1::Order& order) { return {order.order_id(), "9900101", 0}; }
  std::string InboxPath() const { return folder / "inbox.db"; }
  // Closes and opens the file again, as a restart does.
  void Restart();

  TempFolder folder;
  OfficeRules rules;
  std::unique_ptr<sdk::SqliteInbox> inbox;
  std::optional<Register> kept;  // the register, open

 private:
  sdk::Request RequestOf(const v1::Order& order, const sdk::Operation& operation, const journal::Hash& digest,
                         const sdk::Operation* freeze);

  std::map<std::string, v1::Order> orders_;       // by operation
  std::map<std::string, sdk::Arrival> arrivals_;  // by order id
  uint64_t next_id_ = 1;
  uint64_t changes_taken_ = 0;
};

// "FOUND", "NOT_CONTROLLED NOT_HOLDER", "RETURNED ACTION_NOT_SUPPORTED": what an answer says, item by item.
std::string Said(const sdk::Answer& answer);
// "PROMOTED CONTROLLED", "ANSWER NOT_CONTROLLED RELEASED": what was told.
std::vector<std::string> Told(const std::vector<sdk::RegisterChange>& changes);

}  // namespace eagle::registry
