// The papers 文书 that an agency has fetched, and the files that go with its receipts: by SHA-256, as plain files that
// a clerk can open, each verified before it gets its name. The folder is the agency's own and as secret as its inbox.
//
// Bounded: beyond `bytes_max` the oldest go, but never one that somebody waits for. An agency that must keep papers
// takes them into its own archive.
//
// Life: opened once; what is there is hashed before it is first trusted. Threads: one owner.
//
//   EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<PaperFolder> papers, PaperFolder::Open("data/papers", 2 << 30));
//   EAGLE_RETURN_IF_ERROR(papers->Put(digest, "application/pdf", content, needed));
//   if (auto path = papers->PathOf(digest)) ...
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace eagle::sdk {

// Of the contract (blob_service.proto).
inline constexpr uint64_t kPaperPartBytes = 256 << 10;
inline constexpr uint64_t kPaperBytesMax = 32 << 20;

// A paper of an order, for the register and for people. Without a path it isn't here.
struct PaperFile {
  std::string category, title, media_type, digest, path;
};

class PaperFolder {
 public:
  using Needed = std::function<bool(std::string_view digest)>;

  // Makes the folder, mode 0700. Errors: STORAGE_UNUSABLE.
  static absl::StatusOr<std::unique_ptr<PaperFolder>> Open(std::string folder, uint64_t bytes_max);

  // Where the content of this digest is, once it was seen to be that.
  std::optional<std::string> PathOf(std::string_view digest);
  // Durable, whole and under its name when it returns OK. Errors: BLOB_DIGEST_MISMATCH; STORAGE_UNUSABLE, also when all
  // that is here is needed and there is no room.
  absl::Status Put(std::string_view digest, std::string_view media_type, std::string_view content,
                   const Needed& needed);
  uint64_t bytes() const { return bytes_; }

 private:
  struct File {
    std::string name;
    uint64_t bytes = 0, age = 0;  // a higher age is newer
    bool trusted = false;
  };
  PaperFolder(std::string folder, uint64_t bytes_max) : folder_(std::move(folder)), bytes_max_(bytes_max) {}
  absl::Status List();
  bool MakeRoom(uint64_t bytes, const Needed& needed);

  const std::string folder_;
  const uint64_t bytes_max_;
  std::map<std::string, File, std::less<>> files_;  // by digest
  uint64_t bytes_ = 0, last_age_ = 0;
};

// The whole content of a small file. Errors: STORAGE_UNUSABLE; BLOB_TOO_LARGE above kPaperBytesMax.
absl::StatusOr<std::string> ReadPaper(const std::string& path);

}  // namespace eagle::sdk
