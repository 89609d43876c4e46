"""Encoding with the Python package sentencepiece, on request: the peer of `saryu tokenizer bench`.

usage: sentencepiece_encode.py MODEL THREADS FILE...

Prints {"ready": ...} once; then for each line "encode" on standard input encodes all lines of the files with the package's own
threads (`encode(list, num_threads=THREADS)`, lists of ids as results) and prints seconds, tokens, a checksum of the ids and the
process's peak memory as one line of JSON. Lines are read before, and the checksum is computed after the clock has stopped.
"""
import json
import resource
import sys
import time

import numpy
import sentencepiece

model, threads, paths = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
processor = sentencepiece.SentencePieceProcessor(model_file=model)
lines = []
for path in paths:
    with open(path, encoding="utf-8", newline="\n") as f:
        lines += [line.rstrip("\n") for line in f]
BATCH = 20_000
batches = [lines[i:i + BATCH] for i in range(0, len(lines), BATCH)]


def answer(**values):
    values["peak_rss_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(values), flush=True)


answer(ready=f"sentencepiece {sentencepiece.__version__} of Python {sys.version.split()[0]}, {threads} threads")
for request in sys.stdin:
    seconds = 0.0
    tokens = 0
    checksum = 0
    for batch in batches:
        start = time.perf_counter()
        ids = processor.encode(batch, out_type=int, num_threads=threads)
        seconds += time.perf_counter() - start
        for line in ids:
            # The same as in EncodeWorker: the sum of id times place, modulo 2^64.
            tokens += len(line)
            checksum += int((numpy.asarray(line, dtype=numpy.int64) * numpy.arange(1, len(line) + 1)).sum())
    answer(seconds=seconds, tokens=tokens, checksum=checksum % (1 << 63))
