#include "client/audit/evidence_story.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "client/audit/evidence_book.h"
#include "client/audit/evidence_objections.h"
#include "client/audit/evidence_ordinals.h"
#include "client/audit/evidence_signers.h"
#include "client/audit/recovery.h"
#include "goldeneagle/v1/supervision_entry.pb.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr uint32_t kOverduePermille = 1000;

bool CarriesReceipt(uint16_t type) {
  return type == ENTRY_TYPE_TASK_REPORTED || type == ENTRY_TYPE_TASK_ANSWERED || type == ENTRY_TYPE_MEASURE_CHANGED ||
         type == ENTRY_TYPE_RECEIPT_CONFLICT;
}

bool IsOfObjection(uint16_t type) { return type >= ENTRY_TYPE_OBJECTION_RAISED && type <= ENTRY_TYPE_OBJECTION_MARKED; }

bool IsOfSupervision(uint16_t type) {
  return type >= ENTRY_TYPE_SUPERVISION_ISSUED && type <= ENTRY_TYPE_SUPERVISION_MARKED;
}

class Story {
 public:
  Story(const EvidencePins& pins, OpenedFile& file, EvidenceReport& report)
      : pins_(pins), file_(file), report_(report) {}

  absl::Status Tell() {
    EAGLE_RETURN_IF_ERROR(TellFounding(file_.entries.front()));
    book_.emplace(pins_, report_.environment, report_);
    signers_.emplace(*book_, report_);
    objections_.emplace(*book_, *signers_, report_);
    for (OpenedEntry& entry : file_.entries) {
      if (entry.opened) EAGLE_RETURN_IF_ERROR(TellRegistration(entry));
    }
    for (OpenedEntry& entry : file_.entries) EAGLE_RETURN_IF_ERROR(TellEntry(entry));
    if (acceptance_ == nullptr)
      return WrongPart("entries", "the acceptance of this order is missing", "order_id",
                       HexEncode(file_.evidence.order_id()), "absent");
    EAGLE_RETURN_IF_ERROR(signers_->CheckNoPauseIsMissing(open_));
    EAGLE_RETURN_IF_ERROR(CheckDirectory());
    EAGLE_RETURN_IF_ERROR(CheckPlaces());
    report_.unanswered = VectorOf(open_), report_.paused = VectorOf(signers_->paused());
    for (const RevokedSeen& revoked : book_->revocations()) {
      if (revoked.index > acceptance_->index()) report_.revoked.push_back(revoked);
    }
    return file_.silence ? TellSilence() : absl::OkStatus();
  }

 private:
  // --- who is who

  absl::Status TellFounding(OpenedEntry& entry) {
    const std::string part = PartName(entry.leaf);
    if (entry.index() != 0 || entry.leaf.type != ENTRY_TYPE_LOG_FOUNDED || entry.opened)
      return WrongPart(part, "the first entry isn't the founding of the log", "entry", "0 (LOG_FOUNDED)", part);
    LogFounded body;
    EAGLE_RETURN_IF_ERROR(ParseKnown(entry.leaf.body, part, body));
    // Where the log went on from older data, its administrators signed for the next key.
    FoundingKey key = body.log_key();
    for (OpenedEntry& later : file_.entries) {
      if (later.leaf.type != ENTRY_TYPE_LOG_RECOVERED) continue;
      const auto recovery = OpenRecovery(later.leaf, body, key);
      if (!recovery.ok()) return WrongPart(PartName(later.leaf), FailureOf(recovery.status()).message, "document");
      key = recovery->key;
      later.used = true;
    }
    const std::string text = KeyTextOf(key);
    if (text != pins_.log_key_text)
      return WrongPart(part, "the log was founded with another key than the pinned one", "log_key", pins_.log_key_text,
                       text);
    for (const journal::PublicKey& pinned : pins_.registrars) {
      const auto& founded = body.registrars();
      if (std::none_of(founded.begin(), founded.end(), [&](const auto& row) { return row.key() == pinned.View(); }))
        return WrongPart(part, "a pinned registrar isn't one of those that the log was founded with", "registrars",
                         Fingerprint(pinned.View()), "absent");
    }
    if (body.registrar_threshold() != pins_.registrar_threshold)
      return WrongPart(part, "another number of registrars must sign than is pinned", "registrar_threshold",
                       std::to_string(pins_.registrar_threshold), std::to_string(body.registrar_threshold()));
    report_.environment = body.environment();
    entry.used = true;
    return absl::OkStatus();
  }

