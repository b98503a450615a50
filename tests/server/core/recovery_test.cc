// A log that goes on from older data: what is demanded, what is written, and that it ends before or after, never
// between.
#include "server/core/recovery.h"

#include <gtest/gtest.h>

#include <memory>

#include "server/core/tiles.h"
#include "server/domain/instant.h"
#include "tests/support/core_world.h"
#include "tests/support/domain_world.h"
#include "tests/support/recovery.h"

namespace eagle::core {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using test::CoreWorld;
using test::DomainWorld;

// A log of some commits; its data are put back to an older moment.
class RecoveryTest : public testing::Test {
 protected:
  RecoveryTest()
      : old_(test::TestLogSigner("test.example/log", 's')),
        next_(test::TestLogSigner(test::kSecondOrigin)),
        founding_(test::Recoverable(world_.founding, old_)),
        core_(founding_, world_.script.front().first) {
    core_.signer = std::make_unique<journal::Ed25519NoteSigner>(test::TestLogSigner("test.example/log", 's'));
    world_.Do(world_.Orders({world_.FreezeOrder("BANK1", 10'000'00)}));
    EXPECT_TRUE(core_.Start().ok());
    for (const auto& [time, command] : world_.script) core_.Run(command, time);
    last_signed_ = (*core_.signed_disk.Read())->note;
    core_.Die();
    {
      const auto reader = *core_.disk.NewReader();
      const uint64_t end = (*reader->CommitAt(reader->Head().next_index - 1))->first_index;
      const auto newest = *reader->CommitAt(end - 1);
      cut_ = newest->first_index + newest->count;
      restored_ = newest->previous_checkpoint;
    }
    core_.disk.RestoreOlder(cut_);
  }

  std::string RootHere() {
    const auto reader = *core_.disk.NewReader();
    const journal::Edge edge = *RebuildEdge(*reader);
    return std::string(journal::View(edge.Root()));
  }
  Recovery Document() { return test::RecoveryOf(cut_, RootHere(), restored_, last_signed_, next_); }
  absl::StatusOr<Opened> Apply(const Envelope& document) {
    return Recover(document, core_.store, core_.last_signed, next_, core_.keys);
  }
  Reason Refused(const Recovery& recovery, const std::vector<size_t>& administrators = {0, 1}) {
    const uint64_t before = core_.disk.Head().next_index;
    const Reason reason = ReasonOf(Apply(test::Signed(recovery, administrators)).status());
    EXPECT_EQ(core_.disk.Head().next_index, before);
    return reason;
  }
  // The process starts with the new origin's key.
  absl::StatusOr<Opened> OpenNext() { return Open(core_.store, core_.last_signed, next_, core_.keys); }

