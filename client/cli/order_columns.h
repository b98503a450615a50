// The flags of one order as columns of a list: the same names without dashes, the same words as values.
//
//   a text                  what the option would be given
//   one that may repeat     several cells of this name, or lines within a cell; in JSON an array
//   a switch                yes or no; in JSON true or false
//
// An empty cell is an option that isn't given. Lives as long as the flags that it fills.
//
// Threads: one.
//
//   OrderFlags flags;
//   OrderColumns columns;
//   NameOrderFlags(columns, v1::ACTION_INQUIRE, false, flags);
//   EAGLE_RETURN_IF_ERROR(columns.Set("urgent", {"TRANSFER_RISK"}));
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/verbs.h"

namespace eagle::client {

class OrderColumns {
 public:
  // As those of Verb.
  OrderColumns& Text(const std::string& name, std::string* target, const std::string& help,
                     Need need = Need::kOptional);
  OrderColumns& Texts(const std::string& name, std::vector<std::string>* target, const std::string& help,
                      Need need = Need::kOptional);
  OrderColumns& Choice(const std::string& name, std::string* target, const std::vector<std::string>& choices,
                       const std::string& help, Need need = Need::kOptional);
  OrderColumns& Number(const std::string& name, uint64_t* target, const std::string& help, Need need = Need::kOptional);
  OrderColumns& Flag(const std::string& name, bool* target, const std::string& help);

  bool Has(std::string_view column) const { return set_.find(column) != set_.end(); }
  std::vector<std::string> Names() const;
  // Pre: Has(column). Errors: FIELD_INVALID.
  absl::Status Set(std::string_view column, const std::vector<std::string>& values) const;

 private:
  using Setter = std::function<absl::Status(const std::vector<std::string>&)>;
  OrderColumns& Keep(const std::string& name, Setter setter);
  std::map<std::string, Setter, std::less<>> set_;
};

}  // namespace eagle::client
