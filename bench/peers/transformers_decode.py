"""Greedy decoding of transformers' Qwen3 on the CPU at batch 1, on request: the peer of `saryu bench --decode`.

usage: transformers_decode.py CONFIG_JSON THREADS [fp32|bf16]

Prints {"ready": ...} once; then for each line "decode N" on standard input generates N tokens after a prompt of 8 and prints
the seconds and the process's peak memory as one line of JSON. Weights are random: they do not change the time.
"""
import json
import resource
import sys
import time

import torch
import transformers
from transformers import Qwen3Config, Qwen3ForCausalLM

config_path, threads = sys.argv[1], int(sys.argv[2])
dtype = sys.argv[3] if len(sys.argv) > 3 else "fp32"
torch.set_num_threads(threads)
torch.manual_seed(0)
with open(config_path, encoding="utf-8") as f:
    config = Qwen3Config(**json.load(f))
model = Qwen3ForCausalLM._from_config(config, attn_implementation="sdpa").eval()
model = model.to({"fp32": torch.float32, "bf16": torch.bfloat16}[dtype])
prompt = torch.arange(5, 13)[None]


def answer(**values):
    values["peak_rss_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(values), flush=True)


answer(ready=f"transformers {transformers.__version__}, torch {torch.__version__}, {threads} threads, {dtype}",
       parameters=sum(p.numel() for p in model.parameters()),
       weight_bytes=sum(p.numel() * p.element_size() for name, p in model.named_parameters()
                        if config.tie_word_embeddings or name != "model.embed_tokens.weight"))
for line in sys.stdin:
    count = int(line.split()[1])
    start = time.perf_counter()
    with torch.no_grad():
        out = model.generate(prompt, attention_mask=torch.ones_like(prompt), min_new_tokens=count, max_new_tokens=count,
                             do_sample=False)
    assert out.shape[1] == prompt.shape[1] + count
    answer(seconds=time.perf_counter() - start)
