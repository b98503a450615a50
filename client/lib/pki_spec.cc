// Reading the description of a set of keys.
#include <cmath>
#include <set>

#include "client/lib/json.h"
#include "client/lib/pki_set.h"
#include "client/lib/words.h"
#include "google/protobuf/struct.pb.h"
#include "server/base/reason.h"
#include "server/trust/codes.h"
#include "server/trust/identity.h"

namespace eagle::client {
namespace {

namespace v1 = ::goldeneagle::v1;
using google::protobuf::ListValue;
using google::protobuf::Struct;
using google::protobuf::Value;

// Reads the fields of one object; what nobody read is unknown. The first complaint stays.
class Fields {
 public:
  Fields(const Struct& object, std::string path, absl::Status& error)
      : object_(object), path_(std::move(path)), error_(error) {}
  ~Fields() {
    for (const auto& [name, value] : object_.fields()) {
      if (!read_.contains(name)) Complain(name, Reason::kUnknownFields, "no such field");
    }
  }

  std::string Text(const std::string& name, const std::string& otherwise = "", bool required = false) {
    const Value* value = Find(name);
    if (value == nullptr && required) Complain(name, Reason::kFieldMissing, "the field is required");
    if (value == nullptr) return otherwise;
    if (value->kind_case() != Value::kStringValue) Complain(name, Reason::kFieldInvalid, "a text");
    return value->string_value();
  }
  std::string Code(const std::string& name) {
    const std::string text = Text(name, "", true);
    if (!text.empty() && !trust::IsCode(text))
      Complain(name, Reason::kFieldInvalid, "a code without white space, '/' and '%'");
    return text;
  }
  int Number(const std::string& name, int otherwise, int most) {
    const Value* value = Find(name);
    if (value == nullptr) return otherwise;
    const double number = value->number_value();
    if (value->kind_case() != Value::kNumberValue || number < 1 || number > most || number != std::floor(number)) {
      Complain(name, Reason::kFieldInvalid, "a whole number from 1 to " + std::to_string(most));
      return otherwise;
    }
    return static_cast<int>(number);
  }
  bool Flag(const std::string& name, bool otherwise) {
    const Value* value = Find(name);
    if (value == nullptr) return otherwise;
    if (value->kind_case() != Value::kBoolValue) Complain(name, Reason::kFieldInvalid, "true or false");
    return value->bool_value();
  }
  std::vector<std::string> Texts(const std::string& name, std::vector<std::string> otherwise = {}) {
    const Value* value = Find(name);
    if (value == nullptr) return otherwise;
    std::vector<std::string> out;
    if (value->kind_case() != Value::kListValue) Complain(name, Reason::kFieldInvalid, "a list of texts");
    for (const Value& item : value->list_value().values()) {
      if (item.kind_case() != Value::kStringValue) Complain(name, Reason::kFieldInvalid, "a list of texts");
      out.push_back(item.string_value());
    }
    return out;
  }
  // The objects of a list, with their paths.
  std::vector<std::pair<const Struct*, std::string>> Objects(const std::string& name) {
    std::vector<std::pair<const Struct*, std::string>> out;
    const Value* value = Find(name);
    if (value == nullptr) return out;
    if (value->kind_case() != Value::kListValue) Complain(name, Reason::kFieldInvalid, "a list of objects");
    for (const Value& item : value->list_value().values()) {
      const std::string path = path_ + name + "[" + std::to_string(out.size()) + "]";
      if (item.kind_case() != Value::kStructValue) Complain(name, Reason::kFieldInvalid, "a list of objects");
      out.emplace_back(&item.struct_value(), path + ".");
    }
    return out;
  }
  const Struct* Object(const std::string& name) {
    const Value* value = Find(name);
    if (value == nullptr) return nullptr;
    if (value->kind_case() != Value::kStructValue) Complain(name, Reason::kFieldInvalid, "an object");
    return &value->struct_value();
  }
  void Complain(const std::string& name, Reason reason, std::string_view why) {
    if (error_.ok())
      error_ = Fail(reason, "the description of the keys is wrong: " + path_ + name + ": " + std::string(why))
                   .At(path_ + name, why);
  }
  const std::string& path() const { return path_; }

 private:
  const Value* Find(const std::string& name) {
    read_.insert(name);
    const auto found = object_.fields().find(name);
    return found == object_.fields().end() ? nullptr : &found->second;
  }

