#include "server/api/evidence.h"

#include <algorithm>
#include <map>
#include <set>

#include "goldeneagle/v1/entry.pb.h"
#include "goldeneagle/v1/evidence.pb.h"
#include "server/api/proofs.h"
#include "server/base/reason.h"
#include "server/core/rows.h"
#include "server/journal/multiproof.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr char kEvidenceType[] = "application/vnd.goldeneagle.evidence.v1+protobuf";
constexpr char kSilenceType[] = "application/vnd.goldeneagle.silence.v1+protobuf";

absl::Status NotSilent(std::string_view why) { return Fail(Reason::kNotSilent, why).At("agencies[0]", why); }

bool CarriesReceipt(EntryType type) {
  return type == ENTRY_TYPE_TASK_REPORTED || type == ENTRY_TYPE_TASK_ANSWERED || type == ENTRY_TYPE_MEASURE_CHANGED ||
         type == ENTRY_TYPE_RECEIPT_CONFLICT;
}

bool CarriesWord(EntryType type) {
  return type == ENTRY_TYPE_OBJECTION_RAISED || type == ENTRY_TYPE_OBJECTION_REPLIED ||
         type == ENTRY_TYPE_OBJECTION_ANSWERED;
}

// One statement in the journal, as far as it is needed to choose.
struct Stated {
  uint64_t index = 0, head = 0;
  std::string subject, digest;
  bool revokes = false;
};

class Collector {
 public:
  Collector(const domain::Order& order, const GetEvidenceRequest& request, const core::Published& published,
            JournalReader& journal)
      : order_(order),
        request_(request),
        directory_(*published.directory),
        size_(published.edge->size()),
        journal_(journal) {}

  absl::Status Collect() {
    if (order_.seq.value() >= size_) return Fail(Reason::kUnavailable, "the order's acceptance isn't published yet");
    EAGLE_RETURN_IF_ERROR(FindScope());
    Want(0, false);
    for (const domain::Recovered& recovered : directory_.recoveries()) {
      if (recovered.index < size_) Want(recovered.index, false);
    }
    EAGLE_RETURN_IF_ERROR(WantOrder());
    EAGLE_RETURN_IF_ERROR(WantStory());
    EAGLE_RETURN_IF_ERROR(WantDeliveries());
    EAGLE_RETURN_IF_ERROR(WantDirectory());
    return request_.silence() ? CheckSilence() : absl::OkStatus();
  }

  const std::map<uint64_t, bool>& wanted() const { return wanted_; }
  const std::set<std::string>& codes() const { return codes_; }
  size_t receipts() const { return receipts_; }
  // From where on an unbroken run fits; 0: nowhere, or there is nothing to add.
  uint64_t RunFirst() const {
    for (const uint64_t after : {order_.seq.value(), overdue_, last_}) {
      if (after != 0 && size_ - (after + 1) <= kEvidenceRunMax) return after + 1 == size_ ? 0 : after + 1;
    }
    return 0;
  }

 private:
  void Want(uint64_t index, bool opened) { wanted_[index] |= opened; }
  bool InScope(AgencyOrdinal agency) const { return scope_.Contains(agency); }

  absl::Status FindScope() {
    if (request_.agencies().empty()) scope_ = order_.targets;
    for (int i = 0; i < request_.agencies_size(); ++i) {
      const std::string field = "agencies[" + std::to_string(i) + "]";
      const domain::Agency* agency = directory_.AgencyByCode(request_.agencies(i));
      if (agency == nullptr || !order_.targets.Contains(agency->ordinal)) {
        if (request_.silence() && agency != nullptr) return NotSilent("the order doesn't ask this agency");
        return Fail(Reason::kAgencyUnknown, "no agency of this order has this code")
            .At(field, "not asked by the order");
      }
      scope_.Add(agency->ordinal);
      codes_.insert(request_.agencies(i));
    }
    return absl::OkStatus();
  }

