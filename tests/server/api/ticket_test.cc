// Reading with an officer's ticket: what is refused before anything is looked up, who sees what of which case, and what
// a page leaves behind. And how an auditor finds it again in leaves alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "goldeneagle/v1/entry.pb.h"
#include "server/domain/apply.h"
#include "server/journal/leaf.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Tickets : public ::testing::Test {
 protected:
  absl::StatusOr<v1::GetCaseResponse> Case(const api::Caller& caller, const v1::SignedMember& ticket,
                                           const std::string& court = "") {
    v1::GetCaseRequest request;
    request.set_case_number(kCaseNumber), request.set_court(court);
    *request.mutable_officer_ticket() = ticket;
    return gateway_.Call(&api::Handlers::GetCase, caller, request);
  }
  Reason Why(const v1::SignedMember& ticket) { return ReasonOf(Case(demo_.court, ticket).status()); }
  // A ticket for the demo's case, spoilt before it is signed.
  v1::SignedMember Signed(const std::function<void(v1::OfficerTicket&)>& spoil, const std::string& key = kHandler,
                          const std::string& unknown = "", v1::MemberType type = v1::MEMBER_TYPE_TICKET) {
    v1::OfficerTicket ticket;
    ticket.ParseFromString(demo_.Ticket().member());
    spoil(ticket);
    return trust::TravelForm(gateway_.Sign(type, kCourt, {ticket.SerializeAsString() + unknown}, {key}), 0);
  }
  v1::AccessRecorded Newest() {
    v1::ListEntriesRequest request;
    request.set_first(gateway_.state().next_index - 1);
    const auto page = gateway_.Call(&api::Handlers::ListEntries, GatewayFixture::Auditor(), request);
    const auto leaf = journal::DecodeLeaf(page->entries(0).leaf());
    EXPECT_EQ(leaf->type, v1::ENTRY_TYPE_ACCESS_RECORDED);
    v1::AccessRecorded body;
    EXPECT_TRUE(body.ParseFromString(leaf->body));
    return body;
  }

  GatewayFixture gateway_;
  DemoWorld demo_{gateway_};
};

TEST_F(Tickets, WhatIsWrongWithOneHasAStableReason) {
  const auto as_it_is = [](auto&) {};
  EXPECT_EQ(Why(Signed(as_it_is)), Reason::kNone);
  const size_t reads = gateway_.Count("ACCESS_RECORDED");
  EXPECT_EQ(reads, 1u);
  EXPECT_EQ(Why({}), Reason::kTicketMissing);
  v1::SignedMember altered = demo_.Ticket();
  altered.mutable_member()->back() ^= 1;
  EXPECT_EQ(Why(altered), Reason::kTicketInvalid) << "not the bytes that were signed";
  EXPECT_EQ(Why(Signed(as_it_is, "court/辽9902/officer/001")), Reason::kTicketInvalid) << "another court's officer";
  EXPECT_EQ(Why(Signed(as_it_is, kCosigner)), Reason::kOfficerNotValid) << "another officer than it names";
  EXPECT_EQ(Why(Signed(as_it_is, kHandler, "\xf8\x07\x01")), Reason::kTicketInvalid) << "an unknown field";
  EXPECT_EQ(Why(Signed(as_it_is, kHandler, "", v1::MEMBER_TYPE_ORDER)), Reason::kTicketInvalid);
  EXPECT_EQ(Why(Signed([](auto& ticket) { ticket.clear_purpose(); })), Reason::kTicketInvalid);
  EXPECT_EQ(Why(Signed([](auto& ticket) { ticket.set_purpose("to look around"); })), Reason::kPurposeNotAllowed);
  EXPECT_EQ(Why(Signed([](auto& ticket) { ticket.set_case_number("another"); })), Reason::kTicketMismatch);
  EXPECT_EQ(Why(Signed([](auto& ticket) { ticket.set_court(kOtherCourt); })), Reason::kTicketMismatch);
  EXPECT_EQ(Why(Signed([](auto& ticket) { ticket.mutable_certificate_sha256()->front() ^= 1; })),
            Reason::kTicketMismatch)
      << "stolen, and shown over another connection";
  EXPECT_EQ(
      Why(Signed([](auto& ticket) { ticket.mutable_expires_at()->set_seconds(ticket.issued_at().seconds() + 901); })),
      Reason::kTicketInvalid)
      << "at most fifteen minutes";
  const v1::SignedMember old = demo_.Ticket();
  gateway_.Advance(absl::Minutes(10));
  EXPECT_EQ(Why(old), Reason::kTicketExpired);
  EXPECT_EQ(gateway_.Count("ACCESS_RECORDED"), reads) << "what was refused was not read";
}

