package io.saryu.text;

import java.util.List;
import java.util.Map;

/**
 * Personal data that was found in cleaned lines.
 *
 * @param lines lines with any
 * @param kinds each kind's count, every kind present
 */
public record PersonalDataReport(long lines, Map<PersonalDataKind, Count> kinds) {
    /**
     * What was found of one kind.
     *
     * @param found    how often
     * @param lines    lines with any of it
     * @param examples up to three of these lines, the first ones, before and after; what was found stands there by its form
     *                 alone, digits as 0 and letters as x, as it does in all examples of such a report
     */
    public record Count(long found, long lines, List<CleanReport.Example> examples) {
    }
}
