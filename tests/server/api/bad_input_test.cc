// Everything that must be refused, each by its reason, all violations at once, and nothing of it with an effect.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/domain/instant.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

class BadInput : public ::testing::Test {
 protected:
  // The reason of a refused call, and its violations as "field REASON".
  static Reason WholeCall(const absl::Status& status, std::vector<std::string>* problems = nullptr) {
    if (status.ok()) return Reason::kNone;
    const Failure failure = FailureOf(status);
    for (const Violation& violation : failure.violations) {
      if (problems != nullptr) problems->push_back(violation.field + " " + std::string(RowOf(violation.reason).name));
    }
    return failure.reason;
  }
  absl::StatusOr<v1::SubmitOrdersResponse> Send(const v1::SubmitOrdersRequest& request) {
    return gateway_.Call(&api::Handlers::SubmitOrders, demo_.court, request);
  }
  // The problems of the only member. What was refused is on record as its refusal, under its head, and has no effect.
  std::vector<std::string> ProblemsOf(const v1::Order& order,
                                      const std::vector<std::string>& keys = {kHandler, kCosigner}) {
    const size_t before = Entries();
    const auto answer = demo_.Submit({order}, keys);
    if (!answer.ok()) return {std::string(RowOf(ReasonOf(answer.status())).name)};
    std::vector<std::string> problems = DemoWorld::Problems(answer->results(0).refusal());
    if (!problems.empty()) {
      const std::vector<std::string> types = gateway_.Types();
      EXPECT_THAT(std::vector<std::string>(types.begin() + static_cast<ptrdiff_t>(before), types.end()),
                  ElementsAre("BATCH_HEAD", "REFUSED"));
      EXPECT_EQ(answer->results(0).refusal().journal_index(), types.size() - 1);
    }
    return problems;
  }
  // Refused before a signature could be believed: not even on record.
  Reason LeavesNoTrace(const v1::SubmitOrdersRequest& request, std::vector<std::string>* problems = nullptr) {
    const size_t before = Entries();
    const Reason reason = WholeCall(Send(request).status(), problems);
    EXPECT_EQ(Entries(), before);
    return reason;
  }
  size_t Entries() { return gateway_.Types().size(); }

  GatewayFixture gateway_;
  DemoWorld demo_{gateway_};
};

TEST_F(BadInput, AMalformedEnvelopeIsRefusedAndLeavesNoTrace) {
  const v1::SubmitOrdersRequest good = demo_.OrderBatch({demo_.Freeze(kBeiling, 1)});
  v1::SubmitOrdersRequest bad = good;
  bad.mutable_batch()->mutable_head()->set_payload_type("application/json");
  EXPECT_EQ(LeavesNoTrace(bad), Reason::kEnvelopeMalformed);
  bad = good;
  bad.mutable_batch()->mutable_head()->mutable_payload()->append("\xff");
  EXPECT_EQ(LeavesNoTrace(bad), Reason::kEnvelopeMalformed);
  EXPECT_EQ(LeavesNoTrace({}), Reason::kEnvelopeMalformed);
  bad = good;
  bad.mutable_batch()->mutable_members(0)->append("x");
  EXPECT_EQ(LeavesNoTrace(bad), Reason::kMemberNotInRoot);
  bad = good;
  bad.mutable_batch()->mutable_head()->clear_signatures();
  EXPECT_EQ(LeavesNoTrace(bad), Reason::kSignatureInvalid);
}

TEST_F(BadInput, AnotherMemberTypeIsNotTakenHere) {
  v1::SubmitOrdersRequest request;
  *request.mutable_batch() =
      gateway_.Sign(v1::MEMBER_TYPE_CASE, kCourt, std::vector<v1::CaseAct>{demo_.Open("x")}, {kHandler});
  EXPECT_EQ(LeavesNoTrace(request), Reason::kMemberTypeUnknown);
}

TEST_F(BadInput, UnknownFieldsAndBrokenTextNameEveryMember) {
  const std::string good = demo_.Freeze(kBeiling, 1).SerializeAsString();
  v1::Order odd = demo_.Freeze(kBeiling, 1);
  std::string broken = odd.SerializeAsString();
  broken.replace(broken.find("EXECUTION"), 3, "\xff\xfe\xfd");
  v1::SubmitOrdersRequest request;
  *request.mutable_batch() =
      gateway_.Sign(v1::MEMBER_TYPE_ORDER, kCourt, std::vector<std::string>{good, good + "\xA0\x06\x01", broken},
                    {kHandler, kCosigner});
  std::vector<std::string> problems;
  EXPECT_EQ(LeavesNoTrace(request, &problems), Reason::kUnknownFields);
  EXPECT_THAT(problems, ElementsAre("members[1] UNKNOWN_FIELDS", "members[2].purpose TEXT_INVALID"));
}

