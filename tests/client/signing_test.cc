// Signing together 会签: several officers, several devices, one digest.
#include <filesystem>

#include "client/cli/signers.h"
#include "client/common/files.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/bytes.h"
#include "server/trust/signature.h"
#include "tests/client/cli_world.h"

namespace eagle::client {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class SigningTest : public testing::Test {
 protected:
  SigningTest() {
    world_.ListStatements();
    std::filesystem::create_directory(world_.Path("drafts"));
    draft_ = world_.Path("drafts/one.draft");
    EXPECT_EQ(Add(draft_, "80,000.00").exit, kExitOk);
  }
  Ran Add(const std::string& draft, const std::string& limit, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"order", "draft",     "freeze",  "--into",    draft, "--case",
                                          kCase,   "--subject", kDebtor,   "--officer", "001", "--officer",
                                          "002",   "--agency",  "9900010", "--limit",   limit};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return world_.Run(arguments);
  }
  // What another device makes of the bytes that `eagle order digest --out` wrote.
  std::string DeviceSigns(const std::string& officer, const std::string& bytes) {
    const auto key = trust::SignerFromPemFile(world_.Path("pki/keys/officer-辽9901-" + officer + ".pem"));
    return Base64Encode((*key)->Sign(bytes));
  }
  std::string Digest() { return Draft::Read(draft_)->digest_text(); }
  std::string BytesOf(const std::string& draft) {
    const Ran ran = world_.Run({"order", "digest", draft, "--out", world_.Path("to_be_signed")});
    EXPECT_EQ(ran.exit, kExitOk) << ran.err;
    return *ReadFile(world_.Path("to_be_signed"));
  }
  // The same head fields and signatures over another limit, as somebody between two signers would make it.
  std::string Tampered() {
    const Draft honest = *Draft::Read(draft_);
    v1::Order order = OrderOf(honest.batch());
    order.mutable_freeze()->set_limit_minor_units(8'000'000'00);
    Draft other = *Draft::Begin({.member_type = honest.head().member_type(),
                                 .environment = honest.head().environment(),
                                 .signer = honest.head().signer(),
                                 .sequence = honest.head().sequence(),
                                 .signed_at = trust::SignedAt(honest.head())},
                                {order.SerializeAsString()});
    v1::SignedBatch batch = other.batch();
    *batch.mutable_head()->mutable_signatures() = honest.batch().head().signatures();
    return world_.Put("tampered.draft", batch.SerializeAsString());
  }

  CliWorld world_;
  std::string draft_;
};

TEST_F(SigningTest, TwoDevicesSignTheSameBytesAndDigest) {
  const Ran shown = world_.Json({"order", "digest", draft_});
  EXPECT_EQ(At(shown.out, "to_be_signed.digest"), Digest());
  const std::string bytes = BytesOf(draft_);
  EXPECT_EQ(At(shown.out, "to_be_signed.base64"), Base64Encode(bytes));
  const Ran elsewhere = world_.Json(
      {"order", "sign", draft_, "--signature", DeviceSigns("001", bytes), "--officer", "001", "--digest", Digest()});
  EXPECT_EQ(elsewhere.exit, kExitOk) << elsewhere.err;
  EXPECT_EQ(At(elsewhere.out, "signatures.0.officer"), "001");
  EXPECT_EQ(At(elsewhere.out, "signatures.0.holds"), "true");
  // The second one has his key here, and reads the digest in fours.
  const Ran here = world_.Run({"order", "sign", draft_, "--sign", "002", "--digest", SpacedDigest(Digest()), "--yes"});
  EXPECT_EQ(here.exit, kExitOk) << here.err;
  EXPECT_THAT(here.err, AllOf(HasSubstr(SpacedDigest(Digest())), HasSubstr("up to 80,000.00 CNY"),
                              HasSubstr("民事诉讼法第253条")));
  EXPECT_EQ(BytesOf(draft_), bytes);
  ASSERT_EQ(world_.Run({"order", "submit", draft_}).exit, kExitOk);
  EXPECT_EQ(world_.gateway->order_batches.at(0).head().signatures_size(), 2);
}

TEST_F(SigningTest, ASignatureInAFileIsTakenRawOrAsBase64) {
  const std::string text = DeviceSigns("003", BytesOf(draft_));
  EXPECT_EQ(world_
                .Run({"order", "sign", draft_, "--signature", world_.Put("sig", text + "\n"), "--officer",
                      "court/辽9901/officer/003"})
                .exit,
            kExitOk);
  EXPECT_EQ(
      world_.Run({"order", "sign", draft_, "--signature", world_.Put("raw", *Base64Decode(text)), "--officer", "003"})
          .exit,
      kExitOk);
  EXPECT_EQ(Draft::Read(draft_)->batch().head().signatures_size(), 1);  // one key signs once
}

TEST_F(SigningTest, ASignatureThatIsAnothersOrOverOtherBytesIsNotAdded) {
  const std::string bytes = BytesOf(draft_), before = *ReadFile(draft_);
  for (const auto& [signature, officer] :
       {std::pair(DeviceSigns("001", bytes), "002"), std::pair(DeviceSigns("001", bytes + "x"), "001"),
        std::pair(Base64Encode(std::string(64, 's')), "001")}) {
    const Ran ran = world_.Run({"order", "sign", draft_, "--signature", signature, "--officer", officer});
    EXPECT_NE(ran.exit, kExitOk);
    EXPECT_THAT(ran.err, HasSubstr("SIGNATURE_INVALID"));
  }
  EXPECT_THAT(world_.Run({"order", "sign", draft_, "--signature", DeviceSigns("001", bytes), "--officer", "009"}).err,
              HasSubstr("OFFICER_NOT_VALID"));
  EXPECT_NE(world_.Run({"order", "sign", draft_, "--signature", DeviceSigns("001", bytes)}).exit, kExitOk);
  EXPECT_NE(world_.Run({"order", "sign", draft_, "--signature", "short", "--officer", "001"}).exit, kExitOk);
  EXPECT_EQ(*ReadFile(draft_), before);
}

TEST_F(SigningTest, ADraftThatWasChangedOnTheWayIsNotSigned) {
  ASSERT_EQ(world_.Run({"order", "sign", draft_, "--sign", "001", "--yes"}).exit, kExitOk);
  const std::string digest = Digest(), tampered = Tampered(), before = *ReadFile(tampered);
  const Ran compared = world_.Run({"order", "sign", tampered, "--sign", "002", "--digest", digest, "--yes"});
  EXPECT_NE(compared.exit, kExitOk);
  EXPECT_THAT(compared.err, HasSubstr("DIGEST_MISMATCH"));
  // Without a digest to compare, the first signature tells.
  const Ran blind = world_.Run({"order", "sign", tampered, "--sign", "002", "--yes"});
  EXPECT_NE(blind.exit, kExitOk);
  EXPECT_THAT(blind.err, AllOf(HasSubstr("SIGNATURE_INVALID"), HasSubstr("changed after officer 001 signed")));
  EXPECT_THAT(world_.Json({"order", "pending", tampered}).out, HasSubstr("CHANGED_AFTER_SIGNING"));
  EXPECT_EQ(*ReadFile(tampered), before);
  // The device signs what it was given: the honest bytes don't fit the changed draft.
  const Ran elsewhere =
      world_.Run({"order", "sign", tampered, "--signature", DeviceSigns("002", BytesOf(draft_)), "--officer", "002"});
  EXPECT_THAT(elsewhere.err, HasSubstr("SIGNATURE_INVALID"));
}

TEST_F(SigningTest, PendingTellsWhoSignedAndWhoIsMissingUnderThePolicyInForce) {
  const auto state = [&](std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"order", "pending", world_.Path("drafts")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return world_.Json(arguments);
  };
  const Ran unsigned_draft = state();
  EXPECT_EQ(At(unsigned_draft.out, "0.state"), "UNSIGNED") << unsigned_draft.err;
  EXPECT_EQ(At(unsigned_draft.out, "0.digest"), Digest());
  EXPECT_EQ(At(unsigned_draft.out, "0.not_after"), "2026-10-05T09:00:00+08:00");
  ASSERT_EQ(world_.Run({"order", "sign", draft_, "--sign", "001", "--yes"}).exit, kExitOk);
  v1::Refusal& refusal = world_.gateway->refusals[kCase];
  refusal.set_reason("SIGNATURES_MISSING");
  v1::FieldProblem* problem = refusal.add_problems();
  problem->set_field("signatures"), problem->set_reason("SIGNATURES_MISSING"),
      problem->set_description("different officers must sign as HANDLER, COSIGNER");
  const Ran waits = state();
  EXPECT_EQ(At(waits.out, "0.state"), "WAITS");
  EXPECT_EQ(At(waits.out, "0.signed_by"), "001 (HANDLER)");
  EXPECT_EQ(At(waits.out, "0.missing"), "different officers must sign as HANDLER, COSIGNER");
  EXPECT_EQ(At(state({"--offline"}).out, "0.state"), "SIGNED");
  problem->set_field("freeze.limit_minor_units"), problem->set_reason("DIGITS_SWAPPED");
  EXPECT_EQ(At(state().out, "0.state"), "WOULD_BE_REFUSED");
  EXPECT_EQ(At(state().out, "0.other_problems"), "freeze.limit_minor_units DIGITS_SWAPPED");
  world_.gateway->refusals.clear();
  ASSERT_EQ(world_.Run({"order", "sign", draft_, "--sign", "002", "--yes"}).exit, kExitOk);
  EXPECT_EQ(At(state().out, "0.state"), "READY");
  world_.clock.now += absl::Hours(24 * 8);
  EXPECT_EQ(At(state().out, "0.state"), "EXPIRED");
  world_.clock.now -= absl::Hours(24 * 8);
  ASSERT_EQ(world_.Run({"order", "submit", draft_}).exit, kExitOk);
  EXPECT_EQ(At(state().out, "0.state"), "");  // sent: waits for nobody
}

TEST_F(SigningTest, ActsOnCasesGoTheSameWay) {
  const std::string draft = world_.Path("drafts/case.draft");
  const Ran opened = world_.Run({"case",         "open",
                                 "--case",       kCase,
                                 "--title",      "（2026）辽9901民初307号",
                                 "--applicant",  "赵慧兰",
                                 "--respondent", std::string(kDebtor) + ";JOINT",
                                 "--principal",  "180,000.00",
                                 "--handler",    "001",
                                 "--leader",     "003",
                                 "--confirm",    "UNIT_SLIP,AMOUNT_IMPLAUSIBLE:003:与判决书核对:无误",
                                 "--draft",      draft});
  ASSERT_EQ(opened.exit, kExitOk) << opened.err;
  EXPECT_THAT(opened.out, AllOf(HasSubstr("principal 180,000.00"), HasSubstr("leader 003 confirms UNIT_SLIP"),
                                HasSubstr("与判决书核对:无误")));
  const Ran signed_draft =
      world_.Run({"case", "sign", draft, "--signature", DeviceSigns("003", BytesOf(draft)), "--officer", "003"});
  EXPECT_EQ(signed_draft.exit, kExitOk) << signed_draft.err;
  EXPECT_EQ(At(world_.Json({"case", "pending", draft}).out, "0.signed_by"), "003 (LEADER)");
  ASSERT_EQ(world_.Run({"case", "sign", draft, "--sign", "001", "--yes"}).exit, kExitOk);
  EXPECT_EQ(world_.Run({"case", "submit", draft}).exit, kExitOk);
  ASSERT_EQ(world_.gateway->case_batches.size(), 1u);
}

TEST_F(SigningTest, AConfirmationStandsInTheSignedBytes) {
  const std::string draft = world_.Path("drafts/confirmed.draft");
  EXPECT_EQ(Add(draft, "58,278.00", {"--confirm", "DIGITS_SWAPPED:003:compared with the file"}).exit, kExitOk);
  const v1::Order order = OrderOf(Draft::Read(draft)->batch());
  EXPECT_EQ(order.confirmed().leader(), "003");
  EXPECT_EQ(order.confirmed().reasons(0), "DIGITS_SWAPPED");
  EXPECT_EQ(order.confirmed().ground(), "compared with the file");
  EXPECT_NE(Add(world_.Path("drafts/bad.draft"), "1", {"--confirm", "DIGITS_SWAPPED"}).exit, kExitOk);
}

}  // namespace
}  // namespace eagle::client
