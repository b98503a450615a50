// The flags with which a command is told where the log is: a folder of static files, or a running gateway.
//
// Threads: one.
//
//   AddLogFlags(*verb, flags->log);
//   EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<LogSource> log, OpenLog(flags.log));
#pragma once

#include <memory>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "client/audit/log_source.h"
#include "server/journal/log_policy.h"

namespace eagle::audit {

struct LogFlags {
  std::string folder;
  std::string gateway, gateway_id, authority, certificate, key;
};

// LOG; or --gateway with --authority, --certificate, --key and, if it is known, --gateway-id.
void AddLogFlags(CLI::App& verb, LogFlags& flags);

// Errors: FIELD_MISSING when neither is given, or both; those of OpenLogFolder and OpenLiveLog; STORAGE_UNUSABLE.
absl::StatusOr<std::unique_ptr<LogSource>> OpenLog(const LogFlags& flags);

struct TrustedHead {
  std::string note;                                  // the checkpoint's bytes
  std::shared_ptr<const journal::NoteVerifier> key;  // the pinned key of its log
  size_t cosigned = 0;                               // witnesses of the policy under it
  bool newest = true;                                // false: the newest one lacks its quorum, this is an older one
};
// The log's newest checkpoint, or where its quorum is missing the cosigned one. Errors: those of the source;
// NOTE_UNTRUSTED when a pinned key didn't sign it, or fewer witnesses than `policy` demands cosigned it.
absl::StatusOr<TrustedHead> HeadOf(LogSource& log, const journal::LogPolicy& policy);

}  // namespace eagle::audit
