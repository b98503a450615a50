// The witness's request and verdict against the published vector and the standard's table.
#include "server/journal/witness.h"

#include "tests/server/journal/support.h"

namespace eagle::journal {
namespace {

constexpr char kWitnessedLog[] = "gateway.example/log1+4c009cb9+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";

class WitnessTest : public testing::Test {
 protected:
  static Checkpoint Head(uint64_t size) { return {"gateway.example/log1", size, RootOfLeaves(NumberedLeaves(size))}; }
  static std::string Note(uint64_t size) {
    return *SignCheckpoint(Head(size), Ed25519NoteSigner("gateway.example/log1", KeyOfSeed(0)));
  }
  static AddCheckpoint Request(uint64_t old_size, uint64_t size) {
    ListTiles tiles(NumberedLeaves(size));
    return {old_size, old_size == 0 ? std::vector<Hash>() : *ConsistencyProof(old_size, size, tiles), Note(size)};
  }
  WitnessAnswer Judge(const AddCheckpoint& request, uint64_t kept) {
    const Witnessed witnessed = kept == 0 ? Witnessed{} : Witnessed{kept, Head(kept).root};
    return JudgeAddCheckpoint(request, policy_, witnessed).answer;
  }
  LogPolicy policy_ = *LogPolicy::OfKey(kWitnessedLog);
};

TEST_F(WitnessTest, TheRequestIsThePublishedVector) {
  const std::string body = FormatAddCheckpoint(Request(256, 300));
  EXPECT_EQ(body.size(), 243u);
  EXPECT_EQ(Hex(Sha256(body)), "c7ba6aba3dabcfa05e0bd579e249ac8898e4ed714edd574562b4ebdfdba0a518");
  EXPECT_EQ(*ParseAddCheckpoint(body), Request(256, 300));
}

TEST_F(WitnessTest, OnlyOneSpellingIsARequest) {
  const std::string body = FormatAddCheckpoint(Request(256, 300));
  for (const std::string& wrong :
       {std::string(), std::string("old 256"), "old 0256" + body.substr(7), "new 256" + body.substr(7),
        "old -1" + body.substr(7), "old 256\n" + std::string(60, 'A') + body.substr(7), "old 256\r" + body.substr(7),
        body.substr(0, 40)}) {
    EXPECT_EQ(ReasonOf(ParseAddCheckpoint(wrong).status()), Reason::kNoteMalformed) << wrong;
  }
  std::string many = "old 1\n";
  for (int i = 0; i < 64; ++i) many += Base64Encode(std::string(32, 'h')) + "\n";
  EXPECT_EQ(ReasonOf(ParseAddCheckpoint(many + "\n" + Note(300)).status()), Reason::kNoteMalformed);
}

TEST_F(WitnessTest, AnswersAsTheStandardsTable) {
  EXPECT_EQ(Judge(Request(0, 300), 0), WitnessAnswer::kCosign);
  EXPECT_EQ(Judge(Request(256, 300), 256), WitnessAnswer::kCosign);
  EXPECT_EQ(Judge(Request(300, 300), 300), WitnessAnswer::kCosign);
  EXPECT_EQ(Judge(Request(256, 300), 0), WitnessAnswer::kStale);
  EXPECT_EQ(Judge(Request(256, 300), 255), WitnessAnswer::kStale);
  EXPECT_EQ(Judge(Request(0, 300), 256), WitnessAnswer::kStale) << "nobody makes a witness forget";
  AddCheckpoint backwards{300, {}, Note(256)};
  EXPECT_EQ(Judge(backwards, 300), WitnessAnswer::kBackwards);
  AddCheckpoint wrong = Request(256, 300);
  wrong.proof[0][0] ^= 1;
  EXPECT_EQ(Judge(wrong, 256), WitnessAnswer::kInconsistent);
  wrong = Request(256, 300);
  wrong.proof.clear();
  EXPECT_EQ(Judge(wrong, 256), WitnessAnswer::kInconsistent);
  AddCheckpoint padded = Request(0, 300);
  padded.proof.push_back(Head(1).root);
  EXPECT_EQ(Judge(padded, 0), WitnessAnswer::kInconsistent) << "a proof from nothing is empty";
}

TEST_F(WitnessTest, ASecondHistoryFindsNoWitness) {
  Checkpoint fork = Head(300);
  fork.root[0] ^= 1;
  const std::string note = *SignCheckpoint(fork, Ed25519NoteSigner("gateway.example/log1", KeyOfSeed(0)));
  EXPECT_EQ(Judge({300, {}, note}, 300), WitnessAnswer::kInconsistent) << "two roots of one size";
  EXPECT_EQ(Judge({256, Request(256, 300).proof, note}, 256), WitnessAnswer::kInconsistent);
}

TEST_F(WitnessTest, OnlyTheLogsOwnSignatureCounts) {
  const AddCheckpoint by_other{
      0, {}, *SignCheckpoint(Head(300), Ed25519NoteSigner("gateway.example/log1", KeyOfSeed(9)))};
  EXPECT_EQ(Judge(by_other, 0), WitnessAnswer::kUntrusted);
  EXPECT_EQ(Judge({0, {}, FormatCheckpoint(Head(300)) + "\n"}, 0), WitnessAnswer::kUntrusted);
  AddCheckpoint changed = Request(0, 300);
  changed.checkpoint.replace(changed.checkpoint.find("300"), 3, "301");
  EXPECT_EQ(Judge(changed, 0), WitnessAnswer::kUntrusted);
  Checkpoint other = Head(300);
  other.origin = "gateway.example/log2";
  EXPECT_EQ(Judge({0, {}, *SignCheckpoint(other, Ed25519NoteSigner("gateway.example/log2", KeyOfSeed(0)))}, 0),
            WitnessAnswer::kUnknownLog);
}

TEST_F(WitnessTest, AKeyComesBackFromItsText) {
  const std::string text = WitnessKeyText("witness.example/w1", Span(0x20, 32));
  const auto key = ParseWitnessKey(text);
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->VerifierKey(), "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X");
  for (size_t at = 0; at < text.size(); ++at) {
    EXPECT_FALSE(ParseWitnessKey(text.substr(0, at)).ok()) << at;
    std::string changed = text;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    const auto other = ParseWitnessKey(changed);
    EXPECT_FALSE(other.ok() && other->VerifierKey() == key->VerifierKey()) << at;
  }
  EXPECT_FALSE(ParseWitnessKey(SignerKeyText("gateway.example/log1", Span(0, 32))).ok()) << "a log's key";
}

}  // namespace
}  // namespace eagle::journal
