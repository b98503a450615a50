// A rotation of the tag key: the same number has another tag from then on, and nothing that was decided by tags may
// notice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "goldeneagle/v1/entry.pb.h"
#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using test::DomainWorld;
using testing::StartsWith;

class TagKeyRotation : public testing::Test {
 protected:
  Reason Do(const Command& command) { return DomainWorld::OnlyRefusal(world_.Do(command)); }
  template <typename Body>
  Body Newest() {
    Body body;
    EXPECT_TRUE(body.ParseFromString(world_.journal.back().body));
    return body;
  }
  // The fold over the entries, which say nothing of keys.
  void ExpectReplayAgrees() {
    State again;
    for (const Entry& entry : world_.journal) Apply(entry, again);
    EXPECT_EQ(again.case_numbers, world_.state.case_numbers);
    EXPECT_EQ(again.readers, world_.state.readers);
    for (const auto& [seq, of] : world_.state.cases) EXPECT_EQ(again.cases.at(seq).Encode(), of.Encode());
    for (const auto& [seq, order] : world_.state.orders) {
      EXPECT_EQ(again.orders.at(seq).Encode(), order.Encode());
      EXPECT_EQ(again.PersonOf(order), world_.state.PersonOf(order));
    }
  }

  DomainWorld world_;
};

TEST_F(TagKeyRotation, ACaseIsFoundByItsNumberAndItsNumberStaysTaken) {
  world_.RotateTagKey();
  EXPECT_EQ(Do(world_.Cases({world_.OpenCase("case-1")})), Reason::kCaseExists);
  EXPECT_EQ(Do(world_.Cases({world_.OpenCase("case-2")})), Reason::kNone);
  EXPECT_THAT(Newest<CaseOpened>().number_tag(), StartsWith("key2"));
  world_.RotateTagKey();
  for (const char* number : {"case-1", "case-2"})
    EXPECT_EQ(Do(world_.Cases({world_.OpenCase(number)})), Reason::kCaseExists) << number;
  const Result twins = world_.Do(world_.Cases({world_.OpenCase("case-3"), world_.OpenCase("case-3")}));
  EXPECT_EQ(twins.members[1].refusal->reason, Reason::kCaseExists);
  ExpectReplayAgrees();
}

TEST_F(TagKeyRotation, AnOrderOfAnOlderCaseStillNamesItsRespondent) {
  const auto before = world_.FreezeOrder("BANK1", 100);
  ASSERT_EQ(Do(world_.Orders({before})), Reason::kNone);
  world_.RotateTagKey();
  const auto after = world_.FreezeOrder("BANK2", 100);
  EXPECT_EQ(Do(world_.Orders({after})), Reason::kNone);
  ASSERT_EQ(Do(world_.Receipts("BANK1", {world_.Controlled(before, "BANK1", 100, 0)})), Reason::kNone);
  EXPECT_EQ(Do(world_.Orders({world_.ReleaseOrder("BANK1", before.order_id())})), Reason::kNone);
  auto stranger = world_.InquireOrder({"BANK1"});
  stranger.mutable_subject()->set_id_number("990101198708150029");
  EXPECT_EQ(Do(world_.Orders({stranger}, {"handler"})), Reason::kNotRespondent);
  EXPECT_THAT(world_.OrderNamed(before).subject_tag, StartsWith("tag "));
  EXPECT_THAT(world_.OrderNamed(after).subject_tag, StartsWith("key2"));
  ExpectReplayAgrees();
}

TEST_F(TagKeyRotation, ThePersonOfAnOrderIsTheSameBeforeAndAfterAndWithoutTheCaseItsTag) {
  const auto before = world_.FreezeOrder("BANK1", 100);
  ASSERT_EQ(Do(world_.Orders({before})), Reason::kNone);
  world_.RotateTagKey();
  const auto after = world_.FreezeOrder("BANK1", 100);
  ASSERT_EQ(Do(world_.Orders({after})), Reason::kNone);
  const std::string person = world_.state.PersonOf(world_.OrderNamed(before));
  EXPECT_EQ(world_.state.PersonOf(world_.OrderNamed(after)), person);
  EXPECT_NE(person, world_.OrderNamed(before).subject_tag);
  State sealed;
  for (Entry entry : world_.journal) {
    if (entry.type == ENTRY_TYPE_CASE_OPENED || entry.case_seq) entry.payload.reset();
    Apply(entry, sealed);
  }
  EXPECT_EQ(sealed.PersonOf(world_.OrderNamed(before)), world_.OrderNamed(before).subject_tag);
}

TEST_F(TagKeyRotation, AnOfficersPagesAreCountedOn) {
  // Three an hour, five a day.
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(world_.Do(world_.Access()).status.ok());
  world_.RotateTagKey();
  ASSERT_TRUE(world_.Do(world_.Access()).status.ok());
  const auto read = Newest<AccessRecorded>();
  EXPECT_THAT(read.officer_tag(), StartsWith("key2"));
  EXPECT_EQ(read.reads_in_hour(), 3u);
  EXPECT_EQ(ReasonOf(world_.Do(world_.Access()).status), Reason::kReadLimitExceeded);
  world_.now += absl::Hours(1);
  ASSERT_TRUE(world_.Do(world_.Access()).status.ok());
  EXPECT_EQ(Newest<AccessRecorded>().reads_in_day(), 4u) << "by the newest count, not by the one left behind";
  world_.RotateTagKey(), world_.RotateTagKey();
  ASSERT_TRUE(world_.Do(world_.Access()).status.ok());
  EXPECT_EQ(Newest<AccessRecorded>().reads_in_day(), 5u);
  EXPECT_EQ(ReasonOf(world_.Do(world_.Access()).status), Reason::kReadLimitExceeded);
  ExpectReplayAgrees();
}

TEST_F(TagKeyRotation, ATicketIsForItsCaseUnderEveryKeyAndForNoOther) {
  world_.RotateTagKey();
  ASSERT_TRUE(world_.Do(world_.Access()).status.ok());
  auto read = world_.Access();
  read.case_number_tags = world_.TagsOf("case-2");
  EXPECT_EQ(ReasonOf(world_.Do(read).status), Reason::kTicketMismatch);
}

}  // namespace
}  // namespace eagle::domain
