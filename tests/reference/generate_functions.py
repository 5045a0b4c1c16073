#!/usr/bin/env python3
"""Writes tests/data/functions.json: values and gradients of array functions, by JAX in float64.

usage: generate_functions.py [GROUP ...]      (all groups when none is given)

Every case holds its inputs, the outputs of the function and, if it has real inputs and outputs, the gradient of
sum_k sum(outputs_k * cos(1, 2, 3, ...)) by each real input.
"""
import json
import pathlib
import sys

import jax
import jax.numpy as jnp
import jax.scipy.linalg as jsl
import jax.scipy.special as jss
import jax.scipy.stats as jst
import numpy as np
from jax import lax, nn

jax.config.update("jax_enable_x64", True)
OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "data" / "functions.json"
CASES = []
STREAM = [None]  # the generator of the group, so that groups can be renewed one by one


def real(*shape, low=-2.0, high=2.0):
    return np.round(STREAM[0].uniform(low, high, shape), 3)


def spd(*shape):
    a = real(*shape)
    return np.round(a @ np.swapaxes(a, -1, -2), 3) + 2 * np.eye(shape[-1])


def ints(*values):
    return np.array(values, dtype=np.int64)


def case(name, function, *inputs):
    CASES.append((name, function, [np.asarray(x) for x in inputs]))


def index_cases():
    a, b, v = real(4, 3, 5), real(2, 3, 4, 5), real(6)
    g = ints(3, 0, 0, -1)
    pair = ints([0, 1], [2, 2])
    case("index_int", lambda a: a[1], a)
    case("index_negative_int", lambda a: a[-1, :, -2], a)
    case("index_slices", lambda a: a[1:3, ::2, -4:-1], a)
    case("index_reverse", lambda a: a[::-1, ::-2, 3:0:-1], a)
    case("index_clipped_slice", lambda a: a[-10:10, 2:1, :100], a)
    case("index_new_axis", lambda a: a[:, None, 1, ..., None], a)
    case("index_ellipsis", lambda a: a[..., 2], a)
    case("index_array", lambda a, g: a[g], a, g)
    case("index_vector_by_matrix", lambda v, p: v[p], v, pair)
    case("index_array_middle", lambda a, g: a[:, g], a, ints(2, 0, 1, 1))
    case("index_array_last", lambda a, p: a[..., p], a, pair)
    case("index_adjacent", lambda b, g, p: b[:, g, p], b, ints(0, 2), pair)
    case("index_separated", lambda b, g, p: b[g, :, p], b, ints(0, 1), pair)
    case("index_int_and_array", lambda b, g: b[0, :, g], b, g)
    case("index_int_beside_array", lambda b, g: b[:, 1, g], b, g)
    case("index_slice_and_array", lambda b, g: b[1:, g, ::2], b, ints(2, 0, 1))
    case("index_new_axis_between", lambda a, g: a[g, None, g], a, ints(0, 2, 1))
    case("index_scalar_array", lambda a, i: a[:, i], a, np.int64(2))
    case("index_pairs", lambda a, g, h: a[g, h], a, g, ints(2, 1, 0, -3))
    case("index_broadcast_grid", lambda a, g, h: a[g[:, None], h], a, ints(0, 3), ints(2, 0, 1))
    case("index_arange", lambda a, g: a[g], a, np.arange(4))
    case("index_every_second", lambda a, g: a[:, :, g], a, ints(0, 2, 4))
    mask = np.array([True, False, True, True])
    case("index_mask", lambda a: a[mask], a)
    case("index_mask_2d", lambda a: a[np.arange(12).reshape(4, 3) % 2 == 0], a)
    case("index_mask_and_int", lambda a: a[mask, 1], a)


