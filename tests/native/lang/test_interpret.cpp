#include <catch2/catch.hpp>
#include <string>

#include "lang/run.hpp"

using namespace dolab::lang::testing;

TEST_CASE("static arithmetic", "[lang]") {
  CHECK(value_of("1 + 2 * 3 - 4 // 3") == "6");
  CHECK(value_of("7 / 2, 7 // 2, -7 // 2, 7 % -3, -7 % 3, 2 ** 10, 2 ** -1, 7.5 // 2, -7.5 % 2") ==
        "(3.5, 3, -4, -2, 2, 1024, 0.5, 3.0, 0.5)");
  CHECK(value_of("True + True, True & False, 6 & 3, 6 | 1, 6 ^ 3, ~5, 1 << 4, -9 >> 1") ==
        "(2, False, 2, 7, 5, -6, 16, -5)");
  CHECK(value_of("1 < 2 < 3, 1 < 3 < 2, 1 == 1.0, 'a' < 'b', (1, 2) < (1, 3), not 0") ==
        "(True, False, True, True, True, True)");
  CHECK(value_of("1 if [] else 2, 0 or 'x', 1 and 2, None is None, 3 is not None") == "(2, 'x', 2, True, True)");
  CHECK(value_of("2 in [1, 2], 'ab' in 'cab', 3 not in (1, 2), 'k' in {'k': 1}, 4 in range(0, 9, 2)") ==
        "(True, True, True, True, True)");
  CHECK(value_of("1e100, 1e-5, 0.1, 1e16, 123456.789, -0.0, 1e22, 5e-324, float('inf'), 100000.0") ==
        "(1e+100, 1e-05, 0.1, 1e+16, 123456.789, -0.0, 1e+22, 5e-324, inf, 100000.0)");
  CHECK(value_of("[1, 2] + [3], (1,) * 3, 'ab' * 2, [0] * 3") == "([1, 2, 3], (1, 1, 1), 'abab', [0, 0, 0])");
  CHECK(value_of("{1, 2} | {3}, {1, 2} & {2}, {1, 2} - {2}, {'a': 1} | {'b': 2}") ==
        "({1, 2, 3}, {2}, {1}, {'a': 1, 'b': 2})");
}

TEST_CASE("static arithmetic is bounded", "[lang]") {
  for (const char* expression : {"9223372036854775807 + 1", "2 ** 10 ** 9", "2 ** 64", "-9223372036854775807 - 2",
                                 "1 << 100", "3 * 9223372036854775807", "99999999999999999999", "'a' * 10 ** 9",
                                 "[0] * 10 ** 9", "'{:>99999}'.format(1)", "f'{1:99999}'"}) {
    INFO(expression);
    CHECK(value_of(expression).substr(0, 4) == "E908");
  }
  CHECK(value_of("1 / 0").substr(0, 4) == "E209");
  CHECK(value_of("1j").substr(0, 4) == "E901");
}

