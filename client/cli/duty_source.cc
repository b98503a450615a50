#include "client/cli/duty_source.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/common/width.h"
#include "client/lib/words.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/trust/timestamps.h"

namespace eagle::client {
namespace {

using duty::Kind;

// Heartbeats come every 10 s: when three are missing the line is dead, whatever TCP thinks.
constexpr absl::Duration kHeartbeatsMissed = absl::Seconds(35), kLookEvery = absl::Minutes(1);
constexpr int kDuePage = 1000;
constexpr duty::Level kMarkSoon = 750, kMarkOver = 1000;

std::string Matter(Kind kind, std::string_view of) {
  return absl::StrCat(ToAbsl(duty::KindWord(kind)), of.empty() ? "" : "/", ToAbsl(of));
}

std::string OrderUuid(const std::string& id) { return id.size() == kUuidBytes ? UuidText(id) : ""; }

// Whole microseconds, as the duty's file keeps them.
absl::Time MicrosOf(const google::protobuf::Timestamp& stamp) {
  return absl::FromUnixMicros(absl::ToUnixMicros(ToTime(stamp)));
}

Kind KindOf(const v1::Alert& alert) {
  switch (alert.kind()) {
    case v1::ALERT_KIND_DEADLINE_MARKED:
      return alert.order_id().empty() ? Kind::kSurplus : Kind::kOrder;
    case v1::ALERT_KIND_OBJECTION_RAISED:
    case v1::ALERT_KIND_OBJECTION_MARKED:
      return Kind::kObjection;
    case v1::ALERT_KIND_INCIDENT_ARISEN:
    case v1::ALERT_KIND_INCIDENT_MARKED:
    case v1::ALERT_KIND_INCIDENT_CLEARED:
      return Kind::kIncident;
    case v1::ALERT_KIND_MEASURE_MARKED:
      return Kind::kMeasureEnd;
    case v1::ALERT_KIND_ADAPTER_ABSENT:
    case v1::ALERT_KIND_ADAPTER_PRESENT:
      return Kind::kAdapterAbsent;
    case v1::ALERT_KIND_WITNESSES_MISSING:
      return Kind::kWitnessesMissing;
    case v1::ALERT_KIND_CLOCK_ALARM:
      return Kind::kClockAlarm;
    case v1::ALERT_KIND_SURPLUS_ARISEN:
    case v1::ALERT_KIND_SURPLUS_CLEARED:
      return Kind::kSurplus;
    case v1::ALERT_KIND_RECEIPT_CONFLICT:
      return Kind::kReceiptConflict;
    default:
      return Kind::kOther;
  }
}

std::string MatterOf(Kind kind, const std::string& order_id, const std::string& agency, const std::string& court,
                     uint64_t index) {
  switch (kind) {
    case Kind::kSurplus:
      return Matter(kind, court);
    case Kind::kIncident:
      return Matter(kind, order_id.empty() ? agency : order_id);
    case Kind::kAdapterAbsent:
      return Matter(kind, agency);
    case Kind::kWitnessesMissing:
    case Kind::kClockAlarm:
      return Matter(kind, "");
    case Kind::kOther:
      return Matter(kind, absl::StrCat(index));
    default:
      return Matter(kind, order_id);
  }
}

Kind KindOf(v1::DueKind kind) {
  switch (kind) {
    case v1::DUE_KIND_ORDER:
      return Kind::kOrder;
    case v1::DUE_KIND_SURPLUS:
      return Kind::kSurplus;
    case v1::DUE_KIND_OBJECTION:
      return Kind::kObjection;
    case v1::DUE_KIND_INCIDENT:
      return Kind::kIncident;
    case v1::DUE_KIND_MEASURE_END:
      return Kind::kMeasureEnd;
    default:
      return Kind::kOther;
  }
}

// Absent: nothing in ListDue tells whether it stands.
std::optional<v1::DueKind> DueKindOf(Kind kind) {
  for (const v1::DueKind due : {v1::DUE_KIND_ORDER, v1::DUE_KIND_SURPLUS, v1::DUE_KIND_OBJECTION, v1::DUE_KIND_INCIDENT,
                                v1::DUE_KIND_MEASURE_END}) {
    if (KindOf(due) == kind) return due;
  }
  return std::nullopt;
}

void AskFor(v1::DueKind kind, v1::ListDueRequest& request) {
  const auto& kinds = request.kinds();
  if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) request.add_kinds(kind);
}

}  // namespace

