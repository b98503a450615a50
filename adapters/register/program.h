// The program of one kind of registry: run, import, counter. README.md has the commands.
//
//   int main(int argc, char** argv) { return eagle::registry::Main(eagle::land::kLand, argc, argv); }
#pragma once

#include "adapters/register/kind.h"

namespace eagle::registry {

// Pre: `kind` outlives the call. Gives the exit code.
int Main(const Kind& kind, int argc, char** argv);

}  // namespace eagle::registry
