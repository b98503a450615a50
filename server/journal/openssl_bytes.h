// Our bytes as OpenSSL takes them; used by the .cc files of this room that call it.
//
// Threads: pure functions; the pointer lives as long as the bytes do.
#pragma once

#include <string>
#include <string_view>

namespace eagle::journal {

inline const unsigned char* Raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
inline unsigned char* Raw(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

}  // namespace eagle::journal
