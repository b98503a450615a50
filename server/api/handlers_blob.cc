// Papers: putting, and getting by those whom they were put for.
#include <algorithm>

#include "goldeneagle/v1/entry.pb.h"
#include "server/api/audited.h"
#include "server/api/impl.h"
#include "server/api/papers.h"
#include "server/api/tags.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

absl::Status NoSuchPaper() { return Fail(Reason::kNotFound, "no paper of the caller's has this name"); }

// An order that was handed out to the calling agency.
absl::StatusOr<domain::Order> OrderHandedOut(const Caller& caller, const std::string& order_id,
                                             JournalReader& journal) {
  const auto none = [] { return Fail(Reason::kNotFound, "no order that the caller has received has this id"); };
  EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::IdUse> use, journal.UseOf(order_id));
  if (!use) return none();
  EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Order> order, journal.OrderAt(OrderSeq(use->index)));
  if (!order || order->order_id != order_id || !order->delivered.Contains(caller.agency)) return none();
  return *order;
}

// The case that keeps what the caller puts.
absl::StatusOr<domain::Case> CaseToPutInto(Handlers::Impl& impl, const Caller& caller,
                                           const PutBlobPartRequest& request) {
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl.Journal());
  std::optional<CaseSeq> seq;
  if (caller.role == Role::kAgency) {
    EAGLE_ASSIGN_OR_RETURN(const domain::Order order, OrderHandedOut(caller, request.order_id(), journal));
    seq = order.case_seq;
  } else {
    EAGLE_ASSIGN_OR_RETURN(seq, journal.CaseNumbered(caller.court, CaseNumberTags(impl.ports.key_ring, caller.code,
                                                                                  request.case_number())));
  }
  std::optional<domain::Case> of;
  if (seq) {
    EAGLE_ASSIGN_OR_RETURN(of, journal.CaseRow(*seq));
  }
  if (!of) return Fail(Reason::kNotFound, "the court has no such case here");
  if (of->erased()) return Fail(Reason::kErased, "the case was erased");
  return *of;
}

// What is said of the whole content, by the policy in force. All that is wrong, at once.
absl::StatusOr<blobs::BlobStore::Facts> FactsOf(const PutBlobPartRequest& request, const domain::Policy* policy) {
  if (policy == nullptr || !policy->table().has_papers())
    return Fail(Reason::kPapersNotTaken, "the policy in force has no row for papers");
  const PapersRow& row = policy->table().papers();
  const auto type = blobs::MediaTypeNamed(request.media_type());
  Violations wrong;
  if (request.digest().size() != 32) wrong.Add("digest", Reason::kFieldMissing, "SHA-256 of the whole content");
  if (request.size_bytes() == 0) wrong.Add("size_bytes", Reason::kFieldMissing, "of the whole content");
  if (request.size_bytes() > row.size_bytes_max())
    wrong.Add("size_bytes", Reason::kBlobTooLarge,
              "at most " + std::to_string(row.size_bytes_max()) + " bytes by the policy's row for papers");
  if (!type ||
      std::find(row.media_types().begin(), row.media_types().end(), request.media_type()) == row.media_types().end())
    wrong.Add("media_type", Reason::kBlobTypeRefused, "not a type of the policy's row for papers");
  if (!wrong.empty()) return wrong.ToStatus("the paper can't be taken");
  return blobs::BlobStore::Facts{.size = request.size_bytes(), .type = *type};
}

// Who put the content that a court reads: the court itself, else the first agency that did.
absl::StatusOr<AgencyOrdinal> OwnerFor(const blobs::BlobStore& papers, const domain::Case& of,
                                       const std::string& digest) {
  EAGLE_ASSIGN_OR_RETURN(const auto own, papers.Find(PlaceIn(of, digest)));
  if (own) return AgencyOrdinal();
  EAGLE_ASSIGN_OR_RETURN(const std::vector<AgencyOrdinal> owners, papers.OwnersOf(PlaceIn(of, digest)));
  if (owners.empty()) return NoSuchPaper();
  return owners.front();
}

// Whose content of this digest an agency gets under an order: the court's when the order names it, else its own.
absl::StatusOr<AgencyOrdinal> OwnerUnder(Handlers::Impl& impl, const Caller& caller, const domain::Order& order,
                                         const std::string& digest, JournalReader& journal) {
  EAGLE_ASSIGN_OR_RETURN(const std::shared_ptr<const TaskBytes> task,
                         impl.travel.TaskOf(order.seq, [&]() -> absl::StatusOr<JournalReader*> { return &journal; }));
  v1::Order said;
  if (!said.ParseFromString(task->member)) return NoSuchPaper();
  const bool named = std::any_of(said.instruments().begin(), said.instruments().end(),
                                 [&](const Instrument& paper) { return paper.digest() == digest; });
  return named ? AgencyOrdinal() : caller.agency;
}

template <typename Response>
Response ResponseOf(blobs::BlobStore::Part part) {
  Response response;
  response.set_content(std::move(part.content));
  response.set_size_bytes(part.facts.size);
  response.set_media_type(std::string(blobs::NameOf(part.facts.type)));
  return response;
}

// One read: this ticket, this content.
std::string ReadOf(const trust::OpenedTicket& ticket, const domain::Case& of, const std::string& digest) {
  return ticket.digest + digest + of.key_id;
}
bool IsOnRecord(Handlers::Impl& impl, const std::string& read) {
  absl::MutexLock lock(&impl.paper_mu);
  return impl.paper_reads.contains(read);
}
void PutOnRecord(Handlers::Impl& impl, const std::string& read) {
  absl::MutexLock lock(&impl.paper_mu);
  if (!impl.paper_reads.insert(read).second) return;
  impl.paper_reads_oldest_first.push_back(read);
  if (impl.paper_reads.size() <= Handlers::Impl::kPaperReadsMax) return;
  impl.paper_reads.erase(impl.paper_reads_oldest_first.front());
  impl.paper_reads_oldest_first.pop_front();
}

