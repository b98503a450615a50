#include "server/api/papers.h"

#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "server/base/bytes.h"

namespace eagle::api {
namespace {

using goldeneagle::v1::Instrument;

enum class Here { kYes, kNo, kOther };

absl::StatusOr<Here> IsHere(const blobs::BlobStore* papers, const domain::Case& of, const Instrument& named) {
  if (papers == nullptr) return Here::kNo;
  EAGLE_ASSIGN_OR_RETURN(const auto facts, papers->Find(PlaceIn(of, named.digest())));
  if (!facts) return Here::kNo;
  const bool same = facts->size == named.size_bytes() && blobs::NameOf(facts->type) == named.media_type();
  return same ? Here::kYes : Here::kOther;
}

}  // namespace

blobs::BlobPlace PlaceIn(const domain::Case& of, const std::string& digest, AgencyOrdinal owner) {
  return {.court = of.court, .key_id = of.key_id, .digest = digest, .owner = owner};
}

absl::StatusOr<std::vector<MissingPaper>> MissingPapers(Handlers::Impl& impl, const Caller& caller,
                                                        const domain::SubmitOrders& command) {
  std::vector<MissingPaper> missing;
  const auto policy = impl.published()->policy;
  if (policy == nullptr || policy->table().papers().travel_with().empty()) return missing;
  LazyJournal journal(impl.ports.store, impl.ports.keys);
  std::map<std::string, std::optional<domain::Case>> cases;  // by the newest tag of the number
  for (size_t i = 0; i < command.members.size(); ++i) {
    const domain::OrderMember& member = command.members[i];
    const auto& order = member.parsed;
    if (order.instruments().empty() || member.refused_before || !policy->PapersTravelWith(order.action())) continue;
    EAGLE_ASSIGN_OR_RETURN(JournalReader* const reader, journal());
    const auto [of, first_look] = cases.try_emplace(member.case_number_tags.front());
    if (first_look) {
      EAGLE_ASSIGN_OR_RETURN(const std::optional<CaseSeq> seq,
                             reader->CaseNumbered(caller.court, member.case_number_tags));
      if (seq) {
        EAGLE_ASSIGN_OR_RETURN(of->second, reader->CaseRow(*seq));
      }
    }
    if (!of->second || of->second->erased()) continue;
    std::vector<MissingPaper> of_order;
    for (int k = 0; k < order.instruments_size(); ++k) {
      const Instrument& named = order.instruments(k);
      if (named.digest().size() != 32) continue;  // refused by its form
      EAGLE_ASSIGN_OR_RETURN(const Here here, IsHere(impl.ports.papers, *of->second, named));
      if (here != Here::kYes) of_order.push_back({i, k, named.category(), named.digest(), here == Here::kOther});
    }
    if (of_order.empty()) continue;
    EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::IdUse> known, reader->UseOf(order.order_id()));
    if (!known) missing.insert(missing.end(), of_order.begin(), of_order.end());
  }
  return missing;
}

absl::Status PapersAreHere(Handlers::Impl& impl, const Caller& caller, const domain::SubmitOrders& command) {
  EAGLE_ASSIGN_OR_RETURN(const std::vector<MissingPaper> missing, MissingPapers(impl, caller, command));
  Violations wrong;
  for (const MissingPaper& paper : missing) {
    wrong.Add(absl::StrCat("members[", paper.member, "].instruments[", paper.instrument, "]"), Reason::kBlobMissing,
              absl::StrCat(paper.category.substr(0, 64), " ", HexEncode(paper.digest),
                           paper.other ? " is here with another size or type" : " isn't here"));
  }
  return wrong.empty() ? absl::OkStatus() : wrong.ToStatus("papers that travel with the orders aren't here");
}

}  // namespace eagle::api
