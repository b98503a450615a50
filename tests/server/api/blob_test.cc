// Papers that travel: who puts and gets them, what a submission without them is told, what reading and erasing leave.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "goldeneagle/v1/entry.pb.h"
#include "server/base/bytes.h"
#include "server/journal/leaf.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string Pdf(size_t bytes, const std::string& what) {
  std::string out = "%PDF-1.7 ";
  while (out.size() < bytes) out += what + " ";
  out.resize(bytes);
  return out;
}
std::string DigestOf(const std::string& content) { return std::string(journal::View(journal::Sha256(content))); }

class Papers : public ::testing::Test {
 protected:
  Papers() {
    v1::PolicyTable table = PolicyOf2026();
    table.set_version(table.version() + 1);
    for (int action = v1::ACTION_INQUIRE; action <= v1::ACTION_RENEW; ++action)
      table.mutable_papers()->add_travel_with(static_cast<v1::Action>(action));
    Install(table);
  }
  void Install(const v1::PolicyTable& table) {
    v1::Proposal policy;
    policy.set_ground("papers");
    *policy.mutable_policy()->mutable_table() = table;
    EXPECT_TRUE(demo_.Adopt({policy}).ok());
  }

  v1::PutBlobPartRequest PutRequest(const std::string& content, uint32_t part = 0) {
    v1::PutBlobPartRequest request;
    request.set_case_number(kCaseNumber);
    request.set_digest(DigestOf(content));
    request.set_size_bytes(content.size());
    request.set_media_type("application/pdf");
    request.set_part(part);
    request.set_content(content.substr(part * blobs::kPartBytes, blobs::kPartBytes));
    return request;
  }
  absl::StatusOr<v1::PutBlobPartResponse> Put(const api::Caller& caller, const v1::PutBlobPartRequest& request) {
    return gateway_.Call(&api::Handlers::PutBlobPart, caller, request);
  }
  void PutAll(const std::string& content) {
    for (uint32_t part = 0; part * blobs::kPartBytes < content.size(); ++part)
      ASSERT_TRUE(Put(demo_.court, PutRequest(content, part)).ok());
  }
  // The order with these papers instead of its own.
  static v1::Order With(v1::Order order, const std::vector<std::string>& contents) {
    const char* categories[] = {"RULING", "ASSISTANCE_NOTICE", "JUDGMENT_COPY"};
    order.clear_instruments();
    for (size_t i = 0; i < contents.size(); ++i) {
      v1::Instrument* paper = order.add_instruments();
      paper->set_category(categories[i]);
      paper->set_digest(DigestOf(contents[i]));
      paper->set_size_bytes(contents[i].size());
      paper->set_media_type("application/pdf");
    }
    return order;
  }
  absl::StatusOr<v1::GetBlobPartResponse> Get(const api::Caller& caller, const std::string& digest, uint32_t part,
                                              const v1::SignedMember& ticket, const std::string& court = "") {
    v1::GetBlobPartRequest request;
    request.set_case_number(kCaseNumber), request.set_court(court);
    request.set_digest(digest), request.set_part(part);
    *request.mutable_officer_ticket() = ticket;
    return gateway_.Call(&api::Handlers::GetBlobPart, caller, request);
  }
  absl::StatusOr<v1::PullBlobPartResponse> Pull(const std::string& agency, const v1::Order& order,
                                                const std::string& content, uint32_t part = 0) {
    v1::PullBlobPartRequest request;
    request.set_order_id(order.order_id()), request.set_digest(DigestOf(content)), request.set_part(part);
    return gateway_.Call(&api::Handlers::PullBlobPart, gateway_.Agency(agency), request);
  }
  size_t FilesOfPapers() {
    size_t out = 0;
    for (const auto& file : std::filesystem::recursive_directory_iterator(gateway_.paper_folder.path()))
      out += file.is_regular_file() ? 1 : 0;
    return out;
  }

  GatewayFixture gateway_;
  DemoWorld demo_{gateway_};
  const std::string ruling_ = Pdf(2 * blobs::kPartBytes + 7, "ruling"), notice_ = Pdf(5000, "notice");
};

