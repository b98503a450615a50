// The template file: how one agency's server is spoken to. Data, written by the agency's own team; README.md has every
// key, data/sample/bank.rest.toml is a whole one.
//
// Life: ParseTemplates at the start; constant after that.
// Threads: values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/rest/codes.h"
#include "adapters/rest/reading.h"
#include "adapters/rest/request_template.h"
#include "goldeneagle/v1/administration.pb.h"

namespace eagle::rest {

struct CallTemplate {
  std::string method;  // GET, POST, PUT
  TextTemplate path;
  std::optional<BodyTemplate> body;
  std::vector<int> statuses;  // whose bodies are read; every other status is an error
  Sources answer, finding, share, prior;

  bool Uses(std::string_view fact) const { return path.Uses(fact) || (body && body->Uses(fact)); }
  bool Reads(int status) const;
};

struct Templates {
  std::string asset_kind;
  std::vector<std::string> currencies;
  bool by_clerk = false, partial_release = false, captures_inflow = false, keeps_waitlist = false;
  AmountStyle amounts = AmountStyle::kDecimal;
  std::map<Call, CallTemplate> calls;
  CodeTable codes;

  // Null when the agency's server has no such call.
  const CallTemplate* CallAt(Call call) const;
  // One row for each action that has a call.
  std::vector<v1::Capability> Capabilities() const;
};

// Error: CONFIGURATION_INVALID; all violations at once, each with field and "<path>:<line>: ". Within a body the field
// goes on with the JSON pointer: "calls.freeze_person.body/amount".
absl::StatusOr<Templates> ParseTemplates(std::string_view text, const std::string& path);

}  // namespace eagle::rest
