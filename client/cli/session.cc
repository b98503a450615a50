#include "client/cli/session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cli/orders.h"
#include "client/common/files.h"
#include "client/common/width.h"
#include "server/base/reason.h"
#include "server/trust/secret_file.h"

namespace eagle::client {

CallOptions Session::Calls(const Config& config) const {
  CallOptions calls{.time_limit = call_limit_.value_or(absl::Seconds(config.time_limit_seconds))};
  calls.retry.attempts = call_limit_ ? 1 : config.attempts;
  return calls;
}

absl::StatusOr<const Config*> Session::config() {
  if (config_) return &*config_;
  std::string path = flags_.config;
  if (path.empty()) path = process_.variable("EAGLE_CONFIG").value_or("");
  if (path.empty()) {
    return Fail(Reason::kConfigurationInvalid,
                "no configuration: give --config FILE, or set EAGLE_CONFIG (eagle pki make writes examples)");
  }
  EAGLE_ASSIGN_OR_RETURN(Config config, LoadConfig(path));
  if (process_.clock_steps && config.environment != v1::ENVIRONMENT_TEST) {
    return Fail(Reason::kConfigurationInvalid, "a step clock (EAGLE_STEP_CLOCK) is for the environment test only");
  }
  config_ = std::move(config);
  return &*config_;
}

absl::StatusOr<Gateway*> Session::gateway() {
  if (gateway_ != nullptr) return gateway_.get();
  EAGLE_ASSIGN_OR_RETURN(const Config* config, this->config());
  ChannelOptions options{.address = config->address,
                         .spiffe_id = config->spiffe_id,
                         .server_name = config->server_name,
                         .verbose = flags_.verbose,
                         .seen = seen_};
  EAGLE_ASSIGN_OR_RETURN(options.authority_pem, ReadFile(config->authority));
  EAGLE_ASSIGN_OR_RETURN(options.certificate_pem, ReadFile(config->certificate));
  EAGLE_ASSIGN_OR_RETURN(options.key_pem, trust::ReadSecretFile(config->key));
  options.calls = Calls(*config);
  EAGLE_ASSIGN_OR_RETURN(gateway_, process_.connect(options));
  return gateway_.get();
}

absl::StatusOr<Gateway*> Session::admin_gateway() {
  if (admin_gateway_ != nullptr) return admin_gateway_.get();
  EAGLE_ASSIGN_OR_RETURN(const Config* config, this->config());
  if (config->admin.empty()) return gateway();
  EAGLE_ASSIGN_OR_RETURN(admin_gateway_, process_.connect_admin(config->admin, flags_.verbose, Calls(*config)));
  return admin_gateway_.get();
}

absl::StatusOr<Desk*> Session::desk() {
  if (desk_ != nullptr) return desk_.get();
  EAGLE_ASSIGN_OR_RETURN(const Config* config, this->config());
  if (config->state.empty())
    return Fail(Reason::kConfigurationInvalid,
                "[system] state is missing: the folder in which eagle keeps outbox, counters and checkpoint");
  const DeskOptions options{.state_folder = config->state,
                            .organisation = config->organisation,
                            .environment = config->environment,
                            .log_key = config->log_key,
                            .registrar_keys = config->registrars,
                            .registrar_threshold = config->registrar_threshold};
  EAGLE_ASSIGN_OR_RETURN(desk_, Desk::Open(options, {process_.clock, process_.entropy, checker_}));
  desk_->SetPaperProgress(PaperProgressOf(*this));
  return desk_.get();
}

absl::StatusOr<Desk*> Session::desk_with_book() {
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, this->desk());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, this->gateway());
  EAGLE_ASSIGN_OR_RETURN(const SyncReport report, desk->SyncBook(*gateway));
  for (const std::string& refused : report.refused) Talk("not believed: " + refused);
  if (report.taken > 0) Murmur(std::to_string(report.taken) + " new statements");
  return desk;
}

