// A domain without signatures, storage or threads: builds commands as `api` would, decides, applies, remembers every
// entry.
//
//   DomainWorld world;                       // founded, policy of Freedonia, one court, two banks, one land office,
//   one case auto result = world.Freeze("BANK1", 80'000'00); EXPECT_EQ(world.OnlyRefusal(result), Reason::kNone);
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "server/domain/apply.h"
#include "server/domain/command.h"
#include "server/domain/decide.h"
#include "server/domain/state.h"

namespace eagle::test {

// The policy of an invented country, so that no test leans on a legal number of ours: urgent 10 hours, normal 3 civil
// days in Pacific/Auckland, terms of 6 and 30 months, 200 per million a day, a third key above 50,000.00.
goldeneagle::v1::PolicyTable FreedoniaPolicy(uint32_t version = 1);
// With rows for every act of the contract: titles of LAND (30 months) and VEHICLE (24) change for AUCTION and SET_OFF;
// vehicles are looked for 12 months; of income 2,000.00 a month is kept, for 18 months; PATENT must name what is
// barred, LAND may. A world of this policy has a vehicle office CARS1, and agencies that can do it all.
goldeneagle::v1::PolicyTable PolicyOfAllActs();
// Under it a journal holds what its commands say and nothing of the clock's: DIRECTORY_HEAD never falls due.
goldeneagle::v1::PolicyTable PolicyWithoutDirectoryHeads();
// The same with orders that wait: inquiries, up to 24 months, 4 under one head, 6 of a case, 8 of a court, begun from
// 01:00 to 05:00; inquiries in the stage CLOSED_NO_ASSETS too.
goldeneagle::v1::PolicyTable PolicyWithStanding(uint32_t version = 1);
// The same with daily statements: due 12 hours after the day's end, a difference after 2 statements ahead, incidents 3
// civil days.
goldeneagle::v1::PolicyTable PolicyWithPositions(uint32_t version = 1);
// Adds what supervision orders need: answers in 6 hours, or 2 civil days (marks at 50, 100 and 200 %), for OVERDUE and
// WRONG_MEASURE, at most 6 words; a handler signs, of a commander's order a leader too.
void AddSupervision(goldeneagle::v1::PolicyTable& table);
// Freedonia's with it.
goldeneagle::v1::PolicyTable PolicyWithSupervision();

class DomainWorld {
 public:
  explicit DomainWorld(const goldeneagle::v1::PolicyTable& policy = FreedoniaPolicy());

  // --- the world
  domain::State state;
  absl::Time now;
  std::vector<domain::Entry> journal;
  std::vector<std::pair<absl::Time, domain::Command>> script;  // every command so far and when it was given
  goldeneagle::v1::LogFounded founding;

  // Decides and applies, surplus entries included.
  domain::Result Do(const domain::Command& command);
  // A tick as the sequencer gives it, with the stream of statements up to now.
  domain::Result Tick() { return Do(domain::Tick{stream}); }
  // Proposes and approves.
  void Adopt(const std::vector<goldeneagle::v1::Administration>& proposals);
  // Registers a court with a key and the officers "handler" and "leader"; of one that is there only the superior
  // changes.
  void AddCourt(const std::string& code, const std::string& superior);
  domain::DirectoryStream stream;

  // What is said from now on is tagged with another key; what was tagged before is still found (command.h).
  void RotateTagKey() { ++tag_keys_; }
  // "tag of X", after a rotation "key2 of X", "tag of X"; and so on.
  std::vector<std::string> TagsOf(const std::string& what) const;

  // --- batches, as if signed by these officers ("handler", "cosigner", "leader") of court C1
  domain::SubmitOrders Orders(std::vector<goldeneagle::v1::Order> orders,
                              std::vector<std::string> signers = {"handler", "cosigner"});
  domain::SubmitCases Cases(std::vector<goldeneagle::v1::CaseAct> acts,
                            std::vector<std::string> signers = {"handler", "leader"});
  domain::ReportReceipts Receipts(const std::string& agency, std::vector<goldeneagle::v1::Receipt> receipts);
  domain::ReportPositions Positions(const std::string& agency, std::vector<goldeneagle::v1::Position> parts);
  // Words in objection threads: of an agency by its key, or of C1 by these officers.
  domain::SubmitObjections Objections(const std::string& author, std::vector<goldeneagle::v1::ObjectionAct> acts,
                                      std::vector<std::string> signers = {"handler", "leader"});
  // Words in supervision threads: of an agency by its key, or of any court by these officers of its own.
  domain::SubmitSupervision Supervision(const std::string& author, std::vector<goldeneagle::v1::SupervisionAct> acts,
                                        std::vector<std::string> signers = {"handler"});
  // A page of the case, read now by an officer of C1.
  domain::RecordAccess Access(const std::string& method = "GetCase", const std::string& officer = "handler",
                              const std::string& number = "case-1");
  domain::SubmitStatements Statements(const std::string& signer, std::vector<goldeneagle::v1::Statement> statements,
                                      std::vector<std::string> keys);
  domain::SubmitAdministration Administration(const std::string& administrator,
                                              std::vector<goldeneagle::v1::Administration> acts);

