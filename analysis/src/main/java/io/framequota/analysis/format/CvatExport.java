package io.framequota.analysis.format;

import static io.framequota.analysis.format.ResultExport.number;

import io.framequota.analysis.result.Box;
import io.framequota.analysis.result.DetectedObject;
import io.framequota.analysis.result.ResultFrame;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * CVAT 1.1. A result without tracks becomes images and is read twice. One with tracks becomes tracks: about 100 bytes of memory
 * for each detection. A track is shown until the frame behind its last one; a detection without a track is one of its own.
 */
final class CvatExport implements ResultExport {
    /** A box of a track. */
    private record Sight(long frame, Box box) {}

    private record TrackSights(String label, List<Sight> sights) {}

    private final Set<String> labels = new TreeSet<>();
    private final TreeMap<Long, TrackSights> tracks = new TreeMap<>();
    private final List<TrackSights> single = new ArrayList<>();
    private long frames;
    private long last = -1;
    private long stride = Long.MAX_VALUE;
    private boolean tracked;

    @Override
    public void write(ResultFrames all, Supplier<SourceInfo> source, OutputStream out)
            throws IOException, InterruptedException {
        all.each(this::look, () -> {});
        if (tracked) {
            all.each(this::collect, () -> {});
        }
        try {
            XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(out, "UTF-8");
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("annotations");
            text(xml, "version", "1.1");
            meta(xml, source.get());
            if (tracked) {
                tracks(xml);
            } else {
                all.each(frame -> image(xml, source.get(), frame), () -> {});
            }
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.flush();
        } catch (XMLStreamException e) {
            throw new IOException("cannot write XML: " + e.getMessage(), e);
        }
    }

    private void look(ResultFrame frame) {
        frames = Math.max(frames, frame.key().frame() + 1);
        if (last >= 0 && frame.key().frame() > last) {
            stride = Math.min(stride, frame.key().frame() - last);
        }
        last = frame.key().frame();
        for (DetectedObject found : frame.objects()) {
            labels.add(found.label());
            tracked |= found.track().isPresent();
        }
    }

    private void collect(ResultFrame frame) {
        for (DetectedObject found : frame.objects()) {
            Sight sight = new Sight(frame.key().frame(), found.box());
            if (found.track().isPresent()) {
                tracks.computeIfAbsent(
                                found.track().getAsLong(), n -> new TrackSights(found.label(), new ArrayList<>()))
                        .sights()
                        .add(sight);
            } else {
                single.add(new TrackSights(found.label(), List.of(sight)));
            }
        }
    }

    private void meta(XMLStreamWriter xml, SourceInfo source) throws XMLStreamException {
        xml.writeStartElement("meta");
        xml.writeStartElement("task");
        text(xml, "name", source.name());
        text(xml, "size", Long.toString(frames));
        text(xml, "mode", tracked ? "interpolation" : "annotation");
        xml.writeStartElement("labels");
        for (String label : labels) {
            xml.writeStartElement("label");
            text(xml, "name", label);
            xml.writeStartElement("attributes");
            xml.writeEndElement();
            xml.writeEndElement();
        }
        xml.writeEndElement();
        xml.writeStartElement("original_size");
        text(xml, "width", Integer.toString(source.width()));
        text(xml, "height", Integer.toString(source.height()));
        xml.writeEndElement();
        xml.writeEndElement();
        text(xml, "source", source.name());
        xml.writeEndElement();
    }

    private static void image(XMLStreamWriter xml, SourceInfo source, ResultFrame frame) throws IOException {
        try {
            xml.writeStartElement("image");
            attribute(xml, "id", Long.toString(frame.key().frame()));
            attribute(xml, "name", name(frame));
            attribute(xml, "width", Integer.toString(source.widthOf(frame)));
            attribute(xml, "height", Integer.toString(source.heightOf(frame)));
            for (DetectedObject found : frame.objects()) {
                xml.writeStartElement("box");
                attribute(xml, "label", found.label());
                attribute(xml, "source", "auto");
                attribute(xml, "occluded", "0");
                corners(xml, found.box());
                attribute(xml, "z_order", "0");
                xml.writeStartElement("attribute");
                attribute(xml, "name", "score");
                xml.writeCharacters(number(found.score(), 4));
                xml.writeEndElement();
                xml.writeEndElement();
            }
            xml.writeEndElement();
        } catch (XMLStreamException e) {
            throw new IOException("cannot write XML: " + e.getMessage(), e);
        }
    }

    /** As CVAT numbers the frames of a video; readers look for files of these names. */
    private static String name(ResultFrame frame) {
        return frame.file().isEmpty()
                ? String.format(Locale.ROOT, "frame_%06d.png", frame.key().frame())
                : frame.file();
    }

    private void tracks(XMLStreamWriter xml) throws XMLStreamException {
        long id = 0;
        for (TrackSights track : tracks.values()) {
            track(xml, id++, track);
        }
        for (TrackSights track : single) {
            track(xml, id++, track);
        }
    }

    private void track(XMLStreamWriter xml, long id, TrackSights track) throws XMLStreamException {
        xml.writeStartElement("track");
        attribute(xml, "id", Long.toString(id));
        attribute(xml, "label", track.label());
        attribute(xml, "source", "auto");
        for (Sight sight : track.sights()) {
            box(xml, sight.frame(), sight.box(), false);
        }
        Sight end = track.sights().getLast();
        long next = end.frame() + (stride == Long.MAX_VALUE ? 1 : stride);
        if (next < frames) {
            box(xml, next, end.box(), true);
        }
        xml.writeEndElement();
    }

    private static void box(XMLStreamWriter xml, long frame, Box box, boolean outside) throws XMLStreamException {
        xml.writeStartElement("box");
        attribute(xml, "frame", Long.toString(frame));
        attribute(xml, "outside", outside ? "1" : "0");
        attribute(xml, "occluded", "0");
        attribute(xml, "keyframe", "1");
        corners(xml, box);
        attribute(xml, "z_order", "0");
        xml.writeEndElement();
    }

    private static void corners(XMLStreamWriter xml, Box box) throws XMLStreamException {
        attribute(xml, "xtl", number(box.x1(), 2));
        attribute(xml, "ytl", number(box.y1(), 2));
        attribute(xml, "xbr", number(box.x2(), 2));
        attribute(xml, "ybr", number(box.y2(), 2));
    }

    private static void text(XMLStreamWriter xml, String element, String text) throws XMLStreamException {
        xml.writeStartElement(element);
        xml.writeCharacters(printable(text));
        xml.writeEndElement();
    }

    private static void attribute(XMLStreamWriter xml, String name, String value) throws XMLStreamException {
        xml.writeAttribute(name, printable(value));
    }

    /** XML 1.0 has no control characters. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
