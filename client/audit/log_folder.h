// A published log as a folder of static files (C2SP tlog-tiles): checkpoint, tile/<L>/<N>, tile/entries/<N>, and, where
// payloads were published too, payloads/<N> (server/docs/formats.md).
//
// Where witnesses have seen the log, `checkpoint.cosigned` is the newest head that they signed, as an entry of the log
// tells it: smaller than `checkpoint`.
//
// Threads: one.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/audit/log_source.h"

namespace eagle::audit {

inline constexpr char kCosignedFile[] = "checkpoint.cosigned";

// Errors: STORAGE_UNUSABLE when there is no checkpoint in `folder`.
absl::StatusOr<std::unique_ptr<LogSource>> OpenLogFolder(const std::string& folder);

}  // namespace eagle::audit
