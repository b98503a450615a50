// eagle order resume: a paused order is signed anew, under the same head.
#include "client/cli/commands.h"
#include "client/cli/order_flags.h"
#include "client/cli/orders.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

struct ResumeFlags {
  std::string order, from, out, draft;
  Signing signing;
};

// The batch of ours that holds the order, without the signatures that it had.
absl::StatusOr<Draft> DraftAnew(Session& session, const ResumeFlags& flags) {
  if (!flags.from.empty()) {
    EAGLE_ASSIGN_OR_RETURN(const Draft had, Draft::Read(flags.from));
    v1::SignedBatch batch = had.batch();
    batch.mutable_head()->clear_signatures();
    return Draft::FromBatch(std::move(batch));
  }
  EAGLE_ASSIGN_OR_RETURN(const std::string id, OrderIdOf(flags.order));
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(const std::vector<OutboxItem> sent, desk->outbox().Answered());
  for (const OutboxItem& item : sent) {
    if (item.member_type != v1::MEMBER_TYPE_ORDER) continue;
    for (const std::string& member : item.batch.members()) {
      v1::Order order;
      if (!order.ParseFromString(member) || order.order_id() != id) continue;
      v1::SignedBatch batch = item.batch;
      batch.mutable_head()->clear_signatures();
      return Draft::FromBatch(std::move(batch));
    }
  }
  return Fail(Reason::kOrderUnknown,
              "the outbox of this desk has no such order: name the file that was sent with --from");
}

absl::Status Prepare(Session& session, const ResumeFlags& flags) {
  if (flags.out.empty()) return Fail(Reason::kFieldMissing, "--out: the draft that the officers sign");
  EAGLE_ASSIGN_OR_RETURN(Draft draft, DraftAnew(session, flags));
  EAGLE_RETURN_IF_ERROR(draft.Write(flags.out));
  if (!flags.signing.nobody()) return SignDraft(session, flags.out, flags.signing);
  EAGLE_ASSIGN_OR_RETURN(const Document document, DescribeDraft(session, draft));
  return session.Print(document);
}

// Those of the draft's orders that stand still somewhere.
absl::StatusOr<v1::ResumeOrdersRequest> PausedOf(Gateway& gateway, const Draft& draft) {
  v1::ResumeOrdersRequest request;
  *request.mutable_head() = draft.batch().head();
  for (const std::string& member : draft.members()) {
    v1::Order order;
    if (!order.ParseFromString(member)) return Fail(Reason::kMemberTypeUnknown, "the draft holds no orders");
    v1::GetOrderRequest asked;
    asked.set_order_id(order.order_id());
    EAGLE_ASSIGN_OR_RETURN(const v1::GetOrderResponse found, gateway.GetOrder(asked));
    if (found.order().paused()) request.add_order_ids(order.order_id());
  }
  if (request.order_ids().empty()) return Fail(Reason::kOrderNotPaused, "no order of the draft is paused");
  return request;
}

absl::Status Submit(Session& session, const ResumeFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const Draft draft, Draft::Read(flags.draft));
  if (!draft.is_signed())
    return Fail(Reason::kSignaturesMissing, "nobody has signed the draft: eagle order sign " + flags.draft);
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const v1::ResumeOrdersRequest request, PausedOf(*gateway, draft));
  EAGLE_ASSIGN_OR_RETURN(const v1::ResumeOrdersResponse response, gateway->ResumeOrders(request));
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_RETURN_IF_ERROR(desk->Observe(response.checkpoint(), *gateway).status());
  Table results("results", {{"order_id"}, {"result"}, {"journal_index", kRight}});
  Table problems = ProblemsTable();
  size_t refused = 0;
  v1::Refusal first;
  for (const v1::ResumeResult& result : response.results()) {
    const bool no = result.has_refusal();
    results.Add(
        {IdCell(result.order_id()), Text(no ? "REFUSED" : "RESUMED"), no ? Nothing() : Count(result.journal_index())});
    if (!no) continue;
    if (refused++ == 0) first = result.refusal();
    AddProblems(problems, IdCell(result.order_id()).text, result.refusal());
  }
  Document document;
  document.Add(std::move(results));
  document.Add(std::move(problems));
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  return RefusedStatus(refused, static_cast<size_t>(response.results_size()), first);
}

absl::Status Resume(Session& session, const ResumeFlags& flags) {
  if (flags.draft.empty() == (flags.order.empty() && flags.from.empty()))
    return Fail(Reason::kFieldMissing, "an order to be signed anew, or --draft with the signatures to submit");
  return flags.draft.empty() ? Prepare(session, flags) : Submit(session, flags);
}

}  // namespace

void AddOrderResume(Verb& order) {
  auto flags = std::make_shared<ResumeFlags>();
  Verb resume = order.Add("resume", "Have a paused order signed anew, under the same head, and go out again.",
                          "eagle order resume 01920d5c-8f00-7000-8000-000000000001 --out anew.draft --sign 001\n"
                          "eagle order sign anew.draft --sign 004\n"
                          "eagle order resume --draft anew.draft");
  resume.Text("ORDER", &flags->order, "order id: its batch is taken from the outbox");
  resume.Text("--from", &flags->from, "the file that was sent, where the outbox is another's");
  resume.Text("--out", &flags->out, "draft to write: the same head without signatures");
  resume.Text("--draft", &flags->draft, "submit this draft, once enough officers have signed");
  SigningFlags(resume, flags->signing);
  resume.Do([flags](Session& session) { return Resume(session, *flags); });
}

}  // namespace eagle::client
