// How fast is a commit? By hand, on an otherwise idle machine: store_bench [folder] [seconds a case].
//
// Each case begins with a new store and appends what the sequencer appends: packed entries of 300 bytes and one changed
// row an entry (half new keys, half recent ones), Maintain after every commit as the sequencer does. Beside each, in
// turns, the floor: 4 KiB appended to a file and synced. Only ratios within one run mean anything on a shared machine.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/storage/file_last_signed.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace eagle::storage {
namespace {

using Clock = std::chrono::steady_clock;
double MicrosecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

struct Timings {
  std::vector<double> us;
  void Print(const char* name, int entries, double seconds) {
    std::sort(us.begin(), us.end());
    const auto at = [&](double p) { return us[static_cast<size_t>(p * static_cast<double>(us.size() - 1))]; };
    std::printf("%-28s %8.0f commits/s %9.0f entries/s   p50 %6.0f us  p99 %6.0f us  worst %7.0f us\n", name,
                static_cast<double>(us.size()) / seconds, entries * static_cast<double>(us.size()) / seconds, at(0.5),
                at(0.99), us.back());
  }
};

void MeasureCommits(const std::string& folder, const char* name, uint32_t entries, bool rows, double seconds) {
  const std::string path = folder + "/bench.db";
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
  auto store = SqliteStore::Open(path, {});
  GATEWAY_ASSERT(store.ok(), "the folder can be written");
  std::mt19937_64 random(1);
  std::string noise(300 * 256, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  Timings append, maintain;
  uint64_t next_key = 0;
  double spent = 0;
  while (spent < seconds * 1e6) {
    Commit commit{.first_index = (*store)->Head().next_index,
                  .count = entries,
                  .time_us = 1,
                  .entries = noise.substr(0, 300 * entries),
                  .previous_checkpoint = noise.substr(0, 250)};
    for (uint32_t i = 0; rows && i < entries; ++i) {
      const bool fresh = i % 2 == 0 || next_key == 0;
      const uint64_t key = fresh ? next_key++ : next_key - 1 - random() % std::min<uint64_t>(next_key, 5000);
      commit.rows.push_back({Table::kOrders, BigEndian(key), noise.substr(random() % 1000, 200)});
    }
    auto start = Clock::now();
    GATEWAY_ASSERT((*store)->Append(commit).ok(), "a commit");
    append.us.push_back(MicrosecondsSince(start));
    start = Clock::now();
    GATEWAY_ASSERT((*store)->Maintain(/*idle=*/false).ok(), "house-keeping");
    maintain.us.push_back(MicrosecondsSince(start));
    spent += append.us.back() + maintain.us.back();
  }
  append.Print(name, static_cast<int>(entries), spent / 1e6);
  std::sort(maintain.us.begin(), maintain.us.end());
  double total = 0;
  for (const double us : maintain.us) total += us;
  std::printf("%-28s %7.1f %% of the time, worst %.0f us; file %.1f MB, %.0f bytes an entry\n", "  Maintain",
              100 * total / spent, maintain.us.back(), static_cast<double>(std::filesystem::file_size(path)) / 1e6,
              static_cast<double>(std::filesystem::file_size(path)) / static_cast<double>((*store)->Head().next_index));
}

void MeasureLastSigned(const std::string& folder, double seconds) {
  const std::string path = folder + "/bench-last-signed";
  std::filesystem::remove(path);
  auto file = FileLastSigned::Open(path, FileLastSigned::IfMissing::kCreate);
  GATEWAY_ASSERT(file.ok(), "the folder can be written");
  Timings timings;
  double spent = 0;
  for (uint64_t size = 1; spent < seconds * 1e6; ++size) {
    const SignedHead head{.size = size, .note = std::string(250, 'n')};
    const auto start = Clock::now();
    GATEWAY_ASSERT((*file)->Write(head).ok(), "a head");
    timings.us.push_back(MicrosecondsSince(start));
    spent += timings.us.back();
  }
  timings.Print("last-signed write", 0, spent / 1e6);
}

void MeasureFloor(const std::string& folder, double seconds) {
  const std::string path = folder + "/bench-floor";
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  GATEWAY_ASSERT(descriptor >= 0, "the folder can be written");
  const std::string page(4096, 'x');
  Timings timings;
  double spent = 0;
  while (spent < seconds * 1e6) {
    const auto start = Clock::now();
    GATEWAY_ASSERT(write(descriptor, page.data(), page.size()) == 4096 && fdatasync(descriptor) == 0, "a page");
    timings.us.push_back(MicrosecondsSince(start));
    spent += timings.us.back();
  }
  close(descriptor);
  timings.Print("floor: 4 KiB + fdatasync", 0, spent / 1e6);
}

void MeasureReaders(const std::string& folder) {
  auto store = SqliteStore::Open(folder + "/bench.db", {});
  GATEWAY_ASSERT(store.ok(), "the last case's store");
  constexpr int kReads = 20'000;
  std::mt19937_64 random(2);
  const auto start = Clock::now();
  for (int i = 0; i < kReads; ++i) {
    auto reader = (*store)->NewReader();
    GATEWAY_ASSERT(reader.ok() && (*reader)->Get(Table::kOrders, BigEndian(random() % 1000)).ok(), "a read");
  }
  std::printf("%-28s %8.1f us each\n", "new reader, one Get, back", MicrosecondsSince(start) / kReads);
}

}  // namespace
}  // namespace eagle::storage

int main(int argc, char** argv) {
  const std::string folder = argc > 1 ? argv[1] : ".";
  const double seconds = argc > 2 ? std::atof(argv[2]) : 3;
  for (int round = 0; round < 3; ++round) {
    eagle::storage::MeasureFloor(folder, seconds / 3);
    eagle::storage::MeasureCommits(folder, "1 entry", 1, false, seconds);
    eagle::storage::MeasureCommits(folder, "1 entry, 1 row", 1, true, seconds);
    eagle::storage::MeasureCommits(folder, "64 entries, 64 rows", 64, true, seconds);
    eagle::storage::MeasureLastSigned(folder, seconds / 3);
    eagle::storage::MeasureReaders(folder);
  }
}
