// eagle init: founds a log in the folder of a gateway that isn't running.
#include "client/cli/init.h"

#include "client/cli/commands.h"
#include "client/cli/session.h"
#include "client/common/files.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/note.h"
#include "server/trust/pem.h"
#include "server/trust/secret_file.h"

namespace eagle::client {
namespace {

struct InitFlags {
  std::string data, last_signed, origin, environment, log_key, master_key;
  std::vector<std::string> administrators, registrars;
  uint64_t threshold = 2, approvals = 2, partition = 1;
};

// "a.pub,b.pub" or several flags: both are written.
std::vector<std::string> Split(const std::vector<std::string>& lists) {
  std::vector<std::string> out;
  for (const std::string& list : lists) {
    for (size_t at = 0; at <= list.size();) {
      const size_t comma = std::min(list.find(',', at), list.size());
      if (comma > at) out.push_back(list.substr(at, comma - at));
      at = comma + 1;
    }
  }
  return out;
}

// "keys/administrator-chen.pub" is the key of "administrator-chen".
std::string NameOfFile(const std::string& path) {
  const std::string name = path.substr(path.find_last_of('/') + 1);
  return name.substr(0, name.rfind('.'));
}

absl::Status ReadKeys(const std::vector<std::string>& paths,
                      google::protobuf::RepeatedPtrField<v1::FoundingKey>* keys) {
  for (const std::string& path : paths) {
    EAGLE_ASSIGN_OR_RETURN(const std::string pem, ReadFile(path));
    EAGLE_ASSIGN_OR_RETURN(const trust::PublicKeyBytes key, trust::PublicKeyFromPem(pem));
    if (key.algorithm != v1::KEY_ALGORITHM_ED25519)
      return Fail(Reason::kKeyUnusable, "the keys that found a log are Ed25519 keys: " + path);
    for (const v1::FoundingKey& other : *keys) {
      if (other.key() == key.raw)
        return Fail(Reason::kFieldInvalid, "the same key twice: " + path + " and " + other.name());
    }
    v1::FoundingKey* row = keys->Add();
    row->set_name(NameOfFile(path));
    row->set_algorithm(key.algorithm);
    row->set_key(key.raw);
  }
  return absl::OkStatus();
}

absl::Status FillFounding(const InitFlags& flags, v1::LogFounded& founded) {
  founded.set_origin(flags.origin);
  founded.set_partition(static_cast<uint32_t>(flags.partition));
  founded.set_format_version(1);
  founded.set_environment(OfWord<v1::Environment>(flags.environment));
  EAGLE_RETURN_IF_ERROR(ReadKeys(Split(flags.administrators), founded.mutable_administrators()));
  EAGLE_RETURN_IF_ERROR(ReadKeys(Split(flags.registrars), founded.mutable_registrars()));
  if (flags.threshold < 1 || flags.threshold > static_cast<uint64_t>(founded.registrars_size()))
    return Fail(Reason::kFieldInvalid, "--threshold is 1 to the number of registrars");
  if (flags.approvals < 2 || flags.approvals > static_cast<uint64_t>(founded.administrators_size()))
    return Fail(Reason::kFieldInvalid, "--approvals is 2 to the number of administrators");
  founded.set_registrar_threshold(static_cast<uint32_t>(flags.threshold));
  founded.set_approvals(static_cast<uint32_t>(flags.approvals));

  EAGLE_ASSIGN_OR_RETURN(std::string text, trust::ReadSecretFile(flags.log_key));
  text.erase(text.find_last_not_of("\r\n") + 1);
  EAGLE_ASSIGN_OR_RETURN(const auto signer, journal::Ed25519NoteSigner::Parse(text));
  if (signer.name() != flags.origin)
    return Fail(Reason::kKeyUnusable, "the log's key is for another origin: " + signer.name());
  founded.mutable_log_key()->set_name(flags.origin);
  founded.mutable_log_key()->set_algorithm(v1::KEY_ALGORITHM_ED25519);
  founded.mutable_log_key()->set_key(std::string(signer.PublicKeyOf().View()));
  return absl::OkStatus();
}

absl::Status RunInit(Session& session, const InitFlags& flags) {
  FoundingOptions options{.data_folder = flags.data,
                          .last_signed = flags.last_signed,
                          .log_key_file = flags.log_key,
                          .master_key_file = flags.master_key};
  EAGLE_RETURN_IF_ERROR(FillFounding(flags, options.founded));
  if (!session.process().found_log) return Fail(Reason::kNotBuiltIn, "this build of eagle can't found a log");
  if (session.process().clock_steps && options.founded.environment() != v1::ENVIRONMENT_TEST) {
    return Fail(Reason::kConfigurationInvalid, "a step clock (EAGLE_STEP_CLOCK) is for the environment test only");
  }
  EAGLE_ASSIGN_OR_RETURN(const std::string checkpoint, session.process().found_log(options));
  Document document;
  document.Add(Record("founded")
                   .Add("origin", Text(flags.origin))
                   .Add("environment", Text(flags.environment))
                   .Add("administrators", Count(static_cast<uint64_t>(options.founded.administrators_size())))
                   .Add("registrars", Count(static_cast<uint64_t>(options.founded.registrars_size())))
                   .Add("data", Text(flags.data))
                   .Add("checkpoint", RawJson(JsonString(checkpoint))));
  return session.Print(document);
}

}  // namespace

void AddInit(Verb& root) {
  auto flags = std::make_shared<InitFlags>();
  Verb verb = root.Add(
      "init", "Found a log: write entry 0 into a new data folder (operators).",
      "eagle init --data data --last-signed safe/last-signed --origin court.example/log1 --environment test \\\n"
      "  --log-key pki/keys/log.key --master-key pki/keys/master.key \\\n"
      "  --administrators pki/keys/administrator-a.pub,pki/keys/administrator-b.pub \\\n"
      "  --registrars pki/keys/registrar-1.pub,pki/keys/registrar-2.pub,pki/keys/registrar-3.pub");
  verb.Text("--data", &flags->data, "data folder; no gateway may run on it", Need::kRequired);
  verb.Text("--last-signed", &flags->last_signed, "path of the last-signed store, on another disk than the data",
            Need::kRequired);
  verb.Text("--origin", &flags->origin, "name of the log for ever", Need::kRequired);
  verb.Choice("--environment", &flags->environment, {"test", "production"}, "part of every signed thing",
              Need::kRequired);
  verb.Text("--log-key", &flags->log_key, "private key file of the log", Need::kRequired);
  verb.Text("--master-key", &flags->master_key, "master key file that wraps the payloads' keys", Need::kRequired);
  verb.Texts("--administrators", &flags->administrators, "public key files, separated by commas", Need::kRequired);
  verb.Texts("--registrars", &flags->registrars, "public key files, separated by commas", Need::kRequired);
  verb.Number("--threshold", &flags->threshold, "registrars that must sign (2)");
  verb.Number("--approvals", &flags->approvals, "administrators that must agree (2)");
  verb.Number("--partition", &flags->partition, "number of this log among the installation's (1)");
  verb.Do([flags](Session& session) { return RunInit(session, *flags); });
}

}  // namespace eagle::client
