#include <map>
#include <set>
#include <string_view>

#include "tests/proto/contract.h"

namespace eagle::contract {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::EnumDescriptorProto;
using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;

using Path = std::vector<int>;  // as in SourceCodeInfo: field numbers of descriptor.proto and places in lists
constexpr int kMessages = 4, kEnums = 5, kServices = 6;                  // of a file
constexpr int kFields = 2, kNested = 3, kNestedEnums = 4, kMethods = 2;  // of what lies in it

Path Then(Path path, int field, int place) {
  path.push_back(field), path.push_back(place);
  return path;
}

// "CaseStage" -> "CASE_STAGE_".
std::string PrefixOf(std::string_view name) {
  std::string out;
  for (size_t i = 0; i < name.size(); ++i) {
    const bool upper = name[i] >= 'A' && name[i] <= 'Z';
    if (upper && i > 0) out.push_back('_');
    out.push_back(upper || name[i] < 'a' || name[i] > 'z' ? name[i] : static_cast<char>(name[i] - 'a' + 'A'));
  }
  return out + "_";
}

void CollectMessages(const std::string& name, const DescriptorProto& message,
                     std::map<std::string, const DescriptorProto*>& messages) {
  messages[name] = &message;
  for (const auto& nested : message.nested_type()) CollectMessages(name + "." + nested.name(), nested, messages);
}

// Messages whose bytes are signed or stay in the journal: those of envelope.proto, entry.proto and
// supervision_entry.proto, the member types, and all that they hold.
std::set<std::string> Permanent(const FileDescriptorSet& set) {
  std::map<std::string, const DescriptorProto*> messages;
  std::vector<std::string> open;
  static const std::set<std::string> kMembers = {"Order", "CaseAct", "Receipt", "Statement", "Administration"};
  for (const FileDescriptorProto& file : set.file()) {
    const bool whole = file.name() == "goldeneagle/v1/envelope.proto" || file.name() == "goldeneagle/v1/entry.proto" ||
                       file.name() == "goldeneagle/v1/supervision_entry.proto";
    for (const auto& message : file.message_type()) {
      const std::string name = "." + file.package() + "." + message.name();
      CollectMessages(name, message, messages);
      if (whole || kMembers.count(message.name()) != 0) open.push_back(name);
    }
  }
  std::set<std::string> permanent;
  while (!open.empty()) {
    const std::string name = open.back();
    open.pop_back();
    const auto it = messages.find(name);
    if (it == messages.end() || !permanent.insert(name).second) continue;
    for (const auto& field : it->second->field()) {
      if (!field.type_name().empty()) open.push_back(field.type_name());
    }
  }
  return permanent;
}

class Reader {
 public:
  Reader(const FileDescriptorProto& file, const std::set<std::string>& permanent, Findings& findings)
      : file_(file), permanent_(permanent), findings_(findings) {
    for (const auto& location : file.source_code_info().location()) {
      if (location.leading_comments().empty() && location.trailing_comments().empty()) continue;
      commented_.insert(Path(location.path().begin(), location.path().end()));
    }
  }

  void Read() {
    for (int i = 0; i < file_.message_type_size(); ++i)
      ReadMessage(file_.package() + "." + file_.message_type(i).name(), file_.message_type(i), {kMessages, i});
    for (int i = 0; i < file_.enum_type_size(); ++i)
      ReadEnum(file_.package() + "." + file_.enum_type(i).name(), file_.enum_type(i), {kEnums, i});
    for (int i = 0; i < file_.service_size(); ++i) {
      const std::string name = file_.package() + "." + file_.service(i).name();
      ExpectComment(name, {kServices, i});
      for (int k = 0; k < file_.service(i).method_size(); ++k)
        ExpectComment(name + "." + file_.service(i).method(k).name(), {kServices, i, kMethods, k});
    }
  }

 private:
  void ExpectComment(const std::string& name, const Path& path) {
    if (commented_.count(path) == 0) findings_.push_back(name + ": no comment");
  }
  void ReadMessage(const std::string& name, const DescriptorProto& message, const Path& path) {
    if (message.options().map_entry()) return;
    ExpectComment(name, path);
    const bool permanent = permanent_.count("." + name) != 0;
    for (int i = 0; permanent && i < message.field_size(); ++i)
      ExpectComment(name + "." + message.field(i).name(), Then(path, kFields, i));
    for (int i = 0; i < message.nested_type_size(); ++i)
      ReadMessage(name + "." + message.nested_type(i).name(), message.nested_type(i), Then(path, kNested, i));
    for (int i = 0; i < message.enum_type_size(); ++i)
      ReadEnum(name + "." + message.enum_type(i).name(), message.enum_type(i), Then(path, kNestedEnums, i));
  }
  void ReadEnum(const std::string& name, const EnumDescriptorProto& enumeration, const Path& path) {
    ExpectComment(name, path);
    const std::string prefix = PrefixOf(enumeration.name());
    for (const auto& value : enumeration.value()) {
      const bool zero = value.number() == 0;
      if (zero ? value.name() != prefix + "UNSPECIFIED" : value.name().compare(0, prefix.size(), prefix) != 0) {
        findings_.push_back(name + "." + value.name() + ": expected " + prefix + (zero ? "UNSPECIFIED" : "..."));
      }
    }
  }

  const FileDescriptorProto& file_;
  const std::set<std::string>& permanent_;
  Findings& findings_;
  std::set<Path> commented_;
};

}  // namespace

Findings Unsaid(const FileDescriptorSet& current) {
  Findings findings;
  const std::set<std::string> permanent = Permanent(current);
  for (const FileDescriptorProto& file : current.file()) {
    if (file.package() == "goldeneagle.v1") Reader(file, permanent, findings).Read();
  }
  return findings;
}

}  // namespace eagle::contract
