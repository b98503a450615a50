#include "server/trust/subject.h"

#include "absl/strings/str_cat.h"
#include "server/base/bytes.h"
#include "server/trust/codes.h"

namespace eagle::trust {
namespace {

// Takes what stands before the first '/' off `text`, and the '/' with it.
std::string_view TakePart(std::string_view& text) {
  const size_t slash = text.find('/');
  const std::string_view part = text.substr(0, slash);
  text = slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1);
  return part;
}

}  // namespace

std::optional<Subject> ParseSubject(std::string_view text) {
  if (text.empty() || text.back() == '/') return std::nullopt;
  const std::string_view what = TakePart(text);
  const std::string_view organisation = TakePart(text);
  if ((what != "court" && what != "agency") || !IsCode(organisation)) return std::nullopt;
  const SubjectKind whole = what == "court" ? SubjectKind::kCourt : SubjectKind::kAgency;
  if (text.empty()) return Subject{whole, std::string(organisation), ""};
  const std::string_view part_kind = TakePart(text);
  if (whole != SubjectKind::kCourt || (part_kind != "officer" && part_kind != "account") || !IsCode(text)) {
    return std::nullopt;
  }
  return Subject{part_kind == "officer" ? SubjectKind::kOfficer : SubjectKind::kAccount, std::string(organisation),
                 std::string(text)};
}

std::string CourtSubject(std::string_view court) { return absl::StrCat("court/", ToAbsl(court)); }
std::string AgencySubject(std::string_view agency) { return absl::StrCat("agency/", ToAbsl(agency)); }
std::string OfficerSubject(std::string_view court, std::string_view officer) {
  return absl::StrCat("court/", ToAbsl(court), "/officer/", ToAbsl(officer));
}
std::string AccountSubject(std::string_view court, std::string_view account) {
  return absl::StrCat("court/", ToAbsl(court), "/account/", ToAbsl(account));
}

}  // namespace eagle::trust
