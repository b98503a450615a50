// A witness's memory: one step for comparing, keeping and cosigning, against threads, processes and SIGKILL.
#include "client/audit/witness.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <sstream>
#include <thread>
#include <vector>

#include "client/audit/cli/commands.h"
#include "client/audit/log_export.h"
#include "client/common/files.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "server/base/system_clock.h"
#include "server/journal/merkle.h"
#include "tests/support/temp_folder.h"

namespace eagle::audit {
namespace {

constexpr char kOrigin[] = "gateway.example/log1";

// A log of leaves "0", "1", ... or, forked, of others from some leaf on.
struct TestLog : EntrySource, journal::TileSource {
  explicit TestLog(uint64_t fork_from = UINT64_MAX) : fork(fork_from) {}
  std::string Leaf(uint64_t i) const { return (i >= fork ? "fork " : "") + std::to_string(i); }
  std::string Note(uint64_t size) {
    journal::Edge edge;
    for (uint64_t i = 0; i < size; ++i) edge.Append(journal::LeafHash(Leaf(i)));
    return *journal::SignCheckpoint({kOrigin, size, edge.Root()}, signer);
  }
  std::string Request(uint64_t old_size, uint64_t size) {
    tree = size;
    return journal::FormatAddCheckpoint(
        {old_size, old_size == 0 ? std::vector<journal::Hash>() : *journal::ConsistencyProof(old_size, size, *this),
         Note(size)});
  }
  absl::StatusOr<std::string> Tile(unsigned level, uint64_t n, unsigned width) override {
    std::vector<journal::Hash> row;
    for (uint64_t i = 0; i < tree; ++i) row.push_back(journal::LeafHash(Leaf(i)));
    for (; level > 0; --level) {
      std::vector<journal::Hash> above;
      for (size_t at = 0; at + 256 <= row.size(); at += 256)
        above.push_back(journal::RootOfLeaves(std::span(row).subspan(at, 256)));
      row = std::move(above);
    }
    std::string out;
    for (unsigned i = 0; i < width; ++i) out += journal::View(row.at(n * 256 + i));
    return out;
  }
  absl::StatusOr<std::string> Checkpoint() override { return Note(tree); }
  absl::StatusOr<std::vector<Entry>> Entries(uint64_t first, size_t most) override {
    std::vector<Entry> out;
    for (uint64_t i = first; i < tree && out.size() < most; ++i) out.push_back({Leaf(i), ""});
    return out;
  }
  uint64_t fork, tree = 0;
  journal::Ed25519NoteSigner signer{kOrigin, *journal::PrivateKey::FromSeed(std::string(32, '\7'))};
};

class WitnessMemoryTest : public testing::Test {
 protected:
  absl::StatusOr<Witnessing> Add(const std::string& body) {
    return witness_.Add(body, absl::FromUnixSeconds(1700000000));
  }

