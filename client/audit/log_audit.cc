#include "client/audit/log_audit.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "client/audit/picture.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/leaf.h"
#include "server/journal/tile.h"

namespace eagle::audit {
namespace {

using journal::Checkpoint;
using journal::kTileWidth;

std::string_view HashIn(std::string_view tile, size_t at) {
  return tile.substr(at * journal::kHashSize, journal::kHashSize);
}

absl::Status CompareTile(LogSource& log, const journal::FullTile& want, unsigned width, Findings& findings) {
  EAGLE_ASSIGN_OR_RETURN(const std::string tile, log.Tile(want.level, want.n, width));
  if (tile.size() != want.bytes.size()) return Fail(Reason::kJournalBroken, "a tile has another length than it must");
  if (tile == want.bytes) return absl::OkStatus();
  // Named by the first hash that differs: at level 0 that is of the entry which was changed, or whose hash was.
  const size_t at = std::mismatch(tile.begin(), tile.end(), want.bytes.begin(), want.bytes.end()).first - tile.begin();
  size_t differ = 0;
  for (size_t i = 0; i < width; ++i) differ += HashIn(tile, i) != HashIn(want.bytes, i);
  const uint64_t node = want.n * kTileWidth + at / journal::kHashSize;
  findings.Add(Rule::kTreeTile, node << std::min(63u, 8 * want.level),
               absl::StrCat(ToAbsl(journal::TilePath({static_cast<int>(want.level), want.n, width})), ": ",
                            want.level == 0 ? "the entry hashes to " : "the entries from here hash to ",
                            HexEncode(HashIn(want.bytes, at / journal::kHashSize)), ", the tile has ",
                            HexEncode(HashIn(tile, at / journal::kHashSize)), ", ", differ, " of its ", width,
                            " hashes differ"));
  return absl::OkStatus();
}

absl::Status Forked(SeenStore& store, const std::string& origin, const std::string& before, const std::string& now,
                    std::string_view why) {
  EAGLE_ASSIGN_OR_RETURN(const std::string path, store.KeepFork(origin, before, now));
  return Fail(Reason::kLogForked, why).With("evidence", path);
}

// What the store has, opened with the same key.
absl::StatusOr<std::optional<Checkpoint>> Before(const SeenStore& store, const std::string& origin,
                                                 const journal::NoteVerifier& key, std::string& note) {
  EAGLE_ASSIGN_OR_RETURN(const std::optional<std::string> kept, store.Last(origin));
  if (!kept) return std::optional<Checkpoint>();
  note = *kept;
  EAGLE_ASSIGN_OR_RETURN(Checkpoint before, journal::OpenCheckpoint(note, key));
  return std::optional<Checkpoint>(std::move(before));
}

// The head that is to be audited is older than the one seen last. So it is when its witnesses lag, while the log's
// newest head is no older than what was seen and continues both; otherwise the log was rolled back.
absl::Status CheckBehind(LogSource& log, const Checkpoint& before, const Checkpoint& head,
                         const journal::NoteVerifier& key) {
  const auto rolled_back = [&] {
    return Fail(Reason::kLogForked,
                "the log is shorter than when this auditor saw it last: an older copy, or rolled back")
        .With("size_before", static_cast<int64_t>(before.size))
        .With("size", static_cast<int64_t>(head.size));
  };
  EAGLE_ASSIGN_OR_RETURN(const std::string note, log.Checkpoint());
  EAGLE_ASSIGN_OR_RETURN(const Checkpoint newest, journal::OpenCheckpoint(note, key));
  if (newest.size < before.size) return rolled_back();
  EAGLE_ASSIGN_OR_RETURN(const journal::Hash root, journal::RootOf(newest.size, log));
  for (const Checkpoint* one : {&head, &before}) {
    if (one->size == 0) continue;  // nothing is the beginning of everything
    EAGLE_ASSIGN_OR_RETURN(const auto proof, journal::ConsistencyProof(one->size, newest.size, log));
    if (root != newest.root || !journal::VerifyConsistency(one->size, newest.size, proof, one->root, newest.root))
      return Fail(Reason::kLogForked, "the log's newest head doesn't continue what this auditor saw of it before");
  }
  return absl::OkStatus();
}

// A recovery's document is about these very entries, and the newest head is of the key that the entries name.
absl::Status CheckRecoveries(journal::TileSource& tiles, const journal::NoteVerifier& key, PublicAudit& audit) {
  Findings& findings = audit.findings();
  for (const RecoverySeen& recovery : audit.recoveries()) {
    EAGLE_ASSIGN_OR_RETURN(const journal::Hash root, journal::RootOf(recovery.index, tiles));
    if (root != recovery.restored_root)
      findings.Add(Rule::kRecovery, recovery.index, "the administrators signed for other data than those before it");
    EAGLE_ASSIGN_OR_RETURN(const journal::Hash old, journal::RootOf(recovery.restored.size, tiles));
    if (old != recovery.restored.root)
      findings.Add(Rule::kRecovery, recovery.index, "the data before it don't begin with what the old key signed");
  }
  const std::string named = KeyTextOf(audit.log_key());
  if (named.empty()) return absl::OkStatus();
  EAGLE_ASSIGN_OR_RETURN(const auto verifier, journal::ParseVerifierKey(named));
  if (verifier->name() != key.name() || verifier->key_id() != key.key_id())
    findings.Add(Rule::kRecovery, audit.recoveries().empty() ? 0 : audit.recoveries().back().index,
                 "the pinned key isn't the one that the entries name");
  return absl::OkStatus();
}

// What this auditor saw of an origin that this log had before: a beginning of it, or in the range that was given up.
absl::Status CompareWithOldOrigins(journal::TileSource& tiles, SeenStore& store, const std::string& note_now,
                                   PublicAudit& audit) {
  goldeneagle::v1::FoundingKey key = audit.founding().log_key();
  for (const RecoverySeen& recovery : audit.recoveries()) {
    EAGLE_ASSIGN_OR_RETURN(const auto verifier, journal::ParseVerifierKey(KeyTextOf(key)));
    key = recovery.key;
    std::string note;
    EAGLE_ASSIGN_OR_RETURN(const auto before, Before(store, recovery.old_origin, *verifier, note));
    if (!before) continue;
    const auto forked = [&](std::string_view why) { return Forked(store, recovery.old_origin, note, note_now, why); };
    if (before->size <= recovery.index) {
      EAGLE_ASSIGN_OR_RETURN(const journal::Hash root, journal::RootOf(before->size, tiles));
      if (before->size > 0 && root != before->root)
        return forked("the log doesn't begin with what was seen of the old origin");
    } else if (before->size > recovery.last_signed.size) {
      return forked("the old origin signed more than the administrators were told");
    } else if (before->size == recovery.last_signed.size && before->root != recovery.last_signed.root) {
      return forked("the old origin signed two roots of one size");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LogAudited> AuditLog(LogSource& log, const std::string& note, const journal::NoteVerifier& key,
                                    const LogAuditOptions& options, PublicAudit& audit) {
  LogAudited out{.note = note};
  EAGLE_ASSIGN_OR_RETURN(out.head, journal::OpenCheckpoint(out.note, key));
  std::string note_before;
  if (options.store != nullptr) {
    EAGLE_ASSIGN_OR_RETURN(out.before, Before(*options.store, out.head.origin, key, note_before));
    if (out.before && out.before->size > out.head.size)
      EAGLE_RETURN_IF_ERROR(CheckBehind(log, *out.before, out.head, key));
    if (out.before && out.before->size == out.head.size && out.before->root != out.head.root)
      return Forked(*options.store, out.head.origin, note_before, out.note, "two roots of one size were signed");
  }
  const bool behind = out.before && out.before->size > out.head.size;
  const uint64_t size = out.head.size;
  Findings& findings = audit.findings();
  journal::Edge edge;
  std::optional<journal::Hash> root_before;
  const auto look_back = [&] {
    if (out.before && out.before->size == edge.size()) root_before = edge.Root();
  };
  look_back();
  for (uint64_t n = 0; n * kTileWidth < size; ++n) {
    const unsigned width = journal::TileWidthAt(size, 0, n);
    EAGLE_ASSIGN_OR_RETURN(const std::string bundle, log.Entries(n, width));
    EAGLE_ASSIGN_OR_RETURN(const std::vector<std::string_view> leaves, journal::ParseBundle(bundle, width));
    std::string payloads;
    if (options.opened != nullptr) {
      EAGLE_ASSIGN_OR_RETURN(payloads, log.Payloads(n, width));
    }
    ByteReader sealed(payloads);
    for (const std::string_view leaf : leaves) {
      edge.Append(journal::LeafHash(leaf));
      look_back();
      audit.Take(leaf);
      if (options.each) options.each(leaf);
      if (options.opened != nullptr) options.opened->Take(leaf, sealed.Bytes(sealed.U32()));
    }
    if (!sealed.Done()) return Fail(Reason::kJournalBroken, "a bundle of payloads has another length than its entries");
    for (const journal::FullTile& tile : edge.TakeFullTiles())
      EAGLE_RETURN_IF_ERROR(CompareTile(log, tile, kTileWidth, findings));
    if (options.progress && n % 64 == 63) options.progress(edge.size(), size);
  }
  for (unsigned level = 0; level < journal::kTileLevels; ++level) {
    const std::string_view partial = edge.PartialTile(level);
    if (partial.empty()) continue;
    EAGLE_RETURN_IF_ERROR(CompareTile(log, {level, size >> (8 * (level + 1)), std::string(partial)},
                                      static_cast<unsigned>(partial.size() / journal::kHashSize), findings));
  }
  if (edge.Root() == out.head.root) {
    journal::EdgeSource tiles(edge, log);  // of any size: partial tiles of old sizes needn't be published
    EAGLE_RETURN_IF_ERROR(CheckRecoveries(tiles, key, audit));
    if (options.store != nullptr) EAGLE_RETURN_IF_ERROR(CompareWithOldOrigins(tiles, *options.store, out.note, audit));
    for (const CosignedSeen& cosigned : audit.cosigned()) {
      if (cosigned.size > size) continue;  // a finding already
      EAGLE_ASSIGN_OR_RETURN(const journal::Hash root, journal::RootOf(cosigned.size, tiles));
      if (root != cosigned.root)
        findings.Add(Rule::kCosigned, cosigned.index, "the leaves below it hash to another root than witnesses signed");
    }
  }
  if (edge.Root() != out.head.root) {
    findings.Add(Rule::kTreeRoot, size, "the leaves don't hash to the signed root");
  } else if (out.before && !behind && root_before != out.before->root) {
    return Forked(*options.store, out.head.origin, note_before, out.note,
                  "the log doesn't continue what this auditor saw of it before");
  } else if (options.store != nullptr && !behind) {
    EAGLE_RETURN_IF_ERROR(options.store->Keep(out.head.origin, out.note));
  }
  return out;
}

absl::StatusOr<LogSampled> SampleLog(LogSource& log, const std::string& note, const journal::NoteVerifier& key,
                                     uint64_t count, uint64_t seed, Findings& findings) {
  LogSampled out;
  EAGLE_ASSIGN_OR_RETURN(out.head, journal::OpenCheckpoint(note, key));
  const uint64_t size = out.head.size;
  // Hashes of seed and count: everybody who has the seed looks at the same leaves, on every machine.
  std::set<uint64_t> chosen;
  for (uint64_t i = 0; chosen.size() < std::min(count, size); ++i) {
    const journal::Hash hash = journal::Sha256(ByteWriter().U64(seed).U64(i).bytes());
    chosen.insert(ByteReader(journal::View(hash)).U64() % size);
  }
  for (const uint64_t index : chosen) {
    out.indexes.push_back(index);
    const uint64_t n = index / kTileWidth;
    const unsigned width = journal::TileWidthAt(size, 0, n);
    EAGLE_ASSIGN_OR_RETURN(const std::string bundle, log.Entries(n, width));
    EAGLE_ASSIGN_OR_RETURN(const std::vector<std::string_view> leaves, journal::ParseBundle(bundle, width));
    const std::string_view bytes = leaves[index % kTileWidth];
    EAGLE_ASSIGN_OR_RETURN(const std::vector<journal::Hash> path, journal::InclusionProof(index, size, log));
    if (!journal::VerifyInclusion(journal::LeafHash(bytes), index, size, path, out.head.root))
      findings.Add(Rule::kTreeRoot, index, "the leaf is not proved by the signed root");
    const auto leaf = journal::DecodeLeaf(bytes);
    if (!leaf.ok())
      findings.Add(Rule::kLeafForm, index, FailureOf(leaf.status()).message);
    else if (leaf->index.value() != index)
      findings.Add(Rule::kLeafIndex, index, absl::StrCat("it says that its place is ", leaf->index.value()));
  }
  return out;
}

}  // namespace eagle::audit
