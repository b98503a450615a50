// proto/vectors/: what a court's or an agency's own program tests itself against, in any language. Made here, and
// compared in every run; tests/interop/python reads them with code that shares nothing with ours.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <list>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "goldeneagle/v1/entry.pb.h"
#include "goldeneagle/v1/order.pb.h"
#include "goldeneagle/v1/receipt.pb.h"
#include "server/base/bytes.h"
#include "server/domain/instant.h"
#include "server/journal/checkpoint.h"
#include "server/journal/leaf.h"
#include "server/journal/merkle.h"
#include "server/trust/make_batch.h"
#include "tests/golden/vector_json.h"
#include "tests/support/recovery.h"

namespace eagle::test {
namespace {

namespace v1 = goldeneagle::v1;

const absl::Time kMonday = absl::FromUnixSeconds(1'790'557'200);  // 2026-09-28 09:00 in the court's zone

// --- what is signed

trust::Ed25519Signer KeyOf(char seed) { return *trust::Ed25519Signer::FromSeed(std::string(32, seed)); }

v1::Order Freeze() {
  v1::Order order;
  order.set_order_id(*HexDecode("01920d5c8f0070008000000000000001"));
  order.set_court("辽9901"), order.set_case_number("（2026）辽9901执1024号");
  order.set_action(v1::ACTION_FREEZE), order.set_urgency(v1::URGENCY_NORMAL);
  order.add_agencies("9900010");
  order.mutable_subject()->set_name("林远舟"), order.mutable_subject()->set_id_kind("CITIZEN_ID"),
      order.mutable_subject()->set_id_number("990101198503070017");
  order.mutable_freeze()->mutable_person_at_agency();
  order.mutable_freeze()->set_currency("CNY"), order.mutable_freeze()->set_limit_minor_units(80'000'00);
  order.mutable_freeze()->set_inflow(v1::INFLOW_CAPTURE), order.mutable_freeze()->mutable_term()->set_months(12);
  *order.mutable_issued_at() = domain::ToProto(kMonday),
  *order.mutable_not_after() = domain::ToProto(kMonday + absl::Hours(24 * 30));
  return order;
}

v1::Receipt Answer(uint64_t sequence, v1::ReceiptKind kind) {
  v1::Receipt receipt;
  receipt.set_order_digest(std::string(journal::View(journal::LeafHash(Freeze().SerializeAsString()))));
  receipt.set_order_id(Freeze().order_id()), receipt.set_agency("9900010"), receipt.set_sequence(sequence);
  receipt.set_kind(kind);
  *receipt.mutable_arrived_at() = domain::ToProto(kMonday + absl::Seconds(1));
  *receipt.mutable_answered_at() = domain::ToProto(kMonday + absl::Seconds(2));
  if (kind == v1::RECEIPT_KIND_ACKNOWLEDGED) return receipt;
  v1::ItemResult* item = receipt.add_items();
  item->set_outcome(v1::OUTCOME_PARTLY_CONTROLLED);
  v1::MeasureState* measure = item->mutable_measure();
  measure->set_unit_reference("F-1"), measure->set_requested_minor_units(80'000'00);
  measure->set_controlled_minor_units(61'350'27), measure->set_unfunded_minor_units(18'649'73);
  measure->set_rank(1), measure->set_served_sequence(17), measure->set_revision(1);
  *measure->mutable_effective_from() = domain::ToProto(kMonday + absl::Seconds(2));
  return receipt;
}

struct Named {
  std::string name;
  v1::SignedBatch batch;
  std::string seeds;  // of the keys, a character each
};

std::vector<Named> Batches() {
  const auto make = [](std::string name, v1::MemberType type, const std::string& signer, uint64_t sequence,
                       std::vector<std::string> members, std::string seeds) {
    std::list<trust::Ed25519Signer> keys;
    std::vector<trust::Signer*> signers;
    for (const char seed : seeds) {
      keys.push_back(KeyOf(seed));
      signers.push_back(&keys.back());
    }
    v1::SignedBatch batch = trust::MakeBatch({.member_type = type,
                                              .environment = v1::ENVIRONMENT_TEST,
                                              .signer = signer,
                                              .sequence = sequence,
                                              .signed_at = kMonday},
                                             std::move(members), signers);
    return Named{std::move(name), std::move(batch), std::move(seeds)};
  };
  v1::Order second = Freeze();
  second.set_order_id(*HexDecode("01920d5c8f0070008000000000000002")), second.set_agencies(0, "9900020");
  v1::Order third = Freeze();
  third.set_order_id(*HexDecode("01920d5c8f0070008000000000000003")), third.set_agencies(0, "9900030");
  const auto bytes = [](const auto& message) { return message.SerializeAsString(); };
  std::vector<Named> out;
  out.push_back(make("one order, handler and co-signer", v1::MEMBER_TYPE_ORDER, "辽9901", 1, {bytes(Freeze())}, "hc"));
  out.push_back(make("three orders under one head", v1::MEMBER_TYPE_ORDER, "辽9901", 2,
                     {bytes(Freeze()), bytes(second), bytes(third)}, "hc"));
  out.push_back(make("one receipt, signed singly", v1::MEMBER_TYPE_RECEIPT, "9900010", 1,
                     {bytes(Answer(2, v1::RECEIPT_KIND_FINAL))}, "b"));
  out.push_back(make("two receipts under one head", v1::MEMBER_TYPE_RECEIPT, "9900010", 2,
                     {bytes(Answer(1, v1::RECEIPT_KIND_ACKNOWLEDGED)), bytes(Answer(2, v1::RECEIPT_KIND_FINAL))}, "b"));
  return out;
}

std::string MadeBatches() {
  std::vector<std::string> batches;
  for (const Named& one : Batches()) {
    std::vector<journal::Hash> digests;
    for (const std::string& member : one.batch.members()) digests.push_back(journal::LeafHash(member));
    const journal::CommitTree tree(journal::Frontier(), digests);
    std::vector<std::string> paths, signatures;
    for (size_t i = 0; i < digests.size(); ++i) paths.push_back(HexList(tree.Inclusion(i)));
    for (int i = 0; i < one.batch.head().signatures_size(); ++i) {
      signatures.push_back(Object({{"algorithm", JsonText("ED25519")},
                                   {"seed", Hex(std::string(32, one.seeds[static_cast<size_t>(i)]))},
                                   {"key", Hex(KeyOf(one.seeds[static_cast<size_t>(i)]).public_key())},
                                   {"keyid", JsonText(one.batch.head().signatures(i).keyid())},
                                   {"sig", Hex(one.batch.head().signatures(i).sig())}},
                                  "      "));
    }
    batches.push_back(Object({{"name", JsonText(one.name)},
                              {"members", HexList(one.batch.members())},
                              {"digests", HexList(digests)},
                              {"root", Hex(tree.root())},
                              {"paths", List(paths, "      ")},
                              {"head", Hex(one.batch.head().payload())},
                              {"head_digest", Hex(trust::HeadDigest(one.batch.head()))},
                              {"pae", Hex(journal::Pae(one.batch.head().payload_type(), one.batch.head().payload()))},
                              {"signatures", absl::StrCat("[", absl::StrJoin(signatures, ", "), "]")}},
                             "    "));
  }
  return absl::StrCat(
      Object({{"payload_type", JsonText(Batches()[0].batch.head().payload_type())}, {"batches", List(batches, "  ")}},
             ""),
      "\n");
}

// A log of seven entries, of which the fourth accepts the order.
struct Accepted {
  journal::Ed25519NoteSigner log = TestLogSigner("vectors.example/log", 'l');
  std::vector<std::string> leaves;
  std::vector<journal::Hash> hashes;
  std::string note;
};
constexpr uint64_t kAcceptedAt = 3;

Accepted MadeLog() {
  Accepted made;
  for (uint64_t i = 0; i < 7; ++i) {
    journal::Leaf leaf{.type = v1::ENTRY_TYPE_ADAPTER_ABSENT, .index = EntryIndex(i), .time = kMonday};
    if (i == kAcceptedAt) {
      v1::OrderAccepted body;
      body.set_order_id(Freeze().order_id()), body.set_action(v1::ACTION_FREEZE);
      body.set_digest(std::string(journal::View(journal::LeafHash(Freeze().SerializeAsString()))));
      leaf.type = v1::ENTRY_TYPE_ORDER_ACCEPTED, leaf.actor_kind = v1::ACTOR_KIND_COURT, leaf.actor_ordinal = 1;
      leaf.body = body.SerializeAsString();
    }
    made.leaves.push_back(journal::EncodeLeaf(leaf));
    made.hashes.push_back(journal::LeafHash(made.leaves.back()));
  }
  const journal::CommitTree tree(journal::Frontier(), made.hashes);
  made.note = *journal::SignCheckpoint({made.log.name(), 7, tree.root()}, made.log);
  return made;
}

std::string MadeAcceptance() {
  const Accepted made = MadeLog();
  const journal::CommitTree tree(journal::Frontier(), made.hashes);
  return absl::StrCat(Object({{"log_key", JsonText(made.log.VerifierKey())},
                              {"checkpoint", JsonText(made.note)},
                              {"order", Hex(Freeze().SerializeAsString())},
                              {"digest", Hex(journal::LeafHash(Freeze().SerializeAsString()))},
                              {"leaf", Hex(made.leaves[kAcceptedAt])},
                              {"body", Hex(journal::DecodeLeaf(made.leaves[kAcceptedAt])->body)},
                              {"leaf_hash", Hex(made.hashes[kAcceptedAt])},
                              {"index", absl::StrCat(kAcceptedAt)},
                              {"size", "7"},
                              {"proof", HexList(tree.Inclusion(kAcceptedAt))},
                              {"root", Hex(tree.root())}},
                             ""),
                      "\n");
}

TEST(Vectors, BatchesAreWhatIsPublished) { ExpectStored("batches.json", MadeBatches()); }
TEST(Vectors, TheAcceptanceIsWhatIsPublished) { ExpectStored("acceptance.json", MadeAcceptance()); }

// What is published as right is right for the code that judges it, and no longer so with a bit changed.
TEST(Vectors, TheCodeThatJudgesTakesThemAndNothingThatDiffersByABit) {
  const trust::PublicKeyChecker checker(16);
  for (const Named& one : Batches()) {
    const auto parsed = trust::ParseBatch(one.batch);
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    const std::string pae = journal::Pae(one.batch.head().payload_type(), one.batch.head().payload());
    for (int i = 0; i < one.batch.head().signatures_size(); ++i) {
      const std::string key = KeyOf(one.seeds[static_cast<size_t>(i)]).public_key();
      std::string sig = one.batch.head().signatures(i).sig();
      EXPECT_TRUE(checker.Check(v1::KEY_ALGORITHM_ED25519, key, pae, sig)) << one.name;
      sig[10] = static_cast<char>(sig[10] ^ 1);
      EXPECT_FALSE(checker.Check(v1::KEY_ALGORITHM_ED25519, key, pae, sig)) << one.name;
    }
    v1::SignedBatch changed = one.batch;
    changed.mutable_members(0)->back() ^= 1;
    EXPECT_FALSE(trust::ParseBatch(changed).ok()) << one.name;
  }
  const Accepted made = MadeLog();
  const auto key = journal::ParseVerifierKey(made.log.VerifierKey());
  const auto checkpoint = journal::OpenCheckpoint(made.note, **key);
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  const journal::CommitTree tree(journal::Frontier(), made.hashes);
  std::vector<journal::Hash> proof = tree.Inclusion(kAcceptedAt);
  EXPECT_TRUE(journal::VerifyInclusion(made.hashes[kAcceptedAt], kAcceptedAt, 7, proof, checkpoint->root));
  EXPECT_FALSE(journal::VerifyInclusion(made.hashes[kAcceptedAt], kAcceptedAt + 1, 7, proof, checkpoint->root));
  proof[0][0] ^= 1;
  EXPECT_FALSE(journal::VerifyInclusion(made.hashes[kAcceptedAt], kAcceptedAt, 7, proof, checkpoint->root));
}

}  // namespace
}  // namespace eagle::test