  absl::Status TellRegistration(OpenedEntry& entry) {
    const bool court = entry.leaf.type == ENTRY_TYPE_COURT_REGISTERED;
    if (!court && entry.leaf.type != ENTRY_TYPE_AGENCY_REGISTERED) return absl::OkStatus();
    const std::string part = PartName(entry.leaf);
    Adopted body;
    AdoptedPayload payload;
    EAGLE_RETURN_IF_ERROR(ParseKnown(entry.leaf.body, part, body));
    EAGLE_RETURN_IF_ERROR(ParseKnown(entry.payload, part, payload));
    entry.used = true;
    if (court) {
      if (!payload.has_court() || court_ordinal_ != 0)
        return WrongPart(part, "a court that this evidence isn't about", "court");
      court_ordinal_ = body.ordinal(), court_code_ = payload.court().code();
      report_.court_name = payload.court().name();
      return absl::OkStatus();
    }
    const RegisterAgency& agency = payload.agency();
    if (body.ordinal() != entry.leaf.agency.value() ||
        !agencies_
             .emplace(body.ordinal(),
                      AgencySeen{body.ordinal(), agency.code(), agency.name(), agency.kind(), agency.region()})
             .second)
      return WrongPart(part, "an agency registered twice, or under another number", "ordinal",
                       std::to_string(entry.leaf.agency.value()), std::to_string(body.ordinal()));
    return absl::OkStatus();
  }

  // --- the entries, in order

  absl::Status TellEntry(OpenedEntry& entry) {
    const uint16_t type = entry.leaf.type;
    if (entry.opened && type == ENTRY_TYPE_BATCH_HEAD) return book_->AddHead(entry);
    if (entry.opened && type == ENTRY_TYPE_STATEMENT_ACCEPTED) {
      entry.used = true;
      return book_->AddStatement(entry);
    }
    if (entry.opened && type == ENTRY_TYPE_ORDER_ACCEPTED) return TellAcceptance(entry);
    if (acceptance_ == nullptr) return absl::OkStatus();
    if (type == ENTRY_TYPE_DELIVERED) return TellDelivery(entry);
    if (entry.leaf.order.value() == acceptance_->index()) return TellOwn(entry);
    return absl::OkStatus();
  }

  absl::Status TellAcceptance(OpenedEntry& entry) {
    const std::string part = PartName(entry.leaf);
    OrderAccepted body;
    OrderPayload payload;
    EAGLE_RETURN_IF_ERROR(ParseKnown(entry.leaf.body, part, body));
    EAGLE_RETURN_IF_ERROR(ParseKnown(entry.payload, part, payload));
    EAGLE_ASSIGN_OR_RETURN(const HeadSeen* head, book_->HeadOf(part, body.head(), payload.member(), payload.index(),
                                                               body.digest(), MEMBER_TYPE_ORDER));
    Order& order = report_.order;
    EAGLE_RETURN_IF_ERROR(ParseKnown(payload.member(), part, order));
    if (body.order_id() != file_.evidence.order_id() || order.order_id() != body.order_id())
      return WrongPart(part, "another order than the file is about", "order_id", HexEncode(file_.evidence.order_id()),
                       HexEncode(order.order_id()));
    if (order.action() != body.action() || order.urgency() != body.urgency())
      return WrongPart(part, "the leaf says another action or urgency than the order", "action",
                       Action_Name(order.action()), Action_Name(body.action()));
    if (entry.leaf.actor_kind != ACTOR_KIND_COURT || entry.leaf.actor_ordinal != court_ordinal_ ||
        order.court() != court_code_ || head->head.signer() != order.court())
      return WrongPart(part, "not an order of the court that the file registers", "court", court_code_, order.court());
    targets_ = OrdinalsOf(body.targets()), open_ = targets_;
    if (targets_.size() != static_cast<size_t>(order.agencies_size()))
      return WrongPart(part, "the log asked another number of agencies than the order", "targets",
                       std::to_string(order.agencies_size()), std::to_string(targets_.size()));
    entry.used = true;
    acceptance_ = &entry, newest_ = entry.index();
    report_.order_index = entry.index(), report_.order_head = body.head(), report_.order_digest = body.digest();
    report_.accepted_at = entry.leaf.time, report_.due = absl::FromUnixMicros(body.due());
    if (body.begins() != 0) report_.begins = absl::FromUnixMicros(body.begins());
    report_.signed_at = TimeOf(head->head.signed_at());
    report_.deadline_row = body.deadline_row(), report_.policy_version = body.policy_version();
    EAGLE_RETURN_IF_ERROR(signers_->TellAcceptance(entry, court_code_, body, *head));
    return TellAccount(part, entry.leaf.time);
  }

