// Cases, statements and administration: who may do what, and what is refused with everything that is wrong at once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/money.h"
#include "server/domain/instant.h"
#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using test::DomainWorld;
using testing::ElementsAre;

TEST(CaseTest, EverythingWrongIsSaidAtOnce) {
  DomainWorld world;
  CaseAct act = world.OpenCase("case-2");
  act.mutable_open()->mutable_respondents(0)->mutable_identity()->set_id_number("990101198503070018");
  act.mutable_open()->mutable_claim()->set_cap_minor_units(20'000'000'00);
  const Result result = world.Do(world.Cases({act}, {"handler"}));
  EXPECT_THAT(
      DomainWorld::Problems(result),
      ElementsAre("open.claim.cap_minor_units CAP_NOT_SUM",
                  "open.respondents[0].identity.id_number IDENTITY_NUMBER_INVALID", "signatures SIGNATURES_MISSING"));
  EXPECT_EQ(world.Types().back(), "REFUSED");  // a court could dispute it
  EXPECT_EQ(world.state.cases.size(), 1u);
}

TEST(CaseTest, AFaithfulRepeatGetsTheSameFactsAndOtherContentIsRefused) {
  DomainWorld world;
  CaseAct act = world.OpenCase("case-2");
  const uint64_t first = world.Do(world.Cases({act})).members[0].index;
  const size_t entries = world.journal.size();
  const Result again = world.Do(world.Cases({act}));
  EXPECT_EQ(again.members[0].index, first);
  EXPECT_TRUE(again.members[0].repeated);
  EXPECT_EQ(world.journal.size(), entries);
  act.mutable_open()->set_title("other");
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Cases({act}))), Reason::kRequestIdReused);
}

TEST(CaseTest, ARefusalIsRepeatedToo) {
  DomainWorld world;
  CaseAct act = world.OpenCase("case-2");
  act.mutable_open()->set_purpose("CURIOSITY");
  const Result first = world.Do(world.Cases({act}));
  const Result again = world.Do(world.Cases({act}));
  ASSERT_TRUE(again.members[0].refusal.has_value());
  EXPECT_EQ(again.members[0].refusal->violations, first.members[0].refusal->violations);
  EXPECT_EQ(again.members[0].refusal->message, first.members[0].refusal->message);
  EXPECT_EQ(again.members[0].index, first.members[0].index);
}

TEST(CaseTest, ACourtOpensACaseNumberOnce) {
  DomainWorld world;
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Cases({world.OpenCase("case-1")}))), Reason::kCaseExists);
  const Result twins = world.Do(world.Cases({world.OpenCase("case-2"), world.OpenCase("case-2")}));
  EXPECT_FALSE(twins.members[0].refusal.has_value());
  EXPECT_EQ(twins.members[1].refusal->reason, Reason::kCaseExists);
}

TEST(CaseTest, DoubledInterestFollowsThePolicyOfTheLand) {
  DomainWorld world;
  CaseAct act = world.OpenCase("case-2");
  act.mutable_open()->mutable_claim()->set_doubled_interest_minor_units(1'575'00);  // the rate of another country
  act.mutable_open()->mutable_claim()->set_cap_minor_units(99'775'00);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Cases({act}))), Reason::kInterestNotByRule);
}

TEST(CaseTest, AmountsAreBounded) {
  DomainWorld world;
  for (int64_t principal : {int64_t{0}, int64_t{-1}, kAmountBoundMinorUnits + 1, INT64_MAX}) {
    CaseAct act = world.OpenCase("case-2");
    act.mutable_open()->mutable_claim()->set_principal_minor_units(principal);
    EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Cases({act}))), Reason::kAmountInvalid) << principal;
  }
}

