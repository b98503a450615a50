#include "tests/sim/province_papers.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/domain/instant.h"

namespace eagle::province {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

namespace {

constexpr const char* kFamily[] = {"林", "苏", "顾", "沈", "陆", "江", "程", "叶", "方", "白", "秦", "许"};
constexpr const char* kGiven[] = {"远舟", "清禾", "明岚", "思齐", "若川", "子衿",
                                  "念安", "书言", "以宁", "景行", "云帆", "星野"};

// Eighteen characters of region 99 that nobody has; the last one checks (GB 11643).
std::string CitizenNumber(uint32_t number) {
  constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  const uint32_t serial = number % 1000, day = number / 1000 % 28 + 1, month = number / 28'000 % 12 + 1,
                 year = 1950 + number / 336'000 % 50;
  std::string out = absl::StrFormat("990101%04d%02d%02d%03d", year, month, day, serial);
  int sum = 0;
  for (size_t i = 0; i < out.size(); ++i) sum += (out[i] - '0') * kWeights[i];
  return out + "10X98765432"[sum % 11];
}

std::string OfficerOf(const CourtPlan& court, const char* name) {
  return absl::StrCat("court/", court.code, "/officer/", name);
}

}  // namespace

std::string CaseNumber(const Plan& plan, const CaseName& of) {
  return absl::StrCat("（2026）", plan.courts[of.court].code, "执", of.number, "号");
}

Identity RespondentOf(const CaseName& of) {
  Identity person;
  person.set_name(absl::StrCat(kFamily[of.number % std::size(kFamily)], kGiven[of.number / 12 % std::size(kGiven)]));
  person.set_id_kind("CITIZEN_ID"), person.set_id_number(CitizenNumber(of.number));
  return person;
}

CaseAct OpenCase(const Plan& plan, const CaseName& of, int64_t principal, int64_t interest, const std::string& id) {
  CaseAct act;
  act.set_request_id(id), act.set_court(plan.courts[of.court].code);
  goldeneagle::v1::OpenCase& open = *act.mutable_open();
  open.set_case_number(CaseNumber(plan, of));
  open.set_title(absl::StrCat("（2026）", plan.courts[of.court].code, "民初", of.number, "号"));
  open.set_stage(CASE_STAGE_ENFORCEMENT), open.set_applicant("申请人"), open.set_purpose("EXECUTION"),
      open.set_legal_basis("民事诉讼法第253条"), open.set_handler("handler"), open.set_leader("leader");
  Respondent& respondent = *open.add_respondents();
  *respondent.mutable_identity() = RespondentOf(of);
  respondent.set_liability(LIABILITY_KIND_JOINT);
  Claim& claim = *open.mutable_claim();
  claim.set_currency("CNY"), claim.set_principal_minor_units(principal), claim.set_interest_minor_units(interest);
  claim.set_cap_minor_units(principal + interest);
  return act;
}

CaseAct ChangeStage(const Plan& plan, const CaseName& of, CaseStage to, const std::string& id) {
  CaseAct act;
  act.set_request_id(id), act.set_court(plan.courts[of.court].code);
  act.mutable_stage()->set_case_number(CaseNumber(plan, of)), act.mutable_stage()->set_to(to);
  act.mutable_stage()->set_ground("结案");
  return act;
}

Order BaseOrder(const Plan& plan, const CaseName& of, Action action, bool urgent, const std::string& id,
                absl::Time now) {
  Order order;
  order.set_order_id(id), order.set_court(plan.courts[of.court].code), order.set_case_number(CaseNumber(plan, of));
  order.set_action(action), order.set_urgency(urgent ? URGENCY_URGENT : URGENCY_NORMAL);
  if (urgent) order.set_urgency_reason("TRANSFER_RISK");
  *order.mutable_subject() = RespondentOf(of);
  *order.mutable_issued_at() = domain::ToProto(now),
  *order.mutable_not_after() = domain::ToProto(now + absl::Hours(24));
  OfficerRef& officer = *order.add_officers();
  officer.set_officer("handler"), officer.set_work_id_no("W"), officer.set_duty_card_no("D");
  order.set_purpose("EXECUTION"), order.set_legal_basis("民事诉讼法第253条");
  for (const std::string& paper : plan.policy->ActionRowFor(action)->papers()) {
    Instrument& instrument = *order.add_instruments();
    instrument.set_category(paper), instrument.set_digest(KeyOf(paper)), instrument.set_size_bytes(1),
        instrument.set_media_type("application/pdf");
  }
  return order;
}

Receipt BaseReceipt(const std::string& order_id, const std::string& order_digest, const std::string& agency,
                    ReceiptKind kind, absl::Time arrived, absl::Time now) {
  Receipt receipt;
  receipt.set_order_digest(order_digest), receipt.set_order_id(order_id), receipt.set_agency(agency),
      receipt.set_sequence(1), receipt.set_kind(kind);
  *receipt.mutable_arrived_at() = domain::ToProto(arrived), *receipt.mutable_answered_at() = domain::ToProto(now);
  return receipt;
}

domain::SubmitCases AsCommand(Gateway& gateway, const Plan& plan, const CaseName& of, const CaseAct& act) {
  const CourtPlan& court = plan.courts[of.court];
  domain::SubmitCases out{
      .signed_head = gateway.Head(MEMBER_TYPE_CASE, court.code, std::vector<CaseAct>{act},
                                  {KeyOf(OfficerOf(court, "handler")), KeyOf(OfficerOf(court, "leader"))}),
      .court = CourtOrdinal(of.court + 1)};
  std::vector<std::string> people;
  if (act.has_open()) people.push_back(TagOf(RespondentOf(of).id_number()));
  out.members.push_back({.bytes = act.SerializeAsString(),
                         .parsed = act,
                         .number_tags = {TagOf(CaseNumber(plan, of))},
                         .subject_tags = std::move(people),
                         .fresh_key_id = KeyOf(CaseNumber(plan, of)).substr(0, 16)});
  return out;
}

domain::SubmitOrders AsCommand(Gateway& gateway, const Plan& plan, const CaseName& of, const Order& order) {
  const CourtPlan& court = plan.courts[of.court];
  std::vector<std::string> keys = {KeyOf(OfficerOf(court, "handler"))};
  if (order.action() != ACTION_INQUIRE) keys.push_back(KeyOf(OfficerOf(court, "cosigner")));
  domain::SubmitOrders out{.signed_head = gateway.Head(MEMBER_TYPE_ORDER, court.code, std::vector<Order>{order}, keys),
                           .court = CourtOrdinal(of.court + 1)};
  out.members.push_back({.bytes = order.SerializeAsString(),
                         .parsed = order,
                         .subject_tag = TagOf(order.subject().id_number()),
                         .officer_tags = {TagOf(OfficerOf(court, "handler"))},
                         .case_number_tags = {TagOf(order.case_number())}});
  return out;
}

domain::ReportReceipts AsCommand(Gateway& gateway, const Plan& plan, uint32_t agency,
                                 const std::vector<Receipt>& receipts) {
  const std::string& code = plan.agencies[agency].code;
  domain::ReportReceipts out{
      .signed_head = gateway.Head(MEMBER_TYPE_RECEIPT, code, receipts, {KeyOf("agency/" + code)}),
      .agency = AgencyOrdinal(agency + 1)};
  for (const Receipt& receipt : receipts) out.members.push_back({receipt.SerializeAsString(), receipt});
  return out;
}

}  // namespace eagle::province