def at_cases():
    a, v = real(4, 3, 5), real(6)
    case("at_set_int", lambda a, v: a.at[1].set(v), a, real(3, 5))
    case("at_set_traced_row", lambda a, v, i: a.at[i].set(v), a, real(5), np.int64(-2))
    case("at_set_traced_column", lambda a, v, i: a.at[:, i].set(v), a, real(4, 5), np.int64(1))
    case("at_set_rows", lambda a, v, g: a.at[g].set(v), a, real(3, 3, 5), ints(3, 0, 1))
    case("at_set_slice", lambda a, v: a.at[1:3, ::2].set(v), a, real(5))
    case("at_set_element", lambda a, v, i: a.at[i, 1, 2].set(v), a, np.float64(0.3), np.int64(2))
    case("at_set_pairs", lambda a, v, g, h: a.at[g, h].set(v), a, real(3, 5), ints(3, 0, 1), ints(0, 0, 2))
    case("at_set_last", lambda a, v, g: a.at[..., g].set(v), a, real(3, 2), ints(4, 1))
    case("at_add", lambda a, v, g: a.at[g].add(v), a, real(5, 3, 5), ints(3, 0, 0, -1, 9))
    case("at_add_pairs", lambda a, v, g, h: a.at[g, :, h].add(v), a, real(4, 3), ints(3, 0, 0, 9), ints(1, 2, 2, 0))
    case("at_multiply", lambda a, v, g: a.at[g].multiply(v), a, real(4, 3, 5), ints(3, 0, 0, -1))
    case("at_divide", lambda a, v, g: a.at[g].divide(v), a, real(4, 1, 1, low=1), ints(3, 0, 1, 7))
    case("at_max", lambda a, v, g: a.at[g].max(v), v, real(4), ints(3, 0, 0, 5))
    case("at_min", lambda a, v, g: a.at[g].min(v), v, real(4), ints(3, 0, 0, 5))
    case("at_set_mask", lambda a, m, s: a.at[m > 0].set(s), a, real(4, 3, 5), np.float64(7))
    case("at_set_leading_mask", lambda a, m, s: a.at[m > 0].multiply(s), a, ints(1, 0, 0, 1), np.float64(7))
    case("at_set_integers", lambda a, v: a.at[1:].set(v), ints(1, 2, 3), ints(8, 9))


