// An adapter that pins the log's key begins nothing on an old word of the log on its directory, nor on one that doesn't
// fit what it received: a revocation could have been kept from it.
#include "adapters/sdk/agent.h"
#include "adapters/sdk/witnessed.h"
#include "goldeneagle/v1/entry.pb.h"
#include "gtest/gtest.h"
#include "server/journal/checkpoint.h"
#include "server/journal/leaf.h"
#include "server/journal/merkle.h"
#include "tests/adapters/sdk/sdk_world.h"

namespace eagle::sdk {
namespace {

class AgentDirectory : public testing::Test {
 protected:
  AgentDirectory() {
    world_.config.log_policy =
        std::make_shared<const journal::LogPolicy>(*journal::LogPolicy::OfKey(log_.VerifierKey()));
    world_.gateway.change_tasks = [this](v1::PullTasksResponse& response) { Pass(response); };
    world_.StartAgent();
  }
  // What the gateway does to each answer: counts the stream as it is, keeps one statement back, gives the head.
  void Pass(v1::PullTasksResponse& response) {
    for (int i = 0; i < response.directory_size(); ++i) {
      const v1::DirectoryChange& change = response.directory(i);
      if (change.position() > body_.position()) {
        const journal::Hash digest = journal::LeafHash(change.statement().member());
        const journal::Hash stream = journal::Sha256(body_.digest() + std::string(journal::View(digest)));
        body_.set_digest(std::string(journal::View(stream)));
        body_.set_position(change.position());
        body_.set_statements(body_.statements() + 1);
      }
      if (change.position() == withheld_) response.mutable_directory()->DeleteSubrange(i--, 1);
    }
    if (gives_head_) *response.mutable_directory_head() = Head();
  }
  // The newest head of a log in which nothing else is.
  v1::WitnessedEntry Head() {
    journal::Leaf leaf;
    leaf.type = v1::ENTRY_TYPE_DIRECTORY_HEAD;
    leaf.index = EntryIndex(index_);
    leaf.time = head_time_;
    leaf.body = body_.SerializeAsString();
    std::vector<journal::Hash> hashes(index_, journal::LeafHash("something else"));
    v1::WitnessedEntry entry;
    entry.set_leaf(journal::EncodeLeaf(leaf));
    hashes.push_back(journal::LeafHash(entry.leaf()));
    for (const journal::Hash& hash : journal::PathOf(hashes, index_))
      entry.mutable_proof()->add_hashes(std::string(journal::View(hash)));
    entry.set_checkpoint(*journal::SignCheckpoint({log_.name(), hashes.size(), journal::RootOfLeaves(hashes)}, log_));
    if (spoil_) spoil_(entry);
    return entry;
  }
  void NewHead() {
    ++index_;
    head_time_ = world_.clock.WallNow();
  }
  std::string After(const v1::Order& order, int rounds = 30) {
    world_.Run(rounds);
    return world_.Outcome(order);
  }

