package io.saryu.benchmark;

import io.saryu.backend.Backend;
import io.saryu.backend.Backends;
import io.saryu.backend.ExecutionContext;
import io.saryu.generate.TokenGenerator;
import io.saryu.model.OpenOptions;
import io.saryu.nn.Qwen3;
import io.saryu.nn.Qwen3Config;
import io.saryu.tensor.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Where the time of a token goes in greedy decoding at batch 1: every op with its time, bytes, and share of the bandwidth. */
public final class DecodeProfile {
    private static final int TOKENS = 64;
    private static final int WARM_UP = 6;

    /**
     * One line.
     *
     * @param op           name, with the shape for products
     * @param calls        a token
     * @param microseconds a token
     * @param share        of the token's time, 0 to 1
     * @param gigabytes    GB/s of operands
     * @param roof         of the measured bandwidth, 0 to 1; more for what stays in caches
     */
    public record Line(String op, double calls, double microseconds, double share, double gigabytes, double roof) {
    }

    /**
     * A profile.
     *
     * @param type         what the weights are kept in
     * @param microseconds of a token, the prompt's pass shared among the tokens; measuring each op makes it longer
     * @param gigabytes    GB/s read from memory by a product with one row, measured in the same run
     * @param lines        the costliest first
     */
    public record Result(String type, double microseconds, double gigabytes, List<Line> lines) {
        /** A table for people. */
        public String table() {
            StringBuilder s = new StringBuilder(String.format(Locale.ROOT,
                    "weights in %s: %.0f us a token; memory read here at %.1f GB/s%n%-36s %7s %10s %7s %8s %6s%n", type,
                    microseconds, gigabytes, "", "calls", "us", "share", "GB/s", "roof"));
            for (Line l : lines) {
                s.append(String.format(Locale.ROOT, "%-36s %7.1f %10.1f %6.1f%% %8.1f %6.2f%n", l.op, l.calls, l.microseconds,
                        100 * l.share, l.gigabytes, l.roof));
            }
            double ops = lines.stream().mapToDouble(Line::microseconds).sum();
            return s.append(String.format(Locale.ROOT, "%-36s %7s %10.1f %6.1f%%%n", "outside of ops", "", microseconds - ops,
                    100 - 100 * ops / microseconds)).toString();
        }
    }

    private DecodeProfile() {
    }

    /**
     * Generates texts of {@value #TOKENS} tokens, {@code rounds} of them after some that are not counted.
     *
     * @param configJson a Hugging Face config.json
     * @param type       of the weights: fp32, bf16, fp16, int8
     * @throws IOException when it cannot be read
     */
    public static Result run(Path configJson, int threads, String type, int rounds) throws IOException {
        Qwen3Config config = Qwen3Config.read(configJson);
        DType weights = OpenOptions.weights(type);
        OpProfile profile = new OpProfile(Backends.get("cpu"));
        Backend backend = profile.backend();
        try (ExecutionContext ctx = backend.newContext(threads);
                Qwen3 model = DecodeWorker.model(backend, ctx, config, weights)) {
            TokenGenerator generator = new TokenGenerator(model, ctx, -1);
            double seconds = 0;
            for (int i = -WARM_UP; i < rounds; i++) {
                if (i == 0) {
                    profile.reset();
                }
                double s = DecodeWorker.decodeSeconds(generator, TOKENS);
                seconds += i < 0 ? 0 : s;
            }
            int tokens = rounds * TOKENS;
            double token = seconds / tokens;
            List<OpProfile.Entry> entries = profile.entries();
            double bandwidth = ReadWorker.bandwidth(backend, ctx, DecodeBenchmark.READS);
            return new Result(type, 1e6 * token, bandwidth / 1e9,
                    entries.stream().map(e -> line(e, tokens, token, bandwidth)).toList());
        }
    }

    private static Line line(OpProfile.Entry e, int tokens, double token, double bandwidth) {
        double seconds = e.nanos() / 1e9;
        double rate = e.bytes() / seconds;
        return new Line(e.name(), (double) e.calls() / tokens, 1e6 * seconds / tokens, seconds / tokens / token, rate / 1e9,
                rate / bandwidth);
    }
}
