// Texts of whole models: kernels, plates, handlers, loops, and that they build what Python would.
#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <string>

#include "lang/program.hpp"
#include "model/density.hpp"
#include "model/trace.hpp"

using namespace dolab;
using namespace dolab::lang;

namespace {

const std::string kImports =
    "import jax\nimport jax.numpy as jnp\nimport numpy as np\nimport numpyro\nimport numpyro.distributions as dist\n"
    "from numpyro import handlers\nfrom numpyro.infer.reparam import LocScaleReparam, TransformReparam\n";

model::Trace run(const std::string& text, const model::Arguments& arguments = {}, const std::string& kernel = "model") {
  const Program program = parse_program(kImports + text, "model.py");
  return model::trace_model(program.model(kernel), arguments);
}

std::string fault(const std::string& text, const model::Arguments& arguments = {}) {
  try {
    run(text, arguments);
  } catch (const Error& e) {
    return e.code() + ":" + std::to_string(e.span().line - 7) + " " + e.message() + " | " + e.hint();
  }
  return "";
}

double density(const model::Trace& trace, const std::map<std::string, Array>& values) {
  return model::log_density_at(trace, values).total;
}

Array numbers(const std::vector<double>& values) { return Array::vector(values); }
Array codes(const std::vector<double>& values) { return Array::vector(values, DType::integer); }

}  // namespace

TEST_CASE("kernels are the functions that reach a statement", "[lang]") {
  const Program program = parse_program(
      "from numpyro import sample as draw, plate\nimport numpyro as ny\nimport pandas as pd\n"
      "def helper(x, *, scale=1.0): return draw('h', x)\n"
      "def plain(x): return x + 1\n"
      "def model(X, y=None, *args, k=3, **kw):\n    return helper(X)\n"
      "def my_guide(X):\n    ny.param('a', 1.0)\n"
      "def other(df): return df.sample(3)\n"
      "print(plain(1))\n"
      "for i in range(3): print(i)\n"
      "if __name__ == '__main__':\n    main()\n",
      "m.py");
  REQUIRE(program.kernels().size() == 3);
  CHECK(program.kernels()[0].name == "helper");
  const Kernel& model = program.kernel("model");
  CHECK(model.is_model);
  CHECK(model.span.line == 6);
  CHECK(model.span.column == 5);
  REQUIRE(model.parameters.size() == 5);
  CHECK_FALSE(model.parameters[0].has_default);
  CHECK(model.parameters[1].default_is_none);
  CHECK(model.parameters[2].variadic);
  CHECK(model.parameters[3].keyword_only);
  CHECK(model.find("k") == 3);
  CHECK(model.find("z") == -1);
  CHECK(program.kernel("my_guide").is_guide);
  CHECK_FALSE(program.kernel("plain").is_model);
  REQUIRE(program.notes().size() == 3);
  CHECK(program.notes()[0].message.find("`pandas` is not available") == 0);
  CHECK(program.notes()[1].span.line == 11);
  CHECK(program.notes()[2].message == "not executed");
  try {
    program.kernel("modle");
    FAIL("no error");
  } catch (const Error& e) {
    CHECK(e.code() == "E1104");
    CHECK(e.hint() == "did you mean \"model\"?");
  }
}

TEST_CASE("wrapped functions are kernels too", "[lang]") {
  const std::string text =
      "from functools import partial\n"
      "def model(x, n=2, y=None):\n"
      "    mu = numpyro.sample('mu', dist.Normal(0., 5.))\n"
      "    with numpyro.plate('n', n):\n"
      "        numpyro.sample('t', dist.Normal(mu, x), obs=y)\n"
      "centred = handlers.reparam(model, config={'t': LocScaleReparam(0)})\n"
      "longer = partial(centred, n=4)\n"
      "short = lambda x: model(x, n=1)\n"
      "fixed = partial(model, 2.5)\n"
      "def make(n, scale=1.0):\n"
      "    def inner(z):\n"
      "        return numpyro.sample('z', dist.Normal(z, scale).expand([n]))\n"
      "    return inner\n"
      "made = make(3)\n"
      "def wrap(f):\n"
      "    def inner(*args, **kwargs):\n"
      "        return f(*args, **kwargs)\n"
      "    return inner\n"
      "passed = wrap(model)\n"
      "number = 3\n";
  const model::Arguments arguments{{"x", 1.5}};
  CHECK(run(text, arguments, "centred").find("t_decentered") != nullptr);
  CHECK(run(text, arguments, "longer").site("t").value.shape() == Shape{4});
  CHECK(run(text, arguments, "short").site("t").value.shape() == Shape{1});
  const Program program = parse_program(kImports + text, "m.py");
  CHECK(program.kernels().size() == 2);  // model, make
  CHECK(program.kernel("longer").parameters.size() == 3);
  CHECK(program.kernel("longer").parameters[1].has_default);
  // What partial() fixes by position is gone, by name has a default.
  CHECK(program.kernel("fixed").parameters[0].name == "n");
  CHECK(run(text, {{"n", 3}}, "fixed").site("t").value.shape() == Shape{3});
  CHECK(program.kernel("made").parameters[0].name == "z");
  CHECK(run(text, {{"z", 0.5}}, "made").site("z").value.shape() == Shape{3});
  CHECK(program.kernel("passed").parameters[0].name == "x");
  CHECK(run(text, arguments, "passed").site("t").value.shape() == Shape{2});
  CHECK_THROWS_AS(program.kernel("number"), Error);
}