def shape_cases():
    a, v, m = real(3, 4), real(5), real(2, 3, 4)
    i, j = ints([1, 0, 2], [0, 2, 1]), ints([5, -1, 0, 1])
    case("linspace", lambda x, y: jnp.linspace(x, y, 5), np.float64(-1), np.float64(3))
    case("linspace_open", lambda x, y: jnp.linspace(x, y, 4, endpoint=False), real(2), real(2))
    case("linspace_one", lambda x, y: jnp.linspace(x, y, 1), np.float64(-1), np.float64(3))
    case("logspace", lambda x, y: jnp.logspace(x, y, 3), np.float64(-1), np.float64(1))
    case("diag_vector", lambda v: jnp.diag(v), v)
    case("diag_vector_up", lambda v: jnp.diag(v, 1), v)
    case("diag_vector_down", lambda v: jnp.diag(v, -2), v)
    case("diag_matrix", lambda a: (jnp.diag(a), jnp.diag(a, 1), jnp.diag(a, -1), jnp.diag(a, 7)), a)
    case("meshgrid_xy", lambda v, w: tuple(jnp.meshgrid(v, w)), v, real(2))
    case("meshgrid_ij", lambda v, w, u: tuple(jnp.meshgrid(v, w, u, indexing="ij")), v, real(2), real(3))
    case("tile", lambda a: (jnp.tile(a, 2), jnp.tile(a, (2, 1)), jnp.tile(a, (2, 1, 3))), a)
    case("repeat", lambda a: (jnp.repeat(a, 2), jnp.repeat(a, 3, axis=0), jnp.repeat(a, 2, axis=-1)), a)
    case("repeat_counts", lambda a: jnp.repeat(a, np.array([2, 0, 1]), axis=0), a)
    case("pad", lambda a: jnp.pad(a, ((1, 0), (2, 3))), a)
    case("pad_value", lambda a, s: jnp.pad(a, 1, constant_values=s), a, np.float64(7))
    case("pad_edge", lambda a: jnp.pad(a, ((1, 0), (2, 3)), mode="edge"), a)
    case("hstack", lambda v, w: jnp.hstack([v, w]), v, real(2))
    case("hstack_matrices", lambda a, b: jnp.hstack([a, b]), a, real(3, 2))
    case("vstack", lambda a, w: jnp.vstack([a, w]), a, real(4))
    case("dstack", lambda a, b: jnp.dstack([a, b]), a, real(3, 4))
    case("column_stack", lambda v, w, a: jnp.column_stack([v, w, a]), v, real(5), real(5, 2))
    case("append", lambda a, v: jnp.append(a, v), a, v)
    case("append_axis", lambda a, b: jnp.append(a, b, axis=1), a, real(3, 1))
    case("concatenate_kinds", lambda v, k: jnp.concatenate([v, k]), v, ints(1, 2))
    case("split", lambda a: tuple(jnp.split(a, 2, axis=1)), a)
    case("split_at", lambda v: tuple(jnp.split(v, [1, 1, 4])), v)
    case("array_split", lambda v: tuple(jnp.array_split(v, 3)), v)
    case("moveaxis", lambda m: (jnp.moveaxis(m, 0, -1), jnp.moveaxis(m, (0, 1), (2, 0))), m)
    case("squeeze", lambda m: (jnp.squeeze(m[:1, :, :1]), jnp.squeeze(m[:1, :, :1], 0)), m)
    case("expand_dims", lambda a: jnp.expand_dims(a, (0, -1)), a)
    case("flip", lambda a: (jnp.flip(a), jnp.flip(a, 1)), a)
    case("roll", lambda a: (jnp.roll(a, 5), jnp.roll(a, -1, axis=0), jnp.roll(a, (1, 2), axis=(0, 1))), a)
    case("rot90", lambda a: (jnp.rot90(a), jnp.rot90(a, 2), jnp.rot90(a, -1)), a)
    case("atleast", lambda v: (jnp.atleast_2d(v), jnp.atleast_3d(v), jnp.atleast_1d(v[0])), v)
    case("broadcast_arrays", lambda a, w: tuple(jnp.broadcast_arrays(a, w)), a, real(4))
    case("take", lambda a, i: (jnp.take(a, i), jnp.take(a, i, axis=1)), a, i)
    case("take_out_of_range", lambda v, j: jnp.take(v, j), v, ints(5, -1, -6, 4))
    case("take_along_axis", lambda a, i: jnp.take_along_axis(a, i.T, axis=1), a, i)
    case("take_along_axis_0", lambda a, j: jnp.take_along_axis(a, j, axis=0), a, ints([2, -1, 0, 1]))
    case("take_along_axis_out", lambda a, j: jnp.take_along_axis(a, j, axis=0), a, j)
    case("one_hot", lambda j: (nn.one_hot(j, 3), nn.one_hot(j, 3, axis=0)), j)
    case("compress", lambda a: jnp.compress(np.array([True, False, True]), a, axis=0), a)
    case("select", lambda v, w: jnp.select([v > 1, v < -1], [v, w], 0.5), v, real(5))
    case("tril", lambda a: (jnp.tril(a), jnp.tril(a, 1), jnp.triu(a), jnp.triu(a, -1)), a)
    case("tril_indices", lambda a: a[jnp.tril_indices(3, -1)], a)
    case("pad_values", lambda a, v: jnp.pad(a, ((1, 2), (0, 1)), constant_values=(v[0], v[1])), a, ints(7, -3))


