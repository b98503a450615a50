// eagle case: opening a case, changing its stage, its cap and its respondents, looking at its ledger.
#include "client/cli/batches.h"
#include "client/cli/commands.h"
#include "client/cli/reading.h"
#include "client/cli/signers.h"
#include "client/lib/errors.h"
#include "client/lib/json.h"
#include "client/lib/order_builder.h"
#include "server/base/identity_number.h"
#include "server/base/money.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/trust/timestamps.h"

namespace eagle::client {
namespace {

// What open and cap have in common: the claim in its parts.
struct ClaimFlags {
  std::string currency, principal, interest, doubled_interest, cost, horizon;
  uint64_t days = 0;
};

void AddClaimFlags(Verb& verb, ClaimFlags& flags) {
  verb.Text("--principal", &flags.principal, "as 180,000.00");
  verb.Text("--interest", &flags.interest, "as adjudged");
  verb.Text("--doubled-interest", &flags.doubled_interest, "加倍部分债务利息, by the policy's rule");
  verb.Number("--days", &flags.days, "days of doubled interest");
  verb.Text("--horizon", &flags.horizon, "day up to which it is projected, as 2026-09-30");
  verb.Text("--cost", &flags.cost, "execution fee and costs");
  verb.Text("--currency", &flags.currency, "CNY without it");
}

absl::Status CapAmount(const std::string& flag, const std::string& text, int64_t& amount) {
  if (text.empty()) return absl::OkStatus();
  const auto parsed = ParseMoney(text);
  if (!parsed) return Fail(Reason::kAmountInvalid, flag + " is an amount as 80,000.00, not " + text);
  amount = *parsed;
  return absl::OkStatus();
}

// The claim with its sum as the cap.
absl::StatusOr<v1::Claim> ClaimOf(Session& session, const ClaimFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const Config* config, session.config());
  v1::Claim claim;
  int64_t principal = 0, interest = 0, doubled = 0, cost = 0;
  EAGLE_RETURN_IF_ERROR(CapAmount("--principal", flags.principal, principal));
  EAGLE_RETURN_IF_ERROR(CapAmount("--interest", flags.interest, interest));
  EAGLE_RETURN_IF_ERROR(CapAmount("--doubled-interest", flags.doubled_interest, doubled));
  EAGLE_RETURN_IF_ERROR(CapAmount("--cost", flags.cost, cost));
  claim.set_currency(flags.currency.empty() ? config->currency : flags.currency);
  claim.set_principal_minor_units(principal);
  claim.set_interest_minor_units(interest);
  claim.set_doubled_interest_minor_units(doubled);
  claim.set_doubled_interest_days(static_cast<uint32_t>(flags.days));
  claim.set_cost_minor_units(cost);
  claim.set_cap_minor_units(SumOf(claim));
  if (!flags.horizon.empty()) {
    EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
    absl::CivilDay day;
    if (!absl::ParseCivilTime(flags.horizon, &day))
      return Fail(Reason::kFieldInvalid, "--horizon is a day as 2026-09-30");
    *claim.mutable_horizon() = trust::TimestampOf(absl::FromCivil(day, zone));
  }
  return claim;
}

std::vector<std::string> CapParts(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ';') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

// "NAME;ID_KIND;NUMBER".
absl::StatusOr<v1::Identity> RemovedOf(const std::string& text) {
  const std::vector<std::string> parts = CapParts(text);
  if (parts.size() != 3) return Fail(Reason::kFieldInvalid, "--remove is NAME;ID_KIND;NUMBER");
  v1::Identity identity;
  identity.set_name(parts[0]);
  identity.set_id_kind(parts[1]);
  identity.set_id_number(parts[2]);
  return identity;
}

// "NAME;ID_KIND;NUMBER;LIABILITY[;CAP]".
absl::StatusOr<v1::Respondent> RespondentOf(const std::string& flag, const std::string& text) {
  const std::vector<std::string> parts = CapParts(text);
  if (parts.size() < 4 || parts.size() > 5)
    return Fail(Reason::kFieldInvalid, flag + " is NAME;ID_KIND;NUMBER;LIABILITY or NAME;ID_KIND;NUMBER;LIABILITY;CAP");
  v1::Respondent respondent;
  respondent.mutable_identity()->set_name(parts[0]);
  respondent.mutable_identity()->set_id_kind(parts[1]);
  respondent.mutable_identity()->set_id_number(parts[2]);
  respondent.set_liability(OfWord<v1::LiabilityKind>(parts[3]));
  if (respondent.liability() == v1::LIABILITY_KIND_UNSPECIFIED)
    return Fail(Reason::kFieldInvalid, "a liability is JOINT, SEVERAL or SUPPLEMENTARY, not " + parts[3]);
  int64_t cap = 0;
  if (parts.size() == 5) EAGLE_RETURN_IF_ERROR(CapAmount("the respondent's cap", parts[4], cap));
  respondent.set_liability_cap_minor_units(cap);
  return respondent;
}

// How an act goes out: signed at once, only tried, or put into a draft for further signatures.
struct SendFlags {
  Signing signing;
  std::string draft, confirm;
  bool dry_run = false;
};

void AddSendFlags(Verb& verb, SendFlags& flags) {
  SigningFlags(verb, flags.signing);
  verb.Flag("--dry-run", &flags.dry_run, "say what would happen, without effect");
  verb.Text("--draft", &flags.draft, "write a draft (signed by those named, if any) instead of sending it");
}

absl::Status PrintDraft(Session& session, const std::string& path, const v1::SignedBatch& batch) {
  EAGLE_ASSIGN_OR_RETURN(const Draft draft, Draft::FromBatch(batch));
  EAGLE_RETURN_IF_ERROR(draft.Write(path));
  EAGLE_ASSIGN_OR_RETURN(const Document document, DescribeDraft(session, draft));
  return session.Print(document);
}

absl::Status PrintResults(Session& session, const std::vector<CaseAnswer>& answers, bool dry_run) {
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  Table results(
      "results",
      {{"request_id"}, {"result"}, {"case_seq", kRight}, {"journal_index", kRight}, {"recorded"}, {"proved"}});
  Table problems = ProblemsTable();
  size_t refused = 0;
  v1::Refusal first;
  for (const CaseAnswer& answer : answers) {
    const bool no = !answer.refusal.reason().empty();
    const bool proved = answer.accepted.has_value();
    results.Add({IdCell(answer.request_id),
                 Text(no        ? "REFUSED"
                      : dry_run ? "WOULD_BE_ACCEPTED"
                                : "ACCEPTED"),
                 answer.case_seq == 0 ? Nothing() : Count(answer.case_seq),
                 proved ? Count(answer.accepted->journal_index) : Nothing(),
                 proved ? Instant(answer.accepted->accepted_at, zone) : Nothing(), proved ? YesNo(true) : Nothing()});
    if (!no) continue;
    if (refused++ == 0) first = answer.refusal;
    AddProblems(problems, UuidText(answer.request_id), answer.refusal);
  }
  Document document;
  document.Add(std::move(results));
  document.Add(std::move(problems));
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  return RefusedStatus(refused, answers.size(), first);
}

absl::Status SendCase(Session& session, v1::CaseAct act, const SendFlags& flags) {
  if (!flags.confirm.empty()) {
    EAGLE_ASSIGN_OR_RETURN(*act.mutable_confirmed(), ConfirmationOf(flags.confirm));
  }
  const std::string member = Serialize(act);
  if (flags.dry_run) {
    EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
    v1::SubmitCaseActsRequest request;
    EAGLE_ASSIGN_OR_RETURN(*request.mutable_batch(), DryBatch(session, v1::MEMBER_TYPE_CASE, {member}, flags.signing));
    request.set_validate_only(true);
    EAGLE_ASSIGN_OR_RETURN(const v1::SubmitCaseActsResponse response, gateway->SubmitCaseActs(request));
    std::vector<CaseAnswer> answers;
    for (const v1::CaseActResult& result : response.results())
      answers.push_back({.request_id = act.request_id(), .refusal = result.refusal()});
    return PrintResults(session, answers, true);
  }
  if (!flags.draft.empty()) {
    // The number is taken for good: the draft keeps it.
    EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
    EAGLE_ASSIGN_OR_RETURN(const trust::HeadFields fields, desk->NewHead(v1::MEMBER_TYPE_CASE));
    EAGLE_ASSIGN_OR_RETURN(Draft draft, Draft::Begin(fields, {member}));
    EAGLE_ASSIGN_OR_RETURN(std::vector<std::unique_ptr<trust::Signer>> signers,
                           session.Signers(flags.signing.key_files, flags.signing.officers));
    for (const auto& signer : signers) EAGLE_RETURN_IF_ERROR(draft.Sign(*signer));
    return PrintDraft(session, flags.draft, draft.batch());
  }
  EAGLE_ASSIGN_OR_RETURN(const v1::SignedBatch batch, SignNow(session, v1::MEMBER_TYPE_CASE, {member}, flags.signing));
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const SentCases sent, desk->SendCases(batch, *gateway));
  return PrintResults(session, sent.answers, false);
}

