// `eagle` run in process: arguments in, exit code and both streams out, over a gateway in memory and a real set of
// keys.
#pragma once

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "client/cli/eagle.h"
#include "tests/client/fake_gateway.h"
#include "tests/client/support.h"
#include "tests/support/temp_folder.h"

namespace eagle::client {

struct Ran {
  int exit = -1;
  std::string out, err;
};

class CliWorld {
 public:
  // Makes pki/ in the folder, with one court (辽9901), two agencies, an operator and an auditor.
  CliWorld();

  // As the court, unless `config` names another configuration of the set ("operator-ops").
  Ran Run(const std::vector<std::string>& arguments, const std::string& config = "court-辽9901");
  // The same, and its output as JSON must hold; adds --output json.
  Ran Json(std::vector<std::string> arguments, const std::string& config = "court-辽9901");
  // Without any configuration.
  Ran Bare(const std::vector<std::string>& arguments);
  std::string Path(const std::string& name) const { return folder_ / name; }
  std::string Put(const std::string& name, const std::string& content);
  // What the registrars and the court stated, as the gateway lists it.
  void ListStatements();
  // A batch of statements of `path`, too.
  void ListStatementsOf(const std::string& path);

  StandingClock clock{Monday()}, real{absl::FromUnixSeconds(1790000000)};
  CountedEntropy entropy;
  RecordedWaiter waiter{&real};
  std::unique_ptr<FakeGateway> gateway;
  std::string admin_connected_to;
  bool clock_steps = false, on_terminal = false, out_is_terminal = false;
  std::string typed;  // what a person answers
  FoundLog found_log;
  OpenJournalFolder open_journal_folder;
  CheckPolicy check_policy;

 private:
  TempFolder folder_;
};

inline constexpr char kCase[] = "（2026）辽9901执1024号";
inline constexpr char kDebtor[] = "林远舟;CITIZEN_ID;990101198503070017";

// The value at "results.0.order_id"; empty when there is none.
std::string At(const std::string& json, const std::string& path);
// An urgent inquiry at all agencies, signed by 001 and 002.
std::vector<std::string> Inquire(std::vector<std::string> more = {});
// The member of a batch.
v1::Order OrderOf(const v1::SignedBatch& batch, int member = 0);

}  // namespace eagle::client
