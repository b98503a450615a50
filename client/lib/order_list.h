// A list 批量: many orders that are made, signed and sent together, from one file. A batch has at most 256 members, so
// a list is a folder of drafts (draft.h), each of which goes the way of any other draft.
//
//   FOLDER/list          which line became which order of which draft; written last, so that a list is there or not
//   FOLDER/0001.draft    and so on: members and head, signatures as they come
//   FOLDER/results.csv   what became of each order, one line each; only ever added to
//
// The ids are in the drafts before anything is sent. So whatever is cut, the same list goes on: what has no result goes
// out again under the same head, and the gateway answers with the same facts.
//
// "list" is text: "golden-eagle-list-v1", "input SHA-256", "draft NAME HEAD-DIGEST LINE LINE ...", "end SHA-256 of all
// before".
//
// Threads: one at a time. Processes: several may have a list; its results are added under the folder's guard.
//
//   EAGLE_ASSIGN_OR_RETURN(std::optional<OrderList> list, OrderList::OpenIfThere("orders.csv.drafts"));
//   EAGLE_RETURN_IF_ERROR(SendList(*list, desk, gateway, zone, progress));
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/lib/desk.h"
#include "client/lib/draft.h"
#include "server/journal/hash.h"

namespace eagle::client {

// One order of a list before it lies in a draft.
struct ListedOrder {
  size_t line = 0;    // of the input
  std::string order;  // serialised
  std::string case_number, group;
};

// Which orders lie in which batch, as positions in `orders`: within the limits of a batch, groups whole, the orders of
// a case together as far as they fit (what one head asks for of a case is counted together), else as they come. Errors:
// TOO_MANY_MEMBERS or TOO_LARGE, at "LINE:group" or "LINE", for every group or order that fits into none.
absl::StatusOr<std::vector<std::vector<size_t>>> PackOrders(const std::vector<ListedOrder>& orders);

// What became of one order.
struct ListResult {
  size_t line = 0;
  std::string order_id;  // text
  std::string digest;    // of the signed bytes, hexadecimal
  std::string result;    // ACCEPTED or REFUSED; KNOWN: nothing had to be ordered, order_id is what did it before
  std::string order_seq, due, reason, message;
};

class OrderList {
 public:
  // Gives the fields of a new head each time.
  using NewHead = std::function<absl::StatusOr<trust::HeadFields>()>;

  // Writes the drafts, one a batch of `packs`, then the list. `input`: SHA-256 of what the orders were made from. A
  // list that is there stays as it is, and is given back. Errors: STORAGE_UNUSABLE; those of `new_head` and of
  // Draft::Begin.
  static absl::StatusOr<OrderList> Make(const std::string& folder, const journal::Hash& input,
                                        const std::vector<ListedOrder>& orders,
                                        const std::vector<std::vector<size_t>>& packs,
                                        const std::vector<ListResult>& known, const NewHead& new_head);
  // Absent: the folder has no list. Errors: STORAGE_UNUSABLE; STORAGE_DAMAGED for what wasn't written by this.
  static absl::StatusOr<std::optional<OrderList>> OpenIfThere(const std::string& folder);

  const std::string& folder() const { return folder_; }
  const journal::Hash& input() const { return input_; }
  size_t drafts() const { return drafts_.size(); }
  size_t orders() const { return orders_; }
  const std::string& DraftName(size_t draft) const { return drafts_[draft].name; }
  std::string DraftPath(size_t draft) const { return folder_ + "/" + drafts_[draft].name; }
  // The line of each member, in order.
  const std::vector<size_t>& LinesOf(size_t draft) const { return drafts_[draft].lines; }
  // The draft as it is now. Errors: those of Draft::Read; DIGEST_MISMATCH when it isn't the one that the list names.
  absl::StatusOr<Draft> ReadDraft(size_t draft) const;
  // One digest for all, for people to compare: SHA-256 over the heads' digests, hexadecimal.
  std::string digest_text() const;

  // Every order of the draft has a result.
  bool IsDone(size_t draft) const { return drafts_[draft].done; }
  const std::vector<ListResult>& results() const { return results_; }
  std::string ResultsPath() const { return folder_ + "/results.csv"; }
  // Adds, durably, what became of the orders of a draft, each once. Errors: STORAGE_UNUSABLE, STORAGE_DAMAGED.
  absl::Status Record(size_t draft, const std::vector<ListResult>& results);

 private:
  struct ListedDraft {
    std::string name;
    journal::Hash digest{};
    std::vector<size_t> lines;
    bool done = false;
  };
  std::string Text() const;
  absl::Status Parse(std::string_view text);
  // What results.csv says, without a last line that was cut.
  absl::Status ReadResults();

  std::string folder_;
  journal::Hash input_{};
  std::vector<ListedDraft> drafts_;
  size_t orders_ = 0;
  std::vector<ListResult> results_;
};

// One order that a dry run would refuse.
struct ListRefusal {
  size_t line = 0;
  std::string order_id;  // bytes
  v1::Refusal refusal;
};
using ListProgress = std::function<void(size_t done, size_t of)>;

// What the gateway would refuse of the drafts that were never sent, with the signatures that they have. Errors: those
// of ValidateOrders and of the drafts.
absl::StatusOr<std::vector<ListRefusal>> CheckList(const OrderList& list, Desk& desk, Gateway& gateway,
                                                   const ListProgress& progress);
// Sends what has no result yet, draft after draft, and records each answer, proved, before the next goes. Errors: those
// of Desk::SendOrders, of the first draft that isn't answered; SIGNATURES_MISSING before anything is sent. What was
// recorded stays; the same call goes on.
absl::Status SendList(OrderList& list, Desk& desk, Gateway& gateway, const absl::TimeZone& zone,
                      const ListProgress& progress);

}  // namespace eagle::client