duty::Piece PieceOf(const v1::Alert& alert) {
  duty::Piece piece;
  piece.ended = alert.kind() == v1::ALERT_KIND_ADAPTER_PRESENT;
  duty::Alert& out = piece.alert;
  out.kind = KindOf(alert);
  out.order_id = OrderUuid(alert.order_id()), out.agency = alert.agency(), out.court = alert.court();
  out.matter = MatterOf(out.kind, out.order_id, out.agency, out.court, alert.journal_index());
  out.level = std::min(alert.mark_permille(), duty::kLevelMax);
  if (out.kind == Kind::kMeasureEnd) out.level = kMarkOver - std::min(alert.days_left(), kMarkOver - 1);
  out.journal_index = alert.journal_index();
  out.time = MicrosOf(alert.time());
  if (alert.has_due()) out.due = MicrosOf(alert.due());
  out.text = ForTerminal(alert.text());
  return piece;
}

absl::StatusOr<duty::News> DutySource::Next(const std::string& resume_token, absl::Duration wait) {
  if (stream_ == nullptr) {
    v1::WatchAlertsRequest request;
    request.set_resume_token(resume_token);
    if (resume_token.empty() && since_) *request.mutable_since() = trust::TimestampOf(*since_);
    stream_ = gateway_.WatchAlerts(request);
    heard_at_ = real_clock_.MonotonicNow();
  }
  const auto message = stream_->Next(wait);
  duty::News news;
  if (!message.ok()) {
    stream_.reset();
    return message.status();
  }
  if (!message->has_value()) {
    if (real_clock_.MonotonicNow() - heard_at_ <= kHeartbeatsMissed) return news;
    stream_.reset();
    return Fail(Reason::kUnavailable, "the gateway sends no heartbeat");
  }
  heard_at_ = real_clock_.MonotonicNow();
  for (const v1::Alert& alert : (*message)->alerts()) {
    // What was cleared may be one of several of its matter: ListDue says whether another stands.
    const bool cleared = alert.kind() == v1::ALERT_KIND_INCIDENT_CLEARED ||
                         alert.kind() == v1::ALERT_KIND_SURPLUS_CLEARED ||
                         alert.kind() == v1::ALERT_KIND_SUPERVISION_CLOSED;
    look_soon_ = look_soon_ || cleared;
    if (!cleared) news.pieces.push_back(PieceOf(alert));
    news.resume_token = alert.resume_token();
  }
  if (!(*message)->resume_token().empty()) news.resume_token = (*message)->resume_token();
  news.caught_up = (*message)->caught_up();
  return news;
}

absl::Status DutySource::Look(const v1::ListDueRequest& asked, std::set<std::string>& standing, uint64_t& as_of,
                              bool& one_moment) {
  if (asked.kinds().empty()) return absl::OkStatus();
  v1::ListDueRequest request = asked;
  request.set_page_size(kDuePage);
  do {
    EAGLE_ASSIGN_OR_RETURN(const v1::ListDueResponse page, gateway_.ListDue(request));
    if (as_of != 0 && page.as_of_index() != as_of) one_moment = false;
    as_of = as_of == 0 ? page.as_of_index() : std::min(as_of, page.as_of_index());
    for (const v1::DueView& view : page.due()) {
      const std::string agency = view.agencies().empty() ? "" : view.agencies(0);
      standing.insert(MatterOf(KindOf(view.kind()), OrderUuid(view.order_id()), agency, view.court(), 0));
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> DutySource::Settled(const std::vector<duty::Standing>& open, bool now) {
  std::vector<std::string> settled;
  const absl::Duration at = real_clock_.MonotonicNow();
  if (!now && !look_soon_ && at - looked_at_ < kLookEvery) return settled;
  // Every order has a clock, and every measure: of them only those whose marks came are asked for.
  v1::ListDueRequest marked, all;
  marked.add_states(v1::DUE_STATE_SOON), marked.add_states(v1::DUE_STATE_OVERDUE);
  for (const duty::Standing& one : open) {
    const std::optional<v1::DueKind> kind = DueKindOf(one.kind);
    const bool has_mark = kind == v1::DUE_KIND_MEASURE_END || (kind == v1::DUE_KIND_ORDER && one.level >= kMarkSoon);
    if (kind) AskFor(*kind, has_mark ? marked : all);
  }
  std::set<std::string> standing;
  uint64_t as_of = 0;
  bool one_moment = true;
  EAGLE_RETURN_IF_ERROR(Look(marked, standing, as_of, one_moment));
  EAGLE_RETURN_IF_ERROR(Look(all, standing, as_of, one_moment));
  look_soon_ = false, looked_at_ = at;
  const std::set<std::string> missing_before = std::exchange(missing_, {});
  for (const duty::Standing& one : open) {
    if (!DueKindOf(one.kind) || standing.contains(one.matter)) continue;
    // What it shows may be older than the alert.
    if (one.journal_index >= as_of) continue;
    missing_.insert(one.matter);
    // While the pages were read a clock may have moved to one that was read already: it is missing the next time, too,
    // when it has ended.
    if (one_moment || missing_before.contains(one.matter)) settled.push_back(one.matter);
  }
  return settled;
}

}  // namespace eagle::client
