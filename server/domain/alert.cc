#include "server/domain/alert.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "goldeneagle/v1/supervision_entry.pb.h"
#include "server/domain/instant.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

struct Row {
  EntryType type;
  AlertKind kind;
};
constexpr Row kRows[] = {
    {ENTRY_TYPE_DEADLINE_MARKED, ALERT_KIND_DEADLINE_MARKED},
    {ENTRY_TYPE_OBJECTION_RAISED, ALERT_KIND_OBJECTION_RAISED},
    {ENTRY_TYPE_OBJECTION_MARKED, ALERT_KIND_OBJECTION_MARKED},
    {ENTRY_TYPE_INCIDENT_ARISEN, ALERT_KIND_INCIDENT_ARISEN},
    {ENTRY_TYPE_INCIDENT_MARKED, ALERT_KIND_INCIDENT_MARKED},
    {ENTRY_TYPE_INCIDENT_CLEARED, ALERT_KIND_INCIDENT_CLEARED},
    {ENTRY_TYPE_MEASURE_MARKED, ALERT_KIND_MEASURE_MARKED},
    {ENTRY_TYPE_ADAPTER_ABSENT, ALERT_KIND_ADAPTER_ABSENT},
    {ENTRY_TYPE_ADAPTER_PRESENT, ALERT_KIND_ADAPTER_PRESENT},
    {ENTRY_TYPE_WITNESSES_MISSING, ALERT_KIND_WITNESSES_MISSING},
    {ENTRY_TYPE_CLOCK_ALARM, ALERT_KIND_CLOCK_ALARM},
    {ENTRY_TYPE_SURPLUS_ARISEN, ALERT_KIND_SURPLUS_ARISEN},
    {ENTRY_TYPE_SURPLUS_CLEARED, ALERT_KIND_SURPLUS_CLEARED},
    {ENTRY_TYPE_RECEIPT_CONFLICT, ALERT_KIND_RECEIPT_CONFLICT},
    {ENTRY_TYPE_SUPERVISION_ISSUED, ALERT_KIND_SUPERVISION_ISSUED},
    {ENTRY_TYPE_SUPERVISION_MARKED, ALERT_KIND_SUPERVISION_MARKED},
    {ENTRY_TYPE_SUPERVISION_CLOSED, ALERT_KIND_SUPERVISION_CLOSED},
    {ENTRY_TYPE_RESUMPTION_FLAGGED, ALERT_KIND_RESUMPTION_FLAGGED},
};

// Bytes that are no such body say nothing: whoever reads a journal has checked it before.
template <typename Body>
Body BodyOf(const std::string& bytes) {
  Body body;
  body.ParseFromString(bytes);
  return body;
}

// "overdue", "75 % of the time is over".
std::string PartOver(uint32_t permille) {
  if (permille == 1000) return "overdue";
  const std::string percent = absl::StrCat(permille / 10, " % of the time is over");
  return permille > 1000 ? "overdue, " + percent : percent;
}

const char* WordsOf(IncidentKind kind) {
  switch (kind) {
    case INCIDENT_KIND_AMOUNT_DIFFERS:
      return "the agency and the log don't agree about a measure";
    case INCIDENT_KIND_MEASURE_MISSING:
      return "the agency doesn't know a measure that stands in the log";
    case INCIDENT_KIND_MEASURE_UNKNOWN:
      return "the agency has a measure that doesn't stand in the log";
    case INCIDENT_KIND_STATEMENT_MISSING:
      return "no complete statement of the day came in time";
    default:
      return "the agency and the log don't agree";
  }
}

void SayDeadline(const Entry& entry, Alert& alert) {
  const auto body = BodyOf<DeadlineMarked>(entry.body);
  alert.mark_permille = body.mark_permille();
  alert.due = FromMicros(body.due());
  alert.agencies = AgencySet::FromBytes(body.open());
  const size_t open = alert.agencies.count();
  const std::string part = PartOver(body.mark_permille());
  alert.text = !entry.order ? part + ": what the case holds too much is to be released"
               : open == 1  ? part + ": the agency has not answered the order"
                            : absl::StrCat(part, ": ", open, " agencies have not answered the order");
}

void SayMeasureEnd(const Entry& entry, Alert& alert) {
  const auto body = BodyOf<MeasureMarked>(entry.body);
  alert.order = OrderSeq(body.freeze_order());
  alert.due = FromMicros(body.ends());
  alert.days_left = body.days_before();
  alert.text = body.days_before() == 0
                   ? "a measure has ended, and the agency has not said so"
                   : absl::StrCat("a measure ends in ", body.days_before(), body.days_before() == 1 ? " day" : " days",
                                  ": renew it, or decide about it");
}

