#include "client/audit/log_folder.h"

#include <filesystem>
#include <optional>
#include <utility>

#include "client/common/files.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/tile.h"

namespace eagle::audit {
namespace {

using journal::kEntriesLevel;
using journal::kPayloadsLevel;
using journal::kTileWidth;
using journal::TileName;

// The first `count` entries of a bundle whose entries have a length of `digits` bytes before them; absent when it has
// fewer.
std::optional<std::string> Cut(std::string_view bundle, size_t digits, size_t count) {
  ByteReader in(bundle);
  for (size_t i = 0; i < count && in.ok(); ++i) in.Bytes(digits == 2 ? in.U16() : in.U32());
  if (!in.ok()) return std::nullopt;
  return std::string(bundle.substr(0, bundle.size() - in.remaining()));
}

class LogFolder : public LogSource {
 public:
  explicit LogFolder(std::string folder) : folder_(std::move(folder)) {}

  absl::StatusOr<std::string> Checkpoint() override { return client::ReadFile(folder_ + "/checkpoint"); }
  absl::StatusOr<std::string> CosignedCheckpoint() override {
    EAGLE_ASSIGN_OR_RETURN(std::optional<std::string> note, client::ReadFileIfThere(folder_ + "/" + kCosignedFile));
    return note ? *std::move(note) : Checkpoint();
  }

  absl::StatusOr<std::string> Tile(unsigned level, uint64_t n, unsigned width) override {
    const TileName name{static_cast<int>(level), n, width};
    EAGLE_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, Read(name));
    if (!bytes || bytes->size() < width * journal::kHashSize) return Missing(name);
    return bytes->substr(0, width * journal::kHashSize);
  }
  absl::StatusOr<std::string> Entries(uint64_t n, unsigned width) override {
    return Bundle({kEntriesLevel, n, width}, 2);
  }
  absl::StatusOr<std::string> Payloads(uint64_t n, unsigned width) override {
    auto bundle = Bundle({kPayloadsLevel, n, width}, 4);
    if (bundle.ok() || payloads_) {
      payloads_ = true;
      return bundle;
    }
    return Fail(Reason::kNotFound, "this log was published without payloads").With("path", folder_);
  }

 private:
  absl::Status Missing(const TileName& name) const {
    return Fail(Reason::kJournalBroken, "a file of the log is missing or too short")
        .With("path", folder_ + "/" + journal::TilePath(name));
  }
  // The file, or the full one in which a partial one has gone, or a wider partial one.
  absl::StatusOr<std::optional<std::string>> Read(const TileName& name) {
    for (unsigned width : {name.width, kTileWidth}) {
      EAGLE_ASSIGN_OR_RETURN(std::optional<std::string> bytes,
                             client::ReadFileIfThere(folder_ + "/" + journal::TilePath({name.level, name.n, width})));
      if (bytes) return bytes;
    }
    for (unsigned width = name.width + 1; width < kTileWidth; ++width) {
      const std::string path = folder_ + "/" + journal::TilePath({name.level, name.n, width});
      if (std::filesystem::exists(path)) return client::ReadFileIfThere(path);
    }
    return std::optional<std::string>();
  }
  absl::StatusOr<std::string> Bundle(const TileName& name, size_t digits) {
    EAGLE_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, Read(name));
    if (!bytes) return Missing(name);
    std::optional<std::string> cut = Cut(*bytes, digits, name.width);
    if (!cut) return Missing(name);
    return *std::move(cut);
  }

  const std::string folder_;
  bool payloads_ = false;  // one was there
};

}  // namespace

absl::StatusOr<std::unique_ptr<LogSource>> OpenLogFolder(const std::string& folder) {
  auto log = std::make_unique<LogFolder>(folder);
  EAGLE_RETURN_IF_ERROR(log->Checkpoint().status());
  return std::unique_ptr<LogSource>(std::move(log));
}

}  // namespace eagle::audit
