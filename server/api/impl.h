// What the handlers share. Private to server/api/*.cc.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "server/api/handlers.h"
#include "server/api/journal_reader.h"
#include "server/api/supervision_book.h"
#include "server/api/travel.h"
#include "server/api/verify.h"
#include "server/api/witness_desk.h"

namespace eagle::api {

// Scopes under which keys are made here (trust::StoredKey::scope).
inline constexpr std::string_view kCaseScope = "case", kOrganisationScope = "organisation";

class Handlers::Impl {
 public:
  explicit Impl(HandlerPorts given)
      : ports(std::move(given)),
        witnesses(ports.sequencer, ports.clock, ports.real),
        supervision(ports.sequencer.state()) {}

  std::shared_ptr<const core::Published> published() const { return ports.sequencer.published(); }
  absl::StatusOr<JournalReader> Journal() { return JournalReader::Open(ports.store, ports.keys); }
  void Later(std::function<void()> work) {
    if (ports.later) return ports.later(std::move(work));
    work();
  }
  // Submits, and answers the refusal of a full or stopping sequencer.
  template <typename Response>
  void Submit(domain::Command command, const Reply<Response>& reply, core::Done done) {
    if (absl::Status status = ports.sequencer.Submit(std::move(command), std::move(done)); !status.ok()) reply(status);
  }

  // Says to whoever runs the gateway that people should look at something. No personal values.
  void Alert(std::string_view event, const std::vector<std::pair<std::string, std::string>>& fields) {
    if (ports.alert) ports.alert(event, fields);
  }

  // Takes what a poll acknowledges of the directory, once. Error: DIRECTORY_DIFFERS.
  absl::Status Acknowledge(const Caller& caller, const core::Published& published,
                           const goldeneagle::v1::PullTasksRequest& request);

  HandlerPorts ports;
  Travel travel;
  WitnessDesk witnesses;
  SupervisionBook supervision;

  // Reads of papers that are on record: the parts that follow the first are the same read (papers.h).
  static constexpr size_t kPaperReadsMax = 4096;
  absl::Mutex paper_mu;
  std::set<std::string> paper_reads ABSL_GUARDED_BY(paper_mu);
  std::deque<std::string> paper_reads_oldest_first ABSL_GUARDED_BY(paper_mu);

  // Since the start of the process.
  std::atomic<uint64_t> reads{0}, reads_over_limit{0}, reads_without_open_case{0}, inquiries_without_case{0},
      inquiries_about_strangers{0}, directories_differ{0};

  // An adapter's own word on itself (ReportStatus).
  struct AdapterStatus {
    bool back_end_reachable = true;
    uint32_t in_flight = 0, waiting_for_clerk = 0;
    bool directory_stale = false;
  };

  // Hello and the sweep for absent agencies take turns, so that the journal hears of both in the order in which the
  // dispatcher did.
  absl::Mutex presence_mu;
  std::map<AgencyOrdinal, absl::Time> absent
      ABSL_GUARDED_BY(presence_mu);  // not journalled yet: the sequencer was busy
  static constexpr size_t kStatusesPerAgencyMax = 64;
  std::map<AgencyOrdinal, std::map<std::string, AdapterStatus>> statuses
      ABSL_GUARDED_BY(presence_mu);  // by instance; gone with the agency
  uint64_t unreadable_tasks ABSL_GUARDED_BY(presence_mu) = 0;
};

// A snapshot that is made when it is first needed, for Travel.
class LazyJournal {
 public:
  LazyJournal(storage::Store& store, core::KeySource& keys) : store_(store), keys_(keys) {}
  absl::StatusOr<JournalReader*> operator()() {
    if (!journal_) {
      EAGLE_ASSIGN_OR_RETURN(JournalReader opened, JournalReader::Open(store_, keys_));
      journal_.emplace(std::move(opened));
    }
    return &*journal_;
  }

 private:
  storage::Store& store_;
  core::KeySource& keys_;
  std::optional<JournalReader> journal_;
};

}  // namespace eagle::api
