"""Makes a large raw text of small ones, for measuring speed: they are repeated until there is enough, and in every repetition
each line of four words or more has one word replaced by another one of the text, so that repetitions are no duplicates. What is
messy in the originals stays so.

    corpus_text.py OUTPUT MEGABYTES FILE.xz[:MEGABYTES]...       from each file at most so much is taken
"""
import lzma
import random
import sys


def main():
    target, megabytes, *files = sys.argv[1:]
    wanted = int(megabytes) * 1_000_000
    lines = []
    for file in files:
        name, _, most = file.partition(":")
        with lzma.open(name) as text:
            content = text.read(int(most) * 1_000_000 if most else -1)
        lines += content.split(b"\n")[:-1]
    rng = random.Random(1)
    words = [word for line in lines[::17] for word in line.split(b" ")]
    written = 0
    first = True
    with open(target, "wb") as out:
        while written < wanted:
            for line in lines:
                if not first:
                    parts = line.split(b" ")
                    if len(parts) > 3:
                        parts[rng.randrange(len(parts) - 1)] = words[rng.randrange(len(words))]
                        line = b" ".join(parts)
                written += out.write(line + b"\n")
                if written >= wanted:
                    break
            first = False


main()
