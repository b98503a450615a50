// The private half of the fold: what payloads tell. The public half is in apply.cc.
#include "server/base/assert.h"
#include "server/domain/apply.h"
#include "server/domain/apply_parts.h"
#include "server/domain/apply_receipt.h"
#include "server/domain/instant.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

CaseAct ActOf(const Entry& entry) { return Parse<CaseAct>(Parse<CasePayload>(*entry.payload).member()); }

// What the ledger has to know of the respondents, as they stand now.
void RestateRespondents(Case& of) {
  std::vector<int64_t> liabilities;
  for (const auto& respondent : of.open.respondents()) liabilities.push_back(respondent.liability_cap_minor_units());
  of.ledger.SetCaps(of.open.claim().cap_minor_units(), std::move(liabilities));
  std::vector<bool> removed;
  for (const Standing& standing : of.standings) removed.push_back(standing.removed);
  of.ledger.SetRemoved(std::move(removed));
}

void SetClaim(State& state, Case& of, const Claim& claim) {
  ClaimHistory& history = state.claims[of.court.value()];
  if (of.ledger.cap() > 0) history.Remove(of.ledger.cap());
  history.Add(claim.cap_minor_units());
  *of.open.mutable_claim() = claim;
  RestateRespondents(of);
}

void SetRespondents(Case& of, const CaseRespondentsChanged& body, const ChangeRespondents& change, absl::Time at) {
  for (int i = 0; i < body.added_size(); ++i) {
    const auto place = static_cast<int>(body.added(i));
    if (place == of.open.respondents_size()) of.open.add_respondents(), of.standings.emplace_back();
    *of.open.mutable_respondents(place) = change.add(i);
    of.standings[body.added(i)] = {.removed = false, .since = at};
  }
  for (uint32_t place : body.removed()) of.standings[place] = {.removed = true, .since = at};
  RestateRespondents(of);
}

void PrivateCase(const Entry& entry, State& state) {
  Case& of = CaseOf(state, entry.type == ENTRY_TYPE_CASE_OPENED ? CaseSeq(entry.index) : entry.case_seq);
  if (!entry.payload) {
    of.readable = false;
    return;
  }
  const CaseAct act = ActOf(entry);
  if (act.has_open()) {
    of.open = act.open();
    of.standings.assign(static_cast<size_t>(act.open().respondents_size()), {.removed = false, .since = entry.time});
    SetClaim(state, of, act.open().claim());
  } else if (act.has_cap()) {
    SetClaim(state, of, act.cap().claim());
  } else if (act.has_respondents()) {
    SetRespondents(of, Parse<CaseRespondentsChanged>(entry.body), act.respondents(), entry.time);
  } else if (act.has_stage()) {
    of.closed_at = act.stage().to() == CASE_STAGE_CLOSED ? entry.time : absl::InfiniteFuture();
  }
}

void PrivateOrderAccepted(const Entry& entry, State& state) {
  Case& of = CaseOf(state, entry.case_seq);
  if (!entry.payload) {
    of.readable = false;
    return;
  }
  const auto body = Parse<OrderAccepted>(entry.body);
  const auto payload = Parse<OrderPayload>(*entry.payload);
  CaseOrder& kept = of.orders[entry.index];
  kept.action = body.action();
  kept.respondent = payload.respondent();
  kept.freeze = OrderSeq(body.freeze_order());
  if (body.begins() != 0)
    kept.waiting = std::make_shared<goldeneagle::v1::Order>(Parse<goldeneagle::v1::Order>(payload.member()));
  if (kept.action == ACTION_INQUIRE)
    return;  // moves no money: the order itself, which may name thousands of agencies, needn't be read
  AgencySet::FromBytes(body.targets()).ForEach([&](AgencyOrdinal agency) { kept.agency = agency; });
  const auto order = Parse<goldeneagle::v1::Order>(payload.member());
  if (order.has_freeze()) {
    kept.amount = order.freeze().limit_minor_units();
    Measure measure{
        .freeze = OrderSeq(entry.index),
        .agency = kept.agency,
        .respondent = kept.respondent,
        .is_money = IsMoney(order.freeze()),
        .asset_kind = payload.asset_kind().empty() ? std::string(AssetKindOf(order.freeze())) : payload.asset_kind(),
        .counted = payload.reserved_minor_units() > 0,
        .limit = kept.amount};
    of.ledger.FreezeAccepted(std::move(measure));
  } else if (order.has_extract_income()) {
    kept.amount = order.extract_income().limit_minor_units();
    of.ledger.FreezeAccepted({.freeze = OrderSeq(entry.index),
                              .agency = kept.agency,
                              .respondent = kept.respondent,
                              .asset_kind = std::string(kIncomeKind),
                              .limit = kept.amount});
  } else if (order.has_transfer_title()) {
    kept.amount = order.transfer_title().proceeds_minor_units();
    kept.whole = order.transfer_title().share_numerator() == 0;
    of.ledger.DeductionAccepted(TitleOf(order.transfer_title(), OrderSeq(entry.index), kept.freeze, kept.respondent));
  } else if (order.has_locate()) {
    kept.hold = order.locate().hold();
  } else if (order.has_release()) {
    kept.amount = order.release().amount_minor_units();
  } else if (order.has_renew()) {
    of.ledger.RenewalAccepted(OrderSeq(entry.index), kept.freeze);
  } else if (order.has_deduct()) {
    kept.amount = order.deduct().amount_minor_units();
    of.ledger.DeductionAccepted(
        {.order = OrderSeq(entry.index), .freeze = kept.freeze, .respondent = kept.respondent, .amount = kept.amount});
  }
}

