// What both halves of the fold need. Private to the apply*.cc files.
#pragma once

#include <string>
#include <string_view>
#include <utility>

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

inline void UseId(State& state, const std::string& id, IdUse use) {
  state.ids[id] = std::move(use);
  state.changes.ids.push_back(id);
}

}  // namespace eagle::domain
