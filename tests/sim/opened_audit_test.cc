// The opened audit over a simulated journal with real keys: clean as it is, and each of its rules broken in turn.
#include "client/audit/opened_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "server/base/reason.h"
#include "server/journal/payload.h"
#include "tests/sim/sim_world.h"

namespace eagle::sim {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using testing::Contains;
using testing::IsEmpty;

class OpenedAuditSim : public testing::Test {
 protected:
  static const std::vector<World::Record>& Valid() {
    static const auto* const kValid = [] {
      // Seeds with Ed25519, until a run has made every act that a test changes.
      for (uint64_t seed = 100;; seed += 100) {
        World world(seed, BadWeather(), kDepositsAlone);
        world.Run(15);
        world.HealAndDrain();
        const std::vector<World::Record> journal = world.Journal();
        if (Place(journal, ACTION_DEDUCT) && Place(journal, ACTION_FREEZE)) return new std::vector(journal);
      }
    }();
    return *kValid;
  }
  // Of the first order of this action.
  static std::optional<uint64_t> Place(const std::vector<World::Record>& log, Action action) {
    for (uint64_t i = 0; i < log.size(); ++i) {
      const journal::Leaf leaf = *journal::DecodeLeaf(log[i].leaf);
      OrderAccepted body;
      if (leaf.type == ENTRY_TYPE_ORDER_ACCEPTED && body.ParseFromString(leaf.body) && body.action() == action)
        return i;
    }
    return std::nullopt;
  }

  uint64_t At(EntryType type) {
    for (uint64_t i = 0; i < log_.size(); ++i) {
      if (journal::DecodeLeaf(log_[i].leaf)->type == type) return i;
    }
    ADD_FAILURE() << "the run made no " << EntryType_Name(type);
    return 0;
  }
  uint64_t AtOrder(Action action) {
    const std::optional<uint64_t> place = Place(log_, action);
    EXPECT_TRUE(place) << "the run made no such order";
    return place.value_or(0);
  }
  // Another payload, sealed and committed to as a gateway would.
  template <typename Payload, typename F>
  void Reseal(uint64_t at, F change) {
    World::Record& record = log_[at];
    journal::Leaf leaf = *journal::DecodeLeaf(record.leaf);
    const auto opened = journal::OpenPayload(record.key, record.sealed, leaf.index, leaf.type, leaf.case_seq);
    Payload payload;
    ASSERT_TRUE(payload.ParseFromString(opened->payload));
    change(payload, leaf);
    const std::string bytes = payload.SerializeAsString();
    leaf.commitment = journal::Commitment(opened->salt, bytes);
    record.leaf = journal::EncodeLeaf(leaf);
    record.sealed = journal::SealPayload(record.key, record.sealed.substr(0, 16), std::string(12, 'n'), opened->salt,
                                         bytes, leaf.index, leaf.type, leaf.case_seq);
  }
  std::vector<std::string> Findings() {
    audit::Findings findings;
    audit::OpenedAudit audit(
        [&](std::string_view id) -> std::optional<std::string> {
          for (const World::Record& record : log_) {
            if (!record.key.empty() && !withheld_ && id != withheld_key_ && record.sealed.substr(0, 16) == id)
              return record.key;
          }
          return std::nullopt;
        },
        findings);
    for (const World::Record& record : log_) audit.Take(record.leaf, record.sealed);
    opened_ = audit.opened(), sealed_ = audit.sealed(), unchecked_ = audit.unchecked_signatures();
    std::vector<std::string> out;
    for (const auto& finding : findings.list())
      out.push_back(std::string(audit::RowOf(finding.rule).name) + "@" + std::to_string(finding.index));
    return out;
  }
  static std::string Of(const std::string& rule, uint64_t at) { return rule + "@" + std::to_string(at); }

