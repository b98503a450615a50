#include "server/journal_folder.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/core/codec.h"
#include "server/core/recovery.h"
#include "server/core/replay.h"
#include "server/core/rows.h"
#include "server/core/tiles.h"
#include "server/journal/checkpoint.h"
#include "server/journal/leaf.h"
#include "server/journal/merkle.h"
#include "server/journal/packed.h"
#include "server/journal/payload.h"
#include "server/storage/digest.h"
#include "server/storage/file_last_signed.h"
#include "server/trust/secret_file.h"
#include "server/trust/tag_key_file.h"
#include "server/trust/wiped.h"

namespace eagle {
namespace {

constexpr size_t kCommitsPerPage = 64;

bool Exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

// Of the public audit: what is sealed stays so.
class NoKeys final : public core::KeySource {
 public:
  absl::StatusOr<std::string> KeyOf(const std::string&) override { return Fail(Reason::kErased, "no key is at hand"); }
  const std::string& log_key_id() const override { return none_; }

 private:
  const std::string none_;
};

std::string KeyTextOf(const goldeneagle::v1::FoundingKey& key) {
  const auto raw = journal::PublicKey::FromBytes(key.key());
  if (!raw || !journal::IsKeyName(key.name())) return "";
  return journal::VerifierKeyText(key.name(), journal::NoteKeyType::kEd25519, *raw);
}

// What entry 0 says of the key that signs this log: enough to find damage, not enough to find a forger.
absl::StatusOr<std::string> OwnKey(storage::Reader& reader) {
  EAGLE_ASSIGN_OR_RETURN(const auto commit, reader.CommitAt(0));
  if (!commit) return Fail(Reason::kJournalOlder, "there is no journal here");
  EAGLE_ASSIGN_OR_RETURN(const auto entries, journal::Unpack(commit->entries, commit->count));
  EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, journal::DecodeLeaf(entries[0].leaf));
  goldeneagle::v1::LogFounded founded;
  if (!founded.ParseFromString(leaf.body)) return Fail(Reason::kEntryMalformed, "entry 0 can't be read");
  std::string text = KeyTextOf(founded.log_key());
  if (text.empty()) return Fail(Reason::kEntryMalformed, "entry 0 names no key of the log");
  return text;
}

}  // namespace

absl::StatusOr<std::unique_ptr<JournalFolder>> JournalFolder::Open(const JournalFolderOptions& options,
                                                                   Entropy& entropy) {
  if (!Exists(JournalPath(options.data_folder))) {
    return Fail(Reason::kStorageUnusable, "there is no journal in this folder")
        .With("path", JournalPath(options.data_folder));
  }
  EAGLE_ASSIGN_OR_RETURN(storage::FolderLock lock, storage::FolderLock::Acquire(options.data_folder));
  std::unique_ptr<JournalFolder> out(new JournalFolder(std::move(lock), JournalPath(options.data_folder)));
  if (!options.master_key_file.empty()) {
    EAGLE_ASSIGN_OR_RETURN(out->keys_, DataKeys::Open(options.data_folder, options.master_key_file, entropy,
                                                      DataKeys::IfMissing::kRefuse));
  }
  out->folder_ = options.data_folder;
  out->master_key_file_ = options.master_key_file;
  out->verifier_key_ = options.log_key;
  if (out->verifier_key_.empty()) {
    EAGLE_ASSIGN_OR_RETURN(const auto reader, out->readers_.NewReader());
    EAGLE_ASSIGN_OR_RETURN(out->verifier_key_, OwnKey(*reader));
  }
  EAGLE_ASSIGN_OR_RETURN(out->log_, journal::ParseVerifierKey(out->verifier_key_));
  const std::string beside = options.data_folder + "/last_signed";
  if (const std::string path = options.last_signed.empty() ? beside : options.last_signed;
      !options.last_signed.empty() || Exists(path)) {
    EAGLE_ASSIGN_OR_RETURN(const auto store,
                           storage::FileLastSigned::Open(path, storage::FileLastSigned::IfMissing::kRefuse));
    EAGLE_ASSIGN_OR_RETURN(out->last_signed_, store->Read());
  }
  return out;
}

