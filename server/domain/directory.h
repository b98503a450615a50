// Who takes part: courts, officers, agencies, systems, accounts and keys, as statements and adopted proposals made
// them.
//
// Written only by Apply; published as an immutable copy after every commit that changed it, so that services read it
// without a lock. Threads: a value.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/administration.pb.h"
#include "goldeneagle/v1/entry.pb.h"
#include "goldeneagle/v1/order.pb.h"
#include "goldeneagle/v1/recovery.pb.h"
#include "goldeneagle/v1/statement.pb.h"
#include "server/base/ids.h"
#include "server/domain/agency_set.h"

namespace eagle::domain {

struct Court {
  CourtOrdinal ordinal;
  std::string key_id;  // of the payload key that seals what is this court's own (heads, officers)
  goldeneagle::v1::RegisterCourt row;
};

struct Agency {
  AgencyOrdinal ordinal;
  std::string key_id;
  goldeneagle::v1::RegisterAgency row;
};

// A key as some statement named it.
struct StatedKey {
  goldeneagle::v1::KeyAlgorithm algorithm = goldeneagle::v1::KEY_ALGORITHM_UNSPECIFIED;
  std::string key;
};

// The newest statement about one subject. What a court's revoked key had stated counts as ended, whatever it says.
struct StatementOnFile {
  uint64_t position = 0;  // journal index
  std::string digest;
  goldeneagle::v1::Statement statement;
  std::vector<StatedKey> keys;  // every one ever stated about the subject, each once
  uint64_t key_since = 0;       // position of the statement since which the newest one's key is the one that is stated
};

// One REVOKED statement.
struct Revocation {
  uint64_t position = 0;  // its journal index
  absl::Time since;       // compromised_since
};

// One recovery: from `index` on the log has another origin and key.
struct Recovered {
  uint64_t index = 0;  // of the LOG_RECOVERED entry
  goldeneagle::v1::Envelope document;
  goldeneagle::v1::Recovery recovery;  // parsed from it
};

// Whose a SPIFFE id is.
struct SystemOwner {
  enum class Kind : uint8_t { kCourt, kAgency, kSystem };
  Kind kind = Kind::kCourt;
  std::string code;  // of the court or agency; the system's name
  friend bool operator==(const SystemOwner&, const SystemOwner&) = default;
};

// An officer as the statements have it. Ordinals follow the order in which officers were first stated.
struct Officer {
  OfficerOrdinal ordinal;
  std::string court;    // code
  std::string code;     // last part of the subject
  std::string subject;  // whole
  const goldeneagle::v1::Statement* statement = nullptr;
};

class Directory {
 public:
  // --- changes, by Apply alone
  void Found(const goldeneagle::v1::LogFounded& founding) { founding_ = founding; }
  void Recover(Recovered recovered) { recoveries_.push_back(std::move(recovered)); }
  void PutCourt(CourtOrdinal ordinal, std::string key_id, const goldeneagle::v1::RegisterCourt& row);
  void PutAgency(AgencyOrdinal ordinal, std::string key_id, const goldeneagle::v1::RegisterAgency& row);
  void PutSystem(const goldeneagle::v1::RegisterSystem& row);
  // A grant replaces the one before for the same reader and case.
  void PutGrant(const goldeneagle::v1::GrantReading& grant) { grants_[{grant.reader(), grant.case_index()}] = grant; }
  void PutStatement(uint64_t position, std::string digest, const goldeneagle::v1::Statement& statement);

