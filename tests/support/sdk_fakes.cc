#include "tests/support/sdk_fakes.h"

#include <algorithm>

#include "adapters/sdk/encumbrance/codec.h"
#include "adapters/sdk/inbox_rows.h"
#include "adapters/sdk/measure.h"
#include "server/base/assert.h"
#include "server/base/reason.h"

namespace eagle::sdk {
namespace {

absl::TimeZone Shanghai() { return absl::FixedTimeZone(8 * 3600); }
absl::Status Dead() { return absl::UnavailableError("the process is dead"); }

std::string KeyOfNumber(const std::string& id_number) {
  v1::Identity identity;
  identity.set_id_number(id_number);
  return PersonKey(identity);
}

Answer Final(v1::ItemResult item, absl::Time at) {
  Answer answer;
  answer.effect_at = at;
  answer.items.push_back(std::move(item));
  return answer;
}

Answer Refused(v1::Outcome outcome, const std::string& reason) {
  Answer answer;
  v1::ItemResult& item = answer.items.emplace_back();
  item.set_outcome(outcome);
  item.set_reason(reason);
  return answer;
}

bool Take(int& count) { return count > 0 && count-- > 0; }

}  // namespace

// ---- Inbox ----

class FakeInboxTransaction : public InboxTransaction {
 public:
  explicit FakeInboxTransaction(FakeInbox& inbox) : inbox_(inbox) {
    GATEWAY_ASSERT(!inbox_.in_transaction_, "one transaction at a time");
    inbox_.in_transaction_ = true;
  }
  ~FakeInboxTransaction() override { inbox_.in_transaction_ = false; }

  std::optional<std::string> Get(std::string_view key) override {
    if (const auto written = writes_.find(key); written != writes_.end()) return written->second;
    const auto row = inbox_.disk_.rows.find(key);
    return row == inbox_.disk_.rows.end() ? std::nullopt : std::optional<std::string>(row->second);
  }
  std::vector<std::pair<std::string, std::string>> Scan(std::string_view from, std::string_view to,
                                                        size_t limit) override {
    std::vector<std::pair<std::string, std::string>> out;
    auto row = inbox_.disk_.rows.lower_bound(from);
    auto written = writes_.lower_bound(from);
    const auto row_left = [&] { return row != inbox_.disk_.rows.end() && row->first < to; };
    const auto written_left = [&] { return written != writes_.end() && written->first < to; };
    while (out.size() < limit && (row_left() || written_left())) {
      if (!written_left() || (row_left() && row->first < written->first)) {
        out.emplace_back(row->first, row->second);
        ++row;
        continue;
      }
      if (row_left() && row->first == written->first) ++row;
      if (written->second) out.emplace_back(written->first, *written->second);
      ++written;
    }
    return out;
  }
  void Put(std::string_view key, std::string_view value) override {
    writes_.insert_or_assign(std::string(key), std::string(value));
  }
  void Delete(std::string_view key) override { writes_.insert_or_assign(std::string(key), std::nullopt); }
  absl::Status Commit() override {
    if (writes_.empty()) return inbox_.crash_.dead() ? Dead() : absl::OkStatus();
    if (inbox_.crash_.Point()) return Dead();
    for (const auto& [key, value] : writes_) {
      if (value) {
        inbox_.disk_.rows.insert_or_assign(key, *value);
      } else {
        inbox_.disk_.rows.erase(key);
      }
    }
    if (inbox_.crash_.Point()) return Dead();
    if (inbox_.after_commit) inbox_.after_commit();
    return absl::OkStatus();
  }

