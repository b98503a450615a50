// What a court's client promises about papers: put before the order, once, resumed when cut, and believed only when
// they hash to their name.
#include "client/lib/papers.h"

#include <filesystem>

#include "client/common/files.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/bytes.h"
#include "server/journal/hash.h"
#include "tests/client/cli_world.h"

namespace eagle::client {
namespace {

using testing::HasSubstr;

class PapersTest : public testing::Test {
 protected:
  PapersTest() { world_.gateway->papers_travel = true; }
  std::string Pdf(const std::string& name, size_t bytes) {
    std::string content = "%PDF-1.7 ";
    while (content.size() < bytes) content += name;
    content.resize(bytes);
    return world_.Put(name, content);
  }
  static std::string DigestOf(const std::string& path) {
    return std::string(journal::View(journal::Sha256(*ReadFile(path))));
  }
  std::vector<std::string> Freeze(const std::vector<std::string>& papers) {
    std::vector<std::string> arguments = {"order",   "freeze",  "--case", kCase,    "--subject", kDebtor,  "--agency",
                                          "9900010", "--limit", "1.00",   "--sign", "001",       "--sign", "002"};
    for (const std::string& paper : papers) arguments.insert(arguments.end(), {"--paper", paper});
    return arguments;
  }

  CliWorld world_;
};

TEST_F(PapersTest, OrdersPutTheirPapersFirstAndEachOnce) {
  const std::string ruling = Pdf("ruling.pdf", 2 * kPaperPartBytes + 1), notice = Pdf("notice.pdf", 3000);
  const Ran first = world_.Json(Freeze({"RULING=" + ruling, "ASSISTANCE_NOTICE=" + notice}));
  EXPECT_EQ(first.exit, kExitOk) << first.err;
  EXPECT_EQ(world_.gateway->parts_put, 4u);
  EXPECT_THAT(first.err, HasSubstr("bytes of RULING")) << "a large one says how far it is";
  EXPECT_EQ(world_.Json(Freeze({"RULING=" + ruling, "ASSISTANCE_NOTICE=" + notice})).exit, kExitOk);
  EXPECT_EQ(world_.gateway->parts_put, 4u) << "they are there";
}

TEST_F(PapersTest, WhatWasCutGoesOnWithTheSameSignedBytes) {
  const std::string ruling = Pdf("ruling.pdf", 3 * kPaperPartBytes);
  world_.gateway->parts_kept = 1;
  EXPECT_EQ(world_.Json(Freeze({"RULING=" + ruling})).exit, kExitUnavailable);
  EXPECT_TRUE(world_.gateway->order_batches.empty());
  world_.gateway->parts_kept = SIZE_MAX;
  const Ran again = world_.Json({"order", "submit", "--pending"});
  EXPECT_EQ(again.exit, kExitOk) << again.err;
  EXPECT_EQ(world_.gateway->order_batches.size(), 1u);
  EXPECT_EQ(world_.gateway->parts_put, 3u) << "no part went twice";
}

TEST_F(PapersTest, AFileThatChangedSinceIsNotSentAndTheOrderWaitsForIt) {
  const std::string ruling = Pdf("ruling.pdf", 3000), draft = world_.Path("freeze.draft");
  const std::string was = *ReadFile(ruling);
  std::vector<std::string> gather = {
      "order",     "draft", "freeze",   "--into",  draft,     "--case", kCase,     "--subject",       kDebtor,
      "--officer", "001",   "--agency", "9900010", "--limit", "1.00",   "--paper", "RULING=" + ruling};
  ASSERT_EQ(world_.Run(gather).exit, kExitOk);
  ASSERT_EQ(world_.Run({"order", "sign", draft, "--sign", "001", "--yes"}).exit, kExitOk);
  world_.Put("ruling.pdf", was + "edited");
  const Ran missing = world_.Run({"order", "submit", draft});
  EXPECT_EQ(missing.exit, kExitRefused);
  EXPECT_THAT(missing.err, HasSubstr("BLOB_MISSING"));
  EXPECT_EQ(world_.gateway->parts_put, 0u);
  const Ran put = world_.Json({"paper", "put", world_.Put("original.pdf", was), "--case", kCase});
  EXPECT_EQ(put.exit, kExitOk) << put.err;
  EXPECT_EQ(At(put.out, "paper.digest"), HexEncode(journal::View(journal::Sha256(was))));
  EXPECT_EQ(world_.Json({"order", "submit", "--pending"}).exit, kExitOk);
  EXPECT_EQ(world_.gateway->order_batches.size(), 1u);
}

TEST_F(PapersTest, WhereNoPapersAreTakenOrdersGoWithoutThem) {
  world_.gateway->papers_travel = false;
  EXPECT_EQ(world_.Json(Freeze({"RULING=" + Pdf("ruling.pdf", 3000)})).exit, kExitOk);
  EXPECT_EQ(world_.gateway->order_batches.size(), 1u);
}

TEST_F(PapersTest, APaperIsWrittenOnlyWhenItHashesToItsName) {
  const std::string ruling = Pdf("ruling.pdf", kPaperPartBytes + 10), out = world_.Path("got.pdf");
  ASSERT_EQ(world_.Json({"paper", "put", ruling, "--case", kCase}).exit, kExitOk);
  const std::string digest = DigestOf(ruling);
  const std::vector<std::string> get = {"paper",     "get", HexEncode(digest), "--case",   kCase, "--out", out,
                                        "--officer", "001", "--purpose",       "EXECUTION"};
  const Ran got = world_.Json(get);
  EXPECT_EQ(got.exit, kExitOk) << got.err;
  EXPECT_EQ(*ReadFile(out), *ReadFile(ruling));
  EXPECT_TRUE(world_.gateway->blob_request.has_officer_ticket());
  std::filesystem::remove(out);
  world_.gateway->papers[digest][1].back() ^= 1;
  EXPECT_EQ(world_.Json(get).exit, kExitVerification);
  EXPECT_FALSE(std::filesystem::exists(out));
  EXPECT_EQ(world_.Json({"paper", "get", "abc", "--case", kCase, "--out", out}).exit, kExitUsage);
}

}  // namespace
}  // namespace eagle::client
