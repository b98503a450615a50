#include "client/audit/cli/log_flags.h"

#include "client/audit/cli/live_log.h"
#include "client/audit/log_folder.h"
#include "client/common/files.h"
#include "server/base/reason.h"

namespace eagle::audit {

void AddLogFlags(CLI::App& verb, LogFlags& flags) {
  CLI::Option* folder = verb.add_option("LOG", flags.folder, "folder of the published log");
  CLI::Option* gateway = verb.add_option("--gateway", flags.gateway, "or a running gateway, host:port");
  CLI::Option* authority =
      verb.add_option("--authority", flags.authority, "certificate of the gateway's authority (PEM)")->needs(gateway);
  CLI::Option* certificate =
      verb.add_option("--certificate", flags.certificate, "this auditor's certificate (PEM)")->needs(gateway);
  CLI::Option* key = verb.add_option("--key", flags.key, "its key (PEM)")->needs(gateway);
  verb.add_option("--gateway-id", flags.gateway_id, "the gateway's SPIFFE id; else its certificate must name the host")
      ->needs(gateway);
  gateway->needs(authority)->needs(certificate)->needs(key)->excludes(folder);
}

absl::StatusOr<std::unique_ptr<LogSource>> OpenLog(const LogFlags& flags) {
  if (flags.gateway.empty()) {
    if (flags.folder.empty()) return Fail(Reason::kFieldMissing, "LOG or --gateway says where the log is");
    return OpenLogFolder(flags.folder);
  }
  LiveLogOptions options{.address = flags.gateway, .gateway_id = flags.gateway_id};
  EAGLE_ASSIGN_OR_RETURN(options.authority_pem, client::ReadFile(flags.authority));
  EAGLE_ASSIGN_OR_RETURN(options.certificate_pem, client::ReadFile(flags.certificate));
  EAGLE_ASSIGN_OR_RETURN(options.key_pem, client::ReadFile(flags.key));
  return OpenLiveLog(options);
}

absl::StatusOr<TrustedHead> HeadOf(LogSource& log, const journal::LogPolicy& policy) {
  TrustedHead head;
  EAGLE_ASSIGN_OR_RETURN(head.note, log.Checkpoint());
  EAGLE_ASSIGN_OR_RETURN(journal::LogPolicy::Judged judged, policy.Open(head.note));
  if (!judged.quorum) {
    head.newest = false;
    EAGLE_ASSIGN_OR_RETURN(head.note, log.CosignedCheckpoint());
    EAGLE_ASSIGN_OR_RETURN(judged, policy.Open(head.note));
  }
  if (!judged.quorum)
    return Fail(Reason::kNoteUntrusted, "fewer witnesses than the policy demands have seen this checkpoint")
        .With("cosigned", static_cast<int64_t>(judged.cosigned.size()));
  head.cosigned = judged.cosigned.size();
  for (const journal::LogPolicy::Log& one : policy.logs()) {
    if (one.key->name() == judged.checkpoint.origin) head.key = one.key;
  }
  return head;
}

}  // namespace eagle::audit
