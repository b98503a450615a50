#include "server/trust/strict.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::trust {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr size_t kMessageBytesMax = size_t{64} << 20;

enum Wire : uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5, kNoWire = 8 };

Wire WireOf(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_DOUBLE:
    case FieldDescriptor::TYPE_FIXED64:
    case FieldDescriptor::TYPE_SFIXED64:
      return kFixed64;
    case FieldDescriptor::TYPE_FLOAT:
    case FieldDescriptor::TYPE_FIXED32:
    case FieldDescriptor::TYPE_SFIXED32:
      return kFixed32;
    case FieldDescriptor::TYPE_STRING:
    case FieldDescriptor::TYPE_BYTES:
    case FieldDescriptor::TYPE_MESSAGE:
      return kBytes;
    case FieldDescriptor::TYPE_GROUP:
      return kNoWire;
    default:
      return kVarint;
  }
}

// Ordinary parsers cut a number that is too large for its field; two of them might cut it differently.
bool FitsType(const FieldDescriptor& field, uint64_t value) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_BOOL:
      return value <= 1;
    case FieldDescriptor::TYPE_UINT32:
    case FieldDescriptor::TYPE_SINT32:
      return value <= std::numeric_limits<uint32_t>::max();
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_ENUM: {  // negative numbers take all 64 bits
      const auto number = static_cast<int64_t>(value);
      return number >= std::numeric_limits<int32_t>::min() && number <= std::numeric_limits<int32_t>::max();
    }
    default:
      return true;
  }
}

// Walks over the bytes of one message with a stack of its own.
class Walk {
 public:
  Walk(std::string_view bytes, bool keep_unknown) : bytes_(bytes), keep_unknown_(keep_unknown) {}

  absl::Status Run(const Descriptor* type) {
    Enter(type, nullptr, 0, bytes_.size());
    while (!frames_.empty()) {
      if (at_ == frames_.back().end) {
        seen_.resize(frames_.back().seen);
        frames_.pop_back();
        continue;
      }
      EAGLE_RETURN_IF_ERROR(Field());
    }
    return absl::OkStatus();
  }

 private:
  struct Frame {
    const Descriptor* type;
    const FieldDescriptor* via;  // the field through which it was entered; null for the whole
    uint32_t place;              // its place in a repeated `via`
    size_t end;
    size_t seen;  // where its counters begin: one for each field, then one for each oneof
  };

  void Enter(const Descriptor* type, const FieldDescriptor* via, uint32_t place, size_t end) {
    frames_.push_back({type, via, place, end, seen_.size()});
    seen_.resize(seen_.size() + static_cast<size_t>(type->field_count() + type->oneof_decl_count()), 0);
  }

  absl::Status Field() {
    const Frame frame = frames_.back();
    uint64_t tag = 0;
    if (!Varint(frame.end, &tag) || tag > std::numeric_limits<uint32_t>::max() || tag >> 3 == 0) {
      return Malformed(nullptr, "a field's tag can't be read");
    }
    const auto wire = static_cast<uint32_t>(tag & 7);
    const FieldDescriptor* field = frame.type->FindFieldByNumber(static_cast<int>(tag >> 3));
    const bool packed = field != nullptr && field->is_packable() && wire == kBytes;
    if (field == nullptr || (WireOf(*field) != wire && !packed)) return Unknown(frame.end, wire, tag >> 3);
    uint32_t place = 0;
    EAGLE_RETURN_IF_ERROR(Count(frame, *field, &place));
    if (packed) return Packed(frame.end, *field);
    if (wire == kBytes) return LengthDelimited(frame.end, *field, place);
    return Number(frame.end, *field);
  }

  absl::Status Count(const Frame& frame, const FieldDescriptor& field, uint32_t* place) {
    *place = seen_[frame.seen + static_cast<size_t>(field.index())]++;
    if (*place > 0 && !field.is_repeated()) return Malformed(&field, "a single field is given twice");
    if (field.containing_oneof() == nullptr) return absl::OkStatus();
    const auto oneof = static_cast<size_t>(frame.type->field_count() + field.containing_oneof()->index());
    if (seen_[frame.seen + oneof]++ > 0) return Malformed(&field, "two members of one choice are given");
    return absl::OkStatus();
  }

