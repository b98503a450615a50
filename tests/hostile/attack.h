// What a hostile gateway tries, as rows of tables: one table for each of those who must not be deceived. Everything
// else (keys of courts, officers, agencies, registrars and witnesses) is out of its hands; its own log key, and
// whatever others signed once, is not.
//
// Threads: values.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace eagle::hostile {

// What is done to the honest message.
enum class Verb {
  kAlter,      // something in it is something else
  kSwap,       // a part is that of another message
  kReplay,     // it comes again, or instead of a newer one
  kReaddress,  // it goes to another, or claims to come from another
  kDrop,       // a part is missing
  kTruncate,   // it ends too early
  kFork,       // it belongs to a second history, or to somebody else's signature
};
inline constexpr Verb kVerbs[] = {Verb::kAlter, Verb::kSwap,     Verb::kReplay, Verb::kReaddress,
                                  Verb::kDrop,  Verb::kTruncate, Verb::kFork};

struct AttackRow {
  Verb verb;
  std::string name;  // unique in its table
};

// One attack on a `Scene`: honest messages that are about to be shown to somebody.
template <typename Scene>
struct Attack {
  Verb verb;
  std::string name;
  std::function<void(Scene&)> act;
  std::vector<std::string> noticed;  // one of these must be the answer
};

template <typename Scene>
std::vector<AttackRow> RowsOf(const std::vector<Attack<Scene>>& attacks) {
  std::vector<AttackRow> rows;
  for (const Attack<Scene>& attack : attacks) rows.push_back({attack.verb, attack.name});
  return rows;
}

// Rows that show the same bytes are one attack under two names, and one that shows the honest bytes is none.
class DifferentScenes {
 public:
  explicit DifferentScenes(std::string honest) { names_.emplace(std::move(honest), "what is honest"); }
  void Add(const std::string& name, std::string bytes) {
    const auto [at, fresh] = names_.emplace(std::move(bytes), name);
    EXPECT_TRUE(fresh) << name << " shows the very bytes of: " << at->second;
  }

 private:
  std::map<std::string, std::string> names_;  // by bytes
};

// The tables, one a file.
std::vector<AttackRow> AdapterAttacks();
std::vector<AttackRow> CourtAttacks();
std::vector<AttackRow> EvidenceAttacks();
std::vector<AttackRow> WitnessAttacks();
std::vector<AttackRow> AuditorAttacks();

}  // namespace eagle::hostile
