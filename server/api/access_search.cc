// Who looked at this person, what this officer looked at: found in leaves alone, by tags.
#include <algorithm>

#include "goldeneagle/v1/entry.pb.h"
#include "server/api/impl.h"
#include "server/api/page_token.h"
#include "server/base/bytes.h"
#include "server/domain/instant.h"
#include "server/trust/tag.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr uint64_t kLookedAtMax = 16'384;
constexpr int kTagsMax = static_cast<int>(trust::kTagKeysMax);
constexpr size_t kPageBytes = 1 << 20;

using Tags = google::protobuf::RepeatedPtrField<std::string>;

absl::Status CheckTags(const Tags& tags, const std::string& field) {
  if (tags.size() > kTagsMax) return Fail(Reason::kFieldInvalid, "too many tags").At(field, "at most 16");
  for (const std::string& tag : tags) {
    if (tag.size() != trust::kTagSize) return Fail(Reason::kFieldInvalid, "a tag has 20 bytes").At(field, "20 bytes");
  }
  return absl::OkStatus();
}

bool Names(const Tags& wanted, const Tags& named) {
  return std::any_of(named.begin(), named.end(), [&](const std::string& tag) {
    return std::find(wanted.begin(), wanted.end(), tag) != wanted.end();
  });
}

template <typename Body>
Body Read(const journal::Leaf& leaf) {
  Body body;
  if (!body.ParseFromString(leaf.body)) body.Clear();
  return body;
}

// Whom a leaf names.
struct Named {
  Tags subjects, officers;
};

Named NamedBy(const journal::Leaf& leaf) {
  Named named;
  switch (leaf.type) {
    case ENTRY_TYPE_CASE_OPENED:
      named.subjects = Read<CaseOpened>(leaf).subject_tags();
      break;
    case ENTRY_TYPE_CASE_RESPONDENTS_CHANGED: {
      const auto body = Read<CaseRespondentsChanged>(leaf);
      named.subjects = body.added_tags();
      named.subjects.MergeFrom(body.removed_tags());
      break;
    }
    case ENTRY_TYPE_ORDER_ACCEPTED: {
      const auto body = Read<OrderAccepted>(leaf);
      *named.subjects.Add() = body.subject_tag(), named.officers = body.officer_tags();
      break;
    }
    case ENTRY_TYPE_REFUSED: {
      const auto body = Read<Refused>(leaf);
      if (!body.subject_tag().empty()) *named.subjects.Add() = body.subject_tag();
      named.officers = body.officer_tags();
      break;
    }
    case ENTRY_TYPE_ACCESS_RECORDED: {
      const auto body = Read<AccessRecorded>(leaf);
      named.subjects = body.subject_tags(), *named.officers.Add() = body.officer_tag();
      break;
    }
    default:
      break;
  }
  return named;
}

void CountKeys(uint64_t index, const Tags& tags, SearchAccessResponse& response) {
  auto& keys = *response.mutable_tag_keys();
  for (const std::string& tag : tags) {
    const std::string id(trust::TagKeyIdOf(tag));
    auto at = std::find_if(keys.begin(), keys.end(), [&](const TagKeyUse& use) { return use.id() == id; });
    TagKeyUse& use = at != keys.end() ? *at : *keys.Add();
    if (use.tags() == 0) use.set_id(id), use.set_first_index(index);
    use.set_tags(use.tags() + 1);
  }
}

std::string FilterOf(SearchAccessRequest request) {
  request.clear_page_token();
  request.clear_page_size();
  return request.SerializeAsString();
}

}  // namespace

absl::StatusOr<SearchAccessResponse> Handlers::SearchAccess(const Caller& caller, const SearchAccessRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.AuditService/SearchAccess"));
  EAGLE_RETURN_IF_ERROR(CheckTags(request.subject_tags(), "subject_tags"));
  EAGLE_RETURN_IF_ERROR(CheckTags(request.officer_tags(), "officer_tags"));
  if (request.subject_tags().empty() && request.officer_tags().empty())
    return Fail(Reason::kFieldMissing, "whose traces?")
        .At("subject_tags", "a person's or an officer's tag is required");
  EAGLE_ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size()));
  const TokenScope scope{"SearchAccess", caller, FilterOf(request)};
  EAGLE_ASSIGN_OR_RETURN(const uint64_t first, OpenNumberToken(impl_->ports.key_ring, scope, request.page_token(), 0));
  const absl::Time not_before =
      request.has_not_before() ? domain::FromProto(request.not_before()) : absl::InfinitePast();
  const absl::Time before = request.has_before() ? domain::FromProto(request.before()) : absl::InfiniteFuture();
  const uint64_t size = impl_->published()->edge->size();
  SearchAccessResponse response;
  response.set_size(size);
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
  uint64_t index = first;
  size_t bytes = 0;
  for (; index < size && index - first < kLookedAtMax; ++index) {
    if (static_cast<size_t>(response.entries_size()) == page_size || bytes >= kPageBytes) break;
    EAGLE_ASSIGN_OR_RETURN(const journal::PackedEntry packed, journal.Packed(index));
    EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, journal::DecodeLeaf(packed.leaf));
    if (leaf.time >= before) return response;  // recorded time never goes back
    if (leaf.time < not_before) continue;
    const Named named = NamedBy(leaf);
    CountKeys(index, named.subjects, response), CountKeys(index, named.officers, response);
    if (!Names(request.subject_tags(), named.subjects) && !Names(request.officer_tags(), named.officers)) continue;
    JournalEntry* found = response.add_entries();
    found->set_index(index);
    found->set_leaf(std::string(packed.leaf));
    bytes += found->leaf().size();
  }
  if (index < size) response.set_next_page_token(MakeNumberToken(impl_->ports.key_ring, scope, index));
  return response;
}

}  // namespace eagle::api
