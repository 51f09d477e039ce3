#!/usr/bin/env bash
# Adjoint beside other libraries, in turns on this machine: one table, and the JSON that README's table is made of.
#   benchmarks/peers/compare.sh [--only SUITE[,SUITE]] [--case TEXT] [--json FILE] [--markdown PAGE]
# Peers that are not installed are named and left out. docs/benchmarks.md says what each figure means.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=benchmarks/peers
out=$here/out
export PYTHON=${PYTHON:-/usr/bin/python3}
mkdir -p "$out"
: > "$out/peers.txt"

absent() { echo "left out: $1; to have it, $2" >&2; }
use() { echo "$1" >> "$out/peers.txt"; }

# A peer in Python: name, module, script, package, settings.
python() {
  if "$PYTHON" -c "import $2" 2> /dev/null; then use "env ${5:-} $PYTHON $here/$3"; else absent "$1" "apt-get install $4"; fi
}

# A peer in C++: name, source, library, package, settings.
program() {
  if g++ -O2 -march=native -std=c++17 "$here/$2.cpp" "-l$3" -o "$out/$2" 2> "$out/$2.log"; then
    use "env $5 $out/$2"
  else
    absent "$1" "apt-get install g++ $4"
  fi
}

# Threads that wait in loops, as OpenMP's and OpenBLAS's do unless told otherwise, take each other's cores in PyTorch.
python PyTorch torch pytorch.py python3-torch "OMP_WAIT_POLICY=passive OPENBLAS_THREAD_TIMEOUT=4"
python NumPy numpy numpy_peer.py python3-numpy
program OpenBLAS openblas openblas libopenblas-dev OPENBLAS_NUM_THREADS=2
program oneDNN onednn dnnl libdnnl-dev OMP_NUM_THREADS=1

if ! command -v npm > /dev/null; then
  absent "ONNX Runtime" "apt-get install npm python3-onnx"
elif ! "$PYTHON" -c "import onnx" 2> /dev/null; then
  absent "ONNX Runtime" "apt-get install python3-onnx"
elif [ -d "$here/node_modules" ] || npm --prefix "$here" ci --ignore-scripts > "$out/npm.log" 2>&1; then
  use "node $here/onnxruntime.js"
else
  absent "ONNX Runtime" "see $out/npm.log"
fi

[ "${BUILD:-yes}" = no ] || dotnet build benchmarks -c Release --nologo -v quiet -clp:ErrorsOnly
exec dotnet benchmarks/bin/Release/net10.0/Adjoint.Benchmarks.dll peers --peers "$out/peers.txt" "$@"
