// eagle-audit witness: cosigns a log's newest checkpoint when it continues what this witness saw before.
#include "client/audit/witness.h"

#include <memory>

#include "client/audit/cli/commands.h"
#include "client/audit/log_folder.h"
#include "client/common/files.h"
#include "server/base/reason.h"
#include "server/journal/merkle.h"

namespace eagle::audit {
namespace {

struct WitnessFlags {
  std::string log, log_key, policy, state, key, out;
};

absl::Status CosignLog(Console& console, const WitnessFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const journal::LogPolicy policy, PolicyOf(flags.policy, flags.log_key));
  EAGLE_ASSIGN_OR_RETURN(const journal::WitnessKey key, ReadWitnessKey(flags.key));
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<LogSource> log, OpenLogFolder(flags.log));
  EAGLE_ASSIGN_OR_RETURN(const std::string note, log->Checkpoint());
  EAGLE_ASSIGN_OR_RETURN(const journal::LogPolicy::Judged head, policy.Open(note));
  Witness witness(flags.state, policy, key);
  EAGLE_ASSIGN_OR_RETURN(const journal::Witnessed kept, witness.Kept(head.checkpoint.origin));
  journal::AddCheckpoint request{.old_size = kept.size, .checkpoint = note};
  if (kept.size > 0 && kept.size <= head.checkpoint.size) {
    EAGLE_ASSIGN_OR_RETURN(request.proof, journal::ConsistencyProof(kept.size, head.checkpoint.size, *log));
  }
  EAGLE_ASSIGN_OR_RETURN(const Witnessing said,
                         witness.Add(journal::FormatAddCheckpoint(request), console.clock().WallNow()));
  if (said.answer != journal::WitnessAnswer::kCosign) return WhyNotCosigned(said, head.checkpoint.size);
  if (!flags.out.empty())
    EAGLE_RETURN_IF_ERROR(client::WriteDurably(flags.out, note + said.line, client::Readers::kEverybody));
  client::Document document;
  document.Add(client::Record("witness")
                   .Add("origin", client::Text(head.checkpoint.origin))
                   .Add("size", client::Count(head.checkpoint.size))
                   .Add("seen_before", kept.size > 0 ? client::Count(kept.size) : client::Nothing())
                   .Add("witness", client::Text(key.VerifierKey()))
                   .Add("line", client::Text(said.line.substr(0, said.line.size() - 1))));
  return console.Print(document);
}

}  // namespace

void AddWitness(CLI::App& root, Chosen& chosen) {
  auto flags = std::make_shared<WitnessFlags>();
  CLI::App* verb = root.add_subcommand(
      "witness", "Cosign a published log's newest checkpoint, when what this witness saw before is its beginning.");
  verb->add_option("LOG", flags->log, "folder of the published log")->required();
  verb->add_option("--log-key", flags->log_key, "the log's pinned key (text)");
  verb->add_option("--policy", flags->policy, "file of a policy that names the log");
  verb->add_option("--state", flags->state, "folder of what this witness has seen: lose it, and it has seen nothing")
      ->required();
  verb->add_option("--key", flags->key, "file of the witness's key")->required();
  verb->add_option("--out", flags->out, "where the checkpoint goes with the cosignature under it");
  verb->callback([&chosen, flags] { chosen = [flags](Console& console) { return CosignLog(console, *flags); }; });
}

}  // namespace eagle::audit
