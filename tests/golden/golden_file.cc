#include "tests/golden/golden_file.h"

#include <map>
#include <utility>

#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/core/tiles.h"
#include "server/domain/apply.h"
#include "server/journal/leaf.h"
#include "server/journal/packed.h"

namespace eagle::test {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    if (c == '\n') {
      out += "\\n";
    } else {
      out.push_back(c);
    }
  }
  return out + "\"";
}

const Value& Field(const Struct& object, const std::string& name) {
  static const Value kNone;
  const auto it = object.fields().find(name);
  return it == object.fields().end() ? kNone : it->second;
}
const std::string& Text(const Struct& object, const std::string& name) { return Field(object, name).string_value(); }
uint64_t Number(const Struct& object, const std::string& name) {
  return static_cast<uint64_t>(Field(object, name).number_value());
}

std::string Joined(const std::vector<std::string>& lines) {
  std::string out;
  for (size_t i = 0; i < lines.size(); ++i) out += "    " + lines[i] + (i + 1 < lines.size() ? ",\n" : "\n");
  return out;
}

}  // namespace

absl::StatusOr<GoldenJournal> TakeGolden(storage::Reader& reader, std::string verifier_key, std::string checkpoint) {
  GoldenJournal golden{.verifier_key = std::move(verifier_key), .checkpoint = std::move(checkpoint)};
  EAGLE_ASSIGN_OR_RETURN(golden.commits, reader.Commits(0, reader.Head().next_index));
  EAGLE_RETURN_IF_ERROR(
      core::ForEachEntry(reader, 0, [&](uint64_t, std::string_view leaf, std::string_view sealed) -> absl::Status {
        EAGLE_ASSIGN_OR_RETURN(const journal::Leaf decoded, journal::DecodeLeaf(leaf));
        golden.entries.push_back({domain::EntryTypeName(static_cast<goldeneagle::v1::EntryType>(decoded.type)),
                                  std::string(leaf), std::string(sealed)});
        return absl::OkStatus();
      }));
  EAGLE_ASSIGN_OR_RETURN(golden.tables, storage::TableDigests(reader));
  EAGLE_ASSIGN_OR_RETURN(const journal::Edge edge, core::RebuildEdge(reader));
  golden.root = HexEncode(journal::View(edge.Root()));
  return golden;
}

std::vector<std::string> Ledgers(const domain::State& state) {
  std::map<uint64_t, std::string> lines;
  for (const auto& [seq, of] : state.cases) {
    const domain::Totals sum = of.ledger.Sum();
    std::string& line = lines[seq];
    line = "case " + std::to_string(seq);
    const std::pair<const char*, int64_t> amounts[] = {{": cap ", of.ledger.cap()},
                                                       {", requested ", sum.requested},
                                                       {", controlled ", sum.controlled},
                                                       {", unfunded ", sum.unfunded},
                                                       {", contingent ", sum.contingent},
                                                       {", deducting ", sum.deducting},
                                                       {", in transit ", sum.in_transit},
                                                       {", deducted ", sum.deducted},
                                                       {", surplus ", of.surplus_amount},
                                                       {", refund due ", of.ledger.RefundDue()},
                                                       {"; orders ", static_cast<int64_t>(of.orders.size())}};
    for (const auto& [name, amount] : amounts) line += name + std::to_string(amount);
    line += "; measures";
    for (const domain::Measure& measure : of.ledger.measures()) {
      line += " " + std::to_string(measure.freeze.value()) + ":" + std::to_string(static_cast<int>(measure.phase)) +
              ":" + std::to_string(measure.limit);
    }
  }
  std::vector<std::string> out;
  for (auto& [seq, line] : lines) out.push_back(std::move(line));
  return out;
}

