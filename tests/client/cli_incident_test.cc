// `eagle incident list` and `eagle agency positions`: what differs, until when, and whose statement is here.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/trust/timestamps.h"
#include "tests/client/cli_world.h"

namespace eagle::client {
namespace {

using testing::HasSubstr;
using testing::Not;

class CliIncidentTest : public testing::Test {
 protected:
  CliIncidentTest() {
    v1::IncidentView* differs = world_.gateway->incidents.add_incidents();
    differs->set_name("incidents/9"), differs->set_kind(v1::INCIDENT_KIND_AMOUNT_DIFFERS);
    differs->set_agency("9900010"), differs->set_day("2026-09-28"), differs->set_order_id(std::string(16, 'o'));
    differs->mutable_stated()->set_controlled_minor_units(60'000'00);
    differs->mutable_stated()->set_unfunded_minor_units(20'000'00);
    differs->mutable_recorded()->set_ended(true);
    v1::IncidentView* silent = world_.gateway->incidents.add_incidents();
    silent->set_name("incidents/12"), silent->set_kind(v1::INCIDENT_KIND_STATEMENT_MISSING);
    silent->set_agency("9900010"), silent->set_day("2026-09-29"), silent->set_overdue(true);
    for (v1::IncidentView* view : {differs, silent}) {
      *view->mutable_arisen_at() = trust::TimestampOf(Monday());
      *view->mutable_deadline()->mutable_due_at() = trust::TimestampOf(Monday() + absl::Hours(72));
    }
  }
  CliWorld world_;
};

TEST_F(CliIncidentTest, EachHasItsKindItsClockAndBothSides) {
  const auto out = world_.Run({"incident", "list", "--open", "--agency", "9900010"});
  EXPECT_EQ(out.exit, kExitOk) << out.err;
  EXPECT_THAT(out.out, HasSubstr("AMOUNT_DIFFERS"));
  EXPECT_THAT(out.out, HasSubstr("60,000.00 + 20,000.00 unfunded"));
  EXPECT_THAT(out.out, HasSubstr("ended"));
  EXPECT_THAT(out.out, HasSubstr("STATEMENT_MISSING"));
  EXPECT_TRUE(world_.gateway->incidents_request.open_only());
  EXPECT_EQ(world_.gateway->incidents_request.agency(), "9900010");
}

TEST_F(CliIncidentTest, ProgramsGetTheSameAsJson) {
  const auto out = world_.Json({"incident", "list"});
  EXPECT_THAT(out.out, HasSubstr("AMOUNT_DIFFERS"));
  EXPECT_THAT(out.out, HasSubstr("\"stated\""));
  EXPECT_FALSE(world_.gateway->incidents_request.open_only());
}

}  // namespace
}  // namespace eagle::client
