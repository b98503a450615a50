// Papers of orders, fetched before the work begins; and files of receipts, put before the receipt is reported.
//
//   WAITING, lease --> papers here? --yes--> its turn
//                           | no: fetched, part by part, one paper at a time; shared by all orders that name it
//                           |--> can't be had: asked for again later; by configuration returned (DOCUMENT_MISSING)
//
// A receipt is a fact and goes out whether its files could be put or not: what the gateway refuses for good is counted.
#include <algorithm>

#include "adapters/sdk/agent.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::sdk {
namespace {

constexpr size_t kDocumentsDoneMax = 4096;

std::string NameOfDocument(const std::string& order_id, const v1::Instrument& file) { return order_id + file.digest(); }

}  // namespace

bool Agent::NeedsPapers() const { return config_.papers != PaperRule::kIgnore && ports_.papers != nullptr; }

std::vector<PaperFile> Agent::PapersOf(const v1::Order& order) {
  std::vector<PaperFile> out;
  if (ports_.papers == nullptr) return out;
  for (const v1::Instrument& named : order.instruments()) {
    out.push_back({named.category(), named.title(), named.media_type(), named.digest(),
                   ports_.papers->PathOf(named.digest()).value_or("")});
  }
  return out;
}

bool Agent::IsNeeded(std::string_view digest) {
  if (upload_ && upload_->file.digest() == digest) return true;
  for (const journal::Hash& waiting : queue_.In(TaskState::kWaiting)) {
    const QueuedTask* task = queue_.Find(waiting);
    if (std::any_of(task->papers_named.begin(), task->papers_named.end(),
                    [&](const v1::Instrument& named) { return named.digest() == digest; }))
      return true;
  }
  return false;
}

// Marks what may begin, and picks what is fetched next.
void Agent::LookForPapers() {
  if (!NeedsPapers()) return;
  const absl::Duration now = Monotonic();
  for (const journal::Hash& digest : queue_.In(TaskState::kWaiting)) {
    QueuedTask* task = queue_.Find(digest);
    if (task->papers_here || now >= task->lease_end || task->papers_next_try > now) continue;
    if (!task->papers_read) {
      Unit unit(ports_.inbox);
      TaskRow row = *unit.tables.FindTask(digest);
      v1::Order order;
      order.ParseFromString(row.member.member());
      if (order.instruments().empty() && row.is_control) {
        ReturnTask(row, v1::AgencyReason_Name(v1::AGENCY_REASON_DOCUMENT_MISSING).substr(14),
                   "the order names no paper", unit);
        if (!Commit(unit)) return;
        continue;
      }
      task->papers_named.assign(order.instruments().begin(), order.instruments().end());
      task->papers_read = true;
    }
    const auto missing =
        std::find_if(task->papers_named.begin(), task->papers_named.end(),
                     [&](const v1::Instrument& named) { return !ports_.papers->PathOf(named.digest()); });
    if (missing == task->papers_named.end()) {
      task->papers_here = true;
    } else if (!fetch_) {
      fetch_ = Fetch{.order_id = task->order_id, .named = *missing};
    }
  }
}

void Agent::SendPaper() {
  v1::PullBlobPartRequest request;
  request.set_order_id(fetch_->order_id);
  request.set_digest(fetch_->named.digest());
  request.set_part(static_cast<uint32_t>(fetch_->content.size() / kPaperPartBytes));
  ports_.channel.PullBlobPart(Begin(kPaper, config_.call_timeout), request);
}

void Agent::TakePaper(const v1::PullBlobPartResponse& response) {
  const uint64_t size = fetch_->named.size_bytes(), before = fetch_->content.size();
  if (size > kPaperBytesMax || response.size_bytes() != size ||
      response.content().size() != std::min(kPaperPartBytes, size - before))
    return MissPaper("its parts aren't those of the paper that the order names");
  fetch_->content += response.content();
  if (fetch_->content.size() < size) return;
  const absl::Status kept = ports_.papers->Put(fetch_->named.digest(), fetch_->named.media_type(), fetch_->content,
                                               [this](std::string_view digest) { return IsNeeded(digest); });
  if (!kept.ok()) return MissPaper(FailureOf(kept).message);
  ++metrics_.papers_fetched;
  fetch_.reset();
}