TEST_CASE("sequences and slices", "[lang]") {
  CHECK(result_of("x = list(range(10))\nreturn x[2:5], x[::-2], x[-3:], x[100:], x[:-100:-4], x[3]") ==
        "([2, 3, 4], [9, 7, 5, 3, 1], [7, 8, 9], [], [9, 5, 1], 3)");
  CHECK(result_of("x = [1, 2, 3, 4]\nx[1:3] = [7]\nx[0] += 5\ndel x[-1]\nreturn x") == "[6, 7]");
  CHECK(result_of("a, (b, *c), d = 1, (2, 3, 4), 5\nreturn a, b, c, d") == "(1, 2, [3, 4], 5)");
  CHECK(result_of("a = b = [1]\na.append(2)\nb += [3]\nreturn a") == "[1, 2, 3]");
  CHECK(result_of("x = [3, 1, 2]\nx.sort(reverse=True)\nreturn x, sorted(x), sorted('bca', key=lambda c: -ord(c))") ==
        "([3, 2, 1], [1, 2, 3], ['c', 'b', 'a'])");
  CHECK(result_of("d = {'a': 1}\nd['b'] = 2\nd.update(c=3)\nreturn d, list(d), d.get('z', 0), d.pop('a'), "
                  "d.setdefault('q', 9), list(d.items())") ==
        "({'b': 2, 'c': 3, 'q': 9}, ['a', 'b', 'c'], 0, 1, 9, [('b', 2), ('c', 3), ('q', 9)])");
  CHECK(result_of("d = {}\nfor i in range(100): d[i] = i\nfor i in range(99): d.pop(i)\nreturn d, len(d)") ==
        "({99: 99}, 1)");
  CHECK(result_of("d = {1: 'a', True: 'b', 1.0: 'c', (1, 2): 'd'}\nreturn d, d[(1, 2)]") ==
        "({1: 'c', (1, 2): 'd'}, 'd')");
  CHECK(value_of("[1, 2, 3].index(2), (1, 1).count(1), 'a-b'.split('-'), ' x '.strip(), '-'.join(['a', 'b']), "
                 "'aXb'.replace('X', '..')") == "(1, 2, ['a', 'b'], 'x', 'a-b', 'a..b')");
  CHECK(value_of("'σμ'[1], len('σμ'), 'abc'[::-1], 'abc'.upper(), 'x'.isdigit(), '7'.zfill(3)") ==
        "('μ', 2, 'cba', 'ABC', False, '007')");
}

TEST_CASE("builtins", "[lang]") {
  CHECK(value_of("len((1, 2)), sum([1, 2.5]), min(3, 1), max([4, 9], key=lambda x: -x), abs(-3), round(2.5), "
                 "round(2.567, 2)") == "(2, 3.5, 1, 4, 3, 2, 2.57)");
  CHECK(value_of("list(zip([1, 2], 'ab')), list(enumerate('ab', 1)), list(map(lambda x, y: x + y, [1], [2])), "
                 "list(filter(None, [0, 1]))") == "([(1, 'a'), (2, 'b')], [(1, 'a'), (2, 'b')], [3], [1])");
  CHECK(value_of("any(x > 1 for x in [1, 2]), all([]), list(reversed([1, 2])), divmod(7, 2), int('12'), int(-2.7), "
                 "float('1e3'), bool([])") == "(True, True, [2, 1], (3, 1), 12, -2, 1000.0, False)");
  CHECK(value_of("isinstance(1, int), isinstance(1.0, (int, float)), isinstance('a', str), isinstance([], tuple), "
                 "isinstance(True, bool)") == "(True, True, True, False, True)");
  CHECK(value_of("getattr((1, 2), 'count')(1), hasattr([], 'append'), hasattr([], 'nope'), callable(len)") ==
        "(1, True, False, True)");
  CHECK(value_of("math.log(math.e), math.floor(2.7), math.comb(5, 2), math.factorial(5), math.isnan(math.nan), "
                 "math.gcd(12, 18), math.sqrt(2)") == "(1.0, 2, 10, 120, True, 6, 1.4142135623730951)");
  CHECK(value_of("functools.reduce(operator.mul, [1, 2, 3, 4]), functools.partial(max, 3)(1), "
                 "list(itertools.product('ab', repeat=2))[1]") == "(24, 3, ('a', 'b'))");
  CHECK(value_of("list(itertools.accumulate([1, 2, 3])), list(zip(itertools.count(5), 'ab')), "
                 "list(itertools.combinations([1, 2, 3], 2))") ==
        "([1, 3, 6], [(5, 'a'), (6, 'b')], [(1, 2), (1, 3), (2, 3)])");
  CHECK(result_of("it = iter([1, 2])\nreturn next(it), next(it), next(it, 'end')") == "(1, 2, 'end')");
}

