// What an audit found: where, against which rule, in a sentence, and the leaves that contradict.
//
// Threads: a value.
//
//   Findings findings(100);
//   findings.Add(Rule::kDelivery, 17, "order 9 is handed out to agency 2, which is no target", {9});
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "client/audit/rules.h"

namespace eagle::audit {

struct Finding {
  uint64_t index = 0;  // of the entry
  Rule rule{};
  std::string sentence;
  std::vector<uint64_t> proof;  // indexes of the leaves that contradict it, besides its own
};

// Keeps the first `most`, counts all: a log that is wrong everywhere fills no memory.
class Findings {
 public:
  explicit Findings(size_t most = 100) : most_(most) {}
  void Add(Rule rule, uint64_t index, std::string sentence, std::vector<uint64_t> proof = {}) {
    ++total_;
    if (list_.size() < most_) list_.push_back({index, rule, std::move(sentence), std::move(proof)});
  }
  const std::vector<Finding>& list() const { return list_; }
  uint64_t total() const { return total_; }

 private:
  size_t most_;
  uint64_t total_ = 0;
  std::vector<Finding> list_;
};

}  // namespace eagle::audit