def product_cases():
    a, b, c = real(3, 4), real(4, 2), real(2, 3, 4)
    s, w, u = real(4, 4), real(4), real(3)
    case("einsum_matmul", lambda a, b: jnp.einsum("ij,jk->ik", a, b), a, b)
    case("einsum_implicit", lambda a, b: jnp.einsum("ij,jk", a, b), a, b)
    case("einsum_implicit_order", lambda a: jnp.einsum("ba", a), a)
    case("einsum_vector", lambda a, w: jnp.einsum("nk,k->n", a, w), a, w)
    case("einsum_vector_first", lambda u, a: jnp.einsum("n,nk->k", u, a), u, a)
    case("einsum_rows", lambda a, x: jnp.einsum("nk,nk->n", a, x), a, real(3, 4))
    case("einsum_trace", lambda s: jnp.einsum("ii", s), s)
    case("einsum_diagonal", lambda s: jnp.einsum("ii->i", s), s)
    case("einsum_diagonal_product", lambda s, w: jnp.einsum("ii,i->i", s, w), s, w)
    case("einsum_ellipsis", lambda c, b: jnp.einsum("...ij,jk->...ik", c, b), c, b)
    case("einsum_ellipsis_both", lambda c, d: jnp.einsum("...ij,...kj->...ik", c, d), c, real(1, 5, 4))
    case("einsum_batch", lambda c, d: jnp.einsum("bij,bjk->bki", c, d), c, real(2, 4, 3))
    case("einsum_outer", lambda u, w: jnp.einsum("i,j->ji", u, w), u, w)
    case("einsum_dot", lambda x, w: jnp.einsum("i,i", x, w), real(4), w)
    case("einsum_three", lambda a, b, w: jnp.einsum("ij,jk,j->ki", a, b, w), a, b, w)
    case("einsum_quadratic", lambda a, s: jnp.einsum("ni,ij,nj->n", a, s, a), a, s)
    case("einsum_sum", lambda c: jnp.einsum("ijk->j", c), c)
    case("einsum_unused", lambda a, c: jnp.einsum("ij,kij->i", a, c), a, c)
    case("dot", lambda a, b, w: (jnp.dot(a, b), jnp.dot(a, w), jnp.dot(w, b), jnp.dot(w, w)), a, b, w)
    case("dot_high_rank", lambda c, d: jnp.dot(c, d), c, real(2, 4, 3))
    case("outer", lambda u, a: jnp.outer(u, a), u, a)
    case("inner", lambda a, c: jnp.inner(a, c), a, c)
    case("vdot", lambda a, x: jnp.vdot(a, x), a, real(4, 3))
    case("tensordot", lambda a, c, b, u: (jnp.tensordot(c, b, 1), jnp.tensordot(a, c, [[0, 1], [1, 2]]),
                                          jnp.tensordot(a, u, 0)), a, c, b, u)
    case("kron", lambda a, x: jnp.kron(a, x), real(2, 2), real(2, 3))
    case("cross", lambda x, y: jnp.cross(x, y), real(2, 3), real(3))
    case("trace", lambda a: (jnp.trace(a), jnp.trace(a, 1), jnp.trace(a, -1)), a)
    case("diagonal", lambda c: (jnp.diagonal(c), jnp.diagonal(c, 1)), c)
    case("block_diagonal", lambda a, s, u: jsl.block_diag(a, s, u), a, s, u)
    case("matrix_power", lambda s: (jnp.linalg.matrix_power(s, 3), jnp.linalg.matrix_power(s, 0),
                                    jnp.linalg.matrix_power(s, -2)), s + 4 * np.eye(4))
    case("norm", lambda a: (jnp.linalg.norm(a), jnp.linalg.norm(a, axis=1), jnp.linalg.norm(a, axis=0, keepdims=True),
                            jnp.linalg.norm(a, 1, axis=1), jnp.linalg.norm(a, 3, axis=1),
                            jnp.linalg.norm(a, jnp.inf, axis=1), jnp.linalg.norm(a, -jnp.inf, axis=1)), a)
    case("norm_matrix", lambda c: (jnp.linalg.norm(c, "fro", axis=(1, 2)), jnp.linalg.norm(c, 1, axis=(1, 2)),
                                   jnp.linalg.norm(c, jnp.inf, axis=(2, 1), keepdims=True),
                                   jnp.linalg.norm(c, -1, axis=(0, 2))), c)
    x, y = real(5), real(3)
    for mode in ("full", "same", "valid"):
        case(f"convolve_{mode}", lambda x, y, mode=mode: jnp.convolve(x, y, mode), x, y)
    case("convolve_even", lambda x, y: (jnp.convolve(x, y, "same"), jnp.convolve(x, y, "valid")), real(4), real(6))


