#include "tests/sim/sim_world.h"

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/uuid.h"
#include "server/core/codec.h"
#include "server/core/tiles.h"
#include "server/domain/instant.h"
#include "server/journal/checkpoint.h"
#include "server/trust/make_batch.h"
#include "tests/sim/sim_bank.h"
#include "tests/support/paths.h"
#include "tests/support/recovery.h"
#include "tests/support/trust/keyed_hash.h"

namespace eagle::sim {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

namespace {

constexpr int kBanks = 3;
// In good weather a bank has told a recovered log within these what it had carried out before the loss.
constexpr int kTellForgottenMinutes = 3;
constexpr const char* kPersons[] = {"990101198503070017", "990101199112120034", "990101198708150029"};
constexpr const char* kNames[] = {"林远舟", "林远舟", "苏晴"};
constexpr char kCourt[] = "辽9901";
constexpr char kAccount[] = "9900010000000099010";

std::string BankCode(int i) { return "99000" + std::to_string(i + 1) + "0"; }

PolicyTable ReadPolicy() {
  std::ifstream file(test::SourcePath("deploy/policy/cn-2026.txtpb"));
  std::stringstream text;
  text << file.rdbuf();
  PolicyTable table;
  GATEWAY_ASSERT(google::protobuf::TextFormat::ParseFromString(text.str(), &table),
                 "the policy that ships can be read");
  table.mutable_papers()->clear_travel_with();  // papers are files, and the simulation has none
  table.clear_positions();                      // its banks state nothing of their days
  return table;
}

SystemIdentity System(const std::string& path) {
  SystemIdentity system;
  system.set_spiffe_id("spiffe://sim/" + path);
  system.add_spki_sha256(std::string(journal::View(journal::Sha256(path))));
  return system;
}

}  // namespace

Weather BadWeather() {
  return {.lose_one_in = 20,
          .repeat_one_in = 20,
          .delay_ms_max = 200,
          .long_delay_one_in = 40,
          .gateway_crash_one_in = 60,
          .agent_crash_one_in = 400,
          .core_fault_one_in = 15,
          .clock_jump_one_in = 300,
          .night_one_in = 15};
}

// One way through the network.
void World::Travel(std::function<void()> arrive) {
  ++numbers_.calls;
  if (dice_.OneIn(weather_.lose_one_in)) {
    ++numbers_.lost;
    return;
  }
  const int copies = dice_.OneIn(weather_.repeat_one_in) ? 2 : 1;
  numbers_.repeated += static_cast<uint64_t>(copies - 1);
  for (int i = 0; i < copies; ++i) {
    absl::Duration delay = absl::Milliseconds(dice_.Between(0, weather_.delay_ms_max));
    if (dice_.OneIn(weather_.long_delay_one_in)) delay += absl::Seconds(dice_.Between(1, 60));
    calendar_.After(delay, arrive);
  }
}

World::World(uint64_t seed, const Weather& weather)
    : seed_(seed),
      dice_(seed * 7919 + 1),
      clock_(calendar_, absl::FromUnixSeconds(1'790'557'200)),
      true_clock_(calendar_, absl::FromUnixSeconds(1'790'557'200)),
      entropy_(seed),
      objection_dice_(seed * 6007 + 5) {
  GATEWAY_ASSERT(absl::LoadTimeZone("Asia/Shanghai", &zone_), "time zones are installed");
  std::vector<std::string> names = {"admin1", "admin2",  "registrar1", "registrar2", "registrar3",
                                    "court",  "handler", "cosigner",   "leader",     "cosigner 2"};
  for (int i = 0; i < kBanks; ++i) names.push_back(BankCode(i));
  // Real keys in one seed of a hundred; a keyed hash, a hundred times faster, in the others.
  const bool real = real_keys_ = seed % 100 == 0;
  for (const std::string& name : names) {
    if (real) {
      signers_[name] = std::make_unique<trust::Ed25519Signer>(
          *trust::Ed25519Signer::FromSeed(std::string(journal::View(journal::Sha256(name)))));
    } else {
      signers_[name] = std::make_unique<KeyedHashSigner>(name);
    }
  }
  if (real) {
    checker_ = std::make_unique<trust::PublicKeyChecker>();
  } else {
    checker_ = std::make_unique<KeyedHashChecker>();
  }
  // From the seed alone: other seeds stay the runs that they were. In a third of these there is a thief too, in a few
  // real keys.
  if (seed % 5 == 1 || seed % 200 == 100) loss_at_ = static_cast<int>(8 + seed % 17);
  gateway_ = std::make_unique<SimGateway>(calendar_, clock_, dice_, weather_, *checker_, seed);
  SetUp();
  weather_ = weather;
  // From the seed alone: other seeds stay the runs that they were.
  if (seed % 3 == 0) theft_at_ = static_cast<int>(5 + seed % 11);
  gateway_->ArmCrash();
}

World::~World() {
  for (auto& [code, bank] : banks_) bank->agent.reset();
  gateway_->Crash();
}

void World::Blame(const std::string& what) {
  violations_.push_back(absl::StrCat("seed ", seed_, ", minute ", minute_, ": ", what));
}

std::string World::NewId() { return NewUuidV7(clock_.True(), entropy_); }

// --- setting up

template <typename Request, typename Response>
Response World::Must(void (api::Handlers::*method)(const api::Caller&, Request, api::Reply<Response>),
                     const api::Caller& caller, Request request) {
  std::optional<absl::StatusOr<Response>> answer;
  (gateway_->handlers().*method)(caller, std::move(request),
                                 [&](absl::StatusOr<Response> response) { answer = std::move(response); });
  gateway_->Kick();
  while (!answer && calendar_.RunNext()) {
  }
  GATEWAY_ASSERT(answer && answer->ok(), answer ? std::string(answer->status().message()).c_str() : "no answer");
  return **std::move(answer);
}

void World::SetUp() {
  founding_.set_origin("sim.example/log"), founding_.set_format_version(1), founding_.set_environment(ENVIRONMENT_TEST);
  founding_.set_registrar_threshold(2), founding_.set_approvals(2);
  for (const char* name : {"admin1", "admin2"}) {
    FoundingKey* key = founding_.add_administrators();
    key->set_name(name), key->set_algorithm(KEY_ALGORITHM_ED25519), key->set_key(signers_[name]->public_key());
  }
  for (const char* name : {"registrar1", "registrar2", "registrar3"}) {
    FoundingKey* key = founding_.add_registrars();
    key->set_name(name), key->set_algorithm(KEY_ALGORITHM_ED25519), key->set_key(signers_[name]->public_key());
  }
  if (loss_at_ != 0) founding_ = test::Recoverable(founding_, gateway_->signer());
  const absl::Status started = gateway_->Start(founding_);
  GATEWAY_ASSERT(started.ok(), std::string(started.message()).c_str());
  Administer();
  State();
  court_ = {.role = api::Role::kCourt, .code = kCourt, .court = CourtOrdinal(1)};
  OpenCases();
  for (int i = 0; i < kBanks; ++i) {
    auto bank = std::make_unique<Bank>(*this, BankCode(i), seed_ * 100 + static_cast<uint64_t>(i));
    bank->caller = {
        .role = api::Role::kAgency, .code = bank->code, .agency = AgencyOrdinal(static_cast<uint32_t>(i + 1))};
    for (int p = 0; p < 2; ++p) {
      for (int64_t a = dice_.Between(p == 0 ? 1 : 0, 2); a > 0; --a) {
        bank->core.OpenAccount(kPersons[p], absl::StrCat("A", next_account_++), dice_.Between(0, 200'000'00));
      }
    }
    bank->Start();
    banks_[bank->code] = std::move(bank);
  }
}

void World::Administer() {
  std::vector<std::string> proposals;
  const auto propose = [&](const std::function<void(Proposal*)>& fill) {
    Administration act;
    act.set_request_id(NewId());
    act.mutable_proposal()->set_ground("set-up");
    fill(act.mutable_proposal());
    proposals.push_back(act.SerializeAsString());
  };
  propose([](Proposal* p) { *p->mutable_policy()->mutable_table() = ReadPolicy(); });
  propose([](Proposal* p) {
    p->mutable_court()->set_code(kCourt), p->mutable_court()->set_name("松月区人民法院");
    *p->mutable_court()->mutable_system() = System("court/1");
  });
  for (int i = 0; i < kBanks; ++i) {
    propose([&](Proposal* p) {
      RegisterAgency* agency = p->mutable_agency();
      agency->set_code(BankCode(i)), agency->set_name(BankCode(i)), agency->set_kind("BANK"),
          agency->set_region("990101");
      for (Action action : {ACTION_INQUIRE, ACTION_FREEZE, ACTION_RENEW, ACTION_RELEASE, ACTION_DEDUCT}) {
        Capability* capability = agency->add_capabilities();
        capability->set_asset_kind("DEPOSIT"), capability->set_action(action);
      }
      *agency->mutable_system() = System("agency/" + BankCode(i));
    });
  }
  const api::Caller operator_system{.role = api::Role::kOperator, .code = "operator"};
  trust::HeadFields fields{.member_type = MEMBER_TYPE_ADMINISTRATION,
                           .environment = ENVIRONMENT_TEST,
                           .signer = "administrator",
                           .sequence = 1,
                           .signed_at = clock_.True()};
  SubmitAdministrationRequest request;
  *request.mutable_batch() = trust::MakeBatch(fields, proposals, {signers_["admin1"].get()});
  const auto made = Must(&api::Handlers::SubmitAdministration, operator_system, request);
  std::vector<std::string> approvals;
  for (int i = 0; i < made.results_size(); ++i) {
    Administration act;
    act.set_request_id(NewId());
    act.mutable_approval()->set_proposal_index(made.results(i).journal_index());
    act.mutable_approval()->set_proposal_digest(
        std::string(journal::View(journal::LeafHash(proposals[static_cast<size_t>(i)]))));
    approvals.push_back(act.SerializeAsString());
  }
  *request.mutable_batch() = trust::MakeBatch(fields, approvals, {signers_["admin2"].get()});
  const auto answers1 = Must(&api::Handlers::SubmitAdministration, operator_system, request);
  for (const auto& result : answers1.results()) {
    GATEWAY_ASSERT(result.in_effect(), result.refusal().ShortDebugString().c_str());
  }
}

void World::State() {
  const auto statement = [&](const std::string& subject, StatementKind kind, const std::string& key) {
    Statement out;
    out.set_subject(subject), out.set_sequence(1), out.set_kind(kind), out.set_environment(ENVIRONMENT_TEST);
    if (!key.empty()) out.set_algorithm(KEY_ALGORITHM_ED25519), out.set_key(signers_[key]->public_key());
    *out.mutable_valid_from() = domain::ToProto(clock_.True() - absl::Hours(24)),
    *out.mutable_valid_until() = domain::ToProto(clock_.True() + absl::Hours(24 * 3650));
    return out;
  };
  const std::string court = std::string("court/") + kCourt;
  std::vector<std::string> keys = {statement(court, STATEMENT_KIND_KEY, "court").SerializeAsString()};
  for (int i = 0; i < kBanks; ++i)
    keys.push_back(statement("agency/" + BankCode(i), STATEMENT_KIND_KEY, BankCode(i)).SerializeAsString());
  std::vector<std::string> own;
  for (const auto& [name, role] :
       {std::pair{"handler", OFFICER_ROLE_HANDLER}, std::pair{"cosigner", OFFICER_ROLE_COSIGNER},
        std::pair{"leader", OFFICER_ROLE_LEADER}}) {
    Statement officer = statement(court + "/officer/" + name, STATEMENT_KIND_OFFICER, name);
    officer.add_roles(role);
    officer.mutable_officer()->set_name(name), officer.mutable_officer()->set_work_id_no("W1"),
        officer.mutable_officer()->set_duty_card_no("D1");
    own.push_back(officer.SerializeAsString());
  }
  Statement account = statement(court + "/account/1", STATEMENT_KIND_ACCOUNT, "");
  account.mutable_account()->set_account_name("执行款专户"), account.mutable_account()->set_bank(BankCode(0)),
      account.mutable_account()->set_account_number(kAccount);
  own.push_back(account.SerializeAsString());
  account_digest_ = std::string(journal::View(journal::LeafHash(own.back())));
  const api::Caller operator_system{.role = api::Role::kOperator, .code = "operator"};
  trust::HeadFields fields{.member_type = MEMBER_TYPE_STATEMENT,
                           .environment = ENVIRONMENT_TEST,
                           .signer = "registrar",
                           .sequence = 1,
                           .signed_at = clock_.True()};
  SubmitStatementsRequest request;
  *request.mutable_batch() =
      trust::MakeBatch(fields, keys, {signers_["registrar1"].get(), signers_["registrar3"].get()});
  const auto answers2 = Must(&api::Handlers::SubmitStatements, operator_system, request);
  for (const auto& result : answers2.results()) {
    GATEWAY_ASSERT(!result.has_refusal(), result.refusal().ShortDebugString().c_str());
  }
  fields.signer = kCourt;
  *request.mutable_batch() = trust::MakeBatch(fields, own, {signers_["court"].get()});
  const auto answers3 = Must(&api::Handlers::SubmitStatements, operator_system, request);
  for (const auto& result : answers3.results()) {
    GATEWAY_ASSERT(!result.has_refusal(), result.refusal().ShortDebugString().c_str());
  }
}

void World::OpenCases() {
  std::vector<std::string> acts;
  for (int i = 0; i < 2; ++i) {
    CaseInHand& of = cases_.emplace_back();
    of.number = absl::StrCat("（2026）辽9901执", i + 1, "号");
    of.cap = dice_.Between(50'000'00, 300'000'00);
    CaseAct act;
    act.set_request_id(NewId()), act.set_court(kCourt);
    OpenCase* open = act.mutable_open();
    open->set_case_number(of.number), open->set_title("title"), open->set_stage(CASE_STAGE_ENFORCEMENT),
        open->set_applicant("赵慧兰");
    open->set_purpose("EXECUTION"), open->set_legal_basis("art 251"), open->set_handler("handler"),
        open->set_leader("leader");
    for (int p = 0; p < 2; ++p) {
      Respondent* person = open->add_respondents();
      person->mutable_identity()->set_name(kNames[p]), person->mutable_identity()->set_id_kind("CITIZEN_ID"),
          person->mutable_identity()->set_id_number(kPersons[p]);
      person->set_liability(LIABILITY_KIND_JOINT);
      if (p == 1) person->set_liability_cap_minor_units(of.cap / 2);
      of.persons.push_back(kPersons[p]);
    }
    open->mutable_claim()->set_currency("CNY"), open->mutable_claim()->set_principal_minor_units(of.cap),
        open->mutable_claim()->set_cap_minor_units(of.cap);
    acts.push_back(act.SerializeAsString());
  }
  trust::HeadFields fields{.member_type = MEMBER_TYPE_CASE,
                           .environment = ENVIRONMENT_TEST,
                           .signer = kCourt,
                           .sequence = 1,
                           .signed_at = clock_.True()};
  SubmitCaseActsRequest request;
  *request.mutable_batch() = trust::MakeBatch(fields, acts, {signers_["handler"].get(), signers_["leader"].get()});
  const auto answers4 = Must(&api::Handlers::SubmitCaseActs, court_, request);
  for (const auto& result : answers4.results()) {
    GATEWAY_ASSERT(result.has_acceptance(), result.refusal().ShortDebugString().c_str());
  }
}

// --- the courts

goldeneagle::v1::Order World::BaseOrder(const CaseInHand& of, Action action, const std::string& person,
                                        const std::string& bank) {
  goldeneagle::v1::Order order;
  order.set_order_id(NewId()), order.set_court(kCourt), order.set_case_number(of.number), order.set_action(action);
  order.set_urgency(dice_.OneIn(2) ? URGENCY_URGENT : URGENCY_NORMAL);
  if (order.urgency() == URGENCY_URGENT) order.set_urgency_reason("TRANSFER_RISK");
  if (!bank.empty()) order.add_agencies(bank);
  const size_t p = person == kPersons[0] ? 0 : person == kPersons[1] ? 1 : 2;
  order.mutable_subject()->set_name(kNames[p]), order.mutable_subject()->set_id_kind("CITIZEN_ID"),
      order.mutable_subject()->set_id_number(person);
  *order.mutable_issued_at() = domain::ToProto(clock_.True()),
  *order.mutable_not_after() = domain::ToProto(clock_.True() + absl::Hours(24 * 30));
  for (const char* name : {"handler", "cosigner"}) {
    OfficerRef* officer = order.add_officers();
    officer->set_officer(name), officer->set_work_id_no("W1"), officer->set_duty_card_no("D1");
    if (action == ACTION_INQUIRE) break;
  }
  order.set_purpose("EXECUTION"), order.set_legal_basis("art 253");
  for (const char* category : {"RULING", "ASSISTANCE_NOTICE", "JUDGMENT_COPY"}) {
    Instrument* paper = order.add_instruments();
    paper->set_category(category), paper->set_digest(std::string(32, 'd')), paper->set_size_bytes(1),
        paper->set_media_type("application/pdf");
  }
  return order;
}

void World::CourtActs() {
  CaseInHand& of = cases_[dice_.Below(cases_.size())];
  const std::string person = of.persons[dice_.Below(of.persons.size())];
  const std::string bank = BankCode(static_cast<int>(dice_.Below(kBanks)));
  const std::string freeze = of.freezes.empty() ? "" : of.freezes[dice_.Below(of.freezes.size())];
  switch (dice_.Below(8)) {
    case 0: {
      auto order = BaseOrder(of, ACTION_INQUIRE, dice_.OneIn(10) ? kPersons[2] : person, "");
      for (int i = 0; i < kBanks; ++i) order.add_agencies(BankCode(i));
      order.mutable_inquire();
      return Submit({order}, false);
    }
    case 1:
    case 2:
    case 3: {
      std::vector<goldeneagle::v1::Order> orders;
      const std::string group = dice_.OneIn(3) ? NewId() : "";
      for (int64_t n = dice_.Between(group.empty() ? 1 : 2, 3); n > 0; --n) {
        auto order = BaseOrder(of, ACTION_FREEZE, person, BankCode(static_cast<int>(dice_.Below(kBanks))));
        order.set_group(group);
        order.mutable_freeze()->mutable_person_at_agency();
        order.mutable_freeze()->set_currency("CNY"),
            order.mutable_freeze()->set_limit_minor_units(dice_.Between(1, of.cap / 2));
        order.mutable_freeze()->set_inflow(dice_.OneIn(4) ? INFLOW_NONE : INFLOW_CAPTURE),
            // Every other one is short enough to be renewed at once.
            order.mutable_freeze()->mutable_term()->set_months(of.freezes.size() % 2 == 0 ? 12 : 2);
        of.freezes.push_back(order.order_id());
        orders.push_back(order);
      }
      return Submit(orders, true);
    }
    case 4:
    case 5: {
      if (freeze.empty() || !sent_.contains(freeze)) return;
      const auto& made = sent_.at(freeze);
      auto order = BaseOrder(of, ACTION_DEDUCT, made.subject().id_number(), made.agencies(0));
      order.mutable_deduct()->set_freeze_order_id(freeze), order.mutable_deduct()->set_currency("CNY");
      order.mutable_deduct()->set_amount_minor_units(dice_.Between(1, made.freeze().limit_minor_units()));
      CourtAccount* account = order.mutable_deduct()->mutable_account();
      account->set_account_name("执行款专户"), account->set_bank(BankCode(0)), account->set_account_number(kAccount);
      order.mutable_deduct()->set_account_statement(account_digest_);
      return Submit({order}, true);
    }
    case 6: {
      if (freeze.empty() || !sent_.contains(freeze)) return;
      const auto& made = sent_.at(freeze);
      if (++releases_ % 3 == 0) {
        auto order = BaseOrder(of, ACTION_RENEW, made.subject().id_number(), made.agencies(0));
        order.mutable_renew()->set_freeze_order_id(freeze), order.mutable_renew()->mutable_term()->set_months(1);
        return Submit({order}, true);
      }
      auto order = BaseOrder(of, ACTION_RELEASE, made.subject().id_number(), made.agencies(0));
      order.mutable_release()->set_freeze_order_id(freeze), order.mutable_release()->set_ground("DEBT_PAID");
      if (dice_.OneIn(2))
        order.mutable_release()->set_amount_minor_units(dice_.Between(1, made.freeze().limit_minor_units()));
      return Submit({order}, true);
    }
    default: {
      // The world itself: money comes in, others freeze and let go, payments are confirmed or come back.
      Bank& at = *banks_.at(bank);
      const auto& accounts = at.core.accounts_of(person);
      if (!accounts.empty() && dice_.OneIn(2))
        at.core.Deposit(accounts[dice_.Below(accounts.size())], dice_.Between(1, 50'000'00), clock_.True());
      const std::string document = absl::StrCat("elsewhere-", dice_.Below(3));
      if (!accounts.empty() && dice_.OneIn(6))
        at.core.CounterFreeze(person, absl::StrCat(document, "-", bank), dice_.Between(1, 100'000'00), clock_.True());
      if (dice_.OneIn(4)) at.core.CounterRelease(absl::StrCat(document, "-", bank), clock_.True());
      at.core.ConfirmPayments(clock_.True(), dice_.OneIn(4));
    }
  }
}

void World::Submit(std::vector<goldeneagle::v1::Order> orders, bool control) {
  std::vector<std::string> members;
  for (const auto& order : orders) {
    members.push_back(order.SerializeAsString());
    sent_[order.order_id()] = order;
    if (control && theft_at_ != 0 && cosigner_ == "cosigner") by_stolen_key_.insert(order.order_id());
  }
  auto batch = std::make_shared<PendingBatch>();
  trust::HeadFields fields{.member_type = MEMBER_TYPE_ORDER,
                           .environment = ENVIRONMENT_TEST,
                           .signer = kCourt,
                           .sequence = next_sequence_++,
                           .signed_at = clock_.True()};
  *batch->request.mutable_batch() =
      control ? trust::MakeBatch(fields, members, {signers_["handler"].get(), signers_[cosigner_].get()})
              : trust::MakeBatch(fields, members, {signers_["handler"].get()});
  pending_.push_back(batch);
  Send(batch);
}

// The same bytes again and again until there is an answer.
void World::Send(std::shared_ptr<PendingBatch> batch) {
  if (batch->done) return;
  calendar_.After(absl::Seconds(dice_.Between(2, 20)), [this, batch] { Send(batch); });
  if (HoldsBack(*batch)) return;
  Travel([this, batch] {
    if (!gateway_->up()) return;
    const uint64_t life = gateway_->incarnation();
    gateway_->handlers().SubmitOrders(
        court_, batch->request, [this, batch, life](absl::StatusOr<SubmitOrdersResponse> response) {
          if (life != gateway_->incarnation()) return;
          Travel([this, batch, response] {
            if (!response.ok()) {
              const Reason reason = ReasonOf(response.status());
              if (reason != Reason::kBusy && reason != Reason::kDraining && reason != Reason::kUnavailable)
                Blame(absl::StrCat("a good batch was refused: ", std::string(RowOf(reason).name)));
              return;
            }
            batch->done = true;
            batch->answer = *response;
            TakeResults(*response);
            if (std::erase(lost_, batch) > 0) SendAgain(0);
          });
        });
    gateway_->Kick();
  });
}

void World::TakeResults(const SubmitOrdersResponse& response) {
  checkpoints_.insert(response.checkpoint());
  const journal::NoteVerifier* verifier = gateway_->VerifierOf(response.checkpoint());
  if (verifier == nullptr) return Blame("a checkpoint of another log");
  const auto checkpoint = journal::OpenCheckpoint(response.checkpoint(), *verifier);
  if (!checkpoint.ok()) return Blame("a checkpoint that the log's key didn't sign");
  for (const auto& result : response.results()) {
    if (result.has_refusal()) {
      refused_.insert(result.order_id());
      if (acknowledged_.contains(result.order_id())) Blame("an accepted order was refused later");
      continue;
    }
    const auto& acceptance = result.acceptance();
    const auto [known, fresh] = acknowledged_.emplace(result.order_id(), acceptance.order_seq());
    if (known->second != acceptance.order_seq()) Blame("two acceptances of one order");
    if (refused_.contains(result.order_id())) Blame("a refused order was accepted later");
    std::vector<journal::Hash> proof;
    for (const std::string& hash : acceptance.proof().hashes()) proof.push_back(*journal::HashFrom(hash));
    if (!journal::VerifyInclusion(journal::LeafHash(acceptance.leaf()), acceptance.proof().index(),
                                  acceptance.proof().size(), proof, checkpoint->root) ||
        acceptance.proof().size() != checkpoint->size || acceptance.proof().index() != acceptance.order_seq()) {
      Blame("an acceptance without a proof");
    }
  }
}

// --- minute by minute

void World::StartGateway() {
  if (gateway_->up()) return;
  if (DataLost() && recovered_in_ == 0) return JudgeRefusedStart();
  const absl::Status status = gateway_->Start(founding_);
  if (!status.ok()) Blame(absl::StrCat("the gateway doesn't start: ", std::string(status.message())));
}

void World::Run(int minutes) {
  for (int i = 0; i < minutes && violations_.empty(); ++i) Minute();
}

void World::Minute() {
  ++minute_;
  const absl::Duration end = calendar_.now() + absl::Minutes(1);
  for (int64_t acts = dice_.Between(0, 2); acts > 0; --acts) {
    calendar_.After(absl::Seconds(dice_.Between(0, 59)), [this] { CourtActs(); });
  }
  for (int second = 0; second < 60; second += 5)
    calendar_.After(absl::Seconds(second), [this] { gateway_->Housekeep(); });
  calendar_.After(absl::Seconds(dice_.Between(0, 59)), [this] { StartGateway(); });
  if (dice_.OneIn(weather_.clock_jump_one_in))
    clock_.wrong_by = dice_.OneIn(2) ? absl::Hours(dice_.Between(-48, 24 * 9)) : absl::ZeroDuration();
  if (dice_.OneIn(weather_.night_one_in)) {
    calendar_.After(absl::Seconds(dice_.Between(0, 59)),
                    [this] { calendar_.Sleep(absl::Hours(dice_.Between(3, 40))); });
  }
  bool over = false;
  calendar_.After(end - calendar_.now(), [&] { over = true; });
  while (!over && calendar_.RunNext()) {
  }
  Recovery();
  Thief();
  Objections(/*raise=*/true);
  Judge();
}

void World::HealAndDrain() {
  if (!violations_.empty()) return;
  weather_ = {};
  // Half of what is open at the core's payment system may still come back; then everything settles.
  for (int i = 0, settled = 0; i < 400 && violations_.empty(); ++i) {
    StartGateway();
    ++minute_;
    bool over = false;
    for (int second = 0; second < 60; second += 5)
      calendar_.After(absl::Seconds(second), [this] { gateway_->Housekeep(); });
    calendar_.After(absl::Minutes(1), [&] { over = true; });
    while (!over && calendar_.RunNext()) {
    }
    for (auto& [code, bank] : banks_) bank->core.ConfirmPayments(clock_.True(), false);
    Recovery();
    Thief();
    Objections(/*raise=*/false);
    Judge();
    bool open = (DataLost() && recovered_in_ == 0) || !lost_.empty();
    open |= std::any_of(pending_.begin(), pending_.end(), [](const auto& batch) { return !batch->done; });
    if (gateway_->up()) {
      for (const auto& [seq, order] : gateway_->state().orders) open |= !order.complete();
      for (const auto& [index, thread] : gateway_->state().objections) open |= thread.open();
    }
    for (const auto& [code, bank] : banks_)
      open |= bank->agent == nullptr || !bank->agent->Idle() || bank->core.HasOpenPayments();
    if (!gateway_->up() || !violations_.empty()) continue;  // it can't be asked, or is judged already
    settled = open ? 0 : settled + 1;
    if (settled > (recovered_in_ != 0 ? kTellForgottenMinutes : 0) && i > 2) return JudgeAtTheEnd();
  }
  if (!violations_.empty()) return;
  std::string stuck;
  for (const auto& [seq, order] : gateway_->state().orders) {
    if (!order.complete()) absl::StrAppend(&stuck, " ", seq, "(", Action_Name(order.action), ")");
  }
  for (const auto& batch : pending_) stuck += batch->done ? "" : " a batch without answer";
  for (const auto& [code, bank] : banks_) stuck += bank->agent->Idle() ? "" : " agent " + code;
  Blame("not everything was finished in good weather:" + stuck);
}

Numbers World::numbers() const {
  Numbers out = numbers_;
  out.orders = acknowledged_.size(), out.refused = refused_.size(), out.gateway_crashes = gateway_->crashes();
  return out;
}

std::string World::Fingerprint() {
  const auto reader = gateway_->Read();
  journal::Sha256Stream stream;
  (void)core::ForEachEntry(*reader, 0, [&](uint64_t, std::string_view leaf, std::string_view) {
    stream.Update(leaf);
    return absl::OkStatus();
  });
  return HexEncode(journal::View(stream.Finish()));
}

}  // namespace eagle::sim
