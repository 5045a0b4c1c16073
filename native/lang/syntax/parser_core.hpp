// The recursive-descent parser: token access, scopes, and the grammar's functions. Private to syntax/.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "lang/syntax/ast.hpp"

namespace dolab::lang {

/// A scope while it is being parsed: which names it binds and which uses still await resolution.
struct OpenScope {
  Scope* scope = nullptr;
  FunctionCode* function = nullptr;
  std::vector<NameExpr*> uses;    // of this scope
  std::vector<NameExpr*> passed;  // of scopes inside; class bodies do not resolve them
  std::unordered_map<Name, std::int32_t> bound;
  std::unordered_set<Name> globals;
  std::unordered_set<Name> nonlocals;
};

class Parser {
 public:
  explicit Parser(Module& module) : module_(module), names_(*module.names) {}
  void parse();

 private:
  friend class FStringReader;

  // ---- tokens
  const Token& peek() const noexcept { return tokens_->tokens[at_]; }
  const Token& peek_next() const noexcept { return tokens_->tokens[at_ + 1 < tokens_->tokens.size() ? at_ + 1 : at_]; }
  const Token& take() noexcept {
    last_ = tokens_->tokens[at_].span;
    return tokens_->tokens[at_ + 1 < tokens_->tokens.size() ? at_++ : at_];
  }
  bool at(Op op) const noexcept { return peek().kind == TokenKind::op && peek().op == op; }
  bool at(Keyword keyword) const noexcept { return peek().kind == TokenKind::keyword && peek().keyword == keyword; }
  bool at(TokenKind kind) const noexcept { return peek().kind == kind; }
  template <class What>
  bool accept(What what) noexcept {
    if (!at(what)) return false;
    take();
    return true;
  }
  void expect(Op op, const char* where);
  void expect(Keyword keyword, const char* where);
  Name expect_name(const char* where);
  Span from(const Span& begin) const noexcept { return join(begin, last_); }
  [[noreturn]] void fail(std::string message, std::string hint = {}) const;
  [[noreturn]] void fail_at(const Span& span, std::string message, std::string hint = {},
                            const char* code = "E201") const;
  std::string describe(const Token& token) const;

  template <class T, class... Args>
  T* make(Args&&... args) {
    auto node = std::make_unique<T>(std::forward<Args>(args)...);
    T* raw = node.get();
    module_.nodes.push_back(std::move(node));
    return raw;
  }

  /// Counts the recursion; E902 beyond the limit.
  class Depth {
   public:
    explicit Depth(Parser& parser);
    ~Depth() { --parser_.depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;

   private:
    Parser& parser_;
  };

  // ---- scopes
  /// How many uses were known when an expression began: a comprehension takes over the later ones.
  struct UseMark {
    std::size_t uses = 0;
    std::size_t passed = 0;
  };
  UseMark mark_uses() const noexcept { return {scopes_.back().uses.size(), scopes_.back().passed.size()}; }
  void open_scope(Scope& scope, ScopeKind kind, FunctionCode* function = nullptr);
  void close_scope();
  NameExpr* use(Name name, const Span& span);
  NameExpr* bind(Name name, const Span& span);
  void bind_existing(const NameExpr& target);
  /// Checks that `target` can be assigned to and binds its names.
  void bind_target(const Expr& target, const char* statement);
  FunctionCode* enclosing_function() noexcept;
  void adopt_uses(const UseMark& mark, OpenScope& inner);

  // ---- statements
  void parse_block(Block& block, const char* owner);
  void parse_statement(Block& block);
  void parse_simple_line(Block& block);
  const Stmt* parse_simple();
  const Stmt* parse_expression_statement();
  const Stmt* parse_if();
  const Stmt* parse_while();
  const Stmt* parse_for(const Span& begin, bool is_async);
  const Stmt* parse_try();
  const Stmt* parse_with(const Span& begin, bool is_async);
  bool at_parenthesized_items() const noexcept;
  WithItem parse_with_item();
  const Stmt* parse_function(const Span& begin, std::vector<const Expr*> decorators, bool is_async);
  const Stmt* parse_class(const Span& begin, std::vector<const Expr*> decorators);
  const Stmt* parse_decorated();
  const Stmt* parse_import();
  const Stmt* parse_import_from();
  const Stmt* parse_declaration();
  std::string parse_dotted();

  // ---- expressions
  const Expr* parse_expressions();  // a, b, *c
  const Expr* parse_named();        // walrus allowed
  const Expr* parse_expression();   // ternary, lambda
  const Expr* parse_or();
  const Expr* parse_and();
  const Expr* parse_not();
  const Expr* parse_comparison();
  const Expr* parse_binary(int level = 1);  // level 1: `|` and everything that binds tighter
  const Expr* parse_unary();
  const Expr* parse_power();
  const Expr* parse_primary();
  const Expr* parse_atom();
  const Expr* parse_strings();
  const Expr* parse_parenthesized();
  const Expr* parse_list();
  const Expr* parse_braces();
  const Expr* parse_comprehension(ExprKind kind, const Span& begin, const UseMark& mark, const Expr* element,
                                  const Expr* value = nullptr);
  const Expr* parse_lambda();
  const Expr* parse_yield();
  const Expr* parse_target_list();
  const Expr* parse_subscript_index();
  const Expr* parse_subscript_item();
  void parse_arguments(std::vector<Argument>& arguments, Op close);
  void parse_parameters(FunctionCode& code, Op close, bool annotations);
  void declare_parameters(FunctionCode& code);
  const Expr* parse_star_expression();
  const Expr* finish_tuple(const Expr* first, const Span& begin, bool star);

  /// Parses one expression of an f-string out of the source.
  const Expr* parse_fragment(const Fragment& fragment);

  Module& module_;
  NameTable& names_;
  const Tokens* tokens_ = nullptr;
  std::size_t at_ = 0;
  Span last_;
  int depth_ = 0;
  std::vector<OpenScope> scopes_;
};

}  // namespace dolab::lang
