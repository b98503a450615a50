#include "server/core/recovery.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "server/core/codec.h"
#include "server/core/rows.h"
#include "server/core/tiles.h"
#include "server/domain/apply.h"
#include "server/domain/decide.h"
#include "server/domain/instant.h"
#include "server/journal/dsse.h"
#include "server/journal/packed.h"

namespace eagle::core {
namespace {

namespace v1 = ::goldeneagle::v1;

absl::Status Malformed(std::string_view why) { return Fail(Reason::kRecoveryMalformed, why); }
absl::Status Mismatch(std::string_view why) { return Fail(Reason::kRecoveryMismatch, why); }

// The message whose only encoding these bytes are: nothing unknown, nothing twice.
absl::StatusOr<v1::Recovery> ParseCanonical(const std::string& bytes) {
  v1::Recovery recovery;
  if (!recovery.ParseFromString(bytes)) return Malformed("the signed bytes are no recovery document");
  v1::Recovery known = recovery;
  known.DiscardUnknownFields();
  if (known.SerializeAsString() != bytes) return Malformed("the signed bytes hold what this version doesn't know");
  return recovery;
}

absl::Status CheckFields(const v1::Recovery& recovery, const v1::LogFounded& founding, const v1::FoundingKey& old_key) {
  if (recovery.environment() != founding.environment()) return Malformed("it is for another environment");
  if (recovery.ground() == v1::RECOVERY_GROUND_UNSPECIFIED || !v1::RecoveryGround_IsValid(recovery.ground()))
    return Malformed("its ground is missing");
  if (recovery.ground() == v1::RECOVERY_GROUND_DRILL && recovery.environment() != v1::ENVIRONMENT_TEST)
    return Malformed("a drill is for the environment test");
  if (recovery.restored_root().size() != journal::kHashSize || recovery.restored_size() == 0)
    return Malformed("the restored size and root are missing");
  if (!recovery.has_proposed_at()) return Malformed("it doesn't say when it was proposed");
  const v1::FoundingKey& key = recovery.new_log_key();
  if (!VerifierOf(key).ok()) return Malformed("the new origin has no usable key");
  if (key.name() == old_key.name() || key.key() == old_key.key())
    return Malformed("the new origin has a name and a key of its own");
  return absl::OkStatus();
}

absl::StatusOr<std::vector<uint32_t>> Signers(const v1::Envelope& document, const v1::LogFounded& founding) {
  if (document.signatures_size() > kRecoverySignaturesMax) return Malformed("it has too many signatures");
  const std::string message = journal::Pae(kRecoveryPayloadType, document.payload());
  std::set<uint32_t> signers;
  for (const v1::Signature& signature : document.signatures()) {
    uint32_t by = 0;
    for (int i = 0; i < founding.administrators_size() && by == 0; ++i) {
      const auto key = journal::PublicKey::FromBytes(founding.administrators(i).key());
      if (key && journal::Verify(*key, message, signature.sig())) by = static_cast<uint32_t>(i) + 1;
    }
    if (by == 0) return Malformed("a signature is by nobody whom entry 0 names as administrator");
    if (!signers.insert(by).second) return Malformed("one administrator signed twice");
  }
  return std::vector<uint32_t>(signers.begin(), signers.end());
}

// Whether what was verified is about these data.
absl::Status CheckFits(const RecoveryFacts& facts, const Opened& opened, storage::Reader& reader) {
  const domain::Directory& directory = opened.state.directory;
  if (facts.recovery.restored_size() != opened.edge.size() ||
      facts.recovery.restored_root() != journal::View(opened.edge.Root())) {
    return Fail(Reason::kRecoveryMismatch, "the document is about other data")
        .With("restored_size", std::to_string(facts.recovery.restored_size()))
        .With("size", std::to_string(opened.edge.size()));
  }
  StoredTiles tiles(reader);
  journal::EdgeSource source(opened.edge, tiles);
  EAGLE_ASSIGN_OR_RETURN(const journal::Hash root, journal::RootOf(facts.restored.size, source));
  if (root != facts.restored.root) return Mismatch("the data don't begin with what the old key signed");
  std::set<std::string> origins = {directory.founding().origin()};
  for (const domain::Recovered& before : directory.recoveries()) origins.insert(before.recovery.new_log_key().name());
  if (origins.contains(facts.recovery.new_log_key().name())) return Mismatch("this log had that origin before");
  return absl::OkStatus();
}

absl::Status CheckStore(const RecoveryFacts& facts, storage::LastSigned& last_signed) {
  EAGLE_ASSIGN_OR_RETURN(const std::optional<storage::SignedHead> last, last_signed.Read());
  if (!last) return absl::OkStatus();  // lost with the data, and made anew
  if (ClaimedOrigin(last->note) != facts.last_signed.origin)
    return Mismatch("the last-signed store belongs to another log");
  if (last->size > facts.last_signed.size ||
      (last->size == facts.last_signed.size && last->root != facts.last_signed.root))
    return Mismatch("the last-signed store has signed something else than the document names");
  return absl::OkStatus();
}

absl::Status WriteEntry(const v1::LogRecovered& body, absl::Time proposed_at, storage::Store& store, Opened& opened) {
  const domain::Entry entry = domain::RecoverLog(opened.state, body, proposed_at);
  domain::Apply(entry, opened.state);
  const EncodedEntry encoded = EncodeEntry(entry, "", "");
  journal::PackedWriter packed;
  packed.Add(encoded.leaf, encoded.sealed);
  // No head of the old origin over exactly these data needs to be at hand, and the new one's begins after this entry:
  // so no checkpoint is stored before it.
  storage::Commit commit{.first_index = entry.index,
                         .count = 1,
                         .time_us = domain::Micros(entry.time),
                         .decider_version = domain::kDeciderVersion,
                         .entries = packed.Take(),
                         .rows = TakeRows(opened.state, entry.index)};
  opened.edge.Append(journal::LeafHash(encoded.leaf));
  for (journal::FullTile& tile : opened.edge.TakeFullTiles())
    commit.rows.push_back({storage::Table::kTiles, TileKey(tile.level, tile.n), std::move(tile.bytes)});
  return store.Append(commit);
}

bool IsIn(const v1::Envelope& document, const domain::Directory& directory) {
  return std::any_of(directory.recoveries().begin(), directory.recoveries().end(),
                     [&](const domain::Recovered& one) { return one.document.payload() == document.payload(); });
}

}  // namespace

absl::StatusOr<std::unique_ptr<journal::NoteVerifier>> VerifierOf(const v1::FoundingKey& key) {
  const auto raw = journal::PublicKey::FromBytes(key.key());
  if (!raw || !journal::IsKeyName(key.name()) || key.algorithm() != v1::KEY_ALGORITHM_ED25519)
    return Fail(Reason::kKeyUnusable, "the entry names no usable key of the log");
  return journal::ParseVerifierKey(journal::VerifierKeyText(key.name(), journal::NoteKeyType::kEd25519, *raw));
}

std::string_view ClaimedOrigin(std::string_view note) {
  const size_t end = note.find('\n');
  return end == std::string_view::npos ? std::string_view() : note.substr(0, end);
}

absl::Status LogVerifiers::Next(const v1::FoundingKey& key) {
  if (key.name().empty() || key.name() == pinned_.name()) {  // a log of tests may name no key
    pinned_used_ = true;
    own_.reset();
    return absl::OkStatus();
  }
  EAGLE_ASSIGN_OR_RETURN(own_, VerifierOf(key));
  return absl::OkStatus();
}

absl::StatusOr<RecoveryFacts> ReadRecovery(const v1::Envelope& document, const v1::LogFounded& founding,
                                           const v1::FoundingKey& old_key) {
  if (document.payload_type() != kRecoveryPayloadType) return Malformed("this is no recovery document");
  RecoveryFacts facts;
  EAGLE_ASSIGN_OR_RETURN(facts.recovery, ParseCanonical(document.payload()));
  EAGLE_RETURN_IF_ERROR(CheckFields(facts.recovery, founding, old_key));
  EAGLE_ASSIGN_OR_RETURN(const auto verifier, VerifierOf(old_key));
  const auto last_signed = journal::OpenCheckpoint(facts.recovery.last_signed(), *verifier);
  if (!last_signed.ok()) return Malformed("the old key didn't sign the head that is said to be the last one");
  facts.last_signed = *last_signed;
  const auto restored = journal::OpenCheckpoint(facts.recovery.restored_checkpoint(), *verifier);
  if (!restored.ok()) return Malformed("the old key didn't sign the head that is said to be of the restored data");
  facts.restored = *restored;
  if (facts.restored.size == 0 || facts.restored.size > facts.recovery.restored_size())
    return Malformed("the restored data's head isn't over a beginning of them");
  if (facts.recovery.restored_size() >= facts.last_signed.size)
    return Fail(Reason::kRecoveryNotNeeded, "the data hold all that was signed");
  EAGLE_ASSIGN_OR_RETURN(facts.approvers, Signers(document, founding));
  return facts;
}

absl::Status CheckApproved(const RecoveryFacts& facts, const v1::LogFounded& founding) {
  const size_t needed = std::max<size_t>(2, founding.approvals());
  if (facts.approvers.size() >= needed) return absl::OkStatus();
  return Fail(Reason::kRecoveryNotApproved, "too few administrators have signed")
      .With("signed", static_cast<int64_t>(facts.approvers.size()))
      .With("needed", static_cast<int64_t>(needed));
}

absl::StatusOr<Opened> Recover(const v1::Envelope& document, storage::Store& store, storage::LastSigned& last_signed,
                               const journal::NoteSigner& signer, KeySource& keys) {
  {
    EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<storage::Reader> reader, store.NewReader());
    EAGLE_ASSIGN_OR_RETURN(Opened opened, Load(*reader, keys));
    const domain::Directory& directory = opened.state.directory;
    if (!IsIn(document, directory)) {
      EAGLE_ASSIGN_OR_RETURN(const RecoveryFacts facts,
                             ReadRecovery(document, directory.founding(), directory.log_key()));
      EAGLE_RETURN_IF_ERROR(CheckApproved(facts, directory.founding()));
      EAGLE_RETURN_IF_ERROR(CheckFits(facts, opened, *reader));
      EAGLE_RETURN_IF_ERROR(CheckStore(facts, last_signed));
      EAGLE_ASSIGN_OR_RETURN(const auto verifier, VerifierOf(facts.recovery.new_log_key()));
      if (verifier->name() != signer.name() || verifier->key_id() != signer.key_id())
        return Mismatch("the key of the log isn't the one that the document names");
      v1::LogRecovered body;
      *body.mutable_document() = document;
      for (const uint32_t ordinal : facts.approvers) body.add_approvers(ordinal);
      EAGLE_RETURN_IF_ERROR(WriteEntry(body, domain::FromProto(facts.recovery.proposed_at()), store, opened));
    }
  }
  return Open(store, last_signed, signer, keys);
}

}  // namespace eagle::core
