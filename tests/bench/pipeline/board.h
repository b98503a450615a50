// What court and adapters, two processes, tell each other about the load beside the gateway: how many tasks of each
// order are answered, and when. Memory of a file that both map. It is the bench's own instrument: nothing in the
// pipeline reads it.
//
// An order carries its place on the board in its id (UUIDv7, whose last seven bytes are free): batch number << 8 |
// place in the batch; which court sent a batch is told by its number (CourtOf). Times are microseconds of the machine's
// monotonic clock, the same in all processes.
//
// Threads: any, of any process.
//
//   Board board = Board::Make(path).value();            // the court
//   board.Expect(batch, orders, fan_out);               // before it is sent
//   Board board = Board::Open(path).value();            // the adapters
//   if (board.Answered(order, now_us)) ...              // the last task of the last order of that batch
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/base/uuid.h"
#include "tests/bench/pipeline/world.h"

namespace eagle::bench {

inline constexpr uint64_t kBatchesMax = 1 << 16;
inline constexpr uint64_t kOrdersPerBatchMax = 64;

struct OrderSlot {
  std::atomic<int64_t> handed_us;  // when an adapter had it in hands first; 0: none yet
  std::atomic<int64_t> last_us;    // when its last answer so far was durable
  std::atomic<uint32_t> answered;  // receipts that were recorded
};
struct BatchSlot {
  std::atomic<uint32_t> open;  // tasks that are still to be answered
  OrderSlot orders[kOrdersPerBatchMax];
};
struct BoardHeader {
  std::atomic<uint64_t> ready;       // adapters that have said Hello
  std::atomic<uint64_t> answered;    // tasks, in all
  std::atomic<uint64_t> polls;       // answers to polls that had tasks
  std::atomic<uint64_t> delivered;   // tasks in them
  std::atomic<uint64_t> reports;     // ReportResults that were answered
  std::atomic<uint64_t> duplicates;  // receipts that the gateway had already
  std::atomic<uint64_t> refused;     // receipts that it refused, or holds in conflict
  std::atomic<uint64_t> unverified;  // tasks that an adapter refused to believe
  std::atomic<uint64_t> failed_calls;
  std::atomic<uint64_t> pace_ms;  // how long adapters pause after each few tasks; 0: they take all they can
  std::atomic<uint64_t> stop;     // adapters end
  char complaint[512];            // the first thing that went wrong
};

class Board {
 public:
  // Errors: CONFIGURATION_INVALID when the file can't be made or mapped.
  static absl::StatusOr<Board> Make(const std::string& path) { return Map(path, true); }
  static absl::StatusOr<Board> Open(const std::string& path) { return Map(path, false); }

  BoardHeader& head() { return *header_; }
  BatchSlot& Batch(uint64_t batch) { return batches_[batch % kBatchesMax]; }
  OrderSlot& Order(uint64_t order) { return Batch(order >> 8).orders[order & 0xff]; }

  void Expect(uint64_t batch, uint32_t orders, uint32_t fan_out) {
    BatchSlot& slot = Batch(batch);
    for (OrderSlot& order : slot.orders) order.handed_us = 0, order.last_us = 0, order.answered = 0;
    slot.open = orders * fan_out;
  }
  // An adapter has a task of `order`.
  void HandedOut(uint64_t order, int64_t now_us) {
    int64_t none = 0;
    Order(order).handed_us.compare_exchange_strong(none, now_us);
  }
  // One task of `order` is durably answered. True when it was the last one of its batch.
  bool Answered(uint64_t order, int64_t now_us) {
    OrderSlot& slot = Order(order);
    slot.last_us.store(now_us);
    ++slot.answered;
    ++header_->answered;
    return Batch(order >> 8).open.fetch_sub(1) == 1;
  }
  // Keeps the first complaint.
  void Complain(std::string_view what);

 private:
  static absl::StatusOr<Board> Map(const std::string& path, bool make);
  BoardHeader* header_ = nullptr;
  BatchSlot* batches_ = nullptr;
};

// The id of an order and back.
inline std::string OrderIdOf(uint64_t order, absl::Time now, Entropy& entropy) {
  std::string id = NewUuidV7(now, entropy);
  for (int i = 0; i < 7; ++i) id[9 + i] = static_cast<char>(order >> (8 * (6 - i)));
  return id;
}
inline uint64_t OrderOf(std::string_view id) {
  uint64_t order = 0;
  for (size_t i = 9; i < id.size(); ++i) order = order << 8 | static_cast<uint8_t>(id[i]);
  return order;
}

// The place in kCourts of the court that sent a batch.
inline size_t CourtOf(uint64_t batch) { return batch % std::size(kCourts); }

// Microseconds of the machine's monotonic clock.
int64_t NowUs();

}  // namespace eagle::bench
