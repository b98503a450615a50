// The duty's file: what was written is there after any death, and several write without losing each other's.
#include "client/duty/book.h"

#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/common/files.h"
#include "client/duty/decide.h"
#include "client/duty/record_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "tests/client/duty/play.h"
#include "tests/support/temp_folder.h"

namespace eagle::duty {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

absl::Time At(int minute) { return Monday() + absl::Minutes(minute); }

Alert AnAlert(int number) {
  return {.matter = absl::StrCat("m\t", number, "\\"),
          .kind = Kind::kIncident,
          .level = 0,
          .journal_index = static_cast<uint64_t>(number),
          .agency = "9900010",
          .time = At(0),
          .due = At(60),
          .text = "two\nlines"};
}

void RaiseIn(Book& book, int number) {
  ASSERT_TRUE(book.Write(At(number),
                         [&](Pen& pen) {
                           pen.Write(Raised{pen.state().next_alert, AnAlert(number)});
                         })
                  .ok());
}

std::vector<AlertNo> Open(const Book& book) {
  std::vector<AlertNo> out;
  for (const auto& [number, alert] : book.state().alerts) out.push_back(number);
  return out;
}

TEST(DutyBookTest, EachRecordComesBackAsItWasWritten) {
  const Record records[] = {
      {At(1), RosterSeen{{"li", "wang"}}},
      {At(2), Raised{7, AnAlert(7)}},
      {At(3), Noted{AnAlert(8)}},
      {At(4), Ended{7, "settled by li"}},
      {At(5), Token{std::string("\0\t\n~", 4)}},
      {At(6), Reached{"contact", Why::kUnreached, {"officer", "li"}, {1, 2, 3, 9}}},
      {At(7), Unreached{"officer", {1}}},
      {At(8), Calling{3, "li", "sms", {{"officer", {1, 2}}, {"head", {9}}}, {4, 5}}},
      {At(9), Called{3, Result::kFailed, true, At(10), "the program ended with 3"}},
      {At(9), Called{3, Result::kOk, false, absl::UnixEpoch(), ""}},
      {At(10), Acked{{1, 2}, "li", "called\tthe bank\\n", true}},
      {At(11), Continued{100, 200}},
  };
  for (const Record& record : records) {
    const std::string line = RecordLine(record);
    const auto read = ReadRecords(line);
    ASSERT_TRUE(read.ok()) << line << read.status();
    ASSERT_THAT(*read, SizeIs(1));
    EXPECT_EQ(RecordLine(read->front()), line);
    EXPECT_EQ(read->front().time, record.time);
    EXPECT_EQ(read->front().what.index(), record.what.index());
  }
  const auto raised = ReadRecords(RecordLine(records[1]));
  const Alert alert = std::get<Raised>(raised->front().what).alert;
  EXPECT_EQ(alert.matter, "m\t7\\");
  EXPECT_EQ(alert.text, "two\nlines");
  EXPECT_EQ(alert.due, At(60));
  EXPECT_EQ(std::get<Token>(ReadRecords(RecordLine(records[4]))->front().what).token, std::string("\0\t\n~", 4));
}

TEST(DutyBookTest, AChangedByteIsFound) {
  const std::string line = RecordLine({At(1), Raised{7, AnAlert(7)}});
  for (size_t i = 0; i + 1 < line.size(); ++i) {
    std::string changed = line;
    changed[i] = changed[i] == 'x' ? 'y' : 'x';
    EXPECT_EQ(ReasonOf(ReadRecords(changed).status()), Reason::kStorageDamaged) << i;
  }
}

TEST(DutyBookTest, WhatWasWrittenIsThereAgain) {
  const TempFolder folder;
  {
    const auto book = Book::Open(folder.path());
    ASSERT_TRUE(book.ok()) << book.status();
    RaiseIn(**book, 1), RaiseIn(**book, 2);
  }
  const auto book = Book::OpenExisting(folder.path());
  ASSERT_TRUE(book.ok()) << book.status();
  EXPECT_THAT(Open(**book), ElementsAre(1, 2));
  EXPECT_EQ((*book)->state().now, At(2));
  EXPECT_EQ(ReasonOf(Book::OpenExisting(folder / "other").status()), Reason::kFieldInvalid);
}

TEST(DutyBookTest, AWriteThatWasCutAnywhereCountsAsNothing) {
  const std::string first = RecordLine({At(1), Raised{1, AnAlert(1)}}),
                    second = RecordLine({At(2), Raised{2, AnAlert(2)}});
  for (size_t cut = 0; cut < second.size(); ++cut) {
    const TempFolder folder;
    ASSERT_TRUE(client::WriteDurably(folder / "duty.log", first + second.substr(0, cut)).ok());
    const auto book = Book::Open(folder.path());
    ASSERT_TRUE(book.ok()) << cut << book.status();
    EXPECT_THAT(Open(**book), ElementsAre(1));
    RaiseIn(**book, 3);
    RaiseIn(**book, 4);
    EXPECT_THAT(Open(**book), ElementsAre(1, 2, 3));
    const auto again = Book::Open(folder.path());
    ASSERT_TRUE(again.ok()) << cut << again.status();
    EXPECT_THAT(Open(**again), ElementsAre(1, 2, 3));
  }
}

TEST(DutyBookTest, SeveralWritersSeeEachOther) {
  const TempFolder folder;
  const auto duty = Book::Open(folder.path());
  ASSERT_TRUE(duty.ok());
  RaiseIn(**duty, 1);
  const auto person = Book::OpenExisting(folder.path());
  ASSERT_TRUE(person.ok());
  RaiseIn(**duty, 2);
  ASSERT_TRUE((*person)
                  ->Write(At(90),
                          [](Pen& pen) {
                            EXPECT_THAT(pen.state().alerts, SizeIs(2));
                            pen.Write(Acked{{2}, "li", "", false});
                          })
                  .ok());
  ASSERT_TRUE((*duty)->CatchUp().ok());
  EXPECT_TRUE((*duty)->state().alerts.at(2).ack);
  EXPECT_EQ((*duty)->state().now, At(2)) << "who acknowledges doesn't move the duty's time";
}

TEST(DutyBookTest, AFileThatGrewGoesOnWithWhatIsNeededAndTheOldOneIsKept) {
  const TempFolder folder;
  const auto duty = Book::Open(folder.path(), 4000);
  const auto person = Book::Open(folder.path(), 4000);
  ASSERT_TRUE(duty.ok() && person.ok());
  for (int i = 1; i <= 40; ++i) {
    RaiseIn(**duty, i);
    if (i == 20) {
      ASSERT_TRUE((*person)->CatchUp().ok());
    }
    if (i % 10 != 0) {
      ASSERT_TRUE((*duty)->Write(At(i), [&](Pen& pen) { pen.Write(Ended{static_cast<AlertNo>(i), "over"}); }).ok());
    }
  }
  EXPECT_THAT(Open(**duty), ElementsAre(10, 20, 30, 40));
  EXPECT_THAT(*client::FilesIn(folder / "archive", ".log"), testing::Not(testing::IsEmpty()));
  EXPECT_LT(client::ReadFile(folder / "duty.log")->size(), 6000u);
  ASSERT_TRUE((*person)->CatchUp().ok()) << "who had read the old file";
  const auto again = Book::Open(folder.path());
  ASSERT_TRUE(again.ok());
  for (const Book* book : {person->get(), again->get()}) {
    EXPECT_THAT(Open(*book), ElementsAre(10, 20, 30, 40));
    EXPECT_EQ(book->state().next_alert, 41u);
  }
}

TEST(DutyBookTest, NumbersAreWrittenAsRanges) {
  EXPECT_EQ(NumbersText({}), "-");
  EXPECT_EQ(NumbersText({5}), "5");
  EXPECT_EQ(NumbersText({1, 2, 3, 7, 9, 10}), "1-3,7,9-10");
}

}  // namespace
}  // namespace eagle::duty