struct PreparedRead {
  GetBlobPartResponse response;
  std::string read;
  std::optional<domain::RecordAccess> record;  // absent: the read is on record
};

absl::StatusOr<PreparedRead> PrepareRead(Handlers::Impl& impl, const Caller& caller,
                                         const GetBlobPartRequest& request) {
  constexpr std::string_view kMethod = "/goldeneagle.v1.BlobService/GetBlobPart";
  EAGLE_RETURN_IF_ERROR(MayCall(caller, kMethod));
  EAGLE_ASSIGN_OR_RETURN(trust::OpenedTicket ticket, TakeTicket(impl, caller, request.officer_ticket()));
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl.Journal());
  EAGLE_ASSIGN_OR_RETURN(const domain::Case of,
                         CaseToRead(impl, caller, kMethod, request.court(), request.case_number(), ticket, journal));
  if (of.erased()) return Fail(Reason::kErased, "the case was erased");
  if (impl.ports.papers == nullptr || request.digest().size() != 32) return NoSuchPaper();
  EAGLE_ASSIGN_OR_RETURN(const std::string key, impl.ports.keys.KeyOf(of.key_id));
  EAGLE_ASSIGN_OR_RETURN(const AgencyOrdinal owner, OwnerFor(*impl.ports.papers, of, request.digest()));
  EAGLE_ASSIGN_OR_RETURN(blobs::BlobStore::Part part,
                         impl.ports.papers->Get(PlaceIn(of, request.digest(), owner), key, request.part()));
  PreparedRead out{.response = ResponseOf<GetBlobPartResponse>(std::move(part)),
                   .read = ReadOf(ticket, of, request.digest())};
  if (IsOnRecord(impl, out.read)) return out;
  EAGLE_ASSIGN_OR_RETURN(const domain::Case folded, journal.FoldedCase(of.seq));
  if (!folded.readable) return Fail(Reason::kErased, "the case was erased");
  out.record = AccessBy(impl.ports.key_ring, caller, "GetBlobPart", std::move(ticket));
  out.record->case_seq = of.seq;
  out.record->blob_digest = request.digest();
  out.record->rows = 1;
  for (const auto& respondent : folded.open.respondents())
    out.record->subject_tags.push_back(SubjectTag(impl.ports.key_ring, respondent.identity()));
  return out;
}

}  // namespace

absl::StatusOr<PutBlobPartResponse> Handlers::PutBlobPart(const Caller& caller, const PutBlobPartRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.BlobService/PutBlobPart"));
  EAGLE_ASSIGN_OR_RETURN(const domain::Case of, CaseToPutInto(*impl_, caller, request));
  EAGLE_ASSIGN_OR_RETURN(const blobs::BlobStore::Facts facts, FactsOf(request, impl_->published()->policy.get()));
  if (impl_->ports.papers == nullptr) return Fail(Reason::kUnavailable, "this gateway keeps no papers");
  EAGLE_ASSIGN_OR_RETURN(const std::string key, impl_->ports.keys.KeyOf(of.key_id));
  const AgencyOrdinal owner = caller.role == Role::kAgency ? caller.agency : AgencyOrdinal();
  EAGLE_ASSIGN_OR_RETURN(
      const blobs::BlobStore::Progress now,
      impl_->ports.papers->Put(PlaceIn(of, request.digest(), owner), facts, key, request.part(), request.content()));
  PutBlobPartResponse response;
  response.set_complete(now.complete);
  for (const uint32_t part : now.missing) response.add_parts_missing(part);
  return response;
}

void Handlers::GetBlobPart(const Caller& caller, GetBlobPartRequest request, Reply<GetBlobPartResponse> reply) {
  auto prepared = PrepareRead(*impl_, caller, request);
  if (!prepared.ok()) return reply(prepared.status());
  if (!prepared->record) return reply(std::move(prepared->response));
  RecordThenReply<GetBlobPartResponse>(
      impl_, caller, *std::move(prepared->record), std::move(prepared->response),
      [impl = impl_, read = std::move(prepared->read), reply](absl::StatusOr<GetBlobPartResponse> response) {
        if (response.ok()) PutOnRecord(*impl, read);
        reply(std::move(response));
      });
}

absl::StatusOr<PullBlobPartResponse> Handlers::PullBlobPart(const Caller& caller, const PullBlobPartRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.BlobService/PullBlobPart"));
  const auto part = [&]() -> absl::StatusOr<blobs::BlobStore::Part> {
    EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
    EAGLE_ASSIGN_OR_RETURN(const domain::Order order, OrderHandedOut(caller, request.order_id(), journal));
    EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Case> of, journal.CaseRow(order.case_seq));
    if (impl_->ports.papers == nullptr || !of || of->erased() || request.digest().size() != 32) return NoSuchPaper();
    EAGLE_ASSIGN_OR_RETURN(const AgencyOrdinal owner, OwnerUnder(*impl_, caller, order, request.digest(), journal));
    EAGLE_ASSIGN_OR_RETURN(const std::string key, impl_->ports.keys.KeyOf(of->key_id));
    return impl_->ports.papers->Get(PlaceIn(*of, request.digest(), owner), key, request.part());
  }();
  if (part.ok()) return ResponseOf<PullBlobPartResponse>(*part);
  // What isn't there, isn't whole, was erased and isn't the caller's look alike.
  const Reason why = ReasonOf(part.status());
  if (why == Reason::kNotFound || why == Reason::kErased) return NoSuchPaper();
  return part.status();
}

}  // namespace eagle::api
