// eagle order check: what the gateway accepted of ours and doesn't go on.
#include "client/cli/batches.h"
#include "client/cli/commands.h"
#include "client/cli/session.h"
#include "client/lib/errors.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

struct CheckFlags {
  uint64_t minutes = 0, days = 0;
};

absl::StatusOr<absl::Duration> BoundOf(Session& session, const CheckFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const Config* config, session.config());
  const int64_t minutes = flags.minutes > 0 ? static_cast<int64_t>(flags.minutes) : config->handout_minutes;
  if (minutes <= 0)
    return Fail(Reason::kFieldMissing,
                "how soon must an agency that is there have it? [defaults] handout_minutes, or --minutes");
  return absl::Minutes(minutes);
}

absl::StatusOr<AgencyViews> AgenciesOf(Gateway& gateway) {
  AgencyViews views;
  v1::ListAgenciesRequest request;
  request.set_page_size(1000);
  for (;;) {
    EAGLE_ASSIGN_OR_RETURN(const v1::ListAgenciesResponse page, gateway.ListAgencies(request));
    for (const v1::AgencyView& agency : page.agencies()) views[agency.code()] = agency;
    if (page.next_page_token().empty()) return views;
    request.set_page_token(page.next_page_token());
  }
}

// Absent: the gateway says that there is no such order.
absl::StatusOr<std::optional<v1::OrderView>> ViewOf(Gateway& gateway, const std::string& order_id) {
  v1::GetOrderRequest request;
  request.set_order_id(order_id);
  auto answer = gateway.GetOrder(request);
  if (answer.ok()) return std::move(*answer->mutable_order());
  if (ReasonOf(answer.status()) == Reason::kNotFound) return std::nullopt;
  return answer.status();
}

absl::Status Check(Session& session, const CheckFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const absl::Duration bound, BoundOf(session, flags));
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const AgencyViews agencies, AgenciesOf(*gateway));
  const absl::Time now = session.process().clock.WallNow();
  EAGLE_ASSIGN_OR_RETURN(const std::vector<PromisedOrder> promised,
                         desk->Promised(flags.days > 0 ? now - absl::Hours(24) * flags.days : absl::InfinitePast()));
  Table table("orders", {{"verdict"},
                         {"order_id"},
                         {"action"},
                         {"agency"},
                         {"agency_code", kLeft, true},
                         {"state"},
                         {"waits_since"},
                         {"why"}});
  uint64_t wrong = 0, at = 0;
  for (const PromisedOrder& one : promised) {
    session.Counted(++at, promised.size(), "orders looked at");
    EAGLE_ASSIGN_OR_RETURN(const auto view, ViewOf(*gateway, one.order.order_id()));
    for (const HandoutRow& row : CheckHandout(one, view ? &*view : nullptr, agencies, now, bound)) {
      wrong += row.verdict != HandoutRow::Verdict::kWaits;
      table.Add({Text(VerdictText(row.verdict)), IdCell(one.order.order_id()), Text(Word(one.order.action())),
                 TextOrNothing(row.agency.empty() ? "" : NameOr(session.names(), row.agency)),
                 TextOrNothing(row.agency), row.state == v1::TASK_STATE_UNSPECIFIED ? Nothing() : Text(Word(row.state)),
                 Instant(row.since, zone), Text(row.why)});
    }
  }
  Document document;
  document.Add(Record("check")
                   .Add("orders", Count(promised.size()))
                   .Add("not_in_order", Count(wrong))
                   .Add("minutes", Count(static_cast<uint64_t>(absl::ToInt64Minutes(bound)))));
  document.Add(std::move(table));
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  if (wrong == 0) return absl::OkStatus();
  return AsVerification(
      Fail(Reason::kNotInOrder, "what the gateway accepted doesn't go on: ask its operator, and an auditor"));
}

}  // namespace

void AddOrderCheck(Verb& order) {
  auto flags = std::make_shared<CheckFlags>();
  Verb check = order.Add("check",
                         "Check that each order that was accepted goes on: known, at every agency, handed out in time "
                         "核对.",
                         "eagle order check --minutes 10\neagle order check --minutes 10 --days 30");
  check.Number("--minutes", &flags->minutes,
               "how soon an agency that is there must have it; else [defaults] handout_minutes");
  check.Number("--days", &flags->days, "only what was answered in so many days; all without it");
  check.Do([flags](Session& session) { return Check(session, *flags); });
}

}  // namespace eagle::client
