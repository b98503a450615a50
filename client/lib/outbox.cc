#include "client/lib/outbox.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "client/common/files.h"
#include "goldeneagle/v1/order.pb.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/hash.h"
#include "server/trust/batch.h"
#include "server/trust/make_batch.h"
#include "server/trust/strict.h"

namespace eagle::client {
namespace {

namespace v1 = ::goldeneagle::v1;
constexpr std::string_view kMagic = "golden-eagle-outbox-v1\n";
constexpr std::string_view kEnding = ".batch";

std::string NameOf(const trust::ParsedBatch& parsed) {
  const std::string type = v1::MemberType_Name(parsed.head.member_type()).substr(sizeof("MEMBER_TYPE_") - 1);
  return absl::StrFormat("%s-%020d-%s%s", type, parsed.head.sequence(),
                         HexEncode(journal::View(parsed.head_digest).substr(0, 4)), kEnding);
}

// Adds the signatures of `from` whose keys have none in `to`. True when there were any.
bool AddSignatures(const v1::Envelope& from, v1::Envelope& to) {
  bool added = false;
  for (const v1::Signature& signature : from.signatures()) {
    const auto same = [&](const v1::Signature& other) { return other.keyid() == signature.keyid(); };
    if (std::any_of(to.signatures().begin(), to.signatures().end(), same)) continue;
    *to.add_signatures() = signature;
    added = true;
  }
  return added;
}

absl::Status Damaged(const std::string& name) {
  return Fail(Reason::kStorageDamaged, "a file of the outbox isn't what was written: " + name).With("file", name);
}

}  // namespace

std::string EncodeOutboxItem(const OutboxItem& item) {
  const std::string batch = item.batch.SerializeAsString();
  ByteWriter out;
  out.Bytes(kMagic).U8(static_cast<uint8_t>(item.state)).U8(static_cast<uint8_t>(item.member_type));
  out.I64(absl::ToUnixMicros(item.changed_at));
  out.U32(static_cast<uint32_t>(batch.size())).Bytes(batch);
  out.U32(static_cast<uint32_t>(item.answer.size())).Bytes(item.answer);
  out.Bytes(journal::View(journal::Sha256(out.bytes())));
  return out.Take();
}

absl::StatusOr<OutboxItem> DecodeOutboxItem(const std::string& name, std::string_view bytes) {
  if (bytes.size() < journal::kHashSize) return Damaged(name);
  const std::string_view content = bytes.substr(0, bytes.size() - journal::kHashSize);
  if (journal::View(journal::Sha256(content)) != bytes.substr(content.size())) return Damaged(name);
  ByteReader in(content);
  const bool ours = in.Bytes(kMagic.size()) == kMagic;
  OutboxItem item{.name = name};
  item.state = static_cast<OutboxState>(in.U8());
  item.member_type = static_cast<v1::MemberType>(in.U8());
  item.changed_at = absl::FromUnixMicros(in.I64());
  const std::string_view batch = in.Bytes(in.U32());
  item.answer = in.Bytes(in.U32());
  const bool known = item.state >= OutboxState::kReady && item.state <= OutboxState::kRefused;
  if (!in.Done() || !ours || !known || !item.batch.ParseFromArray(batch.data(), static_cast<int>(batch.size())))
    return Damaged(name);
  return item;
}

absl::StatusOr<OutboxItem> Outbox::Put(const v1::SignedBatch& batch) {
  EAGLE_ASSIGN_OR_RETURN(const trust::ParsedBatch parsed, trust::ParseBatch(batch));
  OutboxItem item{
      .name = NameOf(parsed), .member_type = parsed.head.member_type(), .changed_at = clock_.WallNow(), .batch = batch};
  EAGLE_ASSIGN_OR_RETURN(auto guard, FolderGuard::Take(folder_));
  EAGLE_ASSIGN_OR_RETURN(const std::vector<std::string> names, FilesIn(folder_, kEnding));
  const size_t number_end = item.name.size() - 8 - 1 - kEnding.size();
  for (const std::string& name : names) {
    if (name.compare(0, number_end + 1, item.name, 0, number_end + 1) != 0) continue;
    EAGLE_ASSIGN_OR_RETURN(OutboxItem held, Read(name));
    if (trust::HeadDigest(held.batch.head()) != parsed.head_digest) {
      // Two courts may share a folder in tests; a number is a court's own.
      EAGLE_ASSIGN_OR_RETURN(const trust::ParsedHead head, trust::ParseHead(held.batch.head()));
      if (head.head.signer() != parsed.head.signer()) continue;
      return Fail(Reason::kSequenceReused, "the outbox holds another batch under this sequence number")
          .With("file", name);
    }
    // Statements have no id that a refusal would use up: one refused for want of a signature goes out again with it.
    const bool may_take = held.state == OutboxState::kReady || held.member_type == v1::MEMBER_TYPE_STATEMENT;
    if (may_take && AddSignatures(batch.head(), *held.batch.mutable_head())) {
      held.state = OutboxState::kReady;
      held.answer.clear();
      EAGLE_RETURN_IF_ERROR(Write(held));
    }
    return held;
  }
  EAGLE_RETURN_IF_ERROR(Write(item));
  return item;
}

absl::Status Outbox::Change(const std::string& name, OutboxState state, std::string answer) {
  EAGLE_ASSIGN_OR_RETURN(auto guard, FolderGuard::Take(folder_));
  EAGLE_ASSIGN_OR_RETURN(OutboxItem item, Read(name));
  if (item.state == OutboxState::kAnswered && state == OutboxState::kRefused)
    return absl::OkStatus();  // an answer stays one
  item.state = state;
  item.answer = std::move(answer);
  item.changed_at = clock_.WallNow();
  return Write(item);
}

absl::Status Outbox::SignAnew(const OutboxItem& item) const {
  EAGLE_ASSIGN_OR_RETURN(auto guard, FolderGuard::Take(folder_));
  EAGLE_ASSIGN_OR_RETURN(OutboxItem held, Read(item.name));
  if (held.batch.head().SerializeAsString() == item.batch.head().SerializeAsString()) return absl::OkStatus();
  *held.batch.mutable_head()->mutable_signatures() = item.batch.head().signatures();
  return Write(held);
}

absl::Status Outbox::Write(const OutboxItem& item) const {
  return WriteDurably(folder_ + "/" + item.name, EncodeOutboxItem(item));
}

absl::StatusOr<OutboxItem> Outbox::Read(const std::string& name) const {
  EAGLE_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(folder_ + "/" + name));
  return DecodeOutboxItem(name, bytes);
}

