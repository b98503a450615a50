// The statements that this court trusts, kept in a file: keys of agencies and courts, officers, accounts. Filled from
// the gateway's directory stream, verified with registrar keys that were pinned by hand; the gateway's word counts for
// nothing.
//
// File: "golden-eagle-statements-v1\n", then for each accepted statement length u32 and the bytes of its
// DirectoryChange, in the order in which they were accepted. It is read through the same rules again at every opening.
//
// Threads: one at a time. Processes: the last to write wins; what is missing is fetched again.
//
//   EAGLE_ASSIGN_OR_RETURN(BookFile file, BookFile::Open("state/statements", pinned, checker));
//   EAGLE_ASSIGN_OR_RETURN(SyncReport report, file.Sync(gateway));
//   file.book().OfficersOf("辽9901", now);
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/lib/gateway.h"
#include "server/trust/statements.h"

namespace eagle::client {

struct SyncReport {
  size_t taken = 0;
  std::vector<std::string> refused;  // a sentence each: the gateway has them, this court doesn't believe them
};

class BookFile {
 public:
  // `checker` must outlive this. Errors: those of StatementBook::Make; STORAGE_UNUSABLE; STORAGE_DAMAGED. Statements
  // kept under other pins are refused again: the file then starts anew.
  static absl::StatusOr<BookFile> Open(std::string path, trust::PinnedRegistrars pinned,
                                       const trust::SignatureChecker& checker);

  // Everything past the last position, verified and stored. Errors: the gateway's; STORAGE_UNUSABLE.
  absl::StatusOr<SyncReport> Sync(Gateway& gateway);
  // The gateway lost what lay past `position`: it is asked for again. Nothing that was believed is forgotten.
  absl::Status Rewind(uint64_t position);
  const trust::StatementBook& book() const { return book_; }

 private:
  BookFile(std::string path, trust::StatementBook book, const trust::SignatureChecker& checker)
      : path_(std::move(path)), book_(std::move(book)), checker_(&checker) {}
  absl::Status Load();

  std::string path_;
  trust::StatementBook book_;
  const trust::SignatureChecker* checker_;
  std::string content_;  // of the file, without its first line
  uint64_t position_ = 0;
};

}  // namespace eagle::client
