#include "adapters/conformance/report.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "server/base/bytes.h"
#include "server/journal/dsse.h"

namespace eagle::conformance {
namespace {

constexpr absl::string_view Word(CaseVerdict verdict) {
  return verdict == CaseVerdict::kPassed ? "PASSED" : verdict == CaseVerdict::kFailed ? "FAILED" : "SKIPPED";
}

std::string Xml(std::string_view text) {
  return absl::StrReplaceAll(ToAbsl(text),
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&apos;"}});
}

// At most so many bytes, cut where a character begins.
std::string Shortened(std::string text, size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

std::string Seconds(absl::Duration duration) { return absl::StrFormat("%.3f", absl::ToDoubleSeconds(duration)); }
std::string Instant(absl::Time time) { return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone()); }

}  // namespace

std::string LineOf(const CaseResult& result) {
  std::string line = absl::StrFormat("%-8s %-26s %s", Word(result.verdict), std::string(result.one->name),
                                     std::string(result.one->chinese));
  if (result.verdict != CaseVerdict::kSkipped)
    absl::StrAppendFormat(&line, "  %.1f s", absl::ToDoubleSeconds(result.took));
  absl::StrAppend(&line, "\n");
  if (!result.missing.empty()) absl::StrAppend(&line, "           needs ", result.missing, "\n");
  for (const std::string& fault : result.faults) absl::StrAppend(&line, "           - ", fault, "\n");
  return line;
}

std::string SummaryOf(const RunResult& run) {
  return absl::StrCat(run.Count(CaseVerdict::kPassed), " passed, ", run.Count(CaseVerdict::kFailed), " failed, ",
                      run.Count(CaseVerdict::kSkipped), " skipped");
}

std::string Explain(const Case& one) {
  const std::vector<std::string> needs(one.needs.begin(), one.needs.end());
  return absl::StrCat(std::string(one.name), "  ", std::string(one.chinese), "\n  the kit      ", std::string(one.does),
                      "\n  the adapter  ", std::string(one.must), "\n  source       ", std::string(one.source),
                      "\n  needs        ", needs.empty() ? "nothing" : absl::StrJoin(needs, ", "), "\n");
}

std::string JUnitOf(const RunResult& run) {
  absl::Duration took;
  for (const CaseResult& result : run.results) took += result.took;
  std::string xml = absl::StrCat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"",
                                 Xml("eagle-conformance " + run.hello.adapter()), "\" tests=\"", run.results.size(),
                                 "\" failures=\"", run.Count(CaseVerdict::kFailed), "\" skipped=\"",
                                 run.Count(CaseVerdict::kSkipped), "\" time=\"", Seconds(took), "\">\n");
  for (const CaseResult& result : run.results) {
    absl::StrAppend(&xml, "  <testcase classname=\"conformance.", Xml(run.asset_kind), "\" name=\"",
                    Xml(result.one->name), "\" time=\"", Seconds(result.took), "\"");
    if (result.verdict == CaseVerdict::kPassed) {
      absl::StrAppend(&xml, "/>\n");
    } else if (result.verdict == CaseVerdict::kSkipped) {
      absl::StrAppend(&xml, "><skipped message=\"needs ", Xml(result.missing), "\"/></testcase>\n");
    } else {
      absl::StrAppend(&xml, "><failure message=\"", Xml(result.faults.front()), "\">",
                      Xml(absl::StrJoin(result.faults, "\n")), "</failure></testcase>\n");
    }
  }
  return xml + "</testsuite>\n";
}

sdk::Json JsonOf(const RunResult& run, std::string_view kit_version, size_t words_max) {
  sdk::Json document;
  sdk::Put(document, "kit_version", kit_version);
  sdk::Put(document, "agency", run.agency);
  sdk::Put(document, "adapter", run.hello.adapter());
  sdk::Put(document, "adapter_version", run.hello.version());
  sdk::Put(document, "asset_kind", run.asset_kind);
  sdk::Put(document, "environment", "test");
  sdk::Put(document, "began_at", Instant(run.began_at));
  sdk::Put(document, "ended_at", Instant(run.ended_at));
  sdk::Put(document, "passed", run.Count(CaseVerdict::kPassed));
  sdk::Put(document, "failed", run.Count(CaseVerdict::kFailed));
  sdk::Put(document, "skipped", run.Count(CaseVerdict::kSkipped));
  sdk::PutList(document, "capabilities");
  for (const v1::Capability& capability : run.hello.capabilities()) {
    sdk::Json& row = sdk::AddTo(document, "capabilities");
    sdk::Put(row, "asset_kind", capability.asset_kind());
    sdk::Put(row, "action", v1::Action_Name(capability.action()));
    sdk::Put(row, "by_clerk", capability.by_clerk());
  }
  sdk::PutList(document, "cases");
  for (const CaseResult& result : run.results) {
    sdk::Json& row = sdk::AddTo(document, "cases");
    sdk::Put(row, "name", result.one->name);
    sdk::Put(row, "verdict", FromAbsl(Word(result.verdict)));
    sdk::Put(row, "milliseconds", absl::ToInt64Milliseconds(result.took));
    if (words_max == 0) continue;
    if (!result.missing.empty()) sdk::Put(row, "needs", Shortened(result.missing, words_max));
    if (!result.faults.empty()) sdk::Put(row, "faults", Shortened(absl::StrJoin(result.faults, "\n"), words_max));
  }
  return document;
}

std::string SignedReport(const RunResult& run, std::string_view kit_version, trust::Signer& examiner) {
  std::string report;
  for (const size_t words_max : {SIZE_MAX, size_t{400}, size_t{100}, size_t{0}}) {
    const std::string payload = sdk::JsonText(JsonOf(run, kit_version, words_max));
    sdk::Json envelope;
    sdk::Put(envelope, "payloadType", trust::kReportPayloadType);
    sdk::Put(envelope, "payload", Base64Encode(payload));
    sdk::Json& signature = sdk::AddTo(envelope, "signatures");
    sdk::Put(signature, "keyid", trust::KeyIdOf(examiner.public_key()));
    sdk::Put(signature, "sig", Base64Encode(examiner.Sign(journal::Pae(trust::kReportPayloadType, payload))));
    report = sdk::JsonText(envelope) + "\n";
    if (report.size() <= trust::kReportBytesMax) break;
  }
  return report;
}

}  // namespace eagle::conformance
