#!/usr/bin/env bash
# Tests and measures Saryu's CUDA backend on this machine, which needs a GPU's driver, and NVRTC, cuBLASLt and NCCL from the
# system or from a Python's wheels; no Java, no compiler. Writes one report.
usage='usage: run.sh [--python PYTHON] [--out FOLDER] [--rounds N] [PART...]
  PART      doctor, test, step, jmh (default: all of them, in this order)
  --python  a Python with torch and transformers: PyTorch runs the same steps, and its CUDA libraries are found
  --out     where report.md and the logs go (default ./saryu-gpu-report)
  --rounds  measured rounds of each program, ten steps each (default 20)
SARYU_CUDA=emulated in the environment makes a dry run on the emulated backend, with a tiny model and no meaning in its times.'
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python="" out=./saryu-gpu-report rounds=20 parts=()
while [ $# -gt 0 ]; do
    case $1 in
        --python|--out|--rounds)
            [ $# -ge 2 ] || { echo "$1 needs a value" >&2; exit 2; }
            declare "${1#--}=$2"
            shift ;;
        -h|--help) echo "$usage"; exit 0 ;;
        doctor|test|step|jmh) parts+=("$1") ;;
        *) echo "unknown argument '$1'; see run.sh --help" >&2; exit 2 ;;
    esac
    shift
done
[ ${#parts[@]} -gt 0 ] || parts=(doctor test step jmh)
[[ $rounds =~ ^[1-9][0-9]*$ ]] || { echo "--rounds is '$rounds'; give a number from 1" >&2; exit 2; }
mkdir -p "$out" || exit 1
report=$out/report.md
# Not beside the report: compiled kernels and unpacked libraries are a hundred files.
export SARYU_CACHE=${SARYU_CACHE:-${TMPDIR:-/tmp}/saryu-cache-$(id -u)} LC_ALL=C.UTF-8
emulated=$([ "${SARYU_CUDA:-}" = emulated ] && echo yes || true)
if [ -n "$python" ]; then
    packages=$("$python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])') \
        || { echo "$python is not a Python that runs" >&2; exit 1; }
    export SARYU_CUDA_PATH=${SARYU_CUDA_PATH:-$packages/nvidia}
fi

java() { "$here/runtime/bin/java" --enable-native-access=ALL-UNNAMED -Dsaryu.home="$here" "$@"; }
saryu() { java -cp "$here/lib/*${emulated:+:$here/lib-test/*}" io.saryu.cli.Main "$@"; }
say() { printf '%s\n' "$*" | tee -a "$report"; }
# Runs a command, shows its output in the report as code, and keeps going when it fails.
show() {
    local log
    log=$out/$1.log
    shift
    say "" "    $(printf '%q ' "${@#"$here"/}" | sed 's/^show //')" ""
    "$@" 2>&1 | tee "$log" | sed 's/^/    /' | tee -a "$report"
    local status=${PIPESTATUS[0]}
    [ "$status" = 0 ] || { say "" "**exit code $status**"; failed=1; }
}

failed=0
: > "$report"
say "# Saryu $(cat "$here/VERSION") on ${emulated:+an emulated GPU (a dry run: no figure here is of a real one), }$(uname -n), $(date -u +%Y-%m-%d)"
for part in "${parts[@]}"; do
    case $part in
        doctor)
            say "" "## Machine"
            if command -v nvidia-smi >/dev/null; then
                show nvidia-smi nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm,power.limit --format=csv
            fi
            show doctor saryu doctor ;;
        test)
            say "" "## Correctness: every op and the whole model against the float64 oracle"
            show test java -cp "$here/lib/*:$here/lib-test/*" io.saryu.kernels.RunTests 'Cuda.*Test' ;;
        step)
            say "" "## Training steps"
            if [ -n "$emulated" ]; then
                show step saryu bench --device cuda --config "$here/bench/models/tiny/config.json" --batch 2 --length 32 --rounds 1
            else
                show step saryu bench --device cuda --size 88.5m --rounds "$rounds" ${python:+--python "$python"}
            fi ;;
        jmh)
            say "" "## Kernels"
            how=(-p dtype=BF16 -p tokens=8192 -p length=1024 -p headDim=64,128 -f 0 -wi 1 -w 500ms -i 3 -r 500ms)
            if [ -n "$emulated" ]; then how=(-p dtype=BF16 -p tokens=64 -f 0 -wi 0 -i 1 -r 1ms); fi
            show jmh java -cp "$here/lib-jmh/*:$here/lib/*${emulated:+:$here/lib-test/*}" org.openjdk.jmh.Main -p device=cuda \
                -rf json -rff "$out/jmh.json" "${how[@]}" ;;
    esac
done
say "" "$([ $failed = 0 ] && echo "All parts ended well." || echo "At least one part failed: see above.")"
exit $failed
