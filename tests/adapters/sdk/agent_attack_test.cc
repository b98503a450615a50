// What a hostile or mistaken gateway, or court, can't bring an agent to do: everything comes back with a reason,
// nothing is done.
#include "adapters/sdk/agent.h"
#include "goldeneagle/v1/entry.pb.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "server/journal/checkpoint.h"
#include "server/journal/leaf.h"
#include "server/journal/merkle.h"
#include "server/journal/witness.h"
#include "server/trust/make_batch.h"
#include "server/trust/subject.h"
#include "server/trust/timestamps.h"
#include "tests/adapters/sdk/sdk_world.h"

namespace eagle::sdk {
namespace {

// Hands `member` out and says what became of it; asserts that nothing was done.
std::string Outcome(SdkWorld& world, const v1::SignedMember& member) {
  v1::Order order;
  EXPECT_TRUE(order.ParseFromString(member.member()));
  const int before = world.bank->applies;
  world.gateway.AddOrder(member);
  world.Run(30);
  EXPECT_EQ(world.bank->applies, before) << "acted on";
  const v1::Receipt* receipt = world.LastWord(order);
  if (receipt != nullptr && receipt->kind() == v1::RECEIPT_KIND_RETURNED) {
    EXPECT_EQ(receipt->returned().contact_name(), "周敏");
    EXPECT_EQ(receipt->returned().contact_phone(), "024-00000000");
  }
  return world.Outcome(order);
}

TEST(AgentAttack, SignaturesThatDoNotBearOutTheOrder) {
  SdkWorld world;
  const auto freeze = [&] { return world.Freeze(100); };
  EXPECT_EQ(Outcome(world, world.Sign(freeze(), SdkWorld::Signers{&world.stranger})), "RETURNED SIGNATURE_INVALID");
  EXPECT_EQ(Outcome(world, world.Sign(freeze(), SdkWorld::Signers{&world.agency_key})), "RETURNED SIGNATURE_INVALID");
  EXPECT_EQ(Outcome(world, world.Sign(freeze(), SdkWorld::Signers{&world.court_key})), "RETURNED SIGNATURE_INVALID");
  EXPECT_EQ(Outcome(world, world.Sign(freeze(), SdkWorld::Signers{&world.registrar1, &world.registrar2})),
            "RETURNED SIGNATURE_INVALID");
  EXPECT_EQ(Outcome(world, world.Sign(freeze(), SdkWorld::Signers{&world.handler})), "RETURNED SIGNATURES_MISSING");
  EXPECT_EQ(Outcome(world, world.Sign(freeze(), SdkWorld::Signers{&world.cosigner})), "RETURNED SIGNATURES_MISSING");
  EXPECT_EQ(Outcome(world, world.Sign(freeze(), SdkWorld::Signers{&world.handler, &world.leader})),
            "RETURNED SIGNATURES_MISSING");
  // One key twice is one signature.
  v1::SignedMember doubled = world.Sign(freeze(), SdkWorld::Signers{&world.handler});
  *doubled.mutable_head()->add_signatures() = doubled.head().signatures(0);
  EXPECT_EQ(Outcome(world, doubled), "RETURNED SIGNATURES_MISSING");
  // Any bit of the head, of the order, or of a signature.
  v1::SignedMember bent = world.Sign(freeze());
  (*bent.mutable_head()->mutable_signatures(0)->mutable_sig())[3] ^= 1;
  EXPECT_EQ(Outcome(world, bent), "RETURNED SIGNATURE_INVALID");
  v1::SignedMember swapped = world.Sign(freeze());
  swapped.set_member(world.Freeze(5'000'000).SerializeAsString());
  EXPECT_EQ(Outcome(world, swapped), "RETURNED MEMBER_NOT_IN_ROOT");
  v1::SignedMember unsigned_order = world.Sign(freeze());
  unsigned_order.mutable_head()->clear_signatures();
  EXPECT_EQ(Outcome(world, unsigned_order), "RETURNED SIGNATURE_INVALID");
  v1::SignedMember typed = world.Sign(freeze());
  typed.mutable_head()->set_payload_type("application/json");
  EXPECT_EQ(Outcome(world, typed), "RETURNED ENVELOPE_MALFORMED");
  EXPECT_EQ(world.core.effects.size(), 0u);
}

TEST(AgentAttack, OneOfficerInTwoRolesIsStillOneSignature) {
  SdkWorld world;
  KeyedHashSigner both("both roles");
  world.gateway.AddStatement(world.State(
      world.OfficerStatement("005", both.public_key(), {v1::OFFICER_ROLE_HANDLER, v1::OFFICER_ROLE_COSIGNER})));
  v1::Order order = world.Freeze(100);
  order.mutable_officers(0)->set_officer("005");
  order.mutable_officers(0)->set_work_id_no("W005");
  order.mutable_officers(0)->set_duty_card_no("D005");
  EXPECT_EQ(Outcome(world, world.Sign(order, SdkWorld::Signers{&both})), "RETURNED SIGNATURES_MISSING");
  // With a handler beside, the two roles fall to two people, in whichever order they signed.
  order.set_order_id(world.Freeze(1).order_id());
  world.Submit(order, SdkWorld::Signers{&both, &world.handler});
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(order), "CONTROLLED");
}

TEST(AgentAttack, OrdersForOthersOrFromAnotherWorld) {
  SdkWorld world;
  v1::Order elsewhere = world.Freeze(100);
  elsewhere.set_agencies(0, "9900002");
  EXPECT_EQ(Outcome(world, world.Sign(elsewhere)), "RETURNED AUDIENCE_MISMATCH");
  v1::Order two = world.Freeze(100);
  two.add_agencies("9900002");
  EXPECT_EQ(Outcome(world, world.Sign(two)), "RETURNED FIELD_INVALID");
  v1::Order court = world.Freeze(100);
  court.set_court("辽9902");
  EXPECT_EQ(Outcome(world, world.Sign(court)), "RETURNED SIGNATURE_INVALID");

  const trust::HeadFields production = {v1::MEMBER_TYPE_ORDER, v1::ENVIRONMENT_PRODUCTION, kCourt, 900,
                                        world.clock.WallNow()};
  const trust::HeadFields other_type = {v1::MEMBER_TYPE_RECEIPT, v1::ENVIRONMENT_TEST, kCourt, 901,
                                        world.clock.WallNow()};
  const trust::HeadFields other_court = {v1::MEMBER_TYPE_ORDER, v1::ENVIRONMENT_TEST, "辽9902", 902,
                                         world.clock.WallNow()};
  const auto signed_as = [&](const trust::HeadFields& fields, v1::Order order) {
    order.set_court(fields.signer);
    return trust::TravelForm(trust::MakeBatch(fields, {order.SerializeAsString()}, {&world.handler, &world.cosigner}),
                             0);
  };
  EXPECT_EQ(Outcome(world, signed_as(production, world.Freeze(100))), "RETURNED ENVIRONMENT_MISMATCH");
  EXPECT_EQ(Outcome(world, signed_as(other_type, world.Freeze(100))), "RETURNED MEMBER_TYPE_UNKNOWN");
  EXPECT_EQ(Outcome(world, signed_as(other_court, world.Freeze(100))), "RETURNED SIGNER_UNKNOWN");
  EXPECT_EQ(world.core.effects.size(), 0u);
}

TEST(AgentAttack, OfficersWhoAreNotOnTheRegisterNow) {
  SdkWorld world;
  v1::Order wrong_card = world.Freeze(100);
  wrong_card.mutable_officers(1)->set_duty_card_no("D9");
  EXPECT_EQ(Outcome(world, world.Sign(wrong_card)), "RETURNED OFFICER_NOT_VALID");
  v1::Order nobody = world.Freeze(100);
  nobody.clear_officers();
  EXPECT_EQ(Outcome(world, world.Sign(nobody)), "RETURNED OFFICER_NOT_VALID");
  v1::Order not_the_signer = world.Freeze(100);
  not_the_signer.mutable_officers(0)->set_officer("003");
  not_the_signer.mutable_officers(0)->set_work_id_no("W003");
  not_the_signer.mutable_officers(0)->set_duty_card_no("D003");
  EXPECT_EQ(Outcome(world, world.Sign(not_the_signer)), "RETURNED SIGNATURES_MISSING");
  // The co-signer's statement ends.
  v1::Statement ended;
  ended.set_subject(trust::OfficerSubject(kCourt, "002"));
  ended.set_kind(v1::STATEMENT_KIND_ENDED);
  world.gateway.AddStatement(world.State(ended));
  EXPECT_EQ(Outcome(world, world.Sign(world.Freeze(100))), "RETURNED OFFICER_NOT_VALID");
  // And the court's key expires: nothing of it holds any more.
  world.clock.Advance(absl::Hours(24 * 1000));
  v1::Order late = world.Inquiry();
  EXPECT_EQ(Outcome(world, world.Sign(late)), "RETURNED SIGNER_UNKNOWN");
}

TEST(AgentAttack, AnAmountThatALeaderConfirmsCarriesHisSignature) {
  SdkWorld world;
  const auto confirmed = [&](const std::string& leader) {
    v1::Order order = world.Freeze(100);
    order.mutable_confirmed()->add_reasons("UNIT_SLIP");
    order.mutable_confirmed()->set_ground("compared with the file");
    order.mutable_confirmed()->set_leader(leader);
    return order;
  };
  EXPECT_EQ(Outcome(world, world.Sign(confirmed("003"))), "RETURNED SIGNATURES_MISSING");
  const SdkWorld::Signers three = {&world.handler, &world.cosigner, &world.leader};
  EXPECT_EQ(Outcome(world, world.Sign(confirmed("002"), three)), "RETURNED CONFIRMATION_NOT_SIGNED");
  EXPECT_EQ(world.core.effects.size(), 0u);
  const v1::Order order = confirmed("003");
  world.Submit(order, three);
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(order), "CONTROLLED");
}

