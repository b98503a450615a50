// A gateway and three witnesses, two of whom must have seen a deduction before its bank gets it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "adapters/sdk/witnessed.h"
#include "client/audit/witness.h"
#include "tests/support/demo_world.h"
#include "tests/support/temp_folder.h"

namespace eagle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// One witness: its key, and its memory on disk.
class Onlooker {
 public:
  Onlooker(const std::string& name, char seed, const journal::LogPolicy& log, const std::string& folder)
      : key_{name, *journal::PrivateKey::FromSeed(std::string(32, seed))}, witness_(folder, log, key_) {}

  std::string VerifierKey() const { return key_.VerifierKey(); }
  uint64_t Kept(const std::string& origin) { return witness_.Kept(origin)->size; }
  absl::StatusOr<audit::Witnessing> Judge(const std::string& body, absl::Time now) { return witness_.Add(body, now); }
  const journal::WitnessKey& key() const { return key_; }

 private:
  journal::WitnessKey key_;
  audit::Witness witness_;
};

class GatewayWitness : public ::testing::Test {
 protected:
  GatewayWitness() {
    for (const char* name : {"w1", "w2", "w3"}) {
      onlookers_.push_back(
          std::make_unique<Onlooker>(std::string("witness.test/") + name, name[1], log_, folder_ / name));
    }
    freeze_ = demo_.Freeze(kBeiling, 80'000'00);
    EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({freeze_})), ElementsAre(""));
    EXPECT_THAT(demo_.Pull(kBeiling), SizeIs(1));
    EXPECT_TRUE(demo_.Report(kBeiling, {demo_.Controlled(freeze_, 80'000'00, 0)}).ok());
    v1::CaseAct act;
    act.set_request_id(gateway_.NewId());
    act.set_court(kCourt);
    act.mutable_stage()->set_case_number(kCaseNumber);
    act.mutable_stage()->set_to(v1::CASE_STAGE_ENFORCEMENT);
    act.mutable_stage()->set_ground("title is final");
    (void)demo_.SubmitCase({act});
  }

  v1::Proposal Witnesses(uint32_t quorum) {
    v1::Proposal proposal;
    proposal.set_ground("outside witnesses");
    proposal.mutable_witnesses()->set_quorum(quorum);
    for (const auto& onlooker : onlookers_) {
      v1::WitnessKey* key = proposal.mutable_witnesses()->add_witnesses();
      key->set_name(onlooker->key().name);
      key->set_verifier_key(onlooker->VerifierKey());
    }
    return proposal;
  }
  void Register(uint32_t quorum) {
    const auto done = demo_.Adopt({Witnesses(quorum)});
    ASSERT_TRUE(done.ok()) << done.status();
    ASSERT_TRUE(done->results(0).in_effect());
  }
  journal::LogPolicy Pinned() const {
    std::string text = "log " + gateway_.log_signer->VerifierKey() + "\n";
    for (size_t i = 0; i < onlookers_.size(); ++i)
      text += "witness w" + std::to_string(i) + " " + onlookers_[i]->VerifierKey() + "\n";
    return *journal::LogPolicy::Parse(text + "group all 2 w0 w1 w2\nquorum all\n");
  }
  std::string DeductAndSubmit() {
    const v1::Order order = demo_.Deduct(freeze_, 1'000'00);
    EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({order})), ElementsAre(""));
    return order.order_id();
  }
  // What the witness is asked for now; empty: nothing.
  v1::WaitCheckpointResponse Asked(Onlooker& onlooker) {
    v1::WaitCheckpointRequest request;
    request.set_size(onlooker.Kept(kOriginOfLog));
    request.set_witness(onlooker.key().name);
    const auto answer = gateway_.Call(&api::Handlers::WaitCheckpoint, Caller(), request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.value_or(v1::WaitCheckpointResponse());
  }
  absl::StatusOr<v1::AddCosignatureResponse> Bring(uint64_t size, const std::string& line) {
    v1::AddCosignatureRequest request;
    request.set_size(size);
    request.set_cosignature(line);
    return gateway_.Call(&api::Handlers::AddCosignature, Caller(), request);
  }
  // Whether the quorum is reached.
  bool Cosigns(Onlooker& onlooker) {
    const v1::WaitCheckpointResponse asked = Asked(onlooker);
    EXPECT_FALSE(asked.add_checkpoint().empty());
    const auto said = onlooker.Judge(asked.add_checkpoint(), gateway_.clock.wall);
    EXPECT_TRUE(said.ok() && said->answer == journal::WitnessAnswer::kCosign);
    const auto told = Bring(asked.size(), said->line);
    EXPECT_TRUE(told.ok()) << told.status();
    return told.ok() && told->quorum();
  }
  std::string Cosigned() {
    return gateway_.Call(&api::Handlers::GetCheckpoint, Caller(), v1::GetCheckpointRequest())->cosigned();
  }
  static api::Caller Caller() {
    return {.role = api::Role::kWitness, .code = "w", .spiffe_id = "spiffe://test/witness/w"};
  }

  TempFolder folder_;
  GatewayFixture gateway_;
  DemoWorld demo_{gateway_};
  const std::string kOriginOfLog = gateway_.founding.origin();
  const journal::LogPolicy log_ = *journal::LogPolicy::OfKey(gateway_.log_signer->VerifierKey());
  std::vector<std::unique_ptr<Onlooker>> onlookers_;
  v1::Order freeze_;
};

