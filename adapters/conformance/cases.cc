#include "adapters/conformance/cases.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/bytes.h"

namespace eagle::conformance {
namespace {

// The declared row of an action; null when there is none.
const v1::Capability* RowOfAction(std::string_view action, std::string_view asset_kind,
                                  const std::vector<v1::Capability>& capabilities) {
  for (const v1::Capability& row : capabilities) {
    if (row.asset_kind() == asset_kind && v1::Action_Name(row.action()) == "ACTION_" + std::string(action)) return &row;
  }
  return nullptr;
}

bool Declares(std::string_view flag, const Fixtures& fixtures, const std::vector<v1::Capability>& capabilities) {
  return std::any_of(capabilities.begin(), capabilities.end(), [&](const v1::Capability& row) {
    if (row.asset_kind() != fixtures.asset_kind) return false;
    return flag == "partial_release"   ? row.partial_release()
           : flag == "captures_inflow" ? row.captures_inflow()
                                       : row.keeps_waitlist();
  });
}

std::string Missing(std::string_view need, const Fixtures& fixtures, bool own_process,
                    const std::vector<v1::Capability>& capabilities) {
  const absl::string_view word = ToAbsl(need);
  const auto after = [&](std::string_view prefix) -> std::string_view {
    return need.substr(0, prefix.size()) == prefix ? need.substr(prefix.size()) : std::string_view();
  };
  if (need == "money") return fixtures.money ? "" : "an asset of money (fixtures: money)";
  if (need == "thing") return fixtures.money ? "an asset that is a thing (fixtures: money = false)" : "";
  if (need == "blocked_act") return fixtures.blocked_act.empty() ? "blocked_act in the fixtures" : "";
  if (need == "counts_units") return fixtures.counts_units ? "" : "counts_units in the fixtures";
  if (need == "court_account") return fixtures.court_account ? "" : "[court_account] in the fixtures";
  if (need == "own_process") return own_process ? "" : "the adapter's own command (--adapter), to stop and start it";
  if (need == "step_clock")
    return fixtures.steps_clock && own_process ? "" : "step_clock in the fixtures, and --adapter";
  if (const auto name = after("person:"); !name.empty())
    return fixtures.Find(name) != nullptr ? "" : absl::StrCat("[", ToAbsl(name), "] in the fixtures");
  if (const auto name = after("hook:"); !name.empty())
    return fixtures.hooks.count(name) != 0 ? "" : absl::StrCat("the hook ", ToAbsl(name), " in the fixtures");
  if (need == "partial_release" || need == "captures_inflow" || need == "keeps_waitlist") {
    return Declares(need, fixtures, capabilities)
               ? ""
               : absl::StrCat(word, ", which Hello doesn't declare for ", fixtures.asset_kind);
  }
  const size_t colon = need.find(':');
  const std::string_view kind = colon == need.npos ? std::string_view(fixtures.asset_kind) : need.substr(0, colon);
  const std::string_view action = colon == need.npos ? need : need.substr(colon + 1);
  const v1::Capability* row = RowOfAction(action, kind, capabilities);
  if (row == nullptr) return absl::StrCat(ToAbsl(action), ", which Hello doesn't declare for ", ToAbsl(kind));
  if (row->by_clerk() && fixtures.hooks.count("approve") == 0)
    return absl::StrCat("the hook approve in the fixtures, because ", word, " is by clerk");
  return "";
}

}  // namespace

const std::vector<Case>& AllCases() {
  static const auto* const kCases = [] {
    auto* cases = new std::vector<Case>;
    for (std::vector<Case> (*const list)() : {SessionCases, InquiryCases, TrustCases, OnceCases, MeasureCases,
                                              TimeCases, PaymentCases, ThingCases, SaidCases, ClockCases}) {
      for (Case& one : list()) cases->push_back(std::move(one));
    }
    return cases;
  }();
  return *kCases;
}

const Case* FindCase(std::string_view name) {
  const auto& cases = AllCases();
  const auto found = std::find_if(cases.begin(), cases.end(), [&](const Case& one) { return one.name == name; });
  return found == cases.end() ? nullptr : &*found;
}

std::string WhatIsMissing(const Case& one, const Fixtures& fixtures, bool own_process,
                          const std::vector<v1::Capability>& capabilities) {
  std::string missing;
  for (std::string_view need : one.needs) {
    const std::string what = Missing(need, fixtures, own_process, capabilities);
    if (!what.empty()) absl::StrAppend(&missing, missing.empty() ? "" : "; ", what);
  }
  return missing;
}

}  // namespace eagle::conformance
