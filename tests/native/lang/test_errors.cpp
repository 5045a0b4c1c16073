// Every error: code, position and the first words; next to it a neighbour that must stay silent.
#include <catch2/catch.hpp>
#include <string>

#include "lang/run.hpp"

using namespace dolab::lang;
using namespace dolab::lang::testing;

namespace {

const std::string kHead =
    "import numpyro, jax.numpy as jnp, numpy as np, jax, math\nimport numpyro.distributions as dist\n";

// Position is counted in the body; line 1 is the first line after `def f():`.
void check_error(const std::string& body, const char* code, int line, int column, const char* text) {
  const Outcome outcome = run_function(kHead + "def f():\n" + indent(body) + "\n");
  INFO(body << "\n"
            << outcome.code << " " << outcome.line << ":" << outcome.column << " " << outcome.message << " | "
            << outcome.hint);
  CHECK(outcome.code == code);
  CHECK(outcome.line == line + 3);
  CHECK(outcome.column == column + 4);
  CHECK((outcome.message + " | " + outcome.hint).find(text) != std::string::npos);
}

void check_silent(const std::string& body) {
  const Outcome outcome = run_function(kHead + "def f():\n" + indent(body) + "\n");
  INFO(body << "\n" << outcome.code << " " << outcome.message);
  CHECK(outcome.code.empty());
}

const std::string kLatent = "z = numpyro.sample('z', dist.Normal(0., 1.))\n";

}  // namespace

TEST_CASE("names and attributes", "[lang]") {
  check_error("alpha = 1\nreturn alpah", "E203", 2, 8, "did you mean `alpha`");
  check_error("return jpn.exp(1)", "E203", 1, 8, "did you mean `jnp`");
  check_error("if False: x = 1\nreturn x", "E203", 2, 8, "before it has a value");
  check_error("return jnp.sqroot(2.)", "E204", 1, 8, "did you mean `sqrt`");
  check_error("return jnp.svd(2.)", "E204", 1, 8, "does not exist");
  check_error("return jnp.linalg.svd(2.)", "E204", 1, 8, "known, but not supported yet");
  check_error("return [].push(1)", "E204", 1, 8, "has no attribute `push`");
  check_error("x = None\nreturn x.shape", "E204", 2, 8, "None has no attribute");
  check_error("return dist.Normall(0, 1)", "E204", 1, 8, "Normal");
  check_error("return dist.Normal(0., sigma=1.)", "E204", 1, 24, "use `scale`");
  check_error("return jnp.sum(jnp.ones(3), axes=0)", "E204", 1, 29, "did you mean `axis`");
  check_error("def g(alpha): return alpha\nreturn g(alhpa=1)", "E204", 2, 10, "did you mean \"alpha\"");
  check_silent("return jnp.sqrt(2.)");
  check_silent("return dist.Normal(0., scale=1.)");
}

TEST_CASE("arguments and unpacking", "[lang]") {
  check_error("def g(a, b): return a\nreturn g(1)", "E205", 2, 8, "`g` needs `b`");
  check_error("def g(a): return a\nreturn g(1, 2)", "E205", 2, 13, "takes 1 positional argument, but 2 are given");
  check_error("return jnp.exp()", "E205", 1, 8, "needs `x`");
  check_error("return dist.Gamma()", "E205", 1, 8, "concentration");
  check_error("a, b, c = 1, 2", "E207", 1, 1, "3 names, 2 values");
  check_error("a, *b, c = [1]", "E207", 1, 1, "2 names, at least, 1 value");
  check_error("a, b = 3", "E207", 1, 1, "cannot be unpacked");
  check_error("def g(a, b): return a\nreturn g(1)", "E205", 2, 8, "its parameters are a, b");
  check_silent("a, *b = [1]");
}

