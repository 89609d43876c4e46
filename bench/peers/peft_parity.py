"""Compares a model with adapters in Saryu and in PEFT: losses of a token file, and prompts.

usage: peft_parity.py SARYU_COMMAND MODEL_FOLDER ADAPTER_FOLDER T TOKENS.bin

ADAPTER_FOLDER is one that `saryu finetune` wrote: PEFT opens it, and both evaluate the file in windows of T tokens. Then PEFT
makes an adapter of its own on the same model (rank 5, alpha 7, rsLoRA, all linear modules, B not zero), which Saryu opens, in
fp32, where it is merged, and in bf16, where it is not. The prompts of the adapter's template are compared with what
transformers makes of chat_template.jinja. Needs torch, transformers, peft and numpy; prints one JSON object.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

ROWS = [("Simplify.", ""), ("De-identify the text.", "My name is John Smith."), ("पाठ का सरल बनावा।", "पहिला\nदूसरा {x} '\"")]


def window_loss(model, tokens, context):
    data = numpy.fromfile(tokens, dtype="<u2").astype(numpy.int64)
    total, count = 0.0, 0
    with torch.no_grad():
        for start in range(0, len(data) - 1, context):
            window = data[start:start + context + 1]
            logits = model(input_ids=torch.from_numpy(window[:-1])[None]).logits[0].double()
            total += float(torch.nn.functional.cross_entropy(logits, torch.from_numpy(window[1:]), reduction="sum"))
            count += len(window) - 1
    return total / count


def saryu_loss(saryu, model, adapter, tokens, context, dtype):
    out = subprocess.run([saryu, "-q", "eval", "--model", model, "--adapter", adapter, "--data", "text=" + tokens, "--context",
                          str(context), "--dtype", dtype, "--json"], check=True, stdout=subprocess.PIPE).stdout
    return json.loads(out)["overall"]["loss"]


def base(folder):
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


def main():
    saryu, folder, adapter, context, tokens = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5]
    report = {"plain_loss": window_loss(base(folder), tokens, context)}
    peft_model = PeftModel.from_pretrained(base(folder), adapter).eval()
    report["saryus_adapter"] = {"peft": window_loss(peft_model, tokens, context),
                                "saryu": saryu_loss(saryu, folder, adapter, tokens, context, "fp32")}
    report["saryus_adapter"]["peft_merged"] = window_loss(peft_model.merge_and_unload(), tokens, context)
    torch.manual_seed(0)
    own = get_peft_model(base(folder), LoraConfig(r=5, lora_alpha=7, use_rslora=True, target_modules="all-linear",
                                                  task_type="CAUSAL_LM"))
    with torch.no_grad():
        for name, p in own.named_parameters():
            if "lora_B" in name:
                p.normal_(0, 0.05)
    with tempfile.TemporaryDirectory() as work:
        own.save_pretrained(work)
        report["pefts_adapter"] = {"peft": window_loss(own.eval(), tokens, context),
                                   "saryu": saryu_loss(saryu, folder, work, tokens, context, "fp32"),
                                   "saryu_bf16": saryu_loss(saryu, folder, work, tokens, context, "bf16")}
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.chat_template = pathlib.Path(adapter, "chat_template.jinja").read_text(encoding="utf-8")
    differ = 0
    for instruction, text in ROWS:
        theirs = tokenizer.apply_chat_template([{"role": "user", "content": instruction, "input": text}], tokenize=False,
                                               add_generation_prompt=True)
        ours = json.loads(subprocess.run([saryu, "-q", "generate", "--model", folder, "--adapter", adapter, "--json",
                                          "--max-new-tokens", "0", "--instruction", instruction, "--input", text],
                                         check=True, stdout=subprocess.PIPE).stdout)["prompt"]
        if ours != theirs:
            differ += 1
            print(repr(ours), repr(theirs), sep="\n", file=sys.stderr)
    report["prompts_that_differ"] = differ
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
