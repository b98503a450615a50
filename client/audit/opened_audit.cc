// What the opened acts say, against the leaves.
#include "client/audit/opened_audit.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/audit/acts.h"
#include "client/audit/agency_bits.h"
#include "client/audit/demanded.h"
#include "client/audit/opened_due.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

// Members of one kind say the same when their bytes are the same: both were serialised by this program, now.
bool Same(const google::protobuf::MessageLite& a, const google::protobuf::MessageLite& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

// The kind of a proposal is the name of what it sets; empty when it sets nothing.
std::string ChangeName(const Proposal& proposal) {
  const auto* field =
      proposal.GetReflection()->GetOneofFieldDescriptor(proposal, Proposal::descriptor()->FindOneofByName("change"));
  return field == nullptr ? "" : field->name();
}

}  // namespace

void OpenedAudit::Take(std::string_view bytes, std::string_view sealed) {
  const auto decoded = journal::DecodeLeaf(bytes);
  if (!decoded.ok()) return;  // the public audit has found it
  const journal::Leaf& leaf = *decoded;
  if (leaf.type == ENTRY_TYPE_LOG_FOUNDED) register_.founding.ParseFromString(leaf.body);
  FollowIncident(leaf);
  CheckRemovedTold(leaf);
  if (leaf.case_seq) FollowRemoved(leaf);
  FollowEnds(leaf);
  FollowFlag(leaf);
  if (leaf.type == ENTRY_TYPE_DELIVERED) return TakeDelivered(leaf);
  if (leaf.type == ENTRY_TYPE_ADAPTER_APPROVED) return TakeAdapterApproved(leaf);
  if (leaf.type == ENTRY_TYPE_ADAPTER_PRESENT) return CheckExamined(leaf);
  if (leaf.type == ENTRY_TYPE_MEASURE_MARKED) return TakeEndMarked(leaf);
  if (leaf.type == ENTRY_TYPE_CASE_ERASED) {
    for (const auto& [seq, order] : orders_) {
      if (order.case_seq == leaf.case_seq.value()) DisarmEnd(seq);
    }
  }
  if (leaf.type == ENTRY_TYPE_ORDER_WITHDRAWN) ledger_.Withdraw(leaf.case_seq.value(), leaf.order.value());
  if (!leaf.has_payload()) {
    if (!sealed.empty()) Add(Rule::kSeal, leaf, "it commits to no payload, and has one");
    return;
  }
  const std::optional<std::string> payload = Open(leaf, sealed);
  if (!payload) {
    const bool opens = leaf.type == ENTRY_TYPE_CASE_OPENED;
    if (opens || leaf.case_seq) ledger_.Lose(opens ? leaf.index.value() : leaf.case_seq.value());
    if (leaf.case_seq) amounts_.Lose(leaf.case_seq.value());
    const auto of = cases_.find(leaf.case_seq.value());
    if (leaf.type == ENTRY_TYPE_CASE_RESPONDENTS_CHANGED && of != cases_.end()) of->second.knows_people = false;
    return;
  }
  switch (leaf.type) {
    case ENTRY_TYPE_BATCH_HEAD:
      return TakeHead(leaf, *payload);
    case ENTRY_TYPE_PROPOSAL_MADE:
    case ENTRY_TYPE_PROPOSAL_APPROVED:
      return TakeAdministration(leaf, *payload);
    case ENTRY_TYPE_COURT_REGISTERED:
    case ENTRY_TYPE_AGENCY_REGISTERED:
    case ENTRY_TYPE_SYSTEM_REGISTERED:
    case ENTRY_TYPE_POLICY_INSTALLED:
      return TakeAdopted(leaf, *payload);
    case ENTRY_TYPE_STATEMENT_ACCEPTED:
      return TakeStatement(leaf, *payload);
    case ENTRY_TYPE_CASE_OPENED:
    case ENTRY_TYPE_CASE_STAGE_CHANGED:
    case ENTRY_TYPE_CASE_CAP_CHANGED:
    case ENTRY_TYPE_CASE_RESPONDENTS_CHANGED:
      return TakeCase(leaf, *payload);
    case ENTRY_TYPE_ORDER_ACCEPTED:
      return TakeOrder(leaf, *payload);
    case ENTRY_TYPE_ORDER_RESUMED:
      return TakeResumed(leaf, *payload);
    case ENTRY_TYPE_TASK_REPORTED:
    case ENTRY_TYPE_TASK_ANSWERED:
    case ENTRY_TYPE_MEASURE_CHANGED:
    case ENTRY_TYPE_RECEIPT_CONFLICT:
      return TakeReceipt(leaf, *payload);
    case ENTRY_TYPE_OBJECTION_RAISED:
    case ENTRY_TYPE_OBJECTION_REPLIED:
    case ENTRY_TYPE_OBJECTION_ANSWERED:
      return TakeObjection(leaf, *payload);
    case ENTRY_TYPE_SUPERVISION_ISSUED:
    case ENTRY_TYPE_SUPERVISION_WORD:
    case ENTRY_TYPE_SUPERVISION_CLOSED:
      return TakeSupervision(leaf, *payload);
    case ENTRY_TYPE_POSITION_STATED:
      return TakePosition(leaf, *payload);
    case ENTRY_TYPE_INCIDENT_ARISEN:
      return TakeIncident(leaf, *payload);
    case ENTRY_TYPE_REFUSED:
      return TakeRefused(leaf, *payload);
    case ENTRY_TYPE_ACCESS_RECORDED:
      return TakeAccess(leaf, *payload);
    case ENTRY_TYPE_SURPLUS_ARISEN:
      return TakeSurplus(leaf, *payload);  // the gateway's own words: nobody signed them
    default:
      return;
  }
}

