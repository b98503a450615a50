// What is particular to one kind of office that keeps people's money on accounts: a bank, a housing fund. The core (the
// rest of this room) has no branch that names a kind; a kind is one constant of this type in its own folder, with its
// sources beside the rows. A null function means that the kind adds nothing there.
//
// Texts are literals, in UTF-8. Threads: constants; functions are called inside the core's transaction.
//
//   const bank::Kind kFund = {.name = "fund", .office = "a housing fund", .account_kinds = kAccounts, ...};
//   int main(int argc, char** argv) { return bank::Main(kFund, argc, argv); }
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "adapters/sdk/encumbrance/encumbrance.h"
#include "adapters/sdk/shell/counter_socket.h"
#include "goldeneagle/v1/order.pb.h"
#include "goldeneagle/v1/receipt.pb.h"

namespace CLI {
class App;
}

namespace eagle::bank {

namespace v1 = ::goldeneagle::v1;

struct AccountRow;
struct Work;
class CounterCommand;
class FurtherFiles;

// One class of customers' accounts, as accounts.csv names it.
struct AccountKind {
  const char* kind;        // DEMAND
  const char* asset_kind;  // DEPOSIT: what findings call it, a code of the policy's list
  sdk::AccountClass use;   // in which order a freeze of a person uses them
};
// What an inquiry searches, and the words for it in the scope of an answer.
struct AssetClass {
  const char* asset_kind;
  const char* searched;  // "demand and time deposits"
};
struct Ability {
  const char* asset_kind;
  v1::Action action;
};
// What must be true of the books: `sql`, a literal, gives 0 when it is.
struct Zero {
  const char* what;  // what is wrong otherwise
  const char* sql;
};
// Why money may not be taken now.
struct Bar {
  std::string reason;  // code, in answers
  std::string remark;  // for people
};
// A command of the counter. It reads its arguments from the request; errors are the caller's answer.
using Made = absl::StatusOr<sdk::Json>;
struct Command {
  std::string_view name;
  Made (*carry_out)(const Work& work, const sdk::CounterRequest& request);
  bool reads_only;
};

struct Kind {
  const char* name;     // "bank": the program eagle-bank, its section [bank]
  const char* office;   // "a bank", for help texts and remarks
  const char* adapter;  // gov.goldeneagle.bank
  absl::Span<const AccountKind> account_kinds;
  absl::Span<const AssetClass> asset_classes;
  absl::Span<const Ability> abilities;
  bool (*is_account)(std::string_view number);  // whether a text can be the number of an account
  const char* account_form;                     // for people who got it wrong

  // core.db: its mark, and the kind's own tables beside the core's.
  int application_id;
  const char* tables = "";
  absl::Span<const Zero> zeros = {};
  // The kind's own import files; read, judged and written together with the core's.
  std::unique_ptr<FurtherFiles> (*further_files)() = nullptr;

  // What a finding says beyond what every account has.
  void (*describe)(const Work& work, const AccountRow& account, v1::Finding& finding) = nullptr;
  // Whether money of the account may be taken by a deduction at this moment; nothing: it may. Unlike an exemption,
  // which is a matter of the account's nature, that may change from day to day.
  std::optional<Bar> (*barred)(const Work& work, const AccountRow& account) = nullptr;

  // Looked at before the core's own, so one of the same name replaces it; and their words on a command line.
  absl::Span<const Command> commands = {};
  void (*add_words)(CounterCommand& words, CLI::App& app) = nullptr;
};

// The row of `account_kinds`; null when there is none.
const AccountKind* FindAccountKind(const Kind& kind, std::string_view account_kind);

extern const Kind kBank;

}  // namespace eagle::bank
