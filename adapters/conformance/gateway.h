// The fake gateway, apart from all I/O: answers the calls of AdapterService, and those by which an agency objects, as
// an honest one would, or as a case tells it to, keeps all that came, and holds every receipt against what any receipt
// must keep.
//
// Deterministic: time comes in through the clock, nothing here waits. PullTasks that has nothing to say gives nothing:
// whoever carries the calls (server.h; in tests a loop) asks again when something has happened.
//
// Threads: one at a time; the carrier has the lock.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
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
#include "adapters/conformance/world.h"
#include "goldeneagle/v1/adapter_service.pb.h"
#include "goldeneagle/v1/objection_service.pb.h"
#include "goldeneagle/v1/order.pb.h"
#include "goldeneagle/v1/position.pb.h"
#include "goldeneagle/v1/receipt.pb.h"
#include "server/base/clock.h"
#include "server/trust/batch.h"

namespace eagle::conformance {

enum class Method : uint8_t { kHello, kPull, kRenew, kResults, kEvents, kStatus, kPosition };
inline constexpr size_t kMethods = 7;

// One day's statement 对账, in however many parts.
struct StatedDay {
  std::string day, up_to;  // how far it has come; empty once it is complete
  absl::Time as_of;
  bool complete = false;
  std::map<std::string, v1::MeasureState> lines;  // by order id
};

// One receipt, however often it came.
struct Seen {
  v1::Receipt receipt;
  std::string bytes, head;  // of its first arrival
  int times = 1;
};

// One order that is handed out, by the digest of its bytes.
struct HandedTask {
  v1::SignedMember member;
  v1::Order order;  // as far as it can be read
  std::string digest;
  uint64_t fence = 0;  // of the last delivery; 0: not handed out yet
  int deliveries = 0;
  absl::Duration lease_end = -absl::InfiniteDuration();
  bool open = true;  // to be handed out (again)
  bool withdrawn = false;
  bool held_back = false;  // open, but not handed out for now
  std::vector<Seen> receipts;

  // FINAL or RETURNED; null when none came.
  const Seen* LastWord() const;
};

class FakeGateway {
 public:
  FakeGateway(const World& world, Clock& clock);

  // ---- what a case sets

  void Hand(const v1::SignedMember& member);
  // The same task once more, under a new fence, though it was answered.
  void HandAgain(const std::string& digest);
  // Tells with the next poll that the order must not begin, and hands it out no more.
  void Withdraw(const std::string& digest);
  // As a restart: every call gives HELLO_FIRST until Hello, every lease has ended.
  void ForgetSessions();
  // How often they were forgotten: a poll of an earlier session is given no work.
  uint64_t sessions() const { return sessions_; }
  bool IsKnown(const std::string& instance) const { return known_.count(instance) != 0; }
  // The leases that are held end now.
  void EndLeases();
  // Speaks of no open task any more.
  void DropOpenTasks();

  // What honest answers are bent by; Straighten makes it honest again.
  struct Bent {
    absl::Duration lease = absl::Seconds(60);
    std::string greets_as;  // other than the agency
    v1::Environment environment = v1::ENVIRONMENT_TEST;
    absl::Duration gateway_time_ahead;
    bool unavailable = false;           // every call
    bool unknown_fields = false;        // in every answer
    bool statements_held_back = false;  // `directory_complete` is false, and what was stated since then doesn't come
    size_t statements_told = 0;         // with the former: how many there were
    absl::Duration poll_reply_late;     // the carrier holds a poll's answer back, for answers with tasks
    int lose_reports = 0;               // the next n reports never arrive
    int lose_verdicts = 0;              // the next n arrive, and their answers are lost
    int lose_statements = 0;            // the next n parts of a statement never arrive
    std::set<std::string> lease_lost;   // digests: their next RETURNED is refused with LEASE_LOST
    std::function<void(v1::PullTasksResponse&)> dress = [](v1::PullTasksResponse&) {};
  };
  Bent bent;
  void Straighten();
  std::string origin = "conformance.golden-eagle.test/log1";
  uint64_t recovered_at = 0;