  // Money goes to an account that the court itself stated.
  absl::Status TellAccount(const std::string& part, absl::Time time) {
    if (report_.order.has_extract_income()) {
      const ExtractIncome& income = report_.order.extract_income();
      return TellAccount(part, time, income.account(), income.account_statement(), "extract_income");
    }
    if (!report_.order.has_deduct()) return absl::OkStatus();
    const Deduct& deduct = report_.order.deduct();
    return TellAccount(part, time, deduct.account(), deduct.account_statement(), "deduct");
  }
  absl::Status TellAccount(const std::string& part, absl::Time time, const CourtAccount& account,
                           const std::string& statement, const std::string& act) {
    const std::string prefix = "court/" + court_code_ + "/account/";
    for (const auto& [subject, indexes] : book_->stated()) {
      if (subject.rfind(prefix, 0) != 0 || book_->DigestHeld(subject) != statement) continue;
      EAGLE_ASSIGN_OR_RETURN(const Statement* stated, book_->InForce(part, subject, STATEMENT_KIND_ACCOUNT, time));
      if (stated->account().account_number() != account.account_number() ||
          stated->account().bank() != account.bank() || stated->account().account_name() != account.account_name())
        return WrongPart(part, "the order names another account than the court stated", act + ".account",
                         stated->account().account_number(), account.account_number());
      needed_.insert(subject);
      return absl::OkStatus();
    }
    return WrongPart(part, "the statement of the account that the money goes to is missing", act + ".account_statement",
                     HexEncode(statement), "absent");
  }

  absl::Status TellDelivery(OpenedEntry& entry) {
    Delivered body;
    EAGLE_RETURN_IF_ERROR(ParseKnown(entry.leaf.body, PartName(entry.leaf), body));
    const auto& orders = body.orders();
    if (std::find(orders.begin(), orders.end(), acceptance_->index()) == orders.end()) return absl::OkStatus();
    EAGLE_RETURN_IF_ERROR(signers_->CheckNoPauseIsMissing(open_));
    entry.used = true;
    newest_ = entry.index();
    const uint32_t agency = entry.leaf.agency.value();
    if (signers_->IsPausedAt(agency))
      return WrongPart(PartName(entry.leaf),
                       "the order stands still there: its resumption is missing before this delivery, or the log hands "
                       "out what it may not",
                       "entry", "ORDER_RESUMED", "absent");
    handed_.insert(agency);
    report_.deliveries.push_back({entry.index(), entry.leaf.time, agency});
    return absl::OkStatus();
  }

