// The papers that the gateway keeps: files by the SHA-256 of their content, below one folder, each sealed under the key
// of its case. Bounded for each court and agency, and by the room on the volume; what is not whole ends when nothing
// comes for long enough.
//
//   <folder>/<court ordinal>/<key id of the case>/<digest>.<owner>       whole      owner: 0 the court, else the agency
//   <folder>/<court ordinal>/<key id of the case>/<digest>.<owner>.up    an upload
//
// The journal has no entry about any of it: signed orders and receipts name the digests. A case's folder is named by
// the id of its key, which no other case ever has, whatever log is restored beside these files.
//
// Life:    Open while the data folder's lock is held; Sweep now and then. A restart finds uploads as they were.
// Threads: any, at the same time; calls wait for the disk.
//
//   EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<BlobStore> blobs, BlobStore::Open(folder, limits, clock, entropy));
//   EAGLE_ASSIGN_OR_RETURN(BlobStore::Progress now, blobs->Put(place, facts, key, 0, content));
//   EAGLE_ASSIGN_OR_RETURN(BlobStore::Part part, blobs->Get(place, key, 0));
//   EAGLE_RETURN_IF_ERROR(blobs->Forget(court, key_id));               // with the case's key
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/base/entropy.h"
#include "server/base/ids.h"
#include "server/blobs/blob_file.h"

namespace eagle::blobs {

struct BlobLimits {
  uint64_t court_bytes_max = uint64_t{64} << 30;  // of one court's papers, uploads with their whole size
  uint64_t agency_bytes_max = uint64_t{16} << 30;
  uint64_t uploads_max = 64;                         // of one court or agency at once
  absl::Duration upload_idle_max = absl::Hours(24);  // nothing came for so long: the upload is dropped
  uint64_t free_bytes_min = uint64_t{512} << 20;     // below it nothing is put: the journal needs the volume
};

// Which blob of which case.
struct BlobPlace {
  CourtOrdinal court;
  std::string key_id;   // 16 bytes, of the case
  std::string digest;   // 32 bytes
  AgencyOrdinal owner;  // who put it; zero: the court
};

class BlobStore {
 public:
  // Makes the folder when it is missing, and adds up what is there. `clock`: for waits only. All three outlive the
  // store. Errors: STORAGE_UNUSABLE.
  static absl::StatusOr<std::unique_ptr<BlobStore>> Open(std::string folder, BlobLimits limits, Clock& clock,
                                                         Entropy& entropy);

  struct Facts {
    uint64_t size = 0;
    MediaType type = MediaType::kPdf;
    friend bool operator==(const Facts&, const Facts&) = default;
  };
  struct Progress {
    bool complete = false;
    std::vector<uint32_t> missing;  // ascending
  };
  // Puts one part; empty `content`: puts nothing and makes nothing. Whoever names another size or type than an upload
  // of his that isn't whole begins it anew. `key`: the case's, 32 bytes. Pre: a size of 1 to kBlobBytesMax.
  // Errors: FIELD_INVALID: no such part, or not its bytes; BLOB_DIGEST_MISMATCH, BLOB_TYPE_REFUSED: the whole content
  // isn't what was said, and is gone; BLOB_QUOTA_EXCEEDED; BUSY: the volume is nearly full; ERASED: the case was
  // forgotten meanwhile; STORAGE_UNUSABLE, STORAGE_DAMAGED.
  absl::StatusOr<Progress> Put(const BlobPlace& place, const Facts& facts, std::string_view key, uint32_t part,
                               std::string_view content);

  // Of a whole blob; absent when there is none. Errors: STORAGE_UNUSABLE, STORAGE_DAMAGED.
  absl::StatusOr<std::optional<Facts>> Find(const BlobPlace& place) const;
  // Agencies that put this content into the case, ascending. Errors: STORAGE_UNUSABLE.
  absl::StatusOr<std::vector<AgencyOrdinal>> OwnersOf(const BlobPlace& place) const;

  struct Part {
    std::string content;
    Facts facts;
  };
  // Errors: NOT_FOUND: no whole blob, or no such part; STORAGE_UNUSABLE, STORAGE_DAMAGED.
  absl::StatusOr<Part> Get(const BlobPlace& place, std::string_view key, uint32_t part) const;

  // Deletes all of a case, uploads too, and takes nothing for it any more. OK also when there was nothing.
  // Errors: STORAGE_UNUSABLE: something may be there still, ask again.
  absl::Status Forget(CourtOrdinal court, const std::string& key_id);

  // Drops uploads for which nothing came for too long.
  void Sweep();

  struct Counters {
    uint64_t blobs = 0, bytes = 0, uploads = 0;                  // now
    uint64_t completed = 0, refused_content = 0, timed_out = 0;  // since the start
  };
  Counters counters() const;
  const std::string& folder() const { return folder_; }

 private:
  // Locks: an upload's before the store's.
  struct Upload {
    Upload(BlobHead of, absl::Duration now) : head(std::move(of)), last_seen(now) {}
    const BlobHead head;
    absl::Mutex mu;
    std::vector<bool> there ABSL_GUARDED_BY(mu);  // empty: not looked at since the start
    absl::Duration last_seen;                     // the store's mutex guards it
  };
  using Name = std::pair<std::string, std::string>;  // folder of the case, name of the whole file in it
  using Owner = std::pair<bool, uint32_t>;           // whether an agency, its ordinal or the court's
  struct Use {
    uint64_t bytes = 0, uploads = 0;
  };

  BlobStore(std::string folder, BlobLimits limits, Clock& clock, Entropy& entropy)
      : folder_(std::move(folder)), limits_(limits), clock_(clock), entropy_(entropy) {}
  Name NameOf(const BlobPlace& place) const;
  absl::Status AddUp();
  // The upload that goes on; a new one when there is none and `begin`; else null.
  absl::StatusOr<std::shared_ptr<Upload>> UploadOf(const BlobPlace& place, const BlobHead& head, bool begin);
  absl::Status CheckRoom(Owner owner, uint64_t bytes) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool IsCurrent(const Name& name, const std::shared_ptr<Upload>& upload) const;
  absl::Status WriteOnePart(const Name& name, Upload& upload, std::string_view key, uint32_t part,
                            std::string_view content) ABSL_EXCLUSIVE_LOCKS_REQUIRED(upload.mu);
  absl::Status Finish(const BlobPlace& place, const std::shared_ptr<Upload>& upload, std::string_view key)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(upload->mu);
  void Drop(const Name& name, const Upload& upload, Owner owner) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const std::string folder_;
  const BlobLimits limits_;
  Clock& clock_;
  Entropy& entropy_;
  mutable absl::Mutex mu_;
  std::map<Name, std::shared_ptr<Upload>> uploads_ ABSL_GUARDED_BY(mu_);
  std::map<Name, Owner> owners_ ABSL_GUARDED_BY(mu_);  // of the uploads
  std::map<Owner, Use> uses_ ABSL_GUARDED_BY(mu_);
  std::set<std::string> forgotten_ ABSL_GUARDED_BY(mu_);  // folders of cases, since the start
  Counters counters_ ABSL_GUARDED_BY(mu_);
};

}  // namespace eagle::blobs
