// eagle board: the command centre's board 指挥中心 live in the terminal: what is overdue, due within two hours, due
// today; which agencies are absent; incidents; the newest alerts. Each picture is made anew from the gateway's answers.
#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cli/commands.h"
#include "client/cli/supervise.h"
#include "client/lib/errors.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"

namespace eagle::client {
namespace {

constexpr size_t kCountedMost = 2000;  // of each list; beyond it people read "2000+"
constexpr size_t kAlertsKept = 100;
constexpr absl::Duration kSoonWithin = absl::Hours(2), kAlertsSince = absl::Hours(24);
// A terminal: to the top, and nothing is left of the picture before.
constexpr std::string_view kRedraw = "\033[H\033[2J";

struct BoardFlags {
  bool once = false;
  uint64_t every_seconds = 5, rows = 8, seconds = 0;
  std::string court;
};

// All that one picture shows.
struct Picture {
  absl::Time now;
  DueListed overdue;
  std::vector<v1::DueView> soon, today;  // within two hours; until 24:00
  bool more_today = false;
  std::vector<v1::AgencyCoverage> absent;
  std::vector<v1::IncidentView> incidents;
  bool more_incidents = false;
  std::vector<v1::Alert> alerts;  // newest first
};

class Board {
 public:
  Board(Session& session, Gateway& gateway, const BoardFlags& flags, absl::TimeZone zone)
      : session_(session), gateway_(gateway), flags_(flags), zone_(zone) {}

  absl::StatusOr<Picture> Look() {
    Picture picture{.now = session_.process().clock.WallNow()};
    EAGLE_RETURN_IF_ERROR(LookAtClocks(picture));
    EAGLE_RETURN_IF_ERROR(LookAtAgencies(picture));
    EAGLE_RETURN_IF_ERROR(LookAtIncidents(picture));
    EAGLE_RETURN_IF_ERROR(LookAtAlerts(picture));
    return picture;
  }

  void PrintText(const Picture& picture, std::ostream& out, bool bold) {
    out << Line(picture) << "\n";
    for (Part& part : PartsOf(picture, flags_.rows)) {
      out << "\n" << (bold ? "\033[1m" : "") << part.title << (bold ? "\033[0m" : "") << "\n";
      if (part.table.empty()) continue;
      part.table.PrintText(out, bold);
    }
  }

  Document DocumentOf(const Picture& picture) {
    Document document;
    document.Add(Record("board")
                     .Add("time", Instant(picture.now, zone_))
                     .Add("as_of_index", Count(picture.overdue.as_of_index))
                     .Add("overdue", Count(picture.overdue.due.size()))
                     .Add("due_in_2_hours", Count(picture.soon.size()))
                     .Add("due_today", Count(picture.today.size()))
                     .Add("absent", Count(picture.absent.size()))
                     .Add("incidents", Count(picture.incidents.size()))
                     .Add("more", YesNo(picture.overdue.more || picture.more_today || picture.more_incidents)));
    for (Part& part : PartsOf(picture, kCountedMost)) document.Add(std::move(part.table));
    return document;
  }

 private:
  struct Part {
    std::string title;
    Table table;
  };

  absl::Status LookAtClocks(Picture& picture) {
    v1::ListDueRequest request;
    request.set_court(flags_.court);
    request.add_states(v1::DUE_STATE_OVERDUE);
    EAGLE_ASSIGN_OR_RETURN(picture.overdue, ListDueUpTo(gateway_, request, kCountedMost));
    request.clear_states();
    request.add_states(v1::DUE_STATE_RUNNING);
    request.add_states(v1::DUE_STATE_SOON);
    const absl::Time soon = picture.now + kSoonWithin, tonight = EndOfToday(picture.now, zone_);
    // What is due at 24:00 is due today.
    *request.mutable_due_before() = trust::TimestampOf(std::max(soon, tonight) + absl::Microseconds(1));
    EAGLE_ASSIGN_OR_RETURN(DueListed listed, ListDueUpTo(gateway_, request, kCountedMost));
    picture.more_today = listed.more;
    for (v1::DueView& view : listed.due) {
      const absl::Time due = ToTime(view.deadline().due_at());
      if (due <= soon) {
        picture.soon.push_back(std::move(view));
      } else {
        picture.today.push_back(std::move(view));
      }
    }
    return absl::OkStatus();
  }