  const journal::Ed25519NoteSigner log_{"log.test/1", *journal::PrivateKey::FromSeed(std::string(32, 'l'))};
  SdkWorld world_;
  bool gives_head_ = true;
  uint64_t withheld_ = 0, index_ = 7;
  absl::Time head_time_ = world_.clock.WallNow();
  std::function<void(v1::WitnessedEntry&)> spoil_;
  v1::DirectoryHead body_ = [] {
    v1::DirectoryHead body;
    body.set_digest(std::string(32, '\0'));
    return body;
  }();
};

TEST_F(AgentDirectory, WithoutAHeadNothingBeginsAndTheGatewayIsTold) {
  gives_head_ = false;
  const v1::Order freeze = world_.Submit(world_.Freeze(100)), inquiry = world_.Submit(world_.Inquiry());
  EXPECT_EQ(After(freeze, 80), "-");
  EXPECT_EQ(world_.Outcome(inquiry), "-");
  EXPECT_EQ(world_.Effects(freeze), 0);
  EXPECT_TRUE(world_.agent->metrics().directory_stale);
  ASSERT_FALSE(world_.gateway.statuses.empty());
  EXPECT_TRUE(world_.gateway.statuses.back().directory_stale());
  gives_head_ = true;
  NewHead();
  ASSERT_TRUE(world_.Settle());
  EXPECT_EQ(world_.Outcome(freeze), "CONTROLLED");
  EXPECT_EQ(world_.Outcome(inquiry), "FOUND");
  EXPECT_FALSE(world_.agent->metrics().directory_stale);
}

TEST_F(AgentDirectory, AfterTwoHoursNoControlBeginsAfterADayNoInquiry) {
  world_.Run(20);
  world_.clock.Advance(absl::Hours(3));
  const v1::Order freeze = world_.Submit(world_.Freeze(100)), inquiry = world_.Submit(world_.Inquiry());
  EXPECT_EQ(After(inquiry), "FOUND");
  EXPECT_EQ(world_.Outcome(freeze), "-");
  NewHead();
  EXPECT_EQ(After(freeze), "CONTROLLED");
  world_.clock.Advance(absl::Hours(25));
  const v1::Order late = world_.Submit(world_.Inquiry());
  EXPECT_EQ(After(late), "-");
  NewHead();
  EXPECT_EQ(After(late), "FOUND");
}

TEST_F(AgentDirectory, AStatementThatIsKeptBackIsMissed) {
  world_.Run(20);
  EXPECT_EQ(world_.agent->metrics().directory_heads, 1u);
  // The co-signer's end, which the gateway would rather not tell; a later one it tells.
  v1::Statement ended;
  ended.set_subject("court/辽9901/officer/002");
  ended.set_kind(v1::STATEMENT_KIND_ENDED);
  world_.gateway.AddStatement(world_.State(ended));
  withheld_ = body_.position() + 1;
  KeyedHashSigner other("another officer");
  world_.gateway.AddStatement(
      world_.State(world_.OfficerStatement("007", other.public_key(), {v1::OFFICER_ROLE_HANDLER})));
  NewHead();
  world_.Run(20);
  EXPECT_GT(world_.agent->metrics().directory_heads_wrong, 0u);
  world_.clock.Advance(absl::Hours(3));
  const v1::Order freeze = world_.Submit(world_.Freeze(100));
  NewHead();
  EXPECT_EQ(After(freeze), "-");
  EXPECT_EQ(world_.Effects(freeze), 0);
}

TEST_F(AgentDirectory, TheNewestStatementKeptBackIsMissedToo) {
  world_.Run(20);
  v1::Statement ended;
  ended.set_subject("court/辽9901/officer/002");
  ended.set_kind(v1::STATEMENT_KIND_ENDED);
  world_.gateway.AddStatement(world_.State(ended));
  withheld_ = body_.position() + 1;
  world_.clock.Advance(absl::Hours(3));
  NewHead();
  const v1::Order freeze = world_.Submit(world_.Freeze(100));
  EXPECT_EQ(After(freeze), "-") << "the stream ends before the place that the head names";
  EXPECT_EQ(world_.Effects(freeze), 0);
}

TEST_F(AgentDirectory, AHeadThatIsNotProvedIsNone) {
  const std::vector<std::pair<std::string, std::function<void(v1::WitnessedEntry&)>>> ways = {
      {"no leaf", [](auto& e) { e.clear_leaf(); }},
      {"another leaf", [](auto& e) { e.mutable_leaf()->back() ^= 1; }},
      {"no proof", [](auto& e) { e.clear_proof(); }},
      {"a shorter proof", [](auto& e) { e.mutable_proof()->mutable_hashes()->RemoveLast(); }},
      {"no checkpoint", [](auto& e) { e.clear_checkpoint(); }},
      {"another key's checkpoint",
       [](auto& e) {
         const journal::Ed25519NoteSigner other("log.test/1", *journal::PrivateKey::FromSeed(std::string(32, 'o')));
         e.set_checkpoint(*journal::SignCheckpoint({"log.test/1", 1, journal::LeafHash(e.leaf())}, other));
         e.mutable_proof()->clear_hashes();
       }},
      {"another type of entry", [this](auto& e) {
         journal::Leaf leaf = *journal::DecodeLeaf(e.leaf());
         leaf.type = v1::ENTRY_TYPE_CLOCK_ALARM;
         leaf.index = EntryIndex(0);
         e.set_leaf(journal::EncodeLeaf(leaf));
         e.set_checkpoint(*journal::SignCheckpoint({log_.name(), 1, journal::LeafHash(e.leaf())}, log_));
         e.mutable_proof()->clear_hashes();
       }}};
  uint64_t wrong = 0;
  for (const auto& [name, how] : ways) {
    SCOPED_TRACE(name);
    spoil_ = how;
    const v1::Order freeze = world_.Submit(world_.Freeze(100));
    EXPECT_EQ(After(freeze, 20), "-");
    EXPECT_EQ(world_.Effects(freeze), 0);
    EXPECT_GT(world_.agent->metrics().directory_heads_wrong, wrong);
    wrong = world_.agent->metrics().directory_heads_wrong;
  }
  spoil_ = nullptr;
  ASSERT_TRUE(world_.Settle());
}

TEST_F(AgentDirectory, AnOlderHeadMakesNothingFreshAndARestartForgetsNone) {
  world_.Run(20);
  const uint64_t newest = index_;
  world_.clock.Advance(absl::Hours(3));
  index_ = newest - 1;  // an older entry with a newer time: the log's own order is what counts
  head_time_ = world_.clock.WallNow();
  const v1::Order freeze = world_.Submit(world_.Freeze(100));
  EXPECT_EQ(After(freeze), "-");
  index_ = newest + 1;
  ASSERT_TRUE(world_.Settle());
  gives_head_ = false;
  world_.StartAgent();
  const v1::Order after = world_.Submit(world_.Freeze(100));
  ASSERT_TRUE(world_.Settle()) << "what was known is known after a restart";
  EXPECT_NE(world_.Outcome(after), "-");
}

TEST_F(AgentDirectory, AHeadOfTheFutureIsNotFresh) {
  head_time_ = world_.clock.WallNow() + absl::Hours(1);
  const v1::Order freeze = world_.Submit(world_.Freeze(100));
  EXPECT_EQ(After(freeze), "-");
  world_.clock.Advance(absl::Hours(1));
  ASSERT_TRUE(world_.Settle());
}

TEST(AgentDirectoryUnpinned, WhoPinsNoLogAsksForNoHead) {
  SdkWorld world;
  const v1::Order freeze = world.Submit(world.Freeze(100));
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(freeze), "CONTROLLED");
  EXPECT_FALSE(world.agent->metrics().directory_stale);
}

// ---- what a poll acknowledges

// d(n) by position, as the log counts it.
class AgentAcknowledges : public testing::Test {
 protected:
  AgentAcknowledges() {
    world_.gateway.change_tasks = [this](v1::PullTasksResponse& response) {
      for (const v1::DirectoryChange& change : response.directory()) Count(change);
    };
    world_.gateway.check_poll = [this](const v1::PullTasksRequest& request) -> absl::Status {
      polls_.push_back(request);
      if (request.directory_digest() == digests_[request.directory_position()] && !differs_) return absl::OkStatus();
      return Fail(Reason::kDirectoryDiffers, "other statements");
    };
    world_.StartAgent();
  }
  void Count(const v1::DirectoryChange& change) {
    if (change.position() <= digests_.rbegin()->first) return;
    const journal::Hash member = journal::LeafHash(change.statement().member());
    const journal::Hash next = journal::Sha256(digests_.rbegin()->second + std::string(journal::View(member)));
    digests_[change.position()] = std::string(journal::View(next));
  }

