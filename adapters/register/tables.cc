#include "adapters/register/tables.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "adapters/register/query.h"
#include "adapters/sdk/inbox_codec.h"
#include "server/base/assert.h"
#include "server/base/reason.h"

namespace eagle::registry {
namespace {

constexpr int64_t kRegisterSchemaVersion = 3;

// '@' stands for the kind's name. What differs by kind is written by SchemaOf.
constexpr const char* kCommonSchema[] = {
    "CREATE TABLE @_facts (name TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL) STRICT",
    "CREATE INDEX @_holders_by_person ON @_holders (person, unit)",
    "CREATE INDEX @_seals_by_unit ON @_seals (unit, served_us, served_sequence)",
    "CREATE INDEX @_seals_by_end ON @_seals (to_us) WHERE phase = 3",
    "CREATE TABLE @_reviews (review INTEGER PRIMARY KEY AUTOINCREMENT, seal TEXT NOT NULL REFERENCES @_seals,"
    " order_id BLOB NOT NULL, agency TEXT NOT NULL, step INTEGER NOT NULL, unit TEXT NOT NULL, opened_us INTEGER NOT "
    "NULL,"
    " state INTEGER NOT NULL, clerk TEXT NOT NULL, reason TEXT NOT NULL, decided_us INTEGER) STRICT",
    "CREATE INDEX @_reviews_open ON @_reviews (seal) WHERE state = 1",
    "CREATE TABLE @_operations (operation TEXT PRIMARY KEY NOT NULL, order_digest BLOB NOT NULL, answer BLOB NOT "
    "NULL) STRICT",
};
// What version 3 has more than version 2, beside its columns.
constexpr const char* kSinceVersion3[] = {
    "CREATE INDEX @_seals_by_order ON @_seals (order_id)",
    "CREATE TABLE @_searches (operation TEXT PRIMARY KEY NOT NULL, order_id BLOB NOT NULL, agency TEXT NOT NULL,"
    " step INTEGER NOT NULL, seal TEXT NOT NULL REFERENCES @_seals, unit TEXT NOT NULL, hold INTEGER NOT NULL,"
    " contact TEXT NOT NULL, phone TEXT NOT NULL, from_us INTEGER NOT NULL, to_us INTEGER NOT NULL,"
    " ended_us INTEGER, why TEXT NOT NULL) STRICT",
    "CREATE INDEX @_searches_live ON @_searches (unit) WHERE ended_us IS NULL",
};
constexpr char kHolderState[] = "state INTEGER NOT NULL DEFAULT 1 CHECK (state BETWEEN 1 AND 3)";
constexpr char kSealActs[] = "acts TEXT NOT NULL DEFAULT ''";
static_assert(static_cast<int>(sdk::Phase::kEffective) == 3, "the index _seals_by_end");
static_assert(static_cast<int>(ReviewState::kOpen) == 1, "the index _reviews_open");

std::string TextColumns(absl::Span<const Field> fields) {
  std::string out;
  for (const Field& field : fields) absl::StrAppend(&out, ", ", field.name, " TEXT NOT NULL");
  return out;
}
std::string NamesOf(absl::Span<const Field> fields) {
  std::string out;
  for (const Field& field : fields) absl::StrAppend(&out, ", ", field.name);
  return out;
}

std::vector<std::string> SchemaOf(const Kind& kind) {
  const bool counted = kind.extent == Extent::kQuantity;
  const ChargeWords& charges = kind.charges;
  std::vector<std::string> out;
  out.push_back(
      absl::StrCat("CREATE TABLE @_units (unit TEXT PRIMARY KEY NOT NULL", TextColumns(kind.fields), ") STRICT"));
  out.push_back(absl::StrCat(
      "CREATE TABLE @_holders (unit TEXT NOT NULL REFERENCES @_units, holder INTEGER NOT NULL CHECK (holder > 0),"
      " name TEXT NOT NULL, id_kind TEXT NOT NULL, id_number TEXT NOT NULL, person TEXT NOT NULL,"
      " numerator INTEGER NOT NULL CHECK (numerator > 0), denominator INTEGER NOT NULL CHECK (denominator >= "
      "numerator),"
      " co_ownership TEXT NOT NULL, certificate TEXT NOT NULL",
      TextColumns(kind.holder_fields), ", ", kHolderState, ", PRIMARY KEY (unit, holder)) STRICT, WITHOUT ROWID"));
  out.push_back(absl::StrCat(
      "CREATE TABLE @_", charges.list, " (unit TEXT NOT NULL REFERENCES @_units, certificate TEXT NOT NULL, ",
      charges.creditor,
      " TEXT NOT NULL, amount INTEGER NOT NULL CHECK (amount > 0), registered_on TEXT NOT NULL, ends_on TEXT NOT NULL",
      charges.by_holder ? ", holder INTEGER NOT NULL CHECK (holder > 0)" : "",
      ", PRIMARY KEY (unit, certificate)) STRICT, WITHOUT ROWID"));
  out.push_back(absl::StrCat(
      "CREATE TABLE @_seals (seal TEXT PRIMARY KEY NOT NULL, unit TEXT NOT NULL, holder INTEGER NOT NULL, authority "
      "TEXT NOT NULL,"
      " document TEXT NOT NULL, served_us INTEGER NOT NULL, served_sequence INTEGER NOT NULL, phase INTEGER NOT NULL,"
      " controls INTEGER NOT NULL CHECK (controls ",
      counted ? ">= 0" : "IN (0, 1)",
      "), months INTEGER NOT NULL, years INTEGER NOT NULL, from_us INTEGER,"
      " to_us INTEGER, revision INTEGER NOT NULL, value INTEGER NOT NULL CHECK (value >= 0), order_id BLOB NOT NULL, "
      "agency TEXT NOT NULL, step INTEGER NOT NULL",
      counted ? ", quantity INTEGER NOT NULL CHECK (quantity >= 0)" : "", ", ", kSealActs,
      ", FOREIGN KEY (unit, holder) REFERENCES @_holders) STRICT"));
  out.insert(out.end(), std::begin(kCommonSchema), std::end(kCommonSchema));
  out.insert(out.end(), std::begin(kSinceVersion3), std::end(kSinceVersion3));
  return out;
}

constexpr char kReviewColumns[] =
    "SELECT review, seal, order_id, agency, step, unit, opened_us, state, clerk, reason, decided_us FROM @_reviews ";

std::string DayText(absl::CivilDay day) { return absl::FormatCivilTime(day); }

absl::CivilDay DayOf(const std::string& text) {
  absl::CivilDay day;
  GATEWAY_ASSERT(absl::ParseCivilTime(text, &day), "only days that were parsed are stored");
  return day;
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

std::string SelectSeals(const Kind& kind) {
  return absl::StrCat(
      "SELECT seal, unit, holder, authority, document, served_us, served_sequence, phase, controls, months,"
      " years, from_us, to_us, revision, value, order_id, agency, step",
      kind.extent == Extent::kQuantity ? ", quantity" : "", ", acts FROM @_seals ");
}
std::string SelectHolders(const Kind& kind) {
  return absl::StrCat(
      "SELECT unit, holder, name, id_kind, id_number, numerator, denominator, co_ownership, certificate",
      NamesOf(kind.holder_fields), ", state FROM @_holders ");
}

}  // namespace

std::string Tables::Named(std::string_view sql) const {
  return absl::StrReplaceAll(absl::string_view(sql.data(), sql.size()), {{"@", kind_.name}});
}

Seal Tables::ReadSeal(Query& query) const {
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
  const int64_t controls = query.Int();
  row.term = {.months = query.Small(), .years = query.Small()};
  row.effective_from = query.MaybeTime();
  row.effective_to = query.MaybeTime();
  row.revision = static_cast<uint64_t>(query.Int());
  seal.value_minor_units = query.Int();
  seal.operation.order_id = query.Text();
  seal.operation.agency = query.Text();
  seal.operation.step = query.Small();
  row.requested = kind_.extent == Extent::kQuantity ? query.Int() : 1;
  seal.blocked_acts = absl::StrSplit(query.Text(), ',', absl::SkipEmpty());
  row.scope = {AssetId(kind_, seal.unit, seal.holder)};
  if (sdk::IsLive(row.phase)) row.shares = {{row.scope.front(), controls, row.requested - controls}};
  return seal;
}

Holder Tables::ReadHolder(Query& query) const {
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
  for (size_t i = 0; i < kind_.holder_fields.size(); ++i) holder.values.push_back(query.Text());
  holder.state = static_cast<HolderState>(query.Int());
  return holder;
}

absl::Status Tables::CreateOrCheck() {
  bool exists = false;
  {
    Query query(database_, Named("SELECT 1 FROM sqlite_schema WHERE name = '@_facts'"));
    exists = query.Row();
  }
  if (!exists) {
    for (const std::string& sql : SchemaOf(kind_)) Query(database_, Named(sql)).Run();
    Query(database_, Named("INSERT INTO @_facts VALUES ('schema_version', ?), ('last_seal', 0)"))
        .Bind(kRegisterSchemaVersion)
        .Run();
    return absl::OkStatus();
  }
  Query version(database_, Named("SELECT value FROM @_facts WHERE name = 'schema_version'"));
  const int64_t found = version.Row() ? version.Int() : 0;
  if (found == kRegisterSchemaVersion) return absl::OkStatus();
  return Upgrade(found);
}

absl::Status Tables::Upgrade(int64_t found) {
  if (found == 2) {
    Query(database_, Named(absl::StrCat("ALTER TABLE @_holders ADD COLUMN ", kHolderState))).Run();
    Query(database_, Named(absl::StrCat("ALTER TABLE @_seals ADD COLUMN ", kSealActs))).Run();
    for (const char* sql : kSinceVersion3) Query(database_, Named(sql)).Run();
    Query(database_, Named("UPDATE @_facts SET value = ? WHERE name = 'schema_version'"))
        .Bind(kRegisterSchemaVersion)
        .Run();
    return absl::OkStatus();
  }
  return Fail(Reason::kSchemaVersion, absl::StrCat("the ", kind_.name, " tables are of another version"))
      .With("version", found)
      .With("expected", kRegisterSchemaVersion);
}

// ---- The old register ----

bool Tables::IsEmpty() {
  Query query(database_, Named("SELECT count(*) FROM @_units"));
  query.Row();
  return query.Int() == 0;
}

void Tables::AddUnit(const Unit& unit) {
  std::string sql = "INSERT INTO @_units VALUES (?";
  for (size_t i = 0; i < unit.values.size(); ++i) sql += ", ?";
  Query query(database_, Named(sql + ")"));
  query.Bind(unit.number);
  for (const std::string& value : unit.values) query.Bind(value);
  query.Run();
}

void Tables::AddHolder(const Holder& holder) {
  std::string sql = "INSERT INTO @_holders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?";
  for (size_t i = 0; i < holder.values.size(); ++i) sql += ", ?";
  Query query(database_, Named(sql + ")"));
  query.Bind(holder.unit).Bind(int64_t{holder.number}).Bind(holder.name).Bind(holder.id_kind).Bind(holder.id_number);
  query.Bind(PersonOf(holder.id_kind, holder.id_number))
      .Bind(int64_t{holder.share_numerator})
      .Bind(int64_t{holder.share_denominator});
  query.Bind(CoOwnershipName(holder.co_ownership)).Bind(holder.certificate_number);
  for (const std::string& value : holder.values) query.Bind(value);
  query.Bind(static_cast<int64_t>(holder.state)).Run();
}

void Tables::SetHolder(const Holder& holder) {
  std::string sql = "UPDATE @_holders SET numerator = ?, denominator = ?, co_ownership = ?, certificate = ?, state = ?";
  for (const Field& field : kind_.holder_fields) absl::StrAppend(&sql, ", ", field.name, " = ?");
  Query query(database_, Named(sql + " WHERE unit = ? AND holder = ?"));
  query.Bind(int64_t{holder.share_numerator}).Bind(int64_t{holder.share_denominator});
  query.Bind(CoOwnershipName(holder.co_ownership)).Bind(holder.certificate_number);
  query.Bind(static_cast<int64_t>(holder.state));
  for (const std::string& value : holder.values) query.Bind(value);
  query.Bind(holder.unit).Bind(int64_t{holder.number}).Run();
}

void Tables::AddCharge(const Charge& charge) {
  Query query(database_, Named(absl::StrCat("INSERT INTO @_", kind_.charges.list, " VALUES (?, ?, ?, ?, ?, ?",
                                            kind_.charges.by_holder ? ", ?)" : ")")));
  query.Bind(charge.unit).Bind(charge.certificate_number).Bind(charge.creditor).Bind(charge.amount_minor_units);
  query.Bind(DayText(charge.registered_on)).Bind(DayText(charge.ends_on));
  if (kind_.charges.by_holder) query.Bind(int64_t{charge.holder});
  query.Run();
}

std::optional<Unit> Tables::FindUnit(std::string_view number) {
  Query query(database_, Named(absl::StrCat("SELECT unit", NamesOf(kind_.fields), " FROM @_units WHERE unit = ?")));
  query.Bind(number);
  if (!query.Row()) return std::nullopt;
  Unit unit;
  unit.number = query.Text();
  for (size_t i = 0; i < kind_.fields.size(); ++i) unit.values.push_back(query.Text());
  return unit;
}

std::vector<Holder> Tables::HoldersOf(std::string_view unit) {
  Query query(database_, Named(absl::StrCat(SelectHolders(kind_), "WHERE unit = ? ORDER BY holder")));
  query.Bind(unit);
  std::vector<Holder> out;
  while (query.Row()) out.push_back(ReadHolder(query));
  return out;
}

std::vector<Holder> Tables::HoldingsOf(const sdk::v1::Identity& person) {
  Query query(database_,
              Named(absl::StrCat(SelectHolders(kind_), "WHERE person = ? AND state <> ? ORDER BY unit, holder")));
  query.Bind(PersonOf(person.id_kind(), person.id_number())).Bind(static_cast<int64_t>(HolderState::kFormer));
  std::vector<Holder> out;
  while (query.Row()) out.push_back(ReadHolder(query));
  return out;
}

std::vector<Charge> Tables::ChargesOf(std::string_view unit) {
  const ChargeWords& words = kind_.charges;
  Query query(database_,
              Named(absl::StrCat("SELECT unit, certificate, ", words.creditor, ", amount, registered_on, ends_on",
                                 words.by_holder ? ", holder" : "", " FROM @_", words.list,
                                 " WHERE unit = ? ORDER BY registered_on, certificate")));
  query.Bind(unit);
  std::vector<Charge> out;
  while (query.Row()) {
    Charge& charge = out.emplace_back();
    charge.unit = query.Text();
    charge.certificate_number = query.Text();
    charge.creditor = query.Text();
    charge.amount_minor_units = query.Int();
    charge.registered_on = DayOf(query.Text());
    charge.ends_on = DayOf(query.Text());
    if (words.by_holder) charge.holder = query.Small();
  }
  return out;
}

void Tables::EndCharge(const Charge& charge) {
  Query query(database_,
              Named(absl::StrCat("DELETE FROM @_", kind_.charges.list, " WHERE unit = ? AND certificate = ?")));
  query.Bind(charge.unit).Bind(charge.certificate_number).Run();
}

void Tables::MoveCharge(const Charge& charge, uint32_t holder) {
  Query query(database_, Named(absl::StrCat("UPDATE @_", kind_.charges.list,
                                            " SET holder = ? WHERE unit = ? AND certificate = ?")));
  query.Bind(int64_t{holder}).Bind(charge.unit).Bind(charge.certificate_number).Run();
}

// ---- Seals ----

std::vector<Seal> Tables::SealsOf(std::string_view unit, Which which) {
  Query query(database_, Named(absl::StrCat(SelectSeals(kind_),
                                            "WHERE unit = ? AND phase <= ?"
                                            " ORDER BY served_us, served_sequence, seal")));
  query.Bind(unit).Bind(static_cast<int64_t>(which == Which::kLive ? sdk::Phase::kEffective : sdk::Phase::kRefused));
  std::vector<Seal> out;
  while (query.Row()) out.push_back(ReadSeal(query));
  return out;
}

std::optional<Seal> Tables::FindSeal(std::string_view id) {
  Query query(database_, Named(absl::StrCat(SelectSeals(kind_), "WHERE seal = ?")));
  query.Bind(id);
  if (!query.Row()) return std::nullopt;
  return ReadSeal(query);
}

std::optional<Seal> Tables::FindSealOf(const sdk::Operation& operation) {
  if (operation.order_id.empty()) return std::nullopt;
  Query query(database_, Named(absl::StrCat(SelectSeals(kind_), "WHERE order_id = ? AND agency = ? AND step = ?")));
  query.BindBytes(operation.order_id).Bind(operation.agency).Bind(int64_t{operation.step});
  if (!query.Row()) return std::nullopt;
  return ReadSeal(query);
}

void Tables::PutSeal(const Seal& seal) {
  const sdk::Encumbrance& row = seal.row;
  const bool counted = kind_.extent == Extent::kQuantity;
  Query query(
      database_,
      Named(absl::StrCat(
          "INSERT INTO @_seals VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18",
          counted ? ", ?20, ?19)" : ", ?19)",
          " ON CONFLICT (seal) DO UPDATE SET phase = ?8, controls = ?9, from_us = ?12, to_us = ?13, revision = ?14,"
          " value = ?15, order_id = ?16, agency = ?17, step = ?18",
          counted ? ", quantity = ?20" : "")));
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
      .Bind(absl::StrJoin(seal.blocked_acts, ","));
  if (counted) query.Bind(row.requested);
  query.Run();
}

std::string Tables::NewSealId(std::string_view prefix) {
  Query query(database_, Named("UPDATE @_facts SET value = value + 1 WHERE name = 'last_seal' RETURNING value"));
  GATEWAY_ASSERT(query.Row(), "CreateOrCheck made the row");
  return absl::StrCat(std::string(prefix), "/", query.Int());
}

std::vector<std::string> Tables::UnitsWithEndedTerms(absl::Time now, size_t limit) {
  Query query(database_,
              Named("SELECT DISTINCT unit FROM @_seals WHERE phase = 3 AND to_us <= ? ORDER BY unit LIMIT ?"));
  query.Bind(now).Bind(static_cast<int64_t>(limit));
  std::vector<std::string> out;
  while (query.Row()) out.push_back(query.Text());
  return out;
}

// ---- Searches ----

void Tables::AddSearch(const Search& search) {
  Query query(database_, Named("INSERT INTO @_searches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, '')"));
  query.Bind(search.operation.Text())
      .BindBytes(search.operation.order_id)
      .Bind(search.operation.agency)
      .Bind(int64_t{search.operation.step});
  query.Bind(search.seal).Bind(search.unit).Bind(int64_t{search.hold});
  query.Bind(search.collect_contact).Bind(search.collect_phone).Bind(search.from).Bind(search.to).Run();
}

std::vector<Search> Tables::SearchesOf(std::string_view unit, absl::Time now) {
  Query query(database_,
              Named("SELECT order_id, agency, step, seal, unit, hold, contact, phone, from_us, to_us FROM @_searches"
                    " WHERE unit = ? AND ended_us IS NULL AND to_us > ? ORDER BY from_us, operation"));
  query.Bind(unit).Bind(now);
  std::vector<Search> out;
  while (query.Row()) {
    Search& search = out.emplace_back();
    search.operation.order_id = query.Text();
    search.operation.agency = query.Text();
    search.operation.step = query.Small();
    search.seal = query.Text();
    search.unit = query.Text();
    search.hold = query.Int() != 0;
    search.collect_contact = query.Text();
    search.collect_phone = query.Text();
    search.from = query.Time();
    search.to = query.Time();
  }
  return out;
}

void Tables::EndSearch(const Search& search, std::string_view why, absl::Time now) {
  Query query(database_, Named("UPDATE @_searches SET ended_us = ?, why = ? WHERE operation = ?"));
  query.Bind(now).Bind(why).Bind(search.operation.Text()).Run();
}

void Tables::EndSearchesOf(std::string_view seal, std::string_view why, absl::Time now) {
  Query query(database_, Named("UPDATE @_searches SET ended_us = ?, why = ? WHERE seal = ? AND ended_us IS NULL"));
  query.Bind(now).Bind(why).Bind(seal).Run();
}

void Tables::EndSearchesByTerm(absl::Time now) {
  Query query(database_,
              Named("UPDATE @_searches SET ended_us = to_us, why = 'TERM' WHERE ended_us IS NULL AND to_us <= ?"));
  query.Bind(now).Run();
}

// ---- Reviews ----

uint64_t Tables::OpenReview(const Review& review) {
  Query query(database_,
              Named("INSERT INTO @_reviews (seal, order_id, agency, step, unit, opened_us, state, clerk, reason)"
                    " VALUES (?, ?, ?, ?, ?, ?, 1, '', '') RETURNING review"));
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

std::optional<Review> Tables::FindReview(uint64_t number) {
  Query query(database_, Named(absl::StrCat(kReviewColumns, "WHERE review = ?")));
  query.Bind(static_cast<int64_t>(number));
  if (!query.Row()) return std::nullopt;
  return ReadReview(query);
}

std::optional<Review> Tables::OpenReviewOf(std::string_view seal) {
  Query query(database_, Named(absl::StrCat(kReviewColumns, "WHERE seal = ? AND state = 1 ORDER BY review")));
  query.Bind(seal);
  if (!query.Row()) return std::nullopt;
  return ReadReview(query);
}

std::optional<Review> Tables::OpenReviewOf(std::string_view seal, const sdk::Operation& operation) {
  Query query(database_, Named(absl::StrCat(kReviewColumns, "WHERE seal = ? AND state = 1 ORDER BY review")));
  query.Bind(seal);
  while (query.Row()) {
    Review review = ReadReview(query);
    if (review.operation == operation) return review;
  }
  return std::nullopt;
}

std::vector<Review> Tables::OpenReviews() {
  Query query(database_, Named(absl::StrCat(kReviewColumns, "WHERE state = 1 ORDER BY review")));
  std::vector<Review> out;
  while (query.Row()) out.push_back(ReadReview(query));
  return out;
}

void Tables::CloseReview(uint64_t number, ReviewState state, std::string_view clerk, std::string_view reason,
                         absl::Time now) {
  Query query(database_,
              Named("UPDATE @_reviews SET state = ?, clerk = ?, reason = ?, decided_us = ? WHERE review = ?"));
  query.Bind(static_cast<int64_t>(state)).Bind(clerk).Bind(reason).Bind(now).Bind(static_cast<int64_t>(number)).Run();
}

// ---- First answers ----

std::optional<Tables::StoredAnswer> Tables::FindAnswer(const sdk::Operation& operation) {
  Query query(database_, Named("SELECT order_digest, answer FROM @_operations WHERE operation = ?"));
  query.Bind(operation.Text());
  if (!query.Row()) return std::nullopt;
  StoredAnswer stored{.order_digest = query.Text()};
  auto change = sdk::DecodeChange(query.Text());
  GATEWAY_ASSERT(change.has_value(), "a stored answer can't be read: the file is damaged, or of another version");
  stored.answer = std::move(change->answer);
  return stored;
}

void Tables::PutAnswer(const sdk::Operation& operation, const journal::Hash& order_digest, const sdk::Answer& answer) {
  Query query(database_, Named("INSERT INTO @_operations VALUES (?, ?, ?)"));
  query.Bind(operation.Text()).BindBytes(journal::View(order_digest));
  query.BindBytes(sdk::EncodeChange({.operation = operation, .answer = answer})).Run();
}

}  // namespace eagle::registry