TEST(AgentAttack, ContentThatIsNotWhatTheContractSays) {
  SdkWorld world;
  const auto outcome = [&](const std::function<void(v1::Order&)>& spoil) {
    v1::Order order = world.Freeze(100);
    spoil(order);
    return Outcome(world, world.Sign(order));
  };
  EXPECT_EQ(outcome([](v1::Order& o) { o.mutable_release(); }), "RETURNED FIELD_INVALID");
  EXPECT_EQ(outcome([](v1::Order& o) { o.set_action(v1::ACTION_DEDUCT); }), "RETURNED FIELD_INVALID");
  EXPECT_EQ(outcome([](v1::Order& o) { o.set_action(static_cast<v1::Action>(9)); }), "RETURNED SIGNATURES_MISSING")
      << "no rule, no act";
  EXPECT_EQ(outcome([](v1::Order& o) { o.mutable_freeze()->set_limit_minor_units(0); }), "RETURNED AMOUNT_INVALID");
  EXPECT_EQ(outcome([](v1::Order& o) { o.mutable_freeze()->set_limit_minor_units(-5); }), "RETURNED AMOUNT_INVALID");
  EXPECT_EQ(outcome([](v1::Order& o) { o.mutable_freeze()->set_currency("yuan"); }), "RETURNED FIELD_INVALID");
  EXPECT_EQ(outcome([](v1::Order& o) { o.mutable_freeze()->clear_term(); }), "RETURNED FIELD_INVALID");
  EXPECT_EQ(outcome([](v1::Order& o) { o.mutable_freeze()->mutable_term()->set_months(6); }), "RETURNED FIELD_INVALID");
  EXPECT_EQ(outcome([](v1::Order& o) { o.mutable_freeze()->clear_inflow(); }), "RETURNED FIELD_MISSING");
  EXPECT_EQ(outcome([](v1::Order& o) { o.mutable_freeze()->clear_target(); }), "RETURNED FIELD_MISSING");
  EXPECT_EQ(outcome([](v1::Order& o) { o.mutable_freeze()->mutable_account(); }), "RETURNED FIELD_MISSING");
  EXPECT_EQ(outcome([](v1::Order& o) { o.clear_subject(); }), "RETURNED FIELD_MISSING");
  EXPECT_EQ(outcome([](v1::Order& o) { o.clear_case_number(); }), "RETURNED FIELD_MISSING");
  EXPECT_EQ(outcome([&](v1::Order& o) {
              *o.mutable_not_after() = trust::TimestampOf(world.clock.WallNow() - absl::Seconds(1));
            }),
            "RETURNED ORDER_EXPIRED");
  EXPECT_EQ(outcome([&](v1::Order& o) {
              *o.mutable_not_before() = trust::TimestampOf(world.clock.WallNow() + absl::Minutes(11));
            }),
            "RETURNED ORDER_NOT_YET");
  EXPECT_EQ(outcome([](v1::Order& o) {
              o.mutable_freeze()->GetReflection()->MutableUnknownFields(o.mutable_freeze())->AddVarint(99, 1);
            }),
            "RETURNED UNKNOWN_FIELDS");
  EXPECT_EQ(outcome([](v1::Order& o) {
              o.mutable_over_cap_exception()->set_reason("VALUE_UNKNOWN");
              o.mutable_over_cap_exception()->set_leader("002");
            }),
            "RETURNED EXCEPTION_NOT_SIGNED");
  EXPECT_EQ(world.core.effects.size(), 0u);
}