TEST_F(Tickets, ARevokedOfficerReadsNoMore) {
  const v1::SignedMember ticket = demo_.Ticket();
  ASSERT_EQ(Why(ticket), Reason::kNone);
  v1::Statement ended = demo_.StatementAbout(kHandler, v1::STATEMENT_KIND_ENDED);
  ASSERT_TRUE(demo_.State(kCourt, {ended}, {"court/辽9901"}).ok());
  EXPECT_EQ(Why(ticket), Reason::kOfficerNotValid);
}

TEST_F(Tickets, OneServesEveryPageOfItsCaseAndEachPageIsAnEntry) {
  const v1::Order order = demo_.Inquire({kBeiling, kSongyue, kYunfan});
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({order}, {kHandler})), ElementsAre(""));
  for (const char* agency : {kBeiling, kSongyue, kYunfan})
    ASSERT_TRUE(demo_.Report(agency, {demo_.Nil(order, agency)}).ok());
  const v1::SignedMember ticket = demo_.Ticket();
  v1::ListFindingsRequest request;
  request.set_order_id(order.order_id()), request.set_page_size(1);
  *request.mutable_officer_ticket() = ticket;
  std::vector<uint64_t> pages;
  do {
    const auto page = gateway_.Call(&api::Handlers::ListFindings, demo_.court, request);
    ASSERT_TRUE(page.ok()) << page.status();
    const v1::AccessRecorded body = Newest();
    pages.push_back(body.page_after());
    EXPECT_EQ(body.rows(), 1u);
    EXPECT_EQ(body.ticket_digest(), journal::View(journal::LeafHash(ticket.member())));
    EXPECT_EQ(body.officer_tag(), gateway_.ring->Tag("OFFICER", "辽9901/001"));
    EXPECT_EQ(body.reads_in_hour(), pages.size());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  ASSERT_THAT(pages, SizeIs(3));
  EXPECT_EQ(pages[0], 0u);
  EXPECT_LT(pages[1], pages[2]) << "where each page begins";
}

TEST_F(Tickets, AboveTheLimitTheReasonSaysWhenToComeBack) {
  v1::PolicyTable table = PolicyOf2026();
  table.set_version(table.version() + 1);
  table.mutable_reading()->set_reads_per_hour(2);
  v1::Proposal policy;
  policy.set_ground("less");
  *policy.mutable_policy()->mutable_table() = table;
  ASSERT_TRUE(demo_.Adopt({policy}).ok());
  EXPECT_EQ(Why(demo_.Ticket()), Reason::kNone);
  EXPECT_EQ(Why(demo_.Ticket()), Reason::kNone);
  const absl::Status refused = Case(demo_.court, demo_.Ticket()).status();
  EXPECT_EQ(ReasonOf(refused), Reason::kReadLimitExceeded);
  EXPECT_EQ(FailureOf(refused).retry_delay, absl::Minutes(30)) << "it is half past eight";
  EXPECT_THAT(gateway_.alerts, ElementsAre("read_limit_exceeded"));
  gateway_.Restart();
  EXPECT_EQ(Why(demo_.Ticket()), Reason::kReadLimitExceeded) << "the count outlives the process";
  gateway_.Advance(absl::Minutes(30));
  EXPECT_EQ(Why(demo_.Ticket()), Reason::kNone);
}

