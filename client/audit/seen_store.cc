#include "client/audit/seen_store.h"

#include "client/common/files.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/hash.h"

namespace eagle::audit {

std::string SeenStore::PathOf(const std::string& origin, const char* ending) const {
  return folder_ + "/" + HexEncode(journal::View(journal::Sha256(origin))) + ending;
}

absl::StatusOr<std::optional<std::string>> SeenStore::Last(const std::string& origin) const {
  return client::ReadFileIfThere(PathOf(origin, ".checkpoint"));
}

absl::Status SeenStore::Keep(const std::string& origin, const std::string& note) {
  EAGLE_ASSIGN_OR_RETURN(const auto guard, client::FolderGuard::Take(folder_));
  return client::WriteDurably(PathOf(origin, ".checkpoint"), note);
}

absl::StatusOr<std::string> SeenStore::KeepFork(const std::string& origin, const std::string& before,
                                                const std::string& now) {
  EAGLE_ASSIGN_OR_RETURN(const auto guard, client::FolderGuard::Take(folder_));
  const std::string path = PathOf(origin, ".fork");
  EAGLE_ASSIGN_OR_RETURN(const std::optional<std::string> kept, client::ReadFileIfThere(path));
  EAGLE_RETURN_IF_ERROR(client::WriteDurably(path, kept.value_or("") + before + "\n" + now + "\n"));
  return path;
}

}  // namespace eagle::audit
