// A signed report of the conformance kit, as small as one may be, for tests of whoever reads it.
//
// Threads: pure functions; a signer is used by one at a time.
//
//   ReportBy(gateway.Key("examiner"), {.passed = {"crash", "hello"}})
#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "goldeneagle/v1/policy.pb.h"
#include "server/base/bytes.h"
#include "server/journal/dsse.h"
#include "server/trust/report.h"

namespace eagle::test {

inline std::string ReportBy(trust::Signer& examiner, const trust::ConformanceReport& report) {
  std::string cases;
  const auto list = [&cases](const std::vector<std::string>& names, const char* verdict) {
    for (const std::string& name : names)
      absl::StrAppend(&cases, cases.empty() ? "" : ",", R"({"name":")", name, R"(","verdict":")", verdict, R"("})");
  };
  list(report.passed, "PASSED"), list(report.failed, "FAILED"), list(report.skipped, "SKIPPED");
  const std::string document = absl::StrCat(
      R"({"adapter":")", report.adapter.empty() ? "example.adapter" : report.adapter, R"(","adapter_version":")",
      report.version.empty() ? "1.0" : report.version, R"(","passed":)", report.passed.size(), R"(,"failed":)",
      report.failed.size(), R"(,"skipped":)", report.skipped.size(), R"(,"cases":[)", cases, "]}");
  const std::string signature = examiner.Sign(journal::Pae(trust::kReportPayloadType, document));
  return absl::StrCat(R"({"payloadType":")", ToAbsl(trust::kReportPayloadType), R"(","payload":")",
                      Base64Encode(document), R"(","signatures":[{"sig":")", Base64Encode(signature), R"("}]})");
}

// A policy's row with this examiner, who must have seen `crash` pass; a report counts for ten days.
inline void TakeReports(const std::string& examiner_key, bool demanded, goldeneagle::v1::PolicyTable& table) {
  goldeneagle::v1::AdapterRow& row = *table.mutable_adapters();
  row.clear_examiners();
  goldeneagle::v1::Examiner& examiner = *row.add_examiners();
  examiner.set_name("test house");
  examiner.set_algorithm(goldeneagle::v1::KEY_ALGORITHM_ED25519);
  examiner.set_key(examiner_key);
  row.clear_cases();
  row.add_cases("crash");
  row.set_valid_days(10);
  row.set_demanded(demanded);
  row.mutable_source()->set_en("test");
  row.mutable_source()->set_zh("测试");
}

}  // namespace eagle::test
