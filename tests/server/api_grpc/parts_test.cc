// The parts of the transport, each alone: errors on the wire, the executor, the hub of watches, accepted connections,
// staged certificates.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/synchronization/notification.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "server/api/grpc/certificates.h"
#include "server/api/grpc/connections.h"
#include "server/api/grpc/errors.h"
#include "server/api/grpc/executor.h"
#include "server/api/grpc/watch_hub.h"
#include "server/base/bytes.h"
#include "server/trust/pki.h"
#include "server/trust/secret_file.h"
#include "server/trust/system_entropy.h"
#include "tests/server/api_grpc/gateway_world.h"
#include "tests/server/api_grpc/odd_certificate.h"

namespace eagle::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// --- errors

struct Decoded {
  google::rpc::Status status;
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad;
  google::rpc::RetryInfo retry;
};
Decoded Decode(const WireError& error) {
  Decoded out;
  EXPECT_TRUE(out.status.ParseFromString(error.details));
  for (const auto& any : out.status.details())
    any.UnpackTo(&out.info) || any.UnpackTo(&out.bad) || any.UnpackTo(&out.retry);
  return out;
}

Failure ManyViolations(int count) {
  Violations wrong;
  for (int i = 0; i < count; ++i) {
    wrong.Add("members[" + std::to_string(i) + "].respondents[0].id_number", Reason::kIdentityNumberInvalid,
              "the check digit doesn't fit the number");
  }
  return wrong.ToFailure("the orders are refused");
}

