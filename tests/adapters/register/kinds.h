// The offices of the demonstration's kinds that have no fixture of their own, and what is in their registers.
//
// Threads: one.
#pragma once

#include "adapters/equity/kind.h"
#include "adapters/ip/kind.h"
#include "adapters/vehicle/kind.h"
#include "tests/adapters/register/office.h"

namespace eagle::registry {

inline constexpr char kVehicleData[] = "adapters/vehicle/data/demo";
inline constexpr char kVehicleOffice[] = "北陵市公安局车辆管理所";
inline constexpr char kLinsCar[] = "L99BL1A10RA000018";
inline constexpr char kSusCar[] = "L99BL1A11RA000027";     // mortgaged, sealed by another city, states G and K
inline constexpr char kTractor[] = "L99CT4B54PB001204";    // the storage company's, mortgaged
inline constexpr char kStolenCar[] = "L99BL1A1XMA007731";  // Zhou's
inline constexpr char kOffRoader[] = "L99MX2C35LC000416";  // Shan's, registered under a 15-digit number

inline constexpr char kEquityData[] = "adapters/equity/data/demo";
inline constexpr char kEquityOffice[] = "北陵市市场监督管理局";
inline constexpr char kQiming[] = "919901019900000178";      // Lin 30/100, Su 70/100 of 5,000,000.00
inline constexpr char kSongling[] = "919901019900002010";    // Zhou 2/3, Qiming 1/3 of 12,000,000.00
inline constexpr char kChengjiang[] = "91990101990000318C";  // Shan, 900,000.01

inline constexpr char kIpData[] = "adapters/ip/data/demo";
inline constexpr char kIpOffice[] = "国家知识产权局（演示）";
inline constexpr char kRotorPatent[] = "ZL990110000017.7";  // Lin and Su, jointly
inline constexpr char kRackPatent[] = "ZL990120004519.2";   // the storage company's, pledged, preserved by 辽9902
inline constexpr char kBoxPatent[] = "ZL990130000873.3";    // Shan's, annual fee overdue
inline constexpr char kQimingMark[] = "99000013";
inline constexpr char kChengjiangMark[] = "99000274";

inline const Person kQimingCompany = {"北陵启明机电有限公司", "UNIFIED_CREDIT_CODE", "919901019900000178"};
inline const Person kShan = {"单雨", "CITIZEN_ID", "990101196507180054"};

class VehicleOffice : public Office {
 public:
  VehicleOffice() : Office(vehicle::kVehicle, kVehicleData, kVehicleOffice) {}
  v1::Order Freeze(const std::string& unit = kLinsCar, const Person& person = kLin, uint32_t years = 2) {
    v1::Order order = Office::Freeze("VEHICLE", unit, person, 1, 1);
    order.mutable_freeze()->mutable_term()->set_years(years);
    return order;
  }
};

class EquityOffice : public Office {
 public:
  EquityOffice() : Office(equity::kEquity, kEquityData, kEquityOffice) {}
  // Under a case number of its own, so that no two have one document; worth `value` as a whole.
  v1::Order Freeze(uint32_t numerator, uint32_t denominator, int64_t value, const std::string& unit = kQiming,
                   const Person& person = kLin) {
    v1::Order order = Office::Freeze("EQUITY", unit, person, numerator, denominator);
    order.set_case_number("（2026）辽9901执" + std::to_string(++last_case_) + "号");
    order.mutable_freeze()->set_limit_minor_units(value);
    return order;
  }

 private:
  int last_case_ = 2000;
};

class IpOffice : public Office {
 public:
  IpOffice() : Office(ip::kIp, kIpData, kIpOffice) {}
  // In a preservation case, for six months.
  v1::Order Preserve(const std::string& unit = kRotorPatent, const Person& person = kLin, uint32_t months = 6) {
    const bool patent = ip::IsPatentNumber(unit);
    v1::Order order = Office::Freeze(patent ? "PATENT" : "TRADEMARK", unit, person, 1, 1);
    order.set_case_number("（2026）辽9901执保88号");
    order.mutable_freeze()->mutable_term()->clear_years();
    order.mutable_freeze()->mutable_term()->set_months(months);
    return order;
  }
  v1::Order RenewMonths(const v1::Order& freeze, uint32_t months = 6) {
    v1::Order order = Renew(freeze);
    order.set_case_number(freeze.case_number());
    order.mutable_renew()->mutable_term()->clear_years();
    order.mutable_renew()->mutable_term()->set_months(months);
    return order;
  }
};

}  // namespace eagle::registry
