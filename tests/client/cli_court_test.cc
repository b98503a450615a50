// `eagle` as a court meets it: orders, drafts, cases and findings.
#include <functional>
#include <set>

#include "absl/strings/str_split.h"
#include "client/common/files.h"
#include "client/lib/draft.h"
#include "gmock/gmock.h"
#include "goldeneagle/v1/reading.pb.h"
#include "gtest/gtest.h"
#include "server/base/uuid.h"
#include "server/journal/hash.h"
#include "server/trust/identity.h"
#include "server/trust/strict.h"
#include "server/trust/timestamps.h"
#include "tests/client/cli_world.h"

namespace eagle::client {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

v1::OfficerTicket TicketIn(const v1::SignedMember& member) {
  v1::OfficerTicket ticket;
  ticket.ParseFromString(member.member());
  return ticket;
}

class CliCourtTest : public testing::Test {
 protected:
  // An agency's FOUND to the order `about`, under its own key.
  v1::FindingsOfAgency FindingOf(const char* agency, const std::string& id, const std::string& about,
                                 const std::function<void(v1::Finding&)>& fill) {
    v1::Receipt out;
    out.set_order_digest(std::string(journal::View(journal::LeafHash(about))));
    out.set_order_id(*ParseUuid(id));
    out.set_agency(agency);
    out.set_sequence(1);
    out.set_kind(v1::RECEIPT_KIND_FINAL);
    out.set_searched_scope("core");
    v1::ItemResult* item = out.add_items();
    item->set_outcome(v1::OUTCOME_FOUND);
    item->mutable_finding()->set_asset_number("9900010000000001016");
    item->mutable_finding()->set_balance_known(true);
    fill(*item->mutable_finding());
    trust::Ed25519Signer key =
        *trust::Ed25519Signer::FromPemFile(world_.Path(std::string("pki/keys/agency-") + agency + ".pem"));
    v1::FindingsOfAgency finding;
    finding.set_agency(agency);
    finding.set_journal_index(9);
    *finding.mutable_receipt() = trust::TravelForm(trust::MakeBatch({.member_type = v1::MEMBER_TYPE_RECEIPT,
                                                                     .environment = v1::ENVIRONMENT_TEST,
                                                                     .signer = agency,
                                                                     .sequence = 1,
                                                                     .signed_at = Monday()},
                                                                    {Serialize(out)}, {&key}),
                                                   0);
    return finding;
  }
  CliWorld world_;
};

TEST_F(CliCourtTest, AnInquiryGoesToAllWhoCanAndIsProved) {
  const Ran ran = world_.Json(Inquire());
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_EQ(At(ran.out, "results.0.result"), "ACCEPTED");
  EXPECT_EQ(At(ran.out, "results.0.proved"), "true");
  EXPECT_EQ(At(ran.out, "results.0.agencies"), "北陵商业银行, 不动产登记中心");
  EXPECT_EQ(At(ran.out, "results.0.due"), "2026-09-29T09:00:00+08:00");
  EXPECT_THAT(ran.err, HasSubstr("because urgent orders"));
  ASSERT_EQ(world_.gateway->order_batches.size(), 1u);
  const v1::SignedBatch& batch = world_.gateway->order_batches[0];
  EXPECT_EQ(batch.head().signatures_size(), 2);
  const v1::Order order = OrderOf(batch);
  EXPECT_EQ(order.officers(1).duty_card_no(), "Z002");
  EXPECT_EQ(order.legal_basis(), "民事诉讼法第253条");
  EXPECT_EQ(UuidText(order.order_id()), At(ran.out, "results.0.order_id"));
}

TEST_F(CliCourtTest, ADryRunSaysTheCoverageInWordsAndHasNoEffect) {
  for (const v1::AgencyView& agency : world_.gateway->agencies) {
    v1::CoverageView view;
    view.set_agency(agency.code());
    view.set_present(agency.kind() == "LAND");
    view.add_actions(v1::ACTION_INQUIRE);
    view.add_actions(v1::ACTION_FREEZE);
    if (agency.kind() == "LAND") view.add_clerk_actions(v1::ACTION_FREEZE);
    world_.gateway->coverage.push_back(view);
  }
  const Ran ran = world_.Run(Inquire({"--dry-run"}));
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("2 inquire, 2 control, 0 deduct, 不动产登记中心 by clerk, 北陵商业银行 absent"));
  EXPECT_TRUE(world_.gateway->order_batches.empty());
  EXPECT_TRUE(FilesIn(world_.Path("pki/state/court-辽9901/outbox"), ".batch")->empty());
  EXPECT_EQ(world_.Run(Inquire()).exit, kExitOk);
  EXPECT_EQ((*Draft::FromBatch(world_.gateway->order_batches[0])).head().sequence(), 1u);  // the dry run took no number
}

