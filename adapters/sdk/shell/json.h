// JSON objects of the counter socket and of log lines, as google.protobuf.Struct. Never used for anything that is
// signed.
//
// Keys come out sorted, text as UTF-8, whole numbers without a point, everything on one line: the same object is always
// the same bytes. Amounts fit: whole numbers are exact up to 2^53, and no amount is above 10^15.
//
// Threads: pure functions.
//
//   Json reply;  Put(reply, "rank", 2);  Put(reply, "phase", "WAITLISTED");  AddTo(reply, "seals") = OneSeal();
//   JsonText(reply) == R"({"phase":"WAITLISTED","rank":2,"seals":[{...}]})"
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/struct.pb.h"

namespace eagle::sdk {

using Json = google::protobuf::Struct;

void Put(Json& object, std::string_view key, std::string_view value);
inline void Put(Json& object, std::string_view key, const char* value) { Put(object, key, std::string_view(value)); }
void PutNumber(Json& object, std::string_view key, int64_t value);
inline void Put(Json& object, std::string_view key, int64_t value) { PutNumber(object, key, value); }
inline void Put(Json& object, std::string_view key, int value) { PutNumber(object, key, value); }
inline void Put(Json& object, std::string_view key, uint32_t value) { PutNumber(object, key, value); }
inline void Put(Json& object, std::string_view key, uint64_t value) {
  PutNumber(object, key, static_cast<int64_t>(value));
}
void Put(Json& object, std::string_view key, bool value);
// Appends an empty object to the list at `key`, which is made when absent. Valid until the next change of that list.
Json& AddTo(Json& object, std::string_view key);
// Makes the list at `key` when absent, so that "none" is written as [].
void PutList(Json& object, std::string_view key);

// The text at `key`; empty when it is absent or no text.
std::string TextAt(const Json& object, std::string_view key);
// The number at `key`; 0 when it is absent or no whole number.
int64_t NumberAt(const Json& object, std::string_view key);

std::string JsonText(const Json& object);
// For people: "key: value" line by line, lists and objects indented below their key.
std::string PlainText(const Json& object);
// Errors: FIELD_INVALID for anything but one JSON object.
absl::StatusOr<Json> ParseJson(std::string_view text);

}  // namespace eagle::sdk
