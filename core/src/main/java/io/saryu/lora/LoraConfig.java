package io.saryu.lora;

import io.saryu.nn.Projection;
import java.util.List;

/**
 * What a LoRA adapter (Hu et al., arXiv:2106.09685) is, by the names of PEFT's {@code LoraConfig}.
 *
 * @param r             rank, at least 1
 * @param loraAlpha     its product with A and B is scaled by {@code lora_alpha / r}
 * @param loraDropout   share of the inputs that training leaves out of the addition, from 0 up to but not 1
 * @param targetModules names of modules to adapt: {@code q_proj} in all layers, or one by its path such as
 *                      {@code model.layers.0.self_attn.q_proj}
 * @param useRslora     scale by {@code lora_alpha / sqrt(r)} instead, which keeps the addition's size at high ranks
 *                      (Kalajdzievski, arXiv:2312.03732)
 */
public record LoraConfig(int r, double loraAlpha, double loraDropout, List<String> targetModules, boolean useRslora) {
    /** @throws IllegalArgumentException for values out of range, or without a module */
    public LoraConfig {
        if (r < 1) {
            throw new IllegalArgumentException("the rank r of a LoRA adapter is " + r + "; it must be at least 1");
        }
        if (!(loraAlpha > 0) || loraAlpha == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("lora_alpha is " + loraAlpha + "; it must be a number above 0");
        }
        if (!(loraDropout >= 0) || loraDropout >= 1) {
            throw new IllegalArgumentException("lora_dropout is " + loraDropout + "; it must be at least 0 and below 1");
        }
        if (targetModules.isEmpty()) {
            throw new IllegalArgumentException("a LoRA adapter needs target_modules; a decoder layer has "
                    + String.join(", ", Projection.NAMES));
        }
        targetModules = List.copyOf(targetModules);
    }

    /** The factor s on what is added. */
    public double scaling() {
        return loraAlpha / (useRslora ? Math.sqrt(r) : r);
    }

    /** Whether a module is adapted: PEFT's rule, the whole path or its end. */
    boolean targets(String module) {
        return targetModules.stream().anyMatch(t -> module.equals(t) || module.endsWith("." + t));
    }
}
