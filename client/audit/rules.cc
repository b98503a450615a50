#include "client/audit/rules.h"

namespace eagle::audit {
namespace {

constexpr RuleRow kRows[] = {
#define RULE(constant, name, demand, source) {Rule::constant, name, demand, source},
#include "client/audit/rules.def"
#undef RULE
};

}  // namespace

std::span<const RuleRow> AllRules() { return kRows; }

const RuleRow& RowOf(Rule rule) { return kRows[static_cast<size_t>(rule)]; }

std::optional<Rule> RuleNamed(std::string_view name) {
  for (const RuleRow& row : kRows) {
    if (row.name == name) return row.rule;
  }
  return std::nullopt;
}

}  // namespace eagle::audit
