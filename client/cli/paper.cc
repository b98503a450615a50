// eagle paper: the papers of a case, put and got. Orders with --paper put theirs themselves.
#include "client/cli/commands.h"
#include "client/cli/order_flags.h"
#include "client/cli/orders.h"
#include "client/cli/reading.h"
#include "client/common/files.h"
#include "client/lib/order_builder.h"
#include "client/lib/papers.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

struct PutFlags {
  std::string file, case_number;
};

struct GetFlags {
  std::string digest, order, out;
  CaseNamed of;
  ReadingFlags reading;
};

absl::Status Put(Session& session, const PutFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const Paper paper, PaperFromFile("", flags.file, ""));
  EAGLE_ASSIGN_OR_RETURN(const std::string content, ReadFile(flags.file));
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_RETURN_IF_ERROR(PutPaper({flags.case_number, paper.digest, paper.media_type, flags.file}, content, *gateway,
                                 PaperProgressOf(session)));
  Document document;
  document.Add(Record("paper")
                   .Add("file", Text(flags.file))
                   .Add("case", Text(flags.case_number))
                   .Add("digest", Text(HexEncode(paper.digest)))
                   .Add("bytes", Count(paper.size_bytes))
                   .Add("media_type", Text(paper.media_type)));
  return session.Print(document);
}

absl::Status Get(Session& session, const GetFlags& flags) {
  const auto digest = HexDecode(flags.digest);
  if (!digest || digest->size() != 32)
    return Fail(Reason::kFieldInvalid, "a paper is named by its SHA-256, 64 hexadecimal digits");
  CaseNamed of = flags.of;
  if (!flags.order.empty()) {
    EAGLE_ASSIGN_OR_RETURN(const std::string order, OrderIdOf(flags.order));
    EAGLE_ASSIGN_OR_RETURN(of, CaseOfOrder(session, order));
  }
  if (of.number.empty()) return Fail(Reason::kFieldMissing, "of which case? --case NUMBER, or --order ORDER");
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  ReadingTicket ticket(session, flags.reading, of);
  EAGLE_ASSIGN_OR_RETURN(const std::string content,
                         GetPaper(
                             {of.court, of.number, *digest}, [&](v1::SignedMember& field) { return ticket.Put(field); },
                             *gateway, PaperProgressOf(session)));
  EAGLE_RETURN_IF_ERROR(WriteDurably(flags.out, content));
  Document document;
  document.Add(Record("paper")
                   .Add("file", Text(flags.out))
                   .Add("case", Text(of.number))
                   .Add("digest", Text(HexEncode(*digest)))
                   .Add("bytes", Count(content.size())));
  return session.Print(document);
}

}  // namespace

PaperProgress PaperProgressOf(Session& session) {
  return [&session](std::string_view name, uint64_t done, uint64_t of) {
    if (of > kPaperPartBytes) session.Counted(done, of, "bytes of " + std::string(name));
  };
}

void AddPaper(Verb& root) {
  Verb paper = root.Add("paper", "The papers of a case 文书: put by hand, and read back.");
  auto put_flags = std::make_shared<PutFlags>();
  Verb put = paper.Add("put", "Put a paper into a case, or what is missing of it. Orders do this for their own.",
                       "eagle paper put ruling.pdf --case \"（2026）辽9901执1024号\"");
  put.Text("FILE", &put_flags->file, "a .pdf or .ofd file", Need::kRequired);
  put.Text("--case", &put_flags->case_number, "case number", Need::kRequired);
  put.Do([put_flags](Session& session) { return Put(session, *put_flags); });

  auto get_flags = std::make_shared<GetFlags>();
  Verb get = paper.Add("get", "Read a paper of a case, or the sealed receipt 协助执行回执 of an agency, into a file.",
                       "eagle paper get 1f3a...9c --order 01920d5c-8f00-7000-8000-000000000001 --out receipt.pdf "
                       "--officer 001");
  get.Text("DIGEST", &get_flags->digest, "SHA-256 of the content, as order and receipt name it", Need::kRequired);
  get.Text("--out", &get_flags->out, "the file to be written", Need::kRequired);
  get.Text("--order", &get_flags->order, "an order of the case");
  get.Text("--case", &get_flags->of.number, "case number");
  get.Text("--court", &get_flags->of.court, "code of the case's court; our own without it");
  AddReadingFlags(get, get_flags->reading);
  get.Do([get_flags](Session& session) { return Get(session, *get_flags); });
}

}  // namespace eagle::client
