// Opening a page in the user's browser.
#pragma once

#include <filesystem>
#include <string>

namespace dolab::cli {

/// Opens `address`; nothing if it is empty. Every user can read the arguments of a program, so the browser is given a
/// file that only this user can read and that leads to the address. The destructor removes it. A browser that does not
/// come is a note on stderr.
class BrowserPage {
 public:
  explicit BrowserPage(const std::string& address);
  ~BrowserPage();
  BrowserPage(const BrowserPage&) = delete;
  BrowserPage& operator=(const BrowserPage&) = delete;

 private:
  std::filesystem::path folder_;
};

}  // namespace dolab::cli