TEST_F(Papers, AnOrderIsTakenOnlyWhenEveryPaperIsThereAndTheSameBytesAreGoodThen) {
  const v1::Order freeze = With(demo_.Freeze(kBeiling, 80'000'00), {ruling_, notice_});
  const v1::Order inquiry = With(demo_.Inquire({kSongyue}), {ruling_});
  const v1::SubmitOrdersRequest batch = demo_.OrderBatch({freeze, inquiry});
  const size_t entries = gateway_.state().next_index;
  const auto submit = [&] { return gateway_.Call(&api::Handlers::SubmitOrders, demo_.court, batch); };
  const absl::Status none = submit().status();
  EXPECT_EQ(ReasonOf(none), Reason::kBlobMissing);
  ASSERT_THAT(FailureOf(none).violations, SizeIs(3)) << "of all members at once";
  EXPECT_EQ(FailureOf(none).violations[0].field, "members[0].instruments[0]");
  EXPECT_THAT(FailureOf(none).violations[0].description, HasSubstr(HexEncode(DigestOf(ruling_))));
  EXPECT_EQ(FailureOf(none).violations[2].field, "members[1].instruments[0]");
  const auto tried = gateway_.Call(&api::Handlers::ValidateOrders, demo_.court, batch);
  ASSERT_TRUE(tried.ok()) << tried.status();
  EXPECT_EQ(tried->papers_missing_size(), 2) << "each once, and the dry run says all else too";
  EXPECT_TRUE(tried->results(0).has_acceptance());
  PutAll(notice_);
  ASSERT_TRUE(Put(demo_.court, PutRequest(ruling_, 0)).ok());
  EXPECT_THAT(FailureOf(submit().status()).violations, SizeIs(2)) << "half a paper is none";
  EXPECT_EQ(gateway_.state().next_index, entries) << "nothing was recorded, no order id is used up";
  PutAll(ruling_);
  EXPECT_THAT(DemoWorld::Reasons(submit()), ElementsAre("", ""));
  EXPECT_THAT(gateway_.Call(&api::Handlers::ValidateOrders, demo_.court, batch)->papers_missing(), IsEmpty());
}

TEST_F(Papers, AFaithfulRepeatIsAnsweredThoughThePapersAreGone) {
  PutAll(notice_);
  const v1::SubmitOrdersRequest batch = demo_.OrderBatch({With(demo_.Inquire({kSongyue}), {notice_})}, {kHandler});
  ASSERT_THAT(DemoWorld::Reasons(gateway_.Call(&api::Handlers::SubmitOrders, demo_.court, batch)), ElementsAre(""));
  gateway_.Stop();
  std::filesystem::remove_all(gateway_.paper_folder / "1");
  gateway_.Start();
  ASSERT_EQ(FilesOfPapers(), 0u);
  EXPECT_THAT(DemoWorld::Reasons(gateway_.Call(&api::Handlers::SubmitOrders, demo_.court, batch)), ElementsAre(""));
}

TEST_F(Papers, APaperOfAnotherSizeOrTypeIsNotTheOneThatIsNamed) {
  PutAll(notice_);
  v1::Order order = With(demo_.Inquire({kSongyue}), {notice_});
  order.mutable_instruments(0)->set_size_bytes(notice_.size() + 1);
  const absl::Status refused = demo_.Submit({order}, {kHandler}).status();
  EXPECT_EQ(ReasonOf(refused), Reason::kBlobMissing);
  EXPECT_THAT(FailureOf(refused).violations[0].description, HasSubstr("another size or type"));
}

