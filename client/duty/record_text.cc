#include "client/duty/record_text.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::duty {
namespace {

constexpr char kTimeFormat[] = "%Y-%m-%dT%H:%M:%E6SZ";
constexpr uint64_t kNumbersMax = 10'000'000;  // in one record; more is no record of ours

// FNV-1a, 64 bits.
std::string SumText(std::string_view text) {
  uint64_t sum = 14695981039346656037u;
  for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return absl::StrCat(absl::Hex(sum, absl::kZeroPad16));
}

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\t')
      out += "\\t";
    else if (c == '\n')
      out += "\\n";
    else if (c == '\\')
      out += "\\\\";
    else
      out += c;
  }
  return out;
}

std::string Unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char next = text[++i];
    out += next == 't' ? '\t' : next == 'n' ? '\n' : next;
  }
  return out;
}

std::string TimeText(absl::Time time) { return absl::FormatTime(kTimeFormat, time, absl::UTCTimeZone()); }

std::string DueText(const std::optional<absl::Time>& due) { return due ? TimeText(*due) : "-"; }

using Fields = std::vector<std::string>;

void AddAlert(const Alert& alert, Fields& to) {
  for (std::string field :
       {alert.matter, std::string(KindWord(alert.kind)), absl::StrCat(alert.level), absl::StrCat(alert.journal_index),
        alert.order_id, alert.agency, alert.court, TimeText(alert.time), DueText(alert.due), alert.text})
    to.push_back(std::move(field));
}

struct Writer {
  Fields operator()(const RosterSeen& seen) const {
    Fields out = {"ROSTER"};
    out.insert(out.end(), seen.persons.begin(), seen.persons.end());
    return out;
  }
  Fields operator()(const Raised& raised) const {
    Fields out = {"RAISED", absl::StrCat(raised.number)};
    AddAlert(raised.alert, out);
    return out;
  }
  Fields operator()(const Noted& noted) const {
    Fields out = {"NOTED"};
    AddAlert(noted.alert, out);
    return out;
  }
  Fields operator()(const Ended& ended) const { return {"ENDED", absl::StrCat(ended.number), ended.how}; }
  Fields operator()(const Token& token) const { return {"TOKEN", Base64Encode(token.token)}; }
  Fields operator()(const Reached& reached) const {
    Fields out = {"REACHED", reached.rung, std::string(WhyWord(reached.why)), NumbersText(reached.numbers)};
    out.insert(out.end(), reached.calls.begin(), reached.calls.end());
    return out;
  }
  Fields operator()(const Unreached& unreached) const {
    return {"UNREACHED", unreached.call, NumbersText(unreached.numbers)};
  }
  Fields operator()(const Calling& calling) const {
    Fields out = {"CALLING", absl::StrCat(calling.number), calling.person, calling.channel, NumbersText(calling.ended)};
    for (const auto& [call, numbers] : calling.lines) out.push_back(call), out.push_back(NumbersText(numbers));
    return out;
  }
  Fields operator()(const Called& called) const {
    return {"CALLED",
            absl::StrCat(called.number),
            std::string(ResultWord(called.result)),
            called.given_up ? "GIVEN_UP" : "-",
            called.result == Result::kFailed ? TimeText(called.retry_at) : "-",
            called.detail};
  }
  Fields operator()(const Acked& acked) const {
    return {"ACKED", NumbersText(acked.numbers), acked.by, acked.done ? "DONE" : "-", acked.note};
  }
  Fields operator()(const Continued& from) const {
    return {"CONTINUED", absl::StrCat(from.next_alert), absl::StrCat(from.next_call)};
  }
};

// The fields of one line; a field that isn't there or isn't what it should be makes ok() false.
class Reader {
 public:
  explicit Reader(Fields fields) : fields_(std::move(fields)) {}
  bool ok() const { return ok_; }
  bool done() const { return next_ >= fields_.size(); }
  std::string Text() {
    if (done()) ok_ = false;
    return done() ? "" : fields_[next_++];
  }
  uint64_t Number() {
    uint64_t number = 0;
    if (!absl::SimpleAtoi(Text(), &number)) ok_ = false;
    return number;
  }
  std::vector<uint64_t> Numbers() {
    std::vector<uint64_t> out;
    const std::string text = Text();
    if (text == "-") return out;
    for (const absl::string_view part : absl::StrSplit(text, ',')) {
      const std::pair<absl::string_view, absl::string_view> ends = absl::StrSplit(part, absl::MaxSplits('-', 1));
      uint64_t from = 0, to = 0;
      if (!absl::SimpleAtoi(ends.first, &from) ||
          !absl::SimpleAtoi(ends.second.empty() ? ends.first : ends.second, &to) || to < from ||
          to - from + out.size() > kNumbersMax) {
        ok_ = false;
        return out;
      }
      for (uint64_t number = from; number <= to; ++number) out.push_back(number);
    }
    return out;
  }
  absl::Time Time() {
    absl::Time time;
    std::string error;
    if (!absl::ParseTime(kTimeFormat, Text(), &time, &error)) ok_ = false;
    return time;
  }
  std::optional<absl::Time> Due() {
    if (!done() && fields_[next_] == "-") return ++next_, std::nullopt;
    return Time();
  }
  template <class E>
  E OneOf(std::initializer_list<E> all, std::string_view (*word)(E)) {
    const std::string text = Text();
    for (const E one : all) {
      if (word(one) == text) return one;
    }
    ok_ = false;
    return *all.begin();
  }
  bool Flag(std::string_view word) { return Text() == word; }
  Alert OneAlert() {
    Alert alert;
    alert.matter = Text();
    const std::optional<Kind> kind = KindOfWord(Text());
    ok_ = ok_ && kind.has_value();
    alert.kind = kind.value_or(Kind::kOther);
    alert.level = static_cast<Level>(Number()), alert.journal_index = Number();
    alert.order_id = Text(), alert.agency = Text(), alert.court = Text();
    alert.time = Time(), alert.due = Due(), alert.text = Text();
    return alert;
  }
  std::vector<std::string> Rest() {
    std::vector<std::string> out;
    while (!done()) out.push_back(Text());
    return out;
  }

