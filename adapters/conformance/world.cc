#include "adapters/conformance/world.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/hash.h"
#include "server/trust/pem.h"
#include "server/trust/secret_file.h"
#include "server/trust/strict.h"
#include "server/trust/subject.h"
#include "server/trust/timestamps.h"

namespace eagle::conformance {
namespace {

constexpr absl::Duration kValidFor = absl::Hours(24 * 3653);
constexpr std::string_view kAgencyFile = "/agency", kStatementsFile = "/statements", kKeysFolder = "/keys/";
constexpr const char* kRegistrars[] = {"registrar-one", "registrar-two", "registrar-three"};

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

absl::Status Unwritable(const std::string& path) {
  return Fail(Reason::kStorageUnusable, "a file of the test world can't be written").With("path", path);
}

absl::Status WriteAll(const std::string& path, std::string_view content, std::ios::openmode mode) {
  std::ofstream file(path, std::ios::binary | mode);
  file << ToAbsl(content);
  file.close();
  return file ? absl::OkStatus() : Unwritable(path);
}

bool IsOrganisation(std::string_view subject) {
  const auto parsed = trust::ParseSubject(subject);
  return parsed && parsed->part.empty();
}

}  // namespace

World World::Make(std::string_view agency, absl::Time now, Entropy& entropy) {
  World world;
  world.agency_ = std::string(agency);
  for (const char* name : kRegistrars) GATEWAY_ASSERT(world.AddKey(name, entropy).ok(), "a key in memory");
  for (const char* name : {"agency", "stranger", "examiner"})
    GATEWAY_ASSERT(world.AddKey(name, entropy).ok(), "a key in memory");
  const auto state = [&](v1::Statement statement) {
    GATEWAY_ASSERT(world.State(std::move(statement), now).ok(), "a statement in memory");
  };
  for (const std::string court : {kCourt, kOtherCourt}) {
    GATEWAY_ASSERT(world.AddKey("court-" + court, entropy).ok(), "a key in memory");
    v1::Statement statement;
    statement.set_subject(trust::CourtSubject(court));
    statement.set_kind(v1::STATEMENT_KIND_KEY);
    statement.set_algorithm(v1::KEY_ALGORITHM_ED25519);
    statement.set_key(world.KeyOf("court-" + court).public_key());
    state(statement);
    const std::pair<const char*, v1::OfficerRole> officers[] = {{kHandler, v1::OFFICER_ROLE_HANDLER},
                                                                {kCosigner, v1::OFFICER_ROLE_COSIGNER},
                                                                {kLeader, v1::OFFICER_ROLE_LEADER}};
    for (const auto& [code, role] : officers) {
      const std::string name = absl::StrCat("officer-", court, "-", code);
      GATEWAY_ASSERT(world.AddKey(name, entropy).ok(), "a key in memory");
      state(world.OfficerStatement(court, code, world.KeyOf(name).public_key(), {role}));
    }
  }
  return world;
}

trust::Signer& World::KeyOf(std::string_view name) const {
  const auto found = keys_.find(name);
  GATEWAY_ASSERT(found != keys_.end(), "the world has this key");
  return *found->second;
}

trust::Signer& World::OfficerKey(std::string_view court, std::string_view officer) const {
  return KeyOf(absl::StrCat("officer-", ToAbsl(court), "-", ToAbsl(officer)));
}

std::vector<std::string> World::RegistrarKeys() const {
  std::vector<std::string> keys;
  for (const char* name : kRegistrars) keys.push_back(KeyOf(name).public_key());
  return keys;
}

absl::Status World::AddKey(const std::string& name, Entropy& entropy) {
  if (keys_.count(name) != 0) return absl::OkStatus();
  const std::string pem = trust::PemOfSeed(entropy.Bytes(journal::kSeedSize));
  EAGLE_ASSIGN_OR_RETURN(keys_[name], trust::SignerFromPem(pem));
  pems_[name] = pem;
  if (folder_.empty()) return absl::OkStatus();
  return trust::WriteSecretFile(folder_ + std::string(kKeysFolder) + name + ".pem", pem);
}

uint64_t World::NextSequence(absl::Time now) {
  last_head_ = std::max(last_head_ + 1, static_cast<uint64_t>(absl::ToUnixMicros(now)));
  return last_head_;
}

v1::Statement World::OfficerStatement(std::string_view court, std::string_view code, std::string_view key,
                                      std::vector<v1::OfficerRole> roles) const {
  v1::Statement statement;
  statement.set_subject(trust::OfficerSubject(court, code));
  statement.set_kind(v1::STATEMENT_KIND_OFFICER);
  statement.set_algorithm(v1::KEY_ALGORITHM_ED25519);
  statement.set_key(std::string(key));
  for (v1::OfficerRole role : roles) statement.add_roles(role);
  statement.mutable_officer()->set_name("法官" + std::string(code));
  statement.mutable_officer()->set_work_id_no("W" + std::string(code));
  statement.mutable_officer()->set_duty_card_no("D" + std::string(code));
  return statement;
}

absl::Status World::State(v1::Statement statement, absl::Time now) {
  const Last& last = chain_[statement.subject()];
  statement.set_sequence(last.sequence + 1);
  statement.set_previous_digest(last.digest);
  statement.set_environment(v1::ENVIRONMENT_TEST);
  if (!statement.has_valid_from()) *statement.mutable_valid_from() = trust::TimestampOf(now - absl::Hours(24));
  if (!statement.has_valid_until()) *statement.mutable_valid_until() = trust::TimestampOf(now + kValidFor);
  const bool organisation = IsOrganisation(statement.subject());
  const auto subject = trust::ParseSubject(statement.subject());
  GATEWAY_ASSERT(subject.has_value(), "the kit states about subjects of the one form");
  const trust::HeadFields fields = {v1::MEMBER_TYPE_STATEMENT, v1::ENVIRONMENT_TEST,
                                    organisation ? "registrar" : subject->organisation, NextSequence(now), now};
  std::vector<trust::Signer*> signers = {&KeyOf(kRegistrars[0]), &KeyOf(kRegistrars[1])};
  if (!organisation) signers = {&KeyOf("court-" + subject->organisation)};
  return Append(trust::TravelForm(trust::MakeBatch(fields, {statement.SerializeAsString()}, signers), 0));
}

absl::StatusOr<std::string> World::AccountDigest(std::string_view court, const v1::AccountDetails& account,
                                                 absl::Time now) {
  const std::string subject = trust::AccountSubject(court, "1");
  if (const auto held = chain_.find(subject);
      held == chain_.end() || held->second.statement.account().SerializeAsString() != account.SerializeAsString()) {
    v1::Statement statement;
    statement.set_subject(subject);
    statement.set_kind(v1::STATEMENT_KIND_ACCOUNT);
    *statement.mutable_account() = account;
    EAGLE_RETURN_IF_ERROR(State(std::move(statement), now));
  }
  return chain_[subject].digest;
}

absl::Status World::Append(const v1::SignedMember& member) {
  if (!folder_.empty()) {
    const std::string bytes = member.SerializeAsString();
    ByteWriter row;
    row.U32(static_cast<uint32_t>(bytes.size())).Bytes(bytes);
    EAGLE_RETURN_IF_ERROR(WriteAll(folder_ + std::string(kStatementsFile), row.bytes(), std::ios::app));
  }
  Remember(member);
  return absl::OkStatus();
}

void World::Remember(const v1::SignedMember& member) {
  Last last;
  last.statement.ParseFromString(member.member());
  last.sequence = last.statement.sequence();
  last.digest = std::string(journal::View(journal::LeafHash(member.member())));
  chain_[last.statement.subject()] = std::move(last);
  statements_.push_back(member);
}

absl::Status World::Save(const std::string& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder + std::string(kKeysFolder), failed);
  if (failed) return Unwritable(folder);
  for (const auto& [name, pem] : pems_)
    EAGLE_RETURN_IF_ERROR(trust::WriteSecretFile(folder + std::string(kKeysFolder) + name + ".pem", pem));
  EAGLE_RETURN_IF_ERROR(WriteAll(folder + std::string(kAgencyFile), agency_ + "\n", std::ios::trunc));
  folder_ = folder;
  std::vector<v1::SignedMember> members = std::exchange(statements_, {});
  for (const v1::SignedMember& member : members) EAGLE_RETURN_IF_ERROR(Append(member));
  return absl::OkStatus();
}

