#include "adapters/rest/adapter.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/rest/clerk.h"
#include "adapters/rest/positions.h"
#include "adapters/rest/rest_core.h"
#include "adapters/sdk/inbox_rows.h"
#include "adapters/sdk/shell/log.h"
#include "adapters/sdk/shell/process.h"
#include "adapters/sdk/sqlite_inbox.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/base/system_clock.h"
#include "server/trust/certificate_facts.h"
#include "server/trust/secret_file.h"

namespace eagle::rest {
namespace {

constexpr int64_t kBytesInKib = 1024;
// A call may take as long as `call_seconds`; between two looks at its leases the agent makes this many.
constexpr uint32_t kTasksPerStep = 4;
constexpr int64_t kRetryMinutes = 60, kRetryMinutesMax = 24 * 60;
constexpr int64_t kAttemptsMin = 5;

std::string FileText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Reads [rest] and the files that it names; the section notes what is wrong with them.
class RestSection {
 public:
  explicit RestSection(RestConfig& config) : config_(config) {}

  void Read(sdk::ConfigSection& section) {
    CurlOptions& server = config_.server;
    server.url = section.Text("url");
    if (!server.url.empty() && !IsServerUrl(server.url))
      section.Wrong("url", "must be https://host:port, with neither user nor query, and no / at its end");
    const std::string authority = section.Path("authority"), certificate = section.Path("certificate"),
                      key = section.Path("key");
    server.authority_pem = Certificates(section, "authority", authority);
    server.certificate_pem = Certificates(section, "certificate", certificate);
    if (!key.empty()) ReadKey(section, key);
    server.connect_limit =
        section.Seconds("connect_seconds", server.connect_limit, absl::Seconds(1), absl::Seconds(10));
    server.call_limit = section.Seconds("call_seconds", server.call_limit, absl::Seconds(1), absl::Seconds(20));
    server.body_bytes_max = static_cast<size_t>(section.Number("answer_kib_max", 256, 1, 4096) * kBytesInKib);
    retry_for_ = absl::Minutes(section.Number("retry_minutes", kRetryMinutes, 1, kRetryMinutesMax));
    ReadTemplates(section, section.Path("templates"));
  }
  // How long a server that is away, or says NOT_DONE, is tried before the court is told ERROR.
  absl::Duration retry_for() const { return retry_for_; }
  const Violations& template_problems() const { return template_problems_; }

 private:
  static std::string Certificates(sdk::ConfigSection& section, std::string_view field, const std::string& path) {
    if (path.empty()) return "";
    std::string pem = FileText(path);
    if (!trust::CertificatesIn(pem).ok())
      section.Wrong(field, "holds no certificate in PEM, or can't be read: " + path);
    return pem;
  }
  void ReadKey(sdk::ConfigSection& section, const std::string& path) {
    absl::StatusOr<std::string> pem = trust::ReadSecretFile(path);
    if (!pem.ok()) return section.Wrong("key", FailureOf(pem.status()).message + ": " + path);
    config_.server.key_pem = *std::move(pem);
    if (!config_.server.certificate_pem.empty() &&
        !trust::KeyBelongsTo(config_.server.certificate_pem, config_.server.key_pem).ok())
      section.Wrong("key", "isn't the key of the certificate: " + path);
  }
  void ReadTemplates(sdk::ConfigSection& section, const std::string& path) {
    if (path.empty()) return;
    const std::string text = FileText(path);
    if (text.empty()) return section.Wrong("templates", "can't be read, or is empty: " + path);
    absl::StatusOr<Templates> templates = ParseTemplates(text, path);
    if (templates.ok()) {
      config_.templates = *std::move(templates);
      return;
    }
    for (const Violation& violation : FailureOf(templates.status()).violations)
      template_problems_.Add(violation.field, violation.reason, violation.description);
  }
  RestConfig& config_;
  absl::Duration retry_for_;
  Violations template_problems_;
};

std::optional<v1::Order> OrderIn(sdk::Inbox& inbox, const sdk::Operation& operation) {
  const std::unique_ptr<sdk::InboxTransaction> transaction = inbox.Begin();
  const auto row = sdk::InboxTables(*transaction).FindOperation(operation);
  v1::Order order;
  if (!row || !order.ParseFromString(row->member.member())) return std::nullopt;
  return order;
}

}  // namespace

absl::StatusOr<RestConfig> LoadRestConfig(const std::string& path) {
  RestConfig config;
  RestSection rest(config);
  absl::StatusOr<sdk::AdapterConfig> adapter =
      sdk::LoadAdapterConfig(path, "rest", [&](sdk::ConfigSection& section) { rest.Read(section); });
  const std::vector<Violation>& of_templates = rest.template_problems().list();
  if (!adapter.ok() || !of_templates.empty()) {
    Failure failure;
    if (!adapter.ok()) failure = FailureOf(adapter.status());
    if (of_templates.empty()) return ToStatus(failure);
    failure.reason = Reason::kConfigurationInvalid;
    failure.violations.insert(failure.violations.end(), of_templates.begin(), of_templates.end());
    failure.message = absl::StrCat("the configuration ", path, " is refused: ", failure.violations.size(), " problems");
    return ToStatus(failure);
  }
  config.adapter = *std::move(adapter);
  sdk::AgentConfig& agent = config.adapter.agent;
  agent.adapter = "gov.goldeneagle.rest";
  agent.version = kVersion;
  agent.capabilities = config.templates.Capabilities();
  agent.work_per_step_max = kTasksPerStep;
  agent.inquiry_attempts_max = agent.control_attempts_max =
      static_cast<uint32_t>(std::max(kAttemptsMin, rest.retry_for() / agent.backoff_max));
  return config;
}

absl::Status RunRest(const RestConfig& config, bool once) {
  const sdk::AdapterConfig& adapter = config.adapter;
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<Clock> wall, sdk::MakeAdapterClock(adapter.agent.environment));
  sdk::AgentClock clock(*wall);
  sdk::Log log(clock);
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<sdk::SqliteInbox> inbox,
                         sdk::SqliteInbox::Open(adapter.data_folder + "/inbox.db"));
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<CurlHttp> http, CurlHttp::Make(config.server));
  RestCore core(
      config.templates, adapter.time_zone, *http, clock,
      [&](const sdk::Operation& operation) { return OrderIn(*inbox, operation); },
      [&](std::string_view event, Call call, const std::string& why) {
        log.Warning(event, [&](sdk::Json& line) {
          sdk::Put(line, "call", CallName(call));
          if (!why.empty()) sdk::Put(line, "why", why);
        });
      });
  RestPositions positions(core);
  const bool states = config.templates.CallAt(kPositions) != nullptr;
  if (!states)
    log.Warning("positions_not_stated", [](sdk::Json& line) { sdk::Put(line, "missing", "[calls.positions]"); });
  const sdk::AdapterProcess process{
      .config = adapter,
      .inbox = *inbox,
      .make_agent =
          [&](sdk::AgentConfig agent, sdk::AgentPorts ports) {
            if (states) ports.positions = &positions;
            return sdk::Agent::Make(std::move(agent), ports, core);
          },
      .counter = [&](const sdk::CounterRequest& request, sdk::Agent& agent, absl::Time) -> absl::StatusOr<sdk::Json> {
        if (request.command == "look") return LookAtServer(request, core);
        if (request.command == "resolve") return ResolveNotDone(request, agent, core);
        return Fail(Reason::kFieldInvalid, "the counter has no such command").At("command", request.command);
      }};
  return sdk::RunAdapter(process, {.once = once});
}

}  // namespace eagle::rest