  absl::Status Number(size_t end, const FieldDescriptor& field) {
    const Wire wire = WireOf(field);
    uint64_t value = 0;
    if (wire == kVarint ? !Varint(end, &value) : !Skip(end, wire == kFixed64 ? 8 : 4)) {
      return Malformed(&field, "a number can't be read");
    }
    if (!FitsType(field, value)) return Malformed(&field, "a number is outside its field's type");
    return absl::OkStatus();
  }

  absl::Status Packed(size_t end, const FieldDescriptor& field) {
    uint64_t size = 0;
    if (!Varint(end, &size) || size > end - at_) return Malformed(&field, "a list ends too soon");
    const size_t list_end = at_ + static_cast<size_t>(size);
    while (at_ < list_end) EAGLE_RETURN_IF_ERROR(Number(list_end, field));
    return absl::OkStatus();
  }

  absl::Status LengthDelimited(size_t end, const FieldDescriptor& field, uint32_t place) {
    uint64_t size = 0;
    if (!Varint(end, &size) || size > end - at_) return Malformed(&field, "a field ends too soon");
    const std::string_view content = bytes_.substr(at_, static_cast<size_t>(size));
    if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
      if (frames_.size() >= static_cast<size_t>(kDepthMax)) return Malformed(&field, "nested too deeply");
      Enter(field.message_type(), &field, place, at_ + content.size());
      return absl::OkStatus();
    }
    if (field.type() == FieldDescriptor::TYPE_STRING && !IsValidUtf8(content)) {
      return Wrong(&field, Reason::kTextInvalid, "text that isn't valid UTF-8");
    }
    at_ += content.size();
    return absl::OkStatus();
  }

  absl::Status Unknown(size_t end, uint32_t wire, uint64_t number) {
    if (!keep_unknown_) {
      return Wrong(nullptr, Reason::kUnknownFields,
                   "field number " + std::to_string(number) + " isn't known in this form");
    }
    uint64_t value = 0;
    bool read = false;
    if (wire == kVarint) read = Varint(end, &value);
    if (wire == kFixed64) read = Skip(end, 8);
    if (wire == kFixed32) read = Skip(end, 4);
    if (wire == kBytes) read = Varint(end, &value) && value <= end - at_ && Skip(end, static_cast<size_t>(value));
    if (!read) return Malformed(nullptr, "an unknown field can't be read");
    return absl::OkStatus();
  }

  bool Skip(size_t end, size_t count) {
    if (count > end - at_) return false;
    at_ += count;
    return true;
  }

  // At most ten bytes, and none more than the number needs.
  bool Varint(size_t end, uint64_t* value) {
    *value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (at_ == end) return false;
      const auto byte = static_cast<uint8_t>(bytes_[at_++]);
      if (shift == 63 && byte > 1) return false;
      *value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return byte != 0 || shift == 0;
    }
    return false;
  }

  absl::Status Malformed(const FieldDescriptor* field, std::string_view what) const {
    return Wrong(field, Reason::kEnvelopeMalformed, what);
  }

  absl::Status Wrong(const FieldDescriptor* field, Reason reason, std::string_view what) const {
    return Fail(reason, "the bytes of a " + frames_.front().type->name() + " can't be taken").At(PathTo(field), what);
  }

  std::string PathTo(const FieldDescriptor* field) const {
    std::string path;
    for (const Frame& frame : frames_) {
      if (frame.via == nullptr) continue;
      path += path.empty() ? "" : ".";
      path += frame.via->name();
      if (frame.via->is_repeated()) path += "[" + std::to_string(frame.place) + "]";
    }
    if (field == nullptr) return path;
    return path + (path.empty() ? "" : ".") + field->name();
  }

  std::string_view bytes_;
  bool keep_unknown_;
  size_t at_ = 0;
  std::vector<Frame> frames_;
  std::vector<uint32_t> seen_;
};

absl::Status Parse(std::string_view bytes, bool keep_unknown, google::protobuf::Message* message) {
  if (bytes.size() > kMessageBytesMax)
    return Fail(Reason::kTooLarge, "more bytes than any message of the contract has");
  EAGLE_RETURN_IF_ERROR(Walk(bytes, keep_unknown).Run(message->GetDescriptor()));
  if (!message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Fail(Reason::kEnvelopeMalformed, "the bytes of a " + message->GetDescriptor()->name() + " can't be read");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ParseStrict(std::string_view bytes, google::protobuf::Message* message) {
  return Parse(bytes, false, message);
}
absl::Status ParseTolerant(std::string_view bytes, google::protobuf::Message* message) {
  return Parse(bytes, true, message);
}

}  // namespace eagle::trust