  // --- reads; null when unknown
  const goldeneagle::v1::LogFounded& founding() const { return founding_; }
  const std::vector<Recovered>& recoveries() const { return recoveries_; }
  // What was signed up to this instant may have been accepted, and lost by the newest recovery.
  absl::Time may_be_lost_until() const;
  // The key that signs the log's heads now; its name is the log's origin now.
  const goldeneagle::v1::FoundingKey& log_key() const {
    return recoveries_.empty() ? founding_.log_key() : recoveries_.back().recovery.new_log_key();
  }
  const std::string& origin() const { return recoveries_.empty() ? founding_.origin() : log_key().name(); }
  bool production() const { return founding_.environment() == goldeneagle::v1::ENVIRONMENT_PRODUCTION; }
  const Court* CourtByCode(std::string_view code) const;
  const Court* CourtByOrdinal(CourtOrdinal ordinal) const;
  const Agency* AgencyByCode(std::string_view code) const;
  const Agency* AgencyByOrdinal(AgencyOrdinal ordinal) const;
  const Agency* OnlyAgencyOf(const AgencySet& agencies) const;  // null also when there are several, or none
  const SystemOwner* OwnerOf(std::string_view spiffe_id) const;
  // Whether it has ended is the caller's to see.
  const goldeneagle::v1::GrantReading* GrantFor(std::string_view reader, CaseSeq of) const;
  const StatementOnFile* StatementAbout(std::string_view subject) const;
  // The organisation's key in force at `now` ("court/…", "agency/…"); null when none was stated, it ended or isn't
  // valid.
  const goldeneagle::v1::Statement* KeyOf(std::string_view subject, absl::Time now) const;
  // The officer of `court` who holds `key`, whether or not valid now.
  std::optional<Officer> OfficerByKey(std::string_view court, std::string_view key) const;
  std::optional<Officer> OfficerByCode(std::string_view court, std::string_view code) const;
  // By subject; absent when it never was an officer.
  std::optional<Officer> OfficerNamed(std::string_view subject) const { return OfficerFrom(subject); }
  // "court/辽9901/officer/001"; empty when no officer has this ordinal.
  std::string SubjectOfOfficer(OfficerOrdinal officer) const;
  // The enforcement account stated under this digest by that court, if it still is the newest statement about its
  // subject.
  const goldeneagle::v1::Statement* AccountByDigest(std::string_view court, std::string_view digest) const;
  // About whom the key was stated, when it was revoked; null while it wasn't.
  const std::string* RevokedKey(std::string_view key) const;
  // Whether the newest statement about the subject revokes its keys.
  bool IsRevoked(std::string_view subject) const;
  // Journal index of the newest statement that revokes; 0: none does.
  uint64_t newest_revocation() const { return newest_revocation_; }
  // The revoked keys of a subject or of anything of it ("court/辽9901": of its officers too), so that a signature by
  // one is told from a stranger's.
  std::vector<StatedKey> RevokedKeysOf(std::string_view subject) const;
  // Whether a signature that the log has since entry `index`, at `at`, fell with a key that was revoked after it: the
  // officer's own, or that of his court. What the log shows to be older than compromised_since stays.
  bool SignatureFell(OfficerOrdinal officer, uint64_t index, absl::Time at) const;
  // About whom this key was ever stated; empty when nobody.
  std::string SubjectOfKey(std::string_view key) const;
  const std::vector<Court>& courts() const { return courts_; }
  const std::vector<Agency>& agencies() const { return agencies_; }
  const std::map<std::string, goldeneagle::v1::RegisterSystem>& systems() const { return systems_; }
  const std::map<std::string, StatementOnFile, std::less<>>& statements() const { return statements_; }
  // Journal indexes of every statement ever accepted, rising: a subject's chain can be followed from its first
  // statement only.
  const std::vector<uint64_t>& statement_positions() const { return statement_positions_; }

  // The rows of `agency` that do `action` on `asset_kind` (empty = any kind).
  static bool Can(const Agency& agency, goldeneagle::v1::Action action, std::string_view asset_kind);
  // The policy's kind of what `freeze` bars at `agency`. What the order names; money of whatever account is of the kind
  // that the agency's own rows freeze: DEPOSIT where it keeps deposits, or where they say no other.
  static std::string KindFrozen(const Agency& agency, const goldeneagle::v1::Freeze& freeze);

 private:
  std::optional<Officer> OfficerFrom(std::string_view subject) const;
  void Revoke(const StatementOnFile& file);
  void Own(const std::string& before, const std::string& spiffe_id, SystemOwner owner);

  goldeneagle::v1::LogFounded founding_;
  std::vector<Recovered> recoveries_;  // by index
  std::vector<Court> courts_;          // ordinal n at n-1
  std::vector<Agency> agencies_;
  absl::flat_hash_map<std::string, uint32_t> court_by_code_;
  absl::flat_hash_map<std::string, uint32_t> agency_by_code_;
  std::map<std::string, goldeneagle::v1::RegisterSystem> systems_;
  absl::flat_hash_map<std::string, SystemOwner> owner_by_identity_;  // by SPIFFE id; those without one have none
  std::map<std::pair<std::string, uint64_t>, goldeneagle::v1::GrantReading> grants_;  // by reader and case
  std::map<std::string, StatementOnFile, std::less<>> statements_;                    // by subject
  std::vector<uint64_t> statement_positions_;
  std::map<std::string, uint32_t, std::less<>> officer_ordinals_;            // by subject
  absl::flat_hash_map<std::string, std::string> officer_by_key_;             // court 00 key -> subject
  std::vector<std::string> officer_subjects_;                                // ordinal n at n-1
  std::map<std::string, std::vector<Revocation>, std::less<>> revocations_;  // by subject
  uint64_t newest_revocation_ = 0;
  absl::flat_hash_map<std::string, std::string> revoked_keys_;  // key -> subject
};

// Valid at `now`, and neither ended nor revoked.
bool HoldsAt(const goldeneagle::v1::Statement& statement, absl::Time now);

// A bitmap over the agency's approved capability rows: those that an adapter declares too (same action and asset kind).
std::string DeclaredBits(const goldeneagle::v1::RegisterAgency& approved,
                         const std::vector<goldeneagle::v1::Capability>& declared);
// The rows back from such a bitmap. It fits only the rows that it was made for: where they change, it is made anew.
std::vector<goldeneagle::v1::Capability> DeclaredRows(const goldeneagle::v1::RegisterAgency& approved,
                                                      std::string_view bits);

// "court/辽9901" -> "辽9901"; empty when the subject isn't an organisation itself.
std::string OrganisationOf(std::string_view subject);

}  // namespace eagle::domain
