#include "adapters/file/desk.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::file {
namespace {

std::string Feedbacks(Family family) { return std::string(TypeOf(family, Part::kFeedback)); }

std::string_view StateName(SentState state) {
  static constexpr std::string_view kNames[] = {"SEALED", "PLACED", "TAKEN", "REFUSED"};
  return kNames[static_cast<int>(state)];
}

// How far the agency's last statement has come, and what the gateway still waits for.
void PutStatement(Store& store, absl::TimeZone zone, sdk::Json& out) {
  sdk::PutList(out, "statement");
  const auto last = store.LastStatement();
  if (!last) return;
  sdk::Json& row = sdk::AddTo(out, "statement");
  sdk::Put(row, "day", last->day);
  sdk::Put(row, "as_of", absl::FormatTime(absl::RFC3339_sec, last->as_of, zone));
  sdk::Put(row, "measures", last->lines);
  sdk::Put(row, "last_number_taken", last->number);
  sdk::Put(row, "state",
           !last->complete               ? "ITS LAST BATCH IS MISSING"
           : last->awaits_answers        ? absl::StrCat("WAITS FOR KZFK ", last->answered)
           : last->given != last->number ? "NOT HANDED ON YET"
                                         : "HANDED ON");
}

sdk::Json Status(Store& store, Exchange& exchange, const std::string& agency, absl::TimeZone zone) {
  sdk::Json out;
  for (const Family family : kAskingFamilies) {
    const FamilyCounts counts = store.Counts(family);
    sdk::Json& row = sdk::AddTo(out, "families");
    sdk::Put(row, "requests", TypeOf(family, Part::kRequest));
    sdk::Put(row, "waiting_for_a_batch", counts.waiting);
    sdk::Put(row, "without_last_word", counts.open);
    if (counts.oldest_open)
      sdk::Put(row, "oldest_arrived_at", absl::FormatTime(absl::RFC3339_sec, *counts.oldest_open, zone));
    sdk::Put(row, "last_number_sent", counts.last_sent);
    sdk::Put(row, "last_number_taken", counts.last_taken);
    sdk::PutList(row, "not_received");
    for (const SentBatch& batch : store.OpenSent(family)) {
      sdk::Json& open = sdk::AddTo(row, "not_received");
      sdk::Put(open, "batch", BatchName{family, Part::kRequest, agency, batch.number}.Text());
      sdk::Put(open, "state", StateName(batch.state));
      sdk::Put(open, "requests", batch.rows);
      sdk::Put(open, "sealed_at", absl::FormatTime(absl::RFC3339_sec, batch.sealed_at, zone));
      if (!batch.note.empty()) sdk::Put(open, "why", batch.note);
    }
  }
  PutStatement(store, zone, out);
  sdk::Put(out, "gaps", static_cast<uint64_t>(exchange.Gaps().size()));
  const absl::Status last = exchange.LastRound();
  sdk::Put(out, "last_round",
           last.ok() ? std::string("OK") : std::string(RowOf(ReasonOf(last)).name) + ": " + FailureOf(last).message);
  return out;
}

sdk::Json Gaps(const Exchange& exchange) {
  sdk::Json out;
  sdk::PutList(out, "gaps");
  for (const Gap& gap : exchange.Gaps()) {
    sdk::Json& row = sdk::AddTo(out, "gaps");
    sdk::Put(row, "family", Feedbacks(gap.family));
    sdk::Put(row, "from", gap.first);
    sdk::Put(row, "to", gap.last);
    sdk::Put(row, "why", gap.refused ? "REFUSED" : "MISSING");
    sdk::Put(row, "batches_behind", gap.waiting);
  }
  return out;
}

absl::StatusOr<sdk::Json> Accept(const sdk::CounterRequest& request, Exchange& exchange) {
  EAGLE_ASSIGN_OR_RETURN(const std::string family, request.Required("family"));
  EAGLE_ASSIGN_OR_RETURN(const std::string up_to, request.Required("up_to"));
  EAGLE_ASSIGN_OR_RETURN(const std::string clerk, request.Required("clerk"));
  int64_t last = 0;
  if (!absl::SimpleAtoi(up_to, &last))
    return Fail(Reason::kFieldInvalid, "not a number of a batch").At("up_to", "see gaps");
  for (const Family each : kFamilies) {
    if (family != Feedbacks(each)) continue;
    EAGLE_RETURN_IF_ERROR(exchange.AcceptGap(each, last, clerk));
    sdk::Json out;
    sdk::Put(out, "family", family), sdk::Put(out, "given_up_to", last);
    return out;
  }
  return Fail(Reason::kFieldInvalid, "not a family that the agency sends").At("family", "CXFK, KZFK or DZFK");
}

}  // namespace

absl::StatusOr<sdk::Json> AskDesk(const sdk::CounterRequest& request, Store& store, Exchange& exchange,
                                  const std::string& agency, absl::TimeZone zone) {
  if (request.command == "exchange status") return Status(store, exchange, agency, zone);
  if (request.command == "gaps") return Gaps(exchange);
  if (request.command == "accept-gap") return Accept(request, exchange);
  if (request.command == "resend") {
    EAGLE_ASSIGN_OR_RETURN(const std::string batch, request.Required("batch"));
    EAGLE_RETURN_IF_ERROR(exchange.Resend(batch));
    sdk::Json out;
    sdk::Put(out, "batch", batch);
    return out;
  }
  return Fail(Reason::kFieldInvalid, "the counter has no such command").At("command", request.command);
}

}  // namespace eagle::file