void PrivateBegun(const Entry& entry, State& state) {
  Case& of = CaseOf(state, entry.case_seq);
  const auto it = of.orders.find(entry.order.value());
  if (it != of.orders.end()) it->second.waiting = nullptr;
}

void PrivateWithdrawn(const Entry& entry, State& state) {
  Case& of = CaseOf(state, entry.case_seq);
  const auto it = of.orders.find(entry.order.value());
  if (it == of.orders.end()) return;
  if (Parse<OrderWithdrawn>(entry.body).completes()) it->second.waiting = nullptr;
  if (MakesMeasure(it->second.action)) of.ledger.FreezeRefused(entry.order);
  if (it->second.action == ACTION_TRANSFER_TITLE) of.ledger.TitleAnswered(entry.order, OUTCOME_UNSPECIFIED, nullptr);
  if (it->second.action == ACTION_RENEW) of.ledger.RenewalAnswered(entry.order, it->second.freeze);
  if (it->second.action == ACTION_DEDUCT) of.ledger.DeductionRefused(entry.order, nullptr);
}

void PrivateAdopted(const Entry& entry, State& state) {
  const auto body = Parse<Adopted>(entry.body);
  state.changes.directory = true;
  if (const auto it = state.proposals.find(body.proposal()); it != state.proposals.end()) it->second.in_effect = true;
  if (entry.type == ENTRY_TYPE_CASE_ERASED) {
    Case& of = CaseOf(state, entry.case_seq);
    if (of.ledger.cap() > 0) state.claims[of.court.value()].Remove(of.ledger.cap());
    of.readable = false;
    of.open.Clear();
    of.standings.clear();
    of.removed_measures.clear();
    of.ledger = {};
    of.orders.clear();
    of.surplus_amount = 0;
    return;
  }
  if (entry.type == ENTRY_TYPE_CLOCK_ACCEPTED) {
    state.clock_alarm = 0;
    return;
  }
  if (entry.type == ENTRY_TYPE_READING_GRANTED) {
    state.directory.PutGrant(body.reading());
    return;
  }
  if (entry.type == ENTRY_TYPE_WITNESSES_REGISTERED) {
    state.witnessing.registered = body.witnesses();
    state.witnessing.registered_at = entry.time;
    return;
  }
  GATEWAY_ASSERT(entry.payload.has_value(), "the log's own payloads are never erased");
  const auto payload = Parse<AdoptedPayload>(*entry.payload);
  switch (payload.change_case()) {
    case AdoptedPayload::kCourt:
      state.directory.PutCourt(CourtOrdinal(body.ordinal()), entry.key_id, payload.court());
      break;
    case AdoptedPayload::kAgency:
      state.directory.PutAgency(AgencyOrdinal(body.ordinal()), entry.key_id, payload.agency());
      break;
    case AdoptedPayload::kSystem:
      state.directory.PutSystem(payload.system());
      break;
    case AdoptedPayload::kPolicy: {
      auto policy = Policy::Create(payload.policy().table());
      GATEWAY_ASSERT(policy.ok(), "only a checked policy is installed");
      state.policy = *policy;
      state.policy_index = entry.index;
      state.policy_since = entry.time;
      break;
    }
    case AdoptedPayload::CHANGE_NOT_SET:
      break;
  }
}

// The version itself is in the public half.
void PrivateAdapter(const Entry& entry, State& state) {
  const auto proposal = state.proposals.find(Parse<AdapterApproved>(entry.body).proposal());
  if (proposal != state.proposals.end()) proposal->second.in_effect = true;
}

