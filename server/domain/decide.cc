#include "server/domain/decide.h"

#include <algorithm>

#include "server/base/assert.h"
#include "server/domain/draft.h"

namespace eagle::domain {

Decision Decide(const State& state, const Command& command, absl::Time now) {
  GATEWAY_ASSERT(now >= state.recorded, "recorded time never goes back");
  Draft draft(state, now);
  std::visit([&](const auto& alternative) { DecideCommand(draft, alternative); }, command);
  return draft.Take();
}

Entry FoundLog(const goldeneagle::v1::LogFounded& founding, absl::Time now) {
  return Entry{
      .index = 0, .time = now, .type = goldeneagle::v1::ENTRY_TYPE_LOG_FOUNDED, .body = founding.SerializeAsString()};
}

Entry RecoverLog(const State& state, const goldeneagle::v1::LogRecovered& body, absl::Time proposed_at) {
  return Entry{.index = state.next_index,
               .time = std::max(state.recorded, proposed_at),
               .type = goldeneagle::v1::ENTRY_TYPE_LOG_RECOVERED,
               .body = body.SerializeAsString()};
}

}  // namespace eagle::domain
