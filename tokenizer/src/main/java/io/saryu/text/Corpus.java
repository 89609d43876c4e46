package io.saryu.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * The files of a corpus, in the order in which they are read.
 *
 * @param files regular files, none twice; {@link #STANDARD_INPUT} may be among them
 * @param bytes their sizes on disk together, that of standard input taken as 0
 */
public record Corpus(List<Path> files, long bytes) {
    /** Stands for standard input, which the name {@code -} means; a file of that name can be called {@code ./-}. */
    public static final Path STANDARD_INPUT = Path.of("-");

    /** What a folder's text files are called; others in it (reports, read-me files) are passed over. */
    private static final Pattern TEXT_NAME =
            Pattern.compile("(?i)[^.].*\\.((te?xt|jsonl|ndjson|csv|tsv)(\\.gz|\\.xz|\\.zst)?|parquet)");
    private static final Pattern GLOB_SIGN = Pattern.compile("[*?\\[{]");

    /**
     * Finds the files behind some names.
     *
     * @param inputs each the name of a file (of any name), of a folder (its .txt, .jsonl, .csv, .tsv and .parquet files
     *               and those of the folders in it, packed as .gz, .xz or .zst or not, sorted by path, hidden ones left
     *               out), a glob such as <code>data/**&#47;hi*.xz</code> (sorted by path) or {@code -} for standard input
     * @throws CorpusException when a name leads to nothing, or to nothing but empty files
     */
    public static Corpus of(List<String> inputs) throws IOException {
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("no input was given; name a file, a folder or a glob of text files");
        }
        Set<Path> files = new LinkedHashSet<>();
        for (String input : inputs) {
            files.addAll(resolve(input));
        }
        long bytes = 0;
        for (Path file : files) {
            bytes += isStandardInput(file) ? 0 : Files.size(file);
        }
        if (bytes == 0 && !files.contains(STANDARD_INPUT)) {
            throw new CorpusException(String.join(", ", inputs) + " is empty (0 bytes); give files with text in them");
        }
        return new Corpus(List.copyOf(files), bytes);
    }

    /** As {@link #of(List)}. */
    public static Corpus of(Path... inputs) throws IOException {
        return of(Stream.of(inputs).map(Path::toString).toList());
    }

    /** Refuses to go on when a stage would write over what it reads. */
    public void mustNotContain(Path output) throws IOException {
        for (Path file : files) {
            if (!isStandardInput(file) && Files.exists(output) && Files.isSameFile(file, output)) {
                throw new IllegalArgumentException(
                        "the output " + output + " is also an input; give the output another name");
            }
        }
    }

    /** Whether {@code file} stands for standard input. */
    static boolean isStandardInput(Path file) {
        return file.equals(STANDARD_INPUT);
    }

    private static List<Path> resolve(String input) throws IOException {
        if (input.equals("-")) {
            return List.of(STANDARD_INPUT);
        }
        Path path = path(input);
        if (path != null && Files.isDirectory(path)) {
            List<Path> files = walk(path, file -> TEXT_NAME.matcher(file.getFileName().toString()).matches());
            if (files.isEmpty()) {
                throw new CorpusException("the folder " + input + " holds no .txt, .jsonl, .csv or .tsv file"
                        + " (packed or not); give another folder, or name the files themselves");
            }
            return files;
        }
        if (path != null && Files.exists(path)) {
            if (!Files.isRegularFile(path)) {
                throw new CorpusException(input + " is neither a file nor a folder; give a text file");
            }
            if (!Files.isReadable(path)) {
                throw new CorpusException("no permission to read " + input + "; change its permissions");
            }
            return List.of(path);
        }
        if (GLOB_SIGN.matcher(input).find()) {
            return glob(input);
        }
        throw new CorpusException("there is no file or folder " + input + "; check the name");
    }

    private static Path path(String input) {
        try {
            return Path.of(input);
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private static List<Path> glob(String glob) throws IOException {
        int split = glob.lastIndexOf('/', firstSign(glob));
        Path base = Path.of(split < 0 ? "." : split == 0 ? "/" : glob.substring(0, split));
        String pattern = glob.substring(split + 1);
        PathMatcher matcher;
        try {
            matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        } catch (PatternSyntaxException e) {
            throw new CorpusException("the glob " + glob + " is not well-formed: " + e.getDescription(), e);
        }
        List<Path> files = !Files.isDirectory(base) ? List.of()
                : walk(base, file -> matcher.matches(base.relativize(file)));
        if (files.isEmpty()) {
            throw new CorpusException("no file matches " + glob + "; check the pattern");
        }
        return split < 0 ? files.stream().map(base::relativize).toList() : files;
    }

    private static int firstSign(String glob) {
        var sign = GLOB_SIGN.matcher(glob);
        return sign.find() ? sign.start() : glob.length();
    }

    private static List<Path> walk(Path folder, Predicate<Path> wanted) throws IOException {
        try (Stream<Path> paths = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            List<Path> files = new ArrayList<>(paths.filter(Files::isRegularFile)
                    .filter(file -> !isHidden(folder.relativize(file))).filter(wanted).toList());
            // By the names' characters, not by the order of the file system or the rules of a locale.
            files.sort(Comparator.comparing(file -> folder.relativize(file).toString().replace('\\', '/')));
            return files;
        } catch (UncheckedIOException e) {
            throw new CorpusException("cannot list the folder " + folder + ": " + e.getCause().getMessage()
                    + "; check its permissions and links", e.getCause());
        }
    }

    private static boolean isHidden(Path relative) {
        for (Path part : relative) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }
}
