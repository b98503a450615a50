// `eagle` with the gateway's own rooms beside it, so that one program also founds a log and audits a stopped folder.
// Wiring only; included by nobody.
#include <memory>
#include <utility>
#include <vector>

#include "client/cli/process.h"
#include "server/backup.h"
#include "server/base/bytes.h"
#include "server/base/system_clock.h"
#include "server/domain/policy.h"
#include "server/found.h"
#include "server/journal_folder.h"
#include "server/recover.h"
#include "server/trust/system_entropy.h"

namespace eagle {
namespace {

absl::StatusOr<std::string> FoundHere(const client::FoundingOptions& options) {
  EAGLE_ASSIGN_OR_RETURN(ChosenClock chosen, MakeClock());
  trust::SystemEntropy entropy;
  FoundingOptions here{.data_folder = options.data_folder,
                       .last_signed = options.last_signed,
                       .log_key_file = options.log_key_file,
                       .master_key_file = options.master_key_file,
                       .founded = options.founded};
  return FoundLog(std::move(here), chosen.clock->WallNow(), entropy);
}

std::vector<client::JournalFinding> Findings(const std::vector<JournalFinding>& findings) {
  std::vector<client::JournalFinding> out;
  for (const JournalFinding& finding : findings) out.push_back({finding.index, finding.reason, finding.message});
  return out;
}

std::vector<std::string> Hex(const std::vector<std::string>& tags) {
  std::vector<std::string> out;
  for (const std::string& tag : tags) out.push_back(HexEncode(tag));
  return out;
}

client::JournalLook Told(Look look) {
  const char* const act = look.act == LookAct::kRead ? "READ" : look.act == LookAct::kInquiry ? "INQUIRY" : "REFUSED";
  return {.index = look.index,
          .time = look.time,
          .act = act,
          .what = std::move(look.what),
          .reason = look.reason,
          .court_ordinal = look.court_ordinal,
          .court = std::move(look.court),
          .system = std::move(look.system),
          .officers = std::move(look.officers),
          .officer_tags = Hex(look.officer_tags),
          .case_number = std::move(look.case_number),
          .purpose = std::move(look.purpose),
          .subjects = std::move(look.subjects),
          .subject_tags = Hex(look.subject_tags),
          .sealed = look.sealed};
}

std::vector<client::FolderRecovery> Recoveries(const std::vector<FolderRecovery>& recoveries) {
  std::vector<client::FolderRecovery> out;
  for (const FolderRecovery& one : recoveries)
    out.push_back({one.index, one.lost_end, one.old_origin, one.new_origin, one.approvers});
  return out;
}

absl::StatusOr<client::RecoveryApplied> ApplyHere(const goldeneagle::v1::Envelope& document,
                                                  const client::RecoveryFolder& folder) {
  trust::SystemEntropy entropy;
  EAGLE_ASSIGN_OR_RETURN(
      const RecoveryApplied done,
      ApplyRecovery(document, {folder.data_folder, folder.last_signed, folder.log_key_file, folder.master_key_file},
                    entropy));
  return client::RecoveryApplied{done.index, done.checkpoint};
}

absl::StatusOr<client::BackupFacts> CheckHere(const std::string& folder) {
  EAGLE_ASSIGN_OR_RETURN(const BackupFacts facts, CheckBackup(folder));
  return client::BackupFacts{facts.made, facts.origin, facts.root_hex, facts.checkpoint,
                             facts.size, facts.bytes,  facts.papers};
}

class FolderHere : public client::JournalFolder {
 public:
  explicit FolderHere(std::unique_ptr<trust::SystemEntropy> entropy) : entropy_(std::move(entropy)) {}
  absl::Status Open(const client::JournalFolderOptions& options) {
    EAGLE_ASSIGN_OR_RETURN(folder_, eagle::JournalFolder::Open({.data_folder = options.data_folder,
                                                                .last_signed = options.last_signed,
                                                                .log_key = options.log_key,
                                                                .master_key_file = options.master_key_file},
                                                               *entropy_));
    return absl::OkStatus();
  }
  absl::StatusOr<client::FolderVerified> Verify() override {
    EAGLE_ASSIGN_OR_RETURN(FolderVerified report, folder_->Verify());
    return client::FolderVerified{report.origin,
                                  report.verifier_key,
                                  report.entries,
                                  report.payloads_opened,
                                  report.payloads_sealed,
                                  report.payloads_erased,
                                  report.checkpoints,
                                  report.newest_checkpoint,
                                  Findings(report.findings),
                                  report.root,
                                  report.founding,
                                  report.last_signed,
                                  Recoveries(report.recoveries)};
  }
  absl::StatusOr<client::FolderReplayed> Replay() override {
    EAGLE_ASSIGN_OR_RETURN(FolderReplayed report, folder_->Replay());
    client::FolderReplayed out{.entries = report.entries, .findings = Findings(report.findings)};
    for (const TableReplayed& table : report.tables)
      out.tables.push_back({table.name, table.rows, table.stored_digest, table.replayed_digest});
    return out;
  }

