#include "adapters/sdk/verifier.h"

#include <algorithm>

#include "server/base/civil_day.h"
#include "server/base/money.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/trust/strict.h"
#include "server/trust/timestamps.h"

namespace eagle::sdk {
namespace {

// By so much an agency's clock may be slow before an order that waited looks too early to it.
constexpr absl::Duration kClockSkew = absl::Minutes(10);

bool IsNamed(const v1::Order& order, const std::string& agency) {
  return std::find(order.agencies().begin(), order.agencies().end(), agency) != order.agencies().end();
}

// Whether `signers` can be given to `roles` one to one, each to one who has the role. Few of both.
bool CanCover(const std::vector<v1::OfficerRole>& roles, const std::vector<const trust::Officer*>& signers, size_t role,
              std::vector<bool>& used) {
  if (role == roles.size()) return true;
  for (size_t i = 0; i < signers.size(); ++i) {
    if (used[i] || !signers[i]->Has(roles[role])) continue;
    used[i] = true;
    if (CanCover(roles, signers, role + 1, used)) return true;
    used[i] = false;
  }
  return false;
}

void CheckTerm(const v1::Term& term, const std::string& path, Violations& wrong) {
  if ((term.months() == 0) == (term.years() == 0) || term.months() > 1200 || term.years() > 100)
    wrong.Add(path, Reason::kFieldInvalid, "months or years");
}

void CheckAsset(const v1::AssetTarget& asset, Violations& wrong) {
  if (asset.asset_kind().empty() || asset.unit_number().empty())
    wrong.Add("freeze.asset", Reason::kFieldMissing, "name the thing");
  if (asset.share_numerator() == 0 || asset.share_denominator() < asset.share_numerator()) {
    wrong.Add("freeze.asset.share_numerator", Reason::kFieldInvalid, "a part of one");
  }
}

// Of what the unit's counter has: thing or money, with its own term and inflow.
void CheckCounter(const v1::CounterMeasure& counter, Violations& wrong) {
  if (counter.unit_reference().empty() || counter.document_number().empty() || counter.asset_kind().empty())
    wrong.Add("freeze.counter", Reason::kFieldMissing, "name the unit's reference, the document and the kind of asset");
}

void CheckFreeze(const v1::Freeze& freeze, bool has_exception, Violations& wrong) {
  const bool counter = freeze.has_counter(), thing = freeze.has_asset() || counter;
  if (freeze.target_case() == v1::Freeze::TARGET_NOT_SET)
    wrong.Add("freeze.target", Reason::kFieldMissing, "say what is frozen");
  if (!IsCurrency(freeze.currency())) wrong.Add("freeze.currency", Reason::kFieldInvalid, "an ISO 4217 code");
  if (!IsAmount(freeze.limit_minor_units()) && !(thing && has_exception && freeze.limit_minor_units() == 0)) {
    wrong.Add("freeze.limit_minor_units", Reason::kAmountInvalid, "a definite amount");
  }
  if (!thing && freeze.inflow() != v1::INFLOW_CAPTURE && freeze.inflow() != v1::INFLOW_NONE) {
    wrong.Add("freeze.inflow", Reason::kFieldMissing, "say what happens to money that arrives later");
  }
  if (!counter) CheckTerm(freeze.term(), "freeze.term", wrong);
  if (freeze.has_account() && freeze.account().account_number().empty()) {
    wrong.Add("freeze.account.account_number", Reason::kFieldMissing, "name the account");
  }
  if (freeze.has_product() && (freeze.product().product_number().empty() || freeze.product().quantity_e4() < 0))
    wrong.Add("freeze.product", Reason::kFieldMissing, "name the product; a quantity is not below zero");
  if (freeze.has_asset()) CheckAsset(freeze.asset(), wrong);
  if (counter) CheckCounter(freeze.counter(), wrong);
}

void CheckExtractIncome(const v1::ExtractIncome& extract, Violations& wrong) {
  if (extract.account_number().empty())
    wrong.Add("extract_income.account_number", Reason::kFieldMissing, "name the account");
  if (!IsCurrency(extract.currency())) wrong.Add("extract_income.currency", Reason::kFieldInvalid, "an ISO 4217 code");
  if (!IsAmount(extract.limit_minor_units()))
    wrong.Add("extract_income.limit_minor_units", Reason::kAmountInvalid, "a definite amount");
  if (!IsAmount(extract.kept_per_month_minor_units()))
    wrong.Add("extract_income.kept_per_month_minor_units", Reason::kAmountInvalid, "a definite amount");
  CheckTerm(extract.term(), "extract_income.term", wrong);
}

void CheckTransfer(const v1::TransferTitle& transfer, Violations& wrong) {
  if (transfer.freeze_order_id().size() != kUuidBytes)
    wrong.Add("transfer_title.freeze_order_id", Reason::kFieldInvalid, "16 bytes");
  const v1::Identity& owner = transfer.transferee();
  if (owner.name().empty() || owner.id_kind().empty() || owner.id_number().empty())
    wrong.Add("transfer_title.transferee", Reason::kFieldMissing, "name, kind and number of exactly one person");
  const bool all = transfer.share_numerator() == 0 && transfer.share_denominator() == 0;
  if (!all && (transfer.share_numerator() == 0 || transfer.share_denominator() < transfer.share_numerator()))
    wrong.Add("transfer_title.share_numerator", Reason::kFieldInvalid, "a part of one");
  if (transfer.ground().empty())
    wrong.Add("transfer_title.ground", Reason::kFieldMissing, "say how it came to the new owner");
  const int64_t proceeds = transfer.proceeds_minor_units();
  if (proceeds != 0 && !IsAmount(proceeds))
    wrong.Add("transfer_title.proceeds_minor_units", Reason::kAmountInvalid, "0 or a definite amount");
}

void CheckLocate(const v1::Locate& locate, Violations& wrong) {
  if (locate.freeze_order_id().size() != kUuidBytes)
    wrong.Add("locate.freeze_order_id", Reason::kFieldInvalid, "16 bytes");
  CheckTerm(locate.term(), "locate.term", wrong);
  if (locate.hold() && (locate.collect_contact().empty() || locate.collect_phone().empty()))
    wrong.Add("locate.collect_contact", Reason::kFieldMissing, "say who takes over what is held");
}

void CheckAct(const v1::Order& order, Violations& wrong) {
  const auto act = order.act_case();
  const auto fits = [&](v1::Action action, v1::Order::ActCase expected) {
    return order.action() == action && act == expected;
  };
  if (!fits(v1::ACTION_INQUIRE, v1::Order::kInquire) && !fits(v1::ACTION_FREEZE, v1::Order::kFreeze) &&
      !fits(v1::ACTION_RELEASE, v1::Order::kRelease) && !fits(v1::ACTION_DEDUCT, v1::Order::kDeduct) &&
      !fits(v1::ACTION_RENEW, v1::Order::kRenew) && !fits(v1::ACTION_EXTRACT_INCOME, v1::Order::kExtractIncome) &&
      !fits(v1::ACTION_TRANSFER_TITLE, v1::Order::kTransferTitle) && !fits(v1::ACTION_LOCATE, v1::Order::kLocate)) {
    wrong.Add("act", Reason::kFieldInvalid, "the act must be the one of the action");
    return;
  }
  if (act != v1::Order::kInquire && order.agencies_size() != 1) {
    wrong.Add("agencies", Reason::kFieldInvalid, "a control order names exactly one agency");
  }
  if (act == v1::Order::kInquire && order.inquire().has_transactions()) {
    const auto first = ParseCivilDay(order.inquire().transactions().first_day());
    const auto last = ParseCivilDay(order.inquire().transactions().last_day());
    if (!first || !last || *last < *first)
      wrong.Add("inquire.transactions", Reason::kFieldInvalid, "two days as 2026-09-28, the last not before the first");
  }
  if (act == v1::Order::kTransferTitle) CheckTransfer(order.transfer_title(), wrong);
  if (act == v1::Order::kLocate) CheckLocate(order.locate(), wrong);
  if (act == v1::Order::kFreeze) CheckFreeze(order.freeze(), order.has_over_cap_exception(), wrong);
  if (act == v1::Order::kExtractIncome) CheckExtractIncome(order.extract_income(), wrong);
  if (act == v1::Order::kRelease) {
    if (order.release().freeze_order_id().size() != kUuidBytes)
      wrong.Add("release.freeze_order_id", Reason::kFieldInvalid, "16 bytes");
    const int64_t amount = order.release().amount_minor_units();
    if (amount != 0 && !IsAmount(amount))
      wrong.Add("release.amount_minor_units", Reason::kAmountInvalid, "0 or a definite amount");
  }
  if (act == v1::Order::kRenew) {
    if (order.renew().freeze_order_id().size() != kUuidBytes)
      wrong.Add("renew.freeze_order_id", Reason::kFieldInvalid, "16 bytes");
    CheckTerm(order.renew().term(), "renew.term", wrong);
  }
  if (act == v1::Order::kDeduct) {
    if (order.deduct().freeze_order_id().size() != kUuidBytes)
      wrong.Add("deduct.freeze_order_id", Reason::kFieldInvalid, "16 bytes");
    if (!IsCurrency(order.deduct().currency())) wrong.Add("deduct.currency", Reason::kFieldInvalid, "an ISO 4217 code");
    if (!IsAmount(order.deduct().amount_minor_units()))
      wrong.Add("deduct.amount_minor_units", Reason::kAmountInvalid, "a definite amount");
  }
}

}  // namespace

int64_t AmountOf(const v1::Order& order) {
  if (order.has_freeze()) return order.freeze().limit_minor_units();
  if (order.has_extract_income()) return order.extract_income().limit_minor_units();
  if (order.has_transfer_title()) return order.transfer_title().proceeds_minor_units();
  return order.has_deduct() ? order.deduct().amount_minor_units() : 0;
}

absl::Status CheckOrder(const v1::Order& order) {
  Violations wrong;
  if (!IsUuidV7(order.order_id())) wrong.Add("order_id", Reason::kFieldInvalid, "a UUIDv7, 16 bytes");
  if (order.case_number().empty()) wrong.Add("case_number", Reason::kFieldMissing, "name the case");
  if (order.subject().name().empty() || order.subject().id_number().empty() || order.subject().id_kind().empty()) {
    wrong.Add("subject", Reason::kFieldMissing, "name, kind and number of exactly one person");
  }
  if (!order.has_not_after() || !trust::TimeOf(order.not_after()))
    wrong.Add("not_after", Reason::kFieldMissing, "an instant");
  if (order.has_not_before() && !trust::TimeOf(order.not_before()))
    wrong.Add("not_before", Reason::kFieldInvalid, "an instant");
  CheckAct(order, wrong);
  return wrong.empty() ? absl::OkStatus() : wrong.ToStatus("the order can't be carried out as it is written");
}

Verdict OrderVerifier::Verify(const v1::SignedMember& member, absl::Time arrived_at) {
  Verdict verdict;
  verdict.status = Judge(member, arrived_at, verdict);
  // Whose order it says it is, to answer it; a refused one is read as far as it can be.
  if (!verdict.status.ok() && !verdict.order) {
    if (auto order = trust::ParseTolerant<v1::Order>(member.member()); order.ok()) verdict.order = *std::move(order);
  }
  return verdict;
}

absl::Status OrderVerifier::Judge(const v1::SignedMember& member, absl::Time arrived_at, Verdict& verdict) {
  EAGLE_ASSIGN_OR_RETURN(const trust::ParsedMember parsed, trust::ParseMember(member));
  EAGLE_RETURN_IF_ERROR(trust::ExpectHead(parsed.head, v1::MEMBER_TYPE_ORDER, config_.environment));

  // Who signed, before what they signed is looked at.
  verdict.may_lag = true;
  const std::vector<trust::Officer> officers = book_.OfficersOf(parsed.head.signer(), arrived_at);
  if (book_.IsRevoked("court/" + parsed.head.signer()))
    return Fail(Reason::kKeyRevoked, "the court's key was revoked, and none was stated since");
  std::vector<trust::CandidateKey> candidates = trust::CandidatesOf(officers);
  const std::vector<trust::CandidateKey> revoked = book_.RevokedKeysOf(parsed.head.signer(), officers.size());
  candidates.insert(candidates.end(), revoked.begin(), revoked.end());
  if (candidates.empty()) return Fail(Reason::kSignerUnknown, "no officer of this court is on our register now");
  EAGLE_ASSIGN_OR_RETURN(std::vector<uint64_t> signed_by, cache_.CheckSignatures(parsed, candidates, checker_));
  verdict.may_lag = false;
  // Whenever it was made: whoever has the key writes into the head what time he likes.
  const bool revoked_too = signed_by.back() >= officers.size();
  std::erase_if(signed_by, [&](uint64_t id) { return id >= officers.size(); });
  if (signed_by.empty()) return Fail(Reason::kKeyRevoked, "only revoked keys signed it");

  EAGLE_ASSIGN_OR_RETURN(verdict.order, trust::ParseStrict<v1::Order>(parsed.member));
  const v1::Order& order = *verdict.order;
  if (order.court() != parsed.head.signer())
    return Fail(Reason::kSignatureInvalid, "signed for another court than the order names");
  if (!IsNamed(order, config_.agency)) return Fail(Reason::kAudienceMismatch, "the order is addressed to others");
  verdict.may_lag = true;
  absl::Status people = CheckOfficers(order, officers, signed_by);
  if (people.ok()) people = CheckRules(order, officers, signed_by);
  if (!people.ok() && revoked_too)
    return Fail(Reason::kKeyRevoked, "a key that signed was revoked, and the other signatures don't suffice");
  EAGLE_RETURN_IF_ERROR(people);
  verdict.may_lag = false;
  EAGLE_RETURN_IF_ERROR(CheckOrder(order));
  // Before what is right about it: whoever sent it out has no say yet.
  if (order.has_not_before() && arrived_at + kClockSkew < trust::TimeOf(order.not_before()))
    return Fail(Reason::kOrderNotYet, "the order arrived before its own not-before");
  if (arrived_at > trust::TimeOf(order.not_after()))
    return Fail(Reason::kOrderExpired, "the order's own not-after passed before it arrived");
  if (!order.has_deduct() && !order.has_extract_income()) return absl::OkStatus();
  absl::Status account = CheckAccount(order, arrived_at);
  verdict.may_lag = !account.ok();
  return account;
}

// The officers that the order names are those on our register, with the same two credentials.
absl::Status OrderVerifier::CheckOfficers(const v1::Order& order, const std::vector<trust::Officer>& officers,
                                          const std::vector<uint64_t>& signed_by) const {
  if (order.officers().empty()) return Fail(Reason::kOfficerNotValid, "the order names no officer");
  for (int i = 0; i < order.officers_size(); ++i) {
    const v1::OfficerRef& ref = order.officers(i);
    const auto officer = std::find_if(officers.begin(), officers.end(),
                                      [&](const trust::Officer& one) { return one.code == ref.officer(); });
    if (officer == officers.end() || officer->details.work_id_no() != ref.work_id_no() ||
        officer->details.duty_card_no() != ref.duty_card_no()) {
      return Fail(Reason::kOfficerNotValid,
                  "an officer named in the order isn't on our register with these credentials");
    }
    const auto id = static_cast<uint64_t>(officer - officers.begin());
    if (i == 0 && std::find(signed_by.begin(), signed_by.end(), id) == signed_by.end()) {
      return Fail(Reason::kSignaturesMissing, "the handler whom the order names did not sign it");
    }
  }
  return absl::OkStatus();
}

absl::Status OrderVerifier::CheckRules(const v1::Order& order, const std::vector<trust::Officer>& officers,
                                       const std::vector<uint64_t>& signed_by) const {
  std::vector<const trust::Officer*> signers;
  for (uint64_t id : signed_by) signers.push_back(&officers[id]);
  bool ruled = false;
  for (const SignatureRule& rule : config_.signature_rules) {
    if (rule.action != order.action() || (rule.above_minor_units > 0 && AmountOf(order) <= rule.above_minor_units))
      continue;
    ruled = true;
    std::vector<v1::OfficerRole> roles = rule.roles;
    if (order.has_confirmed() && std::find(roles.begin(), roles.end(), v1::OFFICER_ROLE_LEADER) == roles.end())
      roles.push_back(v1::OFFICER_ROLE_LEADER);
    std::vector<bool> used(signers.size());
    if (!CanCover(roles, signers, 0, used))
      return Fail(Reason::kSignaturesMissing, "another officer in another role must sign");
  }
  if (!ruled) return Fail(Reason::kSignaturesMissing, "no rule of ours allows this action");
  const auto led = [&](const std::string& leader) {
    return std::any_of(signers.begin(), signers.end(), [&](const trust::Officer* signer) {
      return signer->code == leader && signer->Has(v1::OFFICER_ROLE_LEADER);
    });
  };
  if (order.has_confirmed() && !led(order.confirmed().leader()))
    return Fail(Reason::kConfirmationNotSigned, "the leader who confirms the amount did not sign");
  if (order.has_over_cap_exception() && !led(order.over_cap_exception().leader()))
    return Fail(Reason::kExceptionNotSigned, "the leader whom the exception names did not sign");
  return absl::OkStatus();
}

absl::Status OrderVerifier::CheckAccount(const v1::Order& order, absl::Time arrived_at) const {
  const bool deducts = order.has_deduct();
  const auto digest =
      journal::HashFrom(deducts ? order.deduct().account_statement() : order.extract_income().account_statement());
  const auto account = digest ? book_.AccountByDigest(*digest, arrived_at) : std::nullopt;
  const v1::CourtAccount& named = deducts ? order.deduct().account() : order.extract_income().account();
  if (!account || account->court != order.court() || account->details.account_name() != named.account_name() ||
      account->details.bank() != named.bank() || account->details.account_number() != named.account_number()) {
    return Fail(Reason::kAccountNotCourts, "the account isn't one that the court's own statement in force names");
  }
  return absl::OkStatus();
}

}  // namespace eagle::sdk