struct OpenFlags {
  std::string file, number, title, stage = "ENFORCEMENT", applicant, purpose, legal_basis, handler, leader;
  std::vector<std::string> respondents;
  ClaimFlags claim;
  SendFlags send;
};

absl::Status Open(Session& session, const OpenFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const Config* config, session.config());
  v1::OpenCase open;
  if (!flags.file.empty()) {
    EAGLE_RETURN_IF_ERROR(ReadMessageFile(flags.file, &open));
  } else {
    open.set_case_number(flags.number);
    open.set_title(flags.title);
    open.set_stage(OfWord<v1::CaseStage>(flags.stage));
    open.set_applicant(flags.applicant);
    for (const std::string& text : flags.respondents) {
      EAGLE_ASSIGN_OR_RETURN(*open.add_respondents(), RespondentOf("--respondent", text));
    }
    EAGLE_ASSIGN_OR_RETURN(*open.mutable_claim(), ClaimOf(session, flags.claim));
    open.set_purpose(flags.purpose.empty() ? config->purpose : flags.purpose);
    open.set_legal_basis(flags.legal_basis.empty() ? config->legal_basis : flags.legal_basis);
    open.set_handler(flags.handler);
    open.set_leader(flags.leader);
  }
  OrderBuilder builder(session.process().clock, session.process().entropy);
  return SendCase(session, builder.Open(config->organisation, std::move(open)), flags.send);
}

