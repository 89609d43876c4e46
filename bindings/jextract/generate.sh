#!/bin/sh
# Writes bindings/src/generated/java again with the `jextract` on the PATH.
#   bindings/jextract/generate.sh [FOLDER...]
# FOLDERs are searched for headers that are not ours: cblas.h (an openblas jar, see the parent pom, unpacked somewhere),
# cuda.h (the CUDA toolkit's include folder), nvrtc.h, cublasLt.h, nccl.h (the toolkit, or the `include` folders of
# NVIDIA's Python wheels). A binding whose header is not found is left alone.
# No -l: the library is loaded by NativeLibraries, before the class that jextract wrote is first touched.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$here/../src/generated/java
include=$here/../../native/include

generate() { # header, filter, package, class, arguments...
  header=$1 filter=$2 package=$3 class=$4
  shift 4
  folder=$out/$(echo "$package" | tr . /)
  rm -rf "$folder"
  jextract "$@" --output "$out" --target-package "$package" --header-class-name "$class" "@$filter" "$header"
  # A newer jextract calls SymbolLookup.findOrThrow, which Java 22 does not have.
  sed -i 's/return SYMBOL_LOOKUP\.findOrThrow(symbol);/return SYMBOL_LOOKUP.find(symbol)\
            .orElseThrow(() -> new UnsatisfiedLinkError("unresolved symbol: " + symbol));/' "$folder"/*.java
}

found() { # header, folders...: the path of a header in the first folder that holds it
  name=$1
  shift
  for place in "$@"; do
    path=$(find -L "$place" -name "$name" | head -n 1)
    [ -z "$path" ] || { echo "$path"; return 0; }
  done
  echo "no $name in the folders given: its binding stays as it is" >&2
}

command -v jextract > /dev/null || { echo "jextract is not on the PATH; see CONTRIBUTING.md" >&2; exit 1; }
generate "$include/saryu_cpu.h" "$here/saryu_cpu.includes" io.saryu.bindings.cpu SaryuCpu
generate "$include/saryu_sentencepiece.h" "$here/saryu_sentencepiece.includes" io.saryu.bindings.sentencepiece \
  SaryuSentencepiece
[ $# -gt 0 ] || exit 0
cblas=$(found cblas.h "$@")
cuda=$(found cuda.h "$@")
nvrtc=$(found nvrtc.h "$@")
cublaslt=$(found cublasLt.h "$@")
nccl=$(found nccl.h "$@")
[ -z "$cblas" ] || generate "$cblas" "$here/cblas.includes" io.saryu.bindings.cblas Cblas \
  --include-dir "$(dirname "$cblas")"
# Only calls that the drivers and libraries of CUDA 12 and 13 both have. The macro makes cuda.h declare older versions of
# calls too (cuEventElapsedTime), beside the versions that its own macros name (cuMemAlloc_v2).
[ -z "$cuda" ] || generate "$cuda" "$here/cuda.includes" io.saryu.bindings.cuda Cuda -D __CUDA_API_VERSION_INTERNAL
[ -z "$nvrtc" ] || generate "$nvrtc" "$here/nvrtc.includes" io.saryu.bindings.nvrtc Nvrtc
# Both include the CUDA runtime's headers.
[ -z "$cublaslt" ] || [ -z "$cuda" ] || generate "$cublaslt" "$here/cublaslt.includes" io.saryu.bindings.cublaslt \
  CublasLt --include-dir "$(dirname "$cublaslt")" --include-dir "$(dirname "$cuda")"
[ -z "$nccl" ] || [ -z "$cuda" ] || generate "$nccl" "$here/nccl.includes" io.saryu.bindings.nccl Nccl \
  --include-dir "$(dirname "$cuda")"
