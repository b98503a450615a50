// A world in one thread that one seed decides: courts that submit signed orders and repeat them until answered, the
// gateway, agencies with real Agents over real registers (three banks, a whole bank, an office of things), a network
// that loses, delays, repeats and reorders, processes that die between any two steps, clocks that jump. An independent
// auditor, simpler than what it judges, says what went wrong.
//
//   World world(seed, BadWeather());  world.Run(minutes);  world.HealAndDrain();  EXPECT_THAT(world.violations(),
//   IsEmpty());
//
// Threads: one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/sdk/agent.h"
#include "tests/sim/sim_core.h"
#include "tests/sim/sim_gateway.h"
#include "tests/sim/sim_network.h"
#include "tests/support/sdk_fakes.h"

namespace eagle::audit {
class PublicAudit;
}

namespace eagle::sim {

Weather BadWeather();

struct Numbers {
  uint64_t orders = 0, refused = 0, answers = 0, effects = 0, gateway_crashes = 0, agent_crashes = 0, entries = 0,
           calls = 0, lost = 0, repeated = 0, marks = 0, surpluses = 0, paused = 0, resumed = 0, recoveries = 0,
           sent_again = 0, objections = 0, objections_answered = 0, compared = 0, begun = 0;
  std::map<std::string, uint64_t> acts;  // what was carried out, and how often
};

// What a world is made of. Without its newer parts a seed is the run that it was before they came.
struct Scene {
  bool every_act = true;  // the whole bank and the office of things, and all acts
  bool positions = true;  // agencies state their days
  bool searches = true;   // the court signs inquiries beforehand
};
inline constexpr Scene kDepositsAlone = {.every_act = false, .positions = false, .searches = false};

class World {
 public:
  World(uint64_t seed, const Weather& weather, const Scene& scene = {});
  ~World();

  // Minutes of the world's time with faults.
  void Run(int minutes);
  // Good weather until everything is answered, or the auditor says that something never will be.
  void HealAndDrain();
  const std::vector<std::string>& violations() const { return violations_; }
  Numbers numbers() const;
  // SHA-256 of what happened: two runs of one seed are the same run.
  std::string Fingerprint();

  struct Record {
    std::string leaf, sealed, key;  // empty: no payload
  };
  // The gateway's journal as it stands, with its payload keys. Pre: the gateway is up.
  std::vector<Record> Journal();

 private:
  struct Agency;    // sim_agency.h
  struct Bank;      // sim_bank.h
  struct House;     // sim_house.h
  struct Registry;  // sim_registry.h
  enum class Spoilt { kNothing, kLeftOut, kCountedOtherwise, kNobodysOrder };
  struct PendingBatch {
    goldeneagle::v1::SubmitOrdersRequest request;
    bool done = false;
    goldeneagle::v1::SubmitOrdersResponse answer;  // once done
    bool lost = false;                             // answered under an origin that has ended, at an index that is lost
    bool goes_first = false;                       // people decided so, though something lost waits
    bool open_at_loss = false;                     // not answered yet: nobody knows whether it was accepted
  };
  struct CaseInHand {
    std::string number;
    int64_t cap = 0;
    std::vector<std::string> persons;   // id numbers
    std::vector<std::string> freezes;   // order ids; of deposits at the banks
    std::vector<std::string> things;    // at the office of things
    std::vector<std::string> at_house;  // at the whole bank
  };
  // Served at a counter, on paper.
  struct PaperMeasure {
    std::string reference, document, person;
    int64_t amount = 0;
  };

  // Setting up, without faults: every call is repeated until it is answered.
  void SetUp();
  template <typename Request, typename Response>
  Response Must(void (api::Handlers::*method)(const api::Caller&, Request, api::Reply<Response>),
                const api::Caller& caller, Request request);
  void Administer();
  void State();
  void OpenCases();
  Agency* AgencyOf(const std::string& code) const;

  void Travel(std::function<void()> arrive);