def solver_cases():
    w, batch = real(4), real(2, 5, 5) + 3 * np.eye(5)
    for n in (1, 2, 3, 5):
        case(f"inv_{n}", jnp.linalg.inv, real(n, n) + 2 * np.eye(n))
        case(f"det_{n}", jnp.linalg.det, real(n, n))
        case(f"slogdet_{n}", lambda m: tuple(jnp.linalg.slogdet(m)), real(n, n))
        case(f"solve_{n}", jnp.linalg.solve, real(n, n) + 2 * np.eye(n), real(n))
    case("inv_pivots", jnp.linalg.inv, np.array([[0, 2, 0, 1], [3, 0, 0, 0], [0, 0, 0, 1.5], [1, 0, 4, 0]]))
    case("inv_batch", jnp.linalg.inv, batch)
    case("det_batch", jnp.linalg.det, batch)
    case("slogdet_batch", lambda m: tuple(jnp.linalg.slogdet(m)), batch)
    case("solve_batch", jnp.linalg.solve, batch, real(2, 5, 3))
    case("solve_broadcast", jnp.linalg.solve, batch[0], real(2, 5, 3))
    lower = np.tril(real(2, 4, 4)) + 3 * np.eye(4)
    for low in (0, 1):
        for trans in (0, 1):
            case(f"solve_triangular_{low}{trans}",
                 lambda t, x, low=low, trans=trans: jsl.solve_triangular(t, x, trans=trans, lower=bool(low)),
                 lower[0] if low else lower[0].T, real(4, 2))
    case("solve_triangular_vector", lambda t, x: jsl.solve_triangular(t, x, lower=True), lower[0], real(4))
    case("solve_triangular_full", lambda t, x: jsl.solve_triangular(t, x, lower=True), real(4, 4) + 3 * np.eye(4), w)
    case("solve_triangular_unit", lambda t, x: jsl.solve_triangular(t, x, lower=True, unit_diagonal=True), lower[0],
         real(4))
    case("solve_triangular_batch", lambda t, x: jsl.solve_triangular(t, x, lower=True), lower, real(2, 4, 3))
    case("cho_solve", lambda m, x: jsl.cho_solve(jsl.cho_factor((m + m.T) / 2), x), spd(4, 4), real(4))
    case("cho_solve_lower", lambda m, x: jsl.cho_solve(jsl.cho_factor((m + m.T) / 2, lower=True), x), spd(4, 4),
         real(4, 2))


def reduce_cases():
    a, c = real(3, 4), real(2, 3, 4)
    ties = np.array([[1.0, 2.0, 2.0], [0.5, 0.5, 0.5], [3.0, -1.0, 3.0]])
    zeros = np.array([[1.5, 0.0, 2.0, -1.0], [0.0, 3.0, 0.0, 1.0], [1.0, 2.0, 3.0, 4.0]])
    holes = np.array([[1.0, np.nan, 3.0], [np.nan, np.nan, np.nan], [4.0, 5.0, 6.5]])
    k = ints([3, 0, 2], [1, 1, 0])
    case("amax", lambda a: (jnp.max(a), jnp.max(a, axis=0), jnp.min(a, axis=1, keepdims=True)), ties)
    case("ptp", lambda a: jnp.ptp(a, axis=1), a)
    case("prod", lambda c: (jnp.prod(c), jnp.prod(c, axis=1), jnp.prod(c, axis=(0, 2), keepdims=True)), c)
    case("prod_zeros", lambda a: jnp.prod(a, axis=1), zeros)
    case("prod_integers", lambda k: (jnp.prod(k, axis=1), jnp.prod(k > 0)), k)
    case("any_all", lambda k: (jnp.any(k), jnp.any(k == 3, axis=0), jnp.all(k > 0, axis=1, keepdims=True)), k)
    case("count_nonzero", lambda k: (jnp.count_nonzero(k), jnp.count_nonzero(k, axis=0)), k)
    case("sum_kinds", lambda k: (jnp.sum(k), jnp.sum(k > 0), jnp.mean(k), jnp.cumsum(k > 0), jnp.max(k > 2)), k)
    case("variance", lambda a: (jnp.var(a), jnp.var(a, axis=0, ddof=1), jnp.std(a, axis=1, keepdims=True)), a)
    case("average", lambda a, w, z: (jnp.average(a, weights=w), jnp.average(a, axis=1, weights=z)), a,
         real(3, 4, low=0.1), real(4, low=0.1))
    case("covariance", lambda a: (jnp.cov(a), jnp.cov(a[0]), jnp.corrcoef(a)), a)
    case("sum_where", lambda a, m: (jnp.sum(a, where=m > 0, axis=1), jnp.mean(a, where=m > 0)), a, real(3, 4))
    case("nan_reductions", lambda h: (jnp.nansum(h, axis=1), jnp.nanmean(h, axis=1), jnp.nanvar(h, axis=1),
                                      jnp.nanmax(h, axis=0), jnp.nanmin(h)), holes)
    case("argmax", lambda a: (jnp.argmax(a), jnp.argmax(a, axis=1), jnp.argmin(a, axis=0, keepdims=True)), ties)


