// Auditors, administrators, and who may call what.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "google/protobuf/descriptor.h"
#include "server/journal/checkpoint.h"
#include "server/journal/leaf.h"
#include "server/journal/merkle.h"
#include "server/journal/tile.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAreArray;

class Audit : public ::testing::Test {
 protected:
  journal::Checkpoint Newest() {
    const auto answer =
        gateway_.Call(&api::Handlers::GetCheckpoint, GatewayFixture::Auditor(), v1::GetCheckpointRequest());
    return *journal::OpenCheckpoint(answer->checkpoint(), *gateway_.log_verifier);
  }
  std::vector<v1::JournalEntry> Entries(bool payloads = false) {
    std::vector<v1::JournalEntry> entries;
    v1::ListEntriesRequest request;
    request.set_with_payloads(payloads);
    while (true) {
      request.set_first(entries.size());
      const auto page = gateway_.Call(&api::Handlers::ListEntries, GatewayFixture::Auditor(), request);
      EXPECT_TRUE(page.ok()) << page.status();
      EXPECT_LE(page->entries_size(), 256);
      for (const auto& entry : page->entries()) entries.push_back(entry);
      if (entries.size() >= page->size()) return entries;
    }
  }

  GatewayFixture gateway_;
  DemoWorld demo_{gateway_};
};

TEST_F(Audit, TheLeavesHashToTheCheckpointAndTellNothingPersonal) {
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({demo_.Freeze(kBeiling, 12'345'67)})), ElementsAre(""));
  std::vector<journal::Hash> hashes;
  for (const auto& entry : Entries()) {
    hashes.push_back(journal::LeafHash(entry.leaf()));
    EXPECT_TRUE(entry.sealed().empty());
    for (const char* secret : {"林远舟", "990101198503070017", kCaseNumber, "赵慧兰", "officer 001"})
      EXPECT_THAT(entry.leaf(), Not(HasSubstr(secret)));
  }
  const journal::Checkpoint newest = Newest();
  EXPECT_EQ(newest.size, hashes.size());
  EXPECT_EQ(journal::RootOfLeaves(hashes), newest.root);
  size_t sealed = 0;
  for (const auto& entry : Entries(true)) sealed += entry.sealed().empty() ? 0 : 1;
  EXPECT_GT(sealed, 0u);
}

TEST_F(Audit, ProofsAtEverySizeLeadToTheSignedRoots) {
  std::vector<journal::Hash> hashes;
  for (const auto& entry : Entries()) hashes.push_back(journal::LeafHash(entry.leaf()));
  const uint64_t size = hashes.size();
  for (uint64_t at : {uint64_t{1}, size / 2, size}) {
    v1::GetInclusionProofRequest request;
    request.set_index(at - 1);
    request.set_size(at);
    const auto answer = gateway_.Call(&api::Handlers::GetInclusionProof, GatewayFixture::Auditor(), request);
    ASSERT_TRUE(answer.ok()) << answer.status();
    std::vector<journal::Hash> path;
    for (const auto& hash : answer->proof().hashes()) path.push_back(*journal::HashFrom(hash));
    EXPECT_TRUE(journal::VerifyInclusion(hashes[at - 1], at - 1, at, path,
                                         journal::RootOfLeaves(std::span(hashes).subspan(0, at))));
    EXPECT_EQ(journal::LeafHash(answer->leaf()), hashes[at - 1]);
    if (!answer->checkpoint().empty()) {
      EXPECT_EQ(journal::OpenCheckpoint(answer->checkpoint(), *gateway_.log_verifier)->size, at);
    }
    v1::GetConsistencyProofRequest consistency;
    consistency.set_old_size(at);
    const auto grown = gateway_.Call(&api::Handlers::GetConsistencyProof, demo_.court, consistency);
    ASSERT_TRUE(grown.ok()) << grown.status();
    path.clear();
    for (const auto& hash : grown->hashes()) path.push_back(*journal::HashFrom(hash));
    const auto head = journal::OpenCheckpoint(grown->checkpoint(), *gateway_.log_verifier);
    ASSERT_TRUE(head.ok());
    EXPECT_TRUE(journal::VerifyConsistency(at, head->size, path,
                                           journal::RootOfLeaves(std::span(hashes).subspan(0, at)), head->root));
  }
  v1::GetInclusionProofRequest beyond;
  beyond.set_index(size);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::GetInclusionProof, GatewayFixture::Auditor(), beyond).status()),
            Reason::kFieldInvalid);
  beyond.set_index(0);
  beyond.set_size(size + 1);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::GetInclusionProof, GatewayFixture::Auditor(), beyond).status()),
            Reason::kFieldInvalid);
  v1::GetConsistencyProofRequest backwards;
  backwards.set_old_size(5);
  backwards.set_size(4);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::GetConsistencyProof, GatewayFixture::Auditor(), backwards).status()),
            Reason::kFieldInvalid);
}

