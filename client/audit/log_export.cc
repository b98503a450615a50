#include "client/audit/log_export.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "client/audit/log_folder.h"
#include "client/common/files.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/leaf.h"
#include "server/journal/merkle.h"

namespace eagle::audit {
namespace {

using client::Readers;
using journal::kEntriesLevel;
using journal::kPayloadsLevel;
using journal::kTileWidth;

constexpr size_t kEntriesPerCall = 256;

class Exporter {
 public:
  Exporter(EntrySource& source, const journal::LogPolicy& policy, const std::string& folder,
           const ExportOptions& options)
      : source_(source), policy_(policy), folder_(folder), options_(options) {}

  absl::StatusOr<Exported> Run(const std::function<void(uint64_t, uint64_t)>& progress) {
    EAGLE_ASSIGN_OR_RETURN(const std::string note, source_.Checkpoint());
    EAGLE_ASSIGN_OR_RETURN(journal::LogPolicy::Judged judged, policy_.Open(note));
    const journal::Checkpoint& head = judged.checkpoint;
    EAGLE_RETURN_IF_ERROR(client::MakeFolder(folder_, Readers::kEverybody));
    EAGLE_RETURN_IF_ERROR(ReadPublished(head));
    out_.checkpoint = head;
    out_.size_before = edge_.size();
    while (edge_.size() < head.size) {
      const uint64_t wanted = std::min<uint64_t>(kEntriesPerCall, head.size - edge_.size());
      EAGLE_ASSIGN_OR_RETURN(const std::vector<EntrySource::Entry> page, source_.Entries(edge_.size(), wanted));
      if (page.empty() || page.size() > wanted)
        return Fail(Reason::kJournalBroken, "the source has fewer entries than were signed")
            .With("index", std::to_string(edge_.size()));
      for (const EntrySource::Entry& entry : page) EAGLE_RETURN_IF_ERROR(Take(entry));
      progress(edge_.size(), head.size);
    }
    if (edge_.Root() != head.root)
      return Fail(Reason::kLogForked, "the entries don't hash to the root that was signed")
          .With("size", std::to_string(head.size));
    EAGLE_RETURN_IF_ERROR(WritePartial());
    EAGLE_RETURN_IF_ERROR(client::WriteDurably(folder_ + "/checkpoint", note, Readers::kEverybody));
    if (!cosigned_.empty())
      EAGLE_RETURN_IF_ERROR(client::WriteDurably(folder_ + "/" + kCosignedFile, cosigned_, Readers::kEverybody));
    RemoveOvertaken();
    return std::move(out_);
  }

 private:
  // What was published before becomes the edge that grows.
  absl::Status ReadPublished(const journal::Checkpoint& head) {
    EAGLE_ASSIGN_OR_RETURN(const std::optional<std::string> note, client::ReadFileIfThere(folder_ + "/checkpoint"));
    if (!note) return absl::OkStatus();
    EAGLE_ASSIGN_OR_RETURN(const journal::LogPolicy::Judged judged, policy_.Open(*note));
    const journal::Checkpoint& old = judged.checkpoint;
    if (old.origin != head.origin)
      return Fail(Reason::kFieldInvalid, "the folder holds another log: " + old.origin).With("path", folder_);
    if (head.size < old.size)
      return Fail(Reason::kJournalOlder, "less is signed now than was published before")
          .With("published", std::to_string(old.size))
          .With("signed", std::to_string(head.size));
    if (head.size == old.size && head.root != old.root)
      return Fail(Reason::kLogForked, "the log signed two roots of one size").With("size", std::to_string(old.size));
    EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<LogSource> published, OpenLogFolder(folder_));
    EAGLE_ASSIGN_OR_RETURN(edge_, journal::Edge::Rebuild(old.size, *published));
    if (edge_.Root() != old.root)
      return Fail(Reason::kJournalBroken, "the published files aren't what their checkpoint says: begin a new folder")
          .With("path", folder_);
    return ReadBundles(*published);
  }

  absl::Status ReadBundles(LogSource& published) {
    const auto width = static_cast<unsigned>(edge_.size() % kTileWidth);
    const bool had = published.Payloads(0, 1).ok();
    if (edge_.size() > 0 && had != options_.payloads)
      return Fail(Reason::kFieldInvalid,
                  had ? "the folder was published with payloads: go on with them, or begin a new one"
                      : "the folder was published without payloads: begin a new one for them")
          .With("path", folder_);
    if (width == 0) return absl::OkStatus();
    EAGLE_ASSIGN_OR_RETURN(entries_, published.Entries(edge_.size() / kTileWidth, width));
    // Their leaves are hashed by the tile that the edge was rebuilt from.
    EAGLE_ASSIGN_OR_RETURN(const auto leaves, journal::ParseBundle(entries_, width));
    for (unsigned i = 0; i < width; ++i) {
      const std::string_view hash = edge_.PartialTile(0).substr(i * journal::kHashSize, journal::kHashSize);
      if (journal::View(journal::LeafHash(leaves[i])) != hash)
        return Fail(Reason::kJournalBroken, "a published entry isn't what its tile says: begin a new folder")
            .With("path", folder_);
    }
    if (options_.payloads) {
      EAGLE_ASSIGN_OR_RETURN(payloads_, published.Payloads(edge_.size() / kTileWidth, width));
    }
    return absl::OkStatus();
  }

