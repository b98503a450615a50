#include "server/api/views.h"

#include <algorithm>
#include <set>

#include "goldeneagle/v1/entry.pb.h"
#include "server/base/bytes.h"
#include "server/base/identity_number.h"
#include "server/domain/instant.h"

namespace eagle::api {

std::string MaskName(std::string_view name) {
  std::string out;
  for (char c : name) {
    const bool begins = (static_cast<uint8_t>(c) & 0xC0) != 0x80;
    if (begins && !out.empty()) {
      out += '*';
    } else if (out.find('*') == std::string::npos) {
      out += c;  // the bytes of the first character
    }
  }
  return out;
}

std::string MaskIdentity(const v1::Identity& identity) {
  return MaskName(identity.name()) + " " + MaskNumber(identity.id_number());
}

void AddReceiptResult(const domain::MemberResult& member, v1::ReportResultsResponse& response) {
  v1::ReceiptResult* out = response.add_results();
  out->set_verdict(member.verdict);
  out->set_journal_index(member.index);
  if (!member.refusal) return;
  out->set_reason(std::string(RowOf(member.refusal->reason).name));
  out->set_message(member.refusal->message);
  for (const Violation& violation : member.refusal->violations)
    out->mutable_message()->append("; ").append(violation.field).append(": ").append(violation.description);
}

v1::Refusal RefusalView(const Failure& failure, uint64_t journal_index) {
  const ReasonRow& row = RowOf(failure.reason);
  v1::Refusal refusal;
  refusal.set_reason(std::string(row.name));
  refusal.set_message(failure.message);
  refusal.set_advice(std::string(row.advice));
  refusal.set_who_must_act(std::string(row.who_must_act));
  for (const Violation& violation : failure.violations) {
    v1::FieldProblem* problem = refusal.add_problems();
    problem->set_field(violation.field);
    problem->set_reason(std::string(RowOf(violation.reason).name));
    problem->set_description(violation.description);
  }
  refusal.set_journal_index(journal_index);
  return refusal;
}

v1::DeadlineView DeadlineOf(const domain::Deadline& deadline, absl::Time start, const core::Published& published,
                            const domain::Agency* agency, std::string_view since) {
  const domain::Policy* policy = published.policy.get();
  v1::DeadlineView view;
  *view.mutable_due_at() = domain::ToProto(deadline.due);
  view.set_row(deadline.row);
  const v1::DeadlineRow* row = policy != nullptr ? policy->DeadlineNamed(deadline.row) : nullptr;
  if (row != nullptr) {
    const domain::Territory territory = policy->TerritoryOf(agency != nullptr ? &agency->row : nullptr);
    view.set_explanation(domain::ExplainDeadline(*row, start, deadline.due, territory, since));
  }
  for (absl::Time mark : deadline.marks) *view.add_marks() = domain::ToProto(mark);
  for (uint32_t permille : deadline.marks_permille) view.add_marks_permille(permille);
  return view;
}

v1::DeadlineView DeadlineOf(const v1::OrderAccepted& accepted, absl::Time start, const core::Published& published) {
  domain::Deadline deadline{.row = accepted.deadline_row(), .due = domain::FromMicros(accepted.due())};
  for (int64_t mark : accepted.marks()) deadline.marks.push_back(domain::FromMicros(mark));
  deadline.marks_permille.assign(accepted.marks_permille().begin(), accepted.marks_permille().end());
  const auto targets = domain::AgencySet::FromBytes(accepted.targets());
  const domain::Agency* only = published.directory->OnlyAgencyOf(targets);
  if (accepted.begins() == 0) return DeadlineOf(deadline, start, published, only);
  return DeadlineOf(deadline, domain::FromMicros(accepted.begins()), published, only, kBegin);
}

std::vector<std::string> CodesOf(const domain::AgencySet& agencies, const domain::Directory& directory) {
  std::vector<std::string> codes;
  agencies.ForEach([&](AgencyOrdinal ordinal) {
    const domain::Agency* agency = directory.AgencyByOrdinal(ordinal);
    if (agency != nullptr) codes.push_back(agency->row.code());
  });
  return codes;
}

std::vector<v1::Capability> EffectiveOf(const domain::Agency& agency, const domain::PresenceState& presence) {
  return domain::DeclaredRows(agency.row, presence.declared);
}

const domain::PresenceState& PresenceOf(const core::Published& published, AgencyOrdinal agency) {
  static const domain::PresenceState kNeverSeen;
  return agency && agency.value() <= published.presence->size() ? (*published.presence)[agency.value() - 1]
                                                                : kNeverSeen;
}

v1::CoverageView CoverageOf(const domain::Agency& agency, v1::Action action, const core::Published& published) {
  v1::CoverageView view;
  const domain::PresenceState& presence = PresenceOf(published, agency.ordinal);
  view.set_agency(agency.row.code());
  view.set_present(presence.present);
  if (presence.ever && !presence.present) *view.mutable_absent_since() = domain::ToProto(presence.since);
  std::set<int> actions, by_clerk;
  for (const v1::Capability& row : agency.row.capabilities()) {
    actions.insert(row.action());
    if (row.by_clerk()) by_clerk.insert(row.action());
  }
  for (int each : actions) view.add_actions(static_cast<v1::Action>(each));
  for (int each : by_clerk) view.add_clerk_actions(static_cast<v1::Action>(each));
  view.set_by_clerk(by_clerk.contains(action));
  return view;
}

}  // namespace eagle::api
