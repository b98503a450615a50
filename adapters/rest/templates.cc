#include "adapters/rest/templates.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/bytes.h"
#include "server/base/money.h"
#include "server/base/reason.h"
#include "server/toml/section.h"

namespace eagle::rest {
namespace {

constexpr int64_t kFormat = 1;

bool IsReason(std::string_view word) {
  return !word.empty() && word.size() <= 63 && word[0] >= 'A' && word[0] <= 'Z' &&
         word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string_view::npos;
}

class Parser {
 public:
  Parser(const toml::table& root, const std::string& path) : problems_(path), root_(problems_, &root, "") {}

  Templates Parse() {
    if (root_.Number("format", 0, kFormat, kFormat) != kFormat && !root_.Has("format"))
      root_.Wrong("format", "is required: 1");
    ReadAgency(root_.Section("agency"));
    ReadMaps(root_.Section("maps"));
    ReadCalls(root_.Section("calls"));
    for (TomlSection& row : root_.Sections("codes")) ReadCode(row);
    root_.CheckUnknown();
    CheckWhole();
    return std::move(out_);
  }
  const Problems& problems() const { return problems_; }

 private:
  void ReadAgency(TomlSection section) {
    out_.asset_kind = section.Text("asset_kind");
    out_.currencies = section.Texts("currencies");
    for (const std::string& currency : out_.currencies) {
      if (!IsCurrency(currency)) section.Wrong("currencies", "are codes of ISO 4217, as CNY");
    }
    out_.by_clerk = section.Flag("by_clerk", false);
    out_.partial_release = section.Flag("partial_release", false);
    out_.captures_inflow = section.Flag("captures_inflow", false);
    out_.keeps_waitlist = section.Flag("keeps_waitlist", false);
    const std::string amounts = section.Text("amounts");
    if (amounts == "minor") {
      out_.amounts = AmountStyle::kMinorUnits;
    } else if (!amounts.empty() && amounts != "decimal") {
      section.Wrong("amounts", "is decimal (60000.00) or minor (6000000)");
    }
    section.CheckUnknown();
  }

  void ReadMaps(TomlSection section) {
    for (const std::string& name : section.Keys()) {
      auto map = std::make_shared<CodeMap>();
      for (auto& [from, to] : section.Section(name).Pairs()) map->emplace(from, to);
      maps_[name] = std::move(map);
    }
  }

  void ReadCalls(TomlSection section) {
    for (const std::string& name : section.Keys()) {
      const auto call = CallByName(name);
      if (call) {
        ReadCall(*call, section.Section(name));
      } else {
        section.Wrong(name,
                      "there is no such call: inquire, freeze_person, freeze_account, freeze_asset, renew, "
                      "release, deduct, find, changes, positions");
      }
    }
  }

  void ReadCall(Call call, TomlSection section) {
    CallTemplate& out = out_.calls[call];
    const bool changes_something = (call & kControls) != 0;
    out.method = section.Text("method");
    const bool known = out.method == "GET" || out.method == "POST" || out.method == "PUT";
    if (!out.method.empty() && !known) section.Wrong("method", "is GET, POST or PUT");
    if (out.method == "GET" && changes_something) section.Wrong("method", "must be POST or PUT: GET changes nothing");
    if (known && out.method != "GET" && (call == kFind || call == kChanges || call == kPositions))
      section.Wrong("method", "must be GET: it is repeated at will");
    const std::string path = section.Text("path");
    out.path = TextTemplate::Parse(path, call, maps_,
                                   [&](const std::string&, const std::string& why) { section.Wrong("path", why); });
    if (!path.empty() && path[0] != '/') section.Wrong("path", "begins with /");
    if (std::any_of(path.begin(), path.end(), [](char c) { return c <= ' ' || c > '~' || c == '#'; }))
      section.Wrong("path", "holds a blank, # or a letter outside ASCII");
    if (section.Has("body")) {
      if (out.method == "GET") section.Wrong("body", "goes with POST or PUT");
      out.body = BodyTemplate::Parse(
          section.Text("body"), call, maps_,
          [&](const std::string& place, const std::string& why) { section.Wrong("body", why, place); });
    }
    if (changes_something && !(out.body && out.body->Uses(kOperation)))
      section.Wrong("body", "must carry ${operation}, so that the server knows a repeat");
    if (call == kFind && !out.path.Uses(kOperation) && !out.path.Uses("order.id"))
      section.Wrong("path", "must name ${operation} or ${order.id}");
    if (call == kChanges && !out.path.Uses("changes.after")) section.Wrong("path", "must name ${changes.after}");
    for (const int64_t status : section.Numbers("statuses", 200, 599)) {
      if (status >= 300 && status < 400) section.Wrong("statuses", "a redirection is never followed");
      out.statuses.push_back(static_cast<int>(status));
    }
    if (out.statuses.empty()) out.statuses = {200};
    ReadAnswer(call, section.Section("answer"), out);
    section.CheckUnknown();
  }

