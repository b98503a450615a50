// The supplement 补充填报 of a scorecard: what no leaf tells and a court or a command centre fills in, as TOML.
//
//   period = "2026-09"                  # REQUIRED with goals: last month's figures are never shown as this month's
//   issuer = "辽宁省高级人民法院执行指挥中心"
//   [ranking]                           # each OPTIONAL: least_judged = 10, top = 3, bottom = 3
//   least_judged = 10
//   [[agencies]]                        # ordinal: its place in the order of registration, from 1
//   ordinal = 1
//   code = "9900010"
//   name = "北陵商业银行"
//   [[courts]]
//   ordinal = 1
//   code = "辽9901"
//   name = "北陵市中级人民法院"
//   in_time = [812, 880]                # done, of how many; a goal that is left out is shown as absent
//   no_assets = [301, 310]
//   petitions = [45, 45]
//   three_years = [10240, 12600]
//
// Threads: pure.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/scorecard/report.h"

namespace eagle::client {

// `path` is for messages; `period`: which one is asked for. Errors: FIELD_INVALID, each violation at its line: an
// unknown key, a wrong type, an ordinal twice or below 1, more done than there was, another period, no period with
// goals; a text that isn't TOML.
absl::StatusOr<scorecard::Supplement> ParseSupplement(std::string_view text, const std::string& path,
                                                      std::string_view period);

}  // namespace eagle::client