  std::vector<World::Record> log_ = Valid();
  bool withheld_ = false;
  std::string withheld_key_;
  uint64_t opened_ = 0, sealed_ = 0, unchecked_ = 0;
};

TEST_F(OpenedAuditSim, AValidJournalOpensWhole) {
  EXPECT_THAT(Findings(), IsEmpty());
  EXPECT_GT(opened_, 50u);
  EXPECT_EQ(sealed_ + unchecked_, 0u);
}
TEST_F(OpenedAuditSim, WithoutKeysItIsSealedAndNoFinding) {
  withheld_ = true;
  EXPECT_THAT(Findings(), IsEmpty());
  EXPECT_EQ(opened_, 0u);
  EXPECT_GT(sealed_, 50u);
}
TEST_F(OpenedAuditSim, APayloadThatWasExchanged) {
  const uint64_t at = At(ENTRY_TYPE_ORDER_ACCEPTED);
  log_[at].sealed.back() ^= 1;
  EXPECT_THAT(Findings(), Contains(Of("payload.seal", at)));
}
TEST_F(OpenedAuditSim, ALeafThatCommitsToSomethingElse) {
  const uint64_t at = At(ENTRY_TYPE_ORDER_ACCEPTED);
  journal::Leaf leaf = *journal::DecodeLeaf(log_[at].leaf);
  leaf.commitment[0] ^= 1;
  log_[at].leaf = journal::EncodeLeaf(leaf);
  EXPECT_THAT(Findings(), Contains(Of("payload.commitment", at)));
}
TEST_F(OpenedAuditSim, AHeadWhoseSignatureIsSomebodyElses) {
  OrderAccepted order;
  order.ParseFromString(journal::DecodeLeaf(log_[At(ENTRY_TYPE_ORDER_ACCEPTED)].leaf)->body);
  Reseal<BatchHeadPayload>(order.head(), [](auto& payload, auto&) {
    payload.mutable_head()->mutable_signatures(0)->mutable_sig()->front() ^= 1;
  });
  EXPECT_THAT(Findings(), Contains(testing::AnyOf(Of("head.signature", order.head()),
                                                  Of("member.roles", At(ENTRY_TYPE_ORDER_ACCEPTED)))));
}
TEST_F(OpenedAuditSim, AnOrderThatTheCourtDidNotSign) {
  const uint64_t at = At(ENTRY_TYPE_ORDER_ACCEPTED);
  Reseal<OrderPayload>(at, [](auto& payload, auto&) { payload.mutable_member()->back() ^= 1; });
  EXPECT_THAT(Findings(), Contains(testing::AnyOf(Of("member.signed", at), Of("member.content", at))));
}
TEST_F(OpenedAuditSim, ALeafThatTellsAnotherUrgency) {
  const uint64_t at = At(ENTRY_TYPE_ORDER_ACCEPTED);
  journal::Leaf leaf = *journal::DecodeLeaf(log_[at].leaf);
  OrderAccepted body;
  body.ParseFromString(leaf.body);
  body.set_urgency(body.urgency() == URGENCY_URGENT ? URGENCY_NORMAL : URGENCY_URGENT);
  leaf.body = body.SerializeAsString();
  log_[at].leaf = journal::EncodeLeaf(leaf);
  EXPECT_THAT(Findings(), testing::ElementsAre(Of("member.content", at)));
}

TEST_F(OpenedAuditSim, ADueInstantThatThePolicyDoesNotGive) {
  const uint64_t at = At(ENTRY_TYPE_ORDER_ACCEPTED);
  journal::Leaf leaf = *journal::DecodeLeaf(log_[at].leaf);
  OrderAccepted honest;
  honest.ParseFromString(leaf.body);
  const std::vector<std::function<void(OrderAccepted&)>> ways = {
      [](OrderAccepted& body) { body.set_due(body.due() + 1); },
      [](OrderAccepted& body) { body.set_due(body.due() - 3'600'000'000); },
      [](OrderAccepted& body) { body.set_deadline_row("RELEASE_SURPLUS"); },
      [](OrderAccepted& body) { body.mutable_marks_permille()->RemoveLast(); }};
  for (const auto& how : ways) {
    OrderAccepted body = honest;
    how(body);
    leaf.body = body.SerializeAsString();
    log_[at].leaf = journal::EncodeLeaf(leaf);
    EXPECT_THAT(Findings(), testing::ElementsAre(Of("order.due", at)));
  }
}

TEST_F(OpenedAuditSim, ALeafThatNamesAnotherSigner) {
  const uint64_t at = AtOrder(ACTION_FREEZE);
  journal::Leaf leaf = *journal::DecodeLeaf(log_[at].leaf);
  OrderAccepted body;
  body.ParseFromString(leaf.body);
  ASSERT_GT(body.signers_size(), 1);
  body.mutable_signers()->RemoveLast();
  leaf.body = body.SerializeAsString();
  log_[at].leaf = journal::EncodeLeaf(leaf);
  EXPECT_THAT(Findings(), Contains(Of("order.signers", at)));
}
TEST_F(OpenedAuditSim, AConfirmationThatTheSignedBytesDontHave) {
  const uint64_t at = AtOrder(ACTION_FREEZE);
  journal::Leaf leaf = *journal::DecodeLeaf(log_[at].leaf);
  OrderAccepted body;
  body.ParseFromString(leaf.body);
  body.add_confirmed(static_cast<uint32_t>(Reason::kUnitSlip));
  leaf.body = body.SerializeAsString();
  log_[at].leaf = journal::EncodeLeaf(leaf);
  EXPECT_THAT(Findings(), testing::ElementsAre(Of("member.confirmed", at)));
}
TEST_F(OpenedAuditSim, AFreezeThatIsASlipOfItsClaimAndPassed) {
  const uint64_t at = AtOrder(ACTION_FREEZE);
  int64_t limit = 0;
  Reseal<OrderPayload>(at, [&](auto& payload, auto&) {
    Order order;
    order.ParseFromString(payload.member());
    limit = order.freeze().limit_minor_units();
  });
  ASSERT_GE(limit, 1000);
  EXPECT_THAT(Findings(), IsEmpty());
  Reseal<CasePayload>(journal::DecodeLeaf(log_[at].leaf)->case_seq.value(), [&](auto& payload, auto&) {
    CaseAct act;
    act.ParseFromString(payload.member());
    act.mutable_open()->mutable_claim()->set_principal_minor_units(limit * 10);
    payload.set_member(act.SerializeAsString());
  });
  EXPECT_THAT(Findings(), Contains(Of("member.confirmed", at)));
}
TEST_F(OpenedAuditSim, ADeductionThatIsASlipOfItsMeasureAndPassed) {
  const uint64_t at = AtOrder(ACTION_DEDUCT);
  OrderAccepted accepted;
  accepted.ParseFromString(journal::DecodeLeaf(log_[at].leaf)->body);
  int64_t amount = 0;
  Reseal<OrderPayload>(at, [&](auto& payload, auto&) {
    Order order;
    order.ParseFromString(payload.member());
    amount = order.deduct().amount_minor_units();
  });
  ASSERT_GE(amount, 1000);
  EXPECT_THAT(Findings(), IsEmpty());
  // Ten times as much, as the unit last signed it before.
  uint64_t signed_at = 0;
  for (uint64_t i = 0; i < at; ++i) {
    const journal::Leaf leaf = *journal::DecodeLeaf(log_[i].leaf);
    if ((leaf.type == ENTRY_TYPE_TASK_ANSWERED || leaf.type == ENTRY_TYPE_MEASURE_CHANGED) &&
        leaf.order.value() == accepted.freeze_order())
      signed_at = i;
  }
  ASSERT_NE(signed_at, 0u);
  Reseal<ReceiptPayload>(signed_at, [&](auto& payload, auto&) {
    Receipt receipt;
    receipt.ParseFromString(payload.member());
    receipt.mutable_items(0)->mutable_measure()->set_controlled_minor_units(amount * 10);
    payload.set_member(receipt.SerializeAsString());
  });
  EXPECT_THAT(Findings(), Contains(Of("member.confirmed", at)));
}
TEST_F(OpenedAuditSim, AClaimAboveThePolicysCeilingThatPassed) {
  const uint64_t at = At(ENTRY_TYPE_CASE_OPENED);
  Reseal<CasePayload>(at, [&](auto& payload, auto&) {
    CaseAct act;
    act.ParseFromString(payload.member());
    act.mutable_open()->mutable_claim()->set_cap_minor_units(500'000'000'01);
    payload.set_member(act.SerializeAsString());
  });
  EXPECT_THAT(Findings(), Contains(Of("member.confirmed", at)));
}
TEST_F(OpenedAuditSim, AnOrderThatOneOfficerSigned) {
  const uint64_t at = AtOrder(ACTION_FREEZE);
  OrderAccepted order;
  order.ParseFromString(journal::DecodeLeaf(log_[at].leaf)->body);
  Reseal<BatchHeadPayload>(order.head(), [](auto& payload, auto&) {
    payload.mutable_head()->mutable_signatures()->DeleteSubrange(1, payload.head().signatures_size() - 1);
  });
  EXPECT_THAT(Findings(), Contains(Of("member.roles", at)));
}

// Each order of the head is below the threshold, and what the head asks for of the case is above it.
TEST_F(OpenedAuditSim, AnAmountThatWasSplitUnderOneHead) {
  std::map<std::pair<uint64_t, uint64_t>, std::vector<std::pair<uint64_t, int64_t>>> freezes;  // by head and case
  for (uint64_t i = 0; i < log_.size(); ++i) {
    const journal::Leaf leaf = *journal::DecodeLeaf(log_[i].leaf);
    OrderAccepted body;
    if (leaf.type != ENTRY_TYPE_ORDER_ACCEPTED || !body.ParseFromString(leaf.body) || body.action() != ACTION_FREEZE)
      continue;
    const auto opened = journal::OpenPayload(log_[i].key, log_[i].sealed, leaf.index, leaf.type, leaf.case_seq);
    OrderPayload payload;
    Order order;
    ASSERT_TRUE(payload.ParseFromString(opened->payload) && order.ParseFromString(payload.member()));
    freezes[{body.head(), leaf.case_seq.value()}].emplace_back(i, order.freeze().limit_minor_units());
  }
  const auto several =
      std::find_if(freezes.begin(), freezes.end(), [](const auto& of) { return of.second.size() > 1; });
  ASSERT_NE(several, freezes.end());
  const auto& [first, second] = std::tie(several->second[0], several->second[1]);
  const int64_t threshold = std::max(first.second, second.second);
  Reseal<AdoptedPayload>(At(ENTRY_TYPE_POLICY_INSTALLED), [&](auto& payload, auto&) {
    for (ActionRow& row : *payload.mutable_policy()->mutable_table()->mutable_actions()) {
      if (row.action() == ACTION_FREEZE) row.set_third_key_above_minor_units(threshold);
    }
  });
  const std::vector<std::string> findings = Findings();
  EXPECT_THAT(findings, Contains(Of("member.roles", second.first)));
  EXPECT_THAT(findings, testing::Not(Contains(Of("member.roles", first.first))));
}

TEST_F(OpenedAuditSim, AStatementThatBeginsBesideTheChain) {
  const uint64_t at = At(ENTRY_TYPE_STATEMENT_ACCEPTED);
  Reseal<StatementPayload>(at, [](auto& payload, auto&) {
    Statement statement;
    statement.ParseFromString(payload.member());
    statement.set_sequence(2);
    payload.set_member(statement.SerializeAsString());
  });
  EXPECT_THAT(Findings(), Contains(Of("statement.chain", at)));
}
TEST_F(OpenedAuditSim, ADecisionUnderAnotherCapThanTheCourts) {
  const uint64_t at = AtOrder(ACTION_FREEZE);
  Reseal<OrderPayload>(at, [](auto& payload, auto&) { payload.set_cap_minor_units(payload.cap_minor_units() + 1); });
  EXPECT_THAT(Findings(), testing::ElementsAre(Of("ledger.bound", at)));
}
TEST_F(OpenedAuditSim, AFreezeThatTheGatewayDidNotCount) {
  const uint64_t at = AtOrder(ACTION_FREEZE);
  Reseal<OrderPayload>(at, [](auto& payload, auto&) { payload.set_reserved_minor_units(0); });
  EXPECT_THAT(Findings(), testing::ElementsAre(Of("ledger.bound", at)));
}
TEST_F(OpenedAuditSim, AnInterimWordSaidAfterTheFinalOne) {
  uint64_t at = 0;
  for (uint64_t seed = 200; at == 0 && seed <= 1000; seed += 100) {  // until a run has a change of a measure
    World world(seed, BadWeather(), kDepositsAlone);
    world.Run(30);
    world.HealAndDrain();
    log_ = world.Journal();
    std::set<uint64_t> answered;
    for (uint64_t i = 0; at == 0 && i < log_.size(); ++i) {
      const journal::Leaf leaf = *journal::DecodeLeaf(log_[i].leaf);
      if (leaf.type == ENTRY_TYPE_TASK_ANSWERED) answered.insert(leaf.order.value());
      if (leaf.type == ENTRY_TYPE_MEASURE_CHANGED && answered.contains(leaf.order.value())) at = i;
    }
  }
  ASSERT_NE(at, 0u) << "the run made no event of a measure";
  Reseal<ReceiptPayload>(at, [](auto& payload, auto& leaf) {
    Receipt receipt;
    receipt.ParseFromString(payload.member());
    receipt.set_kind(RECEIPT_KIND_PROGRESS);
    payload.set_member(receipt.SerializeAsString());
    leaf.type = ENTRY_TYPE_TASK_REPORTED;  // digest and head have the same numbers in both bodies
  });
  EXPECT_THAT(Findings(), Contains(Of("answer", at)));
  // The same words, said before it and overtaken.
  Reseal<ReceiptPayload>(at, [](auto& payload, auto&) {
    Receipt receipt;
    receipt.ParseFromString(payload.member());
    receipt.set_sequence(0);
    payload.set_member(receipt.SerializeAsString());
  });
  EXPECT_THAT(Findings(), testing::Not(Contains(Of("answer", at))));
}
// What an agency keeps under its own key hides its own signatures and nobody else's.
TEST_F(OpenedAuditSim, AnAgencysSealedStatementsHideNothingOfTheCourts) {
  const uint64_t registered = At(ENTRY_TYPE_AGENCY_REGISTERED);
  withheld_key_ = log_[registered].sealed.substr(0, 16);
  EXPECT_THAT(Findings(), IsEmpty());
  EXPECT_GT(sealed_, 0u);
  const uint64_t order = At(ENTRY_TYPE_ORDER_ACCEPTED);
  OrderAccepted body;
  body.ParseFromString(journal::DecodeLeaf(log_[order].leaf)->body);
  Reseal<BatchHeadPayload>(body.head(), [](auto& payload, auto&) {
    for (auto& signature : *payload.mutable_head()->mutable_signatures()) signature.mutable_sig()->front() ^= 1;
  });
  EXPECT_THAT(Findings(), Contains(Of("head.signature", body.head())));
}

}  // namespace
}  // namespace eagle::sim
