package io.saryu.eval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Locale;

/**
 * An evaluation over several texts.
 *
 * @param contextLength T of the windows
 * @param results       one per text
 * @param overall       all texts together: their losses weighted by tokens, bits per byte over all bytes
 */
public record EvalReport(int contextLength, List<EvalResult> results, EvalResult overall) {
    private static final JsonMapper JSON =
            JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

    /** Adds the overall line. */
    public static EvalReport of(int contextLength, List<EvalResult> results) {
        double loss = results.stream().mapToDouble(EvalResult::lossSum).sum();
        long tokens = results.stream().mapToLong(EvalResult::tokens).sum();
        long bytes = results.stream().mapToLong(EvalResult::bytes).sum();
        return new EvalReport(contextLength, List.copyOf(results), EvalResult.of("overall", loss, tokens, bytes));
    }

    /** One JSON object with the components' names in snake case. */
    public String toJson() {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A table for people, one line per text. */
    public String toText() {
        StringBuilder out = new StringBuilder(String.format(Locale.ROOT, "%-12s %10s %12s %14s %12s %12s%n", "", "loss",
                "perplexity", "bits per byte", "tokens", "bytes"));
        results.forEach(r -> append(out, r));
        if (results.size() > 1) {
            append(out, overall);
        }
        return out.toString();
    }

    private static void append(StringBuilder out, EvalResult r) {
        out.append(String.format(Locale.ROOT, "%-12s %10.4f %12.2f %14.4f %,12d %,12d%n", r.name(), r.loss(),
                r.perplexity(), r.bitsPerByte(), r.tokens(), r.bytes()));
    }
}
