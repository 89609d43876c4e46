package io.saryu.kernels.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A .cu file of this jar with the headers that it includes.
 *
 * @param file    name, without a folder
 * @param text    content
 * @param headers name, as the source includes it, to content
 */
record KernelSource(String file, String text, Map<String, String> headers) {
    private static final String FOLDER = "/cuda/";
    private static final Pattern INCLUDE = Pattern.compile("^\\s*#\\s*include\\s*\"([^\"]+)\"", Pattern.MULTILINE);

    /** Reads a source and, through its includes, its headers. */
    static KernelSource read(String file) {
        String text = resource(file);
        if (text == null) {
            throw new CudaException("this build of Saryu has no kernel source " + file + ": build it again with ./saryu");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        collect(text, headers);
        return new KernelSource(file, text, headers);
    }

    private static void collect(String text, Map<String, String> headers) {
        Matcher includes = INCLUDE.matcher(text);
        while (includes.find()) {
            String name = includes.group(1);
            // What lies outside is the emulation's and stands behind an #ifdef.
            String content = headers.containsKey(name) || name.contains("..") ? null : resource(name);
            if (content != null) {
                headers.put(name, content);
                collect(content, headers);
            }
        }
    }

    private static String resource(String name) {
        try (InputStream in = KernelSource.class.getResourceAsStream(FOLDER + name)) {
            return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new CudaException("cannot read kernel source " + name + " from Saryu's jar: " + e.getMessage());
        }
    }
}
