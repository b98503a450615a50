// The daily statement 每日对账: once a civil day what stands here is taken of one instant, signed in parts and kept,
// and sent after the receipts of all that had happened until then. A day that was missed is made up for while it is the
// last one.
#include <algorithm>
#include <vector>

#include "absl/time/civil_time.h"
#include "adapters/sdk/agent.h"
#include "adapters/sdk/position.h"
#include "adapters/sdk/position_rows.h"
#include "server/base/reason.h"
#include "server/trust/make_batch.h"
#include "server/trust/timestamps.h"

namespace eagle::sdk {
namespace {

// Before a statement that was refused is taken anew: people may have to look at it.
constexpr absl::Duration kStateAgainAfter = absl::Minutes(10);
// How often a unit that hands its statements in is asked for one.
constexpr absl::Duration kLookAgainAfter = absl::Seconds(5);

// Measures one by one become parts, in their order.
class PartWriter {
 public:
  PartWriter(const std::string& agency, const std::string& day) { part_.set_agency(agency), part_.set_day(day); }
  void Add(v1::PositionLine line) {
    const size_t bytes = line.ByteSizeLong() + 8;
    if (part_.lines_size() == kLinesPerPart || (part_.lines_size() > 0 && bytes_ + bytes > kBytesPerPart)) {
      const std::string last = part_.lines(part_.lines_size() - 1).order_id();
      part_.set_up_to(last);
      parts_.push_back(part_);
      part_.clear_lines(), part_.clear_up_to(), part_.set_after(last);
      bytes_ = 0;
    }
    bytes_ += bytes;
    *part_.add_lines() = std::move(line);
  }
  std::vector<std::string> Take(absl::Time as_of) {
    parts_.push_back(std::move(part_));
    std::vector<std::string> out;
    for (v1::Position& part : parts_) {
      *part.mutable_as_of() = trust::TimestampOf(as_of);
      out.push_back(part.SerializeAsString());
    }
    return out;
  }

