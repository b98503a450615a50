// A log that went on from older data, as a stranger audits it: the lost range shows, and nothing passes unsigned.
#include "client/audit/recovery.h"

#include <filesystem>
#include <functional>

#include "client/audit/log_audit.h"
#include "client/audit/log_folder.h"
#include "client/common/files.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "server/journal/checkpoint.h"
#include "tests/audit/golden_leaves.h"
#include "tests/support/paths.h"
#include "tests/support/recovery.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using testing::ElementsAre;
using testing::IsEmpty;

constexpr uint64_t kRestored = 163, kSigned = 170;  // of the golden log; what came after is lost

class RecoveryAuditTest : public testing::Test {
 protected:
  RecoveryAuditTest()
      : old_(test::TestLogSigner("test.example/log", 's')), next_(test::TestLogSigner(test::kSecondOrigin)) {
    whole_ = GoldenLeaves();
    Change<LogFounded>(whole_, 0, [&](auto& body) { body = test::Recoverable(body, old_); });
    // Entry 0 is another one now: so is what the witnesses have seen of it.
    Change<CheckpointCosigned>(whole_, FindLeaf(whole_, ENTRY_TYPE_CHECKPOINT_COSIGNED), [&](auto& body) {
      const journal::Checkpoint head{old_.name(), 1, journal::LeafHash(whole_[0])};
      const std::string text = journal::FormatCheckpoint(head);
      std::string note = text + "\n";
      for (const char name : {'1', '2'}) {
        const journal::PrivateKey key = *journal::PrivateKey::FromSeed(std::string(32, name));
        note += journal::SignatureLine(
            journal::Cosign(std::string("witness.test/w") + name, key, text, absl::FromUnixSeconds(1'700'000'000)));
      }
      body.set_root(std::string(journal::View(head.root)));
      body.set_checkpoint(note);
    });
    leaves_ = whole_;
    leaves_.resize(kRestored);
  }
  void SetUp() override {
    folder_ = test::BuildPath("recovery_audit_test." +
                              std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static journal::Edge EdgeOf(const std::vector<std::string>& leaves, size_t size) {
    journal::Edge edge;
    for (size_t i = 0; i < size; ++i) edge.Append(journal::LeafHash(leaves[i]));
    return edge;
  }
  // A head of the old log, over what is lost too.
  std::string OldHead(size_t size) {
    return *journal::SignCheckpoint({old_.name(), size, EdgeOf(whole_, size).Root()}, old_);
  }
  Recovery Document() {
    const journal::Edge edge = EdgeOf(leaves_, kRestored);
    return test::RecoveryOf(kRestored, std::string(journal::View(edge.Root())), OldHead(160), OldHead(kSigned), next_);
  }
  void Recover(const Recovery& recovery, const std::vector<size_t>& administrators = {0, 1},
               const std::vector<uint32_t>& approvers = {4, 5}) {
    LogRecovered body;
    *body.mutable_document() = test::Signed(recovery, administrators);
    for (uint32_t ordinal : approvers) body.add_approvers(ordinal);
    journal::Leaf leaf = journal::DecodeLeaf(leaves_.back()).value();
    journal::Leaf out{.type = ENTRY_TYPE_LOG_RECOVERED,
                      .index = EntryIndex(leaves_.size()),
                      .time = leaf.time,
                      .body = body.SerializeAsString()};
    leaves_.push_back(journal::EncodeLeaf(out));
  }
  std::vector<std::string> Changed(const std::function<void(Recovery&)>& change) {
    leaves_.resize(kRestored);
    Recovery recovery = Document();
    change(recovery);
    Recover(recovery);
    return FindingsOf(leaves_);
  }

  void Publish(const std::string& name, const std::vector<std::string>& leaves, const journal::NoteSigner& signer) {
    const std::string log = folder_ + "/" + name;
    const auto write = [&](const journal::TileName& tile, const std::string& bytes) {
      const std::string path = log + "/" + journal::TilePath(tile);
      ASSERT_TRUE(client::MakeFolder(client::FolderOf(path)).ok());
      ASSERT_TRUE(client::WriteDurably(path, bytes).ok());
    };
    std::string bundle;
    for (const std::string& leaf : leaves) journal::AppendBundleEntry(bundle, leaf);
    ASSERT_LT(leaves.size(), 256u);
    const auto width = static_cast<unsigned>(leaves.size());
    const journal::Edge edge = EdgeOf(leaves, leaves.size());
    write({journal::kEntriesLevel, 0, width}, bundle);
    write({0, 0, width}, std::string(edge.PartialTile(0)));
    ASSERT_TRUE(client::WriteDurably(log + "/checkpoint",
                                     *journal::SignCheckpoint({signer.name(), leaves.size(), edge.Root()}, signer))
                    .ok());
  }
  struct Audited {
    absl::Status status;
    std::vector<std::string> findings;
  };
  Audited Audit(const std::string& name, const std::string& key, SeenStore* store = nullptr) {
    PublicAudit audit;
    const auto log = OpenLogFolder(folder_ + "/" + name);
    const auto verifier = journal::ParseVerifierKey(key);
    const auto audited = AuditLog(**log, *(*log)->Checkpoint(), **verifier, {.store = store}, audit);
    Audited out{audited.status(), {}};
    for (const Finding& finding : audit.findings().list()) out.findings.emplace_back(RowOf(finding.rule).name);
    return out;
  }

  journal::Ed25519NoteSigner old_, next_;
  std::vector<std::string> whole_, leaves_;
  std::string folder_;
};

TEST_F(RecoveryAuditTest, ARecoveryThatAdministratorsSignedIsNoFindingAndShowsWhatIsLost) {
  Recover(Document());
  PublicAudit audit;
  for (const std::string& leaf : leaves_) audit.Take(leaf);
  EXPECT_EQ(audit.findings().total(), 0u);
  ASSERT_EQ(audit.recoveries().size(), 1u);
  const RecoverySeen& seen = audit.recoveries()[0];
  EXPECT_EQ(seen.index, kRestored);
  EXPECT_EQ(seen.lost(), kSigned - kRestored);
  EXPECT_EQ(seen.old_origin, "test.example/log");
  EXPECT_THAT(seen.approvers, ElementsAre(4, 5));
  EXPECT_EQ(KeyTextOf(audit.log_key()), next_.VerifierKey());
}

TEST_F(RecoveryAuditTest, TooFewWrongOrMisnamedAdministratorsAreFound) {
  const std::string expected = "recovery@" + std::to_string(kRestored);
  const auto found = [&](const std::vector<size_t>& signers, const std::vector<uint32_t>& named) {
    leaves_.resize(kRestored);
    Recover(Document(), signers, named);
    return FindingsOf(leaves_);
  };
  EXPECT_THAT(found({0}, {4}), ElementsAre(expected));
  EXPECT_THAT(found({0, 0}, {4, 4}), ElementsAre(expected));
  EXPECT_THAT(found({0, 9}, {4, 5}), ElementsAre(expected));
  EXPECT_THAT(found({0, 1}, {4, 6}), ElementsAre(expected));
  EXPECT_THAT(found({0, 1, 2}, {4, 5, 6}), IsEmpty());
}

TEST_F(RecoveryAuditTest, EveryFieldOfTheDocumentIsChecked) {
  const std::string expected = "recovery@" + std::to_string(kRestored);
  EXPECT_THAT(Changed([](auto&) {}), IsEmpty());
  EXPECT_THAT(Changed([](auto& r) { r.set_environment(ENVIRONMENT_PRODUCTION); }), ElementsAre(expected));
  EXPECT_THAT(Changed([](auto& r) { r.clear_ground(); }), ElementsAre(expected));
  EXPECT_THAT(Changed([](auto& r) { r.set_restored_size(kRestored - 1); }), ElementsAre(expected));
  EXPECT_THAT(Changed([](auto& r) { r.clear_restored_root(); }), ElementsAre(expected));
  EXPECT_THAT(Changed([&](auto& r) { r.set_last_signed(OldHead(kRestored)); }), ElementsAre(expected));
  EXPECT_THAT(Changed([&](auto& r) { r.set_restored_checkpoint(OldHead(kSigned)); }), ElementsAre(expected));
  EXPECT_THAT(Changed([&](auto& r) {
                const auto stranger = test::TestLogSigner("test.example/log", 'x');
                r.set_last_signed(*journal::SignCheckpoint({stranger.name(), kSigned, {}}, stranger));
              }),
              ElementsAre(expected));
  EXPECT_THAT(Changed([](auto& r) { r.mutable_new_log_key()->set_name("test.example/log"); }), ElementsAre(expected));
  EXPECT_THAT(Changed([](auto& r) { r.GetReflection()->MutableUnknownFields(&r)->AddVarint(99, 1); }),
              ElementsAre(expected));
}

TEST_F(RecoveryAuditTest, TheTreeMustBeTheOneThatWasSignedFor) {
  Recover(Document());
  Publish("right", leaves_, next_);
  EXPECT_THAT(Audit("right", next_.VerifierKey()).findings, IsEmpty());
  // Signed by administrators, but for other data.
  Recovery other = Document();
  other.set_restored_root(std::string(32, 'r'));
  leaves_.resize(kRestored);
  Recover(other);
  Publish("other", leaves_, next_);
  EXPECT_THAT(Audit("other", next_.VerifierKey()).findings, ElementsAre("recovery"));
  // With a beginning that the old key never signed.
  Recovery beginning = Document();
  beginning.set_restored_checkpoint(*journal::SignCheckpoint({old_.name(), 9, {}}, old_));
  leaves_.resize(kRestored);
  Recover(beginning);
  Publish("beginning", leaves_, next_);
  EXPECT_THAT(Audit("beginning", next_.VerifierKey()).findings, ElementsAre("recovery"));
}

TEST_F(RecoveryAuditTest, TheHeadMustBeOfTheKeyThatTheEntriesName) {
  Recover(Document());
  const auto stranger = test::TestLogSigner(test::kSecondOrigin, 'x');
  Publish("stranger", leaves_, stranger);
  EXPECT_THAT(Audit("stranger", stranger.VerifierKey()).findings, ElementsAre("recovery"));
  Publish("old", leaves_, old_);
  EXPECT_THAT(Audit("old", old_.VerifierKey()).findings, ElementsAre("recovery"));
}

TEST_F(RecoveryAuditTest, WhatWasSeenOfTheOldOriginIsABeginningOrWasGivenUp) {
  Recover(Document());
  Publish("new", leaves_, next_);
  const auto seen = [&](const std::string& name, const std::string& note) {
    SeenStore store(folder_ + "/" + name);
    EXPECT_TRUE(client::MakeFolder(folder_ + "/" + name).ok());
    EXPECT_TRUE(store.Keep("test.example/log", note).ok());
    return ReasonOf(Audit("new", next_.VerifierKey(), &store).status);
  };
  EXPECT_EQ(seen("beginning", OldHead(150)), Reason::kNone);
  EXPECT_EQ(seen("lost", OldHead(168)), Reason::kNone);
  EXPECT_EQ(seen("last", OldHead(kSigned)), Reason::kNone);
  EXPECT_EQ(seen("more", OldHead(kSigned + 1)), Reason::kLogForked);
  EXPECT_EQ(seen("root", *journal::SignCheckpoint({old_.name(), kSigned, {}}, old_)), Reason::kLogForked);
  EXPECT_EQ(seen("fork", *journal::SignCheckpoint({old_.name(), 150, {}}, old_)), Reason::kLogForked);
}

}  // namespace
}  // namespace eagle::audit
