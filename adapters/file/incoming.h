// A batch of the other side, opened: everything that must hold before a word of it is believed.
//
// In this order, each step only when the one before held: the manifest can be read and names this batch; its file is
// there, of the size and the SHA-256 that it says; its bytes are text of the agency's encoding and XML within the
// limits; count and control totals are those of the manifest. All that is wrong at one step is named at once.
//
// Threads: pure but for reading the folder.
#pragma once

#include <string>

#include "adapters/file/batch.h"
#include "adapters/file/drop.h"
#include "adapters/file/encoding.h"
#include "adapters/file/fault.h"

namespace eagle::file {

struct IncomingBatch {
  std::string manifest_bytes, file_bytes;  // as they lay there; empty when they couldn't be read
  std::string manifest_sha256;
  Element root;  // usable when there were no faults
};

// Error: STORAGE_UNUSABLE: the folder can't be read now; nothing is said about the batch. NOT_FOUND: the manifest has
// gone meanwhile.
absl::StatusOr<IncomingBatch> OpenBatch(const BatchName& name, const Drop& drop, const Encoding& encoding,
                                        Faults& faults);

}  // namespace eagle::file
