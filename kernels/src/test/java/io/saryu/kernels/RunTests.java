package io.saryu.kernels;

import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;
import static org.junit.platform.launcher.TagFilter.excludeTags;

import java.io.PrintWriter;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs test classes where there is no Maven: on a GPU machine that has no more than the bundle. */
public final class RunTests {
    private RunTests() {
    }

    /**
     * usage: PATTERN, a regular expression over simple names of classes in this package and below; exits with 1 on failure. Slow
     * tests are left out: they compile for other GPUs, which needs none.
     */
    public static void main(String[] args) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectPackage(RunTests.class.getPackageName()))
                .filters(includeClassNamePatterns("(.*\\.)?" + args[0]), excludeTags("slow")).build();
        Launcher launcher = LauncherFactory.create();
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        launcher.execute(request, summary, new Progress());
        TestExecutionSummary result = summary.getSummary();
        result.printFailuresTo(new PrintWriter(System.out, true), 5);
        System.out.printf("%d tests passed, %d failed, %d skipped, %.1f s%n", result.getTestsSucceededCount(),
                result.getTestsFailedCount(), result.getTestsSkippedCount() + result.getTestsAbortedCount(),
                (result.getTimeFinished() - result.getTimeStarted()) / 1e3);
        if (result.getTestsFoundCount() == 0) {
            System.out.println("no test was found for " + args[0]);
        }
        System.exit(result.getTestsFailedCount() == 0 && result.getContainersFailedCount() == 0
                && result.getTestsSucceededCount() > 0 ? 0 : 1);
    }

    /** A line for each class, and one for each test that does not pass. */
    private static final class Progress implements TestExecutionListener {
        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            boolean good = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
            if (!good) {
                System.out.println(result.getStatus() + " " + test.getDisplayName() + ": "
                        + result.getThrowable().map(Throwable::toString).orElse(""));
            } else if (test.getUniqueIdObject().getLastSegment().getType().equals("class")) {
                System.out.println(test.getDisplayName() + " done");
            }
        }

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            System.out.println("SKIPPED " + test.getDisplayName() + ": " + reason);
        }
    }
}
