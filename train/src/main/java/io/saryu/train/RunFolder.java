package io.saryu.train;

import io.saryu.files.AtomicFile;
import io.saryu.files.FolderSync;
import io.saryu.files.MalformedFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of a run: {@code config.yaml} (resolved), {@code metrics.jsonl}, {@code samples.jsonl},
 * {@code sessions.jsonl}, {@code tensorboard/}, {@code report.html}, {@code checkpoints/step-N/}, {@code model/}. While it is open, no other run can open it. Not thread-safe.
 */
public final class RunFolder implements AutoCloseable {
    private static final Pattern CHECKPOINT = Pattern.compile("step-(\\d{1,18})");
    private static final Pattern LEFTOVER = Pattern.compile("\\.step-\\d+\\..*\\.tmp");
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private final Path path;
    private final FileChannel lockChannel;

    private RunFolder(Path path, FileChannel lockChannel) {
        this.path = path;
        this.lockChannel = lockChannel;
    }

    /** A name for a new run: {@code PARENT/NAME-20261123-091500}, with a number behind it when that is taken. */
    public static Path newPath(Path parent, String name, LocalDateTime now) {
        String stem = name.replaceAll("[^\\p{L}\\p{N}._-]+", "-") + "-" + STAMP.format(now);
        Path path = parent.resolve(stem);
        for (int i = 2; Files.exists(path); i++) {
            path = parent.resolve(stem + "-" + i);
        }
        return path;
    }

    /**
     * Makes a run folder for a new run.
     *
     * @throws ConfigException when the folder holds a run already
     * @throws IOException     when it cannot be made, or another run works in it
     */
    public static RunFolder create(Path path) throws IOException {
        RunFolder run = open(path);
        try {
            if (Files.exists(run.configFile())) {
                throw new ConfigException("the folder " + path + " holds a run already; continue it with --resume, or give"
                        + " another folder with --set train.output_dir=FOLDER");
            }
            Files.createDirectories(run.path.resolve("checkpoints"));
            return run;
        } catch (IOException | RuntimeException e) {
            run.close();
            throw e;
        }
    }

    /**
     * Opens the folder of a run that was stopped.
     *
     * @throws ConfigException when there is no run in it
     * @throws IOException     when another run works in it
     */
    public static RunFolder resume(Path path) throws IOException {
        if (!Files.isRegularFile(path.resolve("config.yaml"))) {
            throw new ConfigException("there is no run in " + path + " to resume; leave --resume out to start one");
        }
        RunFolder run = open(path);
        Files.createDirectories(path.resolve("checkpoints"));
        return run;
    }

    private static RunFolder open(Path path) throws IOException {
        try {
            Files.createDirectories(path);
        } catch (FileAlreadyExistsException e) {
            throw new IOException("cannot make the run folder " + path + ": a file of that name is in the way", e);
        }
        FileChannel channel = FileChannel.open(path.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            FileLock lock = tryLock(channel);
            if (lock == null) {
                throw new IOException("another run works in " + path + " (process " + owner(channel)
                        + "); wait for it, or give another folder with --set train.output_dir=FOLDER");
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            return new RunFolder(path, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Held by this very process.
            return null;
        }
    }

    private static String owner(FileChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(20);
        channel.read(buffer, 0);
        String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
        return text.matches("\\d+") ? text : "unknown";
    }

    public Path path() {
        return path;
    }

    public Path configFile() {
        return path.resolve("config.yaml");
    }

    public Path metricsFile() {
        return path.resolve("metrics.jsonl");
    }

    /** The folder of the finished model; made by its writer. */
    public Path modelFolder() {
        return path.resolve("model");
    }

    /** The folder of the finished adapter, where one is trained; made by its writer. */
    public Path adapterFolder() {
        return path.resolve("adapter");
    }

    /** The folder of a step's checkpoint, there or not. */
    public Path checkpoint(long step) {
        return path.resolve("checkpoints").resolve("step-" + step);
    }

    /** Writes the resolved configuration. */
    public void writeConfig(TrainConfig config) throws IOException {
        AtomicFile.writeString(configFile(), "# What this run was made with, all values resolved; saryu "
                + (config.finetune() == null ? "train" : "finetune") + " --config takes it.\n"
                + config.toYaml());
    }

    /** Steps that have a checkpoint folder, the newest first. */
    public List<Long> checkpointSteps() throws IOException {
        Path folder = path.resolve("checkpoints");
        List<Long> steps = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> entries = Files.list(folder)) {
                for (Path entry : (Iterable<Path>) entries::iterator) {
                    var name = CHECKPOINT.matcher(entry.getFileName().toString());
                    if (name.matches() && Files.isDirectory(entry)) {
                        steps.add(Long.valueOf(name.group(1)));
                    }
                }
            }
        }
        steps.sort(Comparator.reverseOrder());
        return steps;
    }

