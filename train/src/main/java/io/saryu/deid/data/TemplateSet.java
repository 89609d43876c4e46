package io.saryu.deid.data;

import io.saryu.tokenizer.TaskTags;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The templates of a language, divided between training and validation. */
final class TemplateSet {
    /** Share of the templates that validation has, before those that it gets so that no tag lacks there. */
    private static final double HELD_OUT = 0.12;
    /** Templates without personal data that validation has at least. */
    private static final int LEAST_PLAIN = 4;

    private final Set<Template> training = new LinkedHashSet<>();
    private final Set<Template> validation = new LinkedHashSet<>();

    /** Reads the templates of a language. */
    TemplateSet(String language) {
        String file = "templates." + language + ".txt";
        for (String line : new LinkedHashSet<>(Resource.lines(file))) {
            Template template = Template.parse(file, line);
            (Side.of(line, HELD_OUT) == Side.VALIDATION ? validation : training).add(template);
        }
        for (String tag : TaskTags.all()) {
            while (with(validation, tag).isEmpty()) {
                move(with(training, tag), file, tag);
            }
        }
        while (plain(validation).size() < LEAST_PLAIN) {
            move(plain(training), file, "no personal data");
        }
        for (String tag : TaskTags.all()) {
            if (with(training, tag).isEmpty()) {
                throw new IllegalStateException(file + " has no template with " + tag + " for training; add one");
            }
        }
    }

    /** Moves the template of the lowest hash, so that the order of the file plays no part. */
    private void move(List<Template> candidates, String file, String what) {
        Template moved = candidates.stream().min(Comparator.comparingInt((Template t) -> Side.hash(t.source()))
                .thenComparing(Template::source)).orElseThrow(() -> new IllegalStateException(file + " has too few templates with "
                        + what + "; add some"));
        training.remove(moved);
        validation.add(moved);
    }

    private static List<Template> plain(Set<Template> templates) {
        return templates.stream().filter(t -> t.tags().isEmpty()).toList();
    }

    private static List<Template> with(Set<Template> templates, String tag) {
        return templates.stream().filter(t -> t.tags().contains(tag)).toList();
    }

    List<Template> of(Side side) {
        return new ArrayList<>(side == Side.TRAIN ? training : validation);
    }
}
