// What an adapter's operator decides, and what the agent counts.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "adapters/sdk/answer.h"
#include "goldeneagle/v1/administration.pb.h"
#include "goldeneagle/v1/statement.pb.h"
#include "server/journal/log_policy.h"

namespace eagle::sdk {

// Who must have signed an order of one action: each role by a different officer, valid when the order arrives. Every
// row that matches must hold; an action without a row is never done.
struct SignatureRule {
  v1::Action action = v1::ACTION_UNSPECIFIED;
  int64_t above_minor_units = 0;  // the row matches amounts above this one; 0: all orders of the action
  std::vector<v1::OfficerRole> roles;
};
// Inquiries: the handler. Everything else: handler and co-signer (domain decision 6).
std::vector<SignatureRule> UsualSignatureRules();

// What an order waits for whose papers aren't here.
enum class PaperRule : uint8_t {
  kIgnore,  // nothing: no papers are fetched
  kWait,    // its papers, however long
  kReturn,  // its papers; when they can't be had after `paper_attempts_max` attempts it is returned, DOCUMENT_MISSING
};

inline constexpr absl::Duration kKeepOrdersMax = absl::Hours(24 * 36'525);

struct AgentConfig {
  std::string agency;   // our code
  std::string adapter;  // reverse-domain name of the program, at most 63 bytes
  std::string version;
  std::string instance;  // unique for this process; empty: the agent makes one
  v1::Environment environment = v1::ENVIRONMENT_UNSPECIFIED;
  std::vector<v1::Capability> capabilities;
  uint32_t most_in_flight = 256;  // 1 to 10,000
  std::string contact_name;       // in every return
  std::string contact_phone;

  // Pinned by hand: whose statements are believed, and who must sign what.
  std::vector<std::string> registrar_keys;
  uint32_t registrar_threshold = 2;
  std::vector<SignatureRule> signature_rules = UsualSignatureRules();
  // The log's policy with its witnesses: a deduction begins only when a checkpoint that their quorum cosigned holds its
  // acceptance. Null: whoever the gateway's registered witnesses are is not our concern.
  std::shared_ptr<const journal::LogPolicy> log_policy;
  // With a policy: how old the log's newest word on the directory (DIRECTORY_HEAD), which must fit all that was
  // received, may be when an inquiry or a control begins. On an older one orders wait: a revocation could be missing.
  absl::Duration directory_age_inquire = absl::Hours(24);
  absl::Duration directory_age_control = absl::Hours(2);

  // Under which ground of the policy's list the agent objects in writing to an order that it answered with EXEMPT_HELD,
  // so that the court examines it within its term 异议. Empty: people object, or nobody does.
  std::string exempt_ground = "EXEMPT_ASSET";
  // The daily statement: taken at this hour of the day after, in the agency's own time zone.
  absl::TimeZone zone = absl::UTCTimeZone();
  uint32_t position_hour = 1;  // 0 to 23

  PaperRule papers = PaperRule::kIgnore;
  uint32_t paper_attempts_max = 8;  // with kReturn

  absl::Duration call_timeout = absl::Seconds(10);
  absl::Duration poll_slack = absl::Seconds(5);  // a poll may take its own wait and this much more
  absl::Duration backoff_min = absl::Milliseconds(250);
  absl::Duration backoff_max = absl::Seconds(30);
  // After a recovery of the gateway's log: how long until receipts on orders that it knows no more are sent again. The
  // wait doubles from the one to the other.
  absl::Duration forgotten_retry_min = absl::Minutes(1);
  absl::Duration forgotten_retry_max = absl::Hours(1);
  absl::Duration status_interval = absl::Seconds(30);
  absl::Duration changes_interval = absl::Seconds(1);  // how often the register is asked for changes
  uint32_t inquiry_attempts_max = 5;                   // then OUTCOME_ERROR
  uint32_t control_attempts_max = 20;                  // certainly undone attempts, then OUTCOME_ERROR
  uint32_t find_attempts_max = 200;                    // then IN_DOUBT
  uint32_t work_per_step_max = 64;                     // tasks worked on before the agent looks at its calls again

  // How long the inbox keeps a finished order as it came, with its signatures. A month: long enough for the agency's
  // own archive to take it and for people to look at it in a dispute. Id, digest and receipts stay for ever
  // (inbox_prune.h).
  absl::Duration keep_orders = absl::Hours(24 * 30);
};

// Every violation at once. Error: CONFIGURATION_INVALID.
absl::Status CheckConfig(const AgentConfig& config);

// Counters since the start of the process.
struct AgentMetrics {
  uint64_t hellos = 0;
  uint64_t recoveries = 0;  // the gateway's log went on from older data: every receipt was reported again
  uint64_t polls = 0;
  uint64_t empty_polls = 0;
  uint64_t calls_failed = 0;
  uint64_t calls_timed_out = 0;
  uint64_t late_replies = 0;       // to calls that were given up
  uint64_t replies_malformed = 0;  // more tasks than asked for, a wrong count, another agency
  uint64_t tasks_new = 0;
  uint64_t tasks_repeated = 0;
  uint64_t tasks_unreadable = 0;  // no order id can be read: nothing can be answered
  uint64_t tasks_returned = 0;
  uint64_t tasks_withdrawn = 0;
  uint64_t deductions_unwitnessed = 0;  // returned: no proof that witnesses have seen them
  uint64_t directory_heads = 0;         // that fitted what was received
  uint64_t directories_differ = 0;      // the gateway's statements are others than were counted here: tell the auditors
  uint64_t directory_heads_wrong = 0;   // not proved, or about another stream of statements: raise the alarm
  uint64_t ids_reused = 0;              // another order under a known id: raise the alarm
  uint64_t signatures_invalid = 0;
  uint64_t statements_accepted = 0;
  uint64_t statements_refused = 0;
  uint64_t inquiries_answered = 0;
  uint64_t controls_applied = 0;  // calls of Apply that gave an answer
  uint64_t register_errors = 0;
  uint64_t found_done = 0;
  uint64_t found_not_done = 0;
  uint64_t in_doubt = 0;
  uint64_t leases_ended = 0;     // before the effect began
  uint64_t answers_invalid = 0;  // answers of the register that couldn't be signed
  uint64_t changes = 0;
  uint64_t changes_passed_over = 0;  // of unknown orders, or an answer after the last word
  uint64_t receipts = 0;
  uint64_t batches = 0;
  uint64_t receipts_recorded = 0;
  uint64_t receipts_duplicate = 0;
  uint64_t receipts_conflict = 0;  // people decide: raise the alarm
  uint64_t receipts_refused = 0;
  uint64_t orders_pruned = 0;
  uint64_t papers_fetched = 0;
  uint64_t papers_missed = 0;  // attempts that brought none
  uint64_t documents_put = 0;
  uint64_t documents_refused = 0;             // the gateway doesn't take the file: the receipt went without it
  uint64_t documents_lost = 0;                // the file couldn't be read, or is gone
  uint64_t objection_words = 0;               // of ours that the gateway recorded
  uint64_t objection_words_refused = 0;       // of ours
  uint64_t objection_words_unverified = 0;    // of the court's, asked for again later
  uint64_t supervision_orders = 0;            // that came
  uint64_t supervision_words = 0;             // of ours that the gateway recorded
  uint64_t supervision_words_refused = 0;     // of ours
  uint64_t supervision_words_unverified = 0;  // of courts, asked for again later
  uint64_t positions_stated = 0;              // days whose statement the gateway has whole
  uint64_t positions_refused = 0;             // parts that it refused: the day is stated anew
  uint64_t positions_awaited = 0;             // days that the unit hadn't stated when they were due
  // Gauges.
  uint64_t queued = 0;
  uint64_t waiting_for_clerk = 0;
  bool connected = false;
  bool register_reachable = true;
  bool directory_stale = false;  // orders wait for a newer head of the directory
};

}  // namespace eagle::sdk
