package io.saryu.deid.data;

import io.saryu.train.SaryuVersion;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The data set card: what is in the folder, how it was made, what it is not. */
final class DeidCard {
    private DeidCard() {
    }

    static String text(DeidDataset.Options options, List<DeidDataset.FileReport> files) {
        StringBuilder card = new StringBuilder("---\nlicense: apache-2.0\nlanguage:\n");
        options.languages().forEach(l -> card.append("- ").append(l).append('\n'));
        card.append("tags:\n- synthetic\n- de-identification\n- pii\nconfigs:\n");
        for (String language : options.languages()) {
            card.append("- config_name: ").append(language).append("\n  data_files:\n");
            files.stream().filter(f -> f.language().equals(language)).forEach(f -> card.append("  - split: ").append(f.split())
                    .append("\n    path: ").append(f.file()).append('\n'));
        }
        card.append("---\n\n# De-identification, synthetic\n\n").append("""
                Sentences with invented personal data, and the same sentences with tags in its place, to tune a language model on.
                All of it is synthetic: sentence templates and lists of names and places that were written for Saryu, filled by
                chance. Whoever bears one of these names, numbers or addresses does so by accident.

                """);
        card.append("Made by Saryu ").append(SaryuVersion.get()).append(" with\n\n    saryu data deidentify --out DIR --count ")
                .append(options.count()).append(" --languages ").append(String.join(",", options.languages())).append(" --seed ")
                .append(options.seed()).append(" --validation ").append(options.validationFraction())
                .append("\n\nThe same command and version give the same bytes.\n\n").append("""
                ## Rows

                One JSON object a line: `instruction`, `input`, `output` (the input with every span replaced by its tag, and nothing
                else changed), `language` (of the input), `spans` (`start`, `end`, `tag`). Offsets count Unicode code points of
                `input`, from 0, `end` not included.

                """);
        table(card, files);
        if (options.languages().contains("awa")) {
            card.append("\n**The Awadhi templates and instructions have not yet been read by a native speaker.** They hold words and"
                    + " endings\nof several districts side by side, and surely mistakes.\n");
        }
        card.append(PROSE);
        return card.toString();
    }

    private static void table(StringBuilder card, List<DeidDataset.FileReport> files) {
        card.append("| |");
        files.forEach(f -> card.append(' ').append(f.language()).append(' ').append(f.split()).append(" |"));
        card.append("\n|---|").append("---:|".repeat(files.size())).append('\n');
        line(card, "rows", files.stream().map(DeidDataset.FileReport::rows).toList());
        line(card, "templates", files.stream().map(DeidDataset.FileReport::templates).toList());
        line(card, "rows without personal data", files.stream().map(DeidDataset.FileReport::withoutData).toList());
        for (Map.Entry<String, Integer> tag : files.getFirst().spans().entrySet()) {
            line(card, "`" + tag.getKey() + "`", files.stream().map(f -> f.spans().get(tag.getKey())).toList());
        }
    }

    private static void line(StringBuilder card, String name, List<Integer> counts) {
        card.append("| ").append(name).append(" |");
        counts.forEach(n -> card.append(String.format(Locale.ROOT, " %,d |", n)));
        card.append('\n');
    }

    private static final String PROSE = """

            ## What counts as personal data

            - `[NAME]` a person's given name, family name or both. `[TITLE]` is the form of address or rank right before it.
            - `[ADDRESS]` goes from the house number or village to the street or quarter; town (`[LOCATION]`) and PIN, ZIP or
              postcode (`[ZIP_CODE]`) after it have tags of their own.
            - `[DATE]` holds a day and a month at least; a year alone is none. `[TIME]` is a time of day; o'clock in Hindi and Awadhi
              (the word after it) is not part of it. `[AGE]` is the number, without "years".
            - `[LOCATION]` is a town or village that someone has to do with. Countries, rivers and sights, and gods, saints and
              persons of history, stay when a sentence speaks of them in general.
            - `[ID_NUMBER]` is any other number of a person or thing: certificate, employee, roll, FIR, ration card, policy, serial
              number, IMEI, chassis. `[TAX_ID]` holds GSTIN, TAN, EIN.
            - Prices, amounts, percentages, sections, scores, temperatures and numbers of trains stay.

            Card numbers, IMEI (Luhn), Aadhaar (Verhoeff), IBAN, routing numbers and GSTIN have right check digits. A quarter of the
            Hindi and Awadhi rows has Devanagari digits; one in twenty of their names is in Latin letters. About one row in six is
            written as users write: no full stop, small or capital letters only, a slip in a word.

            ## Training and validation

            No template, and no value of a tag, is on both sides within a language, except `[TITLE]` and
            `[NATIONALITY]`, closed classes. In training, some names, towns and streets are made of two that are listed, about a third of
            the rows are words in no order around values, and words of some templates are exchanged.
            Templates are divided by the hash of their text; where validation lacked a tag, the template with the lowest hash that
            has it was moved there, and so were some without personal data. Names, towns, streets and organizations: each list is
            divided by the hash of its entry (15 % held out), so that a held-out name comes neither alone nor inside a longer one,
            an address, a mail address or a user name; a name in Latin letters is another entry than the same in Devanagari.
            Numbers, dates, times and ages: by the hash of their letters and digits (15 %); what hashes to the other side is drawn
            again. Words that make an organization a school or a bank, months, mail providers and bank codes are shared.

            ## Limits

            Values are drawn one by one, so a sentence may have a man's title before a woman's name, or a town with another's code.
            Templates are far fewer than the ways in which people write. Measure on real text of your own before you trust a model
            that was tuned on these rows; personal data that no tag names, such as a story only one person can have lived, is not
            marked.
            """;
}
