// The acts beyond freezing and deducting a person's deposits: things under seal and what becomes of them, products,
// whole accounts, income, measures that were served on paper, freeze and deduct as one; and what the world does
// meanwhile.
#include "absl/strings/str_cat.h"
#include "server/base/uuid.h"
#include "tests/sim/sim_house.h"
#include "tests/sim/sim_people.h"
#include "tests/sim/sim_registry.h"
#include "tests/sim/sim_world.h"

namespace eagle::sim {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

namespace {

constexpr int64_t kKeptPerMonth = 2'000'00;  // the policy's least
constexpr char kOtherCourt[] = "辽9902";

std::string MeasureOf(const std::string& order_id, const char* agency) {
  return sdk::Operation{order_id, agency, 0}.Text();
}

}  // namespace

void World::MoreActs() {
  CaseInHand& of = cases_[act_dice_.Below(cases_.size())];
  switch (act_dice_.Below(13)) {
    case 0:
    case 1:
    case 2:
      return FreezeThing(of);
    case 3:
      return registry_->kind.things.front().movable && act_dice_.OneIn(2) ? LookFor(of) : SellThing(of);
    case 4:
      return act_dice_.OneIn(2) ? LookFor(of) : EndOrRenew(of, of.things);
    case 5:
    case 6:
      return AtTheRegistry();
    case 7:
      return FreezeAtHouse(of);
    case 8:
      return act_dice_.OneIn(2) ? FreezeAtHouse(of) : ExtractIncome(of);
    case 9:
      return act_dice_.OneIn(2) ? DeductAtHouse(of) : EndOrRenew(of, of.at_house);
    case 10:
    case 11:
      return AtTheHouse();
    default:
      return FreezeAndDeduct(of);
  }
}

std::string World::OneOf(const std::vector<std::string>& order_ids) {
  return order_ids.empty() ? "" : order_ids[act_dice_.Below(order_ids.size())];
}

// What an inquiry has told the court: who has which part of what.
void World::FreezeThing(CaseInHand& of) {
  const std::string person = of.persons[act_dice_.Below(of.persons.size())];
  if (!papers_at_registry_.empty() && act_dice_.OneIn(3)) {
    const PaperMeasure paper = papers_at_registry_[act_dice_.Below(papers_at_registry_.size())];
    auto order = BaseOrder(of, ACTION_FREEZE, paper.person, kRegistry);
    CounterMeasure* counter = order.mutable_freeze()->mutable_counter();
    counter->set_unit_reference(paper.reference), counter->set_document_number(paper.document);
    counter->set_asset_kind(registry_->kind.things.front().asset_kind);
    order.mutable_freeze()->set_currency("CNY");
    order.mutable_freeze()->set_limit_minor_units(act_dice_.Between(1, of.cap / 3));
    of.things.push_back(order.order_id());
    return Submit({order}, true);
  }
  std::vector<LawOffice::Holder> theirs;
  for (const LawOffice::Holder& holder : registry_->law.holders()) {
    if (!holder.former && holder.person == person) theirs.push_back(holder);
  }
  if (theirs.empty()) return;
  const LawOffice::Holder& holder = theirs[act_dice_.Below(theirs.size())];
  auto order = BaseOrder(of, ACTION_FREEZE, person, kRegistry);
  auto& freeze = *order.mutable_freeze();
  AssetTarget& asset = *freeze.mutable_asset();
  asset.set_asset_kind(registry_->kind.things.front().asset_kind), asset.set_unit_number(holder.unit);
  asset.set_share_numerator(static_cast<uint32_t>(holder.numerator));
  asset.set_share_denominator(static_cast<uint32_t>(holder.denominator));
  const bool quantity = registry_->kind.extent == registry::Extent::kQuantity;
  if (quantity && act_dice_.OneIn(2))
    asset.set_quantity_e4(100 * act_dice_.Between(1, registry_->law.WholeOf(holder.unit)));
  freeze.set_currency("CNY"), freeze.set_limit_minor_units(act_dice_.Between(1, of.cap / 3));
  freeze.mutable_term()->set_months(act_dice_.OneIn(2) ? 2 : 12);
  // Nobody knows what it is worth, and a leader says so. A stolen key makes the court sign anew, without him.
  const bool unvalued = theft_at_ == 0 && act_dice_.OneIn(6);
  if (unvalued) {
    freeze.set_limit_minor_units(0);
    order.mutable_over_cap_exception()->set_reason("VALUE_UNKNOWN");
    order.mutable_over_cap_exception()->set_leader("leader");
  }
  of.things.push_back(order.order_id());
  Submit({order}, true, unvalued);
}

// The thing was sold by auction: all that the measure holds, or half of what its owner has.
void World::SellThing(CaseInHand& of) {
  const std::string freeze = OneOf(of.things);
  if (freeze.empty()) return;
  const auto& made = sent_.at(freeze);
  auto order = BaseOrder(of, ACTION_TRANSFER_TITLE, made.subject().id_number(), kRegistry);
  auto& title = *order.mutable_transfer_title();
  title.set_freeze_order_id(freeze), title.set_ground("AUCTION"), title.set_charges_end(act_dice_.OneIn(2));
  title.mutable_transferee()->set_name(kNames[2]), title.mutable_transferee()->set_id_kind("CITIZEN_ID");
  title.mutable_transferee()->set_id_number(kPersons[2]);
  const LawOffice::Seal* seal = registry_->law.SealOf(MeasureOf(freeze, kRegistry));
  if (seal != nullptr && act_dice_.OneIn(2)) {
    for (const LawOffice::Holder& holder : registry_->law.holders()) {
      if (holder.unit != seal->unit || holder.number != seal->holder) continue;
      if (registry_->law.WholeOf(holder.unit) % static_cast<int64_t>(2 * holder.denominator) != 0) return;
      title.set_share_numerator(static_cast<uint32_t>(holder.numerator));
      title.set_share_denominator(static_cast<uint32_t>(2 * holder.denominator));
    }
  }
  if (made.freeze().limit_minor_units() > 0)
    title.set_proceeds_minor_units(act_dice_.Between(0, made.freeze().limit_minor_units()));
  Submit({order}, true);
}

void World::LookFor(CaseInHand& of) {
  const std::string freeze = OneOf(of.things);
  if (freeze.empty() || !registry_->kind.things.front().movable) return;
  auto order = BaseOrder(of, ACTION_LOCATE, sent_.at(freeze).subject().id_number(), kRegistry);
  auto& locate = *order.mutable_locate();
  locate.set_freeze_order_id(freeze), locate.mutable_term()->set_months(2), locate.set_hold(act_dice_.OneIn(2));
  if (locate.hold()) locate.set_collect_contact("handler"), locate.set_collect_phone("1");
  Submit({order}, true);
}

void World::EndOrRenew(CaseInHand& of, const std::vector<std::string>& measures) {
  const std::string freeze = OneOf(measures);
  if (freeze.empty()) return;
  const auto& made = sent_.at(freeze);
  if (act_dice_.OneIn(3)) {
    auto order = BaseOrder(of, ACTION_RENEW, made.subject().id_number(), made.agencies(0));
    order.mutable_renew()->set_freeze_order_id(freeze), order.mutable_renew()->mutable_term()->set_months(1);
    return Submit({order}, true);
  }
  auto order = BaseOrder(of, ACTION_RELEASE, made.subject().id_number(), made.agencies(0));
  order.mutable_release()->set_freeze_order_id(freeze), order.mutable_release()->set_ground("DEBT_PAID");
  const int64_t limit =
      made.has_freeze() ? made.freeze().limit_minor_units() : made.extract_income().limit_minor_units();
  const bool parts = made.agencies(0) == kHouse || registry_->kind.extent == registry::Extent::kQuantity;
  if (parts && limit > 0 && act_dice_.OneIn(2))
    order.mutable_release()->set_amount_minor_units(act_dice_.Between(1, limit));
  Submit({order}, true);
}

// --- the whole bank

void World::FreezeAtHouse(CaseInHand& of) {
  const auto& own = house_->customers()[act_dice_.Below(house_->customers().size())];
  auto order = BaseOrder(of, ACTION_FREEZE, own.person, kHouse);
  auto& freeze = *order.mutable_freeze();
  freeze.set_currency("CNY"), freeze.set_limit_minor_units(act_dice_.Between(1, of.cap / 3));
  freeze.set_inflow(act_dice_.OneIn(4) ? INFLOW_NONE : INFLOW_CAPTURE);
  freeze.mutable_term()->set_months(act_dice_.OneIn(2) ? 2 : 12);
  switch (act_dice_.Below(6)) {
    case 0:
      freeze.mutable_account()->set_account_number(act_dice_.OneIn(2) ? own.account : own.wages);
      break;
    case 1:
      freeze.mutable_person_at_agency()->set_whole_account(true);
      break;
    case 2:
      freeze.mutable_product()->set_product_number(own.product);
      break;
    case 3:
      freeze.mutable_product()->set_product_number(own.product);
      freeze.mutable_product()->set_quantity_e4(100 * act_dice_.Between(1, 40'000'00));
      break;
    case 4: {
      if (papers_at_house_.empty()) return;
      const PaperMeasure& paper = papers_at_house_[act_dice_.Below(papers_at_house_.size())];
      order = BaseOrder(of, ACTION_FREEZE, paper.person, kHouse);
      CounterMeasure* counter = order.mutable_freeze()->mutable_counter();
      counter->set_unit_reference(paper.reference), counter->set_document_number(paper.document);
      counter->set_asset_kind("DEPOSIT");
      order.mutable_freeze()->set_currency("CNY"), order.mutable_freeze()->set_inflow(INFLOW_CAPTURE);
      order.mutable_freeze()->set_limit_minor_units(paper.amount);
      break;
    }
    default:
      freeze.mutable_person_at_agency();
  }
  of.at_house.push_back(order.order_id());
  Submit({order}, true);
}

void World::ExtractIncome(CaseInHand& of) {
  const auto& own = house_->customers()[act_dice_.Below(house_->customers().size())];
  auto order = BaseOrder(of, ACTION_EXTRACT_INCOME, own.person, kHouse);
  auto& income = *order.mutable_extract_income();
  income.set_account_number(own.wages), income.set_currency("CNY");
  income.set_limit_minor_units(act_dice_.Between(1, of.cap / 3));
  income.set_kept_per_month_minor_units(kKeptPerMonth + act_dice_.Between(0, 3'000'00));
  income.mutable_term()->set_months(act_dice_.OneIn(2) ? 2 : 12);
  *income.mutable_account() = OurAccount();
  income.set_account_statement(account_digest_);
  of.at_house.push_back(order.order_id());
  Submit({order}, true);
}

void World::DeductAtHouse(CaseInHand& of) {
  const std::string freeze = OneOf(of.at_house);
  if (freeze.empty() || !sent_.at(freeze).has_freeze()) return;
  const auto& made = sent_.at(freeze);
  Submit({DeductionFrom(of, made, act_dice_.Between(1, made.freeze().limit_minor_units()))}, true);
}

goldeneagle::v1::Order World::DeductionFrom(const CaseInHand& of, const goldeneagle::v1::Order& made, int64_t amount) {
  auto order = BaseOrder(of, ACTION_DEDUCT, made.subject().id_number(), made.agencies(0));
  order.mutable_deduct()->set_freeze_order_id(made.order_id()), order.mutable_deduct()->set_currency("CNY");
  order.mutable_deduct()->set_amount_minor_units(amount), order.mutable_deduct()->set_up_to(act_dice_.OneIn(2));
  *order.mutable_deduct()->mutable_account() = OurAccount();
  order.mutable_deduct()->set_account_statement(account_digest_);
  return order;
}

// One ordered pair: accepted whole or not at all, and counted once.
void World::FreezeAndDeduct(CaseInHand& of) {
  const bool at_house = act_dice_.OneIn(2);
  const std::string bank = at_house ? kHouse : BankCode(static_cast<int>(act_dice_.Below(kBanks)));
  auto freeze = BaseOrder(of, ACTION_FREEZE, of.persons[act_dice_.Below(of.persons.size())], bank);
  const std::string group = NewId();
  freeze.set_group(group);
  freeze.mutable_freeze()->mutable_person_at_agency();
  freeze.mutable_freeze()->set_currency("CNY"), freeze.mutable_freeze()->set_inflow(INFLOW_CAPTURE);
  freeze.mutable_freeze()->set_limit_minor_units(act_dice_.Between(1, of.cap / 4));
  freeze.mutable_freeze()->mutable_term()->set_months(12);
  auto deduction = DeductionFrom(of, freeze, act_dice_.Between(1, freeze.freeze().limit_minor_units()));
  deduction.set_group(group);
  (at_house ? of.at_house : of.freezes).push_back(freeze.order_id());
  pairs_.insert(deduction.order_id());
  Submit({freeze, deduction}, true);
}

// --- what the world does meanwhile

void World::AtTheRegistry() {
  const auto& holders = registry_->law.holders();
  const LawOffice::Holder holder = holders[act_dice_.Below(holders.size())];
  const std::string document = absl::StrCat("paper ", ++papers_served_);
  switch (act_dice_.Below(7)) {
    case 0:
      if (holder.former) return;
      if (const std::string seal = registry_->Seal(kOtherCourt, document, holder); !seal.empty())
        others_seals_.push_back(seal);
      return;
    case 1: {
      if (holder.former || holder.person == kPersons[2]) return;
      const std::string seal = registry_->Seal(kCourt, document, holder);
      if (!seal.empty()) papers_at_registry_.push_back({seal, document, holder.person, 0});
      return;
    }
    case 2:
      if (!others_seals_.empty()) registry_->ReleaseAtCounter(OneOf(others_seals_));
      return;
    case 3:
      if (act_dice_.OneIn(3)) return registry_->Collect(holder.unit);
      return registry_->RegisterOwner(holder.unit);
    default:
      return registry_->Sight(holder.unit, act_dice_.OneIn(2));
  }
}

void World::AtTheHouse() {
  const auto& own = house_->customers()[act_dice_.Below(house_->customers().size())];
  const std::string account = act_dice_.OneIn(2) ? own.account : own.wages;
  const std::string document = absl::StrCat("paper ", ++papers_served_);
  const int64_t amount = act_dice_.Between(1, 30'000'00);
  switch (act_dice_.Below(9)) {
    case 0:
      return house_->Deposit(account, amount);
    case 1:
    case 2:
    case 3:
      return house_->PaySalary(own.wages, amount);
    case 4:
      return house_->Withdraw(account);
    case 5: {
      const std::string seal = house_->FreezeOnPaper(own, account, kCourt, document, amount);
      if (!seal.empty()) papers_at_house_.push_back({seal, document, own.person, amount});
      return;
    }
    case 6:
      (void)house_->FreezeOnPaper(own, act_dice_.OneIn(3) ? own.product : account, "", document, amount);
      return;
    default:
      return house_->Settle(act_dice_.OneIn(3));
  }
}

}  // namespace eagle::sim
