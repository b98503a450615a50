#include "client/audit/access.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/audit/tag_keys.h"
#include "client/common/files.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/base/bytes.h"
#include "server/base/identity_number.h"
#include "server/base/reason.h"
#include "server/journal/hash.h"
#include "server/journal/payload.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr std::string_view kTagKeyHeader = "golden-eagle-tag-key-v1\n", kOpeningsHeader = "golden-eagle-openings-v1 ";
constexpr size_t kTagKeyBytes = 32, kTagBytes = 20;

using Strings = google::protobuf::RepeatedPtrField<std::string>;

std::vector<std::string> ListOf(const Strings& strings) { return {strings.begin(), strings.end()}; }

std::string ReasonName(uint32_t number) {
  const auto reason = number <= UINT16_MAX ? ReasonByNumber(static_cast<uint16_t>(number)) : std::nullopt;
  return reason ? std::string(RowOf(*reason).name) : std::to_string(number);
}

std::string ActionName(Action action) {
  const std::string name = Action_IsValid(action) ? Action_Name(action) : "";
  return name.size() > 7 ? name.substr(7) : "";
}

bool Meet(const std::vector<std::string>& wanted, const std::vector<std::string>& named) {
  return std::any_of(named.begin(), named.end(), [&](const std::string& tag) {
    return std::find(wanted.begin(), wanted.end(), tag) != wanted.end();
  });
}

std::string Masked(const Identity& identity) { return identity.name() + " " + MaskNumber(identity.id_number()); }

Opened WordsOf(const Order& order) {
  Opened out{.case_number = order.case_number(), .purpose = order.purpose(), .subjects = Masked(order.subject())};
  for (const OfficerRef& officer : order.officers())
    absl::StrAppend(&out.officers, out.officers.empty() ? "" : ", ", officer.officer());
  return out;
}

template <typename Message>
absl::StatusOr<Message> Parsed(const std::string& bytes) {
  Message message;
  if (!message.ParseFromString(bytes)) return Fail(Reason::kEntryMalformed, "the opened payload can't be read");
  return message;
}

}  // namespace

absl::StatusOr<std::string> ReadTagKey(const std::string& path) {
  EAGLE_ASSIGN_OR_RETURN(const std::string content, client::ReadFile(path));
  std::string_view rest = content;
  std::optional<std::string> key;
  if (rest.substr(0, kTagKeyHeader.size()) == kTagKeyHeader) {
    rest.remove_prefix(kTagKeyHeader.size());
    if (!rest.empty() && rest.back() == '\n') rest.remove_suffix(1);
    key = Base64Decode(rest);
  }
  if (!key || key->size() != kTagKeyBytes)
    return Fail(Reason::kKeyUnusable, "no file of a tag key of this version").With("path", path);
  return *key;
}

std::string TagOf(std::string_view key, std::string_view kind, std::string_view canonical) {
  journal::Sha256Stream stream;
  stream.Update(std::string_view("ge/tag-key/v1\0", 14)).Update(key);
  const journal::Hash id = stream.Finish();
  std::string data(kind);
  data += '\0';
  data += canonical;
  const journal::Hash mac = journal::HmacSha256(key, data);
  return std::string(journal::View(id).substr(0, kTagKeyIdBytes)) +
         std::string(journal::View(mac).substr(0, kTagBytes - kTagKeyIdBytes));
}

std::optional<Trace> TraceOf(std::string_view bytes) {
  const auto leaf = journal::DecodeLeaf(bytes);
  if (!leaf.ok()) return std::nullopt;
  Trace trace{.leaf = *leaf};
  switch (leaf->type) {
    case ENTRY_TYPE_CASE_OPENED: {
      CaseOpened body;
      if (!body.ParseFromString(leaf->body)) return std::nullopt;
      trace.act = "CASE", trace.subject_tags = ListOf(body.subject_tags());
      return trace;
    }
    case ENTRY_TYPE_CASE_RESPONDENTS_CHANGED: {
      CaseRespondentsChanged body;
      if (!body.ParseFromString(leaf->body)) return std::nullopt;
      trace.act = "RESPONDENTS", trace.subject_tags = ListOf(body.added_tags());
      for (const std::string& tag : body.removed_tags()) trace.subject_tags.push_back(tag);
      return trace;
    }
    case ENTRY_TYPE_ORDER_ACCEPTED: {
      OrderAccepted body;
      if (!body.ParseFromString(leaf->body)) return std::nullopt;
      trace.act = "ORDER", trace.what = ActionName(body.action());
      trace.subject_tags = {body.subject_tag()}, trace.officer_tags = ListOf(body.officer_tags());
      return trace;
    }
    case ENTRY_TYPE_REFUSED: {
      Refused body;
      if (!body.ParseFromString(leaf->body) || body.member_type() != MEMBER_TYPE_ORDER) return std::nullopt;
      trace.act = "REFUSED", trace.reason = ReasonName(body.reason());
      trace.subject_tags = {body.subject_tag()}, trace.officer_tags = ListOf(body.officer_tags());
      return trace;
    }
    case ENTRY_TYPE_ACCESS_RECORDED: {
      AccessRecorded body;
      if (!body.ParseFromString(leaf->body)) return std::nullopt;
      trace.act = "READ", trace.what = body.method(), trace.rows = body.rows();
      trace.no_open_case = body.no_open_case();
      trace.subject_tags = ListOf(body.subject_tags()), trace.officer_tags = {body.officer_tag()};
      return trace;
    }
    default:
      return std::nullopt;
  }
}

