// Entry 0, proposals and what came of them, the clock, statements: nobody changes anything alone.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/audit/picture.h"
#include "server/base/reason.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

void CheckFounding(const journal::Leaf& leaf, Picture& seen) {
  const auto wrong = [&](std::string_view why) {
    seen.findings.Add(Rule::kFounding, leaf.index.value(), std::string(why));
  };
  if (leaf.index.value() != 0) return wrong("a log is founded once, at 0");
  LogFounded body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  std::set<std::string> keys;
  const auto take = [&](const google::protobuf::RepeatedPtrField<FoundingKey>& list) {
    std::set<std::string> names;
    for (const FoundingKey& key : list) {
      if (key.key().size() < 32 || !keys.insert(key.key()).second)
        wrong("a key is too short, or two people have one key");
      if (key.name().empty() || !names.insert(key.name()).second) wrong("a key without a name of its own");
    }
  };
  take(body.administrators());
  take(body.registrars());
  if (body.origin().empty() || body.format_version() != 1 || body.environment() == ENVIRONMENT_UNSPECIFIED)
    wrong("origin, format 1 and environment are demanded");
  if (body.approvals() < 2 || static_cast<int>(body.approvals()) > body.administrators_size())
    wrong("a change needs two administrators at least, and as many must be there");
  if (body.registrar_threshold() == 0 || static_cast<int>(body.registrar_threshold()) > body.registrars_size())
    wrong("a statement needs a registrar at least, and as many must be there");
  if (body.has_log_key() && (body.log_key().name() != body.origin() || body.log_key().key().size() != 32))
    wrong("the log's key is named as its origin");
  seen.founding = std::move(body);
  seen.log_key = seen.founding.log_key();
}

void CheckRecovered(const journal::Leaf& leaf, Picture& seen) {
  LogRecovered body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  absl::StatusOr<RecoverySeen> recovery = OpenRecovery(leaf, seen.founding, seen.log_key);
  if (!recovery.ok()) {
    seen.findings.Add(Rule::kRecovery, leaf.index.value(), FailureOf(recovery.status()).message);
    Recovery said;
    if (said.ParseFromString(body.document().payload())) seen.log_key = said.new_log_key();
    return;
  }
  const bool had = std::any_of(seen.recoveries.begin(), seen.recoveries.end(), [&](const RecoverySeen& before) {
    return before.old_origin == recovery->key.name() || before.key.name() == recovery->key.name();
  });
  if (had || recovery->key.name() == seen.founding.origin())
    seen.findings.Add(Rule::kRecovery, leaf.index.value(), "the log had this origin before");
  seen.log_key = recovery->key;
  seen.recoveries.push_back(*std::move(recovery));
}

void CheckProposalMade(const journal::Leaf& leaf, Picture& seen) {
  ProposalMade body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  CheckHead(leaf, body.head(), MEMBER_TYPE_ADMINISTRATION, true, seen);
  CheckDigest(leaf, body.digest(), seen);
  CheckId(leaf, body.request_id(), seen);
  static const std::set<std::string> kKinds = {"court", "agency",    "system",  "policy", "clock",
                                               "erase", "witnesses", "reading", "adapter"};
  if (!kKinds.contains(body.kind())) seen.findings.Add(Rule::kProposal, leaf.index.value(), "no such kind of proposal");
  ProposalSeen& proposal = seen.proposals[leaf.index.value()];
  proposal.kind = body.kind();
  proposal.approvers.insert(leaf.actor_ordinal);
}

void CheckProposalApproved(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value();
  ProposalApproved body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  CheckHead(leaf, body.head(), MEMBER_TYPE_ADMINISTRATION, true, seen);
  CheckDigest(leaf, body.digest(), seen);
  CheckId(leaf, body.request_id(), seen);
  const auto proposal = seen.proposals.find(body.proposal());
  if (proposal == seen.proposals.end()) {
    seen.findings.Add(Rule::kProposal, index, absl::StrCat("no proposal stands at ", body.proposal()));
  } else if (proposal->second.adopted != 0) {
    seen.findings.Add(Rule::kProposal, index, "approves what is in force already",
                      {body.proposal(), proposal->second.adopted});
  } else if (!proposal->second.approvers.insert(leaf.actor_ordinal).second) {
    seen.findings.Add(Rule::kProposal, index,
                      absl::StrCat("administrator ", leaf.actor_ordinal, " had approved it before"), {body.proposal()});
  }
}