TEST(WireErrors, CarryReasonWhoValuesViolationsAndDelay) {
  Failure failure = ManyViolations(2);
  failure.metadata.emplace_back("cap", "198,287.00");
  failure.retry_delay = absl::Milliseconds(1500);
  const WireError error = ToWire(failure);
  const Decoded decoded = Decode(error);
  EXPECT_EQ(error.code, static_cast<int>(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(decoded.status.code(), error.code);
  EXPECT_EQ(decoded.status.message(), "the orders are refused");
  EXPECT_EQ(decoded.info.reason(), "IDENTITY_NUMBER_INVALID");
  EXPECT_EQ(decoded.info.domain(), "goldeneagle.v1");
  EXPECT_EQ(decoded.info.metadata().at("who"), "court");
  EXPECT_EQ(decoded.info.metadata().at("cap"), "198,287.00");
  EXPECT_EQ(decoded.info.metadata().at("violations"), "2");
  ASSERT_EQ(decoded.bad.field_violations_size(), 2);
  EXPECT_EQ(decoded.bad.field_violations(1).field(), "members[1].respondents[0].id_number");
  EXPECT_EQ(decoded.bad.field_violations(1).reason(), "IDENTITY_NUMBER_INVALID");
  EXPECT_EQ(decoded.retry.retry_delay().seconds(), 1);
  EXPECT_EQ(decoded.retry.retry_delay().nanos(), 500'000'000);
}

TEST(WireErrors, EveryReasonHasItsCode) {
  for (const ReasonRow& row : AllReasons()) {
    const WireError error = ToWire({.reason = row.reason, .message = "m"});
    EXPECT_EQ(error.code, static_cast<int>(row.code));
    EXPECT_EQ(Decode(error).info.reason(), row.name);
  }
}

TEST(WireErrors, StayAroundAKilobyteAndNeverLoseTheCount) {
  for (const int count : {1, 5, 10, 20, 100, 256, 5000}) {
    const WireError error = ToWire(ManyViolations(count));
    const Decoded decoded = Decode(error);
    EXPECT_EQ(decoded.info.metadata().at("violations"), std::to_string(count));
    EXPECT_LE(error.details.size(), kDetailsBytesMax);
    if (count <= 10) {
      EXPECT_EQ(decoded.bad.field_violations_size(), count);
      EXPECT_LE(error.details.size(), kDetailsBytesAim);
    }
    EXPECT_GE(decoded.bad.field_violations_size(), 1);
    EXPECT_FALSE(decoded.bad.field_violations(0).field().empty());
  }
}

TEST(WireErrors, LongTextsAreCutBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 400; ++i) text += "冻";
  const WireError error = ToWire({.reason = Reason::kInternal, .message = text, .metadata = {{"k", text}}});
  EXPECT_LE(error.message.size(), 512u);
  EXPECT_TRUE(IsValidUtf8(error.message));
  EXPECT_TRUE(IsValidUtf8(Decode(error).info.metadata().at("k")));
}

// --- the executor

TEST(ExecutorTest, RefusesWhatIsTooMuchAndFinishesWhatItTook) {
  Executor executor({.workers = 1, .queued_max = 2});
  absl::Notification busy, go;
  std::atomic<int> done = 0;
  ASSERT_TRUE(executor.Post([&] { busy.Notify(), go.WaitForNotification(), ++done; }));
  busy.WaitForNotification();
  EXPECT_TRUE(executor.Post([&] { ++done; }));
  EXPECT_TRUE(executor.Post([&] { ++done; }));
  EXPECT_FALSE(executor.Post([&] { ++done; }));
  EXPECT_EQ(executor.counters().queued, 2u);
  go.Notify();
  executor.Stop();
  EXPECT_EQ(done, 3);
  EXPECT_EQ(executor.counters().refused, 1u);
  EXPECT_FALSE(executor.Post([&] { ++done; }));
}

TEST(ExecutorTest, EndsOfCallsComeFirstAndAreNeverRefused) {
  Executor executor({.workers = 1, .queued_max = 1});
  absl::Notification busy, go;
  std::vector<int> order;
  ASSERT_TRUE(executor.Post([&] { busy.Notify(), go.WaitForNotification(); }));
  busy.WaitForNotification();
  ASSERT_TRUE(executor.Post([&] { order.push_back(3); }));
  executor.Finish([&] { order.push_back(1); });
  executor.Finish([&] { order.push_back(2); });
  go.Notify();
  executor.Stop();
  EXPECT_THAT(order, ElementsAre(1, 2, 3));
  executor.Finish([&] { order.push_back(4); });  // after the end: on the caller's own thread
  EXPECT_EQ(order.size(), 4u);
}

// --- watches

struct FakeWatch final : Watch {
  bool Wake(bool heartbeat) override {
    if (busy) return false;
    ++woken;
    heartbeats += heartbeat ? 1 : 0;
    return true;
  }
  bool busy = false;
  int woken = 0, heartbeats = 0;
};

// A commit by which courts 1 and 2 have a case and an order each: numbers 11 and 21, 12 and 22.
class SomeCommit final : public core::CommitView {
 public:
  SomeCommit() {
    for (uint32_t court : {1u, 2u}) {
      state_.cases[10 + court].court = CourtOrdinal(court);
      state_.orders[20 + court].court = CourtOrdinal(court);
    }
  }
  uint64_t size() const override { return 0; }
  const std::string& checkpoint() const override { return text_; }
  bool Holds(uint64_t) const override { return false; }
  const std::string& LeafOf(uint64_t) const override { return text_; }
  std::vector<std::string> ProofOf(uint64_t) const override { return {}; }
  const domain::State& state() const override { return state_; }

 private:
  std::string text_;
  domain::State state_;
};

class WatchHubTest : public testing::Test {
 protected:
  WatchHubTest() {
    for (auto& [watch, court] : {std::pair{one_, 1u}, std::pair{two_, 2u}}) {
      EXPECT_TRUE(hub_.Add(watch, CourtOrdinal(court)));
      hub_.Rest(watch.get(), true, false);
    }
  }
  static domain::Entry Accepted(uint64_t index) {
    return {.index = index, .type = goldeneagle::v1::ENTRY_TYPE_ORDER_ACCEPTED};
  }
  static domain::Entry Answered(uint64_t order) {
    return {.index = order + 100,
            .type = goldeneagle::v1::ENTRY_TYPE_TASK_ANSWERED,
            .actor_kind = goldeneagle::v1::ACTOR_KIND_AGENCY,
            .actor = 1,
            .order = OrderSeq(order)};
  }
  void Note(const std::vector<domain::Entry>& entries) { hub_.Committed(entries, SomeCommit()); }
  void Work() {
    for (std::function<void()>& work : std::exchange(handed_over_, {})) work();
  }
  void Commit(const std::vector<domain::Entry>& entries) {
    Note(entries);
    Work();
  }
  void RestAll() {
    hub_.Rest(one_.get(), false, false);
    hub_.Rest(two_.get(), false, false);
  }
  void Pass(absl::Duration time) {
    clock_.monotonic += time;
    hub_.Tick();
  }

  StillClock clock_;
  std::vector<std::function<void()>> handed_over_;
  WatchHub hub_{clock_, [this](std::function<void()> work) { handed_over_.push_back(std::move(work)); }};
  std::shared_ptr<FakeWatch> one_ = std::make_shared<FakeWatch>(), two_ = std::make_shared<FakeWatch>();
};

TEST_F(WatchHubTest, ACommitWakesTheCourtThatItConcernsWithoutATick) {
  Commit({Accepted(21)});
  EXPECT_EQ(one_->woken, 1);
  RestAll();
  Commit({Answered(21)});  // by the agency
  EXPECT_EQ(one_->woken, 2);
  RestAll();
  Commit({{.index = 130, .type = goldeneagle::v1::ENTRY_TYPE_SURPLUS_ARISEN, .case_seq = CaseSeq(11)}});
  EXPECT_EQ(one_->woken, 3);
  EXPECT_EQ(two_->woken, 0);
}

TEST_F(WatchHubTest, ADeliveryWakesTheCourtsOfItsOrders) {
  goldeneagle::v1::Delivered delivered;
  delivered.add_orders(22);
  const domain::Entry entry{.index = 90,
                            .type = goldeneagle::v1::ENTRY_TYPE_DELIVERED,
                            .actor_kind = goldeneagle::v1::ACTOR_KIND_AGENCY,
                            .actor = 1,
                            .body = delivered.SerializeAsString()};
  Commit({entry});
  EXPECT_EQ(one_->woken, 0);
  EXPECT_EQ(two_->woken, 1);
}

TEST_F(WatchHubTest, ACommitThatNamesNoOrderAndNoCaseWakesNobody) {
  Note({{.index = 90, .type = goldeneagle::v1::ENTRY_TYPE_ADAPTER_PRESENT, .agency = AgencyOrdinal(1)}});
  EXPECT_TRUE(handed_over_.empty());
}

TEST_F(WatchHubTest, TheSequencersThreadWakesNobodyItselfAndHandsOverOnce) {
  Note({Accepted(21)});
  Note({Answered(21), Accepted(22)});
  EXPECT_EQ(one_->woken + two_->woken, 0);
  EXPECT_EQ(handed_over_.size(), 1u);
  Work();
  EXPECT_EQ(one_->woken, 1);
  EXPECT_EQ(two_->woken, 1);
  RestAll();
  Commit({Accepted(21)});
  EXPECT_EQ(one_->woken, 2);
}

TEST_F(WatchHubTest, CommitsWhileAWatchWritesBecomeOnePageAndAreNotForgotten) {
  for (int i = 0; i < 50; ++i) Commit({Answered(21)});  // it doesn't come to rest
  EXPECT_EQ(one_->woken, 1);
  RestAll();
  EXPECT_EQ(one_->woken, 2);
  RestAll();
  EXPECT_EQ(one_->woken, 2);
}

TEST_F(WatchHubTest, OneThatDidNotComeToTheEndGoesOnAtOnce) {
  Commit({Answered(21)});
  hub_.Rest(one_.get(), true, true);
  EXPECT_EQ(one_->woken, 2);
}

TEST_F(WatchHubTest, SilenceIsBrokenByAHeartbeat) {
  Pass(WatchHub::kHeartbeatEvery - absl::Seconds(2));
  EXPECT_EQ(one_->woken, 0);
  Pass(absl::Seconds(2));
  EXPECT_EQ(one_->heartbeats, 1);
  hub_.Rest(one_.get(), true, false);
  Pass(WatchHub::kHeartbeatEvery - absl::Seconds(1));
  EXPECT_EQ(one_->heartbeats, 1);
}

TEST_F(WatchHubTest, NewsOfOthersDoesNotPutTheHeartbeatOff) {
  for (int i = 0; i < 9; ++i) {
    Pass(absl::Seconds(1));
    Commit({Answered(21)});
    hub_.Rest(one_.get(), false, false);  // none of it for this one
  }
  EXPECT_EQ(one_->heartbeats, 0);
  Pass(absl::Seconds(1));
  EXPECT_EQ(one_->heartbeats, 1);
}

TEST_F(WatchHubTest, AWatchThatCouldNotBeWokenIsAskedAgain) {
  one_->busy = true;
  Commit({Accepted(21)});
  one_->busy = false;
  Pass(absl::Milliseconds(100));
  EXPECT_EQ(one_->woken, 1);
}

TEST_F(WatchHubTest, OneThatIsGoneIsNotWoken) {
  hub_.Remove(one_.get());
  Commit({Accepted(21)});
  hub_.WakeAll();
  EXPECT_EQ(one_->woken, 0);
  EXPECT_EQ(two_->woken, 1);
  EXPECT_EQ(one_.use_count(), 1);
}

TEST_F(WatchHubTest, ACourtHasAsManyWatchesAsTheLimitAndLeavesRoomForOthers) {
  std::vector<std::shared_ptr<FakeWatch>> more;
  while (more.size() + 1 < WatchHub::kWatchesPerCourtMax) {
    more.push_back(std::make_shared<FakeWatch>());
    ASSERT_TRUE(hub_.Add(more.back(), CourtOrdinal(1)));
  }
  EXPECT_FALSE(hub_.Add(std::make_shared<FakeWatch>(), CourtOrdinal(1)));
  EXPECT_TRUE(hub_.Add(std::make_shared<FakeWatch>(), CourtOrdinal(2)));
  hub_.Remove(one_.get());
  EXPECT_TRUE(hub_.Add(std::make_shared<FakeWatch>(), CourtOrdinal(1)));
}

TEST_F(WatchHubTest, AnAlertWakesTheWatchesOfAlertsWhoeverItIsAboutAndNothingElseDoes) {
  const auto board = std::make_shared<FakeWatch>(), pager = std::make_shared<FakeWatch>();
  ASSERT_TRUE(hub_.AddForAlerts(board, "spiffe://test/operator/board"));
  ASSERT_TRUE(hub_.AddForAlerts(pager, "spiffe://test/operator/pager"));
  hub_.Rest(board.get(), true, false), hub_.Rest(pager.get(), true, false);
  Commit({{.index = 90, .type = goldeneagle::v1::ENTRY_TYPE_ADAPTER_ABSENT, .agency = AgencyOrdinal(1)}});
  EXPECT_EQ(board->woken, 1);
  EXPECT_EQ(pager->woken, 1);
  EXPECT_EQ(one_->woken + two_->woken, 0) << "no court's order";
  hub_.Rest(board.get(), false, false), hub_.Rest(pager.get(), false, false);
  Commit({Accepted(21)});
  EXPECT_EQ(board->woken, 1) << "no alert";
  EXPECT_EQ(one_->woken, 1);
  hub_.Remove(board.get());
  Commit({{.index = 91, .type = goldeneagle::v1::ENTRY_TYPE_CLOCK_ALARM}});
  EXPECT_EQ(board->woken, 1);
  EXPECT_EQ(pager->woken, 2);
}

TEST_F(WatchHubTest, EachCallerHasSoManyWatchesOfAlerts) {
  std::vector<std::shared_ptr<FakeWatch>> more;
  while (more.size() < WatchHub::kAlertWatchesPerCallerMax) {
    more.push_back(std::make_shared<FakeWatch>());
    ASSERT_TRUE(hub_.AddForAlerts(more.back(), "a"));
  }
  EXPECT_FALSE(hub_.AddForAlerts(std::make_shared<FakeWatch>(), "a"));
  EXPECT_TRUE(hub_.AddForAlerts(std::make_shared<FakeWatch>(), "b"));
  hub_.Remove(more.back().get());
  EXPECT_TRUE(hub_.AddForAlerts(std::make_shared<FakeWatch>(), "a"));
}

// --- connections

TEST(Addresses, AreNumeric) {
  EXPECT_EQ(ParseSocketAddress("127.0.0.1:0")->port, 0);
  EXPECT_EQ(ParseSocketAddress("[::1]:8443")->host, "::1");
  EXPECT_TRUE(IsLoopback(*ParseSocketAddress("[::1]:1")));
  EXPECT_TRUE(IsLoopback(*ParseSocketAddress("127.9.9.9:1")));
  EXPECT_FALSE(IsLoopback(*ParseSocketAddress("0.0.0.0:1")));
  for (const char* wrong : {"", "8443", "localhost:1", "127.0.0.1:65536", "127.0.0.1:-1", "::1:1", "[::1]",
                            "127.0.0.1:x", "[127.0.0.1]:1"}) {
    EXPECT_EQ(ReasonOf(ParseSocketAddress(wrong).status()), Reason::kConfigurationInvalid) << wrong;
  }
}

int ConnectTo(uint16_t port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(descriptor, reinterpret_cast<const sockaddr*>(&to), sizeof(to)), 0);
  return descriptor;
}
// True when the other side closed it.
bool IsClosed(int descriptor) {
  char byte;
  return read(descriptor, &byte, 1) <= 0;
}

