#include "tests/house/rooms.h"

#include <algorithm>
#include <iterator>

namespace eagle::house {
namespace {

constexpr std::string_view kBase = "server/base/", kDomain = "server/domain/", kJournal = "server/journal/",
                           kTrust = "server/trust/", kKeyStore = "server/trust/sqlite_", kStorage = "server/storage/",
                           kSqliteStore = "server/storage/sqlite/", kCore = "server/core/",
                           kDispatch = "server/dispatch/", kApi = "server/api/", kOps = "server/ops/",
                           kSystemClock = "server/base/system_clock", kBlobs = "server/blobs/", kSdk = "adapters/sdk/",
                           kShell = "adapters/sdk/shell/", kCommon = "client/common/", kClientLib = "client/lib/",
                           kChannel = "client/lib/channel", kRegister = "adapters/register/", kBank = "adapters/bank/",
                           kAudit = "client/audit/", kScorecard = "server/scorecard/", kToml = "server/toml/",
                           kHttps = "server/https/", kDuty = "client/duty/";

// A kind of agency: the SDK and its own rules. No kind includes another one.
Room Kind(std::string_view prefix, std::string_view purpose, std::vector<std::string_view> more = {}) {
  Room room{prefix,
            purpose,
            {kBase, kSystemClock, kJournal, kTrust, kSdk, kShell},
            kMessages | kSqlite | kThreads | kFiles | kTerminal};
  room.rooms.insert(room.rooms.end(), more.begin(), more.end());
  return room;
}

// A kind of registry: a table for the engine, and its data. It reads no message, no file and no clock of its own.
Room RegisterKind(std::string_view prefix, std::string_view purpose) {
  return {prefix, purpose, {kBase, kRegister}, 0};
}

// A kind of office that keeps money on accounts: rules, tables of its own and data for the bank's core.
Room MoneyKind(std::string_view prefix, std::string_view purpose) {
  return {prefix, purpose, {kBase, kSdk, kShell, kBank}, kMessages};
}

// Wiring that main.cc, tests and tools share: may use every room, and only its like uses it.
Room AboveRooms(std::string_view prefix, std::string_view purpose, std::vector<std::string_view> more = {}) {
  Room room{prefix,
            purpose,
            {kBase, kSystemClock, kDomain, kJournal, kTrust, kKeyStore, kStorage, kSqliteStore, kBlobs, kCore,
             kDispatch, kApi, kOps, "server/data_keys"},
            kAnyLibrary & ~kTestKit};
  room.rooms.insert(room.rooms.end(), more.begin(), more.end());
  return room;
}

struct Named {
  Library library;
  std::string_view name;
};
constexpr Named kNames[] = {
    {kMessages, "messages"}, {kGrpc, "gRPC"},        {kErrorDetails, "google.rpc"}, {kSqlite, "SQLite"},
    {kOpenssl, "OpenSSL"},   {kThreads, "threads"},  {kClock, "the clock"},         {kFiles, "files"},
    {kTerminal, "terminal"}, {kTestKit, "test kit"},
};

std::string NamesOf(unsigned libraries) {
  if (libraries == kAnyLibrary) return "every one";
  std::string out;
  for (const Named& named : kNames) {
    if ((libraries & named.library) != 0) out += (out.empty() ? "" : ", ") + std::string(named.name);
  }
  return out.empty() ? "none" : out;
}

// The library that an include path belongs to; 0 for what everybody may use.
unsigned LibraryOf(std::string_view path) {
  if (EndsWith(path, ".grpc.pb.h")) return kGrpc;
  if (StartsWith(path, "google/rpc/")) return kErrorDetails;
  static constexpr Named kFilesByName[] = {{kSqlite, "sqlite3.h"},
                                           {kThreads, "thread"},
                                           {kThreads, "mutex"},
                                           {kThreads, "shared_mutex"},
                                           {kThreads, "condition_variable"},
                                           {kThreads, "future"},
                                           {kThreads, "semaphore"},
                                           {kThreads, "latch"},
                                           {kThreads, "barrier"},
                                           {kThreads, "stop_token"},
                                           {kThreads, "atomic"},
                                           {kThreads, "pthread.h"},
                                           {kClock, "chrono"},
                                           {kClock, "ctime"},
                                           {kClock, "time.h"},
                                           {kClock, "sys/time.h"},
                                           {kClock, "absl/time/clock.h"},
                                           {kFiles, "filesystem"},
                                           {kFiles, "fstream"},
                                           {kFiles, "unistd.h"},
                                           {kFiles, "fcntl.h"},
                                           {kFiles, "poll.h"},
                                           {kFiles, "signal.h"},
                                           {kFiles, "csignal"},
                                           {kFiles, "dirent.h"},
                                           {kFiles, "spawn.h"},
                                           {kFiles, "netdb.h"}};
  for (const auto& [library, name] : kFilesByName) {
    if (path == name) return library;
  }
  static constexpr Named kFolders[] = {{kMessages, "goldeneagle/v1/"},
                                       {kMessages, "google/protobuf/"},
                                       {kGrpc, "grpc/"},
                                       {kGrpc, "grpc++/"},
                                       {kGrpc, "grpcpp/"},
                                       {kOpenssl, "openssl/"},
                                       {kFiles, "sys/"},
                                       {kFiles, "netinet/"},
                                       {kFiles, "arpa/"},
                                       {kFiles, "linux/"},
                                       {kFiles, "curl/"},
                                       {kTerminal, "CLI/"},
                                       {kTerminal, "toml++/"},
                                       {kTestKit, "gtest/"},
                                       {kTestKit, "gmock/"},
                                       {kTestKit, "benchmark/"},
                                       {kThreads, "absl/synchronization/"}};
  for (const auto& [library, folder] : kFolders) {
    if (StartsWith(path, folder)) return library;
  }
  return 0;
}

bool IsOurs(std::string_view path) {
  static constexpr std::string_view kTops[] = {"server/", "adapters/", "client/", "tests/", "deploy/"};
  return std::any_of(std::begin(kTops), std::end(kTops), [&](std::string_view top) { return StartsWith(path, top); });
}

// A quoted path that is neither ours nor a library's is one that isn't written from the top of the tree.
bool IsKnownLibrary(std::string_view path) { return LibraryOf(path) != 0 || StartsWith(path, "absl/"); }

bool MayInclude(const Room& from, const Room& to) {
  if (&from == &to) return true;
  const auto listed = [&](std::string_view name) {
    return std::find(from.rooms.begin(), from.rooms.end(), name) != from.rooms.end();
  };
  return listed(to.prefix) || (to.open && listed("*"));
}

std::string Check(const Include& include, const Room& room, const std::vector<Room>& rooms) {
  if (IsOurs(include.path)) {
    const Room* to = RoomOf(include.path, rooms);
    if (to == nullptr) return "includes " + include.path + ", which is in no room";
    if (!MayInclude(room, *to)) {
      return "includes " + include.path + ": " + std::string(room.prefix) + " may not use " + std::string(to->prefix) +
             " (arrows go down; table in tests/house/rooms.cc)";
    }
    return "";
  }
  if (include.quoted && !IsKnownLibrary(include.path)) {
    return "includes " + include.path + ": write it from the top of the tree, as in \"server/base/money.h\"";
  }
  const unsigned library = LibraryOf(include.path);
  if ((library & ~room.libraries) != 0) {
    return "includes " + include.path + ": " + std::string(room.prefix) + " may not use " + NamesOf(library) +
           " (table in tests/house/rooms.cc)";
  }
  return "";
}

}  // namespace

const std::vector<Room>& Rooms() {
  static const auto* const kRooms = new std::vector<Room>{
      {kBase, "what every room may use: ids, money, bytes, reasons, the ports of time and randomness", {}, 0},
      {kSystemClock,
       "the one place that reads the machine's clock, and the demo's step clock",
       {kBase},
       kClock | kFiles},
      {kToml, "TOML files that people write, every mistake at its line", {kBase}, kTerminal},
      {kHttps, "one request over HTTPS, with libcurl", {kBase}, kFiles},
      {kDomain, "order, task, measure, case ledger, deadline, routing, policy; pure", {kBase}, kMessages},
      {kJournal, "leaf and payload bytes, Merkle tree, tiles, checkpoints, proofs; pure", {kBase}, kOpenssl},
      {kScorecard,
       "how agencies and courts did: a fold over leaves, ranking, sheets, the page; pure",
       {kBase, kDomain, kJournal},
       kMessages},
      {kTrust,
       "signed batches, keys, sealing, identities, who may do what",
       {kBase, kJournal},
       kMessages | kOpenssl | kThreads | kFiles},
      {kKeyStore,
       "keys.db, the store of wrapped keys: a target of its own",
       {kBase, kTrust},
       kSqlite | kThreads | kFiles},
      {kStorage,
       "the Store port, digests per table, what was last signed, the folder's lock",
       {kBase},
       kOpenssl | kThreads | kFiles},
      {kSqliteStore, "the embedded store", {kBase, kStorage}, kSqlite | kThreads | kFiles},
      {kBlobs, "papers as files: sealed by case, whole or not at all, bounded", {kBase, kJournal}, kThreads | kFiles},
      {kCore,
       "the sequencer: decide, apply, append, commit, publish",
       {kBase, kDomain, kJournal, kStorage},
       kMessages | kThreads},
      {kDispatch,
       "parked polls, queues, leases and fences, presence",
       {kBase, kDomain, kJournal, kStorage, kCore},
       kMessages | kThreads},
      {kApi,
       "gRPC services: authenticate, convert, call core, map errors",
       {kBase, kDomain, kJournal, kTrust, kStorage, kBlobs, kCore, kDispatch},
       kMessages | kGrpc | kErrorDetails | kOpenssl | kThreads | kFiles},
      {kOps,
       "metrics, logs, health, administration, drain",
       {kBase, kDomain, kJournal, kTrust, kStorage, kBlobs, kCore, kDispatch, kApi},
       kMessages | kGrpc | kThreads | kClock | kFiles | kTerminal},
      AboveRooms("server/data_keys", "above the rooms: opens a data folder's keys"),
      AboveRooms("server/found", "above the rooms: founds a log"),
      AboveRooms("server/backup", "above the rooms: copies a running gateway's data, checks copies"),
      AboveRooms("server/recover", "above the rooms: has a log go on from older data"),
      AboveRooms("server/journal_folder", "above the rooms: audits a stopped folder, tells who looked at whom"),
      AboveRooms("server/process", "above the rooms: the process, which tests can start too", {"server/backup"}),
      {"server/main.cc", "flags, configuration, wiring", {"*"}, kAnyLibrary & ~kTestKit, false},
      {kSdk,
       "what an agency links: polling, inbox, verification, receipts, registers",
       {kBase, kJournal, kTrust},
       kMessages | kSqlite | kThreads | kFiles},
      {kShell,
       "the SDK's process: channel to the gateway, flags, threads",
       {kBase, kSystemClock, kJournal, kTrust, kSdk},
       kMessages | kGrpc | kErrorDetails | kOpenssl | kThreads | kClock | kFiles | kTerminal},
      Kind("adapters/bank/", "rules and data of banks, the core of offices that keep money"),
      Kind("adapters/rest/", "agencies whose core has an HTTP and JSON interface: templates, answers", {kToml, kHttps}),
      Kind("adapters/file/", "the exchange of batches of files with an agency's own system"),
      Kind("adapters/register/", "the engine of things in a register, which a table drives"),
      RegisterKind("adapters/land/", "the table and data of land registries"),
      RegisterKind("adapters/vehicle/", "the table and data of vehicle registries"),
      RegisterKind("adapters/equity/", "the table and data of business registries"),
      RegisterKind("adapters/ip/", "the table and data of intellectual property offices"),
      MoneyKind("adapters/housing_fund/", "rules and data of housing funds, over the core of banks"),
      {"adapters/conformance/",
       "examines any adapter behind an endpoint",
       {kBase, kSystemClock, kJournal, kTrust, kSdk, kShell},
       kMessages | kGrpc | kErrorDetails | kThreads | kFiles | kTerminal},
      {"adapters/samples/",
       "adapters to copy from",
       {kBase, kSystemClock, kJournal, kTrust, kSdk, kShell},
       kMessages | kThreads | kFiles | kTerminal},
      {kCommon, "what the command lines share: files, times in words, answers as tables and JSON", {kBase}, kFiles},
      {kAudit,
       "the audit, which shares nothing with the gateway but the journal's formats",
       {kBase, kJournal, kCommon},
       kMessages | kThreads | kFiles},
      {kClientLib,
       "the court library: sign, submit, follow, verify",
       {kBase, kJournal, kTrust, kCommon, kChannel, kAudit},
       kMessages | kErrorDetails | kThreads | kFiles},
      {kChannel,
       "the one place where the court library meets gRPC",
       {kBase, kJournal, kTrust, kCommon, kClientLib},
       kMessages | kGrpc | kErrorDetails | kThreads | kFiles},
      {kDuty,
       "escalation up to people: roster, rungs, who was told, the channels",
       {kBase, kToml, kHttps, kCommon},
       kThreads | kFiles},
      {"client/cli/",
       "the command line `eagle`",
       {kBase, kSystemClock, kJournal, kScorecard, kTrust, kCommon, kClientLib, kChannel, kAudit, kDuty},
       kMessages | kFiles | kTerminal},
      {"client/cli/main.cc",
       "wiring of `eagle`: the command line beside the gateway's own rooms",
       {"*"},
       kMessages | kFiles},
      {"client/audit/cli/",
       "the command line `eagle-audit`",
       {kBase, kSystemClock, kJournal, kCommon, kAudit},
       kMessages | kGrpc | kThreads | kFiles | kTerminal},
      {"deploy/",
       "the demonstration's own programs",
       {kBase, kJournal, kTrust, kKeyStore, kSdk, kShell, kCommon, kClientLib, kChannel},
       kMessages | kSqlite | kFiles | kTerminal},
      {"tests/", "tests, the simulation, benchmarks", {"*"}, kAnyLibrary, false},
  };
  return *kRooms;
}

const Room* RoomOf(std::string_view path, const std::vector<Room>& rooms) {
  const Room* found = nullptr;
  for (const Room& room : rooms) {
    if (StartsWith(path, room.prefix) && (found == nullptr || room.prefix.size() > found->prefix.size())) found = &room;
  }
  return found;
}

Findings ForbiddenIncludes(const Tree& tree, const std::vector<Room>& rooms) {
  Findings findings;
  for (const auto& [path, content] : tree) {
    if (!IsCpp(path)) continue;
    const Room* room = RoomOf(path, rooms);
    if (room == nullptr) {
      findings.push_back(path + ": in no room; give its folder a row in tests/house/rooms.cc");
      continue;
    }
    for (const Include& include : IncludesOf(content)) {
      const std::string wrong = Check(include, *room, rooms);
      if (!wrong.empty()) findings.push_back(At(path, include.line_index) + ": " + wrong);
    }
  }
  return findings;
}

std::string RoomsPage(const std::vector<Room>& rooms) {
  std::string page =
      "# Rooms\n\n"
      "Written from the table in `tests/house/rooms.cc` by `GATEWAY_WRITE=1 build/dev/bin/house_test`; the house test "
      "fails when the\n"
      "two differ, and when a file includes what its room may not. Arrows go one way, down to `base`. What isn't "
      "listed under\n"
      "\"libraries\" (the rest of the standard library, Abseil) is free.\n\n"
      "| Room | What it is for | May include | Libraries |\n|---|---|---|---|\n";
  for (const Room& room : rooms) {
    std::string uses;
    for (std::string_view name : room.rooms) {
      uses += uses.empty() ? "" : ", ";
      uses += name == "*" ? std::string("every room but `server/main.cc`") : "`" + std::string(name) + "`";
    }
    page += "| `" + std::string(room.prefix) + "` | " + std::string(room.purpose) + " | " +
            (uses.empty() ? "nothing of ours" : uses) + " | " + NamesOf(room.libraries) + " |\n";
  }
  return page;
}

}  // namespace eagle::house