  // An entry that names the order.
  absl::Status TellOwn(OpenedEntry& entry) {
    const std::string part = PartName(entry.leaf);
    if (entry.leaf.previous.value() != newest_)
      return WrongPart(part, "an entry about this order is missing before this one", "previous",
                       std::to_string(newest_), std::to_string(entry.leaf.previous.value()));
    newest_ = entry.index();
    entry.used = true;
    if (entry.leaf.type == ENTRY_TYPE_ORDER_PAUSED && !entry.opened) return signers_->TellPause(entry, open_, handed_);
    EAGLE_RETURN_IF_ERROR(signers_->CheckNoPauseIsMissing(open_));
    if (entry.leaf.type == ENTRY_TYPE_ORDER_RESUMED) return signers_->TellResumption(entry);
    if (CarriesReceipt(entry.leaf.type)) return TellReceipt(entry, part);
    if (IsOfObjection(entry.leaf.type)) {
      const auto agency = agencies_.find(entry.leaf.agency.value());
      return objections_->Tell(entry, agency == agencies_.end() ? nullptr : &agency->second, needed_);
    }
    if (entry.opened) return WrongPart(part, "opened, and no receipt", "payload", "closed", "opened");
    if (IsOfSupervision(entry.leaf.type)) return TellSupervision(entry, part);
    if (entry.leaf.type == ENTRY_TYPE_DEADLINE_MARKED) {
      DeadlineMarked body;
      EAGLE_RETURN_IF_ERROR(ParseKnown(entry.leaf.body, part, body));
      if (OrdinalsOf(body.open()) != open_)
        return WrongPart(part, "the mark counts other agencies as open than this file shows: an answer is missing",
                         "open", ListOf(OrdinalsOf(body.open())), ListOf(open_));
      report_.marks.push_back({entry.index(), entry.leaf.time, body.mark_permille(), VectorOf(open_)});
    }
    if (entry.leaf.type == ENTRY_TYPE_ORDER_BEGUN) {
      OrderBegun body;
      EAGLE_RETURN_IF_ERROR(ParseKnown(entry.leaf.body, part, body));
      const Ordinals ended = OrdinalsOf(body.ended());
      for (const uint32_t ordinal : ended) Close(ordinal);
      report_.begun = BeginSeen{entry.index(), entry.leaf.time, VectorOf(ended), entry.leaf.outcome};
      if (body.completes()) return CheckComplete(part);
    }
    if (entry.leaf.type == ENTRY_TYPE_ORDER_WITHDRAWN) {
      OrderWithdrawn body;
      EAGLE_RETURN_IF_ERROR(ParseKnown(entry.leaf.body, part, body));
      const Ordinals withdrawn = OrdinalsOf(body.targets());
      for (const uint32_t ordinal : withdrawn) Close(ordinal);
      report_.withdrawals.push_back({entry.index(), entry.leaf.time, VectorOf(withdrawn)});
      if (body.completes()) return CheckComplete(part);
    }
    return absl::OkStatus();
  }

  absl::Status TellSupervision(const OpenedEntry& entry, const std::string& part) {
    SupervisionStepSeen step{.index = entry.index(),
                             .time = entry.leaf.time,
                             .type = static_cast<EntryType>(entry.leaf.type),
                             .agency = entry.leaf.agency.value()};
    SupervisionIssued issued;
    SupervisionSaid said;
    SupervisionClosed closed;
    SupervisionMarked marked;
    switch (step.type) {
      case ENTRY_TYPE_SUPERVISION_ISSUED:
        EAGLE_RETURN_IF_ERROR(ParseKnown(entry.leaf.body, part, issued));
        step.commander = issued.commander();
        break;
      case ENTRY_TYPE_SUPERVISION_WORD:
        EAGLE_RETURN_IF_ERROR(ParseKnown(entry.leaf.body, part, said));
        step.state = said.state(), step.late = said.late();
        break;
      case ENTRY_TYPE_SUPERVISION_CLOSED:
        EAGLE_RETURN_IF_ERROR(ParseKnown(entry.leaf.body, part, closed));
        step.result = closed.result();
        break;
      default:
        EAGLE_RETURN_IF_ERROR(ParseKnown(entry.leaf.body, part, marked));
        step.mark_permille = marked.mark_permille();
        break;
    }
    report_.supervision.push_back(step);
    return absl::OkStatus();
  }

