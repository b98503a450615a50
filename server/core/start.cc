#include "server/core/start.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "server/base/assert.h"
#include "server/core/codec.h"
#include "server/core/recovery.h"
#include "server/core/rows.h"
#include "server/core/tiles.h"
#include "server/domain/apply.h"
#include "server/domain/apply_position.h"
#include "server/domain/decide.h"
#include "server/domain/instant.h"
#include "server/journal/checkpoint.h"
#include "server/journal/packed.h"

namespace eagle::core {
namespace {

absl::StatusOr<std::string> Note(const journal::Edge& edge, const journal::NoteSigner& signer) {
  return journal::SignCheckpoint({signer.name(), edge.size(), edge.Root()}, signer);
}

absl::StatusOr<std::string> Sign(const journal::Edge& edge, storage::LastSigned& last_signed,
                                 const journal::NoteSigner& signer) {
  EAGLE_ASSIGN_OR_RETURN(std::string note, Note(edge, signer));
  EAGLE_RETURN_IF_ERROR(last_signed.Write({edge.size(), edge.Root(), note}));
  return note;
}

// Statements are in the log's own stream alone, and are counted as they come.
absl::Status FoldStream(storage::Reader& reader, uint64_t stream, KeySource& keys, Opened& opened) {
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
    domain::ApplyPrivate(entry, opened.state);
    if (entry.type == goldeneagle::v1::ENTRY_TYPE_STATEMENT_ACCEPTED) AddToStream(entry, opened.stream, opened.digests);
  }
  return absl::OkStatus();
}

absl::Status Older(const storage::SignedHead& last, uint64_t size) {
  return Fail(Reason::kJournalOlder, "the data is older than what was last signed")
      .With("signed_size", std::to_string(last.size))
      .With("size", std::to_string(size));
}

// The data hold what was signed.
absl::Status CheckSigned(const storage::SignedHead& last, storage::Reader& reader) {
  if (last.size > reader.Head().next_index) return Older(last, reader.Head().next_index);
  EAGLE_ASSIGN_OR_RETURN(const journal::Edge edge, RebuildEdge(reader));
  StoredTiles tiles(reader);
  journal::EdgeSource source(edge, tiles);
  EAGLE_ASSIGN_OR_RETURN(const journal::Hash root, journal::RootOf(last.size, source));
  if (root == last.root) return absl::OkStatus();
  return Fail(Reason::kJournalBroken, "the data doesn't hash to what was last signed")
      .With("size", std::to_string(last.size));
}

// The last-signed store was made for these very data, and nothing was signed yet.
bool JustRecovered(const Opened& opened) {
  const auto& recoveries = opened.state.directory.recoveries();
  return !recoveries.empty() && recoveries.back().index + 1 == opened.state.next_index;
}

// The store holds a head of the log that the newest recovery left behind, and no more than the administrators gave up.
absl::Status CheckSucceeds(const storage::SignedHead& last, const domain::Directory& directory) {
  const absl::Status other = Fail(Reason::kJournalOlder, "the last-signed store belongs to another log")
                                 .With("origin", ClaimedOrigin(last.note));
  const auto& recoveries = directory.recoveries();
  if (recoveries.empty()) return other;
  const bool first = recoveries.size() == 1;
  const goldeneagle::v1::FoundingKey& old_key =
      first ? directory.founding().log_key() : recoveries[recoveries.size() - 2].recovery.new_log_key();
  EAGLE_ASSIGN_OR_RETURN(const RecoveryFacts facts,
                         ReadRecovery(recoveries.back().document, directory.founding(), old_key));
  EAGLE_RETURN_IF_ERROR(CheckApproved(facts, directory.founding()));
  if (ClaimedOrigin(last.note) != facts.last_signed.origin) return other;
  if (last.size > facts.last_signed.size ||
      (last.size == facts.last_signed.size && last.root != facts.last_signed.root))
    return Fail(Reason::kJournalOlder, "more was signed than the administrators gave up")
        .With("signed_size", std::to_string(last.size))
        .With("given_up", std::to_string(facts.last_signed.size));
  return absl::OkStatus();
}

}  // namespace

