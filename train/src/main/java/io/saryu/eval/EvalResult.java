package io.saryu.eval;

/**
 * How well a model predicts one text.
 *
 * @param name         language or data set
 * @param loss         mean over the predicted tokens, in nats
 * @param perplexity   e^loss
 * @param bitsPerByte  the loss of all tokens in bits, by the UTF-8 bytes of the text; comparable across vocabularies,
 *                     which perplexity is not
 * @param tokens       tokens predicted, end-of-text marks included
 * @param bytes        UTF-8 bytes of the text
 */
public record EvalResult(String name, double loss, double perplexity, double bitsPerByte, long tokens, long bytes) {
    /**
     * From sums.
     *
     * @param lossSum in nats over all predicted tokens
     */
    public static EvalResult of(String name, double lossSum, long tokens, long bytes) {
        if (tokens < 1) {
            throw new IllegalArgumentException(name + " has no tokens to predict");
        }
        double loss = lossSum / tokens;
        // A text of empty documents has tokens and no bytes.
        double bits = bytes == 0 ? Double.NaN : lossSum / Math.log(2) / bytes;
        return new EvalResult(name, loss, Math.exp(loss), bits, tokens, bytes);
    }

    double lossSum() {
        return loss * tokens;
    }
}
