package io.saryu.text;

import java.util.List;
import java.util.Set;

/** Words that a full stop may follow without ending a sentence. */
final class Abbreviations {
    /** How a full stop after a word is read. */
    enum Kind {
        /** As the end of a sentence. */
        NONE,
        /** As part of the word: titles. */
        NEVER_LAST,
        /** As part of the word when a number or a lower-case letter follows. */
        BEFORE_NUMBER,
        /** As the end only when the next word is one that begins sentences. */
        EITHER
    }

    private static final Set<String> NEVER_LAST = words("""
            Mr Mrs Ms Messrs Dr Prof Rev Hon Gen Col Lt Maj Capt Cmdr Sgt Cpl Gov Sen Rep Pres St Mt Ft Mme Mlle Fr
            Supt Amb Adm vs viz cf e.g i.e eg ie
            डॉ डा डाॅ प्रो श्री सुश्री कु पं मो मु मि मिस सर्वश्री ले मे कै इं एड सं""");
    private static final Set<String> BEFORE_NUMBER = words("""
            No Nos no nos p pp Fig Figs fig Vol vol Ch ch Sec sec Art art Nr Rs rs Eq Ex Par para Jan Feb Mar Apr
            Jun Jul Aug Sep Sept Oct Nov Dec ca c approx etc yrs hrs mins ext Ext tel Tel Ph ph
            रु रू नं पृ क्र ई वि लग""");
    private static final Set<String> EITHER = words("""
            Inc Ltd Co Corp Bros LLC Jr Sr Esq Ph.D M.D B.A M.A Ave Blvd Rd Dept Univ Assn Bldg Est al esp Attn Mon
            Tue Wed
            Thu Thur Fri Sat Sun
            Calif Conn Fla Ill La Mass Mich Minn Mo Okla Ore Pa Tenn Tex Va Wash Wis
            ए बी सी डी ई एफ जी एच आई जे के एल एम एन ओ पी क्यू आर एस टी यू वी डब्ल्यू एक्स वाई जेड""");
    private static final Set<String> STARTERS = words("""
            The A An This That These Those He She It They We I You My Your His Her Their Our Its In On At By To
            From With
            But And Or So If When While As For However There Here What Who How Why Where Which Yes No Not After Before
            During Since Although Though Because Until Also Then Now One Some Most Many Such Please Thanks Thank Do Does
            Did Is Are Was Were Has Have Let Just Well Oh OK Dear Today Yesterday Tomorrow Even Only Both Each
            Every""");

    private Abbreviations() {
    }

    static Kind kind(String word) {
        if (NEVER_LAST.contains(word)) {
            return Kind.NEVER_LAST;
        }
        if (BEFORE_NUMBER.contains(word)) {
            return Kind.BEFORE_NUMBER;
        }
        if (EITHER.contains(word) || isInitials(word)) {
            return Kind.EITHER;
        }
        return Kind.NONE;
    }

    /** Whether a word, spelt like this, often begins a sentence and seldom a name. */
    static boolean startsSentence(String word) {
        return STARTERS.contains(word) || !word.isEmpty() && !Character.isUpperCase(word.charAt(0))
                && !isDevanagari(word.charAt(0));
    }

    /** One capital letter, or short parts between full stops, as in J or U.S or a.m or एम.ए. */
    private static boolean isInitials(String word) {
        if (word.length() == 1) {
            return Character.isUpperCase(word.charAt(0));
        }
        if (word.indexOf('.') < 0) {
            return false;
        }
        for (String part : word.split("\\.", -1)) {
            boolean letter = part.length() == 1 && Character.isLetter(part.charAt(0));
            if (!letter && !EITHER.contains(part)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDevanagari(char c) {
        return c >= 0x0900 && c <= 0x097F;
    }

    private static Set<String> words(String list) {
        return Set.copyOf(List.of(list.strip().split("\\s+")));
    }
}
