"""Splits the texts of a gold file with the Python libraries that are installed; called by bench/sentences.sh --python PYTHON.

    sentences.py FILE.jsonl.xz

One JSON line a library: its name and version, for each text the code point offsets after each sentence, the seconds it took.
Libraries that give sentences only, and change white space in them, are aligned by the characters that are none.
"""

import json
import lzma
import sys
import time


def indic_nlp(language):
    import indicnlp
    from indicnlp.tokenize import sentence_tokenize
    return "Indic NLP " + indicnlp.__version__, lambda text: sentence_tokenize.sentence_split(text, lang=language)


def pysbd_rules(language):
    import pysbd
    return "pySBD " + pysbd.about.__version__, pysbd.Segmenter(language=language, clean=False).segment


def ends(text, sentences):
    """Offsets after each sentence; None where the library changed more than white space."""
    offsets, at = [], 0
    for sentence in sentences:
        for sign in sentence:
            if sign.isspace():
                continue
            while at < len(text) and text[at].isspace():
                at += 1
            if at == len(text) or text[at] != sign:
                return None
            at += 1
        offsets.append(at)
    return offsets


def main(path):
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        gold = [json.loads(line) for line in lines]
    for make in (indic_nlp, pysbd_rules):
        try:
            # None of them knows Awadhi.
            name, split = make("en" if gold[0]["lang"] == "en" else "hi")
        except ImportError:
            continue
        texts = [item["text"] for item in gold]
        begin = time.perf_counter()
        results = [split(text) for text in texts]
        seconds = time.perf_counter() - begin
        offsets = [ends(text, result) for text, result in zip(texts, results)]
        print(json.dumps({"name": name, "seconds": seconds, "ends": offsets}))


if __name__ == "__main__":
    main(sys.argv[1])