// One pass over the journal.
class JournalFolder::Audit {
 public:
  Audit(JournalFolder& folder, storage::Reader& reader)
      : folder_(folder), reader_(reader), tiles_(reader), verifiers_(*folder.log_) {}

  absl::StatusOr<FolderVerified> Run() {
    const uint64_t all = reader_.Head().next_index;
    while (report_.entries < all && !Enough()) {
      EAGLE_ASSIGN_OR_RETURN(const std::vector<storage::CommitRow> page,
                             reader_.Commits(report_.entries, kCommitsPerPage));
      if (page.empty() || page.front().first_index != report_.entries) {
        Find(report_.entries, Reason::kJournalBroken, "entries of the journal are missing");
        break;
      }
      for (const storage::CommitRow& commit : page) {
        if (!commit.previous_checkpoint.empty()) Head(commit.previous_checkpoint);
        if (!Entries(commit)) return Done();
        EAGLE_RETURN_IF_ERROR(Tiles());
      }
    }
    LastSigned(all);
    if (!verifiers_.pinned_used() && !Enough())
      Find(0, Reason::kNoteUntrusted, "the pinned key is no key of this log: " + folder_.log_->name());
    for (const auto& [of, index] : unreadable_) {
      if (erased_.contains(of)) continue;
      Find(index, Reason::kKeyUnusable,
           "the key of this payload is gone, and no entry erased its case: the first of them");
    }
    if (contradicted_ > 1) {
      Find(first_contradicted_, Reason::kJournalBroken,
           std::to_string(contradicted_ - 1) + " later signed heads are contradicted too");
    }
    return Done();
  }

 private:
  FolderVerified Done() {
    report_.origin = verifiers_.now().name();
    // The pinned text where it is the key now: of another key of that name the heads have told.
    report_.verifier_key = report_.origin == folder_.log_->name() ? folder_.verifier_key_ : KeyTextOf(key_);
    report_.root = journal::View(edge_.Root());
    if (folder_.last_signed_) report_.last_signed = folder_.last_signed_->note;
    return std::move(report_);
  }
  // Entry 0 and every LOG_RECOVERED say with which key the heads after them are signed.
  void Founded(const journal::Leaf& leaf) {
    if (!report_.founding.ParseFromString(leaf.body)) return Find(0, Reason::kEntryMalformed, "entry 0 can't be read");
    TakeKey(0, report_.founding.log_key());
  }
  void Recovered(uint64_t index, const journal::Leaf& leaf) {
    goldeneagle::v1::LogRecovered body;
    if (!body.ParseFromString(leaf.body)) return Find(index, Reason::kEntryMalformed, "the recovery can't be read");
    const auto facts = core::ReadRecovery(body.document(), report_.founding, key_);
    absl::Status status = facts.status();
    if (status.ok()) status = core::CheckApproved(*facts, report_.founding);
    if (!status.ok()) return Find(index, FailureOf(status).reason, FailureOf(status).message);
    if (facts->recovery.restored_size() != index || facts->recovery.restored_root() != journal::View(edge_.Root()))
      return Find(index, Reason::kRecoveryMismatch, "the administrators signed for other data than those before it");
    report_.recoveries.push_back({.index = index,
                                  .lost_end = facts->last_signed.size,
                                  .old_origin = key_.name(),
                                  .new_origin = facts->recovery.new_log_key().name(),
                                  .approvers = facts->approvers});
    TakeKey(index, facts->recovery.new_log_key());
  }
  void TakeKey(uint64_t index, const goldeneagle::v1::FoundingKey& key) {
    key_ = key;
    if (!verifiers_.Next(key).ok()) Find(index, Reason::kEntryMalformed, "the entry names no usable key of the log");
  }

  bool Enough() const { return report_.findings.size() >= kFindingsMax; }
  void Find(uint64_t index, Reason reason, std::string message) {
    if (!Enough()) report_.findings.push_back({index, reason, std::move(message)});
  }

  // False: the commit can't be cut into entries, so nothing after it has a place.
  bool Entries(const storage::CommitRow& commit) {
    const auto entries = journal::Unpack(commit.entries, commit.count);
    if (!entries.ok()) {
      Find(commit.first_index, FailureOf(entries.status()).reason,
           "a commit can't be cut into its entries: the audit ends here");
      return false;
    }
    for (const journal::PackedEntry& entry : *entries) {
      Entry(report_.entries, entry, commit.time_us);
      edge_.Append(journal::LeafHash(entry.leaf));
      ++report_.entries;
    }
    return true;
  }

