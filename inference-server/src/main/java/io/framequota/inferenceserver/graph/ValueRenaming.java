package io.framequota.inferenceserver.graph;

import io.framequota.inferenceserver.graph.onnx.AttributeProto;
import io.framequota.inferenceserver.graph.onnx.GraphProto;
import io.framequota.inferenceserver.graph.onnx.NodeProto;
import io.framequota.inferenceserver.graph.onnx.TensorProto;
import io.framequota.inferenceserver.graph.onnx.ValueInfoProto;
import java.util.HashSet;
import java.util.Set;

/** Renames values of a graph, also in the graphs inside its operators, which refer to outer values by name. */
final class ValueRenaming {
    private ValueRenaming() {}

    /** Makes every operator that reads {@code from} read {@code to}. */
    static void readers(GraphProto.Builder graph, String from, String to) {
        for (NodeProto.Builder node : graph.getNodeBuilderList()) {
            for (int i = 0; i < node.getInputCount(); i++) {
                if (node.getInput(i).equals(from)) {
                    node.setInput(i, to);
                }
            }
            for (AttributeProto.Builder attribute : node.getAttributeBuilderList()) {
                if (attribute.hasG()) {
                    inner(attribute.getGBuilder(), from, to);
                }
                attribute.getGraphsBuilderList().forEach(inner -> inner(inner, from, to));
            }
        }
    }

    private static void inner(GraphProto.Builder graph, String from, String to) {
        if (!defines(graph, from)) {
            readers(graph, from, to);
            for (ValueInfoProto.Builder output : graph.getOutputBuilderList()) {
                if (output.getName().equals(from)) {
                    output.setName(to);
                }
            }
        }
    }

    private static boolean defines(GraphProto.Builder graph, String name) {
        return graph.getInputList().stream().anyMatch(v -> v.getName().equals(name))
                || graph.getInitializerList().stream().anyMatch(t -> t.getName().equals(name))
                || graph.getNodeList().stream().anyMatch(n -> n.getOutputList().contains(name));
    }

    /** A name that no value has, with {@code wish} as its beginning. */
    static String unused(GraphProto graph, String wish) {
        Set<String> taken = new HashSet<>();
        collect(graph, taken);
        String name = wish;
        for (int i = 2; taken.contains(name); i++) {
            name = wish + i;
        }
        return name;
    }

    private static void collect(GraphProto graph, Set<String> names) {
        graph.getInputList().stream().map(ValueInfoProto::getName).forEach(names::add);
        graph.getInitializerList().stream().map(TensorProto::getName).forEach(names::add);
        for (NodeProto node : graph.getNodeList()) {
            names.addAll(node.getInputList());
            names.addAll(node.getOutputList());
            names.add(node.getName());
            for (AttributeProto attribute : node.getAttributeList()) {
                if (attribute.hasG()) {
                    collect(attribute.getG(), names);
                }
                attribute.getGraphsList().forEach(inner -> collect(inner, names));
            }
        }
    }
}
