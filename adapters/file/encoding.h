// The characters at the edge: UTF-8 inside, what the agency's system reads and writes outside.
//
// Nothing is ever replaced: a character that the outside can't carry, or bytes that are none of its text, are an error.
// Both ways are checked back, so text that went out is the text that comes in, byte for byte.
//
// Threads: values and pure functions.
//
//   EAGLE_ASSIGN_OR_RETURN(Encoding edge, Encoding::Named("GB18030"));
//   EAGLE_ASSIGN_OR_RETURN(std::string bytes, edge.Encode("林远舟"));
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace eagle::file {

class Encoding {
 public:
  // GB18030, GBK or UTF-8. GB 18030 carries every character of Unicode, GBK those of 21,886.
  // Error: CONFIGURATION_INVALID.
  static absl::StatusOr<Encoding> Named(std::string_view name);

  const std::string& name() const { return name_; }
  // Error: TEXT_INVALID naming the first character that can't be carried ("U+20BB7").
  absl::StatusOr<std::string> Encode(std::string_view utf8) const;
  // Error: TEXT_INVALID with the offset of the first byte that isn't text.
  absl::StatusOr<std::string> Decode(std::string_view bytes) const;
  // Whether a file that declares itself as `declared` may be read so: the same name, or one of a part of it (GB2312 and
  // GBK in GB18030).
  bool Fits(std::string_view declared) const;

 private:
  explicit Encoding(std::string name) : name_(std::move(name)) {}
  std::string name_;
};

}  // namespace eagle::file
