// Whose signatures hold an order up: at its acceptance, when it is signed anew, and when a key among them is revoked.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/audit/demanded.h"
#include "client/audit/opened_audit.h"
#include "server/journal/dsse.h"
#include "server/journal/hash.h"

namespace eagle::audit {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

void OpenedAudit::TakeSigners(const journal::Leaf& leaf, const std::string& court, const std::set<std::string>& keys,
                              const google::protobuf::RepeatedPtrField<OrderSigner>& signers,
                              const google::protobuf::RepeatedField<int>& roles, OrderKept& order) {
  std::map<uint32_t, std::set<int>> named;
  for (const OrderSigner& signer : signers) named[signer.officer()] = {signer.roles().begin(), signer.roles().end()};
  order.signers.assign(named.begin(), named.end());
  order.roles.assign(roles.begin(), roles.end());
  order.signed_index = leaf.index.value();
  order.signed_at = leaf.time;
  // Officers count from the first that any court stated: one sealed statement hides all numbers.
  if (register_.statements_sealed || !register_.courts_sealed.empty()) {
    ++unchecked_;
    return;
  }
  if (std::any_of(keys.begin(), keys.end(), [&](const std::string& key) { return register_.revoked.contains(key); }))
    Add(Rule::kSigners, leaf, "a key that was revoked signed it");
  if (named != register_.SignersAmong(court, keys, leaf.time))
    Add(Rule::kSigners, leaf, "the leaf names other officers or roles than those whose keys signed");
}

void OpenedAudit::TakeResumed(const journal::Leaf& leaf, const std::string& payload) {
  OrderResumed body;
  ResumedPayload said;
  Head head;
  if (!body.ParseFromString(leaf.body) || !said.ParseFromString(payload) ||
      !head.ParseFromString(said.head().payload()))
    return Add(Rule::kSigners, leaf, "the head can't be read");
  const auto order = orders_.find(leaf.order.value());
  if (order == orders_.end()) return;  // its acceptance is sealed
  const auto before = heads_.find(order->second.head);
  if (said.head().payload_type() != journal::kBatchPayloadType ||
      journal::View(journal::Sha256(said.head().payload())) != body.head_digest() ||
      (before != heads_.end() && before->second.digest != body.head_digest()))
    return Add(Rule::kSigners, leaf, "another head was signed than that of the order", {order->second.head});
  const std::set<std::string> keys = KeysUnder(said.head(), leaf.actor_kind, head.signer());
  const auto row = std::find_if(register_.policy.actions().begin(), register_.policy.actions().end(),
                                [&](const ActionRow& at) { return at.action() == order->second.action; });
  if (row != register_.policy.actions().end()) {
    // Its signatures are of now, the head they stand under is older.
    HeadOpened anew{.signer = head.signer(), .keys = keys, .signed_at = leaf.time};
    CheckRoles(leaf, anew, RolesOf(*row, order->second.amount, order->second.confirmed));
  }
  TakeSigners(leaf, head.signer(), keys, body.signers(), body.roles(), order->second);
}

// Where it had not begun, an order goes out only while enough of its signatures stand.
void OpenedAudit::CheckHeldUp(const journal::Leaf& leaf, uint64_t seq, OrderKept& order) {
  if (order.delivered.Has(leaf.agency.value())) return;
  order.delivered.Add(AgencyBits::Of(leaf.agency.value()));
  if (order.signers.empty() || register_.statements_sealed || !register_.courts_sealed.empty()) return;
  std::vector<std::set<int>> left;
  for (const auto& [officer, roles] : order.signers) {
    const bool known = officer > 0 && officer <= register_.officers.size();
    if (known && !register_.Fell(register_.officers[officer - 1], order.signed_index, order.signed_at))
      left.push_back(roles);
  }
  if (!Fills(left, order.roles))
    Add(Rule::kPaused, leaf, absl::StrCat("order ", seq, " goes out, and a key that signed it was revoked"), {seq});
}

}  // namespace eagle::audit
