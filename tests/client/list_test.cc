// Lists of orders: read strictly, with every violation of every line at once; packed, signed in one act, sent, and gone
// on with after a cut, each order once.
#include <algorithm>
#include <filesystem>
#include <set>

#include "client/cli/list_file.h"
#include "client/common/csv.h"
#include "client/common/files.h"
#include "client/lib/order_list.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/uuid.h"
#include "server/trust/timestamps.h"
#include "tests/client/cli_world.h"

namespace eagle::client {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::vector<std::string> PlacesOf(const Violations& wrong) {
  std::vector<std::string> places;
  for (const Violation& one : wrong.list()) places.push_back(one.field);
  return places;
}

TEST(CsvTest, ReadsWhatASpreadsheetSaves) {
  Violations wrong;
  const std::vector<CsvRow> rows = ParseCsv("a,b\r\n\"x,\"\"y\"\"\",\"two\r\nlines\"\r\n\r\n,last", wrong);
  EXPECT_TRUE(wrong.empty());
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_THAT(rows[1].cells, ElementsAre("x,\"y\"", "two\r\nlines"));
  EXPECT_EQ(rows[1].line, 2u);
  EXPECT_THAT(rows[2].cells, ElementsAre("", "last"));
  EXPECT_EQ(rows[2].line, 5u);  // after the line break in the cell and the empty line
}

TEST(CsvTest, TellsEveryLineThatIsWrong) {
  Violations wrong;
  const std::vector<CsvRow> rows = ParseCsv("a,b\nx\"y,1\nok,2\n\"x\"y,3\n\"never closed\n,4\n", wrong);
  EXPECT_THAT(PlacesOf(wrong), ElementsAre("2", "4", "5"));
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_THAT(rows[1].cells, ElementsAre("ok", "2"));
}

TEST(CsvTest, WritesWhatItReads) {
  const std::vector<std::string> cells = {"plain", "a,b", "a \"b\"", "two\nlines", ""};
  Violations wrong;
  const std::vector<CsvRow> rows = ParseCsv(CsvLine(cells), wrong);
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].cells, cells);
}

TEST(ListFileTest, ColumnsAreTheOptionsOfTheActs) {
  Violations wrong;
  const std::vector<ListLine> lines = ReadList("orders.csv",
                                               "\xEF\xBB\xBF"
                                               "act,case,subject,agency,agency,limit,paper,whole-account,valid-days\r\n"
                                               "freeze,C,S,9900010,,\"80,000.00\",\"A=a.pdf\nB=b.pdf\",yes,3\r\n"
                                               "inquire,C,S,9900010,9900900,,,,\r\n",
                                               wrong);
  EXPECT_TRUE(wrong.empty());
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(lines[0].act->action, v1::ACTION_FREEZE);
  EXPECT_EQ(lines[0].flags.limit, "80,000.00");
  EXPECT_THAT(lines[0].flags.papers, ElementsAre("A=a.pdf", "B=b.pdf"));
  EXPECT_TRUE(lines[0].flags.whole_account);
  EXPECT_EQ(lines[0].flags.valid_days, 3u);
  EXPECT_THAT(lines[1].flags.agencies, ElementsAre("9900010", "9900900"));
  EXPECT_EQ(lines[1].line, 4u);  // the cell before it has two lines
}

TEST(ListFileTest, JsonLinesSayTheSame) {
  Violations wrong;
  const std::vector<ListLine> lines =
      ReadList("orders.jsonl",
               R"({"act": "freeze", "case": "C", "agency": ["9900010"], "limit": "1.00", "whole-account": true})"
               "\n\n",
               wrong);
  EXPECT_TRUE(wrong.empty());
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_TRUE(lines[0].flags.whole_account);
  EXPECT_THAT(lines[0].flags.agencies, ElementsAre("9900010"));
}

