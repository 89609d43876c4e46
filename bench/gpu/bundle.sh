#!/usr/bin/env bash
# Makes one archive that tests and measures the CUDA backend on a machine with a GPU and without Java:
#   ./saryu bundle [FILE]      (default saryu-gpu.tar.xz)
# In it: a Java runtime cut to what is needed (jlink), the jars with the kernels' sources, the tests of the CUDA backend, the
# benchmarks and the scripts of the peers. There: tar xf FILE && saryu-gpu/run.sh
# Called by the launcher, which gives JDK and ROOT and has built the jars.
set -euo pipefail
: "${JDK:?}" "${ROOT:?}"
readonly LIMIT=$((64 << 20))
file=${1:-saryu-gpu.tar.xz}

die() { echo "saryu: $*" >&2; exit 1; }
[ $# -le 1 ] || die "bundle takes one argument, the file to write, not $#"
[ -d "$(dirname "$file")" ] || die "there is no folder $(dirname "$file") to write $(basename "$file") to; make it first"
command -v xz >/dev/null || die "the bundle is compressed with xz, which this machine lacks: install xz-utils"
[ -x "$JDK/bin/jlink" ] || die "$JDK has no jlink; set JAVA_HOME to a whole JDK of 22 or newer"

work=$(mktemp -d)
trap 'rm -rf "$work" "$file.tmp"' EXIT
top=$work/saryu-gpu
mkdir -p "$top/lib" "$top/lib-test" "$top/lib-jmh"

"$JDK/bin/jlink" --add-modules java.base,java.logging,java.management,java.net.http,java.xml,jdk.jfr,jdk.management,jdk.net,jdk.unsupported,jdk.zipfs \
    --compress zip-0 --strip-debug --no-header-files --no-man-pages --output "$top/runtime"
cp "$ROOT"/train/target/saryu-train.jar "$ROOT"/train/target/lib/*.jar "$top/lib/"
cp "$ROOT"/kernels/target/lib-test/*.jar "$ROOT"/kernels/target/*-tests.jar "$ROOT"/core/target/*-tests.jar "$top/lib-test/"
cp "$ROOT"/bench/target/saryu-bench.jar "$ROOT"/bench/target/lib/*.jar "$top/lib-jmh/"
# What is there already need not travel twice.
for folder in lib-test lib-jmh; do
    for jar in "$top/$folder"/*.jar; do
        for seen in "$top/lib" "$top/lib-test"; do
            [ "$seen" != "$top/$folder" ] && [ -e "$seen/$(basename "$jar")" ] && rm -f "$jar"
        done
    done
done
mkdir -p "$top/bench"
cp -r "$ROOT/bench/peers" "$ROOT/bench/models" "$top/bench/"
cp "$ROOT/LICENSE" "$top/"
cp "$ROOT/bench/gpu/run.sh" "$top/"
git -C "$ROOT" describe --always --dirty > "$top/VERSION" 2>/dev/null || echo unknown > "$top/VERSION"

tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner -c saryu-gpu | xz -9e -T0 > "$file.tmp"
size=$(stat -c %s "$file.tmp")
[ "$size" -le $LIMIT ] || die "the bundle has $((size >> 20)) MiB, more than the $((LIMIT >> 20)) that it may have"
sync "$file.tmp"
mv "$file.tmp" "$file"
echo "$file: $((size >> 10)) KiB. On the GPU machine: tar xf $(basename "$file") && saryu-gpu/run.sh --help"
