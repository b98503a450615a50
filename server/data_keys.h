// The data folder's names, and its keys opened: master key, key store, key ring, and the key of the log's own payloads.
//
// Life: while the folder's lock is held. Threads: KeyOf and the ring from any.
//
//   EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<DataKeys> keys, DataKeys::Open(folder, "master.key", entropy,
//   DataKeys::IfMissing::kRefuse)); core::Open(store, last_signed, signer, *keys);
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/base/entropy.h"
#include "server/core/ports.h"
#include "server/journal/note.h"
#include "server/trust/key_ring.h"
#include "server/trust/key_wrapper.h"
#include "server/trust/sqlite_key_store.h"

namespace eagle {

inline std::string JournalPath(const std::string& folder) { return folder + "/journal.db"; }
inline std::string KeysPath(const std::string& folder) { return folder + "/keys.db"; }

// The key that signs the log's heads, from its file (mode 0600). Errors: KEY_UNUSABLE; NOTE_MALFORMED.
absl::StatusOr<journal::Ed25519NoteSigner> ReadLogKey(const std::string& path);

// What a rotation of the master key did.
struct MasterKeyRotation {
  uint64_t rewrapped = 0;  // keys wrapped anew
  bool resumed = false;    // one that had died was brought to its end; no further master key was made
};
// Replaces the master key of a stopped folder: a new one goes on top of the file, every key is wrapped anew under it,
// and only then the old ones leave the file. Wherever it dies, the folder can be opened, and the next call goes on.
// Afterwards the old master key opens nothing of this folder; what it opens in an old backup of keys.db is out of reach
// for whoever has neither. Pre: the folder's lock is held, and its keys are not open. Errors: those of DataKeys::Open.
absl::StatusOr<MasterKeyRotation> RotateMasterKey(const std::string& folder, const std::string& master_key_file,
                                                  Entropy& entropy);

class DataKeys final : public core::KeySource {
 public:
  enum class IfMissing {
    kMake,    // founding: an empty key store gets its first tag key and the log's key
    kRefuse,  // a log without its keys: lost, or not mounted
  };
  // `entropy` must outlive the keys. Errors: KEY_UNUSABLE: the master key can't be read or isn't the one that wrapped
  // these keys; the key store is missing (kRefuse) or holds no key of the log, or two. FOLDER_LOCKED; UNAVAILABLE when
  // the medium failed.
  static absl::StatusOr<std::unique_ptr<DataKeys>> Open(const std::string& folder, const std::string& master_key_file,
                                                        Entropy& entropy, IfMissing if_missing);

  // Wraps everything that an older master key wrapped under the newest; how many keys that were.
  absl::StatusOr<uint64_t> Rewrap();
  // See SqliteKeyStore::Copy.
  absl::Status CopyStore(const std::string& path) { return store_->Copy(path); }
  size_t masters() const { return wrapper_->masters(); }
  trust::KeyRing& ring() { return *ring_; }
  absl::StatusOr<std::string> KeyOf(const std::string& key_id) override { return ring_->KeyOf(key_id); }
  const std::string& log_key_id() const override { return log_key_id_; }

 private:
  DataKeys() = default;
  std::unique_ptr<trust::FileKeyWrapper> wrapper_;
  std::unique_ptr<trust::SqliteKeyStore> store_;
  std::unique_ptr<trust::KeyRing> ring_;
  std::string log_key_id_;
};

}  // namespace eagle
