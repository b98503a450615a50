// eagle pki: keys and certificates for a demonstration, a test or a first installation.
#include "client/cli/commands.h"
#include "client/cli/session.h"
#include "client/common/files.h"
#include "client/lib/key_facts.h"
#include "client/lib/pki_set.h"
#include "server/base/reason.h"
#include "server/journal/note.h"
#include "server/journal/witness.h"
#include "server/trust/secret_file.h"

namespace eagle::client {
namespace {

struct PkiMakeFlags {
  std::string out, spec;
};

absl::Status MakePki(Session& session, const PkiMakeFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const std::string json, ReadFile(flags.spec));
  EAGLE_ASSIGN_OR_RETURN(const PkiSpec spec, ParsePkiSpec(json));
  if (session.process().clock_steps && spec.environment != v1::ENVIRONMENT_TEST) {
    return Fail(Reason::kConfigurationInvalid, "a step clock (EAGLE_STEP_CLOCK) is for the environment test only");
  }
  EAGLE_RETURN_IF_ERROR(MakePkiSet(spec, flags.out, session.process().real_clock.WallNow(),
                                   session.process().clock.WallNow(), session.process().entropy));
  Document document;
  document.Add(Record("pki")
                   .Add("folder", Text(flags.out))
                   .Add("summary", Text(flags.out + "/summary.json"))
                   .Add("courts", Count(spec.courts.size()))
                   .Add("agencies", Count(spec.agencies.size()))
                   .Add("administrators", Count(spec.administrators.size()))
                   .Add("registrars", Count(spec.registrars.size())));
  return session.Print(document);
}

absl::Status ShowPki(Session& session, const std::string& path) {
  EAGLE_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  EAGLE_ASSIGN_OR_RETURN(const KeyFacts facts, KeyFactsOf(text));
  Record record("key");
  record.Add("file", Text(path)).Add("kind", Text(facts.kind));
  for (const auto& [name, value] : facts.facts) record.Add(name, Text(value));
  Document document;
  document.Add(std::move(record));
  return session.Print(document);
}

// The key of a witness of logs; what it says, those who trust the witness pin.
absl::Status MakeWitnessKey(Session& session, const std::string& name, const std::string& path) {
  if (!journal::IsKeyName(name))
    return Fail(Reason::kFieldInvalid, "a witness's name has no white space and no '+'").At("NAME", name);
  const std::string text = journal::WitnessKeyText(name, session.process().entropy.Bytes(journal::kSeedSize));
  EAGLE_RETURN_IF_ERROR(trust::WriteSecretFile(path, text + "\n"));
  EAGLE_ASSIGN_OR_RETURN(const journal::WitnessKey key, journal::ParseWitnessKey(text));
  Document document;
  document.Add(Record("witness_key").Add("file", Text(path)).Add("pin", Text(key.VerifierKey())));
  return session.Print(document);
}

}  // namespace

void AddPki(Verb& root) {
  Verb pki = root.Add("pki", "Keys and certificates: make a complete set, renew a certificate, or look at one.");
  auto make_flags = std::make_shared<PkiMakeFlags>();
  Verb make = pki.Add(
      "make", "Make every key and certificate that a description names, with proposals, statements and configurations.",
      "eagle pki make --spec demo.json --out demo/pki");
  make.Text("--spec", &make_flags->spec, "description in JSON (see the court guide)", Need::kRequired);
  make.Text("--out", &make_flags->out, "folder; secrets there are never overwritten", Need::kRequired);
  make.Do([make_flags](Session& session) { return MakePki(session, *make_flags); });

  AddPkiRenew(pki);

  auto witness_name = std::make_shared<std::string>(), witness_out = std::make_shared<std::string>();
  Verb witness = pki.Add("witness", "Make the key of a witness of logs 见证人, and say what those who trust it pin.",
                         "eagle pki witness witness.example/w1 --out w1.key");
  witness.Text("NAME", witness_name.get(), "the witness's name", Need::kRequired);
  witness.Text("--out", witness_out.get(), "the file to be made, readable by its owner only", Need::kRequired);
  witness.Do(
      [witness_name, witness_out](Session& session) { return MakeWitnessKey(session, *witness_name, *witness_out); });

  auto path = std::make_shared<std::string>();
  Verb show =
      pki.Add("show", "Show what a key or certificate file holds, without its secret.", "eagle pki show keys/log.pub");
  show.Text("FILE", path.get(), "a .pem, .pub, .key or .crt file", Need::kRequired);
  show.Do([path](Session& session) { return ShowPki(session, *path); });
}

}  // namespace eagle::client