struct StageFlags {
  std::string number, to, ground;
  SendFlags send;
};

absl::Status Stage(Session& session, const StageFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const Config* config, session.config());
  v1::ChangeStage change;
  change.set_case_number(flags.number);
  change.set_to(OfWord<v1::CaseStage>(flags.to));
  change.set_ground(flags.ground);
  OrderBuilder builder(session.process().clock, session.process().entropy);
  return SendCase(session, builder.ChangeStage(config->organisation, std::move(change)), flags.send);
}

struct CapFlags {
  std::string number, file, ground;
  ClaimFlags claim;
  SendFlags send;
};

absl::Status Cap(Session& session, const CapFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const Config* config, session.config());
  v1::ChangeCap change;
  change.set_case_number(flags.number);
  change.set_ground(flags.ground);
  if (!flags.file.empty()) {
    EAGLE_RETURN_IF_ERROR(ReadMessageFile(flags.file, change.mutable_claim()));
  } else {
    EAGLE_ASSIGN_OR_RETURN(*change.mutable_claim(), ClaimOf(session, flags.claim));
  }
  OrderBuilder builder(session.process().clock, session.process().entropy);
  return SendCase(session, builder.ChangeCap(config->organisation, std::move(change)), flags.send);
}

struct RespondentsFlags {
  std::string number, file, ground, legal_basis, ruling, ruling_number;
  std::vector<std::string> add, remove;
  SendFlags send;
};

