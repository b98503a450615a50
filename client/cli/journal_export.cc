// eagle journal export: the log as static files, through a gateway or from a stopped folder.
#include <memory>

#include "client/audit/log_export.h"
#include "client/cli/commands.h"
#include "client/cli/journal.h"
#include "client/cli/pinned_log.h"
#include "client/cli/session.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

struct ExportFlags {
  JournalFolderOptions folder;
  std::string out, policy;
  bool payloads = false;
};

class GatewayEntries : public audit::EntrySource {
 public:
  GatewayEntries(Gateway& gateway, bool payloads) : gateway_(gateway), payloads_(payloads) {}
  absl::StatusOr<std::string> Checkpoint() override {
    EAGLE_ASSIGN_OR_RETURN(const v1::GetCheckpointResponse answer, gateway_.GetCheckpoint({}));
    return answer.checkpoint();
  }
  absl::StatusOr<std::vector<Entry>> Entries(uint64_t first, size_t most) override {
    v1::ListEntriesRequest request;
    request.set_first(first);
    request.set_limit(static_cast<uint32_t>(most));
    request.set_with_payloads(payloads_);
    EAGLE_ASSIGN_OR_RETURN(v1::ListEntriesResponse answer, gateway_.ListEntries(request));
    std::vector<Entry> out;
    for (v1::JournalEntry& entry : *answer.mutable_entries())
      out.push_back({std::move(*entry.mutable_leaf()), std::move(*entry.mutable_sealed())});
    return out;
  }

 private:
  Gateway& gateway_;
  const bool payloads_;
};

class FolderEntries : public audit::EntrySource {
 public:
  explicit FolderEntries(JournalFolder& folder) : folder_(folder) {}
  absl::StatusOr<std::string> Checkpoint() override { return folder_.Checkpoint(); }
  absl::StatusOr<std::vector<Entry>> Entries(uint64_t first, size_t most) override {
    EAGLE_ASSIGN_OR_RETURN(std::vector<RawEntry> entries, folder_.Entries(first, most));
    std::vector<Entry> out;
    for (RawEntry& entry : entries) out.push_back({std::move(entry.leaf), std::move(entry.sealed)});
    return out;
  }

 private:
  JournalFolder& folder_;
};

absl::Status Export(Session& session, const ExportFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const journal::LogPolicy policy, PinnedLog(session, flags.policy, flags.folder.log_key));
  std::unique_ptr<JournalFolder> folder;
  std::unique_ptr<audit::EntrySource> source;
  if (flags.folder.data_folder.empty()) {
    EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
    source = std::make_unique<GatewayEntries>(*gateway, flags.payloads);
  } else {
    if (!session.process().open_journal_folder)
      return Fail(Reason::kNotBuiltIn, "this build of eagle can't read a gateway's folder");
    EAGLE_ASSIGN_OR_RETURN(folder, session.process().open_journal_folder(flags.folder));
    source = std::make_unique<FolderEntries>(*folder);
  }
  EAGLE_ASSIGN_OR_RETURN(
      const audit::Exported done,
      audit::ExportLog(*source, policy, flags.out, {.payloads = flags.payloads},
                       [&](uint64_t at, uint64_t of) { session.Counted(at, of, "entries published"); }));
  Document document;
  document.Add(Record("export")
                   .Add("folder", Text(flags.out))
                   .Add("origin", Text(done.checkpoint.origin))
                   .Add("size", Count(done.checkpoint.size))
                   .Add("root", Text(HexEncode(journal::View(done.checkpoint.root))))
                   .Add("size_before", Count(done.size_before))
                   .Add("files_written", Count(done.files_written))
                   .Add("payloads", YesNo(flags.payloads)));
  return session.Print(document);
}

}  // namespace

void AddJournalExport(Verb& journal) {
  auto flags = std::make_shared<ExportFlags>();
  Verb verb = journal.Add("export",
                          "Publish the log as static files (checkpoint, tiles, entries), which is all that an auditor "
                          "needs; again, and only what is new is added.",
                          "eagle journal export /srv/log\n"
                          "eagle journal export /srv/log --data backup --log-key \"$(cat keys/log.pub)\" --payloads");
  verb.Text("DIR", &flags->out, "the folder of the published log, made if it isn't there", Need::kRequired);
  verb.Flag("--payloads", &flags->payloads, "the sealed payloads too: for auditors who hold keys");
  verb.Text("--policy", &flags->policy, "file of the log's policy: keys, witnesses, quorum");
  verb.Text("--data", &flags->folder.data_folder, "data folder of a stopped gateway, or a backup of one");
  verb.Text("--last-signed", &flags->folder.last_signed, "the last-signed store");
  verb.Text("--log-key", &flags->folder.log_key, "the log's pinned key; the configuration's without it");
  verb.Do([flags](Session& session) { return Export(session, *flags); });
}

}  // namespace eagle::client