void SayIncident(const Entry& entry, Alert& alert) {
  const auto body = BodyOf<IncidentArisen>(entry.body);
  alert.due = FromMicros(body.due());
  alert.text = absl::StrCat(WordsOf(body.kind()), " (statement of ", body.day().substr(0, 10), ")");
}

void Say(const Entry& entry, Alert& alert) {
  switch (entry.type) {
    case ENTRY_TYPE_DEADLINE_MARKED:
      return SayDeadline(entry, alert);
    case ENTRY_TYPE_MEASURE_MARKED:
      return SayMeasureEnd(entry, alert);
    case ENTRY_TYPE_INCIDENT_ARISEN:
      return SayIncident(entry, alert);
    case ENTRY_TYPE_OBJECTION_RAISED:
      alert.due = FromMicros(BodyOf<ObjectionRaised>(entry.body).due());
      alert.text = "the agency objects to an order: the court answers";
      return;
    case ENTRY_TYPE_OBJECTION_MARKED: {
      const auto body = BodyOf<ObjectionMarked>(entry.body);
      alert.mark_permille = body.mark_permille();
      alert.due = FromMicros(body.due());
      alert.text = PartOver(body.mark_permille()) + ": the court has not answered the objection";
      return;
    }
    case ENTRY_TYPE_INCIDENT_MARKED: {
      const auto body = BodyOf<IncidentMarked>(entry.body);
      alert.mark_permille = body.mark_permille();
      alert.due = FromMicros(body.due());
      alert.text = PartOver(body.mark_permille()) + ": a difference between the agency and the log is not put right";
      return;
    }
    case ENTRY_TYPE_INCIDENT_CLEARED:
      alert.text = "a difference between the agency and the log is put right";
      return;
    case ENTRY_TYPE_ADAPTER_ABSENT:
      alert.text = "the agency's adapter calls no more: its clocks run all the same";
      return;
    case ENTRY_TYPE_ADAPTER_PRESENT:
      alert.text = "the agency's adapter is there";
      return;
    case ENTRY_TYPE_WITNESSES_MISSING:
      alert.text = BodyOf<WitnessesMissing>(entry.body).deductions_wait()
                       ? "the witnesses' quorum is missing: no deduction goes out until it is back"
                       : "the witnesses' quorum is missing";
      return;
    case ENTRY_TYPE_CLOCK_ALARM:
      alert.text = "the machine's clock can't be believed: the recorded one stands until an operator accepts it";
      return;
    case ENTRY_TYPE_SURPLUS_ARISEN:
      alert.due = FromMicros(BodyOf<SurplusArisen>(entry.body).due());
      alert.text = "a case holds too much: the court releases it";
      return;
    case ENTRY_TYPE_SURPLUS_CLEARED:
      alert.text = "a case holds too much no longer";
      return;
    case ENTRY_TYPE_RECEIPT_CONFLICT:
      alert.text = "two final answers of the agency contradict each other: the task stands still until people decide";
      return;
    case ENTRY_TYPE_SUPERVISION_ISSUED: {
      const auto body = BodyOf<SupervisionIssued>(entry.body);
      alert.due = FromMicros(body.due());
      alert.text = absl::StrCat(body.commander() ? "a commander's order" : "a supervision order",
                                body.to_court() != 0 ? " to a court" : " to an agency", ": whom it addresses answers");
      return;
    }
    case ENTRY_TYPE_SUPERVISION_MARKED: {
      const auto body = BodyOf<SupervisionMarked>(entry.body);
      alert.mark_permille = body.mark_permille();
      alert.due = FromMicros(body.due());
      alert.text = PartOver(body.mark_permille()) + ": a supervision order is not answered";
      return;
    }
    case ENTRY_TYPE_SUPERVISION_CLOSED:
      alert.text = "a supervision order is closed";
      return;
    case ENTRY_TYPE_RESUMPTION_FLAGGED:
      alert.text =
          "an inquiry found something in a case that was closed for want of assets: the court looks whether to resume "
          "it";
      return;
    default:
      return;
  }
}

}  // namespace

AlertKind AlertKindOf(EntryType type) {
  const auto* const row =
      std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& r) { return r.type == type; });
  return row == std::end(kRows) ? ALERT_KIND_UNSPECIFIED : row->kind;
}

std::optional<Alert> AlertOf(const Entry& entry) {
  Alert alert{.kind = AlertKindOf(entry.type),
              .index = entry.index,
              .time = entry.time,
              .order = entry.order,
              .case_seq = entry.case_seq};
  if (alert.kind == ALERT_KIND_UNSPECIFIED) return std::nullopt;
  if (entry.agency) alert.agencies.Add(entry.agency);
  Say(entry, alert);
  return alert;
}

}  // namespace eagle::domain
