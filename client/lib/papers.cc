#include "client/lib/papers.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "client/common/files.h"
#include "client/lib/errors.h"
#include "goldeneagle/v1/order.pb.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/hash.h"
#include "server/trust/strict.h"

namespace eagle::client {
namespace {

// Of the contract: larger is no paper.
constexpr uint64_t kPaperBytesMax = 32 << 20;

bool IsContentOf(std::string_view digest, std::string_view content) {
  return journal::View(journal::Sha256(content)) == digest;
}

// What makes putting pointless, and is SubmitOrders' to say, on the record where there is something to record.
bool LeftToSubmit(const absl::Status& status) {
  switch (ReasonOf(status)) {
    case Reason::kNotFound:
    case Reason::kErased:
    case Reason::kPapersNotTaken:
    case Reason::kPermissionDenied:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string PaperPaths::PathOf(std::string_view digest) const { return folder_ + "/" + HexEncode(digest) + ".path"; }

absl::Status PaperPaths::Keep(std::string_view digest, const std::string& path) const {
  std::error_code error;
  const std::string whole = std::filesystem::absolute(path, error).string();
  EAGLE_RETURN_IF_ERROR(MakeFolder(folder_));
  EAGLE_ASSIGN_OR_RETURN(const auto kept, ReadFileIfThere(PathOf(digest)));
  if (kept == whole) return absl::OkStatus();
  return WriteDurably(PathOf(digest), whole);
}

absl::StatusOr<std::optional<std::string>> PaperPaths::ContentOf(std::string_view digest) const {
  EAGLE_ASSIGN_OR_RETURN(const auto path, ReadFileIfThere(PathOf(digest)));
  if (!path) return std::nullopt;
  const auto content = ReadFileIfThere(*path);
  if (!content.ok() || !content->has_value() || !IsContentOf(digest, **content)) return std::nullopt;
  return **content;
}

absl::Status PutPaper(const PaperNamed& paper, std::string_view content, Gateway& gateway,
                      const PaperProgress& progress) {
  if (!IsContentOf(paper.digest, content))
    return Fail(Reason::kBlobDigestMismatch, "the file isn't the one whose digest is named: " + paper.name);
  v1::PutBlobPartRequest request;
  request.set_case_number(paper.case_number);
  request.set_digest(paper.digest);
  request.set_size_bytes(content.size());
  request.set_media_type(paper.media_type);
  EAGLE_ASSIGN_OR_RETURN(v1::PutBlobPartResponse now, gateway.PutBlobPart(request));
  while (!now.complete()) {
    if (now.parts_missing().empty())
      return AsVerification(Fail(Reason::kInternal, "the gateway misses nothing of a paper that isn't whole"));
    const uint64_t left = static_cast<uint64_t>(now.parts_missing_size()) * kPaperPartBytes;
    if (progress) progress(paper.name, content.size() > left ? content.size() - left : 0, content.size());
    const uint32_t part = now.parts_missing(0);
    const int missing = now.parts_missing_size();
    request.set_part(part);
    request.set_content(
        std::string(content.substr(std::min<size_t>(part * kPaperPartBytes, content.size()), kPaperPartBytes)));
    EAGLE_ASSIGN_OR_RETURN(now, gateway.PutBlobPart(request));
    // Each call makes it whole or leaves less to do: a gateway that forgets is not followed round and round.
    if (!now.complete() && now.parts_missing_size() >= missing)
      return AsVerification(Fail(Reason::kInternal, "the gateway doesn't keep the parts of a paper"));
  }
  if (progress) progress(paper.name, content.size(), content.size());
  return absl::OkStatus();
}

absl::Status PutPapersOf(const v1::SignedBatch& batch, const PaperPaths& paths, Gateway& gateway,
                         const PaperProgress& progress) {
  std::set<std::pair<std::string, std::string>> seen;  // case, digest
  for (const std::string& member : batch.members()) {
    EAGLE_ASSIGN_OR_RETURN(const v1::Order order, trust::ParseStrict<v1::Order>(member));
    for (const v1::Instrument& named : order.instruments()) {
      if (!seen.emplace(order.case_number(), named.digest()).second) continue;
      EAGLE_ASSIGN_OR_RETURN(const auto content, paths.ContentOf(named.digest()));
      if (!content) continue;
      const absl::Status put = PutPaper({order.case_number(), named.digest(), named.media_type(), named.category()},
                                        *content, gateway, progress);
      if (LeftToSubmit(put)) return absl::OkStatus();
      EAGLE_RETURN_IF_ERROR(put);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> GetPaper(const PaperAsked& asked, const PutTicket& ticket, Gateway& gateway,
                                     const PaperProgress& progress) {
  v1::GetBlobPartRequest request;
  request.set_court(asked.court);
  request.set_case_number(asked.case_number);
  request.set_digest(asked.digest);
  std::string content;
  uint64_t size = 0;
  do {
    EAGLE_RETURN_IF_ERROR(ticket(*request.mutable_officer_ticket()));
    EAGLE_ASSIGN_OR_RETURN(const v1::GetBlobPartResponse part, gateway.GetBlobPart(request));
    size = part.size_bytes();
    if (part.content().empty() || size > kPaperBytesMax || content.size() + part.content().size() > size)
      return AsVerification(Fail(Reason::kBlobDigestMismatch, "the gateway's parts aren't those of one paper"));
    content += part.content();
    request.set_part(request.part() + 1);
    if (progress) progress(HexEncode(asked.digest).substr(0, 12), content.size(), size);
  } while (content.size() < size);
  if (!IsContentOf(asked.digest, content))
    return AsVerification(Fail(Reason::kBlobDigestMismatch, "the content that came isn't that of the digest"));
  return content;
}

}  // namespace eagle::client