  DomainWorld world_;
  journal::Ed25519NoteSigner old_, next_;
  LogFounded founding_;
  CoreWorld core_;
  std::string last_signed_, restored_;
  uint64_t cut_ = 0;
};

TEST_F(RecoveryTest, WithoutItTheOlderDataAreRefused) {
  EXPECT_EQ(ReasonOf(core_.Start()), Reason::kJournalOlder);
  EXPECT_EQ(ReasonOf(OpenNext().status()), Reason::kJournalOlder);
}

TEST_F(RecoveryTest, TwoAdministratorsLetTheLogGoOnUnderANewOrigin) {
  const auto opened = Apply(test::Signed(Document(), {0, 1}));
  ASSERT_TRUE(opened.ok()) << opened.status();
  const domain::Directory& directory = opened->state.directory;
  EXPECT_EQ(directory.origin(), test::kSecondOrigin);
  ASSERT_EQ(directory.recoveries().size(), 1u);
  EXPECT_EQ(directory.recoveries()[0].index, cut_);
  const auto head = *journal::OpenCheckpoint(opened->checkpoint, **journal::ParseVerifierKey(next_.VerifierKey()));
  EXPECT_EQ(head.size, cut_ + 1);
  EXPECT_EQ((*core_.signed_disk.Read())->note, opened->checkpoint);
  // The old key opens nothing here any more.
  EXPECT_EQ(ReasonOf(core_.Start()), Reason::kKeyUnusable);
}

TEST_F(RecoveryTest, TheLogGoesOnAndReplaysToTheSameTables) {
  ASSERT_TRUE(Apply(test::Signed(Document(), {0, 2})).ok());
  core_.signer = std::make_unique<journal::Ed25519NoteSigner>(test::TestLogSigner(test::kSecondOrigin));
  ASSERT_TRUE(core_.Start().ok());
  const auto& [time, command] = world_.script.back();  // what was lost comes again
  ASSERT_TRUE(core_.Run(command, time + absl::Hours(1)).has_value());
  EXPECT_EQ(core_.sequencer->state().orders.size(), world_.state.orders.size());
  for (const std::string& key : {old_.VerifierKey(), next_.VerifierKey()}) {
    const auto reader = *core_.disk.NewReader();
    const auto report = core::Replay(*reader, core_.keys, **journal::ParseVerifierKey(key), nullptr);
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_GT(report->checkpoints, 3u);
  }
  const auto reader = *core_.disk.NewReader();
  const std::string strange = test::TestLogSigner("test.example/log3").VerifierKey();
  EXPECT_EQ(ReasonOf(core::Replay(*reader, core_.keys, **journal::ParseVerifierKey(strange), nullptr).status()),
            Reason::kNoteUntrusted);
}

TEST_F(RecoveryTest, OneAdministratorIsTooFewAndNobodyCountsTwice) {
  EXPECT_EQ(Refused(Document(), {}), Reason::kRecoveryNotApproved);
  EXPECT_EQ(Refused(Document(), {1}), Reason::kRecoveryNotApproved);
  EXPECT_EQ(Refused(Document(), {1, 1}), Reason::kRecoveryMalformed);
  EXPECT_EQ(Refused(Document(), {0, 7}), Reason::kRecoveryMalformed);  // a stranger
  Envelope changed = test::Signed(Document(), {0, 1});
  Recovery other = Document();
  other.mutable_proposed_at()->set_seconds(2);
  changed.set_payload(other.SerializeAsString());
  EXPECT_EQ(ReasonOf(Apply(changed).status()), Reason::kRecoveryMalformed);
}

TEST_F(RecoveryTest, EveryFieldOfTheDocumentIsDemanded) {
  const auto refused = [&](auto change) {
    Recovery recovery = Document();
    change(recovery);
    return Refused(recovery);
  };
  EXPECT_EQ(refused([](auto& r) { r.set_environment(ENVIRONMENT_PRODUCTION); }), Reason::kRecoveryMalformed);
  EXPECT_EQ(refused([](auto& r) { r.clear_ground(); }), Reason::kRecoveryMalformed);
  EXPECT_EQ(refused([](auto& r) { r.clear_proposed_at(); }), Reason::kRecoveryMalformed);
  EXPECT_EQ(refused([](auto& r) { r.set_restored_root("short"); }), Reason::kRecoveryMalformed);
  EXPECT_EQ(refused([](auto& r) { r.clear_last_signed(); }), Reason::kRecoveryMalformed);
  EXPECT_EQ(refused([](auto& r) { r.clear_restored_checkpoint(); }), Reason::kRecoveryMalformed);
  EXPECT_EQ(refused([](auto& r) { r.mutable_new_log_key()->set_name("test.example/log"); }),
            Reason::kRecoveryMalformed);
  EXPECT_EQ(refused([&](auto& r) { r.mutable_new_log_key()->set_key(founding_.log_key().key()); }),
            Reason::kRecoveryMalformed);
  const auto stranger = test::TestLogSigner("test.example/log", 'x');
  EXPECT_EQ(refused([&](auto& r) {
              r.set_last_signed(*journal::SignCheckpoint({stranger.name(), 999, {}}, stranger));
            }),
            Reason::kRecoveryMalformed);
  EXPECT_EQ(refused([](auto& r) { r.GetReflection()->MutableUnknownFields(&r)->AddVarint(99, 1); }),
            Reason::kRecoveryMalformed);
  Envelope another = test::Signed(Document(), {0, 1});
  another.set_payload_type("application/vnd.goldeneagle.batch.v1+protobuf");
  EXPECT_EQ(ReasonOf(Apply(another).status()), Reason::kRecoveryMalformed);
}

TEST_F(RecoveryTest, ItIsAboutTheseDataAndNoOthers) {
  Recovery size = Document();
  size.set_restored_size(cut_ - 1);
  EXPECT_EQ(Refused(size), Reason::kRecoveryMismatch);
  Recovery root = Document();
  root.set_restored_root(std::string(32, 'r'));
  EXPECT_EQ(Refused(root), Reason::kRecoveryMismatch);
  Recovery beginning = Document();
  beginning.set_restored_checkpoint(*journal::SignCheckpoint({old_.name(), 1, {}}, old_));
  EXPECT_EQ(Refused(beginning), Reason::kRecoveryMismatch);
  Recovery less = Document();  // the store has signed more than this document names
  less.set_last_signed(*journal::SignCheckpoint({old_.name(), cut_ + 1, {}}, old_));
  EXPECT_EQ(Refused(less), Reason::kRecoveryMismatch);
  Recovery needless = Document();
  needless.set_last_signed(restored_);
  EXPECT_EQ(Refused(needless), Reason::kRecoveryNotNeeded);
  Recovery other_key = Document();
  *other_key.mutable_new_log_key() = test::KeyRow(test::TestLogSigner(test::kSecondOrigin, 'y'));
  EXPECT_EQ(Refused(other_key), Reason::kRecoveryMismatch);
}

TEST_F(RecoveryTest, AgainItChangesNothing) {
  const Envelope document = test::Signed(Document(), {0, 1});
  const auto first = Apply(document);
  ASSERT_TRUE(first.ok());
  const auto again = Apply(document);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->checkpoint, first->checkpoint);
  EXPECT_EQ(core_.disk.Head().next_index, cut_ + 1);
}

