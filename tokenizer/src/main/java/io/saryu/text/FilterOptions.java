package io.saryu.text;

import java.io.Serializable;

/**
 * Which lines to leave out (see {@link LineFilter}).
 *
 * @param minCharacters  code points that a line must have; 0 for any
 * @param maxSymbolShare share of the code points other than white space that may be neither letters nor marks, 0 to 1;
 *                       1 for any
 * @param maxRepeats     how often one character, or one word, may stand in a row; 0 for any number
 * @param dropMojibake   whether to leave out lines with known mojibake, which are counted either way
 * @param personalData   what to do about personal data in lines that stay
 */
public record FilterOptions(int minCharacters, double maxSymbolShare, int maxRepeats, boolean dropMojibake,
                            PersonalDataUse personalData) implements Serializable {
    /** Nothing is left out. */
    public static final FilterOptions NONE = new FilterOptions(0, 1, 0, false);

    /** Personal data is not looked for. */
    public FilterOptions(int minCharacters, double maxSymbolShare, int maxRepeats, boolean dropMojibake) {
        this(minCharacters, maxSymbolShare, maxRepeats, dropMojibake, PersonalDataUse.IGNORE);
    }

    /** Checks the numbers. */
    public FilterOptions {
        if (minCharacters < 0) {
            throw new IllegalArgumentException("a line cannot have at least " + minCharacters
                    + " characters; give 0 or more");
        }
        if (!(maxSymbolShare >= 0 && maxSymbolShare <= 1)) {
            throw new IllegalArgumentException("the share of symbols is " + maxSymbolShare + "; give a number from 0 to 1");
        }
        if (maxRepeats < 0) {
            throw new IllegalArgumentException("a character cannot stand " + maxRepeats
                    + " times in a row; give 1 or more, or 0 for any number");
        }
    }
}
