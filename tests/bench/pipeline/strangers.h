// The journal that a run left, as a stranger sees it: published as static files and audited, each by a program of its
// own that links nothing of the gateway but the journal's formats.
//
// Threads: one.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace eagle::bench {

struct Audited {
  double publish_seconds = 0, audit_seconds = 0;
  double audit_resident_mb = 0;  // the most it had
};

// `folder`: of the run, its gateway stopped; the published log is put beside the data. `programs`: where `eagle` and
// `eagle-audit` lie. Errors: INTERNAL when either doesn't end well, which a finding of the audit is too.
absl::StatusOr<Audited> AuditAsStrangers(const std::string& folder, const std::string& programs,
                                         const std::string& log_key);

}  // namespace eagle::bench
