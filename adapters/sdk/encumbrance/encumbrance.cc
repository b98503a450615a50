#include "adapters/sdk/encumbrance/encumbrance.h"

#include <algorithm>
#include <tuple>

namespace eagle::sdk {
namespace {

struct Transition {
  Phase from;
  Act act;
  Phase to;
};
// What is not listed is refused.
constexpr Transition kTransitions[] = {
    {Phase::kPending, Act::kApprove, Phase::kWaitlisted},
    {Phase::kPending, Act::kRefuse, Phase::kRefused},
    {Phase::kPending, Act::kRelease, Phase::kReleased},
    {Phase::kPending, Act::kVoid, Phase::kVoid},
    {Phase::kWaitlisted, Act::kTakeEffect, Phase::kEffective},
    {Phase::kWaitlisted, Act::kRelease, Phase::kReleased},
    {Phase::kWaitlisted, Act::kVoid, Phase::kVoid},
    {Phase::kEffective, Act::kRelease, Phase::kReleased},
    {Phase::kEffective, Act::kLapse, Phase::kLapsed},
    {Phase::kEffective, Act::kConsume, Phase::kConsumed},
    {Phase::kEffective, Act::kDispose, Phase::kDisposed},
    {Phase::kConsumed, Act::kGiveBack, Phase::kEffective},
};

}  // namespace

std::optional<Phase> NextPhase(Phase from, Act act) {
  for (const Transition& row : kTransitions) {
    if (row.from == from && row.act == act) return row.to;
  }
  return std::nullopt;
}

std::string_view PhaseName(Phase phase) {
  switch (phase) {
    case Phase::kPending:
      return "PENDING";
    case Phase::kWaitlisted:
      return "WAITLISTED";
    case Phase::kEffective:
      return "EFFECTIVE";
    case Phase::kReleased:
      return "RELEASED";
    case Phase::kLapsed:
      return "LAPSED";
    case Phase::kConsumed:
      return "CONSUMED";
    case Phase::kDisposed:
      return "DISPOSED";
    case Phase::kVoid:
      return "VOID";
    case Phase::kRefused:
      return "REFUSED";
  }
  return "UNKNOWN";
}

std::string_view ChangeName(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kInflow:
      return "INFLOW";
    case ChangeKind::kPromoted:
      return "PROMOTED";
    case ChangeKind::kLapsed:
      return "LAPSED";
    case ChangeKind::kReduced:
      return "REDUCED";
  }
  return "UNKNOWN";
}

int64_t Encumbrance::controlled() const {
  int64_t sum = 0;
  for (const Share& share : shares) sum += share.controlled;
  return sum;
}

int64_t Encumbrance::unfunded() const {
  int64_t sum = 0;
  for (const Share& share : shares) sum += share.unfunded;
  return sum;
}

const Share* Encumbrance::ShareOn(std::string_view asset) const {
  for (const Share& share : shares) {
    if (share.asset == asset) return &share;
  }
  return nullptr;
}

int64_t Encumbrance::ControlledOn(std::string_view asset) const {
  const Share* share = ShareOn(asset);
  return share == nullptr ? 0 : share->controlled;
}

bool Encumbrance::HasInScope(std::string_view asset) const {
  return std::find(scope.begin(), scope.end(), asset) != scope.end();
}

bool Encumbrance::StandsBefore(const Encumbrance& other) const {
  return std::tie(rank, id) < std::tie(other.rank, other.id);
}

PersonScope ScopeOfPerson(const std::vector<Asset>& accounts, std::string_view currency) {
  PersonScope out;
  std::vector<const Asset*> usable;
  for (const Asset& account : accounts) {
    if (account.standing == Standing::kExempt) {
      out.skipped.push_back({account.id, "EXEMPT"});
    } else if (account.standing == Standing::kJoint) {
      out.skipped.push_back({account.id, "JOINT"});
    } else if (account.kind != AssetKind::kMoney || account.currency != currency) {
      out.skipped.push_back({account.id, "OTHER_CURRENCY"});
    } else {
      usable.push_back(&account);
    }
  }
  std::stable_sort(usable.begin(), usable.end(),
                   [](const Asset* a, const Asset* b) { return a->account_class < b->account_class; });
  for (const Asset* account : usable) out.scope.push_back(account->id);
  return out;
}

}  // namespace eagle::sdk
