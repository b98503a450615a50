// One agency around an agent under test: keys and statements of a court, orders, a bank or a land registry, a gateway,
// a clock, and crashes. Everything comes from a seed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/sdk/agent.h"
#include "tests/adapters/sdk/test_gateway.h"
#include "tests/support/sdk_fakes.h"
#include "tests/support/trust/keyed_hash.h"
#include "tests/support/trust/seeded_entropy.h"

namespace eagle::sdk {

inline constexpr char kAgency[] = "9900001";
inline constexpr char kCourt[] = "辽9901";
inline constexpr char kCase[] = "（2026）辽9901执1024号";
inline constexpr char kDebtor[] = "林远舟";
inline constexpr char kDebtorNumber[] = "990101198503070017";
inline constexpr char kDebtorOldNumber[] = "990101850307001";
inline constexpr char kAccount[] = "9900010000000001016";
inline constexpr char kCourtAccount[] = "9900010000000099010";

class SdkWorld {
 public:
  enum class Way { kBank, kLand };
  explicit SdkWorld(Way way = Way::kBank, uint64_t seed = 1);

  // Orders, complete but unsigned; Submit signs one as a batch of its own and has the gateway hand it out.
  v1::Order Inquiry();
  v1::Order Freeze(int64_t limit);
  v1::Order FreezeThing(const std::string& unit);
  v1::Order Release(const v1::Order& freeze, int64_t amount = 0);
  v1::Order Deduct(const v1::Order& freeze, int64_t amount);
  using Signers = std::vector<KeyedHashSigner*>;
  v1::SignedMember Sign(const v1::Order& order, std::optional<Signers> signers = std::nullopt);
  const v1::Order& Submit(const v1::Order& order, std::optional<Signers> signers = std::nullopt);

  // Statements of the registrars or of the court, continuing the chain of the subject.
  v1::SignedMember State(v1::Statement statement);
  v1::Statement OfficerStatement(const std::string& code, const std::string& key, std::vector<v1::OfficerRole> roles);
  v1::Statement AccountStatement(const std::string& code, const std::string& number);
  std::string AccountDigest() const { return account_digest_; }

  // Steps, delivers replies and lets `tick` pass, `rounds` times; a dead process is started again.
  void Run(int rounds = 60, absl::Duration tick = absl::Milliseconds(500));
  // Until every order is answered and nothing is left to send. False after `rounds`.
  bool Settle(int rounds = 4000);
  void StartAgent();
  void StopAgent() { agent.reset(); }

  static Operation OperationOf(const v1::Order& order) { return {order.order_id(), kAgency, 0}; }
  int Effects(const v1::Order& order) const;
  const v1::Receipt* LastWord(const v1::Order& order) { return gateway.LastWord(order.order_id()); }
  std::string Outcome(const v1::Order& order);  // "CONTROLLED", "RETURNED SIGNATURE_INVALID", "-"

  SetClock clock;
  CrashPlan crash;
  FakeDisk disk;
  FakeBankCore core;
  KeyedHashSigner registrar1, registrar2, registrar3, court_key, handler, cosigner, leader, agency_key, stranger;
  KeyedHashChecker checker;
  TestGateway gateway;
  SeededEntropy entropy;
  AgentConfig config;
  Way way;
  std::unique_ptr<FakeInbox> inbox;
  std::unique_ptr<FakeBank> bank;
  FakeLand land;
  std::string paper_folder;  // empty: none
  uint64_t paper_bytes_max = 64 << 20;
  std::unique_ptr<PaperFolder> papers;
  PositionSource* positions = nullptr;  // taken up by the next StartAgent
  std::unique_ptr<Agent> agent;
  int restarts = 0;

 private:
  std::string NewId();
  v1::Order Base(v1::Action action);
  std::map<std::string, std::pair<uint64_t, std::string>> chain_;  // subject -> last sequence, digest
  std::string account_digest_;
  uint64_t last_head_ = 0;
};

}  // namespace eagle::sdk
