#include "client/audit/case_keys.h"

#include "client/common/files.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/aead.h"
#include "server/journal/payload.h"
#include "server/journal/text.h"

namespace eagle::audit {

absl::StatusOr<CaseKeys> ParseCaseKeys(std::string_view text) {
  const auto unusable = [](int64_t line) {
    return Fail(Reason::kKeyUnusable, "not a file of payload keys").With("line", line);
  };
  if (journal::TakeLine(text) != "goldeneagle payload keys v1") return unusable(1);
  CaseKeys keys;
  for (int64_t number = 2; !text.empty(); ++number) {
    const auto line = journal::TakeLine(text);
    const size_t space = line ? line->find(' ') : std::string_view::npos;
    if (space == std::string_view::npos) return unusable(number);
    const auto id = HexDecode(line->substr(0, space)), key = HexDecode(line->substr(space + 1));
    if (!id || id->size() != journal::kKeyIdSize || !key || key->size() != journal::kAeadKeySize)
      return unusable(number);
    keys.Add(*id, *key);
  }
  return keys;
}

absl::StatusOr<CaseKeys> ReadCaseKeys(const std::string& path) {
  EAGLE_ASSIGN_OR_RETURN(const std::string text, client::ReadFile(path));
  return ParseCaseKeys(text);
}

}  // namespace eagle::audit
