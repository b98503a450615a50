// The courts above the demo's, and what is said in supervision threads.
#include "server/base/assert.h"
#include "server/domain/instant.h"
#include "tests/support/demo_world.h"

namespace eagle::test {

void DemoWorld::RaiseCourts() {
  v1::Proposal high = CourtProposal(kHighCourt, "辽省高级人民法院"),
               middle = CourtProposal(kMiddleCourt, "北陵市中级人民法院"),
               low = CourtProposal(kCourt, "北陵市松月区人民法院");
  middle.mutable_court()->set_superior(kHighCourt), low.mutable_court()->set_superior(kMiddleCourt);
  const auto adopted = Adopt({high, middle, low});
  GATEWAY_ASSERT(adopted.ok(), "two administrators register the courts above");
  for (const auto& result : adopted->results()) GATEWAY_ASSERT(result.in_effect(), result.DebugString().c_str());
  StateKeys({std::string("court/") + kHighCourt, std::string("court/") + kMiddleCourt});
  for (const char* code : {kHighCourt, kMiddleCourt}) StateOfficers(code);
}

v1::SupervisionAct DemoWorld::Issue(const std::string& from, const v1::Order* order) {
  v1::SupervisionAct act;
  act.set_request_id(gateway.NewId()), act.set_author(from);
  *act.mutable_written_at() = domain::ToProto(gateway.clock.wall);
  v1::SupervisionOrder* issue = act.mutable_issue();
  issue->set_number("督办〔2026〕17号"), issue->set_cause(v1::SUPERVISION_CAUSE_OVERDUE);
  issue->set_urgency(v1::URGENCY_URGENT), issue->set_required_action("立即反馈，并书面说明逾期原因");
  issue->set_contact_name("执行指挥中心"), issue->set_contact_phone("024-9900-0000");
  if (order == nullptr) {
    issue->set_to_court(kCourt), issue->set_case_number(kCaseNumber);
    return act;
  }
  issue->set_to_agency(order->agencies(0)), issue->set_order_id(order->order_id());
  issue->set_order_digest(Digest(*order));
  return act;
}

v1::SupervisionAct DemoWorld::WordIn(const v1::SupervisionAct& issued, const std::string& author) {
  v1::SupervisionAct act;
  act.set_request_id(gateway.NewId()), act.set_author(author);
  *act.mutable_written_at() = domain::ToProto(gateway.clock.wall);
  act.set_supervision_id(issued.request_id()), act.set_supervision_digest(Digest(issued));
  return act;
}

v1::SupervisionAct DemoWorld::AnswerTo(const v1::SupervisionAct& issued, const std::string& author) {
  v1::SupervisionAct act = WordIn(issued, author);
  act.mutable_answer()->set_text("系统故障，已恢复并反馈");
  return act;
}

v1::SupervisionAct DemoWorld::Close(const v1::SupervisionAct& issued, v1::SupervisionResult result) {
  v1::SupervisionAct act = WordIn(issued, issued.author());
  act.mutable_close()->set_result(result), act.mutable_close()->set_text("已核实");
  return act;
}

absl::StatusOr<v1::SubmitSupervisionResponse> DemoWorld::Supervise(const v1::SupervisionAct& act) {
  const std::string& author = act.author();
  const bool agency = gateway.state().directory.AgencyByCode(author) != nullptr;
  const std::string court_officer = "court/" + author + "/officer/";
  std::vector<std::string> keys = {court_officer + "001", court_officer + "003"};
  if (act.issue().commander()) keys.push_back(court_officer + "002");
  if (agency) keys = {"agency/" + author};
  v1::SubmitSupervisionRequest request;
  *request.mutable_batch() =
      gateway.Sign(v1::MEMBER_TYPE_SUPERVISION, author, std::vector<v1::SupervisionAct>{act}, keys);
  return agency ? gateway.Call(&api::Handlers::AnswerSupervision, gateway.Agency(author), request)
                : gateway.Call(&api::Handlers::SubmitSupervision, gateway.Court(author), request);
}

}  // namespace eagle::test
