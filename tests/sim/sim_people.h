// Who is in the simulation: invented persons, the court and its account, the codes of the agencies.
//
// Private to the files of this folder. Threads: constants.
#pragma once

#include <string>

namespace eagle::sim {

inline constexpr int kBanks = 3;
// Two respondents, and one who is none: he buys what is sold.
inline constexpr const char* kPersons[] = {"990101198503070017", "990101199112120034", "990101198708150029"};
inline constexpr const char* kNames[] = {"林远舟", "林远舟", "苏晴"};
inline constexpr char kCourt[] = "辽9901";
inline constexpr char kAccount[] = "9900010000000099010";
inline constexpr char kHouse[] = "9900090";     // the whole bank
inline constexpr char kRegistry[] = "9900101";  // the office of things

inline std::string BankCode(int i) { return "99000" + std::to_string(i + 1) + "0"; }

}  // namespace eagle::sim
