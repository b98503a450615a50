// The table of one kind of registry: what it keeps, how a thing in it is identified, what may be done by itself and
// what a clerk decides. The engine (the rest of this room) has no branch that names a kind; a kind is one constant of
// this type in its own folder, with its sources beside the rows.
//
// Texts are literals, in UTF-8. Threads: constants.
//
//   const Kind kVehicle = {.name = "vehicle", .things = kThings, .fields = kFields, ...};
//   int main(int argc, char** argv) { return registry::Main(kVehicle, argc, argv); }
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"

namespace eagle::registry {

struct Unit;

// How the text of a field must look in the files.
enum class Form : uint8_t { kText, kDay, kDecimal };

// A field of a unit or of a holder, as the files, the database, the counter and a finding have it.
struct Field {
  const char* name;         // in the database and at the counter: letters and '_', no word of SQL
  const char* column;       // in the file
  const char* code;         // in the real interface; empty: it has none that we know
  const char* chinese;      // 坐落
  const char* english;      // location
  Form form = Form::kText;  // kDay: 2026-09-28; kDecimal: a number with at most two decimals, no commas
  size_t bytes_max = 128;
  bool required = true;
  bool told = true;  // part of the description in a finding
  // kDecimal, of a holder: goes with his share, in proportion, to whoever gets it. Others are not the new owner's.
  bool goes_with_share = false;
  const char* after = "";  // written behind the value there: " m2"
};

// Where a case stands decides how long a measure may last. The number of a preservation case has the character 保 in
// its type (执保, 财保, 行保); every other one is an enforcement.
enum class Stage : uint8_t { kEveryOther, kPreservation };
struct TermLimit {
  Stage stage = Stage::kEveryOther;
  bool pre_seal = false;    // of a pre-seal 预查封, whatever the stage
  uint32_t months_max = 0;  // of a freeze, and again of each renewal
  const char* source;
};

// One class of things that the office keeps, with a code of the policy's list.
struct Thing {
  const char* asset_kind;  // LAND, VEHICLE, EQUITY, PATENT, TRADEMARK
  const char *chinese, *english;
  bool (*is_number)(std::string_view);      // whether a text can be the number of such a unit
  const char* number_form;                  // for people who got it wrong
  bool (*in_test_range)(std::string_view);  // of the invented region 99; also asked about wrong numbers
  absl::Span<const TermLimit> terms;        // a row for each stage that has its own, and kEveryOther
  bool movable = false;                     // it can be looked for, and held where it is found
};

// What one measure takes hold of.
enum class Extent : uint8_t {
  kPart,      // a holder's part of the unit: land
  kWhole,     // the unit, whoever of its holders it is against: vehicles, patents
  kQuantity,  // a quantity of what a holder has; several measures stand beside each other up to that: equity
};

// Who decides on an order.
enum class Mode : uint8_t {
  kAutomatic,      // done when it comes
  kManual,         // always a clerk
  kSemiAutomatic,  // done when it comes, unless `clerk_needed` gives a reason
};
std::string_view ModeName(Mode mode);  // "automatic", "manual", "semi-automatic"

// When a term begins.
enum class CountedFrom : uint8_t { kEffect, kReceipt };

// An act that the office doesn't register while a measure stands on the unit.
struct BlockedAct {
  const char* code;  // TRANSFER
  const char* chinese;
  const char* only = "";  // asset kind to which it belongs; empty: to all of the office
};

// Rights that go before a measure: mortgages 抵押, pledges 质押.
struct ChargeWords {
  const char* list;        // "mortgages": the file, and the list at the counter
  const char* creditor;    // "mortgagee": column and field
  const char* chinese;     // 抵押权人
  bool by_holder = false;  // on what one holder has, not on the unit
};

struct Kind {
  const char* name;     // "land": the program eagle-land, its section [land], its tables land_...
  const char* office;   // "a land registry", for help texts
  const char* adapter;  // cn.goldeneagle.land
  absl::Span<const Thing> things;
  absl::Span<const Field> fields;
  absl::Span<const Field> holder_fields = {};
  bool labelled = true;  // a finding's description has the Chinese label before each value
  Extent extent = Extent::kWhole;
  const char* whole_field = "";  // kQuantity: the field that says how much there is of the unit, in hundredths
  ChargeWords charges;
  bool keeps_waitlist = true;  // false: a second measure is refused, ALREADY_PRESERVED
  CountedFrom counted_from = CountedFrom::kEffect;
  Mode freeze = Mode::kManual, renew = Mode::kAutomatic, release = Mode::kAutomatic, transfer = Mode::kManual;
  // kSemiAutomatic: why a clerk has to look at a freeze of this unit; empty: nobody has to.
  std::string (*clerk_needed)(const Kind& kind, const Unit& unit) = nullptr;
  absl::Span<const BlockedAct> blocked_acts = {};
  // 预告登记: somebody may be registered who is to become the owner, and a measure against him is a pre-seal 预查封.
  bool keeps_notices = false;
  // What findings call a unit with a measure in effect, and one under review.
  const char *sealed = "SEALED", *pending = "SEAL_PENDING";
  // Sentences for people.
  const char* kept;      // "only land and buildings are kept here"
  const char* can;       // "land can be sealed, renewed and released"
  const char* searched;  // what a search looks through, behind the office's name
};

// Whether the two characters at `at` are "99", the test region.
bool HasRegion99(std::string_view number, size_t at);
// Null when there is none.
const Thing* FindThing(const Kind& kind, std::string_view asset_kind);
// The class whose numbers look like this one. Null when there is none.
const Thing* ThingOfNumber(const Kind& kind, std::string_view number);
// Place of a field of units; kind.fields.size() when there is none.
size_t PlaceOf(const Kind& kind, std::string_view field);
Stage StageOf(std::string_view case_number);
// The most months of one order under this number. Pre: the thing has a row kEveryOther.
uint32_t MonthsMax(const Thing& thing, std::string_view case_number, bool pre_seal = false);
// Codes of the acts that a measure on a thing of this kind can bar, in the order of the table.
std::vector<std::string> ActsOf(const Kind& kind, std::string_view asset_kind);

}  // namespace eagle::registry