TEST_F(CliCourtTest, ARefusalShowsEveryProblemAndEndsWithThree) {
  v1::Refusal& refusal = world_.gateway->refusals[kCase];
  refusal.set_reason("IDENTITY_NUMBER_INVALID");
  refusal.set_message("the order is refused");
  refusal.set_journal_index(12);
  for (const auto& [field, reason] :
       {std::pair("subject.id_number", "IDENTITY_NUMBER_INVALID"), std::pair("signatures", "SIGNATURES_MISSING")}) {
    v1::FieldProblem* problem = refusal.add_problems();
    problem->set_field(field);
    problem->set_reason(reason);
    problem->set_description("why");
  }
  const Ran ran = world_.Json(Inquire());
  EXPECT_EQ(ran.exit, kExitRefused);
  EXPECT_EQ(At(ran.out, "results.0.result"), "REFUSED");
  EXPECT_EQ(At(ran.out, "problems.0.field"), "subject.id_number");
  EXPECT_EQ(At(ran.out, "problems.1.reason"), "SIGNATURES_MISSING");
  EXPECT_EQ(At(ran.out, "problems.1.journal_index"), "12");
  EXPECT_THAT(ran.err, HasSubstr("1 of 1 refused"));
  EXPECT_EQ(world_.Run(Inquire({"--dry-run"})).exit, kExitRefused);
}

TEST_F(CliCourtTest, NobodySignsIsSaidBeforeAnythingIsSent) {
  const Ran ran = world_.Run({"order", "inquire", "--case", kCase, "--subject", kDebtor, "--agency", "9900010",
                              "--officer", "001", "--officer", "002"});
  EXPECT_EQ(ran.exit, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr("nobody signs"));
  EXPECT_TRUE(world_.gateway->order_batches.empty());
}

TEST_F(CliCourtTest, FlagsThatCannotBeReadAreNamed) {
  const auto freeze = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = {"order", "freeze",   "--case",  kCase,    "--subject",
                                          kDebtor, "--agency", "9900010", "--sign", "001"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ran ran = world_.Run(arguments);
    EXPECT_EQ(ran.exit, kExitUsage);
    return ran.err;
  };
  EXPECT_THAT(freeze({"--limit", "80.000,00"}), HasSubstr("--limit is an amount as 80,000.00"));
  EXPECT_THAT(freeze({}), HasSubstr("--limit is an amount"));
  EXPECT_THAT(freeze({"--limit", "1", "--term", "1x"}), HasSubstr("--term is a term as 1y or 12m"));
  EXPECT_THAT(freeze({"--limit", "1", "--subject", "林远舟"}), HasSubstr("--subject"));
  EXPECT_THAT(freeze({"--asset", "LAND"}), HasSubstr("--asset is KIND:UNIT"));
  EXPECT_THAT(freeze({"--limit", "1", "--paper", "RULING"}), HasSubstr("--paper is CATEGORY=FILE"));
  EXPECT_THAT(freeze({"--limit", "1", "--over-cap", "VALUE_UNKNOWN"}), HasSubstr("--over-cap"));
  EXPECT_THAT(freeze({"--limit", "1", "--sign", "009"}), HasSubstr("009"));
  // One thing stands in the first line, once; several stand below it, all of them.
  EXPECT_THAT(freeze({"--limit", "eighty"}),
              StartsWith("error: AMOUNT_INVALID: --limit is an amount as 80,000.00, not \"eighty\"\n  what to do: "));
  EXPECT_THAT(freeze({"--limit", "eighty", "--term", "1x"}),
              StartsWith("error: FIELD_INVALID: several things are wrong with the order\n"
                         "  --limit: AMOUNT_INVALID: --limit is an amount as 80,000.00, not \"eighty\"\n"
                         "  --term: FIELD_INVALID: --term is a term as 1y or 12m\n  what to do: "));
  EXPECT_TRUE(world_.gateway->order_batches.empty());
}

