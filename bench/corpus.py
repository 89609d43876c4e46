"""Measures Saryu's `corpus clean --sentences` beside the first user's way in Python (peers/python_corpus.py), in turn on the same
files, one run each per round: seconds, MB/s of input, seconds of processors, peak memory (the kernel's count), and the ratio to
one Python process.

    corpus.py [--rounds N] [--threads N] [--alone] LANGUAGE=FILE...        LANGUAGE is en or hi
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def measure(command):
    """Seconds, seconds of processors, and peak MB of the largest process of a command."""
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(command)} failed")
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--saryu", default=os.path.join(HERE, "..", "saryu"), help="its launcher")
    parser.add_argument("--alone", action="store_true", help="Saryu only")
    parser.add_argument("files", nargs="+", metavar="LANGUAGE=FILE")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="corpus-", dir=os.environ.get("SARYU_BENCH_DIR"))
    peer = [sys.executable, os.path.join(HERE, "peers", "python_corpus.py")]
    try:
        for argument in options.files:
            language, file = argument.split("=", 1)
            size = os.path.getsize(file) / 1e6
            out = os.path.join(folder, "out.txt")
            ways = {"Saryu": [options.saryu, "corpus", "clean", file, "-o", out, "--sentences", "--again",
                              "--threads", str(options.threads), "-q"]}
            if not options.alone:
                ways["Python"] = peer + [language, file, out]
                ways["Python, 2 processes"] = peer + [language, file, out, "2"]
            runs = {way: [] for way in ways}
            for _ in range(options.rounds):
                for way, command in ways.items():
                    runs[way].append(measure(command))
            print(f"{language}, {size:,.0f} MB, {options.threads} threads, {options.rounds} rounds\n")
            print("| | MB/s | s (fastest .. slowest) | s of processors | peak MB of a process"
                  " | times one Python process (lowest .. highest) |")
            print("|---|---:|---:|---:|---:|---:|")
            for way, results in runs.items():
                seconds = [s for s, _, _ in results]
                ratio = ""
                if "Python" in runs:
                    ratios = [p[0] / s for p, s in zip(runs["Python"], seconds)]
                    ratio = f"{statistics.median(ratios):.1f} ({min(ratios):.1f} .. {max(ratios):.1f})"
                median = statistics.median(seconds)
                print(f"| {way} | {size / median:.1f} | {median:.1f} ({min(seconds):.1f} .. {max(seconds):.1f})"
                      f" | {statistics.median(c for _, c, _ in results):.1f} | {max(m for _, _, m in results):,.0f} | {ratio} |")
            print()
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
