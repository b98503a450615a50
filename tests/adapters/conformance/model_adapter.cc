#include "tests/adapters/conformance/model_adapter.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "adapters/conformance/receipt_rules.h"
#include "server/base/bytes.h"
#include "server/base/person_name.h"
#include "server/base/reason.h"
#include "server/trust/freeze_named.h"
#include "server/trust/make_batch.h"
#include "server/trust/timestamps.h"

namespace eagle::conformance {
namespace {

constexpr absl::Duration kPauseMax = absl::Seconds(2);

sdk::AgentConfig ConfigOf(const World& world) {
  sdk::AgentConfig config;
  config.agency = world.agency();
  config.environment = v1::ENVIRONMENT_TEST;
  config.registrar_keys = world.RegistrarKeys();
  return config;
}

std::string DigestText(std::string_view member) { return std::string(journal::View(journal::LeafHash(member))); }

bool HasUnknown(const google::protobuf::Message& message) {
  return message.GetReflection()->GetUnknownFields(message).field_count() > 0;
}

}  // namespace

ModelAdapter::ModelAdapter(FakeGateway& gateway, const World& world, sdk::SetClock& clock, ModelDisk& disk,
                           sdk::FakeBankCore& core, Defect defect, int process, ModelThings* things)
    : gateway_(gateway),
      world_(world),
      clock_(clock),
      disk_(disk),
      core_(core),
      things_(things),
      defect_(defect),
      bank_(core, clock, never_),
      config_(ConfigOf(world)),
      book_(*trust::StatementBook::Make({world.RegistrarKeys(), 2, v1::ENVIRONMENT_TEST})),
      verifier_(config_, book_, checker_),
      instance_(absl::StrCat("process ", process)) {
  if (disk_.inbox.empty() || Has(Defect::kNewInbox)) disk_.inbox = std::string(16, static_cast<char>('a' + process));
  for (const v1::SignedMember& statement : disk_.statements) book_.Accept(statement, checker_).IgnoreError();
  for (ModelDisk::Row& row : disk_.rows) row.lease_end = -absl::InfiniteDuration();
}

bool ModelAdapter::Point() {
  if (die_at_ > 0 && --die_at_ == 0) dead_ = true;
  return dead_;
}

void ModelAdapter::Step() {
  bank_.AdvanceTime();
  if (dead_ || stopped_ || clock_.MonotonicNow() < pause_until_) return;
  for (int i = 0; i < 40 && Has(Defect::kHammers) && gateway_.bent.unavailable; ++i) SayHello();
  if (!said_hello_) SayHello();
  if (!said_hello_) return;
  TellChanges();
  Report();
  Pull();
  if (complete_ || Has(Defect::kImpatient)) Work();
  if (!dead_) Report();
  if (!dead_ && disk_.unsent.empty()) SayWhatIsSigned();
}

// ---- the session

void ModelAdapter::SayHello() {
  v1::HelloRequest request;
  request.add_contract_versions(1);
  request.set_adapter("test.model");
  request.set_version("1");
  request.set_instance(instance_);
  request.set_inbox(Has(Defect::kShortInbox) ? "abcd" : disk_.inbox);
  request.set_most_in_flight(256);
  for (v1::Action action : {v1::ACTION_INQUIRE, v1::ACTION_FREEZE, v1::ACTION_RENEW, v1::ACTION_RELEASE,
                            things_ == nullptr ? v1::ACTION_DEDUCT : v1::ACTION_TRANSFER_TITLE, v1::ACTION_LOCATE}) {
    if (action == v1::ACTION_LOCATE && (things_ == nullptr || !things_->kind().things.front().movable)) continue;
    v1::Capability& row = *request.add_capabilities();
    row.set_asset_kind(things_ == nullptr ? "DEPOSIT" : things_->kind().things.front().asset_kind);
    row.set_action(action);
    row.set_partial_release(true);
    row.set_captures_inflow(true);
    row.set_keeps_waitlist(true);
  }
  for (const auto& [kind, action] :
       {std::pair("WEALTH_PRODUCT", v1::ACTION_FREEZE), std::pair("INCOME", v1::ACTION_EXTRACT_INCOME),
        std::pair("INCOME", v1::ACTION_RELEASE)}) {
    v1::Capability& row = *request.add_capabilities();
    row.set_asset_kind(kind);
    row.set_action(action);
  }
  const auto response = gateway_.Hello(request);
  if (!response.ok()) {
    pause_until_ = clock_.MonotonicNow() + pause_;
    pause_ = std::min(2 * pause_, kPauseMax);
    return;
  }
  pause_ = absl::Milliseconds(200);
  const bool ours = response->agency() == world_.agency() || Has(Defect::kTrustsGreeting);
  const bool test = response->environment() == v1::ENVIRONMENT_TEST || Has(Defect::kTrustsEnvironment);
  if (!ours || !test || (Has(Defect::kStopsAtUnknown) && HasUnknown(*response))) {
    pause_until_ = clock_.MonotonicNow() + kPauseMax;
    return;
  }
  if (response->recovered_at() != 0 && response->origin() != disk_.origin && !Has(Defect::kForgetsOnRecovery)) {
    for (ModelDisk::Row& row : disk_.rows) Repeat(row);
    disk_.position = std::min(disk_.position, response->recovered_at());
  }
  disk_.origin = response->origin();
  lease_ = absl::Seconds(response->lease_seconds());
  for (ModelDisk::Row& row : disk_.rows) row.lease_end = -absl::InfiniteDuration();
  said_hello_ = true, delivered_ = false;
}

void ModelAdapter::Pull() {
  v1::PullTasksRequest request;
  request.set_instance(instance_);
  request.set_most_tasks(256);
  request.set_last_delivery(delivered_ ? disk_.last_delivery : 0);
  request.set_directory_position(disk_.position);
  gateway_.CountPoll(request);
  const absl::Duration sent_at = clock_.MonotonicNow();
  const auto response = gateway_.PullTasks(request, true);
  if (!response->ok()) {
    if (!Has(Defect::kNoHelloAgain)) said_hello_ = false;
    return;
  }
  if (!(*response)->tasks().empty()) clock_.Advance(gateway_.bent.poll_reply_late);
  Take(**response, sent_at);
}

void ModelAdapter::Take(const v1::PullTasksResponse& response, absl::Duration sent_at) {
  gateway_time_ = trust::TimeOf(response.gateway_time()).value_or(clock_.WallNow());
  for (const v1::DirectoryChange& change : response.directory()) {
    book_.Accept(change.statement(), checker_).IgnoreError();
    disk_.statements.push_back(change.statement());
    disk_.position = change.position();
  }
  complete_ = response.directory_complete();
  for (const std::string& id : response.withdrawn()) {
    if (!Has(Defect::kIgnoresWithdrawal)) disk_.withdrawn.insert(id);
    if (!Has(Defect::kUndoesOnWithdrawal)) continue;
    const sdk::Operation operation{id, world_.agency(), 0};
    if (core_.rows.count(operation.Text()) != 0) bank_.ReleaseForeign(operation.Text());
  }
  int taken = 0;
  for (const v1::Task& task : response.tasks()) {
    delivered_ = true;
    disk_.last_delivery = std::max(disk_.last_delivery, task.fence());
    if (Has(Defect::kShortList) && ++taken > 100) continue;
    v1::Order order;
    order.ParseFromString(task.member());
    const auto same = [&](const ModelDisk::Row& row) {
      if (!Has(Defect::kIdIsEnough)) return row.task.member() == task.member();
      v1::Order known;
      return known.ParseFromString(row.task.member()) && known.order_id() == order.order_id();
    };
    const auto row = std::find_if(disk_.rows.begin(), disk_.rows.end(), same);
    if (row == disk_.rows.end()) {
      disk_.rows.push_back({task, response.heads(static_cast<int>(task.head())), clock_.WallNow(), sent_at + lease_});
    } else {
      row->lease_end = sent_at + lease_;
      if (row->done) Repeat(*row);
    }
  }
}

// ---- the work

void ModelAdapter::Work() {
  std::vector<size_t> order(disk_.rows.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  if (Has(Defect::kNewestFirst)) std::reverse(order.begin(), order.end());
  for (size_t place : order) {
    ModelDisk::Row& row = disk_.rows[place];
    if (row.done || (row.lease_end <= clock_.MonotonicNow() && !Has(Defect::kIgnoresLease))) continue;
    v1::Order parsed;
    parsed.ParseFromString(row.task.member());
    if (disk_.withdrawn.count(parsed.order_id()) != 0) continue;
    if (register_away && !Has(Defect::kNilOnError)) continue;
    if (Point()) return;  // on record, nothing done
    Do(row, parsed);
    if (dead_) return;
  }
}

// Overlooks what a defective program would not see.
absl::Status ModelAdapter::Overlook(absl::Status status, const ModelDisk::Row& row, v1::Order& order) {
  const std::string_view reason = RowOf(ReasonOf(status)).name;
  v1::Head head;
  head.ParseFromString(row.head.payload());
  order.ParseFromString(row.task.member());
  const bool other_court = head.signer() != order.court(), two = row.head.signatures_size() > 1;
  const std::pair<bool, Defect> blind[] = {{reason == "SIGNATURE_INVALID" && !other_court, Defect::kNoSignatures},
                                           {other_court, Defect::kAnyCourt},
                                           {reason == "MEMBER_NOT_IN_ROOT", Defect::kNoRoot},
                                           {reason == "SIGNATURES_MISSING" && !two, Defect::kOneSignature},
                                           {reason == "SIGNATURES_MISSING" && two, Defect::kCountsTwice},
                                           {reason == "OFFICER_NOT_VALID", Defect::kNoCredentials},
                                           {reason == "AUDIENCE_MISMATCH", Defect::kNoAudience},
                                           {reason == "ENVIRONMENT_MISMATCH", Defect::kNoEnvironment},
                                           {reason == "ORDER_EXPIRED", Defect::kNoExpiry},
                                           {reason == "UNKNOWN_FIELDS", Defect::kIgnoresUnknown},
                                           {reason == "KEY_REVOKED", Defect::kIgnoresRevocation},
                                           {reason == "ACCOUNT_NOT_COURTS", Defect::kAnyAccount}};
  for (const auto& [unseen, defect] : blind) {
    if (unseen && Has(defect)) return absl::OkStatus();
  }
  return status;
}

absl::Status ModelAdapter::Verify(const ModelDisk::Row& row, v1::Order& order) {
  v1::SignedMember member;
  member.set_member(row.task.member());
  member.set_index(row.task.index());
  *member.mutable_path() = row.task.path();
  *member.mutable_head() = row.head;
  sdk::Verdict verdict = verifier_.Verify(member, row.arrived_at);
  if (!verdict.status.ok()) return Overlook(verdict.status, row, order);
  order = *verdict.order;
  const std::string* const named = trust::FreezeNamed(order);
  const auto measure = core_.rows.find(sdk::Operation{named == nullptr ? "" : *named, world_.agency(), 0}.Text());
  if (things_ == nullptr && named != nullptr &&
      (measure == core_.rows.end() || (measure->second.authority != order.court() && !Has(Defect::kAnyonesMeasure))))
    return Fail(Reason::kMeasureUnknown, "no measure of this court");
  for (const ModelDisk::Row& other : disk_.rows) {
    v1::Order known;
    if (&other != &row && other.done && known.ParseFromString(other.task.member()) &&
        known.order_id() == order.order_id())
      return Fail(Reason::kOrderIdReused, "another order under this id");
  }
  return absl::OkStatus();
}

void ModelAdapter::Do(ModelDisk::Row& row, const v1::Order& parsed) {
  v1::Order order = parsed;
  v1::Receipt receipt;
  sdk::Answer answer;
  if (const absl::Status status = Verify(row, order); !status.ok()) {
    receipt.set_kind(v1::RECEIPT_KIND_RETURNED);
    receipt.mutable_returned()->set_reason(std::string(RowOf(ReasonOf(status)).name));
    receipt.mutable_returned()->set_contact_name("周敏");
    receipt.mutable_returned()->set_contact_phone("024-00000000");
  } else {
    const journal::Hash digest = journal::LeafHash(row.task.member());
    const sdk::Operation operation{order.order_id(), world_.agency(), 0};
    const std::string* const named = trust::FreezeNamed(order);
    const sdk::Operation freeze{named == nullptr ? "" : *named, world_.agency(), 0},
        second{order.order_id(), world_.agency(), 1};
    if (things_ == nullptr) order = AsKnown(std::move(order));
    const auto place = static_cast<uint64_t>(&row - disk_.rows.data()) + 1;
    sdk::Request request{operation, order, digest, {row.arrived_at, place}, clock_.WallNow(), &freeze};
    if (things_ != nullptr) {
      answer = order.has_inquire() ? things_->Inquire(request) : ControlThing(request);
    } else if (order.has_inquire()) {
      answer = Inquire(request);
    } else {
      // After a death between intent and answer the core is asked, and only then is it done.
      const auto found = row.intent ? *bank_.Find(operation) : sdk::Found{.kind = sdk::Found::Kind::kNotDone};
      row.intent = true;
      if (found.kind == sdk::Found::Kind::kDone) answer = found.answer;
      if (found.kind == sdk::Found::Kind::kDone && Has(Defect::kActsAfterCrash)) {
        const sdk::Request again{second, order, digest, {row.arrived_at, place}, clock_.WallNow(), &freeze};
        bank_.Apply(again).IgnoreError();
      }
      if (found.kind != sdk::Found::Kind::kDone) answer = Control(request);
      if (Point()) return;  // done, not answered
    }
    if (things_ == nullptr) Bend(order, answer);
    receipt.set_kind(v1::RECEIPT_KIND_FINAL);
    receipt.set_searched_scope(answer.searched_scope);
    for (const v1::ItemResult& item : answer.items) *receipt.add_items() = item;
    if (answer.effect_at) *receipt.mutable_effect_at() = trust::TimestampOf(*answer.effect_at);
  }
  row.done = true;
  ObjectIfExempt(row, order, answer);
  Sign(row, std::move(receipt), false);
  Point();  // answered, not reported
}

// ---- receipts

void ModelAdapter::Sign(ModelDisk::Row& row, v1::Receipt receipt, bool event) {
  v1::Order order;
  order.ParseFromString(row.task.member());
  const std::string digest = DigestText(row.task.member());
  receipt.set_order_digest(digest);
  receipt.set_order_id(order.order_id());
  receipt.set_agency(world_.agency());
  receipt.set_sequence(++disk_.sequences[digest]);
  const std::string* named = trust::FreezeNamed(order);
  if (const v1::MeasureState* measure = MeasureIn(receipt); measure != nullptr && !measure->unit_reference().empty())
    disk_.measures[named == nullptr ? order.order_id() : *named] = *measure;
  *receipt.mutable_arrived_at() = trust::TimestampOf(Has(Defect::kGatewayTime) ? gateway_time_ : row.arrived_at);
  *receipt.mutable_answered_at() =
      trust::TimestampOf(std::max(clock_.WallNow(), Has(Defect::kGatewayTime) ? gateway_time_ : row.arrived_at));
  const trust::HeadFields fields = {v1::MEMBER_TYPE_RECEIPT, v1::ENVIRONMENT_TEST, world_.agency(), ++disk_.last_batch,
                                    clock_.WallNow()};
  const std::string batch =
      trust::MakeBatch(fields, {receipt.SerializeAsString()}, {&world_.KeyOf("agency")}).SerializeAsString();
  row.batches.push_back(batch);
  disk_.unsent.emplace_back(batch, event);
}

void ModelAdapter::StateNow() {
  v1::Position statement;
  statement.set_agency(world_.agency());
  statement.set_day(absl::FormatCivilTime(absl::ToCivilDay(clock_.WallNow(), absl::FixedTimeZone(8 * 3600)) - 1));
  *statement.mutable_as_of() = trust::TimestampOf(clock_.WallNow());
  for (const auto& [order, measure] : disk_.measures) {
    if (Has(Defect::kForgetsInStatement) || (measure.ended() && !Has(Defect::kKeepsInStatement))) continue;
    v1::PositionLine& line = *statement.add_lines();
    line.set_order_id(order);
    *line.mutable_measure() = measure;
    line.mutable_measure()->set_ended(false);
  }
  const trust::HeadFields fields = {v1::MEMBER_TYPE_POSITION, v1::ENVIRONMENT_TEST, world_.agency(), ++disk_.last_said,
                                    clock_.WallNow()};
  disk_.statement =
      trust::MakeBatch(fields, {statement.SerializeAsString()}, {&world_.KeyOf("agency")}).SerializeAsString();
}

void ModelAdapter::ObjectIfExempt(const ModelDisk::Row& row, const v1::Order& order, const sdk::Answer& answer) {
  if (answer.items.empty() || answer.items[0].outcome() != v1::OUTCOME_EXEMPT_HELD || Has(Defect::kHoldsSilently))
    return;
  v1::ObjectionAct act;
  act.set_author(world_.agency());
  act.set_request_id(std::string(8, 'o') + order.order_id().substr(8));
  act.mutable_raise()->set_order_id(order.order_id());
  act.mutable_raise()->set_order_digest(DigestText(row.task.member()));
  act.mutable_raise()->set_ground("EXEMPT_ASSET");
  act.mutable_raise()->set_text("豁免账户");
  act.mutable_raise()->set_contact_name("周敏");
  act.mutable_raise()->set_contact_phone("024-00000000");
  const trust::HeadFields fields = {v1::MEMBER_TYPE_OBJECTION, v1::ENVIRONMENT_TEST, world_.agency(), ++disk_.last_said,
                                    clock_.WallNow()};
  disk_.objections.push_back(
      trust::MakeBatch(fields, {act.SerializeAsString()}, {&world_.KeyOf("agency")}).SerializeAsString());
}

// Statement and objections, until they are recorded.
void ModelAdapter::SayWhatIsSigned() {
  if (!disk_.statement.empty()) {
    v1::ReportResultsRequest request;
    request.set_instance(instance_);
    request.mutable_batch()->ParseFromString(disk_.statement);
    if (gateway_.ReportPosition(request).ok() || Has(Defect::kForgetsStatement)) disk_.statement.clear();
  }
  while (!disk_.objections.empty()) {
    v1::SubmitObjectionsRequest request;
    request.mutable_batch()->ParseFromString(disk_.objections.front());
    if (!gateway_.SubmitObjections(request).ok()) return;
    disk_.objections.erase(disk_.objections.begin());
  }
}

void ModelAdapter::Repeat(ModelDisk::Row& row) {
  v1::Order order;
  order.ParseFromString(row.task.member());
  v1::SignedBatch first;
  v1::Receipt receipt;
  if (row.batches.empty() || !first.ParseFromString(row.batches.front())) return;
  receipt.ParseFromString(first.members(0));
  if (Has(Defect::kDropsLostReturn) && receipt.has_returned()) return;
  if (Has(Defect::kSignsAnew)) return Sign(row, receipt, false);
  if ((Has(Defect::kActsTwice) && order.has_freeze()) || (Has(Defect::kPaysTwice) && order.has_deduct())) {
    const sdk::Operation again{order.order_id(), world_.agency(), 1},
        freeze{order.deduct().freeze_order_id(), world_.agency(), 0};
    const journal::Hash digest = journal::LeafHash(row.task.member());
    bank_.Apply({again, order, digest, {row.arrived_at, 1}, clock_.WallNow(), &freeze}).IgnoreError();
  }
  for (const std::string& batch : row.batches) {
    v1::SignedBatch signed_batch;
    v1::Receipt one;
    signed_batch.ParseFromString(batch);
    one.ParseFromString(signed_batch.members(0));
    disk_.unsent.emplace_back(batch, one.kind() == v1::RECEIPT_KIND_EVENT);
  }
}

void ModelAdapter::TellChanges() {
  for (const sdk::RegisterChange& change : Changes()) {
    disk_.changes_told = change.sequence;
    const bool silent =
        (Has(Defect::kSilentInflow) && change.change == v1::MEASURE_CHANGE_INFLOW) ||
        (Has(Defect::kSilentPromotion) && change.change == v1::MEASURE_CHANGE_PROMOTED) ||
        ((Has(Defect::kLapsesSilently) || Has(Defect::kKeepsQueue)) && change.change == v1::MEASURE_CHANGE_LAPSED) ||
        (Has(Defect::kSilentSighting) && sdk::IsSighting(change.change));
    if (silent || change.kind != sdk::RegisterChange::Kind::kEvent) continue;
    for (ModelDisk::Row& row : disk_.rows) {
      v1::Order order;
      order.ParseFromString(row.task.member());
      if (!row.done || order.order_id() != change.operation.order_id) continue;
      v1::Receipt receipt;
      receipt.set_kind(v1::RECEIPT_KIND_EVENT);
      receipt.set_change(change.change);
      *receipt.add_items() = change.item;
      *receipt.mutable_effect_at() = trust::TimestampOf(change.at);
      Sign(row, std::move(receipt), true);
      break;
    }
  }
}

void ModelAdapter::Report() {
  while (!disk_.unsent.empty()) {
    v1::ReportResultsRequest request;
    request.set_instance(instance_);
    request.mutable_batch()->ParseFromString(disk_.unsent.front().first);
    const auto response = gateway_.Report(request, disk_.unsent.front().second);
    if (!response.ok() && !Has(Defect::kForgetsReport)) {
      if (ReasonOf(response.status()) == Reason::kHelloFirst && !Has(Defect::kNoHelloAgain)) said_hello_ = false;
      return;
    }
    disk_.unsent.erase(disk_.unsent.begin());
  }
}

}  // namespace eagle::conformance