def order_cases():
    a, c = real(3, 4), real(2, 3, 4)
    ties = np.array([[1.0, 2.0, 2.0], [0.5, 0.5, 0.5], [3.0, -1.0, 3.0]])
    holes = np.array([[1.0, np.nan, 3.0], [np.nan, np.nan, np.nan], [4.0, 5.0, 6.5]])
    case("sort", lambda a: (jnp.sort(a), jnp.sort(a, axis=0), jnp.sort(a, axis=None), jnp.sort(a, descending=True)), a)
    case("argsort", lambda a: (jnp.argsort(a), jnp.argsort(a, axis=0), jnp.argsort(a, descending=True)), ties)
    case("sort_nan", lambda h: jnp.sort(h, axis=0), holes)
    case("top_k", lambda a: tuple(lax.top_k(a, 2)), a)
    case("median", lambda c: (jnp.median(c), jnp.median(c, axis=1), jnp.median(c, axis=(0, 2), keepdims=True)), c)
    case("median_nan", lambda h: jnp.median(h, axis=1), holes)
    case("quantile", lambda a: (jnp.quantile(a, 0.3), jnp.quantile(a, np.array([0.0, 0.25, 1.0]), axis=1)), a)
    case("searchsorted", lambda x, v: (jnp.searchsorted(x, v), jnp.searchsorted(x, v, side="right")),
         np.array([-1.0, 0.0, 0.0, 1.5]), np.array([[-2.0, -1.0, 0.0], [0.5, 1.5, 9.0]]))
    case("digitize", lambda v: (jnp.digitize(v, np.array([-1.0, 0.0, 1.5])),
                                jnp.digitize(v, np.array([-1.0, 0.0, 1.5]), right=True),
                                jnp.digitize(v, np.array([1.5, 0.0, -1.0]))), np.array([-2.0, -1.0, 0.3, 1.5, 3.0]))
    case("bincount", lambda k: jnp.bincount(k, length=5), ints(3, 0, 3, 1))
    case("bincount_weights", lambda w, k: jnp.bincount(k, weights=w, length=4), real(4),
         ints(3, 0, 3, 1))
    case("segment_sum", lambda v, k: jax.ops.segment_sum(v, k, 3), real(4, 2), ints(2, 0, 2, 5))


def cumulative_cases():
    a, c = real(3, 4), real(2, 3, 4)
    zeros = np.array([[1.5, 0.0, 2.0, -1.0], [0.0, 3.0, 0.0, 1.0], [1.0, 2.0, 3.0, 4.0]])
    case("logsumexp", lambda c: (jss.logsumexp(c), jss.logsumexp(c, axis=1), jss.logsumexp(c, (0, 2), keepdims=True)),
         c)
    case("logsumexp_weighted", lambda a, b: (jss.logsumexp(a, b=b), jss.logsumexp(a, axis=1, b=b)), a,
         np.array([[1.0, 0.0, 2.0, 0.5], [1.0, 1.0, 1.0, 0.0], [3.0, 0.1, 0.0, 0.0]]))
    case("logsumexp_signed", lambda a, b: tuple(jss.logsumexp(a, axis=1, b=b, return_sign=True)), a, real(3, 4))
    case("logsumexp_negative", lambda a: jss.logsumexp(a, b=-1.0), a)
    case("softmax", lambda c: (nn.softmax(c), nn.softmax(c, axis=(0, 1)), nn.log_softmax(c, axis=1)), c)
    case("cumulative", lambda a: (jnp.cumsum(a), jnp.cumsum(a, axis=1), jnp.cumprod(a, axis=1), jnp.cumprod(a)), a)
    case("cumprod_zeros", lambda a: jnp.cumprod(a, axis=1), zeros)
    case("cumulative_lax", lambda a: (lax.cummax(a, axis=1), lax.cummin(a, axis=0, reverse=True),
                                      lax.cumlogsumexp(a, axis=1), lax.cumsum(a, axis=1, reverse=True)), a)
    case("diff", lambda a: (jnp.diff(a), jnp.diff(a, n=2, axis=0), jnp.diff(a > 0)), a)
    case("trapezoid", lambda a, x: (jnp.trapezoid(a), jnp.trapezoid(a, dx=0.5), jnp.trapezoid(a, x)), a,
         np.array([0.0, 0.5, 1.5, 2.0]))


