package io.saryu.train;

import io.saryu.instruct.Interleave;
import io.saryu.instruct.PromptTemplate;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a finetuning run begins with, and the instruction data that it learns from.
 *
 * @param model            folder of the base model, whose tokenizer is taken, too
 * @param template         how an instruction becomes a prompt; stored with what is trained
 * @param packing          several examples in one window of {@code data.context_length} tokens; false for one
 * @param validationSplit  share of a data set to hold out where it names no validation file
 * @param stoppingStrategy when the mix of the data sets ends, as in {@code datasets.interleave_datasets}
 * @param data             data sets by name
 * @param lora             the adapter to train; null trains all weights of the model
 */
public record FinetuneArguments(String model, PromptTemplate template, boolean packing, double validationSplit,
        Interleave.StoppingStrategy stoppingStrategy, Map<String, InstructionSource> data, LoraArguments lora) {
    public FinetuneArguments {
        data = data == null ? null : new LinkedHashMap<>(data);
    }

    /**
     * One data set.
     *
     * @param file        JSON lines of instruction, input and output
     * @param validation  such a file to evaluate on, or null to hold some of {@code file} out
     * @param probability of a row of this set in the mix; null in all sets to take turns
     * @param task        what its rows ask for, for counts; may be null
     * @param language    for counts; may be null
     * @param format      how its rows are asked
     */
    public record InstructionSource(String file, String validation, Double probability, String task, String language, RowFormat format) {
    }
}
