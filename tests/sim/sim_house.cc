#include "tests/sim/sim_house.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "adapters/bank/acts.h"
#include "adapters/bank/counter.h"
#include "adapters/bank/products.h"
#include "adapters/bank/tables.h"
#include "server/base/reason.h"

namespace eagle::sim {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using bank::Work;

namespace {

constexpr int64_t kPriceE4 = 10'000;  // one unit is worth one yuan: what is moved is moved to the fen
constexpr int64_t kUnitsE4PerFen = 100;

std::string MonthOf(absl::Time now, absl::TimeZone zone) {
  return absl::FormatCivilTime(absl::CivilMonth(absl::ToCivilDay(now, zone)));
}

}  // namespace

World::House::House(World& owner, std::string house_code, uint64_t seed,
                    const std::vector<std::pair<std::string, std::string>>& persons)
    : Agency(owner, std::move(house_code), seed), law_(owner.zone_) {
  auto core = bank::BankCore::Open(bank::kInMemory, code, owner.true_clock_, owner.zone_);
  GATEWAY_ASSERT(core.ok(), "a core in memory opens");
  core_ = *std::move(core);
  positions_ = std::make_unique<bank::CorePositions>(*core_);
  const absl::Status filled = core_->Do([&](const Work& work) {
    bank::Tables& tables = work.tables;
    for (const char* nature : {bank::kCash, bank::kTransit, bank::kClearing, bank::kOpening})
      tables.AddAccount({.account = nature, .kind = bank::kInternal, .nature = nature, .opened_on = "2020-01-01"}, {});
    tables.AddIncomeNature("WAGE", "民事诉讼法 art 254");
    for (const auto& [person, name] : persons) {
      const std::string customer = absl::StrCat("C", customers_.size());
      const Customer& own = customers_.emplace_back(
          Customer{person, name, customer + "-1-demand", customer + "-2-wages", customer + "-3-product"});
      tables.AddCustomer({customer, name, "CITIZEN_ID", person});
      tables.AddAccount({.account = own.account, .opened_on = "2020-01-01"}, {customer});
      tables.AddAccount({.account = own.wages, .nature = "WAGE", .opened_on = "2020-01-02"}, {customer});
      tables.AddAccount({.account = own.product, .kind = "PRODUCT", .opened_on = "2020-01-03"}, {customer});
      for (const std::string& account : {own.account, own.wages, own.product}) {
        const int64_t balance = owner.act_dice_.Between(1, 60'000'00);
        tables.AddBooking(
            {.at = work.now, .kind = "OPENING", .entries = {{bank::kOpening, -balance}, {account, balance}}});
        law_.Open(account, balance);
      }
      tables.AddProduct({.account = own.product,
                         .product = "P1",
                         .units_e4 = law_.Of(own.product) * kUnitsE4PerFen,
                         .price_e4 = kPriceE4,
                         .priced_on = "2026-09-25",
                         .return_account = own.account});
    }
    return absl::OkStatus();
  });
  GATEWAY_ASSERT(filled.ok(), std::string(filled.message()).c_str());
}

std::vector<Capability> World::House::Abilities() const {
  std::vector<Capability> out;
  for (const char* asset_kind : {"DEPOSIT", "WEALTH_PRODUCT", "INCOME"}) {
    for (Action action : {ACTION_INQUIRE, ACTION_FREEZE, ACTION_RENEW, ACTION_RELEASE, ACTION_DEDUCT})
      out.push_back(AbilityOf(asset_kind, action));
  }
  out.push_back(AbilityOf("INCOME", ACTION_EXTRACT_INCOME));
  return out;
}

absl::StatusOr<std::unique_ptr<sdk::Agent>> World::House::Make(const sdk::AgentConfig& config) {
  inbox_ = std::make_unique<sdk::FakeInbox>(disk_, plan);
  return sdk::Agent::Make(config, Ports(*inbox_), *this);
}

// --- its core, behind the line

absl::StatusOr<sdk::Answer> World::House::Inquire(const sdk::Request& request) {
  if (world.dice_.OneIn(world.weather_.core_fault_one_in)) return Fail(Reason::kUnavailable, "the core is away");
  return core_->Inquire(request);
}

absl::StatusOr<sdk::Answer> World::House::Apply(const sdk::Request& request) {
  if (world.dice_.OneIn(world.weather_.core_fault_one_in)) return Fail(Reason::kUnavailable, "it never arrived");
  EAGLE_ASSIGN_OR_RETURN(sdk::Answer answer, core_->Apply(request));
  const std::string step = Action_Name(request.order.action());
  const std::string by_law = Expected(request);
  const std::string said = answer.kind == sdk::AnswerKind::kReturned
                               ? "RETURNED " + answer.return_reason
                               : Outcome_Name(answer.items.front().outcome()).substr(std::string("OUTCOME_").size());
  if (answer.kind == sdk::AnswerKind::kReturned) returned_.insert(request.order.order_id());
  if (said != by_law) Agree(step, absl::StrCat("by the law it is ", by_law, ", the bank says ", said));
  Compare(step);
  effects_.push_back({request.operation.Text(), request.order.action(), request.order.subject().id_number(),
                      request.arrival.sequence});
  if (world.dice_.OneIn(world.weather_.core_fault_one_in)) return Fail(Reason::kUnavailable, "the reply was lost");
  return answer;
}

absl::StatusOr<sdk::Found> World::House::Find(const sdk::Operation& operation) {
  if (world.dice_.OneIn(world.weather_.core_fault_one_in)) return Fail(Reason::kUnavailable, "the core is away");
  return core_->Find(operation);
}

absl::StatusOr<std::vector<sdk::RegisterChange>> World::House::Changes(uint64_t after, size_t limit) {
  return core_->Changes(after, limit);
}

// --- by the law

const World::House::Customer* World::House::Of(const std::string& person) const {
  const auto found =
      std::find_if(customers_.begin(), customers_.end(), [&](const Customer& one) { return one.person == person; });
  return found == customers_.end() ? nullptr : &*found;
}

const Law::Claim* World::House::ClaimOf(const std::string& operation) const {
  const auto over = taken_over_.find(operation);
  return law_.Find(over == taken_over_.end() ? operation : over->second);
}

std::string World::House::Standing(const std::string& claim) const {
  const Law::Claim& of = *law_.Find(claim);
  if (of.stage == Law::Stage::kWaits) return "WAITLISTED";
  return of.Lacks() > 0 ? "PARTLY_CONTROLLED" : "CONTROLLED";
}

std::string World::House::Place(const sdk::Request& request, std::vector<std::string> scope, int64_t limit,
                                Law::Catches catches, int64_t months, const std::string& product, int64_t quantity_e4) {
  const std::string id = request.operation.Text();
  Law::Claim claim{.id = id,
                   .served = {request.arrival.at, request.arrival.sequence},
                   .scope = std::move(scope),
                   .limit = limit,
                   .catches = catches,
                   .months = months};
  if (quantity_e4 > 0) claim.most[product] = quantity_e4 / kUnitsE4PerFen;
  law_.Place(std::move(claim), Now(), false, product);
  return Standing(id);
}

std::string World::House::Freeze(const sdk::Request& request) {
  const auto& freeze = request.order.freeze();
  const std::string& person = request.order.subject().id_number();
  const Customer* own = Of(person);
  if (freeze.has_counter()) {
    const std::string& number = freeze.counter().unit_reference();
    const auto paper = papers_.find(number);
    const auto over = [&](const auto& row) { return row.second == number; };
    if (paper == papers_.end() || paper->second != std::pair(person, freeze.counter().document_number()) ||
        !law_.Find(number)->Live() || law_.Find(number)->limit > freeze.limit_minor_units() ||
        std::any_of(taken_over_.begin(), taken_over_.end(), over))
      return "NOT_CONTROLLED";
    taken_over_[request.operation.Text()] = number;
    ++world.numbers_.acts["FREEZE counter"];
    return Standing(number);
  }
  if (own == nullptr) return "NOT_CONTROLLED";
  const auto catches = freeze.inflow() == INFLOW_CAPTURE ? Law::Catches::kInflow : Law::Catches::kNothing;
  const auto place = [&](const char* what, std::vector<std::string> scope, const std::string& product) {
    ++world.numbers_.acts[what];
    return Place(request, std::move(scope), freeze.limit_minor_units(), catches, freeze.term().months(), product,
                 freeze.product().quantity_e4());
  };
  if (freeze.has_account()) {
    const std::string& account = freeze.account().account_number();
    if (account != own->account && account != own->wages) return "NOT_CONTROLLED";
    return place("FREEZE account", {account}, "");
  }
  if (freeze.has_product()) {
    if (freeze.product().product_number() != own->product ||
        freeze.product().quantity_e4() > law_.Of(own->product) * kUnitsE4PerFen)
      return "NOT_CONTROLLED";
    return place(freeze.product().quantity_e4() > 0 ? "FREEZE product by quantity" : "FREEZE product",
                 {own->account, own->product}, own->product);
  }
  if (freeze.person_at_agency().whole_account()) whole_.insert(request.operation.Text());
  return place(freeze.person_at_agency().whole_account() ? "FREEZE whole accounts" : "FREEZE amount",
               {own->account, own->wages, own->product}, "");
}

std::string World::House::Deduct(const sdk::Request& request) {
  const auto& deduct = request.order.deduct();
  const Law::Claim* claim = ClaimOf(request.freeze_operation->Text());
  if (claim == nullptr || claim->stage != Law::Stage::kStands || claim->catches == Law::Catches::kIncome)
    return "NOT_DEDUCTED";
  const std::string id = claim->id;
  const int64_t amount =
      deduct.up_to() ? std::min(deduct.amount_minor_units(), claim->Held()) : deduct.amount_minor_units();
  if (amount == 0 || amount > claim->Held()) return "NOT_DEDUCTED";
  // Products don't pay courts: what the accounts can't give is redeemed to the first of them.
  const Customer& own = *Of(request.order.subject().id_number());
  const auto in_product = claim->held.find(own.product);
  const int64_t product = in_product == claim->held.end() ? 0 : in_product->second;
  const int64_t redeemed = std::max<int64_t>(0, amount - (claim->Held() - product));
  if (redeemed > 0) law_.Move(own.product, own.account, redeemed, id, Now());
  Sent sent{.claim = id};
  if (!law_.Deduct(id, amount, Now(), sent.cuts)) return "NOT_DEDUCTED";
  sent_[absl::StrFormat("%s-P%06d", code, ++payments_)] = std::move(sent);
  ++world.numbers_.acts[redeemed > 0 ? "DEDUCT from a product" : deduct.up_to() ? "DEDUCT up to" : "DEDUCT"];
  return "SENT_NOT_CONFIRMED";
}

std::string World::House::Expected(const sdk::Request& request) {
  const auto& order = request.order;
  const Law::Claim* claim = request.freeze_operation == nullptr ? nullptr : ClaimOf(request.freeze_operation->Text());
  switch (order.action()) {
    case ACTION_FREEZE:
      return Freeze(request);
    case ACTION_DEDUCT:
      return Deduct(request);
    case ACTION_EXTRACT_INCOME: {
      const Customer* own = Of(order.subject().id_number());
      if (own == nullptr || order.extract_income().account_number() != own->wages) return "NOT_CONTROLLED";
      kept_[request.operation.Text()] = order.extract_income().kept_per_month_minor_units();
      ++world.numbers_.acts["EXTRACT_INCOME"];
      return Place(request, {own->wages}, order.extract_income().limit_minor_units(), Law::Catches::kIncome,
                   order.extract_income().term().months(), "", 0);
    }
    case ACTION_RENEW: {
      const bool done = claim != nullptr && law_.Renew(claim->id, order.renew().term().months(), Now());
      return done ? "RENEWED" : "NOT_RENEWED";
    }
    case ACTION_RELEASE: {
      if (claim == nullptr) return "NOT_CONTROLLED";
      const auto under = [&](const auto& row) { return row.second.claim == claim->id; };
      if (std::any_of(sent_.begin(), sent_.end(), under)) return "RETURNED OPEN_DEDUCTION";
      return law_.Release(claim->id, order.release().amount_minor_units(), Now()) ? "RELEASED" : "NOT_CONTROLLED";
    }
    default:
      return "RETURNED";
  }
}

void World::House::Compare(const std::string& step) {
  std::vector<sdk::Encumbrance> rows;
  std::map<std::string, int64_t> balances;
  const absl::Status read = core_->Look([&](const Work& work) {
    law_.PassTo(work.now);
    for (const std::string& measure : work.tables.AllMeasures()) rows.push_back(work.tables.Measure(measure)->measure);
    for (const Customer& own : customers_) {
      for (const std::string& account : {own.account, own.wages, own.product})
        balances[account] = work.tables.Balance(account);
    }
    return absl::OkStatus();
  });
  if (!read.ok()) return Agree(step, std::string(read.message()));
  Agree(step, law_.Differs(rows, balances));
}

// --- what stands there

std::optional<sdk::Encumbrance> World::House::RowOf(const std::string& operation) {
  std::optional<sdk::Encumbrance> out;
  (void)core_->Look([&](const Work& work) {
    if (const auto row = work.tables.MeasureOf(*sdk::ParseOperation(operation))) out = row->measure;
    return absl::OkStatus();
  });
  return out;
}

std::pair<int64_t, int64_t> World::House::ExposureOf(const std::string& operation) {
  const Law::Claim* claim = ClaimOf(operation);
  if (claim == nullptr) return {0, 0};
  return {claim->stage == Law::Stage::kStands ? claim->limit : 0, claim->taken};
}

bool World::House::WaitedOnce(const std::string& operation) {
  const Law::Claim* claim = ClaimOf(operation);
  return claim != nullptr && claim->waited;
}

void World::House::VisitStanding(const sdk::PositionDay& asked, sdk::InboxTransaction& transaction,
                                 const sdk::PositionVisitor& visit) {
  (void)positions_->VisitPositions(asked, transaction, visit);
}

// --- its counter and its payment system

void World::House::Deposit(const std::string& account, int64_t amount) {
  const std::string request = absl::StrCat("R", ++requests_);
  if (!core_->Do([&](const Work& work) { return bank::Deposit(work, account, amount, request); }).ok())
    return Agree("a deposit", "it was refused");
  law_.Credit(account, amount, Now());
  Compare("a deposit");
}

void World::House::PaySalary(const std::string& account, int64_t amount) {
  const std::string request = absl::StrCat("R", ++requests_);
  if (!core_->Do([&](const Work& work) { return bank::PaySalary(work, account, amount, request); }).ok())
    return Agree("a salary", "it was refused");
  int64_t& month = month_[account + MonthOf(Now(), world.zone_)];
  const auto [extracted, left] = law_.CreditIncome(account, amount, month, kept_, Now());
  month += left;
  // What had come back goes out with it.
  std::vector<std::string> takers;
  for (const Law::Claim& claim : law_.claims()) {
    if (claim.Live() && claim.catches == Law::Catches::kIncome && claim.StandsOn(account) && claim.Held() > 0)
      takers.push_back(claim.id);
  }
  for (const std::string& taker : takers) {
    Sent sent{.claim = taker, .income = true};
    (void)law_.Deduct(taker, law_.Find(taker)->Held(), Now(), sent.cuts);
    sent_[absl::StrFormat("%s-P%06d", code, ++payments_)] = std::move(sent);
    ++world.numbers_.acts["income was extracted"];
  }
  Compare("a salary");
}

std::string World::House::FreezeOnPaper(const Customer& of, const std::string& account, const std::string& court,
                                        const std::string& document, int64_t amount) {
  const std::string request = absl::StrCat("R", ++requests_);
  absl::StatusOr<std::string> made;
  absl::Time at;
  (void)core_->Do([&](const Work& work) {
    at = work.now;
    made = court.empty()
               ? bank::Seize(work, {.account = account, .amount = amount, .authority = "公安", .document = document},
                             request)
               : bank::FreezeOnPaper(
                     work, {.account = account, .amount = amount, .court = court, .document = document, .months = 12},
                     request);
    return made.status();
  });
  if (!made.ok()) return Agree("a freeze on paper", "it was refused"), "";
  law_.Place({.id = *made,
              .served = {at, UINT64_MAX},  // behind what is on the account at that instant
              .scope = account == of.product ? std::vector<std::string>{of.account, of.product}
                                             : std::vector<std::string>{account},
              .limit = amount,
              .catches = Law::Catches::kInflow,
              .months = court.empty() ? 0 : 12},
             at, false, account);
  if (!court.empty()) papers_[*made] = {of.person, document};
  Compare("a freeze on paper");
  return *made;
}

void World::House::Withdraw(const std::string& account) {
  const bool barred = std::any_of(law_.claims().begin(), law_.claims().end(), [&](const Law::Claim& claim) {
    return whole_.contains(claim.id) && claim.stage == Law::Stage::kStands && claim.StandsOn(account);
  });
  const int64_t free = barred ? 0 : law_.Free(account);
  for (const int64_t amount : {free + 1, free}) {
    if (amount == 0) continue;
    const std::string request = absl::StrCat("R", ++requests_);
    const bool done = core_->Do([&](const Work& work) { return bank::Withdraw(work, account, amount, request); }).ok();
    if (done != (amount == free)) Agree("a withdrawal", absl::StrCat(amount, " of ", free, " that are free: ", done));
    if (done) law_.Open(account, law_.Of(account) - amount);
  }
  ++world.numbers_.acts[barred ? "a holder was refused all" : "a holder took what is free"];
  Compare("a withdrawal");
}

void World::House::Settle(bool reject) {
  for (const auto& [payment, sent] : std::exchange(sent_, {})) {
    const absl::Status done = core_->Do([&](const Work& work) {
      return reject ? bank::Reject(work, payment, "ACCOUNT_CLOSED") : bank::Confirm(work, payment);
    });
    if (!done.ok()) Agree("the payment system", absl::StrCat(payment, ": ", std::string(done.message())));
    if (reject) law_.GiveBack(sent.claim, sent.cuts, Now());
    ++world.numbers_.acts[absl::StrCat(sent.income ? "income " : "a deduction ", reject ? "came back" : "arrived")];
    Compare(reject ? "a payment that came back" : "a payment that arrived");
  }
}

void World::House::People(bool all) {
  if (all) Settle(/*reject=*/false);
}

}  // namespace eagle::sim