  absl::Status LookAtAgencies(Picture& picture) {
    EAGLE_ASSIGN_OR_RETURN(std::vector<v1::AgencyCoverage> agencies, ReadCoverage(gateway_, {}));
    for (v1::AgencyCoverage& agency : agencies) {
      if (agency.presence() == v1::PRESENCE_ABSENT) picture.absent.push_back(std::move(agency));
    }
    std::stable_sort(picture.absent.begin(), picture.absent.end(),
                     [](const auto& a, const auto& b) { return ToTime(a.absent_since()) < ToTime(b.absent_since()); });
    return absl::OkStatus();
  }

  absl::Status LookAtIncidents(Picture& picture) {
    v1::ListIncidentsRequest request;
    request.set_open_only(true);
    request.set_page_size(1000);
    do {
      EAGLE_ASSIGN_OR_RETURN(const v1::ListIncidentsResponse page, gateway_.ListIncidents(request));
      picture.incidents.insert(picture.incidents.end(), page.incidents().begin(), page.incidents().end());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty() && picture.incidents.size() < kCountedMost);
    picture.more_incidents = !request.page_token().empty();
    return absl::OkStatus();
  }

  // Those of the last day at first, then what has come since the last picture.
  absl::Status LookAtAlerts(Picture& picture) {
    v1::WatchAlertsRequest request;
    request.set_resume_token(resume_token_);
    if (resume_token_.empty()) *request.mutable_since() = trust::TimestampOf(picture.now - kAlertsSince);
    EAGLE_ASSIGN_OR_RETURN(AlertsRead read, ReadAlerts(gateway_, request, kAlertsKept));
    resume_token_ = std::move(read.resume_token);
    for (v1::Alert& alert : read.alerts) {
      // At least once: a repeat has the same index.
      if (!alerts_.empty() && alert.journal_index() <= alerts_.back().journal_index()) continue;
      alerts_.push_back(std::move(alert));
      if (alerts_.size() > kAlertsKept) alerts_.pop_front();
    }
    picture.alerts.assign(alerts_.rbegin(), alerts_.rend());
    return absl::OkStatus();
  }

  std::string Line(const Picture& picture) const {
    return absl::StrCat("Golden Eagle 金雕查控网 · ", TimeText(picture.now, zone_), " · journal 日志 ",
                        picture.overdue.as_of_index);
  }

  static std::string Title(const char* english, const char* chinese, size_t count, bool more, size_t shown) {
    return absl::StrCat(english, " ", chinese, ": ", count, more ? "+" : "",
                        shown < count ? absl::StrCat(" (the first ", shown, ")") : std::string());
  }

  Part ClocksOf(const char* english, const char* chinese, const std::string& name,
                const std::vector<v1::DueView>& clocks, bool more, size_t most) {
    const size_t shown = std::min(most, clocks.size());
    Part part{Title(english, chinese, clocks.size(), more, shown), DueTable(name)};
    for (size_t i = 0; i < shown; ++i) AddDue(session_, zone_, clocks[i], part.table);
    return part;
  }

