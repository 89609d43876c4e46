package io.saryu.instruct;

import io.saryu.tokenizer.TaskTags;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds what makes a row teach the wrong thing; each of these was in the data of a model that failed. */
public final class RowCheck {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{[A-Z][A-Z0-9_]*\\}");
    private static final Pattern TAG = Pattern.compile("\\[([A-Z][A-Z0-9_ ]*?)(?:_\\d+)?\\]");
    /** Not before a small letter, where it may be part of a path such as C:\new. */
    private static final Pattern LITERAL_NEWLINE = Pattern.compile("\\\\n(?![a-z])");
    private static final Set<String> KNOWN = new HashSet<>(TaskTags.all());

    /**
     * What is wrong with a row.
     *
     * @param problem its kind
     * @param excerpt the text that shows it; may be empty
     */
    public record Finding(RowProblem problem, String excerpt) {
    }

    private final PromptTemplate template;

    /** @param template whose markers a row must not hold */
    public RowCheck(PromptTemplate template) {
        this.template = template;
    }

    /** The first thing that is wrong, or nothing. */
    public Optional<Finding> check(InstructionExample row) {
        if (row.instruction().isBlank()) {
            return found(RowProblem.EMPTY_INSTRUCTION, "");
        }
        if (row.output().isBlank()) {
            return found(RowProblem.EMPTY_OUTPUT, "");
        }
        for (String text : new String[] {row.instruction(), row.input(), row.output()}) {
            Matcher placeholder = PLACEHOLDER.matcher(text);
            if (placeholder.find()) {
                return found(RowProblem.PLACEHOLDER, placeholder.group());
            }
            if (hasLiteralNewline(text)) {
                return found(RowProblem.LITERAL_NEWLINE, "\\n");
            }
            for (String marker : template.markers()) {
                if (text.contains(marker)) {
                    return found(RowProblem.TEMPLATE_MARKER, marker);
                }
            }
        }
        Matcher tag = TAG.matcher(row.output());
        while (tag.find()) {
            // What stands in the input already is text that is copied.
            if (!KNOWN.contains("[" + tag.group(1) + "]") && !KNOWN.contains(tag.group())
                    && !row.input().contains(tag.group())) {
                return found(RowProblem.UNKNOWN_TAG, tag.group());
            }
        }
        return Optional.empty();
    }

    /** Whether a text holds a backslash and an n that were meant to be a newline. */
    public static boolean hasLiteralNewline(String text) {
        return LITERAL_NEWLINE.matcher(text).find();
    }

    private static Optional<Finding> found(RowProblem problem, String excerpt) {
        return Optional.of(new Finding(problem, excerpt));
    }
}
