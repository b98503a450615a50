#include "tests/golden/history.h"

#include <utility>

#include "server/base/assert.h"
#include "server/core/codec.h"
#include "server/domain/instant.h"
#include "server/journal/checkpoint.h"
#include "server/journal/hash.h"
#include "server/journal/witness.h"

namespace eagle::test {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using OrderProto = goldeneagle::v1::Order;

const AgencyOrdinal kBank1(1), kBank2(2), kLand1(3);

// One scene after the other. Each does what its name says and leaves what the next one needs.
class Storyteller {
 public:
  explicit Storyteller(DomainWorld& world) : world_(world) {}

  void Tell() {
    Connects();
    Speaks();
    Inquires();
    Freezes();
    Groups();
    SealsLand();
    Deducts();
    Releases();
    LowersTheCap();
    ChangesStages();
    Withdraws();
    Waits();
    Reads();
    LosesAKey();
    Objects();
    Reconciles();
    ChangesItsRespondents();
    TellOfSupervision(world_);
    LosesItsClock();
    Erases();
    SaysWhatItsDirectoryIs();
    ExaminesAnAdapter();
    HasItsDirectoryReceived();
  }

 private:
  domain::Result Accepted(const domain::Command& command) {
    domain::Result result = world_.Do(command);
    GATEWAY_ASSERT(result.status.ok(), "the history is made of calls that are taken");
    for (const domain::MemberResult& member : result.members)
      GATEWAY_ASSERT(!member.refusal, "the scene needs this member");
    return result;
  }
  void Refused(const domain::Command& command) {
    const domain::Result result = world_.Do(command);
    GATEWAY_ASSERT(result.status.ok() && result.members.at(0).refusal, "the scene needs this refusal");
  }
  // Time passes, and what falls due is marked.
  void Later(absl::Duration by) {
    world_.now += by;
    world_.Tick();
  }
  OrderProto Ordered(OrderProto order, std::vector<std::string> signers = {"handler", "cosigner"}) {
    Accepted(world_.Orders({order}, std::move(signers)));
    return order;
  }
  void HandOut(AgencyOrdinal agency, const OrderProto& order) {
    Accepted(domain::Deliver{.agency = agency, .instance = "instance", .orders = {world_.OrderNamed(order).seq}});
  }
  goldeneagle::v1::Administration Proposing() {
    goldeneagle::v1::Administration act;
    act.set_request_id(world_.NewId());
    act.mutable_proposal()->set_ground("golden history");
    return act;
  }
  goldeneagle::v1::Administration ApprovalOf(uint64_t proposal) {
    goldeneagle::v1::Administration act;
    act.set_request_id(world_.NewId());
    act.mutable_approval()->set_proposal_index(proposal);
    act.mutable_approval()->set_proposal_digest(world_.state.proposals.at(proposal).digest);
    return act;
  }
  CaseAct Claiming(int64_t principal) {
    CaseAct act;
    act.set_request_id(world_.NewId()), act.set_court("C1");
    act.mutable_cap()->set_case_number("case-1"), act.mutable_cap()->set_ground("counted anew");
    Claim* claim = act.mutable_cap()->mutable_claim();
    claim->set_currency("CNY"), claim->set_principal_minor_units(principal), claim->set_cap_minor_units(principal);
    return act;
  }
  CaseAct Staging(CaseStage to, const std::string& number = "case-1") {
    CaseAct act;
    act.set_request_id(world_.NewId()), act.set_court("C1");
    act.mutable_stage()->set_case_number(number), act.mutable_stage()->set_to(to),
        act.mutable_stage()->set_ground("settlement talks");
    return act;
  }

  void Connects() {
    auto act = Proposing();
    RegisterSystem* auditor = act.mutable_proposal()->mutable_system();
    auditor->set_name("auditor-1"), auditor->set_role("AUDITOR");
    auditor->mutable_system()->set_spiffe_id("spiffe://test/auditor/1"),
        auditor->mutable_system()->add_spki_sha256(std::string(32, 'q'));
    const uint64_t proposal = Accepted(world_.Administration("admin3", {act})).members[0].index;
    Refused(world_.Administration("admin3", {ApprovalOf(proposal)}));  // nobody approves his own
    Accepted(world_.Administration("admin1", {ApprovalOf(proposal)}));
    for (const auto& [agency, code] :
         {std::pair{kBank1, "BANK1"}, std::pair{kBank2, "BANK2"}, std::pair{kLand1, "LAND1"}}) {
      domain::SayHello hello{.agency = agency,
                             .instance = "instance",
                             .inbox = std::string(16, 'i'),
                             .adapter = "example.adapter",
                             .version = "1.0",
                             .contract_version = 1,
                             .most_in_flight = 100};
      for (const Capability& row : world_.state.directory.AgencyByCode(code)->row.capabilities())
        hello.declared.push_back(row);
      Accepted(hello);
    }
  }

