#include "server/blobs/blob_store.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/aead.h"

namespace eagle::blobs {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUploadEnding = ".up";

BlobHead HeadOf(const BlobPlace& place, const BlobStore::Facts& facts) {
  return {.key_id = place.key_id, .digest = place.digest, .size = facts.size, .type = facts.type, .owner = place.owner};
}

std::string UploadPath(const std::string& folder, const std::string& name) {
  return folder + "/" + name + std::string(kUploadEnding);
}

// A folder that is there afterwards, known to the disk.
absl::Status MakeFolder(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0) return errno == EEXIST ? absl::OkStatus() : MediumFailed("no folder can be made");
  if (!SyncFolder(path.substr(0, path.rfind('/')))) return MediumFailed("a folder can't be synced");
  return absl::OkStatus();
}

// What a file's name says; absent for a name that isn't one of ours.
struct Named {
  std::string whole;  // the name of the whole file
  uint32_t owner = 0;
  bool upload = false;
};
std::optional<Named> NamedBy(std::string name) {
  Named out;
  out.upload = name.size() > kUploadEnding.size() && name.ends_with(kUploadEnding);
  if (out.upload) name.resize(name.size() - kUploadEnding.size());
  const size_t dot = name.find('.');
  if (dot != 64 || !absl::SimpleAtoi(name.substr(dot + 1), &out.owner) || !HexDecode(name.substr(0, dot)))
    return std::nullopt;
  out.whole = std::move(name);
  return out;
}

std::vector<uint32_t> AllParts(const BlobHead& head) {
  std::vector<uint32_t> out(head.parts());
  for (uint32_t part = 0; part < head.parts(); ++part) out[part] = part;
  return out;
}

}  // namespace

absl::StatusOr<std::unique_ptr<BlobStore>> BlobStore::Open(std::string folder, BlobLimits limits, Clock& clock,
                                                           Entropy& entropy) {
  EAGLE_RETURN_IF_ERROR(MakeFolder(folder));
  std::unique_ptr<BlobStore> out(new BlobStore(std::move(folder), limits, clock, entropy));
  EAGLE_RETURN_IF_ERROR(out->AddUp());
  return out;
}

absl::Status BlobStore::AddUp() {
  absl::MutexLock lock(&mu_);
  std::error_code error;
  const absl::Duration now = clock_.MonotonicNow();
  for (const auto& court : fs::directory_iterator(folder_, error)) {
    uint32_t ordinal = 0;
    if (!court.is_directory(error) || !absl::SimpleAtoi(court.path().filename().string(), &ordinal)) continue;
    for (const auto& of_case : fs::directory_iterator(court.path(), error)) {
      for (const auto& file : fs::directory_iterator(of_case.path(), error)) {
        const auto named = NamedBy(file.path().filename().string());
        if (!named) continue;
        const Owner owner{named->owner != 0, named->owner != 0 ? named->owner : ordinal};
        uint64_t bytes = file.file_size(error);
        if (named->upload) {
          const auto opened = BlobFile::Open(file.path().string(), false);
          if (!opened.ok()) {  // it died before it had a head
            fs::remove(file.path(), error);
            continue;
          }
          const Name name{of_case.path().string(), named->whole};
          uploads_[name] = std::make_shared<Upload>(opened->head(), now);
          owners_[name] = owner;
          bytes = opened->head().FileBytes();
          ++uses_[owner].uploads;
        } else {
          ++counters_.blobs, counters_.bytes += bytes;
        }
        uses_[owner].bytes += bytes;
      }
    }
  }
  return error ? absl::Status(Fail(Reason::kStorageUnusable, "the folder of papers can't be read")
                                  .With("path", folder_)
                                  .With("cause", error.message()))
               : absl::OkStatus();
}

BlobStore::Name BlobStore::NameOf(const BlobPlace& place) const {
  return {folder_ + "/" + std::to_string(place.court.value()) + "/" + HexEncode(place.key_id),
          HexEncode(place.digest) + "." + std::to_string(place.owner.value())};
}

absl::Status BlobStore::CheckRoom(Owner owner, uint64_t bytes) const {
  const auto found = uses_.find(owner);
  const Use use = found == uses_.end() ? Use() : found->second;
  const uint64_t bytes_max = owner.first ? limits_.agency_bytes_max : limits_.court_bytes_max;
  if (use.uploads >= limits_.uploads_max)
    return Fail(Reason::kBlobQuotaExceeded, "too many uploads aren't whole")
        .With("uploads_max", static_cast<int64_t>(limits_.uploads_max));
  if (bytes_max < bytes || use.bytes > bytes_max - bytes)
    return Fail(Reason::kBlobQuotaExceeded, "no more papers are kept for the caller")
        .With("bytes_max", static_cast<int64_t>(bytes_max));
  struct statvfs volume {};
  if (statvfs(folder_.c_str(), &volume) != 0) return MediumFailed("the volume can't be asked for room");
  if (uint64_t{volume.f_bavail} * volume.f_frsize < limits_.free_bytes_min + bytes)
    return Fail(Reason::kBusy, "the volume of papers is nearly full").RetryAfter(absl::Minutes(1));
  return absl::OkStatus();
}

