// Who is first at an agency: control orders on one person go out in journal order, and the agency serves in the order
// in which they came. So the running numbers that it signs rise with the hand-outs, whichever court an order is of.
//
// Threads: one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace eagle::audit {

class OpenedRanks {
 public:
  // A freeze on a person was handed out at `index`, as the `place`-th of that delivery. The first time counts.
  void HandedOut(uint64_t order, uint64_t index, int place) { handed_out_.try_emplace(order, index, place); }
  // The agency signed that it served the freeze under `number`. The order that was handed out before it and has a
  // higher number, or after it and a lower one; absent: none.
  std::optional<uint64_t> Served(uint64_t order, uint32_t agency, const std::string& person, uint64_t number);

 private:
  using When = std::pair<uint64_t, int>;
  struct Row {
    uint64_t order = 0, number = 0;
  };
  std::map<uint64_t, When> handed_out_;
  std::map<std::pair<uint32_t, std::string>, std::map<When, Row>> served_;  // by agency and person
};

}  // namespace eagle::audit