  absl::StatusOr<client::FolderReads> Reads(const client::ReadsQuery& query) override {
    EAGLE_ASSIGN_OR_RETURN(
        FolderReads report,
        folder_->Reads({.tag_key_files = query.tag_key_files, .id_kind = query.id_kind, .id_number = query.id_number}));
    client::FolderReads out{.origin = report.origin, .entries = report.entries, .findings = Findings(report.findings)};
    for (Look& look : report.looks) out.looks.push_back(Told(std::move(look)));
    for (TagKeyUse& use : report.tag_keys)
      out.tag_keys.push_back({std::move(use.id), use.first_index, use.tags, use.given});
    return out;
  }
  absl::StatusOr<std::vector<std::string>> TagKeys() override { return folder_->TagKeys(); }
  absl::Status WriteTagKey(const std::string& path, const std::string& id) override {
    return folder_->WriteTagKey(path, id);
  }
  absl::StatusOr<std::string> RotateTagKey() override { return folder_->RotateTagKey(*entropy_); }
  absl::StatusOr<std::string> Checkpoint() override { return folder_->Checkpoint(); }
  absl::StatusOr<std::vector<client::RawEntry>> Entries(uint64_t first, size_t most) override {
    EAGLE_ASSIGN_OR_RETURN(std::vector<eagle::JournalFolder::RawEntry> entries, folder_->Entries(first, most));
    std::vector<client::RawEntry> out;
    for (auto& entry : entries) out.push_back({std::move(entry.leaf), std::move(entry.sealed)});
    return out;
  }
  absl::StatusOr<client::MasterKeyRotated> RotateMasterKey() override {
    EAGLE_ASSIGN_OR_RETURN(const MasterKeyRotation done, folder_->RotateMasterKey(*entropy_));
    return client::MasterKeyRotated{done.rewrapped, done.resumed};
  }
  absl::StatusOr<uint64_t> WritePayloadKeys(const std::string& path, const std::vector<uint64_t>& cases) override {
    return folder_->WritePayloadKeys(path, cases);
  }
  absl::StatusOr<std::map<uint64_t, Opening>> Openings(const std::set<uint64_t>& indexes) override {
    EAGLE_ASSIGN_OR_RETURN(const auto opened, folder_->Openings(indexes));
    std::map<uint64_t, Opening> out;
    for (const auto& [index, bytes] : opened) out[index] = {bytes.salt, bytes.payload};
    return out;
  }

 private:
  std::unique_ptr<trust::SystemEntropy> entropy_;  // outlives the folder
  std::unique_ptr<eagle::JournalFolder> folder_;
};

absl::StatusOr<std::unique_ptr<client::JournalFolder>> OpenHere(const client::JournalFolderOptions& options) {
  auto folder = std::make_unique<FolderHere>(std::make_unique<trust::SystemEntropy>());
  EAGLE_RETURN_IF_ERROR(folder->Open(options));
  return folder;
}

absl::Status CheckPolicyHere(const goldeneagle::v1::PolicyTable& table) {
  return domain::Policy::Create(table).status();
}

}  // namespace
}  // namespace eagle

int main(int argc, char** argv) {
  return eagle::client::EagleMain(argc, argv, eagle::FoundHere, eagle::OpenHere, eagle::ApplyHere, eagle::CheckHere,
                                  eagle::CheckPolicyHere);
}
