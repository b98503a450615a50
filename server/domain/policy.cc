#include "server/domain/policy.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "server/base/bytes.h"
#include "server/base/money.h"
#include "server/domain/act.h"
#include "server/domain/supervision.h"

namespace eagle::domain {
namespace {

using goldeneagle::v1::PolicyTable;

void CheckSource(const goldeneagle::v1::Source& source, const std::string& path, Violations& wrong) {
  if (source.en().empty() || source.zh().empty()) {
    wrong.Add(absl::StrCat(path, ".source"), Reason::kFieldMissing,
              "every legal number has its source, in English and Chinese");
  }
}

// Name and marks stand in the leaf of every order.
constexpr size_t kRowNameBytes = 63;
constexpr int kMarksPerRow = 16;

// What a row may say of the days that it counts.
void CheckCounting(const PolicyTable& table, const goldeneagle::v1::DeadlineRow& row, const std::string& path,
                   Violations& wrong) {
  constexpr uint32_t kWorkingDaysMax = 366, kDayMinutes = 1440;
  if (row.working_days() > kWorkingDaysMax)
    wrong.Add(path + ".working_days", Reason::kTooLarge, absl::StrCat("at most ", kWorkingDaysMax));
  if (row.roll() && row.civil_days() == 0)
    wrong.Add(path + ".roll", Reason::kFieldInvalid, "only the last of civil_days rolls on");
  if (row.cutoff_minute() >= kDayMinutes || (row.cutoff_minute() > 0 && row.hours() > 0))
    wrong.Add(path + ".cutoff_minute", Reason::kFieldInvalid, "1 to 1,439, where days are counted");
  const auto& calendars = table.calendars();
  if ((row.roll() || row.working_days() > 0) &&
      std::none_of(calendars.begin(), calendars.end(), [](const auto& one) { return one.region().empty(); }))
    wrong.Add("calendars", Reason::kFieldMissing, absl::StrCat("one of the whole country, for ", path));
}

void CheckDeadlines(const PolicyTable& table, Violations& wrong) {
  std::set<std::string> names;
  bool urgent = false, normal = false, surplus = false;
  for (int i = 0; i < table.deadlines_size(); ++i) {
    const auto& row = table.deadlines(i);
    const std::string path = absl::StrCat("deadlines[", i, "]");
    CheckSource(row.source(), path, wrong);
    if (row.name().empty() || !names.insert(row.name()).second)
      wrong.Add(path + ".name", Reason::kFieldInvalid, "names are unique");
    if ((row.hours() > 0) + (row.civil_days() > 0) + (row.working_days() > 0) != 1)
      wrong.Add(path + ".hours", Reason::kFieldInvalid, "exactly one of hours, civil_days and working_days");
    CheckCounting(table, row, path, wrong);
    if (row.name().size() > kRowNameBytes)
      wrong.Add(path + ".name", Reason::kTextInvalid, absl::StrCat("at most ", kRowNameBytes, " bytes"));
    if (row.marks_permille_size() > kMarksPerRow)
      wrong.Add(path + ".marks_permille", Reason::kTooLarge, absl::StrCat("at most ", kMarksPerRow));
    if (row.marks_permille().empty() || !std::is_sorted(row.marks_permille().begin(), row.marks_permille().end()) ||
        row.marks_permille(0) == 0) {
      wrong.Add(path + ".marks_permille", Reason::kFieldInvalid, "marks rise and start above zero");
    }
    urgent |= row.urgency() == goldeneagle::v1::URGENCY_URGENT;
    normal |= row.urgency() == goldeneagle::v1::URGENCY_NORMAL;
    surplus |= row.name() == kSurplusRow;
  }
  if (!urgent || !normal || !surplus) {
    wrong.Add("deadlines", Reason::kFieldMissing,
              "rows for urgent and normal orders and for RELEASE_SURPLUS are needed");
  }
}

void CheckMeasureEnds(const goldeneagle::v1::MeasureEndRow& row, Violations& wrong) {
  constexpr uint32_t kDaysBeforeMax = 366;
  const auto& days = row.days_before();
  const bool falling =
      std::is_sorted(days.rbegin(), days.rend()) && std::adjacent_find(days.begin(), days.end()) == days.end();
  if (days.empty() || days.size() > kMarksPerRow || !falling || days[0] > kDaysBeforeMax || *days.rbegin() == 0)
    wrong.Add("measure_ends.days_before", Reason::kFieldInvalid,
              absl::StrCat("falling, 1 to ", kDaysBeforeMax, " each, at most ", kMarksPerRow));
  CheckSource(row.source(), "measure_ends", wrong);
}

// None empty of what is needed, none twice, none that names what isn't there.
void CheckOverrides(const PolicyTable& table, Violations& wrong) {
  std::set<std::string> names, fits;
  for (int i = 0; i < table.deadline_overrides_size(); ++i) {
    const auto& row = table.deadline_overrides(i);
    const std::string path = absl::StrCat("deadline_overrides[", i, "]");
    if (row.name().empty() || row.name().size() > kRowNameBytes || !names.insert(row.name()).second)
      wrong.Add(path + ".name", Reason::kFieldInvalid, absl::StrCat("unique, 1 to ", kRowNameBytes, " bytes"));
    const auto& rows = table.deadlines();
    if (std::none_of(rows.begin(), rows.end(), [&](const auto& one) {
          return one.name() == row.deadline() && one.urgency() == goldeneagle::v1::URGENCY_UNSPECIFIED;
        }))
      wrong.Add(path + ".deadline", Reason::kFieldInvalid, "a deadline row of this table, without an urgency");
    if (!goldeneagle::v1::Action_IsValid(row.action()))
      wrong.Add(path + ".action", Reason::kFieldInvalid, "not an action");
    if (!goldeneagle::v1::Urgency_IsValid(row.urgency()))
      wrong.Add(path + ".urgency", Reason::kFieldInvalid, "not an urgency");
    const std::string fit =
        absl::StrCat(row.agency(), "|", row.agency_kind(), "|", row.region(), "|", row.action(), "|", row.urgency());
    if (fit == "|||0|0" || !fits.insert(fit).second)
      wrong.Add(path, Reason::kFieldInvalid, "it fits every order, or the same ones as another row");
    CheckSource(row.source(), path, wrong);
  }
}

void CheckPlausibility(const goldeneagle::v1::PlausibilityRow& row, Violations& wrong) {
  const auto expect = [&](bool holds, const char* field, const char* rule) {
    if (!holds) wrong.Add(std::string("plausibility.") + field, Reason::kFieldInvalid, rule);
  };
  expect(row.claim_above_minor_units() >= 0, "claim_above_minor_units", "not negative");
  expect(row.history_permille() == 0 || row.history_permille() >= 1000, "history_permille", "0, or 1,000 at least");
  expect(row.history_permille() == 0 || row.history_min() > 0, "history_min", "above zero, with history_permille");
  expect(row.part_permille() == 0 || row.part_permille() >= 1000, "part_permille", "0, or 1,000 at least");
  expect(row.tolerance_permille() <= 50, "tolerance_permille", "at most 50");
  expect(row.digits_min() >= 3 && row.digits_min() <= 15, "digits_min", "3 to 15");
  CheckSource(row.source(), "plausibility", wrong);
}

void CheckRows(const PolicyTable& table, Violations& wrong) {
  for (int i = 0; i < table.terms_size(); ++i) {
    const std::string path = absl::StrCat("terms[", i, "]");
    CheckSource(table.terms(i).source(), path, wrong);
    if (table.terms(i).asset_kind().empty() || table.terms(i).months_max() == 0) {
      wrong.Add(path, Reason::kFieldMissing, "a term has an asset kind and a most number of months");
    }
  }
  for (int i = 0; i < table.actions_size(); ++i) {
    const std::string path = absl::StrCat("actions[", i, "]");
    CheckSource(table.actions(i).source(), path, wrong);
    if (table.actions(i).roles().empty() || table.actions(i).stages().empty()) {
      wrong.Add(path, Reason::kFieldMissing, "an action names the roles that sign and the stages that allow it");
    }
  }
  for (int action = 1; action <= goldeneagle::v1::Action_MAX; ++action) {
    const auto n = std::count_if(table.actions().begin(), table.actions().end(),
                                 [&](const auto& row) { return row.action() == action; });
    const bool asked = action <= goldeneagle::v1::ACTION_DEDUCT;  // later actions: a table may leave them out
    if (n > 1 || (asked && n == 0))
      wrong.Add("actions", Reason::kFieldInvalid,
                absl::StrCat(asked ? "exactly" : "at most", " one row for ",
                             goldeneagle::v1::Action_Name(static_cast<goldeneagle::v1::Action>(action))));
  }
  if (table.case_acts().roles().empty())
    wrong.Add("case_acts.roles", Reason::kFieldMissing, "somebody must sign a case");
  CheckSource(table.case_acts().source(), "case_acts", wrong);
  for (int i = 0; i < table.id_kinds_size(); ++i) {
    if (table.id_kinds(i).id_kind().empty() || table.id_kinds(i).check() == goldeneagle::v1::CHECK_RULE_UNSPECIFIED) {
      wrong.Add(absl::StrCat("id_kinds[", i, "]"), Reason::kFieldMissing, "an id kind has a name and a check rule");
    }
  }
  if (table.doubled_interest().rate_per_million_per_day() == 0) {
    wrong.Add("doubled_interest.rate_per_million_per_day", Reason::kFieldMissing,
              "the rate of doubled interest is needed");
  }
  CheckSource(table.doubled_interest().source(), "doubled_interest", wrong);
}

void CheckReading(const goldeneagle::v1::ReadingRow& row, Violations& wrong) {
  if (row.purposes().empty() || row.purposes_size() > 100)
    wrong.Add("reading.purposes", Reason::kFieldMissing, "1 to 100");
  if (row.ticket_minutes() == 0 || row.ticket_minutes() > 15)
    wrong.Add("reading.ticket_minutes", Reason::kFieldInvalid, "1 to 15");
  if (row.reads_per_hour() == 0) wrong.Add("reading.reads_per_hour", Reason::kFieldMissing, "at least 1");
  if (row.reads_per_day() == 0) wrong.Add("reading.reads_per_day", Reason::kFieldMissing, "at least 1");
  CheckSource(row.source(), "reading", wrong);
}

void CheckPapers(const goldeneagle::v1::PapersRow& row, Violations& wrong) {
  static const std::set<std::string> kTypes = {"application/pdf", "application/ofd", "image/png", "image/jpeg"};
  constexpr uint64_t kSizeBytesMax = 32 << 20;
  std::set<std::string> types;
  std::set<int> actions;
  for (const std::string& type : row.media_types()) {
    if (kTypes.count(type) == 0 || !types.insert(type).second)
      wrong.Add("papers.media_types", Reason::kFieldInvalid, "types that the contract lists, each once");
  }
  if (types.empty()) wrong.Add("papers.media_types", Reason::kFieldMissing, "which files are taken?");
  if (row.size_bytes_max() == 0 || row.size_bytes_max() > kSizeBytesMax)
    wrong.Add("papers.size_bytes_max", Reason::kFieldInvalid, "1 to 33,554,432");
  for (const int action : row.travel_with()) {
    if (!goldeneagle::v1::Action_IsValid(action) || action == 0 || !actions.insert(action).second)
      wrong.Add("papers.travel_with", Reason::kFieldInvalid, "actions, each once");
  }
  CheckSource(row.source(), "papers", wrong);
}

// Codes that an order may say: none empty, none twice.
void CheckCodes(const google::protobuf::RepeatedPtrField<std::string>& codes, const std::string& path,
                Violations& wrong) {
  std::set<std::string> known;
  for (int i = 0; i < codes.size(); ++i) {
    if (codes[i].empty() || codes[i].size() > kRowNameBytes || !known.insert(codes[i]).second)
      wrong.Add(absl::StrCat(path, "[", i, "]"), Reason::kFieldInvalid,
                absl::StrCat("1 to ", kRowNameBytes, " bytes, each once"));
  }
}

bool IsKindOf(const PolicyTable& table, const std::string& kind) {
  return std::find(table.asset_kinds().begin(), table.asset_kinds().end(), kind) != table.asset_kinds().end();
}

void CheckBlockedActs(const PolicyTable& table, Violations& wrong) {
  std::set<std::string> kinds;
  for (int i = 0; i < table.blocked_acts_size(); ++i) {
    const auto& row = table.blocked_acts(i);
    const std::string path = absl::StrCat("blocked_acts[", i, "]");
    if (!IsKindOf(table, row.asset_kind()) || !kinds.insert(row.asset_kind()).second)
      wrong.Add(path + ".asset_kind", Reason::kFieldInvalid, "an asset kind of this table, each once");
    if (row.acts().empty()) wrong.Add(path + ".acts", Reason::kFieldMissing, "what may be barred?");
    CheckCodes(row.acts(), path + ".acts", wrong);
    CheckSource(row.source(), path, wrong);
  }
}

void CheckIncome(const PolicyTable& table, Violations& wrong) {
  const auto& row = table.income();
  if (!IsAmount(row.kept_per_month_min_minor_units()))
    wrong.Add("income.kept_per_month_min_minor_units", Reason::kFieldInvalid, "above zero and within the bound");
  if (row.currency().size() != 3) wrong.Add("income.currency", Reason::kFieldInvalid, "three letters of ISO 4217");
  const bool term = std::any_of(table.terms().begin(), table.terms().end(),
                                [](const auto& one) { return one.asset_kind() == kIncomeKind; });
  if (!term) wrong.Add("terms", Reason::kFieldMissing, "a row INCOME, for income");
  CheckSource(row.source(), "income", wrong);
}

void CheckLocate(const PolicyTable& table, Violations& wrong) {
  constexpr uint32_t kMonthsMax = 120;
  const auto& row = table.locate();
  if (row.asset_kinds().empty()) wrong.Add("locate.asset_kinds", Reason::kFieldMissing, "what is looked for?");
  CheckCodes(row.asset_kinds(), "locate.asset_kinds", wrong);
  for (const std::string& kind : row.asset_kinds()) {
    if (!IsKindOf(table, kind) || IsMoneyKind(kind))
      wrong.Add("locate.asset_kinds", Reason::kFieldInvalid, "kinds of things of this table");
  }
  if (row.months_max() == 0 || row.months_max() > kMonthsMax)
    wrong.Add("locate.months_max", Reason::kFieldInvalid, "1 to 120");
  CheckSource(row.source(), "locate", wrong);
}

void CheckObjections(const PolicyTable& table, Violations& wrong) {
  const auto& row = table.objections();
  const bool clock = std::any_of(table.deadlines().begin(), table.deadlines().end(),
                                 [](const auto& deadline) { return deadline.name() == kObjectionRow; });
  if (!clock) wrong.Add("deadlines", Reason::kFieldMissing, "a row ANSWER_OBJECTION, for objections");
  if (row.grounds().empty() || row.grounds_size() > 100)
    wrong.Add("objections.grounds", Reason::kFieldMissing, "1 to 100");
  for (const std::string& ground : row.grounds()) {
    if (ground.empty() || ground.size() > kRowNameBytes)
      wrong.Add("objections.grounds", Reason::kTextInvalid, absl::StrCat("1 to ", kRowNameBytes, " bytes each"));
  }
  if (row.answer_roles().empty())
    wrong.Add("objections.answer_roles", Reason::kFieldMissing, "somebody must sign an answer");
  if (row.reply_roles().empty())
    wrong.Add("objections.reply_roles", Reason::kFieldMissing, "somebody must sign a reply");
  if (row.most_per_order() == 0 || row.most_per_order() > 100)
    wrong.Add("objections.most_per_order", Reason::kFieldInvalid, "1 to 100");
  CheckSource(row.source(), "objections", wrong);
}

void CheckSupervision(const PolicyTable& table, Violations& wrong) {
  constexpr uint32_t kWordsMin = 4;
  const auto& row = table.supervision();
  for (std::string_view name : {kSupervisionUrgentRow, kSupervisionRow}) {
    const bool clock = std::any_of(table.deadlines().begin(), table.deadlines().end(),
                                   [&](const auto& deadline) { return deadline.name() == name; });
    if (!clock)
      wrong.Add("deadlines", Reason::kFieldMissing, absl::StrCat("a row ", ToAbsl(name), ", for supervision orders"));
  }
  std::set<int> causes;
  for (int cause : row.causes()) {
    if (cause == goldeneagle::v1::SUPERVISION_CAUSE_UNSPECIFIED || !goldeneagle::v1::SupervisionCause_IsValid(cause) ||
        !causes.insert(cause).second)
      wrong.Add("supervision.causes", Reason::kFieldInvalid, "known ones, each once");
  }
  if (causes.empty()) wrong.Add("supervision.causes", Reason::kFieldMissing, "why may one be issued?");
  if (row.issue_roles().empty())
    wrong.Add("supervision.issue_roles", Reason::kFieldMissing, "somebody must sign the issue");
  if (row.commander_roles().empty())
    wrong.Add("supervision.commander_roles", Reason::kFieldMissing, "somebody must sign a commander's order");
  if (row.answer_roles().empty())
    wrong.Add("supervision.answer_roles", Reason::kFieldMissing, "somebody must sign a court's answer");
  if (row.words_max() < kWordsMin || row.words_max() > kWordsPerSupervision)
    wrong.Add("supervision.words_max", Reason::kFieldInvalid, "4 to 1,000");
  CheckSource(row.source(), "supervision", wrong);
}

// A key can be read by its length: Ed25519 32 bytes, SM2 04 || X || Y.
bool IsKeyOf(const goldeneagle::v1::Examiner& examiner) {
  return (examiner.algorithm() == goldeneagle::v1::KEY_ALGORITHM_ED25519 && examiner.key().size() == 32) ||
         (examiner.algorithm() == goldeneagle::v1::KEY_ALGORITHM_SM2 && examiner.key().size() == 65);
}

void CheckAdapters(const goldeneagle::v1::AdapterRow& row, Violations& wrong) {
  constexpr int kExaminersMax = 16, kCasesMax = 200;
  constexpr uint32_t kTenYears = 3660;
  if (row.examiners().empty() || row.examiners_size() > kExaminersMax)
    wrong.Add("adapters.examiners", Reason::kFieldMissing, "1 to 16");
  std::set<std::string> names, keys, cases;
  for (int i = 0; i < row.examiners_size(); ++i) {
    const auto& examiner = row.examiners(i);
    const std::string path = absl::StrCat("adapters.examiners[", i, "]");
    if (examiner.name().empty() || examiner.name().size() > kRowNameBytes || !names.insert(examiner.name()).second)
      wrong.Add(path + ".name", Reason::kFieldInvalid, absl::StrCat("unique, 1 to ", kRowNameBytes, " bytes"));
    if (!IsKeyOf(examiner) || !keys.insert(examiner.key()).second)
      wrong.Add(path + ".key", Reason::kFieldInvalid, "a public key of the algorithm, of nobody else");
  }
  for (const std::string& name : row.cases()) {
    if (name.empty() || name.size() > kRowNameBytes || !cases.insert(name).second)
      wrong.Add("adapters.cases", Reason::kFieldInvalid, absl::StrCat("1 to ", kRowNameBytes, " bytes, each once"));
  }
  if (row.cases_size() > kCasesMax) wrong.Add("adapters.cases", Reason::kTooLarge, absl::StrCat("at most ", kCasesMax));
  if (row.valid_days() == 0 || row.valid_days() > kTenYears)
    wrong.Add("adapters.valid_days", Reason::kFieldInvalid, "1 to 3,660");
  CheckSource(row.source(), "adapters", wrong);
}

void CheckPositions(const PolicyTable& table, Violations& wrong) {
  const auto& row = table.positions();
  const bool clock = std::any_of(table.deadlines().begin(), table.deadlines().end(),
                                 [](const auto& deadline) { return deadline.name() == kPositionRow; });
  if (!clock) wrong.Add("deadlines", Reason::kFieldMissing, "a row POSITION_DIFFERENCE, for incidents");
  if (row.due_hours() == 0 || row.due_hours() > 48) wrong.Add("positions.due_hours", Reason::kFieldInvalid, "1 to 48");
  if (row.ahead_statements() == 0 || row.ahead_statements() > 30)
    wrong.Add("positions.ahead_statements", Reason::kFieldInvalid, "1 to 30");
  CheckSource(row.source(), "positions", wrong);
}

void CheckStanding(const goldeneagle::v1::StandingRow& row, Violations& wrong) {
  constexpr uint32_t kMonthsMax = 1200, kRepeatsMax = 256, kDayMinutes = 1440;
  // Whatever touches property is decided in the situation of the day.
  if (row.actions_size() != 1 || row.actions(0) != goldeneagle::v1::ACTION_INQUIRE)
    wrong.Add("standing.actions", Reason::kFieldInvalid, "ACTION_INQUIRE and nothing else");
  if (row.months_max() == 0 || row.months_max() > kMonthsMax)
    wrong.Add("standing.months_max", Reason::kFieldInvalid, "1 to 1,200");
  if (row.repeats_max() == 0 || row.repeats_max() > kRepeatsMax)
    wrong.Add("standing.repeats_max", Reason::kFieldInvalid, "1 to 256");
  if (row.waiting_per_case_max() < row.repeats_max())
    wrong.Add("standing.waiting_per_case_max", Reason::kFieldInvalid, "at least repeats_max");
  if (row.waiting_per_court_max() < row.waiting_per_case_max())
    wrong.Add("standing.waiting_per_court_max", Reason::kFieldInvalid, "at least waiting_per_case_max");
  if (row.first_minute() >= row.last_minute() || row.last_minute() > kDayMinutes)
    wrong.Add("standing.last_minute", Reason::kFieldInvalid, "above first_minute, at most 1,440");
  CheckSource(row.source(), "standing", wrong);
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Policy>> Policy::Create(const PolicyTable& table) {
  Violations wrong;
  auto policy = std::make_shared<Policy>();
  if (table.version() == 0) wrong.Add("version", Reason::kFieldMissing, "versions start at 1");
  if (table.jurisdiction().empty()) wrong.Add("jurisdiction", Reason::kFieldMissing, "whose law is it?");
  if (!absl::LoadTimeZone(table.time_zone(), &policy->zone_))
    wrong.Add("time_zone", Reason::kFieldInvalid, "not an IANA zone of this machine");
  if (table.asset_kinds().empty()) wrong.Add("asset_kinds", Reason::kFieldMissing, "at least one asset kind");
  CheckDeadlines(table, wrong);
  CheckOverrides(table, wrong);
  CheckCalendars(table, wrong);
  for (int i = 0; i < table.calendars_size(); ++i)
    CheckSource(table.calendars(i).source(), absl::StrCat("calendars[", i, "]"), wrong);
  if (table.has_witnesses()) {
    constexpr uint32_t kDayMinutes = 1440;
    const auto& row = table.witnesses();
    if (row.alarm_after_minutes() == 0 || row.alarm_after_minutes() > kDayMinutes)
      wrong.Add("witnesses.alarm_after_minutes", Reason::kFieldInvalid, "1 to 1,440");
    if (row.refresh_minutes() == 0 || row.refresh_minutes() > kDayMinutes)
      wrong.Add("witnesses.refresh_minutes", Reason::kFieldInvalid, "1 to 1,440");
    if (row.deductions_wait_after_minutes() > 30 * kDayMinutes)
      wrong.Add("witnesses.deductions_wait_after_minutes", Reason::kFieldInvalid, "at most 30 days");
    CheckSource(row.source(), "witnesses", wrong);
  }
  if (table.has_directory()) {
    const uint32_t minutes = table.directory().head_every_minutes();
    if (minutes == 0 || minutes > 1440) wrong.Add("directory.head_every_minutes", Reason::kFieldInvalid, "1 to 1,440");
    CheckSource(table.directory().source(), "directory", wrong);
  }
  if (table.has_transfer()) {
    if (table.transfer().months_left_min() == 0 || table.transfer().months_left_min() > 12)
      wrong.Add("transfer.months_left_min", Reason::kFieldInvalid, "1 to 12");
    CheckSource(table.transfer().source(), "transfer", wrong);
  }
  if (table.has_inquiry()) {
    constexpr uint32_t kTenYears = 3660;
    if (const uint32_t days = table.inquiry().transaction_days_max(); days == 0 || days > kTenYears)
      wrong.Add("inquiry.transaction_days_max", Reason::kFieldInvalid, "1 to 3,660");
    CheckSource(table.inquiry().source(), "inquiry", wrong);
  }
  if (table.has_retention()) {
    if (table.retention().years() == 0 || table.retention().years() > 1000)
      wrong.Add("retention.years", Reason::kFieldInvalid, "1 to 1,000");
    CheckSource(table.retention().source(), "retention", wrong);
  }
  if (table.has_reading()) CheckReading(table.reading(), wrong);
  if (table.has_measure_ends()) CheckMeasureEnds(table.measure_ends(), wrong);
  if (table.has_papers()) CheckPapers(table.papers(), wrong);
  if (table.has_adapters()) CheckAdapters(table.adapters(), wrong);
  if (table.has_objections()) CheckObjections(table, wrong);
  if (table.has_supervision()) CheckSupervision(table, wrong);
  if (table.has_positions()) CheckPositions(table, wrong);
  if (table.has_plausibility()) CheckPlausibility(table.plausibility(), wrong);
  if (table.has_standing()) CheckStanding(table.standing(), wrong);
  CheckBlockedActs(table, wrong);
  if (table.has_income()) CheckIncome(table, wrong);
  if (table.has_locate()) CheckLocate(table, wrong);
  CheckCodes(table.transfer_grounds(), "transfer_grounds", wrong);
  CheckRows(table, wrong);
  if (!wrong.empty()) return wrong.ToStatus("the policy table is refused");
  policy->table_ = table;
  policy->calendars_ = Calendars(table);
  return std::shared_ptr<const Policy>(std::move(policy));
}

const goldeneagle::v1::DeadlineRow* Policy::DeadlineFor(goldeneagle::v1::Urgency urgency) const {
  for (const auto& row : table_.deadlines()) {
    if (row.urgency() == urgency) return &row;
  }
  return nullptr;
}

const goldeneagle::v1::DeadlineRow* Policy::DeadlineNamed(std::string_view name) const {
  for (const auto& row : table_.deadlines()) {
    if (row.name() == name) return &row;
  }
  return nullptr;
}

const goldeneagle::v1::DeadlineRow* Policy::DeadlineOfOrder(goldeneagle::v1::Action action,
                                                            goldeneagle::v1::Urgency urgency,
                                                            const goldeneagle::v1::RegisterAgency* agency) const {
  const auto fits = [&](const goldeneagle::v1::DeadlineOverrideRow& row) {
    return (row.agency().empty() || row.agency() == agency->code()) &&
           (row.agency_kind().empty() || row.agency_kind() == agency->kind()) &&
           agency->region().compare(0, row.region().size(), row.region()) == 0 &&
           (row.action() == goldeneagle::v1::ACTION_UNSPECIFIED || row.action() == action) &&
           (row.urgency() == goldeneagle::v1::URGENCY_UNSPECIFIED || row.urgency() == urgency);
  };
  for (const auto& row : table_.deadline_overrides()) {
    if (agency != nullptr && fits(row)) return DeadlineNamed(row.deadline());
  }
  return DeadlineFor(urgency);
}

Territory Policy::TerritoryOf(const goldeneagle::v1::RegisterAgency* agency) const {
  return {zone_, &calendars_, agency != nullptr ? agency->region() : ""};
}

const goldeneagle::v1::ActionRow* Policy::ActionRowFor(goldeneagle::v1::Action action) const {
  for (const auto& row : table_.actions()) {
    if (row.action() == action) return &row;
  }
  return nullptr;
}

const goldeneagle::v1::IdKindRow* Policy::IdKind(std::string_view id_kind) const {
  for (const auto& row : table_.id_kinds()) {
    if (row.id_kind() == id_kind) return &row;
  }
  return nullptr;
}

const goldeneagle::v1::TermRow* Policy::TermFor(std::string_view asset_kind, goldeneagle::v1::CaseStage stage) const {
  const goldeneagle::v1::TermRow* any = nullptr;
  for (const auto& row : table_.terms()) {
    if (row.asset_kind() != asset_kind) continue;
    if (row.stage() == stage) return &row;
    if (row.stage() == goldeneagle::v1::CASE_STAGE_UNSPECIFIED) any = &row;
  }
  return any;
}

const goldeneagle::v1::BlockedActRow* Policy::BlockedActsOf(std::string_view asset_kind) const {
  for (const auto& row : table_.blocked_acts()) {
    if (row.asset_kind() == asset_kind) return &row;
  }
  return nullptr;
}

bool Policy::PapersTravelWith(goldeneagle::v1::Action action) const {
  const auto& actions = table_.papers().travel_with();
  return std::find(actions.begin(), actions.end(), action) != actions.end();
}

bool Policy::IsAssetKind(std::string_view kind) const {
  return std::find(table_.asset_kinds().begin(), table_.asset_kinds().end(), kind) != table_.asset_kinds().end();
}

absl::Time RetainedUntil(absl::Time closed_at, const Policy& policy) {
  if (closed_at == absl::InfiniteFuture()) return closed_at;
  const absl::CivilDay closed = absl::ToCivilDay(closed_at, policy.zone());
  const absl::CivilDay last(closed.year() + policy.table().retention().years(), closed.month(), closed.day());
  return absl::FromCivil(last + 1, policy.zone());
}

absl::Time ReportValidUntil(absl::Time approved_at, const Policy& policy) {
  const absl::CivilDay approved = absl::ToCivilDay(approved_at, policy.zone());
  return absl::FromCivil(approved + policy.table().adapters().valid_days() + 1, policy.zone());
}

}  // namespace eagle::domain
