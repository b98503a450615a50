// Who a connected system is: the one URI name in its certificate, and the hash of its key that the registry pins.
//
//   spiffe://<trust domain>/court|agency|auditor|operator|administrator|gateway/<code>
//
// The code is percent-encoded in one spelling only (unreserved characters of RFC 3986 as they are, every other byte as
// %XX in upper case), so two systems have the same name exactly when their ids are the same bytes. (SPIFFE itself would
// have no percent signs; codes such as 辽9901 need them, and TLS libraries pass them.)
//
// Any authority in the bundle can make any name, so a name counts only together with a pinned key (ReadPeer gives
// both). Names in the certificate's subject mean nothing.
//
// Threads: pure functions.
//
//   EAGLE_ASSIGN_OR_RETURN(Peer peer, ReadPeer(auth_context_pem, "eagle.example"));
//   if (!registry.IsPinned(peer.spiffe_id, peer.spki_sha256)) ...
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/journal/hash.h"

namespace eagle::trust {

enum class SystemRole { kCourt, kAgency, kAuditor, kOperator, kWitness, kAdministrator, kGateway };

// The word in the id: "court", ...
std::string_view RoleText(SystemRole role);
std::optional<SystemRole> ParseRole(std::string_view text);

struct SystemName {
  std::string trust_domain;
  SystemRole role = SystemRole::kCourt;
  std::string code;  // codes.h
  friend bool operator==(const SystemName&, const SystemName&) = default;
};

// Errors: FIELD_INVALID for anything but exactly that form: another scheme or upper case in scheme or domain, port,
// user, query, fragment, empty or further segments, an unknown role, a code that isn't one or is encoded otherwise,
// more than 2,048 bytes.
absl::StatusOr<SystemName> ParseSpiffeId(std::string_view id);
// Pre: a trust domain of 1 to 255 characters a-z 0-9 . - _ and a code.
std::string SpiffeId(const SystemName& name);
bool IsTrustDomain(std::string_view text);

struct Peer {
  SystemName name;
  std::string spiffe_id;
  journal::Hash spki_sha256{};
  journal::Hash certificate_sha256{};  // of the DER certificate: what a ticket is bound to
};

// Reads the certificate that the other side of a connection showed (the leaf, PEM). Its chain and dates were verified
// by TLS; here its form is, as X509-SVID section 5.2 has it.
// Errors: UNAUTHENTICATED unless there is exactly one URI name, of the form above and in `trust_domain`; unless CA is
// false; and for the right to sign certificates or revocation lists.
absl::StatusOr<Peer> ReadPeer(std::string_view certificate_pem, std::string_view trust_domain);

// SHA-256 of the DER SubjectPublicKeyInfo: what SystemIdentity.spki_sha256 pins. Errors: KEY_UNUSABLE for what isn't
// exactly one certificate.
absl::StatusOr<journal::Hash> SpkiSha256FromPem(std::string_view certificate_pem);

// SHA-256 of the DER certificate. Errors as SpkiSha256FromPem.
absl::StatusOr<journal::Hash> CertificateSha256FromPem(std::string_view certificate_pem);

}  // namespace eagle::trust
