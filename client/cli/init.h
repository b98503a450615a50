// Founding a log: what `eagle init` asks the gateway's own rooms to do. The command reads and checks; the founding is
// done behind FoundLog, which only the build with those rooms has.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "goldeneagle/v1/entry.pb.h"

namespace eagle::client {

class Verb;

struct FoundingOptions {
  std::string data_folder;              // of a gateway that is stopped; made when it isn't there
  std::string last_signed;              // path of the last-signed store, apart from the data
  std::string log_key_file;             // private note key (pki.h: keys/log.key)
  std::string master_key_file;          // wraps the keys of payloads (keys/master.key)
  goldeneagle::v1::LogFounded founded;  // body of entry 0, whole
};

// Writes entry 0, durably, and its signed checkpoint, which it returns. Errors: FOLDER_LOCKED; STORAGE_UNUSABLE, also
// when a log is there already; KEY_UNUSABLE.
using FoundLog = std::function<absl::StatusOr<std::string>(const FoundingOptions& options)>;

void AddInit(Verb& root);

}  // namespace eagle::client
