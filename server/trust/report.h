// The signed report of the conformance kit 一致性检验报告: what it says of an adapter, and whose keys signed it.
//
// A DSSE envelope in its JSON form over a JSON document, under a payload type of its own, so no signature of it fits
// anything else. The kit writes it (adapters/conformance/report.h), whoever lets adapters work reads it here: the
// gateway, an administrator, the kit itself. Of the document only what is asked about is read; the rest (times,
// capabilities, what a skipped case lacks) is for people. Read more tolerantly than signed protobufs: two readers could
// differ about a JSON text with a key given twice, so such a text is refused, and a version of an adapter is approved
// by the names and verdicts that are read here and stand in the journal, never by the text again.
//
// Threads: pure functions.
//
//   EAGLE_ASSIGN_OR_RETURN(const ReadReport read, ReadConformanceReport(bytes));
//   if (SignersOf(read, examiners, checker).empty()) ...   // until then nothing in it is trusted
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/trust/batch.h"

namespace eagle::trust {

inline constexpr std::string_view kReportPayloadType = "application/vnd.goldeneagle.conformance.v1+json";
// A report stands whole in one signed act of administration.
inline constexpr size_t kReportBytesMax = 49'152;
inline constexpr size_t kReportCasesMax = 1'000;

// The document inside.
struct ConformanceReport {
  std::string adapter, version;  // as in the adapter's Hello
  std::string agency, asset_kind, kit_version, ended_at;
  std::vector<std::string> passed, failed, skipped;  // names of cases, in the order in which they were played
};

struct ReadReport {
  ConformanceReport report;
  std::string payload;                  // what was signed
  std::vector<std::string> signatures;  // raw
};

// NOTHING IN THE RESULT IS TRUSTED YET. Errors: TOO_LARGE; ENVELOPE_MALFORMED for anything but such a report: another
// payload type, no adapter or version, a case named twice or without a verdict, counts that aren't those of the cases.
absl::StatusOr<ReadReport> ReadConformanceReport(std::string_view bytes);

// The ids of the candidates whose keys signed it, ascending. Its `keyid` decides nothing.
std::vector<uint64_t> SignersOf(const ReadReport& read, const std::vector<CandidateKey>& candidates,
                                const SignatureChecker& checker);

// What speaks against the adapter, in words: cases that failed, those of `demanded` that didn't pass (a skipped case
// proves nothing), and that none passed. Empty: nothing.
std::vector<std::string> ObjectionsTo(const ConformanceReport& report, const std::vector<std::string>& demanded);

}  // namespace eagle::trust
