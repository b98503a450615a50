#include "server/backup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/blobs/blob_copy.h"
#include "server/core/recovery.h"
#include "server/core/tiles.h"
#include "server/journal/checkpoint.h"
#include "server/journal/hash.h"
#include "server/journal/leaf.h"
#include "server/storage/sqlite/backup.h"

namespace eagle {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "golden-eagle-backup-v1";
constexpr std::string_view kPart = "part-";
constexpr std::array<const char*, 3> kFiles = {"journal.db", "keys.db", "checkpoint"};
constexpr int kTries = 3;

absl::Status Unusable(const std::string& path, std::string_view what) {
  return Fail(Reason::kStorageUnusable, what).With("path", path);
}
absl::Status Invalid(const std::string& path, std::string_view what) {
  return Fail(Reason::kBackupInvalid, what).With("path", path);
}

bool Sync(const std::string& path, int flags) {
  const int descriptor = open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool synced = fsync(descriptor) == 0;
  close(descriptor);
  return synced;
}

absl::Status WriteSynced(const std::string& path, std::string_view content) {
  {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    out.flush();
    if (!out.good()) return Unusable(path, "a file of the backup can't be written");
  }
  chmod(path.c_str(), 0600);
  return Sync(path, O_RDWR) ? absl::OkStatus() : Unusable(path, "a file of the backup can't be synced");
}

struct FileFacts {
  uint64_t bytes = 0;
  std::string sha256_hex;
};
absl::StatusOr<FileFacts> Measure(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in.good()) return Unusable(path, "a file of the backup can't be read");
  FileFacts facts;
  journal::Sha256Stream hash;
  std::string part(1 << 20, '\0');
  while (in.read(part.data(), static_cast<std::streamsize>(part.size())) || in.gcount() > 0) {
    hash.Update(std::string_view(part).substr(0, static_cast<size_t>(in.gcount())));
    facts.bytes += static_cast<uint64_t>(in.gcount());
  }
  if (in.bad()) return Unusable(path, "a file of the backup can't be read");
  facts.sha256_hex = HexEncode(journal::View(hash.Finish()));
  return facts;
}

// The signed head over exactly `size` entries.
absl::StatusOr<std::string> CheckpointAt(const BackupSource& source, uint64_t size) {
  const auto published = source.sequencer.published();
  if (published->edge->size() == size) return published->checkpoint;
  EAGLE_ASSIGN_OR_RETURN(const auto reader, source.store.NewReader());
  EAGLE_ASSIGN_OR_RETURN(const auto next, reader->CommitAt(size));
  if (!next || next->first_index != size || next->previous_checkpoint.empty())
    return Fail(Reason::kStorageDamaged, "the copy doesn't end with a commit").With("size", std::to_string(size));
  return next->previous_checkpoint;
}

// A case that was erased after the journal's copy has lost its key or papers before theirs: they don't fit.
absl::StatusOr<bool> ErasedSince(const BackupSource& source, uint64_t size) {
  EAGLE_ASSIGN_OR_RETURN(const auto reader, source.store.NewReader());
  bool erased = false;
  EAGLE_RETURN_IF_ERROR(
      core::ForEachEntry(*reader, size, [&](uint64_t, std::string_view bytes, std::string_view) -> absl::Status {
        EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, journal::DecodeLeaf(bytes));
        erased = erased || leaf.type == goldeneagle::v1::ENTRY_TYPE_CASE_ERASED;
        return absl::OkStatus();
      }));
  return erased;
}

std::string BlobsPath(const std::string& folder) { return folder + "/blobs"; }

