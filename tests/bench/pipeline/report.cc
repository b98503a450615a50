#include "tests/bench/pipeline/report.h"

#include <sys/utsname.h>

#include <thread>

#include "absl/strings/str_format.h"
#include "tests/bench/pipeline/process.h"

namespace eagle::bench {
namespace {

std::string Quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + "\"";
}

// The value behind "name : value" in a file of the kernel.
std::string Fact(const std::string& file, const std::string& name) {
  const std::string text = ReadFile(file);
  const size_t at = text.find(name);
  if (at == std::string::npos) return "";
  const size_t from = text.find_first_not_of(": \t", at + name.size());
  return text.substr(from, text.find('\n', from) - from);
}

std::vector<std::pair<std::string, std::string>> MachineFacts() {
  utsname system;
  uname(&system);
  return {{"cores", std::to_string(std::thread::hardware_concurrency())}, {"cpu", Fact("/proc/cpuinfo", "model name")},
          {"kernel", std::string(system.sysname) + " " + system.release}, {"memory", Fact("/proc/meminfo", "MemTotal")},
          {"distribution", Fact("/etc/os-release", "PRETTY_NAME=")},      {"compiler", __VERSION__}};
}

std::string Number(double value) {
  if (value >= 1000) return absl::StrFormat("%.0f", value);
  if (value >= 10) return absl::StrFormat("%.1f", value);
  return absl::StrFormat("%.3g", value);
}

void PrintObject(std::ostream& out, const std::vector<std::pair<std::string, std::string>>& fields) {
  out << "{";
  for (size_t i = 0; i < fields.size(); ++i)
    out << (i == 0 ? "" : ", ") << Quoted(fields[i].first) << ": " << Quoted(fields[i].second);
  out << "}";
}

void PrintSeries(std::ostream& out, const Series& series) {
  out << Quoted(series.name) << ": {\"unit\": " << Quoted(series.unit) << ", \"median\": " << Number(series.Median())
      << ", \"min\": " << Number(series.Least()) << ", \"max\": " << Number(series.Most()) << ", \"rounds\": [";
  for (size_t i = 0; i < series.rounds.size(); ++i) out << (i == 0 ? "" : ", ") << Number(series.rounds[i]);
  out << "]}";
}

}  // namespace

void Report::Add(const std::string& group, const std::string& name, const std::string& unit, double value) {
  Group* into = nullptr;
  for (Group& one : groups_) into = one.name == group ? &one : into;
  if (into == nullptr) into = &groups_.emplace_back(Group{group, {}});
  for (Series& series : into->series) {
    if (series.name == name) return series.rounds.push_back(value);
  }
  into->series.push_back({name, unit, {value}});
}

double Report::Median(const std::string& group, const std::string& name) const {
  for (const Group& one : groups_) {
    for (const Series& series : one.series) {
      if (one.name == group && series.name == name) return series.Median();
    }
  }
  return 0;
}

void Report::PrintTable(std::ostream& out) const {
  for (const Group& group : groups_) {
    out << "\n" << absl::StrFormat("%-44s %12s %12s %12s  %s", group.name, "median", "min", "max", "unit") << "\n";
    for (const Series& series : group.series) {
      out << absl::StrFormat("  %-42s %12s %12s %12s  %s", series.name, Number(series.Median()), Number(series.Least()),
                             Number(series.Most()), series.unit)
          << "\n";
    }
  }
  out.flush();
}

void Report::PrintJson(std::ostream& out, const std::vector<std::pair<std::string, std::string>>& parameters) const {
  out << "{\n  \"machine\": ";
  PrintObject(out, MachineFacts());
  out << ",\n  \"parameters\": ";
  PrintObject(out, parameters);
  out << ",\n  \"figures\": {";
  for (size_t g = 0; g < groups_.size(); ++g) {
    out << (g == 0 ? "\n    " : ",\n    ") << Quoted(groups_[g].name) << ": {";
    for (size_t i = 0; i < groups_[g].series.size(); ++i) {
      out << (i == 0 ? "\n      " : ",\n      ");
      PrintSeries(out, groups_[g].series[i]);
    }
    out << "\n    }";
  }
  out << "\n  }\n}\n";
  out.flush();
}

}  // namespace eagle::bench
