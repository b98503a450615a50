#include "adapters/file/batch.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/bytes.h"
#include "server/base/money.h"

namespace eagle::file {
namespace {

constexpr size_t kTypeSize = 4, kAgencySize = 17, kNumberSize = 30;
// No manifest can say so much: sums stop here instead of overflowing.
constexpr int64_t kTotalMax = 2 * kAmountBoundMinorUnits;
constexpr std::string_view kTypes[3][3] = {{"CXQQ", "CXFK", "CXHZ"}, {"KZQQ", "KZFK", "KZHZ"}, {"", "DZFK", "DZHZ"}};

bool AreDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<int64_t> Whole(std::string_view text) {
  int64_t value = 0;
  if (!AreDigits(text) || !absl::SimpleAtoi(ToAbsl(text), &value)) return std::nullopt;
  return value;
}

std::string TimeText(absl::Time at, absl::TimeZone zone) { return absl::FormatTime(absl::RFC3339_sec, at, zone); }

}  // namespace

std::string_view TypeOf(Family family, Part part) { return kTypes[static_cast<int>(family)][static_cast<int>(part)]; }

bool CanNameBatches(std::string_view agency) {
  return AreDigits(agency) && agency.size() <= kAgencySize && agency[0] != '0';
}

std::string BatchName::Text() const {
  return absl::StrCat(ToAbsl(TypeOf(family, part)),
                      std::string(kAgencySize - std::min(agency.size(), kAgencySize), '0'), agency,
                      absl::StrFormat("%030d", number));
}

std::optional<BatchName> ParseBatchName(std::string_view text) {
  if (text.size() != kTypeSize + kAgencySize + kNumberSize) return std::nullopt;
  const std::string_view type = text.substr(0, kTypeSize), agency = text.substr(kTypeSize, kAgencySize),
                         number = text.substr(kTypeSize + kAgencySize);
  const size_t first = agency.find_first_not_of('0');
  const auto value = Whole(number);
  if (!AreDigits(agency) || first == std::string_view::npos || !value || *value < 1 || *value > kNumberMax)
    return std::nullopt;
  for (const Family family : kFamilies) {
    for (const Part part : {Part::kRequest, Part::kFeedback, Part::kReceipt}) {
      if (type == TypeOf(family, part)) return BatchName{family, part, std::string(agency.substr(first)), *value};
    }
  }
  return std::nullopt;
}

std::string AmountText(int64_t minor_units) { return absl::StrFormat("%d.%02d", minor_units / 100, minor_units % 100); }

std::optional<int64_t> ParseAmount(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;
  return ParseMoney(text);
}

// ---- Manifest ----

std::string WriteManifest(const Manifest& manifest, absl::Time made_at, absl::TimeZone zone) {
  Element root{.name = "PC"};
  root.Put("BB", kFormatVersion).Put("PCMC", manifest.batch).Put("SCSJ", TimeText(made_at, zone));
  root.Put("BM", manifest.encoding).Put("TS", absl::StrCat(manifest.rows));
  root.Add("WJ")
      .Put("WJMC", manifest.file)
      .Put("ZJS", absl::StrCat(manifest.file_bytes))
      .Put("SHA256", manifest.file_sha256);
  for (const auto& [currency, total] : manifest.totals) {
    root.Add("HJ").Put("BZ", currency).Put("TS", absl::StrCat(total.count)).Put("JE", AmountText(total.minor_units));
  }
  return WriteXml(root, "UTF-8");
}

std::optional<Manifest> ReadManifest(std::string_view bytes, Faults& faults) {
  const size_t before = faults.count();
  Faults xml;
  const Element root = ReadXml(bytes, xml).root;
  const auto wrong = [&](const Element& at, std::string_view field, std::string_view why) {
    faults.Add(FaultCode::kManifestUnreadable, at.Place(field), std::string(why));
  };
  for (const Fault& fault : xml.list()) faults.Add(FaultCode::kManifestUnreadable, fault.place, fault.text);
  if (!xml.empty()) return std::nullopt;
  Manifest manifest;
  const auto number = [&](const Element& at, std::string_view field) {
    const auto value = Whole(at.At(field));
    if (!value) wrong(at, field, "must be a whole number");
    return value.value_or(0);
  };
  if (root.name != "PC") wrong(root, "", "a manifest is one element PC");
  if (root.At("BB") != kFormatVersion) wrong(root, "BB", "the version must be 1");
  manifest.batch = root.At("PCMC");
  manifest.encoding = root.At("BM");
  manifest.rows = number(root, "TS");
  const auto files = root.RowsNamed("WJ");
  if (files.size() != 1) {
    wrong(root, "WJ", "a manifest names one file");
  } else {
    const Element& file = *files[0];
    manifest.file = file.At("WJMC");
    manifest.file_bytes = number(file, "ZJS");
    manifest.file_sha256 = file.At("SHA256");
    const auto digest = HexDecode(manifest.file_sha256);
    if (!digest || digest->size() != journal::kHashSize || HexEncode(*digest) != manifest.file_sha256)
      wrong(file, "SHA256", "must be 64 lower-case hexadecimal digits");
  }
  for (const Element* row : root.RowsNamed("HJ")) {
    Total total{.count = number(*row, "TS")};
    const auto amount = ParseAmount(row->At("JE"));
    if (!amount) wrong(*row, "JE", "must be an amount such as 60000.00");
    total.minor_units = amount.value_or(0);
    if (!manifest.totals.emplace(row->At("BZ"), total).second) wrong(*row, "BZ", "one total a currency");
  }
  if (files.size() + manifest.totals.size() != root.rows.size()) wrong(root, "", "only WJ and HJ belong here");
  if (faults.count() != before) return std::nullopt;
  return manifest;
}

// ---- Totals ----

namespace {

void AddTotals(const Element& element, Totals& totals) {
  std::string_view field;
  if (element.name == "KZZH") field = "JE";
  if (element.name == "ZHXX") field = "YE";
  if (element.name == "KZXX") field = "SKJE";
  if (!field.empty() && element.Has(field)) {
    if (const auto amount = ParseAmount(element.At(field))) {
      Total& total = totals[std::string(element.At("BZ"))];
      ++total.count;
      total.minor_units = std::min(total.minor_units + *amount, kTotalMax);
    }
  }
  for (const Element& row : element.rows) AddTotals(row, totals);
}

}  // namespace

Totals TotalsOf(const Element& root) {
  Totals totals;
  AddTotals(root, totals);
  return totals;
}

// ---- Receipts ----

namespace {

// A receipt names everything up to here; after that the first fault of each answer, and how many there are.
constexpr size_t kReceiptFaultsMax = 10'000;

void AddFaults(const Faults& faults, size_t& listed, Element& to) {
  size_t here = 0;
  for (const Fault& fault : faults.list()) {
    if (here > 0 && listed >= kReceiptFaultsMax) break;
    to.Add("CW").Put("CWDM", FaultName(fault.code)).Put("WZ", fault.place).Put("SM", fault.text);
    ++here, ++listed;
  }
  if (faults.count() > here) to.Put("CWS", absl::StrCat(faults.count()));
}

}  // namespace

std::string WriteReceipt(const BatchName& about, const BatchReceipt& receipt, std::string_view encoding, absl::Time at,
                         absl::TimeZone zone) {
  Element root{.name = std::string(TypeOf(about.family, Part::kReceipt))};
  root.Put("BB", kFormatVersion).Put("PCMC", receipt.batch).Put("QDZY", receipt.manifest_sha256);
  root.Put("RESULT", absl::StrCat(static_cast<int>(receipt.result))).Put("SCSJ", TimeText(at, zone));
  size_t listed = 0;
  AddFaults(receipt.faults, listed, root);
  for (const BatchReceipt::Answer& answer : receipt.answers) {
    Element& row = root.Add("JG");
    row.Put("BDHM", answer.request).Put("RESULT", answer.faults.empty() ? "1" : "2");
    row.Put("MSG", answer.faults.empty() ? "" : FaultName(answer.faults.list().front().code));
    AddFaults(answer.faults, listed, row);
  }
  return WriteXml(root, encoding);
}

std::optional<BatchReceipt> ReadReceipt(std::string_view utf8) {
  Faults faults;
  const Element root = ReadXml(utf8, faults).root;
  if (!faults.empty() || (root.name != "CXHZ" && root.name != "KZHZ")) return std::nullopt;
  BatchReceipt receipt;
  receipt.batch = root.At("PCMC");
  receipt.manifest_sha256 = root.At("QDZY");
  if (root.At("RESULT") != "1" && root.At("RESULT") != "2") return std::nullopt;
  receipt.result = root.At("RESULT") == "1" ? BatchReceipt::Result::kTaken : BatchReceipt::Result::kRefused;
  for (const Element* row : root.RowsNamed("CW")) {
    receipt.faults.Add(FaultCode::kAnswerInvalid, std::string(row->At("WZ")),
                       absl::StrCat(ToAbsl(row->At("CWDM")), " ", ToAbsl(row->At("SM"))));
  }
  return receipt;
}

}  // namespace eagle::file
