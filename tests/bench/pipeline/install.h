// Makes a freshly founded gateway ready for work through its own API: two administrators propose and approve the
// policy, the court, the agencies and the systems; the registrars state the keys of organisations, the court its
// officers; the cases are opened.
//
// Threads: one.
//
//   EAGLE_RETURN_IF_ERROR(Install(world, admin_address, api_address, policy, clock, entropy));
#pragma once

#include <grpcpp/channel.h>

#include <string>

#include "absl/status/statusor.h"
#include "goldeneagle/v1/policy.pb.h"
#include "server/base/clock.h"
#include "server/base/entropy.h"
#include "server/trust/statements.h"
#include "tests/bench/pipeline/world.h"

namespace eagle::bench {

// A policy table as text. Errors: CONFIGURATION_INVALID.
absl::StatusOr<goldeneagle::v1::PolicyTable> ReadPolicy(const std::string& path);

// Errors: the gateway's; INTERNAL when it refuses an act.
absl::Status Install(const World& world, const std::string& admin_address, const std::string& api_address,
                     const goldeneagle::v1::PolicyTable& policy, Clock& clock, Entropy& entropy);

// The directory's statements, believed for the registrars' and the court's signatures alone.
absl::StatusOr<trust::StatementBook> FetchBook(const World& world, const std::shared_ptr<grpc::Channel>& channel,
                                               const trust::SignatureChecker& checker);

}  // namespace eagle::bench