TEST(ListFileTest, TellsEveryViolationAtItsLineAndColumn) {
  Violations wrong;
  ReadList("orders.csv",
           "act,case,limti,limit,inflow,hold,group\n"
           "freeze,C,,1.00,sometimes,,\n"
           "inquire,C,,1.00,,,\n"
           "look,C,,,,,\n"
           "locate,C,,,,maybe,\n"
           "freeze-and-deduct,C,,1.00,,,g\n"
           "freeze,C\n",
           wrong);
  EXPECT_THAT(PlacesOf(wrong), ElementsAre("1:limti", "2:inflow", "3:limit", "4:act", "5:hold", "6:group", "7"));
  Violations json;
  ReadList("orders.jsonl", "{\"act\": \"freeze\", \"limit\": 80000}\n{\"act\": \"freeze\", \"of\": \"x\"}\nnot json\n",
           json);
  EXPECT_THAT(PlacesOf(json), ElementsAre("1:limit", "2:of", "3"));
}

TEST(ListFileTest, AFileThatIsNotUtf8IsRefusedInClearWords) {
  // "冻结" in GBK, in the third line.
  Violations wrong;
  EXPECT_THAT(ReadList("orders.csv", "act,case\ninquire,C\n\xB6\xB3\xBD\xE1,C\n", wrong), IsEmpty());
  ASSERT_THAT(PlacesOf(wrong), ElementsAre("3"));
  EXPECT_THAT(wrong.list()[0].description, AllOf(HasSubstr("GBK"), HasSubstr("CSV UTF-8")));
  Violations wide;
  EXPECT_THAT(ReadList("orders.csv",
                       std::string("\xFF\xFE"
                                   "a\0c\0",
                                   6),
                       wide),
              IsEmpty());
  EXPECT_THAT(PlacesOf(wide), ElementsAre("1"));
}

ListedOrder Listed(size_t line, const std::string& number, const std::string& group = "", size_t bytes = 100) {
  return {line, std::string(bytes, 'x'), number, group};
}

TEST(PackOrdersTest, KeepsGroupsWholeAndCasesTogether) {
  std::vector<ListedOrder> orders;
  for (size_t i = 0; i < 200; ++i) orders.push_back(Listed(i + 1, "A"));
  for (size_t i = 0; i < 100; ++i) orders.push_back(Listed(i + 201, "B"));
  orders.push_back(Listed(301, "C", "g"));
  orders.push_back(Listed(302, "A"));
  orders.push_back(Listed(303, "C", "g"));
  const auto packs = *PackOrders(orders);
  ASSERT_THAT(packs, SizeIs(2));
  EXPECT_EQ(packs[0].size(), 201u);  // all of A: B would not fit beside it
  EXPECT_EQ(packs[0].back(), 301u);  // the position of line 302
  EXPECT_EQ(packs[1].size(), 102u);
  EXPECT_EQ(packs[1][100], 300u);
  EXPECT_EQ(packs[1][101], 302u);
}