def numpy_cases():
    x = np.array([-3.0, -1.3, -0.4, 0.2, 0.9, 2.5])
    kinks = np.array([-2.0, -1.0, 0.0, 1.0, 3.0, 6.0])
    y = np.array([1e-3, 0.7, 3.2, 9.99, 10.0, 250.0])
    odd = np.array([np.nan, np.inf, -np.inf, 1.0, 0.0])
    case("clip", lambda a, l, h: (jnp.clip(a, l, h), jnp.clip(a, l), jnp.clip(a, max=h)), kinks, np.float64(-1),
         np.float64(3))
    case("logarithms", lambda y: (jnp.log2(y), jnp.log10(y), jnp.exp2(y / 100)), y)
    case("logaddexp2", lambda x, z: jnp.logaddexp2(x, z), x, real(6))
    case("cbrt", lambda x: jnp.cbrt(x), x)
    case("hypot", lambda x, z: jnp.hypot(x, z), x, real(6))
    case("sinc", lambda x: jnp.sinc(x), np.array([-1.5, -1e-3, 0.0, 2e-3, 0.004, 1.0]))
    case("angles", lambda x: (jnp.deg2rad(x), jnp.rad2deg(x)), x)
    case("heaviside", lambda a: jnp.heaviside(a, 0.25), kinks)
    case("nan_to_num", lambda a: (jnp.nan_to_num(a), jnp.nan_to_num(a, nan=2.0, posinf=3.0, neginf=4.0)), odd)
    case("isclose", lambda a, b: (jnp.isclose(a, b), jnp.isclose(a, b, equal_nan=True)), odd,
         np.array([np.nan, np.inf, np.inf, 1.000001, 1e-9]))
    case("integer_power", lambda x, k: (x ** 2, x ** 3, x ** 7, x ** -2, k ** 3, k ** 0), x, ints(-2, 0, 3))
    case("float_power", lambda k: jnp.float_power(k, -2), ints(-2, 1, 3))
    case("polyval", lambda c, x: jnp.polyval(c, x), real(4), x)
    case("interp", lambda x, f: jnp.interp(x, np.array([-2.0, -1.0, 0.5, 2.0]), f), x, real(4))


def activation_cases():
    x = np.array([-3.0, -1.3, -0.4, 0.2, 0.9, 2.5])
    kinks = np.array([-2.0, -1.0, 0.0, 1.0, 3.0, 6.0])
    case("relu", nn.relu, kinks)
    case("relu_integers", nn.relu, ints(-2, 0, 3))
    case("relu6", nn.relu6, kinks)
    case("activations", lambda a: (nn.leaky_relu(a), nn.leaky_relu(a, 0.2), nn.elu(a), nn.elu(a, 0.7),
                                   nn.celu(a, 1.3), nn.selu(a)), x)
    case("smooth_activations", lambda a: (nn.gelu(a), nn.gelu(a, approximate=False), nn.silu(a), nn.mish(a),
                                          nn.soft_sign(a), nn.squareplus(a)), x)
    case("hard_activations", lambda a: (nn.hard_tanh(a), nn.hard_sigmoid(a)), x)
    case("glu", lambda a: nn.glu(a), real(3, 4))
    case("standardize", lambda a: (nn.standardize(a), nn.standardize(a, axis=0, epsilon=0.1)), real(3, 4))


def special_cases():
    x = np.array([-3.0, -1.3, -0.4, 0.2, 0.9, 2.5])
    p = np.array([1e-12, 0.03, 0.3, 0.5, 0.81, 0.999])
    y = np.array([1e-3, 0.7, 3.2, 9.99, 10.0, 250.0])
    case("logit", lambda p: (jss.logit(p), jss.expit(p)), p)
    case("multigammaln", lambda y: (jss.multigammaln(y + 1, 1), jss.multigammaln(y + 1, 3)), y)
    case("entr", lambda x: jss.entr(x), np.array([0.2, 1.0, 3.0]))
    case("entr_zero", lambda x: jss.entr(x), ints(0))
    case("relative_entropy", lambda p, q: (jss.rel_entr(p, q), jss.kl_div(p, q)), p, p[::-1].copy())
    case("erfinv", lambda p: (jss.erfinv(p), jss.ndtri(p)), p)
    case("ndtr", lambda x: (jss.ndtr(x), jss.log_ndtr(x)), x)
    case("normal", lambda x, m, s: (jst.norm.logpdf(x, m, s), jst.norm.pdf(x, m, s), jst.norm.cdf(x, m, s),
                                    jst.norm.logcdf(x, m, s), jst.norm.sf(x, m, s), jst.norm.logsf(x, m, s)), x,
         np.float64(0.3), np.float64(1.7))
    case("normal_ppf", lambda p, m, s: jst.norm.ppf(p, m, s), p, np.float64(0.3), np.float64(1.7))


