#include "server/data_keys.h"

#include <filesystem>
#include <system_error>
#include <vector>

#include "server/base/reason.h"
#include "server/trust/secret_file.h"

namespace eagle {
namespace {

constexpr char kLogScope[] = "log";
constexpr size_t kKeysPerPage = 1000;

}  // namespace

absl::StatusOr<journal::Ed25519NoteSigner> ReadLogKey(const std::string& path) {
  EAGLE_ASSIGN_OR_RETURN(std::string text, trust::ReadSecretFile(path));
  text.erase(text.find_last_not_of("\r\n ") + 1);
  return journal::Ed25519NoteSigner::Parse(text);
}

absl::StatusOr<std::unique_ptr<DataKeys>> DataKeys::Open(const std::string& folder, const std::string& master_key_file,
                                                         Entropy& entropy, IfMissing if_missing) {
  std::unique_ptr<DataKeys> out(new DataKeys);
  const std::string path = KeysPath(folder);
  std::error_code error;
  if (if_missing == IfMissing::kRefuse && !std::filesystem::exists(path, error)) {
    return Fail(Reason::kKeyUnusable, "the key store is missing: without it nothing sealed can be read")
        .With("path", path);
  }
  EAGLE_ASSIGN_OR_RETURN(out->wrapper_, trust::FileKeyWrapper::Open(master_key_file, entropy));
  EAGLE_ASSIGN_OR_RETURN(out->store_, trust::SqliteKeyStore::Open(path));
  EAGLE_ASSIGN_OR_RETURN(out->ring_, trust::KeyRing::Open(*out->store_, *out->wrapper_, entropy));
  EAGLE_ASSIGN_OR_RETURN(std::vector<std::string> ids, out->ring_->KeysOf(kLogScope));
  if (ids.empty() && if_missing == IfMissing::kMake) {
    EAGLE_ASSIGN_OR_RETURN(std::string made, out->ring_->NewKey(kLogScope));
    ids.push_back(std::move(made));
  }
  if (ids.size() != 1) {
    return Fail(Reason::kKeyUnusable,
                ids.empty() ? "the key store holds no key of the log" : "the key store holds two keys of the log")
        .With("path", path);
  }
  out->log_key_id_ = ids.front();
  // The wrong master key is found out here and not at the first payload.
  EAGLE_RETURN_IF_ERROR(out->ring_->KeyOf(out->log_key_id_).status());
  return out;
}

absl::StatusOr<uint64_t> DataKeys::Rewrap() {
  uint64_t count = 0;
  std::string after;
  for (;;) {
    EAGLE_ASSIGN_OR_RETURN(std::vector<trust::StoredKey> page, store_->Page(after, kKeysPerPage));
    if (page.empty()) return count;
    after = page.back().key_id;
    std::erase_if(page, [this](const trust::StoredKey& key) { return wrapper_->IsCurrent(key.wrapped); });
    if (page.empty()) continue;
    count += page.size();
    EAGLE_RETURN_IF_ERROR(ring_->Rewrap(std::move(page)));
  }
}

absl::StatusOr<MasterKeyRotation> RotateMasterKey(const std::string& folder, const std::string& master_key_file,
                                                  Entropy& entropy) {
  MasterKeyRotation out;
  {
    EAGLE_ASSIGN_OR_RETURN(const auto keys,
                           DataKeys::Open(folder, master_key_file, entropy, DataKeys::IfMissing::kRefuse));
    out.resumed = keys->masters() > 1;
  }
  if (!out.resumed) EAGLE_RETURN_IF_ERROR(trust::FileKeyWrapper::AddMaster(master_key_file, entropy));
  EAGLE_ASSIGN_OR_RETURN(const auto keys,
                         DataKeys::Open(folder, master_key_file, entropy, DataKeys::IfMissing::kRefuse));
  EAGLE_ASSIGN_OR_RETURN(out.rewrapped, keys->Rewrap());
  EAGLE_RETURN_IF_ERROR(trust::FileKeyWrapper::DropOldMasters(master_key_file));
  return out;
}

}  // namespace eagle
