// What a hostile gateway tells an adapter about the log: that witnesses have seen a deduction, and what the directory
// is.
#include "server/journal/checkpoint.h"
#include "server/journal/leaf.h"
#include "server/journal/merkle.h"
#include "tests/hostile/adapter_scene.h"

namespace eagle::hostile::adapter {

// What witnesses have seen.
void AddWitnessed(std::vector<AdapterAttack>& out) {
  const auto add = [&](Verb verb, const std::string& name, std::function<void(AdapterScene&)> act) {
    out.push_back({{verb, name, std::move(act), {"RETURNED NOT_WITNESSED"}}, Target::kDeduct});
  };
  const auto seen = [](AdapterScene& s) -> v1::WitnessedEntry& { return *s.task().mutable_witnessed(); };
  const auto lines = [](const std::string& note) {
    std::vector<std::string> out_lines;  // of signatures
    for (size_t at = note.find("\n\n") + 2; at < note.size(); at = note.find('\n', at) + 1)
      out_lines.push_back(note.substr(at, note.find('\n', at) + 1 - at));
    return out_lines;
  };
  const auto text = [](const std::string& note) { return note.substr(0, note.find("\n\n") + 2); };
  add(Verb::kDrop, "what witnesses have seen", [](auto& s) { s.task().clear_witnessed(); });
  add(Verb::kDrop, "the leaf that they have seen", [=](auto& s) { seen(s).clear_leaf(); });
  add(Verb::kDrop, "the checkpoint that they have seen", [=](auto& s) { seen(s).clear_checkpoint(); });
  add(Verb::kDrop, "the proof", [=](auto& s) { seen(s).clear_proof(); });
  add(Verb::kAlter, "a hash of the proof", [=](auto& s) { seen(s).mutable_proof()->mutable_hashes(0)->back() ^= 1; });
  add(Verb::kTruncate, "the proof", [=](auto& s) { seen(s).mutable_proof()->mutable_hashes()->RemoveLast(); });
  add(Verb::kTruncate, "a hash of the proof", [=](auto& s) { seen(s).mutable_proof()->mutable_hashes(0)->pop_back(); });
  add(Verb::kAlter, "the proof is in another order",
      [=](auto& s) { seen(s).mutable_proof()->mutable_hashes()->SwapElements(0, 1); });
  add(Verb::kAlter, "a bit of the leaf", [=](auto& s) { seen(s).mutable_leaf()->back() ^= 1; });
  add(Verb::kAlter, "the place in the log that the task names",
      [](auto& s) { s.task().set_order_seq(s.task().order_seq() + 1); });
  add(Verb::kSwap, "the leaf of the freeze, with its true proof", [=](auto& s) {
    v1::GetInclusionProofRequest request;
    request.set_index(World().first.tasks(0).order_seq());
    const auto proof = World().gateway.Call(&api::Handlers::GetInclusionProof, World().demo.court, request);
    seen(s).set_leaf(proof->leaf());
    *seen(s).mutable_proof() = proof->proof();
    s.task().set_order_seq(request.index());
  });
  add(Verb::kReplay, "an older checkpoint that witnesses saw before the deduction",
      [=](auto& s) { seen(s).set_checkpoint(World().cosigned.front()); });
  add(Verb::kDrop, "one of the two cosignatures", [=](auto& s) {
    const auto all = lines(seen(s).checkpoint());
    seen(s).set_checkpoint(text(seen(s).checkpoint()) + all[0] + all[1]);
  });
  add(Verb::kDrop, "both cosignatures",
      [=](auto& s) { seen(s).set_checkpoint(text(seen(s).checkpoint()) + lines(seen(s).checkpoint())[0]); });
  add(Verb::kDrop, "the log's own signature", [=](auto& s) {
    const auto all = lines(seen(s).checkpoint());
    seen(s).set_checkpoint(text(seen(s).checkpoint()) + all[1] + all[2]);
  });
  add(Verb::kReplay, "one witness twice", [=](auto& s) {
    const auto all = lines(seen(s).checkpoint());
    seen(s).set_checkpoint(text(seen(s).checkpoint()) + all[0] + all[1] + all[1]);
  });
  add(Verb::kReplay, "cosignatures of the older checkpoint under the newer one", [=](auto& s) {
    const auto old = lines(World().cosigned.front());
    seen(s).set_checkpoint(text(seen(s).checkpoint()) + lines(seen(s).checkpoint())[0] + old[1] + old[2]);
  });
  add(Verb::kFork, "a checkpoint of a second history, signed by the log alone", [=](auto& s) {
    const journal::Hash root = journal::LeafHash(seen(s).leaf());
    const journal::Checkpoint mine{World().gateway.founding.origin(), 1, root};
    seen(s).set_checkpoint(*journal::SignCheckpoint(mine, *World().gateway.log_signer));
    seen(s).mutable_proof()->clear_hashes();
  });
  add(Verb::kFork, "a second history with the cosignatures of the first", [=](auto& s) {
    const auto all = lines(seen(s).checkpoint());
    const journal::Checkpoint mine{World().gateway.founding.origin(), s.task().order_seq() + 1,
                                   journal::LeafHash(seen(s).leaf())};
    seen(s).set_checkpoint(*journal::SignCheckpoint(mine, *World().gateway.log_signer) + all[1] + all[2]);
  });
  add(Verb::kFork, "a second history seen by two witnesses of the gateway's own", [=](auto& s) {
    const journal::Checkpoint mine{World().gateway.founding.origin(), 1, journal::LeafHash(seen(s).leaf())};
    std::string note = *journal::SignCheckpoint(mine, *World().gateway.log_signer);
    for (const char* name : {"witness.test/w1", "witness.test/w2"}) {
      const journal::PrivateKey key = *journal::PrivateKey::FromSeed(std::string(32, name[14]));
      note += journal::SignatureLine(
          journal::Cosign(std::string(name) + "x", key, journal::FormatCheckpoint(mine), World().gateway.clock.wall));
    }
    seen(s).set_checkpoint(note);
    seen(s).mutable_proof()->clear_hashes();
  });
  add(Verb::kReaddress, "a checkpoint of another log", [=](auto& s) {
    const journal::Ed25519NoteSigner other("another.example/log", *journal::PrivateKey::FromSeed(std::string(32, 'o')));
    const journal::Checkpoint mine{"another.example/log", 1, journal::LeafHash(seen(s).leaf())};
    seen(s).set_checkpoint(*journal::SignCheckpoint(mine, other));
  });
  add(Verb::kAlter, "the size in the checkpoint's text", [=](auto& s) {
    std::string note = seen(s).checkpoint();
    note.insert(note.find('\n') + 1, "1");
    seen(s).set_checkpoint(note);
  });
  add(Verb::kTruncate, "the checkpoint", [=](auto& s) { seen(s).mutable_checkpoint()->resize(60); });
}

// What the log says of its directory: without a word that fits, nothing begins.
void AddDirectoryHeads(std::vector<AdapterAttack>& out) {
  const auto add = [&](Verb verb, const std::string& name, std::function<void(v1::PullTasksResponse&)> act) {
    const auto both = [act](AdapterScene& s) {
      act(s.first);
      act(s.second);
    };
    out.push_back({{verb, "the directory's head, " + name, both, {"-"}}, Target::kFreeze});
  };
  const auto head = [](v1::PullTasksResponse& r) -> v1::WitnessedEntry& { return *r.mutable_directory_head(); };
  const auto rewrite = [head](v1::PullTasksResponse& r, const std::function<void(v1::DirectoryHead&)>& change) {
    journal::Leaf leaf = *journal::DecodeLeaf(head(r).leaf());
    v1::DirectoryHead body;
    body.ParseFromString(leaf.body);
    change(body);
    leaf.body = body.SerializeAsString();
    head(r).set_leaf(journal::EncodeLeaf(leaf));
  };
  // In a tree of its own, signed by the log's true key.
  const auto alone = [head](v1::PullTasksResponse& r, const journal::NoteSigner& signer) {
    journal::Leaf leaf = *journal::DecodeLeaf(head(r).leaf());
    leaf.index = EntryIndex(0);
    head(r).set_leaf(journal::EncodeLeaf(leaf));
    head(r).mutable_proof()->clear_hashes();
    head(r).set_checkpoint(*journal::SignCheckpoint({signer.name(), 1, journal::LeafHash(head(r).leaf())}, signer));
  };
  add(Verb::kDrop, "all of it", [](auto& r) { r.clear_directory_head(); });
  add(Verb::kDrop, "its leaf", [=](auto& r) { head(r).clear_leaf(); });
  add(Verb::kDrop, "its proof", [=](auto& r) { head(r).clear_proof(); });
  add(Verb::kDrop, "its checkpoint", [=](auto& r) { head(r).clear_checkpoint(); });
  add(Verb::kTruncate, "its proof", [=](auto& r) { head(r).mutable_proof()->mutable_hashes()->RemoveLast(); });
  add(Verb::kTruncate, "its leaf", [=](auto& r) { head(r).mutable_leaf()->pop_back(); });
  add(Verb::kAlter, "a hash of its proof", [=](auto& r) { head(r).mutable_proof()->mutable_hashes(0)->back() ^= 1; });
  add(Verb::kAlter, "its count", [=](auto& r) { rewrite(r, [](auto& b) { b.set_statements(b.statements() - 1); }); });
  add(Verb::kAlter, "its digest", [=](auto& r) { rewrite(r, [](auto& b) { b.mutable_digest()->back() ^= 1; }); });
  add(Verb::kAlter, "its time", [=](auto& r) {
    journal::Leaf leaf = *journal::DecodeLeaf(head(r).leaf());
    leaf.time += absl::Hours(1);
    head(r).set_leaf(journal::EncodeLeaf(leaf));
  });
  add(Verb::kSwap, "another entry in its place, with its true proof", [=](auto& r) {
    v1::GetInclusionProofRequest request;
    request.set_index(World().first.tasks(0).order_seq());
    const auto proof = World().gateway.Call(&api::Handlers::GetInclusionProof, World().demo.court, request);
    head(r).set_leaf(proof->leaf());
    *head(r).mutable_proof() = proof->proof();
    head(r).set_checkpoint(proof->checkpoint());
  });
  add(Verb::kReaddress, "of another log", [=](auto& r) {
    alone(r, journal::Ed25519NoteSigner("another.example/log", *journal::PrivateKey::FromSeed(std::string(32, 'o'))));
  });
  add(Verb::kFork, "signed by another key of the log's name", [=](auto& r) {
    alone(r, journal::Ed25519NoteSigner(World().gateway.founding.origin(),
                                        *journal::PrivateKey::FromSeed(std::string(32, 'o'))));
  });
  add(Verb::kFork, "at the log's first place, where it can't be newer than none",
      [=](auto& r) { alone(r, *World().gateway.log_signer); });
  add(Verb::kReplay, "the true one, over a stream without its newest statement", [](auto& r) {
    if (r.directory_size() > 0) r.mutable_directory()->RemoveLast();
  });
  add(Verb::kDrop, "the true one, over a stream without one of its statements", [](auto& r) {
    if (r.directory_size() > 0) r.mutable_directory()->DeleteSubrange(r.directory_size() - 2, 1);
  });
}

}  // namespace eagle::hostile::adapter
