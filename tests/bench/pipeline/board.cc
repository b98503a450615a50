#include "tests/bench/pipeline/board.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>

#include "server/base/reason.h"

namespace eagle::bench {

absl::StatusOr<Board> Board::Map(const std::string& path, bool make) {
  constexpr size_t kBytes = sizeof(BoardHeader) + kBatchesMax * sizeof(BatchSlot);
  const int descriptor = open(path.c_str(), O_RDWR | O_CLOEXEC | (make ? O_CREAT | O_EXCL : 0), 0600);
  if (descriptor < 0) return Fail(Reason::kConfigurationInvalid, "the board can't be opened: " + path);
  if (make && ftruncate(descriptor, kBytes) != 0) {
    close(descriptor);
    return Fail(Reason::kConfigurationInvalid, "no room for the board: " + path);
  }
  void* const memory = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  close(descriptor);
  if (memory == MAP_FAILED) return Fail(Reason::kConfigurationInvalid, "the board can't be mapped: " + path);
  Board board;
  board.header_ = static_cast<BoardHeader*>(memory);
  board.batches_ = reinterpret_cast<BatchSlot*>(board.header_ + 1);
  return board;
}

void Board::Complain(std::string_view what) {
  static_assert(std::atomic<char>::is_always_lock_free);
  auto& first = reinterpret_cast<std::atomic<char>&>(header_->complaint[0]);
  char expected = 0;
  if (what.empty() || !first.compare_exchange_strong(expected, what[0])) return;
  const std::string_view rest = what.substr(1, sizeof header_->complaint - 2);
  std::memcpy(header_->complaint + 1, rest.data(), rest.size());
}

int64_t NowUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace eagle::bench
