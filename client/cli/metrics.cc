// eagle metrics: the gateway's counters and gauges.
#include "client/cli/commands.h"
#include "client/cli/session.h"

namespace eagle::client {
namespace {

struct MetricsFlags {
  bool zeros = false;
};

absl::Status RunMetrics(Session& session, const MetricsFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.admin_gateway());
  EAGLE_ASSIGN_OR_RETURN(const v1::GetMetricsResponse answer, gateway->GetMetrics({}));
  Table table("metrics", {{"name"}, {"value", kRight}, {"unit"}, {"help"}});
  for (const v1::Metric& metric : answer.metrics()) {
    if (metric.value() == 0 && !flags.zeros) continue;
    table.Add({Text(metric.name()), Real(metric.value()), TextOrNothing(metric.unit()), Text(metric.help())});
  }
  Document document;
  document.Add(std::move(table));
  return session.Print(document);
}

}  // namespace

void AddMetrics(Verb& root) {
  auto flags = std::make_shared<MetricsFlags>();
  Verb verb = root.Add("metrics", "Show the gateway's counters and gauges (operators).", "eagle metrics --output json");
  verb.Flag("--zeros", &flags->zeros, "also those that are zero");
  verb.Do([flags](Session& session) { return RunMetrics(session, *flags); });
}

}  // namespace eagle::client