 private:
  v1::Position part_;
  size_t bytes_ = 0;
  std::vector<v1::Position> parts_;
};

}  // namespace

// The last civil day whose statement is due: at `position_hour` of the day after.
std::string Agent::DayToState() {
  const absl::Time then = Wall() - absl::Hours(static_cast<int64_t>(config_.position_hour));
  return absl::FormatCivilTime(absl::ToCivilDay(then, config_.zone) - 1);
}

void Agent::StateDay() {
  if (ports_.positions == nullptr || draining_ || session_ != Session::kUp || Monotonic() < next_position_) return;
  const std::string day = DayToState();
  next_position_ = Monotonic() + kLookAgainAfter;
  // Days as text sort as they follow.
  if (stated_day_ > day || (stated_day_ == day && !ports_.positions->IsRestated(day))) return;
  PartWriter writer(config_.agency, day);
  std::optional<absl::Time> as_of;
  {
    Unit unit(ports_.inbox);
    const auto visited = ports_.positions->VisitPositions(
        {day, Wall()}, *unit.transaction, [&](const Operation& operation, const v1::MeasureState& state) {
          v1::PositionLine line;
          line.set_order_id(operation.order_id);
          *line.mutable_measure() = state;
          line.mutable_measure()->clear_prior_measures();  // whoever stands before: the court asked for ours
          if (const auto freeze = unit.tables.FindOperation({operation.order_id, config_.agency, 0})) {
            *line.mutable_measure()->mutable_served_at() = trust::TimestampOf(freeze->arrived_at);
            line.mutable_measure()->set_served_sequence(freeze->arrival_sequence);
          }
          writer.Add(std::move(line));
        });
    if (!visited.ok()) {
      ++metrics_.register_errors;
      next_position_ = Monotonic() + config_.backoff_max;
      return;
    }
    as_of = *visited;
  }
  if (!as_of) {
    if (awaited_day_ != day) ++metrics_.positions_awaited;
    awaited_day_ = day;
    return;
  }
  // What the register told until now belongs before the statement.
  do TakeChanges();
  while (stopped_.ok() && register_reachable_ && Monotonic() >= next_changes_);
  if (!stopped_.ok() || !register_reachable_) return;
  Unit unit(ports_.inbox);
  PositionTables tables(*unit.transaction);
  PositionMeta meta = tables.Meta();
  tables.DropParts();
  for (std::string& part : writer.Take(*as_of)) {
    const trust::HeadFields fields = {v1::MEMBER_TYPE_POSITION, config_.environment, config_.agency, ++meta.sequence,
                                      Wall()};
    tables.AddPart(meta.sequence, trust::MakeBatch(fields, {std::move(part)}, {&ports_.signer}));
  }
  meta.day = day;
  meta.after_receipt = unit.tables.Meta().last_receipt_id;
  tables.PutMeta(meta);
  if (!Commit(unit)) return;
  stated_day_ = day;
  may_have_parts_ = true;
  next_position_ = Monotonic();  // its parts go out at once
}

// Whether a receipt up to `id` is still to be recorded. One that the gateway refuses is nothing to wait for.
bool Agent::OwesReceipts(uint64_t id, Unit& unit) {
  const std::vector<ReceiptRow> unsigned_rows = unit.tables.Unsigned(1);
  if (!unsigned_rows.empty() && unsigned_rows.front().id <= id) return true;
  for (auto next = unit.tables.NextPending(0); next; next = unit.tables.NextPending(*next)) {
    const BatchRow batch = unit.tables.Batch(*next);
    if (batch.receipts.front() > id) return false;
    if (refused_batches_.count(*next) == 0) return true;
  }
  return false;
}

void Agent::SendPosition() {
  v1::ReportResultsRequest request;
  {
    Unit unit(ports_.inbox);
    PositionTables tables(*unit.transaction);
    auto part = tables.NextPart();
    may_have_parts_ = part.has_value();
    if (!part || OwesReceipts(tables.Meta().after_receipt, unit)) return;
    part_sent_ = part->first;
    request.set_instance(config_.instance);
    *request.mutable_batch() = std::move(part->second);
  }
  ports_.channel.ReportPosition(Begin(kPosition, config_.call_timeout), request);
}

void Agent::TakePosition(const v1::ReportResultsResponse& response) {
  if (response.results_size() != 1) return Malformed(kPosition, "not one verdict for the one part");
  const v1::ReceiptResult& result = response.results(0);
  const auto reason = ReasonByName(result.reason());
  if (result.verdict() == v1::RECEIPT_VERDICT_UNSPECIFIED ||
      (reason && (*reason == Reason::kBusy || *reason == Reason::kUnavailable || *reason == Reason::kDraining)))
    return Failed(kPosition, Fail(Reason::kBusy, "the gateway couldn't record the statement now"));
  Unit unit(ports_.inbox);
  PositionTables tables(*unit.transaction);
  std::string day = stated_day_;
  if (result.verdict() != v1::RECEIPT_VERDICT_REFUSED) {
    tables.DropPart(part_sent_);
  } else {
    tables.DropParts();
    // A policy without a row for statements: the next day may have one. Anything else: the day is stated anew.
    if (reason != Reason::kActNotProvided) {
      PositionMeta meta = tables.Meta();
      meta.day.clear();
      tables.PutMeta(meta);
      day.clear();
    }
  }
  const bool more = tables.NextPart().has_value();
  if (!Commit(unit)) return;
  may_have_parts_ = more;
  stated_day_ = day;
  if (result.verdict() == v1::RECEIPT_VERDICT_REFUSED) {
    ++metrics_.positions_refused;
    next_position_ = Monotonic() + kStateAgainAfter;
  } else if (!more) {
    ++metrics_.positions_stated;
  }
}

absl::Status Agent::StateAgain() {
  EAGLE_RETURN_IF_ERROR(stopped_);
  if (ports_.positions == nullptr)
    return Fail(Reason::kCapabilityMissing, "this office states nothing: what stands can't be asked for");
  Unit unit(ports_.inbox);
  ForgetStatedDay(unit);
  if (!Commit(unit)) return stopped_;
  next_position_ = Monotonic();
  return absl::OkStatus();
}

// The gateway's log lost what it had, or people put the books right: the day is stated again.
void Agent::ForgetStatedDay(Unit& unit) {
  PositionTables tables(*unit.transaction);
  PositionMeta meta = tables.Meta();
  meta.day.clear();
  tables.PutMeta(meta);
  tables.DropParts();
  stated_day_.clear();
  may_have_parts_ = false;
}

}  // namespace eagle::sdk
