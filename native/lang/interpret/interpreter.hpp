// Runs a model: evaluates statements and expressions with static values and tensors.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "lang/interpret/objects.hpp"
#include "lang/syntax/ast.hpp"
#include "model/builder.hpp"

namespace dolab::lang {

/// Limits of one run (language page, section 6.4). The host may change them, the model text cannot.
struct RunLimits {
  std::int64_t steps = 50'000'000;
  std::int64_t loop_trips = 1'000'000;
  int call_depth = 200;
  int evaluation_depth = 10000;  // nested evaluations
  /// Native stack that they may take. In WebAssembly this counts what has an address; of a browser's own stack, which
  /// nobody can measure, each of these bytes takes about seven, and that ends at 105,000 to 140,000 of them.
  std::size_t stack_bytes = sizeof(void*) == 4 ? 64'000 : 4'000'000;
  std::int64_t container_items = 8'000'000;  // of one string, list, ... (64 MiB)
  double seconds = 10.0;
  std::size_t notes = 1000;
};

/// `raise` in the model text; `except` can catch it.
class Raised : public Error {
 public:
  Raised(Value value, std::string type, std::string message);
  const Value& value() const noexcept { return value_; }
  const std::string& type() const noexcept { return type_; }

 private:
  Value value_;
  std::string type_;
};

/// What `return`, `break` and `continue` do to the statements around them.
enum class Flow : std::uint8_t { next, break_loop, continue_loop, leave };

class Interpreter {
 public:
  /// `builder` receives the statements of the model. Both must outlive the interpreter.
  Interpreter(const Module& module, model::Builder& builder, RunLimits limits = {});
  ~Interpreter();
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  const Module& module() const noexcept { return module_; }
  model::Builder& builder() noexcept { return builder_; }
  tensor::Graph& graph() noexcept { return builder_.graph(); }
  const RunLimits& limits() const noexcept { return limits_; }

  // ---- names and calls ----
  /// Value of a module-level name; statements that bind it run when it is first read. Unset if nothing binds it.
  Value global(Name name);
  Value global(const std::string& name);
  Value call(const Value& function, CallArguments arguments);
  Value call(const Value& function, Values positional, const Span& span = {});
  /// Position of the innermost call under way.
  const Span& current_span() const noexcept { return span_; }
  /// Tells the builder where the statement that follows stands.
  void mark_position(const Span& span);

  // ---- operations, shared with the library ----
  Value attribute(const Value& object, const std::string& name);
  bool has_attribute(const Value& object, const std::string& name);
  Value binary(Op op, const Value& a, const Value& b);
  Value unary(Op op, const Value& a);
  Value compare(Op op, const Value& a, const Value& b);
  Value subscript(const Value& object, const Value& key);
  void assign_subscript(const Value& object, const Value& key, const Value& value);
  /// Truth of a static value; throws E301 for a traced one.
  bool truth(const Value& value);
  /// All items of an iterable; an array gives its entries along axis 0.
  Values items(const Value& iterable);
  std::string repr(const Value& value, int depth = 0);
  std::string str(const Value& value);
  std::string format(const Value& value, const std::string& spec);

  // ---- conversions; all throw with the names of the catalogue ----
  /// Numbers, arrays, and (nested) lists and tuples of them.
  Tensor to_tensor(const Value& value);
  /// As `to_tensor`, but a list or tuple is an error with a hint (operands of arithmetic).
  Tensor to_operand(const Value& value);
  bool is_tensor_like(const Value& value) const;
  /// A static whole number (shapes, sizes, bounds); throws E303 for traced ones.
  std::int64_t to_integer(const Value& value, const char* what);
  double to_number(const Value& value, const char* what);
  /// An integer or a sequence of integers.
  Shape to_shape(const Value& value, const char* what);
  std::vector<std::int64_t> to_integers(const Value& value, const char* what);
  const std::string& to_text(const Value& value, const char* what);

  /// "depends on latent "z" (line 5)", for errors about traced values.
  std::string origin(const Tensor& tensor) const;
  [[noreturn]] void fail_traced(const char* code, const Value& value, const std::string& use, std::string hint = {});

  /// A note for the author (print, warnings); bounded.
  void note(std::string text);
  const std::vector<std::string>& notes() const noexcept { return notes_; }
  /// Counts work; throws E904 beyond the limits.
  void count_steps(std::int64_t n) {
    steps_ += n;
    if (steps_ >= next_check_) check_budget();
  }
  /// Throws E908 if a container or string would get longer than allowed.
  void check_length(std::int64_t length) const;

