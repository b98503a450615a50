#include "client/cli/reading.h"

#include "client/common/files.h"
#include "server/base/reason.h"
#include "server/trust/identity.h"
#include "server/trust/ticket.h"

namespace eagle::client {
namespace {

struct Reader {
  std::string court, subject;
  std::unique_ptr<trust::Signer> signer;
};

// "001" of our own court, or a whole subject: an auditor's system has no officers of its own.
absl::StatusOr<Reader> ReaderFrom(Session& session, const ReadingFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const Config* config, session.config());
  std::string officer = flags.officer.empty() ? config->reader : flags.officer;
  if (officer.empty() && config->officers.size() == 1) officer = config->officers.front().code;
  if (officer.empty())
    return Fail(Reason::kConfigurationInvalid,
                "who reads? give --officer CODE, or [defaults] officer in the configuration");
  Reader reader{.court = config->organisation, .subject = officer};
  if (officer.substr(0, 6) == "court/") {
    reader.court = officer.substr(6, officer.find('/', 6) - 6);
  } else {
    reader.subject = "court/" + reader.court + "/officer/" + officer;
  }
  std::vector<std::string> files, codes;
  (flags.key.empty() ? codes : files).push_back(flags.key.empty() ? officer : flags.key);
  EAGLE_ASSIGN_OR_RETURN(auto signers, session.Signers(files, codes));
  reader.signer = std::move(signers.front());
  return reader;
}

}  // namespace

void AddReadingFlags(Verb& verb, ReadingFlags& flags) {
  verb.Text("--officer", &flags.officer,
            "who reads and signs the ticket 查阅凭证: a code of ours, or court/CODE/officer/CODE; the configuration's "
            "without it");
  verb.Text("--key", &flags.key, "that officer's key; the configuration's without it");
  verb.Text("--purpose", &flags.purpose, "why: a purpose of the policy for reading; the configuration's without it");
}

absl::StatusOr<v1::SignedMember> SignTicket(Session& session, const ReadingFlags& flags, const CaseNamed& of) {
  EAGLE_ASSIGN_OR_RETURN(const Config* config, session.config());
  EAGLE_ASSIGN_OR_RETURN(const Reader reader, ReaderFrom(session, flags));
  EAGLE_ASSIGN_OR_RETURN(const std::string certificate, ReadFile(config->certificate));
  EAGLE_ASSIGN_OR_RETURN(const journal::Hash fingerprint, trust::CertificateSha256FromPem(certificate));
  return trust::MakeTicket({.environment = config->environment,
                            .officer = reader.subject,
                            .officers_of = reader.court,
                            .court = of.court.empty() ? config->organisation : of.court,
                            .case_number = of.number,
                            .purpose = flags.purpose.empty() ? config->purpose : flags.purpose,
                            .certificate_sha256 = std::string(journal::View(fingerprint)),
                            .issued_at = session.process().clock.WallNow(),
                            .lifetime = absl::Minutes(config->ticket_minutes)},
                           *reader.signer);
}

absl::Status ReadingTicket::Put(v1::SignedMember& field) {
  const absl::Time now = session_.process().clock.WallNow();
  if (now >= renew_at_) {
    EAGLE_ASSIGN_OR_RETURN(const Config* config, session_.config());
    EAGLE_ASSIGN_OR_RETURN(ticket_, SignTicket(session_, flags_, of_));
    renew_at_ = now + absl::Minutes(config->ticket_minutes) / 2;
  }
  field = ticket_;
  return absl::OkStatus();
}

absl::StatusOr<CaseNamed> CaseOfOrder(Session& session, const std::string& order_id) {
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(const auto bytes, desk->outbox().OrderBytes(order_id));
  v1::Order order;
  if (bytes && order.ParseFromString(*bytes)) return CaseNamed{order.court(), order.case_number()};
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  v1::GetOrderRequest request;
  request.set_order_id(order_id);
  EAGLE_ASSIGN_OR_RETURN(const v1::GetOrderResponse answer, gateway->GetOrder(request));
  return CaseNamed{"", answer.order().case_number()};
}

}  // namespace eagle::client
