#include "client/duty/book.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "client/common/files.h"
#include "client/duty/record_text.h"
#include "server/base/reason.h"

namespace eagle::duty {
namespace {

constexpr int kArchiveMax = 1'000'000;

absl::Status Named(const absl::Status& status, const std::string& path) {
  Failure failure = FailureOf(status);
  failure.message = absl::StrCat(path, ": ", failure.message);
  return ToStatus(failure);
}

// 0: there is none.
uint64_t InodeOf(const std::string& path) {
  struct stat facts {};
  return stat(path.c_str(), &facts) == 0 ? facts.st_ino : 0;
}

// What lies behind `from`. Nothing when there is no file.
absl::StatusOr<std::string> Behind(const std::string& path, size_t from) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0 && errno == ENOENT) return std::string();
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(from));
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.bad() || (!file.is_open())) return Fail(Reason::kStorageUnusable, "the file can't be read: " + path);
  return text;
}

// "duty-000001.log", the first number that is free.
absl::Status Archive(const std::string& folder, const std::string& path) {
  const std::string archive = folder + "/archive";
  EAGLE_RETURN_IF_ERROR(client::MakeFolder(archive));
  for (int i = 1; i < kArchiveMax; ++i) {
    const std::string number = std::to_string(i);
    const std::string name = archive + "/duty-" + std::string(6 - number.size(), '0') + number + ".log";
    if (link(path.c_str(), name.c_str()) == 0) return client::SyncFolder(archive);
    if (errno != EEXIST) return Fail(Reason::kStorageUnusable, "the file can't be put aside: " + name);
  }
  return Fail(Reason::kStorageUnusable, "the archive is full: " + archive);
}

}  // namespace

absl::StatusOr<std::vector<Record>> ReadBook(const std::string& path) {
  EAGLE_ASSIGN_OR_RETURN(std::string text, client::ReadFile(path));
  text.resize(text.rfind('\n') + 1);
  auto records = ReadRecords(text);
  if (!records.ok()) return Named(records.status(), path);
  return records;
}

absl::StatusOr<std::unique_ptr<Book>> Book::Open(const std::string& folder, size_t go_on_bytes) {
  std::unique_ptr<Book> book(new Book(folder, go_on_bytes));
  book->next_size_ = go_on_bytes;
  EAGLE_RETURN_IF_ERROR(book->CatchUp());
  return book;
}

absl::StatusOr<std::unique_ptr<Book>> Book::OpenExisting(const std::string& folder) {
  struct stat facts {};
  if (stat((folder + "/duty.log").c_str(), &facts) != 0)
    return Fail(Reason::kFieldInvalid, "no duty was ever run in this folder").At("--state", folder);
  return Open(folder);
}

absl::Status Book::CatchUp() {
  EAGLE_ASSIGN_OR_RETURN(const auto guard, client::FolderGuard::Take(folder_));
  return ReadOn();
}

absl::Status Book::ReadOn() {
  const uint64_t file = InodeOf(path_);
  if (file != file_) file_ = file, read_ = 0, state_ = State();
  EAGLE_ASSIGN_OR_RETURN(std::string text, Behind(path_, read_));
  const size_t whole = text.rfind('\n') + 1;  // npos + 1 is 0
  cut_ = whole < text.size();
  text.resize(whole);
  const auto records = ReadRecords(text);
  if (!records.ok()) return Named(records.status(), path_);
  for (const Record& record : *records) Apply(record, state_);
  read_ += whole;
  return absl::OkStatus();
}

absl::Status Book::Write(absl::Time now, const std::function<void(Pen&)>& decide) {
  EAGLE_ASSIGN_OR_RETURN(const auto guard, client::FolderGuard::Take(folder_));
  EAGLE_RETURN_IF_ERROR(ReadOn());
  Pen pen(state_, std::max(absl::FromUnixMicros(absl::ToUnixMicros(now)), state_.now));
  decide(pen);
  if (pen.records().empty()) return absl::OkStatus();
  std::string text(cut_ ? kCutEnd : "");
  const size_t cut = text.size();
  for (const Record& record : pen.records()) text += RecordLine(record);
  EAGLE_RETURN_IF_ERROR(client::AppendDurably(path_, text));
  file_ = InodeOf(path_);
  if (cut > 0) {  // the end of the cut line is ours, its beginning isn't counted yet
    struct stat facts {};
    if (stat(path_.c_str(), &facts) != 0) return Fail(Reason::kStorageUnusable, "the file is gone: " + path_);
    read_ = static_cast<size_t>(facts.st_size);
    cut_ = false;
  } else {
    read_ += text.size();
  }
  return read_ > next_size_ ? GoOnAnew() : absl::OkStatus();
}

absl::Status Book::GoOnAnew() {
  EAGLE_ASSIGN_OR_RETURN(const std::vector<Record> records, ReadBook(path_));
  std::string text;
  for (const Record& record : Needed(records, state_)) text += RecordLine(record);
  next_size_ = std::max(go_on_bytes_, 2 * text.size());
  if (2 * text.size() > read_) return absl::OkStatus();  // nearly all of it is needed
  EAGLE_RETURN_IF_ERROR(Archive(folder_, path_));
  EAGLE_RETURN_IF_ERROR(client::WriteDurably(path_, text));
  file_ = InodeOf(path_);
  read_ = text.size();
  return absl::OkStatus();
}

}  // namespace eagle::duty
