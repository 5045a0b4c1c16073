"""Every count and class likelihood, by probs and by logits, with a shared predictor."""
import jax
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(x, binary, trials, hits, count, waits, klass, level, table):
    a = numpyro.sample("a", dist.Normal(0, 1).expand([9]).to_event(1))
    b = numpyro.sample("b", dist.Normal(0, 0.5))
    eta = a[:, None] + b * x
    p = jax.scipy.special.expit(eta)
    numpyro.sample("bernoulli_probs", dist.Bernoulli(p[0]), obs=binary)
    numpyro.sample("bernoulli_logits", dist.Bernoulli(logits=eta[1]), obs=binary)
    numpyro.sample("binomial_probs", dist.Binomial(total_count=trials, probs=p[2]), obs=hits)
    numpyro.sample("binomial_logits", dist.Binomial(trials, logits=eta[3]), obs=hits)
    numpyro.sample("poisson", dist.Poisson(jnp.exp(eta[4])), obs=count)
    gate = numpyro.sample("gate", dist.Beta(2.0, 2.0))
    numpyro.sample("zip", dist.ZeroInflatedPoisson(gate, rate=jnp.exp(eta[5])), obs=count)
    numpyro.sample("negbin", dist.NegativeBinomial2(jnp.exp(eta[6]), concentration=jnp.exp(-b) + 0.5), obs=count)
    numpyro.sample("geometric_probs", dist.Geometric(p[7]), obs=waits)
    numpyro.sample("geometric_logits", dist.Geometric(logits=eta[8]), obs=waits)
    scores = jnp.stack([eta[0], eta[1], -eta[2], 0.0 * eta[3]], axis=-1)
    numpyro.sample("categorical_logits", dist.Categorical(logits=scores), obs=klass)
    numpyro.sample("categorical_probs", dist.Categorical(probs=jax.nn.softmax(scores)), obs=klass)
    cut = numpyro.sample("cut", dist.Normal(0, 1).expand([3]).to_event(1))
    cutpoints = jnp.cumsum(jnp.concatenate([cut[:1], jnp.exp(cut[1:])]))
    numpyro.sample("ordered", dist.OrderedLogistic(eta[4], cutpoints), obs=level)
    conc = numpyro.sample("conc", dist.Gamma(2.0, 1.0).expand([2]).to_event(1))
    numpyro.sample("beta_binomial", dist.BetaBinomial(conc[0], conc[1], trials), obs=hits)
    numpyro.sample("multinomial_logits", dist.Multinomial(total_count=10, logits=scores), obs=table)
    numpyro.sample("multinomial_probs", dist.Multinomial(10, probs=jax.nn.softmax(-scores, axis=-1)), obs=table)
