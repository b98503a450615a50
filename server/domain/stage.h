// The stages of a case and how it may pass from one to another.
#pragma once

#include "goldeneagle/v1/case.pb.h"

namespace eagle::domain {

// True when the table in stage.cc lists the passage. A case never passes to the stage that it is in.
bool StageMayChange(goldeneagle::v1::CaseStage from, goldeneagle::v1::CaseStage to);

}  // namespace eagle::domain
