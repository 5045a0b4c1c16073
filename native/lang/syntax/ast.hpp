// The syntax tree. Nodes live in the Module that parsed them and refer to each other by plain pointers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lang/syntax/lexer.hpp"
#include "lang/syntax/source.hpp"
#include "lang/syntax/token.hpp"

namespace dolab::lang {

using Name = const std::string*;  // interned: equal names have equal addresses

enum class ExprKind : std::uint8_t {
  constant,
  name,
  fstring,
  unary,
  arithmetic,
  compare,
  boolean,
  ternary,
  lambda,
  call,
  attribute,
  subscript,
  slice,
  starred,
  tuple,
  list,
  set,
  dict,
  comprehension,
  named,
  unsupported
};

struct Node {
  explicit Node(const Span& where) : span(where) {}
  virtual ~Node() = default;
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  Span span;
};

struct Expr : Node {
  Expr(ExprKind k, const Span& where) : Node(where), kind(k) {}
  ExprKind kind;
};

enum class ConstantKind : std::uint8_t {
  none,
  boolean,
  integer,
  big_integer,
  real,
  imaginary,
  string,
  bytes,
  ellipsis
};

struct Constant : Expr {
  Constant(ConstantKind what, const Span& where) : Expr(ExprKind::constant, where), type(what) {}
  ConstantKind type;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;
};

/// What a function body, class body, comprehension or the module binds.
enum class ScopeKind : std::uint8_t { module, function, class_body, comprehension };
struct Scope {
  ScopeKind kind = ScopeKind::module;
  std::vector<Name> locals;  // slot -> name
};

/// A name, read or bound. slot >= 0: variable `slot` of the frame `depth` levels up; -1: module or builtin.
struct NameExpr : Expr {
  NameExpr(Name n, const Span& where) : Expr(ExprKind::name, where), name(n) {}
  Name name;
  std::int32_t slot = -1;
  std::int32_t depth = 0;
};

struct FStringPart {
  std::string text;             // literal text before the field
  const Expr* value = nullptr;  // null: text only
  char conversion = 0;          // 'r', 's', 'a' or 0
  std::vector<FStringPart> format;
};
struct FString : Expr {
  explicit FString(const Span& where) : Expr(ExprKind::fstring, where) {}
  std::vector<FStringPart> parts;
};

struct Unary : Expr {
  Unary(Op o, const Expr* e, const Span& where) : Expr(ExprKind::unary, where), op(o), operand(e) {}
  Op op;
  const Expr* operand;
};

/// operands[0] ops[0] operands[1] ops[1] ...: evaluated from the left for arithmetic (flat, so that long
/// sums need no stack), chained for comparisons, with one operator for booleans.
struct Chain : Expr {
  Chain(ExprKind k, const Span& where) : Expr(k, where) {}
  std::vector<const Expr*> operands;
  std::vector<Op> ops;
};

struct Ternary : Expr {
  explicit Ternary(const Span& where) : Expr(ExprKind::ternary, where) {}
  const Expr* test = nullptr;
  const Expr* if_true = nullptr;
  const Expr* if_false = nullptr;
};

struct Parameter {
  enum class Kind : std::uint8_t { positional_only, positional, var_positional, keyword_only, var_keyword };
  Kind kind = Kind::positional;
  const NameExpr* target = nullptr;
  const Expr* annotation = nullptr;
  const Expr* default_value = nullptr;
};

struct Stmt;
using Block = std::vector<const Stmt*>;

/// Shared by `def` and `lambda`.
struct FunctionCode {
  std::vector<Parameter> parameters;
  Scope scope;
  Block body;                        // def
  const Expr* expression = nullptr;  // lambda
  Name name = nullptr;
  Span name_span;
  Span span;
  bool is_async = false;
  bool is_generator = false;
  Span yield_span;  // of the first `yield`
};

struct Lambda : Expr {
  explicit Lambda(const Span& where) : Expr(ExprKind::lambda, where) {}
  FunctionCode code;
};

struct Argument {
  enum class Kind : std::uint8_t { positional, keyword, star, double_star };
  Kind kind = Kind::positional;
  Name name = nullptr;
  Span name_span;
  const Expr* value = nullptr;
};
struct Call : Expr {
  Call(const Expr* f, const Span& where) : Expr(ExprKind::call, where), function(f) {}
  const Expr* function;
  std::vector<Argument> arguments;
};

struct Attribute : Expr {
  Attribute(const Expr* o, Name n, const Span& where, const Span& member)
      : Expr(ExprKind::attribute, where), object(o), name(n), name_span(member) {}
  const Expr* object;
  Name name;
  Span name_span;
};

struct Subscript : Expr {
  Subscript(const Expr* o, const Expr* i, const Span& where) : Expr(ExprKind::subscript, where), object(o), index(i) {}
  const Expr* object;
  const Expr* index;
};

struct SliceExpr : Expr {
  explicit SliceExpr(const Span& where) : Expr(ExprKind::slice, where) {}
  const Expr* lower = nullptr;
  const Expr* upper = nullptr;
  const Expr* step = nullptr;
};

struct Starred : Expr {
  Starred(const Expr* v, const Span& where) : Expr(ExprKind::starred, where), value(v) {}
  const Expr* value;
};

/// tuple, list, set
struct Sequence : Expr {
  Sequence(ExprKind k, const Span& where) : Expr(k, where) {}
  std::vector<const Expr*> elements;
  bool parenthesized = false;
};

struct DictExpr : Expr {
  explicit DictExpr(const Span& where) : Expr(ExprKind::dict, where) {}
  std::vector<const Expr*> keys;  // null: `**value`
  std::vector<const Expr*> values;
};

struct ComprehensionClause {
  const Expr* target = nullptr;
  const Expr* iterable = nullptr;
  std::vector<const Expr*> conditions;
  bool is_async = false;
};
struct Comprehension : Expr {
  Comprehension(ExprKind result, const Span& where) : Expr(ExprKind::comprehension, where), result_kind(result) {}
  ExprKind result_kind;  // list, set, dict, tuple (a generator)
  const Expr* element = nullptr;
  const Expr* value = nullptr;  // of a dict
  std::vector<ComprehensionClause> clauses;
  Scope scope;
};

struct Named : Expr {
  explicit Named(const Span& where) : Expr(ExprKind::named, where) {}
  const NameExpr* target = nullptr;
  const Expr* value = nullptr;
};

/// Parsed, never evaluated: `yield`, `await`.
struct Unsupported : Expr {
  Unsupported(const char* w, const Expr* e, const Span& where)
      : Expr(ExprKind::unsupported, where), what(w), operand(e) {}
  const char* what;
  const Expr* operand;
};

enum class StmtKind : std::uint8_t {
  expression,
  assign,
  augmented,
  annotated,
  return_,
  if_,
  for_,
  while_,
  with,
  function,
  class_,
  try_,
  raise,
  assert_,
  pass,
  break_,
  continue_,
  scope_declaration,
  delete_,
  import,
  import_from
};

struct Stmt : Node {
  Stmt(StmtKind k, const Span& where) : Node(where), kind(k) {}
  StmtKind kind;
};

/// expression, return, delete (tuple of targets): one optional expression
struct ExprStmt : Stmt {
  ExprStmt(StmtKind k, const Expr* e, const Span& where) : Stmt(k, where), value(e) {}
  const Expr* value;
};

struct Assign : Stmt {
  explicit Assign(const Span& where) : Stmt(StmtKind::assign, where) {}
  std::vector<const Expr*> targets;
  const Expr* value = nullptr;
};

struct Augmented : Stmt {
  explicit Augmented(const Span& where) : Stmt(StmtKind::augmented, where) {}
  const Expr* target = nullptr;
  Op op = Op::none;
  const Expr* value = nullptr;
};

struct Annotated : Stmt {
  explicit Annotated(const Span& where) : Stmt(StmtKind::annotated, where) {}
  const Expr* target = nullptr;
  const Expr* annotation = nullptr;
  const Expr* value = nullptr;
};

struct If : Stmt {
  explicit If(const Span& where) : Stmt(StmtKind::if_, where) {}
  std::vector<const Expr*> tests;  // if, elif, elif ...
  std::vector<Block> blocks;
  Block otherwise;
};

/// for and while
struct Loop : Stmt {
  Loop(StmtKind k, const Span& where) : Stmt(k, where) {}
  const Expr* target = nullptr;  // for
  const Expr* test = nullptr;    // iterable or condition
  Block body;
  Block otherwise;
  bool is_async = false;
};

struct WithItem {
  const Expr* context = nullptr;
  const Expr* target = nullptr;
};
struct With : Stmt {
  explicit With(const Span& where) : Stmt(StmtKind::with, where) {}
  std::vector<WithItem> items;
  Block body;
  bool is_async = false;
};

struct FunctionDef : Stmt {
  explicit FunctionDef(const Span& where) : Stmt(StmtKind::function, where) {}
  FunctionCode code;
  const NameExpr* target = nullptr;
  std::vector<const Expr*> decorators;
};

struct ClassDef : Stmt {
  explicit ClassDef(const Span& where) : Stmt(StmtKind::class_, where) {}
  const NameExpr* target = nullptr;
  std::vector<Argument> bases;
  std::vector<const Expr*> decorators;
  Block body;
  Scope scope;
};

struct ExceptClause {
  const Expr* type = nullptr;
  const NameExpr* target = nullptr;
  Block body;
};
struct Try : Stmt {
  explicit Try(const Span& where) : Stmt(StmtKind::try_, where) {}
  Block body;
  std::vector<ExceptClause> handlers;
  Block otherwise;
  Block finally;
};

/// raise value from cause; assert value, cause
struct PairStmt : Stmt {
  PairStmt(StmtKind k, const Span& where) : Stmt(k, where) {}
  const Expr* value = nullptr;
  const Expr* second = nullptr;
};

struct ScopeDeclaration : Stmt {
  explicit ScopeDeclaration(const Span& where) : Stmt(StmtKind::scope_declaration, where) {}
  bool global = false;
  std::vector<Name> names;
};

/// import a.b as c, d: module = "a.b", member empty; `from a.b import c as d`: member "c" ("*" for all)
struct ImportItem {
  std::string module;
  std::string member;
  const NameExpr* target = nullptr;  // null for `*`
  bool aliased = false;
  Span span;
};
struct Import : Stmt {
  Import(StmtKind k, const Span& where) : Stmt(k, where) {}
  std::vector<ImportItem> items;
  int level = 0;  // leading dots of a relative import
};

/// A parsed program. Movable; owns text, names and every node.
struct Module {
  Source source;
  std::unique_ptr<NameTable> names = std::make_unique<NameTable>();
  std::vector<std::unique_ptr<Node>> nodes;
  Block body;
  Scope scope;
  std::vector<SyntaxNote> notes;
};

}  // namespace dolab::lang
