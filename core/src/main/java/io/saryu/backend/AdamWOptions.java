package io.saryu.backend;

/**
 * Constants of AdamW with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101), under TrainingArguments' names.
 *
 * @param beta1       adam_beta1, decay of the first moment
 * @param beta2       adam_beta2, decay of the second moment
 * @param epsilon     adam_epsilon, added to the root of the second moment
 * @param weightDecay weight_decay, on segments that are marked for it
 */
public record AdamWOptions(double beta1, double beta2, double epsilon, double weightDecay) {
}
