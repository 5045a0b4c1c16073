#include "lang/syntax/parser.hpp"

#include "lang/syntax/parser_core.hpp"

namespace dolab::lang {

Module parse_module(std::string text, std::string file) {
  Module module;
  module.source = Source(std::move(text), std::move(file));
  Parser(module).parse();
  return module;
}

void Parser::parse() {
  Tokens tokens = tokenize(module_.source, names_);
  module_.notes = std::move(tokens.notes);
  tokens_ = &tokens;
  open_scope(module_.scope, ScopeKind::module);
  while (!at(TokenKind::end)) {
    if (at(TokenKind::indent)) {
      throw module_.source.error("E202", "this line is indented, but no block starts before it",
                                 "remove the indentation", peek().span);
    }
    parse_statement(module_.body);
  }
  close_scope();
  tokens_ = nullptr;
}

// ---- tokens

void Parser::expect(Op op, const char* where) {
  if (accept(op)) return;
  std::string hint;
  if (op == Op::colon && at(Op::assign)) hint = "`==` compares, `=` assigns";
  fail(std::string("expected `") + spelling(op) + "` " + where + ", found " + describe(peek()), hint);
}

void Parser::expect(Keyword keyword, const char* where) {
  if (accept(keyword)) return;
  const char* word = keyword == Keyword::kw_in ? "in" : keyword == Keyword::kw_import ? "import" : "else";
  fail(std::string("expected `") + word + "` " + where + ", found " + describe(peek()));
}

Name Parser::expect_name(const char* where) {
  if (!at(TokenKind::name)) fail(std::string("expected a name ") + where + ", found " + describe(peek()));
  return take().name;
}

std::string Parser::describe(const Token& token) const {
  switch (token.kind) {
    case TokenKind::newline:
      return "the end of the line";
    case TokenKind::indent:
      return "an indented block";
    case TokenKind::dedent:
      return "the end of the block";
    case TokenKind::end:
      return "the end of the text";
    case TokenKind::string:
      return "a string";
    case TokenKind::integer:
    case TokenKind::real:
    case TokenKind::imaginary:
      return "a number";
    case TokenKind::op:
      return std::string("`") + spelling(token.op) + "`";
    case TokenKind::name:
      return "`" + *token.name + "`";
    case TokenKind::keyword:
      break;
  }
  const std::string line = module_.source.line(token.span.line);
  const auto width = static_cast<std::size_t>(token.span.end_column - token.span.column);
  // Keywords are ASCII, but characters before them need not be: count code points.
  std::size_t at = 0;
  for (std::int32_t column = 1; column < token.span.column && at < line.size(); ++column) {
    do {
      ++at;
    } while (at < line.size() && (static_cast<unsigned char>(line[at]) & 0xC0) == 0x80);
  }
  return "`" + line.substr(at, width) + "`";
}

void Parser::fail(std::string message, std::string hint) const {
  fail_at(peek().span, std::move(message), std::move(hint));
}

void Parser::fail_at(const Span& span, std::string message, std::string hint, const char* code) const {
  throw module_.source.error(code, std::move(message), std::move(hint), span);
}

Parser::Depth::Depth(Parser& parser) : parser_(parser) {
  if (++parser_.depth_ > kMaxNesting) {
    --parser_.depth_;
    parser_.fail_at(parser_.peek().span, "the program is nested more than " + std::to_string(kMaxNesting) + " deep", "",
                    "E902");
  }
}

// ---- scopes

void Parser::open_scope(Scope& scope, ScopeKind kind, FunctionCode* function) {
  scope.kind = kind;
  scopes_.emplace_back();
  scopes_.back().scope = &scope;
  scopes_.back().function = function;
}

void Parser::close_scope() {
  OpenScope inner = std::move(scopes_.back());
  scopes_.pop_back();
  const ScopeKind kind = inner.scope->kind;
  if (kind == ScopeKind::module) return;
  const auto resolve = [&](NameExpr* name) {
    if (inner.globals.count(name->name) != 0) return;
    const auto found = inner.bound.find(name->name);
    if (found != inner.bound.end()) {
      name->slot = found->second;
      return;
    }
    ++name->depth;
    scopes_.back().passed.push_back(name);
  };
  for (NameExpr* name : inner.uses) resolve(name);
  for (NameExpr* name : inner.passed) {
    // Functions in a class body do not see its names: their frames hang on the frame around the class.
    if (kind == ScopeKind::class_body) {
      scopes_.back().passed.push_back(name);
    } else {
      resolve(name);
    }
  }
}

NameExpr* Parser::use(Name name, const Span& span) {
  NameExpr* node = make<NameExpr>(name, span);
  scopes_.back().uses.push_back(node);
  return node;
}

NameExpr* Parser::bind(Name name, const Span& span) {
  NameExpr* node = use(name, span);
  bind_existing(*node);
  return node;
}

void Parser::bind_existing(const NameExpr& target) {
  OpenScope& open = scopes_.back();
  if (open.globals.count(target.name) != 0 || open.nonlocals.count(target.name) != 0) return;
  const auto slot = static_cast<std::int32_t>(open.scope->locals.size());
  if (open.bound.emplace(target.name, slot).second) open.scope->locals.push_back(target.name);
}

void Parser::bind_target(const Expr& target, const char* statement) {
  switch (target.kind) {
    case ExprKind::name:
      bind_existing(static_cast<const NameExpr&>(target));
      return;
    case ExprKind::attribute:
    case ExprKind::subscript:
      return;
    case ExprKind::starred:
      bind_target(*static_cast<const Starred&>(target).value, statement);
      return;
    case ExprKind::tuple:
    case ExprKind::list: {
      int stars = 0;
      for (const Expr* element : static_cast<const Sequence&>(target).elements) {
        if (element->kind == ExprKind::starred && ++stars > 1) {
          fail_at(element->span, "two starred names in one assignment");
        }
        bind_target(*element, statement);
      }
      return;
    }
    default:
      break;
  }
  const char* what = target.kind == ExprKind::call       ? "a function call"
                     : target.kind == ExprKind::constant ? "a constant"
                     : target.kind == ExprKind::compare  ? "a comparison"
                     : target.kind == ExprKind::fstring  ? "an f-string"
                                                         : "an expression";
  fail_at(target.span, std::string("cannot ") + statement + " " + what,
          target.kind == ExprKind::compare ? "" : "did you mean `==`?");
}

FunctionCode* Parser::enclosing_function() noexcept {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    if (scope->scope->kind != ScopeKind::comprehension) return scope->function;
  }
  return nullptr;
}

void Parser::adopt_uses(const UseMark& mark, OpenScope& inner) {
  OpenScope& outer = scopes_.back();
  inner.uses.assign(outer.uses.begin() + static_cast<std::ptrdiff_t>(mark.uses), outer.uses.end());
  inner.passed.assign(outer.passed.begin() + static_cast<std::ptrdiff_t>(mark.passed), outer.passed.end());
  outer.uses.resize(mark.uses);
  outer.passed.resize(mark.passed);
}

}  // namespace dolab::lang
