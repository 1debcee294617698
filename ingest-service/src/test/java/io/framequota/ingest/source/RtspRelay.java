package io.framequota.ingest.source;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An RTSP server in a camera's place, over TCP: the ffmpeg program records to it, and players get what it sends. */
final class RtspRelay implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Client> players = ConcurrentHashMap.newKeySet();
    private final Map<Integer, String> trackOfChannel = new ConcurrentHashMap<>();
    private volatile String sdp = "";
    /** {@code user:password}, empty for everybody. */
    volatile String login = "";
    /** Where players are sent, empty to let them play. */
    volatile String redirection = "";

    RtspRelay() throws IOException {
        Thread.ofVirtual().start(this::accept);
    }

    String url() {
        return "rtsp://127.0.0.1:" + socket.getLocalPort() + "/camera";
    }

    boolean isPublished() {
        return !sdp.isEmpty();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Client client = new Client(socket.accept());
                Thread.ofVirtual().start(client);
            } catch (IOException e) {
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        players.forEach(Client::close);
    }

    private final class Client implements Runnable {
        private final Socket peer;
        private final DataInputStream in;
        private final OutputStream out;
        private final Map<String, Integer> channelOfTrack = new HashMap<>();
        private boolean recording;

        Client(Socket peer) throws IOException {
            this.peer = peer;
            in = new DataInputStream(new java.io.BufferedInputStream(peer.getInputStream()));
            out = peer.getOutputStream();
        }

        void close() {
            try {
                peer.close();
            } catch (IOException e) {
                // It is closed.
            }
        }

        @Override
        public void run() {
            try (peer) {
                while (true) {
                    int first = in.read();
                    if (first < 0) {
                        return;
                    }
                    if (first == '$') {
                        int channel = in.read();
                        byte[] packet = new byte[in.readUnsignedShort()];
                        in.readFully(packet);
                        relay(channel, packet);
                    } else {
                        request((char) first + line());
                    }
                }
            } catch (IOException e) {
                // The client is gone.
            } finally {
                players.remove(this);
            }
        }

        private void relay(int channel, byte[] packet) {
            String track = trackOfChannel.get(channel & ~1);
            if (recording && track != null) {
                players.forEach(p -> p.play(track, channel & 1, packet));
            }
        }

        private synchronized void play(String track, int control, byte[] packet) {
            Integer channel = channelOfTrack.get(track);
            if (channel == null) {
                return;
            }
            try {
                out.write(new byte[] {'$', (byte) (channel + control), (byte) (packet.length >> 8), (byte) packet.length
                });
                out.write(packet);
                out.flush();
            } catch (IOException e) {
                players.remove(this);
            }
        }

        private String line() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) {
                    throw new EOFException();
                }
                line.write(next);
            }
            return line.toString(StandardCharsets.UTF_8).strip();
        }

        private void request(String first) throws IOException {
            Map<String, String> headers = new HashMap<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                headers.put(
                        line.substring(0, colon).toLowerCase(java.util.Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
            byte[] body = new byte[Integer.parseInt(headers.getOrDefault("content-length", "0"))];
            in.readFully(body);
            String[] parts = first.split(" ");
            String sequence = headers.getOrDefault("cseq", "0");
            String track = parts[1].substring(parts[1].lastIndexOf('/') + 1);
            if (parts[0].equals("DESCRIBE") && !login.isEmpty() && !allowed(headers.get("authorization"))) {
                answer("401 Unauthorized", sequence, "WWW-Authenticate: Basic realm=\"camera\"\r\n", "");
                return;
            }
            switch (parts[0]) {
                case "ANNOUNCE" -> {
                    sdp = new String(body, StandardCharsets.UTF_8);
                    answer("200 OK", sequence, "", "");
                }
                case "DESCRIBE" -> {
                    if (!redirection.isEmpty()) {
                        answer("302 Found", sequence, "Location: " + redirection + "\r\n", "");
                    } else if (sdp.isEmpty()) {
                        answer("404 Not Found", sequence, "", "");
                    } else {
                        answer(
                                "200 OK",
                                sequence,
                                "Content-Base: " + parts[1] + "/\r\nContent-Type: application/sdp\r\n",
                                sdp);
                    }
                }
                case "SETUP" -> {
                    String transport = headers.getOrDefault("transport", "");
                    int channel = Integer.parseInt(transport.replaceFirst(".*interleaved=([0-9]+).*", "$1"));
                    if (transport.contains("record")) {
                        recording = true;
                        trackOfChannel.put(channel, track);
                    } else {
                        channelOfTrack.put(track, channel);
                    }
                    answer("200 OK", sequence, "Session: 1\r\nTransport: " + transport + "\r\n", "");
                }
                case "PLAY" -> {
                    answer("200 OK", sequence, "Session: 1\r\n", "");
                    players.add(this);
                }
                case "TEARDOWN" -> {
                    answer("200 OK", sequence, "Session: 1\r\n", "");
                    if (recording) {
                        sdp = "";
                        players.forEach(Client::close);
                    }
                    close();
                }
                default -> answer("200 OK", sequence, "Session: 1\r\nPublic: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n", "");
            }
        }

        private boolean allowed(@org.jspecify.annotations.Nullable String authorization) {
            return ("Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)))
                    .equals(authorization);
        }

        private synchronized void answer(String status, String sequence, String headers, String body)
                throws IOException {
            byte[] text = body.getBytes(StandardCharsets.UTF_8);
            String head = "RTSP/1.0 " + status + "\r\nCSeq: " + sequence + "\r\n" + headers
                    + (text.length == 0 ? "" : "Content-Length: " + text.length + "\r\n") + "\r\n";
            out.write(head.getBytes(StandardCharsets.UTF_8));
            out.write(text);
            out.flush();
        }
    }
}
