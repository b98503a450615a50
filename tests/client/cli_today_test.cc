// `eagle today`: what waits for a court, most urgent first, within bounded calls; what it remembers between two looks.
#include <algorithm>

#include "client/common/files.h"
#include "client/lib/draft.h"
#include "client/lib/last_look.h"
#include "client/lib/today.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/uuid.h"
#include "server/journal/hash.h"
#include "server/trust/strict.h"
#include "server/trust/timestamps.h"
#include "tests/client/cli_world.h"
#include "tests/support/temp_folder.h"

namespace eagle::client {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kEarlier[] = "（2025）辽9901执77号";

class CliTodayTest : public testing::Test {
 protected:
  CliTodayTest() {
    EXPECT_TRUE(MakeFolder(world_.Path("drafts")).ok());
    gateway().watch_stays = true;
    Heartbeat("first");
  }
  FakeGateway& gateway() { return *world_.gateway; }
  void Heartbeat(const std::string& token) {
    v1::WatchOrdersResponse message;
    message.set_resume_token(token);
    gateway().watch.push_back(message);
  }
  // Something happened to the order, and the gateway's token after it.
  void Event(const std::string& type, const std::string& order_id, const std::string& token) {
    v1::WatchOrdersResponse message;
    message.set_resume_token(token);
    v1::OrderEvent* event = message.add_events();
    event->set_type(type), event->set_order_id(order_id), event->set_agency("9900010");
    *event->mutable_time() = trust::TimestampOf(world_.clock.now);
    gateway().watch.push_back(message);
  }
  // An order of ours at one agency, as GetOrder and ListOrders show it.
  v1::OrderView& Order(char letter, v1::Action action, v1::OrderState state) {
    const std::string id(16, letter);
    v1::OrderView& view = gateway().orders[id];
    view.set_order_id(id), view.set_action(action), view.set_state(state), view.set_case_number(kEarlier);
    *view.mutable_accepted_at() = trust::TimestampOf(Monday() - absl::Hours(24));
    *view.mutable_deadline()->mutable_due_at() = trust::TimestampOf(Monday() - absl::Hours(1));
    v1::TaskView* task = view.add_tasks();
    task->set_agency("9900010"), task->set_state(v1::TASK_STATE_QUEUED);
    return view;
  }
  void Answered(v1::OrderView& view, v1::TaskState state, v1::Outcome outcome, absl::Time at) {
    v1::TaskView* task = view.mutable_tasks(0);
    task->set_state(state), task->set_outcome(outcome);
    *task->mutable_answered_at() = trust::TimestampOf(at);
  }
  v1::MeasureView& Measure(size_t page, char letter, absl::Duration from, absl::Duration to) {
    if (gateway().measure_pages.size() <= page) gateway().measure_pages.resize(page + 1);
    v1::MeasureView& view = *gateway().measure_pages[page].add_measures();
    view.set_freeze_order_id(std::string(16, letter)), view.set_phase(v1::MEASURE_PHASE_EFFECTIVE);
    view.set_agency("9900010"), view.set_asset_kind("DEPOSIT"), view.set_case_number(kEarlier);
    *view.mutable_state()->mutable_effective_from() = trust::TimestampOf(Monday() + from);
    *view.mutable_state()->mutable_effective_to() = trust::TimestampOf(Monday() + to);
    return view;
  }
  Ran Today(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"today", "--drafts", world_.Path("drafts"), "--no-reads"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return world_.Json(arguments);
  }
  // The kinds of the rows, in order.
  static std::vector<std::string> Kinds(const std::string& json) {
    std::vector<std::string> kinds;
    for (int i = 0;; ++i) {
      const std::string kind = At(json, "items." + std::to_string(i) + ".what");
      if (kind.empty()) return kinds;
      kinds.push_back(kind);
    }
  }
  CliWorld world_;
};

TEST_F(CliTodayTest, ADayWithNothingToDoSaysSo) {
  const Ran ran = world_.Run({"today", "--drafts", world_.Path("drafts")});
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("nothing 无待办"));
  EXPECT_THAT(ran.err, HasSubstr("this is the first look"));
}