TEST(AgentAttack, TransfersAndSearchesThatCantBeCarriedOutAsTheyAreWritten) {
  SdkWorld world(SdkWorld::Way::kLand);
  const v1::Order seal = world.Submit(world.FreezeThing("U1"));
  world.Run(20);
  const auto outcome = [&](v1::Order order, const std::function<void(v1::Order&)>& change) {
    change(order);
    return Outcome(world, world.Sign(order));
  };
  const auto transfer = [&](const std::function<void(v1::TransferTitle&)>& change) {
    v1::Order order = world.Release(seal);
    order.set_action(v1::ACTION_TRANSFER_TITLE);
    v1::TransferTitle& act = *order.mutable_transfer_title();
    act.set_freeze_order_id(seal.order_id()), act.set_ground("AUCTION");
    act.mutable_transferee()->set_name("n"), act.mutable_transferee()->set_id_kind("k");
    act.mutable_transferee()->set_id_number("1");
    return outcome(order, [&](v1::Order& o) { change(*o.mutable_transfer_title()); });
  };
  EXPECT_EQ(transfer([](v1::TransferTitle& t) { t.set_freeze_order_id("x"); }), "RETURNED FIELD_INVALID");
  EXPECT_EQ(transfer([](v1::TransferTitle& t) { t.mutable_transferee()->clear_id_number(); }),
            "RETURNED FIELD_MISSING");
  EXPECT_EQ(transfer([](v1::TransferTitle& t) { t.set_share_numerator(1); }), "RETURNED FIELD_INVALID");
  EXPECT_EQ(transfer([](v1::TransferTitle& t) { t.clear_ground(); }), "RETURNED FIELD_MISSING");
  EXPECT_EQ(transfer([](v1::TransferTitle& t) { t.set_proceeds_minor_units(-1); }), "RETURNED AMOUNT_INVALID");
  const auto locate = [&](const std::function<void(v1::Locate&)>& change) {
    v1::Order order = world.Release(seal);
    order.set_action(v1::ACTION_LOCATE);
    v1::Locate& act = *order.mutable_locate();
    act.set_freeze_order_id(seal.order_id()), act.mutable_term()->set_months(6), act.set_hold(true);
    act.set_collect_contact("c"), act.set_collect_phone("1");
    return outcome(order, [&](v1::Order& o) { change(*o.mutable_locate()); });
  };
  EXPECT_EQ(locate([](v1::Locate& l) { l.clear_term(); }), "RETURNED FIELD_INVALID");
  EXPECT_EQ(locate([](v1::Locate& l) { l.clear_collect_phone(); }), "RETURNED FIELD_MISSING");
  EXPECT_EQ(locate([](v1::Locate& l) { l.clear_freeze_order_id(); }), "RETURNED FIELD_INVALID");
}

