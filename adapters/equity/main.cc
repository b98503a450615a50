// eagle-equity: a business registry that assists courts through the gateway. README.md has the commands.
#include "adapters/equity/kind.h"
#include "adapters/register/program.h"

int main(int argc, char** argv) { return eagle::registry::Main(eagle::equity::kEquity, argc, argv); }
