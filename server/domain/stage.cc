#include "server/domain/stage.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: the table reads better

// From, to. What is not listed is refused.
constexpr struct {
  CaseStage from, to;
} kPassages[] = {
    {CASE_STAGE_PRESERVATION, CASE_STAGE_ENFORCEMENT},  // measures go on without a break
    {CASE_STAGE_PRESERVATION, CASE_STAGE_STAYED},        {CASE_STAGE_PRESERVATION, CASE_STAGE_TRANSFERRED},
    {CASE_STAGE_PRESERVATION, CASE_STAGE_IN_BANKRUPTCY}, {CASE_STAGE_PRESERVATION, CASE_STAGE_CLOSED},
    {CASE_STAGE_ENFORCEMENT, CASE_STAGE_STAYED},         {CASE_STAGE_ENFORCEMENT, CASE_STAGE_CLOSED_NO_ASSETS},
    {CASE_STAGE_ENFORCEMENT, CASE_STAGE_IN_BANKRUPTCY},  {CASE_STAGE_ENFORCEMENT, CASE_STAGE_TRANSFERRED},
    {CASE_STAGE_ENFORCEMENT, CASE_STAGE_CLOSED},         {CASE_STAGE_STAYED, CASE_STAGE_ENFORCEMENT},
    {CASE_STAGE_STAYED, CASE_STAGE_IN_BANKRUPTCY},       {CASE_STAGE_STAYED, CASE_STAGE_CLOSED},
    {CASE_STAGE_CLOSED_NO_ASSETS, CASE_STAGE_RESUMED},  // assets turned up
    {CASE_STAGE_CLOSED_NO_ASSETS, CASE_STAGE_CLOSED},    {CASE_STAGE_RESUMED, CASE_STAGE_STAYED},
    {CASE_STAGE_RESUMED, CASE_STAGE_CLOSED_NO_ASSETS},   {CASE_STAGE_RESUMED, CASE_STAGE_IN_BANKRUPTCY},
    {CASE_STAGE_RESUMED, CASE_STAGE_TRANSFERRED},        {CASE_STAGE_RESUMED, CASE_STAGE_CLOSED},
    {CASE_STAGE_IN_BANKRUPTCY, CASE_STAGE_ENFORCEMENT},  // the petition was dismissed
    {CASE_STAGE_IN_BANKRUPTCY, CASE_STAGE_CLOSED},
};

}  // namespace

bool StageMayChange(CaseStage from, CaseStage to) {
  for (const auto& passage : kPassages) {
    if (passage.from == from && passage.to == to) return true;
  }
  return false;
}

}  // namespace eagle::domain
