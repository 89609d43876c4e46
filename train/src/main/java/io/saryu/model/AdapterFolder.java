package io.saryu.model;

import io.saryu.backend.ExecutionContext;
import io.saryu.files.AtomicFile;
import io.saryu.files.AtomicFolder;
import io.saryu.instruct.PromptTemplate;
import io.saryu.lora.BaseFingerprint;
import io.saryu.lora.LoraAdapter;
import io.saryu.lora.PeftFolder;
import java.io.IOException;
import java.nio.file.Path;

/** Writes an adapter's folder as PEFT has it, with the template of its prompts: {@code PeftModel.from_pretrained} opens it. */
public final class AdapterFolder {
    private AdapterFolder() {
    }

    /**
     * Writes adapter_config.json, adapter_model.safetensors (fp32), chat_template.jinja and a card, all or nothing; a folder of
     * that name is replaced.
     *
     * @param base     folder of the model that it was trained on
     * @param template of the prompts that it was trained on
     * @param card     text of README.md
     */
    public static void write(Path folder, LoraAdapter adapter, ExecutionContext ctx, Path base, PromptTemplate template,
            String card) throws IOException {
        String fingerprint = BaseFingerprint.of(base);
        AtomicFolder.write(folder, temporary -> {
            PeftFolder.save(adapter, ctx, temporary, base.toString(), fingerprint);
            template.write(temporary);
            AtomicFile.writeString(temporary.resolve("README.md"), card);
        });
    }
}
