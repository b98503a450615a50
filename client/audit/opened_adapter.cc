// Adapters that were let work: the report that was proposed, against the leaf and the policy in force; and that none
// worked without one while the policy demanded it. Reads the report by itself, as everything here.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "client/audit/opened_audit.h"
#include "client/audit/stated_key.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "server/base/bytes.h"
#include "server/journal/dsse.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using google::protobuf::Struct;

constexpr std::string_view kReportType = "application/vnd.goldeneagle.conformance.v1+json";

bool ReadJson(std::string_view text, Struct& into) {
  return google::protobuf::util::JsonStringToMessage(google::protobuf::StringPiece(text.data(), text.size()), &into)
      .ok();
}
std::string TextIn(const Struct& object, const char* key) {
  const auto found = object.fields().find(key);
  return found == object.fields().end() ? "" : found->second.string_value();
}
const google::protobuf::ListValue& ListIn(const Struct& object, const char* key) {
  const auto found = object.fields().find(key);
  return found == object.fields().end() ? google::protobuf::ListValue::default_instance() : found->second.list_value();
}

struct ReportSeen {
  std::string adapter, version, payload;
  std::set<std::string> passed;
  size_t failed = 0, skipped = 0;
  std::vector<std::string> signatures;
};

std::optional<ReportSeen> ReadReport(const std::string& bytes) {
  Struct envelope, document;
  ReportSeen seen;
  if (!ReadJson(bytes, envelope) || TextIn(envelope, "payloadType") != kReportType) return std::nullopt;
  const auto payload = Base64Decode(TextIn(envelope, "payload"));
  if (!payload || !ReadJson(*payload, document)) return std::nullopt;
  seen.payload = *payload;
  for (const auto& value : ListIn(envelope, "signatures").values()) {
    if (auto signature = Base64Decode(TextIn(value.struct_value(), "sig")))
      seen.signatures.push_back(*std::move(signature));
  }
  seen.adapter = TextIn(document, "adapter");
  seen.version = TextIn(document, "adapter_version");
  for (const auto& value : ListIn(document, "cases").values()) {
    const std::string verdict = TextIn(value.struct_value(), "verdict");
    if (verdict == "PASSED") {
      seen.passed.insert(TextIn(value.struct_value(), "name"));
    } else {
      ++(verdict == "SKIPPED" ? seen.skipped : seen.failed);
    }
  }
  return seen;
}

bool Signed(const ReportSeen& report, const Examiner& examiner) {
  const std::string message = journal::Pae(kReportType, report.payload);
  return std::any_of(report.signatures.begin(), report.signatures.end(), [&](const std::string& signature) {
    return IsBy({examiner.algorithm(), examiner.key()}, message, signature);
  });
}

// The first instant after the row's civil days behind that of the approval, in the policy's zone.
int64_t ValidUntil(absl::Time approved, const PolicyTable& policy) {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(policy.time_zone(), &zone)) return 0;
  const absl::CivilDay end = absl::ToCivilDay(approved, zone) + policy.adapters().valid_days() + 1;
  return absl::ToUnixMicros(absl::FromCivil(end, zone));
}

}  // namespace

void OpenedAudit::TakeAdapterApproved(const journal::Leaf& leaf) {
  AdapterApproved body;
  if (!body.ParseFromString(leaf.body)) return;  // the public audit has found it
  approved_[{body.adapter(), body.version()}] = body.valid_until();
  const auto proposal = register_.proposals.find(body.proposal());
  if (proposal == register_.proposals.end()) {  // the public audit has found it, unless it is sealed
    if (register_.policy_sealed) return;
  } else {
    const std::string& bytes = proposal->second.adapter().report();
    const journal::Hash digest = journal::Sha256(bytes);
    const auto wrong = [&](std::string_view why) { Add(Rule::kReport, leaf, why, {body.proposal()}); };
    const std::optional<ReportSeen> report = ReadReport(bytes);
    if (!report) return wrong("the report that was proposed can't be read");
    if (body.report_digest() != journal::View(digest)) wrong("the leaf names the digest of another report");
    if (report->adapter != body.adapter() || report->version != body.version())
      wrong("the report is about another adapter, or another version of it");
    if (report->failed > 0) wrong("a case of the report failed");
    if (report->passed.size() != body.passed() || report->skipped != body.skipped())
      wrong("the report counts other cases than the leaf");
    if (register_.policy_sealed) return;
    const AdapterRow& row = register_.policy.adapters();
    const auto examiner = std::find_if(row.examiners().begin(), row.examiners().end(),
                                       [&](const Examiner& one) { return one.name() == body.examiner(); });
    if (examiner == row.examiners().end() || !Signed(*report, *examiner))
      wrong("the examiner named is none of the installed policy's, or didn't sign the report");
    for (const std::string& name : row.cases()) {
      if (!report->passed.contains(name)) wrong(absl::StrCat("the policy demands the case ", name));
    }
  }
  if (!register_.policy_sealed && body.valid_until() != ValidUntil(leaf.time, register_.policy))
    Add(Rule::kReport, leaf, "it counts longer, or shorter, than the policy's days");
}

void OpenedAudit::CheckExamined(const journal::Leaf& leaf) {
  AdapterPresent body;
  if (!body.ParseFromString(leaf.body)) return;
  if (register_.policy_sealed || !register_.policy.adapters().demanded()) return;
  const auto until = approved_.find({body.adapter(), body.version()});
  if (until == approved_.end() || until->second <= absl::ToUnixMicros(leaf.time))
    Add(Rule::kExamined, leaf, "the policy demands a report, and none covers this adapter");
}

}  // namespace eagle::audit
