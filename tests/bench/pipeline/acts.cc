#include "tests/bench/pipeline/acts.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "server/base/assert.h"
#include "server/base/identity_number.h"
#include "server/base/uuid.h"
#include "server/trust/identity.h"
#include "server/trust/subject.h"
#include "server/trust/ticket.h"
#include "server/trust/timestamps.h"

namespace eagle::bench {
namespace {

using trust::TimestampOf;

v1::SystemIdentity SystemOf(const Party& party) {
  v1::SystemIdentity system;
  system.set_spiffe_id(party.spiffe_id);
  system.add_spki_sha256(party.spki_sha256);
  return system;
}

// Born on one day of the test region, told apart by the three digits before the check digit.
std::string CitizenNumber(uint32_t of) {
  const std::string body = absl::StrFormat("99010119850307%03d", of);
  for (const char check : std::string("0123456789X")) {
    if (IsCitizenNumber(body + check)) return body + check;
  }
  GATEWAY_ASSERT(false, "every body has a check character");
  return "";
}

v1::Identity Subject(uint32_t of) {
  v1::Identity identity;
  identity.set_name("林远舟");
  identity.set_id_kind("CITIZEN_ID");
  identity.set_id_number(CitizenNumber(of));
  return identity;
}

v1::OfficerRef RefOf(const Person& officer) {
  v1::OfficerRef ref;
  ref.set_officer(officer.code);
  ref.set_work_id_no("GZ-" + officer.code);
  ref.set_duty_card_no("GW-" + officer.code);
  return ref;
}

v1::Statement StatementOf(const std::string& subject, v1::StatementKind kind, const trust::Signer& key,
                          absl::Time now) {
  v1::Statement statement;
  statement.set_subject(subject);
  statement.set_sequence(1);
  statement.set_kind(kind);
  statement.set_algorithm(key.algorithm());
  statement.set_key(key.public_key());
  *statement.mutable_valid_from() = TimestampOf(now - absl::Hours(1));
  *statement.mutable_valid_until() = TimestampOf(now + absl::Hours(48));
  statement.set_environment(v1::ENVIRONMENT_TEST);
  return statement;
}

void AddPaper(const CourtParty& court, const std::string& category, v1::Order& order) {
  v1::Instrument& paper = *order.add_instruments();
  paper.set_category(category), paper.set_digest(std::string(32, category[0])), paper.set_size_bytes(81'920);
  paper.set_media_type("application/pdf"), paper.set_title("（2026）" + court.code + "执协1号");
}

// All but the act and what goes with it.
v1::Order BaseOrder(const CourtParty& court, uint32_t of, const std::string& id, absl::Time now) {
  v1::Order order;
  order.set_order_id(id);
  order.set_court(court.code), order.set_case_number(CaseNumber(court, of));
  *order.mutable_subject() = Subject(of);
  *order.mutable_issued_at() = TimestampOf(now);
  *order.mutable_not_after() = TimestampOf(now + absl::Hours(24));
  *order.add_officers() = RefOf(court.handler);
  order.set_purpose("EXECUTION"), order.set_legal_basis("法释〔2013〕20号第1条");
  AddPaper(court, "ASSISTANCE_NOTICE", order);
  return order;
}

}  // namespace

std::string CaseNumber(const CourtParty& court, uint32_t of) {
  return absl::StrFormat("（2026）%s执%d号", court.code, 1000 + of);
}

std::vector<v1::Proposal> Proposals(const World& world, const v1::PolicyTable& policy) {
  std::vector<v1::Proposal> proposals;
  const auto propose = [&]() -> v1::Proposal& {
    proposals.emplace_back().set_ground("set-up of a benchmark");
    return proposals.back();
  };
  *propose().mutable_policy()->mutable_table() = policy;
  for (const CourtParty& party : world.courts) {
    v1::RegisterCourt& court = *propose().mutable_court();
    court.set_code(party.code), court.set_name("人民法院 " + party.code);
    *court.mutable_system() = SystemOf(party);
  }
  for (const auto& [party, role] : {std::pair{&world.oper, "OPERATOR"}, std::pair{&world.auditor, "AUDITOR"}}) {
    v1::RegisterSystem& system = *propose().mutable_system();
    system.set_name(party->code), system.set_role(role);
    *system.mutable_system() = SystemOf(*party);
  }
  for (const Party& party : world.agencies) {
    v1::RegisterAgency& agency = *propose().mutable_agency();
    agency.set_code(party.code), agency.set_name("Bank " + party.code), agency.set_kind("BANK"),
        agency.set_region("990101");
    for (v1::Capability& capability : Capabilities()) *agency.add_capabilities() = std::move(capability);
    *agency.mutable_system() = SystemOf(party);
  }
  return proposals;
}

std::vector<v1::Capability> Capabilities() {
  std::vector<v1::Capability> rows;
  for (const v1::Action action : {v1::ACTION_INQUIRE, v1::ACTION_FREEZE}) {
    v1::Capability& row = rows.emplace_back();
    row.set_asset_kind("DEPOSIT");
    row.set_action(action);
    row.add_currencies("CNY");
  }
  return rows;
}

std::vector<v1::Statement> OrganisationStatements(const World& world, absl::Time now) {
  std::vector<v1::Statement> out;
  for (const CourtParty& court : world.courts) {
    out.push_back(StatementOf(trust::CourtSubject(court.code), v1::STATEMENT_KIND_KEY, *court.signer, now));
  }
  for (const Party& agency : world.agencies) {
    out.push_back(StatementOf(trust::AgencySubject(agency.code), v1::STATEMENT_KIND_KEY, *agency.signer, now));
  }
  return out;
}

std::vector<v1::Statement> OfficerStatements(const CourtParty& court, absl::Time now) {
  std::vector<v1::Statement> out;
  for (const auto& [person, role] :
       {std::pair{&court.handler, v1::OFFICER_ROLE_HANDLER}, std::pair{&court.cosigner, v1::OFFICER_ROLE_COSIGNER},
        std::pair{&court.leader, v1::OFFICER_ROLE_LEADER}}) {
    out.push_back(
        StatementOf(trust::OfficerSubject(court.code, person->code), v1::STATEMENT_KIND_OFFICER, *person->signer, now));
    out.back().add_roles(role);
    out.back().mutable_officer()->set_name("周明远");
    out.back().mutable_officer()->set_work_id_no("GZ-" + person->code);
    out.back().mutable_officer()->set_duty_card_no("GW-" + person->code);
  }
  return out;
}

std::vector<v1::CaseAct> CaseActs(const CourtParty& court, absl::Time now, Entropy& entropy) {
  std::vector<v1::CaseAct> acts;
  for (uint32_t of = 0; of < kCases; ++of) {
    v1::CaseAct& act = acts.emplace_back();
    act.set_request_id(NewUuidV7(now, entropy));
    act.set_court(court.code);
    v1::OpenCase& open = *act.mutable_open();
    open.set_case_number(CaseNumber(court, of)), open.set_title("（2026）" + court.code + "民初307号"),
        open.set_stage(v1::CASE_STAGE_ENFORCEMENT);
    open.set_applicant("北陵启明机电有限公司"), open.set_purpose("EXECUTION"),
        open.set_legal_basis("民事诉讼法第253条");
    open.set_handler(court.handler.code), open.set_leader(court.leader.code);
    v1::Respondent& respondent = *open.add_respondents();
    *respondent.mutable_identity() = Subject(of);
    respondent.set_liability(v1::LIABILITY_KIND_JOINT);
    v1::Claim& claim = *open.mutable_claim();
    claim.set_currency("CNY"), claim.set_principal_minor_units(90'000'00), claim.set_cost_minor_units(1'250'00);
    claim.set_cap_minor_units(91'250'00);
    *claim.mutable_horizon() = TimestampOf(now + absl::Hours(48));
  }
  return acts;
}

v1::Order InquireOrder(const CourtParty& court, uint32_t of, const std::vector<std::string>& targets,
                       const std::string& id, absl::Time now) {
  v1::Order order = BaseOrder(court, of, id, now);
  order.set_action(v1::ACTION_INQUIRE), order.set_urgency(v1::URGENCY_NORMAL);
  for (const std::string& target : targets) order.add_agencies(target);
  order.mutable_inquire()->add_asset_kinds("DEPOSIT");
  return order;
}

v1::Order FreezeOrder(const CourtParty& court, uint32_t of, const std::string& target, const std::string& id,
                      absl::Time now) {
  v1::Order order = BaseOrder(court, of, id, now);
  order.set_action(v1::ACTION_FREEZE), order.set_urgency(v1::URGENCY_URGENT);
  order.set_urgency_reason("TRANSFER_RISK");
  order.add_agencies(target);
  *order.add_officers() = RefOf(court.cosigner);
  AddPaper(court, "RULING", order);
  v1::Freeze& freeze = *order.mutable_freeze();
  freeze.mutable_person_at_agency();
  freeze.set_currency("CNY"), freeze.set_limit_minor_units(kFrozenMinorUnits), freeze.set_inflow(v1::INFLOW_CAPTURE);
  freeze.mutable_term()->set_years(1);
  return order;
}

v1::Receipt FinalReceipt(const std::string& agency, std::string_view digest, const v1::Order& order, absl::Time now) {
  v1::Receipt receipt;
  receipt.set_order_digest(std::string(digest)), receipt.set_order_id(order.order_id()), receipt.set_agency(agency);
  receipt.set_sequence(1), receipt.set_kind(v1::RECEIPT_KIND_FINAL);
  *receipt.mutable_arrived_at() = TimestampOf(now);
  *receipt.mutable_answered_at() = TimestampOf(now);
  v1::ItemResult& item = *receipt.add_items();
  if (order.has_freeze()) {
    item.set_outcome(v1::OUTCOME_CONTROLLED);
    v1::MeasureState& measure = *item.mutable_measure();
    measure.set_unit_reference("M" + absl::BytesToHexString(order.order_id()));
    measure.set_requested_minor_units(order.freeze().limit_minor_units());
    measure.set_controlled_minor_units(order.freeze().limit_minor_units());
    measure.set_rank(1), measure.set_revision(1);
    *measure.mutable_served_at() = TimestampOf(now), *measure.mutable_effective_from() = TimestampOf(now);
    *measure.mutable_effective_to() = TimestampOf(now + absl::Hours(24 * 364));
    return receipt;
  }
  receipt.set_searched_scope("core banking: deposits");
  item.set_outcome(v1::OUTCOME_FOUND);
  v1::Finding& finding = *item.mutable_finding();
  finding.set_asset_kind("DEPOSIT"), finding.set_asset_number("9900010000000099010"),
      finding.set_holder_name(order.subject().name());
  finding.set_matched_by("NAME_AND_18"), finding.set_status("NORMAL"), finding.set_currency("CNY");
  finding.set_balance_known(true), finding.set_balance_minor_units(12'345'67),
      finding.set_available_minor_units(12'345'67);
  *finding.mutable_as_of() = TimestampOf(now);
  return receipt;
}

v1::SignedMember TicketFor(const CourtParty& court, const std::string& case_number, absl::Time now) {
  const auto fingerprint = trust::CertificateSha256FromPem(court.certificate_pem);
  return trust::MakeTicket({.environment = v1::ENVIRONMENT_TEST,
                            .officer = "court/" + court.code + "/officer/" + court.handler.code,
                            .officers_of = court.code,
                            .court = court.code,
                            .case_number = case_number,
                            .purpose = "EXECUTION",
                            .certificate_sha256 = fingerprint.ok() ? std::string(journal::View(*fingerprint)) : "",
                            .issued_at = now,
                            .lifetime = absl::Minutes(5)},
                           *court.handler.signer);
}

}  // namespace eagle::bench
