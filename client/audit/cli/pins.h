// The flags with which a command is given the keys that its user pinned by hand, and their values.
//
// Threads: one.
#pragma once

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "client/audit/evidence_pins.h"

namespace eagle::audit {

struct PinFlags {
  std::string log_key;
  std::vector<std::string> witness_keys, registrar_keys;
  uint32_t witnesses = 0, registrar_threshold = 2;
};

// --log-key, --witness-key, --witnesses, --registrar-key, --registrar-threshold.
void AddPinFlags(CLI::App& verb, PinFlags& flags);

// Each key is given as text or as the name of the file that holds it. Errors: as ParsePins.
absl::StatusOr<EvidencePins> PinsOf(const PinFlags& flags);

}  // namespace eagle::audit