  const Struct& object_;
  std::string path_;
  absl::Status& error_;
  std::set<std::string> read_;
};

PkiOfficer ReadOfficer(Fields in) {
  PkiOfficer officer{.code = in.Code("code")};
  officer.details.set_name(in.Text("name", "", true));
  officer.details.set_work_id_no(in.Text("work_id_no", "", true));
  officer.details.set_duty_card_no(in.Text("duty_card_no", "", true));
  for (const std::string& word : in.Texts("roles")) {
    const auto role = OfWord<v1::OfficerRole>(word);
    if (role == v1::OFFICER_ROLE_UNSPECIFIED)
      in.Complain("roles", Reason::kFieldInvalid, "HANDLER, COSIGNER or LEADER");
    officer.roles.push_back(role);
  }
  if (officer.roles.empty()) in.Complain("roles", Reason::kFieldMissing, "at least one role");
  return officer;
}

PkiAccount ReadAccount(Fields in) {
  PkiAccount account{.code = in.Code("code")};
  account.details.set_account_name(in.Text("account_name", "", true));
  account.details.set_bank(in.Code("bank"));
  account.details.set_account_number(in.Text("account_number", "", true));
  return account;
}

PkiCourt ReadCourt(Fields in, absl::Status& error) {
  PkiCourt court;
  court.row.set_code(in.Code("code"));
  court.row.set_name(in.Text("name", "", true));
  court.row.set_superior(in.Text("superior"));
  court.connected = in.Flag("connected", true);
  for (const auto& [object, path] : in.Objects("officers"))
    court.officers.push_back(ReadOfficer(Fields(*object, path, error)));
  for (const auto& [object, path] : in.Objects("accounts"))
    court.accounts.push_back(ReadAccount(Fields(*object, path, error)));
  return court;
}

// Agencies are written as the contract has them; only the system is ours to fill in.
v1::RegisterAgency ReadAgency(const Struct& object, const std::string& path, absl::Status& error) {
  auto agency = FromJson<v1::RegisterAgency>(ToJson(object));
  if (agency.ok() && !agency->has_system() && trust::IsCode(agency->code())) return *agency;
  const std::string why = !agency.ok()           ? FailureOf(agency.status()).message
                          : agency->has_system() ? "the system is made, not given"
                                                 : "a code is required";
  if (error.ok())
    error = Fail(Reason::kFieldInvalid, "the description of the keys is wrong: " + path + " " + why)
                .At(path, "not an agency");
  return {};
}

PkiSystem ReadSystem(Fields in) {
  PkiSystem system{.role = in.Text("role", "", true), .name = in.Code("name")};
  if (system.role != "operator" && system.role != "auditor" && system.role != "witness" &&
      system.role != "administrator") {
    in.Complain("role", Reason::kFieldInvalid, "operator, auditor, witness or administrator");
  }
  return system;
}

void ReadGateway(Fields in, PkiSpec& spec) {
  spec.gateway_code = in.Text("code", spec.gateway_code);
  spec.gateway_dns = in.Texts("dns", spec.gateway_dns);
  spec.gateway_addresses = in.Texts("addresses", spec.gateway_addresses);
}

void ReadAll(Fields in, PkiSpec& spec, absl::Status& error) {
  spec.trust_domain = in.Text("trust_domain", "", true);
  if (!trust::IsTrustDomain(spec.trust_domain))
    in.Complain("trust_domain", Reason::kFieldInvalid, "a-z, 0-9, '.', '-' and '_'");
  spec.origin = in.Text("origin", "", true);
  spec.environment = OfWord<v1::Environment>(in.Text("environment", "", true));
  if (spec.environment == v1::ENVIRONMENT_UNSPECIFIED)
    in.Complain("environment", Reason::kFieldInvalid, "test or production");
  spec.address = in.Text("address");
  spec.admin_address = in.Text("admin_address");
  spec.time_zone = in.Text("time_zone", spec.time_zone);
  spec.legal_basis = in.Text("legal_basis");
  spec.certificate_days = in.Number("certificate_days", spec.certificate_days, 3650);
  spec.authority_days = in.Number("authority_days", spec.authority_days, 36500);
  spec.statement_days = in.Number("statement_days", spec.statement_days, 36500);
  if (const std::string from = in.Text("statements_valid_from"); !from.empty()) {
    std::string why;
    if (!absl::ParseTime(absl::RFC3339_full, from, &spec.statements_valid_from, &why))
      in.Complain("statements_valid_from", Reason::kFieldInvalid, "a time as 2026-01-01T00:00:00+08:00");
  }
  if (const Struct* gateway = in.Object("gateway")) ReadGateway(Fields(*gateway, "gateway.", error), spec);
  spec.administrators = in.Texts("administrators");
  spec.registrars = in.Texts("registrars");
  spec.sm2_keys = in.Texts("sm2_keys");
  spec.registrar_threshold = static_cast<uint32_t>(in.Number("registrar_threshold", 2, 64));
  for (const auto& name : spec.administrators)
    if (!trust::IsCode(name))
      in.Complain("administrators", Reason::kFieldInvalid, "names without white space, '/' and '%'");
  for (const auto& name : spec.registrars)
    if (!trust::IsCode(name))
      in.Complain("registrars", Reason::kFieldInvalid, "names without white space, '/' and '%'");
  if (spec.administrators.size() < 2) in.Complain("administrators", Reason::kFieldMissing, "at least two");
  if (spec.registrars.size() < spec.registrar_threshold)
    in.Complain("registrars", Reason::kFieldMissing, "at least as many as must sign");
  for (const auto& [object, path] : in.Objects("courts"))
    spec.courts.push_back(ReadCourt(Fields(*object, path, error), error));
  for (const auto& [object, path] : in.Objects("agencies")) spec.agencies.push_back(ReadAgency(*object, path, error));
  for (const auto& [object, path] : in.Objects("systems"))
    spec.systems.push_back(ReadSystem(Fields(*object, path, error)));
}

}  // namespace

absl::StatusOr<PkiSpec> ParsePkiSpec(std::string_view json) {
  EAGLE_ASSIGN_OR_RETURN(const Struct object, FromJson<Struct>(json));
  PkiSpec spec;
  absl::Status error;
  ReadAll(Fields(object, "", error), spec, error);
  if (!error.ok()) return error;
  return spec;
}

}  // namespace eagle::client