TEST_CASE("distributions where they do not belong", "[lang]") {
  check_error("numpyro.sample('x', 3.0)", "E206", 1, 21, "is a float, not a distribution");
  check_error("numpyro.sample('x', dist.Normal)", "E206", 1, 21, "write the parentheses");
  check_error("return dist.Normal(0., 1.) + 1", "E206", 1, 8, "draw from it");
  check_error("numpyro.sample(dist.Normal(0., 1.), 'x')", "E105", 1, 1, "must be a string");
}

TEST_CASE("assertions and types", "[lang]") {
  check_error("n = 2\nassert n > 3, f'n is {n}'", "E208", 2, 8, "assertion failed: n is 2");
  check_error("raise ValueError('no data')", "E208", 1, 1, "ValueError: no data");
  check_error("return 'a' + 1", "E209", 1, 8, "`+` does not work on the string");
  check_error("return [1, 2] * jnp.ones(2)", "E209", 1, 8, "jnp.array");
  check_error("return (3)(4)", "E209", 1, 8, "cannot be called");
  check_error("for i in numpyro.plate('p', 3): pass", "E209", 1, 10, "with plate");
  check_error("with numpyro.plate: pass", "E209", 1, 6, "call it");
  check_error("return [1, 2][2]", "E405", 1, 8, "out of range");
  check_error("return {'alpha': 1}['alhpa']", "E405", 1, 8, "did you mean \"alpha\"");
  check_error("return jnp.ones(3)[3]", "E405", 1, 8, "index 3");
  check_error("return jnp.ones(3)[1.5]", "E209", 1, 8, "whole number");
  check_error("return jnp.ones((2, 3)) @ jnp.ones((4, 2))", "E407", 1, 8, "3");
  check_error("return jnp.ones(3) + jnp.ones(4)", "E407", 1, 8, "(3,)");
  check_error("if jnp.ones(3) > 0: return 1", "E209", 1, 4, ".any()");
}

TEST_CASE("traced values where static ones are needed", "[lang]") {
  const auto check = [](const std::string& body, const char* code, int column, const char* text) {
    check_error(kLatent + body, code, 2, column, text);
  };
  check("if z > 0: return 1", "E301", 4, "latent \"z\" (line 4)");
  check("while z > 0: pass", "E301", 7, "jnp.where");
  check("return 1 if z > 0 else 2", "E301", 13, "jnp.where");
  check("assert z > 0", "E301", 8, "assert");
  check("return z > 0 and z < 1", "E301", 8, "logical_and");
  check("return not (z > 0)", "E301", 13, "logical_not");
  check("return 0 < z < 1", "E301", 8, "(a < b) & (b < c)");
  check("return max(z, 0.)", "E301", 8, "jnp.maximum");
  check("return int(z)", "E302", 8, "astype");
  check("return float(z + 1)", "E302", 8, "latent \"z\"");
  check("return z.item()", "E302", 8, "keep it a tensor");
  check("return math.exp(z)", "E302", 8, "jnp.exp");
  check("return range(z)", "E303", 8, "range bound");
  check("return jnp.zeros(z)", "E303", 8, "shape");
  check("return jnp.ones(9)[:z]", "E303", 21, "dynamic_slice");
  check("return numpyro.plate('p', z)", "E303", 8, "size of plate");
  check("return jnp.ones(3)[jnp.ones(3) * z > 0]", "E304", 8, "mask");
  check("return {z: 1}", "E306", 8, "key");
  check("return [1, 2][z]", "E306", 8, "jnp.stack");
  check("return f'w_{z}'", "E306", 13, "string");
  check_silent(kLatent +
               "return z is None, z.shape, len(jnp.ones(3) * z), jnp.where(z > 0, z, 0.), (z > 0) & (z < 1), z if None "
               "is None else 0");
  check_silent(kLatent +
               "return jnp.ones(3).at[0].set(z), [z, z], {'a': z}['a'], jnp.ones(9)[jnp.argmax(jnp.ones(2) * z)]");
}

TEST_CASE("the position of x[0] = v is the target", "[lang]") {
  check_error("x = jnp.ones(3)\nx[0] = 1.", "E305", 2, 1, ".at[i].set(v)");
}