  /// Function objects of the library made so far, by row and prefix.
  std::map<std::pair<const NativeEntry*, std::string>, Value> natives;
  /// Depth of `lax.scan` and similar bodies, where sites are refused (E605).
  int pure_depth = 0;
  const char* pure_name = "";
  /// Keys handed out by numpyro.prng_key() so far.
  std::int64_t key_count = 0;

 private:
  struct Binding {
    const Stmt* statement;
    std::size_t order;
  };
  struct Depth;

  void check_budget();

  // ---- evaluate.cpp
  Value eval(const Expr& e, FrameObject* frame);
  Value eval_constant(const Constant& e);
  Value eval_name(const NameExpr& e, FrameObject* frame);
  Value eval_fstring(const FString& e, FrameObject* frame);
  void append_parts(const std::vector<FStringPart>& parts, FrameObject* frame, std::string& out);
  Value eval_arithmetic(const Chain& e, FrameObject* frame);
  Value eval_compare(const Chain& e, FrameObject* frame);
  Value eval_boolean(const Chain& e, FrameObject* frame);
  Value eval_call(const Call& e, FrameObject* frame);
  void eval_arguments(const std::vector<Argument>& list, FrameObject* frame, CallArguments& arguments);
  Values eval_elements(const std::vector<const Expr*>& elements, FrameObject* frame);
  Value eval_dict(const DictExpr& e, FrameObject* frame);
  Value eval_comprehension(const Comprehension& e, FrameObject* frame);
  void run_clause(const Comprehension& e, std::size_t clause, FrameObject* inner, FrameObject* outer,
                  const std::function<void()>& emit);
  Value eval_subscript(const Subscript& e, FrameObject* frame);
  Value eval_index(const Expr& e, FrameObject* frame);
  bool truth_at(const Expr& e, FrameObject* frame, const char* statement);
  [[noreturn]] void fail_unknown_name(const NameExpr& e, FrameObject* frame);
  Value make_function(const FunctionCode& code, FrameObject* frame);

  // ---- execute.cpp
  Flow run_block(const Block& block, FrameObject* frame);
  Flow run(const Stmt& statement, FrameObject* frame);
  Flow run_statement(const Stmt& statement, FrameObject* frame);
  Flow run_for(const Loop& statement, FrameObject* frame);
  Flow run_while(const Loop& statement, FrameObject* frame);
  Flow run_with(const With& statement, std::size_t item, FrameObject* frame);
  Flow run_try(const Try& statement, FrameObject* frame);
  void run_augmented(const Augmented& statement, FrameObject* frame);
  void run_function(const FunctionDef& statement, FrameObject* frame);
  void run_class(const ClassDef& statement, FrameObject* frame);
  void run_import(const Import& statement, FrameObject* frame);
  void run_delete(const Expr& target, FrameObject* frame);
  [[noreturn]] void run_raise(const PairStmt& statement, FrameObject* frame);
  void run_assert(const PairStmt& statement, FrameObject* frame);
  Value enter_context(const Value& context);
  void exit_context(const Value& context);
  void assign(const Expr& target, const Value& value, FrameObject* frame);
  void assign_sequence(const Sequence& target, const Value& value, FrameObject* frame);
  void store(const NameExpr& target, Value value, FrameObject* frame);

  // ---- globals.cpp
  void index_module(const Block& block);
  void index_binding(const Expr& target, const Stmt& statement);
  Value force(Name name, std::size_t before);

  // ---- call.cpp
  Value call_function(const FunctionObject& function, CallArguments& arguments);
  Value call_native(const NativeObject& function, CallArguments& arguments);
  Value call_class(const Value& type, CallArguments& arguments);
  Value call_method(const Value& self, const Value& method, CallArguments& arguments);
  void bind_parameters(const FunctionObject& function, CallArguments& arguments, FrameObject& frame);

  const Module& module_;
  model::Builder& builder_;
  RunLimits limits_;
  Heap heap_;
  std::unordered_map<Name, std::vector<Binding>> bindings_;
  std::unordered_map<const Stmt*, bool> executed_;
  std::map<std::pair<Name, std::size_t>, Value> globals_;  // (name, order of the binding statement)
  std::unordered_map<Name, Value> latest_;                 // final value of a name, and values set by `global`
  std::vector<std::string> star_modules_;                  // from X import *
  std::size_t order_ = 0;                                  // module statement under way; npos inside functions
  std::vector<std::string> notes_;
  std::int64_t steps_ = 0;
  std::int64_t next_check_ = 0;
  int depth_ = 0;
  int call_depth_ = 0;
  std::uintptr_t stack_base_ = 0;
  Span span_;
  std::chrono::steady_clock::time_point started_;
};

/// Class that `except` clauses know an error by: "ValueError", "IndexError", ...; "" if it cannot be caught.
std::string exception_class(const Error& error);

}  // namespace dolab::lang