  void Entry(uint64_t index, const journal::PackedEntry& entry, int64_t time_us) {
    const auto leaf = journal::DecodeLeaf(entry.leaf);
    if (!leaf.ok()) return Find(index, FailureOf(leaf.status()).reason, FailureOf(leaf.status()).message);
    if (leaf->type == goldeneagle::v1::ENTRY_TYPE_LOG_FOUNDED && index == 0) Founded(*leaf);
    if (leaf->type == goldeneagle::v1::ENTRY_TYPE_LOG_RECOVERED) Recovered(index, *leaf);
    if (leaf->type == goldeneagle::v1::ENTRY_TYPE_CASE_ERASED) erased_.insert(leaf->case_seq.value());
    if (leaf->index.value() != index || absl::ToUnixMicros(leaf->time) != time_us) {
      return Find(index, Reason::kEntryMalformed, "an entry stands in the wrong place or time");
    }
    if (leaf->has_payload() == entry.sealed.empty())
      return Find(index, Reason::kEntryMalformed, "payload and commitment come together");
    if (entry.sealed.empty()) return;
    if (folder_.keys_ == nullptr) {
      ++report_.payloads_sealed;
      return;
    }
    const auto key_id = journal::KeyIdOf(entry.sealed);
    if (!key_id.ok()) return Find(index, FailureOf(key_id.status()).reason, FailureOf(key_id.status()).message);
    const auto key = folder_.keys_->KeyOf(*key_id);
    if (ReasonOf(key.status()) == Reason::kErased) {
      ++report_.payloads_erased;
      // Which cases were erased is known at the end; what belongs to no case is never erased.
      const uint64_t of = leaf->type == goldeneagle::v1::ENTRY_TYPE_CASE_OPENED ? index : leaf->case_seq.value();
      unreadable_.emplace(of, index);
      return;
    }
    if (!key.ok()) return Find(index, FailureOf(key.status()).reason, FailureOf(key.status()).message);
    const auto opened = journal::OpenPayload(*key, entry.sealed, leaf->index, leaf->type, leaf->case_seq);
    const absl::Status status = opened.ok() ? journal::CheckCommitment(*opened, leaf->commitment) : opened.status();
    if (!status.ok()) return Find(index, FailureOf(status).reason, FailureOf(status).message);
    ++report_.payloads_opened;
  }

  // A head that was signed over everything so far.
  void Head(const std::string& note) {
    const auto checkpoint = journal::OpenCheckpoint(note, verifiers_.now());
    if (!checkpoint.ok())
      return Find(edge_.size(), FailureOf(checkpoint.status()).reason, FailureOf(checkpoint.status()).message);
    report_.newest_checkpoint = note;
    if (checkpoint->size == edge_.size() && checkpoint->root == edge_.Root()) {
      ++report_.checkpoints;
      return;
    }
    // After the first one all are wrong: one finding says where, another how many.
    if (contradicted_++ > 0) return;
    first_contradicted_ = checkpoint->size;
    Find(checkpoint->size, Reason::kJournalBroken,
         "the entries don't hash to the signed head of size " + std::to_string(checkpoint->size) +
             ", the first that is contradicted");
  }

  absl::Status Tiles() {
    for (const journal::FullTile& tile : edge_.TakeFullTiles()) {
      EAGLE_ASSIGN_OR_RETURN(const auto stored, reader_.Get(storage::Table::kTiles, core::TileKey(tile.level, tile.n)));
      if (!stored || *stored != tile.bytes)
        Find(edge_.size(), Reason::kJournalBroken, "a stored tile isn't what the leaves hash to");
    }
    return absl::OkStatus();
  }

  void LastSigned(uint64_t all) {
    if (!folder_.last_signed_ || Enough()) return;
    const storage::SignedHead& last = *folder_.last_signed_;
    // Recovered, and not started since: the store still has what was given up, and the start renews it.
    if (!report_.recoveries.empty() && core::ClaimedOrigin(last.note) == report_.recoveries.back().old_origin &&
        last.size <= report_.recoveries.back().lost_end)
      return;
    if (last.size > all) {
      return Find(
          all, Reason::kJournalOlder,
          "the data ends at " + std::to_string(all) + ", but size " + std::to_string(last.size) + " was signed");
    }
    if (last.size < all) return;  // the start would sign the rest
    Head(last.note);
  }

