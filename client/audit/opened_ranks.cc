#include "client/audit/opened_ranks.h"

#include <iterator>

namespace eagle::audit {

std::optional<uint64_t> OpenedRanks::Served(uint64_t order, uint32_t agency, const std::string& person,
                                            uint64_t number) {
  const auto when = handed_out_.find(order);
  if (when == handed_out_.end() || number == 0) return std::nullopt;
  std::map<When, Row>& queue = served_[{agency, person}];
  const auto [at, fresh] = queue.try_emplace(when->second, Row{order, number});
  if (!fresh) {
    if (at->second.number != number) return order;  // a second number for one arrival
    return std::nullopt;
  }
  if (at != queue.begin() && std::prev(at)->second.number >= number) return std::prev(at)->second.order;
  if (std::next(at) != queue.end() && std::next(at)->second.number <= number) return std::next(at)->second.order;
  return std::nullopt;
}

}  // namespace eagle::audit
