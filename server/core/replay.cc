#include "server/core/replay.h"

#include <map>

#include "server/base/bytes.h"
#include "server/core/codec.h"
#include "server/core/recovery.h"
#include "server/core/rows.h"
#include "server/core/tiles.h"
#include "server/domain/apply.h"
#include "server/domain/instant.h"
#include "server/journal/checkpoint.h"
#include "server/journal/packed.h"

namespace eagle::core {
namespace {

using Tables = std::map<storage::Table, std::map<std::string, std::string>>;

void Put(std::vector<storage::RowChange> rows, Tables& tables) {
  for (storage::RowChange& row : rows) {
    if (row.value) {
      tables[row.table][row.key] = *std::move(row.value);
    } else {
      tables[row.table].erase(row.key);
    }
  }
}

// As storage::TableDigests computes them over the stored rows.
std::string DigestOf(const std::map<std::string, std::string>& rows) {
  journal::Sha256Stream stream;
  for (const auto& [key, value] : rows) {
    ByteWriter row;
    row.U32(static_cast<uint32_t>(key.size())).Bytes(key).U32(static_cast<uint32_t>(value.size())).Bytes(value);
    stream.Update(row.bytes());
  }
  return HexEncode(journal::View(stream.Finish()));
}

absl::Status Compare(storage::Reader& reader, const Tables& folded, ReplayReport& report) {
  for (const storage::TableInfo& info : storage::kTables) {
    if (info.derived) continue;
    const auto it = folded.find(info.table);
    static const std::map<std::string, std::string> kNone;
    const auto& expected = it == folded.end() ? kNone : it->second;
    auto next = expected.begin();
    EAGLE_RETURN_IF_ERROR(ForEachRow(reader, info.table, [&](const storage::Row& row) -> absl::Status {
      if (next == expected.end() || next->first != row.first || next->second != row.second) {
        return Fail(Reason::kTablesDiffer, "a stored row is not what the journal replays to")
            .With("table", info.name)
            .With("key", HexEncode(row.first));
      }
      ++next;
      return absl::OkStatus();
    }));
    if (next != expected.end()) {
      return Fail(Reason::kTablesDiffer, "a row that the journal replays to is not stored")
          .With("table", info.name)
          .With("key", HexEncode(next->first));
    }
    report.digests.emplace_back(std::string(info.name), DigestOf(expected));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ReplayReport> Replay(storage::Reader& reader, KeySource& keys, const journal::NoteVerifier& log,
                                    const std::function<void(uint64_t, uint64_t)>& progress) {
  ReplayReport report;
  LogVerifiers verifiers(log);
  domain::State state;
  journal::Edge edge;
  Tables tables;
  const uint64_t all = reader.Head().next_index;
  constexpr size_t kPage = 64;
  while (report.entries < all) {
    EAGLE_ASSIGN_OR_RETURN(const std::vector<storage::CommitRow> page, reader.Commits(report.entries, kPage));
    if (page.empty() || page.front().first_index != report.entries) {
      return Fail(Reason::kJournalBroken, "entries of the journal are missing")
          .With("index", std::to_string(report.entries));
    }
    for (const storage::CommitRow& commit : page) {
      if (!commit.previous_checkpoint.empty()) {
        EAGLE_ASSIGN_OR_RETURN(const journal::Checkpoint checkpoint,
                               journal::OpenCheckpoint(commit.previous_checkpoint, verifiers.now()));
        if (checkpoint.size != edge.size() || checkpoint.root != edge.Root()) {
          return Fail(Reason::kJournalBroken, "a signed checkpoint contradicts the entries before it")
              .With("checkpoint_size", std::to_string(checkpoint.size));
        }
        ++report.checkpoints;
      }
      EAGLE_ASSIGN_OR_RETURN(const auto entries, journal::Unpack(commit.entries, commit.count));
      for (size_t i = 0; i < entries.size(); ++i) {
        auto entry = DecodeEntry(entries[i].leaf, entries[i].sealed, keys);
        if (!entry.ok()) {
          const Failure failure = FailureOf(entry.status());
          return Fail(failure.reason, failure.message).With("index", std::to_string(commit.first_index + i));
        }
        if (entry->index != commit.first_index + i || domain::Micros(entry->time) != commit.time_us) {
          return Fail(Reason::kEntryMalformed, "an entry stands in the wrong place or time")
              .With("index", std::to_string(commit.first_index + i));
        }
        report.unreadable_payloads += !entries[i].sealed.empty() && !entry->payload ? 1 : 0;
        edge.Append(journal::LeafHash(entries[i].leaf));
        domain::Apply(*entry, state);
        if (entry->type == goldeneagle::v1::ENTRY_TYPE_LOG_FOUNDED ||
            entry->type == goldeneagle::v1::ENTRY_TYPE_LOG_RECOVERED)
          EAGLE_RETURN_IF_ERROR(verifiers.Next(state.directory.log_key()));
      }
      Put(TakeRows(state, commit.first_index), tables);
      edge.TakeFullTiles();
      report.entries += commit.count;
      ++report.commits;
    }
    if (progress) progress(report.entries, all);
  }
  if (!verifiers.pinned_used() && report.checkpoints > 0)
    return Fail(Reason::kNoteUntrusted, "the pinned key is no key of this log").With("key", log.name());
  EAGLE_RETURN_IF_ERROR(Compare(reader, tables, report));
  report.root_hex = HexEncode(journal::View(edge.Root()));
  return report;
}

}  // namespace eagle::core
