// The tree of commands: names, flags, help, and what each does. Commands see this and never the parser behind it.
//
// Each command's file has one function that hangs it into the tree; its flags live in a struct that its action shares:
//
//   void AddMetrics(Verb& root) {
//     auto flags = std::make_shared<Flags>();
//     Verb verb = root.Add("metrics", "Show the gateway's counters.", "eagle metrics --output json");
//     verb.Flag("--zeros", &flags->zeros, "also those that are zero");
//     verb.Do([flags](Session& session) { return Run(session, *flags); });
//   }
//
// Threads: one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace CLI {
class App;
}

namespace eagle::client {

class Session;

// What every command may be given.
struct GlobalFlags {
  std::string config, output = "table", zone;
  bool yes = false, verbose = false;
};

enum class Need { kOptional, kRequired };

class VerbTree;

// One command; a value that refers to its place in the tree.
class Verb {
 public:
  // A command below this one. `summary`: one line, what it does. `example`: a whole command line, or several.
  Verb Add(const std::string& name, const std::string& summary, const std::string& example = "");
  // Names as "--case" or, for what stands without a flag, "ORDER". Targets must outlive the tree: members of what Do()
  // shares.
  Verb& Text(const std::string& name, std::string* target, const std::string& help, Need need = Need::kOptional);
  Verb& Texts(const std::string& name, std::vector<std::string>* target, const std::string& help,
              Need need = Need::kOptional);
  Verb& Choice(const std::string& name, std::string* target, const std::vector<std::string>& choices,
               const std::string& help, Need need = Need::kOptional);
  Verb& Number(const std::string& name, uint64_t* target, const std::string& help, Need need = Need::kOptional);
  Verb& Numbers(const std::string& name, std::vector<uint64_t>* target, const std::string& help,
                Need need = Need::kOptional);
  Verb& Flag(const std::string& name, bool* target, const std::string& help);
  Verb& Do(std::function<absl::Status(Session&)> action);

 private:
  friend class VerbTree;
  Verb(VerbTree& tree, CLI::App* app) : tree_(&tree), app_(app) {}
  VerbTree* tree_;
  CLI::App* app_;
};

class VerbTree {
 public:
  explicit VerbTree(GlobalFlags& flags);
  ~VerbTree();
  VerbTree(const VerbTree&) = delete;
  VerbTree& operator=(const VerbTree&) = delete;

  Verb root() { return Verb(*this, app_.get()); }
  // What was asked for. `help`: text to be shown instead (stdout, success); `usage`: what was wrong (stderr, exit 2).
  struct Parsed {
    std::function<absl::Status(Session&)> action;
    std::string help, usage;
  };
  // `arguments` without the program's name.
  Parsed Parse(const std::vector<std::string>& arguments);
  // Help of the command with these names; empty when there is none.
  std::string HelpOf(const std::vector<std::string>& names) const;

 private:
  friend class Verb;
  std::unique_ptr<CLI::App> app_;
  std::function<absl::Status(Session&)> chosen_;
};

}  // namespace eagle::client
