#include "adapters/file/store.h"

#include "adapters/sdk/inbox_codec.h"
#include "server/base/assert.h"
#include "server/base/reason.h"

namespace eagle::file {
namespace {

int64_t Number(Family family) { return static_cast<int64_t>(family); }

constexpr char kRequestColumns[] =
    "SELECT request, operation, family, order_digest, coalesce(order_bytes, x''), arrived_us, arrival_sequence,"
    " coalesce(batch, 0), state, coalesce(answer_digest, x''), unit_reference, revision FROM requests";

RequestEntry ReadEntry(Query& query) {
  RequestEntry entry;
  entry.request = query.Text();
  entry.operation = query.Text();
  entry.family = static_cast<Family>(query.Int());
  entry.order_digest = query.Text();
  entry.order_bytes = query.Text();
  entry.arrived_at = query.Time();
  entry.arrival_sequence = static_cast<uint64_t>(query.Int());
  entry.batch = query.Int();
  entry.state = static_cast<RequestState>(query.Int());
  entry.answer_digest = query.Text();
  entry.unit_reference = query.Text();
  entry.revision = static_cast<uint32_t>(query.Int());
  return entry;
}

std::string Selected(const char* condition) { return std::string(kRequestColumns) + condition; }

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> Store::Open(const std::string& path, Steps& steps) {
  EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<Database> database, Database::Open(path, steps));
  return std::unique_ptr<Store>(new Store(std::move(database)));
}

absl::StatusOr<bool> Store::AddRequest(const RequestEntry& entry) {
  const absl::MutexLock lock(&mu_);
  Transaction transaction(*database_);
  {
    Query known = database_->Ask("SELECT order_digest FROM requests WHERE request = ?");
    known.Bind(entry.request);
    if (known.Row()) {
      if (known.Text() == entry.order_digest) return false;
      return Fail(Reason::kOrderIdReused, "the request was made for another order").With("request", entry.request);
    }
  }
  database_
      ->Ask(
          "INSERT INTO requests (request, operation, family, order_digest, order_bytes, arrived_us, arrival_sequence, "
          "state)"
          " VALUES (?, ?, ?, ?, ?, ?, ?, 0)")
      .Bind(entry.request)
      .Bind(entry.operation)
      .Bind(Number(entry.family))
      .BindBytes(entry.order_digest)
      .BindBytes(entry.order_bytes)
      .Bind(entry.arrived_at)
      .Bind(static_cast<int64_t>(entry.arrival_sequence))
      .Run();
  transaction.Commit();
  return true;
}

std::optional<RequestEntry> Store::FindRequest(std::string_view request) {
  const absl::MutexLock lock(&mu_);
  Query query = database_->Ask(Selected(" WHERE request = ?").c_str());
  query.Bind(request);
  if (!query.Row()) return std::nullopt;
  return ReadEntry(query);
}

std::vector<RequestEntry> Store::Unsent(Family family, size_t limit) {
  const absl::MutexLock lock(&mu_);
  Query query =
      database_->Ask(Selected(" WHERE family = ? AND batch IS NULL ORDER BY arrival_sequence LIMIT ?").c_str());
  query.Bind(Number(family)).Bind(static_cast<int64_t>(limit));
  std::vector<RequestEntry> out;
  while (query.Row()) out.push_back(ReadEntry(query));
  return out;
}

int64_t Store::NextSent(Family family) {
  const absl::MutexLock lock(&mu_);
  Query query = database_->Ask("SELECT coalesce(max(number), 0) + 1 FROM sent WHERE family = ?");
  query.Bind(Number(family)).Row();
  return query.Int();
}

void Store::Seal(const SentBatch& batch, const std::vector<std::string>& requests) {
  const absl::MutexLock lock(&mu_);
  Transaction transaction(*database_);
  database_
      ->Ask("INSERT INTO sent (family, number, file, manifest, rows, state, sealed_us) VALUES (?, ?, ?, ?, ?, 0, ?)")
      .Bind(Number(batch.family))
      .Bind(batch.number)
      .BindBytes(batch.file)
      .BindBytes(batch.manifest)
      .Bind(batch.rows)
      .Bind(batch.sealed_at)
      .Run();
  for (const std::string& request : requests) {
    const int changed = database_->Ask("UPDATE requests SET batch = ? WHERE request = ? AND batch IS NULL")
                            .Bind(batch.number)
                            .Bind(request)
                            .Run();
    GATEWAY_ASSERT(changed == 1, "a request goes into one batch");
  }
  transaction.Commit();
}

std::vector<SentBatch> Store::OpenSent(Family family) {
  const absl::MutexLock lock(&mu_);
  Query query = database_->Ask(
      "SELECT number, file, manifest, rows, state, sealed_us, note FROM sent WHERE family = ? AND state IN (0, 1, 3) "
      "ORDER BY number");
  query.Bind(Number(family));
  std::vector<SentBatch> out;
  while (query.Row()) {
    SentBatch& batch = out.emplace_back();
    batch.family = family;
    batch.number = query.Int();
    batch.file = query.Text();
    batch.manifest = query.Text();
    batch.rows = query.Int();
    batch.state = static_cast<SentState>(query.Int());
    batch.sealed_at = query.Time();
    batch.note = query.Text();
  }
  return out;
}

void Store::SetSent(Family family, int64_t number, SentState state, std::string_view note, absl::Time at) {
  const absl::MutexLock lock(&mu_);
  Transaction transaction(*database_);
  database_->Ask("UPDATE sent SET state = ?, note = ?, answered_us = ? WHERE family = ? AND number = ?")
      .Bind(static_cast<int64_t>(state))
      .Bind(note)
      .Bind(at)
      .Bind(Number(family))
      .Bind(number)
      .Run();
  transaction.Commit();
}

int64_t Store::NextTaken(Family family) {
  const absl::MutexLock lock(&mu_);
  Query query = database_->Ask("SELECT coalesce(max(number), 0) + 1 FROM taken WHERE family = ?");
  query.Bind(Number(family)).Row();
  return query.Int();
}

std::optional<TakenBatch> Store::FindTaken(Family family, int64_t number) {
  const absl::MutexLock lock(&mu_);
  Query query = database_->Ask(
      "SELECT state, manifest_sha256, receipt, taken_us, note FROM taken WHERE family = ? AND number = ?");
  query.Bind(Number(family)).Bind(number);
  if (!query.Row()) return std::nullopt;
  TakenBatch batch{.family = family, .number = number};
  batch.given_up = query.Int() != 0;
  batch.manifest_sha256 = query.Text();
  batch.receipt = query.Text();
  batch.taken_at = query.Time();
  batch.note = query.Text();
  return batch;
}

void Store::AddTaken(const TakenBatch& batch) {
  database_
      ->Ask(
          "INSERT INTO taken (family, number, state, manifest_sha256, receipt, file, taken_us, note) VALUES (?, ?, ?, "
          "?, ?, ?, ?, ?)")
      .Bind(Number(batch.family))
      .Bind(batch.number)
      .Bind(batch.given_up ? int64_t{1} : int64_t{0})
      .Bind(batch.manifest_sha256)
      .BindBytes(batch.receipt)
      .BindBytes(batch.file)
      .Bind(batch.taken_at)
      .Bind(batch.note)
      .Run();
}

void Store::Take(const TakenBatch& batch, const std::vector<TakenAnswer>& answers) {
  const absl::MutexLock lock(&mu_);
  Transaction transaction(*database_);
  AddTaken(batch);
  for (const TakenAnswer& answer : answers) {
    database_
        ->Ask(
            "UPDATE requests SET state = ?1, answer_digest = CASE WHEN length(?2) = 0 THEN answer_digest ELSE ?2 END,"
            " answered_us = ?3, unit_reference = CASE WHEN ?4 = '' THEN unit_reference ELSE ?4 END,"
            " revision = max(revision, ?5) WHERE request = ?6")
        .Bind(static_cast<int64_t>(answer.state))
        .BindBytes(answer.answer_digest)
        .Bind(batch.taken_at)
        .Bind(answer.unit_reference)
        .Bind(static_cast<int64_t>(answer.revision))
        .Bind(answer.request)
        .Run();
    database_->Ask("INSERT INTO changes (change, at_us) VALUES (?, ?)")
        .BindBytes(sdk::EncodeChange(answer.change))
        .Bind(batch.taken_at)
        .Run();
  }
  transaction.Commit();
}

// ---- What the agency states

std::optional<Statement> Store::ReadStatement(const char* condition, std::string_view day) {
  Query query =
      database_->Ask((std::string("SELECT day, as_of_us, answered, number, complete, given,"
                                  " answered > (SELECT coalesce(max(number), 0) FROM taken WHERE family = ?1),"
                                  " (SELECT count(*) FROM stated WHERE stated.day = statements.day) FROM statements ") +
                      condition)
                         .c_str());
  query.Bind(Number(Family::kControl));
  if (!day.empty()) query.Bind(day);
  if (!query.Row()) return std::nullopt;
  Statement out;
  out.day = query.Text();
  out.as_of = query.Time();
  out.answered = query.Int();
  out.number = query.Int();
  out.complete = query.Int() != 0;
  out.given = query.Int();
  out.awaits_answers = query.Int() != 0;
  out.lines = query.Int();
  return out;
}

std::optional<Statement> Store::FindStatement(std::string_view day) {
  const absl::MutexLock lock(&mu_);
  return ReadStatement("WHERE day = ?2", day);
}

std::optional<Statement> Store::LastStatement() {
  const absl::MutexLock lock(&mu_);
  return ReadStatement("ORDER BY day DESC LIMIT 1", "");
}

bool Store::GoesOn(const StatedBatch& stated) {
  const auto before = FindStatement(stated.day);
  return before && !before->complete && absl::ToUnixMicros(before->as_of) == absl::ToUnixMicros(stated.as_of);
}

bool Store::HasLine(std::string_view day, std::string_view request) {
  const absl::MutexLock lock(&mu_);
  Query query = database_->Ask("SELECT 1 FROM stated WHERE day = ? AND request = ?");
  query.Bind(day).Bind(request);
  return query.Row();
}

void Store::TakeStated(const TakenBatch& batch, const StatedBatch& stated) {
  const bool goes_on = GoesOn(stated);
  const absl::MutexLock lock(&mu_);
  Transaction transaction(*database_);
  AddTaken(batch);
  if (!goes_on) database_->Ask("DELETE FROM stated WHERE day = ?").Bind(stated.day).Run();
  database_
      ->Ask(
          "INSERT INTO statements (day, as_of_us, answered, number, complete) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT "
          "(day) DO UPDATE SET as_of_us = ?2, answered = ?3, number = ?4, complete = ?5")
      .Bind(stated.day)
      .Bind(stated.as_of)
      .Bind(stated.answered)
      .Bind(batch.number)
      .Bind(stated.last ? int64_t{1} : int64_t{0})
      .Run();
  for (const auto& [request, measure] : stated.lines) {
    database_->Ask("INSERT INTO stated (day, request, measure) VALUES (?, ?, ?)")
        .Bind(stated.day)
        .Bind(request)
        .BindBytes(measure.SerializeAsString())
        .Run();
  }
  transaction.Commit();
}

std::vector<std::pair<std::string, goldeneagle::v1::MeasureState>> Store::Lines(std::string_view day) {
  const absl::MutexLock lock(&mu_);
  Query query = database_->Ask("SELECT request, measure FROM stated WHERE day = ? ORDER BY request");
  query.Bind(day);
  std::vector<std::pair<std::string, goldeneagle::v1::MeasureState>> out;
  while (query.Row()) {
    auto& [request, measure] = out.emplace_back();
    request = query.Text();
    GATEWAY_ASSERT(measure.ParseFromString(query.Text()), "a line of a statement can't be read: the file is damaged");
  }
  return out;
}

void Store::SetGiven(std::string_view day, int64_t number) {
  const absl::MutexLock lock(&mu_);
  Transaction transaction(*database_);
  database_->Ask("UPDATE statements SET given = ? WHERE day = ?").Bind(number).Bind(day).Run();
  transaction.Commit();
}

std::vector<sdk::RegisterChange> Store::Changes(uint64_t after, size_t limit) {
  const absl::MutexLock lock(&mu_);
  Query query = database_->Ask("SELECT sequence, change FROM changes WHERE sequence > ? ORDER BY sequence LIMIT ?");
  query.Bind(static_cast<int64_t>(after)).Bind(static_cast<int64_t>(limit));
  std::vector<sdk::RegisterChange> out;
  while (query.Row()) {
    const auto sequence = static_cast<uint64_t>(query.Int());
    auto change = sdk::DecodeChange(query.Text());
    GATEWAY_ASSERT(change.has_value(),
                   "a change of the exchange can't be read: the file is damaged, or of another version");
    change->sequence = sequence;
    out.push_back(*std::move(change));
  }
  return out;
}

void Store::Prune(absl::Time before, uint64_t told) {
  const absl::MutexLock lock(&mu_);
  Transaction transaction(*database_);
  int changed =
      database_
          ->Ask(
              "UPDATE requests SET order_bytes = NULL WHERE order_bytes IS NOT NULL AND state = 2 AND answered_us < ?")
          .Bind(before)
          .Run();
  changed +=
      database_
          ->Ask("UPDATE sent SET file = x'', manifest = x'' WHERE state = 2 AND answered_us < ? AND length(file) > 0")
          .Bind(before)
          .Run();
  changed += database_->Ask("UPDATE taken SET file = x'' WHERE taken_us < ? AND length(file) > 0").Bind(before).Run();
  changed += database_->Ask("DELETE FROM stated WHERE day IN (SELECT day FROM statements WHERE as_of_us < ?)")
                 .Bind(before)
                 .Run();
  changed += database_->Ask("DELETE FROM statements WHERE as_of_us < ?").Bind(before).Run();
  changed += database_->Ask("DELETE FROM changes WHERE sequence <= ? AND at_us < ?")
                 .Bind(static_cast<int64_t>(told))
                 .Bind(before)
                 .Run();
  if (changed > 0) transaction.Commit();
}

FamilyCounts Store::Counts(Family family) {
  FamilyCounts counts;
  counts.last_sent = NextSent(family) - 1;
  counts.last_taken = NextTaken(family) - 1;
  const absl::MutexLock lock(&mu_);
  Query query = database_->Ask(
      "SELECT count(*) FILTER (WHERE batch IS NULL), count(*), coalesce(min(arrived_us), 0) FROM requests WHERE family "
      "= ? AND state < 2");
  query.Bind(Number(family)).Row();
  counts.waiting = query.Int();
  counts.open = query.Int();
  const int64_t oldest = query.Int();
  if (counts.open > 0) counts.oldest_open = absl::FromUnixMicros(oldest);
  return counts;
}

}  // namespace eagle::file
