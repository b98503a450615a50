// One word of a supervision order's thread 督办, as whoever reads it believes it: signed with the key of the agency
// addressed, or by officers of a court, never by the gateway that brings it. That the court stands above, the gateway
// checked when it took the word: statements don't say it.
//
// Threads: a pure function.
//
//   EAGLE_ASSIGN_OR_RETURN(OpenedSupervision word, OpenSupervision(answer.word(), "9900001", book, checker));
//   if (word.act.has_issue()) Show(word.act.issue(), word.officers);
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/supervision.pb.h"
#include "server/trust/statements.h"

namespace eagle::trust {

struct OpenedSupervision {
  v1::SupervisionAct act;
  journal::Hash digest{};  // of the act
  absl::Time signed_at;    // by the author's own clock
  // Codes of the officers who signed, each once; empty: the agency said it.
  std::vector<std::string> officers;
};

// `agency`: the one addressed; empty: a court is. Errors: those of ParseMember and CheckSignatures;
// ENVIRONMENT_MISMATCH, MEMBER_TYPE_UNKNOWN; SIGNER_UNKNOWN when neither the agency nor a court of the book signed it,
// or no key of its held then; UNKNOWN_FIELDS; AUDIENCE_MISMATCH when the act names another author than its signer.
absl::StatusOr<OpenedSupervision> OpenSupervision(const v1::SignedMember& word, std::string_view agency,
                                                  const StatementBook& book, const SignatureChecker& checker);

}  // namespace eagle::trust
