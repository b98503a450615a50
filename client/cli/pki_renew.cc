// eagle pki renew: the next certificate of a system, made beside the one in use and checked before it may take its
// place.
#include "client/cli/commands.h"
#include "client/cli/session.h"
#include "client/common/files.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/trust/certificate_facts.h"
#include "server/trust/renewal.h"
#include "server/trust/secret_file.h"

namespace eagle::client {
namespace {

struct RenewFlags {
  std::string certificate, key, authority, authority_key, out;
  uint64_t days = 365;
};

// "tls/court.pem" -> "OUT/court.pem", "OUT/court.key".
std::string Beside(const RenewFlags& flags, std::string_view ending) {
  std::string name = flags.certificate.substr(flags.certificate.rfind('/') + 1);
  name = name.substr(0, name.rfind('.'));
  return flags.out + "/" + name + std::string(ending);
}

absl::StatusOr<trust::IssuedCertificate> Issue(const RenewFlags& flags, absl::Time now, Entropy& entropy) {
  EAGLE_ASSIGN_OR_RETURN(const std::string old, ReadFile(flags.certificate));
  EAGLE_ASSIGN_OR_RETURN(const std::string authority_pem, ReadFile(flags.authority));
  EAGLE_ASSIGN_OR_RETURN(const std::string authority_key, trust::ReadSecretFile(flags.authority_key));
  EAGLE_ASSIGN_OR_RETURN(const auto authority, trust::CertificateAuthority::FromPem(authority_pem, authority_key));
  EAGLE_ASSIGN_OR_RETURN(trust::LeafRequest request, trust::RequestLike(old));
  if (!flags.key.empty()) {
    EAGLE_ASSIGN_OR_RETURN(request.key_pem, trust::ReadSecretFile(flags.key));
    EAGLE_RETURN_IF_ERROR(trust::KeyBelongsTo(old, request.key_pem));
  }
  request.from = now - absl::Hours(1);  // clocks differ a little
  request.until = now + absl::Hours(24) * static_cast<int64_t>(flags.days);
  EAGLE_ASSIGN_OR_RETURN(trust::IssuedCertificate issued, authority.Issue(request, entropy));
  // To its last day, so an authority that ends before it is noticed today.
  for (const absl::Time at : {now, request.until - absl::Seconds(1)})
    EAGLE_RETURN_IF_ERROR(trust::VerifyLeaf(issued.certificate_pem, authority_pem, request.server, at));
  EAGLE_RETURN_IF_ERROR(trust::KeyBelongsTo(issued.certificate_pem, issued.key_pem));
  return issued;
}

absl::Status Renew(Session& session, const RenewFlags& flags) {
  if (flags.days == 0 || flags.days > 3650)
    return Fail(Reason::kFieldInvalid, "a certificate holds 1 to 3650 days").At("--days", std::to_string(flags.days));
  const std::string certificate = Beside(flags, ".pem"), key = Beside(flags, ".key");
  EAGLE_ASSIGN_OR_RETURN(const auto there, ReadFileIfThere(certificate));
  if (there) return Fail(Reason::kKeyUnusable, "there is such a file already").With("path", certificate);
  EAGLE_ASSIGN_OR_RETURN(const trust::IssuedCertificate issued,
                         Issue(flags, session.process().real_clock.WallNow(), session.process().entropy));
  EAGLE_RETURN_IF_ERROR(MakeFolder(flags.out));
  EAGLE_RETURN_IF_ERROR(trust::WriteSecretFile(key, issued.key_pem));
  EAGLE_RETURN_IF_ERROR(WriteDurably(certificate, issued.certificate_pem));
  EAGLE_ASSIGN_OR_RETURN(const auto facts, trust::CertificatesIn(issued.certificate_pem));
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(const journal::Hash pin, trust::SpkiSha256FromPem(issued.certificate_pem));
  Document document;
  document.Add(Record("certificate")
                   .Add("certificate", Text(certificate))
                   .Add("key", Text(key))
                   .Add("system", Text(facts.front().name))
                   .Add("valid_until", Instant(facts.front().until, zone))
                   .Add("spki_sha256", Text(HexEncode(journal::View(pin))))
                   .Add("same_key", YesNo(!flags.key.empty())));
  return session.Print(document);
}

}  // namespace

void AddPkiRenew(Verb& pki) {
  auto flags = std::make_shared<RenewFlags>();
  Verb renew =
      pki.Add("renew",
              "Make the next certificate of a system 证书续期, with an authority that `pki make` made: same names "
              "and uses. Nothing in use is touched.",
              "eagle pki renew tls/gateway-gateway.pem --key tls/gateway-gateway.key --authority tls/ca.pem "
              "--authority-key tls/ca.key --out tls/next");
  renew.Text("CERTIFICATE", &flags->certificate, "the certificate in use, PEM", Need::kRequired);
  renew.Text("--key", &flags->key,
             "its key, to be kept: the pin in the registry holds on. Without this a new key is made, and its "
             "spki_sha256 has to be registered before it is used");
  renew.Text("--authority", &flags->authority, "the authority's certificate, PEM", Need::kRequired);
  renew.Text("--authority-key", &flags->authority_key, "the authority's key, PEM", Need::kRequired);
  renew.Number("--days", &flags->days, "how long it holds, 1 to 3650 (365)");
  renew.Text("--out", &flags->out, "folder for both files; neither may be there", Need::kRequired);
  renew.Do([flags](Session& session) { return Renew(session, *flags); });
}

}  // namespace eagle::client
