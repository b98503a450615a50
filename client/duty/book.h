// The duty's file: state.h on disk, append-only, each write durable before it is relied on.
//
//   FOLDER/duty.log          records, one a line (record_text.h)
//   FOLDER/archive/          older files: when duty.log grows beyond 8 MiB it goes on with what is still needed of it,
//   and
//                            the whole one stays here until somebody takes it away
//   FOLDER/.lock, .run       who writes this moment; who runs the duty
//
// Several processes may write (the duty itself, and whoever acknowledges): each takes the folder's lock, reads what
// others wrote, decides, writes. A write that a dead process left half done counts as nothing.
//
// Threads: one a book.
//
//   EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<Book> book, Book::Open("/var/lib/golden-eagle-duty"));
//   EAGLE_RETURN_IF_ERROR(book->Write(now, [&](Pen& pen) { TakeNews(news, roster, pen); }));
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/duty/state.h"

namespace eagle::duty {

inline constexpr size_t kBookBytes = 8 * 1024 * 1024;

class Book {
 public:
  // Made when it isn't there. `go_on_bytes`: from which size on the file goes on anew; tests give less. Errors:
  // STORAGE_UNUSABLE; STORAGE_DAMAGED when a line isn't as it was written.
  static absl::StatusOr<std::unique_ptr<Book>> Open(const std::string& folder, size_t go_on_bytes = kBookBytes);
  // For those who look or acknowledge. Errors: those above; FIELD_INVALID when no duty was ever run there.
  static absl::StatusOr<std::unique_ptr<Book>> OpenExisting(const std::string& folder);

  const State& state() const { return state_; }
  // Reads what others wrote.
  absl::Status CatchUp();
  // Reads what others wrote, lets `decide` write, and returns when that is durable. `now` is never before the newest
  // record: an earlier one counts as that. Error: STORAGE_UNUSABLE; then this book is ahead of its file, and its owner
  // must stop and open it anew.
  absl::Status Write(absl::Time now, const std::function<void(Pen&)>& decide);

 private:
  Book(std::string folder, size_t go_on_bytes)
      : folder_(std::move(folder)), path_(folder_ + "/duty.log"), go_on_bytes_(go_on_bytes) {}
  // Under the lock.
  absl::Status ReadOn();
  absl::Status GoOnAnew();

  const std::string folder_, path_;
  const size_t go_on_bytes_;
  State state_;
  uint64_t file_ = 0;  // inode: another one means that the file went on anew
  size_t read_ = 0;    // bytes of the file that are in `state_`
  bool cut_ = false;   // behind them lies a part of a line
  size_t next_size_ = 0;
};

// Every record of a file, oldest first. Errors: STORAGE_UNUSABLE, STORAGE_DAMAGED.
absl::StatusOr<std::vector<Record>> ReadBook(const std::string& path);

}  // namespace eagle::duty
