#include "adapters/file/exchange.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "adapters/file/feedback.h"
#include "adapters/file/statement.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/trust/freeze_named.h"

namespace eagle::file {
namespace {

constexpr size_t kOpenRowsBytesMax = kFileBytesMax - 4'096;  // room for the root of a file
constexpr size_t kGapsListed = 100;

std::string Sha256Hex(std::string_view bytes) { return HexEncode(journal::View(journal::Sha256(bytes))); }

std::string FirstCode(const Faults& faults) { return std::string(FaultName(faults.list().front().code)); }

}  // namespace

absl::Status Exchange::Round(uint64_t told) {
  const absl::MutexLock working(&work_mu_);
  const absl::Status status = MakeRound(told);
  const absl::MutexLock lock(&mu_);
  last_round_ = status;
  return status;
}

absl::Status Exchange::LastRound() const {
  const absl::MutexLock lock(&mu_);
  return last_round_;
}

absl::Status Exchange::MakeRound(uint64_t told) {
  EAGLE_ASSIGN_OR_RETURN(const Files theirs, drop_.Theirs());
  for (const Family family : kFamilies) {
    EAGLE_RETURN_IF_ERROR(TakeReceipts(family, theirs));
    EAGLE_RETURN_IF_ERROR(TakeBatches(family, theirs));
    EAGLE_RETURN_IF_ERROR(SealRequests(family));
    EAGLE_RETURN_IF_ERROR(PlaceBatches(family, theirs));
  }
  EAGLE_RETURN_IF_ERROR(Sweep(theirs));
  store_.Prune(clock_.WallNow() - rules_.keep, told);
  return absl::OkStatus();
}

// ---- What we send

absl::Status Exchange::SealRequests(Family family) {
  for (;;) {
    std::vector<RequestEntry> entries = store_.Unsent(family, rules_.batch_rows_max);
    if (entries.empty()) return absl::OkStatus();
    EAGLE_ASSIGN_OR_RETURN(const SentBatch batch, MakeBatch(family, entries));
    std::vector<std::string> requests;
    for (const RequestEntry& entry : entries) requests.push_back(entry.request);
    store_.Seal(batch, requests);
  }
}

// As many of `entries` as one file holds; the others are taken off the list.
absl::StatusOr<SentBatch> Exchange::MakeBatch(Family family, std::vector<RequestEntry>& entries) {
  const BatchName name{family, Part::kRequest, rules_.agency, store_.NextSent(family)};
  const absl::Time now = clock_.WallNow();
  Element root{.name = std::string(TypeOf(family, Part::kRequest))};
  root.Put("BB", kFormatVersion)
      .Put("PCMC", name.Text())
      .Put("SCSJ", absl::FormatTime(absl::RFC3339_sec, now, edge_.zone));
  size_t bytes = 0;
  for (size_t i = 0; i < entries.size(); ++i) {
    const RequestEntry& entry = entries[i];
    v1::Order order;
    const auto digest = journal::HashFrom(entry.order_digest);
    if (!digest || !order.ParseFromString(entry.order_bytes))
      return Fail(Reason::kStorageDamaged, "a request of the exchange can't be read").With("request", entry.request);
    RequestContext context{.order_digest = *digest, .arrival = {entry.arrived_at, entry.arrival_sequence}};
    if (const std::string* freeze = trust::FreezeNamed(order)) {
      if (const auto of = store_.FindRequest(RequestNumber(*freeze))) context.freeze_reference = of->unit_reference;
    }
    EAGLE_ASSIGN_OR_RETURN(Element row, RequestRow(order, context, edge_));
    EAGLE_ASSIGN_OR_RETURN(const std::string text, edge_.encoding.Encode(WriteXml(row, "")));
    if (i > 0 && bytes + text.size() > kOpenRowsBytesMax) {
      entries.resize(i);
      break;
    }
    bytes += text.size();
    root.rows.push_back(std::move(row));
  }
  SentBatch batch{
      .family = family, .number = name.number, .rows = static_cast<int64_t>(root.rows.size()), .sealed_at = now};
  EAGLE_ASSIGN_OR_RETURN(batch.file, edge_.encoding.Encode(WriteXml(root, edge_.encoding.name())));
  batch.manifest = WriteManifest({.batch = name.Text(),
                                  .encoding = edge_.encoding.name(),
                                  .rows = batch.rows,
                                  .file = name.DataFile(),
                                  .file_bytes = static_cast<int64_t>(batch.file.size()),
                                  .file_sha256 = Sha256Hex(batch.file),
                                  .totals = TotalsOf(root)},
                                 now, edge_.zone);
  return batch;
}

// The file first, the manifest last: until then nobody looks at the batch.
absl::Status Exchange::PlaceBatches(Family family, const Files& theirs) {
  for (const SentBatch& batch : store_.OpenSent(family)) {
    if (batch.state != SentState::kSealed) continue;
    const BatchName name{family, Part::kRequest, rules_.agency, batch.number};
    if (theirs.contains(name.With(Part::kReceipt).DataFile())) {
      // Sent again: the old receipt goes when the batch is gone, and only then does the next one speak of the new
      // placing.
      EAGLE_RETURN_IF_ERROR(drop_.Remove(name.ManifestFile()));
      EAGLE_RETURN_IF_ERROR(drop_.Remove(name.DataFile()));
      continue;
    }
    EAGLE_RETURN_IF_ERROR(drop_.Place(name.DataFile(), batch.file));
    EAGLE_RETURN_IF_ERROR(drop_.Place(name.ManifestFile(), batch.manifest));
    store_.SetSent(family, batch.number, SentState::kPlaced, "", clock_.WallNow());
    tell_("batch_placed", {{"batch", name.Text()}, {"requests", absl::StrCat(batch.rows)}});
  }
  return absl::OkStatus();
}

absl::Status Exchange::TakeReceipts(Family family, const Files& theirs) {
  for (const SentBatch& batch : store_.OpenSent(family)) {
    const BatchName name{family, Part::kRequest, rules_.agency, batch.number};
    const std::string file = name.With(Part::kReceipt).DataFile();
    if (batch.state != SentState::kPlaced || !theirs.contains(file)) continue;
    const auto bytes = drop_.ReadTheirs(file, kFileBytesMax);
    const auto text = bytes.ok() ? edge_.encoding.Decode(*bytes) : bytes;
    const auto receipt = text.ok() ? ReadReceipt(*text) : std::nullopt;
    if (!receipt || receipt->batch != name.Text() || receipt->manifest_sha256 != Sha256Hex(batch.manifest)) {
      // Of an earlier placing, or no receipt at all: the batch stays as it is.
      if (const auto seen = seen_.find(file); seen == seen_.end() || seen->second.file != theirs.at(file))
        tell_("receipt_unreadable", {{"file", file}});
      seen_[file] = {.file = theirs.at(file)};
      continue;
    }
    if (receipt->result == BatchReceipt::Result::kTaken) {
      // On record first: the agency takes its receipt away once the files are gone. Sweep removes them.
      store_.SetSent(family, batch.number, SentState::kTaken, "", clock_.WallNow());
      tell_("batch_received", {{"batch", name.Text()}});
      continue;
    }
    std::string why;
    for (const Fault& fault : receipt->faults.list()) absl::StrAppend(&why, why.empty() ? "" : "; ", fault.text);
    store_.SetSent(family, batch.number, SentState::kRefused, why, clock_.WallNow());
    // The agency's own words are for people who ask (status), not for the log.
    tell_("batch_refused_by_agency", {{"batch", name.Text()}});
  }
  return absl::OkStatus();
}

absl::Status Exchange::Resend(std::string_view batch) {
  const absl::MutexLock working(&work_mu_);
  const auto name = ParseBatchName(batch);
  if (name && name->part == Part::kRequest && name->agency == rules_.agency) {
    for (const SentBatch& open : store_.OpenSent(name->family)) {
      if (open.number != name->number || open.state == SentState::kSealed) continue;
      store_.SetSent(name->family, name->number, SentState::kSealed, "", clock_.WallNow());
      return absl::OkStatus();
    }
  }
  return Fail(Reason::kNotFound, "no batch of this name waits for the agency").With("batch", batch);
}

// ---- What we take

absl::Status Exchange::TakeBatches(Family family, const Files& theirs) {
  std::map<int64_t, BatchName> batches;
  for (const auto& [file, mark] : theirs) {
    constexpr std::string_view kEnding = ".manifest";
    if (file.size() <= kEnding.size() || file.substr(file.size() - kEnding.size()) != kEnding) continue;
    const auto name = ParseBatchName(std::string_view(file).substr(0, file.size() - kEnding.size()));
    if (name && name->family == family && name->part == Part::kFeedback && name->agency == rules_.agency &&
        name->ManifestFile() == file)
      batches.emplace(name->number, *name);
  }
  int64_t expected = store_.NextTaken(family);
  bool blocked = false;
  for (const auto& [number, name] : batches) {
    const auto data = theirs.find(name.DataFile());
    const Seen now{theirs.at(name.ManifestFile()), data == theirs.end() ? FileMark() : data->second, expected};
    const auto before = seen_.find(name.Text());
    const bool quiet =
        before != seen_.end() && before->second == now && drop_.IsPlaced(name.With(Part::kReceipt).DataFile());
    if (!quiet) {
      EAGLE_RETURN_IF_ERROR(TakeBatch(name, expected, blocked));
      seen_[name.Text()] = now;
    } else if (number >= expected) {
      blocked = true;
    }
    expected = store_.NextTaken(family);
  }
  std::vector<int64_t> behind;
  for (const auto& [number, name] : batches) {
    if (number >= expected) behind.push_back(number);
  }
  NoteGaps(family, behind, expected, blocked);
  return absl::OkStatus();
}

absl::Status Exchange::TakeBatch(const BatchName& name, int64_t expected, bool& blocked) {
  Faults faults;
  if (name.number < expected) {
    const TakenBatch taken = *store_.FindTaken(name.family, name.number);
    const auto manifest = drop_.ReadTheirs(name.ManifestFile(), kManifestBytesMax + 1);
    if (ReasonOf(manifest.status()) == Reason::kStorageUnusable) return manifest.status();
    // The same batch again: the same receipt again, byte for byte.
    if (!taken.given_up && manifest.ok() && Sha256Hex(*manifest) == taken.manifest_sha256)
      return PlaceReceipt(name, taken.receipt);
    const FaultCode code = taken.given_up ? FaultCode::kSequenceGivenUp : FaultCode::kSequenceReused;
    faults.Add(code, name.Text(),
               taken.given_up ? "the number was given up: send the answers under the next number"
                              : "another batch was taken under this number");
  }
  absl::StatusOr<IncomingBatch> batch = IncomingBatch();
  if (name.number > expected) {
    blocked = true;
    EAGLE_ASSIGN_OR_RETURN(const std::string manifest, drop_.ReadTheirs(name.ManifestFile(), kManifestBytesMax + 1));
    BatchReceipt receipt{
        .batch = name.Text(), .manifest_sha256 = Sha256Hex(manifest), .result = BatchReceipt::Result::kWaits};
    receipt.faults.Add(FaultCode::kSequenceGap, BatchName{name.family, name.part, name.agency, expected}.Text(),
                       "must come first; this batch waits for it");
    return PlaceReceipt(name, ReceiptBytes(name, receipt));
  }
  const bool is_next = name.number == expected;
  Faults opening;
  batch = OpenBatch(name, drop_, edge_.encoding, is_next ? faults : opening);
  if (ReasonOf(batch.status()) == Reason::kNotFound) return absl::OkStatus();  // it was taken back while we looked
  if (!batch.ok()) return batch.status();
  if (faults.empty() && name.family == Family::kPosition) {
    const StatedBatch stated = JudgeStated(*batch, faults);
    if (faults.empty()) return BelieveStated(name, *batch, stated);
  } else if (faults.empty()) {
    return Believe(name, *batch);
  }
  blocked = blocked || is_next;
  return Refuse(name, *batch, faults);
}

absl::Status Exchange::Believe(const BatchName& name, const IncomingBatch& batch) {
  BatchReceipt receipt{.batch = name.Text(), .manifest_sha256 = batch.manifest_sha256};
  std::vector<TakenAnswer> answers;
  std::map<std::string, Asked> in_this_batch;
  size_t refused = 0;
  for (const Element& row : batch.root.rows) {
    BatchReceipt::Answer& told = receipt.answers.emplace_back();
    auto answer =
        row.name == "SJXX" ? JudgeEvent(row, told, in_this_batch) : Judge(row, name.family, told, in_this_batch);
    if (answer) answers.push_back(*std::move(answer));
    refused += told.faults.empty() ? 0 : 1;
  }
  const absl::Time now = clock_.WallNow();
  const std::string bytes = ReceiptBytes(name, receipt);
  if (refused > 0) EAGLE_RETURN_IF_ERROR(KeepAside(name, batch, bytes));
  store_.Take({name.family, name.number, false, batch.manifest_sha256, bytes, batch.file_bytes, now, ""}, answers);
  tell_("batch_taken",
        {{"batch", name.Text()}, {"answers", absl::StrCat(answers.size())}, {"refused", absl::StrCat(refused)}});
  return PlaceReceipt(name, bytes);
}

StatedBatch Exchange::JudgeStated(const IncomingBatch& batch, Faults& faults) {
  StatedBatch stated = ReadStatement(batch.root, edge_, clock_.WallNow(), faults);
  if (!faults.empty() || !store_.GoesOn(stated)) return stated;
  for (size_t i = 0; i < stated.lines.size(); ++i) {
    if (store_.HasLine(stated.day, stated.lines[i].first))
      faults.Add(FaultCode::kFieldInvalid, batch.root.rows[i].Place("BDHM"), "a batch before named it already");
  }
  return stated;
}

absl::Status Exchange::BelieveStated(const BatchName& name, const IncomingBatch& batch, const StatedBatch& stated) {
  const std::string bytes = ReceiptBytes(name, {.batch = name.Text(), .manifest_sha256 = batch.manifest_sha256});
  store_.TakeStated(
      {name.family, name.number, false, batch.manifest_sha256, bytes, batch.file_bytes, clock_.WallNow(), ""}, stated);
  tell_("statement_taken", {{"batch", name.Text()},
                            {"day", stated.day},
                            {"measures", absl::StrCat(stated.lines.size())},
                            {"last", stated.last ? "yes" : "no"}});
  return PlaceReceipt(name, bytes);
}

// One answer: what it means, or everything that is wrong with it. Absent also for one that was taken before.
std::optional<TakenAnswer> Exchange::Judge(const Element& row, Family family, BatchReceipt::Answer& told,
                                           std::map<std::string, Asked>& in_this_batch) {
  told.request = std::string(row.At("BDHM"));
  const auto entry = store_.FindRequest(told.request);
  const auto operation = entry ? sdk::ParseOperation(entry->operation) : std::nullopt;
  if (!operation || entry->family != family || entry->batch == 0) {
    told.faults.Add(FaultCode::kNotAsked, row.Place("BDHM"), "no request of this number went out in this family");
    return std::nullopt;
  }
  const std::string digest(journal::View(journal::Sha256(WriteXml(row, ""))));
  Asked& here = in_this_batch[told.request];
  if (!here.state && entry->state != RequestState::kOpen && digest == entry->answer_digest) return std::nullopt;
  const bool corrects = row.At("SFGZ") == "1";
  v1::Order order;
  const bool parsed = !entry->order_bytes.empty() && order.ParseFromString(entry->order_bytes);
  if (here.state || (entry->state == RequestState::kDone && !(corrects && parsed))) {
    told.faults.Add(FaultCode::kAlreadyFedBack, row.Place("BDHM"),
                    "the request has its answer; a correction says SFGZ 1, within the days that orders are kept");
    return std::nullopt;
  }
  if (entry->state != RequestState::kDone && corrects)
    told.faults.Add(FaultCode::kFieldInvalid, row.Place("SFGZ"), "there is no answer yet that this one could correct");
  Feedback feedback = ReadFeedback(row, order, edge_, told.faults);
  if (corrects && feedback.answer.kind != sdk::AnswerKind::kFinal)
    told.faults.Add(FaultCode::kNotFinal, row.Place("SFGZ"), "a correction is a last word");
  if (!told.faults.empty()) return std::nullopt;
  TakenAnswer taken{.request = told.request, .answer_digest = digest, .unit_reference = feedback.unit_reference};
  taken.state = feedback.answer.kind == sdk::AnswerKind::kProgress ? RequestState::kProgress : RequestState::kDone;
  taken.change.kind = corrects ? sdk::RegisterChange::Kind::kCorrection : sdk::RegisterChange::Kind::kAnswer;
  taken.change.operation = *operation;
  taken.change.at = feedback.answer.effect_at.value_or(clock_.WallNow());
  taken.change.answer = std::move(feedback.answer);
  here.state = taken.state;
  here.unit_reference = taken.unit_reference;
  return taken;
}

// What happened to a freeze that stands. Its count of changes makes it told once, and in order.
std::optional<TakenAnswer> Exchange::JudgeEvent(const Element& row, BatchReceipt::Answer& told,
                                                std::map<std::string, Asked>& in_this_batch) {
  told.request = std::string(row.At("BDHM"));
  const auto entry = store_.FindRequest(told.request);
  const auto operation = entry ? sdk::ParseOperation(entry->operation) : std::nullopt;
  Asked& here = in_this_batch[told.request];
  const std::string reference = entry && !entry->unit_reference.empty() ? entry->unit_reference : here.unit_reference;
  if (!operation || reference.empty()) {
    told.faults.Add(FaultCode::kNotAsked, row.Place("BDHM"),
                    "no freeze of this number was answered as one that stands");
    return std::nullopt;
  }
  if (row.At("DJBH") != reference)
    told.faults.Add(FaultCode::kFieldInvalid, row.Place("DJBH"), "isn't the number that the answer to the freeze told");
  sdk::RegisterChange change = ReadEvent(row, edge_, told.faults);
  if (!told.faults.empty()) return std::nullopt;
  const auto revision = static_cast<uint32_t>(change.item.measure().revision());
  if (revision <= std::max(entry->revision, here.revision)) {
    told.faults.Add(FaultCode::kAlreadyFedBack, row.Place("BBH"),
                    "an event with this count of changes, or a later one, was taken");
    return std::nullopt;
  }
  here.revision = revision;
  TakenAnswer taken{.request = told.request,
                    .state = here.state.value_or(entry->state),
                    .revision = revision,
                    .change = std::move(change)};
  taken.change.operation = *operation;
  return taken;
}

absl::Status Exchange::Refuse(const BatchName& name, const IncomingBatch& batch, const Faults& faults) {
  const BatchReceipt receipt{.batch = name.Text(),
                             .manifest_sha256 = batch.manifest_sha256,
                             .result = BatchReceipt::Result::kRefused,
                             .faults = faults};
  const std::string bytes = ReceiptBytes(name, receipt);
  EAGLE_RETURN_IF_ERROR(KeepAside(name, batch, bytes));
  tell_("batch_refused",
        {{"batch", name.Text()}, {"reason", FirstCode(faults)}, {"faults", absl::StrCat(faults.count())}});
  return PlaceReceipt(name, bytes);
}

// As it lay there, with the receipt beside it. Under the digest of its manifest and file, so that the same one is kept
// once.
absl::Status Exchange::KeepAside(const BatchName& name, const IncomingBatch& batch, const std::string& receipt) {
  namespace fs = std::filesystem;
  constexpr size_t kDigits = 12;
  const std::string which = Sha256Hex(batch.manifest_bytes + batch.file_bytes).substr(0, kDigits);
  const std::string folder = absl::StrCat(rules_.aside, "/", name.Text(), "-", which);
  std::error_code error;
  if (!fs::exists(folder, error)) {
    const auto kept = std::distance(fs::directory_iterator(rules_.aside, error), fs::directory_iterator());
    if (!error && static_cast<size_t>(kept) >= kAsideMax) {
      tell_("aside_full", {{"batch", name.Text()}, {"folder", rules_.aside}});
      return absl::OkStatus();
    }
    if (!error) fs::create_directory(folder, error);
    if (error)
      return Fail(Reason::kStorageUnusable, "a refused batch can't be kept aside")
          .With("path", folder)
          .With("cause", error.message());
  }
  if (!batch.file_bytes.empty()) EAGLE_RETURN_IF_ERROR(WriteWhole(folder, name.DataFile(), batch.file_bytes, steps_));
  EAGLE_RETURN_IF_ERROR(WriteWhole(folder, name.ManifestFile(), batch.manifest_bytes, steps_));
  return WriteWhole(folder, "reason.xml", receipt, steps_);
}

std::string Exchange::ReceiptBytes(const BatchName& about, const BatchReceipt& receipt) {
  // Places and texts of ours are ASCII; request numbers and names of fields are echoed from the file, so they can go
  // back the way they came.
  const auto bytes =
      edge_.encoding.Encode(WriteReceipt(about, receipt, edge_.encoding.name(), clock_.WallNow(), edge_.zone));
  GATEWAY_ASSERT(bytes.ok(), "what came in the agency's encoding goes back in it");
  return *bytes;
}

absl::Status Exchange::PlaceReceipt(const BatchName& about, const std::string& bytes) {
  return drop_.Place(about.With(Part::kReceipt).DataFile(), bytes);
}

// What has done its work: a receipt whose batch is gone, and a batch of ours that the agency has.
absl::Status Exchange::Sweep(const Files& theirs) {
  EAGLE_ASSIGN_OR_RETURN(const Files ours, drop_.Ours());
  std::set<std::string> open;
  for (const Family family : kFamilies) {
    for (const SentBatch& batch : store_.OpenSent(family))
      open.insert(BatchName{family, Part::kRequest, rules_.agency, batch.number}.Text());
  }
  const auto name_of = [&](const std::string& file) {
    const auto name = ParseBatchName(std::string_view(file).substr(0, file.find('.')));
    return name && name->agency == rules_.agency && (file == name->DataFile() || file == name->ManifestFile())
               ? name
               : std::nullopt;
  };
  // Manifests sort before data files: without one there is no batch.
  for (const auto& [file, mark] : ours) {
    const auto name = name_of(file);
    if (!name) continue;
    const bool done = name->part == Part::kReceipt ? !theirs.contains(name->With(Part::kFeedback).ManifestFile())
                                                   : name->part == Part::kRequest && !open.contains(name->Text());
    if (done) EAGLE_RETURN_IF_ERROR(drop_.Remove(file));
  }
  std::erase_if(seen_, [&](const auto& each) {
    return !theirs.contains(each.first + ".manifest") && !theirs.contains(each.first);
  });
  return absl::OkStatus();
}

// ---- Gaps

void Exchange::NoteGaps(Family family, const std::vector<int64_t>& numbers, int64_t expected, bool refused) {
  std::vector<Gap> gaps;
  int64_t next = expected;
  for (size_t i = 0; i < numbers.size() && gaps.size() < kGapsListed; ++i) {
    const auto behind = static_cast<int64_t>(numbers.size() - i);
    if (numbers[i] > next) gaps.push_back({family, next, numbers[i] - 1, false, behind});
    // The next one is there and was not taken: it was refused.
    if (numbers[i] == expected && refused) gaps.push_back({family, expected, expected, true, behind - 1});
    next = numbers[i] + 1;
  }
  const absl::MutexLock lock(&mu_);
  gaps_[family] = std::move(gaps);
}

std::vector<Gap> Exchange::Gaps() const {
  const absl::MutexLock lock(&mu_);
  std::vector<Gap> out;
  for (const auto& [family, gaps] : gaps_) out.insert(out.end(), gaps.begin(), gaps.end());
  return out;
}

absl::Status Exchange::AcceptGap(Family family, int64_t last, std::string_view clerk) {
  if (clerk.empty()) return Fail(Reason::kFieldMissing, "somebody gives the numbers up").At("clerk", "is required");
  const absl::MutexLock working(&work_mu_);
  const absl::MutexLock lock(&mu_);
  const std::vector<Gap>& gaps = gaps_[family];
  if (gaps.empty() || gaps.front().last != last)
    return Fail(Reason::kFieldInvalid, "only the first gap of a family can be accepted, up to its last number")
        .At("up_to", "see gaps");
  for (int64_t number = store_.NextTaken(family); number <= last; ++number) {
    store_.Take({.family = family,
                 .number = number,
                 .given_up = true,
                 .taken_at = clock_.WallNow(),
                 .note = std::string(clerk)},
                {});
    tell_("number_given_up", {{"batch", BatchName{family, Part::kFeedback, rules_.agency, number}.Text()}});
  }
  gaps_[family].clear();
  return absl::OkStatus();
}

}  // namespace eagle::file
