#include "client/duty/maildir_notifier.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/common/files.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::duty {
namespace {

constexpr char kEnd[] = "\r\n";
// An encoded word has at most 75 characters, so 45 bytes before base64; a whole one holds whole characters only.
constexpr size_t kWordBytes = 42, kBodyBytesOfLine = 57;

// The prefix of at most `most` bytes that ends between two characters.
size_t WholeCharacters(std::string_view text, size_t most) {
  if (text.size() <= most) return text.size();
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return most;
}

std::string EncodedWords(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t length = WholeCharacters(text, kWordBytes);
    absl::StrAppend(&out, out.empty() ? "" : "\r\n ", "=?UTF-8?B?", Base64Encode(text.substr(0, length)), "?=");
    text.remove_prefix(length);
  }
  return out;
}

std::string Base64Lines(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t length = std::min(text.size(), kBodyBytesOfLine);
    absl::StrAppend(&out, Base64Encode(text.substr(0, length)), kEnd);
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace

std::string MailOf(const Message& message, const std::string& from, absl::Time at) {
  const std::string domain = from.substr(from.find('@') + 1);
  const std::string body = absl::StrCat(absl::StrJoin(message.lines, kEnd), kEnd);
  return absl::StrCat("From: ", from, kEnd, "To: ", message.address, kEnd,
                      "Date: ", absl::FormatTime("%a, %d %b %Y %H:%M:%S +0000", at, absl::UTCTimeZone()), kEnd,
                      "Message-ID: <", CallName(message.number), ".", absl::ToUnixMicros(at), "@", domain, ">", kEnd,
                      "Subject: ", EncodedWords(message.lines.front()), kEnd, "Auto-Submitted: auto-generated", kEnd,
                      "MIME-Version: 1.0", kEnd, "Content-Type: text/plain; charset=UTF-8", kEnd,
                      "Content-Transfer-Encoding: base64", kEnd, kEnd, Base64Lines(body));
}

absl::StatusOr<std::unique_ptr<MaildirNotifier>> MaildirNotifier::Make(std::string folder, std::string from,
                                                                       Clock& clock) {
  for (const char* name : {"/tmp", "/new", "/cur"}) EAGLE_RETURN_IF_ERROR(client::MakeFolder(folder + name));
  return std::unique_ptr<MaildirNotifier>(new MaildirNotifier(std::move(folder), std::move(from), clock));
}

absl::Status MaildirNotifier::Tell(const Message& message) {
  const absl::Time at = clock_.WallNow();
  const std::string name = absl::StrCat(absl::ToUnixMicros(at), ".", CallName(message.number), ".golden-eagle");
  const std::string draft = absl::StrCat(folder_, "/tmp/", name), place = absl::StrCat(folder_, "/new/", name);
  EAGLE_RETURN_IF_ERROR(client::WriteDurably(draft, MailOf(message, from_, at)));
  if (std::rename(draft.c_str(), place.c_str()) != 0)
    return Fail(Reason::kStorageUnusable, absl::StrCat("the message can't be put into new/: ", std::strerror(errno)));
  return client::SyncFolder(absl::StrCat(folder_, "/new"));
}

}  // namespace eagle::duty
