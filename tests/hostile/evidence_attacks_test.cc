// A file of evidence in a liar's hands, the whole log beside it: whatever is changed, dropped, swapped or put in from
// elsewhere, the file no longer verifies, and the part that is wrong is named.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/audit/evidence_world.h"
#include "tests/hostile/attack.h"

namespace eagle::hostile {
namespace evidence {
namespace {

namespace v1 = ::goldeneagle::v1;
using test::EvidenceWorld;
using EvidenceAttack = Attack<v1::Evidence>;

struct Files {
  EvidenceWorld world;
  v1::Evidence deduction, freeze, earlier;
  Files() {
    const v1::Order deduct = world.Deduction();
    freeze = world.Of(world.freeze);
    earlier = world.Of(deduct);
    world.demo.Pull(test::kLand);  // the log goes on
    deduction = world.Of(deduct);
  }
  static Files& Get() {
    static auto* const kFiles = new Files;
    return *kFiles;
  }
};

v1::EvidenceEntry& Of(v1::Evidence& evidence, v1::EntryType type) {
  return *evidence.mutable_entries(EvidenceWorld::PlaceOf(evidence, type));
}
void Leaf(v1::EvidenceEntry& entry, const std::function<void(journal::Leaf&)>& change) {
  journal::Leaf leaf = *journal::DecodeLeaf(entry.leaf());
  change(leaf);
  entry.set_leaf(journal::EncodeLeaf(leaf));
}
v1::Evidence Sorted(v1::Evidence evidence) {
  std::sort(evidence.mutable_entries()->begin(), evidence.mutable_entries()->end(),
            [](const auto& a, const auto& b) { return EvidenceWorld::IndexOf(a) < EvidenceWorld::IndexOf(b); });
  return Files::Get().world.Reproved(std::move(evidence));
}

const std::vector<EvidenceAttack>& Attacks() {
  static const auto* const kAttacks = [] {
    auto* out = new std::vector<EvidenceAttack>;
    const auto add = [out](Verb verb, const std::string& name, std::function<void(v1::Evidence&)> act) {
      out->push_back({verb, name, std::move(act), {"EVIDENCE_INVALID", "EVIDENCE_MALFORMED"}});
    };
    // --- the file's own words
    add(Verb::kSwap, "the order that it is about",
        [](auto& e) { e.set_order_id(Files::Get().world.freeze.order_id()); });
    add(Verb::kAlter, "the version", [](auto& e) { e.set_version(e.version() + 1); });
    add(Verb::kAlter, "the kind of file", [](auto& e) { e.set_media_type(audit::kSilenceType); });
    add(Verb::kReaddress, "an agency in scope that was never asked", [](auto& e) { e.add_agencies(test::kSongyue); });
    add(Verb::kDrop, "the checkpoint", [](auto& e) { e.clear_checkpoint(); });
    add(Verb::kTruncate, "the checkpoint", [](auto& e) { e.mutable_checkpoint()->resize(80); });
    add(Verb::kReplay, "an older checkpoint", [](auto& e) { e.set_checkpoint(Files::Get().earlier.checkpoint()); });
    add(Verb::kFork, "a checkpoint of the log's key over another root", [](auto& e) {
      EvidenceWorld& world = Files::Get().world;
      e.set_checkpoint(*journal::SignCheckpoint(
          {world.gateway.founding.origin(), world.SizeOf(e), journal::LeafHash("x")}, *world.gateway.log_signer));
    });
    add(Verb::kFork, "a checkpoint of another key of that name", [](auto& e) {
      EvidenceWorld& world = Files::Get().world;
      const journal::Checkpoint head = *journal::OpenCheckpoint(e.checkpoint(), *world.gateway.log_verifier);
      const journal::Ed25519NoteSigner other(head.origin, *journal::PrivateKey::FromSeed(std::string(32, 'o')));
      e.set_checkpoint(*journal::SignCheckpoint(head, other));
    });
    // --- the proof
    add(Verb::kDrop, "the proof", [](auto& e) { e.clear_proof(); });
    add(Verb::kTruncate, "the proof", [](auto& e) { e.mutable_proof()->RemoveLast(); });
    add(Verb::kTruncate, "a hash of the proof", [](auto& e) { e.mutable_proof(0)->resize(20); });
    add(Verb::kAlter, "a hash of the proof", [](auto& e) { e.mutable_proof(0)->back() ^= 1; });
    add(Verb::kAlter, "the proof's order", [](auto& e) { e.mutable_proof()->SwapElements(0, 1); });
    add(Verb::kAlter, "a hash more", [](auto& e) { e.add_proof(std::string(32, 'x')); });
    add(Verb::kSwap, "the proof of another file", [](auto& e) { *e.mutable_proof() = Files::Get().freeze.proof(); });
    // --- entries
    for (const auto& [type, name] : {std::pair{v1::ENTRY_TYPE_LOG_FOUNDED, "the founding"},
                                     {v1::ENTRY_TYPE_COURT_REGISTERED, "the court's registration"},
                                     {v1::ENTRY_TYPE_AGENCY_REGISTERED, "the bank's registration"},
                                     {v1::ENTRY_TYPE_STATEMENT_ACCEPTED, "a key's statement"},
                                     {v1::ENTRY_TYPE_BATCH_HEAD, "a head"},
                                     {v1::ENTRY_TYPE_ORDER_ACCEPTED, "the acceptance"},
                                     {v1::ENTRY_TYPE_TASK_ANSWERED, "an answer"}}) {
      const v1::EntryType of = type;
      if (std::none_of(Files::Get().deduction.entries().begin(), Files::Get().deduction.entries().end(),
                       [&](const auto& entry) { return EvidenceWorld::TypeOf(entry) == of; }))
        continue;
      add(Verb::kDrop, std::string(name) + ", proved anew", [of](auto& e) { e = Files::Get().world.Without(e, of); });
      add(Verb::kDrop, std::string(name) + ", with the old proof",
          [of](auto& e) { e.mutable_entries()->DeleteSubrange(EvidenceWorld::PlaceOf(e, of), 1); });
      add(Verb::kAlter, std::string(name) + "'s time",
          [of](auto& e) { Leaf(Of(e, of), [](journal::Leaf& leaf) { leaf.time += absl::Seconds(1); }); });
    }
    add(Verb::kDrop, "the opened words of the order", [](auto& e) {
      Of(e, v1::ENTRY_TYPE_ORDER_ACCEPTED).clear_payload();
      Of(e, v1::ENTRY_TYPE_ORDER_ACCEPTED).clear_salt();
    });
    add(Verb::kDrop, "the salt of an answer", [](auto& e) { Of(e, v1::ENTRY_TYPE_TASK_ANSWERED).clear_salt(); });
    add(Verb::kAlter, "the salt of an answer",
        [](auto& e) { Of(e, v1::ENTRY_TYPE_TASK_ANSWERED).mutable_salt()->back() ^= 1; });
    add(Verb::kAlter, "the amount in the opened order", [](auto& e) {
      v1::EvidenceEntry& entry = Of(e, v1::ENTRY_TYPE_ORDER_ACCEPTED);
      v1::OrderPayload payload;
      payload.ParseFromString(entry.payload());
      v1::Order order;
      order.ParseFromString(payload.member());
      order.mutable_deduct()->set_amount_minor_units(1);
      payload.set_member(order.SerializeAsString());
      entry.set_payload(payload.SerializeAsString());
    });
    add(Verb::kAlter, "the amount in the opened answer", [](auto& e) {
      v1::EvidenceEntry& entry = Of(e, v1::ENTRY_TYPE_TASK_ANSWERED);
      v1::ReceiptPayload payload;
      payload.ParseFromString(entry.payload());
      v1::Receipt receipt;
      receipt.ParseFromString(payload.member());
      receipt.mutable_items(0)->mutable_deduction()->set_amount_minor_units(1);
      payload.set_member(receipt.SerializeAsString());
      entry.set_payload(payload.SerializeAsString());
    });
    add(Verb::kSwap, "the opened words of another answer", [](auto& e) {
      const v1::EvidenceEntry other = Of(Files::Get().freeze, v1::ENTRY_TYPE_TASK_ANSWERED);
      v1::EvidenceEntry& entry = Of(e, v1::ENTRY_TYPE_TASK_ANSWERED);
      entry.set_payload(other.payload());
      entry.set_salt(other.salt());
    });
    add(Verb::kReaddress, "the freeze's answer among the deduction's", [](auto& e) {
      *e.add_entries() = Of(Files::Get().freeze, v1::ENTRY_TYPE_TASK_ANSWERED);
      e = Sorted(e);
    });
    add(Verb::kReplay, "an entry twice", [](auto& e) { *e.add_entries() = e.entries(e.entries_size() - 1); });
    add(Verb::kSwap, "two entries", [](auto& e) { e.mutable_entries()->SwapElements(1, 2); });
    add(Verb::kTruncate, "a leaf", [](auto& e) { Of(e, v1::ENTRY_TYPE_ORDER_ACCEPTED).mutable_leaf()->resize(70); });
    add(Verb::kTruncate, "the list of entries", [](auto& e) {
      e.mutable_entries()->DeleteSubrange(e.entries_size() / 2, e.entries_size() - e.entries_size() / 2);
    });
    add(Verb::kDrop, "all entries", [](auto& e) { e.clear_entries(); });
    return out;
  }();
  return *kAttacks;
}

TEST(HostileEvidence, NothingThatWasChangedVerifies) {
  EvidenceWorld& world = Files::Get().world;
  ASSERT_EQ(world.Why(Files::Get().deduction), "verified");
  ASSERT_EQ(world.Why(Files::Get().freeze), "verified");
  for (const EvidenceAttack& attack : Attacks()) {
    SCOPED_TRACE(attack.name);
    v1::Evidence evidence = Files::Get().deduction;
    attack.act(evidence);
    const auto report = world.Verify(evidence);
    ASSERT_FALSE(report.ok());
    EXPECT_THAT(attack.noticed, testing::Contains(std::string(RowOf(ReasonOf(report.status())).name)));
    EXPECT_THAT(FailureOf(report.status()).metadata, testing::Contains(testing::Key("part"))) << report.status();
  }
}

}  // namespace
}  // namespace evidence

std::vector<AttackRow> EvidenceAttacks() { return RowsOf(evidence::Attacks()); }

}  // namespace eagle::hostile