void AddToStream(const domain::Entry& entry, domain::DirectoryStream& stream, std::vector<journal::Hash>& digests) {
  goldeneagle::v1::StatementAccepted body;
  GATEWAY_ASSERT(body.ParseFromString(entry.body), "a body that was decided or decoded can be read");
  const journal::Hash hash = journal::Sha256(stream.digest + body.digest());
  stream.digest = journal::View(hash);
  digests.push_back(hash);
  ++stream.statements;
}

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

absl::StatusOr<Opened> Load(storage::Reader& reader, KeySource& keys) {
  Opened opened;
  const storage::StoreHead head = reader.Head();
  EAGLE_ASSIGN_OR_RETURN(opened.edge, RebuildEdge(reader));
  opened.state.next_index = head.next_index;
  opened.state.recorded = domain::FromMicros(head.time_us);
  EAGLE_RETURN_IF_ERROR(LoadRows(reader, opened.state));
  EAGLE_RETURN_IF_ERROR(FoldStream(reader, 0, keys, opened));
  std::vector<uint64_t> cases;
  for (const auto& [seq, of] : opened.state.cases) cases.push_back(seq);
  std::sort(cases.begin(), cases.end());
  for (uint64_t seq : cases) {
    domain::Case& of = opened.state.cases.at(seq);
    if (of.erased()) {
      of.readable = false;  // also where the key outlived the entry: the process may have died between the two
    } else {
      EAGLE_RETURN_IF_ERROR(FoldStream(reader, seq, keys, opened));
    }
  }
  domain::BuildStanding(opened.state);
  opened.state.changes = {};
  return opened;
}

absl::StatusOr<Opened> Open(storage::Store& store, storage::LastSigned& last_signed, const journal::NoteSigner& signer,
                            KeySource& keys) {
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<storage::Reader> reader, store.NewReader());
  const storage::StoreHead head = reader->Head();
  EAGLE_ASSIGN_OR_RETURN(const std::optional<storage::SignedHead> last, last_signed.Read());
  if (head.next_index == 0) return Fail(Reason::kJournalOlder, "there is no journal here: found one with eagle init");
  // Another origin's head: of the log that these data were before they were recovered, or of none of ours.
  const bool succeeds = last && ClaimedOrigin(last->note) != signer.name();
  if (last && !succeeds) EAGLE_RETURN_IF_ERROR(CheckSigned(*last, *reader));
  EAGLE_ASSIGN_OR_RETURN(Opened opened, Load(*reader, keys));
  const domain::Directory& directory = opened.state.directory;
  if (directory.origin() != signer.name()) {
    // An old backup is told first: with it no other key is missing.
    if (last && last->size > head.next_index) return Older(*last, head.next_index);
    return Fail(Reason::kKeyUnusable, "the signing key belongs to another log").With("origin", directory.origin());
  }
  if (!last && head.next_index > 1 && !JustRecovered(opened))
    return Fail(Reason::kJournalOlder, "it is not known what this log last signed");
  if (succeeds) {
    EAGLE_RETURN_IF_ERROR(CheckSucceeds(*last, directory));
    EAGLE_ASSIGN_OR_RETURN(opened.checkpoint, Note(opened.edge, signer));
    EAGLE_RETURN_IF_ERROR(last_signed.Restart({opened.edge.size(), opened.edge.Root(), opened.checkpoint}));
  } else if (last && last->size == head.next_index) {
    opened.checkpoint = last->note;
  } else {
    EAGLE_ASSIGN_OR_RETURN(opened.checkpoint, Sign(opened.edge, last_signed, signer));
  }
  return opened;
}

}  // namespace eagle::core
