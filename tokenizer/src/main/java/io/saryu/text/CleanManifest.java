package io.saryu.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Of what an output of {@link CleanCorpus} was made, and how; {@code OUTPUT.manifest.json} beside it.
 *
 * @param key    program and options, all that decides what is made of the inputs
 * @param inputs the files read, in order
 * @param output the file written
 */
record CleanManifest(Key key, List<Stamp> inputs, Stamp output) {
    /** Raised when the same options give other text, so that what older versions wrote is written again. */
    private static final int FORMAT = 1;

    /**
     * All but the inputs that decides the output.
     *
     * @param format      of this file, and the generation of the code
     * @param java        feature version of the JDK, with which Unicode's version comes
     * @param rules       cleaning rules, in their own order
     * @param unit        what a document is
     * @param deduplicate whether duplicates go
     * @param splitter    class of the sentence splitter, or empty
     * @param read        how bad lines are taken
     * @param filters     which lines go
     */
    record Key(int format, int java, List<CleanRule> rules, DocumentUnit unit, boolean deduplicate, String splitter,
               ReadOptions read, FilterOptions filters) {
        static Key of(CleanCorpus.Options options) {
            return new Key(FORMAT, Runtime.version().feature(), options.rules().stream().sorted().toList(),
                    options.unit(), options.deduplicate(),
                    options.splitter() == null ? "" : options.splitter().getClass().getName(), options.read(),
                    options.filters());
        }
    }

    /**
     * A file as it was.
     *
     * @param file     its name
     * @param bytes    its size
     * @param modified when it was changed last, in nanoseconds since 1970
     * @param sha256   its hash, or empty where it was not computed yet
     */
    record Stamp(String file, long bytes, long modified, String sha256) {
        static Stamp of(Path file, String sha256) throws IOException {
            if (Corpus.isStandardInput(file)) {
                return new Stamp(file.toString(), 0, 0, sha256);
            }
            return new Stamp(file.toString(), Files.size(file), modified(file), sha256);
        }

        /** Whether the file is the same still: by size and time, or where the time differs by its hash. */
        boolean holds(Path path) throws IOException {
            return Files.isRegularFile(path) && Files.size(path) == bytes
                    && (modified(path) == modified || FileHash.of(path).equals(sha256));
        }

        private static long modified(Path file) throws IOException {
            return Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS);
        }
    }

    static Path beside(Path output) {
        return output.resolveSibling(output.getFileName() + ".manifest.json");
    }

    /** The inputs as they are now, without their hashes. */
    static List<Stamp> stamps(Corpus corpus) throws IOException {
        List<Stamp> stamps = new ArrayList<>();
        for (Path file : corpus.files()) {
            stamps.add(Stamp.of(file, ""));
        }
        return stamps;
    }

    /** Whether {@code output} is what would be made again of these files with these options. */
    static boolean isCurrent(Path output, Corpus corpus, Key key) throws IOException {
        CleanManifest manifest = Reports.readJson(beside(output), CleanManifest.class).orElse(null);
        if (manifest == null || !manifest.key.equals(key) || manifest.inputs.size() != corpus.files().size()
                || !manifest.output.holds(output)) {
            return false;
        }
        for (int i = 0; i < manifest.inputs.size(); i++) {
            Path file = corpus.files().get(i);
            Stamp stamp = manifest.inputs.get(i);
            if (Corpus.isStandardInput(file) || !stamp.file.equals(file.toString()) || !stamp.holds(file)) {
                return false;
            }
        }
        return true;
    }
}
