// The auditor of the simulation: simpler than what it judges, and independent of it.
#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/audit/opened_audit.h"
#include "client/audit/public_audit.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/core/codec.h"
#include "server/core/tiles.h"
#include "server/domain/act.h"
#include "server/domain/instant.h"
#include "server/journal/checkpoint.h"
#include "server/journal/payload.h"
#include "tests/sim/sim_bank.h"
#include "tests/sim/sim_house.h"
#include "tests/sim/sim_world.h"

namespace eagle::sim {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

namespace {

// What an incident is about, for whoever looks for its cause.
std::string DifferenceOf(const domain::Entry& entry) {
  IncidentPayload payload;
  if (!entry.payload || !payload.ParseFromString(*entry.payload)) return "";
  payload.mutable_recorded()->clear_prior_measures();
  return absl::StrCat("recorded {", payload.recorded().ShortDebugString(), "}, stated {",
                      payload.stated().ShortDebugString(), "}");
}

}  // namespace

void World::Judge() {
  for (const auto& [code, bank] : banks_) {
    if (bank->core.TotalMoney() != bank->core.deposited()) Blame("money was made or lost at " + code);
  }
  for (const Agency* agency : agencies_) {
    std::set<std::string> operations;
    for (const auto& effect : agency->effects()) {
      if (!operations.insert(effect.operation).second) Blame("two effects of " + effect.operation);
    }
  }
  JudgeExposure();
  if (!gateway_->up()) return;
  const domain::State& state = gateway_->state();
  for (const auto& [order_id, index] : acknowledged_) {
    const domain::Order* order = state.FindOrder(OrderSeq(index));
    if (order == nullptr || order->order_id != order_id) Blame("an acknowledged order is lost: " + UuidText(order_id));
  }
  for (const auto& [seq, of] : state.cases) {
    const domain::Totals sum = of.ledger.Sum();
    if (sum.D() > of.ledger.cap()) Blame("more is taken than the claim");
    if (sum.Bound() > of.ledger.cap() && of.surplus_amount == 0)
      Blame("more is held than the claim, and no surplus is on record");
    // A clock that has run out stays: a surplus that changes afterwards keeps it, with no mark left to fire.
    const bool run_out = !of.surplus.row.empty() && !of.surplus.armed() && of.surplus.due <= state.recorded;
    if (of.surplus_amount > 0 && !of.surplus.armed() && !run_out) Blame("a surplus without a clock");
  }
  // LOG_RECOVERED is written while no gateway runs; the first commit after it marks what passed meanwhile.
  const bool just_recovered = recovered_in_ != 0 && state.next_index == backup_->next_index + 1;
  for (const auto& [index, thread] : state.objections) {
    const domain::Timer timer{thread.deadline.next(), index, domain::Timer::kOfObjection};
    if (thread.open() && thread.deadline.armed() && !state.timers.contains(timer))
      Blame("an open objection without an armed deadline");
  }
  for (const auto& [seq, order] : state.orders) {
    domain::AgencySet out = order.paused, waits = order.paused;
    waits.RemoveAll(order.delivered);
    if (out != waits) Blame("a paused order was handed out");
    if (order.waits) {
      if (!state.timers.contains({order.begins, seq, domain::Timer::kOfBegin}))
        Blame("an order waits and never begins");
      if (order.begins <= state.recorded && !just_recovered) Blame("a begin passed and the order waits on");
      if (!order.delivered.empty()) Blame("an order that waits was handed out");
      continue;
    }
    if (!order.complete() && order.deadline.armed() &&
        !state.timers.contains({order.deadline.next(), seq, domain::Timer::kOfOrder}))
      Blame("an open order without an armed deadline");
    if (!order.complete() && order.deadline.armed() && order.deadline.next() <= state.recorded && !just_recovered)
      Blame("a deadline passed and nothing was marked");
  }
}

// What really lies at the banks, whoever believes what: taken and effective limits never exceed the claim, but for
// limits that once waited.
void World::JudgeExposure() {
  for (const CaseInHand& of : cases_) {
    int64_t held = 0, taken = 0, waited = 0;
    for (const std::vector<std::string>* measures : {&of.freezes, &of.things, &of.at_house}) {
      for (const std::string& freeze : *measures) {
        const auto& order = sent_.at(freeze);
        Agency& agency = *AgencyOf(order.agencies(0));
        const std::string operation = sdk::Operation{freeze, agency.code, 0}.Text();
        const auto [limit, deducted] = agency.ExposureOf(operation);
        held += limit, taken += deducted;
        if (agency.WaitedOnce(operation))
          waited +=
              order.has_freeze() ? order.freeze().limit_minor_units() : order.extract_income().limit_minor_units();
      }
    }
    if (taken > of.cap) Blame(absl::StrCat("taken ", taken, " of a claim of ", of.cap));
    if (held + taken > of.cap + waited)
      Blame(absl::StrCat("held ", held, " and taken ", taken, " of a claim of ", of.cap));
  }
}

void World::JudgeAtTheEnd() {
  const domain::State& state = gateway_->state();
  for (const auto& [order_id, order] : sent_) {
    if (!acknowledged_.contains(order_id) && !refused_.contains(order_id)) Blame("an order without any answer");
  }
  for (const auto& [seq, order] : state.orders) {
    if (!order.conflict.empty()) Blame("two final words on one order");
    // Agencies that know of the theft take nothing any more that the stolen key signed.
    // What the court found wrong after it had gone out goes back undone.
    const auto threads = state.ObjectionsOf(order);
    const bool found_wrong = std::any_of(threads.begin(), threads.end(), [&](const domain::ObjectionThread* thread) {
      return thread->order == order.seq &&
             (thread->state == OBJECTION_STATE_UPHELD || thread->state == OBJECTION_STATE_AMENDED);
    });
    // Income is on its way to the court: the bank says so, and the court releases again when it has arrived.
    const bool waits_for_income = house_ != nullptr && house_->returned().contains(order.order_id);
    // An agency by whose clock its day hasn't come refuses it: the log's own clock was set wrong, and begins early.
    const bool too_early = order.begins != absl::InfinitePast() && clock_was_wrong_;
    if (!order.returned.empty() && !too_early && !by_stolen_key_.contains(order.order_id) && !found_wrong &&
        !waits_for_income)
      Blame(absl::StrCat("an order was returned: ", seq, " ", Action_Name(order.action)));
    numbers_.answers += order.done.count();
  }
  for (const auto& [seq, of] : state.cases) {
    for (const domain::Measure& measure : of.ledger.measures()) {
      const domain::Order& order = *state.FindOrder(measure.freeze);
      Agency& agency = *agencies_[measure.agency.value() - 1];
      const auto row = agency.RowOf(sdk::Operation{order.order_id, agency.code, 0}.Text());
      const auto differ = [&](const std::string& about) {
        Blame(absl::StrCat("order ", measure.freeze.value(), ": the ledger and ", agency.code, " disagree on ", about));
      };
      const bool live = row && sdk::IsLive(row->phase);
      if (live != measure.stands()) differ("whether it stands");
      if (!live) continue;
      if (row->effective_to && domain::FromProto(measure.state.effective_to()) != *row->effective_to)
        differ("when it ends");
      if ((row->phase == sdk::Phase::kEffective) != (measure.phase == domain::MeasurePhase::kEffective))
        differ("whether it waits");
      if (measure.is_money && (row->controlled() != measure.controlled || row->unfunded() != measure.unfunded))
        differ(absl::StrCat("amounts: ", measure.controlled, " + ", measure.unfunded, ", there ", row->controlled(),
                            " + ", row->unfunded()));
      const int64_t quantity = measure.state.controlled_quantity_e4();
      if (measure.asset_kind == "EQUITY" && quantity != 100 * row->controlled())
        differ(absl::StrCat("quantity: ", quantity, ", there ", 100 * row->controlled()));
    }
  }
  // Controls on one person reached a bank in the order of the journal: arrival gives rank, whenever the effect follows.
  for (Agency* agency : agencies_) {
    std::vector<SimCore::Effect> effects = agency->effects();
    std::sort(effects.begin(), effects.end(), [](const auto& a, const auto& b) { return a.arrival < b.arrival; });
    std::map<std::string, uint64_t> last;
    for (const auto& effect : effects) {
      numbers_.effects += 1;
      const auto id = state.ids.find(*ParseUuid(effect.operation.substr(0, 36)));
      if (id == state.ids.end()) {
        Blame("an effect without an order in the journal");
        continue;
      }
      const domain::Order* accepted = state.FindOrder(OrderSeq(id->second.index));
      if (accepted == nullptr) {
        Refused refused;
        refused.ParseFromString(id->second.refusal);
        const auto why = ReasonByNumber(static_cast<uint16_t>(refused.reason()));
        Blame(absl::StrCat("an effect of an order that was refused: ", UuidText(id->first), ", ",
                           why ? std::string(RowOf(*why).name) : ""));
        continue;
      }
      const auto& order = sent_.at(id->first);
      numbers_.acts[pairs_.contains(order.order_id()) ? "FREEZE_AND_DEDUCT" : Action_Name(order.action())] += 1;
      if (order.has_release() && order.release().amount_minor_units() == 0 &&
          (house_ == nullptr || !house_->returned().contains(order.order_id()))) {
        const auto row = agency->RowOf(sdk::Operation{order.release().freeze_order_id(), agency->code, 0}.Text());
        if (row && sdk::IsLive(row->phase)) Blame("a measure that was released whole still stands at " + agency->code);
      }
      // What stood still was handed out later than others, and so was later in rank.
      if (accepted->paused_index != 0) continue;
      // Nor what an objection held back.
      if (accepted->action == ACTION_DEDUCT && !state.ObjectionsOf(*accepted).empty()) continue;
      // A release waits behind the deductions under its measure that were accepted before it, and others pass it.
      const auto waited_for = [&](const auto& row) {
        const domain::Order& other = row.second;
        return domain::Takes(other.action) && other.freeze == accepted->freeze && other.seq < accepted->seq;
      };
      if (order.has_release() && std::any_of(state.orders.begin(), state.orders.end(), waited_for)) continue;
      // What was sent again after a loss has the rank of its first arrival.
      if (sent_again_.contains(id->first)) continue;
      if (id->second.index < last[effect.person])
        Blame("controls on one person reached " + agency->code + " out of journal order");
      last[effect.person] = id->second.index;
    }
  }
  JudgeJournal();
}

void World::JudgeJournal() {
  const auto report = gateway_->Replay();
  if (!report.ok()) return Blame(absl::StrCat("replay disagrees: ", std::string(report.status().message())));
  numbers_.entries = report->entries;
  const auto reader = gateway_->Read();
  const auto edge = core::RebuildEdge(*reader);
  core::StoredTiles tiles(*reader);
  journal::EdgeSource source(*edge, tiles);
  for (const std::string& note : checkpoints_) {
    const auto checkpoint = journal::OpenCheckpoint(note, *gateway_->VerifierOf(note));
    if (lost_roots_.contains(checkpoint->size) && checkpoint->origin != gateway_->verifier().name()) {
      JudgeLostCheckpoint(note);
      continue;
    }
    const auto root = journal::RootOf(checkpoint->size, source);
    if (!root.ok() || *root != checkpoint->root) Blame("a checkpoint that left the process contradicts the journal");
  }
  std::map<uint64_t, std::pair<int64_t, std::vector<uint32_t>>> marks;  // order -> acceptance, marks fired
  std::map<uint64_t, OrderAccepted> accepted;
  ObjectionsSeen objections;
  SearchesSeen searches;
  audit::PublicAudit audit;  // shares nothing with the product but the journal's formats
  audit::OpenedAudit opened(
      [&](std::string_view key_id) -> std::optional<std::string> {
        const auto key = gateway_->keys().KeyOf(std::string(key_id));
        return key.ok() ? std::optional(*key) : std::nullopt;
      },
      audit.findings());
  const absl::Status read = core::ForEachEntry(
      *reader, 0, [&](uint64_t index, std::string_view leaf, std::string_view sealed) -> absl::Status {
        audit.Take(leaf);
        if (real_keys_) opened.Take(leaf, sealed);
        EAGLE_ASSIGN_OR_RETURN(const domain::Entry entry, core::DecodeEntry(leaf, sealed, gateway_->keys()));
        if (entry.type == ENTRY_TYPE_ORDER_ACCEPTED) accepted[index].ParseFromString(entry.body);
        objections.Take(entry, accepted, [&](const std::string& what) { Blame(what); });
        searches.Take(entry, sent_, [&](const std::string& what) { Blame(what); });
        if (entry.type == ENTRY_TYPE_DEADLINE_MARKED && entry.order) {
          DeadlineMarked body;
          body.ParseFromString(entry.body);
          const OrderAccepted& order = accepted[entry.order.value()];
          auto& fired = marks[entry.order.value()].second;
          if (std::find(fired.begin(), fired.end(), body.mark_permille()) != fired.end())
            Blame("a deadline was marked twice");
          fired.push_back(body.mark_permille());
          numbers_.marks += 1;
          for (int i = 0; i < order.marks_size(); ++i) {
            if (order.marks_permille(i) == body.mark_permille() && domain::Micros(entry.time) < order.marks(i))
              Blame("a deadline was marked early");
          }
        }
        if (entry.type == ENTRY_TYPE_INCIDENT_ARISEN) {
          IncidentArisen body;
          body.ParseFromString(entry.body);
          const bool spoilt = index >= spoilt_from_ && spoiler_ != nullptr && entry.agency == spoiler_->caller.agency;
          numbers_.acts[IncidentKind_Name(body.kind())] += 1;
          // What was lost with the data the agencies know and the log doesn't.
          if (body.kind() != INCIDENT_KIND_STATEMENT_MISSING && recovered_in_ == 0 && !spoilt)
            Blame(absl::StrCat("a difference that isn't there: ", IncidentKind_Name(body.kind()), " at ",
                               entry.agency.value(), ", entry ", index, ", order ",
                               entry.order ? entry.order.value() : 0, ", ", DifferenceOf(entry)));
        }
        if (entry.type == ENTRY_TYPE_SURPLUS_ARISEN) numbers_.surpluses += 1;
        if (entry.type == ENTRY_TYPE_ORDER_PAUSED) numbers_.paused += 1;
        if (entry.type == ENTRY_TYPE_ORDER_RESUMED) numbers_.resumed += 1;
        if (entry.type == ENTRY_TYPE_RECEIPT_CONFLICT) Blame("a receipt conflicts with the first");
        return absl::OkStatus();
      });
  if (!read.ok()) Blame("the journal can't be read");
  if (!searches.waiting.empty()) Blame("an order waits at the end");
  numbers_.begun = searches.begun;
  numbers_.objections = objections.raised, numbers_.objections_answered = objections.answered;
  JudgeRecoveries(audit);
  for (const audit::Finding& finding : audit.findings().list())
    Blame(absl::StrCat("the public audit finds at ", finding.index, ", ", std::string(audit::RowOf(finding.rule).name),
                       ": ", finding.sentence));
}

std::vector<World::Record> World::Journal() {
  std::vector<Record> out;
  const absl::Status read = core::ForEachEntry(
      *gateway_->Read(), 0, [&](uint64_t, std::string_view leaf, std::string_view sealed) -> absl::Status {
        Record record{std::string(leaf), std::string(sealed), ""};
        if (!sealed.empty()) {
          EAGLE_ASSIGN_OR_RETURN(record.key, gateway_->keys().KeyOf(journal::KeyIdOf(sealed).value()));
        }
        out.push_back(std::move(record));
        return absl::OkStatus();
      });
  if (!read.ok()) Blame("the journal can't be read");
  return out;
}

}  // namespace eagle::sim
