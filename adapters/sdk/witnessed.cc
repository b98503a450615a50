#include "adapters/sdk/witnessed.h"

#include <vector>

#include "goldeneagle/v1/entry.pb.h"
#include "server/journal/hash.h"
#include "server/journal/leaf.h"
#include "server/journal/merkle.h"

namespace eagle::sdk {

namespace v1 = ::goldeneagle::v1;

bool IsWitnessed(const v1::Task& task, const journal::LogPolicy& policy) {
  const v1::WitnessedEntry& witnessed = task.witnessed();
  const auto leaf = journal::DecodeLeaf(witnessed.leaf());
  if (!leaf.ok() || leaf->type != v1::ENTRY_TYPE_ORDER_ACCEPTED || leaf->index.value() != task.order_seq())
    return false;
  v1::OrderAccepted body;
  const journal::Hash digest = journal::LeafHash(task.member());
  if (!body.ParseFromString(leaf->body) || body.digest() != journal::View(digest)) return false;
  const auto head = policy.Open(witnessed.checkpoint());
  if (!head.ok() || !head->quorum) return false;
  std::vector<journal::Hash> path;
  for (const std::string& bytes : witnessed.proof().hashes()) {
    const auto hash = journal::HashFrom(bytes);
    if (!hash) return false;
    path.push_back(*hash);
  }
  return journal::VerifyInclusion(journal::LeafHash(witnessed.leaf()), leaf->index.value(), head->checkpoint.size, path,
                                  head->checkpoint.root);
}

}  // namespace eagle::sdk
