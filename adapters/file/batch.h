// The families of files 文件族, the names of batches, and the manifest that makes a batch whole.
//
//   CXQQ, KZQQ   inquiries and controls that are asked       gateway -> agency
//   CXFK, KZFK   what the agency answers                     agency -> gateway
//   DZFK         what the agency states that it holds 对账   agency -> gateway
//   CXHZ, KZHZ, DZHZ   receipts: taken, refused with every reason, or waiting behind a gap; each way, for the batch of
//   its name
//
// A batch is <name>.xml and, placed last, <name>.manifest; <name> is 51 characters: the family, the agency's code in 17
// digits, the batch's number in 30. Numbers of each family begin at 1 and leave none out.
//
// Threads: values and pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "adapters/file/fault.h"
#include "adapters/file/xml.h"
#include "server/journal/hash.h"

namespace eagle::file {

inline constexpr size_t kFileBytesMax = 16 * 1024 * 1024;  // of one data file or receipt
inline constexpr size_t kManifestBytesMax = 64 * 1024;
inline constexpr int64_t kNumberMax = 999'999'999'999;
inline constexpr size_t kAnswersMax = 5'000;  // of one batch
inline constexpr char kFormatVersion[] = "1";

enum class Family : uint8_t { kInquiry = 0, kControl = 1, kPosition = 2 };
inline constexpr Family kFamilies[] = {Family::kInquiry, Family::kControl, Family::kPosition};
// Those in which something is asked; statements come unasked.
inline constexpr Family kAskingFamilies[] = {Family::kInquiry, Family::kControl};

enum class Part : uint8_t { kRequest, kFeedback, kReceipt };
// "CXQQ", "KZFK", ...; empty for what there is none of, the request of a statement.
std::string_view TypeOf(Family family, Part part);

struct BatchName {
  Family family = Family::kInquiry;
  Part part = Part::kRequest;
  std::string agency;  // as in the configuration, without leading zeros
  int64_t number = 0;

  std::string Text() const;  // 51 characters
  std::string DataFile() const { return Text() + ".xml"; }
  std::string ManifestFile() const { return Text() + ".manifest"; }
  BatchName With(Part other) const { return {family, other, agency, number}; }
};
// From a name without its ending; absent for anything else and for numbers beyond kNumberMax.
std::optional<BatchName> ParseBatchName(std::string_view text);
// Codes of at most 17 digits, not beginning with a zero, can name batches.
bool CanNameBatches(std::string_view agency);

// Count and sum of the amounts of one currency (numeric code).
struct Total {
  int64_t count = 0;
  int64_t minor_units = 0;
  friend bool operator==(const Total&, const Total&) = default;
};
using Totals = std::map<std::string, Total>;

struct Manifest {
  std::string batch;     // name
  std::string encoding;  // of the data file
  int64_t rows = 0;      // requests or answers
  std::string file;
  int64_t file_bytes = 0;
  std::string file_sha256;  // lower-case hexadecimal
  Totals totals;
};
// In ASCII.
std::string WriteManifest(const Manifest& manifest, absl::Time made_at, absl::TimeZone zone);
// Faults: MANIFEST_UNREADABLE.
std::optional<Manifest> ReadManifest(std::string_view bytes, Faults& faults);

// "60000.00": amounts as these files have them.
std::string AmountText(int64_t minor_units);
// Zero or more, at most two decimals, no commas; absent otherwise.
std::optional<int64_t> ParseAmount(std::string_view text);
// What the control totals are about: JE of KZZH, YE of ZHXX, SKJE of KZXX. Rows whose amount can't be read don't count
// here; they are faults of their own.
Totals TotalsOf(const Element& root);

// A receipt: the answer to one batch.
struct BatchReceipt {
  enum class Result : uint8_t { kTaken = 1, kRefused = 2, kWaits = 3 };
  struct Answer {
    std::string request;
    Faults faults;  // none: taken
  };
  std::string batch;            // name of the batch that it is about
  std::string manifest_sha256;  // and which of those that came under the name
  Result result = Result::kTaken;
  Faults faults;  // of the batch
  std::vector<Answer> answers;
};
// In UTF-8.
std::string WriteReceipt(const BatchName& about, const BatchReceipt& receipt, std::string_view encoding, absl::Time at,
                         absl::TimeZone zone);
// Absent when it isn't one.
std::optional<BatchReceipt> ReadReceipt(std::string_view utf8);

}  // namespace eagle::file