bool TraceQuery::Wants(const Trace& trace) const {
  return InTime(trace) && (Meet(subjects, trace.subject_tags) || Meet(officers, trace.officer_tags));
}

std::vector<std::string> TraceQuery::Tags() const {
  std::vector<std::string> tags = subjects;
  tags.insert(tags.end(), officers.begin(), officers.end());
  return tags;
}

absl::StatusOr<TraceQuery> QueryOf(const std::string& person, const std::string& officer,
                                   const std::vector<std::string>& key_files) {
  if (person.empty() == officer.empty())
    return Fail(Reason::kFieldMissing, "whose traces?").At("--person", "--person KIND:NUMBER or --officer COURT/CODE");
  if (key_files.empty())
    return Fail(Reason::kFieldMissing, "nobody is found without the tag key").At("--tag-key", "required");
  const size_t colon = person.find(':'), slash = officer.find('/');
  if (!person.empty() && (colon == std::string::npos || colon == 0 || colon + 1 == person.size()))
    return Fail(Reason::kFieldInvalid, "a person is named by a number").At("--person", "KIND:NUMBER, CITIZEN_ID:9901…");
  if (!officer.empty() && (slash == std::string::npos || slash == 0 || slash + 1 == officer.size()))
    return Fail(Reason::kFieldInvalid, "an officer is named by court and code").At("--officer", "COURT/CODE");
  TraceQuery query;
  for (const std::string& path : key_files) {
    EAGLE_ASSIGN_OR_RETURN(const std::string key, ReadTagKey(path));
    if (officer.empty()) {
      query.subjects.push_back(TagOf(key, person.substr(0, colon), absl::AsciiStrToUpper(person.substr(colon + 1))));
    } else {
      query.officers.push_back(TagOf(key, "OFFICER", officer));
    }
  }
  return query;
}

absl::StatusOr<Openings> ParseOpenings(std::string_view text) {
  const auto malformed = [](int64_t line) {
    return Fail(Reason::kEnvelopeMalformed, "not a file of openings").With("line", line);
  };
  const std::vector<std::string> lines = absl::StrSplit(ToAbsl(text), '\n', absl::SkipEmpty());
  if (lines.empty() || lines[0].compare(0, kOpeningsHeader.size(), kOpeningsHeader) != 0) return malformed(1);
  Openings out{.origin = lines[0].substr(kOpeningsHeader.size())};
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> words = absl::StrSplit(lines[i], ' ');
    uint64_t index = 0;
    if (words.size() != 3 || !absl::SimpleAtoi(words[0], &index)) return malformed(static_cast<int64_t>(i) + 1);
    const auto salt = HexDecode(words[1]), payload = Base64Decode(words[2]);
    if (!salt || !payload) return malformed(static_cast<int64_t>(i) + 1);
    out.entries[index] = {*salt, *payload};
  }
  return out;
}

std::string FormatOpenings(const Openings& openings) {
  std::string text = absl::StrCat(ToAbsl(kOpeningsHeader), openings.origin, "\n");
  for (const auto& [index, bytes] : openings.entries)
    absl::StrAppend(&text, index, " ", HexEncode(bytes.salt), " ", Base64Encode(bytes.payload), "\n");
  return text;
}

