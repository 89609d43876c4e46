"""One LoRA training step of PEFT on transformers' Qwen3 in PyTorch on the CPU, on request: the peer of `saryu bench --lora`.

usage: peft_step.py CONFIG_JSON BATCH LENGTH THREADS eager|compile RANK

Rank RANK, alpha 2 RANK, no dropout, on the attention projections. Prints {"ready": ...} once; then for each line "step N" on
standard input runs N optimizer steps (forward, backward, clipping at 1.0, fused AdamW on the adapter) and prints seconds, loss
and the process's peak memory as one line of JSON. Attention's mask is as in pytorch_step.py.
"""
import json
import os
import resource
import sys
import time

import peft
import torch
import transformers
from peft import LoraConfig, get_peft_model
from transformers import Qwen3Config, Qwen3ForCausalLM

config_path, batch, length, threads, mode, rank = sys.argv[1], *map(int, sys.argv[2:5]), sys.argv[5], int(sys.argv[6])
torch.set_num_threads(threads)
torch.manual_seed(0)
with open(config_path, encoding="utf-8") as f:
    config = Qwen3Config(**json.load(f))
base = Qwen3ForCausalLM._from_config(config, attn_implementation="sdpa").train()
model = get_peft_model(base, LoraConfig(r=rank, lora_alpha=2 * rank, lora_dropout=0.0, task_type="CAUSAL_LM",
                                        target_modules=["q_proj", "k_proj", "v_proj", "o_proj"]))
parameters = [p for p in model.parameters() if p.requires_grad]
optimizer = torch.optim.AdamW(parameters, lr=1e-4, betas=(0.9, 0.95), weight_decay=0.1, fused=True)
generator = torch.Generator().manual_seed(1)
mask = None if os.environ.get("SARYU_PEER_MASK") == "dense" else {"full_attention": None}


def compute_loss(ids):
    return model(input_ids=ids, attention_mask=mask, labels=ids, use_cache=False).loss


if mode == "compile":
    compute_loss = torch.compile(compute_loss)


def step():
    ids = torch.randint(0, config.vocab_size, (batch, length), generator=generator)
    loss = compute_loss(ids)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return float(loss.detach())


def answer(**values):
    values["peak_rss_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(values), flush=True)


answer(ready=f"torch {torch.__version__} {mode}, transformers {transformers.__version__}, peft {peft.__version__}, {threads} threads",
       parameters=sum(p.numel() for p in parameters))
for line in sys.stdin:
    count = int(line.split()[1])
    start = time.perf_counter()
    for _ in range(count):
        loss = step()
    answer(seconds=time.perf_counter() - start, loss=loss)
