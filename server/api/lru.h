// A bounded cache of immutable things by number: least recently used out first, bounded by bytes.
//
// Threads: any, at the same time.
//
//   Lru<TaskBytes> tasks(64 << 20);
//   tasks.Put(seq, std::make_shared<const TaskBytes>(...), bytes);
//   if (auto task = tasks.Get(seq)) ...
#pragma once

#include <cstdint>
#include <list>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"

namespace eagle::api {

template <typename T>
class Lru {
 public:
  explicit Lru(size_t bytes_max) : bytes_max_(bytes_max) {}

  // Null when it isn't here.
  std::shared_ptr<const T> Get(uint64_t key) {
    absl::MutexLock lock(&mu_);
    const auto it = places_.find(key);
    if (it == places_.end()) {
      ++misses_;
      return nullptr;
    }
    ++hits_;
    newest_first_.splice(newest_first_.begin(), newest_first_, it->second);
    return it->second->value;
  }
  void Put(uint64_t key, std::shared_ptr<const T> value, size_t bytes) {
    absl::MutexLock lock(&mu_);
    if (const auto it = places_.find(key); it != places_.end()) {
      bytes_ -= it->second->bytes;
      newest_first_.erase(it->second);
      places_.erase(it);
    }
    newest_first_.push_front({key, std::move(value), bytes});
    places_[key] = newest_first_.begin();
    bytes_ += bytes;
    while (bytes_ > bytes_max_ && newest_first_.size() > 1) {
      bytes_ -= newest_first_.back().bytes;
      places_.erase(newest_first_.back().key);
      newest_first_.pop_back();
    }
  }
  void Remove(uint64_t key) {
    absl::MutexLock lock(&mu_);
    const auto it = places_.find(key);
    if (it == places_.end()) return;
    bytes_ -= it->second->bytes;
    newest_first_.erase(it->second);
    places_.erase(it);
  }
  uint64_t hits() const {
    absl::MutexLock lock(&mu_);
    return hits_;
  }
  uint64_t misses() const {
    absl::MutexLock lock(&mu_);
    return misses_;
  }

 private:
  struct Item {
    uint64_t key;
    std::shared_ptr<const T> value;
    size_t bytes;
  };
  const size_t bytes_max_;
  mutable absl::Mutex mu_;
  std::list<Item> newest_first_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<uint64_t, typename std::list<Item>::iterator> places_ ABSL_GUARDED_BY(mu_);
  size_t bytes_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t hits_ ABSL_GUARDED_BY(mu_) = 0, misses_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace eagle::api
