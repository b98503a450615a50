// The audit with the keys: what the sealed payloads say is what was committed to, signed by whom it names, and what the
// leaves tell of it. A pure fold beside PublicAudit, which checks the leaves themselves.
//
// What is sealed (no key: erased, or not given) is counted and is no finding. When an organisation's registration or a
// statement about it is sealed, its keys can't be known, and signatures in its name are counted as unchecked; others
// are checked all the same.
//
// Threads: one.
//
//   OpenedAudit opened([&](std::string_view id) { return keys.Find(id); }, findings);
//   opened.Take(leaf, sealed);
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "client/audit/agency_bits.h"
#include "client/audit/findings.h"
#include "client/audit/opened_amounts.h"
#include "client/audit/opened_ledger.h"
#include "client/audit/opened_ranks.h"
#include "client/audit/register.h"
#include "goldeneagle/v1/entry.pb.h"
#include "goldeneagle/v1/envelope.pb.h"
#include "goldeneagle/v1/receipt.pb.h"
#include "goldeneagle/v1/supervision_entry.pb.h"
#include "server/journal/leaf.h"

namespace eagle::audit {

class OpenedAudit {
 public:
  using KeyOf = std::function<std::optional<std::string>(std::string_view key_id)>;

  OpenedAudit(KeyOf key_of, Findings& findings) : key_of_(std::move(key_of)), findings_(findings) {}

  // The leaf of the next index and its sealed payload, empty for none.
  void Take(std::string_view leaf, std::string_view sealed);

  uint64_t opened() const { return opened_; }
  uint64_t sealed() const { return sealed_; }
  uint64_t unchecked_signatures() const { return unchecked_; }

 private:
  struct HeadOpened {
    std::string digests;         // 32 bytes each
    std::string signer;          // as the head names it
    std::set<std::string> keys;  // whose signatures verified
    absl::Time time, signed_at;  // of the entry; by the signer's clock
    std::string digest;          // of the signed head
  };
  struct CaseKept {
    std::string court, number;
    std::vector<goldeneagle::v1::Respondent> people;  // by place
    std::vector<bool> removed;
    bool knows_people = true;    // false: an act on them is sealed
    std::vector<uint64_t> told;  // on those who left: as the newest SURPLUS_ARISEN has them
    uint64_t moved = 0;          // the newest entry after which that may differ
    absl::Time moved_at = absl::InfinitePast();
  };
  struct OrderKept {
    std::string digest, id;
    std::string person;  // kind and number: a tag is another one after a rotation of its key
    uint64_t case_seq = 0, head = 0, freeze = 0;
    goldeneagle::v1::Action action{};
    int64_t amount = 0;  // of its head so far, in its action and case
    bool confirmed = false;
    // Whose signatures hold it up, since which entry, and in which roles they had to sign.
    std::vector<std::pair<uint32_t, std::set<int>>> signers;
    std::vector<int> roles;
    uint64_t signed_index = 0;
    absl::Time signed_at;
    AgencyBits delivered;
    uint32_t respondent = 0;  // place in the case
    bool ranked = false, takes = false, handed_out = false;
  };

  struct ObjectionKept {
    std::string id, digest;  // of the act that raised it
  };

  struct SupervisionKept {
    std::string id, digest;  // of the act that issued it
    bool commander = false;
    goldeneagle::v1::Urgency urgency{};
  };

  // The newest part of an agency's daily statement, and the orders about which an incident has to follow it.
  struct PositionKept {
    uint64_t index = 0;
    std::map<std::string, goldeneagle::v1::MeasureState> lines;  // by order id
  };

  // A measure's term: the newest mark of its end, and when the next one comes; microseconds, 0: none.
  struct EndKept {
    int64_t marked_end = 0, at = 0;
    uint32_t marked_days = 0;
  };

