// eagle-audit head: the newest checkpoint of a published log, and whether its tiles hash to it.
#include <memory>

#include "client/audit/cli/commands.h"
#include "client/audit/cli/log_flags.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/checkpoint.h"

namespace eagle::audit {
namespace {

struct Flags {
  LogFlags log;
  std::string log_key;
};

absl::Status Head(Console& console, const Flags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<journal::NoteVerifier> key, journal::ParseVerifierKey(flags.log_key));
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<LogSource> log, OpenLog(flags.log));
  EAGLE_ASSIGN_OR_RETURN(const std::string note, log->Checkpoint());
  EAGLE_ASSIGN_OR_RETURN(const journal::Checkpoint head, journal::OpenCheckpoint(note, *key));
  EAGLE_ASSIGN_OR_RETURN(const journal::Hash root, journal::RootOf(head.size, *log));
  if (root != head.root) return Fail(Reason::kJournalBroken, "the tiles don't hash to the signed root");
  client::Document document;
  document.Add(client::Record("head")
                   .Add("origin", client::Text(head.origin))
                   .Add("size", client::Count(head.size))
                   .Add("root", client::Text(HexEncode(journal::View(head.root))))
                   .Add("verdict", client::Text("signed by the pinned key; the tiles hash to its root"))
                   .Add("checkpoint", client::RawJson(client::JsonString(note))));
  return console.Print(document);
}

}  // namespace

void AddHead(CLI::App& root, Chosen& chosen) {
  auto flags = std::make_shared<Flags>();
  CLI::App* verb = root.add_subcommand("head", "Show the newest checkpoint, verified, and check its tiles.");
  AddLogFlags(*verb, flags->log);
  verb->add_option("--log-key", flags->log_key, "the log's pinned key (text)")->required();
  verb->callback([&chosen, flags] { chosen = [flags](Console& console) { return Head(console, *flags); }; });
}

}  // namespace eagle::audit
