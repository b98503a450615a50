#include "tests/hostile/adapter_scene.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <set>

#include "adapters/sdk/agent.h"
#include "server/journal/checkpoint.h"
#include "server/trust/make_batch.h"
#include "server/trust/timestamps.h"
#include "tests/support/sdk_fakes.h"

namespace eagle::hostile {
namespace {

using test::kBeiling;
using test::kSongyue;

// Answers every call of the agent with what the scene has; what is polled for beyond that is an empty poll.
class Stage : public sdk::Channel {
 public:
  Stage(const AdapterScene& scene) : scene_(scene) {}

  void Hello(sdk::CallId call, const v1::HelloRequest&) override { replies_.emplace_back(call, scene_.hello); }
  void PullTasks(sdk::CallId call, const v1::PullTasksRequest&) override {
    v1::PullTasksResponse empty;
    empty.set_directory_complete(true);
    if (polls.empty()) {
      replies_.emplace_back(call, empty);
      return;
    }
    replies_.emplace_back(call, polls.front());
    polls.pop_front();
  }
  void RenewLease(sdk::CallId call, const v1::RenewLeaseRequest&) override {
    replies_.emplace_back(call, v1::RenewLeaseResponse());
  }
  void ReportResults(sdk::CallId call, const v1::ReportResultsRequest& request) override { Record(call, request); }
  void ReportEvents(sdk::CallId call, const v1::ReportResultsRequest& request) override { Record(call, request); }
  void ReportStatus(sdk::CallId call, const v1::ReportStatusRequest&) override {
    replies_.emplace_back(call, v1::ReportStatusResponse());
  }
  void RaiseObjection(sdk::CallId, const v1::SubmitObjectionsRequest&) override {}  // nobody objects here
  void PullObjections(sdk::CallId, const v1::PullObjectionsRequest&) override {}
  void Deliver(sdk::Agent& agent) {
    for (auto& [call, reply] : std::exchange(replies_, {})) agent.OnReply(call, std::move(reply));
  }

  std::deque<v1::PullTasksResponse> polls;
  std::map<std::string, std::vector<v1::Receipt>> receipts;  // by order id
  std::map<std::string, std::set<std::string>> words;        // different bytes, by order id

