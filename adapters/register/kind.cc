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

uint32_t MonthsMax(const Thing& thing, std::string_view case_number) {
  const Stage stage = StageOf(case_number);
  const TermLimit* found = nullptr;
  for (const TermLimit& row : thing.terms) {
    if (row.stage == stage || (found == nullptr && row.stage == Stage::kEveryOther)) found = &row;
  }
  GATEWAY_ASSERT(found != nullptr, "every thing has a limit for every other stage");
  return found->months_max;
}

}  // namespace eagle::registry
