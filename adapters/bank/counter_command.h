// The words of `eagle-bank counter ...`: from a command line to a request at the socket of the running bank.
//
//   CLI::App app;  CounterCommand counter(*app.add_subcommand("counter"));
//   CLI11_PARSE(app, argc, argv);
//   answer = sdk::CallCounter(counter.socket(), counter.Request());
//
// Threads: one.
#pragma once

#include <deque>
#include <string>
#include <utility>

#include "CLI/CLI.hpp"
#include "adapters/bank/kind.h"
#include "adapters/sdk/shell/counter_socket.h"

namespace eagle::bank {

class CounterCommand {
 public:
  explicit CounterCommand(CLI::App& app, const Kind& kind = kBank);
  // Pre of all: parsed.
  sdk::CounterRequest Request() const;
  // Whether it is a change that must bear a name ("request"), so that it can be sent twice and done once.
  bool NeedsName() const;
  // Where to ask: one of the two is given.
  const std::string& socket() const { return socket_; }
  const std::string& config() const { return config_; }
  bool as_json() const { return output_ == "json"; }

  // How a word is made: its name, its arguments in their order, its name at the socket. For the words of a kind.
  struct Option {
    std::string argument;
    std::string text;
  };
  struct Verb {
    CLI::App* app = nullptr;
    std::string command;
    bool has_request = false;
    std::deque<Option> options;
    std::deque<std::pair<std::string, bool>> flags;
  };
  Verb& Add(CLI::App& parent, const std::string& name, const std::string& about, const std::string& command = "");
  static void Take(Verb& verb, const std::string& name, const std::string& argument, const std::string& about,
                   bool required = true);
  static void Flag(Verb& verb, const std::string& name, const std::string& argument, const std::string& about);
  static void TakeRequest(Verb& verb);

 private:
  void AddOffice(CLI::App& app);
  std::string socket_, config_, output_ = "table";
  std::deque<Verb> verbs_;
};

}  // namespace eagle::bank
