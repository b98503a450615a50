// The commands of server/docs/auditor-guide.md, run as they stand there: they accept what is right and refuse it with
// one byte changed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "server/base/bytes.h"
#include "server/journal/checkpoint.h"
#include "server/journal/leaf.h"
#include "server/journal/merkle.h"
#include "server/journal/payload.h"
#include "server/trust/make_batch.h"
#include "tests/support/paths.h"
#include "tests/support/temp_folder.h"

namespace eagle {
namespace {

const std::string kGuide = test::SourcePath("server/docs/auditor-guide.md");

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

// The guide's commands in order. A command that fails ends the script.
std::string Script() {
  std::istringstream guide(ReadFile(kGuide));
  std::string script = "set -euo pipefail\nPROTO=" + test::SourcePath("proto") + "\n";
  bool inside = false;
  for (std::string line; std::getline(guide, line);) {
    if (line.rfind("```", 0) == 0) {
      inside = line == "```sh";
    } else if (inside) {
      script += line + "\n";
    }
  }
  return script;
}

std::string SpanOf(int first, int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes += static_cast<char>(first + i);
  return bytes;
}

using Files = std::map<std::string, std::string>;

// What an auditor has in hand: a log of 300 entries whose 217th commits to a payload, and the second of three orders of
// a batch.
Files Evidence() {
  const journal::Ed25519NoteSigner log("gateway.example/log1", *journal::PrivateKey::FromSeed(SpanOf(0, 32)));
  const std::string salt = SpanOf(0x80, 32), payload = "林远舟 % \\ \"";
  const journal::Leaf leaf{
      .type = 15, .index = EntryIndex(217), .commitment = journal::Commitment(salt, payload), .body = "public"};
  std::vector<journal::Hash> hashes;
  for (uint64_t i = 0; i < 300; ++i)
    hashes.push_back(journal::LeafHash(i == 217 ? journal::EncodeLeaf(leaf) : std::to_string(i)));
  const journal::CommitTree tree(journal::Frontier(), hashes);
  const std::string checkpoint = *journal::SignCheckpoint({log.name(), 300, tree.root()}, log);

  trust::Ed25519Signer court = *trust::Ed25519Signer::FromSeed(SpanOf(0x40, 32));
  const trust::HeadFields fields = {.member_type = trust::v1::MEMBER_TYPE_ORDER,
                                    .environment = trust::v1::ENVIRONMENT_TEST,
                                    .signer = "辽9901",
                                    .sequence = 7,
                                    .signed_at = absl::FromUnixSeconds(1'790'000'000)};
  std::string odd;  // every byte there is, so that the shell's quoting is tried
  for (int i = 0; i < 256; ++i) odd += static_cast<char>(i);
  const trust::v1::SignedBatch batch = trust::MakeBatch(fields, {"first", odd, "third"}, {&court});

  return {
      {"log.pub", log.VerifierKey() + "\n"},
      {"checkpoint", checkpoint},
      {"entry.leaf", journal::EncodeLeaf(leaf)},
      {"entry.proof", journal::FormatTlogProof({.index = 217, .path = tree.Inclusion(217), .checkpoint = checkpoint})},
      {"order.member", trust::TravelForm(batch, 1).SerializeAsString()},
      {"signer.key", court.public_key()},
      {"salt.hex", HexEncode(salt)},
      {"payload.bin", payload}};
}

// Exit status of the guide's commands in a folder with these files.
int Audit(const Files& files) {
  const TempFolder folder;
  for (const auto& [name, bytes] : files) std::ofstream(folder / name, std::ios::binary) << bytes;
  std::ofstream(folder / "audit.sh", std::ios::binary) << Script();
  return std::system(("cd " + folder.path() + " && bash audit.sh > audit.log 2>&1").c_str());
}

TEST(AuditorGuide, ItsCommandsAcceptWhatIsRight) { EXPECT_EQ(Audit(Evidence()), 0); }

TEST(AuditorGuide, ItsCommandsRefuseOneByteChangedAnywhere) {
  for (const auto& [name, bytes] : Evidence()) {
    Files files = Evidence();
    std::string& changed = files[name];
    const size_t at = name == "log.pub" || name == "checkpoint" ? bytes.size() - 20 : bytes.size() / 2;
    changed[at] = static_cast<char>(changed[at] == 'A' ? 'B' : 'A');
    EXPECT_NE(Audit(files), 0) << name;
  }
}

TEST(AuditorGuide, AProofOfAnotherPlaceIsRefused) {
  Files files = Evidence();
  std::string& proof = files["entry.proof"];
  proof.replace(proof.find("index 217"), 9, "index 216");
  EXPECT_NE(Audit(files), 0);
}

TEST(AuditorGuide, ACheckpointOfAnotherLogIsRefused) {
  Files files = Evidence();
  const journal::Ed25519NoteSigner other("gateway.example/log1", *journal::PrivateKey::FromSeed(SpanOf(1, 32)));
  files["log.pub"] = other.VerifierKey() + "\n";
  EXPECT_NE(Audit(files), 0);
}

}  // namespace
}  // namespace eagle
