// A list of orders in a file: comma-separated values with a line of column names, or JSON, one object a line.
//
//   act,case,subject,agency,limit,paper,paper                          *.csv
//   freeze,（2026）辽9901执1024号,...
//   {"act": "inquire", "case": "...", "subject": "...", "agency": ["all"]}   *.jsonl
//
// `act` is the name of the command that makes such an order, the other columns are its options. `group`: lines with the
// same word in it are accepted whole or not at all. UTF-8, with or without a byte order mark.
//
// Threads: pure functions.
//
//   Violations wrong;
//   std::vector<ListLine> lines = ReadList("orders.csv", bytes, wrong);
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/cli/order_flags.h"
#include "server/base/reason.h"

namespace eagle::client {

// The acts of a court as commands name them.
struct OrderAct {
  std::string_view name;
  v1::Action action;
  bool pair = false;  // freeze-and-deduct: two orders in a group of their own
};
// Null for no act.
const OrderAct* ActNamed(std::string_view name);

struct ListLine {
  size_t line = 0;  // of the file, from 1; a header counts
  const OrderAct* act = nullptr;
  std::string group;
  OrderFlags flags;
};

// The lines that could be read; everything that is wrong goes to `wrong`, at "LINE:COLUMN" or "LINE". `path`: its
// ending says which of the two forms it is.
std::vector<ListLine> ReadList(std::string_view path, std::string_view bytes, Violations& wrong);

// A place of `wrong` as numbers and names again; line 0: of the whole file.
struct ListPlace {
  size_t line = 0;
  std::string column;
};
ListPlace PlaceOf(std::string_view field);
// "7:limit" of line 7 and "--limit".
std::string FieldOf(size_t line, std::string_view option);

}  // namespace eagle::client