  absl::Status TellReceipt(const OpenedEntry& entry, const std::string& part) {
    const auto agency = agencies_.find(entry.leaf.agency.value());
    if ((agency != agencies_.end()) != entry.opened)
      return WrongPart(part, "a receipt is opened if, and only if, its agency is in scope", "payload",
                       entry.opened ? "closed" : "opened", entry.opened ? "opened" : "closed");
    const bool final = entry.leaf.type == ENTRY_TYPE_TASK_ANSWERED || entry.leaf.type == ENTRY_TYPE_RECEIPT_CONFLICT;
    if (final) Close(entry.leaf.agency.value());
    TaskReport body;
    if (entry.leaf.type == ENTRY_TYPE_TASK_ANSWERED) {
      EAGLE_RETURN_IF_ERROR(ParseKnown(entry.leaf.body, part, body));
      if (body.completes()) EAGLE_RETURN_IF_ERROR(CheckComplete(part));
    }
    if (!entry.opened) {
      report_.closed.push_back(
          {entry.index(), entry.leaf.time, static_cast<EntryType>(entry.leaf.type), entry.leaf.agency.value()});
      return absl::OkStatus();
    }
    return TellOpenedReceipt(entry, part, agency->second);
  }

  void Close(uint32_t agency) {
    open_.erase(agency);
    signers_->Close(agency);
  }

  absl::Status CheckComplete(const std::string& part) const {
    if (open_.empty()) return absl::OkStatus();
    return WrongPart(part, "it completes the order, but an agency's answer is missing in this file", "agencies open",
                     "none", ListOf(open_));
  }

  // Digest and head, which all four bodies have; of those about the task also what the receipt itself says.
  absl::Status TellOpenedReceipt(const OpenedEntry& entry, const std::string& part, const AgencySeen& agency) {
    std::string digest;
    uint64_t head_index = 0;
    TaskReport task;
    const bool of_task = entry.leaf.type == ENTRY_TYPE_TASK_REPORTED || entry.leaf.type == ENTRY_TYPE_TASK_ANSWERED;
    MeasureChanged change;
    ReceiptConflict conflict;
    if (of_task) {
      EAGLE_RETURN_IF_ERROR(ParseKnown(entry.leaf.body, part, task));
      digest = task.digest(), head_index = task.head();
    } else if (entry.leaf.type == ENTRY_TYPE_MEASURE_CHANGED) {
      EAGLE_RETURN_IF_ERROR(ParseKnown(entry.leaf.body, part, change));
      digest = change.digest(), head_index = change.head();
    } else {
      EAGLE_RETURN_IF_ERROR(ParseKnown(entry.leaf.body, part, conflict));
      digest = conflict.digest(), head_index = conflict.head();
    }
    ReceiptPayload payload;
    EAGLE_RETURN_IF_ERROR(ParseKnown(entry.payload, part, payload));
    EAGLE_ASSIGN_OR_RETURN(const HeadSeen* head, book_->HeadOf(part, head_index, payload.member(), payload.index(),
                                                               digest, MEMBER_TYPE_RECEIPT));
    ReceiptSeen seen{entry.index(), entry.leaf.time, static_cast<EntryType>(entry.leaf.type), agency.code};
    // Unknown fields of receipts are kept and ignored: an agency may be newer than this reader.
    if (!seen.receipt.ParseFromString(payload.member()))
      return WrongPart(part, "these bytes are no receipt", "Receipt");
    EAGLE_RETURN_IF_ERROR(CheckReceipt(part, seen.receipt, agency, *head));
    if (of_task && (task.kind() != seen.receipt.kind() || task.corrects() != seen.receipt.corrects() ||
                    task.arrived_at() != absl::ToUnixMicros(TimeOf(seen.receipt.arrived_at())) ||
                    task.late() != (entry.leaf.time > report_.due)))
      return WrongPart(part, "the leaf says another kind, arrival or lateness than follows from the receipt", "kind",
                       ReceiptKind_Name(seen.receipt.kind()), ReceiptKind_Name(task.kind()));
    if (entry.leaf.type == ENTRY_TYPE_MEASURE_CHANGED && change.change() != seen.receipt.change())
      return WrongPart(part, "the leaf says another change than the receipt", "change",
                       MeasureChange_Name(seen.receipt.change()), MeasureChange_Name(change.change()));
    const std::string subject = "agency/" + agency.code;
    EAGLE_ASSIGN_OR_RETURN(const Statement* key, book_->InForce(part, subject, STATEMENT_KIND_KEY, entry.leaf.time));
    if (!book_->IsSignedBy(*head, {key->algorithm(), key->key()}))
      return WrongPart(part, "not signed with the agency's key", "signature", Fingerprint(key->key()), "absent");
    needed_.insert(subject);
    for (ReceiptSeen& before : report_.receipts) before.superseded |= of_task && before.digest == task.corrects();
    seen.digest = digest, seen.key = key->key(), seen.algorithm = key->algorithm(), seen.head = head_index;
    seen.signed_at = TimeOf(head->head.signed_at()), seen.late = task.late();
    report_.receipts.push_back(std::move(seen));
    return absl::OkStatus();
  }

