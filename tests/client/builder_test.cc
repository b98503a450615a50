// Orders and acts from plain values, strict files, drafts and the outbox: everything before the first send.
#include <fstream>

#include "client/common/files.h"
#include "client/lib/draft.h"
#include "client/lib/json.h"
#include "client/lib/order_builder.h"
#include "client/lib/outbox.h"
#include "client/lib/sequence.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/bytes.h"
#include "server/base/uuid.h"
#include "server/trust/strict.h"
#include "tests/client/support.h"
#include "tests/support/temp_folder.h"

namespace eagle::client {
namespace {

using testing::HasSubstr;

class BuilderTest : public testing::Test {
 protected:
  std::string Put(const std::string& name, const std::string& content) {
    std::ofstream(folder_ / name, std::ios::binary) << content;
    return folder_ / name;
  }
  trust::HeadFields Head(uint64_t sequence = 1) const {
    return {.member_type = v1::MEMBER_TYPE_ORDER,
            .environment = v1::ENVIRONMENT_TEST,
            .signer = "辽9901",
            .sequence = sequence,
            .signed_at = Monday()};
  }
  v1::SignedBatch Signed(uint64_t sequence = 1) {
    Draft draft = *Draft::Begin(Head(sequence), {Serialize(builder_.Inquire(PlainOrder(), {}))});
    EXPECT_TRUE(draft.Sign(handler_).ok());
    return draft.batch();
  }

