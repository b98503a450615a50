#include "adapters/sdk/witnessed.h"

#include <vector>

#include "server/journal/hash.h"
#include "server/journal/leaf.h"
#include "server/journal/merkle.h"

namespace eagle::sdk {

namespace v1 = ::goldeneagle::v1;

namespace {

// The leaf, if the path leads from it to the root of a checkpoint that the policy opens.
std::optional<journal::Leaf> Proved(const v1::WitnessedEntry& entry, const journal::LogPolicy& policy, bool quorum) {
  auto leaf = journal::DecodeLeaf(entry.leaf());
  const auto head = policy.Open(entry.checkpoint());
  if (!leaf.ok() || !head.ok() || (quorum && !head->quorum)) return std::nullopt;
  std::vector<journal::Hash> path;
  for (const std::string& bytes : entry.proof().hashes()) {
    const auto hash = journal::HashFrom(bytes);
    if (!hash) return std::nullopt;
    path.push_back(*hash);
  }
  if (!journal::VerifyInclusion(journal::LeafHash(entry.leaf()), leaf->index.value(), head->checkpoint.size, path,
                                head->checkpoint.root))
    return std::nullopt;
  return *std::move(leaf);
}

}  // namespace

bool IsWitnessed(const v1::Task& task, const journal::LogPolicy& policy) {
  const auto leaf = Proved(task.witnessed(), policy, true);
  if (!leaf || leaf->type != v1::ENTRY_TYPE_ORDER_ACCEPTED || leaf->index.value() != task.order_seq()) return false;
  v1::OrderAccepted body;
  const journal::Hash digest = journal::LeafHash(task.member());
  return body.ParseFromString(leaf->body) && body.digest() == journal::View(digest);
}

std::optional<ProvedDirectoryHead> ReadDirectoryHead(const v1::WitnessedEntry& entry,
                                                     const journal::LogPolicy& policy) {
  const auto leaf = Proved(entry, policy, false);
  if (!leaf || leaf->type != v1::ENTRY_TYPE_DIRECTORY_HEAD) return std::nullopt;
  ProvedDirectoryHead head{.index = leaf->index.value(), .at = leaf->time};
  if (!head.body.ParseFromString(leaf->body)) return std::nullopt;
  return head;
}

}  // namespace eagle::sdk
