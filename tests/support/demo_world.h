// The demo's world, signed: two courts, three banks, a land registry and a business registry, officers, an account, and
// the case （2026）辽9901执1024号 against 林远舟 and his guarantor, with the cap of 198,287.00. Contents are right
// unless a test spoils them.
//
//   GatewayFixture gateway;  DemoWorld demo(gateway);      // furnished: policy, directory, case
//   v1::Order freeze = demo.Freeze(kBeiling, 80'000'00);
//   auto answer = demo.Submit({freeze});                    // handler and co-signer
//   std::vector<v1::Task> tasks = demo.Pull(kBeiling);      // as its adapter: Hello, poll
//   demo.Report(kBeiling, {demo.Controlled(freeze, 61'350'27, 18'649'73)});
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "goldeneagle/v1/policy.pb.h"
#include "tests/support/gateway_fixture.h"

namespace eagle::test {

inline constexpr char kCourt[] = "辽9901", kOtherCourt[] = "辽9902";
inline constexpr char kHighCourt[] = "辽9900", kMiddleCourt[] = "辽9910";  // above kCourt, once RaiseCourts was called
inline constexpr char kBeiling[] = "9900001", kSongyue[] = "9900002", kYunfan[] = "9900003";  // banks 北陵 松月 云帆
inline constexpr char kLand[] = "9900101", kBusiness[] = "9900201";  // the business registry only answers inquiries
inline constexpr char kCaseNumber[] = "（2026）辽9901执1024号";
inline constexpr char kHandler[] = "court/辽9901/officer/001", kCosigner[] = "court/辽9901/officer/002",
                      kLeader[] = "court/辽9901/officer/003";
inline constexpr char kLandUnit[] = "990101001002GB00123F00010012";
inline constexpr char kCourtAccount[] = "9900010000000099010";
inline constexpr int64_t kCap = 198'287'00;

// deploy/policy/cn-2026.txtpb, but no order has to travel with its papers, and no agency states what it holds.
v1::PolicyTable PolicyOf2026();
// The same and the daily statement, one version later.
v1::PolicyTable PolicyWithStatements();

class DemoWorld {
 public:
  // Registers and states everybody, installs the policy; opens the case unless told not to.
  explicit DemoWorld(GatewayFixture& gateway, bool open_case = true);

  GatewayFixture& gateway;
  api::Caller court, other_court;

  // --- administration and directory
  // Two administrators; the answer of the second. Pre: distinct targets.
  absl::StatusOr<v1::SubmitAdministrationResponse> Adopt(const std::vector<v1::Proposal>& proposals);
  absl::StatusOr<v1::SubmitStatementsResponse> State(const std::string& signer,
                                                     const std::vector<v1::Statement>& statements,
                                                     const std::vector<std::string>& keys);
  // An agency that can do what its kind does: BANK, LAND; others only answer inquiries on equity.
  static v1::Proposal AgencyProposal(const std::string& code, const std::string& name, const std::string& kind);
  static v1::Proposal CourtProposal(const std::string& code, const std::string& name);
  // A statement about `subject` that continues what is on file, valid for ten years.
  v1::Statement StatementAbout(const std::string& subject, v1::StatementKind kind) const;
  std::string AccountDigest() const;

  // --- contents
  static v1::Identity Lin();        // 林远舟, respondent
  static v1::Identity Guarantor();  // 北陵启明机电有限公司, liable for 60,000.00
  static v1::Identity SuQing();     // 苏晴, not a party
  static v1::Claim DemoClaim();
  v1::CaseAct Open(const std::string& number = kCaseNumber);
  v1::Order Base(v1::Action action, const std::vector<std::string>& agencies);
  v1::Order Inquire(const std::vector<std::string>& agencies);
  v1::Order Freeze(const std::string& agency, int64_t limit);
  v1::Order Seal();  // of the half share of the house, value unknown
  v1::Order Renew(const v1::Order& freeze, uint32_t years = 1);
  v1::Order Release(const v1::Order& freeze, int64_t amount = 0);
  v1::Order Deduct(const v1::Order& freeze, int64_t amount);

  // --- receipts
  v1::Receipt Receipt(const v1::Order& order, const std::string& agency, v1::ReceiptKind kind);
  v1::Receipt Found(const v1::Order& inquiry, const std::string& agency, const std::string& account, int64_t balance);
  v1::Receipt Nil(const v1::Order& inquiry, const std::string& agency);
  v1::Receipt Controlled(const v1::Order& freeze, int64_t controlled, int64_t unfunded);
  v1::Receipt Waitlisted(const v1::Order& freeze);
  v1::Receipt Event(const v1::Order& freeze, v1::MeasureChange change, int64_t controlled, int64_t unfunded);
  v1::Receipt Released(const v1::Order& release, int64_t requested_left);
  v1::Receipt Deducted(const v1::Order& deduct, bool confirmed, int64_t left_under_the_measure);

