"""Figures of the bench: medians, ratios, and the readable table."""

import statistics


def summarise(result):
    """Adds medians, the ratio (above 1: dolab is faster) and the status of one row."""
    if result.get("error"):
        return dict(result, status="failed")
    ours, theirs = statistics.median(result["ours"]), statistics.median(result["theirs"])
    faster = ours / theirs if result["unit"].endswith("/s") else theirs / ours
    if not result["agreement"]["ok"]:
        status = "disagree"  # a time is worth nothing then
    elif result["target"] is None:
        status = "measured"
    else:
        status = "reached" if faster >= result["target"] else "missed"
    return dict(result, median=dict(ours=ours, theirs=theirs), faster=faster, status=status)


def groups(rows):
    """Median ratio per group of rows whose answers agree."""
    found = {}
    for row in rows:
        if "faster" in row and row["status"] != "disagree":
            found.setdefault(row["group"], []).append(row["faster"])
    return {
        name: dict(median_faster=statistics.median(r), least_faster=min(r), rows=len(r)) for name, r in found.items()
    }


def add_limits(result):
    """Share of the memory bandwidth (of two threads, measured by the kernel part) that the steps of a row use."""
    machine = (result["kernels"] or {}).get("machine")
    for row in result["rows"]:
        if machine and row["reads"] and "median" in row:
            limit = machine["two_threads_read_gb_s"][row["reads"]["bandwidth"]] * 1e9 / row["reads"]["bytes"]
            row.update(limit=limit, share_of_limit=row["median"]["ours"] / limit)


def kernel_lines(kernels):
    """What the kernel part says in a few lines: the gradient against reading its table, kernels against Eigen."""
    if not kernels or "machine" not in kernels:
        return []
    limit = 40e6 / (kernels["machine"]["read_gb_s"]["40m"] * 1e9) * 1e3
    took = kernels["logistic_gradient_1e5_50_ms"]
    lines = [f"logistic gradient, 100,000 x 50, one thread: {took:.2f} ms, {took / limit:.2f} times its reading time"]
    peers = [k for k in kernels["kernels"] if "ratio" in k and k["type"] == "f64"]
    lines.append("times as fast as Eigen (f64): " + ", ".join(f"{k['kernel']} {k['ratio']:.2f}" for k in peers))
    return lines


def figure(value, unit):
    return f"{value:,.0f}/s" if unit.endswith("/s") else f"{value:.3g} s"


def table(result):
    rows = [("work", "dolab", "peer", "faster", "target", "status")]
    notes = []
    for row in result["rows"]:
        target = "" if row["target"] is None else f"{row['target']:g}x"
        if "median" in row:
            ours, theirs = (figure(row["median"][k], row["unit"]) for k in ("ours", "theirs"))
            rows.append((row["name"], ours, theirs, f"{row['faster']:.2f}x", target, row["status"]))
        else:
            rows.append((row["name"], "", "", "", target, row["status"]))
        if row["status"] == "failed":
            notes.append(f"{row['name']}: {row['error']}")
        elif row["status"] == "disagree":
            notes.append(
                f"{row['name']}: answers differ, {row['agreement']['worst']:.2f} times the tolerance at {row['agreement']['at']}"
            )
    widths = [max(len(r[i]) for r in rows) for i in range(6)]
    lines = [
        "  ".join(c.ljust(w) if i in (0, 5) else c.rjust(w) for i, (c, w) in enumerate(zip(r, widths))).rstrip()
        for r in rows
    ]
    lines.insert(1, "-" * len(lines[0]))
    for name, group in result["groups"].items():
        lines.append(
            f"{name}: median {group['median_faster']:.2f}x, least {group['least_faster']:.2f}x over {group['rows']} rows"
        )
    for row in result["rows"]:
        if "share_of_limit" in row:
            lines.append(
                f"{row['name']}: {row['share_of_limit']:.0%} of the {row['limit']:,.0f} steps/s that memory allows"
            )
    lines += kernel_lines(result.get("kernels"))
    machine = result["machine"]
    lines.append(
        f"{machine['cpu']}, {machine['threads']} of {machine['cores']} cores, load {machine['load_before']:.2f} before, {machine['time']}"
    )
    return "\n".join(lines + notes) + "\n"