// Journal, then keys, then papers.
absl::Status CopyData(const BackupSource& source, const std::string& part, uint64_t& size, blobs::BlobCopy& papers) {
  for (int i = 0; i < kTries; ++i) {
    std::error_code error;
    fs::remove(KeysPath(part), error);
    fs::remove_all(BlobsPath(part), error);
    EAGLE_RETURN_IF_ERROR(source.store.BackupWhileServing(JournalPath(part)));
    chmod(JournalPath(part).c_str(), 0600);
    EAGLE_ASSIGN_OR_RETURN(const storage::StoreHead head, storage::HeadOfCopy(JournalPath(part)));
    EAGLE_RETURN_IF_ERROR(source.keys.CopyStore(KeysPath(part)));
    EAGLE_ASSIGN_OR_RETURN(papers, blobs::CopyBlobs(source.papers.folder(), BlobsPath(part)));
    EAGLE_ASSIGN_OR_RETURN(const bool erased, ErasedSince(source, head.next_index));
    size = head.next_index;
    if (!erased) return absl::OkStatus();
  }
  return Fail(Reason::kBusy, "cases were erased while it was made").RetryAfter(absl::Minutes(1));
}

absl::Status WriteManifest(const std::string& part, absl::Time made, const blobs::BlobCopy& papers, BackupMade& out) {
  const auto checkpoint = journal::ParseCheckpoint(out.checkpoint.substr(0, out.checkpoint.rfind("\n\n") + 1));
  EAGLE_RETURN_IF_ERROR(checkpoint.status());
  std::ostringstream text;
  text << kMagic << "\nmade " << absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", made, absl::UTCTimeZone()) << "\norigin "
       << checkpoint->origin << "\nsize " << checkpoint->size << "\nroot " << HexEncode(journal::View(checkpoint->root))
       << "\n";
  out.bytes = 0;
  for (const char* const name : kFiles) {
    EAGLE_ASSIGN_OR_RETURN(const FileFacts facts, Measure(part + "/" + name));
    text << "file " << name << " " << facts.bytes << " " << facts.sha256_hex << "\n";
    out.bytes += facts.bytes;
  }
  text << "blobs " << papers.count << " " << papers.bytes << " " << papers.sha256_hex << "\n";
  out.bytes += papers.bytes;
  return WriteSynced(part + "/manifest", text.str());
}

absl::StatusOr<BackupMade> MakeIn(const BackupSource& source, const std::string& parent, const std::string& part) {
  BackupMade out;
  blobs::BlobCopy papers;
  EAGLE_RETURN_IF_ERROR(CopyData(source, part, out.size, papers));
  EAGLE_ASSIGN_OR_RETURN(out.checkpoint, CheckpointAt(source, out.size));
  EAGLE_RETURN_IF_ERROR(WriteSynced(part + "/checkpoint", out.checkpoint));
  const absl::Time made = source.clock.WallNow();
  EAGLE_RETURN_IF_ERROR(WriteManifest(part, made, papers, out));
  out.folder =
      parent + "/" + absl::FormatTime("%Y%m%dT%H%M%SZ", made, absl::UTCTimeZone()) + "-" + std::to_string(out.size);
  if (!Sync(part, O_RDONLY | O_DIRECTORY)) return Unusable(part, "the backup's folder can't be synced");
  if (std::rename(part.c_str(), out.folder.c_str()) != 0)
    return Unusable(out.folder, "the backup can't be given its name");
  if (!Sync(parent, O_RDONLY | O_DIRECTORY)) return Unusable(parent, "the backup folder can't be synced");
  return out;
}

struct Manifest {
  BackupFacts facts;
  std::array<std::optional<FileFacts>, kFiles.size()> files;
  std::optional<blobs::BlobCopy> papers;  // absent: of a gateway that kept none
};