void OpenedAudit::TakeAdministration(const journal::Leaf& leaf, const std::string& payload) {
  ProposalMade made;
  ProposalApproved approved;
  const bool proposal = leaf.type == ENTRY_TYPE_PROPOSAL_MADE;
  AdministrationPayload said;
  Administration act;
  if (!(proposal ? made.ParseFromString(leaf.body) : approved.ParseFromString(leaf.body)) ||
      !said.ParseFromString(payload) || !act.ParseFromString(said.member()))
    return Add(Rule::kContent, leaf, "the act can't be read");
  CheckMember(leaf, proposal ? made.head() : approved.head(), proposal ? made.digest() : approved.digest(),
              said.member(), said.index());
  if (act.request_id() != (proposal ? made.request_id() : approved.request_id()))
    Add(Rule::kContent, leaf, "the act has another id");
  if (proposal) {
    if (act.proposal().change_case() == Proposal::CHANGE_NOT_SET || ChangeName(act.proposal()) != made.kind())
      Add(Rule::kContent, leaf, "the act proposes something of another kind");
    register_.proposals[leaf.index.value()] = act.proposal();
  } else if (!act.has_approval() || act.approval().proposal_index() != approved.proposal()) {
    Add(Rule::kContent, leaf, "the act approves another proposal", {approved.proposal()});
  }
}

void OpenedAudit::TakeAdopted(const journal::Leaf& leaf, const std::string& payload) {
  Adopted body;
  AdoptedPayload said;
  if (!body.ParseFromString(leaf.body) || !said.ParseFromString(payload))
    return Add(Rule::kContent, leaf, "the change can't be read");
  const auto proposal = register_.proposals.find(body.proposal());
  if (proposal != register_.proposals.end()) {
    const Proposal& asked = proposal->second;
    const bool same = said.has_court()    ? Same(said.court(), asked.court())
                      : said.has_agency() ? Same(said.agency(), asked.agency())
                      : said.has_system() ? Same(said.system(), asked.system())
                      : said.has_policy() ? Same(said.policy(), asked.policy())
                                          : false;
    if (!same) Add(Rule::kContent, leaf, "what is in force is not what was proposed", {body.proposal()});
  }
  if (said.has_court()) register_.courts[body.ordinal()] = said.court().code();
  if (said.has_agency()) {
    register_.agencies[body.ordinal()] = said.agency().code();
    register_.agency_ordinals[said.agency().code()] = body.ordinal();
    register_.agency_rows[body.ordinal()] = said.agency();
  }
  if (said.has_policy()) {
    register_.policy = said.policy().table();
    register_.policy_sealed = false;
    FollowAllEnds();
    if (register_.policy.version() != body.policy_version())
      Add(Rule::kContent, leaf, "the policy has another version");
  }
}