TEST(CaseTest, TheStageChangesOnlyAlongTheTable) {
  DomainWorld world;
  CaseAct act;
  act.set_request_id(world.NewId()), act.set_court("C1");
  act.mutable_stage()->set_case_number("case-1"), act.mutable_stage()->set_to(CASE_STAGE_STAYED),
      act.mutable_stage()->set_ground("g");
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Cases({act}))), Reason::kNone);
  EXPECT_EQ(world.TheCase().stage, CASE_STAGE_STAYED);
  act.set_request_id(world.NewId());
  act.mutable_stage()->set_to(CASE_STAGE_CLOSED_NO_ASSETS);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Cases({act}))), Reason::kStageChangeForbidden);
}

// Less than a month is left: the sending court renews first.
TEST(CaseTest, ACaseWithAMeasureThatIsAboutToEndIsNotTransferred) {
  PolicyTable policy = test::FreedoniaPolicy();
  policy.mutable_transfer()->set_months_left_min(1);
  policy.mutable_transfer()->mutable_source()->set_en("Freedonia"),
      policy.mutable_transfer()->mutable_source()->set_zh("自");
  for (const bool bounded : {true, false}) {
    DomainWorld world(bounded ? policy : test::FreedoniaPolicy());
    const auto transfer = [&] {
      CaseAct act;
      act.set_request_id(world.NewId()), act.set_court("C1");
      act.mutable_stage()->set_case_number("case-1"), act.mutable_stage()->set_to(CASE_STAGE_TRANSFERRED);
      act.mutable_stage()->set_ground("entrusted");
      return DomainWorld::Problems(world.Do(world.Cases({act})));
    };
    const auto freeze = world.FreezeOrder("BANK1", 100);
    world.Do(world.Orders({freeze}));
    goldeneagle::v1::Receipt receipt = world.Controlled(freeze, "BANK1", 100, 0);
    *receipt.mutable_items(0)->mutable_measure()->mutable_effective_to() = ToProto(world.now + absl::Hours(24) * 20);
    world.Do(world.Receipts("BANK1", {receipt}));
    const std::vector<std::string> expected = {"stage.to STAGE_CHANGE_FORBIDDEN"};
    EXPECT_EQ(transfer(), bounded ? expected : std::vector<std::string>());
    if (!bounded) continue;
    const auto renewal = world.RenewOrder("BANK1", freeze.order_id(), 3);
    ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({renewal}))), Reason::kNone);
    world.Do(world.Receipts("BANK1", {world.Renewed(renewal, "BANK1", 100, world.now + absl::Hours(24) * 110)}));
    EXPECT_THAT(transfer(), testing::IsEmpty());
    EXPECT_EQ(world.TheCase().stage, CASE_STAGE_TRANSFERRED);
  }
}

TEST(CaseTest, ASequenceNumberNamesOneHeadForEver) {
  DomainWorld world;
  SubmitCases first = world.Cases({world.OpenCase("case-2")});
  SubmitCases second = world.Cases({world.OpenCase("case-3")});
  second.signed_head.head.set_sequence(first.signed_head.head.sequence());
  EXPECT_TRUE(world.Do(first).status.ok());
  EXPECT_EQ(ReasonOf(world.Do(second).status), Reason::kSequenceReused);
  EXPECT_TRUE(world.Do(first).members[0].repeated);
}

TEST(StatementTest, OrganisationsNeedTwoRegistrarsAndOneTwiceIsOne) {
  DomainWorld world;
  Statement key;
  key.set_subject("agency/BANK1"), key.set_kind(STATEMENT_KIND_KEY), key.set_sequence(2),
      key.set_environment(ENVIRONMENT_TEST);
  key.set_previous_digest(world.state.directory.StatementAbout("agency/BANK1")->digest);
  key.set_algorithm(KEY_ALGORITHM_ED25519), key.set_key(world.Key("new"));
  *key.mutable_valid_from() = ToProto(world.now), *key.mutable_valid_until() = ToProto(world.now + absl::Hours(1));
  EXPECT_EQ(DomainWorld::OnlyRefusal(
                world.Do(world.Statements("registrar", {key}, {world.Key("registrar1"), world.Key("registrar1")}))),
            Reason::kSignaturesMissing);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Statements("C1", {key}, {world.Key("C1")}))),
            Reason::kSignaturesMissing);
  EXPECT_EQ(DomainWorld::OnlyRefusal(
                world.Do(world.Statements("registrar", {key}, {world.Key("registrar1"), world.Key("registrar2")}))),
            Reason::kNone);
  EXPECT_EQ(world.state.directory.KeyOf("agency/BANK1", world.now)->key(), world.Key("new"));
  EXPECT_EQ(world.state.directory.KeyOf("agency/BANK1", world.now + absl::Hours(1)), nullptr);
}

