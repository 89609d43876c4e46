package io.saryu.benchmark;

import io.saryu.text.Corpus;
import io.saryu.text.LineReader;
import io.saryu.text.ReadOptions;
import io.saryu.tokenizer.Encoder;
import io.saryu.tokenizer.Tokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Saryu's side of the encoding benchmark: as {@link StepWorker}, for {@code bench/peers/sentencepiece_encode.py}. */
public final class EncodeWorker {
    private static final int BATCH = 20_000;

    private EncodeWorker() {
    }

    /** usage: MODEL THREADS java|sentencepiece FILE... . */
    public static void main(String[] args) throws IOException {
        int threads = Integer.parseInt(args[1]);
        Encoder encoder = Encoder.valueOf(args[2].toUpperCase(Locale.ROOT));
        List<List<String>> batches = batches(List.of(args).subList(3, args.length));
        try (Tokenizer tokenizer = Tokenizer.load(Path.of(args[0]), encoder)) {
            System.out.println("{\"ready\": \"saryu, encoder " + args[2]
                    + (encoder == Encoder.JAVA ? "" : " " + Tokenizer.libraryVersion()) + ", " + threads + " threads\"}");
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            while (in.readLine() != null) {
                System.out.println(encode(tokenizer, batches, threads));
            }
        }
    }

    private static List<List<String>> batches(List<String> files) throws IOException {
        List<List<String>> batches = new ArrayList<>();
        try (LineReader reader = new LineReader(Corpus.of(files), ReadOptions.DEFAULT)) {
            List<String> batch = new ArrayList<>();
            for (String line; (line = reader.next()) != null;) {
                batch.add(line);
                if (batch.size() == BATCH) {
                    batches.add(batch);
                    batch = new ArrayList<>();
                }
            }
            batches.add(batch);
        }
        return batches;
    }

    private static String encode(Tokenizer tokenizer, List<List<String>> batches, int threads) throws IOException {
        long nanos = 0;
        long tokens = 0;
        long checksum = 0;
        for (List<String> batch : batches) {
            long start = System.nanoTime();
            int[][] ids = tokenizer.encodeBatch(batch, threads);
            nanos += System.nanoTime() - start;
            for (int[] line : ids) {
                tokens += line.length;
                for (int i = 0; i < line.length; i++) {
                    checksum += (long) line[i] * (i + 1);
                }
            }
        }
        return "{\"seconds\": " + nanos / 1e9 + ", \"tokens\": " + tokens + ", \"checksum\": "
                + (checksum & Long.MAX_VALUE) + ", \"peak_rss_bytes\": " + StepWorker.peakMemory() + "}";
    }
}
