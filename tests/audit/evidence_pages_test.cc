// What people get of verified evidence: the page, its HTML, standard files for strangers' tools, and `eagle-audit` over
// all of it.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/strip.h"
#include "client/audit/cli/commands.h"
#include "client/audit/code_words.h"
#include "client/audit/evidence_page.h"
#include "client/audit/evidence_pieces.h"
#include "client/audit/evidence_words.h"
#include "tests/audit/evidence_world.h"
#include "tests/support/paths.h"
#include "tests/support/temp_folder.h"

namespace eagle::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const absl::TimeZone kZone = absl::FixedTimeZone(8 * 3600);

std::string ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}
void WriteAll(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

audit::Page PageFor(EvidenceWorld& world, const v1::Evidence& evidence) {
  const audit::EvidencePins pins = world.Pins();
  const auto report = audit::VerifyEvidence(EvidenceWorld::Bytes(evidence), pins);
  EXPECT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  return audit::PageOf(*report, pins, kZone);
}

TEST(EvidencePage, AJudgeReadsItInBothLanguages) {
  EvidenceWorld world;
  const std::string text = audit::TextOf(PageFor(world, world.Of(world.Deduction())));
  EXPECT_THAT(text, StartsWith("协助执行事项证据 Evidence of an order\n核验通过"));
  for (const char* words : {"测试环境",
                            "法院 court",
                            "北陵市松月区人民法院 (辽9901)",
                            "扣划 80,000.00 CNY 至 执行款专户 9900010000000099010",
                            "deduction of 80,000.00 CNY to",
                            "林远舟, 居民身份证 CITIZEN_ID 990101198503070017",
                            "民事诉讼法第253条",
                            "officer 001 (001)",
                            "工作证 work id W001",
                            "执行公务证 duty card D001",
                            "应反馈 due",
                            "已扣划到账 deducted and settled",
                            "按期 in time",
                            "SHA-256 " /* of instruments */,
                            "预置密钥指纹",
                            "登记人 registrar 3",
                            "检查点 checkpoint",
                            "裁定书 RULING",
                            "执行 EXECUTION",
                            "种类 kind",
                            "银行 BANK",
                            "年9月",
                            "日 星期",
                            "紧急事项反馈期限 ANSWER_URGENT",
                            "UTC+08:00"}) {
    EXPECT_THAT(text, HasSubstr(words));
  }
}

TEST(EvidencePage, EveryCodeOfTheShippedPolicyHasAChineseName) {
  const v1::PolicyTable table = PolicyOf2026();
  std::vector<std::string> codes;
  const auto add = [&](const auto& more) { codes.insert(codes.end(), more.begin(), more.end()); };
  for (const v1::ActionRow& row : table.actions()) add(row.papers());
  for (const v1::DeadlineRow& row : table.deadlines()) codes.push_back(row.name());
  for (const v1::IdKindRow& row : table.id_kinds()) codes.push_back(row.id_kind());
  add(table.asset_kinds()), add(table.purposes()), add(table.urgency_reasons()), add(table.release_grounds());
  add(table.objections().grounds());
  ASSERT_GT(codes.size(), 40u);
  for (const std::string& code : codes) EXPECT_THAT(audit::CodeText(code), testing::EndsWith(" " + code));
  EXPECT_EQ(audit::CodeText("NOBODY_KNOWS"), "NOBODY_KNOWS");
}

TEST(EvidencePage, AnUnknownValueIsCalledUnknown) {
  v1::Order order;
  order.set_action(v1::ACTION_FREEZE);
  order.mutable_freeze()->set_currency("CNY");
  v1::AssetTarget& asset = *order.mutable_freeze()->mutable_asset();
  asset.set_asset_kind("PATENT"), asset.set_unit_number("ZL990110000017.7");
  asset.set_share_numerator(1), asset.set_share_denominator(1);
  EXPECT_THAT(audit::ActOf(order).zh, HasSubstr("（价值未知），专利权 PATENT"));
  EXPECT_THAT(audit::ActOf(order).en, HasSubstr("of unknown value, PATENT"));
  order.mutable_freeze()->set_limit_minor_units(100);
  EXPECT_THAT(audit::ActOf(order).en, HasSubstr(" 1.00 CNY, PATENT"));
}

TEST(EvidencePage, AThingIsShownWithItsShareAndWhatItsRegisterSaysOfIt) {
  v1::ItemResult item;
  item.set_outcome(v1::OUTCOME_FOUND);
  v1::Finding& finding = *item.mutable_finding();
  finding.set_asset_kind("VEHICLE"), finding.set_description("号牌号码 辽99A7K21");
  finding.set_share_numerator(3), finding.set_share_denominator(10);
  v1::PriorMeasure& prior = *finding.add_prior_measures();
  prior.set_authority("辽9803"), prior.set_document_number("执118号");
  const std::string text = audit::ItemText(item, "CNY", kZone);
  EXPECT_THAT(text, AllOf(HasSubstr("份额 share 3/10"), HasSubstr("号牌号码 辽99A7K21"), HasSubstr("辽9803 执118号"),
                          Not(HasSubstr("0.00"))));
}

TEST(EvidencePage, AMeasureIsShownWithTheDayOnWhichItTookEffect) {
  v1::ItemResult item;
  item.set_outcome(v1::OUTCOME_CONTROLLED);
  item.mutable_measure()->mutable_effective_from()->set_seconds(1'791'770'400);  // published: Monday 12 October, 10:00
  EXPECT_THAT(audit::ItemText(item, "CNY", kZone),
              AllOf(HasSubstr("生效 in effect since 2026年10月12日 星期一 10:00:00"), Not(HasSubstr("until"))));
}

TEST(EvidencePage, EveryReasonOfAnAgencyHasAChineseNameAndAnUnknownOneStaysAsItCame) {
  const google::protobuf::EnumDescriptor& reasons = *v1::AgencyReason_descriptor();
  for (int i = 0; i < reasons.value_count(); ++i) {
    if (reasons.value(i)->number() == v1::AGENCY_REASON_UNKNOWN) continue;
    const std::string code(absl::StripPrefix(reasons.value(i)->name(), "AGENCY_REASON_"));
    EXPECT_THAT(audit::AgencyReasonText(code), AllOf(testing::EndsWith(" " + code), Not(HasSubstr("未知代码"))));
  }
  EXPECT_EQ(audit::AgencyReasonText("BANK_X_77"), "未知代码 UNKNOWN (BANK_X_77)");
}

TEST(EvidencePage, SilenceSaysHowItIsShown) {
  EvidenceWorld world;
  const v1::Order inquiry = world.OverdueInquiry();
  world.demo.Pull(kLand);  // others go on
  const std::string by_mark = audit::TextOf(PageFor(world, world.SilenceOf(inquiry, kYunfan)));
  EXPECT_THAT(by_mark, AllOf(StartsWith("未反馈证明 Proof of silence"), HasSubstr("云帆银行 (9900003)"),
                             HasSubstr("by the log's own marks"), HasSubstr("尚无 NO_ANSWER_YET")));
  v1::GetEvidenceRequest request = world.Request(inquiry, {kYunfan});
  request.set_silence(true);
  const std::string by_leaves = audit::TextOf(PageFor(world, world.Filled(*world.AskAsAuditor(request))));
  EXPECT_THAT(by_leaves, AllOf(HasSubstr("no receipt of this agency on this order among them"),
                               HasSubstr("every entry of the log since the acceptance")));
}

TEST(EvidencePage, HtmlIsOneFileWithoutScriptsAndEverythingInItIsEscaped) {
  EvidenceWorld world;
  v1::Order inquiry = world.demo.Inquire({kBeiling});
  inquiry.set_legal_basis("<script>alert(\"1\")</script>&'\x1b[2J");
  ASSERT_THAT(DemoWorld::Reasons(world.demo.Submit({inquiry})), testing::ElementsAre(""));
  const audit::Page page = PageFor(world, world.Of(inquiry));
  const std::string html = audit::HtmlOf(page);
  EXPECT_THAT(
      html,
      AllOf(StartsWith("<!DOCTYPE html>"), HasSubstr("charset=\"utf-8\""), HasSubstr("default-src 'none'"),
            HasSubstr("@media print"), HasSubstr("&lt;script&gt;alert(&quot;1&quot;)"), HasSubstr("&amp;&#39;"),
            Not(HasSubstr("<script")), Not(HasSubstr("http://")), Not(HasSubstr("src=\"")), Not(HasSubstr("\x1b"))));
  EXPECT_THAT(audit::TextOf(page), Not(HasSubstr("\x1b")));
}

// The guide's commands, sections 3 to 6, in a folder that --extract made.
std::string GuideScript() {
  std::istringstream guide(ReadAll(SourcePath("server/docs/auditor-guide.md")));
  std::string script = "set -euo pipefail\nPROTO=" + SourcePath("proto") + "\n";
  bool inside = false;
  for (std::string line; std::getline(guide, line);) {
    if (line.rfind("```", 0) == 0) {
      inside = line == "```sh";
    } else if (inside) {
      script += line + "\n";
    }
  }
  return script;
}

// The guide's commands take these entries of the file, and refuse each when one of its pieces is changed.
void OpensslVerifies(EvidenceWorld& world, const v1::Evidence& evidence, const std::vector<uint64_t>& indexes) {
  const audit::EvidencePins pins = world.Pins();
  const std::string bytes = EvidenceWorld::Bytes(evidence);
  const auto report = audit::VerifyEvidence(bytes, pins);
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  const auto pieces = audit::PiecesOf(bytes, pins, *report);
  ASSERT_TRUE(pieces.ok());
  for (const uint64_t index : indexes) {
    const std::string prefix = "entry-" + std::to_string(index) + "/";
    for (const std::string& changed : {std::string(), std::string("order.member"), std::string("entry.leaf"),
                                       std::string("signer.key"), std::string("payload.bin")}) {
      const TempFolder folder;
      for (const auto& [path, content] : *pieces) {
        if (path.rfind(prefix, 0) != 0) continue;
        std::string written = content;
        const std::string name = path.substr(prefix.size());
        if (name == changed) written[written.size() / 2] = static_cast<char>(written[written.size() / 2] ^ 1);
        WriteAll(folder / name, written);
      }
      WriteAll(folder / "audit.sh", GuideScript());
      const int status = std::system(("cd " + folder.path() + " && bash audit.sh > audit.log 2>&1").c_str());
      EXPECT_EQ(status == 0, changed.empty()) << index << " " << changed << ReadAll(folder / "audit.log");
    }
  }
}

TEST(EvidencePieces, OpensslAloneVerifiesOneReceiptAndRefusesAChangedOne) {
  EvidenceWorld world;
  const v1::Evidence evidence = world.Of(world.Deduction());
  const auto report = world.Verify(evidence);
  ASSERT_TRUE(report.ok());
  OpensslVerifies(world, evidence, {report->order_index, report->receipts[0].index, report->receipts[1].index});
}

TEST(EvidencePieces, OpensslAloneVerifiesWhoSignedTheOrderAnew) {
  EvidenceWorld world;
  const v1::Evidence evidence = world.Of(world.ResumedInquiry());
  const auto report = world.Verify(evidence);
  ASSERT_TRUE(report.ok() && report->resumptions.size() == 1);
  OpensslVerifies(world, evidence, {report->resumptions[0].index});
}

// A second verifier in another language, which shares no line with the first, is of one mind with it.
TEST(EvidencePieces, AStrangersProgramVerifiesItTooAndRefusesWhatWasChanged) {
  EvidenceWorld world;
  const v1::Order inquiry = world.OverdueInquiry();
  v1::GetEvidenceRequest request = world.Request(inquiry, {kYunfan});
  request.set_silence(true);
  std::vector<std::string> files = {EvidenceWorld::Bytes(world.Of(world.Deduction())),
                                    EvidenceWorld::Bytes(world.Of(inquiry)),
                                    EvidenceWorld::Bytes(world.Filled(*world.AskAsAuditor(request)))};
  files.push_back(EvidenceWorld::Bytes(world.Of(world.ResumedInquiry())));
  const audit::PinOptions pins = world.PinTexts();
  const TempFolder folder;
  const auto refuses = [&](const std::string& bytes) {
    WriteAll(folder / "file", bytes);
    std::string command =
        "python3 " + SourcePath("tests/audit/check_evidence.py") + " " + (folder / "file") + " '" + pins.log_key + "'";
    for (const std::string& key : pins.registrar_keys) command += " '" + key + "'";
    return std::system((command + " > " + (folder / "out") + " 2>&1").c_str()) != 0;
  };
  for (const std::string& bytes : files) {
    ASSERT_FALSE(refuses(bytes)) << ReadAll(folder / "out");
    for (size_t at = 200; at < bytes.size(); at += bytes.size() / 9) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ 4);
      EXPECT_TRUE(refuses(changed)) << at;
      EXPECT_THAT(ReadAll(folder / "out"), StartsWith("refused: "));
    }
  }
}

