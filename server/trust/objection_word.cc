#include "server/trust/objection_word.h"

#include <algorithm>
#include <optional>

#include "server/base/reason.h"
#include "server/trust/strict.h"
#include "server/trust/subject.h"

namespace eagle::trust {

absl::StatusOr<OpenedWord> OpenWord(const v1::SignedMember& word, std::string_view court, std::string_view agency,
                                    const StatementBook& book, const SignatureChecker& checker) {
  EAGLE_ASSIGN_OR_RETURN(const ParsedMember parsed, ParseMember(word));
  EAGLE_RETURN_IF_ERROR(ExpectHead(parsed.head, v1::MEMBER_TYPE_OBJECTION, book.pinned().environment));
  OpenedWord out{.digest = parsed.digest, .signed_at = SignedAt(parsed.head)};
  const std::string& signer = parsed.head.signer();
  std::vector<Officer> officers;
  std::vector<CandidateKey> candidates;
  if (signer == agency) {
    const std::optional<OrganisationKey> key = book.KeyOf(AgencySubject(agency), out.signed_at);
    if (key) candidates = {{1, key->algorithm, key->key}};
  } else if (signer == court) {
    officers = book.OfficersOf(court, out.signed_at);
    candidates = CandidatesOf(officers);
  }
  if (candidates.empty())
    return Fail(Reason::kSignerUnknown, "no party of the thread with a key that held then has signed the word");
  EAGLE_ASSIGN_OR_RETURN(const std::vector<uint64_t> signed_by, CheckSignatures(parsed, candidates, checker));
  EAGLE_ASSIGN_OR_RETURN(out.act, ParseStrict<v1::ObjectionAct>(parsed.member));
  if (out.act.author() != signer)
    return Fail(Reason::kAudienceMismatch, "the word names another author than its signer").At("author", "the signer");
  for (uint64_t place : signed_by) {
    if (!officers.empty()) out.officers.push_back(officers[place].code);
  }
  std::sort(out.officers.begin(), out.officers.end());
  return out;
}

}  // namespace eagle::trust
