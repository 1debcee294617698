package io.framequota.analysis.track;

/**
 * A Kalman filter for one coordinate that moves with constant velocity. Position and velocity of the box's four coordinates are
 * independent of one another in SORT and ByteTrack (Bewley et al. 2016, Zhang et al. 2022), so that four of these are their
 * eight-dimensional filter. Units: pixels and frames. For one thread.
 */
final class CoordinateFilter {
    private double position;
    private double velocity;
    private double positionVariance;
    private double covariance;
    private double velocityVariance;

    CoordinateFilter(double position, double positionDeviation, double velocityDeviation) {
        this.position = position;
        this.positionVariance = positionDeviation * positionDeviation;
        this.velocityVariance = velocityDeviation * velocityDeviation;
    }

    /** Moves on by some frames; the deviations are what one frame adds. */
    void predict(double frames, double positionDeviation, double velocityDeviation) {
        position += frames * velocity;
        positionVariance +=
                frames * (2 * covariance + frames * velocityVariance) + frames * positionDeviation * positionDeviation;
        covariance += frames * velocityVariance;
        velocityVariance += frames * velocityDeviation * velocityDeviation;
    }

    /** Takes a measurement in. */
    void update(double measured, double deviation) {
        double innovation = positionVariance + deviation * deviation;
        double gain = positionVariance / innovation;
        double velocityGain = covariance / innovation;
        double error = measured - position;
        position += gain * error;
        velocity += velocityGain * error;
        velocityVariance -= velocityGain * covariance;
        covariance -= gain * covariance;
        positionVariance -= gain * positionVariance;
    }

    double position() {
        return position;
    }

    /** Forgets the velocity, as for the height of an object that is not seen. */
    void stop() {
        velocity = 0;
    }
}
