#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "lang/syntax/parser.hpp"

using namespace dolab;
using namespace dolab::lang;

namespace {

struct ParserFault {
  std::string code;
  int line = 0;
  int column = 0;
  std::string message;
  std::string hint;
};

ParserFault parser_fault(const std::string& text) {
  try {
    parse_module(text, "model.py");
  } catch (const Error& e) {
    return {e.code(), e.span().line, e.span().column, e.message(), e.hint()};
  }
  return {};
}

std::string show(const Expr* e);

std::string show_all(const std::vector<const Expr*>& list) {
  std::string result;
  for (const Expr* e : list) result += (result.empty() ? "" : " ") + show(e);
  return result;
}

// A compact form with every grouping explicit.
std::string show(const Expr* e) {
  if (e == nullptr) return "_";
  switch (e->kind) {
    case ExprKind::constant: {
      const auto& c = static_cast<const Constant&>(*e);
      if (c.type == ConstantKind::integer) return std::to_string(c.integer);
      if (c.type == ConstantKind::string) return "'" + c.text + "'";
      return c.type == ConstantKind::none ? "None" : "const";
    }
    case ExprKind::name: {
      const auto& n = static_cast<const NameExpr&>(*e);
      return *n.name + (n.slot < 0 ? "" : ":" + std::to_string(n.depth) + "." + std::to_string(n.slot));
    }
    case ExprKind::unary:
      return std::string("(") + spelling(static_cast<const Unary&>(*e).op) + " " +
             show(static_cast<const Unary&>(*e).operand) + ")";
    case ExprKind::arithmetic:
    case ExprKind::compare:
    case ExprKind::boolean: {
      const auto& c = static_cast<const Chain&>(*e);
      std::string result = "(" + show(c.operands[0]);
      for (std::size_t i = 1; i < c.operands.size(); ++i) {
        result +=
            std::string(" ") + spelling(c.ops[e->kind == ExprKind::boolean ? 0 : i - 1]) + " " + show(c.operands[i]);
      }
      return result + ")";
    }
    case ExprKind::ternary: {
      const auto& t = static_cast<const Ternary&>(*e);
      return "(if " + show(t.test) + " " + show(t.if_true) + " " + show(t.if_false) + ")";
    }
    case ExprKind::lambda:
      return "(lambda " + show(static_cast<const Lambda&>(*e).code.expression) + ")";
    case ExprKind::call: {
      const auto& c = static_cast<const Call&>(*e);
      std::string result = "(call " + show(c.function);
      for (const Argument& a : c.arguments) {
        const char* stars[] = {"", "=", "*", "**"};
        result +=
            std::string(" ") + (a.name != nullptr ? *a.name : "") + stars[static_cast<int>(a.kind)] + show(a.value);
      }
      return result + ")";
    }
    case ExprKind::attribute:
      return show(static_cast<const Attribute&>(*e).object) + "." + *static_cast<const Attribute&>(*e).name;
    case ExprKind::subscript:
      return show(static_cast<const Subscript&>(*e).object) + "[" + show(static_cast<const Subscript&>(*e).index) + "]";
    case ExprKind::slice: {
      const auto& s = static_cast<const SliceExpr&>(*e);
      return show(s.lower) + ":" + show(s.upper) + ":" + show(s.step);
    }
    case ExprKind::starred:
      return "*" + show(static_cast<const Starred&>(*e).value);
    case ExprKind::tuple:
      return "(tuple " + show_all(static_cast<const Sequence&>(*e).elements) + ")";
    case ExprKind::list:
      return "(list " + show_all(static_cast<const Sequence&>(*e).elements) + ")";
    case ExprKind::set:
      return "(set " + show_all(static_cast<const Sequence&>(*e).elements) + ")";
    case ExprKind::dict:
      return "(dict " + show_all(static_cast<const DictExpr&>(*e).keys) + " | " +
             show_all(static_cast<const DictExpr&>(*e).values) + ")";
    case ExprKind::comprehension: {
      const auto& c = static_cast<const Comprehension&>(*e);
      std::string result = "(comp " + show(c.element);
      for (const ComprehensionClause& clause : c.clauses) {
        result += " for " + show(clause.target) + " in " + show(clause.iterable);
        for (const Expr* test : clause.conditions) result += " if " + show(test);
      }
      return result + ")";
    }
    case ExprKind::named:
      return "(" + show(static_cast<const Named&>(*e).target) + " := " + show(static_cast<const Named&>(*e).value) +
             ")";
    case ExprKind::fstring: {
      std::string result = "f'";
      for (const FStringPart& part : static_cast<const FString&>(*e).parts) {
        result += part.text;
        if (part.value == nullptr) continue;
        result += "{" + show(part.value) + (part.conversion != 0 ? std::string("!") + part.conversion : "");
        if (!part.format.empty()) {
          result += ":";
          for (const FStringPart& spec : part.format)
            result += spec.text + (spec.value != nullptr ? "{" + show(spec.value) + "}" : "");
        }
        result += "}";
      }
      return result + "'";
    }
    case ExprKind::unsupported:
      return std::string("(") + static_cast<const Unsupported&>(*e).what + ")";
  }
  return "?";
}

std::string expression(const std::string& text) {
  const Module module = parse_module(text + "\n", "model.py");
  return show(static_cast<const ExprStmt&>(*module.body.at(0)).value);
}

}  // namespace

