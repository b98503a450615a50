// Tickets: who signed that he reads this case, and whether he might.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/audit/opened_audit.h"
#include "client/audit/stated_key.h"
#include "client/audit/unknown_fields.h"
#include "server/journal/dsse.h"
#include "server/journal/merkle.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr absl::Duration kClockAhead = absl::Minutes(2);  // of the officer's clock, as the gateway allows

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

// Whether the bytes lie at their place below the signed root.
bool LiesInRoot(const SignedMember& member, const Head& head) {
  std::vector<journal::Hash> path;
  for (const std::string& hash : member.path()) {
    const auto read = journal::HashFrom(hash);
    if (!read) return false;
    path.push_back(*read);
  }
  const auto root = journal::HashFrom(head.root());
  return root &&
         journal::VerifyInclusion(journal::LeafHash(member.member()), member.index(), head.count(), path, *root);
}

// What the policy says against the ticket; empty: nothing.
std::string AgainstPolicy(const OfficerTicket& ticket, const AccessRecorded& body, absl::Time time,
                          const ReadingRow& row) {
  const absl::Time issued = TimeOf(ticket.issued_at()), expires = TimeOf(ticket.expires_at());
  if (issued > time + kClockAhead || expires <= time) return "the ticket was not valid at that time";
  if (expires <= issued || expires - issued > absl::Minutes(row.ticket_minutes()))
    return "the ticket lives longer than the policy allows";
  if (std::find(row.purposes().begin(), row.purposes().end(), ticket.purpose()) == row.purposes().end())
    return "the policy lets nobody read for the ticket's purpose";
  if (body.reads_in_hour() > row.reads_per_hour() || body.reads_in_day() > row.reads_per_day())
    return "the officer read more than the policy allows";
  return "";
}

}  // namespace

void OpenedAudit::TakeAccess(const journal::Leaf& leaf, const std::string& payload) {
  AccessRecorded body;
  AccessPayload said;
  Head head;
  OfficerTicket ticket;
  const auto wrong = [&](std::string_view why) { Add(Rule::kTicket, leaf, why, {leaf.case_seq.value()}); };
  if (!body.ParseFromString(leaf.body) || !said.ParseFromString(payload) ||
      !head.ParseFromString(said.ticket().head().payload()) || !ticket.ParseFromString(said.ticket().member()) ||
      HasUnknownFields(ticket))
    return wrong("the ticket can't be read");
  if (journal::View(journal::LeafHash(said.ticket().member())) != body.ticket_digest())
    return wrong("the ticket is not the one that the leaf names");
  if (said.ticket().head().payload_type() != journal::kBatchPayloadType || head.member_type() != MEMBER_TYPE_TICKET ||
      head.environment() != register_.founding.environment() || !LiesInRoot(said.ticket(), head))
    return wrong("it is no ticket of this log's environment under its signed head");
  if (const auto of = cases_.find(leaf.case_seq.value());
      of != cases_.end() && (ticket.court() != of->second.court || ticket.case_number() != of->second.number))
    wrong("the ticket is for another case");
  if (!register_.policy_sealed) {
    if (const std::string why = AgainstPolicy(ticket, body, leaf.time, register_.policy.reading()); !why.empty())
      wrong(why);
  }
  const std::string court = "court/" + head.signer(), prefix = court + "/officer/";
  if (ticket.officer().compare(0, prefix.size(), prefix) != 0) return wrong("the officer is of another court");
  const auto officer = register_.statements.find(ticket.officer());
  if (officer == register_.statements.end()) {
    // His statement may be sealed with a court's key that isn't here.
    if (register_.statements_sealed || !register_.courts_sealed.empty()) {
      ++unchecked_;
      return;
    }
    return wrong("nobody stated this officer");
  }
  const Statement& stated = officer->second.statement;
  const std::string pae = journal::Pae(said.ticket().head().payload_type(), said.ticket().head().payload());
  const bool signed_by_him = std::any_of(said.ticket().head().signatures().begin(),
                                         said.ticket().head().signatures().end(), [&](const Signature& at) {
                                           return IsBy({stated.algorithm(), stated.key()}, pae, at.sig());
                                         });
  const auto own = register_.statements.find(court);
  if (!signed_by_him || !register_.Gives(ticket.officer(), stated.key(), leaf.time) ||
      own == register_.statements.end() || !register_.Gives(court, own->second.statement.key(), leaf.time))
    wrong("no officer who was valid then signed the ticket");
}

}  // namespace eagle::audit
