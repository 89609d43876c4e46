package io.saryu.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Keeps the last {@link CleanState} of a run on disk, beside its partial output. */
final class CleanJournal {
    private final Path file;
    /** Always of one name, so that a killed run leaves at most one behind, which the next run writes over. */
    private final Path next;

    CleanJournal(Path output) {
        this.file = PartialOutput.beside(output, ".json");
        this.next = PartialOutput.beside(output, ".json.new");
    }

    boolean exists() {
        return Files.exists(file);
    }

    /** Replaces the state; it is on the disk when this returns. */
    void save(CleanState state) throws IOException {
        try (FileChannel channel = FileChannel.open(next, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(Reports.toJson(state).getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The state from which this run can go on; null when it must begin anew. */
    CleanState load(CleanState fresh, Path partial, Path log) throws IOException {
        CleanState state = Reports.readJson(file, CleanState.class).orElse(null);
        boolean usable = state != null && state.key().equals(fresh.key()) && state.inputs().equals(fresh.inputs())
                && state.inputs().stream().noneMatch(stamp -> Corpus.isStandardInput(Path.of(stamp.file())))
                && size(partial) >= state.outputBytes() && size(log) >= HashLog.bytes(state.logged());
        return usable ? state : null;
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(next);
    }
}
