// Puts a signed recovery document into effect on the data of a stopped gateway: what `eagle recover apply` does. The
// one durable step is the entry LOG_RECOVERED (core/recovery.h); done again, or after a crash anywhere, it ends what
// was begun.
//
// Threads: one.
//
//   EAGLE_ASSIGN_OR_RETURN(RecoveryApplied done, ApplyRecovery(document, {.data_folder = "data", ...}, entropy));
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "goldeneagle/v1/envelope.pb.h"
#include "server/base/entropy.h"

namespace eagle {

struct RecoveryFolder {
  std::string data_folder, last_signed;
  std::string log_key_file;     // of the new origin
  std::string master_key_file;  // as it was: the restored keys are wrapped by it
};

struct RecoveryApplied {
  uint64_t index = 0;      // of LOG_RECOVERED
  std::string checkpoint;  // by the new origin
};

// A last-signed store that was lost with the data is made anew. Errors: FOLDER_LOCKED while a gateway runs; those of
// core::Recover; KEY_UNUSABLE.
absl::StatusOr<RecoveryApplied> ApplyRecovery(const goldeneagle::v1::Envelope& document, const RecoveryFolder& folder,
                                              Entropy& entropy);

}  // namespace eagle