TEST(ConnectionsTest, ClosesWhatIsAboveTheCapAndTakesMoreWhenSomeHaveGone) {
  StillClock clock;
  auto connections = *Connections::Bind({.listen = {"127.0.0.1:0"}, .open_max = 3}, clock);
  absl::Mutex mu;
  std::vector<int> taken;
  connections->Start([&](int, int descriptor) {
    absl::MutexLock lock(&mu);
    taken.push_back(descriptor);
  });
  const auto count = [&](size_t at_least) {
    absl::MutexLock lock(&mu);
    const auto enough = [&] { return taken.size() >= at_least; };
    mu.Await(absl::Condition(&enough));
    return taken.size();
  };
  const uint16_t port = connections->addresses()[0].port;
  std::vector<int> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(ConnectTo(port));
  EXPECT_EQ(count(3), 3u);
  const int fourth = ConnectTo(port);
  EXPECT_TRUE(IsClosed(fourth));
  EXPECT_EQ(connections->counters().refused_total, 1u);

  // The receiver closes one; nobody tells us, and the next is taken all the same.
  close(taken[0]);
  clock.monotonic += absl::Seconds(1);
  const int fifth = ConnectTo(port);
  EXPECT_EQ(count(4), 4u);
  EXPECT_EQ(connections->counters().open, 3u);
  connections->Stop();
  for (const int descriptor : {clients[0], clients[1], clients[2], fourth, fifth, taken[1], taken[2], taken[3]})
    close(descriptor);
}

