// What is due 到期与超期: the clocks that run, out of the book, each with its entry's own words.
#include <algorithm>

#include "goldeneagle/v1/entry.pb.h"
#include "server/api/impl.h"
#include "server/api/page_token.h"
#include "server/api/supervised.h"
#include "server/api/views.h"
#include "server/base/bytes.h"
#include "server/core/rows.h"
#include "server/domain/instant.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr std::string_view kListDue = "/goldeneagle.v1.SupervisionService/ListDue";
constexpr size_t kAgenciesNamed = 20;

// Errors: FIELD_INVALID for what the contract has no word for.
absl::Status Check(const ListDueRequest& request) {
  Violations wrong;
  for (const int kind : request.kinds()) {
    if (!DueKind_IsValid(kind) || kind == DUE_KIND_UNSPECIFIED)
      wrong.Add("kinds", Reason::kFieldInvalid, "there is no such kind of clock");
  }
  for (const int state : request.states()) {
    if (!DueState_IsValid(state) || state == DUE_STATE_UNSPECIFIED)
      wrong.Add("states", Reason::kFieldInvalid, "there is no such state of a clock");
  }
  if (!Action_IsValid(request.action())) wrong.Add("action", Reason::kFieldInvalid, "there is no such action");
  return wrong.empty() ? absl::OkStatus() : wrong.ToStatus("what is due can't be listed so");
}

std::string FilterOf(const ListDueRequest& request) {
  ListDueRequest filter = request;
  filter.clear_page_size();
  filter.clear_page_token();
  return filter.SerializeAsString();
}

std::string KeyBytes(const DueKey& key) {
  return ByteWriter().I64(key.due).U8(static_cast<uint8_t>(key.name.kind)).U64(key.name.seq).Take();
}
absl::StatusOr<std::optional<DueKey>> KeyOf(const trust::KeyRing& ring, const TokenScope& scope,
                                            const std::string& token) {
  if (token.empty()) return std::optional<DueKey>();
  EAGLE_ASSIGN_OR_RETURN(const std::string bytes, OpenToken(ring, scope, token));
  ByteReader in(bytes);
  DueKey key{.due = in.I64()};
  key.name.kind = static_cast<DueKind>(in.U8());
  key.name.seq = in.U64();
  return std::optional<DueKey>(key);
}

bool IsAsked(const DueRow& row, const ListDueRequest& request, const CourtsSeen& courts, AgencyOrdinal agency) {
  const auto among = [](const auto& list, int value) {
    return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
  };
  return courts.Has(row.court) && (!agency || row.agencies.Contains(agency)) &&
         (!request.urgent_only() || row.urgent) &&
         (request.action() == ACTION_UNSPECIFIED || row.action == request.action()) &&
         among(request.kinds(), row.key.name.kind) && among(request.states(), row.state);
}

// What a clock's own row in the store says of it.
struct Running {
  domain::Deadline deadline;
  absl::Time start = absl::InfinitePast();  // not known: no explanation
  const domain::Agency* agency = nullptr;   // who has to act, where it is one
};

// Absent: the clock has stopped since the book was looked at.
absl::StatusOr<std::optional<Running>> RunningOf(const DueRow& row, const std::optional<domain::Order>& order,
                                                 const domain::Directory& directory, JournalReader& journal) {
  const uint64_t seq = row.key.name.seq;
  switch (row.key.name.kind) {
    case DUE_KIND_ORDER:
      if (!order || order->complete()) return std::optional<Running>();
      return std::optional(Running{order->deadline, std::max(order->accepted_at, order->begins),
                                   directory.OnlyAgencyOf(order->targets)});
    case DUE_KIND_SURPLUS: {
      EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Case> of, journal.CaseRow(CaseSeq(seq)));
      if (!of || of->surplus.row.empty()) return std::optional<Running>();
      return std::optional(Running{.deadline = of->surplus});
    }
    case DUE_KIND_OBJECTION: {
      EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::ObjectionThread> thread,
                             core::ObjectionAt(journal.store(), seq));
      if (!thread || !thread->open()) return std::optional<Running>();
      return std::optional(Running{thread->deadline, thread->raised_at});
    }
    case DUE_KIND_SUPERVISION: {
      EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::SupervisionThread> thread,
                             core::SupervisionAt(journal.store(), seq));
      if (!thread || !thread->owed()) return std::optional<Running>();
      return std::optional(Running{thread->deadline, thread->turn_since, directory.AgencyByOrdinal(thread->to_agency)});
    }
    case DUE_KIND_INCIDENT: {
      EAGLE_ASSIGN_OR_RETURN(const std::vector<domain::Incident> incidents,
                             core::IncidentsPast(journal.store(), seq - 1, 1));
      if (incidents.empty() || incidents.front().index != seq || !incidents.front().open())
        return std::optional<Running>();
      return std::optional(Running{incidents.front().deadline, incidents.front().arisen_at,
                                   directory.AgencyByOrdinal(incidents.front().agency)});
    }
    default:
      return std::optional(Running{.deadline = {.due = domain::FromMicros(row.key.due)}});
  }
}