TEST_CASE("operators group as in Python", "[lang]") {
  CHECK(expression("a + b - c * d") == "(a + b - (c * d))");
  CHECK(expression("-a ** -b ** c") == "(- (a ** (- (b ** c))))");
  CHECK(expression("a | b ^ c & d << e + f * -g") == "(a | (b ^ (c & (d << (e + (f * (- g)))))))");
  CHECK(expression("a * b + c") == "((a * b) + c)");
  CHECK(expression("a @ b @ c % d") == "(a @ b @ c % d)");
  CHECK(expression("not a == b and c or d") == "(((not (a == b)) and c) or d)");
  CHECK(expression("0 < x <= 1 != y") == "(0 < x <= 1 != y)");
  CHECK(expression("x is not None and y not in z") == "((x is not None) and (y not in z))");
  CHECK(expression("a if b else c if d else e") == "(if b a (if d c e))");
  CHECK(expression("(a, *b), c") == "(tuple (tuple a *b) c)");
  CHECK(expression("(a)") == "a");
  CHECK(expression("(a,)") == "(tuple a)");
  CHECK(expression("()") == "(tuple )");
}

TEST_CASE("calls, indices and displays", "[lang]") {
  CHECK(expression("f(a, *b, c=1, **d)(e).g[0]") == "(call (call f a *b c=1 **d) e).g[0]");
  CHECK(expression("f(x for x in y)") == "(call f (comp x:0.0 for x:0.0 in y))");
  CHECK(expression("a[1:2, ::-1, ..., None, b]") == "a[(tuple 1:2:_ _:_:(- 1) const None b)]");
  CHECK(expression("a[:]") == "a[_:_:_]");
  CHECK(expression("{1: 2, **d}") == "(dict 1 _ | 2 d)");
  CHECK(expression("{}") == "(dict  | )");
  CHECK(expression("{1, *s}") == "(set 1 *s)");
  CHECK(expression("[x for x in x if x if (y := x)]") == "(comp x:0.0 for x:0.0 in x if x:0.0 if (y := x:0.0))");
  CHECK(expression("{k: v for k, v in d.items()}") == "(comp k:0.0 for (tuple k:0.0 v:0.1) in (call d.items))");
  CHECK(expression("lambda x, *a, k=1, **o: x + y") == "(lambda (x:0.0 + y))");
  CHECK(expression("lambda: 0") == "(lambda 0)");
  CHECK(expression("'a' \"b\" r'\\n' '\\x41\\101\\u03bc\\q'") == "'ab\\nAAμ\\q'");
}

TEST_CASE("f-strings", "[lang]") {
  CHECK(expression("f'w_{i}'") == "f'w_{i}'");
  CHECK(expression("f'{x!r:>{w}.2f} {{}} {a[\"k\"]}' 't'") == "f'{x!r:>{w}.2f} {} {a['k']}t'");
  CHECK(expression("f'{x=}'") == "f'x={x!r}'");
  CHECK(expression("f'{x != y}{x == y}'") == "f'{(x != y)}{(x == y)}'");
  CHECK(expression("f'{(lambda q: q)(1)}'") == "f'{(call (lambda q:0.0) 1)}'");
  CHECK(expression("f'''{\nx\n}'''") == "f'{x}'");
  const Module module = parse_module("σ = f'é{a + bc}'\n", "model.py");
  const auto& text = static_cast<const FString&>(*static_cast<const Assign&>(*module.body[0]).value);
  const auto& sum = static_cast<const Chain&>(*text.parts[0].value);
  CHECK(sum.span.column == 9);
  CHECK(sum.operands[1]->span.column == 13);
  CHECK(sum.operands[1]->span.end_column == 15);
}

