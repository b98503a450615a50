#include "tests/support/domain_world.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/base/bytes.h"
#include "server/domain/instant.h"
#include "server/journal/hash.h"

namespace eagle::test {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

PolicyTable FreedoniaPolicy(uint32_t version) {
  PolicyTable table;
  table.set_version(version);
  table.set_jurisdiction("Freedonia");
  table.set_time_zone("Pacific/Auckland");
  const auto source = [](Source* out) { out->set_en("Freedonian code art 1"), out->set_zh("自由国法典第一条"); };
  const auto deadline = [&](const char* name, Urgency urgency, uint32_t hours, uint32_t days) {
    DeadlineRow* row = table.add_deadlines();
    row->set_name(name), row->set_urgency(urgency), row->set_hours(hours), row->set_civil_days(days);
    for (uint32_t mark : {500u, 750u, 1000u, 1500u, 2000u}) row->add_marks_permille(mark);
    source(row->mutable_source());
  };
  deadline("URGENT", URGENCY_URGENT, 10, 0);
  deadline("NORMAL", URGENCY_NORMAL, 0, 3);
  deadline("RELEASE_SURPLUS", URGENCY_UNSPECIFIED, 5, 0);
  deadline("ANSWER_OBJECTION", URGENCY_UNSPECIFIED, 0, 4);
  for (const auto& [kind, months] : {std::pair{"DEPOSIT", 6u}, std::pair{"LAND", 30u}}) {
    TermRow* row = table.add_terms();
    row->set_asset_kind(kind), row->set_months_max(months);
    row->set_renewal_months_max(months / 2), row->set_renewal_opens_days(20);
    source(row->mutable_source());
    table.add_asset_kinds(kind);
  }
  for (Action action : {ACTION_INQUIRE, ACTION_FREEZE, ACTION_RENEW, ACTION_RELEASE, ACTION_DEDUCT}) {
    ActionRow* row = table.add_actions();
    row->set_action(action);
    row->add_roles(OFFICER_ROLE_HANDLER);
    if (action != ACTION_INQUIRE) row->add_roles(OFFICER_ROLE_COSIGNER);
    if (action == ACTION_DEDUCT) row->set_third_key_above_minor_units(50'000'00);
    if (action != ACTION_INQUIRE) row->add_papers("RULING");
    for (CaseStage stage : {CASE_STAGE_PRESERVATION, CASE_STAGE_ENFORCEMENT, CASE_STAGE_RESUMED, CASE_STAGE_STAYED}) {
      if (action != ACTION_DEDUCT || stage == CASE_STAGE_ENFORCEMENT || stage == CASE_STAGE_RESUMED)
        row->add_stages(stage);
    }
    source(row->mutable_source());
  }
  table.mutable_case_acts()->add_roles(OFFICER_ROLE_HANDLER);
  table.mutable_case_acts()->add_roles(OFFICER_ROLE_LEADER);
  source(table.mutable_case_acts()->mutable_source());
  for (const auto& [kind, check] :
       {std::pair{"CITIZEN_ID", CHECK_RULE_GB_11643}, std::pair{"UNIFIED_CREDIT_CODE", CHECK_RULE_GB_32100},
        std::pair{"PASSPORT", CHECK_RULE_NONE}}) {
    IdKindRow* row = table.add_id_kinds();
    row->set_id_kind(kind), row->set_check(check);
  }
  table.mutable_doubled_interest()->set_rate_per_million_per_day(200);
  source(table.mutable_doubled_interest()->mutable_source());
  table.mutable_retention()->set_years(1);
  source(table.mutable_retention()->mutable_source());
  table.mutable_witnesses()->set_alarm_after_minutes(20);
  table.mutable_witnesses()->set_deductions_wait_after_minutes(90);
  table.mutable_witnesses()->set_refresh_minutes(600);
  source(table.mutable_witnesses()->mutable_source());
  table.mutable_directory()->set_head_every_minutes(45);
  source(table.mutable_directory()->mutable_source());
  ReadingRow* reading = table.mutable_reading();
  reading->add_purposes("EXECUTION"), reading->add_purposes("AUDIT");
  reading->set_ticket_minutes(10), reading->set_reads_per_hour(3), reading->set_reads_per_day(5);
  source(reading->mutable_source());
  ObjectionRow* objections = table.mutable_objections();
  objections->add_grounds("EXEMPT_ASSET"), objections->add_grounds("OTHERS_ASSET");
  objections->add_answer_roles(OFFICER_ROLE_HANDLER), objections->add_answer_roles(OFFICER_ROLE_LEADER);
  objections->add_reply_roles(OFFICER_ROLE_HANDLER), objections->set_most_per_order(2);
  source(objections->mutable_source());
  table.add_purposes("EXECUTION");
  table.add_urgency_reasons("TRANSFER_RISK");
  table.add_release_grounds("DEBT_PAID");
  table.set_test_region("99");
  table.set_test_court_digits("99");
  return table;
}

PolicyTable PolicyWithoutDirectoryHeads() {
  PolicyTable table = FreedoniaPolicy();
  table.clear_directory();
  return table;
}

PolicyTable PolicyWithStanding(uint32_t version) {
  PolicyTable table = FreedoniaPolicy(version);
  StandingRow* row = table.mutable_standing();
  row->add_actions(ACTION_INQUIRE), row->set_months_max(24), row->set_repeats_max(4);
  row->set_waiting_per_case_max(6), row->set_waiting_per_court_max(8);
  row->set_first_minute(60), row->set_last_minute(300);
  *row->mutable_source() = table.retention().source();
  table.mutable_actions(0)->add_stages(CASE_STAGE_CLOSED_NO_ASSETS);
  return table;
}

namespace {

constexpr char kCitizen[] = "990101198503070017";
constexpr char kCompany[] = "919901019900000178";

void SetTime(google::protobuf::Timestamp* out, absl::Time time) { *out = domain::ToProto(time); }

SystemIdentity System(const std::string& id) {
  SystemIdentity system;
  system.set_spiffe_id("spiffe://test/" + id);
  system.add_spki_sha256(std::string(32, 'p'));
  return system;
}

}  // namespace

std::string DomainWorld::Key(const std::string& name) const {
  std::string key = "key of " + name;
  key.resize(32, '.');
  return key;
}

std::string DomainWorld::NewId() {
  return std::string(6, '\0') + "\x70" + std::string(1, '\0') + "\x80" + BigEndian(next_id_++).substr(1);
}

void DomainWorld::Adopt(const std::vector<goldeneagle::v1::Administration>& proposals) {
  const domain::Result made = Do(Administration("admin1", proposals));
  std::vector<goldeneagle::v1::Administration> approvals;
  for (const domain::MemberResult& member : made.members) {
    auto& act = approvals.emplace_back();
    act.set_request_id(NewId());
    act.mutable_approval()->set_proposal_index(member.index);
    act.mutable_approval()->set_proposal_digest(state.proposals.at(member.index).digest);
  }
  Do(Administration("admin2", approvals));
}

template <typename Message>
domain::SignedHead DomainWorld::Sign(MemberType type, const std::string& signer, const std::vector<Message>& members,
                                     const std::vector<std::string>& keys) {
  domain::SignedHead out;
  out.head.set_member_type(type);
  out.head.set_environment(ENVIRONMENT_TEST);
  out.head.set_signer(signer);
  out.head.set_sequence(next_sequence_++);
  out.head.set_count(static_cast<uint32_t>(members.size()));
  std::vector<journal::Hash> digests;
  for (const Message& member : members) {
    digests.push_back(journal::LeafHash(member.SerializeAsString()));
    out.digests.emplace_back(journal::View(digests.back()));
  }
  const journal::Hash root = journal::Sha256(absl::StrJoin(out.digests, ""));
  out.head.set_root(std::string(journal::View(root)));
  out.envelope.set_payload(out.head.SerializeAsString());
  out.head_digest = std::string(journal::View(journal::Sha256(out.envelope.payload())));
  out.keys = keys;
  return out;
}
// For domain_supervision.cc.
template domain::SignedHead DomainWorld::Sign(MemberType type, const std::string& signer,
                                              const std::vector<SupervisionAct>& members,
                                              const std::vector<std::string>& keys);

domain::Result DomainWorld::Do(const domain::Command& command) {
  script.emplace_back(now, command);
  domain::Decision decision = domain::Decide(state, command, now);
  for (const domain::Entry& entry : decision.entries) {
    domain::Apply(entry, state), journal.push_back(entry);
    if (entry.type != ENTRY_TYPE_STATEMENT_ACCEPTED) continue;
    StatementAccepted body;
    body.ParseFromString(entry.body);
    const journal::Hash digest = journal::Sha256(stream.digest + body.digest());
    stream = {stream.statements + 1, std::string(journal::View(digest))};
  }
  for (const domain::Entry& entry : domain::DecideSurplus(state, decision.entries, now))
    domain::Apply(entry, state), journal.push_back(entry);
  return decision.result;
}

std::vector<std::string> DomainWorld::TagsOf(const std::string& what) const {
  std::vector<std::string> tags;
  for (int key = tag_keys_; key > 1; --key) tags.push_back("key" + std::to_string(key) + " of " + what);
  tags.push_back("tag of " + what);
  return tags;
}

domain::SubmitOrders DomainWorld::Orders(std::vector<goldeneagle::v1::Order> orders, std::vector<std::string> signers) {
  std::vector<std::string> keys;
  for (const std::string& signer : signers) keys.push_back(Key(signer));
  domain::SubmitOrders out{.signed_head = Sign(MEMBER_TYPE_ORDER, "C1", orders, keys), .court = CourtOrdinal(1)};
  *out.signed_head.head.mutable_signed_at() = domain::ToProto(now);  // not in the envelope: see Statements
  for (const auto& order : orders) {
    out.members.push_back({.bytes = order.SerializeAsString(),
                           .parsed = order,
                           .subject_tag = TagsOf(order.subject().id_number()).front(),
                           .officer_tags = {TagsOf("handler").front()},
                           .case_number_tags = TagsOf(order.case_number())});
  }
  return out;
}

domain::SubmitCases DomainWorld::Cases(std::vector<CaseAct> acts, std::vector<std::string> signers) {
  std::vector<std::string> keys;
  for (const std::string& signer : signers) keys.push_back(Key(signer));
  domain::SubmitCases out{.signed_head = Sign(MEMBER_TYPE_CASE, "C1", acts, keys), .court = CourtOrdinal(1)};
  *out.signed_head.head.mutable_signed_at() = domain::ToProto(now);  // not in the envelope: see Statements
  for (const auto& act : acts) {
    const std::string& number = act.has_open()    ? act.open().case_number()
                                : act.has_stage() ? act.stage().case_number()
                                : act.has_cap()   ? act.cap().case_number()
                                                  : act.respondents().case_number();
    std::vector<std::string> people;
    for (const auto& added : act.respondents().add()) people.push_back(TagsOf(added.identity().id_number()).front());
    for (const auto& removed : act.respondents().remove()) people.push_back(TagsOf(removed.id_number()).front());
    out.members.push_back({.bytes = act.SerializeAsString(),
                           .parsed = act,
                           .number_tags = TagsOf(number),
                           .subject_tags = std::move(people),
                           .fresh_key_id = std::string(16, 'c')});
  }
  return out;
}

domain::ReportReceipts DomainWorld::Receipts(const std::string& agency, std::vector<Receipt> receipts) {
  domain::ReportReceipts out{.signed_head = Sign(MEMBER_TYPE_RECEIPT, agency, receipts, {Key(agency)}),
                             .agency = state.directory.AgencyByCode(agency)->ordinal};
  for (const auto& receipt : receipts) out.members.push_back({receipt.SerializeAsString(), receipt});
  return out;
}

domain::ReportPositions DomainWorld::Positions(const std::string& agency, std::vector<Position> parts) {
  domain::ReportPositions out{.signed_head = Sign(MEMBER_TYPE_POSITION, agency, parts, {Key(agency)}),
                              .agency = state.directory.AgencyByCode(agency)->ordinal};
  for (const auto& part : parts) out.members.push_back({part.SerializeAsString(), part});
  return out;
}

domain::SubmitObjections DomainWorld::Objections(const std::string& author, std::vector<ObjectionAct> acts,
                                                 std::vector<std::string> signers) {
  const domain::Agency* agency = state.directory.AgencyByCode(author);
  std::vector<std::string> keys;
  if (agency != nullptr) signers = {author};
  for (const std::string& signer : signers) keys.push_back(Key(signer));
  domain::SubmitObjections out{.signed_head = Sign(MEMBER_TYPE_OBJECTION, author, acts, keys)};
  *out.signed_head.head.mutable_signed_at() = domain::ToProto(now);  // not in the envelope: see Statements
  if (agency != nullptr) {
    out.agency = agency->ordinal;
  } else {
    out.court = CourtOrdinal(1);
  }
  for (const auto& act : acts) out.members.push_back({act.SerializeAsString(), act});
  return out;
}

domain::RecordAccess DomainWorld::Access(const std::string& method, const std::string& officer,
                                         const std::string& number) {
  domain::RecordAccess out;
  OfficerTicket& ticket = out.parsed;
  ticket.set_officer("court/C1/officer/" + officer), ticket.set_court("C1"), ticket.set_case_number(number);
  ticket.set_purpose("EXECUTION"), ticket.set_certificate_sha256(std::string(32, 'f'));
  SetTime(ticket.mutable_issued_at(), now), SetTime(ticket.mutable_expires_at(), now + absl::Minutes(10));
  const domain::SignedHead head = Sign(MEMBER_TYPE_TICKET, "C1", std::vector<OfficerTicket>{ticket}, {Key(officer)});
  out.ticket.set_member(ticket.SerializeAsString());
  *out.ticket.mutable_head() = head.envelope;
  out.ticket_digest = head.digests.front();
  out.officers_of = "C1", out.key = Key(officer);
  out.officer_tags = TagsOf(officer), out.case_number_tags = TagsOf(number);
  out.court = CourtOrdinal(1), out.reader_name = "court/C1";
  out.reader = "spiffe://test/court/C1", out.reader_tag = "tag of court";
  const domain::Case* of = state.FindCase(CourtOrdinal(1), out.case_number_tags);
  out.case_seq = of != nullptr ? of->seq : CaseSeq(), out.method = method;
  out.subject_tags = {TagsOf(kCitizen).front()}, out.rows = 1;
  return out;
}

domain::SubmitStatements DomainWorld::Statements(const std::string& signer, std::vector<Statement> statements,
                                                 std::vector<std::string> keys) {
  domain::SubmitStatements out{.signed_head = Sign(MEMBER_TYPE_STATEMENT, signer, statements, keys)};
  // Not in the envelope, which nobody reads here: golden entries keep their bytes.
  *out.signed_head.head.mutable_signed_at() = domain::ToProto(now);
  for (const auto& statement : statements) out.members.push_back({statement.SerializeAsString(), statement});
  return out;
}

domain::SubmitAdministration DomainWorld::Administration(const std::string& administrator,
                                                         std::vector<goldeneagle::v1::Administration> acts) {
  domain::SubmitAdministration out{.signed_head =
                                       Sign(MEMBER_TYPE_ADMINISTRATION, "administrator", acts, {Key(administrator)})};
  for (const auto& act : acts) out.members.push_back({act.SerializeAsString(), act, std::string(16, 'o')});
  return out;
}

DomainWorld::DomainWorld(const PolicyTable& policy) {
  absl::TimeZone zone;
  absl::LoadTimeZone("Pacific/Auckland", &zone);
  now = absl::FromCivil(absl::CivilSecond(2026, 9, 28, 9, 0, 0), zone);
  founding.set_origin("test.example/log");
  founding.set_format_version(1);
  founding.set_environment(ENVIRONMENT_TEST);
  for (const char* name : {"admin1", "admin2", "admin3"}) {
    FoundingKey* key = founding.add_administrators();
    key->set_name(name), key->set_key(Key(name));
  }
  for (const char* name : {"registrar1", "registrar2", "registrar3"}) {
    FoundingKey* key = founding.add_registrars();
    key->set_name(name), key->set_key(Key(name));
  }
  founding.set_registrar_threshold(2);
  founding.set_approvals(2);
  domain::Entry founded = domain::FoundLog(founding, now);
  domain::Apply(founded, state);
  journal.push_back(founded);

  std::vector<goldeneagle::v1::Administration> proposals;
  const auto propose = [&]() -> Proposal* {
    proposals.emplace_back().set_request_id(NewId());
    proposals.back().mutable_proposal()->set_ground("set-up");
    return proposals.back().mutable_proposal();
  };
  *propose()->mutable_policy()->mutable_table() = policy;
  RegisterCourt* court = propose()->mutable_court();
  court->set_code("C1"), court->set_name("Court of Freedonia");
  *court->mutable_system() = System("court/C1");
  std::vector<std::string> codes = {"BANK1", "BANK2", "LAND1"};
  const bool all_acts = policy.has_locate();
  if (all_acts) codes.push_back("CARS1");
  for (const std::string& code : codes) {
    RegisterAgency* agency = propose()->mutable_agency();
    agency->set_code(code), agency->set_name(code), agency->set_region("990101");
    agency->set_kind(code == "LAND1" ? "LAND" : code == "CARS1" ? "VEHICLE" : "BANK");
    for (Action action : {ACTION_INQUIRE, ACTION_FREEZE, ACTION_RENEW, ACTION_RELEASE, ACTION_DEDUCT}) {
      if ((code == "LAND1" || code == "CARS1") && action == ACTION_DEDUCT) continue;
      Capability* capability = agency->add_capabilities();
      capability->set_action(action);
      capability->set_asset_kind(code == "LAND1" ? "LAND" : code == "CARS1" ? "VEHICLE" : "DEPOSIT");
    }
    const auto can = [&](Action action, const char* kind) {
      Capability* capability = agency->add_capabilities();
      capability->set_action(action), capability->set_asset_kind(kind);
    };
    if (all_acts && code == "LAND1") can(ACTION_TRANSFER_TITLE, "LAND"), can(ACTION_FREEZE, "PATENT");
    if (all_acts && code == "CARS1") can(ACTION_TRANSFER_TITLE, "VEHICLE"), can(ACTION_LOCATE, "VEHICLE");
    if (all_acts && code == "BANK1") {
      can(ACTION_FREEZE, "WEALTH_PRODUCT");
      for (Action action : {ACTION_EXTRACT_INCOME, ACTION_RENEW, ACTION_RELEASE}) can(action, "INCOME");
    }
    *agency->mutable_system() = System("agency/" + code);
  }
  Adopt(proposals);

  const auto statement = [&](const std::string& subject, StatementKind kind) {
    Statement out;
    out.set_subject(subject), out.set_sequence(1), out.set_kind(kind), out.set_environment(ENVIRONMENT_TEST);
    SetTime(out.mutable_valid_from(), now - absl::Hours(24));
    SetTime(out.mutable_valid_until(), now + absl::Hours(24 * 365));
    return out;
  };
  std::vector<Statement> keys;
  std::vector<std::string> subjects = {"court/C1"};
  for (const std::string& code : codes) subjects.push_back("agency/" + code);
  for (const std::string& subject : subjects) {
    Statement& key = keys.emplace_back(statement(subject, STATEMENT_KIND_KEY));
    key.set_algorithm(KEY_ALGORITHM_ED25519), key.set_key(Key(subject.substr(subject.find('/') + 1)));
  }
  Do(Statements("registrar", keys, {Key("registrar1"), Key("registrar3")}));
  std::vector<Statement> own;
  for (const auto& [name, role] :
       {std::pair{"handler", OFFICER_ROLE_HANDLER}, std::pair{"cosigner", OFFICER_ROLE_COSIGNER},
        std::pair{"leader", OFFICER_ROLE_LEADER}}) {
    Statement& officer = own.emplace_back(statement(std::string("court/C1/officer/") + name, STATEMENT_KIND_OFFICER));
    officer.set_algorithm(KEY_ALGORITHM_ED25519), officer.set_key(Key(name));
    officer.add_roles(role);
    officer.mutable_officer()->set_name(name), officer.mutable_officer()->set_work_id_no("W"),
        officer.mutable_officer()->set_duty_card_no("D");
  }
  Statement& account = own.emplace_back(statement("court/C1/account/1", STATEMENT_KIND_ACCOUNT));
  account.mutable_account()->set_account_name("Court of Freedonia"), account.mutable_account()->set_bank("BANK1");
  account.mutable_account()->set_account_number("9900010000000099010");
  const domain::SubmitStatements stated = Statements("C1", own, {Key("C1")});
  account_digest = stated.signed_head.digests.back();
  Do(stated);
  case_seq = Do(Cases({OpenCase()})).members.at(0).index;
}

CaseAct DomainWorld::OpenCase(const std::string& number) {
  CaseAct act;
  act.set_request_id(NewId());
  act.set_court("C1");
  goldeneagle::v1::OpenCase* open = act.mutable_open();
  open->set_case_number(number), open->set_title("title"), open->set_stage(CASE_STAGE_ENFORCEMENT),
      open->set_applicant("applicant");
  open->set_purpose("EXECUTION"), open->set_legal_basis("art 1"), open->set_handler("handler"),
      open->set_leader("leader");
  Respondent* person = open->add_respondents();
  person->mutable_identity()->set_name("林远舟"), person->mutable_identity()->set_id_kind("CITIZEN_ID"),
      person->mutable_identity()->set_id_number(kCitizen);
  person->set_liability(LIABILITY_KIND_JOINT);
  Respondent* company = open->add_respondents();
  company->mutable_identity()->set_name("北陵启明机电有限公司"),
      company->mutable_identity()->set_id_kind("UNIFIED_CREDIT_CODE");
  company->mutable_identity()->set_id_number(kCompany);
  company->set_liability(LIABILITY_KIND_JOINT), company->set_liability_cap_minor_units(30'000'00);
  Claim* claim = open->mutable_claim();
  claim->set_currency("CNY"), claim->set_principal_minor_units(90'000'00), claim->set_interest_minor_units(8'200'00);
  claim->set_doubled_interest_days(100), claim->set_doubled_interest_minor_units(1'800'00);  // 90,000.00 x 0.0002 x 100
  SetTime(claim->mutable_horizon(), now + absl::Hours(48));
  claim->set_cap_minor_units(100'000'00);
  return act;
}

goldeneagle::v1::Order DomainWorld::BaseOrder(Action action, const std::string& agency) {
  goldeneagle::v1::Order order;
  order.set_order_id(NewId());
  order.set_court("C1"), order.set_case_number("case-1"), order.set_action(action), order.set_urgency(URGENCY_NORMAL);
  if (!agency.empty()) order.add_agencies(agency);
  order.mutable_subject()->set_name("林远舟"), order.mutable_subject()->set_id_kind("CITIZEN_ID"),
      order.mutable_subject()->set_id_number(kCitizen);
  SetTime(order.mutable_issued_at(), now - absl::Minutes(1));
  SetTime(order.mutable_not_after(), now + absl::Hours(24));
  OfficerRef* officer = order.add_officers();
  officer->set_officer("handler"), officer->set_work_id_no("W"), officer->set_duty_card_no("D");
  order.set_purpose("EXECUTION"), order.set_legal_basis("art 2");
  Instrument* paper = order.add_instruments();
  paper->set_category("RULING"), paper->set_digest(std::string(32, 'd')), paper->set_size_bytes(1),
      paper->set_media_type("application/pdf");
  return order;
}

goldeneagle::v1::Order DomainWorld::InquireOrder(std::vector<std::string> agencies) {
  auto order = BaseOrder(ACTION_INQUIRE, "");
  for (const std::string& agency : agencies) order.add_agencies(agency);
  order.mutable_inquire();
  return order;
}

goldeneagle::v1::Order DomainWorld::FreezeOrder(const std::string& agency, int64_t limit) {
  auto order = BaseOrder(ACTION_FREEZE, agency);
  Freeze* freeze = order.mutable_freeze();
  freeze->mutable_person_at_agency();
  freeze->set_currency("CNY"), freeze->set_limit_minor_units(limit), freeze->set_inflow(INFLOW_CAPTURE);
  freeze->mutable_term()->set_months(6);
  return order;
}

goldeneagle::v1::Order DomainWorld::RenewOrder(const std::string& agency, const std::string& freeze_id,
                                               uint32_t months) {
  auto order = BaseOrder(ACTION_RENEW, agency);
  order.mutable_renew()->set_freeze_order_id(freeze_id), order.mutable_renew()->mutable_term()->set_months(months);
  return order;
}

goldeneagle::v1::Order DomainWorld::ReleaseOrder(const std::string& agency, const std::string& freeze_id,
                                                 int64_t amount) {
  auto order = BaseOrder(ACTION_RELEASE, agency);
  order.mutable_release()->set_freeze_order_id(freeze_id), order.mutable_release()->set_ground("DEBT_PAID");
  order.mutable_release()->set_amount_minor_units(amount);
  return order;
}

goldeneagle::v1::Order DomainWorld::DeductOrder(const std::string& agency, const std::string& freeze_id,
                                                int64_t amount) {
  auto order = BaseOrder(ACTION_DEDUCT, agency);
  Deduct* deduct = order.mutable_deduct();
  deduct->set_freeze_order_id(freeze_id), deduct->set_currency("CNY"), deduct->set_amount_minor_units(amount);
  deduct->mutable_account()->set_account_name("Court of Freedonia"), deduct->mutable_account()->set_bank("BANK1");
  deduct->mutable_account()->set_account_number("9900010000000099010");
  deduct->set_account_statement(account_digest);
  return order;
}

Receipt DomainWorld::ReceiptFor(const goldeneagle::v1::Order& order, const std::string& agency, ReceiptKind kind) {
  Receipt receipt;
  receipt.set_order_digest(std::string(journal::View(journal::LeafHash(order.SerializeAsString()))));
  receipt.set_order_id(order.order_id()), receipt.set_agency(agency), receipt.set_sequence(next_receipt_++),
      receipt.set_kind(kind);
  SetTime(receipt.mutable_arrived_at(), now), SetTime(receipt.mutable_answered_at(), now);
  return receipt;
}

Receipt DomainWorld::Controlled(const goldeneagle::v1::Order& freeze, const std::string& agency, int64_t controlled,
                                int64_t unfunded) {
  Receipt receipt = ReceiptFor(freeze, agency, RECEIPT_KIND_FINAL);
  ItemResult* item = receipt.add_items();
  item->set_outcome(controlled == 0 ? OUTCOME_WAITLISTED
                    : unfunded == 0 ? OUTCOME_CONTROLLED
                                    : OUTCOME_PARTLY_CONTROLLED);
  MeasureState* state_after = item->mutable_measure();
  state_after->set_unit_reference("U1"), state_after->set_requested_minor_units(controlled + unfunded);
  state_after->set_controlled_minor_units(controlled), state_after->set_unfunded_minor_units(unfunded);
  if (controlled > 0) SetTime(state_after->mutable_effective_from(), now);
  return receipt;
}

Receipt DomainWorld::Renewed(const goldeneagle::v1::Order& renew, const std::string& agency, int64_t controlled,
                             absl::Time end) {
  Receipt receipt = Controlled(renew, agency, controlled, 0);
  receipt.mutable_items(0)->set_outcome(OUTCOME_RENEWED);
  SetTime(receipt.mutable_items(0)->mutable_measure()->mutable_effective_to(), end);
  return receipt;
}

Receipt DomainWorld::Event(const goldeneagle::v1::Order& freeze, const std::string& agency, MeasureChange change,
                           int64_t controlled, int64_t unfunded) {
  Receipt receipt = Controlled(freeze, agency, controlled, unfunded);
  receipt.set_kind(RECEIPT_KIND_EVENT), receipt.set_change(change);
  return receipt;
}

Receipt DomainWorld::Deducted(const goldeneagle::v1::Order& deduct, const std::string& agency, bool confirmed,
                              int64_t controlled_after, int64_t unfunded_after) {
  Receipt receipt = ReceiptFor(deduct, agency, confirmed ? RECEIPT_KIND_FINAL : RECEIPT_KIND_PROGRESS);
  ItemResult* item = receipt.add_items();
  item->set_outcome(confirmed ? OUTCOME_DEDUCTED : OUTCOME_SENT_NOT_CONFIRMED);
  DeductionState* deduction = item->mutable_deduction();
  deduction->set_amount_minor_units(deduct.deduct().amount_minor_units()), deduction->set_booking_reference("B1");
  MeasureState* after = deduction->mutable_measure();
  after->set_unit_reference("U1"), after->set_requested_minor_units(controlled_after + unfunded_after);
  after->set_controlled_minor_units(controlled_after), after->set_unfunded_minor_units(unfunded_after);
  after->set_ended(controlled_after + unfunded_after == 0);
  SetTime(after->mutable_effective_from(), now);
  return receipt;
}

namespace {
ObjectionAct Word(std::string id, const std::string& author, absl::Time now) {
  ObjectionAct act;
  act.set_request_id(std::move(id)), act.set_author(author);
  SetTime(act.mutable_written_at(), now);
  return act;
}
}  // namespace

ObjectionAct DomainWorld::Raise(const std::string& agency, const goldeneagle::v1::Order& order) {
  ObjectionAct act = Word(NewId(), agency, now);
  Objection* raise = act.mutable_raise();
  raise->set_order_id(order.order_id());
  raise->set_order_digest(std::string(journal::View(journal::LeafHash(order.SerializeAsString()))));
  raise->set_ground("EXEMPT_ASSET"), raise->set_text("wages of workers");
  raise->set_contact_name("counter 4"), raise->set_contact_phone("4");
  return act;
}

ObjectionAct DomainWorld::Say(const std::string& author, const ObjectionAct& raised, bool withdraws) {
  ObjectionAct act = Word(NewId(), author, now);
  act.mutable_reply()->set_objection_id(raised.request_id()), act.mutable_reply()->set_text("a word");
  act.mutable_reply()->set_withdraws(withdraws);
  return act;
}

ObjectionAct DomainWorld::Answer(const ObjectionAct& raised, ObjectionDecision decision) {
  ObjectionAct act = Word(NewId(), "C1", now);
  ObjectionAnswer* answer = act.mutable_answer();
  answer->set_objection_id(raised.request_id());
  answer->set_objection_digest(std::string(journal::View(journal::LeafHash(raised.SerializeAsString()))));
  answer->set_decision(decision), answer->set_text("examined");
  return act;
}

Reason DomainWorld::OnlyRefusal(const domain::Result& result) {
  if (!result.status.ok()) return ReasonOf(result.status);
  return result.members.at(0).refusal ? result.members.at(0).refusal->reason : Reason::kNone;
}

std::vector<std::string> DomainWorld::Problems(const domain::Result& result) {
  std::vector<std::string> out;
  if (result.members.at(0).refusal) {
    for (const Violation& violation : result.members.at(0).refusal->violations)
      out.push_back(violation.field + " " + std::string(RowOf(violation.reason).name));
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> DomainWorld::Types() const {
  std::vector<std::string> out;
  for (const domain::Entry& entry : journal) out.push_back(domain::EntryTypeName(entry.type));
  return out;
}

}  // namespace eagle::test
