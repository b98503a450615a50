#include "tests/adapters/bank/bank_world.h"

#include "absl/strings/str_cat.h"
#include "adapters/bank/check.h"
#include "adapters/bank/import.h"
#include "adapters/sdk/inbox_codec.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "tests/support/paths.h"

namespace eagle::bank {

absl::Time TimeAt(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", text, Shanghai(), &time, &error)) << text << ": " << error;
  return time;
}

std::string DataFolder(const std::string& bank) { return test::SourcePath("adapters/bank/data/") + bank; }

sdk::Request RequestOf(const Sent& sent, absl::Time now) {
  return {sent.operation, sent.order, sent.digest, sent.arrival, now, sent.freeze ? &*sent.freeze : nullptr};
}

std::string Text(const sdk::Answer& answer) {
  sdk::RegisterChange change;
  change.answer = answer;
  return sdk::EncodeChange(change);
}

Bank::Bank(const std::string& data, std::string agency, std::string path, const Kind& kind)
    : agency_(std::move(agency)), path_(std::move(path)), kind_(kind) {
  Reopen();
  if (data.empty()) return;
  const absl::StatusOr<Imported> imported = Import(*core_, DataFolder(data));
  EXPECT_TRUE(imported.ok()) << imported.status();
}

void Bank::Reopen() {
  core_.reset();
  absl::StatusOr<std::unique_ptr<BankCore>> core = BankCore::Open(path_, agency_, clock, Shanghai(), kind_);
  GATEWAY_ASSERT(core.ok(), std::string(core.status().message()).c_str());
  core_ = *std::move(core);
}

Sent Bank::Start(const Person& person, v1::Action action) {
  Sent sent;
  ++sent_;
  sent.operation.order_id = BigEndian(0x0199'0000'0000'7000) + BigEndian(0x8000'0000'0000'0000 + sent_);
  sent.operation.agency = agency_;
  sent.arrival = {clock.now, sent_};
  sent.order.set_order_id(sent.operation.order_id);
  sent.order.set_court("辽9901");
  sent.order.set_case_number("（2026）辽9901执1024号");
  sent.order.set_action(action);
  sent.order.add_agencies(agency_);
  sent.order.mutable_subject()->set_name(person.name);
  sent.order.mutable_subject()->set_id_kind(person.id_kind);
  sent.order.mutable_subject()->set_id_number(person.id_number);
  sent.order.set_purpose("EXECUTION");
  sent.digest[0] = static_cast<uint8_t>(sent_);
  return sent;
}

Sent Bank::Inquiry(const Person& person) {
  Sent sent = Start(person, v1::ACTION_INQUIRE);
  sent.order.mutable_inquire();
  return sent;
}

Sent Bank::Freeze(const Person& person, int64_t limit, v1::Inflow inflow) {
  Sent sent = Start(person, v1::ACTION_FREEZE);
  v1::Freeze& freeze = *sent.order.mutable_freeze();
  freeze.mutable_person_at_agency();
  freeze.set_currency("CNY");
  freeze.set_limit_minor_units(limit);
  freeze.set_inflow(inflow);
  freeze.mutable_term()->set_years(1);
  return sent;
}

Sent Bank::FreezeAccount(const Person& person, const std::string& account, int64_t limit) {
  Sent sent = Freeze(person, limit);
  sent.order.mutable_freeze()->mutable_account()->set_account_number(account);
  return sent;
}

Sent Bank::FreezeProduct(const Person& person, const std::string& product, int64_t limit, int64_t quantity_e4) {
  Sent sent = Freeze(person, limit);
  v1::ProductTarget& target = *sent.order.mutable_freeze()->mutable_product();
  target.set_product_number(product), target.set_quantity_e4(quantity_e4);
  return sent;
}

Sent Bank::FreezeCounter(const Person& person, const std::string& reference, const std::string& document,
                         int64_t limit) {
  Sent sent = Freeze(person, limit);
  v1::CounterMeasure& counter = *sent.order.mutable_freeze()->mutable_counter();
  counter.set_unit_reference(reference), counter.set_document_number(document), counter.set_asset_kind("DEPOSIT");
  sent.order.mutable_freeze()->clear_term();
  return sent;
}

Sent Bank::Extract(const Person& person, const std::string& account, int64_t limit, int64_t kept,
                   const std::string& to_bank, const std::string& to_account) {
  Sent sent = Start(person, v1::ACTION_EXTRACT_INCOME);
  v1::ExtractIncome& extract = *sent.order.mutable_extract_income();
  extract.set_account_number(account), extract.set_currency("CNY");
  extract.set_limit_minor_units(limit), extract.set_kept_per_month_minor_units(kept);
  extract.mutable_term()->set_years(1);
  extract.mutable_account()->set_account_name("北陵市松月区人民法院（执行款专户）");
  extract.mutable_account()->set_bank(to_bank);
  extract.mutable_account()->set_account_number(to_account);
  return sent;
}

Sent Bank::Renew(const Person& person, const Sent& freeze, uint32_t years) {
  Sent sent = Start(person, v1::ACTION_RENEW);
  sent.order.mutable_renew()->set_freeze_order_id(freeze.operation.order_id);
  sent.order.mutable_renew()->mutable_term()->set_years(years);
  sent.freeze = freeze.operation;
  return sent;
}

Sent Bank::Release(const Person& person, const Sent& freeze, int64_t amount) {
  Sent sent = Start(person, v1::ACTION_RELEASE);
  sent.order.mutable_release()->set_freeze_order_id(freeze.operation.order_id);
  sent.order.mutable_release()->set_amount_minor_units(amount);
  sent.freeze = freeze.operation;
  return sent;
}

Sent Bank::Deduct(const Person& person, const Sent& freeze, int64_t amount, const std::string& to_bank,
                  const std::string& to_account) {
  Sent sent = Start(person, v1::ACTION_DEDUCT);
  v1::Deduct& deduct = *sent.order.mutable_deduct();
  deduct.set_freeze_order_id(freeze.operation.order_id);
  deduct.set_currency("CNY");
  deduct.set_amount_minor_units(amount);
  deduct.mutable_account()->set_account_name("北陵市松月区人民法院（执行款专户）");
  deduct.mutable_account()->set_bank(to_bank);
  deduct.mutable_account()->set_account_number(to_account);
  sent.freeze = freeze.operation;
  return sent;
}

absl::StatusOr<sdk::Answer> Bank::Once(const Sent& sent) {
  const sdk::Request request = RequestOf(sent, clock.now);
  return sent.order.action() == v1::ACTION_INQUIRE ? core_->Inquire(request) : core_->Apply(request);
}

sdk::Answer Bank::Do(const Sent& sent) {
  const absl::StatusOr<sdk::Answer> first = Once(sent), second = Once(sent);
  EXPECT_TRUE(first.ok()) << first.status();
  EXPECT_TRUE(second.ok()) << second.status();
  if (!first.ok() || !second.ok()) return {};
  EXPECT_EQ(Text(*first), Text(*second)) << "a repeat gets the first answer";
  EXPECT_EQ(sdk::CheckAnswer(sent.order, *first), absl::OkStatus());
  if (sent.order.action() != v1::ACTION_INQUIRE) {
    const sdk::Found found = core_->Find(sent.operation);
    EXPECT_EQ(found.kind, sdk::Found::Kind::kDone);
    EXPECT_EQ(Text(found.answer), Text(*first));
  }
  ExpectBooksAgree();
  return *first;
}

AccountView Bank::View(const std::string& account) {
  AccountView view;
  EXPECT_EQ(core_->Look([&](const Work& work) -> absl::Status {
    EAGLE_ASSIGN_OR_RETURN(view, Show(work, account));
    return absl::OkStatus();
  }),
            absl::OkStatus())
      << account;
  return view;
}

StandingMeasure Bank::Measure(const Sent& freeze) {
  StandingMeasure measure;
  EXPECT_EQ(core_->Look([&](const Work& work) -> absl::Status {
    EAGLE_ASSIGN_OR_RETURN(measure, ShowMeasure(work, freeze.operation.Text()));
    return absl::OkStatus();
  }),
            absl::OkStatus());
  return measure;
}

std::vector<sdk::RegisterChange> Bank::News() {
  absl::StatusOr<std::vector<sdk::RegisterChange>> changes = core_->Changes(seen_, 1000);
  EXPECT_TRUE(changes.ok()) << changes.status();
  if (!changes.ok()) return {};
  for (const sdk::RegisterChange& change : *changes) {
    EXPECT_EQ(change.sequence, ++seen_) << "the outbox has no gaps";
    if (change.kind == sdk::RegisterChange::Kind::kEvent) {
      EXPECT_EQ(sdk::CheckEvent(change.change, change.item), absl::OkStatus());
    }
  }
  return *std::move(changes);
}

absl::Status Bank::Counter(const std::function<absl::Status(const Work&)>& work) { return core_->Do(work); }

void Bank::ExpectBooksAgree() {
  const absl::Status status = core_->Look([](const Work& work) { return CheckBooks(work); });
  const Failure failure = status.ok() ? Failure() : FailureOf(status);
  EXPECT_TRUE(status.ok()) << status << (failure.metadata.empty() ? "" : " " + failure.metadata[0].second);
}

}  // namespace eagle::bank