 private:
  void Record(sdk::CallId call, const v1::ReportResultsRequest& request) {
    v1::ReportResultsResponse response;
    for (const std::string& member : request.batch().members()) {
      v1::Receipt receipt;
      receipt.ParseFromString(member);
      receipts[receipt.order_id()].push_back(receipt);
      words[receipt.order_id()].insert(member);
      response.add_results()->set_verdict(v1::RECEIPT_VERDICT_RECORDED);
    }
    replies_.emplace_back(call, std::move(response));
  }
  const AdapterScene& scene_;
  std::vector<std::pair<sdk::CallId, sdk::Reply>> replies_;
};

std::string LastWord(const std::vector<v1::Receipt>& receipts) {
  std::string last = "-";
  for (const v1::Receipt& receipt : receipts) {
    if (receipt.kind() == v1::RECEIPT_KIND_RETURNED) last = "RETURNED " + receipt.returned().reason();
    if (receipt.kind() == v1::RECEIPT_KIND_FINAL)
      last = v1::Outcome_Name(receipt.items(0).outcome()).substr(std::string("OUTCOME_").size());
  }
  return last;
}

}  // namespace

void AdapterScene::Rewrite(const std::function<void(v1::Order&)>& change) {
  v1::Order order;
  order.ParseFromString(task().member());
  change(order);
  task().set_member(order.SerializeAsString());
}

void AdapterScene::RewriteHead(const std::function<void(v1::Head&)>& change) {
  v1::Head fields;
  fields.ParseFromString(head().payload());
  change(fields);
  head().set_payload(fields.SerializeAsString());
}

void AdapterScene::Forge(const std::vector<trust::Signer*>& signers,
                         const std::function<void(v1::Order&, v1::Head&)>& change) {
  v1::Order order;
  order.ParseFromString(task().member());
  v1::Head fields;
  fields.ParseFromString(head().payload());
  fields.set_sequence(fields.sequence() + 1000);
  change(order, fields);
  const trust::HeadFields made{fields.member_type(), fields.environment(), fields.signer(), fields.sequence(),
                               trust::TimeOf(fields.signed_at()).value()};
  const v1::SignedBatch batch = trust::MakeBatch(made, {order.SerializeAsString()}, signers);
  head() = batch.head();
  task().set_member(batch.members(0));
  task().set_index(0);
  task().clear_path();
}

AdapterWorld& AdapterWorld::Get() {
  static auto* const kWorld = new AdapterWorld;
  return *kWorld;
}

AdapterWorld::AdapterWorld() {
  v1::Proposal proposal;
  proposal.set_ground("outside witnesses");
  proposal.mutable_witnesses()->set_quorum(2);
  std::string text = "log " + gateway.log_signer->VerifierKey() + "\n";
  for (const char* name : {"w1", "w2", "w3"}) {
    witnesses.push_back(
        {std::string("witness.test/") + name, *journal::PrivateKey::FromSeed(std::string(32, name[1]))});
    v1::WitnessKey* key = proposal.mutable_witnesses()->add_witnesses();
    key->set_name(witnesses.back().name);
    key->set_verifier_key(witnesses.back().VerifierKey());
    text += std::string("witness ") + name + " " + witnesses.back().VerifierKey() + "\n";
  }
  policy = std::make_shared<const journal::LogPolicy>(
      *journal::LogPolicy::Parse(text + "group all 2 w1 w2 w3\nquorum all\n"));
  EXPECT_TRUE(demo.Adopt({proposal}).ok());

  freeze = demo.Freeze(kBeiling, 80'000'00);
  EXPECT_EQ(test::DemoWorld::Reasons(demo.Submit({freeze})), std::vector<std::string>{""});
  hello = *demo.Hello(kBeiling);
  first = *demo.PullOnce(kBeiling);
  EXPECT_EQ(first.tasks_size(), 1);
  EXPECT_TRUE(demo.Report(kBeiling, {demo.Controlled(freeze, 61'350'27, 18'649'73)}).ok());
  Witness();

  const auto pull = [&](const v1::Order& order) {
    v1::PullTasksResponse response = *demo.PullOnce(kBeiling);
    EXPECT_EQ(response.tasks_size(), 1) << order.ShortDebugString();
    EXPECT_EQ(response.tasks(0).member(), order.SerializeAsString());
    return response;
  };
  second_freeze = demo.Freeze(kBeiling, 1'000'00);
  elsewhere = demo.Freeze(kSongyue, 2'000'00);
  EXPECT_EQ(test::DemoWorld::Reasons(demo.Submit({second_freeze, elsewhere})), (std::vector<std::string>{"", ""}));
  tasks.push_back(pull(second_freeze));
  EXPECT_TRUE(demo.Report(kBeiling, {demo.Controlled(second_freeze, 0, 1'000'00)}).ok());
  other_bank = *demo.PullOnce(kSongyue);
  deduct = demo.Deduct(freeze, 1'000'00);
  EXPECT_EQ(test::DemoWorld::Reasons(demo.Submit({deduct})), std::vector<std::string>{""});
  Witness();
  tasks.push_back(pull(deduct));
  EXPECT_TRUE(demo.Report(kBeiling, {demo.Deducted(deduct, true, 60'350'27)}).ok());
  inquiry = demo.Inquire({kBeiling, kSongyue});
  EXPECT_EQ(test::DemoWorld::Reasons(demo.Submit({inquiry}, {test::kHandler})), std::vector<std::string>{""});
  tasks.push_back(pull(inquiry));
  tasks.push_back(first);
  tasks.back().clear_directory();
}

void AdapterWorld::Witness() {
  for (const journal::WitnessKey& witness : {std::cref(witnesses[0]), std::cref(witnesses[1])}) {
    const api::Caller caller{.role = api::Role::kWitness, .code = "w", .spiffe_id = "spiffe://test/witness/w"};
    v1::WaitCheckpointRequest wait;
    wait.set_witness(witness.name);
    const auto wanted = gateway.Call(&api::Handlers::WaitCheckpoint, caller, wait);
    ASSERT_TRUE(wanted.ok()) << wanted.status();
    ASSERT_FALSE(wanted->add_checkpoint().empty());
    const auto asked = journal::ParseAddCheckpoint(wanted->add_checkpoint());
    const std::string note_text = asked->checkpoint.substr(0, asked->checkpoint.find("\n\n") + 1);
    v1::AddCosignatureRequest add;
    add.set_size(wanted->size());
    add.set_cosignature(
        journal::SignatureLine(journal::Cosign(witness.name, witness.key, note_text, gateway.clock.wall)));
    ASSERT_TRUE(gateway.Call(&api::Handlers::AddCosignature, caller, add).ok());
  }
  cosigned.push_back(gateway.Call(&api::Handlers::GetCheckpoint, demo.court, v1::GetCheckpointRequest())->cosigned());
}

AdapterScene AdapterWorld::Honest(Target target) const { return {hello, first, tasks[static_cast<size_t>(target)]}; }

AdapterWorld::Told AdapterWorld::Show(const AdapterScene& scene, Target target) const {
  auto& world = const_cast<AdapterWorld&>(*this);  // its keys sign, which changes nothing
  sdk::SetClock clock(gateway.clock.wall);
  sdk::CrashPlan crash;
  sdk::FakeDisk disk;
  sdk::FakeInbox inbox(disk, crash);
  sdk::FakeBankCore core;
  core.AddAccount("9900010000000001016", 61'350'27, "林远舟", "990101198503070017");
  sdk::FakeBank bank(core, clock, crash);
  SeededEntropy entropy(7);
  Stage stage(scene);
  sdk::AgentConfig config;
  config.agency = kBeiling;
  config.adapter = "test.adapter";
  config.version = "1";
  config.environment = v1::ENVIRONMENT_TEST;
  config.capabilities.emplace_back().set_asset_kind("DEPOSIT");
  config.contact_name = "周敏";
  config.contact_phone = "024-00000000";
  for (const char* name : {"registrar-1", "registrar-2", "registrar-3"})
    config.registrar_keys.push_back(world.gateway.Key(name).public_key());
  config.log_policy = policy;
  const sdk::AgentPorts ports{stage, inbox,  world.gateway.Key(std::string("agency/") + kBeiling), gateway.real_checker,
                              clock, entropy};
  auto agent = sdk::Agent::Make(config, ports, bank);
  EXPECT_TRUE(agent.ok()) << agent.status();
  const auto run = [&](int rounds) {
    for (int i = 0; i < rounds; ++i) {
      (*agent)->Step();
      stage.Deliver(**agent);
      clock.Advance(absl::Seconds(1));
    }
  };
  stage.polls = {scene.first};
  run(12);
  stage.polls.push_back(scene.second);
  run(14);

  v1::Order asked;  // whose id stands in the task, whatever became of it
  if (scene.second.tasks_size() > 0) asked.ParseFromString(scene.second.tasks(0).member());
  Told told;
  const v1::Order* const honest[] = {&second_freeze, &deduct, &inquiry, &freeze};
  const std::string& target_id = honest[static_cast<size_t>(target)]->order_id();
  told.outcome = LastWord(stage.receipts[asked.order_id().empty() ? target_id : asked.order_id()]);
  for (const auto& [operation, times] : core.effects) {
    if (operation.order_id == freeze.order_id()) {
      told.first_effects += times;
    } else if (operation.order_id == target_id || operation.order_id == asked.order_id()) {
      told.effects += times;
    } else {
      told.others += times;
    }
  }
  told.words_on_first = stage.words[freeze.order_id()].size();
  told.malformed = (*agent)->metrics().replies_malformed;
  told.statements_refused = (*agent)->metrics().statements_refused;
  return told;
}

}  // namespace eagle::hostile
