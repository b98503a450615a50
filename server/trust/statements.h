// The statements that somebody trusts: which key an organisation has, who its officers are, which accounts are a
// court's own.
//
// Everybody who trusts statements keeps such a book and fills it by the same rules: adapters from the directory stream,
// courts, the gateway from what is submitted. Nothing in it depends on the gateway's word. The book is a fold over
// accepted members and lives in memory; its owner stores each accepted member and, after a start, gives them to Accept
// again in the same order.
//
// The rules of Accept, for one statement:
//   who      court and agency: `threshold` different registrar keys, head signed as "registrar". Officer and account:
//   the
//            key in force of their court, head signed with the court's code and at a time when that key was valid.
//   chain    the first statement about a subject has sequence 1 and no previous digest; every other one a higher
//   sequence
//            than the one held, and the digest of the one held. The one held again, byte for byte, is taken and changes
//            nothing, whoever brings it and whatever became of the key that signed it.
//   world    the environment of the book, in the head and in the statement.
//   content  what the kind demands (proto/goldeneagle/v1/statement.proto), nothing else; valid_from before valid_until.
//   one key  an officer's key is no registrar's, nor the court's own, nor that of another officer of the court who
//   isn't
//            ended: so two signatures are always two people.
//
//   revoked  a key once revoked is never stated again, about nobody.
//
// A REVOKED statement revokes every key ever stated about its subject: no signature by one of them counts any more,
// whenever it was made, because nobody here can tell when that was. A court's takes its officers and accounts with it,
// which its stolen key may have stated: they hold again when the court states them anew under its new key.
//
// A new statement replaces the one before it at once, so its validity should begin no later than its day.
// Validity is asked with an instant at each look-up. Nothing of a court holds while the court's own key doesn't: a key
// that ended or expired takes officers and accounts with it until the registrars state it anew.
//
// Threads: a value without locks; one thread at a time, or many that only read. Copying it copies everything.
//
//   EAGLE_ASSIGN_OR_RETURN(StatementBook book, StatementBook::Make({.registrar_keys = keys, .environment =
//   environment})); for (const auto& change : answer.directory()) book.Accept(change.statement(), checker);
//   std::vector<Officer> officers = book.OfficersOf("辽9901", now);
//   CheckSignatures(order_head, CandidatesOf(officers), checker);      // ids are places in `officers`
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/statement.pb.h"
#include "server/journal/hash.h"
#include "server/trust/batch.h"
#include "server/trust/head_cache.h"
#include "server/trust/statement_content.h"
#include "server/trust/subject.h"

namespace eagle::trust {

// What is pinned by hand.
struct PinnedRegistrars {
  std::vector<std::string> registrar_keys;  // raw Ed25519 keys, all different; numbered from 1 in this order
  uint32_t threshold = 2;                   // 1 to the number of keys
  v1::Environment environment = v1::ENVIRONMENT_UNSPECIFIED;
};

struct Interval {
  absl::Time from = absl::InfinitePast();
  absl::Time until = absl::InfinitePast();  // exclusive
  bool Holds(absl::Time now) const { return from <= now && now < until; }
};

struct OrganisationKey {
  KeyAlgorithm algorithm = v1::KEY_ALGORITHM_UNSPECIFIED;
  std::string key;
  Interval valid;
};
struct Officer {
  std::string court;
  std::string code;
  KeyAlgorithm algorithm = v1::KEY_ALGORITHM_UNSPECIFIED;
  std::string key;
  std::vector<v1::OfficerRole> roles;  // ascending, each once
  v1::OfficerDetails details;
  Interval valid;
  bool Has(v1::OfficerRole role) const;
};
struct Account {
  std::string court;
  std::string code;
  v1::AccountDetails details;
  Interval valid;
};

// Ids are places in the list.
std::vector<CandidateKey> CandidatesOf(const std::vector<Officer>& officers);

class StatementBook {
 public:
  // One statement that the book took.
  struct Accepted {
    v1::Statement statement;
    Subject subject;
    journal::Hash digest{};
    std::vector<uint64_t> registrars;  // numbers of those who signed, for organisations; empty when was_known
    bool was_known = false;            // the one held, again
  };

  // Errors: KEY_UNUSABLE for keys that are none or the same twice; CONFIGURATION_INVALID for threshold or environment.
  static absl::StatusOr<StatementBook> Make(PinnedRegistrars pinned);