  // A court states an officer, ends him, and is refused when it tries to go back.
  void Speaks() {
    Statement officer;
    officer.set_subject("court/C1/officer/second"), officer.set_sequence(1), officer.set_kind(STATEMENT_KIND_OFFICER);
    officer.set_environment(ENVIRONMENT_TEST), officer.set_algorithm(KEY_ALGORITHM_ED25519),
        officer.set_key(world_.Key("second"));
    officer.add_roles(OFFICER_ROLE_HANDLER), officer.add_roles(OFFICER_ROLE_COSIGNER);
    *officer.mutable_valid_from() = domain::ToProto(world_.now),
    *officer.mutable_valid_until() = domain::ToProto(world_.now + absl::Hours(24));
    officer.mutable_officer()->set_name("second"), officer.mutable_officer()->set_work_id_no("W2"),
        officer.mutable_officer()->set_duty_card_no("D2");
    const auto stated = world_.Statements("C1", {officer}, {world_.Key("C1")});
    Accepted(stated);
    Statement ended = officer;
    ended.set_sequence(2), ended.set_kind(STATEMENT_KIND_ENDED),
        ended.set_previous_digest(stated.signed_head.digests[0]);
    ended.clear_algorithm(), ended.clear_key(), ended.clear_roles(), ended.clear_officer();
    Accepted(world_.Statements("C1", {ended}, {world_.Key("C1")}));
    officer.set_sequence(2);
    Refused(world_.Statements("C1", {officer}, {world_.Key("C1")}));
  }

  void Inquires() {
    auto inquiry = world_.InquireOrder({"BANK1", "BANK2", "LAND1"});
    inquiry.set_urgency(URGENCY_URGENT), inquiry.set_urgency_reason("TRANSFER_RISK");
    const auto batch = world_.Orders({inquiry}, {"handler"});
    Accepted(batch);
    Accepted(batch);  // a faithful repeat adds nothing
    for (AgencyOrdinal agency : {kBank1, kBank2, kLand1}) HandOut(agency, inquiry);
    Later(absl::Hours(6));
    Receipt arrived = world_.ReceiptFor(inquiry, "BANK1", RECEIPT_KIND_ACKNOWLEDGED);
    Receipt found = world_.ReceiptFor(inquiry, "BANK1", RECEIPT_KIND_FINAL);
    found.set_searched_scope("all accounts");
    ItemResult* item = found.add_items();
    item->set_outcome(OUTCOME_FOUND);
    item->mutable_finding()->set_asset_kind("DEPOSIT"),
        item->mutable_finding()->set_asset_number("9900010000000012345");
    item->mutable_finding()->set_balance_known(true), item->mutable_finding()->set_balance_minor_units(61'350'27);
    const auto answered = world_.Receipts("BANK1", {arrived, found});
    Accepted(answered);
    Receipt corrected = found;
    corrected.set_kind(RECEIPT_KIND_CORRECTION), corrected.set_corrects(answered.signed_head.digests[1]),
        corrected.set_sequence(found.sequence() + 1);
    corrected.mutable_items(0)->mutable_finding()->set_balance_minor_units(61'350'72);
    Accepted(world_.Receipts("BANK1", {corrected}));
    Receipt nil = world_.ReceiptFor(inquiry, "BANK2", RECEIPT_KIND_FINAL);
    nil.set_searched_scope("all accounts"), nil.add_items()->set_outcome(OUTCOME_NIL);
    Accepted(world_.Receipts("BANK2", {nil}));
    Receipt other = world_.ReceiptFor(inquiry, "BANK2", RECEIPT_KIND_FINAL);
    other.set_searched_scope("demand accounts"), other.add_items()->set_outcome(OUTCOME_NIL);
    Accepted(world_.Receipts("BANK2", {other}));  // a conflict is taken too
    Receipt returned = world_.ReceiptFor(inquiry, "LAND1", RECEIPT_KIND_RETURNED);
    returned.mutable_returned()->set_reason("NOT_OURS"), returned.mutable_returned()->set_contact_name("window 3"),
        returned.mutable_returned()->set_contact_phone("1");
    Accepted(world_.Receipts("LAND1", {returned}));
  }

