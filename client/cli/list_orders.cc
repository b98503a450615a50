// Lines of a list become orders.
#include <map>

#include "client/cli/lists.h"
#include "client/cli/order_from_flags.h"
#include "client/lib/errors.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

// Every violation of a line at its column. False: this failure isn't the line's.
bool TakeViolations(size_t line, const absl::Status& status, Violations& wrong) {
  if (OriginOf(status) != Origin::kLocal) return false;
  const Failure failure = FailureOf(status);
  for (const Violation& one : failure.violations) wrong.Add(FieldOf(line, one.field), one.reason, one.description);
  if (failure.violations.empty()) wrong.Add(std::to_string(line), failure.reason, failure.message);
  return true;
}

}  // namespace

absl::StatusOr<std::vector<ListedOrder>> OrdersOfLines(Session& session, const std::vector<ListLine>& lines,
                                                       const OrderListFlags& flags, Violations& wrong) {
  OrderSources sources(session);
  OrderBuilder builder(session.process().clock, session.process().entropy);
  std::map<std::string, std::string> groups;  // word of the file -> id
  std::vector<ListedOrder> out;
  for (size_t i = 0; i < lines.size(); ++i) {
    const ListLine& line = lines[i];
    ShowProgress(session, i + 1, lines.size(), "lines read");
    OrderFlags order_flags = line.flags;
    if (order_flags.officers.empty()) order_flags.officers = flags.officers;
    std::string group;
    if (line.act->pair) group = builder.NewId();
    if (!line.group.empty()) {
      std::string& known = groups[line.group];
      if (known.empty()) known = builder.NewId();
      group = known;
    }
    const auto add = [&](const v1::Order& order) {
      out.push_back({line.line, Serialize(order), order.case_number(), order.group()});
    };
    absl::Status made;
    if (line.act->pair) {
      const auto pair = PairFromFlags(sources, order_flags, flags.signing, group);
      made = pair.status();
      if (pair.ok()) add(pair->freeze), add(pair->deduct);
    } else {
      const auto order = OrderFromFlags(sources, line.act->action, order_flags, flags.signing, group);
      made = order.status();
      if (order.ok()) add(*order);
    }
    if (!made.ok() && !TakeViolations(line.line, made, wrong)) return made;
  }
  return out;
}

}  // namespace eagle::client
