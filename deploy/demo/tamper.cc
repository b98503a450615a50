// Alters one amount in a stopped journal, as a faithless operator with all keys could: for the demonstration and its
// tests only.
//
//   eagle-demo-tamper payload    --data DIR --master-key FILE FROM TO    re-seals the payload with another amount
//   eagle-demo-tamper commitment --data DIR --master-key FILE FROM TO    and rewrites the leaf's commitment to fit
//
// Amounts in minor units. Prints the index of the entry. An audit must find both.
#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "server/base/bytes.h"
#include "server/journal/leaf.h"
#include "server/journal/packed.h"
#include "server/journal/payload.h"
#include "server/trust/key_ring.h"
#include "server/trust/key_wrapper.h"
#include "server/trust/sqlite_key_store.h"
#include "server/trust/system_entropy.h"

namespace eagle {
namespace {

std::string Varint(uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
  return out;
}

[[noreturn]] void Stop(const std::string& why) {
  std::fprintf(stderr, "eagle-demo-tamper: %s\n", why.c_str());
  std::exit(1);
}

template <typename T>
T Need(absl::StatusOr<T> value, const char* what) {
  if (!value.ok()) Stop(std::string(what) + ": " + std::string(value.status().message()));
  return *std::move(value);
}

struct Altered {
  uint64_t index = 0;
  std::string entries;
};

// The first payload of this commit that holds `from`, with `to` in its place; absent when none does.
std::optional<Altered> Alter(const std::string& blob, size_t count, trust::KeyRing& ring, Entropy& entropy,
                             const std::string& from, const std::string& to, bool commitment_too) {
  const auto entries = Need(journal::Unpack(blob, count), "entries");
  journal::PackedWriter writer;
  std::optional<uint64_t> index;
  for (const journal::PackedEntry& packed : entries) {
    std::string leaf_bytes(packed.leaf), sealed(packed.sealed);
    journal::Leaf leaf = Need(journal::DecodeLeaf(packed.leaf), "leaf");
    if (!index && !sealed.empty() && leaf.case_seq) {
      const std::string key_id = Need(journal::KeyIdOf(sealed), "key id"), key = Need(ring.KeyOf(key_id), "key");
      journal::OpenedPayload opened =
          Need(journal::OpenPayload(key, sealed, leaf.index, leaf.type, leaf.case_seq), "payload");
      if (const size_t at = opened.payload.find(from); at != std::string::npos) {
        opened.payload.replace(at, from.size(), to);
        sealed = journal::SealPayload(key, key_id, entropy.Bytes(12), opened.salt, opened.payload, leaf.index,
                                      leaf.type, leaf.case_seq);
        if (commitment_too) {
          leaf.commitment = journal::Commitment(opened.salt, opened.payload);
          leaf_bytes = journal::EncodeLeaf(leaf);
        }
        index = leaf.index.value();
      }
    }
    writer.Add(leaf_bytes, sealed);
  }
  if (!index) return std::nullopt;
  return Altered{*index, writer.Take()};
}

int Main(const std::vector<std::string>& words) {
  if (words.size() != 7 || (words[0] != "payload" && words[0] != "commitment") || words[1] != "--data" ||
      words[3] != "--master-key") {
    std::fprintf(stderr, "usage: eagle-demo-tamper payload|commitment --data DIR --master-key FILE FROM TO\n");
    return 2;
  }
  const std::string from = Varint(std::strtoull(words[5].c_str(), nullptr, 10)),
                    to = Varint(std::strtoull(words[6].c_str(), nullptr, 10));
  if (from.size() != to.size()) Stop("the two amounts must take the same number of bytes");
  trust::SystemEntropy entropy;
  const auto wrapper = Need(trust::FileKeyWrapper::Open(words[4], entropy), "master key");
  const auto store = Need(trust::SqliteKeyStore::Open(words[2] + "/keys.db"), "keys.db");
  const auto ring = Need(trust::KeyRing::Open(*store, *wrapper, entropy), "key ring");
  sqlite3* db = nullptr;
  if (sqlite3_open((words[2] + "/journal.db").c_str(), &db) != SQLITE_OK) Stop("journal.db can't be opened");
  sqlite3_stmt* read = nullptr;
  sqlite3_prepare_v2(db, "SELECT first_index, count, entries FROM journal ORDER BY first_index", -1, &read, nullptr);
  while (sqlite3_step(read) == SQLITE_ROW) {
    const std::string blob(static_cast<const char*>(sqlite3_column_blob(read, 2)),
                           static_cast<size_t>(sqlite3_column_bytes(read, 2)));
    const auto altered = Alter(blob, static_cast<size_t>(sqlite3_column_int64(read, 1)), *ring, entropy, from, to,
                               words[0] == "commitment");
    if (!altered) continue;
    const sqlite3_int64 first = sqlite3_column_int64(read, 0);
    sqlite3_finalize(read);
    sqlite3_stmt* write = nullptr;
    sqlite3_prepare_v2(db, "UPDATE journal SET entries = ?1 WHERE first_index = ?2", -1, &write, nullptr);
    sqlite3_bind_blob(write, 1, altered->entries.data(), static_cast<int>(altered->entries.size()), SQLITE_STATIC);
    sqlite3_bind_int64(write, 2, first);
    if (sqlite3_step(write) != SQLITE_DONE) Stop("the row can't be written");
    sqlite3_finalize(write);
    sqlite3_close(db);
    std::printf("%llu\n", static_cast<unsigned long long>(altered->index));
    return 0;
  }
  Stop("no payload of a case holds that amount");
}

}  // namespace
}  // namespace eagle

int main(int argc, char** argv) { return eagle::Main(std::vector<std::string>(argv + 1, argv + argc)); }
