// What the leaves have told so far: all that the rules compare the next leaf with. Grows with the orders, cases, heads
// and ids of the log, some 150 bytes each; what is complete keeps its place in the chain and little else.
//
// Threads: a value.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/node_hash_map.h"
#include "absl/time/time.h"
#include "client/audit/agency_bits.h"
#include "client/audit/findings.h"
#include "client/audit/recovery.h"
#include "client/audit/tag_keys.h"
#include "client/audit/unknown_fields.h"
#include "goldeneagle/v1/entry.pb.h"
#include "goldeneagle/v1/supervision.pb.h"
#include "server/journal/leaf.h"
#include "server/journal/note.h"

namespace eagle::audit {

// A stored deadline; microseconds since 1970.
struct StoredClock {
  uint32_t row = 0;  // Picture::RowNumber
  int64_t due = 0;
  std::vector<std::pair<int64_t, uint32_t>> marks;  // instant, permille; those to come
  friend bool operator==(const StoredClock&, const StoredClock&) = default;
};

// Whose clock it is.
// kBegin: an order's that waits, which has no mark but its begin.
enum class ClockOwner : uint8_t { kOrder, kCase, kObjection, kIncident, kBegin, kSupervision };

// One thread between an agency and the court of an order.
struct ObjectionSeen {
  uint64_t order = 0, measure = 0;  // measure: the freeze in question; 0: an inquiry
  uint32_t agency = 0, court = 0;
  StoredClock clock;
  uint64_t closed = 0;                            // entry that closed it; 0: open
  int64_t closed_at = 0;                          // when
  goldeneagle::v1::ObjectionDecision decision{};  // UNSPECIFIED: none, or the agency took it back
};

// One thread of a court that supervises and whom it addresses.
struct SupervisionSeen {
  uint64_t case_seq = 0, order = 0;          // order: 0: about the case
  uint32_t agency = 0;                       // addressed; 0: a court is
  uint32_t from = 0, to = 0, copied_to = 0;  // courts
  StoredClock clock;                         // of the turn that runs, or ran last
  goldeneagle::v1::SupervisionState state = goldeneagle::v1::SUPERVISION_STATE_ISSUED;
};

// A difference between an agency's statement and the log, or a statement that didn't come. Forgotten when it is
// cleared.
struct IncidentSeen {
  goldeneagle::v1::IncidentKind kind{};
  uint64_t order = 0;  // 0: of no order
  uint32_t agency = 0;
  std::string day;
  StoredClock clock;
};

// What an agency stated of its days.
struct StatedSeen {
  uint64_t index = 0;        // of its newest POSITION_STATED
  std::string day;           // that it states
  std::string complete_day;  // the last one that is here whole
  std::string missing_day;   // the last one that was found missing
  uint32_t shown = 0;        // differences that may still be told of the newest
};

struct OrderSeen {
  uint64_t last = 0;  // newest entry about it
  uint64_t case_seq = 0;
  uint32_t court = 0;
  goldeneagle::v1::Action action{};
  AgencyBits targets, open, delivered;
  AgencyBits paused;          // not handed out there until the order is signed anew
  uint64_t paused_index = 0;  // the newest ORDER_PAUSED
  uint64_t signed_index = 0;  // of the signatures in force: the acceptance, or the newest ORDER_RESUMED
  int64_t signed_at = 0;      // microseconds
  StoredClock clock;
  int64_t accepted = 0;     // microseconds
  int64_t waits_since = 0;  // its acceptance, or when it was signed anew after a pause
  uint64_t freeze = 0;      // the order that made the measure; 0 for one that makes it, or only asks
  bool urgent = false;
  bool waits = false;                            // for its begin: not handed out, and its clock stands still
  int64_t begins = 0;                            // microseconds; 0: with its acceptance
  std::pair<uint64_t, uint32_t> answered{0, 0};  // newest TASK_ANSWERED about it, and by whom
  std::string subject_tag;  // of a control: those on one person at one agency go one after the other
};

// A control that an adapter was handed and nothing was heard of since.
struct HandedSeen {
  uint64_t index = 0;    // of its newest DELIVERED
  std::string instance;  // 8 bytes
};

// A respondent of a case, or one who left it.
struct PersonSeen {
  std::string tag;
  bool removed = false;
};

struct CaseSeen {
  uint32_t court = 0;
  goldeneagle::v1::CaseStage stage{};
  int64_t moved = 0;               // when it last changed its stage, or a surplus in it was cleared; microseconds
  uint64_t mover = 0;              // newest entry that can make or end a surplus
  uint64_t surplus = 0;            // the SURPLUS_ARISEN that stands
  uint64_t flagged = 0;            // the RESUMPTION_FLAGGED that stands
  int64_t regrouped = 0;           // when its respondents last changed; microseconds, 0: never
  std::vector<PersonSeen> people;  // by place
  bool tagged = true;              // its opening has tags; without them the places of the opening are nobody's
  StoredClock clock;               // of it
};

struct HeadSeen {
  uint8_t actor_kind = 0;
  uint8_t member_type = 0;
  uint16_t count = 0;     // members that the head signs for
  uint16_t accepted = 0;  // that entries were made of
  uint32_t actor = 0;
};

struct ProposalSeen {
  std::string kind;
  std::set<uint32_t> approvers;
  uint64_t adopted = 0;  // index of the change; 0: open
};

// Pages that one officer has read in the newest hour and day in which he read at all.
struct ReaderSeen {
  int64_t hour = 0, day = 0;  // their beginnings
  uint32_t in_hour = 0, in_day = 0;
  // By day, then by pages in it: so counts that may go on alike in a later hour lie side by side.
  friend bool operator<(const ReaderSeen& a, const ReaderSeen& b) {
    return std::tie(a.day, a.in_day, a.hour, a.in_hour) < std::tie(b.day, b.in_day, b.hour, b.in_hour);
  }
};

// Who watches, and up to where.
struct WitnessesSeen {
  std::vector<std::shared_ptr<const journal::NoteVerifier>> keys;
  uint32_t quorum = 0;  // 0: the log has no witnesses
  uint64_t size = 0;    // of the newest cosigned checkpoint
  int64_t since = 0;    // when an entry first told of it, or the alarm let deductions go on; microseconds
  bool missing = false, deductions_wait = false;
};
// A cosigned checkpoint that an entry tells of: its root is still to be compared with the tree.
struct CosignedSeen {
  uint64_t index = 0, size = 0;
  journal::Hash root{};
};

// All statements so far, as a head of the directory counts them.
struct StreamSeen {
  uint64_t position = 0, statements = 0;
  journal::Hash digest{};
};

struct Picture {
  explicit Picture(Findings& into) : findings(into) {}

