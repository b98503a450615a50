#include "client/lib/order_list.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/common/csv.h"
#include "client/common/files.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/trust/strict.h"

namespace eagle::client {
namespace {

constexpr char kListMagic[] = "golden-eagle-list-v1";
constexpr char kListName[] = "/list";
const std::vector<std::string> kResultColumns = {"line",      "order_id", "digest", "result",
                                                 "order_seq", "due",      "reason", "message"};

absl::Status NotOurs(const std::string& path) {
  return Fail(Reason::kStorageDamaged, "a file of the list isn't what was written: " + path).With("path", path);
}

std::optional<journal::Hash> HashOf(std::string_view hex) {
  const auto bytes = HexDecode(hex);
  if (!bytes || bytes->size() != journal::kHashSize) return std::nullopt;
  journal::Hash hash{};
  std::copy(bytes->begin(), bytes->end(), hash.begin());
  return hash;
}

std::optional<size_t> SizeOf(const std::string& text) {
  const bool digits = !text.empty() && text.size() < 10 &&
                      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits ? std::optional<size_t>(std::stoul(text)) : std::nullopt;
}

// One line of the file whatever the gateway's words are: a cut is told by the line break that lacks.
std::string LineOfResult(const ListResult& one) {
  std::string line = CsvLine({std::to_string(one.line), one.order_id, one.digest, one.result, one.order_seq, one.due,
                              one.reason, one.message});
  std::replace_if(
      line.begin(), line.end() - 1, [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line;
}

// Batches being filled.
class Packing {
 public:
  Packing(const std::vector<ListedOrder>& orders, std::vector<std::vector<size_t>>& packs)
      : orders_(orders), packs_(packs) {}

  // Whether a batch of its own would hold these.
  bool FitsAtAll(const std::vector<size_t>& some) const { return Fits(some.size(), BytesOf(some)); }
  bool FitsHere(const std::vector<size_t>& some) const {
    return !packs_.empty() && Fits(packs_.back().size() + some.size(), bytes_ + BytesOf(some));
  }
  void Begin() {
    packs_.emplace_back();
    bytes_ = 0;
  }
  void Put(const std::vector<size_t>& some) {
    if (!FitsHere(some)) Begin();
    packs_.back().insert(packs_.back().end(), some.begin(), some.end());
    bytes_ += BytesOf(some);
  }

 private:
  // Room for the head and for what frames each member.
  static bool Fits(size_t members, size_t bytes) {
    return members <= trust::kMembersMax && bytes + 16 * members <= trust::kBatchBytesMax - 16 * 1024;
  }
  size_t BytesOf(const std::vector<size_t>& some) const {
    size_t bytes = 0;
    for (const size_t at : some) bytes += orders_[at].order.size();
    return bytes;
  }
  const std::vector<ListedOrder>& orders_;
  std::vector<std::vector<size_t>>& packs_;
  size_t bytes_ = 0;
};

// What must not be parted: an order alone, or a group.
using Clumps = std::vector<std::vector<size_t>>;

// Of each case, in the order in which the cases come.
std::vector<Clumps> ClumpsOfCases(const std::vector<ListedOrder>& orders) {
  std::vector<Clumps> cases;
  std::map<std::string, size_t> case_at;
  std::map<std::string, std::pair<size_t, size_t>> group_at;
  for (size_t i = 0; i < orders.size(); ++i) {
    if (const auto group = group_at.find(orders[i].group); !orders[i].group.empty() && group != group_at.end()) {
      cases[group->second.first][group->second.second].push_back(i);
      continue;
    }
    const auto [found, added] = case_at.emplace(orders[i].case_number, cases.size());
    if (added) cases.emplace_back();
    Clumps& clumps = cases[found->second];
    if (!orders[i].group.empty()) group_at[orders[i].group] = {found->second, clumps.size()};
    clumps.push_back({i});
  }
  return cases;
}

}  // namespace

absl::StatusOr<std::vector<std::vector<size_t>>> PackOrders(const std::vector<ListedOrder>& orders) {
  std::vector<std::vector<size_t>> packs;
  Packing packing(orders, packs);
  Violations wrong;
  for (const Clumps& clumps : ClumpsOfCases(orders)) {
    std::vector<size_t> whole;
    for (const std::vector<size_t>& clump : clumps) {
      whole.insert(whole.end(), clump.begin(), clump.end());
      const std::string line = std::to_string(orders[clump[0]].line);
      if (orders[clump[0]].order.size() > trust::kMemberBytesMax) {
        wrong.Add(line, Reason::kTooLarge, "an order has at most 64 KiB");
      } else if (!packing.FitsAtAll(clump)) {
        wrong.Add(line + ":group", Reason::kTooManyMembers,
                  "a group begins here that no batch holds: at most 256 orders, and 1 MiB");
      }
    }
    if (!packing.FitsHere(whole) && packing.FitsAtAll(whole)) packing.Begin();
    for (const std::vector<size_t>& clump : clumps) packing.Put(clump);
  }
  if (!wrong.empty()) return wrong.ToStatus("the list can't be put into batches");
  return packs;
}

absl::StatusOr<OrderList> OrderList::Make(const std::string& folder, const journal::Hash& input,
                                          const std::vector<ListedOrder>& orders,
                                          const std::vector<std::vector<size_t>>& packs,
                                          const std::vector<ListResult>& known, const NewHead& new_head) {
  EAGLE_ASSIGN_OR_RETURN(const auto guard, FolderGuard::Take(folder));
  EAGLE_ASSIGN_OR_RETURN(std::optional<OrderList> there, OpenIfThere(folder));
  if (there) return *std::move(there);
  // Nothing that a run left which was cut before it had a list was ever signed or sent.
  EAGLE_ASSIGN_OR_RETURN(const std::vector<std::string> left, FilesIn(folder, ".draft"));
  for (const std::string& name : left) {
    std::error_code error;
    if (!std::filesystem::remove(folder + "/" + name, error))
      return Fail(Reason::kStorageUnusable, "an old draft can't be removed: " + name).With("path", folder);
  }
  OrderList list;
  list.folder_ = folder, list.input_ = input;
  for (const std::vector<size_t>& pack : packs) {
    ListedDraft listed{.name = absl::StrFormat("%04d.draft", list.drafts_.size() + 1)};
    std::vector<std::string> members;
    for (const size_t at : pack) {
      members.push_back(orders[at].order);
      listed.lines.push_back(orders[at].line);
    }
    EAGLE_ASSIGN_OR_RETURN(const trust::HeadFields fields, new_head());
    EAGLE_ASSIGN_OR_RETURN(const Draft draft, Draft::Begin(fields, std::move(members)));
    EAGLE_RETURN_IF_ERROR(draft.Write(folder + "/" + listed.name));
    listed.digest = trust::HeadDigest(draft.batch().head());
    list.orders_ += listed.lines.size();
    list.drafts_.push_back(std::move(listed));
  }
  std::string results = CsvLine(kResultColumns);
  for (const ListResult& one : known) results += LineOfResult(one);
  EAGLE_RETURN_IF_ERROR(WriteDurably(list.ResultsPath(), results));
  EAGLE_RETURN_IF_ERROR(WriteDurably(folder + kListName, list.Text()));
  EAGLE_RETURN_IF_ERROR(list.ReadResults());
  return list;
}

absl::StatusOr<std::optional<OrderList>> OrderList::OpenIfThere(const std::string& folder) {
  EAGLE_ASSIGN_OR_RETURN(const std::optional<std::string> text, ReadFileIfThere(folder + kListName));
  if (!text) return std::nullopt;
  OrderList list;
  list.folder_ = folder;
  EAGLE_RETURN_IF_ERROR(list.Parse(*text));
  EAGLE_RETURN_IF_ERROR(list.ReadResults());
  return list;
}

std::string OrderList::Text() const {
  std::string text = absl::StrCat(kListMagic, "\ninput ", HexEncode(journal::View(input_)), "\n");
  for (const ListedDraft& draft : drafts_) {
    absl::StrAppend(&text, "draft ", draft.name, " ", HexEncode(journal::View(draft.digest)));
    for (const size_t line : draft.lines) absl::StrAppend(&text, " ", line);
    text += "\n";
  }
  return absl::StrCat(text, "end ", HexEncode(journal::View(journal::Sha256(text))), "\n");
}

absl::Status OrderList::Parse(std::string_view text) {
  std::istringstream lines{std::string(text)};
  std::string line, word, digest;
  std::getline(lines, line);
  bool good = line == kListMagic;
  while (good && std::getline(lines, line)) {
    std::istringstream words(line);
    words >> word;
    if (word == "input") {
      words >> digest;
      const auto hash = HashOf(digest);
      good = hash.has_value();
      if (good) input_ = *hash;
    } else if (word == "draft") {
      ListedDraft draft;
      words >> draft.name >> digest;
      const auto hash = HashOf(digest);
      good = hash.has_value() && draft.name.find('/') == std::string::npos;
      if (good) draft.digest = *hash;
      for (size_t number = 0; words >> number;) draft.lines.push_back(number);
      orders_ += draft.lines.size();
      drafts_.push_back(std::move(draft));
    }
  }
  return good && Text() == text ? absl::OkStatus() : NotOurs(folder_ + kListName);
}

absl::Status OrderList::ReadResults() {
  EAGLE_ASSIGN_OR_RETURN(std::string text, ReadFile(ResultsPath()));
  // Whole lines only: what was cut is written again.
  const size_t end = text.rfind('\n');
  if (end == std::string::npos) return NotOurs(ResultsPath());
  if (end + 1 != text.size()) {
    text.resize(end + 1);
    EAGLE_RETURN_IF_ERROR(WriteDurably(ResultsPath(), text));
  }
  Violations wrong;
  const std::vector<CsvRow> rows = ParseCsv(text, wrong);
  if (!wrong.empty() || rows.empty() || rows[0].cells != kResultColumns) return NotOurs(ResultsPath());
  results_.clear();
  std::multiset<size_t> lines;
  for (size_t i = 1; i < rows.size(); ++i) {
    const std::vector<std::string>& cells = rows[i].cells;
    const auto line = cells.size() == kResultColumns.size() ? SizeOf(cells[0]) : std::nullopt;
    if (!line) return NotOurs(ResultsPath());
    lines.insert(*line);
    results_.push_back({.line = *line,
                        .order_id = cells[1],
                        .digest = cells[2],
                        .result = cells[3],
                        .order_seq = cells[4],
                        .due = cells[5],
                        .reason = cells[6],
                        .message = cells[7]});
  }
  for (ListedDraft& draft : drafts_) {
    draft.done = std::all_of(draft.lines.begin(), draft.lines.end(), [&](size_t line) {
      return lines.count(line) >= static_cast<size_t>(std::count(draft.lines.begin(), draft.lines.end(), line));
    });
  }
  return absl::OkStatus();
}

absl::StatusOr<Draft> OrderList::ReadDraft(size_t draft) const {
  EAGLE_ASSIGN_OR_RETURN(Draft read, Draft::Read(DraftPath(draft)));
  const ListedDraft& listed = drafts_[draft];
  if (trust::HeadDigest(read.batch().head()) != listed.digest || read.members().size() != listed.lines.size())
    return Fail(Reason::kDigestMismatch, "the draft isn't the one that the list names: " + DraftPath(draft));
  return read;
}

std::string OrderList::digest_text() const {
  std::string all;
  for (const ListedDraft& draft : drafts_) all += journal::View(draft.digest);
  return HexEncode(journal::View(journal::Sha256(all)));
}

absl::Status OrderList::Record(size_t draft, const std::vector<ListResult>& results) {
  EAGLE_ASSIGN_OR_RETURN(const auto guard, FolderGuard::Take(folder_));
  EAGLE_RETURN_IF_ERROR(ReadResults());
  std::set<std::string> known;
  for (const ListResult& one : results_) known.insert(one.order_id);
  std::string text;
  for (const ListResult& one : results) {
    if (known.contains(one.order_id)) continue;
    text += LineOfResult(one);
    results_.push_back(one);
  }
  if (!text.empty()) EAGLE_RETURN_IF_ERROR(AppendDurably(ResultsPath(), text));
  drafts_[draft].done = true;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ListRefusal>> CheckList(const OrderList& list, Desk& desk, Gateway& gateway,
                                                   const ListProgress& progress) {
  std::vector<ListRefusal> refused;
  size_t done = 0;
  for (size_t i = 0; i < list.drafts(); done += list.LinesOf(i).size(), ++i) {
    progress(done, list.orders());
    if (list.IsDone(i)) continue;
    EAGLE_ASSIGN_OR_RETURN(const Draft draft, list.ReadDraft(i));
    EAGLE_ASSIGN_OR_RETURN(const auto sent, desk.outbox().Find(draft.batch()));
    if (sent) continue;
    v1::SubmitOrdersRequest request;
    *request.mutable_batch() = draft.batch();
    EAGLE_ASSIGN_OR_RETURN(const v1::ValidateOrdersResponse response, gateway.ValidateOrders(request));
    for (int k = 0; k < response.results_size() && k < static_cast<int>(draft.members().size()); ++k) {
      const v1::OrderResult& result = response.results(k);
      if (result.has_refusal())
        refused.push_back({list.LinesOf(i)[static_cast<size_t>(k)], result.order_id(), result.refusal()});
    }
  }
  progress(done, list.orders());
  return refused;
}

absl::Status SendList(OrderList& list, Desk& desk, Gateway& gateway, const absl::TimeZone& zone,
                      const ListProgress& progress) {
  for (size_t i = 0; i < list.drafts(); ++i) {
    if (list.IsDone(i)) continue;
    EAGLE_ASSIGN_OR_RETURN(const Draft draft, list.ReadDraft(i));
    if (!draft.is_signed())
      return Fail(Reason::kSignaturesMissing, "nobody has signed " + list.DraftPath(i) + ", nothing was sent");
  }
  size_t done = 0;
  for (size_t i = 0; i < list.drafts(); done += list.LinesOf(i).size(), ++i) {
    progress(done, list.orders());
    if (list.IsDone(i)) continue;
    EAGLE_ASSIGN_OR_RETURN(const Draft draft, list.ReadDraft(i));
    EAGLE_ASSIGN_OR_RETURN(const SentOrders sent, desk.SendOrders(draft.batch(), gateway));
    std::vector<ListResult> results;
    for (size_t k = 0; k < sent.answers.size(); ++k) {
      const OrderAnswer& answer = sent.answers[k];
      ListResult one{.line = list.LinesOf(i)[k],
                     .order_id = UuidText(answer.order_id),
                     .digest = HexEncode(journal::View(draft.digests()[k])),
                     .result = answer.accepted ? "ACCEPTED" : "REFUSED"};
      if (answer.accepted) {
        one.order_seq = std::to_string(answer.accepted->order_seq);
        one.due = absl::FormatTime(absl::RFC3339_sec, answer.accepted->due, zone);
      } else {
        one.reason = answer.refusal.reason();
        one.message = answer.refusal.message();
        for (const v1::FieldProblem& problem : answer.refusal.problems())
          absl::StrAppend(&one.message, "; ", problem.field(), " ", problem.reason(), ": ", problem.description());
      }
      results.push_back(std::move(one));
    }
    EAGLE_RETURN_IF_ERROR(list.Record(i, results));
  }
  progress(done, list.orders());
  return absl::OkStatus();
}

}  // namespace eagle::client
