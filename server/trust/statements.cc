#include "server/trust/statements.h"

#include <algorithm>
#include <set>
#include <utility>

#include "server/base/assert.h"
#include "server/base/reason.h"
#include "server/journal/ed25519.h"
#include "server/trust/strict.h"
#include "server/trust/timestamps.h"

namespace eagle::trust {
namespace {

using journal::Hash;

absl::Status Refuse(Reason reason, std::string_view what, std::string_view subject) {
  return Fail(reason, what).With("subject", subject);
}

bool IsOrganisation(const Subject& subject) {
  return subject.kind == SubjectKind::kCourt || subject.kind == SubjectKind::kAgency;
}

// Pre: content checked.
Interval ValidityOf(const v1::Statement& statement) {
  return {TimeOf(statement.valid_from()).value_or(absl::InfiniteFuture()),
          TimeOf(statement.valid_until()).value_or(absl::InfinitePast())};
}

Officer OfficerFrom(const v1::Statement& statement, std::string_view court, std::string_view code) {
  Officer officer{std::string(court),  std::string(code),    statement.algorithm(), statement.key(), {},
                  statement.officer(), ValidityOf(statement)};
  for (const int role : statement.roles()) officer.roles.push_back(static_cast<v1::OfficerRole>(role));
  std::sort(officer.roles.begin(), officer.roles.end());
  return officer;
}

}  // namespace

bool Officer::Has(v1::OfficerRole role) const { return std::find(roles.begin(), roles.end(), role) != roles.end(); }

std::vector<CandidateKey> CandidatesOf(const std::vector<Officer>& officers) {
  std::vector<CandidateKey> candidates;
  candidates.reserve(officers.size());
  for (const Officer& officer : officers) candidates.push_back({candidates.size(), officer.algorithm, officer.key});
  return candidates;
}

absl::StatusOr<StatementBook> StatementBook::Make(PinnedRegistrars pinned) {
  const std::set<std::string> distinct(pinned.registrar_keys.begin(), pinned.registrar_keys.end());
  for (const std::string& key : pinned.registrar_keys) {
    if (!journal::PublicKey::FromBytes(key).has_value()) {
      return Fail(Reason::kKeyUnusable, "a pinned registrar key is none");
    }
  }
  if (distinct.size() != pinned.registrar_keys.size()) {
    return Fail(Reason::kKeyUnusable, "a registrar key is pinned twice");
  }
  if (pinned.threshold == 0 || pinned.threshold > distinct.size()) {
    return Fail(Reason::kConfigurationInvalid, "the threshold must be between 1 and the number of registrar keys");
  }
  if (pinned.environment == v1::ENVIRONMENT_UNSPECIFIED || !v1::Environment_IsValid(pinned.environment)) {
    return Fail(Reason::kConfigurationInvalid, "the environment must be production or test");
  }
  return StatementBook(std::move(pinned));
}

absl::StatusOr<StatementBook::Accepted> StatementBook::Accept(const v1::SignedMember& member,
                                                              const SignatureChecker& checker, HeadCache* cache) {
  EAGLE_ASSIGN_OR_RETURN(const ParsedMember parsed, ParseMember(member));
  EAGLE_RETURN_IF_ERROR(ExpectHead(parsed.head, v1::MEMBER_TYPE_STATEMENT, pinned_.environment));
  if (std::optional<Accepted> known = Known(parsed.digest); known.has_value()) return *std::move(known);
  EAGLE_ASSIGN_OR_RETURN(const std::vector<CandidateKey> candidates, CandidatesFor(parsed.head));
  auto signed_by = cache != nullptr ? cache->CheckSignatures(parsed, candidates, checker)
                                    : CheckSignatures(parsed, candidates, checker);
  EAGLE_RETURN_IF_ERROR(signed_by.status());
  return AcceptVerified(parsed.member, parsed.head, *signed_by);
}

absl::StatusOr<std::vector<absl::StatusOr<StatementBook::Accepted>>> StatementBook::AcceptBatch(
    v1::SignedBatch batch, const SignatureChecker& checker) {
  EAGLE_ASSIGN_OR_RETURN(const ParsedBatch parsed, ParseBatch(std::move(batch)));
  EAGLE_RETURN_IF_ERROR(ExpectHead(parsed.head, v1::MEMBER_TYPE_STATEMENT, pinned_.environment));
  EAGLE_ASSIGN_OR_RETURN(const std::vector<CandidateKey> candidates, CandidatesFor(parsed.head));
  EAGLE_ASSIGN_OR_RETURN(const std::vector<uint64_t> signed_by, CheckSignatures(parsed, candidates, checker));
  std::vector<absl::StatusOr<Accepted>> answers;
  for (const std::string& member : parsed.members) answers.push_back(AcceptVerified(member, parsed.head, signed_by));
  return answers;
}

absl::StatusOr<std::vector<CandidateKey>> StatementBook::CandidatesFor(const v1::Head& head) const {
  std::vector<CandidateKey> candidates;
  if (head.signer() == kRegistrar) {
    for (const std::string& key : pinned_.registrar_keys) {
      candidates.push_back({candidates.size() + 1, v1::KEY_ALGORITHM_ED25519, key});
    }
    return candidates;
  }
  const std::string subject = CourtSubject(head.signer());
  const Held* court = HeldAbout(subject);
  if (IsRevoked(subject))
    return Refuse(Reason::kKeyRevoked, "the court's key was revoked, and none was stated since", subject);
  if (court == nullptr || court->statement.kind() != v1::STATEMENT_KIND_KEY) {
    return Refuse(Reason::kSignerUnknown, "no key of this court is known, or it has ended", subject);
  }
  EAGLE_RETURN_IF_ERROR(CheckSignedAt(head, court->statement));
  candidates.push_back({0, court->statement.algorithm(), court->statement.key()});
  return candidates;
}

absl::StatusOr<StatementBook::Accepted> StatementBook::AcceptVerified(std::string_view member, const v1::Head& head,
                                                                      const std::vector<uint64_t>& signed_by) {
  EAGLE_ASSIGN_OR_RETURN(v1::Statement statement, ParseStrict<v1::Statement>(member));
  EAGLE_ASSIGN_OR_RETURN(const Subject subject, CheckStatement(statement, pinned_.environment));
  EAGLE_RETURN_IF_ERROR(CheckSpeaker(subject, head, signed_by));
  Accepted accepted{std::move(statement), subject, journal::LeafHash(member), {}, false};
  if (std::optional<Accepted> known = Known(accepted.digest); known.has_value()) return *std::move(known);
  if (IsOrganisation(subject)) accepted.registrars = signed_by;
  EAGLE_RETURN_IF_ERROR(CheckChain(accepted.statement));
  EAGLE_RETURN_IF_ERROR(CheckOwnKey(accepted.statement, subject));
  const std::string& name = accepted.statement.subject();
  if (const Held* held = HeldAbout(name); held != nullptr) by_digest_.erase(held->digest);
  by_digest_[accepted.digest] = name;
  Hold(accepted);
  return accepted;
}

void StatementBook::Hold(const Accepted& accepted) {
  const v1::Statement& statement = accepted.statement;
  Held& held = held_[statement.subject()];
  held.sequence = statement.sequence();
  held.digest = accepted.digest;
  held.statement = statement;
  const auto same = [&](const CandidateKey& known) { return known.key == statement.key(); };
  if (!statement.key().empty() && std::none_of(held.keys.begin(), held.keys.end(), same))
    held.keys.push_back({0, statement.algorithm(), statement.key()});
  if (statement.kind() != v1::STATEMENT_KIND_REVOKED) return;
  for (const CandidateKey& stated : held.keys) revoked_[stated.key] = statement.subject();
  if (accepted.subject.kind != SubjectKind::kCourt) return;
  const std::string prefix = statement.subject() + "/";
  for (auto at = held_.lower_bound(prefix); at != held_.end() && at->first.compare(0, prefix.size(), prefix) == 0;
       ++at) {
    v1::Statement& fallen = at->second.statement;
    if (fallen.kind() == v1::STATEMENT_KIND_REVOKED) continue;
    fallen.set_kind(v1::STATEMENT_KIND_ENDED);
    fallen.clear_key();
  }
}

bool StatementBook::IsRevoked(std::string_view subject) const {
  const Held* held = HeldAbout(subject);
  return held != nullptr && held->statement.kind() == v1::STATEMENT_KIND_REVOKED;
}

std::vector<CandidateKey> StatementBook::RevokedKeysOf(std::string_view court, uint64_t first) const {
  std::vector<CandidateKey> keys;
  const std::string prefix = OfficerSubject(court, "");
  for (auto at = held_.lower_bound(prefix); at != held_.end() && at->first.compare(0, prefix.size(), prefix) == 0;
       ++at) {
    for (const CandidateKey& stated : at->second.keys) {
      if (revoked_.contains(stated.key)) keys.push_back({first + keys.size(), stated.algorithm, stated.key});
    }
  }
  return keys;
}

std::optional<StatementBook::Accepted> StatementBook::Known(const Hash& digest) const {
  const auto found = by_digest_.find(digest);
  if (found == by_digest_.end()) return std::nullopt;
  const std::optional<Subject> subject = ParseSubject(found->second);
  const Held* held = HeldAbout(found->second);
  GATEWAY_ASSERT(subject.has_value() && held != nullptr, "what is indexed is held");
  return Accepted{held->statement, *subject, digest, {}, true};
}

absl::Status StatementBook::CheckSpeaker(const Subject& subject, const v1::Head& head,
                                         const std::vector<uint64_t>& signed_by) const {
  if (!IsOrganisation(subject)) {
    if (head.signer() == subject.organisation) return absl::OkStatus();
    return Refuse(Reason::kPermissionDenied, "only the court itself speaks about its officers and accounts",
                  subject.organisation);
  }
  if (head.signer() != kRegistrar) {
    return Refuse(Reason::kPermissionDenied, "only the registrars speak about organisations", subject.organisation);
  }
  if (signed_by.size() < pinned_.threshold) {
    return Refuse(Reason::kSignaturesMissing, "fewer registrars signed than are needed", subject.organisation);
  }
  return absl::OkStatus();
}

absl::Status StatementBook::CheckChain(const v1::Statement& statement) const {
  const std::string& subject = statement.subject();
  const Held* held = HeldAbout(subject);
  if (held == nullptr) {
    if (statement.kind() == v1::STATEMENT_KIND_ENDED || statement.kind() == v1::STATEMENT_KIND_REVOKED) {
      return Refuse(Reason::kStatementStale, "there is nothing to end", subject);
    }
    if (statement.sequence() == 1 && statement.previous_digest().empty()) return absl::OkStatus();
    return Refuse(Reason::kStatementStale, "the statement before this one isn't held", subject);
  }
  if (statement.sequence() <= held->sequence) {
    return Refuse(Reason::kStatementStale, "a newer statement is held", subject);
  }
  if (statement.previous_digest() != journal::View(held->digest)) {
    return Refuse(Reason::kStatementStale, "it doesn't continue the statement that is held", subject);
  }
  return absl::OkStatus();
}

absl::Status StatementBook::CheckOwnKey(const v1::Statement& statement, const Subject& subject) const {
  if (statement.key().empty()) return absl::OkStatus();
  if (revoked_.contains(statement.key()))
    return Refuse(Reason::kKeyRevoked, "a revoked key is never stated again", statement.subject());
  const auto same = [&statement](const std::string& key) { return key == statement.key(); };
  const auto refuse = [] {
    return Fail(Reason::kFieldInvalid, "the statement can't be taken").At("key", "is the key of somebody else already");
  };
  if (std::any_of(pinned_.registrar_keys.begin(), pinned_.registrar_keys.end(), same)) return refuse();
  if (subject.kind == SubjectKind::kAgency) return absl::OkStatus();
  const std::string court = CourtSubject(subject.organisation), officers = OfficerSubject(subject.organisation, "");
  const Held* own = HeldAbout(court);
  if (subject.kind == SubjectKind::kOfficer && own != nullptr && same(own->statement.key())) return refuse();
  for (auto at = held_.lower_bound(officers); at != held_.end() && at->first.compare(0, officers.size(), officers) == 0;
       ++at) {
    if (at->first != statement.subject() && same(at->second.statement.key())) return refuse();
  }
  return absl::OkStatus();
}

const StatementBook::Held* StatementBook::HeldAbout(std::string_view subject) const {
  const auto found = held_.find(subject);
  return found == held_.end() ? nullptr : &found->second;
}

std::vector<std::pair<std::string, const StatementBook::Held*>> StatementBook::HeldBelow(std::string_view court) const {
  std::vector<std::pair<std::string, const Held*>> out;
  const std::string prefix = std::string(court) + "/";
  for (auto at = held_.lower_bound(prefix); at != held_.end() && at->first.compare(0, prefix.size(), prefix) == 0; ++at)
    out.emplace_back(at->first, &at->second);
  return out;
}

const v1::Statement* StatementBook::InForce(std::string_view subject, v1::StatementKind kind, absl::Time now) const {
  const Held* held = HeldAbout(subject);
  if (held == nullptr || held->statement.kind() != kind || !ValidityOf(held->statement).Holds(now)) return nullptr;
  return &held->statement;
}

std::optional<OrganisationKey> StatementBook::KeyOf(std::string_view subject, absl::Time now) const {
  const v1::Statement* statement = InForce(subject, v1::STATEMENT_KIND_KEY, now);
  if (statement == nullptr) return std::nullopt;
  return OrganisationKey{statement->algorithm(), statement->key(), ValidityOf(*statement)};
}

std::vector<Officer> StatementBook::OfficersOf(std::string_view court, absl::Time now) const {
  std::vector<Officer> officers;
  if (!KeyOf(CourtSubject(court), now).has_value()) return officers;
  const std::string prefix = OfficerSubject(court, "");
  for (auto at = held_.lower_bound(prefix); at != held_.end() && at->first.compare(0, prefix.size(), prefix) == 0;
       ++at) {
    const v1::Statement* statement = InForce(at->first, v1::STATEMENT_KIND_OFFICER, now);
    if (statement != nullptr)
      officers.push_back(OfficerFrom(*statement, court, std::string_view(at->first).substr(prefix.size())));
  }
  return officers;
}

std::optional<Officer> StatementBook::OfficerOf(std::string_view court, std::string_view officer,
                                                absl::Time now) const {
  const v1::Statement* statement = InForce(OfficerSubject(court, officer), v1::STATEMENT_KIND_OFFICER, now);
  if (statement == nullptr || !KeyOf(CourtSubject(court), now).has_value()) return std::nullopt;
  return OfficerFrom(*statement, court, officer);
}

std::optional<Officer> StatementBook::OfficerByKey(std::string_view court, std::string_view key, absl::Time now) const {
  for (Officer& officer : OfficersOf(court, now)) {
    if (officer.key == key) return std::move(officer);
  }
  return std::nullopt;
}

std::optional<Account> StatementBook::AccountByDigest(const Hash& digest, absl::Time now) const {
  const auto found = by_digest_.find(digest);
  if (found == by_digest_.end()) return std::nullopt;
  const std::optional<Subject> subject = ParseSubject(found->second);
  const v1::Statement* statement = InForce(found->second, v1::STATEMENT_KIND_ACCOUNT, now);
  if (!subject.has_value() || statement == nullptr) return std::nullopt;
  if (!KeyOf(CourtSubject(subject->organisation), now).has_value()) return std::nullopt;
  return Account{subject->organisation, subject->part, statement->account(), ValidityOf(*statement)};
}

}  // namespace eagle::trust