  absl::Status WantOrder() {
    Want(order_.seq.value(), true);
    Want(order_.head, true);
    EAGLE_ASSIGN_OR_RETURN(const journal::OpenedPayload opened, journal_.OpenedAt(order_.seq.value()));
    OrderPayload payload;
    if (!payload.ParseFromString(opened.payload) || !content_.ParseFromString(payload.member()))
      return Fail(Reason::kEntryMalformed, "an accepted order can't be read");
    EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, journal_.LeafAt(order_.seq.value()));
    OrderAccepted accepted;
    if (!accepted.ParseFromString(leaf.body)) return Fail(Reason::kEntryMalformed, "an accepted order can't be read");
    NoteSigners(accepted.signers());
    const std::string court = "court/" + content_.court();
    subjects_.insert(court);
    for (const OfficerRef& officer : content_.officers()) subjects_.insert(court + "/officer/" + officer.officer());
    if (content_.has_over_cap_exception())
      subjects_.insert(court + "/officer/" + content_.over_cap_exception().leader());
    if (content_.has_confirmed()) subjects_.insert(court + "/officer/" + content_.confirmed().leader());
    return absl::OkStatus();
  }

  // What names the order alone.
  absl::Status WantStory() {
    EAGLE_ASSIGN_OR_RETURN(const std::vector<uint64_t> indexes,
                           core::StreamIndexes(journal_.store(), order_.case_seq.value()));
    for (auto index = std::upper_bound(indexes.begin(), indexes.end(), order_.seq.value());
         index != indexes.end() && *index < size_ && *index <= order_.last_index; ++index) {
      EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, journal_.LeafAt(*index));
      if (leaf.order != order_.seq) continue;
      last_ = *index;
      EAGLE_RETURN_IF_ERROR(WantOwn(leaf));
    }
    if (last_ == 0) last_ = order_.seq.value();
    return absl::OkStatus();
  }

  absl::Status WantOwn(const journal::Leaf& leaf) {
    const auto type = static_cast<EntryType>(leaf.type);
    const bool receipt = CarriesReceipt(type) && InScope(leaf.agency);
    const bool word = CarriesWord(type) && InScope(leaf.agency);
    Want(leaf.index.value(), receipt || word || type == ENTRY_TYPE_ORDER_RESUMED);
    if (word) EAGLE_RETURN_IF_ERROR(WantWord(leaf));
    pointed_at_.push_back(leaf.previous.value());
    EAGLE_RETURN_IF_ERROR(NoteSigners(leaf));
    if (receipt) {
      TaskReport body;  // head = 2 in all four bodies
      if (!body.ParseFromString(leaf.body)) return Fail(Reason::kEntryMalformed, "a receipt's entry can't be read");
      Want(body.head(), true);
      ++receipts_;
      if (const domain::Agency* agency = directory_.AgencyByOrdinal(leaf.agency); agency != nullptr)
        subjects_.insert("agency/" + agency->row.code());
      if (overdue_ != 0) after_overdue_ = true;
    }
    DeadlineMarked mark;
    if (type == ENTRY_TYPE_DEADLINE_MARKED && mark.ParseFromString(leaf.body) && mark.mark_permille() == 1000) {
      overdue_ = leaf.index.value();
      after_overdue_ = false;
      open_at_overdue_ = domain::AgencySet::FromBytes(mark.open());
    }
    return absl::OkStatus();
  }

  // A word of an objection: its head, and the keys of its author.
  absl::Status WantWord(const journal::Leaf& leaf) {
    ObjectionRaised raised;
    ObjectionReplied replied;
    ObjectionAnswered answered;
    const bool opens = leaf.type == ENTRY_TYPE_OBJECTION_RAISED, says = leaf.type == ENTRY_TYPE_OBJECTION_REPLIED;
    if (!(opens  ? raised.ParseFromString(leaf.body)
          : says ? replied.ParseFromString(leaf.body)
                 : answered.ParseFromString(leaf.body)))
      return Fail(Reason::kEntryMalformed, "a word of an objection can't be read");
    Want(opens ? raised.head() : says ? replied.head() : answered.head(), true);
    for (const OrderSigner& signer : says ? replied.signers() : answered.signers())
      subjects_.insert(directory_.SubjectOfOfficer(OfficerOrdinal(signer.officer())));
    const domain::Agency* agency = directory_.AgencyByOrdinal(leaf.agency);
    if (leaf.actor_kind == ACTOR_KIND_AGENCY && agency != nullptr) subjects_.insert("agency/" + agency->row.code());
    return absl::OkStatus();
  }

  // Whose signatures it brings, and because of which statement it stands still.
  absl::Status NoteSigners(const journal::Leaf& leaf) {
    OrderPaused paused;
    OrderResumed resumed;
    if (leaf.type == ENTRY_TYPE_ORDER_PAUSED) {
      if (!paused.ParseFromString(leaf.body)) return Fail(Reason::kEntryMalformed, "a pause can't be read");
      causes_.insert(paused.statement());
    }
    if (leaf.type == ENTRY_TYPE_ORDER_RESUMED) {
      if (!resumed.ParseFromString(leaf.body)) return Fail(Reason::kEntryMalformed, "a resumption can't be read");
      NoteSigners(resumed.signers());
    }
    return absl::OkStatus();
  }
  void NoteSigners(const google::protobuf::RepeatedPtrField<OrderSigner>& signers) {
    for (const OrderSigner& signer : signers)
      signers_.insert(directory_.SubjectOfOfficer(OfficerOrdinal(signer.officer())));
  }

  absl::Status WantDeliveries() {
    pointed_at_.push_back(order_.last_index);
    for (const uint64_t index : pointed_at_) {
      if (index != 0 && index < size_) EAGLE_RETURN_IF_ERROR(WantDelivery(index, false));
    }
    // A delivery is an entry about the order, so none lies behind its last one.
    const uint64_t end = std::min({size_, order_.last_index + 1, order_.seq.value() + kDeliveriesWithin});
    for (uint64_t index = order_.seq.value() + 1; index < end; ++index)
      EAGLE_RETURN_IF_ERROR(WantDelivery(index, true));
    return absl::OkStatus();
  }

  absl::Status WantDelivery(uint64_t index, bool in_scope_only) {
    EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, journal_.LeafAt(index));
    if (leaf.type != ENTRY_TYPE_DELIVERED || (in_scope_only && !InScope(leaf.agency))) return absl::OkStatus();
    Delivered body;
    const auto& orders = body.orders();
    if (body.ParseFromString(leaf.body) && std::find(orders.begin(), orders.end(), order_.seq.value()) != orders.end())
      Want(index, false);
    return absl::OkStatus();
  }

  // Who the ordinals are, and the statements behind every key that signed.
  absl::Status WantDirectory() {
    EAGLE_ASSIGN_OR_RETURN(const std::vector<uint64_t> indexes, core::StreamIndexes(journal_.store(), 0));
    std::map<uint32_t, uint64_t> agencies;  // newest registration by ordinal
    uint64_t court = 0;
    std::vector<Stated> stated;
    for (const uint64_t index : indexes) {
      if (index >= size_) break;
      EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, journal_.LeafAt(index));
      Adopted adopted;
      if (leaf.type == ENTRY_TYPE_COURT_REGISTERED && adopted.ParseFromString(leaf.body) &&
          adopted.ordinal() == order_.court.value())
        court = index;
      if (leaf.type == ENTRY_TYPE_AGENCY_REGISTERED && InScope(leaf.agency)) agencies[leaf.agency.value()] = index;
      const bool others = leaf.actor_kind == ACTOR_KIND_COURT && leaf.actor_ordinal != order_.court.value();
      if (leaf.type == ENTRY_TYPE_STATEMENT_ACCEPTED && !others) {
        EAGLE_ASSIGN_OR_RETURN(Stated statement, StatedAt(leaf));
        stated.push_back(std::move(statement));
      }
    }
    Want(court, true);
    for (const auto& [ordinal, index] : agencies) Want(index, true);
    for (const Stated& statement : stated) {
      const std::string& account = content_.has_extract_income() ? content_.extract_income().account_statement()
                                                                 : content_.deduct().account_statement();
      if (!account.empty() && statement.digest == account) subjects_.insert(statement.subject);
    }
    // Once a key was revoked it matters who else signed.
    for (const Stated& statement : stated) {
      if (causes_.contains(statement.index)) subjects_.insert(statement.subject);
    }
    if (std::any_of(stated.begin(), stated.end(), [&](const Stated& statement) {
          return statement.revokes && statement.index > order_.seq.value() &&
                 (subjects_.contains(statement.subject) || signers_.contains(statement.subject));
        }))
      subjects_.insert(signers_.begin(), signers_.end());
    for (const Stated& statement : stated) {
      if (!subjects_.contains(statement.subject)) continue;
      Want(statement.index, true);
      Want(statement.head, true);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Stated> StatedAt(const journal::Leaf& leaf) {
    EAGLE_ASSIGN_OR_RETURN(const journal::OpenedPayload opened, journal_.OpenedAt(leaf.index.value()));
    StatementAccepted body;
    StatementPayload payload;
    Statement statement;
    if (!body.ParseFromString(leaf.body) || !payload.ParseFromString(opened.payload) ||
        !statement.ParseFromString(payload.member()))
      return Fail(Reason::kEntryMalformed, "a statement can't be read");
    return Stated{leaf.index.value(), body.head(), statement.subject(), body.digest(),
                  statement.kind() == STATEMENT_KIND_REVOKED};
  }

  absl::Status CheckSilence() const {
    AgencyOrdinal agency;
    scope_.ForEach([&](AgencyOrdinal ordinal) { agency = ordinal; });
    if (overdue_ == 0) return NotSilent("the deadline hasn't passed");
    if (order_.withdrawn.Contains(agency)) return NotSilent("the court withdrew the order there");
    if (!open_at_overdue_.Contains(agency) || !order_.Open().Contains(agency) || after_overdue_)
      return NotSilent("the agency has answered");
    return absl::OkStatus();
  }

  const domain::Order& order_;
  const GetEvidenceRequest& request_;
  const domain::Directory& directory_;
  const uint64_t size_;
  JournalReader& journal_;

  std::map<uint64_t, bool> wanted_;  // index -> opened
  std::set<std::string> codes_;      // in scope, when named
  std::set<std::string> subjects_;   // of the statements
  std::set<std::string> signers_;    // subjects of all who signed, at acceptance and anew
  std::set<uint64_t> causes_;        // statements because of which it was paused
  domain::AgencySet scope_, open_at_overdue_;
  goldeneagle::v1::Order content_;
  std::vector<uint64_t> pointed_at_;
  uint64_t overdue_ = 0, last_ = 0;
  bool after_overdue_ = false;  // something came from the agencies in scope since
  size_t receipts_ = 0;
};

