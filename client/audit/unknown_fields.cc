#include "client/audit/unknown_fields.h"

namespace eagle::audit {

bool HasUnknownFields(const google::protobuf::Message& message) {
  using google::protobuf::FieldDescriptor;
  const google::protobuf::Reflection& about = *message.GetReflection();
  if (!about.GetUnknownFields(message).empty()) return true;
  const google::protobuf::Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      if (about.HasField(message, field) && HasUnknownFields(about.GetMessage(message, field))) return true;
      continue;
    }
    for (int k = 0; k < about.FieldSize(message, field); ++k) {
      if (HasUnknownFields(about.GetRepeatedMessage(message, field, k))) return true;
    }
  }
  return false;
}

}  // namespace eagle::audit