  // The courts.
  void CourtActs();
  goldeneagle::v1::Order BaseOrder(const CaseInHand& of, goldeneagle::v1::Action action, const std::string& person,
                                   const std::string& bank);
  goldeneagle::v1::CourtAccount OurAccount() const;
  // `leader`: he signs, too.
  void Submit(std::vector<goldeneagle::v1::Order> orders, bool control, bool leader = false);
  void Send(std::shared_ptr<PendingBatch> batch);
  void TakeResults(const goldeneagle::v1::SubmitOrdersResponse& response);

  // The newer acts (sim_acts.cc).
  void MoreActs();
  void FreezeThing(CaseInHand& of);
  void SellThing(CaseInHand& of);
  void LookFor(CaseInHand& of);
  void EndOrRenew(CaseInHand& of, const std::vector<std::string>& measures);
  void FreezeAtHouse(CaseInHand& of);
  void ExtractIncome(CaseInHand& of);
  void DeductAtHouse(CaseInHand& of);
  void FreezeAndDeduct(CaseInHand& of);
  void AtTheRegistry();
  void AtTheHouse();
  std::string OneOf(const std::vector<std::string>& order_ids);
  goldeneagle::v1::Order DeductionFrom(const CaseInHand& of, const goldeneagle::v1::Order& made, int64_t amount);

  // Inquiries that wait for their begin (sim_searches.cc).
  void Searches();
  void CallOff();
  absl::Time NextSearch() const;
  // The auditor's own view of them, by leaves and by what the court signed.
  struct SearchesSeen {
    std::map<uint64_t, absl::Time> waiting;  // by order: when it begins
    uint64_t begun = 0;
    void Take(const domain::Entry& entry, const std::map<std::string, goldeneagle::v1::Order>& sent,
              const std::function<void(const std::string&)>& blame);
  };

  // Daily statements (sim_positions.cc).
  bool Days();
  void NextDay();
  bool ClocksPart() const;
  bool AllHaveStated();
  void SpoilOne();
  bool IsNoticed() const;

  // A thief (sim_thief.cc): the co-signer's key is stolen at a minute of some seeds. The court revokes it, states
  // another one, and signs anew what stands still; what has expired it withdraws.
  void Thief();
  void Revoke();
  void StateNewKey();
  void SignAnew();
  void SubmitOwn(goldeneagle::v1::Statement statement);
  void Withdraw(const goldeneagle::v1::WithdrawOrderRequest& request);

  // Objections of the banks and the court's answers (sim_objections.cc).
  void Objections(bool raise);
  void Raise(Bank& bank);
  void AnswerObjection(const domain::ObjectionThread& thread, bool at_once);
  struct ObjectionInHand {
    int at = 0;  // the minute of its answer
    goldeneagle::v1::SubmitObjectionsRequest request;
  };
  // The auditor's own view: what deductions waited for, by leaves alone.
  struct ObjectionsSeen {
    struct Thread {
      uint64_t order = 0, measure = 0, closed = 0;
      bool rejected = false, withdrawn = false;
      std::map<uint32_t, int64_t> marks;  // those to come
    };
    std::map<uint64_t, Thread> threads;
    std::set<uint64_t> handed_out;
    uint64_t raised = 0, answered = 0;
    void Take(const domain::Entry& entry, const std::map<uint64_t, goldeneagle::v1::OrderAccepted>& accepted,
              const std::function<void(const std::string&)>& blame);
  };

  // A loss of the data (sim_recovery.cc): at a minute of some seeds an older backup is put in their place, two
  // administrators let it go on under a new origin, and the court sends again what it was answered past the backup.
  void Recovery();
  void LoseData();
  void RecoverLog();
  void ListLost();
  void SendAgain(size_t from);
  void MakeRoom();
  void Decided(size_t place, const goldeneagle::v1::ValidateOrdersResponse& dry);
  bool DataLost() const { return lost_in_ != 0; }
  // The court holds back what is new while what is lost hasn't been sent again; what had no answer only as long as
  // nothing that is lost waits for it.
  bool HoldsBack(const PendingBatch& batch) const {
    return DataLost() && !up_to_date_ && !batch.lost && !batch.goes_first && !(batch.open_at_loss && waits_for_open_);
  }
  void JudgeRefusedStart();
  void JudgeLostCheckpoint(const std::string& note);
  void JudgeRecoveries(const audit::PublicAudit& audit);

