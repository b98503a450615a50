#include "client/cli/supervise.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/batches.h"
#include "client/common/files.h"
#include "client/common/width.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

// How long the gateway may be silent: three of its heartbeats.
constexpr absl::Duration kSilenceMax = absl::Seconds(30);

template <class E>
Cell Both(E value, const std::string& chinese) {
  const std::string word = Word(value);
  return {chinese.empty() ? word : absl::StrCat(word, " ", chinese), JsonString(word)};
}

std::string TextsJson(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  std::vector<std::string> quoted;
  for (const std::string& text : texts) quoted.push_back(JsonString(text));
  return "[" + absl::StrJoin(quoted, ", ") + "]";
}

std::string NumbersJson(const google::protobuf::RepeatedField<uint32_t>& numbers) {
  return "[" + absl::StrJoin(numbers, ", ") + "]";
}

// The only one by name; "12 agencies" for several.
Cell AgenciesCell(Session& session, const v1::DueView& view) {
  const std::string json = TextsJson(view.agencies());
  if (view.agencies_open() == 0) return {"-", json};
  if (view.agencies_open() == 1 && view.agencies_size() == 1) return {NameOr(session.names(), view.agencies(0)), json};
  return {absl::StrCat(view.agencies_open(), " agencies"), json};
}

Cell TimeOrNothing(const google::protobuf::Timestamp& stamp, const absl::TimeZone& zone) {
  return IsSet(stamp) ? Due(ToTime(stamp), zone) : Nothing();
}

}  // namespace

Cell DueKindCell(v1::DueKind kind) {
  switch (kind) {
    case v1::DUE_KIND_ORDER:
      return Both(kind, "反馈");
    case v1::DUE_KIND_SURPLUS:
      return Both(kind, "超标的");
    case v1::DUE_KIND_OBJECTION:
      return Both(kind, "异议");
    case v1::DUE_KIND_INCIDENT:
      return Both(kind, "差异");
    case v1::DUE_KIND_MEASURE_END:
      return Both(kind, "到期");
    case v1::DUE_KIND_STATEMENT:
      return Both(kind, "对账");
    case v1::DUE_KIND_SUPERVISION:
      return Both(kind, "督办");
    default:
      return Both(kind, "");
  }
}

Cell DueStateCell(v1::DueState state) {
  switch (state) {
    case v1::DUE_STATE_RUNNING:
      return Both(state, "计时中");
    case v1::DUE_STATE_SOON:
      return Both(state, "将到期");
    case v1::DUE_STATE_OVERDUE:
      return Both(state, "超期");
    default:
      return Both(state, "");
  }
}

Cell AlertKindCell(v1::AlertKind kind) {
  switch (kind) {
    case v1::ALERT_KIND_DEADLINE_MARKED:
      return Both(kind, "时限");
    case v1::ALERT_KIND_OBJECTION_RAISED:
      return Both(kind, "提出异议");
    case v1::ALERT_KIND_OBJECTION_MARKED:
      return Both(kind, "异议时限");
    case v1::ALERT_KIND_INCIDENT_ARISEN:
      return Both(kind, "出现差异");
    case v1::ALERT_KIND_INCIDENT_MARKED:
      return Both(kind, "差异时限");
    case v1::ALERT_KIND_INCIDENT_CLEARED:
      return Both(kind, "差异消除");
    case v1::ALERT_KIND_MEASURE_MARKED:
      return Both(kind, "到期提醒");
    case v1::ALERT_KIND_ADAPTER_ABSENT:
      return Both(kind, "单位离线");
    case v1::ALERT_KIND_ADAPTER_PRESENT:
      return Both(kind, "单位上线");
    case v1::ALERT_KIND_WITNESSES_MISSING:
      return Both(kind, "见证缺席");
    case v1::ALERT_KIND_CLOCK_ALARM:
      return Both(kind, "时钟警报");
    case v1::ALERT_KIND_SURPLUS_ARISEN:
      return Both(kind, "超标的");
    case v1::ALERT_KIND_SURPLUS_CLEARED:
      return Both(kind, "超标的消除");
    case v1::ALERT_KIND_RECEIPT_CONFLICT:
      return Both(kind, "回执冲突");
    case v1::ALERT_KIND_SUPERVISION_ISSUED:
      return Both(kind, "督办");
    case v1::ALERT_KIND_SUPERVISION_MARKED:
      return Both(kind, "督办时限");
    case v1::ALERT_KIND_SUPERVISION_CLOSED:
      return Both(kind, "督办结束");
    case v1::ALERT_KIND_RESUMPTION_FLAGGED:
      return Both(kind, "恢复线索");
    default:
      return Both(kind, "");
  }
}

Cell CoverageCell(v1::CoverageState state) {
  switch (state) {
    case v1::COVERAGE_STATE_LIVE:
      return Both(state, "在线");
    case v1::COVERAGE_STATE_BY_CLERK:
      return Both(state, "人工");
    case v1::COVERAGE_STATE_ABSENT:
      return Both(state, "离线");
    case v1::COVERAGE_STATE_NEVER:
      return Both(state, "未开通");
    default:
      return Both(state, "");
  }
}

Cell PresenceCell(v1::Presence presence) {
  switch (presence) {
    case v1::PRESENCE_NEVER_SEEN:
      return Both(presence, "从未上线");
    case v1::PRESENCE_ABSENT:
      return Both(presence, "离线");
    case v1::PRESENCE_PRESENT:
      return Both(presence, "在线");
    default:
      return Both(presence, "");
  }
}