TEST_F(Tickets, AnotherCourtsCaseNeedsAGrant) {
  const auto ticket = [&] {
    return gateway_.Ticket(demo_.other_court, "court/辽9902/officer/001", kCourt, kCaseNumber);
  };
  EXPECT_EQ(ReasonOf(Case(demo_.other_court, ticket(), kCourt).status()), Reason::kScopeNotGranted);
  v1::GetCaseRequest unknown;
  unknown.set_case_number("no such case"), unknown.set_court(kCourt);
  *unknown.mutable_officer_ticket() =
      gateway_.Ticket(demo_.other_court, "court/辽9902/officer/001", kCourt, "no such case");
  EXPECT_EQ(gateway_.Call(&api::Handlers::GetCase, demo_.other_court, unknown).status(),
            Case(demo_.other_court, ticket(), kCourt).status())
      << "the same words, whether it is there or not";
  demo_.Grant("court/辽9902", "");
  ASSERT_TRUE(Case(demo_.other_court, ticket(), kCourt).ok());
  EXPECT_EQ(Newest().scope(), v1::READ_SCOPE_GRANT);
  EXPECT_EQ(ReasonOf(Case(demo_.other_court, demo_.Ticket(), kCourt).status()), Reason::kTicketMismatch)
      << "another's ticket over its own connection";
  gateway_.Advance(absl::Hours(24));
  EXPECT_EQ(ReasonOf(Case(demo_.other_court, ticket(), kCourt).status()), Reason::kScopeNotGranted) << "it has ended";
}

TEST_F(Tickets, AnAuditorReadsWithAnOfficersTicketWhatWasGranted) {
  const api::Caller auditor = GatewayFixture::Auditor();
  const auto ticket = [&](const char* officer = kLeader) {
    return gateway_.Ticket(auditor, officer, kCourt, kCaseNumber, "AUDIT");
  };
  EXPECT_EQ(ReasonOf(Case(auditor, ticket(), kCourt).status()), Reason::kScopeNotGranted);
  demo_.Grant("system/auditor-1", kCourt);
  ASSERT_TRUE(Case(auditor, ticket(), kCourt).ok());
  EXPECT_EQ(ReasonOf(Case(auditor, ticket("court/辽9902/officer/001"), kCourt).status()), Reason::kScopeNotGranted);
  EXPECT_EQ(ReasonOf(Case(auditor, demo_.Ticket(), kCourt).status()), Reason::kTicketMismatch);
}

TEST_F(Tickets, LooksWithoutAnOpenCaseRingABell) {
  v1::Order order = demo_.Inquire({kBeiling});
  order.set_case_number("（2026）辽9901执9999号");
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({order}, {kHandler})), ElementsAre("CASE_UNKNOWN"));
  EXPECT_THAT(gateway_.alerts, ElementsAre("inquiry_without_case"));
  ASSERT_EQ(Why(demo_.Ticket()), Reason::kNone);
  EXPECT_THAT(gateway_.alerts, SizeIs(1));
  v1::CaseAct close;
  close.set_request_id(gateway_.NewId()), close.set_court(kCourt);
  close.mutable_stage()->set_case_number(kCaseNumber), close.mutable_stage()->set_to(v1::CASE_STAGE_CLOSED);
  close.mutable_stage()->set_ground("paid");
  ASSERT_TRUE(demo_.SubmitCase({close})->results(0).has_acceptance());
  ASSERT_EQ(Why(demo_.Ticket()), Reason::kNone) << "it may be read";
  EXPECT_TRUE(Newest().no_open_case());
  EXPECT_THAT(gateway_.alerts, ElementsAre("inquiry_without_case", "read_without_open_case"));
  const auto metrics = gateway_.Call(&api::Handlers::GetMetrics, GatewayFixture::Operator(), v1::GetMetricsRequest());
  std::map<std::string, double> values;
  for (const v1::Metric& metric : metrics->metrics()) values[metric.name()] = metric.value();
  EXPECT_EQ(values["ge_reads_total"], 2);
  EXPECT_EQ(values["ge_reads_without_open_case_total"], 1);
  EXPECT_EQ(values["ge_reads_over_limit_total"], 0);
  EXPECT_EQ(values["ge_inquiries_without_case_total"], 1);
}