 private:
  const Fields fields_;
  size_t next_ = 0;
  bool ok_ = true;
};

Record RecordOf(absl::Time time, const std::string& word, Reader& reader, bool& known) {
  known = true;
  if (word == "ROSTER") return {time, RosterSeen{reader.Rest()}};
  if (word == "NOTED") return {time, Noted{reader.OneAlert()}};
  if (word == "TOKEN") {
    const std::optional<std::string> token = Base64Decode(reader.Text());
    known = token.has_value();
    return {time, Token{token.value_or("")}};
  }
  if (word == "RAISED") {
    const AlertNo number = reader.Number();
    return {time, Raised{number, reader.OneAlert()}};
  }
  if (word == "ENDED") {
    const AlertNo number = reader.Number();
    return {time, Ended{number, reader.Text()}};
  }
  if (word == "REACHED") {
    Reached reached{.rung = reader.Text()};
    reached.why = reader.OneOf({Why::kBegun, Why::kMark, Why::kWaited, Why::kUnreached, Why::kAgain}, &WhyWord);
    reached.numbers = reader.Numbers(), reached.calls = reader.Rest();
    return {time, std::move(reached)};
  }
  if (word == "UNREACHED") {
    Unreached unreached{.call = reader.Text()};
    unreached.numbers = reader.Numbers();
    return {time, std::move(unreached)};
  }
  if (word == "CALLING") {
    Calling calling;
    calling.number = reader.Number(), calling.person = reader.Text(), calling.channel = reader.Text();
    calling.ended = reader.Numbers();
    while (!reader.done()) {
      std::string call = reader.Text();
      calling.lines.emplace_back(std::move(call), reader.Numbers());
    }
    return {time, std::move(calling)};
  }
  if (word == "CALLED") {
    Called called;
    called.number = reader.Number();
    called.result = reader.OneOf({Result::kOk, Result::kFailed, Result::kUnknown}, &ResultWord);
    called.given_up = reader.Flag("GIVEN_UP");
    called.retry_at = reader.Due().value_or(absl::UnixEpoch());
    called.detail = reader.Text();
    return {time, std::move(called)};
  }
  if (word == "ACKED") {
    Acked acked{.numbers = reader.Numbers()};
    acked.by = reader.Text(), acked.done = reader.Flag("DONE"), acked.note = reader.Text();
    return {time, std::move(acked)};
  }
  if (word == "CONTINUED") {
    const AlertNo next_alert = reader.Number();
    return {time, Continued{next_alert, reader.Number()}};
  }
  known = false;
  return {time, Continued{}};
}

std::optional<Record> ReadLine(std::string_view line) {
  constexpr size_t kSumDigits = 16;
  if (line.size() <= kSumDigits + 1 || line[kSumDigits] != '\t') return std::nullopt;
  const std::string_view rest = line.substr(kSumDigits + 1);
  if (SumText(rest) != line.substr(0, kSumDigits)) return std::nullopt;
  Fields fields = absl::StrSplit(ToAbsl(rest), '\t');
  for (std::string& field : fields) field = Unescaped(field);
  Reader reader(std::move(fields));
  const absl::Time time = reader.Time();
  const std::string word = reader.Text();
  bool known = false;
  Record record = RecordOf(time, word, reader, known);
  if (!known || !reader.ok() || !reader.done()) return std::nullopt;
  return record;
}

}  // namespace

std::string NumbersText(const std::vector<uint64_t>& numbers) {
  std::string out;
  for (size_t i = 0; i < numbers.size();) {
    size_t end = i + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    absl::StrAppend(&out, out.empty() ? "" : ",", numbers[i]);
    if (end - i > 1) absl::StrAppend(&out, "-", numbers[end - 1]);
    i = end;
  }
  return out.empty() ? "-" : out;
}

std::string RecordLine(const Record& record) {
  std::string line = TimeText(record.time);
  for (const std::string& field : std::visit(Writer(), record.what)) absl::StrAppend(&line, "\t", Escaped(field));
  return absl::StrCat(SumText(line), "\t", line, "\n");
}

absl::StatusOr<std::vector<Record>> ReadRecords(std::string_view text) {
  std::vector<Record> out;
  size_t number = 0;
  while (!text.empty()) {
    ++number;
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::optional<Record> record = ReadLine(line);
    if (record) {
      out.push_back(*std::move(record));
    } else if (!line.ends_with('~')) {
      return Fail(Reason::kStorageDamaged, absl::StrCat("line ", number, " isn't as it was written"))
          .With("line", static_cast<int64_t>(number));
    }
  }
  return out;
}

}  // namespace eagle::duty