TEST_CASE("text formatting", "[lang]") {
  CHECK(result_of("i = 3\nx = 2.5\nreturn f'w_{i}', f'{x:.3f}|{i:03d}|{x:>8}|{i:<4}|{\"a\":^5}|{x!r}|{i=}'") ==
        "('w_3', '2.500|003|     2.5|3   |  a  |2.5|i=3')");
  CHECK(value_of("'{0} {1} {name:>3} {{}}'.format(1, 2, name='a')") == "'1 2   a {}'");
  CHECK(value_of("'{}-{}'.format(1, [2]), '{0[1]}'.format([5, 6]), 'w_%d %s %.2f %%' % (3, 'a', 1.5)") ==
        "('1-[2]', '6', 'w_3 a 1.50 %')");
  CHECK(value_of("f'{1234567:,} {0.25:.1%} {255:x} {1e-10:g} {True} {None} {1.0}'") ==
        "'1,234,567 25.0% ff 1e-10 True None 1.0'");
  CHECK(value_of("str(1.5), len(repr('ab')), str([1, 'a', None, (1,)])") == "('1.5', 4, \"[1, 'a', None, (1,)]\")");
}

TEST_CASE("control flow", "[lang]") {
  CHECK(result_of("s = 0\nfor i in range(10):\n    if i == 3: continue\n    if i == 6: break\n    s += i\nelse:\n    s "
                  "= -1\nreturn s, i") == "(12, 6)");
  CHECK(result_of("for i in []: pass\nelse: return 'else'") == "'else'");
  CHECK(result_of("n = 0\nwhile n < 5:\n    n += 1\nelse:\n    n *= 10\nreturn n") == "50");
  CHECK(result_of("x = [i * j for i in range(3) if i for j in (1, 10)]\nreturn x, {k: v for k, v in zip('ab', x)}, {i "
                  "% 2 for i in x}") == "([1, 10, 2, 20], {'a': 1, 'b': 10}, {1, 0})");
  CHECK(result_of("if (n := 3) > 2: return n") == "3");
  CHECK(result_of("try:\n    raise ValueError('bad')\nexcept (KeyError, ValueError) as e:\n    return "
                  "str(e)\nfinally:\n    pass") == "'bad'");
  CHECK(result_of("try:\n    {}['k']\nexcept KeyError:\n    return 'caught'") == "'caught'");
  CHECK(result_of("x = []\ntry:\n    x.append(1)\nfinally:\n    x.append(2)\nreturn x") == "[1, 2]");
  CHECK(result_of("def g():\n    try:\n        return 1\n    finally:\n        return 2\nreturn g()") == "2");
}