TEST_CASE("names are resolved to frames and slots", "[lang]") {
  const Module module = parse_module(
      "g = 1\n"
      "def f(x, y=g):\n"
      "    z = x\n"
      "    def inner(u):\n"
      "        nonlocal z\n"
      "        z = u + y + g\n"
      "    class C:\n"
      "        a = z\n"
      "        def m(self):\n"
      "            return a, z\n"
      "    return [t + z for t in x]\n",
      "model.py");
  const auto& f = static_cast<const FunctionDef&>(*module.body[1]).code;
  CHECK(f.scope.locals.size() == 5);
  const auto& inner = static_cast<const FunctionDef&>(*f.body[1]).code;
  CHECK(inner.scope.locals.size() == 1);
  const auto& assign = static_cast<const Assign&>(*inner.body[1]);
  CHECK(show(assign.targets[0]) == "z:1.2");
  CHECK(show(assign.value) == "(u:0.0 + y:1.1 + g)");
  const auto& c = static_cast<const ClassDef&>(*f.body[2]);
  CHECK(show(static_cast<const Assign&>(*c.body[0]).value) == "z:1.2");
  const auto& m = static_cast<const FunctionDef&>(*c.body[1]).code;
  CHECK(show(static_cast<const ExprStmt&>(*m.body[0]).value) == "(tuple a z:1.2)");
  CHECK(show(static_cast<const ExprStmt&>(*f.body[3]).value) == "(comp (t:0.0 + z:1.2) for t:0.0 in x:0.0)");
}

TEST_CASE("every statement form parses", "[lang]") {
  const char* text = R"py(
from __future__ import annotations
import a.b.c, d as e
from . import f
from ..g import (h as i, j,)
from k import *
x: int = 1
y: "str"
a.b, c[0], *r = z = 1, 2, 3
x += 1; y @= 2; z **= 3
@deco
@deco.other(1, key=2)
async def coroutine(a, /, b: int = 1, *args: int, c, d=2, **kw) -> "None":
    async with a as b, c: pass
    async for x in y: await z
    return [i async for i in j]
def generator():
    got = yield 1
    yield from other()
    return
class K(Base, metaclass=M):
    """text"""
    attribute = 1
    def method(self): return self.attribute
while x: break
else: pass
for i, (j, *k) in enumerate(x): continue
else:
    del a[0], b
with (open(x) as f, plate("a", 2),): pass
with (a): pass
with (a or b)(1) as c.d: pass
with a as (b, c): pass
try:
    pass
except (A, B) as e:
    raise C from e
except:
    raise
else:
    pass
finally:
    assert x, "message"
try: pass
finally: pass
def outer():
    global q
    q = 1
    def inner():
        nonlocal_value = lambda *a, **k: (yield)
    return *a, b
if x: pass
elif (n := y): pass
else: pass
match = 1
match[0] = 2
print(match, case := 3)
if __name__ == "__main__":
    main()
)py";
  const ParserFault found = parser_fault(text);
  INFO(found.message << " at " << found.line << ":" << found.column);
  CHECK(found.code.empty());
}

TEST_CASE("syntax errors point at the place", "[lang]") {
  const auto check = [](const std::string& text, const char* code, int line, int column) {
    const ParserFault found = parser_fault(text);
    INFO(text << "\n" << found.message);
    CHECK(found.code == code);
    CHECK(found.line == line);
    CHECK(found.column == column);
  };
  check("def f(x)\n    return x\n", "E201", 1, 9);
  check("def f(x):\nreturn x\n", "E202", 2, 1);
  check("x = 1\n  y = 2\n", "E202", 2, 1);
  check("def f():\n    x = 1\n      y = 2\n", "E202", 3, 1);
  check("if x = 1:\n    y\n", "E201", 1, 6);
  check("x = \n", "E201", 1, 5);
  check("x = 1 +\n", "E201", 1, 8);
  check("x = f(1 2)\n", "E201", 1, 9);
  check("f(a=1, 2)\n", "E201", 1, 8);
  check("f(a=1, a=2)\n", "E201", 1, 8);
  check("1 = x\n", "E201", 1, 1);
  check("f(x) = 1\n", "E201", 1, 1);
  check("x + 1 += 2\n", "E201", 1, 1);
  check("return 1\n", "E201", 1, 1);
  check("def f(a, a): pass\n", "E201", 1, 10);
  check("def f(a=1, b): pass\n", "E201", 1, 12);
  check("for x of y: pass\n", "E201", 1, 7);
  check("class = 3\n", "E201", 1, 7);
  check("print 'x'\n", "E201", 1, 7);
  check("x = f'{a b}'\n", "E201", 1, 10);
  check("x = f'{}'\n", "E201", 1, 7);
  check("x = f'}'\n", "E201", 1, 7);
  check("try:\n    x\ny\n", "E201", 3, 1);
  check("match x:\n    case 1: pass\n", "E201", 1, 7);
  check("a, *b, *c = d\n", "E201", 1, 8);
  check("x = (1 + 2\ny = 3\n", "E201", 1, 5);
  CHECK(parser_fault("def f(x)\n    return x\n").message.find("expected `:` after the function header") == 0);
  CHECK(parser_fault("if x = 1:\n    y\n").hint.find("==") != std::string::npos);
}

