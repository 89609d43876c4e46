package io.saryu.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Gathers the lines of a {@link LineReader} into documents. Not thread-safe. */
public final class DocumentReader {
    /** A paragraph file without blank lines is one document; beyond this many characters it becomes several. */
    private static final int MAX_CHARACTERS = 1 << 24;

    private final LineReader lines;
    private final DocumentUnit unit;
    private final UnaryOperator<String> transform;
    /** First line of the next document, read already because it stands in another file. */
    private String pending;

    /** Documents of the lines as they are. */
    public DocumentReader(LineReader lines, DocumentUnit unit) {
        this(lines, unit, UnaryOperator.identity());
    }

    /** Documents of lines that went through {@code transform}; a line that comes out blank ends a paragraph. */
    public DocumentReader(LineReader lines, DocumentUnit unit, UnaryOperator<String> transform) {
        this.lines = lines;
        this.unit = unit;
        this.transform = transform;
    }

    /** The next document; null after the last one. */
    public Document next() throws IOException {
        return unit == DocumentUnit.LINE ? nextLine() : nextParagraph();
    }

    private Document nextLine() throws IOException {
        String line;
        while ((line = lines.next()) != null) {
            line = transform.apply(line);
            if (!line.isBlank()) {
                return new Document(List.of(line));
            }
        }
        return null;
    }

    private Document nextParagraph() throws IOException {
        List<String> gathered = new ArrayList<>();
        long characters = 0;
        Path file = null;
        if (pending != null) {
            gathered.add(pending);
            characters = pending.length();
            file = lines.file();
            pending = null;
        }
        String line;
        while ((line = lines.next()) != null) {
            line = transform.apply(line);
            boolean otherFile = file != null && !file.equals(lines.file());
            if (line.isBlank()) {
                if (!gathered.isEmpty()) {
                    return new Document(gathered);
                }
                continue;
            }
            if (!gathered.isEmpty() && (otherFile || characters + line.length() > MAX_CHARACTERS)) {
                pending = line;
                return new Document(gathered);
            }
            file = lines.file();
            gathered.add(line);
            characters += line.length();
        }
        return gathered.isEmpty() ? null : new Document(gathered);
    }
}