  // What an agency has said on an order, conflicts apart.
  struct WordKept {
    uint64_t newest = 0;  // Receipt.sequence
    bool last = false;    // its final word is there
  };

  void Add(Rule rule, const journal::Leaf& leaf, std::string_view sentence, std::vector<uint64_t> proof = {}) {
    findings_.Add(rule, leaf.index.value(), std::string(sentence), std::move(proof));
  }
  std::optional<std::string> Open(const journal::Leaf& leaf, std::string_view sealed);
  void Missed(const journal::Leaf& leaf);
  void TakeHead(const journal::Leaf& leaf, const std::string& payload);
  void CheckSigner(const journal::Leaf& leaf, const goldeneagle::v1::Head& head, const HeadOpened& opened);
  // The head whose root covers these bytes at this place; absent when it was sealed, or after a finding.
  const HeadOpened* CheckMember(const journal::Leaf& leaf, uint64_t head, const std::string& digest,
                                const std::string& member, uint32_t place);
  // The keys that could have signed and did.
  std::set<std::string> KeysUnder(const goldeneagle::v1::Envelope& head, uint8_t actor_kind,
                                  const std::string& signer) const;
  void TakeSigners(const journal::Leaf& leaf, const std::string& court, const std::set<std::string>& keys,
                   const google::protobuf::RepeatedPtrField<goldeneagle::v1::OrderSigner>& signers,
                   const google::protobuf::RepeatedField<int>& roles, OrderKept& order);
  void CheckHeldUp(const journal::Leaf& leaf, uint64_t seq, OrderKept& order);
  void CheckRoles(const journal::Leaf& leaf, const HeadOpened& head, const std::vector<int>& roles);
  // `confirmed`: null when the act has none. `head`: null when it is sealed.
  void CheckConfirmed(const journal::Leaf& leaf, const google::protobuf::RepeatedField<uint32_t>& recorded,
                      const goldeneagle::v1::Confirmation* confirmed, const Doubts& doubts, const HeadOpened* head);
  void TakeAdministration(const journal::Leaf& leaf, const std::string& payload);
  void TakeAdopted(const journal::Leaf& leaf, const std::string& payload);
  void TakeAdapterApproved(const journal::Leaf& leaf);
  void CheckExamined(const journal::Leaf& leaf);  // ADAPTER_PRESENT
  void TakeStatement(const journal::Leaf& leaf, const std::string& payload);
  void TakeCase(const journal::Leaf& leaf, const std::string& payload);
  // opened_respondents.cc
  void TakeRespondents(const journal::Leaf& leaf, const goldeneagle::v1::CaseRespondentsChanged& body,
                       const goldeneagle::v1::ChangeRespondents& change);
  void CheckSubject(const journal::Leaf& leaf, const goldeneagle::v1::Order& order, uint32_t place);
  void CheckBegins(const journal::Leaf& leaf, uint64_t seq, const OrderKept& order);
  void TakeSurplus(const journal::Leaf& leaf, const std::string& payload);
  // What the entry says may end, or begin, what stands on those who left; and after its commit, whether that was told.
  void FollowRemoved(const journal::Leaf& leaf);
  void CheckRemovedTold(const journal::Leaf& leaf);
  void TakeOrder(const journal::Leaf& leaf, const std::string& payload);
  void TakeResumed(const journal::Leaf& leaf, const std::string& payload);
  void TakeDelivered(const journal::Leaf& leaf);
  void TakeReceipt(const journal::Leaf& leaf, const std::string& payload);
  // Whether it moves anything: what a later word of the agency overtook on its way doesn't.
  bool TakeWord(const journal::Leaf& leaf, const goldeneagle::v1::Receipt& receipt);
  void TakeObjection(const journal::Leaf& leaf, const std::string& payload);
  void CheckObjectionRow(const journal::Leaf& leaf, const goldeneagle::v1::ObjectionRaised& raised);
  // opened_supervision.cc
  void TakeSupervision(const journal::Leaf& leaf, const std::string& payload);
  void CheckIssue(const journal::Leaf& leaf, const goldeneagle::v1::SupervisionIssued& issued,
                  const goldeneagle::v1::SupervisionAct& act);
  template <typename Body>
  void CheckTurn(const journal::Leaf& leaf, goldeneagle::v1::Urgency urgency, const Body& body);
  // opened_positions.cc
  void TakePosition(const journal::Leaf& leaf, const std::string& payload);
  void TakeIncident(const journal::Leaf& leaf, const std::string& payload);
  void FollowIncident(const journal::Leaf& leaf);
  void CheckIncidentSides(const journal::Leaf& leaf, const goldeneagle::v1::IncidentArisen& body,
                          const goldeneagle::v1::IncidentPayload& said);
  // opened_ends.cc
  void DisarmEnd(uint64_t freeze);
  void FollowEnd(uint64_t case_seq, uint64_t freeze);
  void FollowAllEnds();
  void TakeEndMarked(const journal::Leaf& leaf);
  void FollowEnds(const journal::Leaf& leaf);
  // opened_flags.cc
  void FollowFlag(const journal::Leaf& leaf);
  void TakeFound(const journal::Leaf& leaf, const goldeneagle::v1::Receipt& receipt, goldeneagle::v1::Action action);
  void CheckAgencySigned(const journal::Leaf& leaf, const HeadOpened& head, const std::string& agency);
  void CheckCourtSigned(const journal::Leaf& leaf, const HeadOpened& head,
                        const google::protobuf::RepeatedPtrField<goldeneagle::v1::OrderSigner>& signers, bool answers);
  void TakeRefused(const journal::Leaf& leaf, const std::string& payload);
  void TakeAccess(const journal::Leaf& leaf, const std::string& payload);

