// A court's papers 文书 on their way: put before the orders that name them, part by part, so that one that was cut goes
// on; and read back, with an officer's ticket.
//
// A draft names papers by digest, and may be sent weeks later. So where a paper lay when its order was made is kept,
// not the paper itself: the file belongs to the court's case system, and what changed since is not sent.
//
// Threads: one at a time (as the ports). Processes: several may share a folder.
//
//   PaperPaths paths("state/papers");
//   EAGLE_RETURN_IF_ERROR(paths.Keep(digest, "ruling.pdf"));
//   EAGLE_RETURN_IF_ERROR(PutPapersOf(batch, paths, gateway, progress));
//   EAGLE_ASSIGN_OR_RETURN(std::string pdf, GetPaper({court, number, digest}, ticket, gateway, progress));
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/lib/gateway.h"
#include "goldeneagle/v1/envelope.pb.h"

namespace eagle::client {

// Of the contract (blob_service.proto).
inline constexpr uint64_t kPaperPartBytes = 256 << 10;

// How far a paper is: its category or file, bytes that are there, bytes in all.
using PaperProgress = std::function<void(std::string_view name, uint64_t done, uint64_t of)>;

// Where papers lay, by digest.
class PaperPaths {
 public:
  explicit PaperPaths(std::string folder) : folder_(std::move(folder)) {}
  // Errors: STORAGE_UNUSABLE.
  absl::Status Keep(std::string_view digest, const std::string& path) const;
  // The content, if a file that was kept for this digest still has it. Errors: STORAGE_UNUSABLE of the index itself.
  absl::StatusOr<std::optional<std::string>> ContentOf(std::string_view digest) const;

 private:
  std::string PathOf(std::string_view digest) const;
  std::string folder_;
};

// What a paper is called, and in which case.
struct PaperNamed {
  std::string case_number, digest, media_type;
  std::string name;  // for progress
};
// Puts what is missing of one paper; done when it is there whole. Errors: those of PutBlobPart; BLOB_DIGEST_MISMATCH
// when the content isn't that of the digest (nothing is sent).
absl::Status PutPaper(const PaperNamed& paper, std::string_view content, Gateway& gateway,
                      const PaperProgress& progress);

// Puts every paper that the orders of a batch name and that lies here, each once a case. Those that lie elsewhere are
// left out: if the gateway hasn't got them either, it says which (BLOB_MISSING). OK also when the case is unknown, the
// policy takes no papers, or the gateway is older than papers: then SubmitOrders has the word.
// Errors: those of PutBlobPart.
absl::Status PutPapersOf(const v1::SignedBatch& batch, const PaperPaths& paths, Gateway& gateway,
                         const PaperProgress& progress);

struct PaperAsked {
  std::string court, case_number;  // court: empty for our own
  std::string digest;
};
// Fills in an officer's ticket that is good now.
using PutTicket = std::function<absl::Status(v1::SignedMember& field)>;
// The whole content, hashed. Errors: those of GetBlobPart; of verification: BLOB_DIGEST_MISMATCH.
absl::StatusOr<std::string> GetPaper(const PaperAsked& asked, const PutTicket& ticket, Gateway& gateway,
                                     const PaperProgress& progress);

}  // namespace eagle::client
