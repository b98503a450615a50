// The world's part about supervision orders: courts above C1, and what is said in the threads.
#include <tuple>

#include "goldeneagle/v1/supervision.pb.h"
#include "server/domain/instant.h"
#include "server/journal/hash.h"
#include "tests/support/domain_world.h"

namespace eagle::test {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

void AddSupervision(PolicyTable& table) {
  const Source source = table.retention().source();
  for (const auto& [name, hours, days] :
       {std::tuple{"ANSWER_SUPERVISION_URGENT", 6u, 0u}, std::tuple{"ANSWER_SUPERVISION", 0u, 2u}}) {
    DeadlineRow* row = table.add_deadlines();
    row->set_name(name), row->set_hours(hours), row->set_civil_days(days), *row->mutable_source() = source;
    for (uint32_t mark : {500u, 1000u, 2000u}) row->add_marks_permille(mark);
  }
  SupervisionRow* row = table.mutable_supervision();
  for (SupervisionCause cause : {SUPERVISION_CAUSE_OVERDUE, SUPERVISION_CAUSE_WRONG_MEASURE}) row->add_causes(cause);
  row->add_issue_roles(OFFICER_ROLE_HANDLER), row->add_answer_roles(OFFICER_ROLE_HANDLER);
  row->add_commander_roles(OFFICER_ROLE_HANDLER), row->add_commander_roles(OFFICER_ROLE_LEADER);
  row->set_words_max(6), *row->mutable_source() = source;
}

PolicyTable PolicyWithSupervision() {
  PolicyTable table = FreedoniaPolicy();
  AddSupervision(table);
  return table;
}

void DomainWorld::AddCourt(const std::string& code, const std::string& superior) {
  const domain::Court* known = state.directory.CourtByCode(code);
  goldeneagle::v1::Administration act;
  act.set_request_id(NewId()), act.mutable_proposal()->set_ground("a court above");
  RegisterCourt* court = act.mutable_proposal()->mutable_court();
  if (known != nullptr) *court = known->row;
  court->set_code(code), court->set_superior(superior);
  if (known == nullptr) {
    court->set_name("Court " + code), court->mutable_system()->set_spiffe_id("spiffe://test/court/" + code);
    court->mutable_system()->add_spki_sha256(std::string(32, 'p'));
  }
  Adopt({act});
  if (known != nullptr) return;
  const auto statement = [&](const std::string& subject, StatementKind kind, const std::string& key) {
    Statement out;
    out.set_subject(subject), out.set_sequence(1), out.set_kind(kind), out.set_environment(ENVIRONMENT_TEST);
    out.set_algorithm(KEY_ALGORITHM_ED25519), out.set_key(key);
    *out.mutable_valid_from() = domain::ToProto(now - absl::Hours(1));
    *out.mutable_valid_until() = domain::ToProto(now + absl::Hours(24 * 365));
    return out;
  };
  Do(Statements("registrar", {statement("court/" + code, STATEMENT_KIND_KEY, Key(code))},
                {Key("registrar1"), Key("registrar2")}));
  std::vector<Statement> officers;
  for (const auto& [name, role] :
       {std::pair{"handler", OFFICER_ROLE_HANDLER}, std::pair{"leader", OFFICER_ROLE_LEADER}}) {
    const std::string subject = "court/" + code + "/officer/" + name;
    Statement& officer =
        officers.emplace_back(statement(subject, STATEMENT_KIND_OFFICER, Key(code + " " + std::string(name))));
    officer.add_roles(role);
    officer.mutable_officer()->set_name(name), officer.mutable_officer()->set_work_id_no("W");
    officer.mutable_officer()->set_duty_card_no("D");
  }
  Do(Statements(code, officers, {Key(code)}));
}

domain::SubmitSupervision DomainWorld::Supervision(const std::string& author, std::vector<SupervisionAct> acts,
                                                   std::vector<std::string> signers) {
  const domain::Agency* agency = state.directory.AgencyByCode(author);
  std::vector<std::string> keys;
  if (agency != nullptr) signers = {author};
  for (const std::string& signer : signers)
    keys.push_back(Key(agency != nullptr || author == "C1" ? signer : author + " " + signer));
  domain::SubmitSupervision out{.signed_head = Sign(MEMBER_TYPE_SUPERVISION, author, acts, keys)};
  *out.signed_head.head.mutable_signed_at() = domain::ToProto(now);  // not in the envelope: see Statements
  if (agency != nullptr) {
    out.agency = agency->ordinal;
  } else {
    out.court = state.directory.CourtByCode(author)->ordinal;
  }
  for (const auto& act : acts) out.members.push_back({act.SerializeAsString(), act, TagsOf(act.issue().case_number())});
  return out;
}

SupervisionAct DomainWorld::Issue(const std::string& from, const goldeneagle::v1::Order* order) {
  SupervisionAct act;
  act.set_request_id(NewId()), act.set_author(from);
  *act.mutable_written_at() = domain::ToProto(now);
  SupervisionOrder* issue = act.mutable_issue();
  issue->set_number("督办〔2026〕17号"), issue->set_cause(SUPERVISION_CAUSE_OVERDUE);
  issue->set_urgency(URGENCY_URGENT), issue->set_required_action("answer, and say why you didn't");
  issue->set_contact_name("command centre"), issue->set_contact_phone("9");
  if (order == nullptr) {
    issue->set_to_court("C1"), issue->set_case_number("case-1");
    return act;
  }
  issue->set_to_agency(order->agencies(0)), issue->set_order_id(order->order_id());
  issue->set_order_digest(std::string(journal::View(journal::LeafHash(order->SerializeAsString()))));
  return act;
}

SupervisionAct DomainWorld::WordIn(const SupervisionAct& issued, const std::string& author) {
  SupervisionAct act;
  act.set_request_id(NewId()), act.set_author(author);
  *act.mutable_written_at() = domain::ToProto(now);
  act.set_supervision_id(issued.request_id());
  act.set_supervision_digest(std::string(journal::View(journal::LeafHash(issued.SerializeAsString()))));
  return act;
}
SupervisionAct DomainWorld::Acknowledgement(const SupervisionAct& issued, const std::string& author) {
  SupervisionAct act = WordIn(issued, author);
  act.mutable_acknowledge();
  return act;
}
SupervisionAct DomainWorld::AnswerTo(const SupervisionAct& issued, const std::string& author) {
  SupervisionAct act = WordIn(issued, author);
  act.mutable_answer()->set_text("done");
  return act;
}
SupervisionAct DomainWorld::SendBack(const SupervisionAct& issued) {
  SupervisionAct act = WordIn(issued, issued.author());
  act.mutable_send_back()->set_text("the receipt is missing");
  return act;
}
SupervisionAct DomainWorld::Close(const SupervisionAct& issued, SupervisionResult result) {
  SupervisionAct act = WordIn(issued, issued.author());
  act.mutable_close()->set_text("seen"), act.mutable_close()->set_result(result);
  return act;
}

}  // namespace eagle::test