  void Freezes() {
    freeze_ = Ordered(world_.FreezeOrder("BANK1", 80'000'00));
    HandOut(kBank1, freeze_);
    Receipt wrong = world_.Controlled(freeze_, "BANK1", 61'350'72, 18'649'28);
    wrong.mutable_items(0)->mutable_measure()->set_unfunded_minor_units(0);
    Refused(world_.Receipts("BANK1", {wrong}));  // doesn't square
    Accepted(world_.Receipts("BANK1", {world_.Controlled(freeze_, "BANK1", 61'350'72, 18'649'28)}));
    Accepted(world_.Receipts("BANK1", {world_.Event(freeze_, "BANK1", MEASURE_CHANGE_INFLOW, 80'000'00, 0)}));
    Refused(world_.Orders({world_.FreezeOrder("BANK2", 20'000'01)}));  // above the cap: recorded in the case
    auto stranger = world_.FreezeOrder("BANK2", 100);
    stranger.set_case_number("case-9");
    Refused(world_.Orders({stranger}));  // of no case: recorded without a payload
  }

  void Groups() {
    const auto grouped = [&](const std::string& agency, int64_t limit, char group) {
      auto order = world_.FreezeOrder(agency, limit);
      order.set_group(std::string(16, group));
      return order;
    };
    Refused(world_.Orders({grouped("BANK1", 5'000'00, 'g'), grouped("BANK2", 15'000'01, 'g')}));
    const auto first = grouped("BANK1", 5'000'00, 'h');
    behind_ = grouped("BANK2", 5'000'00, 'h');
    Accepted(world_.Orders({first, behind_}));
    Receipt nothing = world_.ReceiptFor(first, "BANK1", RECEIPT_KIND_FINAL);
    nothing.add_items()->set_outcome(OUTCOME_NOT_CONTROLLED), nothing.mutable_items(0)->set_reason("ACCOUNT_NOT_FOUND");
    Accepted(world_.Receipts("BANK1", {nothing}));
    Receipt waits = world_.Controlled(behind_, "BANK2", 5'000'00, 0);
    waits.mutable_items(0)->set_outcome(OUTCOME_WAITLISTED);
    MeasureState* queued = waits.mutable_items(0)->mutable_measure();
    queued->set_controlled_minor_units(0), queued->set_unfunded_minor_units(5'000'00), queued->clear_effective_from(),
        queued->set_rank(2);
    Accepted(world_.Receipts("BANK2", {waits}));
    Accepted(world_.Receipts("BANK2", {world_.Event(behind_, "BANK2", MEASURE_CHANGE_PROMOTED, 1'000'00, 4'000'00)}));
  }

  // Land of unknown value, beyond the cap by the leader's signature; the term ends before the story does.
  void SealsLand() {
    auto seal = world_.FreezeOrder("LAND1", 0);
    AssetTarget* unit = seal.mutable_freeze()->mutable_asset();
    unit->set_asset_kind("LAND"), unit->set_unit_number("990101001001GB00001F00010001"), unit->set_share_numerator(1),
        unit->set_share_denominator(2);
    seal.mutable_freeze()->clear_inflow();
    seal.mutable_over_cap_exception()->set_reason("VALUE_UNKNOWN"),
        seal.mutable_over_cap_exception()->set_leader("leader");
    Ordered(seal, {"handler", "cosigner", "leader"});
    HandOut(kLand1, seal);
    Receipt sealed = world_.ReceiptFor(seal, "LAND1", RECEIPT_KIND_FINAL);
    sealed.add_items()->set_outcome(OUTCOME_CONTROLLED);
    sealed.mutable_items(0)->mutable_measure()->set_unit_reference("L1");
    *sealed.mutable_items(0)->mutable_measure()->mutable_effective_from() = domain::ToProto(world_.now);
    *sealed.mutable_items(0)->mutable_measure()->mutable_effective_to() =
        domain::ToProto(world_.now + absl::Hours(24 * 20));
    Accepted(world_.Receipts("LAND1", {sealed}));
    const auto renewal = Ordered(world_.RenewOrder("LAND1", seal.order_id(), 15));
    Receipt renewed = world_.Renewed(renewal, "LAND1", 0, world_.now + absl::Hours(24 * 470));
    *renewed.mutable_items(0)->mutable_measure()->mutable_effective_from() = domain::ToProto(world_.now);
    Accepted(world_.Receipts("LAND1", {renewed}));
    Receipt lapsed = world_.ReceiptFor(seal, "LAND1", RECEIPT_KIND_EVENT);
    lapsed.set_change(MEASURE_CHANGE_LAPSED), *lapsed.add_items() = sealed.items(0);
    lapsed.mutable_items(0)->mutable_measure()->set_ended(true);
    Accepted(world_.Receipts("LAND1", {lapsed}));
  }