  absl::Status CheckReceipt(const std::string& part, const Receipt& receipt, const AgencySeen& agency,
                            const HeadSeen& head) const {
    if (receipt.order_digest() != report_.order_digest || receipt.order_id() != report_.order.order_id())
      return WrongPart(part, "the receipt answers another order", "order_digest", HexEncode(report_.order_digest),
                       HexEncode(receipt.order_digest()));
    if (receipt.agency() != agency.code || head.head.signer() != agency.code)
      return WrongPart(part, "the receipt is another agency's than the leaf says", "agency", agency.code,
                       receipt.agency());
    return absl::OkStatus();
  }

  // --- whether anything is missing, or has no place here

  absl::Status CheckDirectory() {
    const auto& named = report_.order.agencies();
    const auto& scope = file_.evidence.agencies().empty() ? named : file_.evidence.agencies();
    report_.all_agencies = scope.size() == named.size();
    const std::set<std::string> codes(scope.begin(), scope.end());
    for (const auto& [ordinal, agency] : agencies_) {
      if (!codes.contains(agency.code) || !targets_.contains(ordinal))
        return WrongPart("AGENCY_REGISTERED", "an agency that is not in scope, or that the order doesn't ask", "agency",
                         "one of the agencies in scope", agency.code);
      report_.agencies.push_back(agency);
    }
    if (agencies_.size() != codes.size())
      return WrongPart("AGENCY_REGISTERED", "an agency in scope isn't registered in this file", "agencies",
                       std::to_string(codes.size()), std::to_string(agencies_.size()));
    std::sort(report_.agencies.begin(), report_.agencies.end(),
              [](const AgencySeen& a, const AgencySeen& b) { return a.code < b.code; });
    for (const auto& [subject, indexes] : book_->stated()) {
      if (!needed_.contains(subject) && !signers_->needed().contains(subject))
        return WrongPart("entry " + std::to_string(indexes.front()) + " (STATEMENT_ACCEPTED)",
                         "a statement that nothing in this file rests on", "subject", "none", subject);
    }
    for (const auto& [index, head] : book_->heads()) {
      if (!head.used)
        return WrongPart("entry " + std::to_string(index) + " (BATCH_HEAD)", "a head that nothing rests on");
    }
    report_.heads = book_->heads().size();
    return absl::OkStatus();
  }

  absl::Status CheckPlaces() {
    const uint64_t run_first = file_.RunFirst();
    for (const OpenedEntry& entry : file_.entries) {
      const bool used = entry.used || (entry.opened && entry.leaf.type == ENTRY_TYPE_BATCH_HEAD);
      report_.payloads += entry.opened ? 1 : 0;
      if (used) continue;
      const bool in_run = entry.index() >= run_first && entry.index() > acceptance_->index();
      if (entry.opened || !in_run)
        return WrongPart(PartName(entry.leaf), "an entry that has no place in this file", "entry", "none",
                         PartName(entry.leaf));
    }
    report_.leaves = file_.entries.size();
    report_.run_first = std::max(run_first, acceptance_->index() + 1);
    if (run_first <= acceptance_->index() + 1) {
      report_.run = Run::kSinceAcceptance;
    } else if (file_.silence && Overdue() != nullptr && run_first <= Overdue()->index + 1) {
      report_.run = Run::kSinceMark;
    } else if (!file_.silence && run_first <= newest_ + 1) {
      report_.run = Run::kSinceLastEntry;
    }
    return absl::OkStatus();
  }

