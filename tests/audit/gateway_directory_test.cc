// A gateway's word on its directory stream, as an adapter gets it with a poll and as anybody checks it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/sdk/witnessed.h"
#include "client/audit/public_audit.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::IsEmpty;

class GatewayDirectory : public ::testing::Test {
 protected:
  // As an adapter that has received everything up to `position` and the head at `head`.
  v1::PullTasksResponse Poll(uint64_t position, uint64_t head) {
    if (!greeted_) {
      EXPECT_TRUE(demo_.Hello(kBeiling).ok());
    }
    greeted_ = true;
    v1::PullTasksRequest request;
    request.set_instance("i");
    request.set_most_tasks(16);
    request.set_directory_position(position);
    request.set_directory_head(head);
    const auto answer = gateway_.Call(&api::Handlers::PullTasks, gateway_.Agency(kBeiling), request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.value_or(v1::PullTasksResponse());
  }
  std::optional<sdk::ProvedDirectoryHead> Read(const v1::PullTasksResponse& answer) {
    return sdk::ReadDirectoryHead(answer.directory_head(), policy_);
  }
  // Of all statements as they came.
  std::string DigestOf(const v1::PullTasksResponse& all) {
    std::string stream(32, '\0');
    for (const auto& change : all.directory()) {
      const journal::Hash digest = journal::LeafHash(change.statement().member());
      const journal::Hash next = journal::Sha256(stream + std::string(journal::View(digest)));
      stream = journal::View(next);
    }
    return stream;
  }
  void StateAnew() {
    v1::Statement next = demo_.StatementAbout(std::string("agency/") + kSongyue, v1::STATEMENT_KIND_KEY);
    next.set_algorithm(v1::KEY_ALGORITHM_ED25519);
    next.set_key(gateway_.Key("agency/9900002/" + std::to_string(++keys_)).public_key());
    const auto stated = demo_.State("registrar", {next}, {"registrar-1", "registrar-2"});
    ASSERT_TRUE(stated.ok() && !stated->results(0).has_refusal());
  }
  std::vector<std::string> Findings() {
    audit::PublicAudit audit;
    v1::ListEntriesRequest request;
    for (uint64_t next = 0;;) {
      request.set_first(next);
      const auto page = gateway_.Call(&api::Handlers::ListEntries, GatewayFixture::Auditor(), request);
      for (const auto& entry : page->entries()) audit.Take(entry.leaf());
      next += static_cast<uint64_t>(page->entries_size());
      if (next >= page->size()) break;
    }
    std::vector<std::string> out;
    for (const auto& finding : audit.findings().list())
      out.emplace_back(std::string(audit::RowOf(finding.rule).name) + ": " + finding.sentence);
    return out;
  }

  GatewayFixture gateway_;
  DemoWorld demo_{gateway_};
  const journal::LogPolicy policy_ = *journal::LogPolicy::OfKey(gateway_.log_signer->VerifierKey());
  bool greeted_ = false;
  int keys_ = 0;
};

TEST_F(GatewayDirectory, WhoHasTheWholeStreamIsToldWhatItIs) {
  const v1::PullTasksResponse all = Poll(0, 0);
  ASSERT_TRUE(all.directory_complete());
  const auto head = Read(all);
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->body.statements(), static_cast<uint64_t>(all.directory_size()));
  EXPECT_EQ(head->body.position(), all.directory(all.directory_size() - 1).position());
  EXPECT_EQ(head->body.digest(), DigestOf(all));
  EXPECT_FALSE(Poll(head->body.position(), head->index).has_directory_head()) << "told once";
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(GatewayDirectory, EveryHourAndAfterEveryStatementAnew) {
  const auto first = Read(Poll(0, 0));
  gateway_.Advance(absl::Minutes(59));
  greeted_ = false;  // silent for so long, it is absent
  EXPECT_FALSE(Poll(first->body.position(), first->index).has_directory_head());
  gateway_.Advance(absl::Minutes(1));
  const auto second = Read(Poll(first->body.position(), first->index));
  ASSERT_TRUE(second.has_value());
  EXPECT_GT(second->index, first->index);
  EXPECT_EQ(second->at - first->at, absl::Hours(1));
  EXPECT_EQ(second->body.digest(), first->body.digest());
  StateAnew();
  const auto third = Read(Poll(first->body.position(), second->index));
  ASSERT_TRUE(third.has_value());
  EXPECT_EQ(third->body.statements(), first->body.statements() + 1);
  EXPECT_EQ(third->body.position() + 1, third->index) << "in the same commit";
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(GatewayDirectory, ARestartCountsOnFromWhereItWas) {
  StateAnew();
  gateway_.Restart();
  greeted_ = false;
  StateAnew();
  const v1::PullTasksResponse all = Poll(0, 0);
  const auto head = Read(all);
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->body.digest(), DigestOf(all));
  EXPECT_THAT(Findings(), IsEmpty());
}

}  // namespace
}  // namespace eagle::test