  // ---- the calls; a peer that is another agency never comes here

  absl::StatusOr<v1::HelloResponse> Hello(const v1::HelloRequest& request);
  // Absent: nothing to say yet, and `last` is false.
  std::optional<absl::StatusOr<v1::PullTasksResponse>> PullTasks(const v1::PullTasksRequest& request, bool last);
  absl::StatusOr<v1::RenewLeaseResponse> RenewLease(const v1::RenewLeaseRequest& request);
  absl::StatusOr<v1::ReportResultsResponse> Report(const v1::ReportResultsRequest& request, bool events);
  absl::StatusOr<v1::ReportStatusResponse> ReportStatus(const v1::ReportStatusRequest& request);
  absl::StatusOr<v1::ReportResultsResponse> ReportPosition(const v1::ReportResultsRequest& request);
  absl::StatusOr<v1::SubmitObjectionsResponse> SubmitObjections(const v1::SubmitObjectionsRequest& request);
  // The adapter's last word on itself; empty before the first.
  const v1::ReportStatusRequest& status() const { return status_; }
  // Polls that wait for an answer now; the carrier counts them.
  int open_polls = 0;
  // A poll arrived; it counts once, however often PullTasks is asked about it.
  void CountPoll(const v1::PullTasksRequest& request);

  // ---- what came

  HandedTask* Find(const std::string& digest);
  const std::deque<HandedTask>& tasks() const { return tasks_; }
  const std::vector<v1::HelloRequest>& hellos() const { return hellos_; }
  uint64_t Calls(Method method) const { return calls_[static_cast<size_t>(method)]; }
  uint64_t CallsInAll() const;
  // In the order in which they began.
  const std::vector<StatedDay>& stated() const { return stated_; }
  // What stands by the receipts that came, by the id of the order that made it: of each measure its newest word.
  std::map<std::string, v1::MeasureState> Standing() const;
  // Words of the agency's, each once.
  const std::vector<v1::ObjectionAct>& objections() const { return objections_; }
  uint64_t last_fence() const { return last_fence_; }
  // What broke a rule that holds always, in words; since the last call.
  std::vector<std::string> TakeBreaches();

 private:
  absl::Status Admit(Method method, const std::string& instance);
  void AddTasks(const v1::PullTasksRequest& request, v1::PullTasksResponse& response);
  std::string StreamDigest(uint64_t position) const;
  bool AddDirectory(const v1::PullTasksRequest& request, v1::PullTasksResponse& response);
  v1::ReceiptResult Record(const v1::Receipt& receipt, const std::string& bytes, const std::string& head,
                           absl::Time signed_at, bool events);
  absl::StatusOr<trust::OpenedBatch> Open(const v1::SignedBatch& batch, v1::MemberType type, std::string_view what);
  std::string TakePart(const v1::Position& part);
  void Breach(std::string text) { breaches_.push_back(std::move(text)); }

  const World& world_;
  Clock& clock_;
  const absl::Time began_at_;
  trust::PublicKeyChecker checker_;
  std::deque<HandedTask> tasks_;  // in the order of handing; never shrinks
  std::map<std::string, size_t> by_digest_;
  std::vector<std::string> withdrawn_;  // order ids that the next poll tells
  std::set<std::string> known_;         // instances that said Hello
  uint64_t sessions_ = 0;
  std::map<std::string, uint64_t> last_sequence_;  // of receipts, by order digest
  std::map<uint64_t, std::string> heads_;          // batch sequence -> head payload
  std::vector<StatedDay> stated_;
  std::string last_part_;  // its bytes
  std::vector<v1::ObjectionAct> objections_;
  std::vector<v1::HelloRequest> hellos_;
  v1::ReportStatusRequest status_;
  std::array<uint64_t, kMethods> calls_{};
  std::vector<std::string> breaches_;
  uint64_t last_fence_;
};

}  // namespace eagle::conformance
