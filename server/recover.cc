#include "server/recover.h"

#include <memory>

#include "server/base/reason.h"
#include "server/core/recovery.h"
#include "server/data_keys.h"
#include "server/storage/file_last_signed.h"
#include "server/storage/folder_lock.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace eagle {

absl::StatusOr<RecoveryApplied> ApplyRecovery(const goldeneagle::v1::Envelope& document, const RecoveryFolder& folder,
                                              Entropy& entropy) {
  EAGLE_ASSIGN_OR_RETURN(const storage::FolderLock lock, storage::FolderLock::Acquire(folder.data_folder));
  EAGLE_ASSIGN_OR_RETURN(const auto keys, DataKeys::Open(folder.data_folder, folder.master_key_file, entropy,
                                                         DataKeys::IfMissing::kRefuse));
  EAGLE_ASSIGN_OR_RETURN(const auto signer, ReadLogKey(folder.log_key_file));
  EAGLE_ASSIGN_OR_RETURN(const auto store, storage::SqliteStore::Open(JournalPath(folder.data_folder), {}));
  if (store->Head().next_index == 0)
    return Fail(Reason::kStorageUnusable, "there is no journal here: put the backup back first")
        .With("path", folder.data_folder);
  EAGLE_ASSIGN_OR_RETURN(const auto last_signed, storage::FileLastSigned::Open(
                                                     folder.last_signed, storage::FileLastSigned::IfMissing::kCreate));
  EAGLE_ASSIGN_OR_RETURN(const core::Opened opened, core::Recover(document, *store, *last_signed, signer, *keys));
  return RecoveryApplied{opened.state.directory.recoveries().back().index, opened.checkpoint};
}

}  // namespace eagle