class RecoveryCrashTest : public RecoveryTest, public testing::WithParamInterface<storage::FaultPlan> {};

TEST_P(RecoveryCrashTest, ACrashAnywhereLeavesTheOldLogOrTheNewOne) {
  const Envelope document = test::Signed(Document(), {0, 1});
  core_.faults.Arm(GetParam());
  EXPECT_FALSE(Apply(document).ok());
  EXPECT_TRUE(core_.faults.crashed());
  core_.faults.Clear();
  // Nothing, or the whole entry: then the next start brings the last-signed store along by itself.
  const bool written = core_.disk.Head().next_index == cut_ + 1;
  EXPECT_EQ(written,
            GetParam().point != storage::FaultPoint::kAppend || GetParam().moment == storage::FaultMoment::kAfter);
  EXPECT_EQ(ReasonOf(OpenNext().status()), written ? Reason::kNone : Reason::kJournalOlder);
  EXPECT_TRUE(Apply(document).ok());
  EXPECT_TRUE(OpenNext().ok());
  EXPECT_EQ(core_.disk.Head().next_index, cut_ + 1);
}

INSTANTIATE_TEST_SUITE_P(
    EveryWrite, RecoveryCrashTest,
    testing::Values(storage::FaultPlan{storage::FaultPoint::kAppend, 1, storage::FaultMoment::kBefore},
                    storage::FaultPlan{storage::FaultPoint::kAppend, 1, storage::FaultMoment::kAfter},
                    storage::FaultPlan{storage::FaultPoint::kLastSignedWrite, 1, storage::FaultMoment::kBefore},
                    storage::FaultPlan{storage::FaultPoint::kLastSignedWrite, 1, storage::FaultMoment::kAfter}));

TEST_F(RecoveryTest, AStoreThatHasSignedMoreThanWasGivenUpKeepsTheStartFromGoingOn) {
  ASSERT_TRUE(Apply(test::Signed(Document(), {0, 1})).ok());
  storage::FakeLastSigned ahead;
  const journal::Checkpoint head{old_.name(), 10'000, {}};
  ASSERT_TRUE(ahead.Write({head.size, head.root, *journal::SignCheckpoint(head, old_)}).ok());
  EXPECT_EQ(ReasonOf(Open(core_.store, ahead, next_, core_.keys).status()), Reason::kJournalOlder);
}

TEST_F(RecoveryTest, ALogCanBeRecoveredTwiceButNeverUnderAnOriginThatItHad) {
  ASSERT_TRUE(Apply(test::Signed(Document(), {0, 1})).ok());
  core_.signer = std::make_unique<journal::Ed25519NoteSigner>(test::TestLogSigner(test::kSecondOrigin));
  ASSERT_TRUE(core_.Start().ok());
  const auto& [time, command] = world_.script.back();
  core_.Run(command, time + absl::Hours(1));
  world_.Do(world_.Orders({world_.FreezeOrder("BANK2", 100)}));
  core_.Run(world_.script.back().second, time + absl::Hours(2));
  const std::string newest = (*core_.signed_disk.Read())->note;
  core_.Die();
  uint64_t cut = 0;
  std::string restored;
  {
    const auto reader = *core_.disk.NewReader();
    cut = (*reader->CommitAt(reader->Head().next_index - 1))->first_index;
    restored = (*reader->CommitAt(cut))->previous_checkpoint;
  }
  core_.disk.RestoreOlder(cut);
  auto third = test::TestLogSigner("test.example/log3", '3');
  Recovery back = test::RecoveryOf(cut, RootHere(), restored, newest, test::TestLogSigner("test.example/log", '9'));
  EXPECT_EQ(ReasonOf(Recover(test::Signed(back, {0, 1}), core_.store, core_.last_signed, third, core_.keys).status()),
            Reason::kRecoveryMismatch);
  Recovery on = test::RecoveryOf(cut, RootHere(), restored, newest, third);
  const auto opened = Recover(test::Signed(on, {0, 1}), core_.store, core_.last_signed, third, core_.keys);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->state.directory.recoveries().size(), 2u);
}

}  // namespace
}  // namespace eagle::core
