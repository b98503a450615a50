// An encumbrance: one measure of one authority in force or waiting on the assets of a unit, and what can happen to it.
//
//   PENDING ----> WAITLISTED ----> EFFECTIVE ----> RELEASED | LAPSED | CONSUMED | DISPOSED
//      \              \ RELEASED | VOID                         CONSUMED --> EFFECTIVE (a payment came back)
//       \ REFUSED | RELEASED | VOID
//
// A row of the register, as an adapter stores it. Money of one currency in minor units; a thing (house, car, patent)
// counts as one. Who changes rows is EncumbranceRegister (register.h); an adapter only stores them.
//
// Threads: values.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "adapters/sdk/encumbrance/term.h"

namespace eagle::sdk {

enum class Phase : uint8_t {
  kPending = 1,     // SEAL_PENDING: locks its rank and what it would control, while a clerk reviews
  kWaitlisted = 2,  // 轮候: an earlier measure stands before it and it controls nothing
  kEffective = 3,   // controls something, or stands first; never goes back, its term runs
  kReleased = 4,
  kLapsed = 5,
  kConsumed = 6,  // deducted in full
  kDisposed = 7,  // the thing was sold, or handed over, under this measure
  kVoid = 8,      // the thing was sold under an earlier one: this one never took effect
  kRefused = 9,   // the clerk refused
};
std::string_view PhaseName(Phase phase);
// PENDING, WAITLISTED, EFFECTIVE: it has a place in rank.
constexpr bool IsLive(Phase phase) { return phase <= Phase::kEffective; }

// What moves a measure from phase to phase. `NextPhase` is the only way; absent: not allowed.
enum class Act : uint8_t { kApprove, kTakeEffect, kRefuse, kRelease, kLapse, kConsume, kGiveBack, kDispose, kVoid };
std::optional<Phase> NextPhase(Phase from, Act act);

// The order among measures: service on the unit, never the clock of their effect. Smaller stands first; ties go by id.
struct Rank {
  absl::Time served_at;          // durable arrival
  uint64_t served_sequence = 0;  // the unit's own count of arrivals
  friend std::strong_ordering operator<=>(const Rank&, const Rank&) = default;
};

enum class InflowRule : uint8_t {
  kNone = 0,
  kCapture = 1,
  kIncome = 2,  // 提取收入: takes of income as it is credited (CreditIncome), and of nothing else
};

enum class AssetKind : uint8_t { kMoney, kThing };
// The order in which one limit uses the accounts of a person.
enum class AccountClass : uint8_t { kDemand = 0, kTime = 1, kProduct = 2 };
enum class Standing : uint8_t { kUsable = 0, kExempt = 1, kJoint = 2 };

struct Asset {
  std::string id;  // account number, land unit and holder, ...
  AssetKind kind = AssetKind::kMoney;
  int64_t balance = 0;   // money: what is on the account, controlled or not. A thing: 1
  std::string currency;  // money only
  AccountClass account_class = AccountClass::kDemand;
  Standing standing = Standing::kUsable;
  friend bool operator==(const Asset&, const Asset&) = default;
};
inline Asset Thing(std::string id) { return {.id = std::move(id), .kind = AssetKind::kThing, .balance = 1}; }

// What one measure has on one asset.
struct Share {
  std::string asset;
  int64_t controlled = 0;
  int64_t unfunded = 0;
  friend bool operator==(const Share&, const Share&) = default;
};

// At most so much is controlled on one account of the scope: a product that is frozen by quantity, at its price of
// today.
struct Ceiling {
  std::string asset;
  int64_t amount = 0;
  friend bool operator==(const Ceiling&, const Ceiling&) = default;
};

struct Encumbrance {
  std::string id;         // operation id of our order, or the number of a measure entered at a counter
  std::string authority;  // court code, or the name of another authority
  std::string document_number;
  std::vector<std::string> scope;  // assets in the order in which they are used; exactly one for a thing
  Rank rank;
  int64_t requested = 0;  // the limit; shrinks by partial release and deduction. 1 for a thing
  int64_t deducted = 0;   // taken so far, payments on their way included
  InflowRule inflow = InflowRule::kNone;
  std::optional<Ceiling> ceiling;  // money; told anew at every load, as prices move
  bool whole_account =
      false;  // the holder may dispose of nothing on its accounts; `requested` still bounds what is controlled
  uint32_t part_numerator = 1;  // a thing: the holder's part of it
  uint32_t part_denominator = 1;
  Phase phase = Phase::kWaitlisted;
  std::vector<Share> shares;  // in the order of `scope`, none empty; while live they add up to `requested`
  MeasureTerm term;
  // Set at the first effect: one measure has one term, also when it is filled in parts. Only a renewal moves the end. A
  // measure that is entered with them keeps them.
  std::optional<absl::Time> effective_from;
  std::optional<absl::Time> effective_to;  // first instant not covered
  // How often the stored row changed: EncumbranceRegister counts, an adapter stores. 0: never entered through it.
  uint64_t revision = 0;

  int64_t controlled() const;
  int64_t unfunded() const;
  const Share* ShareOn(std::string_view asset) const;
  int64_t ControlledOn(std::string_view asset) const;
  bool HasInScope(std::string_view asset) const;
  // In rank; ties go by id.
  bool StandsBefore(const Encumbrance& other) const;
  friend bool operator==(const Encumbrance&, const Encumbrance&) = default;
};

struct Amounts {
  int64_t requested = 0;
  int64_t controlled = 0;
  int64_t unfunded = 0;
  friend bool operator==(const Amounts&, const Amounts&) = default;
};

// What happened to a measure that nobody addressed: its authority has to be told.
enum class ChangeKind : uint8_t {
  kInflow = 1,    // money came in and was caught
  kPromoted = 2,  // took effect, or grew because an earlier measure gave way
  kLapsed = 3,    // its term ended, or the thing was disposed of
  kReduced = 4,   // money left by another's lawful right, or an earlier measure came in late
};
std::string_view ChangeName(ChangeKind kind);

struct Change {
  ChangeKind kind = ChangeKind::kInflow;
  std::string id;
  Amounts before;
  Amounts after;  // zeros when it ended
  absl::Time at;  // when it took effect, which may be before the register looked
  friend bool operator==(const Change&, const Change&) = default;
};

// The accounts of a person that one limit may use, in order: demand before time deposits before products, as given
// within a class. Accounts that are exempt, joint or in another currency are skipped and come back with the reason.
struct SkippedAsset {
  std::string asset;
  std::string_view reason;  // EXEMPT | JOINT | OTHER_CURRENCY
};
struct PersonScope {
  std::vector<std::string> scope;
  std::vector<SkippedAsset> skipped;
};
PersonScope ScopeOfPerson(const std::vector<Asset>& accounts, std::string_view currency);

}  // namespace eagle::sdk
