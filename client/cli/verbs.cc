#include "client/cli/verbs.h"

#include <algorithm>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"

namespace eagle::client {
namespace {

// Help as people read it: what it does, how to write it, an example, then the flags.
class Format : public CLI::Formatter {
 public:
  Format() {
    column_width(30);
    label("REQUIRED", "(required)");
    label("TEXT", "TEXT");
  }
  std::string make_footer(const CLI::App* app) const override {
    const std::string footer = app->get_footer();
    return footer.empty() ? "" : "Example:\n" + footer + "\n";
  }
};

std::string Indented(const std::string& lines) {
  std::string out = "  ";
  for (const char c : lines) {
    out += c;
    if (c == '\n') out += "  ";
  }
  return out;
}

// The innermost command that was named.
CLI::App* Innermost(CLI::App* app) {
  while (!app->get_subcommands().empty()) app = app->get_subcommands().back();
  return app;
}

// "eagle order freeze".
std::string NamesOf(const CLI::App* app) {
  std::string names;
  for (const CLI::App* at = app; at != nullptr; at = at->get_parent())
    names = at->get_name() + (names.empty() ? "" : " ") + names;
  return names;
}

// Not App::help, which would explain the command that is running.
std::string HelpText(const CLI::App* app) {
  return app->get_formatter()->make_help(app, NamesOf(app), CLI::AppFormatMode::Normal);
}

void Require(CLI::Option* option, Need need) {
  if (need == Need::kRequired) option->required();
}

}  // namespace

VerbTree::VerbTree(GlobalFlags& flags)
    : app_(std::make_unique<CLI::App>("Golden Eagle: court orders over many agencies, signed, followed and proved.",
                                      "eagle")) {
  app_->formatter(std::make_shared<Format>());
  app_->fallthrough();
  app_->require_subcommand(1);
  app_->set_help_flag("-h,--help", "show this help and stop");
  app_->add_option("--config", flags.config, "configuration file; else the environment variable EAGLE_CONFIG");
  app_->add_option("--output", flags.output, "table for people, json for programs")
      ->check(CLI::IsMember({"table", "json"}));
  app_->add_option("--zone", flags.zone, "time zone of what is shown; else the configuration's");
  app_->add_flag("--yes", flags.yes, "don't ask: yes to what would be asked on a terminal");
  app_->add_flag("-v,--verbose", flags.verbose, "say more on stderr");
  app_->footer(
      "  eagle order inquire --case \"（2026）辽9901执1024号\" --agency all --dry-run\n  eagle help order freeze");
}

VerbTree::~VerbTree() = default;

Verb Verb::Add(const std::string& name, const std::string& summary, const std::string& example) {
  CLI::App* app = app_->add_subcommand(name, summary);
  app->footer(example.empty() ? "" : Indented(example));  // else it would show its parent's
  // A command that has commands below it needs one of them.
  if (app_->get_parent() != nullptr) app_->require_subcommand(1);
  return Verb(*tree_, app);
}

Verb& Verb::Text(const std::string& name, std::string* target, const std::string& help, Need need) {
  Require(app_->add_option(name, *target, help), need);
  return *this;
}

Verb& Verb::Texts(const std::string& name, std::vector<std::string>* target, const std::string& help, Need need) {
  CLI::Option* option = app_->add_option(name, *target, help);
  if (name[0] == '-') option->expected(1)->take_all();
  Require(option, need);
  return *this;
}

Verb& Verb::Choice(const std::string& name, std::string* target, const std::vector<std::string>& choices,
                   const std::string& help, Need need) {
  Require(app_->add_option(name, *target, help)->check(CLI::IsMember(choices)), need);
  return *this;
}

Verb& Verb::Number(const std::string& name, uint64_t* target, const std::string& help, Need need) {
  Require(app_->add_option(name, *target, help), need);
  return *this;
}

Verb& Verb::Numbers(const std::string& name, std::vector<uint64_t>* target, const std::string& help, Need need) {
  Require(app_->add_option(name, *target, help), need);
  return *this;
}

Verb& Verb::Flag(const std::string& name, bool* target, const std::string& help) {
  app_->add_flag(name, *target, help);
  return *this;
}

Verb& Verb::Do(std::function<absl::Status(Session&)> action) {
  VerbTree* tree = tree_;
  app_->callback([tree, action = std::move(action)] { tree->chosen_ = action; });
  return *this;
}

VerbTree::Parsed VerbTree::Parse(const std::vector<std::string>& arguments) {
  chosen_ = nullptr;
  std::vector<std::string> backwards(arguments.rbegin(), arguments.rend());
  try {
    app_->parse(backwards);
  } catch (const CLI::CallForHelp&) {
    return {.help = HelpText(Innermost(app_.get()))};
  } catch (const CLI::ParseError& error) {
    return {.usage = std::string(error.what()) + "\nSee: " + NamesOf(Innermost(app_.get())) + " --help"};
  }
  return {.action = chosen_};
}

std::string VerbTree::HelpOf(const std::vector<std::string>& names) const {
  CLI::App* app = app_.get();
  for (const std::string& name : names) {
    const auto below = app->get_subcommands([&](CLI::App* one) { return one->get_name() == name; });
    if (below.empty()) return "";
    app = below.front();
  }
  return HelpText(app);
}

}  // namespace eagle::client