TEST_F(CliTodayTest, WhatTheCourtMustDoWithinThreeDaysIsOnTopThenKindByKind) {
  v1::ObjectionView* far = gateway().objections.add_objections();
  far->set_objection_id(std::string(16, 'f')), far->set_agency("9900010"), far->set_ground("EXEMPT_ASSET");
  *far->mutable_deadline()->mutable_due_at() = trust::TimestampOf(Monday() + absl::Hours(24 * 9));
  Order('o', v1::ACTION_FREEZE, v1::ORDER_STATE_IN_PROGRESS).set_overdue(true);
  Order('p', v1::ACTION_DEDUCT, v1::ORDER_STATE_IN_PROGRESS).set_paused(true);
  Order('n', v1::ACTION_INQUIRE, v1::ORDER_STATE_IN_PROGRESS);  // open and in time: no word about it
  Measure(0, 'a', -absl::Hours(24 * 300), absl::Hours(24 * 40));
  gateway().measure_pages[0].set_next_page_token("1");
  Measure(1, 'b', -absl::Hours(24 * 363), absl::Hours(40));
  Measure(1, 'c', -absl::Hours(24 * 31), absl::Hours(24 * 300));
  Measure(1, 'd', -absl::Hours(24 * 29), absl::Hours(24 * 300));  // not long yet
  Measure(1, 'e', -absl::Hours(24 * 300), absl::Hours(24 * 30)).set_renewal_open(true);
  Measure(1, 'g', -absl::Hours(24 * 300), absl::Hours(24 * 300)).set_to_release(true);
  for (const char* court : {"辽9901", "辽9902"}) {
    v1::IncidentView* incident = gateway().incidents.add_incidents();
    incident->set_court(court), incident->set_kind(v1::INCIDENT_KIND_AMOUNT_DIFFERS);
    *incident->mutable_deadline()->mutable_due_at() = trust::TimestampOf(Monday() + absl::Hours(5));
  }
  const Ran ran = Today();
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_THAT(Kinds(ran.out),
              ElementsAre("ENDING", "OBJECTION", "RELEASE", "ENDING", "OVERDUE", "INCIDENT", "TO_SIGN", "UNDECIDED"));
  EXPECT_EQ(At(ran.out, "items.0.order_id"), UuidText(std::string(16, 'b')));
  EXPECT_EQ(At(ran.out, "items.1.objection_id"), UuidText(std::string(16, 'f')));
  EXPECT_EQ(At(ran.out, "items.7.order_id"), UuidText(std::string(16, 'c')));
  EXPECT_EQ(At(ran.out, "today.waiting.ENDING"), "2");
  EXPECT_TRUE(gateway().measures_request.standing_only());
  EXPECT_TRUE(gateway().incidents_request.open_only());
}

TEST_F(CliTodayTest, NewAnswersAreThoseSinceTheLastLookAndALookIsMadeOnce) {
  ASSERT_EQ(Today().exit, kExitOk);
  world_.clock.now += absl::Hours(2);
  v1::OrderView& view = Order('o', v1::ACTION_FREEZE, v1::ORDER_STATE_COMPLETED);
  Answered(view, v1::TASK_STATE_DONE, v1::OUTCOME_CONTROLLED, world_.clock.now);
  Heartbeat("first");
  Event("DELIVERED", std::string(16, 'x'), "second");  // of an order that is never asked for
  Event("TASK_ANSWERED", view.order_id(), "third");
  const Ran second = Today();
  EXPECT_EQ(gateway().watch_request.resume_token(), "first");
  EXPECT_THAT(Kinds(second.out), ElementsAre("ANSWER"));
  EXPECT_THAT(At(second.out, "items.0.detail"), HasSubstr("FREEZE, CONTROLLED 1"));
  world_.clock.now += absl::Hours(1);
  Heartbeat("third");
  const Ran third = Today();
  EXPECT_EQ(gateway().watch_request.resume_token(), "third");
  EXPECT_THAT(Kinds(third.out), IsEmpty());
  // A look back goes on from the look before that time, and isn't a look itself.
  Event("TASK_ANSWERED", view.order_id(), "third");
  EXPECT_THAT(Kinds(Today({"--since", "2026-09-28T10:30:00+08:00"}).out), ElementsAre("ANSWER"));
  EXPECT_EQ(gateway().watch_request.resume_token(), "first");
  Heartbeat("fourth");
  ASSERT_EQ(Today().exit, kExitOk);
  EXPECT_EQ(gateway().watch_request.resume_token(), "third");
}

