#include "client/audit/cli/pins.h"

#include "client/common/files.h"
#include "server/base/reason.h"

namespace eagle::audit {
namespace {

// What the file of that name holds, its last line break off; the value itself when there is no such file.
absl::StatusOr<std::string> TextOrFile(const std::string& value) {
  const auto file = client::ReadFileIfThere(value);
  std::string text = file.ok() && *file ? **file : value;
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

absl::Status ReadKeys(const std::vector<std::string>& values, std::vector<std::string>& out) {
  for (const std::string& value : values) {
    EAGLE_ASSIGN_OR_RETURN(std::string text, TextOrFile(value));
    out.push_back(std::move(text));
  }
  return absl::OkStatus();
}

}  // namespace

void AddPinFlags(CLI::App& verb, PinFlags& flags) {
  verb.add_option("--log-key", flags.log_key, "the log's pinned key: text, or the file that holds it")->required();
  verb.add_option("--witness-key", flags.witness_keys, "a witness's pinned key, text or file; may be given again");
  verb.add_option("--witnesses", flags.witnesses, "how many of the pinned witnesses must have cosigned (default: 0)");
  verb.add_option("--registrar-key", flags.registrar_keys,
                  "a registrar's pinned key, base64 or PEM file; give all of them")
      ->required();
  verb.add_option("--registrar-threshold", flags.registrar_threshold, "how many registrars must sign (default: 2)");
}

absl::StatusOr<EvidencePins> PinsOf(const PinFlags& flags) {
  PinOptions options;
  EAGLE_ASSIGN_OR_RETURN(options.log_key, TextOrFile(flags.log_key));
  EAGLE_RETURN_IF_ERROR(ReadKeys(flags.witness_keys, options.witness_keys));
  EAGLE_RETURN_IF_ERROR(ReadKeys(flags.registrar_keys, options.registrar_keys));
  options.witnesses_needed = flags.witnesses;
  options.registrar_threshold = flags.registrar_threshold;
  return ParsePins(options);
}

}  // namespace eagle::audit
