#include "client/duty/roster_file.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/common/files.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/toml/section.h"

namespace eagle::duty {
namespace {

constexpr size_t kNameBytesMax = 64, kTextBytesMax = 256;
constexpr int64_t kWaitMinutesMax = 7 * 24 * 60;
constexpr int64_t kTimeLimitSecondsMax = 60;
constexpr std::pair<std::string_view, absl::Weekday> kWeekdays[] = {
    {"mon", absl::Weekday::monday},   {"tue", absl::Weekday::tuesday}, {"wed", absl::Weekday::wednesday},
    {"thu", absl::Weekday::thursday}, {"fri", absl::Weekday::friday},  {"sat", absl::Weekday::saturday},
    {"sun", absl::Weekday::sunday}};

// What goes into the state's file and onto command lines: no white space, no control characters, no commas.
bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= kNameBytesMax && text != "-" &&
         std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) <= ' ' || c == ',' || c == ':' || c == '"' || c == '\x7f';
         });
}

bool IsLine(std::string_view text) {
  return !text.empty() && text.size() <= kTextBytesMax && std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
  });
}

// "08:30" -> 510; "24:00" -> 1440.
std::optional<int> MinuteOf(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (size_t i : {0, 1, 3, 4}) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
  }
  const int hour = (text[0] - '0') * 10 + text[1] - '0', minute = (text[3] - '0') * 10 + text[4] - '0';
  if (minute > 59 || hour > 24 || (hour == 24 && minute > 0)) return std::nullopt;
  return hour * 60 + minute;
}

bool IsMailAddress(std::string_view text) {
  const size_t at = text.find('@');
  return IsLine(text) && at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos && text.find_first_of(" <>,;\"()") == std::string_view::npos;
}

class Parser {
 public:
  Parser(const toml::table& root, const std::string& path)
      : path_(path), problems_(path), root_(problems_, &root, "") {}

  Roster Parse() {
    ReadZone();
    ReadBounds(root_.Section("bounds"));
    for (const absl::CivilDay day : root_.Dates("holidays")) out_.holidays.insert(day);
    for (const absl::CivilDay day : root_.Dates("working_days")) out_.working_days.insert(day);
    for (TomlSection& section : root_.Sections("channels")) ReadChannel(section);
    for (TomlSection& section : root_.Sections("persons")) ReadPerson(section);
    for (TomlSection& section : root_.Sections("duties")) ReadDuty(section);
    for (TomlSection& section : root_.Sections("absences")) ReadAbsence(section);
    std::vector<TomlSection> rungs = root_.Sections("rungs");
    for (TomlSection& section : rungs) ReadRung(section, &section == &rungs.back());
    if (out_.rungs.empty()) root_.Wrong("rungs", "there must be one rung at least, as [[rungs]]");
    for (TomlSection& section : root_.Sections("begins")) ReadBeginning(section);
    out_.otherwise = root_.Text("otherwise");
    if (!out_.otherwise.empty() && out_.RungOf(out_.otherwise) == nullptr)
      root_.Wrong("otherwise", absl::StrCat("no rung is called ", out_.otherwise));
    root_.CheckUnknown();
    return std::move(out_);
  }
  const Problems& problems() const { return problems_; }

 private:
  std::string Path(TomlSection& section, std::string_view key) {
    std::string path = section.Text(key, "");
    const std::string folder = client::FolderOf(path_);
    return path.empty() || path[0] == '/' || folder == "." ? path : folder + "/" + path;
  }
  std::string Name(TomlSection& section, std::string_view key) {
    std::string name = section.Text(key);
    if (!name.empty() && !IsName(name))
      section.Wrong(key, "is a name of at most 64 bytes without spaces, commas, colons or quotes");
    return name;
  }

  void ReadZone() {
    const std::string zone = root_.Text("time_zone", "Asia/Shanghai");
    if (!absl::LoadTimeZone(zone, &out_.zone)) root_.Wrong("time_zone", "no such time zone");
  }

