// Who has lost his rights is cut off without a restart: his next call is refused, and what he left open ends, with the
// reason. Each test waits for the end itself, however long that takes.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/time/clock.h"
#include "goldeneagle/v1/adapter_service.pb.h"
#include "goldeneagle/v1/admin_service.pb.h"
#include "goldeneagle/v1/directory_service.pb.h"
#include "goldeneagle/v1/order_service.grpc.pb.h"
#include "goldeneagle/v1/witness_service.pb.h"
#include "server/domain/instant.h"
#include "server/journal/hash.h"
#include "server/journal/witness.h"
#include "server/trust/make_batch.h"
#include "server/trust/signature.h"
#include "tests/server/api_grpc/gateway_world.h"
#include "tests/support/domain_world.h"

namespace eagle {
namespace {

namespace v1 = ::goldeneagle::v1;

constexpr char kHello[] = "/goldeneagle.v1.AdapterService/Hello";
constexpr char kPull[] = "/goldeneagle.v1.AdapterService/PullTasks";
constexpr char kWait[] = "/goldeneagle.v1.WitnessService/WaitCheckpoint";
constexpr char kAgencySubject[] = "agency/9900001", kCourtSubject[] = "court/辽9901";

class Cut : public ::testing::Test {
 protected:
  // Two registrars state it, continuing what was stated here before; an operator's system brings it.
  void State(const std::string& subject, v1::StatementKind kind, const std::string& key_seed = "") {
    v1::Statement statement;
    statement.set_subject(subject), statement.set_kind(kind), statement.set_environment(v1::ENVIRONMENT_TEST);
    auto& [sequence, digest] = chain_[subject];
    statement.set_sequence(++sequence), statement.set_previous_digest(digest);
    *statement.mutable_valid_from() = domain::ToProto(LongAgo());
    *statement.mutable_valid_until() = domain::ToProto(FarAhead());
    if (kind == v1::STATEMENT_KIND_REVOKED) *statement.mutable_compromised_since() = domain::ToProto(LongAgo());
    if (!key_seed.empty()) {
      statement.set_algorithm(v1::KEY_ALGORITHM_ED25519);
      statement.set_key(trust::Ed25519Signer::FromSeed(key_seed)->public_key());
    }
    const std::string member = statement.SerializeAsString();
    digest = std::string(journal::View(journal::LeafHash(member)));
    auto one = trust::Ed25519Signer::FromSeed(std::string(32, 'r')),
         two = trust::Ed25519Signer::FromSeed(std::string(32, 's'));
    v1::SubmitStatementsRequest request;
    *request.mutable_batch() = trust::MakeBatch({.member_type = v1::MEMBER_TYPE_STATEMENT,
                                                 .environment = v1::ENVIRONMENT_TEST,
                                                 .signer = "registrar",
                                                 .sequence = ++heads_,
                                                 .signed_at = absl::FromUnixSeconds(1790555400)},
                                                {member}, {&*one, &*two});
    const Answer answer = Call(world_.Channel(world_.operator_system()),
                               "/goldeneagle.v1.DirectoryService/SubmitStatements", request.SerializeAsString());
    ASSERT_EQ(answer.code, grpc::StatusCode::OK) << answer.message;
    ASSERT_FALSE(Parsed<v1::SubmitStatementsResponse>(answer).results(0).has_refusal());
  }
  Answer Hello(const std::shared_ptr<grpc::Channel>& agency) {
    v1::HelloRequest hello;
    hello.add_contract_versions(1);
    hello.set_adapter("test.adapter"), hello.set_version("1"), hello.set_instance("one");
    hello.set_inbox(std::string(16, 'i')), hello.set_most_in_flight(10);
    v1::Capability* capability = hello.add_capabilities();
    capability->set_asset_kind("DEPOSIT"), capability->set_action(v1::ACTION_INQUIRE);
    return Call(agency, kHello, hello.SerializeAsString());
  }
  // Until a call of this kind is open; the call itself may end before, and then tells why.
  void AwaitMetric(const std::string& name, const std::atomic<bool>& ended) {
    while (!ended) {
      const Answer answer = Call(world_.AdminChannel(), "/goldeneagle.v1.AdminService/GetMetrics");
      const auto metrics = Parsed<v1::GetMetricsResponse>(answer);
      for (const v1::Metric& row : metrics.metrics()) {
        if (row.name() == name && row.value() >= 1) return;
      }
      std::this_thread::yield();
    }
  }