TEST(StatementTest, OlderOrForkedStatementsAreStale) {
  DomainWorld world;
  Statement officer = world.state.directory.StatementAbout("court/C1/officer/handler")->statement;
  const std::string digest = world.state.directory.StatementAbout("court/C1/officer/handler")->digest;
  officer.mutable_officer()->set_name("forked");
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Statements("C1", {officer}, {world.Key("C1")}))),
            Reason::kStatementStale);
  officer.set_sequence(2);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Statements("C1", {officer}, {world.Key("C1")}))),
            Reason::kStatementStale);
  officer.set_previous_digest(digest);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Statements("C1", {officer}, {world.Key("C1")}))), Reason::kNone);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Statements("C1", {officer}, {world.Key("handler")}))),
            Reason::kNone);  // already known: a repeat
}

TEST(StatementTest, AnEndedOfficerSignsNothing) {
  DomainWorld world;
  Statement ended;
  ended.set_subject("court/C1/officer/cosigner"), ended.set_kind(STATEMENT_KIND_ENDED), ended.set_sequence(2),
      ended.set_environment(ENVIRONMENT_TEST);
  ended.set_previous_digest(world.state.directory.StatementAbout(ended.subject())->digest);
  *ended.mutable_valid_from() = ToProto(world.now), *ended.mutable_valid_until() = ToProto(world.now + absl::Hours(1));
  ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Statements("C1", {ended}, {world.Key("C1")}))), Reason::kNone);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({world.FreezeOrder("BANK1", 100)}))),
            Reason::kSignaturesMissing);
}

TEST(StatementTest, OneKeyStandsForOnePerson) {
  DomainWorld world;
  Statement officer = world.state.directory.StatementAbout("court/C1/officer/handler")->statement;
  officer.set_subject("court/C1/officer/second");
  for (const char* taken : {"handler", "C1", "registrar2"}) {
    officer.set_key(world.Key(taken));
    EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Statements("C1", {officer}, {world.Key("C1")}))),
              Reason::kFieldInvalid)
        << taken;
  }
  officer.set_key(world.Key("fresh"));
  Statement twin = officer;
  twin.set_subject("court/C1/officer/third");
  const Result both = world.Do(world.Statements("C1", {officer, twin}, {world.Key("C1")}));
  EXPECT_FALSE(both.members[0].refusal);
  EXPECT_EQ(both.members[1].refusal->reason, Reason::kFieldInvalid);
}

TEST(StatementTest, ARegistrarsKeyIsNobodyElses) {
  DomainWorld world;
  Statement key = world.state.directory.StatementAbout("agency/BANK1")->statement;
  key.set_sequence(2), key.set_previous_digest(world.state.directory.StatementAbout("agency/BANK1")->digest);
  key.set_key(world.Key("registrar3"));
  EXPECT_EQ(DomainWorld::Problems(
                world.Do(world.Statements("registrar", {key}, {world.Key("registrar1"), world.Key("registrar2")}))),
            std::vector<std::string>{"key FIELD_INVALID"});
}