TEST_CASE("deep nesting is refused, long chains are not", "[lang]") {
  const auto repeat = [](const std::string& unit, int n) {
    std::string result;
    for (int i = 0; i < n; ++i) result += unit;
    return result;
  };
  CHECK(parser_fault(repeat("(", 100000)).code == "E902");
  CHECK(parser_fault(repeat("-", 100000) + "x\n").code == "E902");
  CHECK(parser_fault(repeat("not ", 100000) + "x\n").code == "E902");
  CHECK(parser_fault(repeat("x if y else ", 100000) + "x\n").code == "E902");
  CHECK(parser_fault(repeat("lambda: ", 100000) + "x\n").code == "E902");
  CHECK(parser_fault(repeat("x ** ", 100000) + "x\n").code == "E902");
  CHECK(parser_fault("x" + repeat(".y", 100000) + "\n").code == "E902");
  CHECK(parser_fault(repeat("if x: ", 3) + "y\n").code == "E201");
  std::string blocks;
  for (int i = 0; i < 300; ++i) blocks += std::string(static_cast<std::size_t>(i), ' ') + "if x:\n";
  CHECK(parser_fault(blocks).code == "E902");
  CHECK(parser_fault(repeat("(", 140) + "x" + repeat(")", 140) + "\n").code.empty());
  CHECK(parser_fault("x = a" + repeat(" + a - a", 60000) + "\n").code.empty());
  CHECK(parser_fault("x = a" + repeat(" < a", 100000) + "\n").code.empty());
  CHECK(parser_fault("x = a" + repeat(" and a", 100000) + "\n").code.empty());
  CHECK(parser_fault(repeat("'s' ", 100000) + "\n").code.empty());
  CHECK(parser_fault("if x:\n  y\n" + repeat("elif x:\n  y\n", 50000)).code.empty());
}

TEST_CASE("mutated programs parse or fail with a position inside the text", "[lang][fuzz]") {
  const std::string text =
      "import jax.numpy as jnp\n"
      "def model(X, y=None, *, k: int = 3):\n"
      "    \"\"\"Doc {x}.\"\"\"\n"
      "    b = [sample(f\"b_{i}\", dist.Normal(0.0, 1e1)) for i in range(k) if i != 2]\n"
      "    with plate(\"n\", X.shape[0], dim=-1) as idx, scale(scale=2):\n"
      "        mu = sum(w * X[:, j] for j, w in enumerate(b)) if y is None else -X[..., 0] ** 2\n"
      "        return sample(\"y\", dist.Normal(mu, {'s': 1, **d}[\"s\"]), obs=y)\n";
  const std::vector<std::string> tokens = {
      "(",  ")",   "[",    "]",      "{",       "}", ":",  ",",    "=",     "\"",     "'",  "\n",  " ",
      "\\", "if ", "for ", "in ",    "lambda ", "*", "**", "f'",   "#",     "1",      "x",  ".",   "@",
      "\t", "é",   "not ", "yield ", ";",       "%", ":=", "def ", "else ", "\"\"\"", "0x", "}\"", "!"};
  int lines = 0;
  for (const char c : text) lines += c == '\n';
  int failures = 0, successes = 0;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    for (std::size_t t = 0; t <= tokens.size(); ++t) {
      std::string mutated = text;
      if (t == tokens.size()) {
        mutated.erase(at, 1);
      } else {
        mutated.insert(at, tokens[t]);
      }
      try {
        parse_module(mutated, "model.py");
        ++successes;
      } catch (const Error& e) {
        ++failures;
        const bool inside = e.span().line >= 1 && e.span().line <= lines + 2 && e.span().column >= 1;
        if (!inside || e.code().substr(0, 2) != "E2") FAIL(mutated << "\n" << e.render());
      }
    }
  }
  CHECK(failures > 1000);
  CHECK(successes > 1000);
}