TEST_F(Audit, TilesAndBundlesAreTheTreesAtEveryWidth) {
  for (int i = 0; i < 300; ++i)
    ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({demo_.Freeze(kBeiling, 1)})), ElementsAre(""));
  const std::vector<v1::JournalEntry> entries = Entries();
  ASSERT_GT(entries.size(), 520u) << "two full tiles, one partial, and one of level 1";
  std::string hashes;
  for (const auto& entry : entries) hashes += journal::View(journal::LeafHash(entry.leaf()));
  const auto tile = [&](unsigned level, uint64_t n, unsigned width, const api::Caller& caller) {
    v1::GetTileRequest request;
    request.set_level(level);
    request.set_index(n);
    request.set_width(width);
    return gateway_.Call(&api::Handlers::GetTile, caller, request);
  };
  const auto bundle = [&](uint64_t n, unsigned width, const api::Caller& caller) {
    v1::GetEntryBundleRequest request;
    request.set_index(n);
    request.set_width(width);
    return gateway_.Call(&api::Handlers::GetEntryBundle, caller, request);
  };
  for (uint64_t n = 0; n * 256 < entries.size(); ++n) {
    const unsigned widest = journal::TileWidthAt(entries.size(), 0, n);
    for (unsigned width = 1; width <= widest; ++width) {
      EXPECT_EQ(tile(0, n, width, demo_.court)->tile(), hashes.substr(n * 256 * 32, width * 32)) << n << " " << width;
      const auto got = bundle(n, width, GatewayFixture::Auditor());
      const auto leaves = journal::ParseBundle(got->bundle(), width);
      ASSERT_TRUE(leaves.ok()) << leaves.status();
      EXPECT_EQ(leaves->back(), entries[n * 256 + width - 1].leaf());
    }
    EXPECT_EQ(ReasonOf(tile(0, n, widest + 1, demo_.court).status()), Reason::kFieldInvalid);
    EXPECT_EQ(ReasonOf(bundle(n, widest + 1, GatewayFixture::Auditor()).status()), Reason::kFieldInvalid);
  }
  EXPECT_EQ(tile(0, 0, 0, demo_.court)->tile().size(), 256u * 32) << "0 is a full one";
  std::vector<journal::Hash> first;
  for (size_t i = 0; i < 256; ++i) first.push_back(journal::LeafHash(entries[i].leaf()));
  EXPECT_EQ(tile(1, 0, 1, demo_.court)->tile(), journal::View(journal::RootOfLeaves(first)));
  for (const auto& [level, n] : {std::pair{1u, uint64_t{1}}, {2u, 0}, {8u, 0}, {0u, ~uint64_t{0}}, {~0u, 0}})
    EXPECT_EQ(ReasonOf(tile(level, n, 1, demo_.court).status()), Reason::kFieldInvalid) << level;
  EXPECT_EQ(ReasonOf(bundle(~uint64_t{0}, 1, GatewayFixture::Auditor()).status()), Reason::kFieldInvalid);
  EXPECT_EQ(ReasonOf(bundle(0, 1, demo_.court).status()), Reason::kPermissionDenied)
      << "leaves are for those who audit";
}