class EagleAudit : public ::testing::Test {
 protected:
  int Run(std::vector<std::string> arguments) {
    out_.str(""), err_.str("");
    return audit::RunEagleAudit(arguments, out_, err_, world_.gateway.clock, false);
  }
  std::vector<std::string> Arguments(const std::string& verb, const std::string& file = "") {
    std::vector<std::string> arguments = {verb};
    if (!file.empty()) arguments.push_back(file);
    const audit::PinOptions pins = world_.PinTexts();
    WriteAll(folder_ / "log.pub", pins.log_key + "\n");
    arguments.insert(arguments.end(), {"--log-key", folder_ / "log.pub"});
    for (const std::string& key : pins.registrar_keys) arguments.insert(arguments.end(), {"--registrar-key", key});
    return arguments;
  }

  EvidenceWorld world_;
  TempFolder folder_;
  std::ostringstream out_, err_;
};

TEST_F(EagleAudit, VerifiesAFileAndWritesThePageAndThePieces) {
  WriteAll(folder_ / "a.evidence", EvidenceWorld::Bytes(world_.Of(world_.Deduction())));
  std::vector<std::string> arguments = Arguments("evidence", folder_ / "a.evidence");
  arguments.insert(arguments.end(),
                   {"--html", folder_ / "a.html", "--extract", folder_ / "pieces", "--zone", "Asia/Shanghai"});
  ASSERT_EQ(Run(arguments), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("核验通过"));
  EXPECT_THAT(ReadAll(folder_ / "a.html"), HasSubstr("</html>"));
  size_t folders = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_ / "pieces")) ++folders;
  EXPECT_EQ(folders, 3u) << "the order and two receipts";

  arguments = Arguments("evidence", folder_ / "a.evidence");
  arguments.insert(arguments.begin(), {"--output", "json"});
  ASSERT_EQ(Run(arguments), 0) << err_.str();
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("\"verdict\": \"verified\""), HasSubstr("\"receipts\": [")));
}

