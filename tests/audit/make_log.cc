// make_log FOLDER ENTRIES: a plausible valid log of any size, to measure an audit by. The beginning is the golden
// journal's; then courts ask, agencies fetch and answer, five entries an order. Writes the key to FOLDER/log.pub.
#include <cstdlib>
#include <iostream>

#include "absl/numeric/int128.h"
#include "client/common/files.h"
#include "server/base/bytes.h"
#include "server/journal/checkpoint.h"
#include "server/journal/merkle.h"
#include "tests/audit/golden_leaves.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

class Publisher {
 public:
  explicit Publisher(std::string folder) : folder_(std::move(folder)) {}
  void Append(const std::string& leaf) {
    edge_.Append(journal::LeafHash(leaf));
    journal::AppendBundleEntry(bundle_, leaf);
    if (edge_.size() % 256 == 0) Flush(256);
    for (const journal::FullTile& tile : edge_.TakeFullTiles())
      Write(journal::TilePath({static_cast<int>(tile.level), tile.n}), tile.bytes);
  }
  void Finish() {
    if (edge_.size() % 256 != 0) Flush(static_cast<unsigned>(edge_.size() % 256));
    for (unsigned level = 0; level < journal::kTileLevels; ++level) {
      const std::string partial(edge_.PartialTile(level));
      if (!partial.empty())
        Write(journal::TilePath({static_cast<int>(level), edge_.size() >> (8 * (level + 1)),
                                 static_cast<unsigned>(partial.size() / 32)}),
              partial);
    }
    const journal::Ed25519NoteSigner signer("test.example/log", *journal::PrivateKey::FromSeed(std::string(32, '\7')));
    Write("checkpoint", *journal::SignCheckpoint({"test.example/log", edge_.size(), edge_.Root()}, signer));
    Write("log.pub", signer.VerifierKey());
  }
  uint64_t size() const { return edge_.size(); }

 private:
  void Flush(unsigned width) {
    Write(journal::TilePath({journal::kEntriesLevel, (edge_.size() - 1) / 256, width}), bundle_);
    bundle_.clear();
  }
  // Not synced: nobody loses anything by a measurement.
  void Write(const std::string& name, const std::string& bytes) {
    const std::string path = folder_ + "/" + name;
    if (!client::MakeFolder(client::FolderOf(path)).ok()) std::abort();
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (file == nullptr || std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size()) std::abort();
    std::fclose(file);
  }
  std::string folder_, bundle_;
  journal::Edge edge_;
};

std::string IdOf(uint64_t n) { return std::string(journal::View(journal::Sha256(BigEndian(n)))).substr(0, 16); }
std::string DigestOf(uint64_t n) { return std::string(journal::View(journal::Sha256("d" + BigEndian(n)))); }

int Run(const std::string& folder, uint64_t entries) {
  const std::vector<std::string> golden = GoldenLeaves();
  const uint64_t first = FindLeaf(golden, ENTRY_TYPE_ORDER_ACCEPTED) - 1;  // its head
  Publisher out(folder);
  for (uint64_t i = 0; i < first; ++i) out.Append(golden[i]);
  absl::Time now = journal::DecodeLeaf(golden[first])->time;
  const journal::Leaf court_head = *journal::DecodeLeaf(golden[first]), order = *journal::DecodeLeaf(golden[first + 1]),
                      delivered = *journal::DecodeLeaf(golden[FindLeaf(golden, ENTRY_TYPE_DELIVERED)]),
                      answer = *journal::DecodeLeaf(golden[FindLeaf(golden, ENTRY_TYPE_TASK_ANSWERED)]);
  const journal::Leaf agency_head = *journal::DecodeLeaf(golden[answer.index.value() - 2]);
  const auto put = [&](journal::Leaf leaf, const google::protobuf::MessageLite& body) {
    leaf.index = EntryIndex(out.size()), leaf.time = now, leaf.body = body.SerializeAsString();
    out.Append(journal::EncodeLeaf(leaf));
    return leaf.index.value();
  };
  for (uint64_t sequence = 100'000; out.size() + 5 <= entries; ++sequence) {
    now += absl::Milliseconds(200);
    BatchHead head;
    head.set_member_type(MEMBER_TYPE_ORDER), head.set_sequence(sequence), head.set_count(1);
    head.set_head_digest(DigestOf(sequence * 4));
    const uint64_t head_index = put(court_head, head);
    OrderAccepted accepted;
    accepted.ParseFromString(order.body);
    accepted.set_order_id(IdOf(sequence)), accepted.set_digest(DigestOf(sequence * 4 + 1)),
        accepted.set_head(head_index);
    accepted.set_targets("\1");
    const int64_t start = absl::ToUnixMicros(now), due = start + 86'400'000'000;
    accepted.set_due(due);
    for (int i = 0; i < accepted.marks_size(); ++i) {
      const int64_t at = start + (due - start) / 1000 * accepted.marks_permille(i);
      accepted.set_marks(i, (at + 999'999) / 1'000'000 * 1'000'000);
    }
    const uint64_t seq = put(order, accepted);
    Delivered handed;
    handed.ParseFromString(delivered.body);
    handed.clear_orders();
    handed.add_orders(seq);
    const uint64_t handed_index = put(delivered, handed);
    head.set_member_type(MEMBER_TYPE_RECEIPT), head.set_head_digest(DigestOf(sequence * 4 + 2));
    const uint64_t receipt_head = put(agency_head, head);
    TaskReport report;
    report.ParseFromString(answer.body);
    report.set_digest(DigestOf(sequence * 4 + 3)), report.set_head(receipt_head), report.set_kind(RECEIPT_KIND_FINAL);
    report.clear_corrects();
    report.set_late(false), report.set_completes(true);
    journal::Leaf said = answer;
    said.order = OrderSeq(seq), said.previous = EntryIndex(handed_index);
    put(said, report);
  }
  out.Finish();
  std::cout << out.size() << " entries\n";
  return 0;
}

}  // namespace
}  // namespace eagle::audit

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  return eagle::audit::Run(argv[1], std::strtoull(argv[2], nullptr, 10));
}
