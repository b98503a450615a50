// Whose rows a caller of SupervisionService sees. Private to server/api/handlers_*.cc.
//
// Threads: values and pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/api/caller.h"
#include "server/api/journal_reader.h"
#include "server/domain/directory.h"

namespace eagle::api {

// Courts by ordinal, as a caller and a filter leave them.
class CourtsSeen {
 public:
  // `court`: code of the filter, it and courts below it; empty: all that the caller may see. Errors: SCOPE_NOT_GRANTED
  // (courts), NOT_FOUND (everybody else).
  static absl::StatusOr<CourtsSeen> Of(const Caller& caller, std::string_view method, const std::string& court,
                                       const domain::Directory& directory);
  // Rows that concern no court are seen when all are.
  bool Has(CourtOrdinal court) const { return all_ || (court && court.value() < seen_.size() && seen_[court.value()]); }
  CourtOrdinal only() const { return only_; }  // when it is exactly one

 private:
  bool all_ = false;
  CourtOrdinal only_;
  std::vector<bool> seen_;  // by ordinal
};

// The agency that an agency's caller or a filter leaves: none, all; nullopt: nothing is left. Errors: AGENCY_UNKNOWN.
absl::StatusOr<std::optional<AgencyOrdinal>> AgencySeen(const Caller& caller, const std::string& agency,
                                                        const domain::Directory& directory);

// The number of a case, out of its opening. Empty when the case was erased. Errors: the store's own.
absl::StatusOr<std::string> CaseNumberOf(CaseSeq seq, JournalReader& journal);

// Errors: FIELD_INVALID for a negative one; 100 for 0, at most 1,000.
absl::StatusOr<size_t> SupervisionPageSize(int32_t asked);

}  // namespace eagle::api
