#include "client/cli/threads.h"

namespace eagle::client {

absl::Status SayWord(Session& session, v1::MemberType type, const std::string& member, const std::string& draft_file,
                     const Signing& signing, const SendBatch& send) {
  if (draft_file.empty()) {
    EAGLE_ASSIGN_OR_RETURN(const v1::SignedBatch batch, SignNow(session, type, {member}, signing));
    return send(session, batch);
  }
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(const trust::HeadFields fields, desk->NewHead(type));
  EAGLE_ASSIGN_OR_RETURN(Draft draft, Draft::Begin(fields, {member}));
  EAGLE_RETURN_IF_ERROR(draft.Write(draft_file));
  if (!signing.nobody()) return SignDraft(session, draft_file, signing);
  EAGLE_ASSIGN_OR_RETURN(const Document document, DescribeDraft(session, draft));
  return session.Print(document);
}

void AddWordFlags(Verb& verb, ReadingFlags& reading, Signing& signing, std::string& out) {
  verb.Text("--out", &out, "write a draft for the officers to sign, instead of sending");
  AddReadingFlags(verb, reading);
  // Not SigningFlags: --key is the key of whoever reads.
  verb.Texts("--sign", &signing.officers,
             "officer who signs, with the key that the configuration names; repeat for each");
  verb.Texts("--sign-key", &signing.key_files, "key file that signs; repeat for each");
}

}  // namespace eagle::client