absl::StatusOr<absl::TimeZone> Session::zone() {
  std::string name = flags_.zone;
  if (name.empty() && (config_ || !flags_.config.empty() || process_.variable("EAGLE_CONFIG"))) {
    EAGLE_ASSIGN_OR_RETURN(const Config* config, this->config());
    name = config->time_zone;
  }
  if (name.empty()) name = "Asia/Shanghai";
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(name, &zone)) return Fail(Reason::kConfigurationInvalid, "no such time zone: " + name);
  return zone;
}

const Names& Session::names() {
  if (names_) return *names_;
  names_.emplace();
  const auto gateway = this->gateway();
  v1::ListAgenciesRequest request;
  request.set_page_size(1000);
  while (gateway.ok()) {
    const auto answer = (*gateway)->ListAgencies(request);
    if (!answer.ok()) break;
    for (const v1::AgencyView& agency : answer->agencies())
      names_->emplace(agency.code(), ForTerminal(agency.display_name()));
    if (answer->next_page_token().empty()) break;
    request.set_page_token(answer->next_page_token());
  }
  return *names_;
}

absl::StatusOr<std::vector<std::unique_ptr<trust::Signer>>> Session::Signers(
    const std::vector<std::string>& key_files, const std::vector<std::string>& officer_codes) {
  std::vector<std::unique_ptr<trust::Signer>> signers;
  for (const std::string& code : officer_codes) {
    EAGLE_ASSIGN_OR_RETURN(const Config* config, this->config());
    const ConfigOfficer* officer = config->OfficerByCode(code);
    if (officer == nullptr || officer->key.empty()) {
      return Fail(Reason::kConfigurationInvalid,
                  "the configuration names no key of officer " + code + ": add [[officers]], or give --key FILE");
    }
    EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<trust::Signer> signer, trust::SignerFromPemFile(officer->key));
    signers.push_back(std::move(signer));
  }
  for (const std::string& path : key_files) {
    EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<trust::Signer> signer, trust::SignerFromPemFile(path));
    signers.push_back(std::move(signer));
  }
  return signers;
}

void Session::Talk(std::string_view line) {
  if (!last_progress_.empty() && process_.out_is_terminal) process_.err << "\n";
  last_progress_.clear();
  // Several lines may be said at once; each is made safe.
  while (!line.empty()) {
    const size_t end = std::min(line.find('\n'), line.size());
    process_.err << ForTerminal(line.substr(0, end)) << "\n";
    line.remove_prefix(std::min(end + 1, line.size()));
  }
}

void Session::Murmur(std::string_view line) {
  if (flags_.verbose) Talk(line);
}

void Session::Progress(std::string_view line) {
  const std::string safe = ForTerminal(line);
  if (safe == last_progress_) return;
  if (process_.out_is_terminal) {
    process_.err << "\r" << Padded(safe, DisplayWidth(last_progress_)) << std::flush;
  } else {
    process_.err << safe << "\n";
  }
  last_progress_ = safe;
}

void Session::Counted(uint64_t at, uint64_t of, std::string_view what) {
  const uint64_t tenth = of == 0 ? 10 : at / (of / 10 + 1);
  if (!process_.out_is_terminal && at != of && tenth == std::exchange(last_tenth_, tenth)) return;
  Progress(absl::StrCat(at, " of ", of, " ", std::string(what)));
}

absl::Status Session::Confirm(std::string_view question) {
  if (flags_.yes) return absl::OkStatus();
  if (!process_.in_is_terminal)
    return Fail(Reason::kConfirmationMissing,
                "not on a terminal: give --yes to say yes to \"" + std::string(question) + "\"");
  process_.err << ForTerminal(question) << " [y/N] " << std::flush;
  std::string answer;
  std::getline(process_.in, answer);
  if (answer == "y" || answer == "Y" || answer == "yes") return absl::OkStatus();
  return Fail(Reason::kConfirmationMissing, "not confirmed, nothing was done");
}

absl::Status Session::Print(const Document& document) {
  if (!last_progress_.empty() && process_.out_is_terminal) process_.err << "\n";
  last_progress_.clear();
  if (json()) {
    document.PrintJson(process_.out);
  } else {
    document.PrintText(process_.out, bold());
  }
  process_.out.flush();
  return absl::OkStatus();
}

}  // namespace eagle::client
