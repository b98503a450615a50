#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "tests/proto/contract.h"

namespace eagle::contract {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::EnumDescriptorProto;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
using google::protobuf::ServiceDescriptorProto;

constexpr std::string_view kPackage = "goldeneagle.v1";

// Everything of one contract by full name.
struct Named {
  std::map<std::string, const DescriptorProto*> messages;
  std::map<std::string, const EnumDescriptorProto*> enums;
  std::map<std::string, const ServiceDescriptorProto*> services;
  std::map<std::string, std::string> syntax;  // of the file that has it
};

void AddMessage(const std::string& name, const DescriptorProto& message, const std::string& syntax, Named& named) {
  named.messages[name] = &message;
  named.syntax[name] = syntax;
  for (const auto& nested : message.nested_type()) AddMessage(name + "." + nested.name(), nested, syntax, named);
  for (const auto& nested : message.enum_type()) named.enums[name + "." + nested.name()] = &nested;
}

Named ByName(const FileDescriptorSet& set) {
  Named named;
  for (const FileDescriptorProto& file : set.file()) {
    if (file.package() != kPackage) continue;
    const std::string prefix = file.package() + ".";
    for (const auto& message : file.message_type()) AddMessage(prefix + message.name(), message, file.syntax(), named);
    for (const auto& enumeration : file.enum_type()) named.enums[prefix + enumeration.name()] = &enumeration;
    for (const auto& service : file.service()) named.services[prefix + service.name()] = &service;
  }
  return named;
}

std::string TypeOf(const FieldDescriptorProto& field) {
  const std::string name = FieldDescriptorProto::Type_Name(field.type());
  return field.type_name().empty() ? name : name + " " + field.type_name();
}
std::string OneofOf(const DescriptorProto& message, const FieldDescriptorProto& field) {
  return field.has_oneof_index() ? message.oneof_decl(field.oneof_index()).name() : "";
}

// Reserved ranges of messages end one past the last number, those of enums at it.
bool Covers(const DescriptorProto& message, int number) {
  return std::any_of(message.reserved_range().begin(), message.reserved_range().end(),
                     [&](const auto& range) { return range.start() <= number && number < range.end(); });
}
bool Covers(const EnumDescriptorProto& enumeration, int number) {
  return std::any_of(enumeration.reserved_range().begin(), enumeration.reserved_range().end(),
                     [&](const auto& range) { return range.start() <= number && number <= range.end(); });
}
int LastOf(const DescriptorProto::ReservedRange& range) { return range.end() - 1; }
int LastOf(const EnumDescriptorProto::EnumReservedRange& range) { return range.end(); }

class Comparison {
 public:
  Comparison(const FileDescriptorSet& released, const FileDescriptorSet& current)
      : released_(ByName(released)), current_(ByName(current)) {}

  Findings Run() {
    for (const auto& [name, message] : released_.messages) {
      const auto it = current_.messages.find(name);
      if (it == current_.messages.end()) {
        Found(name, "the message is gone");
      } else {
        CompareMessages(name, *message, *it->second);
      }
    }
    for (const auto& [name, enumeration] : released_.enums) {
      const auto it = current_.enums.find(name);
      if (it == current_.enums.end()) {
        Found(name, "the enum is gone");
      } else {
        CompareEnums(name, *enumeration, *it->second);
      }
    }
    for (const auto& [name, service] : released_.services) {
      const auto it = current_.services.find(name);
      if (it == current_.services.end()) {
        Found(name, "the service is gone");
      } else {
        CompareServices(name, *service, *it->second);
      }
    }
    return std::move(findings_);
  }

 private:
  void Found(const std::string& name, const std::string& what) { findings_.push_back(name + ": " + what); }
  void Expect(const std::string& name, const char* what, const std::string& released, const std::string& current) {
    const auto shown = [](const std::string& text) { return text.empty() ? std::string("none") : text; };
    if (released != current) Found(name, std::string(what) + " was " + shown(released) + ", is " + shown(current));
  }