TEST_CASE("a regression with every form of argument", "[lang]") {
  const std::string text =
      "def model(X: 'Array', g, K=2, kind='normal', y=None):\n"
      "    with numpyro.plate('k', K):\n"
      "        a = numpyro.sample('a', dist.Normal(0., 1.))\n"
      "    b = numpyro.sample('b', dist.Normal(0., 1.).expand([X.shape[1]]).to_event(1))\n"
      "    s = numpyro.sample('s', dist.HalfNormal(2.0)) if kind == 'normal' else 1.0\n"
      "    mu = numpyro.deterministic('mu', a[g] + X @ b)\n"
      "    with numpyro.plate('n', len(g)):\n"
      "        numpyro.sample('y', dist.Normal(mu, s), obs=y)\n";
  const Array x(DType::real, {3, 2}, {1, 2, 3, 4, 5, 6});
  model::Arguments arguments{{"X", x}, {"g", codes({0, 1, 1})}, {"y", numbers({1, 2, 3})}};
  const model::Trace trace = run(text, arguments);
  CHECK(trace.latents().size() == 3);
  CHECK(trace.site("y").observed);
  CHECK(trace.site("mu").value.shape() == Shape{3});
  CHECK(trace.site("a").span.line == 10);
  // By hand: mu = (1.1, 2.3, 3.8).
  const double half_log_two_pi = 0.91893853320467274;
  const double squares = 0.1 * 0.1 + 0.3 * 0.3 + 0.8 * 0.8;
  const double expected = -0.5 * squares / 2.25 - 3 * std::log(1.5) - 0.5 * (0.01 + 0.04 + 0.25 + 0.0625) -
                          0.5 * 0.75 * 0.75 - 8 * half_log_two_pi;
  CHECK(density(trace, {{"a", numbers({0.1, -0.2})}, {"b", numbers({0.5, 0.25})}, {"s", Array::scalar(1.5)}}) ==
        Approx(expected).epsilon(1e-12));
  arguments.set("y", {});
  CHECK(run(text, arguments).site("y").latent());
  arguments.set("kind", "other");
  CHECK(run(text, arguments).find("s") == nullptr);
  arguments.set("K", 1);
  CHECK(fault(text, arguments).substr(0, 6) == "E405:6");
}

TEST_CASE("loops, helpers and f-string names", "[lang]") {
  const std::string text =
      "CONFIG = {'w': 2.0, 'names': ['u', 'v']}\n"
      "def layer(name, x, width):\n"
      "    w = numpyro.sample(f'{name}.w', dist.Normal(0, CONFIG['w']).expand([width]).to_event(1))\n"
      "    return jnp.tanh(x * w.sum())\n"
      "def model(x):\n"
      "    for i, name in enumerate(CONFIG['names']):\n"
      "        x = layer('%s_%d' % (name, i), x, width=i + 1)\n"
      "    total = sum(numpyro.sample('e_{}'.format(j), dist.Normal(0., 1.)) for j in range(3))\n"
      "    numpyro.factor('f', -jnp.sum(x ** 2) + total)\n";
  const model::Trace trace = run(text, {{"x", numbers({1, 2})}});
  std::string names;
  for (const model::Site& site : trace.sites) names += site.name + " ";
  CHECK(names == "u_0.w v_1.w e_0 e_1 e_2 f ");
  CHECK(trace.site("v_1.w").value.shape() == Shape{2});
}