TEST_F(CliCourtTest, AGroupIsGatheredSignedByThreeAndSubmittedOnce) {
  const std::string draft = world_.Path("group.draft"), ruling = world_.Put("ruling.pdf", "abc");
  const auto add = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = {
        "order",     "draft", "freeze",    "--into", draft,       "--group", "--case",  kCase,
        "--subject", kDebtor, "--officer", "001",    "--officer", "002",     "--paper", "RULING=" + ruling + "=裁定书"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return world_.Run(arguments);
  };
  EXPECT_EQ(add({"--agency", "9900010", "--limit", "80,000.00"}).exit, kExitOk);
  const Ran second = add({"--agency", "9900900", "--asset", "LAND:990101001002GB00123F00010012:1/2", "--term", "3y",
                          "--over-cap", "VALUE_UNKNOWN:003"});
  EXPECT_EQ(second.exit, kExitOk) << second.err;
  const Draft gathered = *Draft::Read(draft);
  EXPECT_THAT(second.out, AllOf(HasSubstr(SpacedDigest(gathered.digest_text())), HasSubstr("up to 80,000.00 CNY"),
                                HasSubstr("share 1/2, value unknown"), HasSubstr("leader 003")));
  // Each signer sees the same digest, and without a terminal must say --yes.
  EXPECT_EQ(world_.Run({"order", "sign", draft, "--sign", "001"}).exit, kExitUsage);
  for (const char* officer : {"001", "002", "003"}) {
    const Ran sign = world_.Run({"order", "sign", draft, "--sign", officer, "--yes"});
    EXPECT_EQ(sign.exit, kExitOk) << sign.err;
    EXPECT_THAT(sign.err, HasSubstr(SpacedDigest(gathered.digest_text())));
  }
  EXPECT_EQ(add({"--agency", "9900010", "--limit", "1"}).exit, kExitUsage);  // signed: closed
  EXPECT_EQ(world_.Json({"order", "submit", draft, "--digest", std::string(64, '0')}).exit, kExitUsage)
      << "another digest than the draft's: nothing is sent";
  EXPECT_EQ(world_.Json({"order", "submit", "--pending", "--digest", std::string(64, '0')}).exit, kExitUsage);
  EXPECT_TRUE(world_.gateway->order_batches.empty());
  const Ran submit = world_.Json({"order", "submit", draft, "--digest", gathered.digest_text()});
  EXPECT_EQ(submit.exit, kExitOk) << submit.err;
  ASSERT_EQ(world_.gateway->order_batches.size(), 1u);
  const v1::SignedBatch& batch = world_.gateway->order_batches[0];
  EXPECT_EQ(batch.head().signatures_size(), 3);
  EXPECT_EQ(OrderOf(batch, 0).group().size(), 16u);
  EXPECT_EQ(OrderOf(batch, 0).group(), OrderOf(batch, 1).group());
  EXPECT_EQ(OrderOf(batch, 1).freeze().inflow(), v1::INFLOW_UNSPECIFIED);
  EXPECT_EQ(OrderOf(batch, 0).instruments(0).title(), "裁定书");
  // A second submission is a faithful repeat.
  EXPECT_EQ(world_.Json({"order", "submit", draft}).out, submit.out);
}

TEST_F(CliCourtTest, ADeductionNamesTheCourtsOwnAccountStatement) {
  world_.ListStatements();
  const std::vector<std::string> deduct = {
      "order",    "deduct",    "--case",       kCase,       "--subject",
      kDebtor,    "--agency",  "9900010",      "--measure", "01920d5c-8f00-7000-8000-000000000001",
      "--amount", "80,000.00", "--to-account", "1",         "--sign",
      "001",      "--sign",    "002"};
  EXPECT_EQ(world_.Run(deduct).exit, kExitUsage);  // not on a terminal, no --yes
  EXPECT_TRUE(world_.gateway->order_batches.empty());
  world_.on_terminal = true;
  world_.typed = "n\n";
  EXPECT_EQ(world_.Run(deduct).exit, kExitUsage);
  world_.typed = "y\n";
  const Ran ran = world_.Run(deduct);
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("Deduct this? [y/N]"));
  const v1::Order order = OrderOf(world_.gateway->order_batches.at(0));
  EXPECT_EQ(order.deduct().amount_minor_units(), 8000000);
  EXPECT_EQ(order.deduct().account().account_number(), "9900010000000099010");
  const Draft statements = *Draft::Read(world_.Path("pki/statements/court-辽9901.batch"));
  EXPECT_EQ(order.deduct().account_statement(), journal::View(statements.digests().back()));
  std::vector<std::string> other = deduct;
  other[13] = "2";
  EXPECT_EQ(world_.Run(other).exit, kExitUsage);
}

TEST_F(CliCourtTest, WaitingShowsProgressOnStderrAndTasksOnStdout) {
  v1::OrderView view;
  view.set_state(v1::ORDER_STATE_IN_PROGRESS);
  *view.mutable_deadline()->mutable_due_at() = trust::TimestampOf(Monday() + absl::Hours(24));
  view.add_tasks()->set_agency("9900010");
  view.mutable_tasks(0)->set_state(v1::TASK_STATE_DONE);
  view.mutable_tasks(0)->set_outcome(v1::OUTCOME_FOUND);
  view.add_tasks()->set_agency("9900900");
  view.mutable_tasks(1)->set_state(v1::TASK_STATE_QUEUED);
  world_.gateway->on_get_order = [&](const v1::GetOrderRequest& request) {
    view.set_order_id(request.order_id());
    world_.gateway->orders[request.order_id()] = view;
  };
  const Ran ran = world_.Json(Inquire({"--wait", "5"}));
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("1 of 2 answered, 不动产登记中心 no answer yet, due Tue 29 Sep 09:00"));
  EXPECT_EQ(At(ran.out, "tasks.0.outcome"), "FOUND");
  EXPECT_EQ(At(ran.out, "tasks.1.outcome"), "NO_ANSWER_YET");
  EXPECT_EQ(world_.real.since, absl::Seconds(5));
  const std::string id = At(ran.out, "results.0.order_id");
  EXPECT_THAT(world_.Run({"order", "show", id}).out, HasSubstr("1 of 2 answered"));
  EXPECT_THAT(world_.Run({"order", "watch", id, "--seconds", "3"}).out, HasSubstr("NO_ANSWER_YET"));
  EXPECT_EQ(world_.Run({"order", "watch"}).exit, kExitUsage);
  EXPECT_THAT(world_.Run({"order", "list"}).out, HasSubstr("1 of 2"));
}

