// A key was revoked: what it signed, and orders that go on under new signatures.
#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/api/impl.h"
#include "server/api/page_token.h"
#include "server/api/views.h"
#include "server/domain/apply.h"
#include "server/domain/instant.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr uint64_t kEntriesOfKeyLookedAt = 10'000;
constexpr int kOrdersResumedMax = 256;

absl::StatusOr<std::string> SubjectAsked(const domain::Directory& directory, const Caller& caller,
                                         const ListOrdersOfKeyRequest& request) {
  if (request.subject().empty() == request.key().empty())
    return Fail(Reason::kFieldMissing, "a subject or a key").At("subject", "the subject or its key, not both");
  if (!request.has_since()) return Fail(Reason::kFieldMissing, "from when on").At("since", "the field is required");
  std::string subject = request.key().empty() ? request.subject() : directory.SubjectOfKey(request.key());
  const auto stranger = [] { return Fail(Reason::kNotFound, "no key of yours was stated so"); };
  if (directory.StatementAbout(subject) == nullptr) return stranger();
  const std::string court = "court/" + caller.code;
  if (caller.role == Role::kCourt && subject != court && !subject.starts_with(court + "/officer/")) return stranger();
  if (caller.role == Role::kAgency && subject != "agency/" + caller.code) return stranger();
  return subject;
}

// The first entry at or after an instant: recorded time never goes back.
absl::StatusOr<uint64_t> FirstSince(JournalReader& journal, uint64_t end, absl::Time since) {
  uint64_t low = 0, high = end;
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, journal.LeafAt(middle));
    if (leaf.time < since) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// What one subject's keys signed.
class SignedBy {
 public:
  SignedBy(const core::Published& published, JournalReader& journal, const std::string& subject)
      : directory_(*published.directory), journal_(journal) {
    const std::string code = domain::OrganisationOf(subject);
    if (subject.starts_with("agency/")) {
      if (const domain::Agency* agency = directory_.AgencyByCode(code)) agency_ = agency->ordinal;
      return;
    }
    const auto officer = directory_.OfficerNamed(subject);
    if (officer) officer_ = officer->ordinal;
    const domain::Court* court = directory_.CourtByCode(officer ? officer->court : code);
    if (court != nullptr) court_ = court->ordinal;
  }

