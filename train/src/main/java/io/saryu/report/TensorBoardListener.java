package io.saryu.report;

import io.saryu.eval.EvalReport;
import io.saryu.eval.EvalResult;
import io.saryu.train.MetricsLogger;
import io.saryu.train.RunListener;
import io.saryu.train.RunSession;
import io.saryu.train.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes a run as TensorBoard event files, with the tags that transformers' Trainer has ({@code train/loss}, {@code
 * train/learning_rate}, {@code eval/loss}). Each process that works on the run writes a file of its own; that of a resumed
 * run begins by calling back what earlier files say of the steps that it does again.
 */
public final class TensorBoardListener implements RunListener {
    private static final Pattern NAME = Pattern.compile("events\\.out\\.tfevents\\.(\\d{1,18})\\..*");
    private static final Pattern MARKDOWN = Pattern.compile("([\\\\`*_{}\\[\\]<>()#+\\-.!|~&])");

    private final Path folder;
    private EventFile file;
    private RunSession session;

    /** @param folder made when the run begins */
    public TensorBoardListener(Path folder) {
        this.folder = folder;
    }

    @Override
    public void started(RunSession begun) throws IOException {
        session = begun;
        try {
            Files.createDirectories(folder);
            file = new EventFile(folder.resolve("events.out.tfevents." + stamp() + ".saryu." + ProcessHandle.current().pid()));
        } catch (IOException e) {
            throw new IOException("cannot write TensorBoard's files into the folder " + folder + " ("
                    + e.getClass().getSimpleName() + ")", e);
        }
        if (begun.step() > 0) {
            file.restart(begun.step() + 1);
        }
    }

    /** Seconds of the epoch; TensorBoard reads files in the order of their names, so a later file needs a later second. */
    private String stamp() throws IOException {
        long latest = 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path path : (Iterable<Path>) files::iterator) {
                Matcher m = NAME.matcher(path.getFileName().toString());
                if (m.matches()) {
                    latest = Math.max(latest, Long.parseLong(m.group(1)));
                }
            }
        }
        return String.format("%010d", Math.max(System.currentTimeMillis() / 1000, latest + 1));
    }

    @Override
    public void stepped(MetricsLogger.StepMetrics m) throws IOException {
        if (file == null) {
            return;
        }
        Map<String, Double> values = new LinkedHashMap<>();
        Double loss = m.loss();
        if (loss != null) {
            values.put("train/loss", loss);
        }
        values.put("train/learning_rate", m.lr());
        if (m.gradNorm() != null) {
            values.put("train/grad_norm", m.gradNorm());
        }
        values.put("train/epoch", m.epoch());
        values.put("train/tokens_per_second", m.tokensPerSecond());
        values.put("train/mfu", session.mfu(m.tokensPerSecond()));
        if (m.lossScale() != null) {
            values.put("train/loss_scale", m.lossScale());
            values.put("train/skipped_steps", (double) m.skippedSteps());
        }
        values.put("memory/resident_bytes", (double) m.memory().nativeBytes());
        values.put("memory/heap_bytes", (double) m.memory().heapBytes());
        values.put("memory/device_bytes", (double) m.memory().deviceBytes());
        file.scalars(m.step(), values);
    }

    @Override
    public void evaluated(long step, EvalReport report) throws IOException {
        if (file == null) {
            return;
        }
        Map<String, Double> values = new LinkedHashMap<>();
        put(values, "eval/", report.overall());
        for (EvalResult r : report.results()) {
            put(values, "eval/" + r.name() + "/", r);
        }
        file.scalars(step, values);
    }

    private static void put(Map<String, Double> values, String prefix, EvalResult r) {
        values.put(prefix + "loss", r.loss());
        values.put(prefix + "perplexity", r.perplexity());
        values.put(prefix + "bits_per_byte", r.bitsPerByte());
    }

    @Override
    public void sampled(long step, List<Sample> samples) throws IOException {
        for (int i = 0; file != null && i < samples.size(); i++) {
            Sample s = samples.get(i);
            file.texts(step, "samples/" + (s.name() == null ? i + 1 : s.name()),
                    List.of("**" + plain(s.prompt()).strip() + "** " + plain(s.text())));
        }
    }

    /** Text that Markdown leaves as it is. */
    private static String plain(String text) {
        return MARKDOWN.matcher(text.replaceAll("\\s+", " ")).replaceAll("\\\\$1");
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