 private:
  FakeInbox& inbox_;
  std::map<std::string, std::optional<std::string>, std::less<>> writes_;
};

std::unique_ptr<InboxTransaction> FakeInbox::Begin() { return std::make_unique<FakeInboxTransaction>(*this); }

// ---- Bank ----

void FakeBankCore::AddAccount(const std::string& number, int64_t balance, const std::string& name,
                              const std::string& id_number, AccountClass account_class, Standing standing) {
  accounts[number] = {
      {.id = number, .balance = balance, .currency = "CNY", .account_class = account_class, .standing = standing},
      name,
      id_number};
}

EncumbranceRegister FakeBank::Load(const std::string& person) {
  std::vector<Asset> assets;
  std::vector<Encumbrance> rows;
  std::set<std::string> numbers;
  for (const auto& [number, account] : core_.accounts) {
    if (KeyOfNumber(account.holder_number) != person) continue;
    assets.push_back(account.asset);
    numbers.insert(number);
  }
  for (const auto& [id, row] : core_.rows) {
    if (numbers.count(row.scope.front()) != 0) rows.push_back(row);
  }
  auto book = EncumbranceRegister::Load(std::move(assets), std::move(rows), clock_.WallNow(), Shanghai());
  GATEWAY_ASSERT(book.ok(), "the rows that the register stored can be loaded");
  return *std::move(book);
}

void FakeBank::Store(EncumbranceRegister& book) {
  for (const Encumbrance& row : book.TakeChangedRows()) core_.rows[row.id] = row;
  for (const Asset& asset : book.TakeChangedAssets()) core_.accounts[asset.id].asset = asset;
  for (const Change& change : book.TakeChanges()) {
    auto event = EventOf(book, change);
    if (!event) continue;
    event->sequence = core_.changes.size() + 1;
    core_.changes.push_back(*event);
  }
}

std::string FakeBank::PersonOfRow(const std::string& id) const {
  const auto row = core_.rows.find(id);
  return row == core_.rows.end() ? "" : KeyOfNumber(core_.accounts.at(row->second.scope.front()).holder_number);
}

absl::StatusOr<Answer> FakeBank::Inquire(const Request& request) {
  if (crash_.dead()) return Dead();
  if (Take(fail_inquiries)) return absl::InternalError("the core is away");
  if (say_instead) return *say_instead;
  const v1::Identity& subject = request.order.subject();
  EncumbranceRegister book = Load(PersonKey(subject));
  Answer answer;
  answer.searched_scope = "demand deposits, time deposits";
  for (const auto& [number, account] : core_.accounts) {
    if (KeyOfNumber(account.holder_number) != PersonKey(subject)) continue;
    if (account.holder_name != subject.name()) return Refused(v1::OUTCOME_AMBIGUOUS, "NAME_MISMATCH");
    v1::ItemResult& item = answer.items.emplace_back();
    item.set_outcome(v1::OUTCOME_FOUND);
    item.mutable_finding()->set_asset_number(number);
    item.mutable_finding()->set_balance_minor_units(account.asset.balance);
    for (const Encumbrance* row : book.StandingOn(number))
      *item.mutable_finding()->add_prior_measures() = PriorOf(*row);
  }
  if (answer.items.empty()) answer.items.emplace_back().set_outcome(v1::OUTCOME_NIL);
  return answer;
}

absl::StatusOr<Answer> FakeBank::Apply(const Request& request) {
  if (crash_.Point()) return Dead();
  ++applies;
  if (Take(fail_apply_before)) return absl::UnavailableError("the core is away");
  if (on_apply) on_apply();
  absl::StatusOr<Answer> answer = request.order.has_freeze()    ? Freeze(request)
                                  : request.order.has_renew()   ? Renew(request)
                                  : request.order.has_release() ? Release(request)
                                                                : Deduct(request);
  GATEWAY_ASSERT(answer.ok(), "the fake's own effects don't fail");
  if (say_instead) answer = *say_instead;
  answer->documents = documents;
  papers_seen = request.papers;
  ++core_.effects[request.operation];
  core_.done[request.operation] = *answer;
  if (crash_.Point()) return Dead();
  if (Take(fail_apply_after)) return absl::DeadlineExceededError("the core didn't answer in time");
  return answer;
}

absl::StatusOr<Answer> FakeBank::Freeze(const Request& request) {
  const v1::Identity& subject = request.order.subject();
  std::vector<Asset> accounts;
  for (const auto& [number, account] : core_.accounts) {
    if (KeyOfNumber(account.holder_number) != PersonKey(subject)) continue;
    if (account.holder_name != subject.name()) return Refused(v1::OUTCOME_AMBIGUOUS, "NAME_MISMATCH");
    accounts.push_back(account.asset);
  }
  const PersonScope scope = ScopeOfPerson(accounts, request.order.freeze().currency());
  if (scope.scope.empty()) return Refused(v1::OUTCOME_NOT_CONTROLLED, "ACCOUNT_NOT_FOUND");
  EncumbranceRegister book = Load(PersonKey(subject));
  if (absl::Status placed = book.Place(EncumbranceOf(request, scope.scope)); !placed.ok()) {
    return Refused(v1::OUTCOME_NOT_CONTROLLED, std::string(RowOf(ReasonOf(placed)).name));
  }
  Answer answer = Final(ItemOf(book, request.operation.Text()), request.now);
  for (const SkippedAsset& skipped : scope.skipped) {
    v1::ItemResult& item = answer.items.emplace_back();
    item.set_outcome(v1::OUTCOME_EXEMPT_HELD);
    item.set_reason(std::string(skipped.reason));
    item.set_remark(skipped.asset);
  }
  Store(book);
  return answer;
}

absl::StatusOr<Answer> FakeBank::Renew(const Request& request) {
  const std::string id = request.freeze_operation->Text();
  EncumbranceRegister book = Load(PersonOfRow(id));
  const v1::Term& term = request.order.renew().term();
  if (absl::Status renewed = book.Renew(id, {.months = term.months(), .years = term.years()}); !renewed.ok())
    return Refused(v1::OUTCOME_NOT_RENEWED, std::string(RowOf(ReasonOf(renewed)).name));
  v1::ItemResult item = ItemOf(book, id);
  item.set_outcome(v1::OUTCOME_RENEWED);
  Store(book);
  return Final(std::move(item), request.now);
}

absl::StatusOr<Answer> FakeBank::Release(const Request& request) {
  const std::string id = request.freeze_operation->Text();
  EncumbranceRegister book = Load(PersonOfRow(id));
  if (absl::Status released = book.Release(id, request.order.release().amount_minor_units()); !released.ok()) {
    return Refused(v1::OUTCOME_NOT_CONTROLLED, std::string(RowOf(ReasonOf(released)).name));
  }
  v1::ItemResult item = ItemOf(book, id);
  item.set_outcome(v1::OUTCOME_RELEASED);
  item.clear_reason();
  Store(book);
  return Final(std::move(item), request.now);
}

absl::StatusOr<Answer> FakeBank::Deduct(const Request& request) {
  const std::string id = request.freeze_operation->Text();
  const int64_t amount = request.order.deduct().amount_minor_units();
  EncumbranceRegister book = Load(PersonOfRow(id));
  const auto cuts = book.Deduct(id, amount);
  if (!cuts.ok()) return Refused(v1::OUTCOME_NOT_DEDUCTED, std::string(RowOf(ReasonOf(cuts.status())).name));
  v1::ItemResult item;
  item.set_outcome(other_bank ? v1::OUTCOME_SENT_NOT_CONFIRMED : v1::OUTCOME_DEDUCTED);
  item.mutable_deduction()->set_amount_minor_units(amount);
  item.mutable_deduction()->set_booking_reference("booking-" + request.operation.Text());
  *item.mutable_deduction()->mutable_measure() = MeasureOf(book, id);
  Store(book);
  Answer answer = Final(std::move(item), request.now);
  if (other_bank) answer.kind = AnswerKind::kProgress, core_.sent[request.operation] = *cuts;
  return answer;
}

absl::StatusOr<Found> FakeBank::Find(const Operation& operation) {
  if (crash_.dead()) return Dead();
  if (Take(fail_finds)) return absl::UnavailableError("the core is away");
  if (find_knows_nothing) return Found{};
  const auto done = core_.done.find(operation);
  if (done == core_.done.end()) return Found{.kind = Found::Kind::kNotDone};
  return Found{.kind = Found::Kind::kDone, .answer = done->second};
}

absl::StatusOr<std::vector<RegisterChange>> FakeBank::Changes(uint64_t after, size_t limit) {
  if (crash_.dead()) return Dead();
  std::vector<RegisterChange> out;
  for (size_t i = after; i < core_.changes.size() && out.size() < limit; ++i) out.push_back(core_.changes[i]);
  return out;
}

void FakeBank::Credit(const std::string& account, int64_t amount) {
  EncumbranceRegister book = Load(KeyOfNumber(core_.accounts.at(account).holder_number));
  GATEWAY_ASSERT(book.Credit(account, amount).ok(), "a test credits an account that is there");
  Store(book);
}

void FakeBank::PlaceForeign(const std::string& id, const std::string& account, int64_t amount) {
  EncumbranceRegister book = Load(KeyOfNumber(core_.accounts.at(account).holder_number));
  Encumbrance row{.id = id,
                  .authority = "another court",
                  .document_number = id,
                  .scope = {account},
                  .rank = {clock_.WallNow(), 0},
                  .requested = amount};
  GATEWAY_ASSERT(book.Place(row).ok(), "a test places a measure that is new");
  Store(book);
}

void FakeBank::ReleaseForeign(const std::string& id) {
  EncumbranceRegister book = Load(PersonOfRow(id));
  GATEWAY_ASSERT(book.Release(id).ok(), "a test releases a measure that stands");
  Store(book);
}

void FakeBank::ConfirmPayment(const Operation& operation) {
  RegisterChange change;
  change.sequence = core_.changes.size() + 1;
  change.operation = operation;
  change.answer = core_.done.at(operation);
  change.answer.kind = AnswerKind::kFinal;
  change.answer.items.front().set_outcome(v1::OUTCOME_DEDUCTED);
  change.at = clock_.WallNow();
  core_.sent.erase(operation);
  core_.changes.push_back(change);
}

void FakeBank::RejectPayment(const Operation& operation) {
  const std::string id = core_.done.at(operation).items.front().deduction().measure().unit_reference();
  EncumbranceRegister book = Load(PersonOfRow(id));
  GATEWAY_ASSERT(book.GiveBack(id, core_.sent.at(operation)).ok(), "what was sent can come back");
  RegisterChange change;
  change.operation = operation;
  change.answer = core_.done.at(operation);
  change.answer.kind = AnswerKind::kFinal;
  v1::ItemResult& item = change.answer.items.front();
  item.set_outcome(v1::OUTCOME_NOT_DEDUCTED);
  item.set_reason("PAYMENT_REJECTED");
  *item.mutable_deduction()->mutable_measure() = MeasureOf(book, id);
  change.at = clock_.WallNow();
  core_.sent.erase(operation);
  change.sequence = core_.changes.size() + 1;
  core_.changes.push_back(change);
  Store(book);
}

void FakeBank::AdvanceTime() {
  std::set<std::string> persons;
  for (const auto& [number, account] : core_.accounts) persons.insert(KeyOfNumber(account.holder_number));
  for (const std::string& person : persons) {
    EncumbranceRegister book = Load(person);
    Store(book);
  }
}

// ---- Land ----

namespace {
constexpr char kUnits[] = "x/u/", kUnitsEnd[] = "x/u0", kSeals[] = "x/s/", kSealsEnd[] = "x/s0";
}  // namespace

std::map<std::string, Encumbrance> FakeLand::Rows(InboxTransaction& transaction) {
  std::map<std::string, Encumbrance> out;
  for (const auto& [key, bytes] : transaction.Scan(kSeals, kSealsEnd, SIZE_MAX)) {
    const auto row = DecodeEncumbrance(bytes);
    GATEWAY_ASSERT(row.has_value(), "the fake reads what it wrote");
    out[row->id] = *row;
  }
  return out;
}

absl::StatusOr<EncumbranceRegister> FakeLand::Load(InboxTransaction& transaction, absl::Time now) {
  std::vector<Asset> assets;
  for (const auto& [key, bytes] : transaction.Scan(kUnits, kUnitsEnd, SIZE_MAX)) assets.push_back(*DecodeAsset(bytes));
  std::vector<Encumbrance> rows;
  for (const auto& [id, row] : Rows(transaction)) rows.push_back(row);
  return EncumbranceRegister::Load(std::move(assets), std::move(rows), now, Shanghai());
}

void FakeLand::Store(EncumbranceRegister& book, InboxTransaction& transaction) {
  for (const Encumbrance& row : book.TakeChangedRows()) transaction.Put(kSeals + row.id, EncodeEncumbrance(row));
  for (const Change& change : book.TakeChanges()) {
    if (auto event = EventOf(book, change)) InboxTables(transaction).AppendChange(*event);
  }
}

absl::StatusOr<Answer> FakeLand::Inquire(const Request& request, InboxTransaction& transaction) {
  EAGLE_ASSIGN_OR_RETURN(EncumbranceRegister book, Load(transaction, request.now));
  if (say_instead) return *say_instead;
  Answer answer;
  answer.searched_scope = "land register";
  answer.items.emplace_back().set_outcome(v1::OUTCOME_NIL);
  return answer;
}

absl::StatusOr<Answer> FakeLand::Apply(const Request& request, InboxTransaction& transaction) {
  if (Take(fail_applies)) return absl::InternalError("the registry is away");
  const std::string id =
      request.freeze_operation != nullptr ? request.freeze_operation->Text() : request.operation.Text();
  if (request.order.has_freeze()) {
    const std::string unit = request.order.freeze().asset().unit_number();
    if (!transaction.Get(kUnits + unit)) transaction.Put(kUnits + unit, EncodeAsset(Thing(unit)));
  }
  EAGLE_ASSIGN_OR_RETURN(EncumbranceRegister book, Load(transaction, request.now));
  if (request.order.has_freeze()) {
    EAGLE_RETURN_IF_ERROR(book.Place(EncumbranceOf(request, {request.order.freeze().asset().unit_number()}), review));
  } else if (request.order.has_renew()) {
    const v1::Term& term = request.order.renew().term();
    EAGLE_RETURN_IF_ERROR(book.Renew(id, {.months = term.months(), .years = term.years()}));
  } else {
    EAGLE_RETURN_IF_ERROR(book.Release(id));
  }
  Answer answer = Final(ItemOf(book, id), request.now);
  if (request.order.has_renew()) answer.items.front().set_outcome(v1::OUTCOME_RENEWED);
  if (request.order.has_release()) answer.items.front().set_outcome(v1::OUTCOME_RELEASED);
  if (answer.items.front().outcome() == v1::OUTCOME_UNDER_REVIEW)
    answer.kind = AnswerKind::kUnderReview, answer.effect_at.reset();
  Store(book, transaction);
  if (say_instead) return *say_instead;
  return answer;
}

absl::StatusOr<Answer> FakeLand::Decide(const Request& request, const Decision& decision,
                                        InboxTransaction& transaction) {
  EAGLE_ASSIGN_OR_RETURN(EncumbranceRegister book, Load(transaction, request.now));
  const std::string id = request.operation.Text();
  EAGLE_RETURN_IF_ERROR(decision.approved ? book.Approve(id) : book.Refuse(id));
  Answer answer = Final(ItemOf(book, id), request.now);
  if (!decision.approved) answer.items.front().set_reason(decision.reason);
  Store(book, transaction);
  return answer;
}

absl::Status FakeLand::Advance(absl::Time now, InboxTransaction& transaction) {
  EAGLE_ASSIGN_OR_RETURN(EncumbranceRegister book, Load(transaction, now));
  Store(book, transaction);
  return absl::OkStatus();
}

absl::Status FakeLand::Enter(InboxTransaction& transaction, const std::string& id, const std::string& unit, Rank rank,
                             absl::Time now) {
  EAGLE_ASSIGN_OR_RETURN(EncumbranceRegister book, Load(transaction, now));
  Encumbrance row{.id = id,
                  .authority = "another court",
                  .document_number = id,
                  .scope = {unit},
                  .rank = rank,
                  .term = {.years = 3}};
  EAGLE_RETURN_IF_ERROR(book.Place(row));
  Store(book, transaction);
  return absl::OkStatus();
}

}  // namespace eagle::sdk
