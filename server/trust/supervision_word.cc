#include "server/trust/supervision_word.h"

#include "server/trust/word.h"

namespace eagle::trust {

absl::StatusOr<OpenedSupervision> OpenSupervision(const v1::SignedMember& word, std::string_view agency,
                                                  const StatementBook& book, const SignatureChecker& checker) {
  return OpenAct<OpenedSupervision>(
      word, v1::MEMBER_TYPE_SUPERVISION, agency, [](std::string_view) { return true; }, book, checker);
}

}  // namespace eagle::trust
