// The agent's Channel over gRPC with mutual TLS: the agency dials in, the gateway is known by its pinned name.
//
//   who we are       certificate and key, PEM
//   who they are     a certificate of the pinned authority with the gateway's SPIFFE id, DNS name, or both, as
//   configured; another one is
//                    UNAUTHENTICATED, and nothing is sent to it
//   time limits      every call has one, in real time; polls their own wait and some more; no retries: the agent
//   decides the connection   keepalive every 30 s, also without calls; no HTTP proxy; messages up to 16 MiB errors
//   decoded from grpc-status-details-bin (wire_status.h)
//
// Certificates are read at the start: a new one needs a restart, which loses nothing.
//
// Threads: calls by the agent's thread; replies are put into the mailbox by gRPC's. The destructor cancels what is on
// its way and waits until nothing of it is left.
//
//   Mailbox mailbox;
//   EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<GrpcChannel> channel, GrpcChannel::Connect(options, mailbox));
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/sdk/ports.h"
#include "adapters/sdk/shell/mailbox.h"

namespace grpc {
class Channel;
}

namespace eagle::sdk {

struct GrpcChannelOptions {
  std::string address;        // host:port
  std::string authority_pem;  // the authority that signed the gateway's certificate
  std::string certificate_pem;
  std::string key_pem;
  std::string spiffe_id;    // empty: not looked at
  std::string server_name;  // empty: the host of `address`, when no SPIFFE id is given
  absl::Duration call_timeout = absl::Seconds(10);
  absl::Duration poll_slack = absl::Seconds(5);
  bool wait_for_work = true;  // false: polls answer at once, whatever there is (--once)
};

class GrpcChannel : public Channel {
 public:
  // Makes the connection ready; nothing is sent before the first call. `mailbox` must outlive the channel.
  // Errors: CONFIGURATION_INVALID (address, SPIFFE id), KEY_UNUSABLE (certificates that can't be read).
  static absl::StatusOr<std::unique_ptr<GrpcChannel>> Connect(const GrpcChannelOptions& options, Mailbox& mailbox);
  ~GrpcChannel() override;

  void Hello(CallId call, const v1::HelloRequest& request) override;
  void PullTasks(CallId call, const v1::PullTasksRequest& request) override;
  void RenewLease(CallId call, const v1::RenewLeaseRequest& request) override;
  void ReportResults(CallId call, const v1::ReportResultsRequest& request) override;
  void ReportEvents(CallId call, const v1::ReportResultsRequest& request) override;
  void ReportPosition(CallId call, const v1::ReportResultsRequest& request) override;
  void ReportStatus(CallId call, const v1::ReportStatusRequest& request) override;
  void PullBlobPart(CallId call, const v1::PullBlobPartRequest& request) override;
  void PutBlobPart(CallId call, const v1::PutBlobPartRequest& request) override;
  void AnswerSupervision(CallId call, const v1::SubmitSupervisionRequest& request) override;
  void PullSupervision(CallId call, const v1::PullSupervisionRequest& request) override;
  void RaiseObjection(CallId call, const v1::SubmitObjectionsRequest& request) override;
  void PullObjections(CallId call, const v1::PullObjectionsRequest& request) override;

  class Connection;

 private:
  GrpcChannel(std::unique_ptr<Connection> connection, GrpcChannelOptions options);
  const GrpcChannelOptions options_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace eagle::sdk