TEST(AgentAttack, WhatNoOfficerSignedIsNotJudgedByWhatItSays) {
  SdkWorld world;
  const auto outcome = [&](const std::function<void(v1::Order&)>& change) {
    v1::Order order = world.Freeze(100);
    change(order);
    return Outcome(world, world.Sign(order, SdkWorld::Signers{&world.stranger}));
  };
  EXPECT_EQ(outcome([](v1::Order& o) { o.GetReflection()->MutableUnknownFields(&o)->AddVarint(99, 1); }),
            "RETURNED SIGNATURE_INVALID");
  EXPECT_EQ(outcome([](v1::Order& o) { o.set_agencies(0, "9900002"); }), "RETURNED SIGNATURE_INVALID");
  EXPECT_EQ(outcome([](v1::Order& o) { o.clear_subject(); }), "RETURNED SIGNATURE_INVALID");
}

TEST(AgentAttack, AnExceptionIsItsLeadersToSign) {
  SdkWorld world(SdkWorld::Way::kLand);
  v1::Order seal = world.FreezeThing("U1");
  world.Submit(seal, SdkWorld::Signers{&world.handler, &world.cosigner});
  v1::Order other = world.FreezeThing("U1");
  other.mutable_over_cap_exception()->set_leader("001");
  world.Submit(other);
  world.Run(20);
  EXPECT_EQ(world.Outcome(seal), "RETURNED EXCEPTION_NOT_SIGNED");
  EXPECT_EQ(world.Outcome(other), "RETURNED EXCEPTION_NOT_SIGNED");
}

