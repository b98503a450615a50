#include "server/trust/key_wrapper.h"

#include <optional>
#include <utility>
#include <vector>

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

// A new line of the file: one master key. The caller wipes it.
std::string NewLine(Entropy& entropy) {
  const Wiped master(entropy.Bytes(journal::kAeadKeySize));
  return Base64Encode(master.get()) + "\n";
}

// The lines of master keys of a file, each with its line's end, as they stand. The caller wipes them.
absl::StatusOr<std::vector<std::string>> LinesOf(const std::string& path) {
  EAGLE_ASSIGN_OR_RETURN(std::string read, ReadSecretFile(path));
  const Wiped content(std::move(read));
  std::string_view rest = content.get();
  const auto refuse = [&path](std::string_view what) { return Fail(Reason::kKeyUnusable, what).With("path", path); };
  if (TakeLine(rest) != kHeader) return refuse("no file of master keys of this version");
  std::vector<std::string> lines;
  while (!rest.empty()) {
    const std::string_view line = TakeLine(rest);
    std::optional<std::string> key = Base64Decode(line);
    if (!key.has_value() || key->size() != journal::kAeadKeySize) return refuse("a master key has 32 bytes in base64");
    Wipe(*key);
    lines.push_back(std::string(line) + "\n");
  }
  if (lines.empty() || lines.size() > kMastersMax) return refuse("a file has one to eight master keys");
  return lines;
}

std::string FileOf(const std::vector<std::string>& lines) {
  std::string content = std::string(kHeader) + "\n";
  for (const std::string& line : lines) content += line;
  return content;
}

void WipeAll(std::vector<std::string>& lines) {
  for (std::string& line : lines) Wipe(line);
}

}  // namespace

absl::Status FileKeyWrapper::MakeFile(const std::string& path, Entropy& entropy) {
  std::vector<std::string> lines = {NewLine(entropy)};
  const Wiped file(FileOf(lines));
  WipeAll(lines);
  return WriteSecretFile(path, file.get());
}

absl::Status FileKeyWrapper::AddMaster(const std::string& path, Entropy& entropy) {
  EAGLE_ASSIGN_OR_RETURN(std::vector<std::string> lines, LinesOf(path));
  const bool full = lines.size() == kMastersMax;
  if (!full) lines.insert(lines.begin(), NewLine(entropy));
  const Wiped file(FileOf(lines));
  WipeAll(lines);
  if (full) return Fail(Reason::kKeyUnusable, "the file has eight master keys: drop the old ones").With("path", path);
  return ReplaceSecretFile(path, file.get());
}

absl::Status FileKeyWrapper::DropOldMasters(const std::string& path) {
  EAGLE_ASSIGN_OR_RETURN(std::vector<std::string> lines, LinesOf(path));
  const bool alone = lines.size() == 1;
  const Wiped file(FileOf({lines.front()}));
  WipeAll(lines);
  return alone ? absl::OkStatus() : ReplaceSecretFile(path, file.get());
}

absl::StatusOr<std::unique_ptr<FileKeyWrapper>> FileKeyWrapper::Open(const std::string& path, Entropy& entropy) {
  EAGLE_ASSIGN_OR_RETURN(std::vector<std::string> lines, LinesOf(path));
  std::vector<Master> masters;
  for (const std::string& line : lines) {
    std::string key = *Base64Decode(std::string_view(line).substr(0, line.size() - 1));
    std::string id = MasterIdOf(key);
    masters.push_back({std::move(id), std::move(key)});
  }
  WipeAll(lines);
  return std::unique_ptr<FileKeyWrapper>(new FileKeyWrapper(std::move(masters), entropy));
}

bool FileKeyWrapper::IsCurrent(std::string_view wrapped) const {
  ByteReader in(wrapped);
  return in.U8() == kVersion && in.Bytes(kMasterIdSize) == masters_.front().id;
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