  void Watch(const std::vector<std::string>& names) {
    auto act = Proposing();
    RegisterWitnesses* witnesses = act.mutable_proposal()->mutable_witnesses();
    witnesses->set_quorum(static_cast<uint32_t>(names.size()));
    for (const std::string& name : names) {
      witnesses->add_witnesses()->set_name(name);
      witnesses->mutable_witnesses(witnesses->witnesses_size() - 1)->set_verifier_key(WitnessOf(name).VerifierKey());
    }
    const uint64_t proposal = Accepted(world_.Administration("admin1", {act})).members[0].index;
    Accepted(world_.Administration("admin2", {ApprovalOf(proposal)}));
  }
  static journal::WitnessKey WitnessOf(const std::string& name) {
    return {name, *journal::PrivateKey::FromSeed(std::string(32, name.back()))};
  }
  // The witnesses have seen entry 0, whose leaf needs no key.
  void Cosigned(const std::vector<std::string>& names) {
    const journal::Hash root = journal::LeafHash(core::EncodeEntry(world_.journal.front(), "", "").leaf);
    const std::string text = journal::FormatCheckpoint({world_.founding.origin(), 1, root});
    std::string note = text + "\n";
    for (const std::string& name : names)
      note += journal::SignatureLine(journal::Cosign(name, WitnessOf(name).key, text, world_.now));
    Accepted(domain::RecordCosigned{.size = 1,
                                    .root = std::string(journal::View(root)),
                                    .checkpoint = note,
                                    .registered_at = world_.state.witnessing.registered_at});
  }

  // Before witnesses, who are missing at first, then for too long, then come.
  void Deducts() {
    Watch({"witness.test/w1", "witness.test/w2"});
    const auto deduct = Ordered(world_.DeductOrder("BANK1", freeze_.order_id(), 30'000'00));
    Later(absl::Minutes(20));
    HandOut(kBank1, deduct);
    Later(absl::Minutes(70));
    Cosigned({"witness.test/w1", "witness.test/w2"});
    Watch({});
    Accepted(world_.Receipts("BANK1", {world_.Deducted(deduct, "BANK1", false, 50'000'00, 0)}));
    Later(absl::Hours(2));
    Accepted(world_.Receipts("BANK1", {world_.Deducted(deduct, "BANK1", true, 50'000'00, 0)}));
    const auto in_vain = Ordered(world_.DeductOrder("BANK1", freeze_.order_id(), 10'000'00));
    Receipt back = world_.Deducted(in_vain, "BANK1", true, 50'000'00, 0);
    back.mutable_items(0)->set_outcome(OUTCOME_NOT_DEDUCTED), back.mutable_items(0)->set_reason("PAYMENT_RETURNED");
    Accepted(world_.Receipts("BANK1", {back}));
    const auto exempt = Ordered(world_.DeductOrder("BANK1", freeze_.order_id(), 5'000'00));
    Receipt reviewed = world_.ReceiptFor(exempt, "BANK1", RECEIPT_KIND_FINAL);
    reviewed.add_items()->set_outcome(OUTCOME_UNDER_REVIEW);
    Refused(world_.Receipts("BANK1", {reviewed}));  // not a last word
    reviewed.set_kind(RECEIPT_KIND_PROGRESS);
    Accepted(world_.Receipts("BANK1", {reviewed}));
    Receipt held = world_.ReceiptFor(exempt, "BANK1", RECEIPT_KIND_FINAL);
    held.add_items()->set_outcome(OUTCOME_EXEMPT_HELD), held.mutable_items(0)->set_reason("WAGE_ESCROW");
    Accepted(world_.Receipts("BANK1", {held}));
  }

