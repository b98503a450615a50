#include "tests/adapters/sdk/sdk_world.h"

#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/trust/make_batch.h"
#include "server/trust/subject.h"
#include "server/trust/timestamps.h"

namespace eagle::sdk {
namespace {

absl::Time Start() { return absl::FromCivil(absl::CivilSecond(2026, 9, 28, 9, 0, 0), absl::FixedTimeZone(8 * 3600)); }

}  // namespace

SdkWorld::SdkWorld(Way which, uint64_t seed)
    : clock(Start()),
      registrar1("registrar 1"),
      registrar2("registrar 2"),
      registrar3("registrar 3"),
      court_key("court"),
      handler("handler"),
      cosigner("cosigner"),
      leader("leader"),
      agency_key("agency"),
      stranger("stranger"),
      gateway(clock, crash, checker, kAgency, agency_key.public_key()),
      entropy(seed),
      way(which) {
  config.agency = kAgency;
  config.adapter = "test.adapter";
  config.version = "1";
  config.environment = v1::ENVIRONMENT_TEST;
  config.capabilities.emplace_back().set_asset_kind(way == Way::kBank ? "DEPOSIT" : "LAND");
  config.contact_name = "周敏";
  config.contact_phone = "024-00000000";
  config.registrar_keys = {registrar1.public_key(), registrar2.public_key(), registrar3.public_key()};
  config.signature_rules.push_back({v1::ACTION_DEDUCT, 10'000'000, {v1::OFFICER_ROLE_LEADER}});
  core.AddAccount(kAccount, 6'135'027, kDebtor, kDebtorNumber);

  v1::Statement court;
  court.set_subject(trust::CourtSubject(kCourt));
  court.set_kind(v1::STATEMENT_KIND_KEY);
  court.set_algorithm(v1::KEY_ALGORITHM_ED25519);
  court.set_key(court_key.public_key());
  gateway.AddStatement(State(court));
  gateway.AddStatement(State(OfficerStatement("001", handler.public_key(), {v1::OFFICER_ROLE_HANDLER})));
  gateway.AddStatement(State(OfficerStatement("002", cosigner.public_key(), {v1::OFFICER_ROLE_COSIGNER})));
  gateway.AddStatement(State(OfficerStatement("003", leader.public_key(), {v1::OFFICER_ROLE_LEADER})));
  const v1::SignedMember account = State(AccountStatement("1", kCourtAccount));
  account_digest_ = std::string(journal::View(journal::LeafHash(account.member())));
  gateway.AddStatement(account);
  StartAgent();
}

v1::Statement SdkWorld::OfficerStatement(const std::string& code, const std::string& key,
                                         std::vector<v1::OfficerRole> roles) {
  v1::Statement statement;
  statement.set_subject(trust::OfficerSubject(kCourt, code));
  statement.set_kind(v1::STATEMENT_KIND_OFFICER);
  statement.set_algorithm(v1::KEY_ALGORITHM_ED25519);
  statement.set_key(key);
  for (v1::OfficerRole role : roles) statement.add_roles(role);
  statement.mutable_officer()->set_name("officer " + code);
  statement.mutable_officer()->set_work_id_no("W" + code);
  statement.mutable_officer()->set_duty_card_no("D" + code);
  return statement;
}

v1::Statement SdkWorld::AccountStatement(const std::string& code, const std::string& number) {
  v1::Statement statement;
  statement.set_subject(trust::AccountSubject(kCourt, code));
  statement.set_kind(v1::STATEMENT_KIND_ACCOUNT);
  statement.mutable_account()->set_account_name("松月区人民法院执行款专户");
  statement.mutable_account()->set_bank(kAgency);
  statement.mutable_account()->set_account_number(number);
  return statement;
}

v1::SignedMember SdkWorld::State(v1::Statement statement) {
  auto& [sequence, digest] = chain_[statement.subject()];
  statement.set_sequence(++sequence);
  statement.set_previous_digest(digest);
  if (!statement.has_valid_from()) *statement.mutable_valid_from() = trust::TimestampOf(Start() - absl::Hours(24));
  if (!statement.has_valid_until())
    *statement.mutable_valid_until() = trust::TimestampOf(Start() + absl::Hours(24 * 900));
  statement.set_environment(v1::ENVIRONMENT_TEST);
  const bool organisation = statement.subject() == trust::CourtSubject(kCourt);
  std::string member = statement.SerializeAsString();
  digest = std::string(journal::View(journal::LeafHash(member)));
  const trust::HeadFields fields = {v1::MEMBER_TYPE_STATEMENT, v1::ENVIRONMENT_TEST,
                                    organisation ? std::string(trust::kRegistrar) : std::string(kCourt), ++last_head_,
                                    clock.WallNow()};
  std::vector<trust::Signer*> signers = {&court_key};
  if (organisation) signers = {&registrar1, &registrar2};
  return trust::TravelForm(trust::MakeBatch(fields, {std::move(member)}, signers), 0);
}

std::string SdkWorld::NewId() { return NewUuidV7(clock.WallNow(), entropy); }

v1::Order SdkWorld::Base(v1::Action action) {
  v1::Order order;
  order.set_order_id(NewId());
  order.set_court(kCourt);
  order.set_case_number(kCase);
  order.set_action(action);
  order.set_urgency(v1::URGENCY_NORMAL);
  order.add_agencies(kAgency);
  order.mutable_subject()->set_name(kDebtor);
  order.mutable_subject()->set_id_kind("CITIZEN_ID");
  order.mutable_subject()->set_id_number(kDebtorNumber);
  *order.mutable_issued_at() = trust::TimestampOf(clock.WallNow());
  *order.mutable_not_after() = trust::TimestampOf(clock.WallNow() + absl::Hours(48));
  for (const char* code : {"001", "002"}) {
    v1::OfficerRef& officer = *order.add_officers();
    officer.set_officer(code);
    officer.set_work_id_no(std::string("W") + code);
    officer.set_duty_card_no(std::string("D") + code);
  }
  order.set_purpose("EXECUTION");
  order.set_legal_basis("民事诉讼法第二百五十三条");
  return order;
}

v1::Order SdkWorld::Inquiry() {
  v1::Order order = Base(v1::ACTION_INQUIRE);
  order.mutable_inquire();
  return order;
}

v1::Order SdkWorld::Freeze(int64_t limit) {
  v1::Order order = Base(v1::ACTION_FREEZE);
  v1::Freeze& freeze = *order.mutable_freeze();
  freeze.mutable_person_at_agency();
  freeze.set_currency("CNY");
  freeze.set_limit_minor_units(limit);
  freeze.set_inflow(v1::INFLOW_CAPTURE);
  freeze.mutable_term()->set_years(1);
  return order;
}

v1::Order SdkWorld::FreezeThing(const std::string& unit) {
  v1::Order order = Base(v1::ACTION_FREEZE);
  order.mutable_over_cap_exception()->set_reason("VALUE_UNKNOWN");
  order.mutable_over_cap_exception()->set_leader("003");
  v1::Freeze& freeze = *order.mutable_freeze();
  freeze.mutable_asset()->set_asset_kind("LAND");
  freeze.mutable_asset()->set_unit_number(unit);
  freeze.mutable_asset()->set_share_numerator(1);
  freeze.mutable_asset()->set_share_denominator(2);
  freeze.set_currency("CNY");
  freeze.mutable_term()->set_years(3);
  return order;
}

v1::Order SdkWorld::Release(const v1::Order& freeze, int64_t amount) {
  v1::Order order = Base(v1::ACTION_RELEASE);
  order.mutable_release()->set_freeze_order_id(freeze.order_id());
  order.mutable_release()->set_amount_minor_units(amount);
  order.mutable_release()->set_ground("DEBT_PAID");
  return order;
}

v1::Order SdkWorld::Deduct(const v1::Order& freeze, int64_t amount) {
  v1::Order order = Base(v1::ACTION_DEDUCT);
  v1::Deduct& deduct = *order.mutable_deduct();
  deduct.set_freeze_order_id(freeze.order_id());
  deduct.set_currency("CNY");
  deduct.set_amount_minor_units(amount);
  deduct.mutable_account()->set_account_name("松月区人民法院执行款专户");
  deduct.mutable_account()->set_bank(kAgency);
  deduct.mutable_account()->set_account_number(kCourtAccount);
  deduct.set_account_statement(account_digest_);
  return order;
}

v1::SignedMember SdkWorld::Sign(const v1::Order& order, std::optional<Signers> signers) {
  if (!signers) {
    signers = order.action() == v1::ACTION_INQUIRE ? Signers{&handler} : Signers{&handler, &cosigner};
    if (order.has_over_cap_exception()) signers->push_back(&leader);
  }
  const std::vector<trust::Signer*> keys(signers->begin(), signers->end());
  const trust::HeadFields fields = {v1::MEMBER_TYPE_ORDER, v1::ENVIRONMENT_TEST, kCourt, ++last_head_, clock.WallNow()};
  return trust::TravelForm(trust::MakeBatch(fields, {order.SerializeAsString()}, keys), 0);
}

const v1::Order& SdkWorld::Submit(const v1::Order& order, std::optional<Signers> signers) {
  gateway.AddOrder(Sign(order, signers));
  return order;
}

void SdkWorld::StartAgent() {
  agent.reset();
  auto hook = inbox != nullptr ? inbox->after_commit : nullptr;
  inbox = std::make_unique<FakeInbox>(disk, crash);
  inbox->after_commit = hook;
  if (bank == nullptr) bank = std::make_unique<FakeBank>(core, clock, crash);
  if (!paper_folder.empty()) papers = *PaperFolder::Open(paper_folder, paper_bytes_max);
  const AgentPorts ports = {gateway, *inbox, agency_key, checker, clock, entropy, papers.get(), positions};
  auto made = way == Way::kBank ? Agent::Make(config, ports, *bank) : Agent::Make(config, ports, land);
  if (made.ok()) {
    agent = *std::move(made);
  } else {
    EXPECT_TRUE(crash.dead()) << made.status();
  }
}

void SdkWorld::Run(int rounds, absl::Duration tick) {
  for (int i = 0; i < rounds; ++i) {
    if (agent != nullptr) {
      agent->Step();
      EXPECT_EQ(agent->health().ok(), !crash.dead() || agent->health().ok());
    }
    if (crash.dead()) {
      ++restarts;
      agent.reset();
      gateway.ForgetReplies();
      crash.Revive();
      StartAgent();
    }
    gateway.Round([&](CallId call, absl::StatusOr<Reply> reply) {
      if (agent != nullptr) agent->OnReply(call, std::move(reply));
    });
    clock.Advance(tick);
  }
}

bool SdkWorld::Settle(int rounds) {
  for (int i = 0; i < rounds; i += 10) {
    Run(10);
    if (agent == nullptr || !gateway.AllAnswered()) continue;
    agent->Step();  // takes the replies that are here
    if (!crash.dead() && agent->Idle()) return true;
  }
  const AgentMetrics m = agent->metrics();
  ADD_FAILURE() << "not settled: answered " << gateway.AllAnswered() << " idle " << agent->Idle() << " polls "
                << m.polls << " hellos " << m.hellos << " new " << m.tasks_new << " receipts " << m.receipts
                << " batches " << m.batches << " recorded " << m.receipts_recorded << " queued " << m.queued
                << " failed " << m.calls_failed << " timed out " << m.calls_timed_out << " malformed "
                << m.replies_malformed << " late " << m.late_replies << " connected " << m.connected << " health "
                << agent->health();
  return false;
}

int SdkWorld::Effects(const v1::Order& order) const {
  const auto found = core.effects.find(OperationOf(order));
  return found == core.effects.end() ? 0 : found->second;
}

std::string SdkWorld::Outcome(const v1::Order& order) {
  const v1::Receipt* receipt = LastWord(order);
  if (receipt == nullptr) return "-";
  if (receipt->kind() == v1::RECEIPT_KIND_RETURNED) return "RETURNED " + receipt->returned().reason();
  return v1::Outcome_Name(receipt->items(0).outcome()).substr(std::string("OUTCOME_").size());
}

}  // namespace eagle::sdk
