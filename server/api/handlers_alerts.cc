// Watching alerts 警报: the journal's entries that somebody must act on, each once, as its own line.
#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "server/api/impl.h"
#include "server/api/page_token.h"
#include "server/api/supervised.h"
#include "server/api/watch_token.h"
#include "server/domain/alert.h"
#include "server/domain/instant.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
namespace v1 = ::goldeneagle::v1;

constexpr std::string_view kWatchAlerts = "/goldeneagle.v1.SupervisionService/WatchAlerts";
constexpr uint64_t kAlertEntriesLookedAt = 4096;

// The leaf as the domain reads it: without its payload.
domain::Entry PublicHalf(journal::Leaf leaf) {
  return {.index = leaf.index.value(),
          .time = leaf.time,
          .type = static_cast<EntryType>(leaf.type),
          .actor_kind = static_cast<ActorKind>(leaf.actor_kind),
          .actor = leaf.actor_ordinal,
          .agency = leaf.agency,
          .order = leaf.order,
          .case_seq = leaf.case_seq,
          .body = std::move(leaf.body)};
}

// One page: which alerts are the caller's, and how they are shown.
class AlertPage {
 public:
  AlertPage(const Caller& caller, const CourtsSeen& courts, const domain::Directory& directory, JournalReader& journal)
      : caller_(caller), courts_(courts), directory_(directory), journal_(journal) {}

  absl::StatusOr<std::optional<v1::Alert>> Look(uint64_t index) {
    EAGLE_ASSIGN_OR_RETURN(journal::Leaf leaf, journal_.LeafAt(index));
    if (domain::AlertKindOf(static_cast<EntryType>(leaf.type)) == ALERT_KIND_UNSPECIFIED)
      return std::optional<v1::Alert>();
    const std::optional<domain::Alert> alert = domain::AlertOf(PublicHalf(std::move(leaf)));
    EAGLE_ASSIGN_OR_RETURN(const Concerned concerned, ConcernedBy(*alert));
    if (!IsSeen(*alert, concerned.court)) return std::optional<v1::Alert>();
    return std::optional(ViewOf(*alert, concerned));
  }

 private:
  struct Concerned {
    CourtOrdinal court;
    std::string order_id;
  };

  absl::StatusOr<Concerned> ConcernedBy(const domain::Alert& alert) {
    if (alert.order) {
      const auto known = orders_.find(alert.order.value());
      if (known != orders_.end()) return known->second;
      EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Order> order, journal_.OrderAt(alert.order));
      if (!order) return Fail(Reason::kTablesDiffer, "an entry names an order that isn't there");
      return orders_[alert.order.value()] = Concerned{order->court, order->order_id};
    }
    if (!alert.case_seq) return Concerned();
    EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Case> of, journal_.CaseRow(alert.case_seq));
    if (!of) return Fail(Reason::kTablesDiffer, "an entry names a case that isn't there");
    return Concerned{of->court, ""};
  }

  // Whether agencies are there concerns every court.
  bool IsSeen(const domain::Alert& alert, CourtOrdinal court) const {
    switch (caller_.role) {
      case Role::kAgency:
        return alert.agencies.Contains(caller_.agency);
      case Role::kCourt:
        return courts_.Has(court) || alert.kind == ALERT_KIND_ADAPTER_ABSENT ||
               alert.kind == ALERT_KIND_ADAPTER_PRESENT;
      default:
        return true;
    }
  }

  v1::Alert ViewOf(const domain::Alert& alert, const Concerned& concerned) const {
    v1::Alert view;
    view.set_journal_index(alert.index);
    *view.mutable_time() = domain::ToProto(alert.time);
    view.set_kind(alert.kind);
    view.set_mark_permille(alert.mark_permille);
    view.set_days_left(alert.days_left);
    const bool own = caller_.role == Role::kAgency;
    const domain::Agency* agency =
        own ? directory_.AgencyByOrdinal(caller_.agency) : directory_.OnlyAgencyOf(alert.agencies);
    if (agency != nullptr) view.set_agency(agency->row.code());
    const domain::Court* court = directory_.CourtByOrdinal(concerned.court);
    if (court != nullptr) view.set_court(court->row.code());
    view.set_order_id(concerned.order_id);
    if (alert.due != absl::InfiniteFuture()) *view.mutable_due() = domain::ToProto(alert.due);
    view.set_text(alert.text);
    if (alert.kind == ALERT_KIND_DEADLINE_MARKED && alert.order)
      view.set_agencies_open(static_cast<uint32_t>(alert.agencies.count()));
    return view;
  }

  const Caller& caller_;
  const CourtsSeen& courts_;
  const domain::Directory& directory_;
  JournalReader& journal_;
  absl::flat_hash_map<uint64_t, Concerned> orders_;
};

// The first entry before `end` that was recorded at `since` or later; `end`: none was.
absl::StatusOr<uint64_t> FirstSince(absl::Time since, uint64_t end, JournalReader& journal) {
  uint64_t first = 0;
  while (first < end) {
    const uint64_t middle = first + (end - first) / 2;
    EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, journal.LeafAt(middle));
    if (leaf.time >= since) {
      end = middle;
    } else {
      first = middle + 1;
    }
  }
  return first;
}

}  // namespace

absl::StatusOr<WatchAlertsResponse> Handlers::ReadAlerts(const Caller& caller, const WatchAlertsRequest& request,
                                                         size_t limit) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, kWatchAlerts));
  const auto published = impl_->published();
  const domain::Directory& directory = *published->directory;
  const uint64_t end = published->edge->size();
  const TokenScope scope{"WatchAlerts", caller, WatchFilter("", directory)};
  EAGLE_ASSIGN_OR_RETURN(uint64_t next,
                         OpenWatchToken(impl_->ports.key_ring, scope, "", request.resume_token(), end, directory));
  LazyJournal lazy(impl_->ports.store, impl_->ports.keys);
  if (request.resume_token().empty() && request.has_since()) {
    EAGLE_ASSIGN_OR_RETURN(JournalReader* const journal, lazy());
    EAGLE_ASSIGN_OR_RETURN(next, FirstSince(domain::FromProto(request.since()), end, *journal));
  }
  WatchAlertsResponse response;
  if (next < end) {
    EAGLE_ASSIGN_OR_RETURN(JournalReader* const journal, lazy());
    EAGLE_ASSIGN_OR_RETURN(const CourtsSeen courts, CourtsSeen::Of(caller, kWatchAlerts, "", directory));
    AlertPage page(caller, courts, directory, *journal);
    const uint64_t stop = std::min(end, next + kAlertEntriesLookedAt);
    while (next < stop && static_cast<size_t>(response.alerts_size()) < limit) {
      EAGLE_ASSIGN_OR_RETURN(std::optional<v1::Alert> alert, page.Look(next));
      ++next;
      if (!alert) continue;
      alert->set_resume_token(MakeNumberToken(impl_->ports.key_ring, scope, next));
      *response.add_alerts() = *std::move(alert);
    }
  }
  response.set_resume_token(MakeNumberToken(impl_->ports.key_ring, scope, next));
  response.set_caught_up(next >= end);
  return response;
}

}  // namespace eagle::api
