// A key was revoked: which open orders stand still, and how they go on when they are signed anew.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/money.h"
#include "server/domain/draft.h"
#include "server/domain/examine_order.h"
#include "server/domain/instant.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using OrderRow = eagle::domain::Order;

bool Concerns(const FreshRevocation& revoked, const std::string& court, std::string_view officer) {
  return revoked.subject == "court/" + court || revoked.subject == officer;
}

// What the revocations of one batch do to an order.
class Pauser {
 public:
  Pauser(const State& state, const std::vector<FreshRevocation>& revoked) : state_(state), revoked_(revoked) {
    for (const auto& [subject, file] : state.directory.statements()) {
      const auto officer = state.directory.OfficerNamed(subject);
      if (officer) subjects_[officer->ordinal.value()] = subject;
    }
  }

  // The revocation because of which the order lacks a signature that it needs; null when it has them all, or had
  // already lost one to an earlier revocation.
  const FreshRevocation* Cause(const OrderRow& order) const {
    const Court* court = state_.directory.CourtByOrdinal(order.court);
    if (court == nullptr || order.complete()) return nullptr;
    if (order.signatures.empty()) return CauseUnknown(order, court->row.code());
    const FreshRevocation* cause = nullptr;
    bool leader_fell = false;
    std::vector<std::vector<OfficerRole>> left;
    for (const OrderSignature& signature : order.signatures) {
      const FreshRevocation* fell = Fell(order, signature, court->row.code());
      if (fell != nullptr && cause == nullptr) cause = fell;
      const bool gone =
          fell != nullptr || state_.directory.SignatureFell(signature.officer, order.signed_index, order.signed_at);
      if (!gone) left.push_back(signature.roles);
      leader_fell |= gone && signature.officer == order.exception_leader;
    }
    if (cause == nullptr || (CanFill(left, order.roles) && !leader_fell)) return nullptr;
    return cause;
  }

 private:
  const FreshRevocation* Fell(const OrderRow& order, const OrderSignature& signature, const std::string& court) const {
    const auto subject = subjects_.find(signature.officer.value());
    for (const FreshRevocation& revoked : revoked_) {
      if (revoked.since <= order.signed_at &&
          Concerns(revoked, court, subject == subjects_.end() ? std::string_view() : subject->second))
        return &revoked;
    }
    return nullptr;
  }
  // Nobody recorded who signed it: it may have been this key. A pause can be lifted, an order carried out can't.
  const FreshRevocation* CauseUnknown(const OrderRow& order, const std::string& court) const {
    for (const FreshRevocation& revoked : revoked_) {
      const bool of_court = revoked.subject.starts_with("court/" + court + "/") || Concerns(revoked, court, "");
      if (of_court && revoked.since <= order.signed_at) return &revoked;
    }
    return nullptr;
  }

  const State& state_;
  const std::vector<FreshRevocation>& revoked_;
  absl::flat_hash_map<uint32_t, std::string> subjects_;  // of officers, by ordinal
};

AgencySet NotBegun(const OrderRow& order) {
  AgencySet idle = order.Open();
  idle.RemoveAll(order.delivered);
  return idle;
}

// The order of this id that the head carried; null when there is none.
const OrderRow* OrderUnder(const State& state, const ResumeOrders& command, size_t i, uint64_t head) {
  const auto id = state.ids.find(command.members[i].parsed.order_id());
  const OrderRow* order = id == state.ids.end() ? nullptr : state.FindOrder(OrderSeq(id->second.index));
  const bool fits = order != nullptr && order->court == command.court && order->head == head &&
                    order->digest == command.signed_head.digests[i];
  return fits ? order : nullptr;
}

// The amount by which it was judged is that of its whole head: a leader who had to sign has to sign again.
int64_t AmountJudged(const OrderRow& row, const goldeneagle::v1::Order& order) {
  const auto& roles = row.roles;
  if (std::find(roles.begin(), roles.end(), OFFICER_ROLE_LEADER) != roles.end()) return kAmountBoundMinorUnits;
  return ThresholdAmountOf(order);
}

void CheckResumed(const State& state, const ResumeOrders& command, const OrderRow& row,
                  const goldeneagle::v1::Order& order, absl::Time now, Violations& wrong) {
  // The head is the old one, its signatures are of now: who signs anew need not have been an officer then.
  SignedHead anew = command.signed_head;
  *anew.head.mutable_signed_at() = ToProto(now);
  CheckSigners(state, order, AmountJudged(row, order), anew, now, wrong);
  if (now > FromProto(order.not_after())) wrong.Add("not_after", Reason::kOrderExpired, "has passed");
}

}  // namespace

