// Samples and what is said of them: percentiles of one round, median and range over rounds.
//
// Threads: values.
//
//   Samples accept;  accept.Add(us);  accept.At(0.99);
//   Series rate{.name = "tasks_per_second", .unit = "1/s"};  rate.rounds.push_back(...);  rate.Median();
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace eagle::bench {

class Samples {
 public:
  void Add(double value) { values_.push_back(value), sorted_ = false; }
  void Add(const Samples& other) {
    values_.insert(values_.end(), other.values_.begin(), other.values_.end());
    sorted_ = false;
  }
  size_t size() const { return values_.size(); }
  // The sample below which a share `p` (0 to 1) of all lies; 0 without samples.
  double At(double p) {
    if (values_.empty()) return 0;
    if (!sorted_) std::sort(values_.begin(), values_.end());
    sorted_ = true;
    const double place = p * static_cast<double>(values_.size() - 1);
    return values_[static_cast<size_t>(place + 0.5)];
  }

 private:
  std::vector<double> values_;
  bool sorted_ = false;
};

// One figure, once a round.
struct Series {
  std::string name;
  std::string unit;
  std::vector<double> rounds;

  double Quantile(double p) const {
    Samples samples;
    for (double value : rounds) samples.Add(value);
    return samples.At(p);
  }
  double Median() const { return Quantile(0.5); }
  double Least() const { return Quantile(0); }
  double Most() const { return Quantile(1); }
};

}  // namespace eagle::bench
