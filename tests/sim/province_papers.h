// What courts and agencies of the simulated province write: acts on cases, orders, receipts, right in every field that
// the domain looks at. Everything about a case follows from its number, so that nothing of it need be kept.
//
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "goldeneagle/v1/case.pb.h"
#include "goldeneagle/v1/order.pb.h"
#include "goldeneagle/v1/receipt.pb.h"
#include "tests/sim/province_gateway.h"

namespace eagle::province {

namespace v1 = goldeneagle::v1;

// One case: court `court` of the plan, opened as the province's number `number`.
struct CaseName {
  uint32_t court = 0, number = 0;
};
std::string CaseNumber(const Plan& plan, const CaseName& of);
// Its one respondent.
v1::Identity RespondentOf(const CaseName& of);

// `id`: of the request (IdOf).
v1::CaseAct OpenCase(const Plan& plan, const CaseName& of, int64_t principal, int64_t interest, const std::string& id);
v1::CaseAct ChangeStage(const Plan& plan, const CaseName& of, v1::CaseStage to, const std::string& id);

// An order without its act, signed by a handler.
v1::Order BaseOrder(const Plan& plan, const CaseName& of, v1::Action action, bool urgent, const std::string& id,
                    absl::Time now);

// An answer without its content.
v1::Receipt BaseReceipt(const std::string& order_id, const std::string& order_digest, const std::string& agency,
                        v1::ReceiptKind kind, absl::Time arrived, absl::Time now);

// Commands over one head. `gateway` gives the head its number and time.
domain::SubmitCases AsCommand(Gateway& gateway, const Plan& plan, const CaseName& of, const v1::CaseAct& act);
domain::SubmitOrders AsCommand(Gateway& gateway, const Plan& plan, const CaseName& of, const v1::Order& order);
domain::ReportReceipts AsCommand(Gateway& gateway, const Plan& plan, uint32_t agency,
                                 const std::vector<v1::Receipt>& receipts);

}  // namespace eagle::province
