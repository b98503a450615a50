#include "client/cli/order_columns.h"

#include <algorithm>

#include "server/base/reason.h"
#include "server/journal/text.h"

namespace eagle::client {
namespace {

absl::Status Is(const std::string& what) { return Fail(Reason::kFieldInvalid, "is " + what); }

}  // namespace

OrderColumns& OrderColumns::Keep(const std::string& name, Setter setter) {
  set_[name.substr(name.find_first_not_of('-'))] = std::move(setter);
  return *this;
}

OrderColumns& OrderColumns::Text(const std::string& name, std::string* target, const std::string&, Need) {
  return Keep(name, [target](const std::vector<std::string>& values) -> absl::Status {
    if (values.size() != 1) return Is("one value");
    *target = values[0];
    return absl::OkStatus();
  });
}

OrderColumns& OrderColumns::Texts(const std::string& name, std::vector<std::string>* target, const std::string&, Need) {
  return Keep(name, [target](const std::vector<std::string>& values) {
    *target = values;
    return absl::OkStatus();
  });
}

OrderColumns& OrderColumns::Choice(const std::string& name, std::string* target,
                                   const std::vector<std::string>& choices, const std::string&, Need) {
  return Keep(name, [target, choices](const std::vector<std::string>& values) -> absl::Status {
    if (values.size() == 1 && std::find(choices.begin(), choices.end(), values[0]) != choices.end()) {
      *target = values[0];
      return absl::OkStatus();
    }
    std::string all;
    for (const std::string& choice : choices) all += (all.empty() ? "" : " or ") + choice;
    return Is(all);
  });
}

OrderColumns& OrderColumns::Number(const std::string& name, uint64_t* target, const std::string&, Need) {
  return Keep(name, [target](const std::vector<std::string>& values) -> absl::Status {
    const auto number = values.size() == 1 ? journal::ParseDecimal(values[0]) : std::nullopt;
    if (!number) return Is("a number");
    *target = *number;
    return absl::OkStatus();
  });
}

OrderColumns& OrderColumns::Flag(const std::string& name, bool* target, const std::string&) {
  return Keep(name, [target](const std::vector<std::string>& values) -> absl::Status {
    if (values.size() != 1 || (values[0] != "yes" && values[0] != "no")) return Is("yes or no");
    *target = values[0] == "yes";
    return absl::OkStatus();
  });
}

std::vector<std::string> OrderColumns::Names() const {
  std::vector<std::string> names;
  for (const auto& [name, setter] : set_) names.push_back(name);
  return names;
}

absl::Status OrderColumns::Set(std::string_view column, const std::vector<std::string>& values) const {
  return set_.find(column)->second(values);
}

}  // namespace eagle::client