  JournalFolder& folder_;
  storage::Reader& reader_;
  core::StoredTiles tiles_;
  core::LogVerifiers verifiers_;
  goldeneagle::v1::FoundingKey key_;  // as the entries so far name it
  journal::Edge edge_;
  FolderVerified report_;
  uint64_t contradicted_ = 0, first_contradicted_ = 0;
  std::map<uint64_t, uint64_t> unreadable_;  // case (0: none) -> first entry whose key is gone
  std::set<uint64_t> erased_;                // cases
};

absl::StatusOr<FolderVerified> JournalFolder::Verify() {
  EAGLE_ASSIGN_OR_RETURN(const auto reader, readers_.NewReader());
  return Audit(*this, *reader).Run();
}

absl::StatusOr<FolderReplayed> JournalFolder::Replay() {
  if (keys_ == nullptr) return Fail(Reason::kKeyUnusable, "a replay needs the master key: the state lies in payloads");
  EAGLE_ASSIGN_OR_RETURN(const auto reader, readers_.NewReader());
  FolderReplayed out;
  EAGLE_ASSIGN_OR_RETURN(const std::vector<storage::TableDigest> stored, storage::TableDigests(*reader));
  for (const storage::TableDigest& digest : stored) {
    TableReplayed& row = out.tables.emplace_back();
    row.name = digest.table;
    row.stored_digest = digest.sha256;
    const auto table = std::find_if(storage::kTables.begin(), storage::kTables.end(),
                                    [&](const auto& info) { return info.name == digest.table; });
    EAGLE_RETURN_IF_ERROR(core::ForEachRow(*reader, table->table, [&row](const storage::Row&) {
      ++row.rows;
      return absl::OkStatus();
    }));
  }
  const absl::StatusOr<core::ReplayReport> replayed = core::Replay(*reader, *keys_, *log_, nullptr);
  if (!replayed.ok()) {
    const Failure failure = FailureOf(replayed.status());
    if (RowOf(failure.reason).code != absl::StatusCode::kDataLoss) return replayed.status();
    JournalFinding finding{.reason = failure.reason, .message = failure.message};
    for (const auto& [key, value] : failure.metadata) {
      finding.message += "; " + key + " " + value;
      if (key == "index") finding.index = std::stoull(value);
    }
    out.findings.push_back(std::move(finding));
    return out;
  }
  out.entries = replayed->entries;
  for (TableReplayed& row : out.tables) {
    for (const auto& [name, digest] : replayed->digests) {
      if (name == row.name) row.replayed_digest = digest;
    }
    if (row.replayed_digest != row.stored_digest)
      out.findings.push_back({0, Reason::kTablesDiffer, "the table differs: " + row.name});
  }
  return out;
}

absl::StatusOr<FolderReads> JournalFolder::Reads(const ReadsQuery& query) {
  EAGLE_ASSIGN_OR_RETURN(std::optional<std::vector<std::string>> tags, TagsOf(query));
  EAGLE_ASSIGN_OR_RETURN(FolderVerified verified, Verify());
  FolderReads out{.origin = verified.origin, .findings = std::move(verified.findings)};
  EAGLE_ASSIGN_OR_RETURN(const auto reader, readers_.NewReader());
  NoKeys no_keys;
  core::KeySource& keys = keys_ != nullptr ? static_cast<core::KeySource&>(*keys_) : no_keys;
  LookBook book(std::move(tags));
  // As far as the audit came: beyond that nothing can be cut into entries.
  while (out.entries < verified.entries) {
    EAGLE_ASSIGN_OR_RETURN(const std::vector<storage::CommitRow> page, reader->Commits(out.entries, kCommitsPerPage));
    if (page.empty()) break;
    for (const storage::CommitRow& commit : page) {
      const auto entries = journal::Unpack(commit.entries, commit.count);
      if (!entries.ok()) return out;
      for (const journal::PackedEntry& entry : *entries) {
        // What can't be read is a finding already.
        if (const auto decoded = core::DecodeEntry(entry.leaf, entry.sealed, keys); decoded.ok()) book.Take(*decoded);
        ++out.entries;
      }
    }
  }
  if (book.AnotherTagKey()) return Fail(Reason::kKeyUnusable, "this is the tag key of another log");
  out.tag_keys = book.tag_keys();
  out.looks = book.Give();
  return out;
}

