package io.saryu.data;

/**
 * An endless sequence of training windows, each a pure function of its position: what comes after a position does not
 * depend on what was read before. So a run resumes by one number, ranks read their own positions without talking to each
 * other, and four ranks see what one rank with four accumulation steps sees.
 *
 * <p>Safe for use by several threads.
 */
public interface BatchSource {
    /** T, tokens of a window. */
    int contextLength();

    /** Windows after which every part of the data had its share. */
    long windowsPerEpoch();

    /**
     * Fills (B, T) ids and their targets with the windows at positions {@code [position, position + batch)}. The target of
     * each token is the token after it, of the last one the first token of the text that follows; positions start at 0
     * in every window. A target may be missing ({@link io.saryu.optim.TrainingStep#IGNORED}).
     *
     * @param position of the first window, counted from 0 over all epochs
     * @param batch    B
     * @param ids      receives B*T ids, row by row
     * @param targets  receives B*T ids, row by row
     */
    void fill(long position, int batch, int[] ids, int[] targets);

    /**
     * The sequences that the windows at {@code [position, position + batch)} are divided into, in order, none longer than T:
     * attention does not pass from one to another, and positions start at 0 in each.
     *
     * @return null where every window is one sequence
     */
    default int[] lengths(long position, int batch) {
        return null;
    }

    /**
     * Positions of the tokens of these windows where they do not count from 0 in each sequence.
     *
     * @return (B, T), each from 0 to below T, or null
     */
    default int[] positions(long position, int batch) {
        return null;
    }

    /** Tokens in an epoch. */
    default long tokensPerEpoch() {
        return windowsPerEpoch() * contextLength();
    }

    /** Steps of {@code windowsPerStep} windows that {@code epochs} epochs need, the last one filled from the next epoch. */
    default long steps(double epochs, long windowsPerStep) {
        return Math.max(1, (long) Math.ceil(epochs * windowsPerEpoch() / windowsPerStep));
    }
}
