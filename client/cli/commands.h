// Each command's place in the tree; one file a command.
#pragma once

#include "client/cli/verbs.h"

namespace eagle::client {

// All of them.
void AddCommands(Verb& root);

void AddAdmin(Verb& root);
void AddAgency(Verb& root);
void AddAgenda(Verb& root);
void AddBackup(Verb& root);
void AddBoard(Verb& root);
void AddCase(Verb& root);
void AddDirectory(Verb& root);
void AddDoctor(Verb& root);
void AddDuty(Verb& root);
void AddEvidence(Verb& root);
void AddFindings(Verb& root);
void AddIncident(Verb& root);
void AddInit(Verb& root);
void AddJournal(Verb& root);
void AddKey(Verb& root);
void AddLooks(Verb& root);
void AddMetrics(Verb& root);
void AddObjection(Verb& root);
void AddOrder(Verb& root);
void AddPaper(Verb& root);
void AddPenaltyPack(Verb& root);
void AddPki(Verb& root);
void AddPolicy(Verb& root);
void AddReasons(Verb& root);
void AddRecover(Verb& root);
void AddScorecard(Verb& root);
void AddStatement(Verb& root);
void AddSupervise(Verb& root);
void AddSupervision(Verb& root);
void AddToday(Verb& root);
void AddVersion(Verb& root);
void AddWitness(Verb& root);

// Parts of `order`.
void AddOrderActs(Verb& order);    // inquire, freeze, release, deduct, draft
void AddOrderFollow(Verb& order);  // show, list, watch, withdraw
void AddOrderResend(Verb& order);
void AddOrderCheck(Verb& order);     // what was accepted and doesn't go on
void AddOrderSchedule(Verb& order);  // inquiries that wait for their day
void AddOrderResume(Verb& order);    // signed anew after a key was revoked
void AddPkiRenew(Verb& pki);
// Parts of `journal`.
void AddJournalExport(Verb& journal);
void AddAcceptRecovery(Verb& journal);
// A part of `directory`.
void AddDirectoryNames(Verb& directory);
// A part of `case`, for administrators.
void AddCaseErase(Verb& cases);
void AddCaseCompleteness(Verb& cases);  // with evidence of its inquiries
void AddMeasures(Verb& cases);
// Of `order`, `case`, `objection` and `supervision` (`noun` says which): sign, submit; pending, digest.
void AddDrafts(Verb& verb, const std::string& noun);
void AddPending(Verb& verb, const std::string& noun);

}  // namespace eagle::client
