package io.saryu.train;

import io.saryu.lora.LoraConfig;
import java.util.List;

/**
 * A LoRA adapter to train, with the names of PEFT's {@code LoraConfig}; see {@link LoraConfig}.
 *
 * @param r             rank
 * @param loraAlpha     the addition is scaled by {@code lora_alpha / r}
 * @param loraDropout   share of the inputs that training leaves out of the addition
 * @param targetModules modules to adapt, or {@code all-linear} for all of a layer's
 * @param useRslora     scale by {@code lora_alpha / sqrt(r)}
 */
public record LoraArguments(int r, double loraAlpha, double loraDropout, List<String> targetModules, boolean useRslora) {
    /** As {@code core} takes it. */
    public LoraConfig toConfig() {
        return new LoraConfig(r, loraAlpha, loraDropout, targetModules, useRslora);
    }
}