TEST_F(EagleAudit, TellsPausesAndWhoSignedAnew) {
  WriteAll(folder_ / "a.evidence", EvidenceWorld::Bytes(world_.Of(world_.ResumedInquiry())));
  std::vector<std::string> arguments = Arguments("evidence", folder_ / "a.evidence");
  arguments.insert(arguments.end(), {"--extract", folder_ / "pieces"});
  arguments.insert(arguments.begin(), {"--output", "json"});
  ASSERT_EQ(Run(arguments), 0) << err_.str();
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("\"pauses\": ["), HasSubstr("\"revoked\": \"court/辽9901/officer/001\""),
                                HasSubstr("\"resumptions\": ["), HasSubstr("\"paused\": null")));
  size_t folders = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_ / "pieces")) ++folders;
  EXPECT_EQ(folders, 4u) << "the order, its new signatures, and two receipts";
}

TEST_F(EagleAudit, SaysWhichPartOfAChangedFileIsWrongAndWritesNothing) {
  std::string bytes = EvidenceWorld::Bytes(world_.Of(world_.Deduction()));
  const size_t at = bytes.find("80,000");  // not in the file as text; a payload in its middle is
  bytes[at == std::string::npos ? bytes.size() / 2 : at] ^= 1;
  WriteAll(folder_ / "a.evidence", bytes);
  std::vector<std::string> arguments = Arguments("evidence", folder_ / "a.evidence");
  arguments.insert(arguments.end(), {"--html", folder_ / "a.html"});
  EXPECT_EQ(Run(arguments), audit::kExitVerification);
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("error: EVIDENCE_"), HasSubstr("part = ")));
  EXPECT_TRUE(out_.str().empty());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a.html"));
}

TEST_F(EagleAudit, FingerprintsAreReadAloudInGroupsOfFour) {
  ASSERT_EQ(Run(Arguments("fingerprints")), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr(audit::Fingerprint(world_.gateway.Key("registrar-2").public_key())));
  EXPECT_EQ(audit::Fingerprint(std::string(32, '\0')),
            "6668 7aad f862 bd77 6c8f c18b 8e9f 8e20 0897 1485 6ee2 33b3 902a 591d 0d5f 2925");
  const auto pem = audit::ParsePublicKey(
      "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC "
      "KEY-----\n");
  ASSERT_TRUE(pem.ok()) << pem.status();
  EXPECT_EQ(Base64Encode(pem->View()), "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=");
  EXPECT_EQ(ReasonOf(audit::ParsePublicKey("AAAA").status()), Reason::kKeyUnusable);
}

}  // namespace
}  // namespace eagle::test
