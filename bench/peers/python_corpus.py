"""The first user's way of cleaning a corpus: line by line in Python. NFC, zero-width space and byte order mark out, only printable
characters, duplicate lines out by a set, sentences by a regular expression (English) or by the rules of the Indic NLP library
(Hindi, Awadhi; written anew here after its description, as the library is not everywhere at hand).

    python_corpus.py en|hi INPUT OUTPUT [PROCESSES]

With several processes each takes a part of the file and drops the duplicates in that part alone.
"""
import multiprocessing
import os
import re
import sys
import unicodedata

ENGLISH_END = re.compile(r"(?<=[.?!])\s+")
DANDA = re.compile(r"[।॥]")
WITH_DANDA = re.compile(r"[?!।॥]")
WITHOUT_DANDA = re.compile(r"[.?!।॥]")
SPACES = re.compile(" +")
ABBREVIATIONS = set("ए बी सी डी ई एफ जी एच आई जे के एल एम एन ओ पी क्यू आर एस टी यू वी डब्ल्यू एक्स वाय जेड अ आ इ उ ऊ ऐ औ क ख ग घ च छ ज"
                    " झ ट ठ ड ढ ण त थ द ध न प फ ब भ म य र ल व श ष स ह श्री डॉ कु चि सौ".split())


def clean(line):
    line = unicodedata.normalize("NFC", line)
    line = line.replace("\u200b", "").replace("\ufeff", "")
    return "".join(c for c in line if c.isprintable()).strip()


def english(line):
    return ENGLISH_END.split(line)


def hindi(line):
    pattern = WITH_DANDA if DANDA.search(line) else WITHOUT_DANDA
    pieces = []
    begin = 0
    for match in pattern.finditer(line):
        at = match.start()
        if at > 0 and line[at - 1].isnumeric():
            continue
        pieces.append(line[begin:at + 1].strip())
        begin = at + 1
    pieces.append(line[begin:].strip())
    pieces = [piece for piece in pieces if piece]
    if pattern is WITH_DANDA:
        return pieces
    sentences = []
    held = ""
    for piece in pieces:
        words = piece.split(" ")
        short = piece[-1] == "." and (len(words) == 1 or words[-1][:-1] in ABBREVIATIONS)
        held = held + " " + piece if held else piece
        if not short:
            sentences.append(SPACES.sub(" ", held.strip()))
            held = ""
    if held:
        sentences.append(SPACES.sub(" ", held.strip()))
    return sentences


def run(language, source, target, start, end):
    split = english if language == "en" else hindi
    seen = set()
    with open(source, "rb") as lines, open(target, "w", encoding="utf-8") as out:
        lines.seek(start)
        while start < end:
            raw = lines.readline()
            if not raw:
                break
            start += len(raw)
            line = clean(raw.decode("utf-8", errors="replace"))
            if not line or line in seen:
                continue
            seen.add(line)
            for sentence in split(line):
                out.write(sentence)
                out.write("\n")


def main():
    language, source, target = sys.argv[1:4]
    processes = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    size = os.path.getsize(source)
    bounds = [0]
    with open(source, "rb") as lines:
        for part in range(1, processes):
            lines.seek(size * part // processes)
            lines.readline()
            bounds.append(lines.tell())
    bounds.append(size)
    if processes == 1:
        run(language, source, target, 0, size)
        return
    work = [multiprocessing.Process(target=run, args=(language, source, f"{target}.{i}", bounds[i], bounds[i + 1]))
            for i in range(processes)]
    for process in work:
        process.start()
    for process in work:
        process.join()
    if any(process.exitcode for process in work):
        sys.exit("a process failed")


if __name__ == "__main__":
    main()
