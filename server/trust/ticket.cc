#include "server/trust/ticket.h"

#include "server/base/assert.h"
#include "server/base/reason.h"
#include "server/trust/make_batch.h"
#include "server/trust/strict.h"
#include "server/trust/timestamps.h"

namespace eagle::trust {
namespace {

constexpr size_t kTextBytesMax = 128;

absl::Status Invalid(std::string_view why) {
  return Fail(Reason::kTicketInvalid, "the ticket is refused").At("officer_ticket", why);
}

absl::Status CheckFields(const v1::OfficerTicket& ticket, const std::string& officers_of) {
  for (const std::string* text : {&ticket.officer(), &ticket.court(), &ticket.case_number(), &ticket.purpose()}) {
    if (text->empty() || text->size() > 2 * kTextBytesMax) return Invalid("a text is missing or too long");
  }
  if (ticket.certificate_sha256().size() != 32) return Invalid("certificate_sha256 has 32 bytes");
  if (!ticket.has_issued_at() || !ticket.has_expires_at()) return Invalid("issued_at and expires_at are required");
  if (ticket.officer().substr(0, officers_of.size() + 15) != "court/" + officers_of + "/officer/")
    return Invalid("the head is of another court than the officer");
  return absl::OkStatus();
}

}  // namespace

v1::SignedMember MakeTicket(const TicketFields& fields, Signer& signer) {
  v1::OfficerTicket ticket;
  ticket.set_officer(fields.officer);
  ticket.set_court(fields.court);
  ticket.set_case_number(fields.case_number);
  ticket.set_purpose(fields.purpose);
  ticket.set_certificate_sha256(fields.certificate_sha256);
  *ticket.mutable_issued_at() = TimestampOf(fields.issued_at);
  *ticket.mutable_expires_at() = TimestampOf(fields.issued_at + fields.lifetime);
  const auto sequence = static_cast<uint64_t>(absl::ToUnixMicros(fields.issued_at));  // kept nowhere
  const v1::SignedBatch batch = MakeBatch({.member_type = v1::MEMBER_TYPE_TICKET,
                                           .environment = fields.environment,
                                           .signer = fields.officers_of,
                                           .sequence = sequence,
                                           .signed_at = fields.issued_at},
                                          {ticket.SerializeAsString()}, {&signer});
  return TravelForm(batch, 0);
}

absl::StatusOr<OpenedTicket> OpenTicket(
    const v1::SignedMember& member, v1::Environment environment,
    const std::function<std::vector<CandidateKey>(std::string_view court)>& candidates,
    const SignatureChecker& checker) {
  if (member.member().empty() && !member.has_head())
    return Fail(Reason::kTicketMissing, "personal data are read with an officer's ticket")
        .At("officer_ticket", "the field is required");
  const auto parsed = ParseMember(member);
  if (!parsed.ok()) return Invalid(FailureOf(parsed.status()).message);
  if (parsed->head.environment() != environment)
    return Fail(Reason::kEnvironmentMismatch, "the ticket is for another environment")
        .At("officer_ticket", "production or test, as the log is");
  if (parsed->head.member_type() != v1::MEMBER_TYPE_TICKET) return Invalid("the head is of another member type");
  OpenedTicket out{.member = member, .officers_of = parsed->head.signer()};
  const std::vector<CandidateKey> keys = candidates(out.officers_of);
  const auto signed_by = CheckSignatures(*parsed, keys, checker);
  if (!signed_by.ok()) return Invalid("no officer of the court signed it");
  if (signed_by->size() != 1) return Invalid("one officer signs a ticket");
  for (const CandidateKey& key : keys) {
    if (key.id == signed_by->front()) out.key = key.key;
  }
  // From here on the bytes are what the officer signed.
  if (const absl::Status form = ParseStrict(parsed->member, &out.ticket); !form.ok())
    return Invalid(FailureOf(form).message);
  EAGLE_RETURN_IF_ERROR(CheckFields(out.ticket, out.officers_of));
  out.digest = std::string(journal::View(parsed->digest));
  return out;
}

}  // namespace eagle::trust
