// What a hostile gateway tells a court about the log: its heads, and the keys that its directory states.
#include <gtest/gtest.h>

#include "server/journal/leaf.h"
#include "server/journal/merkle.h"
#include "server/trust/make_batch.h"
#include "tests/hostile/court_scene.h"

namespace eagle::hostile::court {

using test::kBeiling;
using test::kSongyue;

const std::vector<HeadAttack>& OnHeads() {
  static const auto* const kAttacks = [] {
    auto* out = new std::vector<HeadAttack>;
    const auto add = [out](Verb verb, const std::string& name, std::function<void(HeadScene&)> act,
                           std::vector<std::string> noticed) {
      out->push_back({verb, "of a head, " + name, std::move(act), std::move(noticed)});
    };
    const auto proof = [&](Verb verb, const std::string& name,
                           std::function<void(v1::GetConsistencyProofResponse&)> act) {
      add(verb, name, [act](auto& s) { s.proof = act; }, {"LOG_FORKED"});
    };
    proof(Verb::kDrop, "the proof that it continues the old one", [](auto& p) { p.clear_hashes(); });
    proof(Verb::kTruncate, "that proof", [](auto& p) { p.mutable_hashes()->RemoveLast(); });
    proof(Verb::kTruncate, "a hash of that proof", [](auto& p) { p.mutable_hashes(0)->resize(16); });
    proof(Verb::kAlter, "a hash of that proof", [](auto& p) { p.mutable_hashes(0)->back() ^= 1; });
    proof(Verb::kAlter, "one hash more in that proof", [](auto& p) { p.add_hashes(std::string(32, 'x')); });
    proof(Verb::kSwap, "hashes of that proof", [](auto& p) { p.mutable_hashes()->SwapElements(0, 1); });
    proof(Verb::kReplay, "the proof of two other sizes", [](auto& p) {
      v1::GetConsistencyProofRequest request;
      request.set_old_size(3);
      request.set_size(7);
      p = *World().gateway.Call(&api::Handlers::GetConsistencyProof, World().demo.court, request);
    });
    add(Verb::kFork, "another history of the same length",
        [](auto& s) { s.note = SignedHead(Opened(s.note).size, journal::LeafHash("another")); }, {"LOG_FORKED"});
    add(Verb::kFork, "a shorter history", [](auto& s) { s.note = SignedHead(1, journal::LeafHash("another")); },
        {"LOG_FORKED"});
    add(Verb::kAlter, "a bit of the log's signature", [](auto& s) { s.note[s.note.size() - 6] ^= 1; },
        {"NOTE_UNTRUSTED", "NOTE_MALFORMED"});
    add(Verb::kDrop, "the log's signature", [](auto& s) { s.note.resize(s.note.find("\n\n") + 2); },
        {"NOTE_MALFORMED"});
    add(Verb::kSwap, "the signature of the older head",
        [](auto& s) {
          s.note = s.note.substr(0, s.note.find("\n\n")) +
                   World().old_checkpoint.substr(World().old_checkpoint.find("\n\n"));
        },
        {"NOTE_UNTRUSTED"});
    add(Verb::kReaddress, "the origin of another log",
        [](auto& s) {
          const journal::Ed25519NoteSigner other("another.example/log",
                                                 *journal::PrivateKey::FromSeed(std::string(32, 'o')));
          journal::Checkpoint head = Opened(s.note);
          head.origin = "another.example/log";
          s.note = *journal::SignCheckpoint(head, other);
        },
        {"LOG_OTHER_ORIGIN"});
    return out;
  }();
  return *kAttacks;
}

const std::vector<StatementAttack>& OnStatements() {
  static const auto* const kAttacks = [] {
    auto* out = new std::vector<StatementAttack>;
    const auto about = [](v1::ListStatementsResponse& r, const std::string& subject) -> v1::SignedMember& {
      for (v1::DirectoryChange& change : *r.mutable_statements()) {
        v1::Statement statement;
        statement.ParseFromString(change.statement().member());
        if (statement.subject() == subject) return *change.mutable_statement();
      }
      ADD_FAILURE() << subject;
      return *r.mutable_statements(0)->mutable_statement();
    };
    const std::string bank = std::string("agency/") + kBeiling;
    const auto add = [&, out](Verb verb, const std::string& name, std::function<void(v1::SignedMember&)> act) {
      out->push_back({verb, "of a bank's key, " + name, [=](auto& r) { act(about(r, bank)); }, {"SIGNER_UNKNOWN"}});
    };
    add(Verb::kAlter, "the key", [](auto& m) {
      v1::Statement statement;
      statement.ParseFromString(m.member());
      statement.set_key(World().gateway.Key("nobody").public_key());
      m.set_member(statement.SerializeAsString());
    });
    add(Verb::kDrop, "one registrar's signature",
        [](auto& m) { m.mutable_head()->mutable_signatures()->RemoveLast(); });
    add(Verb::kReplay, "one registrar's signature twice",
        [](auto& m) { *m.mutable_head()->mutable_signatures(1) = m.head().signatures(0); });
    add(Verb::kTruncate, "the path", [](auto& m) { m.mutable_path()->RemoveLast(); });
    add(Verb::kDrop, "the bytes", [](auto& m) { m.clear_member(); });
    add(Verb::kFork, "stated by the gateway itself", [](auto& m) {
      v1::Statement statement;
      statement.ParseFromString(m.member());
      statement.set_key(World().gateway.Key("nobody").public_key());
      const trust::HeadFields fields{v1::MEMBER_TYPE_STATEMENT, v1::ENVIRONMENT_TEST, "registrar", 900,
                                     World().gateway.clock.wall};
      m = trust::TravelForm(trust::MakeBatch(fields, {statement.SerializeAsString()},
                                             {&World().gateway.Key("nobody"), &World().gateway.Key("nobody else")}),
                            0);
    });
    add(Verb::kReaddress, "stated by a court", [](auto& m) {
      const trust::HeadFields fields{v1::MEMBER_TYPE_STATEMENT, v1::ENVIRONMENT_TEST, test::kCourt, 900,
                                     World().gateway.clock.wall};
      m = trust::TravelForm(
          trust::MakeBatch(fields, {m.member()}, {&World().gateway.Key(std::string("court/") + test::kCourt)}), 0);
    });
    add(Verb::kSwap, "that of another bank in its place", [=](auto& m) {
      v1::ListStatementsRequest all;
      auto r = *World().gateway.Call(&api::Handlers::ListStatements, World().demo.court, all);
      m = about(r, std::string("agency/") + kSongyue);
    });
    return out;
  }();
  return *kAttacks;
}

}  // namespace eagle::hostile::court
