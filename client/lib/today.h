// A court's day at a glance: what waits for it, read from the gateway's lists within bounds, and sorted.
//
//   kind        from                                       due
//   OBJECTION   ListObjections, those that are open        until when the court answers
//   RELEASE     ListMeasures: on who was removed           -
//   ENDING      ListMeasures: the term ends within n days  its end
//   RETURNED    GetOrder of orders with news               -
//   CONFLICT    the same: two answers of a task differ     -
//   OVERDUE     ListOrders, those that are open            the agency's deadline, which is over
//   INCIDENT    ListIncidents of this court                until when it is to be cleared
//   TO_SIGN     drafts (the caller adds them); paused      until when it may be accepted
//   UNDECIDED   ListMeasures: in effect, nothing since     -
//   ANSWER      WatchOrders and GetOrder                   -
//
// Cost: one pass over each list: open objections and open incidents (1,000 a call), open orders (1,000 a call),
// measures (1,000 a call, and the gateway looks at 2,000 orders a call whether they have measures or not), events since
// the last look (256 a message), and one GetOrder for each order with news, kOrdersLookedUp at most. A court of 20,000
// freezes in 5,000 cases: some 10 calls for measures, one or two for each other list. No call is an audited read.
//
// Threads: one at a time.
//
//   TodayReader reader(gateway, asked, progress);
//   EAGLE_RETURN_IF_ERROR(reader.ReadLists());
//   EAGLE_RETURN_IF_ERROR(reader.ReadNews(*token, since));
//   std::vector<TodayItem> items = InOrder(reader.Take().items, now);
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/lib/gateway.h"
#include "client/lib/outbox.h"

namespace eagle::client {

// In the order in which they are shown.
enum class TodayKind : uint8_t {
  kObjection,
  kRelease,
  kEnding,
  kReturned,
  kConflict,
  kOverdue,
  kIncident,
  kToSign,
  kUndecided,
  kAnswer
};
inline constexpr TodayKind kTodayKinds[] = {
    TodayKind::kObjection, TodayKind::kRelease,  TodayKind::kEnding, TodayKind::kReturned,  TodayKind::kConflict,
    TodayKind::kOverdue,   TodayKind::kIncident, TodayKind::kToSign, TodayKind::kUndecided, TodayKind::kAnswer};
// "ENDING", and "到期".
std::string NameOfKind(TodayKind kind);
std::string NameOfKindZh(TodayKind kind);

struct TodayItem {
  TodayKind kind = TodayKind::kAnswer;
  std::optional<absl::Time> due;       // of whoever must act
  std::optional<absl::Time> since;     // when it came, as the log has it
  std::string case_number, agency;     // agency's code; either may be empty
  std::string order_id, objection_id;  // 16 bytes, or empty
  std::string detail;                  // for people
};

// Most urgent first: what this court must do within three days, or should have done; then by kind, earliest due first,
// then in the order in which it was found. Pure.
std::vector<TodayItem> InOrder(std::vector<TodayItem> items, absl::Time now);

struct TodayAsked {
  absl::Time now;
  std::string court;  // code of ours
  absl::Duration ending = absl::Hours(24 * 60);
  absl::Duration undecided = absl::Hours(24 * 30);  // in effect for longer, and nothing was ordered since
  std::set<std::string> decided;                    // freezes about which this court ordered something (DecidedIn)
};
struct TodayFound {
  std::vector<TodayItem> items;
  std::vector<std::string> notes;  // where a bound cut something off
  std::string resume_token;        // after the news that were read; empty: no watch
  size_t calls = 0;
};

// Freezes that an order of the outbox speaks of: renewed, released, deducted from, ... Pure.
std::set<std::string> DecidedIn(const std::vector<OutboxItem>& sent);

class TodayReader {
 public:
  static constexpr size_t kPagesMax = 200;        // of one list
  static constexpr size_t kOrdersLookedUp = 500;  // for their news, newest first
  static constexpr size_t kEventsMax = 100'000;
  static constexpr absl::Duration kQuiet = absl::Seconds(1);  // nothing for so long (real time): that was all
  // Returned tasks are shown for so long, also when a look has shown them.
  static constexpr absl::Duration kReturnedShown = absl::Hours(24 * 14);

  // `progress` hears what is being read. All must outlive this.
  TodayReader(Gateway& gateway, TodayAsked asked, std::function<void(const std::string&)> progress)
      : gateway_(gateway), asked_(std::move(asked)), progress_(std::move(progress)) {}

  // Errors of all: the gateway's.
  absl::Status ReadLists();
  // What happened from `token` on; of that what is at `since` or later, and what `returned_before` names.
  absl::Status ReadNews(const std::string& token, absl::Time since);
  // The same without a token: all orders are listed, and those looked up that are open or were accepted at most 30 days
  // before `since`. The token to go on from is that of now.
  absl::Status ReadNewsWithoutToken(absl::Time since);
  // Tasks that came back earlier, by order id: shown again while they are younger than kReturnedShown.
  void KeepReturned(const std::string& order_id, absl::Time returned_at);
  TodayFound Take() { return std::move(found_); }

 private:
  absl::Status ReadObjections();
  absl::Status ReadIncidents();
  absl::Status ReadMeasures();
  absl::Status ReadOpenOrders();
  absl::Status ReadEvents(const std::string& token, absl::Time since, size_t most);
  absl::Status LookUp(absl::Time since);
  void TakeMeasure(const v1::MeasureView& measure);
  void TakeNews(const v1::OrderView& view, absl::Time since);
  void Calling(const std::string& what, size_t page);
  void Cut(const std::string& what);

  Gateway& gateway_;
  const TodayAsked asked_;
  const std::function<void(const std::string&)> progress_;
  TodayFound found_;
  std::vector<std::string> to_look_up_;    // order ids, oldest news first, each once
  std::set<std::string> known_;            // what is in it
  std::map<std::string, size_t> changes_;  // measures that changed, by order
};

}  // namespace eagle::client