    /**
     * Opens a checkpoint to resume from.
     *
     * @param name {@code step-N}, or null for the newest
     * @throws ConfigException        when there is none of that name
     * @throws MalformedFileException when it is damaged, naming the newest older one that is good
     */
    public CheckpointReader openCheckpoint(String name) throws IOException {
        List<Long> steps = checkpointSteps();
        if (steps.isEmpty()) {
            throw new ConfigException("the run in " + path + " has no checkpoint yet; remove the folder and start again"
                    + " without --resume");
        }
        long step = name == null ? steps.get(0) : step(name, steps);
        try {
            return CheckpointReader.open(checkpoint(step)).verify();
        } catch (MalformedFileException e) {
            String hint = "no older one is good: start again without --resume in another folder";
            for (long older : steps) {
                if (older < step && isGood(older, true)) {
                    hint = "step-" + older + " is good: resume from it with --resume=step-" + older;
                    break;
                }
            }
            throw new MalformedFileException(e.getMessage() + "; " + hint, e);
        }
    }

    private long step(String name, List<Long> steps) {
        for (long step : steps) {
            if (name.equals("step-" + step)) {
                return step;
            }
        }
        throw new ConfigException("the run in " + path + " has no checkpoint '" + name + "'; it has "
                + String.join(", ", steps.stream().map(s -> "step-" + s).toList()));
    }

    /** @param allBytes compare checksums too, which reads the whole checkpoint */
    private boolean isGood(long step, boolean allBytes) {
        try {
            CheckpointReader reader = CheckpointReader.open(checkpoint(step));
            if (allBytes) {
                reader.verify();
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Opens the checkpoint that is to become the finished model.
     *
     * @throws MalformedFileException when it is gone or damaged
     */
    public CheckpointReader openBest(long step) throws IOException {
        try {
            return CheckpointReader.open(checkpoint(step)).verify();
        } catch (MalformedFileException e) {
            throw new MalformedFileException(e.getMessage() + "; it was to become the finished model: resume with"
                    + " --set train.load_best_model_at_end=false to take the last weights instead", e);
        }
    }

    /**
     * Moves the checkpoints of later steps to {@code checkpoints/set-aside-N/}: a run that goes on from an older one would
     * otherwise find them in its way. The newest goes first, so that a kill in between leaves no gap.
     *
     * @return that folder; null when there were none
     */
    public Path setAsideAfter(long step) throws IOException {
        List<Long> later = checkpointSteps().stream().filter(s -> s > step).toList();
        if (later.isEmpty()) {
            return null;
        }
        Path aside = path.resolve("checkpoints").resolve("set-aside-1");
        for (int i = 2; Files.exists(aside); i++) {
            aside = aside.resolveSibling("set-aside-" + i);
        }
        Files.createDirectory(aside);
        for (long s : later) {
            Files.move(checkpoint(s), aside.resolve("step-" + s));
        }
        FolderSync.force(aside);
        FolderSync.force(aside.getParent());
        return aside;
    }

    /** Renamed first: a kill in between must not leave half a checkpoint under its name. */
    private void discard(long step) throws IOException {
        Files.move(checkpoint(step), checkpoint(step).resolveSibling(".step-" + step + ".deleted.tmp"));
    }

    /**
     * Deletes the oldest checkpoints, and what a killed process left half written. As in transformers the best one counts in
     * the limit, but never takes the place of the newest.
     *
     * @param limit {@code save_total_limit}: checkpoints to keep; 0 keeps all
     * @param best  step of the checkpoint that stays however old it is, if it is there
     */
    public void prune(int limit, long best) throws IOException {
        List<Long> steps = checkpointSteps();
        // The newest that can be read stays whatever the limit: deleting is for when something newer is safe.
        int good = 0;
        boolean bestAhead = steps.contains(best) && isGood(best, false);
        for (long step : steps) {
            boolean isBest = bestAhead && step == best;
            int places = bestAhead ? Math.max(1, limit - 1) : limit;
            if (limit > 0 && good >= places && !isBest) {
                discard(step);
            } else if (isGood(step, false)) {
                good++;
            }
            bestAhead &= !isBest;
        }
        deleteLeftovers();
    }

    private void deleteLeftovers() throws IOException {
        try (Stream<Path> entries = Files.list(path.resolve("checkpoints"))) {
            for (Path entry : entries.filter(e -> LEFTOVER.matcher(e.getFileName().toString()).matches()).toList()) {
                deleteTree(entry);
            }
        }
    }

    private static void deleteTree(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path p : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(p);
            }
        }
    }

    /** Lets another run open the folder. */
    @Override
    public void close() throws IOException {
        lockChannel.close();
    }
}
