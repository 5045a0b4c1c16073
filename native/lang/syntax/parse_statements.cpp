#include "lang/syntax/parser_core.hpp"

namespace dolab::lang {
namespace {

Op augmented_operator(Op op) noexcept {
  switch (op) {
    case Op::add_assign:
      return Op::add;
    case Op::sub_assign:
      return Op::sub;
    case Op::mul_assign:
      return Op::mul;
    case Op::div_assign:
      return Op::div;
    case Op::floor_div_assign:
      return Op::floor_div;
    case Op::mod_assign:
      return Op::mod;
    case Op::matmul_assign:
      return Op::matmul;
    case Op::pow_assign:
      return Op::pow;
    case Op::shift_left_assign:
      return Op::shift_left;
    case Op::shift_right_assign:
      return Op::shift_right;
    case Op::and_assign:
      return Op::bit_and;
    case Op::or_assign:
      return Op::bit_or;
    case Op::xor_assign:
      return Op::bit_xor;
    default:
      return Op::none;
  }
}

}  // namespace

void Parser::parse_block(Block& block, const char* owner) {
  const Depth depth(*this);
  expect(Op::colon, owner);
  if (!accept(TokenKind::newline)) {
    parse_simple_line(block);
    return;
  }
  if (!accept(TokenKind::indent)) {
    fail_at(peek().span, std::string("expected an indented block ") + owner, "indent the lines of the block", "E202");
  }
  while (!at(TokenKind::dedent) && !at(TokenKind::end)) {
    if (at(TokenKind::indent)) {
      fail_at(peek().span, "this line is indented more than the block it belongs to", "align it with the block",
              "E202");
    }
    parse_statement(block);
  }
  accept(TokenKind::dedent);
}

void Parser::parse_statement(Block& block) {
  const Span begin = peek().span;
  if (at(TokenKind::keyword)) {
    switch (peek().keyword) {
      case Keyword::kw_if:
        block.push_back(parse_if());
        return;
      case Keyword::kw_while:
        block.push_back(parse_while());
        return;
      case Keyword::kw_for:
        block.push_back(parse_for(begin, false));
        return;
      case Keyword::kw_try:
        block.push_back(parse_try());
        return;
      case Keyword::kw_with:
        block.push_back(parse_with(begin, false));
        return;
      case Keyword::kw_def:
        block.push_back(parse_function(begin, {}, false));
        return;
      case Keyword::kw_class:
        block.push_back(parse_class(begin, {}));
        return;
      case Keyword::kw_async: {
        take();
        if (at(Keyword::kw_for)) {
          block.push_back(parse_for(begin, true));
        } else if (at(Keyword::kw_with)) {
          block.push_back(parse_with(begin, true));
        } else if (at(Keyword::kw_def)) {
          block.push_back(parse_function(begin, {}, true));
        } else {
          fail("expected `def`, `for` or `with` after `async`");
        }
        return;
      }
      default:
        break;
    }
  }
  if (at(Op::matmul)) {
    block.push_back(parse_decorated());
    return;
  }
  parse_simple_line(block);
}

void Parser::parse_simple_line(Block& block) {
  do {
    block.push_back(parse_simple());
  } while (accept(Op::semicolon) && !at(TokenKind::newline));
  if (accept(TokenKind::newline) || at(TokenKind::end)) return;
  const Stmt& last = *block.back();
  std::string hint;
  if (last.kind == StmtKind::expression) {
    const Expr* value = static_cast<const ExprStmt&>(last).value;
    const bool is_name = value != nullptr && value->kind == ExprKind::name;
    const std::string name = is_name ? *static_cast<const NameExpr*>(value)->name : "";
    if (name == "print" || name == "exec") hint = "write `" + name + "(...)`";
    if (name == "match") hint = "the `match` statement is not part of the model language; use if/elif";
  }
  fail("expected the end of the statement, found " + describe(peek()), hint);
}

const Stmt* Parser::parse_simple() {
  const Span begin = peek().span;
  if (!at(TokenKind::keyword)) return parse_expression_statement();
  const auto simple = [&](StmtKind kind) {
    take();
    return make<ExprStmt>(kind, nullptr, begin);
  };
  switch (peek().keyword) {
    case Keyword::kw_pass:
      return simple(StmtKind::pass);
    case Keyword::kw_break:
      return simple(StmtKind::break_);
    case Keyword::kw_continue:
      return simple(StmtKind::continue_);
    case Keyword::kw_return: {
      if (enclosing_function() == nullptr) fail("`return` outside a function");
      take();
      const bool empty = at(TokenKind::newline) || at(Op::semicolon) || at(TokenKind::end);
      const Expr* value = empty ? nullptr : parse_expressions();
      return make<ExprStmt>(StmtKind::return_, value, from(begin));
    }
    case Keyword::kw_raise:
    case Keyword::kw_assert: {
      const bool is_raise = take().keyword == Keyword::kw_raise;
      PairStmt* stmt = make<PairStmt>(is_raise ? StmtKind::raise : StmtKind::assert_, begin);
      if (!is_raise || !(at(TokenKind::newline) || at(Op::semicolon) || at(TokenKind::end))) {
        stmt->value = parse_expression();
        if (is_raise ? accept(Keyword::kw_from) : accept(Op::comma)) stmt->second = parse_expression();
      }
      stmt->span = from(begin);
      return stmt;
    }
    case Keyword::kw_del: {
      take();
      const Expr* targets = parse_target_list();
      bind_target(*targets, "delete");
      return make<ExprStmt>(StmtKind::delete_, targets, from(begin));
    }
    case Keyword::kw_global:
    case Keyword::kw_nonlocal:
      return parse_declaration();
    case Keyword::kw_import:
      return parse_import();
    case Keyword::kw_from:
      return parse_import_from();
    default:
      return parse_expression_statement();
  }
}

const Stmt* Parser::parse_declaration() {
  const Span begin = peek().span;
  ScopeDeclaration* stmt = make<ScopeDeclaration>(begin);
  stmt->global = take().keyword == Keyword::kw_global;
  OpenScope& open = scopes_.back();
  do {
    const Span span = peek().span;
    const Name name = expect_name(stmt->global ? "after `global`" : "after `nonlocal`");
    if (open.scope->kind == ScopeKind::module) {
      if (!stmt->global) fail_at(span, "`nonlocal` outside a function");
      continue;
    }
    if (open.bound.count(name) != 0) fail_at(span, "`" + *name + "` is bound before this declaration");
    (stmt->global ? open.globals : open.nonlocals).insert(name);
    stmt->names.push_back(name);
  } while (accept(Op::comma));
  stmt->span = from(begin);
  return stmt;
}

const Stmt* Parser::parse_expression_statement() {
  const Span begin = peek().span;
  const Expr* first = at(Keyword::kw_yield) ? parse_yield() : parse_expressions();
  if (accept(Op::colon)) {
    const bool legal =
        first->kind == ExprKind::name || first->kind == ExprKind::attribute || first->kind == ExprKind::subscript;
    if (!legal) fail_at(first->span, "only a name can have an annotation");
    Annotated* stmt = make<Annotated>(begin);
    stmt->target = first;
    stmt->annotation = parse_expression();
    bind_target(*first, "assign to");
    if (accept(Op::assign)) stmt->value = at(Keyword::kw_yield) ? parse_yield() : parse_expressions();
    stmt->span = from(begin);
    return stmt;
  }
  const Op augmented = at(TokenKind::op) ? augmented_operator(peek().op) : Op::none;
  if (augmented != Op::none) {
    if (first->kind == ExprKind::tuple || first->kind == ExprKind::list) {
      fail_at(first->span, "augmented assignment needs one target");
    }
    bind_target(*first, "assign to");
    take();
    Augmented* stmt = make<Augmented>(begin);
    stmt->target = first;
    stmt->op = augmented;
    stmt->value = at(Keyword::kw_yield) ? parse_yield() : parse_expressions();
    stmt->span = from(begin);
    return stmt;
  }
  if (!at(Op::assign)) return make<ExprStmt>(StmtKind::expression, first, from(begin));
  Assign* stmt = make<Assign>(begin);
  stmt->value = first;
  while (at(Op::assign)) {
    if (stmt->value->kind == ExprKind::starred)
      fail_at(stmt->value->span, "a starred target must be in a list or tuple");
    bind_target(*stmt->value, "assign to");
    take();
    stmt->targets.push_back(stmt->value);
    stmt->value = at(Keyword::kw_yield) ? parse_yield() : parse_expressions();
  }
  stmt->span = from(begin);
  return stmt;
}

const Stmt* Parser::parse_if() {
  If* stmt = make<If>(peek().span);
  const Span begin = peek().span;
  const char* owner = "after the `if` condition";
  do {
    take();
    stmt->tests.push_back(parse_named());
    stmt->blocks.emplace_back();
    parse_block(stmt->blocks.back(), owner);
    owner = "after the `elif` condition";
  } while (at(Keyword::kw_elif));
  if (accept(Keyword::kw_else)) parse_block(stmt->otherwise, "after `else`");
  stmt->span = from(begin);
  return stmt;
}

const Stmt* Parser::parse_while() {
  const Span begin = take().span;
  Loop* stmt = make<Loop>(StmtKind::while_, begin);
  stmt->test = parse_named();
  parse_block(stmt->body, "after the `while` condition");
  if (accept(Keyword::kw_else)) parse_block(stmt->otherwise, "after `else`");
  stmt->span = from(begin);
  return stmt;
}

const Stmt* Parser::parse_for(const Span& begin, bool is_async) {
  take();
  Loop* stmt = make<Loop>(StmtKind::for_, begin);
  stmt->is_async = is_async;
  stmt->target = parse_target_list();
  bind_target(*stmt->target, "assign to");
  expect(Keyword::kw_in, "after the loop variable");
  stmt->test = parse_expressions();
  parse_block(stmt->body, "after the `for` header");
  if (accept(Keyword::kw_else)) parse_block(stmt->otherwise, "after `else`");
  stmt->span = from(begin);
  return stmt;
}

const Stmt* Parser::parse_try() {
  const Span begin = take().span;
  Try* stmt = make<Try>(begin);
  parse_block(stmt->body, "after `try`");
  while (accept(Keyword::kw_except)) {
    ExceptClause& clause = stmt->handlers.emplace_back();
    if (!at(Op::colon)) {
      clause.type = parse_expression();
      if (accept(Keyword::kw_as)) {
        const Span span = peek().span;
        clause.target = bind(expect_name("after `as`"), span);
      }
    }
    parse_block(clause.body, "after `except`");
  }
  if (!stmt->handlers.empty() && accept(Keyword::kw_else)) parse_block(stmt->otherwise, "after `else`");
  const bool has_finally = accept(Keyword::kw_finally);
  if (has_finally) parse_block(stmt->finally, "after `finally`");
  if (stmt->handlers.empty() && !has_finally) fail("expected `except` or `finally` after the `try` block");
  stmt->span = from(begin);
  return stmt;
}

// `with (a as b, c):` as opposed to `with (f(x)) as y:` or `with (a or b)(z):`.
bool Parser::at_parenthesized_items() const noexcept {
  if (!at(Op::left_paren)) return false;
  int depth = 0;
  for (std::size_t i = at_; i < tokens_->tokens.size(); ++i) {
    const Token& token = tokens_->tokens[i];
    if (token.kind != TokenKind::op) continue;
    if (token.op == Op::left_paren || token.op == Op::left_bracket || token.op == Op::left_brace) ++depth;
    if (token.op == Op::right_paren || token.op == Op::right_bracket || token.op == Op::right_brace) --depth;
    if (depth > 0) continue;
    const Token& next = tokens_->tokens[i + 1 < tokens_->tokens.size() ? i + 1 : i];
    return next.kind == TokenKind::op && next.op == Op::colon;
  }
  return false;
}

WithItem Parser::parse_with_item() {
  WithItem item;
  item.context = parse_named();
  if (accept(Keyword::kw_as)) {
    item.target = parse_binary();
    bind_target(*item.target, "assign to");
  }
  return item;
}

const Stmt* Parser::parse_with(const Span& begin, bool is_async) {
  take();
  With* stmt = make<With>(begin);
  stmt->is_async = is_async;
  const bool parenthesized = at_parenthesized_items();
  if (parenthesized) take();
  do {
    if (parenthesized && at(Op::right_paren) && !stmt->items.empty()) break;
    stmt->items.push_back(parse_with_item());
  } while (accept(Op::comma));
  if (parenthesized) expect(Op::right_paren, "after the `with` items");
  parse_block(stmt->body, "after the `with` header");
  stmt->span = from(begin);
  return stmt;
}

const Stmt* Parser::parse_decorated() {
  const Span begin = peek().span;
  std::vector<const Expr*> decorators;
  while (accept(Op::matmul)) {
    decorators.push_back(parse_named());
    if (!accept(TokenKind::newline))
      fail("expected the end of the line after the decorator, found " + describe(peek()));
  }
  if (at(Keyword::kw_class)) return parse_class(begin, std::move(decorators));
  const bool is_async = accept(Keyword::kw_async);
  if (!at(Keyword::kw_def)) fail("expected `def` or `class` after a decorator, found " + describe(peek()));
  return parse_function(begin, std::move(decorators), is_async);
}

const Stmt* Parser::parse_function(const Span& begin, std::vector<const Expr*> decorators, bool is_async) {
  take();
  FunctionDef* stmt = make<FunctionDef>(begin);
  stmt->decorators = std::move(decorators);
  FunctionCode& code = stmt->code;
  code.is_async = is_async;
  code.name_span = peek().span;
  code.name = expect_name("after `def`");
  stmt->target = bind(code.name, code.name_span);
  expect(Op::left_paren, "after the function's name");
  parse_parameters(code, Op::right_paren, true);
  expect(Op::right_paren, "after the parameters");
  if (accept(Op::arrow)) parse_expressions();
  open_scope(code.scope, ScopeKind::function, &code);
  declare_parameters(code);
  parse_block(code.body, "after the function header");
  close_scope();
  stmt->span = code.span = from(begin);
  return stmt;
}

void Parser::declare_parameters(FunctionCode& code) {
  for (const Parameter& parameter : code.parameters) {
    auto* target = const_cast<NameExpr*>(parameter.target);  // made by parse_parameters a moment ago
    if (scopes_.back().bound.count(target->name) != 0) {
      fail_at(target->span, "two parameters are called `" + *target->name + "`");
    }
    scopes_.back().uses.push_back(target);
    bind_existing(*target);
  }
}

const Stmt* Parser::parse_class(const Span& begin, std::vector<const Expr*> decorators) {
  take();
  ClassDef* stmt = make<ClassDef>(begin);
  stmt->decorators = std::move(decorators);
  const Span span = peek().span;
  stmt->target = bind(expect_name("after `class`"), span);
  if (accept(Op::left_paren)) {
    parse_arguments(stmt->bases, Op::right_paren);
    expect(Op::right_paren, "after the base classes");
  }
  open_scope(stmt->scope, ScopeKind::class_body);
  parse_block(stmt->body, "after the class header");
  close_scope();
  stmt->span = from(begin);
  return stmt;
}

std::string Parser::parse_dotted() {
  std::string result = *expect_name("of a module");
  while (accept(Op::dot)) result += "." + *expect_name("after `.`");
  return result;
}

const Stmt* Parser::parse_import() {
  const Span begin = take().span;
  Import* stmt = make<Import>(StmtKind::import, begin);
  do {
    ImportItem item;
    const Span span = peek().span;
    item.module = parse_dotted();
    item.span = from(span);
    item.aliased = accept(Keyword::kw_as);
    if (item.aliased) {
      const Span alias = peek().span;
      item.target = bind(expect_name("after `as`"), alias);
    } else {
      item.target = bind(names_.intern(item.module.substr(0, item.module.find('.'))), span);
    }
    stmt->items.push_back(std::move(item));
  } while (accept(Op::comma));
  stmt->span = from(begin);
  return stmt;
}

const Stmt* Parser::parse_import_from() {
  const Span begin = take().span;
  Import* stmt = make<Import>(StmtKind::import_from, begin);
  while (at(Op::dot) || at(Op::ellipsis)) stmt->level += take().op == Op::dot ? 1 : 3;
  const std::string module = at(TokenKind::name) || stmt->level == 0 ? parse_dotted() : "";
  expect(Keyword::kw_import, "after the module's name");
  const Span star = peek().span;
  if (accept(Op::mul)) {
    ImportItem item;
    item.module = module;
    item.member = "*";
    item.span = star;
    stmt->items.push_back(std::move(item));
    stmt->span = from(begin);
    return stmt;
  }
  const bool parenthesized = accept(Op::left_paren);
  do {
    if (parenthesized && at(Op::right_paren) && !stmt->items.empty()) break;
    ImportItem item;
    item.module = module;
    item.span = peek().span;
    const Name member = expect_name("to import");
    item.member = *member;
    item.aliased = accept(Keyword::kw_as);
    const Span span = item.aliased ? peek().span : item.span;
    item.target = bind(item.aliased ? expect_name("after `as`") : member, span);
    stmt->items.push_back(std::move(item));
  } while (accept(Op::comma));
  if (parenthesized) expect(Op::right_paren, "after the imported names");
  stmt->span = from(begin);
  return stmt;
}

}  // namespace dolab::lang