TEST(PackOrdersTest, StaysWithinTheLimitsOfABatch) {
  std::vector<ListedOrder> orders;
  for (size_t i = 0; i < 600; ++i) orders.push_back(Listed(i + 1, "A"));
  for (size_t i = 0; i < 40; ++i) orders.push_back(Listed(i + 601, "B", "", 60'000));
  size_t all = 0;
  const auto packs = *PackOrders(orders);
  for (const std::vector<size_t>& pack : packs) {
    std::vector<std::string> members;
    for (const size_t at : pack) members.push_back(orders[at].order);
    EXPECT_TRUE(trust::IsWithinLimits(members)) << pack.size();
    all += pack.size();
  }
  EXPECT_EQ(all, 640u);
  orders.clear();
  for (size_t i = 0; i < 257; ++i) orders.push_back(Listed(i + 1, "A", "g"));
  const auto refused = PackOrders(orders);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(FailureOf(refused.status()).violations[0].field, "1:group");
}

class ListTest : public testing::Test {
 protected:
  // A list of `count` inquiries, whose name is in the folder of the world.
  std::string List(int count, const std::string& more = "") {
    std::string text = "act,case,subject,agency,urgent,limit,group\n";
    for (int i = 0; i < count; ++i)
      text += std::string("inquire,") + kCase + "," + kDebtor + ",9900010,TRANSFER_RISK,,\n";
    return world_.Put("orders.csv", text + more);
  }
  Ran Submit(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"order", "submit", "--file", world_.Path("orders.csv"), "--yes"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return world_.Json(arguments);
  }
  const std::vector<std::string> both_ = {"--sign", "001", "--sign", "002"};
  std::string Folder() const { return world_.Path("orders.csv.drafts"); }
  // Ids that the gateway was sent, and in how many batches.
  std::multiset<std::string> SentIds() const {
    std::multiset<std::string> ids;
    for (const v1::SignedBatch& batch : world_.gateway->order_batches)
      for (int i = 0; i < batch.members_size(); ++i) ids.insert(OrderOf(batch, i).order_id());
    return ids;
  }
  std::vector<ListResult> Results() const { return (*OrderList::OpenIfThere(Folder()))->results(); }
  CliWorld world_;
};

TEST_F(ListTest, ALongListGoesOutInFullBatchesUnderOneSigningAct) {
  List(600);
  const Ran ran = Submit(both_);
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_EQ(At(ran.out, "list.accepted"), "600");
  EXPECT_EQ(At(ran.out, "list.unanswered"), "0");
  ASSERT_THAT(world_.gateway->order_batches, SizeIs(3));
  EXPECT_EQ(world_.gateway->order_batches[0].members_size(), 256);
  EXPECT_EQ(world_.gateway->order_batches[2].head().signatures_size(), 2);
  EXPECT_EQ(OrderOf(world_.gateway->order_batches[0]).officers(1).duty_card_no(), "Z002");
  const std::vector<ListResult> results = Results();
  ASSERT_THAT(results, SizeIs(600));
  EXPECT_EQ(results[0].line, 2u);
  EXPECT_EQ(results[0].order_id, UuidText(OrderOf(world_.gateway->order_batches[0]).order_id()));
  EXPECT_EQ(results[0].due, "2026-09-29T09:00:00+08:00");
  // All is done: the same command sends nothing.
  EXPECT_EQ(Submit(both_).exit, kExitOk);
  EXPECT_THAT(world_.gateway->order_batches, SizeIs(3));
}

TEST_F(ListTest, EveryViolationOfEveryLineIsToldAndNothingIsMade) {
  List(1, std::string("freeze,") + kCase + "," + kDebtor + ",9900010,,eighty,\n" +
              "freeze,,just a name,9900010,,1.00,\n" + "look,,,,,,\n");
  const Ran ran = Submit(both_);
  EXPECT_EQ(ran.exit, kExitUsage);
  std::vector<std::string> places;
  for (int i = 0; !At(ran.out, std::to_string(i) + ".line").empty(); ++i)
    places.push_back(At(ran.out, std::to_string(i) + ".line") + ":" + At(ran.out, std::to_string(i) + ".column"));
  EXPECT_THAT(places, ElementsAre("3:limit", "4:case", "4:subject", "5:act"));
  EXPECT_THAT(ran.err, HasSubstr("4 things are wrong, nothing was sent"));
  EXPECT_FALSE(std::filesystem::exists(Folder()));
  EXPECT_THAT(world_.gateway->order_batches, IsEmpty());
}

TEST_F(ListTest, WhatTheGatewayWouldRefuseStopsAllOfItBeforeAnythingIsSent) {
  v1::Refusal& refusal = world_.gateway->refusals["（2026）辽9901执1号"];
  refusal.set_reason("CASE_UNKNOWN");
  refusal.set_message("there is no such case,\nnor was there");
  List(2, std::string("inquire,（2026）辽9901执1号,") + kDebtor + ",9900010,,,\n");
  const Ran dry = Submit({"--dry-run", "--officer", "001"});
  EXPECT_EQ(dry.exit, kExitRefused);
  EXPECT_EQ(At(dry.out, "lines.0.result"), "WOULD_BE_ACCEPTED");
  EXPECT_EQ(At(dry.out, "lines.2.result"), "WOULD_BE_REFUSED");
  EXPECT_EQ(At(dry.out, "problems.0.line"), "4");
  EXPECT_EQ(At(dry.out, "problems.0.reason"), "CASE_UNKNOWN");
  const Ran ran = Submit(both_);
  EXPECT_EQ(ran.exit, kExitRefused);
  EXPECT_THAT(ran.err, HasSubstr("1 of 3 would be refused, nothing was sent"));
  EXPECT_FALSE(std::filesystem::exists(Folder()));
  EXPECT_THAT(world_.gateway->order_batches, IsEmpty());
  // A court that wants the refusal on the record gets it, and the others go.
  std::vector<std::string> too = both_;
  too.push_back("--refused-too");
  const Ran sent = Submit(too);
  EXPECT_EQ(sent.exit, kExitRefused);
  EXPECT_EQ(At(sent.out, "list.accepted"), "2");
  EXPECT_EQ(At(sent.out, "refused.0.line"), "4");
  // Each result is one line, so that a cut one is known by its missing end.
  const std::string results = *ReadFile(Folder() + "/results.csv");
  EXPECT_EQ(std::count(results.begin(), results.end(), '\n'), 4) << results;
  EXPECT_EQ(Results()[2].message, "there is no such case, nor was there");
}

TEST_F(ListTest, ACutAnywhereGoesOnAndSendsNothingUnderASecondId) {
  List(600);
  // The second batch is taken, but the answer is lost, however often it is asked for.
  int calls = 0;
  world_.gateway->tamper_orders = [&](v1::SubmitOrdersResponse&) {
    if (++calls == 2) world_.gateway->FailWith(Fail(Reason::kUnavailable, "the line is down"));
  };
  EXPECT_EQ(Submit(both_).exit, kExitUnavailable);
  EXPECT_THAT(Results(), SizeIs(256));
  world_.gateway->FailWith(absl::OkStatus());
  // A last line that was cut in the middle is written again.
  std::string text = *ReadFile(Folder() + "/results.csv");
  ASSERT_TRUE(WriteDurably(Folder() + "/results.csv", text.substr(0, text.size() - 30)).ok());
  EXPECT_THAT(Results(), SizeIs(255));
  const Ran ran = Submit(both_);
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_EQ(At(ran.out, "list.accepted"), "600");
  const std::multiset<std::string> sent = SentIds();
  EXPECT_THAT(std::set<std::string>(sent.begin(), sent.end()), SizeIs(600));
  std::set<size_t> lines;
  for (const ListResult& one : Results()) lines.insert(one.line);
  EXPECT_THAT(lines, SizeIs(600));
  EXPECT_THAT(Results(), SizeIs(600));
}

TEST_F(ListTest, ACutBeforeTheListIsWholeStartsAnew) {
  List(300);
  ASSERT_EQ(Submit({"--officer", "001"}).exit, kExitUsage);  // nobody has signed
  ASSERT_TRUE(std::filesystem::remove(Folder() + "/list"));
  List(10);  // with other orders
  EXPECT_EQ(Submit(both_).exit, kExitOk);
  EXPECT_THAT(*FilesIn(Folder(), ".draft"), SizeIs(1));
  EXPECT_THAT(SentIds(), SizeIs(10));
}

TEST_F(ListTest, AFileThatWasChangedUnderItsListIsRefused) {
  List(2);
  ASSERT_EQ(Submit(both_).exit, kExitOk);
  List(3);
  const Ran ran = Submit(both_);
  EXPECT_EQ(ran.exit, kExitUsage);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("DIGEST_MISMATCH"), HasSubstr("was changed since its orders were made")));
  EXPECT_THAT(world_.gateway->order_batches, SizeIs(1));
}

