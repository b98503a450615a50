// The desk of one connected system: what a court's (or an administrator's, or a registrar's) side keeps, and the one
// way in which anything signed is sent and its answer is believed.
//
//   state folder:   outbox/      signed batches before they are sent, and their answers (outbox.h)
//                   sequences/   counters of heads (sequence.h)
//                   papers/      where the papers of orders lay when these were made (papers.h)
//                   checkpoint   the newest head of the log that was verified (checkpoints.h)
//                   log-keys     keys that followed the pinned one, with recovery-<n>.leaf and checkpoint-<n>
//                   (log_keys.h) statements   keys, officers and accounts that the registrars and courts stated
//                   (book_file.h)
//
//   Send:  outbox (durable) -> papers of orders -> gateway -> answer into the outbox -> checkpoint verified -> each
//   acceptance verified
//
// A crash anywhere leaves the batch READY or ANSWERED; ResendPending() and a second Send of the same batch are
// harmless.
//
// Threads: one at a time. Processes: several may share a state folder.
//
//   EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<Desk> desk, Desk::Open(options, {clock, entropy, checker}));
//   EAGLE_ASSIGN_OR_RETURN(SentOrders sent, desk->SendOrders(batch, gateway));
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/lib/acceptance.h"
#include "client/lib/book_file.h"
#include "client/lib/checkpoints.h"
#include "client/lib/gateway.h"
#include "client/lib/handout.h"
#include "client/lib/log_keys.h"
#include "client/lib/outbox.h"
#include "client/lib/papers.h"
#include "client/lib/sequence.h"
#include "server/base/clock.h"
#include "server/base/entropy.h"
#include "server/base/reason.h"
#include "server/trust/make_batch.h"

namespace eagle::client {

struct DeskOptions {
  std::string state_folder;
  std::string organisation;  // Head.signer: a court's code, "registrar", "administrator"
  v1::Environment environment = v1::ENVIRONMENT_UNSPECIFIED;
  std::string log_key;                      // pinned: "<origin>+<key id>+<base64>"
  std::vector<std::string> registrar_keys;  // pinned, raw; may be empty for who never reads receipts
  uint32_t registrar_threshold = 2;
};

struct DeskPorts {
  Clock& clock;
  Entropy& entropy;
  const trust::SignatureChecker& checker;
};

// What became of one member: proved acceptance, or the gateway's refusal.
struct OrderAnswer {
  std::string order_id;
  std::optional<VerifiedAcceptance> accepted;
  v1::Refusal refusal;  // when not accepted
};
struct SentOrders {
  v1::SubmitOrdersResponse response;
  journal::Checkpoint checkpoint;
  std::vector<OrderAnswer> answers;  // one a member, in order
};
struct CaseAnswer {
  std::string request_id;
  std::optional<VerifiedCaseAct> accepted;
  uint64_t case_seq = 0;
  v1::Refusal refusal;
};
struct SentCases {
  v1::SubmitCaseActsResponse response;
  std::vector<CaseAnswer> answers;
};

class Desk {
 public:
  // Errors: CONFIGURATION_INVALID, NOTE_MALFORMED (the pinned key), STORAGE_*.
  static absl::StatusOr<std::unique_ptr<Desk>> Open(const DeskOptions& options, DeskPorts ports);

  // Fields of a new head; the sequence is durably taken (`dry_run`: only looked at).
  absl::StatusOr<trust::HeadFields> NewHead(v1::MemberType type, bool dry_run = false);

  // A batch of orders whose papers the gateway misses (BLOB_MISSING) stays READY: put them, send it again.
  // Errors of all Send: those of Outbox::Put; the gateway's; of verification (the answer is in the outbox then, as
  // evidence).
  absl::StatusOr<SentOrders> SendOrders(const v1::SignedBatch& batch, Gateway& gateway);
  absl::StatusOr<SentCases> SendCases(const v1::SignedBatch& batch, Gateway& gateway);
  // Words of this court in objection threads.
  absl::StatusOr<v1::SubmitObjectionsResponse> SendObjections(const v1::SignedBatch& batch, Gateway& gateway);
  // Words of this court in supervision threads.
  absl::StatusOr<v1::SubmitSupervisionResponse> SendSupervision(const v1::SignedBatch& batch, Gateway& gateway);
  absl::StatusOr<v1::SubmitStatementsResponse> SendStatements(const v1::SignedBatch& batch, Gateway& gateway);
  // `proofs`: who shows that the checkpoint continues the last one; null on a way that can't (the admin listener): then
  // only its signature is verified, and it isn't remembered.
  absl::StatusOr<v1::SubmitAdministrationResponse> SendAdministration(const v1::SignedBatch& batch, Gateway& gateway,
                                                                      Gateway* proofs);

