package io.framequota.media.spherical;

/** Turns the sphere so that another direction is straight ahead. Immutable. */
public final class Rotation {
    private final Axes axes;

    /**
     * @param yaw degrees to the right, of what is ahead afterwards
     * @param pitch degrees above the horizon, of what is ahead afterwards
     */
    public Rotation(double yaw, double pitch) {
        axes = Axes.of(yaw, pitch);
    }

    /** The old direction of what is in a direction afterwards. */
    public Direction apply(Direction d) {
        return new Direction(0, 0, 0)
                .plus(d.x(), axes.right())
                .plus(d.y(), axes.down())
                .plus(d.z(), axes.forward());
    }
}
