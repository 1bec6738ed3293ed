# SPDX-License-Identifier: Apache-2.0
"""Numbers as people read them: quantiles, the machine, Markdown tables."""

import datetime
import os
import platform
import subprocess


def quantile(values, q):
    """By linear interpolation, as most tools have it."""
    ordered = sorted(values)
    position = q * (len(ordered) - 1)
    low = int(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (position - low)


def number(value):
    """Three significant digits, no exponent."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(head, rows):
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def machine():
    """One line that says when and on what a table was measured."""
    with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
        models = [line.split(":", 1)[1].strip() for line in cpuinfo if line.startswith("model name")]
    with open("/proc/meminfo", encoding="utf-8") as meminfo:
        memory = int(meminfo.readline().split()[1]) / 1024 / 1024
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False,
                            cwd=os.path.dirname(__file__)).stdout.strip()
    return (f"{datetime.date.today().isoformat()}, {models[0] if models else platform.machine()}, {os.cpu_count()} cores, "
            f"{memory:.0f} GiB, Linux {platform.release()}, commit {commit or 'unknown'}")
