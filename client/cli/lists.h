// Lists of orders 批量 as commands: made from a file, tried, signed in one act, sent, and gone on with after a cut
// (client/lib/order_list.h has what is kept and sent).
//
// Threads: one.
//
//   return SubmitFile(session, {.file = "orders.csv", .signing = signing});
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/cli/batches.h"
#include "client/cli/list_file.h"
#include "client/lib/order_list.h"

namespace eagle::client {

struct OrderListFlags {
  std::string file;                   // *.csv or *.jsonl
  std::vector<std::string> officers;  // stand in the orders whose lines name nobody
  Signing signing;
  bool dry_run = false;
  bool refused_too = false;  // send although some would be refused
};

// "orders.csv" -> "orders.csv.drafts".
std::string ListFolderOf(const std::string& file);
bool IsListFolder(const std::string& path);

// Reads the whole file, tries every order at the gateway, and only when none would be refused makes the list beside the
// file, signs it, and sends it. A list that is there goes on instead. Errors: all violations of all lines, printed by
// line and column; DIGEST_MISMATCH when the file isn't that of the list; those of ContinueList.
absl::Status SubmitFile(Session& session, const OrderListFlags& flags);
// Goes on with the list in `folder`: signs (when somebody does), tries what was never sent with the signatures that it
// has, sends what has no result. Errors: SIGNATURES_MISSING before anything is sent; a refusal of the dry run, unless
// `refused_too`; those of sending: the same call goes on; what was refused on the record.
absl::Status ContinueList(Session& session, const std::string& folder, const OrderListFlags& flags);
// One signing act over all drafts of a list: shows what they say and one digest, asks once, signs what lacks the
// signature. `digest`: of the list, empty for any. Errors: DIGEST_MISMATCH; SIGNATURE_INVALID, CONFIRMATION_MISSING.
absl::Status SignList(Session& session, const OrderList& list, const Signing& signing, const std::string& digest);
// What the list says and who signed, draft by draft.
absl::StatusOr<Document> DescribeList(Session& session, const OrderList& list);

// A bar on a terminal; nothing elsewhere.
void ShowProgress(Session& session, size_t done, size_t of, std::string_view what);

// What is wrong, by line and column.
Table ListProblemsTable();
// As `LINE:COLUMN` has it, or as a refusal of the order of that line.
void AddListProblem(Table& table, const Violation& wrong);
void AddListProblems(Table& table, size_t line, const v1::Refusal& refusal);

// The orders of the lines, in their order; what is wrong goes to `wrong` at its line and column. Errors: of what can't
// be asked now (the directory).
absl::StatusOr<std::vector<ListedOrder>> OrdersOfLines(Session& session, const std::vector<ListLine>& lines,
                                                       const OrderListFlags& flags, Violations& wrong);

}  // namespace eagle::client