  // One member, or a whole batch member by member in order (one answer each; a later one may build on an earlier one).
  // Errors: those of ParseMember and ParseBatch; MEMBER_TYPE_UNKNOWN; ENVIRONMENT_MISMATCH; SIGNER_UNKNOWN when the
  // court has no key in the book; SIGNATURE_INVALID (also: signed outside the key's validity); SIGNATURES_MISSING below
  // the threshold; PERMISSION_DENIED for a subject that this signer may not speak about; FIELD_MISSING, FIELD_INVALID;
  // KEY_REVOKED for a key that was revoked, or a batch of a court whose key was;
  // STATEMENT_STALE when it doesn't continue the chain: older, forked, or the one before it isn't held. A refusal
  // changes nothing.
  absl::StatusOr<Accepted> Accept(const v1::SignedMember& member, const SignatureChecker& checker,
                                  HeadCache* cache = nullptr);
  absl::StatusOr<std::vector<absl::StatusOr<Accepted>>> AcceptBatch(v1::SignedBatch batch,
                                                                    const SignatureChecker& checker);

  // The two halves of Accept, for who checks signatures elsewhere (or long ago).
  // Keys whose signatures count under this head now; ids are registrars' numbers, or 0 for a court's own key.
  // Errors: SIGNER_UNKNOWN, SIGNATURE_INVALID as above.
  absl::StatusOr<std::vector<CandidateKey>> CandidatesFor(const v1::Head& head) const;
  // Pre: `member` is a member of a batch with this head, and CheckSignatures found `signed_by` among
  // CandidatesFor(head).
  absl::StatusOr<Accepted> AcceptVerified(std::string_view member, const v1::Head& head,
                                          const std::vector<uint64_t>& signed_by);

  // The key in force of a court or agency, by subject ("court/辽9901"): absent when unknown, ended, or not valid at
  // `now`.
  std::optional<OrganisationKey> KeyOf(std::string_view subject, absl::Time now) const;
  // The officers of a court that hold at `now`, by code. Empty while the court's key doesn't hold.
  std::vector<Officer> OfficersOf(std::string_view court, absl::Time now) const;
  // Absent unless that officer, or that key's, holds at `now`.
  std::optional<Officer> OfficerOf(std::string_view court, std::string_view officer, absl::Time now) const;
  std::optional<Officer> OfficerByKey(std::string_view court, std::string_view key, absl::Time now) const;
  // The account whose statement in force has this digest and holds at `now`.
  std::optional<Account> AccountByDigest(const journal::Hash& digest, absl::Time now) const;

  // The officers' keys of a court that were revoked, ids from `first` on: a signature by one is told from a stranger's.
  std::vector<CandidateKey> RevokedKeysOf(std::string_view court, uint64_t first) const;
  // Whether the newest statement about the subject revokes its keys.
  bool IsRevoked(std::string_view subject) const;

  // What is held about a subject, ended or expired included: what the next statement must continue.
  struct Held {
    uint64_t sequence = 0;
    journal::Hash digest{};
    v1::Statement statement;         // ENDED in place of what a court's revoked key had stated
    std::vector<CandidateKey> keys;  // every one ever stated about the subject
  };
  const Held* HeldAbout(std::string_view subject) const;
  // The same about all officers and accounts of a court ("court/辽9901"), in the order of their subjects.
  std::vector<std::pair<std::string, const Held*>> HeldBelow(std::string_view court) const;
  size_t size() const { return held_.size(); }
  const PinnedRegistrars& pinned() const { return pinned_; }

 private:
  explicit StatementBook(PinnedRegistrars pinned) : pinned_(std::move(pinned)) {}
  std::optional<Accepted> Known(const journal::Hash& digest) const;
  absl::Status CheckSpeaker(const Subject& subject, const v1::Head& head, const std::vector<uint64_t>& signed_by) const;
  absl::Status CheckChain(const v1::Statement& statement) const;
  void Hold(const Accepted& accepted);
  absl::Status CheckOwnKey(const v1::Statement& statement, const Subject& subject) const;
  // Statement of `kind` about `subject`, in force at `now`; null otherwise.
  const v1::Statement* InForce(std::string_view subject, v1::StatementKind kind, absl::Time now) const;

  PinnedRegistrars pinned_;
  std::map<std::string, Held, std::less<>> held_;              // by subject
  absl::flat_hash_map<journal::Hash, std::string> by_digest_;  // of what is held -> subject
  absl::flat_hash_map<std::string, std::string> revoked_;      // key -> subject
};

}  // namespace eagle::trust