void OpenedAudit::TakeStatement(const journal::Leaf& leaf, const std::string& payload) {
  StatementAccepted body;
  StatementPayload said;
  Statement statement;
  if (!body.ParseFromString(leaf.body) || !said.ParseFromString(payload) || !statement.ParseFromString(said.member()))
    return Add(Rule::kContent, leaf, "the statement can't be read");
  const HeadOpened* head = CheckMember(leaf, body.head(), body.digest(), said.member(), said.index());
  if (statement.kind() != body.kind() || statement.sequence() != body.sequence() ||
      statement.environment() != register_.founding.environment())
    Add(Rule::kContent, leaf, "kind, sequence or environment are not those of the statement");
  if (head != nullptr && leaf.actor_kind == ACTOR_KIND_REGISTRAR) {
    std::set<std::string> named;
    for (const uint32_t ordinal : body.registrars()) {
      if (ordinal > 0 && static_cast<int>(ordinal) <= register_.founding.registrars_size())
        named.insert(register_.founding.registrars(static_cast<int>(ordinal) - 1).key());
    }
    if (named != head->keys) Add(Rule::kSignature, leaf, "other registrars signed than the leaf names", {body.head()});
  } else if (head != nullptr) {
    const std::string court = "court/" + head->signer;
    const auto key = register_.statements.find(court);
    if (statement.subject().compare(0, court.size() + 1, court + "/") != 0 || key == register_.statements.end()
            ? register_.KnowsCourt(leaf.actor_ordinal)
            : !register_.Gives(court, key->second.statement.key(), leaf.time) ||
                  !head->keys.contains(key->second.statement.key()))
      Add(Rule::kSignature, leaf, "only the court's own key speaks of its officers and accounts", {body.head()});
  }
  const StatementSeen newest = register_.statements[statement.subject()];
  if (register_.revoked.contains(statement.key()))
    Add(Rule::kStatementChain, leaf, "a key that was revoked is stated again");
  const bool first = newest.digest.empty();
  // A predecessor that is sealed can't be compared.
  const bool knows =
      leaf.actor_kind == ACTOR_KIND_COURT ? register_.KnowsCourt(leaf.actor_ordinal) : !register_.statements_sealed;
  if (first ? knows && statement.sequence() != 1
            : statement.sequence() <= newest.statement.sequence() || statement.previous_digest() != newest.digest)
    Add(Rule::kStatementChain, leaf, "it doesn't continue the newest statement about its subject");
  register_.Take(leaf.index.value(), std::move(statement), body.digest());
}