TEST(AgentAttack, DeductionsGoOnlyToAnAccountThatTheCourtStatesNow) {
  SdkWorld world;
  const v1::Order freeze = world.Submit(world.Freeze(6'000'000));
  ASSERT_TRUE(world.Settle());
  const auto outcome = [&](const std::function<void(v1::Deduct&)>& spoil) {
    v1::Order order = world.Deduct(freeze, 100);
    spoil(*order.mutable_deduct());
    return Outcome(world, world.Sign(order));
  };
  EXPECT_EQ(outcome([](v1::Deduct& d) { d.mutable_account()->set_account_number("9900010000000002022"); }),
            "RETURNED ACCOUNT_NOT_COURTS");
  EXPECT_EQ(outcome([](v1::Deduct& d) { d.mutable_account()->set_bank("9900002"); }), "RETURNED ACCOUNT_NOT_COURTS");
  EXPECT_EQ(outcome([](v1::Deduct& d) { d.mutable_account()->set_account_name("沈若川"); }),
            "RETURNED ACCOUNT_NOT_COURTS");
  EXPECT_EQ(outcome([](v1::Deduct& d) { (*d.mutable_account_statement())[0] ^= 1; }), "RETURNED ACCOUNT_NOT_COURTS");
  EXPECT_EQ(outcome([](v1::Deduct& d) { d.clear_account_statement(); }), "RETURNED ACCOUNT_NOT_COURTS");
  EXPECT_EQ(outcome([](v1::Deduct& d) { d.set_amount_minor_units(0); }), "RETURNED AMOUNT_INVALID");
  // A newer statement about the account makes the old one stale.
  world.gateway.AddStatement(world.State(world.AccountStatement("1", "9900010000000002022")));
  EXPECT_EQ(outcome([](v1::Deduct&) {}), "RETURNED ACCOUNT_NOT_COURTS");
  EXPECT_EQ(world.core.accounts.at(kAccount).asset.balance, 6'135'027);
}

journal::WitnessKey WitnessNamed(char name) {
  return {std::string(1, name) + ".test/1", *journal::PrivateKey::FromSeed(std::string(32, name))};
}

