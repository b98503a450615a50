#include "adapters/file/core.h"

#include "server/base/reason.h"
#include "server/trust/freeze_named.h"

namespace eagle::file {
namespace {

sdk::Answer UnderReview() {
  sdk::Answer answer{.kind = sdk::AnswerKind::kUnderReview};
  answer.items.emplace_back().set_outcome(v1::OUTCOME_UNDER_REVIEW);
  return answer;
}

std::string MetadataOf(const Failure& failure, std::string_view key) {
  for (const auto& [name, value] : failure.metadata) {
    if (name == key) return value;
  }
  return "";
}

// Back to the court, with what these files can't carry.
sdk::Answer NotCarried(const absl::Status& status) {
  const Failure failure = FailureOf(status);
  std::string remark = failure.message;
  for (const std::string_view key : {"field", "character"}) {
    if (const std::string value = MetadataOf(failure, key); !value.empty())
      remark += "; " + std::string(key) + " " + value;
  }
  return sdk::Returned(MetadataOf(failure, "return_reason"), remark);
}

}  // namespace

absl::StatusOr<sdk::Answer> FileCore::Ask(const sdk::Request& request) {
  RequestContext context{.order_digest = request.order_digest, .arrival = request.arrival};
  const absl::StatusOr<Element> row = RequestRow(request.order, context, edge_);
  if (!row.ok()) return NotCarried(row.status());
  RequestEntry entry;
  entry.request = RequestNumber(request.order.order_id());
  entry.operation = request.operation.Text();
  entry.family = FamilyOf(request.order);
  entry.order_digest = std::string(journal::View(request.order_digest));
  entry.order_bytes = request.order.SerializeAsString();
  entry.arrived_at = request.arrival.at;
  entry.arrival_sequence = request.arrival.sequence;
  EAGLE_RETURN_IF_ERROR(store_.AddRequest(entry).status());
  return UnderReview();
}

absl::StatusOr<sdk::Found> FileCore::Find(const sdk::Operation& operation) {
  if (!store_.FindRequest(RequestNumber(operation.order_id)))
    return sdk::Found{.kind = sdk::Found::Kind::kNotDone, .answer = {}};
  return sdk::Found{.kind = sdk::Found::Kind::kDone, .answer = UnderReview()};
}

absl::StatusOr<std::vector<sdk::RegisterChange>> FileCore::Changes(uint64_t after, size_t limit) {
  told_ = after;
  return store_.Changes(after, limit);
}

}  // namespace eagle::file
