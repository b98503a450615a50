// Who comes to a case and who leaves it 追加、变更被执行人: what is wrong with the act, and which places it gives.
//
// A respondent's place, from 0 in the order in which respondents came, is his for ever: orders, measures and sums name
// it. Who is removed keeps it, and has it again when he is added again.
//
// Threads: pure functions.
// Source:  Civil Procedure Law (2023) art 243; provisions on changing and adding parties 法释〔2016〕21号 (2020) arts 1
// to 25, 28.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/domain/draft.h"

namespace eagle::domain {

// As many places has a case, those of removed respondents among them.
inline constexpr int kRespondentsPerCase = 100;

// In the order of the act.
struct ChangedPlaces {
  std::vector<uint32_t> added, removed;
};

// Identity, liability and its cap.
void CheckRespondent(const goldeneagle::v1::Respondent& respondent, const Policy& policy, bool production,
                     const std::string& path, Violations& wrong);

// All that is wrong with the act, signatures and doubtful amounts apart; the places count only when nothing is.
// `of`: null when the court has no such case.
ChangedPlaces ExamineRespondents(const State& state, const goldeneagle::v1::ChangeRespondents& change, const Case* of,
                                 Violations& wrong);

}  // namespace eagle::domain