// A log whose only entry of note is the acceptance of the task's order, cosigned by the witnesses named.
void Witness(v1::Task& task, const std::string& names) {
  v1::OrderAccepted body;
  const journal::Hash digest = journal::LeafHash(task.member());
  body.set_digest(std::string(journal::View(digest)));
  const std::string leaf = journal::EncodeLeaf(
      {.type = v1::ENTRY_TYPE_ORDER_ACCEPTED, .index = EntryIndex(task.order_seq()), .body = body.SerializeAsString()});
  std::vector<journal::Hash> hashes(task.order_seq() + 1);
  hashes.back() = journal::LeafHash(leaf);
  const journal::CommitTree tree(journal::Frontier(), hashes);
  const journal::Ed25519NoteSigner log("log.test/1", *journal::PrivateKey::FromSeed(std::string(32, 'l')));
  const journal::Checkpoint head{"log.test/1", hashes.size(), tree.root()};
  std::string note = *journal::SignCheckpoint(head, log);
  for (const char name : names) {
    const journal::WitnessKey witness = WitnessNamed(name);
    note += journal::SignatureLine(journal::Cosign(witness.name, witness.key, journal::FormatCheckpoint(head),
                                                   absl::FromUnixSeconds(1'700'000'000)));
  }
  task.mutable_witnessed()->set_leaf(leaf);
  task.mutable_witnessed()->set_checkpoint(note);
  task.mutable_witnessed()->mutable_proof()->set_index(task.order_seq());
  task.mutable_witnessed()->mutable_proof()->set_size(hashes.size());
  for (const journal::Hash& hash : tree.Inclusion(task.order_seq()))
    task.mutable_witnessed()->mutable_proof()->add_hashes(std::string(journal::View(hash)));
}

void PinTwoWitnesses(SdkWorld& world) {
  const journal::Ed25519NoteSigner log("log.test/1", *journal::PrivateKey::FromSeed(std::string(32, 'l')));
  world.config.log_policy = std::make_shared<const journal::LogPolicy>(*journal::LogPolicy::Parse(
      "log " + log.VerifierKey() + "\nwitness a " + WitnessNamed('a').VerifierKey() + "\nwitness b " +
      WitnessNamed('b').VerifierKey() + "\ngroup both all a b\nquorum both\n"));
  world.config.directory_age_control = absl::InfiniteDuration();  // agent_directory_test.cc
  world.StartAgent();
}

TEST(AgentAttack, TitlesThatWitnessesHaveNotSeen) {
  SdkWorld world(SdkWorld::Way::kLand);
  PinTwoWitnesses(world);
  const v1::Order seal = world.Submit(world.FreezeThing("U1"));
  world.Run(20);
  v1::Order order = world.Release(seal);
  order.set_action(v1::ACTION_TRANSFER_TITLE);
  v1::TransferTitle& act = *order.mutable_transfer_title();
  act.set_freeze_order_id(seal.order_id()), act.set_ground("AUCTION");
  act.mutable_transferee()->set_name("n"), act.mutable_transferee()->set_id_kind("k");
  act.mutable_transferee()->set_id_number("1");
  EXPECT_EQ(Outcome(world, world.Sign(order)), "RETURNED NOT_WITNESSED");
  world.gateway.dress = [&](v1::Task& task) { Witness(task, "ab"); };
  order.set_order_id(world.Release(seal).order_id());
  EXPECT_NE(Outcome(world, world.Sign(order)), "RETURNED NOT_WITNESSED");
}

TEST(AgentAttack, DeductionsThatWitnessesHaveNotSeen) {
  SdkWorld world;
  PinTwoWitnesses(world);
  const v1::Order freeze = world.Submit(world.Freeze(6'000'000));
  ASSERT_TRUE(world.Settle()) << "only deductions need witnesses";
  EXPECT_EQ(Outcome(world, world.Sign(world.Deduct(freeze, 100))), "RETURNED NOT_WITNESSED");
  world.gateway.dress = [&](v1::Task& task) { Witness(task, "a"); };
  EXPECT_EQ(Outcome(world, world.Sign(world.Deduct(freeze, 100))), "RETURNED NOT_WITNESSED") << "one of two";
  v1::Task other;
  world.gateway.dress = [&](v1::Task& task) {
    Witness(task, "ab");
    if (other.has_witnessed()) *task.mutable_witnessed() = other.witnessed();
    other = task;
  };
  const v1::Order seen = world.Submit(world.Deduct(freeze, 100));
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(seen), "DEDUCTED");
  EXPECT_EQ(Outcome(world, world.Sign(world.Deduct(freeze, 100))), "RETURNED NOT_WITNESSED") << "another order's proof";
}

TEST(AgentAttack, AboveTheThresholdAThirdMustSign) {
  SdkWorld world;
  world.core.accounts.at(kAccount).asset.balance = 50'000'000;
  const v1::Order freeze = world.Submit(world.Freeze(50'000'000));
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(Outcome(world, world.Sign(world.Deduct(freeze, 10'000'001))), "RETURNED SIGNATURES_MISSING");
  const v1::Order led =
      world.Submit(world.Deduct(freeze, 10'000'001), SdkWorld::Signers{&world.handler, &world.cosigner, &world.leader});
  const v1::Order small = world.Submit(world.Deduct(freeze, 10'000'000));
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(led), "DEDUCTED");
  EXPECT_EQ(world.Outcome(small), "DEDUCTED");
}

TEST(AgentAttack, AForgedStatementTeachesNothing) {
  SdkWorld world;
  // The gateway would like its own key to be an officer's.
  v1::Statement statement =
      world.OfficerStatement("009", world.stranger.public_key(), {v1::OFFICER_ROLE_HANDLER, v1::OFFICER_ROLE_COSIGNER});
  statement.set_sequence(1);
  *statement.mutable_valid_from() = trust::TimestampOf(world.clock.WallNow() - absl::Hours(1));
  *statement.mutable_valid_until() = trust::TimestampOf(world.clock.WallNow() + absl::Hours(1));
  statement.set_environment(v1::ENVIRONMENT_TEST);
  const trust::HeadFields fields = {v1::MEMBER_TYPE_STATEMENT, v1::ENVIRONMENT_TEST, kCourt, 77, world.clock.WallNow()};
  world.gateway.AddStatement(
      trust::TravelForm(trust::MakeBatch(fields, {statement.SerializeAsString()}, {&world.stranger}), 0));
  v1::Order order = world.Freeze(100);
  order.mutable_officers(0)->set_officer("009");
  EXPECT_EQ(Outcome(world, world.Sign(order, SdkWorld::Signers{&world.stranger})), "RETURNED SIGNATURE_INVALID");
  EXPECT_EQ(world.agent->metrics().statements_refused, 1u);
}

TEST(AgentAttack, AnOrderWaitsForTheStatementsThatAreStillToCome) {
  SdkWorld world;
  world.gateway.directory_complete = false;
  KeyedHashSigner fresh("fresh handler");
  v1::Order order = world.Freeze(100);
  order.mutable_officers(0)->set_officer("004");
  order.mutable_officers(0)->set_work_id_no("W004");
  order.mutable_officers(0)->set_duty_card_no("D004");
  world.Submit(order, SdkWorld::Signers{&fresh, &world.cosigner});
  const v1::Order behind = world.Submit(world.Freeze(200));
  world.Run(40);
  EXPECT_EQ(world.Outcome(order), "-") << "neither done nor returned";
  EXPECT_EQ(world.Outcome(behind), "-") << "the first served is the first in rank";
  world.StartAgent();
  world.gateway.AddStatement(
      world.State(world.OfficerStatement("004", fresh.public_key(), {v1::OFFICER_ROLE_HANDLER})));
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(order), "CONTROLLED");
  EXPECT_EQ(world.LastWord(order)->items(0).measure().rank(), 1u);
  EXPECT_EQ(world.LastWord(behind)->items(0).measure().rank(), 2u);
  // When nothing is left to come it is returned.
  const v1::Order never = world.Submit(world.Freeze(300), SdkWorld::Signers{&world.stranger, &world.cosigner});
  world.Run(20);
  EXPECT_EQ(world.Outcome(never), "-");
  world.gateway.directory_complete = true;
  world.Run(20);
  EXPECT_EQ(world.Outcome(never), "RETURNED SIGNATURES_MISSING");
}

TEST(AgentAttack, BytesThatAreNoOrderGetNoAnswer) {
  SdkWorld world;
  v1::SignedMember garbage = world.Sign(world.Freeze(100));
  garbage.set_member("\xff\xff garbage");
  world.gateway.AddOrder(garbage);
  world.Run(10);
  EXPECT_GT(world.agent->metrics().tasks_unreadable, 0u);
  EXPECT_EQ(world.agent->metrics().receipts, 0u);
  const v1::Order inquiry = world.Submit(world.Inquiry());
  world.Run(20);
  EXPECT_EQ(world.Outcome(inquiry), "FOUND");
}

}  // namespace
}  // namespace eagle::sdk