  Findings& findings;
  absl::Duration tolerance = absl::Minutes(15);  // of a mark that stays away
  uint64_t next = 0;                             // index of the leaf to come
  int64_t now = 0;                               // recorded time of the newest leaf

  goldeneagle::v1::LogFounded founding;
  absl::node_hash_map<uint64_t, ProposalSeen> proposals;
  goldeneagle::v1::FoundingKey log_key;  // of the heads after the newest leaf
  std::vector<RecoverySeen> recoveries;
  uint32_t courts = 0, agencies = 0;  // highest ordinals
  uint32_t policy = 0;                // version in force
  uint64_t alarm = 0;                 // the one that stands
  WitnessesSeen witnesses;
  TagKeys tag_keys;
  absl::flat_hash_map<std::string, ReaderSeen> readers;  // by officer tag, under the key in use
  // Counts under older keys that no officer's new tag has taken up.
  std::multiset<ReaderSeen> left_behind;
  // By case and reader; the newest grant stands until its end.
  std::map<std::pair<uint64_t, std::string>, goldeneagle::v1::GrantReading> grants;
  std::vector<CosignedSeen> cosigned;
  AgencyBits ever_present, present;

  absl::flat_hash_map<uint64_t, HeadSeen> heads;
  absl::flat_hash_set<std::tuple<uint8_t, uint8_t, uint32_t, uint64_t>> sequences;
  absl::flat_hash_set<journal::Hash> statements;
  StreamSeen stream;
  std::map<uint64_t, StreamSeen> streams;                // the same after each statement, by its index
  absl::flat_hash_map<uint32_t, uint64_t> acknowledged;  // by agency: the position of its newest DIRECTORY_RECEIVED
  absl::flat_hash_set<uint64_t> revocations;             // indexes of the statements that revoke
  absl::flat_hash_map<std::string, uint64_t> ids;
  absl::node_hash_map<uint64_t, CaseSeen> cases;
  absl::node_hash_map<uint64_t, OrderSeen> orders;
  std::map<uint64_t, ObjectionSeen> objections;                        // by OBJECTION_RAISED
  absl::flat_hash_map<uint64_t, std::vector<uint64_t>> objections_of;  // by freeze in question, else by order
  std::map<uint64_t, SupervisionSeen> supervisions;                    // by SUPERVISION_ISSUED
  std::map<uint64_t, IncidentSeen> incidents;                          // those that stand, by INCIDENT_ARISEN
  std::set<std::tuple<uint32_t, uint64_t, goldeneagle::v1::IncidentKind>> incident_keys;  // but of missing statements
  absl::flat_hash_map<uint64_t, std::pair<int64_t, int64_t>> ends_marked;  // by freeze: the newest mark's end and days
  std::map<uint32_t, StatedSeen> stated;                                   // by agency
  // What takes from a measure, by the freeze that made it. A release of it waits for their last words.
  struct DeductionsSeen {
    std::vector<uint64_t> orders;
    int64_t last_word = 0;  // when the newest of them was over
  };
  absl::flat_hash_map<uint64_t, DeductionsSeen> deductions;
  // What no adapter has been handed yet: by agency, court and class, in journal order.
  absl::flat_hash_map<std::tuple<uint32_t, uint32_t, bool>, std::set<uint64_t>> undelivered;
  // Controls under way, by agency and person; by order. What follows in its chain waits until its adapter has called
  // again.
  absl::flat_hash_map<std::pair<uint32_t, std::string>, std::map<uint64_t, HandedSeen>> under_way;
  // Urgent controls, by agency and person: each lifts what stands in front of it, as long as it waits for its answer.
  absl::flat_hash_map<std::pair<uint32_t, std::string>, std::set<uint64_t>> urgent;
  // Newest entry that shows a call of this instance of an agency's adapter: it polled, or greeted.
  absl::flat_hash_map<std::pair<uint32_t, std::string>, uint64_t> calls;
  absl::flat_hash_map<uint32_t, uint64_t> absences;      // newest ADAPTER_ABSENT of an agency
  absl::flat_hash_map<uint32_t, int64_t> present_since;  // its newest ADAPTER_PRESENT
  absl::flat_hash_map<std::pair<uint32_t, std::string>, int64_t>
      freed;  // by agency and person: newest arrival of a control
  absl::flat_hash_map<std::pair<uint64_t, uint32_t>, journal::Hash> final_words;  // (order, agency) -> digest

