// Founding a log: the data folder with journal, keys and lock, entry 0 and its signed head. What `eagle init` does.
//
// Safe to repeat after a crash: what is there of keys is used, and entry 0 is written once. Threads: one.
//
//   FoundingOptions options{.data_folder = "data", .last_signed = "safe/last_signed", .log_key_file = "keys/log.key",
//   .master_key_file = "keys/master.key"}; options.founded = ...; EAGLE_ASSIGN_OR_RETURN(std::string checkpoint,
//   FoundLog(options, clock.WallNow(), entropy));
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/base/entropy.h"

namespace eagle {

struct FoundingOptions {
  std::string data_folder;              // made (mode 0700) when it isn't there
  std::string last_signed;              // a file, best on another disk; empty: in the data folder
  std::string log_key_file;             // private note key; empty: log.key in the data folder, made when it isn't there
  std::string master_key_file;          // empty: master.key in the data folder; made when it isn't there
  goldeneagle::v1::LogFounded founded;  // body of entry 0; log_key is filled in from the file when it is absent
};

// The signed checkpoint over entry 0. Errors:
//   CONFIGURATION_INVALID  the founding can't work: no origin that a note can carry, environment missing, fewer keys
//   than signatures or approvals
//                          needed, the same key twice. Every violation.
//   KEY_UNUSABLE           the log's key is of another origin than the founding, or differs from founded.log_key; a key
//   file can't be used. STORAGE_UNUSABLE       a log is there already; or the folder can't be written. JOURNAL_OLDER
//   the last-signed store knows a log, the folder is empty. FOLDER_LOCKED          a gateway runs on it.
absl::StatusOr<std::string> FoundLog(FoundingOptions options, absl::Time now, Entropy& entropy);

}  // namespace eagle
