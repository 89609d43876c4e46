package io.saryu.dist;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Process 0's side of the door: who comes, is asked who it is, and is taken in or told why not. */
final class Greeter {
    /** What process 0 says to whoever connects; the number changes with the messages. */
    static final byte[] BANNER = "SARYU RENDEZVOUS 1\n".getBytes(StandardCharsets.US_ASCII);
    /** Longest message before both sides know each other. */
    static final int MOST_BYTES = 1 << 12;
    private static final int PATIENCE_MILLIS = 5000;

    /**
     * What a process says of itself.
     *
     * @param run       {@link LaunchEnvironment#identity} of the run it belongs to
     * @param process   its number
     * @param processes of the run
     * @param ranks     of the process
     * @param host      where it is
     */
    record Hello(String run, int process, int processes, int ranks, String host) {
        byte[] encode() throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (DataOutputStream out = new DataOutputStream(bytes)) {
                out.writeUTF(run);
                out.writeInt(process);
                out.writeInt(processes);
                out.writeInt(ranks);
                out.writeUTF(host);
            }
            return bytes.toByteArray();
        }

        static Hello decode(byte[] bytes) throws IOException {
            try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
                return new Hello(in.readUTF(), in.readInt(), in.readInt(), in.readInt(), in.readUTF());
            }
        }
    }

    private final LaunchEnvironment env;
    private final HubProcess hub;

    Greeter(LaunchEnvironment env, HubProcess hub) {
        this.env = env;
        this.hub = hub;
    }

    /** Until the door is closed. */
    void acceptAll(ServerSocket server) {
        while (true) {
            try {
                Socket socket = server.accept();
                Thread.startVirtualThread(() -> greet(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void greet(Socket socket) {
        try {
            // Strangers that connect and say nothing keep nobody.
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(BANNER);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int length = in.readInt();
            if (in.readByte() != PeerLink.HELLO || length < 0 || length > MOST_BYTES) {
                PeerLink.close(socket);
                return;
            }
            Hello hello = Hello.decode(in.readNBytes(length));
            PeerLink link = new PeerLink(socket, hello.process(), env.timeout());
            if (!hello.run().equals(env.identity())) {
                link.write(PeerLink.WELCOME, Rendezvous.welcome(false, ""));
                PeerLink.close(socket);
                return;
            }
            String why = unfit(hello);
            if (why == null) {
                why = hub.arrived(link, hello.host());
            }
            if (why != null) {
                hub.abort(why);
                link.write(PeerLink.REFUSED, why.getBytes(StandardCharsets.UTF_8));
                PeerLink.close(socket);
                return;
            }
            takeIn(link);
        } catch (IOException e) {
            PeerLink.close(socket);
        }
    }

    private void takeIn(PeerLink link) {
        try {
            link.write(PeerLink.WELCOME, Rendezvous.welcome(true, Rendezvous.thisHost()));
            link.start(hub);
        } catch (IOException e) {
            hub.lost(link, "it connected and ended at once; what it printed last says why");
        }
    }

    private String unfit(Hello hello) {
        String who = "rank " + hello.process() + " (on " + hello.host() + ")";
        if (hello.processes() != env.processes()) {
            return who + " was started as one of " + hello.processes() + " processes, rank 0 as one of " + env.processes()
                    + "; start all with the same WORLD_SIZE";
        }
        if (hello.process() < 1 || hello.process() >= env.processes()) {
            return who + " has the number " + hello.process() + ", which is no other's of " + env.processes()
                    + "; give each process a RANK of its own";
        }
        if (hello.ranks() != hub.ranksPerProcess()) {
            return who + " brings " + hello.ranks() + " devices, rank 0 brings " + hub.ranksPerProcess()
                    + "; start all with the same num_devices";
        }
        return null;
    }
}