absl::StatusOr<std::optional<OutboxItem>> Outbox::Find(const v1::SignedBatch& batch) const {
  EAGLE_ASSIGN_OR_RETURN(const trust::ParsedBatch parsed, trust::ParseBatch(batch, trust::Signatures::kOptional));
  const std::string name = NameOf(parsed);
  EAGLE_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, ReadFileIfThere(folder_ + "/" + name));
  if (!bytes) return std::nullopt;
  EAGLE_ASSIGN_OR_RETURN(OutboxItem item, DecodeOutboxItem(name, *bytes));
  if (trust::HeadDigest(item.batch.head()) != parsed.head_digest) return std::nullopt;
  return item;
}

absl::StatusOr<std::vector<OutboxItem>> Outbox::Pending() const {
  std::vector<OutboxItem> pending;
  EAGLE_ASSIGN_OR_RETURN(const std::vector<std::string> names, FilesIn(folder_, kEnding));
  for (const std::string& name : names) {
    EAGLE_ASSIGN_OR_RETURN(OutboxItem item, Read(name));
    if (item.state == OutboxState::kReady) pending.push_back(std::move(item));
  }
  return pending;
}

absl::StatusOr<std::vector<OutboxItem>> Outbox::Answered() const {
  std::vector<OutboxItem> answered;
  EAGLE_ASSIGN_OR_RETURN(const std::vector<std::string> names, FilesIn(folder_, kEnding));
  for (const std::string& name : names) {
    EAGLE_ASSIGN_OR_RETURN(OutboxItem item, Read(name));
    if (item.state == OutboxState::kAnswered) answered.push_back(std::move(item));
  }
  return answered;
}

absl::Status Outbox::KeepAside(const OutboxItem& item) const {
  return WriteDurably(folder_ + "/" + item.name + ".lost", EncodeOutboxItem(item));
}

absl::StatusOr<std::optional<std::string>> Outbox::OrderBytes(std::string_view order_id) const {
  EAGLE_ASSIGN_OR_RETURN(const std::vector<std::string> names, FilesIn(folder_, kEnding));
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    if (!name->starts_with("ORDER-")) continue;
    EAGLE_ASSIGN_OR_RETURN(const OutboxItem item, Read(*name));
    for (const std::string& member : item.batch.members()) {
      const auto order = trust::ParseStrict<v1::Order>(member);
      if (order.ok() && order->order_id() == order_id) return std::optional<std::string>(member);
    }
  }
  return std::optional<std::string>();
}

}  // namespace eagle::client
