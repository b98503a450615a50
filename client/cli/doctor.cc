// eagle doctor: everything that this system needs and that ends one day, or doesn't fit, in one table.
#include "client/cli/commands.h"
#include "client/cli/session.h"
#include "client/common/files.h"
#include "client/lib/checkup.h"
#include "client/lib/errors.h"
#include "server/base/reason.h"
#include "server/trust/certificate_facts.h"
#include "server/trust/identity.h"
#include "server/trust/pem.h"
#include "server/trust/secret_file.h"

namespace eagle::client {
namespace {

constexpr std::string_view kEndMetric = "ge_certificate_end_seconds{of=\"";

struct DoctorFlags {
  std::vector<std::string> files;
  uint64_t days = 30;
  bool strict = false, offline = false;
};

// The text of a certificate file into the check-up; empty when it can't be read.
std::string CheckFile(Checkup& checkup, std::string_view what, const std::string& path) {
  const auto text = ReadFile(path);
  if (!text.ok()) {
    checkup.Works(what, path, text.status());
    return "";
  }
  checkup.Certificates(what, path, *text);
  return *text;
}

// Our certificate, its key, the authority that both sides' certificates come from. The name in our certificate.
std::optional<trust::SystemName> CheckOwn(const Config& config, Checkup& checkup) {
  const std::string own = CheckFile(checkup, "our certificate", config.certificate);
  const auto key = trust::ReadSecretFile(config.key);
  checkup.Works("our certificate's key", config.key,
                key.ok() && !own.empty() ? trust::KeyBelongsTo(own, *key) : key.status());
  CheckFile(checkup, "authority", config.authority);
  if (own.empty()) return std::nullopt;
  // Our certificate may come from another authority than the gateway's: whether it is known, the gateway's answer
  // tells.
  const auto facts = trust::CertificatesIn(own);
  const auto name = facts.ok() ? trust::ParseSpiffeId(facts->front().name) : facts.status();
  checkup.Works("our name", config.certificate, name.status());
  return name.ok() ? std::optional(*name) : std::nullopt;
}

// The gateway: reached, known by its log's key, and until when its certificate holds.
bool CheckGateway(Session& session, const Config& config, Checkup& checkup) {
  const auto gateway = session.gateway();
  const auto head = gateway.ok() ? (*gateway)->GetCheckpoint({}) : gateway.status();
  if (const std::string seen = session.gateway_certificate(); !seen.empty())
    checkup.Certificates("the gateway's certificate", config.address, seen);
  checkup.Works("the gateway", config.address, head.status());
  if (!head.ok() || config.state.empty()) return head.ok();
  const auto desk = session.desk();
  checkup.Works("the log's key", config.path,
                desk.ok() ? (*desk)->Observe(head->checkpoint(), **gateway).status() : desk.status());
  return true;
}

// The gateway's own files, as its admin listener tells them to its operator.
void CheckGatewayFiles(Session& session, const Config& config, Checkup& checkup) {
  if (config.admin.empty()) return;
  const auto gateway = session.admin_gateway();
  const auto answer = gateway.ok() ? (*gateway)->GetMetrics({}) : gateway.status();
  checkup.Works("the admin listener", config.admin, answer.status());
  if (!answer.ok()) return;
  for (const v1::Metric& metric : answer->metrics()) {
    if (metric.name().rfind(kEndMetric, 0) != 0) continue;
    const std::string of = metric.name().substr(kEndMetric.size());
    checkup.EndOf("of the gateway's files", of.substr(0, of.find('"')),
                  absl::UnixEpoch() + absl::Seconds(metric.value()));
  }
}

// What the registrars and the court stated, and whether the keys here are those that were stated.
void CheckStatements(Session& session, const Config& config, const trust::SystemName& own, Checkup& checkup) {
  const bool organisation = own.role == trust::SystemRole::kCourt || own.role == trust::SystemRole::kAgency;
  if (!organisation || config.state.empty() || config.registrars.empty()) return;
  const auto desk = session.desk_with_book();
  checkup.Works("the directory", config.state, desk.status());
  if (!desk.ok()) return;
  const trust::StatementBook& book = *(*desk)->book();
  const std::string subject = std::string(trust::RoleText(own.role)) + "/" + own.code;
  checkup.Statements(book, subject, true, "");
  for (const ConfigOfficer& officer : config.officers) {
    if (officer.key.empty()) continue;
    const auto signer = trust::SignerFromPemFile(officer.key);
    const std::string about = subject + "/officer/" + officer.code;
    checkup.Works("officer's key file", officer.key, signer.status());
    if (!signer.ok()) continue;
    const trust::StatementBook::Held* held = book.HeldAbout(about);
    const bool ended = held != nullptr && held->statement.key().empty();
    checkup.Works("officer's key", about,
                  ended ? WhyNotHeld(held->statement)
                  : held != nullptr && held->statement.key() == (*signer)->public_key()
                      ? absl::OkStatus()
                      : Fail(Reason::kKeyUnusable, "the key file isn't the key that was stated"));
  }
}

absl::Status RunDoctor(Session& session, const DoctorFlags& flags) {
  Process& process = session.process();
  Checkup checkup(process.real_clock.WallNow(), process.clock.WallNow(), absl::Hours(24) * flags.days);
  for (const std::string& path : flags.files) CheckFile(checkup, "certificate", path);
  if (flags.files.empty()) {
    EAGLE_ASSIGN_OR_RETURN(const Config* config, session.config());
    const auto own = CheckOwn(*config, checkup);
    if (!flags.offline && CheckGateway(session, *config, checkup) && own)
      CheckStatements(session, *config, *own, checkup);
    if (!flags.offline) CheckGatewayFiles(session, *config, checkup);
  }
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  Table table("checkup", {{"verdict"}, {"what"}, {"subject"}, {"valid_from"}, {"valid_until"}, {"note"}});
  for (const CheckupRow& row : checkup.rows()) {
    table.Add({Text(VerdictText(row.verdict)), Text(row.what), Text(row.subject),
               row.from ? Instant(*row.from, zone) : Nothing(), row.until ? Instant(*row.until, zone) : Nothing(),
               TextOrNothing(row.note)});
  }
  Document document;
  document.Add(std::move(table));
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  const size_t wrong = checkup.Count(flags.strict ? Verdict::kSoon : Verdict::kNotYet);
  if (wrong == 0) return absl::OkStatus();
  return AsVerification(
      Fail(Reason::kNotInOrder,
           std::to_string(wrong) + " of " + std::to_string(checkup.rows().size()) + " rows are not in order"));
}

}  // namespace

void AddDoctor(Verb& root) {
  auto flags = std::make_shared<DoctorFlags>();
  Verb verb = root.Add("doctor",
                       "Check what this system needs and when it ends: certificates, keys, officers, accounts, the "
                       "gateway 体检.",
                       "eagle doctor --days 60 --strict\neagle doctor /etc/golden-eagle/tls/gateway.pem");
  verb.Texts("FILE", &flags->files, "only these certificate files (PEM); else what the configuration names");
  verb.Number("--days", &flags->days, "what ends within so many days is SOON (30)");
  verb.Flag("--strict", &flags->strict, "SOON is a failure too, for a timer that raises an alarm");
  verb.Flag("--offline", &flags->offline, "ask nobody: the files only");
  verb.Do([flags](Session& session) { return RunDoctor(session, *flags); });
}

}  // namespace eagle::client
