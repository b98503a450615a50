// Rows as bytes, for registers and inboxes that keep them in a table of bytes: a version, then fields in a fixed order;
// texts behind a 32-bit length, times in microseconds. What was cut short, is too long, or has another version reads as
// not Done.
//
// Threads: values.
//
//   FieldWriter out(1);  out.Text(id).Time(at);  Put(key, out.Take());
//   FieldReader in(bytes, 1);  id = in.Text();  at = in.Time();  if (!in.Done()) ...
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "server/base/bytes.h"

namespace eagle::sdk {

class FieldWriter {
 public:
  explicit FieldWriter(uint8_t version) { writer_.U8(version); }
  FieldWriter& U8(uint8_t value) { return writer_.U8(value), *this; }
  FieldWriter& U32(uint32_t value) { return writer_.U32(value), *this; }
  FieldWriter& U64(uint64_t value) { return writer_.U64(value), *this; }
  FieldWriter& I64(int64_t value) { return writer_.I64(value), *this; }
  FieldWriter& Bytes(std::string_view bytes) { return writer_.Bytes(bytes), *this; }
  FieldWriter& Text(std::string_view text) { return U32(static_cast<uint32_t>(text.size())).Bytes(text); }
  FieldWriter& Count(size_t count) { return U32(static_cast<uint32_t>(count)); }
  FieldWriter& Time(absl::Time time) { return I64(absl::ToUnixMicros(time)); }
  FieldWriter& Time(const std::optional<absl::Time>& time) { return I64(time ? absl::ToUnixMicros(*time) : kNoTime); }
  std::string Take() { return writer_.Take(); }

  static constexpr int64_t kNoTime = INT64_MIN;

 private:
  ByteWriter writer_;
};

class FieldReader {
 public:
  FieldReader(std::string_view bytes, uint8_t version) : reader_(bytes) { ok_ = reader_.U8() == version; }
  uint8_t U8() { return reader_.U8(); }
  uint32_t U32() { return reader_.U32(); }
  uint64_t U64() { return reader_.U64(); }
  int64_t I64() { return reader_.I64(); }
  std::string_view Bytes(size_t count) { return reader_.Bytes(count); }
  std::string_view View() { return reader_.Bytes(reader_.U32()); }
  std::string Text() { return std::string(View()); }
  // How many rows follow: 0 when there can't be so many.
  size_t Count() {
    const uint32_t count = reader_.U32();
    if (count > reader_.remaining()) ok_ = false;
    return ok_ ? count : 0;
  }
  absl::Time Time() { return absl::FromUnixMicros(reader_.I64()); }
  std::optional<absl::Time> MaybeTime() {
    const int64_t micros = reader_.I64();
    return micros == FieldWriter::kNoTime ? std::nullopt : std::optional<absl::Time>(absl::FromUnixMicros(micros));
  }
  void Expect(bool holds) { ok_ = ok_ && holds; }
  bool Done() const { return ok_ && reader_.Done(); }

 private:
  ByteReader reader_;
  bool ok_ = false;
};

}  // namespace eagle::sdk
