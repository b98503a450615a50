#include "tests/bench/pipeline/install.h"

#include <google/protobuf/text_format.h>

#include "absl/strings/str_cat.h"
#include "goldeneagle/v1/admin_service.grpc.pb.h"
#include "goldeneagle/v1/case_service.grpc.pb.h"
#include "goldeneagle/v1/directory_service.grpc.pb.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/trust/make_batch.h"
#include "tests/bench/pipeline/acts.h"
#include "tests/bench/pipeline/channels.h"
#include "tests/bench/pipeline/process.h"

namespace eagle::bench {
namespace {

using trust::MakeBatch;

absl::Status Refused(const std::string& what, const v1::Refusal& refusal) {
  std::string why = absl::StrCat(what, " was refused: ", refusal.reason(), " ", refusal.message());
  for (const auto& one : refusal.problems()) absl::StrAppend(&why, " ", one.field(), ": ", one.description(), ";");
  return Fail(Reason::kInternal, why);
}

// The members cut into batches of at most 256.
template <class Message>
std::vector<std::vector<std::string>> Batches(const std::vector<Message>& messages) {
  std::vector<std::vector<std::string>> out;
  for (size_t i = 0; i < messages.size(); ++i) {
    if (i % trust::kMembersMax == 0) out.emplace_back();
    out.back().push_back(messages[i].SerializeAsString());
  }
  return out;
}

struct Installer {
  const World& world;
  Clock& clock;
  Entropy& entropy;
  uint64_t sequence = 0;

  trust::HeadFields Head(v1::MemberType type, std::string_view signer) {
    return {.member_type = type,
            .environment = v1::ENVIRONMENT_TEST,
            .signer = std::string(signer),
            .sequence = ++sequence,
            .signed_at = clock.WallNow()};
  }

  // One administrator's acts; gives the journal index of each.
  absl::StatusOr<std::vector<uint64_t>> Administer(v1::AdminService::Stub& admin, const Person& who,
                                                   const std::vector<v1::Administration>& acts) {
    std::vector<uint64_t> indexes;
    for (std::vector<std::string>& members : Batches(acts)) {
      v1::SubmitAdministrationRequest request;
      *request.mutable_batch() = MakeBatch(Head(v1::MEMBER_TYPE_ADMINISTRATION, trust::kAdministratorSigner),
                                           std::move(members), {who.signer.get()});
      EAGLE_ASSIGN_OR_RETURN(const auto answer, Call(admin, &v1::AdminService::Stub::SubmitAdministration, request,
                                                     "SubmitAdministration"));
      for (const v1::AdministrationResult& result : answer.results()) {
        if (result.has_refusal()) return Refused("an act of administration", result.refusal());
        indexes.push_back(result.journal_index());
      }
    }
    return indexes;
  }

  absl::Status Register(v1::AdminService::Stub& admin, const v1::PolicyTable& policy) {
    std::vector<v1::Administration> proposals, approvals;
    for (v1::Proposal& proposal : Proposals(world, policy)) {
      proposals.emplace_back().set_request_id(NewUuidV7(clock.WallNow(), entropy));
      *proposals.back().mutable_proposal() = std::move(proposal);
    }
    EAGLE_ASSIGN_OR_RETURN(const std::vector<uint64_t> indexes, Administer(admin, world.administrators[0], proposals));
    for (size_t i = 0; i < proposals.size(); ++i) {
      approvals.emplace_back().set_request_id(NewUuidV7(clock.WallNow(), entropy));
      v1::Approval& approval = *approvals.back().mutable_approval();
      approval.set_proposal_index(indexes[i]);
      approval.set_proposal_digest(std::string(journal::View(journal::LeafHash(proposals[i].SerializeAsString()))));
    }
    return Administer(admin, world.administrators[1], approvals).status();
  }

  absl::Status State(v1::DirectoryService::Stub& directory, const std::vector<v1::Statement>& statements,
                     std::string_view signer, std::vector<trust::Signer*> signers) {
    for (std::vector<std::string>& members : Batches(statements)) {
      v1::SubmitStatementsRequest request;
      *request.mutable_batch() = MakeBatch(Head(v1::MEMBER_TYPE_STATEMENT, signer), std::move(members), signers);
      EAGLE_ASSIGN_OR_RETURN(const auto answer, Call(directory, &v1::DirectoryService::Stub::SubmitStatements, request,
                                                     "SubmitStatements"));
      for (const v1::StatementResult& result : answer.results()) {
        if (result.has_refusal()) return Refused("the statement about " + result.subject(), result.refusal());
      }
    }
    return absl::OkStatus();
  }

