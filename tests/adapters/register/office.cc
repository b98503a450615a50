#include "tests/adapters/register/office.h"

#include "adapters/register/import.h"
#include "gtest/gtest.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/trust/freeze_named.h"
#include "tests/support/paths.h"

namespace eagle::registry {
namespace {

absl::TimeZone Shanghai() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Asia/Shanghai", &zone));
  return zone;
}

}  // namespace

Office::Office(const Kind& kind, const std::string& data, const std::string& registry)
    : rules{.kind = kind, .registry = registry, .zone = Shanghai()} {
  On(absl::CivilDay(2026, 9, 28), "09:00:00");
  Restart();
  auto transaction = inbox->Begin();
  const auto counts = ImportRegister(test::SourcePath(data), {v1::ENVIRONMENT_TEST, rules, now}, *transaction);
  EXPECT_TRUE(counts.ok()) << counts.status();
  if (!counts.ok()) {
    for (const Violation& violation : FailureOf(counts.status()).violations)
      ADD_FAILURE() << violation.field << ": " << violation.description;
  }
  EXPECT_TRUE(transaction->Commit().ok());
}

void Office::Restart() {
  kept.reset();
  inbox.reset();
  auto opened = sdk::SqliteInbox::Open(InboxPath());
  ASSERT_TRUE(opened.ok()) << opened.status();
  inbox = std::move(opened).value();
  auto made = Register::Open(*inbox, rules);
  ASSERT_TRUE(made.ok()) << made.status();
  kept.emplace(std::move(made).value());
}

void Office::On(absl::CivilDay day, const std::string& time_of_day) {
  std::string error;
  ASSERT_TRUE(
      absl::ParseTime("%Y-%m-%d %H:%M:%S", absl::FormatCivilTime(day) + " " + time_of_day, rules.zone, &now, &error))
      << error;
}
void Office::At(const std::string& time_of_day) { On(absl::ToCivilDay(now, rules.zone), time_of_day); }

// ---- Orders ----

v1::Order Office::Inquiry(const Person& person) {
  v1::Order order;
  order.set_order_id(std::string(8, '\x07') + BigEndian(next_id_++));
  order.set_court("辽9901");
  order.set_case_number("（2026）辽9901执1024号");
  order.set_action(v1::ACTION_INQUIRE);
  order.mutable_subject()->set_name(person.name);
  order.mutable_subject()->set_id_kind(person.id_kind);
  order.mutable_subject()->set_id_number(person.id_number);
  order.mutable_inquire();
  return order;
}

v1::Order Office::Freeze(const std::string& asset_kind, const std::string& unit, const Person& person,
                         uint32_t numerator, uint32_t denominator) {
  v1::Order order = Inquiry(person);
  order.set_action(v1::ACTION_FREEZE);
  v1::Freeze& freeze = *order.mutable_freeze();
  freeze.mutable_asset()->set_asset_kind(asset_kind);
  freeze.mutable_asset()->set_unit_number(unit);
  freeze.mutable_asset()->set_share_numerator(numerator);
  freeze.mutable_asset()->set_share_denominator(denominator);
  freeze.set_currency("CNY");
  freeze.mutable_term()->set_years(3);
  return order;
}

v1::Order Office::Renew(const v1::Order& freeze, uint32_t years) {
  v1::Order order = Inquiry();
  order.set_action(v1::ACTION_RENEW);
  order.mutable_renew()->set_freeze_order_id(freeze.order_id());
  order.mutable_renew()->mutable_term()->set_years(years);
  return order;
}

v1::Order Office::Release(const v1::Order& freeze) {
  v1::Order order = Inquiry();
  order.set_action(v1::ACTION_RELEASE);
  order.mutable_release()->set_freeze_order_id(freeze.order_id());
  order.mutable_release()->set_ground("DEBT_PAID");
  return order;
}

v1::Order Office::TransferTitle(const v1::Order& freeze, const Person& transferee) {
  v1::Order order = Inquiry({freeze.subject().name(), freeze.subject().id_kind(), freeze.subject().id_number()});
  order.set_case_number(freeze.case_number());
  order.set_action(v1::ACTION_TRANSFER_TITLE);
  v1::TransferTitle& transfer = *order.mutable_transfer_title();
  transfer.set_freeze_order_id(freeze.order_id());
  transfer.mutable_transferee()->set_name(transferee.name);
  transfer.mutable_transferee()->set_id_kind(transferee.id_kind);
  transfer.mutable_transferee()->set_id_number(transferee.id_number);
  transfer.set_ground("AUCTION");
  return order;
}

