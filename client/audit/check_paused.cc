// Orders that stand still because a key was revoked, and that go on under new signatures.
#include "absl/strings/str_cat.h"
#include "client/audit/acts.h"
#include "client/audit/picture.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

void CheckPause(const journal::Leaf& leaf, OrderSeen& order, Picture& seen) {
  const uint64_t index = leaf.index.value(), seq = leaf.order.value();
  OrderPaused body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  const auto wrong = [&](std::string_view why) { seen.findings.Add(Rule::kPaused, index, std::string(why), {seq}); };
  if (!seen.revocations.contains(body.statement()))
    wrong(absl::StrCat("entry ", body.statement(), " revokes no key"));
  else if (body.statement() < order.signed_index)
    wrong("the key was revoked before the order was signed");
  if (body.since() > order.signed_at) wrong("the log shows the signatures to be older than the theft");
  if (leaf.actor_kind == ACTOR_KIND_COURT && leaf.actor_ordinal != order.court) wrong("another court made this order");
  AgencyBits idle = order.open;
  idle.Remove(order.delivered);
  if (order.open.empty()) wrong("nothing of the order is open");
  if (AgencyBits(body.targets()) != idle) wrong("it stands still exactly where it had not begun");
  order.paused = AgencyBits(body.targets());
  order.paused_index = index;
  // They don't wait for the adapter any more: who was accepted later may go first.
  order.paused.ForEach([&](uint32_t agency) {
    const auto queue = seen.undelivered.find({agency, order.court, order.urgent});
    if (queue != seen.undelivered.end()) queue->second.erase(seq);
  });
}

void CheckResumed(const journal::Leaf& leaf, OrderSeen& order, Picture& seen) {
  const uint64_t index = leaf.index.value(), seq = leaf.order.value();
  OrderResumed body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  const auto wrong = [&](std::string_view why) { seen.findings.Add(Rule::kPaused, index, std::string(why), {seq}); };
  if (leaf.actor_ordinal != order.court) wrong("another court made this order");
  if (order.paused.empty() || body.paused() != order.paused_index)
    wrong("it names another pause than the one that stands");
  AgencyBits beyond(body.targets());
  beyond.Remove(order.paused);
  if (!beyond.empty()) wrong("it goes out again where it was not paused");
  if (body.policy_version() == 0 || body.policy_version() != seen.policy) wrong("the policy named is not in force");
  if (body.head_digest().size() != journal::kHashSize || body.signers().empty())
    wrong("the head and who signed it anew are demanded");
  const AgencyBits again(body.targets());
  order.paused.Remove(again);
  // It waits for the adapter again, from now on.
  order.waits_since = seen.now;
  if (!Takes(order.action) && !order.waits)
    again.ForEach([&](uint32_t agency) { seen.undelivered[{agency, order.court, order.urgent}].insert(seq); });
  order.signed_index = index, order.signed_at = seen.now;
}

}  // namespace

void CheckPaused(const journal::Leaf& leaf, Picture& seen) {
  const auto at = seen.orders.find(leaf.order.value());
  if (at == seen.orders.end()) return;  // the frame has found it
  leaf.type == ENTRY_TYPE_ORDER_PAUSED ? CheckPause(leaf, at->second, seen) : CheckResumed(leaf, at->second, seen);
}

}  // namespace eagle::audit
