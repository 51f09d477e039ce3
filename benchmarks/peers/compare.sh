#!/usr/bin/env bash
# One table: Adjoint and PyTorch on the same workloads, one after the other on an otherwise idle machine.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-/usr/bin/python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" benchmarks/peers/pytorch.py --json "$work/pytorch.json" > /dev/null
dotnet run -c Release --project benchmarks -- compare all --json "$work/adjoint.json" > "$work/adjoint.txt"
head -1 "$work/adjoint.txt"
"$python" - "$work/adjoint.json" "$work/pytorch.json" <<'PY'
import json, sys
adjoint = {r["case"]: r["adjointSeconds"] for r in json.load(open(sys.argv[1]))}
print(f"{'case':36} {'adjoint':>12} {'pytorch':>12} {'pytorch/adjoint':>16}")
for r in json.load(open(sys.argv[2])):
    if r["case"] in adjoint:
        a, p = adjoint[r["case"]], r["peerSeconds"]
        print(f"{r['case']:36} {a * 1e6:9.1f} us {p * 1e6:9.1f} us {p / a:16.2f}")
PY
