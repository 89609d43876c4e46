package io.saryu.train;

import io.saryu.optim.LossScaler;
import io.saryu.optim.LossWatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where a run stood when a checkpoint was written: {@code trainer_state.json}. With the weights and the optimizer's moments
 * it is all that the rest of the run depends on.
 *
 * @param step               optimizer steps done
 * @param position           training windows consumed by all ranks (see {@link io.saryu.data.BatchSource})
 * @param tokens             training tokens consumed
 * @param seed               of the run
 * @param randomOffset       position in the stream of random numbers
 * @param lossScale          of fp16, and what it grows by
 * @param lossWatch          what tells whether a loss jumps
 * @param best               the best evaluation so far
 * @param reproducibilityKey what must be equal for equal bits: world size, threads, instruction set, libraries
 * @param modelHash          of the model's configuration
 * @param tokenizerHash      of the tokenizer
 * @param dataHash           of what the data are: files, token counts, shares, context length; training and validation
 * @param files              the checkpoint's other files by name
 * @param checksum           SHA-256 of this state's JSON with an empty checksum; empty until it is written
 */
public record TrainerState(long step, long position, long tokens, long seed, long randomOffset, LossScaler.State lossScale,
        LossWatch.State lossWatch, BestEvaluation best, String reproducibilityKey, String modelHash, String tokenizerHash, String dataHash, Map<String, StoredFile> files,
        String checksum) {
    /**
     * A file as it was written.
     *
     * @param bytes  its size
     * @param sha256 of its content, in hex
     */
    public record StoredFile(long bytes, String sha256) {
    }

    public TrainerState {
        files = Map.copyOf(files);
    }

    /** A state whose files are not written yet. */
    public TrainerState(long step, long position, long tokens, long seed, long randomOffset, LossScaler.State lossScale,
            LossWatch.State lossWatch, BestEvaluation best, String reproducibilityKey, String modelHash, String tokenizerHash,
            String dataHash) {
        this(step, position, tokens, seed, randomOffset, lossScale, lossWatch, best, reproducibilityKey, modelHash, tokenizerHash, dataHash,
                Map.of(), "");
    }

    TrainerState withFiles(Map<String, StoredFile> newFiles) {
        return new TrainerState(step, position, tokens, seed, randomOffset, lossScale, lossWatch, best,
                reproducibilityKey, modelHash, tokenizerHash, dataHash, newFiles, checksum);
    }

    TrainerState withChecksum(String newChecksum) {
        return new TrainerState(step, position, tokens, seed, randomOffset, lossScale, lossWatch, best,
                reproducibilityKey, modelHash, tokenizerHash, dataHash, files, newChecksum);
    }

    /**
     * Checks that this state can be continued with what is at hand.
     *
     * @param current the state that the run would have at its start
     * @return warnings, one sentence each, on what will not be as it was
     * @throws ConfigException when the model, the tokenizer, the data or the seed are others
     */
    public List<String> checkAgainst(TrainerState current) {
        require(modelHash.equals(current.modelHash), "model", "the model section");
        require(tokenizerHash.equals(current.tokenizerHash), "tokenizer", "the tokenizer's folder");
        require(dataHash.equals(current.dataHash), "set of data", "the data section and the token files");
        require(seed == current.seed, "seed", "train.seed");
        List<String> warnings = new ArrayList<>();
        if (!reproducibilityKey.equals(current.reproducibilityKey)) {
            warnings.add("the checkpoint was written with '" + reproducibilityKey + "' and this run has '"
                    + current.reproducibilityKey + "': results will differ in the last bits from not stopping");
        }
        return warnings;
    }

    private void require(boolean same, String what, String change) {
        if (!same) {
            throw new ConfigException("the checkpoint of step " + step + " belongs to another " + what
                    + "; give back " + change + " as it was, or start a new run in another output_dir");
        }
    }
}
