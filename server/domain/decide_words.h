// What threads of signed words share, whatever they are about: who says a batch of them, that each is said once, and
// the entries that keep them. Private to the decide_*.cc files.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/base/uuid.h"
#include "server/domain/draft.h"

namespace eagle::domain {

inline constexpr size_t kWordBytes = 8000;  // the long text of one word

// Who signed the batch: the agency with its key, or officers of the court, which brings what its own have signed.
// Exactly one of both is set. Errors: those of CheckAgencySigned; COURT_UNKNOWN, SIGNER_NOT_CALLER.
absl::StatusOr<Signer> SpeakerOf(const State& state, AgencyOrdinal agency, CourtOrdinal court, const SignedHead& head,
                                 absl::Time now);

// Derive, and give it MemberResult DecideMember(size_t i). Command: a batch of words of an agency or of a court.
template <typename Command>
class WordsDecider {
 public:
  WordsDecider(Draft& draft, const Command& command, HeadWriter& head)
      : draft_(draft), state_(draft.state()), command_(command), head_(head) {}

 protected:
  bool by_agency() const { return static_cast<bool>(command_.agency); }
  const auto& ActAt(size_t i) const { return command_.members[i].parsed; }
  const std::string& DigestAt(size_t i) const { return command_.signed_head.digests[i]; }

  // The stored answer of a word that was said before, or the refusal of an id that isn't new.
  std::optional<MemberResult> Known(size_t i) {
    const std::string& id = ActAt(i).request_id();
    if (auto known = Repeated(state_, id, DigestAt(i), Reason::kRequestIdReused)) return known;
    if (ids_.insert(id).second) return std::nullopt;
    return MemberResult{.id = id,
                        .refusal = Fail(Reason::kRequestIdReused, "the id stands twice in this batch").failure()};
  }

  void CheckAuthor(size_t i, Violations& wrong) const {
    if (ActAt(i).author() != command_.signed_head.head.signer())
      wrong.Add("author", Reason::kSignerNotCaller, "a word names who signed it");
    if (!ActAt(i).has_written_at()) wrong.Add("written_at", Reason::kFieldMissing, "the author's own clock");
  }

  // Whether different officers of the court that speaks signed in these roles.
  void CheckOfficers(const google::protobuf::RepeatedField<int>& roles, Violations& wrong) const {
    std::vector<goldeneagle::v1::OfficerRole> demanded;
    for (int role : roles) demanded.push_back(static_cast<goldeneagle::v1::OfficerRole>(role));
    CheckRoles(state_, command_.signed_head.head.signer(), command_.signed_head, demanded, draft_.now(), "signatures",
               wrong);
  }

  MemberResult RefuseWord(size_t i, const Violations& wrong, const Case* of) {
    return Refuse(draft_, head_, wrong.ToFailure("the word is refused"), ActAt(i).request_id(), DigestAt(i),
                  static_cast<uint32_t>(i), command_.members[i].bytes, of != nullptr && !of->erased() ? of : nullptr);
  }

  // Id, digest and head of a word, which every body has; the head is written now if it wasn't.
  template <typename Body>
  void SetWord(size_t i, Body& body) {
    body.set_request_id(ActAt(i).request_id());
    body.set_digest(DigestAt(i));
    body.set_head(head_.Index());
  }
  // Whose signatures stand under a court's word; nothing of an agency's.
  template <typename Body>
  void SetSigners(Body& body) const {
    if (by_agency()) return;
    const SignedHead& head = command_.signed_head;
    for (auto& signer : SignersAmong(state_, head.head.signer(), head.keys, draft_.now()))
      *body.add_signers() = std::move(signer);
  }

  // Pre: SetWord was called for the body.
  template <typename Payload, typename Body>
  uint64_t AppendWord(size_t i, goldeneagle::v1::EntryType type, OrderSeq order, AgencyOrdinal agency, const Case& of,
                      const Body& body) {
    Payload payload;
    payload.set_member(command_.members[i].bytes);
    payload.set_index(static_cast<uint32_t>(i));
    return draft_.Append({.type = type,
                          .actor_kind = head_.signer().kind,
                          .actor = head_.signer().ordinal,
                          .agency = agency,
                          .order = order,
                          .case_seq = of.seq,
                          .payload = payload.SerializeAsString(),
                          .key_id = of.key_id},
                         body);
  }

  Draft& draft_;
  const State& state_;
  const Command& command_;
  HeadWriter& head_;

 private:
  std::set<std::string> ids_;  // of the members before
};

// Decides each member of a batch of words on its own, by a Decider derived from WordsDecider.
template <typename Decider, typename Command>
void DecideWords(Draft& draft, const Command& command) {
  const absl::StatusOr<Signer> signer =
      SpeakerOf(draft.state(), command.agency, command.court, command.signed_head, draft.now());
  draft.result().status = signer.status();
  if (!signer.ok()) return;
  for (const auto& member : command.members) {
    if (IsUuidV7(member.parsed.request_id())) continue;
    draft.result().status = Fail(Reason::kFieldInvalid, "a word without a usable id can't be refused by id")
                                .At("request_id", "UUIDv7, 16 bytes");
    return;
  }
  HeadWriter head(draft, command.signed_head, *signer);
  draft.result().status = head.CheckSequence();
  if (!draft.result().status.ok()) return;
  Decider decider(draft, command, head);
  for (size_t i = 0; i < command.members.size(); ++i) draft.result().members.push_back(decider.DecideMember(i));
}

}  // namespace eagle::domain