TEST_F(ListTest, AListGoesFromOfficerToOfficer) {
  List(300);
  const Ran made = Submit({"--officer", "001", "--officer", "002"});
  EXPECT_EQ(made.exit, kExitUsage);
  EXPECT_THAT(made.err, HasSubstr("eagle order sign"));
  const std::string digest = At(made.out, "list.digest");
  EXPECT_EQ(At(world_.Json({"order", "pending", Folder()}).out, "0.state"), "UNSIGNED");
  // One act signs all; another digest, nothing.
  EXPECT_THAT(world_.Run({"order", "sign", Folder(), "--sign", "001", "--digest", std::string(64, '0'), "--yes"}).err,
              HasSubstr("DIGEST_MISMATCH"));
  const Ran first = world_.Json({"order", "sign", Folder(), "--sign", "001", "--digest", digest, "--yes"});
  EXPECT_EQ(first.exit, kExitOk) << first.err;
  EXPECT_EQ(At(first.out, "drafts.1.signed_by"), "001");
  EXPECT_EQ(world_.Run({"order", "sign", Folder(), "--sign", "002", "--yes"}).exit, kExitOk);
  const Ran sent = world_.Json({"order", "submit", Folder(), "--digest", digest});
  EXPECT_EQ(sent.exit, kExitOk) << sent.err;
  EXPECT_EQ(At(sent.out, "list.accepted"), "300");
  for (const v1::SignedBatch& batch : world_.gateway->order_batches) EXPECT_EQ(batch.head().signatures_size(), 2);
  EXPECT_EQ(At(world_.Json({"order", "pending", Folder()}).out, "0.state"), "");
}

