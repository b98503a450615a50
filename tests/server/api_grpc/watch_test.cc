// A court's watch over mutual TLS, from the order to its completion. The sequencer is stepped by the test and nobody
// ticks the server unless a test does, so that what arrives was pushed by the commit.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>

#include "goldeneagle/v1/order_service.grpc.pb.h"
#include "goldeneagle/v1/supervision_service.grpc.pb.h"
#include "server/api/grpc/server.h"
#include "server/api/grpc/watch_hub.h"
#include "server/base/assert.h"
#include "server/base/system_clock.h"
#include "server/journal/hash.h"
#include "server/trust/pki.h"
#include "server/trust/secret_file.h"
#include "server/trust/system_entropy.h"
#include "tests/server/api_grpc/gateway_world.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// The machine's clock; waits are over as much earlier as a test wants.
class LaterClock final : public Clock {
 public:
  absl::Time WallNow() override { return real_.WallNow(); }
  absl::Duration MonotonicNow() override { return real_.MonotonicNow() + absl::Seconds(later_.load()); }
  void Pass(absl::Duration time) { later_ += absl::ToInt64Seconds(time); }

 private:
  SystemClock real_;
  std::atomic<int64_t> later_{0};
};

// The demo's gateway behind the real listener. One worker: whoever held it up would hold up everybody.
class WatchWorld {
 public:
  WatchWorld() {
    court_ = Register(kCourt);
    other_court_ = Register(kOtherCourt);
    const auto server_certificate = authority_.Issue({.name = {kTrustDomain, trust::SystemRole::kGateway, "gateway-1"},
                                                      .addresses = {"127.0.0.1"},
                                                      .server = true,
                                                      .from = LongAgo(),
                                                      .until = FarAhead()},
                                                     entropy_);
    std::ofstream(folder_ / "gateway.pem", std::ios::binary) << server_certificate->certificate_pem;
    std::ofstream(folder_ / "authorities.pem", std::ios::binary) << authority_.certificate_pem();
    GATEWAY_ASSERT(trust::WriteSecretFile(folder_ / "gateway.key", server_certificate->key_pem).ok(),
                   "the key is written");
    Serve();
  }
  ~WatchWorld() { server.reset(); }

  // The process dies, and another one serves the same journal.
  void Restart() {
    server.reset();
    gateway.Restart();
    Serve();
  }
  const trust::IssuedCertificate& court() const { return court_; }
  const trust::IssuedCertificate& other_court() const { return other_court_; }
  std::unique_ptr<v1::OrderService::Stub> Stub(const trust::IssuedCertificate& system, bool small_window) const {
    return v1::OrderService::NewStub(ChannelOf(system, small_window));
  }
  std::shared_ptr<grpc::Channel> ChannelOf(const trust::IssuedCertificate& system, bool small_window = false) const {
    grpc::SslCredentialsOptions options{authority_.certificate_pem(), system.key_pem, system.certificate_pem};
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    if (small_window) {
      arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
      arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 1024);
    }
    return grpc::CreateCustomChannel(server->api_addresses().front(), grpc::SslCredentials(options), arguments);
  }

  GatewayFixture gateway;
  DemoWorld demo{gateway};
  LaterClock real;
  std::unique_ptr<api::Server> server;

 private:
  trust::IssuedCertificate Register(const std::string& code) {
    auto issued = authority_.Issue({.name = {kTrustDomain, trust::SystemRole::kCourt, code},
                                    .client = true,
                                    .from = LongAgo(),
                                    .until = FarAhead()},
                                   entropy_);
    v1::Proposal proposal;
    proposal.set_ground("a certificate");
    proposal.mutable_court()->set_code(code);
    proposal.mutable_court()->set_name("人民法院");
    v1::SystemIdentity& system = *proposal.mutable_court()->mutable_system();
    system.set_spiffe_id(trust::SpiffeId({kTrustDomain, trust::SystemRole::kCourt, code}));
    system.add_spki_sha256(std::string(journal::View(*trust::SpkiSha256FromPem(issued->certificate_pem))));
    const auto adopted = demo.Adopt({proposal});
    GATEWAY_ASSERT(adopted.ok() && adopted->results(0).in_effect(), "the certificate is pinned");
    return *std::move(issued);
  }
  void Serve() {
    auto made = api::Server::Make(
        {.listen = {"127.0.0.1:0"},
         .admin_listen = "127.0.0.1:0",
         .certificates = {folder_ / "gateway.pem", folder_ / "gateway.key", folder_ / "authorities.pem"},
         .staging_folder = folder_ / "staging",
         .trust_domain = kTrustDomain,
         .workers = 1},
        {.handlers = *gateway.handlers,
         .dispatcher = *gateway.dispatcher,
         .directory = [this] { return gateway.sequencer->published()->directory; },
         .real = real,
         .metrics = [](std::vector<api::MetricRow>&) {},
         .log = [](const api::TransportEvent&) {},
         .drain = [] {}});
    GATEWAY_ASSERT(made.ok(), std::string(made.status().message()).c_str());
    server = *std::move(made);
    gateway.sequencer->AddListener(server->listener());
    const absl::Status started = server->Start();
    GATEWAY_ASSERT(started.ok(), std::string(started.message()).c_str());
  }

  TempFolder folder_;
  trust::SystemEntropy entropy_;
  trust::CertificateAuthority authority_ =
      trust::CertificateAuthority::Make("Golden Eagle test", {LongAgo(), FarAhead()}, entropy_);
  trust::IssuedCertificate court_, other_court_;
};

