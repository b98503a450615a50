#include "client/audit/evidence_signers.h"

#include <algorithm>

#include "client/audit/register.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/dsse.h"
#include "server/journal/merkle.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

std::string EntryName(uint64_t index, EntryType type) {
  return "entry " + std::to_string(index) + " (" + TypeName(static_cast<uint16_t>(type)) + ")";
}
std::string InstantText(absl::Time time) { return absl::FormatTime(time, absl::UTCTimeZone()); }

bool Within(const Ordinals& inner, const Ordinals& outer) {
  return std::includes(outer.begin(), outer.end(), inner.begin(), inner.end());
}

std::string CodeOf(const std::string& subject) { return subject.substr(subject.rfind('/') + 1); }

}  // namespace

absl::StatusOr<std::map<std::string, EvidenceSigners::Roles>> EvidenceSigners::SignersUnder(const HeadSeen& head,
                                                                                            absl::Time time) {
  std::map<std::string, Roles> out;
  const std::string prefix = court_ + "/officer/";
  for (const auto& [subject, indexes] : book_.stated()) {
    if (subject.rfind(prefix, 0) != 0) continue;
    const auto stated = book_.InForce("", subject, STATEMENT_KIND_OFFICER, time);
    if (!stated.ok() || !book_.IsSignedBy(head, {(*stated)->algorithm(), (*stated)->key()})) continue;
    out[subject] = {(*stated)->roles().begin(), (*stated)->roles().end()};
    needed_.insert(subject);
  }
  return out;
}

absl::StatusOr<OfficerSeen> EvidenceSigners::OfficerFrom(const std::string& part, const std::string& code,
                                                         absl::Time time) {
  const std::string subject = court_ + "/officer/" + code;
  needed_.insert(subject);
  EAGLE_ASSIGN_OR_RETURN(const Statement* stated, book_.InForce(part, subject, STATEMENT_KIND_OFFICER, time));
  OfficerSeen seen{code, stated->officer().name(), stated->officer().work_id_no(), stated->officer().duty_card_no(),
                   stated->key()};
  seen.algorithm = stated->algorithm();
  for (const int role : stated->roles()) seen.roles.push_back(static_cast<OfficerRole>(role));
  seen.signed_order = signers_.contains(subject);
  return seen;
}