void PrivateProposal(const Entry& entry, State& state) {
  GATEWAY_ASSERT(entry.payload.has_value(), "the log's own payloads are never erased");
  if (entry.type == ENTRY_TYPE_PROPOSAL_MADE) {
    const auto member = Parse<AdministrationPayload>(*entry.payload).member();
    ProposalState& made = state.proposals[entry.index];
    made.digest = Parse<ProposalMade>(entry.body).digest();
    made.member = member;
    made.proposal = Parse<Administration>(member).proposal();
    made.approvers.insert(entry.actor);
  } else {
    state.proposals[Parse<ProposalApproved>(entry.body).proposal()].approvers.insert(entry.actor);
  }
}

void PrivateStatement(const Entry& entry, State& state) {
  GATEWAY_ASSERT(entry.payload.has_value(), "statements are never erased");
  const auto body = Parse<StatementAccepted>(entry.body);
  state.directory.PutStatement(entry.index, body.digest(),
                               Parse<Statement>(Parse<StatementPayload>(*entry.payload).member()));
  state.changes.directory = true;
}

void PrivateSurplus(const Entry& entry, State& state) {
  Case& of = CaseOf(state, entry.case_seq);
  of.surplus_amount = 0;
  of.removed_measures.clear();
  if (entry.type == ENTRY_TYPE_SURPLUS_ARISEN && entry.payload) {
    const auto payload = Parse<SurplusPayload>(*entry.payload);
    of.surplus_amount = payload.surplus_minor_units();
    of.removed_measures.assign(payload.removed_measures().begin(), payload.removed_measures().end());
  }
}

}  // namespace

void ApplyPrivate(const Entry& entry, State& state) {
  switch (entry.type) {
    case ENTRY_TYPE_LOG_FOUNDED:
      state.directory.Found(Parse<LogFounded>(entry.body));
      state.changes.directory = true;
      break;
    case ENTRY_TYPE_LOG_RECOVERED: {
      Recovered recovered{.index = entry.index, .document = Parse<LogRecovered>(entry.body).document()};
      recovered.recovery = Parse<Recovery>(recovered.document.payload());
      state.directory.Recover(std::move(recovered));
      state.changes.directory = true;
      break;
    }
    case ENTRY_TYPE_PROPOSAL_MADE:
    case ENTRY_TYPE_PROPOSAL_APPROVED:
      PrivateProposal(entry, state);
      break;
    case ENTRY_TYPE_COURT_REGISTERED:
    case ENTRY_TYPE_AGENCY_REGISTERED:
    case ENTRY_TYPE_SYSTEM_REGISTERED:
    case ENTRY_TYPE_POLICY_INSTALLED:
    case ENTRY_TYPE_WITNESSES_REGISTERED:
    case ENTRY_TYPE_CLOCK_ACCEPTED:
    case ENTRY_TYPE_CASE_ERASED:
    case ENTRY_TYPE_READING_GRANTED:
      PrivateAdopted(entry, state);
      break;
    case ENTRY_TYPE_ADAPTER_APPROVED:
      PrivateAdapter(entry, state);
      break;
    case ENTRY_TYPE_CLOCK_ALARM:
      state.clock_alarm = entry.index;
      break;
    case ENTRY_TYPE_STATEMENT_ACCEPTED:
      PrivateStatement(entry, state);
      break;
    case ENTRY_TYPE_CASE_OPENED:
    case ENTRY_TYPE_CASE_STAGE_CHANGED:
    case ENTRY_TYPE_CASE_CAP_CHANGED:
    case ENTRY_TYPE_CASE_RESPONDENTS_CHANGED:
      PrivateCase(entry, state);
      break;
    case ENTRY_TYPE_ORDER_ACCEPTED:
      PrivateOrderAccepted(entry, state);
      break;
    case ENTRY_TYPE_ORDER_BEGUN:
      PrivateBegun(entry, state);
      break;
    case ENTRY_TYPE_ORDER_WITHDRAWN:
      PrivateWithdrawn(entry, state);
      break;
    case ENTRY_TYPE_TASK_REPORTED:
    case ENTRY_TYPE_TASK_ANSWERED:
    case ENTRY_TYPE_RECEIPT_CONFLICT:
    case ENTRY_TYPE_MEASURE_CHANGED:
      ApplyReceipt(entry, CaseOf(state, entry.case_seq));
      break;
    case ENTRY_TYPE_SURPLUS_ARISEN:
    case ENTRY_TYPE_SURPLUS_CLEARED:
      PrivateSurplus(entry, state);
      break;
    case ENTRY_TYPE_MEASURE_MARKED: {
      const auto body = Parse<MeasureMarked>(entry.body);
      CaseOf(state, entry.case_seq)
          .ledger.EndMarked(OrderSeq(body.freeze_order()), FromMicros(body.ends()), body.days_before());
      break;
    }
    default:
      break;  // no private half
  }
}

}  // namespace eagle::domain
