package io.saryu.data;

/**
 * A validation text as windows of T tokens, in order, in which each token predicts the next one: window w has the inputs
 * {@code [wT, wT + T)} and the targets {@code [wT + 1, wT + T + 1)}; the last window is shorter. So every token but the
 * first is predicted exactly once, with the tokens of its window before it as context.
 */
public final class EvalWindows {
    private final TokenSequence tokens;
    private final int contextLength;
    private final long textBytes;

    /**
     * @param contextLength T
     * @param textBytes     UTF-8 bytes of the text that the tokens stand for, without end-of-text marks
     * @throws IllegalArgumentException for fewer than two tokens
     */
    public EvalWindows(TokenSequence tokens, int contextLength, long textBytes) {
        if (tokens.count() < 2) {
            throw new IllegalArgumentException(tokens.name() + " has " + tokens.count()
                    + " tokens; evaluation needs at least two, as each token predicts the next one");
        }
        if (contextLength < 1) {
            throw new IllegalArgumentException("the context is " + contextLength + " tokens; give at least 1");
        }
        this.tokens = tokens;
        this.contextLength = contextLength;
        this.textBytes = textBytes;
    }

    /** Name for messages. */
    public String name() {
        return tokens.name();
    }

    /** T. */
    public int contextLength() {
        return contextLength;
    }

    /** Number of windows. */
    public long count() {
        return (targets() + contextLength - 1) / contextLength;
    }

    /** Tokens predicted by all windows together. */
    public long targets() {
        return tokens.count() - 1;
    }

    /** UTF-8 bytes of the text. */
    public long textBytes() {
        return textBytes;
    }

    /** Tokens of window {@code w}: T, fewer in the last one. */
    public int length(long w) {
        return (int) Math.min(contextLength, targets() - w * contextLength);
    }

    /**
     * Copies window {@code w} to both arrays at {@code at}.
     *
     * @return its length
     */
    public int fill(long w, int[] ids, int[] targets, int at) {
        int length = length(w);
        tokens.read(w * contextLength, ids, at, length);
        tokens.read(w * contextLength + 1, targets, at, length);
        return length;
    }
}
