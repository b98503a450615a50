// A running gateway as a log source: AuditService over mutual TLS. Which key signed its checkpoints, and everything
// else, is for the audit to see; here only the certificate that the gateway shows is looked at.
//
// A call waits 30 s, and is tried eight times within 13 s while the gateway can't be reached or too much is asked of
// it.
//
// Threads: one caller at a time.
//
//   EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<LogSource> log, OpenLiveLog(options));
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/audit/log_source.h"

namespace eagle::audit {

struct LiveLogOptions {
  std::string address;          // "gateway.example:8443"
  std::string gateway_id;       // the only URI name in its certificate; empty: its certificate names the host
  std::string authority_pem;    // that signed the gateway's certificate
  std::string certificate_pem;  // ours: an auditor's or operator's system
  std::string key_pem;
};

// Nothing is sent yet. Errors: CONFIGURATION_INVALID for an address without a port. Of the calls: UNAVAILABLE;
// UNAUTHENTICATED (also: the other side isn't that gateway); PERMISSION_DENIED; FIELD_INVALID for what the log hasn't.
absl::StatusOr<std::unique_ptr<LogSource>> OpenLiveLog(const LiveLogOptions& options);

}  // namespace eagle::audit
