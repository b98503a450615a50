// Signed batches: the one form in which orders, cases, receipts, statements and administration are signed and travel
// (server/docs/formats.md, section 2). This file reads them; make_batch.h makes them.
//
// A batch is read in two steps, because who may have signed depends on what the head says:
//
//   ParseBatch, ParseMember   shape, limits, and that every member hashes to the head's root. NOTHING IN THE RESULT IS
//                             TRUSTED YET: it may be used to find the keys of `head.signer`, and for nothing else.
//   CheckSignatures           which candidate keys signed the head. From then on the parsed bytes are what they signed.
//
// Members stay bytes: parse `members[i]` with strict.h after the signatures were checked, and never look at the
// envelope again. A digest of a member, everywhere, is its Merkle leaf hash SHA-256(00 || bytes).
//
// Threads: pure functions on values.
//
//   EAGLE_ASSIGN_OR_RETURN(ParsedBatch parsed, ParseBatch(std::move(*request.mutable_batch())));
//   EAGLE_RETURN_IF_ERROR(ExpectHead(parsed.head, v1::MEMBER_TYPE_ORDER, environment));
//   std::vector<CandidateKey> keys = OfficersOfCourt(parsed.head.signer());
//   EAGLE_ASSIGN_OR_RETURN(std::vector<uint64_t> signed_by, CheckSignatures(parsed, keys, checker));
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/envelope.pb.h"
#include "server/journal/dsse.h"
#include "server/journal/hash.h"
#include "server/trust/signature.h"

namespace eagle::trust {

namespace v1 = ::goldeneagle::v1;

inline constexpr size_t kMembersMax = 256;
inline constexpr size_t kMemberBytesMax = 64 * 1024;
inline constexpr size_t kBatchBytesMax = 1024 * 1024;  // the members together with the head's payload and signatures
inline constexpr size_t kHeadBytesMax = 1024;
inline constexpr size_t kSignaturesMax = 16;
inline constexpr size_t kSignatureBytes = 64;
inline constexpr size_t kKeyIdBytesMax = 64;
// Signatures whose keyid names no candidate are tried with every candidate, but no batch costs more verifications than
// this.
inline constexpr size_t kTrialsMax = 512;

// A key that may have signed, under the number that the caller gives it (officer ordinal, registrar's number, place in
// a list).
struct CandidateKey {
  uint64_t id = 0;
  KeyAlgorithm algorithm = v1::KEY_ALGORITHM_UNSPECIFIED;
  std::string key;  // raw public key
};

struct ParsedHead {
  v1::Head head;
  journal::Hash head_digest{};  // SHA-256 of the head's payload bytes
  journal::Hash root{};
  v1::Envelope envelope;  // as received: what goes into the journal and travels on
};
struct ParsedBatch : ParsedHead {
  std::vector<std::string> members;
  std::vector<journal::Hash> digests;  // of the members, in order
};
struct ParsedMember : ParsedHead {
  std::string member;
  uint32_t index = 0;
  journal::Hash digest{};
};

// The same after CheckSignatures. `signed_by`: the candidates whose keys signed, ascending, at least one. A key counts
// once, however many signatures it made and however many candidates have it (the lowest id stands for it); an id counts
// once, too, however many of its keys signed.
struct OpenedBatch : ParsedBatch {
  std::vector<uint64_t> signed_by;
};
struct OpenedMember : ParsedMember {
  std::vector<uint64_t> signed_by;
};

// Errors, the first that is met (all are wrong whatever the state; the path of the field comes with them):
//   ENVELOPE_MALFORMED   payload type, unreadable head, count, sizes of root, signatures or keyids, an empty member
//   UNKNOWN_FIELDS, TEXT_INVALID   in the head
//   SIGNATURE_INVALID    no signature at all
//   MEMBER_TYPE_UNKNOWN  none of the contract
//   FIELD_MISSING, FIELD_INVALID   environment, signer, sequence or signed_at
//   TOO_MANY_MEMBERS, TOO_LARGE
//   MEMBER_NOT_IN_ROOT   the members don't hash to the head's root; a travelling one's index and path don't lead there
// A draft, which waits for its signers, may be without signatures.
enum class Signatures { kRequired, kOptional };
absl::StatusOr<ParsedBatch> ParseBatch(v1::SignedBatch batch, Signatures signatures = Signatures::kRequired);
absl::StatusOr<ParsedMember> ParseMember(const v1::SignedMember& member);
// The same for a member that came apart from its head (adapters get each head once).
absl::StatusOr<ParsedMember> ParseMember(const v1::Envelope& head, std::string_view member, uint32_t index,
                                         std::span<const std::string> path);
// The head alone.
absl::StatusOr<ParsedHead> ParseHead(const v1::Envelope& envelope, Signatures signatures = Signatures::kRequired);

// Who signed: ids of candidates, ascending, as OpenedBatch::signed_by. A keyid is a hint: one that names a candidate
// must be borne out by that key, else the whole is refused; with any other, or none, the signature is tried with every
// candidate, and ignored when no key fits (its maker isn't known here).
// Errors: SIGNATURE_INVALID when no candidate signed, when a named one did not, or when more than kTrialsMax
// verifications would be needed (name the keys, then).
absl::StatusOr<std::vector<uint64_t>> CheckSignatures(const ParsedHead& parsed,
                                                      std::span<const CandidateKey> candidates,
                                                      const SignatureChecker& checker);

// Both steps, for a caller that knows the candidates beforehand. Errors of both.
absl::StatusOr<OpenedBatch> OpenBatch(v1::SignedBatch batch, std::span<const CandidateKey> candidates,
                                      const SignatureChecker& checker);
absl::StatusOr<OpenedMember> OpenMember(const v1::SignedMember& member, std::span<const CandidateKey> candidates,
                                        const SignatureChecker& checker);

// Errors: MEMBER_TYPE_UNKNOWN, ENVIRONMENT_MISMATCH. May be asked before the signatures are checked: it only refuses.
absl::Status ExpectHead(const v1::Head& head, v1::MemberType member_type, v1::Environment environment);

// The signer's own clock. Pre: a head that ParseHead took.
absl::Time SignedAt(const v1::Head& head);

// One member as it travels on. Pre: index < number of digests, `member` hashes to digests[index].
v1::SignedMember TravelForm(const v1::Envelope& head, std::string_view member, uint32_t index,
                            std::span<const journal::Hash> digests);
// Pre: index < number of members.
v1::SignedMember TravelForm(const ParsedBatch& batch, uint32_t index);
v1::SignedMember TravelForm(const v1::SignedBatch& batch, uint32_t index);

}  // namespace eagle::trust
