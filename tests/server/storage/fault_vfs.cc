#include "tests/server/storage/fault_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "server/base/assert.h"

namespace eagle::storage {
namespace {

constexpr size_t kSectorBytes = 512;

// Ours in front, the real layer's file behind it in the memory that SQLite gives.
struct OpenFile {
  sqlite3_file base;
  const char* path;  // SQLite keeps it until the file is closed; null for a nameless temporary file
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
OpenFile* Ours(sqlite3_file* file) { return reinterpret_cast<OpenFile*>(file); }
sqlite3_file* Real(sqlite3_file* file) { return Ours(file)->real(); }
const sqlite3_io_methods* Methods(sqlite3_file* file) { return Real(file)->pMethods; }

sqlite3_vfs* RealVfs() {
  static sqlite3_vfs* const kReal = sqlite3_vfs_find("unix");
  return kReal;
}

using Verdict = FaultVfs::Verdict;

int Write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  FaultVfs& vfs = FaultVfs::Get();
  const Verdict verdict = vfs.Count();
  if (verdict == Verdict::kFailBefore) return SQLITE_IOERR_WRITE;
  if (verdict == Verdict::kFailPartly) size /= 2;
  const int code = size == 0 ? SQLITE_OK : Methods(file)->xWrite(Real(file), bytes, size, offset);
  if (FaultVfs::File* tracked = vfs.Track(Ours(file)->path)) {
    tracked->unsynced.push_back(
        {static_cast<uint64_t>(offset), std::string(static_cast<const char*>(bytes), size), {}});
  }
  if (verdict == Verdict::kFailPartly) return SQLITE_FULL;
  return verdict == Verdict::kGoOn ? code : SQLITE_IOERR_WRITE;
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  FaultVfs& vfs = FaultVfs::Get();
  const Verdict verdict = vfs.Count();
  if (verdict == Verdict::kFailBefore || verdict == Verdict::kFailPartly) return SQLITE_IOERR_TRUNCATE;
  const int code = Methods(file)->xTruncate(Real(file), size);
  if (FaultVfs::File* tracked = vfs.Track(Ours(file)->path))
    tracked->unsynced.push_back({0, "", static_cast<uint64_t>(size)});
  return verdict == Verdict::kGoOn ? code : SQLITE_IOERR_TRUNCATE;
}

int Sync(sqlite3_file* file, int) {
  FaultVfs& vfs = FaultVfs::Get();
  const Verdict verdict = vfs.Count();
  if (verdict == Verdict::kFailBefore || verdict == Verdict::kFailPartly) return SQLITE_IOERR_FSYNC;
  if (FaultVfs::File* tracked = vfs.Track(Ours(file)->path)) {
    for (const FaultVfs::Change& change : tracked->unsynced) FaultVfs::Apply(change, tracked->durable);
    tracked->unsynced.clear();
  }
  return verdict == Verdict::kGoOn ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

int Delete(sqlite3_vfs*, const char* path, int sync_folder) {
  FaultVfs& vfs = FaultVfs::Get();
  const Verdict verdict = vfs.Count();
  if (verdict == Verdict::kFailBefore || verdict == Verdict::kFailPartly) return SQLITE_IOERR_DELETE;
  const int code = RealVfs()->xDelete(RealVfs(), path, sync_folder);
  vfs.Forget(path);
  return verdict == Verdict::kGoOn ? code : SQLITE_IOERR_DELETE;
}

int Close(sqlite3_file* f) { return Methods(f)->xClose(Real(f)); }
int Read(sqlite3_file* f, void* out, int n, sqlite3_int64 at) { return Methods(f)->xRead(Real(f), out, n, at); }
int FileSize(sqlite3_file* f, sqlite3_int64* size) { return Methods(f)->xFileSize(Real(f), size); }
int Lock(sqlite3_file* f, int level) { return Methods(f)->xLock(Real(f), level); }
int Unlock(sqlite3_file* f, int level) { return Methods(f)->xUnlock(Real(f), level); }
int CheckLock(sqlite3_file* f, int* out) { return Methods(f)->xCheckReservedLock(Real(f), out); }
int Control(sqlite3_file* f, int op, void* arg) { return Methods(f)->xFileControl(Real(f), op, arg); }
int SectorSize(sqlite3_file* f) { return Methods(f)->xSectorSize(Real(f)); }
int Characteristics(sqlite3_file* f) { return Methods(f)->xDeviceCharacteristics(Real(f)); }
int ShmMap(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
  return Methods(f)->xShmMap(Real(f), page, size, extend, out);
}
int ShmLock(sqlite3_file* f, int offset, int n, int flags) { return Methods(f)->xShmLock(Real(f), offset, n, flags); }
void ShmBarrier(sqlite3_file* f) { Methods(f)->xShmBarrier(Real(f)); }
int ShmUnmap(sqlite3_file* f, int remove) { return Methods(f)->xShmUnmap(Real(f), remove); }

const sqlite3_io_methods kMethods = {
    2,          Close,           Read,   Write,   Truncate,   Sync,     FileSize, Lock,   Unlock, CheckLock, Control,
    SectorSize, Characteristics, ShmMap, ShmLock, ShmBarrier, ShmUnmap, nullptr,  nullptr};

int Open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  Ours(file)->path = path;
  FaultVfs::Get().Track(path);  // before the real layer makes it: a new file is durably empty
  const int code = RealVfs()->xOpen(RealVfs(), path, Real(file), flags, out_flags);
  if (code == SQLITE_OK) file->pMethods = &kMethods;
  return code;
}

}  // namespace

FaultVfs& FaultVfs::Get() {
  static FaultVfs* const kVfs = [] {
    static sqlite3_vfs layer = *RealVfs();
    layer.zName = kName;
    layer.pNext = nullptr;
    layer.szOsFile = static_cast<int>(sizeof(OpenFile)) + RealVfs()->szOsFile;
    layer.xOpen = Open;
    layer.xDelete = Delete;
    GATEWAY_ASSERT(sqlite3_vfs_register(&layer, 0) == SQLITE_OK, "SQLite takes a file layer");
    return new FaultVfs;
  }();
  return *kVfs;
}

void FaultVfs::StartProcess() {
  operations_ = 0;
  fail_at_ = 0;
  dead_ = false;
  files_.clear();
}

void FaultVfs::Arm(uint64_t k, Fault fault) {
  fail_at_ = k;
  fault_ = fault;
}

FaultVfs::Verdict FaultVfs::Count() {
  if (dead_) return Verdict::kFailBefore;
  if (++operations_ != fail_at_) return Verdict::kGoOn;
  dead_ = true;
  return fault_ == Fault::kBefore  ? Verdict::kFailBefore
         : fault_ == Fault::kAfter ? Verdict::kFailAfter
                                   : Verdict::kFailPartly;
}

FaultVfs::File* FaultVfs::Track(const char* path) {
  if (path == nullptr) return nullptr;
  const auto found = files_.find(path);
  if (found != files_.end()) return &found->second;
  std::ifstream in(path, std::ios::binary);
  return &files_.emplace(path, File{std::string(std::istreambuf_iterator<char>(in), {}), {}}).first->second;
}

void FaultVfs::Apply(const Change& change, std::string& content) {
  if (change.truncate_to) {
    content.resize(*change.truncate_to);
    return;
  }
  content.resize(std::max<size_t>(content.size(), change.offset + change.bytes.size()));
  content.replace(change.offset, change.bytes.size(), change.bytes);
}

void FaultVfs::LosePower(uint64_t seed) {
  std::mt19937_64 random(seed);
  for (auto& [path, file] : files_) {
    for (const Change& change : file.unsynced) {
      const uint64_t fate = random() % 4;
      if (fate == 0) continue;                // lost
      if (fate == 1 || change.truncate_to) {  // kept
        Apply(change, file.durable);
        continue;
      }
      for (size_t at = 0; at < change.bytes.size(); at += kSectorBytes) {  // sector by sector
        Change sector{change.offset + at, change.bytes.substr(at, kSectorBytes), {}};
        if (random() % 2 == 0) continue;
        if (fate == 3 && random() % 4 == 0)
          std::fill(sector.bytes.begin(), sector.bytes.end(), static_cast<char>(random()));
        Apply(sector, file.durable);
      }
    }
    if (!std::filesystem::exists(path)) continue;
    std::fstream(path, std::ios::binary | std::ios::in | std::ios::out) << file.durable;
    std::filesystem::resize_file(path, file.durable.size());
  }
}

}  // namespace eagle::storage