  // Appends what the entry says of it. `first`: from where on entries are looked at.
  absl::Status Look(uint64_t index, uint64_t first, ListOrdersOfKeyResponse& response) {
    EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, journal_.LeafAt(index));
    switch (leaf.type) {
      case ENTRY_TYPE_ORDER_ACCEPTED:
        return Accepted(leaf) ? AddOrder(OrderSeq(index), response) : absl::OkStatus();
      case ENTRY_TYPE_ORDER_RESUMED: {
        OrderResumed body;
        if (!IsOurs(leaf) || !body.ParseFromString(leaf.body) || !Signed(body.signers())) return absl::OkStatus();
        // Listed at its acceptance already, when that is of the same key and within the time.
        EAGLE_ASSIGN_OR_RETURN(const journal::Leaf accepted, journal_.LeafAt(leaf.order.value()));
        if (leaf.order.value() >= first && Accepted(accepted)) return absl::OkStatus();
        return AddOrder(leaf.order, response);
      }
      case ENTRY_TYPE_TASK_REPORTED:
      case ENTRY_TYPE_TASK_ANSWERED:
      case ENTRY_TYPE_MEASURE_CHANGED:
      case ENTRY_TYPE_RECEIPT_CONFLICT:
        return agency_ && leaf.agency == agency_ ? AddReceipt(leaf, response) : absl::OkStatus();
      default:
        return absl::OkStatus();
    }
  }

 private:
  bool IsOurs(const journal::Leaf& leaf) const {
    return court_ && leaf.actor_kind == ACTOR_KIND_COURT && leaf.actor_ordinal == court_.value();
  }
  // No signers: nobody recorded them, so it may have been this key.
  bool Signed(const google::protobuf::RepeatedPtrField<OrderSigner>& signers) const {
    return !officer_ || signers.empty() || std::any_of(signers.begin(), signers.end(), [&](const OrderSigner& signer) {
      return signer.officer() == officer_.value();
    });
  }
  bool Accepted(const journal::Leaf& leaf) const {
    OrderAccepted body;
    return IsOurs(leaf) && body.ParseFromString(leaf.body) && Signed(body.signers());
  }

  absl::Status AddOrder(OrderSeq seq, ListOrdersOfKeyResponse& response) {
    EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Order> order, journal_.OrderAt(seq));
    if (!order) return Fail(Reason::kTablesDiffer, "an entry names an order that isn't there");
    OrderOfKey* out = response.add_orders();
    out->set_order_id(order->order_id);
    out->set_order_seq(seq.value());
    if (const domain::Court* court = directory_.CourtByOrdinal(order->court)) out->set_court(court->row.code());
    out->set_action(order->action);
    *out->mutable_accepted_at() = domain::ToProto(order->accepted_at);
    out->set_state(order->state());
    out->set_paused(!order->paused.empty());
    out->set_signed_index(order->signed_index);
    domain::AgencySet begun = order->Open(), idle = begun;
    idle.RemoveAll(order->delivered);
    begun.RemoveAll(idle);
    for (std::string& code : CodesOf(order->paused, directory_)) out->add_paused_at(std::move(code));
    for (std::string& code : CodesOf(begun, directory_)) out->add_begun_at(std::move(code));
    for (std::string& code : CodesOf(order->done, directory_)) out->add_done_at(std::move(code));
    return absl::OkStatus();
  }

  absl::Status AddReceipt(const journal::Leaf& leaf, ListOrdersOfKeyResponse& response) {
    TaskReport body;  // digest = 1 in all four bodies
    if (!body.ParseFromString(leaf.body)) return Fail(Reason::kEntryMalformed, "a receipt's entry can't be read");
    EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Order> order, journal_.OrderAt(leaf.order));
    ReceiptOfKey* out = response.add_receipts();
    out->set_digest(body.digest());
    out->set_journal_index(leaf.index.value());
    *out->mutable_time() = domain::ToProto(leaf.time);
    if (order) out->set_order_id(order->order_id);
    out->set_type(domain::EntryTypeName(static_cast<EntryType>(leaf.type)));
    return absl::OkStatus();
  }

  const domain::Directory& directory_;
  JournalReader& journal_;
  AgencyOrdinal agency_;
  CourtOrdinal court_;
  OfficerOrdinal officer_;  // none: the whole court
};

// Which orders, each named once.
absl::Status CheckNamed(const ResumeOrdersRequest& request) {
  if (request.order_ids().empty() || request.order_ids_size() > kOrdersResumedMax)
    return Fail(Reason::kFieldMissing, "which orders").At("order_ids", "1 to 256");
  absl::flat_hash_set<std::string> seen;
  Violations wrong;
  for (int i = 0; i < request.order_ids_size(); ++i) {
    const std::string path = "order_ids[" + std::to_string(i) + "]";
    CheckId(request.order_ids(i), path, wrong);
    if (!seen.insert(request.order_ids(i)).second) wrong.Add(path, Reason::kFieldInvalid, "named twice");
  }
  return wrong.empty() ? absl::OkStatus() : wrong.ToStatus("an order is named by its id, once");
}

