// A whole gateway on free ports of the loopback, its authority, and the systems that call it. What a test of the
// transport starts from.
//
//   GatewayWorld world;                                   // founded, started, everybody registered
//   auto channel = world.Channel(world.court());
//   Answer answer = Call(channel, "/goldeneagle.v1.OrderService/GetOrder", request.SerializeAsString());
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "goldeneagle/v1/administration.pb.h"
#include "google/rpc/error_details.pb.h"
#include "server/base/clock.h"
#include "server/base/system_clock.h"
#include "server/found.h"
#include "server/ops/config.h"
#include "server/ops/log.h"
#include "server/process.h"
#include "server/trust/pki.h"
#include "server/trust/signature.h"
#include "server/trust/system_entropy.h"
#include "tests/support/temp_folder.h"

namespace eagle {

// Stands still, and moves when told: the clock of the records.
class StillClock final : public Clock {
 public:
  absl::Time WallNow() override { return wall; }
  absl::Duration MonotonicNow() override { return monotonic; }
  absl::Time wall = absl::FromUnixSeconds(1790555400);  // 2026-09-28 08:30 in Shanghai
  absl::Duration monotonic = absl::Hours(1);
};

inline constexpr char kTrustDomain[] = "eagle.test";
inline constexpr char kCourtCode[] = "辽9901";
inline constexpr char kAgencyCode[] = "9900001";
// Certificates of tests are valid from before to long after any day on which they run.
inline absl::Time LongAgo() { return absl::FromUnixSeconds(946684800); }    // 2000
inline absl::Time FarAhead() { return absl::FromUnixSeconds(4102444800); }  // 2100

class GatewayWorld {
 public:
  struct Options {
    bool reflection = true;
    bool started = true;     // false: founded and configured only
    bool registered = true;  // court, agency, auditor and operator are in the directory
    int64_t connections_max = 8192;
    int64_t connections_per_address_max = 4096;
    int64_t drain_grace_seconds = 5;
  };
  explicit GatewayWorld(Options options);
  GatewayWorld() : GatewayWorld(Options()) {}
  ~GatewayWorld();

  Gateway& gateway() { return *gateway_; }
  const trust::CertificateAuthority& authority() const { return authority_; }
  const trust::IssuedCertificate& court() const { return court_; }
  const trust::IssuedCertificate& agency() const { return agency_; }
  const trust::IssuedCertificate& auditor() const { return auditor_; }
  const trust::IssuedCertificate& witness() const { return witness_; }
  const trust::IssuedCertificate& operator_system() const { return operator_; }
  trust::IssuedCertificate Issue(trust::SystemRole role, const std::string& code);
  ops::Config& config() { return config_; }
  const std::string& folder() const { return folder_.path(); }
  // The configuration as a file, for the program.
  std::string WriteConfig();
  GatewayPorts ports();
  std::string api_address() const { return gateway_->api_addresses().front(); }
  uint16_t api_port() const;
  const std::string& log_text();  // what was logged so far

  // A channel of its own (nothing shared with others), over mutual TLS; with an empty certificate: without one.
  std::shared_ptr<grpc::Channel> Channel(const trust::IssuedCertificate& system, const std::string& address = "") const;
  // To the admin listener.
  std::shared_ptr<grpc::Channel> AdminChannel() const;

  // Proposed by one administrator, approved by the other: in effect. Over the admin listener.
  void Adopt(const std::vector<goldeneagle::v1::Proposal>& proposals);
  goldeneagle::v1::SystemIdentity IdentityOf(const trust::IssuedCertificate& system, trust::SystemRole role,
                                             const std::string& code);
  void RegisterEverybody();
  void RegisterCourt(const trust::IssuedCertificate& system, const std::string& code);

  void Stop() { gateway_->Stop(); }
  void Close() { gateway_.reset(); }
  // Ends this gateway and starts another one on the same data.
  void Restart();

 private:
  TempFolder folder_;
  SystemClock real_;
  StillClock clock_;
  trust::SystemEntropy entropy_;
  trust::CertificateAuthority authority_;
  trust::IssuedCertificate court_, agency_, auditor_, operator_, witness_;
  std::vector<trust::Ed25519Signer> administrators_;
  uint64_t sequence_ = 0;
  ops::Config config_;
  int log_file_ = -1;
  std::string log_text_;
  std::unique_ptr<ops::Log> log_;
  std::unique_ptr<Gateway> gateway_;
};

struct Answer {
  grpc::StatusCode code = grpc::StatusCode::OK;
  std::string message;
  std::string bytes;   // of the response
  std::string reason;  // ErrorInfo, empty when there is none
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad_request;
  google::rpc::RetryInfo retry;
  size_t detail_bytes = 0;
};
Answer AnswerOf(const grpc::Status& status);

// One unary call. `deadline`: infinite for none. `patient`: connects again until the deadline.
Answer Call(const std::shared_ptr<grpc::Channel>& channel, const std::string& method, const std::string& request = "",
            absl::Duration deadline = absl::Seconds(30), bool patient = false);

template <typename Response>
Response Parsed(const Answer& answer) {
  Response out;
  out.ParseFromString(answer.bytes);
  return out;
}

}  // namespace eagle
