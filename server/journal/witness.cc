#include "server/journal/witness.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/merkle.h"
#include "server/journal/text.h"

namespace eagle::journal {
namespace {

constexpr std::string_view kOld = "old ", kPrivateWitness = "PRIVATE+KEY+";

}  // namespace

std::string FormatAddCheckpoint(const AddCheckpoint& request) {
  std::string body = std::string(kOld) + std::to_string(request.old_size) + "\n";
  for (const Hash& hash : request.proof) body += Base64Encode(View(hash)) + "\n";
  return body + "\n" + request.checkpoint;
}

absl::StatusOr<AddCheckpoint> ParseAddCheckpoint(std::string_view body) {
  if (body.size() > kTlogProofBytesMax) return NoteMalformed("the request is too long");
  const auto first = TakeLine(body);
  const auto size =
      first && first->substr(0, kOld.size()) == kOld ? ParseDecimal(first->substr(kOld.size())) : std::nullopt;
  if (!size) return NoteMalformed("the line of the old size can't be read");
  AddCheckpoint request{.old_size = *size};
  auto line = TakeLine(body);
  for (; line && !line->empty(); line = TakeLine(body)) {
    const auto hash = ParseHash(*line);
    if (!hash || request.proof.size() == kProofHashesMax)
      return NoteMalformed("a hash can't be read, or there are too many");
    request.proof.push_back(*hash);
  }
  if (!line) return NoteMalformed("no empty line before the checkpoint");
  request.checkpoint = std::string(body);
  return request;
}

WitnessVerdict JudgeAddCheckpoint(const AddCheckpoint& request, const LogPolicy& logs, const Witnessed& kept) {
  const std::string origin = request.checkpoint.substr(0, request.checkpoint.find('\n'));
  const auto log = std::find_if(logs.logs().begin(), logs.logs().end(),
                                [&](const LogPolicy::Log& one) { return one.key->name() == origin; });
  if (log == logs.logs().end()) return {.answer = WitnessAnswer::kUnknownLog};
  const NoteVerifier* const keys[] = {log->key.get()};
  absl::StatusOr<OpenedNote> note = OpenNote(request.checkpoint, keys);
  absl::StatusOr<Checkpoint> checkpoint = note.ok() ? ParseCheckpoint(note->text) : note.status();
  if (!checkpoint.ok() || checkpoint->origin != origin) return {.answer = WitnessAnswer::kUntrusted};
  if (request.old_size > checkpoint->size) return {.answer = WitnessAnswer::kBackwards};
  if (request.old_size != kept.size) return {.answer = WitnessAnswer::kStale};
  const bool follows = kept.size == 0
                           ? request.proof.empty()
                           : VerifyConsistency(kept.size, checkpoint->size, request.proof, kept.root, checkpoint->root);
  // From nothing there is nothing to prove; but an empty tree has one root only.
  const bool root_fits = checkpoint->size != 0 || checkpoint->root == Frontier().Root();
  if (!follows || !root_fits) return {.answer = WitnessAnswer::kInconsistent};
  return {.answer = WitnessAnswer::kCosign, .checkpoint = *std::move(checkpoint), .text = std::move(note->text)};
}

std::string WitnessKeyText(std::string_view name, std::string_view seed) {
  const absl::StatusOr<PrivateKey> key = PrivateKey::FromSeed(seed);
  GATEWAY_ASSERT(key.ok() && IsKeyName(name), "the caller made the seed and checked the name");
  const uint32_t id = NoteKeyId(name, NoteKeyType::kCosignature, key->PublicKeyOf());
  return std::string(kPrivateWitness) + std::string(name) + "+" + HexEncode(ByteWriter().U32(id).bytes()) + "+" +
         Base64Encode(ByteWriter().U8(static_cast<uint8_t>(NoteKeyType::kCosignature)).Bytes(seed).bytes());
}

absl::StatusOr<WitnessKey> ParseWitnessKey(std::string_view text) {
  const auto unreadable = NoteMalformed("the witness's key can't be read");
  if (text.substr(0, kPrivateWitness.size()) != kPrivateWitness) return unreadable;
  text.remove_prefix(kPrivateWitness.size());
  const size_t first = text.find('+'), second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) return unreadable;
  const std::string_view name = text.substr(0, first);
  auto blob = Base64Decode(text.substr(second + 1));
  if (!IsKeyName(name) || !blob || blob->size() != 1 + kSeedSize ||
      blob->front() != static_cast<char>(NoteKeyType::kCosignature))
    return unreadable;
  EAGLE_ASSIGN_OR_RETURN(PrivateKey key, PrivateKey::FromSeed(std::string_view(*blob).substr(1)));
  OPENSSL_cleanse(blob->data(), blob->size());  // NOLINT(clang-analyzer-cplusplus.InnerPointer)
  const uint32_t id = NoteKeyId(name, NoteKeyType::kCosignature, key.PublicKeyOf());
  if (HexEncode(ByteWriter().U32(id).bytes()) != text.substr(first + 1, second - first - 1)) return unreadable;
  return WitnessKey{std::string(name), std::move(key)};
}

}  // namespace eagle::journal