void OpenedAudit::TakeCase(const journal::Leaf& leaf, const std::string& payload) {
  CaseOpened opened;  // all four have a request id, a digest and a head
  CaseStageChanged stage;
  CaseCapChanged cap;
  CaseRespondentsChanged people;
  CasePayload said;
  CaseAct act;
  const bool opens = leaf.type == ENTRY_TYPE_CASE_OPENED, moves = leaf.type == ENTRY_TYPE_CASE_STAGE_CHANGED,
             joins = leaf.type == ENTRY_TYPE_CASE_RESPONDENTS_CHANGED;
  const bool read = opens   ? opened.ParseFromString(leaf.body)
                    : moves ? stage.ParseFromString(leaf.body)
                    : joins ? people.ParseFromString(leaf.body)
                            : cap.ParseFromString(leaf.body);
  if (!read || !said.ParseFromString(payload) || !act.ParseFromString(said.member()))
    return Add(Rule::kContent, leaf, "the act can't be read");
  const HeadOpened* head = CheckMember(leaf,
                                       opens   ? opened.head()
                                       : moves ? stage.head()
                                       : joins ? people.head()
                                               : cap.head(),
                                       opens   ? opened.digest()
                                       : moves ? stage.digest()
                                       : joins ? people.digest()
                                               : cap.digest(),
                                       said.member(), said.index());
  const bool fits = opens   ? act.has_open() && act.open().stage() == opened.stage()
                    : moves ? act.has_stage() && act.stage().to() == stage.to()
                    : joins ? act.has_respondents()
                            : act.has_cap();
  const std::string& id = opens   ? opened.request_id()
                          : moves ? stage.request_id()
                          : joins ? people.request_id()
                                  : cap.request_id();
  if (!fits || act.request_id() != id) Add(Rule::kContent, leaf, "the court signed another act");
  if (head != nullptr) {
    if (act.court() != head->signer) Add(Rule::kContent, leaf, "the act names another court than its head");
    std::vector<int> roles(register_.policy.case_acts().roles().begin(), register_.policy.case_acts().roles().end());
    if (act.has_confirmed()) AddLeader(roles);
    CheckRoles(leaf, *head, roles);
  }
  if (opens || act.has_cap()) {
    // Where the policy is sealed, what it doubts is, too.
    const PlausibilityRow row = register_.policy_sealed ? PlausibilityRow() : register_.policy.plausibility();
    const Doubts doubts = opens ? amounts_.Open(leaf.index.value(), act.open(), row)
                                : amounts_.Change(leaf.case_seq.value(), act.cap().claim(), row);
    CheckConfirmed(leaf, opens ? opened.confirmed() : cap.confirmed(), act.has_confirmed() ? &act.confirmed() : nullptr,
                   doubts, head);
  }
  if (opens) {
    ledger_.Open(leaf.index.value(), act.open());
    CaseKept& kept = cases_[leaf.index.value()];
    kept.court = act.court(), kept.number = act.open().case_number();
    kept.people.assign(act.open().respondents().begin(), act.open().respondents().end());
    kept.removed.assign(kept.people.size(), false);
  }
  if (joins && act.has_respondents()) {
    CheckConfirmed(leaf, people.confirmed(), act.has_confirmed() ? &act.confirmed() : nullptr, {}, head);
    TakeRespondents(leaf, people, act.respondents());
    FollowRemoved(leaf);
  }
  if (act.has_cap()) ledger_.SetCap(leaf.case_seq.value(), act.cap().claim().cap_minor_units());
}

