// The test world that the kit plays in: registrars, two courts with their officers, the agency's own receipt key, a
// stranger, the examiner; and the statements that make them known, in one stream that only grows.
//
// Everything is made anew by `eagle-conformance init` and belongs to the test environment: region 99 is no place, and
// no key of this world is known to a real gateway.
//
// Life: Make or Load once; State appends. With a folder, what was stated is on disk before State returns: an adapter
// keeps what it was told, so the stream goes on where the last run ended.
// Threads: one at a time.
//
//   EAGLE_ASSIGN_OR_RETURN(World world, World::Load("kit"));
//   world.State(world.OfficerStatement(kCourt, "009", key, {v1::OFFICER_ROLE_HANDLER}), now);
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/statement.pb.h"
#include "server/base/entropy.h"
#include "server/trust/make_batch.h"
#include "server/trust/signature.h"

namespace eagle::conformance {

namespace v1 = ::goldeneagle::v1;

inline constexpr char kCourt[] = "辽9901";       // whose orders they mostly are
inline constexpr char kOtherCourt[] = "辽9902";  // a second one, as honest as the first
inline constexpr char kHandler[] = "001", kCosigner[] = "002", kLeader[] = "003";
inline constexpr char kTrustDomain[] = "conformance.golden-eagle.test";
inline constexpr char kElsewhere[] = "9900999";  // an agency that isn't the one examined

class World {
 public:
  // New keys, and statements that hold from the day before `now` for ten years. Pre: a code of an agency.
  static World Make(std::string_view agency, absl::Time now, Entropy& entropy);
  // Writes keys (mode 0600) and statements into a new folder. Errors: KEY_UNUSABLE when something is there already,
  // STORAGE_UNUSABLE.
  absl::Status Save(const std::string& folder);
  // Errors: KEY_UNUSABLE, STORAGE_UNUSABLE, ENVELOPE_MALFORMED for a file of statements that was cut or changed.
  static absl::StatusOr<World> Load(const std::string& folder);

  const std::string& agency() const { return agency_; }
  // By name: registrar-one|two|three, court-<code>, officer-<court>-<code>, agency, stranger, examiner.
  // Pre: there is such a key.
  trust::Signer& KeyOf(std::string_view name) const;
  trust::Signer& OfficerKey(std::string_view court, std::string_view officer) const;
  // A key of its own for `name`, when there is none yet.
  absl::Status AddKey(const std::string& name, Entropy& entropy);
  std::vector<std::string> RegistrarKeys() const;  // raw, as an adapter pins them

  // Signs `statement` as the next about its subject (by two registrars, or its court) and appends it. Validity that
  // isn't set holds from the day before `now` for ten years. Error: STORAGE_UNUSABLE.
  absl::Status State(v1::Statement statement, absl::Time now);
  v1::Statement OfficerStatement(std::string_view court, std::string_view code, std::string_view key,
                                 std::vector<v1::OfficerRole> roles) const;
  // Digest of the statement in force about an account, stated now unless it is. Errors: as State.
  absl::StatusOr<std::string> AccountDigest(std::string_view court, const v1::AccountDetails& account, absl::Time now);

  const std::vector<v1::SignedMember>& statements() const { return statements_; }
  // A head's sequence, never used before by anybody here.
  uint64_t NextSequence(absl::Time now);

 private:
  World() = default;
  absl::Status Append(const v1::SignedMember& member);
  void Remember(const v1::SignedMember& member);
  struct Last {
    uint64_t sequence = 0;
    std::string digest;
    v1::Statement statement;
  };

  std::string agency_, folder_;
  std::map<std::string, std::string, std::less<>> pems_;
  std::map<std::string, std::unique_ptr<trust::Signer>, std::less<>> keys_;
  std::map<std::string, Last, std::less<>> chain_;  // by subject
  std::vector<v1::SignedMember> statements_;
  uint64_t last_head_ = 0;
};

}  // namespace eagle::conformance