// The paper that was being fetched can't be had now. Everybody who needs it waits, or gives up.
void Agent::MissPaper(std::string_view why) {
  ++metrics_.papers_missed;
  const std::string digest = fetch_->named.digest();
  fetch_.reset();
  for (const journal::Hash& waiting : queue_.In(TaskState::kWaiting)) {
    QueuedTask* task = queue_.Find(waiting);
    const bool wants = std::any_of(task->papers_named.begin(), task->papers_named.end(),
                                   [&](const v1::Instrument& named) { return named.digest() == digest; });
    if (!wants || task->papers_here) continue;
    task->papers_next_try = Monotonic() + Backoff(++task->papers_missed, absl::OkStatus());
    if (config_.papers != PaperRule::kReturn || task->papers_missed < config_.paper_attempts_max) continue;
    Unit unit(ports_.inbox);
    TaskRow row = *unit.tables.FindTask(waiting);
    ReturnTask(row, v1::AgencyReason_Name(v1::AGENCY_REASON_DOCUMENT_MISSING).substr(14),
               "paper " + HexEncode(digest).substr(0, 16) + " can't be had: " + std::string(why), unit);
    if (!Commit(unit)) return;
  }
}

// Into the folder, and by name into the receipt. The effect has happened: a file that can't be kept stops nothing.
void Agent::AddDocuments(const std::vector<DocumentFile>& files, v1::Receipt& receipt) {
  for (const DocumentFile& file : files) {
    absl::StatusOr<std::string> content = ReadPaper(file.path);
    const bool fits = content.ok() && !content->empty() && receipt.documents_size() < kDocumentsMax;
    const std::string digest = fits ? std::string(journal::View(journal::Sha256(*content))) : "";
    if (!fits || ports_.papers == nullptr ||
        !ports_.papers->Put(digest, file.media_type, *content, [this](auto named) { return IsNeeded(named); }).ok()) {
      ++metrics_.documents_lost;
      continue;
    }
    v1::Instrument* named = receipt.add_documents();
    named->set_category(file.category);
    named->set_title(file.title);
    named->set_media_type(file.media_type);
    named->set_digest(digest);
    named->set_size_bytes(content->size());
  }
}

// True while files of this batch are still to be put; the report waits for them.
bool Agent::PutDocumentsOf(const std::vector<std::string>& receipts) {
  if (ports_.papers == nullptr) return false;
  for (const std::string& member : receipts) {
    v1::Receipt receipt;
    if (!receipt.ParseFromString(member)) continue;
    for (const v1::Instrument& file : receipt.documents()) {
      if (documents_done_.contains(NameOfDocument(receipt.order_id(), file))) continue;
      if (calls_[kDocument] || Monotonic() < not_before_[kDocument]) return true;
      if (!upload_ || upload_->order_id != receipt.order_id() || upload_->file.digest() != file.digest())
        upload_ = Upload{.order_id = receipt.order_id(), .file = file};
      if (SendDocument()) return true;
    }
  }
  return false;
}

// False: the file isn't here any more, and is passed over.
bool Agent::SendDocument() {
  v1::PutBlobPartRequest request;
  request.set_order_id(upload_->order_id);
  request.set_digest(upload_->file.digest());
  request.set_size_bytes(upload_->file.size_bytes());
  request.set_media_type(upload_->file.media_type());
  if (upload_->next_part) {
    const auto path = ports_.papers->PathOf(upload_->file.digest());
    const auto content = path ? ReadPaper(*path) : absl::StatusOr<std::string>(absl::NotFoundError(""));
    if (!content.ok() || *upload_->next_part * kPaperPartBytes >= content->size()) {
      ++metrics_.documents_lost;
      EndDocument();
      return false;
    }
    request.set_part(*upload_->next_part);
    request.set_content(content->substr(*upload_->next_part * kPaperPartBytes, kPaperPartBytes));
  }
  ports_.channel.PutBlobPart(Begin(kDocument, config_.call_timeout), request);
  return true;
}

void Agent::TakeDocument(const v1::PutBlobPartResponse& response) {
  if (response.complete()) {
    ++metrics_.documents_put;
    return EndDocument();
  }
  if (response.parts_missing().empty()) return Malformed(kDocument, "nothing is missing of a file that isn't whole");
  upload_->next_part = response.parts_missing(0);
}

void Agent::EndDocument() {
  if (documents_done_.size() >= kDocumentsDoneMax) documents_done_.clear();  // asked for again, and there
  documents_done_.insert(NameOfDocument(upload_->order_id, upload_->file));
  upload_.reset();
}

}  // namespace eagle::sdk