absl::Status Respondents(Session& session, const RespondentsFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const Config* config, session.config());
  v1::ChangeRespondents change;
  if (!flags.file.empty()) EAGLE_RETURN_IF_ERROR(ReadMessageFile(flags.file, &change));
  change.set_case_number(flags.number);
  for (const std::string& text : flags.add) {
    EAGLE_ASSIGN_OR_RETURN(*change.add_add(), RespondentOf("--add", text));
  }
  for (const std::string& text : flags.remove) {
    EAGLE_ASSIGN_OR_RETURN(*change.add_remove(), RemovedOf(text));
  }
  if (!flags.ground.empty()) change.set_ground(flags.ground);
  if (!flags.legal_basis.empty()) change.set_legal_basis(flags.legal_basis);
  if (!flags.ruling.empty()) {
    EAGLE_ASSIGN_OR_RETURN(const Paper paper, PaperFromFile("RULING", flags.ruling, flags.ruling_number));
    *change.mutable_ruling() = InstrumentOf(paper);
  }
  OrderBuilder builder(session.process().clock, session.process().entropy);
  return SendCase(session, builder.ChangeRespondents(config->organisation, std::move(change)), flags.send);
}

struct CaseShowFlags {
  std::string number, court;
  ReadingFlags reading;
};

Table RespondentsTable(const v1::CaseView& view, const absl::TimeZone& zone) {
  Table table("respondents", {{"respondent"}, {"liability"}, {"liability_cap", kRight}, {"standing"}, {"since"}});
  for (const v1::RespondentView& one : view.respondents()) {
    const int64_t cap = one.liability_cap_minor_units();
    table.Add({Text(one.identity_masked()), Text(Word(one.liability())), cap > 0 ? Money(cap) : Nothing(),
               Text(one.removed() ? "REMOVED" : "RESPONDENT"),
               IsSet(one.since()) ? Instant(ToTime(one.since()), zone) : Nothing()});
  }
  return table;
}

Table MeasuresTable(Session& session, const v1::CaseView& view, const absl::TimeZone& zone) {
  Table table("measures", {{"freeze_order"},
                           {"agency"},
                           {"agency_code", kLeft, true},
                           {"phase"},
                           {"asset"},
                           {"requested", kRight},
                           {"controlled", kRight},
                           {"unfunded", kRight},
                           {"rank", kRight},
                           {"effective_to"},
                           {"unit_reference"},
                           {"to_release"}});
  for (const v1::MeasureView& measure : view.measures()) {
    const v1::MeasureState& state = measure.state();
    // A thing whose value was declared has amounts, too.
    const bool valued = measure.is_money() || state.requested_minor_units() > 0;
    const auto money = [&](int64_t amount) { return valued ? Money(amount) : Nothing(); };
    table.Add({IdCell(measure.freeze_order_id()), Text(NameOr(session.names(), measure.agency())),
               Text(measure.agency()), Text(Word(measure.phase())), TextOrNothing(measure.asset_number_masked()),
               money(state.requested_minor_units()), money(state.controlled_minor_units()),
               money(state.unfunded_minor_units()), state.rank() == 0 ? Nothing() : Count(state.rank()),
               IsSet(state.effective_to()) ? End(ToTime(state.effective_to()), zone) : Nothing(),
               TextOrNothing(state.unit_reference()), measure.to_release() ? YesNo(true) : Nothing()});
  }
  return table;
}

