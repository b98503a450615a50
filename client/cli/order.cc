// eagle order: the court's acts.
#include "client/cli/commands.h"

namespace eagle::client {

void AddOrder(Verb& root) {
  Verb order = root.Add("order", "Orders 查询 冻结 解冻 扣划: make, sign, submit, follow.");
  AddOrderActs(order);
  AddOrderSchedule(order);
  AddDrafts(order, "order");
  AddPending(order, "order");
  AddOrderFollow(order);
  AddOrderCheck(order);
  AddOrderResend(order);
  AddOrderResume(order);
}

}  // namespace eagle::client