v1::Order Office::Locate(const v1::Order& freeze, bool hold) {
  v1::Order order = Inquiry({freeze.subject().name(), freeze.subject().id_kind(), freeze.subject().id_number()});
  order.set_case_number(freeze.case_number());
  order.set_action(v1::ACTION_LOCATE);
  order.mutable_locate()->set_freeze_order_id(freeze.order_id());
  order.mutable_locate()->mutable_term()->set_months(6);
  order.mutable_locate()->set_hold(hold);
  if (hold)
    order.mutable_locate()->set_collect_contact("温雅"), order.mutable_locate()->set_collect_phone("024-99010000");
  return order;
}

v1::Order Office::TakeOver(const std::string& asset_kind, const std::string& reference, const std::string& document,
                           const Person& person) {
  v1::Order order = Inquiry(person);
  order.set_action(v1::ACTION_FREEZE);
  v1::CounterMeasure& counter = *order.mutable_freeze()->mutable_counter();
  counter.set_asset_kind(asset_kind);
  counter.set_unit_reference(reference);
  counter.set_document_number(document);
  order.mutable_freeze()->set_currency("CNY");
  order.mutable_freeze()->set_limit_minor_units(500'000'00);
  return order;
}

// ---- The agent's part ----

sdk::Request Office::RequestOf(const v1::Order& order, const sdk::Operation& operation, const journal::Hash& digest,
                               const sdk::Operation* freeze) {
  const sdk::Arrival& arrival = arrivals_.at(order.order_id());
  return {operation, order, digest, arrival, std::max(now, arrival.at), freeze};
}

void Office::Arrive(const v1::Order& order) {
  auto transaction = inbox->Begin();
  sdk::InboxTables tables(*transaction);
  sdk::MetaRow meta = tables.Meta();
  meta.last_arrived_at = std::max(now, meta.last_arrived_at);
  arrivals_.emplace(order.order_id(), sdk::Arrival{meta.last_arrived_at, ++meta.last_arrival_sequence});
  tables.PutMeta(meta);
  EXPECT_TRUE(transaction->Commit().ok());
  orders_[OperationOf(order).Text()] = order;
}

absl::StatusOr<sdk::Answer> Office::TryDo(const v1::Order& order) {
  if (arrivals_.count(order.order_id()) == 0) Arrive(order);
  const sdk::Operation operation = OperationOf(order);
  const journal::Hash digest = journal::LeafHash(order.SerializeAsString());
  const std::string* named = trust::FreezeNamed(order);
  const sdk::Operation freeze{named == nullptr ? "" : *named, operation.agency, 0};
  const sdk::Request request = RequestOf(order, operation, digest, named != nullptr ? &freeze : nullptr);
  auto transaction = inbox->Begin();
  auto answer =
      order.action() == v1::ACTION_INQUIRE ? kept->Inquire(request, *transaction) : kept->Apply(request, *transaction);
  if (!answer.ok()) return answer;
  const absl::Status valid = sdk::CheckAnswer(order, *answer);
  EXPECT_TRUE(valid.ok()) << FailureOf(valid).message << " "
                          << (valid.ok() ? "" : FailureOf(valid).violations.front().description);
  EXPECT_TRUE(transaction->Commit().ok());
  return answer;
}

sdk::Answer Office::Do(const v1::Order& order) {
  auto answer = TryDo(order);
  EXPECT_TRUE(answer.ok()) << answer.status();
  return answer.ok() ? *answer : sdk::Answer();
}

absl::StatusOr<sdk::Answer> Office::Decide(const v1::Order& order, const sdk::Decision& decision) {
  const sdk::Operation operation = OperationOf(order);
  const journal::Hash digest = journal::LeafHash(order.SerializeAsString());
  const std::string* named = trust::FreezeNamed(order);
  const sdk::Operation freeze{named == nullptr ? "" : *named, operation.agency, 0};
  auto transaction = inbox->Begin();
  auto answer =
      kept->Decide(RequestOf(order, operation, digest, named != nullptr ? &freeze : nullptr), decision, *transaction);
  if (!answer.ok()) return answer;
  EXPECT_TRUE(sdk::CheckAnswer(order, *answer).ok());
  EXPECT_TRUE(transaction->Commit().ok());
  return answer;
}

void Office::Advance() {
  auto transaction = inbox->Begin();
  EXPECT_TRUE(kept->Advance(now, *transaction).ok());
  EXPECT_TRUE(transaction->Commit().ok());
}

