// The journal says what its directory stream is: after every statement, and as often as the policy demands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "server/domain/instant.h"
#include "tests/support/domain_world.h"

namespace eagle::test {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using domain::DirectoryHeadSeen;

class DirectoryHeadTest : public testing::Test {
 protected:
  size_t Heads() const {
    const std::vector<std::string> types = world_.Types();
    return static_cast<size_t>(std::count(types.begin(), types.end(), "DIRECTORY_HEAD"));
  }
  DirectoryHead Newest() const {
    DirectoryHead body;
    body.ParseFromString(world_.journal.at(world_.state.directory_head.index).body);
    return body;
  }
  void Later(absl::Duration by) {
    world_.now += by;
    world_.Tick();
  }
  DomainWorld world_;
};

TEST_F(DirectoryHeadTest, TheFirstTickWithStatementsCountsThemAll) {
  ASSERT_EQ(Heads(), 0u);
  world_.Tick();
  ASSERT_EQ(Heads(), 1u);
  EXPECT_EQ(Newest().statements(), world_.state.directory.statement_positions().size());
  EXPECT_EQ(Newest().position(), world_.state.directory.statement_positions().back());
  EXPECT_EQ(Newest().digest(), world_.stream.digest);
  EXPECT_EQ(Newest().policy_version(), 1u);
  world_.Tick();
  EXPECT_EQ(Heads(), 1u) << "nothing is new, and its time has not come";
}

TEST_F(DirectoryHeadTest, AgainAsOftenAsThePolicySays) {
  world_.Tick();
  Later(absl::Minutes(44));
  EXPECT_EQ(Heads(), 1u);
  Later(absl::Minutes(1));
  EXPECT_EQ(Heads(), 2u);
  Later(absl::Hours(24 * 30));
  EXPECT_EQ(Heads(), 3u) << "one, however long nobody looked";
}

TEST_F(DirectoryHeadTest, AtOnceAfterAStatement) {
  world_.Tick();
  const std::string before = Newest().digest();
  const domain::StatementOnFile* file = world_.state.directory.StatementAbout("agency/BANK1");
  Statement next = file->statement;
  next.set_sequence(file->statement.sequence() + 1);
  next.set_previous_digest(file->digest);
  next.set_key(world_.Key("BANK1 new"));
  world_.Do(world_.Statements("registrar", {next}, {world_.Key("registrar1"), world_.Key("registrar2")}));
  EXPECT_EQ(domain::NextDirectoryHead(world_.state), absl::InfinitePast());
  world_.Tick();
  EXPECT_EQ(Heads(), 2u);
  EXPECT_NE(Newest().digest(), before);
  EXPECT_EQ(Newest().position(), world_.state.directory.statement_positions().back());
}

TEST_F(DirectoryHeadTest, NeverOverAStreamThatIsNotAllOfIt) {
  domain::DirectoryStream behind = world_.stream;
  --behind.statements;
  world_.Do(domain::Tick{behind});
  world_.Do(domain::Tick{});
  EXPECT_EQ(Heads(), 0u);
}

TEST_F(DirectoryHeadTest, NeverWithoutThePolicysRow) {
  PolicyTable table = FreedoniaPolicy(2);
  table.clear_directory();
  Administration act;
  act.set_request_id(world_.NewId());
  act.mutable_proposal()->set_ground("a change of the law");
  *act.mutable_proposal()->mutable_policy()->mutable_table() = table;
  const uint64_t proposal = world_.Do(world_.Administration("admin1", {act})).members.at(0).index;
  act.clear_proposal();
  act.set_request_id(world_.NewId());
  act.mutable_approval()->set_proposal_index(proposal);
  act.mutable_approval()->set_proposal_digest(world_.state.proposals.at(proposal).digest);
  ASSERT_TRUE(world_.Do(world_.Administration("admin2", {act})).members.at(0).in_effect);
  Later(absl::Hours(100));
  EXPECT_EQ(Heads(), 0u);
  EXPECT_EQ(domain::NextDirectoryHead(world_.state), std::nullopt);
}

TEST_F(DirectoryHeadTest, ThePolicysRowHasBounds) {
  for (const uint32_t minutes : {0u, 1441u}) {
    PolicyTable table = FreedoniaPolicy();
    table.mutable_directory()->set_head_every_minutes(minutes);
    EXPECT_FALSE(domain::Policy::Create(table).ok()) << minutes;
  }
  PolicyTable table = FreedoniaPolicy();
  table.mutable_directory()->clear_source();
  EXPECT_FALSE(domain::Policy::Create(table).ok());
}

TEST_F(DirectoryHeadTest, ItsRowIsReadBackAsItWasWritten) {
  world_.Tick();
  DirectoryHeadSeen read;
  ASSERT_TRUE(read.Decode(world_.state.directory_head.Encode()));
  EXPECT_EQ(read.index, world_.state.directory_head.index);
  EXPECT_EQ(read.position, world_.state.directory_head.position);
  EXPECT_EQ(read.at, world_.state.directory_head.at);
  EXPECT_FALSE(read.Decode("short"));
  EXPECT_FALSE(read.Decode(world_.state.directory_head.Encode() + "x"));
}

TEST(DirectoryReceivedTest, AnAgencyAcknowledgesEachPositionOnce) {
  DomainWorld world;
  const domain::AcknowledgeDirectory said{
      .agency = AgencyOrdinal(1), .position = 12, .statements = 7, .digest = std::string(32, 'd')};
  const domain::Result first = world.Do(said);
  ASSERT_NE(first.index, 0u);
  DirectoryReceived body;
  ASSERT_TRUE(body.ParseFromString(world.journal.back().body));
  EXPECT_EQ(body.position(), 12u);
  EXPECT_EQ(body.statements(), 7u);
  EXPECT_EQ(body.digest(), std::string(32, 'd'));
  EXPECT_EQ(world.state.acknowledged.at(1).position, 12u);
  EXPECT_EQ(world.state.acknowledged.at(1).at, world.now);
  EXPECT_EQ(world.Do(said).index, 0u) << "nothing is new";
  domain::AcknowledgeDirectory older = said;
  older.position = 11;
  EXPECT_EQ(world.Do(older).index, 0u) << "nor forgotten";
  domain::AcknowledgeDirectory other = said;
  other.agency = AgencyOrdinal(2);
  EXPECT_NE(world.Do(other).index, 0u);
  domain::DirectoryAcknowledged read;
  ASSERT_TRUE(read.Decode(world.state.acknowledged.at(1).Encode()));
  EXPECT_EQ(read.position, 12u);
  EXPECT_FALSE(read.Decode(""));
}

}  // namespace
}  // namespace eagle::test