TEST(ConnectionsTest, TwoProcessesCannotShareAPort) {
  StillClock clock;
  auto first = *Connections::Bind({.listen = {"127.0.0.1:0"}}, clock);
  const std::string same = "127.0.0.1:" + std::to_string(first->addresses()[0].port);
  EXPECT_EQ(ReasonOf(Connections::Bind({.listen = {same}}, clock).status()), Reason::kConfigurationInvalid);
}

// --- certificates

class CertificatesTest : public testing::Test {
 protected:
  CertificatesTest() { Write(Issued()); }
  trust::IssuedCertificate Issued() {
    return *authority_.Issue({.name = {"eagle.test", trust::SystemRole::kGateway, "g"},
                              .dns_names = {"gateway.test"},
                              .server = true,
                              .from = LongAgo(),
                              .until = FarAhead()},
                             entropy_);
  }
  OddRequest Odd() {
    return {.alternative_names = "URI:spiffe://eagle.test/gateway/g,DNS:gateway.test",
            .extended_key_usage = "serverAuth",
            .from = LongAgo(),
            .until = FarAhead()};
  }
  void Write(const trust::IssuedCertificate& issued) {
    Put("certificate", issued.certificate_pem);
    Put("authorities", authority_.certificate_pem());
    std::filesystem::remove(folder_ / "key");
    ASSERT_TRUE(trust::WriteSecretFile(folder_ / "key", issued.key_pem).ok());
  }
  void Put(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary | std::ios::trunc) << text;
  }
  absl::StatusOr<Certificates> Read() {
    return ReadCertificates({folder_ / "certificate", folder_ / "key", folder_ / "authorities"}, "eagle.test",
                            absl::FromUnixSeconds(1790555400));
  }
  std::string WhyNot() {
    const auto read = Read();
    if (read.ok()) return "";
    EXPECT_EQ(ReasonOf(read.status()), Reason::kKeyUnusable);
    return FailureOf(read.status()).message;
  }

  TempFolder folder_;
  trust::SystemEntropy entropy_;
  trust::CertificateAuthority authority_ = trust::CertificateAuthority::Make("test", {LongAgo(), FarAhead()}, entropy_);
};

