// Statements: the registrars' about organisations, a court's about its officers and accounts.
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/assert.h"
#include "server/domain/draft.h"
#include "server/domain/instant.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

struct Subject {
  std::string kind;  // court | agency
  std::string code;
  std::string part;  // "", officer, account
};

// Pre: one of the four forms, as trust::CheckStatement has them.
Subject ParseSubject(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  GATEWAY_ASSERT(parts.size() == 2 || parts.size() == 4, "statements were checked before they queued");
  return {parts[0], parts[1], parts.size() == 4 ? parts[2] : ""};
}

using KeysOfBatch = absl::flat_hash_map<std::string, std::string>;  // organisation 00 key -> subject

// One key stands for one subject: two officers under one key would be one signature that counts as two people. Agencies
// refuse it as well.
void CheckKeyIsFree(const Statement& statement, const Subject& subject, const Directory& directory,
                    const KeysOfBatch& batch, Violations& wrong) {
  if (statement.key().empty()) return;
  if (directory.RevokedKey(statement.key()) != nullptr)
    wrong.Add("key", Reason::kKeyRevoked, "a revoked key is never stated again");
  bool taken = false;
  for (const auto& registrar : directory.founding().registrars()) taken |= registrar.key() == statement.key();
  if (subject.kind == "court") {
    const auto officer = directory.OfficerByKey(subject.code, statement.key());
    taken |= officer && officer->subject != statement.subject();
    const StatementOnFile* court = directory.StatementAbout("court/" + subject.code);
    taken |=
        statement.kind() == STATEMENT_KIND_OFFICER && court != nullptr && court->statement.key() == statement.key();
    const auto here = batch.find(subject.code + '\0' + statement.key());
    taken |= here != batch.end() && here->second != statement.subject();
  }
  if (taken) wrong.Add("key", Reason::kFieldInvalid, "the key belongs to somebody else");
}

}  // namespace