  void ReadBounds(TomlSection section) {
    Bounds& bounds = out_.bounds;
    bounds.calls_per_minute = static_cast<int>(section.Number("calls_per_minute", bounds.calls_per_minute, 1, 600));
    bounds.calls_per_person = static_cast<int>(section.Number("calls_per_person", bounds.calls_per_person, 1, 60));
    bounds.alone = static_cast<int>(section.Number("alone", bounds.alone, 1, 50));
    bounds.rounds = static_cast<int>(section.Number("rounds", bounds.rounds, 1, 10));
    bounds.first_pause = absl::Seconds(section.Number("pause_seconds", 30, 1, 600));
    bounds.again = absl::Minutes(section.Number("again_minutes", 10, 1, 24 * 60));
    bounds.silent = absl::Minutes(section.Number("silent_minutes", 10, 1, 24 * 60));
    section.CheckUnknown();
  }

  void ReadChannel(TomlSection& section) {
    Channel channel;
    channel.name = Name(section, "name");
    if (out_.ChannelOf(channel.name) != nullptr) section.Wrong("name", "another channel has this name");
    channel.command = section.Texts("command");
    channel.url = section.Text("url", "");
    channel.maildir = Path(section, "maildir");
    const int kinds = section.Has("command") + section.Has("url") + section.Has("maildir");
    if (kinds != 1) section.Wrong("", "a channel has exactly one of command, url and maildir");
    if (section.Has("command") && (channel.command.empty() || channel.command[0].substr(0, 1) != "/"))
      section.Wrong("command", "is a list: the program with its whole path, then its arguments");
    ReadWebhook(section, channel);
    channel.from = section.Text("from", "");
    if (section.Has("maildir") && !IsMailAddress(channel.from))
      section.Wrong("from", "must be there with maildir: the sender, as duty@court.example");
    if (!section.Has("maildir") && section.Has("from")) section.Wrong("from", "belongs to a maildir");
    channel.time_limit = absl::Seconds(section.Number("time_limit_seconds", 20, 1, kTimeLimitSecondsMax));
    section.CheckUnknown();
    out_.channels.push_back(std::move(channel));
  }

  void ReadWebhook(TomlSection& section, Channel& channel) {
    channel.authority = Path(section, "authority");
    channel.certificate = Path(section, "certificate");
    channel.key = Path(section, "key");
    if (!section.Has("url")) {
      for (const char* key : {"authority", "certificate", "key"}) {
        if (section.Has(key)) section.Wrong(key, "belongs to a url");
      }
      return;
    }
    if (channel.url.rfind("https://", 0) != 0 || !IsLine(channel.url)) section.Wrong("url", "must begin with https://");
    if (channel.authority.empty())
      section.Wrong("authority", "must be there with url: the authority of the server's certificate, PEM");
    if (channel.certificate.empty() != channel.key.empty())
      section.Wrong("certificate", "certificate and key come together");
  }

  void ReadPerson(TomlSection& section) {
    Person person;
    person.id = Name(section, "id");
    if (out_.PersonOf(person.id) != nullptr) section.Wrong("id", "another person has this id");
    person.name = section.Text("name");
    if (!person.name.empty() && !IsLine(person.name)) section.Wrong("name", "is one line of at most 256 bytes");
    for (TomlSection& way : section.Sections("ways")) {
      Way one{way.Text("channel"), way.Text("address")};
      const Channel* channel = out_.ChannelOf(one.channel);
      if (!one.channel.empty() && channel == nullptr)
        way.Wrong("channel", absl::StrCat("no channel is called ", one.channel));
      if (!one.address.empty() && !IsLine(one.address)) way.Wrong("address", "is one line of at most 256 bytes");
      if (channel != nullptr && !channel->maildir.empty() && !IsMailAddress(one.address))
        way.Wrong("address", "must be a mail address, as name@court.example");
      way.CheckUnknown();
      person.ways.push_back(std::move(one));
    }
    if (person.ways.empty()) section.Wrong("ways", "there must be one way to a person at least, as [[persons.ways]]");
    section.CheckUnknown();
    out_.persons.push_back(std::move(person));
  }