  // --- contents, right unless a test spoils them
  goldeneagle::v1::CaseAct OpenCase(const std::string& number = "case-1");
  goldeneagle::v1::Order BaseOrder(goldeneagle::v1::Action action, const std::string& agency);
  goldeneagle::v1::Order InquireOrder(std::vector<std::string> agencies);
  goldeneagle::v1::Order FreezeOrder(const std::string& agency, int64_t limit);
  goldeneagle::v1::Order RenewOrder(const std::string& agency, const std::string& freeze_id, uint32_t months);
  goldeneagle::v1::Order ReleaseOrder(const std::string& agency, const std::string& freeze_id, int64_t amount = 0);
  goldeneagle::v1::Order DeductOrder(const std::string& agency, const std::string& freeze_id, int64_t amount);
  goldeneagle::v1::Order SealOrder(const std::string& agency, const std::string& kind, int64_t value);
  goldeneagle::v1::Order TransferOrder(const std::string& agency, const std::string& freeze_id, int64_t proceeds);
  goldeneagle::v1::Order LocateOrder(const std::string& agency, const std::string& freeze_id, bool hold);
  goldeneagle::v1::Order IncomeOrder(const std::string& agency, int64_t limit);
  goldeneagle::v1::Receipt ReceiptFor(const goldeneagle::v1::Order& order, const std::string& agency,
                                      goldeneagle::v1::ReceiptKind kind);
  goldeneagle::v1::Receipt Controlled(const goldeneagle::v1::Order& freeze, const std::string& agency,
                                      int64_t controlled, int64_t unfunded);
  // The measure after a renewal, effective since now and until `end`.
  goldeneagle::v1::Receipt Renewed(const goldeneagle::v1::Order& renew, const std::string& agency, int64_t controlled,
                                   absl::Time end);
  goldeneagle::v1::Receipt Event(const goldeneagle::v1::Order& freeze, const std::string& agency,
                                 goldeneagle::v1::MeasureChange change, int64_t controlled, int64_t unfunded);
  goldeneagle::v1::Receipt Deducted(const goldeneagle::v1::Order& deduct, const std::string& agency, bool confirmed,
                                    int64_t controlled_after, int64_t unfunded_after);

  // TRANSFERRED; what the measure holds afterwards, 0: it has ended.
  goldeneagle::v1::Receipt Transferred(const goldeneagle::v1::Order& title, const std::string& agency, int64_t left);
  // The unit takes income from now on, up to `limit`.
  goldeneagle::v1::Receipt Extracting(const goldeneagle::v1::Order& income, const std::string& agency, int64_t limit);
  // One payment, and what is still to come in after it.
  goldeneagle::v1::Receipt Extracted(const goldeneagle::v1::Order& income, const std::string& agency,
                                     const std::string& booking, int64_t amount, int64_t left);
  goldeneagle::v1::Receipt Sighted(const goldeneagle::v1::Order& locate, const std::string& agency, bool held);

  goldeneagle::v1::ObjectionAct Raise(const std::string& agency, const goldeneagle::v1::Order& order);
  goldeneagle::v1::ObjectionAct Say(const std::string& author, const goldeneagle::v1::ObjectionAct& raised,
                                    bool withdraws = false);
  goldeneagle::v1::ObjectionAct Answer(const goldeneagle::v1::ObjectionAct& raised,
                                       goldeneagle::v1::ObjectionDecision decision);

  // A supervision order, urgent: to the agency of `order`; without one to C1 about case-1.
  goldeneagle::v1::SupervisionAct Issue(const std::string& from, const goldeneagle::v1::Order* order = nullptr);
  goldeneagle::v1::SupervisionAct Acknowledgement(const goldeneagle::v1::SupervisionAct& issued,
                                                  const std::string& author);
  goldeneagle::v1::SupervisionAct AnswerTo(const goldeneagle::v1::SupervisionAct& issued, const std::string& author);
  goldeneagle::v1::SupervisionAct SendBack(const goldeneagle::v1::SupervisionAct& issued);
  goldeneagle::v1::SupervisionAct Close(const goldeneagle::v1::SupervisionAct& issued,
                                        goldeneagle::v1::SupervisionResult result);

  // --- what came of it
  static Reason OnlyRefusal(const domain::Result& result);                 // of the first member; kNone when accepted
  static std::vector<std::string> Problems(const domain::Result& result);  // "field REASON" of the first member, sorted
  const domain::Case& TheCase() const { return state.cases.at(case_seq); }
  const domain::Order& OrderNamed(const goldeneagle::v1::Order& order) const {
    return state.orders.at(state.ids.at(order.order_id()).index);
  }
  std::vector<std::string> Types() const;  // of the journal's entries
  uint64_t case_seq = 0;

  std::string NewId();
  std::string Key(const std::string& name) const;  // 32 bytes that stand for a public key
  std::string account_digest;

 private:
  goldeneagle::v1::SupervisionAct WordIn(const goldeneagle::v1::SupervisionAct& issued, const std::string& author);
  template <typename Message>
  domain::SignedHead Sign(goldeneagle::v1::MemberType type, const std::string& signer,
                          const std::vector<Message>& members, const std::vector<std::string>& keys);
  int tag_keys_ = 1;
  uint64_t next_sequence_ = 1, next_id_ = 1, next_receipt_ = 1;
};

}  // namespace eagle::test
