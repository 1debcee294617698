package io.framequota.ingest.frame.opencv;

import io.framequota.ingest.frame.FrameScaler;
import jakarta.enterprise.context.ApplicationScoped;

/** Makes scalers; OpenCV is loaded with the first picture that needs it. */
@ApplicationScoped
public class OpenCvScalers implements FrameScaler.Factory {
    @Override
    public FrameScaler open() {
        return new OpenCvScaler();
    }
}
