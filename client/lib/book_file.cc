#include "client/lib/book_file.h"

#include <algorithm>
#include <optional>

#include "client/common/files.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

constexpr std::string_view kFirstLine = "golden-eagle-statements-v1\n";
constexpr int kPageSize = 256;
// A gateway that never says "complete" doesn't keep us for ever.
constexpr int kPagesMax = 10'000;

}  // namespace

absl::StatusOr<BookFile> BookFile::Open(std::string path, trust::PinnedRegistrars pinned,
                                        const trust::SignatureChecker& checker) {
  EAGLE_ASSIGN_OR_RETURN(trust::StatementBook book, trust::StatementBook::Make(std::move(pinned)));
  BookFile file(std::move(path), std::move(book), checker);
  EAGLE_RETURN_IF_ERROR(file.Load());
  return file;
}

absl::Status BookFile::Load() {
  EAGLE_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, ReadFileIfThere(path_));
  if (!bytes) return absl::OkStatus();
  const auto damaged = [&] {
    return Fail(Reason::kStorageDamaged, "the file of statements can't be read: delete it, it is fetched anew")
        .With("path", path_);
  };
  ByteReader in(*bytes);
  if (in.Bytes(kFirstLine.size()) != kFirstLine) return damaged();
  trust::StatementBook book = book_;
  uint64_t position = 0;
  while (in.ok() && in.remaining() > 0) {
    const std::string_view bytes_of_one = in.Bytes(in.U32());
    v1::DirectoryChange change;
    if (!in.ok() || !change.ParseFromArray(bytes_of_one.data(), static_cast<int>(bytes_of_one.size())))
      return damaged();
    // Pinned keys were changed since: nothing of the file counts.
    if (!book.Accept(change.statement(), *checker_).ok()) return absl::OkStatus();
    position = change.position();
  }
  book_ = std::move(book);
  position_ = position;
  content_ = bytes->substr(kFirstLine.size());
  return absl::OkStatus();
}

absl::StatusOr<SyncReport> BookFile::Sync(Gateway& gateway) {
  SyncReport report;
  for (int page = 0; page < kPagesMax; ++page) {
    v1::ListStatementsRequest request;
    request.set_position(position_);
    request.set_page_size(kPageSize);
    EAGLE_ASSIGN_OR_RETURN(const v1::ListStatementsResponse answer, gateway.ListStatements(request));
    for (const v1::DirectoryChange& change : answer.statements()) {
      const auto accepted = book_.Accept(change.statement(), *checker_);
      if (!accepted.ok()) {
        report.refused.push_back("statement at " + std::to_string(change.position()) + ": " +
                                 std::string(RowOf(ReasonOf(accepted.status())).name) + ": " +
                                 FailureOf(accepted.status()).message);
      } else if (!accepted->was_known) {
        const std::string bytes = change.SerializeAsString();
        content_ += ByteWriter().U32(static_cast<uint32_t>(bytes.size())).Bytes(bytes).Take();
        ++report.taken;
      }
      position_ = std::max(position_, change.position());
    }
    if (answer.complete() || answer.statements().empty()) break;
  }
  if (report.taken > 0) {
    EAGLE_RETURN_IF_ERROR(MakeFolder(FolderOf(path_)));
    EAGLE_RETURN_IF_ERROR(WriteDurably(path_, std::string(kFirstLine) + content_));
  }
  return report;
}

absl::Status BookFile::Rewind(uint64_t position) {
  if (position_ <= position) return absl::OkStatus();
  std::string content;
  ByteReader in(content_);
  while (in.ok() && in.remaining() > 0) {
    const std::string_view bytes = in.Bytes(in.U32());
    v1::DirectoryChange change;
    if (!in.ok() || !change.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
      return Fail(Reason::kStorageDamaged, "the file of statements can't be read").With("path", path_);
    change.set_position(std::min(change.position(), position));
    const std::string rewound = change.SerializeAsString();
    content += ByteWriter().U32(static_cast<uint32_t>(rewound.size())).Bytes(rewound).Take();
  }
  content_ = std::move(content);
  position_ = position;
  if (content_.empty()) return absl::OkStatus();
  return WriteDurably(path_, std::string(kFirstLine) + content_);
}

}  // namespace eagle::client
