// Everything that is signed in a benchmark: proposals and approvals, statements, cases, orders, receipts. All of it
// would be taken by a gateway in production but for the test range of numbers and the environment.
//
// Threads: pure functions, but for the entropy.
//
//   v1::Order order = InquireOrder(court, /*of=*/3, targets, id, now);
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "goldeneagle/v1/administration.pb.h"
#include "goldeneagle/v1/case.pb.h"
#include "goldeneagle/v1/order.pb.h"
#include "goldeneagle/v1/receipt.pb.h"
#include "goldeneagle/v1/statement.pb.h"
#include "server/base/entropy.h"
#include "tests/bench/pipeline/world.h"

namespace eagle::bench {

namespace v1 = ::goldeneagle::v1;

// The cases of each court: member i of a batch belongs to case i, so no case has all the orders.
inline constexpr uint32_t kCases = 64;

// The policy, the courts, every agency, operator and auditor.
std::vector<v1::Proposal> Proposals(const World& world, const v1::PolicyTable& policy);
// Keys of courts and agencies (for the registrars to sign); a court's officers (for itself to sign).
std::vector<v1::Statement> OrganisationStatements(const World& world, absl::Time now);
std::vector<v1::Statement> OfficerStatements(const CourtParty& court, absl::Time now);
std::vector<v1::CaseAct> CaseActs(const CourtParty& court, absl::Time now, Entropy& entropy);
// An inquiry about the respondent of case `of` at the agencies `targets`, with every field that the policy demands.
v1::Order InquireOrder(const CourtParty& court, uint32_t of, const std::vector<std::string>& targets,
                       const std::string& id, absl::Time now);
// An urgent freeze of kFrozenMinorUnits on the same respondent at one agency; handler and co-signer sign it.
inline constexpr int64_t kFrozenMinorUnits = 1'230'00;
v1::Order FreezeOrder(const CourtParty& court, uint32_t of, const std::string& target, const std::string& id,
                      absl::Time now);
// What every adapter of the benchmark can do.
std::vector<v1::Capability> Capabilities();
// The final answer: one account found, or all of the freeze controlled. `digest`: of the order's member.
v1::Receipt FinalReceipt(const std::string& agency, std::string_view digest, const v1::Order& order, absl::Time now);

std::string CaseNumber(const CourtParty& court, uint32_t of);
// The handler's, for the court's own connection.
v1::SignedMember TicketFor(const CourtParty& court, const std::string& case_number, absl::Time now);

}  // namespace eagle::bench
