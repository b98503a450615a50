// What both halves of the fold need. Private to the apply*.cc files.
#pragma once

#include <string_view>

#include "server/base/assert.h"
#include "server/domain/state.h"

namespace eagle::domain {

template <typename Message>
Message Parse(std::string_view bytes) {
  Message message;
  GATEWAY_ASSERT(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())),
                 "the journal holds what we wrote");
  return message;
}

inline Case& CaseOf(State& state, CaseSeq seq) {
  const auto it = state.cases.find(seq.value());
  GATEWAY_ASSERT(it != state.cases.end(), "an entry names a case that was opened before");
  return it->second;
}

}  // namespace eagle::domain