TEST_F(CertificatesTest, AGoodSetIsTaken) {
  ASSERT_EQ(WhyNot(), "");
  EXPECT_EQ(Read()->until, FarAhead());
}
TEST_F(CertificatesTest, EachFaultHasItsSentence) {
  const auto odd = [this](auto change) {
    OddRequest request = Odd();
    change(request);
    Write(IssueOdd(authority_, request));
    return WhyNot();
  };
  EXPECT_EQ(odd([](OddRequest&) {}), "");
  EXPECT_THAT(odd([](OddRequest& r) { r.until = LongAgo() + absl::Hours(1); }), HasSubstr("valid now"));
  EXPECT_THAT(odd([](OddRequest& r) { r.extended_key_usage = "clientAuth"; }), HasSubstr("for servers"));
  EXPECT_THAT(odd([](OddRequest& r) { r.constraints = "critical,CA:TRUE"; }), HasSubstr("authority's own"));
  EXPECT_THAT(odd([](OddRequest& r) { r.alternative_names = "DNS:gateway.test"; }), HasSubstr("URI name"));
  EXPECT_THAT(odd([](OddRequest& r) { r.alternative_names = "URI:spiffe://eagle.test/court/9901,DNS:x.test"; }),
              HasSubstr("of a gateway"));
  EXPECT_THAT(odd([](OddRequest& r) { r.alternative_names = "URI:spiffe://eagle.test/gateway/g"; }),
              HasSubstr("DNS name"));
  EXPECT_THAT(odd([](OddRequest& r) { r.alternative_names = "URI:spiffe://other.test/gateway/g,DNS:x.test"; }),
              HasSubstr("trust domain"));
}
TEST_F(CertificatesTest, KeyAndCertificateMustBelongTogether) {
  Put("certificate", Issued().certificate_pem);
  EXPECT_THAT(WhyNot(), HasSubstr("belong together"));
}
TEST_F(CertificatesTest, AKeyThatOthersMayReadIsRefused) {
  std::filesystem::permissions(folder_ / "key", std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  EXPECT_THAT(WhyNot(), HasSubstr("chmod 600"));
}
TEST_F(CertificatesTest, ALeafInTheBundleOfAuthoritiesIsRefused) {
  Put("authorities", authority_.certificate_pem() + Issued().certificate_pem);
  EXPECT_THAT(WhyNot(), HasSubstr("certificate 2 of the bundle isn't an authority's"));
}
TEST_F(CertificatesTest, MissingAndEmptyFilesAreNamed) {
  std::filesystem::remove(folder_ / "authorities");
  EXPECT_EQ(FailureOf(Read().status()).metadata[0].second, folder_ / "authorities");
  Put("authorities", "");
  EXPECT_FALSE(Read().ok());
}
TEST_F(CertificatesTest, WhatIsPublishedIsAlwaysOneWholeSet) {
  auto staged = *StagedCertificates::Make(folder_ / "staged");
  for (int i = 0; i < 5; ++i) {
    Write(Issued());
    const Certificates read = *Read();
    ASSERT_TRUE(staged->Publish(read).ok());
    const auto text = [](const std::string& path) {
      std::stringstream all;
      all << std::ifstream(path, std::ios::binary).rdbuf();
      return all.str();
    };
    EXPECT_EQ(text(staged->certificate_path()), read.certificate_pem);
    EXPECT_EQ(text(staged->key_path()), read.key_pem);
    EXPECT_EQ(text(staged->authorities_path()), read.authorities_pem);
    EXPECT_EQ(std::filesystem::status(staged->key_path()).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  // Old private keys don't pile up.
  size_t generations = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "staged"))
    generations += entry.is_directory() && !entry.is_symlink() ? 1 : 0;
  EXPECT_EQ(generations, 2u);
}

}  // namespace
}  // namespace eagle::api