TEST_CASE("functions, closures and classes", "[lang]") {
  CHECK(result_of("def g(a, b=2, *args, c, d=4, **kw):\n    return a, b, args, c, d, kw\nreturn g(1, c=3), g(1, 5, 6, "
                  "7, c=8, e=9), g(*[1, 2], **{'c': 0})") ==
        "((1, 2, (), 3, 4, {}), (1, 5, (6, 7), 8, 4, {'e': 9}), (1, 2, (), 0, 4, {}))");
  CHECK(result_of("fs = [lambda: i for i in range(3)]\nreturn [g() for g in fs]") == "[2, 2, 2]");
  CHECK(result_of("fs = [lambda i=i: i for i in range(3)]\nreturn [g() for g in fs]") == "[0, 1, 2]");
  CHECK(result_of("def counter():\n    n = 0\n    def step():\n        nonlocal n\n        n += 1\n        return n\n  "
                  "  return step\nc = counter()\nc()\nreturn c()") == "2");
  CHECK(result_of("def fact(n): return 1 if n < 2 else n * fact(n - 1)\nreturn fact(10)") == "3628800");
  CHECK(result_of("class A:\n    k = 2\n    def __init__(self, x): self.x = x\n    def get(self): return self.x * "
                  "self.k\n    @property\n    def twice(self): return 2 * self.x\n"
                  "    @staticmethod\n    def s(a): return a\n    @classmethod\n    def make(cls): return cls(7)\n"
                  "class B(A):\n    def __init__(self, x):\n        super().__init__(x)\n        self.x += 1\n    def "
                  "__call__(self, y): return self.x + y\n"
                  "return A(3).get(), B(3).get(), B(1).twice, A.s(5), B.make().x, B(1)(10), isinstance(B(1), A)") ==
        "(6, 8, 4, 5, 8, 12, True)");
  CHECK(result_of("from dataclasses import dataclass\n@dataclass\nclass P:\n    a: int\n    b: float = 2.0\nreturn "
                  "P(1), P(1, b=3).b") == "(P(a=1, b=2.0), 3)");
  CHECK(result_of("from collections import namedtuple\nP = namedtuple('P', ['x', 'y'])\np = P(1, y=2)\nreturn p.x + "
                  "p.y, p, p[1]") == "(3, (1, 2), 2)");
  CHECK(result_of("from collections import namedtuple\nP = namedtuple('P', 'x y', defaults=[5])\np = P(1)\n"
                  "return p.y, p._replace(x=3).x, p._asdict()") == "(5, 3, {'x': 1, 'y': 5})");
  CHECK(result_of("from typing import NamedTuple\nclass P(NamedTuple):\n    x: int\n    y: float = 2.0\n"
                  "a, b = P(1)\nreturn a, b, P(1, y=3).y, isinstance(P(1), P)") == "(1, 2.0, 3, True)");
}

TEST_CASE("a text is a module that is imported", "[lang]") {
  CHECK(result_of("import logging\nlogger = logging.getLogger(__name__)\nlogger.info('x')\nreturn __name__") ==
        "'model'");
  CHECK(result_of("assert __debug__\nreturn __name__ == '__main__'") == "False");
}

TEST_CASE("module-level names are evaluated when read", "[lang]") {
  const auto run = [](const std::string& text) {
    const Outcome outcome = run_function(text);
    return outcome.code.empty() ? outcome.text : outcome.code + " " + outcome.message;
  };
  CHECK(run("import pandas as pd\nx = pd.read_csv('a')\nK = 3\nN = K + 1\ndef f(): return N\n") == "4");
  CHECK(run("x = 1\nx = x + 1\nx += 5\ndef f(): return x\n") == "7");
  CHECK(run("config = {'a': 1}\nconfig['b'] = 2\ndef f(): return config\n") == "{'a': 1, 'b': 2}");
  CHECK(run("a, b = 1, 2\na, b = b, a\ndef f(): return a, b\n") == "(2, 1)");
  CHECK(run("try:\n    import foo\n    ok = True\nexcept ImportError:\n    ok = False\ndef f(): return ok\n") ==
        "True");
  CHECK(run("if True:\n    def helper(): return 5\nelse:\n    def helper(): return 6\ndef f(): return helper()\n") ==
        "5");
  CHECK(run("if __name__ == '__main__':\n    x = 1\ndef f(): return x\n").substr(0, 4) == "E203");
  CHECK(run("def g(): return later\nlater = 3\ndef f(): return g()\n") == "3");
  CHECK(run("x = x + 1\ndef f(): return x\n").substr(0, 4) == "E203");
  CHECK(run("x = g()\ndef g(): return x\ndef f(): return x\n").substr(0, 4) == "E203");
  CHECK(run("count = 0\ndef bump():\n    global count\n    count += 1\ndef f():\n    bump()\n    bump()\n    return "
            "count\n") == "2");
  CHECK(run("xs = [i ** 2 for i in range(3)]\ndef f(y=xs): return y\n") == "[0, 1, 4]");
  CHECK(run("from math import *\ndef f(): return floor(pi)\n") == "3");
  CHECK(run("from functools import partial as p\ndef g(a, b): return a - b\ndef f(): return p(g, b=1)(5)\n") == "4");
}