TEST_F(GatewayWitness, TwoOfThreeLetADeductionOutWithTheProofThatTheySawIt) {
  Register(2);
  DeductAndSubmit();
  EXPECT_THAT(demo_.Pull(kBeiling), IsEmpty());
  EXPECT_FALSE(Cosigns(*onlookers_[0]));
  EXPECT_THAT(demo_.Pull(kBeiling), IsEmpty());
  EXPECT_TRUE(Cosigns(*onlookers_[2]));
  const std::vector<v1::Task> tasks = demo_.Pull(kBeiling);
  ASSERT_THAT(tasks, SizeIs(1));
  const journal::LogPolicy pinned = Pinned();
  EXPECT_TRUE(sdk::IsWitnessed(tasks[0], pinned));
  EXPECT_TRUE(pinned.Open(Cosigned())->quorum);
  EXPECT_THAT(gateway_.Types(), ::testing::Contains("CHECKPOINT_COSIGNED"));

  for (const auto& spoil : std::vector<std::function<void(v1::Task&)>>{
           [](v1::Task& task) { task.clear_witnessed(); }, [](v1::Task& task) { task.mutable_member()->back() ^= 1; },
           [](v1::Task& task) { task.mutable_witnessed()->mutable_leaf()->back() ^= 1; },
           [](v1::Task& task) { task.set_order_seq(task.order_seq() + 1); },
           [](v1::Task& task) { task.mutable_witnessed()->mutable_proof()->mutable_hashes()->RemoveLast(); },
           [](v1::Task& task) { task.mutable_witnessed()->mutable_proof()->add_hashes("short"); },
           [&](v1::Task& task) {
             task.mutable_witnessed()->set_checkpoint(
                 gateway_.Call(&api::Handlers::GetCheckpoint, Caller(), v1::GetCheckpointRequest())->checkpoint());
           },
           [](v1::Task& task) {
             std::string& note = *task.mutable_witnessed()->mutable_checkpoint();
             note.resize(note.rfind("\n", note.size() - 2) + 1);  // one cosignature less
           }}) {
    v1::Task spoilt = tasks[0];
    spoil(spoilt);
    EXPECT_FALSE(sdk::IsWitnessed(spoilt, pinned)) << spoilt.ShortDebugString();
  }
}

TEST_F(GatewayWitness, OneWitnessTwiceIsOne) {
  Register(2);
  DeductAndSubmit();
  const v1::WaitCheckpointResponse asked = Asked(*onlookers_[0]);
  const auto said = onlookers_[0]->Judge(asked.add_checkpoint(), gateway_.clock.wall);
  EXPECT_FALSE(Bring(asked.size(), said->line)->quorum());
  EXPECT_FALSE(Bring(asked.size(), said->line)->quorum());
  EXPECT_THAT(demo_.Pull(kBeiling), IsEmpty());
}

TEST_F(GatewayWitness, NobodyIsAskedWhileNothingWaitsAndTheNewestCheckpointIsFresh) {
  Register(1);
  EXPECT_TRUE(Cosigns(*onlookers_[0])) << "none was ever cosigned";
  EXPECT_THAT(Asked(*onlookers_[0]).add_checkpoint(), IsEmpty());
  EXPECT_THAT(Asked(*onlookers_[1]).add_checkpoint(), IsEmpty());
  gateway_.Advance(absl::Minutes(31));
  EXPECT_TRUE(Cosigns(*onlookers_[1])) << "half of the policy's hour has passed";
}

TEST_F(GatewayWitness, AWaitEndsAsSoonAsADeductionIsAccepted) {
  Register(1);
  EXPECT_TRUE(Cosigns(*onlookers_[0]));
  v1::WaitCheckpointRequest request;
  request.set_size(onlookers_[0]->Kept(kOriginOfLog));
  request.set_wait_seconds(30);
  request.set_witness(onlookers_[0]->key().name);
  std::optional<v1::WaitCheckpointResponse> answer;
  gateway_.handlers->WaitCheckpoint(Caller(), request, [&](auto response) { answer = *response; });
  EXPECT_FALSE(answer.has_value());
  DeductAndSubmit();
  ASSERT_TRUE(answer.has_value());
  EXPECT_GT(answer->size(), request.size());
}

TEST_F(GatewayWitness, AWaitThatNobodyEndsEndsByItself) {
  Register(1);
  EXPECT_TRUE(Cosigns(*onlookers_[0]));
  v1::WaitCheckpointRequest request;
  request.set_size(1'000'000);
  request.set_wait_seconds(30);
  request.set_witness(onlookers_[0]->key().name);
  int answers = 0;
  for (int i = 0; i < 2; ++i)
    gateway_.handlers->WaitCheckpoint(Caller(), request, [&](auto response) {
      ++answers;
      EXPECT_TRUE(response->add_checkpoint().empty());
    });
  gateway_.Advance(absl::Seconds(29));
  EXPECT_EQ(answers, 0);
  gateway_.Advance(absl::Seconds(2));
  EXPECT_EQ(answers, 2);
}

