"""Saryu's run again in PyTorch: the peer of `saryu bench --replay`.

usage: pytorch_replay.py FOLDER THREADS float32|float64

FOLDER holds start/ (config.json and the first weights), batches.bin (big-endian int32: for each step the ids, then the
targets) and settings.json. Prints {"ready": ...} once; then for each line on standard input takes one step in that type
(forward, backward, clipping, AdamW with decay of matrices only) and prints its loss, which is the sum over targets divided
by their number, as one line of JSON.
"""
import json
import os
import sys

import numpy
import torch
import transformers
from transformers import Qwen3Config, Qwen3ForCausalLM

folder = sys.argv[1]
with open(os.path.join(folder, "settings.json"), encoding="utf-8") as f:
    settings = json.load(f)
torch.set_num_threads(int(sys.argv[2]))
model = Qwen3ForCausalLM.from_pretrained(os.path.join(folder, "start"), dtype=getattr(torch, sys.argv[3])).train()
decayed = [p for p in model.parameters() if p.dim() > 1]
plain = [p for p in model.parameters() if p.dim() == 1]
optimizer = torch.optim.AdamW(
    [{"params": decayed, "weight_decay": settings["weight_decay"]}, {"params": plain, "weight_decay": 0.0}],
    lr=0.0, betas=(settings["beta1"], settings["beta2"]), eps=settings["epsilon"])
shape = (len(settings["learning_rates"]), 2, settings["batch"], settings["length"])
batches = numpy.memmap(os.path.join(folder, "batches.bin"), dtype=">i4", mode="r", shape=shape)

print(json.dumps({"ready": f"torch {torch.__version__}, transformers {transformers.__version__}, {sys.argv[2]} threads, {sys.argv[3]}"}), flush=True)
for step, _ in enumerate(sys.stdin):
    ids, targets = (torch.from_numpy(part.astype(numpy.int64)) for part in batches[step])
    # As in pytorch_step.py: the mask that the model would make itself.
    logits = model(input_ids=ids, attention_mask={"full_attention": None}, use_cache=False).logits
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-100)
    loss.backward()
    if settings["max_grad_norm"] > 0:
        torch.nn.utils.clip_grad_norm_(model.parameters(), settings["max_grad_norm"])
    for group in optimizer.param_groups:
        group["lr"] = settings["learning_rates"][step]
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    print(json.dumps({"loss": float(loss.detach())}), flush=True)
