// What the commands that sign have in common: making a batch, showing what is about to be signed, and telling what
// became of it.
//
// Threads: one.
//
//   EAGLE_ASSIGN_OR_RETURN(v1::SignedBatch batch, SignNow(session, v1::MEMBER_TYPE_CASE, members, signing));
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/session.h"
#include "client/lib/draft.h"

namespace eagle::client {

// Who signs: key files, and officers whose keys the configuration names.
struct Signing {
  std::vector<std::string> key_files, officers;
  bool nobody() const { return key_files.empty() && officers.empty(); }
};
void SigningFlags(Verb& verb, Signing& signing);

// One head over `members`, signed by all. Errors: CONFIRMATION_MISSING-free; FIELD_MISSING when nobody signs; those of
// keys and limits.
absl::StatusOr<v1::SignedBatch> SignNow(Session& session, v1::MemberType type, std::vector<std::string> members,
                                        const Signing& signing);
// The same without signatures and without taking a sequence number: for ValidateOrders and validate_only. Signed by
// those named, if any.
absl::StatusOr<v1::SignedBatch> DryBatch(Session& session, v1::MemberType type, std::vector<std::string> members,
                                         const Signing& signing);

// What a draft says, member by member in words, its digest, and who signed so far (signers.h).
absl::StatusOr<Document> DescribeDraft(Session& session, const Draft& draft);
// Shows the draft on stderr, asks, signs with every key, writes it back, prints it. `digest`: what the draft's must be,
// empty for any. Errors: DIGEST_MISMATCH; SIGNATURE_INVALID when a signature that is on it already isn't over what it
// says now: nobody adds his name to bytes that were changed after somebody signed.
absl::Status SignDraft(Session& session, const std::string& path, const Signing& signing,
                       const std::string& digest = "");

// Sends words of threads 异议 督办 and prints what became of each.
absl::Status SendObjections(Session& session, const v1::SignedBatch& batch);
absl::Status SendSupervision(Session& session, const v1::SignedBatch& batch);

// Every problem of a refusal as rows {id, reason, field, problem, description, what to do}.
Table ProblemsTable();
void AddProblems(Table& table, const std::string& id, const v1::Refusal& refusal);
// For the exit code, when something was refused; OK for an empty reason.
absl::Status RefusedStatus(size_t refused, size_t of, const v1::Refusal& first);

// "0192..." of sixteen bytes; "-" for none.
Cell IdCell(std::string_view id);

}  // namespace eagle::client