  absl::Status OpenCases(v1::CaseService::Stub& cases, const CourtParty& court) {
    for (std::vector<std::string>& members : Batches(CaseActs(court, clock.WallNow(), entropy))) {
      v1::SubmitCaseActsRequest request;
      *request.mutable_batch() = MakeBatch(Head(v1::MEMBER_TYPE_CASE, court.code), std::move(members),
                                           {court.handler.signer.get(), court.leader.signer.get()});
      EAGLE_ASSIGN_OR_RETURN(const auto answer,
                             Call(cases, &v1::CaseService::Stub::SubmitCaseActs, request, "SubmitCaseActs"));
      for (const v1::CaseActResult& result : answer.results()) {
        if (result.has_refusal()) return Refused("a case", result.refusal());
      }
    }
    return absl::OkStatus();
  }
};

}  // namespace

absl::StatusOr<v1::PolicyTable> ReadPolicy(const std::string& path) {
  v1::PolicyTable policy;
  if (!google::protobuf::TextFormat::ParseFromString(ReadFile(path), &policy)) {
    return Fail(Reason::kConfigurationInvalid, "no policy table can be read from " + path);
  }
  // A benchmark verifies every answer, as one officer.
  policy.mutable_papers()->clear_travel_with();  // its orders name papers that were never files
  policy.mutable_reading()->set_reads_per_hour(1'000'000), policy.mutable_reading()->set_reads_per_day(1'000'000);
  return policy;
}

absl::Status Install(const World& world, const std::string& admin_address, const std::string& api_address,
                     const v1::PolicyTable& policy, Clock& clock, Entropy& entropy) {
  Installer installer{world, clock, entropy};
  const auto admin = v1::AdminService::NewStub(ConnectPlain(admin_address));
  EAGLE_RETURN_IF_ERROR(installer.Register(*admin, policy));
  // Only now is anybody known on the API.
  const auto operators_directory = v1::DirectoryService::NewStub(Connect(world, world.oper, api_address));
  EAGLE_RETURN_IF_ERROR(installer.State(*operators_directory, OrganisationStatements(world, clock.WallNow()),
                                        trust::kRegistrar,
                                        {world.registrars[0].signer.get(), world.registrars[2].signer.get()}));
  for (const CourtParty& court : world.courts) {
    const auto channel = Connect(world, court, api_address);
    EAGLE_RETURN_IF_ERROR(installer.State(*v1::DirectoryService::NewStub(channel),
                                          OfficerStatements(court, clock.WallNow()), court.code, {court.signer.get()}));
    EAGLE_RETURN_IF_ERROR(installer.OpenCases(*v1::CaseService::NewStub(channel), court));
  }
  return absl::OkStatus();
}

absl::StatusOr<trust::StatementBook> FetchBook(const World& world, const std::shared_ptr<grpc::Channel>& channel,
                                               const trust::SignatureChecker& checker) {
  EAGLE_ASSIGN_OR_RETURN(
      trust::StatementBook book,
      trust::StatementBook::Make(
          {.registrar_keys = world.registrar_keys(), .threshold = 2, .environment = v1::ENVIRONMENT_TEST}));
  const auto directory = v1::DirectoryService::NewStub(channel);
  trust::HeadCache cache;
  v1::ListStatementsRequest request;
  request.set_page_size(256);
  for (bool complete = false; !complete;) {
    EAGLE_ASSIGN_OR_RETURN(const v1::ListStatementsResponse page,
                           Call(*directory, &v1::DirectoryService::Stub::ListStatements, request, "ListStatements"));
    for (const v1::DirectoryChange& change : page.statements()) {
      EAGLE_RETURN_IF_ERROR(book.Accept(change.statement(), checker, &cache).status());
      request.set_position(change.position());
    }
    complete = page.complete() || page.statements().empty();
  }
  return book;
}

}  // namespace eagle::bench
