#include "client/audit/evidence_file.h"

#include <algorithm>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/multiproof.h"
#include "server/journal/payload.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr int kEntriesMax = 131'072;
constexpr int kAgenciesMax = 20'000;
constexpr size_t kOrderIdBytes = 16;

absl::Status Malformed(std::string_view part, std::string_view why) {
  return Fail(Reason::kEvidenceMalformed, why).With("part", part);
}

bool HasUnknownFields(const google::protobuf::Message& message) {
  return !message.GetReflection()->GetUnknownFields(message).empty();
}

std::string Deterministic(const Evidence& evidence) {
  std::string out;
  google::protobuf::io::StringOutputStream stream(&out);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  evidence.SerializeToCodedStream(&coded);
  coded.Trim();
  return out;
}

// The text fields are UTF-8. Looked at before the parser does, which would complain on stderr.
absl::Status CheckText(std::string_view bytes) {
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  constexpr uint32_t kBytesWire = 2;
  while (const uint32_t tag = in.ReadTag()) {
    uint32_t length = 0;
    if ((tag & 7) != kBytesWire) {
      if (!in.ReadVarint32(&length)) break;  // `version` is the only other field
      continue;
    }
    const int at = in.ReadVarint32(&length) ? in.CurrentPosition() : static_cast<int>(bytes.size());
    if (length > bytes.size() - static_cast<size_t>(at)) break;
    const auto* field = Evidence::descriptor()->FindFieldByNumber(static_cast<int>(tag >> 3));
    if (field != nullptr && field->type() == google::protobuf::FieldDescriptor::TYPE_STRING &&
        !IsValidUtf8(bytes.substr(static_cast<size_t>(at), length)))
      return Malformed(field->name(), "not UTF-8");
    in.Skip(static_cast<int>(length));
  }
  return absl::OkStatus();  // what ended too soon the parser refuses
}

