// How a world begins: keys, policy, court, agencies, cases. All without faults: every call is repeated until it is
// answered.
#include <algorithm>
#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "server/base/assert.h"
#include "server/base/uuid.h"
#include "server/domain/instant.h"
#include "server/trust/make_batch.h"
#include "tests/sim/sim_bank.h"
#include "tests/sim/sim_house.h"
#include "tests/sim/sim_people.h"
#include "tests/sim/sim_registry.h"
#include "tests/sim/sim_world.h"
#include "tests/support/paths.h"
#include "tests/support/recovery.h"
#include "tests/support/trust/keyed_hash.h"

namespace eagle::sim {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

namespace {

PolicyTable ReadPolicy(bool positions) {
  std::ifstream file(test::SourcePath("deploy/policy/cn-2026.txtpb"));
  std::stringstream text;
  text << file.rdbuf();
  PolicyTable table;
  GATEWAY_ASSERT(google::protobuf::TextFormat::ParseFromString(text.str(), &table),
                 "the policy that ships can be read");
  table.mutable_papers()->clear_travel_with();  // papers are files, and the simulation has none
  if (!positions) table.clear_positions();
  return table;
}

SystemIdentity System(const std::string& path) {
  SystemIdentity system;
  system.set_spiffe_id("spiffe://sim/" + path);
  system.add_spki_sha256(std::string(journal::View(journal::Sha256(path))));
  return system;
}

}  // namespace

World::World(uint64_t seed, const Weather& weather, const Scene& scene)
    : seed_(seed),
      scene_(scene),
      dice_(seed * 7919 + 1),
      clock_(calendar_, absl::FromUnixSeconds(1'790'557'200)),
      true_clock_(calendar_, absl::FromUnixSeconds(1'790'557'200)),
      entropy_(seed),
      objection_dice_(seed * 6007 + 5),
      act_dice_(seed * 4001 + 3),
      search_dice_(seed * 3001 + 7) {
  GATEWAY_ASSERT(absl::LoadTimeZone("Asia/Shanghai", &zone_), "time zones are installed");
  std::vector<std::string> names = {"admin1", "admin2",  "registrar1", "registrar2", "registrar3",
                                    "court",  "handler", "cosigner",   "leader",     "cosigner 2"};
  for (int i = 0; i < kBanks; ++i) names.push_back(BankCode(i));
  if (scene.every_act) names.push_back(kHouse), names.push_back(kRegistry);
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
  for (Agency* agency : agencies_) agency->agent.reset();
  gateway_->Crash();
}

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
  if (scene_.every_act) {
    const std::vector<std::pair<std::string, std::string>> persons = {
        {kPersons[0], kNames[0]}, {kPersons[1], kNames[1]}, {kPersons[2], kNames[2]}};
    house_ =
        std::make_unique<House>(*this, kHouse, seed_ * 100 + 90, std::vector(persons.begin(), persons.begin() + 2));
    registry_ = std::make_unique<Registry>(*this, kRegistry, seed_ * 100 + 91 + seed_ / 3 % 2,
                                           static_cast<int>(seed_ % 3), persons);
  }
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
    agencies_.push_back(bank.get());
    banks_[bank->code] = std::move(bank);
  }
  if (!scene_.every_act) return;
  for (Agency* agency : std::initializer_list<Agency*>{house_.get(), registry_.get()}) {
    agencies_.push_back(agency);
    agency->caller = {.role = api::Role::kAgency,
                      .code = agency->code,
                      .agency = AgencyOrdinal(static_cast<uint32_t>(agencies_.size()))};
    agency->Start();
  }
}

World::Agency* World::AgencyOf(const std::string& code) const {
  const auto found =
      std::find_if(agencies_.begin(), agencies_.end(), [&](const Agency* agency) { return agency->code == code; });
  return found == agencies_.end() ? nullptr : *found;
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
  propose([&](Proposal* p) { *p->mutable_policy()->mutable_table() = ReadPolicy(scene_.positions); });
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
  for (const Agency* of : std::initializer_list<const Agency*>{house_.get(), registry_.get()}) {
    if (of == nullptr) continue;
    propose([&](Proposal* p) {
      RegisterAgency* agency = p->mutable_agency();
      agency->set_code(of->code), agency->set_name(of->code), agency->set_region("990101");
      const std::string office = registry_->kind.name;
      agency->set_kind(of == house_.get() ? "BANK" : office == "equity" ? "BUSINESS" : absl::AsciiStrToUpper(office));
      for (Capability& ability : of->Abilities()) *agency->add_capabilities() = std::move(ability);
      *agency->mutable_system() = System("agency/" + of->code);
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
  for (const char* code : {kHouse, kRegistry}) {
    if (scene_.every_act)
      keys.push_back(statement(std::string("agency/") + code, STATEMENT_KIND_KEY, code).SerializeAsString());
  }
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

}  // namespace eagle::sim
