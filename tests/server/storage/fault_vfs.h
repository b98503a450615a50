// SQLite's file layer with a fault in it: the k-th operation that changes a file fails, and from then on nothing
// changes any more, as if the process had died there. It can also lose power: of what was written and not synced each
// piece is kept, lost, torn at a sector or turned to rubbish, as a seed decides.
//
// Syncs don't reach the real disk (the loops would take minutes); this layer alone knows what counts as synced.
// Threads: one.
//
//   FaultVfs& vfs = FaultVfs::Get();
//   vfs.StartProcess();  vfs.Arm(k, FaultVfs::Fault::kBefore);
//   { auto store = SqliteStore::Open(path, {.on_fatal = Ignore, .vfs = FaultVfs::kName}); ... }
//   vfs.LosePower(seed);  vfs.StartProcess();   // and look what is there
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace eagle::storage {

class FaultVfs {
 public:
  static constexpr char kName[] = "faulty";
  enum class Fault { kBefore, kAfter, kPartly };  // the effect: none, whole, half of a write

  // Registers it with SQLite at the first call.
  static FaultVfs& Get();

  // No fault, operations counted from zero, what lies in the files is durable.
  void StartProcess();
  // The k-th operation from StartProcess on fails.
  void Arm(uint64_t k, Fault fault);
  bool fired() const { return dead_; }
  uint64_t operations() const { return operations_; }
  // Pre: no file is open. Rewrites the files to what may be left.
  void LosePower(uint64_t seed);

  // For the layer itself.
  struct Change {
    uint64_t offset = 0;
    std::string bytes;
    std::optional<uint64_t> truncate_to;  // then the others don't matter
  };
  struct File {
    std::string durable;
    std::vector<Change> unsynced;
  };
  enum class Verdict { kGoOn, kFailBefore, kFailAfter, kFailPartly };
  Verdict Count();
  File* Track(const char* path);
  void Forget(const char* path) { files_.erase(path); }
  static void Apply(const Change& change, std::string& content);

 private:
  uint64_t operations_ = 0;
  uint64_t fail_at_ = 0;
  Fault fault_ = Fault::kBefore;
  bool dead_ = false;
  std::map<std::string, File> files_;
};

}  // namespace eagle::storage