TEST_F(ListTest, ADraftThatWasExchangedIsNotSigned) {
  List(2);
  ASSERT_EQ(Submit({"--officer", "001"}).exit, kExitUsage);
  ASSERT_EQ(world_
                .Run({"order", "draft", "inquire", "--into", world_.Path("other.draft"), "--case", kCase, "--subject",
                      kDebtor, "--agency", "9900900", "--officer", "001"})
                .exit,
            kExitOk);
  std::filesystem::copy_file(world_.Path("other.draft"), Folder() + "/0001.draft",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_THAT(world_.Run({"order", "sign", Folder(), "--sign", "001", "--yes"}).err, HasSubstr("DIGEST_MISMATCH"));
}

TEST_F(ListTest, ManyAreNotSignedWithoutAWord) {
  List(2);
  const Ran ran = world_.Run({"order", "submit", "--file", world_.Path("orders.csv"), "--sign", "001"});
  EXPECT_THAT(ran.err, AllOf(HasSubstr("CONFIRMATION_MISSING"), HasSubstr("Sign exactly these 2 orders")));
  EXPECT_THAT(world_.gateway->order_batches, IsEmpty());
}

TEST_F(ListTest, LinesOfOneGroupShareItsId) {
  const std::string freeze = std::string("freeze,") + kCase + "," + kDebtor + ",9900010,,1.00,";
  List(1, freeze + "morning\n" + freeze + "\n" + freeze + "morning\n");
  ASSERT_EQ(Submit(both_).exit, kExitOk);
  ASSERT_THAT(world_.gateway->order_batches, SizeIs(1));
  const v1::SignedBatch& batch = world_.gateway->order_batches[0];
  std::multiset<std::string> groups;
  for (int i = 0; i < batch.members_size(); ++i) groups.insert(OrderOf(batch, i).group());
  ASSERT_EQ(groups.size(), 4u);
  EXPECT_EQ(groups.count(""), 2u);
  EXPECT_EQ(groups.count(*groups.rbegin()), 2u);
  EXPECT_EQ(OrderOf(batch, 1).group(), OrderOf(batch, 2).group());  // moved up to its group
}

// A measure that the log has: made by this order of ours.
v1::MeasureView MeasureOf(const v1::Order& order, v1::MeasurePhase phase, const std::string& kind = "DEPOSIT") {
  v1::MeasureView view;
  view.set_freeze_order_id(order.order_id());
  view.set_case_number(order.case_number()), view.set_agency(order.agencies(0)), view.set_phase(phase);
  view.set_is_money(true), view.set_asset_kind(kind);
  *view.mutable_state()->mutable_effective_to() = trust::TimestampOf(Monday() + absl::Hours(24 * 20));
  return view;
}

TEST_F(ListTest, RenewalsOfAllThatEndsAreOneListAndOneSigningAct) {
  const std::string ruling = world_.Put("ruling.pdf", "%PDF-1.7 ruling");
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(world_
                  .Run({"order", "freeze", "--case", kCase, "--subject", kDebtor, "--agency", "9900010", "--limit",
                        "100.00", "--sign", "001", "--sign", "002"})
                  .exit,
              kExitOk);
  }
  const auto ours = [&](size_t i) { return OrderOf(world_.gateway->order_batches[i]); };
  v1::Order others = ours(0);
  others.set_order_id(std::string(16, 'x'));
  world_.gateway->measure_pages.resize(1);
  v1::ListMeasuresResponse& page = world_.gateway->measure_pages[0];
  *page.add_measures() = MeasureOf(ours(0), v1::MEASURE_PHASE_EFFECTIVE);
  *page.add_measures() = MeasureOf(ours(1), v1::MEASURE_PHASE_EFFECTIVE);
  *page.add_measures() = MeasureOf(ours(2), v1::MEASURE_PHASE_EXPECTED_LAPSED);
  *page.add_measures() = MeasureOf(ours(3), v1::MEASURE_PHASE_EFFECTIVE);
  page.mutable_measures(3)->set_renewal_open(true);
  *page.add_measures() = MeasureOf(others, v1::MEASURE_PHASE_EFFECTIVE);

  const std::string file = world_.Path("renewals.csv");
  const Ran listed = world_.Json({"order", "renew", "--ending", "30", "--into", file, "--term", "6m", "--paper",
                                  "RULING=" + ruling, "--officer", "001", "--officer", "002"});
  ASSERT_EQ(listed.exit, kExitOk) << listed.err;
  EXPECT_EQ(At(listed.out, "0.line"), "2");
  EXPECT_EQ(At(listed.out, "1.line"), "3");
  EXPECT_THAT(At(listed.out, "2.left_out"), HasSubstr("has ended"));
  EXPECT_EQ(At(listed.out, "3.left_out"), "a renewal is open");
  EXPECT_THAT(At(listed.out, "4.left_out"), HasSubstr("outbox"));
  EXPECT_THAT(world_.Run({"order", "renew", "--ending", "30", "--into", file}).err, HasSubstr("is there already"));

  ASSERT_EQ(world_.Run({"order", "submit", "--file", file, "--sign", "001", "--sign", "002", "--yes"}).exit, kExitOk);
  ASSERT_THAT(world_.gateway->order_batches, SizeIs(5));
  const v1::SignedBatch& batch = world_.gateway->order_batches[4];
  ASSERT_EQ(batch.members_size(), 2);
  EXPECT_EQ(OrderOf(batch, 1).action(), v1::ACTION_RENEW);
  EXPECT_EQ(OrderOf(batch, 1).renew().freeze_order_id(), ours(1).order_id());
  EXPECT_EQ(OrderOf(batch, 1).renew().term().months(), 6u);
  EXPECT_EQ(OrderOf(batch, 1).subject().id_number(), "990101198503070017");
  EXPECT_EQ(OrderOf(batch, 1).instruments_size(), 1);
}