void OpenedAudit::TakeOrder(const journal::Leaf& leaf, const std::string& payload) {
  OrderAccepted body;
  OrderPayload said;
  Order order;
  if (!body.ParseFromString(leaf.body) || !said.ParseFromString(payload) || !order.ParseFromString(said.member()))
    return Add(Rule::kContent, leaf, "the order can't be read");
  const HeadOpened* head = CheckMember(leaf, body.head(), body.digest(), said.member(), said.index());
  if (order.order_id() != body.order_id() || order.action() != body.action() || order.urgency() != body.urgency())
    Add(Rule::kContent, leaf, "id, action or urgency are not those of the order");
  AgencyBits targets;
  bool known = true;
  for (const std::string& code : order.agencies()) {
    const auto at = register_.agency_ordinals.find(code);
    known &= at != register_.agency_ordinals.end();
    if (at != register_.agency_ordinals.end()) targets.Add(AgencyBits::Of(at->second));
  }
  if ((known || (!register_.statements_sealed && register_.agencies_sealed.empty())) &&
      targets != AgencyBits(body.targets()))
    Add(Rule::kContent, leaf, "the court named other agencies");
  CheckSubject(leaf, order, said.respondent());
  const std::string* freeze = FreezeNamed(order);
  if (const auto before = orders_.find(body.freeze_order());
      freeze != nullptr && before != orders_.end() && before->second.id != *freeze)
    Add(Rule::kContent, leaf, "the court named another freeze", {body.freeze_order()});
  const AgencyBits asked(body.targets());
  const bool one = asked.count() == 1;
  const auto agency = one ? register_.agency_rows.find(asked.highest()) : register_.agency_rows.end();
  const bool named = agency != register_.agency_rows.end();
  if (!register_.policy_sealed && register_.policy.version() == body.policy_version()) {
    const absl::Time start = body.begins() != 0 ? absl::FromUnixMicros(body.begins()) : leaf.time;
    const RegisterAgency* only = named ? &agency->second : nullptr;
    if (const auto wrong =
            named || !one ? WrongDue(body, order.urgency(), start, register_.policy, only) : std::nullopt)
      Add(Rule::kDue, leaf, *wrong);
    if (const auto wrong = WrongBegin(body, order, leaf.time, register_.policy)) Add(Rule::kBegin, leaf, *wrong);
  }
  const int64_t amount = under_head_[{body.head(), leaf.case_seq.value(), order.action()}] += AmountOf(order);
  const auto row = std::find_if(register_.policy.actions().begin(), register_.policy.actions().end(),
                                [&](const ActionRow& at) { return at.action() == order.action(); });
  if (row == register_.policy.actions().end()) {
    if (!register_.policy_sealed) Add(Rule::kRoles, leaf, "the installed policy has no row for this action");
  } else if (head != nullptr) {
    if (order.court() != head->signer) Add(Rule::kContent, leaf, "the order names another court than its head");
    CheckRoles(leaf, *head, RolesOf(*row, amount, order.has_confirmed()));
  }
  const PlausibilityRow plausibility = register_.policy_sealed ? PlausibilityRow() : register_.policy.plausibility();
  CheckConfirmed(leaf, body.confirmed(), order.has_confirmed() ? &order.confirmed() : nullptr,
                 amounts_.OfOrder(leaf.case_seq.value(), order, said.respondent(),
                                  ledger_.HeldBy(leaf.case_seq.value(), body.freeze_order()), plausibility),
                 head);
  const auto bound = ledger_.Accept(leaf.case_seq.value(), leaf.index.value(), order, body.freeze_order(),
                                    said.respondent(), said.reserved_minor_units(), said.cap_minor_units());
  if (bound) Add(Rule::kLedger, leaf, *bound, {leaf.case_seq.value()});
  order_seqs_[order.order_id()] = leaf.index.value();
  orders_[leaf.index.value()] = {
      .digest = body.digest(),
      .id = body.order_id(),
      .person = order.subject().id_kind() + ' ' + absl::AsciiStrToUpper(order.subject().id_number()),
      .case_seq = leaf.case_seq.value(),
      .head = body.head(),
      .freeze = body.freeze_order(),
      .action = order.action(),
      .amount = amount,
      .confirmed = order.has_confirmed(),
      .respondent = said.respondent(),
      // What a counter has registered keeps the rank that it got there.
      .ranked = MakesMeasure(order.action()) && !order.freeze().has_counter(),
      .takes = Takes(order.action())};
  if (head != nullptr)
    TakeSigners(leaf, head->signer, head->keys, body.signers(), body.roles(), orders_[leaf.index.value()]);
}

void OpenedAudit::TakeDelivered(const journal::Leaf& leaf) {
  Delivered body;
  if (!body.ParseFromString(leaf.body)) return;  // the public audit has found it
  for (int place = 0; place < body.orders_size(); ++place) {
    const auto order = orders_.find(body.orders(place));
    if (order == orders_.end()) continue;
    if (order->second.ranked) ranks_.HandedOut(order->first, leaf.index.value(), place);
    if (order->second.takes && !order->second.handed_out && !ledger_.MayTake(order->second.case_seq))
      Add(Rule::kLedger, leaf, "it takes something, and goes out while more than the cap is taken or on its way",
          {order->first});
    CheckBegins(leaf, order->first, order->second);
    order->second.handed_out = true;
    CheckHeldUp(leaf, order->first, order->second);
  }
}

