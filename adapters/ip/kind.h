// The table of the office for intellectual property 知识产权局: patents and registered trademarks; the whole right is
// preserved, once.
#pragma once

#include <string_view>

#include "adapters/register/kind.h"

namespace eagle::ip {

// 专利号: "ZL", 12 digits of the application (year, kind, running number), a point, a check character. In the test
// range the digits begin with "99". Source: ZC 0006-2003; patents with the shorter numbers before it have ended.
bool IsPatentNumber(std::string_view text);
// 商标注册号: 3 to 8 digits; a letter behind them for a part that was split off, "G" before them for an international
// registration. In the test range they are 8 that begin with "99".
bool IsTrademarkNumber(std::string_view text);

extern const registry::Kind kIp;

}  // namespace eagle::ip
