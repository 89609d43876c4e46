"""The loss of a model folder on a token file, by transformers: what `saryu eval` must agree with.

usage: transformers_loss.py MODEL_DIR TOKENS.bin CONTEXT [uint16|uint32]

Windows of CONTEXT tokens; each token of a window predicts its next one, also the last of a window where the file goes on.
Prints the mean loss in nats and the number of targets as JSON.
"""
import json
import sys

import numpy as np
import torch
from transformers import AutoModelForCausalLM


def window_loss(folder, tokens, context, width="<u2"):
    """Mean loss in nats, and the number of tokens predicted."""
    data = np.fromfile(tokens, dtype=width).astype(np.int64)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for start in range(0, len(data) - 1, context):
            window = data[start:start + context + 1]
            x, y = torch.from_numpy(window[:-1])[None], torch.from_numpy(window[1:])
            logits = model(input_ids=x).logits[0].double()
            total += float(torch.nn.functional.cross_entropy(logits, y, reduction="sum"))
            count += len(y)
    return total / count, count


if __name__ == "__main__":
    loss, targets = window_loss(sys.argv[1], sys.argv[2], int(sys.argv[3]), "<u4" if sys.argv[4:] == ["uint32"] else "<u2")
    print(json.dumps({"loss": loss, "targets": targets}))
