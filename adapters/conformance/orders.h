// What the courts of the test world write and sign.
//
// Threads: one.
//
//   const v1::Order freeze = courts.Freeze(person, 100'00);
//   gateway.Hand(courts.Sign(freeze));
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/conformance/fixtures.h"
#include "adapters/conformance/world.h"
#include "goldeneagle/v1/order.pb.h"
#include "server/base/clock.h"
#include "server/base/entropy.h"

namespace eagle::conformance {

class Courts {
 public:
  // All outlive it.
  Courts(World& world, const Fixtures& fixtures, Clock& clock, Entropy& entropy)
      : world_(world), fixtures_(fixtures), clock_(clock), entropy_(entropy) {}

  // Orders, complete but unsigned.
  v1::Order Inquiry(const Person& subject, std::string_view court = kCourt);
  // Of money: PERSON_AT_AGENCY up to `limit`; of a thing: the subject's share of it, worth `limit` (0: unknown).
  v1::Order Freeze(const Person& subject, int64_t limit, std::string_view court = kCourt);
  // Of the one account `subject.asset`.
  v1::Order FreezeAccount(const Person& subject, int64_t limit);
  v1::Order Renew(const v1::Order& freeze, uint32_t months, std::string_view court = kCourt);
  v1::Order Release(const v1::Order& freeze, int64_t amount = 0, std::string_view court = kCourt);
  // Of all that the measure holds, sold by auction; what lies on it stays.
  v1::Order TransferTitle(const v1::Order& freeze, const Person& transferee, std::string_view court = kCourt);
  // For a month; whoever finds it holds it.
  v1::Order Locate(const v1::Order& freeze, std::string_view court = kCourt);
  // Pre: the fixtures have a court account. `digest` of its statement.
  v1::Order Deduct(const v1::Order& freeze, int64_t amount, std::string_view digest);
  // A product with its return account: `subject.asset` is the bank's number of it.
  v1::Order FreezeProduct(const Person& subject, int64_t limit);
  // Takes over what the counter registered: `subject.asset` is its reference.
  v1::Order TakeOver(const Person& subject, int64_t limit, std::string_view document);
  // Of what is paid into `subject.asset`. Pre: the fixtures have a court account. `digest` of its statement.
  v1::Order ExtractIncome(const Person& subject, int64_t limit, int64_t kept_per_month, std::string_view digest);
  // Names these officers in place of the usual ones.
  void NameOfficers(v1::Order& order, std::vector<std::string> codes) const;

  struct Signing {
    std::vector<trust::Signer*> signers;  // empty: whom the usual rules demand, of the order's court
    v1::Environment environment = v1::ENVIRONMENT_TEST;
    std::string signer;  // of the head; empty: the order's court
  };
  v1::SignedMember Sign(const v1::Order& order) { return Sign(order, Signing()); }
  v1::SignedMember Sign(const v1::Order& order, Signing signing);
  // The same for bytes that needn't be an order of this version.
  v1::SignedMember SignBytes(std::string member, const v1::Order& order, Signing signing);

 private:
  v1::Order Base(v1::Action action, const Person& subject, std::string_view court);
  v1::Order Like(const v1::Order& freeze, v1::Action action, std::string_view court);

  World& world_;
  const Fixtures& fixtures_;
  Clock& clock_;
  Entropy& entropy_;
};

}  // namespace eagle::conformance