  void ReadAnswer(Call call, TomlSection section, CallTemplate& out) {
    if (!section.there()) return section.Wrong("", "is required: how its answers are read");
    const bool finding = section.Has("findings"), shares = section.Has("shares");
    out.answer = ReadSources(call, section, AnswerRows());
    TomlSection found = section.Section("finding"), share = section.Section("share"),
                prior = section.Section("prior_measure");
    if (finding) {
      out.finding = ReadSources(call, found, FindingRows());
      found.CheckUnknown();
    } else if (found.there()) {
      found.Wrong("", "goes with findings");
    }
    if (shares) {
      out.share = ReadSources(call, share, ShareRows());
      share.CheckUnknown();
    } else if (share.there()) {
      share.Wrong("", "goes with shares");
    }
    if (section.Has("prior") || found.Has("prior")) {
      out.prior = ReadSources(call, prior, PriorRows());
      prior.CheckUnknown();
    } else if (prior.there()) {
      prior.Wrong("", "goes with prior");
    }
    section.CheckUnknown();
  }

  Sources ReadSources(Call call, TomlSection& section, const std::vector<ReadRow>& rows) {
    Sources out;
    for (const ReadRow& row : rows) {
      if (!section.Has(row.name)) {
        if ((row.required & call) != 0) section.Wrong(row.name, absl::StrCat("is required: ", ToAbsl(row.meaning)));
        continue;
      }
      const std::string text = section.Text(row.name, "");
      if ((row.calls & call) == 0) {
        section.Wrong(row.name, absl::StrCat("means nothing in ", ToAbsl(CallName(call))));
        continue;
      }
      out[std::string(row.name)] = Source::Parse(
          text, row.kind, maps_, [&](const std::string&, const std::string& why) { section.Wrong(row.name, why); });
    }
    return out;
  }

  void ReadCode(TomlSection& section) {
    CodeRow row;
    std::vector<std::string> calls = section.Texts("calls");
    if (calls.empty()) section.Wrong("calls", "is required: whose answers have this code");
    for (const std::string& name : calls) {
      const auto named = CallsByName(name);
      if (!named) section.Wrong("calls", "there is no such call: " + name);
      row.calls |= named.value_or(0);
    }
    if (section.Has("status")) {
      row.http_status = static_cast<int>(section.Number("status", 404, 400, 599));
      if (section.Has("code")) section.Wrong("status", "stands for a code: name one of the two");
      if (row.calls != kFind) section.Wrong("status", "is for find alone: elsewhere a bare status says nothing");
    } else {
      row.code = section.Text("code");
    }
    const std::string word = section.Text("outcome");
    row.word = CodeWordNamed(word);
    if (!word.empty() && row.word == nullptr) section.Wrong("outcome", "there is no such outcome: " + word);
    row.reason = section.Text("reason", "");
    if (section.Has("reason") && !IsReason(row.reason))
      section.Wrong("reason", "is a code of capital letters, digits and _");
    section.Text("note", "");  // for people
    section.CheckUnknown();
    if (row.word == nullptr) return;
    // Of a group such as "control" those calls that can mean it.
    const bool grouped = std::any_of(calls.begin(), calls.end(),
                                     [](const std::string& name) { return name == "freeze" || name == "control"; });
    const uint32_t fits = row.calls & row.word->calls;
    if ((fits != row.calls && !grouped) || (fits == 0 && row.calls != 0))
      section.Wrong("outcome", word + " doesn't answer these calls");
    row.calls = fits;
    if (row.http_status != 0 && row.word->meaning == Meaning::kDone)
      section.Wrong("outcome", "DONE comes with a code and the answer, not with a bare status");
    if (row.word->needs_reason && row.reason.empty()) section.Wrong("reason", word + " needs a reason");
    if (row.word->needs_changes && out_.calls.count(kChanges) == 0)
      section.Wrong("outcome", word + " needs [calls.changes], which brings the last word");
    if (row.calls != 0 && !out_.codes.Add(std::move(row)))
      section.Wrong(section.Has("status") ? "status" : "code", "stands in the table already for one of these calls");
  }

