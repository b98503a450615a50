#include "client/audit/witness.h"

#include <sys/stat.h>

#include <memory>
#include <optional>

#include "client/common/files.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/hash.h"

namespace eagle::audit {

using journal::WitnessAnswer;

std::string Witness::PathOf(const std::string& origin) const {
  return folder_ + "/" + HexEncode(journal::View(journal::Sha256(origin))) + ".witnessed";
}

absl::StatusOr<journal::Witnessed> Witness::Kept(const std::string& origin) const {
  EAGLE_ASSIGN_OR_RETURN(const std::optional<std::string> note, client::ReadFileIfThere(PathOf(origin)));
  if (!note) return journal::Witnessed{};
  EAGLE_ASSIGN_OR_RETURN(const journal::LogPolicy::Judged judged, logs_.Open(*note));
  if (judged.checkpoint.origin != origin)
    return Fail(Reason::kJournalBroken, "what this witness keeps is of another log").With("path", PathOf(origin));
  return journal::Witnessed{judged.checkpoint.size, judged.checkpoint.root};
}

absl::StatusOr<Witnessing> Witness::Add(std::string_view body, absl::Time now) {
  EAGLE_ASSIGN_OR_RETURN(const journal::AddCheckpoint request, journal::ParseAddCheckpoint(body));
  const std::string origin = request.checkpoint.substr(0, request.checkpoint.find('\n'));
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<client::FolderGuard> alone, client::FolderGuard::Take(folder_));
  EAGLE_ASSIGN_OR_RETURN(const journal::Witnessed kept, Kept(origin));
  journal::WitnessVerdict verdict = journal::JudgeAddCheckpoint(request, logs_, kept);
  Witnessing out{.answer = verdict.answer, .kept_size = kept.size};
  if (verdict.answer != WitnessAnswer::kCosign) return out;
  // Also when it is the one that is kept: an answer may have been lost, and the time goes on.
  EAGLE_RETURN_IF_ERROR(client::WriteDurably(PathOf(origin), request.checkpoint));
  out.kept_size = verdict.checkpoint.size;
  out.line = journal::SignatureLine(journal::Cosign(key_.name, key_.key, verdict.text, now));
  out.checkpoint = request.checkpoint;
  return out;
}

absl::StatusOr<journal::WitnessKey> ReadWitnessKey(const std::string& path) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) == 0 && (facts.st_mode & 077) != 0)
    return Fail(Reason::kKeyUnusable, "others than its owner may use the key's file: chmod 600").With("path", path);
  EAGLE_ASSIGN_OR_RETURN(std::string text, client::ReadFile(path));
  text.erase(text.find_last_not_of("\r\n ") + 1);
  return journal::ParseWitnessKey(text);
}

absl::Status WhyNotCosigned(const Witnessing& said, uint64_t size) {
  const auto fail = [&](Reason reason, std::string_view why) {
    return Fail(reason, why)
        .With("kept", static_cast<int64_t>(said.kept_size))
        .With("size", static_cast<int64_t>(size));
  };
  switch (said.answer) {
    case journal::WitnessAnswer::kUnknownLog:
      return fail(Reason::kNoteUntrusted, "this witness was told of no such log");
    case journal::WitnessAnswer::kUntrusted:
      return fail(Reason::kNoteUntrusted, "the log's own signature is missing or wrong");
    case journal::WitnessAnswer::kBackwards:
      return fail(Reason::kLogForked,
                  "the log is shorter than when this witness saw it last: an older copy, or rolled back");
    case journal::WitnessAnswer::kStale:
      return fail(Reason::kUnavailable, "another process of this witness was faster: repeat");
    default:
      return fail(Reason::kLogForked, "what this witness saw last isn't the beginning of it: a second history");
  }
}

}  // namespace eagle::audit
