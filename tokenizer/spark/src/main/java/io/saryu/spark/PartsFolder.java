package io.saryu.spark;

import io.saryu.text.CorpusException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where the parts of an output are until it is whole: a hidden folder beside it, which goes with the job. */
final class PartsFolder implements AutoCloseable {
    private final Path folder;

    private PartsFolder(Path folder) {
        this.folder = folder;
    }

    static PartsFolder beside(Path output) throws IOException {
        if (Files.isDirectory(output)) {
            throw new CorpusException("cannot write " + output + ": it is a folder; name a file");
        }
        Path parent = output.toAbsolutePath().getParent();
        Files.createDirectories(parent);
        return new PartsFolder(Files.createTempDirectory(parent, "." + output.getFileName() + "-parts-"));
    }

    String name() {
        return folder.toString();
    }

    /**
     * Puts the parts together, under a temporary name first.
     *
     * @param paragraphs the first document of all has no empty line before it
     * @return bytes written
     */
    long join(Path output, int parts, boolean paragraphs) throws IOException {
        Path temporary = folder.resolve("whole");
        long bytes;
        try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            boolean cut = paragraphs;
            for (int part = 0; part < parts; part++) {
                Path file = PartWriter.file(name(), part);
                if (!Files.exists(file)) {
                    continue;
                }
                try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
                    long at = cut && in.size() > 0 ? 1 : 0;
                    cut &= in.size() == 0;
                    while (at < in.size()) {
                        at += in.transferTo(at, in.size() - at, out);
                    }
                }
            }
            out.force(true);
            bytes = out.size();
        }
        Files.move(temporary, output, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return bytes;
    }

    @Override
    public void close() throws IOException {
        List<Path> all;
        try (Stream<Path> paths = Files.walk(folder)) {
            all = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }
}
