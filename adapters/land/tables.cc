#include "adapters/land/tables.h"

#include "absl/strings/str_cat.h"
#include "adapters/land/query.h"
#include "adapters/sdk/inbox_codec.h"
#include "server/base/assert.h"
#include "server/base/reason.h"

namespace eagle::land {
namespace {

constexpr int64_t kLandSchemaVersion = 2;

constexpr const char* kSchema[] = {
    "CREATE TABLE land_facts (name TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL) STRICT",
    "CREATE TABLE land_units (unit TEXT PRIMARY KEY NOT NULL, location TEXT NOT NULL, use TEXT NOT NULL, nature TEXT "
    "NOT NULL,"
    " area TEXT NOT NULL, registered_on TEXT NOT NULL) STRICT",
    "CREATE TABLE land_holders (unit TEXT NOT NULL REFERENCES land_units, holder INTEGER NOT NULL CHECK (holder > 0),"
    " name TEXT NOT NULL, id_kind TEXT NOT NULL, id_number TEXT NOT NULL, person TEXT NOT NULL,"
    " numerator INTEGER NOT NULL CHECK (numerator > 0), denominator INTEGER NOT NULL CHECK (denominator >= numerator),"
    " co_ownership TEXT NOT NULL, certificate TEXT NOT NULL, PRIMARY KEY (unit, holder)) STRICT, WITHOUT ROWID",
    "CREATE INDEX land_holders_by_person ON land_holders (person, unit)",
    "CREATE TABLE land_mortgages (unit TEXT NOT NULL REFERENCES land_units, certificate TEXT NOT NULL, mortgagee TEXT "
    "NOT NULL,"
    " amount INTEGER NOT NULL CHECK (amount > 0), registered_on TEXT NOT NULL, ends_on TEXT NOT NULL,"
    " PRIMARY KEY (unit, certificate)) STRICT, WITHOUT ROWID",
    "CREATE TABLE land_seals (seal TEXT PRIMARY KEY NOT NULL, unit TEXT NOT NULL, holder INTEGER NOT NULL, authority "
    "TEXT NOT NULL,"
    " document TEXT NOT NULL, served_us INTEGER NOT NULL, served_sequence INTEGER NOT NULL, phase INTEGER NOT NULL,"
    " controls INTEGER NOT NULL CHECK (controls IN (0, 1)), months INTEGER NOT NULL, years INTEGER NOT NULL, from_us "
    "INTEGER,"
    " to_us INTEGER, revision INTEGER NOT NULL, value INTEGER NOT NULL CHECK (value >= 0), order_id BLOB NOT NULL, "
    "agency TEXT NOT NULL,"
    " step INTEGER NOT NULL, FOREIGN KEY (unit, holder) REFERENCES land_holders) STRICT",
    "CREATE INDEX land_seals_by_unit ON land_seals (unit, served_us, served_sequence)",
    "CREATE INDEX land_seals_by_end ON land_seals (to_us) WHERE phase = 3",
    "CREATE TABLE land_reviews (review INTEGER PRIMARY KEY AUTOINCREMENT, seal TEXT NOT NULL REFERENCES land_seals,"
    " order_id BLOB NOT NULL, agency TEXT NOT NULL, step INTEGER NOT NULL, unit TEXT NOT NULL, opened_us INTEGER NOT "
    "NULL,"
    " state INTEGER NOT NULL, clerk TEXT NOT NULL, reason TEXT NOT NULL, decided_us INTEGER) STRICT",
    "CREATE INDEX land_reviews_open ON land_reviews (seal) WHERE state = 1",
    "CREATE TABLE land_operations (operation TEXT PRIMARY KEY NOT NULL, order_digest BLOB NOT NULL, answer BLOB NOT "
    "NULL) STRICT",
};

constexpr char kSealColumns[] =
    "SELECT seal, unit, holder, authority, document, served_us, served_sequence, phase, controls, months, years, "
    "from_us, to_us,"
    " revision, value, order_id, agency, step FROM land_seals ";
constexpr char kHolderColumns[] =
    "SELECT unit, holder, name, id_kind, id_number, numerator, denominator, co_ownership, certificate FROM "
    "land_holders ";
constexpr char kReviewColumns[] =
    "SELECT review, seal, order_id, agency, step, unit, opened_us, state, clerk, reason, decided_us FROM land_reviews ";

static_assert(static_cast<int>(sdk::Phase::kEffective) == 3, "the index land_seals_by_end");
static_assert(static_cast<int>(ReviewState::kOpen) == 1, "the index land_reviews_open");

std::string DayText(absl::CivilDay day) { return absl::FormatCivilTime(day); }

absl::CivilDay DayOf(const std::string& text) {
  absl::CivilDay day;
  GATEWAY_ASSERT(absl::ParseCivilTime(text, &day), "only days that were parsed are stored");
  return day;
}

Seal ReadSeal(Query& query) {
  Seal seal;
  sdk::Encumbrance& row = seal.row;
  row.id = query.Text();
  seal.unit = query.Text();
  seal.holder = query.Small();
  row.authority = query.Text();
  row.document_number = query.Text();
  row.rank.served_at = query.Time();
  row.rank.served_sequence = static_cast<uint64_t>(query.Int());
  row.phase = static_cast<sdk::Phase>(query.Int());
  const bool controls = query.Int() == 1;
  row.term = {.months = query.Small(), .years = query.Small()};
  row.effective_from = query.MaybeTime();
  row.effective_to = query.MaybeTime();
  row.revision = static_cast<uint64_t>(query.Int());
  seal.value_minor_units = query.Int();
  seal.operation.order_id = query.Text();
  seal.operation.agency = query.Text();
  seal.operation.step = query.Small();
  row.requested = 1;
  row.scope = {ThingId(seal.unit, seal.holder)};
  if (sdk::IsLive(row.phase)) row.shares = {{row.scope.front(), controls ? 1 : 0, controls ? 0 : 1}};
  return seal;
}

Holder ReadHolder(Query& query) {
  Holder holder;
  holder.unit = query.Text();
  holder.number = query.Small();
  holder.name = query.Text();
  holder.id_kind = query.Text();
  holder.id_number = query.Text();
  holder.share_numerator = query.Small();
  holder.share_denominator = query.Small();
  const auto kind = CoOwnershipByName(query.Text());
  GATEWAY_ASSERT(kind.has_value(), "only known kinds are stored");
  holder.co_ownership = *kind;
  holder.certificate_number = query.Text();
  return holder;
}

Review ReadReview(Query& query) {
  Review review;
  review.number = static_cast<uint64_t>(query.Int());
  review.seal = query.Text();
  review.operation.order_id = query.Text();
  review.operation.agency = query.Text();
  review.operation.step = query.Small();
  review.unit = query.Text();
  review.opened_at = query.Time();
  review.state = static_cast<ReviewState>(query.Int());
  review.clerk = query.Text();
  review.reason = query.Text();
  review.decided_at = query.MaybeTime();
  return review;
}

std::string PersonOf(std::string_view id_kind, std::string_view id_number) {
  sdk::v1::Identity identity;
  identity.set_id_number(std::string(id_number));
  return absl::StrCat(std::string(id_kind), ":", sdk::PersonKey(identity));
}

}  // namespace

absl::Status LandTables::CreateOrCheck() {
  bool exists = false;
  {
    Query query(database_, "SELECT 1 FROM sqlite_schema WHERE name = 'land_facts'");
    exists = query.Row();
  }
  if (!exists) {
    for (const char* sql : kSchema) Query(database_, sql).Run();
    Query(database_, "INSERT INTO land_facts VALUES ('schema_version', ?), ('last_seal', 0)")
        .Bind(kLandSchemaVersion)
        .Run();
    return absl::OkStatus();
  }
  Query version(database_, "SELECT value FROM land_facts WHERE name = 'schema_version'");
  const int64_t found = version.Row() ? version.Int() : 0;
  if (found == kLandSchemaVersion) return absl::OkStatus();
  return Fail(Reason::kSchemaVersion, "the land tables are of another version")
      .With("version", found)
      .With("expected", kLandSchemaVersion);
}

// ---- The old register ----

bool LandTables::IsEmpty() {
  Query query(database_, "SELECT count(*) FROM land_units");
  query.Row();
  return query.Int() == 0;
}

void LandTables::AddUnit(const Unit& unit) {
  Query query(database_, "INSERT INTO land_units VALUES (?, ?, ?, ?, ?, ?)");
  query.Bind(unit.number)
      .Bind(unit.location)
      .Bind(unit.use)
      .Bind(unit.nature)
      .Bind(unit.area)
      .Bind(DayText(unit.registered_on))
      .Run();
}

void LandTables::AddHolder(const Holder& holder) {
  Query query(database_, "INSERT INTO land_holders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  query.Bind(holder.unit).Bind(int64_t{holder.number}).Bind(holder.name).Bind(holder.id_kind).Bind(holder.id_number);
  query.Bind(PersonOf(holder.id_kind, holder.id_number))
      .Bind(int64_t{holder.share_numerator})
      .Bind(int64_t{holder.share_denominator});
  query.Bind(CoOwnershipName(holder.co_ownership)).Bind(holder.certificate_number).Run();
}

void LandTables::AddMortgage(const Mortgage& mortgage) {
  Query query(database_, "INSERT INTO land_mortgages VALUES (?, ?, ?, ?, ?, ?)");
  query.Bind(mortgage.unit)
      .Bind(mortgage.certificate_number)
      .Bind(mortgage.mortgagee)
      .Bind(mortgage.amount_minor_units);
  query.Bind(DayText(mortgage.registered_on)).Bind(DayText(mortgage.ends_on)).Run();
}

std::optional<Unit> LandTables::FindUnit(std::string_view number) {
  Query query(database_, "SELECT unit, location, use, nature, area, registered_on FROM land_units WHERE unit = ?");
  query.Bind(number);
  if (!query.Row()) return std::nullopt;
  Unit unit;
  unit.number = query.Text();
  unit.location = query.Text();
  unit.use = query.Text();
  unit.nature = query.Text();
  unit.area = query.Text();
  unit.registered_on = DayOf(query.Text());
  return unit;
}

std::vector<Holder> LandTables::HoldersOf(std::string_view unit) {
  Query query(database_, absl::StrCat(kHolderColumns, "WHERE unit = ? ORDER BY holder"));
  query.Bind(unit);
  std::vector<Holder> out;
  while (query.Row()) out.push_back(ReadHolder(query));
  return out;
}

std::vector<Holder> LandTables::HoldingsOf(const sdk::v1::Identity& person) {
  Query query(database_, absl::StrCat(kHolderColumns, "WHERE person = ? ORDER BY unit, holder"));
  query.Bind(PersonOf(person.id_kind(), person.id_number()));
  std::vector<Holder> out;
  while (query.Row()) out.push_back(ReadHolder(query));
  return out;
}

std::vector<Mortgage> LandTables::MortgagesOf(std::string_view unit) {
  Query query(database_,
              "SELECT unit, certificate, mortgagee, amount, registered_on, ends_on FROM land_mortgages WHERE unit = ?"
              " ORDER BY registered_on, certificate");
  query.Bind(unit);
  std::vector<Mortgage> out;
  while (query.Row()) {
    Mortgage& mortgage = out.emplace_back();
    mortgage.unit = query.Text();
    mortgage.certificate_number = query.Text();
    mortgage.mortgagee = query.Text();
    mortgage.amount_minor_units = query.Int();
    mortgage.registered_on = DayOf(query.Text());
    mortgage.ends_on = DayOf(query.Text());
  }
  return out;
}

// ---- Seals ----

std::vector<Seal> LandTables::SealsOf(std::string_view unit, Which which) {
  Query query(database_,
              absl::StrCat(kSealColumns, "WHERE unit = ? AND phase <= ? ORDER BY served_us, served_sequence, seal"));
  query.Bind(unit).Bind(static_cast<int64_t>(which == Which::kLive ? sdk::Phase::kEffective : sdk::Phase::kRefused));
  std::vector<Seal> out;
  while (query.Row()) out.push_back(ReadSeal(query));
  return out;
}

std::optional<Seal> LandTables::FindSeal(std::string_view id) {
  Query query(database_, absl::StrCat(kSealColumns, "WHERE seal = ?"));
  query.Bind(id);
  if (!query.Row()) return std::nullopt;
  return ReadSeal(query);
}

void LandTables::PutSeal(const Seal& seal) {
  const sdk::Encumbrance& row = seal.row;
  Query query(
      database_,
      "INSERT INTO land_seals VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, "
      "?18)"
      " ON CONFLICT (seal) DO UPDATE SET phase = ?8, controls = ?9, from_us = ?12, to_us = ?13, revision = ?14");
  query.Bind(row.id).Bind(seal.unit).Bind(int64_t{seal.holder}).Bind(row.authority).Bind(row.document_number);
  query.Bind(row.rank.served_at)
      .Bind(static_cast<int64_t>(row.rank.served_sequence))
      .Bind(static_cast<int64_t>(row.phase));
  query.Bind(row.controlled())
      .Bind(int64_t{row.term.months})
      .Bind(int64_t{row.term.years})
      .Bind(row.effective_from)
      .Bind(row.effective_to)
      .Bind(static_cast<int64_t>(row.revision));
  query.Bind(seal.value_minor_units)
      .BindBytes(seal.operation.order_id)
      .Bind(seal.operation.agency)
      .Bind(int64_t{seal.operation.step})
      .Run();
}

std::string LandTables::NewSealId(std::string_view prefix) {
  Query query(database_, "UPDATE land_facts SET value = value + 1 WHERE name = 'last_seal' RETURNING value");
  GATEWAY_ASSERT(query.Row(), "CreateOrCheck made the row");
  return absl::StrCat(std::string(prefix), "/", query.Int());
}

std::vector<std::string> LandTables::UnitsWithEndedTerms(absl::Time now, size_t limit) {
  Query query(database_, "SELECT DISTINCT unit FROM land_seals WHERE phase = 3 AND to_us <= ? ORDER BY unit LIMIT ?");
  query.Bind(now).Bind(static_cast<int64_t>(limit));
  std::vector<std::string> out;
  while (query.Row()) out.push_back(query.Text());
  return out;
}

// ---- Reviews ----

uint64_t LandTables::OpenReview(const Review& review) {
  Query query(database_,
              "INSERT INTO land_reviews (seal, order_id, agency, step, unit, opened_us, state, clerk, reason)"
              " VALUES (?, ?, ?, ?, ?, ?, 1, '', '') RETURNING review");
  query.Bind(review.seal)
      .BindBytes(review.operation.order_id)
      .Bind(review.operation.agency)
      .Bind(int64_t{review.operation.step});
  query.Bind(review.unit).Bind(review.opened_at);
  GATEWAY_ASSERT(query.Row(), "an insert returns its row");
  const auto number = static_cast<uint64_t>(query.Int());
  query.Row();
  return number;
}

std::optional<Review> LandTables::FindReview(uint64_t number) {
  Query query(database_, absl::StrCat(kReviewColumns, "WHERE review = ?"));
  query.Bind(static_cast<int64_t>(number));
  if (!query.Row()) return std::nullopt;
  return ReadReview(query);
}

std::optional<Review> LandTables::OpenReviewOf(std::string_view seal) {
  Query query(database_, absl::StrCat(kReviewColumns, "WHERE seal = ? AND state = 1"));
  query.Bind(seal);
  if (!query.Row()) return std::nullopt;
  return ReadReview(query);
}

std::vector<Review> LandTables::OpenReviews() {
  Query query(database_, absl::StrCat(kReviewColumns, "WHERE state = 1 ORDER BY review"));
  std::vector<Review> out;
  while (query.Row()) out.push_back(ReadReview(query));
  return out;
}

void LandTables::CloseReview(uint64_t number, ReviewState state, std::string_view clerk, std::string_view reason,
                             absl::Time now) {
  Query query(database_, "UPDATE land_reviews SET state = ?, clerk = ?, reason = ?, decided_us = ? WHERE review = ?");
  query.Bind(static_cast<int64_t>(state)).Bind(clerk).Bind(reason).Bind(now).Bind(static_cast<int64_t>(number)).Run();
}

// ---- First answers ----

std::optional<LandTables::StoredAnswer> LandTables::FindAnswer(const sdk::Operation& operation) {
  Query query(database_, "SELECT order_digest, answer FROM land_operations WHERE operation = ?");
  query.Bind(operation.Text());
  if (!query.Row()) return std::nullopt;
  StoredAnswer stored{.order_digest = query.Text()};
  auto change = sdk::DecodeChange(query.Text());
  GATEWAY_ASSERT(change.has_value(), "a stored answer can't be read: the file is damaged, or of another version");
  stored.answer = std::move(change->answer);
  return stored;
}

void LandTables::PutAnswer(const sdk::Operation& operation, const journal::Hash& order_digest,
                           const sdk::Answer& answer) {
  Query query(database_, "INSERT INTO land_operations VALUES (?, ?, ?)");
  query.Bind(operation.Text()).BindBytes(journal::View(order_digest));
  query.BindBytes(sdk::EncodeChange({.operation = operation, .answer = answer})).Run();
}

}  // namespace eagle::land
