// A channel that is a folder: one message of RFC 5322 in a Maildir, written below tmp/ and renamed into new/ when it is
// durable, so that whoever sends it on (any mailer, a script over cron) finds whole messages only. Told when it lies
// there; whether the mailer sends it is the mailer's.
//
//   From: duty@court.example          Subject: the first line, RFC 2047
//   To: li@court.example              Message-ID: <C42.1790557200000000@court.example>
//   Date                              body: the lines, UTF-8 in base64
//
// Threads: any.
#pragma once

#include "client/duty/notifier.h"

namespace eagle::duty {

class MaildirNotifier : public Notifier {
 public:
  // Makes folder/tmp, new and cur (mode 0700) when they aren't there. `clock` must outlive it. Errors:
  // STORAGE_UNUSABLE.
  static absl::StatusOr<std::unique_ptr<MaildirNotifier>> Make(std::string folder, std::string from, Clock& clock);
  absl::Status Tell(const Message& message) override;

 private:
  MaildirNotifier(std::string folder, std::string from, Clock& clock)
      : folder_(std::move(folder)), from_(std::move(from)), clock_(clock) {}
  const std::string folder_, from_;
  Clock& clock_;
};

// The message's bytes, lines ended with CR LF.
std::string MailOf(const Message& message, const std::string& from, absl::Time at);

}  // namespace eagle::duty
