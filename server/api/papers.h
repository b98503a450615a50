// Papers that travel 文书: whether those that a batch of orders names are here, and where those of a case lie.
//
// Missing papers refuse the whole call, before the sequencer: nothing is recorded and no order id is used up, so the
// same signed bytes are good once the papers were put. What is refused here no court could dispute.
//
// Threads: any; reads the store and the disk.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/api/impl.h"

namespace eagle::api {

struct MissingPaper {
  size_t member = 0;   // of the batch
  int instrument = 0;  // of the order
  std::string category, digest;
  bool other = false;  // the content is here with another size or type than the order says
};

// Of the orders whose action is one of the policy's (PapersRow): the papers that the court hasn't put into their case.
// Orders that the journal knows, and those of cases that it doesn't know, are left to it. Errors: the stores'.
absl::StatusOr<std::vector<MissingPaper>> MissingPapers(Handlers::Impl& impl, const Caller& caller,
                                                        const domain::SubmitOrders& command);
// Errors: BLOB_MISSING with every one; those of MissingPapers.
absl::Status PapersAreHere(Handlers::Impl& impl, const Caller& caller, const domain::SubmitOrders& command);

// Of a case, put by `owner` (zero: the court).
blobs::BlobPlace PlaceIn(const domain::Case& of, const std::string& digest, AgencyOrdinal owner = {});

}  // namespace eagle::api