absl::StatusOr<Opened> OpenTrace(const Trace& trace, const Openings::Bytes& bytes) {
  const journal::OpenedPayload claimed{bytes.salt, bytes.payload};
  EAGLE_RETURN_IF_ERROR(journal::CheckCommitment(claimed, trace.leaf.commitment));
  switch (trace.leaf.type) {
    case ENTRY_TYPE_CASE_OPENED: {
      EAGLE_ASSIGN_OR_RETURN(const auto payload, Parsed<CasePayload>(bytes.payload));
      EAGLE_ASSIGN_OR_RETURN(const auto act, Parsed<CaseAct>(payload.member()));
      Opened out{.case_number = act.open().case_number(),
                 .purpose = act.open().purpose(),
                 .officers = act.open().handler() + ", " + act.open().leader()};
      for (const auto& respondent : act.open().respondents())
        absl::StrAppend(&out.subjects, out.subjects.empty() ? "" : ", ", Masked(respondent.identity()));
      return out;
    }
    case ENTRY_TYPE_CASE_RESPONDENTS_CHANGED: {
      EAGLE_ASSIGN_OR_RETURN(const auto payload, Parsed<CasePayload>(bytes.payload));
      EAGLE_ASSIGN_OR_RETURN(const auto act, Parsed<CaseAct>(payload.member()));
      Opened out{.case_number = act.respondents().case_number()};
      for (const auto& added : act.respondents().add())
        absl::StrAppend(&out.subjects, out.subjects.empty() ? "" : ", ", Masked(added.identity()));
      for (const auto& removed : act.respondents().remove())
        absl::StrAppend(&out.subjects, out.subjects.empty() ? "" : ", ", Masked(removed));
      return out;
    }
    case ENTRY_TYPE_ORDER_ACCEPTED: {
      EAGLE_ASSIGN_OR_RETURN(const auto payload, Parsed<OrderPayload>(bytes.payload));
      EAGLE_ASSIGN_OR_RETURN(const auto order, Parsed<Order>(payload.member()));
      return WordsOf(order);
    }
    case ENTRY_TYPE_REFUSED: {
      EAGLE_ASSIGN_OR_RETURN(const auto payload, Parsed<RefusedPayload>(bytes.payload));
      EAGLE_ASSIGN_OR_RETURN(const auto order, Parsed<Order>(payload.member()));
      return WordsOf(order);
    }
    default: {
      EAGLE_ASSIGN_OR_RETURN(const auto payload, Parsed<AccessPayload>(bytes.payload));
      EAGLE_ASSIGN_OR_RETURN(const auto ticket, Parsed<OfficerTicket>(payload.ticket().member()));
      return Opened{.case_number = ticket.case_number(), .purpose = ticket.purpose(), .officers = ticket.officer()};
    }
  }
}

client::Table TracesTable(const std::vector<Trace>& traces, const std::map<uint64_t, Opened>& opened,
                          const absl::TimeZone& zone) {
  client::Table table("traces", {{"index", client::kRight},
                                 {"time"},
                                 {"act"},
                                 {"what"},
                                 {"reason"},
                                 {"court", client::kRight},
                                 {"case_index", client::kRight},
                                 {"rows", client::kRight},
                                 {"no_open_case"},
                                 {"opened"},
                                 {"case"},
                                 {"purpose"},
                                 {"officers"},
                                 {"subjects"},
                                 {"subject_tags", client::kLeft, true},
                                 {"officer_tags", client::kLeft, true}});
  const auto hex = [](const std::vector<std::string>& tags) {
    std::vector<std::string> words;
    for (const std::string& tag : tags) words.push_back(HexEncode(tag));
    return absl::StrJoin(words, ", ");
  };
  for (const Trace& trace : traces) {
    const uint64_t index = trace.leaf.index.value();
    const uint64_t of = trace.act == "CASE" ? index : trace.leaf.case_seq.value();
    const auto words = opened.find(index);
    const Opened none;
    const Opened& said = words == opened.end() ? none : words->second;
    table.Add({client::Count(index), client::Instant(trace.leaf.time, zone), client::Text(trace.act),
               client::TextOrNothing(trace.what), client::TextOrNothing(trace.reason),
               trace.leaf.actor_kind == ACTOR_KIND_COURT ? client::Count(trace.leaf.actor_ordinal) : client::Nothing(),
               of == 0 ? client::Nothing() : client::Count(of),
               trace.act == "READ" ? client::Count(trace.rows) : client::Nothing(), client::YesNo(trace.no_open_case),
               client::YesNo(words != opened.end()), client::TextOrNothing(said.case_number),
               client::TextOrNothing(said.purpose), client::TextOrNothing(said.officers),
               client::TextOrNothing(said.subjects), client::Text(hex(trace.subject_tags)),
               client::Text(hex(trace.officer_tags))});
  }
  return table;
}

}  // namespace eagle::audit