absl::Time EndOfToday(absl::Time now, const absl::TimeZone& zone) {
  return absl::FromCivil(absl::ToCivilDay(now, zone) + 1, zone);
}

absl::StatusOr<DueListed> ListDueUpTo(Gateway& gateway, v1::ListDueRequest request, size_t most) {
  DueListed listed;
  do {
    request.set_page_size(static_cast<int32_t>(std::min<size_t>(most - listed.due.size(), 1000)));
    EAGLE_ASSIGN_OR_RETURN(const v1::ListDueResponse page, gateway.ListDue(request));
    listed.due.insert(listed.due.end(), page.due().begin(), page.due().end());
    listed.as_of_index = page.as_of_index();
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && listed.due.size() < most);
  listed.more = !request.page_token().empty();
  return listed;
}

Table DueTable(const std::string& name) {
  return Table(name, {{"due"},
                      {"state"},
                      {"kind"},
                      {"agencies"},
                      {"action"},
                      {"urgent"},
                      {"court"},
                      {"case_number"},
                      {"order_id"},
                      {"agencies_open", kRight, true},
                      {"overdue_since", kLeft, true},
                      {"started", kLeft, true},
                      {"marks_fired_permille", kLeft, true},
                      {"days_left", kRight, true},
                      {"day", kLeft, true},
                      {"explanation", kLeft, true},
                      {"journal_index", kRight, true}});
}

void AddDue(Session& session, const absl::TimeZone& zone, const v1::DueView& view, Table& table) {
  const bool ends = view.kind() == v1::DUE_KIND_MEASURE_END;
  const absl::Time due = ToTime(view.deadline().due_at());
  table.Add({ends ? End(due, zone) : Due(due, zone), DueStateCell(view.state()), DueKindCell(view.kind()),
             AgenciesCell(session, view),
             view.action() == v1::ACTION_UNSPECIFIED ? Nothing() : Text(Word(view.action())), YesNo(view.urgent()),
             TextOrNothing(view.court()), TextOrNothing(view.case_number()),
             view.order_id().empty() ? Nothing() : IdCell(view.order_id()), Count(view.agencies_open()),
             TimeOrNothing(view.overdue_since(), zone), TimeOrNothing(view.started_at(), zone),
             RawJson(NumbersJson(view.marks_fired_permille())), Count(view.days_left()), TextOrNothing(view.day()),
             TextOrNothing(view.deadline().explanation()), Count(view.journal_index())});
}

absl::StatusOr<AlertsRead> ReadAlerts(Gateway& gateway, const v1::WatchAlertsRequest& request, size_t most) {
  AlertsRead read{.resume_token = request.resume_token()};
  const std::unique_ptr<AlertStream> stream = gateway.WatchAlerts(request);
  for (bool caught_up = false; !caught_up;) {
    EAGLE_ASSIGN_OR_RETURN(const std::optional<v1::WatchAlertsResponse> page, stream->Next(kSilenceMax));
    if (!page) return Fail(Reason::kUnavailable, "the gateway has gone silent");
    for (const v1::Alert& alert : page->alerts()) {
      read.alerts.push_back(alert);
      if (read.alerts.size() > most) read.alerts.pop_front();
    }
    read.resume_token = page->resume_token();
    caught_up = page->caught_up();
  }
  return read;
}

Table AlertTable(const std::string& name) {
  return Table(name, {{"time"},
                      {"kind"},
                      {"agency"},
                      {"court"},
                      {"text"},
                      {"due"},
                      {"order_id"},
                      {"mark_permille", kRight, true},
                      {"days_left", kRight, true},
                      {"agency_code", kLeft, true},
                      {"agencies_open", kRight, true},
                      {"journal_index", kRight, true},
                      {"resume_token", kLeft, true}});
}

void AddAlert(Session& session, const absl::TimeZone& zone, const v1::Alert& alert, Table& table) {
  table.Add({Due(ToTime(alert.time()), zone), AlertKindCell(alert.kind()),
             alert.agency().empty() ? Nothing() : Text(NameOr(session.names(), alert.agency())),
             TextOrNothing(alert.court()), Text(alert.text()), TimeOrNothing(alert.due(), zone),
             alert.order_id().empty() ? Nothing() : IdCell(alert.order_id()), Count(alert.mark_permille()),
             Count(alert.days_left()), TextOrNothing(alert.agency()), Count(alert.agencies_open()),
             Count(alert.journal_index()), Text(alert.resume_token())});
}

absl::StatusOr<std::vector<v1::AgencyCoverage>> ReadCoverage(Gateway& gateway, v1::GetCoverageRequest request) {
  std::vector<v1::AgencyCoverage> agencies;
  request.set_page_size(1000);
  do {
    EAGLE_ASSIGN_OR_RETURN(const v1::GetCoverageResponse page, gateway.GetCoverage(request));
    agencies.insert(agencies.end(), page.agencies().begin(), page.agencies().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return agencies;
}

absl::Status PrintOrCsv(Session& session, Table table, const std::string& csv) {
  if (!csv.empty()) {
    EAGLE_RETURN_IF_ERROR(WriteDurably(csv, table.Csv(), Readers::kEverybody));
    session.Talk("written: " + csv);
    return absl::OkStatus();
  }
  Document document;
  document.Add(std::move(table));
  return session.Print(document);
}

}  // namespace eagle::client
