// The template file that is shipped as an example.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include "adapters/rest/templates.h"
#include "gtest/gtest.h"
#include "server/base/assert.h"
#include "tests/support/paths.h"

namespace eagle::rest {

inline std::string SampleText() {
  std::ifstream file(test::SourcePath("adapters/rest/data/sample/bank.rest.toml"), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline Templates SampleTemplates() {
  const auto templates = ParseTemplates(SampleText(), "bank.rest.toml");
  if (!templates.ok()) {
    for (const Violation& violation : FailureOf(templates.status()).violations)
      ADD_FAILURE() << violation.field << ": " << violation.description;
  }
  GATEWAY_ASSERT(templates.ok(), "the sample is right");
  return *templates;
}

inline absl::TimeZone Shanghai() { return absl::FixedTimeZone(8 * 3600); }

}  // namespace eagle::rest