  // What only the whole file can lack.
  void CheckWhole() {
    uint32_t there = 0;
    for (const auto& [call, one] : out_.calls) there |= call;
    if ((there & kOrders) == 0) root_.Wrong("calls", "has no call that answers an order");
    if ((there & kControls) != 0 && (there & kFind) == 0)
      root_.Wrong("calls.find", "is required: after a lost reply the server is asked what was done");
    const uint32_t coded = out_.codes.calls();
    for (const Call call : kEveryCall) {
      if ((there & call) != 0 && (coded & call) == 0)
        root_.Wrong("codes", absl::StrCat("has no row for ", ToAbsl(CallName(call))));
      if ((there & call) == 0 && (coded & call & (kInquire | kFind | kChanges | kPositions)) != 0)
        root_.Wrong("codes", absl::StrCat("has rows for ", ToAbsl(CallName(call)), ", which is no call here"));
    }
    const auto means = [&](Call call, Meaning meaning) {
      return std::any_of(out_.codes.rows().begin(), out_.codes.rows().end(),
                         [&](const CodeRow& row) { return (row.calls & call) != 0 && row.word->meaning == meaning; });
    };
    if ((there & coded & kFind) != 0 && !means(kFind, Meaning::kDone))
      root_.Wrong("codes", "has no row of find that means DONE");
  }

  Problems problems_;
  TomlSection root_;
  CodeMaps maps_;
  Templates out_;
};

}  // namespace

bool CallTemplate::Reads(int status) const {
  return std::find(statuses.begin(), statuses.end(), status) != statuses.end();
}

const CallTemplate* Templates::CallAt(Call call) const {
  const auto found = calls.find(call);
  return found == calls.end() ? nullptr : &found->second;
}

std::vector<v1::Capability> Templates::Capabilities() const {
  std::vector<v1::Capability> out;
  for (const auto& [call, one] : calls) {
    const v1::Action action = ActionOf(call);
    const auto same = [&](const v1::Capability& row) { return row.action() == action; };
    if (action == v1::ACTION_UNSPECIFIED || std::any_of(out.begin(), out.end(), same)) continue;
    v1::Capability& row = out.emplace_back();
    row.set_asset_kind(asset_kind);
    row.set_action(action);
    row.set_by_clerk(by_clerk);
    for (const std::string& currency : currencies) row.add_currencies(currency);
    row.set_partial_release(partial_release);
    row.set_captures_inflow(captures_inflow);
    row.set_keeps_waitlist(keeps_waitlist);
  }
  return out;
}

absl::StatusOr<Templates> ParseTemplates(std::string_view text, const std::string& path) {
  EAGLE_ASSIGN_OR_RETURN(const toml::table root, ParseToml(text, path));
  Parser parser(root, path);
  Templates out = parser.Parse();
  EAGLE_RETURN_IF_ERROR(parser.problems().ToStatus("the template file"));
  return out;
}

}  // namespace eagle::rest
