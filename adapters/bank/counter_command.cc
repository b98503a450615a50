#include "adapters/bank/counter_command.h"

#include <algorithm>
#include <map>
#include <utility>

#include "adapters/sdk/shell/office_commands.h"

namespace eagle::bank {

CounterCommand::Verb& CounterCommand::Add(CLI::App& parent, const std::string& name, const std::string& about,
                                          const std::string& command) {
  Verb& verb = verbs_.emplace_back();
  verb.app = parent.add_subcommand(name, about);
  verb.command = command.empty() ? name : command;
  return verb;
}

void CounterCommand::Take(Verb& verb, const std::string& name, const std::string& argument, const std::string& about,
                          bool required) {
  Option& option = verb.options.emplace_back();
  option.argument = argument;
  CLI::Option* added = verb.app->add_option(name, option.text, about);
  if (required) added->required();
}

void CounterCommand::Flag(Verb& verb, const std::string& name, const std::string& argument, const std::string& about) {
  auto& flag = verb.flags.emplace_back(argument, false);
  verb.app->add_flag(name, flag.second, about);
}

void CounterCommand::TakeRequest(Verb& verb) {
  verb.has_request = true;
  Take(verb, "--request", "request", "name of this request: the same name again changes nothing", false);
}

CounterCommand::CounterCommand(CLI::App& app, const Kind& kind) {
  app.require_subcommand(1);
  CLI::Option_group& where = *app.add_option_group("where", "the running office");
  where.add_option("--socket", socket_, "its counter socket");
  where.add_option("--config", config_, "its configuration, which names the socket");
  where.require_option(1);
  app.add_option("--output", output_, "table or json")->check(CLI::IsMember({"table", "json"}));

  Verb& deposit = Add(app, "deposit", "cash comes in");
  Take(deposit, "account", "account", "account number");
  Take(deposit, "amount", "amount", "amount, 20,000.00");
  TakeRequest(deposit);
  Verb& withdraw = Add(app, "withdraw", "the holder takes cash");
  Take(withdraw, "account", "account", "account number");
  Take(withdraw, "amount", "amount", "amount");
  TakeRequest(withdraw);
  Verb& receive = Add(app, "receive", "a payment from another bank comes in");
  Take(receive, "payment", "payment", "its reference");
  Take(receive, "account", "account", "account number");
  Take(receive, "amount", "amount", "amount");
  Verb& seize = Add(app, "seize", "a measure of another authority is served");
  Take(seize, "account", "account", "account number");
  Take(seize, "amount", "amount", "limit");
  Take(seize, "--authority", "authority", "who ordered it");
  Take(seize, "--document", "document", "number of its paper");
  Take(seize, "--last-day", "last_day", "last day of its term, 2027-09-27", false);
  Take(seize, "--inflow", "inflow", "yes or no: whether money that arrives later is caught", false);
  Take(seize, "--whole-account", "whole_account", "yes or no", false);
  TakeRequest(seize);
  Verb& freeze = Add(app, "freeze", "a court's freeze is served on paper");
  Take(freeze, "--account", "account", "account number");
  Take(freeze, "--court", "court", "code of the court");
  Take(freeze, "--document", "document", "number of its notice");
  Take(freeze, "--amount", "amount", "limit");
  Take(freeze, "--months", "months", "of its term, from its first effect");
  Take(freeze, "--inflow", "inflow", "yes or no: whether money that arrives later is caught", false);
  TakeRequest(freeze);
  Verb& salary = Add(app, "salary", "income of a customer comes in");
  Take(salary, "account", "account", "account number");
  Take(salary, "amount", "amount", "amount");
  TakeRequest(salary);
  Verb& redeem = Add(app, "redeem", "units of a product are paid back");
  Take(redeem, "account", "account", "number of the holding");
  Take(redeem, "units", "units", "how many, 1,000.2500");
  TakeRequest(redeem);
  Verb& price = Add(app, "price", "a product has a new price");
  Take(price, "product", "product", "code of the product");
  Take(price, "price", "price", "of one unit, 1.0523");
  Take(price, "--day", "day", "of the price, 2026-09-28");
  Verb& release = Add(app, "release", "another court's or authority's measure ends");
  Take(release, "document", "document", "number of the paper that made it");
  Verb& confirm = Add(app, "confirm", "the payment system: it arrived");
  Take(confirm, "payment", "payment", "reference", false);
  Flag(confirm, "--all", "all", "all that are SENT");
  Verb& reject = Add(app, "reject", "the payment system: it came back");
  Take(reject, "payment", "payment", "reference");
  Take(reject, "--reason", "reason", "the payment system's code", false);
  reject.options.back().text = "REJECTED";

  for (const auto& [name, about] : {std::pair("show", "accounts"), std::pair("measures", "measures, ended ones too")}) {
    Verb& verb = Add(app, name, about);
    Take(verb, "account", "account", "account number; none: all", false);
    Flag(verb, "--all", "", "all, as without an account");
  }
  Verb& ledger = Add(app, "ledger", "entries of an account");
  Take(ledger, "account", "account", "account number");
  Add(app, "payments", "payments to other banks");
  Add(app, "operations", "orders carried out");
  Add(app, "check", "whether the books agree");
  Add(app, "status", "what the adapter counts");

  if (kind.add_words != nullptr) kind.add_words(*this, app);
  AddOffice(app);

  CLI::App& clerk = *app.add_subcommand("clerk", "tasks that wait for people");
  clerk.require_subcommand(1);
  Add(clerk, "list", "what waits", "queue");
  Verb& ask = Add(clerk, "ask", "settle a task in doubt by what the core says now", "ask");
  Take(ask, "id", "id", "as clerk list shows it");
  Verb& resolve = Add(clerk, "resolve", "settle a task in doubt that was certainly not done", "resolve");
  Take(resolve, "id", "id", "as clerk list shows it");
  Take(resolve, "--not-done", "reason", "the code of the reason that the court reads");
  Take(resolve, "--clerk", "clerk", "who says so");
  Take(resolve, "--remark", "remark", "for the court", false);
}

// The commands that every office has.
void CounterCommand::AddOffice(CLI::App& app) {
  std::map<std::string, CLI::App*> groups;
  for (const sdk::OfficeCommand& command : sdk::OfficeCommands()) {
    CLI::App*& group = groups[command.group];
    if (group == nullptr)
      group = command.group.empty() ? &app
                                    : app.add_subcommand(command.group, "what every office has")->require_subcommand(1);
    Verb& verb = Add(*group, command.word, command.help, command.name());
    for (const sdk::OfficeArgument& argument : command.arguments)
      Take(verb, argument.name, argument.key(), argument.help, argument.required);
  }
}

sdk::CounterRequest CounterCommand::Request() const {
  sdk::CounterRequest request;
  for (const Verb& verb : verbs_) {
    if (!verb.app->parsed()) continue;
    request.command = verb.command;
    for (const Option& option : verb.options) {
      if (!option.text.empty()) sdk::Put(request.arguments, option.argument, option.text);
    }
    for (const auto& [argument, given] : verb.flags) {
      if (given && !argument.empty()) sdk::Put(request.arguments, argument, "yes");
    }
  }
  return request;
}

bool CounterCommand::NeedsName() const {
  return std::any_of(verbs_.begin(), verbs_.end(),
                     [](const Verb& verb) { return verb.app->parsed() && verb.has_request; });
}

}  // namespace eagle::bank