void OpenedAudit::TakeReceipt(const journal::Leaf& leaf, const std::string& payload) {
  TaskReport body;  // digest and head have the same numbers in all four bodies
  ReceiptPayload said;
  Receipt receipt;
  const bool task = leaf.type == ENTRY_TYPE_TASK_REPORTED || leaf.type == ENTRY_TYPE_TASK_ANSWERED;
  MeasureChanged change;
  ReceiptConflict conflict;
  const bool read = task                                      ? body.ParseFromString(leaf.body)
                    : leaf.type == ENTRY_TYPE_MEASURE_CHANGED ? change.ParseFromString(leaf.body)
                                                              : conflict.ParseFromString(leaf.body);
  if (!read || !said.ParseFromString(payload) || !receipt.ParseFromString(said.member()))
    return Add(Rule::kContent, leaf, "the receipt can't be read");
  if (!task) {
    const bool changed = leaf.type == ENTRY_TYPE_MEASURE_CHANGED;
    body.set_digest(changed ? change.digest() : conflict.digest());
    body.set_head(changed ? change.head() : conflict.head());
  }
  const HeadOpened* head = CheckMember(leaf, body.head(), body.digest(), said.member(), said.index());
  const auto wrong = [&](std::string_view why) { Add(Rule::kContent, leaf, why, {leaf.order.value()}); };
  const auto order = orders_.find(leaf.order.value());
  if (order != orders_.end() &&
      (receipt.order_digest() != order->second.digest || receipt.order_id() != order->second.id))
    wrong("the agency signed a receipt about another order");
  if (task && (receipt.kind() != body.kind() || receipt.corrects() != body.corrects()))
    wrong("the receipt is of another kind");
  if (leaf.type == ENTRY_TYPE_MEASURE_CHANGED &&
      (receipt.kind() != RECEIPT_KIND_EVENT || receipt.change() != change.change()))
    wrong("the receipt reports another change");
  if (const auto code = register_.agencies.find(leaf.agency.value());
      code != register_.agencies.end() && code->second != receipt.agency())
    wrong("the receipt is another agency's");
  if (head != nullptr && head->signer != receipt.agency()) wrong("the receipt names another agency than its head");
  if (head != nullptr && register_.KnowsAgency(leaf.agency.value()) &&
      std::none_of(head->keys.begin(), head->keys.end(), [&](const std::string& key) {
        return register_.Gives("agency/" + receipt.agency(), key, leaf.time);
      }))
    Add(Rule::kSignature, leaf, "the agency's key in force did not sign it", {body.head()});
  if (leaf.type == ENTRY_TYPE_RECEIPT_CONFLICT || order == orders_.end()) return;
  if (leaf.type == ENTRY_TYPE_TASK_ANSWERED) TakeFound(leaf, receipt, order->second.action);
  const bool overtaken = !TakeWord(leaf, receipt);
  ledger_.Answer(leaf.case_seq.value(), leaf.order.value(), receipt, overtaken);
  FollowEnd(leaf.case_seq.value(), order->second.freeze != 0 ? order->second.freeze : leaf.order.value());
  if (!overtaken && order->second.ranked && !receipt.items().empty()) {
    const auto other = ranks_.Served(leaf.order.value(), leaf.agency.value(), order->second.person,
                                     receipt.items(0).measure().served_sequence());
    if (other) Add(Rule::kRank, leaf, "the agency served it out of the order in which it was handed out", {*other});
  }
  const int64_t taken = ledger_.Taken(leaf.case_seq.value()), cap = ledger_.HighestCap(leaf.case_seq.value());
  if (cap > 0 && taken > cap)
    Add(Rule::kTaken, leaf, absl::StrCat("taken ", taken, " of a claim of ", cap, " minor units"),
        {leaf.case_seq.value()});
}

bool OpenedAudit::TakeWord(const journal::Leaf& leaf, const Receipt& receipt) {
  WordKept& word = words_[{leaf.order.value(), leaf.agency.value()}];
  const bool interim = leaf.type == ENTRY_TYPE_TASK_REPORTED;
  if (receipt.sequence() < word.newest && (interim || leaf.type == ENTRY_TYPE_MEASURE_CHANGED)) return false;
  if (interim && word.last)
    Add(Rule::kAnswer, leaf, "it was said after the agency's final word, and is no conflict", {leaf.order.value()});
  word.newest = std::max(word.newest, receipt.sequence());
  word.last |= leaf.type == ENTRY_TYPE_TASK_ANSWERED;
  return true;
}

void OpenedAudit::TakeRefused(const journal::Leaf& leaf, const std::string& payload) {
  Refused body;
  RefusedPayload said;
  if (!body.ParseFromString(leaf.body) || !said.ParseFromString(payload))
    return Add(Rule::kContent, leaf, "the refusal can't be read");
  CheckMember(leaf, body.head(), body.digest(), said.member(), said.index());
}

}  // namespace eagle::audit
