// Recovery from an older backup, as `eagle recover` asks the gateway's own rooms for it: the one part that touches a
// data folder. Proposing reads it through JournalFolder; signing touches the document only.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "goldeneagle/v1/envelope.pb.h"

namespace eagle::client {

struct RecoveryFolder {
  std::string data_folder, last_signed;
  std::string log_key_file;     // of the new origin
  std::string master_key_file;  // that wrapped the restored keys
};
struct RecoveryApplied {
  uint64_t index = 0;      // of the entry LOG_RECOVERED
  std::string checkpoint;  // by the new origin
};
// Puts the signed document into effect, once. Errors: FOLDER_LOCKED; RECOVERY_*; KEY_UNUSABLE; STORAGE_*.
using ApplyRecovery = std::function<absl::StatusOr<RecoveryApplied>(const goldeneagle::v1::Envelope& document,
                                                                    const RecoveryFolder& folder)>;

struct BackupFacts {
  std::string made, origin, root_hex, checkpoint;
  uint64_t size = 0, bytes = 0, papers = 0;
};
// Whether a backup's files are those of its manifest. Errors: BACKUP_INVALID; STORAGE_UNUSABLE.
using CheckBackup = std::function<absl::StatusOr<BackupFacts>(const std::string& folder)>;

}  // namespace eagle::client
