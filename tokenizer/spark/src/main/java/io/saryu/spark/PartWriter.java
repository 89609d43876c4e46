package io.saryu.spark;

import io.saryu.text.CorpusPart;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/** Writes the documents of one part that are to be kept. */
final class PartWriter {
    private PartWriter() {
    }

    /** What was written. */
    record Written(long documents, long duplicates, long lines, long bytes, long read, long bad) implements Serializable {
        Written plus(Written other) {
            return new Written(documents + other.documents, duplicates + other.duplicates, lines + other.lines,
                    bytes + other.bytes, read + other.read, bad + other.bad);
        }
    }

    static Path file(String folder, int part) {
        return Path.of(folder, String.format("part-%06d", part));
    }

    /**
     * Writes a part's file whole or not at all, as Spark may do a task again.
     *
     * @param kept the documents to keep; null for all
     */
    static Written write(String folder, int part, Iterator<Piece> pieces, Iterator<Place> kept) throws IOException {
        Map<Integer, Set<Integer>> wanted = kept == null ? null : wanted(kept);
        Path file = file(folder, part);
        Files.createDirectories(file.getParent());
        Path temporary = Files.createTempFile(file.getParent(), file.getFileName() + "-", ".tmp");
        Written all = new Written(0, 0, 0, 0, 0, 0);
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(temporary), 1 << 20)) {
                while (pieces.hasNext()) {
                    all = all.plus(write(pieces.next(), wanted, out));
                }
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        return all;
    }

    private static Map<Integer, Set<Integer>> wanted(Iterator<Place> kept) {
        Map<Integer, Set<Integer>> wanted = new HashMap<>();
        kept.forEachRemaining(p -> wanted.computeIfAbsent(p.piece(), k -> new HashSet<>()).add(p.document()));
        return wanted;
    }

    private static Written write(Piece piece, Map<Integer, Set<Integer>> wanted, OutputStream out) throws IOException {
        CorpusPart.Documents d = piece.documents();
        Set<Integer> here = wanted == null ? null : wanted.getOrDefault(piece.number(), Set.of());
        long written = 0;
        long lines = 0;
        long bytes = 0;
        for (int i = 0; i < d.count(); i++) {
            if (here == null || here.contains(i)) {
                int length = d.ends()[i] - d.start(i);
                out.write(d.bytes(), d.start(i), length);
                written++;
                lines += d.lines()[i];
                bytes += length;
            }
        }
        return new Written(d.count(), d.count() - written, lines, bytes, d.read(), d.bad());
    }
}
