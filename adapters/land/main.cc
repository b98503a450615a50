// eagle-land: a land registry that assists courts through the gateway. README.md has the commands.
#include "adapters/land/kind.h"
#include "adapters/register/program.h"

int main(int argc, char** argv) { return eagle::registry::Main(eagle::land::kLand, argc, argv); }
