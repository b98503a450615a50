// golden-eagle as a process of its own, as an operator runs it.
//
//   Program program({"--config", world.WriteConfig()});
//   std::string ready = program.ReadUntil("\"event\":\"ready\"");   // the whole line
//   program.Signal(SIGTERM);  EXPECT_EQ(program.Wait(), 0);
#pragma once

#include <string>
#include <vector>

namespace eagle {

class Program {
 public:
  // `descriptors`: limit of open files, soft and hard; 0: as it is.
  explicit Program(const std::vector<std::string>& arguments, int descriptors = 0);
  ~Program();  // ends what still runs
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // The first line of standard output (and error) from here on that contains `text`; empty when the output ends before.
  // Blocks.
  std::string ReadUntil(const std::string& text);
  // Everything up to the end of the output.
  std::string ReadAll();
  void Signal(int number);
  // The exit code; 128 + n when signal n ended it.
  int Wait();
  const std::string& output() const { return output_; }  // all that was read

 private:
  bool ReadLine(std::string& line);
  int process_ = -1, output_end_ = -1;
  bool ended_ = false;
  std::string unread_, output_;
};

}  // namespace eagle
