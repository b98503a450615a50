#include "server/journal/note.h"

#include <algorithm>

#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/text.h"

namespace eagle::journal {
namespace {

constexpr std::string_view kDash = "\xE2\x80\x94 ";
constexpr size_t kKeyIdBytes = 4;

bool IsNoteText(std::string_view text) {
  return !text.empty() && text.back() == '\n' && IsValidUtf8(text) &&
         std::none_of(text.begin(), text.end(), [](char c) { return static_cast<uint8_t>(c) < 0x20 && c != '\n'; });
}

std::optional<NoteSignature> ParseSignatureLine(std::string_view line) {
  if (line.substr(0, kDash.size()) != kDash) return std::nullopt;
  line.remove_prefix(kDash.size());
  const size_t space = line.find(' ');
  if (space == std::string_view::npos || !IsKeyName(line.substr(0, space))) return std::nullopt;
  const std::optional<std::string> blob = Base64Decode(line.substr(space + 1));
  if (!blob || blob->size() <= kKeyIdBytes) return std::nullopt;
  return NoteSignature{.name = std::string(line.substr(0, space)),
                       .key_id = ByteReader(*blob).U32(),
                       .bytes = blob->substr(kKeyIdBytes)};
}

bool SameKey(const NoteSignature& a, const NoteSignature& b) { return a.name == b.name && a.key_id == b.key_id; }

}  // namespace

std::string SignatureLine(const NoteSignature& signature) {
  const std::string blob = ByteWriter().U32(signature.key_id).Bytes(signature.bytes).Take();
  return std::string(kDash) + signature.name + " " + Base64Encode(blob) + "\n";
}

absl::StatusOr<std::string> SignNote(std::string_view text, std::span<const NoteSigner* const> signers) {
  if (!IsNoteText(text))
    return NoteMalformed("the text of a note is UTF-8 without control characters and ends in a new line");
  std::string note(text);
  note += "\n";
  for (const NoteSigner* signer : signers) {
    EAGLE_ASSIGN_OR_RETURN(std::string signature, signer->Sign(text));
    note += SignatureLine({signer->name(), signer->key_id(), std::move(signature)});
  }
  return note;
}

absl::StatusOr<OpenedNote> OpenNote(std::string_view note, std::span<const NoteVerifier* const> verifiers) {
  if (note.size() > kNoteBytesMax) return NoteMalformed("the note is too long");
  if (!IsNoteText(note)) return NoteMalformed("a note is UTF-8 without control characters and ends in a new line");
  const size_t split = note.rfind("\n\n");
  if (split == std::string_view::npos) return NoteMalformed("no empty line between text and signatures");
  OpenedNote opened{.text = std::string(note.substr(0, split + 1))};
  std::string_view lines = note.substr(split + 2);
  if (lines.empty()) return NoteMalformed("no signature line");
  for (size_t count = 0; const auto line = TakeLine(lines); ++count) {
    std::optional<NoteSignature> signature = ParseSignatureLine(*line);
    if (!signature) return NoteMalformed("a signature line can't be read");
    if (count == kNoteSignaturesMax) return NoteMalformed("too many signatures");
    bool known = false, good = false;
    for (const NoteVerifier* verifier : verifiers) {
      if (verifier->name() != signature->name || verifier->key_id() != signature->key_id) continue;
      known = true;
      good = good || verifier->Verify(opened.text, signature->bytes);
    }
    if (known && !good) {
      return Fail(Reason::kNoteUntrusted, "the signature of a known key is wrong").With("name", signature->name);
    }
    std::vector<NoteSignature>& list = known ? opened.verified : opened.unknown;
    const bool seen =
        known && std::any_of(list.begin(), list.end(), [&](const auto& s) { return SameKey(s, *signature); });
    if (!seen) list.push_back(*std::move(signature));
  }
  if (opened.verified.empty()) return Fail(Reason::kNoteUntrusted, "no known key signed the note");
  return opened;
}

}  // namespace eagle::journal
