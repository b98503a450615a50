// `eagle journal` of a stopped folder, and `eagle looks`: who looked at whom, with which tag keys.
#include "client/audit/access.h"
#include "client/cli/journal.h"
#include "client/common/files.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/bytes.h"
#include "tests/client/cli_world.h"

namespace eagle::client {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class CliJournalTest : public testing::Test {
 protected:
  CliWorld world_;
};

// What the gateway's own build adds stands behind two ports.
class FixedFolder : public JournalFolder {
 public:
  explicit FixedFolder(bool damaged) : damaged_(damaged) {}
  absl::StatusOr<FolderVerified> Verify() override {
    FolderVerified report{.origin = "test.example/log1", .entries = 5};
    if (damaged_) report.findings.push_back({3, Reason::kCommitmentMismatch, "the payload isn't the one"});
    return report;
  }
  absl::StatusOr<FolderReplayed> Replay() override {
    return FolderReplayed{.entries = 5, .tables = {{"cases", 1, "aa", damaged_ ? "bb" : "aa"}}};
  }

  absl::StatusOr<FolderReads> Reads(const ReadsQuery& query) override {
    if (query.id_kind.empty() != query.id_number.empty()) return Fail(Reason::kFieldMissing, "half of a number");
    FolderReads out{.origin = "test.example/log1", .entries = 5};
    out.looks.push_back({.index = 4,
                         .time = absl::FromUnixSeconds(1790555400),
                         .act = "REFUSED",
                         .what = "INQUIRE",
                         .reason = Reason::kNotRespondent,
                         .court_ordinal = 1,
                         .court = "辽9901",
                         .officers = {"001 沈若川"},
                         .officer_tags = {"0a"},
                         .case_number = "（2026）辽9901执1024号",
                         .purpose = "EXECUTION",
                         .subjects = {"苏晴 9901**********0029"},
                         .subject_tags = {"0b"}});
    out.tag_keys = tag_keys;
    out.looks.push_back({.index = 3, .act = "READ", .what = "GetCase", .court_ordinal = 2, .sealed = true});
    if (damaged_) out.findings.push_back({3, Reason::kCommitmentMismatch, "the payload isn't the one"});
    return out;
  }
  absl::StatusOr<std::vector<std::string>> TagKeys() override { return std::vector<std::string>{"newK", "oldK"}; }
  absl::Status WriteTagKey(const std::string& path, const std::string& id) override {
    return WriteDurably(path, "key " + id);
  }
  absl::StatusOr<std::string> RotateTagKey() override { return std::string("newK"); }
  absl::StatusOr<std::string> Checkpoint() override {
    if (damaged_) return Fail(Reason::kJournalOlder, "none");
    return "test.example/log1\n5\nroot\n";
  }
  absl::StatusOr<std::vector<RawEntry>> Entries(uint64_t, size_t) override { return std::vector<RawEntry>(); }
  absl::StatusOr<MasterKeyRotated> RotateMasterKey() override { return MasterKeyRotated{.rewrapped = 7}; }
  absl::StatusOr<uint64_t> WritePayloadKeys(const std::string& path, const std::vector<uint64_t>& cases) override {
    EAGLE_RETURN_IF_ERROR(WriteDurably(path, "keys"));
    return cases.size();
  }
  absl::StatusOr<std::map<uint64_t, Opening>> Openings(const std::set<uint64_t>& indexes) override {
    std::map<uint64_t, Opening> out;
    for (const uint64_t index : indexes) {
      if (index != 58) out[index] = {std::string(32, 's'), "payload " + std::to_string(index)};
    }
    return out;
  }

  std::vector<audit::TagKeyUse> tag_keys;  // that one person's looks are told of

 private:
  bool damaged_;
};

TEST_F(CliJournalTest, AStoppedFolderIsAuditedWhereTheBuildCan) {
  EXPECT_EQ(world_.Bare({"journal", "verify", "--data", "d"}).exit, kExitUsage);
  EXPECT_THAT(world_.Bare({"journal", "replay", "--data", "d"}).err, HasSubstr("NOT_BUILT_IN"));
  bool damaged = false;
  world_.open_journal_folder =
      [&](const JournalFolderOptions& options) -> absl::StatusOr<std::unique_ptr<JournalFolder>> {
    if (options.data_folder == "busy") return Fail(Reason::kFolderLocked, "a gateway runs on it");
    return std::make_unique<FixedFolder>(damaged);
  };
  EXPECT_EQ(world_.Bare({"journal", "verify", "--data", "d"}).exit, kExitOk);
  EXPECT_EQ(world_.Bare({"journal", "replay", "--data", "d"}).exit, kExitOk);
  EXPECT_THAT(world_.Bare({"journal", "replay", "--data", "busy"}).err, HasSubstr("FOLDER_LOCKED"));
  damaged = true;
  const Ran ran = world_.Bare({"journal", "verify", "--data", "d"});
  EXPECT_EQ(ran.exit, kExitVerification);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("NOT VERIFIED"), HasSubstr("COMMITMENT_MISMATCH")));
  EXPECT_EQ(world_.Bare({"journal", "replay", "--data", "d"}).exit, kExitVerification);
}