  const MarkSeen* Overdue() const {
    const auto mark = std::find_if(report_.marks.begin(), report_.marks.end(),
                                   [](const MarkSeen& seen) { return seen.permille == kOverduePermille; });
    return mark == report_.marks.end() ? nullptr : &*mark;
  }

  absl::Status TellSilence() {
    const AgencySeen& agency = report_.agencies.front();
    const auto is_open = [&](const MarkSeen& mark) {
      return std::find(mark.open.begin(), mark.open.end(), agency.ordinal) != mark.open.end();
    };
    const MarkSeen* overdue = Overdue();
    if (overdue == nullptr)
      return WrongPart("DEADLINE_MARKED", "no mark of the due instant: the agency isn't overdue", "mark",
                       "1000 permille", "absent");
    if (!is_open(*overdue) || !open_.contains(agency.ordinal))
      return WrongPart("entry " + std::to_string(overdue->index) + " (DEADLINE_MARKED)",
                       "the agency had answered, or the order was withdrawn there", "open", agency.code, "closed");
    for (const ReceiptSeen& receipt : report_.receipts) {
      if (receipt.index > overdue->index)
        return WrongPart(
            "entry " + std::to_string(receipt.index) + " (" + TypeName(static_cast<uint16_t>(receipt.type)) + ")",
            "the agency reported after it was overdue", "agency", "nothing of " + agency.code, "a receipt");
    }
    report_.silent = SilenceSeen{agency, *overdue, *overdue};
    for (const MarkSeen& mark : report_.marks) {
      if (is_open(mark)) report_.silent->last_still_open = mark;
    }
    return absl::OkStatus();
  }

  const EvidencePins& pins_;
  OpenedFile& file_;
  EvidenceReport& report_;
  std::optional<EvidenceBook> book_;
  std::optional<EvidenceSigners> signers_;
  std::optional<EvidenceObjections> objections_;

  uint32_t court_ordinal_ = 0;
  std::string court_code_;
  std::map<uint32_t, AgencySeen> agencies_;  // in scope
  std::set<std::string> needed_;             // subjects that signatures rest on
  const OpenedEntry* acceptance_ = nullptr;
  uint64_t newest_ = 0;  // the entry about this order that came last
  Ordinals targets_, open_, handed_;
};

}  // namespace

absl::Status TellStory(const EvidencePins& pins, OpenedFile& file, EvidenceReport& report) {
  return Story(pins, file, report).Tell();
}

absl::StatusOr<EvidenceReport> VerifyEvidence(std::string_view bytes, const EvidencePins& pins) {
  OpenedFile file;
  EAGLE_RETURN_IF_ERROR(OpenFile(bytes, pins, file));
  EvidenceReport report;
  report.silence = file.silence;
  report.origin = file.head.checkpoint.origin, report.size = file.size();
  report.root = std::string(journal::View(file.head.checkpoint.root));
  report.unpinned = file.unpinned;
  for (const journal::NoteSignature& line : file.head.cosignatures)
    report.cosigners.push_back({line.name, journal::CosignatureTime(line)});
  report.signatures = 1 + report.cosigners.size();
  EAGLE_RETURN_IF_ERROR(TellStory(pins, file, report));
  return report;
}

std::string AgencyName(const EvidenceReport& report, uint32_t ordinal) {
  for (const AgencySeen& agency : report.agencies) {
    if (agency.ordinal == ordinal) return agency.name + " (" + agency.code + ")";
  }
  return "#" + std::to_string(ordinal);
}

}  // namespace eagle::audit
