// Rows of the inbox as bytes. Version 1: a version byte, then the fields in the order of the structs; texts and
// messages behind a 32-bit length. A row of another version, or one that doesn't end where it should, reads as absent.
//
// Threads: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/sdk/inbox_rows.h"

namespace eagle::sdk {

std::string EncodeMeta(const MetaRow& row);
std::optional<MetaRow> DecodeMeta(std::string_view bytes);
std::string EncodeTask(const TaskRow& row);
std::optional<TaskRow> DecodeTask(std::string_view bytes);
std::string EncodeReceipt(const ReceiptRow& row);
std::optional<ReceiptRow> DecodeReceipt(std::string_view bytes);
std::string EncodeBatch(const BatchRow& row);
std::optional<BatchRow> DecodeBatch(std::string_view bytes);
std::string EncodeChange(const RegisterChange& row);
std::optional<RegisterChange> DecodeChange(std::string_view bytes);

}  // namespace eagle::sdk