TEST_F(Papers, WhereThePolicySaysNothingTheyNeedNotTravel) {
  const v1::Order order = With(demo_.Inquire({kSongyue}), {notice_});
  v1::PolicyTable table = PolicyOf2026();
  table.set_version(table.version() + 2);
  table.mutable_papers()->add_travel_with(v1::ACTION_FREEZE);
  Install(table);
  EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({order}, {kHandler})), ElementsAre("")) << "only freezes do";
  EXPECT_EQ(ReasonOf(demo_.Submit({With(demo_.Freeze(kBeiling, 1'00), {ruling_, notice_})}).status()),
            Reason::kBlobMissing);
  table.set_version(table.version() + 1);
  table.clear_papers();
  Install(table);
  EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({With(demo_.Freeze(kBeiling, 1'00), {ruling_, notice_})})),
              ElementsAre(""));
  EXPECT_EQ(ReasonOf(Put(demo_.court, PutRequest(notice_)).status()), Reason::kPapersNotTaken);
}

TEST_F(Papers, APolicyRowThatCanNotBeIsRefused) {
  v1::PolicyTable table = PolicyOf2026();
  table.set_version(table.version() + 2);
  table.mutable_papers()->add_media_types("text/html");
  table.mutable_papers()->set_size_bytes_max(33 << 20);
  table.mutable_papers()->add_travel_with(v1::ACTION_FREEZE);
  table.mutable_papers()->add_travel_with(v1::ACTION_FREEZE);
  table.mutable_papers()->clear_source();
  const auto policy = domain::Policy::Create(table);
  EXPECT_THAT(FailureOf(policy.status()).violations, SizeIs(4));
}

TEST_F(Papers, WhatCanNotBeTakenIsSaidAtOnce) {
  v1::PutBlobPartRequest request = PutRequest(notice_);
  request.set_media_type("image/png");
  request.set_size_bytes((20 << 20) + 1);
  request.set_digest("short");
  const absl::Status refused = Put(demo_.court, request).status();
  EXPECT_THAT(FailureOf(refused).violations, SizeIs(3));
  request = PutRequest(notice_);
  request.set_media_type("image/png");
  EXPECT_EQ(ReasonOf(Put(demo_.court, request).status()), Reason::kBlobTypeRefused);
  request = PutRequest(notice_);
  request.set_size_bytes((20 << 20) + 1);
  EXPECT_EQ(ReasonOf(Put(demo_.court, request).status()), Reason::kBlobTooLarge);
  request = PutRequest(notice_);
  request.mutable_content()->back() ^= 1;
  EXPECT_EQ(ReasonOf(Put(demo_.court, request).status()), Reason::kBlobDigestMismatch);
  EXPECT_EQ(FilesOfPapers(), 0u);
}

TEST_F(Papers, ACourtPutsIntoItsOwnCasesOnly) {
  EXPECT_EQ(ReasonOf(Put(demo_.other_court, PutRequest(notice_)).status()), Reason::kNotFound);
  v1::PutBlobPartRequest unknown = PutRequest(notice_);
  unknown.set_case_number("no such case");
  EXPECT_EQ(Put(demo_.court, unknown).status(), Put(demo_.other_court, PutRequest(notice_)).status())
      << "the same words, whether it is there or not";
  EXPECT_EQ(ReasonOf(Put(gateway_.Agency(kBeiling), PutRequest(notice_)).status()), Reason::kNotFound)
      << "an agency puts under an order that it has received";
  EXPECT_EQ(FilesOfPapers(), 0u);
}

TEST_F(Papers, ExactlyTheAgenciesThatAnOrderWasHandedOutToGetWhatItNames) {
  PutAll(ruling_), PutAll(notice_);
  const std::string unnamed = Pdf(300, "unnamed");
  PutAll(unnamed);
  const v1::Order freeze = With(demo_.Freeze(kBeiling, 80'000'00), {ruling_, notice_});
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({freeze})), ElementsAre(""));
  const absl::Status not_there = Pull(kBeiling, demo_.Inquire({kBeiling}), notice_).status();
  EXPECT_EQ(ReasonOf(not_there), Reason::kNotFound);
  EXPECT_EQ(Pull(kBeiling, freeze, notice_).status(), not_there) << "accepted, but not handed out yet";
  ASSERT_THAT(demo_.Pull(kBeiling), SizeIs(1));
  std::string got;
  for (uint32_t part = 0; part < 3; ++part) {
    const auto answer = Pull(kBeiling, freeze, ruling_, part);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->size_bytes(), ruling_.size());
    EXPECT_EQ(answer->media_type(), "application/pdf");
    got += answer->content();
  }
  EXPECT_EQ(got, ruling_);
  EXPECT_TRUE(Pull(kBeiling, freeze, notice_).ok());
  EXPECT_EQ(ReasonOf(Pull(kBeiling, freeze, unnamed).status()), Reason::kNotFound) << "the order doesn't name it";
  EXPECT_EQ(Pull(kSongyue, freeze, ruling_).status(), not_there) << "another bank, with the order's id and digest";
}

TEST_F(Papers, OneFileServesManyOrdersOfACase) {
  PutAll(ruling_), PutAll(notice_);
  const v1::Order first = With(demo_.Freeze(kBeiling, 1'000'00), {ruling_, notice_}),
                  second = With(demo_.Freeze(kSongyue, 1'000'00), {ruling_, notice_});
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({first, second})), ElementsAre("", ""));
  ASSERT_THAT(demo_.Pull(kBeiling), SizeIs(1));
  ASSERT_THAT(demo_.Pull(kSongyue), SizeIs(1));
  EXPECT_TRUE(Pull(kBeiling, first, ruling_).ok());
  EXPECT_TRUE(Pull(kSongyue, second, ruling_).ok());
  EXPECT_EQ(FilesOfPapers(), 2u);
}

TEST_F(Papers, ASealedReceiptComesBackToTheCourtAndToNobodyElse) {
  PutAll(ruling_), PutAll(notice_);
  const v1::Order freeze = With(demo_.Freeze(kBeiling, 80'000'00), {ruling_, notice_}),
                  other = With(demo_.Freeze(kSongyue, 1'000'00), {ruling_, notice_});
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({freeze, other})), ElementsAre("", ""));
  const std::string sealed = Pdf(9000, "sealed receipt");
  v1::PutBlobPartRequest request = PutRequest(sealed);
  request.clear_case_number();
  request.set_order_id(freeze.order_id());
  EXPECT_EQ(ReasonOf(Put(gateway_.Agency(kBeiling), request).status()), Reason::kNotFound) << "not handed out yet";
  demo_.Pull(kBeiling), demo_.Pull(kSongyue);
  ASSERT_TRUE(Put(gateway_.Agency(kBeiling), request)->complete());
  EXPECT_EQ(ReasonOf(Put(gateway_.Agency(kSongyue), request).status()), Reason::kNotFound);
  v1::Receipt receipt = demo_.Controlled(freeze, 80'000'00, 0);
  *receipt.add_documents() = With(freeze, {sealed}).instruments(0);
  receipt.mutable_documents(0)->set_category("SEALED_RECEIPT");
  const auto report = demo_.Report(kBeiling, {receipt});
  EXPECT_EQ(report->results(0).verdict(), v1::RECEIPT_VERDICT_RECORDED) << report->results(0).reason();
  EXPECT_EQ(Get(demo_.court, DigestOf(sealed), 0, demo_.Ticket())->content(), sealed);
  EXPECT_TRUE(Pull(kBeiling, freeze, sealed).ok()) << "its own";
  EXPECT_EQ(ReasonOf(Pull(kSongyue, other, sealed).status()), Reason::kNotFound);
}