  TempFolder temp_;
  TestLog log_;
  journal::LogPolicy policy_ = *journal::LogPolicy::OfKey(log_.signer.VerifierKey());
  journal::WitnessKey key_ =
      *journal::ParseWitnessKey(journal::WitnessKeyText("witness.example/w1", std::string(32, '\3')));
  Witness witness_{temp_ / "state", policy_, key_};
};

TEST_F(WitnessMemoryTest, CosignsWhatContinuesWhatItSawAndNothingElse) {
  const auto first = Add(log_.Request(0, 300));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->answer, journal::WitnessAnswer::kCosign);
  const auto reader = journal::LogPolicy::Parse("log " + log_.signer.VerifierKey() + "\nwitness w " +
                                                key_.VerifierKey() + "\nquorum w\n");
  EXPECT_TRUE(reader->Open(first->checkpoint + first->line)->quorum);
  EXPECT_EQ(Add(log_.Request(300, 520))->answer, journal::WitnessAnswer::kCosign);
  const auto stale = Add(log_.Request(300, 530));
  EXPECT_EQ(stale->answer, journal::WitnessAnswer::kStale);
  EXPECT_EQ(stale->kept_size, 520u);
  EXPECT_TRUE(stale->line.empty());
  TestLog fork(400);
  EXPECT_EQ(Add(fork.Request(520, 530))->answer, journal::WitnessAnswer::kInconsistent);
  EXPECT_EQ(Add(fork.Request(520, 520))->answer, journal::WitnessAnswer::kInconsistent);
  EXPECT_EQ(Add(log_.Request(520, 520))->answer, journal::WitnessAnswer::kCosign) << "an answer may have been lost";
  EXPECT_EQ(witness_.Kept(kOrigin)->size, 520u);
}

TEST_F(WitnessMemoryTest, OfTwoHistoriesAtOnceOneIsCosigned) {
  for (int round = 0; round < 20; ++round) {
    Witness witness(temp_ / ("race" + std::to_string(round)), policy_, key_);
    ASSERT_TRUE(witness.Add(log_.Request(0, 100), absl::UnixEpoch()).ok());
    TestLog fork(100);
    const std::string bodies[] = {log_.Request(100, 101), fork.Request(100, 101)};
    std::atomic<int> cosigned = 0, ready = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        ++ready;
        while (ready < 8) std::this_thread::yield();
        const auto said = witness.Add(bodies[t % 2], absl::UnixEpoch());
        if (said.ok() && said->answer == journal::WitnessAnswer::kCosign) ++cosigned;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(cosigned, 1);
    EXPECT_EQ(witness.Kept(kOrigin)->size, 101u);
  }
}

TEST_F(WitnessMemoryTest, WhatWasCosignedIsKeptThroughSigkill) {
  std::vector<std::string> bodies;
  for (uint64_t size = 1; size <= 400; ++size) bodies.push_back(log_.Request(size - 1, size));
  uint64_t kept = 0;
  for (int round = 0; round < 50 && kept < bodies.size(); ++round) {
    int pipes[2];
    ASSERT_EQ(pipe(pipes), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      // Cosigns one size after the other and tells each, until it is killed.
      close(pipes[0]);
      for (uint64_t at = kept; at < bodies.size(); ++at) {
        const auto said = witness_.Add(bodies[at], absl::UnixEpoch());
        if (!said.ok() || said->answer != journal::WitnessAnswer::kCosign) _exit(1);
        const uint64_t size = at + 1;
        if (write(pipes[1], &size, sizeof size) != sizeof size) _exit(1);
      }
      _exit(0);
    }
    close(pipes[1]);
    // Some cosignatures, and then in the midst of whatever it does.
    uint64_t told = kept, size = 0;
    for (int i = 0; i <= round % 7 && read(pipes[0], &size, sizeof size) == sizeof size; ++i) told = size;
    kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_FALSE(WIFEXITED(status) && WEXITSTATUS(status) == 1)
        << "a witness that went on was refused by its own memory";
    while (read(pipes[0], &size, sizeof size) == sizeof size) told = size;
    close(pipes[0]);
    const auto now = witness_.Kept(kOrigin);
    ASSERT_TRUE(now.ok()) << now.status();
    EXPECT_GE(now->size, told) << "cosigned and forgotten";
    EXPECT_LE(now->size, told + 1);
    kept = now->size;
  }
}

TEST_F(WitnessMemoryTest, AChangedMemoryGivesNoCosignature) {
  ASSERT_TRUE(Add(log_.Request(0, 300)).ok());
  const auto files = client::FilesIn(temp_ / "state", ".witnessed");
  ASSERT_EQ(files->size(), 1u);
  const std::string path = temp_ / ("state/" + files->front());
  std::string note = *client::ReadFile(path);
  note.replace(note.find("300"), 3, "200");
  ASSERT_TRUE(client::WriteDurably(path, note).ok());
  EXPECT_EQ(ReasonOf(Add(log_.Request(200, 310)).status()), Reason::kNoteUntrusted);
}

TEST_F(WitnessMemoryTest, TheCommandCosignsAPublishedLogAndRefusesItsRollback) {
  log_.tree = 300;
  const std::string folder = temp_ / "log", old = temp_ / "old";
  const auto run = [&](std::vector<std::string> arguments) {
    SystemClock clock;
    std::ostringstream out, err;
    return RunEagleAudit(arguments, out, err, clock, false);
  };
  ASSERT_TRUE(ExportLog(log_, policy_, folder, {}, [](uint64_t, uint64_t) {}).ok());
  std::filesystem::copy(folder, old, std::filesystem::copy_options::recursive);
  ASSERT_TRUE(client::WriteDurably(temp_ / "w2.key",
                                   journal::WitnessKeyText("witness.example/w2", std::string(32, '\5')) + "\n")
                  .ok());
  const auto witness = [&](const std::string& of) {
    return run({"witness", of, "--log-key", log_.signer.VerifierKey(), "--state", temp_ / "w2", "--key",
                temp_ / "w2.key", "--out", temp_ / "cosigned"});
  };
  EXPECT_EQ(witness(folder), kExitOk);
  log_.tree = 700;
  ASSERT_TRUE(ExportLog(log_, policy_, folder, {}, [](uint64_t, uint64_t) {}).ok());
  EXPECT_EQ(witness(folder), kExitOk);
  EXPECT_EQ(witness(folder), kExitOk);
  EXPECT_EQ(witness(old), kExitVerification) << "rolled back";
  TestLog fork(600);
  fork.tree = 710;
  ASSERT_TRUE(ExportLog(fork, policy_, temp_ / "fork", {}, [](uint64_t, uint64_t) {}).ok());
  EXPECT_EQ(witness(temp_ / "fork"), kExitVerification) << "a second history";
  const std::string key_text = *client::ReadFile(temp_ / "w2.key");
  const auto key = journal::ParseWitnessKey(key_text.substr(0, key_text.size() - 1));
  const auto reader = journal::LogPolicy::Parse("log " + log_.signer.VerifierKey() + "\nwitness w " +
                                                key->VerifierKey() + "\nquorum w\n");
  const auto judged = reader->Open(*client::ReadFile(temp_ / "cosigned"));
  ASSERT_TRUE(judged.ok());
  EXPECT_TRUE(judged->quorum);
  EXPECT_EQ(judged->checkpoint.size, 700u);
}

}  // namespace
}  // namespace eagle::audit
