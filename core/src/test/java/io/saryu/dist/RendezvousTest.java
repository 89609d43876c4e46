package io.saryu.dist;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Processes that come late, twice, wrong or never, and that go; here each is a thread with a connection of its own. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class RendezvousTest {
    private ExecutorService threads;
    private ServerSocket store;

    @BeforeEach
    void start() throws IOException {
        threads = Executors.newCachedThreadPool();
        // As torchrun's store does, it sits on MASTER_PORT itself.
        do {
            store = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        } while (store.getLocalPort() > 65_000);
    }

    @AfterEach
    void end() throws IOException {
        store.close();
        threads.close();
    }

    private LaunchEnvironment env(int process, int processes, int timeout) {
        return env("localhost", process, processes, timeout);
    }

    private LaunchEnvironment env(String host, int process, int processes, int timeout) {
        return new LaunchEnvironment("the test", process, processes, process, host, store.getLocalPort(), "run",
                Duration.ofSeconds(timeout));
    }

    private Future<ProcessGroup> joining(LaunchEnvironment env, int ranks) {
        return threads.submit(() -> Rendezvous.join(env, ranks));
    }

    private List<ProcessGroup> all(int processes, int ranks, int timeout) throws Exception {
        List<Future<ProcessGroup>> joining = new ArrayList<>();
        for (int p = processes - 1; p >= 0; p--) {
            joining.addFirst(joining(env(p, processes, timeout), ranks));
        }
        List<ProcessGroup> groups = new ArrayList<>();
        for (Future<ProcessGroup> g : joining) {
            groups.add(g.get());
        }
        return groups;
    }

    private static Throwable cause(Future<?> future) {
        return assertThrows(ExecutionException.class, future::get).getCause();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void messagesComeInTheOrderOfTheProcesses() throws Exception {
        List<ProcessGroup> groups = all(3, 1, 20);
        for (int round = 0; round < 20; round++) {
            List<Future<byte[][]>> gathered = new ArrayList<>();
            for (ProcessGroup g : groups) {
                gathered.add(threads.submit(() -> g.gather("letters", bytes("from " + g.process()))));
            }
            for (Future<byte[][]> f : gathered) {
                for (int p = 0; p < 3; p++) {
                    assertArrayEquals(bytes("from " + p), f.get()[p]);
                }
            }
        }
        // All leave at once, and none takes it for a failure.
        List<Future<?>> closing = new ArrayList<>();
        groups.forEach(g -> closing.add(threads.submit(g::close)));
        for (Future<?> f : closing) {
            f.get();
        }
        groups.forEach(g -> assertEquals(null, g.aborted()));
    }

    /** Two processes of two ranks. */
    @Test
    void ranksOfSeveralProcessesSumInOrder() throws Exception {
        List<ProcessGroup> groups = all(2, 2, 20);
        double[] values = {1e16, 1, -1e16, 1};
        List<Future<Double>> sums = new ArrayList<>();
        for (ProcessGroup g : groups) {
            RankGroup ranks = new RankGroup(g);
            for (int r = g.firstRank(); r < g.firstRank() + 2; r++) {
                int rank = r;
                sums.add(threads.submit(() -> {
                    ranks.barrier(rank);
                    return ranks.sum(rank, values[rank]);
                }));
            }
        }
        for (Future<Double> sum : sums) {
            assertEquals(((1e16 + 1) - 1e16) + 1, sum.get());
        }
        groups.forEach(ProcessGroup::close);
    }

    @Test
    void aProcessThatNeverArrivesIsNamed() {
        Future<ProcessGroup> zero = joining(env(0, 4, 2), 2);
        // It beats each second, within the two that process 0 bears of silence.
        Future<ProcessGroup> two = joining(env(2, 4, 8), 2);
        for (Future<ProcessGroup> f : List.of(zero, two)) {
            Throwable e = cause(f);
            assertInstanceOf(CommunicatorAbortedException.class, e);
            assertTrue(e.getMessage().startsWith("ranks 2 and 3, ranks 6 and 7 did not arrive within 2 s"), e.getMessage());
            assertTrue(e.getMessage().contains("SARYU_PEER_TIMEOUT=SECONDS"), e.getMessage());
        }
    }

    @Test
    void withoutProcessZeroTheOthersEnd() {
        Throwable e = cause(joining(env(1, 2, 1), 1));
        assertInstanceOf(CommunicatorAbortedException.class, e);
        assertTrue(e.getMessage().startsWith("rank 0 was not found within 1 s at localhost, ports "), e.getMessage());
    }

    /** Debian's installer gives a host's own name this address on the host itself; others reach it by another. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aHostThatKnowsItselfByALoopbackAddressIsReachedByOthers() throws Exception {
        Future<ProcessGroup> zero = joining(env("127.0.1.1", 0, 2, 5), 1);
        Future<ProcessGroup> one = joining(env("127.0.0.1", 1, 2, 5), 1);
        one.get().close();
        zero.get().close();
    }

    @Test
    void anUnknownHostIsSaid() {
        LaunchEnvironment env = new LaunchEnvironment("the test", 1, 2, 1, "no.such.host.invalid", 29500, "", Duration.ofSeconds(1));
        IOException e = assertThrows(IOException.class, () -> Rendezvous.join(env, 1));
        assertTrue(e.getMessage().startsWith("the host of rank 0, 'no.such.host.invalid', is not known here"), e.getMessage());
    }

    @Test
    void processesThatDifferAreNamedOnAll() throws Exception {
        List<ProcessGroup> groups = all(3, 1, 20);
        List<Future<?>> agreeing = new ArrayList<>();
        for (ProcessGroup g : groups) {
            Map<String, String> facts = Map.of("train.learning_rate", g.process() == 2 ? "0.1" : "0.2");
            agreeing.add(threads.submit(() -> g.agree(facts, "give all the same configuration")));
        }
        for (Future<?> f : agreeing) {
            Throwable e = cause(f);
            assertInstanceOf(IllegalArgumentException.class, e);
            assertTrue(e.getMessage().matches("rank 2 \\(on .+\\) and rank 0 \\(on .+\\) differ in train.learning_rate \\(0.1, not 0.2\\);"
                    + " give all the same configuration"), e.getMessage());
        }
        groups.forEach(ProcessGroup::close);
    }

    @Test
    void anotherWorldSizeIsRefusedOnBothSides() {
        Future<ProcessGroup> zero = joining(env(0, 2, 20), 1);
        LaunchEnvironment one = new LaunchEnvironment("the test", 1, 3, 1, "localhost", store.getLocalPort(), "run",
                Duration.ofSeconds(20));
        for (Future<ProcessGroup> f : List.of(zero, joining(one, 1))) {
            String message = cause(f).getMessage();
            assertTrue(message.startsWith("rank 1 (on ") && message.contains("one of 3 processes, rank 0 as one of 2"), message);
        }
    }

    @Test
    void aRankThatComesTwiceEndsTheRun() {
        Future<ProcessGroup> zero = joining(env(0, 3, 20), 1);
        Future<ProcessGroup> one = joining(env(1, 3, 20), 1);
        Future<ProcessGroup> again = joining(env(1, 3, 20), 1);
        for (Future<ProcessGroup> f : List.of(zero, one, again)) {
            assertTrue(cause(f).getMessage().startsWith("rank 1 arrived twice"), cause(f).getMessage());
        }
    }

    /** Another run on the same host, a stranger that says nothing, and one that says nonsense. */
    @Test
    void strangersKeepNobody() throws Exception {
        LaunchEnvironment env = env(0, 2, 20);
        Future<ProcessGroup> zero = joining(env, 1);
        Future<ProcessGroup> one = null;
        try (Socket silent = connect(Rendezvous.port(env, 0)); Socket loud = connect(Rendezvous.port(env, 0))) {
            loud.getOutputStream().write(bytes("GET / HTTP/1.1\r\nHost: a host that has a long name\r\n\r\n"));
            LaunchEnvironment other = new LaunchEnvironment("the test", 1, 2, 1, "localhost", store.getLocalPort(), "another run",
                    Duration.ofSeconds(1));
            assertTrue(cause(joining(other, 1)).getMessage().contains("what listens there is not this run's rank 0"));
            one = joining(env(1, 2, 20), 1);
            zero.get();
            one.get();
        }
        zero.get().close();
        one.get().close();
    }

    /** Two runs of torchrun, which calls both "none", on neighbouring ports: their ranks look for each other at the same doors. */
    @Test
    void aRunOnTheNextPortKeepsItsOwnRanks() throws Exception {
        Future<ProcessGroup> zero = joining(env(0, 2, 20), 1);
        LaunchEnvironment next = new LaunchEnvironment("the test", 1, 2, 1, "localhost", store.getLocalPort() - 1, "run",
                Duration.ofSeconds(1));
        Throwable e = cause(joining(next, 1));
        assertTrue(e.getMessage().contains("what listens there is not this run's rank 0"), e.getMessage());
        Future<ProcessGroup> one = joining(env(1, 2, 20), 1);
        one.get().close();
        zero.get().close();
    }

    private static Socket connect(int port) throws Exception {
        for (int i = 0; true; i++) {
            try {
                return new Socket(InetAddress.getLoopbackAddress(), port);
            } catch (IOException e) {
                if (i == 200) {
                    throw e;
                }
                Thread.sleep(50);
            }
        }
    }

    @Test
    void aFailureReachesAllWithItsReason() throws Exception {
        List<ProcessGroup> groups = all(3, 1, 20);
        CountDownLatch told = new CountDownLatch(3);
        groups.forEach(g -> g.onAbort(told::countDown));
        Future<?> zero = threads.submit(() -> groups.get(0).gather("a", new byte[0]));
        Future<?> one = threads.submit(() -> groups.get(1).gather("a", new byte[0]));
        groups.get(2).abort("rank 2 ran out of data");
        for (Future<?> f : List.of(zero, one)) {
            Throwable e = cause(f);
            assertInstanceOf(CommunicatorAbortedException.class, e);
            assertEquals("rank 2 ran out of data", e.getMessage());
        }
        told.await();
        groups.forEach(ProcessGroup::close);
    }

    @Test
    void leavingEarlyIsSaid() throws Exception {
        for (int leaver = 0; leaver < 2; leaver++) {
            List<ProcessGroup> groups = all(2, 1, 20);
            groups.get(leaver).close();
            Throwable e = cause(threads.submit(() -> groups.get(0).gather("a", new byte[0])));
            if (leaver == 1) {
                assertTrue(e.getMessage().startsWith("rank 1 (on ") && e.getMessage().endsWith("left the run before its end"),
                        e.getMessage());
            }
            Future<?> other = threads.submit(() -> groups.get(1).gather("a", new byte[0]));
            assertInstanceOf(CommunicatorAbortedException.class, cause(other));
            groups.forEach(ProcessGroup::close);
        }
    }

    @Test
    void differentExchangesAreNamed() throws Exception {
        List<ProcessGroup> groups = all(2, 1, 20);
        Future<?> zero = threads.submit(() -> groups.get(0).gather("a barrier", new byte[0]));
        Future<?> one = threads.submit(() -> groups.get(1).gather("a sum", new byte[0]));
        for (Future<?> f : List.of(zero, one)) {
            String message = cause(f).getMessage();
            assertTrue(message.contains("a barrier") && message.contains("a sum"), message);
        }
        groups.forEach(ProcessGroup::close);
    }

    /** As the connection of a killed process does, it closes without a goodbye. */
    @Test
    void aClosedConnectionIsNoticedAtOnce() throws Exception {
        LaunchEnvironment env = env(0, 2, 60);
        Future<ProcessGroup> joining = joining(env, 1);
        try (Socket socket = connect(Rendezvous.port(env, 0))) {
            hello(socket, env.identity());
        }
        String message = cause(joining).getMessage();
        assertTrue(message.startsWith("lost rank 1 (on nowhere): the process has ended without a word"), message);
    }

    @Test
    void silenceIsNoticedInTime() throws Exception {
        LaunchEnvironment env = env(0, 2, 1);
        Future<ProcessGroup> joining = joining(env, 1);
        try (Socket socket = connect(Rendezvous.port(env, 0))) {
            hello(socket, env.identity());
            String message = cause(joining).getMessage();
            assertTrue(message.startsWith("lost rank 1 (on nowhere): nothing was heard of it for 1 s"), message);
        }
    }

    /** A rank 0 that is held up, by four JVMs that start on one core, between taking a process in and saying so. */
    @Test
    void aWelcomeMayComeLate() throws Exception {
        LaunchEnvironment env = env(1, 2, 20);
        try (ServerSocket door = new ServerSocket(Rendezvous.port(env, 0), 5, InetAddress.getLoopbackAddress())) {
            Future<ProcessGroup> joining = joining(env, 1);
            HubProcess hub = new HubProcess(2, 1, "here");
            try (Socket socket = door.accept()) {
                socket.getOutputStream().write(Greeter.BANNER);
                PeerLink link = new PeerLink(socket, 1, env.timeout());
                Greeter.Hello hello = Greeter.Hello.decode(link.read(PeerLink.HELLO, Greeter.MOST_BYTES));
                assertEquals(null, hub.arrived(link, hello.host()));
                Thread.sleep(3000);
                link.write(PeerLink.WELCOME, Rendezvous.welcome(true, "here"));
                link.start(hub);
                hub.fromLeader("arrival", bytes(hub.hosts()));
                joining.get().close();
                hub.close();
            }
        }
    }

    private static void hello(Socket socket, String run) throws IOException, PeerLink.RefusedException {
        socket.getInputStream().readNBytes(Greeter.BANNER.length);
        PeerLink link = new PeerLink(socket, 0, Duration.ofSeconds(5));
        link.write(PeerLink.HELLO, new Greeter.Hello(run, 1, 2, 1, "nowhere").encode());
        link.read(PeerLink.WELCOME, Greeter.MOST_BYTES);
    }
}
