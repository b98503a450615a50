// The demo's world in which every act can be ordered: a registry that keeps houses and cars, and a bank that takes
// income and holds products. Orders are right unless a test spoils them; a test plays the agencies.
//
//   ActsWorld world;
//   const v1::Order house = world.Sealed("LAND", kLandUnit, 60'000'00);       // accepted, answered, in effect
//   world.Send(world.Title(house, 52'300'00));                                 // accepted, handed out
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/domain/instant.h"
#include "tests/support/demo_world.h"

namespace eagle::test {

class ActsWorld {
 public:
  ActsWorld() {
    v1::Proposal land = DemoWorld::AgencyProposal(kLand, "北陵市不动产登记中心", "LAND");
    v1::Proposal bank = DemoWorld::AgencyProposal(kBeiling, "北陵商业银行", "BANK");
    const auto can = [](v1::Proposal& proposal, v1::Action action, const char* kind) {
      v1::Capability* row = proposal.mutable_agency()->add_capabilities();
      row->set_action(action), row->set_asset_kind(kind);
    };
    can(land, v1::ACTION_TRANSFER_TITLE, "LAND");
    can(land, v1::ACTION_FREEZE, "VEHICLE"), can(land, v1::ACTION_LOCATE, "VEHICLE");
    can(bank, v1::ACTION_EXTRACT_INCOME, "INCOME"), can(bank, v1::ACTION_FREEZE, "WEALTH_PRODUCT");
    EXPECT_TRUE(demo.Adopt({land, bank})->results(1).in_effect());
  }

  GatewayFixture gateway{GatewayFixture::Options{.real_keys = true}};
  DemoWorld demo{gateway};

  // Accepted, and handed to its agency as it was signed.
  void Send(const v1::Order& order) {
    const auto answer = demo.Submit({order}, {kHandler, kCosigner, kLeader});
    ASSERT_TRUE(answer.ok()) << answer.status();
    ASSERT_TRUE(answer->results(0).has_acceptance()) << answer->results(0).refusal().DebugString();
    const std::vector<v1::Task> tasks = demo.Pull(order.agencies(0));
    ASSERT_EQ(tasks.size(), 1u);
    EXPECT_EQ(tasks[0].member(), order.SerializeAsString());
  }
  void Say(const v1::Order& order, const v1::Receipt& receipt) {
    const auto reported = demo.Report(order.agencies(0), {receipt});
    ASSERT_TRUE(reported.ok()) << reported.status();
    ASSERT_EQ(reported->results(0).verdict(), v1::RECEIPT_VERDICT_RECORDED) << reported->results(0).DebugString();
  }

  // --- orders
  v1::Order Sealed(const char* kind, const char* unit, int64_t value) {
    v1::Order order = demo.Seal();
    order.clear_over_cap_exception();
    v1::Freeze& freeze = *order.mutable_freeze();
    freeze.set_limit_minor_units(value);
    freeze.mutable_asset()->set_asset_kind(kind), freeze.mutable_asset()->set_unit_number(unit);
    freeze.mutable_term()->Clear(), freeze.mutable_term()->set_years(2);
    Send(order);
    Say(order, demo.Controlled(order, value, 0));
    return order;
  }
  v1::Order Title(const v1::Order& freeze, int64_t proceeds) {
    v1::Order order = demo.Base(v1::ACTION_TRANSFER_TITLE, {freeze.agencies(0)});
    v1::TransferTitle& title = *order.mutable_transfer_title();
    title.set_freeze_order_id(freeze.order_id()), title.set_ground("AUCTION"), title.set_proceeds_minor_units(proceeds);
    *title.mutable_transferee() = DemoWorld::SuQing();
    return order;
  }
  v1::Order Search(const v1::Order& freeze) {
    v1::Order order = demo.Base(v1::ACTION_LOCATE, {freeze.agencies(0)});
    v1::Locate& locate = *order.mutable_locate();
    locate.set_freeze_order_id(freeze.order_id()), locate.mutable_term()->set_years(2), locate.set_hold(true);
    locate.set_collect_contact("王法官"), locate.set_collect_phone("0991-1234567");
    return order;
  }
  v1::Order Income(int64_t limit) {
    v1::Order order = demo.Base(v1::ACTION_EXTRACT_INCOME, {kBeiling});
    v1::ExtractIncome& income = *order.mutable_extract_income();
    income.set_account_number("6217990012345678905"), income.set_currency("CNY");
    income.set_limit_minor_units(limit), income.set_kept_per_month_minor_units(2'500'00);
    income.mutable_term()->set_years(3);
    const v1::Order like = demo.Deduct(order, 1);
    *income.mutable_account() = like.deduct().account();
    income.set_account_statement(like.deduct().account_statement());
    return order;
  }
  v1::Order Counter(int64_t limit) {
    v1::Order order = demo.Freeze(kBeiling, limit);
    v1::CounterMeasure& counter = *order.mutable_freeze()->mutable_counter();
    counter.set_unit_reference("K-2026-17"), counter.set_document_number("（2026）辽9901执1024号之一");
    counter.set_asset_kind("DEPOSIT");
    order.mutable_freeze()->clear_term();
    return order;
  }

  // --- receipts
  v1::Receipt Transferred(const v1::Order& title) {
    v1::Receipt done = demo.Receipt(title, title.agencies(0), v1::RECEIPT_KIND_FINAL);
    done.add_items()->set_outcome(v1::OUTCOME_TRANSFERRED);
    done.mutable_items(0)->mutable_measure()->set_unit_reference("U1");
    done.mutable_items(0)->mutable_measure()->set_ended(true);
    return done;
  }
  v1::Receipt Looks(const v1::Order& search) {
    v1::Receipt looks = demo.Receipt(search, search.agencies(0), v1::RECEIPT_KIND_FINAL);
    looks.add_items()->set_outcome(v1::OUTCOME_LOCATING);
    return looks;
  }
  v1::Receipt Seized(const v1::Order& search) {
    v1::Receipt found = demo.Receipt(search, search.agencies(0), v1::RECEIPT_KIND_EVENT);
    found.set_change(v1::MEASURE_CHANGE_SEIZED);
    v1::Sighting& sighting = *found.add_items()->mutable_sighting();
    *sighting.mutable_seen_at() = domain::ToProto(gateway.clock.wall);
    sighting.set_place("松月收费站"), sighting.set_seen_by("交警"), sighting.set_held(true);
    sighting.set_custody_place("二号停车场");
    *sighting.mutable_collect_by() = domain::ToProto(gateway.clock.wall + absl::Hours(72));
    return found;
  }
  v1::Receipt Takes(const v1::Order& income) {
    v1::Receipt takes = demo.Controlled(income, 0, income.extract_income().limit_minor_units());
    *takes.mutable_items(0)->mutable_measure()->mutable_effective_from() = domain::ToProto(gateway.clock.wall);
    return takes;
  }
  v1::Receipt Paid(const v1::Order& income, const std::string& booking, int64_t amount, int64_t left) {
    v1::Receipt paid = demo.Receipt(income, kBeiling, v1::RECEIPT_KIND_EVENT);
    paid.set_change(v1::MEASURE_CHANGE_EXTRACTED);
    v1::DeductionState& payment = *paid.add_items()->mutable_deduction();
    payment.set_amount_minor_units(amount), payment.set_booking_reference(booking);
    *payment.mutable_measure() = Takes(income).items(0).measure();
    payment.mutable_measure()->set_requested_minor_units(left),
        payment.mutable_measure()->set_unfunded_minor_units(left);
    return paid;
  }
};

}  // namespace eagle::test
