#include "server/blobs/media_type.h"

#include <algorithm>

namespace eagle::blobs {
namespace {

constexpr std::string_view kOfdEntry = "OFD.xml";
constexpr size_t kBeginBytes = 8;

struct Row {
  MediaType type;
  std::string_view name, begin;
};
constexpr Row kRows[] = {
    {MediaType::kPdf, "application/pdf", "%PDF-"},
    {MediaType::kOfd, "application/ofd", "PK\x03\x04"},
    {MediaType::kPng, "image/png", "\x89PNG\r\n\x1a\n"},
    {MediaType::kJpeg, "image/jpeg", "\xff\xd8\xff"},
};

const Row& RowOf(MediaType type) {
  return *std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& row) { return row.type == type; });
}

}  // namespace

std::optional<MediaType> MediaTypeNamed(std::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return row.type;
  }
  return std::nullopt;
}

std::optional<MediaType> MediaTypeNumbered(uint8_t number) {
  for (const Row& row : kRows) {
    if (static_cast<uint8_t>(row.type) == number) return row.type;
  }
  return std::nullopt;
}

std::string_view NameOf(MediaType type) { return RowOf(type).name; }

void TypeCheck::Update(std::string_view piece) {
  if (begin_.size() < kBeginBytes) begin_ += piece.substr(0, kBeginBytes - begin_.size());
  if (type_ != MediaType::kOfd || named_) return;
  const std::string seam = tail_ + std::string(piece.substr(0, kOfdEntry.size() - 1));
  named_ = piece.find(kOfdEntry) != std::string_view::npos || seam.find(kOfdEntry) != std::string::npos;
  tail_ = (tail_ + std::string(piece.substr(piece.size() - std::min(piece.size(), kOfdEntry.size() - 1))));
  if (tail_.size() > kOfdEntry.size() - 1) tail_ = tail_.substr(tail_.size() - (kOfdEntry.size() - 1));
}

bool TypeCheck::Fits() const {
  return std::string_view(begin_).substr(0, RowOf(type_).begin.size()) == RowOf(type_).begin &&
         (type_ != MediaType::kOfd || named_);
}

}  // namespace eagle::blobs
