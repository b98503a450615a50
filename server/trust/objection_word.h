// One word of an objection thread 异议, as whoever reads it believes it: signed with the agency's key, or by officers
// of the court whose order it is, never by the gateway that brings it.
//
// Threads: a pure function.
//
//   EAGLE_ASSIGN_OR_RETURN(OpenedWord word, OpenWord(answer.word(), "辽9901", "9900001", book, checker));
//   if (word.act.has_answer()) Show(word.act.answer(), word.officers);
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/objection.pb.h"
#include "server/trust/statements.h"

namespace eagle::trust {

struct OpenedWord {
  v1::ObjectionAct act;
  journal::Hash digest{};  // of the act
  absl::Time signed_at;    // by the author's own clock
  // Codes of the officers who signed, each once; empty: the agency said it. Which roles an answer needs, the policy
  // says; the gateway checked it when it took the word.
  std::vector<std::string> officers;
};

// `court`, `agency`: the parties of the thread. Errors: those of ParseMember and CheckSignatures; ENVIRONMENT_MISMATCH,
// MEMBER_TYPE_UNKNOWN; SIGNER_UNKNOWN when neither party signed it, or no key of its held then; UNKNOWN_FIELDS;
// AUDIENCE_MISMATCH when the act names another author than its signer.
absl::StatusOr<OpenedWord> OpenWord(const v1::SignedMember& word, std::string_view court, std::string_view agency,
                                    const StatementBook& book, const SignatureChecker& checker);

}  // namespace eagle::trust
