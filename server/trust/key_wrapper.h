// The port that wraps keys under a master key which never leaves its place, and the implementation with a file.
//
// Wrapped bytes of FileKeyWrapper:  version u8 = 1 || master key id (4) || nonce (12) || AES-256-GCM(master, nonce,
// key, aad) with tag (16)
//   aad = "ge/wrap/v1" 00 || the caller's       master key id = first 4 bytes of SHA-256("ge/master/v1" 00 || master)
//
// Its file (mode 0600): the line "golden-eagle-master-key-v1", then one to eight lines of base64 (32 bytes each). The
// first wraps; the others still unwrap, so a master key is replaced by putting a new line on top.
//
//   EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<FileKeyWrapper> wrapper, FileKeyWrapper::Open("master.key", entropy));
//   EAGLE_ASSIGN_OR_RETURN(std::string wrapped, wrapper->Wrap(key, key_id));
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/entropy.h"

namespace eagle::trust {

// Threads: any, at the same time.
class KeyWrapper {
 public:
  virtual ~KeyWrapper() = default;
  // `aad` is bound to the result but not contained in it. Errors: UNAVAILABLE when a device doesn't answer.
  virtual absl::StatusOr<std::string> Wrap(std::string_view key, std::string_view aad) = 0;
  // Errors: KEY_UNUSABLE when wrapped under another master key, for another aad, or altered since; UNAVAILABLE.
  virtual absl::StatusOr<std::string> Unwrap(std::string_view wrapped, std::string_view aad) = 0;
};

class FileKeyWrapper : public KeyWrapper {
 public:
  // A new file with one new master key, durable. Errors: KEY_UNUSABLE when the path exists or can't be written.
  static absl::Status MakeFile(const std::string& path, Entropy& entropy);
  // Puts a new master key on top of the file: it wraps from now on, the others still unwrap. Whole or not at all,
  // durable. Errors: as Open; KEY_UNUSABLE when the file is full.
  static absl::Status AddMaster(const std::string& path, Entropy& entropy);
  // Leaves only the first master key in the file: what another one wrapped can't be unwrapped any more.
  static absl::Status DropOldMasters(const std::string& path);
  // `entropy` gives the nonces; it must be callable from any thread and outlive the wrapper.
  // Errors: KEY_UNUSABLE for a file that others may read, or of another form.
  static absl::StatusOr<std::unique_ptr<FileKeyWrapper>> Open(const std::string& path, Entropy& entropy);
  ~FileKeyWrapper() override;

  absl::StatusOr<std::string> Wrap(std::string_view key, std::string_view aad) override;
  absl::StatusOr<std::string> Unwrap(std::string_view wrapped, std::string_view aad) override;
  // Whether `wrapped` was made with the master key that wraps now.
  bool IsCurrent(std::string_view wrapped) const;
  size_t masters() const { return masters_.size(); }

 private:
  struct Master {
    std::string id;
    std::string key;
  };
  FileKeyWrapper(std::vector<Master> masters, Entropy& entropy) : masters_(std::move(masters)), entropy_(entropy) {}
  std::vector<Master> masters_;
  Entropy& entropy_;
};

}  // namespace eagle::trust