absl::StatusOr<World> World::Load(const std::string& folder) {
  World world;
  world.folder_ = folder;
  world.agency_ = ReadAll(folder + std::string(kAgencyFile));
  if (world.agency_.empty() || world.agency_.back() != '\n')
    return Fail(Reason::kStorageUnusable, "this folder has no test world; make one with `eagle-conformance init`")
        .With("path", folder);
  world.agency_.pop_back();
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder + std::string(kKeysFolder), failed)) {
    EAGLE_ASSIGN_OR_RETURN(const std::string pem, trust::ReadSecretFile(entry.path().string()));
    const std::string name = entry.path().stem().string();
    EAGLE_ASSIGN_OR_RETURN(world.keys_[name], trust::SignerFromPem(pem));
    world.pems_[name] = pem;
  }
  for (const char* name : {"registrar-one", "registrar-two", "registrar-three", "agency", "stranger", "examiner"}) {
    if (world.keys_.count(name) == 0)
      return Fail(Reason::kKeyUnusable, "a key of the test world is missing").With("name", name);
  }
  const std::string bytes = ReadAll(folder + std::string(kStatementsFile));
  ByteReader rows(bytes);
  while (rows.ok() && rows.remaining() > 0) {
    const uint32_t size = rows.U32();
    EAGLE_ASSIGN_OR_RETURN(const v1::SignedMember member, trust::ParseStrict<v1::SignedMember>(rows.Bytes(size)));
    world.Remember(member);
  }
  if (!rows.Done() || world.statements_.empty())
    return Fail(Reason::kEnvelopeMalformed, "the file of statements was cut").With("path", folder);
  return world;
}

}  // namespace eagle::conformance
