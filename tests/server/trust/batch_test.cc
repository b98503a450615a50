#include "server/trust/batch.h"

#include <gtest/gtest.h>

#include "server/journal/merkle.h"
#include "server/trust/codes.h"
#include "server/trust/head_cache.h"
#include "server/trust/make_batch.h"
#include "tests/server/trust/support.h"
#include "tests/support/trust/keyed_hash.h"

namespace eagle::trust {
namespace {

using Ids = std::vector<uint64_t>;

// Counts what it is asked.
class CountingChecker : public SignatureChecker {
 public:
  bool Check(KeyAlgorithm algorithm, std::string_view key, std::string_view message,
             std::string_view signature) const override {
    ++count;
    return checker_.Check(algorithm, key, message, signature);
  }
  mutable int count = 0;

 private:
  PublicKeyChecker checker_;
};

class BatchTest : public ::testing::Test {
 protected:
  v1::SignedBatch Make(int count, std::initializer_list<Signer*> signers, HeadFields fields = OrderHead()) {
    return MakeBatch(fields, Orders(count), signers);
  }
  std::string Why(const v1::SignedBatch& batch) { return WhyNot(OpenBatch(batch, officers_, checker_)); }
  // The same batch under a head that was changed and signed again by the handler.
  template <typename Change>
  v1::SignedBatch WithHead(v1::SignedBatch batch, const Change& change) {
    v1::Head head;
    head.ParseFromString(batch.head().payload());
    change(head);
    batch.mutable_head()->set_payload(head.SerializeAsString());
    batch.mutable_head()->mutable_signatures(0)->set_sig(
        handler_.Sign(journal::Pae(batch.head().payload_type(), batch.head().payload())));
    return batch;
  }

