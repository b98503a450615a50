#include "adapters/rest/calls.h"

namespace eagle::rest {
namespace {

struct CallRow {
  Call call;
  std::string_view name;
  v1::Action action;
};
constexpr CallRow kCalls[] = {
    {kInquire, "inquire", v1::ACTION_INQUIRE},
    {kFreezePerson, "freeze_person", v1::ACTION_FREEZE},
    {kFreezeAccount, "freeze_account", v1::ACTION_FREEZE},
    {kFreezeAsset, "freeze_asset", v1::ACTION_FREEZE},
    {kRenew, "renew", v1::ACTION_RENEW},
    {kRelease, "release", v1::ACTION_RELEASE},
    {kDeduct, "deduct", v1::ACTION_DEDUCT},
    {kFind, "find", v1::ACTION_UNSPECIFIED},
    {kChanges, "changes", v1::ACTION_UNSPECIFIED},
    {kPositions, "positions", v1::ACTION_UNSPECIFIED},
};

}  // namespace

std::string_view CallName(Call call) {
  for (const CallRow& row : kCalls) {
    if (row.call == call) return row.name;
  }
  return "";
}

std::optional<Call> CallByName(std::string_view name) {
  for (const CallRow& row : kCalls) {
    if (row.name == name) return row.call;
  }
  return std::nullopt;
}

std::optional<uint32_t> CallsByName(std::string_view name) {
  if (name == "freeze") return kFreezes;
  if (name == "control") return kControls;
  const auto call = CallByName(name);
  return call ? std::optional<uint32_t>(*call) : std::nullopt;
}

std::optional<Call> CallOf(const v1::Order& order) {
  switch (order.action()) {
    case v1::ACTION_INQUIRE:
      return kInquire;
    case v1::ACTION_FREEZE:
      if (order.freeze().has_person_at_agency()) return kFreezePerson;
      if (order.freeze().has_account()) return kFreezeAccount;
      if (order.freeze().has_asset()) return kFreezeAsset;
      return std::nullopt;
    case v1::ACTION_RENEW:
      return kRenew;
    case v1::ACTION_RELEASE:
      return kRelease;
    case v1::ACTION_DEDUCT:
      return kDeduct;
    default:
      return std::nullopt;
  }
}

v1::Action ActionOf(Call call) {
  for (const CallRow& row : kCalls) {
    if (row.call == call) return row.action;
  }
  return v1::ACTION_UNSPECIFIED;
}

}  // namespace eagle::rest