TEST_CASE("scan agrees with the unrolled loop", "[lang]") {
  const std::string head =
      "def model(y, T):\n"
      "    phi = numpyro.sample('phi', dist.Uniform(-1., 1.))\n"
      "    def step(carry, x):\n"
      "        m, n = carry['m'], carry['n']\n"
      "        m = phi * m + x\n"
      "        return {'m': m, 'n': n + 1}, (m, None, [m * n])\n";
  const std::string looped = head +
                             "    c, total = {'m': jnp.array(0.5), 'n': 0}, 0.0\n"
                             "    for t in range(T):\n"
                             "        c, (m, _, (q,)) = step(c, y[t])\n"
                             "        total = total + m + q\n"
                             "    numpyro.factor('f', total + c['n'])\n";
  const std::string scanned = head +
                              "    c, (m, nothing, (q,)) = jax.lax.scan(step, {'m': jnp.array(0.5), 'n': 0}, y)\n"
                              "    assert nothing is None and m.shape == (T,)\n"
                              "    numpyro.factor('f', m.sum() + jnp.sum(q) + c['n'])\n";
  const model::Arguments arguments{{"y", numbers({1, -2, 0.5, 3})}, {"T", 4}};
  const std::map<std::string, Array> at{{"phi", Array::scalar(0.3)}};
  CHECK(density(run(scanned, arguments), at) == Approx(density(run(looped, arguments), at)).epsilon(1e-13));
  CHECK(fault("def model():\n    jax.lax.scan(lambda c, x: (jnp.ones(2), x), 0., jnp.ones(3))\n")
            .find("E606:2 the carry changes in one step: array () becomes array (2,)") == 0);
  CHECK(fault("def model():\n    jax.lax.scan(lambda c, x: c, 0., jnp.ones(3))\n").substr(0, 6) == "E209:2");
  const std::string inside = fault(
      "def model():\n    def f(c, x):\n        return numpyro.sample('z', dist.Normal(c, 1.)), None\n    "
      "jax.lax.scan(f, 0., None, length=3)\n");
  CHECK(inside.substr(0, 6) == "E605:3");
  CHECK(inside.find("numpyro.contrib.control_flow.scan") != std::string::npos);
}

TEST_CASE("transformations of functions", "[lang]") {
  const std::string text =
      "def model(x):\n"
      "    a = numpyro.sample('a', dist.Normal(0., 1.))\n"
      "    k = jax.vmap(lambda u: jax.vmap(lambda v: a * (u - v) ** 2)(x))(x)\n"
      "    assert k.shape == (3, 3)\n"
      "    g = jax.grad(lambda u: jnp.sum(a * u ** 3))(x)\n"
      "    v, d = jax.value_and_grad(lambda u: u['p'] * a)({'p': 2.0})\n"
      "    w = jax.vmap(lambda u, c: u + c, in_axes=(0, None), out_axes=1)(jnp.ones((2, 3)), a)\n"
      "    assert w.shape == (3, 2)\n"
      "    numpyro.factor('f', k.sum() + g.sum() + v + d['p'] + w.sum())\n";
  const double a = 0.7;
  const model::Trace trace = run(text, {{"x", numbers({0, 1, 3})}});
  const double normal = -0.5 * a * a - 0.91893853320467274;
  CHECK(density(trace, {{"a", Array::scalar(a)}}) ==
        Approx(normal + a * 28 + 3 * a * 10 + 2 * a + a + 6 + 6 * a).epsilon(1e-12));
}

