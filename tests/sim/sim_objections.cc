// Banks object to what they were handed, and the court answers: now and then, some minutes later, over a network that
// loses either. What the court finds wrong it withdraws, where it had not gone out. Each step is taken again until it
// has had its effect.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/reason.h"
#include "server/domain/decide.h"
#include "server/domain/instant.h"
#include "server/trust/make_batch.h"
#include "tests/sim/sim_bank.h"
#include "tests/sim/sim_world.h"

namespace eagle::sim {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

namespace {

constexpr char kOurCourt[] = "辽9901";

}  // namespace

void World::Objections(bool raise) {
  if (raise) {
    for (const auto& [code, bank] : banks_) {
      if (bank->agent != nullptr && bank->agent->health().ok() && objection_dice_.OneIn(8)) Raise(*bank);
    }
  }
  if (!gateway_->up() || (DataLost() && !up_to_date_)) return;
  const domain::State& state = gateway_->state();
  for (const auto& [index, thread] : state.objections) {
    if (thread.open()) AnswerObjection(thread, /*at_once=*/!raise);
  }
  for (const auto& [seq, order] : state.orders) {
    if (order.action != ACTION_DEDUCT || order.complete() || !order.delivered.empty()) continue;
    const auto threads = state.ObjectionsOf(order);
    const bool for_good = std::any_of(threads.begin(), threads.end(), [&](const domain::ObjectionThread* thread) {
      return !thread->open() && thread->Holds(order);
    });
    if (!for_good) continue;
    auto [withdraw, fresh] = held_withdrawals_.try_emplace(order.order_id);
    if (fresh) {
      withdraw->second.set_order_id(order.order_id), withdraw->second.set_request_id(NewId());
      withdrawals_.push_back(withdraw->second);
    }
    Withdraw(withdraw->second);
  }
}

// To an order that it may have been handed; the agent knows whether it was.
void World::Raise(Bank& bank) {
  std::vector<std::string> orders;
  for (const auto& [order_id, order] : sent_) {
    if (order.agencies_size() == 1 && order.agencies(0) == bank.code && !order.has_inquire())
      orders.push_back(order_id);
  }
  if (orders.empty()) return;
  const std::string& order_id = orders[objection_dice_.Below(orders.size())];
  const auto raised = bank.agent->RaiseObjection(order_id, "EXEMPT_ASSET", "the account is exempt", {});
  if (raised.ok()) bank.StepSoon(absl::ZeroDuration());
}

void World::AnswerObjection(const domain::ObjectionThread& thread, bool at_once) {
  auto [kept, fresh] = objection_answers_.try_emplace(thread.id);
  ObjectionInHand& answer = kept->second;
  if (fresh) {
    answer.at = minute_ + static_cast<int>(objection_dice_.Below(8));
    ObjectionAct act;
    act.set_request_id(NewId()), act.set_author(kOurCourt);
    *act.mutable_written_at() = domain::ToProto(clock_.True());
    act.mutable_answer()->set_objection_id(thread.id), act.mutable_answer()->set_objection_digest(thread.digest);
    act.mutable_answer()->set_text("examined");
    const uint64_t dice = objection_dice_.Below(4);
    act.mutable_answer()->set_decision(dice == 0   ? OBJECTION_DECISION_UPHELD
                                       : dice == 1 ? OBJECTION_DECISION_AMENDED
                                                   : OBJECTION_DECISION_REJECTED);
    *answer.request.mutable_batch() =
        trust::MakeBatch({.member_type = MEMBER_TYPE_OBJECTION,
                          .environment = ENVIRONMENT_TEST,
                          .signer = kOurCourt,
                          .sequence = next_objection_++,
                          .signed_at = clock_.True()},
                         {act.SerializeAsString()}, {signers_["handler"].get(), signers_["leader"].get()});
  }
  if (minute_ < answer.at && !at_once) return;
  Travel([this, request = answer.request] {
    if (!gateway_->up()) return;
    gateway_->handlers().AnswerObjection(court_, request, [this](const absl::StatusOr<SubmitObjectionsResponse>& said) {
      if (said.ok() && said->results(0).has_refusal() && said->results(0).refusal().reason() != "OBJECTION_CLOSED")
        Blame(absl::StrCat("an answer was refused: ", said->results(0).refusal().reason()));
    });
    gateway_->Kick();
  });
}

// --- what of it the auditor follows in the journal, by leaves alone

void World::ObjectionsSeen::Take(const domain::Entry& entry, const std::map<uint64_t, OrderAccepted>& accepted,
                                 const std::function<void(const std::string&)>& blame) {
  switch (entry.type) {
    case ENTRY_TYPE_OBJECTION_RAISED: {
      ObjectionRaised body;
      body.ParseFromString(entry.body);
      Thread& thread = threads[entry.index];
      thread.order = entry.order.value(), thread.measure = body.measure();
      for (int i = 0; i < body.marks_size(); ++i) thread.marks[body.marks_permille(i)] = body.marks(i);
      ++raised;
      return;
    }
    case ENTRY_TYPE_OBJECTION_REPLIED: {
      ObjectionReplied body;
      body.ParseFromString(entry.body);
      if (body.withdraws()) threads[body.objection()].closed = entry.index, threads[body.objection()].withdrawn = true;
      return;
    }
    case ENTRY_TYPE_OBJECTION_ANSWERED: {
      ObjectionAnswered body;
      body.ParseFromString(entry.body);
      Thread& thread = threads[body.objection()];
      if (thread.closed != 0) blame("an objection was answered twice");
      thread.closed = entry.index, thread.rejected = body.decision() == OBJECTION_DECISION_REJECTED;
      ++answered;
      return;
    }
    case ENTRY_TYPE_OBJECTION_MARKED: {
      ObjectionMarked body;
      body.ParseFromString(entry.body);
      Thread& thread = threads[body.objection()];
      const auto mark = thread.marks.extract(body.mark_permille());
      if (mark.empty()) return blame("an objection's deadline was marked twice");
      if (thread.closed != 0) blame("the deadline of an answered objection was marked");
      if (domain::Micros(entry.time) < mark.mapped()) blame("an objection's deadline was marked early");
      return;
    }
    case ENTRY_TYPE_DELIVERED: {
      Delivered body;
      body.ParseFromString(entry.body);
      for (uint64_t seq : body.orders()) {
        const auto order = accepted.find(seq);
        if (order == accepted.end() || order->second.action() != ACTION_DEDUCT || !handed_out.insert(seq).second)
          continue;
        for (const auto& [index, thread] : threads) {
          if (thread.measure == 0 || thread.measure != order->second.freeze_order()) continue;
          if (thread.closed == 0) blame("a deduction went out under an open objection");
          if (thread.closed > seq && !thread.rejected && !thread.withdrawn &&
              (thread.order == seq || thread.order == thread.measure))
            blame("a deduction went out that the court had found wrong");
        }
      }
      return;
    }
    default:
      return;
  }
}

}  // namespace eagle::sim
