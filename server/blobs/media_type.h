// Which kinds of files papers may be, and whether bytes are of the kind that was named. It is no proof that a file can
// be shown; it keeps a program, a web page or a renamed document from travelling as a ruling.
//
// Threads: pure functions; a TypeCheck belongs to one thread at a time.
//
//   TypeCheck check(*MediaTypeNamed("application/pdf"));
//   for (const std::string& part : parts) check.Update(part);
//   if (!check.Fits()) ...
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace eagle::blobs {

// Numbers as they stand in stored files.
enum class MediaType : uint8_t { kPdf = 1, kOfd = 2, kPng = 3, kJpeg = 4 };

std::optional<MediaType> MediaTypeNamed(std::string_view name);  // "application/pdf"; absent for what isn't one of them
std::optional<MediaType> MediaTypeNumbered(uint8_t number);
std::string_view NameOf(MediaType type);

// Looks at a whole content, piece by piece in order.
//   PDF   begins with "%PDF-"                             ISO 32000-1, 7.5.2
//   OFD   a zip that names "OFD.xml"                      GB/T 33190-2016, 7.1
//   PNG   its eight bytes                                 RFC 2083, 3.1
//   JPEG  begins with a start marker and another marker   ITU-T T.81, B.1.1
class TypeCheck {
 public:
  explicit TypeCheck(MediaType type) : type_(type) {}
  void Update(std::string_view piece);
  bool Fits() const;

 private:
  const MediaType type_;
  std::string begin_;   // the first bytes
  std::string tail_;    // the last ones, where a name may go on in the next piece
  bool named_ = false;  // OFD.xml was seen
};

}  // namespace eagle::blobs
