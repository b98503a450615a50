// One signed word of a thread, whatever the thread is about: signed with the key of an agency that has a say in it, or
// by officers of a court that has. Private to the room: objection_word.h, supervision_word.h.
//
// Threads: a pure function.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/envelope.pb.h"
#include "server/base/reason.h"
#include "server/journal/hash.h"
#include "server/trust/statements.h"
#include "server/trust/strict.h"

namespace eagle::trust {

struct SignedWord {
  std::string bytes;  // of the act
  journal::Hash digest{};
  std::string signer;
  absl::Time signed_at;               // by the author's own clock
  std::vector<std::string> officers;  // codes, each once, sorted; empty: the agency signed
};

// `speaks`: whether a court of this code has a say. Errors: those of ParseMember and CheckSignatures;
// ENVIRONMENT_MISMATCH, MEMBER_TYPE_UNKNOWN; SIGNER_UNKNOWN when nobody who has a say signed it, or no key of his held
// then.
absl::StatusOr<SignedWord> OpenSigned(const v1::SignedMember& word, v1::MemberType type, std::string_view agency,
                                      const std::function<bool(std::string_view)>& speaks, const StatementBook& book,
                                      const SignatureChecker& checker);

// Opens it and parses the act, which has to name its signer. Opened: a struct of act, digest, signed_at, officers.
// Errors: those of OpenSigned; UNKNOWN_FIELDS; AUDIENCE_MISMATCH when the act names another author.
template <typename Opened>
absl::StatusOr<Opened> OpenAct(const v1::SignedMember& word, v1::MemberType type, std::string_view agency,
                               const std::function<bool(std::string_view)>& speaks, const StatementBook& book,
                               const SignatureChecker& checker) {
  EAGLE_ASSIGN_OR_RETURN(SignedWord opened, OpenSigned(word, type, agency, speaks, book, checker));
  Opened out{.digest = opened.digest, .signed_at = opened.signed_at, .officers = std::move(opened.officers)};
  EAGLE_ASSIGN_OR_RETURN(out.act, ParseStrict<decltype(out.act)>(opened.bytes));
  if (out.act.author() != opened.signer)
    return Fail(Reason::kAudienceMismatch, "the word names another author than its signer").At("author", "the signer");
  return out;
}

}  // namespace eagle::trust