absl::Status ShowCase(Session& session, const CaseShowFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  v1::GetCaseRequest request;
  request.set_case_number(flags.number);
  request.set_court(flags.court);
  EAGLE_ASSIGN_OR_RETURN(*request.mutable_officer_ticket(),
                         SignTicket(session, flags.reading, {flags.court, flags.number}));
  EAGLE_ASSIGN_OR_RETURN(const v1::GetCaseResponse response, gateway->GetCase(request));
  const v1::CaseView& view = response.case_();
  std::string respondents;
  for (const std::string& respondent : view.respondents_masked())
    respondents += (respondents.empty() ? "" : ", ") + respondent;
  Record head("case");
  head.Add("case_number", Text(view.case_number()))
      .Add("title", Text(view.title()))
      .Add("stage", Text(Word(view.stage())))
      .Add("respondents", Text(respondents));
  head.Add("opened", IsSet(view.opened_at()) ? Instant(ToTime(view.opened_at()), zone) : Nothing())
      .Add("journal_index", Count(view.journal_index()))
      .Add("orders", Count(static_cast<uint64_t>(view.orders_size())))
      .Add("release_due", IsSet(view.release_due()) ? Instant(ToTime(view.release_due()), zone) : Nothing());
  if (view.has_flagged_at())
    head.Add("flagged_for_resumption", Instant(ToTime(view.flagged_at()), zone))
        .Add("flagged_by", IdCell(view.flagged_by()));
  const v1::LedgerView& ledger = view.ledger();
  Record money("ledger");
  money.Add("currency", Text(ledger.currency()))
      .Add("cap", Money(ledger.cap_minor_units()))
      .Add("requested", Money(ledger.requested_minor_units()));
  money.Add("controlled", Money(ledger.controlled_minor_units()))
      .Add("unfunded", Money(ledger.unfunded_minor_units()))
      .Add("contingent", Money(ledger.contingent_minor_units()));
  money.Add("deducting", Money(ledger.deducting_minor_units()))
      .Add("in_transit", Money(ledger.in_transit_minor_units()))
      .Add("deducted", Money(ledger.deducted_minor_units()));
  money.Add("surplus", Money(ledger.surplus_minor_units())).Add("refund_due", Money(ledger.refund_due_minor_units()));
  Document document;
  document.Add(std::move(head));
  document.Add(std::move(money));
  document.Add(RespondentsTable(view, zone));
  document.Add(MeasuresTable(session, view, zone));
  return session.Print(document);
}

}  // namespace

