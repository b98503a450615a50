#include "client/cli/signers.h"

#include <algorithm>
#include <cctype>

#include "client/common/files.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

struct Known {
  std::string officer, roles, key;
  trust::KeyAlgorithm algorithm;
};

std::string RolesText(const std::vector<v1::OfficerRole>& roles) {
  std::string out;
  for (const v1::OfficerRole role : roles) out += (out.empty() ? "" : ", ") + Word(role);
  return out;
}

std::vector<Known> KnownSigners(Session& session, const Draft& draft) {
  std::vector<Known> known;
  if (const auto desk = session.desk(); desk.ok() && (*desk)->book() != nullptr) {
    for (const trust::Officer& one :
         (*desk)->book()->OfficersOf(draft.head().signer(), session.process().clock.WallNow()))
      known.push_back({one.code, RolesText(one.roles), one.key, one.algorithm});
  }
  const auto config = session.config();
  if (!config.ok()) return known;
  for (const ConfigOfficer& one : (*config)->officers) {
    if (one.key.empty()) continue;
    const auto signer = trust::SignerFromPemFile(one.key);
    if (!signer.ok()) continue;
    const bool there = std::any_of(known.begin(), known.end(),
                                   [&](const Known& other) { return other.key == (*signer)->public_key(); });
    if (!there) known.push_back({one.code, "", (*signer)->public_key(), (*signer)->algorithm()});
  }
  return known;
}

std::string WithoutBlanks(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0)
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

// 64 bytes, or the base64 of them with white space around it; absent otherwise.
std::optional<std::string> SignatureBytes(std::string text) {
  if (text.size() == trust::kSignatureBytes) return text;
  std::erase_if(text, [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; });
  const auto bytes = Base64Decode(text);
  return bytes && bytes->size() == trust::kSignatureBytes ? bytes : std::nullopt;
}

}  // namespace

std::vector<SignerSeen> SignersOf(Session& session, const Draft& draft) {
  const std::vector<Known> known = KnownSigners(session, draft);
  const trust::PublicKeyChecker checker;
  const std::string message = draft.to_be_signed();
  std::vector<SignerSeen> out;
  for (const v1::Signature& signature : draft.batch().head().signatures()) {
    SignerSeen& seen = out.emplace_back();
    seen.key_id = signature.keyid();
    for (const Known& one : known) {
      const bool named = trust::KeyIdOf(one.key) == signature.keyid();
      const bool holds = checker.Check(one.algorithm, one.key, message, signature.sig());
      if (!named && !holds) continue;
      seen.officer = one.officer, seen.roles = one.roles;
      seen.holds = holds ? SignerSeen::Holds::kYes : SignerSeen::Holds::kNo;
      if (holds) break;
    }
  }
  return out;
}

absl::Status AddSignatureMadeElsewhere(Session& session, Draft& draft, const std::string& signature,
                                       const std::string& officer) {
  const std::string prefix = "court/" + draft.head().signer() + "/officer/";
  const std::string code = officer.compare(0, prefix.size(), prefix) == 0 ? officer.substr(prefix.size()) : officer;
  EAGLE_ASSIGN_OR_RETURN(const auto file, ReadFileIfThere(signature));
  const auto bytes = SignatureBytes(file.value_or(signature));
  if (!bytes) return Fail(Reason::kFieldInvalid, "--signature is a file with 64 bytes or their base64, or the base64");
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk_with_book());
  const auto stated = desk->book()->OfficerOf(draft.head().signer(), code, session.process().clock.WallNow());
  if (!stated) return Fail(Reason::kOfficerNotValid, "the court states no officer " + code + " who is valid now");
  return draft.AddMade(stated->algorithm, stated->key, *bytes, trust::PublicKeyChecker());
}

absl::Status ExpectDigest(const std::string& is, const std::string& digest) {
  if (WithoutBlanks(digest) == is) return absl::OkStatus();
  return Fail(Reason::kDigestMismatch, "the draft's digest is " + SpacedDigest(is) + ", not the one that was given");
}

bool IsAboutSigners(const std::string& reason) {
  const auto known = ReasonByName(reason);
  return known == Reason::kSignaturesMissing || known == Reason::kOfficerNotValid ||
         known == Reason::kExceptionNotSigned || known == Reason::kConfirmationNotSigned;
}

absl::StatusOr<v1::Confirmation> ConfirmationOf(const std::string& text) {
  const size_t first = text.find(':'), second = first == std::string::npos ? first : text.find(':', first + 1);
  if (second == std::string::npos) return Fail(Reason::kFieldInvalid, std::string("--confirm is ") + kConfirmHelp);
  v1::Confirmation confirmed;
  std::string reason;
  for (const char c : text.substr(0, first) + ",") {
    if (c != ',') {
      reason += c;
      continue;
    }
    confirmed.add_reasons(reason);
    reason.clear();
  }
  confirmed.set_leader(text.substr(first + 1, second - first - 1));
  confirmed.set_ground(text.substr(second + 1));
  return confirmed;
}

}  // namespace eagle::client
