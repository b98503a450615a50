// The rule about marks of measures' ends is broken in an otherwise valid log, and exactly that is found.
#include "client/audit/rules.h"
#include "tests/audit/rules_world.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

TEST_F(RulesTest, AnEndThatIsMarkedTooEarly) {
  constexpr int64_t kLater = int64_t{400} * 86'400'000'000;
  Body_<MeasureMarked>(ENTRY_TYPE_MEASURE_MARKED, [](auto& body) { body.set_ends(body.ends() + kLater); });
  ExpectFinding("measure.end");
}
TEST_F(RulesTest, AnEndThatIsMarkedTwice) {
  Body_<MeasureMarked>(
      ENTRY_TYPE_MEASURE_MARKED, [](auto& body) { body.set_days_before(300); }, 1);
  ExpectFinding("measure.end");
}
TEST_F(RulesTest, AnEndUnderAPolicyThatIsNotInForce) {
  Body_<MeasureMarked>(ENTRY_TYPE_MEASURE_MARKED, [](auto& body) { body.set_policy_version(9); });
  ExpectFinding("measure.end");
}
TEST_F(RulesTest, AnEndOfWhatMadeNoMeasure) {
  const uint64_t other = At(ENTRY_TYPE_ORDER_ACCEPTED);
  Body_<MeasureMarked>(ENTRY_TYPE_MEASURE_MARKED, [&](auto& body) { body.set_freeze_order(other); });
  ExpectFinding("measure.end");
}

}  // namespace
}  // namespace eagle::audit
