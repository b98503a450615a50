// Which versions of adapters were examined 一致性检验, until when that counts, and whether an adapter may have work.
//
// Two administrators let a version work on the signed report of the conformance kit (ADAPTER_APPROVED); the policy's
// row says whose signature counts, which cases must have passed, and whether a report is demanded at all. Signatures
// and JSON are read outside (trust/report.h): a decision gets what was found.
//
// Threads: values and pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace eagle::domain {

class Policy;

// A report as it was read, and whose keys signed it.
struct ExaminedReport {
  std::string fault;             // why it can't be read; then nothing else is set
  std::string adapter, version;  // as in Hello
  std::vector<std::string> passed, failed;
  uint32_t skipped = 0;
  std::string digest;             // SHA-256 of the report, 32 bytes
  std::vector<std::string> keys;  // of the policy's examiners that signed, each once
};

struct AdapterApproval {
  uint64_t index = 0;      // of the ADAPTER_APPROVED entry
  absl::Time valid_until;  // first instant at which it counts no longer

  std::string Encode() const;
  // False: not what Encode writes.
  bool Decode(std::string_view row);
  friend bool operator==(const AdapterApproval&, const AdapterApproval&) = default;
};
// By the program's reverse-domain name and version; the newest approval of each. Those that ended stay.
using AdapterVersion = std::pair<std::string, std::string>;
using AdapterApprovals = std::map<AdapterVersion, AdapterApproval>;

// Until when an approval covers this version; the infinite past when none ever did.
absl::Time ExaminedUntil(const AdapterApprovals& approvals, const AdapterVersion& version);
// OK, or ADAPTER_NOT_EXAMINED when the policy demands a report and none covers this version at `now`. `policy` may be
// null: it demands nothing.
absl::Status MayWork(const Policy* policy, const AdapterApprovals& approvals, const AdapterVersion& version,
                     absl::Time now);

// The key of a version in tables: no two versions share one.
std::string AdapterKey(const AdapterVersion& version);
bool DecodeAdapterKey(std::string_view key, AdapterVersion& version);

}  // namespace eagle::domain
