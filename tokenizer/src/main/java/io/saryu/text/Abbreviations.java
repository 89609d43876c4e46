package io.saryu.text;

import java.util.LinkedHashMap;
import java.util.Map;

/** Words that a full stop may follow without ending a sentence, and words that begin and end sentences. */
final class Abbreviations {
    /** How a full stop after a word is read: as the end of a sentence. */
    static final int NONE = 0;
    /** As part of the word: titles. */
    static final int NEVER_LAST = 1;
    /** As part of the word when a number or a lower-case letter follows. */
    static final int BEFORE_NUMBER = 2;
    /** As the end only when the next word is one that begins sentences. */
    static final int EITHER = 3;
    /** As part of the word where another part with a full stop stands beside it, otherwise as the end. */
    static final int BESIDE_INITIAL = 4;

    private static final WordTable KINDS = new WordTable(lists("""
            Mr Mrs Ms Messrs Dr Drs Prof Rev Revd Hon Gen Col Lt Maj Capt Cmdr Sgt Cpl Gov Sen Rep Pres St Mt Ft Mme Mlle
            Supt Amb Adm Insp Det vs viz cf e.g i.e eg ie P.S P.P.S PS ps
            डॉ डा डाॅ प्रो श्री सुश्री कु कुँ पं मो मु मि मिस सर्वश्री ले मे कै इं एड सं स्व चौ ठा बा ला अ.भा स.अ
            पूर्वो उदा जैसे.कि तुल दे.वि""", NEVER_LAST, """
            No Nos no nos p pp Fig Figs fig figs Vol Vols vol vols Ch ch Sec sec Art art Nr Rs rs Eq Ex Par par Para para
            Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec ca c approx etc yrs hrs mins ext Ext tel Tel Ph ph Mob mob
            Fax Bk bk Pt pt Sc st ver Ver
            रु रू नं पृ पृष्ठ क्र ई वि लग अनु फ़ो फो मो.नं दूर दि ता सन्""", BEFORE_NUMBER, """
            Inc Ltd Co Corp Bros LLC Jr Sr Esq Ph.D M.D B.A M.A Ave Blvd Rd Dept Univ Assn Bldg Est al esp Attn Mon
            Tue Tues Wed Thu Thur Thurs Fri Sat Sun Hwy Sq Govt Intl Natl Mfg Conf
            Calif Conn Fla Ill La Mass Mich Minn Mo Okla Ore Pa Tenn Tex Va Wash Wis
            ए बी डी ई एफ एच जे एल एम एन ओ क्यू आर एस टी यू वी डब्ल्यू एक्स वाई ज़ेड जेड ऍम ऐल ऐस ऐन ऐफ
            क ख ग घ च छ ज झ ट ठ ड ढ त थ द ध प फ ब भ म य र ल श ष स ह अ इ उ ऊ ऋ ऐ औ प्र क्ष त्र ज्ञ प्रा वि.सं ई.पू ई.स
            कि मी सेमी किमी मिमी सें कि.मी से.मी सें.मी मि.मी वर्ग.कि.मी किग्रा कि.ग्रा ग्रा मिग्रा मि.ग्रा लि प्रा.लि पू
            उ.प्र म.प्र आं.प्र हि.प्र लि कं एंड.कं जि त पो""", EITHER, """
            के जी आई पी सी आ ओ""", BESIDE_INITIAL));

    private static final WordTable STARTERS = new WordTable(lists("""
            The A An This That These Those He She It They We I You My Your His Her Their Our Its In On At By To From With
            But And Or So If When While As For However There Here What Who How Why Where Which Yes No Not After Before
            During Since Although Though Because Until Also Then Now One Some Most Many Such Please Thanks Thank Do Does
            Did Is Are Was Were Has Have Had Let Just Well Oh OK Dear Today Yesterday Tomorrow Even Only Both Each Every
            Can Could Would Should Will Shall Still Yet Thus Hence Therefore Moreover Meanwhile Finally Perhaps Maybe
            Another Other Others All Any Several Few More See Once Later Nor Neither Either Despite Until Unless
            Whether Additionally Furthermore Instead Otherwise Anyway Anyways Again Sometimes Usually Overall Hope
            Whatever Never Always Actually Nothing Everyone Everything Someone Something""", 1));

    private static final WordTable ENDERS = new WordTable(lists("""
            है हैं हूँ हूं था थी थे थीं हो होगा होगी होंगे हुआ हुई हुए गया गयी गई गये गए गईं दिया दी दिये दिए किया की
            लिया चाहिए चाहिये नहीं करें रहा रही रहे
            अहै अहैं रहै रहैं हन होई भवा भै गवा गै दीन कीन लीन""", 1, """
            it is do so me in on go up to us he we be by my no""", 2));

    private static final WordTable SPEECH = new WordTable(lists("""
            पूछा पूछी पूछते पूछती पूछने कहा कहते कहती कहता कहकर कहने बोला बोली बोले बोलीं बोल फुसफुसाया फुसफुसाई
            फुसफुसाये चिल्लाया चिल्लाई चिल्लाए चिल्लायी सोचा सोचने चीखा चीखी चीख पुकारा पुकारी गरजा हँसा हँसी
            कहेसि पूछेसि पूँछेसि बोलेसि कहिस पूछिस कहिन पूछिन बोलिन कहिनि पूछिनि बोलिनि कहत बोलत पूछत कहै पूछै""", 1));

    private Abbreviations() {
    }

    /** How a full stop after the word from {@code from} to {@code to} is read. */
    static int kind(char[] text, int from, int to) {
        int kind = KINDS.get(text, from, to);
        return kind == NONE && isInitials(text, from, to) ? EITHER : kind;
    }

    /** Whether a word, spelt like this, often begins a sentence and seldom a name. */
    static boolean startsSentence(char[] text, int from, int to) {
        return STARTERS.get(text, from, to) != 0;
    }

    /** Whether a Hindi or Awadhi word often ends a sentence, as finite verbs do. */
    static boolean endsSentence(char[] text, int from, int to) {
        return ENDERS.get(text, from, to) == 1;
    }

    /** A common English word of two letters that may end a sentence, and is no abbreviation. */
    static boolean isShortWord(char[] text, int from, int to) {
        return ENDERS.get(text, from, to) == 2;
    }

    /** Whether a Hindi or Awadhi word says that someone speaks, as after a quotation. */
    static boolean isSpeech(char[] text, int from, int to) {
        return SPEECH.get(text, from, to) != 0;
    }

    /** One capital letter, or short parts between full stops, as in J or U.S or a.m or एम.ए. */
    private static boolean isInitials(char[] text, int from, int to) {
        if (to - from == 1) {
            return Character.isUpperCase(text[from]);
        }
        boolean parts = false;
        int start = from;
        for (int i = from; i <= to; i++) {
            if (i < to && text[i] != '.') {
                continue;
            }
            parts |= i < to;
            boolean letter = i - start == 1 && Character.isLetter(text[start]);
            if (!letter && (!parts || KINDS.get(text, start, i) < EITHER)) {
                return false;
            }
            start = i + 1;
        }
        return parts;
    }

    private static Map<String, Integer> lists(Object... pairs) {
        Map<String, Integer> lists = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            lists.put((String) pairs[i], (Integer) pairs[i + 1]);
        }
        return lists;
    }
}