  // The clocks that run, by their next mark or begin: (instant, order, case, objection, incident or supervision order,
  // which of them).
  using Timer = std::tuple<int64_t, uint64_t, ClockOwner>;
  std::set<Timer> timers;
  std::deque<std::pair<int64_t, Timer>> overdue;  // since when the log has gone on past it
  std::vector<std::string> rows;

  uint32_t RowNumber(const std::string& name);
  // A clock starts, stops, goes on to its next mark.
  void Arm(const StoredClock& clock, uint64_t seq, ClockOwner owner);
  void Disarm(const StoredClock& clock, uint64_t seq, ClockOwner owner);
  // The leaf at `index` says that this mark has come. Finds, and goes on to the next; false when there is no such mark.
  bool Fire(StoredClock& clock, uint64_t seq, ClockOwner owner, uint32_t permille, int64_t due, const std::string& row,
            uint64_t index);
  // No target of the order is open any more.
  void Complete(const OrderSeen& order, uint64_t seq);
};

// --- the families of rules. Each looks at one leaf, finds, and then folds it in: after a finding the fold goes on with
// what the leaf says, so that one wrong leaf is one finding and not a thousand.

// Reads the public body of `leaf`; false after a finding.
template <typename Body>
bool ReadBody(const journal::Leaf& leaf, Body& body, Findings& findings) {
  if (!body.ParseFromString(leaf.body)) {
    findings.Add(Rule::kLeafForm, leaf.index.value(), "the body is no message of its type");
    return false;
  }
  if (HasUnknownFields(body))
    findings.Add(Rule::kUnknownFields, leaf.index.value(), "its body has a field that this auditor doesn't know");
  return true;
}

// The clock that a body starts; false: it isn't one whose marks rise and are all to come.
template <typename Body>
bool ReadClock(const Body& body, Picture& seen, StoredClock& clock) {
  clock.row = seen.RowNumber(body.deadline_row());
  clock.due = body.due();
  bool good = body.marks_size() == body.marks_permille_size() && body.marks_size() > 0;
  for (int i = 0; i < std::min(body.marks_size(), body.marks_permille_size()); ++i) {
    good = good && (i == 0 || body.marks(i) > body.marks(i - 1));
    clock.marks.emplace_back(body.marks(i), body.marks_permille(i));
  }
  return good && !body.deadline_row().empty() && body.due() > seen.now && body.marks(0) >= seen.now;
}

// Its member has a head; `accepted`: an entry that a head can have only once a member.
void CheckHead(const journal::Leaf& leaf, uint64_t head, goldeneagle::v1::MemberType type, bool accepted,
               Picture& seen);
void CheckId(const journal::Leaf& leaf, const std::string& id, Picture& seen);
void CheckDigest(const journal::Leaf& leaf, const std::string& digest, Picture& seen);

void CheckFrame(const journal::Leaf& leaf, Picture& seen);           // pre: a known type
void CheckAdministration(const journal::Leaf& leaf, Picture& seen);  // entry 0 to CLOCK_ALARM, STATEMENT_ACCEPTED
void CheckDirectoryHead(const journal::Leaf& leaf, Picture& seen);
void CheckDirectoryReceived(const journal::Leaf& leaf, Picture& seen);
void CheckBatchHead(const journal::Leaf& leaf, Picture& seen);
void CheckRefused(const journal::Leaf& leaf, Picture& seen);
void CheckCase(const journal::Leaf& leaf, Picture& seen);
void CheckRespondents(const journal::Leaf& leaf, Picture& seen);  // CASE_RESPONDENTS_CHANGED
// Whether the tag is that of somebody who left the case, and certainly of nobody who is in it.
bool HasLeft(const std::string& tag, const CaseSeen& of);
// Whether the order, which has not begun there, may be about somebody who left its case: then it stands still.
bool MayStandStill(uint32_t agency, const OrderSeen& order, const Picture& seen);
void CheckOrderAccepted(const journal::Leaf& leaf, Picture& seen);
void CheckDelivered(const journal::Leaf& leaf, Picture& seen);
void CheckWithdrawn(const journal::Leaf& leaf, Picture& seen);
void CheckPaused(const journal::Leaf& leaf, Picture& seen);  // ORDER_PAUSED, ORDER_RESUMED
// The accepted order waits for its begin. Pre: the body has one.
void TakeWaiting(const journal::Leaf& leaf, const goldeneagle::v1::OrderAccepted& body, OrderSeen& order,
                 Picture& seen);
void CheckBegun(const journal::Leaf& leaf, Picture& seen);        // ORDER_BEGUN
void CheckFlagged(const journal::Leaf& leaf, Picture& seen);      // RESUMPTION_FLAGGED
void CheckObjection(const journal::Leaf& leaf, Picture& seen);    // OBJECTION_*
void CheckSupervision(const journal::Leaf& leaf, Picture& seen);  // SUPERVISION_*
// Whether the addressee of the order issued there still owes its answer. Pre: there is one.
bool OwesAnswer(uint64_t issued, const Picture& seen);
// Whether the court issued, is addressed in or gets the copy of a supervision order about this case.
bool IsPartyIn(uint64_t case_seq, uint32_t court, const Picture& seen);
void CheckPosition(const journal::Leaf& leaf, Picture& seen);  // POSITION_STATED, INCIDENT_*
void CheckMeasureMark(const journal::Leaf& leaf, Picture& seen);
// The OBJECTION_RAISED that keeps a deduction back: open, or found right after it was signed. 0: none.
uint64_t HeldByObjection(uint64_t order, const OrderSeen& seen_order, const Picture& seen);
// When the last objection that kept it back, or could have, was closed; 0 without one.
int64_t UndisputedSince(const OrderSeen& order, const Picture& seen);
// A deduction goes out at `index`: no objection holds it back. Before the delivery is folded in.
void CheckHeld(uint64_t index, uint32_t agency, uint64_t order, const OrderSeen& seen_order, Picture& seen);
void CheckReceipt(const journal::Leaf& leaf, Picture& seen);  // TASK_*, MEASURE_CHANGED, RECEIPT_CONFLICT
void CheckMark(const journal::Leaf& leaf, Picture& seen);
void CheckSurplus(const journal::Leaf& leaf, Picture& seen);
void CheckWitness(const journal::Leaf& leaf, Picture& seen);  // CHECKPOINT_COSIGNED, WITNESSES_MISSING
void TakeWitnesses(const journal::Leaf& leaf, const goldeneagle::v1::RegisterWitnesses& registered, Picture& seen);
// A task goes out at `index` to `agency`: nothing that should have gone long before it is left behind.
void CheckSkipped(uint64_t index, uint32_t agency, uint64_t order, const OrderSeen& seen_order, Picture& seen);
// Whether something handed out in an entry before `index`, on the same person, may not have arrived: a lost answer
// would let this order overtake it. A poll of the same instance confirms the hand-out or gives it back.
bool IsHeldUp(uint64_t index, uint32_t agency, const OrderSeen& order, const Picture& seen);
// A release waits for the last word on the deductions under its measure that were accepted before it.
bool WaitsForDeduction(uint64_t seq, const OrderSeen& order, const Picture& seen);
// Since when the order could be handed out, as far as pauses and deductions before it go; microseconds.
int64_t WaitsSince(const OrderSeen& order, const Picture& seen);
// After the newest leaf: what stays behind at `now` although it could have been handed out for longer than `bound`.
void CheckWaiting(int64_t now, int64_t bound, Picture& seen);
// What was heard of the order at this agency: it holds up nobody there any more.
void Arrived(uint64_t order, uint32_t agency, const OrderSeen& seen_order, Picture& seen);
void CheckWitnessed(uint64_t index, uint64_t order, const OrderSeen& seen_order, Picture& seen);
void CheckPresence(const journal::Leaf& leaf, Picture& seen);
void CheckAccess(const journal::Leaf& leaf, Picture& seen);
// Tags of one leaf: of people, officers, case numbers, systems.
void CheckTag(uint64_t index, const std::string& tag, Picture& seen);
void CheckTags(uint64_t index, const google::protobuf::RepeatedPtrField<std::string>& tags, Picture& seen);
// A grant that administrators gave; its proposal is checked before.
void TakeGrant(const journal::Leaf& leaf, const goldeneagle::v1::GrantReading& grant, Picture& seen);
// What fell due and was not marked although the log went on; before the leaf itself is looked at.
void CheckOverdue(const journal::Leaf& leaf, Picture& seen);

}  // namespace eagle::audit