  KeyOf key_of_;
  Findings& findings_;
  Register register_;
  std::map<uint64_t, HeadOpened> heads_;
  OpenedLedger ledger_;
  OpenedAmounts amounts_;
  OpenedRanks ranks_;
  std::map<uint64_t, OrderKept> orders_;
  // By head, case and action: what was accepted of it so far. Who signs a head signs for the sum.
  std::map<std::tuple<uint64_t, uint64_t, int>, int64_t> under_head_;
  std::map<std::pair<uint64_t, uint32_t>, WordKept> words_;  // by order and agency
  std::map<uint64_t, ObjectionKept> objections_;             // by OBJECTION_RAISED
  std::map<uint64_t, SupervisionKept> supervisions_;         // by SUPERVISION_ISSUED
  std::map<uint64_t, CaseKept> cases_;
  std::set<uint64_t> moved_;                           // cases with somebody who left, moved in the commit of now
  std::map<std::string, uint64_t> order_seqs_;         // by order id
  std::map<uint32_t, PositionKept> positions_;         // by agency
  std::map<uint64_t, uint64_t> incidents_;             // that stand: INCIDENT_ARISEN -> order
  std::map<uint64_t, EndKept> ends_;                   // by freeze
  std::set<std::pair<int64_t, uint64_t>> end_timers_;  // when a mark of it comes
  std::map<uint64_t, int64_t> ends_late_;              // since when the log has gone on past it
  struct FlagKept {
    std::set<uint64_t> closed, flagged;  // cases closed for want of assets; flagged since
    uint64_t owed = 0;                   // answer that the next entry has to flag; 0: none
    uint64_t read = 0;                   // newest answer that was opened
  };
  FlagKept flags_;
  std::set<uint64_t> differ_;                                        // orders that the newest statement shows otherwise
  uint64_t differ_at_ = 0;                                           // its index
  std::map<std::pair<std::string, std::string>, int64_t> approved_;  // adapter and version: until when, microseconds
  uint64_t opened_ = 0, sealed_ = 0, unchecked_ = 0;
};

}  // namespace eagle::audit
