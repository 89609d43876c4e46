package io.saryu.bench.text;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Scores sentence splitters on texts whose boundaries people marked: {@code bench/sentences.sh DIR}. Prints a Markdown table:
 * precision, recall and F1 of inner boundaries as {@link BoundaryScore} counts them, and the rate on one thread.
 */
public final class SentenceBench {
    private static final double WARM_SECONDS = 1.0;
    private static final int ROUNDS = 5;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private final Path script;
    private final String python;
    private final boolean showErrors;

    private SentenceBench(Path script, String python, boolean showErrors) {
        this.script = script;
        this.python = python;
        this.showErrors = showErrors;
    }

    /** Arguments: the script of the peers, DIR or FILE..., and options {@code --python PYTHON}, {@code --errors}. */
    public static void main(String[] args) throws Exception {
        String python = null;
        boolean errors = false;
        List<Path> inputs = new ArrayList<>();
        for (int i = 1; i < args.length; i++) {
            switch (args[i]) {
                case "--python" -> {
                    if (++i == args.length) {
                        throw new IllegalArgumentException("--python needs the Python to run");
                    }
                    python = args[i];
                }
                case "--errors" -> errors = true;
                default -> inputs.add(Path.of(args[i]));
            }
        }
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("give a folder or files of marked texts");
        }
        SentenceBench bench = new SentenceBench(Path.of(args[0]), python, errors);
        bench.out.println("| set | boundaries | splitter | precision | recall | F1 | MB/s |\n|---|---:|---|---:|---:|---:|---:|");
        for (Path input : inputs) {
            try (Stream<Path> files = Files.isDirectory(input) ? Files.list(input) : Stream.of(input)) {
                for (Path file : files.sorted().toList()) {
                    bench.score(file);
                }
            }
        }
    }

    private void score(Path file) throws IOException, InterruptedException {
        List<GoldText> gold = GoldText.read(file);
        double megabytes = gold.stream().mapToLong(g -> g.text().getBytes(StandardCharsets.UTF_8).length).sum() / 1e6;
        for (Map.Entry<String, Splitters.Splitter> splitter : Splitters.of(gold.get(0).language()).entrySet()) {
            BoundaryScore score = new BoundaryScore();
            for (GoldText g : gold) {
                score.add(g.text(), g.ends(), splitter.getValue().ends(g.text()),
                        showErrors && splitter.getKey().equals("Saryu") ? (at, missed) -> show(g.text(), at, missed)
                                : (at, missed) -> { });
            }
            row(file, splitter.getKey(), score, megabytes / seconds(splitter.getValue(), gold), 0);
        }
        if (python != null) {
            for (Peers.Peer peer : Peers.run(python, script, file, gold)) {
                BoundaryScore score = new BoundaryScore();
                int changed = 0;
                for (int i = 0; i < gold.size(); i++) {
                    int[] ends = peer.ends().get(i);
                    changed += ends == null ? 1 : 0;
                    score.add(gold.get(i).text(), gold.get(i).ends(), ends == null ? new int[0] : ends, (at, missed) -> { });
                }
                row(file, peer.name(), score, megabytes / peer.seconds(), changed);
            }
        }
    }

    /** Seconds to split all texts, the best of some rounds after warming up. */
    private static double seconds(Splitters.Splitter splitter, List<GoldText> gold) {
        double best = Double.MAX_VALUE;
        double spent = 0;
        long ends = 0;
        for (int round = 0; round < ROUNDS || spent < WARM_SECONDS; round++) {
            long begin = System.nanoTime();
            for (GoldText g : gold) {
                ends += splitter.count(g);
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            spent += seconds;
            best = Math.min(best, seconds);
        }
        return ends < 0 ? 0 : best;
    }

    private void row(Path file, String name, BoundaryScore score, double rate, int changed) {
        out.printf(Locale.ROOT, "| %s | %,d | %s%s | %.4f | %.4f | %.4f | %s |%n",
                file.getFileName().toString().replaceAll("\\.jsonl(\\.xz)?$", ""), score.goldBoundaries(), name,
                changed == 0 ? "" : " (" + changed + " texts changed, counted as not split)", score.precision(), score.recall(),
                score.f1(), String.format(Locale.ROOT, rate < 10 ? "%.2f" : "%,.0f", rate));
    }

    private void show(String text, int at, boolean missed) {
        out.println((missed ? "missed  " : "made up ") + text.substring(Math.max(0, at - 60), at) + "¦"
                + text.substring(at, Math.min(text.length(), at + 50)));
    }
}
