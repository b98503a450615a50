// What can be asked of the gateway's core, and what it answers. Commands come in verified and parsed: signatures are
// checked off the sequencer's thread against a published directory; Decide checks again what may have changed since
// (keys, roles, sequences).
//
// Threads: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "goldeneagle/v1/adapter_service.pb.h"
#include "goldeneagle/v1/administration.pb.h"
#include "goldeneagle/v1/case.pb.h"
#include "goldeneagle/v1/entry.pb.h"
#include "goldeneagle/v1/envelope.pb.h"
#include "goldeneagle/v1/objection.pb.h"
#include "goldeneagle/v1/order.pb.h"
#include "goldeneagle/v1/position.pb.h"
#include "goldeneagle/v1/reading.pb.h"
#include "goldeneagle/v1/receipt.pb.h"
#include "goldeneagle/v1/statement.pb.h"
#include "goldeneagle/v1/supervision.pb.h"
#include "server/base/ids.h"
#include "server/base/reason.h"
#include "server/domain/adapters.h"
#include "server/domain/deadline.h"
#include "server/domain/directory_head.h"

namespace eagle::domain {

// A batch whose root and signatures hold. `keys`: the public keys whose signatures verify, each once.
struct SignedHead {
  goldeneagle::v1::Head head;
  goldeneagle::v1::Envelope envelope;  // as it came
  std::string head_digest;             // 32 bytes
  std::vector<std::string> digests;    // of the members, in order
  std::vector<std::string> keys;
};

// A member with what was made of it outside. `bytes` are the signed ones; `parsed` was parsed from these very bytes.
// Tags, here and below: a single one is under the newest tag key, as an entry keeps it. What may have been tagged
// before that key began is looked for by a list: its tag under every key of the log, newest first, at least one.
struct OrderMember {
  bool refused_before = false;  // under an origin that has ended: refused once more, unjudged
  std::string bytes;
  goldeneagle::v1::Order parsed;
  std::string subject_tag;
  std::vector<std::string> officer_tags;      // of the officers named, in order
  std::vector<std::string> case_number_tags;  // under every key
};
struct CaseMember {
  std::string bytes;
  goldeneagle::v1::CaseAct parsed;
  std::vector<std::string> number_tags;   // under every key
  std::vector<std::string> subject_tags;  // of the respondents that it names, in order; those to be removed last
  std::string fresh_key_id;               // for OpenCase: a key made and synced before the command queued
};
// `parsed` holds what its kind demands and nothing else (trust::CheckStatement): Decide doesn't look at that again.
struct StatementMember {
  std::string bytes;
  goldeneagle::v1::Statement parsed;
};
struct AdministrationMember {
  std::string bytes;
  goldeneagle::v1::Administration parsed;
  std::string fresh_key_id;  // for what a proposal registers
  // Of the adapter that it proposes, or whose proposal it approves.
  std::optional<ExaminedReport> report;
};
struct ReceiptMember {
  std::string bytes;
  goldeneagle::v1::Receipt parsed;
  bool lease_lost =
      false;  // a return or progress from an instance that doesn't hold the task: LEASE_LOST unless it is a repeat
};

struct PositionMember {
  std::string bytes;
  goldeneagle::v1::Position parsed;
};

struct ObjectionMember {
  std::string bytes;
  goldeneagle::v1::ObjectionAct parsed;
};

struct SupervisionMember {
  std::string bytes;
  goldeneagle::v1::SupervisionAct parsed;
  std::vector<std::string> case_number_tags;  // of an issue to a court: under every key
};

struct SubmitOrders {
  SignedHead signed_head;
  CourtOrdinal court;
  std::vector<OrderMember> members;
};
struct SubmitCases {
  SignedHead signed_head;
  CourtOrdinal court;
  std::vector<CaseMember> members;
};
struct SubmitStatements {
  SignedHead signed_head;
  std::vector<StatementMember> members;
};
struct SubmitAdministration {
  SignedHead signed_head;
  std::vector<AdministrationMember> members;
};
struct ReportReceipts {
  SignedHead signed_head;
  AgencyOrdinal agency;
  std::vector<ReceiptMember> members;
};
// Parts of an agency's daily statement, in their order.
struct ReportPositions {
  SignedHead signed_head;
  AgencyOrdinal agency;
  std::vector<PositionMember> members;
};
// Words in objection threads: of an agency, or of a court. The other is zero.
struct SubmitObjections {
  SignedHead signed_head;
  AgencyOrdinal agency;
  CourtOrdinal court;
  std::vector<ObjectionMember> members;
};
// Words in supervision threads: of an agency, or of a court. The other is zero.
struct SubmitSupervision {
  SignedHead signed_head;
  AgencyOrdinal agency;
  CourtOrdinal court;
  std::vector<SupervisionMember> members;
};
// Heads that were submitted before, signed anew. `members`: the orders to resume with the bytes that the journal has,
// `digests` beside them; `keys`: whose new signatures verify, revoked ones included.
struct ResumeOrders {
  SignedHead signed_head;
  CourtOrdinal court;
  std::vector<OrderMember> members;
};
struct Withdraw {
  CourtOrdinal court;
  std::string request_id, order_id;
};
struct Deliver {
  AgencyOrdinal agency;
  std::string instance;          // 8 bytes
  std::vector<OrderSeq> orders;  // 1 to 256, open at this agency
};
struct SayHello {
  AgencyOrdinal agency;
  std::string instance, inbox, adapter, version;
  uint32_t contract_version = 1, most_in_flight = 1;
  std::vector<goldeneagle::v1::Capability> declared;
};
// An agency's books hold the statements up to `position`, and hash to what the log's do: that was compared before.
struct AcknowledgeDirectory {
  AgencyOrdinal agency;
  uint64_t position = 0;    // of the newest statement that it has, > 0
  uint64_t statements = 0;  // up to it
  std::string digest;       // 32 bytes
};
struct MarkAbsent {
  AgencyOrdinal agency;
  absl::Time last_seen;
};
// One page of personal data that is ready to leave. The ticket's signature is verified, with `key`, and its certificate
// compared with the caller's.
struct RecordAccess {
  goldeneagle::v1::SignedMember ticket;  // as it came
  goldeneagle::v1::OfficerTicket parsed;
  std::string ticket_digest;                                // 32 bytes
  std::string officers_of;                                  // code of the court whose officer signed
  std::string key;                                          // with which he did
  std::vector<std::string> officer_tags, case_number_tags;  // his, the case's: each under every key
  CourtOrdinal court;                                       // who reads, when it is a court
  std::string reader_name;                                  // as GrantReading names it: court/<code>, system/<name>
  std::string reader, reader_tag;                           // the system's SPIFFE id
  CaseSeq case_seq;
  OrderSeq order;            // zero: the read is of no single order
  uint64_t supervision = 0;  // of the thread whose words are read: a court of it reads as PARTY; 0: no thread's
  std::string method;
  std::vector<std::string> subject_tags;
  std::string blob_digest;  // of a paper that is read; else empty
  uint32_t rows = 0;
  uint64_t page_after = 0;
};
// A quorum of the witnesses has signed. The signatures are verified, with the keys registered at `registered_at`.
struct RecordCosigned {
  uint64_t size = 0;       // of a tree whose checkpoint was published
  std::string root;        // 32 bytes
  std::string checkpoint;  // the note with the cosignatures
  absl::Time registered_at;
};
struct AlarmClock {
  absl::Time wall;
  std::string cause;
};
// Fires what is due at the batch's `now`: at most `kMarksPerTick` marks, the rest at the next one. `stream`: all
// statements up to now; a head of the directory is written only about these.
struct Tick {
  DirectoryStream stream;
};

using Command =
    std::variant<SubmitOrders, SubmitCases, SubmitStatements, SubmitAdministration, ReportReceipts, SubmitObjections,
                 SubmitSupervision, ReportPositions, ResumeOrders, Withdraw, Deliver, SayHello, AcknowledgeDirectory,
                 MarkAbsent, RecordAccess, RecordCosigned, AlarmClock, Tick>;

// What became of one member.
struct MemberResult {
  std::string id;  // order id, request id or subject
  std::optional<Failure> refusal;
  uint64_t index =
      0;  // of the entry that accepted, refused or recorded it; 0: none (dry run, receipt refused unstored)
  bool repeated = false;   // a faithful repeat: the facts are older
  bool in_effect = false;  // administration
  goldeneagle::v1::ReceiptVerdict verdict = goldeneagle::v1::RECEIPT_VERDICT_UNSPECIFIED;
};

struct Result {
  absl::Status status;  // of the whole call; members only when OK
  std::vector<MemberResult> members;
  uint64_t index = 0;                              // of the entry made by a call without members
  std::string agencies_withdrawn, agencies_begun;  // Withdraw: bitmaps
};

}  // namespace eagle::domain