  absl::Status Take(const EntrySource::Entry& entry) {
    if (entry.leaf.size() > journal::kBundleEntryBytesMax)
      return Fail(Reason::kEntryMalformed, "a leaf is longer than any").With("index", std::to_string(edge_.size()));
    const uint64_t n = edge_.size() / kTileWidth;
    LookForCosigned(entry.leaf);
    edge_.Append(journal::LeafHash(entry.leaf));
    journal::AppendBundleEntry(entries_, entry.leaf);
    if (options_.payloads)
      payloads_ += ByteWriter().U32(static_cast<uint32_t>(entry.sealed.size())).Bytes(entry.sealed).Take();
    if (edge_.size() % kTileWidth != 0) return absl::OkStatus();
    EAGLE_RETURN_IF_ERROR(Write({kEntriesLevel, n}, std::exchange(entries_, {})));
    if (options_.payloads) EAGLE_RETURN_IF_ERROR(Write({kPayloadsLevel, n}, std::exchange(payloads_, {})));
    for (const journal::FullTile& tile : edge_.TakeFullTiles())
      EAGLE_RETURN_IF_ERROR(Write({static_cast<int>(tile.level), tile.n}, tile.bytes));
    return absl::OkStatus();
  }

  // The log itself tells which of its heads witnesses have seen; whoever reads the file judges the note.
  void LookForCosigned(std::string_view bytes) {
    const auto leaf = journal::DecodeLeaf(bytes);
    goldeneagle::v1::CheckpointCosigned body;
    if (leaf.ok() && leaf->type == goldeneagle::v1::ENTRY_TYPE_CHECKPOINT_COSIGNED && body.ParseFromString(leaf->body))
      cosigned_ = body.checkpoint();
  }

  // The right edge, under names of its own width.
  absl::Status WritePartial() {
    const auto width = static_cast<unsigned>(edge_.size() % kTileWidth);
    if (width != 0) {
      const uint64_t n = edge_.size() / kTileWidth;
      EAGLE_RETURN_IF_ERROR(Write({kEntriesLevel, n, width}, entries_));
      if (options_.payloads) EAGLE_RETURN_IF_ERROR(Write({kPayloadsLevel, n, width}, payloads_));
    }
    for (unsigned level = 0; level < journal::kTileLevels; ++level) {
      const std::string_view tile = edge_.PartialTile(level);
      if (tile.empty()) continue;
      EAGLE_RETURN_IF_ERROR(Write({static_cast<int>(level), edge_.size() >> (8 * (level + 1)),
                                   static_cast<unsigned>(tile.size() / journal::kHashSize)},
                                  tile));
    }
    return absl::OkStatus();
  }

  absl::Status Write(const journal::TileName& name, std::string_view bytes) {
    const std::string path = folder_ + "/" + journal::TilePath(name), in = client::FolderOf(path);
    if (folders_.insert(in).second) EAGLE_RETURN_IF_ERROR(client::MakeFolder(in, Readers::kEverybody));
    EAGLE_RETURN_IF_ERROR(client::WriteDurably(path, bytes, Readers::kEverybody));
    ++out_.files_written;
    if (name.width == kTileWidth) overtaken_.push_back(path + ".p");
    return absl::OkStatus();
  }

  // Partial tiles whose full one was written. One that stays says nothing wrong.
  void RemoveOvertaken() {
    for (const std::string& folder : overtaken_) {
      std::error_code ignored;
      const auto removed = std::filesystem::remove_all(folder, ignored);
      if (!ignored && removed > 1) out_.files_removed += removed - 1;  // the folder itself
    }
  }

  EntrySource& source_;
  const journal::LogPolicy& policy_;
  const std::string folder_;
  const ExportOptions options_;
  journal::Edge edge_;
  std::string entries_, payloads_;  // bundles of the partial tile
  std::set<std::string> folders_;
  std::string cosigned_;  // the newest note among the new entries that witnesses signed
  std::vector<std::string> overtaken_;
  Exported out_;
};

}  // namespace

absl::StatusOr<Exported> ExportLog(EntrySource& source, const journal::LogPolicy& policy, const std::string& folder,
                                   const ExportOptions& options,
                                   const std::function<void(uint64_t done, uint64_t of)>& progress) {
  return Exporter(source, policy, folder, options).Run(progress);
}

}  // namespace eagle::audit
