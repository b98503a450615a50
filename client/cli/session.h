// One run of `eagle`: what the process gives it, what the configuration says, and the connection and desk that a
// command asks for when it needs them. Data go to `out`, talk goes to `err`.
//
// Threads: one.
//
//   EAGLE_ASSIGN_OR_RETURN(Gateway* gateway, session.gateway());
//   session.Talk("3 of 4 answered");
//   return session.Print(document);
#pragma once

#include <functional>
#include <istream>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/config.h"
#include "client/cli/init.h"
#include "client/cli/journal.h"
#include "client/cli/policy.h"
#include "client/cli/recover.h"
#include "client/cli/verbs.h"
#include "client/common/document.h"
#include "client/lib/channel.h"
#include "client/lib/desk.h"
#include "client/lib/words.h"
#include "server/base/clock.h"
#include "server/base/entropy.h"
#include "server/trust/signature.h"

namespace eagle::client {

// What the process gives: tests give their own. All that is referred to must outlive the run.
struct Process {
  std::ostream& out;
  std::ostream& err;
  std::istream& in;
  bool out_is_terminal = false, in_is_terminal = false;
  std::function<std::optional<std::string>(const std::string& name)> variable;
  Clock& clock;  // of the records: may be a step clock
  bool clock_steps = false;
  Clock& real_clock;  // of certificates, and of how long to wait
  Entropy& entropy;
  Waiter& waiter;
  std::function<absl::StatusOr<std::unique_ptr<Gateway>>(const ChannelOptions& options)> connect;
  std::function<absl::StatusOr<std::unique_ptr<Gateway>>(const std::string& address, bool verbose,
                                                         const CallOptions& calls)>
      connect_admin;
  // What only the build with the gateway's own rooms has; empty in others.
  FoundLog found_log;
  OpenJournalFolder open_journal_folder;
  ApplyRecovery apply_recovery;
  CheckBackup check_backup;
  CheckPolicy check_policy;
};

class Session {
 public:
  Session(Process& process, const GlobalFlags& flags) : process_(process), flags_(flags) {}

  Process& process() { return process_; }
  // --config, else EAGLE_CONFIG. Errors: CONFIGURATION_INVALID when there is none, or it is wrong, or a step clock
  // meets production.
  absl::StatusOr<const Config*> config();
  // Connected on first use (nothing is sent before the first call). Errors: CONFIGURATION_INVALID, KEY_UNUSABLE,
  // STORAGE_UNUSABLE.
  absl::StatusOr<Gateway*> gateway();
  // What the gateway showed when gateway() was connected, PEM; empty before the first call.
  std::string gateway_certificate() const { return seen_->Get(); }
  // The way to AdminService: the admin listener when [gateway] admin names one, else the same as gateway().
  absl::StatusOr<Gateway*> admin_gateway();
  // For a call that takes its time: every connection made from now on waits so long, and calls once.
  void LimitCalls(absl::Duration limit) { call_limit_ = limit; }
  absl::StatusOr<Desk*> desk();
  // The desk, its book brought up to date; what the book refuses is told on stderr.
  absl::StatusOr<Desk*> desk_with_book();
  // Errors: CONFIGURATION_INVALID for a zone that nobody knows.
  absl::StatusOr<absl::TimeZone> zone();
  // Code -> name of the agencies, as the gateway has them; empty when it doesn't answer. For the eye only.
  const Names& names();

  // A key file, or (by officer's code) the one that the configuration names. Errors: KEY_UNUSABLE,
  // CONFIGURATION_INVALID.
  absl::StatusOr<std::vector<std::unique_ptr<trust::Signer>>> Signers(const std::vector<std::string>& key_files,
                                                                      const std::vector<std::string>& officer_codes);

  // A line on stderr.
  void Talk(std::string_view line);
  // The same, only with --verbose.
  void Murmur(std::string_view line);
  // A line that the next one replaces, on a terminal; a line of its own elsewhere, unless it is the same as the last.
  void Progress(std::string_view line);
  // Progress of long work: "AT of OF WHAT". Elsewhere than on a terminal at each tenth of it only.
  void Counted(uint64_t at, uint64_t of, std::string_view what);
  // On a terminal asks "... [y/N]"; elsewhere --yes is needed. Errors: CONFIRMATION_MISSING.
  absl::Status Confirm(std::string_view question);
  absl::Status Print(const Document& document);
  // How documents are printed: as JSON; with headings in bold (on a terminal, unless NO_COLOR).
  bool json() const { return flags_.output == "json"; }
  bool bold() const { return process_.out_is_terminal && !process_.variable("NO_COLOR"); }

 private:
  Process& process_;
  const GlobalFlags& flags_;
  CallOptions Calls(const Config& config) const;
  std::optional<Config> config_;
  std::optional<absl::Duration> call_limit_;
  const std::shared_ptr<PeerCertificate> seen_ = std::make_shared<PeerCertificate>();
  std::unique_ptr<Gateway> gateway_, admin_gateway_;
  trust::PublicKeyChecker checker_{256};
  std::unique_ptr<Desk> desk_;
  std::optional<Names> names_;
  std::string last_progress_;
  uint64_t last_tenth_ = 0;
};

}  // namespace eagle::client
