#!/bin/sh
# Writes bindings/src/generated/java again with the `jextract` on the PATH.
#   bindings/jextract/generate.sh [OPENBLAS]
# OPENBLAS: a folder that an openblas jar (see the parent pom) was unpacked to, for cblas.h; without it cblas is left
# alone.
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

command -v jextract > /dev/null || { echo "jextract is not on the PATH; see CONTRIBUTING.md" >&2; exit 1; }
generate "$include/saryu_cpu.h" "$here/saryu_cpu.includes" io.saryu.bindings.cpu SaryuCpu
generate "$include/saryu_sentencepiece.h" "$here/saryu_sentencepiece.includes" io.saryu.bindings.sentencepiece \
  SaryuSentencepiece
if [ $# -gt 0 ]; then
  cblas=$(find "$1" -name cblas.h | head -n 1)
  [ -n "$cblas" ] || { echo "$1 holds no cblas.h" >&2; exit 1; }
  generate "$cblas" "$here/cblas.includes" io.saryu.bindings.cblas Cblas --include-dir "$(dirname "$cblas")"
fi
