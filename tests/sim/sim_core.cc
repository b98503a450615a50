#include "tests/sim/sim_core.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "adapters/sdk/measure.h"
#include "server/base/assert.h"
#include "server/base/reason.h"

namespace eagle::sim {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using sdk::Answer;
using sdk::AnswerKind;

void SimCore::OpenAccount(const std::string& person, const std::string& account, int64_t balance) {
  persons_[person].push_back(account);
  assets_[account] = {.id = account, .balance = balance, .currency = "CNY"};
  law_.Open(account, balance);
  deposited_ += balance;
}

sdk::EncumbranceRegister SimCore::LoadBook(absl::Time now) const {
  std::vector<sdk::Asset> assets;
  for (const auto& [id, asset] : assets_) assets.push_back(asset);
  std::vector<sdk::Encumbrance> rows;
  for (const auto& [id, row] : rows_) rows.push_back(row);
  auto book = sdk::EncumbranceRegister::Load(std::move(assets), std::move(rows), now, zone_);
  GATEWAY_ASSERT(book.ok(), "the simulated core keeps its own rows");
  return *std::move(book);
}

void SimCore::StoreBook(sdk::EncumbranceRegister& book) {
  for (const sdk::Encumbrance& row : book.TakeChangedRows()) {
    rows_[row.id] = row;
    if (row.phase == sdk::Phase::kWaitlisted) waited_.insert(row.id);
  }
  for (const sdk::Asset& asset : book.TakeChangedAssets()) assets_[asset.id] = asset;
  for (const sdk::Change& change : book.TakeChanges()) {
    const auto operation = freeze_operations_.find(change.id);
    if (operation == freeze_operations_.end()) continue;  // another authority's: not ours to tell
    sdk::RegisterChange out{.sequence = changes_.size() + 1,
                            .kind = sdk::RegisterChange::Kind::kEvent,
                            .operation = operation->second,
                            .change = sdk::ChangeOf(change.kind),
                            .item = sdk::ItemOf(book, change.id),
                            .at = change.at};
    changes_.push_back(std::move(out));
  }
}

void SimCore::CounterFreeze(const std::string& person, const std::string& document, int64_t amount, absl::Time now) {
  auto book = LoadBook(now);
  sdk::Encumbrance row{.id = document,
                       .authority = "elsewhere",
                       .document_number = document,
                       .scope = persons_[person],
                       .rank = {now, 0},
                       .requested = amount,
                       .inflow = sdk::InflowRule::kCapture};
  row.term.months = 12;
  const bool placed = book.Place(row).ok();
  if (placed) StoreBook(book);
  const bool by_law = law_.Place({.id = document,
                                  .served = {now, 0},
                                  .scope = persons_[person],
                                  .limit = amount,
                                  .catches = Law::Catches::kInflow,
                                  .months = 12},
                                 now);
  Compare("a freeze at the counter", placed, by_law, now);
}

void SimCore::CounterRelease(const std::string& document, absl::Time now) {
  auto book = LoadBook(now);
  const bool released = book.Release(document).ok();
  if (released) StoreBook(book);
  Compare("a release at the counter", released, law_.Release(document, 0, now), now);
}

void SimCore::Deposit(const std::string& account, int64_t amount, absl::Time now) {
  auto book = LoadBook(now);
  if (!book.Credit(account, amount).ok()) return;
  deposited_ += amount;
  StoreBook(book);
  law_.Credit(account, amount, now);
  Compare("a deposit", true, true, now);
}

void SimCore::Compare(const std::string& step, bool done, bool by_law, absl::Time now) {
  if (done != by_law) return compared_(step, absl::StrCat("done: ", done, ", by the law: ", by_law));
  law_.PassTo(now);
  std::vector<sdk::Encumbrance> rows;
  for (const auto& [id, row] : rows_) {
    // Its term is over, and nobody has looked since: the next step says so.
    if (row.phase == sdk::Phase::kEffective && row.effective_to && *row.effective_to <= now) return;
    rows.push_back(row);
  }
  std::map<std::string, int64_t> balances;
  for (const auto& [id, asset] : assets_) balances[id] = asset.balance;
  compared_(step, law_.Differs(rows, balances));
}

void SimCore::VisitStanding(absl::Time now, const sdk::PositionVisitor& visit) const {
  const auto book = LoadBook(now);
  for (const auto& [id, operation] : freeze_operations_) {  // as text they sort as the order ids do
    const sdk::Encumbrance& row = *book.Find(id);
    if (row.phase == sdk::Phase::kWaitlisted || row.phase == sdk::Phase::kEffective)
      visit(operation, sdk::MeasureOf(book, id));
  }
}

int64_t SimCore::TotalMoney() const {
  int64_t sum = at_court_ + in_transit_;
  for (const auto& [id, asset] : assets_) sum += asset.balance;
  return sum;
}

std::pair<int64_t, int64_t> SimCore::ExposureOf(const std::string& operation) const {
  const auto row = rows_.find(operation);
  if (row == rows_.end()) return {0, 0};
  // A waitlisted one controls nothing: its limit is contingent.
  const bool counts = row->second.phase == sdk::Phase::kEffective;
  return {counts ? row->second.requested : 0, row->second.deducted};
}

absl::StatusOr<Answer> SimCore::Inquire(const sdk::Request& request) {
  if (dice_.OneIn(weather_.core_fault_one_in)) return Fail(Reason::kUnavailable, "the core is away");
  Answer answer{.searched_scope = "deposits"};
  const auto person = persons_.find(request.order.subject().id_number());
  if (person == persons_.end()) {
    answer.items.emplace_back().set_outcome(OUTCOME_NIL);
    return answer;
  }
  for (const std::string& account : person->second) {
    ItemResult& item = answer.items.emplace_back();
    item.set_outcome(OUTCOME_FOUND);
    Finding* finding = item.mutable_finding();
    finding->set_asset_kind("DEPOSIT"), finding->set_asset_number(account), finding->set_currency("CNY");
    finding->set_balance_known(true), finding->set_balance_minor_units(assets_[account].balance);
    finding->set_matched_by("NAME_AND_18");
  }
  return answer;
}

absl::StatusOr<Answer> SimCore::Apply(const sdk::Request& request) {
  // The three things that can happen to a call: it never arrived, its reply is lost, all is well.
  if (dice_.OneIn(weather_.core_fault_one_in)) return Fail(Reason::kUnavailable, "the call never arrived");
  const std::string operation = request.operation.Text();
  GATEWAY_ASSERT(!answers_.contains(operation), "the agent asks Find before it applies again");
  absl::StatusOr<Answer> answer = request.order.has_freeze()    ? Freeze(request)
                                  : request.order.has_renew()   ? Renew(request)
                                  : request.order.has_release() ? Release(request)
                                                                : Deduct(request);
  if (!answer.ok()) return answer;
  answers_[operation] = *answer;
  effects_.push_back(
      {operation, request.order.action(), request.order.subject().id_number(), request.arrival.sequence});
  if (dice_.OneIn(weather_.core_fault_one_in)) return Fail(Reason::kUnavailable, "the reply was lost");
  return answer;
}

absl::StatusOr<sdk::Found> SimCore::Find(const sdk::Operation& operation) {
  if (dice_.OneIn(weather_.core_fault_one_in)) return Fail(Reason::kUnavailable, "the core is away");
  const auto answer = answers_.find(operation.Text());
  if (answer == answers_.end()) return sdk::Found{.kind = sdk::Found::Kind::kNotDone};
  return sdk::Found{sdk::Found::Kind::kDone, answer->second};
}

absl::StatusOr<std::vector<sdk::RegisterChange>> SimCore::Changes(uint64_t after, size_t limit) {
  std::vector<sdk::RegisterChange> out;
  for (size_t i = after; i < changes_.size() && out.size() < limit; ++i) out.push_back(changes_[i]);
  return out;
}

absl::StatusOr<Answer> SimCore::Freeze(const sdk::Request& request) {
  const auto person = persons_.find(request.order.subject().id_number());
  Answer answer{.effect_at = request.now};
  if (person == persons_.end()) {
    answer.items.emplace_back().set_outcome(OUTCOME_NOT_CONTROLLED);
    answer.items.back().set_reason("NO_ACCOUNT");
    return answer;
  }
  auto book = LoadBook(request.now);
  const std::string id = request.operation.Text();
  sdk::Encumbrance row{
      .id = id,
      .authority = request.order.court(),
      .document_number = request.order.case_number(),
      .scope = person->second,
      .rank = {request.arrival.at, request.arrival.sequence},
      .requested = request.order.freeze().limit_minor_units(),
      .inflow = request.order.freeze().inflow() == INFLOW_CAPTURE ? sdk::InflowRule::kCapture : sdk::InflowRule::kNone};
  row.term.months = request.order.freeze().term().months();
  EAGLE_RETURN_IF_ERROR(book.Place(row));
  freeze_operations_[id] = request.operation;
  StoreBook(book);
  const bool by_law = law_.Place(
      {.id = id,
       .served = {request.arrival.at, request.arrival.sequence},
       .scope = person->second,
       .limit = row.requested,
       .catches = request.order.freeze().inflow() == INFLOW_CAPTURE ? Law::Catches::kInflow : Law::Catches::kNothing,
       .months = request.order.freeze().term().months()},
      request.now);
  Compare("FREEZE", true, by_law, request.now);
  answer.items.push_back(sdk::ItemOf(book, id));
  return answer;
}

absl::StatusOr<Answer> SimCore::Renew(const sdk::Request& request) {
  Answer answer{.effect_at = request.now};
  auto book = LoadBook(request.now);
  const std::string id = request.freeze_operation->Text();
  ItemResult& item = answer.items.emplace_back();
  const bool renewed = book.Renew(id, {.months = request.order.renew().term().months()}).ok();
  const bool by_law = law_.Renew(id, request.order.renew().term().months(), request.now);
  if (renewed) StoreBook(book);
  Compare("RENEW", renewed, by_law, request.now);
  if (!renewed) {
    item.set_outcome(OUTCOME_NOT_RENEWED);
    item.set_reason("NOTHING_TO_RENEW");
    return answer;
  }
  item.set_outcome(OUTCOME_RENEWED);
  *item.mutable_measure() = sdk::MeasureOf(book, id);
  return answer;
}

absl::StatusOr<Answer> SimCore::Release(const sdk::Request& request) {
  Answer answer{.effect_at = request.now};
  auto book = LoadBook(request.now);
  const std::string id = request.freeze_operation->Text();
  ItemResult& item = answer.items.emplace_back();
  const bool released = book.Release(id, request.order.release().amount_minor_units()).ok();
  const bool by_law = law_.Release(id, request.order.release().amount_minor_units(), request.now);
  if (released) StoreBook(book);
  Compare("RELEASE", released, by_law, request.now);
  if (!released) {
    item.set_outcome(OUTCOME_NOT_CONTROLLED);
    item.set_reason("NOTHING_TO_RELEASE");
    return answer;
  }
  item.set_outcome(OUTCOME_RELEASED);
  *item.mutable_measure() = sdk::MeasureOf(book, id);
  return answer;
}

absl::StatusOr<Answer> SimCore::Deduct(const sdk::Request& request) {
  Answer answer{.effect_at = request.now};
  auto book = LoadBook(request.now);
  const std::string id = request.freeze_operation->Text();
  int64_t amount = request.order.deduct().amount_minor_units();
  if (request.order.deduct().up_to()) {
    const sdk::Encumbrance* row = book.Find(id);
    amount = std::min(amount, row == nullptr ? 0 : row->controlled());
  }
  const auto cuts = book.Deduct(id, amount);
  Law::Cuts taken;
  const bool by_law = law_.Deduct(id, amount, request.now, taken);
  if (cuts.ok()) StoreBook(book);
  Compare("DEDUCT", cuts.ok(), by_law, request.now);
  ItemResult& item = answer.items.emplace_back();
  if (!cuts.ok()) {
    item.set_outcome(OUTCOME_NOT_DEDUCTED);
    item.set_reason("NOT_ENOUGH_CONTROLLED");
    return answer;
  }
  const bool same_bank = dice_.OneIn(2);
  DeductionState* state = item.mutable_deduction();
  state->set_amount_minor_units(amount), state->set_booking_reference("B" + std::to_string(effects_.size()));
  *state->mutable_measure() = sdk::MeasureOf(book, id);
  if (same_bank) {
    item.set_outcome(OUTCOME_DEDUCTED);
    at_court_ += amount;
  } else {
    item.set_outcome(OUTCOME_SENT_NOT_CONFIRMED);
    answer.kind = AnswerKind::kProgress;
    in_transit_ += amount;
    payments_.push_back({request.operation, id, amount, *cuts, std::move(taken)});
  }
  return answer;
}

void SimCore::Settle(const Payment& payment, bool reject, absl::Time now) {
  auto book = LoadBook(now);
  sdk::RegisterChange change{.kind = sdk::RegisterChange::Kind::kAnswer, .operation = payment.operation, .at = now};
  in_transit_ -= payment.amount;
  if (reject) {
    const absl::Status given = book.GiveBack(payment.freeze, payment.cuts);
    GATEWAY_ASSERT(given.ok(), "what was deducted can come back");
    law_.GiveBack(payment.freeze, payment.by_law, now);
  } else {
    at_court_ += payment.amount;
  }
  ItemResult& item = change.answer.items.emplace_back();
  item.set_outcome(reject ? OUTCOME_NOT_DEDUCTED : OUTCOME_DEDUCTED);
  if (reject) item.set_reason("PAYMENT_REJECTED");
  DeductionState* state = item.mutable_deduction();
  state->set_amount_minor_units(payment.amount), state->set_booking_reference("B"), state->set_payment_reference("P");
  *state->mutable_measure() = sdk::MeasureOf(book, payment.freeze);
  change.answer.effect_at = now;
  change.sequence = changes_.size() + 1;
  changes_.push_back(std::move(change));
  StoreBook(book);
  Compare(reject ? "a payment that came back" : "a payment that arrived", true, true, now);
}

void SimCore::ConfirmPayments(absl::Time now, bool reject) {
  std::vector<Payment> open;
  open.swap(payments_);
  for (const Payment& payment : open) Settle(payment, reject, now);
}

}  // namespace eagle::sim
