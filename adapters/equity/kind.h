// The table of business registries 市场监督管理部门: shares of companies that aren't listed, by the company's unified
// social credit code; a quantity of the registered capital is frozen.
#pragma once

#include "adapters/register/kind.h"

namespace eagle::equity {

extern const registry::Kind kEquity;

}  // namespace eagle::equity
