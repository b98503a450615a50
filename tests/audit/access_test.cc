// Who looked at whom, offline: found by tag in a published log, opened by its keeper, checked against the leaves.
#include "client/audit/access.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/base/bytes.h"
#include "server/journal/payload.h"
#include "tests/audit/golden_leaves.h"
#include "tests/audit/published_log.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kKey(32, 'k'), kSalt(32, 's');

class AccessTest : public PublishedLogTest {
 protected:
  // The golden log with real tags of its debtor and its handler, as a gateway with this key would have written them.
  void SetUp() override {
    PublishedLogTest::SetUp();
    Write(Path("tag.key"), "golden-eagle-tag-key-v1\n" + Base64Encode(kKey) + "\n");
    Write(Path("other.key"), "golden-eagle-tag-key-v1\n" + Base64Encode(std::string(32, 'o')) + "\n");
    Retag(leaves_, 0, [](const std::string& tag) { return TagUnder(kKey, tag); });
    for (uint64_t i = 0; i < leaves_.size(); ++i) {
      const auto leaf = journal::DecodeLeaf(leaves_[i]);
      if (leaf->type == ENTRY_TYPE_ACCESS_RECORDED) reads_.push_back(i);
      if (leaf->type == ENTRY_TYPE_ORDER_ACCEPTED) ++orders_;
      Refused body;
      if (leaf->type == ENTRY_TYPE_REFUSED && body.ParseFromString(leaf->body))
        refused_ += body.officer_tags().empty() ? 0 : 1;
    }
  }
  static std::string TagUnder(const std::string& key, const std::string& tag) {
    if (tag == "tag of 990101198503070017") return TagOf(key, "CITIZEN_ID", "990101198503070017");
    if (tag == "tag of handler") return TagOf(key, "OFFICER", "C1/handler");
    return TagOf(key, "SOMETHING", tag);
  }
  // A read with a payload of our own, which its keeper can open.
  std::string OpenableRead(uint64_t at) {
    OfficerTicket ticket;
    ticket.set_officer("court/C1/officer/handler"), ticket.set_case_number("case-1"), ticket.set_purpose("HEARING");
    AccessPayload payload;
    payload.mutable_ticket()->set_member(ticket.SerializeAsString());
    const std::string bytes = payload.SerializeAsString();
    ChangeLeaf(leaves_, at, [&](auto& leaf) { leaf.commitment = journal::Commitment(kSalt, bytes); });
    return bytes;
  }
  int Access(std::vector<std::string> more) {
    Publish(Log(), leaves_);
    std::vector<std::string> arguments = {"access", Log(), "--output", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  }

  std::vector<std::string> leaves_ = GoldenLeaves();
  std::vector<uint64_t> reads_;
  size_t orders_ = 0, refused_ = 0;
};

TEST_F(AccessTest, TagsAreTheGateways) {
  // server/docs/formats.md, section 1.
  std::string key;
  for (int i = 0xa0; i < 0xc0; ++i) key += static_cast<char>(i);
  EXPECT_EQ(HexEncode(TagOf(key, "CITIZEN_ID", "990101198503070017")), "8ead47495808768896391fa9e6ef71373bf4d340");
}

TEST_F(AccessTest, WhatAnOfficerLookedAtIsFoundByTagInAVerifiedLog) {
  EXPECT_EQ(Access({"--tag-key", Path("tag.key"), "--officer", "C1/handler"}), kExitOk) << err_ << out_;
  EXPECT_THAT(out_, HasSubstr("\"traces\": " + std::to_string(orders_ + refused_ + reads_.size() - 1)))
      << "every order, refused ones too, and every read but the leader's";
  EXPECT_THAT(out_, HasSubstr("ListFindings"));
  EXPECT_THAT(out_, HasSubstr("\"no_open_case\": true"));
}

TEST_F(AccessTest, WhoLookedAtAPersonIsFoundWhateverTheLettersCase) {
  EXPECT_EQ(Access({"--tag-key", Path("tag.key"), "--person", "CITIZEN_ID:990101198503070017"}), kExitOk) << err_;
  EXPECT_THAT(out_, HasSubstr("GetEvidence"));
  EXPECT_THAT(out_, Not(HasSubstr("990101198503070017"))) << "nobody is named but by tag";
  EXPECT_EQ(Access({"--tag-key", Path("tag.key"), "--person", "CITIZEN_ID:990101198708150029"}), kExitOk);
  EXPECT_THAT(out_, HasSubstr("\"traces\": 0"));
}

TEST_F(AccessTest, AnotherLogsTagKeyIsRefusedAndIsNoHarmBesideTheRightOne) {
  const std::vector<std::string> handler = {"--officer", "C1/handler"};
  EXPECT_EQ(Access({"--tag-key", Path("other.key"), "--officer", "C1/handler"}), kExitUsage);
  EXPECT_THAT(err_, HasSubstr("KEY_UNUSABLE"));
  EXPECT_EQ(Access({"--tag-key", Path("other.key"), "--tag-key", Path("tag.key"), "--officer", "C1/handler"}), kExitOk);
  EXPECT_THAT(out_, HasSubstr("ListFindings"));
}

// From the third read on the log is tagged with another key.
class RotatedAccessTest : public AccessTest {
 protected:
  void SetUp() override {
    AccessTest::SetUp();
    rotated_ = reads_[2];
    leaves_ = GoldenLeaves();
    Retag(leaves_, 0, [](const std::string& tag) { return TagUnder(kKey, tag); });
    std::vector<std::string> after = GoldenLeaves();
    Retag(after, rotated_, [](const std::string& tag) { return TagUnder(std::string(32, 'o'), tag); });
    std::copy(after.begin() + static_cast<ptrdiff_t>(rotated_), after.end(),
              leaves_.begin() + static_cast<ptrdiff_t>(rotated_));
  }
  std::string Count(size_t traces) { return "\"traces\": " + std::to_string(traces); }
  std::string IdOf(const std::string& key) { return HexEncode(TagOf(key, "", "").substr(0, 4)); }
  std::string Since(uint64_t index) {
    return absl::FormatTime(absl::RFC3339_full, journal::DecodeLeaf(leaves_[index])->time, absl::UTCTimeZone());
  }
  uint64_t rotated_ = 0;
};

TEST_F(RotatedAccessTest, WithBothKeysEveryTraceIsFoundAndTheListIsWhole) {
  EXPECT_EQ(Access({"--tag-key", Path("other.key"), "--tag-key", Path("tag.key"), "--officer", "C1/handler"}), kExitOk)
      << err_ << out_;
  EXPECT_THAT(out_, HasSubstr(Count(orders_ + refused_ + reads_.size() - 1)));
  EXPECT_THAT(out_, HasSubstr("\"whole\": true"));
  EXPECT_THAT(out_, HasSubstr("\"findings\": 0")) << "his pages are counted on, and the public audit sees it";
}

TEST_F(RotatedAccessTest, WithTheNewKeyAloneOnlyWhatIsAfterTheRotationIsFoundAndThatIsSaid) {
  EXPECT_EQ(Access({"--tag-key", Path("other.key"), "--officer", "C1/handler"}), kExitUsage);
  EXPECT_THAT(out_, HasSubstr("\"whole\": false"));
  EXPECT_THAT(out_, HasSubstr("\"tag_key\": \"" + IdOf(kKey) + "\""));
  EXPECT_THAT(out_, HasSubstr("\"first_index\": " + std::to_string(rotated_)));
  EXPECT_THAT(out_, HasSubstr("{\"index\": " + std::to_string(reads_[2]) + ", \"time\""));
  EXPECT_THAT(out_, Not(HasSubstr("{\"index\": " + std::to_string(reads_[1]) + ", \"time\"")));
  EXPECT_THAT(err_, testing::AllOf(HasSubstr("KEY_UNUSABLE"), HasSubstr("not whole"), HasSubstr(IdOf(kKey))));
  EXPECT_THAT(err_, Not(HasSubstr(IdOf(std::string(32, 'o')))));
}

TEST_F(RotatedAccessTest, WithTheOldKeyAloneNothingAfterTheRotationIsFound) {
  EXPECT_EQ(Access({"--tag-key", Path("tag.key"), "--officer", "C1/handler"}), kExitUsage);
  EXPECT_THAT(out_, HasSubstr("{\"index\": " + std::to_string(reads_[1]) + ", \"time\""));
  EXPECT_THAT(out_, Not(HasSubstr("{\"index\": " + std::to_string(reads_[2]) + ", \"time\"")));
  EXPECT_THAT(err_, HasSubstr(IdOf(std::string(32, 'o'))));
}

TEST_F(RotatedAccessTest, ForATimeAfterTheRotationTheNewKeyIsEnough) {
  uint64_t after = rotated_;  // entries of one commit have one time
  while (Since(after) == Since(reads_[1])) ++after;
  EXPECT_EQ(Access({"--tag-key", Path("other.key"), "--officer", "C1/handler", "--since", Since(after)}), kExitOk)
      << err_;
  EXPECT_THAT(out_, HasSubstr("\"whole\": true"));
}

TEST_F(RotatedAccessTest, AnOpeningOfAnOldLookStillVerifies) {
  const uint64_t read = reads_[0];
  Openings openings{.origin = "test.example/log"};
  openings.entries[read] = {kSalt, OpenableRead(read)};
  Write(Path("one.txt"), FormatOpenings(openings));
  Access({"--openings", Path("one.txt"), "--tag-key", Path("tag.key"), "--tag-key", Path("other.key"), "--person",
          "CITIZEN_ID:990101198503070017"});
  EXPECT_THAT(out_, testing::AllOf(HasSubstr("HEARING"), HasSubstr("\"opened\": 1")));
}

TEST_F(AccessTest, TimesBoundTheSearch) {
  const absl::Time last = journal::DecodeLeaf(leaves_[reads_.back()])->time;
  EXPECT_EQ(Access({"--tag-key", Path("tag.key"), "--officer", "C1/handler", "--since",
                    absl::FormatTime(absl::RFC3339_sec, last, absl::UTCTimeZone()), "--until",
                    absl::FormatTime(absl::RFC3339_sec, last + absl::Seconds(1), absl::UTCTimeZone())}),
            kExitOk)
      << err_;
  EXPECT_THAT(out_, HasSubstr("\"traces\": 2")) << "the order of that very instant, and the read";
  EXPECT_EQ(Access({"--tag-key", Path("tag.key"), "--officer", "C1/handler", "--since", "yesterday"}), kExitUsage);
}

TEST_F(AccessTest, AnOpeningIsHeldAgainstTheLeafAndAMissingOneIsAFinding) {
  const uint64_t read = reads_[0];
  const std::string payload = OpenableRead(read);
  Publish(Log(), leaves_);
  const absl::Time at = journal::DecodeLeaf(leaves_[read])->time;
  const std::vector<std::string> only = {
      "--tag-key", Path("tag.key"),
      "--person",  "CITIZEN_ID:990101198503070017",
      "--since",   absl::FormatTime(absl::RFC3339_full, at, absl::UTCTimeZone()),
      "--until",   absl::FormatTime(absl::RFC3339_full, at + absl::Microseconds(1), absl::UTCTimeZone())};
  const auto access = [&](std::vector<std::string> more) {
    more.insert(more.end(), only.begin(), only.end());
    return Access(more);
  };
  ASSERT_EQ(access({"--request", Path("asked.txt")}), kExitOk) << err_;
  const std::string asked = *client::ReadFile(Path("asked.txt"));
  EXPECT_THAT(asked, testing::StartsWith(std::to_string(read)));

  Openings openings{.origin = "test.example/log"};
  openings.entries[read] = {kSalt, payload};
  Write(Path("one.txt"), FormatOpenings(openings));
  EXPECT_EQ(access({"--openings", Path("one.txt")}), kExitVerification) << "the other pages were asked for too";
  EXPECT_THAT(out_, testing::AllOf(HasSubstr("payload.opening"), HasSubstr("HEARING"), HasSubstr("case-1"),
                                   HasSubstr("court/C1/officer/handler")));
  EXPECT_THAT(out_, Not(HasSubstr("\"index\": " + std::to_string(read) + ", \"rule\"")));

  openings.entries[read].payload.back() ^= 1;
  Write(Path("lied.txt"), FormatOpenings(openings));
  EXPECT_EQ(access({"--openings", Path("lied.txt")}), kExitVerification);
  EXPECT_THAT(out_, HasSubstr("payload.commitment"));
  EXPECT_THAT(out_, Not(HasSubstr("HEARING"))) << "what doesn't verify is not shown";

  Write(Path("broken.txt"), "golden-eagle-openings-v1 x\n12 zz\n");
  EXPECT_EQ(access({"--openings", Path("broken.txt")}), kExitUsage);
}

// The last read is of the case that the story erases at its end; an order of another case has the same instant.
TEST_F(AccessTest, OfAnErasedCaseNothingCanBeOpenedAndThatIsNoFinding) {
  const absl::Time at = journal::DecodeLeaf(leaves_[reads_.back()])->time;
  uint64_t order = 0;
  for (uint64_t i = 0; i < leaves_.size(); ++i) {
    const auto leaf = journal::DecodeLeaf(leaves_[i]);
    if (leaf->type == ENTRY_TYPE_ORDER_ACCEPTED && leaf->time == at) order = i;
  }
  Write(Path("none.txt"), FormatOpenings({.origin = "test.example/log"}));
  EXPECT_EQ(Access({"--openings", Path("none.txt"), "--tag-key", Path("tag.key"), "--officer", "C1/handler", "--since",
                    absl::FormatTime(absl::RFC3339_full, at, absl::UTCTimeZone()), "--until",
                    absl::FormatTime(absl::RFC3339_full, at + absl::Microseconds(1), absl::UTCTimeZone())}),
            kExitVerification);
  EXPECT_THAT(out_, HasSubstr("\"findings\": 1"));
  EXPECT_THAT(out_, HasSubstr("{\"index\": " + std::to_string(order) + ", \"rule\": \"payload.opening\""));
  EXPECT_THAT(out_, HasSubstr("{\"index\": " + std::to_string(reads_.back()) + ", \"time\"")) << "it is listed";
}

TEST_F(AccessTest, OpeningsAreReadAsTheyAreWritten) {
  Openings openings{.origin = "test.example/log"};
  openings.entries[7] = {kSalt, std::string("\0\n ", 3)}, openings.entries[9] = {kSalt, "x"};
  const auto read = ParseOpenings(FormatOpenings(openings));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->origin, openings.origin);
  ASSERT_EQ(read->entries.size(), 2u);
  EXPECT_EQ(read->entries.at(7).payload, openings.entries[7].payload);
  EXPECT_FALSE(ParseOpenings("").ok());
  EXPECT_FALSE(ParseOpenings("golden-eagle-openings-v2 x\n").ok());
}

}  // namespace
}  // namespace eagle::audit