  SdkWorld world_;
  std::map<uint64_t, std::string> digests_ = {{0, std::string(32, '\0')}};
  std::vector<v1::PullTasksRequest> polls_;
  bool differs_ = false;
};

TEST_F(AgentAcknowledges, EveryPollCarriesTheDigestOfItsOwnBooks) {
  const v1::Order inquiry = world_.Submit(world_.Inquiry());
  ASSERT_TRUE(world_.Settle());
  EXPECT_EQ(world_.Outcome(inquiry), "FOUND");
  ASSERT_GT(digests_.size(), 1u);
  EXPECT_EQ(polls_.front().directory_position(), 0u);
  EXPECT_EQ(polls_.back().directory_position(), digests_.rbegin()->first);
  EXPECT_EQ(polls_.back().directory_digest(), digests_.rbegin()->second);
  EXPECT_EQ(world_.agent->metrics().directories_differ, 0u);
}

TEST_F(AgentAcknowledges, BooksThatDifferAreCountedAnewAndWorkGoesOn) {
  world_.Run(20);
  differs_ = true;
  const v1::Order first = world_.Submit(world_.Inquiry());
  world_.Run(3);
  EXPECT_GT(world_.agent->metrics().directories_differ, 0u);
  differs_ = false;
  polls_.clear();
  ASSERT_TRUE(world_.Settle());
  EXPECT_EQ(world_.Outcome(first), "FOUND");
  EXPECT_EQ(polls_.front().directory_position(), 0u) << "from the beginning of the stream";
  EXPECT_EQ(polls_.back().directory_digest(), digests_.rbegin()->second);
}

TEST_F(AgentAcknowledges, WhereItDoesNotHelpItIsTriedLaterAndLater) {
  world_.Run(20);
  differs_ = true;
  polls_.clear();
  const absl::Duration began = world_.clock.MonotonicNow();
  world_.Run(60);
  const double seconds = absl::ToDoubleSeconds(world_.clock.MonotonicNow() - began);
  EXPECT_GT(world_.agent->metrics().directories_differ, 2u);
  EXPECT_LT(static_cast<double>(polls_.size()), 8 + seconds / 5) << "within " << seconds << " s";
}

}  // namespace
}  // namespace eagle::sdk
