#include "tests/audit/golden_leaves.h"

#include "client/common/files.h"
#include "gtest/gtest.h"
#include "server/base/bytes.h"
#include "tests/support/paths.h"

namespace eagle::audit {

std::vector<std::string> GoldenLeaves() {
  const auto json = client::ReadFile(test::SourcePath("tests/golden/entries_v1.json"));
  EXPECT_TRUE(json.ok());
  std::vector<std::string> leaves;
  constexpr std::string_view kKey = "\"leaf\": \"";
  for (size_t at = json->find(kKey); at != std::string::npos; at = json->find(kKey, at + 1)) {
    const size_t begin = at + kKey.size();
    leaves.push_back(HexDecode(json->substr(begin, json->find('"', begin) - begin)).value());
  }
  return leaves;
}

uint64_t FindLeaf(const std::vector<std::string>& leaves, goldeneagle::v1::EntryType type, size_t nth) {
  for (uint64_t i = 0; i < leaves.size(); ++i) {
    const auto leaf = journal::DecodeLeaf(leaves[i]);
    if (leaf.ok() && leaf->type == type && nth-- == 0) return i;
  }
  ADD_FAILURE() << "no such leaf of type " << type;
  return 0;
}

void ChangeLeaf(std::vector<std::string>& leaves, uint64_t index, const std::function<void(journal::Leaf&)>& change) {
  journal::Leaf leaf = journal::DecodeLeaf(leaves[index]).value();
  change(leaf);
  leaves[index] = journal::EncodeLeaf(leaf);
}

void Retag(std::vector<std::string>& leaves, uint64_t from, const std::function<std::string(const std::string&)>& to) {
  const auto one = [&](std::string* tag) {
    if (!tag->empty()) *tag = to(*tag);
  };
  const auto all = [&](google::protobuf::RepeatedPtrField<std::string>* tags) {
    for (std::string& tag : *tags) one(&tag);
  };
  for (uint64_t i = from; i < leaves.size(); ++i) {
    switch (journal::DecodeLeaf(leaves[i])->type) {
      case goldeneagle::v1::ENTRY_TYPE_CASE_OPENED:
        Change<goldeneagle::v1::CaseOpened>(
            leaves, i, [&](auto& body) { one(body.mutable_number_tag()), all(body.mutable_subject_tags()); });
        break;
      case goldeneagle::v1::ENTRY_TYPE_CASE_RESPONDENTS_CHANGED:
        Change<goldeneagle::v1::CaseRespondentsChanged>(
            leaves, i, [&](auto& body) { all(body.mutable_added_tags()), all(body.mutable_removed_tags()); });
        break;
      case goldeneagle::v1::ENTRY_TYPE_ORDER_ACCEPTED:
        Change<goldeneagle::v1::OrderAccepted>(
            leaves, i, [&](auto& body) { one(body.mutable_subject_tag()), all(body.mutable_officer_tags()); });
        break;
      case goldeneagle::v1::ENTRY_TYPE_REFUSED:
        Change<goldeneagle::v1::Refused>(
            leaves, i, [&](auto& body) { one(body.mutable_subject_tag()), all(body.mutable_officer_tags()); });
        break;
      case goldeneagle::v1::ENTRY_TYPE_ACCESS_RECORDED:
        Change<goldeneagle::v1::AccessRecorded>(leaves, i, [&](auto& body) {
          all(body.mutable_subject_tags());
          one(body.mutable_officer_tag()), one(body.mutable_reader_tag());
        });
        break;
      default:
        break;
    }
  }
}

std::vector<std::string> FindingsOf(const std::vector<std::string>& leaves) {
  PublicAudit audit;
  for (const std::string& leaf : leaves) audit.Take(leaf);
  std::vector<std::string> out;
  for (const Finding& finding : audit.findings().list())
    out.push_back(std::string(RowOf(finding.rule).name) + "@" + std::to_string(finding.index));
  return out;
}

}  // namespace eagle::audit
