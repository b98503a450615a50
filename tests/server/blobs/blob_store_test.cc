// What the store of papers promises: whole or not at all, sealed, resumable, bounded, gone when it is told to.
#include "server/blobs/blob_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "server/base/reason.h"
#include "server/blobs/blob_copy.h"
#include "server/journal/hash.h"
#include "tests/support/core_world.h"
#include "tests/support/temp_folder.h"
#include "tests/support/trust/seeded_entropy.h"

namespace eagle::blobs {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kMarker[] = "MARKER-IN-A-RULING";

// A PDF of so many bytes, different for each seed, with a marker in every part.
std::string Pdf(size_t bytes, char seed = 'a') {
  std::string out = "%PDF-1.7 ";
  while (out.size() < bytes) out += std::string(1, seed) + kMarker + std::to_string(out.size());
  out.resize(bytes);
  return out;
}
std::string DigestOf(const std::string& content) { return std::string(journal::View(journal::Sha256(content))); }
std::string PartOf(const std::string& content, uint32_t part) { return content.substr(part * kPartBytes, kPartBytes); }

class Blobs : public ::testing::Test {
 protected:
  void SetUp() override { Open(); }
  void Open() {
    store_.reset();
    auto opened = BlobStore::Open(folder_ / "blobs", limits_, clock_, entropy_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
  }
  BlobPlace Place(const std::string& content, uint32_t agency = 0, char of_case = 'k', uint32_t court = 7) {
    return {CourtOrdinal(court), std::string(16, of_case), DigestOf(content), AgencyOrdinal(agency)};
  }
  absl::StatusOr<BlobStore::Progress> Put(const std::string& content, uint32_t part, uint32_t agency = 0,
                                          char of_case = 'k') {
    return store_->Put(Place(content, agency, of_case), {content.size(), MediaType::kPdf}, key_, part,
                       PartOf(content, part));
  }
  absl::Status PutAll(const std::string& content, uint32_t agency = 0, char of_case = 'k') {
    bool complete = false;
    for (uint32_t part = 0; part * kPartBytes < content.size(); ++part) {
      EAGLE_ASSIGN_OR_RETURN(const BlobStore::Progress now, Put(content, part, agency, of_case));
      complete = now.complete;
    }
    EXPECT_TRUE(complete);
    return absl::OkStatus();
  }
  std::vector<uint32_t> Missing(const std::string& content) {
    const auto now = store_->Put(Place(content), {content.size(), MediaType::kPdf}, key_, 0, "");
    EXPECT_TRUE(now.ok()) << now.status();
    EXPECT_EQ(now->complete, now->missing.empty());
    return now->missing;
  }
  std::string GetAll(const std::string& content, uint32_t agency = 0) {
    std::string out;
    for (uint32_t part = 0; part * kPartBytes < content.size(); ++part) {
      const auto got = store_->Get(Place(content, agency), key_, part);
      if (!got.ok()) return std::string(RowOf(ReasonOf(got.status())).name);
      out += got->content;
    }
    return out;
  }
  std::vector<std::string> Files() {
    std::vector<std::string> out;
    for (const auto& file : fs::recursive_directory_iterator(folder_.path())) {
      if (file.is_regular_file()) out.push_back(file.path().string());
    }
    return out;
  }
  static std::string Bytes(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream out;
    out << in.rdbuf();
    return out.str();
  }

  TempFolder folder_;
  BlobLimits limits_{.court_bytes_max = 4 << 20,
                     .agency_bytes_max = 1 << 20,
                     .uploads_max = 3,
                     .upload_idle_max = absl::Hours(24),
                     .free_bytes_min = 0};
  test::HandClock clock_;
  SeededEntropy entropy_{1};
  const std::string key_ = std::string(32, 'K');
  std::unique_ptr<BlobStore> store_;
};

TEST_F(Blobs, AWholePaperIsGivenBackAsItWasPut) {
  for (const size_t bytes :
       {size_t{9}, size_t{kPartBytes - 1}, size_t{kPartBytes}, size_t{kPartBytes + 1}, size_t{3 * kPartBytes}}) {
    const std::string content = Pdf(bytes, static_cast<char>('a' + bytes % 7));
    ASSERT_TRUE(PutAll(content).ok());
    EXPECT_EQ(GetAll(content), content);
    const auto facts = store_->Find(Place(content));
    EXPECT_EQ(**facts, (BlobStore::Facts{bytes, MediaType::kPdf}));
    EXPECT_EQ(ReasonOf(store_->Get(Place(content), key_, 64).status()), Reason::kNotFound);
  }
}

TEST_F(Blobs, NothingOfWhatIsNotWholeIsGivenOut) {
  const std::string content = Pdf(2 * kPartBytes);
  ASSERT_TRUE(Put(content, 0).ok());
  EXPECT_EQ(GetAll(content), "NOT_FOUND");
  EXPECT_FALSE(store_->Find(Place(content))->has_value());
}

TEST_F(Blobs, PartsComeInAnyOrderAndTwice) {
  const std::string content = Pdf(3 * kPartBytes - 5);
  EXPECT_THAT(Missing(content), ElementsAre(0, 1, 2)) << "asking makes nothing";
  EXPECT_THAT(Files(), IsEmpty());
  EXPECT_THAT(Put(content, 2)->missing, ElementsAre(0, 1));
  EXPECT_THAT(Put(content, 2)->missing, ElementsAre(0, 1));
  EXPECT_THAT(Put(content, 0)->missing, ElementsAre(1));
  EXPECT_TRUE(Put(content, 1)->complete);
  EXPECT_TRUE(Put(content, 1)->complete) << "a blob that is complete is complete for every later call";
  EXPECT_EQ(GetAll(content), content);
}

TEST_F(Blobs, AnUploadThatWasCutGoesOnAfterARestart) {
  const std::string content = Pdf(4 * kPartBytes);
  ASSERT_TRUE(Put(content, 0).ok());
  ASSERT_TRUE(Put(content, 2).ok());
  Open();
  EXPECT_THAT(Missing(content), ElementsAre(1, 3));
  ASSERT_TRUE(Put(content, 1).ok());
  EXPECT_TRUE(Put(content, 3)->complete);
  EXPECT_EQ(GetAll(content), content);
}

// The machine lost its power while a part was on its way to the disk.
TEST_F(Blobs, AHalfWrittenPartIsMissing) {
  const std::string content = Pdf(3 * kPartBytes);
  ASSERT_TRUE(Put(content, 0).ok());
  ASSERT_TRUE(Put(content, 1).ok());
  ASSERT_THAT(Files(), SizeIs(1));
  fs::resize_file(Files()[0], fs::file_size(Files()[0]) - 100);
  Open();
  EXPECT_THAT(Missing(content), ElementsAre(1, 2));
  ASSERT_TRUE(Put(content, 1).ok());
  EXPECT_TRUE(Put(content, 2)->complete);
  EXPECT_EQ(GetAll(content), content);
}

// It died between the last part and the name.
TEST_F(Blobs, AnUploadWithAllItsPartsIsMadeWholeByTheNextCall) {
  const std::string content = Pdf(2 * kPartBytes);
  ASSERT_TRUE(PutAll(content).ok());
  ASSERT_THAT(Files(), SizeIs(1));
  fs::rename(Files()[0], Files()[0] + ".up");
  Open();
  EXPECT_EQ(GetAll(content), "NOT_FOUND");
  EXPECT_THAT(Missing(content), IsEmpty());
  EXPECT_EQ(GetAll(content), content);
}

TEST_F(Blobs, ContentOfAnotherDigestIsDroppedAndNeverGivenOut) {
  const std::string content = Pdf(2 * kPartBytes, 'a'), other = Pdf(2 * kPartBytes, 'b');
  ASSERT_TRUE(Put(content, 0).ok());
  const auto last = store_->Put(Place(content), {content.size(), MediaType::kPdf}, key_, 1, PartOf(other, 1));
  EXPECT_EQ(ReasonOf(last.status()), Reason::kBlobDigestMismatch);
  EXPECT_THAT(Files(), IsEmpty());
  EXPECT_THAT(Missing(content), ElementsAre(0, 1));
  ASSERT_TRUE(PutAll(content).ok()) << "the right bytes are taken afterwards";
}

TEST_F(Blobs, ContentOfAnotherTypeIsDropped) {
  const std::string program = "MZ a program, renamed to ruling.pdf";
  const auto put = store_->Put(Place(program), {program.size(), MediaType::kPdf}, key_, 0, program);
  EXPECT_EQ(ReasonOf(put.status()), Reason::kBlobTypeRefused);
  EXPECT_THAT(Files(), IsEmpty());
  EXPECT_EQ(store_->counters().refused_content, 1u);
}

TEST_F(Blobs, APartMustHaveItsBytes) {
  const std::string content = Pdf(kPartBytes + 10);
  const BlobStore::Facts facts{content.size(), MediaType::kPdf};
  EXPECT_EQ(ReasonOf(store_->Put(Place(content), facts, key_, 2, "x").status()), Reason::kFieldInvalid);
  EXPECT_EQ(ReasonOf(store_->Put(Place(content), facts, key_, 0, "x").status()), Reason::kFieldInvalid);
  EXPECT_EQ(ReasonOf(store_->Put(Place(content), facts, key_, 1, std::string(11, 'x')).status()),
            Reason::kFieldInvalid);
  EXPECT_THAT(Files(), IsEmpty());
}

TEST_F(Blobs, WhoNamedAWrongSizeBeginsAnew) {
  const std::string content = Pdf(2 * kPartBytes);
  ASSERT_TRUE(store_->Put(Place(content), {3 * kPartBytes, MediaType::kPdf}, key_, 0, PartOf(content, 0)).ok());
  ASSERT_TRUE(PutAll(content).ok());
  EXPECT_EQ(store_->counters().uploads, 0u);
  EXPECT_EQ(ReasonOf(store_->Put(Place(content), {3 * kPartBytes, MediaType::kPdf}, key_, 0, "").status()),
            Reason::kBlobDigestMismatch)
      << "and what is whole can't be of two sizes";
}

TEST_F(Blobs, NothingReadableLiesOnTheDisk) {
  const std::string content = Pdf(2 * kPartBytes), half = Pdf(2 * kPartBytes, 'b');
  ASSERT_TRUE(PutAll(content).ok());
  ASSERT_TRUE(Put(half, 0).ok());
  ASSERT_THAT(Files(), SizeIs(2));
  for (const std::string& path : Files()) {
    EXPECT_EQ(Bytes(path).find(kMarker), std::string::npos) << path;
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  }
  EXPECT_EQ(ReasonOf(store_->Get(Place(content), std::string(32, 'X'), 0).status()), Reason::kStorageDamaged)
      << "another case's key opens nothing";
}

// A part of one paper can't stand in for another one's, nor in another place.
TEST_F(Blobs, PartsThatChangedPlacesDoNotOpen) {
  const std::string content = Pdf(2 * kPartBytes);
  ASSERT_TRUE(PutAll(content).ok());
  std::string bytes = Bytes(Files()[0]);
  const size_t sealed = kPartBytes + 28, head = bytes.size() - 32 - 2 * sealed;
  const std::string first = bytes.substr(head, sealed), second = bytes.substr(head + sealed, sealed);
  bytes.replace(head, sealed, second).replace(head + sealed, sealed, first);
  std::ofstream(Files()[0], std::ios::binary) << bytes;
  EXPECT_EQ(ReasonOf(store_->Get(Place(content), key_, 0).status()), Reason::kStorageDamaged);
}

TEST_F(Blobs, ACourtKeepsNoMoreThanItsShareAndUploadsCountWhole) {
  const std::string first = Pdf(3 << 20, 'a'), second = Pdf(3 << 20, 'b'), small = Pdf(1000, 'c');
  ASSERT_TRUE(Put(first, 0).ok());
  EXPECT_EQ(ReasonOf(Put(second, 0).status()), Reason::kBlobQuotaExceeded) << "one part, but three MiB are announced";
  ASSERT_TRUE(PutAll(small).ok());
  Open();
  EXPECT_EQ(ReasonOf(Put(second, 0).status()), Reason::kBlobQuotaExceeded) << "also after a restart";
  ASSERT_TRUE(PutAll(first).ok()) << "what began may end";
  const BlobPlace elsewhere = Place(second, 0, 'k', 8);
  EXPECT_TRUE(store_->Put(elsewhere, {second.size(), MediaType::kPdf}, key_, 0, PartOf(second, 0)).ok())
      << "another court has its own";
  EXPECT_TRUE(Put(small, 0, /*agency=*/5)->complete) << "an agency too";
  EXPECT_EQ(ReasonOf(Put(second, 0, 5).status()), Reason::kBlobQuotaExceeded);
}

TEST_F(Blobs, UploadsThatAreNotWholeAreFewAndEnd) {
  for (const char seed : {'a', 'b', 'c'}) ASSERT_TRUE(Put(Pdf(kPartBytes + 1, seed), 0).ok());
  const std::string fourth = Pdf(kPartBytes + 1, 'd');
  EXPECT_EQ(ReasonOf(Put(fourth, 0).status()), Reason::kBlobQuotaExceeded);
  clock_.Advance(absl::Hours(23));
  ASSERT_TRUE(Put(Pdf(kPartBytes + 1, 'a'), 0).ok()) << "somebody is still there";
  clock_.Advance(absl::Hours(1));
  store_->Sweep();
  EXPECT_EQ(store_->counters().timed_out, 2u);
  EXPECT_THAT(Files(), SizeIs(1));
  ASSERT_TRUE(PutAll(fourth).ok());
  EXPECT_THAT(Missing(Pdf(kPartBytes + 1, 'b')), ElementsAre(0, 1));
}

TEST_F(Blobs, AFullVolumeRefusesPapersBeforeItRefusesTheJournal) {
  limits_.free_bytes_min = uint64_t{1} << 62;
  Open();
  const absl::Status refused = Put(Pdf(1000), 0).status();
  EXPECT_EQ(ReasonOf(refused), Reason::kBusy);
  EXPECT_GT(FailureOf(refused).retry_delay, absl::ZeroDuration());
}

TEST_F(Blobs, AForgottenCaseLeavesNoFileAndTakesNothingMore) {
  const std::string ours = Pdf(2 * kPartBytes, 'a'), half = Pdf(2 * kPartBytes, 'b'), other = Pdf(1000, 'c');
  ASSERT_TRUE(PutAll(ours).ok());
  ASSERT_TRUE(PutAll(ours, /*agency=*/5).ok());
  ASSERT_TRUE(Put(half, 0).ok());
  ASSERT_TRUE(PutAll(other, 0, /*of_case=*/'o').ok());
  ASSERT_THAT(Files(), SizeIs(4));
  ASSERT_TRUE(store_->Forget(CourtOrdinal(7), std::string(16, 'k')).ok());
  ASSERT_TRUE(store_->Forget(CourtOrdinal(7), std::string(16, 'k')).ok()) << "again, after a crash";
  EXPECT_THAT(Files(), SizeIs(1)) << "the other case's";
  EXPECT_EQ(GetAll(ours), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(Put(half, 1).status()), Reason::kErased) << "a call that was on its way";
  EXPECT_EQ(store_->counters().bytes, fs::file_size(Files()[0]));
  ASSERT_TRUE(PutAll(Pdf(3 << 20, 'd'), 0, 'o').ok()) << "its room is free again";
}

TEST_F(Blobs, EachPutsForItself) {
  const std::string content = Pdf(1000);
  ASSERT_TRUE(PutAll(content, /*agency=*/9).ok());
  EXPECT_FALSE(store_->Find(Place(content))->has_value()) << "an agency's file is not the court's";
  ASSERT_TRUE(PutAll(content, 5).ok());
  EXPECT_THAT(*store_->OwnersOf(Place(content)), ElementsAre(AgencyOrdinal(5), AgencyOrdinal(9)));
  EXPECT_EQ(GetAll(content, 5), content);
}

TEST_F(Blobs, ABackupHasEveryWholePaperAndFindsASpoiltOne) {
  const std::string whole = Pdf(2 * kPartBytes, 'a'), half = Pdf(2 * kPartBytes, 'b');
  ASSERT_TRUE(PutAll(whole).ok());
  ASSERT_TRUE(PutAll(whole, 5).ok());
  ASSERT_TRUE(Put(half, 0).ok());
  const auto copy = CopyBlobs(folder_ / "blobs", folder_ / "copy");
  ASSERT_TRUE(copy.ok()) << copy.status();
  EXPECT_EQ(copy->count, 2u);
  EXPECT_EQ(*CheckBlobs(folder_ / "copy"), *copy);
  ASSERT_TRUE(store_->Forget(CourtOrdinal(7), std::string(16, 'k')).ok());
  EXPECT_EQ(*CheckBlobs(folder_ / "copy"), *copy) << "what is erased later stays in the copy, sealed";
  store_.reset();
  fs::remove_all(folder_ / "blobs");
  fs::rename(folder_ / "copy", folder_ / "blobs");
  Open();
  EXPECT_EQ(GetAll(whole), whole) << "restored";
  std::string bytes = Bytes(Files()[0]);
  bytes[bytes.size() / 2] ^= 1;
  std::ofstream(Files()[0], std::ios::binary) << bytes;
  EXPECT_EQ(ReasonOf(CheckBlobs(folder_ / "blobs").status()), Reason::kStorageDamaged) << "without any key";
  fs::remove(Files()[0]);
  EXPECT_NE(*CheckBlobs(folder_ / "blobs"), *copy) << "one is missing";
  EXPECT_EQ(CheckBlobs(folder_ / "nothing")->count, 0u);
}

}  // namespace
}  // namespace eagle::blobs