TEST_F(CliJournalTest, WhoLookedAtWhomIsTold) {
  bool damaged = false;
  world_.open_journal_folder = [&](const JournalFolderOptions&) -> absl::StatusOr<std::unique_ptr<JournalFolder>> {
    return std::make_unique<FixedFolder>(damaged);
  };
  const Ran table = world_.Bare({"journal", "reads", "--data", "d"});
  EXPECT_EQ(table.exit, kExitOk) << table.err;
  EXPECT_THAT(table.out, AllOf(HasSubstr("NOT_RESPONDENT"), HasSubstr("001 沈若川"), HasSubstr("苏晴 9901"),
                               HasSubstr("court 2"), HasSubstr("everybody")));
  const Ran json = world_.Bare({"journal", "reads", "--data", "d", "--output", "json"});
  EXPECT_EQ(At(json.out, "looks.0.reason"), "NOT_RESPONDENT");
  EXPECT_EQ(At(json.out, "looks.0.case"), "（2026）辽9901执1024号");
  EXPECT_EQ(At(json.out, "looks.0.subject_tags.0"), "0b");
  EXPECT_EQ(At(json.out, "looks.1.sealed"), "true");
  const Ran half = world_.Bare({"journal", "reads", "--data", "d", "--id-kind", "CITIZEN_ID"});
  EXPECT_EQ(half.exit, kExitUsage);
  EXPECT_THAT(half.err, HasSubstr("FIELD_MISSING"));
  EXPECT_EQ(world_.Bare({"journal", "reads"}).exit, kExitUsage);  // no folder
  EXPECT_THAT(world_.Bare({"journal", "rotate-master-key", "--data", "d", "--master-key", "m", "--yes"}).out,
              HasSubstr("7"));
  EXPECT_EQ(world_.Bare({"journal", "rotate-master-key", "--data", "d", "--master-key", "m"}).exit, kExitUsage);
  EXPECT_THAT(world_.Bare({"journal", "rotate-tag-key", "--data", "d", "--master-key", "m", "--yes"}).out,
              HasSubstr(HexEncode("newK")));
  EXPECT_EQ(world_.Bare({"journal", "rotate-tag-key", "--data", "d", "--master-key", "m"}).exit, kExitUsage);
  // Openings, of indexes or of a file of them.
  const std::string asked = world_.Put("asked.txt", "57,58\n"), opened = world_.Path("openings.txt");
  const Ran ran = world_.Bare({"journal", "openings", "--data", "d", "--entries", asked, "--out", opened});
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_EQ(*ReadFile(opened), "golden-eagle-openings-v1 test.example/log1\n57 " + HexEncode(std::string(32, 's')) +
                                   " " + Base64Encode("payload 57") + "\n");
  EXPECT_EQ(world_.Bare({"journal", "openings", "--data", "d", "--entries", "5,6", "--out", opened}).exit, kExitUsage)
      << "a file that is there is not written over";
  damaged = true;
  EXPECT_EQ(world_.Bare({"journal", "reads", "--data", "d"}).exit, kExitVerification);
}

TEST_F(CliJournalTest, TagKeysAreListedAndWrittenTheNewestOneOrAll) {
  world_.open_journal_folder = [](const JournalFolderOptions&) -> absl::StatusOr<std::unique_ptr<JournalFolder>> {
    return std::make_unique<FixedFolder>(false);
  };
  const auto tag_key = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = {"journal", "tag-key", "--data", "d", "--output", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return world_.Bare(arguments);
  };
  const std::string file = world_.Path("tag.key"), newest = HexEncode("newK"), older = HexEncode("oldK");
  const Ran list = tag_key({});
  EXPECT_EQ(list.exit, kExitOk) << list.err;
  EXPECT_EQ(At(list.out, "0.tag_key"), newest);
  EXPECT_EQ(At(list.out, "0.newest"), "true");
  EXPECT_EQ(At(list.out, "1.tag_key"), older);
  EXPECT_EQ(At(list.out, "1.file"), "null");
  EXPECT_EQ(tag_key({"--out", file}).exit, kExitOk);
  EXPECT_EQ(*ReadFile(file), "key newK");
  EXPECT_EQ(tag_key({"--out", file + ".older", "--id", older}).exit, kExitOk);
  EXPECT_EQ(*ReadFile(file + ".older"), "key oldK");
  EXPECT_EQ(tag_key({"--out", file + ".all", "--all"}).exit, kExitOk);
  EXPECT_EQ(*ReadFile(file + ".all"), "key newK");
  EXPECT_EQ(*ReadFile(file + ".all." + older), "key oldK");
  EXPECT_EQ(tag_key({"--out", file + ".x", "--id", "00000000"}).exit, kExitUsage);
  EXPECT_EQ(tag_key({"--out", file + ".x", "--id", "oldK"}).exit, kExitUsage);
  EXPECT_EQ(tag_key({"--all"}).exit, kExitUsage) << "written where?";
}