TEST_F(CliCourtTest, WhatWasNeverAnsweredIsSentAgainFromTheOutbox) {
  world_.gateway->LoseAnswers(0);
  world_.gateway->tamper_orders = [&](v1::SubmitOrdersResponse&) { world_.gateway->LoseAnswers(1); };
  EXPECT_EQ(world_.Run(Inquire()).exit, kExitUnavailable);
  world_.gateway->tamper_orders = nullptr;
  const Ran ran = world_.Json({"order", "submit", "--pending"});
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_EQ(At(ran.out, "batches.0.result"), "ANSWERED");
  EXPECT_EQ(At(ran.out, "results.0.proved"), "true");
  EXPECT_EQ(world_.gateway->order_batches[0].SerializeAsString(), world_.gateway->order_batches[1].SerializeAsString());
}

TEST_F(CliCourtTest, ACaseIsOpenedWithItsSumAsTheCap) {
  const std::vector<std::string> open = {"case",
                                         "open",
                                         "--case",
                                         kCase,
                                         "--title",
                                         "（2026）辽9901民初307号",
                                         "--applicant",
                                         "赵慧兰",
                                         "--respondent",
                                         "林远舟;CITIZEN_ID;990101198503070017;JOINT",
                                         "--respondent",
                                         "北陵启明机电有限公司;UNIFIED_CREDIT_CODE;919901019900000178;JOINT;60,000.00",
                                         "--principal",
                                         "180,000.00",
                                         "--interest",
                                         "12,600.00",
                                         "--doubled-interest",
                                         "2,898.00",
                                         "--days",
                                         "92",
                                         "--horizon",
                                         "2026-09-30",
                                         "--cost",
                                         "2,789.00",
                                         "--handler",
                                         "001",
                                         "--leader",
                                         "003",
                                         "--sign",
                                         "001",
                                         "--sign",
                                         "003"};
  const Ran ran = world_.Json(open);
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_EQ(At(ran.out, "results.0.proved"), "true");
  const auto act = trust::ParseStrict<v1::CaseAct>(world_.gateway->case_batches.at(0).members(0));
  EXPECT_EQ(act->open().claim().cap_minor_units(), 19828700);
  EXPECT_EQ(act->open().respondents(1).liability_cap_minor_units(), 6000000);
  EXPECT_EQ(trust::TimeOf(act->open().claim().horizon()), absl::FromCivil(absl::CivilDay(2026, 9, 30), Shanghai()));
  std::vector<std::string> dry = open;
  dry.push_back("--dry-run");
  EXPECT_EQ(world_.Run(dry).exit, kExitOk);
  EXPECT_EQ(world_.gateway->case_batches.size(), 1u);
  // One signs here, the other elsewhere.
  std::vector<std::string> draft(open.begin(), open.end() - 2);
  draft.insert(draft.end(), {"--draft", world_.Path("case.draft")});
  EXPECT_EQ(world_.Run(draft).exit, kExitOk);
  EXPECT_EQ(world_.Run({"case", "sign", world_.Path("case.draft"), "--sign", "003", "--yes"}).exit, kExitOk);
  EXPECT_EQ(world_.Run({"case", "submit", world_.Path("case.draft")}).exit, kExitOk);
  EXPECT_EQ(world_.gateway->case_batches.at(1).head().signatures_size(), 2);
}

TEST_F(CliCourtTest, RespondentsComeAndGoByARulingWhoseDigestIsSigned) {
  ASSERT_TRUE(WriteDurably(world_.Path("ruling.pdf"), "the ruling").ok());
  const std::vector<std::string> change = absl::StrSplit(
      "case|respondents|--case|1024|--add|顾明远;CITIZEN_ID;990101197811230030;SEVERAL;50,000.00|--remove|"
      "北陵启明机电;UNIFIED_CREDIT_CODE;919901019900000178|--ground|股东未缴足出资|--legal-basis|第17条|--ruling|" +
          world_.Path("ruling.pdf") + "|--ruling-number|执异7号|--sign|001|--sign|003",
      '|');
  EXPECT_EQ(world_.Run(change).exit, kExitOk);
  const auto act = trust::ParseStrict<v1::CaseAct>(world_.gateway->case_batches.at(0).members(0));
  const v1::ChangeRespondents& said = act->respondents();
  EXPECT_EQ(said.add(0).liability_cap_minor_units(), 5000000);
  EXPECT_EQ(said.ruling().category() + said.ruling().title(), "RULING执异7号");
  EXPECT_EQ(said.ruling().digest(), journal::View(journal::Sha256("the ruling")));
  std::vector<std::string> draft(change.begin(), change.end() - 2);
  draft.insert(draft.end(), {"--draft", world_.Path("change.draft")});
  const Ran shown = world_.Run(draft);
  EXPECT_NE(shown.out.find("removed 北陵启明机电"), std::string::npos) << shown.out << shown.err;
}

