#include "adapters/register/kind.h"

#include "server/base/assert.h"

namespace eagle::registry {

std::string_view ModeName(Mode mode) {
  switch (mode) {
    case Mode::kAutomatic:
      return "automatic";
    case Mode::kManual:
      return "manual";
    case Mode::kSemiAutomatic:
      return "semi-automatic";
  }
  return "unknown";
}

bool HasRegion99(std::string_view number, size_t at) { return number.size() >= at + 2 && number.substr(at, 2) == "99"; }

const Thing* FindThing(const Kind& kind, std::string_view asset_kind) {
  for (const Thing& thing : kind.things) {
    if (asset_kind == thing.asset_kind) return &thing;
  }
  return nullptr;
}

const Thing* ThingOfNumber(const Kind& kind, std::string_view number) {
  for (const Thing& thing : kind.things) {
    if (thing.is_number(number)) return &thing;
  }
  return nullptr;
}

size_t PlaceOf(const Kind& kind, std::string_view field) {
  size_t place = 0;
  while (place < kind.fields.size() && field != kind.fields[place].name) ++place;
  return place;
}

Stage StageOf(std::string_view case_number) {
  return case_number.find("保") != std::string_view::npos ? Stage::kPreservation : Stage::kEveryOther;
}

std::vector<std::string> ActsOf(const Kind& kind, std::string_view asset_kind) {
  std::vector<std::string> out;
  for (const BlockedAct& act : kind.blocked_acts) {
    if (std::string_view(act.only).empty() || asset_kind == act.only) out.emplace_back(act.code);
  }
  return out;
}

uint32_t MonthsMax(const Thing& thing, std::string_view case_number, bool pre_seal) {
  const Stage stage = StageOf(case_number);
  const TermLimit* found = nullptr;
  for (const TermLimit& row : thing.terms) {
    if (pre_seal && row.pre_seal) return row.months_max;
    if (row.pre_seal) continue;
    if (row.stage == stage || (found == nullptr && row.stage == Stage::kEveryOther)) found = &row;
  }
  GATEWAY_ASSERT(found != nullptr, "every thing has a limit for every other stage");
  return found->months_max;
}

}  // namespace eagle::registry
