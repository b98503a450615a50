// What agencies and courts of the demo world say in an objection's thread.
#include "server/domain/instant.h"
#include "tests/support/demo_world.h"

namespace eagle::test {

v1::ObjectionAct DemoWorld::Raise(const v1::Order& order, const std::string& agency) {
  v1::ObjectionAct act;
  act.set_request_id(gateway.NewId()), act.set_author(agency);
  *act.mutable_written_at() = domain::ToProto(gateway.clock.wall);
  v1::Objection* raise = act.mutable_raise();
  raise->set_order_id(order.order_id()), raise->set_order_digest(Digest(order)), raise->set_ground("EXEMPT_ASSET");
  raise->set_text("该账户为农民工工资专用账户"), raise->set_contact_name("北陵银行 司法协助岗"),
      raise->set_contact_phone("024-9900-0001");
  return act;
}

v1::ObjectionAct DemoWorld::Say(const std::string& author, const v1::ObjectionAct& raised, bool withdraws) {
  v1::ObjectionAct act;
  act.set_request_id(gateway.NewId()), act.set_author(author);
  *act.mutable_written_at() = domain::ToProto(gateway.clock.wall);
  act.mutable_reply()->set_objection_id(raised.request_id()), act.mutable_reply()->set_text("请补充账户开户资料");
  act.mutable_reply()->set_withdraws(withdraws);
  return act;
}

v1::ObjectionAct DemoWorld::Answer(const v1::ObjectionAct& raised, v1::ObjectionDecision decision) {
  v1::ObjectionAct act;
  act.set_request_id(gateway.NewId()), act.set_author(kCourt);
  *act.mutable_written_at() = domain::ToProto(gateway.clock.wall);
  v1::ObjectionAnswer* answer = act.mutable_answer();
  answer->set_objection_id(raised.request_id()), answer->set_objection_digest(Digest(raised));
  answer->set_decision(decision), answer->set_text("经审查");
  return act;
}

absl::StatusOr<v1::SubmitObjectionsResponse> DemoWorld::Object(const std::string& agency,
                                                               const std::vector<v1::ObjectionAct>& acts) {
  v1::SubmitObjectionsRequest request;
  *request.mutable_batch() = gateway.Sign(v1::MEMBER_TYPE_OBJECTION, agency, acts, {"agency/" + agency});
  return gateway.Call(&api::Handlers::RaiseObjection, gateway.Agency(agency), request);
}

absl::StatusOr<v1::SubmitObjectionsResponse> DemoWorld::AnswerObjections(const std::vector<v1::ObjectionAct>& acts,
                                                                         const std::vector<std::string>& keys) {
  v1::SubmitObjectionsRequest request;
  *request.mutable_batch() = gateway.Sign(v1::MEMBER_TYPE_OBJECTION, kCourt, acts, keys);
  return gateway.Call(&api::Handlers::AnswerObjection, gateway.Court(kCourt), request);
}

}  // namespace eagle::test