  void CheckPerson(TomlSection& section, std::string_view key, const std::string& id) {
    if (!id.empty() && out_.PersonOf(id) == nullptr) section.Wrong(key, absl::StrCat("no person has the id ", id));
  }

  void ReadDuty(TomlSection& section) {
    Duty duty;
    duty.name = Name(section, "name");
    duty.agency = section.Text("agency", "");
    duty.court = section.Text("court", "");
    if (out_.PersonOf(duty.name) != nullptr) section.Wrong("name", "a person has this id: a rung couldn't tell which");
    for (const Duty& other : out_.duties) {
      if (other.name == duty.name && other.agency == duty.agency && other.court == duty.court)
        section.Wrong("name", "this duty is there already, for the same agency and court");
    }
    for (TomlSection& shift : section.Sections("shifts")) ReadShift(shift, duty);
    if (duty.shifts.empty()) section.Wrong("shifts", "there must be one shift at least, as [[duties.shifts]]");
    section.CheckUnknown();
    out_.duties.push_back(std::move(duty));
  }

  int Minute(TomlSection& section, std::string_view key, int otherwise) {
    if (!section.Has(key)) return otherwise;
    const std::optional<int> minute = MinuteOf(section.Text(key));
    if (!minute) section.Wrong(key, "is a time of the day, from \"00:00\" to \"24:00\"");
    return minute.value_or(otherwise);
  }

  void ReadShift(TomlSection& section, Duty& duty) {
    Shift shift;
    shift.line = section.line();
    shift.persons = section.Texts("persons");
    if (shift.persons.empty()) section.Wrong("persons", "must name one person at least");
    for (const std::string& id : shift.persons) CheckPerson(section, "persons", id);
    for (const std::string& word : section.Texts("weekdays")) {
      const auto* found =
          std::find_if(std::begin(kWeekdays), std::end(kWeekdays), [&](const auto& one) { return one.first == word; });
      if (found == std::end(kWeekdays))
        section.Wrong("weekdays", "are mon, tue, wed, thu, fri, sat, sun");
      else
        shift.weekdays.insert(found->second);
    }
    const std::string days = section.Text("days", "all");
    if (days != "all" && days != "working" && days != "free") section.Wrong("days", "is all, working or free");
    shift.days = days == "working" ? Days::kWorking : days == "free" ? Days::kFree : Days::kAll;
    shift.first = section.Date("first"), shift.last = section.Date("last");
    if (shift.first && shift.last && *shift.last < *shift.first) section.Wrong("last", "comes before first");
    shift.from_minute = Minute(section, "from", 0), shift.to_minute = Minute(section, "to", 24 * 60);
    if (shift.from_minute == 24 * 60) section.Wrong("from", "is before 24:00");
    section.CheckUnknown();
    duty.shifts.push_back(std::move(shift));
  }

  void ReadAbsence(TomlSection& section) {
    Absence absence;
    absence.person = section.Text("person");
    CheckPerson(section, "person", absence.person);
    absence.substitute = section.Text("substitute", "");
    CheckPerson(section, "substitute", absence.substitute);
    if (!absence.substitute.empty() && absence.substitute == absence.person)
      section.Wrong("substitute", "is another person");
    const auto first = section.Date("first"), last = section.Date("last");
    for (const char* key : {"first", "last"}) {
      if (!section.Has(key)) section.Wrong(key, "is required: a date without quotes, as 2026-10-01");
    }
    if (first && last && *last < *first) section.Wrong("last", "comes before first");
    absence.first = first.value_or(absl::CivilDay()), absence.last = last.value_or(absl::CivilDay());
    section.CheckUnknown();
    if (first && last) out_.absences.push_back(std::move(absence));
  }

