#include "server/journal/witness.h"

#include <algorithm>

#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/merkle.h"
#include "server/journal/text.h"

namespace eagle::journal {
namespace {

constexpr std::string_view kOld = "old ";

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
  return PrivateKeyText(name, NoteKeyType::kCosignature, seed);
}

absl::StatusOr<WitnessKey> ParseWitnessKey(std::string_view text) {
  EAGLE_ASSIGN_OR_RETURN(NamedPrivateKey parsed, ParsePrivateKeyText(text, NoteKeyType::kCosignature));
  return WitnessKey{std::move(parsed.name), std::move(parsed.key)};
}

}  // namespace eagle::journal
