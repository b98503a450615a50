// The policy text: what it may say, and when a checkpoint has been seen by enough witnesses.
#include "server/journal/log_policy.h"

#include "server/journal/checkpoint.h"
#include "tests/server/journal/support.h"

namespace eagle::journal {
namespace {

constexpr char kLog[] = "gateway.example/log1+4c009cb9+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";

std::string WitnessPin(int seed) {
  return VerifierKeyText("witness.example/w" + std::to_string(seed), NoteKeyType::kCosignature,
                         KeyOfSeed(seed).PublicKeyOf());
}
std::string Line(int seed) { return "witness w" + std::to_string(seed) + " " + WitnessPin(seed) + "\n"; }
Checkpoint Head() { return {"gateway.example/log1", 300, RootOfLeaves(NumberedLeaves(300))}; }
std::string Signed() { return *SignCheckpoint(Head(), Ed25519NoteSigner("gateway.example/log1", KeyOfSeed(0))); }
std::string By(int seed, int64_t time = 1700000000) {
  return SignatureLine(Cosign("witness.example/w" + std::to_string(seed), KeyOfSeed(seed), FormatCheckpoint(Head()),
                              absl::FromUnixSeconds(time)));
}

const std::string kThree = std::string("# who is trusted\n\nlog ") + kLog + " https://gateway.example/\n" + Line(1) +
                           Line(2) + Line(3) + "group two \t2 w1 w2 w3\nquorum two\n";

TEST(LogPolicyTest, AQuorumOfTwoOfThreeNeedsTwo) {
  const auto policy = LogPolicy::Parse(kThree);
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_TRUE(policy->needs_witnesses());
  EXPECT_EQ(policy->logs().at(0).url, "https://gateway.example/");
  const auto none = policy->Open(Signed()), one = policy->Open(Signed() + By(1)),
             two = policy->Open(Signed() + By(1) + By(3));
  ASSERT_TRUE(none.ok() && one.ok() && two.ok());
  EXPECT_FALSE(none->quorum);
  EXPECT_FALSE(one->quorum);
  EXPECT_TRUE(two->quorum);
  EXPECT_EQ(two->checkpoint, Head());
  EXPECT_EQ(two->cosigned.size(), 2u);
  EXPECT_EQ(two->cosigned.at(1).witness, "w3");
  EXPECT_EQ(two->cosigned.at(1).time, absl::FromUnixSeconds(1700000000));
}

TEST(LogPolicyTest, OneWitnessTwiceIsOne) {
  const auto policy = LogPolicy::Parse(kThree);
  const auto twice = policy->Open(Signed() + By(1) + By(1));
  ASSERT_TRUE(twice.ok());
  EXPECT_FALSE(twice->quorum);
  EXPECT_FALSE(policy->Open(Signed() + By(1, 1700000000) + By(1, 1700000001))->quorum);
}

TEST(LogPolicyTest, StrangersDontCountAndAForgedWitnessRefusesTheNote) {
  const auto policy = LogPolicy::Parse(kThree);
  EXPECT_FALSE(policy->Open(Signed() + By(1) + By(4))->quorum);
  // Under the name and key id of a known witness, by another key.
  NoteSignature forged = Cosign("witness.example/w2", KeyOfSeed(9), FormatCheckpoint(Head()), absl::FromUnixSeconds(5));
  forged.key_id = NoteKeyId("witness.example/w2", NoteKeyType::kCosignature, KeyOfSeed(2).PublicKeyOf());
  EXPECT_EQ(ReasonOf(policy->Open(Signed() + By(1) + SignatureLine(forged)).status()), Reason::kNoteUntrusted);
  // A cosignature of another checkpoint.
  const auto other = Cosign("witness.example/w2", KeyOfSeed(2), FormatCheckpoint({"gateway.example/log1", 299, {}}),
                            absl::FromUnixSeconds(5));
  EXPECT_EQ(ReasonOf(policy->Open(Signed() + By(1) + SignatureLine(other)).status()), Reason::kNoteUntrusted);
}

TEST(LogPolicyTest, WitnessesAloneAreNotTheLog) {
  const auto policy = LogPolicy::Parse(kThree);
  const std::string text = FormatCheckpoint(Head());
  EXPECT_EQ(ReasonOf(policy->Open(text + "\n" + By(1) + By(2)).status()), Reason::kNoteUntrusted);
  const Checkpoint elsewhere{"gateway.example/log2", 300, Head().root};
  const auto other = SignCheckpoint(elsewhere, Ed25519NoteSigner("gateway.example/log2", KeyOfSeed(0)));
  EXPECT_EQ(ReasonOf(policy->Open(*other).status()), Reason::kNoteUntrusted);
}

TEST(LogPolicyTest, GroupsNest) {
  const auto policy = LogPolicy::Parse(std::string("log ") + kLog + "\n" + Line(1) + Line(2) + Line(3) +
                                       "group courts all w1 w2\ngroup some any courts w3\nquorum some\n");
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_FALSE(policy->Open(Signed() + By(1))->quorum);
  EXPECT_TRUE(policy->Open(Signed() + By(1) + By(2))->quorum);
  EXPECT_TRUE(policy->Open(Signed() + By(3))->quorum);
}

TEST(LogPolicyTest, AQuorumMayBeOneWitnessOrNone) {
  EXPECT_TRUE(
      LogPolicy::Parse(std::string("log ") + kLog + "\n" + Line(1) + "quorum w1\n")->Open(Signed() + By(1))->quorum);
  EXPECT_FALSE(LogPolicy::Parse(std::string("log ") + kLog + "\n" + Line(1) + "quorum w1")->Open(Signed())->quorum);
  const auto key = LogPolicy::OfKey(kLog);
  ASSERT_TRUE(key.ok());
  EXPECT_FALSE(key->needs_witnesses());
  EXPECT_TRUE(key->Open(Signed())->quorum);
  EXPECT_FALSE(LogPolicy::OfKey(std::string(kLog) + "\nquorum x").ok());
}

TEST(LogPolicyTest, WhatItMayNotSayIsRefusedWithItsLine) {
  const std::string log = std::string("log ") + kLog + "\n";
  const struct {
    const char* what;
    std::string text, line;
  } rows[] = {
      {"no quorum", log, ""},
      {"no log", "quorum none\n", ""},
      {"two quorums", log + "quorum none\nquorum none\n", "3"},
      {"an unknown word", log + "mirror x\nquorum none\n", "2"},
      {"a quorum that isn't there", log + "quorum w1\n", "2"},
      {"a quorum before its definition", log + "quorum w1\n" + Line(1), "2"},
      {"a name twice", log + Line(1) + Line(1) + "quorum none\n", "3"},
      {"one witness under two names", log + Line(1) + "witness other " + WitnessPin(1) + "\nquorum none\n", "3"},
      {"the name none", log + "witness none " + WitnessPin(1) + "\nquorum none\n", "2"},
      {"a member that isn't there", log + Line(1) + "group g any w1 w2\nquorum g\n", "3"},
      {"a group in itself", log + Line(1) + "group g any w1 g\nquorum g\n", "3"},
      {"a member twice", log + Line(1) + "group g 1 w1 w1\nquorum g\n", "3"},
      {"a member of two groups", log + Line(1) + "group g any w1\ngroup h any w1\nquorum g\n", "4"},
      {"k of zero", log + Line(1) + "group g 0 w1\nquorum g\n", "3"},
      {"k above the members", log + Line(1) + "group g 2 w1\nquorum g\n", "3"},
      {"k that is no number", log + Line(1) + "group g 1x w1\nquorum g\n", "3"},
      {"a group of nobody", log + Line(1) + "group g any\nquorum g\n", "3"},
      {"a log's key for a witness", log + "witness w1 " + kLog + "\nquorum none\n", "2"},
      {"a witness's key for a log", "log " + WitnessPin(1) + "\nquorum none\n", "1"},
      {"two keys of one log", log + log + "quorum none\n", "2"},
      {"a broken key", "log " + std::string(kLog).substr(1) + "\nquorum none\n", "1"},
      {"words too many", log + "quorum none x\n", "2"},
      {"no UTF-8", log + "# \xff\nquorum none\n", ""},
  };
  for (const auto& row : rows) {
    const auto policy = LogPolicy::Parse(row.text);
    ASSERT_FALSE(policy.ok()) << row.what;
    EXPECT_EQ(ReasonOf(policy.status()), Reason::kNoteMalformed) << row.what;
    const Failure failure = FailureOf(policy.status());
    EXPECT_EQ(failure.metadata.empty() ? "" : failure.metadata.at(0).second, row.line) << row.what;
  }
}

}  // namespace
}  // namespace eagle::journal
