package io.framequota.ingest.scale.opencv;

import io.framequota.ingest.scale.PictureScaler;
import jakarta.enterprise.context.ApplicationScoped;

/** Makes scalers. OpenCV is loaded with the first picture that needs it. */
@ApplicationScoped
public class OpenCvScalerFactory implements PictureScaler.Factory {
    @Override
    public PictureScaler open() {
        return new OpenCvScaler();
    }
}
