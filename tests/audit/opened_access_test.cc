// The opened audit of reads: a ticket that its officer signed is clean, and each way in which it can be wrong is found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/audit/opened_audit.h"
#include "server/journal/payload.h"
#include "tests/audit/evidence_world.h"

namespace eagle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OpenedAccess : public ::testing::Test {
 protected:
  OpenedAccess() {
    EXPECT_TRUE(world_.demo.Case().ok());
    world_.GrantTheAuditor();
    const v1::Order inquiry = world_.demo.Inquire({kBeiling});
    EXPECT_TRUE(world_.demo.Submit({inquiry}, {kHandler}).ok());
    EXPECT_TRUE(world_.AskAsAuditor(world_.Request(inquiry), false).ok());
    for (uint64_t next = 0; next < world_.gateway.state().next_index;) {
      v1::ListEntriesRequest request;
      request.set_first(next), request.set_with_payloads(true);
      const auto page = world_.gateway.Call(&api::Handlers::ListEntries, GatewayFixture::Auditor(), request);
      for (const v1::JournalEntry& entry : page->entries()) {
        log_.push_back({entry.leaf(), entry.sealed()});
        if (journal::DecodeLeaf(entry.leaf())->type == v1::ENTRY_TYPE_ACCESS_RECORDED) reads_.push_back(next);
        ++next;
      }
    }
  }
  std::vector<std::string> Findings() {
    audit::Findings findings;
    audit::OpenedAudit audit(
        [&](std::string_view id) -> std::optional<std::string> {
          const auto key = world_.gateway.keys->KeyOf(std::string(id));
          return key.ok() && std::string(id) != withheld_ ? std::optional<std::string>(*key) : std::nullopt;
        },
        findings);
    for (const auto& [leaf, sealed] : log_) audit.Take(leaf, sealed);
    unchecked_ = audit.unchecked_signatures();
    std::vector<std::string> out;
    for (const auto& finding : findings.list())
      out.push_back(std::string(audit::RowOf(finding.rule).name) + "@" + std::to_string(finding.index));
    return out;
  }
  // The first read again, sealed and committed to as a gateway would, with another ticket or another leaf.
  void Change(const std::function<void(v1::OfficerTicket&)>& ticket, const std::string& key = kHandler,
              const std::function<void(v1::AccessRecorded&)>& leaf_change = nullptr) {
    auto& [leaf_bytes, sealed] = log_[reads_[0]];
    journal::Leaf leaf = *journal::DecodeLeaf(leaf_bytes);
    const std::string key_bytes = *world_.gateway.keys->KeyOf(sealed.substr(0, 16));
    const auto opened = journal::OpenPayload(key_bytes, sealed, leaf.index, leaf.type, leaf.case_seq);
    v1::AccessPayload payload;
    v1::AccessRecorded body;
    ASSERT_TRUE(payload.ParseFromString(opened->payload) && body.ParseFromString(leaf.body));
    v1::OfficerTicket said;
    said.ParseFromString(payload.ticket().member());
    if (ticket) ticket(said);
    *payload.mutable_ticket() = trust::TravelForm(
        world_.gateway.Sign(v1::MEMBER_TYPE_TICKET, kCourt, std::vector<v1::OfficerTicket>{said}, {key}), 0);
    body.set_ticket_digest(std::string(journal::View(journal::LeafHash(payload.ticket().member()))));
    if (leaf_change) leaf_change(body);
    leaf.body = body.SerializeAsString();
    leaf.commitment = journal::Commitment(opened->salt, payload.SerializeAsString());
    leaf_bytes = journal::EncodeLeaf(leaf);
    sealed = journal::SealPayload(key_bytes, sealed.substr(0, 16), std::string(12, 'n'), opened->salt,
                                  payload.SerializeAsString(), leaf.index, leaf.type, leaf.case_seq);
  }
  void ExpectFound() { EXPECT_THAT(Findings(), ElementsAre("read.ticket@" + std::to_string(reads_[0]))); }

  EvidenceWorld world_;
  std::vector<std::pair<std::string, std::string>> log_;  // leaf, sealed
  std::vector<uint64_t> reads_;
  std::string withheld_;
  uint64_t unchecked_ = 0;
};

TEST_F(OpenedAccess, TicketsOfOfficersInForceAreClean) {
  EXPECT_THAT(Findings(), IsEmpty());
  ASSERT_EQ(reads_.size(), 2u) << "the court's own, and the auditor's under a grant";
  Change(nullptr);
  EXPECT_THAT(Findings(), IsEmpty()) << "signed anew, it is as good";
}
TEST_F(OpenedAccess, ATicketThatSomebodyElseSigned) {
  Change(nullptr, kCosigner);
  ExpectFound();
}
TEST_F(OpenedAccess, ATicketThatIsNotTheLeafs) {
  Change(nullptr, kHandler, [](auto& body) { body.set_ticket_digest(std::string(32, 'd')); });
  ExpectFound();
}
TEST_F(OpenedAccess, ATicketForAnotherCase) {
  Change([](auto& ticket) { ticket.set_case_number("another"); });
  ExpectFound();
}
TEST_F(OpenedAccess, ATicketForNoPurposeOfThePolicy) {
  Change([](auto& ticket) { ticket.set_purpose("curiosity"); });
  ExpectFound();
}
TEST_F(OpenedAccess, ATicketThatHadExpired) {
  Change([](auto& ticket) {
    ticket.mutable_issued_at()->set_seconds(ticket.issued_at().seconds() - 3600);
    ticket.mutable_expires_at()->set_seconds(ticket.expires_at().seconds() - 3600);
  });
  ExpectFound();
}
TEST_F(OpenedAccess, ATicketThatLivesTooLong) {
  Change([](auto& ticket) { ticket.mutable_expires_at()->set_seconds(ticket.issued_at().seconds() + 901); });
  ExpectFound();
}
TEST_F(OpenedAccess, AReadBeyondTheLimit) {
  Change(nullptr, kHandler, [](auto& body) { body.set_reads_in_hour(1'000'000); });
  ExpectFound();
}
TEST_F(OpenedAccess, ATicketOfAnOfficerWhomNobodyStated) {
  Change([](auto& ticket) { ticket.set_officer("court/辽9901/officer/009"); });
  ExpectFound();
}
TEST_F(OpenedAccess, AnOfficersSealedStatementMakesTheSignatureUncheckedAndNoFinding) {
  for (const auto& [leaf, sealed] : log_) {
    const auto decoded = journal::DecodeLeaf(leaf);
    if (decoded->type == v1::ENTRY_TYPE_COURT_REGISTERED && withheld_.empty()) withheld_ = sealed.substr(0, 16);
  }
  EXPECT_THAT(Findings(), IsEmpty());
  EXPECT_GE(unchecked_, 2u);
}

}  // namespace
}  // namespace eagle::test