absl::StatusOr<std::optional<std::vector<std::string>>> JournalFolder::TagsOf(const ReadsQuery& query) {
  std::optional<std::vector<std::string>> tags;
  if (query.id_kind.empty() && query.id_number.empty()) return tags;
  if (query.id_kind.empty() || query.id_number.empty())
    return Fail(Reason::kFieldMissing, "a person is named by the kind of number and the number");
  const std::string number = absl::AsciiStrToUpper(query.id_number);  // as api/tags.h has it
  tags.emplace();
  for (const std::string& file : query.tag_key_files) {
    EAGLE_ASSIGN_OR_RETURN(const auto key, trust::ReadTagKeyFile(file));
    tags->push_back(key->TagOf(query.id_kind, number));
  }
  if (!tags->empty()) return tags;
  if (keys_ == nullptr)
    return Fail(Reason::kKeyUnusable, "finding a person in leaves needs the tag key, or the master key");
  *tags = keys_->ring().Tags(query.id_kind, number);
  return tags;
}

absl::StatusOr<std::vector<std::string>> JournalFolder::TagKeys() {
  if (keys_ == nullptr) return Fail(Reason::kKeyUnusable, "tag keys lie wrapped under the master key");
  std::vector<std::string> ids;
  for (trust::KeyRing::TagKeyName& name : keys_->ring().tag_keys()) ids.push_back(std::move(name.tag_id));
  return ids;
}

absl::Status JournalFolder::WriteTagKey(const std::string& path, const std::string& id) {
  if (keys_ == nullptr) return Fail(Reason::kKeyUnusable, "tag keys lie wrapped under the master key");
  const auto names = keys_->ring().tag_keys();
  const auto named =
      std::find_if(names.begin(), names.end(), [&](const auto& name) { return id.empty() || name.tag_id == id; });
  if (named == names.end())
    return Fail(Reason::kKeyUnusable, "this log has no tag key with this id").With("id", HexEncode(id));
  EAGLE_ASSIGN_OR_RETURN(std::string key, keys_->ring().KeyOf(named->key_id));
  const trust::Wiped wiped(std::move(key));
  return trust::WriteTagKeyFile(path, wiped.get());
}

absl::StatusOr<std::string> JournalFolder::RotateTagKey(Entropy& entropy) {
  if (keys_ == nullptr) return Fail(Reason::kKeyUnusable, "tag keys lie wrapped under the master key");
  EAGLE_RETURN_IF_ERROR(keys_->ring().RotateTagKey());
  keys_.reset();
  EAGLE_ASSIGN_OR_RETURN(keys_, DataKeys::Open(folder_, master_key_file_, entropy, DataKeys::IfMissing::kRefuse));
  return keys_->ring().tag_keys().front().tag_id;
}

absl::StatusOr<std::string> JournalFolder::Checkpoint() {
  EAGLE_ASSIGN_OR_RETURN(const auto reader, readers_.NewReader());
  const uint64_t all = reader->Head().next_index;
  if (last_signed_ && last_signed_->size <= all) return last_signed_->note;
  std::string note;
  if (all > 0) {
    EAGLE_ASSIGN_OR_RETURN(const auto commit, reader->CommitAt(all - 1));
    if (commit) note = commit->previous_checkpoint;
  }
  if (note.empty()) return Fail(Reason::kJournalOlder, "no signed head of this journal is at hand: --last-signed");
  return note;
}

absl::StatusOr<std::vector<JournalFolder::RawEntry>> JournalFolder::Entries(uint64_t first, size_t most) {
  EAGLE_ASSIGN_OR_RETURN(const auto reader, readers_.NewReader());
  std::vector<RawEntry> out;
  while (out.size() < most) {
    const uint64_t next = first + out.size();
    EAGLE_ASSIGN_OR_RETURN(const auto commit, reader->CommitAt(next));
    if (!commit) break;
    EAGLE_ASSIGN_OR_RETURN(const auto entries, journal::Unpack(commit->entries, commit->count));
    for (size_t i = next - commit->first_index; i < entries.size() && out.size() < most; ++i)
      out.push_back({std::string(entries[i].leaf), std::string(entries[i].sealed)});
  }
  if (out.empty())
    return Fail(Reason::kJournalBroken, "entries of the journal are missing").With("index", std::to_string(first));
  return out;
}