// The key may have been stated anew between the check at the door and the decision.
TEST(StatementTest, ACourtSpokeWhileItsNewestKeyWasValid) {
  DomainWorld world;
  const Statement& key = world.state.directory.StatementAbout("court/C1")->statement;
  Statement ended;
  ended.set_subject("court/C1/officer/cosigner"), ended.set_kind(STATEMENT_KIND_ENDED), ended.set_sequence(2),
      ended.set_environment(ENVIRONMENT_TEST);
  ended.set_previous_digest(world.state.directory.StatementAbout(ended.subject())->digest);
  *ended.mutable_valid_from() = ToProto(world.now), *ended.mutable_valid_until() = ToProto(world.now + absl::Hours(1));
  SubmitStatements command = world.Statements("C1", {ended}, {world.Key("C1")});
  *command.signed_head.head.mutable_signed_at() = ToProto(FromProto(key.valid_from()) - absl::Seconds(1));
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(command)), Reason::kSignatureInvalid);
}

TEST(StatementTest, AChainBeginsAtOneAndEndsNothing) {
  DomainWorld world;
  Statement officer = world.state.directory.StatementAbout("court/C1/officer/handler")->statement;
  officer.set_subject("court/C1/officer/second"), officer.set_key(world.Key("fresh")), officer.set_sequence(2);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Statements("C1", {officer}, {world.Key("C1")}))),
            Reason::kStatementStale);
  officer.set_sequence(1), officer.set_kind(STATEMENT_KIND_ENDED);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Statements("C1", {officer}, {world.Key("C1")}))),
            Reason::kStatementStale);
}

TEST(StatementTest, OfficersSpeakOnlyWhileTheirCourtsKeyHolds) {
  DomainWorld world;
  Statement ended;
  ended.set_subject("court/C1"), ended.set_kind(STATEMENT_KIND_ENDED), ended.set_sequence(2),
      ended.set_environment(ENVIRONMENT_TEST);
  ended.set_previous_digest(world.state.directory.StatementAbout("court/C1")->digest);
  *ended.mutable_valid_from() = ToProto(world.now), *ended.mutable_valid_until() = ToProto(world.now + absl::Hours(1));
  ASSERT_EQ(DomainWorld::OnlyRefusal(
                world.Do(world.Statements("registrar", {ended}, {world.Key("registrar1"), world.Key("registrar2")}))),
            Reason::kNone);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({world.InquireOrder({"BANK1"})}, {"handler"}))),
            Reason::kOfficerNotValid);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Cases({world.OpenCase("case-2")}))), Reason::kOfficerNotValid);
}

TEST(AdministrationTest, NothingHoldsWithoutASecondAdministrator) {
  DomainWorld world;
  goldeneagle::v1::Administration act;
  act.set_request_id(world.NewId());
  act.mutable_proposal()->set_ground("new policy");
  *act.mutable_proposal()->mutable_policy()->mutable_table() = test::FreedoniaPolicy(2);
  const Result made = world.Do(world.Administration("admin1", {act}));
  EXPECT_FALSE(made.members[0].in_effect);
  EXPECT_EQ(world.state.policy->version(), 1u);
  goldeneagle::v1::Administration approval;
  approval.set_request_id(world.NewId());
  approval.mutable_approval()->set_proposal_index(made.members[0].index);
  approval.mutable_approval()->set_proposal_digest(world.state.proposals.at(made.members[0].index).digest);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Administration("admin1", {approval}))), Reason::kAlreadyApproved);
  approval.set_request_id(world.NewId());
  const Result approved = world.Do(world.Administration("admin3", {approval}));
  EXPECT_TRUE(approved.members[0].in_effect);
  EXPECT_EQ(world.state.policy->version(), 2u);
  approval.set_request_id(world.NewId());
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Administration("admin2", {approval}))), Reason::kProposalUnknown);
}

TEST(AdministrationTest, AnApprovalNamesTheBytesThatTheApproverSaw) {
  DomainWorld world;
  goldeneagle::v1::Administration act;
  act.set_request_id(world.NewId());
  act.mutable_proposal()->set_ground("new policy");
  *act.mutable_proposal()->mutable_policy()->mutable_table() = test::FreedoniaPolicy(2);
  const uint64_t index = world.Do(world.Administration("admin1", {act})).members[0].index;
  goldeneagle::v1::Administration approval;
  approval.set_request_id(world.NewId());
  approval.mutable_approval()->set_proposal_index(index);
  approval.mutable_approval()->set_proposal_digest(std::string(32, 'x'));
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Administration("admin2", {approval}))), Reason::kProposalUnknown);
}

