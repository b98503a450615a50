#include "server/trust/word.h"

#include <algorithm>
#include <optional>

#include "server/base/reason.h"
#include "server/trust/subject.h"

namespace eagle::trust {

absl::StatusOr<SignedWord> OpenSigned(const v1::SignedMember& word, v1::MemberType type, std::string_view agency,
                                      const std::function<bool(std::string_view)>& speaks, const StatementBook& book,
                                      const SignatureChecker& checker) {
  EAGLE_ASSIGN_OR_RETURN(ParsedMember parsed, ParseMember(word));
  EAGLE_RETURN_IF_ERROR(ExpectHead(parsed.head, type, book.pinned().environment));
  SignedWord out{.digest = parsed.digest, .signer = parsed.head.signer(), .signed_at = SignedAt(parsed.head)};
  std::vector<Officer> officers;
  std::vector<CandidateKey> candidates;
  if (out.signer == agency) {
    const std::optional<OrganisationKey> key = book.KeyOf(AgencySubject(agency), out.signed_at);
    if (key) candidates = {{1, key->algorithm, key->key}};
  } else if (speaks(out.signer)) {
    officers = book.OfficersOf(out.signer, out.signed_at);
    candidates = CandidatesOf(officers);
  }
  if (candidates.empty())
    return Fail(Reason::kSignerUnknown, "no party of the thread with a key that held then has signed the word");
  EAGLE_ASSIGN_OR_RETURN(const std::vector<uint64_t> signed_by, CheckSignatures(parsed, candidates, checker));
  for (uint64_t place : signed_by) {
    if (!officers.empty()) out.officers.push_back(officers[place].code);
  }
  std::sort(out.officers.begin(), out.officers.end());
  out.bytes = std::move(parsed.member);
  return out;
}

}  // namespace eagle::trust