  // A release waits behind the deduction that was ordered before it.
  void Releases() {
    const auto in_vain = Ordered(world_.DeductOrder("BANK1", freeze_.order_id(), 1'000'00));
    const auto release = Ordered(world_.ReleaseOrder("BANK1", freeze_.order_id(), 20'000'00));
    Receipt back = world_.Deducted(in_vain, "BANK1", true, 50'000'00, 0);
    back.mutable_items(0)->set_outcome(OUTCOME_NOT_DEDUCTED), back.mutable_items(0)->set_reason("PAYMENT_RETURNED");
    Accepted(world_.Receipts("BANK1", {back}));
    HandOut(kBank1, release);
    Receipt released = world_.ReceiptFor(release, "BANK1", RECEIPT_KIND_FINAL);
    *released.add_items() = world_.Controlled(freeze_, "BANK1", 30'000'00, 0).items(0);
    released.mutable_items(0)->set_outcome(OUTCOME_RELEASED);
    Accepted(world_.Receipts("BANK1", {released}));
  }

  // A lower cap leaves a surplus; its clock runs and is marked; a partial release changes it; a higher cap clears it.
  void LowersTheCap() {
    Accepted(world_.Cases({Claiming(25'000'00)}));
    Later(absl::Hours(3));
    Accepted(world_.Cases({Claiming(40'000'00)}));
    Accepted(world_.Cases({Claiming(90'000'00)}));
  }

