// A leaf has at most 4,096 bytes, and the encoder stops the process rather than write a longer one. So every list that
// a decision puts into a body has a bound, and the greatest of everything together still fits.
#include <gtest/gtest.h>

#include "server/core/codec.h"
#include "server/domain/agency_set.h"
#include "server/journal/leaf.h"
#include "tests/support/domain_world.h"

namespace eagle::test {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr size_t kTagBytes = 20;

// The longest leaf that the world's last `entries` entries make.
size_t LongestLeaf(const DomainWorld& world, size_t entries) {
  size_t longest = 0;
  for (size_t i = world.journal.size() - entries; i < world.journal.size(); ++i) {
    domain::Entry entry = world.journal[i];
    if (entry.payload && entry.key_id.empty()) entry.key_id = std::string(16, 'l');
    longest = std::max(
        longest,
        core::EncodeEntry(entry, std::string(32, 'k'), std::string(core::kSealingEntropyBytes, 'e')).leaf.size());
  }
  return longest;
}

// A directory that is as full as it may be.
class FullWorld : public DomainWorld {
 public:
  FullWorld() {
    while (state.directory.agencies().size() < domain::kAgenciesMax) {
      const size_t count = std::min<size_t>(250, domain::kAgenciesMax - state.directory.agencies().size());
      std::vector<goldeneagle::v1::Administration> proposals, approvals;
      for (size_t i = 0; i < count; ++i) proposals.push_back(Registering("F" + std::to_string(next_agency_++)));
      for (const domain::MemberResult& made : Do(Administration("admin1", proposals)).members) {
        approvals.emplace_back().set_request_id(NewId());
        approvals.back().mutable_approval()->set_proposal_index(made.index);
        approvals.back().mutable_approval()->set_proposal_digest(state.proposals.at(made.index).digest);
      }
      Do(Administration("admin2", approvals));
    }
  }
  goldeneagle::v1::Administration Registering(const std::string& code) {
    goldeneagle::v1::Administration act;
    act.set_request_id(NewId());
    act.mutable_proposal()->set_ground("full");
    RegisterAgency* agency = act.mutable_proposal()->mutable_agency();
    agency->set_code(code), agency->set_name(code), agency->set_kind("BANK"), agency->set_region("990101");
    Capability* row = agency->add_capabilities();
    row->set_action(ACTION_INQUIRE), row->set_asset_kind("DEPOSIT");
    agency->mutable_system()->set_spiffe_id("spiffe://test/agency/" + code),
        agency->mutable_system()->add_spki_sha256(std::string(32, 'p'));
    return act;
  }
  // To the last `agencies` of the directory, by `officers` times the handler.
  domain::SubmitOrders WideOrder(size_t agencies, int officers) {
    std::vector<std::string> codes;
    for (size_t i = next_agency_ - agencies; i < next_agency_; ++i) codes.push_back("F" + std::to_string(i));
    auto order = InquireOrder(codes);
    while (order.officers_size() < officers) *order.add_officers() = order.officers(0);
    auto batch = Orders({order}, {"handler"});
    batch.members[0].subject_tag = std::string(kTagBytes, 's');
    batch.members[0].officer_tags.assign(static_cast<size_t>(officers), std::string(kTagBytes, 'o'));
    return batch;
  }

 private:
  size_t next_agency_ = 1;
};

TEST(LeafBounds, TheWidestOrderFits) {
  FullWorld world;
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Administration("admin1", {world.Registering("ONE-MORE")}))),
            Reason::kTooLarge);
  ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(world.WideOrder(10'000, 16))), Reason::kNone);
  const size_t accepted = LongestLeaf(world, 1);
  EXPECT_GT(accepted, size_t{domain::kAgenciesMax / 8});
  EXPECT_LE(accepted, journal::kLeafBytesMax);
  world.now += absl::Hours(1000);
  world.Do(domain::Tick{});
  EXPECT_EQ(world.Types().back(), "DEADLINE_MARKED");
  EXPECT_LE(LongestLeaf(world, 1), journal::kLeafBytesMax);
}

TEST(LeafBounds, MoreOfficersThanMaySignAHeadAreRefused) {
  DomainWorld world;
  auto order = world.FreezeOrder("BANK1", 100);
  while (order.officers_size() < 17) *order.add_officers() = order.officers(0);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({order}))), Reason::kTooLarge);
}

TEST(LeafBounds, ARefusalWithEveryViolationFits) {
  DomainWorld world;
  auto order = world.InquireOrder({});
  for (int i = 0; i < 2000; ++i) order.add_agencies("NOBODY" + std::to_string(i));
  const domain::Result result = world.Do(world.Orders({order}, {"handler"}));
  EXPECT_EQ(result.members[0].refusal->violations.size(), 2000u);
  EXPECT_LE(LongestLeaf(world, 1), journal::kLeafBytesMax);
}

TEST(LeafBounds, ACaseWithAHundredRespondentsFits) {
  DomainWorld world;
  auto act = world.OpenCase("case-2");
  const Respondent first = act.open().respondents(0);
  act.mutable_open()->clear_respondents();
  for (int i = 0; i < 100; ++i) {
    Respondent* respondent = act.mutable_open()->add_respondents();
    *respondent = first;
    respondent->mutable_identity()->set_id_kind("PASSPORT"),
        respondent->mutable_identity()->set_id_number("P" + std::to_string(i));
  }
  auto batch = world.Cases({act});
  batch.members[0].subject_tags.assign(100, std::string(kTagBytes, 's'));
  ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(batch)), Reason::kNone);
  EXPECT_LE(LongestLeaf(world, 1), journal::kLeafBytesMax);
}

TEST(LeafBounds, AFullDeliveryFitsLateInTheLifeOfALog) {
  Delivered body;
  for (size_t i = 0; i < domain::kOrdersPerDelivery; ++i) body.add_orders((uint64_t{1} << 62) + i);
  body.set_instance("instance");
  EXPECT_LE(body.ByteSizeLong(), journal::kLeafBodyBytesMax);
}

TEST(LeafBounds, APolicyRowHasAShortNameAndFewMarks) {
  PolicyTable table = FreedoniaPolicy();
  table.mutable_deadlines(0)->set_name(std::string(64, 'n'));
  EXPECT_FALSE(domain::Policy::Create(table).ok());
  table = FreedoniaPolicy();
  for (uint32_t i = 0; i < 12; ++i) table.mutable_deadlines(0)->add_marks_permille(3000 + i);
  EXPECT_FALSE(domain::Policy::Create(table).ok());
}

}  // namespace
}  // namespace eagle::test
