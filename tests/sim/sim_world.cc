#include "tests/sim/sim_world.h"

#include "absl/strings/str_cat.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/uuid.h"
#include "server/core/codec.h"
#include "server/core/tiles.h"
#include "server/domain/instant.h"
#include "server/journal/checkpoint.h"
#include "server/trust/make_batch.h"
#include "tests/sim/sim_bank.h"
#include "tests/sim/sim_house.h"
#include "tests/sim/sim_people.h"
#include "tests/sim/sim_registry.h"

namespace eagle::sim {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

namespace {

// In good weather a bank has told a recovered log within these what it had carried out before the loss.
constexpr int kTellForgottenMinutes = 3;

}  // namespace

Weather BadWeather() {
  return {.lose_one_in = 20,
          .repeat_one_in = 20,
          .delay_ms_max = 200,
          .long_delay_one_in = 40,
          .gateway_crash_one_in = 60,
          .agent_crash_one_in = 400,
          .core_fault_one_in = 15,
          .clock_jump_one_in = 300,
          .night_one_in = 15};
}

// One way through the network.
void World::Travel(std::function<void()> arrive) {
  ++numbers_.calls;
  if (dice_.OneIn(weather_.lose_one_in)) {
    ++numbers_.lost;
    return;
  }
  const int copies = dice_.OneIn(weather_.repeat_one_in) ? 2 : 1;
  numbers_.repeated += static_cast<uint64_t>(copies - 1);
  for (int i = 0; i < copies; ++i) {
    absl::Duration delay = absl::Milliseconds(dice_.Between(0, weather_.delay_ms_max));
    if (dice_.OneIn(weather_.long_delay_one_in)) delay += absl::Seconds(dice_.Between(1, 60));
    calendar_.After(delay, arrive);
  }
}

void World::Blame(const std::string& what) {
  violations_.push_back(absl::StrCat("seed ", seed_, ", minute ", minute_, ": ", what));
}

std::string World::NewId() { return NewUuidV7(clock_.True(), entropy_); }

// --- the courts

goldeneagle::v1::Order World::BaseOrder(const CaseInHand& of, Action action, const std::string& person,
                                        const std::string& bank) {
  goldeneagle::v1::Order order;
  order.set_order_id(NewId()), order.set_court(kCourt), order.set_case_number(of.number), order.set_action(action);
  order.set_urgency(dice_.OneIn(2) ? URGENCY_URGENT : URGENCY_NORMAL);
  if (order.urgency() == URGENCY_URGENT) order.set_urgency_reason("TRANSFER_RISK");
  if (!bank.empty()) order.add_agencies(bank);
  const size_t p = person == kPersons[0] ? 0 : person == kPersons[1] ? 1 : 2;
  order.mutable_subject()->set_name(kNames[p]), order.mutable_subject()->set_id_kind("CITIZEN_ID"),
      order.mutable_subject()->set_id_number(person);
  *order.mutable_issued_at() = domain::ToProto(clock_.True()),
  *order.mutable_not_after() = domain::ToProto(clock_.True() + absl::Hours(24 * 30));
  for (const char* name : {"handler", "cosigner"}) {
    OfficerRef* officer = order.add_officers();
    officer->set_officer(name), officer->set_work_id_no("W1"), officer->set_duty_card_no("D1");
    if (action == ACTION_INQUIRE) break;
  }
  order.set_purpose("EXECUTION"), order.set_legal_basis("art 253");
  for (const char* category : {"RULING", "ASSISTANCE_NOTICE", "JUDGMENT_COPY"}) {
    Instrument* paper = order.add_instruments();
    paper->set_category(category), paper->set_digest(std::string(32, 'd')), paper->set_size_bytes(1),
        paper->set_media_type("application/pdf");
  }
  if (scene_.every_act) order.mutable_instruments(0)->set_title(absl::StrCat("裁定 ", ++rulings_));
  return order;
}

CourtAccount World::OurAccount() const {
  CourtAccount account;
  account.set_account_name("执行款专户"), account.set_bank(BankCode(0)), account.set_account_number(kAccount);
  return account;
}

void World::CourtActs() {
  if (scene_.every_act && act_dice_.OneIn(2)) return MoreActs();
  CaseInHand& of = cases_[dice_.Below(cases_.size())];
  const std::string person = of.persons[dice_.Below(of.persons.size())];
  const std::string bank = BankCode(static_cast<int>(dice_.Below(kBanks)));
  const std::string freeze = of.freezes.empty() ? "" : of.freezes[dice_.Below(of.freezes.size())];
  switch (dice_.Below(8)) {
    case 0: {
      auto order = BaseOrder(of, ACTION_INQUIRE, dice_.OneIn(10) ? kPersons[2] : person, "");
      for (const Agency* agency : agencies_) order.add_agencies(agency->code);
      order.mutable_inquire();
      return Submit({order}, false);
    }
    case 1:
    case 2:
    case 3: {
      std::vector<goldeneagle::v1::Order> orders;
      const std::string group = dice_.OneIn(3) ? NewId() : "";
      for (int64_t n = dice_.Between(group.empty() ? 1 : 2, 3); n > 0; --n) {
        auto order = BaseOrder(of, ACTION_FREEZE, person, BankCode(static_cast<int>(dice_.Below(kBanks))));
        order.set_group(group);
        order.mutable_freeze()->mutable_person_at_agency();
        order.mutable_freeze()->set_currency("CNY"),
            order.mutable_freeze()->set_limit_minor_units(dice_.Between(1, of.cap / 2));
        order.mutable_freeze()->set_inflow(dice_.OneIn(4) ? INFLOW_NONE : INFLOW_CAPTURE),
            // Every other one is short enough to be renewed at once.
            order.mutable_freeze()->mutable_term()->set_months(of.freezes.size() % 2 == 0 ? 12 : 2);
        of.freezes.push_back(order.order_id());
        orders.push_back(order);
      }
      return Submit(orders, true);
    }
    case 4:
    case 5: {
      if (freeze.empty() || !sent_.contains(freeze)) return;
      const auto& made = sent_.at(freeze);
      auto order = BaseOrder(of, ACTION_DEDUCT, made.subject().id_number(), made.agencies(0));
      order.mutable_deduct()->set_freeze_order_id(freeze), order.mutable_deduct()->set_currency("CNY");
      order.mutable_deduct()->set_amount_minor_units(dice_.Between(1, made.freeze().limit_minor_units()));
      *order.mutable_deduct()->mutable_account() = OurAccount();
      order.mutable_deduct()->set_account_statement(account_digest_);
      return Submit({order}, true);
    }
    case 6: {
      if (freeze.empty() || !sent_.contains(freeze)) return;
      const auto& made = sent_.at(freeze);
      if (++releases_ % 3 == 0) {
        auto order = BaseOrder(of, ACTION_RENEW, made.subject().id_number(), made.agencies(0));
        order.mutable_renew()->set_freeze_order_id(freeze), order.mutable_renew()->mutable_term()->set_months(1);
        return Submit({order}, true);
      }
      auto order = BaseOrder(of, ACTION_RELEASE, made.subject().id_number(), made.agencies(0));
      order.mutable_release()->set_freeze_order_id(freeze), order.mutable_release()->set_ground("DEBT_PAID");
      if (dice_.OneIn(2))
        order.mutable_release()->set_amount_minor_units(dice_.Between(1, made.freeze().limit_minor_units()));
      return Submit({order}, true);
    }
    default: {
      // The world itself: money comes in, others freeze and let go, payments are confirmed or come back.
      Bank& at = *banks_.at(bank);
      const auto& accounts = at.core.accounts_of(person);
      if (!accounts.empty() && dice_.OneIn(2))
        at.core.Deposit(accounts[dice_.Below(accounts.size())], dice_.Between(1, 50'000'00), clock_.True());
      const std::string document = absl::StrCat("elsewhere-", dice_.Below(3));
      if (!accounts.empty() && dice_.OneIn(6))
        at.core.CounterFreeze(person, absl::StrCat(document, "-", bank), dice_.Between(1, 100'000'00), clock_.True());
      if (dice_.OneIn(4)) at.core.CounterRelease(absl::StrCat(document, "-", bank), clock_.True());
      at.core.ConfirmPayments(clock_.True(), dice_.OneIn(4));
    }
  }
}

void World::Submit(std::vector<goldeneagle::v1::Order> orders, bool control, bool leader) {
  std::vector<std::string> members;
  for (const auto& order : orders) {
    members.push_back(order.SerializeAsString());
    sent_[order.order_id()] = order;
    if (control && theft_at_ != 0 && cosigner_ == "cosigner") by_stolen_key_.insert(order.order_id());
  }
  auto batch = std::make_shared<PendingBatch>();
  trust::HeadFields fields{.member_type = MEMBER_TYPE_ORDER,
                           .environment = ENVIRONMENT_TEST,
                           .signer = kCourt,
                           .sequence = next_sequence_++,
                           .signed_at = clock_.True()};
  std::vector<trust::Signer*> signers = {signers_["handler"].get()};
  if (control) signers.push_back(signers_[cosigner_].get());
  if (leader) signers.push_back(signers_["leader"].get());
  *batch->request.mutable_batch() = trust::MakeBatch(fields, members, signers);
  pending_.push_back(batch);
  Send(batch);
}

// The same bytes again and again until there is an answer.
void World::Send(std::shared_ptr<PendingBatch> batch) {
  if (batch->done) return;
  calendar_.After(absl::Seconds(dice_.Between(2, 20)), [this, batch] { Send(batch); });
  if (HoldsBack(*batch)) return;
  Travel([this, batch] {
    if (!gateway_->up()) return;
    const uint64_t life = gateway_->incarnation();
    gateway_->handlers().SubmitOrders(
        court_, batch->request, [this, batch, life](absl::StatusOr<SubmitOrdersResponse> response) {
          if (life != gateway_->incarnation()) return;
          Travel([this, batch, response] {
            if (!response.ok()) {
              const Reason reason = ReasonOf(response.status());
              if (reason != Reason::kBusy && reason != Reason::kDraining && reason != Reason::kUnavailable)
                Blame(absl::StrCat("a good batch was refused: ", std::string(RowOf(reason).name)));
              return;
            }
            batch->done = true;
            batch->answer = *response;
            TakeResults(*response);
            if (std::erase(lost_, batch) > 0) SendAgain(0);
          });
        });
    gateway_->Kick();
  });
}

void World::TakeResults(const SubmitOrdersResponse& response) {
  checkpoints_.insert(response.checkpoint());
  const journal::NoteVerifier* verifier = gateway_->VerifierOf(response.checkpoint());
  if (verifier == nullptr) return Blame("a checkpoint of another log");
  const auto checkpoint = journal::OpenCheckpoint(response.checkpoint(), *verifier);
  if (!checkpoint.ok()) return Blame("a checkpoint that the log's key didn't sign");
  for (const auto& result : response.results()) {
    if (result.has_refusal()) {
      refused_.insert(result.order_id());
      if (acknowledged_.contains(result.order_id())) Blame("an accepted order was refused later");
      continue;
    }
    const auto& acceptance = result.acceptance();
    const auto [known, fresh] = acknowledged_.emplace(result.order_id(), acceptance.order_seq());
    if (known->second != acceptance.order_seq()) Blame("two acceptances of one order");
    if (refused_.contains(result.order_id())) Blame("a refused order was accepted later");
    std::vector<journal::Hash> proof;
    for (const std::string& hash : acceptance.proof().hashes()) proof.push_back(*journal::HashFrom(hash));
    if (!journal::VerifyInclusion(journal::LeafHash(acceptance.leaf()), acceptance.proof().index(),
                                  acceptance.proof().size(), proof, checkpoint->root) ||
        acceptance.proof().size() != checkpoint->size || acceptance.proof().index() != acceptance.order_seq()) {
      Blame("an acceptance without a proof");
    }
  }
}

// --- minute by minute

void World::StartGateway() {
  if (gateway_->up()) return;
  if (DataLost() && recovered_in_ == 0) return JudgeRefusedStart();
  const absl::Status status = gateway_->Start(founding_);
  if (!status.ok()) Blame(absl::StrCat("the gateway doesn't start: ", std::string(status.message())));
}

void World::Run(int minutes) {
  for (int i = 0; i < minutes && violations_.empty(); ++i) Minute();
}

void World::Minute() {
  ++minute_;
  const absl::Duration end = calendar_.now() + absl::Minutes(1);
  for (int64_t acts = dice_.Between(0, 2); acts > 0; --acts) {
    calendar_.After(absl::Seconds(dice_.Between(0, 59)), [this] { CourtActs(); });
  }
  if (scene_.searches) calendar_.After(absl::Seconds(search_dice_.Between(0, 59)), [this] { Searches(); });
  for (int second = 0; second < 60; second += 5)
    calendar_.After(absl::Seconds(second), [this] { gateway_->Housekeep(); });
  calendar_.After(absl::Seconds(dice_.Between(0, 59)), [this] { StartGateway(); });
  if (dice_.OneIn(weather_.clock_jump_one_in))
    clock_.wrong_by = dice_.OneIn(2) ? absl::Hours(dice_.Between(-48, 24 * 9)) : absl::ZeroDuration();
  clock_was_wrong_ |= clock_.wrong_by != absl::ZeroDuration();
  if (dice_.OneIn(weather_.night_one_in)) {
    calendar_.After(absl::Seconds(dice_.Between(0, 59)),
                    [this] { calendar_.Sleep(absl::Hours(dice_.Between(3, 40))); });
  }
  bool over = false;
  calendar_.After(end - calendar_.now(), [&] { over = true; });
  while (!over && calendar_.RunNext()) {
  }
  for (Agency* agency : agencies_) agency->People(/*all=*/false);
  Recovery();
  Thief();
  CallOff();
  Objections(/*raise=*/true);
  Judge();
}

void World::HealAndDrain() {
  if (!violations_.empty()) return;
  weather_ = {};
  // Half of what is open at the core's payment system may still come back; then everything settles.
  for (int i = 0, settled = 0; i < 400 && violations_.empty(); ++i) {
    StartGateway();
    ++minute_;
    // Days pass until the last search has begun.
    if (i > 2 && gateway_->up() && NextSearch() < absl::InfiniteFuture())
      calendar_.Sleep(
          std::min(absl::Hours(6), std::max(NextSearch() - gateway_->state().recorded, absl::ZeroDuration())));
    bool over = false;
    for (int second = 0; second < 60; second += 5)
      calendar_.After(absl::Seconds(second), [this] { gateway_->Housekeep(); });
    calendar_.After(absl::Minutes(1), [&] { over = true; });
    while (!over && calendar_.RunNext()) {
    }
    for (Agency* agency : agencies_) agency->People(/*all=*/true);
    Recovery();
    Thief();
    Objections(/*raise=*/false);
    Judge();
    bool open = (DataLost() && recovered_in_ == 0) || !lost_.empty();
    open |= std::any_of(pending_.begin(), pending_.end(), [](const auto& batch) { return !batch->done; });
    if (gateway_->up()) {
      for (const auto& [seq, order] : gateway_->state().orders) open |= !order.complete();
      for (const auto& [index, thread] : gateway_->state().objections) open |= thread.open();
    }
    for (Agency* agency : agencies_) open |= agency->agent == nullptr || !agency->agent->Idle() || agency->Busy();
    if (!gateway_->up() || !violations_.empty()) continue;  // it can't be asked, or is judged already
    open |= !AllHaveStated();
    settled = open ? 0 : settled + 1;
    if (settled <= (recovered_in_ != 0 ? kTellForgottenMinutes : 0) || i <= 2) continue;
    if (Days()) return JudgeAtTheEnd();
    settled = 0;
  }
  if (!violations_.empty()) return;
  std::string stuck;
  for (const auto& [seq, order] : gateway_->state().orders) {
    if (!order.complete()) absl::StrAppend(&stuck, " ", seq, "(", Action_Name(order.action), ")");
  }
  for (const auto& batch : pending_) stuck += batch->done ? "" : " a batch without answer";
  for (Agency* agency : agencies_) stuck += agency->agent->Idle() && !agency->Busy() ? "" : " agency " + agency->code;
  for (const Agency* agency : agencies_) {
    const std::string& day = gateway_->state().PositionOf(agency->caller.agency).seen.complete_day;
    if (day < day_awaited_)
      absl::StrAppend(&stuck, " the statement of ", day_awaited_, " of ", agency->code, ", whose last one is of ", day);
  }
  Blame("not everything was finished in good weather:" + stuck);
}

Numbers World::numbers() const {
  Numbers out = numbers_;
  out.orders = acknowledged_.size(), out.refused = refused_.size(), out.gateway_crashes = gateway_->crashes();
  if (registry_ != nullptr) {
    for (const auto& [act, times] : registry_->law.acts()) out.acts[act] += times;
  }
  return out;
}

std::string World::Fingerprint() {
  const auto reader = gateway_->Read();
  journal::Sha256Stream stream;
  (void)core::ForEachEntry(*reader, 0, [&](uint64_t, std::string_view leaf, std::string_view) {
    stream.Update(leaf);
    return absl::OkStatus();
  });
  return HexEncode(journal::View(stream.Finish()));
}

}  // namespace eagle::sim
