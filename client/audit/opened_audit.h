// The audit with the keys: what the sealed payloads say is what was committed to, signed by whom it names, and what the
// leaves tell of it. A pure fold beside PublicAudit, which checks the leaves themselves.
//
// What is sealed (no key: erased, or not given) is counted and is no finding. When an organisation's registration or a
// statement about it is sealed, its keys can't be known, and signatures in its name are counted as unchecked; others
// are checked all the same.
//
// Threads: one.
//
//   OpenedAudit opened([&](std::string_view id) { return keys.Find(id); }, findings);
//   opened.Take(leaf, sealed);
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "client/audit/findings.h"
#include "client/audit/opened_ledger.h"
#include "client/audit/opened_ranks.h"
#include "client/audit/register.h"
#include "goldeneagle/v1/envelope.pb.h"
#include "server/journal/leaf.h"

namespace eagle::audit {

class OpenedAudit {
 public:
  using KeyOf = std::function<std::optional<std::string>(std::string_view key_id)>;

  OpenedAudit(KeyOf key_of, Findings& findings) : key_of_(std::move(key_of)), findings_(findings) {}

  // The leaf of the next index and its sealed payload, empty for none.
  void Take(std::string_view leaf, std::string_view sealed);

  uint64_t opened() const { return opened_; }
  uint64_t sealed() const { return sealed_; }
  uint64_t unchecked_signatures() const { return unchecked_; }

 private:
  struct HeadOpened {
    std::string digests;         // 32 bytes each
    std::string signer;          // as the head names it
    std::set<std::string> keys;  // whose signatures verified
    absl::Time time;
  };
  struct OrderKept {
    std::string digest, id, subject_tag;
    uint64_t case_seq = 0;
    bool freezes = false, deducts = false, handed_out = false;
  };

  void Add(Rule rule, const journal::Leaf& leaf, std::string_view sentence, std::vector<uint64_t> proof = {}) {
    findings_.Add(rule, leaf.index.value(), std::string(sentence), std::move(proof));
  }
  std::optional<std::string> Open(const journal::Leaf& leaf, std::string_view sealed);
  void Missed(const journal::Leaf& leaf);
  void TakeHead(const journal::Leaf& leaf, const std::string& payload);
  void CheckSigner(const journal::Leaf& leaf, const goldeneagle::v1::Head& head, const HeadOpened& opened);
  // The head whose root covers these bytes at this place; absent when it was sealed, or after a finding.
  const HeadOpened* CheckMember(const journal::Leaf& leaf, uint64_t head, const std::string& digest,
                                const std::string& member, uint32_t place);
  void CheckRoles(const journal::Leaf& leaf, const HeadOpened& head, const std::vector<int>& roles);
  void TakeAdministration(const journal::Leaf& leaf, const std::string& payload);
  void TakeAdopted(const journal::Leaf& leaf, const std::string& payload);
  void TakeStatement(const journal::Leaf& leaf, const std::string& payload);
  void TakeCase(const journal::Leaf& leaf, const std::string& payload);
  void TakeOrder(const journal::Leaf& leaf, const std::string& payload);
  void TakeDelivered(const journal::Leaf& leaf);
  void TakeReceipt(const journal::Leaf& leaf, const std::string& payload);
  void TakeRefused(const journal::Leaf& leaf, const std::string& payload);

  KeyOf key_of_;
  Findings& findings_;
  Register register_;
  std::map<uint64_t, HeadOpened> heads_;
  OpenedLedger ledger_;
  OpenedRanks ranks_;
  std::map<uint64_t, OrderKept> orders_;
  uint64_t opened_ = 0, sealed_ = 0, unchecked_ = 0;
};

}  // namespace eagle::audit