void DecidePauses(Draft& draft, const std::vector<FreshRevocation>& revoked, const Signer& by) {
  const State& state = draft.state();
  const Pauser pauser(state, revoked);
  std::vector<std::pair<const OrderRow*, const FreshRevocation*>> found;
  for (const auto& [seq, order] : state.orders) {
    if (const FreshRevocation* cause = pauser.Cause(order); cause != nullptr) found.emplace_back(&order, cause);
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first->seq < b.first->seq; });
  for (const auto& [order, cause] : found) {
    const AgencySet idle = NotBegun(*order);
    // It stands still already, wherever it can.
    if (order->paused_index > order->signed_index && idle == order->paused) continue;
    OrderPaused body;
    body.set_statement(cause->index);
    body.set_targets(idle.bytes());
    body.set_since(Micros(cause->since));
    draft.Append({.type = ENTRY_TYPE_ORDER_PAUSED,
                  .actor_kind = by.kind,
                  .actor = by.ordinal,
                  .order = order->seq,
                  .case_seq = order->case_seq},
                 body);
  }
}

std::vector<OrderSigner> SignersAmong(const State& state, std::string_view court, const std::vector<std::string>& keys,
                                      absl::Time now) {
  std::vector<OrderSigner> signers;
  for (const std::string& key : keys) {
    const auto officer = state.directory.OfficerByKey(court, key);
    if (!officer || !HoldsAt(*officer->statement, now)) continue;
    OrderSigner signer;
    signer.set_officer(officer->ordinal.value());
    *signer.mutable_roles() = officer->statement->roles();
    signers.push_back(std::move(signer));
  }
  return signers;
}

void DecideCommand(Draft& draft, const ResumeOrders& command) {
  const State& state = draft.state();
  const Court* court = state.directory.CourtByOrdinal(command.court);
  if (court == nullptr || state.policy == nullptr) {
    draft.result().status = Fail(Reason::kCourtUnknown, "the court is not connected, or no policy is installed yet");
    return;
  }
  const auto& head = command.signed_head.head;
  const auto used = state.sequences.find(
      SequenceKey(absl::StrCat("court/", command.court.value()), MEMBER_TYPE_ORDER, head.sequence()));
  if (used == state.sequences.end() || used->second.head_digest != command.signed_head.head_digest) {
    draft.result().status = Fail(Reason::kNotFound, "the court submitted no such head");
    return;
  }
  for (size_t i = 0; i < command.members.size(); ++i) {
    const goldeneagle::v1::Order& parsed = command.members[i].parsed;
    MemberResult result{.id = parsed.order_id()};
    const OrderRow* order = OrderUnder(state, command, i, used->second.index);
    Violations wrong;
    if (order == nullptr) {
      wrong.Add("order_id", Reason::kOrderUnknown, "no order of this head has this id");
    } else if (order->paused.empty() && order->signed_index != order->seq.value()) {
      result.index = order->signed_index, result.repeated = true;  // it goes on already
    } else if (order->paused.empty()) {
      wrong.Add("order_id", Reason::kOrderNotPaused, "the order isn't paused anywhere");
    } else {
      CheckResumed(state, command, *order, parsed, draft.now(), wrong);
    }
    if (!wrong.empty()) result.refusal = wrong.ToFailure("the order stays as it is");
    if (!result.refusal && !result.repeated) {
      OrderResumed body;
      body.set_paused(order->paused_index);
      body.set_head_digest(command.signed_head.head_digest);
      body.set_targets(order->paused.bytes());
      for (OrderSigner& signer : SignersAmong(state, head.signer(), command.signed_head.keys, draft.now()))
        *body.add_signers() = std::move(signer);
      for (OfficerRole role : RolesFor(*state.policy, parsed, AmountJudged(*order, parsed))) body.add_roles(role);
      body.set_exception_leader(ExceptionLeader(state, parsed));
      body.set_policy_version(state.policy->version());
      ResumedPayload payload;
      *payload.mutable_head() = command.signed_head.envelope;
      const Case& of = state.cases.at(order->case_seq.value());
      result.index = draft.Append({.type = ENTRY_TYPE_ORDER_RESUMED,
                                   .actor_kind = ACTOR_KIND_COURT,
                                   .actor = command.court.value(),
                                   .order = order->seq,
                                   .case_seq = order->case_seq,
                                   .payload = payload.SerializeAsString(),
                                   .key_id = of.key_id},
                                  body);
    }
    draft.result().members.push_back(std::move(result));
  }
}

}  // namespace eagle::domain
