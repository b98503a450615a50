#include "tests/bench/pipeline/limits.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <random>

#include "absl/strings/str_cat.h"
#include "server/base/assert.h"
#include "server/base/reason.h"
#include "server/journal/ed25519.h"
#include "server/journal/hash.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "tests/bench/pipeline/board.h"

namespace eagle::bench {
namespace {

std::string Noise(size_t bytes) {
  std::mt19937_64 random(1);
  std::string noise(bytes, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  return noise;
}

// Calls `work` for about `seconds`; each call's time goes into `each` if there is one. Gives calls a second.
template <class Work>
double Repeat(double seconds, Samples* each, Work work) {
  const int64_t from_us = NowUs(), until_us = from_us + static_cast<int64_t>(seconds * 1e6);
  int64_t now_us = from_us;
  double calls = 0;
  for (; now_us < until_us; ++calls) {
    work();
    const int64_t then_us = NowUs();
    if (each != nullptr) each->Add(static_cast<double>(then_us - now_us));
    now_us = then_us;
  }
  return calls / (static_cast<double>(now_us - from_us) * 1e-6);
}

absl::Status MeasureSync(const std::string& folder, double seconds, LimitFigures& out) {
  const int descriptor = open((folder + "/limit-sync").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return Fail(Reason::kConfigurationInvalid, "the folder can't be written: " + folder);
  const std::string page = Noise(4096);
  bool good = true;
  Repeat(seconds, &out.fdatasync_us,
         [&] { good &= write(descriptor, page.data(), page.size()) == 4096 && fdatasync(descriptor) == 0; });
  close(descriptor);
  return good ? absl::OkStatus() : Fail(Reason::kConfigurationInvalid, "the disk doesn't take more: " + folder);
}

absl::Status MeasurePacked(const std::string& folder, double seconds, LimitFigures& out) {
  constexpr uint32_t kEntries = 64;
  EAGLE_ASSIGN_OR_RETURN(const auto store, storage::SqliteStore::Open(folder + "/limit-packed.db", {}));
  const std::string entries = Noise(300 * kEntries), checkpoint = Noise(250);
  absl::Status trouble;
  const double commits = Repeat(seconds, nullptr, [&] {
    storage::Commit commit{.first_index = store->Head().next_index,
                           .count = kEntries,
                           .time_us = 1,
                           .entries = entries,
                           .previous_checkpoint = checkpoint};
    const int64_t from_us = NowUs();
    trouble.Update(store->Append(commit));
    out.packed_commit_us.Add(static_cast<double>(NowUs() - from_us));
    trouble.Update(store->Maintain(/*idle=*/false));
  });
  out.packed_entries_per_second = commits * kEntries;
  return trouble;
}

absl::Status MeasureRows(const std::string& folder, double seconds, LimitFigures& out) {
  constexpr int kRows = 1000;
  sqlite3* db = nullptr;
  bool good = sqlite3_open((folder + "/limit-rows.db").c_str(), &db) == SQLITE_OK;
  for (const char* sql :
       {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA cache_size=-262144",
        "PRAGMA wal_autocheckpoint=1000", "CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, body BLOB)",
        "CREATE INDEX ta ON t(a)", "CREATE INDEX tb ON t(b)"}) {
    good = good && sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
  }
  sqlite3_stmt* insert = nullptr;
  good =
      good && sqlite3_prepare_v2(db, "INSERT INTO t(a, b, body) VALUES(?1, ?2, ?3)", -1, &insert, nullptr) == SQLITE_OK;
  const std::string body = Noise(300);
  std::mt19937_64 random(2);
  const double transactions = Repeat(seconds, nullptr, [&] {
    good = good && sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK;
    for (int i = 0; i < kRows && good; ++i) {
      sqlite3_bind_int64(insert, 1, static_cast<int64_t>(random() % 140));
      sqlite3_bind_int64(insert, 2, NowUs());
      sqlite3_bind_blob(insert, 3, body.data(), static_cast<int>(body.size()), SQLITE_STATIC);
      good = sqlite3_step(insert) == SQLITE_DONE;
      sqlite3_reset(insert);
    }
    good = good && sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK;
  });
  sqlite3_finalize(insert);
  sqlite3_close(db);
  out.row_inserts_per_second = transactions * kRows;
  return good ? absl::OkStatus() : Fail(Reason::kConfigurationInvalid, "SQLite can't write in " + folder);
}

void MeasureCrypto(double seconds, LimitFigures& out) {
  const auto key = journal::PrivateKey::FromSeed(Noise(32));
  GATEWAY_ASSERT(key.ok(), "any 32 bytes are a seed");
  const std::string message = Noise(300);
  std::string signature;
  out.signs_per_second = Repeat(seconds / 4, nullptr, [&] { signature = key->Sign(message); });
  const journal::Verifier verifier(key->PublicKeyOf());
  bool good = true;
  out.verifies_per_second = Repeat(seconds / 2, nullptr, [&] { good &= verifier.Verify(message, signature); });
  GATEWAY_ASSERT(good, "a right signature verifies");
  journal::Hash hash{};
  out.hashes_per_second = 100 * Repeat(seconds / 4, nullptr, [&] {
                            for (int i = 0; i < 100; ++i) hash[0] = journal::LeafHash(message)[0];
                          });
}

}  // namespace

absl::StatusOr<LimitFigures> MeasureLimits(const std::string& folder, double seconds) {
  LimitFigures out;
  EAGLE_RETURN_IF_ERROR(MeasureSync(folder, seconds, out));
  EAGLE_RETURN_IF_ERROR(MeasurePacked(folder, seconds, out));
  EAGLE_RETURN_IF_ERROR(MeasureRows(folder, seconds, out));
  MeasureCrypto(seconds, out);
  std::error_code ignored;
  for (const char* name : {"limit-sync", "limit-packed.db", "limit-rows.db"}) {
    for (const char* suffix : {"", "-wal", "-shm"})
      std::filesystem::remove(absl::StrCat(folder, "/", name, suffix), ignored);
  }
  return out;
}

}  // namespace eagle::bench
