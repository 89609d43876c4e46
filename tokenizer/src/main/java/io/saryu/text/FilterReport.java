package io.saryu.text;

import java.util.List;
import java.util.Map;

/**
 * What {@link LineFilter}s found.
 *
 * @param droppedLines lines left out
 * @param filters      per filter, every one present
 * @param personalData what was found in lines that no filter left out
 */
public record FilterReport(long droppedLines, Map<LineFilter, Count> filters, PersonalDataReport personalData) {
    /**
     * What one filter found.
     *
     * @param lines    lines, each counted by the first filter that it fails, and by {@link LineFilter#MOJIBAKE} also
     *                 when that leaves it in
     * @param examples up to three of these lines, the first ones, invisible characters as in {@link CleanReport.Example}
     */
    public record Count(long lines, List<String> examples) {
    }
}
