#include "client/duty/lines.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "client/common/time_words.h"
#include "client/common/width.h"
#include "client/duty/decide.h"
#include "server/base/bytes.h"

namespace eagle::duty {
namespace {

constexpr Level kOverdue = 1000;

// Cut at a whole character.
std::string Bounded(std::string text) {
  text = client::ForTerminal(text);
  if (text.size() <= kLineBytesMax) return text;
  size_t end = kLineBytesMax - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

void AddPart(std::string& line, std::string_view name, std::string_view value) {
  if (!value.empty()) absl::StrAppend(&line, " | ", ToAbsl(name), name.empty() ? "" : " ", ToAbsl(value));
}

std::string SubjectOf(const OpenAlert& open, const absl::TimeZone& zone) {
  std::string out;
  AddPart(out, "order", open.alert.order_id);
  AddPart(out, "agency", open.alert.agency);
  AddPart(out, "court", open.alert.court);
  if (open.alert.due) AddPart(out, "due", client::DueText(*open.alert.due, zone));
  return out;
}

std::string NameOf(const OpenAlert& open) {
  const std::string level = LevelText(open.alert.kind, open.alert.level);
  return absl::StrCat(AlertName(open.number), " ", ToAbsl(KindWord(open.alert.kind)), level.empty() ? "" : " ", level);
}

std::string RaisedLine(const OpenAlert& open, const std::string& person, const absl::TimeZone& zone) {
  std::string line = open.perhaps.contains(person) ? "(perhaps for the second time) " : "";
  absl::StrAppend(&line, NameOf(open), SubjectOf(open, zone));
  AddPart(line, "rung", open.rung);
  AddPart(line, "", open.alert.text);
  AddPart(line, "", absl::StrCat("eagle duty ack ", AlertName(open.number), " --by ", person));
  return Bounded(line);
}

std::string EndedLine(const OpenAlert& open, const absl::TimeZone& zone) {
  return Bounded(absl::StrCat(NameOf(open), " has ended: ", open.ended_how, SubjectOf(open, zone)));
}

// One class of a digest: what is alike but for its order.
struct Class {
  size_t count = 0;
  const OpenAlert* oldest = nullptr;
};
using ClassKey = std::tuple<bool, std::string, std::string>;  // ended, kind and level, rung

void Add(const OpenAlert& open, bool ended, std::map<ClassKey, Class>& classes) {
  const std::string level = LevelText(open.alert.kind, open.alert.level);
  const std::string name = absl::StrCat(ToAbsl(KindWord(open.alert.kind)), level.empty() ? "" : " ", level);
  Class& one = classes[{ended, name, ended ? "" : open.rung}];
  ++one.count;
  if (one.oldest == nullptr || open.raised_at < one.oldest->raised_at) one.oldest = &open;
}

std::vector<std::string> DigestOf(const std::map<ClassKey, Class>& classes, const Calling& calling, size_t alerts,
                                  const absl::TimeZone& zone) {
  std::vector<std::string> out;
  std::string head = absl::StrCat(alerts, " alerts together, ", CallName(calling.number));
  if (!calling.lines.empty())
    absl::StrAppend(&head, " | eagle duty ack ", CallName(calling.number), " --by ", calling.person);
  out.push_back(Bounded(head));
  for (const auto& [key, one] : classes) {
    if (out.size() > kDigestClassesMax) {
      out.push_back(absl::StrCat("and ", classes.size() - kDigestClassesMax, " classes more: eagle duty list"));
      break;
    }
    const auto& [ended, name, rung] = key;
    std::string line = absl::StrCat(one.count, " x ", name, ended ? " has ended" : "");
    AddPart(line, "rung", rung);
    AddPart(line, "oldest",
            absl::StrCat(AlertName(one.oldest->number), " of ", client::TimeText(one.oldest->raised_at, zone)));
    absl::StrAppend(&line, SubjectOf(*one.oldest, zone));
    out.push_back(Bounded(line));
  }
  return out;
}

}  // namespace

std::string LevelText(Kind kind, Level level) {
  if (level == 0) return "";
  if (kind == Kind::kMeasureEnd) {
    if (level >= kOverdue) return "over";
    const Level days = kOverdue - level;
    return absl::StrCat(days, days == 1 ? " day left" : " days left");
  }
  if (level == kOverdue) return "overdue";
  return absl::StrCat(level, " permille");
}

Message MessageOf(const Calling& calling, const State& state, const Roster& roster) {
  const Person& person = *roster.PersonOf(calling.person);
  Message message{.number = calling.number, .person = person.id, .name = person.name, .channel = calling.channel};
  for (const Way& way : person.ways) {
    if (way.channel == calling.channel) message.address = way.address;
  }
  if (const Way& next = NextWay(person, state); next.channel == calling.channel) message.address = next.address;

  std::map<AlertNo, bool> alerts;  // whether it ended
  for (const auto& [call, numbers] : calling.lines) {
    for (const AlertNo number : numbers) alerts[number] = false;
  }
  for (const AlertNo number : calling.ended) alerts[number] = true;
  std::map<ClassKey, Class> classes;
  for (const auto& [number, ended] : alerts) {
    const auto found = state.alerts.find(number);
    if (found == state.alerts.end()) continue;
    const OpenAlert& open = found->second;
    ++message.alerts;
    Add(open, ended, classes);
    if (message.alerts == 1)
      message.lines = {ended ? EndedLine(open, roster.zone) : RaisedLine(open, person.id, roster.zone)};
    if (message.facts.size() < kFactsMax)
      message.facts.push_back({AlertName(number), std::string(KindWord(open.alert.kind)), open.rung,
                               open.alert.order_id, open.alert.agency, open.alert.court, open.alert.text,
                               open.alert.level, open.alert.due, ended});
  }
  if (message.alerts > 1) message.lines = DigestOf(classes, calling, message.alerts, roster.zone);
  return message;
}

}  // namespace eagle::duty