void DecideCommand(Draft& draft, const SubmitStatements& command) {
  const State& state = draft.state();
  const Directory& directory = state.directory;
  const std::string& signer_code = command.signed_head.head.signer();
  const bool registrar = signer_code == "registrar";
  const Court* court = registrar ? nullptr : directory.CourtByCode(signer_code);
  if (!registrar && court == nullptr) {
    draft.result().status = Fail(Reason::kSignerUnknown, "statements are signed by the registrars or by a court");
    return;
  }
  for (const std::string& signed_with : command.signed_head.keys) {
    if (directory.RevokedKey(signed_with) == nullptr) continue;
    draft.result().status = Fail(Reason::kKeyRevoked, "signed with a key of the court that was revoked");
    return;
  }
  // Who of the registrars signed; for a court: whether its key in force did.
  std::vector<uint32_t> registrars;
  for (int i = 0; i < directory.founding().registrars_size(); ++i) {
    const auto& keys = command.signed_head.keys;
    if (registrar && std::find(keys.begin(), keys.end(), directory.founding().registrars(i).key()) != keys.end()) {
      registrars.push_back(static_cast<uint32_t>(i + 1));
    }
  }
  const Statement* key = registrar ? nullptr : directory.KeyOf("court/" + signer_code, draft.now());
  // Its newest key, in force now and when it signed: agencies look at the latter.
  const bool by_court = key != nullptr && HoldsAt(*key, FromProto(command.signed_head.head.signed_at())) &&
                        std::find(command.signed_head.keys.begin(), command.signed_head.keys.end(), key->key()) !=
                            command.signed_head.keys.end();
  Signer signer = registrar ? Signer{ACTOR_KIND_REGISTRAR, 0, "registrar", ""}
                            : Signer{ACTOR_KIND_COURT, court->ordinal.value(),
                                     absl::StrCat("court/", court->ordinal.value()), court->key_id};
  HeadWriter head(draft, command.signed_head, signer);
  draft.result().status = head.CheckSequence();
  if (!draft.result().status.ok()) return;

  std::vector<FreshRevocation> revoked;
  absl::flat_hash_map<std::string, std::pair<uint64_t, std::string>> newest;  // subjects of this batch
  KeysOfBatch batch_keys;
  for (size_t i = 0; i < command.members.size(); ++i) {
    const Statement& statement = command.members[i].parsed;
    const std::string& digest = command.signed_head.digests[i];
    const Subject subject = ParseSubject(statement.subject());
    uint64_t known_sequence = 0, known_position = 0;
    std::string known_digest;
    if (const StatementOnFile* file = directory.StatementAbout(statement.subject())) {
      known_sequence = file->statement.sequence(), known_digest = file->digest, known_position = file->position;
    }
    if (const auto it = newest.find(statement.subject()); it != newest.end()) {
      known_sequence = it->second.first, known_digest = it->second.second, known_position = 0;
    }
    if (known_digest == digest && known_sequence > 0) {
      draft.result().members.push_back({.id = statement.subject(), .index = known_position, .repeated = true});
      continue;
    }
    Violations wrong;
    if (statement.has_account() && directory.AgencyByCode(statement.account().bank()) == nullptr)
      wrong.Add("account.bank", Reason::kAgencyUnknown, "no agency has this code");
    if (subject.part.empty()) {
      if (registrars.size() < directory.founding().registrar_threshold()) {
        wrong.Add(
            "signatures", Reason::kSignaturesMissing,
            absl::StrCat(directory.founding().registrar_threshold(), " registrars must sign about an organisation"));
      }
    } else if (!by_court || subject.code != signer_code) {
      wrong.Add("signatures", Reason::kSignatureInvalid,
                "only the court's own key speaks of its officers and accounts");
    }
    CheckKeyIsFree(statement, subject, directory, batch_keys, wrong);
    if (known_sequence == 0 && (statement.sequence() != 1 || statement.kind() == STATEMENT_KIND_ENDED ||
                                statement.kind() == STATEMENT_KIND_REVOKED)) {
      wrong.Add("sequence", Reason::kStatementStale,
                "the first statement about a subject has sequence 1 and ends nothing");
    } else if (statement.sequence() <= known_sequence) {
      wrong.Add("sequence", Reason::kStatementStale, "a statement of this or a later sequence is known");
    } else if (statement.previous_digest() != known_digest) {
      wrong.Add("previous_digest", Reason::kStatementStale, "not the digest of the newest statement known");
    }
    if (!wrong.empty()) {
      MemberResult result = Refuse(draft, head, wrong.ToFailure("the statement is refused"), "", digest,
                                   static_cast<uint32_t>(i), command.members[i].bytes, nullptr);
      result.id = statement.subject();
      draft.result().members.push_back(std::move(result));
      continue;
    }
    StatementAccepted body;
    body.set_kind(statement.kind());
    body.set_sequence(statement.sequence());
    body.set_digest(digest);
    body.set_head(head.Index());
    for (uint32_t ordinal : registrars) body.add_registrars(ordinal);
    StatementPayload payload;
    payload.set_member(command.members[i].bytes);
    payload.set_index(static_cast<uint32_t>(i));
    Entry entry{.type = ENTRY_TYPE_STATEMENT_ACCEPTED,
                .actor_kind = signer.kind,
                .actor = signer.ordinal,
                .payload = payload.SerializeAsString(),
                .key_id = signer.key_id};
    if (!statement.key().empty() && subject.kind == "court")
      batch_keys[subject.code + '\0' + statement.key()] = statement.subject();
    newest[statement.subject()] = {statement.sequence(), digest};
    draft.result().members.push_back({.id = statement.subject(), .index = draft.Append(std::move(entry), body)});
    if (statement.kind() == STATEMENT_KIND_REVOKED) {
      revoked.push_back(
          {statement.subject(), draft.result().members.back().index, FromProto(statement.compromised_since())});
    }
  }
  if (!revoked.empty()) DecidePauses(draft, revoked, signer);
}

}  // namespace eagle::domain
