#include "server/base/assert.h"
#include "tests/golden/history.h"

namespace eagle::test {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

void TellOfSupervision(DomainWorld& world) {
  const auto said = [&](const std::string& author, const SupervisionAct& act,
                        const std::vector<std::string>& signers = {"handler"}) {
    const domain::Result result = world.Do(world.Supervision(author, {act}, signers));
    GATEWAY_ASSERT(result.status.ok(), "the history is made of calls that are taken");
    return !result.members.at(0).refusal;
  };
  const auto must = [](bool as_told) { GATEWAY_ASSERT(as_told, "the scene needs this word, or its refusal"); };
  goldeneagle::v1::Administration act;
  act.set_request_id(world.NewId()), act.mutable_proposal()->set_ground("golden history");
  PolicyTable& table = *act.mutable_proposal()->mutable_policy()->mutable_table();
  table = world.state.policy->table();
  table.set_version(table.version() + 1), AddSupervision(table);
  world.Adopt({act});
  world.AddCourt("HIGH", ""), world.AddCourt("C1", "HIGH");

  const auto freeze = world.FreezeOrder("BANK1", 10'00);
  must(!world.Do(world.Orders({freeze}, {"handler", "cosigner, second"})).members.at(0).refusal);
  const auto issued = world.Issue("HIGH", &freeze);
  must(said("HIGH", issued));
  must(!said("HIGH", world.SendBack(issued)));  // nothing is answered yet
  must(said("BANK1", world.Acknowledgement(issued, "BANK1")));
  world.now += absl::Hours(7);
  world.Tick();
  must(said("BANK1", world.AnswerTo(issued, "BANK1")));
  must(said("HIGH", world.SendBack(issued)));
  must(said("HIGH", world.Close(issued, SUPERVISION_RESULT_TAKEN_BACK)));

  auto commanding = world.Issue("HIGH");
  commanding.mutable_issue()->set_commander(true);
  must(said("HIGH", commanding, {"handler", "leader"}));
  must(said("C1", world.AnswerTo(commanding, "C1")));
  must(said("HIGH", world.Close(commanding, SUPERVISION_RESULT_DONE), {"handler", "leader"}));
}

}  // namespace eagle::test