// An open watch that has had its first page: what is committed from now on is news to it.
class Watching {
 public:
  Watching(const WatchWorld& world, const trust::IssuedCertificate& system, const std::string& token = "",
           bool small_window = false)
      : stub_(world.Stub(system, small_window)) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(2)));  // a test that fails doesn't hang
    v1::WatchOrdersRequest request;
    request.set_resume_token(token);
    reader_ = stub_->WatchOrders(&context_, request);
    if (token.empty()) {
      const v1::WatchOrdersResponse first = Page();
      EXPECT_THAT(first.events(), IsEmpty());
    }
  }
  ~Watching() {
    context_.TryCancel();
    v1::WatchOrdersResponse rest;
    while (reader_->Read(&rest)) {
    }
    reader_->Finish();
  }
  v1::WatchOrdersResponse Page() {
    v1::WatchOrdersResponse page;
    EXPECT_TRUE(reader_->Read(&page));
    EXPECT_FALSE(page.resume_token().empty());
    token_ = page.resume_token();
    return page;
  }
  // The next `count` events at least, page by page, as they come.
  std::vector<v1::OrderEvent> Events(size_t count) {
    std::vector<v1::OrderEvent> out;
    while (out.size() < count && !testing::Test::HasFailure()) {
      const v1::WatchOrdersResponse page = Page();
      for (const v1::OrderEvent& event : page.events()) out.push_back(event);
    }
    return out;
  }
  const std::string& token() const { return token_; }  // of the last page that was read

 private:
  std::unique_ptr<v1::OrderService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchOrdersResponse>> reader_;
  std::string token_;
};

