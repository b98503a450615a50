// A hostile gateway against a court's library: no acceptance, no answer and no head of the log is believed that isn't
// proved, or signed by the agency that it is said to come from.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "client/lib/errors.h"
#include "client/lib/receipts.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/journal/checkpoint.h"
#include "server/journal/leaf.h"
#include "server/journal/merkle.h"
#include "server/trust/make_batch.h"
#include "tests/hostile/attack.h"
#include "tests/hostile/court_scene.h"

namespace eagle::hostile {
namespace court {
namespace {

using test::kBeiling;
using test::kSongyue;

using OrdersAttack = Attack<v1::SubmitOrdersResponse>;
using CaseAttack = Attack<v1::SubmitCaseActsResponse>;
using FindingAttack = Attack<v1::FindingsOfAgency>;

void RewriteLeaf(v1::Acceptance& acceptance, const std::function<void(journal::Leaf&)>& change) {
  journal::Leaf leaf = *journal::DecodeLeaf(acceptance.leaf());
  change(leaf);
  acceptance.set_leaf(journal::EncodeLeaf(leaf));
}
void RewriteBody(v1::Acceptance& acceptance, const std::function<void(v1::OrderAccepted&)>& change) {
  RewriteLeaf(acceptance, [&](journal::Leaf& leaf) {
    v1::OrderAccepted body;
    body.ParseFromString(leaf.body);
    change(body);
    leaf.body = body.SerializeAsString();
  });
}

const std::vector<OrdersAttack>& OnOrders() {
  static const auto* const kAttacks = [] {
    auto* out = new std::vector<OrdersAttack>;
    const auto add = [out](Verb verb, const std::string& name, std::function<void(v1::SubmitOrdersResponse&)> act,
                           std::vector<std::string> noticed) {
      out->push_back({verb, name, std::move(act), std::move(noticed)});
    };
    const std::vector<std::string> no_proof{"PROOF_INVALID"}, mismatch{"ACCEPTANCE_MISMATCH"};
    const auto first = [](v1::SubmitOrdersResponse& r) -> v1::Acceptance& {
      return *r.mutable_results(0)->mutable_acceptance();
    };
    // --- the list of results
    add(
        Verb::kDrop, "a result", [](auto& r) { r.mutable_results()->RemoveLast(); }, mismatch);
    add(
        Verb::kDrop, "all results", [](auto& r) { r.clear_results(); }, mismatch);
    add(
        Verb::kAlter, "one result too many", [](auto& r) { *r.add_results() = r.results(0); }, mismatch);
    add(
        Verb::kSwap, "the two results", [](auto& r) { r.mutable_results()->SwapElements(0, 1); }, mismatch);
    add(
        Verb::kSwap, "the sibling's acceptance", [=](auto& r) { first(r) = r.results(1).acceptance(); }, mismatch);
    add(
        Verb::kDrop, "acceptance and refusal", [](auto& r) { r.mutable_results(0)->clear_acceptance(); }, mismatch);
    add(
        Verb::kAlter, "a refusal of another order",
        [](auto& r) {
          r.mutable_results(0)->mutable_refusal()->set_reason("CAP_EXCEEDED");
          r.mutable_results(0)->set_order_id(r.results(1).order_id());
        },
        mismatch);
    add(
        Verb::kReplay, "the acceptance of an earlier order",
        [=](auto& r) { first(r) = World().earlier.results(0).acceptance(); }, no_proof);
    add(
        Verb::kReplay, "the whole answer to an earlier batch", [](auto& r) { r = World().earlier; }, mismatch);
    add(
        Verb::kReplay, "the acceptance of an earlier order, proved anew",
        [=](auto& r) {
          const uint64_t index = World().earlier.results(0).acceptance().order_seq();
          const auto proof = World().ProofOf(index, Opened(r.checkpoint()).size);
          first(r) = World().earlier.results(0).acceptance();
          *first(r).mutable_proof() = proof.proof();
        },
        mismatch);
    add(
        Verb::kSwap, "the entry of the batch's head, with its true proof",
        [=](auto& r) {
          const auto proof = World().ProofOf(World().NewestOf("BATCH_HEAD"), Opened(r.checkpoint()).size);
          first(r).set_leaf(proof.leaf());
          *first(r).mutable_proof() = proof.proof();
          first(r).set_order_seq(proof.proof().index());
        },
        mismatch);
    add(
        Verb::kSwap, "the refusal of another order as an acceptance",
        [=](auto& r) {
          v1::Order stranger = World().demo.Inquire({kBeiling});
          *stranger.mutable_subject() = test::DemoWorld::SuQing();
          const auto refused = World().demo.Submit({stranger});
          const auto proof = World().ProofOf(refused->results(0).refusal().journal_index());
          r.set_checkpoint(proof.checkpoint());
          for (int i = 0; i < r.results_size(); ++i) {
            first(r).set_leaf(proof.leaf());
            *first(r).mutable_proof() = proof.proof();
            first(r).set_order_seq(proof.proof().index());
          }
        },
        mismatch);
    // --- words about it
    add(
        Verb::kAlter, "the order's number", [=](auto& r) { first(r).set_order_seq(first(r).order_seq() + 1); },
        mismatch);
    add(
        Verb::kDrop, "an agency that is asked", [=](auto& r) { first(r).mutable_agencies()->RemoveLast(); }, mismatch);
    add(
        Verb::kReaddress, "an agency that nobody named",
        [=](auto& r) { *first(r).mutable_agencies(0) = test::kYunfan; }, mismatch);
    add(
        Verb::kAlter, "the due instant",
        [=](auto& r) {
          auto* due = first(r).mutable_deadline()->mutable_due_at();
          due->set_seconds(due->seconds() + 3600);
        },
        mismatch);
    add(
        Verb::kAlter, "the row that gives the due instant",
        [=](auto& r) { first(r).mutable_deadline()->set_row("ANSWER_NORMAL"); }, mismatch);
    add(
        Verb::kDrop, "a mark before the due instant",
        [=](auto& r) { first(r).mutable_deadline()->mutable_marks()->RemoveLast(); }, mismatch);
    // --- the leaf, rewritten
    const auto body = [&](const std::string& what, std::function<void(v1::OrderAccepted&)> change) {
      add(
          Verb::kAlter, "the leaf's " + what, [=](auto& r) { RewriteBody(first(r), change); }, no_proof);
    };
    body("digest of the order", [](auto& b) { b.mutable_digest()->back() ^= 1; });
    body("order id", [](auto& b) { b.mutable_order_id()->back() ^= 1; });
    body("targets", [](auto& b) { b.set_targets("\xff"); });
    body("due instant", [](auto& b) { b.set_due(b.due() + 1); });
    body("action", [](auto& b) { b.set_action(v1::ACTION_FREEZE); });
    body("urgency", [](auto& b) { b.set_urgency(v1::URGENCY_NORMAL); });
    body("policy version", [](auto& b) { b.set_policy_version(99); });
    body("head", [](auto& b) { b.set_head(b.head() - 1); });
    body("tag of the subject", [](auto& b) { b.mutable_subject_tag()->back() ^= 1; });
    const auto leaf = [&](const std::string& what, std::function<void(journal::Leaf&)> change) {
      add(
          Verb::kAlter, "the leaf's " + what, [=](auto& r) { RewriteLeaf(first(r), change); }, no_proof);
    };
    leaf("index", [](auto& l) { l.index = EntryIndex(l.index.value() + 1); });
    leaf("time", [](auto& l) { l.time += absl::Seconds(1); });
    leaf("actor", [](auto& l) { l.actor_ordinal = 2; });
    leaf("commitment", [](auto& l) { l.commitment[0] ^= 1; });
    add(
        Verb::kDrop, "the leaf", [=](auto& r) { first(r).clear_leaf(); }, no_proof);
    add(
        Verb::kTruncate, "the leaf", [=](auto& r) { first(r).mutable_leaf()->resize(50); }, no_proof);
    // --- the proof
    add(
        Verb::kAlter, "a hash of the proof", [=](auto& r) { first(r).mutable_proof()->mutable_hashes(0)->back() ^= 1; },
        no_proof);
    add(
        Verb::kAlter, "the proof's order",
        [=](auto& r) { first(r).mutable_proof()->mutable_hashes()->SwapElements(0, 1); }, no_proof);
    add(
        Verb::kAlter, "the proof's index",
        [=](auto& r) { first(r).mutable_proof()->set_index(first(r).proof().index() ^ 1); }, no_proof);
    add(
        Verb::kAlter, "the proof's size",
        [=](auto& r) { first(r).mutable_proof()->set_size(first(r).proof().size() - 1); }, no_proof);
    add(
        Verb::kTruncate, "the proof", [=](auto& r) { first(r).mutable_proof()->mutable_hashes()->RemoveLast(); },
        no_proof);
    add(
        Verb::kTruncate, "a hash of the proof",
        [=](auto& r) { first(r).mutable_proof()->mutable_hashes(0)->resize(31); }, no_proof);
    add(
        Verb::kDrop, "the proof", [=](auto& r) { first(r).clear_proof(); }, no_proof);
    add(
        Verb::kSwap, "the sibling's proof",
        [=](auto& r) { *first(r).mutable_proof() = r.results(1).acceptance().proof(); }, no_proof);
    // --- the checkpoint
    add(
        Verb::kDrop, "the checkpoint", [](auto& r) { r.clear_checkpoint(); }, no_proof);
    add(
        Verb::kReplay, "an older checkpoint", [](auto& r) { r.set_checkpoint(World().old_checkpoint); }, no_proof);
    add(Verb::kTruncate, "the checkpoint", [](auto& r) { r.mutable_checkpoint()->resize(70); },
        {"NOTE_MALFORMED", "NOTE_UNTRUSTED"});
    add(Verb::kAlter, "the checkpoint's root",
        [](auto& r) {
          std::string& note = *r.mutable_checkpoint();
          const size_t at = note.find('\n', note.find('\n') + 1) + 1;
          note[at] = note[at] == 'A' ? 'B' : 'A';
        },
        {"NOTE_UNTRUSTED"});
    add(Verb::kReaddress, "the checkpoint of another log",
        [=](auto& r) {
          const journal::Ed25519NoteSigner other("another.example/log",
                                                 *journal::PrivateKey::FromSeed(std::string(32, 'o')));
          r.set_checkpoint(
              *journal::SignCheckpoint({"another.example/log", 1, journal::LeafHash(first(r).leaf())}, other));
        },
        {"LOG_OTHER_ORIGIN"});
    add(Verb::kFork, "the checkpoint signed by another key of the same name",
        [=](auto& r) {
          const journal::Ed25519NoteSigner other(Origin(), *journal::PrivateKey::FromSeed(std::string(32, 'o')));
          r.set_checkpoint(*journal::SignCheckpoint(Opened(r.checkpoint()), other));
        },
        {"NOTE_UNTRUSTED"});
    add(Verb::kFork, "a second history that holds only this order",
        [=](auto& r) {
          // Properly signed, with a proof that fits: what it lacks is the past that this court saw.
          v1::Acceptance& mine = first(r);
          RewriteLeaf(mine, [](auto& l) { l.index = EntryIndex(0); });
          mine.set_order_seq(0);
          mine.mutable_proof()->set_index(0);
          mine.mutable_proof()->set_size(1);
          mine.mutable_proof()->clear_hashes();
          r.set_checkpoint(SignedHead(1, journal::LeafHash(mine.leaf())));
        },
        {"LOG_FORKED"});
    add(Verb::kFork, "a second history that is longer than the first",
        [=](auto& r) {
          const uint64_t size = Opened(r.checkpoint()).size + 5;
          r.set_checkpoint(SignedHead(size, journal::LeafHash("nobody knows")));
        },
        {"LOG_FORKED", "FIELD_INVALID"});
    add(Verb::kFork, "another root for the size that this court saw",
        [](auto& r) {
          r.set_checkpoint(SignedHead(Opened(World().old_checkpoint).size, journal::LeafHash("another")));
        },
        {"LOG_FORKED"});
    return out;
  }();
  return *kAttacks;
}

const std::vector<CaseAttack>& OnCases() {
  static const auto* const kAttacks = [] {
    auto* out = new std::vector<CaseAttack>;
    const auto add = [out](Verb verb, const std::string& name, std::function<void(v1::SubmitCaseActsResponse&)> act,
                           std::vector<std::string> noticed) {
      out->push_back({verb, "of a case, " + name, std::move(act), std::move(noticed)});
    };
    const auto first = [](v1::SubmitCaseActsResponse& r) -> v1::CaseAcceptance& {
      return *r.mutable_results(0)->mutable_acceptance();
    };
    add(Verb::kDrop, "the result", [](auto& r) { r.clear_results(); }, {"ACCEPTANCE_MISMATCH"});
    add(Verb::kDrop, "the proof", [=](auto& r) { first(r).clear_proof(); }, {"PROOF_INVALID"});
    add(Verb::kDrop, "the checkpoint", [](auto& r) { r.clear_checkpoint(); }, {"PROOF_INVALID"});
    add(Verb::kAlter, "the journal index", [=](auto& r) { first(r).set_journal_index(1); }, {"ACCEPTANCE_MISMATCH"});
    add(Verb::kAlter, "a bit of the leaf", [=](auto& r) { first(r).mutable_leaf()->back() ^= 1; }, {"PROOF_INVALID"});
    add(Verb::kAlter, "a hash of the proof", [=](auto& r) { first(r).mutable_proof()->mutable_hashes(0)->back() ^= 1; },
        {"PROOF_INVALID"});
    add(Verb::kTruncate, "the proof", [=](auto& r) { first(r).mutable_proof()->mutable_hashes()->RemoveLast(); },
        {"PROOF_INVALID"});
    add(Verb::kReplay, "the opening of an older case, with its true proof",
        [=](auto& r) {
          uint64_t oldest = UINT64_MAX;  // never the one that is answered now
          for (const auto& [number, seq] : World().gateway.state().case_numbers) oldest = std::min(oldest, seq);
          const auto proof = World().ProofOf(oldest, Opened(r.checkpoint()).size);
          first(r).set_leaf(proof.leaf());
          *first(r).mutable_proof() = proof.proof();
          first(r).set_journal_index(proof.proof().index());
        },
        {"ACCEPTANCE_MISMATCH"});
    add(Verb::kSwap, "an order's acceptance, with its true proof",
        [=](auto& r) {
          const auto proof =
              World().ProofOf(World().earlier.results(0).acceptance().order_seq(), Opened(r.checkpoint()).size);
          first(r).set_leaf(proof.leaf());
          *first(r).mutable_proof() = proof.proof();
          first(r).set_journal_index(proof.proof().index());
        },
        {"ACCEPTANCE_MISMATCH"});
    add(Verb::kReaddress, "a refusal of another act",
        [](auto& r) {
          r.mutable_results(0)->mutable_refusal()->set_reason("CASE_EXISTS");
          r.mutable_results(0)->set_request_id(std::string(16, 'x'));
        },
        {"ACCEPTANCE_MISMATCH"});
    add(Verb::kFork, "a second history that holds only this act",
        [=](auto& r) {
          journal::Leaf leaf = *journal::DecodeLeaf(first(r).leaf());
          leaf.index = EntryIndex(0);
          first(r).set_leaf(journal::EncodeLeaf(leaf));
          first(r).set_journal_index(0);
          first(r).mutable_proof()->set_index(0);
          first(r).mutable_proof()->set_size(1);
          first(r).mutable_proof()->clear_hashes();
          r.set_checkpoint(SignedHead(1, journal::LeafHash(first(r).leaf())));
        },
        {"LOG_FORKED"});
    return out;
  }();
  return *kAttacks;
}

const std::vector<FindingAttack>& OnFindings() {
  static const auto* const kAttacks = [] {
    auto* out = new std::vector<FindingAttack>;
    const auto add = [out](Verb verb, const std::string& name, std::function<void(v1::FindingsOfAgency&)> act,
                           std::vector<std::string> noticed) {
      out->push_back({verb, "of an answer, " + name, std::move(act), std::move(noticed)});
    };
    const auto receipt = [&](const std::string& what, std::function<void(v1::Receipt&)> change) {
      add(Verb::kAlter, what,
          [=](auto& f) {
            v1::Receipt told;
            told.ParseFromString(f.receipt().member());
            change(told);
            f.mutable_receipt()->set_member(told.SerializeAsString());
          },
          {"MEMBER_NOT_IN_ROOT"});
    };
    receipt("the balance", [](auto& r) { r.mutable_items(0)->mutable_finding()->set_balance_minor_units(1); });
    receipt("FOUND made NIL", [](auto& r) { r.mutable_items(0)->set_outcome(v1::OUTCOME_NIL); });
    receipt("the holder", [](auto& r) { r.mutable_items(0)->mutable_finding()->set_holder_name("nobody"); });
    receipt("the account", [](auto& r) { r.mutable_items(0)->mutable_finding()->set_asset_number("1"); });
    receipt("a thing left out", [](auto& r) { r.clear_items(); });
    receipt("a thing added", [](auto& r) { *r.add_items() = r.items(0); });
    receipt("the scope that was searched", [](auto& r) { r.set_searched_scope("everything"); });
    receipt("the instant of arrival", [](auto& r) { r.mutable_arrived_at()->set_seconds(1); });
    receipt("the order", [](auto& r) { r.set_order_digest(test::DemoWorld::Digest(World().other_inquiry)); });
    receipt("final made progress", [](auto& r) { r.set_kind(v1::RECEIPT_KIND_PROGRESS); });
    const auto head = [](v1::FindingsOfAgency& f, const std::function<void(v1::Head&)>& change) {
      v1::Head told;
      told.ParseFromString(f.receipt().head().payload());
      change(told);
      f.mutable_receipt()->mutable_head()->set_payload(told.SerializeAsString());
    };
    add(Verb::kAlter, "the instant of the signature",
        [=](auto& f) { head(f, [](auto& h) { h.mutable_signed_at()->set_seconds(h.signed_at().seconds() + 1); }); },
        {"SIGNATURE_INVALID"});
    add(Verb::kReaddress, "the signer", [=](auto& f) { head(f, [](auto& h) { h.set_signer(kSongyue); }); },
        {"RECEIPT_FOR_ANOTHER_ORDER"});
    add(Verb::kReaddress, "the signer and the name it is shown under",
        [=](auto& f) {
          head(f, [](auto& h) { h.set_signer(kSongyue); });
          f.set_agency(kSongyue);
        },
        {"SIGNATURE_INVALID"});
    add(Verb::kReaddress, "the name it is shown under", [](auto& f) { f.set_agency(kSongyue); },
        {"RECEIPT_FOR_ANOTHER_ORDER"});
    add(Verb::kAlter, "the kind of member",
        [=](auto& f) { head(f, [](auto& h) { h.set_member_type(v1::MEMBER_TYPE_ORDER); }); }, {"MEMBER_TYPE_UNKNOWN"});
    add(Verb::kAlter, "the world",
        [=](auto& f) { head(f, [](auto& h) { h.set_environment(v1::ENVIRONMENT_PRODUCTION); }); },
        {"ENVIRONMENT_MISMATCH"});
    add(Verb::kAlter, "a bit of the signature",
        [](auto& f) { f.mutable_receipt()->mutable_head()->mutable_signatures(0)->mutable_sig()->back() ^= 1; },
        {"SIGNATURE_INVALID"});
    add(Verb::kDrop, "the signature", [](auto& f) { f.mutable_receipt()->mutable_head()->clear_signatures(); },
        {"SIGNATURE_INVALID", "ENVELOPE_MALFORMED"});
    add(Verb::kTruncate, "the signature",
        [](auto& f) { f.mutable_receipt()->mutable_head()->mutable_signatures(0)->mutable_sig()->resize(32); },
        {"SIGNATURE_INVALID", "ENVELOPE_MALFORMED"});
    add(Verb::kTruncate, "the bytes", [](auto& f) { f.mutable_receipt()->mutable_member()->resize(30); },
        {"MEMBER_NOT_IN_ROOT"});
    add(Verb::kDrop, "the bytes", [](auto& f) { f.mutable_receipt()->clear_member(); },
        {"MEMBER_NOT_IN_ROOT", "ENVELOPE_MALFORMED"});
    add(Verb::kDrop, "the head", [](auto& f) { f.mutable_receipt()->clear_head(); }, {"ENVELOPE_MALFORMED"});
    add(Verb::kSwap, "this bank's answer to another order", [](auto& f) { f = World().other_findings[0]; },
        {"RECEIPT_FOR_ANOTHER_ORDER"});
    add(Verb::kSwap, "another bank's answer under this bank's name",
        [](auto& f) { *f.mutable_receipt() = World().findings[1].receipt(); }, {"RECEIPT_FOR_ANOTHER_ORDER"});
    add(Verb::kSwap, "the bytes of another answer under this head",
        [](auto& f) { f.mutable_receipt()->set_member(World().other_findings[0].receipt().member()); },
        {"MEMBER_NOT_IN_ROOT"});
    add(Verb::kSwap, "the head of another answer over these bytes",
        [](auto& f) { *f.mutable_receipt()->mutable_head() = World().other_findings[0].receipt().head(); },
        {"MEMBER_NOT_IN_ROOT"});
    const auto forged = [&](const std::string& name, const std::string& signer, const std::string& key,
                            std::vector<std::string> noticed) {
      add(
          Verb::kFork, name,
          [=](auto& f) {
            v1::Receipt told;
            told.ParseFromString(f.receipt().member());
            told.mutable_items(0)->set_outcome(v1::OUTCOME_NIL);
            const trust::HeadFields fields{v1::MEMBER_TYPE_RECEIPT, v1::ENVIRONMENT_TEST, signer, 900,
                                           World().gateway.clock.wall};
            *f.mutable_receipt() =
                trust::TravelForm(trust::MakeBatch(fields, {told.SerializeAsString()}, {&World().gateway.Key(key)}), 0);
          },
          std::move(noticed));
    };
    forged("signed by a key that nobody stated", kBeiling, "nobody", {"SIGNATURE_INVALID"});
    forged("signed by another bank in this bank's name", kBeiling, std::string("agency/") + kSongyue,
           {"SIGNATURE_INVALID"});
    forged("signed by the court itself", kBeiling, std::string("court/") + test::kCourt, {"SIGNATURE_INVALID"});
    forged("signed by a registrar", kBeiling, "registrar-1", {"SIGNATURE_INVALID"});
    forged("signed by another bank in its own name", kSongyue, std::string("agency/") + kSongyue,
           {"RECEIPT_FOR_ANOTHER_ORDER"});
    return out;
  }();
  return *kAttacks;
}

std::string ReasonName(const absl::Status& status) { return std::string(RowOf(ReasonOf(status)).name); }

// A new batch of two inquiries, and what the desk makes of the gateway's answer.
absl::StatusOr<client::SentOrders> SendTwo(const std::function<void(v1::SubmitOrdersResponse&)>& attack) {
  CourtDesk court(World());
  court.wire().on_orders = attack;
  test::DemoWorld& demo = World().demo;
  return court.desk().SendOrders(
      demo.OrderBatch({demo.Inquire({kBeiling, kSongyue}), demo.Inquire({kBeiling, kSongyue})}).batch(), court.wire());
}
absl::Status OpenCase(const std::function<void(v1::SubmitCaseActsResponse&)>& attack) {
  static int number = 100;
  CourtDesk court(World());
  court.wire().on_case = attack;
  const v1::CaseAct act = World().demo.Open("（2026）辽9901执" + std::to_string(++number) + "号");
  return court.desk()
      .SendCases(World().gateway.Sign(v1::MEMBER_TYPE_CASE, test::kCourt, std::vector<v1::CaseAct>{act},
                                      {test::kHandler, test::kLeader}),
                 court.wire())
      .status();
}
absl::Status VerifyFinding(const v1::FindingsOfAgency& finding, const trust::StatementBook& book) {
  return client::VerifyReceipt(finding.receipt(), finding.agency(), World().inquiry.SerializeAsString(), book,
                               World().gateway.real_checker)
      .status();
}
HeadScene NewestHead() {
  return {
      World().gateway.Call(&api::Handlers::GetCheckpoint, World().demo.court, v1::GetCheckpointRequest())->checkpoint(),
      nullptr};
}

TEST(HostileToACourt, WhatIsHonestIsBelieved) {
  const auto sent = SendTwo(nullptr);
  ASSERT_TRUE(sent.ok()) << sent.status();
  EXPECT_TRUE(sent->answers[0].accepted && sent->answers[1].accepted);
  EXPECT_TRUE(OpenCase(nullptr).ok()) << OpenCase(nullptr);
  CourtDesk court(World());
  ASSERT_TRUE(court.desk().SyncBook(court.wire()).ok());
  for (const v1::FindingsOfAgency& finding : World().findings)
    EXPECT_TRUE(VerifyFinding(finding, *court.desk().book()).ok());
  EXPECT_TRUE(court.desk().Observe(NewestHead().note, court.wire()).ok());
}

// What each row makes of one and the same honest message.
template <typename Message>
void ExpectDifferent(const std::vector<Attack<Message>>& attacks, const Message& honest) {
  DifferentScenes scenes(honest.SerializeAsString());
  for (const Attack<Message>& attack : attacks) {
    Message message = honest;
    attack.act(message);
    scenes.Add(attack.name, message.SerializeAsString());
  }
}

TEST(HostileToACourt, EveryRowShowsOtherBytes) {
  v1::SubmitOrdersResponse orders;
  ASSERT_TRUE(SendTwo([&](v1::SubmitOrdersResponse& response) { orders = response; }).ok());
  ExpectDifferent(OnOrders(), orders);
  v1::SubmitCaseActsResponse cases;
  ASSERT_TRUE(OpenCase([&](v1::SubmitCaseActsResponse& response) { cases = response; }).ok());
  ExpectDifferent(OnCases(), cases);
  ExpectDifferent(OnFindings(), World().findings[0]);
  v1::ListStatementsResponse statements;
  CourtDesk court(World());
  court.wire().on_statements = [&](v1::ListStatementsResponse& response) {
    if (response.statements_size() > 0) statements = response;
  };
  ASSERT_TRUE(court.desk().SyncBook(court.wire()).ok());
  ExpectDifferent(OnStatements(), statements);
  // A head is shown with the proof that is given when it is asked for.
  v1::GetConsistencyProofRequest request;
  request.set_old_size(1);
  request.set_size(Opened(NewestHead().note).size);
  const auto proof = World().gateway.Call(&api::Handlers::GetConsistencyProof, World().demo.court, request);
  ASSERT_TRUE(proof.ok());
  const auto bytes = [&](const HeadScene& scene) {
    v1::GetConsistencyProofResponse answer = *proof;
    if (scene.proof) scene.proof(answer);
    return scene.note + "|" + answer.SerializeAsString();
  };
  DifferentScenes heads(bytes(NewestHead()));
  for (const HeadAttack& attack : OnHeads()) {
    HeadScene scene = NewestHead();
    attack.act(scene);
    heads.Add(attack.name, bytes(scene));
  }
}

TEST(HostileToACourt, NoAcceptanceIsBelievedThatIsNotProved) {
  for (const OrdersAttack& attack : OnOrders()) {
    SCOPED_TRACE(attack.name);
    const auto sent = SendTwo(attack.act);
    ASSERT_FALSE(sent.ok());
    EXPECT_THAT(attack.noticed, testing::Contains(ReasonName(sent.status()))) << sent.status();
    // The court's own check finds it; but of a head that it never signed over its log, the gateway refuses the proof
    // itself.
    if (ReasonOf(sent.status()) != Reason::kFieldInvalid) {
      EXPECT_EQ(client::OriginOf(sent.status()), client::Origin::kVerification) << sent.status();
    }
  }
  for (const CaseAttack& attack : OnCases()) {
    SCOPED_TRACE(attack.name);
    const absl::Status status = OpenCase(attack.act);
    ASSERT_FALSE(status.ok());
    EXPECT_THAT(attack.noticed, testing::Contains(ReasonName(status))) << status;
  }
}

TEST(HostileToACourt, NoAnswerIsBelievedThatItsAgencyDidNotSignToThisOrder) {
  CourtDesk court(World());
  ASSERT_TRUE(court.desk().SyncBook(court.wire()).ok());
  for (const FindingAttack& attack : OnFindings()) {
    SCOPED_TRACE(attack.name);
    v1::FindingsOfAgency finding = World().findings[0];
    attack.act(finding);
    const absl::Status status = VerifyFinding(finding, *court.desk().book());
    ASSERT_FALSE(status.ok());
    EXPECT_THAT(attack.noticed, testing::Contains(ReasonName(status))) << status;
  }
}

TEST(HostileToACourt, NoHeadIsBelievedThatDoesNotContinueWhatWasSeen) {
  for (const HeadAttack& attack : OnHeads()) {
    SCOPED_TRACE(attack.name);
    CourtDesk court(World());
    HeadScene scene = NewestHead();
    attack.act(scene);
    court.wire().on_consistency = scene.proof;
    const auto observed = court.desk().Observe(scene.note, court.wire());
    ASSERT_FALSE(observed.ok());
    EXPECT_THAT(attack.noticed, testing::Contains(ReasonName(observed.status()))) << observed.status();
  }
}

TEST(HostileToACourt, NoKeyIsBelievedThatTheRegistrarsDidNotState) {
  for (const StatementAttack& attack : OnStatements()) {
    SCOPED_TRACE(attack.name);
    CourtDesk court(World());
    court.wire().on_statements = [&](v1::ListStatementsResponse& response) {
      if (response.statements_size() > 0) attack.act(response);
    };
    const auto report = court.desk().SyncBook(court.wire());
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_THAT(attack.noticed,
                testing::Contains(ReasonName(VerifyFinding(World().findings[0], *court.desk().book()))));
  }
}

}  // namespace
}  // namespace court

std::vector<AttackRow> CourtAttacks() {
  std::vector<AttackRow> rows = RowsOf(court::OnOrders());
  for (const auto& more :
       {RowsOf(court::OnCases()), RowsOf(court::OnFindings()), RowsOf(court::OnHeads()), RowsOf(court::OnStatements())})
    rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

}  // namespace eagle::hostile
