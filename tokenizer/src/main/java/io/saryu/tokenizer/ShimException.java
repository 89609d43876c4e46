package io.saryu.tokenizer;

/** What the native shim complained of: a clause without a place, for the caller to make a sentence of. */
final class ShimException extends Exception {
    private static final long serialVersionUID = 1L;

    ShimException(String complaint) {
        super(complaint);
    }
}
