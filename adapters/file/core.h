// FileCore: the agency's own system as the agent sees it, with a drop in between. Asking it is putting a request on
// record; the answer comes later, through Changes.
//
// Inquire and Apply store the request in one transaction and answer UNDER_REVIEW: somebody else decides. The same order
// again is the same request, so it goes out once. Find is always certain, as the record is ours: DONE (on record) or
// NOT_DONE; nothing is ever in doubt on this side of the drop. What the agency's system did or not is its own to say,
// and only an answer that says it plainly is taken (feedback.h).
//
// Threads: the agent's one.
#pragma once

#include <atomic>
#include <vector>

#include "adapters/file/request.h"
#include "adapters/file/store.h"
#include "adapters/sdk/ports.h"

namespace eagle::file {

class FileCore : public sdk::CoreRegister {
 public:
  // Both outlive it.
  FileCore(Store& store, const Edge& edge) : store_(store), edge_(edge) {}

  // Returned at once: an order that these files can't carry (request.h). Error: ORDER_ID_REUSED.
  absl::StatusOr<sdk::Answer> Inquire(const sdk::Request& request) override { return Ask(request); }
  absl::StatusOr<sdk::Answer> Apply(const sdk::Request& request) override { return Ask(request); }
  absl::StatusOr<sdk::Found> Find(const sdk::Operation& operation) override;
  absl::StatusOr<std::vector<sdk::RegisterChange>> Changes(uint64_t after, size_t limit) override;

  // Up to which change the agent's inbox has everything.
  uint64_t told() const { return told_; }

 private:
  absl::StatusOr<sdk::Answer> Ask(const sdk::Request& request);
  Store& store_;
  const Edge& edge_;
  std::atomic<uint64_t> told_ = 0;
};

}  // namespace eagle::file