absl::StatusOr<sdk::Json> Office::Counter(const std::string& command,
                                          const std::map<std::string, std::string>& arguments) {
  const Desk desk{[this](const sdk::Operation& operation, const sdk::Decision& decision) {
                    return Decide(orders_.at(operation.Text()), decision).status();
                  },
                  [this](const std::function<absl::Status(sdk::InboxTransaction&)>& work) {
                    auto transaction = inbox->Begin();
                    EAGLE_RETURN_IF_ERROR(work(*transaction));
                    return transaction->Commit();
                  }};
  sdk::CounterRequest request{.command = command};
  for (const auto& [key, value] : arguments) sdk::Put(request.arguments, key, value);
  return registry::Counter(rules, desk).Handle(request, now);
}

absl::StatusOr<sdk::Json> Office::Approve() {
  const auto list = Counter("review list");
  EXPECT_EQ(list->fields().at("reviews").list_value().values_size(), 1);
  if (list->fields().at("reviews").list_value().values_size() == 0) return Fail(Reason::kNotFound, "no review is open");
  return Counter("review approve",
                 {{"id", sdk::TextAt(list->fields().at("reviews").list_value().values(0).struct_value(), "id")},
                  {"clerk", "温雅"}});
}

absl::StatusOr<sdk::Json> Office::Refuse(const std::string& reason) {
  const auto list = Counter("review list");
  EXPECT_EQ(list->fields().at("reviews").list_value().values_size(), 1);
  if (list->fields().at("reviews").list_value().values_size() == 0) return Fail(Reason::kNotFound, "no review is open");
  return Counter("review refuse",
                 {{"id", sdk::TextAt(list->fields().at("reviews").list_value().values(0).struct_value(), "id")},
                  {"reason", reason}});
}

// ---- Looking ----

std::vector<sdk::RegisterChange> Office::TakeChanges() {
  auto transaction = inbox->Begin();
  auto changes = sdk::InboxTables(*transaction).Changes(changes_taken_, SIZE_MAX);
  for (const sdk::RegisterChange& change : changes) {
    changes_taken_ = change.sequence;
    if (change.kind == sdk::RegisterChange::Kind::kEvent) {
      EXPECT_TRUE(sdk::CheckEvent(change.change, change.item).ok());
    } else {
      EXPECT_TRUE(sdk::CheckAnswer(orders_.at(change.operation.Text()), change.answer).ok());
    }
  }
  return changes;
}

std::string Office::Standing(const std::string& unit, const std::string& document) {
  const auto shown = Counter("show", {{"unit", unit}});
  EXPECT_TRUE(shown.ok()) << shown.status();
  for (const auto& holder : shown->fields().at("holders").list_value().values()) {
    for (const auto& value : holder.struct_value().fields().at("seals").list_value().values()) {
      const sdk::Json& seal = value.struct_value();
      if (sdk::TextAt(seal, "document") != document) continue;
      const int64_t rank = sdk::NumberAt(seal, "rank");
      return sdk::TextAt(seal, "phase") + (rank == 0 ? "" : " rank " + std::to_string(rank));
    }
  }
  return "-";
}

std::optional<Seal> Office::SealOf(const v1::Order& freeze) {
  auto transaction = inbox->Begin();
  return TablesIn(*transaction).FindSeal(OperationOf(freeze).Text());
}

std::vector<Seal> Office::Seals(const std::string& unit) {
  auto transaction = inbox->Begin();
  return TablesIn(*transaction).SealsOf(unit, Tables::Which::kAll);
}

std::string Office::Shown(const std::string& unit, int64_t holder) {
  const auto shown = Counter("show", {{"unit", unit}});
  for (const auto& value : shown->fields().at("holders").list_value().values()) {
    if (sdk::NumberAt(value.struct_value(), "holder") == holder) return sdk::JsonText(value.struct_value());
  }
  return "";
}

std::string Said(const sdk::Answer& answer) {
  if (answer.kind == sdk::AnswerKind::kReturned) return "RETURNED " + answer.return_reason;
  std::string out;
  for (const auto& item : answer.items) {
    out += (out.empty() ? "" : ", ") + v1::Outcome_Name(item.outcome()).substr(8) +
           (item.reason().empty() ? "" : " " + item.reason());
  }
  return out;
}

std::vector<std::string> Told(const std::vector<sdk::RegisterChange>& changes) {
  std::vector<std::string> out;
  for (const auto& change : changes) {
    const bool event = change.kind == sdk::RegisterChange::Kind::kEvent;
    out.push_back(event ? v1::MeasureChange_Name(change.change).substr(15) + " " +
                              v1::Outcome_Name(change.item.outcome()).substr(8)
                        : "ANSWER " + Said(change.answer));
  }
  return out;
}

}  // namespace eagle::registry