void BlobStore::Drop(const Name& name, const Upload& upload, Owner owner) {
  unlink(UploadPath(name.first, name.second).c_str());
  uses_[owner].bytes -= upload.head.FileBytes();
  --uses_[owner].uploads;
  uploads_.erase(name);
  owners_.erase(name);
}

absl::StatusOr<std::shared_ptr<BlobStore::Upload>> BlobStore::UploadOf(const BlobPlace& place, const BlobHead& head,
                                                                       bool begin) {
  const Name name = NameOf(place);
  const Owner owner{bool(place.owner), place.owner ? place.owner.value() : place.court.value()};
  absl::MutexLock lock(&mu_);
  if (forgotten_.contains(name.first)) return Fail(Reason::kErased, "the case was erased");
  if (const auto found = uploads_.find(name); found != uploads_.end()) {
    if (found->second->head == head) {
      found->second->last_seen = clock_.MonotonicNow();
      return found->second;
    }
    if (!begin) return std::shared_ptr<Upload>();
    const std::shared_ptr<Upload> other = found->second;
    Drop(name, *other, owner);
  }
  if (!begin) return std::shared_ptr<Upload>();
  EAGLE_RETURN_IF_ERROR(CheckRoom(owner, head.FileBytes()));
  EAGLE_RETURN_IF_ERROR(MakeFolder(name.first.substr(0, name.first.rfind('/'))));
  EAGLE_RETURN_IF_ERROR(MakeFolder(name.first));
  EAGLE_RETURN_IF_ERROR(BlobFile::Make(UploadPath(name.first, name.second), head).status());
  if (!SyncFolder(name.first)) return MediumFailed("a folder can't be synced");
  auto upload = std::make_shared<Upload>(head, clock_.MonotonicNow());
  uploads_[name] = upload;
  owners_[name] = owner;
  uses_[owner].bytes += head.FileBytes();
  ++uses_[owner].uploads;
  return upload;
}

bool BlobStore::IsCurrent(const Name& name, const std::shared_ptr<Upload>& upload) const {
  absl::MutexLock lock(&mu_);
  const auto found = uploads_.find(name);
  return found != uploads_.end() && found->second == upload;
}

absl::Status BlobStore::WriteOnePart(const Name& name, Upload& upload, std::string_view key, uint32_t part,
                                     std::string_view content) {
  EAGLE_ASSIGN_OR_RETURN(BlobFile file, BlobFile::Open(UploadPath(name.first, name.second), true));
  if (upload.there.empty()) {
    // After a restart: what opens was written whole.
    upload.there.resize(upload.head.parts());
    for (uint32_t each = 0; each < upload.head.parts(); ++each) upload.there[each] = file.ReadPart(key, each).ok();
  }
  if (content.empty() || upload.there[part]) return absl::OkStatus();
  EAGLE_RETURN_IF_ERROR(file.WritePart(key, entropy_.Bytes(journal::kAeadNonceSize), part, content));
  upload.there[part] = true;
  return absl::OkStatus();
}

absl::Status BlobStore::Finish(const BlobPlace& place, const std::shared_ptr<Upload>& upload, std::string_view key) {
  const Name name = NameOf(place);
  EAGLE_ASSIGN_OR_RETURN(BlobFile file, BlobFile::Open(UploadPath(name.first, name.second), true));
  const absl::Status good = file.Finish(key);
  const bool refused = ReasonOf(good) == Reason::kBlobDigestMismatch || ReasonOf(good) == Reason::kBlobTypeRefused;
  if (!good.ok() && !refused) return good;
  absl::MutexLock lock(&mu_);
  const auto found = uploads_.find(name);
  if (found == uploads_.end() || found->second != upload)
    return Fail(Reason::kBusy, "the upload was ended meanwhile").RetryAfter(absl::Seconds(1));
  const Owner owner = owners_.at(name);
  if (refused) {
    ++counters_.refused_content;
    Drop(name, *upload, owner);
    return good;
  }
  const std::string whole = name.first + "/" + name.second;
  if (std::rename(UploadPath(name.first, name.second).c_str(), whole.c_str()) != 0)
    return MediumFailed("a paper can't be given its name");
  --uses_[owner].uploads;
  uploads_.erase(name);
  owners_.erase(name);
  ++counters_.completed, ++counters_.blobs, counters_.bytes += upload->head.FileBytes();
  return SyncFolder(name.first) ? absl::OkStatus() : MediumFailed("a folder can't be synced");
}

