#!/usr/bin/env bash
# bench/ptxas.sh [SM...]: registers, static shared memory and spills of every CUDA kernel as ptxas compiles it, as a Markdown
# table. Needs nvcc (PATH, CUDA_HOME or /usr/local/cuda*) and cmake, but no GPU. Without arguments for 75, 80, 86, 89 and 90.
set -euo pipefail
cd "$(dirname "$0")/../native/cuda"

nvcc=$(command -v nvcc || true)
for folder in "${CUDA_HOME:-/nowhere}" /usr/local/cuda*; do
    [ -n "$nvcc" ] || [ ! -x "$folder/bin/nvcc" ] || nvcc="$folder/bin/nvcc"
done
if [ -z "$nvcc" ]; then
    echo "ptxas.sh: no nvcc on the PATH, in CUDA_HOME or in /usr/local/cuda*: install the CUDA toolkit, or set CUDA_HOME" >&2
    exit 1
fi
command -v cmake > /dev/null || { echo "ptxas.sh: no cmake on the PATH: install it" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The modules are those of the emulated library: variants.cmake names each as Java compiles it.
cat > "$work/list.cmake" << 'END'
function(saryu_cuda_variant)
  list(JOIN ARGN " " words)
  message(STATUS "${words}")
endfunction()
include("${VARIANTS}")
END
cmake -DVARIANTS="$PWD/variants.cmake" -P "$work/list.cmake" | sed -n 's/^-- //p' > "$work/modules"

# module SM: lines "kernel <tab> module <tab> SM <tab> registers <tab> shared <tab> bytes spilled"
one() {
    local sm=$1 file=$2 defines=() d log
    for d in "${@:3}"; do defines+=("-D$d"); done
    # No tensor cores for bf16 before sm_80: refused before a launch.
    case " ${*:3} " in *" SARYU_TYPE=1 "*) [ "$sm" -ge 80 ] || return 0 ;; esac
    log=$(mktemp "$work/log.XXXXXX")
    if ! "$nvcc" -std=c++17 -arch="sm_$sm" -DSARYU_SM="$sm" "${defines[@]}" -I. -cubin -o /dev/null -Xptxas -v "$file" \
            > "$log" 2>&1; then
        cat "$log" >&2
        return 1
    fi
    awk -v module="$file ${*:3}" -v sm="$sm" '
        /Compiling entry function/ { split($0, part, "\047"); kernel = part[2] }
        /spill stores/ { for (i = 1; i < NF; i++) if ($(i + 2) == "spill") { spilled = $i; break } }
        /Used [0-9]+ registers/ {
            shared = 0
            for (i = 1; i <= NF; i++) { if ($i == "Used") registers = $(i + 1); if ($i ~ /^smem/) shared = $(i - 2) }
            print kernel "\t" module "\t" sm "\t" registers "\t" shared "\t" spilled
        }' "$log"
}
export -f one
export nvcc work

architectures=("$@")
[ $# -gt 0 ] || architectures=(75 80 86 89 90)
for sm in "${architectures[@]}"; do
    sed "s/^/$sm /" "$work/modules"
done | xargs -P "$(nproc)" -I{} bash -c 'one {}' > "$work/found"

echo "$("$nvcc" --version | sed -n 's/.*release \([0-9.]*\).*/nvcc \1/p'): registers of a thread by architecture, with bytes spilled where there are any; static shared bytes of a block."
echo
sort -t "$(printf '\t')" -k2,2 -k1,1 -k3,3n "$work/found" | awk -F '\t' -v list="${architectures[*]}" '
    BEGIN {
        n = split(list, sms, " ")
        printf "| kernel | module |"
        for (i = 1; i <= n; i++) printf " sm_%s |", sms[i]
        print " shared |"
        printf "|---|---|"
        for (i = 1; i <= n; i++) printf "---:|"
        print "---:|"
    }
    function flush() {
        if (key == "") return
        printf "| %s | %s |", kernel, module
        for (i = 1; i <= n; i++) printf " %s |", (sms[i] in cell) ? cell[sms[i]] : "-"
        print " " shared " |"
        delete cell
    }
    $1 "\t" $2 != key { flush(); key = $1 "\t" $2; kernel = $1; module = $2; kernels++ }
    { cell[$3] = $4 ($6 > 0 ? " (" $6 " spilled)" : ""); shared = $5; all++; if ($6 > 0) spilling++ }
    END { flush(); printf "\n%d kernels, %d compilations, %d with spills.\n", kernels, all, spilling }'
