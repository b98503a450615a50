// The register of the model adapter when it keeps things: the registries' own engine on a table of the demonstration,
// in a folder of its own, where nobody has to approve anything. Bent by a defect as the bank is (model_things.cc).
//
// Life: survives the model's processes.
// Threads: one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/register/counter.h"
#include "adapters/register/register.h"
#include "adapters/sdk/sqlite_inbox.h"
#include "tests/support/temp_folder.h"

namespace eagle::conformance {

class ModelThings {
 public:
  // `kind`: "vehicle", "equity", "land" or "ip".
  ModelThings(const std::string& kind, absl::Time now);

  const registry::Kind& kind() const { return rules_.kind; }
  sdk::Answer Inquire(const sdk::Request& request);
  sdk::Answer Apply(const sdk::Request& request);
  // What was told after the change numbered `after`.
  std::vector<sdk::RegisterChange> Changes(uint64_t after);
  void Advance(absl::Time now);
  // Somebody meets the thing at this moment. The counter's refusal when nobody looks for it.
  absl::Status Sight(const std::string& unit, absl::Time now);

 private:
  TempFolder folder_;
  registry::OfficeRules rules_;
  std::unique_ptr<sdk::SqliteInbox> inbox_;
  std::optional<registry::Register> register_;
};

}  // namespace eagle::conformance