void AddDeadline(const Running& running, const core::Published& published, DueView& view) {
  DeadlineView& deadline = *view.mutable_deadline();
  const bool explained = running.start != absl::InfinitePast();
  deadline = DeadlineOf(running.deadline, explained ? running.start : absl::UnixEpoch(), published, running.agency);
  if (explained) {
    *view.mutable_started_at() = domain::ToProto(running.start);
  } else {
    deadline.clear_explanation();
  }
  for (size_t i = 0; i < running.deadline.fired; ++i) view.add_marks_fired_permille(running.deadline.marks_permille[i]);
}

// The case's number, to courts and to an agency that was sent the order. Empty of an erased case.
absl::StatusOr<std::string> CaseNumberFor(const Caller& caller, const DueRow& row,
                                          const std::optional<domain::Order>& order, JournalReader& journal) {
  if (caller.role == Role::kAgency && !(order && order->delivered.Contains(caller.agency))) return std::string();
  if (caller.role != Role::kCourt && caller.role != Role::kAgency) return std::string();
  return CaseNumberOf(row.case_seq, journal);
}

absl::StatusOr<std::optional<DueView>> ViewOf(const DueRow& row, const Caller& caller, const core::Published& published,
                                              JournalReader& journal) {
  const domain::Directory& directory = *published.directory;
  std::optional<domain::Order> order;
  if (row.order) {
    EAGLE_ASSIGN_OR_RETURN(order, journal.OrderAt(row.order));
    if (!order) return Fail(Reason::kTablesDiffer, "a clock names an order that isn't there");
  }
  EAGLE_ASSIGN_OR_RETURN(const std::optional<Running> running, RunningOf(row, order, directory, journal));
  if (!running) return std::optional<DueView>();
  DueView view;
  view.set_kind(row.key.name.kind);
  view.set_state(row.state);
  if (row.key.name.kind != DUE_KIND_STATEMENT) view.set_journal_index(row.key.name.seq);
  if (order) view.set_order_id(order->order_id);
  if (const domain::Court* court = directory.CourtByOrdinal(row.court); court != nullptr)
    view.set_court(court->row.code());
  EAGLE_ASSIGN_OR_RETURN(*view.mutable_case_number(), CaseNumberFor(caller, row, order, journal));
  row.agencies.ForEach([&](AgencyOrdinal ordinal) {
    if (caller.role == Role::kAgency && ordinal != caller.agency) return;
    view.set_agencies_open(view.agencies_open() + 1);
    const domain::Agency* agency = directory.AgencyByOrdinal(ordinal);
    if (agency != nullptr && static_cast<size_t>(view.agencies_size()) < kAgenciesNamed)
      view.add_agencies(agency->row.code());
  });
  view.set_action(row.action);
  view.set_urgent(row.urgent);
  AddDeadline(*running, published, view);
  view.set_days_left(row.days_left);
  if (row.state == DUE_STATE_OVERDUE) *view.mutable_overdue_since() = view.deadline().due_at();
  view.set_day(row.day);
  return std::optional(std::move(view));
}

}  // namespace

absl::StatusOr<ListDueResponse> Handlers::ListDue(const Caller& caller, const ListDueRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, kListDue));
  EAGLE_RETURN_IF_ERROR(Check(request));
  EAGLE_ASSIGN_OR_RETURN(const size_t page_size, SupervisionPageSize(request.page_size()));
  const TokenScope scope{"ListDue", caller, FilterOf(request)};
  EAGLE_ASSIGN_OR_RETURN(const std::optional<DueKey> after, KeyOf(impl_->ports.key_ring, scope, request.page_token()));
  const auto published = impl_->published();
  EAGLE_ASSIGN_OR_RETURN(const CourtsSeen courts,
                         CourtsSeen::Of(caller, kListDue, request.court(), *published->directory));
  EAGLE_ASSIGN_OR_RETURN(const std::optional<AgencyOrdinal> agency,
                         AgencySeen(caller, request.agency(), *published->directory));
  ListDueResponse response;
  if (!agency) return response;
  const int64_t before =
      request.has_due_before() ? domain::Micros(domain::FromProto(request.due_before())) : SupervisionBook::kEver;
  const auto page = impl_->supervision.Due([&](const DueRow& row) { return IsAsked(row, request, courts, *agency); },
                                           courts.only(), before, after, page_size);
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
  for (const DueRow& row : page.rows) {
    EAGLE_ASSIGN_OR_RETURN(std::optional<DueView> view, ViewOf(row, caller, *published, journal));
    if (view) *response.add_due() = *std::move(view);
  }
  if (page.next) response.set_next_page_token(MakeToken(impl_->ports.key_ring, scope, KeyBytes(*page.next)));
  response.set_as_of_index(page.as_of.index);
  *response.mutable_as_of() = domain::ToProto(page.as_of.time);
  return response;
}

}  // namespace eagle::api
