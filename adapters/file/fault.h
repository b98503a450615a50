// What is wrong with a batch or with one answer in it, in the words of the receipt that the other side gets.
//
// Every check adds what it finds and goes on, so that a receipt names everything at once. Texts never repeat personal
// values: the place says where to look.
//
// Threads: values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace eagle::file {

// In README.md with what each asks of the agency; a test compares the two.
enum class FaultCode {
  kManifestUnreadable,
  kManifestMismatch,
  kFileMissing,
  kFileTooLarge,
  kSizeMismatch,
  kDigestMismatch,
  kEncodingInvalid,
  kXmlInvalid,
  kLimitExceeded,
  kElementUnknown,
  kFieldUnknown,
  kFieldMissing,
  kFieldInvalid,
  kCountMismatch,
  kTotalMismatch,
  kSequenceGap,
  kSequenceReused,
  kSequenceGivenUp,
  kNotAsked,
  kAlreadyFedBack,
  kNilWithError,
  kRowsUnexpected,
  kRowsMissing,
  kAmountsDiffer,
  kResultUnknown,
  kNotFinal,
  kAnswerInvalid,
};
inline constexpr int kFaultCodes = static_cast<int>(FaultCode::kAnswerInvalid) + 1;
// "DIGEST_MISMATCH".
std::string_view FaultName(FaultCode code);

struct Fault {
  FaultCode code = FaultCode::kFieldInvalid;
  std::string place;  // "line 12, KZXX SKJE"
  std::string text;
};

class Faults {
 public:
  void Add(FaultCode code, std::string place, std::string text) {
    ++count_;
    if (list_.size() < kListed) list_.push_back({code, std::move(place), std::move(text)});
  }
  bool empty() const { return count_ == 0; }
  // The first ones, at most kListed; `count` says how many there are.
  const std::vector<Fault>& list() const { return list_; }
  size_t count() const { return count_; }
  bool Has(FaultCode code) const;

  static constexpr size_t kListed = 100;

 private:
  std::vector<Fault> list_;
  size_t count_ = 0;
};

}  // namespace eagle::file
