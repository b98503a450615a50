// Random changes of valid batches and travelling members: each is refused, or what it opens to is what was signed.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "google/protobuf/stubs/logging.h"
#include "server/trust/batch.h"
#include "server/trust/make_batch.h"
#include "tests/server/trust/support.h"

namespace eagle::trust {
namespace {

constexpr int kRounds = 20'000;

class Mutator {
 public:
  explicit Mutator(uint64_t seed) : engine_(seed) {}
  uint64_t Below(uint64_t bound) { return engine_() % bound; }

  void Bytes(std::string& bytes) {
    for (uint64_t change = Below(3) + 1; change > 0 && !bytes.empty(); --change) {
      const size_t at = Below(bytes.size());
      switch (Below(5)) {
        case 0:
          bytes[at] = static_cast<char>(bytes[at] ^ (1 << Below(8)));
          break;
        case 1:
          bytes[at] = static_cast<char>(Below(256));
          break;
        case 2:
          bytes.erase(at, Below(40));
          break;
        case 3:
          bytes.insert(at, bytes.substr(Below(bytes.size()), Below(40)));
          break;
        default:
          std::rotate(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                      bytes.begin() + static_cast<std::ptrdiff_t>(at + Below(bytes.size() - at)), bytes.end());
      }
    }
  }

  // Changes that an ordinary parser would take without complaint.
  void Envelope(v1::Envelope& head, const v1::Envelope& other) {
    const int count = head.signatures_size();
    switch (Below(7)) {
      case 0:
        Bytes(*head.mutable_payload());
        break;
      case 1:
        head.set_payload(other.payload());
        break;
      case 2:
        if (count > 0) Bytes(*head.mutable_signatures(static_cast<int>(Below(count)))->mutable_sig());
        break;
      case 3:
        if (count > 0) *head.mutable_signatures(static_cast<int>(Below(count))) = other.signatures(0);
        break;
      case 4:
        if (count > 0)
          head.mutable_signatures(static_cast<int>(Below(count)))
              ->set_keyid(Below(2) == 0 ? "" : other.signatures(0).keyid());
        break;
      case 5:
        if (count > 0) head.mutable_signatures()->RemoveLast();
        break;
      default: {  // a head with one field changed, as a forger would write it
        v1::Head changed;
        changed.ParseFromString(head.payload());
        if (Below(2) == 0) changed.set_count(changed.count() + 1);
        if (Below(2) == 0) changed.set_sequence(Below(9));
        if (Below(2) == 0) changed.set_environment(static_cast<v1::Environment>(Below(4)));
        if (Below(2) == 0) changed.set_member_type(static_cast<v1::MemberType>(Below(8)));
        if (Below(2) == 0) changed.set_signer("辽9902");
        head.set_payload(changed.SerializeAsString());
      }
    }
  }

  void Batch(v1::SignedBatch& batch, const v1::SignedBatch& other) {
    const int count = batch.members_size();
    const auto place = [&] { return static_cast<int>(Below(static_cast<uint64_t>(count))); };
    switch (count == 0 ? 0 : Below(6)) {
      case 0:
        return Envelope(*batch.mutable_head(), other.head());
      case 1:
        return Bytes(*batch.mutable_members(place()));
      case 2:
        return batch.mutable_members()->SwapElements(place(), place());
      case 3:
        return batch.mutable_members()->RemoveLast();
      case 4:
        return batch.add_members(batch.members(place()));
      default:
        return batch.set_members(place(), other.members(0));
    }
  }

 private:
  std::mt19937_64 engine_;
};

class MutationTest : public ::testing::Test {
 protected:
  const google::protobuf::LogSilencer silence_;  // the ordinary parser writes a line for each text that isn't UTF-8
  Ed25519Signer handler_ = SignerOf(0x10), cosigner_ = SignerOf(0x20);
  std::vector<CandidateKey> officers_ = {CandidateOf(1, handler_), CandidateOf(2, cosigner_)};
  PublicKeyChecker checker_;
  v1::SignedBatch good_ = MakeBatch(OrderHead(1), Orders(5), {&handler_, &cosigner_});
  v1::SignedBatch other_ = MakeBatch(OrderHead(2), {FreezeOrder(9).SerializeAsString()}, {&cosigner_});
  // Its head may turn up under the mutated members, so it belongs to what was signed.
  bool WasSigned(const ParsedHead& head) const {
    return head.envelope.payload() == good_.head().payload() || head.envelope.payload() == other_.head().payload();
  }
};

TEST_F(MutationTest, ABatchOpensToWhatWasSignedOrNotAtAll) {
  Mutator mutator(41);
  int opened_count = 0, parsed_count = 0;
  for (int round = 0; round < kRounds; ++round) {
    v1::SignedBatch batch = good_;
    if (round % 2 == 0) {
      std::string bytes = good_.SerializeAsString();
      mutator.Bytes(bytes);
      if (!batch.ParseFromString(bytes)) continue;
    } else {
      mutator.Batch(batch, other_);
      if (mutator.Below(3) == 0) mutator.Batch(batch, other_);
    }
    ++parsed_count;
    const auto opened = OpenBatch(batch, officers_, checker_);
    if (!opened.ok()) continue;
    ++opened_count;
    ASSERT_TRUE(WasSigned(*opened)) << round;
    const v1::SignedBatch& original = opened->head.sequence() == 1 ? good_ : other_;
    ASSERT_EQ(opened->envelope.payload(), original.head().payload()) << round;
    ASSERT_EQ(opened->members, std::vector<std::string>(original.members().begin(), original.members().end())) << round;
  }
  EXPECT_GT(parsed_count, kRounds / 2);
  EXPECT_GT(opened_count, 100);  // changes that change nothing: hints, a signature less
  EXPECT_LT(opened_count, kRounds / 4);
}

TEST_F(MutationTest, AMemberOpensToWhatWasSignedOrNotAtAll) {
  Mutator mutator(42);
  int opened_count = 0;
  for (int round = 0; round < kRounds; ++round) {
    const uint32_t index = static_cast<uint32_t>(round) % 5;
    v1::SignedMember member = TravelForm(good_, index);
    if (round % 2 == 0) {
      std::string bytes = member.SerializeAsString();
      mutator.Bytes(bytes);
      if (!member.ParseFromString(bytes)) continue;
    } else if (mutator.Below(2) == 0) {
      mutator.Envelope(*member.mutable_head(), other_.head());
    } else {
      const v1::SignedMember sibling = TravelForm(good_, static_cast<uint32_t>(mutator.Below(5)));
      if (mutator.Below(2) == 0) member.set_index(sibling.index());
      if (mutator.Below(2) == 0) *member.mutable_path() = sibling.path();
      if (mutator.Below(2) == 0) member.set_member(sibling.member());
    }
    const auto opened = OpenMember(member, officers_, checker_);
    if (!opened.ok()) continue;
    ++opened_count;
    ASSERT_EQ(opened->envelope.payload(), good_.head().payload()) << round;
    ASSERT_LT(opened->index, 5u) << round;
    ASSERT_EQ(opened->member, good_.members(static_cast<int>(opened->index))) << round;
  }
  EXPECT_GT(opened_count, 100);
  EXPECT_LT(opened_count, kRounds / 2);
}

}  // namespace
}  // namespace eagle::trust