TEST_CASE("what other libraries and later versions offer has a replacement", "[lang]") {
  check_error("import pymc as pm\nreturn pm.Normal('b', mu=0, sigma=1)", "E901", 2, 8, "write numpyro.sample");
  check_error("return np.random.normal()", "E901", 1, 8, "draw with numpyro.sample");
  check_error("from numpyro.contrib.control_flow import scan\nreturn scan(f, 0., None)", "E204", 2, 8, "jax.lax.scan");
  check_error("return dist.NegativeBinomial(3, 0.5)", "E204", 1, 8, "dist.NegativeBinomial2");
  check_error("return jnp.unwrap(1.)", "E204", 1, 8, "known, but not supported yet");
  check_error("return jnp.ones(3) + jnp.ones(2)", "E407", 1, 8, "index one by observation");
  check_error("def g():\n    yield 1\nreturn g()", "E901", 2, 5, "return a list");
  check_error("async def g(): return 1\nreturn g()", "E901", 2, 8, "plain `def`");
  check_error("for i in range(2):\n    numpyro.sample('b', dist.Normal(0., 1.))", "E101", 2, 5, "both times at line");
}

TEST_CASE("the closed world", "[lang]") {
  for (const char* expression : {"open('x')",
                                 "eval('1')",
                                 "exec('1')",
                                 "compile('1', '', 'eval')",
                                 "input()",
                                 "globals()",
                                 "locals()",
                                 "vars()",
                                 "breakpoint()",
                                 "__import__('os')",
                                 "(1).__class__",
                                 "''.__class__.__mro__",
                                 "f.__globals__",
                                 "[].__doc__",
                                 "jnp.__dict__",
                                 "getattr(1, '__class__')",
                                 "__builtins__",
                                 "setattr(1, 'a', 2)",
                                 "type('X', (), {})",
                                 "f'{(1).__class__}'",
                                 "'{0.__class__}'.format(1)",
                                 "(lambda x=open: x)()",
                                 "[].__class__.__base__.__subclasses__()"}) {
    const Outcome outcome = run_function(kHead + "def f():\n    return " + expression + "\n");
    INFO(expression << " " << outcome.code << " " << outcome.message);
    CHECK((outcome.code == "E901" || outcome.code == "E205"));
    CHECK(outcome.line == 4);
  }
  const auto code = [](const std::string& text) { return run_function(text).code; };
  CHECK(code("import os\ndef f(): return os.system('ls')\n") == "E901");
  CHECK(code("from os import system as s\ndef f(): return s('ls')\n") == "E901");
  CHECK(code("import subprocess as sp\ndef f(): return [sp.run]\n").empty());
  CHECK(code("import sys\n@sys.settrace\ndef f(): return 1\n") == "E901");
  CHECK(code("import pandas as pd\ndef f(): return len(pd.read_csv('x'))\n") == "E901");
  CHECK(code("import pandas as pd\ndef f(x=pd.read_csv('x')): return x\n") == "E901");
  CHECK(code("import importlib\ndef f(): return importlib.import_module('os')\n") == "E901");
  CHECK(code("import numpy as np\ndef f(): return np.random.normal()\n") == "E901");
  CHECK(code("def f():\n    yield 1\n") == "E901");
  CHECK(code("async def f(): pass\n") == "E901");
  CHECK(code("def f():\n    class A(metaclass=int): pass\n") == "E901");
  CHECK(code("def f():\n    class A:\n        pass\n    a = A()\n    a.__class__ = int\n") == "E901");
}

