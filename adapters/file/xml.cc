#include "adapters/file/xml.h"

#include <expat.h>

#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::file {

// ---- Element ----

const std::string* Element::Find(std::string_view field) const {
  for (const auto& [name_of, value] : fields) {
    if (name_of == field) return &value;
  }
  return nullptr;
}

std::string_view Element::At(std::string_view field) const {
  const std::string* value = Find(field);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

Element& Element::Put(std::string_view field, std::string_view value) {
  if (!value.empty()) fields.emplace_back(field, value);
  return *this;
}

Element& Element::Add(std::string_view row) {
  rows.push_back({.name = std::string(row)});
  return rows.back();
}

std::vector<const Element*> Element::RowsNamed(std::string_view row) const {
  std::vector<const Element*> out;
  for (const Element& each : rows) {
    if (each.name == row) out.push_back(&each);
  }
  return out;
}

std::string Element::Place(std::string_view field) const {
  return absl::StrCat("line ", line, ", ", name, field.empty() ? "" : " ", ToAbsl(field));
}

// ---- Writing ----

namespace {

void AppendEscaped(std::string_view text, std::string& out) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\t':
        out += "&#9;";
        break;
      case '\n':
        out += "&#10;";
        break;
      case '\r':
        out += "&#13;";
        break;
      default:
        out += c;
    }
  }
}

void AppendElement(const Element& element, size_t depth, std::string& out) {
  out.append(depth, ' ');
  out += '<' + element.name;
  for (const auto& [name, value] : element.fields) {
    out += ' ' + name + "=\"";
    AppendEscaped(value, out);
    out += '"';
  }
  if (element.rows.empty()) {
    out += "/>\n";
    return;
  }
  out += ">\n";
  for (const Element& row : element.rows) AppendElement(row, depth + 1, out);
  out.append(depth, ' ');
  out += "</" + element.name + ">\n";
}

}  // namespace

absl::Status CheckXmlText(std::string_view text) {
  if (!IsValidUtf8(text)) return Fail(Reason::kTextInvalid, "the text is no UTF-8");
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool control = byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r';
    const bool no_character = byte == 0xef && i + 2 < text.size() && text[i + 1] == '\xbf' &&
                              (text[i + 2] == '\xbe' || text[i + 2] == '\xbf');
    if (control || no_character) return Fail(Reason::kTextInvalid, "XML can't carry a character of the text");
  }
  return absl::OkStatus();
}

std::string WriteXml(const Element& root, std::string_view encoding) {
  std::string out = absl::StrCat("<?xml version=\"1.0\" encoding=\"", ToAbsl(encoding), "\"?>\n");
  AppendElement(root, 0, out);
  return out;
}

// ---- Reading ----

namespace {

class XmlReader {
 public:
  explicit XmlReader(Faults& faults) : faults_(faults), parser_(XML_ParserCreate("UTF-8"), XML_ParserFree) {
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(
        parser_.get(),
        [](void* self, const XML_Char* name, const XML_Char** fields) {
          static_cast<XmlReader*>(self)->Start(name, fields);
        },
        [](void* self, const XML_Char*) { static_cast<XmlReader*>(self)->End(); });
    XML_SetCharacterDataHandler(parser_.get(), [](void* self, const XML_Char* text, int size) {
      static_cast<XmlReader*>(self)->Text(std::string_view(text, static_cast<size_t>(size)));
    });
    XML_SetXmlDeclHandler(parser_.get(), [](void* self, const XML_Char*, const XML_Char* encoding, int) {
      if (encoding != nullptr) static_cast<XmlReader*>(self)->document_.declared = encoding;
    });
    XML_SetStartDoctypeDeclHandler(
        parser_.get(), [](void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
          static_cast<XmlReader*>(self)->Stop(FaultCode::kXmlInvalid, "a document type is not allowed");
        });
    XML_SetProcessingInstructionHandler(parser_.get(), [](void* self, const XML_Char*, const XML_Char*) {
      static_cast<XmlReader*>(self)->Stop(FaultCode::kXmlInvalid, "a processing instruction is not allowed");
    });
  }

  Document Read(std::string_view utf8) {
    const auto status = XML_Parse(parser_.get(), utf8.data(), static_cast<int>(utf8.size()), XML_TRUE);
    if (status != XML_STATUS_OK && !stopped_)
      Stop(FaultCode::kXmlInvalid, XML_ErrorString(XML_GetErrorCode(parser_.get())));
    return stopped_ ? Document() : std::move(document_);
  }

 private:
  size_t Line() const { return XML_GetCurrentLineNumber(parser_.get()); }
  void Stop(FaultCode code, const std::string& why) {
    if (stopped_) return;
    stopped_ = true;
    faults_.Add(code, absl::StrCat("line ", Line()), why);
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  void Start(const XML_Char* name, const XML_Char** fields) {
    if (stopped_) return;
    if (++elements_ > kElementsMax)
      return Stop(FaultCode::kLimitExceeded, absl::StrCat("more than ", kElementsMax, " elements"));
    if (open_.size() == kDepthMax) return Stop(FaultCode::kLimitExceeded, absl::StrCat("deeper than ", kDepthMax));
    if (std::strlen(name) > kNameBytesMax) return Stop(FaultCode::kLimitExceeded, "the name of an element is too long");
    Element* element = &document_.root;
    if (!open_.empty()) {
      open_.back()->rows.emplace_back();
      element = &open_.back()->rows.back();
    }
    element->name = name;
    element->line = Line();
    for (const XML_Char** at = fields; *at != nullptr; at += 2) {
      if (element->fields.size() == kFieldsMax)
        return Stop(FaultCode::kLimitExceeded, absl::StrCat("more than ", kFieldsMax, " fields"));
      if (std::strlen(at[0]) > kNameBytesMax || std::strlen(at[1]) > kFieldBytesMax)
        return Stop(FaultCode::kLimitExceeded, absl::StrCat("a value of more than ", kFieldBytesMax, " bytes"));
      element->fields.emplace_back(at[0], at[1]);
    }
    open_.push_back(element);
  }
  void End() {
    if (!stopped_) open_.pop_back();
  }
  void Text(std::string_view text) {
    if (text.find_first_not_of(" \t\r\n") != std::string_view::npos)
      Stop(FaultCode::kXmlInvalid, "text between elements: values are fields");
  }

  Faults& faults_;
  Document document_;
  // Rows of an open element's parent don't grow while it is open, so the pointers hold.
  std::vector<Element*> open_;
  size_t elements_ = 0;
  bool stopped_ = false;
  std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser_;
};

}  // namespace

Document ReadXml(std::string_view utf8, Faults& faults) { return XmlReader(faults).Read(utf8); }

}  // namespace eagle::file
