#include "adapters/file/incoming.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::file {
namespace {

std::string DigestOf(std::string_view bytes) { return HexEncode(journal::View(journal::Sha256(bytes))); }

// A file that is too large or not there is a fault of the batch; a disk that fails is not.
absl::StatusOr<std::optional<std::string>> ReadPart(const Drop& drop, const std::string& name, size_t bytes_max,
                                                    Faults& faults) {
  absl::StatusOr<std::string> bytes = drop.ReadTheirs(name, bytes_max);
  if (bytes.ok()) return std::optional<std::string>(*std::move(bytes));
  const Reason reason = ReasonOf(bytes.status());
  if (reason == Reason::kTooLarge) {
    faults.Add(FaultCode::kFileTooLarge, name, absl::StrCat("at most ", bytes_max, " bytes"));
    return std::optional<std::string>();
  }
  if (reason == Reason::kNotFound) {
    faults.Add(FaultCode::kFileMissing, name, "the manifest is placed last, when its file is there");
    return std::optional<std::string>();
  }
  return bytes.status();
}

void CheckManifest(const Manifest& manifest, const BatchName& name, const Encoding& encoding, Faults& faults) {
  const auto wrong = [&](std::string_view field, const std::string& expected) {
    faults.Add(FaultCode::kManifestMismatch, absl::StrCat("manifest ", ToAbsl(field)), "must be " + expected);
  };
  if (manifest.batch != name.Text()) wrong("PCMC", name.Text());
  if (manifest.file != name.DataFile()) wrong("WJMC", name.DataFile());
  if (manifest.encoding != encoding.name()) wrong("BM", encoding.name());
}

void CheckBytes(const Manifest& manifest, const std::string& bytes, Faults& faults) {
  if (static_cast<int64_t>(bytes.size()) != manifest.file_bytes)
    faults.Add(FaultCode::kSizeMismatch, manifest.file,
               absl::StrCat(bytes.size(), " bytes, the manifest says ", manifest.file_bytes));
  if (DigestOf(bytes) != manifest.file_sha256)
    faults.Add(FaultCode::kDigestMismatch, manifest.file, "the SHA-256 isn't the one that the manifest says");
}

void CheckContent(const Manifest& manifest, const BatchName& name, const Element& root, Faults& faults) {
  const std::string_view type = TypeOf(name.family, name.part);
  const auto need = [&](std::string_view field, std::string_view expected) {
    if (root.At(field) != expected)
      faults.Add(FaultCode::kManifestMismatch, root.Place(field), absl::StrCat("must be ", ToAbsl(expected)));
  };
  if (root.name != type)
    faults.Add(FaultCode::kElementUnknown, root.Place(),
               absl::StrCat("the file of this batch is one element ", ToAbsl(type)));
  need("BB", kFormatVersion), need("PCMC", name.Text());
  const std::string row_name = absl::StrCat(ToAbsl(type), "XX");
  for (const Element& row : root.rows) {
    if (row.name != row_name && !(name.family == Family::kControl && row.name == "SJXX"))
      faults.Add(FaultCode::kElementUnknown, row.Place(), "only " + row_name + " belongs here");
  }
  const auto rows = static_cast<int64_t>(root.rows.size());
  if (root.rows.size() > kAnswersMax)
    faults.Add(FaultCode::kLimitExceeded, root.Place(), absl::StrCat("at most ", kAnswersMax, " answers"));
  if (rows != manifest.rows)
    faults.Add(FaultCode::kCountMismatch, "manifest TS",
               absl::StrCat(rows, " answers, the manifest says ", manifest.rows));
  const Totals totals = TotalsOf(root);
  if (totals == manifest.totals) return;
  Totals all = totals;
  all.insert(manifest.totals.begin(), manifest.totals.end());
  for (const auto& [currency, unused] : all) {
    const auto in = [&currency = currency](const Totals& of) {
      const auto at = of.find(currency);
      return at == of.end() ? Total() : at->second;
    };
    const Total seen = in(totals), told = in(manifest.totals);
    if (seen == told) continue;
    faults.Add(FaultCode::kTotalMismatch, absl::StrCat("manifest HJ ", currency),
               absl::StrCat(seen.count, " amounts of ", AmountText(seen.minor_units), ", the manifest says ",
                            told.count, " of ", AmountText(told.minor_units)));
  }
}

}  // namespace

absl::StatusOr<IncomingBatch> OpenBatch(const BatchName& name, const Drop& drop, const Encoding& encoding,
                                        Faults& faults) {
  IncomingBatch batch;
  EAGLE_ASSIGN_OR_RETURN(batch.manifest_bytes, drop.ReadTheirs(name.ManifestFile(), kManifestBytesMax + 1));
  batch.manifest_sha256 = DigestOf(batch.manifest_bytes);
  if (batch.manifest_bytes.size() > kManifestBytesMax) {
    faults.Add(FaultCode::kFileTooLarge, name.ManifestFile(), absl::StrCat("at most ", kManifestBytesMax, " bytes"));
    return batch;
  }
  const auto manifest = ReadManifest(batch.manifest_bytes, faults);
  if (!manifest) return batch;
  CheckManifest(*manifest, name, encoding, faults);
  if (!faults.empty()) return batch;
  EAGLE_ASSIGN_OR_RETURN(auto bytes, ReadPart(drop, name.DataFile(), kFileBytesMax, faults));
  if (!bytes) return batch;
  batch.file_bytes = *std::move(bytes);
  CheckBytes(*manifest, batch.file_bytes, faults);
  if (!faults.empty()) return batch;
  const absl::StatusOr<std::string> text = encoding.Decode(batch.file_bytes);
  if (!text.ok()) {
    const Failure failure = FailureOf(text.status());
    const std::string where =
        failure.metadata.empty() ? "" : failure.metadata.back().first + " " + failure.metadata.back().second;
    faults.Add(FaultCode::kEncodingInvalid, absl::StrCat(manifest->file, " ", where), failure.message);
    return batch;
  }
  Document document = ReadXml(*text, faults);
  if (!faults.empty()) return batch;
  if (!document.declared.empty() && !encoding.Fits(document.declared))
    faults.Add(FaultCode::kEncodingInvalid, "line 1",
               absl::StrCat("declares ", document.declared, ", agreed is ", encoding.name()));
  CheckContent(*manifest, name, document.root, faults);
  batch.root = std::move(document.root);
  return batch;
}

}  // namespace eagle::file
