// What a key or certificate file holds, told without its secret: the public half, and what others pin.
//
// Threads: pure functions.
//
//   EAGLE_ASSIGN_OR_RETURN(KeyFacts facts, KeyFactsOf(text));   // facts.kind == "certificate"
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace eagle::client {

struct KeyFacts {
  std::string kind;
  std::vector<std::pair<std::string, std::string>> facts;  // name, value
};

// Certificates, Ed25519 keys in PEM, keys of logs and witnesses. Errors: KEY_UNUSABLE for anything else.
absl::StatusOr<KeyFacts> KeyFactsOf(std::string_view text);

}  // namespace eagle::client
