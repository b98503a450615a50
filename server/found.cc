#include "server/found.h"

#include <sys/stat.h>

#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/core/start.h"
#include "server/data_keys.h"
#include "server/journal/note.h"
#include "server/storage/file_last_signed.h"
#include "server/storage/folder_lock.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "server/trust/secret_file.h"

namespace eagle {
namespace {

namespace fs = std::filesystem;
namespace v1 = ::goldeneagle::v1;

bool Exists(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

void CheckKeys(const google::protobuf::RepeatedPtrField<v1::FoundingKey>& keys, uint32_t least, uint32_t needed,
               const std::string& field, Violations& wrong) {
  if (needed < least)
    wrong.Add(field, Reason::kConfigurationInvalid, "at least " + std::to_string(least) + " must be needed");
  if (static_cast<uint32_t>(keys.size()) < needed)
    wrong.Add(field, Reason::kConfigurationInvalid, "fewer keys than signatures needed");
  std::set<std::string> seen;
  for (int i = 0; i < keys.size(); ++i) {
    const std::string at = field + "[" + std::to_string(i) + "]";
    if (!journal::PublicKey::FromBytes(keys[i].key()))
      wrong.Add(at, Reason::kConfigurationInvalid, "no usable Ed25519 key of 32 bytes");
    if (keys[i].algorithm() != v1::KEY_ALGORITHM_ED25519)
      wrong.Add(at, Reason::kConfigurationInvalid, "the algorithm must be Ed25519");
    if (!seen.insert(keys[i].key()).second)
      wrong.Add(at, Reason::kConfigurationInvalid, "the same key twice would count as two people");
  }
}

absl::Status Check(const v1::LogFounded& founded) {
  Violations wrong;
  if (!journal::IsKeyName(founded.origin()))
    wrong.Add("origin", Reason::kConfigurationInvalid, "must be a name without white space and plus signs");
  if (founded.environment() != v1::ENVIRONMENT_TEST && founded.environment() != v1::ENVIRONMENT_PRODUCTION) {
    wrong.Add("environment", Reason::kConfigurationInvalid, "must be test or production");
  }
  if (founded.format_version() != 1) wrong.Add("format_version", Reason::kConfigurationInvalid, "must be 1");
  CheckKeys(founded.administrators(), 2, founded.approvals(), "administrators", wrong);
  CheckKeys(founded.registrars(), 1, founded.registrar_threshold(), "registrars", wrong);
  return wrong.empty() ? absl::OkStatus() : wrong.ToStatus("a log can't be founded like this");
}

absl::StatusOr<journal::Ed25519NoteSigner> LogKey(const std::string& path, const std::string& origin,
                                                  Entropy& entropy) {
  if (!Exists(path))
    EAGLE_RETURN_IF_ERROR(
        trust::WriteSecretFile(path, journal::SignerKeyText(origin, entropy.Bytes(journal::kSeedSize)) + "\n"));
  EAGLE_ASSIGN_OR_RETURN(auto signer, ReadLogKey(path));
  if (signer.name() != origin)
    return Fail(Reason::kKeyUnusable, "the log's key is of another origin").With("origin", signer.name());
  return signer;
}

// The key as entry 0 names it; one that is given must be the same.
absl::Status FillLogKey(const journal::Ed25519NoteSigner& signer, v1::LogFounded& founded) {
  const journal::PublicKey key = signer.PublicKeyOf();
  if (founded.has_log_key() && founded.log_key().key() != key.View())
    return Fail(Reason::kKeyUnusable, "the founding names another key of the log");
  founded.mutable_log_key()->set_name(founded.origin());
  founded.mutable_log_key()->set_algorithm(v1::KEY_ALGORITHM_ED25519);
  founded.mutable_log_key()->set_key(std::string(key.View()));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> FoundLog(FoundingOptions options, absl::Time now, Entropy& entropy) {
  EAGLE_RETURN_IF_ERROR(Check(options.founded));
  const std::string& folder = options.data_folder;
  std::error_code error;
  if (!Exists(folder)) {
    fs::create_directories(fs::path(folder).parent_path(), error);
    if (mkdir(folder.c_str(), 0700) != 0)
      return Fail(Reason::kStorageUnusable, "the data folder can't be made").With("path", folder);
  }
  const std::string last_signed_path = options.last_signed.empty() ? folder + "/last_signed" : options.last_signed;
  const std::string master_key = options.master_key_file.empty() ? folder + "/master.key" : options.master_key_file;
  const std::string log_key = options.log_key_file.empty() ? folder + "/log.key" : options.log_key_file;

  EAGLE_ASSIGN_OR_RETURN(const storage::FolderLock lock, storage::FolderLock::Acquire(folder));
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<storage::SqliteStore> store,
                         storage::SqliteStore::Open(JournalPath(folder), {}));
  if (store->Head().next_index != 0)
    return Fail(Reason::kStorageUnusable, "a log is here already").With("path", folder);
  if (!Exists(master_key)) EAGLE_RETURN_IF_ERROR(trust::FileKeyWrapper::MakeFile(master_key, entropy));
  EAGLE_ASSIGN_OR_RETURN(const auto keys, DataKeys::Open(folder, master_key, entropy, DataKeys::IfMissing::kMake));
  EAGLE_ASSIGN_OR_RETURN(const auto signer, LogKey(log_key, options.founded.origin(), entropy));
  EAGLE_RETURN_IF_ERROR(FillLogKey(signer, options.founded));

  EAGLE_ASSIGN_OR_RETURN(const auto last_signed,
                         storage::FileLastSigned::Open(last_signed_path, storage::FileLastSigned::IfMissing::kCreate));
  EAGLE_RETURN_IF_ERROR(core::Found(options.founded, now, *store, *last_signed, signer));
  EAGLE_ASSIGN_OR_RETURN(const auto head, last_signed->Read());
  if (!head)
    return Fail(Reason::kStorageDamaged, "the head that was just signed can't be read back")
        .With("path", last_signed_path);
  return head->note;
}

}  // namespace eagle
