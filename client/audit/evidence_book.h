// The keys that evidence brings along, none of which is believed: heads with their signatures, and statements that lead
// from the pinned registrars to the court, its officers, its account and the agencies. Entries come in the order of the
// log, so a look-up answers as of the entry that asks.
//
// Threads: a value; one thread at a time.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/audit/evidence_file.h"
#include "client/audit/stated_key.h"
#include "goldeneagle/v1/envelope.pb.h"
#include "goldeneagle/v1/statement.pb.h"

namespace eagle::audit {

// The instant that a message's timestamp says.
absl::Time TimeOf(const google::protobuf::Timestamp& stamp);
// Errors: EVIDENCE_INVALID with `part` unless `bytes` are a message of this type without a field unknown here.
absl::Status ParseKnown(std::string_view bytes, std::string_view part, google::protobuf::Message& message);

struct HeadSeen {
  uint64_t index = 0;
  goldeneagle::v1::Envelope envelope;
  goldeneagle::v1::Head head;
  std::vector<journal::Hash> digests;
  std::string signed_bytes;  // what the signatures are over
  bool used = false;
};

class EvidenceBook {
 public:
  EvidenceBook(const EvidencePins& pins, goldeneagle::v1::Environment environment, EvidenceReport& report)
      : pins_(pins), environment_(environment), report_(report) {}

  // One BATCH_HEAD, one STATEMENT_ACCEPTED, opened. Errors: EVIDENCE_INVALID.
  absl::Status AddHead(const OpenedEntry& entry);
  absl::Status AddStatement(const OpenedEntry& entry);

  // The head under which `member` travelled at `place`; `digest` is what the entry's body says of it.
  absl::StatusOr<const HeadSeen*> HeadOf(std::string_view part, uint64_t head, std::string_view member, uint32_t place,
                                         std::string_view digest, goldeneagle::v1::MemberType type);

  // The statement in force about `subject` at `time`, its court's key with it.
  absl::StatusOr<const goldeneagle::v1::Statement*> InForce(std::string_view part, const std::string& subject,
                                                            goldeneagle::v1::StatementKind kind, absl::Time time) const;
  // One of the head's signatures is by this key.
  bool IsSignedBy(const HeadSeen& head, const StatedKey& key);
  // Whose revoked key has a signature under this head; null: nobody's.
  const RevokedSeen* RevokedUnder(const HeadSeen& head);

  // Digest of the statement held about `subject`; empty when there is none.
  std::string DigestHeld(const std::string& subject) const;
  // What was stated: subject -> indexes of the statements.
  const std::map<std::string, std::vector<uint64_t>>& stated() const { return stated_; }
  const std::map<uint64_t, HeadSeen>& heads() const { return heads_; }
  // Every REVOKED statement so far, in the order of the log.
  const std::vector<RevokedSeen>& revocations() const { return revocations_; }

 private:
  struct Held {
    goldeneagle::v1::Statement statement;
    std::string digest;
    uint64_t index = 0;
    std::vector<StatedKey> keys = {};  // every one ever stated about the subject
  };
  struct Revoked {
    StatedKey key;
    size_t by = 0;  // place in revocations_
  };
  absl::Status CheckChain(std::string_view part, const goldeneagle::v1::Statement& statement) const;
  absl::Status CheckKeyIsGood(std::string_view part, const goldeneagle::v1::Statement& statement) const;
  absl::Status CheckSigners(std::string_view part, const goldeneagle::v1::Statement& statement, const HeadSeen& head,
                            absl::Time time);

  const EvidencePins& pins_;
  const goldeneagle::v1::Environment environment_;
  EvidenceReport& report_;
  std::map<uint64_t, HeadSeen> heads_;
  std::map<std::string, Held> held_;  // newest by subject
  std::map<std::string, std::vector<uint64_t>> stated_;
  std::vector<RevokedSeen> revocations_;
  std::vector<Revoked> revoked_;  // keys
};

}  // namespace eagle::audit
