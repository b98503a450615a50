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

// --- an order that stood still and was signed anew

// Two inquiries at the same two banks, one batch each: both stand still at 松月 when the handler's key is revoked, both
// are signed anew.
struct Paused {
  EvidenceWorld world;
  v1::Evidence standing, resumed, other;  // the first one before it was signed anew and after; the second one
  Paused() {
    const v1::Order first = world.PausedInquiry();
    standing = world.Of(first);
    const v1::SignedBatch batch = world.sent;
    world.StateAnew(test::kHandler, v1::OFFICER_ROLE_HANDLER, "card 1");
    const v1::Order second = world.demo.Inquire({test::kBeiling, test::kSongyue});
    world.SubmitKept({second}, {"card 1", test::kCosigner});
    const absl::Time theft = world.gateway.clock.wall;
    world.Revoke(test::kHandler, theft);
    world.StateAnew(test::kHandler, v1::OFFICER_ROLE_HANDLER, "card 2");
    world.Resume(second, {"card 2", test::kCosigner});
    other = world.Of(second);
    world.sent = batch;
    world.Resume(first, {"card 2", test::kCosigner});
    for (const char* bank : {test::kSongyue, test::kBeiling}) {
      world.demo.Pull(bank);
      EXPECT_TRUE(world.demo.Report(bank, {world.demo.Nil(first, bank)}).ok());
    }
    resumed = world.Of(first);
  }
  static Paused& Get() {
    static auto* const kPaused = new Paused;
    return *kPaused;
  }
};

v1::Evidence PausedWithout(v1::Evidence evidence, const std::vector<v1::EntryType>& types) {
  for (const v1::EntryType type : types)
    evidence.mutable_entries()->DeleteSubrange(EvidenceWorld::PlaceOf(evidence, type), 1);
  return Paused::Get().world.Reproved(std::move(evidence));
}
// Without a statement and the head under which it came: `nth` from the end.
v1::Evidence WithoutStatement(v1::Evidence evidence, int nth) {
  uint64_t head = 0;
  for (int i = evidence.entries_size() - 1; i >= 0; --i) {
    const v1::EvidenceEntry& entry = evidence.entries(i);
    const bool statement = EvidenceWorld::TypeOf(entry) == v1::ENTRY_TYPE_STATEMENT_ACCEPTED;
    if (!(statement && head == 0 && nth-- == 0) && (head == 0 || EvidenceWorld::IndexOf(entry) != head)) continue;
    v1::StatementAccepted body;
    if (statement && body.ParseFromString(journal::DecodeLeaf(entry.leaf())->body)) head = body.head();
    evidence.mutable_entries()->DeleteSubrange(i, 1);
  }
  return Paused::Get().world.Reproved(std::move(evidence));
}
template <class Body>
void ForgePaused(v1::Evidence& evidence, v1::EntryType type, const std::function<void(Body&)>& change) {
  evidence = Paused::Get().world.ForgedBody<Body>(evidence, type, change);
}
// The new head says something else, in a history that the log's key signs.
void ForgeHead(v1::Evidence& evidence, const std::function<void(v1::Envelope&)>& change, bool leaf_follows = false) {
  std::string digest;
  evidence = Paused::Get().world.Forged(
      evidence, EvidenceWorld::PlaceOf(evidence, v1::ENTRY_TYPE_ORDER_RESUMED),
      [&](journal::Leaf& leaf) {
        if (!leaf_follows) return;
        v1::OrderResumed body;
        body.ParseFromString(leaf.body);
        body.set_head_digest(digest);
        leaf.body = body.SerializeAsString();
      },
      [&](std::string& payload) {
        v1::ResumedPayload said;
        said.ParseFromString(payload);
        change(*said.mutable_head());
        digest = journal::View(journal::Sha256(said.head().payload()));
        payload = said.SerializeAsString();
      });
}
v1::Envelope HeadOf(const v1::Evidence& evidence, v1::EntryType type) {
  const v1::EvidenceEntry& entry = evidence.entries(EvidenceWorld::PlaceOf(evidence, type));
  v1::ResumedPayload resumed;
  resumed.ParseFromString(entry.payload());
  return resumed.head();
}
// The head of the order at its acceptance, with the signatures of then.
v1::Envelope FirstHead(const v1::Evidence& evidence) {
  const std::string payload = HeadOf(evidence, v1::ENTRY_TYPE_ORDER_RESUMED).payload();
  for (const v1::EvidenceEntry& entry : evidence.entries()) {
    v1::BatchHeadPayload said;
    if (EvidenceWorld::TypeOf(entry) == v1::ENTRY_TYPE_BATCH_HEAD && said.ParseFromString(entry.payload()) &&
        said.head().payload() == payload)
      return said.head();
  }
  return {};
}