TEST_F(GatewayWitness, AWitnessThatSawMoreMeetsTheOthersAtTheNextCheckpoint) {
  Register(2);
  DeductAndSubmit();
  ASSERT_FALSE(Asked(*onlookers_[1]).add_checkpoint().empty());
  // It keeps up with the log elsewhere and is now past what is wanted.
  EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({demo_.Inquire({kBeiling})})), ElementsAre(""));
  const auto newest = gateway_.Call(&api::Handlers::GetCheckpoint, Caller(), v1::GetCheckpointRequest());
  ASSERT_EQ(onlookers_[0]
                ->Judge(journal::FormatAddCheckpoint({.old_size = 0, .checkpoint = newest->checkpoint()}),
                        gateway_.clock.wall)
                ->answer,
            journal::WitnessAnswer::kCosign);
  EXPECT_TRUE(Asked(*onlookers_[0]).add_checkpoint().empty());
  gateway_.Advance(absl::Seconds(11));
  EXPECT_FALSE(Cosigns(*onlookers_[0]));
  EXPECT_TRUE(Cosigns(*onlookers_[1]));
}

TEST_F(GatewayWitness, WhatIsNoCosignatureOfARegisteredWitnessCountsForNothing) {
  Register(1);
  DeductAndSubmit();
  const v1::WaitCheckpointResponse asked = Asked(*onlookers_[0]);
  const auto said = onlookers_[0]->Judge(asked.add_checkpoint(), gateway_.clock.wall);
  const std::string line = said->line;
  TempFolder elsewhere;
  Onlooker stranger("witness.test/stranger", 'x', log_, elsewhere / "s");
  v1::WaitCheckpointRequest unknown;
  unknown.set_witness(stranger.key().name);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::WaitCheckpoint, Caller(), unknown).status()),
            Reason::kWitnessUnknown);
  const auto strange = stranger.Judge(asked.add_checkpoint(), gateway_.clock.wall);
  EXPECT_EQ(ReasonOf(Bring(asked.size(), strange->line).status()), Reason::kWitnessUnknown);
  Onlooker namesake(onlookers_[0]->key().name, 'x', log_, elsewhere / "n");
  const auto false_name = namesake.Judge(asked.add_checkpoint(), gateway_.clock.wall);
  EXPECT_EQ(ReasonOf(Bring(asked.size(), false_name->line).status()), Reason::kNoteUntrusted);
  EXPECT_EQ(ReasonOf(Bring(asked.size() + 1, line).status()), Reason::kCheckpointNotWanted);
  for (const std::string& bad :
       {std::string(), line.substr(0, line.size() - 1), line + line, line + std::string(1024, 'x')})
    EXPECT_EQ(ReasonOf(Bring(asked.size(), bad).status()), Reason::kFieldInvalid) << bad;
  EXPECT_EQ(ReasonOf(Bring(0, line).status()), Reason::kFieldMissing);
  EXPECT_THAT(demo_.Pull(kBeiling), IsEmpty());
  EXPECT_TRUE(Bring(asked.size(), line)->quorum());
  EXPECT_TRUE(Bring(asked.size(), line)->quorum()) << "a faithful repeat";
  EXPECT_THAT(demo_.Pull(kBeiling), SizeIs(1));
}

TEST_F(GatewayWitness, ARestartForgetsNeitherWhatWasSeenNorWhatWaits) {
  Register(1);
  EXPECT_TRUE(Cosigns(*onlookers_[0]));
  const std::string seen = Cosigned();
  ASSERT_FALSE(seen.empty());
  DeductAndSubmit();
  gateway_.Stop();
  gateway_.Start();
  demo_.sessions.clear();
  EXPECT_EQ(Cosigned(), seen);
  EXPECT_THAT(demo_.Pull(kBeiling), IsEmpty());
  gateway_.Advance(absl::Seconds(1));
  EXPECT_TRUE(Cosigns(*onlookers_[0]));
  EXPECT_THAT(demo_.Pull(kBeiling), SizeIs(1));
}

TEST_F(GatewayWitness, AKeyThatCantBeReadIsNeverRegistered) {
  v1::Proposal proposal = Witnesses(1);
  proposal.mutable_witnesses()->mutable_witnesses(0)->set_verifier_key(gateway_.log_signer->VerifierKey());
  proposal.mutable_witnesses()->mutable_witnesses(1)->set_name("witness.test/another");
  const auto refused = demo_.Adopt({proposal});
  ASSERT_EQ(ReasonOf(refused.status()), Reason::kFieldInvalid);
  std::vector<std::string> fields;
  for (const Violation& violation : FailureOf(refused.status()).violations) fields.push_back(violation.field);
  EXPECT_THAT(fields, ElementsAre(HasSubstr("witnesses[0].verifier_key"), HasSubstr("witnesses[1].verifier_key")));
}

}  // namespace
}  // namespace eagle::test
