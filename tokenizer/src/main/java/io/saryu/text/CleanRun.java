package io.saryu.text;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * One run of {@link CleanCorpus}, or the rest of one that was stopped: takes cleaned chunks in order, drops duplicates
 * and writes, and every now and then puts on disk where it stands. Not thread-safe.
 */
final class CleanRun implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(CleanRun.class.getName());

    /** Documents whose place among the hashes is looked at together. */
    private static final int FETCH = 256;
    /** Bytes of the output that the system may hold back, about. */
    private static final long FORCE_BYTES = 1L << 26;

    private final Corpus corpus;
    private final Path target;
    private final CleanCorpus.Options options;
    private final Progress progress;
    private final CleanJournal journal;
    private final Path logFile;
    private final PartialOutput output;
    private final HashLog log;
    private final DuplicateFilter duplicates;
    private final ExecutorService saver = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("saryu-clean-saver").daemon().factory());
    private Future<?> saving;
    private long sinceSaved;
    private long forced;
    private CleanState state;
    private final List<String> hashes;
    private final ReadProgress read;
    private final CleanTally clean;
    private final FilterTally filtered;
    private boolean keep;

    /** Runs one from its beginning, or from where a stopped run of the same options and inputs was, to its end. */
    static CleanCorpus.Report run(Corpus corpus, Path target, CleanCorpus.Options options, ProgressListener listener)
            throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("stopped before the beginning; nothing was done");
        }
        try (PartialOutput output = new PartialOutput(target);
             CleanRun run = new CleanRun(corpus, target, options, listener, output)) {
            return run.run();
        }
    }

    private CleanRun(Corpus corpus, Path target, CleanCorpus.Options options, ProgressListener listener,
                     PartialOutput output) throws IOException {
        this.corpus = corpus;
        this.target = target;
        this.options = options;
        this.progress = new Progress(listener, corpus.bytes());
        this.journal = new CleanJournal(target);
        this.logFile = PartialOutput.beside(target, ".hashes");
        CleanState fresh = new CleanState(CleanManifest.Key.of(options), CleanManifest.stamps(corpus), 0, 0, 0, List.of(),
                0, 0, 0, 0, 0, 0, 0, new ReadTally().report(0), new CleanTally().report(), new FilterTally().report());
        this.output = output;
        CleanState before = journal.load(fresh, PartialOutput.beside(target, ""), logFile);
        this.state = before != null ? before : fresh;
        if (before == null) {
            journal.delete();
        } else {
            LOG.log(Level.INFO, "going on where an earlier run was stopped, with {0} bytes of {1} written",
                    String.valueOf(state.outputBytes()), target);
        }
        output.goOnAfter(state.outputBytes());
        this.log = options.deduplicate() ? new HashLog(logFile, state.logged()) : null;
        this.duplicates = options.deduplicate()
                ? new DuplicateFilter(options.tableBytes(), log, state.inTable()) : null;
        this.hashes = new ArrayList<>(state.hashes());
        this.read = new ReadProgress(corpus, options.read(), state.read(), state.linesBefore());
        this.clean = new CleanTally(state.clean());
        this.filtered = new FilterTally(state.filtered());
    }

    private CleanCorpus.Report run() throws IOException {
        try {
            ChunkReader reader = new ChunkReader(corpus, options.read(), options.unit(), options.chunkBytes(), true);
            reader.skipTo(state.file(), state.position(), state.consumed());
            try (ChunkWorkers workers = new ChunkWorkers(reader, () -> new ChunkCleaner(options), options.workers(),
                    options.chunkBytes())) {
                ChunkWorkers.Job job;
                while ((job = workers.next()) != null) {
                    take(job.chunk, job.cleaned);
                    workers.done(job);
                    saveNowAndThen();
                }
            }
            return finish();
        } catch (InterruptedException | InterruptedIOException | ClosedChannelException e) {
            throw stopped();
        } catch (CorpusException e) {
            throw e;
        } catch (IOException e) {
            // Reading has sentences of its own: this is one of the files beside the output.
            throw output.cannotWrite(e);
        }
    }

    private void take(Chunk chunk, CleanedChunk cleaned) throws IOException {
        read.add(chunk, cleaned.read);
        clean.merge(cleaned.clean);
        filtered.merge(cleaned.filtered);
        Written written = write(cleaned);
        if (chunk.last) {
            hashes.add(chunk.sha256);
        }
        state = new CleanState(state.key(), state.inputs(), chunk.last ? chunk.file + 1 : chunk.file,
                chunk.last ? 0 : chunk.position, read.linesBefore(), state.hashes(),
                chunk.last ? chunk.consumed : state.consumed(), output.length(), log == null ? 0 : log.entries(),
                duplicates == null ? 0 : duplicates.inTable(), state.documents() + cleaned.documents,
                state.duplicates() + written.duplicates, state.lines() + written.lines, state.read(), state.clean(),
                state.filtered());
        sinceSaved += Math.max(1, chunk.length);
        progress.at(chunk.consumed);
    }

    private record Written(long duplicates, long lines) {
    }

    /** Writes the new documents, those that follow each other at once. */
    private Written write(CleanedChunk cleaned) throws IOException {
        long dropped = 0;
        long lines = 0;
        int runStart = 0;
        int start = 0;
        // Each paragraph begins with the empty line before it; the first one of all has none.
        boolean cut = options.unit() == DocumentUnit.PARAGRAPH && output.length() == 0;
        for (int d = 0; d < cleaned.documents; d++) {
            if (d % FETCH == 0 && duplicates != null) {
                duplicates.fetch(cleaned.hashes, 2 * d, 2 * Math.min(cleaned.documents, d + FETCH));
            }
            int end = cleaned.ends[d];
            long high = cleaned.hashes[2 * d];
            long low = cleaned.hashes[2 * d + 1];
            if (duplicates == null || duplicates.isNew(high, low)) {
                if (cut) {
                    runStart = ++start;
                    cut = false;
                }
                if (duplicates != null) {
                    duplicates.add(high, low, end - start);
                }
                lines += cleaned.lines[d];
            } else {
                output.write(cleaned.bytes, runStart, start - runStart);
                runStart = end;
                dropped++;
            }
            start = end;
        }
        output.write(cleaned.bytes, runStart, start - runStart);
        return new Written(dropped, lines);
    }

    private CleanState snapshot() {
        return new CleanState(state.key(), state.inputs(), state.file(), state.position(), state.linesBefore(),
                List.copyOf(hashes), state.consumed(), state.outputBytes(), state.logged(), state.inTable(),
                state.documents(), state.duplicates(), state.lines(), read.report(0), clean.report(), filtered.report());
    }

    /** Another thread waits for the disk, so that this one need not. */
    private void saveNowAndThen() throws IOException, InterruptedException {
        if (saving != null && !saving.isDone()) {
            return;
        }
        if (sinceSaved >= options.checkpointBytes()) {
            save();
        } else if (output.length() - forced >= FORCE_BYTES) {
            awaitSaved();
            force();
        }
    }

    /** Lets the disk have what there is, so that little is left to wait for at the next saving or at the end. */
    private void force() throws IOException {
        output.flush();
        forced = output.length();
        saving = saver.submit(() -> {
            output.force();
            return null;
        });
    }

    private void save() throws IOException, InterruptedException {
        awaitSaved();
        sinceSaved = 0;
        output.flush();
        forced = output.length();
        if (log != null) {
            log.flush();
        }
        CleanState now = snapshot();
        saving = saver.submit(() -> {
            output.force();
            if (log != null) {
                log.force();
            }
            journal.save(now);
            return null;
        });
    }

    private void awaitSaved() throws IOException, InterruptedException {
        if (saving == null) {
            return;
        }
        try {
            saving.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ClosedChannelException closed) {
                throw closed;
            }
            if (e.getCause() instanceof IOException io) {
                throw output.cannotWrite(io);
            }
            throw new IllegalStateException("cannot save where the run stands: " + e.getCause(), e.getCause());
        }
    }

    private CleanCorpus.Report finish() throws IOException, InterruptedException {
        // Of standard input only reading tells the size.
        long bytes = Math.max(corpus.bytes(), state.consumed());
        progress.inputDone(bytes);
        ReadReport readReport = read.report(bytes);
        if (state.lines() == 0) {
            throw new CorpusException("no text is left of " + corpus.files().stream().map(Path::toString)
                    .reduce((a, b) -> a + ", " + b).orElse("") + " (" + readReport.lines() + " lines, "
                    + readReport.badLineCount() + " of them bad, " + filtered.report().droppedLines()
                    + " left out by filters); check the files and the options");
        }
        DuplicateRemoval.Result rest = new DuplicateRemoval.Result(0, 0, output.length(), null);
        if (log != null && duplicates.inTable() < log.entries()) {
            save();
            awaitSaved();
            rest = DuplicateRemoval.run(target, log, duplicates, options.unit());
        } else {
            awaitSaved();
        }
        String sha256 = rest.sha256();
        if (sha256 == null) {
            sha256 = output.sha256();
            output.commit();
        }
        CleanCorpus.Report report = new CleanCorpus.Report(target.toString(), readReport, clean.report(),
                filtered.report(), state.documents(), state.duplicates() + rest.documents(),
                state.lines() - rest.lines(), rest.bytes(), false);
        Reports.write(target, report);
        List<CleanManifest.Stamp> inputs = new ArrayList<>();
        for (int i = 0; i < hashes.size(); i++) {
            CleanManifest.Stamp stamp = state.inputs().get(i);
            inputs.add(new CleanManifest.Stamp(stamp.file(), stamp.bytes(), stamp.modified(), hashes.get(i)));
        }
        Reports.writeJson(CleanManifest.beside(target),
                new CleanManifest(state.key(), inputs, CleanManifest.Stamp.of(target, sha256)));
        return report;
    }

    /** After Ctrl-C: what is done is kept, if another run can go on from it. */
    private InterruptedIOException stopped() {
        Thread.interrupted();
        boolean restartable = corpus.files().stream().noneMatch(Corpus::isStandardInput);
        if (restartable && state.outputBytes() > 0) {
            try {
                save();
                awaitSaved();
            } catch (IOException | InterruptedException e) {
                // The interrupt came while a file was written, which closes it; what was saved before still holds.
                LOG.log(Level.DEBUG, "the last part before the stop is not kept", e);
            }
        }
        keep = restartable && journal.exists();
        Thread.currentThread().interrupt();
        return new InterruptedIOException(keep
                ? "stopped before the end; run the same command again to go on from here"
                : "stopped before the end; no result was written, start again");
    }

    @Override
    public void close() throws IOException {
        saver.shutdown();
        try {
            // What it may be writing must not come after what is removed here.
            saver.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (log != null) {
            log.close();
        }
        if (!keep) {
            output.delete();
            Files.deleteIfExists(logFile);
            journal.delete();
        }
    }
}
