// eagle-vehicle: a vehicle registry that assists courts through the gateway. README.md has the commands.
#include "adapters/register/program.h"
#include "adapters/vehicle/kind.h"

int main(int argc, char** argv) { return eagle::registry::Main(eagle::vehicle::kVehicle, argc, argv); }
