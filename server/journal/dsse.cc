#include "server/journal/dsse.h"

namespace eagle::journal {

std::string Pae(std::string_view type, std::string_view body) {
  std::string out = "DSSEv1 " + std::to_string(type.size()) + " ";
  out.reserve(out.size() + type.size() + body.size() + 24);
  out += type;
  out += " " + std::to_string(body.size()) + " ";
  out += body;
  return out;
}

}  // namespace eagle::journal
