// Who looked at whom, folded from entries: what leaves say, what payloads add, what can't hide.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/journal_folder_looks.h"
#include "tests/support/domain_world.h"

namespace eagle {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

namespace v1 = ::goldeneagle::v1;

constexpr char kRespondentTag[] = "tag of 990101198503070017";

class LookBookTest : public testing::Test {
 protected:
  // The journal so far, as an auditor reads it: `opened` with every key, else with none.
  std::vector<Look> Looks(std::optional<std::string> tag = std::nullopt, bool opened = true) {
    return LooksUnder(tag ? std::optional(std::vector<std::string>{*tag}) : std::nullopt, opened);
  }
  std::vector<Look> LooksUnder(std::optional<std::vector<std::string>> tags, bool opened = true) {
    LookBook book(std::move(tags));
    for (domain::Entry entry : world_.journal) {
      if (entry.payload && entry.key_id.empty()) entry.key_id = std::string(16, 'l');  // the log's own key
      if (!opened) entry.payload.reset();
      book.Take(entry);
    }
    another_tag_key_ = book.AnotherTagKey();
    tag_keys_ = book.tag_keys();
    return book.Give();
  }
  v1::Order Inquiry(const std::string& name, const std::string& number) {
    auto order = world_.InquireOrder({"BANK1"});
    order.mutable_subject()->set_name(name);
    order.mutable_subject()->set_id_number(number);
    return order;
  }

  test::DomainWorld world_;
  bool another_tag_key_ = false;
  std::vector<TagKeyUse> tag_keys_;
};

TEST_F(LookBookTest, AnAcceptedInquiryIsALookAndAFreezeIsNone) {
  ASSERT_EQ(test::DomainWorld::OnlyRefusal(world_.Do(world_.Orders({world_.InquireOrder({"BANK1"})}, {"handler"}))),
            Reason::kNone);
  world_.Do(world_.Orders({world_.FreezeOrder("BANK1", 100)}));
  const auto looks = Looks();
  ASSERT_EQ(looks.size(), 1u);
  EXPECT_EQ(looks[0].act, LookAct::kInquiry);
  EXPECT_EQ(looks[0].what, "INQUIRE");
  EXPECT_EQ(looks[0].court, "C1");
  EXPECT_EQ(looks[0].case_number, "case-1");
  EXPECT_FALSE(looks[0].officers.empty());
  EXPECT_FALSE(looks[0].purpose.empty());
  EXPECT_FALSE(looks[0].sealed);
}

TEST_F(LookBookTest, ARefusedLookAtAStrangerIsFoundByHerTagAlone) {
  const auto result = world_.Do(world_.Orders({Inquiry("苏晴", "990101198708150029")}, {"handler"}));
  EXPECT_EQ(test::DomainWorld::OnlyRefusal(result), Reason::kNotRespondent);
  const auto opened = Looks("tag of 990101198708150029");
  ASSERT_EQ(opened.size(), 1u);
  EXPECT_EQ(opened[0].act, LookAct::kRefused);
  EXPECT_EQ(opened[0].index, result.members[0].index);
  EXPECT_EQ(opened[0].reason, Reason::kNotRespondent);
  EXPECT_THAT(opened[0].subjects, ElementsAre("苏晴 9901**********0029"));
  const auto closed = Looks("tag of 990101198708150029", false);
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].reason, Reason::kNotRespondent);
  EXPECT_EQ(closed[0].court_ordinal, 1u);
  EXPECT_TRUE(closed[0].sealed);
  EXPECT_THAT(closed[0].subjects, IsEmpty());
  EXPECT_THAT(closed[0].officer_tags, ElementsAre("tag of handler"));
  EXPECT_THAT(Looks(kRespondentTag), IsEmpty());
}

