// eagle-bank: a bank that assists courts through the gateway. README.md has the commands.
#include "adapters/bank/program.h"

int main(int argc, char** argv) { return eagle::bank::Main(eagle::bank::kBank, argc, argv); }
