// The folder of a test world as `init` makes it: keys and statements (world.h), TLS, and what an adapter pins.
//
//   DIR/agency, statements, keys/    the world
//   DIR/tls/                         ca.pem, gateway.pem and .key, agency.pem and .key
//   DIR/address                      where the fake gateway listens
//   DIR/adapter.toml                 the configuration of an adapter of the SDK, and of the samples: all that is pinned
//   DIR/examiner.pub                 the key that signs reports, base64
//
// Threads: one.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/conformance/server.h"
#include "adapters/conformance/world.h"
#include "server/base/entropy.h"

namespace eagle::conformance {

// Errors: FIELD_INVALID (code of the agency, address), KEY_UNUSABLE when the folder has a world already,
// STORAGE_UNUSABLE.
absl::Status MakeFolder(const std::string& folder, const std::string& agency, const std::string& address,
                        absl::Time now, Entropy& entropy);

struct OpenedFolder {
  World world;
  ServerFiles tls;
  std::string address;
};
// Errors: as World::Load.
absl::StatusOr<OpenedFolder> OpenFolder(const std::string& folder);

absl::StatusOr<std::string> ReadText(const std::string& path);
absl::Status WriteText(const std::string& path, std::string_view content);

}  // namespace eagle::conformance
