#include "server/trust/report.h"

#include <algorithm>
#include <optional>
#include <set>

#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/dsse.h"

namespace eagle::trust {
namespace {

using google::protobuf::ListValue;
using google::protobuf::Struct;
using google::protobuf::Value;

constexpr size_t kNameBytesMax = 128;

absl::Status NoReport(std::string_view why) { return Fail(Reason::kEnvelopeMalformed, why); }

absl::StatusOr<Struct> ObjectOf(std::string_view text) {
  Struct object;
  const auto read =
      google::protobuf::util::JsonStringToMessage(google::protobuf::StringPiece(text.data(), text.size()), &object);
  if (!read.ok()) return NoReport("this is no JSON object");
  return object;
}

const Value* At(const Struct& object, const char* key) {
  const auto found = object.fields().find(key);
  return found == object.fields().end() ? nullptr : &found->second;
}
// Empty for what is no text.
std::string TextAt(const Struct& object, const char* key) {
  const Value* value = At(object, key);
  return value != nullptr && value->has_string_value() ? value->string_value() : "";
}
const ListValue* ListAt(const Struct& object, const char* key) {
  const Value* value = At(object, key);
  return value != nullptr && value->has_list_value() ? &value->list_value() : nullptr;
}
bool Counts(const Struct& object, const char* key, size_t expected) {
  const Value* value = At(object, key);
  return value != nullptr && value->has_number_value() && value->number_value() == static_cast<double>(expected);
}

// Each case under its verdict.
absl::Status TakeCases(const ListValue& cases, ConformanceReport& report) {
  std::set<std::string> names;
  if (cases.values().empty()) return NoReport("the report names no case");
  if (static_cast<size_t>(cases.values_size()) > kReportCasesMax) return NoReport("the report names too many cases");
  for (const Value& value : cases.values()) {
    const std::string name = TextAt(value.struct_value(), "name");
    const std::string verdict = TextAt(value.struct_value(), "verdict");
    if (name.empty() || name.size() > kNameBytesMax || !names.insert(name).second)
      return NoReport("a case has no name of its own");
    if (verdict == "PASSED") {
      report.passed.push_back(name);
    } else if (verdict == "FAILED") {
      report.failed.push_back(name);
    } else if (verdict == "SKIPPED") {
      report.skipped.push_back(name);
    } else {
      return NoReport("a case has no verdict");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<ConformanceReport> DocumentOf(std::string_view payload) {
  EAGLE_ASSIGN_OR_RETURN(const Struct document, ObjectOf(payload));
  ConformanceReport report{.adapter = TextAt(document, "adapter"),
                           .version = TextAt(document, "adapter_version"),
                           .agency = TextAt(document, "agency"),
                           .asset_kind = TextAt(document, "asset_kind"),
                           .kit_version = TextAt(document, "kit_version"),
                           .ended_at = TextAt(document, "ended_at")};
  if (report.adapter.empty() || report.version.empty()) return NoReport("the report names no adapter or no version");
  const ListValue* cases = ListAt(document, "cases");
  if (cases == nullptr) return NoReport("the report names no case");
  EAGLE_RETURN_IF_ERROR(TakeCases(*cases, report));
  if (!Counts(document, "passed", report.passed.size()) || !Counts(document, "failed", report.failed.size()) ||
      !Counts(document, "skipped", report.skipped.size()))
    return NoReport("the report's counts are not those of its cases");
  return report;
}

}  // namespace

absl::StatusOr<ReadReport> ReadConformanceReport(std::string_view bytes) {
  if (bytes.size() > kReportBytesMax)
    return Fail(Reason::kTooLarge, "a report has at most 49,152 bytes").With("bytes", bytes.size());
  EAGLE_ASSIGN_OR_RETURN(const Struct envelope, ObjectOf(bytes));
  std::optional<std::string> payload = Base64Decode(TextAt(envelope, "payload"));
  const ListValue* signatures = ListAt(envelope, "signatures");
  if (TextAt(envelope, "payloadType") != kReportPayloadType || !payload || signatures == nullptr)
    return NoReport("this is no signed report of the kit");
  if (static_cast<size_t>(signatures->values_size()) > kSignaturesMax) return NoReport("too many signatures");
  ReadReport read;
  for (const Value& value : signatures->values()) {
    std::optional<std::string> signature = Base64Decode(TextAt(value.struct_value(), "sig"));
    if (!signature) return NoReport("a signature is no base64");
    read.signatures.push_back(*std::move(signature));
  }
  EAGLE_ASSIGN_OR_RETURN(read.report, DocumentOf(*payload));
  read.payload = *std::move(payload);
  return read;
}

std::vector<uint64_t> SignersOf(const ReadReport& read, const std::vector<CandidateKey>& candidates,
                                const SignatureChecker& checker) {
  const std::string signed_bytes = journal::Pae(kReportPayloadType, read.payload);
  std::set<uint64_t> ids;
  for (const CandidateKey& candidate : candidates) {
    if (std::any_of(read.signatures.begin(), read.signatures.end(), [&](const std::string& signature) {
          return checker.Check(candidate.algorithm, candidate.key, signed_bytes, signature);
        }))
      ids.insert(candidate.id);
  }
  return {ids.begin(), ids.end()};
}

std::vector<std::string> ObjectionsTo(const ConformanceReport& report, const std::vector<std::string>& demanded) {
  std::vector<std::string> objections;
  for (const std::string& name : report.failed) objections.push_back(name + " failed");
  if (report.passed.empty()) objections.push_back("no case passed");
  for (const std::string& name : demanded) {
    if (std::find(report.passed.begin(), report.passed.end(), name) == report.passed.end())
      objections.push_back(name + " was not passed");
  }
  return objections;
}

}  // namespace eagle::trust