  // --- words in objection threads
  v1::ObjectionAct Raise(const v1::Order& order, const std::string& agency);
  v1::ObjectionAct Say(const std::string& author, const v1::ObjectionAct& raised, bool withdraws = false);
  v1::ObjectionAct Answer(const v1::ObjectionAct& raised, v1::ObjectionDecision decision);

  // --- supervision orders: kHighCourt above kMiddleCourt above kCourt, each with the officers 001 to 003
  void RaiseCourts();
  // Urgent: to the agency of `order`; without one to kCourt about the demo's case.
  v1::SupervisionAct Issue(const std::string& from, const v1::Order* order = nullptr);
  // A word of `author` in its thread; what it says is the caller's to set.
  v1::SupervisionAct WordIn(const v1::SupervisionAct& issued, const std::string& author);
  v1::SupervisionAct AnswerTo(const v1::SupervisionAct& issued, const std::string& author);
  v1::SupervisionAct Close(const v1::SupervisionAct& issued, v1::SupervisionResult result);
  // As the act's author, an agency or a court: by its key, or by handler and leader.
  absl::StatusOr<v1::SubmitSupervisionResponse> Supervise(const v1::SupervisionAct& act);

  // --- calls
  v1::SubmitOrdersRequest OrderBatch(const std::vector<v1::Order>& orders,
                                     const std::vector<std::string>& keys = {kHandler, kCosigner});
  absl::StatusOr<v1::SubmitOrdersResponse> Submit(const std::vector<v1::Order>& orders,
                                                  const std::vector<std::string>& keys = {kHandler, kCosigner});
  absl::StatusOr<v1::SubmitCaseActsResponse> SubmitCase(const std::vector<v1::CaseAct>& acts,
                                                        const std::vector<std::string>& keys = {kHandler, kLeader});
  absl::StatusOr<v1::HelloResponse> Hello(const std::string& agency, const std::string& instance = "i");
  // What the agency's adapter gets now, the directory up to date. Says Hello when needed.
  absl::StatusOr<v1::PullTasksResponse> PullOnce(const std::string& agency, const std::string& instance = "i");
  std::vector<v1::Task> Pull(const std::string& agency, const std::string& instance = "i");
  absl::StatusOr<v1::ReportResultsResponse> Report(const std::string& agency, const std::vector<v1::Receipt>& receipts,
                                                   const std::string& instance = "i");
  absl::StatusOr<v1::SubmitObjectionsResponse> Object(const std::string& agency,
                                                      const std::vector<v1::ObjectionAct>& acts);
  absl::StatusOr<v1::SubmitObjectionsResponse> AnswerObjections(const std::vector<v1::ObjectionAct>& acts,
                                                                const std::vector<std::string>& keys = {kHandler,
                                                                                                        kLeader});
  absl::StatusOr<v1::CaseView> Case(const std::string& number = kCaseNumber);
  // The handler's, of the demo's court, for its own connection.
  v1::SignedMember Ticket(const std::string& number = kCaseNumber) {
    return gateway.Ticket(court, kHandler, kCourt, number);
  }
  // Two administrators let `reader` read the demo's case for a day, with tickets of `officers_of` (empty: its own).
  void Grant(const std::string& reader, const std::string& officers_of);

  // The reason of each member, "" when it was accepted; of the whole call when that was refused.
  static std::vector<std::string> Reasons(const absl::StatusOr<v1::SubmitOrdersResponse>& response);
  // "field REASON" of every problem of one result, sorted.
  static std::vector<std::string> Problems(const v1::Refusal& refusal);
  static std::string Digest(const google::protobuf::MessageLite& member);

  // Where an adapter stands, by agency and instance.
  struct Session {
    uint64_t last_delivery = 0, directory_position = 0;
    bool greeted = false;
  };
  std::map<std::pair<std::string, std::string>, Session> sessions;

 private:
  void Furnish();
  // Keys by the registrars; the officers 001 to 003 of a court, by the court.
  void StateKeys(const std::vector<std::string>& subjects);
  void StateOfficers(const std::string& court, std::vector<v1::Statement> others = {});
  v1::MeasureState Measure(const std::string& reference, int64_t controlled, int64_t unfunded);
  std::map<std::string, uint64_t> receipts_;  // last sequence, by order id and agency
};

}  // namespace eagle::test