// The folder knows of a look under a key that nobody gave.
TEST_F(CliJournalTest, AListOfOnePersonsLooksThatIsNotWholeSaysSo) {
  bool given = false;
  world_.open_journal_folder = [&](const JournalFolderOptions&) -> absl::StatusOr<std::unique_ptr<JournalFolder>> {
    auto folder = std::make_unique<FixedFolder>(false);
    folder->tag_keys = {{"oldK", 3, 2, given}, {"newK", 9, 1, true}};
    return folder;
  };
  const auto reads = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = {"journal", "reads", "--data", "d", "--output", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return world_.Bare(arguments);
  };
  const std::vector<std::string> person = {"--id-kind", "CITIZEN_ID", "--id-number", "1"};
  const Ran some = reads(person);
  EXPECT_EQ(some.exit, kExitUsage);
  EXPECT_EQ(At(some.out, "tag_keys.0.given"), "false");
  EXPECT_EQ(At(some.out, "tag_keys.0.first_index"), "3");
  EXPECT_THAT(some.err, AllOf(HasSubstr("KEY_UNUSABLE"), HasSubstr(HexEncode("oldK"))));
  EXPECT_EQ(reads({}).exit, kExitOk) << "everybody's looks need no key";
  given = true;
  EXPECT_EQ(reads(person).exit, kExitOk);
}

TEST_F(CliJournalTest, ASearchSendsTagsOnlyAndBelievesWhatIsProved) {
  const std::string key =
      world_.Put("tag.key", "golden-eagle-tag-key-v1\n" + Base64Encode(std::string(32, 'k')) + "\n");
  const std::string tag = audit::TagOf(std::string(32, 'k'), "CITIZEN_ID", "990101198503070017");
  v1::AccessRecorded body;
  body.set_method("GetCase"), body.add_subject_tags(tag), body.set_officer_tag(std::string(20, 'o'));
  const uint64_t index = world_.gateway->Append(v1::ENTRY_TYPE_ACCESS_RECORDED, body.SerializeAsString());
  v1::JournalEntry& entry = *world_.gateway->search.add_entries();
  entry.set_index(index);
  v1::ListEntriesRequest list;
  list.set_first(index);
  entry.set_leaf(world_.gateway->ListEntries(list)->entries(0).leaf());
  const auto looks = [&](const std::string& person) {
    return world_.Json({"looks", "--person", person, "--tag-key", key}, "auditor-audit");
  };
  const Ran good = looks("CITIZEN_ID:990101198503070017");
  EXPECT_EQ(good.exit, kExitOk) << good.err;
  EXPECT_EQ(At(good.out, "traces.0.act"), "READ");
  EXPECT_EQ(At(good.out, "traces.0.what"), "GetCase");
  EXPECT_EQ(world_.gateway->search_request.subject_tags(0), tag);
  EXPECT_EQ(world_.gateway->search_request.DebugString().find("990101"), std::string::npos);
  EXPECT_EQ(looks("CITIZEN_ID:990101198708150029").exit, kExitVerification) << "about somebody else";
  entry.mutable_leaf()->back() ^= 1;
  EXPECT_EQ(looks("CITIZEN_ID:990101198503070017").exit, kExitVerification) << "not in the log";
  EXPECT_EQ(world_.Run({"looks", "--tag-key", key}).exit, kExitUsage);
  // The gateway looked at entries that another key tagged: what it found is not all.
  entry.mutable_leaf()->back() ^= 1;
  v1::TagKeyUse& own = *world_.gateway->search.add_tag_keys();
  own.set_id(tag.substr(0, 4)), own.set_first_index(7), own.set_tags(2);
  EXPECT_EQ(looks("CITIZEN_ID:990101198503070017").exit, kExitOk);
  v1::TagKeyUse& other = *world_.gateway->search.add_tag_keys();
  other.set_id("oldK"), other.set_first_index(3), other.set_tags(2);
  const Ran some = looks("CITIZEN_ID:990101198503070017");
  EXPECT_EQ(some.exit, kExitUsage);
  EXPECT_EQ(At(some.out, "traces.0.act"), "READ");
  EXPECT_EQ(At(some.out, "looks.whole"), "false");
  EXPECT_THAT(some.err, AllOf(HasSubstr("KEY_UNUSABLE"), HasSubstr(HexEncode("oldK"))));
  const std::string second =
      world_.Put("old.key", "golden-eagle-tag-key-v1\n" + Base64Encode(std::string(32, 'o')) + "\n");
  other.set_id(audit::TagOf(std::string(32, 'o'), "K", "1").substr(0, 4));
  const Ran both = world_.Json(
      {"looks", "--person", "CITIZEN_ID:990101198503070017", "--tag-key", key, "--tag-key", second}, "auditor-audit");
  EXPECT_EQ(both.exit, kExitOk) << both.err;
  EXPECT_EQ(At(both.out, "looks.whole"), "true");
  EXPECT_EQ(world_.gateway->search_request.subject_tags_size(), 2);
}

}  // namespace
}  // namespace eagle::client
