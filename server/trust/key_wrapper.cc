#include "server/trust/key_wrapper.h"

#include <optional>
#include <utility>

#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/aead.h"
#include "server/journal/hash.h"
#include "server/trust/secret_file.h"
#include "server/trust/wiped.h"

namespace eagle::trust {
namespace {

constexpr std::string_view kHeader = "golden-eagle-master-key-v1";
constexpr size_t kMasterIdSize = 4, kMastersMax = 8;
constexpr uint8_t kVersion = 1;

std::string MasterIdOf(std::string_view master) {
  journal::Sha256Stream stream;
  stream.Update(std::string_view("ge/master/v1\0", 13)).Update(master);
  const journal::Hash hash = stream.Finish();
  return std::string(journal::View(hash).substr(0, kMasterIdSize));
}

std::string AadOf(std::string_view aad) {
  std::string whole("ge/wrap/v1\0", 11);
  whole += aad;
  return whole;
}

std::string_view TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

}  // namespace

absl::Status FileKeyWrapper::MakeFile(const std::string& path, Entropy& entropy) {
  const Wiped master(entropy.Bytes(journal::kAeadKeySize));
  const Wiped encoded(Base64Encode(master.get()));
  std::string content(kHeader);
  content += '\n';
  content += encoded.get();
  content += '\n';
  const Wiped file(std::move(content));
  return WriteSecretFile(path, file.get());
}

absl::StatusOr<std::unique_ptr<FileKeyWrapper>> FileKeyWrapper::Open(const std::string& path, Entropy& entropy) {
  EAGLE_ASSIGN_OR_RETURN(std::string read, ReadSecretFile(path));
  const Wiped content(std::move(read));
  std::string_view rest = content.get();
  const auto refuse = [&path](std::string_view what) { return Fail(Reason::kKeyUnusable, what).With("path", path); };
  if (TakeLine(rest) != kHeader) return refuse("no file of master keys of this version");
  std::vector<Master> masters;
  while (!rest.empty()) {
    std::optional<std::string> key = Base64Decode(TakeLine(rest));
    if (!key.has_value() || key->size() != journal::kAeadKeySize) return refuse("a master key has 32 bytes in base64");
    std::string id = MasterIdOf(*key);
    masters.push_back({std::move(id), *std::move(key)});
  }
  if (masters.empty() || masters.size() > kMastersMax) return refuse("a file has one to eight master keys");
  return std::unique_ptr<FileKeyWrapper>(new FileKeyWrapper(std::move(masters), entropy));
}

FileKeyWrapper::~FileKeyWrapper() {
  for (Master& master : masters_) Wipe(master.key);
}

absl::StatusOr<std::string> FileKeyWrapper::Wrap(std::string_view key, std::string_view aad) {
  const std::string nonce = entropy_.Bytes(journal::kAeadNonceSize);
  const Master& master = masters_.front();
  ByteWriter out;
  out.U8(kVersion).Bytes(master.id).Bytes(nonce).Bytes(journal::AeadSeal(master.key, nonce, key, AadOf(aad)));
  return out.Take();
}

absl::StatusOr<std::string> FileKeyWrapper::Unwrap(std::string_view wrapped, std::string_view aad) {
  ByteReader in(wrapped);
  const uint8_t version = in.U8();
  const std::string_view id = in.Bytes(kMasterIdSize), nonce = in.Bytes(journal::kAeadNonceSize), sealed = in.Rest();
  if (!in.ok() || version != kVersion) return Fail(Reason::kKeyUnusable, "a wrapped key of another form");
  for (const Master& master : masters_) {
    if (master.id != id) continue;
    absl::StatusOr<std::string> key = journal::AeadOpen(master.key, nonce, sealed, AadOf(aad));
    if (key.ok()) return key;
    return Fail(Reason::kKeyUnusable, "a wrapped key was altered, or belongs elsewhere");
  }
  return Fail(Reason::kKeyUnusable, "the key is wrapped under a master key that the file doesn't have")
      .With("master", HexEncode(id));
}

}  // namespace eagle::trust
