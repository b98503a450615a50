// Messages in files that people write: protobuf JSON (`*.json`) or text format (`*.txtpb`). Strict: a field that the
// contract doesn't have is an error, not a comment.
//
// Threads: pure functions, but for reading the file.
//
//   EAGLE_ASSIGN_OR_RETURN(v1::OpenCase open, ReadMessageFile<v1::OpenCase>("case.json"));
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace eagle::client {

// Errors: FIELD_INVALID with the parser's own words (an unknown field, a wrong type, broken JSON).
absl::Status FromJson(std::string_view json, google::protobuf::Message* message);
absl::Status FromText(std::string_view text, google::protobuf::Message* message);
// By the ending of the path. Errors: those above, with the path; STORAGE_UNUSABLE.
absl::Status ReadMessageFile(const std::string& path, google::protobuf::Message* message);

template <class M>
absl::StatusOr<M> FromJson(std::string_view json) {
  M message;
  if (absl::Status status = FromJson(json, &message); !status.ok()) return status;
  return message;
}
template <class M>
absl::StatusOr<M> ReadMessageFile(const std::string& path) {
  M message;
  if (absl::Status status = ReadMessageFile(path, &message); !status.ok()) return status;
  return message;
}

// One line, or indented; names of fields as the contract has them. For output only: what is signed is never JSON.
std::string ToJson(const google::protobuf::Message& message, bool indented = false);

}  // namespace eagle::client
