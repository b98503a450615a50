// Signed notes, checkpoints, proofs and tile names, against other people's vectors and the project's own.
#include "server/journal/note.h"

#include "server/journal/checkpoint.h"
#include "server/journal/text.h"
#include "tests/server/journal/support.h"

namespace eagle::journal {
namespace {

constexpr char kLogKey[] = "gateway.example/log1+4c009cb9+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
constexpr char kWitnessKey[] = "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X";
constexpr char kTesseraKey[] = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
constexpr char kFooKey[] = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const std::string kDash = "\xE2\x80\x94 ";
const std::string kFooNote =
    "This is an example message.\n\n" + kDash +
    "example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

std::unique_ptr<NoteVerifier> Key(std::string_view text) { return ParseVerifierKey(text).value(); }
Ed25519NoteSigner LogSigner() { return Ed25519NoteSigner("gateway.example/log1", KeyOfSeed(0x00)); }
absl::StatusOr<OpenedNote> Open(std::string_view note, const NoteVerifier& verifier) {
  const NoteVerifier* const verifiers[] = {&verifier};
  return OpenNote(note, verifiers);
}
Checkpoint HeadOfSize300() {
  return {"gateway.example/log1", 300, HashOfBase64("hOE+weA3FVrmGXV1mbLNIa2lpWXg/ZsxOcDDxsG4rak=")};
}
// The project's checkpoint of size 300 with the witness's line.
std::string CosignedNote() {
  std::string note = SignCheckpoint(HeadOfSize300(), LogSigner()).value();
  return note + SignatureLine(Cosign("witness.example/w1", KeyOfSeed(0x20), FormatCheckpoint(HeadOfSize300()),
                                     absl::FromUnixSeconds(1700000000)));
}

TEST(NoteKeyTest, TextsOfTheProjectKeysAgree) {
  EXPECT_EQ(LogSigner().VerifierKey(), kLogKey);
  EXPECT_EQ(VerifierKeyText("witness.example/w1", NoteKeyType::kCosignature, KeyOfSeed(0x20).PublicKeyOf()),
            kWitnessKey);
  const std::string private_text = SignerKeyText("gateway.example/log1", Span(0, 32));
  EXPECT_EQ(private_text, "PRIVATE+KEY+gateway.example/log1+4c009cb9+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f");
  EXPECT_EQ(Ed25519NoteSigner::Parse(private_text)->VerifierKey(), kLogKey);
  EXPECT_EQ(Ed25519NoteSigner::Parse("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")
                ->VerifierKey(),
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
}

TEST(NoteKeyTest, EveryPartAndEveryChangedByteOfAKeyTextIsRefused) {
  const std::string good = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
  ASSERT_TRUE(ParseVerifierKey(good).ok());
  for (size_t at = 0; at < good.size(); ++at) {
    EXPECT_EQ(ReasonOf(ParseVerifierKey(good.substr(0, at)).status()), Reason::kNoteMalformed);
    if (at > 0) {
      EXPECT_EQ(ReasonOf(ParseVerifierKey(good.substr(at)).status()), Reason::kNoteMalformed);
    }
    for (int change : {1, 2, 4, 8, 16, 32, 64, 128}) {
      std::string wrong = good;
      wrong[at] = static_cast<char>(wrong[at] ^ change);
      EXPECT_FALSE(ParseVerifierKey(wrong).ok()) << wrong;
    }
  }
  EXPECT_FALSE(ParseVerifierKey("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").ok());
  const std::string secret = SignerKeyText("n", Span(0, 32));
  for (size_t at = 0; at < secret.size(); ++at) EXPECT_FALSE(Ed25519NoteSigner::Parse(secret.substr(0, at)).ok());
  EXPECT_FALSE(Ed25519NoteSigner::Parse(secret + "=").ok());
}

TEST(NoteKeyTest, NamesHaveNoSpaceAndNoPlus) {
  for (const char* good : {"a", "gateway.example/log1", "法院/日志", "\xF0\x9F\xA6\x85"})
    EXPECT_TRUE(IsKeyName(good)) << good;
  for (const char* bad : {"", "a b", "a+b", "a\tb", "a\nb", "a\xC2\xA0z", "a\xE3\x80\x80z", "a\xE2\x80\xA8", "\xC2\x85",
                          "\xE1\x9A\x80", "\xFF", "a\x01"}) {
    EXPECT_FALSE(IsKeyName(bad)) << bad;
  }
}

TEST(NoteTest, OpensNotesOfOthers) {
  EXPECT_EQ(Open(kFooNote, *Key(kFooKey))->text, "This is an example message.\n");
  const std::string tessera =
      "example.com/log/testdata\n1\n0Nc2CrefWKseHj/mStd+LqC8B+NrX0btIiPt2SmN+ek=\n\n" + kDash +
      "example.com/log/testdata "
      "M9e0lhr9kuLxGdAtaUrhm84TQffVsLdcy808sN0a3WyniNlfcr9+bywoiIke1YYciCNjJGkCgIlQ8b16jhsmg/SChAM=\n";
  const Checkpoint head = OpenCheckpoint(tessera, *Key(kTesseraKey)).value();
  EXPECT_EQ(head.size, 1u);
  EXPECT_EQ(head.root, LeafHash("one"));
  EXPECT_EQ(RootOfLeaves(std::vector{LeafHash("one"), LeafHash("two")}),
            HashOfBase64("T1X2GdkhUjV3iyufF9b0kVsWFxIU0VI4EpNml2Teci4="));
  const std::string cosigned =
      "rome2026h1.example.org\n300\nlCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v0=\n\n" + kDash +
      "witness.example.org "
      "uKLPIAAAAABpVGeAhm2bOvKc3LaB9PFN1ruG19Y5yqslmcAAbhftnn1Zznmo0LXFZq4LGvqKqLX8jWlwLKasxEGTLIqAVus"
      "neCBmBw==\n";
  const OpenedNote by_witness =
      Open(cosigned, *Key("witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN")).value();
  EXPECT_EQ(CosignatureTime(by_witness.verified.at(0)), absl::FromUnixSeconds(1767139200));
  EXPECT_EQ(ParseCheckpoint(by_witness.text)->size, 300u);
}

TEST(NoteTest, TheTextEndsAtTheLastEmptyLine) {
  const Ed25519NoteSigner signer("n", KeyOfSeed(1));
  const NoteSigner* const signers[] = {&signer};
  const std::string note = SignNote("one\n\ntwo\n", signers).value();
  EXPECT_EQ(Open(note, *Key(signer.VerifierKey()))->text, "one\n\ntwo\n");
}

TEST(NoteTest, RefusesAWrongSignatureOfAKnownKeyEvenBesideAGoodOne) {
  const auto log = Key(kLogKey), witness = Key(kWitnessKey);
  const NoteVerifier* const both[] = {log.get(), witness.get()};
  std::string note = SignCheckpoint(HeadOfSize300(), LogSigner()).value();
  NoteSignature wrong = Cosign("witness.example/w1", KeyOfSeed(0x20), "another text\n", absl::FromUnixSeconds(5));
  note += SignatureLine(wrong);
  EXPECT_EQ(ReasonOf(OpenNote(note, both).status()), Reason::kNoteUntrusted);
  EXPECT_TRUE(Open(note, *log).ok());  // for who doesn't know the witness the line means nothing
  wrong.bytes.resize(64);
  EXPECT_EQ(
      ReasonOf(OpenNote(SignCheckpoint(HeadOfSize300(), LogSigner()).value() + SignatureLine(wrong), both).status()),
      Reason::kNoteUntrusted);
}

TEST(NoteTest, UnknownKeysAreListedAndWorthNothing) {
  const auto log = Key(kLogKey), foo = Key(kFooKey);
  const OpenedNote opened = Open(CosignedNote(), *log).value();
  ASSERT_EQ(opened.verified.size(), 1u);
  EXPECT_EQ(opened.verified[0].name, "gateway.example/log1");
  ASSERT_EQ(opened.unknown.size(), 1u);
  EXPECT_EQ(opened.unknown[0].name, "witness.example/w1");
  EXPECT_EQ(ReasonOf(Open(CosignedNote(), *foo).status()), Reason::kNoteUntrusted);
  EXPECT_EQ(ReasonOf(OpenNote(CosignedNote(), {}).status()), Reason::kNoteUntrusted);
  // The right name with another key id is unknown too.
  const Ed25519NoteSigner impostor("gateway.example/log1", KeyOfSeed(0x77));
  EXPECT_EQ(ReasonOf(OpenCheckpoint(SignCheckpoint(HeadOfSize300(), impostor).value(), *log).status()),
            Reason::kNoteUntrusted);
}

TEST(NoteTest, ASignatureCountsOncePerKey) {
  const auto log = Key(kLogKey);
  std::string note = SignCheckpoint(HeadOfSize300(), LogSigner()).value();
  note += note.substr(note.rfind(kDash));
  EXPECT_EQ(Open(note, *log)->verified.size(), 1u);
}

TEST(NoteTest, TakesManySignaturesButNotAnyNumber) {
  std::string note = SignCheckpoint(HeadOfSize300(), LogSigner()).value();
  const auto log = Key(kLogKey);
  for (size_t i = 1; i < kNoteSignaturesMax; ++i) note += SignatureLine({"w" + std::to_string(i), 7, "signature"});
  EXPECT_EQ(Open(note, *log)->unknown.size(), kNoteSignaturesMax - 1);
  note += SignatureLine({"one-more", 7, "signature"});
  EXPECT_EQ(ReasonOf(Open(note, *log).status()), Reason::kNoteMalformed);
  EXPECT_EQ(ReasonOf(Open(SignNote(std::string(kNoteBytesMax, 'x') + "\n", {}).value(), *log).status()),
            Reason::kNoteMalformed);
}

TEST(NoteTest, RefusesWhatIsNoNote) {
  const auto log = Key(kLogKey);
  const std::string line = kDash + "n AAAAAAAA\n", good = "text\n\n" + line;
  EXPECT_EQ(ReasonOf(Open(good, *log).status()), Reason::kNoteUntrusted);  // the shape is right
  for (const std::string& bad : {std::string(),
                                 std::string("text"),
                                 std::string("text\n"),
                                 "text\n" + line,
                                 "text\n\n" + line + "x",
                                 "text\n\n" + line.substr(0, line.size() - 1),
                                 "te\rxt\n\n" + line,
                                 "te\txt\n\n" + line,
                                 std::string("te\0xt\n\n", 7) + line,
                                 "t\xFFxt\n\n" + line,
                                 std::string("text\n\n- n AAAAAAAA\n"),
                                 "text\n\n" + kDash + " AAAAAAAA\n",
                                 "text\n\n" + kDash + "n\n",
                                 "text\n\n" + kDash + "n AAAA\n",
                                 "text\n\n" + kDash + "n AAAAAA\n",
                                 "text\n\n" + kDash + "n AAAAAAA\n",
                                 "text\n\n" + kDash + "n AAAAAAAA \n",
                                 "text\n\n" + kDash + "n  AAAAAAAA\n",
                                 "text\n\n" + kDash + "n+m AAAAAAAA\n",
                                 "text\n\n" + line + "\n",
                                 "text\n\n" + kDash + "n AAAAAB==\n"}) {
    EXPECT_EQ(ReasonOf(Open(bad, *log).status()), Reason::kNoteMalformed) << bad;
  }
  for (const std::string& bad :
       {std::string(), std::string("no end"), std::string("tab\t\n"), std::string("\xC0\x80\n")}) {
    EXPECT_EQ(ReasonOf(SignNote(bad, {}).status()), Reason::kNoteMalformed);
  }
}

TEST(NoteTest, NoChangedNoteOpensWithAnotherText) {
  const auto log = Key(kLogKey);
  const std::string good = CosignedNote(), text = FormatCheckpoint(HeadOfSize300());
  std::mt19937_64 random(6);
  for (int round = 0; round < 3000; ++round) {
    const auto opened = Open(Mutated(good, random), *log);
    if (opened.ok()) {
      EXPECT_EQ(opened->text, text);
    }
  }
}

TEST(CheckpointTest, TheProjectCheckpointIsExact) {
  const std::string note = CosignedNote();
  EXPECT_EQ(note,
            "gateway.example/log1\n300\nhOE+weA3FVrmGXV1mbLNIa2lpWXg/ZsxOcDDxsG4rak=\n\n" + kDash +
                "gateway.example/log1 "
                "TACcuZvGSW8xltyL0aC3sSr5Aw4oveAq98mLoJCgp/jKZvJTZI0YQgwlr2COA8eGXh+vkV2J87Mx9uQAuQ6BEQ/4XgA=\n" +
                kDash +
                "witness.example/w1 "
                "IDJKvgAAAABlU/EAsnW9zQKacMSF4zcue5Zp5y8TQg3f67fonWnzlsTr2tjKKZ+HiKKFUyAn6qFuJnx7Lti8vvVMK6LJfNp4jBjRC"
                "w==\n");
  EXPECT_EQ(note.size(), 317u);
  EXPECT_EQ(Hex(Sha256(note)), "5a3ecc73a592ef7ea94229b79c45005c75e314e37ca0792c83ff6b3ab9c0089b");
  const auto log = Key(kLogKey), witness = Key(kWitnessKey);
  EXPECT_EQ(OpenCheckpoint(note, *log).value(), HeadOfSize300());
  const NoteVerifier* const witnesses[] = {witness.get()};
  const CosignedCheckpoint opened = OpenCheckpoint(note, *log, witnesses).value();
  EXPECT_EQ(opened.checkpoint, HeadOfSize300());
  ASSERT_EQ(opened.cosignatures.size(), 1u);
  EXPECT_EQ(CosignatureTime(opened.cosignatures[0]), absl::FromUnixSeconds(1700000000));
}

TEST(CheckpointTest, TheWitnessRequestOfTheProjectIsExact) {
  ListTiles tiles(NumberedLeaves(300));
  std::string body = "old 256\n";
  const std::vector<Hash> proof = ConsistencyProof(256, 300, tiles).value();
  for (const Hash& hash : proof) body += Base64Encode(View(hash)) + "\n";
  body += "\n" + SignCheckpoint(HeadOfSize300(), LogSigner()).value();
  EXPECT_EQ(body.size(), 243u);
  EXPECT_EQ(Hex(Sha256(body)), "c7ba6aba3dabcfa05e0bd579e249ac8898e4ed714edd574562b4ebdfdba0a518");
}

TEST(CheckpointTest, NeedsTheLogsOwnSignatureAndOrigin) {
  const auto log = Key(kLogKey), witness = Key(kWitnessKey);
  const NoteVerifier* const witnesses[] = {witness.get()};
  const std::string text = FormatCheckpoint(HeadOfSize300());
  const std::string only_witness =
      text + "\n" + SignatureLine(Cosign("witness.example/w1", KeyOfSeed(0x20), text, absl::FromUnixSeconds(1)));
  EXPECT_EQ(ReasonOf(OpenCheckpoint(only_witness, *log, witnesses).status()), Reason::kNoteUntrusted);
  Checkpoint other = HeadOfSize300();
  other.origin = "gateway.example/log2";
  const Ed25519NoteSigner signer = LogSigner();
  const NoteSigner* const signers[] = {&signer};
  EXPECT_EQ(ReasonOf(OpenCheckpoint(SignNote(FormatCheckpoint(other), signers).value(), *log).status()),
            Reason::kNoteUntrusted);
  EXPECT_EQ(ReasonOf(OpenCheckpoint(SignNote("not a checkpoint\n", signers).value(), *log).status()),
            Reason::kNoteMalformed);
  EXPECT_DEATH(SignCheckpoint(other, signer).IgnoreError(), "signs for itself alone");
}

TEST(CheckpointTest, HasOneSpellingOnly) {
  const std::string good = FormatCheckpoint(HeadOfSize300()), root = "hOE+weA3FVrmGXV1mbLNIa2lpWXg/ZsxOcDDxsG4rak=\n";
  EXPECT_EQ(ParseCheckpoint(good).value(), HeadOfSize300());
  EXPECT_EQ(ParseCheckpoint("o\n0\n" + root)->size, 0u);
  EXPECT_EQ(ParseCheckpoint("o\n18446744073709551615\n" + root)->size, UINT64_MAX);
  for (const std::string& bad :
       {std::string(), std::string("o\n"), std::string("o\n1\n"), "o\n1\n" + root.substr(0, root.size() - 1),
        "o\n1\n" + root + "more\n", "o\n1\n" + root + "\n", "o\n01\n" + root, "o\n-1\n" + root, "o\n+1\n" + root,
        "o\n 1\n" + root, "o\n\n" + root, "\n1\n" + root, "o p\n1\n" + root, "o\n18446744073709551616\n" + root,
        "o\n99999999999999999999\n" + root, std::string("o\n1\nhOE+\n"),
        std::string("o\n1\n!OE+weA3FVrmGXV1mbLNIa2lpWXg/ZsxOcDDxsG4rak=\n"),
        std::string("o\n1\nhOE+weA3FVrmGXV1mbLNIa2lpWXg/ZsxOcDDxsG4ral=\n")}) {
    EXPECT_EQ(ReasonOf(ParseCheckpoint(bad).status()), Reason::kNoteMalformed) << bad;
  }
  std::mt19937_64 random(7);
  for (int round = 0; round < 10000; ++round) {
    const std::string changed = Mutated(good, random);
    if (const auto parsed = ParseCheckpoint(changed); parsed.ok()) {
      EXPECT_EQ(FormatCheckpoint(*parsed), changed);
    }
  }
}

TlogProof ProjectProof() {
  ListTiles tiles(NumberedLeaves(300));
  return {.extra = std::nullopt,
          .index = 299,
          .path = InclusionProof(299, 300, tiles).value(),
          .checkpoint = CosignedNote()};
}

TEST(TlogProofTest, TheProjectProofIsExactAndVerifies) {
  const TlogProof proof = ProjectProof();
  const std::string text = FormatTlogProof(proof);
  EXPECT_EQ(text.size(), 576u);
  EXPECT_EQ(Hex(Sha256(text)), "faecf9e76439af1f378cfcada660752a9b09738938107bb2fcb8f18a3dd87bbc");
  EXPECT_EQ(ParseTlogProof(text).value(), proof);
  const auto log = Key(kLogKey);
  EXPECT_EQ(VerifyTlogProof(proof, LeafHash("299"), *log).value(), HeadOfSize300());
  EXPECT_EQ(ReasonOf(VerifyTlogProof(proof, LeafHash("298"), *log).status()), Reason::kProofInvalid);
  TlogProof wrong = proof;
  wrong.index = 298;
  EXPECT_EQ(ReasonOf(VerifyTlogProof(wrong, LeafHash("299"), *log).status()), Reason::kProofInvalid);
  EXPECT_EQ(ReasonOf(VerifyTlogProof(proof, LeafHash("299"), *Key(kTesseraKey)).status()), Reason::kNoteUntrusted);
}

TEST(TlogProofTest, CarriesExtraBytesAndEmptyPaths) {
  TlogProof proof = ProjectProof();
  proof.extra = std::string("\0\xFFraw", 5);
  EXPECT_EQ(ParseTlogProof(FormatTlogProof(proof)).value(), proof);
  proof.extra = "";
  proof.path.clear();
  EXPECT_EQ(ParseTlogProof(FormatTlogProof(proof)).value(), proof);
  proof.path.resize(kProofHashesMax);
  EXPECT_TRUE(ParseTlogProof(FormatTlogProof(proof)).ok());
  proof.path.resize(kProofHashesMax + 1);
  EXPECT_EQ(ReasonOf(ParseTlogProof(FormatTlogProof(proof)).status()), Reason::kNoteMalformed);
  EXPECT_EQ(ReasonOf(ParseTlogProof(std::string(kTlogProofBytesMax + 1, 'x')).status()), Reason::kNoteMalformed);
}

TEST(TlogProofTest, HasOneSpellingOnlyAndNoChangeVerifies) {
  TlogProof with_extra = ProjectProof();
  with_extra.extra = "extra";
  const auto log = Key(kLogKey);
  std::mt19937_64 random(8);
  for (const std::string& good : {FormatTlogProof(ProjectProof()), FormatTlogProof(with_extra)}) {
    for (size_t length = 0; length < good.size() - CosignedNote().size(); ++length) {
      EXPECT_EQ(ReasonOf(ParseTlogProof(good.substr(0, length)).status()), Reason::kNoteMalformed);
    }
    for (int round = 0; round < 3000; ++round) {
      const std::string changed = Mutated(good, random);
      const auto parsed = ParseTlogProof(changed);
      if (!parsed.ok()) continue;
      EXPECT_EQ(FormatTlogProof(*parsed), changed);
      const auto head = VerifyTlogProof(*parsed, LeafHash("299"), *log);
      if (head.ok()) {
        EXPECT_TRUE(*head == HeadOfSize300() && parsed->index == 299);
      }
    }
  }
}

TEST(TileTest, PathsAreThoseOfTheSpecification) {
  const std::pair<TileName, const char*> rows[] = {
      {{0, 0, 256}, "tile/0/000"},
      {{0, 999, 256}, "tile/0/999"},
      {{1, 1000, 256}, "tile/1/x001/000"},
      {{0, 1234067, 44}, "tile/0/x001/x234/067.p/44"},
      {{63, 1000000, 1}, "tile/63/x001/x000/000.p/1"},
      {{kEntriesLevel, 0, 256}, "tile/entries/000"},
      {{kEntriesLevel, 273, 112}, "tile/entries/273.p/112"},
      {{2, UINT64_MAX, 255}, "tile/2/x018/x446/x744/x073/x709/x551/615.p/255"}};
  for (const auto& [name, path] : rows) {
    EXPECT_EQ(TilePath(name), path);
    EXPECT_EQ(ParseTilePath(path), name) << path;
  }
  for (const char* bad : {"",
                          "tile",
                          "tile/",
                          "tile/0",
                          "tile/0/",
                          "tile/0/0",
                          "tile/0/00",
                          "tile/0/0000",
                          "tile/0/1000",
                          "tile/00/000",
                          "tile/64/000",
                          "tile/-1/000",
                          "tile/0/x000/001",
                          "tile/0/x001/00",
                          "tile/0/x001000",
                          "tile/0/001/000",
                          "tile/0/x001/x000",
                          "tile/0/000.p/0",
                          "tile/0/000.p/256",
                          "tile/0/000.p/01",
                          "tile/0/000.p/",
                          "tile/0/000.p",
                          "tile/0/000/",
                          "/tile/0/000",
                          "tile/0/abc",
                          "tile/Entries/000",
                          "tile/8/0/000",
                          "tile/2/x018/x446/x744/x073/x709/x551/616",
                          "tile/0/000.p/1.p/1",
                          "tile/0/ 00"}) {
    EXPECT_FALSE(ParseTilePath(bad)) << bad;
  }
  std::mt19937_64 random(9);
  for (int round = 0; round < 10000; ++round) {
    const std::string changed = Mutated("tile/0/x001/x234/067.p/44", random);
    if (const auto name = ParseTilePath(changed)) {
      EXPECT_EQ(TilePath(*name), changed);
    }
  }
}

TEST(TileTest, WidthsAreThoseOfTheSpecification) {
  EXPECT_EQ(TileWidthAt(70000, 0, 272), 256u);
  EXPECT_EQ(TileWidthAt(70000, 0, 273), 112u);
  EXPECT_EQ(TileWidthAt(70000, 0, 274), 0u);
  EXPECT_EQ(TileWidthAt(70000, 1, 0), 256u);
  EXPECT_EQ(TileWidthAt(70000, 1, 1), 17u);
  EXPECT_EQ(TileWidthAt(70000, 2, 0), 1u);
  EXPECT_EQ(TileWidthAt(256, 0, 1), 0u);
  EXPECT_EQ(TileWidthAt(256, 1, 0), 1u);
  EXPECT_EQ(TileWidthAt(UINT64_MAX, 63, 0), 0u);
  EXPECT_EQ(TileWidthAt(5, 0, UINT64_MAX), 0u);
}

TEST(TileTest, BundlesAreThoseOfTheSpecification) {
  std::string one_two, three, full;
  AppendBundleEntry(one_two, "one");
  AppendBundleEntry(one_two, "two");
  EXPECT_EQ(HexEncode(one_two), "00036f6e65000374776f");
  for (int i = 0; i < 256; ++i) {
    if (i < 3) AppendBundleEntry(three, std::to_string(i));
    AppendBundleEntry(full, std::to_string(i));
  }
  EXPECT_EQ(HexEncode(three), "000130000131000132");
  EXPECT_EQ(full.size(), 1170u);
  EXPECT_EQ(Hex(Sha256(full)), "94693d5c6d6a0355ec07bac8214516c1ce6a5100b0588f226fd95f26571157d7");
  EXPECT_EQ(ParseBundle(full, 256)->at(255), "255");
  EXPECT_TRUE(ParseBundle("", 0)->empty());
  for (size_t count : {0, 1, 3}) EXPECT_EQ(ReasonOf(ParseBundle(one_two, count).status()), Reason::kJournalBroken);
  for (size_t length = 0; length < one_two.size(); ++length)
    EXPECT_FALSE(ParseBundle(one_two.substr(0, length), 2).ok());
}

TEST(TextTest, DecimalsHaveOneSpelling) {
  EXPECT_EQ(ParseDecimal("0"), 0u);
  EXPECT_EQ(ParseDecimal("18446744073709551615"), UINT64_MAX);
  for (const char* bad :
       {"", "00", "01", "+1", "-1", " 1", "1 ", "1a", "18446744073709551616", "28446744073709551615"}) {
    EXPECT_FALSE(ParseDecimal(bad)) << bad;
  }
}

}  // namespace
}  // namespace eagle::journal