TEST_CASE("limits", "[lang]") {
  const auto code = [](const std::string& body, RunLimits limits = {}) {
    return run_function(kHead + "def f():\n" + indent(body) + "\n", limits).code;
  };
  CHECK(code("def g(n): return g(n + 1)\nreturn g(0)") == "E903");
  const std::string depth = sizeof(void*) == 4 ? "40" : "150";  // see RunLimits
  CHECK(code("def g(n): return 0 if n == 0 else g(n - 1)\nreturn g(" + depth + ")").empty());
  CHECK(code("g = lambda: g()\nreturn g()") == "E903");
  CHECK(code("class A:\n    def __call__(self): return self()\nreturn A()()") == "E903");
  CHECK(code("class A:\n    def __repr__(self): return repr(self)\nreturn repr(A())") == "E903");
  CHECK(code("x = functools = None\nimport functools\nh = len\nfor i in range(5000): h = functools.partial(h)\nreturn "
             "h([])") == "E903");
  CHECK(code("while True: pass") == "E905");
  CHECK(code("for i in range(10 ** 7): pass") == "E905");
  RunLimits few;
  few.steps = 10000;
  CHECK(code("for i in range(10 ** 5): pass", few) == "E904");
  CHECK(code("for i in range(10): pass", few).empty());
  RunLimits quick;
  quick.seconds = 0.05;
  quick.loop_trips = 1 << 30;
  CHECK(code("while True: pass", quick) == "E904");
  CHECK(code("x = []\nfor i in range(999999): x = [x]\nreturn 1").empty());
  CHECK(code("x = []\nx.append(x)\nreturn str(x)").empty());
  CHECK(code("x = ()\nfor i in range(1000): x = (x,)\nreturn {x: 1}") == "E908");
  CHECK(code("x = []\nx.append(x)\ny = []\ny.append(y)\nreturn x == y") == "E908");
  CHECK(code("x = []\nx.append(x)\nreturn jnp.array(x)") == "E908");
  CHECK(code("x = [0]\nfor i in range(40): x = x + x\nreturn 1") == "E908");
  CHECK(code("return list(range(10 ** 12))") == "E908");
  CHECK(code("return jnp.zeros((10 ** 6, 10 ** 6))") == "E907");
  CHECK(code("return jnp.zeros(10 ** 13)") == "E907");
  CHECK(code("return jnp.zeros((1,) * 40)") == "E908");
  CHECK(code("return jnp.arange(1e15)") == "E907");
  CHECK(code("return np.arange(2 * 10 ** 9)") == "E907");
  CHECK(code("return jnp.linspace(0, 1, 2 * 10 ** 9)") == "E907");
  CHECK(code("return jax.random.normal(jax.random.PRNGKey(0), (10 ** 5, 10 ** 5))") == "E907");
  CHECK(code("return jnp.eye(10 ** 6)") == "E907");
  CHECK(code("return 'x'.join(['ab'] * 8000000)") == "E908");
}

TEST_CASE("a recursion is one line of the trail", "[lang]") {
  try {
    const Module module = parse_module("def g(n):\n    return g(n + 1)\ndef f():\n    return g(1)\n", "model.py");
    dolab::model::Builder builder;
    Interpreter interpreter(module, builder);
    interpreter.call(interpreter.global("f"), Values{});
    FAIL("no error");
  } catch (const dolab::Error& e) {
    CHECK(e.code() == "E903");
    REQUIRE(e.related().size() == 2);
    CHECK(e.related()[0].span.line == 2);
    CHECK(e.related()[1].span.line == 4);
  }
}

TEST_CASE("the trail of calls is part of the error", "[lang]") {
  try {
    const Module module = parse_module(
        "import numpyro\ndef h(x):\n    return x.foo\ndef g(x):\n    return h(x)\ndef f():\n    return g(1)\n",
        "model.py");
    dolab::model::Builder builder;
    Interpreter interpreter(module, builder);
    interpreter.call(interpreter.global("f"), Values{});
    FAIL("no error");
  } catch (const dolab::Error& e) {
    CHECK(e.span().line == 3);
    CHECK(e.source_line() == "    return x.foo");
    REQUIRE(e.related().size() == 2);
    CHECK(e.related()[0].span.line == 5);
    CHECK(e.related()[1].span.line == 7);
    CHECK(e.render().find("h` called here") != std::string::npos);
  }
}