// `noticed`: words of the refusal, which begins with the part that is wrong.
const std::vector<EvidenceAttack>& PausedAttacks() {
  static const auto* const kAttacks = [] {
    auto* out = new std::vector<EvidenceAttack>;
    const auto add = [out](Verb verb, const std::string& name, std::function<void(v1::Evidence&)> act,
                           const std::string& noticed) {
      out->push_back({verb, name, std::move(act), {noticed}});
    };
    constexpr auto kPause = v1::ENTRY_TYPE_ORDER_PAUSED, kResumed = v1::ENTRY_TYPE_ORDER_RESUMED;
    // --- withheld
    add(
        Verb::kDrop, "the pause", [](auto& e) { e = PausedWithout(e, {kPause}); }, "(ORDER_RESUMED): ");
    add(
        Verb::kDrop, "the resumption", [](auto& e) { e = PausedWithout(e, {kResumed}); },
        "(DELIVERED): the order stands still there: its resumption is missing before this delivery");
    add(
        Verb::kDrop, "pause and resumption",
        [](auto& e) {
          e = PausedWithout(e, {kPause, kResumed});
        },
        "(STATEMENT_ACCEPTED): it revokes a key that signed the order, and the pause that follows from it is missing");
    add(
        Verb::kDrop, "the pause of an order that still stands still",
        [](auto& e) { e = PausedWithout(Paused::Get().standing, {kPause}); },
        "(STATEMENT_ACCEPTED): it revokes a key that signed the order, and the pause that follows from it is missing");
    add(
        Verb::kDrop, "the statement of the key that signed anew", [](auto& e) { e = WithoutStatement(e, 0); },
        "(ORDER_RESUMED): the statement about court/辽9901/officer/001 doesn't give what is needed");
    add(
        Verb::kDrop, "the last revocation", [](auto& e) { e = WithoutStatement(e, 1); },
        "(STATEMENT_ACCEPTED): a statement about court/辽9901/officer/001 is missing before this one");
    add(
        Verb::kDrop, "the signatures made anew",
        [](auto& e) {
          Of(e, v1::ENTRY_TYPE_ORDER_RESUMED).clear_payload();
          Of(e, v1::ENTRY_TYPE_ORDER_RESUMED).clear_salt();
        },
        "(ORDER_RESUMED): the signatures made anew are not in this file");
    add(
        Verb::kTruncate, "the new head", [](auto& e) { Of(e, kResumed).mutable_payload()->resize(100); },
        "(ORDER_RESUMED): the opened payload is not the one that the log committed to");
    // --- changed in the file
    add(
        Verb::kAlter, "a bit of the new head", [](auto& e) { Of(e, kResumed).mutable_payload()->back() ^= 1; },
        "(ORDER_RESUMED): the opened payload is not the one that the log committed to");
    add(
        Verb::kAlter, "the pause's time",
        [](auto& e) { Leaf(Of(e, kPause), [](journal::Leaf& leaf) { leaf.time += absl::Hours(1); }); },
        "entries and proof: ");
    add(
        Verb::kSwap, "the new head with another order's",
        [](auto& e) {
          v1::EvidenceEntry other = Of(Paused::Get().other, kResumed);
          Of(e, kResumed).set_payload(other.payload());
          Of(e, kResumed).set_salt(other.salt());
        },
        "(ORDER_RESUMED): the opened payload is not the one that the log committed to");
    add(
        Verb::kSwap, "the resumption with another order's",
        [](auto& e) {
          e = PausedWithout(e, {kResumed});
          *e.add_entries() = Of(Paused::Get().other, kResumed);
          std::sort(e.mutable_entries()->begin(), e.mutable_entries()->end(),
                    [](const auto& a, const auto& b) { return EvidenceWorld::IndexOf(a) < EvidenceWorld::IndexOf(b); });
          e = Paused::Get().world.Reproved(e);
        },
        "(DELIVERED): the order stands still there: its resumption is missing before this delivery");
    // --- a history of the gateway's own, under the log's key
    add(
        Verb::kFork, "a new head of another order",
        [](auto& e) { ForgeHead(e, [](v1::Envelope& head) { head = HeadOf(Paused::Get().other, kResumed); }); },
        "(ORDER_RESUMED): the new head isn't the one that the leaf names");
    add(
        Verb::kFork, "a new head of another order that the leaf names",
        [](auto& e) {
          ForgeHead(
              e, [](v1::Envelope& head) { head = HeadOf(Paused::Get().other, kResumed); }, true);
        },
        "(ORDER_RESUMED): other bytes were signed anew than those of the order");
    add(
        Verb::kReplay, "the head of the acceptance, by the key that was revoked",
        [](auto& e) { ForgeHead(e, [&](v1::Envelope& head) { head = FirstHead(Paused::Get().resumed); }); },
        "(ORDER_RESUMED): a revoked key signs under the new head");
    add(
        Verb::kReplay, "the revoked key's signature beside the new ones",
        [](auto& e) {
          ForgeHead(
              e, [&](v1::Envelope& head) { *head.add_signatures() = FirstHead(Paused::Get().resumed).signatures(0); });
        },
        "(ORDER_RESUMED): a revoked key signs under the new head");
    add(
        Verb::kDrop, "the handler's new signature",
        [](auto& e) { ForgeHead(e, [](v1::Envelope& head) { head.mutable_signatures()->DeleteSubrange(0, 1); }); },
        "(ORDER_RESUMED): the handler whom the order names didn't sign anew");
    add(
        Verb::kAlter, "the handler's new signature",
        [](auto& e) {
          ForgeHead(e, [](v1::Envelope& head) { head.mutable_signatures(0)->mutable_sig()->back() ^= 1; });
        },
        "(ORDER_RESUMED): the handler whom the order names didn't sign anew");
    add(
        Verb::kAlter, "who signed anew, as the leaf has it",
        [](auto& e) {
          ForgePaused<v1::OrderResumed>(e, kResumed, [](auto& body) { body.mutable_signers()->RemoveLast(); });
        },
        "(ORDER_RESUMED): the leaf names other officers than those whose keys signed anew");
    add(
        Verb::kAlter, "in which roles they had to sign",
        [](auto& e) { ForgePaused<v1::OrderResumed>(e, kResumed, [](auto& body) { body.clear_roles(); }); },
        "(ORDER_RESUMED): not enough different officers signed anew in the roles demanded");
    add(
        Verb::kReaddress, "the agencies where it goes out again",
        [](auto& e) { ForgePaused<v1::OrderResumed>(e, kResumed, [](auto& body) { body.set_targets("\x01"); }); },
        "(ORDER_RESUMED): it goes out again elsewhere than where it stands still");
    add(
        Verb::kAlter, "which pause is ended",
        [](auto& e) {
          ForgePaused<v1::OrderResumed>(e, kResumed, [](auto& body) { body.set_paused(body.paused() - 1); });
        },
        "(ORDER_RESUMED): the pause that it ends is missing in this file, or isn't the newest one");
    add(
        Verb::kReaddress, "the court that resumes it",
        [](auto& e) {
          Paused& all = Paused::Get();
          e = all.world.Forged(e, EvidenceWorld::PlaceOf(e, kResumed),
                               [](journal::Leaf& leaf) { leaf.actor_ordinal = 2; });
        },
        "(ORDER_RESUMED): another court made this order");
    add(
        Verb::kAlter, "since when the key is revoked, in the pause",
        [](auto& e) { ForgePaused<v1::OrderPaused>(e, kPause, [](auto& body) { body.set_since(body.since() - 1); }); },
        "(ORDER_PAUSED): it says another instant of the theft than the statement");
    add(
        Verb::kSwap, "the statement because of which it is paused",
        [](auto& e) {
          ForgePaused<v1::OrderPaused>(e, kPause, [](auto& body) { body.set_statement(body.statement() - 2); });
        },
        "(ORDER_PAUSED): the statement that it names revokes no key in this file");
    add(
        Verb::kReaddress, "the agency where it stands still",
        [](auto& e) { ForgePaused<v1::OrderPaused>(e, kPause, [](auto& body) { body.set_targets("\x01"); }); },
        "(ORDER_PAUSED): it stands still where it had been handed out");
    add(
        Verb::kAlter, "since when the key is revoked, in the statement",
        [](auto& e) {
          Paused& all = Paused::Get();
          int place = EvidenceWorld::PlaceOf(e, kPause);
          while (EvidenceWorld::TypeOf(e.entries(place)) != v1::ENTRY_TYPE_STATEMENT_ACCEPTED) --place;
          e = all.world.Forged(e, place, nullptr, [](std::string& payload) {
            v1::StatementPayload said;
            v1::Statement statement;
            said.ParseFromString(payload);
            statement.ParseFromString(said.member());
            statement.mutable_compromised_since()->set_seconds(statement.compromised_since().seconds() + 7200);
            said.set_member(statement.SerializeAsString());
            payload = said.SerializeAsString();
          });
        },
        "(STATEMENT_ACCEPTED): other bytes than the leaf names");
    return out;
  }();
  return *kAttacks;
}

