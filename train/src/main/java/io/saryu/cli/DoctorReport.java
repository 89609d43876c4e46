package io.saryu.cli;

import com.sun.management.OperatingSystemMXBean;
import io.saryu.backend.Backend;
import io.saryu.backend.BackendProvider;
import io.saryu.backend.Backends;
import io.saryu.tokenizer.Tokenizer;
import io.saryu.train.SaryuVersion;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What was found on this machine.
 *
 * @param saryu    version of Saryu
 * @param java     version and vendor of the JDK that runs it
 * @param javaHome where that JDK is
 * @param system   operating system and architecture
 * @param cores    that the JVM may use
 * @param memory   bytes of the machine, or of the container
 * @param heap     bytes that the Java heap may grow to
 * @param parts    backends, what they stand on, and native libraries
 * @param advice   what is missing and what to do, one sentence each; empty when all is there
 */
record DoctorReport(String saryu, String java, String javaHome, String system, int cores, long memory, long heap,
        List<Part> parts, List<String> advice) {
    /**
     * One backend or native library.
     *
     * @param found  its version, path or what it chose; null when it is not usable
     * @param reason why it is not usable; null when it is
     */
    record Part(String name, String found, String reason) {
    }

    /** Looks at everything. */
    static DoctorReport examine() {
        List<Part> parts = new ArrayList<>();
        List<String> advice = new ArrayList<>();
        List<BackendProvider> providers = Backends.providers();
        if (providers.isEmpty()) {
            advice.add("no backend was found beside the slow reference one: build saryu-kernels with ./saryu, which needs a"
                    + " C compiler and CMake");
        }
        for (BackendProvider provider : providers) {
            parts.add(backend(provider));
            parts.addAll(components(provider));
        }
        parts.add(new Part("backend reference", "plain loops in double, for checking", null));
        parts.add(sentencePiece());
        Set<String> said = new HashSet<>();
        for (Part part : parts) {
            // A backend gives its first component's reason as its own.
            if (part.reason() != null && said.add(part.reason())) {
                advice.add(part.name() + ": " + part.reason());
            }
        }
        return new DoctorReport(SaryuVersion.get(),
                System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")",
                System.getProperty("java.home"), System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors(), physicalMemory(),
                Runtime.getRuntime().maxMemory(), List.copyOf(parts), List.copyOf(advice));
    }

    private static Part sentencePiece() {
        String name = "SentencePiece";
        try {
            return new Part(name, Tokenizer.libraryVersion(), null);
        } catch (RuntimeException | LinkageError e) {
            return new Part(name, null, Failures.sentence(e));
        }
    }

    private static Part backend(BackendProvider provider) {
        String name = "backend " + provider.name();
        try {
            String why = provider.unavailableBecause();
            if (why != null) {
                return new Part(name, null, why);
            }
            Backend backend = provider.create();
            return new Part(name, backend.description(), null);
        } catch (RuntimeException | LinkageError e) {
            return new Part(name, null, Failures.sentence(e));
        }
    }

    private static List<Part> components(BackendProvider provider) {
        try {
            return provider.components().stream().map(c -> new Part(c.name(), c.found(), c.problem())).toList();
        } catch (RuntimeException | LinkageError e) {
            return List.of(new Part("libraries of " + provider.name(), null, Failures.sentence(e)));
        }
    }

    private static long physicalMemory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean os ? os.getTotalMemorySize() : 0;
    }
}
