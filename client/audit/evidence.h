// Evidence of one order, verified offline: goldeneagle/v1/evidence.proto says what the file holds, this says whether it
// is true. Nothing is asked of anybody, and no code of the gateway's rooms is used but the formats of `journal`.
//
//   pinned by hand -> the checkpoint's signature -> every leaf -> every payload by its commitment -> what the entries
//   say: statements by the registrars and the court, the order by its officers, each receipt by its agency
//
// A revoked key is judged by the log's clock: a signature that the log has since the theft or later doesn't count any
// more. The order stands still from then on, until officers with good keys have signed the very same bytes.
//
// What one file can't show: that a later statement ended a key, and that nothing later names the order, unless the run
// of leaves that it carries reaches to the checkpoint (EvidenceReport::run). The report says which.
//
// Threads: pure functions.
//
//   EAGLE_ASSIGN_OR_RETURN(const EvidencePins pins, ParsePins(options));         // evidence_pins.h
//   EAGLE_ASSIGN_OR_RETURN(const EvidenceReport report, VerifyEvidence(bytes, pins));
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/audit/evidence_pins.h"
#include "goldeneagle/v1/entry.pb.h"
#include "goldeneagle/v1/evidence.pb.h"
#include "goldeneagle/v1/objection.pb.h"
#include "goldeneagle/v1/supervision.pb.h"

namespace eagle::audit {

inline constexpr char kEvidenceType[] = "application/vnd.goldeneagle.evidence.v1+protobuf";
inline constexpr char kSilenceType[] = "application/vnd.goldeneagle.silence.v1+protobuf";
inline constexpr size_t kEvidenceFileBytesMax = 16 << 20;

// How far the leaves in the file reach without a gap up to the checkpoint's last one.
enum class Run : uint8_t {
  kNone,             // later entries about the order may exist
  kSinceLastEntry,   // none after the last one shown
  kSinceMark,        // all leaves since the overdue mark are here (silence)
  kSinceAcceptance,  // all leaves since the order was accepted are here
};

struct CosignerSeen {
  std::string name;
  absl::Time time;  // when it had seen this checkpoint
};
// A REVOKED statement about somebody whose signature the order rested on: the court, or one of its officers.
struct RevokedSeen {
  uint64_t index = 0;
  absl::Time time;
  std::string subject;  // "court/辽9901/officer/002"
  absl::Time since;     // from when on somebody else may have had the key
};
struct OfficerSeen {
  std::string code, name, work_id_no, duty_card_no, key;
  goldeneagle::v1::KeyAlgorithm algorithm = goldeneagle::v1::KEY_ALGORITHM_UNSPECIFIED;
  std::vector<goldeneagle::v1::OfficerRole> roles;
  bool signed_order = false;
  bool leads_exception = false;  // the leader of an exception to the cap
  // The key was revoked later, and the log doesn't show this signature to be older than the theft.
  std::optional<RevokedSeen> fell;
};
struct AgencySeen {
  uint32_t ordinal = 0;
  std::string code, name, kind, region;
};
struct DeliverySeen {
  uint64_t index = 0;
  absl::Time time;
  uint32_t agency = 0;  // ordinal
};
struct ReceiptSeen {
  uint64_t index = 0;
  absl::Time time;
  goldeneagle::v1::EntryType type = goldeneagle::v1::ENTRY_TYPE_UNSPECIFIED;
  std::string agency;  // code
  goldeneagle::v1::Receipt receipt;
  std::string digest, key;  // the digest has 32 bytes
  goldeneagle::v1::KeyAlgorithm algorithm = goldeneagle::v1::KEY_ALGORITHM_UNSPECIFIED;
  uint64_t head = 0;  // index of its BATCH_HEAD
  absl::Time signed_at;
  bool late = false;
  bool superseded = false;  // a correction in this file replaced it
};
struct ClosedReceiptSeen {  // of an agency that is not in scope
  uint64_t index = 0;
  absl::Time time;
  goldeneagle::v1::EntryType type = goldeneagle::v1::ENTRY_TYPE_UNSPECIFIED;
  uint32_t agency = 0;
};
// A step of a supervision order 督办 about the order, as its leaf tells it: its words stay closed.
struct SupervisionStepSeen {
  uint64_t index = 0;
  absl::Time time;
  goldeneagle::v1::EntryType type{};  // SUPERVISION_*
  uint32_t agency = 0;                // addressed; 0: a court is
  bool commander = false, late = false;
  goldeneagle::v1::SupervisionState state{};    // of SUPERVISION_WORD
  goldeneagle::v1::SupervisionResult result{};  // of SUPERVISION_CLOSED
  uint32_t mark_permille = 0;                   // of SUPERVISION_MARKED
};
struct MarkSeen {
  uint64_t index = 0;
  absl::Time time;
  uint32_t permille = 0;
  std::vector<uint32_t> open;  // ordinals
};
struct WithdrawalSeen {
  uint64_t index = 0;
  absl::Time time;
  std::vector<uint32_t> agencies;  // ordinals
};
// A key was revoked, and without the signatures that fell with it the order lacks one that it needs.
struct PauseSeen {
  uint64_t index = 0;
  absl::Time time;
  RevokedSeen cause;
  bool in_doubt = false;            // nobody recorded who signed the order: the key may have
  std::vector<uint32_t> agencies;   // ordinals: where it stands still
  std::vector<uint32_t> begun;      // ordinals: where it is open and had begun
  std::optional<uint64_t> resumed;  // index of the ORDER_RESUMED that ended it
};
// The very same head, signed anew.
struct ResumptionSeen {
  uint64_t index = 0;
  absl::Time time;
  uint64_t paused = 0;                // index of the pause that it ends
  std::vector<OfficerSeen> officers;  // those whom the order names, and whoever else signed of this court
  size_t other_signatures = 0;        // by nobody who is known here
  std::vector<uint32_t> agencies;     // ordinals: where it goes out again
  uint32_t policy_version = 0;
};
// One word of one thread about the order.
struct ObjectionWordSeen {
  uint64_t index = 0;
  absl::Time time;
  goldeneagle::v1::EntryType type = goldeneagle::v1::ENTRY_TYPE_UNSPECIFIED;
  uint32_t agency = 0;  // ordinal
  uint64_t raised = 0;  // index of the entry that opened the thread
  bool by_court = false, opened = false;
  // As the leaf has it.
  std::string ground, digest;  // of OBJECTION_RAISED; of the signed word, 32 bytes
  absl::Time due;              // of OBJECTION_RAISED: until when the court answers
  bool withdraws = false, late = false;
  goldeneagle::v1::ObjectionDecision decision = goldeneagle::v1::OBJECTION_DECISION_UNSPECIFIED;
  size_t signers = 0;  // of the court
  // Of an opened one.
  goldeneagle::v1::ObjectionAct act;
  std::string key;                    // the agency's
  std::vector<OfficerSeen> officers;  // of the court, who signed
};
struct SilenceSeen {
  AgencySeen agency;
  MarkSeen overdue;          // the mark at the due instant
  MarkSeen last_still_open;  // the last mark that still has the agency among the open ones
};

// The begin of an order that waited has come.
struct BeginSeen {
  uint64_t index = 0;
  absl::Time time;
  std::vector<uint32_t> ended;  // ordinals where it was over without having begun
  uint32_t reason = 0;          // why: number in reasons.def; 0: it began everywhere
};

// What was proved, read from the verified bytes and from nothing else.
struct EvidenceReport {
  bool silence = false;
  std::string origin;
  uint64_t size = 0;
  std::string root;  // 32 bytes
  std::vector<CosignerSeen> cosigners;
  std::vector<std::string> unpinned;  // names of signature lines by keys that weren't pinned: worth nothing
  goldeneagle::v1::Environment environment = goldeneagle::v1::ENVIRONMENT_UNSPECIFIED;