  void ReadRung(TomlSection& section, bool last) {
    Rung rung;
    rung.name = Name(section, "name");
    if (out_.RungOf(rung.name) != nullptr) section.Wrong("name", "another rung has this name");
    rung.calls = section.Texts("calls");
    if (rung.calls.empty()) section.Wrong("calls", "must name one duty or person at least");
    for (const std::string& call : rung.calls) {
      const bool duty =
          std::any_of(out_.duties.begin(), out_.duties.end(), [&](const Duty& d) { return d.name == call; });
      if (!duty && out_.PersonOf(call) == nullptr)
        section.Wrong("calls", absl::StrCat("no duty is called ", call, ", and no person has that id"));
      if (std::count(rung.calls.begin(), rung.calls.end(), call) > 1)
        section.Wrong("calls", absl::StrCat(call, " is there twice"));
    }
    if (last && section.Has("wait_minutes")) section.Wrong("wait_minutes", "the last rung has nobody after it");
    if (!last && !section.Has("wait_minutes"))
      section.Wrong("wait_minutes", "is required: how long nobody acknowledges until the next rung is called");
    rung.wait = absl::Minutes(section.Number("wait_minutes", 30, 1, kWaitMinutesMax));
    section.CheckUnknown();
    out_.rungs.push_back(std::move(rung));
  }

  void ReadBeginning(TomlSection& section) {
    Beginning one;
    const std::string word = section.Text("kind");
    const std::optional<Kind> kind = KindOfWord(word);
    if (!word.empty() && !kind) {
      std::string words;
      for (Kind known : kKinds) absl::StrAppend(&words, words.empty() ? "" : ", ", ToAbsl(KindWord(known)));
      section.Wrong("kind", absl::StrCat("is one of ", words));
    }
    one.kind = kind.value_or(Kind::kOther);
    one.level = static_cast<Level>(section.Number("mark", 0, 0, kLevelMax));
    if (section.Has("days_left")) {
      if (one.kind != Kind::kMeasureEnd || section.Has("mark"))
        section.Wrong("days_left", "belongs to MEASURE_END, in place of a mark");
      one.level = static_cast<Level>(1000 - section.Number("days_left", 0, 0, 999));
    }
    const bool nobody = section.Flag("nobody", false);
    one.rung = section.Text("rung", "");
    if (nobody == !one.rung.empty()) section.Wrong("rung", "name a rung, or say nobody = true");
    if (!one.rung.empty() && out_.RungOf(one.rung) == nullptr)
      section.Wrong("rung", absl::StrCat("no rung is called ", one.rung));
    for (const Beginning& other : out_.begins) {
      if (kind && other.kind == one.kind && other.level == one.level)
        section.Wrong("kind", "this kind is there already, from the same mark on");
    }
    section.CheckUnknown();
    out_.begins.push_back(std::move(one));
  }

  const std::string path_;
  Problems problems_;
  TomlSection root_;
  Roster out_;
};

}  // namespace

absl::StatusOr<Roster> ParseRoster(std::string_view text, const std::string& path) {
  EAGLE_ASSIGN_OR_RETURN(const toml::table root, ParseToml(text, path));
  Parser parser(root, path);
  Roster roster = parser.Parse();
  EAGLE_RETURN_IF_ERROR(parser.problems().ToStatus("the roster"));
  return roster;
}

absl::StatusOr<std::optional<Roster>> RosterFile::ReadIfChanged() {
  EAGLE_ASSIGN_OR_RETURN(std::string text, client::ReadFile(path_));
  if (text == text_) return std::optional<Roster>();
  text_ = std::move(text);
  EAGLE_ASSIGN_OR_RETURN(Roster roster, ParseRoster(text_, path_));
  return std::optional<Roster>(std::move(roster));
}

}  // namespace eagle::duty
