#include "client/audit/cli/console.h"

#include "client/common/width.h"
#include "server/base/reason.h"

namespace eagle::audit {

ExitCode ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return kExitOk;
  const ReasonRow& row = RowOf(ReasonOf(status));
  if (row.code == absl::StatusCode::kDataLoss || row.reason == Reason::kNoteUntrusted) return kExitVerification;
  if (row.code == absl::StatusCode::kUnavailable) return kExitUnavailable;
  return row.reason == Reason::kInternal ? kExitDefect : kExitUsage;
}

absl::Status Console::Print(const client::Document& document) {
  if (json) {
    document.PrintJson(out_);
  } else {
    document.PrintText(out_, terminal_);
  }
  out_.flush();
  return out_.good() ? absl::OkStatus() : absl::Status(Fail(Reason::kStorageUnusable, "stdout can't be written"));
}

void Console::Talk(std::string_view line) {
  if (progress_shown_) err_ << "\r\x1b[K";
  progress_shown_ = false;
  err_ << client::ForTerminal(line) << "\n";
}

void Console::Progress(std::string_view line) {
  if (!terminal_) return;
  err_ << "\r\x1b[K" << client::ForTerminal(line) << std::flush;
  progress_shown_ = true;
}

void Console::Explain(const absl::Status& status) {
  const Failure failure = FailureOf(status);
  const ReasonRow& row = RowOf(failure.reason);
  Talk("error: " + std::string(row.name) + ": " + failure.message);
  for (const Violation& wrong : failure.violations)
    Talk("  " + wrong.field + ": " + std::string(RowOf(wrong.reason).name) + ": " + wrong.description);
  for (const auto& [key, value] : failure.metadata) Talk("  " + key + " = " + value);
  if (row.advice != failure.message) Talk("  what to do: " + std::string(row.advice));
}

}  // namespace eagle::audit
