// Rules about the shape of the tree: tests that nobody builds, rooms without a page, long files, stray white space,
// dead links, promised tests that aren't there.
#pragma once

#include <cstddef>
#include <string>

#include "tests/house/tree.h"

namespace eagle::house {

inline constexpr size_t kLinesMax = 600;

// *.cc files that no CMakeLists.txt reachable from the top names: tests that never run, code that is never compiled. A
// file must be named as a path relative to its CMakeLists.txt, with or without ${CMAKE_CURRENT_SOURCE_DIR}.
Findings OrphanSources(const Tree& tree);

// Folders right below server/, adapters/ and client/ (and server/storage/sqlite) that hold C++ and no README.md.
Findings RoomsWithoutReadme(const Tree& tree);

// Source files (C++, protos, Python, shell) of more than kLinesMax lines.
Findings LongFiles(const Tree& tree);

// In text files: white space at the end of a line, carriage returns, no line break at the end of the file. In C++ and
// protos: tabs.
Findings StrayWhiteSpace(const Tree& tree);

// Relative links in *.md that lead nowhere.
Findings DeadLinks(const Tree& tree);

// Tests named in `page` as `Suite.Name` that no TEST, TEST_F or TEST_P below tests/ has. A page without any is a
// finding.
Findings MissingTests(const Tree& tree, const std::string& page);

}  // namespace eagle::house
