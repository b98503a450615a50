// The reports of a simulated province, as it goes: every leaf goes into the scorecards of its months and of its years,
// and the pages are written from them, as `eagle scorecard` would from the published log.
//
// Threads: one.
//
//   Reports reports(plan, first, days);  gateway.AddListener(&reports);  ... life.Play ...;  reports.Finish();
//   WriteReports(reports.all(), "reports");
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/core/ports.h"
#include "server/journal/leaf.h"
#include "server/journal/merkle.h"
#include "server/scorecard/fold.h"
#include "server/scorecard/report.h"
#include "tests/sim/province_plan.h"

namespace eagle::province {

class Reports : public core::Listener {
 public:
  Reports(const Plan& plan, absl::CivilDay first, int days);

  void Take(std::string_view leaf_bytes);
  void Committed(const std::vector<domain::Entry>& entries, const core::CommitView& commit) override;
  // Once, after the last leaf.
  void Finish();

  const std::vector<scorecard::Report>& all() const { return all_; }  // the months, then the years
  uint64_t leaves() const { return edge_.size(); }

 private:
  // Periods that follow each other, the first of them only to be compared with.
  struct Row {
    std::vector<scorecard::Period> periods;
    std::unique_ptr<scorecard::Scorecard> card;
    std::vector<std::optional<journal::Hash>> roots;  // of each period, over the leaves up to its end
    size_t at = 0;                                    // the first without a root
  };
  void Add(std::vector<scorecard::Period> periods);

  const Plan& plan_;
  std::vector<Row> rows_;
  journal::Frontier edge_;
  std::vector<scorecard::Report> all_;
};

// What courts fill in: names, and how their cases ended; drawn, so that the page has what it will have.
scorecard::Supplement SupplementOf(const Plan& plan, const scorecard::Period& period);

// <folder>/<period>.html, .csv and .json of each. False: the folder can't be written.
bool WriteReports(const std::vector<scorecard::Report>& reports, const std::string& folder);

}  // namespace eagle::province
