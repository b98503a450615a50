#include "client/lib/json.h"

#include "client/common/files.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/json_util.h"
#include "server/base/assert.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

namespace pb = google::protobuf;

// The first complaint, with its place.
class FirstError : public pb::io::ErrorCollector {
 public:
  void AddError(int line, pb::io::ColumnNumber column, const std::string& message) override {
    if (text.empty())
      text = "line " + std::to_string(line + 1) + ", column " + std::to_string(column + 1) + ": " + message;
  }
  std::string text;
};

}  // namespace

absl::Status FromJson(std::string_view json, pb::Message* message) {
  pb::util::JsonParseOptions strict;
  strict.ignore_unknown_fields = false;
  strict.case_insensitive_enum_parsing = false;
  const auto status = pb::util::JsonStringToMessage(pb::StringPiece(json.data(), json.size()), message, strict);
  if (status.ok()) return absl::OkStatus();
  return Fail(Reason::kFieldInvalid,
              "not a " + message->GetDescriptor()->name() + " in JSON: " + std::string(status.message()));
}

absl::Status FromText(std::string_view text, pb::Message* message) {
  pb::TextFormat::Parser parser;
  FirstError error;
  parser.RecordErrorsTo(&error);
  if (parser.ParseFromString(std::string(text), message)) return absl::OkStatus();
  return Fail(Reason::kFieldInvalid, "not a " + message->GetDescriptor()->name() + " in text format: " + error.text);
}

absl::Status ReadMessageFile(const std::string& path, pb::Message* message) {
  const bool is_text = path.ends_with(".txtpb");
  if (!is_text && !path.ends_with(".json")) {
    return Fail(Reason::kFieldInvalid, "the file's name must end in .json or .txtpb: " + path).With("path", path);
  }
  EAGLE_ASSIGN_OR_RETURN(const std::string content, ReadFile(path));
  const absl::Status status = is_text ? FromText(content, message) : FromJson(content, message);
  if (status.ok()) return status;
  Failure failure = FailureOf(status);
  failure.message = path + ": " + failure.message;
  failure.metadata.emplace_back("path", path);
  return ToStatus(failure);
}

std::string ToJson(const pb::Message& message, bool indented) {
  pb::util::JsonPrintOptions options;
  options.add_whitespace = indented;
  options.preserve_proto_field_names = true;
  std::string out;
  GATEWAY_ASSERT(pb::util::MessageToJsonString(message, &out, options).ok(),
                 "messages of the contract have a JSON form");
  return out;
}

}  // namespace eagle::client
