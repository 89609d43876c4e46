"""One training step of transformers' Qwen3 in PyTorch on a GPU, on request: the peer of `saryu bench --device cuda`.

usage: pytorch_gpu_step.py CONFIG_JSON BATCH LENGTH THREADS eager|compile|pure fp32|bf16|fp16

eager and compile keep fp32 master weights and run the forward pass under torch.autocast; pure is compiled, with all weights
and AdamW's moments in the 16-bit type. AdamW is fused. Attention is SDPA; before anything is measured a step is tried with
PyTorch's flash backend alone, and "ready" says whether it takes the model's shapes, or which other one does.

Prints {"ready": ...} once; then for each line "step N" on standard input runs N optimizer steps (forward, backward,
clipping at 1.0, AdamW) and prints seconds, loss and the most device memory that tensors took as one line of JSON.
"""
import contextlib
import json
import sys
import time

import torch
import transformers
from torch.nn.attention import SDPBackend, sdpa_kernel
from transformers import Qwen3Config, Qwen3ForCausalLM

config_path, batch, length, mode, precision = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[5], sys.argv[6]
dtype = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[precision]
device = torch.device("cuda")
torch.manual_seed(0)
with open(config_path, encoding="utf-8") as f:
    config = Qwen3Config(**json.load(f))
model = Qwen3ForCausalLM._from_config(config, attn_implementation="sdpa").to(device).train()
if mode == "pure":
    model = model.to(dtype)
parameters = list(model.parameters())
optimizer = torch.optim.AdamW(parameters, lr=1e-4, betas=(0.9, 0.95), weight_decay=0.1, fused=True)
scaler = torch.amp.GradScaler("cuda", enabled=dtype == torch.float16 and mode != "pure")
generator = torch.Generator().manual_seed(1)
autocast = (contextlib.nullcontext() if mode == "pure" or dtype == torch.float32
            else torch.autocast("cuda", dtype=dtype))


def compute_loss(ids):
    # The mapping that the model would make itself: given none, it makes a dense mask under torch.compile, which the flash backend
    # does not take.
    return model(input_ids=ids, attention_mask={"full_attention": None}, labels=ids, use_cache=False).loss


def attention_backend():
    """The first of SDPA's backends, fastest first, that can do forward and backward of the model at these shapes alone."""
    ids = torch.randint(0, config.vocab_size, (batch, length), generator=torch.Generator().manual_seed(2)).to(device)
    for backend in (SDPBackend.FLASH_ATTENTION, SDPBackend.CUDNN_ATTENTION, SDPBackend.EFFICIENT_ATTENTION):
        try:
            with sdpa_kernel(backend), autocast:
                compute_loss(ids).backward()
            return backend
        except RuntimeError as e:
            if isinstance(e, torch.OutOfMemoryError):
                raise
            print(f"{backend.name} does not take these shapes: {e}", file=sys.stderr)
        finally:
            for p in parameters:
                p.grad = None
    return SDPBackend.MATH


attention = attention_backend()
torch.cuda.empty_cache()
torch.cuda.reset_peak_memory_stats()
if mode != "eager":
    compute_loss = torch.compile(compute_loss)


def step():
    ids = torch.randint(0, config.vocab_size, (batch, length), generator=generator).pin_memory().to(device, non_blocking=True)
    with autocast:
        loss = compute_loss(ids)
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    scaler.step(optimizer)
    scaler.update()
    optimizer.zero_grad(set_to_none=True)
    return loss.detach()


def answer(**values):
    values["peak_rss_bytes"] = torch.cuda.max_memory_allocated()
    print(json.dumps(values), flush=True)


answer(ready=f"torch {torch.__version__} {mode} {precision}, transformers {transformers.__version__}, CUDA"
             f" {torch.version.cuda}, {torch.cuda.get_device_name()},"
             f" flash attention takes the shapes: {'yes' if attention == SDPBackend.FLASH_ATTENTION else f'no, but {attention.name}'}",
       parameters=sum(p.numel() for p in parameters))
for line in sys.stdin:
    count = int(line.split()[1])
    torch.cuda.synchronize()
    start = time.perf_counter()
    for _ in range(count):
        loss = step()
    torch.cuda.synchronize()
    answer(seconds=time.perf_counter() - start, loss=float(loss))
