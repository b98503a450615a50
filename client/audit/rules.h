// The rules of the audits, one row each (rules.def): the name in findings, what is demanded, and where that comes from.
//
// Threads: constants.
//
//   RowOf(Rule::kDelivery).name == "delivery"
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace eagle::audit {

enum class Rule : uint8_t {
#define RULE(constant, name, demand, source) constant,
#include "client/audit/rules.def"
#undef RULE
};

struct RuleRow {
  Rule rule;
  std::string_view name;
  std::string_view demand;  // a sentence
  std::string_view source;  // the law or document, and why
};

// In the order of rules.def; AllRules()[int(rule)].rule == rule.
std::span<const RuleRow> AllRules();
const RuleRow& RowOf(Rule rule);
std::optional<Rule> RuleNamed(std::string_view name);

}  // namespace eagle::audit