// Under cover of a case that is open, too; and other mistakes in the order hide nothing.
TEST_F(Tickets, ALookAtAStrangerRingsABell) {
  v1::Order order = demo_.Inquire({kBeiling});
  order.mutable_subject()->set_name("苏晴"), order.mutable_subject()->set_id_number("990101198708150029");
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({order}, {kHandler})), ElementsAre("NOT_RESPONDENT"));
  EXPECT_THAT(gateway_.alerts, ElementsAre("inquiry_about_stranger"));
  v1::Order hidden = demo_.Inquire({kBeiling});
  hidden.mutable_subject()->set_name("苏晴"), hidden.mutable_subject()->set_id_number("990101198708150029");
  hidden.clear_legal_basis();
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({hidden}, {kHandler})), ElementsAre("FIELD_MISSING"));
  EXPECT_THAT(gateway_.alerts, ElementsAre("inquiry_about_stranger", "inquiry_about_stranger"));
  ASSERT_TRUE(demo_.Submit({demo_.Inquire({kBeiling})}).ok());
  EXPECT_THAT(gateway_.alerts, SizeIs(2)) << "an honest one rings none";
  const auto metrics = gateway_.Call(&api::Handlers::GetMetrics, GatewayFixture::Operator(), v1::GetMetricsRequest());
  std::map<std::string, double> values;
  for (const v1::Metric& metric : metrics->metrics()) values[metric.name()] = metric.value();
  EXPECT_EQ(values["ge_inquiries_about_strangers_total"], 2);
  EXPECT_EQ(values["ge_inquiries_without_case_total"], 0);
}

// A court above sees how things stand, not what was found, nor about whom.
TEST_F(Tickets, ACourtAboveSeesStatesAndDeadlinesOnly) {
  const v1::Order order = demo_.Inquire({kBeiling});
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({order}, {kHandler})), ElementsAre(""));
  ASSERT_TRUE(demo_.Report(kBeiling, {demo_.Found(order, kBeiling, "9900010000000001016", 61'350'27)}).ok());
  v1::GetOrderRequest get;
  get.set_order_id(order.order_id());
  v1::ListOrdersRequest list;
  list.set_court(kCourt);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::GetOrder, demo_.other_court, get).status()), Reason::kNotFound);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ListOrders, demo_.other_court, list).status()),
            Reason::kScopeNotGranted);
  v1::Proposal below;
  below.set_ground("辽9902 is the court above");
  *below.mutable_court() = gateway_.state().directory.CourtByCode(kCourt)->row;
  below.mutable_court()->set_superior(kOtherCourt);
  ASSERT_TRUE(demo_.Adopt({below}).ok());
  const auto seen = gateway_.Call(&api::Handlers::GetOrder, demo_.other_court, get);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(seen->order().state(), v1::ORDER_STATE_COMPLETED);
  EXPECT_TRUE(seen->order().deadline().has_due_at());
  EXPECT_EQ(seen->order().tasks(0).state(), v1::TASK_STATE_DONE);
  EXPECT_EQ(seen->order().tasks(0).outcome(), v1::OUTCOME_UNSPECIFIED);
  EXPECT_EQ(seen->order().subject_masked(), "");
  const auto listed = gateway_.Call(&api::Handlers::ListOrders, demo_.other_court, list);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_THAT(listed->orders(), SizeIs(1));
  EXPECT_EQ(listed->orders(0).subject_masked(), "");
  v1::ListFindingsRequest findings;
  findings.set_order_id(order.order_id());
  *findings.mutable_officer_ticket() =
      gateway_.Ticket(demo_.other_court, "court/辽9902/officer/001", kCourt, kCaseNumber);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ListFindings, demo_.other_court, findings).status()),
            Reason::kNotFound)
      << "never findings";
  v1::GetOrderRequest own = get;
  EXPECT_EQ(gateway_.Call(&api::Handlers::GetOrder, demo_.court, own)->order().tasks(0).outcome(), v1::OUTCOME_FOUND);
}