std::string FormatGolden(const GoldenJournal& golden) {
  std::vector<std::string> commits, entries, tables, ledgers;
  for (const storage::CommitRow& commit : golden.commits) {
    commits.push_back("{\"first\": " + std::to_string(commit.first_index) +
                      ", \"count\": " + std::to_string(commit.count) + ", \"time_us\": \"" +
                      std::to_string(commit.time_us) + "\", \"decider\": " + std::to_string(commit.decider_version) +
                      ", \"previous_checkpoint\": " + Quoted(commit.previous_checkpoint) + "}");
  }
  for (size_t i = 0; i < golden.entries.size(); ++i) {
    const GoldenEntry& entry = golden.entries[i];
    entries.push_back("{\"index\": " + std::to_string(i) + ", \"type\": " + Quoted(entry.type) + ", \"leaf\": \"" +
                      HexEncode(entry.leaf) + "\", \"sealed\": \"" + HexEncode(entry.sealed) + "\"}");
  }
  for (const storage::TableDigest& table : golden.tables)
    tables.push_back("{\"table\": " + Quoted(table.table) + ", \"sha256\": \"" + table.sha256 + "\"}");
  for (const std::string& ledger : golden.ledgers) ledgers.push_back(Quoted(ledger));
  return "{\n  \"about\": \"A journal with every type of entry; what the fold of these bytes comes to holds for ever. "
         "Hexadecimal; payload keys are "
         "SHA-256('key ' || key id). Written by GATEWAY_WRITE=1 build/dev/bin/golden_test; described in "
         "server/docs/formats.md.\",\n"
         "  \"verifier_key\": " +
         Quoted(golden.verifier_key) + ",\n  \"commits\": [\n" + Joined(commits) + "  ],\n  \"entries\": [\n" +
         Joined(entries) + "  ],\n  \"tables\": [\n" + Joined(tables) + "  ],\n  \"ledgers\": [\n" + Joined(ledgers) +
         "  ],\n  \"root\": \"" + golden.root + "\",\n  \"checkpoint\": " + Quoted(golden.checkpoint) + "\n}\n";
}

absl::StatusOr<GoldenJournal> ParseGolden(const std::string& json) {
  Struct file;
  if (!google::protobuf::util::JsonStringToMessage(json, &file).ok()) return Fail(Reason::kFieldInvalid, "not JSON");
  GoldenJournal golden{
      .verifier_key = Text(file, "verifier_key"), .root = Text(file, "root"), .checkpoint = Text(file, "checkpoint")};
  for (const Value& value : Field(file, "entries").list_value().values()) {
    const Struct& entry = value.struct_value();
    const auto leaf = HexDecode(Text(entry, "leaf")), sealed = HexDecode(Text(entry, "sealed"));
    if (!leaf || !sealed || Number(entry, "index") != golden.entries.size())
      return Fail(Reason::kFieldInvalid, "an entry can't be read");
    golden.entries.push_back({Text(entry, "type"), *leaf, *sealed});
  }
  for (const Value& value : Field(file, "commits").list_value().values()) {
    const Struct& row = value.struct_value();
    storage::CommitRow commit{.first_index = Number(row, "first"),
                              .count = static_cast<uint32_t>(Number(row, "count")),
                              .time_us = std::strtoll(Text(row, "time_us").c_str(), nullptr, 10),
                              .decider_version = static_cast<uint32_t>(Number(row, "decider")),
                              .previous_checkpoint = Text(row, "previous_checkpoint")};
    if (commit.first_index + commit.count > golden.entries.size())
      return Fail(Reason::kFieldInvalid, "a commit has more entries than there are");
    journal::PackedWriter packed;
    for (uint64_t i = commit.first_index; i < commit.first_index + commit.count; ++i)
      packed.Add(golden.entries[i].leaf, golden.entries[i].sealed);
    commit.entries = packed.Take();
    golden.commits.push_back(std::move(commit));
  }
  for (const Value& value : Field(file, "tables").list_value().values()) {
    golden.tables.push_back({Text(value.struct_value(), "table"), Text(value.struct_value(), "sha256")});
  }
  for (const Value& value : Field(file, "ledgers").list_value().values())
    golden.ledgers.push_back(value.string_value());
  return golden;
}

}  // namespace eagle::test
