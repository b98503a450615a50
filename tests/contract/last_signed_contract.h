// What every LastSigned promises. Each implementation runs this one suite, included by one *_test.cc of its room:
//
//   INSTANTIATE_TEST_SUITE_P(Fake, LastSignedContract, testing::Values(LastSignedFactory(MakeFakeHarness)));
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "server/base/reason.h"
#include "server/storage/last_signed.h"
#include "tests/contract/sample_head.h"

namespace eagle::storage {

class LastSignedHarness {
 public:
  virtual ~LastSignedHarness() = default;
  virtual LastSigned& last_signed() = 0;
  // The process ends and starts again.
  virtual void Reopen() = 0;
};
using LastSignedFactory = std::function<std::unique_ptr<LastSignedHarness>()>;

class LastSignedContract : public testing::TestWithParam<LastSignedFactory> {
 protected:
  std::optional<SignedHead> Read() {
    absl::StatusOr<std::optional<SignedHead>> read = harness_->last_signed().Read();
    EXPECT_TRUE(read.ok()) << read.status();
    return read.ok() ? *read : std::nullopt;
  }
  absl::Status Write(const SignedHead& head) { return harness_->last_signed().Write(head); }

  std::unique_ptr<LastSignedHarness> harness_ = GetParam()();
};

TEST_P(LastSignedContract, NothingIsThereAtFirst) {
  EXPECT_EQ(Read(), std::nullopt);
  harness_->Reopen();
  EXPECT_EQ(Read(), std::nullopt);
}

TEST_P(LastSignedContract, TheLastHeadWrittenIsReadAlsoAfterARestart) {
  for (const uint64_t size : {1, 2, 7, 8, 1000, 1001}) {
    ASSERT_EQ(Write(SampleHead(size)), absl::OkStatus());
    EXPECT_EQ(Read(), SampleHead(size));
    harness_->Reopen();
    EXPECT_EQ(Read(), SampleHead(size));
  }
}

TEST_P(LastSignedContract, ItNeverGoesBack) {
  ASSERT_EQ(Write(SampleHead(10)), absl::OkStatus());
  EXPECT_EQ(ReasonOf(Write(SampleHead(9))), Reason::kJournalOlder);
  EXPECT_EQ(ReasonOf(Write(SampleHead(0))), Reason::kJournalOlder);
  harness_->Reopen();
  EXPECT_EQ(ReasonOf(Write(SampleHead(9))), Reason::kJournalOlder);
  EXPECT_EQ(Read(), SampleHead(10));
}

TEST_P(LastSignedContract, ASecondRootForOneSizeIsRefused) {
  ASSERT_EQ(Write(SampleHead(10)), absl::OkStatus());
  EXPECT_EQ(ReasonOf(Write(SampleHead(10, 1))), Reason::kJournalBroken);
  EXPECT_EQ(Read(), SampleHead(10));
}

TEST_P(LastSignedContract, TheSameHeadAgainAndAFreshNoteOverItAreTaken) {
  ASSERT_EQ(Write(SampleHead(10)), absl::OkStatus());
  EXPECT_EQ(Write(SampleHead(10)), absl::OkStatus());
  SignedHead again = SampleHead(10);
  again.note += "- another.key signature\n";
  EXPECT_EQ(Write(again), absl::OkStatus());
  harness_->Reopen();
  EXPECT_EQ(Read(), again);
}

TEST_P(LastSignedContract, TheLongestNoteAndTheLargestSizeFit) {
  SignedHead head = SampleHead(UINT64_MAX);
  head.note.assign(kNoteBytesMax, '\xff');
  ASSERT_EQ(Write(head), absl::OkStatus());
  harness_->Reopen();
  EXPECT_EQ(Read(), head);
}

TEST_P(LastSignedContract, AnotherOriginGoesOnWithWhateverSize) {
  ASSERT_EQ(Write(SampleHead(10)), absl::OkStatus());
  ASSERT_EQ(harness_->last_signed().Restart(SampleHead(4, 1)), absl::OkStatus());
  harness_->Reopen();
  EXPECT_EQ(Read(), SampleHead(4, 1));
  EXPECT_EQ(Write(SampleHead(5, 1)), absl::OkStatus());
  EXPECT_EQ(ReasonOf(Write(SampleHead(4, 1))), Reason::kJournalOlder);
}

}  // namespace eagle::storage