absl::Status AddEntry(JournalReader& journal, uint64_t index, bool opened, Evidence& evidence) {
  EAGLE_ASSIGN_OR_RETURN(const journal::PackedEntry packed, journal.Packed(index));
  EvidenceEntry& entry = *evidence.add_entries();
  entry.set_leaf(std::string(packed.leaf));
  if (!opened) return absl::OkStatus();
  EAGLE_ASSIGN_OR_RETURN(journal::OpenedPayload payload, journal.OpenedAt(index));
  entry.set_payload(std::move(payload.payload));
  entry.set_salt(std::move(payload.salt));
  return absl::OkStatus();
}

absl::Status AddProof(const std::map<uint64_t, bool>& wanted, uint64_t run_first, PublishedProver& prover,
                      Evidence& evidence) {
  std::vector<uint64_t> indexes;
  for (const auto& [index, opened] : wanted) {
    if (run_first == 0 || index < run_first) indexes.push_back(index);
  }
  for (uint64_t index = run_first; run_first != 0 && index < prover.size(); ++index) indexes.push_back(index);
  EAGLE_ASSIGN_OR_RETURN(
      const std::vector<journal::Hash> proof,
      journal::MultiProof(indexes, prover.size(), [&](uint64_t index) { return prover.Path(index); }));
  for (const journal::Hash& hash : proof) evidence.add_proof(std::string(journal::View(hash)));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<GetEvidenceResponse> MakeEvidence(const domain::Order& order, const GetEvidenceRequest& request,
                                                 std::shared_ptr<const core::Published> published,
                                                 JournalReader& journal) {
  Collector collector(order, request, *published, journal);
  EAGLE_RETURN_IF_ERROR(collector.Collect());
  GetEvidenceResponse response;
  Evidence& evidence = *response.mutable_evidence();
  evidence.set_media_type(request.silence() ? kSilenceType : kEvidenceType);
  evidence.set_version(1);
  evidence.set_order_id(order.order_id);
  for (const std::string& code : collector.codes()) evidence.add_agencies(code);
  size_t bytes = 0;
  for (const auto& [index, opened] : collector.wanted()) {
    EAGLE_RETURN_IF_ERROR(AddEntry(journal, index, opened, evidence));
    bytes += evidence.entries(evidence.entries_size() - 1).ByteSizeLong();
    if (bytes > kEvidenceBytesMax) break;
  }
  if (request.complete()) response.set_run_first(collector.RunFirst());
  PublishedProver prover(std::move(published), journal);
  EAGLE_ASSIGN_OR_RETURN(*evidence.mutable_checkpoint(), prover.Checkpoint());
  if (bytes <= kEvidenceBytesMax)
    EAGLE_RETURN_IF_ERROR(AddProof(collector.wanted(), response.run_first(), prover, evidence));
  if (bytes > kEvidenceBytesMax || response.ByteSizeLong() > kEvidenceBytesMax)
    return Fail(Reason::kEvidenceTooLarge, "the evidence is larger than an answer may be")
        .With("bytes_max", static_cast<int64_t>(kEvidenceBytesMax));
  return response;
}

}  // namespace eagle::api