// A leaf has room for some violations only; the first by precedence may be another, and the list may be cut.
TEST_F(LookBookTest, AStrangerHiddenBehindOtherMistakesIsFoundToo) {
  auto order = Inquiry("苏晴", "990101198708150029");
  for (int i = 0; i < 2000; ++i) order.add_agencies("NOBODY" + std::to_string(i));
  while (order.officers_size() < 500) *order.add_officers() = order.officers(0);
  auto batch = world_.Orders({order}, {"handler"});
  batch.members[0].officer_tags.assign(500, "tag of handler");
  ASSERT_NE(test::DomainWorld::OnlyRefusal(world_.Do(batch)), Reason::kNone);
  EXPECT_EQ(Looks("tag of 990101198708150029", false).size(), 1u);
  EXPECT_EQ(Looks("tag of 990101198708150029", false)[0].officer_tags.size(), 16u);
}

// Of a case that isn't known nothing is kept but digest, reasons and tags.
TEST_F(LookBookTest, ALookUnderACaseThatDoesNotExistIsFoundByTag) {
  auto order = Inquiry("苏晴", "990101198708150029");
  order.set_case_number("case-of-nobody");
  world_.Do(world_.Orders({order}, {"handler"}));
  const auto looks = Looks("tag of 990101198708150029");
  ASSERT_EQ(looks.size(), 1u);
  EXPECT_EQ(looks[0].reason, Reason::kCaseUnknown);
  EXPECT_FALSE(looks[0].sealed);
  EXPECT_THAT(looks[0].subjects, IsEmpty());
}

TEST_F(LookBookTest, AReadOfTheCaseIsALookAtItsRespondents) {
  world_.Do(world_.Access());
  const auto looks = Looks(kRespondentTag);
  ASSERT_EQ(looks.size(), 1u);
  EXPECT_EQ(looks[0].act, LookAct::kRead);
  EXPECT_EQ(looks[0].what, "GetCase");
  EXPECT_EQ(looks[0].system, "spiffe://test/court/C1");
  EXPECT_EQ(looks[0].purpose, "EXECUTION");
  EXPECT_EQ(looks[0].case_number, "case-1");
  EXPECT_THAT(looks[0].officers, ElementsAre("handler handler"));
  EXPECT_THAT(looks[0].officer_tags, ElementsAre("tag of handler"));
  EXPECT_FALSE(looks[0].no_open_case);
  EXPECT_FALSE(another_tag_key_);
}

TEST_F(LookBookTest, TheTagKeyOfAnotherLogIsNoticed) {
  world_.Do(world_.Orders({world_.InquireOrder({"BANK1"})}, {"handler"}));
  EXPECT_THAT(Looks("key of another log"), IsEmpty());
  EXPECT_TRUE(another_tag_key_);
}

// --- a rotation of the tag key

TEST_F(LookBookTest, AfterARotationOnePersonsLooksAreFoundUnderBothKeys) {
  world_.Do(world_.Orders({world_.InquireOrder({"BANK1"})}, {"handler"}));
  world_.RotateTagKey();
  world_.Do(world_.Orders({world_.InquireOrder({"BANK1"})}, {"handler"}));
  const auto both = LooksUnder(world_.TagsOf("990101198503070017"));
  ASSERT_EQ(both.size(), 2u);
  EXPECT_FALSE(another_tag_key_);
  ASSERT_EQ(tag_keys_.size(), 2u);
  EXPECT_EQ(tag_keys_[1].id, "key2");
  EXPECT_EQ(tag_keys_[1].first_index, both[1].index);
  EXPECT_EQ(tag_keys_[1].tags, 1u);
  EXPECT_TRUE(tag_keys_[0].given && tag_keys_[1].given);
}

TEST_F(LookBookTest, WithOneKeyOfTwoTheOtherIsNamed) {
  world_.Do(world_.Orders({world_.InquireOrder({"BANK1"})}, {"handler"}));
  world_.RotateTagKey();
  world_.Do(world_.Orders({world_.InquireOrder({"BANK1"})}, {"handler"}));
  EXPECT_EQ(Looks("key2 of 990101198503070017").size(), 1u);
  EXPECT_FALSE(another_tag_key_) << "it is a key of this log";
  ASSERT_EQ(tag_keys_.size(), 2u);
  EXPECT_FALSE(tag_keys_[0].given);
  EXPECT_TRUE(tag_keys_[1].given);
  EXPECT_THAT(Looks("key9 of 990101198503070017"), IsEmpty());
  EXPECT_TRUE(another_tag_key_);
}

}  // namespace
}  // namespace eagle
