#include "server/api/supervised.h"

#include "goldeneagle/v1/entry.pb.h"
#include "server/api/page_token.h"
#include "server/base/reason.h"
#include "server/domain/reading.h"

namespace eagle::api {

absl::StatusOr<CourtsSeen> CourtsSeen::Of(const Caller& caller, std::string_view method, const std::string& court,
                                          const domain::Directory& directory) {
  CourtsSeen seen;
  const bool is_court = caller.role == Role::kCourt;
  if (court.empty() && !is_court) {
    seen.all_ = true;
    return seen;
  }
  const std::string& root = court.empty() ? caller.code : court;
  if (is_court && root != caller.code &&
      !(domain::IsAbove(directory, caller.code, root) && MayReach(caller, method, goldeneagle::v1::READ_SCOPE_SUBTREE)))
    return Fail(Reason::kScopeNotGranted, "no court below the caller's has this code").At("court", "a court below");
  const domain::Court* const top = directory.CourtByCode(root);
  if (top == nullptr) return Fail(Reason::kNotFound, "no court of the directory has this code").At("court", "unknown");
  const bool below = !is_court || MayReach(caller, method, goldeneagle::v1::READ_SCOPE_SUBTREE);
  seen.seen_.resize(directory.courts().size() + 1);
  size_t count = 0;
  for (const domain::Court& each : directory.courts()) {
    const bool is = each.ordinal == top->ordinal || (below && domain::IsAbove(directory, root, each.row.code()));
    seen.seen_[each.ordinal.value()] = is;
    count += is ? 1 : 0;
  }
  if (count == 1) seen.only_ = top->ordinal;
  return seen;
}

absl::StatusOr<std::optional<AgencyOrdinal>> AgencySeen(const Caller& caller, const std::string& agency,
                                                        const domain::Directory& directory) {
  if (caller.role == Role::kAgency)
    return agency.empty() || agency == caller.code ? std::optional(caller.agency) : std::nullopt;
  if (agency.empty()) return std::optional(AgencyOrdinal());
  const domain::Agency* found = directory.AgencyByCode(agency);
  if (found == nullptr)
    return Fail(Reason::kAgencyUnknown, "no agency of the directory has this code").At("agency", "unknown");
  return std::optional(found->ordinal);
}

absl::StatusOr<std::string> CaseNumberOf(CaseSeq seq, JournalReader& journal) {
  if (!seq) return std::string();
  EAGLE_ASSIGN_OR_RETURN(const domain::Entry opened, journal.EntryAt(seq.value()));
  goldeneagle::v1::CasePayload payload;
  goldeneagle::v1::CaseAct act;
  if (!opened.payload || !payload.ParseFromString(*opened.payload) || !act.ParseFromString(payload.member()))
    return std::string();
  return act.open().case_number();
}

absl::StatusOr<size_t> SupervisionPageSize(int32_t asked) {
  constexpr int32_t kDefault = 100;
  return PageSize(asked == 0 ? kDefault : asked);
}

}  // namespace eagle::api