TEST_F(CliTodayTest, TheFirstLookFindsNewsInTheListOfOrders) {
  v1::OrderView& fresh = Order('o', v1::ACTION_INQUIRE, v1::ORDER_STATE_COMPLETED);
  Answered(fresh, v1::TASK_STATE_DONE, v1::OUTCOME_NIL, Monday() - absl::Hours(24 * 6));
  v1::OrderView& old = Order('q', v1::ACTION_INQUIRE, v1::ORDER_STATE_COMPLETED);
  Answered(old, v1::TASK_STATE_DONE, v1::OUTCOME_NIL, Monday() - absl::Hours(24 * 8));
  v1::OrderView& ancient = Order('r', v1::ACTION_INQUIRE, v1::ORDER_STATE_COMPLETED);
  *ancient.mutable_accepted_at() = trust::TimestampOf(Monday() - absl::Hours(24 * 90));
  std::vector<std::string> asked;
  gateway().on_get_order = [&](const v1::GetOrderRequest& request) { asked.push_back(request.order_id()); };
  const Ran ran = Today();
  EXPECT_THAT(Kinds(ran.out), ElementsAre("ANSWER"));
  EXPECT_EQ(At(ran.out, "items.0.order_id"), UuidText(fresh.order_id()));
  EXPECT_THAT(asked, ElementsAre(fresh.order_id(), old.order_id()));
}

TEST_F(CliTodayTest, WhatCameBackStaysInSightForTwoWeeks) {
  v1::OrderView& view = Order('o', v1::ACTION_FREEZE, v1::ORDER_STATE_COMPLETED);
  Answered(view, v1::TASK_STATE_RETURNED, v1::OUTCOME_UNSPECIFIED, Monday());
  const Ran first = Today();
  EXPECT_THAT(Kinds(first.out), ElementsAre("RETURNED"));
  EXPECT_THAT(first.err, HasSubstr("the reasons of 1 returns weren't read"));
  world_.clock.now += absl::Hours(1);
  Heartbeat("second");
  EXPECT_THAT(Kinds(Today().out), ElementsAre("RETURNED"));
  world_.clock.now += absl::Hours(24 * 13);
  Heartbeat("third");
  EXPECT_THAT(Kinds(Today().out), ElementsAre("RETURNED"));
  world_.clock.now += absl::Hours(24 * 2);
  Heartbeat("fourth");
  EXPECT_THAT(Kinds(Today().out), IsEmpty());
}

// The reason is shown only with the agency's own signature over our order, and is read once.
TEST_F(CliTodayTest, TheReasonOfAReturnIsVerifiedAndRemembered) {
  world_.ListStatements();
  ASSERT_EQ(world_.Run(Inquire()).exit, kExitOk);
  const std::string bytes = gateway().order_batches[0].members(0);
  const v1::Order order = OrderOf(gateway().order_batches[0]);
  v1::OrderView& view = gateway().orders[order.order_id()];
  view.Clear();
  view.set_order_id(order.order_id()), view.set_state(v1::ORDER_STATE_COMPLETED), view.set_action(v1::ACTION_INQUIRE);
  *view.mutable_accepted_at() = trust::TimestampOf(Monday());
  view.add_tasks()->set_agency("9900010");
  view.set_case_number(kCase);
  Answered(view, v1::TASK_STATE_RETURNED, v1::OUTCOME_UNSPECIFIED, Monday());
  v1::Receipt out;
  out.set_order_digest(std::string(journal::View(journal::LeafHash(bytes))));
  out.set_order_id(order.order_id()), out.set_agency("9900010"), out.set_sequence(1);
  out.set_kind(v1::RECEIPT_KIND_RETURNED);
  out.mutable_returned()->set_reason("DOCUMENT_MISSING");
  out.mutable_returned()->set_contact_name("周文"), out.mutable_returned()->set_contact_phone("0991-7654321");
  trust::Ed25519Signer key = *trust::Ed25519Signer::FromPemFile(world_.Path("pki/keys/agency-9900010.pem"));
  v1::FindingsOfAgency& finding = gateway().findings.emplace_back();
  finding.set_agency("9900010"), finding.set_journal_index(9);
  *finding.mutable_receipt() = trust::TravelForm(trust::MakeBatch({.member_type = v1::MEMBER_TYPE_RECEIPT,
                                                                   .environment = v1::ENVIRONMENT_TEST,
                                                                   .signer = "9900010",
                                                                   .sequence = 1,
                                                                   .signed_at = Monday()},
                                                                  {out.SerializeAsString()}, {&key}),
                                                 0);
  size_t reads = 0;
  gateway().on_list_findings = [&](const v1::ListFindingsRequest&) { ++reads; };
  for (const char* token : {"second", "third"}) {
    const Ran ran = world_.Json({"today", "--drafts", world_.Path("drafts"), "--officer", "001"});
    EXPECT_EQ(ran.exit, kExitOk) << ran.err;
    EXPECT_THAT(At(ran.out, "items.0.detail"), AllOf(HasSubstr("DOCUMENT_MISSING"), HasSubstr("周文 0991-7654321")));
    Heartbeat(token);
  }
  EXPECT_EQ(reads, 1u);
}

