package io.framequota.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.framequota.contract.control.Control;
import io.framequota.contract.control.Live;
import io.framequota.contract.control.Packets;
import io.framequota.contract.v1.JobsOuterClass;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The golden samples keep the wire format, so that messages of other releases and other programs stay readable. */
class MessagesTest {
    private static final List<Descriptor> MESSAGES = Stream.of(
                    Control.getDescriptor(),
                    Packets.getDescriptor(),
                    Live.getDescriptor(),
                    JobsOuterClass.getDescriptor())
            .flatMap(file -> file.getMessageTypes().stream())
            .toList();

    /** A line of the golden file. */
    record Sample(String name, byte[] bytes, String text) {
        Message fromBytes() throws IOException {
            return DynamicMessage.parseFrom(type(), bytes);
        }

        Message fromText() throws IOException {
            DynamicMessage.Builder builder = DynamicMessage.newBuilder(type());
            TextFormat.merge(text, builder);
            return builder.build();
        }

        private Descriptor type() {
            return MESSAGES.stream()
                    .filter(m -> m.getName().equals(name))
                    .findFirst()
                    .orElseThrow();
        }

        @Override
        public String toString() {
            return name + " " + text;
        }
    }

    static List<Sample> samples() throws IOException {
        byte[] golden =
                MessagesTest.class.getResourceAsStream("/golden/messages.txt").readAllBytes();
        return new String(golden, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" ", 3))
                .map(parts -> new Sample(parts[0], HexFormat.of().parseHex(parts[1]), parts[2]))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void goldenBytesParseToTheSampleMessages(Sample sample) throws IOException {
        assertThat(sample.fromBytes()).isEqualTo(sample.fromText());
        assertThat(sample.fromText().toByteArray()).isEqualTo(sample.bytes());
    }

    @Test
    void everyFieldOccursInASample() throws IOException {
        Set<String> seen = new TreeSet<>();
        for (Sample sample : samples()) {
            collect(sample.fromBytes(), seen);
        }
        assertThat(MESSAGES.stream()
                        .flatMap(m -> m.getFields().stream())
                        .map(FieldDescriptor::getFullName)
                        .filter(field -> !seen.contains(field)))
                .isEmpty();
    }

    private static void collect(Message message, Set<String> seen) {
        message.getAllFields().forEach((field, value) -> {
            seen.add(field.getFullName());
            List<?> values = field.isRepeated() ? (List<?>) value : List.of(value);
            values.forEach(v -> {
                if (v instanceof Message inner) {
                    collect(inner, seen);
                }
            });
        });
    }
}