TEST_CASE("handlers as context, wrapper and decorator", "[lang]") {
  const std::string text =
      "@handlers.scale(scale=2.0)\n"
      "def part():\n"
      "    return numpyro.sample('s', dist.Normal(0., 1.))\n"
      "def model(m):\n"
      "    s = part()\n"
      "    with handlers.mask(mask=m), numpyro.plate('n', 3):\n"
      "        numpyro.sample('x', dist.Normal(s, 1.), obs=jnp.arange(3.))\n"
      "    with handlers.scope(prefix='in'):\n"
      "        numpyro.sample('t', dist.Normal(0., 1.))\n"
      "    with handlers.reparam(config={'theta': LocScaleReparam(0), 'l': TransformReparam()}):\n"
      "        numpyro.sample('theta', dist.Normal(s, 3.))\n"
      "        numpyro.sample('l', dist.LogNormal(s, 1.))\n"
      "    c = handlers.condition(lambda: numpyro.sample('c', dist.Normal(0., 1.)), data={'c': 1.5, 'zz': None})()\n"
      "    handlers.do(lambda: numpyro.deterministic('d2', numpyro.sample('d', dist.Normal(c, 1.)) * 1.0), data={'d': "
      "9.0})()\n"
      "    with handlers.block():\n"
      "        sites = handlers.trace(handlers.seed(part, 0)).get_trace()\n"
      "    assert list(sites) == ['s'] and sites['s']['type'] == 'sample'\n";
  const model::Trace trace = run(text, {{"m", Array(DType::boolean, {3}, {1, 0, 1})}});
  CHECK(trace.site("s").scale.value().item() == 2.0);
  CHECK(trace.find("in/t") != nullptr);
  CHECK(trace.find("theta_decentered") != nullptr);
  CHECK(trace.find("l_base") != nullptr);
  CHECK(trace.site("c").observed);
  CHECK(trace.site("d").imposed.value().item() == 9.0);
}

TEST_CASE("modelling errors point at the statement", "[lang]") {
  CHECK(
      fault(
          "def model():\n    numpyro.sample('a', dist.Normal(0., 1.))\n    numpyro.sample('a', dist.Normal(0., 1.))\n")
          .substr(0, 6) == "E101:3");
  CHECK(
      fault(
          "def model():\n    with numpyro.plate('p', 3):\n        numpyro.sample('a', dist.Normal(jnp.zeros(2), 1.))\n")
          .substr(0, 6) == "E401:3");
  CHECK(fault("def model():\n    numpyro.plate('p', 3.5)\n").substr(0, 6) == "E402:2");
  CHECK(fault("def model():\n    numpyro.plate('p', 0)\n").substr(0, 6) == "E402:2");
  CHECK(
      fault(
          "def model():\n    a, b = numpyro.plate('a', 2), numpyro.plate('b', 2)\n    with a:\n        with b: pass\n")
          .substr(0, 6) == "E403:4");
  CHECK(fault("def model():\n    dist.Normal(0., -1.)\n").substr(0, 6) == "E413:2");
  CHECK(fault("def model():\n    with handlers.scale(scale=-1.): pass\n").substr(0, 6) == "E410:2");
  CHECK(fault("def model():\n    with handlers.mask(mask=jnp.ones(2)): pass\n").substr(0, 6) == "E412:2");
  CHECK(fault("def model(x): pass\n").find("E205:1 `model` needs `x`") == 0);
  CHECK(fault("def model(x): pass\n", {{"x", 1}, {"z", 2}}).find("E204:1 `model` has no parameter `z`") == 0);
  CHECK(fault("@jax.jit\n@handlers.seed(rng_seed=1)\ndef model(): numpyro.sample('a', dist.Normal(0., 1.))\n").empty());
  CHECK(fault("from numpyro.contrib.funsor import config_enumerate\n@config_enumerate\ndef model(): pass\n")
            .find("E204:2 `funsor.config_enumerate` is known, but not supported yet") == 0);
}

TEST_CASE("arguments stay what they are", "[lang]") {
  const std::string text =
      "def model(n, f, s, b, nothing, items, x, i):\n"
      "    assert isinstance(n, int) and isinstance(f, float) and s == 'a' and b is True and nothing is None\n"
      "    assert items[1][0] == 2 and len(items) == 2 and isinstance(items, list)\n"
      "    assert isinstance(x, jnp.ndarray) and x.dtype == jnp.float32 and i.dtype == jnp.int32 and "
      "i.astype(float).dtype == float\n"
      "    assert int(i.max()) == 3 and float(x[0]) == 0.5 and x.shape == (2,) and np.unique(i).tolist() == [1, 3]\n"
      "    with numpyro.plate('p', np.max(i)): numpyro.sample('z', dist.Normal(0., 1.))\n";
  const model::Trace trace = run(text, {{"n", 3},
                                        {"f", 0.5},
                                        {"s", "a"},
                                        {"b", true},
                                        {"nothing", model::Argument()},
                                        {"items", model::Argument::List{1, model::Argument::List{2, 3}}},
                                        {"x", numbers({0.5, 1})},
                                        {"i", codes({3, 1, 3})}});
  CHECK(trace.site("z").value.shape() == Shape{3});
}

