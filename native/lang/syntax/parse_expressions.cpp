#include "lang/syntax/parser_core.hpp"

namespace dolab::lang {
namespace {

constexpr int kUnaryLevel = 7;
constexpr int kMaxTrailers = 1000;  // a.b(c)[d]...: nested to the left, so bounded

int binary_level(Op op) noexcept {
  switch (op) {
    case Op::bit_or:
      return 1;
    case Op::bit_xor:
      return 2;
    case Op::bit_and:
      return 3;
    case Op::shift_left:
    case Op::shift_right:
      return 4;
    case Op::add:
    case Op::sub:
      return 5;
    case Op::mul:
    case Op::div:
    case Op::floor_div:
    case Op::mod:
    case Op::matmul:
      return 6;
    default:
      return 0;
  }
}

bool starts_expression(const Token& token) noexcept {
  switch (token.kind) {
    case TokenKind::name:
    case TokenKind::integer:
    case TokenKind::real:
    case TokenKind::imaginary:
    case TokenKind::string:
      return true;
    case TokenKind::op:
      return token.op == Op::left_paren || token.op == Op::left_bracket || token.op == Op::left_brace ||
             token.op == Op::sub || token.op == Op::add || token.op == Op::invert || token.op == Op::ellipsis ||
             token.op == Op::mul;
    case TokenKind::keyword:
      return token.keyword == Keyword::kw_None || token.keyword == Keyword::kw_True ||
             token.keyword == Keyword::kw_False || token.keyword == Keyword::kw_not ||
             token.keyword == Keyword::kw_lambda || token.keyword == Keyword::kw_await ||
             token.keyword == Keyword::kw_yield;
    default:
      return false;
  }
}

}  // namespace

const Expr* Parser::parse_star_expression() {
  const Span begin = peek().span;
  if (!accept(Op::mul)) return parse_named();
  const Expr* value = parse_binary();
  return make<Starred>(value, from(begin));
}

const Expr* Parser::parse_expressions() {
  const Span begin = peek().span;
  const Expr* first = parse_star_expression();
  return finish_tuple(first, begin, true);
}

// The rest of `first, b, c`; `first` itself if no comma follows.
const Expr* Parser::finish_tuple(const Expr* first, const Span& begin, bool star) {
  if (!at(Op::comma)) return first;
  Sequence* tuple = make<Sequence>(ExprKind::tuple, begin);
  tuple->elements.push_back(first);
  while (accept(Op::comma)) {
    if (!starts_expression(peek())) break;
    tuple->elements.push_back(star ? parse_star_expression() : parse_expression());
  }
  tuple->span = from(begin);
  return tuple;
}

// Targets of `for`, `del`: no comparison, because `in` ends them.
const Expr* Parser::parse_target_list() {
  const Span begin = peek().span;
  const auto target = [&]() -> const Expr* {
    const Span start = peek().span;
    if (!accept(Op::mul)) return parse_binary();
    const Expr* value = parse_binary();
    return make<Starred>(value, from(start));
  };
  const Expr* first = target();
  if (!at(Op::comma)) return first;
  Sequence* tuple = make<Sequence>(ExprKind::tuple, begin);
  tuple->elements.push_back(first);
  while (accept(Op::comma)) {
    if (!starts_expression(peek())) break;
    tuple->elements.push_back(target());
  }
  tuple->span = from(begin);
  return tuple;
}

const Expr* Parser::parse_named() {
  if (at(TokenKind::name) && peek_next().kind == TokenKind::op && peek_next().op == Op::walrus) {
    const Span begin = peek().span;
    const Token& token = take();
    // The name belongs to the function around a comprehension, not to the comprehension.
    NameExpr* target = use(token.name, begin);
    for (auto open = scopes_.rbegin(); open != scopes_.rend(); ++open) {
      if (open->scope->kind == ScopeKind::comprehension) continue;
      if (open->globals.count(target->name) == 0 && open->nonlocals.count(target->name) == 0) {
        const auto slot = static_cast<std::int32_t>(open->scope->locals.size());
        if (open->bound.emplace(target->name, slot).second) open->scope->locals.push_back(target->name);
      }
      break;
    }
    take();
    Named* named = make<Named>(begin);
    named->target = target;
    named->value = parse_expression();
    named->span = from(begin);
    return named;
  }
  return parse_expression();
}

const Expr* Parser::parse_expression() {
  const Depth depth(*this);
  if (at(Keyword::kw_lambda)) return parse_lambda();
  const Span begin = peek().span;
  const Expr* value = parse_or();
  if (!accept(Keyword::kw_if)) return value;
  Ternary* ternary = make<Ternary>(begin);
  ternary->if_true = value;
  ternary->test = parse_or();
  expect(Keyword::kw_else, "of the conditional expression");
  ternary->if_false = parse_expression();
  ternary->span = from(begin);
  return ternary;
}

const Expr* Parser::parse_or() {
  const Span begin = peek().span;
  const Expr* first = parse_and();
  if (!at(Keyword::kw_or)) return first;
  Chain* chain = make<Chain>(ExprKind::boolean, begin);
  chain->operands.push_back(first);
  chain->ops.push_back(Op::logical_or);
  while (accept(Keyword::kw_or)) chain->operands.push_back(parse_and());
  chain->span = from(begin);
  return chain;
}

const Expr* Parser::parse_and() {
  const Span begin = peek().span;
  const Expr* first = parse_not();
  if (!at(Keyword::kw_and)) return first;
  Chain* chain = make<Chain>(ExprKind::boolean, begin);
  chain->operands.push_back(first);
  chain->ops.push_back(Op::logical_and);
  while (accept(Keyword::kw_and)) chain->operands.push_back(parse_not());
  chain->span = from(begin);
  return chain;
}

const Expr* Parser::parse_not() {
  const Span begin = peek().span;
  if (!accept(Keyword::kw_not)) return parse_comparison();
  const Depth depth(*this);
  const Expr* operand = parse_not();
  return make<Unary>(Op::logical_not, operand, from(begin));
}

const Expr* Parser::parse_comparison() {
  const Span begin = peek().span;
  const Expr* first = parse_binary();
  Chain* chain = nullptr;
  while (true) {
    Op op = Op::none;
    if (at(TokenKind::op) && peek().op >= Op::less && peek().op <= Op::not_equal) {
      op = take().op;
    } else if (accept(Keyword::kw_in)) {
      op = Op::in;
    } else if (accept(Keyword::kw_is)) {
      op = accept(Keyword::kw_not) ? Op::is_not : Op::is;
    } else if (at(Keyword::kw_not) && peek_next().kind == TokenKind::keyword && peek_next().keyword == Keyword::kw_in) {
      take();
      take();
      op = Op::not_in;
    } else {
      break;
    }
    if (chain == nullptr) {
      chain = make<Chain>(ExprKind::compare, begin);
      chain->operands.push_back(first);
    }
    chain->ops.push_back(op);
    chain->operands.push_back(parse_binary());
  }
  if (chain == nullptr) return first;
  chain->span = from(begin);
  return chain;
}

// Precedence climbing; operators of one level form one flat node.
const Expr* Parser::parse_binary(int level) {
  const Span begin = peek().span;
  const Expr* left = level >= kUnaryLevel ? parse_unary() : nullptr;
  if (left == nullptr) left = parse_unary();
  while (at(TokenKind::op)) {
    const int current = binary_level(peek().op);
    if (current < level || current == 0) break;
    Chain* chain = make<Chain>(ExprKind::arithmetic, begin);
    chain->operands.push_back(left);
    while (at(TokenKind::op) && binary_level(peek().op) == current) {
      chain->ops.push_back(take().op);
      chain->operands.push_back(current + 1 >= kUnaryLevel ? parse_unary() : parse_binary(current + 1));
    }
    chain->span = from(begin);
    left = chain;
  }
  return left;
}

const Expr* Parser::parse_unary() {
  const Span begin = peek().span;
  Op op = Op::none;
  if (at(Op::sub)) op = Op::negate;
  if (at(Op::add)) op = Op::positive;
  if (at(Op::invert)) op = Op::invert;
  if (op == Op::none) return parse_power();
  const Depth depth(*this);
  take();
  const Expr* operand = parse_unary();
  return make<Unary>(op, operand, from(begin));
}

const Expr* Parser::parse_power() {
  const Span begin = peek().span;
  const Expr* base = nullptr;
  if (accept(Keyword::kw_await)) {
    const Expr* operand = parse_primary();
    base = make<Unsupported>("await", operand, from(begin));
  } else {
    base = parse_primary();
  }
  if (!accept(Op::pow)) return base;
  const Depth depth(*this);
  const Expr* exponent = parse_unary();
  Chain* chain = make<Chain>(ExprKind::arithmetic, from(begin));
  chain->operands = {base, exponent};
  chain->ops = {Op::pow};
  return chain;
}

const Expr* Parser::parse_primary() {
  const Span begin = peek().span;
  const Expr* value = parse_atom();
  for (int trailers = 0; at(TokenKind::op); ++trailers) {
    if (trailers > kMaxTrailers) {
      fail_at(peek().span, "more than 1000 calls, attributes and indices in one chain", "", "E902");
    }
    if (accept(Op::dot)) {
      const Span span = peek().span;
      const Name name = expect_name("after `.`");
      value = make<Attribute>(value, name, from(begin), span);
    } else if (accept(Op::left_paren)) {
      Call* call = make<Call>(value, begin);
      parse_arguments(call->arguments, Op::right_paren);
      expect(Op::right_paren, "after the arguments");
      call->span = from(begin);
      value = call;
    } else if (accept(Op::left_bracket)) {
      const Expr* index = parse_subscript_index();
      expect(Op::right_bracket, "after the index");
      value = make<Subscript>(value, index, from(begin));
    } else {
      break;
    }
  }
  return value;
}

const Expr* Parser::parse_subscript_item() {
  const Span begin = peek().span;
  const Expr* lower = nullptr;
  if (!at(Op::colon)) {
    lower = parse_star_expression();
    if (!at(Op::colon)) return lower;
  }
  SliceExpr* slice = make<SliceExpr>(begin);
  slice->lower = lower;
  const auto bound = [&]() -> const Expr* {
    const bool empty = at(Op::colon) || at(Op::comma) || at(Op::right_bracket);
    return empty ? nullptr : parse_expression();
  };
  take();
  slice->upper = bound();
  if (accept(Op::colon)) slice->step = bound();
  slice->span = from(begin);
  return slice;
}

const Expr* Parser::parse_subscript_index() {
  const Span begin = peek().span;
  const Expr* first = parse_subscript_item();
  if (!at(Op::comma)) return first;
  Sequence* tuple = make<Sequence>(ExprKind::tuple, begin);
  tuple->elements.push_back(first);
  while (accept(Op::comma)) {
    if (at(Op::right_bracket)) break;
    tuple->elements.push_back(parse_subscript_item());
  }
  tuple->span = from(begin);
  return tuple;
}

void Parser::parse_arguments(std::vector<Argument>& arguments, Op close) {
  bool keyword_seen = false;
  while (!at(close)) {
    Argument argument;
    const Span begin = peek().span;
    const UseMark mark = mark_uses();
    if (accept(Op::mul)) {
      argument.kind = Argument::Kind::star;
      argument.value = parse_expression();
    } else if (accept(Op::pow)) {
      argument.kind = Argument::Kind::double_star;
      argument.value = parse_expression();
      keyword_seen = true;
    } else if (at(TokenKind::name) && peek_next().kind == TokenKind::op && peek_next().op == Op::assign) {
      argument.kind = Argument::Kind::keyword;
      argument.name_span = begin;
      argument.name = take().name;
      take();
      argument.value = parse_expression();
      keyword_seen = true;
      for (const Argument& other : arguments) {
        if (other.kind == Argument::Kind::keyword && other.name == argument.name) {
          fail_at(begin, "keyword argument `" + *argument.name + "` is repeated");
        }
      }
    } else {
      argument.value = parse_named();
      if (at(Keyword::kw_for) || at(Keyword::kw_async)) {
        argument.value = parse_comprehension(ExprKind::tuple, begin, mark, argument.value);
      } else if (keyword_seen) {
        fail_at(begin, "a positional argument follows a keyword argument");
      }
    }
    arguments.push_back(argument);
    if (!accept(Op::comma)) break;
  }
}

const Expr* Parser::parse_atom() {
  const Token& token = peek();
  const Span span = token.span;
  const auto constant = [&](ConstantKind kind) {
    Constant* node = make<Constant>(kind, span);
    node->integer = token.integer;
    node->real = token.real;
    take();
    return node;
  };
  switch (token.kind) {
    case TokenKind::name:
      return use(take().name, span);
    case TokenKind::integer:
      return constant(token.too_large ? ConstantKind::big_integer : ConstantKind::integer);
    case TokenKind::real:
      return constant(ConstantKind::real);
    case TokenKind::imaginary:
      return constant(ConstantKind::imaginary);
    case TokenKind::string:
      return parse_strings();
    case TokenKind::keyword:
      if (token.keyword == Keyword::kw_None) return constant(ConstantKind::none);
      if (token.keyword == Keyword::kw_True || token.keyword == Keyword::kw_False) {
        const bool value = token.keyword == Keyword::kw_True;
        Constant* node = constant(ConstantKind::boolean);
        node->integer = value ? 1 : 0;
        return node;
      }
      break;
    case TokenKind::op:
      if (token.op == Op::left_paren) return parse_parenthesized();
      if (token.op == Op::left_bracket) return parse_list();
      if (token.op == Op::left_brace) return parse_braces();
      if (token.op == Op::ellipsis) return constant(ConstantKind::ellipsis);
      break;
    default:
      break;
  }
  const bool keyword = token.kind == TokenKind::keyword;
  fail("expected an expression, found " + describe(token), keyword ? "this is a reserved word" : "");
}

const Expr* Parser::parse_parenthesized() {
  const Span begin = take().span;
  if (accept(Op::right_paren)) {
    Sequence* empty = make<Sequence>(ExprKind::tuple, from(begin));
    empty->parenthesized = true;
    return empty;
  }
  if (at(Keyword::kw_yield)) {
    const Expr* value = parse_yield();
    expect(Op::right_paren, "after `yield`");
    return value;
  }
  const UseMark mark = mark_uses();
  const Expr* first = parse_star_expression();
  if (at(Keyword::kw_for) || at(Keyword::kw_async)) {
    first = parse_comprehension(ExprKind::tuple, begin, mark, first);
    expect(Op::right_paren, "after the generator");
    return first;
  }
  const bool is_tuple = at(Op::comma);
  const Expr* result = finish_tuple(first, begin, true);
  if (!at(Op::right_paren) && starts_expression(peek())) {
    fail("expected `,` or `)`, found " + describe(peek()), "is a comma or an operator missing?");
  }
  expect(Op::right_paren, "after the expression");
  if (is_tuple) {
    auto* tuple = static_cast<Sequence*>(const_cast<Expr*>(result));  // made by finish_tuple
    tuple->parenthesized = true;
    tuple->span = from(begin);
  } else if (result->kind == ExprKind::starred) {
    fail_at(result->span, "a starred expression needs a tuple around it", "add a comma");
  }
  return result;
}

const Expr* Parser::parse_list() {
  const Span begin = take().span;
  Sequence* list = make<Sequence>(ExprKind::list, begin);
  const UseMark mark = mark_uses();
  while (!at(Op::right_bracket)) {
    const Expr* element = parse_star_expression();
    if (list->elements.empty() && (at(Keyword::kw_for) || at(Keyword::kw_async))) {
      const Expr* result = parse_comprehension(ExprKind::list, begin, mark, element);
      expect(Op::right_bracket, "after the comprehension");
      return result;
    }
    list->elements.push_back(element);
    if (!accept(Op::comma)) break;
  }
  expect(Op::right_bracket, "after the list");
  list->span = from(begin);
  return list;
}

const Expr* Parser::parse_braces() {
  const Span begin = take().span;
  const UseMark mark = mark_uses();
  DictExpr* dict = nullptr;
  Sequence* set = nullptr;
  while (!at(Op::right_brace)) {
    const Expr* key = nullptr;
    const Expr* value = nullptr;
    const Span start = peek().span;
    if (accept(Op::pow)) {
      value = parse_binary();
    } else {
      key = parse_star_expression();
      if (key->kind != ExprKind::starred && set == nullptr && accept(Op::colon)) value = parse_expression();
    }
    if (value == nullptr ? dict != nullptr : set != nullptr) {
      fail_at(start, value == nullptr ? "expected `key: value` in a dict" : "a set has no `key: value` pairs");
    }
    if (dict == nullptr && set == nullptr) {
      if (at(Keyword::kw_for) || at(Keyword::kw_async)) {
        const ExprKind kind = value == nullptr ? ExprKind::set : ExprKind::dict;
        if (key == nullptr) fail("`**` is not allowed in a comprehension");
        const Expr* result = parse_comprehension(kind, begin, mark, key, value);
        expect(Op::right_brace, "after the comprehension");
        return result;
      }
      if (value == nullptr) {
        set = make<Sequence>(ExprKind::set, begin);
      } else {
        dict = make<DictExpr>(begin);
      }
    }
    if (dict != nullptr) {
      dict->keys.push_back(key);
      dict->values.push_back(value);
    } else {
      set->elements.push_back(key);
    }
    if (!accept(Op::comma)) break;
  }
  expect(Op::right_brace, set != nullptr ? "after the set" : "after the dict");
  Expr* result = set;
  if (set == nullptr) result = dict == nullptr ? make<DictExpr>(begin) : dict;
  result->span = from(begin);
  return result;
}

const Expr* Parser::parse_comprehension(ExprKind kind, const Span& begin, const UseMark& mark, const Expr* element,
                                        const Expr* value) {
  if (element->kind == ExprKind::starred) fail_at(element->span, "a comprehension cannot begin with `*`");
  Comprehension* result = make<Comprehension>(kind, begin);
  result->element = element;
  result->value = value;
  OpenScope inner;
  inner.scope = &result->scope;
  result->scope.kind = ScopeKind::comprehension;
  adopt_uses(mark, inner);
  scopes_.push_back(std::move(inner));
  while (at(Keyword::kw_for) || at(Keyword::kw_async)) {
    ComprehensionClause& clause = result->clauses.emplace_back();
    clause.is_async = accept(Keyword::kw_async);
    if (!accept(Keyword::kw_for)) fail("expected `for` after `async`");
    clause.target = parse_target_list();
    bind_target(*clause.target, "assign to");
    expect(Keyword::kw_in, "after the loop variable");
    if (result->clauses.size() == 1) {
      // The first iterable belongs to the scope outside.
      OpenScope open = std::move(scopes_.back());
      scopes_.pop_back();
      clause.iterable = parse_or();
      scopes_.push_back(std::move(open));
    } else {
      clause.iterable = parse_or();
    }
    while (accept(Keyword::kw_if)) {
      const bool walrus = peek_next().kind == TokenKind::op && peek_next().op == Op::walrus;
      clause.conditions.push_back(walrus ? parse_named() : parse_or());
    }
  }
  close_scope();
  result->span = from(begin);
  return result;
}

const Expr* Parser::parse_lambda() {
  const Span begin = take().span;
  Lambda* lambda = make<Lambda>(begin);
  FunctionCode& code = lambda->code;
  code.name = names_.intern("<lambda>");
  code.name_span = begin;
  parse_parameters(code, Op::colon, false);
  expect(Op::colon, "after the parameters of `lambda`");
  open_scope(code.scope, ScopeKind::function, &code);
  declare_parameters(code);
  code.expression = parse_expression();
  close_scope();
  lambda->span = code.span = from(begin);
  return lambda;
}

const Expr* Parser::parse_yield() {
  const Span begin = take().span;
  FunctionCode* function = enclosing_function();
  if (function == nullptr) fail_at(begin, "`yield` outside a function");
  if (!function->is_generator) function->yield_span = begin;
  function->is_generator = true;
  const Expr* value = nullptr;
  if (accept(Keyword::kw_from)) {
    value = parse_expression();
  } else if (starts_expression(peek())) {
    value = parse_expressions();
  }
  return make<Unsupported>("yield", value, from(begin));
}

void Parser::parse_parameters(FunctionCode& code, Op close, bool annotations) {
  bool keyword_only = false, default_seen = false, star_seen = false;
  while (!at(close)) {
    const Span begin = peek().span;
    Parameter parameter;
    if (accept(Op::div)) {
      if (code.parameters.empty() || star_seen) fail_at(begin, "`/` must follow a positional parameter");
      for (Parameter& earlier : code.parameters) earlier.kind = Parameter::Kind::positional_only;
      if (!accept(Op::comma)) break;
      continue;
    }
    if (accept(Op::mul)) {
      if (star_seen) fail_at(begin, "two `*` in the parameters");
      star_seen = keyword_only = true;
      if (accept(Op::comma)) {
        if (at(close) || at(Op::pow)) fail("expected a named parameter after `*`");
        continue;
      }
      parameter.kind = Parameter::Kind::var_positional;
    } else if (accept(Op::pow)) {
      parameter.kind = Parameter::Kind::var_keyword;
    } else if (keyword_only) {
      parameter.kind = Parameter::Kind::keyword_only;
    }
    const Span span = peek().span;
    parameter.target = make<NameExpr>(expect_name("of a parameter"), span);
    if (annotations && accept(Op::colon)) parameter.annotation = parse_star_expression();
    if (accept(Op::assign)) {
      parameter.default_value = parse_expression();
      if (parameter.kind == Parameter::Kind::positional) default_seen = true;
    } else if (parameter.kind == Parameter::Kind::positional && default_seen) {
      fail_at(span, "parameter `" + *parameter.target->name + "` without default follows one with a default");
    }
    code.parameters.push_back(parameter);
    const bool last = parameter.kind == Parameter::Kind::var_keyword;
    if (!accept(Op::comma)) break;
    if (last && !at(close)) fail("nothing may follow `**" + *parameter.target->name + "`");
  }
}

}  // namespace dolab::lang
