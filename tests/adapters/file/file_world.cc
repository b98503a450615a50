#include "tests/adapters/file/file_world.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "tests/support/paths.h"

namespace eagle::file {
namespace {

Codes LoadCodes() {
  absl::StatusOr<Codes> codes = Codes::Load(test::SourcePath("adapters/file/data/codes.csv"));
  GATEWAY_ASSERT(codes.ok(), "the shipped table of codes can be read");
  return *std::move(codes);
}

std::string Sha256Text(std::string_view bytes) { return HexEncode(journal::View(journal::Sha256(bytes))); }

}  // namespace

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void WriteFile(const std::string& path, std::string_view bytes) { std::ofstream(path, std::ios::binary) << bytes; }

FileWorld::FileWorld(const std::string& name, Steps* where)
    : steps(where == nullptr ? nowhere : *where),
      codes(LoadCodes()),
      encoding(*Encoding::Named(name)),
      edge{codes, encoding, kShanghai} {
  for (const char* each : {"ours", "theirs", "aside"}) std::filesystem::create_directory(folder / each);
  Start();
}

void FileWorld::Start() {
  auto opened = Store::Open(folder / "exchange.db", steps);
  GATEWAY_ASSERT(opened.ok(), "the exchange can be opened");
  store = *std::move(opened);
  drop = std::make_unique<Drop>(*Drop::Open(folder / "ours", folder / "theirs", steps));
  core = std::make_unique<FileCore>(*store, edge);
  exchange = std::make_unique<Exchange>(
      *store, *drop, edge, ExchangeRules{.agency = sdk::kAgency, .aside = folder / "aside"}, world.clock, steps,
      [this](std::string_view event, const std::vector<std::pair<std::string, std::string>>& facts) {
        std::string line(event);
        for (const auto& [key, value] : facts) line += " " + value;
        told.push_back(line);
      });
  positions = std::make_unique<FilePositions>(*store, sdk::kAgency);
  const sdk::AgentPorts ports = {world.gateway, *world.inbox,  world.agency_key, world.checker,
                                 world.clock,   world.entropy, nullptr,          positions.get()};
  world.agent = *sdk::Agent::Make(world.config, ports, *core);
}

void FileWorld::Stop() {
  world.agent.reset();
  world.gateway.ForgetReplies();
  exchange.reset(), positions.reset(), core.reset(), drop.reset(), store.reset();
}

const v1::Order& FileWorld::Ask(const v1::Order& order) {
  world.Submit(order);
  Run();
  return order;
}

void FileWorld::MustRound() {
  const absl::Status status = exchange->Round(core->told());
  ASSERT_TRUE(status.ok()) << status;
}

void FileWorld::Run() {
  for (int i = 0; i < 3; ++i) {
    world.Run(20);
    MustRound();
  }
}

std::string FileWorld::Name(Family family, int64_t number) const {
  return BatchName{family, Part::kFeedback, sdk::kAgency, number}.Text();
}

void FileWorld::Put(Family family, int64_t number, const std::vector<Element>& answers, const Change& change) {
  const BatchName name{family, Part::kFeedback, sdk::kAgency, number};
  Element root{.name = std::string(TypeOf(family, Part::kFeedback))};
  root.Put("BB", "1").Put("PCMC", name.Text());
  root.rows = answers;
  PutRoot(name, root, change);
}

void FileWorld::State(int64_t number, const Day& day, const std::vector<Element>& lines) {
  const BatchName name{kDz, Part::kFeedback, sdk::kAgency, number};
  Element root{.name = "DZFK"};
  root.Put("BB", "1").Put("PCMC", name.Text()).Put("DZR", day.day).Put("JZSJ", day.as_of);
  root.Put("KZXH", absl::StrCat(day.answered)).Put("SFZW", day.last ? "1" : "0");
  root.rows = lines;
  PutRoot(name, root, {});
}

void FileWorld::PutRoot(const BatchName& name, const Element& root_to_put, const Change& change) {
  Element root = root_to_put;
  Manifest manifest{.batch = name.Text(),
                    .encoding = encoding.name(),
                    .rows = static_cast<int64_t>(root.rows.size()),
                    .file = name.DataFile(),
                    .totals = TotalsOf(root)};
  std::string bytes = *encoding.Encode(WriteXml(root, encoding.name()));
  manifest.file_bytes = static_cast<int64_t>(bytes.size());
  manifest.file_sha256 = Sha256Text(bytes);
  if (change) change(root, manifest, bytes);
  WriteFile(folder / ("theirs/" + name.DataFile()), bytes);
  WriteFile(folder / ("theirs/" + name.ManifestFile()), WriteManifest(manifest, world.clock.WallNow(), kShanghai));
}

void FileWorld::TakeAway(Family family, int64_t number) {
  for (const char* ending : {".manifest", ".xml"})
    std::filesystem::remove(folder / ("theirs/" + Name(family, number) + ending));
}

std::string FileWorld::ReceiptBytes(Family family, int64_t number) const {
  return ReadOurs(BatchName{family, Part::kReceipt, sdk::kAgency, number}.DataFile());
}

std::string FileWorld::Receipt(Family family, int64_t number) const {
  const std::string bytes = ReceiptBytes(family, number);
  if (bytes.empty()) return "-";
  Faults unreadable;
  const Element root = ReadXml(*encoding.Decode(bytes), unreadable).root;
  EXPECT_TRUE(unreadable.empty());
  const auto codes_in = [](const Element& of) {
    std::vector<std::string> out;
    for (const Element* fault : of.RowsNamed("CW")) out.emplace_back(fault->At("CWDM"));
    return absl::StrJoin(out, ",");
  };
  std::string out(root.At("RESULT"));
  if (const std::string all = codes_in(root); !all.empty()) out += " " + all;
  for (const Element* answer : root.RowsNamed("JG")) {
    if (answer->At("RESULT") != "1")
      out += absl::StrCat(" [", ToAbsl(answer->At("RESULT")), " ", codes_in(*answer), "]");
  }
  return out;
}

void FileWorld::Acknowledge(Family family, int64_t number, const std::string& result) {
  const BatchName name{family, Part::kRequest, sdk::kAgency, number};
  Element root{.name = std::string(TypeOf(family, Part::kReceipt))};
  root.Put("BB", "1")
      .Put("PCMC", name.Text())
      .Put("QDZY", Sha256Text(ReadOurs(name.ManifestFile())))
      .Put("RESULT", result);
  if (result != "1") root.Add("CW").Put("CWDM", "DIGEST_MISMATCH").Put("SM", "broken on the way");
  WriteFile(folder / ("theirs/" + name.With(Part::kReceipt).DataFile()),
            *encoding.Encode(WriteXml(root, encoding.name())));
}

Element FileWorld::Found(const v1::Order& order, const std::string& account, const std::string& balance) {
  Element row{.name = "CXFKXX"};
  row.Put("BDHM", RequestNumber(order.order_id())).Put("CXJG", "1").Put("CXFW", "存款系统");
  row.Add("ZHXX")
      .Put("CCXH", "1")
      .Put("KHZH", account)
      .Put("BZ", "156")
      .Put("YE", balance)
      .Put("KYYE", balance)
      .Put("ZHZT", "1")
      .Put("PPFS", "1");
  return row;
}

Element FileWorld::Nothing(const v1::Order& order) {
  Element row{.name = "CXFKXX"};
  row.Put("BDHM", RequestNumber(order.order_id())).Put("CXJG", "2").Put("CXFW", "存款系统、理财系统");
  return row;
}

Element FileWorld::Frozen(const v1::Order& order, const std::string& controlled, const std::string& unfunded) {
  Element row{.name = "KZFKXX"};
  row.Put("BDHM", RequestNumber(order.order_id())).Put("KZJG", "1").Put("DJBH", "DJ000001").Put("LHSW", "1");
  row.Put("CSKSRQ", "2026-09-28").Put("CSJSRQ", "2027-09-27").Put("ZXSJ", "2026-09-28T09:30:00+08:00");
  row.Add("KZXX")
      .Put("CCXH", "1")
      .Put("KHZH", sdk::kAccount)
      .Put("KZZT", "1")
      .Put("BZ", "156")
      .Put("SKJE", controlled)
      .Put("CESKJE", unfunded);
  return row;
}

Element FileWorld::Standing(const v1::Order& order, const std::string& controlled, const std::string& unfunded) {
  Element row{.name = "DZFKXX"};
  row.Put("BDHM", RequestNumber(order.order_id())).Put("DJBH", "DJ000001").Put("LHSW", "1");
  row.Put("CSKSRQ", "2026-09-28").Put("CSJSRQ", "2027-09-27");
  row.rows = Frozen(order, controlled, unfunded).rows;
  return row;
}

Element FileWorld::NotDone(const v1::Order& order, const std::string& code, const std::string& text) {
  Element row{.name = "KZFKXX"};
  row.Put("BDHM", RequestNumber(order.order_id())).Put("KZJG", "2").Put("YYDM", code).Put("YY", text);
  return row;
}

std::vector<std::string> FileWorld::Files(const std::string& of) const {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder / of))
    out.push_back(entry.path().filename().string());
  std::sort(out.begin(), out.end());
  return out;
}

std::string FileWorld::ReadOurs(const std::string& name) const { return ReadFile(folder / ("ours/" + name)); }

}  // namespace eagle::file
