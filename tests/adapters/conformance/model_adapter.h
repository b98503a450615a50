// A small adapter in memory, honest unless it is told to have one defect: what the kit must let pass, and what it must
// catch. It verifies by the SDK's verifier and keeps the tests' bank (tests/support/sdk_fakes.h); its loop, inbox and
// receipts are its own, so that each defect is one line at the place where a real program would have it.
//
// Life: one for each process; Disk and the bank's core survive it.
// Threads: one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/conformance/gateway.h"
#include "adapters/sdk/verifier.h"
#include "tests/adapters/conformance/model_things.h"
#include "tests/support/sdk_fakes.h"

namespace eagle::conformance {

// What the counter of the tests' bank registers on paper.
inline constexpr char kCounterReference[] = "counter/kit", kPaperNotice[] = "（2026）辽9901执1号之一";

enum class Defect : uint8_t {
  kNone,
  kShortInbox,          // Hello with an inbox of 4 bytes
  kNoHelloAgain,        // goes on polling after HELLO_FIRST
  kTrustsGreeting,      // works for whomever Hello's answer names
  kTrustsEnvironment,   // and in whatever environment
  kHammers,             // no pause after UNAVAILABLE
  kForgetsOnRecovery,   // tells nothing again
  kStopsAtUnknown,      // refuses answers with unknown fields
  kWrongBalance,        // tells another balance
  kNilWithoutScope,     // doesn't say where it searched
  kMatchesByNumber,     // acts whatever the name
  kMatchesByName,       // acts whatever the number
  kKnowsNo15Digits,     // compares 18 digits only
  kManglesNames,        // loses characters outside the basic plane
  kNoFolding,           // compares names byte for byte
  kShortList,           // answers 100 of a list
  kFirstAssetOnly,      // tells one of many
  kNilOnError,          // says NIL when its register is away
  kNoSignatures,        // believes anybody's signature
  kNoRoot,              // doesn't look whether the bytes are those signed
  kOneSignature,        // needs no co-signer
  kCountsTwice,         // counts one officer twice
  kAnyCourt,            // any officer for any court
  kNoCredentials,       // doesn't compare the two numbers
  kNoAudience,          // does what is addressed to others
  kNoEnvironment,       // does production's orders
  kNoExpiry,            // does what expired
  kIgnoresUnknown,      // acts on half-understood orders
  kIgnoresRevocation,   // believes revoked keys
  kImpatient,           // returns what a late statement would bear out
  kAnyonesMeasure,      // releases for any court
  kAnyAccount,          // pays anywhere
  kSignsAnew,           // answers a repeat with a new receipt
  kActsTwice,           // acts on a repeat
  kForgetsReport,       // takes a lost verdict for one
  kIgnoresLease,        // begins on an ended lease
  kDropsLostReturn,     // never answers again after LEASE_LOST
  kIgnoresWithdrawal,   // begins what was withdrawn
  kUndoesOnWithdrawal,  // releases by itself what it had done
  kIdIsEnough,          // takes another order under a known id for a repeat
  kActsAfterCrash,      // does again what it had done before it died
  kNewInbox,            // a new inbox id for each start
  kEndsLate,            // a released measure stays
  kControlsAnybody,     // freezes whom it doesn't know
  kClaimsAll,           // says CONTROLLED of what isn't there
  kRefusesEmpty,        // NOT_CONTROLLED for an empty account
  kSilentInflow,        // no event
  kSilentPromotion,     // no event
  kNewestFirst,         // works on the last task first
  kHidesPrior,          // tells no prior measure, rank 1 always
  kReleasesWhole,       // a part is the whole
  kRenewsAnew,          // another measure
  kOpensWindow,         // releases, then freezes again
  kCountsDays,          // 30 days a month
  kGatewayTime,         // arrival by the gateway's clock
  kPaysLess,            // another amount
  kPaysTooMuch,         // beyond the measure
  kPaysTwice,           // on a repeat
  kRenewsEnded,         // though the term is over
  kLapsesSilently,      // no event
  kNoReturnAccount,     // bars the product only
  kMakesSecond,         // a second measure beside the counter's
  kKeepsNothing,        // takes all of the income
  kMarchFirst,          // 29 February + 12 months ends on 28 February
  kKeepsOwner,          // says TRANSFERRED and enters nobody
  kSellsOutOfTurn,      // says TRANSFERRED whoever asks
  kKeepsQueue,          // tells nobody that he waits for what is sold
  kTakesAnyAct,         // passes over an act that it doesn't know
  kBarsAll,             // bars what it likes, and tells that
  kIgnoresQuantity,     // takes the whole share
  kHidesPreSeal,        // a pre-seal looks like a seal
  kSilentSighting,      // no event
  kLooksOn,             // looks under a measure that has ended
  kForgetsInStatement,  // states nothing of what stands
  kKeepsInStatement,    // states what has ended
  kForgetsStatement,    // takes a lost statement for one that came
  kHoldsSilently,       // doesn't object to what is exempt
  kFreezesExempt,       // freezes what is exempt
};

// What survives a process.
struct ModelDisk {
  struct Row {
    v1::Task task;
    v1::Envelope head;
    absl::Time arrived_at;
    absl::Duration lease_end;
    bool intent = false, done = false;
    std::vector<std::string> batches;  // serialised ReportResultsRequest without instance, in order
  };
  std::vector<Row> rows;
  std::vector<std::pair<std::string, bool>> unsent;  // batch, is an event
  std::set<std::string> withdrawn;
  std::vector<v1::SignedMember> statements;
  std::string inbox, origin;
  uint64_t position = 0, last_delivery = 0, last_batch = 0, changes_told = 0;
  std::map<std::string, uint64_t> sequences;         // by order digest
  std::map<std::string, std::string> taken_over;     // by operation: the counter's reference
  std::map<std::string, int64_t> kept;               // by operation: of income
  std::map<std::string, v1::MeasureState> measures;  // by the id of the order that made it: its newest state
  std::string statement;                             // signed and not recorded yet; a batch
  std::vector<std::string> objections;               // the same; batches
  uint64_t last_said = 0;                            // sequence of a head of these two
};

class ModelAdapter {
 public:
  // With `things` it is a registry; `core` is then empty.
  ModelAdapter(FakeGateway& gateway, const World& world, sdk::SetClock& clock, ModelDisk& disk, sdk::FakeBankCore& core,
               Defect defect, int process, ModelThings* things = nullptr);

