// eagle version.
#include "client/cli/commands.h"
#include "client/cli/session.h"

namespace eagle::client {
namespace {

absl::Status RunVersion(Session& session) {
  Document document;
  document.Add(Record("version")
                   .Add("version", Text(EAGLE_VERSION))
                   .Add("contract", Text("goldeneagle.v1"))
                   .Add("reasons", Count(AllReasons().size())));
  return session.Print(document);
}

}  // namespace

void AddVersion(Verb& root) {
  root.Add("version", "Show the version of this program and of the contract.", "eagle version").Do(RunVersion);
}

}  // namespace eagle::client