// --- finding it again

class Searches : public Tickets {
 protected:
  std::vector<std::string> Found(const std::string& subject, const std::string& officer, int page_size = 0) {
    v1::SearchAccessRequest request;
    if (!subject.empty()) request.add_subject_tags(subject);
    if (!officer.empty()) request.add_officer_tags(officer);
    request.set_page_size(page_size);
    std::vector<std::string> types;
    do {
      const auto page = gateway_.Call(&api::Handlers::SearchAccess, GatewayFixture::Auditor(), request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return types;
      for (const auto& entry : page->entries()) {
        EXPECT_TRUE(entry.sealed().empty());
        types.push_back(domain::EntryTypeName(static_cast<v1::EntryType>(journal::DecodeLeaf(entry.leaf())->type)));
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return types;
  }
  std::string Tag(const v1::Identity& person) { return gateway_.ring->Tag(person.id_kind(), person.id_number()); }
};

TEST_F(Searches, WhoLookedAtThisPersonAndWhatThisOfficerLookedAt) {
  const v1::Order order = demo_.Inquire({kBeiling});
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({order}, {kHandler})), ElementsAre(""));
  v1::Order stranger = demo_.Inquire({kBeiling});
  *stranger.mutable_subject() = DemoWorld::SuQing();
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({stranger}, {kHandler})), ElementsAre("NOT_RESPONDENT"));
  ASSERT_TRUE(demo_.Case().ok());
  for (int page_size : {0, 1}) {
    EXPECT_THAT(Found(Tag(DemoWorld::Lin()), "", page_size),
                ElementsAre("CASE_OPENED", "ORDER_ACCEPTED", "ACCESS_RECORDED"));
    EXPECT_THAT(Found(Tag(DemoWorld::SuQing()), "", page_size), ElementsAre("REFUSED"));
    EXPECT_THAT(Found("", gateway_.ring->Tag("OFFICER", "辽9901/001"), page_size),
                ElementsAre("ORDER_ACCEPTED", "REFUSED", "ACCESS_RECORDED"));
  }
  EXPECT_THAT(Found(std::string(20, 'n'), ""), IsEmpty());
}

TEST_F(Searches, ByTimeTooAndOnlyForAuditors) {
  ASSERT_TRUE(demo_.Case().ok());
  const absl::Time later = gateway_.clock.wall + absl::Hours(1);
  gateway_.AdvanceTo(later);
  ASSERT_TRUE(demo_.Case().ok());
  v1::SearchAccessRequest request;
  request.add_officer_tags(gateway_.ring->Tag("OFFICER", "辽9901/001"));
  request.mutable_not_before()->set_seconds(absl::ToUnixSeconds(later));
  const auto after = gateway_.Call(&api::Handlers::SearchAccess, GatewayFixture::Auditor(), request);
  EXPECT_THAT(after->entries(), SizeIs(1));
  request.clear_not_before();
  request.mutable_before()->set_seconds(absl::ToUnixSeconds(later));
  const auto before = gateway_.Call(&api::Handlers::SearchAccess, GatewayFixture::Auditor(), request);
  EXPECT_THAT(before->entries(), SizeIs(1));
  EXPECT_NE(before->entries(0).index(), after->entries(0).index());
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::SearchAccess, demo_.court, request).status()),
            Reason::kPermissionDenied);
  EXPECT_EQ(
      ReasonOf(
          gateway_.Call(&api::Handlers::SearchAccess, GatewayFixture::Auditor(), v1::SearchAccessRequest()).status()),
      Reason::kFieldMissing);
  request.add_subject_tags("short");
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::SearchAccess, GatewayFixture::Auditor(), request).status()),
            Reason::kFieldInvalid);
}

}  // namespace
}  // namespace eagle::test
