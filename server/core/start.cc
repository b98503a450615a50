#include "server/core/start.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "server/base/assert.h"
#include "server/core/codec.h"
#include "server/core/rows.h"
#include "server/core/tiles.h"
#include "server/domain/apply.h"
#include "server/domain/decide.h"
#include "server/domain/instant.h"
#include "server/journal/checkpoint.h"
#include "server/journal/packed.h"

namespace eagle::core {
namespace {

absl::StatusOr<std::string> Sign(const journal::Edge& edge, storage::LastSigned& last_signed,
                                 const journal::NoteSigner& signer) {
  EAGLE_ASSIGN_OR_RETURN(std::string note, journal::SignCheckpoint({signer.name(), edge.size(), edge.Root()}, signer));
  EAGLE_RETURN_IF_ERROR(last_signed.Write({edge.size(), edge.Root(), note}));
  return note;
}

absl::Status FoldStream(storage::Reader& reader, uint64_t stream, KeySource& keys, domain::State& state) {
  EAGLE_ASSIGN_OR_RETURN(const std::vector<uint64_t> indexes, StreamIndexes(reader, stream));
  std::optional<storage::CommitRow> commit;
  std::vector<journal::PackedEntry> entries;
  for (uint64_t index : indexes) {
    if (!commit || index < commit->first_index || index >= commit->first_index + commit->count) {
      EAGLE_ASSIGN_OR_RETURN(commit, reader.CommitAt(index));
      if (!commit)
        return Fail(Reason::kTablesDiffer, "a stream names an entry that isn't there")
            .With("index", std::to_string(index));
      EAGLE_ASSIGN_OR_RETURN(entries, journal::Unpack(commit->entries, commit->count));
    }
    const journal::PackedEntry& packed = entries[index - commit->first_index];
    EAGLE_ASSIGN_OR_RETURN(const domain::Entry entry, DecodeEntry(packed.leaf, packed.sealed, keys));
    domain::ApplyPrivate(entry, state);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Found(const goldeneagle::v1::LogFounded& founding, absl::Time now, storage::Store& store,
                   storage::LastSigned& last_signed, const journal::NoteSigner& signer) {
  GATEWAY_ASSERT(store.Head().next_index == 0, "only an empty store is founded");
  EAGLE_ASSIGN_OR_RETURN(const auto last, last_signed.Read());
  if (last) return Fail(Reason::kJournalOlder, "this log has signed before: an empty store is not its data");
  domain::State state;
  const domain::Entry entry = domain::FoundLog(founding, absl::FromUnixMicros(absl::ToUnixMicros(now)));
  domain::Apply(entry, state);
  const EncodedEntry encoded = EncodeEntry(entry, "", "");
  journal::PackedWriter packed;
  packed.Add(encoded.leaf, encoded.sealed);
  storage::Commit commit{.first_index = 0,
                         .count = 1,
                         .time_us = domain::Micros(entry.time),
                         .decider_version = domain::kDeciderVersion,
                         .entries = packed.Take(),
                         .rows = TakeRows(state, 0)};
  EAGLE_RETURN_IF_ERROR(store.Append(commit));
  journal::Edge edge;
  edge.Append(journal::LeafHash(encoded.leaf));
  return Sign(edge, last_signed, signer).status();
}

absl::StatusOr<Opened> Open(storage::Store& store, storage::LastSigned& last_signed, const journal::NoteSigner& signer,
                            KeySource& keys) {
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<storage::Reader> reader, store.NewReader());
  const storage::StoreHead head = reader->Head();
  EAGLE_ASSIGN_OR_RETURN(const std::optional<storage::SignedHead> last, last_signed.Read());
  if (head.next_index == 0) return Fail(Reason::kJournalOlder, "there is no journal here: found one with eagle init");
  if (!last && head.next_index > 1) return Fail(Reason::kJournalOlder, "it is not known what this log last signed");
  if (last && last->size > head.next_index) {
    return Fail(Reason::kJournalOlder, "the data is older than what was last signed")
        .With("signed_size", std::to_string(last->size))
        .With("size", std::to_string(head.next_index));
  }
  Opened opened;
  EAGLE_ASSIGN_OR_RETURN(opened.edge, RebuildEdge(*reader));
  if (last) {
    StoredTiles tiles(*reader);
    journal::EdgeSource source(opened.edge, tiles);
    EAGLE_ASSIGN_OR_RETURN(const journal::Hash root, journal::RootOf(last->size, source));
    if (root != last->root)
      return Fail(Reason::kJournalBroken, "the data doesn't hash to what was last signed")
          .With("size", std::to_string(last->size));
  }
  opened.state.next_index = head.next_index;
  opened.state.recorded = domain::FromMicros(head.time_us);
  EAGLE_RETURN_IF_ERROR(LoadRows(*reader, opened.state));
  EAGLE_RETURN_IF_ERROR(FoldStream(*reader, 0, keys, opened.state));
  std::vector<uint64_t> cases;
  for (const auto& [seq, of] : opened.state.cases) cases.push_back(seq);
  std::sort(cases.begin(), cases.end());
  for (uint64_t seq : cases) {
    domain::Case& of = opened.state.cases.at(seq);
    if (of.erased()) {
      of.readable = false;  // also where the key outlived the entry: the process may have died between the two
    } else {
      EAGLE_RETURN_IF_ERROR(FoldStream(*reader, seq, keys, opened.state));
    }
  }
  opened.state.changes = {};
  if (opened.state.directory.founding().origin() != signer.name()) {
    return Fail(Reason::kKeyUnusable, "the signing key belongs to another log")
        .With("origin", opened.state.directory.founding().origin());
  }
  if (last && last->size == head.next_index) {
    opened.checkpoint = last->note;
  } else {
    EAGLE_ASSIGN_OR_RETURN(opened.checkpoint, Sign(opened.edge, last_signed, signer));
  }
  return opened;
}

}  // namespace eagle::core