// Exactly one encoding of each content is a file.
absl::Status ParseFile(std::string_view bytes, Evidence& evidence) {
  if (bytes.size() > kEvidenceFileBytesMax) return Malformed("file", "larger than evidence may be");
  EAGLE_RETURN_IF_ERROR(CheckText(bytes));
  if (!evidence.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return Malformed("file", "these bytes are no evidence file");
  bool unknown = HasUnknownFields(evidence);
  for (const EvidenceEntry& entry : evidence.entries()) unknown |= HasUnknownFields(entry);
  if (unknown) return Malformed("file", "a field that this version doesn't know");
  if (Deterministic(evidence) != bytes) return Malformed("file", "the encoding isn't canonical");
  return absl::OkStatus();
}

absl::Status CheckHeader(const Evidence& evidence, bool& silence) {
  silence = evidence.media_type() == kSilenceType;
  if (!silence && evidence.media_type() != kEvidenceType)
    return Malformed("media_type", "neither of the two types of evidence");
  if (evidence.version() != 1) return Malformed("version", "only version 1 is known here");
  if (evidence.order_id().size() != kOrderIdBytes) return Malformed("order_id", "not 16 bytes");
  const auto& agencies = evidence.agencies();
  if (agencies.size() > kAgenciesMax) return Malformed("agencies", "too many");
  if (std::adjacent_find(agencies.begin(), agencies.end(), std::greater_equal<>()) != agencies.end())
    return Malformed("agencies", "not rising, each once");
  if (silence && agencies.size() != 1) return Malformed("agencies", "silence is of exactly one agency");
  if (evidence.entries().empty() || evidence.entries_size() > kEntriesMax)
    return Malformed("entries", "none, or more than a file may hold");
  return absl::OkStatus();
}

absl::Status OpenHead(const EvidencePins& pins, OpenedFile& file) {
  std::vector<const journal::NoteVerifier*> witnesses, all = {pins.log.get()};
  for (const auto& witness : pins.witnesses) witnesses.push_back(witness.get());
  all.insert(all.end(), witnesses.begin(), witnesses.end());
  auto head = journal::OpenCheckpoint(file.evidence.checkpoint(), *pins.log, witnesses);
  if (!head.ok()) {
    const Failure failure = FailureOf(head.status());
    return WrongPart("checkpoint", failure.message, "signature", "by the pinned key of " + pins.log->name(),
                     std::string(RowOf(failure.reason).name));
  }
  file.head = *std::move(head);
  EAGLE_ASSIGN_OR_RETURN(const journal::OpenedNote note, journal::OpenNote(file.evidence.checkpoint(), all));
  for (const journal::NoteSignature& line : note.unknown) file.unpinned.push_back(line.name);
  if (file.head.cosignatures.size() < pins.witnesses_needed) {
    return WrongPart("checkpoint", "too few of the pinned witnesses cosigned it", "cosignatures",
                     std::to_string(pins.witnesses_needed), std::to_string(file.head.cosignatures.size()));
  }
  return absl::OkStatus();
}

absl::Status DecodeLeaves(OpenedFile& file) {
  for (int i = 0; i < file.evidence.entries_size(); ++i) {
    const EvidenceEntry& entry = file.evidence.entries(i);
    auto leaf = journal::DecodeLeaf(entry.leaf());
    if (!leaf.ok())
      return WrongPart("entries[" + std::to_string(i) + "]", "the leaf can't be read", "leaf", "a leaf of version 1",
                       FailureOf(leaf.status()).message);
    const bool opened = !entry.salt().empty();
    const std::string part = PartName(*leaf);
    if (opened == entry.payload().empty()) return Malformed(part, "payload and salt come together");
    if (opened && entry.salt().size() != journal::kSaltSize) return Malformed(part, "a salt hasn't 32 bytes");
    if (!file.entries.empty() && leaf->index <= file.entries.back().leaf.index)
      return Malformed(part, "entries don't rise by index");
    file.entries.push_back({.leaf = *std::move(leaf), .opened = opened, .payload = entry.payload()});
  }
  return absl::OkStatus();
}

absl::Status CheckTree(const OpenedFile& file) {
  std::vector<uint64_t> indexes;
  std::vector<journal::Hash> leaves, proof;
  for (int i = 0; i < file.evidence.entries_size(); ++i) {
    indexes.push_back(file.entries[static_cast<size_t>(i)].index());
    leaves.push_back(journal::LeafHash(file.evidence.entries(i).leaf()));
  }
  for (const std::string& bytes : file.evidence.proof()) {
    const auto hash = journal::HashFrom(bytes);
    if (!hash) return Malformed("proof", "a hash hasn't 32 bytes");
    proof.push_back(*hash);
  }
  if (indexes.back() >= file.size()) {
    return WrongPart("entries", "an entry lies beyond the checkpoint", "index", "below " + std::to_string(file.size()),
                     std::to_string(indexes.back()));
  }
  const auto root = journal::RootFromMultiProof(indexes, leaves, file.size(), proof);
  if (!root) {
    return WrongPart("proof", "leaves and hashes are not as many as the tree has places for", "hashes",
                     "one a subtree without a leaf of this file", std::to_string(proof.size()));
  }
  if (*root != file.head.checkpoint.root) {
    return WrongPart("entries and proof", "a leaf or a hash was changed, added, or taken away", "root",
                     HexEncode(journal::View(file.head.checkpoint.root)), HexEncode(journal::View(*root)));
  }
  return absl::OkStatus();
}

absl::Status CheckCommitments(const OpenedFile& file) {
  for (int i = 0; i < file.evidence.entries_size(); ++i) {
    const OpenedEntry& entry = file.entries[static_cast<size_t>(i)];
    if (!entry.opened) continue;
    const journal::Hash found = journal::Commitment(file.evidence.entries(i).salt(), entry.payload);
    if (found != entry.leaf.commitment) {
      return WrongPart(PartName(entry.leaf), "the opened payload is not the one that the log committed to", "payload",
                       HexEncode(journal::View(entry.leaf.commitment)), HexEncode(journal::View(found)));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WrongPart(std::string_view part, std::string_view why, std::string_view field, std::string_view expected,
                       std::string_view found) {
  Fail fail(Reason::kEvidenceInvalid, why);
  fail.With("part", part);
  if (!field.empty()) fail.With("field", field);
  if (!expected.empty()) fail.With("expected", expected);
  if (!found.empty()) fail.With("found", found);
  return fail;
}

std::string TypeName(uint16_t type) {
  constexpr std::string_view kPrefix = "ENTRY_TYPE_";
  if (type == 0 || !EntryType_IsValid(type)) return "type " + std::to_string(type);
  return EntryType_Name(static_cast<EntryType>(type)).substr(kPrefix.size());
}

std::string PartName(const journal::Leaf& leaf) {
  return "entry " + std::to_string(leaf.index.value()) + " (" + TypeName(leaf.type) + ")";
}

uint64_t OpenedFile::RunFirst() const {
  uint64_t first = size();
  for (auto entry = entries.rbegin(); entry != entries.rend() && entry->index() + 1 == first; ++entry) --first;
  return first;
}

absl::Status OpenFile(std::string_view bytes, const EvidencePins& pins, OpenedFile& file) {
  EAGLE_RETURN_IF_ERROR(ParseFile(bytes, file.evidence));
  EAGLE_RETURN_IF_ERROR(CheckHeader(file.evidence, file.silence));
  EAGLE_RETURN_IF_ERROR(DecodeLeaves(file));
  EAGLE_RETURN_IF_ERROR(OpenHead(pins, file));
  EAGLE_RETURN_IF_ERROR(CheckTree(file));
  return CheckCommitments(file);
}

}  // namespace eagle::audit
