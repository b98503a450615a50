#include "server/journal/log_policy.h"

#include <algorithm>
#include <set>
#include <utility>

#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/text.h"

namespace eagle::journal {
namespace {

constexpr std::string_view kNone = "none";

std::vector<std::string_view> WordsOf(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) break;
    const size_t end = std::min(line.find_first_of(" \t", begin), line.size());
    words.push_back(line.substr(begin, end - begin));
    line.remove_prefix(end);
  }
  return words;
}

}  // namespace

class LogPolicy::Parser {
 public:
  absl::StatusOr<LogPolicy> Parse(std::string_view text) {
    if (text.size() > kPolicyBytesMax || !IsValidUtf8(text))
      return NoteMalformed("the policy is too long, or not UTF-8");
    while (!text.empty()) {
      ++number_;
      const size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      const std::vector<std::string_view> words = WordsOf(line);
      if (words.empty() || words[0][0] == '#') continue;
      EAGLE_RETURN_IF_ERROR(Take(words));
    }
    if (policy_.logs_.empty()) return NoteMalformed("the policy names no log");
    if (!quorum_seen_) return NoteMalformed("the policy has no quorum line (quorum none, if none is wanted)");
    return std::move(policy_);
  }

 private:
  absl::Status Take(const std::vector<std::string_view>& words) {
    if (words[0] == "log") return TakeLog(words);
    if (words[0] == "witness") return TakeWitness(words);
    if (words[0] == "group") return TakeGroup(words);
    if (words[0] == "quorum") return TakeQuorum(words);
    return Wrong("a line begins with log, witness, group or quorum");
  }

  absl::Status TakeLog(const std::vector<std::string_view>& words) {
    if (words.size() < 2 || words.size() > 3) return Wrong("log <verifier key> [<url>]");
    auto key = ParseVerifierKey(words[1]);
    if (!key.ok() || IsCosignatureKey(words[1])) return Wrong("the log's key isn't an Ed25519 verifier key");
    for (const Log& other : policy_.logs_) {
      if (other.key->name() == (*key)->name()) return Wrong("two keys of one log");
    }
    policy_.logs_.push_back(
        {*std::move(key), std::string(words[1]), std::string(words.size() > 2 ? words[2] : std::string_view())});
    return absl::OkStatus();
  }

  absl::Status TakeWitness(const std::vector<std::string_view>& words) {
    if (words.size() < 3 || words.size() > 4) return Wrong("witness <name> <verifier key> [<url>]");
    EAGLE_RETURN_IF_ERROR(Define(words[1]));
    auto key = ParseVerifierKey(words[2]);
    if (!key.ok() || !IsCosignatureKey(words[2])) return Wrong("the witness's key isn't a cosignature verifier key");
    for (const Witness& other : policy_.witnesses_) {
      if (other.verifier_key == words[2]) return Wrong("one witness under two names");
    }
    if (policy_.witnesses_.size() == kPolicyWitnessesMax) return Wrong("too many witnesses");
    policy_.witnesses_.push_back({std::string(words[1]), *std::move(key), std::string(words[2]),
                                  std::string(words.size() > 3 ? words[3] : std::string_view())});
    return absl::OkStatus();
  }

  absl::Status TakeGroup(const std::vector<std::string_view>& words) {
    if (words.size() < 4) return Wrong("group <name> any|all|<k> <member>...");
    Group group;
    for (size_t i = 3; i < words.size(); ++i) {
      if (!defined_.contains(std::string(words[i]))) return Wrong("a member of a group must be defined above it");
      if (!members_.insert(std::string(words[i])).second) return Wrong("a name is a member once, of one group");
      group.members.emplace_back(words[i]);
    }
    EAGLE_RETURN_IF_ERROR(Define(words[1]));
    if (words[2] == "any") {
      group.threshold = 1;
    } else if (words[2] == "all") {
      group.threshold = group.members.size();
    } else {
      const auto k = ParseDecimal(words[2]);
      if (!k || *k < 1 || *k > group.members.size()) return Wrong("k lies between 1 and the number of members");
      group.threshold = static_cast<size_t>(*k);
    }
    policy_.groups_.emplace(std::string(words[1]), std::move(group));
    return absl::OkStatus();
  }

  absl::Status TakeQuorum(const std::vector<std::string_view>& words) {
    if (words.size() != 2) return Wrong("quorum <name>|none");
    if (std::exchange(quorum_seen_, true)) return Wrong("a policy has one quorum");
    if (words[1] == kNone) return absl::OkStatus();
    if (!defined_.contains(std::string(words[1]))) return Wrong("the quorum must be defined above");
    policy_.quorum_ = std::string(words[1]);
    return absl::OkStatus();
  }

  absl::Status Define(std::string_view name) {
    if (name == kNone) return Wrong("the name \"none\" is taken");
    return defined_.insert(std::string(name)).second ? absl::OkStatus() : Wrong("a name is defined twice");
  }
  absl::Status Wrong(std::string_view why) const {
    return Fail(Reason::kNoteMalformed, "the policy can't be read: " + std::string(why)).With("line", number_);
  }

  LogPolicy policy_;
  int64_t number_ = 0;
  bool quorum_seen_ = false;
  std::set<std::string> defined_, members_;
};

absl::StatusOr<LogPolicy> LogPolicy::Parse(std::string_view text) { return Parser().Parse(text); }

absl::StatusOr<LogPolicy> LogPolicy::OfKey(std::string_view verifier_key) {
  if (verifier_key.find_first_of(" \t\r\n#") != std::string_view::npos)
    return NoteMalformed("the verifier key can't be read");
  return Parse("log " + std::string(verifier_key) + "\nquorum none\n");
}

absl::StatusOr<LogPolicy::Judged> LogPolicy::Open(std::string_view note) const {
  // Only chooses the key that must have signed: what the line says counts when it has.
  const std::string_view origin = note.substr(0, note.find('\n'));
  const auto log = std::find_if(logs_.begin(), logs_.end(), [&](const Log& one) { return one.key->name() == origin; });
  if (log == logs_.end()) return Fail(Reason::kNoteUntrusted, "the policy names no log of this checkpoint's origin");
  std::vector<const NoteVerifier*> keys;
  for (const Witness& witness : witnesses_) keys.push_back(witness.key.get());
  EAGLE_ASSIGN_OR_RETURN(CosignedCheckpoint opened, OpenCheckpoint(note, *log->key, keys));
  Judged judged{.checkpoint = std::move(opened.checkpoint)};
  for (const NoteSignature& signature : opened.cosignatures) {
    for (const Witness& witness : witnesses_) {
      if (witness.key->name() == signature.name && witness.key->key_id() == signature.key_id)
        judged.cosigned.push_back({witness.name, CosignatureTime(signature)});
    }
  }
  judged.quorum = quorum_.empty() || Reached(quorum_, judged.cosigned);
  return judged;
}

// Groups are made of what is defined above them, so this ends.
bool LogPolicy::Reached(const std::string& name, const std::vector<Cosigned>& cosigned) const {
  const auto group = groups_.find(name);
  if (group == groups_.end())
    return std::any_of(cosigned.begin(), cosigned.end(), [&](const Cosigned& one) { return one.witness == name; });
  size_t reached = 0;
  for (const std::string& member : group->second.members) reached += Reached(member, cosigned) ? 1 : 0;
  return reached >= group->second.threshold;
}

}  // namespace eagle::journal
