// eagle today: a judge's day at a glance, most urgent first; from lists that name nobody, and the reasons of what came
// back.
#include "client/lib/today.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/cli/batches.h"
#include "client/cli/commands.h"
#include "client/cli/pending.h"
#include "client/cli/reading.h"
#include "client/cli/statements.h"
#include "client/lib/errors.h"
#include "client/lib/last_look.h"
#include "client/lib/receipts.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

constexpr size_t kReasonsRead = 10;  // audited reads of one look at most
constexpr absl::Duration kFirstLookBack = absl::Hours(24 * 7);

struct TodayFlags {
  std::string since;
  std::vector<std::string> drafts;
  uint64_t rows = 5, ending_days = 60, undecided_days = 30;
  bool no_reads = false;
  ReadingFlags reading;
};

// Why an agency sent an order back: the receipt, verified with its own key. Absent: there is no such receipt.
absl::StatusOr<std::optional<v1::ReturnNote>> ReasonOfReturn(Session& session, const TodayFlags& flags,
                                                             const TodayItem& item) {
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk_with_book());
  EAGLE_ASSIGN_OR_RETURN(const auto order, desk->outbox().OrderBytes(item.order_id));
  if (!order)
    return Fail(Reason::kOrderUnknown, "this desk doesn't hold the order's signed bytes: ask where it was signed");
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  ReadingTicket ticket(session, flags.reading, {"", item.case_number});
  v1::ListFindingsRequest request;
  request.set_order_id(item.order_id);
  std::optional<v1::ReturnNote> note;
  do {
    EAGLE_RETURN_IF_ERROR(ticket.Put(*request.mutable_officer_ticket()));
    EAGLE_ASSIGN_OR_RETURN(const v1::ListFindingsResponse page, gateway->ListFindings(request));
    for (const v1::FindingsOfAgency& finding : page.findings()) {
      if (finding.agency() != item.agency || finding.superseded()) continue;
      EAGLE_ASSIGN_OR_RETURN(const VerifiedReceipt verified, VerifyReceipt(finding.receipt(), finding.agency(), *order,
                                                                           *desk->book(), desk->ports().checker));
      if (verified.receipt.has_returned()) note = verified.receipt.returned();
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return note;
}

// Puts reason and contact to what came back: from memory, or read now, a few at a time.
absl::Status AddReasons(Session& session, const TodayFlags& flags, std::vector<TodayItem>& items, LastLooks& looks) {
  size_t read = 0, left = 0;
  absl::Status why_not;
  for (TodayItem& item : items) {
    if (item.kind != TodayKind::kReturned) continue;
    ReturnKnown& known = looks.returned[{item.order_id, item.agency}];
    known.returned_at = item.since.value_or(session.process().clock.WallNow());
    if (known.reason.empty() && (flags.no_reads || read == kReasonsRead || !why_not.ok())) {
      ++left;
    } else if (known.reason.empty()) {
      ++read;
      const auto note = ReasonOfReturn(session, flags, item);
      if (!note.ok() && OriginOf(note.status()) == Origin::kVerification) return note.status();
      if (!note.ok() && ReasonOf(note.status()) != Reason::kOrderUnknown) why_not = note.status();
      if (!note.ok()) ++left;
      if (note.ok() && *note)
        known = {known.returned_at, (*note)->reason(), (*note)->contact_name(), (*note)->contact_phone()};
    }
    if (!known.reason.empty())
      absl::StrAppend(&item.detail, ": ", AgencyReasonText(known.reason), ", ", known.contact_name, " ",
                      known.contact_phone);
  }
  if (left > 0)
    session.Talk(absl::StrCat("the reasons of ", left, " returns weren't read",
                              why_not.ok() ? "" : " (" + FailureOf(why_not).message + ")",
                              ": eagle findings ORDER shows them"));
  return absl::OkStatus();
}

absl::Status AddWaitingDrafts(Session& session, const TodayFlags& flags, std::vector<TodayItem>& items) {
  EAGLE_ASSIGN_OR_RETURN(const std::vector<WaitingDraft> drafts, WaitingDrafts(session, flags.drafts, false));
  for (const WaitingDraft& draft : drafts) {
    std::string detail = absl::StrCat(draft.path, ": ", draft.state);
    if (!draft.missing.empty()) absl::StrAppend(&detail, ", ", draft.missing);
    items.push_back({.kind = TodayKind::kToSign, .due = draft.not_after, .detail = std::move(detail)});
  }
  return absl::OkStatus();
}

// "OBJECTION 1, ENDING 3"; as JSON an object with every kind.
Cell CountsCell(const std::map<TodayKind, size_t>& counts) {
  std::string text, json = "{";
  for (const TodayKind kind : kTodayKinds) {
    const auto at = counts.find(kind);
    const size_t count = at == counts.end() ? 0 : at->second;
    absl::StrAppend(&json, json.size() > 1 ? ", " : "", JsonString(NameOfKind(kind)), ": ", count);
    if (count > 0)
      absl::StrAppend(&text, text.empty() ? "" : ", ", NameOfKind(kind), " ", NameOfKindZh(kind), " ", count);
  }
  return {text.empty() ? "nothing 无待办" : text, json + "}"};
}

absl::Status PrintToday(Session& session, const TodayFlags& flags, absl::Time since, absl::Time now, size_t calls,
                        const std::vector<TodayItem>& items) {
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  Table table("items", {{"what"},
                        {"due"},
                        {"came", kLeft, true},
                        {"case_number"},
                        {"agency"},
                        {"agency_code", kLeft, true},
                        {"detail"},
                        {"order_id"},
                        {"objection_id", kLeft, true}});
  std::map<TodayKind, size_t> counts, shown;
  for (const TodayItem& item : items) {
    ++counts[item.kind];
    if (flags.rows > 0 && shown[item.kind] == flags.rows) continue;
    ++shown[item.kind];
    const std::string& id = item.objection_id.empty() ? item.order_id : item.objection_id;
    Cell order = IdCell(item.order_id);
    order.text = id.empty() ? "-" : IdCell(id).text;
    table.Add(
        {Cell{absl::StrCat(NameOfKind(item.kind), " ", NameOfKindZh(item.kind)), JsonString(NameOfKind(item.kind))},
         item.due ? Due(*item.due, zone) : Nothing(), item.since ? Instant(*item.since, zone) : Nothing(),
         TextOrNothing(item.case_number), item.agency.empty() ? Nothing() : Text(NameOr(session.names(), item.agency)),
         TextOrNothing(item.agency), Text(item.detail), item.order_id.empty() ? Cell{order.text, "null"} : order,
         item.objection_id.empty() ? Nothing() : IdCell(item.objection_id)});
  }
  for (const auto& [kind, count] : counts) {
    if (count > shown[kind])
      session.Talk(absl::StrCat(count - shown[kind], " more of ", NameOfKind(kind), ": eagle today --rows 0"));
  }
  Document document;
  document.Add(Record("today")
                   .Add("as_of", Instant(now, zone))
                   .Add("news_since", Instant(since, zone))
                   .Add("waiting", CountsCell(counts))
                   .Add("calls", Cell{"", std::to_string(calls)}));
  document.Add(std::move(table));
  return session.Print(document);
}

absl::Status ShowToday(Session& session, const TodayFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const Config* config, session.config());
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  const std::string path = config->state + "/today";
  EAGLE_ASSIGN_OR_RETURN(LastLooks looks, ReadLastLooks(path));
  const absl::Time now = session.process().clock.WallNow();
  const bool first = looks.looks.empty();
  absl::Time since = first ? now - kFirstLookBack : looks.looks.back().at;
  if (!flags.since.empty()) {
    EAGLE_ASSIGN_OR_RETURN(since, InstantOf("--since", flags.since));
  }
  EAGLE_ASSIGN_OR_RETURN(const std::vector<OutboxItem> sent, desk->outbox().Answered());
  TodayReader reader(*gateway,
                     {.now = now,
                      .court = config->organisation,
                      .ending = absl::Hours(24) * static_cast<int64_t>(flags.ending_days),
                      .undecided = absl::Hours(24) * static_cast<int64_t>(flags.undecided_days),
                      .decided = DecidedIn(sent)},
                     [&](const std::string& line) { session.Progress(line); });
  for (const auto& [task, known] : looks.returned) reader.KeepReturned(task.first, known.returned_at);
  EAGLE_RETURN_IF_ERROR(reader.ReadLists());
  const Look* from = looks.NewestUpTo(since);
  absl::Status news = from != nullptr ? reader.ReadNews(from->token, since) : reader.ReadNewsWithoutToken(since);
  if (ReasonOf(news) == Reason::kPageTokenInvalid) {
    session.Talk("where the last look ended isn't known to this gateway any more: all orders are listed");
    news = reader.ReadNewsWithoutToken(since);
  }
  EAGLE_RETURN_IF_ERROR(news);
  TodayFound found = reader.Take();
  EAGLE_RETURN_IF_ERROR(AddReasons(session, flags, found.items, looks));
  EAGLE_RETURN_IF_ERROR(AddWaitingDrafts(session, flags, found.items));
  for (const std::string& note : found.notes) session.Talk(note);
  if (first && flags.since.empty()) session.Talk("this is the first look: news of the last seven days are shown");
  EAGLE_RETURN_IF_ERROR(PrintToday(session, flags, since, now, found.calls, InOrder(std::move(found.items), now)));
  // A look back isn't a look: what it shows is shown again.
  if (flags.since.empty() && !found.resume_token.empty())
    looks.looks.push_back({std::max(now, since), found.resume_token});
  return WriteLastLooks(path, std::move(looks));
}

}  // namespace

void AddToday(Verb& root) {
  auto flags = std::make_shared<TodayFlags>();
  Verb verb = root.Add("today", "The day at a glance 今日待办: what waits for this court, most urgent first.",
                       "eagle today\neagle today --since 2026-09-28T00:00:00+08:00 --rows 0 --output json");
  verb.Text("--since", &flags->since,
            "news from then on, as 2026-09-28T00:00:00+08:00; since the last look without it");
  verb.Texts("--drafts", &flags->drafts, "folders of *.draft that wait for signatures; this folder without it");
  verb.Number("--rows", &flags->rows, "at most so many of each kind (5); 0: all");
  verb.Number("--ending", &flags->ending_days, "measures that end within so many days (60)");
  verb.Number("--undecided", &flags->undecided_days,
              "freezes in effect for so many days (30) without a later order of this desk");
  verb.Flag("--no-reads", &flags->no_reads,
            "don't read why orders came back; without it at most ten reasons are read a look, each recorded as read by "
            "the officer");
  AddReadingFlags(verb, flags->reading);
  verb.Do([flags](Session& session) { return ShowToday(session, *flags); });
}

}  // namespace eagle::client
