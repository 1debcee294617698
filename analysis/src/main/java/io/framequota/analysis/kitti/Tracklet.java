package io.framequota.analysis.kitti;

import io.framequota.analysis.result.Box;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * An annotated object: a box in space that moves from frame to frame.
 *
 * @param label KITTI's class, such as {@code Pedestrian}
 * @param height of the box in metres
 * @param width of the box in metres
 * @param length of the box in metres, in the direction in which the object faces
 * @param first number of the frame of the first pose
 */
public record Tracklet(String label, double height, double width, double length, long first, List<Pose> poses) {
    static final String FILE = "tracklet_labels.xml";

    /** Of the file, which is held as a tree of many times its size. */
    static final int MOST_BYTES = 16 << 20;

    /** Steps in which an edge is followed, so that a box that reaches behind the camera ends where it leaves the view. */
    private static final int EDGE_STEPS = 32;

    private static final int CORNERS = 8;

    /**
     * Where the object is in a frame, in coordinates of the scanner.
     *
     * @param z of the bottom of the box; x and y are those of its middle
     * @param rotation about the z axis in radians
     * @param occlusion 0 visible, 1 partly hidden, 2 hidden, -1 not annotated
     */
    public record Pose(double x, double y, double z, double rotation, int occlusion) {}

    /**
     * An object in a picture.
     *
     * @param box the part inside the picture
     * @param cut part of the whole box that is outside, from 0 to 1
     * @param distance of the middle of the object from the camera in metres
     */
    public record Projected(Box box, double cut, double distance) {}

    public Tracklet {
        poses = List.copyOf(poses);
    }

    /** The pose in a frame, null if the object is not annotated there. */
    public @Nullable Pose at(long number) {
        long index = number - first;
        return index >= 0 && index < poses.size() ? poses.get((int) index) : null;
    }

    /** How a camera sees the object in a pose; empty if it does not. The camera must be calibrated. */
    public Optional<Projected> seenBy(Calibration calibration, String camera, Pose pose) {
        Calibration.Seen middle = calibration.see(camera, pose.x(), pose.y(), pose.z() + height / 2);
        if (middle == null) {
            return Optional.empty();
        }
        double left = Double.POSITIVE_INFINITY;
        double top = Double.POSITIVE_INFINITY;
        double right = Double.NEGATIVE_INFINITY;
        double bottom = Double.NEGATIVE_INFINITY;
        for (int a = 0; a < CORNERS; a++) {
            for (int bit = 1; bit < CORNERS; bit <<= 1) {
                for (int step = 0; (a & bit) == 0 && step <= EDGE_STEPS; step++) {
                    Calibration.Seen point = edge(calibration, camera, pose, a, bit, (double) step / EDGE_STEPS);
                    if (point != null) {
                        left = Math.min(left, point.u());
                        top = Math.min(top, point.v());
                        right = Math.max(right, point.u());
                        bottom = Math.max(bottom, point.v());
                    }
                }
            }
        }
        Box whole = new Box(left, top, right, bottom);
        Box picture = new Box(0, 0, calibration.width(camera), calibration.height(camera));
        double inside = whole.intersection(picture);
        if (!(inside > 0)) {
            return Optional.empty();
        }
        return Optional.of(new Projected(
                new Box(
                        Math.max(0, left),
                        Math.max(0, top),
                        Math.min(picture.x2(), right),
                        Math.min(picture.y2(), bottom)),
                1 - inside / whole.area(),
                middle.distance()));
    }

    /** A point between a corner and the one that differs in one direction; a corner's bits say on which sides it is. */
    private Calibration.@Nullable Seen edge(
            Calibration calibration, String camera, Pose pose, int corner, int bit, double part) {
        double along = length * (side(corner, bit, 1, part) - 0.5);
        double across = width * (side(corner, bit, 2, part) - 0.5);
        double up = height * side(corner, bit, 4, part);
        double cos = Math.cos(pose.rotation());
        double sin = Math.sin(pose.rotation());
        return calibration.see(
                camera, pose.x() + cos * along - sin * across, pose.y() + sin * along + cos * across, pose.z() + up);
    }

    private static double side(int corner, int moving, int bit, double part) {
        return moving == bit ? part : (corner & bit) == 0 ? 0 : 1;
    }

    /**
     * Reads KITTI's file of annotations, whatever the order of elements and attributes in it.
     *
     * @param name of the file, for messages
     */
    static List<Tracklet> parse(byte[] xml, String name) throws IOException, InvalidDriveException {
        Element root = root(xml, name);
        List<Tracklet> tracklets = new ArrayList<>();
        for (Element item : children(root, "item")) {
            String place = name + ", tracklet " + tracklets.size();
            List<Pose> poses = new ArrayList<>();
            for (Element list : children(item, "poses")) {
                for (Element pose : children(list, "item")) {
                    poses.add(new Pose(
                            number(pose, "tx", place),
                            number(pose, "ty", place),
                            number(pose, "tz", place),
                            number(pose, "rz", place),
                            children(pose, "occlusion").isEmpty() ? -1 : (int) number(pose, "occlusion", place)));
                }
            }
            tracklets.add(new Tracklet(
                    text(item, "objectType", place),
                    number(item, "h", place),
                    number(item, "w", place),
                    number(item, "l", place),
                    (long) number(item, "first_frame", place),
                    poses));
        }
        return tracklets;
    }

    private static Element root(byte[] xml, String name) throws IOException, InvalidDriveException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            // KITTI's files name a document type. Nothing outside is read for it, and the parser limits what entities
            // grow to.
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
            var builder = factory.newDocumentBuilder();
            // The default one prints what it throws.
            builder.setErrorHandler(new DefaultHandler());
            Element document = builder.parse(new ByteArrayInputStream(xml)).getDocumentElement();
            if (document.getTagName().equals("tracklets")) {
                return document;
            }
            List<Element> inside = children(document, "tracklets");
            if (inside.size() == 1) {
                return inside.getFirst();
            }
            throw new InvalidDriveException(name + ": there is no element tracklets; use KITTI's file");
        } catch (SAXException e) {
            throw new InvalidDriveException(name + ": this is not XML, or it ends early; copy the file again");
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Element> children(Element parent, String tag) {
        List<Element> children = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(tag)) {
                children.add(element);
            }
        }
        return children;
    }

    private static String text(Element parent, String tag, String place) throws InvalidDriveException {
        List<Element> children = children(parent, tag);
        if (children.size() != 1) {
            throw new InvalidDriveException(place + ": there is no " + tag);
        }
        return children.getFirst().getTextContent().strip();
    }

    private static double number(Element parent, String tag, String place) throws InvalidDriveException {
        return KittiNumbers.number(text(parent, tag, place), place + ", " + tag);
    }
}