TEST_CASE("what the text prints is handed out", "[lang]") {
  const Program program =
      parse_program(kImports +
                        "import warnings\ndef model(x):\n    z = numpyro.sample('z', dist.Normal(0., 1.))\n    "
                        "print('shape', x.shape, z)\n    warnings.warn('careful')\n",
                    "m.py");
  std::vector<std::string> lines;
  model::trace_model(program.model("model", {}, [&](const std::string& line) { lines.push_back(line); }),
                     {{"x", numbers({1, 2})}});
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == "shape (2,) a tensor of shape ()");
  CHECK(lines[1] == "careful");
}

TEST_CASE("parsing and tracing a small model takes milliseconds", "[lang]") {
  const std::string text = kImports +
                           "def model(J, sigma, y=None):\n    mu = numpyro.sample('mu', dist.Normal(0, 5))\n    tau = "
                           "numpyro.sample('tau', dist.HalfCauchy(5))\n"
                           "    with numpyro.plate('J', J):\n        theta = numpyro.sample('theta', dist.Normal(mu, "
                           "tau))\n        numpyro.sample('obs', dist.Normal(theta, sigma), obs=y)\n";
  const model::Arguments arguments{
      {"J", 8}, {"sigma", numbers({15, 10, 16, 11, 9, 11, 10, 18})}, {"y", numbers({28, 8, -3, 7, -1, 1, 18, 12})}};
  run(text.substr(kImports.size()), arguments);
  double best = 1.0;
  for (int i = 0; i < 20; ++i) {
    const auto start = std::chrono::steady_clock::now();
    model::trace_model(parse_program(text, "m.py").model("model"), arguments);
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  INFO(best);
  CHECK(best < 0.05);  // generous: sanitizers and busy machines; about 0.3 ms otherwise
}

TEST_CASE("mutated models trace or fail with a position", "[lang][fuzz]") {
  const std::string text =
      "import jax.numpy as jnp, jax\nimport numpyro, math\nimport numpyro.distributions as dist\nfrom numpyro import "
      "handlers\n"
      "SCALE = [1.0, 2.0]\n"
      "def model(x, g, y=None, k=2):\n"
      "    with numpyro.plate('k', k, dim=-1) as i:\n"
      "        a = numpyro.sample(f'a_{k}', dist.Normal(0., SCALE[1]).expand([k]))\n"
      "    b = [numpyro.sample('b%d' % j, dist.Exponential()) for j in range(k)]\n"
      "    c, _ = jax.lax.scan(lambda c, t: (c * b[0] + t, None), 0.0, x[:, 0])\n"
      "    mu = a[g] + sum(w * x[:, j] for j, w in enumerate(b)) + jnp.where(x[..., 0] > 0, c, -1e-3) ** 2\n"
      "    with handlers.scale(scale=0.5), numpyro.plate('n', x.shape[0]):\n"
      "        numpyro.sample('y', dist.Normal(mu, {'s': 1., **{}}['s']), obs=y)\n";
  const std::vector<std::string> tokens{"(", ")", "[",    "]",    ":",   ",",  "=",  "'", " ",  "*",        "-", "1",
                                        "x", ".", "not ", "None", "[0]", "()", ".T", "+", "**", "lambda: ", "9", "== "};
  const Array x(DType::real, {3, 2}, {1, 2, 3, 4, 5, 6});
  const model::Arguments arguments{{"x", x}, {"g", codes({0, 1, 1})}, {"y", numbers({1, 2, 3})}};
  RunLimits limits;
  limits.steps = 200000;
  int failures = 0, successes = 0;
  const auto attempt = [&](const std::string& mutated) {
    try {
      model::trace_model(parse_program(mutated, "m.py").model("model", limits), arguments);
      ++successes;
    } catch (const Error& e) {
      ++failures;
      const bool placed = (e.span().line >= 1 && e.span().line <= 15 && e.span().column >= 1) || e.code() == "E1104" ||
                          e.code() == "E809";
      if (!placed || e.code() == "E1999") FAIL(mutated << "\n" << e.render());
    }
  };
  for (std::size_t at = 0; at < text.size(); at += 1) {
    std::string erased = text;
    erased.erase(at, 1);
    attempt(erased);
    std::string inserted = text;
    inserted.insert(at, tokens[(at * 7) % tokens.size()]);
    attempt(inserted);
  }
  CHECK(failures > 300);
  CHECK(successes > 50);
}
