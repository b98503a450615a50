// `eagle-audit`. Wiring only; included by nobody.
#include <unistd.h>

#include <iostream>

#include "client/audit/cli/commands.h"
#include "server/base/reason.h"
#include "server/base/system_clock.h"

int main(int argc, char** argv) {
  auto chosen = eagle::MakeClock();
  if (!chosen.ok()) {
    std::cerr << "error: " << eagle::FailureOf(chosen.status()).message << "\n";
    return eagle::audit::kExitUsage;
  }
  const bool terminal = isatty(STDOUT_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
  return eagle::audit::RunEagleAudit({argv + 1, argv + argc}, std::cout, std::cerr, *chosen->clock, terminal);
}