// The same of alerts. Without a token its first page says that it has caught up.
class WatchingAlerts {
 public:
  WatchingAlerts(const WatchWorld& world, const trust::IssuedCertificate& system, const std::string& token = "")
      : stub_(v1::SupervisionService::NewStub(world.ChannelOf(system))) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(2)));
    v1::WatchAlertsRequest request;
    request.set_resume_token(token);
    reader_ = stub_->WatchAlerts(&context_, request);
    if (!token.empty()) return;
    const v1::WatchAlertsResponse first = Page();
    EXPECT_THAT(first.alerts(), IsEmpty());
    EXPECT_TRUE(first.caught_up());
  }
  ~WatchingAlerts() {
    context_.TryCancel();
    v1::WatchAlertsResponse rest;
    while (reader_->Read(&rest)) {
    }
    reader_->Finish();
  }
  v1::WatchAlertsResponse Page() {
    v1::WatchAlertsResponse page;
    EXPECT_TRUE(reader_->Read(&page));
    token_ = page.resume_token();
    return page;
  }
  // Kinds and marks of the next `count` alerts at least.
  std::vector<std::string> Alerts(size_t count) {
    std::vector<std::string> out;
    while (out.size() < count && !testing::Test::HasFailure()) {
      const v1::WatchAlertsResponse page = Page();
      for (const v1::Alert& alert : page.alerts())
        out.push_back(v1::AlertKind_Name(alert.kind()).substr(11) + " " + std::to_string(alert.mark_permille()));
    }
    return out;
  }
  const std::string& token() const { return token_; }

 private:
  std::unique_ptr<v1::SupervisionService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchAlertsResponse>> reader_;
  std::string token_;
};

std::vector<std::string> Types(const std::vector<v1::OrderEvent>& events) {
  std::vector<std::string> out;
  for (const v1::OrderEvent& event : events) out.push_back(event.type());
  return out;
}
bool Rise(const std::vector<v1::OrderEvent>& events) {
  return std::is_sorted(events.begin(), events.end(),
                        [](const auto& a, const auto& b) { return a.journal_index() < b.journal_index(); });
}

class WatchTest : public testing::Test {
 protected:
  v1::Order Ask(const std::vector<std::string>& agencies) {
    v1::Order order = world_.demo.Inquire(agencies);
    EXPECT_THAT(DemoWorld::Reasons(world_.demo.Submit({order})), ElementsAre(""));
    return order;
  }
  v1::Order AskOfTheOtherCourt() {
    DemoWorld& demo = world_.demo;
    const std::string number = "（2026）辽9902执7号", officer = "court/辽9902/officer/00";
    v1::CaseAct act = demo.Open(number);
    act.set_court(kOtherCourt);
    v1::SubmitCaseActsRequest opening;
    *opening.mutable_batch() =
        world_.gateway.Sign(v1::MEMBER_TYPE_CASE, kOtherCourt, std::vector{act}, {officer + "1", officer + "3"});
    const auto opened = world_.gateway.Call(&api::Handlers::SubmitCaseActs, demo.other_court, opening);
    EXPECT_TRUE(opened.ok() && opened->results(0).has_acceptance()) << opened->DebugString();
    v1::Order order = demo.Inquire({kBeiling});
    order.set_court(kOtherCourt);
    order.set_case_number(number);
    v1::SubmitOrdersRequest request;
    *request.mutable_batch() =
        world_.gateway.Sign(v1::MEMBER_TYPE_ORDER, kOtherCourt, std::vector{order}, {officer + "1", officer + "2"});
    EXPECT_THAT(DemoWorld::Reasons(world_.gateway.Call(&api::Handlers::SubmitOrders, demo.other_court, request)),
                ElementsAre(""));
    return order;
  }
  void Answer(const std::string& agency, const v1::Receipt& receipt) {
    world_.demo.Pull(agency);
    const auto reported = world_.demo.Report(agency, {receipt});
    ASSERT_TRUE(reported.ok()) << reported.status();
    ASSERT_EQ(reported->results(0).verdict(), v1::RECEIPT_VERDICT_RECORDED) << reported->results(0).DebugString();
  }
  // Ten seconds of silence pass, again and again (the watch may not rest yet), until the watch has said so.
  v1::WatchOrdersResponse Heartbeat(Watching& watch) {
    std::atomic<bool> read{false};
    std::thread ticks([&] {
      for (; !read; std::this_thread::yield()) {
        world_.real.Pass(api::WatchHub::kHeartbeatEvery);
        world_.server->Tick();
      }
    });
    v1::WatchOrdersResponse page = watch.Page();
    read = true;
    ticks.join();
    return page;
  }

  WatchWorld world_;
};

