// A bank with a clock that stands still until it is moved, orders as courts write them, and a second look after every
// step.
//
//   Bank bank("songyue", "9900020");
//   bank.At("2026-09-28 09:10");
//   sdk::Answer answer = bank.Do(bank.Freeze(kLin, 60'000'00));
//   EXPECT_EQ(bank.Controlled("9900020000000003036"), 95'000'00);
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "adapters/bank/core.h"
#include "adapters/bank/counter.h"
#include "gtest/gtest.h"
#include "server/base/assert.h"
#include "server/base/clock.h"
#include "tests/support/temp_folder.h"

namespace eagle::bank {

namespace v1 = ::goldeneagle::v1;

class HeldClock : public Clock {
 public:
  absl::Time WallNow() override { return now; }
  absl::Duration MonotonicNow() override { return now - absl::UnixEpoch(); }
  absl::Time now = absl::FromUnixSeconds(1'790'555'400);  // 2026-09-28 08:30 in Shanghai
};

inline absl::TimeZone Shanghai() { return absl::FixedTimeZone(8 * 3600); }
absl::Time TimeAt(const std::string& text);  // "2026-09-28 09:10", Shanghai
std::string DataFolder(const std::string& bank);

struct Person {
  const char* name;
  const char* id_kind;
  const char* id_number;
};
inline constexpr Person kLin = {"林远舟", "CITIZEN_ID", "990101198503070017"};
inline constexpr Person kNamesake = {"林远舟", "CITIZEN_ID", "990101199112120034"};
inline constexpr Person kGuarantor = {"北陵启明机电有限公司", "UNIFIED_CREDIT_CODE", "919901019900000178"};

inline constexpr char kBeiling[] = "9900010", kSongyue[] = "9900020", kYunfan[] = "9900030";
inline constexpr char kAtBeiling[] = "9900010000000001016", kAtSongyue[] = "9900020000000003036",
                      kAtYunfan[] = "9900030000000004040";
inline constexpr char kNamesakesAccount[] = "9900010000000002022", kCourtAccount[] = "9900010000000099010";

// An order on its way to the core.
struct Sent {
  sdk::Operation operation;
  v1::Order order;
  sdk::Arrival arrival;
  std::optional<sdk::Operation> freeze;
  journal::Hash digest{};
};

class Bank {
 public:
  // A core of its own, in memory unless `path` is given, filled with one of the three demo banks. Empty `data`: not
  // filled.
  Bank(const std::string& data, std::string agency, std::string path = kInMemory, const Kind& kind = kBank);
  // Closes the core and opens it anew, as a new process would.
  void Reopen();

  void At(const std::string& time) { clock.now = TimeAt(time); }
  BankCore& core() { return *core_; }

  Sent Inquiry(const Person& person);
  Sent Freeze(const Person& person, int64_t limit, v1::Inflow inflow = v1::INFLOW_CAPTURE);
  Sent FreezeAccount(const Person& person, const std::string& account, int64_t limit);
  Sent FreezeProduct(const Person& person, const std::string& product, int64_t limit, int64_t quantity_e4 = 0);
  // Takes over what the counter entered as `reference` for `document`.
  Sent FreezeCounter(const Person& person, const std::string& reference, const std::string& document, int64_t limit);
  Sent Extract(const Person& person, const std::string& account, int64_t limit, int64_t kept,
               const std::string& to_bank = kBeiling, const std::string& to_account = kCourtAccount);
  Sent Renew(const Person& person, const Sent& freeze, uint32_t years = 1);
  Sent Release(const Person& person, const Sent& freeze, int64_t amount = 0);
  Sent Deduct(const Person& person, const Sent& freeze, int64_t amount, const std::string& to_bank = kBeiling,
              const std::string& to_account = kCourtAccount);

  // Does it twice and asks Find: one answer, which could be signed. Then the books must agree.
  sdk::Answer Do(const Sent& sent);
  // Once, without a second look.
  absl::StatusOr<sdk::Answer> Once(const Sent& sent);

  AccountView View(const std::string& account);
  int64_t Balance(const std::string& account) { return View(account).balance; }
  int64_t Controlled(const std::string& account) { return View(account).controlled; }
  int64_t Available(const std::string& account) { return View(account).available; }
  StandingMeasure Measure(const Sent& freeze);
  // Changes since the last call.
  std::vector<sdk::RegisterChange> News();
  absl::Status Counter(const std::function<absl::Status(const Work&)>& work);
  void ExpectBooksAgree();

  HeldClock clock;

 private:
  Sent Start(const Person& person, v1::Action action);
  std::string agency_, path_;
  const Kind& kind_;
  std::unique_ptr<BankCore> core_;
  uint64_t sent_ = 0;
  uint64_t seen_ = 0;
};

sdk::Request RequestOf(const Sent& sent, absl::Time now);
std::string Text(const sdk::Answer& answer);  // for comparing

}  // namespace eagle::bank
