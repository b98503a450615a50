// All that the gateway knows, as a fold over the journal. Decide reads it, Apply alone writes it.
//
// Two halves that load differently: the public half comes from leaves and is kept in tables, row by row; the private
// half (directory, policy, the inside of cases) comes from payloads and is folded anew from the entries of its stream.
//
// Threads: belongs to the sequencer; others get published copies.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/node_hash_map.h"
#include "absl/time/time.h"
#include "server/base/ids.h"
#include "server/domain/adapters.h"
#include "server/domain/case.h"
#include "server/domain/claim_history.h"
#include "server/domain/directory.h"
#include "server/domain/directory_head.h"
#include "server/domain/entry.h"
#include "server/domain/incident.h"
#include "server/domain/objection.h"
#include "server/domain/order.h"
#include "server/domain/policy.h"
#include "server/domain/position.h"
#include "server/domain/reading.h"
#include "server/domain/supervision.h"
#include "server/domain/witnessing.h"

namespace eagle::domain {

// What became of an id that a caller chose (order id, request id): it is used for ever.
struct IdUse {
  uint64_t index = 0;   // of the entry that used it
  std::string digest;   // of the content; the same id with another one is refused
  std::string refusal;  // serialised goldeneagle.v1.Refused when it was refused; empty when accepted
};

struct SequenceUse {
  std::string head_digest;
  uint64_t index = 0;  // of the BATCH_HEAD
};

struct ProposalState {
  std::string digest;
  std::string member;  // the signed bytes
  std::string key_id;  // for what it registers
  goldeneagle::v1::Proposal proposal;
  std::set<uint32_t> approvers;  // administrators' ordinals
  bool in_effect = false;
};

struct PresenceState {
  bool ever = false, present = false;
  absl::Time since;
  std::string inbox;     // 16 bytes
  std::string declared;  // bitmap over the agency's capability rows as they are approved now
  uint32_t most_in_flight = 0;
};

// Something that falls due: the next mark of an order, of a case's surplus, of an objection, of an incident, of a
// measure's end or of a supervision order, an agency's statement of a day, or the begin of an order that waits.
struct Timer {
  enum Kind : uint8_t {
    kOfOrder,
    kOfCase,
    kOfObjection,
    kOfIncident,
    kOfPosition,
    kOfMeasure,
    kOfBegin,
    kOfSupervision
  };
  absl::Time at;
  // OrderSeq (of a measure: its freeze's), CaseSeq, index of the objection, incident or supervision order, agency
  // ordinal.
  uint64_t seq = 0;
  Kind kind = kOfOrder;
  friend bool operator==(const Timer&, const Timer&) = default;
  friend bool operator<(const Timer& a, const Timer& b) {
    return std::tie(a.at, a.seq, a.kind) < std::tie(b.at, b.seq, b.kind);
  }
};

// Names an incident that stands, so that those of an agency, and of one measure there, lie side by side.
struct IncidentKey {
  AgencyOrdinal agency;
  OrderSeq freeze;
  goldeneagle::v1::IncidentKind kind = goldeneagle::v1::INCIDENT_KIND_UNSPECIFIED;
  uint64_t index = 0;
  friend auto operator<=>(const IncidentKey&, const IncidentKey&) = default;
};

struct State {
  // The log.
  uint64_t next_index = 0;
  absl::Time recorded = absl::InfinitePast();  // time of the last commit; never decreases
  uint64_t clock_alarm = 0;                    // index of the alarm that stands; 0 = none

  // Private half, stream 0.
  Directory directory;
  std::shared_ptr<const Policy> policy;         // null before the first one is installed
  uint64_t policy_index = 0;                    // of the entry that installed it
  absl::Time policy_since;                      // and its time
  std::map<uint64_t, ProposalState> proposals;  // by index
  std::map<uint32_t, ClaimHistory> claims;      // by court ordinal: of the cases that can be read