absl::StatusOr<MasterKeyRotation> JournalFolder::RotateMasterKey(Entropy& entropy) {
  if (keys_ == nullptr) return Fail(Reason::kKeyUnusable, "which master key? --master-key names its file");
  keys_.reset();
  EAGLE_ASSIGN_OR_RETURN(const MasterKeyRotation done, eagle::RotateMasterKey(folder_, master_key_file_, entropy));
  EAGLE_ASSIGN_OR_RETURN(keys_, DataKeys::Open(folder_, master_key_file_, entropy, DataKeys::IfMissing::kRefuse));
  return done;
}

absl::StatusOr<uint64_t> JournalFolder::WritePayloadKeys(const std::string& path, const std::vector<uint64_t>& cases) {
  if (keys_ == nullptr) return Fail(Reason::kKeyUnusable, "payload keys lie wrapped under the master key");
  EAGLE_ASSIGN_OR_RETURN(const auto reader, readers_.NewReader());
  std::set<std::string> ids;
  EAGLE_RETURN_IF_ERROR(core::ForEachEntry(
      *reader, 0, [&](uint64_t index, std::string_view bytes, std::string_view sealed) -> absl::Status {
        EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, journal::DecodeLeaf(bytes));
        if (!leaf.has_payload()) return absl::OkStatus();
        const bool opens = leaf.type == goldeneagle::v1::ENTRY_TYPE_CASE_OPENED;
        const uint64_t of = opens ? index : leaf.case_seq.value();
        if (of != 0 && !cases.empty() && std::find(cases.begin(), cases.end(), of) == cases.end())
          return absl::OkStatus();
        EAGLE_ASSIGN_OR_RETURN(std::string id, journal::KeyIdOf(sealed));
        ids.insert(std::move(id));
        return absl::OkStatus();
      }));
  std::string text = "goldeneagle payload keys v1\n";
  uint64_t written = 0;
  for (const std::string& id : ids) {
    absl::StatusOr<std::string> key = keys_->ring().KeyOf(id);
    if (!key.ok() && (ReasonOf(key.status()) == Reason::kNotFound || ReasonOf(key.status()) == Reason::kErased))
      continue;
    EAGLE_RETURN_IF_ERROR(key.status());
    const trust::Wiped wiped(*std::move(key));
    text += HexEncode(id) + " " + HexEncode(wiped.get()) + "\n";
    ++written;
  }
  const trust::Wiped content(std::move(text));
  EAGLE_RETURN_IF_ERROR(trust::WriteSecretFile(path, content.get()));
  return written;
}

absl::StatusOr<std::map<uint64_t, journal::OpenedPayload>> JournalFolder::Openings(const std::set<uint64_t>& indexes) {
  if (keys_ == nullptr) return Fail(Reason::kKeyUnusable, "payloads are opened with the master key");
  std::map<uint64_t, journal::OpenedPayload> opened;
  for (const uint64_t index : indexes) {
    EAGLE_ASSIGN_OR_RETURN(const std::vector<RawEntry> entries, Entries(index, 1));
    if (entries.empty())
      return Fail(Reason::kJournalBroken, "the journal has no such entry").With("index", static_cast<int64_t>(index));
    EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, journal::DecodeLeaf(entries.front().leaf));
    if (!leaf.has_payload()) continue;
    EAGLE_ASSIGN_OR_RETURN(const std::string id, journal::KeyIdOf(entries.front().sealed));
    const auto key = keys_->ring().KeyOf(id);
    if (ReasonOf(key.status()) == Reason::kErased) continue;
    EAGLE_RETURN_IF_ERROR(key.status());
    EAGLE_ASSIGN_OR_RETURN(opened[index],
                           journal::OpenPayload(*key, entries.front().sealed, leaf.index, leaf.type, leaf.case_seq));
  }
  return opened;
}

}  // namespace eagle
