#include "client/audit/witness.h"

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

}  // namespace eagle::audit