std::string_view KindAdopted(uint16_t type) {
  switch (type) {
    case ENTRY_TYPE_COURT_REGISTERED:
      return "court";
    case ENTRY_TYPE_AGENCY_REGISTERED:
      return "agency";
    case ENTRY_TYPE_SYSTEM_REGISTERED:
      return "system";
    case ENTRY_TYPE_POLICY_INSTALLED:
      return "policy";
    case ENTRY_TYPE_CASE_ERASED:
      return "erase";
    case ENTRY_TYPE_WITNESSES_REGISTERED:
      return "witnesses";
    case ENTRY_TYPE_READING_GRANTED:
      return "reading";
    default:
      return "clock";
  }
}

// By a proposal of its kind that enough administrators approved; its report is looked at where it can be opened.
void CheckAdapterApproved(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value();
  AdapterApproved body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  const auto wrong = [&](std::string_view why) {
    seen.findings.Add(Rule::kAdapter, index, std::string(why), {body.proposal()});
  };
  const auto proposal = seen.proposals.find(body.proposal());
  if (proposal == seen.proposals.end()) {
    wrong(absl::StrCat("no proposal stands at ", body.proposal()));
  } else {
    if (proposal->second.kind != "adapter") wrong("the proposal was of another kind");
    if (proposal->second.adopted != 0) wrong("the proposal had taken effect before");
    if (proposal->second.approvers.size() < std::max<size_t>(2, seen.founding.approvals()))
      wrong("too few different administrators approved");
    if (!proposal->second.approvers.contains(leaf.actor_ordinal)) wrong("whoever put it in force did not approve it");
    proposal->second.adopted = index;
  }
  if (body.adapter().empty() || body.version().empty() || body.examiner().empty() ||
      body.report_digest().size() != journal::kHashSize || body.passed() == 0)
    wrong("program, version, examiner, digest of the report and a passed case are demanded");
  if (body.valid_until() <= seen.now) wrong("it had ended when it began");
  if (body.policy_version() != seen.policy) wrong("the policy named is not in force");
}

// Ordinals are dense: one that is known, or the next.
bool TakeOrdinal(uint32_t ordinal, uint32_t& highest) {
  if (ordinal == 0 || ordinal > highest + 1) return false;
  highest = std::max(highest, ordinal);
  return true;
}

void CheckAdopted(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value();
  Adopted body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  const auto wrong = [&](std::string_view why) {
    seen.findings.Add(Rule::kAdopted, index, std::string(why), {body.proposal()});
  };
  const std::string_view kind = KindAdopted(leaf.type);
  const auto proposal = seen.proposals.find(body.proposal());
  if (proposal == seen.proposals.end()) {
    seen.findings.Add(Rule::kAdopted, index, absl::StrCat("no proposal stands at ", body.proposal()));
  } else {
    const std::set<uint32_t> named(body.approvers().begin(), body.approvers().end());
    if (proposal->second.kind != kind) wrong("the proposal was of another kind");
    if (proposal->second.adopted != 0) wrong("the proposal had taken effect before");
    if (named != proposal->second.approvers || static_cast<int>(named.size()) != body.approvers_size())
      wrong("the approvers named are not those who approved");
    if (proposal->second.approvers.size() < std::max<size_t>(2, seen.founding.approvals()))
      wrong("too few different administrators approved");
    if (!proposal->second.approvers.contains(leaf.actor_ordinal)) wrong("whoever put it in force did not approve it");
    proposal->second.adopted = index;
  }
  switch (leaf.type) {
    case ENTRY_TYPE_COURT_REGISTERED:
      if (!TakeOrdinal(body.ordinal(), seen.courts)) wrong("the court's ordinal is neither known nor the next");
      break;
    case ENTRY_TYPE_AGENCY_REGISTERED:
      if (!TakeOrdinal(body.ordinal(), seen.agencies)) wrong("the agency's ordinal is neither known nor the next");
      if (leaf.agency.value() != body.ordinal()) wrong("the leaf names another agency");
      break;
    case ENTRY_TYPE_POLICY_INSTALLED:
      if (body.policy_version() <= seen.policy) wrong("the policy's version does not rise");
      seen.policy = body.policy_version();
      break;
    case ENTRY_TYPE_CASE_ERASED: {
      const auto of = seen.cases.find(leaf.case_seq.value());
      if (of == seen.cases.end() || of->second.stage != CASE_STAGE_CLOSED) {
        wrong("only a closed case is erased");
      } else {
        of->second.stage = CASE_STAGE_ERASED;
      }
      break;
    }
    case ENTRY_TYPE_WITNESSES_REGISTERED:
      TakeWitnesses(leaf, body.witnesses(), seen);
      break;
    case ENTRY_TYPE_READING_GRANTED:
      TakeGrant(leaf, body.reading(), seen);
      break;
    case ENTRY_TYPE_CLOCK_ACCEPTED:
      if (seen.alarm == 0) seen.findings.Add(Rule::kClock, index, "no alarm stands that could be accepted");
      seen.alarm = 0;
      break;
    default:
      break;
  }
}

