#include "server/base/system_clock.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <bit>
#include <cstdlib>

#include "server/base/reason.h"

namespace eagle {
namespace {

static_assert(std::endian::native == std::endian::little, "the step clock's file is little-endian");

absl::Duration Read(clockid_t which) {
  timespec now{};
  clock_gettime(which, &now);
  return absl::DurationFromTimespec(now);
}

absl::Status Unusable(const std::string& path, std::string_view why) {
  return Fail(Reason::kConfigurationInvalid, "the step clock can't be used: " + std::string(why)).With("path", path);
}

// Maps the file for reading, or for reading and writing. The descriptor isn't needed after that.
absl::StatusOr<void*> Map(const std::string& path, bool write) {
  const int file = open(path.c_str(), (write ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC, 0644);
  if (file < 0) return Unusable(path, "the file can't be opened");
  struct stat facts {};
  bool fits = fstat(file, &facts) == 0 && S_ISREG(facts.st_mode);
  if (fits && facts.st_size < static_cast<off_t>(kStepClockBytes))
    fits = write && ftruncate(file, kStepClockBytes) == 0;
  void* mapped = fits ? mmap(nullptr, kStepClockBytes, write ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, file, 0)
                      : MAP_FAILED;
  close(file);
  if (mapped == MAP_FAILED) return Unusable(path, "it must be a plain file of two 64-bit numbers");
  return mapped;
}

}  // namespace

absl::Time SystemClock::WallNow() { return absl::UnixEpoch() + Read(CLOCK_REALTIME); }
absl::Duration SystemClock::MonotonicNow() { return Read(CLOCK_MONOTONIC); }

absl::StatusOr<std::unique_ptr<StepClock>> StepClock::Open(const std::string& path) {
  EAGLE_ASSIGN_OR_RETURN(void* mapped, Map(path, false));
  return std::unique_ptr<StepClock>(new StepClock(static_cast<const int64_t*>(mapped)));
}

absl::Status StepClock::Move(const std::string& path, absl::Time wall, absl::Duration monotonic) {
  EAGLE_ASSIGN_OR_RETURN(void* mapped, Map(path, true));
  auto* times = static_cast<int64_t*>(mapped);
  __atomic_store_n(&times[0], absl::ToUnixMicros(wall), __ATOMIC_RELEASE);
  __atomic_store_n(&times[1], absl::ToInt64Microseconds(monotonic), __ATOMIC_RELEASE);
  munmap(mapped, kStepClockBytes);
  return absl::OkStatus();
}

StepClock::~StepClock() { munmap(const_cast<int64_t*>(mapped_), kStepClockBytes); }

absl::Time StepClock::WallNow() { return absl::FromUnixMicros(__atomic_load_n(&mapped_[0], __ATOMIC_ACQUIRE)); }
absl::Duration StepClock::MonotonicNow() { return absl::Microseconds(__atomic_load_n(&mapped_[1], __ATOMIC_ACQUIRE)); }

absl::StatusOr<ChosenClock> MakeClock() {
  const char* path = std::getenv(kStepClockVariable);
  if (path == nullptr || *path == '\0') return ChosenClock{std::make_unique<SystemClock>(), false};
  EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<StepClock> clock, StepClock::Open(path));
  return ChosenClock{std::move(clock), true};
}

}  // namespace eagle
