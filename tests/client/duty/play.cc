#include "tests/client/duty/play.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/duty/record_text.h"
#include "gtest/gtest.h"

namespace eagle::duty {

Play::Play(const std::string& text) : now(Monday()) { Use(text); }

void Play::Use(const std::string& text) {
  auto parsed = ParseRoster(text, "duty.toml");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  roster = *std::move(parsed);
}

Alert Play::AlertOf(const std::string& matter, Kind kind, Level level) {
  return {.matter = matter, .kind = kind, .level = level, .journal_index = ++index_, .time = now, .text = "text"};
}

bool Play::Dies() {
  ++things;
  return dies_in && --*dies_in < 0;
}

bool Play::Keep(const Pen& pen) {
  for (const Record& record : pen.records()) {
    if (Dies()) return false;
    file.push_back(RecordLine(record));
  }
  return true;
}

void Play::Restart() {
  dies_in.reset();
  state = State();
  const auto records = ReadRecords(absl::StrJoin(file, ""));
  ASSERT_TRUE(records.ok()) << records.status();
  for (const Record& record : *records) Apply(record, state);
  Pen pen(state, std::max(now, state.now));
  CutCalls(pen);
  Keep(pen);
}

// At least once: until the token is kept.
void Play::Take(const Piece& piece) {
  const News news{{piece}, absl::StrCat("token ", index_)};
  for (;;) {
    Pen pen(state, std::max(now, state.now));
    TakeNews(news, roster, pen);
    if (Keep(pen)) return;
    Restart();
  }
}

void Play::Raise(const Alert& alert) { Take({false, alert}); }

void Play::Raise(const std::string& matter, Kind kind, Level level, const std::string& agency) {
  Alert alert = AlertOf(matter, kind, level);
  alert.agency = agency;
  Raise(alert);
}

void Play::End(const std::string& matter) { Take({true, AlertOf(matter, Kind::kOrder, 0)}); }

void Play::Acknowledge(AlertNo number, const std::string& by, bool done) {
  Pen pen(state, now);
  pen.Write(Acked{{number}, by, "seen", done});
  for (const Record& record : pen.records()) file.push_back(RecordLine(record));
}

bool Play::Round(bool& more) {
  Pen pen(state, std::max(now, state.now));
  Climb(roster, pen);
  const std::vector<Calling> calls = MakeCalls(roster, pen);
  more = !calls.empty();
  if (!Keep(pen)) return false;
  std::vector<absl::Status> told;
  for (const Calling& calling : calls) {
    if (Dies()) return false;
    ++calls_;
    const bool ok = !down.contains(calling.channel);
    told.push_back(ok ? absl::OkStatus() : absl::UnavailableError("down"));
    if (!ok) continue;
    std::set<AlertNo> once;
    for (const auto& [call, numbers] : calling.lines) {
      for (const AlertNo number : numbers) {
        const OpenAlert& open = state.alerts.at(number);
        if (once.insert(number).second)
          said.push_back({pen.now(), number, calling.person, open.rung, false, open.perhaps.contains(calling.person),
                          calling.number});
      }
    }
    for (const AlertNo number : calling.ended)
      said.push_back({pen.now(), number, calling.person, "", true, false, calling.number});
  }
  Pen after(state, std::max(now, state.now));
  for (size_t i = 0; i < calls.size(); ++i) JudgeCall(calls[i].number, told[i], roster, after);
  return Keep(after);
}

void Play::Tick() {
  bool more = true;
  while (more) {
    if (Round(more)) continue;
    Restart();
    more = true;
  }
}

void Play::Pass(absl::Duration duration) {
  const absl::Time until = now + duration;
  Tick();
  while (now < until) {
    now += absl::Minutes(1);
    Tick();
  }
}

std::vector<std::string> Play::Heard(AlertNo alert) const {
  std::vector<std::string> out;
  for (const Said& one : said) {
    if (one.alert == alert)
      out.push_back(absl::StrCat(one.perhaps ? "(perhaps) " : "", one.person, " ", one.ended ? "ended" : one.rung));
  }
  return out;
}

}  // namespace eagle::duty
