#include "client/lib/acceptance.h"

#include <algorithm>
#include <bit>
#include <set>

#include "client/lib/errors.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/base/reason.h"
#include "server/journal/merkle.h"
#include "server/trust/strict.h"
#include "server/trust/timestamps.h"

namespace eagle::client {
namespace {

namespace v1 = ::goldeneagle::v1;

absl::Status Mismatch(std::string_view field, std::string_view why) {
  return AsVerification(Fail(Reason::kAcceptanceMismatch, why).With("field", field));
}

absl::Status NoProof(std::string_view why) { return AsVerification(Fail(Reason::kProofInvalid, why)); }

std::string DigestOf(std::string_view bytes) { return std::string(journal::View(journal::LeafHash(bytes))); }

size_t CountBits(std::string_view bitmap) {
  size_t count = 0;
  for (const char byte : bitmap) count += static_cast<size_t>(std::popcount(static_cast<unsigned char>(byte)));
  return count;
}

std::set<std::string> SetOf(const google::protobuf::RepeatedPtrField<std::string>& list) {
  return {list.begin(), list.end()};
}

// What the answer says about the deadline must be what the leaf says.
absl::Status CheckDeadline(const v1::DeadlineView& view, const v1::OrderAccepted& body) {
  if (trust::TimeOf(view.due_at()) != absl::FromUnixMicros(body.due()))
    return Mismatch("deadline.due_at", "the due time isn't the one in the log");
  if (view.row() != body.deadline_row()) return Mismatch("deadline.row", "the policy row isn't the one in the log");
  if (view.marks_size() != body.marks_size()) return Mismatch("deadline.marks", "the marks aren't those in the log");
  for (int i = 0; i < view.marks_size(); ++i) {
    if (trust::TimeOf(view.marks(i)) != absl::FromUnixMicros(body.marks(i)))
      return Mismatch("deadline.marks", "the marks aren't those in the log");
  }
  return absl::OkStatus();
}

// Request id and digest, which all three bodies of acts on a case have.
template <class Body>
absl::Status CheckCaseBody(const journal::Leaf& leaf, const v1::CaseAct& act, std::string_view bytes) {
  const auto body = trust::ParseTolerant<Body>(leaf.body);
  if (!body.ok()) return AsVerification(body.status());
  if (body->digest() != DigestOf(bytes))
    return Mismatch("digest", "the log holds other bytes than the act that was sent");
  if (body->request_id() != act.request_id()) return Mismatch("request_id", "the entry is about another act");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<journal::Leaf> VerifyLeafInLog(std::string_view leaf_bytes, const v1::InclusionProof& proof,
                                              const journal::Checkpoint& checkpoint) {
  if (proof.size() != checkpoint.size) return NoProof("the proof isn't for the size of the checkpoint");
  if (proof.index() >= proof.size() || proof.hashes_size() > static_cast<int>(journal::kProofHashesMax))
    return NoProof("no such leaf");
  std::vector<journal::Hash> path;
  for (const std::string& bytes : proof.hashes()) {
    const auto hash = journal::HashFrom(bytes);
    if (!hash) return NoProof("a hash of the proof hasn't 32 bytes");
    path.push_back(*hash);
  }
  if (!journal::VerifyInclusion(journal::LeafHash(leaf_bytes), proof.index(), proof.size(), path, checkpoint.root)) {
    return NoProof("the proof doesn't lead from the entry to the signed root");
  }
  auto leaf = journal::DecodeLeaf(leaf_bytes);
  if (!leaf.ok()) return AsVerification(leaf.status());
  if (leaf->index.value() != proof.index()) return NoProof("the leaf's own index isn't its place in the log");
  return *std::move(leaf);
}

absl::StatusOr<VerifiedAcceptance> VerifyAcceptance(std::string_view order_bytes, const v1::Acceptance& acceptance,
                                                    const journal::Checkpoint& checkpoint) {
  EAGLE_ASSIGN_OR_RETURN(const v1::Order order, trust::ParseStrict<v1::Order>(order_bytes));
  EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, VerifyLeafInLog(acceptance.leaf(), acceptance.proof(), checkpoint));
  if (leaf.type != v1::ENTRY_TYPE_ORDER_ACCEPTED)
    return Mismatch("leaf.type", "the entry is no acceptance of an order");
  if (leaf.index.value() != acceptance.order_seq())
    return Mismatch("order_seq", "the order's number isn't the entry's index");
  const auto body = trust::ParseTolerant<v1::OrderAccepted>(leaf.body);
  if (!body.ok()) return AsVerification(body.status());
  if (body->digest() != DigestOf(order_bytes))
    return Mismatch("digest", "the log holds other bytes than the order that was sent");
  if (body->order_id() != order.order_id()) return Mismatch("order_id", "the entry is about another order");
  if (body->action() != order.action() || body->urgency() != order.urgency())
    return Mismatch("action", "action or urgency differ from the order");
  const std::set<std::string> agencies = SetOf(order.agencies());
  if (SetOf(acceptance.agencies()) != agencies) return Mismatch("agencies", "the agencies aren't those of the order");
  if (CountBits(body->targets()) != agencies.size())
    return Mismatch("targets", "the log holds another number of agencies");
  EAGLE_RETURN_IF_ERROR(CheckDeadline(acceptance.deadline(), *body));
  const absl::Time begins = body->begins() == 0 ? absl::InfinitePast() : absl::FromUnixMicros(body->begins());
  if (acceptance.has_begins_at() != (body->begins() != 0) ||
      (body->begins() != 0 && trust::TimeOf(acceptance.begins_at()) != begins))
    return Mismatch("begins_at", "the begin isn't the one in the log");
  if (std::max(begins, leaf.time) < trust::TimeOf(order.not_before()).value_or(absl::InfinitePast()) ||
      (body->begins() != 0 && !order.has_not_before()))
    return Mismatch("begins_at", "the order begins at another time than the court allowed");

  VerifiedAcceptance proved{
      .order_seq = leaf.index.value(), .accepted_at = leaf.time, .due = absl::FromUnixMicros(body->due())};
  proved.begins = begins;
  proved.deadline_row = body->deadline_row();
  proved.policy_version = body->policy_version();
  for (const int64_t mark : body->marks()) proved.marks.push_back(absl::FromUnixMicros(mark));
  proved.marks_permille.assign(body->marks_permille().begin(), body->marks_permille().end());
  return proved;
}

absl::StatusOr<VerifiedCaseAct> VerifyCaseAct(std::string_view act_bytes, const v1::CaseAcceptance& acceptance,
                                              const journal::Checkpoint& checkpoint) {
  EAGLE_ASSIGN_OR_RETURN(const v1::CaseAct act, trust::ParseStrict<v1::CaseAct>(act_bytes));
  EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, VerifyLeafInLog(acceptance.leaf(), acceptance.proof(), checkpoint));
  if (leaf.index.value() != acceptance.journal_index())
    return Mismatch("journal_index", "the act's number isn't the entry's index");
  absl::Status fits = Mismatch("leaf.type", "the entry is of another kind than the act");
  if (leaf.type == v1::ENTRY_TYPE_CASE_OPENED && act.has_open())
    fits = CheckCaseBody<v1::CaseOpened>(leaf, act, act_bytes);
  if (leaf.type == v1::ENTRY_TYPE_CASE_STAGE_CHANGED && act.has_stage())
    fits = CheckCaseBody<v1::CaseStageChanged>(leaf, act, act_bytes);
  if (leaf.type == v1::ENTRY_TYPE_CASE_CAP_CHANGED && act.has_cap())
    fits = CheckCaseBody<v1::CaseCapChanged>(leaf, act, act_bytes);
  if (leaf.type == v1::ENTRY_TYPE_CASE_RESPONDENTS_CHANGED && act.has_respondents())
    fits = CheckCaseBody<v1::CaseRespondentsChanged>(leaf, act, act_bytes);
  EAGLE_RETURN_IF_ERROR(fits);
  return VerifiedCaseAct{leaf.index.value(), leaf.time};
}

}  // namespace eagle::client
