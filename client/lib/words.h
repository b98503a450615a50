// What the contract's codes and times are called when people read them: one place, so that every command says the same.
//
// Threads: pure functions.
//
//   ProgressText(view, names, zone)        "3 of 4 answered, 云帆银行 no answer yet, due Tue 29 Sep 09:00"
//   CoverageText(coverage, names)          "4 inquire, 4 control, 3 deduct, 不动产登记中心 by clerk, 云帆银行 absent"
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "client/common/time_words.h"
#include "goldeneagle/v1/administration.pb.h"
#include "goldeneagle/v1/case_service.pb.h"
#include "goldeneagle/v1/directory_service.pb.h"
#include "goldeneagle/v1/objection.pb.h"
#include "goldeneagle/v1/order_service.pb.h"
#include "goldeneagle/v1/supervision.pb.h"
#include "server/trust/report.h"

namespace eagle::client {

// "FREEZE" of "ACTION_FREEZE": the value without the prefix that its type's name makes; a number for values of a newer
// contract.
std::string EnumWord(const google::protobuf::EnumDescriptor& type, int value);
template <class E>
std::string Word(E value) {
  return EnumWord(*google::protobuf::GetEnumDescriptor<E>(), static_cast<int>(value));
}
// The value that Word(value) is `word` of, upper or lower case; 0 when there is none (0 itself has no word).
int EnumOfWord(const google::protobuf::EnumDescriptor& type, std::string_view word);
template <class E>
E OfWord(std::string_view word) {
  return static_cast<E>(EnumOfWord(*google::protobuf::GetEnumDescriptor<E>(), word));
}

// "NO_ANSWER_YET" for UNSPECIFIED: an outcome that isn't there is no outcome.
std::string OutcomeWord(goldeneagle::v1::Outcome outcome);

// Why something was not done or sent back. A code of the contract (AgencyReason) or of the table of reasons stays as it
// is; "UNKNOWN (NO_SUCH_CODE)" for any other, kept as the agency sent it.
std::string AgencyReasonText(std::string_view code);

// Unset fields of messages.
bool IsSet(const google::protobuf::Timestamp& stamp);
absl::Time ToTime(const google::protobuf::Timestamp& stamp);  // the epoch for what is no time

// Code -> name.
using Names = std::map<std::string, std::string, std::less<>>;
std::string NameOr(const Names& names, std::string_view code);  // the code itself when it has no name

std::string ProgressText(const goldeneagle::v1::OrderView& view, const Names& names, const absl::TimeZone& zone);
std::string CoverageText(const google::protobuf::RepeatedPtrField<goldeneagle::v1::CoverageView>& coverage,
                         const Names& names);
// Whose report it is and what came of the cases; those that failed or were skipped by name.
std::string ReportText(const trust::ConformanceReport& report);
// What a proposal would change, a sentence a line; nothing of the change is left out (of a report: its digest).
std::string ProposalText(const goldeneagle::v1::Administration& act);
// What one order asks for, in one line.
std::string OrderText(const goldeneagle::v1::Order& order);
std::string CaseActText(const goldeneagle::v1::CaseAct& act);
std::string ObjectionText(const goldeneagle::v1::ObjectionAct& act);
std::string SupervisionText(const goldeneagle::v1::SupervisionAct& act);
std::string StatementText(const goldeneagle::v1::Statement& statement);

}  // namespace eagle::client