TEST_F(WatchTest, TellsAcceptanceAnswerAndCompletionInIndexOrder) {
  Watching watch(world_, world_.court());
  const v1::Order order = Ask({kBeiling, kSongyue});
  std::vector<v1::OrderEvent> events = watch.Events(1);
  EXPECT_THAT(Types(events), ElementsAre("ORDER_ACCEPTED"));
  Answer(kBeiling, world_.demo.Found(order, kBeiling, "6222021001116245702", 100));
  Answer(kSongyue, world_.demo.Nil(order, kSongyue));
  for (v1::OrderEvent& event : watch.Events(4)) events.push_back(std::move(event));
  EXPECT_THAT(Types(events), ElementsAre("ORDER_ACCEPTED", "DELIVERED", "TASK_ANSWERED", "DELIVERED", "TASK_ANSWERED"));
  EXPECT_TRUE(Rise(events));
  for (const v1::OrderEvent& event : events) EXPECT_EQ(event.order_id(), order.order_id());
  EXPECT_EQ(events[2].agency(), kBeiling);
  EXPECT_EQ(events[2].outcome(), v1::OUTCOME_FOUND);
  EXPECT_FALSE(events[2].completes());
  EXPECT_EQ(events[4].outcome(), v1::OUTCOME_NIL);
  EXPECT_TRUE(events[4].completes());
}

TEST_F(WatchTest, GoesOnFromItsTokenAfterTheStreamBrokeAndAfterARestart) {
  std::string token;
  std::vector<v1::OrderEvent> events;
  const auto more = [&](Watching& watch, size_t count) {
    for (v1::OrderEvent& event : watch.Events(count)) events.push_back(std::move(event));
    token = watch.token();
  };
  v1::Order order;
  {
    Watching watch(world_, world_.court());
    order = Ask({kBeiling});
    more(watch, 1);
  }
  Answer(kBeiling, world_.demo.Nil(order, kBeiling));  // nobody watches
  {
    Watching watch(world_, world_.court(), token);
    more(watch, 2);
  }
  const v1::Order second = Ask({kBeiling});
  world_.Restart();
  Watching watch(world_, world_.court(), token);
  more(watch, 1);
  const v1::Order third = Ask({kBeiling});  // and is pushed again
  more(watch, 1);
  EXPECT_THAT(Types(events),
              ElementsAre("ORDER_ACCEPTED", "DELIVERED", "TASK_ANSWERED", "ORDER_ACCEPTED", "ORDER_ACCEPTED"));
  EXPECT_TRUE(Rise(events));
  EXPECT_EQ(events[3].order_id(), second.order_id());
  EXPECT_EQ(events[4].order_id(), third.order_id());
}

TEST_F(WatchTest, BreaksSilenceWithATokenThatIsGoodToResumeFrom) {
  std::string token;
  {
    Watching watch(world_, world_.court());
    const v1::WatchOrdersResponse page = Heartbeat(watch);
    EXPECT_THAT(page.events(), IsEmpty());
    token = page.resume_token();
  }
  Ask({kBeiling});
  Watching watch(world_, world_.court(), token);
  EXPECT_THAT(Types(watch.Events(1)), ElementsAre("ORDER_ACCEPTED"));
}

TEST_F(WatchTest, TellsACourtOfItsOwnOrdersOnly) {
  Watching mine(world_, world_.court()), theirs(world_, world_.other_court());
  const v1::Order first = Ask({kBeiling});
  EXPECT_THAT(Heartbeat(theirs).events(), IsEmpty());  // it has read past the order
  const v1::Order other = AskOfTheOtherCourt();
  const v1::Order last = Ask({kBeiling});
  const std::vector<v1::OrderEvent> seen = mine.Events(2), seen_there = theirs.Events(1);
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].order_id(), first.order_id());
  EXPECT_EQ(seen[1].order_id(), last.order_id());
  ASSERT_EQ(seen_there.size(), 1u);
  EXPECT_EQ(seen_there[0].order_id(), other.order_id());
}

