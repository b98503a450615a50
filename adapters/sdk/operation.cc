#include "adapters/sdk/operation.h"

#include <charconv>

#include "server/base/uuid.h"

namespace eagle::sdk {

std::string Operation::Text() const {
  return (order_id.size() == kUuidBytes ? UuidText(order_id) : std::string("-")) + "/" + agency + "/" +
         std::to_string(step);
}

std::optional<Operation> ParseOperation(std::string_view text) {
  const size_t first = text.find('/'), last = text.rfind('/');
  if (first == std::string_view::npos || first == last) return std::nullopt;
  const auto order_id = ParseUuid(text.substr(0, first));
  if (!order_id) return std::nullopt;
  Operation operation{*order_id, std::string(text.substr(first + 1, last - first - 1)), 0};
  const std::string_view step = text.substr(last + 1);
  const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), operation.step);
  if (error != std::errc() || operation.Text() != text) return std::nullopt;
  return operation;
}

}  // namespace eagle::sdk