void CheckAlarm(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value();
  ClockAlarm body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  if (seen.alarm != 0) seen.findings.Add(Rule::kClock, index, "an alarm stands already", {seen.alarm});
  if (body.recorded_time() != seen.now || body.cause().empty())
    seen.findings.Add(Rule::kClock, index, "the recorded time told is not the leaf's, or the cause is missing");
  seen.alarm = index;
}

void CheckStatement(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value();
  StatementAccepted body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  CheckHead(leaf, body.head(), MEMBER_TYPE_STATEMENT, true, seen);
  CheckDigest(leaf, body.digest(), seen);
  const auto wrong = [&](std::string_view why) { seen.findings.Add(Rule::kStatement, index, std::string(why)); };
  const std::set<uint32_t> who(body.registrars().begin(), body.registrars().end());
  const bool by_registrars = leaf.actor_kind == ACTOR_KIND_REGISTRAR;
  if (by_registrars ? who.size() < std::max<size_t>(1, seen.founding.registrar_threshold()) : !who.empty())
    wrong(by_registrars ? "too few different registrars signed" : "a court's statement names registrars");
  if (static_cast<int>(who.size()) != body.registrars_size()) wrong("a registrar is counted twice");
  if (!who.empty() && (*who.begin() == 0 || *who.rbegin() > static_cast<uint32_t>(seen.founding.registrars_size())))
    wrong("entry 0 names no such registrar");
  if (body.sequence() == 0 || body.kind() == STATEMENT_KIND_UNSPECIFIED) wrong("sequence and kind are demanded");
  if (by_registrars && body.kind() != STATEMENT_KIND_KEY && body.kind() != STATEMENT_KIND_ENDED &&
      body.kind() != STATEMENT_KIND_REVOKED)
    wrong("registrars state keys of organisations, not officers or accounts");
  if (const auto digest = journal::HashFrom(body.digest()); digest && !seen.statements.insert(*digest).second)
    wrong("the same statement was taken before");
  seen.stream.position = index;
  ++seen.stream.statements;
  seen.stream.digest = journal::Sha256(std::string(journal::View(seen.stream.digest)) + body.digest());
  seen.streams.emplace(index, seen.stream);
  if (body.kind() == STATEMENT_KIND_REVOKED) seen.revocations.insert(index);
}

}  // namespace

void CheckDirectoryHead(const journal::Leaf& leaf, Picture& seen) {
  DirectoryHead body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  const auto wrong = [&](std::string_view why) {
    seen.findings.Add(Rule::kDirectoryHead, leaf.index.value(), std::string(why), {seen.stream.position});
  };
  if (body.policy_version() != seen.policy) wrong("the policy named is not in force");
  if (body.position() != seen.stream.position || body.statements() != seen.stream.statements)
    wrong(absl::StrCat("it counts ", body.statements(), " statements up to entry ", body.position(), "; there are ",
                       seen.stream.statements));
  if (body.digest() != journal::View(seen.stream.digest)) wrong("its digest is not that of the statements");
}

void CheckDirectoryReceived(const journal::Leaf& leaf, Picture& seen) {
  DirectoryReceived body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  const auto wrong = [&](std::string_view why) {
    seen.findings.Add(Rule::kDirectoryReceived, leaf.index.value(), std::string(why), {body.position()});
  };
  const auto stream = seen.streams.find(body.position());
  if (stream == seen.streams.end()) return wrong(absl::StrCat("entry ", body.position(), " is no statement"));
  if (stream->second.statements != body.statements() || journal::View(stream->second.digest) != body.digest())
    wrong("the agency has other statements than the log up to that place");
  uint64_t& before = seen.acknowledged[leaf.agency.value()];
  if (body.position() <= before) wrong("it had acknowledged that place before");
  before = std::max(before, body.position());
}

void CheckAdministration(const journal::Leaf& leaf, Picture& seen) {
  switch (leaf.type) {
    case ENTRY_TYPE_LOG_RECOVERED:
      return CheckRecovered(leaf, seen);
    case ENTRY_TYPE_LOG_FOUNDED:
      return CheckFounding(leaf, seen);
    case ENTRY_TYPE_PROPOSAL_MADE:
      return CheckProposalMade(leaf, seen);
    case ENTRY_TYPE_PROPOSAL_APPROVED:
      return CheckProposalApproved(leaf, seen);
    case ENTRY_TYPE_CLOCK_ALARM:
      return CheckAlarm(leaf, seen);
    case ENTRY_TYPE_STATEMENT_ACCEPTED:
      return CheckStatement(leaf, seen);
    case ENTRY_TYPE_ADAPTER_APPROVED:
      return CheckAdapterApproved(leaf, seen);
    default:
      return CheckAdopted(leaf, seen);
  }
}

}  // namespace eagle::audit