TEST_F(Audit, ACommitsCheckpointCanBeHadAfterwards) {
  const auto answer = demo_.Submit({demo_.Freeze(kBeiling, 1)});
  const journal::Checkpoint then = *journal::OpenCheckpoint(answer->checkpoint(), *gateway_.log_verifier);
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({demo_.Freeze(kBeiling, 1)})), ElementsAre(""));
  v1::GetInclusionProofRequest request;
  request.set_index(then.size - 1);
  request.set_size(then.size);
  EXPECT_EQ(gateway_.Call(&api::Handlers::GetInclusionProof, GatewayFixture::Auditor(), request)->checkpoint(),
            answer->checkpoint());
}

TEST_F(Audit, OthersSeeTheLeavesOfTheirOwnActsOnly) {
  const auto accepted = demo_.Submit({demo_.Freeze(kBeiling, 1)});
  v1::GetInclusionProofRequest request;
  request.set_index(accepted->results(0).acceptance().order_seq());
  EXPECT_FALSE(gateway_.Call(&api::Handlers::GetInclusionProof, demo_.court, request)->leaf().empty());
  EXPECT_TRUE(gateway_.Call(&api::Handlers::GetInclusionProof, demo_.other_court, request)->leaf().empty());
  EXPECT_TRUE(gateway_.Call(&api::Handlers::GetInclusionProof, gateway_.Agency(kBeiling), request)->leaf().empty());
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ListEntries, demo_.court, v1::ListEntriesRequest()).status()),
            Reason::kPermissionDenied);
}

TEST_F(Audit, ApproversSeeTheExactBytesThatTheySign) {
  v1::Proposal proposal;
  proposal.set_ground("a new court");
  proposal.mutable_court()->set_code("辽9903");
  proposal.mutable_court()->set_name("third");
  v1::Administration act;
  act.set_request_id(gateway_.NewId());
  *act.mutable_proposal() = proposal;
  v1::SubmitAdministrationRequest request;
  *request.mutable_batch() = gateway_.Sign(v1::MEMBER_TYPE_ADMINISTRATION, "administrator",
                                           std::vector<v1::Administration>{act}, {"administrator-1"});
  const auto proposed = gateway_.Call(&api::Handlers::SubmitAdministration, GatewayFixture::Operator(), request);
  ASSERT_FALSE(proposed->results(0).has_refusal());
  EXPECT_FALSE(proposed->results(0).in_effect());
  v1::ListProposalsRequest open;
  open.set_open_only(true);
  const auto list = gateway_.Call(&api::Handlers::ListProposals, GatewayFixture::Operator(), open);
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_EQ(list->proposals_size(), 1);
  EXPECT_EQ(list->proposals(0).proposal().member(), act.SerializeAsString());
  EXPECT_EQ(list->proposals(0).digest(), DemoWorld::Digest(act));
  EXPECT_THAT(list->proposals(0).approved_by(), ElementsAre("administrator-1"));
  const std::vector<trust::CandidateKey> keys = {
      {0, v1::KEY_ALGORITHM_ED25519, gateway_.Key("administrator-1").public_key()}};
  EXPECT_TRUE(trust::OpenMember(list->proposals(0).proposal(), keys, gateway_.checker).ok());

  v1::Administration approval;
  approval.set_request_id(gateway_.NewId());
  approval.mutable_approval()->set_proposal_index(list->proposals(0).index());
  approval.mutable_approval()->set_proposal_digest(list->proposals(0).digest());
  *request.mutable_batch() = gateway_.Sign(v1::MEMBER_TYPE_ADMINISTRATION, "administrator",
                                           std::vector<v1::Administration>{approval}, {"administrator-1"});
  EXPECT_EQ(gateway_.Call(&api::Handlers::SubmitAdministration, GatewayFixture::Operator(), request)
                ->results(0)
                .refusal()
                .reason(),
            "ALREADY_APPROVED");
  approval.set_request_id(gateway_.NewId());
  *request.mutable_batch() = gateway_.Sign(v1::MEMBER_TYPE_ADMINISTRATION, "administrator",
                                           std::vector<v1::Administration>{approval}, {"administrator-2"});
  EXPECT_TRUE(gateway_.Call(&api::Handlers::SubmitAdministration, demo_.court, request)->results(0).in_effect())
      << "any court's system may carry it";
  EXPECT_THAT(gateway_.Call(&api::Handlers::ListProposals, GatewayFixture::Operator(), open)->proposals(), IsEmpty());
  EXPECT_NE(gateway_.Court("辽9903").court.value(), 0u);
  v1::ListProposalsRequest pages;
  pages.set_page_size(4);
  int all = 0;
  do {
    const auto page = gateway_.Call(&api::Handlers::ListProposals, GatewayFixture::Operator(), pages);
    all += page->proposals_size();
    pages.set_page_token(page->next_page_token());
  } while (!pages.page_token().empty());
  EXPECT_EQ(all, 11) << "the ten of the start and this one";
}

