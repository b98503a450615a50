#include "server/trust/objection_word.h"

#include "server/trust/word.h"

namespace eagle::trust {

absl::StatusOr<OpenedWord> OpenWord(const v1::SignedMember& word, std::string_view court, std::string_view agency,
                                    const StatementBook& book, const SignatureChecker& checker) {
  return OpenAct<OpenedWord>(
      word, v1::MEMBER_TYPE_OBJECTION, agency, [&](std::string_view signer) { return signer == court; }, book, checker);
}

}  // namespace eagle::trust
