// What the thread sanitizer must be told about absl::Mutex: Debian's Abseil isn't built with it, so that without this
// file it sees neither who holds a lock nor what a lock orders, and takes every guarded access for a race.
//
// Linked into each program of the preset "tsan" only. Each method stands in front of Abseil's own, which it calls
// between two words to the sanitizer; in between, conditions are evaluated, and accesses are not watched.
//
// Technical source: sanitizer/tsan_interface.h.
#include "absl/synchronization/mutex.h"

#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

#include "absl/synchronization/notification.h"

namespace {

// Abseil's own function with this mangled name.
template <typename Function>
Function* Real(const char* name) {
  void* const found = dlsym(RTLD_NEXT, name);
  if (found == nullptr) __builtin_trap();
  return reinterpret_cast<Function*>(found);
}

constexpr unsigned kRead = __tsan_mutex_read_lock, kTry = __tsan_mutex_try_lock;

void Before(void* mutex, unsigned flags = 0) { __tsan_mutex_pre_lock(mutex, flags); }
void After(void* mutex, unsigned flags = 0) { __tsan_mutex_post_lock(mutex, flags, 0); }
void BeforeUnlock(void* mutex, unsigned flags = 0) { __tsan_mutex_pre_unlock(mutex, flags); }
void AfterUnlock(void* mutex, unsigned flags = 0) { __tsan_mutex_post_unlock(mutex, flags); }

}  // namespace

namespace absl {
ABSL_NAMESPACE_BEGIN

// The mangled names of Debian's Abseil 20220623.
#define REAL(symbol, result, ...) \
  static auto* const real = Real<result(Mutex* __VA_OPT__(, ) __VA_ARGS__)>("_ZN4absl7debian35Mutex" symbol)

void Mutex::Lock() {
  REAL("4LockEv", void);
  Before(this);
  real(this);
  After(this);
}
void Mutex::Unlock() {
  REAL("6UnlockEv", void);
  BeforeUnlock(this);
  real(this);
  AfterUnlock(this);
}
bool Mutex::TryLock() {
  REAL("7TryLockEv", bool);
  Before(this, kTry);
  const bool held = real(this);
  After(this, kTry | (held ? 0 : __tsan_mutex_try_lock_failed));
  return held;
}
void Mutex::ReaderLock() {
  REAL("10ReaderLockEv", void);
  Before(this, kRead);
  real(this);
  After(this, kRead);
}
void Mutex::ReaderUnlock() {
  REAL("12ReaderUnlockEv", void);
  BeforeUnlock(this, kRead);
  real(this);
  AfterUnlock(this, kRead);
}

// Gives the lock up while it waits, and has it again afterwards.
void Mutex::Await(const Condition& condition) {
  REAL("5AwaitERKNS0_9ConditionE", void, const Condition&);
  BeforeUnlock(this);
  AfterUnlock(this);
  Before(this);
  real(this, condition);
  After(this);
}
bool Mutex::AwaitWithTimeout(const Condition& condition, Duration timeout) {
  REAL("16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE", bool, const Condition&, Duration);
  BeforeUnlock(this);
  AfterUnlock(this);
  Before(this);
  const bool holds = real(this, condition, timeout);
  After(this);
  return holds;
}
void Mutex::LockWhen(const Condition& condition) {
  REAL("8LockWhenERKNS0_9ConditionE", void, const Condition&);
  Before(this);
  real(this, condition);
  After(this);
}

#undef REAL

void Notification::Notify() {
  static auto* const real = Real<void(Notification*)>("_ZN4absl7debian312Notification6NotifyEv");
  __tsan_release(this);
  real(this);
}
void Notification::WaitForNotification() const {
  static auto* const real = Real<void(const Notification*)>("_ZNK4absl7debian312Notification19WaitForNotificationEv");
  real(this);
  __tsan_acquire(const_cast<Notification*>(this));
}
bool Notification::WaitForNotificationWithTimeout(Duration timeout) const {
  static auto* const real = Real<bool(const Notification*, Duration)>(
      "_ZNK4absl7debian312Notification30WaitForNotificationWithTimeoutENS0_8DurationE");
  const bool notified = real(this, timeout);
  if (notified) __tsan_acquire(const_cast<Notification*>(this));
  return notified;
}

ABSL_NAMESPACE_END
}  // namespace absl
