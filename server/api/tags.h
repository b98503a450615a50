// The tags under which leaves name people, officers and case numbers (trust/tag.h): which kind of number, in which
// spelling. One tag: under the newest tag key, for a new entry. A list under every key, newest first: to find what may
// have been tagged before a rotation; its first is the one for a new entry.
//
// Threads: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "goldeneagle/v1/order.pb.h"
#include "server/trust/key_ring.h"

namespace eagle::api {

// The id number in upper case, under its kind.
std::string SubjectTag(const trust::KeyRing& ring, const goldeneagle::v1::Identity& identity);
// Kind OFFICER, "<court>/<officer>".
// Of the officers whom an order names, in order: each one tag.
std::vector<std::string> OfficerTags(const trust::KeyRing& ring, const goldeneagle::v1::Order& order);
// Of one officer, under every key.
std::vector<std::string> ReadingOfficerTags(const trust::KeyRing& ring, std::string_view court,
                                            std::string_view officer);
// Kind CASE_NUMBER, court 00 number; under every key.
std::vector<std::string> CaseNumberTags(const trust::KeyRing& ring, std::string_view court,
                                        std::string_view case_number);
// Kind READER, the system's SPIFFE id.
std::string ReaderTag(const trust::KeyRing& ring, std::string_view reader);

}  // namespace eagle::api