  // Public half.
  absl::node_hash_map<uint64_t, Order> orders;
  absl::node_hash_map<uint64_t, Case> cases;
  absl::flat_hash_map<std::string, uint64_t> case_numbers;  // court ordinal (4 bytes) || number tag -> CaseSeq
  absl::flat_hash_map<std::string, IdUse> ids;              // 16 bytes
  absl::flat_hash_map<std::string, SequenceUse> sequences;  // SequenceKey
  std::vector<PresenceState> presence;                      // agency ordinal n at n-1
  absl::btree_set<Timer> timers;
  absl::flat_hash_map<uint32_t, uint32_t> waiting_of_court;  // how many orders wait for their begin (waiting.h)
  absl::flat_hash_map<uint64_t, uint32_t> waiting_of_case;
  absl::flat_hash_map<uint64_t, absl::Time> ends_armed;  // by freeze order: the timer of a measure's end (ending.h)
  std::map<uint64_t, ObjectionThread> objections;        // by index
  absl::flat_hash_map<uint64_t, std::vector<uint64_t>> objections_of;  // freeze in question, else the order -> indexes
  std::map<uint32_t, uint64_t> newest_word;                            // by agency ordinal: in any of its threads
  std::map<uint64_t, SupervisionThread> supervisions;                  // by index
  std::map<uint32_t, uint64_t> newest_supervision;  // by agency ordinal: newest word in the threads addressed to it
  std::vector<AgencyPosition> positions;            // agency ordinal n at n-1; those that never had any may be missing
  std::map<uint64_t, Incident> incidents;           // those that stand, by index
  absl::btree_set<IncidentKey> incidents_of;        // the same
  absl::flat_hash_map<uint64_t, AheadSeen> ahead;   // by freeze order: measures in which the unit is ahead
  Witnessing witnessing;                            // its registered witnesses: private half
  DirectoryHeadSeen directory_head;
  AdapterApprovals adapters;
  std::map<uint32_t, DirectoryAcknowledged> acknowledged;  // by agency ordinal; none: it has acknowledged nothing
  absl::flat_hash_map<std::string, ReaderCount>
      readers;  // by officer tag; after a rotation an older one is left behind

  // What changed since the sequencer last took it: becomes the commit's rows.
  struct Changes {
    absl::flat_hash_set<uint64_t> orders, cases, objections, supervisions, incidents, ahead;
    std::vector<Incident> cleared;  // incidents that stand no longer
    absl::flat_hash_set<uint32_t> positions;
    std::vector<std::string> ids, sequences;
    absl::flat_hash_set<uint32_t> presence;
    absl::flat_hash_map<uint64_t, std::vector<uint64_t>> streams;  // stream (0 or CaseSeq) -> indexes
    absl::flat_hash_set<std::string> readers;
    std::set<AdapterVersion> adapters;
    std::set<uint32_t> acknowledged;
    bool witnessing = false;      // its row
    bool directory_head = false;  // its row
    bool directory = false;       // a published copy is stale
  } changes;

  const Order* FindOrder(OrderSeq seq) const;
  const ObjectionThread* FindObjection(uint64_t index) const;  // null: that entry raised none
  // Those against the order, or against another one about the same measure; oldest first.
  std::vector<const ObjectionThread*> ObjectionsOf(const Order& order) const;
  void PutObjection(ObjectionThread thread);                       // a new one
  const SupervisionThread* FindSupervision(uint64_t index) const;  // null: that entry issued none
  void PutSupervision(SupervisionThread thread);                   // a new one
  const AgencyPosition& PositionOf(AgencyOrdinal agency) const;    // an empty one for unknown ones
  // Incidents that stand: of an agency, in order of the freezes; of one measure there.
  std::vector<IncidentKey> IncidentsOf(AgencyOrdinal agency) const;
  std::vector<IncidentKey> IncidentsAbout(AgencyOrdinal agency, OrderSeq freeze) const;
  void PutIncident(Incident incident);  // one that stands
  void CloseIncident(uint64_t index);   // it is cleared: its row says so, the memory lets it go
  // `number_tags`: the number's tag under every tag key, newest first (command.h).
  const Case* FindCase(CourtOrdinal court, const std::vector<std::string>& number_tags) const;
  // Whom the order is about, in one word: equal for equal numbers, whichever court asks and whatever tag key was in
  // use. Not for any table or entry: it says the number. Of a case that can't be read, or is erased: the order's tag.
  std::string PersonOf(const Order& order) const;
  const PresenceState& PresenceOf(AgencyOrdinal agency) const;  // "never seen" for unknown ones
};

// Key of State::sequences: one namespace for each signer and member type.
std::string SequenceKey(std::string_view signer, goldeneagle::v1::MemberType type, uint64_t sequence);
std::string CaseNumberKey(CourtOrdinal court, std::string_view number_tag);

}  // namespace eagle::domain
