// eagle-ip: an intellectual property office that assists courts through the gateway. README.md has the commands.
#include "adapters/ip/kind.h"
#include "adapters/register/program.h"

int main(int argc, char** argv) { return eagle::registry::Main(eagle::ip::kIp, argc, argv); }