TEST_F(ListTest, CountersMeasuresAreTakenOverOnce) {
  const auto line = [](const std::string& reference, const std::string& document, const std::string& limit) {
    return std::string("freeze,") + kCase + "," + kDebtor + ",9900010," + reference + "," + document + ",DEPOSIT," +
           limit + "\n";
  };
  const std::string header = "act,case,subject,agency,counter-reference,document,counter-kind,limit\n";
  world_.Put("orders.csv", header + line("G1", "文1", "100.00") + line("G2", "文2", "200.00"));
  ASSERT_EQ(Submit(both_).exit, kExitOk);
  world_.gateway->measure_pages.resize(1);
  for (int i = 0; i < 2; ++i)
    *world_.gateway->measure_pages[0].add_measures() =
        MeasureOf(OrderOf(world_.gateway->order_batches[0], i), v1::MEASURE_PHASE_EFFECTIVE);

  const auto again = [&](const std::string& name, const std::string& text, std::vector<std::string> more) {
    std::vector<std::string> arguments = {"order", "submit", "--file", world_.Put(name, header + text), "--yes"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return world_.Json(arguments);
  };
  // Next year's list has one that is known, one that is written otherwise, one twice, and one that is new.
  const Ran dry = again("dry.csv",
                        line("G1", "文1", "100.00") + line("G2", "文2", "250.00") + line("G3", "文3", "300.00") +
                            line("G3", "文3", "300.00"),
                        {"--dry-run", "--officer", "001"});
  EXPECT_EQ(dry.exit, kExitRefused);
  EXPECT_EQ(At(dry.out, "lines.0.result"), "KNOWN");
  EXPECT_EQ(At(dry.out, "lines.0.known_order"), UuidText(OrderOf(world_.gateway->order_batches[0]).order_id()));
  EXPECT_EQ(At(dry.out, "lines.1.result"), "DIFFERS");
  EXPECT_EQ(At(dry.out, "lines.2.result"), "WOULD_BE_ACCEPTED");
  EXPECT_EQ(At(dry.out, "lines.3.result"), "DIFFERS");
  EXPECT_EQ(At(dry.out, "problems.0.column"), "limit");
  EXPECT_THAT(At(dry.out, "problems.0.description"), HasSubstr("200.00"));
  EXPECT_THAT(At(dry.out, "problems.1.description"), HasSubstr("line 4 names it, too"));
  // What differs stops the list, whatever else is asked for.
  EXPECT_EQ(again("differs.csv", line("G2", "文2", "250.00"), {"--sign", "001", "--refused-too"}).exit, kExitRefused);
  EXPECT_THAT(world_.gateway->order_batches, SizeIs(1));
  // Of one that is known and one that is new, the new one goes.
  const Ran sent = again("new.csv", line("G1", "文1", "100.00") + line("G3", "文3", "300.00"), both_);
  EXPECT_EQ(sent.exit, kExitOk) << sent.err;
  EXPECT_EQ(At(sent.out, "list.known"), "1");
  EXPECT_EQ(At(sent.out, "list.accepted"), "1");
  EXPECT_EQ(At(sent.out, "list.unanswered"), "0");
  ASSERT_THAT(world_.gateway->order_batches, SizeIs(2));
  EXPECT_EQ(OrderOf(world_.gateway->order_batches[1]).freeze().counter().unit_reference(), "G3");
  // All known: nothing goes, and that is well.
  EXPECT_EQ(again("known.csv", line("G1", "文1", "100.00"), both_).exit, kExitOk);
  EXPECT_THAT(world_.gateway->order_batches, SizeIs(2));
  // One that the agency refused then is new again.
  world_.gateway->measure_pages[0].mutable_measures(0)->set_phase(v1::MEASURE_PHASE_REFUSED);
  EXPECT_EQ(At(again("anew.csv", line("G1", "文1", "100.00"), {"--dry-run", "--officer", "001"}).out, "lines.0.result"),
            "WOULD_BE_ACCEPTED");
}

}  // namespace
}  // namespace eagle::client