// The head, whose signatures verify, and the orders as the journal has them. An id that the court doesn't know stays a
// member without content: Decide refuses it by name.
absl::StatusOr<domain::ResumeOrders> OpenResumed(Handlers::Impl& impl, const Caller& caller,
                                                 const ResumeOrdersRequest& request) {
  EAGLE_RETURN_IF_ERROR(CheckNamed(request));
  const auto published = impl.published();
  const domain::Directory& directory = *published->directory;
  EAGLE_ASSIGN_OR_RETURN(trust::ParsedHead parsed, trust::ParseHead(request.head()));
  EAGLE_RETURN_IF_ERROR(trust::ExpectHead(parsed.head, MEMBER_TYPE_ORDER, directory.founding().environment()));
  if (parsed.head.signer() != caller.code) {
    return Fail(Reason::kSignerNotCaller, "the head is signed for another organisation")
        .At("head.signer", "must be the caller's own code");
  }
  const std::vector<trust::CandidateKey> keys = OfficersOf(directory, caller.code);
  EAGLE_ASSIGN_OR_RETURN(const std::vector<uint64_t> signed_by,
                         trust::CheckSignatures(parsed, keys, impl.ports.checker));
  domain::ResumeOrders command{.court = caller.court};
  for (uint64_t id : signed_by) command.signed_head.keys.push_back(keys[id].key);
  command.signed_head.head_digest = journal::View(parsed.head_digest);
  command.signed_head.head = std::move(parsed.head);
  command.signed_head.envelope = std::move(parsed.envelope);
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl.Journal());
  const auto open = [&]() -> absl::StatusOr<JournalReader*> { return &journal; };
  for (const std::string& id : request.order_ids()) {
    domain::OrderMember member;
    member.parsed.set_order_id(id);
    std::string digest;
    const absl::StatusOr<domain::Order> order = journal.OrderById(caller.court, id);
    if (order.ok()) {
      EAGLE_ASSIGN_OR_RETURN(const auto task, impl.travel.TaskOf(order->seq, open));
      member.bytes = task->member;
      EAGLE_ASSIGN_OR_RETURN(member.parsed, trust::ParseStrict<v1::Order>(task->member));
      digest = order->digest;
    } else if (ReasonOf(order.status()) != Reason::kNotFound) {
      return order.status();
    }
    command.signed_head.digests.push_back(std::move(digest));
    command.members.push_back(std::move(member));
  }
  return command;
}

}  // namespace

absl::StatusOr<ListOrdersOfKeyResponse> Handlers::ListOrdersOfKey(const Caller& caller,
                                                                  const ListOrdersOfKeyRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.OrderService/ListOrdersOfKey"));
  EAGLE_ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size()));
  const auto published = impl_->published();
  ListOrdersOfKeyResponse response;
  EAGLE_ASSIGN_OR_RETURN(const std::string subject, SubjectAsked(*published->directory, caller, request));
  response.set_subject(subject);
  const absl::Time since = domain::FromProto(request.since());
  const TokenScope scope{"ListOrdersOfKey", caller, subject + "\n" + std::to_string(domain::Micros(since))};
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
  const uint64_t end = std::min(published->edge->size(), journal.size());
  EAGLE_ASSIGN_OR_RETURN(const uint64_t first, FirstSince(journal, end, since));
  EAGLE_ASSIGN_OR_RETURN(uint64_t next, OpenNumberToken(impl_->ports.key_ring, scope, request.page_token(), first));
  SignedBy signed_by(*published, journal, subject);
  const uint64_t stop = std::min(end, next + kEntriesOfKeyLookedAt);
  while (next < stop && static_cast<size_t>(response.orders_size() + response.receipts_size()) < page_size)
    EAGLE_RETURN_IF_ERROR(signed_by.Look(next++, first, response));
  if (next < end) response.set_next_page_token(MakeNumberToken(impl_->ports.key_ring, scope, next));
  return response;
}

void Handlers::ResumeOrders(const Caller& caller, ResumeOrdersRequest request, Reply<ResumeOrdersResponse> reply) {
  if (absl::Status may = MayCall(caller, "/goldeneagle.v1.OrderService/ResumeOrders"); !may.ok()) return reply(may);
  auto command = OpenResumed(*impl_, caller, request);
  if (!command.ok()) return reply(command.status());
  impl_->Submit<ResumeOrdersResponse>(
      *std::move(command), reply, [impl = impl_, reply](const domain::Result& result, const core::CommitView& commit) {
        if (!result.status.ok()) return reply(result.status);
        ResumeOrdersResponse response;
        for (const domain::MemberResult& member : result.members) {
          ResumeResult* out = response.add_results();
          out->set_order_id(member.id);
          if (member.refusal) {
            *out->mutable_refusal() = RefusalView(*member.refusal, 0);
            continue;
          }
          out->set_journal_index(member.index);
          const auto order = commit.state().ids.find(member.id);
          if (order != commit.state().ids.end()) impl->travel.Resigned(OrderSeq(order->second.index), member.index);
        }
        response.set_checkpoint(commit.checkpoint());
        reply(std::move(response));
      });
}

}  // namespace eagle::api