TEST_F(Papers, AReceiptNamesItsFilesWholeOrIsRefused) {
  PutAll(ruling_), PutAll(notice_);
  const v1::Order freeze = With(demo_.Freeze(kBeiling, 80'000'00), {ruling_, notice_});
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({freeze})), ElementsAre(""));
  demo_.Pull(kBeiling);
  v1::Receipt receipt = demo_.Controlled(freeze, 80'000'00, 0);
  receipt.add_documents()->set_category("SEALED_RECEIPT");
  const auto report = demo_.Report(kBeiling, {receipt});
  EXPECT_EQ(report->results(0).verdict(), v1::RECEIPT_VERDICT_REFUSED);
  EXPECT_EQ(report->results(0).reason(), "FIELD_INVALID");
}

TEST_F(Papers, ReadingAPaperIsOneEntryHoweverManyPartsItHas) {
  PutAll(ruling_);
  const v1::SignedMember ticket = demo_.Ticket();
  const size_t reads = gateway_.Count("ACCESS_RECORDED");
  std::string got;
  for (uint32_t part = 0; part < 3; ++part) got += Get(demo_.court, DigestOf(ruling_), part, ticket)->content();
  EXPECT_EQ(got, ruling_);
  EXPECT_EQ(gateway_.Count("ACCESS_RECORDED"), reads + 1);
  ASSERT_TRUE(Get(demo_.court, DigestOf(ruling_), 2, ticket).ok());
  EXPECT_EQ(gateway_.Count("ACCESS_RECORDED"), reads + 1);
  gateway_.Restart();
  ASSERT_TRUE(Get(demo_.court, DigestOf(ruling_), 2, ticket).ok());
  EXPECT_EQ(gateway_.Count("ACCESS_RECORDED"), reads + 2) << "rather twice than not at all";
  EXPECT_EQ(ReasonOf(Get(demo_.court, DigestOf(ruling_), 0, {}).status()), Reason::kTicketMissing);
  EXPECT_EQ(ReasonOf(Get(demo_.court, DigestOf(notice_), 0, ticket).status()), Reason::kNotFound);
  EXPECT_EQ(gateway_.Count("ACCESS_RECORDED"), reads + 2) << "what isn't there was not read";
  const auto ticket_of_other = gateway_.Ticket(demo_.other_court, "court/辽9902/officer/001", kCourt, kCaseNumber);
  EXPECT_EQ(ReasonOf(Get(demo_.other_court, DigestOf(ruling_), 0, ticket_of_other, kCourt).status()),
            Reason::kScopeNotGranted);
  demo_.Grant("court/辽9902", "");
  EXPECT_TRUE(Get(demo_.other_court, DigestOf(ruling_), 0, ticket_of_other, kCourt).ok());
}

