package io.saryu.simplify;

import io.saryu.train.SaryuVersion;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The data set card: what is in the folder, where it comes from, what is synthetic. */
final class SimplifyCard {
    private static final String RULES = """

            ## Synthetic rows

            Rows with `"synthetic": true` were not written by a person. Rules made them of plain text; `origin` names the rule:

            - `joined`: two or three neighbouring sentences, joined by a conjunction, against the separate sentences. The input is
              made, the output is found.
            - `clauses`: a sentence of two or more clauses against one sentence for each. The input is found, the output is made.
            - `quotation`: someone's words in quotation marks against the same after "that".
            - `aside`: a sentence with something in brackets or dashes against the sentence without it.

            Rules know no meaning: a split clause may lack its subject, and a sentence joined to another may have little to do with
            it. They teach shorter sentences, not simpler words.
            """;

    private SimplifyCard() {
    }

    static String text(SimplifyDataset.Options options, List<SimplifyDataset.LanguageReport> languages) {
        StringBuilder card = new StringBuilder("---\n");
        if (options.license() != null) {
            card.append("license: ").append(options.license()).append('\n');
        }
        card.append("language:\n");
        languages.forEach(l -> card.append("- ").append(l.language()).append('\n'));
        card.append("tags:\n- text-simplification\nconfigs:\n");
        for (SimplifyDataset.LanguageReport l : languages) {
            card.append("- config_name: ").append(l.language()).append("\n  data_files:\n");
            file(card, l.language(), "train", l.training());
            file(card, l.language(), "validation", l.validation());
        }
        card.append("---\n\n# Sentences and simpler ones\n\nMade by Saryu ").append(SaryuVersion.get())
                .append(" with `saryu data simplify`, seed ").append(options.seed()).append(".\n\n").append("""
                One JSON object a line: `instruction`, `input`, `output`, `language`, `origin` (the file or the rule that a row comes
                from), `synthetic`. Rows of one source text are all in training or all in validation; the hash of the source says
                where.

                """);
        if (options.license() == null) {
            card.append("**The licence was not given.** It is that of the texts which the rows were made of; state it before you give"
                    + " the folder to anyone.\n\n");
        }
        languages.forEach(l -> language(card, l));
        if (languages.stream().anyMatch(l -> l.synthetic() > 0)) {
            card.append(RULES);
        }
        if (languages.stream().anyMatch(l -> l.language().equals("awa"))) {
            card.append("\n**The Awadhi instructions and rules have not yet been read by a native speaker.**\n");
        }
        return card.toString();
    }

    private static void file(StringBuilder card, String language, String split, int rows) {
        if (rows > 0) {
            card.append("  - split: ").append(split).append("\n    path: ").append(language).append('.').append(split).append(".jsonl\n");
        }
    }

    private static void language(StringBuilder card, SimplifyDataset.LanguageReport l) {
        card.append(String.format(Locale.ROOT, "## %s%n%n%,d rows for training, %,d for validation; %,d of them synthetic.%n%n| origin | rows |%n"
                + "|---|---:|%n", l.language(), l.training(), l.validation(), l.synthetic()).replace(System.lineSeparator(), "\n"));
        for (Map.Entry<String, Integer> origin : l.origins().entrySet()) {
            card.append("| ").append(origin.getKey()).append(" | ").append(String.format(Locale.ROOT, "%,d", origin.getValue())).append(" |\n");
        }
        if (!l.leftOut().isEmpty()) {
            card.append("\nLeft out: ").append(l.leftOut()).append(".\n");
        }
        card.append('\n');
    }
}