  // Sends every READY batch again, oldest first. One answer each; stops at the first that the gateway can't take now.
  struct Resent {
    std::string name;
    v1::MemberType member_type = v1::MEMBER_TYPE_UNSPECIFIED;
    absl::Status status;
    std::optional<SentOrders> orders;
  };
  absl::StatusOr<std::vector<Resent>> ResendPending(Gateway& gateway);

  // The newest recovery of the log, proved and kept (log_keys.h): the book asks again for what was lost, and what this
  // desk sent into the lost range shows in Lost(). A desk that is opened from now on believes the new key; this one
  // must go. Errors: those of ProveRecovery; STORAGE_UNUSABLE.
  absl::StatusOr<RecoveryProved> AcceptRecovery(Gateway& gateway);

  // What the gateway answered under an origin that the log had before, at an index that is lost, in the order in which
  // it had been recorded.
  struct LostBatch {
    OutboxItem item;
    uint64_t first_index = 0;  // of what was recorded of it
    size_t recorded = 0;       // members
  };
  absl::StatusOr<std::vector<LostBatch>> Lost() const;
  // Sends a lost batch again: the same bytes under the same ids. Its old answer is kept aside. Of a batch of orders
  // what had been refused is refused again (REFUSED_BEFORE), and it goes only when a dry run says that all that had
  // been accepted would be: a refusal uses an id up for ever. Errors: those of Send; RECOVERY_MISMATCH: not now, or not
  // without people (administration acts: their indexes are others now).
  absl::StatusOr<Resent> Resend(const LostBatch& lost, Gateway& gateway);
  // The lost batch that has this very head, with the signatures of `anew` in place of those that it had: one of their
  // keys was revoked meanwhile. Errors: ORDER_UNKNOWN when no lost batch has this head; those of reading.
  absl::StatusOr<LostBatch> SignedAnew(const v1::SignedBatch& anew);

  // Orders that the gateway accepted since `since`, or that were not to begin before it, oldest number first, each
  // acceptance verified once more; without what a recovery lost (Lost()). Errors: STORAGE_UNUSABLE, STORAGE_DAMAGED.
  absl::StatusOr<std::vector<PromisedOrder>> Promised(absl::Time since) const;

  // Verifies a checkpoint and remembers it. An empty note is none.
  absl::StatusOr<journal::Checkpoint> Observe(std::string_view note, Gateway& gateway);

  // The book; filled by SyncBook. Errors of SyncBook: CONFIGURATION_INVALID when no registrar keys are pinned;
  // BookFile's.
  absl::StatusOr<SyncReport> SyncBook(Gateway& gateway);
  const trust::StatementBook* book() const { return book_ ? &book_->book() : nullptr; }

  const PaperPaths& papers() const { return papers_; }
  // Who hears how far papers are while orders are sent. Null: nobody.
  void SetPaperProgress(PaperProgress progress) { paper_progress_ = std::move(progress); }
  Outbox& outbox() { return outbox_; }
  SequenceFolder& sequences() { return sequences_; }
  CheckpointKeeper& checkpoints() { return checkpoints_; }
  // `log_key` is the one that is believed now: the pinned one, or that of a recovery which was proved.
  const DeskOptions& options() const { return options_; }
  const DeskPorts& ports() const { return ports_; }

 private:
  Desk(const DeskOptions& options, DeskPorts ports, LogKeys keys, std::unique_ptr<journal::NoteVerifier> log_key,
       std::optional<BookFile> book);
  absl::StatusOr<SentOrders> SendOrders(v1::SubmitOrdersRequest request, Gateway& gateway);
  // Keeps the answer, or the refusal of the whole call; then looks at the checkpoint.
  template <class Response>
  absl::StatusOr<Response> Finish(const OutboxItem& item, absl::StatusOr<Response> answer);

  DeskOptions options_;
  DeskPorts ports_;
  LogKeys keys_;
  std::unique_ptr<journal::NoteVerifier> log_key_;
  Outbox outbox_;
  SequenceFolder sequences_;
  PaperPaths papers_;
  PaperProgress paper_progress_;
  CheckpointKeeper checkpoints_;
  std::optional<BookFile> book_;
};

}  // namespace eagle::client
