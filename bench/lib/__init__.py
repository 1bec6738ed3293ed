# SPDX-License-Identifier: Apache-2.0
"""What bench/latency, bench/throughput and bench/matching share. They use the processes of the system tests' harness."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/system"))
