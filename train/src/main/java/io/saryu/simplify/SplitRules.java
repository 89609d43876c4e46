package io.saryu.simplify;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The words by which sentences of a language are joined and split.
 *
 * @param joining     conjunctions that two sentences can be joined by
 * @param splitting   conjunctions between clauses, and what the second sentence begins with instead
 * @param finite      verb forms that end a clause
 * @param speech      verb forms after which someone's words follow
 * @param that        the conjunction of reported speech
 */
record SplitRules(List<String> joining, Map<String, String> splitting, Set<String> finite, Set<String> speech, String that) {
    private static final SplitRules HINDI = new SplitRules(List.of("और", "तथा", "एवं", "और साथ ही"),
            Map.ofEntries(Map.entry("और", ""), Map.entry("तथा", ""), Map.entry("एवं", ""), Map.entry("लेकिन", "लेकिन "),
                    Map.entry("मगर", "लेकिन "), Map.entry("परन्तु", "लेकिन "), Map.entry("परंतु", "लेकिन "), Map.entry("किन्तु", "लेकिन "),
                    Map.entry("किंतु", "लेकिन "), Map.entry("इसलिए", "इसलिए "), Map.entry("अतः", "इसलिए "),
                    Map.entry("क्योंकि", "इसका कारण यह है कि ")),
            Set.of("है", "हैं", "था", "थी", "थे", "थीं", "हूँ", "हूं", "गया", "गई", "गयी", "गए", "गये", "होगा", "होगी", "होंगे", "दिया", "लिया", "किया",
                    "रहा", "लगा", "लगी", "लगे", "पड़ा", "पड़ी", "सका", "सकी", "चाहिए", "हुआ", "हुई", "हुए",
                    "आया", "आई", "आयी", "आए", "आये", "मिला", "मिली", "मिले", "निकला", "निकली", "देखा", "पाया", "पाई", "रही", "रहे", "सके", "पड़े",
                    "जाएगा", "जाएगी", "जाएंगे", "जाएँगे", "जायेगा", "जायेगी", "करेगा", "करेगी", "करेंगे", "सकेगा", "सकेगी", "सकेंगे"),
            Set.of("कहा", "बोला", "बोली", "बोले", "पूछा", "बताया"), "कि");
    private static final SplitRules AWADHI = new SplitRules(List.of("अउर", "औ", "अउर साथे"),
            Map.ofEntries(Map.entry("अउर", ""), Map.entry("अउरु", ""), Map.entry("औ", ""), Map.entry("और", ""), Map.entry("मुला", "मुला "),
                    Map.entry("लेकिन", "लेकिन "), Map.entry("मगर", "मुला "), Map.entry("काहेकि", "एकर कारन ई है कि ")),
            Set.of("है", "हैं", "अहै", "अहैं", "रहै", "रहा", "रहे", "रहैं", "रही", "रहेन", "गा", "गे", "गै", "गवा", "गये", "गई", "भा", "भवा", "भै", "भइ",
                    "भे", "होई", "हौ", "हन", "दिहिस", "लिहिस", "किहिस", "दिहिन", "लिहिन", "किहिन", "लीन्हेनि", "कीन्हेनि", "दीन्हेनि", "लीन्हेसि",
                    "कीन्हेसि", "दीन्हेसि", "लाग", "लागि", "लागे"),
            Set.of("कहेसि", "कहेनि", "कहिस", "कहिन", "बोला", "बोले", "बोली", "पूछेसि", "पूछेनि", "पूछिस", "पूछिन", "पूँछेसि", "बतायेसि", "बताइस", "बताइन"),
            "कि");

    /** The rules of hi or awa; null for other languages. */
    static SplitRules of(String language) {
        return switch (language) {
            case "hi" -> HINDI;
            case "awa" -> AWADHI;
            default -> null;
        };
    }
}
