#include "server/domain/directory_head.h"

#include "server/base/bytes.h"
#include "server/domain/draft.h"
#include "server/domain/instant.h"
#include "server/domain/state.h"

namespace eagle::domain {

std::string DirectoryHeadSeen::Encode() const { return ByteWriter().U64(index).U64(position).I64(Micros(at)).Take(); }

bool DirectoryHeadSeen::Decode(std::string_view row) {
  ByteReader in(row);
  index = in.U64();
  position = in.U64();
  at = FromMicros(in.I64());
  return in.Done();
}

std::string DirectoryAcknowledged::Encode() const { return ByteWriter().U64(position).I64(Micros(at)).Take(); }

bool DirectoryAcknowledged::Decode(std::string_view row) {
  ByteReader in(row);
  position = in.U64();
  at = FromMicros(in.I64());
  return in.Done();
}

std::optional<absl::Time> NextDirectoryHead(const State& state) {
  const std::vector<uint64_t>& statements = state.directory.statement_positions();
  if (state.policy == nullptr || !state.policy->table().has_directory() || statements.empty()) return std::nullopt;
  const DirectoryHeadSeen& head = state.directory_head;
  if (head.position != statements.back()) return absl::InfinitePast();
  return head.at + absl::Minutes(state.policy->table().directory().head_every_minutes());
}

void DecideDirectoryHead(Draft& draft, const DirectoryStream& stream) {
  const State& state = draft.state();
  const auto due = NextDirectoryHead(state);
  if (!due || *due > draft.now() || stream.statements != state.directory.statement_positions().size()) return;
  goldeneagle::v1::DirectoryHead body;
  body.set_position(state.directory.statement_positions().back());
  body.set_statements(stream.statements);
  body.set_digest(stream.digest);
  body.set_policy_version(state.policy->version());
  draft.Append({.type = goldeneagle::v1::ENTRY_TYPE_DIRECTORY_HEAD}, body);
}

void DecideCommand(Draft& draft, const AcknowledgeDirectory& command) {
  const auto known = draft.state().acknowledged.find(command.agency.value());
  if (known != draft.state().acknowledged.end() && known->second.position >= command.position) return;
  goldeneagle::v1::DirectoryReceived body;
  body.set_position(command.position);
  body.set_statements(command.statements);
  body.set_digest(command.digest);
  draft.result().index = draft.Append({.type = goldeneagle::v1::ENTRY_TYPE_DIRECTORY_RECEIVED,
                                       .actor_kind = goldeneagle::v1::ACTOR_KIND_AGENCY,
                                       .actor = command.agency.value(),
                                       .agency = command.agency},
                                      body);
}

}  // namespace eagle::domain