def loop_cases():
    a, v = real(4, 3), real(5)
    case("fori_loop", lambda v, s: lax.fori_loop(1, 4, lambda i, c: jnp.sin(c) * s + i, v), v, np.float64(0.7))
    case("map", lambda a: lax.map(lambda r: jnp.sum(r ** 2) * r, a), a)
    case("cond", lambda p, v: lax.cond(p > 0, jnp.exp, jnp.sin, v), np.int64(0), v)
    case("switch", lambda k, v: lax.switch(k, [jnp.exp, jnp.sin, jnp.cos], v), np.int64(5), v)
    case("dynamic_slice", lambda a, i, j: lax.dynamic_slice(a, (i, j), (2, 2)), a, np.int64(3), np.int64(-2))
    case("dynamic_slice_in_dim", lambda a, i: (lax.dynamic_slice_in_dim(a, i, 2), lax.dynamic_index_in_dim(a, i),
                                               lax.dynamic_index_in_dim(a, i, keepdims=False)), a, np.int64(1))
    case("dynamic_update_slice", lambda a, u, i, j: lax.dynamic_update_slice(a, u, (i, j)), a, real(2, 2), np.int64(1),
         np.int64(9))
    case("dynamic_update_rows", lambda a, u, i: lax.dynamic_update_slice(a, u, (i, 0)), a, real(2, 3), np.int64(2))
    case("associative_scan", lambda a: (lax.associative_scan(jnp.multiply, a),
                                        lax.associative_scan(jnp.add, a, reverse=True, axis=1)), a)


def encode(x):
    x = np.asarray(x)
    kind = {"b": "boolean", "i": "integer", "f": "real"}[x.dtype.kind]
    values = [float(v) if np.isfinite(v) else str(v) for v in x.astype(float).ravel()]
    if kind != "real":
        values = [int(v) for v in values]
    return {"kind": kind, "shape": list(x.shape), "values": values}


def gradients(function, inputs, outputs):
    wrt = [i for i, x in enumerate(inputs) if x.dtype.kind == "f"]
    if not wrt or not any(o.dtype.kind == "f" for o in outputs):
        return None

    def total(*reals):
        arguments = list(inputs)
        for i, x in zip(wrt, reals):
            arguments[i] = x
        parts = function(*arguments)
        parts = parts if isinstance(parts, tuple) else (parts,)
        return sum(jnp.sum(o * jnp.cos(jnp.arange(1.0, o.size + 1)).reshape(o.shape))
                   for o in parts if o.dtype.kind == "f")

    try:
        values = jax.grad(total, argnums=tuple(range(len(wrt))))(*[inputs[i] for i in wrt])
    except NotImplementedError:  # scatter_mul, scatter_min, scatter_max with repeated indices
        return None
    return [encode(g) for g in values]


def table():
    out = {}
    for name, function, inputs in CASES:
        assert name not in out, name
        arrays = [jnp.asarray(x) for x in inputs]
        outputs = function(*arrays)
        outputs = [jnp.asarray(o) for o in (outputs if isinstance(outputs, tuple) else (outputs,))]
        entry = {"inputs": [encode(x) for x in inputs], "outputs": [encode(o) for o in outputs]}
        gradient = gradients(function, arrays, outputs)
        if gradient is not None:
            entry["gradients"] = gradient
        out[name] = entry
    return out


def main(chosen):
    document = json.loads(OUTPUT.read_text()) if chosen else {}
    collectors = (index_cases, at_cases, shape_cases, product_cases, solver_cases, reduce_cases, order_cases,
                  cumulative_cases, numpy_cases, activation_cases, special_cases, loop_cases)
    for seed, collect in enumerate(collectors):
        group = collect.__name__.removesuffix("_cases")
        if chosen and group not in chosen:
            continue
        CASES.clear()
        STREAM[0] = np.random.default_rng(seed)
        collect()
        document[group] = table()
    groups = []
    for group, cases in document.items():
        lines = [f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in cases.items()]
        groups.append(f"{json.dumps(group)}: {{\n" + ",\n".join(lines) + "\n}")
    OUTPUT.write_text("{\n" + ",\n".join(groups) + "\n}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
