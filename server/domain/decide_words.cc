#include "server/domain/decide_words.h"

#include "absl/strings/str_cat.h"
#include "server/domain/authority.h"

namespace eagle::domain {

absl::StatusOr<Signer> SpeakerOf(const State& state, AgencyOrdinal agency, CourtOrdinal court, const SignedHead& head,
                                 absl::Time now) {
  if (agency) {
    EAGLE_RETURN_IF_ERROR(CheckAgencySigned(state, agency, head, now));
    return Signer{goldeneagle::v1::ACTOR_KIND_AGENCY, agency.value(), absl::StrCat("agency/", agency.value()),
                  state.directory.AgencyByOrdinal(agency)->key_id};
  }
  const Court* speaker = state.directory.CourtByOrdinal(court);
  if (speaker == nullptr) return Fail(Reason::kCourtUnknown, "the court is not connected");
  if (head.head.signer() != speaker->row.code())
    return Fail(Reason::kSignerNotCaller, "a court sends what its officers signed");
  return Signer{goldeneagle::v1::ACTOR_KIND_COURT, court.value(), absl::StrCat("court/", court.value()),
                speaker->key_id};
}

}  // namespace eagle::domain
