#include "server/domain/directory.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/domain/act.h"
#include "server/domain/instant.h"

namespace eagle::domain {
namespace {

using goldeneagle::v1::Statement;

std::string OfficerKey(std::string_view court, std::string_view key) {
  std::string out(court);
  out.push_back('\0');
  return out.append(key);
}

std::string OfficerSubject(std::string_view court, std::string_view code) {
  return "court/" + std::string(court) + "/officer/" + std::string(code);
}

}  // namespace

bool HoldsAt(const Statement& statement, absl::Time now) {
  return statement.kind() != goldeneagle::v1::STATEMENT_KIND_ENDED &&
         statement.kind() != goldeneagle::v1::STATEMENT_KIND_REVOKED && FromProto(statement.valid_from()) <= now &&
         now < FromProto(statement.valid_until());
}

std::string DeclaredBits(const goldeneagle::v1::RegisterAgency& approved,
                         const std::vector<goldeneagle::v1::Capability>& declared) {
  std::string bits(static_cast<size_t>(approved.capabilities_size() + 7) / 8, '\0');
  for (int i = 0; i < approved.capabilities_size(); ++i) {
    const auto& row = approved.capabilities(i);
    const bool offered =
        std::any_of(declared.begin(), declared.end(), [&](const goldeneagle::v1::Capability& capability) {
          return capability.action() == row.action() && capability.asset_kind() == row.asset_kind();
        });
    char& byte = bits[static_cast<size_t>(i) / 8];
    if (offered) byte = static_cast<char>(byte | 1 << i % 8);
  }
  return bits;
}

std::vector<goldeneagle::v1::Capability> DeclaredRows(const goldeneagle::v1::RegisterAgency& approved,
                                                      std::string_view bits) {
  std::vector<goldeneagle::v1::Capability> rows;
  for (int i = 0; i < approved.capabilities_size(); ++i) {
    const size_t byte = static_cast<size_t>(i) / 8;
    if (byte < bits.size() && (bits[byte] >> i % 8 & 1) != 0) rows.push_back(approved.capabilities(i));
  }
  return rows;
}

std::string OrganisationOf(std::string_view subject) {
  const size_t slash = subject.find('/');
  if (slash == std::string_view::npos || subject.find('/', slash + 1) != std::string_view::npos) return "";
  return std::string(subject.substr(slash + 1));
}

void Directory::Own(const std::string& before, const std::string& spiffe_id, SystemOwner owner) {
  if (const auto it = owner_by_identity_.find(before); it != owner_by_identity_.end() && it->second == owner)
    owner_by_identity_.erase(it);
  if (!spiffe_id.empty()) owner_by_identity_[spiffe_id] = std::move(owner);
}

void Directory::PutCourt(CourtOrdinal ordinal, std::string key_id, const goldeneagle::v1::RegisterCourt& row) {
  const Court* known = CourtByOrdinal(ordinal);
  Own(known != nullptr ? known->row.system().spiffe_id() : "", row.system().spiffe_id(),
      {SystemOwner::Kind::kCourt, row.code()});
  if (known != nullptr) {
    courts_[ordinal.value() - 1].row = row;
    return;
  }
  GATEWAY_ASSERT(ordinal.value() == courts_.size() + 1, "ordinals are dense");
  courts_.push_back({ordinal, std::move(key_id), row});
  court_by_code_[row.code()] = ordinal.value();
}

void Directory::PutAgency(AgencyOrdinal ordinal, std::string key_id, const goldeneagle::v1::RegisterAgency& row) {
  const Agency* known = AgencyByOrdinal(ordinal);
  Own(known != nullptr ? known->row.system().spiffe_id() : "", row.system().spiffe_id(),
      {SystemOwner::Kind::kAgency, row.code()});
  if (known != nullptr) {
    agencies_[ordinal.value() - 1].row = row;
    return;
  }
  GATEWAY_ASSERT(ordinal.value() == agencies_.size() + 1, "ordinals are dense");
  agencies_.push_back({ordinal, std::move(key_id), row});
  agency_by_code_[row.code()] = ordinal.value();
}

void Directory::PutSystem(const goldeneagle::v1::RegisterSystem& row) {
  goldeneagle::v1::RegisterSystem& known = systems_[row.name()];
  Own(known.system().spiffe_id(), row.system().spiffe_id(), {SystemOwner::Kind::kSystem, row.name()});
  known = row;
}

void Directory::PutStatement(uint64_t position, std::string digest, const Statement& statement) {
  StatementOnFile& file = statements_[statement.subject()];
  const std::string court = statement.subject().substr(0, 6) == "court/"
                                ? statement.subject().substr(6, statement.subject().find('/', 6) - 6)
                                : "";
  if (file.statement.kind() == goldeneagle::v1::STATEMENT_KIND_OFFICER)
    officer_by_key_.erase(OfficerKey(court, file.statement.key()));
  if (file.position == 0 || file.statement.key() != statement.key()) file.key_since = position;
  file.position = position;
  file.digest = std::move(digest);
  file.statement = statement;
  statement_positions_.push_back(position);
  const auto is_new = [&](const StatedKey& known) { return known.key == statement.key(); };
  if (!statement.key().empty() && std::none_of(file.keys.begin(), file.keys.end(), is_new))
    file.keys.push_back({statement.algorithm(), statement.key()});
  if (statement.kind() == goldeneagle::v1::STATEMENT_KIND_REVOKED) Revoke(file);
  if (statement.kind() == goldeneagle::v1::STATEMENT_KIND_OFFICER) {
    officer_by_key_[OfficerKey(court, statement.key())] = statement.subject();
    const auto ordinal = static_cast<uint32_t>(officer_ordinals_.size() + 1);
    if (officer_ordinals_.emplace(statement.subject(), ordinal).second)
      officer_subjects_.push_back(statement.subject());
  }
}

void Directory::Revoke(const StatementOnFile& file) {
  const std::string& subject = file.statement.subject();
  newest_revocation_ = std::max(newest_revocation_, file.position);
  revocations_[subject].push_back({file.position, FromProto(file.statement.compromised_since())});
  for (const StatedKey& stated : file.keys) revoked_keys_[stated.key] = subject;
  if (OrganisationOf(subject).empty()) return;
  // What a court's own key stated may have been stated by whoever has it: all of it is to be stated anew.
  const std::string prefix = subject + "/";
  for (auto it = statements_.lower_bound(prefix);
       it != statements_.end() && it->first.compare(0, prefix.size(), prefix) == 0; ++it) {
    Statement& fallen = it->second.statement;
    if (fallen.kind() == goldeneagle::v1::STATEMENT_KIND_OFFICER)
      officer_by_key_.erase(OfficerKey(OrganisationOf(subject), fallen.key()));
    if (fallen.kind() == goldeneagle::v1::STATEMENT_KIND_REVOKED) continue;
    fallen.set_kind(goldeneagle::v1::STATEMENT_KIND_ENDED);
    fallen.clear_key();
  }
}

const Court* Directory::CourtByCode(std::string_view code) const {
  const auto it = court_by_code_.find(ToAbsl(code));
  return it == court_by_code_.end() ? nullptr : &courts_[it->second - 1];
}
const Court* Directory::CourtByOrdinal(CourtOrdinal ordinal) const {
  return ordinal && ordinal.value() <= courts_.size() ? &courts_[ordinal.value() - 1] : nullptr;
}
const Agency* Directory::AgencyByCode(std::string_view code) const {
  const auto it = agency_by_code_.find(ToAbsl(code));
  return it == agency_by_code_.end() ? nullptr : &agencies_[it->second - 1];
}
const Agency* Directory::AgencyByOrdinal(AgencyOrdinal ordinal) const {
  return ordinal && ordinal.value() <= agencies_.size() ? &agencies_[ordinal.value() - 1] : nullptr;
}

const Agency* Directory::OnlyAgencyOf(const AgencySet& agencies) const {
  if (agencies.count() != 1) return nullptr;
  const Agency* only = nullptr;
  agencies.ForEach([&](AgencyOrdinal ordinal) { only = AgencyByOrdinal(ordinal); });
  return only;
}

const SystemOwner* Directory::OwnerOf(std::string_view spiffe_id) const {
  const auto it = owner_by_identity_.find(ToAbsl(spiffe_id));
  return it == owner_by_identity_.end() ? nullptr : &it->second;
}

const goldeneagle::v1::GrantReading* Directory::GrantFor(std::string_view reader, CaseSeq of) const {
  const auto it = grants_.find({std::string(reader), of.value()});
  return it == grants_.end() ? nullptr : &it->second;
}

const StatementOnFile* Directory::StatementAbout(std::string_view subject) const {
  const auto it = statements_.find(subject);
  return it == statements_.end() ? nullptr : &it->second;
}

const Statement* Directory::KeyOf(std::string_view subject, absl::Time now) const {
  const StatementOnFile* file = StatementAbout(subject);
  if (file == nullptr || file->statement.kind() != goldeneagle::v1::STATEMENT_KIND_KEY ||
      !HoldsAt(file->statement, now))
    return nullptr;
  return &file->statement;
}

std::optional<Officer> Directory::OfficerFrom(std::string_view subject) const {
  const StatementOnFile* file = StatementAbout(subject);
  const auto ordinal = officer_ordinals_.find(subject);
  if (file == nullptr || ordinal == officer_ordinals_.end()) return std::nullopt;
  const size_t court_end = subject.find('/', 6), code_start = subject.rfind('/') + 1;
  return Officer{OfficerOrdinal(ordinal->second), std::string(subject.substr(6, court_end - 6)),
                 std::string(subject.substr(code_start)), std::string(subject), &file->statement};
}

std::optional<Officer> Directory::OfficerByKey(std::string_view court, std::string_view key) const {
  const auto it = officer_by_key_.find(OfficerKey(court, key));
  return it == officer_by_key_.end() ? std::nullopt : OfficerFrom(it->second);
}
std::optional<Officer> Directory::OfficerByCode(std::string_view court, std::string_view code) const {
  return OfficerFrom(OfficerSubject(court, code));
}

const Statement* Directory::AccountByDigest(std::string_view court, std::string_view digest) const {
  const std::string prefix = "court/" + std::string(court) + "/account/";
  for (auto it = statements_.lower_bound(prefix);
       it != statements_.end() && it->first.compare(0, prefix.size(), prefix) == 0; ++it) {
    if (it->second.digest == digest && it->second.statement.kind() == goldeneagle::v1::STATEMENT_KIND_ACCOUNT)
      return &it->second.statement;
  }
  return nullptr;
}

const std::string* Directory::RevokedKey(std::string_view key) const {
  const auto it = revoked_keys_.find(ToAbsl(key));
  return it == revoked_keys_.end() ? nullptr : &it->second;
}

bool Directory::IsRevoked(std::string_view subject) const {
  const StatementOnFile* file = StatementAbout(subject);
  return file != nullptr && file->statement.kind() == goldeneagle::v1::STATEMENT_KIND_REVOKED;
}

std::vector<StatedKey> Directory::RevokedKeysOf(std::string_view subject) const {
  std::vector<StatedKey> keys;
  for (auto it = revocations_.lower_bound(subject);
       it != revocations_.end() && it->first.compare(0, subject.size(), subject) == 0; ++it) {
    if (it->first.size() > subject.size() && it->first[subject.size()] != '/') continue;
    for (const StatedKey& stated : statements_.at(it->first).keys) {
      if (RevokedKey(stated.key) != nullptr) keys.push_back(stated);
    }
  }
  return keys;
}

bool Directory::SignatureFell(OfficerOrdinal officer, uint64_t index, absl::Time at) const {
  if (!officer || officer.value() > officer_subjects_.size()) return false;
  const std::string& subject = officer_subjects_[officer.value() - 1];
  for (const std::string_view of :
       {std::string_view(subject), std::string_view(subject).substr(0, subject.find('/', 6))}) {
    const auto it = revocations_.find(of);
    if (it == revocations_.end()) continue;
    for (const Revocation& revoked : it->second) {
      if (revoked.position > index && revoked.since <= at) return true;
    }
  }
  return false;
}

absl::Time Directory::may_be_lost_until() const {
  return recoveries_.empty() ? absl::InfinitePast() : FromProto(recoveries_.back().recovery.proposed_at());
}

std::string Directory::SubjectOfOfficer(OfficerOrdinal officer) const {
  return !officer || officer.value() > officer_subjects_.size() ? "" : officer_subjects_[officer.value() - 1];
}

std::string Directory::SubjectOfKey(std::string_view key) const {
  for (const auto& [subject, file] : statements_) {
    for (const StatedKey& stated : file.keys) {
      if (stated.key == key) return subject;
    }
  }
  return "";
}

bool Directory::Can(const Agency& agency, goldeneagle::v1::Action action, std::string_view asset_kind) {
  return std::any_of(agency.row.capabilities().begin(), agency.row.capabilities().end(), [&](const auto& capability) {
    return capability.action() == action && (asset_kind.empty() || capability.asset_kind() == asset_kind);
  });
}

std::string Directory::KindFrozen(const Agency& agency, const goldeneagle::v1::Freeze& freeze) {
  using goldeneagle::v1::ACTION_FREEZE;
  std::string named(AssetKindOf(freeze));
  if (freeze.has_asset() || freeze.has_counter() || freeze.has_product()) return named;
  if (Can(agency, ACTION_FREEZE, named) && Can(agency, goldeneagle::v1::ACTION_INQUIRE, named)) return named;
  for (const auto& row : agency.row.capabilities()) {
    const std::string& kind = row.asset_kind();
    if (row.action() == ACTION_FREEZE && IsMoneyOfAccounts(kind) && kind != named) return kind;
  }
  return named;
}

}  // namespace eagle::domain