  // Minute by minute.
  void Minute();
  void StartGateway();
  void Judge();
  void JudgeExposure();
  void JudgeAtTheEnd();
  void JudgeJournal();
  void Blame(const std::string& what);

  std::string NewId();
  uint64_t seed_;
  Scene scene_;
  Weather weather_;
  Dice dice_;
  Calendar calendar_;
  SimClock clock_;       // the gateway's: its wall may be set wrong
  SimClock true_clock_;  // everybody else's
  absl::TimeZone zone_;
  bool real_keys_ = false;  // Ed25519, so that an audit of the signatures means something
  std::unique_ptr<trust::SignatureChecker> checker_;
  std::map<std::string, std::unique_ptr<trust::Signer>> signers_;
  SeededEntropy entropy_;
  goldeneagle::v1::LogFounded founding_;
  std::unique_ptr<SimGateway> gateway_;
  std::map<std::string, std::unique_ptr<Bank>> banks_;
  std::unique_ptr<House> house_;        // null in a scene without every act
  std::unique_ptr<Registry> registry_;  // the same
  std::vector<Agency*> agencies_;       // all of them, by ordinal
  api::Caller court_;
  uint64_t next_sequence_ = 1, next_account_ = 1, next_statement_ = 100;
  uint64_t releases_ = 0;              // asked for; every third is a renewal instead
  std::string cosigner_ = "cosigner";  // whose key he signs with now
  int theft_at_ = 0;                   // minute; 0: nobody steals
  std::vector<CaseInHand> cases_;
  std::vector<std::shared_ptr<PendingBatch>> pending_;
  std::map<std::string, goldeneagle::v1::Order> sent_;  // by order id
  std::map<std::string, uint64_t> acknowledged_;        // order id -> index that the court was told
  std::set<std::string> refused_;
  std::set<std::string> by_stolen_key_;  // order ids: signed before the theft was known
  int loss_at_ = 0;                      // minute; 0: nothing is lost
  std::optional<SimGateway::Backup> backup_;
  int lost_in_ = 0, recovered_in_ = 0;  // minutes in which it was; 0: not yet
  storage::SignedHead given_up_;        // what the old origin signed last
  std::map<uint64_t, journal::Hash> lost_roots_;
  std::vector<std::shared_ptr<PendingBatch>> lost_;  // not sent again yet, in their old order
  bool up_to_date_ = true;                           // nothing is lost
  bool waits_for_key_ = false;                       // what is lost next was signed with a key whose statement is lost
  bool waits_for_open_ = false;                      // something lost names a freeze that the log hasn't
  int round_ = 0, stuck_ = 0;                        // minutes without progress
  std::string why_stuck_;
  std::set<std::string> sent_again_;  // order ids: their place in the journal isn't the one that gave rank
  std::map<std::string, goldeneagle::v1::SubmitStatementsRequest> own_statements_;  // by subject and sequence
  std::vector<goldeneagle::v1::WithdrawOrderRequest> withdrawals_;
  Dice objection_dice_;
  uint64_t next_objection_ = 1;
  std::map<std::string, ObjectionInHand> objection_answers_;                       // by objection id
  std::map<std::string, goldeneagle::v1::WithdrawOrderRequest> held_withdrawals_;  // by order id
  Dice act_dice_, search_dice_;
  std::vector<std::string> called_off_;  // order ids of searches that are to be withdrawn
  std::vector<PaperMeasure> papers_at_registry_, papers_at_house_;
  std::vector<std::string> others_seals_;
  std::set<std::string> pairs_;  // deductions of a freeze of their own group
  uint64_t papers_served_ = 0, rulings_ = 0;
  std::string day_awaited_;    // that every agency is to state; empty: none
  Agency* spoiler_ = nullptr;  // whose statement is spoilt, or might have been
  uint64_t spoilt_from_ = 0;   // index: nobody spoilt anything before
  int days_ = 0;
  bool clock_was_wrong_ = false;  // the log's clock stands apart from the agencies' until an operator accepts it
  std::set<std::string> checkpoints_;
  std::string account_digest_;
  std::vector<std::string> violations_;
  Numbers numbers_;
  int minute_ = 0;
};

}  // namespace eagle::sim
