#include "tests/support/demo_world.h"

#include <algorithm>

#include "server/base/assert.h"
#include "server/domain/instant.h"
#include "server/journal/hash.h"

namespace eagle::test {
namespace {

v1::Instrument Paper(const std::string& category) {
  v1::Instrument paper;
  paper.set_category(category);
  paper.set_digest(std::string(32, 'p'));
  paper.set_size_bytes(4096);
  paper.set_media_type("application/pdf");
  return paper;
}

void Identify(v1::SystemIdentity& system, const std::string& id) {
  system.set_spiffe_id(id);
  const journal::Hash pin = journal::Sha256(id);
  system.add_spki_sha256(std::string(journal::View(pin)));
}

void Can(v1::RegisterAgency& agency, const std::string& kind, v1::Action action, bool by_clerk = false) {
  v1::Capability* row = agency.add_capabilities();
  row->set_asset_kind(kind);
  row->set_action(action);
  row->set_by_clerk(by_clerk);
  row->add_currencies("CNY");
}

template <typename T>
void Must(const absl::StatusOr<T>& answer) {
  GATEWAY_ASSERT(answer.ok(), answer.ok() ? "" : std::string(answer.status().message()).c_str());
}

}  // namespace

DemoWorld::DemoWorld(GatewayFixture& fixture, bool open_case) : gateway(fixture) {
  Furnish();
  court = gateway.Court(kCourt);
  other_court = gateway.Court(kOtherCourt);
  if (!open_case) return;
  const auto opened = SubmitCase({Open()});
  Must(opened);
  GATEWAY_ASSERT(opened->results(0).has_acceptance(), opened->results(0).refusal().DebugString().c_str());
}

void DemoWorld::Furnish() {
  v1::Proposal policy;
  policy.set_ground("the law as it stands");
  *policy.mutable_policy()->mutable_table() = PolicyOf2026();
  v1::Proposal auditor, operator_system;
  auditor.set_ground("audits");
  auditor.mutable_system()->set_name("auditor-1");
  auditor.mutable_system()->set_role("AUDITOR");
  Identify(*auditor.mutable_system()->mutable_system(), GatewayFixture::Auditor().spiffe_id);
  operator_system.set_ground("operates");
  operator_system.mutable_system()->set_name("operator-1");
  operator_system.mutable_system()->set_role("OPERATOR");
  Identify(*operator_system.mutable_system()->mutable_system(), GatewayFixture::Operator().spiffe_id);
  const auto adopted =
      Adopt({policy, CourtProposal(kCourt, "北陵市松月区人民法院"), CourtProposal(kOtherCourt, "北陵市云川区人民法院"),
             AgencyProposal(kBeiling, "北陵商业银行", "BANK"), AgencyProposal(kSongyue, "松月农商行", "BANK"),
             AgencyProposal(kYunfan, "云帆银行", "BANK"), AgencyProposal(kLand, "北陵市不动产登记中心", "LAND"),
             AgencyProposal(kBusiness, "北陵市市场监督管理局", "BUSINESS"), auditor, operator_system});
  Must(adopted);
  for (const auto& result : adopted->results()) GATEWAY_ASSERT(result.in_effect(), result.DebugString().c_str());

  StateKeys({std::string("court/") + kCourt, std::string("court/") + kOtherCourt, std::string("agency/") + kBeiling,
             std::string("agency/") + kSongyue, std::string("agency/") + kYunfan, std::string("agency/") + kLand,
             std::string("agency/") + kBusiness});
  for (const std::string& code : {std::string(kCourt), std::string(kOtherCourt)}) {
    v1::Statement account = StatementAbout("court/" + code + "/account/1", v1::STATEMENT_KIND_ACCOUNT);
    account.mutable_account()->set_account_name("执行款专户");
    account.mutable_account()->set_bank(kBeiling);
    account.mutable_account()->set_account_number(kCourtAccount);
    StateOfficers(code, {account});
  }
}

void DemoWorld::StateKeys(const std::vector<std::string>& subjects) {
  std::vector<v1::Statement> keys;
  for (const std::string& subject : subjects) {
    v1::Statement statement = StatementAbout(subject, v1::STATEMENT_KIND_KEY);
    statement.set_algorithm(v1::KEY_ALGORITHM_ED25519);
    statement.set_key(gateway.Key(subject).public_key());
    keys.push_back(std::move(statement));
  }
  Must(State("registrar", keys, {"registrar-1", "registrar-3"}));
}

void DemoWorld::StateOfficers(const std::string& court_code, std::vector<v1::Statement> others) {
  std::vector<v1::Statement> people;
  const std::pair<const char*, v1::OfficerRole> officers[] = {
      {"001", v1::OFFICER_ROLE_HANDLER}, {"002", v1::OFFICER_ROLE_COSIGNER}, {"003", v1::OFFICER_ROLE_LEADER}};
  for (const auto& [officer, role] : officers) {
    v1::Statement statement = StatementAbout("court/" + court_code + "/officer/" + officer, v1::STATEMENT_KIND_OFFICER);
    statement.set_algorithm(v1::KEY_ALGORITHM_ED25519);
    statement.set_key(gateway.Key(statement.subject()).public_key());
    statement.add_roles(role);
    statement.mutable_officer()->set_name(std::string("officer ") + officer);
    statement.mutable_officer()->set_work_id_no(std::string("W") + officer);
    statement.mutable_officer()->set_duty_card_no(std::string("D") + officer);
    people.push_back(std::move(statement));
  }
  people.insert(people.end(), others.begin(), others.end());
  const auto stated = State(court_code, people, {"court/" + court_code});
  Must(stated);
  for (const auto& result : stated->results()) GATEWAY_ASSERT(!result.has_refusal(), result.DebugString().c_str());
}

v1::Proposal DemoWorld::CourtProposal(const std::string& code, const std::string& name) {
  v1::Proposal proposal;
  proposal.set_ground("connects to the network");
  proposal.mutable_court()->set_code(code);
  proposal.mutable_court()->set_name(name);
  Identify(*proposal.mutable_court()->mutable_system(), "spiffe://test/court/" + code);
  return proposal;
}

v1::Proposal DemoWorld::AgencyProposal(const std::string& code, const std::string& name, const std::string& kind) {
  v1::Proposal proposal;
  proposal.set_ground("connects to the network");
  v1::RegisterAgency& agency = *proposal.mutable_agency();
  agency.set_code(code);
  agency.set_name(name);
  agency.set_kind(kind);
  agency.set_region("990101");
  Identify(*agency.mutable_system(), "spiffe://test/agency/" + code);
  if (kind == "BANK") {
    for (v1::Action action :
         {v1::ACTION_INQUIRE, v1::ACTION_FREEZE, v1::ACTION_RENEW, v1::ACTION_RELEASE, v1::ACTION_DEDUCT})
      Can(agency, "DEPOSIT", action);
  } else if (kind == "LAND") {
    Can(agency, "LAND", v1::ACTION_INQUIRE);
    Can(agency, "LAND", v1::ACTION_FREEZE, true);
    Can(agency, "LAND", v1::ACTION_RENEW);
    Can(agency, "LAND", v1::ACTION_RELEASE, true);
  } else {
    Can(agency, "EQUITY", v1::ACTION_INQUIRE);
  }
  return proposal;
}

absl::StatusOr<v1::SubmitAdministrationResponse> DemoWorld::Adopt(const std::vector<v1::Proposal>& proposals) {
  std::vector<v1::Administration> acts, approvals;
  for (const v1::Proposal& proposal : proposals) {
    v1::Administration act;
    act.set_request_id(gateway.NewId());
    *act.mutable_proposal() = proposal;
    acts.push_back(std::move(act));
  }
  v1::SubmitAdministrationRequest request;
  *request.mutable_batch() = gateway.Sign(v1::MEMBER_TYPE_ADMINISTRATION, "administrator", acts, {"administrator-1"});
  EAGLE_ASSIGN_OR_RETURN(const v1::SubmitAdministrationResponse proposed,
                         gateway.Call(&api::Handlers::SubmitAdministration, GatewayFixture::Operator(), request));
  for (size_t i = 0; i < acts.size(); ++i) {
    v1::Administration act;
    act.set_request_id(gateway.NewId());
    act.mutable_approval()->set_proposal_index(proposed.results(static_cast<int>(i)).journal_index());
    act.mutable_approval()->set_proposal_digest(Digest(acts[i]));
    approvals.push_back(std::move(act));
  }
  *request.mutable_batch() =
      gateway.Sign(v1::MEMBER_TYPE_ADMINISTRATION, "administrator", approvals, {"administrator-2"});
  return gateway.Call(&api::Handlers::SubmitAdministration, GatewayFixture::Operator(), request);
}

absl::StatusOr<v1::SubmitStatementsResponse> DemoWorld::State(const std::string& signer,
                                                              const std::vector<v1::Statement>& statements,
                                                              const std::vector<std::string>& keys) {
  v1::SubmitStatementsRequest request;
  *request.mutable_batch() = gateway.Sign(v1::MEMBER_TYPE_STATEMENT, signer, statements, keys);
  return gateway.Call(&api::Handlers::SubmitStatements, GatewayFixture::Operator(), request);
}

v1::Statement DemoWorld::StatementAbout(const std::string& subject, v1::StatementKind kind) const {
  v1::Statement statement;
  const domain::StatementOnFile* file = gateway.state().directory.StatementAbout(subject);
  statement.set_subject(subject);
  statement.set_sequence(file != nullptr ? file->statement.sequence() + 1 : 1);
  if (file != nullptr) statement.set_previous_digest(file->digest);
  statement.set_kind(kind);
  *statement.mutable_valid_from() = domain::ToProto(gateway.clock.wall - absl::Hours(24));
  *statement.mutable_valid_until() = domain::ToProto(gateway.clock.wall + absl::Hours(24 * 3650));
  statement.set_environment(gateway.founding.environment());
  return statement;
}

std::string DemoWorld::AccountDigest() const {
  return gateway.state().directory.StatementAbout(std::string("court/") + kCourt + "/account/1")->digest;
}

v1::SubmitOrdersRequest DemoWorld::OrderBatch(const std::vector<v1::Order>& orders,
                                              const std::vector<std::string>& keys) {
  v1::SubmitOrdersRequest request;
  *request.mutable_batch() = gateway.Sign(v1::MEMBER_TYPE_ORDER, kCourt, orders, keys);
  return request;
}

absl::StatusOr<v1::SubmitOrdersResponse> DemoWorld::Submit(const std::vector<v1::Order>& orders,
                                                           const std::vector<std::string>& keys) {
  return gateway.Call(&api::Handlers::SubmitOrders, court, OrderBatch(orders, keys));
}

absl::StatusOr<v1::SubmitCaseActsResponse> DemoWorld::SubmitCase(const std::vector<v1::CaseAct>& acts,
                                                                 const std::vector<std::string>& keys) {
  v1::SubmitCaseActsRequest request;
  *request.mutable_batch() = gateway.Sign(v1::MEMBER_TYPE_CASE, kCourt, acts, keys);
  return gateway.Call(&api::Handlers::SubmitCaseActs, gateway.Court(kCourt), request);
}

absl::StatusOr<v1::HelloResponse> DemoWorld::Hello(const std::string& agency, const std::string& instance) {
  v1::HelloRequest request;
  request.add_contract_versions(1);
  request.set_adapter("example.adapter");
  request.set_version("1.0");
  request.set_instance(instance);
  request.set_inbox(Digest(v1::RenewLeaseRequest()).substr(0, 9) + agency);  // one for the agency
  *request.mutable_capabilities() = gateway.state().directory.AgencyByCode(agency)->row.capabilities();
  request.set_most_in_flight(1000);
  auto answer = gateway.Call(&api::Handlers::Hello, gateway.Agency(agency), request);
  if (answer.ok()) sessions[{agency, instance}].greeted = true;
  return answer;
}

absl::StatusOr<v1::PullTasksResponse> DemoWorld::PullOnce(const std::string& agency, const std::string& instance) {
  Session& session = sessions[{agency, instance}];
  if (!session.greeted) EAGLE_RETURN_IF_ERROR(Hello(agency, instance).status());
  v1::PullTasksRequest request;
  request.set_instance(instance);
  request.set_most_tasks(256);
  request.set_last_delivery(session.last_delivery);
  request.set_directory_position(session.directory_position);
  EAGLE_ASSIGN_OR_RETURN(v1::PullTasksResponse answer,
                         gateway.Call(&api::Handlers::PullTasks, gateway.Agency(agency), request));
  for (const v1::Task& task : answer.tasks()) session.last_delivery = task.fence();
  for (const v1::DirectoryChange& change : answer.directory()) session.directory_position = change.position();
  return answer;
}

std::vector<v1::Task> DemoWorld::Pull(const std::string& agency, const std::string& instance) {
  std::vector<v1::Task> tasks;
  while (true) {
    auto answer = PullOnce(agency, instance);
    if (ReasonOf(answer.status()) == Reason::kHelloFirst) {
      sessions[{agency, instance}].greeted = false;
      continue;
    }
    Must(answer);
    for (const v1::Task& task : answer->tasks()) tasks.push_back(task);
    if (answer->tasks().empty() && answer->directory_complete()) return tasks;
  }
}

absl::StatusOr<v1::ReportResultsResponse> DemoWorld::Report(const std::string& agency,
                                                            const std::vector<v1::Receipt>& receipts,
                                                            const std::string& instance) {
  v1::ReportResultsRequest request;
  request.set_instance(instance);
  *request.mutable_batch() = gateway.Sign(v1::MEMBER_TYPE_RECEIPT, agency, receipts, {"agency/" + agency});
  const bool events = !receipts.empty() && receipts[0].kind() == v1::RECEIPT_KIND_EVENT;
  return gateway.Call(events ? &api::Handlers::ReportEvents : &api::Handlers::ReportResults, gateway.Agency(agency),
                      request);
}

absl::StatusOr<v1::CaseView> DemoWorld::Case(const std::string& number) {
  v1::GetCaseRequest request;
  request.set_case_number(number);
  *request.mutable_officer_ticket() = Ticket(number);
  EAGLE_ASSIGN_OR_RETURN(const v1::GetCaseResponse answer, gateway.Call(&api::Handlers::GetCase, court, request));
  return answer.case_();
}

void DemoWorld::Grant(const std::string& reader, const std::string& officers_of) {
  std::vector<v1::Proposal> proposals;
  if (reader.substr(0, 7) == "system/" && !gateway.state().directory.systems().contains(reader.substr(7))) {
    v1::RegisterSystem* system = proposals.emplace_back().mutable_system();
    proposals.back().set_ground("a new auditor");
    system->set_name(reader.substr(7)), system->set_role("AUDITOR");
    system->mutable_system()->set_spiffe_id("spiffe://test/auditor/" + reader.substr(7));
    system->mutable_system()->add_spki_sha256(std::string(32, 'p'));
    Must(Adopt(proposals));
    proposals.clear();
  }
  v1::GrantReading* grant = proposals.emplace_back().mutable_reading();
  proposals.back().set_ground("review of one case");
  grant->set_reader(reader), grant->set_officers_of(officers_of), grant->set_court(kCourt);
  grant->set_case_index(gateway.state().cases.begin()->first);
  *grant->mutable_until() = domain::ToProto(gateway.clock.wall + absl::Hours(24));
  const auto granted = Adopt(proposals);
  Must(granted);
  GATEWAY_ASSERT(granted->results(0).in_effect(), "the case may be read");
}

std::vector<std::string> DemoWorld::Reasons(const absl::StatusOr<v1::SubmitOrdersResponse>& response) {
  if (!response.ok()) return {std::string(RowOf(ReasonOf(response.status())).name)};
  std::vector<std::string> reasons;
  for (const auto& result : response->results()) reasons.push_back(result.refusal().reason());
  return reasons;
}

std::vector<std::string> DemoWorld::Problems(const v1::Refusal& refusal) {
  std::vector<std::string> problems;
  for (const auto& problem : refusal.problems()) problems.push_back(problem.field() + " " + problem.reason());
  std::sort(problems.begin(), problems.end());
  return problems;
}

std::string DemoWorld::Digest(const google::protobuf::MessageLite& member) {
  const journal::Hash hash = journal::LeafHash(member.SerializeAsString());
  return std::string(journal::View(hash));
}

// --- what is signed

v1::Identity DemoWorld::Lin() {
  v1::Identity identity;
  identity.set_name("林远舟");
  identity.set_id_kind("CITIZEN_ID");
  identity.set_id_number("990101198503070017");
  return identity;
}

v1::Identity DemoWorld::Guarantor() {
  v1::Identity identity;
  identity.set_name("北陵启明机电有限公司");
  identity.set_id_kind("UNIFIED_CREDIT_CODE");
  identity.set_id_number("919901019900000178");
  return identity;
}

v1::Identity DemoWorld::SuQing() {
  v1::Identity identity;
  identity.set_name("苏晴");
  identity.set_id_kind("CITIZEN_ID");
  identity.set_id_number("990101198708150029");
  return identity;
}

v1::Claim DemoWorld::DemoClaim() {
  v1::Claim claim;
  claim.set_currency("CNY");
  claim.set_principal_minor_units(180'000'00);
  claim.set_interest_minor_units(12'600'00);
  claim.set_doubled_interest_minor_units(2'898'00);
  claim.set_doubled_interest_days(92);
  *claim.mutable_horizon() = domain::ToProto(absl::FromUnixSeconds(1790697600));  // 30 September 2026
  claim.set_cost_minor_units(2'789'00);
  claim.set_cap_minor_units(kCap);
  return claim;
}

v1::CaseAct DemoWorld::Open(const std::string& number) {
  v1::CaseAct act;
  act.set_request_id(gateway.NewId());
  act.set_court(kCourt);
  v1::OpenCase& open = *act.mutable_open();
  open.set_case_number(number);
  open.set_title("（2026）辽9901民初307号");
  open.set_stage(v1::CASE_STAGE_ENFORCEMENT);
  open.set_applicant("赵慧兰");
  v1::Respondent* lin = open.add_respondents();
  *lin->mutable_identity() = Lin();
  lin->set_liability(v1::LIABILITY_KIND_JOINT);
  v1::Respondent* guarantor = open.add_respondents();
  *guarantor->mutable_identity() = Guarantor();
  guarantor->set_liability(v1::LIABILITY_KIND_JOINT);
  guarantor->set_liability_cap_minor_units(60'000'00);
  *open.mutable_claim() = DemoClaim();
  open.set_purpose("EXECUTION");
  open.set_legal_basis("民事诉讼法第253条");
  open.set_handler("001");
  open.set_leader("003");
  return act;
}

v1::Order DemoWorld::Base(v1::Action action, const std::vector<std::string>& agencies) {
  v1::Order order;
  order.set_order_id(gateway.NewId());
  order.set_court(kCourt);
  order.set_case_number(kCaseNumber);
  order.set_action(action);
  order.set_urgency(v1::URGENCY_URGENT);
  order.set_urgency_reason("TRANSFER_RISK");
  for (const std::string& agency : agencies) order.add_agencies(agency);
  *order.mutable_subject() = Lin();
  *order.mutable_issued_at() = domain::ToProto(gateway.clock.wall);
  *order.mutable_not_after() = domain::ToProto(gateway.clock.wall + absl::Hours(240));
  for (const char* officer : {"001", "002"}) {
    v1::OfficerRef* ref = order.add_officers();
    ref->set_officer(officer);
    ref->set_work_id_no(std::string("W") + officer);
    ref->set_duty_card_no(std::string("D") + officer);
  }
  order.set_purpose("EXECUTION");
  order.set_legal_basis("民事诉讼法第253条");
  if (action != v1::ACTION_INQUIRE) {
    for (const char* paper : {"RULING", "ASSISTANCE_NOTICE"}) *order.add_instruments() = Paper(paper);
  }
  if (action == v1::ACTION_DEDUCT) *order.add_instruments() = Paper("JUDGMENT_COPY");
  return order;
}

v1::Order DemoWorld::Inquire(const std::vector<std::string>& agencies) {
  v1::Order order = Base(v1::ACTION_INQUIRE, agencies);
  order.mutable_inquire();
  return order;
}

v1::Order DemoWorld::Freeze(const std::string& agency, int64_t limit) {
  v1::Order order = Base(v1::ACTION_FREEZE, {agency});
  v1::Freeze& freeze = *order.mutable_freeze();
  freeze.mutable_person_at_agency();
  freeze.set_currency("CNY");
  freeze.set_limit_minor_units(limit);
  freeze.set_inflow(v1::INFLOW_CAPTURE);
  freeze.mutable_term()->set_months(12);
  return order;
}

v1::Order DemoWorld::Seal() {
  v1::Order order = Base(v1::ACTION_FREEZE, {kLand});
  v1::Freeze& freeze = *order.mutable_freeze();
  freeze.mutable_asset()->set_asset_kind("LAND");
  freeze.mutable_asset()->set_unit_number(kLandUnit);
  freeze.mutable_asset()->set_share_numerator(1);
  freeze.mutable_asset()->set_share_denominator(2);
  freeze.set_currency("CNY");
  freeze.mutable_term()->set_years(3);
  order.mutable_over_cap_exception()->set_reason("VALUE_UNKNOWN");
  order.mutable_over_cap_exception()->set_leader("003");
  return order;
}

v1::Order DemoWorld::Renew(const v1::Order& freeze, uint32_t years) {
  v1::Order order = Base(v1::ACTION_RENEW, {freeze.agencies(0)});
  order.mutable_renew()->set_freeze_order_id(freeze.order_id());
  order.mutable_renew()->mutable_term()->set_years(years);
  return order;
}

v1::Order DemoWorld::Release(const v1::Order& freeze, int64_t amount) {
  v1::Order order = Base(v1::ACTION_RELEASE, {freeze.agencies(0)});
  order.mutable_release()->set_freeze_order_id(freeze.order_id());
  order.mutable_release()->set_amount_minor_units(amount);
  order.mutable_release()->set_ground("DEBT_PAID");
  return order;
}

v1::Order DemoWorld::Deduct(const v1::Order& freeze, int64_t amount) {
  v1::Order order = Base(v1::ACTION_DEDUCT, {freeze.agencies(0)});
  v1::Deduct& deduct = *order.mutable_deduct();
  deduct.set_freeze_order_id(freeze.order_id());
  deduct.set_currency("CNY");
  deduct.set_amount_minor_units(amount);
  deduct.mutable_account()->set_account_name("执行款专户");
  deduct.mutable_account()->set_bank(kBeiling);
  deduct.mutable_account()->set_account_number(kCourtAccount);
  deduct.set_account_statement(AccountDigest());
  return order;
}

v1::Receipt DemoWorld::Receipt(const v1::Order& order, const std::string& agency, v1::ReceiptKind kind) {
  v1::Receipt receipt;
  receipt.set_order_digest(Digest(order));
  receipt.set_order_id(order.order_id());
  receipt.set_agency(agency);
  receipt.set_sequence(++receipts_[order.order_id() + agency]);
  receipt.set_kind(kind);
  *receipt.mutable_arrived_at() = domain::ToProto(gateway.clock.wall);
  *receipt.mutable_answered_at() = domain::ToProto(gateway.clock.wall);
  if (kind == v1::RECEIPT_KIND_RETURNED) {
    receipt.mutable_returned()->set_reason("DOCUMENT_MISSING");
    receipt.mutable_returned()->set_contact_name("counter 3");
    receipt.mutable_returned()->set_contact_phone("99-0000");
  }
  return receipt;
}

v1::Receipt DemoWorld::Found(const v1::Order& inquiry, const std::string& agency, const std::string& account,
                             int64_t balance) {
  v1::Receipt receipt = Receipt(inquiry, agency, v1::RECEIPT_KIND_FINAL);
  receipt.set_searched_scope("core banking");
  v1::ItemResult* item = receipt.add_items();
  item->set_outcome(v1::OUTCOME_FOUND);
  item->mutable_finding()->set_asset_kind("DEPOSIT");
  item->mutable_finding()->set_asset_number(account);
  item->mutable_finding()->set_holder_name(inquiry.subject().name());
  item->mutable_finding()->set_currency("CNY");
  item->mutable_finding()->set_balance_known(true);
  item->mutable_finding()->set_balance_minor_units(balance);
  return receipt;
}

v1::Receipt DemoWorld::Nil(const v1::Order& inquiry, const std::string& agency) {
  v1::Receipt receipt = Receipt(inquiry, agency, v1::RECEIPT_KIND_FINAL);
  receipt.set_searched_scope("core banking");
  receipt.add_items()->set_outcome(v1::OUTCOME_NIL);
  return receipt;
}

v1::MeasureState DemoWorld::Measure(const std::string& reference, int64_t controlled, int64_t unfunded) {
  v1::MeasureState state;
  state.set_unit_reference(reference);
  state.set_requested_minor_units(controlled + unfunded);
  state.set_controlled_minor_units(controlled);
  state.set_unfunded_minor_units(unfunded);
  state.set_rank(1);
  *state.mutable_served_at() = domain::ToProto(gateway.clock.wall);
  *state.mutable_effective_from() = domain::ToProto(gateway.clock.wall);
  return state;
}

v1::Receipt DemoWorld::Controlled(const v1::Order& freeze, int64_t controlled, int64_t unfunded) {
  v1::Receipt receipt = Receipt(freeze, freeze.agencies(0), v1::RECEIPT_KIND_FINAL);
  v1::ItemResult* item = receipt.add_items();
  item->set_outcome(unfunded == 0 ? v1::OUTCOME_CONTROLLED : v1::OUTCOME_PARTLY_CONTROLLED);
  *item->mutable_measure() = Measure("K", controlled, unfunded);
  return receipt;
}

v1::Receipt DemoWorld::Waitlisted(const v1::Order& freeze) {
  v1::Receipt receipt = Receipt(freeze, freeze.agencies(0), v1::RECEIPT_KIND_FINAL);
  v1::ItemResult* item = receipt.add_items();
  item->set_outcome(v1::OUTCOME_WAITLISTED);
  *item->mutable_measure() = Measure("K", 0, freeze.freeze().limit_minor_units());
  item->mutable_measure()->clear_effective_from();
  item->mutable_measure()->set_rank(2);
  return receipt;
}

v1::Receipt DemoWorld::Event(const v1::Order& freeze, v1::MeasureChange change, int64_t controlled, int64_t unfunded) {
  v1::Receipt receipt = Receipt(freeze, freeze.agencies(0), v1::RECEIPT_KIND_EVENT);
  receipt.set_change(change);
  v1::ItemResult* item = receipt.add_items();
  item->set_outcome(unfunded == 0 ? v1::OUTCOME_CONTROLLED : v1::OUTCOME_PARTLY_CONTROLLED);
  *item->mutable_measure() = Measure("K", controlled, unfunded);
  return receipt;
}

v1::Receipt DemoWorld::Released(const v1::Order& release, int64_t requested_left) {
  v1::Receipt receipt = Receipt(release, release.agencies(0), v1::RECEIPT_KIND_FINAL);
  v1::ItemResult* item = receipt.add_items();
  item->set_outcome(v1::OUTCOME_RELEASED);
  *item->mutable_measure() = Measure("K", requested_left, 0);
  item->mutable_measure()->set_ended(requested_left == 0);
  return receipt;
}

v1::Receipt DemoWorld::Deducted(const v1::Order& deduct, bool confirmed, int64_t left) {
  v1::Receipt receipt =
      Receipt(deduct, deduct.agencies(0), confirmed ? v1::RECEIPT_KIND_FINAL : v1::RECEIPT_KIND_PROGRESS);
  v1::ItemResult* item = receipt.add_items();
  item->set_outcome(confirmed ? v1::OUTCOME_DEDUCTED : v1::OUTCOME_SENT_NOT_CONFIRMED);
  v1::DeductionState& state = *item->mutable_deduction();
  state.set_amount_minor_units(deduct.deduct().amount_minor_units());
  state.set_booking_reference("B-1");
  *state.mutable_booked_at() = domain::ToProto(gateway.clock.wall);
  *state.mutable_measure() = Measure("K", left, 0);
  state.mutable_measure()->set_ended(left == 0);
  return receipt;
}

}  // namespace eagle::test
