// XML as these files use it: elements with fields (attributes) and rows (child elements), no text between them, no
// document type, no processing instructions. Read by expat, so nothing of a file is ever expanded or fetched.
//
// Threads: values and pure functions.
//
//   Element root{.name = "CXQQ"};
//   root.Add("CXQQXX").Put("BDHM", request).Put("XM", name);
//   const std::string utf8 = WriteXml(root, "GB18030");    // the declaration names the encoding it will be stored in
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "adapters/file/fault.h"

namespace eagle::file {

inline constexpr size_t kDepthMax = 6;
inline constexpr size_t kElementsMax = 100'000;
inline constexpr size_t kFieldsMax = 64;         // of one element
inline constexpr size_t kFieldBytesMax = 4'000;  // of one value, in UTF-8
inline constexpr size_t kNameBytesMax = 32;      // of an element or field

struct Element {
  std::string name;
  std::vector<std::pair<std::string, std::string>> fields;  // in the order of the file
  std::vector<Element> rows;
  size_t line = 0;  // where it was read

  bool Has(std::string_view field) const { return Find(field) != nullptr; }
  // Empty when absent: an empty field and none are the same in these files.
  std::string_view At(std::string_view field) const;
  // Appends; empty values are left out.
  Element& Put(std::string_view field, std::string_view value);
  Element& Add(std::string_view row);
  std::vector<const Element*> RowsNamed(std::string_view row) const;
  // "line 12, KZXX SKJE".
  std::string Place(std::string_view field = "") const;

 private:
  const std::string* Find(std::string_view field) const;
};

// Whether XML can carry `text`: no control characters but tab and line ends, no U+FFFE, U+FFFF. Error: TEXT_INVALID.
absl::Status CheckXmlText(std::string_view text);

// In UTF-8, one element a line; the declaration names `encoding`. Pre: CheckXmlText took every value.
std::string WriteXml(const Element& root, std::string_view encoding);

struct Document {
  Element root;
  std::string declared;  // encoding in the declaration; empty: none
};
// `utf8` is read as UTF-8 whatever it declares. Faults: XML_INVALID, LIMIT_EXCEEDED (the first one ends the reading).
Document ReadXml(std::string_view utf8, Faults& faults);

}  // namespace eagle::file
