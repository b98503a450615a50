// What the file of the last-signed store promises beyond the port: torn writes, damage, disks that refuse.
#include "server/storage/file_last_signed.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "server/base/reason.h"
#include "tests/contract/sample_head.h"
#include "tests/server/storage/small_files.h"
#include "tests/support/temp_folder.h"

namespace eagle::storage {
namespace {

constexpr size_t kSlot = FileLastSigned::kSlotBytes;
using IfMissing = FileLastSigned::IfMissing;

class FileLastSignedTest : public testing::Test {
 protected:
  std::string Bytes() {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // In place: a file that was cut to nothing is written to the disk at its close, 20,000 times here.
  void SetBytes(const std::string& bytes) {
    std::fstream(path_, std::ios::binary | std::ios::in | std::ios::out) << bytes;
    if (std::filesystem::file_size(path_) != bytes.size()) std::filesystem::resize_file(path_, bytes.size());
  }
  std::unique_ptr<FileLastSigned> Open(IfMissing if_missing = IfMissing::kRefuse) {
    auto file = FileLastSigned::Open(path_, if_missing);
    EXPECT_TRUE(file.ok()) << file.status();
    return *std::move(file);
  }
  Reason OpenReason() { return ReasonOf(FileLastSigned::Open(path_, IfMissing::kRefuse).status()); }
  std::optional<SignedHead> ReadFresh() { return *Open()->Read(); }
  // The file after each of these heads was written, first element: none.
  std::vector<std::string> Files(const std::vector<SignedHead>& heads) {
    auto file = Open(IfMissing::kCreate);
    std::vector<std::string> files = {Bytes()};
    for (const SignedHead& head : heads) {
      EXPECT_TRUE(file->Write(head).ok());
      files.push_back(Bytes());
    }
    return files;
  }

  TempFolder folder_;
  const std::string path_ = folder_ / "last-signed";
};

TEST_F(FileLastSignedTest, AWriteCutShortAtAnyByteLeavesThisHeadOrTheOneBefore) {
  const std::vector<SignedHead> heads = {SampleHead(5), SampleHead(9), SampleHead(12)};
  const std::vector<std::string> files = Files(heads);
  for (size_t n = 0; n < heads.size(); ++n) {
    const std::string& before = files[n];
    const std::string& after = files[n + 1];
    const size_t slot = before.substr(0, kSlot) == after.substr(0, kSlot) ? kSlot : 0;
    const std::optional<SignedHead> old_head = n == 0 ? std::nullopt : std::optional(heads[n - 1]);
    for (size_t cut = 0; cut <= kSlot; ++cut) {
      const std::string torn = before.substr(0, slot) + after.substr(slot, cut) + before.substr(slot + cut);
      SetBytes(torn);
      ASSERT_EQ(ReadFresh(), torn == after ? std::optional(heads[n]) : old_head)
          << "write " << n << " cut at byte " << cut;
    }
  }
}

TEST_F(FileLastSignedTest, AChangedByteInTheNewerSlotFallsBackAndInTheOlderOneDoesNothing) {
  const std::string whole = Files({SampleHead(5), SampleHead(9)}).back();
  const auto slot_of = [&](uint64_t size) { return whole.find(SampleHead(size).note) < kSlot ? size_t{0} : kSlot; };
  for (size_t i = 0; i < kSlot; ++i) {
    std::string bytes = whole;
    bytes[slot_of(9) + i] = static_cast<char>(bytes[slot_of(9) + i] ^ 0x40);
    SetBytes(bytes);
    ASSERT_EQ(ReadFresh(), SampleHead(5)) << i;
    bytes = whole;
    bytes[slot_of(5) + i] = static_cast<char>(bytes[slot_of(5) + i] ^ 0x01);
    SetBytes(bytes);
    ASSERT_EQ(ReadFresh(), SampleHead(9)) << i;
  }
}

TEST_F(FileLastSignedTest, AfterATornWriteItGoesOn) {
  const std::vector<std::string> files = Files({SampleHead(5), SampleHead(9)});
  std::string torn = files.back();
  torn[torn.find(SampleHead(9).note)] ^= 1;
  SetBytes(torn);
  ASSERT_EQ(Open()->Write(SampleHead(9)), absl::OkStatus());
  EXPECT_EQ(Bytes(), files.back());
  EXPECT_EQ(ReadFresh(), SampleHead(9));
}

TEST_F(FileLastSignedTest, TwoUnreadableSlotsAreDamageAndNotANewLog) {
  std::string bytes = Files({SampleHead(5), SampleHead(9)}).back();
  bytes[100] ^= 1;
  bytes[kSlot + 100] ^= 1;
  SetBytes(bytes);
  EXPECT_EQ(OpenReason(), Reason::kStorageDamaged);
  EXPECT_EQ(ReasonOf(FileLastSigned::Open(path_, IfMissing::kCreate).status()), Reason::kStorageDamaged);
  for (const size_t length : {size_t{0}, kSlot, 2 * kSlot - 1, 2 * kSlot + 1}) {
    bytes.resize(length);
    SetBytes(bytes);
    EXPECT_EQ(OpenReason(), Reason::kStorageDamaged) << length;
  }
}

TEST_F(FileLastSignedTest, SlotsThatWereSwappedDoNotCount) {
  const std::string whole = Files({SampleHead(5), SampleHead(9)}).back();
  SetBytes(whole.substr(kSlot) + whole.substr(0, kSlot));
  EXPECT_EQ(OpenReason(), Reason::kStorageDamaged);
}

TEST_F(FileLastSignedTest, AMissingFileIsRefusedUnlessTheLogIsNew) {
  EXPECT_EQ(OpenReason(), Reason::kStorageUnusable);
  Open(IfMissing::kCreate);
  EXPECT_EQ(ReadFresh(), std::nullopt);
  EXPECT_EQ(Bytes().size(), 2 * kSlot);
  EXPECT_FALSE(std::filesystem::exists(path_ + ".part"));
  EXPECT_EQ(ReasonOf(FileLastSigned::Open(folder_ / "no/such/folder", IfMissing::kCreate).status()),
            Reason::kStorageUnusable);
}

TEST_F(FileLastSignedTest, ASecondOpenerIsRefused) {
  auto file = Open(IfMissing::kCreate);
  EXPECT_EQ(OpenReason(), Reason::kFolderLocked);
  file.reset();
  Open();
}

TEST_F(FileLastSignedTest, ARestartKeepsWhatWasThereAsideForEver) {
  auto file = Open(IfMissing::kCreate);
  const SignedHead old{10, {}, "the old origin's note\n"}, next{4, {}, "the new origin's note\n"};
  ASSERT_EQ(file->Write(old), absl::OkStatus());
  ASSERT_EQ(file->Restart(next), absl::OkStatus());
  ASSERT_EQ(file->Restart(next), absl::OkStatus());
  std::vector<std::string> kept;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(path_).parent_path())) {
    if (entry.path().extension() == ".note") kept.push_back(entry.path());
  }
  ASSERT_EQ(kept.size(), 1u);
  std::ifstream in(kept[0]);
  std::string line;
  std::getline(in, line);
  EXPECT_EQ(line, "the old origin's note");
}

TEST_F(FileLastSignedTest, AFailedWriteEndsTheProcess) {
  Open(IfMissing::kCreate);
  const auto write = [&] {
    auto file = Open();
    SmallFiles small(100);
    (void)file->Write(SampleHead(5));
  };
  EXPECT_EXIT(write(), testing::KilledBySignal(SIGABRT), "the last-signed file can't be written");
  EXPECT_EQ(ReadFresh(), std::nullopt);
}

TEST_F(FileLastSignedTest, AfterAFailedWriteItTouchesItsFileNoMore) {
  Open(IfMissing::kCreate);
  int fatal = 0;
  auto file = FileLastSigned::Open(path_, IfMissing::kRefuse, [&](const std::string&) { ++fatal; });
  ASSERT_TRUE(file.ok());
  {
    SmallFiles small(100);
    EXPECT_EQ(ReasonOf((*file)->Write(SampleHead(5))), Reason::kStorageDamaged);
  }
  EXPECT_EQ(ReasonOf((*file)->Write(SampleHead(5))), Reason::kStorageDamaged);
  EXPECT_EQ(ReasonOf((*file)->Read().status()), Reason::kStorageDamaged);
  EXPECT_EQ(fatal, 1);
}

}  // namespace
}  // namespace eagle::storage
