// LastSigned in a file of two slots of 4 KiB, written in turn: a write that is cut short spoils one slot, and the other
// still holds the head before it.
//
// A slot: "GELASTSG" · format u8 (1) · generation u64 · present u8 · size u64 · root (32) · note length u32 · note ·
// zeros, and in its last 32 bytes the SHA-256 of everything before them; big-endian. Generation g lies in slot g mod 2;
// the readable slot with the highest generation counts. The file is made whole (temporary file, sync, rename), so two
// unreadable slots are always damage.
//
// Threads: one owner. The file is locked: a second opener is refused.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/storage/fatal.h"
#include "server/storage/last_signed.h"

namespace eagle::storage {

class FileLastSigned : public LastSigned {
 public:
  enum class IfMissing {
    kCreate,  // a new log
    kRefuse,  // there are data already: a missing file is a file lost, or a disk not mounted
  };
  static constexpr size_t kSlotBytes = 4096;

  // Errors: STORAGE_UNUSABLE  it can't be opened, locked or made, or is missing (kRefuse).
  //         STORAGE_DAMAGED   neither slot can be read, or the length is wrong.
  //         FOLDER_LOCKED     another process has it open.
  static absl::StatusOr<std::unique_ptr<FileLastSigned>> Open(const std::string& path, IfMissing if_missing,
                                                              FatalHandler on_fatal = AbortOnFatal);
  ~FileLastSigned() override;
  FileLastSigned(const FileLastSigned&) = delete;
  FileLastSigned& operator=(const FileLastSigned&) = delete;

  absl::StatusOr<std::optional<SignedHead>> Read() override;
  absl::Status Write(const SignedHead& head) override;
  // The note before goes into "<path>.<its size>-<8 hexadecimal digits of its SHA-256>.note".
  absl::Status Restart(const SignedHead& head) override;

 private:
  FileLastSigned(std::string path, int descriptor, FatalHandler on_fatal)
      : path_(std::move(path)), descriptor_(descriptor), on_fatal_(std::move(on_fatal)) {}
  absl::Status Load();
  absl::Status Put(const SignedHead& head);

  const std::string path_;
  const int descriptor_;
  const FatalHandler on_fatal_;
  uint64_t generation_ = 0;
  std::optional<SignedHead> last_;
  bool dead_ = false;
};

}  // namespace eagle::storage
