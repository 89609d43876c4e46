"""Opens a model folder with transformers and compares it with Saryu: ids of every line of the given text files, decoded
text, and the loss of a token file in windows of T tokens.

usage: transformers_parity.py SARYU_COMMAND MODEL_FOLDER T TOKENS.bin TEXT...
Needs torch, transformers and numpy; prints one JSON object.
"""
import json
import subprocess
import sys
import tempfile

import numpy
from transformers import AutoTokenizer

from transformers_loss import window_loss


def main():
    saryu, folder, context, tokens = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    lines = [line for text in sys.argv[5:] for line in open(text, encoding="utf-8").read().split("\n") if line.strip()]
    tokenizer = AutoTokenizer.from_pretrained(folder)
    with tempfile.TemporaryDirectory() as work:
        open(work + "/lines.txt", "w", encoding="utf-8").write("\n".join(lines) + "\n")
        subprocess.run([saryu, "-q", "tokenizer", "encode", "--tokenizer", folder, "--out", work + "/lines.bin",
                        work + "/lines.txt"], check=True, stdout=subprocess.DEVNULL)
        ids = numpy.fromfile(work + "/lines.bin", dtype="<u2").tolist()
    ours, document = [], []
    for i in ids:
        if i == tokenizer.eos_token_id:
            ours.append(document)
            document = []
        else:
            document.append(i)
    theirs = [tokenizer.encode(line, add_special_tokens=False) for line in lines]
    differ = sum(a != b for a, b in zip(ours, theirs, strict=True))
    back = sum(tokenizer.decode(i, skip_special_tokens=False, clean_up_tokenization_spaces=False) != line
               for i, line in zip(theirs, lines))
    report = json.loads(subprocess.run([saryu, "-q", "eval", "--model", folder, "--data", "text=" + tokens, "--context",
                                        str(context), "--json"], check=True, stdout=subprocess.PIPE).stdout)
    loss, _ = window_loss(folder, tokens, context)
    saryu_loss = report["results"][0]["loss"]
    print(json.dumps({"lines": len(lines), "lines_with_other_ids": differ, "lines_decoded_otherwise": back,
                      "saryu_loss": saryu_loss, "transformers_loss": loss, "difference": abs(saryu_loss - loss)}))


main()