TEST(HostileEvidence, NothingOfAPauseThatWasChangedVerifies) {
  EvidenceWorld& world = Paused::Get().world;
  for (const v1::Evidence& honest : {Paused::Get().standing, Paused::Get().resumed, Paused::Get().other})
    ASSERT_EQ(world.Why(honest), "verified");
  DifferentScenes scenes(Paused::Get().resumed.SerializeAsString());
  for (const EvidenceAttack& attack : PausedAttacks()) {
    SCOPED_TRACE(attack.name);
    v1::Evidence evidence = Paused::Get().resumed;
    attack.act(evidence);
    scenes.Add(attack.name, evidence.SerializeAsString());
    EXPECT_THAT(world.Why(evidence), testing::HasSubstr(attack.noticed[0]));
  }
}

TEST(HostileEvidence, NothingThatWasChangedVerifies) {
  EvidenceWorld& world = Files::Get().world;
  ASSERT_EQ(world.Why(Files::Get().deduction), "verified");
  ASSERT_EQ(world.Why(Files::Get().freeze), "verified");
  DifferentScenes scenes(Files::Get().deduction.SerializeAsString());
  for (const EvidenceAttack& attack : Attacks()) {
    SCOPED_TRACE(attack.name);
    v1::Evidence evidence = Files::Get().deduction;
    attack.act(evidence);
    scenes.Add(attack.name, evidence.SerializeAsString());
    const auto report = world.Verify(evidence);
    ASSERT_FALSE(report.ok());
    EXPECT_THAT(attack.noticed, testing::Contains(std::string(RowOf(ReasonOf(report.status())).name)));
    EXPECT_THAT(FailureOf(report.status()).metadata, testing::Contains(testing::Key("part"))) << report.status();
  }
}

}  // namespace
}  // namespace evidence

std::vector<AttackRow> EvidenceAttacks() {
  std::vector<AttackRow> rows = RowsOf(evidence::Attacks());
  for (AttackRow& row : RowsOf(evidence::PausedAttacks())) rows.push_back(std::move(row));
  return rows;
}

}  // namespace eagle::hostile
