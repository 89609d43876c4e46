package io.saryu.dist;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Where the processes of a run meet: process 0 listens on its host, the others find it there. It listens on one of the
 * ports that follow {@code MASTER_PORT}, as torchrun has its own store on that very port; the others try them all and know
 * it by what it says first and by the run's name and port.
 */
public final class Rendezvous {
    /** Ports tried after MASTER_PORT. */
    static final int PORTS = 16;
    private static final long PAUSE_MILLIS = 100;
    private static final int CONNECT_MILLIS = 2000;
    /** What MASTER_ADDR is in a run on one host. */
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");
    private static final System.Logger LOG = System.getLogger(Rendezvous.class.getName());

    private Rendezvous() {
    }

    /**
     * Waits for all processes of the run.
     *
     * @param ranksPerProcess ranks of this process; equal on all
     * @throws IllegalArgumentException     when this process does not fit to process 0
     * @throws CommunicatorAbortedException when some do not arrive in time, naming their ranks
     * @throws IOException                  when process 0 cannot listen, or its host is not known
     */
    public static ProcessGroup join(LaunchEnvironment env, int ranksPerProcess) throws IOException {
        if (env.isAlone()) {
            return ProcessGroup.alone(ranksPerProcess);
        }
        InetAddress address;
        try {
            address = InetAddress.getByName(env.masterHost());
        } catch (UnknownHostException e) {
            throw new IOException("the host of rank 0, '" + env.masterHost() + "', is not known here; set MASTER_ADDR to a name or"
                    + " an address that all hosts can reach it by", e);
        }
        AbortableGroup group = env.process() == 0 ? host(env, ranksPerProcess, address) : visit(env, ranksPerProcess, address);
        try {
            shareHosts(group);
        } catch (RuntimeException e) {
            group.close();
            throw e;
        }
        return group;
    }

    private static void shareHosts(AbortableGroup group) {
        byte[] hosts = group instanceof HubProcess hub ? hub.hosts().getBytes(StandardCharsets.UTF_8) : new byte[0];
        byte[] all = group.fromLeader("arrival", hosts);
        if (group instanceof SpokeProcess spoke) {
            spoke.hosts(new String(all, StandardCharsets.UTF_8).split("\n"));
        }
    }

    /** Ports to meet at, in the order in which they are tried. */
    static int port(LaunchEnvironment env, int attempt) {
        return env.masterPort() + PORTS <= 65_535 ? env.masterPort() + 1 + attempt : env.masterPort() - 1 - attempt;
    }

    private static HubProcess host(LaunchEnvironment env, int ranks, InetAddress address) throws IOException {
        // A run on one host is nobody's business outside. By what was written, not by what it means here: distributions that
        // give a host's own name the address 127.0.1.1 would keep all other hosts out.
        InetAddress bound = LOOPBACK.contains(env.masterHost()) ? address : null;
        try (ServerSocket server = listen(env, bound)) {
            HubProcess hub = new HubProcess(env.processes(), ranks, thisHost());
            Greeter greeter = new Greeter(env, hub);
            LOG.log(System.Logger.Level.INFO, "rank 0 waits for {0} processes on port {1}", env.processes() - 1,
                    Integer.toString(server.getLocalPort()));
            Thread.ofVirtual().name("saryu-door").start(() -> greeter.acceptAll(server));
            try {
                hub.awaitAll(env.timeout(), env.masterHost() + ", port " + server.getLocalPort());
            } catch (RuntimeException e) {
                hub.close();
                throw e;
            }
            return hub;
        }
    }

    private static ServerSocket listen(LaunchEnvironment env, InetAddress bound) throws IOException {
        IOException last = null;
        for (int i = 0; i < PORTS; i++) {
            ServerSocket server = new ServerSocket();
            try {
                server.setReuseAddress(true);
                server.bind(new InetSocketAddress(bound, port(env, i)), env.processes());
                return server;
            } catch (IOException e) {
                server.close();
                last = e;
            }
        }
        throw new IOException("rank 0 cannot listen on any of the ports " + port(env, 0) + " to " + port(env, PORTS - 1) + " ("
                + last.getMessage() + "); set MASTER_PORT to another number on all ranks", last);
    }

    private static SpokeProcess visit(LaunchEnvironment env, int ranks, InetAddress address) throws IOException {
        long end = System.nanoTime() + env.timeout().toNanos();
        String why = "nobody listens there";
        do {
            for (int i = 0; i < PORTS; i++) {
                Socket socket = new Socket();
                try {
                    socket.connect(new InetSocketAddress(address, port(env, i)), CONNECT_MILLIS);
                    socket.setSoTimeout(CONNECT_MILLIS);
                    SpokeProcess spoke = greet(socket, env, ranks);
                    if (spoke != null) {
                        return spoke;
                    }
                    why = "what listens there is not this run's rank 0";
                } catch (PeerLink.RefusedException e) {
                    PeerLink.close(socket);
                    throw new IllegalArgumentException(e.getMessage());
                } catch (IOException e) {
                    PeerLink.close(socket);
                }
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while looking for rank 0", e);
            }
        } while (System.nanoTime() < end);
        throw new CommunicatorAbortedException("rank 0 was not found within " + env.timeout().toSeconds() + " s at "
                + env.masterHost() + ", ports " + port(env, 0) + " to " + port(env, PORTS - 1) + " (" + why
                + "); see that it runs and says nothing of a failure, that MASTER_ADDR and MASTER_PORT are equal on all ranks and"
                + " reach it, or give it more time with " + LaunchEnvironment.TIMEOUT + "=SECONDS");
    }

    /** @return null when it is somebody else who listens */
    private static SpokeProcess greet(Socket socket, LaunchEnvironment env, int ranks) throws IOException, PeerLink.RefusedException {
        byte[] banner = socket.getInputStream().readNBytes(Greeter.BANNER.length);
        if (!java.util.Arrays.equals(banner, Greeter.BANNER)) {
            PeerLink.close(socket);
            return null;
        }
        // It is ours, and may have taken us in already when something holds it up: now it has the time that a silent peer has.
        socket.setSoTimeout((int) Math.min(Integer.MAX_VALUE, env.timeout().toMillis()));
        PeerLink link = new PeerLink(socket, 0, env.timeout());
        link.write(PeerLink.HELLO, new Greeter.Hello(env.identity(), env.process(), env.processes(), ranks, thisHost()).encode());
        DataInputStream welcome = new DataInputStream(new ByteArrayInputStream(link.read(PeerLink.WELCOME, Greeter.MOST_BYTES)));
        if (!welcome.readBoolean()) {
            PeerLink.close(socket);
            return null;
        }
        SpokeProcess spoke = new SpokeProcess(env.process(), env.processes(), ranks, link, welcome.readUTF());
        link.start(spoke);
        return spoke;
    }

    static String thisHost() {
        String name = System.getenv("HOSTNAME");
        if (name != null && !name.isBlank()) {
            return name.strip();
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "a host without a name";
        }
    }

    /** What process 0 answers: whether it is the run asked for, and its host. */
    static byte[] welcome(boolean ours, String host) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeBoolean(ours);
            out.writeUTF(host);
        }
        return bytes.toByteArray();
    }
}