TEST_F(CliCourtTest, ACaseShowsWhoLeftAndWhatIsToBeReleased) {
  v1::CaseView& view = world_.gateway->case_view;
  view.add_respondents()->set_removed(true);
  view.mutable_release_due()->set_seconds(1790697600);
  view.add_measures()->set_freeze_order_id(std::string(16, 'f'));
  view.mutable_measures(0)->set_to_release(true);
  const Ran ran = world_.Json({"case", "show", kCase, "--officer", "001"});
  EXPECT_EQ(At(ran.out, "respondents.0.standing"), "REMOVED");
  EXPECT_EQ(At(ran.out, "measures.0.to_release"), "true");
  EXPECT_NE(At(ran.out, "case.release_due"), "null");
}

TEST_F(CliCourtTest, ACasesLedgerIsShownInMoney) {
  world_.gateway->case_view.set_case_number(kCase);
  world_.gateway->case_view.mutable_ledger()->set_cap_minor_units(19828700);
  v1::MeasureView* measure = world_.gateway->case_view.add_measures();
  measure->set_freeze_order_id(std::string(16, 'f'));
  measure->set_agency("9900010");
  measure->set_phase(v1::MEASURE_PHASE_EFFECTIVE);
  measure->set_is_money(true);
  measure->mutable_state()->set_controlled_minor_units(6135027);
  v1::MeasureView* share = world_.gateway->case_view.add_measures();  // of a company, with a declared value
  share->set_freeze_order_id(std::string(16, 's'));
  share->mutable_state()->set_requested_minor_units(30000000),
      share->mutable_state()->set_controlled_minor_units(10000000);
  v1::MeasureView* house = world_.gateway->case_view.add_measures();  // of unknown value
  house->set_freeze_order_id(std::string(16, 'h'));
  const Ran ran = world_.Json({"case", "show", kCase, "--officer", "001"});
  EXPECT_EQ(At(ran.out, "ledger.cap"), "198,287.00");
  EXPECT_EQ(At(ran.out, "measures.0.controlled"), "61,350.27");
  EXPECT_EQ(At(ran.out, "measures.0.agency"), "北陵商业银行");
  EXPECT_EQ(At(ran.out, "measures.1.controlled"), "100,000.00");
  EXPECT_EQ(At(ran.out, "measures.2.controlled"), "null");
}

