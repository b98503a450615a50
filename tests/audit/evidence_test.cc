// Evidence that a gateway gives verifies with pinned keys alone and tells what happened; what was changed, dropped,
// swapped or put in another order does not.
#include <gmock/gmock.h>

#include "tests/audit/evidence_world.h"

namespace eagle::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST(Evidence, TellsWhoOrderedWhoSignedWhoAnsweredAndWhoDidNot) {
  EvidenceWorld world;
  const v1::Order inquiry = world.OverdueInquiry();
  const auto report = world.Verify(world.Of(inquiry));
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  EXPECT_FALSE(report->silence);
  EXPECT_EQ(report->court_name, "北陵市松月区人民法院");
  EXPECT_EQ(report->order.SerializeAsString(), inquiry.SerializeAsString());
  ASSERT_THAT(report->officers, SizeIs(2));
  EXPECT_TRUE(report->officers[0].signed_order && report->officers[1].signed_order);
  EXPECT_EQ(report->officers[0].duty_card_no, "D001");
  EXPECT_EQ(report->other_signatures, 0u);
  EXPECT_EQ(report->due - report->accepted_at, absl::Hours(24));
  EXPECT_THAT(report->agencies, SizeIs(3));
  EXPECT_THAT(report->deliveries, SizeIs(3));
  ASSERT_THAT(report->receipts, SizeIs(2));
  EXPECT_EQ(report->receipts[0].agency, kBeiling);
  EXPECT_EQ(report->receipts[0].receipt.items(0).finding().balance_minor_units(), 61'350'27);
  EXPECT_FALSE(report->receipts[0].late);
  ASSERT_THAT(report->marks, SizeIs(3));
  EXPECT_EQ(report->marks[2].permille, 1000u);
  ASSERT_THAT(report->unanswered, SizeIs(1));
  EXPECT_EQ(audit::AgencyName(*report, report->unanswered[0]), "云帆银行 (9900003)");
  EXPECT_TRUE(report->all_agencies);
}

TEST(Evidence, ALateAnswerIsLateAndACorrectionReplacesIt) {
  EvidenceWorld world;
  const v1::Order inquiry = world.OverdueInquiry();
  const v1::Receipt late = world.demo.Nil(inquiry, kYunfan);
  ASSERT_TRUE(world.demo.Report(kYunfan, {late}).ok());
  v1::Receipt correction = world.demo.Found(inquiry, kYunfan, "9900030000000004040", 150'000'00);
  correction.set_kind(v1::RECEIPT_KIND_CORRECTION);
  correction.set_corrects(DemoWorld::Digest(late));
  ASSERT_TRUE(world.demo.Report(kYunfan, {correction}).ok());
  const auto report = world.Verify(world.Of(inquiry));
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  ASSERT_THAT(report->receipts, SizeIs(4));
  EXPECT_TRUE(report->receipts[2].late && report->receipts[2].superseded);
  EXPECT_FALSE(report->receipts[3].superseded);
  EXPECT_THAT(report->unanswered, IsEmpty());
}

TEST(Evidence, ADeductionShowsTheAmountAndTheCourtsOwnAccount) {
  EvidenceWorld world;
  const v1::Order deduct = world.Deduction();
  const v1::Evidence evidence = world.Of(deduct);
  const auto report = world.Verify(evidence);
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  ASSERT_THAT(report->receipts, SizeIs(2));
  EXPECT_EQ(report->receipts[1].receipt.items(0).deduction().amount_minor_units(), 80'000'00);
  EXPECT_EQ(report->run, audit::Run::kSinceAcceptance) << "nothing else happened in this log";
  const auto of_freeze = world.Verify(world.Of(world.freeze));
  ASSERT_TRUE(of_freeze.ok()) << EvidenceWorld::Why(of_freeze.status());
  EXPECT_EQ(of_freeze->receipts[1].receipt.change(), v1::MEASURE_CHANGE_INFLOW);
}