  // One round of its loop. After a death nothing.
  void Step();
  bool dead() const { return dead_; }
  // Dies at the n-th of its three points of work from now: recorded, done but not answered, answered but not reported.
  void DieAtWork(int n) { die_at_ = n; }
  bool register_away = false;
  // People have it state what stands.
  void StateNow();
  std::string exempt_account;
  // Income came in on the account.
  void Earned(const std::string& account, int64_t amount);

 private:
  bool Has(Defect defect) const { return defect_ == defect; }
  bool Point();
  void SayHello();
  void Pull();
  void Take(const v1::PullTasksResponse& response, absl::Duration sent_at);
  void Work();
  void Repeat(ModelDisk::Row& row);
  absl::Status Verify(const ModelDisk::Row& row, v1::Order& order);
  absl::Status Overlook(absl::Status status, const ModelDisk::Row& row, v1::Order& order);
  void Do(ModelDisk::Row& row, const v1::Order& order);
  sdk::Answer Inquire(const sdk::Request& request);
  sdk::Answer Control(const sdk::Request& request);
  sdk::Answer ControlThing(const sdk::Request& request);
  std::vector<sdk::RegisterChange> Changes();
  sdk::Answer TakeOver(const sdk::Request& request);
  sdk::Answer ExtractIncome(const sdk::Request& request);
  v1::Order AsKnown(v1::Order order) const;
  void Bend(const v1::Order& order, sdk::Answer& answer);
  void Sign(ModelDisk::Row& row, v1::Receipt receipt, bool event);
  void TellChanges();
  void ObjectIfExempt(const ModelDisk::Row& row, const v1::Order& order, const sdk::Answer& answer);
  void SayWhatIsSigned();
  void Report();

  FakeGateway& gateway_;
  const World& world_;
  sdk::SetClock& clock_;
  ModelDisk& disk_;
  sdk::FakeBankCore& core_;
  ModelThings* const things_;
  const Defect defect_;
  sdk::CrashPlan never_;
  sdk::FakeBank bank_;
  sdk::AgentConfig config_;
  trust::PublicKeyChecker checker_;
  trust::StatementBook book_;
  sdk::OrderVerifier verifier_;
  const std::string instance_;
  bool said_hello_ = false, complete_ = false, stopped_ = false, dead_ = false, delivered_ = false;
  absl::Duration lease_ = absl::Seconds(60), pause_until_, pause_ = absl::Milliseconds(200);
  int die_at_ = 0;
  absl::Time gateway_time_;
};

}  // namespace eagle::conformance