absl::Status EvidenceSigners::TellNamed(const std::string& part, const HeadSeen& head, absl::Time time, bool anew,
                                        std::vector<OfficerSeen>& out) {
  EAGLE_RETURN_IF_ERROR(book_.InForce(part, court_, STATEMENT_KIND_KEY, time).status());
  EAGLE_ASSIGN_OR_RETURN(signers_, SignersUnder(head, time));
  const Order& order = report_.order;
  std::vector<std::string> codes;
  for (const OfficerRef& officer : order.officers()) codes.push_back(officer.officer());
  const std::string leader = order.over_cap_exception().leader();
  // Who confirmed an amount did so when it was accepted.
  const std::string confirmer = anew ? "" : order.confirmed().leader();
  for (const std::string& named : {leader, confirmer}) {
    if (!named.empty() && std::find(codes.begin(), codes.end(), named) == codes.end()) codes.push_back(named);
  }
  for (size_t i = 0; i < codes.size(); ++i) {
    EAGLE_ASSIGN_OR_RETURN(OfficerSeen seen, OfficerFrom(part, codes[i], time));
    if (const int row = static_cast<int>(i); row < order.officers_size()) {
      const OfficerRef& named = order.officers(row);
      if (named.work_id_no() != seen.work_id_no || named.duty_card_no() != seen.duty_card_no)
        return WrongPart(part, "the order names other credentials than the court stated of officer " + codes[i],
                         "officers[" + std::to_string(i) + "]", seen.work_id_no + " " + seen.duty_card_no,
                         named.work_id_no() + " " + named.duty_card_no());
    }
    seen.leads_exception = codes[i] == leader;
    if (seen.leads_exception && !seen.signed_order)
      return WrongPart(part, "the leader named for the exception to the cap didn't sign", "signature", codes[i],
                       "absent");
    if (codes[i] == confirmer && !seen.signed_order)
      return WrongPart(part, "the leader who confirmed the amount didn't sign", "signature", codes[i], "absent");
    out.push_back(std::move(seen));
  }
  leader_ = leader.empty() ? "" : court_ + "/officer/" + leader;
  if (std::none_of(out.begin(), out.end(), [](const OfficerSeen& seen) { return seen.signed_order; }))
    return WrongPart(part, "no officer whom the order names signed it", "signatures", "1 or more", "0");
  needed_.insert(court_);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<OfficerSeen>> EvidenceSigners::OfficersUnder(const std::string& part, const HeadSeen& head,
                                                                        absl::Time time) {
  EAGLE_RETURN_IF_ERROR(book_.InForce(part, court_, STATEMENT_KIND_KEY, time).status());
  EAGLE_ASSIGN_OR_RETURN(const auto signers, SignersUnder(head, time));
  std::vector<OfficerSeen> out;
  for (const auto& [subject, roles] : signers) {
    EAGLE_ASSIGN_OR_RETURN(OfficerSeen seen, OfficerFrom(part, CodeOf(subject), time));
    seen.signed_order = true;
    out.push_back(std::move(seen));
  }
  needed_.insert(court_);
  return out;
}

absl::Status EvidenceSigners::TellAcceptance(const OpenedEntry& entry, const std::string& court,
                                             const OrderAccepted& body, const HeadSeen& head) {
  const std::string part = PartName(entry.leaf);
  court_ = "court/" + court, court_ordinal_ = entry.leaf.actor_ordinal;
  EAGLE_RETURN_IF_ERROR(TellNamed(part, head, entry.leaf.time, false, report_.officers));
  EAGLE_ASSIGN_OR_RETURN(const Statement* key, book_.InForce(part, court_, STATEMENT_KIND_KEY, entry.leaf.time));
  report_.court_key = key->key();
  const auto all = static_cast<size_t>(head.envelope.signatures_size());
  const auto named = static_cast<size_t>(std::count_if(report_.officers.begin(), report_.officers.end(),
                                                       [](const OfficerSeen& seen) { return seen.signed_order; }));
  report_.other_signatures = all - std::min(all, named);
  head_ = &head, head_bytes_ = head.envelope.payload();
  signed_part_ = part, signed_index_ = entry.index(), signed_at_ = entry.leaf.time;
  roles_.assign(body.roles().begin(), body.roles().end());
  first_roles_ = roles_, first_policy_ = body.policy_version();
  named_ = body.signers_size();
  return absl::OkStatus();
}

bool EvidenceSigners::BearsOn(const RevokedSeen& revoked) const {
  return revoked.index > signed_index_ && revoked.since <= signed_at_;
}

// The revocation by which a signature of this officer fell: his own, or that of the court which stated him.
const RevokedSeen* EvidenceSigners::FellBy(const std::string& subject) const {
  for (const RevokedSeen& revoked : book_.revocations()) {
    if (BearsOn(revoked) && (revoked.subject == subject || revoked.subject == court_)) return &revoked;
  }
  return nullptr;
}

EvidenceSigners::Standing EvidenceSigners::Stands() const {
  Standing out;
  if (named_ == 0) {  // it may have been any key of the court's
    for (const RevokedSeen& revoked : book_.revocations()) {
      const bool of_court = revoked.subject == court_ || revoked.subject.rfind(court_ + "/", 0) == 0;
      if (of_court && BearsOn(revoked) && out.cause == nullptr) out = {&revoked, false};
    }
    return out;
  }
  bool leader_fell = false;
  std::vector<Roles> left;
  for (const auto& [subject, roles] : signers_) {
    const RevokedSeen* fell = FellBy(subject);
    if (fell == nullptr) left.push_back(roles);
    if (fell != nullptr && (out.cause == nullptr || fell->index < out.cause->index)) out.cause = fell;
    leader_fell |= fell != nullptr && subject == leader_;
  }
  out.suffices = out.cause == nullptr || (Fills(left, roles_) && !leader_fell);
  return out;
}

// Where a key was revoked, everybody who signed must be known: the others' signatures may do.
absl::Status EvidenceSigners::CheckAllAreKnown() const {
  if (named_ == 0 || signers_.size() == static_cast<size_t>(named_)) return absl::OkStatus();
  return WrongPart(signed_part_, "the statements of some who signed are missing in this file", "signers",
                   std::to_string(named_), std::to_string(signers_.size()));
}

void EvidenceSigners::MarkFallen() {
  auto& officers = report_.resumptions.empty() ? report_.officers : report_.resumptions.back().officers;
  for (OfficerSeen& officer : officers) {
    const RevokedSeen* fell = officer.signed_order ? FellBy(court_ + "/officer/" + officer.code) : nullptr;
    if (fell != nullptr) officer.fell = *fell;
  }
}

absl::Status EvidenceSigners::CheckNoPauseIsMissing(const Ordinals& open) {
  MarkFallen();
  const Standing standing = Stands();
  if (standing.cause == nullptr) return absl::OkStatus();
  if (paused_index_ > signed_index_ || open.empty()) return absl::OkStatus();
  EAGLE_RETURN_IF_ERROR(CheckAllAreKnown());
  if (standing.suffices) return absl::OkStatus();
  return WrongPart(EntryName(standing.cause->index, ENTRY_TYPE_STATEMENT_ACCEPTED),
                   "it revokes a key that signed the order, and the pause that follows from it is missing", "entry",
                   "ORDER_PAUSED", "absent");
}

absl::Status EvidenceSigners::TellPause(const OpenedEntry& entry, const Ordinals& open, const Ordinals& handed) {
  const std::string part = PartName(entry.leaf);
  OrderPaused body;
  EAGLE_RETURN_IF_ERROR(ParseKnown(entry.leaf.body, part, body));
  const auto& all = book_.revocations();
  const auto cause =
      std::find_if(all.begin(), all.end(), [&](const RevokedSeen& seen) { return seen.index == body.statement(); });
  if (cause == all.end())
    return WrongPart(part, "the statement that it names revokes no key in this file", "statement",
                     "a STATEMENT_ACCEPTED that revokes", EntryName(body.statement(), ENTRY_TYPE_STATEMENT_ACCEPTED));
  if (body.since() != absl::ToUnixMicros(cause->since))
    return WrongPart(part, "it says another instant of the theft than the statement", "since",
                     InstantText(cause->since), InstantText(absl::FromUnixMicros(body.since())));
  if (cause->index < signed_index_)
    return WrongPart(part, "the key was revoked before the order was signed", "statement",
                     "after entry " + std::to_string(signed_index_), "entry " + std::to_string(cause->index));
  if (cause->since > signed_at_)
    return WrongPart(part, "the log shows the signatures to be older than the theft", "since",
                     "not after " + InstantText(signed_at_), InstantText(cause->since));
  const bool of_court = cause->subject.rfind(court_ + "/", 0) == 0;
  if (cause->subject != court_ && !(named_ == 0 ? of_court : signers_.contains(cause->subject)))
    return WrongPart(part, "the key that was revoked didn't sign the order", "subject", "of one who signed",
                     cause->subject);
  if (entry.leaf.actor_kind == ACTOR_KIND_COURT && entry.leaf.actor_ordinal != court_ordinal_)
    return WrongPart(part, "another court made this order", "actor", std::to_string(court_ordinal_),
                     std::to_string(entry.leaf.actor_ordinal));
  EAGLE_RETURN_IF_ERROR(CheckAllAreKnown());
  if (Stands().suffices)
    return WrongPart(part, "without the signatures that fell the order has all that it needs", "signatures", "too few",
                     "enough");
  const Ordinals targets = OrdinalsOf(body.targets());
  if (open.empty() || !Within(targets, open))
    return WrongPart(part, "it stands still where nothing of the order is open", "targets", ListOf(open),
                     ListOf(targets));
  for (const uint32_t agency : targets) {
    if (handed.contains(agency))
      return WrongPart(part, "it stands still where it had been handed out", "targets", "not " + std::to_string(agency),
                       ListOf(targets));
  }
  needed_.insert(cause->subject);
  PauseSeen seen{entry.index(), entry.leaf.time, *cause, named_ == 0, VectorOf(targets)};
  std::set_difference(open.begin(), open.end(), targets.begin(), targets.end(), std::back_inserter(seen.begun));
  report_.pauses.push_back(std::move(seen));
  paused_index_ = entry.index();
  paused_.insert(targets.begin(), targets.end());
  MarkFallen();
  return absl::OkStatus();
}

absl::Status EvidenceSigners::TellResumption(const OpenedEntry& entry) {
  const std::string part = PartName(entry.leaf);
  if (!entry.opened)
    return WrongPart(part, "the signatures made anew are not in this file", "payload", "opened", "closed");
  OrderResumed body;
  ResumedPayload payload;
  EAGLE_RETURN_IF_ERROR(ParseKnown(entry.leaf.body, part, body));
  EAGLE_RETURN_IF_ERROR(ParseKnown(entry.payload, part, payload));
  if (paused_.empty() || body.paused() != paused_index_)
    return WrongPart(part, "the pause that it ends is missing in this file, or isn't the newest one", "paused",
                     report_.pauses.empty() ? "none" : EntryName(paused_index_, ENTRY_TYPE_ORDER_PAUSED),
                     EntryName(body.paused(), ENTRY_TYPE_ORDER_PAUSED));
  if (entry.leaf.actor_kind != ACTOR_KIND_COURT || entry.leaf.actor_ordinal != court_ordinal_)
    return WrongPart(part, "another court made this order", "actor", std::to_string(court_ordinal_),
                     std::to_string(entry.leaf.actor_ordinal));
  HeadSeen anew = *head_;
  anew.index = entry.index(), anew.envelope = payload.head();
  const std::string digest = HexEncode(journal::View(journal::Sha256(anew.envelope.payload())));
  if (digest != HexEncode(body.head_digest()))
    return WrongPart(part, "the new head isn't the one that the leaf names", "head_digest",
                     HexEncode(body.head_digest()), digest);
  if (anew.envelope.payload_type() != head_->envelope.payload_type() || anew.envelope.payload() != head_bytes_)
    return WrongPart(part, "other bytes were signed anew than those of the order", "head",
                     HexEncode(journal::View(journal::Sha256(head_bytes_))), digest);
  if (const RevokedSeen* revoked = book_.RevokedUnder(anew); revoked != nullptr)
    return WrongPart(part, "a revoked key signs under the new head", "signature", "by keys in force",
                     revoked->subject + ", revoked by " + EntryName(revoked->index, ENTRY_TYPE_STATEMENT_ACCEPTED));
  if (OrdinalsOf(body.targets()) != paused_)
    return WrongPart(part, "it goes out again elsewhere than where it stands still", "targets", ListOf(paused_),
                     ListOf(OrdinalsOf(body.targets())));

  ResumptionSeen seen{entry.index(), entry.leaf.time, paused_index_};
  EAGLE_RETURN_IF_ERROR(TellNamed(part, anew, entry.leaf.time, true, seen.officers));
  if (!report_.order.officers().empty() && !seen.officers.front().signed_order)
    return WrongPart(part, "the handler whom the order names didn't sign anew", "signature", seen.officers.front().code,
                     "absent");
  for (const auto& [subject, roles] : signers_) {
    const std::string code = CodeOf(subject);
    if (std::any_of(seen.officers.begin(), seen.officers.end(), [&](const auto& named) { return named.code == code; }))
      continue;
    EAGLE_ASSIGN_OR_RETURN(OfficerSeen other, OfficerFrom(part, code, entry.leaf.time));
    seen.officers.push_back(std::move(other));
  }
  roles_.assign(body.roles().begin(), body.roles().end());
  named_ = body.signers_size();
  std::multiset<Roles> in_leaf, found;
  for (const OrderSigner& signer : body.signers()) in_leaf.insert({signer.roles().begin(), signer.roles().end()});
  for (const auto& [subject, roles] : signers_) found.insert(roles);
  if (in_leaf != found)
    return WrongPart(part, "the leaf names other officers than those whose keys signed anew", "signers",
                     std::to_string(named_), std::to_string(signers_.size()));
  std::vector<Roles> signed_as(found.begin(), found.end());
  if (!Fills(signed_as, roles_) ||
      (named_ > 0 && body.policy_version() == first_policy_ && !first_roles_.empty() && roles_ != first_roles_))
    return WrongPart(part, "not enough different officers signed anew in the roles demanded", "roles",
                     std::to_string(first_roles_.size()), std::to_string(signers_.size()));
  const auto all = static_cast<size_t>(anew.envelope.signatures_size());
  seen.other_signatures = all - std::min(all, signers_.size());
  seen.agencies = VectorOf(paused_), seen.policy_version = body.policy_version();
  for (PauseSeen& pause : report_.pauses) {
    if (!pause.resumed && !pause.agencies.empty()) pause.resumed = entry.index();
  }
  report_.resumptions.push_back(std::move(seen));
  paused_.clear();
  signed_part_ = part, signed_index_ = entry.index(), signed_at_ = entry.leaf.time;
  return absl::OkStatus();
}

}  // namespace eagle::audit
