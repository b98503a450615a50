#include "client/audit/evidence_pieces.h"

#include <algorithm>
#include <vector>

#include "client/audit/evidence_book.h"
#include "client/audit/evidence_file.h"
#include "client/audit/stated_key.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/dsse.h"
#include "server/journal/merkle.h"
#include "server/journal/multiproof.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

class Taker {
 public:
  Taker(const OpenedFile& file, const EvidencePins& pins) : file_(file), pins_(pins) {
    for (int i = 0; i < file.evidence.entries_size(); ++i) {
      indexes_.push_back(file.entries[static_cast<size_t>(i)].index());
      leaves_.push_back(journal::LeafHash(file.evidence.entries(i).leaf()));
    }
    for (const std::string& hash : file.evidence.proof()) proof_.push_back(*journal::HashFrom(hash));
  }

  // `member`, `place`: of the entry's payload. `key`: who signed first under that head.
  // `anew`: the signatures that took the place of those under that head.
  void Take(uint64_t index, uint64_t head, const std::string& member, uint32_t place, const std::string& key,
            const Envelope* anew = nullptr) {
    const size_t at = At(index);
    const EvidenceEntry& entry = file_.evidence.entries(static_cast<int>(at));
    const std::string folder = "entry-" + std::to_string(index) + "/";
    pieces_[folder + "log.pub"] = pins_.log_key_text + "\n";
    pieces_[folder + "checkpoint"] = file_.evidence.checkpoint();
    pieces_[folder + "entry.leaf"] = entry.leaf();
    pieces_[folder + "entry.proof"] =
        journal::FormatTlogProof({.index = index,
                                  .path = journal::PathFromMultiProof(indexes_, leaves_, file_.size(), proof_, index),
                                  .checkpoint = file_.evidence.checkpoint()});
    pieces_[folder + "payload.bin"] = entry.payload();
    pieces_[folder + "salt.hex"] = HexEncode(entry.salt());
    pieces_[folder + "order.member"] = MemberOf(head, member, place, anew).SerializeAsString();
    pieces_[folder + "signer.key"] = key;
  }

  Envelope HeadAt(uint64_t index) const { return PayloadAt(index).head(); }
  template <class Payload>
  Payload Opened(uint64_t index) const {
    Payload payload;
    payload.ParseFromString(file_.evidence.entries(static_cast<int>(At(index))).payload());
    return payload;
  }
  std::map<std::string, std::string> Done() { return std::move(pieces_); }

 private:
  size_t At(uint64_t index) const {
    return static_cast<size_t>(std::lower_bound(indexes_.begin(), indexes_.end(), index) - indexes_.begin());
  }
  BatchHeadPayload PayloadAt(uint64_t index) const { return Opened<BatchHeadPayload>(index); }

  SignedMember MemberOf(uint64_t head, const std::string& member, uint32_t place, const Envelope* anew) const {
    const BatchHeadPayload payload = PayloadAt(head);
    std::vector<journal::Hash> digests;
    for (size_t at = 0; at < payload.member_digests().size(); at += journal::kHashSize)
      digests.push_back(*journal::HashFrom(std::string_view(payload.member_digests()).substr(at, journal::kHashSize)));
    SignedMember out;
    out.set_member(member);
    out.set_index(place);
    for (const journal::Hash& hash : journal::PathOf(digests, place)) out.add_path(std::string(journal::View(hash)));
    *out.mutable_head() = anew == nullptr ? payload.head() : *anew;
    return out;
  }

  const OpenedFile& file_;
  const EvidencePins& pins_;
  std::vector<uint64_t> indexes_;
  std::vector<journal::Hash> leaves_, proof_;
  std::map<std::string, std::string> pieces_;
};

// Of the officers, the one whose signature stands first.
std::string FirstSigner(const Envelope& envelope, const std::vector<OfficerSeen>& officers) {
  const std::string bytes = journal::Pae(envelope.payload_type(), envelope.payload());
  for (const OfficerSeen& officer : officers) {
    if (IsBy({officer.algorithm, officer.key}, bytes, envelope.signatures(0).sig())) return officer.key;
  }
  return officers.front().key;
}

}  // namespace

absl::StatusOr<std::map<std::string, std::string>> PiecesOf(std::string_view bytes, const EvidencePins& pins,
                                                            const EvidenceReport& report) {
  OpenedFile file;
  EAGLE_RETURN_IF_ERROR(OpenFile(bytes, pins, file));
  Taker taker(file, pins);
  const auto order = taker.Opened<OrderPayload>(report.order_index);
  taker.Take(report.order_index, report.order_head, order.member(), order.index(),
             FirstSigner(taker.HeadAt(report.order_head), report.officers));
  for (const ResumptionSeen& resumption : report.resumptions) {
    const Envelope anew = taker.Opened<ResumedPayload>(resumption.index).head();
    taker.Take(resumption.index, report.order_head, order.member(), order.index(),
               FirstSigner(anew, resumption.officers), &anew);
  }
  for (const ReceiptSeen& receipt : report.receipts) {
    const auto payload = taker.Opened<ReceiptPayload>(receipt.index);
    taker.Take(receipt.index, receipt.head, payload.member(), payload.index(), receipt.key);
  }
  return taker.Done();
}

}  // namespace eagle::audit
