// The rules about supervision orders are broken one by one in an otherwise valid log, and exactly that is found. The
// log has two threads: a bank is asked, acknowledges, is overdue, answers late, gets its answer back, and the court
// takes its order back; a court is asked by a commander's order, answers, and it is closed as done.
#include "goldeneagle/v1/supervision_entry.pb.h"
#include "tests/audit/rules_world.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

TEST_F(RulesTest, ASupervisionOrderWithoutOfficers) {
  Body_<SupervisionIssued>(ENTRY_TYPE_SUPERVISION_ISSUED, [](auto& body) { body.clear_signers(); });
  ExpectFinding("supervision");
}
TEST_F(RulesTest, ASupervisionOrderWithoutACause) {
  Body_<SupervisionIssued>(ENTRY_TYPE_SUPERVISION_ISSUED, [](auto& body) { body.clear_cause(); });
  ExpectFinding("supervision");
}
TEST_F(RulesTest, ASupervisionOrderThatIsCopiedToACourtNobodyKnows) {
  Body_<SupervisionIssued>(
      ENTRY_TYPE_SUPERVISION_ISSUED, [](auto& body) { body.set_cc_court(99); }, 1);
  ExpectFinding("supervision");
}
TEST_F(RulesTest, ASupervisionOrderByAPolicyThatIsNotInForce) {
  Body_<SupervisionIssued>(ENTRY_TYPE_SUPERVISION_ISSUED, [](auto& body) { body.set_policy_version(99); });
  ExpectFinding("supervision");
}
TEST_F(RulesTest, ALateAnswerToASupervisionOrderThatIsCalledPunctual) {
  Body_<SupervisionSaid>(
      ENTRY_TYPE_SUPERVISION_WORD, [](auto& body) { body.clear_late(); }, 1);
  ExpectFinding("supervision");
}
TEST_F(RulesTest, AnAnswerThatNobodyOwes) {
  // The acknowledgement is an answer: the answer after it has no place.
  Body_<SupervisionSaid>(ENTRY_TYPE_SUPERVISION_WORD, [](auto& body) { body.set_state(SUPERVISION_STATE_ANSWERED); });
  const uint64_t answer = At(ENTRY_TYPE_SUPERVISION_WORD, 1);
  EXPECT_THAT(FindingsOf(leaves_), testing::Contains("supervision@" + std::to_string(answer)));
}
TEST_F(RulesTest, ASupervisionOrderCalledDoneWithoutAnAnswer) {
  Body_<SupervisionClosed>(ENTRY_TYPE_SUPERVISION_CLOSED, [](auto& body) { body.set_result(SUPERVISION_RESULT_DONE); });
  ExpectFinding("supervision");
}
TEST_F(RulesTest, ASupervisionOrderCalledNotDoneBeforeItsTimeIsOver) {
  Body_<SupervisionClosed>(ENTRY_TYPE_SUPERVISION_CLOSED,
                           [](auto& body) { body.set_result(SUPERVISION_RESULT_NOT_DONE); });
  ExpectFinding("supervision");
}
TEST_F(RulesTest, ASupervisionOrderThatIsClosedTwice) {
  const uint64_t first = At(ENTRY_TYPE_SUPERVISION_ISSUED);
  Body_<SupervisionClosed>(
      ENTRY_TYPE_SUPERVISION_CLOSED, [&](auto& body) { body.set_supervision(first); }, 1);
  EXPECT_THAT(FindingsOf(leaves_), testing::Contains("supervision@" + std::to_string(at_)));
}
TEST_F(RulesTest, AWordInAThreadThatNobodyOpened) {
  Body_<SupervisionSaid>(
      ENTRY_TYPE_SUPERVISION_WORD, [](auto& body) { body.set_supervision(1); }, 3);
  EXPECT_THAT(FindingsOf(leaves_), testing::Contains("supervision@" + std::to_string(at_)));
}
TEST_F(RulesTest, AMarkOfASupervisionOrderThatTellsAnotherDueInstant) {
  Body_<SupervisionMarked>(ENTRY_TYPE_SUPERVISION_MARKED, [](auto& body) { body.set_due(body.due() + 1); });
  ExpectFinding("deadline.mark");
}
TEST_F(RulesTest, AMarkOfASupervisionOrderThatComesTwice) {
  Body_<SupervisionMarked>(
      ENTRY_TYPE_SUPERVISION_MARKED, [](auto& body) { body.set_mark_permille(500); }, 1);
  EXPECT_THAT(FindingsOf(leaves_), testing::Contains("deadline.mark@" + std::to_string(at_)));
}

}  // namespace
}  // namespace eagle::audit
