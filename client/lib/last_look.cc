#include "client/lib/last_look.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/common/files.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"

namespace eagle::client {
namespace {

constexpr char kFirstLine[] = "eagle today 1";

std::optional<absl::Time> TimeOfMicros(const std::string& text) {
  int64_t micros = 0;
  if (!absl::SimpleAtoi(text, &micros)) return std::nullopt;
  return absl::FromUnixMicros(micros);
}

// A field of a line: what would end it becomes a blank.
std::string FieldText(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return out;
}

bool TakeLine(const std::vector<std::string>& fields, LastLooks& looks) {
  if (fields[0] == "look" && fields.size() == 3) {
    const auto at = TimeOfMicros(fields[1]);
    if (!at || (!looks.looks.empty() && looks.looks.back().at > *at)) return false;
    looks.looks.push_back({*at, fields[2]});
    return true;
  }
  if (fields[0] != "returned" || fields.size() != 7) return false;
  const auto order = ParseUuid(fields[1]);
  const auto at = TimeOfMicros(fields[3]);
  if (!order || !at) return false;
  looks.returned[{*order, fields[2]}] = {*at, fields[4], fields[5], fields[6]};
  return true;
}

}  // namespace

const Look* LastLooks::NewestUpTo(absl::Time time) const {
  for (auto look = looks.rbegin(); look != looks.rend(); ++look) {
    if (look->at <= time) return &*look;
  }
  return nullptr;
}

absl::StatusOr<LastLooks> ReadLastLooks(const std::string& path) {
  LastLooks looks;
  EAGLE_ASSIGN_OR_RETURN(const std::optional<std::string> text, ReadFileIfThere(path));
  if (!text) return looks;
  std::vector<std::string> lines = absl::StrSplit(*text, '\n');
  bool good = lines.size() > 1 && lines.front() == kFirstLine && lines.back().empty();
  for (size_t i = 1; good && i + 1 < lines.size(); ++i)
    good = TakeLine(std::vector<std::string>(absl::StrSplit(lines[i], '\t')), looks);
  if (!good)
    return Fail(Reason::kStorageDamaged, "this isn't what eagle today remembers: take the file away")
        .With("path", path);
  return looks;
}

absl::Status WriteLastLooks(const std::string& path, LastLooks looks) {
  if (looks.looks.size() > kLooksKept)
    looks.looks.erase(looks.looks.begin(), looks.looks.end() - static_cast<std::ptrdiff_t>(kLooksKept));
  std::vector<absl::Time> times;
  for (const auto& [task, known] : looks.returned) times.push_back(known.returned_at);
  std::sort(times.rbegin(), times.rend());
  const absl::Time oldest = times.size() > kReturnsKept ? times[kReturnsKept - 1] : absl::InfinitePast();
  std::string text = absl::StrCat(kFirstLine, "\n");
  for (const Look& look : looks.looks)
    absl::StrAppend(&text, "look\t", absl::ToUnixMicros(look.at), "\t", look.token, "\n");
  for (const auto& [task, known] : looks.returned) {
    if (known.returned_at < oldest) continue;
    absl::StrAppend(&text, "returned\t", UuidText(task.first), "\t", FieldText(task.second), "\t",
                    absl::ToUnixMicros(known.returned_at), "\t", FieldText(known.reason), "\t");
    absl::StrAppend(&text, FieldText(known.contact_name), "\t", FieldText(known.contact_phone), "\n");
  }
  return WriteDurably(path, text);
}

}  // namespace eagle::client
