// A version of an adapter that two administrators let work, on the signed report of the conformance kit.
#include "absl/strings/str_cat.h"
#include "server/domain/draft.h"
#include "server/domain/instant.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr size_t kReportBytesMax = 49'152;                       // it stands whole in one signed act
constexpr size_t kAdapterBytesMax = 63, kVersionBytesMax = 128;  // as in Hello; they stand in a leaf
constexpr const char* kPath = "adapter.report";

// Null when no examiner of the row signed.
const Examiner* ExaminerAmong(const std::vector<std::string>& keys, const AdapterRow& row) {
  for (const Examiner& examiner : row.examiners()) {
    if (std::find(keys.begin(), keys.end(), examiner.key()) != keys.end()) return &examiner;
  }
  return nullptr;
}

}  // namespace

void CheckAdapter(const State& state, const ApproveAdapter& asked, const ExaminedReport* found, Violations& wrong) {
  if (asked.report().empty()) return wrong.Add(kPath, Reason::kFieldMissing, "the kit's signed report");
  if (asked.report().size() > kReportBytesMax)
    return wrong.Add(kPath, Reason::kTooLarge, absl::StrCat("at most ", kReportBytesMax, " bytes"));
  if (state.policy == nullptr || !state.policy->table().has_adapters())
    return wrong.Add(kPath, Reason::kActNotProvided, "the policy in force names no examiners");
  const auto refuse = [&wrong](std::string_view why) { wrong.Add(kPath, Reason::kReportInvalid, why); };
  if (found == nullptr) return refuse("it was not read");
  if (!found->fault.empty()) return refuse(found->fault);
  const AdapterRow& row = state.policy->table().adapters();
  // Until then what it says is nobody's word.
  if (ExaminerAmong(found->keys, row) == nullptr) return refuse("no examiner of the policy in force signed it");
  if (found->adapter.empty() || found->adapter.size() > kAdapterBytesMax || found->version.empty() ||
      found->version.size() > kVersionBytesMax)
    refuse("an adapter says Hello with a name of 1 to 63 bytes and a version of 1 to 128");
  for (const std::string& name : found->failed) refuse(absl::StrCat("the case ", name, " failed"));
  if (found->passed.empty()) refuse("no case passed");
  for (const std::string& name : row.cases()) {
    if (std::find(found->passed.begin(), found->passed.end(), name) == found->passed.end())
      refuse(absl::StrCat("the case ", name, ", which the policy demands, was not passed"));
  }
}

void AdoptAdapter(Draft& draft, uint64_t proposal, const ExaminedReport& found, uint32_t administrator) {
  const Policy& policy = *draft.state().policy;
  AdapterApproved body;
  body.set_proposal(proposal);
  body.set_adapter(found.adapter);
  body.set_version(found.version);
  body.set_examiner(ExaminerAmong(found.keys, policy.table().adapters())->name());
  body.set_report_digest(found.digest);
  body.set_passed(static_cast<uint32_t>(found.passed.size()));
  body.set_skipped(found.skipped);
  body.set_valid_until(Micros(ReportValidUntil(draft.now(), policy)));
  body.set_policy_version(policy.version());
  draft.Append({.type = ENTRY_TYPE_ADAPTER_APPROVED, .actor_kind = ACTOR_KIND_ADMINISTRATOR, .actor = administrator},
               body);
}

}  // namespace eagle::domain
