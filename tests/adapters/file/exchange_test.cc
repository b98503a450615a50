// The promises of the drop: whole or not at all, once, in order, verified before it is believed, refused with reasons.
#include "adapters/file/exchange.h"

#include <filesystem>

#include "adapters/file/desk.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "tests/adapters/file/file_world.h"

namespace eagle::file {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

BatchName Sent(Family family, int64_t number) { return {family, Part::kRequest, sdk::kAgency, number}; }

TEST(FileExchange, WhatIsAskedGoesOutOnceInABatchThatItsManifestProves) {
  FileWorld w;
  const v1::Order inquiry = w.Ask(w.world.Inquiry()), freeze = w.Ask(w.world.Freeze(60'000'00));
  w.Restart();
  w.Run();
  EXPECT_THAT(w.Files("ours"), ElementsAre(Sent(kCx, 1).ManifestFile(), Sent(kCx, 1).DataFile(),
                                           Sent(kKz, 1).ManifestFile(), Sent(kKz, 1).DataFile()));
  const std::string bytes = w.ReadOurs(Sent(kKz, 1).DataFile());
  Faults faults;
  const auto manifest = ReadManifest(w.ReadOurs(Sent(kKz, 1).ManifestFile()), faults);
  ASSERT_TRUE(manifest.has_value());
  EXPECT_EQ(manifest->file_bytes, static_cast<int64_t>(bytes.size()));
  EXPECT_EQ(manifest->totals, (Totals{{"156", {1, 60'000'00}}}));
  EXPECT_THAT(bytes, HasSubstr(*w.encoding.Encode("XM=\"林远舟\""))) << "GB 18030 at the edge";
  const Document document = ReadXml(*w.encoding.Decode(bytes), faults);
  EXPECT_EQ(document.declared, "GB18030");
  const Element& row = document.root.rows.at(0);
  EXPECT_EQ(row.At("BDHM"), RequestNumber(freeze.order_id()));
  EXPECT_EQ(row.At("ZJLX"), "01");
  EXPECT_EQ(row.At("GZZBH2"), "W002");
  EXPECT_EQ(row.rows.at(0).At("KZCS"), "01");
  EXPECT_EQ(row.rows.at(0).At("JE"), "60000.00");
  EXPECT_EQ(row.rows.at(0).At("QXYS"), "12");
  EXPECT_EQ(w.Outcome(inquiry), "-") << "asking is no answer";
  EXPECT_EQ(w.world.gateway.Of(inquiry.order_id(), v1::RECEIPT_KIND_PROGRESS).size(), 1u);
}

TEST(FileExchange, ABatchThatTheAgencyHasIsTakenAway) {
  FileWorld w;
  w.Ask(w.world.Inquiry());
  w.Acknowledge(kCx, 1);
  w.MustRound();
  EXPECT_THAT(w.Files("ours"), IsEmpty());
  EXPECT_THAT(w.store->OpenSent(kCx), IsEmpty());
}

TEST(FileExchange, ABatchThatTheAgencyRefusedIsSentAgainByAnOperatorWithTheSameBytes) {
  FileWorld w;
  w.Ask(w.world.Inquiry());
  const std::string first = w.ReadOurs(Sent(kCx, 1).DataFile());
  w.Acknowledge(kCx, 1, "2");
  w.MustRound();
  ASSERT_EQ(w.store->OpenSent(kCx).at(0).state, SentState::kRefused);
  EXPECT_EQ(w.store->OpenSent(kCx).at(0).note, "DIGEST_MISMATCH broken on the way");
  EXPECT_EQ(ReasonOf(w.exchange->Resend(Sent(kCx, 2).Text())), Reason::kNotFound);
  ASSERT_TRUE(w.exchange->Resend(Sent(kCx, 1).Text()).ok());
  w.MustRound();
  EXPECT_THAT(w.Files("ours"), IsEmpty()) << "until the old receipt is gone";
  std::filesystem::remove(w.folder / ("theirs/" + Sent(kCx, 1).With(Part::kReceipt).DataFile()));
  w.MustRound();
  EXPECT_EQ(w.ReadOurs(Sent(kCx, 1).DataFile()), first);
}

TEST(FileExchange, ABatchIsInvisibleUntilItsManifestIsThere) {
  FileWorld w;
  const v1::Order order = w.Ask(w.world.Inquiry());
  w.Put(kCx, 1, {FileWorld::Nothing(order)});
  const std::string manifest = w.folder / ("theirs/" + w.Name(kCx, 1) + ".manifest");
  std::filesystem::rename(manifest, w.folder / "theirs/.part");
  w.Run();
  EXPECT_EQ(w.Receipt(kCx, 1), "-");
  std::filesystem::rename(w.folder / "theirs/.part", manifest);
  w.Run();
  EXPECT_EQ(w.Receipt(kCx, 1), "1");
  EXPECT_EQ(w.Outcome(order), "NIL");
}

TEST(FileExchange, TheSameBatchAgainGetsTheSameReceiptAndDoesNothing) {
  FileWorld w;
  const v1::Order order = w.Ask(w.world.Inquiry());
  w.Put(kCx, 1, {FileWorld::Nothing(order)});
  const std::string manifest_file = w.folder / ("theirs/" + w.Name(kCx, 1) + ".manifest"),
                    manifest = ReadFile(manifest_file);
  w.Run();
  const std::string receipt = w.ReceiptBytes(kCx, 1);
  const size_t receipts = w.world.gateway.ReceiptsOn(order.order_id()).size();
  w.TakeAway(kCx, 1);
  w.MustRound();
  EXPECT_EQ(w.Receipt(kCx, 1), "-") << "a receipt goes with its batch";
  w.world.clock.Advance(absl::Hours(1));
  w.Restart();
  WriteFile(manifest_file, manifest);
  w.Run();
  EXPECT_EQ(w.ReceiptBytes(kCx, 1), receipt);
  EXPECT_EQ(w.world.gateway.ReceiptsOn(order.order_id()).size(), receipts);
}

TEST(FileExchange, OtherContentUnderATakenNumberIsRefusedAndKeptAside) {
  FileWorld w;
  const v1::Order first = w.Ask(w.world.Inquiry()), second = w.Ask(w.world.Inquiry());
  w.Put(kCx, 1, {FileWorld::Nothing(first)});
  w.Run();
  w.Put(kCx, 1, {FileWorld::Found(second, "6217", "5.00")});
  w.Run();
  EXPECT_EQ(w.Receipt(kCx, 1), "2 SEQUENCE_REUSED");
  EXPECT_EQ(w.Outcome(second), "-");
  const auto aside = w.Files("aside");
  ASSERT_EQ(aside.size(), 1u);
  EXPECT_THAT(w.Files("aside/" + aside[0]),
              ElementsAre(w.Name(kCx, 1) + ".manifest", w.Name(kCx, 1) + ".xml", "reason.xml"));
  EXPECT_THAT(ReadFile(w.folder / ("aside/" + aside[0] + "/reason.xml")), HasSubstr("SEQUENCE_REUSED"));
}

TEST(FileExchange, NothingBehindAGapIsTakenUntilItIsFilled) {
  FileWorld w;
  const v1::Order first = w.Ask(w.world.Inquiry()), second = w.Ask(w.world.Inquiry()), third = w.Ask(w.world.Inquiry());
  w.Put(kCx, 3, {FileWorld::Nothing(third)});
  w.Put(kCx, 2, {FileWorld::Nothing(second)});
  w.Run();
  EXPECT_EQ(w.Receipt(kCx, 2) + " " + w.Receipt(kCx, 3), "3 SEQUENCE_GAP 3 SEQUENCE_GAP");
  EXPECT_EQ(w.Outcome(second) + w.Outcome(third), "--");
  ASSERT_EQ(w.exchange->Gaps().size(), 1u);
  EXPECT_EQ(w.exchange->Gaps()[0].first, 1);
  EXPECT_EQ(w.exchange->Gaps()[0].last, 1);
  EXPECT_EQ(w.exchange->Gaps()[0].waiting, 2);
  const v1::Order freeze = w.Ask(w.world.Freeze(100));
  w.Put(kKz, 1, {FileWorld::Frozen(freeze, "1.00", "0.00")});
  w.Run();
  EXPECT_EQ(w.Outcome(freeze), "CONTROLLED") << "the other family has numbers of its own";
  w.Put(kCx, 1, {FileWorld::Nothing(first)});
  w.Run();
  EXPECT_EQ(w.Outcome(first) + w.Outcome(second) + w.Outcome(third), "NILNILNIL");
  EXPECT_THAT(w.exchange->Gaps(), IsEmpty());
}

TEST(FileExchange, AnOperatorMayGiveAGapUpAndThenItIsForGood) {
  FileWorld w;
  const v1::Order first = w.Ask(w.world.Inquiry()), third = w.Ask(w.world.Inquiry());
  w.Put(kCx, 3, {FileWorld::Nothing(third)});
  w.Run();
  const auto ask = [&](const std::string& command, std::vector<std::pair<std::string, std::string>> arguments) {
    sdk::CounterRequest request{.command = command};
    for (const auto& [key, value] : arguments) sdk::Put(request.arguments, key, value);
    const auto answer = AskDesk(request, *w.store, *w.exchange, sdk::kAgency, kShanghai);
    return answer.ok() ? sdk::JsonText(*answer) : std::string(RowOf(ReasonOf(answer.status())).name);
  };
  EXPECT_EQ(ask("gaps", {}), R"({"gaps":[{"batches_behind":1,"family":"CXFK","from":1,"to":2,"why":"MISSING"}]})");
  EXPECT_EQ(ask("accept-gap", {{"family", "CXFK"}, {"up_to", "1"}, {"clerk", "温雅"}}), "FIELD_INVALID")
      << "not a part of it";
  EXPECT_EQ(ask("accept-gap", {{"family", "CXFK"}, {"up_to", "3"}, {"clerk", "温雅"}}), "FIELD_INVALID")
      << "not what is there";
  EXPECT_EQ(ask("accept-gap", {{"family", "KZFK"}, {"up_to", "1"}, {"clerk", "温雅"}}), "FIELD_INVALID");
  EXPECT_EQ(ask("accept-gap", {{"family", "CXFK"}, {"up_to", "2"}}), "FIELD_MISSING") << "somebody answers for it";
  EXPECT_EQ(ask("accept-gap", {{"family", "CXFK"}, {"up_to", "2"}, {"clerk", "温雅"}}),
            R"({"family":"CXFK","given_up_to":2})");
  w.Run();
  EXPECT_EQ(w.Outcome(third), "NIL");
  EXPECT_EQ(ask("accept-gap", {{"family", "CXFK"}, {"up_to", "2"}, {"clerk", "温雅"}}), "FIELD_INVALID");
  w.Put(kCx, 1, {FileWorld::Nothing(first)});
  w.Run();
  EXPECT_EQ(w.Receipt(kCx, 1), "2 SEQUENCE_GIVEN_UP");
  EXPECT_EQ(w.Outcome(first), "-");
  w.Put(kCx, 4, {FileWorld::Nothing(first)});
  w.Run();
  EXPECT_EQ(w.Outcome(first), "NIL");
  EXPECT_THAT(ask("exchange status", {}), HasSubstr(R"("last_number_taken":4)"));
  EXPECT_THAT(ask("exchange status", {}), HasSubstr(R"("last_round":"OK")"));
  EXPECT_EQ(ask("shred", {}), "FIELD_INVALID");
}

// Every way in which a batch can be broken: named, nothing believed, its number still free for the corrected one.
TEST(FileExchange, WhatDoesntVerifyIsRefusedAndComesAgainCorrected) {
  FileWorld w;
  const v1::Order order = w.Ask(w.world.Inquiry());
  const auto refused = [&](const std::vector<Element>& answers, const FileWorld::Change& change) {
    w.Put(kCx, 1, answers, change);
    w.Run();
    EXPECT_EQ(w.Outcome(order), "-");
    return w.Receipt(kCx, 1);
  };
  const Element good = FileWorld::Found(order, "6217", "10.00");
  using R = Element;
  EXPECT_EQ(refused({good}, [](R&, Manifest&, std::string& bytes) { bytes[bytes.size() / 2] ^= 1; }),
            "2 DIGEST_MISMATCH");
  EXPECT_EQ(refused({good}, [](R&, Manifest&, std::string& bytes) { bytes.pop_back(); }),
            "2 SIZE_MISMATCH,DIGEST_MISMATCH");
  EXPECT_EQ(refused({good}, [](R&, Manifest& m, std::string&) { m.rows = 2, m.totals["156"].minor_units++; }),
            "2 COUNT_MISMATCH,TOTAL_MISMATCH");
  EXPECT_EQ(refused({good}, [](R&, Manifest& m, std::string&) { m.totals.clear(); }), "2 TOTAL_MISMATCH");
  EXPECT_EQ(
      refused({good}, [](R&, Manifest& m, std::string&) { m.batch = "x", m.file = "../x", m.encoding = "UTF-8"; }),
      "2 MANIFEST_MISMATCH,MANIFEST_MISMATCH,MANIFEST_MISMATCH");
  EXPECT_EQ(refused({good}, [](R&, Manifest& m, std::string&) { m.file_sha256 = "00"; }), "2 MANIFEST_UNREADABLE");
  const auto rewritten = [&](const std::string& text) {
    return [text](R&, Manifest& m, std::string& bytes) {
      bytes = text;
      m.file_bytes = static_cast<int64_t>(bytes.size());
      m.file_sha256 = HexEncode(journal::View(journal::Sha256(bytes)));
    };
  };
  EXPECT_EQ(refused({good}, rewritten("<CXFK XM=\"\xff\xff\"/>")), "2 ENCODING_INVALID");
  EXPECT_EQ(refused({good}, rewritten("<CXFK>")), "2 XML_INVALID");
  EXPECT_EQ(refused({}, rewritten("<?xml version=\"1.0\" encoding=\"UTF-8\"?><CXFK BB=\"1\" PCMC=\"" + w.Name(kCx, 1) +
                                  "\"/>")),
            "2 ENCODING_INVALID");
  EXPECT_EQ(refused({}, rewritten("<KZFK BB=\"9\"><A/></KZFK>")),
            "2 ELEMENT_UNKNOWN,MANIFEST_MISMATCH,MANIFEST_MISMATCH,ELEMENT_UNKNOWN,COUNT_MISMATCH");
  std::filesystem::remove(w.folder / ("theirs/" + w.Name(kCx, 1) + ".xml"));
  w.Run();
  EXPECT_EQ(w.Receipt(kCx, 1), "2 FILE_MISSING");
  EXPECT_EQ(refused({good}, rewritten(std::string(kFileBytesMax + 1, ' '))), "2 FILE_TOO_LARGE");
  ASSERT_EQ(w.exchange->Gaps().size(), 1u);
  EXPECT_TRUE(w.exchange->Gaps()[0].refused) << "what was refused stands in the way by name";
  EXPECT_GT(w.Files("aside").size(), 8u);
  w.Put(kCx, 1, {good});
  w.Run();
  EXPECT_EQ(w.Receipt(kCx, 1), "1");
  EXPECT_EQ(w.Outcome(order), "FOUND");
}

TEST(FileExchange, AnAnswerToWhatWasNotAskedIsRefusedAndTheOthersAreTaken) {
  FileWorld w;
  const v1::Order asked = w.Ask(w.world.Inquiry()), never = w.world.Inquiry(), freeze = w.Ask(w.world.Freeze(100));
  w.Put(kCx, 1, {FileWorld::Nothing(never), FileWorld::Nothing(asked), FileWorld::Nothing(freeze)});
  w.Run();
  EXPECT_EQ(w.Receipt(kCx, 1), "1 [2 NOT_ASKED] [2 NOT_ASKED]");
  EXPECT_EQ(w.Outcome(asked), "NIL");
  EXPECT_EQ(w.Outcome(freeze), "-") << "an inquiry's answer doesn't answer a control";
  EXPECT_EQ(w.Files("aside").size(), 1u);
}

TEST(FileExchange, ASecondAnswerIsRefusedUnlessItIsTheSameOrCorrects) {
  FileWorld w;
  const v1::Order order = w.Ask(w.world.Inquiry());
  const Element nothing = FileWorld::Nothing(order), found = FileWorld::Found(order, "6217", "5.00");
  w.Put(kCx, 1, {nothing, found});
  w.Run();
  EXPECT_EQ(w.Receipt(kCx, 1), "1 [2 ALREADY_FED_BACK]");
  w.Put(kCx, 2, {nothing});
  w.Put(kCx, 3, {found});
  w.Run();
  EXPECT_EQ(w.Receipt(kCx, 2), "1") << "the same answer again";
  EXPECT_EQ(w.Receipt(kCx, 3), "1 [2 ALREADY_FED_BACK]");
  EXPECT_EQ(w.world.gateway.Of(order.order_id(), v1::RECEIPT_KIND_FINAL).size(), 1u);
  Element corrected = found;
  corrected.Put("SFGZ", "1");
  w.Put(kCx, 4, {corrected});
  w.Run();
  EXPECT_EQ(w.Receipt(kCx, 4), "1");
  const auto corrections = w.world.gateway.Of(order.order_id(), v1::RECEIPT_KIND_CORRECTION);
  ASSERT_EQ(corrections.size(), 1u) << "what was found later replaces NIL by name";
  EXPECT_EQ(corrections[0]->items(0).outcome(), v1::OUTCOME_FOUND);
}

TEST(FileExchange, OthersFilesAndLinksAreLeftAlone) {
  FileWorld w;
  const v1::Order order = w.Ask(w.world.Inquiry());
  const BatchName other{kCx, Part::kFeedback, "9900002", 1};
  WriteFile(w.folder / ("theirs/" + other.ManifestFile()), "x");
  WriteFile(w.folder / "theirs/notes.txt", "x");
  std::filesystem::create_symlink("/etc/passwd", w.folder / ("theirs/" + w.Name(kCx, 1) + ".manifest"));
  w.Run();
  EXPECT_EQ(w.Receipt(kCx, 1), "-");
  EXPECT_EQ(w.Files("theirs").size(), 3u);
  EXPECT_EQ(w.Outcome(order), "-");
}

TEST(FileExchange, LogLinesHoldNamesOfBatchesAndCountsOnly) {
  FileWorld w;
  const v1::Order order = w.Ask(w.world.Inquiry());
  Element wrong = FileWorld::Found(order, sdk::kAccount, "x");
  wrong.Put("XM", sdk::kDebtor);
  w.Put(kCx, 1, {wrong});
  w.Run();
  for (const std::string& line : w.told) {
    EXPECT_THAT(line, Not(HasSubstr(sdk::kDebtor)));
    EXPECT_THAT(line, Not(HasSubstr(sdk::kAccount)));
  }
  EXPECT_THAT(w.ReceiptBytes(kCx, 1), Not(HasSubstr(sdk::kAccount))) << "nor does a receipt repeat them";
  EXPECT_THAT(w.told, Contains(HasSubstr("batch_taken")));
}

TEST(FileExchange, ADiskThatFailsStopsARoundAndTheNextOneGoesOn) {
  FileWorld w;
  const v1::Order order = w.world.Submit(w.world.Inquiry());
  w.world.Run(20);
  std::filesystem::rename(w.folder / "theirs", w.folder / "gone");
  EXPECT_EQ(ReasonOf(w.exchange->Round(0)), Reason::kStorageUnusable);
  EXPECT_FALSE(w.exchange->LastRound().ok());
  std::filesystem::rename(w.folder / "gone", w.folder / "theirs");
  w.MustRound();
  EXPECT_EQ(w.Files("ours").size(), 2u);
  w.Put(kCx, 1, {FileWorld::Nothing(order)});
  w.Run();
  EXPECT_EQ(w.Outcome(order), "NIL");
}

TEST(FileExchange, OldBytesAreForgottenAndNumbersStay) {
  FileWorld w;
  const v1::Order order = w.Ask(w.world.Inquiry());
  w.Acknowledge(kCx, 1);
  w.Put(kCx, 1, {FileWorld::Nothing(order)});
  w.Run();
  w.Acknowledge(kCx, 1);
  w.world.clock.Advance(absl::Hours(24 * 31));
  w.Run();
  EXPECT_TRUE(w.store->FindRequest(RequestNumber(order.order_id()))->order_bytes.empty());
  Element corrected = FileWorld::Found(order, "6217", "5.00");
  corrected.Put("SFGZ", "1");
  w.Put(kCx, 2, {corrected});
  w.Run();
  EXPECT_EQ(w.Receipt(kCx, 2), "1 [2 ALREADY_FED_BACK]");
  EXPECT_EQ(w.store->NextTaken(kCx), 3);
}

}  // namespace
}  // namespace eagle::file