TEST_F(WatchTest, CarriesNoPersonalData) {
  Watching watch(world_, world_.court());
  const v1::Order order = Ask({kBeiling});
  Answer(kBeiling, world_.demo.Found(order, kBeiling, "6222021001116245702", 123'456'78));
  std::string all;
  for (const v1::OrderEvent& event : watch.Events(3)) all += event.SerializeAsString();
  for (const std::string& secret : {DemoWorld::Lin().name(), DemoWorld::Lin().id_number(),
                                    std::string("6222021001116245702"), std::string(kCaseNumber)}) {
    EXPECT_THAT(all, Not(HasSubstr(secret)));
  }
}

TEST_F(WatchTest, AlertsArePushedByTheCommitThatHasThem) {
  WatchingAlerts watch(world_, world_.court());
  Ask({kBeiling});
  world_.gateway.Advance(absl::Hours(18));
  EXPECT_THAT(watch.Alerts(2), ElementsAre("DEADLINE_MARKED 500", "DEADLINE_MARKED 750"));
  world_.gateway.Advance(absl::Hours(6));
  EXPECT_THAT(watch.Alerts(1), ElementsAre("DEADLINE_MARKED 1000"));
}

TEST_F(WatchTest, AlertsGoOnFromATokenOverARestartAndNobodyMissesWhatCameMeanwhile) {
  std::string token;
  {
    WatchingAlerts watch(world_, world_.court());
    Ask({kBeiling});
    world_.gateway.Advance(absl::Hours(12));
    EXPECT_THAT(watch.Alerts(1), ElementsAre("DEADLINE_MARKED 500"));
    token = watch.token();
  }
  world_.gateway.Advance(absl::Hours(6));  // nobody watches
  world_.Restart();
  WatchingAlerts watch(world_, world_.court(), token);
  EXPECT_THAT(watch.Alerts(1), ElementsAre("DEADLINE_MARKED 750"));
  world_.gateway.Advance(absl::Hours(6));  // and is pushed again
  EXPECT_THAT(watch.Alerts(1), ElementsAre("DEADLINE_MARKED 1000"));
}

TEST_F(WatchTest, ACallerHasSoManyWatchesOfAlertsAndNoMore) {
  std::vector<std::unique_ptr<WatchingAlerts>> watches;
  while (watches.size() < api::WatchHub::kAlertWatchesPerCallerMax)
    watches.push_back(std::make_unique<WatchingAlerts>(world_, world_.court()));
  const auto stub = v1::SupervisionService::NewStub(world_.ChannelOf(world_.court()));
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(2)));
  const auto reader = stub->WatchAlerts(&context, {});
  v1::WatchAlertsResponse page;
  EXPECT_FALSE(reader->Read(&page));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  WatchingAlerts another(world_, world_.other_court());  // each has its own
}

TEST_F(WatchTest, ASlowReaderHoldsNobodyUpAndMissesNothing) {
  Watching quick(world_, world_.court()), slow(world_, world_.court(), "", /*small_window=*/true);
  constexpr size_t kBatches = 12, kOrders = 64;
  std::vector<v1::OrderEvent> seen;
  for (size_t batch = 0; batch < kBatches; ++batch) {
    std::vector<v1::Order> orders;
    while (orders.size() < kOrders) orders.push_back(world_.demo.Inquire({kBeiling}));
    ASSERT_THAT(DemoWorld::Reasons(world_.demo.Submit(orders)), Each(""));
    for (v1::OrderEvent& event : quick.Events(kOrders)) seen.push_back(std::move(event));
  }
  const std::vector<v1::OrderEvent> late = slow.Events(kBatches * kOrders);
  ASSERT_EQ(seen.size(), kBatches * kOrders);
  ASSERT_EQ(late.size(), seen.size());
  EXPECT_TRUE(Rise(late));
  for (size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(late[i].journal_index(), seen[i].journal_index());
}

}  // namespace
}  // namespace eagle::test