TEST_F(BadInput, TooLargeIsTooLarge) {
  // The library makes no such batches: one for a single small member, then filled up.
  const auto filled = [&](size_t members, size_t bytes) {
    v1::SubmitOrdersRequest request = demo_.OrderBatch(std::vector<v1::Order>(members, demo_.Inquire({kBeiling})));
    for (std::string& member : *request.mutable_batch()->mutable_members()) member.resize(bytes, 'x');
    return request;
  };
  EXPECT_EQ(LeavesNoTrace(filled(1, 65'537)), Reason::kTooLarge) << "a member";
  EXPECT_EQ(LeavesNoTrace(filled(20, 60'000)), Reason::kTooLarge) << "a message";
  EXPECT_EQ(LeavesNoTrace(filled(1, 65'536)), Reason::kMemberNotInRoot) << "as large as it may be";
  EXPECT_EQ(WholeCall(demo_.Submit(std::vector<v1::Order>(256, demo_.Inquire({kBeiling})), {kHandler}).status()),
            Reason::kNone);
  v1::Order long_text = demo_.Freeze(kBeiling, 1);
  long_text.set_legal_basis(std::string(2'001, 'x'));
  EXPECT_THAT(ProblemsOf(long_text), ElementsAre("legal_basis TEXT_INVALID"));
}

TEST_F(BadInput, OnlyTheCallersOwnCourtSignsForIt) {
  v1::SubmitOrdersRequest request;
  *request.mutable_batch() =
      gateway_.Sign(v1::MEMBER_TYPE_ORDER, kOtherCourt, std::vector<v1::Order>{demo_.Freeze(kBeiling, 1)},
                    {"court/辽9902/officer/001"});
  EXPECT_EQ(LeavesNoTrace(request), Reason::kSignerNotCaller);
  *request.mutable_batch() = gateway_.Sign(
      v1::MEMBER_TYPE_ORDER, kCourt, std::vector<v1::Order>{demo_.Freeze(kBeiling, 1)}, {"court/辽9902/officer/001"});
  EXPECT_EQ(LeavesNoTrace(request), Reason::kSignatureInvalid) << "another court's officer is a stranger";
  *request.mutable_batch() = gateway_.Sign(v1::MEMBER_TYPE_ORDER, kCourt,
                                           std::vector<v1::Order>{demo_.Freeze(kBeiling, 1)}, {"agency/9900001"});
  EXPECT_EQ(LeavesNoTrace(request), Reason::kSignatureInvalid);
  v1::Order other = demo_.Freeze(kBeiling, 1);
  other.set_court(kOtherCourt);
  EXPECT_THAT(ProblemsOf(other), IsSupersetOf({"court SIGNER_NOT_CALLER"}));
}

TEST_F(BadInput, AMissingSecondSignatureIsOneViolationAmongOthers) {
  EXPECT_THAT(ProblemsOf(demo_.Freeze(kBeiling, 1), {kHandler}), ElementsAre("signatures SIGNATURES_MISSING"));
  EXPECT_THAT(ProblemsOf(demo_.Freeze(kBeiling, 1), {kHandler, kHandler}), ElementsAre("signatures SIGNATURES_MISSING"))
      << "one person is one key";
  EXPECT_THAT(ProblemsOf(demo_.Freeze(kBeiling, 1), {kHandler, kLeader}), ElementsAre("signatures SIGNATURES_MISSING"))
      << "a wrong role";
  EXPECT_THAT(ProblemsOf(demo_.Freeze(kBeiling, 0), {kHandler}),
              ElementsAre("freeze.limit_minor_units AMOUNT_INVALID", "signatures SIGNATURES_MISSING"));
}

TEST_F(BadInput, AnOfficerWhoEndedIsNamedAsSuch) {
  const std::string subject = "court/辽9901/officer/002";
  v1::Statement expired = demo_.StatementAbout(subject, v1::STATEMENT_KIND_OFFICER);
  expired.set_algorithm(v1::KEY_ALGORITHM_ED25519);
  expired.set_key(gateway_.Key(subject).public_key());
  expired.add_roles(v1::OFFICER_ROLE_COSIGNER);
  expired.mutable_officer()->set_name("officer 002"), expired.mutable_officer()->set_work_id_no("W002"),
      expired.mutable_officer()->set_duty_card_no("D002");
  *expired.mutable_valid_until() = domain::ToProto(gateway_.clock.wall - absl::Hours(1));
  ASSERT_TRUE(demo_.State(kCourt, {expired}, {"court/辽9901"}).ok());
  EXPECT_THAT(
      ProblemsOf(demo_.Freeze(kBeiling, 1)),
      ElementsAre("officers[1] OFFICER_NOT_VALID", "signatures OFFICER_NOT_VALID", "signatures SIGNATURES_MISSING"));
}

TEST_F(BadInput, WhatIsSignedForProductionNeverActsInATest) {
  v1::SubmitOrdersRequest request;
  *request.mutable_batch() = trust::MakeBatch({.member_type = v1::MEMBER_TYPE_ORDER,
                                               .environment = v1::ENVIRONMENT_PRODUCTION,
                                               .signer = kCourt,
                                               .sequence = 900,
                                               .signed_at = gateway_.clock.wall},
                                              {demo_.Freeze(kBeiling, 1).SerializeAsString()},
                                              {&gateway_.Key(kHandler), &gateway_.Key(kCosigner)});
  EXPECT_EQ(LeavesNoTrace(request), Reason::kEnvironmentMismatch);
}

TEST_F(BadInput, AReusedSequenceIsRefused) {
  const auto batch = [&](const v1::Order& order) {
    v1::SubmitOrdersRequest request;
    *request.mutable_batch() =
        trust::MakeBatch({.member_type = v1::MEMBER_TYPE_ORDER,
                          .environment = v1::ENVIRONMENT_TEST,
                          .signer = kCourt,
                          .sequence = 900,
                          .signed_at = gateway_.clock.wall},
                         {order.SerializeAsString()}, {&gateway_.Key(kHandler), &gateway_.Key(kCosigner)});
    return request;
  };
  ASSERT_THAT(DemoWorld::Reasons(Send(batch(demo_.Freeze(kBeiling, 1)))), ElementsAre(""));
  EXPECT_EQ(LeavesNoTrace(batch(demo_.Freeze(kBeiling, 1))), Reason::kSequenceReused);
}

TEST_F(BadInput, OnlyRespondentsOfTheCaseMayBeTouched) {
  v1::Order order = demo_.Inquire({kBeiling});
  *order.mutable_subject() = DemoWorld::SuQing();
  EXPECT_THAT(ProblemsOf(order, {kHandler}), ElementsAre("subject NOT_RESPONDENT"));
  EXPECT_EQ(gateway_.Count("REFUSED"), 1u) << "an inquiry on a stranger is on record";
  order = demo_.Inquire({kBeiling});
  order.mutable_subject()->set_name("林远州");
  EXPECT_THAT(ProblemsOf(order, {kHandler}), ElementsAre("subject NOT_RESPONDENT")) << "the number with another name";
  order = demo_.Inquire({kBeiling});
  order.mutable_subject()->set_id_number("990101198503070018");
  EXPECT_THAT(ProblemsOf(order, {kHandler}),
              ElementsAre("subject NOT_RESPONDENT", "subject.id_number IDENTITY_NUMBER_INVALID"))
      << "a mistyped last digit";
  order = demo_.Inquire({kBeiling});
  order.set_case_number("（2026）辽9901执9999号");
  EXPECT_THAT(ProblemsOf(order, {kHandler}), ElementsAre("case_number CASE_UNKNOWN"));
  order = demo_.Inquire({kBeiling});
  order.mutable_subject()->set_id_kind(std::string("CITIZEN\0ID", 10));
  EXPECT_THAT(ProblemsOf(order, {kHandler}), ElementsAre("subject NOT_RESPONDENT", "subject.id_kind FIELD_INVALID"));
}

TEST_F(BadInput, ACapIsTheSumOfItsSignedParts) {
  v1::CaseAct act = demo_.Open("（2026）辽9901执1号");
  act.mutable_open()->mutable_claim()->set_cap_minor_units(20'000'000'00);  // 20 million against this debt
  act.mutable_open()->mutable_respondents(0)->mutable_identity()->set_id_number("990101198503070018");
  const auto answer = demo_.SubmitCase({act}, {kHandler});
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_THAT(
      DemoWorld::Problems(answer->results(0).refusal()),
      ElementsAre("open.claim.cap_minor_units CAP_NOT_SUM", "open.claim.cap_minor_units UNIT_SLIP",
                  "open.respondents[0].identity.id_number IDENTITY_NUMBER_INVALID", "signatures SIGNATURES_MISSING"))
      << "all at once";
  act = demo_.Open("（2026）辽9901执2号");
  act.mutable_open()->mutable_claim()->set_doubled_interest_minor_units(2'898'01);
  act.mutable_open()->mutable_claim()->set_cap_minor_units(kCap + 1);
  const auto interest = demo_.SubmitCase({act});
  EXPECT_EQ(interest->results(0).refusal().reason(), "INTEREST_NOT_BY_RULE");
  EXPECT_EQ(demo_.SubmitCase({demo_.Open()})->results(0).refusal().reason(), "CASE_EXISTS");
}

TEST_F(BadInput, AmountsAreAboveZeroAndWithinTheBound) {
  for (int64_t amount : {int64_t{0}, int64_t{-1}, INT64_MIN, int64_t{1'000'000'000'000'001}, INT64_MAX}) {
    EXPECT_THAT(ProblemsOf(demo_.Freeze(kBeiling, amount)), ElementsAre("freeze.limit_minor_units AMOUNT_INVALID"))
        << amount;
  }
  EXPECT_THAT(ProblemsOf(demo_.Freeze(kBeiling, kCap + 1)), ElementsAre("freeze.limit_minor_units CAP_EXCEEDED"));
}

TEST_F(BadInput, ClaimsAndDeductionsHaveAmountsToo) {
  v1::CaseAct act = demo_.Open("（2026）辽9901执1号");
  act.mutable_open()->mutable_claim()->set_principal_minor_units(-1);
  act.mutable_open()->mutable_claim()->set_cost_minor_units(INT64_MAX);
  const auto opened = demo_.SubmitCase({act});
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_THAT(
      DemoWorld::Problems(opened->results(0).refusal()),
      IsSupersetOf({"open.claim.principal_minor_units AMOUNT_INVALID", "open.claim.cost_minor_units AMOUNT_INVALID"}));
  v1::Order freeze = demo_.Freeze(kBeiling, 100);
  ASSERT_THAT(ProblemsOf(freeze), IsEmpty());
  demo_.Pull(kBeiling);
  ASSERT_TRUE(demo_.Report(kBeiling, {demo_.Controlled(freeze, 100, 0)}).ok());
  for (int64_t amount : {int64_t{0}, int64_t{-1}, INT64_MIN, int64_t{1'000'000'000'000'001}, INT64_MAX}) {
    // Above the threshold a third signature is missing as well.
    EXPECT_THAT(ProblemsOf(demo_.Deduct(freeze, amount)), Contains("deduct.amount_minor_units AMOUNT_INVALID"))
        << amount;
  }
}

TEST_F(BadInput, WhateverIsWrongWithAnOrderIsToldAtOnce) {
  v1::Order order = demo_.Freeze("9999999", 0);
  *order.mutable_subject() = DemoWorld::SuQing();
  order.mutable_subject()->set_id_number("990101198708150020");
  order.set_court(kOtherCourt);
  order.clear_legal_basis();
  order.clear_instruments();
  order.mutable_freeze()->mutable_term()->set_months(13);
  EXPECT_THAT(ProblemsOf(order, {kHandler}),
              IsSupersetOf({"court SIGNER_NOT_CALLER", "legal_basis FIELD_MISSING", "subject NOT_RESPONDENT",
                            "subject.id_number IDENTITY_NUMBER_INVALID", "agencies[0] AGENCY_UNKNOWN",
                            "freeze.limit_minor_units AMOUNT_INVALID", "freeze.term TERM_TOO_LONG",
                            "instruments PAPER_MISSING", "signatures SIGNATURES_MISSING"}));
  EXPECT_EQ(demo_.Case()->ledger().requested_minor_units(), 0);
}

TEST_F(BadInput, OneBadMemberRefusesItsGroupAndNothingElse) {
  std::vector<v1::Order> orders = {demo_.Freeze(kBeiling, 1), demo_.Freeze(kSongyue, 0), demo_.Freeze(kYunfan, 1)};
  const std::string group = gateway_.NewId();
  orders[0].set_group(group), orders[1].set_group(group);
  const auto answer = demo_.Submit(orders);
  EXPECT_THAT(DemoWorld::Reasons(answer), ElementsAre("GROUP_REFUSED", "AMOUNT_INVALID", ""));
  EXPECT_EQ(answer->results(0).refusal().problems(0).field(), "members[1]");
  EXPECT_GT(answer->results(0).refusal().journal_index(), 0u) << "a refusal that a court could dispute is on record";
}

TEST_F(BadInput, AgenciesExistAndCan) {
  EXPECT_THAT(ProblemsOf(demo_.Freeze("9999999", 1)), ElementsAre("agencies[0] AGENCY_UNKNOWN"));
  EXPECT_THAT(ProblemsOf(demo_.Freeze(kBusiness, 1)), ElementsAre("agencies[0] CAPABILITY_MISSING"));
  v1::Order two = demo_.Freeze(kBeiling, 1);
  two.add_agencies(kSongyue);
  EXPECT_THAT(ProblemsOf(two), ElementsAre("agencies FIELD_INVALID")) << "no bank learns of another";
}

TEST_F(BadInput, AnIdIsOneContentForEver) {
  v1::Order order = demo_.Freeze(kBeiling, 1);
  ASSERT_THAT(ProblemsOf(order), IsEmpty());
  order.mutable_freeze()->set_limit_minor_units(2);
  EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({order})), ElementsAre("ORDER_ID_REUSED"));
  order.set_order_id("short");
  std::vector<std::string> problems;
  EXPECT_EQ(WholeCall(demo_.Submit({order}).status(), &problems), Reason::kFieldInvalid);
  EXPECT_THAT(problems, ElementsAre("members[0].order_id FIELD_INVALID"));
  v1::CaseAct act = demo_.Open("（2026）辽9901执3号");
  ASSERT_TRUE(demo_.SubmitCase({act})->results(0).has_acceptance());
  act.mutable_open()->set_case_number("（2026）辽9901执4号");
  EXPECT_EQ(demo_.SubmitCase({act})->results(0).refusal().reason(), "REQUEST_ID_REUSED");
}

TEST_F(BadInput, PapersTermsAndStagesFollowThePolicy) {
  v1::Order order = demo_.Freeze(kBeiling, 1);
  order.clear_instruments();
  order.mutable_freeze()->mutable_term()->set_months(13);
  EXPECT_THAT(ProblemsOf(order),
              ElementsAre("freeze.term TERM_TOO_LONG", "instruments PAPER_MISSING", "instruments PAPER_MISSING"));
  v1::Order expired = demo_.Freeze(kBeiling, 1);
  *expired.mutable_issued_at() = domain::ToProto(gateway_.clock.wall - absl::Hours(2));
  *expired.mutable_not_after() = domain::ToProto(gateway_.clock.wall - absl::Hours(1));
  EXPECT_THAT(ProblemsOf(expired), ElementsAre("not_after ORDER_EXPIRED"));
  v1::CaseAct stay;
  stay.set_request_id(gateway_.NewId());
  stay.set_court(kCourt);
  stay.mutable_stage()->set_case_number(kCaseNumber);
  stay.mutable_stage()->set_to(v1::CASE_STAGE_IN_BANKRUPTCY);
  stay.mutable_stage()->set_ground("petition accepted");
  ASSERT_TRUE(demo_.SubmitCase({stay})->results(0).has_acceptance());
  EXPECT_THAT(ProblemsOf(demo_.Freeze(kBeiling, 1)), ElementsAre("action STAGE_FORBIDS"));
}

TEST_F(BadInput, AnAccountMustBeTheCourtsOwn) {
  v1::Order freeze = demo_.Freeze(kBeiling, 100);
  ASSERT_THAT(ProblemsOf(freeze), IsEmpty());
  demo_.Pull(kBeiling);
  ASSERT_TRUE(demo_.Report(kBeiling, {demo_.Controlled(freeze, 100, 0)}).ok());
  v1::Order deduct = demo_.Deduct(freeze, 100);
  deduct.mutable_deduct()->set_account_statement(
      gateway_.state().directory.StatementAbout("court/辽9902/account/1")->digest);
  EXPECT_THAT(ProblemsOf(deduct), ElementsAre("deduct.account ACCOUNT_NOT_COURTS"));
  deduct = demo_.Deduct(freeze, 100);
  deduct.mutable_deduct()->mutable_account()->set_account_number("9900010000000001016");
  EXPECT_THAT(ProblemsOf(deduct), ElementsAre("deduct.account ACCOUNT_NOT_COURTS"));
  EXPECT_THAT(ProblemsOf(demo_.Deduct(freeze, 101)), ElementsAre("deduct.amount_minor_units AMOUNT_ABOVE_MEASURE"));
}

TEST_F(BadInput, StatementsContinueTheirChain) {
  v1::Statement stale = demo_.StatementAbout("court/辽9901/account/1", v1::STATEMENT_KIND_ACCOUNT);
  *stale.mutable_account() = gateway_.state().directory.StatementAbout("court/辽9901/account/1")->statement.account();
  stale.set_sequence(1);
  stale.clear_previous_digest();
  *stale.mutable_valid_until() = domain::ToProto(gateway_.clock.wall + absl::Hours(1));
  auto answer = demo_.State(kCourt, {stale}, {"court/辽9901"});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->results(0).refusal().reason(), "STATEMENT_STALE");
  v1::Statement foreign = demo_.StatementAbout("court/辽9902/account/1", v1::STATEMENT_KIND_ENDED);
  answer = demo_.State(kCourt, {foreign}, {"court/辽9901"});
  EXPECT_EQ(answer->results(0).refusal().reason(), "SIGNATURE_INVALID") << "only the court itself";
  v1::Statement key = demo_.StatementAbout("agency/9900001", v1::STATEMENT_KIND_ENDED);
  answer = demo_.State("registrar", {key}, {"registrar-2"});
  EXPECT_EQ(answer->results(0).refusal().reason(), "SIGNATURES_MISSING") << "two of three";
  EXPECT_EQ(ReasonOf(demo_.State("nobody", {key}, {"registrar-2"}).status()), Reason::kSignerUnknown);
  EXPECT_EQ(ReasonOf(demo_.State("registrar", {key}, {"court/辽9901"}).status()), Reason::kSignatureInvalid);
}

// What agencies and courts refuse is refused here too, and by the same check: a statement that is on record is one that
// everybody can use.
TEST_F(BadInput, StatementsThatNobodyElseWouldTakeLeaveNoTrace) {
  const auto officer = [&](const std::string& code) {
    v1::Statement out = demo_.StatementAbout("court/辽9901/officer/" + code, v1::STATEMENT_KIND_OFFICER);
    out.set_algorithm(v1::KEY_ALGORITHM_ED25519);
    out.set_key(gateway_.Key("card " + code).public_key());
    out.add_roles(v1::OFFICER_ROLE_HANDLER);
    out.mutable_officer()->set_name("officer " + code), out.mutable_officer()->set_work_id_no("W" + code),
        out.mutable_officer()->set_duty_card_no("D" + code);
    return out;
  };
  std::vector<v1::Statement> own(9, officer("7"));
  own[1].add_roles(v1::OFFICER_ROLE_HANDLER);
  own[2].mutable_account()->set_bank(kBeiling);
  own[3].set_key(std::string(32, '\0'));
  own[4].set_subject("court/辽9901/officer/ 7");
  own[5].set_environment(v1::ENVIRONMENT_PRODUCTION);
  own[6].mutable_valid_until()->set_nanos(-1);
  own[7] = demo_.StatementAbout("court/辽9901/account/9", v1::STATEMENT_KIND_ACCOUNT);
  *own[7].mutable_account() = gateway_.state().directory.StatementAbout("court/辽9901/account/1")->statement.account();
  own[7].set_key("x"), own[7].add_roles(v1::OFFICER_ROLE_LEADER), own[7].mutable_account()->set_account_number("12");
  own[8] = demo_.StatementAbout(kHandler, v1::STATEMENT_KIND_ENDED);
  own[8].mutable_officer()->set_name("left over");
  const size_t before = Entries();
  std::vector<std::string> problems;
  EXPECT_EQ(WholeCall(demo_.State(kCourt, own, {"court/辽9901"}).status(), &problems), Reason::kFieldInvalid);
  EXPECT_THAT(problems,
              ElementsAre("members[1].roles FIELD_INVALID", "members[2].account FIELD_INVALID",
                          "members[3].key FIELD_INVALID", "members[4].subject FIELD_INVALID",
                          "members[5].environment ENVIRONMENT_MISMATCH", "members[6].valid_until FIELD_INVALID",
                          "members[7].key FIELD_INVALID", "members[7].roles FIELD_INVALID",
                          "members[7].account.account_number FIELD_INVALID", "members[8].officer FIELD_INVALID"));

  std::vector<v1::Statement> organisations(2, demo_.StatementAbout("agency/registrar", v1::STATEMENT_KIND_KEY));
  for (v1::Statement& key : organisations)
    key.set_algorithm(v1::KEY_ALGORITHM_ED25519), key.set_key(gateway_.Key("agency/registrar").public_key());
  organisations[1].set_subject("agency/9900001"), organisations[1].mutable_officer()->set_name("nobody");
  problems.clear();
  EXPECT_EQ(WholeCall(demo_.State("registrar", organisations, {"registrar-1", "registrar-2"}).status(), &problems),
            Reason::kFieldInvalid);
  EXPECT_THAT(problems, ElementsAre("members[0].subject PERMISSION_DENIED", "members[1].officer FIELD_INVALID"));
  EXPECT_EQ(Entries(), before);
  EXPECT_FALSE(demo_.State(kCourt, {own[0]}, {"court/辽9901"})->results(0).has_refusal()) << "the good one alone";
}

TEST_F(BadInput, ACourtSpeaksOnlyWithinTheValidityOfItsKey) {
  const v1::Statement& key = gateway_.state().directory.StatementAbout("court/辽9901")->statement;
  const v1::Statement ended = demo_.StatementAbout(kLeader, v1::STATEMENT_KIND_ENDED);
  const auto signed_at = [&](absl::Time time, uint64_t sequence) {
    v1::SubmitStatementsRequest request;
    *request.mutable_batch() = trust::MakeBatch({.member_type = v1::MEMBER_TYPE_STATEMENT,
                                                 .environment = v1::ENVIRONMENT_TEST,
                                                 .signer = kCourt,
                                                 .sequence = sequence,
                                                 .signed_at = time},
                                                {ended.SerializeAsString()}, {&gateway_.Key("court/辽9901")});
    return gateway_.Call(&api::Handlers::SubmitStatements, demo_.court, request);
  };
  const size_t before = Entries();
  std::vector<std::string> problems;
  EXPECT_EQ(WholeCall(signed_at(domain::FromProto(key.valid_from()) - absl::Microseconds(1), 900).status(), &problems),
            Reason::kSignatureInvalid);
  EXPECT_EQ(WholeCall(signed_at(domain::FromProto(key.valid_until()), 901).status(), &problems),
            Reason::kSignatureInvalid);
  EXPECT_THAT(problems, Each("batch.head.signed_at SIGNATURE_INVALID"));
  EXPECT_EQ(Entries(), before);
  const auto within = signed_at(domain::FromProto(key.valid_from()), 902);
  ASSERT_TRUE(within.ok()) << within.status();
  EXPECT_FALSE(within->results(0).has_refusal());
}

class BadReceipts : public BadInput {
 protected:
  void SetUp() override {
    freeze_ = demo_.Freeze(kBeiling, 100);
    ASSERT_THAT(ProblemsOf(freeze_), IsEmpty());
    ASSERT_EQ(demo_.Pull(kBeiling).size(), 1u);
  }
  v1::ReceiptResult One(const std::string& agency, const v1::Receipt& receipt, const std::string& instance = "i") {
    const auto answer = demo_.Report(agency, {receipt}, instance);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? answer->results(0) : v1::ReceiptResult();
  }
  v1::Order freeze_;
};

TEST_F(BadReceipts, AReceiptForAnotherOrderOrByAnotherAgencyIsRefused) {
  v1::Receipt receipt = demo_.Controlled(freeze_, 100, 0);
  receipt.set_order_digest(std::string(32, 'x'));
  EXPECT_EQ(One(kBeiling, receipt).reason(), "RECEIPT_FOR_ANOTHER_ORDER");
  receipt = demo_.Controlled(freeze_, 100, 0);
  receipt.set_agency(kSongyue);
  EXPECT_EQ(One(kSongyue, receipt).reason(), "RECEIPT_FOR_ANOTHER_ORDER") << "not addressed to it";
  EXPECT_EQ(gateway_.Count("TASK_ANSWERED"), 0u);
  v1::ReportResultsRequest request;
  request.set_instance("i");
  *request.mutable_batch() =
      gateway_.Sign(v1::MEMBER_TYPE_RECEIPT, kBeiling, std::vector<v1::Receipt>{demo_.Controlled(freeze_, 100, 0)},
                    {"agency/9900001"});
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ReportResults, gateway_.Agency(kSongyue), request).status()),
            Reason::kSignerNotCaller);
  *request.mutable_batch() =
      gateway_.Sign(v1::MEMBER_TYPE_RECEIPT, kBeiling, std::vector<v1::Receipt>{demo_.Controlled(freeze_, 100, 0)},
                    {"agency/9900002"});
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ReportResults, gateway_.Agency(kBeiling), request).status()),
            Reason::kSignatureInvalid);
}

TEST_F(BadReceipts, TheFirstFinalWordWins) {
  EXPECT_EQ(One(kBeiling, demo_.Controlled(freeze_, 100, 0)).verdict(), v1::RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(One(kBeiling, demo_.Controlled(freeze_, 40, 60)).verdict(), v1::RECEIPT_VERDICT_CONFLICT)
      << "stored, people decide";
  v1::GetOrderRequest get;
  get.set_order_id(freeze_.order_id());
  EXPECT_EQ(gateway_.Call(&api::Handlers::GetOrder, demo_.court, get)->order().tasks(0).state(),
            v1::TASK_STATE_CONFLICT);
  EXPECT_EQ(demo_.Case()->ledger().controlled_minor_units(), 100) << "the ledger follows the first";
}

TEST_F(BadReceipts, AmountsThatDontSquareAreRefused) {
  v1::Receipt receipt = demo_.Controlled(freeze_, 100, 0);
  receipt.mutable_items(0)->mutable_measure()->set_unfunded_minor_units(1);
  EXPECT_EQ(One(kBeiling, receipt).reason(), "RECEIPT_INCONSISTENT");
  EXPECT_EQ(One(kBeiling, demo_.Controlled(freeze_, 101, 0)).reason(), "RECEIPT_INCONSISTENT")
      << "more than was ordered";
}

TEST_F(BadReceipts, AReturnOnALeaseThatIsLostIsRefusedAFactIsNot) {
  gateway_.Advance(absl::Seconds(61));  // nobody renewed
  const v1::Receipt returned = demo_.Receipt(freeze_, kBeiling, v1::RECEIPT_KIND_RETURNED);
  EXPECT_EQ(One(kBeiling, returned).reason(), "LEASE_LOST");
  EXPECT_EQ(gateway_.Count("TASK_ANSWERED"), 0u);
  EXPECT_EQ(demo_.Pull(kBeiling).size(), 1u) << "it goes out again";
  EXPECT_EQ(One(kBeiling, returned).verdict(), v1::RECEIPT_VERDICT_RECORDED) << "under the new fence";
  EXPECT_EQ(One(kBeiling, returned, "another").verdict(), v1::RECEIPT_VERDICT_DUPLICATE)
      << "a repeat is a repeat, lease or not";
}

TEST_F(BadReceipts, AFinalReceiptIsTakenFromAnyInstanceAtAnyTime) {
  gateway_.Restart();
  EXPECT_EQ(One(kBeiling, demo_.Controlled(freeze_, 100, 0), "never-heard-of").verdict(), v1::RECEIPT_VERDICT_RECORDED);
}

TEST_F(BadReceipts, EventsAndResultsHaveTheirOwnCalls) {
  v1::ReportResultsRequest request;
  request.set_instance("i");
  *request.mutable_batch() = gateway_.Sign(
      v1::MEMBER_TYPE_RECEIPT, kBeiling,
      std::vector<v1::Receipt>{demo_.Event(freeze_, v1::MEASURE_CHANGE_INFLOW, 1, 99)}, {"agency/9900001"});
  std::vector<std::string> problems;
  EXPECT_EQ(
      WholeCall(gateway_.Call(&api::Handlers::ReportResults, gateway_.Agency(kBeiling), request).status(), &problems),
      Reason::kFieldInvalid);
  EXPECT_THAT(problems, ElementsAre("members[0].kind FIELD_INVALID"));
  *request.mutable_batch() =
      gateway_.Sign(v1::MEMBER_TYPE_RECEIPT, kBeiling, std::vector<v1::Receipt>{demo_.Controlled(freeze_, 100, 0)},
                    {"agency/9900001"});
  EXPECT_EQ(WholeCall(gateway_.Call(&api::Handlers::ReportEvents, gateway_.Agency(kBeiling), request).status()),
            Reason::kFieldInvalid);
}

TEST_F(BadReceipts, ReceiptsOfANewerContractAreKeptAndTheirNewFieldsIgnored) {
  v1::ReportResultsRequest request;
  request.set_instance("i");
  const std::string newer = demo_.Controlled(freeze_, 100, 0).SerializeAsString() + "\xA2\x06\x03new";
  *request.mutable_batch() =
      gateway_.Sign(v1::MEMBER_TYPE_RECEIPT, kBeiling, std::vector<std::string>{newer}, {"agency/9900001"});
  const auto answer = gateway_.Call(&api::Handlers::ReportResults, gateway_.Agency(kBeiling), request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->results(0).verdict(), v1::RECEIPT_VERDICT_RECORDED);
  v1::ListFindingsRequest list;
  list.set_order_id(freeze_.order_id());
  *list.mutable_officer_ticket() = demo_.Ticket();
  EXPECT_EQ(gateway_.Call(&api::Handlers::ListFindings, demo_.court, list)->findings(0).receipt().member(), newer);
}

}  // namespace
}  // namespace eagle::test