TEST(Evidence, TheLeaderOfAnExceptionAndAGroupsOtherSignaturesAreTold) {
  EvidenceWorld world;
  std::vector<v1::Order> group = {world.demo.Freeze(kBeiling, 80'000'00), world.demo.Seal()};
  const std::string id = world.gateway.NewId();
  for (v1::Order& order : group) order.set_group(id);
  ASSERT_THAT(DemoWorld::Reasons(world.demo.Submit(group, {kHandler, kCosigner, kLeader})), ElementsAre("", ""));
  const auto bank = world.Verify(world.Of(group[0]));
  ASSERT_TRUE(bank.ok()) << EvidenceWorld::Why(bank.status());
  EXPECT_EQ(bank->other_signatures, 1u);
  const auto house = world.Verify(world.Of(group[1]));
  ASSERT_TRUE(house.ok()) << EvidenceWorld::Why(house.status());
  ASSERT_THAT(house->officers, SizeIs(3));
  EXPECT_TRUE(house->officers[2].leads_exception && house->officers[2].signed_order);
}

TEST(Evidence, OneAgencysPartOpensNoOtherOne) {
  EvidenceWorld world;
  const v1::Order inquiry = world.OverdueInquiry();
  const v1::Evidence evidence = world.Of(inquiry, {kSongyue});
  const auto report = world.Verify(evidence);
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  EXPECT_FALSE(report->all_agencies);
  ASSERT_THAT(report->receipts, SizeIs(1));
  EXPECT_EQ(report->receipts[0].agency, kSongyue);
  EXPECT_THAT(report->closed, SizeIs(1));
  EXPECT_THAT(EvidenceWorld::Bytes(evidence), testing::Not(HasSubstr("9900010000000001016")));
}

TEST(Evidence, AKeyThatChangedLaterStillBearsWhatItSigned) {
  EvidenceWorld world;
  const v1::Order inquiry = world.OverdueInquiry();
  for (const std::string& subject : {std::string("agency/") + kBeiling, std::string("court/") + kCourt}) {
    v1::Statement next = world.demo.StatementAbout(subject, v1::STATEMENT_KIND_KEY);
    next.set_algorithm(v1::KEY_ALGORITHM_ED25519);
    next.set_key(world.gateway.Key(subject + "/new").public_key());
    ASSERT_TRUE(world.demo.State("registrar", {next}, {"registrar-2", "registrar-3"}).ok());
  }
  v1::Statement gone = world.demo.StatementAbout("court/辽9901/officer/001", v1::STATEMENT_KIND_ENDED);
  const auto ended = world.demo.State(kCourt, {gone}, {"court/辽9901/new"});
  ASSERT_TRUE(ended.ok() && !ended->results(0).has_refusal()) << ended->DebugString();
  world.reader = kLeader;  // the handler reads no more
  const auto report = world.Verify(world.Of(inquiry));
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  EXPECT_EQ(report->receipts[0].key, world.gateway.Key(std::string("agency/") + kBeiling).public_key());
  EXPECT_TRUE(report->officers[0].signed_order);
}

// --- changed

