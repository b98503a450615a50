// The program of one kind of office that keeps money: run, import, counter. README.md has the commands; exit codes are
// those of the SDK's shell.
//
//   int main(int argc, char** argv) { return eagle::bank::Main(eagle::bank::kBank, argc, argv); }
#pragma once

#include "adapters/bank/kind.h"

namespace eagle::bank {

// Pre: `kind` outlives the call. Gives the exit code.
int Main(const Kind& kind, int argc, char** argv);

}  // namespace eagle::bank