  StandingClock clock_{Monday()};
  CountedEntropy entropy_;
  OrderBuilder builder_{clock_, entropy_};
  TempFolder folder_;
  trust::Ed25519Signer handler_ = KeyOf('h'), cosigner_ = KeyOf('c');
};

TEST_F(BuilderTest, EveryOrderHasAnIdOfItsOwnTimesAndTheFieldsGiven) {
  const v1::Order a = builder_.Inquire(PlainOrder(), {"DEPOSIT"}), b = builder_.Inquire(PlainOrder(), {});
  EXPECT_TRUE(IsUuidV7(a.order_id()));
  EXPECT_NE(a.order_id(), b.order_id());
  EXPECT_EQ(trust::TimeOf(a.issued_at()), Monday());
  EXPECT_EQ(trust::TimeOf(a.not_after()), Monday() + absl::Hours(7 * 24));
  EXPECT_EQ(a.urgency(), v1::URGENCY_URGENT);
  EXPECT_EQ(a.officers(0).officer(), "001");
  EXPECT_EQ(a.inquire().asset_kinds(0), "DEPOSIT");
  EXPECT_TRUE(b.has_inquire());
  EXPECT_FALSE(b.inquire().has_transactions());
  const v1::Order c = builder_.Inquire(PlainOrder(), {}, DayRange{"2026-01-01", "2026-09-28"});
  EXPECT_EQ(c.inquire().transactions().first_day(), "2026-01-01");
  EXPECT_EQ(c.inquire().transactions().last_day(), "2026-09-28");
  EXPECT_TRUE(trust::ParseStrict<v1::Order>(Serialize(a)).ok());
}

TEST_F(BuilderTest, FreezeReleaseAndDeductSayWhatTheyWereTold) {
  const v1::Order person = builder_.Freeze(PlainOrder(), {.target = PersonTarget{},
                                                          .currency = "CNY",
                                                          .limit_minor_units = 8000000,
                                                          .inflow = v1::INFLOW_CAPTURE,
                                                          .years = 1});
  EXPECT_TRUE(person.freeze().has_person_at_agency());
  EXPECT_EQ(person.freeze().limit_minor_units(), 8000000);
  EXPECT_EQ(person.freeze().term().years(), 1u);
  OrderCommon exceptional = PlainOrder();
  exceptional.over_cap = OverCap{"VALUE_UNKNOWN", "003"};
  const v1::Order house = builder_.Freeze(
      exceptional, {.target = Asset{"LAND", "990101001002GB00123F00010012", 1, 2}, .currency = "CNY", .years = 3});
  EXPECT_EQ(house.freeze().asset().share_denominator(), 2u);
  EXPECT_EQ(house.over_cap_exception().leader(), "003");
  const v1::Order release =
      builder_.Release(PlainOrder(), {.freeze_order_id = person.order_id(), .ground = "DEBT_PAID"});
  EXPECT_EQ(release.release().freeze_order_id(), person.order_id());
  const v1::Order deduct = builder_.Deduct(
      PlainOrder(), {.freeze_order_id = person.order_id(),
                     .currency = "CNY",
                     .amount_minor_units = 1,
                     .account = {.account_number = "9900010000000099010", .account_statement = std::string(32, 'd')}});
  EXPECT_EQ(deduct.deduct().account_statement(), std::string(32, 'd'));
}

TEST_F(BuilderTest, AnOrderFromAFileKeepsItsOwnAndGetsWhatIsAbsent) {
  v1::Order order;
  order.set_court("辽9902");
  builder_.Complete(order, "辽9901");
  EXPECT_EQ(order.court(), "辽9902");
  EXPECT_TRUE(IsUuidV7(order.order_id()));
  const std::string id = order.order_id();
  clock_.now += absl::Hours(1);
  builder_.Complete(order, "辽9901");
  EXPECT_EQ(order.order_id(), id);
  EXPECT_EQ(trust::TimeOf(order.issued_at()), Monday());
}

TEST_F(BuilderTest, PapersAreNamedByTheDigestOfTheirBytes) {
  const auto paper = PaperFromFile("RULING", Put("ruling.pdf", "abc"), "裁定书");
  ASSERT_TRUE(paper.ok());
  EXPECT_EQ(HexEncode(paper->digest), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(paper->size_bytes, 3u);
  EXPECT_EQ(paper->media_type, "application/pdf");
  EXPECT_EQ(WhyNot(PaperFromFile("RULING", Put("ruling.doc", "abc"), "")), "FIELD_INVALID");
  EXPECT_EQ(WhyNot(PaperFromFile("RULING", Put("empty.ofd", ""), "")), "FIELD_INVALID");
  EXPECT_EQ(WhyNot(PaperFromFile("RULING", folder_ / "absent.pdf", "")), "STORAGE_UNUSABLE");
}

TEST_F(BuilderTest, FilesAreReadStrictly) {
  const auto read = [&](const std::string& name, const std::string& text) {
    return ReadMessageFile<v1::OpenCase>(Put(name, text));
  };
  EXPECT_EQ(
      read("a.json", R"({"case_number": "x", "claim": {"cap_minor_units": "19828700"}})")->claim().cap_minor_units(),
      19828700);
  EXPECT_EQ(read("a.txtpb", "case_number: \"x\"")->case_number(), "x");
  const auto unknown = read("b.json", R"({"case_nummer": "x"})");
  EXPECT_EQ(WhyNot(unknown), "FIELD_INVALID");
  EXPECT_THAT(std::string(unknown.status().message()), HasSubstr("case_nummer"));
  EXPECT_EQ(WhyNot(read("c.json", R"({"case_number": 7})")), "FIELD_INVALID");
  EXPECT_EQ(WhyNot(read("d.json", R"({"stage": "CASE_STAGE_OPEN"})")), "FIELD_INVALID");
  EXPECT_EQ(WhyNot(read("e.json", "{")), "FIELD_INVALID");
  const auto text = read("f.txtpb", "\ncase_nummer: 'x'");
  EXPECT_THAT(std::string(text.status().message()), HasSubstr("line 2"));
  EXPECT_EQ(WhyNot(read("g.yaml", "")), "FIELD_INVALID");
}

TEST_F(BuilderTest, ADraftGathersMembersUnderOneHeadAndOneSequence) {
  Draft draft = *Draft::Begin(Head(17), {Serialize(builder_.Inquire(PlainOrder(), {}))});
  const std::string alone = draft.digest_text();
  ASSERT_TRUE(draft.Add(Serialize(builder_.Inquire(PlainOrder(), {})), Monday() + absl::Minutes(5)).ok());
  EXPECT_EQ(draft.members().size(), 2u);
  EXPECT_EQ(draft.head().sequence(), 17u);
  EXPECT_EQ(draft.head().count(), 2u);
  EXPECT_NE(draft.digest_text(), alone);
}

// Two officers on two machines: what each is shown is what each signs, and what the gateway would check.
TEST_F(BuilderTest, TheDigestShownToEverySignerIsTheOneThatIsSigned) {
  const std::string path = folder_ / "group.draft";
  Draft first = *Draft::Begin(Head(), {Serialize(builder_.Inquire(PlainOrder(), {}))});
  const std::string shown_to_handler = first.digest_text();
  ASSERT_TRUE(first.Sign(handler_).ok());
  ASSERT_TRUE(first.Write(path).ok());
  Draft second = *Draft::Read(path);
  EXPECT_EQ(second.digest_text(), shown_to_handler);
  ASSERT_TRUE(second.Sign(cosigner_).ok());
  EXPECT_EQ(second.digest_text(), shown_to_handler);
  EXPECT_EQ(second.key_ids(),
            (std::vector<std::string>{trust::KeyIdOf(handler_.public_key()), trust::KeyIdOf(cosigner_.public_key())}));

  const trust::CandidateKey keys[] = {{1, handler_.algorithm(), handler_.public_key()},
                                      {2, cosigner_.algorithm(), cosigner_.public_key()}};
  const auto opened = trust::OpenBatch(second.batch(), keys, trust::PublicKeyChecker());
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->signed_by, (std::vector<uint64_t>{1, 2}));
  EXPECT_EQ(HexEncode(journal::View(opened->head_digest)), shown_to_handler);
}

TEST_F(BuilderTest, NothingIsAddedToASignedDraft) {
  Draft draft = *Draft::Begin(Head(), {Serialize(builder_.Inquire(PlainOrder(), {}))});
  ASSERT_TRUE(draft.Sign(handler_).ok());
  EXPECT_EQ(WhyNot(draft.Add(Serialize(builder_.Inquire(PlainOrder(), {})), Monday())), "DRAFT_SIGNED");
}

TEST_F(BuilderTest, NobodySignsADraftWhoseMembersWereChanged) {
  v1::SignedBatch batch = Draft::Begin(Head(), {Serialize(builder_.Inquire(PlainOrder(), {}))})->batch();
  batch.set_members(0, Serialize(builder_.Inquire(PlainOrder(), {})));
  EXPECT_EQ(WhyNot(Draft::FromBatch(batch)), "MEMBER_NOT_IN_ROOT");
}

TEST_F(BuilderTest, DraftsKeepTheLimitsOfABatch) {
  EXPECT_EQ(WhyNot(Draft::Begin(Head(), {})), "TOO_LARGE");
  EXPECT_EQ(WhyNot(Draft::Begin(Head(), std::vector<std::string>(257, "x"))), "TOO_MANY_MEMBERS");
  EXPECT_EQ(WhyNot(Draft::Begin(Head(), {std::string(64 * 1024 + 1, 'x')})), "TOO_LARGE");
}

TEST_F(BuilderTest, ASequenceIsOnDiskBeforeItIsUsedAndNeverGivenTwice) {
  SequenceFolder first(folder_ / "sequences", entropy_), after_crash(folder_ / "sequences", entropy_);
  EXPECT_EQ(*first.Peek("辽9901", v1::MEMBER_TYPE_ORDER), 1u);
  EXPECT_EQ(*first.Take("辽9901", v1::MEMBER_TYPE_ORDER), 1u);
  EXPECT_EQ(*after_crash.Take("辽9901", v1::MEMBER_TYPE_ORDER), 2u);
  EXPECT_EQ(*first.Take("辽9901", v1::MEMBER_TYPE_ORDER), 3u);
  EXPECT_EQ(*first.Take("辽9901", v1::MEMBER_TYPE_CASE), 1u);
  EXPECT_EQ(*first.Take("辽9902", v1::MEMBER_TYPE_ORDER), 1u);
}

TEST_F(BuilderTest, AnUnreadableCounterStopsRatherThanStartsAnew) {
  SequenceFolder sequences(folder_ / "s", entropy_);
  for (const char* content : {"", "x\n", "0\n", "7", "7\n8\n", "18446744073709551615\n"}) {
    ASSERT_TRUE(MakeFolder(folder_ / "s").ok());
    Put("s/order-辽9901", content);
    EXPECT_EQ(WhyNot(sequences.Take("辽9901", v1::MEMBER_TYPE_ORDER)), "STORAGE_DAMAGED") << content;
  }
}

TEST_F(BuilderTest, SharedNamesCountInLanesOfTheirOwn) {
  SequenceFolder here(folder_ / "here", entropy_, true), there(folder_ / "there", entropy_, true);
  const uint64_t a = *here.Take("registrar", v1::MEMBER_TYPE_STATEMENT),
                 b = *there.Take("registrar", v1::MEMBER_TYPE_STATEMENT);
  EXPECT_NE(a >> 24, b >> 24);
  EXPECT_EQ(*here.Take("registrar", v1::MEMBER_TYPE_STATEMENT), a + 1);
}

TEST_F(BuilderTest, TheOutboxGivesTheSameBytesBackAfterACrash) {
  const v1::SignedBatch batch = Signed();
  std::string name;
  {
    Outbox outbox(folder_ / "outbox", clock_);
    name = outbox.Put(batch)->name;
  }
  Outbox again(folder_ / "outbox", clock_);
  const auto pending = again.Pending();
  ASSERT_TRUE(pending.ok());
  ASSERT_EQ(pending->size(), 1u);
  EXPECT_EQ((*pending)[0].batch.SerializeAsString(), batch.SerializeAsString());
  ASSERT_TRUE(again.Answered(name, "the answer").ok());
  EXPECT_TRUE(again.Pending()->empty());
  EXPECT_EQ(again.Read(name)->answer, "the answer");
  EXPECT_EQ(again.Put(batch)->state, OutboxState::kAnswered);
  // What was answered isn't made refused by a later failure.
  ASSERT_TRUE(again.Refused(name, "BUSY").ok());
  EXPECT_EQ(again.Read(name)->state, OutboxState::kAnswered);
}

TEST_F(BuilderTest, TheOutboxTakesNoSecondBatchUnderOneSequence) {
  Outbox outbox(folder_ / "outbox", clock_);
  ASSERT_TRUE(outbox.Put(Signed(5)).ok());
  EXPECT_EQ(WhyNot(outbox.Put(Signed(5))), "SEQUENCE_REUSED");
  EXPECT_TRUE(outbox.Put(Signed(6)).ok());
}

TEST_F(BuilderTest, AWaitingBatchTakesOnALateSignature) {
  Outbox outbox(folder_ / "outbox", clock_);
  Draft draft = *Draft::Begin(Head(), {Serialize(builder_.Inquire(PlainOrder(), {}))});
  ASSERT_TRUE(draft.Sign(handler_).ok());
  ASSERT_TRUE(outbox.Put(draft.batch()).ok());
  ASSERT_TRUE(draft.Sign(cosigner_).ok());
  EXPECT_EQ(outbox.Put(draft.batch())->batch.head().signatures_size(), 2);
  EXPECT_EQ(outbox.Pending()->size(), 1u);
}

// SIGNATURES_MISSING says: have another one sign the same head. Then that must be what goes out.
TEST_F(BuilderTest, RefusedStatementsGoOutAgainWithTheSignatureThatTheyMissed) {
  Outbox outbox(folder_ / "outbox", clock_);
  trust::HeadFields head = Head();
  head.member_type = v1::MEMBER_TYPE_STATEMENT;
  Draft draft = *Draft::Begin(head, {v1::Statement().SerializeAsString() + "x"});
  ASSERT_TRUE(draft.Sign(handler_).ok());
  const std::string name = outbox.Put(draft.batch())->name;
  ASSERT_TRUE(outbox.Answered(name, "refused: SIGNATURES_MISSING").ok());
  EXPECT_EQ(outbox.Put(draft.batch())->state, OutboxState::kAnswered) << "unchanged, it stays answered";
  ASSERT_TRUE(draft.Sign(cosigner_).ok());
  const auto item = outbox.Put(draft.batch());
  ASSERT_TRUE(item.ok()) << item.status();
  EXPECT_EQ(item->batch.head().signatures_size(), 2);
  EXPECT_EQ(item->state, OutboxState::kReady);
  EXPECT_EQ(outbox.Pending()->size(), 1u) << "a crash now loses nothing";
  // An order's refusal has used its id up: what was answered stays.
  Draft order = *Draft::Begin(Head(), {Serialize(builder_.Inquire(PlainOrder(), {}))});
  ASSERT_TRUE(order.Sign(handler_).ok());
  ASSERT_TRUE(outbox.Answered(outbox.Put(order.batch())->name, "refused").ok());
  ASSERT_TRUE(order.Sign(cosigner_).ok());
  EXPECT_EQ(outbox.Put(order.batch())->batch.head().signatures_size(), 1);
}

TEST_F(BuilderTest, TheOutboxFindsAnOrdersSignedBytes) {
  Outbox outbox(folder_ / "outbox", clock_);
  const v1::SignedBatch batch = Signed();
  ASSERT_TRUE(outbox.Put(batch).ok());
  const auto order = trust::ParseStrict<v1::Order>(batch.members(0));
  EXPECT_EQ(*outbox.OrderBytes(order->order_id()), batch.members(0));
  EXPECT_EQ(*outbox.OrderBytes(std::string(16, 'x')), std::nullopt);
}

// Every byte of an outbox file is covered: no damage passes for what was written.
TEST_F(BuilderTest, ADamagedOutboxFileIsNeverSent) {
  const OutboxItem item{.name = "x",
                        .state = OutboxState::kReady,
                        .member_type = v1::MEMBER_TYPE_ORDER,
                        .changed_at = Monday(),
                        .batch = Signed(),
                        .answer = "a"};
  const std::string bytes = EncodeOutboxItem(item);
  EXPECT_EQ(DecodeOutboxItem("x", bytes)->batch.SerializeAsString(), item.batch.SerializeAsString());
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_EQ(WhyNot(DecodeOutboxItem("x", damaged)), "STORAGE_DAMAGED") << i;
    EXPECT_EQ(WhyNot(DecodeOutboxItem("x", bytes.substr(0, i))), "STORAGE_DAMAGED") << i;
  }
}

TEST_F(BuilderTest, FilesAreReplacedWholeAndListedInOrder) {
  ASSERT_TRUE(MakeFolder(folder_ / "a/b/c").ok());
  ASSERT_TRUE(MakeFolder(folder_ / "a/b/c").ok());
  for (const char* name : {"a/2.x", "a/1.x", "a/3.y"}) ASSERT_TRUE(WriteDurably(folder_ / name, name).ok());
  EXPECT_EQ(*FilesIn(folder_ / "a", ".x"), (std::vector<std::string>{"1.x", "2.x"}));
  ASSERT_TRUE(WriteDurably(folder_ / "a/1.x", "new").ok());
  EXPECT_EQ(*ReadFile(folder_ / "a/1.x"), "new");
  EXPECT_EQ(*ReadFileIfThere(folder_ / "a/none"), std::nullopt);
  EXPECT_EQ(WhyNot(WriteDurably(folder_ / "none/1.x", "")), "STORAGE_UNUSABLE");
  EXPECT_EQ(WhyNot(MakeFolder(folder_ / "a/1.x")), "STORAGE_UNUSABLE");
}

}  // namespace
}  // namespace eagle::client
