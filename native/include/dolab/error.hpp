// One error type for every door: what is wrong, where, and what to do about it.
#pragma once

#include <exception>
#include <string>
#include <vector>

namespace dolab {

/// A range in a text, 1-based; columns count Unicode code points. line == 0 means "no position".
struct SourceSpan {
  std::string file;
  int line = 0;
  int column = 0;
  int end_line = 0;
  int end_column = 0;
};

/// A secondary position that explains an error ("plate opened here").
struct RelatedSpan {
  SourceSpan span;
  std::string message;
};

/// The one exception that crosses public functions. `code` is an entry of the catalogue (`E401`, ...),
/// `message` names the user's objects, `hint` is one concrete thing to do and may be empty.
/// Thread-safe to copy; never thrown from kernels, which report by status.
class Error : public std::exception {
 public:
  Error(std::string code, std::string message, std::string hint = {}, SourceSpan span = {});

  const char* what() const noexcept override { return text_.c_str(); }
  const std::string& code() const noexcept { return code_; }
  const std::string& message() const noexcept { return message_; }
  const std::string& hint() const noexcept { return hint_; }
  const SourceSpan& span() const noexcept { return span_; }
  const std::vector<RelatedSpan>& related() const noexcept { return related_; }
  const std::string& source_line() const noexcept { return source_line_; }

  /// Adds a position if there is none yet (an inner, more precise one wins). Returns *this for chaining.
  Error& at(const SourceSpan& span);
  Error& with_related(SourceSpan span, std::string message);
  /// The text of the line that `span()` points at, so that rendering can draw the caret.
  Error& with_source_line(std::string line);

  /// Readable report with position, source line, caret and hint (language page, section 5.1).
  std::string render() const;

 private:
  void refresh();
  std::string code_, message_, hint_, source_line_, text_;
  SourceSpan span_;
  std::vector<RelatedSpan> related_;
};

/// A finding that does not stop the work (`W401`, ...). Same fields as Error.
struct Warning {
  std::string code;
  std::string message;
  std::string hint;
  SourceSpan span;
};

/// One entry of the catalogue: the title and the hint used when the raiser gives none.
struct CatalogueEntry {
  const char* code;
  const char* title;
  const char* hint;
};

/// Entry of `code`, or nullptr for a code that the catalogue does not know.
const CatalogueEntry* find_catalogue_entry(const std::string& code) noexcept;

/// Thrown where the user asked to stop; partial results are kept by the catcher.
class Cancelled : public std::exception {
 public:
  const char* what() const noexcept override { return "cancelled"; }
};

}  // namespace dolab
