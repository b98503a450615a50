// Papers at an agency: fetched once and before the work, waited for or given up as configured, and files that go back
// with a receipt.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "server/base/reason.h"
#include "server/journal/hash.h"
#include "tests/adapters/sdk/sdk_world.h"
#include "tests/support/temp_folder.h"

namespace eagle::sdk {
namespace {

using ::testing::SizeIs;

std::string Pdf(size_t bytes, const std::string& what) {
  std::string out = "%PDF-1.7 ";
  while (out.size() < bytes) out += what + " ";
  out.resize(bytes);
  return out;
}
std::string DigestOf(const std::string& content) { return std::string(journal::View(journal::Sha256(content))); }
std::string ContentOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class AgentPapers : public ::testing::Test {
 protected:
  AgentPapers() {
    world_.paper_folder = folder_ / "papers";
    Start(PaperRule::kWait);
  }
  void Start(PaperRule rule) {
    world_.config.papers = rule;
    world_.config.paper_attempts_max = 3;
    world_.StartAgent();
  }
  static v1::Order With(v1::Order order, const std::vector<std::string>& contents) {
    for (const std::string& content : contents) {
      v1::Instrument* paper = order.add_instruments();
      paper->set_category("RULING");
      paper->set_digest(DigestOf(content));
      paper->set_size_bytes(content.size());
      paper->set_media_type("application/pdf");
    }
    return order;
  }
  void Give(const std::string& content) { world_.gateway.papers[DigestOf(content)] = content; }
  std::string Put(const std::string& name, const std::string& content) {
    std::ofstream(folder_ / name, std::ios::binary) << content;
    return folder_ / name;
  }
  size_t Files() const {
    size_t out = 0;
    for (const auto& file : std::filesystem::directory_iterator(world_.paper_folder)) out += file.is_regular_file();
    return out;
  }

  TempFolder folder_;
  SdkWorld world_;
  const std::string ruling_ = Pdf(2 * kPaperPartBytes + 3, "ruling"), notice_ = Pdf(700, "notice");
};

TEST_F(AgentPapers, NothingIsDoneBeforeEveryPaperIsHereAndTheRegisterSeesWhereTheyLie) {
  Give(ruling_);
  const v1::Order freeze = world_.Submit(With(world_.Freeze(100'00), {ruling_, notice_}));
  world_.Run(40);
  EXPECT_EQ(world_.bank->applies, 0);
  EXPECT_EQ(world_.gateway.Of(freeze.order_id(), v1::RECEIPT_KIND_ACKNOWLEDGED).size(), 1u)
      << "the court learns that it arrived, and when";
  Give(notice_);
  ASSERT_TRUE(world_.Settle());
  EXPECT_EQ(world_.Outcome(freeze), "CONTROLLED");
  ASSERT_THAT(world_.bank->papers_seen, SizeIs(2));
  EXPECT_EQ(ContentOf(world_.bank->papers_seen[0].path), ruling_);
  EXPECT_EQ(ContentOf(world_.bank->papers_seen[1].path), notice_);
}

TEST_F(AgentPapers, EachPaperIsFetchedOnceForAllOrdersAndStarts) {
  Give(ruling_);
  for (int i = 0; i < 3; ++i) world_.Submit(With(world_.Freeze(100), {ruling_}));
  ASSERT_TRUE(world_.Settle());
  EXPECT_EQ(world_.gateway.calls[kWirePaper], 3) << "its three parts";
  Start(PaperRule::kWait);
  const v1::Order inquiry = world_.Submit(With(world_.Inquiry(), {ruling_}));
  ASSERT_TRUE(world_.Settle());
  EXPECT_EQ(world_.Outcome(inquiry), "FOUND");
  EXPECT_EQ(world_.gateway.calls[kWirePaper], 3);
}

TEST_F(AgentPapers, AFetchThatIsLostOrCutGoesOn) {
  Give(ruling_);
  int turn = 0;
  world_.gateway.fate = [&](Wire wire) {
    if (wire != kWirePaper) return Fate::kDeliver;
    constexpr Fate kFates[] = {Fate::kDeliver, Fate::kLoseReply, Fate::kFailReply, Fate::kDoubleReply,
                               Fate::kDelayReply};
    return kFates[turn++ % 5];
  };
  const v1::Order freeze = world_.Submit(With(world_.Freeze(100), {ruling_}));
  ASSERT_TRUE(world_.Settle());
  EXPECT_EQ(world_.Outcome(freeze), "CONTROLLED");
}

TEST_F(AgentPapers, BytesThatAreNotOfTheDigestAreNeverUsed) {
  world_.gateway.papers[DigestOf(ruling_)] = Pdf(ruling_.size(), "another");
  world_.Submit(With(world_.Freeze(100), {ruling_}));
  world_.Run(60);
  EXPECT_EQ(world_.bank->applies, 0);
  EXPECT_EQ(Files(), 0u);
  EXPECT_GT(world_.agent->metrics().papers_missed, 0u);
}

TEST_F(AgentPapers, AFileThatWasSpoiltOnTheDiskIsFetchedAnew) {
  Give(notice_);
  world_.Submit(With(world_.Freeze(100), {notice_}));
  ASSERT_TRUE(world_.Settle());
  const std::string path = world_.bank->papers_seen.at(0).path;
  std::ofstream(path, std::ios::binary) << "spoilt";
  Start(PaperRule::kWait);
  world_.Submit(With(world_.Freeze(100), {notice_}));
  ASSERT_TRUE(world_.Settle());
  EXPECT_EQ(ContentOf(world_.bank->papers_seen.at(0).path), notice_);
  EXPECT_EQ(world_.gateway.calls[kWirePaper], 2);
}

TEST_F(AgentPapers, WhereItIsConfiguredSoAnOrderWithoutItsPapersGoesBack) {
  Start(PaperRule::kReturn);
  const v1::Order freeze = world_.Submit(With(world_.Freeze(100), {ruling_}));
  const v1::Order bare = world_.Submit(world_.Freeze(100));
  ASSERT_TRUE(world_.Settle());
  EXPECT_EQ(world_.Outcome(freeze), "RETURNED DOCUMENT_MISSING");
  EXPECT_EQ(world_.Outcome(bare), "RETURNED DOCUMENT_MISSING");
  EXPECT_EQ(world_.gateway.calls[kWirePaper], 3) << "often enough, and not for ever";
  EXPECT_EQ(world_.bank->applies, 0);
}

TEST_F(AgentPapers, WhoIgnoresPapersWorksWithoutThem) {
  Start(PaperRule::kIgnore);
  const v1::Order freeze = world_.Submit(With(world_.Freeze(100), {ruling_}));
  ASSERT_TRUE(world_.Settle());
  EXPECT_EQ(world_.Outcome(freeze), "CONTROLLED");
  EXPECT_EQ(world_.gateway.calls[kWirePaper], 0);
}

TEST_F(AgentPapers, TheFolderIsBoundedAndKeepsWhatIsNeeded) {
  world_.paper_bytes_max = ruling_.size() + 100;
  Start(PaperRule::kWait);
  Give(notice_), Give(ruling_);
  world_.Submit(With(world_.Freeze(100), {notice_}));
  ASSERT_TRUE(world_.Settle());
  world_.Submit(With(world_.Freeze(100), {ruling_}));
  ASSERT_TRUE(world_.Settle());
  EXPECT_EQ(Files(), 1u) << "the older one went";
  const v1::Order both = world_.Submit(With(world_.Freeze(100), {ruling_, notice_}));
  world_.Run(60);
  EXPECT_EQ(world_.Outcome(both), "-") << "no room for both, and neither is given up";
  EXPECT_LE(world_.papers->bytes(), world_.paper_bytes_max);
}

TEST_F(AgentPapers, ASealedReceiptIsPutBeforeItsReceiptIsReported) {
  Start(PaperRule::kIgnore);
  const std::string sealed = Pdf(kPaperPartBytes + 9, "sealed");
  world_.bank->documents = {{.title = "回执", .path = Put("sealed.pdf", sealed)}};
  bool reported_early = false;
  world_.gateway.refuse = [&](Wire wire) {
    if (wire == kWireResults) reported_early |= world_.gateway.documents[DigestOf(sealed)].size() < 2;
    return absl::OkStatus();
  };
  const v1::Order freeze = world_.Submit(world_.Freeze(100));
  ASSERT_TRUE(world_.Settle());
  EXPECT_FALSE(reported_early);
  const v1::Receipt& receipt = *world_.LastWord(freeze);
  ASSERT_EQ(receipt.documents_size(), 1);
  EXPECT_EQ(receipt.documents(0).category(), "SEALED_RECEIPT");
  EXPECT_EQ(receipt.documents(0).digest(), DigestOf(sealed));
  EXPECT_EQ(receipt.documents(0).size_bytes(), sealed.size());
  const auto& parts = world_.gateway.documents[DigestOf(sealed)];
  EXPECT_EQ(parts.at(0) + parts.at(1), sealed);
}

TEST_F(AgentPapers, AReceiptGoesOutWhetherItsFileIsTakenOrNot) {
  Start(PaperRule::kIgnore);
  world_.bank->documents = {{.path = Put("sealed.pdf", notice_)}, {.path = folder_ / "nowhere.pdf"}};
  for (const Reason reason : {Reason::kPapersNotTaken, Reason::kBlobQuotaExceeded, Reason::kBusy}) {
    world_.gateway.refuse = [&](Wire wire) {
      return wire == kWireDocument ? absl::Status(Fail(reason, "no")) : absl::OkStatus();
    };
    const v1::Order freeze = world_.Submit(world_.Freeze(100));
    ASSERT_TRUE(world_.Settle()) << RowOf(reason).name;
    EXPECT_EQ(world_.LastWord(freeze)->documents_size(), 1) << "and the one that can't be read is left out";
  }
  EXPECT_EQ(world_.agent->metrics().documents_refused, 3u);
  EXPECT_EQ(world_.agent->metrics().documents_lost, 3u);
}

// At every point at which the process may die while papers come and a file goes back.
TEST_F(AgentPapers, NoDeathLosesAPaperAFileOrAnEffect) {
  for (uint64_t point = 1; point < 60; ++point) {
    SCOPED_TRACE(point);
    TempFolder folder;
    SdkWorld world(SdkWorld::Way::kBank, point);
    world.paper_folder = folder / "papers";
    world.config.papers = PaperRule::kWait;
    world.gateway.papers[DigestOf(ruling_)] = ruling_;
    world.StartAgent();
    std::ofstream(folder / "sealed.pdf", std::ios::binary) << notice_;
    world.bank->documents = {{.path = folder / "sealed.pdf"}};
    const v1::Order freeze = world.Submit(With(world.Freeze(100), {ruling_}));
    world.crash.DieAt(point);
    ASSERT_TRUE(world.Settle());
    EXPECT_EQ(world.Outcome(freeze), "CONTROLLED");
    EXPECT_EQ(world.Effects(freeze), 1);
    EXPECT_EQ(world.gateway.documents[DigestOf(notice_)].size(), 1u);
  }
}

}  // namespace
}  // namespace eagle::sdk
