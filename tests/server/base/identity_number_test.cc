#include "server/base/identity_number.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace eagle {
namespace {

// The people and organisations of the demonstration, then the examples of the standards.
constexpr std::string_view kCitizens[] = {"990101196304190041", "990101198503070017", "990101199112120034",
                                          "990101198708150029", "11010519491231002X", "440524188001010014"};
constexpr std::string_view kCodes[] = {"919901019900000178", "91350100M000100Y43"};
constexpr std::string_view kAccounts[] = {"9900010000000001016", "9900010000000002022", "9900020000000003036",
                                          "9900030000000004040", "9900010000000099010", "79927398713",
                                          "4111111111111111"};

// Calls `check` with every text that differs from `right` in one character of `alphabet`.
template <typename F>
void ForEachTypo(std::string_view right, std::string_view alphabet, F check) {
  for (size_t i = 0; i < right.size(); ++i) {
    for (char c : alphabet) {
      if (c == right[i]) continue;
      std::string wrong(right);
      wrong[i] = c;
      check(wrong);
    }
  }
}

TEST(CitizenNumber, TheNumbersOfTheDemonstrationAreValid) {
  for (std::string_view number : kCitizens) EXPECT_TRUE(IsCitizenNumber(number)) << number;
}

TEST(CitizenNumber, EverySingleTypoIsCaught) {
  for (std::string_view number : kCitizens) {
    ForEachTypo(number, "0123456789X", [](const std::string& wrong) { EXPECT_FALSE(IsCitizenNumber(wrong)) << wrong; });
  }
}

TEST(CitizenNumber, EveryTwoNeighboursInTheWrongOrderAreCaught) {
  for (std::string_view number : kCitizens) {
    for (size_t i = 0; i + 1 < number.size(); ++i) {
      std::string wrong(number);
      std::swap(wrong[i], wrong[i + 1]);
      EXPECT_EQ(IsCitizenNumber(wrong), wrong == number) << wrong;
    }
  }
}

// Finds the check character by trying all eleven, so that only the date decides.
bool AnyCheckCharacterFits(const std::string& seventeen) {
  for (char c : std::string_view("0123456789X")) {
    if (IsCitizenNumber(seventeen + c)) return true;
  }
  return false;
}

TEST(CitizenNumber, TheBirthdayMustBeARealDay) {
  for (const char* day : {"20000229", "19960229", "19000228", "18000101", "19851231"}) {
    EXPECT_TRUE(AnyCheckCharacterFits(std::string("990101") + day + "001")) << day;
  }
  for (const char* day :
       {"19000229", "20010229", "19850431", "19850001", "19851301", "19850100", "19850132", "17991231", "00000000"}) {
    EXPECT_FALSE(AnyCheckCharacterFits(std::string("990101") + day + "001")) << day;
  }
}

TEST(CitizenNumber, TheFormIsExact) {
  for (const char* number : {"", "99010119850307001", "9901011985030700170", "990101850307001", "11010519491231002x",
                             " 90101198503070017", "99010119850307001７", "X90101198503070017"}) {
    EXPECT_FALSE(IsCitizenNumber(number)) << number;
  }
}

TEST(OldCitizenNumber, IsTheFifteenDigitForm) {
  EXPECT_EQ(OldCitizenNumber("990101198503070017"), "990101850307001");
  EXPECT_EQ(OldCitizenNumber("11010519491231002X"), "110105491231002");
}

TEST(OldCitizenNumber, ExistsOnlyForValidNumbersOfThe1900s) {
  EXPECT_EQ(OldCitizenNumber("440524188001010014"), std::nullopt);
  for (char c : std::string_view("0123456789X")) {
    EXPECT_EQ(OldCitizenNumber(std::string("99010120010307001") + c), std::nullopt);
  }
  EXPECT_EQ(OldCitizenNumber("990101198503070018"), std::nullopt) << "a typo must not become another person's number";
  EXPECT_EQ(OldCitizenNumber("990101850307001"), std::nullopt);
  EXPECT_EQ(OldCitizenNumber(""), std::nullopt);
}

TEST(UnifiedCreditCode, TheCodesOfTheDemonstrationAndTheStandardAreValid) {
  for (std::string_view code : kCodes) EXPECT_TRUE(IsUnifiedCreditCode(code)) << code;
}

TEST(UnifiedCreditCode, EverySingleTypoIsCaught) {
  for (std::string_view code : kCodes) {
    ForEachTypo(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                [](const std::string& wrong) { EXPECT_FALSE(IsUnifiedCreditCode(wrong)) << wrong; });
  }
}

TEST(UnifiedCreditCode, TheFormIsExact) {
  for (const char* code : {"", "91990101990000017", "9199010199000001780", "91350100m000100y43", "91350100I000100Y43",
                           "000000000000000000 "}) {
    EXPECT_FALSE(IsUnifiedCreditCode(code)) << code;
  }
}

TEST(AccountNumber, TheNumbersOfTheDemonstrationAreValid) {
  for (std::string_view number : kAccounts) EXPECT_TRUE(IsAccountNumber(number)) << number;
}

TEST(AccountNumber, EverySingleTypoIsCaught) {
  for (std::string_view number : kAccounts) {
    ForEachTypo(number, "0123456789", [](const std::string& wrong) { EXPECT_FALSE(IsAccountNumber(wrong)) << wrong; });
  }
}

TEST(AccountNumber, HasEightToThirtyDigits) {
  EXPECT_FALSE(IsAccountNumber("0000000"));
  EXPECT_TRUE(IsAccountNumber("00000000"));
  EXPECT_TRUE(IsAccountNumber(std::string(30, '0')));
  EXPECT_FALSE(IsAccountNumber(std::string(31, '0')));
  EXPECT_FALSE(IsAccountNumber(""));
  EXPECT_FALSE(IsAccountNumber("4111 1111 1111 1111"));
  EXPECT_FALSE(IsAccountNumber("4111-1111111111111"));
}

TEST(MaskNumber, ShowsFourAndFour) {
  EXPECT_EQ(MaskNumber("990101198503070017"), "9901**********0017");
  EXPECT_EQ(MaskNumber("123456789"), "1234*6789");
}

TEST(MaskNumber, ShowsNothingOfShortNumbers) {
  EXPECT_EQ(MaskNumber("12345678"), "********");
  EXPECT_EQ(MaskNumber("1"), "*");
  EXPECT_EQ(MaskNumber(""), "");
}

TEST(MaskNumber, KeepsTheLengthInBytes) {
  std::string number;
  for (int i = 0; i < 40; ++i, number.push_back('7')) EXPECT_EQ(MaskNumber(number).size(), number.size());
}

}  // namespace
}  // namespace eagle
