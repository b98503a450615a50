// Who may include what: the table of rooms, and the rule that reads it.
//
// To let a room use another one, or a library, amend the table in rooms.cc and say why in the commit.
// server/docs/rooms.md is written from the table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/house/tree.h"

namespace eagle::house {

// Libraries and parts of the system that only some rooms may touch. The rest of the standard library and Abseil is
// free.
enum Library : unsigned {
  kMessages = 1u << 0,      // generated messages (goldeneagle/v1/*.pb.h) and protobuf itself
  kGrpc = 1u << 1,          // grpcpp and generated services (*.grpc.pb.h)
  kErrorDetails = 1u << 2,  // google/rpc: the standard error types
  kSqlite = 1u << 3,
  kOpenssl = 1u << 4,
  kThreads = 1u << 5,   // threads, mutexes, atomics
  kClock = 1u << 6,     // the machine's own clock
  kFiles = 1u << 7,     // files, sockets, processes
  kTerminal = 1u << 8,  // command line, configuration files
  kTestKit = 1u << 9,
};
inline constexpr unsigned kAnyLibrary = ~0u;

struct Room {
  // A folder with its '/', one file, or the first letters of some files.
  std::string_view prefix;
  // Half a sentence for the documents.
  std::string_view purpose;
  // Prefixes of the rooms that it may include besides itself; "*" stands for every one that is `open`.
  std::vector<std::string_view> rooms;
  // Of Library, ored.
  unsigned libraries;
  // False: included by nobody.
  bool open = true;
};

// The table of the project.
const std::vector<Room>& Rooms();

// The room of `path`: the one with the longest matching prefix; nullptr when there is none.
const Room* RoomOf(std::string_view path, const std::vector<Room>& rooms);

// Includes that the table doesn't allow, includes that aren't written from the top of the tree, and C++ files in no
// room.
Findings ForbiddenIncludes(const Tree& tree, const std::vector<Room>& rooms);

// The text of server/docs/rooms.md.
std::string RoomsPage(const std::vector<Room>& rooms);

}  // namespace eagle::house