// Two proposals were made while the identity was free, and one administrator approves both at once.
TEST(AdministrationTest, OneIdentityNamesOneSystemWithinABatchToo) {
  DomainWorld world;
  std::vector<goldeneagle::v1::Administration> acts(3);
  for (size_t i = 0; i < acts.size(); ++i) {
    acts[i].set_request_id(world.NewId());
    acts[i].mutable_proposal()->set_ground("connects");
    RegisterSystem* system = acts[i].mutable_proposal()->mutable_system();
    system->set_name("auditor-" + std::to_string(i)), system->set_role("AUDITOR");
    system->mutable_system()->set_spiffe_id(i == 2 ? "spiffe://test/auditor/2" : "spiffe://test/auditor/same");
    system->mutable_system()->add_spki_sha256(std::string(32, 'q'));
  }
  const Result made = world.Do(world.Administration("admin1", acts));
  std::vector<goldeneagle::v1::Administration> approvals(3);
  for (size_t i = 0; i < acts.size(); ++i) {
    approvals[i].set_request_id(world.NewId());
    approvals[i].mutable_approval()->set_proposal_index(made.members[i].index);
    approvals[i].mutable_approval()->set_proposal_digest(world.state.proposals.at(made.members[i].index).digest);
  }
  const Result approved = world.Do(world.Administration("admin2", approvals));
  EXPECT_TRUE(approved.members[0].in_effect);
  ASSERT_TRUE(approved.members[1].refusal);
  EXPECT_EQ(approved.members[1].refusal->reason, Reason::kProposalConflicts);
  EXPECT_TRUE(approved.members[2].in_effect);
  EXPECT_EQ(world.state.directory.OwnerOf("spiffe://test/auditor/same")->code, "auditor-0");
}

TEST(AdministrationTest, AnIdentityThatWasGivenUpIsFreeAgain) {
  DomainWorld world;
  const auto adopt = [&](const std::string& name, const std::string& identity) {
    goldeneagle::v1::Administration act, approval;
    act.set_request_id(world.NewId()), approval.set_request_id(world.NewId());
    act.mutable_proposal()->set_ground("connects");
    RegisterSystem* system = act.mutable_proposal()->mutable_system();
    system->set_name(name), system->set_role("AUDITOR");
    system->mutable_system()->set_spiffe_id(identity), system->mutable_system()->add_spki_sha256(std::string(32, 'q'));
    const Result made = world.Do(world.Administration("admin1", {act}));
    if (made.members[0].refusal) return false;
    approval.mutable_approval()->set_proposal_index(made.members[0].index);
    approval.mutable_approval()->set_proposal_digest(world.state.proposals.at(made.members[0].index).digest);
    return world.Do(world.Administration("admin2", {approval})).members[0].in_effect;
  };
  EXPECT_TRUE(adopt("auditor-1", "spiffe://test/auditor/1"));
  EXPECT_FALSE(adopt("auditor-2", "spiffe://test/auditor/1"));
  EXPECT_FALSE(adopt("auditor-2", world.state.directory.AgencyByCode("BANK1")->row.system().spiffe_id()));
  EXPECT_TRUE(adopt("auditor-1", "spiffe://test/auditor/1")) << "its own";
  EXPECT_TRUE(adopt("auditor-1", "spiffe://test/auditor/new"));
  EXPECT_TRUE(adopt("auditor-2", "spiffe://test/auditor/1"));
}

TEST(AdministrationTest, AStrangersSignatureIsNone) {
  DomainWorld world;
  goldeneagle::v1::Administration act;
  act.set_request_id(world.NewId());
  EXPECT_EQ(ReasonOf(world.Do(world.Administration("stranger", {act})).status), Reason::kSignatureInvalid);
}

}  // namespace
}  // namespace eagle::domain
