#include "server/api/tags.h"

#include "absl/strings/ascii.h"

namespace eagle::api {

std::string SubjectTag(const trust::KeyRing& ring, const goldeneagle::v1::Identity& identity) {
  // A kind with a zero byte is no row of any policy: the order will be refused, under a tag that nobody else has.
  const std::string kind = identity.id_kind().find('\0') == std::string::npos ? identity.id_kind() : "INVALID";
  return ring.Tag(kind, absl::AsciiStrToUpper(identity.id_number()));
}

namespace {

std::string OfficerName(std::string_view court, std::string_view officer) {
  std::string canonical(court);
  canonical += '/';
  canonical += officer;
  return canonical;
}

}  // namespace

std::vector<std::string> ReadingOfficerTags(const trust::KeyRing& ring, std::string_view court,
                                            std::string_view officer) {
  return ring.Tags("OFFICER", OfficerName(court, officer));
}

std::vector<std::string> OfficerTags(const trust::KeyRing& ring, const goldeneagle::v1::Order& order) {
  std::vector<std::string> tags;
  for (const auto& officer : order.officers())
    tags.push_back(ring.Tag("OFFICER", OfficerName(order.court(), officer.officer())));
  return tags;
}

std::vector<std::string> CaseNumberTags(const trust::KeyRing& ring, std::string_view court,
                                        std::string_view case_number) {
  std::string canonical(court);
  canonical += '\0';
  canonical += case_number;
  return ring.Tags("CASE_NUMBER", canonical);
}

std::string ReaderTag(const trust::KeyRing& ring, std::string_view reader) { return ring.Tag("READER", reader); }

}  // namespace eagle::api