  std::string court_name;
  goldeneagle::v1::Order order;
  std::string order_digest;  // 32 bytes
  uint64_t order_index = 0, order_head = 0;
  absl::Time accepted_at, due, signed_at;
  std::string deadline_row;
  uint32_t policy_version = 0;
  std::string court_key;
  std::vector<OfficerSeen> officers;
  size_t other_signatures = 0;  // on the same head by nobody whom this order names

  std::vector<AgencySeen> agencies;  // in scope, by code
  bool all_agencies = true;          // every agency of the order is in scope
  std::vector<DeliverySeen> deliveries;
  std::vector<ReceiptSeen> receipts;
  std::vector<ClosedReceiptSeen> closed;
  std::vector<MarkSeen> marks;
  std::vector<WithdrawalSeen> withdrawals;
  absl::Time begins = absl::InfinitePast();      // as it was stored at acceptance; InfinitePast: it didn't wait
  std::optional<BeginSeen> begun;                // what became of it then
  std::vector<SupervisionStepSeen> supervision;  // in the order of the log
  std::vector<ObjectionWordSeen> objections;     // in the order of the log
  std::vector<uint64_t> open_objections;         // at the checkpoint: entries that opened a thread
  std::vector<RevokedSeen> revoked;              // of the court and of those who signed, since the acceptance
  std::vector<PauseSeen> pauses;
  std::vector<ResumptionSeen> resumptions;  // in the order of the log
  std::vector<uint32_t> paused;             // ordinals where it still stands still at the checkpoint
  std::vector<uint32_t> unanswered;         // ordinals without a final answer, a conflict or a withdrawal in this file
  std::optional<SilenceSeen> silent;
  Run run = Run::kNone;
  uint64_t run_first = 0;  // index of the first leaf of the run; size when there is none

  // What was counted on the way.
  size_t leaves = 0, payloads = 0, statements = 0, heads = 0, signatures = 0;
};

// Errors: EVIDENCE_MALFORMED for bytes that no such file has; EVIDENCE_INVALID for what isn't true. Both carry `part`
// (of the file), and where they apply `field`, `expected` and `found`.
absl::StatusOr<EvidenceReport> VerifyEvidence(std::string_view bytes, const EvidencePins& pins);

// The code of the agency with this ordinal, when the file says so; else "#<ordinal>".
std::string AgencyName(const EvidenceReport& report, uint32_t ordinal);

}  // namespace eagle::audit