  GatewayWorld world_;
  std::map<std::string, std::pair<uint64_t, std::string>> chain_;
  uint64_t heads_ = 0;
};

TEST_F(Cut, ARevokedAgencysPollEndsAndItsNextCallIsRefused) {
  State(kAgencySubject, v1::STATEMENT_KIND_KEY, std::string(32, 'k'));
  const auto agency = world_.Channel(world_.agency());
  ASSERT_EQ(Hello(agency).code, grpc::StatusCode::OK);
  v1::PullTasksRequest poll;
  poll.set_instance("one"), poll.set_most_tasks(10), poll.set_wait_seconds(30), poll.set_directory_position(~0ull >> 1);
  Answer answer;
  std::atomic<bool> ended{false};
  std::thread polling([&] {
    answer = Call(agency, kPull, poll.SerializeAsString(), absl::Seconds(60));
    ended = true;
  });
  AwaitMetric("ge_polls_open", ended);
  State(kAgencySubject, v1::STATEMENT_KIND_REVOKED);
  const absl::Time revoked = absl::Now();
  polling.join();
  EXPECT_LT(absl::Now() - revoked, absl::Seconds(5)) << "the promise; the poll itself would have waited for 30";
  EXPECT_EQ(answer.code, grpc::StatusCode::PERMISSION_DENIED) << answer.message;
  EXPECT_EQ(answer.reason, "KEY_REVOKED");
  EXPECT_EQ(Hello(agency).reason, "KEY_REVOKED");
  // The registrars state a new key: it may come in again.
  State(kAgencySubject, v1::STATEMENT_KIND_KEY, std::string(32, 'l'));
  EXPECT_EQ(Hello(agency).code, grpc::StatusCode::OK);
}

TEST_F(Cut, AnEndedCourtsWatchEnds) {
  State(kCourtSubject, v1::STATEMENT_KIND_KEY, std::string(32, 'k'));
  const auto stub = v1::OrderService::NewStub(world_.Channel(world_.court()));
  grpc::ClientContext context;
  const auto watch = stub->WatchOrders(&context, v1::WatchOrdersRequest());
  v1::WatchOrdersResponse page;
  ASSERT_TRUE(watch->Read(&page));
  State(kCourtSubject, v1::STATEMENT_KIND_ENDED);
  while (watch->Read(&page)) {
  }
  const Answer answer = AnswerOf(watch->Finish());
  EXPECT_EQ(answer.code, grpc::StatusCode::UNAUTHENTICATED) << answer.message;
  EXPECT_EQ(answer.reason, "UNAUTHENTICATED");
}

TEST_F(Cut, AWitnessWhosePinsWereChangedWaitsNoLonger) {
  v1::Proposal policy, witnesses;
  *policy.mutable_policy()->mutable_table() = test::FreedoniaPolicy();
  world_.Adopt({policy});
  const journal::WitnessKey key{"witness.test/w1", *journal::PrivateKey::FromSeed(std::string(32, 'w'))};
  witnesses.mutable_witnesses()->set_quorum(1);
  witnesses.mutable_witnesses()->add_witnesses()->set_name(key.name);
  witnesses.mutable_witnesses()->mutable_witnesses(0)->set_verifier_key(key.VerifierKey());
  world_.Adopt({witnesses});
  v1::WaitCheckpointRequest wait;
  wait.set_witness(key.name), wait.set_wait_seconds(30), wait.set_size(uint64_t{1} << 40);
  const auto court = world_.Channel(world_.court());
  Answer answer;
  std::atomic<bool> ended{false};
  std::thread waiting([&] {
    // As a witness does: an empty answer (the set-up's own registrations end open waits too) means to ask again.
    do {
      answer = Call(court, kWait, wait.SerializeAsString(), absl::Seconds(60));
    } while (answer.code == grpc::StatusCode::OK);
    ended = true;
  });
  AwaitMetric("ge_witness_waits", ended);
  world_.RegisterCourt(world_.Issue(trust::SystemRole::kCourt, kCourtCode), kCourtCode);
  waiting.join();
  EXPECT_EQ(answer.code, grpc::StatusCode::UNAUTHENTICATED) << answer.message;
}

}  // namespace
}  // namespace eagle
