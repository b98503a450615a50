// Orders and acts on cases from plain values: fills in the id (UUIDv7), the times and the shape, and nothing that a
// person must decide. It doesn't judge: amounts, stages, papers and authority are the gateway's to refuse, all
// violations at once, on the record.
//
// Threads: one at a time (as the ports).
//
//   OrderBuilder builder(clock, entropy);
//   v1::Order order = builder.Freeze(common, {.target = PersonTarget{}, .currency = "CNY", .limit_minor_units =
//   8000000, ...}); std::string bytes = Serialize(order);         // once; from now on only these bytes count
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/case.pb.h"
#include "goldeneagle/v1/order.pb.h"
#include "server/base/clock.h"
#include "server/base/entropy.h"

namespace eagle::client {

struct Person {
  std::string name, id_kind, id_number;
};
struct Paper {
  std::string category, digest, media_type, title;  // digest: 32 bytes
  uint64_t size_bytes = 0;
};
struct OfficerCard {
  std::string code, work_id_no, duty_card_no;
};
struct OverCap {
  std::string reason, leader;
};

// What every order says.
struct OrderCommon {
  std::string court, case_number;
  std::string urgency_reason;  // empty: a normal order
  std::vector<std::string> agencies;
  Person subject;
  std::string group;  // empty or 16 bytes
  absl::Duration valid_for = absl::Hours(7 * 24);
  std::vector<OfficerCard> officers;  // handler first, then co-signer
  std::string purpose, legal_basis;
  std::vector<Paper> papers;
  std::optional<OverCap> over_cap;
  std::optional<goldeneagle::v1::Confirmation> confirmed;
};

struct PersonTarget {
  bool whole_account = false;
};
struct AccountNumber {
  std::string number;
};
struct Asset {
  std::string kind, unit_number;
  uint32_t share_numerator = 1, share_denominator = 1;
  int64_t quantity_e4 = 0;  // units in ten-thousandths; 0: the share
};
struct Product {
  std::string number;
  int64_t quantity_e4 = 0;  // 0: all that the limit covers
};
// What a unit's counter has registered already.
struct AtCounter {
  std::string unit_reference, document_number, asset_kind;
};
struct DayRange {
  std::string first_day, last_day;  // YYYY-MM-DD, both included
};
struct FreezeTerms {
  std::variant<PersonTarget, AccountNumber, Asset, Product, AtCounter> target;
  std::string currency;
  int64_t limit_minor_units = 0;
  goldeneagle::v1::Inflow inflow = goldeneagle::v1::INFLOW_UNSPECIFIED;
  uint32_t months = 0, years = 0;  // both 0: no term, of what a counter has registered
  std::vector<std::string> blocked_acts;
};
struct RenewTerms {
  std::string freeze_order_id;
  uint32_t months = 0, years = 0;  // from the end of the term that runs
};
struct ReleaseTerms {
  std::string freeze_order_id;
  int64_t amount_minor_units = 0;  // 0: the whole measure
  std::string ground;
};
// Where money goes: the court's enforcement account, in the words of its statement.
struct CourtsAccount {
  std::string account_name, bank, account_number;
  std::string account_statement;  // digest, 32 bytes
};
struct DeductTerms {
  std::string freeze_order_id, currency;
  int64_t amount_minor_units = 0;
  bool up_to = false;
  CourtsAccount account;
};
struct TransferTerms {
  std::string freeze_order_id, ground;
  Person transferee;
  uint32_t share_numerator = 0, share_denominator = 0;  // both 0: all that the measure holds
  int64_t proceeds_minor_units = 0;
  bool charges_end = false;
};
struct LocateTerms {
  std::string freeze_order_id;
  uint32_t months = 0, years = 0;
  bool hold = false;
  std::string collect_contact, collect_phone;
};
struct IncomeTerms {
  std::string account_number, currency;
  int64_t limit_minor_units = 0, kept_per_month_minor_units = 0;
  uint32_t months = 0, years = 0;
  CourtsAccount account;
};

class OrderBuilder {
 public:
  OrderBuilder(Clock& clock, Entropy& entropy) : clock_(clock), entropy_(entropy) {}

  // With `transactions` also what moved on the accounts on these days.
  goldeneagle::v1::Order Inquire(const OrderCommon& common, const std::vector<std::string>& asset_kinds,
                                 const std::optional<DayRange>& transactions = std::nullopt);
  goldeneagle::v1::Order Freeze(const OrderCommon& common, const FreezeTerms& terms);
  goldeneagle::v1::Order Renew(const OrderCommon& common, const RenewTerms& terms);
  goldeneagle::v1::Order Release(const OrderCommon& common, const ReleaseTerms& terms);
  goldeneagle::v1::Order Deduct(const OrderCommon& common, const DeductTerms& terms);
  goldeneagle::v1::Order TransferTitle(const OrderCommon& common, const TransferTerms& terms);
  goldeneagle::v1::Order Locate(const OrderCommon& common, const LocateTerms& terms);
  goldeneagle::v1::Order ExtractIncome(const OrderCommon& common, const IncomeTerms& terms);
  // An order that came whole, from a file: fills in id, times and court where they are absent.
  void Complete(goldeneagle::v1::Order& order, const std::string& court,
                absl::Duration valid_for = absl::Hours(7 * 24));

  goldeneagle::v1::CaseAct Open(const std::string& court, goldeneagle::v1::OpenCase open);
  goldeneagle::v1::CaseAct ChangeStage(const std::string& court, goldeneagle::v1::ChangeStage change);
  goldeneagle::v1::CaseAct ChangeRespondents(const std::string& court, goldeneagle::v1::ChangeRespondents change);
  goldeneagle::v1::CaseAct ChangeCap(const std::string& court, goldeneagle::v1::ChangeCap change);

  // Sixteen bytes, for an order, a request or a group.
  std::string NewId();

 private:
  goldeneagle::v1::Order Common(const OrderCommon& common, goldeneagle::v1::Action action);
  goldeneagle::v1::CaseAct Act(const std::string& court);

  Clock& clock_;
  Entropy& entropy_;
};

void AddOfficer(const OfficerCard& card, goldeneagle::v1::Order& order);
goldeneagle::v1::Instrument InstrumentOf(const Paper& paper);
void AddPaper(const Paper& paper, goldeneagle::v1::Order& order);

// The sum of the parts: what the cap of a claim must be.
int64_t SumOf(const goldeneagle::v1::Claim& claim);

// A paper from a file: digest and size of its bytes, the media type by its ending (.pdf or .ofd).
// Errors: STORAGE_UNUSABLE; FIELD_INVALID for another ending or an empty file.
absl::StatusOr<Paper> PaperFromFile(const std::string& category, const std::string& path, const std::string& title);

// The bytes to be signed.
std::string Serialize(const google::protobuf::Message& message);

}  // namespace eagle::client
