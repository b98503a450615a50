// A hostile log against a witness: it cosigns only what continues what it saw, and only of a log that it was told of.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/audit/witness.h"
#include "tests/hostile/attack.h"
#include "tests/hostile/lying_log.h"
#include "tests/support/temp_folder.h"

namespace eagle::hostile {
namespace witness {
namespace {

std::vector<std::string> Leaves(size_t count, size_t fork_from = SIZE_MAX) {
  std::vector<std::string> leaves;
  for (size_t i = 0; i < count; ++i) leaves.push_back((i >= fork_from ? "fork " : "") + std::to_string(i));
  return leaves;
}

// What is asked of a witness that has seen 300 entries: to cosign 520.
struct WitnessScene {
  uint64_t old_size = 300;
  std::vector<journal::Hash> proof;
  std::string note;
  std::string body;  // instead of the three, when it isn't empty
};
using WitnessAttack = Attack<WitnessScene>;

LyingLog& Honest() {
  static auto* const kLog = new LyingLog(Leaves(600));
  return *kLog;
}
WitnessScene Asked() { return {300, *journal::ConsistencyProof(300, 520, Honest()), Honest().Head(520), ""}; }

const std::vector<WitnessAttack>& Attacks() {
  static const auto* const kAttacks = [] {
    auto* out = new std::vector<WitnessAttack>;
    const auto add = [out](Verb verb, const std::string& name, std::function<void(WitnessScene&)> act,
                           std::vector<std::string> noticed) {
      out->push_back({verb, name, std::move(act), std::move(noticed)});
    };
    const std::vector<std::string> inconsistent{"422"}, untrusted{"403", "NOTE_MALFORMED"};
    add(
        Verb::kFork, "another history since before what it saw",
        [](auto& s) {
          LyingLog fork(Leaves(600, 200));
          s = {300, *journal::ConsistencyProof(300, 520, fork), fork.Head(520), ""};
        },
        inconsistent);
    add(
        Verb::kFork, "another history from the first entry",
        [](auto& s) {
          LyingLog fork(Leaves(600, 0));
          s = {300, *journal::ConsistencyProof(300, 520, fork), fork.Head(520), ""};
        },
        inconsistent);
    add(
        Verb::kFork, "another history of the same size",
        [](auto& s) {
          LyingLog fork(Leaves(600, 299));
          s = {300, {}, fork.Head(300), ""};
        },
        inconsistent);
    add(
        Verb::kFork, "another history, with the true one's proof",
        [](auto& s) {
          LyingLog fork(Leaves(600, 400));
          s.note = fork.Head(520);
        },
        inconsistent);
    add(Verb::kReplay, "a smaller tree than it saw", [](auto& s) { s = {0, {}, Honest().Head(200), ""}; }, {"409"});
    add(Verb::kReplay, "a smaller tree, with the size it saw",
        [](auto& s) {
          s = {300, {}, Honest().Head(200), ""};
        },
        {"400"});
    add(Verb::kReplay, "the beginning, as to a witness that saw nothing",
        [](auto& s) {
          s = {0, {}, Honest().Head(520), ""};
        },
        {"409"});
    add(Verb::kReplay, "a proof from an older size",
        [](auto& s) {
          s = {200, *journal::ConsistencyProof(200, 520, Honest()), Honest().Head(520), ""};
        },
        {"409"});
    add(
        Verb::kReplay, "the proof of another pair of sizes",
        [](auto& s) { s.proof = *journal::ConsistencyProof(300, 510, Honest()); }, inconsistent);
    add(
        Verb::kDrop, "the proof", [](auto& s) { s.proof.clear(); }, inconsistent);
    add(
        Verb::kTruncate, "the proof", [](auto& s) { s.proof.pop_back(); }, inconsistent);
    add(
        Verb::kAlter, "a hash of the proof", [](auto& s) { s.proof[0][0] ^= 1; }, inconsistent);
    add(
        Verb::kAlter, "a hash more", [](auto& s) { s.proof.push_back(s.proof[0]); }, inconsistent);
    add(
        Verb::kSwap, "two hashes", [](auto& s) { std::swap(s.proof[0], s.proof[1]); }, inconsistent);
    add(Verb::kAlter, "the old size, above the new one", [](auto& s) { s.old_size = 521; }, {"400", "409"});
    add(
        Verb::kAlter, "the log's signature", [](auto& s) { s.note[s.note.size() - 8] ^= 1; }, untrusted);
    add(
        Verb::kDrop, "the log's signature", [](auto& s) { s.note.resize(s.note.find("\n\n") + 2); }, untrusted);
    add(
        Verb::kSwap, "the signature of another head",
        [](auto& s) {
          const std::string other = Honest().Head(300);
          s.note = s.note.substr(0, s.note.find("\n\n")) + other.substr(other.find("\n\n"));
        },
        untrusted);
    add(Verb::kFork, "signed by another key of the log's name",
        [](auto& s) {
          s.note = *journal::SignCheckpoint({Honest().signer().name(), 520, Honest().Root(520)},
                                            LyingLog({}, Honest().signer().name(), 'x').signer());
        },
        {"403", "404"});
    add(Verb::kReaddress, "a log that nobody told it of",
        [](auto& s) {
          LyingLog other(Leaves(600), "log.example/two", 'o');
          s = {0, {}, other.Head(520), ""};
        },
        {"404", "403"});
    add(Verb::kReaddress, "the true head under another origin",
        [](auto& s) {
          s.note = *journal::SignCheckpoint({"log.example/two", 520, Honest().Root(520)},
                                            LyingLog({}, "log.example/two", 'l').signer());
        },
        {"404", "403"});
    add(
        Verb::kTruncate, "the request",
        [](auto& s) {
          s.body = journal::FormatAddCheckpoint({s.old_size, s.proof, s.note});
          s.body.resize(s.body.size() / 2);
        },
        untrusted);
    add(
        Verb::kTruncate, "a hash of the proof",
        [](auto& s) {
          s.body = journal::FormatAddCheckpoint({s.old_size, s.proof, s.note});
          s.body.erase(s.body.find('\n') + 3, 4);
        },
        untrusted);
    add(
        Verb::kAlter, "an extension line under the root",
        [](auto& s) { s.note.insert(s.note.find("\n\n") + 1, "more\n"); }, untrusted);
    return out;
  }();
  return *kAttacks;
}

std::string BodyOf(const WitnessScene& scene) {
  return scene.body.empty() ? journal::FormatAddCheckpoint({scene.old_size, scene.proof, scene.note}) : scene.body;
}

// "200", "409", ... or the reason why the request was not even judged; with what is kept afterwards.
std::pair<std::string, uint64_t> Answer(const WitnessScene& scene) {
  const TempFolder folder;
  const journal::LogPolicy policy = *journal::LogPolicy::OfKey(Honest().signer().VerifierKey());
  const journal::WitnessKey key{"witness.example/w", *journal::PrivateKey::FromSeed(std::string(32, 'w'))};
  audit::Witness witness(folder / "state", policy, key);
  EXPECT_EQ(witness.Add(Honest().AddCheckpoint(0, 300), absl::UnixEpoch())->answer, journal::WitnessAnswer::kCosign);
  const auto said = witness.Add(BodyOf(scene), absl::UnixEpoch());
  const uint64_t kept = witness.Kept(Honest().signer().name())->size;
  if (!said.ok()) return {std::string(RowOf(ReasonOf(said.status())).name), kept};
  EXPECT_EQ(said->line.empty(), said->answer != journal::WitnessAnswer::kCosign);
  return {std::to_string(static_cast<int>(said->answer)), kept};
}

TEST(HostileToAWitness, WhatContinuesWhatItSawIsCosigned) {
  EXPECT_EQ(Answer(Asked()), (std::pair<std::string, uint64_t>{"200", 520}));
}

TEST(HostileToAWitness, NothingElseIsCosignedNorKept) {
  DifferentScenes scenes(BodyOf(Asked()));
  for (const WitnessAttack& attack : Attacks()) {
    SCOPED_TRACE(attack.name);
    WitnessScene scene = Asked();
    attack.act(scene);
    scenes.Add(attack.name, BodyOf(scene));
    const auto [answer, kept] = Answer(scene);
    EXPECT_THAT(attack.noticed, testing::Contains(answer));
    EXPECT_EQ(kept, 300u);
  }
}

}  // namespace
}  // namespace witness

std::vector<AttackRow> WitnessAttacks() { return RowsOf(witness::Attacks()); }

}  // namespace eagle::hostile
