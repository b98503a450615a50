#include "client/common/csv.h"

namespace eagle::client {
namespace {

class Reader {
 public:
  Reader(std::string_view text, Violations& wrong) : text_(text), wrong_(wrong) {}

  std::vector<CsvRow> Rows() {
    std::vector<CsvRow> rows;
    while (at_ < text_.size()) {
      CsvRow row{.line = line_};
      complaint_ = nullptr;
      do {
        row.cells.push_back(text_.substr(at_, 1) == "\"" ? Quoted() : Plain());
      } while (Took(","));
      if (at_ < text_.size() && !TookEnd()) {
        Complain("after a closing quote comes a comma or the end of the line");
        SkipLine();
      }
      if (complaint_ != nullptr) {
        wrong_.Add(std::to_string(row.line), Reason::kFieldInvalid, complaint_);
      } else if (row.cells.size() > 1 || !row.cells[0].empty()) {
        rows.push_back(std::move(row));
      }
    }
    return rows;
  }

 private:
  bool Took(std::string_view what) {
    if (text_.substr(at_, what.size()) != what) return false;
    at_ += what.size();
    return true;
  }
  bool TookEnd() {
    if (!Took("\r\n") && !Took("\n")) return false;
    ++line_;
    return true;
  }
  void SkipLine() {
    while (at_ < text_.size() && !TookEnd()) ++at_;
  }
  // The first of a row is told.
  void Complain(const char* what) {
    if (complaint_ == nullptr) complaint_ = what;
  }

  std::string Plain() {
    std::string cell;
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' && text_.substr(at_, 2) != "\r\n") {
      if (text_[at_] == '"') Complain("a cell with a quote stands in quotes, and the quote twice");
      cell += text_[at_++];
    }
    return cell;
  }
  std::string Quoted() {
    std::string cell;
    ++at_;
    for (;;) {
      if (at_ == text_.size()) {
        Complain("a quote is opened here and never closed");
        return cell;
      }
      if (Took("\"\"")) {
        cell += '"';
        continue;
      }
      if (Took("\"")) return cell;
      if (text_[at_] == '\n') ++line_;
      cell += text_[at_++];
    }
  }

  std::string_view text_;
  Violations& wrong_;
  size_t at_ = 0, line_ = 1;
  const char* complaint_ = nullptr;
};

}  // namespace

std::vector<CsvRow> ParseCsv(std::string_view text, Violations& wrong) { return Reader(text, wrong).Rows(); }

std::string CsvLine(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) {
    if (&cell != &cells.front()) line += ',';
    if (cell.find_first_of(",\"\r\n") == std::string::npos) {
      line += cell;
      continue;
    }
    line += '"';
    for (const char c : cell) line.append(c == '"' ? 2 : 1, c);
    line += '"';
  }
  return line + "\n";
}

}  // namespace eagle::client
