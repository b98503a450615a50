// eagle case completeness: which registers were asked about whom within the last months, and what they answered, with
// the evidence of every inquiry beside it.
#include <algorithm>
#include <filesystem>
#include <sstream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "client/cli/commands.h"
#include "client/cli/reading.h"
#include "client/common/files.h"
#include "client/lib/completeness.h"
#include "client/lib/errors.h"
#include "client/lib/evidence.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/journal/hash.h"

namespace eagle::client {
namespace {

constexpr size_t kInquiriesMax = 60;  // each is an audited read

struct CompletenessFlags {
  std::string case_number, out;
  ReadingFlags reading;
  uint64_t months = 3;
};

absl::StatusOr<std::vector<v1::OrderView>> InquiriesOf(Gateway& gateway, const std::string& case_number,
                                                       absl::Time since) {
  std::vector<v1::OrderView> inquiries;
  v1::ListOrdersRequest request;
  request.set_case_number(case_number), request.set_page_size(1000);
  do {
    EAGLE_ASSIGN_OR_RETURN(const v1::ListOrdersResponse page, gateway.ListOrders(request));
    for (const v1::OrderView& view : page.orders()) {
      if (view.action() == v1::ACTION_INQUIRE && ToTime(view.accepted_at()) >= since) inquiries.push_back(view);
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return inquiries;
}

absl::StatusOr<std::vector<v1::AgencyView>> RegistersOf(Gateway& gateway) {
  std::vector<v1::AgencyView> agencies;
  v1::ListAgenciesRequest request;
  request.set_page_size(1000);
  do {
    EAGLE_ASSIGN_OR_RETURN(const v1::ListAgenciesResponse page, gateway.ListAgencies(request));
    agencies.insert(agencies.end(), page.agencies().begin(), page.agencies().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return agencies;
}

absl::Status Certify(Session& session, const CompletenessFlags& flags) {
  if (flags.months == 0 || flags.months > 60) return Fail(Reason::kFieldInvalid, "--months is 1 to 60");
  std::error_code ignored;
  if (std::filesystem::exists(flags.out, ignored) && !std::filesystem::is_empty(flags.out, ignored))
    return Fail(Reason::kFieldInvalid, "something is there already: " + flags.out).At("--out", "a new folder");
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  const absl::Time now = session.process().clock.WallNow();
  ReadingTicket ticket(session, flags.reading, {"", flags.case_number});
  v1::GetCaseRequest of;
  of.set_case_number(flags.case_number);
  EAGLE_RETURN_IF_ERROR(ticket.Put(*of.mutable_officer_ticket()));
  EAGLE_ASSIGN_OR_RETURN(const v1::GetCaseResponse answer, gateway->GetCase(of));
  EAGLE_ASSIGN_OR_RETURN(const v1::GetPolicyResponse policy, gateway->GetPolicy({}));
  CaseSearched facts{.court = desk->options().organisation,
                     .case_number = answer.case_().case_number(),
                     .title = answer.case_().title(),
                     .test = desk->options().environment != v1::ENVIRONMENT_PRODUCTION,
                     .as_of = now,
                     .months = static_cast<uint32_t>(flags.months)};
  for (const v1::RespondentView& one : answer.case_().respondents()) {
    if (!one.removed()) facts.respondents.push_back(one.identity_masked());
  }
  facts.asset_kinds.assign(policy.table().asset_kinds().begin(), policy.table().asset_kinds().end());
  EAGLE_ASSIGN_OR_RETURN(
      std::vector<v1::OrderView> orders,
      InquiriesOf(*gateway, flags.case_number, CountsSince(now, static_cast<uint32_t>(flags.months), zone)));
  if (orders.size() > kInquiriesMax) {
    session.Talk(absl::StrCat("of ", orders.size(), " inquiries the newest ", kInquiriesMax, " are read"));
    orders.erase(orders.begin(), orders.end() - kInquiriesMax);
  }
  EAGLE_ASSIGN_OR_RETURN(const std::vector<v1::AgencyView> registers, RegistersOf(*gateway));
  std::vector<InquiryProved> inquiries;
  std::vector<std::string> files;
  for (const v1::OrderView& order : orders) {
    session.Counted(inquiries.size(), orders.size(), "inquiries read");
    EvidenceAsked asked{.order_id = order.order_id()};
    EAGLE_RETURN_IF_ERROR(ticket.Put(asked.ticket));
    EAGLE_ASSIGN_OR_RETURN(FetchedEvidence evidence, FetchEvidence(asked, *desk, *gateway));
    inquiries.push_back({order.subject_masked(), UuidText(order.order_id()) + ".evidence",
                         HexEncode(journal::View(journal::Sha256(evidence.bytes))), std::move(evidence.report)});
    files.push_back(std::move(evidence.bytes));
  }
  EAGLE_RETURN_IF_ERROR(MakeFolder(flags.out));
  for (size_t i = 0; i < files.size(); ++i)
    EAGLE_RETURN_IF_ERROR(WriteDurably(flags.out + "/" + inquiries[i].file, files[i]));
  const Completeness found = CompletenessOf(std::move(facts), std::move(inquiries), registers, zone);
  const Document document = DocumentOf(found, zone);
  std::ostringstream json;
  document.PrintJson(json);
  EAGLE_RETURN_IF_ERROR(WriteDurably(flags.out + "/completeness.json", json.str()));
  EAGLE_RETURN_IF_ERROR(WriteDurably(flags.out + "/completeness.html", HtmlOf(found, zone)));
  session.Talk(found.complete() ? "complete: every connected register answered about every respondent"
                                : "not complete: the table says which register is missing");
  return session.Print(document);
}

}  // namespace

void AddCaseCompleteness(Verb& cases) {
  auto flags = std::make_shared<CompletenessFlags>();
  Verb verb =
      cases.Add("completeness",
                "Certificate of a complete search 查控完整性证明: which registers were asked about each respondent "
                "within the last "
                "months, what they answered, who is missing, with the evidence of every inquiry (audited reads).",
                "eagle case completeness \"（2026）辽9901执1024号\" --officer 001 --out completeness");
  verb.Text("CASE", &flags->case_number, "case number", Need::kRequired);
  verb.Text("--out", &flags->out, "folder, which must be new or empty: completeness.html, completeness.json, evidence",
            Need::kRequired);
  verb.Number("--months", &flags->months, "how far back a search counts (3, as for closing without assets 终本)");
  AddReadingFlags(verb, flags->reading);
  verb.Do([flags](Session& session) { return Certify(session, *flags); });
}

}  // namespace eagle::client
