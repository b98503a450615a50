#include "client/lib/words.h"

#include <algorithm>
#include <cctype>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/lib/json.h"
#include "server/base/bytes.h"
#include "server/base/money.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/journal/hash.h"
#include "server/trust/timestamps.h"

namespace eagle::client {
namespace {

namespace v1 = ::goldeneagle::v1;
namespace pb = ::google::protobuf;

// What all values of a type begin with: "ACTION_" for ACTION_UNSPECIFIED, which every type has as its zero.
std::string Prefix(const pb::EnumDescriptor& type) {
  const std::string zero = type.FindValueByNumber(0)->name();
  return zero.substr(0, zero.rfind("UNSPECIFIED"));
}

// "Tue 29 Sep".
bool Has(const pb::RepeatedField<int>& actions, v1::Action action) {
  return std::find(actions.begin(), actions.end(), action) != actions.end();
}

std::string CommaList(const pb::RepeatedPtrField<std::string>& list) {
  std::string out;
  for (const std::string& item : list) absl::StrAppend(&out, out.empty() ? "" : ", ", item);
  return out;
}

bool IsAnswered(const v1::TaskView& task) {
  return task.state() == v1::TASK_STATE_DONE || task.state() == v1::TASK_STATE_RETURNED ||
         task.state() == v1::TASK_STATE_WITHDRAWN || task.state() == v1::TASK_STATE_ENDED;
}

// In units, of which four digits stand behind the point; 0 says nothing.
std::string QuantityText(int64_t quantity_e4) {
  if (quantity_e4 == 0) return "";
  const int64_t behind = quantity_e4 % 10'000;
  std::string text = absl::StrCat(", ", quantity_e4 / 10'000);
  if (behind > 0) absl::StrAppend(&text, ".", absl::Dec(behind, absl::kZeroPad4));
  return text + " units";
}

std::string TargetText(const v1::Freeze& freeze) {
  switch (freeze.target_case()) {
    case v1::Freeze::kPersonAtAgency:
      return freeze.person_at_agency().whole_account() ? "whole accounts of the person" : "all accounts of the person";
    case v1::Freeze::kAccount:
      return "account " + freeze.account().account_number();
    case v1::Freeze::kAsset:
      return absl::StrCat(freeze.asset().asset_kind(), " ", freeze.asset().unit_number(), " share ",
                          freeze.asset().share_numerator(), "/", freeze.asset().share_denominator(),
                          QuantityText(freeze.asset().quantity_e4()));
    case v1::Freeze::kProduct:
      return absl::StrCat("product ", freeze.product().product_number(), " and the account to which it pays back",
                          QuantityText(freeze.product().quantity_e4()));
    case v1::Freeze::kCounter:
      return absl::StrCat("what the counter registered as ", freeze.counter().unit_reference(), " by ",
                          freeze.counter().document_number(), ", ", freeze.counter().asset_kind());
    default:
      return "no target";
  }
}

std::string ConfirmedText(const v1::Confirmation& confirmed) {
  return absl::StrCat("; leader ", confirmed.leader(), " confirms ", CommaList(confirmed.reasons()), ": ",
                      confirmed.ground());
}

std::string ClaimText(const v1::Claim& claim) {
  std::string out = absl::StrCat("cap ", MoneyText(claim.cap_minor_units()), " ", claim.currency(), " (principal ",
                                 MoneyText(claim.principal_minor_units()));
  if (claim.interest_minor_units() > 0) absl::StrAppend(&out, ", interest ", MoneyText(claim.interest_minor_units()));
  if (claim.doubled_interest_minor_units() > 0)
    absl::StrAppend(&out, ", doubled interest ", MoneyText(claim.doubled_interest_minor_units()), " of ",
                    claim.doubled_interest_days(), " days");
  if (claim.cost_minor_units() > 0) absl::StrAppend(&out, ", cost ", MoneyText(claim.cost_minor_units()));
  return out + ")";
}

std::string TermText(const v1::Term& term) {
  if (term.years() > 0) return absl::StrCat(term.years(), term.years() == 1 ? " year" : " years");
  return absl::StrCat(term.months(), term.months() == 1 ? " month" : " months");
}

// Unknown isn't zero.
std::string LimitText(const v1::Freeze& freeze) {
  if (freeze.limit_minor_units() == 0) return ", value unknown";
  return absl::StrCat(", up to ", MoneyText(freeze.limit_minor_units()), " ", freeze.currency());
}

std::string TitleText(const v1::TransferTitle& title) {
  const std::string part = title.share_numerator() == 0
                               ? std::string("all")
                               : absl::StrCat(title.share_numerator(), "/", title.share_denominator());
  return absl::StrCat(part, " of what ", UuidText(title.freeze_order_id()), " holds to ", title.transferee().name(),
                      " ", title.transferee().id_number(), ", ", title.ground(), ", ",
                      title.proceeds_minor_units() == 0 ? "nothing" : MoneyText(title.proceeds_minor_units()),
                      " to this claim", title.charges_end() ? ", charges end" : "");
}

std::string ActText(const v1::Order& order) {
  switch (order.act_case()) {
    case v1::Order::kInquire:
      return order.inquire().asset_kinds().empty() ? "all assets" : CommaList(order.inquire().asset_kinds());
    case v1::Order::kFreeze:
      return absl::StrCat(TargetText(order.freeze()), LimitText(order.freeze()), ", ",
                          order.freeze().has_counter() ? "as long as it stands" : TermText(order.freeze().term()),
                          order.freeze().inflow() == v1::INFLOW_CAPTURE ? ", inflow captured" : "",
                          order.freeze().blocked_acts().empty() ? "" : ", barred ",
                          CommaList(order.freeze().blocked_acts()));
    case v1::Order::kRelease:
      return absl::StrCat(
          "of ", UuidText(order.release().freeze_order_id()), ", ",
          order.release().amount_minor_units() == 0 ? "whole" : MoneyText(order.release().amount_minor_units()), ", ",
          order.release().ground());
    case v1::Order::kRenew:
      return absl::StrCat(UuidText(order.renew().freeze_order_id()), " by ", TermText(order.renew().term()),
                          " from its end");
    case v1::Order::kDeduct:
      return absl::StrCat(order.deduct().up_to() ? "up to " : "", MoneyText(order.deduct().amount_minor_units()), " ",
                          order.deduct().currency(), " from ", UuidText(order.deduct().freeze_order_id()),
                          " to account ", order.deduct().account().account_number());
    case v1::Order::kTransferTitle:
      return TitleText(order.transfer_title());
    case v1::Order::kLocate:
      return absl::StrCat("look for what ", UuidText(order.locate().freeze_order_id()), " is about, for ",
                          TermText(order.locate().term()),
                          order.locate().hold() ? ", and hold it for " + order.locate().collect_contact() + " " +
                                                      order.locate().collect_phone()
                                                : ", a sighting is told");
    case v1::Order::kExtractIncome:
      return absl::StrCat("income on account ", order.extract_income().account_number(), ", up to ",
                          MoneyText(order.extract_income().limit_minor_units()), " ", order.extract_income().currency(),
                          ", ", MoneyText(order.extract_income().kept_per_month_minor_units()), " of each month kept, ",
                          TermText(order.extract_income().term()), ", to account ",
                          order.extract_income().account().account_number());
    default:
      return "no act";
  }
}

}  // namespace

std::string EnumWord(const pb::EnumDescriptor& type, int value) {
  const pb::EnumValueDescriptor* found = type.FindValueByNumber(value);
  return found == nullptr ? std::to_string(value) : found->name().substr(Prefix(type).size());
}

int EnumOfWord(const pb::EnumDescriptor& type, std::string_view word) {
  std::string name = Prefix(type);
  for (const char c : word) name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const pb::EnumValueDescriptor* found = type.FindValueByName(name);
  return found == nullptr ? 0 : found->number();
}

std::string OutcomeWord(v1::Outcome outcome) {
  return outcome == v1::OUTCOME_UNSPECIFIED ? "NO_ANSWER_YET" : Word(outcome);
}

bool IsSet(const pb::Timestamp& stamp) { return stamp.seconds() != 0 || stamp.nanos() != 0; }
absl::Time ToTime(const pb::Timestamp& stamp) { return trust::TimeOf(stamp).value_or(absl::UnixEpoch()); }

std::string NameOr(const Names& names, std::string_view code) {
  const auto name = names.find(code);
  return name == names.end() || name->second.empty() ? std::string(code) : name->second;
}

std::string ProgressText(const v1::OrderView& view, const Names& names, const absl::TimeZone& zone) {
  if (view.state() == v1::ORDER_STATE_WAITING)
    return absl::StrCat("waits, begins ", TimeText(ToTime(view.begins_at()), zone));
  if (view.state() == v1::ORDER_STATE_ENDED)
    return absl::StrCat("over without having begun: ", view.ended_reason(), "; somebody has to decide what is done");
  const auto answered = std::count_if(view.tasks().begin(), view.tasks().end(), IsAnswered);
  std::string out = absl::StrCat(answered, " of ", view.tasks_size(), " answered");
  for (const v1::TaskView& task : view.tasks()) {
    if (IsAnswered(task)) continue;
    const std::string name = NameOr(names, task.agency());
    switch (task.state()) {
      case v1::TASK_STATE_ACKNOWLEDGED:
        absl::StrAppend(&out, ", ", name, " has it");
        break;
      case v1::TASK_STATE_IN_PROGRESS:
        absl::StrAppend(&out, ", ", name, " works on it");
        break;
      case v1::TASK_STATE_PAUSED:
        absl::StrAppend(&out, ", ", name, " doesn't have it: a key that signed was revoked");
        break;
      case v1::TASK_STATE_CONFLICT:
        absl::StrAppend(&out, ", ", name, " answered twice differently: people must decide");
        break;
      default:
        absl::StrAppend(&out, ", ", name, " no answer yet");
    }
  }
  if (answered < view.tasks_size() && IsSet(view.deadline().due_at())) {
    absl::StrAppend(&out, view.overdue() ? ", overdue since " : ", due ",
                    DueText(ToTime(view.deadline().due_at()), zone));
  }
  return out;
}

std::string CoverageText(const pb::RepeatedPtrField<v1::CoverageView>& coverage, const Names& names) {
  int inquire = 0, control = 0, deduct = 0;
  std::string by_clerk, absent;
  for (const v1::CoverageView& agency : coverage) {
    inquire += Has(agency.actions(), v1::ACTION_INQUIRE) ? 1 : 0;
    control += Has(agency.actions(), v1::ACTION_FREEZE) ? 1 : 0;
    deduct += Has(agency.actions(), v1::ACTION_DEDUCT) ? 1 : 0;
    if (agency.by_clerk() || !agency.clerk_actions().empty())
      absl::StrAppend(&by_clerk, ", ", NameOr(names, agency.agency()), " by clerk");
    if (!agency.present()) absl::StrAppend(&absent, ", ", NameOr(names, agency.agency()), " absent");
  }
  return absl::StrCat(inquire, " inquire, ", control, " control, ", deduct, " deduct", by_clerk, absent);
}

std::string OrderText(const v1::Order& order) {
  std::string out =
      absl::StrCat(Word(order.action()), " ", Word(order.urgency()), order.urgency_reason().empty() ? "" : " (",
                   order.urgency_reason(), order.urgency_reason().empty() ? "" : ")", " ", order.case_number(), " ",
                   order.subject().name(), " ", order.subject().id_number(), " at ", CommaList(order.agencies()), ": ",
                   ActText(order));
  if (order.has_over_cap_exception()) {
    absl::StrAppend(&out, "; beyond the cap because ", order.over_cap_exception().reason(), ", leader ",
                    order.over_cap_exception().leader());
  }
  if (order.has_confirmed()) absl::StrAppend(&out, ConfirmedText(order.confirmed()));
  if (order.has_not_before())
    absl::StrAppend(&out, "; not before ",
                    absl::FormatTime(absl::RFC3339_sec, ToTime(order.not_before()), absl::UTCTimeZone()));
  return absl::StrCat(out, "; for ", order.purpose(), ", ", order.legal_basis());
}

std::string AgencyReasonText(std::string_view code) {
  const auto known = OfWord<v1::AgencyReason>(code);
  const bool of_contract = known != v1::AGENCY_REASON_UNSPECIFIED && Word(known) == code;
  if (code.empty() || of_contract || ReasonByName(code)) return std::string(code);
  return "UNKNOWN (" + std::string(code) + ")";
}

std::string ObjectionText(const v1::ObjectionAct& act) {
  switch (act.act_case()) {
    case v1::ObjectionAct::kRaise:
      return absl::StrCat("objection of ", act.author(), " to order ", UuidText(act.raise().order_id()), ", ",
                          act.raise().ground(), ": ", act.raise().text(), "; contact ", act.raise().contact_name(), " ",
                          act.raise().contact_phone());
    case v1::ObjectionAct::kReply:
      return absl::StrCat(act.reply().withdraws() ? "takes back objection " : "says in objection ",
                          UuidText(act.reply().objection_id()), ": ", act.reply().text());
    case v1::ObjectionAct::kAnswer:
      return absl::StrCat("objection ", UuidText(act.answer().objection_id()), " is ", Word(act.answer().decision()),
                          ": ", act.answer().text());
    default:
      return "no word";
  }
}

std::string SupervisionText(const v1::SupervisionAct& act) {
  const std::string thread =
      "supervision order " + (act.supervision_id().empty() ? "" : UuidText(act.supervision_id()));
  switch (act.act_case()) {
    case v1::SupervisionAct::kIssue: {
      const v1::SupervisionOrder& issue = act.issue();
      std::string about = issue.case_number().empty() ? "" : " about case " + issue.case_number();
      if (!issue.order_id().empty()) absl::StrAppend(&about, " about order ", UuidText(issue.order_id()));
      return absl::StrCat(issue.commander() ? "commander's order " : "supervision order ", issue.number(), " of ",
                          act.author(), " to ", issue.to_court().empty() ? issue.to_agency() : issue.to_court(),
                          issue.cc_court().empty() ? "" : ", copied to " + issue.cc_court(), ",", about, ", ",
                          Word(issue.cause()), ", ", Word(issue.urgency()), ": ", issue.required_action(), "; contact ",
                          issue.contact_name(), " ", issue.contact_phone());
    }
    case v1::SupervisionAct::kAcknowledge:
      return absl::StrCat("has ", thread, act.acknowledge().handler().empty() ? "" : ", handler ",
                          act.acknowledge().handler());
    case v1::SupervisionAct::kAnswer:
      return absl::StrCat("answers ", thread, ": ", act.answer().text());
    case v1::SupervisionAct::kSendBack:
      return absl::StrCat("returns the answer to ", thread, ": ", act.send_back().text());
    case v1::SupervisionAct::kClose:
      return absl::StrCat("closes ", thread, " as ", Word(act.close().result()), ": ", act.close().text());
    default:
      return "no word";
  }
}

namespace {

std::string RespondentText(const v1::Respondent& respondent) {
  std::string out = absl::StrCat(respondent.identity().name(), " ", respondent.identity().id_number(), " ",
                                 Word(respondent.liability()));
  if (respondent.liability_cap_minor_units() > 0)
    absl::StrAppend(&out, " up to ", MoneyText(respondent.liability_cap_minor_units()));
  return out;
}

std::string RespondentsText(const v1::ChangeRespondents& change) {
  std::string out = absl::StrCat("respondents of ", change.case_number());
  for (const v1::Respondent& added : change.add()) absl::StrAppend(&out, "; added ", RespondentText(added));
  for (const v1::Identity& removed : change.remove())
    absl::StrAppend(&out, "; removed ", removed.name(), " ", removed.id_number());
  absl::StrAppend(&out, ": ", change.ground(), ", ", change.legal_basis(), "; by ruling ", change.ruling().title(),
                  change.ruling().title().empty() ? "" : " ", "SHA-256 ", HexEncode(change.ruling().digest()));
  return out;
}

}  // namespace

std::string CaseActText(const v1::CaseAct& act) {
  switch (act.act_case()) {
    case v1::CaseAct::kOpen: {
      std::string out = absl::StrCat(
          "open ", act.open().case_number(), " (", act.open().title(), ") as ", Word(act.open().stage()), ", ",
          ClaimText(act.open().claim()), ", for ", act.open().applicant(), "; handler ", act.open().handler(),
          ", leader ", act.open().leader(), "; for ", act.open().purpose(), ", ", act.open().legal_basis());
      for (const v1::Respondent& respondent : act.open().respondents())
        absl::StrAppend(&out, "; against ", RespondentText(respondent));
      if (act.has_confirmed()) absl::StrAppend(&out, ConfirmedText(act.confirmed()));
      return out;
    }
    case v1::CaseAct::kStage:
      return absl::StrCat("stage of ", act.stage().case_number(), " becomes ", Word(act.stage().to()), ": ",
                          act.stage().ground());
    case v1::CaseAct::kCap:
      return absl::StrCat("claim of ", act.cap().case_number(), " becomes ", ClaimText(act.cap().claim()), ": ",
                          act.cap().ground(), act.has_confirmed() ? ConfirmedText(act.confirmed()) : "");
    case v1::CaseAct::kRespondents:
      return RespondentsText(act.respondents()) + (act.has_confirmed() ? ConfirmedText(act.confirmed()) : "");
    default:
      return "no act";
  }
}

std::string StatementText(const v1::Statement& statement) {
  std::string out = absl::StrCat(statement.subject(), " ", Word(statement.kind()), " no. ", statement.sequence());
  for (const int role : statement.roles()) absl::StrAppend(&out, " ", Word(static_cast<v1::OfficerRole>(role)));
  if (statement.has_officer())
    absl::StrAppend(&out, " ", statement.officer().name(), " ", statement.officer().work_id_no(), " ",
                    statement.officer().duty_card_no());
  if (statement.has_account())
    absl::StrAppend(&out, " ", statement.account().account_name(), " ", statement.account().bank(), " ",
                    statement.account().account_number());
  if (!statement.key().empty()) absl::StrAppend(&out, " key ", Base64Encode(statement.key()));
  return out;
}

std::string ReportText(const trust::ConformanceReport& report) {
  std::string out = absl::StrCat(report.adapter, " ", report.version, ", examined as agency ", report.agency, " for ",
                                 report.asset_kind, " by kit ", report.kit_version, ", ended ", report.ended_at, ": ",
                                 report.passed.size(), " cases passed, ", report.failed.size(), " failed, ",
                                 report.skipped.size(), " skipped");
  const auto list = [&out](const char* verdict, const std::vector<std::string>& names) {
    if (!names.empty()) absl::StrAppend(&out, "\n  ", verdict, ": ", absl::StrJoin(names, ", "));
  };
  list("failed", report.failed);
  list("skipped, which proves nothing", report.skipped);
  return absl::StrCat(out, "\n");
}

namespace {

// The report is long and unreadable as it lies there: its digest stands for it.
std::string AdapterProposalText(const v1::Proposal& proposal) {
  const std::string& bytes = proposal.adapter().report();
  const auto read = trust::ReadConformanceReport(bytes);
  const journal::Hash digest = journal::Sha256(bytes);
  return absl::StrCat("Let an adapter work ",
                      read.ok() ? "by the report of its examination: " + ReportText(read->report)
                                : "by a report that CAN'T BE READ: " + FailureOf(read.status()).message + "\n",
                      "Ground: ", proposal.ground(), "\nSHA-256 of the report's ", bytes.size(),
                      " bytes: ", HexEncode(journal::View(digest)), "\n");
}

}  // namespace

std::string ProposalText(const v1::Administration& act) {
  const v1::Proposal& proposal = act.proposal();
  std::string out;
  switch (proposal.change_case()) {
    case v1::Proposal::kCourt:
      out = absl::StrCat("Register the court ", proposal.court().code(), " (", proposal.court().name(), ").\n");
      break;
    case v1::Proposal::kAgency:
      out = absl::StrCat("Register the agency ", proposal.agency().code(), " (", proposal.agency().name(), "), ",
                         proposal.agency().kind(), " in region ", proposal.agency().region(), ", with ",
                         proposal.agency().capabilities_size(), " capabilities.\n");
      break;
    case v1::Proposal::kSystem:
      out = absl::StrCat("Register the ", proposal.system().role(), " system ", proposal.system().name(), ".\n");
      break;
    case v1::Proposal::kPolicy:
      out = absl::StrCat("Install version ", proposal.policy().table().version(), " of the policy of ",
                         proposal.policy().table().jurisdiction(), ".\n");
      break;
    case v1::Proposal::kClock:
      out = absl::StrCat("Accept the clock after the alarm at journal index ", proposal.clock().alarm_index(), ".\n");
      break;
    case v1::Proposal::kErase:
      out = absl::StrCat("Erase the case of court ", proposal.erase().court(), " that was opened at journal index ",
                         proposal.erase().case_index(), ": its key is destroyed, which nothing undoes.\n");
      break;
    case v1::Proposal::kWitnesses:
      out = absl::StrCat("Let ", proposal.witnesses().witnesses_size(), " witnesses watch the log, of whom ",
                         proposal.witnesses().quorum(), " must have signed before a deduction goes out.\n");
      break;
    case v1::Proposal::kReading:
      out = absl::StrCat("Let ", proposal.reading().reader(), " read the case of court ", proposal.reading().court(),
                         " that was opened at journal index ", proposal.reading().case_index(), ", until ",
                         absl::FormatTime(absl::RFC3339_sec, ToTime(proposal.reading().until()), absl::UTCTimeZone()),
                         ".\n");
      break;
    case v1::Proposal::kAdapter:
      return AdapterProposalText(proposal);
    default:
      out = "Change nothing.\n";
  }
  // The sentence is for the eye; every field of what is signed follows.
  return absl::StrCat(out, "Ground: ", proposal.ground(), "\n", ToJson(proposal, true));
}

}  // namespace eagle::client