TEST_CASE("array functions take the arguments of NumPy", "[lang]") {
  CHECK(value_of("jnp.diff(jnp.array([1, 4, 9]), prepend=0).tolist()") == "[1, 3, 5]");
  CHECK(value_of("jnp.diff(jnp.eye(2), axis=0, append=jnp.ones((1, 2))).tolist()") == "[[-1.0, 1.0], [1.0, 0.0]]");
  CHECK(value_of("jnp.pad(jnp.ones((1, 2)), ((1, 0), (0, 1)), constant_values=(2., 3.)).tolist()") ==
        "[[2.0, 2.0, 3.0], [1.0, 1.0, 3.0]]");
  CHECK(value_of("jnp.convolve(jnp.array([1, 2, 3]), jnp.array([1, 1]), 'valid').tolist()") == "[3.0, 5.0]");
  CHECK(value_of("jnp.fill_diagonal(jnp.zeros((2, 2)), 5., inplace=False).tolist()") == "[[5.0, 0.0], [0.0, 5.0]]");
  CHECK(value_of("jnp.zeros((2, 2)).at[jnp.diag_indices_from(jnp.ones((2, 2)))].set(1.).tolist()") ==
        "[[1.0, 0.0], [0.0, 1.0]]");
  CHECK(value_of("[len(i) for i in jnp.triu_indices_from(jnp.ones((3, 3)), k=1)]") == "[3, 3]");
  CHECK(value_of("[a.tolist() for a in jnp.hsplit(jnp.arange(4).reshape(2, 2), 2)]") == "[[[0], [2]], [[1], [3]]]");
  CHECK(value_of("jnp.copysign(jnp.array([1., 2.]), jnp.array([-3., 4.])).tolist()") == "[-1.0, 2.0]");
}

TEST_CASE("jax.lax has array functions of its own", "[lang]") {
  CHECK(value_of("jax.lax.clamp(0., jnp.array([-1., 0.5, 3.]), 1.).tolist()") == "[0.0, 0.5, 1.0]");
  CHECK(value_of("jax.lax.select_n(jnp.array([0, 1, 2]), jnp.zeros(3), jnp.ones(3), 2 * jnp.ones(3)).tolist()") ==
        "[0.0, 1.0, 2.0]");
  CHECK(value_of("jax.lax.slice_in_dim(jnp.arange(6).reshape(2, 3), 1, 3, axis=-1).tolist()") == "[[1, 2], [4, 5]]");
  CHECK(value_of("jax.lax.index_in_dim(jnp.arange(3), 1).tolist(), jax.lax.index_in_dim(jnp.arange(3), 1, "
                 "keepdims=False).tolist()") == "([1], 1)");
  CHECK(value_of("jax.lax.dynamic_update_slice_in_dim(jnp.zeros(4), jnp.ones(2), 1, 0).tolist()") ==
        "[0.0, 1.0, 1.0, 0.0]");
  CHECK(value_of("jax.lax.dynamic_update_index_in_dim(jnp.zeros((2, 2)), jnp.ones(2), 1, 1).tolist()") ==
        "[[0.0, 1.0], [0.0, 1.0]]");
  CHECK(value_of("jax.lax.broadcast(jnp.arange(2), (2,)).tolist()") == "[[0, 1], [0, 1]]");
  CHECK(value_of("jax.lax.rev(jnp.arange(3), (0,)).tolist()") == "[2, 1, 0]");
  CHECK(value_of("jax.lax.mul(jnp.arange(3), jnp.arange(3)).tolist(), jax.lax.ge(jnp.arange(2), 1).tolist()") ==
        "([0, 1, 4], [False, True])");
  CHECK(result_of("return jax.lax.slice_in_dim(jnp.arange(3), 0, 1, axis=4)").substr(0, 4) == "E405");
}
