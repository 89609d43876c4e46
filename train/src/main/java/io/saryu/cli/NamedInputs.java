package io.saryu.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Arguments of the form NAME=VALUE, a name possibly several times. */
final class NamedInputs {
    private NamedInputs() {
    }

    /** Values per name, in the order given. */
    static Map<String, List<String>> parse(List<String> arguments, String example) {
        Map<String, List<String>> inputs = new LinkedHashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals < 1 || equals == argument.length() - 1) {
                throw new IllegalArgumentException(
                        "'" + argument + "' is not of the form NAME=VALUE; write for example " + example);
            }
            inputs.computeIfAbsent(argument.substring(0, equals), k -> new ArrayList<>())
                    .add(argument.substring(equals + 1));
        }
        return inputs;
    }

    /** One number per name. */
    static Map<String, Double> numbers(List<String> arguments, String example) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        parse(arguments, example).forEach((name, values) -> {
            try {
                if (values.size() == 1) {
                    numbers.put(name, Double.valueOf(values.get(0)));
                    return;
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        "'" + values.get(0) + "' in " + name + "=" + values.get(0) + " is not a number", e);
            }
            throw new IllegalArgumentException("'" + name + "' is given twice; give one number for it");
        });
        return numbers;
    }
}
