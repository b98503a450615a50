#include "client/cli/list_renewals.h"

#include <algorithm>
#include <map>
#include <optional>

#include "client/cli/session.h"
#include "client/common/csv.h"
#include "client/common/files.h"
#include "client/lib/words.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/trust/timestamps.h"

namespace eagle::client {
namespace {

// "NAME;ID_KIND;NUMBER" of the respondents of our freezes, by order id.
absl::StatusOr<std::map<std::string, std::string>> RespondentsOf(Desk& desk) {
  std::map<std::string, std::string> respondents;
  EAGLE_ASSIGN_OR_RETURN(const std::vector<OutboxItem> sent, desk.outbox().Answered());
  for (const OutboxItem& item : sent) {
    if (item.member_type != v1::MEMBER_TYPE_ORDER) continue;
    for (const std::string& member : item.batch.members()) {
      v1::Order order;
      if (!order.ParseFromString(member) || !order.has_freeze()) continue;
      const v1::Identity& subject = order.subject();
      respondents[order.order_id()] = subject.name() + ";" + subject.id_kind() + ";" + subject.id_number();
    }
  }
  return respondents;
}

// Why there is nothing to order now; empty: a renewal can be asked for.
std::string LeftOut(const v1::MeasureView& measure, bool known, absl::Time now, const absl::TimeZone& zone) {
  if (measure.phase() == v1::MEASURE_PHASE_EXPECTED_LAPSED) return "its term has ended: it takes a new freeze";
  if (measure.renewal_open()) return "a renewal is open";
  if (IsSet(measure.renewable_from()) && ToTime(measure.renewable_from()) > now)
    return "renewals open on " + absl::FormatCivilTime(absl::ToCivilDay(ToTime(measure.renewable_from()), zone));
  if (!known) return "the order that made it isn't in this desk's outbox: eagle order renew --measure, with --subject";
  return "";
}

// The columns that say the same of every line: what the flags were given, under the options' names.
struct SameForAll {
  std::vector<std::string> names, values;
  void Add(const std::string& name, const std::string& value) {
    if (!value.empty()) names.push_back(name), values.push_back(value);
  }
};
SameForAll SameOf(const OrderFlags& flags, const std::vector<std::string>& officers) {
  SameForAll same;
  same.Add("term", flags.term);
  same.Add("urgent", flags.urgent);
  same.Add("purpose", flags.purpose);
  same.Add("legal-basis", flags.legal_basis);
  same.Add("confirm", flags.confirm);
  if (flags.valid_days > 0) same.Add("valid-days", std::to_string(flags.valid_days));
  for (const std::string& paper : flags.papers) same.Add("paper", paper);
  for (const std::string& officer : officers) same.Add("officer", officer);
  return same;
}

}  // namespace

absl::StatusOr<std::vector<v1::MeasureView>> MeasuresEnding(Session& session, const std::string& case_number,
                                                            uint64_t days, bool standing_only) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  v1::ListMeasuresRequest request;
  request.set_case_number(case_number);
  request.set_standing_only(standing_only);
  request.set_page_size(500);
  if (days > 0)
    *request.mutable_ending_before() =
        trust::TimestampOf(session.process().clock.WallNow() + absl::Hours(24) * static_cast<int64_t>(days));
  std::vector<v1::MeasureView> measures;
  for (;;) {
    EAGLE_ASSIGN_OR_RETURN(const v1::ListMeasuresResponse page, gateway->ListMeasures(request));
    measures.insert(measures.end(), page.measures().begin(), page.measures().end());
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
  }
  const auto end_of = [](const v1::MeasureView& measure) {
    return IsSet(measure.state().effective_to()) ? ToTime(measure.state().effective_to()) : absl::InfiniteFuture();
  };
  std::stable_sort(measures.begin(), measures.end(),
                   [&](const v1::MeasureView& a, const v1::MeasureView& b) { return end_of(a) < end_of(b); });
  return measures;
}

absl::Status WriteRenewals(Session& session, const OrderFlags& flags, const std::vector<std::string>& officers,
                           uint64_t days, const std::string& file) {
  if (!file.ends_with(".csv")) return Fail(Reason::kFieldInvalid, "--into is the list to write, a file *.csv");
  EAGLE_ASSIGN_OR_RETURN(const auto there, ReadFileIfThere(file));
  if (there) return Fail(Reason::kFieldInvalid, "the file is there already: " + file);
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(const std::vector<v1::MeasureView> measures, MeasuresEnding(session, flags.case_number, days));
  EAGLE_ASSIGN_OR_RETURN(const auto respondents, RespondentsOf(*desk));
  const absl::Time now = session.process().clock.WallNow();
  const SameForAll same = SameOf(flags, officers);
  std::vector<std::string> header = {"act", "case", "subject", "agency", "measure"};
  header.insert(header.end(), same.names.begin(), same.names.end());
  std::string text = CsvLine(header);
  size_t lines = 0;
  Table table("renewals", {{"line", kRight},
                           {"effective_to"},
                           {"case_number"},
                           {"agency"},
                           {"asset_kind"},
                           {"asset"},
                           {"controlled", kRight},
                           {"measure"},
                           {"left_out"}});
  for (const v1::MeasureView& measure : measures) {
    const auto respondent = respondents.find(measure.freeze_order_id());
    const std::string why = LeftOut(measure, respondent != respondents.end(), now, zone);
    if (why.empty()) {
      std::vector<std::string> cells = {"renew", measure.case_number(), respondent->second, measure.agency(),
                                        UuidText(measure.freeze_order_id())};
      cells.insert(cells.end(), same.values.begin(), same.values.end());
      text += CsvLine(cells);
      ++lines;
    }
    table.Add({why.empty() ? Count(lines + 1) : Nothing(), End(ToTime(measure.state().effective_to()), zone),
               Text(measure.case_number()), Text(NameOr(session.names(), measure.agency())), Text(measure.asset_kind()),
               TextOrNothing(measure.asset_number_masked()),
               measure.is_money() ? Money(measure.state().controlled_minor_units()) : Nothing(),
               Text(UuidText(measure.freeze_order_id())), TextOrNothing(why)});
  }
  if (lines > 0) EAGLE_RETURN_IF_ERROR(WriteDurably(file, text));
  session.Talk(lines == 0 ? "nothing to renew, no list was written"
                          : std::to_string(lines) + " renewals are listed: read " + file +
                                ", take out what is not to be renewed, then eagle order submit --file " + file);
  Document document;
  document.Add(std::move(table));
  return session.Print(document);
}

}  // namespace eagle::client