  void ChangesStages() {
    Accepted(world_.Cases({Staging(CASE_STAGE_STAYED)}));
    Refused(world_.Orders({world_.DeductOrder("BANK1", freeze_.order_id(), 1'00)}));
    Refused(world_.Cases({Staging(CASE_STAGE_RESUMED)}));
    Accepted(world_.Cases({Staging(CASE_STAGE_ENFORCEMENT)}));
    Refused(world_.Cases({world_.OpenCase()}));
    auto second = world_.Cases({world_.OpenCase("case-2")});
    second.members[0].fresh_key_id = std::string(16, 'd');
    second.members[0].subject_tags = {"tag of 990101198503070017", "tag of 919901019900000178"};
    Accepted(second);
  }

  void Withdraws() {
    const auto everywhere = world_.FreezeOrder("BANK2", 1'000'00);
    Accepted(world_.Orders({everywhere}));
    Accepted(
        domain::Withdraw{.court = CourtOrdinal(1), .request_id = world_.NewId(), .order_id = everywhere.order_id()});
    const auto partly = world_.InquireOrder({"BANK1", "LAND1"});
    Accepted(world_.Orders({partly}, {"handler"}));
    HandOut(kLand1, partly);
    Accepted(domain::Withdraw{.court = CourtOrdinal(1), .request_id = world_.NewId(), .order_id = partly.order_id()});
  }

  // The land office doesn't answer: every mark of a normal order, and an adapter that is gone.
  void Waits() {
    Accepted(domain::MarkAbsent{.agency = kLand1, .last_seen = world_.now + absl::Seconds(30)});
    for (int day = 0; day < 12; ++day) Later(absl::Hours(20));
  }

  void Adopts(const Administration& act) {
    const uint64_t proposal = Accepted(world_.Administration("admin1", {act})).members[0].index;
    Accepted(world_.Administration("admin2", {ApprovalOf(proposal)}));
  }

  // The court's own officer, page after page; then an auditor's system, whom two administrators let read the case, with
  // a ticket of the court's leader. What is too much for one hour waits for the next.
  void Reads() {
    Accepted(world_.Access());
    domain::RecordAccess findings = world_.Access("ListFindings");
    findings.order = world_.OrderNamed(freeze_).seq, findings.rows = 2, findings.page_after = 7;
    Accepted(findings);
    Accepted(findings);
    GATEWAY_ASSERT(world_.Do(findings).status.code() == absl::StatusCode::kResourceExhausted, "three an hour");
    auto grant = Proposing();
    GrantReading* reading = grant.mutable_proposal()->mutable_reading();
    reading->set_reader("system/auditor-1"), reading->set_officers_of("C1"), reading->set_court("C1");
    reading->set_case_index(world_.case_seq);
    *reading->mutable_until() = domain::ToProto(world_.now + absl::Hours(24));
    Adopts(grant);
    domain::RecordAccess audit = world_.Access("GetEvidence", "leader");
    audit.court = {}, audit.reader_name = "system/auditor-1";
    audit.reader = "spiffe://test/auditor/1", audit.reader_tag = "tag of auditor";
    Accepted(audit);
  }

  // A case that came to nothing is closed, kept as long as the policy says, and erased.
  void Erases() {
    Accepted(world_.Cases({Staging(CASE_STAGE_CLOSED, "case-2")}));
    // Somebody looks at it all the same.
    Accepted(world_.Access("GetCase", "handler", "case-2"));
    auto act = Proposing();
    EraseCase* erase = act.mutable_proposal()->mutable_erase();
    erase->set_court("C1");
    for (const auto& [seq, of] : world_.state.cases) {
      if (of.stage == CASE_STAGE_CLOSED) erase->set_case_index(seq);
    }
    Refused(world_.Administration("admin1", {act}));
    Later(absl::Hours(24 * 367));
    act.set_request_id(world_.NewId());
    const uint64_t proposal = Accepted(world_.Administration("admin1", {act})).members[0].index;
    Accepted(world_.Administration("admin2", {ApprovalOf(proposal)}));
  }

  // The co-signer's key is stolen: what it signed stands still until he signs it anew with another one.
  void LosesAKey() {
    const auto asked = world_.InquireOrder({"BANK1", "BANK2"});
    const auto freeze = world_.FreezeOrder("BANK2", 500'00);
    const auto batch = world_.Orders({asked, freeze});
    Accepted(batch);
    HandOut(kBank1, asked);
    Statement next = world_.state.directory.StatementAbout("court/C1/officer/cosigner")->statement;
    Statement revoked = next;
    revoked.set_sequence(2), revoked.set_kind(STATEMENT_KIND_REVOKED);
    revoked.set_previous_digest(world_.state.directory.StatementAbout("court/C1/officer/cosigner")->digest);
    *revoked.mutable_compromised_since() = domain::ToProto(world_.now - absl::Minutes(1));
    revoked.clear_algorithm(), revoked.clear_key(), revoked.clear_roles(), revoked.clear_officer();
    const auto stolen = world_.Statements("C1", {revoked}, {world_.Key("C1")});
    Accepted(stolen);
    Refused(world_.Orders({world_.FreezeOrder("BANK2", 1'00)}));
    next.set_sequence(3), next.set_previous_digest(stolen.signed_head.digests[0]);
    next.set_key(world_.Key("cosigner, second"));
    Accepted(world_.Statements("C1", {next}, {world_.Key("C1")}));
    Later(absl::Hours(1));
    domain::ResumeOrders anew{.signed_head = batch.signed_head, .court = batch.court};
    anew.members = {batch.members[1]};
    anew.signed_head.digests = {batch.signed_head.digests[1]};
    anew.signed_head.keys = {world_.Key("handler"), world_.Key("cosigner, second")};
    anew.signed_head.envelope.add_signatures()->set_sig("anew");
    Accepted(anew);
    HandOut(kBank2, freeze);
  }

  void LosesItsClock() {
    Accepted(domain::AlarmClock{world_.now + absl::Hours(200), "JUMP"});
    auto act = Proposing();
    act.mutable_proposal()->mutable_clock()->set_alarm_index(world_.state.clock_alarm);
    const uint64_t proposal = Accepted(world_.Administration("admin1", {act})).members[0].index;
    Accepted(world_.Administration("admin2", {ApprovalOf(proposal)}));
    Later(absl::Hours(1));
    Ordered(world_.InquireOrder({"BANK1"}), {"handler"});
  }

  // From a policy on that demands it.
  void SaysWhatItsDirectoryIs() {
    auto act = Proposing();
    PolicyTable& table = *act.mutable_proposal()->mutable_policy()->mutable_table();
    table = FreedoniaPolicy(4);
    AdapterRow& row = *table.mutable_adapters();
    row.add_examiners()->set_name("test house");
    row.mutable_examiners(0)->set_algorithm(KEY_ALGORITHM_ED25519),
        row.mutable_examiners(0)->set_key(world_.Key("examiner"));
    row.add_cases("crash"), row.set_valid_days(10);
    *row.mutable_source() = table.terms(0).source();
    const uint64_t proposal = Accepted(world_.Administration("admin1", {act})).members[0].index;
    Accepted(world_.Administration("admin2", {ApprovalOf(proposal)}));
    Later(absl::Minutes(1));
    Later(absl::Hours(1));
  }

  void ExaminesAnAdapter() {
    auto act = Proposing();
    act.mutable_proposal()->mutable_adapter()->set_report("as the kit signed it");
    const domain::ExaminedReport report{.adapter = "example.adapter",
                                        .version = "1.0",
                                        .passed = {"crash", "hello"},
                                        .skipped = 1,
                                        .digest = std::string(32, 'd'),
                                        .keys = {world_.Key("examiner")}};
    auto proposing = world_.Administration("admin1", {act});
    proposing.members[0].report = report;
    auto approving = world_.Administration("admin2", {ApprovalOf(Accepted(proposing).members[0].index)});
    approving.members[0].report = report;
    Accepted(approving);
  }

  void HasItsDirectoryReceived() {
    for (AgencyOrdinal agency : {kBank1, kLand1}) {
      Accepted(domain::AcknowledgeDirectory{.agency = agency,
                                            .position = world_.state.directory.statement_positions().back(),
                                            .statements = world_.stream.statements,
                                            .digest = world_.stream.digest});
    }
  }

  // A bank objects to a freeze: a deduction waits, both sides speak, the time passes, and the court answers late. What
  // the bank then raises against the deduction it takes back.
  void Objects() {
    const std::vector<std::string> signers = {"handler", "cosigner, second"};
    const auto freeze = Ordered(world_.FreezeOrder("BANK1", 300'00), signers);
    HandOut(kBank1, freeze);
    Accepted(world_.Receipts("BANK1", {world_.Controlled(freeze, "BANK1", 300'00, 0)}));
    const auto deduct = Ordered(world_.DeductOrder("BANK1", freeze.order_id(), 100'00), signers);
    const auto raised = world_.Raise("BANK1", freeze);
    Accepted(world_.Objections("BANK1", {raised}));
    Refused(world_.Objections("BANK1", {world_.Raise("BANK1", freeze)}));
    Accepted(world_.Objections("C1", {world_.Say("C1", raised)}, {"handler"}));
    Accepted(world_.Objections("BANK1", {world_.Say("BANK1", raised)}));
    for (int day = 0; day < 5; ++day) Later(absl::Hours(25));
    Accepted(world_.Objections("C1", {world_.Answer(raised, OBJECTION_DECISION_REJECTED)}));
    HandOut(kBank1, deduct);
    const auto again = world_.Raise("BANK1", deduct);
    Accepted(world_.Objections("BANK1", {again}));
    Accepted(world_.Objections("BANK1", {world_.Say("BANK1", again, /*withdraws=*/true)}));
    Accepted(world_.Receipts("BANK1", {world_.Deducted(deduct, "BANK1", true, 200'00, 0)}));
  }

  // What the log knows of BANK1's measures, as the bank's own statement of now.
  Position Statement_() const {
    Position position;
    position.set_agency("BANK1");
    position.set_day(absl::FormatCivilTime(absl::ToCivilDay(world_.now, world_.state.policy->zone())));
    *position.mutable_as_of() = domain::ToProto(world_.now);
    for (const auto& [id, freeze] : world_.state.PositionOf(kBank1).standing) {
      PositionLine* line = position.add_lines();
      const domain::Order& order = world_.state.orders.at(freeze.value());
      line->set_order_id(order.order_id);
      *line->mutable_measure() = world_.state.cases.at(order.case_seq.value()).ledger.FindMeasure(freeze)->state;
    }
    return position;
  }

  // Banks state what they hold: one counts a measure otherwise, one says nothing for days, a part comes out of turn.
  void Reconciles() {
    const auto freeze = Ordered(world_.FreezeOrder("BANK1", 50'00), {"handler", "cosigner, second"});
    HandOut(kBank1, freeze);
    auto controlled = world_.Controlled(freeze, "BANK1", 50'00, 0);
    *controlled.mutable_items(0)->mutable_measure()->mutable_effective_to() =
        domain::ToProto(world_.now + absl::Hours(24 * 100));
    Accepted(world_.Receipts("BANK1", {controlled}));
    auto act = Proposing();
    PolicyTable table = PolicyWithPositions(2);
    table.clear_directory();
    for (uint32_t days : {300u, 5u}) table.mutable_measure_ends()->add_days_before(days);
    *table.mutable_measure_ends()->mutable_source() = table.retention().source();
    *act.mutable_proposal()->mutable_policy()->mutable_table() = table;
    const uint64_t proposal = Accepted(world_.Administration("admin1", {act})).members[0].index;
    Accepted(world_.Administration("admin2", {ApprovalOf(proposal)}));
    Position position = Statement_();
    GATEWAY_ASSERT(position.lines_size() > 1, "the scenes before left measures that stand");
    Accepted(world_.Positions("BANK1", {position}));
    Later(absl::Minutes(10));
    Position last = Statement_();
    last.set_after(last.lines(0).order_id()), last.mutable_lines()->DeleteSubrange(0, 1);
    Refused(world_.Positions("BANK1", {last}));  // the day doesn't go on there
    Later(absl::Hours(25));
    position = Statement_();
    MeasureState* measure = position.mutable_lines(0)->mutable_measure();
    measure->set_controlled_minor_units(measure->controlled_minor_units() + 1);
    position.mutable_lines()->RemoveLast();
    Accepted(world_.Positions("BANK1", {position}));
    for (int day = 0; day < 5; ++day) Later(absl::Hours(25));
    Accepted(world_.Positions("BANK1", {Statement_()}));
  }

  CaseAct Regrouping(const std::string& passport, bool comes) {
    CaseAct act;
    act.set_request_id(world_.NewId()), act.set_court("C1");
    ChangeRespondents& change = *act.mutable_respondents();
    change.set_case_number("case-1"), change.set_ground("a ruling"), change.set_legal_basis("art 17");
    Identity who;
    who.set_name("顾明远"), who.set_id_kind("PASSPORT"), who.set_id_number(passport);
    if (comes) {
      *change.add_add()->mutable_identity() = who;
      change.mutable_add(0)->set_liability(LIABILITY_KIND_SEVERAL),
          change.mutable_add(0)->set_liability_cap_minor_units(2'000'00);
    } else {
      *change.add_remove() = who;
    }
    Instrument& ruling = *change.mutable_ruling();
    ruling.set_category("RULING"), ruling.set_digest(std::string(32, 'r')), ruling.set_size_bytes(1),
        ruling.set_media_type("application/pdf");
    return act;
  }

  // Somebody is added, and frozen; he is removed: what stands on him has a clock, what had not begun stands still; he
  // is added again, and it goes out.
  void ChangesItsRespondents() {
    const std::vector<std::string> signers = {"handler", "cosigner, second"};
    Accepted(world_.Cases({Regrouping("E1", true)}));
    const auto on_him = [](OrderProto order) {
      order.mutable_subject()->set_name("顾明远"), order.mutable_subject()->set_id_kind("PASSPORT"),
          order.mutable_subject()->set_id_number("E1");
      return order;
    };
    const auto freeze = Ordered(on_him(world_.FreezeOrder("BANK1", 100'00)), signers);
    HandOut(kBank1, freeze);
    Accepted(world_.Receipts("BANK1", {world_.Controlled(freeze, "BANK1", 100'00, 0)}));
    const auto waiting = Ordered(on_him(world_.FreezeOrder("BANK2", 50'00)), signers);
    Accepted(world_.Cases({Regrouping("E1", false)}));
    Refused(world_.Orders({on_him(world_.FreezeOrder("BANK2", 1'00))}, signers));
    Refused(world_.Cases({Regrouping("E1", false)}));
    Later(absl::Hours(3));
    Accepted(world_.Cases({Regrouping("E1", true)}));
    HandOut(kBank2, waiting);
  }

  DomainWorld& world_;
  OrderProto freeze_, behind_;
};

}  // namespace

void TellGoldenHistory(DomainWorld& world) { Storyteller(world).Tell(), TellOfSearches(world); }

}  // namespace eagle::test
