// An agency that exchanges files around an exchange under test: the SDK's world of signed orders (tests/adapters/sdk),
// a drop in a folder of the test's own, and an agency's hand that puts batches down, right or wrong.
//
// Threads: one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/file/core.h"
#include "adapters/file/exchange.h"
#include "adapters/file/statement.h"
#include "tests/adapters/sdk/sdk_world.h"
#include "tests/support/temp_folder.h"

namespace eagle::file {

inline constexpr Family kCx = Family::kInquiry, kKz = Family::kControl, kDz = Family::kPosition;
inline const absl::TimeZone kShanghai = absl::FixedTimeZone(8 * 3600);

struct FileWorld {
  // `steps`: where a test wants to die; null: nowhere.
  explicit FileWorld(const std::string& encoding = "GB18030", Steps* steps = nullptr);

  // The process: exchange.db, drop, agent. What is on disk stays.
  void Start();
  void Stop();
  void Restart() { Stop(), Start(); }

  // Signs and submits, lets the agent take it, makes a round.
  const v1::Order& Ask(const v1::Order& order);
  // Steps of the agent and rounds of the exchange, until nothing moves any more.
  void Run();
  void MustRound();

  // The agency's hand. The manifest follows from the content unless `change` says otherwise.
  using Change = std::function<void(Element& root, Manifest& manifest, std::string& bytes)>;
  std::string Name(Family family, int64_t number) const;
  void Put(Family family, int64_t number, const std::vector<Element>& answers, const Change& change = {});
  // A batch of a statement 对账: what stands by the agency's books, `answered` the last KZFK that it follows.
  struct Day {
    std::string day, as_of;
    int64_t answered = 0;
    bool last = true;
  };
  void State(int64_t number, const Day& day, const std::vector<Element>& lines);
  // The line of a freeze that stands, as Frozen answered it.
  static Element Standing(const v1::Order& order, const std::string& controlled, const std::string& unfunded);
  void TakeAway(Family family, int64_t number);  // both files
  // The receipt that lies there for a batch of the agency's: "1", "2 DIGEST_MISMATCH", "1 [2 NOT_ASKED,FIELD_MISSING]";
  // "-" without one.
  std::string Receipt(Family family, int64_t number) const;
  std::string ReceiptBytes(Family family, int64_t number) const;
  // The agency says that it has (1) or refuses (2) our batch.
  void Acknowledge(Family family, int64_t number, const std::string& result = "1");

  // Answers.
  static Element Found(const v1::Order& order, const std::string& account, const std::string& balance);
  static Element Nothing(const v1::Order& order);
  static Element Frozen(const v1::Order& order, const std::string& controlled, const std::string& unfunded);
  static Element NotDone(const v1::Order& order, const std::string& code, const std::string& text);

  std::string Outcome(const v1::Order& order) { return world.Outcome(order); }
  std::vector<std::string> Files(const std::string& folder) const;
  std::string ReadOurs(const std::string& name) const;

  TempFolder folder;
  Steps nowhere;
  Steps& steps;
  sdk::SdkWorld world;
  Codes codes;
  Encoding encoding;
  Edge edge;
  std::unique_ptr<Store> store;
  std::unique_ptr<Drop> drop;
  std::unique_ptr<FileCore> core;
  std::unique_ptr<FilePositions> positions;
  std::unique_ptr<Exchange> exchange;
  std::vector<std::string> told;  // events of the exchange, with their facts

 private:
  void PutRoot(const BatchName& name, const Element& root_to_put, const Change& change);
};

// Reads a file of the test's own.
std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, std::string_view bytes);

}  // namespace eagle::file