TEST_F(Audit, ThePolicyInForceIsShownToEverybodyWithThePlaceOfItsInstallation) {
  for (const api::Caller& caller : {demo_.court, GatewayFixture::Auditor(), GatewayFixture::Operator()}) {
    const auto policy = gateway_.Call(&api::Handlers::GetPolicy, caller, v1::GetPolicyRequest());
    ASSERT_TRUE(policy.ok()) << policy.status();
    EXPECT_EQ(policy->table().SerializeAsString(), PolicyOf2026().SerializeAsString());
    EXPECT_EQ(gateway_.Types().at(policy->journal_index()), "POLICY_INSTALLED");
  }
  GatewayFixture founded;
  const auto none = founded.Call(&api::Handlers::GetPolicy, GatewayFixture::Operator(), v1::GetPolicyRequest());
  EXPECT_EQ(ReasonOf(none.status()), Reason::kNotFound);
}

TEST_F(Audit, AgenciesAndStatementsPage) {
  v1::ListAgenciesRequest request;
  request.set_kind("BANK");
  request.set_page_size(2);
  const auto first = gateway_.Call(&api::Handlers::ListAgencies, demo_.court, request);
  ASSERT_EQ(first->agencies_size(), 2);
  request.set_page_token(first->next_page_token());
  const auto second = gateway_.Call(&api::Handlers::ListAgencies, demo_.court, request);
  ASSERT_EQ(second->agencies_size(), 1);
  EXPECT_EQ(second->agencies(0).code(), kYunfan);
  EXPECT_TRUE(second->next_page_token().empty());
  v1::ListStatementsRequest statements;
  statements.set_page_size(4);
  size_t count = 0;
  while (true) {
    const auto page = gateway_.Call(&api::Handlers::ListStatements, demo_.court, statements);
    ASSERT_TRUE(page.ok()) << page.status();
    count += static_cast<size_t>(page->statements_size());
    if (page->complete()) break;
    statements.set_position(page->statements(page->statements_size() - 1).position());
  }
  EXPECT_EQ(count, 15u) << "7 keys, 6 officers, 2 accounts";
}

TEST_F(Audit, MetricsNameThingsOnceAndNobody) {
  demo_.Pull(kBeiling);
  const auto answer = gateway_.Call(&api::Handlers::GetMetrics, GatewayFixture::Operator(), v1::GetMetricsRequest());
  ASSERT_TRUE(answer.ok());
  std::set<std::string> names;
  for (const auto& metric : answer->metrics()) {
    EXPECT_TRUE(names.insert(metric.name()).second) << metric.name();
    EXPECT_FALSE(metric.help().empty());
    EXPECT_FALSE(metric.unit().empty());
  }
  EXPECT_TRUE(names.contains("ge_journal_size"));
  EXPECT_THAT(answer->DebugString(), Not(HasSubstr(kBeiling)));
}

