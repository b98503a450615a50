// What the codes of orders and receipts are called on the page that a judge reads: Chinese and English side by side.
//
// Threads: pure functions.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "client/audit/evidence.h"
#include "goldeneagle/v1/objection.pb.h"

namespace eagle::audit {

// One idea in both languages.
struct Words {
  std::string zh, en;
};
inline std::string Both(const Words& words) { return words.zh + " " + words.en; }

Words WordsOf(goldeneagle::v1::Action action);
Words WordsOf(goldeneagle::v1::OfficerRole role);
Words WordsOf(goldeneagle::v1::ReceiptKind kind);
Words WordsOf(goldeneagle::v1::Outcome outcome);
Words WordsOf(goldeneagle::v1::MeasureChange change);
Words WordsOf(goldeneagle::v1::ObjectionDecision decision);
Words WordsOf(const SupervisionStepSeen& step);
Words WordsOf(Run run, bool silence);

// "198,287.00 CNY".
std::string AmountText(int64_t minor_units, const std::string& currency);
// What is ordered, with its amounts: a line in both languages.
Words ActOf(const goldeneagle::v1::Order& order);
// What one item of a receipt says, with its amounts.
std::string ItemText(const goldeneagle::v1::ItemResult& item, const std::string& currency, const absl::TimeZone& zone);
// The currency that the order names; CNY where it names none (inquiries).
std::string CurrencyOf(const goldeneagle::v1::Order& order);

}  // namespace eagle::audit