TEST_F(CliTodayTest, ManyOfOneKindAreCountedAndCutOnlyOnTheScreen) {
  for (char letter = 'a'; letter < 'a' + 8; ++letter) Measure(0, letter, -absl::Hours(24 * 300), absl::Hours(24 * 20));
  const Ran cut = Today();
  EXPECT_EQ(Kinds(cut.out).size(), 5u);
  EXPECT_EQ(At(cut.out, "today.waiting.ENDING"), "8");
  EXPECT_THAT(cut.err, HasSubstr("3 more of ENDING: eagle today --rows 0"));
  Heartbeat("second");
  EXPECT_EQ(Kinds(Today({"--rows", "0"}).out).size(), 8u);
}

TEST_F(CliTodayTest, AListThatNeverEndsIsCutAndThatIsSaid) {
  gateway().measure_pages.resize(TodayReader::kPagesMax + 5);
  for (size_t page = 0; page < gateway().measure_pages.size(); ++page)
    gateway().measure_pages[page].set_next_page_token(std::to_string(page + 1));
  const Ran ran = Today();
  EXPECT_EQ(ran.exit, kExitOk);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("only the first 200 pages of measures were read"),
                             HasSubstr("reading measures, page 200"), Not(HasSubstr("reading measures, page 201"))));
}

TEST_F(CliTodayTest, TwoAnswersThatDifferAreForPeopleAndNotForTheOfficersKey) {
  v1::OrderView& view = Order('o', v1::ACTION_FREEZE, v1::ORDER_STATE_COMPLETED);
  Answered(view, v1::TASK_STATE_CONFLICT, v1::OUTCOME_CONTROLLED, Monday());
  size_t reads = 0;
  gateway().on_list_findings = [&](const v1::ListFindingsRequest&) { ++reads; };
  const Ran ran = world_.Json({"today", "--drafts", world_.Path("drafts"), "--officer", "001"});
  EXPECT_THAT(Kinds(ran.out), ElementsAre("CONFLICT"));
  EXPECT_EQ(reads, 0u);
}

TEST_F(CliTodayTest, AGatewayThatDoesntAnswerEndsWithFourAndRemembersNothing) {
  gateway().FailWith(Fail(Reason::kUnavailable, "down").With("origin", "gateway"));
  EXPECT_EQ(Today().exit, kExitUnavailable);
  EXPECT_FALSE(ReadFile(world_.Path("pki/state/court-辽9901/today")).ok());
}

TEST(LastLook, WhatIsWrittenIsReadAndWhatIsBrokenIsSaid) {
  TempFolder folder;
  const std::string path = folder / "today";
  EXPECT_THAT(ReadLastLooks(path)->looks, IsEmpty());
  LastLooks looks;
  for (size_t i = 0; i < kLooksKept + 3; ++i)
    looks.looks.push_back({Monday() + absl::Hours(static_cast<int64_t>(i)), "token" + std::to_string(i)});
  looks.returned[{std::string(16, 'o'), "9900010"}] = {Monday(), "DOCUMENT_MISSING", "周\t文", "0991"};
  ASSERT_TRUE(WriteLastLooks(path, looks).ok());
  const LastLooks read = *ReadLastLooks(path);
  ASSERT_EQ(read.looks.size(), kLooksKept);
  EXPECT_EQ(read.looks.front().token, "token3");
  EXPECT_EQ(read.NewestUpTo(Monday() + absl::Minutes(61 + 4 * 60))->token, "token5");
  EXPECT_EQ(read.NewestUpTo(Monday()), nullptr);
  EXPECT_EQ(read.returned.begin()->second.contact_name, "周 文");
  const std::string text = *ReadFile(path);
  for (const std::string& broken :
       {text.substr(0, text.size() - 4), "x" + text, text + "look\t1\n", std::string("eagle today 1\nlook\tx\ty\n")}) {
    ASSERT_TRUE(WriteDurably(path, broken).ok());
    EXPECT_EQ(ReasonOf(ReadLastLooks(path).status()), Reason::kStorageDamaged) << broken;
  }
}

}  // namespace
}  // namespace eagle::client