// Every byte, three ways; the first bytes and the last ones bit by bit. None may verify, each names a part.
void FlipEverything(EvidenceWorld& world, const std::string& bytes) {
  const audit::EvidencePins pins = world.Pins();
  const auto refused = [&](size_t at, uint8_t pattern) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(static_cast<uint8_t>(changed[at]) ^ pattern);
    const auto report = audit::VerifyEvidence(changed, pins);
    ASSERT_FALSE(report.ok()) << "byte " << at << " of " << bytes.size() << " xor " << int{pattern};
    const Failure failure = FailureOf(report.status());
    ASSERT_THAT(failure.metadata, testing::Contains(testing::Key("part"))) << at << " " << failure.message;
  };
  for (size_t at = 0; at < bytes.size(); ++at) {
    const bool small = at < 1024 || at + 2048 > bytes.size();
    for (int bit = 0; small && bit < 8; ++bit) refused(at, static_cast<uint8_t>(1 << bit));
    for (const uint8_t pattern : {uint8_t{1}, uint8_t{128}, uint8_t{3}}) refused(at, pattern);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(EvidenceChanged, NoByteOfADeductionsEvidenceMayChange) {
  EvidenceWorld world;
  const std::string bytes = EvidenceWorld::Bytes(world.Of(world.Deduction()));
  ASSERT_TRUE(audit::VerifyEvidence(bytes, world.Pins()).ok());
  FlipEverything(world, bytes);
}

TEST(EvidenceChanged, NoByteOfAProofOfSilenceMayChange) {
  EvidenceWorld world;
  const v1::Order inquiry = world.OverdueInquiry();
  v1::GetEvidenceRequest request = world.Request(inquiry, {kYunfan});
  request.set_silence(true);
  const std::string bytes = EvidenceWorld::Bytes(world.Filled(*world.AskAsAuditor(request)));
  ASSERT_TRUE(audit::VerifyEvidence(bytes, world.Pins()).ok());
  FlipEverything(world, bytes);
}

TEST(EvidenceChanged, NeitherMoreNorFewerBytesNorAnotherEncodingIsTheFile) {
  EvidenceWorld world;
  const std::string bytes = EvidenceWorld::Bytes(world.Of(world.Deduction()));
  const audit::EvidencePins pins = world.Pins();
  for (size_t size = 0; size < bytes.size(); size += 97) {
    EXPECT_FALSE(audit::VerifyEvidence(bytes.substr(0, size), pins).ok()) << size;
  }
  const std::string unknown("\xa2\x06\x01x", 4);  // field 100
  const std::string twice("\x10\x01", 2);         // version again
  const std::string empty_hash("\x3a\x00", 2);    // a hash of no bytes
  for (const std::string& tail : {unknown, twice, empty_hash, bytes, std::string(1, '\0')}) {
    EXPECT_EQ(ReasonOf(audit::VerifyEvidence(bytes + tail, pins).status()), Reason::kEvidenceMalformed);
  }
  EXPECT_EQ(ReasonOf(audit::VerifyEvidence(std::string(17 << 20, 'x'), pins).status()), Reason::kEvidenceMalformed);
}

// --- swapped

TEST(EvidenceSwapped, PartsOfAnotherValidEvidenceDoNotFit) {
  EvidenceWorld world;
  const v1::Order deduct = world.Deduction();
  const v1::Evidence mine = world.Of(deduct), freeze = world.Of(world.freeze);
  ASSERT_EQ(world.Why(mine), "verified");
  ASSERT_EQ(world.Why(freeze), "verified");

  v1::Evidence id = mine;
  id.set_order_id(world.freeze.order_id());
  EXPECT_THAT(world.Why(id), HasSubstr("another order than the file is about"));

  // A receipt of the other order in the place of mine, the proof made anew.
  const int place = EvidenceWorld::PlaceOf(mine, v1::ENTRY_TYPE_TASK_ANSWERED);
  v1::Evidence receipt = mine;
  *receipt.mutable_entries(place) = freeze.entries(EvidenceWorld::PlaceOf(freeze, v1::ENTRY_TYPE_TASK_ANSWERED));
  EXPECT_THAT(world.Why(receipt), HasSubstr("don't rise by index"));
  receipt = mine;
  *receipt.add_entries() = freeze.entries(EvidenceWorld::PlaceOf(freeze, v1::ENTRY_TYPE_MEASURE_CHANGED));
  std::sort(receipt.mutable_entries()->begin(), receipt.mutable_entries()->end(),
            [](const auto& a, const auto& b) { return EvidenceWorld::IndexOf(a) < EvidenceWorld::IndexOf(b); });
  EXPECT_THAT(world.Why(world.Reproved(receipt)), HasSubstr("has no place in this file"));

  // Another payload with its own salt under my leaf.
  v1::Evidence payload = mine;
  const v1::EvidenceEntry& other = freeze.entries(EvidenceWorld::PlaceOf(freeze, v1::ENTRY_TYPE_TASK_ANSWERED));
  payload.mutable_entries(place)->set_payload(other.payload());
  payload.mutable_entries(place)->set_salt(other.salt());
  EXPECT_THAT(world.Why(payload), AllOf(StartsWith("entry "), HasSubstr("not the one that the log committed to")));

  // The proof of the other file, and a proof in another order.
  v1::Evidence proof = mine;
  *proof.mutable_proof() = freeze.proof();
  EXPECT_NE(world.Why(proof), "verified");
  proof = mine;
  proof.mutable_proof()->SwapElements(0, 1);
  EXPECT_THAT(world.Why(proof), StartsWith("entries and proof: "));
}

TEST(EvidenceSwapped, StatementsOfAnotherCourtHaveNoPlace) {
  EvidenceWorld world;
  const v1::Evidence mine = world.Of(world.Deduction());
  // The other court's statements are in the same log: find one, closed, and put it in.
  for (uint64_t index = 1; index < world.SizeOf(mine); ++index) {
    const auto leaf = journal::DecodeLeaf(world.Leaf(index));
    if (leaf->type != v1::ENTRY_TYPE_STATEMENT_ACCEPTED || leaf->actor_kind != v1::ACTOR_KIND_COURT ||
        leaf->actor_ordinal != 2)
      continue;
    v1::Evidence with = mine;
    with.add_entries()->set_leaf(world.Leaf(index));
    std::sort(with.mutable_entries()->begin(), with.mutable_entries()->end(),
              [](const auto& a, const auto& b) { return EvidenceWorld::IndexOf(a) < EvidenceWorld::IndexOf(b); });
    EXPECT_THAT(world.Why(world.Reproved(with)), HasSubstr("no place in this file"));
    return;
  }
  ADD_FAILURE() << "the other court stated nothing";
}

// --- dropped and put in another order, by one who has the whole log

TEST(EvidenceDropped, AnyEntryThatIsMissingIsNoticed) {
  EvidenceWorld world;
  for (const v1::Evidence& evidence : {world.Of(world.OverdueInquiry()), world.Of(world.Deduction())}) {
    ASSERT_EQ(world.Why(evidence), "verified");
    const int last = evidence.entries_size() - 1;
    for (int place = 0; place < last; ++place) {
      const std::string why = world.Why(world.Without(evidence, place));
      // A delivery to an agency is told where the log points to it, and may be left out elsewhere.
      if (EvidenceWorld::TypeOf(evidence.entries(place)) == v1::ENTRY_TYPE_DELIVERED) continue;
      EXPECT_NE(why, "verified") << audit::EvidenceReport().origin << evidence.entries_size() << " without entry "
                                 << EvidenceWorld::IndexOf(evidence.entries(place)) << " type "
                                 << EvidenceWorld::TypeOf(evidence.entries(place));
    }
  }
}

TEST(EvidenceDropped, AnAnswerInTheMiddleIsMissedByTheNextEntry) {
  EvidenceWorld world;
  const v1::Evidence evidence = world.Of(world.OverdueInquiry());
  EXPECT_THAT(world.Why(world.Without(evidence, v1::ENTRY_TYPE_TASK_ANSWERED, 0)),
              HasSubstr("an entry about this order is missing before this one"));
}

TEST(EvidenceDropped, AnAnswerBeforeADeliveryIsMissedByTheCount) {
  EvidenceWorld world;
  const v1::Order inquiry = world.demo.Inquire({kBeiling, kSongyue});
  ASSERT_TRUE(world.demo.Submit({inquiry}).ok());
  world.demo.Pull(kBeiling);
  ASSERT_TRUE(world.demo.Report(kBeiling, {world.demo.Nil(inquiry, kBeiling)}).ok());
  world.demo.Pull(kSongyue);
  ASSERT_TRUE(world.demo.Report(kSongyue, {world.demo.Nil(inquiry, kSongyue)}).ok());
  const v1::Evidence evidence = world.Of(inquiry);
  ASSERT_EQ(world.Why(evidence), "verified");
  EXPECT_THAT(world.Why(world.Without(evidence, v1::ENTRY_TYPE_TASK_ANSWERED, 0)),
              HasSubstr("completes the order, but an agency's answer is missing"));
}

TEST(EvidenceDropped, TheLastAnswerIsMissedOnlyWhereTheRunIsThere) {
  EvidenceWorld world;
  const v1::Order deduct = world.Deduction();
  world.demo.Pull(kLand);  // something else happens in the log
  const auto complete = world.AskAsAuditor(world.Request(deduct));
  ASSERT_TRUE(complete.ok()) << complete.status();
  const v1::Evidence evidence = world.Filled(*complete);
  const auto report = world.Verify(evidence);
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  EXPECT_EQ(report->run, audit::Run::kSinceAcceptance);
  const auto cut = world.Verify(world.Without(evidence, v1::ENTRY_TYPE_TASK_ANSWERED, 0));
  EXPECT_FALSE(cut.ok()) << "leaves before the gap have lost their place";
  // Without the run the same is possible, and the page says so.
  v1::Evidence partly = world.Of(deduct);
  const int answer = EvidenceWorld::PlaceOf(partly, v1::ENTRY_TYPE_TASK_ANSWERED);
  partly.mutable_entries()->DeleteSubrange(answer - 1, 2);  // with the head under which it came
  const auto partial = world.Verify(world.Reproved(partly));
  ASSERT_TRUE(partial.ok()) << EvidenceWorld::Why(partial.status());
  EXPECT_EQ(partial->run, audit::Run::kNone);
}

TEST(EvidenceDropped, AnOpenedReceiptMayNotBeClosed) {
  EvidenceWorld world;
  v1::Evidence evidence = world.Of(world.Deduction());
  v1::EvidenceEntry& answer = *evidence.mutable_entries(EvidenceWorld::PlaceOf(evidence, v1::ENTRY_TYPE_TASK_ANSWERED));
  answer.clear_payload();
  EXPECT_THAT(world.Why(evidence), HasSubstr("payload and salt come together"));
  answer.clear_salt();
  EXPECT_THAT(world.Why(evidence), HasSubstr("opened if, and only if, its agency is in scope"));
}

TEST(EvidenceReordered, EntriesRiseAndAgenciesToo) {
  EvidenceWorld world;
  const v1::Order inquiry = world.OverdueInquiry();
  v1::Evidence evidence = world.Of(inquiry);
  evidence.mutable_entries()->SwapElements(3, 4);
  EXPECT_THAT(world.Why(evidence), HasSubstr("don't rise by index"));
  evidence = world.Of(inquiry, {kSongyue, kBeiling});
  ASSERT_EQ(world.Why(evidence), "verified");
  evidence.mutable_agencies()->SwapElements(0, 1);
  EXPECT_THAT(world.Why(evidence), StartsWith("agencies: "));
}

// --- another checkpoint, other pins

TEST(EvidenceCheckpoint, AnOlderValidOneProvesWhatWasThereThen) {
  EvidenceWorld world;
  const v1::Order inquiry = world.OverdueInquiry();
  const v1::Evidence before = world.Of(inquiry);
  ASSERT_TRUE(world.demo.Report(kYunfan, {world.demo.Nil(inquiry, kYunfan)}).ok());
  v1::Evidence after = world.Of(inquiry);
  ASSERT_EQ(world.Why(after), "verified");
  v1::Evidence older = after;
  older.set_checkpoint(before.checkpoint());
  EXPECT_THAT(world.Why(older), HasSubstr("beyond the checkpoint"));
  const auto then = world.Verify(before);
  ASSERT_TRUE(then.ok());
  EXPECT_LT(then->size, world.Verify(after)->size) << "the page says as of which size it speaks";
  EXPECT_THAT(then->unanswered, SizeIs(1));
}

TEST(EvidencePins, OtherKeysThanThePinnedOnesAreRefusedByName) {
  EvidenceWorld world;
  const std::string bytes = EvidenceWorld::Bytes(world.Of(world.Deduction()));
  const auto why = [&](const audit::PinOptions& options) {
    const auto pins = audit::ParsePins(options);
    return pins.ok() ? EvidenceWorld::Why(audit::VerifyEvidence(bytes, *pins).status()) : "unusable";
  };
  audit::PinOptions log = world.PinTexts();
  log.log_key =
      journal::Ed25519NoteSigner(world.gateway.log_signer->name(), *journal::PrivateKey::FromSeed(std::string(32, 'x')))
          .VerifierKey();
  EXPECT_THAT(why(log), StartsWith("checkpoint: "));
  audit::PinOptions registrar = world.PinTexts();
  registrar.registrar_keys[0] = Base64Encode(world.gateway.Key("registrar-9").public_key());
  EXPECT_THAT(why(registrar), AllOf(StartsWith("entry 0 (LOG_FOUNDED)"), HasSubstr("a pinned registrar isn't one")));
  audit::PinOptions threshold = world.PinTexts();
  threshold.registrar_threshold = 3;
  EXPECT_THAT(why(threshold), HasSubstr("another number of registrars"));
  audit::PinOptions few = world.PinTexts();
  few.registrar_keys.pop_back();  // statements were signed by the first and the third
  EXPECT_THAT(why(few), HasSubstr("not signed by enough pinned registrars"));
  audit::PinOptions witness = world.PinTexts();
  witness.witness_keys = {"witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN"};
  EXPECT_EQ(why(witness), "verified");
  witness.witnesses_needed = 1;
  EXPECT_THAT(why(witness), HasSubstr("too few of the pinned witnesses"));
  witness.witnesses_needed = 2;
  EXPECT_EQ(why(witness), "unusable");
  audit::PinOptions crossed = world.PinTexts();
  crossed.witness_keys = {crossed.log_key};
  EXPECT_EQ(why(crossed), "unusable") << "a log's key is no witness's";
  crossed = world.PinTexts();
  crossed.log_key = "witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN";
  EXPECT_EQ(why(crossed), "unusable");
}

TEST(EvidencePins, ACosignatureIsVerifiedWhenPinnedAndToldWhenNot) {
  EvidenceWorld world;
  v1::Evidence evidence = world.Of(world.Deduction());
  const auto key = journal::PrivateKey::FromSeed(std::string(32, 'w'));
  const std::string& note = evidence.checkpoint();
  const std::string text = note.substr(0, note.find("\n\n") + 1);
  const journal::NoteSignature line =
      journal::Cosign("witness.example/w1", *key, text, absl::FromUnixSeconds(1790600000));
  evidence.set_checkpoint(note + journal::SignatureLine(line));
  const auto lenient = world.Verify(evidence);
  ASSERT_TRUE(lenient.ok());
  EXPECT_THAT(lenient->unpinned, ElementsAre("witness.example/w1"));
  audit::PinOptions options = world.PinTexts();
  options.witness_keys = {
      journal::VerifierKeyText("witness.example/w1", journal::NoteKeyType::kCosignature, key->PublicKeyOf())};
  options.witnesses_needed = 1;
  const audit::EvidencePins pins = *audit::ParsePins(options);
  const auto strict = audit::VerifyEvidence(EvidenceWorld::Bytes(evidence), pins);
  ASSERT_TRUE(strict.ok()) << EvidenceWorld::Why(strict.status());
  ASSERT_THAT(strict->cosigners, SizeIs(1));
  EXPECT_EQ(strict->cosigners[0].time, absl::FromUnixSeconds(1790600000));
  std::string& changed = *evidence.mutable_checkpoint();
  changed[changed.size() - 10] ^= 1;
  EXPECT_FALSE(audit::VerifyEvidence(EvidenceWorld::Bytes(evidence), pins).ok());
}

}  // namespace
}  // namespace eagle::test
