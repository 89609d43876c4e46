#!/usr/bin/env bash
# bench/sentences.sh [--python PYTHON] [--errors] DIR|FILE...: precision, recall and F1 of sentence boundaries, and MB/s on one
# thread, of Saryu, ICU and a regular expression, with --python also of the Python libraries it has (indic-nlp-library, pysbd).
# Inputs are JSON lines {"lang": "en", "text": ..., "ends": [code points after each sentence]}, .jsonl or .jsonl.xz. --errors
# lists each boundary that Saryu missed or made up.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
if [ $# = 0 ] || [ "$1" = --help ]; then
    sed -n '2,5s/^# //p' "$0" >&2
    exit 2
fi
java=java
for home in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release" 2> /dev/null || true)
    if [ "${version:-0}" -ge 22 ]; then java=$home/bin/java; break; fi
done
here=$PWD
cd "$root"
[ -f bench/target/saryu-bench.jar ] && [ -z "$(find tokenizer/src/main bench/src/main -newer bench/target/saryu-bench.jar -print -quit)" ] \
    || mvn -B -ntp -q -DskipTests -Dsaryu.emulated.skip=true -pl bench -am package >&2
cd "$here"
exec "$java" -Xmx2g -cp "$root/bench/target/saryu-bench.jar:$root/bench/target/lib/*" \
    io.saryu.bench.text.SentenceBench "$root/bench/peers/sentences.py" "$@"
