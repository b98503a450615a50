// What a run says: figures by group and name, one value a round; as a table for people and as JSON for programs.
//
// Threads: one.
//
//   Report report;
//   report.Add("limits", "echo_calls_per_second", "1/s", 14'000);      // once a round
//   report.PrintTable(std::cerr);  report.PrintJson(std::cout, parameters);
#pragma once

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/pipeline/stats.h"

namespace eagle::bench {

class Report {
 public:
  void Add(const std::string& group, const std::string& name, const std::string& unit, double value);
  // Median over the rounds; 0 when there is none.
  double Median(const std::string& group, const std::string& name) const;

  void PrintTable(std::ostream& out) const;
  // {"machine": {...}, "parameters": {...}, "figures": {group: {name: {"unit", "median", "min", "max", "rounds":
  // [...]}}}}
  void PrintJson(std::ostream& out, const std::vector<std::pair<std::string, std::string>>& parameters) const;

 private:
  struct Group {
    std::string name;
    std::vector<Series> series;
  };
  std::vector<Group> groups_;
};

}  // namespace eagle::bench
