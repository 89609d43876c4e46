package io.saryu.text;

import java.util.Arrays;
import java.util.List;

/**
 * How well languages were told apart.
 *
 * @param languages their codes
 * @param confusion texts of the language of the row that were taken for that of the column
 */
public record LanguageScore(List<String> languages, long[][] confusion) {
    /** F1 of one language. */
    public double f1(int language) {
        long right = confusion[language][language];
        long texts = Arrays.stream(confusion[language]).sum();
        long taken = Arrays.stream(confusion).mapToLong(row -> row[language]).sum();
        return texts + taken == 0 ? 0 : 2.0 * right / (texts + taken);
    }

    /** The mean of the languages' F1. */
    public double macroF1() {
        double sum = 0;
        for (int i = 0; i < languages.size(); i++) {
            sum += f1(i);
        }
        return sum / languages.size();
    }
}