void AddCase(Verb& root) {
  Verb verb = root.Add("case", "Cases 案件: open them, change stage, cap and respondents, show the ledger.");
  auto open_flags = std::make_shared<OpenFlags>();
  Verb open = verb.Add(
      "open", "Open a case; handler and leader sign.",
      "eagle case open --case \"（2026）辽9901执1024号\" --title \"（2026）辽9901民初307号\" --applicant 赵慧兰 \\\n"
      "  --respondent \"林远舟;CITIZEN_ID;990101198503070017;JOINT\" --principal 180,000.00 --interest 12,600.00 "
      "--cost 2,789.00 \\\n"
      "  --doubled-interest 2,898.00 --days 92 --horizon 2026-09-30 --handler 001 --leader 003 --sign 001 --sign 003");
  open.Text("--file", &open_flags->file, "the whole OpenCase as the contract has it (.json or .txtpb)");
  open.Text("--case", &open_flags->number, "case number");
  open.Text("--title", &open_flags->title, "the enforceable title 执行依据");
  open.Choice("--stage", &open_flags->stage, {"PRESERVATION", "ENFORCEMENT"},
              "PRESERVATION 保全 or ENFORCEMENT 执行 (without it)");
  open.Text("--applicant", &open_flags->applicant, "name 申请执行人");
  open.Texts("--respondent", &open_flags->respondents, "NAME;ID_KIND;NUMBER;LIABILITY[;CAP] 被执行人; repeat for each");
  AddClaimFlags(open, open_flags->claim);
  open.Text("--purpose", &open_flags->purpose, "a purpose of the policy; the configuration's without it");
  open.Text("--legal-basis", &open_flags->legal_basis, "the configuration's without it");
  open.Text("--handler", &open_flags->handler, "officer's code 承办法官");
  open.Text("--leader", &open_flags->leader, "officer's code 执行局领导");
  open.Text("--confirm", &open_flags->send.confirm, kConfirmHelp);
  AddSendFlags(open, open_flags->send);
  open.Do([open_flags](Session& session) { return Open(session, *open_flags); });

  auto stage_flags = std::make_shared<StageFlags>();
  Verb stage = verb.Add(
      "stage", "Change the stage of a case.",
      "eagle case stage --case \"（2026）辽9901执1024号\" --to STAYED --ground \"和解\" --sign 001 --sign 003");
  stage.Text("--case", &stage_flags->number, "case number", Need::kRequired);
  stage.Choice("--to", &stage_flags->to,
               {"ENFORCEMENT", "RESUMED", "STAYED", "CLOSED_NO_ASSETS", "IN_BANKRUPTCY", "TRANSFERRED", "CLOSED"},
               "new stage", Need::kRequired);
  stage.Text("--ground", &stage_flags->ground, "why", Need::kRequired);
  AddSendFlags(stage, stage_flags->send);
  stage.Do([stage_flags](Session& session) { return Stage(session, *stage_flags); });

  auto cap_flags = std::make_shared<CapFlags>();
  Verb cap = verb.Add("cap", "State the whole claim anew; its sum is the cap 执行标的额.",
                      "eagle case cap --case \"（2026）辽9901执1024号\" --principal 100,000.00 --ground \"partly "
                      "paid\" --sign 001 --sign 003");
  cap.Text("--case", &cap_flags->number, "case number", Need::kRequired);
  cap.Text("--file", &cap_flags->file, "the whole Claim as the contract has it");
  cap.Text("--ground", &cap_flags->ground, "why", Need::kRequired);
  AddClaimFlags(cap, cap_flags->claim);
  cap.Text("--confirm", &cap_flags->send.confirm, kConfirmHelp);
  AddSendFlags(cap, cap_flags->send);
  cap.Do([cap_flags](Session& session) { return Cap(session, *cap_flags); });

  auto people_flags = std::make_shared<RespondentsFlags>();
  Verb people = verb.Add(
      "respondents", "Add respondents by a ruling, remove them, or both 追加、变更被执行人.",
      "eagle case respondents --case \"（2026）辽9901执1024号\" --add "
      "\"顾明远;CITIZEN_ID;990101197811230030;SEVERAL;50,000.00\" \\\n"
      "  --remove \"北陵启明机电有限公司;UNIFIED_CREDIT_CODE;919901019900000178\" --ground \"股东未缴足出资\" \\\n"
      "  --legal-basis \"法释〔2016〕21号第17条\" --ruling ruling.pdf --ruling-number \"（2026）辽9901执异7号\" --sign "
      "001 "
      "--sign 003");
  people.Text("--case", &people_flags->number, "case number", Need::kRequired);
  people.Text("--file", &people_flags->file, "the whole ChangeRespondents as the contract has it");
  people.Texts("--add", &people_flags->add, "NAME;ID_KIND;NUMBER;LIABILITY[;CAP]; repeat for each");
  people.Texts("--remove", &people_flags->remove,
               "NAME;ID_KIND;NUMBER: only releases name him from then on; repeat for each");
  people.Text("--ground", &people_flags->ground, "what the ruling decided");
  people.Text("--legal-basis", &people_flags->legal_basis, "the article relied on");
  people.Text("--ruling", &people_flags->ruling, "the ruling 裁定书, a .pdf or .ofd file: its digest is signed");
  people.Text("--ruling-number", &people_flags->ruling_number, "its document number 文号");
  people.Text("--confirm", &people_flags->send.confirm, kConfirmHelp);
  AddSendFlags(people, people_flags->send);
  people.Do([people_flags](Session& session) { return Respondents(session, *people_flags); });

  auto show_flags = std::make_shared<CaseShowFlags>();
  Verb show = verb.Add("show", "Show a case with its ledger and measures (an audited read).",
                       "eagle case show \"（2026）辽9901执1024号\" --officer 001 --purpose EXECUTION");
  show.Text("CASE", &show_flags->number, "case number", Need::kRequired);
  show.Text("--court", &show_flags->court,
            "code of the case's court, when it isn't ours: two administrators must have granted it");
  AddReadingFlags(show, show_flags->reading);
  show.Do([show_flags](Session& session) { return ShowCase(session, *show_flags); });

  AddMeasures(verb);
  AddCaseErase(verb);
  AddDrafts(verb, "case");
  AddPending(verb, "case");
  AddCaseCompleteness(verb);
}

}  // namespace eagle::client