TEST_F(Papers, AnErasedCaseLeavesNoByteOfItsPapers) {
  PutAll(ruling_), PutAll(notice_);
  const v1::Order freeze = With(demo_.Freeze(kBeiling, 80'000'00), {ruling_, notice_});
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({freeze})), ElementsAre(""));
  demo_.Pull(kBeiling);
  v1::Receipt returned = demo_.Receipt(freeze, kBeiling, v1::RECEIPT_KIND_RETURNED);
  returned.mutable_returned()->set_reason("REFUSED_BY_CLERK");
  returned.mutable_returned()->set_contact_name("张三"), returned.mutable_returned()->set_contact_phone("1");
  ASSERT_EQ(demo_.Report(kBeiling, {returned})->results(0).verdict(), v1::RECEIPT_VERDICT_RECORDED);
  v1::CaseAct close;
  close.set_request_id(gateway_.NewId()), close.set_court(kCourt);
  close.mutable_stage()->set_case_number(kCaseNumber);
  close.mutable_stage()->set_to(v1::CASE_STAGE_CLOSED);
  close.mutable_stage()->set_ground("done");
  ASSERT_TRUE(demo_.SubmitCase({close})->results(0).has_acceptance());
  ASSERT_EQ(FilesOfPapers(), 2u);
  gateway_.Advance(absl::Hours(24) * 366 * 31);
  const uint64_t index = gateway_.state().cases.begin()->first;
  v1::Proposal erase;
  erase.set_ground("retention has passed");
  erase.mutable_erase()->set_court(kCourt), erase.mutable_erase()->set_case_index(index);
  ASSERT_TRUE(demo_.Adopt({erase}).ok());
  ASSERT_TRUE(gateway_.state().cases.at(index).erased());
  EXPECT_EQ(FilesOfPapers(), 0u);
  EXPECT_EQ(ReasonOf(Put(demo_.court, PutRequest(notice_)).status()), Reason::kErased);
  EXPECT_EQ(ReasonOf(Pull(kBeiling, freeze, notice_).status()), Reason::kNotFound);
  EXPECT_EQ(FilesOfPapers(), 0u);
}

}  // namespace
}  // namespace eagle::test
