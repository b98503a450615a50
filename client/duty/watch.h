// The duty while it runs: reads alerts, decides, calls people, writes down, over and over.
//
// A round: roster (when its file changed), news, what stands no more, rungs, calls. While the journal is being caught
// up with (a first start, a long absence) nobody is called about what may have ended since, for two minutes at most.
// Calls are durable as CALLING before they leave and as CALLED after; a process that dies in between makes the call
// again and says so. The gateway being away stops nothing else: rungs go on, and after a while that is an alert of its
// own.
//
// Life: Start; Step until asked to stop.
// Threads: one; calls are made on threads of their own, which end within Step.
//
//   EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<Watch> watch, Watch::Start("/var/lib/golden-eagle-duty", ports));
//   while (!stopped) EAGLE_RETURN_IF_ERROR(watch->Step(absl::Seconds(1)));
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "client/common/files.h"
#include "client/duty/book.h"
#include "client/duty/decide.h"
#include "client/duty/duty_clock.h"
#include "client/duty/notifier.h"
#include "client/duty/roster_file.h"

namespace eagle::duty {

struct WatchPorts {
  AlertSource& source;
  Clock& clock;                                                                      // of the records
  Clock& real_clock;                                                                 // of pauses
  std::function<absl::StatusOr<std::optional<Roster>>()> roster;                     // RosterFile::ReadIfChanged
  std::function<absl::StatusOr<std::unique_ptr<Notifier>>(const Roster&)> channels;  // OpenSwitchboard
  std::function<bool(absl::Duration)> wait;   // in place of the source while it is away; false: stop
  std::function<void(std::string_view)> say;  // one line: what happened
};

class Watch {
 public:
  // `ports` must outlive it. Errors: FOLDER_LOCKED when a duty runs there; those of Book::Open, of the roster and of
  // its channels.
  static absl::StatusOr<std::unique_ptr<Watch>> Start(const std::string& folder, WatchPorts ports);

  // One round; waits at most `wait` for news. Error: STORAGE_UNUSABLE; then stop. Whatever is wrong with the source
  // (our certificate has ended, a token is refused) is said, tried again, and after a while an alert: a duty that
  // stopped would call nobody about it. A roster that became wrong is said, and the one before stays in force.
  absl::Status Step(absl::Duration wait);
  const State& state() const { return book_->state(); }
  // Whether the last round read news or made a call.
  bool busy() const { return busy_; }
  // OK once something came from the source; until then why nothing does.
  const absl::Status& source() const { return source_; }

 private:
  explicit Watch(WatchPorts ports) : ports_(std::move(ports)) {}
  absl::Status Write(const std::function<void(Pen&)>& decide);
  absl::Status TakeRoster();
  absl::Status ReadNews(absl::Duration wait);
  void NoteBehind(bool behind);
  absl::Status LookWhatStands();
  absl::Status MindTheSource(const absl::Status& came);
  absl::Status MakeAllCalls();

  WatchPorts ports_;
  std::unique_ptr<client::FolderGuard> running_;
  std::unique_ptr<Book> book_;
  std::unique_ptr<DutyClock> clock_;
  Roster roster_;
  std::unique_ptr<Notifier> channels_;
  absl::Duration roster_at_;          // monotonic
  absl::Time sign_at_;                // of the gateway
  absl::Duration source_at_, pause_;  // monotonic: not asked before; how long the next pause is
  absl::Status source_;
  std::string complaint_;        // said last of the source
  absl::Duration behind_since_;  // monotonic; while behind_
  bool heard_ = false, clock_said_ = false, busy_ = false, behind_ = false, look_now_ = false;
};

}  // namespace eagle::duty
