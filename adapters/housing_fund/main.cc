// eagle-fund: a housing fund that assists courts through the gateway. README.md has the commands.
#include "adapters/bank/program.h"
#include "adapters/housing_fund/kind.h"

int main(int argc, char** argv) { return eagle::bank::Main(eagle::fund::kFund, argc, argv); }
