#include "adapters/register/import.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <numeric>
#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/sdk/shell/csv.h"
#include "server/base/bytes.h"
#include "server/base/identity_number.h"
#include "server/base/money.h"
#include "server/base/reason.h"

namespace eagle::registry {
namespace {

using sdk::CsvRow;
using sdk::CsvTable;

constexpr size_t kViolationsMax = 200;
constexpr size_t kNameBytesMax = 256;
constexpr size_t kTextBytesMax = 128;
constexpr uint64_t kShareMax = 1'000'000;
constexpr char kImportPrefix[] = "import";

void AddColumns(absl::Span<const Field> fields, std::vector<std::string>& out) {
  for (const Field& field : fields) out.emplace_back(field.column);
}
std::vector<std::string> UnitColumns(const Kind& kind) {
  std::vector<std::string> out = {"unit_number"};
  AddColumns(kind.fields, out);
  return out;
}
std::vector<std::string> HolderColumns(const Kind& kind) {
  std::vector<std::string> out = {"unit_number",       "holder",       "name",
                                  "id_kind",           "id_number",    "share_numerator",
                                  "share_denominator", "co_ownership", "certificate_number"};
  AddColumns(kind.holder_fields, out);
  return out;
}
std::vector<std::string> ChargeColumns(const Kind& kind) {
  std::vector<std::string> out = {"unit_number", "certificate_number", std::string(kind.charges.creditor),
                                  "amount",      "registered_on",      "ends_on"};
  if (kind.charges.by_holder) out.emplace_back("holder");
  return out;
}
std::vector<std::string> SealColumns(const Kind& kind) {
  std::vector<std::string> out = {"unit_number", "holder",    "authority", "document_number",
                                  "served_at",   "first_day", "last_day",  "years"};
  if (kind.extent == Extent::kQuantity) out.insert(out.end(), {"share_numerator", "share_denominator"});
  return out;
}

bool IsOldCitizenNumber(std::string_view text) {
  return text.size() == 15 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Reads and checks everything, then writes.
class Importer {
 public:
  Importer(const ImportWorld& world, sdk::InboxTransaction& transaction)
      : world_(world),
        kind_(world.rules.kind),
        transaction_(transaction),
        tables_(transaction, kind_),
        charges_csv_(absl::StrCat(kind_.charges.list, ".csv")) {}

  absl::StatusOr<ImportCounts> Run(const std::string& folder) {
    if (!tables_.IsEmpty())
      return Fail(Reason::kNotEmpty, "units were imported before: an import fills an empty register");
    const auto units = Read(folder + "/units.csv", UnitColumns(kind_));
    const auto holders = Read(folder + "/holders.csv", HolderColumns(kind_));
    const auto charges = Read(absl::StrCat(folder, "/", charges_csv_), ChargeColumns(kind_));
    const auto seals = Read(folder + "/seals.csv", SealColumns(kind_));
    const std::string notices_path = folder + "/advance_notices.csv";
    const bool has_notices = kind_.keeps_notices && std::filesystem::exists(notices_path);
    const auto notices = has_notices ? Read(notices_path, HolderColumns(kind_)) : std::optional<CsvTable>(CsvTable());
    EAGLE_RETURN_IF_ERROR(unreadable_);
    for (const auto* table : {&units, &holders, &charges, &seals, &notices}) {
      if (!table->has_value()) return Refused();
    }
    for (const CsvRow& row : units->rows) TakeUnit(row);
    for (const CsvRow& row : holders->rows) TakeHolder(row, HolderState::kCurrent);
    for (const CsvRow& row : notices->rows) TakeHolder(row, HolderState::kExpected);
    CheckShares();
    for (const CsvRow& row : charges->rows) TakeCharge(row);
    for (const CsvRow& row : seals->rows) TakeSeal(row);
    if (wrong_.empty()) Write();
    if (wrong_.empty()) PlaceSeals();
    if (!wrong_.empty()) return Refused();
    return counts_;
  }

 private:
  using Parts = std::vector<std::pair<const CsvRow*, Holder>>;
  struct PendingSeal {
    const CsvRow* row;
    Seal seal;
    bool has_days;
  };

  std::optional<CsvTable> Read(const std::string& path, const std::vector<std::string>& columns) {
    absl::StatusOr<CsvTable> table = sdk::ReadCsv(path, columns);
    if (table.ok()) return std::move(table).value();
    const Failure failure = FailureOf(table.status());
    if (failure.violations.empty() && unreadable_.ok()) unreadable_ = table.status();
    for (const Violation& violation : failure.violations)
      wrong_.Add(violation.field, violation.reason, violation.description);
    return std::nullopt;
  }
  absl::Status Refused() const {
    Violations shown;
    for (size_t i = 0; i < std::min(wrong_.list().size(), kViolationsMax); ++i) {
      const Violation& violation = wrong_.list()[i];
      shown.Add(violation.field, violation.reason, violation.description);
    }
    return shown.ToStatus(
        absl::StrCat("the import is refused: ", wrong_.list().size(), " violations; nothing was written"));
  }
  void Wrong(const CsvRow& row, std::string_view column, std::string_view why, Reason reason = Reason::kFieldInvalid) {
    wrong_.Add(row.Place(column), reason, why);
  }

  // ---- Fields; a wrong one is noted and comes back as something harmless.

  std::string Text(const CsvRow& row, std::string_view column, size_t bytes_max = kTextBytesMax) {
    const std::string& text = row.At(column);
    if (text.empty()) Wrong(row, column, "the field is required", Reason::kFieldMissing);
    if (text.size() > bytes_max)
      Wrong(row, column, absl::StrCat("at most ", bytes_max, " bytes"), Reason::kTextInvalid);
    return text;
  }
  uint32_t Number(const CsvRow& row, std::string_view column, uint64_t least, uint64_t most) {
    const std::string& text = row.At(column);
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() && value >= least && value <= most)
      return static_cast<uint32_t>(value);
    Wrong(row, column, absl::StrCat("a whole number from ", least, " to ", most));
    return static_cast<uint32_t>(least);
  }
  absl::CivilDay Day(const CsvRow& row, std::string_view column) {
    absl::CivilDay day;
    if (row.At(column).size() != 10 || !absl::ParseCivilTime(row.At(column), &day))
      Wrong(row, column, "a day as 2026-09-28");
    return day;
  }
  absl::Time Time(const CsvRow& row, std::string_view column) {
    absl::Time time;
    std::string error;
    if (!absl::ParseTime("%Y-%m-%d %H:%M:%S", row.At(column), world_.rules.zone, &time, &error))
      Wrong(row, column, "a time of the registry's zone as 2026-09-28 09:10:00");
    return time;
  }
  bool IsProduction() const { return world_.environment != goldeneagle::v1::ENVIRONMENT_TEST; }

  // ---- Rows

  std::string Value(const CsvRow& row, const Field& field) {
    if (field.form == Form::kDay) {
      if (field.required || !row.At(field.column).empty()) Day(row, field.column);
      return row.At(field.column);
    }
    if (!field.required && row.At(field.column).empty()) return "";
    const std::string text = Text(row, field.column, field.bytes_max);
    if (field.form == Form::kDecimal && (!ParseMoney(text) || absl::StrContains(text, ",")))
      Wrong(row, field.column, "a number with at most two decimals");
    return text;
  }

  void TakeUnit(const CsvRow& row) {
    Unit unit{.number = row.At("unit_number")};
    const Thing* thing = ThingOfNumber(kind_, unit.number);
    if (thing == nullptr) {
      std::string forms;
      for (const Thing& known : kind_.things) absl::StrAppend(&forms, forms.empty() ? "" : ", or ", known.number_form);
      Wrong(row, "unit_number", forms);
    }
    if (IsProduction() && (thing == nullptr ? kind_.things.front() : *thing).in_test_range(unit.number))
      Wrong(row, "unit_number", "region 99 exists only in the test environment", Reason::kTestRegion);
    for (const Field& field : kind_.fields) unit.values.push_back(Value(row, field));
    if (kind_.extent == Extent::kQuantity && !IsAmount(ParseMoney(ValueOf(kind_, unit, kind_.whole_field)).value_or(0)))
      Wrong(row, kind_.fields[PlaceOf(kind_, kind_.whole_field)].column, "above zero", Reason::kAmountInvalid);
    if (!parts_.emplace(unit.number, Parts()).second) {
      Wrong(row, "unit_number", "the unit is there twice");
      return;
    }
    unit_rows_.emplace(unit.number, &row);
    if (kind_.extent == Extent::kQuantity) {
      const auto whole = ParseMoney(ValueOf(kind_, unit, kind_.whole_field));
      if (whole) wholes_.emplace(unit.number, *whole);
    }
    units_.push_back(std::move(unit));
  }

  // Null, and noted, when the row names a unit that isn't in units.csv.
  Parts* PartsOf(const CsvRow& row) {
    const auto found = parts_.find(row.At("unit_number"));
    if (found == parts_.end()) Wrong(row, "unit_number", "units.csv has no such unit");
    return found == parts_.end() ? nullptr : &found->second;
  }

  void TakeHolder(const CsvRow& row, HolderState state) {
    auto* parts = PartsOf(row);
    Holder holder{.unit = row.At("unit_number"), .number = Number(row, "holder", 1, 10'000), .state = state};
    holder.name = Text(row, "name", kNameBytesMax);
    holder.id_kind = Text(row, "id_kind");
    holder.id_number = Text(row, "id_number");
    CheckNumber(row, holder);
    holder.share_numerator = Number(row, "share_numerator", 1, kShareMax);
    holder.share_denominator = Number(row, "share_denominator", 1, kShareMax);
    if (holder.share_numerator > holder.share_denominator)
      Wrong(row, "share_numerator", "a share is at most the whole");
    const auto kind = CoOwnershipByName(row.At("co_ownership"));
    if (!kind) Wrong(row, "co_ownership", "SOLE, JOINT or BY_SHARES");
    holder.co_ownership = kind.value_or(CoOwnership::kSole);
    holder.certificate_number = Text(row, "certificate_number");
    for (const Field& field : kind_.holder_fields) holder.values.push_back(Value(row, field));
    if (parts == nullptr) return;
    for (const auto& [other_row, other] : *parts) {
      if (other.number == holder.number) return Wrong(row, "holder", "the unit has this holder number twice");
      if (other.id_kind == holder.id_kind && other.id_number == holder.id_number)
        return Wrong(row, "id_number", "the person is a holder of this unit twice");
    }
    parts->emplace_back(&row, std::move(holder));
  }

  void CheckNumber(const CsvRow& row, const Holder& holder) {
    const bool citizen = holder.id_kind == "CITIZEN_ID", company = holder.id_kind == "UNIFIED_CREDIT_CODE";
    const bool good = citizen   ? IsCitizenNumber(holder.id_number) || IsOldCitizenNumber(holder.id_number)
                      : company ? IsUnifiedCreditCode(holder.id_number)
                                : true;
    if (!good) Wrong(row, "id_number", "the check digit doesn't fit", Reason::kIdentityNumberInvalid);
    if ((citizen || company) && IsProduction() && HasRegion99(holder.id_number, company ? 2 : 0))
      Wrong(row, "id_number", "numbers of the test range exist only in the test environment", Reason::kTestRegion);
  }

  // SOLE: one holder of the whole. JOINT: two or more, each of the undivided whole. BY_SHARES: parts that add up to
  // one.
  void CheckShares() {
    for (const auto& [unit, parts] : parts_) {
      const CsvRow& unit_row = *unit_rows_.at(unit);
      Parts now, later;
      for (const auto& part : parts) (part.second.state == HolderState::kCurrent ? now : later).push_back(part);
      if (now.empty()) {
        Wrong(unit_row, "unit_number", "holders.csv has no holder of this unit");
        continue;
      }
      CheckShares(unit, unit_row, now);
      if (!later.empty()) CheckShares(unit, unit_row, later);
    }
  }
  void CheckShares(const std::string& unit, const CsvRow& unit_row, const Parts& parts) {
    const CoOwnership kind = parts.front().second.co_ownership;
    if (kind == CoOwnership::kSole ? parts.size() != 1 : parts.size() < 2) {
      Wrong(*parts.front().first, "co_ownership", "SOLE has exactly one holder, the others two or more");
    }
    uint64_t numerator = 0, denominator = 1;  // the sum so far, reduced
    for (const auto& [row, holder] : parts) {
      if (holder.co_ownership != kind) Wrong(*row, "co_ownership", "all holders of a unit have it in one way");
      if (kind != CoOwnership::kByShares && holder.share_numerator != holder.share_denominator)
        Wrong(*row, "share_numerator", "1/1 unless BY_SHARES");
      numerator = numerator * holder.share_denominator + holder.share_numerator * denominator;
      denominator *= holder.share_denominator;
      const uint64_t divisor = std::gcd(numerator, denominator);
      numerator /= divisor, denominator /= divisor;
      if (denominator > kShareMax * kShareMax) break;
    }
    if (kind == CoOwnership::kByShares && numerator != denominator)
      Wrong(unit_row, "unit_number", "the shares of this unit don't add up to one");
    if (kind_.extent == Extent::kQuantity) CheckQuantities(unit, parts);
  }
  void CheckQuantities(const std::string& unit, const Parts& parts) {
    const auto whole = wholes_.find(unit);
    for (const auto& [row, holder] : parts) {
      if (whole != wholes_.end() && !QuantityOf(whole->second, holder.share_numerator, holder.share_denominator))
        Wrong(*row, "share_numerator", absl::StrCat("not a whole number of hundredths of ", kind_.whole_field));
    }
  }

  // Null, and noted, when holders.csv has no such holder of the unit.
  const Holder* HolderOf(const CsvRow& row, const Parts& parts, uint32_t number) {
    for (const auto& [holder_row, holder] : parts) {
      if (holder.number == number) return &holder;
    }
    Wrong(row, "holder", "holders.csv has no such holder of this unit");
    return nullptr;
  }

  void TakeCharge(const CsvRow& row) {
    const auto* parts = PartsOf(row);
    Charge charge{.unit = row.At("unit_number")};
    charge.certificate_number = Text(row, "certificate_number");
    charge.creditor = Text(row, kind_.charges.creditor, kNameBytesMax);
    const auto amount = ParseMoney(row.At("amount"));
    if (!amount || !IsAmount(*amount))
      Wrong(row, "amount", "an amount above zero, as 900000.00", Reason::kAmountInvalid);
    charge.amount_minor_units = amount.value_or(0);
    charge.registered_on = Day(row, "registered_on");
    charge.ends_on = Day(row, "ends_on");
    if (charge.ends_on < charge.registered_on) Wrong(row, "ends_on", "not before registered_on");
    if (kind_.charges.by_holder) {
      charge.holder = Number(row, "holder", 1, 10'000);
      if (parts != nullptr) HolderOf(row, *parts, charge.holder);
    }
    const bool is_new = charge_keys_.insert(charge.unit + "/" + charge.certificate_number).second;
    if (!is_new) Wrong(row, "certificate_number", absl::StrCat("twice in ", charges_csv_));
    charges_.push_back(std::move(charge));
  }

  void TakeSeal(const CsvRow& row) {
    auto* parts = PartsOf(row);
    Seal seal{.unit = row.At("unit_number"), .holder = Number(row, "holder", 1, 10'000)};
    seal.row.authority = Text(row, "authority");
    seal.row.document_number = Text(row, "document_number");
    seal.row.rank.served_at = Time(row, "served_at");
    if (seal.row.rank.served_at > world_.now) Wrong(row, "served_at", "not in the future");
    const bool has_days = !row.At("first_day").empty() || !row.At("last_day").empty();
    if (has_days) {
      const absl::CivilDay first = Day(row, "first_day"), last = Day(row, "last_day");
      if (last < first) Wrong(row, "last_day", "not before first_day");
      if (!row.At("years").empty()) Wrong(row, "years", "empty when the days are given");
      seal.row.effective_from = std::max(absl::FromCivil(first, world_.rules.zone), seal.row.rank.served_at);
      seal.row.effective_to = absl::FromCivil(last + 1, world_.rules.zone);
    } else {
      const Thing* thing = ThingOfNumber(kind_, seal.unit);
      const uint32_t months =
          MonthsMax(world_.rules, thing == nullptr ? kind_.things.front() : *thing, seal.row.document_number);
      seal.row.term.years = Number(row, "years", 1, months / 12);
    }
    if (parts == nullptr) return;
    const Holder* holder = HolderOf(row, *parts, seal.holder);
    if (holder == nullptr) return;
    seal.row.part_numerator = holder->share_numerator;
    seal.row.part_denominator = holder->share_denominator;
    seal.row.scope = {AssetId(kind_, seal.unit, seal.holder)};
    if (kind_.extent == Extent::kQuantity) {
      const uint32_t numerator = Number(row, "share_numerator", 1, kShareMax);
      const uint32_t denominator = Number(row, "share_denominator", 1, kShareMax);
      const int64_t whole = wholes_.count(seal.unit) == 0 ? 0 : wholes_.at(seal.unit);
      const auto held = QuantityOf(whole, holder->share_numerator, holder->share_denominator);
      const auto quantity = QuantityOf(whole, numerator, denominator);
      if (!quantity || *quantity > held.value_or(0))
        Wrong(row, "share_numerator", "a whole quantity, at most what the holder has");
      seal.row.requested = quantity.value_or(0);
    }
    seals_[seal.unit].push_back({&row, std::move(seal), has_days});
  }

  void Write() {
    for (const Unit& unit : units_) tables_.AddUnit(unit);
    for (const auto& [unit, parts] : parts_) {
      for (const auto& [row, holder] : parts) tables_.AddHolder(holder);
      const auto is_owner = [](const auto& part) { return part.second.state == HolderState::kCurrent; };
      const auto owners = static_cast<size_t>(std::count_if(parts.begin(), parts.end(), is_owner));
      counts_.holders += owners;
      counts_.notices += parts.size() - owners;
    }
    for (const Charge& charge : charges_) tables_.AddCharge(charge);
    counts_.units = units_.size();
    counts_.charges = charges_.size();
  }

  // By service, so that each finds those before it on the register.
  void PlaceSeals() {
    for (auto& [unit, seals] : seals_) {
      std::stable_sort(seals.begin(), seals.end(), [](const PendingSeal& a, const PendingSeal& b) {
        return a.seal.row.rank.served_at < b.seal.row.rank.served_at;
      });
      for (PendingSeal& pending : seals) Place(pending);
    }
  }
  void Place(PendingSeal& pending) {
    const CsvRow& row = *pending.row;
    // As the register stood when it was served; what has ended since ends when the register is next looked at.
    absl::StatusOr<UnitBook> book =
        UnitBook::Load(transaction_, world_.rules, pending.seal.unit, pending.seal.row.rank.served_at);
    if (!book.ok()) return Wrong(row, "unit_number", FailureOf(book.status()).message);
    if (book->SealOfDocument(pending.seal.holder, pending.seal.row.document_number) != nullptr)
      return Wrong(row, "document_number", "the part is locked under this number already");
    if (!kind_.keeps_waitlist && book->FirstOn(pending.seal.holder) != nullptr)
      return Wrong(row, "unit_number", "another stood on it when it was served, and no waitlist is kept");
    pending.seal.row.id = tables_.NewSealId(kImportPrefix);
    const std::string id = pending.seal.row.id;
    // Imported seals were all served before the first order: sequence 0, ties by id.
    if (absl::Status placed = book->Place(std::move(pending.seal), /*review=*/false); !placed.ok())
      return Wrong(row, "served_at", FailureOf(placed).message);
    const bool first = book->seals().Find(id)->phase == sdk::Phase::kEffective;
    if (first != pending.has_days) {
      Wrong(row, "first_day",
            first ? "it took effect when it was served: its days are needed"
                  : "another stood before it: give years, not days");
    }
    if (absl::Status stored = book->Store(transaction_); !stored.ok())
      return Wrong(row, "unit_number", FailureOf(stored).message);
    ++counts_.seals;
  }

  const ImportWorld& world_;
  const Kind& kind_;
  sdk::InboxTransaction& transaction_;
  Tables tables_;
  const std::string charges_csv_;
  Violations wrong_;
  absl::Status unreadable_;
  ImportCounts counts_;
  std::map<std::string, Parts> parts_;
  std::map<std::string, int64_t> wholes_;  // kQuantity: how much there is of each unit
  std::map<std::string, const CsvRow*> unit_rows_;
  std::vector<Unit> units_;
  std::vector<Charge> charges_;
  std::set<std::string> charge_keys_;
  std::map<std::string, std::vector<PendingSeal>> seals_;
};

}  // namespace

absl::StatusOr<ImportCounts> ImportRegister(const std::string& folder, const ImportWorld& world,
                                            sdk::InboxTransaction& transaction) {
  return Importer(world, transaction).Run(folder);
}

}  // namespace eagle::registry