absl::StatusOr<Manifest> ReadManifest(const std::string& folder) {
  const std::string path = folder + "/manifest";
  std::ifstream in(path, std::ios::binary);
  if (!in.good()) return Unusable(path, "there is no manifest: this is no whole backup");
  std::string line;
  if (!std::getline(in, line) || line != kMagic) return Invalid(path, "the manifest is of another kind or version");
  Manifest out;
  while (std::getline(in, line)) {
    std::istringstream words(line);
    std::string key, value, bytes, hash;
    words >> key >> value;
    bool good = true;
    if (key == "made") out.facts.made = value;
    if (key == "origin") out.facts.origin = value;
    if (key == "root") out.facts.root_hex = value;
    if (key == "size") good = absl::SimpleAtoi(value, &out.facts.size);
    if (key == "blobs") {
      words >> bytes >> hash;
      blobs::BlobCopy& papers = out.papers.emplace(blobs::BlobCopy{.sha256_hex = hash});
      good = absl::SimpleAtoi(value, &papers.count) && absl::SimpleAtoi(bytes, &papers.bytes);
    }
    if (key == "file") {
      words >> bytes >> hash;
      FileFacts file{.sha256_hex = hash};
      good = absl::SimpleAtoi(bytes, &file.bytes);
      for (size_t i = 0; i < kFiles.size(); ++i) {
        if (value == kFiles[i]) out.files[i] = file;
      }
    }
    if (!good) return Invalid(path, "the manifest can't be read");
  }
  return out;
}

}  // namespace

absl::StatusOr<BackupMade> MakeBackup(const BackupSource& source, const std::string& backup_folder) {
  const absl::Duration began = source.clock.MonotonicNow();
  std::error_code error;
  fs::create_directories(backup_folder, error);
  // What a process that died has left: no backup, and nobody's.
  for (const auto& entry : fs::directory_iterator(backup_folder, error)) {
    if (entry.path().filename().string().rfind(kPart, 0) == 0) fs::remove_all(entry.path(), error);
  }
  const std::string part = backup_folder + "/" + std::string(kPart) + std::to_string(getpid());
  if (mkdir(part.c_str(), 0700) != 0) return Unusable(part, "a backup can't be made here");
  absl::StatusOr<BackupMade> made = MakeIn(source, backup_folder, part);
  if (!made.ok()) {
    fs::remove_all(part, error);
    return made;
  }
  made->took = source.clock.MonotonicNow() - began;
  return made;
}

absl::StatusOr<BackupFacts> CheckBackup(const std::string& folder) {
  EAGLE_ASSIGN_OR_RETURN(Manifest manifest, ReadManifest(folder));
  BackupFacts& facts = manifest.facts;
  for (size_t i = 0; i < kFiles.size(); ++i) {
    const std::string path = folder + "/" + kFiles[i];
    if (!manifest.files[i]) return Invalid(path, "the manifest doesn't name this file");
    EAGLE_ASSIGN_OR_RETURN(const FileFacts found, Measure(path));
    if (found.bytes != manifest.files[i]->bytes || found.sha256_hex != manifest.files[i]->sha256_hex)
      return Invalid(path, "the file isn't what the manifest says");
    facts.bytes += found.bytes;
  }
  const auto papers = blobs::CheckBlobs(BlobsPath(folder));
  if (!papers.ok()) return Invalid(BlobsPath(folder), "a paper isn't as it was written");
  if (manifest.papers ? *papers != *manifest.papers : papers->count != 0)
    return Invalid(BlobsPath(folder), "the papers aren't those of the manifest");
  facts.papers = papers->count;
  facts.bytes += papers->bytes;
  for (const std::string& path : {JournalPath(folder), KeysPath(folder)}) {
    if (!storage::CheckSqliteFile(path).ok()) return Invalid(path, "the database doesn't pass its check");
  }
  std::ifstream in(folder + "/checkpoint", std::ios::binary);
  std::ostringstream note;
  note << in.rdbuf();
  facts.checkpoint = note.str();
  const size_t end = facts.checkpoint.rfind("\n\n");
  const auto checkpoint =
      journal::ParseCheckpoint(std::string_view(facts.checkpoint).substr(0, end == std::string::npos ? 0 : end + 1));
  EAGLE_ASSIGN_OR_RETURN(const storage::StoreHead head, storage::HeadOfCopy(JournalPath(folder)));
  if (!checkpoint.ok() || checkpoint->size != facts.size || head.next_index != facts.size ||
      checkpoint->origin != facts.origin || HexEncode(journal::View(checkpoint->root)) != facts.root_hex)
    return Invalid(folder, "journal, checkpoint and manifest are of different moments");
  return facts;
}

}  // namespace eagle
