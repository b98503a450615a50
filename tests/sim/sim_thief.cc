// A key is stolen amid the traffic: the court revokes it, states another one, and signs anew what stands still. Every
// step looks at where things stand and is taken again each minute until it has had its effect, so that any of its calls
// may be lost.
#include "absl/strings/str_cat.h"
#include "server/base/uuid.h"
#include "server/domain/instant.h"
#include "server/trust/make_batch.h"
#include "tests/sim/sim_bank.h"
#include "tests/sim/sim_world.h"

namespace eagle::sim {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

namespace {

constexpr char kCode[] = "辽9901", kSubject[] = "court/辽9901/officer/cosigner", kSecond[] = "cosigner 2";

}  // namespace

void World::Thief() {
  if (theft_at_ == 0 || minute_ < theft_at_) return;
  if (minute_ == theft_at_) cosigner_ = kSecond;  // he knows it, and signs with the stolen one no more
  if (!gateway_->up() || (DataLost() && !up_to_date_ && !waits_for_key_)) return;
  const domain::StatementOnFile* file = gateway_->state().directory.StatementAbout(kSubject);
  if (file->statement.kind() == STATEMENT_KIND_REVOKED) return StateNewKey();
  if (file->statement.key() != signers_[kSecond]->public_key()) return Revoke();
  SignAnew();
}

void World::SubmitOwn(Statement statement) {
  const domain::StatementOnFile* file = gateway_->state().directory.StatementAbout(kSubject);
  statement.set_subject(kSubject), statement.set_environment(ENVIRONMENT_TEST);
  statement.set_sequence(file->statement.sequence() + 1), statement.set_previous_digest(file->digest);
  *statement.mutable_valid_from() = domain::ToProto(true_clock_.True() - absl::Hours(24 * 30));
  *statement.mutable_valid_until() = domain::ToProto(true_clock_.True() + absl::Hours(24 * 3650));
  SubmitStatementsRequest request;
  *request.mutable_batch() = trust::MakeBatch({.member_type = MEMBER_TYPE_STATEMENT,
                                               .environment = ENVIRONMENT_TEST,
                                               .signer = kCode,
                                               .sequence = next_statement_++,
                                               .signed_at = clock_.True()},
                                              {statement.SerializeAsString()}, {signers_["court"].get()});
  // A statement that was accepted once and is lost comes again as it was: agencies have it.
  if (loss_at_ != 0) request = own_statements_.emplace(absl::StrCat(statement.sequence()), request).first->second;
  Travel([this, request] {
    if (!gateway_->up()) return;
    gateway_->handlers().SubmitStatements(court_, request, [](const absl::StatusOr<SubmitStatementsResponse>&) {});
    gateway_->Kick();
  });
}

void World::Revoke() {
  Statement revoked;
  revoked.set_kind(STATEMENT_KIND_REVOKED);
  *revoked.mutable_compromised_since() =
      domain::ToProto(clock_.True() - absl::Minutes(static_cast<int64_t>(seed_ % 7)));
  SubmitOwn(std::move(revoked));
}

void World::StateNewKey() {
  Statement officer;
  officer.set_kind(STATEMENT_KIND_OFFICER), officer.set_algorithm(KEY_ALGORITHM_ED25519);
  officer.set_key(signers_[kSecond]->public_key());
  officer.add_roles(OFFICER_ROLE_COSIGNER);
  officer.mutable_officer()->set_name("cosigner"), officer.mutable_officer()->set_work_id_no("W1");
  officer.mutable_officer()->set_duty_card_no("D1");
  SubmitOwn(std::move(officer));
}

void World::Withdraw(const WithdrawOrderRequest& request) {
  Travel([this, request] {
    if (!gateway_->up()) return;
    gateway_->handlers().WithdrawOrder(court_, request, [](const absl::StatusOr<WithdrawOrderResponse>&) {});
    gateway_->Kick();
  });
}

void World::SignAnew() {
  const domain::State& state = gateway_->state();
  for (const std::shared_ptr<PendingBatch>& batch : pending_) {
    ResumeOrdersRequest request;
    for (const std::string& member : batch->request.batch().members()) {
      goldeneagle::v1::Order order;
      order.ParseFromString(member);
      const auto id = state.ids.find(order.order_id());
      const domain::Order* row = id == state.ids.end() ? nullptr : state.FindOrder(OrderSeq(id->second.index));
      if (row == nullptr || row->paused.empty()) continue;
      if (state.recorded < domain::FromProto(order.not_after()) - absl::Hours(1)) {
        request.add_order_ids(order.order_id());
        continue;
      }
      WithdrawOrderRequest withdraw;
      withdraw.set_order_id(order.order_id()), withdraw.set_request_id(NewId());
      withdrawals_.push_back(withdraw);
      Withdraw(withdraw);
    }
    if (request.order_ids().empty()) continue;
    SignedBatch anew = batch->request.batch();
    anew.mutable_head()->clear_signatures();
    for (const char* name : {"handler", kSecond}) (void)trust::AddSignature(anew, *signers_[name]);
    *request.mutable_head() = anew.head();
    Travel([this, request] {
      if (!gateway_->up()) return;
      gateway_->handlers().ResumeOrders(court_, request, [](const absl::StatusOr<ResumeOrdersResponse>&) {});
      gateway_->Kick();
    });
  }
}

}  // namespace eagle::sim
