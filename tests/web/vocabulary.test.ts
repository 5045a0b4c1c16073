import type { Language } from "dolab";
import { describe, expect, it } from "vitest";
import { importsOf, meaningOf, parametersOf, resolvePath } from "@/core/vocabulary";

const text = `
import numpyro
import jax.numpy as jnp, math
import numpyro.distributions as dist
from numpyro import (
    plate,
    sample as draw,
)
from jax.scipy.special import expit

def model(x):
    from math import sqrt
`;

const language: Language = {
  modules: [
    {
      path: "numpyro.distributions",
      alias: "dist",
      names: [{ name: "Normal", kind: "distribution", signature: "loc=0, scale=1" }],
    },
  ],
  builtins: [],
};

describe("imports of a text", () => {
  const imports = importsOf(text);
  it("bind the names that Python would", () => {
    expect(Object.fromEntries(imports)).toEqual({
      numpyro: "numpyro",
      jnp: "jax.numpy",
      math: "math",
      dist: "numpyro.distributions",
      plate: "numpyro.plate",
      draw: "numpyro.sample",
      expit: "jax.scipy.special.expit",
      sqrt: "math.sqrt",
    });
  });
  it("say what a dotted name is", () => {
    expect(resolvePath("dist.Normal", imports)).toBe("numpyro.distributions.Normal");
    expect(resolvePath("numpyro.distributions.Normal", imports)).toBe("numpyro.distributions.Normal");
    expect(resolvePath("x.y", imports)).toBeNull();
  });
  it("lead to what the language has", () => {
    expect(meaningOf(language, "numpyro.distributions.Normal")).toMatchObject({
      full: "dist.Normal",
    });
    expect(meaningOf(language, "numpyro.distributions.Gaussian")).toBeNull();
    expect(meaningOf(language, "Normal")).toBeNull();
  });
});

describe("parameters of a signature", () => {
  it("are its names", () => {
    expect(parametersOf("self, loc=0.0, *, scale=1, **kwargs")).toEqual(["loc", "scale"]);
    expect(parametersOf("")).toEqual([]);
  });
});
