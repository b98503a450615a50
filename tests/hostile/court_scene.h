// A court's desk before a hostile gateway: the court's library over a wire that carries a real gateway's answers, each
// attacked on its way.
//
// Threads: one.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "client/lib/desk.h"
#include "server/journal/checkpoint.h"
#include "tests/client/fake_gateway.h"
#include "tests/client/support.h"
#include "tests/hostile/attack.h"
#include "tests/support/demo_world.h"
#include "tests/support/temp_folder.h"

namespace eagle::hostile {

namespace v1 = ::goldeneagle::v1;

// The honest gateway's world, made once; it grows with every batch that is sent.
class CourtWorld {
 public:
  CourtWorld();
  static CourtWorld& Get();

  test::GatewayFixture gateway{{.real_keys = true}};
  test::DemoWorld demo{gateway};
  v1::Order inquiry, other_inquiry;            // both answered by Beiling and Songyue
  v1::SubmitOrdersResponse earlier;            // of a batch with the two
  std::vector<v1::FindingsOfAgency> findings;  // on the first: Beiling's, Songyue's
  std::vector<v1::FindingsOfAgency> other_findings;
  std::string old_checkpoint;  // from before the two

  // A proof of the gateway's for any entry.
  v1::GetInclusionProofResponse ProofOf(uint64_t index, uint64_t size = 0);
  // The newest entry of a type.
  uint64_t NewestOf(const std::string& type) const;
};

// The wire: what isn't attacked is the real gateway's.
class Wire : public client::FakeGateway {
 public:
  explicit Wire(CourtWorld& world) : FakeGateway(world.gateway.clock.wall), world_(world) {}

  std::function<void(v1::SubmitOrdersResponse&)> on_orders;
  std::function<void(v1::SubmitCaseActsResponse&)> on_case;
  std::function<void(v1::GetConsistencyProofResponse&)> on_consistency;
  std::function<void(v1::ListStatementsResponse&)> on_statements;

  absl::StatusOr<v1::SubmitOrdersResponse> SubmitOrders(const v1::SubmitOrdersRequest& request) override;
  absl::StatusOr<v1::SubmitCaseActsResponse> SubmitCaseActs(const v1::SubmitCaseActsRequest& request) override;
  absl::StatusOr<v1::GetConsistencyProofResponse> GetConsistencyProof(
      const v1::GetConsistencyProofRequest& request) override;
  absl::StatusOr<v1::ListStatementsResponse> ListStatements(const v1::ListStatementsRequest& request) override;

 private:
  CourtWorld& world_;
};

// A court that has seen the log once, before the attack.
class CourtDesk {
 public:
  explicit CourtDesk(CourtWorld& world);
  client::Desk& desk() { return *desk_; }
  Wire& wire() { return wire_; }

 private:
  TempFolder folder_;
  client::StandingClock clock_;
  client::CountedEntropy entropy_;
  Wire wire_;
  std::unique_ptr<client::Desk> desk_;
};

namespace court {

// A head that the gateway shows, and what it answers when it is asked whether that continues the old one.
struct HeadScene {
  std::string note;
  std::function<void(v1::GetConsistencyProofResponse&)> proof;
};
using HeadAttack = Attack<HeadScene>;
using StatementAttack = Attack<v1::ListStatementsResponse>;

inline CourtWorld& World() { return CourtWorld::Get(); }
inline std::string Origin() { return World().gateway.founding.origin(); }
inline std::string SignedHead(uint64_t size, const journal::Hash& root) {
  return *journal::SignCheckpoint({Origin(), size, root}, *World().gateway.log_signer);
}
inline journal::Checkpoint Opened(const std::string& note) {
  return *journal::OpenCheckpoint(note, *World().gateway.log_verifier);
}

const std::vector<HeadAttack>& OnHeads();
const std::vector<StatementAttack>& OnStatements();

}  // namespace court
}  // namespace eagle::hostile
