// Whether a message, or one within it, holds fields that this program's contract doesn't have.
//
// Threads: pure.
#pragma once

#include "google/protobuf/message.h"

namespace eagle::audit {

bool HasUnknownFields(const google::protobuf::Message& message);

}  // namespace eagle::audit