TEST_F(CliCourtTest, FreezeAndDeductIsOnePairUnderOneHead) {
  world_.ListStatements();
  const Ran ran =
      world_.Json({"order", "freeze-and-deduct", "--case", kCase, "--subject", kDebtor, "--agency", "9900010",
                   "--limit", "800.00", "--to-account", "1", "--sign", "001", "--sign", "002", "--yes"});
  ASSERT_EQ(ran.exit, kExitOk) << ran.err;
  ASSERT_EQ(world_.gateway->order_batches.size(), 1u);
  const v1::SignedBatch& batch = world_.gateway->order_batches[0];
  const v1::Order freeze = OrderOf(batch, 0), deduct = OrderOf(batch, 1);
  EXPECT_EQ(freeze.group().size(), 16u);
  EXPECT_EQ(freeze.group(), deduct.group());
  EXPECT_EQ(freeze.freeze().limit_minor_units(), 800'00);
  EXPECT_EQ(deduct.deduct().freeze_order_id(), freeze.order_id());
  EXPECT_EQ(deduct.deduct().amount_minor_units(), 800'00);
  EXPECT_TRUE(deduct.deduct().up_to());
  EXPECT_EQ(deduct.deduct().account_statement().size(), 32u);
}

TEST_F(CliCourtTest, ATitleASearchAndIncomeAreOrderedInPlainWords) {
  world_.ListStatements();
  const std::string id = "01920d5c-8f00-7000-8000-000000000001";
  const auto order = [&](std::vector<std::string> words) {
    for (const std::string word :
         {"--case", kCase, "--subject", kDebtor, "--agency", "9900010", "--sign", "001", "--sign", "002", "--yes"})
      words.push_back(word);
    const Ran ran = world_.Json(words);
    EXPECT_EQ(ran.exit, kExitOk) << ran.err;
    return OrderOf(world_.gateway->order_batches.back(), 0);
  };
  const v1::Order title = order({"order", "transfer-title", "--measure", id, "--transferee", "苏晴;PASSPORT;E1",
                                 "--ground", "AUCTION", "--share", "1/2", "--proceeds", "600.00", "--charges-end"});
  EXPECT_EQ(title.action(), v1::ACTION_TRANSFER_TITLE);
  EXPECT_EQ(title.transfer_title().freeze_order_id().size(), 16u);
  EXPECT_EQ(title.transfer_title().transferee().id_number(), "E1");
  EXPECT_EQ(title.transfer_title().share_denominator(), 2u);
  EXPECT_EQ(title.transfer_title().proceeds_minor_units(), 600'00);
  EXPECT_TRUE(title.transfer_title().charges_end());
  const v1::Order search =
      order({"order", "locate", "--measure", id, "--term", "2y", "--hold", "--contact", "王法官", "--phone", "0991"});
  EXPECT_EQ(search.locate().term().years(), 2u);
  EXPECT_TRUE(search.locate().hold());
  EXPECT_EQ(search.locate().collect_phone(), "0991");
  const v1::Order income = order({"order", "extract-income", "--account", "6217", "--limit", "800.00", "--keep",
                                  "2,000.00", "--term", "3y", "--to-account", "1"});
  EXPECT_EQ(income.extract_income().account_number(), "6217");
  EXPECT_EQ(income.extract_income().kept_per_month_minor_units(), 2'000'00);
  EXPECT_EQ(income.extract_income().account_statement().size(), 32u);
  EXPECT_FALSE(income.extract_income().account().account_number().empty());
}

TEST_F(CliCourtTest, AFreezeNamesAProductACounterACountOrWhatIsBarred) {
  const auto freeze = [&](std::vector<std::string> flags) {
    std::vector<std::string> words = {"order",   "freeze",  "--case", kCase,    "--subject", kDebtor,  "--agency",
                                      "9900010", "--limit", "800.00", "--sign", "001",       "--sign", "002"};
    words.insert(words.end(), flags.begin(), flags.end());
    const Ran ran = world_.Json(words);
    EXPECT_EQ(ran.exit, kExitOk) << ran.err;
    return OrderOf(world_.gateway->order_batches.back(), 0).freeze();
  };
  const v1::Freeze product = freeze({"--product", "WP1", "--quantity", "10000.5"});
  EXPECT_EQ(product.product().product_number(), "WP1");
  EXPECT_EQ(product.product().quantity_e4(), 100'005'000);
  const v1::Freeze counter = freeze({"--counter-reference", "K1", "--document", "D1", "--counter-kind", "DEPOSIT"});
  EXPECT_EQ(counter.counter().document_number(), "D1");
  EXPECT_FALSE(counter.has_term()) << "it keeps the term that it has";
  const v1::Freeze equity =
      freeze({"--asset", "EQUITY:91990101", "--quantity", "300000", "--block", "TRANSFER", "--block", "PLEDGE"});
  EXPECT_EQ(equity.asset().quantity_e4(), 3'000'000'000);
  EXPECT_EQ(equity.blocked_acts_size(), 2);
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"--product", "WP1", "--account", "6217"},
                                             {"--counter-reference", "K1"},
                                             {"--quantity", "5"},
                                             {"--product", "WP1", "--quantity", "1.23456"}}) {
    std::vector<std::string> words = {"order",   "freeze",  "--case", kCase,    "--subject", kDebtor,  "--agency",
                                      "9900010", "--limit", "800.00", "--sign", "001",       "--sign", "002"};
    words.insert(words.end(), wrong.begin(), wrong.end());
    EXPECT_NE(world_.Run(words).exit, kExitOk) << wrong[0];
  }
}

TEST_F(CliCourtTest, MeasuresAreListedWithWhatEndsFirstOnTop) {
  const absl::Time now = world_.clock.WallNow();
  const auto measure = [&](int days, v1::MeasurePhase phase) {
    v1::MeasureView view;
    view.set_freeze_order_id(std::string(16, 'f'));
    view.set_case_number(kCase), view.set_agency("9900010"), view.set_phase(phase), view.set_is_money(true);
    view.mutable_state()->set_controlled_minor_units(6135027);
    *view.mutable_state()->mutable_effective_to() = trust::TimestampOf(now + absl::Hours(24) * days);
    *view.mutable_renewable_from() = trust::TimestampOf(now + absl::Hours(24) * (days - 90));
    return view;
  };
  world_.gateway->measure_pages.resize(2);
  *world_.gateway->measure_pages[0].add_measures() = measure(200, v1::MEASURE_PHASE_EFFECTIVE);
  *world_.gateway->measure_pages[0].add_measures() = measure(30, v1::MEASURE_PHASE_EFFECTIVE);
  world_.gateway->measure_pages[0].mutable_measures(1)->set_renewal_open(true);
  world_.gateway->measure_pages[0].set_next_page_token("1");
  *world_.gateway->measure_pages[1].add_measures() = measure(7, v1::MEASURE_PHASE_EFFECTIVE);
  *world_.gateway->measure_pages[1].add_measures() = measure(-1, v1::MEASURE_PHASE_EXPECTED_LAPSED);
  const Ran ran = world_.Json({"case", "measures", "--ending", "60"});
  ASSERT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_EQ(At(ran.out, "0.phase"), "EXPECTED_LAPSED");
  EXPECT_EQ(At(ran.out, "0.renewal"), "null");
  EXPECT_EQ(At(ran.out, "1.renewal"), "NOW");
  EXPECT_EQ(At(ran.out, "2.renewal"), "OPEN");
  EXPECT_EQ(At(ran.out, "3.renewal"), "FROM 2027-01-16");
  EXPECT_EQ(At(ran.out, "1.controlled"), "61,350.27");
  EXPECT_EQ(At(ran.out, "1.agency"), "北陵商业银行");
  EXPECT_TRUE(world_.gateway->measures_request.standing_only());
  EXPECT_EQ(world_.gateway->measures_request.ending_before().seconds(), absl::ToUnixSeconds(now + absl::Hours(1440)));
}

TEST_F(CliCourtTest, TransactionsAreAskedForByDaysAndSilenceAboutThemIsShown) {
  world_.ListStatements();
  EXPECT_THAT(world_.Run(Inquire({"--transactions", "2026-09-31:2026-10-01"})).err, HasSubstr("--transactions is"));
  const Ran sent = world_.Json(Inquire({"--transactions", "2026-09-01:2026-09-28"}));
  const std::string id = At(sent.out, "results.0.order_id");
  const std::string order = world_.gateway->order_batches[0].members(0);
  EXPECT_EQ(OrderOf(world_.gateway->order_batches[0]).inquire().transactions().last_day(), "2026-09-28");
  const auto told = [&](const std::function<void(v1::Finding&)>& fill) {
    world_.gateway->findings = {FindingOf("9900010", id, order, fill)};
    return world_.Json({"findings", id, "--officer", "001"});
  };
  EXPECT_EQ(At(told([](v1::Finding&) {}).out, "transactions.0.remark"), "NOT_GIVEN");
  EXPECT_EQ(At(told([](v1::Finding& found) { found.mutable_transactions(); }).out, "transactions.0.remark"), "NONE");
  const Ran ran = told([](v1::Finding& found) {
    found.mutable_transactions()->set_omitted(7);
    v1::Transaction& one = *found.mutable_transactions()->add_list();
    one.set_reference("B1"), one.set_amount_minor_units(-300'00), one.mutable_booked_at()->set_seconds(1790555400);
    one.set_counterparty_name("某人");
  });
  EXPECT_THAT(At(ran.out, "transactions.0.remark"), StartsWith("OMITTED: 7 older"));
  EXPECT_EQ(At(ran.out, "transactions.1.amount"), "-300.00");
  EXPECT_EQ(At(ran.out, "transactions.1.counterparty"), "某人");
  EXPECT_EQ(At(ran.out, "transactions.1.balance_after"), "null") << "unknown, not zero";
}

TEST_F(CliCourtTest, FindingsAreShownOnlyWhenTheirReceiptVerifies) {
  world_.ListStatements();
  const Ran sent = world_.Json(Inquire());
  const std::string id = At(sent.out, "results.0.order_id");
  const std::string order = world_.gateway->order_batches[0].members(0);
  const auto receipt = [&](const char* agency, const std::string& about, int64_t balance) {
    return FindingOf(agency, id, about, [&](v1::Finding& found) {
      found.set_balance_minor_units(balance);
      found.set_share_numerator(3), found.set_share_denominator(10);
      found.set_description("松月支行");
      v1::PriorMeasure* prior = found.add_prior_measures();
      prior->set_authority("辽9902"), prior->set_document_number("执88号");
    });
  };
  world_.gateway->findings = {receipt("9900010", order, 6135027)};
  world_.gateway->unanswered = {"9900900"};
  const Ran good = world_.Json({"findings", id, "--officer", "001", "--purpose", "HEARING"});
  EXPECT_EQ(good.exit, kExitOk) << good.err;
  EXPECT_EQ(At(good.out, "findings.0.balance"), "61,350.27");
  EXPECT_EQ(At(good.out, "findings.0.outcome"), "FOUND");
  EXPECT_EQ(At(good.out, "findings.0.share"), "3/10");
  EXPECT_EQ(At(good.out, "findings.0.prior_measures"), "辽9902 执88号");  // for how much isn't known
  EXPECT_EQ(At(good.out, "findings.0.description"), "松月支行");
  EXPECT_EQ(At(good.out, "findings.1.outcome"), "NO_ANSWER_YET");
  EXPECT_EQ(At(good.out, "receipts.0.verified"), "true");
  const v1::OfficerTicket ticket = TicketIn(world_.gateway->findings_request.officer_ticket());
  EXPECT_EQ(ticket.officer(), "court/辽9901/officer/001");
  EXPECT_EQ(ticket.court(), "辽9901");
  EXPECT_EQ(ticket.case_number(), kCase);
  EXPECT_EQ(ticket.purpose(), "HEARING");
  EXPECT_EQ(ticket.certificate_sha256(),
            journal::View(*trust::CertificateSha256FromPem(*ReadFile(world_.Path("pki/tls/court-辽9901.pem")))));
  EXPECT_EQ(ticket.expires_at().seconds() - ticket.issued_at().seconds(), 300) << "the configuration's";
  // Nobody reads in somebody's name by default.
  EXPECT_THAT(world_.Run({"findings", id}).err, HasSubstr("who reads?"));

  world_.gateway->findings = {receipt("9900010", "another order", 200000000)};
  const Ran bad = world_.Json({"findings", id, "--officer", "001"});
  EXPECT_EQ(bad.exit, kExitVerification);
  EXPECT_THAT(bad.out, Not(HasSubstr("2,000,000.00")));
  EXPECT_THAT(At(bad.out, "receipts.0.why_not"), StartsWith("RECEIPT_FOR_ANOTHER_ORDER"));
  // A listing of many pages may take longer than a ticket is good for: another one is signed in time, and no sooner.
  world_.gateway->findings.assign(6, receipt("9900010", order, 6135027));
  world_.gateway->findings_per_page = 1;
  std::set<std::string> tickets;
  world_.gateway->on_list_findings = [&](const v1::ListFindingsRequest& request) {
    const v1::OfficerTicket shown = TicketIn(request.officer_ticket());
    EXPECT_LE(shown.issued_at().seconds(), absl::ToUnixSeconds(world_.clock.now));
    EXPECT_GT(shown.expires_at().seconds(), absl::ToUnixSeconds(world_.clock.now)) << "out of time";
    EXPECT_EQ(shown.case_number(), kCase);
    EXPECT_EQ(shown.purpose(), "HEARING");
    tickets.insert(request.officer_ticket().SerializeAsString());
    world_.clock.now += absl::Minutes(2);
  };
  const Ran slow = world_.Json({"findings", id, "--officer", "001", "--purpose", "HEARING"});
  EXPECT_EQ(slow.exit, kExitOk) << slow.err;
  EXPECT_EQ(At(slow.out, "findings.5.balance"), "61,350.27");
  EXPECT_EQ(tickets.size(), 3u) << "twelve minutes, five minutes each";
  world_.gateway->on_list_findings = nullptr;
  // Without the signed bytes there is nothing to compare with.
  EXPECT_EQ(world_.Run({"findings", "01920d5c-8f00-7000-8000-000000000009"}).exit, kExitUsage);
}

TEST_F(CliCourtTest, EvidenceThatDoesNotVerifyIsNeverAFile) {
  const std::string id = "01920d5c-8f00-7000-8000-000000000001";
  v1::Evidence& evidence = *world_.gateway->evidence.mutable_evidence();
  evidence.set_media_type("application/vnd.goldeneagle.evidence.v1+protobuf");
  evidence.set_version(1);
  evidence.set_checkpoint(world_.gateway->GetCheckpoint({})->checkpoint());
  const Ran bad = world_.Run(
      {"evidence", id, "--officer", "001", "--case", kCase, "--out", world_.Path("a.evidence"), "--agency", "9900010"});
  EXPECT_EQ(bad.exit, kExitVerification);
  EXPECT_THAT(bad.err, AllOf(HasSubstr("error: EVIDENCE_MALFORMED"), HasSubstr("part = order_id")));
  EXPECT_FALSE(*ReadFileIfThere(world_.Path("a.evidence")));
  EXPECT_EQ(TicketIn(world_.gateway->evidence_request.officer_ticket()).purpose(), "EXECUTION")
      << "the configuration's";
  EXPECT_EQ(world_.gateway->evidence_request.agencies(0), "9900010");
  EXPECT_EQ(world_.Run({"evidence", id, "--silence", "--out", world_.Path("a.evidence")}).exit, kExitUsage);
}

TEST_F(CliCourtTest, APinnedKeysFingerprintIsShown) {
  const Ran shown = world_.Json({"pki", "show", world_.Path("pki/keys/registrar-one.pub")});
  EXPECT_EQ(shown.exit, kExitOk) << shown.err;
  EXPECT_EQ(At(shown.out, "key.fingerprint").size(), 79u) << shown.out;
  const Ran log = world_.Json({"pki", "show", world_.Path("pki/keys/log.pub")});
  EXPECT_EQ(At(log.out, "key.fingerprint").size(), 79u) << log.out;
}

TEST_F(CliCourtTest, WithdrawingAsksAndTellsWhereItWasTooLate) {
  const std::string id = "01920d5c-8f00-7000-8000-000000000001";
  EXPECT_EQ(world_.Run({"order", "withdraw", id}).exit, kExitUsage);
  EXPECT_TRUE(world_.gateway->withdrawn.order_id().empty());
  const Ran ran = world_.Run({"order", "withdraw", id, "--yes"});
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("WITHDRAWN"), HasSubstr("BEGUN")));
  EXPECT_TRUE(IsUuidV7(world_.gateway->withdrawn.request_id()));
}

}  // namespace
}  // namespace eagle::client