absl::StatusOr<BlobStore::Progress> BlobStore::Put(const BlobPlace& place, const Facts& facts, std::string_view key,
                                                   uint32_t part, std::string_view content) {
  const BlobHead head = HeadOf(place, facts);
  if (!content.empty() && (part >= head.parts() || content.size() != head.BytesOfPart(part)))
    return Fail(Reason::kFieldInvalid, "no such part, or not its bytes")
        .At("content", "262,144 bytes, the last part what is left");
  EAGLE_ASSIGN_OR_RETURN(const std::optional<Facts> whole, Find(place));
  if (whole && *whole != facts)
    return Fail(Reason::kBlobDigestMismatch, "the content of this digest has another size or type")
        .At("size_bytes", "as the content has it");
  if (whole) return Progress{.complete = true};
  EAGLE_ASSIGN_OR_RETURN(const std::shared_ptr<Upload> upload, UploadOf(place, head, !content.empty()));
  if (upload == nullptr) return Progress{.missing = AllParts(head)};
  const Name name = NameOf(place);
  absl::MutexLock lock(&upload->mu);
  if (!IsCurrent(name, upload)) {
    // Another call made it whole while this one waited, or it was dropped.
    EAGLE_ASSIGN_OR_RETURN(const std::optional<Facts> now, Find(place));
    if (now == facts) return Progress{.complete = true};
    return Fail(Reason::kBusy, "the upload was ended meanwhile").RetryAfter(absl::Seconds(1));
  }
  EAGLE_RETURN_IF_ERROR(WriteOnePart(name, *upload, key, part, content));
  Progress progress;
  for (uint32_t each = 0; each < head.parts(); ++each) {
    if (!upload->there[each]) progress.missing.push_back(each);
  }
  if (!progress.missing.empty()) return progress;
  EAGLE_RETURN_IF_ERROR(Finish(place, upload, key));
  return Progress{.complete = true};
}

absl::StatusOr<std::optional<BlobStore::Facts>> BlobStore::Find(const BlobPlace& place) const {
  const Name name = NameOf(place);
  const auto file = BlobFile::Open(name.first + "/" + name.second, false);
  if (ReasonOf(file.status()) == Reason::kNotFound) return std::optional<Facts>();
  EAGLE_RETURN_IF_ERROR(file.status());
  return std::optional<Facts>({.size = file->head().size, .type = file->head().type});
}

absl::StatusOr<std::vector<AgencyOrdinal>> BlobStore::OwnersOf(const BlobPlace& place) const {
  const std::string folder = NameOf(place).first, digest = HexEncode(place.digest);
  std::vector<AgencyOrdinal> out;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(folder, error)) {
    const auto named = NamedBy(file.path().filename().string());
    if (named && !named->upload && named->owner != 0 && named->whole.starts_with(digest))
      out.emplace_back(named->owner);
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return Fail(Reason::kStorageUnusable, "the folder of papers can't be read").With("cause", error.message());
  std::sort(out.begin(), out.end());
  return out;
}

absl::StatusOr<BlobStore::Part> BlobStore::Get(const BlobPlace& place, std::string_view key, uint32_t part) const {
  const Name name = NameOf(place);
  EAGLE_ASSIGN_OR_RETURN(const BlobFile file, BlobFile::Open(name.first + "/" + name.second, false));
  if (part >= file.head().parts()) return Fail(Reason::kNotFound, "the paper has no such part");
  Part out{.facts = {.size = file.head().size, .type = file.head().type}};
  EAGLE_ASSIGN_OR_RETURN(out.content, file.ReadPart(key, part));
  return out;
}

absl::Status BlobStore::Forget(CourtOrdinal court, const std::string& key_id) {
  const std::string folder = NameOf({.court = court, .key_id = key_id}).first;
  absl::MutexLock lock(&mu_);
  forgotten_.insert(folder);
  for (auto it = uploads_.begin(); it != uploads_.end();) {
    const auto [name, upload] = *it++;
    if (name.first == folder) Drop(name, *upload, owners_.at(name));
  }
  std::error_code error;
  for (const auto& file : fs::directory_iterator(folder, error)) {
    const auto named = NamedBy(file.path().filename().string());
    const uint64_t bytes = file.file_size(error);
    if (!named || named->upload) continue;
    if (unlink(file.path().c_str()) != 0 && errno != ENOENT) return MediumFailed("a paper can't be deleted");
    uses_[{named->owner != 0, named->owner != 0 ? named->owner : court.value()}].bytes -= bytes;
    --counters_.blobs, counters_.bytes -= bytes;
  }
  error.clear();
  fs::remove_all(folder, error);
  if (error) return Fail(Reason::kStorageUnusable, "papers can't be deleted").With("cause", error.message());
  const std::string above = folder.substr(0, folder.rfind('/'));
  if (fs::exists(above, error) && !SyncFolder(above)) return MediumFailed("a folder can't be synced");
  return absl::OkStatus();
}

void BlobStore::Sweep() {
  absl::MutexLock lock(&mu_);
  const absl::Duration now = clock_.MonotonicNow();
  for (auto it = uploads_.begin(); it != uploads_.end();) {
    const auto [name, upload] = *it++;
    if (now - upload->last_seen < limits_.upload_idle_max) continue;
    ++counters_.timed_out;
    Drop(name, *upload, owners_.at(name));
  }
}

BlobStore::Counters BlobStore::counters() const {
  absl::MutexLock lock(&mu_);
  Counters out = counters_;
  out.uploads = uploads_.size();
  return out;
}

}  // namespace eagle::blobs