  void CompareMessages(const std::string& name, const DescriptorProto& released, const DescriptorProto& current) {
    Expect(name, "syntax", released_.syntax[name], current_.syntax[name]);
    for (const FieldDescriptorProto& field : released.field()) {
      const std::string path = name + "." + field.name();
      const auto same_number = std::find_if(current.field().begin(), current.field().end(),
                                            [&](const auto& f) { return f.number() == field.number(); });
      const auto same_name = std::find_if(current.field().begin(), current.field().end(),
                                          [&](const auto& f) { return f.name() == field.name(); });
      if (same_number == current.field().end()) {
        Found(path, same_name == current.field().end() ? "the field is gone" : "its number changed");
        continue;
      }
      Expect(path, "name", field.name(), same_number->name());
      Expect(path, "type", TypeOf(field), TypeOf(*same_number));
      Expect(path, "label", FieldDescriptorProto::Label_Name(field.label()),
             FieldDescriptorProto::Label_Name(same_number->label()));
      Expect(path, "oneof", OneofOf(released, field), OneofOf(current, *same_number));
      Expect(path, "JSON name", field.json_name(), same_number->json_name());
    }
    CompareReserved(name, released, current);
  }

  void CompareEnums(const std::string& name, const EnumDescriptorProto& released, const EnumDescriptorProto& current) {
    std::map<std::string, int> numbers;
    for (const auto& value : current.value()) numbers[value.name()] = value.number();
    for (const auto& value : released.value()) {
      const std::string path = name + "." + value.name();
      const auto it = numbers.find(value.name());
      if (it == numbers.end()) {
        Found(path, "the value is gone");
      } else if (it->second != value.number()) {
        Found(path, "its number was " + std::to_string(value.number()) + ", is " + std::to_string(it->second));
      }
    }
    CompareReserved(name, released, current);
  }

  template <typename Type>
  void CompareReserved(const std::string& name, const Type& released, const Type& current) {
    for (const auto& range : released.reserved_range()) {
      for (int number = range.start(); number <= std::min(LastOf(range), range.start() + 10'000); ++number) {
        if (Covers(current, number)) continue;
        Found(name, "the number " + std::to_string(number) + " is reserved no more");
        break;
      }
    }
    for (const std::string& reserved : released.reserved_name()) {
      const auto& names = current.reserved_name();
      if (std::find(names.begin(), names.end(), reserved) == names.end())
        Found(name, "the name " + reserved + " is reserved no more");
    }
  }

  void CompareServices(const std::string& name, const ServiceDescriptorProto& released,
                       const ServiceDescriptorProto& current) {
    for (const auto& method : released.method()) {
      const std::string path = name + "." + method.name();
      const auto it = std::find_if(current.method().begin(), current.method().end(),
                                   [&](const auto& m) { return m.name() == method.name(); });
      if (it == current.method().end()) {
        Found(path, "the method is gone");
        continue;
      }
      Expect(path, "request", method.input_type(), it->input_type());
      Expect(path, "response", method.output_type(), it->output_type());
      const auto streams = [](bool yes) { return std::string(yes ? "stream" : "unary"); };
      Expect(path, "request form", streams(method.client_streaming()), streams(it->client_streaming()));
      Expect(path, "response form", streams(method.server_streaming()), streams(it->server_streaming()));
    }
  }

  Named released_, current_;
  Findings findings_;
};

}  // namespace

Findings BrokenPromises(const FileDescriptorSet& released, const FileDescriptorSet& current) {
  return Comparison(released, current).Run();
}

FileDescriptorSet Release(const FileDescriptorSet& set) {
  std::map<std::string, FileDescriptorProto> files;
  for (const FileDescriptorProto& file : set.file()) {
    if (file.package() != kPackage) continue;
    FileDescriptorProto& kept = files[file.name()] = file;
    kept.clear_source_code_info();
  }
  FileDescriptorSet released;
  for (auto& [name, file] : files) *released.add_file() = std::move(file);
  return released;
}

}  // namespace eagle::contract