  Ed25519Signer handler_ = SignerOf(0x10), cosigner_ = SignerOf(0x20), leader_ = SignerOf(0x30),
                stranger_ = SignerOf(0x50);
  std::vector<CandidateKey> officers_ = {CandidateOf(11, handler_), CandidateOf(7, cosigner_), CandidateOf(9, leader_)};
  PublicKeyChecker checker_;
};

TEST_F(BatchTest, WhatOfficersSignedIsOpened) {
  for (int count : {1, 2, 3, 7, 64, 256}) {
    const auto opened = OpenBatch(Make(count, {&handler_, &cosigner_}), officers_, checker_);
    ASSERT_EQ(WhyNot(opened), "OK") << count;
    EXPECT_EQ(opened->signed_by, (Ids{7, 11}));
    EXPECT_EQ(opened->members, Orders(count));
    EXPECT_EQ(opened->head.signer(), "辽9901");
    EXPECT_EQ(opened->head.count(), static_cast<uint32_t>(count));
    EXPECT_EQ(SignedAt(opened->head), SomeDay());
    ASSERT_EQ(opened->digests.size(), opened->members.size());
    for (size_t i = 0; i < opened->digests.size(); ++i)
      EXPECT_EQ(opened->digests[i], journal::LeafHash(opened->members[i]));
    EXPECT_EQ(journal::RootOfLeaves(opened->digests), opened->root);
    EXPECT_EQ(opened->head_digest, journal::Sha256(opened->envelope.payload()));
  }
}

TEST_F(BatchTest, SignaturesCanComeOneAfterTheOther) {
  v1::SignedBatch draft = Make(2, {});
  EXPECT_EQ(Why(draft), "SIGNATURE_INVALID");
  EXPECT_EQ(WhyNot(ParseBatch(draft, Signatures::kOptional)), "OK");
  const std::string digest = HeadDigestText(draft.head());
  for (Signer* signer : std::initializer_list<Signer*>{&leader_, &handler_, &cosigner_, &handler_}) {
    ASSERT_EQ(WhyNot(AddSignature(draft, *signer)), "OK");
  }
  EXPECT_EQ(draft.head().signatures_size(), 3);
  EXPECT_EQ(HeadDigestText(draft.head()), digest);
  EXPECT_EQ(digest.size(), 64u);
  EXPECT_EQ(OpenBatch(draft, officers_, checker_)->signed_by, (Ids{7, 9, 11}));
}

TEST_F(BatchTest, NobodySignsMembersThatHeDoesNotSee) {
  v1::SignedBatch batch = Make(2, {&handler_});
  batch.set_members(1, FreezeOrder(9).SerializeAsString());
  EXPECT_EQ(WhyNot(AddSignature(batch, cosigner_)), "MEMBER_NOT_IN_ROOT");
  EXPECT_EQ(batch.head().signatures_size(), 1);
}

TEST_F(BatchTest, ASeventeenthSignatureIsNotAdded) {
  v1::SignedBatch batch = Make(1, {});
  for (int i = 0; i < 16; ++i) {
    KeyedHashSigner signer("signer " + std::to_string(i));
    ASSERT_EQ(WhyNot(AddSignature(batch, signer)), "OK");
  }
  EXPECT_EQ(WhyNot(AddSignature(batch, handler_)), "ENVELOPE_MALFORMED");
  EXPECT_EQ(batch.head().signatures_size(), 16);
}

TEST_F(BatchTest, EveryBitOfTheEnvelopeCounts) {
  const v1::SignedBatch good = Make(3, {&handler_});
  const auto flipped = [](const std::string& bytes, size_t bit) {
    std::string out = bytes;
    out[bit / 8] = static_cast<char>(out[bit / 8] ^ (1 << bit % 8));
    return out;
  };
  for (size_t bit = 0; bit < good.head().payload().size() * 8; ++bit) {
    v1::SignedBatch bad = good;
    bad.mutable_head()->set_payload(flipped(good.head().payload(), bit));
    EXPECT_NE(Why(bad), "OK") << "payload bit " << bit;
  }
  for (size_t bit = 0; bit < good.head().payload_type().size() * 8; ++bit) {
    v1::SignedBatch bad = good;
    bad.mutable_head()->set_payload_type(flipped(good.head().payload_type(), bit));
    EXPECT_EQ(Why(bad), "ENVELOPE_MALFORMED") << "type bit " << bit;
  }
  for (size_t bit = 0; bit < 64 * 8; ++bit) {
    v1::SignedBatch bad = good;
    bad.mutable_head()->mutable_signatures(0)->set_sig(flipped(good.head().signatures(0).sig(), bit));
    EXPECT_EQ(Why(bad), "SIGNATURE_INVALID") << "signature bit " << bit;
  }
  for (size_t bit = 0; bit < good.members(1).size() * 8; ++bit) {
    v1::SignedBatch bad = good;
    bad.set_members(1, flipped(good.members(1), bit));
    EXPECT_EQ(Why(bad), "MEMBER_NOT_IN_ROOT") << "member bit " << bit;
  }
}

TEST_F(BatchTest, ForgeriesAreRefused) {
  const v1::SignedBatch good = Make(3, {&handler_, &cosigner_});
  const auto with = [&good](const auto& change) {
    v1::SignedBatch batch = good;
    change(batch);
    return batch;
  };
  auto& pae_of = journal::Pae;
  const std::string other_type = pae_of("application/vnd.goldeneagle.order.v1+protobuf", good.head().payload());
  const struct {
    const char* what;
    v1::SignedBatch batch;
    const char* reason;
  } kTable[] = {
      {"no signature", with([](auto& b) { b.mutable_head()->clear_signatures(); }), "SIGNATURE_INVALID"},
      {"a stranger's signature alone", Make(3, {&stranger_}), "SIGNATURE_INVALID"},
      {"a signature that names an officer and is a stranger's", with([&](auto& b) {
         b.mutable_head()->mutable_signatures(1)->set_sig(
             stranger_.Sign(pae_of(b.head().payload_type(), b.head().payload())));
       }),
       "SIGNATURE_INVALID"},
      {"keyids exchanged", with([](auto& b) {
         b.mutable_head()->mutable_signatures(0)->mutable_keyid()->swap(
             *b.mutable_head()->mutable_signatures(1)->mutable_keyid());
       }),
       "SIGNATURE_INVALID"},
      {"the signature of another head", with([&](auto& b) {
         *b.mutable_head()->mutable_signatures() = Make(3, {&handler_}, OrderHead(2)).head().signatures();
       }),
       "SIGNATURE_INVALID"},
      {"signed as another payload type",
       with([&](auto& b) { b.mutable_head()->mutable_signatures(0)->set_sig(handler_.Sign(other_type)); }),
       "SIGNATURE_INVALID"},
      {"signed without the pre-authentication encoding",
       with([&](auto& b) { b.mutable_head()->mutable_signatures(0)->set_sig(handler_.Sign(b.head().payload())); }),
       "SIGNATURE_INVALID"},
      {"a signature of zeros",
       with([](auto& b) { b.mutable_head()->mutable_signatures(0)->set_sig(std::string(64, '\0')); }),
       "SIGNATURE_INVALID"},
      {"a short signature", with([](auto& b) { b.mutable_head()->mutable_signatures(0)->mutable_sig()->pop_back(); }),
       "ENVELOPE_MALFORMED"},
      {"a long signature",
       with([](auto& b) { b.mutable_head()->mutable_signatures(0)->mutable_sig()->push_back('x'); }),
       "ENVELOPE_MALFORMED"},
      {"an empty signature", with([](auto& b) { b.mutable_head()->mutable_signatures(0)->clear_sig(); }),
       "ENVELOPE_MALFORMED"},
      {"a long keyid", with([](auto& b) { b.mutable_head()->mutable_signatures(0)->set_keyid(std::string(65, 'a')); }),
       "ENVELOPE_MALFORMED"},
      {"another payload type",
       with([](auto& b) { b.mutable_head()->set_payload_type("application/vnd.in-toto+json"); }), "ENVELOPE_MALFORMED"},
      {"no payload", with([](auto& b) { b.mutable_head()->clear_payload(); }), "ENVELOPE_MALFORMED"},
      {"no head at all", with([](auto& b) { b.clear_head(); }), "ENVELOPE_MALFORMED"},
      {"a member less", with([](auto& b) { b.mutable_members()->RemoveLast(); }), "ENVELOPE_MALFORMED"},
      {"a member more", with([](auto& b) { b.add_members("x"); }), "ENVELOPE_MALFORMED"},
      {"members exchanged", with([](auto& b) { b.mutable_members()->SwapElements(0, 2); }), "MEMBER_NOT_IN_ROOT"},
      {"the last member doubled over the one before", with([](auto& b) { b.set_members(1, b.members(2)); }),
       "MEMBER_NOT_IN_ROOT"},
      {"an empty member", with([](auto& b) { b.set_members(1, ""); }), "ENVELOPE_MALFORMED"},
      {"members of another batch", with([&](auto& b) {
         *b.mutable_head() = Make(2, {&handler_}).head();
         b.mutable_members()->RemoveLast();
         b.set_members(0, "x");
       }),
       "MEMBER_NOT_IN_ROOT"},
  };
  EXPECT_EQ(Why(good), "OK");
  for (const auto& row : kTable) EXPECT_EQ(Why(row.batch), row.reason) << row.what;
}

TEST_F(BatchTest, HeadsOfAnotherShapeAreRefusedEvenWhenSigned) {
  const v1::SignedBatch good = Make(3, {&handler_});
  const struct {
    const char* what;
    void (*change)(v1::Head&);
    const char* reason;
  } kTable[] = {
      {"nothing changed", [](v1::Head&) {}, "OK"},
      {"no member type", [](v1::Head& h) { h.clear_member_type(); }, "MEMBER_TYPE_UNKNOWN"},
      {"member type 10", [](v1::Head& h) { h.set_member_type(static_cast<v1::MemberType>(10)); },
       "MEMBER_TYPE_UNKNOWN"},
      {"no environment", [](v1::Head& h) { h.clear_environment(); }, "FIELD_MISSING"},
      {"environment 3", [](v1::Head& h) { h.set_environment(static_cast<v1::Environment>(3)); }, "FIELD_INVALID"},
      {"no signer", [](v1::Head& h) { h.clear_signer(); }, "FIELD_MISSING"},
      {"signer with a slash", [](v1::Head& h) { h.set_signer("辽9901/officer"); }, "FIELD_INVALID"},
      {"signer with a line break", [](v1::Head& h) { h.set_signer("辽9901\n"); }, "FIELD_INVALID"},
      {"signer of 129 bytes", [](v1::Head& h) { h.set_signer(std::string(129, 'a')); }, "FIELD_INVALID"},
      {"no sequence", [](v1::Head& h) { h.clear_sequence(); }, "FIELD_MISSING"},
      {"count 0", [](v1::Head& h) { h.clear_count(); }, "ENVELOPE_MALFORMED"},
      {"count 4", [](v1::Head& h) { h.set_count(4); }, "ENVELOPE_MALFORMED"},
      {"count 257", [](v1::Head& h) { h.set_count(257); }, "TOO_MANY_MEMBERS"},
      {"no root", [](v1::Head& h) { h.clear_root(); }, "ENVELOPE_MALFORMED"},
      {"a root of 31 bytes", [](v1::Head& h) { h.mutable_root()->pop_back(); }, "ENVELOPE_MALFORMED"},
      {"another root", [](v1::Head& h) { h.set_root(std::string(32, 'r')); }, "MEMBER_NOT_IN_ROOT"},
      {"no instant", [](v1::Head& h) { h.clear_signed_at(); }, "FIELD_MISSING"},
      {"nanoseconds below zero", [](v1::Head& h) { h.mutable_signed_at()->set_nanos(-1); }, "FIELD_INVALID"},
      {"the year 10000", [](v1::Head& h) { h.mutable_signed_at()->set_seconds(253402300800); }, "FIELD_INVALID"},
      {"an unknown field", [](v1::Head& h) { h.GetReflection()->MutableUnknownFields(&h)->AddVarint(8, 1); },
       "UNKNOWN_FIELDS"},
      {"an unknown field in the instant",
       [](v1::Head& h) { h.signed_at().GetReflection()->MutableUnknownFields(h.mutable_signed_at())->AddVarint(8, 1); },
       "UNKNOWN_FIELDS"},
  };
  for (const auto& row : kTable) EXPECT_EQ(Why(WithHead(good, row.change)), row.reason) << row.what;
}

TEST_F(BatchTest, LimitsHoldToTheByte) {
  const auto sized = [this](std::vector<size_t> sizes) {
    std::vector<std::string> members;
    for (size_t size : sizes) members.push_back(std::string(size, 'm'));
    std::vector<journal::Hash> digests;
    for (const std::string& member : members) digests.push_back(journal::LeafHash(member));
    v1::SignedBatch batch = WithHead(Make(1, {&handler_}), [&](v1::Head& head) {
      head.set_count(static_cast<uint32_t>(members.size()));
      head.set_root(std::string(journal::View(journal::RootOfLeaves(digests))));
    });
    batch.clear_members();
    for (const std::string& member : members) batch.add_members(member);
    return batch;
  };
  EXPECT_EQ(Why(sized({65536})), "OK");
  EXPECT_EQ(Why(sized({65537})), "TOO_LARGE");
  EXPECT_EQ(Why(sized(std::vector<size_t>(15, 65536))), "OK");
  EXPECT_EQ(Why(sized(std::vector<size_t>(16, 65536))), "TOO_LARGE");  // the members alone fill the message
  EXPECT_EQ(Why(sized(std::vector<size_t>(256, 1))), "OK");
  EXPECT_EQ(Why(sized(std::vector<size_t>(257, 1))), "TOO_MANY_MEMBERS");
  EXPECT_TRUE(IsWithinLimits(std::vector<std::string>(15, std::string(65536, 'm'))));
  EXPECT_FALSE(IsWithinLimits(std::vector<std::string>(16, std::string(65536, 'm'))));
  EXPECT_FALSE(IsWithinLimits(std::vector<std::string>(257, "m")));
  EXPECT_FALSE(IsWithinLimits({}));
}

TEST_F(BatchTest, AKeyCountsOnce) {
  v1::SignedBatch batch = Make(1, {&handler_});
  for (int i = 0; i < 3; ++i) *batch.mutable_head()->add_signatures() = batch.head().signatures(0);
  batch.mutable_head()->mutable_signatures(1)->clear_keyid();
  EXPECT_EQ(OpenBatch(batch, officers_, checker_)->signed_by, (Ids{11}));
  // Two people who were given one key are one signature, and it is the lower number's.
  std::vector<CandidateKey> twins = {CandidateOf(5, handler_), CandidateOf(3, handler_), CandidateOf(9, leader_)};
  EXPECT_EQ(OpenBatch(batch, twins, checker_)->signed_by, (Ids{3}));
  // One person with two keys is one person.
  std::vector<CandidateKey> two_keys = {CandidateOf(3, handler_), CandidateOf(3, cosigner_)};
  EXPECT_EQ(OpenBatch(Make(1, {&handler_, &cosigner_}), two_keys, checker_)->signed_by, (Ids{3}));
}

TEST_F(BatchTest, AKeyidIsOnlyAHint) {
  v1::SignedBatch batch = Make(1, {&handler_, &stranger_});
  EXPECT_EQ(OpenBatch(batch, officers_, checker_)->signed_by, (Ids{11}));  // a stranger's signature is ignored
  batch.mutable_head()->mutable_signatures(0)->set_keyid("");
  EXPECT_EQ(OpenBatch(batch, officers_, checker_)->signed_by, (Ids{11}));
  batch.mutable_head()->mutable_signatures(0)->set_keyid("the judge's");
  EXPECT_EQ(OpenBatch(batch, officers_, checker_)->signed_by, (Ids{11}));
  batch.mutable_head()->mutable_signatures(0)->set_keyid(KeyIdOf(stranger_.public_key()));
  EXPECT_EQ(OpenBatch(batch, officers_, checker_)->signed_by, (Ids{11}));
  batch.mutable_head()->mutable_signatures(1)->set_keyid(KeyIdOf(leader_.public_key()));
  EXPECT_EQ(Why(batch), "SIGNATURE_INVALID");  // who names a known key must bear it out
}

TEST_F(BatchTest, TheAlgorithmIsTheRegisteredKeys) {
  officers_[0].algorithm = static_cast<v1::KeyAlgorithm>(3);
  EXPECT_EQ(Why(Make(1, {&handler_})), "SIGNATURE_INVALID");
  officers_[0].algorithm = v1::KEY_ALGORITHM_UNSPECIFIED;
  EXPECT_EQ(Why(Make(1, {&handler_})), "SIGNATURE_INVALID");
  officers_[0] = {11, v1::KEY_ALGORITHM_ED25519, handler_.public_key() + "x"};
  EXPECT_EQ(Why(Make(1, {&handler_})), "SIGNATURE_INVALID");
  officers_[0] = {11, v1::KEY_ALGORITHM_ED25519,
                  std::string(32, '\0')};  // small order: one signature would fit anything
  EXPECT_EQ(Why(Make(1, {&handler_})), "SIGNATURE_INVALID");
  EXPECT_EQ(WhyNot(OpenBatch(Make(1, {&handler_}), {}, checker_)), "SIGNATURE_INVALID");
}

TEST_F(BatchTest, VerificationsAreBounded) {
  CountingChecker counting;
  std::vector<CandidateKey> many;
  for (uint64_t i = 1; i <= 300; ++i) many.push_back(CandidateOf(i, KeyedHashSigner("officer " + std::to_string(i))));
  many.push_back(CandidateOf(301, handler_));
  EXPECT_EQ(OpenBatch(Make(1, {&handler_}), many, counting)->signed_by, (Ids{301}));
  EXPECT_EQ(counting.count, 1);  // the hint names the key
  v1::SignedBatch batch = Make(1, {&handler_});
  batch.mutable_head()->mutable_signatures(0)->clear_keyid();
  for (int i = 0; i < 15; ++i) batch.mutable_head()->add_signatures()->set_sig(std::string(64, static_cast<char>(i)));
  counting.count = 0;
  EXPECT_EQ(WhyNot(OpenBatch(batch, many, counting)), "SIGNATURE_INVALID");
  EXPECT_LE(counting.count, static_cast<int>(kTrialsMax));
}

TEST_F(BatchTest, ExpectHeadRefusesOtherTypesAndOtherWorlds) {
  const auto parsed = ParseBatch(Make(1, {&handler_}));
  EXPECT_EQ(WhyNot(ExpectHead(parsed->head, v1::MEMBER_TYPE_ORDER, v1::ENVIRONMENT_TEST)), "OK");
  EXPECT_EQ(WhyNot(ExpectHead(parsed->head, v1::MEMBER_TYPE_CASE, v1::ENVIRONMENT_TEST)), "MEMBER_TYPE_UNKNOWN");
  EXPECT_EQ(WhyNot(ExpectHead(parsed->head, v1::MEMBER_TYPE_ORDER, v1::ENVIRONMENT_PRODUCTION)),
            "ENVIRONMENT_MISMATCH");
}

TEST_F(BatchTest, EveryMemberTravelsAlone) {
  for (int count : {1, 2, 3, 5, 8, 100, 256}) {
    const v1::SignedBatch batch = Make(count, {&handler_, &leader_});
    const auto parsed = ParseBatch(batch);
    for (uint32_t i = 0; i<static_cast<uint32_t>(count); i += count> 10 ? 17 : 1) {
      const v1::SignedMember travelling = TravelForm(batch, i);
      EXPECT_EQ(TravelForm(*parsed, i).SerializeAsString(), travelling.SerializeAsString());
      const auto opened = OpenMember(travelling, officers_, checker_);
      ASSERT_EQ(WhyNot(opened), "OK") << count << " " << i;
      EXPECT_EQ(opened->member, batch.members(static_cast<int>(i)));
      EXPECT_EQ(opened->index, i);
      EXPECT_EQ(opened->digest, parsed->digests[i]);
      EXPECT_EQ(opened->head_digest, parsed->head_digest);
      EXPECT_EQ(opened->signed_by, (Ids{9, 11}));
    }
  }
}

TEST_F(BatchTest, AMemberTravelsInItsOwnPlaceOnly) {
  const v1::SignedBatch batch = Make(5, {&handler_});
  const v1::SignedMember good = TravelForm(batch, 2);
  const auto why = [this](const v1::SignedMember& member) { return WhyNot(OpenMember(member, officers_, checker_)); };
  ASSERT_EQ(why(good), "OK");
  for (uint32_t index : {0u, 1u, 3u, 4u, 5u, 6u, 256u, 4294967295u}) {
    v1::SignedMember bad = good;
    bad.set_index(index);
    EXPECT_EQ(why(bad), "MEMBER_NOT_IN_ROOT") << index;
  }
  for (int i = 0; i < good.path_size(); ++i) {
    for (size_t bit = 0; bit < 256; ++bit) {
      v1::SignedMember bad = good;
      (*bad.mutable_path(i))[bit / 8] = static_cast<char>(bad.path(i)[bit / 8] ^ (1 << bit % 8));
      EXPECT_EQ(why(bad), "MEMBER_NOT_IN_ROOT") << i << " " << bit;
    }
  }
  const auto with = [&good](const auto& change) {
    v1::SignedMember member = good;
    change(member);
    return member;
  };
  EXPECT_EQ(why(with([](auto& m) { m.mutable_path()->RemoveLast(); })), "MEMBER_NOT_IN_ROOT");
  EXPECT_EQ(why(with([](auto& m) { m.add_path(std::string(32, 'x')); })), "MEMBER_NOT_IN_ROOT");
  EXPECT_EQ(why(with([](auto& m) {
              for (int i = 0; i < 60; ++i) m.add_path(std::string(32, 'x'));
            })),
            "MEMBER_NOT_IN_ROOT");
  EXPECT_EQ(why(with([](auto& m) { m.mutable_path(0)->pop_back(); })), "MEMBER_NOT_IN_ROOT");
  EXPECT_EQ(why(with([](auto& m) { m.mutable_path()->SwapElements(0, 1); })), "MEMBER_NOT_IN_ROOT");
  EXPECT_EQ(why(with([&](auto& m) { m.set_member(batch.members(3)); })), "MEMBER_NOT_IN_ROOT");
  EXPECT_EQ(why(with([](auto& m) { m.clear_member(); })), "ENVELOPE_MALFORMED");
  EXPECT_EQ(why(with([](auto& m) { m.set_member(std::string(65537, 'x')); })), "TOO_LARGE");
  EXPECT_EQ(why(with([&](auto& m) { *m.mutable_head() = Make(5, {&handler_}, OrderHead(2)).head(); })),
            "OK");  // the same members under another head
  EXPECT_EQ(why(with([&](auto& m) { *m.mutable_head() = Make(4, {&handler_}).head(); })), "MEMBER_NOT_IN_ROOT");
  EXPECT_EQ(why(with([](auto& m) { m.mutable_head()->clear_signatures(); })), "SIGNATURE_INVALID");
  // An inner node of the tree is no member: leaves and nodes are hashed apart.
  const auto parsed = ParseBatch(batch);
  v1::SignedMember inner = TravelForm(Make(4, {&handler_}), 0);
  inner.set_member(std::string(journal::View(parsed->digests[0])) + std::string(journal::View(parsed->digests[1])));
  inner.mutable_path()->DeleteSubrange(0, 1);
  EXPECT_EQ(why(inner), "MEMBER_NOT_IN_ROOT");
}

TEST_F(BatchTest, AHeadThatCameApartFromItsMembersOpensThem) {
  const v1::SignedBatch batch = Make(3, {&handler_});
  const v1::SignedMember travelling = TravelForm(batch, 1);
  const std::vector<std::string> path(travelling.path().begin(), travelling.path().end());
  const auto parsed = ParseMember(batch.head(), batch.members(1), 1, path);
  ASSERT_EQ(WhyNot(parsed), "OK");
  EXPECT_EQ(*CheckSignatures(*parsed, officers_, checker_), (Ids{11}));
}

TEST_F(BatchTest, SixtyFourMembersOfOneHeadAreVerifiedOnce) {
  CountingChecker counting;
  HeadCache cache;
  const v1::SignedBatch batch = Make(64, {&handler_, &cosigner_});
  for (uint32_t i = 0; i < 64; ++i) {
    EXPECT_EQ(OpenMember(TravelForm(batch, i), officers_, counting, cache)->signed_by, (Ids{7, 11}));
  }
  EXPECT_EQ(counting.count, 2);
  EXPECT_EQ(cache.hits(), 63u);
  EXPECT_EQ(cache.size(), 1u);
}

TEST_F(BatchTest, TheCacheForgetsNothingThatMatters) {
  CountingChecker counting;
  HeadCache cache;
  const v1::SignedBatch batch = Make(2, {&handler_, &cosigner_});
  const v1::SignedMember member = TravelForm(batch, 0);
  EXPECT_EQ(WhyNot(OpenMember(member, officers_, counting, cache)), "OK");
  // Another candidate set is another question.
  std::vector<CandidateKey> ended(officers_.begin() + 1, officers_.end());
  EXPECT_EQ(OpenMember(member, ended, counting, cache)->signed_by, (Ids{7}));
  std::vector<CandidateKey> renumbered = officers_;
  renumbered[0].id = 12;
  EXPECT_EQ(OpenMember(member, renumbered, counting, cache)->signed_by, (Ids{7, 12}));
  // Another signature under a known head is looked at.
  v1::SignedMember forged = member;
  (*forged.mutable_head()->mutable_signatures(0)->mutable_sig())[5] ^= 1;
  EXPECT_EQ(WhyNot(OpenMember(forged, officers_, counting, cache)), "SIGNATURE_INVALID");
  // A refusal is not remembered, a member is never taken on its head's word.
  EXPECT_EQ(WhyNot(OpenMember(forged, officers_, counting, cache)), "SIGNATURE_INVALID");
  v1::SignedMember moved = member;
  moved.set_index(1);
  EXPECT_EQ(WhyNot(OpenMember(moved, officers_, counting, cache)), "MEMBER_NOT_IN_ROOT");
}

TEST_F(BatchTest, TheCacheIsBounded) {
  HeadCache cache(8);
  KeyedHashSigner signer("officer");
  const std::vector<CandidateKey> candidates = {CandidateOf(1, signer)};
  for (uint64_t sequence = 1; sequence <= 50; ++sequence) {
    const v1::SignedBatch batch = MakeBatch(OrderHead(sequence), {"member"}, {&signer});
    EXPECT_EQ(WhyNot(OpenMember(TravelForm(batch, 0), candidates, KeyedHashChecker(), cache)), "OK");
    EXPECT_LE(cache.size(), 8u);
  }
}

TEST(Codes, AreWhatCanStandInASubject) {
  for (const char* good : {"辽9901", "9900001", "001", "a", "registrar", "x.y-z_1", "京A·1"})
    EXPECT_TRUE(IsCode(good)) << good;
  for (const char* bad :
       {"", ".", "..", "a/b", "a b", "a%b", "a\tb", "a\x7f", "\xff", "辽\xc2\x85", "a\xc2\xa0", "a\xe2\x80\x8b",
        "\xe2\x80\xae"
        "b",
        "辽\xe3\x80\x80"
        "1",
        "\xef\xbb\xbf"
        "1"}) {
    EXPECT_FALSE(IsCode(bad)) << bad;
  }
  EXPECT_TRUE(IsCode(std::string(128, 'a')));
  EXPECT_FALSE(IsCode(std::string(129, 'a')));
  EXPECT_FALSE(IsCode(std::string("a\0b", 3)));
}

}  // namespace
}  // namespace eagle::trust