  std::vector<Part> PartsOf(const Picture& picture, size_t most) {
    std::vector<Part> parts;
    parts.push_back(ClocksOf("OVERDUE", "超期", "overdue_clocks", picture.overdue.due, picture.overdue.more, most));
    parts.push_back(ClocksOf("DUE IN 2 H", "两小时内到期", "due_in_2_hours_clocks", picture.soon, false, most));
    parts.push_back(ClocksOf("DUE TODAY", "今日到期", "due_today_clocks", picture.today, picture.more_today, most));
    size_t shown = std::min(most, picture.absent.size());
    Part absent{Title("ABSENT AGENCIES", "离线单位", picture.absent.size(), false, shown),
                Table("absent_agencies", {{"agency"}, {"agency_code", kLeft, true}, {"kind"}, {"absent_since"}})};
    for (size_t i = 0; i < shown; ++i) {
      const v1::AgencyCoverage& agency = picture.absent[i];
      absent.table.Add({Text(NameOr(session_.names(), agency.agency())), Text(agency.agency()), Text(agency.kind()),
                        Instant(ToTime(agency.absent_since()), zone_)});
    }
    parts.push_back(std::move(absent));
    shown = std::min(most, picture.incidents.size());
    Part incidents{
        Title("INCIDENTS", "差异", picture.incidents.size(), picture.more_incidents, shown),
        Table("open_incidents", {{"incident"}, {"kind"}, {"agency"}, {"day"}, {"due"}, {"overdue"}, {"court"}})};
    for (size_t i = 0; i < shown; ++i) {
      const v1::IncidentView& view = picture.incidents[i];
      incidents.table.Add({Text(view.name()), Text(Word(view.kind())), Text(NameOr(session_.names(), view.agency())),
                           Text(view.day()), Due(ToTime(view.deadline().due_at()), zone_), YesNo(view.overdue()),
                           TextOrNothing(view.court())});
    }
    parts.push_back(std::move(incidents));
    shown = std::min(most, picture.alerts.size());
    Part alerts{
        Title("NEWEST ALERTS OF 24 H", "最新警报", picture.alerts.size(), picture.alerts.size() == kAlertsKept, shown),
        AlertTable("newest_alerts")};
    for (size_t i = 0; i < shown; ++i) AddAlert(session_, zone_, picture.alerts[i], alerts.table);
    parts.push_back(std::move(alerts));
    return parts;
  }

  Session& session_;
  Gateway& gateway_;
  const BoardFlags& flags_;
  const absl::TimeZone zone_;
  std::deque<v1::Alert> alerts_;  // oldest first
  std::string resume_token_;
};

absl::Status ShowBoard(Session& session, const BoardFlags& flags, bool json) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  Process& process = session.process();
  Board board(session, *gateway, flags, zone);
  if (flags.once || json) {
    EAGLE_ASSIGN_OR_RETURN(const Picture picture, board.Look());
    if (json) return session.Print(board.DocumentOf(picture));
    board.PrintText(picture, process.out, session.bold());
    return absl::OkStatus();
  }
  const bool terminal = process.out_is_terminal;
  const absl::Duration until =
      flags.seconds == 0 ? absl::InfiniteDuration()
                         : process.real_clock.MonotonicNow() + absl::Seconds(static_cast<int64_t>(flags.seconds));
  const absl::Duration every = absl::Seconds(static_cast<int64_t>(std::clamp<uint64_t>(flags.every_seconds, 1, 3600)));
  bool first = true;
  do {
    const absl::StatusOr<Picture> picture = board.Look();
    if (!picture.ok() && OriginOf(picture.status()) != Origin::kUnavailable) return picture.status();
    if (picture.ok()) {
      if (terminal) process.out << kRedraw;
      if (!terminal && !std::exchange(first, false)) process.out << "\n";
      board.PrintText(*picture, process.out, session.bold());
    } else {  // the picture before stays, and says that it is old
      process.out << "the gateway doesn't answer since 网关无应答 " << TimeText(process.clock.WallNow(), zone) << ": "
                  << FailureOf(picture.status()).message << "\n";
    }
    process.out.flush();
  } while (process.real_clock.MonotonicNow() + every <= until && process.waiter.Wait(every));
  return absl::OkStatus();
}

}  // namespace

void AddBoard(Verb& root) {
  auto flags = std::make_shared<BoardFlags>();
  Verb verb = root.Add("board",
                       "The command centre's board, live: overdue, due now and today, absent agencies, incidents, "
                       "alerts 指挥中心看板.",
                       "eagle board\neagle board --once --output json");
  verb.Flag("--once", &flags->once, "print it once and stop");
  verb.Number("--every", &flags->every_seconds, "draw it anew every so many seconds (5)");
  verb.Number("--seconds", &flags->seconds, "stop after so long; never without it");
  verb.Number("--rows", &flags->rows, "at most so many rows a part (8)");
  verb.Text("--court", &flags->court, "clocks of this court (code) and courts below it only");
  verb.Do([flags](Session& session) { return ShowBoard(session, *flags, session.json()); });
}

}  // namespace eagle::client
