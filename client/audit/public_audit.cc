#include "client/audit/public_audit.h"

#include "absl/strings/str_cat.h"
#include "client/audit/picture.h"
#include "server/base/reason.h"

namespace eagle::audit {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

PublicAudit::PublicAudit(const PublicAuditOptions& options)
    : findings_(options.findings_shown), seen_(std::make_unique<Picture>(findings_)) {
  seen_->tolerance = options.tolerance;
}

PublicAudit::~PublicAudit() = default;

uint64_t PublicAudit::size() const { return seen_->next; }
absl::Time PublicAudit::recorded() const { return absl::FromUnixMicros(seen_->now); }
uint64_t PublicAudit::orders() const { return seen_->orders.size(); }
const std::vector<CosignedSeen>& PublicAudit::cosigned() const { return seen_->cosigned; }
uint64_t PublicAudit::cases() const { return seen_->cases.size(); }
uint64_t PublicAudit::open_orders() const {
  uint64_t open = 0;
  for (const auto& [seq, order] : seen_->orders) open += order.open.empty() ? 0 : 1;
  return open;
}

const std::vector<RecoverySeen>& PublicAudit::recoveries() const { return seen_->recoveries; }
const goldeneagle::v1::FoundingKey& PublicAudit::log_key() const { return seen_->log_key; }
const goldeneagle::v1::LogFounded& PublicAudit::founding() const { return seen_->founding; }

const std::vector<TagKeyUse>& PublicAudit::tag_keys() const { return seen_->tag_keys.uses(); }

void PublicAudit::CheckWaiting(absl::Time now, absl::Duration bound) {
  audit::CheckWaiting(absl::ToUnixMicros(now), absl::ToInt64Microseconds(bound), *seen_);
}

void PublicAudit::Take(std::string_view bytes) {
  Picture& seen = *seen_;
  const uint64_t index = seen.next++;
  const absl::StatusOr<journal::Leaf> decoded = journal::DecodeLeaf(bytes);
  if (!decoded.ok()) {
    findings_.Add(Rule::kLeafForm, index, FailureOf(decoded.status()).message);
    return;
  }
  journal::Leaf leaf = *decoded;
  if (leaf.index.value() != index) {
    findings_.Add(Rule::kLeafIndex, index, absl::StrCat("it says that its place is ", leaf.index.value()));
    leaf.index = EntryIndex(index);
  }
  // Against the leaf before it alone: one odd time is one finding, not one of every leaf behind it.
  const int64_t time = absl::ToUnixMicros(leaf.time);
  if (index > 0 && time < seen.now)
    findings_.Add(Rule::kLeafTime, index, "its time is before that of the leaf before it", {index - 1});
  seen.now = time;
  if ((index == 0) != (leaf.type == ENTRY_TYPE_LOG_FOUNDED))
    findings_.Add(Rule::kFounding, index, "entry 0 founds the log, and no other does");
  if (leaf.type == 0 || !EntryType_IsValid(leaf.type)) {
    findings_.Add(Rule::kNewerType, index, absl::StrCat("type ", leaf.type, " is newer than this auditor"));
    return;
  }
  CheckOverdue(leaf, seen);
  CheckFrame(leaf, seen);
  switch (leaf.type) {
    case ENTRY_TYPE_LOG_FOUNDED:
    case ENTRY_TYPE_LOG_RECOVERED:
    case ENTRY_TYPE_PROPOSAL_MADE:
    case ENTRY_TYPE_PROPOSAL_APPROVED:
    case ENTRY_TYPE_COURT_REGISTERED:
    case ENTRY_TYPE_AGENCY_REGISTERED:
    case ENTRY_TYPE_SYSTEM_REGISTERED:
    case ENTRY_TYPE_POLICY_INSTALLED:
    case ENTRY_TYPE_CLOCK_ACCEPTED:
    case ENTRY_TYPE_CASE_ERASED:
    case ENTRY_TYPE_WITNESSES_REGISTERED:
    case ENTRY_TYPE_READING_GRANTED:
    case ENTRY_TYPE_ADAPTER_APPROVED:
    case ENTRY_TYPE_CLOCK_ALARM:
    case ENTRY_TYPE_STATEMENT_ACCEPTED:
      return CheckAdministration(leaf, seen);
    case ENTRY_TYPE_DIRECTORY_RECEIVED:
      return CheckDirectoryReceived(leaf, seen);
    case ENTRY_TYPE_DIRECTORY_HEAD:
      return CheckDirectoryHead(leaf, seen);
    case ENTRY_TYPE_BATCH_HEAD:
      return CheckBatchHead(leaf, seen);
    case ENTRY_TYPE_CASE_OPENED:
    case ENTRY_TYPE_CASE_STAGE_CHANGED:
    case ENTRY_TYPE_CASE_CAP_CHANGED:
    case ENTRY_TYPE_CASE_RESPONDENTS_CHANGED:
      return CheckCase(leaf, seen);
    case ENTRY_TYPE_ORDER_ACCEPTED:
      return CheckOrderAccepted(leaf, seen);
    case ENTRY_TYPE_REFUSED:
      return CheckRefused(leaf, seen);
    case ENTRY_TYPE_DELIVERED:
      return CheckDelivered(leaf, seen);
    case ENTRY_TYPE_TASK_REPORTED:
    case ENTRY_TYPE_TASK_ANSWERED:
    case ENTRY_TYPE_MEASURE_CHANGED:
    case ENTRY_TYPE_RECEIPT_CONFLICT:
      return CheckReceipt(leaf, seen);
    case ENTRY_TYPE_DEADLINE_MARKED:
      ++marks_;
      return CheckMark(leaf, seen);
    case ENTRY_TYPE_ORDER_WITHDRAWN:
      return CheckWithdrawn(leaf, seen);
    case ENTRY_TYPE_ORDER_PAUSED:
    case ENTRY_TYPE_ORDER_RESUMED:
      return CheckPaused(leaf, seen);
    case ENTRY_TYPE_ORDER_BEGUN:
      return CheckBegun(leaf, seen);
    case ENTRY_TYPE_RESUMPTION_FLAGGED:
      return CheckFlagged(leaf, seen);
    case ENTRY_TYPE_OBJECTION_MARKED:
      ++marks_;
      return CheckObjection(leaf, seen);
    case ENTRY_TYPE_OBJECTION_RAISED:
    case ENTRY_TYPE_OBJECTION_REPLIED:
    case ENTRY_TYPE_OBJECTION_ANSWERED:
      return CheckObjection(leaf, seen);
    case ENTRY_TYPE_SUPERVISION_MARKED:
      ++marks_;
      return CheckSupervision(leaf, seen);
    case ENTRY_TYPE_SUPERVISION_ISSUED:
    case ENTRY_TYPE_SUPERVISION_WORD:
    case ENTRY_TYPE_SUPERVISION_CLOSED:
      return CheckSupervision(leaf, seen);
    case ENTRY_TYPE_MEASURE_MARKED:
      ++marks_;
      return CheckMeasureMark(leaf, seen);
    case ENTRY_TYPE_INCIDENT_MARKED:
      ++marks_;
      return CheckPosition(leaf, seen);
    case ENTRY_TYPE_POSITION_STATED:
    case ENTRY_TYPE_INCIDENT_ARISEN:
    case ENTRY_TYPE_INCIDENT_CLEARED:
      return CheckPosition(leaf, seen);
    case ENTRY_TYPE_CHECKPOINT_COSIGNED:
    case ENTRY_TYPE_WITNESSES_MISSING:
      return CheckWitness(leaf, seen);
    case ENTRY_TYPE_ACCESS_RECORDED:
      return CheckAccess(leaf, seen);
    case ENTRY_TYPE_SURPLUS_ARISEN:
    case ENTRY_TYPE_SURPLUS_CLEARED:
      return CheckSurplus(leaf, seen);
    default:
      return CheckPresence(leaf, seen);
  }
}

}  // namespace eagle::audit