TEST_F(Audit, EveryMethodHasARowAndEveryRowAMethod) {
  std::vector<std::string> methods;
  for (const auto* file :
       {v1::SubmitOrdersRequest::descriptor()->file(), v1::SubmitCaseActsRequest::descriptor()->file(),
        v1::HelloRequest::descriptor()->file(), v1::SubmitStatementsRequest::descriptor()->file(),
        v1::SubmitAdministrationRequest::descriptor()->file(), v1::GetCheckpointRequest::descriptor()->file(),
        v1::WaitCheckpointRequest::descriptor()->file(), v1::PutBlobPartRequest::descriptor()->file(),
        v1::SubmitObjectionsRequest::descriptor()->file(), v1::ListIncidentsRequest::descriptor()->file(),
        v1::SubmitSupervisionRequest::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m)
        methods.push_back("/" + file->service(s)->full_name() + "/" + file->service(s)->method(m)->name());
    }
  }
  EXPECT_EQ(methods.size(), 56u);
  EXPECT_THAT(api::MethodsWithRow(), UnorderedElementsAreArray(methods));
  EXPECT_EQ(ReasonOf(api::MayCall(demo_.court, "/goldeneagle.v1.OrderService/Unheard")), Reason::kPermissionDenied)
      << "default deny";
  EXPECT_EQ(ReasonOf(api::MayCall(demo_.court, "/goldeneagle.v1.AdapterService/Hello")), Reason::kPermissionDenied);
  EXPECT_TRUE(api::MayCall(demo_.court, "/goldeneagle.v1.OrderService/SubmitOrders").ok());
}

TEST_F(Audit, PermissionComesBeforeExistence) {
  const api::Caller bank = gateway_.Agency(kBeiling);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::SubmitOrders, bank, v1::SubmitOrdersRequest()).status()),
            Reason::kPermissionDenied);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ValidateOrders, bank, v1::SubmitOrdersRequest()).status()),
            Reason::kPermissionDenied);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::GetBlobPart, bank, v1::GetBlobPartRequest()).status()),
            Reason::kPermissionDenied);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::PullBlobPart, demo_.court, v1::PullBlobPartRequest()).status()),
            Reason::kPermissionDenied);
  EXPECT_EQ(
      ReasonOf(
          gateway_.Call(&api::Handlers::PutBlobPart, GatewayFixture::Auditor(), v1::PutBlobPartRequest()).status()),
      Reason::kPermissionDenied);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::GetOrder, bank, v1::GetOrderRequest()).status()),
            Reason::kPermissionDenied);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ListFindings, bank, v1::ListFindingsRequest()).status()),
            Reason::kPermissionDenied);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::GetCase, GatewayFixture::Operator(), v1::GetCaseRequest()).status()),
            Reason::kPermissionDenied);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::Hello, demo_.court, v1::HelloRequest()).status()),
            Reason::kPermissionDenied);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ReportResults, demo_.court, v1::ReportResultsRequest()).status()),
            Reason::kPermissionDenied);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::GetMetrics, demo_.court, v1::GetMetricsRequest()).status()),
            Reason::kPermissionDenied);
  EXPECT_EQ(
      ReasonOf(gateway_.Call(&api::Handlers::SubmitAdministration, bank, v1::SubmitAdministrationRequest()).status()),
      Reason::kPermissionDenied);
}

TEST_F(Audit, ASystemIsItsIdAndItsPinTogether) {
  const domain::Directory& directory = gateway_.state().directory;
  const auto pin = [](const std::string& id) {
    const journal::Hash hash = journal::Sha256(id);
    return std::string(journal::View(hash));
  };
  const std::string court = "spiffe://test/court/辽9901", bank = "spiffe://test/agency/9900001",
                    auditor = "spiffe://test/auditor/auditor-1";
  const auto identified = api::Identify(directory, court, pin(court));
  ASSERT_TRUE(identified.ok());
  EXPECT_EQ(identified->role, api::Role::kCourt);
  EXPECT_EQ(identified->code, kCourt);
  EXPECT_EQ(identified->court, demo_.court.court);
  EXPECT_EQ(api::Identify(directory, bank, pin(bank))->agency, gateway_.Agency(kBeiling).agency);
  EXPECT_EQ(api::Identify(directory, auditor, pin(auditor))->role, api::Role::kAuditor);
  EXPECT_EQ(ReasonOf(api::Identify(directory, court, pin(bank)).status()), Reason::kUnauthenticated) << "another key";
  EXPECT_EQ(ReasonOf(api::Identify(directory, bank, pin(court)).status()), Reason::kUnauthenticated);
  EXPECT_EQ(ReasonOf(api::Identify(directory, "", "").status()), Reason::kUnauthenticated);
  EXPECT_EQ(ReasonOf(api::Identify(directory, "spiffe://test/court/nobody", pin(court)).status()),
            Reason::kUnauthenticated);
}

}  // namespace
}  // namespace eagle::test
