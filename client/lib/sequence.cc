#include "client/lib/sequence.h"

#include <optional>

#include "client/common/files.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/text.h"
#include "server/trust/codes.h"

namespace eagle::client {
namespace {

std::string_view TypeWord(goldeneagle::v1::MemberType type) {
  using namespace goldeneagle::v1;  // NOLINT: enumerator names
  switch (type) {
    case MEMBER_TYPE_ORDER:
      return "order";
    case MEMBER_TYPE_CASE:
      return "case";
    case MEMBER_TYPE_RECEIPT:
      return "receipt";
    case MEMBER_TYPE_STATEMENT:
      return "statement";
    case MEMBER_TYPE_ADMINISTRATION:
      return "administration";
    case MEMBER_TYPE_OBJECTION:
      return "objection";
    case MEMBER_TYPE_SUPERVISION:
      return "supervision";
    default:
      GATEWAY_ASSERT(false, "a member type of the contract");
      return "";
  }
}

}  // namespace

uint64_t LaneStart(Entropy& entropy) {
  const std::string random = entropy.Bytes(8);
  return (ByteReader(random).U64() >> 26 << 24) + 1;
}

std::string SequenceFolder::PathOf(std::string_view signer, goldeneagle::v1::MemberType type) const {
  GATEWAY_ASSERT(trust::IsCode(signer), "a signer is a code");
  return folder_ + "/" + std::string(TypeWord(type)) + "-" + std::string(signer);
}

absl::StatusOr<uint64_t> SequenceFolder::NextAfter(const std::string& path) const {
  EAGLE_ASSIGN_OR_RETURN(std::optional<std::string> content, ReadFileIfThere(path));
  if (!content) return shared_ ? LaneStart(entropy_) : 1;
  std::string_view rest = *content;
  const auto line = journal::TakeLine(rest);
  const auto used = line ? journal::ParseDecimal(*line) : std::nullopt;
  if (!used || !rest.empty() || *used == 0 || *used >= uint64_t{1} << 63) {
    return Fail(Reason::kStorageDamaged, "the counter can't be read: " + path).With("path", path);
  }
  return *used + 1;
}

absl::StatusOr<uint64_t> SequenceFolder::Take(std::string_view signer, goldeneagle::v1::MemberType type) {
  EAGLE_ASSIGN_OR_RETURN(auto guard, FolderGuard::Take(folder_));
  const std::string path = PathOf(signer, type);
  EAGLE_ASSIGN_OR_RETURN(const uint64_t next, NextAfter(path));
  EAGLE_RETURN_IF_ERROR(WriteDurably(path, std::to_string(next) + "\n"));
  return next;
}

absl::StatusOr<uint64_t> SequenceFolder::Peek(std::string_view signer, goldeneagle::v1::MemberType type) const {
  return NextAfter(PathOf(signer, type));
}

}  // namespace eagle::client
