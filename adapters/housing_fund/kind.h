// The housing fund (住房公积金管理中心) as a kind of office that keeps money.
//
//   int main(int argc, char** argv) { return bank::Main(fund::kFund, argc, argv); }
#pragma once

#include <string_view>

#include "adapters/bank/kind.h"

namespace eagle::fund {

extern const bank::Kind kFund;

// 个人账号: 8 to 30 digits. Whether funds have a check digit, and which, isn't known.
bool IsFundAccount(std::string_view number);

}  // namespace eagle::fund
